"""What the DM reads: attempts as token ids with the Reasoner's log-probabilities as features, packed by prompt.

A *boundary* is the last token of a step: there the DM says how likely the attempt is to end right. Attempts on one
prompt are packed behind it into one row; each sees the prompt and itself, never its neighbours, so the prompt is read
once. What an attempt reads as follows from its steps alone, so that it can be judged as it grows.
Knows tokenizers and numpy; refuses to know weights and files.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from drr import prompts
from drr.types import Attempt, BehaviorRecord, Question, Step

FEATURES = 6  # known, log-probability, probability, entropy, mean and lowest log-probability of the attempt so far
LONGEST_PROMPT = 640  # tokens; of a longer one the end is kept
IGNORED = -1.0  # the target of a boundary that carries no loss


@dataclass(frozen=True)
class Item:
    """One attempt to be judged, with its label when it is to be learnt from."""

    question: Question
    rejected: tuple[str, ...]
    attempt: Attempt
    correct: bool | None = None
    first_error_step: int | None = None

    @classmethod
    def of(cls, record: BehaviorRecord) -> "Item":
        return cls(record.question, record.rejected, record.attempt, record.correct, record.first_error_step)


@dataclass(frozen=True)
class Encoded:
    """An attempt as arrays: ids [n], features [n, FEATURES], boundaries [steps], targets [steps] in {0, 1, IGNORED}."""

    ids: np.ndarray
    features: np.ndarray
    boundaries: np.ndarray
    targets: np.ndarray


@dataclass(frozen=True)
class Pack:
    """One prompt and attempts on it. `index` says where each attempt stood in the list that was encoded."""

    prompt: np.ndarray
    attempts: tuple[Encoded, ...]
    index: tuple[int, ...]

    @property
    def length(self) -> int:
        return len(self.prompt) + sum(len(attempt.ids) for attempt in self.attempts)


class Encoder:
    """Text to ids and features, for one tokenizer."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer

    def prompt(self, question: Question, rejected: Sequence[str]) -> list[int]:
        text = prompts.judged_text(prompts.question_text(question.text, question.choices), rejected)
        return self._ids([text])[0][-LONGEST_PROMPT:]

    def step(self, step: Step, so_far: "Confidence") -> tuple[list[int], np.ndarray]:
        """Ids and features of one step; `so_far` carries the running figures on."""
        return self._steps([step], [so_far])[0]

    def items(self, items: Sequence[Item]) -> list[Encoded]:
        """All attempts, in the order given."""
        kept = [item.attempt.kept for item in items]
        so_far = [Confidence() for _ in items]
        steps = [step for k in kept for step in k]
        owners = [so_far[row] for row, k in enumerate(kept) for _ in k]
        parts = iter(self._steps(steps, owners))
        encoded = []
        for item, k in zip(items, kept, strict=True):
            mine = [next(parts) for _ in k]
            ids = np.concatenate([np.asarray(ids, np.int64) for ids, _ in mine]) if mine else np.zeros(0, np.int64)
            features = np.concatenate([f for _, f in mine]) if mine else np.zeros((0, FEATURES), np.float32)
            boundaries = np.cumsum([len(ids) for ids, _ in mine], dtype=np.int64) - 1
            encoded.append(Encoded(ids, features, boundaries, _targets(item, len(mine))))
        return encoded

    def _steps(self, steps: Sequence[Step], so_far: Sequence["Confidence"]) -> list[tuple[list[int], np.ndarray]]:
        texts = [step.text + (prompts.END if is_answer_line(step) else "\n") for step in steps]
        if not texts:
            return []
        batch = self.tokenizer(texts, add_special_tokens=False, return_offsets_mapping=True)
        rows = zip(steps, batch["input_ids"], batch["offset_mapping"], so_far, strict=True)
        return [(ids, confidence.features(step, offsets)) for step, ids, offsets, confidence in rows]

    def _ids(self, texts: list[str]) -> list[list[int]]:
        ids: list[list[int]] = self.tokenizer(texts, add_special_tokens=True)["input_ids"]
        end = self.tokenizer.eos_token_id
        return [row[:-1] if row and row[-1] == end else row for row in ids]


