"""What a training will need, before it starts: memory by part, tokens, steps, and what speaks against starting it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psutil
import torch
from transformers import AutoConfig, AutoModel, AutoTokenizer

from drr.dm.examples import Encoder, Item, batches, pack
from drr.dm.train import TrainConfig, split_of
from drr.reasoners.local import explained


@dataclass(frozen=True)
class Advice:
    """Something that speaks against a training, and the change of the config that helps, if one does."""

    problem: str
    remedy: str
    change: Mapping[str, Any] = field(default_factory=dict)  # keys of TrainConfig and their new values
    blocking: bool = False  # the training would fail


@dataclass(frozen=True)
class Share:
    """One split: questions, attempts, and how many of these are right."""

    questions: int
    attempts: int
    right: int

    @classmethod
    def of(cls, items: Sequence[Item]) -> "Share":
        questions = len({item.question.text for item in items})
        return cls(questions, len(items), sum(bool(item.correct) for item in items))


@dataclass(frozen=True)
class Estimate:
    """Bytes, tokens and seconds. `memory`: by part (weights, adapters, optimizer, activations), `needed` their sum."""

    device: str
    memory: Mapping[str, int]
    free: int
    splits: Mapping[str, Share]  # train, calibration, test
    tokens: int  # of one epoch
    longest: int  # tokens of the longest row
    steps: int
    seconds: float | None  # where steps were timed
    advice: tuple[Advice, ...]

    @property
    def needed(self) -> int:
        return sum(self.memory.values())


def estimate(config: TrainConfig, items: Sequence[Item], device: str = "", *, timed_steps: int = 0) -> Estimate:
    """Estimate a training on `items`. `device`: "" is where it would run; `timed_steps`: time so many real steps.

    Raises:
        InvalidInput: a choice that is not offered. ModelUnavailable: the base cannot be found or read.
    """
    config.check()
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    splits = {name: Share.of([i for i in items if split_of(i) == name]) for name in ("train", "calibration", "test")}
    with explained(config.base):
        tokenizer = AutoTokenizer.from_pretrained(config.base, trust_remote_code=False)
        shape = AutoConfig.from_pretrained(config.base, trust_remote_code=False)
    packs = pack(Encoder(tokenizer), [item for item in items if split_of(item) == "train"])
    tokens = sum(p.length for p in packs)
    steps = round(config.epochs * sum(1 for _ in batches(packs, config.tokens_per_batch)))
    with torch.device("meta"):
        skeleton = AutoModel.from_config(shape, trust_remote_code=False)
    weights = 4 * sum(p.numel() for p in skeleton.parameters())
    return Estimate(
        device=device,
        memory={"weights": weights, "gradients": weights, "optimizer": weights},
        free=_free(device),
        splits=splits,
        tokens=tokens,
        longest=max((p.length for p in packs), default=0),
        steps=steps,
        seconds=None,
        advice=tuple(_about_labels(splits)),
    )


def _about_labels(splits: Mapping[str, Share]) -> Iterator[Advice]:
    for name, share in splits.items():
        if not 0 < share.right < share.attempts:
            holds = "nothing" if not share.attempts else f"only {'right' if share.right else 'wrong'} attempts"
            yield Advice(f"The {name} split holds {holds}.", "Distil or import more questions.", blocking=True)


def _free(device: str) -> int:
    """Bytes that a training may still take."""
    if device.startswith("cuda"):
        return int(torch.cuda.mem_get_info(device)[0])
    return int(psutil.virtual_memory().available)
