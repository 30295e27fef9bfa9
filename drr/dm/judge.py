"""A trained DM behind the judge seam: live, step after step with its key-value cache, and many attempts at once."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch

from drr.dm.calibrate import Calibration
from drr.dm.checkpoint import Card, LoadedDM, load, read_card
from drr.dm.examples import FEATURES, Batch, Confidence, Encoder, Item, Pack, batches, collate, collate_prefixes, pack
from drr.dm.model import Probe, TokenDM
from drr.errors import CheckpointMismatch
from drr.prompts import is_answer_line
from drr.reasoners import Hidden
from drr.types import Attempt, Question, Step

_beside = ThreadPoolExecutor(thread_name_prefix="dm")


class DMJudge:
    """A token DM as judge. `score_many` judges complete attempts in batches; `watch` follows one as it is written."""

    def __init__(self, loaded: LoadedDM) -> None:
        if not isinstance(loaded.model, TokenDM):
            raise CheckpointMismatch(f"{loaded.name} is a probe; it judges with the Reasoner whose states it reads.")
        self.name, self.card, self.model = loaded.name, loaded.card, loaded.model
        self.encoder = Encoder(loaded.tokenizer, loaded.model.context)
        self.device = next(loaded.model.parameters()).device

    @classmethod
    def load(cls, folder: Path, device: str = "cpu") -> "DMJudge":
        return cls(load(folder, device))

    @property
    def threshold(self) -> float:
        return self.card.threshold

    def watch(self, question: Question, rejected: Sequence[str] = ()) -> "_DMWatch":
        return _DMWatch(self, question, rejected)

    def score_many(
        self, attempts: Iterable[tuple[Question, Sequence[str], Attempt]], tokens: int = 4096
    ) -> list[list[float]]:
        """For each (question, rejected texts, attempt), the score after every kept step; the last is the attempt's."""
        items = [Item(question, tuple(rejected), attempt) for question, rejected, attempt in attempts]
        return probabilities(self.card.calibration, items, token_logits(self.model, self.encoder, items, tokens))


def token_logits(model: TokenDM, encoder: Encoder, items: Sequence[Item], tokens: int = 4096) -> list[np.ndarray]:
    """For each item, the logits [kept steps]; empty for an attempt without steps."""
    out = [np.zeros(0)] * len(items)
    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    for group in batches(pack(encoder, items), tokens):
        batch = collated(model, group)
        with torch.inference_mode():
            spread(out, batch, model(to(batch, device)).float().cpu().numpy())
    model.train(was_training)
    return out


def collated(model: TokenDM, packs: Sequence[Pack], multiple: int = 1) -> Batch:
    """`packs` as this model reads them."""
    return collate(packs, multiple) if model.causal else collate_prefixes(packs, model.context)


def spread(out: list[np.ndarray], batch: Batch, logits: np.ndarray) -> None:
    """Put the logits [N] of `batch` into `out`, one array an attempt."""
    cuts = batch.last[:-1].numpy() + 1
    for place, mine in zip(batch.index, np.split(logits, cuts), strict=True):
        out[place] = mine


def to(batch: Batch, device: torch.device) -> Batch:
    """`batch` with its tensors on `device`."""
    if device.type == "cpu":
        return batch
    moved: dict[str, Any] = {k: v.to(device) if isinstance(v, torch.Tensor) else v for k, v in vars(batch).items()}
    return Batch(**moved)


def probabilities(calibration: Calibration, items: Sequence[Item], logits: Sequence[np.ndarray]) -> list[list[float]]:
    """Calibrated scores: inner boundaries as steps, the final one as the end of a first attempt or of a retry."""
    out = []
    for item, row in zip(items, logits, strict=True):
        scores = calibration.probability(row, "step")
        if len(row) and (item.attempt.answer is not None or is_answer_line(item.attempt.kept[-1].text)):
            scores[-1] = calibration.probability(row[-1:], _end_of(item.rejected))[0]
        out.append([float(score) for score in scores])
    return out


def _end_of(rejected: Sequence[str]) -> str:
    """The kind of boundary at the end of an attempt that was told of these rejections."""
    return "retry" if rejected else "first"


class _CalibratedWatch:
    """From the logit after each step to its score."""

    def __init__(self, card: Card, rejected: Sequence[str]) -> None:
        self.calibration, self.end = card.calibration, _end_of(rejected)
        self.confidence = [Confidence()]
        self.logit = np.zeros(1)

    def calibrated(self, step: Step, logit: np.ndarray) -> float:
        self.logit = logit
        return float(self.calibration.probability(logit, self.end if is_answer_line(step.text) else "step")[0])

    def finish(self, attempt: Attempt) -> float | None:
        """0 without an answer. A chat model's answer may stand in a line that is no answer line."""
        return 0.0 if attempt.answer is None else float(self.calibration.probability(self.logit, self.end)[0])