def is_answer_line(step: Step) -> bool:
    """Whether the attempt ends with this step."""
    return step.text.startswith(prompts.ANSWER.strip())


class Confidence:
    """The Reasoner's token log-probabilities as features, with the running figures of one attempt."""

    def __init__(self) -> None:
        self.count, self.total, self.lowest = 0, 0.0, 0.0

    def copy(self) -> "Confidence":
        other = Confidence()
        other.count, other.total, other.lowest = self.count, self.total, self.lowest
        return other

    def features(self, step: Step, offsets: Sequence[tuple[int, int]]) -> np.ndarray:
        """[tokens of the DM, FEATURES]; zeros where the Reasoner gave no log-probabilities."""
        out = np.zeros((len(offsets), FEATURES), np.float32)
        if not step.logprobs:
            return out
        logprobs = np.maximum(np.asarray(step.logprobs, np.float32), -12.0)
        entropies = np.asarray(step.entropies, np.float32) if step.entropies else np.zeros_like(logprobs)
        counts = self.count + np.arange(1, len(logprobs) + 1)
        mean = (self.total + np.cumsum(logprobs)) / counts
        lowest = np.minimum(self.lowest, np.minimum.accumulate(logprobs))
        known = np.ones_like(logprobs)
        theirs = np.stack([known, logprobs / 4, np.exp(logprobs), entropies / 2, mean * 4, lowest / 4], axis=1)
        self.count, self.total, self.lowest = int(counts[-1]), self.total + float(logprobs.sum()), float(lowest[-1])
        out[:] = theirs[_aligned(step, len(logprobs), offsets)]
        return out

    def at_the_end_of(self, step: Step) -> np.ndarray:
        """The features [1, FEATURES] at the boundary of `step`, without the DM's tokens."""
        end = len(step.text)
        return self.features(step, [(end, end + 1)])


def _aligned(step: Step, tokens: int, offsets: Sequence[tuple[int, int]]) -> np.ndarray:
    """For each token of the DM, the Reasoner's token that ends where it ends, or first after."""
    if len(offsets) == tokens and not step.token_texts:
        return np.arange(tokens)
    if step.token_texts:
        before = max(0, "".join(step.token_texts).find(step.text))  # spaces and empty lines, which are no part of it
        ends = np.cumsum([len(text) for text in step.token_texts]) - before
    else:
        ends = np.linspace(1, max(end for _, end in offsets), tokens)
    mine = np.asarray([end for _, end in offsets])
    return np.minimum(np.searchsorted(ends, mine), tokens - 1)


def _targets(item: Item, steps: int) -> np.ndarray:
    """The outcome at every boundary; with a labelled first error, right before it and wrong from there on."""
    if item.correct is None:
        return np.full(steps, IGNORED, np.float32)
    if item.first_error_step is None:
        return np.full(steps, float(item.correct), np.float32)
    if item.first_error_step < 0:
        return np.ones(steps, np.float32)
    return (np.arange(steps) < item.first_error_step).astype(np.float32)


def pack(encoder: Encoder, items: Sequence[Item], most: int = 4) -> list[Pack]:
    """Attempts on the same prompt side by side, at most `most` to a row. Attempts without a step are left out."""
    encoded = encoder.items(items)
    groups: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for i, item in enumerate(items):
        if len(encoded[i].ids):
            text = prompts.question_text(item.question.text, item.question.choices)
            groups.setdefault((text, item.rejected[-prompts.KEPT_REJECTIONS :]), []).append(i)
    packs = []
    for members in groups.values():
        prompt = np.asarray(encoder.prompt(items[members[0]].question, items[members[0]].rejected), np.int64)
        for start in range(0, len(members), most):
            row = members[start : start + most]
            packs.append(Pack(prompt, tuple(encoded[i] for i in row), tuple(row)))
    return packs


