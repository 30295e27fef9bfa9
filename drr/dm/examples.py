"""What the DM reads: attempts as token ids with the Reasoner's log-probabilities as features, packed by question.

A *boundary* is the last token of a step: there the DM says how likely the attempt is to end right. The attempts on one
question stand in one row as a tree: what several of them begin with (the question, a rejected attempt, the same first
steps) is there once, and each token sees its own past, never its neighbours. So the small differences between the
many attempts on a question are all that costs. What an attempt reads as follows from its steps alone, so that it can be
judged as it grows. Knows tokenizers and numpy; refuses to know weights and files.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from drr import prompts
from drr.types import Attempt, BehaviorRecord, Question, Step

FEATURES = 6  # known, log-probability, probability, entropy, mean and lowest log-probability of the attempt so far
LONGEST_PROMPT = 640  # tokens; of a longer one the end is kept
ATTEMPTS_IN_A_ROW = 4  # a row grows to so many times its longest attempt with prompt, ...
ROW = 2048  # ... but not over so many tokens
SAME = 1e-4  # features closer than this are the same: batches of another size give other last digits
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

    @property
    def runs(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Ids and features of each step."""
        cuts = self.boundaries[:-1] + 1
        return list(zip(np.split(self.ids, cuts), np.split(self.features, cuts), strict=True))


@dataclass(frozen=True)
class Leaf:
    """An attempt in a row: where it stood in the list that was encoded, the columns [steps] of its boundaries, their
    targets [steps], and the number of its prompt within the row."""

    index: int
    columns: np.ndarray
    targets: np.ndarray
    prompt: int