class _DMWatch(_CalibratedWatch):
    """One attempt as the DM sees it grow; with a causal backbone a new step costs only its own tokens.

    The DM reads on a thread of its own: the prompt while the Reasoner writes its first step, each step while the
    Reasoner takes the turn that comes next anyway.
    """

    def __init__(self, judge: DMJudge, question: Question, rejected: Sequence[str]) -> None:
        from transformers import DynamicCache

        super().__init__(judge.card, rejected)
        self.judge = judge
        self.cache = DynamicCache()
        self.ids: list[int] = judge.encoder.prompt(question, rejected)
        self.features = np.zeros((len(self.ids), FEATURES), np.float32)
        self.read = 0  # so many tokens are in the cache
        self.lengths = [len(self.ids)]
        self.prompt = _beside.submit(self._logit) if judge.model.causal and self.ids else None

    def score(self, step: Step, hidden: Hidden | None = None) -> float | None:
        if self.prompt is not None:
            self.prompt.result()
        confidence = self.confidence[-1].copy()
        ids, features = self.judge.encoder.step(step, confidence)
        self.ids += ids
        self.features = np.concatenate([self.features, features])
        self.lengths.append(len(self.ids))
        self.confidence.append(confidence)
        logit = _beside.submit(self._logit)
        if hidden is not None and not is_answer_line(step.text):
            hidden()  # only to let the Reasoner take that turn
        return self.calibrated(step, logit.result())

    def _logit(self) -> np.ndarray:
        """Read what has not been read yet: what the DM says [1] behind the last token."""
        model = self.judge.model
        start = self.read if model.causal else max(0, len(self.ids) - model.context)
        row = torch.tensor([self.ids[start:]], device=self.judge.device)
        entering = torch.from_numpy(self.features[start:]).to(self.judge.device)[None]
        how: dict[str, Any] = {"past_key_values": self.cache, "use_cache": True} if model.causal else {}
        with torch.inference_mode():
            states = model.states(row, entering, **how)
            logit: np.ndarray = model.logits(states[:, -1], entering[:, -1]).cpu().numpy()
        self.read = len(self.ids) if model.causal else 0
        return logit

    def back(self, steps: int) -> None:
        del self.lengths[steps + 1 :], self.confidence[steps + 1 :]
        kept = self.lengths[-1]
        self.ids, self.features = self.ids[:kept], self.features[:kept]
        if self.read > kept:
            self.cache.crop(kept - self.read)
            self.read = kept


class ProbeJudge:
    """A probe as judge: reads the hidden states that a local Reasoner hands over with each step."""

    def __init__(self, loaded: LoadedDM) -> None:
        if not isinstance(loaded.model, Probe):
            raise CheckpointMismatch(f"{loaded.name} is no probe.")
        self.name, self.card, self.model = loaded.name, loaded.card, loaded.model

    @property
    def threshold(self) -> float:
        return self.card.threshold

    def watch(self, question: Question, rejected: Sequence[str] = ()) -> "_ProbeWatch":
        return _ProbeWatch(self, rejected)


class _ProbeWatch(_CalibratedWatch):
    def __init__(self, judge: ProbeJudge, rejected: Sequence[str]) -> None:
        super().__init__(judge.card, rejected)
        self.judge = judge

    def score(self, step: Step, hidden: Hidden | None = None) -> float | None:
        if hidden is None:
            raise CheckpointMismatch(
                f"{self.judge.name} is a probe and needs a local Reasoner that shows its states. Choose another DM."
            )
        confidence = self.confidence[-1].copy()
        features = confidence.at_the_end_of(step)
        self.confidence.append(confidence)
        with torch.inference_mode():
            logit = self.judge.model(hidden()[None], torch.from_numpy(features)).numpy()
        return self.calibrated(step, logit)

    def back(self, steps: int) -> None:
        del self.confidence[steps + 1 :]


def open_judge(folder: Path, device: str = "cpu") -> DMJudge | ProbeJudge:
    """The DM in `folder` behind the judge seam, whatever its kind; raises what `load` raises.

    A probe stays on the CPU, where the Reasoner hands its states over.
    """
    if read_card(folder).kind == "probe":
        return ProbeJudge(load(folder))
    return DMJudge.load(folder, device)