@dataclass(frozen=True)
class Batch:
    """Packs as tensors. B rows of length L; N boundaries in all, attempt after attempt.

    ids, positions [B, L]; features [B, L, FEATURES]; mask [B, 1, L, L], added to attention; rows, columns, targets,
    weights [N]; attempt [N]: which attempt a boundary belongs to; last [attempts]: the final boundary of each; group
    [attempts]: its row; index [attempts]: its place in the encoded list.
    """

    ids: torch.Tensor
    positions: torch.Tensor
    features: torch.Tensor
    mask: torch.Tensor
    rows: torch.Tensor
    columns: torch.Tensor
    targets: torch.Tensor
    weights: torch.Tensor
    attempt: torch.Tensor
    last: torch.Tensor
    group: torch.Tensor
    index: tuple[int, ...]


def collate(packs: Sequence[Pack], multiple: int = 1) -> Batch:
    """Pad packs to one length, a multiple of `multiple`. Later boundaries weigh more; an attempt's weights sum to 1."""
    length = -(-max(p.length for p in packs) // multiple) * multiple
    shape = (len(packs), length)
    ids, positions = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    segments = np.full(shape, -1)  # 0 is the prompt, 1.. its attempts, -1 padding
    features = np.zeros((*shape, FEATURES), np.float32)
    rows: list[np.ndarray] = []
    columns: list[np.ndarray] = []
    targets: list[np.ndarray] = []
    weights: list[np.ndarray] = []
    attempt: list[np.ndarray] = []
    last: list[int] = []
    group: list[int] = []
    index: list[int] = []
    for row, p in enumerate(packs):
        start = len(p.prompt)
        ids[row, :start], positions[row, :start], segments[row, :start] = p.prompt, np.arange(start), 0
        for number, (encoded, place) in enumerate(zip(p.attempts, p.index, strict=True), start=1):
            n, steps = len(encoded.ids), len(encoded.boundaries)
            span = slice(start, start + n)
            ids[row, span], features[row, span], segments[row, span] = encoded.ids, encoded.features, number
            positions[row, span] = len(p.prompt) + np.arange(n)
            rows.append(np.full(steps, row))
            columns.append(start + encoded.boundaries)
            targets.append(encoded.targets)
            weights.append(np.arange(1, steps + 1, dtype=np.float32) / (steps * (steps + 1) / 2))
            attempt.append(np.full(steps, len(group)))
            last.append(sum(map(len, rows)) - 1)
            group.append(row)
            index.append(place)
            start += n
    segment = torch.from_numpy(segments)
    causal = torch.ones(length, length, dtype=torch.bool).tril()
    seen = causal & ((segment[:, None, :] == 0) | (segment[:, None, :] == segment[:, :, None]))
    mask = torch.zeros(len(packs), 1, length, length).masked_fill_(~seen[:, None], torch.finfo(torch.float32).min)
    return Batch(
        ids=torch.from_numpy(ids),
        positions=torch.from_numpy(positions),
        features=torch.from_numpy(features),
        mask=mask,
        rows=torch.from_numpy(np.concatenate(rows)),
        columns=torch.from_numpy(np.concatenate(columns)),
        targets=torch.from_numpy(np.concatenate(targets)),
        weights=torch.from_numpy(np.concatenate(weights)),
        attempt=torch.from_numpy(np.concatenate(attempt)),
        last=torch.tensor(last),
        group=torch.tensor(group),
        index=tuple(index),
    )


def batches(packs: Iterable[Pack], tokens: int) -> Iterator[list[Pack]]:
    """Packs in rows of about the same length, at most `tokens` padded tokens to a batch; longest last."""
    batch: list[Pack] = []
    for p in sorted(packs, key=lambda p: p.length):
        if batch and (len(batch) + 1) * p.length > tokens:
            yield batch
            batch = []
        batch.append(p)
    if batch:
        yield batch