@dataclass(frozen=True)
class Pack:
    """A row: attempts on one question as a tree of runs of tokens.

    ids, positions [n]; features [n, FEATURES]; run [n]: to which run a token belongs; past [runs, runs]: whether the
    second run is the first one or comes before it.
    """

    ids: np.ndarray
    positions: np.ndarray
    features: np.ndarray
    run: np.ndarray
    past: np.ndarray
    leaves: tuple[Leaf, ...]

    @property
    def length(self) -> int:
        return len(self.ids)

    def path(self, column: int) -> np.ndarray:
        """The columns that the token in `column` sees, its own the last."""
        return np.flatnonzero(self.past[self.run[column]][self.run][: column + 1])

    @property
    def branches(self) -> bool:
        """Whether a token must not see all tokens to its left."""
        return not bool(np.tril(self.past).sum() == len(self.past) * (len(self.past) + 1) // 2)


class Encoder:
    """Text to ids and features, for one tokenizer and a model that reads at most `context` tokens."""

    def __init__(self, tokenizer: Any, context: int = 1 << 30) -> None:
        self.tokenizer = tokenizer
        self.longest_prompt = min(LONGEST_PROMPT, context * 5 // 8)

    def prompt(self, question: Question, rejected: Sequence[str]) -> list[int]:
        text = prompts.judged_text(prompts.question_text(question.text, question.choices), rejected)
        return self._ids([text])[0][-self.longest_prompt :]

    def prompt_runs(self, question: Question, rejected: Sequence[str]) -> list[tuple[np.ndarray, np.ndarray]]:
        """Ids and features (which are zero) of the prompt, cut where other prompts on the question may go on."""
        whole = np.asarray(self.prompt(question, rejected), np.int64)
        cuts = [_common(whole, self.prompt(question, rejected[:count])) for count in range(len(rejected))]
        parts = np.split(whole, sorted({cut for cut in cuts if 0 < cut < len(whole)}))
        return [(part, np.zeros((len(part), FEATURES), np.float32)) for part in parts]

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
        texts = [step.text + (prompts.END if prompts.is_answer_line(step.text) else "\n") for step in steps]
        if not texts:
            return []
        batch = self.tokenizer(texts, add_special_tokens=False, return_offsets_mapping=True)
        rows = zip(steps, batch["input_ids"], batch["offset_mapping"], so_far, strict=True)
        made = []
        for step, ids, offsets, confidence in rows:
            if not ids:  # nothing that this tokenizer knows: a boundary still needs a token
                ids, offsets = [self.tokenizer.unk_token_id or 0], [(0, len(step.text))]
            made.append((ids, confidence.features(step, offsets)))
        return made

    def _ids(self, texts: list[str]) -> list[list[int]]:
        ids: list[list[int]] = self.tokenizer(texts, add_special_tokens=True)["input_ids"]
        ends = (self.tokenizer.eos_token_id, self.tokenizer.sep_token_id)
        return [row[:-1] if row and row[-1] in ends else row for row in ids]


def _common(whole: np.ndarray, other: Sequence[int]) -> int:
    """How many ids both begin with."""
    shorter = min(len(whole), len(other))
    different = np.flatnonzero(whole[:shorter] != np.asarray(other[:shorter]))
    return int(different[0]) if len(different) else shorter


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


class _Row:
    """A row as it grows: runs of tokens, each behind another one."""

    def __init__(self) -> None:
        self.ids: list[np.ndarray] = []
        self.features: list[np.ndarray] = []
        self.before: list[int] = []  # the run that each run stands behind; -1 is none
        self.starts: list[int] = []  # the first column of each run
        self.depths: list[int] = []  # the position behind its last token
        self.children: dict[tuple[int, bytes], list[int]] = {}
        self.length = 0
        self.prompts: dict[int, int] = {}
        self.leaves: list[Leaf] = []

    def find(self, before: int, ids: np.ndarray, features: np.ndarray) -> int | None:
        for run in self.children.get((before, ids.tobytes()), ()):
            if np.allclose(self.features[run], features, rtol=0, atol=SAME):
                return run
        return None

    def missing(self, runs: Sequence[tuple[np.ndarray, np.ndarray]]) -> int:
        """How many tokens these runs would add."""
        run, place = -1, 0
        while place < len(runs) and (found := self.find(run, *runs[place])) is not None:
            run, place = found, place + 1
        return sum(len(ids) for ids, _ in runs[place:])

    def add(self, before: int, ids: np.ndarray, features: np.ndarray) -> int:
        """The number of the run behind `before` with these tokens."""
        found = self.find(before, ids, features)
        if found is not None:
            return found
        self.children.setdefault((before, ids.tobytes()), []).append(len(self.ids))
        self.ids.append(ids)
        self.features.append(features)
        self.before.append(before)
        self.starts.append(self.length)
        self.depths.append((self.depths[before] if before >= 0 else 0) + len(ids))
        self.length += len(ids)
        return len(self.ids) - 1

    def add_attempt(self, prompt: Sequence[tuple[np.ndarray, np.ndarray]], index: int, encoded: Encoded) -> None:
        run = -1
        for ids, features in prompt:
            run = self.add(run, ids, features)
        number = self.prompts.setdefault(run, len(self.prompts))
        columns = []
        for ids, features in encoded.runs:
            run = self.add(run, ids, features)
            columns.append(self.starts[run] + len(ids) - 1)
        self.leaves.append(Leaf(index, np.asarray(columns, np.int64), encoded.targets, number))

    def packed(self) -> Pack:
        past = np.eye(len(self.ids), dtype=bool)
        for run, before in enumerate(self.before):
            if before >= 0:
                past[run] |= past[before]
        lengths = [len(ids) for ids in self.ids]
        positions = [np.arange(depth - n, depth) for depth, n in zip(self.depths, lengths, strict=True)]
        return Pack(
            ids=np.concatenate(self.ids),
            positions=np.concatenate(positions),
            features=np.concatenate(self.features),
            run=np.repeat(np.arange(len(lengths)), lengths),
            past=past,
            leaves=tuple(self.leaves),
        )


def pack(encoder: Encoder, items: Sequence[Item]) -> list[Pack]:
    """Attempts on the same question side by side, in rows of bounded length. Attempts without a step are left out."""
    encoded = encoder.items(items)
    questions: dict[str, list[tuple[tuple[str, ...], bytes, int]]] = {}
    for i, item in enumerate(items):
        if len(encoded[i].ids):
            text = prompts.question_text(item.question.text, item.question.choices)
            kept = tuple(item.rejected[-prompts.KEPT_REJECTIONS :])
            questions.setdefault(text, []).append((kept, encoded[i].ids.tobytes(), i))
    packs = []
    for members in questions.values():
        row, longest = _Row(), 0
        runs: dict[tuple[str, ...], list[tuple[np.ndarray, np.ndarray]]] = {}
        for kept, _, i in sorted(members):  # so that those with the same beginning come one after the other
            if kept not in runs:
                runs[kept] = encoder.prompt_runs(items[i].question, kept)
            path = [*runs[kept], *encoded[i].runs]
            longest = max(longest, sum(len(ids) for ids, _ in path))
            if row.leaves and row.length + row.missing(path) > min(ATTEMPTS_IN_A_ROW * longest, max(longest, ROW)):
                packs.append(row.packed())
                row, longest = _Row(), 0
            row.add_attempt(runs[kept], i, encoded[i])
        packs.append(row.packed())
    return packs


@dataclass(frozen=True)
class Batch:
    """Packs as tensors. B rows of length L; N boundaries in all, attempt after attempt.

    ids, positions [B, L]; features [B, L, FEATURES]; mask [B, 1, L, L], added to attention, or None where every token
    sees all to its left; rows, columns, targets, weights [N]; attempt [N]: which attempt a boundary belongs to; last
    [attempts]: the final boundary of each; group [attempts]: the same number for those on the same prompt; index
    [attempts]: its place in the encoded list.
    """

    ids: torch.Tensor
    positions: torch.Tensor
    features: torch.Tensor
    mask: torch.Tensor | None
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
    features = np.zeros((*shape, FEATURES), np.float32)
    seen = np.zeros((*shape, length), bool)
    rows: list[np.ndarray] = []
    columns: list[np.ndarray] = []
    targets: list[np.ndarray] = []
    weights: list[np.ndarray] = []
    attempt: list[np.ndarray] = []
    last: list[int] = []
    group: list[int] = []
    index: list[int] = []
    boundaries = groups = 0
    for row, p in enumerate(packs):
        n = p.length
        ids[row, :n], positions[row, :n], features[row, :n] = p.ids, p.positions, p.features
        seen[row, :n, :n] = p.past[p.run[:, None], p.run]
        for leaf in p.leaves:
            steps = len(leaf.columns)
            rows.append(np.full(steps, row))
            columns.append(leaf.columns)
            targets.append(leaf.targets)
            weights.append(np.arange(1, steps + 1, dtype=np.float32) / (steps * (steps + 1) / 2))
            attempt.append(np.full(steps, len(group)))
            boundaries += steps
            last.append(boundaries - 1)
            group.append(groups + leaf.prompt)
            index.append(leaf.index)
        groups = max(group) + 1
    mask = None
    if any(p.branches for p in packs):
        causal = torch.ones(length, length, dtype=torch.bool).tril()
        allowed = torch.from_numpy(seen).logical_and_(causal)
        allowed |= torch.eye(length, dtype=torch.bool)  # padding sees itself: a row of nothing would be no number
        mask = torch.zeros(len(packs), 1, length, length).masked_fill_(
            ~allowed[:, None], torch.finfo(torch.float32).min
        )
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


def collate_prefixes(packs: Sequence[Pack], context: int) -> Batch:
    """The same for a model that sees to both sides: a row for each boundary, with the last `context` tokens up to it.

    `mask` [B, L] is 1 where there is a token.
    """
    whole = collate(packs)
    seen = list(zip(whole.rows.tolist(), whole.columns.tolist(), strict=True))
    row_of = {place: row for row, place in enumerate(dict.fromkeys(seen))}
    paths = [packs[row].path(column)[-context:] for row, column in row_of]
    shape = (len(paths), max(map(len, paths)))
    ids, mask = torch.zeros(shape, dtype=torch.int64), torch.zeros(shape, dtype=torch.int64)
    features = torch.zeros(*shape, FEATURES)
    for new, ((row, _), path) in enumerate(zip(row_of, paths, strict=True)):
        n = len(path)
        ids[new, :n], features[new, :n], mask[new, :n] = whole.ids[row, path], whole.features[row, path], 1
    rows = torch.tensor([row_of[place] for place in seen])
    columns = torch.tensor([len(path) - 1 for path in paths])[rows]
    positions = torch.arange(shape[1]).expand(shape)
    return replace(whole, ids=ids, features=features, mask=mask, positions=positions, rows=rows, columns=columns)


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
