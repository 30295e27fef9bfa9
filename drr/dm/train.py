"""Train a DM on behavior records; reads top to bottom.

The loss is weighted binary cross-entropy on the attempt's outcome at every step boundary (later boundaries weigh more;
a labelled first error replaces the outcome), plus a pairwise term within each question: of two attempts on one prompt
the right one must score higher. Without it a DM learns which topics are hard, and cannot tell one attempt from another.

`reject_weight` > 1 makes wrong attempts count more: fewer wrong accepts, more needless rejections.

With a state folder the training can be stopped or killed at any time: the same call goes on where it was, and ends with
the same weights as one that was never interrupted. Several processes may train one DM together (`drr.dm.team`).
"""

import hashlib
import json
import math
import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from drr import types
from drr.dm import calibrate
from drr.dm.backbone import TUNINGS, best_device, fingerprint, load_backbone, recompute_activations, with_adapters
from drr.dm.calibrate import Calibration, reliability, threshold_for_f_beta, threshold_for_risk
from drr.dm.checkpoint import FULL, KINDS, Card, read_card, round_to_half, save, versions
from drr.dm.examples import IGNORED, Batch, Encoder, Item, Pack, batches, collate, pack
from drr.dm.judge import collated, probabilities, spread, to, token_logits
from drr.dm.limits import LIMITS
from drr.dm.model import Probe, TokenDM
from drr.dm.muon import BatchedMuon
from drr.dm.promise import rounded_up
from drr.dm.team import Team
from drr.errors import Diverged, InvalidData, InvalidInput, OutOfSpace, Stopped
from drr.evaluate import dm_metrics
from drr.reasoners.local import LocalReasoner, in_memory
from drr.types import BehaviorRecord

WORTH_COMPILING = 1_000_000  # tokens to be trained on
LOSSES = ("weighted", "focal")
PRECISIONS = ("bf16", "fp32")
WATCHED = 256  # attempts at most that are scored while it learns
WARM_UP = 50  # steps, but at most a tenth of the training
TOO_LARGE = "Lower tokens_per_batch, recompute activations (checkpointing), tune qlora, or choose a smaller base."
SAVE_EVERY = 60.0  # seconds between two saved states
STATE = "state.pt"
CAUTIOUS = 1.0  # the threshold where none could be chosen: it accepts next to nothing


@dataclass(frozen=True)
class TrainConfig:
    """What may be chosen. `base`: a folder or hub name of a language model; a probe reads that very Reasoner's states.

    `tuning`: all weights; low-rank adapters; adapters over a backbone in 4 bits (NF4 with double quantization) or in 8.
    `reject_weight` over 1 makes wrong attempts count more: fewer wrong accepts, more needless rejections.
    `patience`: so many of the `evaluations` without a better AUROC end the training, and the best weights are kept.
    """

    base: str
    kind: str = "token"  # token | probe
    tuning: str = "full"  # full | lora | qlora | lora-8bit
    epochs: float = 1.0
    tokens_per_batch: int = 1800
    backbone_rate: float | None = None  # None: 1e-3 for all weights, 3e-4 for adapters
    head_rate: float = 2e-3
    lora_rank: int = 16
    lora_dropout: float = 0.05
    loss: str = "weighted"  # weighted | focal
    focal_gamma: float = 2.0
    reject_weight: float = 1.0
    pair_weight: float = 1.0
    precision: str = "bf16"  # bf16 | fp32
    checkpointing: bool | None = None  # recompute activations to save memory; None: with adapters on a GPU
    evaluations: int = 8
    patience: int = 0  # 0: train to the end
    calibration: str = "platt"  # platt | temperature | isotonic
    threshold: str = "risk"  # risk | f-beta | by-hand
    risk: float = 0.05
    confidence: float = 0.9
    beta: float = 0.5
    by_hand: float = 0.9
    seed: int = 0

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "TrainConfig":
        """Read back what `dataclasses.asdict` wrote; keys may be left out.

        Raises:
            InvalidData: an unknown key, or a value of the wrong type.
        """
        return types.from_dict(cls, data)

    def check(self) -> None:
        """Raises InvalidInput for a value that is not offered, or a number that makes no sense."""
        offered = {
            "kind": KINDS, "tuning": TUNINGS, "loss": LOSSES, "precision": PRECISIONS,
            "calibration": calibrate.METHODS, "threshold": calibrate.RULES,
        }  # fmt: skip
        for name, values in offered.items():
            if getattr(self, name) not in values:
                raise InvalidInput(f"There is no DM {name} {getattr(self, name)!r}. Choose one of {', '.join(values)}.")
        for name, limit in LIMITS.items():
            number = getattr(self, name)
            if number is not None and not limit.fits(number):
                raise InvalidInput(f"A training's {name} is {limit.refusal(number)}")

    @property
    def rate(self) -> float:
        """The highest learning rate of the backbone or its adapters."""
        if self.backbone_rate is not None:
            return self.backbone_rate
        return 1e-3 if self.tuning == "full" else 3e-4


LogitsOf = Callable[[Sequence[Item]], list[np.ndarray]]  # of each attempt, at its boundaries


@dataclass(frozen=True)
class Progress:
    """One line of the training's diary. `metrics`: AUROC and its like where the watched questions were just scored."""

    step: int
    done: float  # share of the training, in [0, 1]
    seconds: float  # of training, those before an interruption included
    loss: float
    rate: float  # learning rate
    tokens_per_second: float
    metrics: Mapping[str, float] = field(default_factory=dict)


Report = Callable[[Progress], None]


def split_of(item: Item) -> str:
    """train 84 %, calibration 8 %, test 8 %: by the question's text alone, so that no question stands on two sides."""
    bucket = _bucket(item)
    return "train" if bucket < 84 else "calibration" if bucket < 92 else "test"


def is_watched(item: Item) -> bool:
    """Whether a question of the train split is only watched, not learnt from: for charts and early stopping.

    The calibration split stays untouched for the threshold, whose guarantee needs questions that nothing was chosen on.
    """
    return 82 <= _bucket(item) < 84


def _bucket(item: Item) -> int:
    return int.from_bytes(hashlib.sha256(b"dm" + item.question.text.encode()).digest()[:4]) % 100


def snapshot_hash(items: Sequence[Item]) -> str:
    """A hash of exactly what is learnt from: questions, contexts, attempts and labels, in any order."""
    learnt = (repr((i.question.text, i.rejected, i.attempt.text, i.correct, i.first_error_step)) for i in items)
    digests = sorted(hashlib.sha256(text.encode()).digest() for text in learnt)
    return hashlib.sha256(b"".join(digests)).hexdigest()[:16]


@dataclass(frozen=True)
class _Outside:
    """Whom a training tells, where it keeps its state, who may stop it, who trains beside it."""

    report: Report
    state: Path | None
    stop: Callable[[], bool]
    identity: str  # of config and snapshot: a state is of one training only
    team: Team

    @property
    def what_next(self) -> str:
        return "Start it again to go on from there." if self.state else "Nothing was saved."

    def check(self) -> None:
        """Between two parts of the work, whose state is saved already."""
        if self.stop():
            raise Stopped(f"The training was stopped after its last step. {self.what_next}")


def train(
    records: Iterable[BehaviorRecord],
    config: TrainConfig,
    out: Path,
    report: Report = lambda _: None,
    *,
    state: Path | None = None,
    stop: Callable[[], bool] = lambda: False,
    tell: Callable[[str], None] = lambda _: None,
    job: str = "",
) -> Card:
    """Train, calibrate, choose the threshold, measure on unseen questions, save to `out`.

    In the folder `state` the training is saved about every minute and when `stop()` becomes true; the same records and
    config go on from there. The folder is left as it is at the end.

    `tell` hears what is done behind the last step. `job`: the id of the job that trains it, for its card.

    Each process of a team (`drr.dm.team`) calls this with the same arguments: a step takes as many batches as there
    are processes. The first one reports, calibrates and saves.

    Raises:
        InvalidInput: a choice that is not offered, or a state of another training. InvalidData: too few records, or
        only one class. Stopped: `stop()` was true. Diverged: the loss is no number. ModelUnavailable, OutOfSpace: as
        they say.
    """
    config.check()
    torch.manual_seed(config.seed)
    labelled = [record for record in records if record.correct is not None]
    items = [Item.of(record) for record in labelled]
    reasoners = sorted({record.reasoner for record in labelled})
    by_split: dict[str, list[Item]] = {"train": [], "calibration": [], "test": []}
    for item in items:
        by_split[split_of(item)].append(item)
    _check(by_split)
    snapshot = snapshot_hash(items)
    team = Team()
    heard = report if team.first else lambda _: None
    outside = _Outside(heard, state, stop, f"{json.dumps(asdict(config), sort_keys=True)} {snapshot}", team)

    learn = _train_probe if config.kind == "probe" else _train_token
    with in_memory("The training", TOO_LARGE):
        model, tokenizer, logits_of = learn(by_split["train"], config, outside)
        if not team.first:
            team.wait()
            return read_card(out)
        outside.check()
        tell("calibrating")
        held_out = logits_of(by_split["calibration"])
    outside.check()
    calibration = fit_calibration(by_split["calibration"], held_out, config.calibration)
    threshold, risk = choose_threshold(by_split["calibration"], held_out, calibration, config)
    tell("measuring on test questions")
    scores = probabilities(calibration, by_split["test"], logits_of(by_split["test"]))
    metrics = dm_metrics(by_split["test"], scores)
    metrics |= {f"{name}_attempts": len(part) for name, part in by_split.items()} | {"reasoners": reasoners}
    ends = [(row[-1], float(bool(item.correct))) for item, row in zip(by_split["test"], scores, strict=True) if row]
    metrics["reliability"] = reliability(*np.array(ends).T)
    place = os.path.abspath(folder) if (folder := Path(config.base).expanduser()).is_dir() else ""
    base = Path(place or config.base).name
    backbone = model.backbone if isinstance(model, TokenDM) else None
    adapter = backbone is not None and config.tuning != "full"  # which goes on needing its base
    card = Card(
        config.kind, base, ", ".join(reasoners), calibration, threshold, risk, snapshot=snapshot, job=job,
        config=asdict(config) | {"base": base if place else config.base}, metrics=metrics,
        versions=versions(config.tuning), fingerprint=fingerprint(backbone) if backbone is not None and adapter else "",
    )  # fmt: skip
    tell("saving")
    save(out, card, model, tokenizer, place)
    team.wait()
    return card


def seconds_per_step(items: Sequence[Item], config: TrainConfig, steps: int) -> float:
    """Make so many steps after a first one, and throw them away."""
    times: list[float] = []

    def stop() -> bool:
        times.append(time.monotonic())
        return len(times) > steps + 1

    learn = _train_probe if config.kind == "probe" else _train_token
    with suppress(Stopped):
        learn(items, replace(config, evaluations=0), _Outside(lambda _: None, None, stop, "", Team()))
    return (times[-1] - times[1]) / (len(times) - 2) if len(times) > 2 else 0.0


def _check(by_split: dict[str, list[Item]]) -> None:
    for name, part in by_split.items():
        labels = {item.correct for item in part}
        if len(labels) < 2:
            what = "no labelled attempts" if not labels else f"only {'right' if True in labels else 'wrong'} attempts"
            raise InvalidData(
                f"The {name} split holds {what}; a DM needs right and wrong ones. "
                "Distil or import more questions with known answers."
            )


# --- the loop --------------------------------------------------------------------------------------------------------


@dataclass
class _Position:
    """Where a training stands; with weights, optimizers and random numbers, all that it needs to go on."""

    step: int = 0
    seen: int = 0  # tokens
    place: int = 0  # in the shuffled batches of this epoch
    smooth: float = 0.0
    seconds: float = 0.0
    best: float = 0.0  # AUROC on the watched questions
    stale: int = 0  # evaluations since then


@dataclass(frozen=True)
class _Lesson:
    """What is to be learnt: `shuffled` gives the batches of an epoch, `loss_on` the loss of one of them."""

    model: nn.Module
    optimizers: Sequence[torch.optim.Optimizer]
    total: float  # tokens to be seen
    shuffled: Callable[[random.Random], Sequence[Any]]
    tokens_in: Callable[[Any], int]
    loss_on: Callable[[Any], torch.Tensor]
    watch: Callable[[], Mapping[str, float]]


def _learn(lesson: _Lesson, config: TrainConfig, outside: _Outside) -> None:
    """Linear warm-up, then linear decay to 2 % over all tokens; clipped gradients; stops early where asked."""
    at, rng, kept, team = _Position(), random.Random(config.seed), _KeptState(lesson, outside), outside.team
    order = rng.getstate()  # before the shuffle of the epoch at hand
    highest = [group["lr"] for optimizer in lesson.optimizers for group in optimizer.param_groups]
    if kept.exists():
        order = kept.restore(at)
    parameter_groups = [group for optimizer in lesson.optimizers for group in optimizer.param_groups]
    began = saved = told = time.monotonic()
    before, seen_before = at.seconds, at.seen

    lesson.model.train()
    while at.seen < lesson.total and not _is_exhausted(at, config):
        rng.setstate(order)
        groups = lesson.shuffled(rng)
        for together in team.rounds(groups[at.place :]):
            if team.any(outside.stop()):
                kept.save(at, order)
                raise Stopped(f"The training was stopped at step {at.step:,}. {outside.what_next}")
            done = at.seen / lesson.total
            if done >= 1 or _is_exhausted(at, config):
                break
            for parameters, rate in zip(parameter_groups, highest, strict=True):
                parameters["lr"] = rate * min(1.0, max((at.step + 1) / WARM_UP, 10 * done)) * max(0.02, 1 - done)
            loss = lesson.loss_on(team.own(together))
            loss.backward()
            value = team.average(lesson.model, loss)
            norm = torch.nn.utils.clip_grad_norm_(lesson.model.parameters(), 1.0)
            if not (np.isfinite(value) and torch.isfinite(norm)):
                raise Diverged(
                    f"The loss is no number any more at step {at.step + 1:,}. Lower the learning rates, or train in "
                    "fp32; the last saved state and DM are kept."
                )
            for optimizer in lesson.optimizers:
                optimizer.step()
                optimizer.zero_grad()

            at.seen += sum(map(lesson.tokens_in, together))
            at.step, at.place = at.step + 1, at.place + len(together)
            at.smooth = value if at.step == 1 else 0.98 * at.smooth + 0.02 * value
            metrics: Mapping[str, float] = {}
            if int(config.evaluations * min(1.0, at.seen / lesson.total)) > int(config.evaluations * done):
                metrics = team.heard(lesson.watch() if team.first else {})
                _judge(at, metrics, kept, config)
            now = time.monotonic()
            at.seconds = before + now - began
            ends = at.step == 1 or at.seen >= lesson.total
            if metrics or ends or at.step % 20 == 0 or now - told > 5:
                told, speed = now, (at.seen - seen_before) / max(1e-9, now - began)
                rate = lesson.optimizers[0].param_groups[0]["lr"]
                outside.report(
                    Progress(at.step, min(1.0, at.seen / lesson.total), at.seconds, at.smooth, rate, speed, metrics)
                )
            if now - saved > SAVE_EVERY:
                kept.save(at, order)
                saved = time.monotonic()
        else:
            order, at.place = rng.getstate(), 0
    kept.save(at, order)
    if config.patience:
        kept.restore_best()


def _is_exhausted(at: _Position, config: TrainConfig) -> bool:
    return 0 < config.patience <= at.stale


def _judge(at: _Position, metrics: Mapping[str, float], kept: "_KeptState", config: TrainConfig) -> None:
    """Keep the best weights so far, where the training may end early."""
    if not config.patience or "auroc" not in metrics:
        return
    if metrics["auroc"] > at.best:
        at.best, at.stale = metrics["auroc"], 0
        kept.keep_best()
    else:
        at.stale += 1


class _KeptState:
    """The state of a training on disk, whole or not at all; tensors and plain values only, so that no code is read."""

    def __init__(self, lesson: _Lesson, outside: _Outside) -> None:
        self.lesson, self.outside = lesson, outside
        self.best: dict[str, torch.Tensor] = {}

    @property
    def trained(self) -> dict[str, nn.Parameter]:
        return {name: p for name, p in self.lesson.model.named_parameters() if p.requires_grad}

    def exists(self) -> bool:
        return self.outside.state is not None and (self.outside.state / STATE).is_file()

    def save(self, at: _Position, order: tuple[Any, ...]) -> None:
        """Raises OutOfSpace where the disk is full; the state saved before stays."""
        if self.outside.state is None or not self.outside.team.first:
            return
        everything = {
            "identity": self.outside.identity,
            "position": asdict(at),
            "order": order,
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
            "weights": dict(self.trained),
            "best": self.best,
            "optimizers": [optimizer.state_dict() for optimizer in self.lesson.optimizers],
        }
        draft = self.outside.state / f"{STATE}.{os.getpid()}"
        try:
            self.outside.state.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                torch.save(everything, file)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.outside.state / STATE)
        except (OSError, RuntimeError) as error:  # torch reports a short write as a RuntimeError
            full = getattr(error, "errno", None) in FULL or "write failed" in str(error) or _is_full(draft.parent)
            if not full:
                raise
            raise OutOfSpace(
                f"No space left for the training's state in {self.outside.state}. Free some space and start it again: "
                "it goes on from the state saved before."
            ) from error
        finally:
            draft.unlink(missing_ok=True)

    def restore(self, at: _Position) -> tuple[Any, ...]:
        """Set weights, optimizers and random numbers as they were, and `at`; gives the order of the epoch at hand."""
        assert self.outside.state is not None
        path = self.outside.state / STATE
        try:
            kept = torch.load(path, map_location="cpu", weights_only=True)
            identity = kept["identity"]
        except Exception as error:  # torch raises many kinds for damaged files
            raise InvalidData(f"{path} is damaged and cannot be read. Delete it to train from the start.") from error
        if identity != self.outside.identity:
            raise InvalidInput(
                f"{self.outside.state} holds the state of a training with other records or options. "
                "Name another folder, or empty it to train from the start."
            )
        with torch.no_grad():
            for name, parameter in self.trained.items():
                parameter.copy_(kept["weights"][name])
        for optimizer, values in zip(self.lesson.optimizers, kept["optimizers"], strict=True):
            optimizer.load_state_dict(values)
        torch.set_rng_state(kept["random"])
        if kept["random_cuda"]:
            torch.cuda.set_rng_state_all(kept["random_cuda"])
        vars(at).update(kept["position"])
        self.best = kept["best"]
        version, internal, gauss = kept["order"]
        return version, tuple(internal), gauss

    def keep_best(self) -> None:
        self.best = {name: parameter.detach().clone() for name, parameter in self.trained.items()}

    def restore_best(self) -> None:
        with torch.no_grad():
            for name, value in self.best.items():
                self.trained[name].copy_(value)


def _is_full(folder: Path) -> bool:
    return folder.is_dir() and shutil.disk_usage(folder).free < 1 << 20


# --- the token DM ----------------------------------------------------------------------------------------------------


def _train_token(items: Sequence[Item], config: TrainConfig, outside: _Outside) -> tuple[TokenDM, Any, LogitsOf]:
    device = outside.team.device(best_device())
    backbone, tokenizer = load_backbone(config.base, config.tuning, config.precision, str(device))
    if device.type == "cpu":
        backbone.set_attn_implementation("eager")  # its backward pass is faster than sdpa's
    adapters = config.tuning != "full"
    if config.checkpointing or (config.checkpointing is None and adapters and device.type != "cpu"):
        recompute_activations(backbone)
    if adapters:
        backbone = with_adapters(backbone, config.lora_rank, config.lora_dropout)
    model = TokenDM(backbone)
    for new in (model.enter, model.head):
        new.to(device)
    encoder = Encoder(tokenizer, model.context)
    learnt, watched = apart(items, config)
    packs = pack(encoder, learnt)
    tokens = sum(p.length for p in packs)
    if device.type == "cpu" and not adapters and shutil.which("g++") and tokens > WORTH_COMPILING:
        model.backbone.compile(dynamic=True)  # a third faster, after half a minute

    def logits_of(part: Sequence[Item]) -> list[np.ndarray]:
        with _uncompiled(model.backbone):
            return token_logits(model, encoder, part)

    def loss_on(group: Sequence[Pack]) -> torch.Tensor:
        batch = to(collated(model, group, multiple=16), device)
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=config.precision == "bf16"):
            logits = model(batch)
        return loss_of(logits.float(), batch, config)

    lesson = _Lesson(
        model=model,
        optimizers=_optimizers(model, config, device),
        total=config.epochs * tokens,
        shuffled=lambda rng: _shuffled(packs, config.tokens_per_batch, rng),
        tokens_in=lambda group: sum(p.length for p in group),
        loss_on=loss_on,
        watch=lambda: _figures(watched, logits_of(watched)) if watched else {},
    )
    _learn(lesson, config, outside)
    if not adapters:
        round_to_half(model.backbone)
    return model.eval(), tokenizer, logits_of


def _optimizers(model: TokenDM, config: TrainConfig, device: torch.device) -> list[torch.optim.Optimizer]:
    """Of all weights Muon takes the matrices, AdamW embeddings, norms and what is new. AdamW for adapters: in 8 bits,
    with pages that move to the host's memory, on a GPU.
    """
    new = {"params": [*model.enter.parameters(), *model.head.parameters()], "lr": config.head_rate}
    usual: dict[str, Any] = {"betas": (0.9, 0.98), "weight_decay": 0.01}
    if config.tuning != "full":
        adapters = {"params": [p for p in model.backbone.parameters() if p.requires_grad], "lr": config.rate}
        if device.type == "cpu":
            return [torch.optim.AdamW([adapters, new], **usual)]
        from bitsandbytes.optim import PagedAdamW8bit

        return [PagedAdamW8bit([adapters, new], **usual)]
    matrices = [p for n, p in model.backbone.named_parameters() if p.ndim == 2 and "embed" not in n]
    taken = {id(p) for p in matrices}
    others = {"params": [p for p in model.backbone.parameters() if id(p) not in taken], "lr": config.rate / 2}
    muon = BatchedMuon(matrices, lr=config.rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw")
    return [muon, torch.optim.AdamW([others, new], **usual)]


def apart(items: Sequence[Item], config: TrainConfig) -> tuple[list[Item], list[Item]]:
    """What is learnt from, and what is only watched: at most WATCHED attempts, whole questions, the same each time."""
    if not config.evaluations:
        return list(items), []
    watched = sorted(filter(is_watched, items), key=lambda item: hashlib.sha256(item.question.text.encode()).digest())
    return [item for item in items if not is_watched(item)], watched[:WATCHED]


def _figures(items: Sequence[Item], logits: Sequence[np.ndarray]) -> dict[str, float]:
    """How well the watched attempts are told apart; an uncalibrated score over 0.5 counts as accepted."""
    scores = probabilities(Calibration(), items, logits)
    measured = dm_metrics(items, scores)
    figures = {key: measured[key] for key in ("auroc", "auroc_within", "ece", "brier")}
    figures["tokens_saved"] = tokens_saved(items, [row[-1] if row else 0.0 for row in scores])
    accepted = [bool(item.correct) for item, row in zip(items, scores, strict=True) if row and row[-1] >= 0.5]
    right = sum(bool(item.correct) for item in items)
    figures |= {"precision": sum(accepted) / len(accepted) if accepted else None}
    figures |= {"recall": sum(accepted) / right if right else None}
    return {key: float(value) for key, value in figures.items() if value is not None}


def tokens_saved(items: Sequence[Item], scores: Sequence[float]) -> float | None:
    """The share of the tokens of a majority vote that the DM saves at the same accuracy or a better one.

    The first attempts on each question stand in order; the vote reads them all, the DM accepts the first that scores
    over a threshold, or takes the best of all. The best threshold counts; None where no question has two attempts, or
    no tokens were counted (imported records may come without).
    """
    tried: dict[str, list[int]] = {}
    for i, item in enumerate(items):
        if not item.rejected:
            tried.setdefault(item.question.text, []).append(i)
    questions = [places for places in tried.values() if len(places) > 1]
    if not questions:
        return None
    tokens = [np.cumsum([items[i].attempt.tokens for i in places]) for places in questions]
    right = [np.array([bool(items[i].correct) for i in places]) for places in questions]
    judged = [np.array([scores[i] for i in places]) for places in questions]
    voted = 0
    for places in questions:
        votes = Counter(items[i].attempt.answer for i in places if items[i].attempt.answer is not None)
        favourite = votes.most_common(1)[0][0] if votes else None
        voted += any(bool(items[i].correct) for i in places if items[i].attempt.answer == favourite)
    all_of_them, best = sum(int(spent[-1]) for spent in tokens), 0.0
    if not all_of_them:
        return None
    for threshold in np.unique(np.concatenate(judged)):
        spent = correct = 0
        for cost, good, score in zip(tokens, right, judged, strict=True):
            over = np.flatnonzero(score >= threshold)
            spent += int(cost[over[0]] if len(over) else cost[-1])
            correct += bool(good[over[0]] if len(over) else good[int(np.argmax(score))])
        if correct >= voted:
            best = max(best, 1 - spent / all_of_them)
    return best


@contextmanager
def _uncompiled(module: Any) -> Iterator[None]:
    """Scoring has other shapes and no gradients: it would be compiled anew, which takes longer than it does."""
    compiled, module._compiled_call_impl = module._compiled_call_impl, None
    try:
        yield
    finally:
        module._compiled_call_impl = compiled


def _shuffled(packs: Sequence[Pack], tokens: int, rng: random.Random) -> list[list[Pack]]:
    """Batches of about equal length, differently composed and ordered each time."""
    shuffled = list(packs)
    rng.shuffle(shuffled)
    parts = (shuffled[start : start + 2048] for start in range(0, len(shuffled), 2048))
    out = [group for part in parts for group in batches(part, tokens)]
    rng.shuffle(out)
    return out


def loss_of(logits: torch.Tensor, batch: Batch, config: TrainConfig) -> torch.Tensor:
    """Weighted or focal cross-entropy per attempt, plus the pairwise term; logits [N], targets in [0, 1].

    Focal (Lin et al. 2017): what is already judged well weighs little, (1 - p)^gamma with p the probability of the
    label.
    """
    known = (batch.targets != IGNORED).float()
    targets = batch.targets.clamp(min=0)
    weights = batch.weights * known * (targets + (1 - targets) * config.reject_weight)
    each = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    if config.loss == "focal":
        likely = logits.sigmoid()
        each = each * (targets * (1 - likely) + (1 - targets) * likely) ** config.focal_gamma
    loss = 2 * (each * weights).sum() / len(batch.last)
    final, right = logits[batch.last], batch.targets[batch.last]
    rivals = (batch.group[:, None] == batch.group[None, :]) & (right[None, :] != IGNORED)
    pairs = rivals & (right[:, None] > right[None, :])
    if config.pair_weight and pairs.any():
        differences = final[:, None] - final[None, :]
        per_pair = F.softplus(-differences) * pairs / pairs.sum(1, keepdim=True).clamp(min=1)
        loss = loss + config.pair_weight * per_pair.sum() / len(batch.last)
    return loss


# --- the probe -------------------------------------------------------------------------------------------------------


def _train_probe(items: Sequence[Item], config: TrainConfig, outside: _Outside) -> tuple[Probe, Any, LogitsOf]:
    reasoner = LocalReasoner.load(config.base)
    encoder = Encoder(reasoner.tokenizer)

    def states_of(part: Sequence[Item]) -> tuple[list[Batch], list[tuple[torch.Tensor, torch.Tensor]]]:
        made, states = [], []
        for group in batches(pack(encoder, part), 4096):
            batch = collate(group)
            at = batch.rows, batch.columns
            hidden = reasoner.hidden(batch.ids, batch.mask, batch.positions)[at]
            made.append(replace(batch, mask=None))  # a mask is many times as large as all that is learnt from
            states.append((hidden.half(), batch.features[at]))
        return made, states

    def logits_of(part: Sequence[Item]) -> list[np.ndarray]:
        out = [np.zeros(0)] * len(part)
        training = probe.training
        probe.eval()
        for batch, (hidden, features) in zip(*states_of(part), strict=True):
            with torch.inference_mode():
                spread(out, batch, probe(hidden.float(), features).numpy())
        probe.train(training)
        return out

    learnt, watched = apart(items, config)
    made, states = states_of(learnt)
    probe = Probe(states[0][0].shape[-1])
    sample = torch.cat([s[0] for s in states[:: max(1, len(states) // 50)]]).float()
    probe.mean.copy_(sample.mean(0))
    probe.deviation.copy_(sample.std(0).clamp(min=1e-3))
    epochs = max(1, round(8 * config.epochs))
    lesson = _Lesson(
        model=probe,
        optimizers=[torch.optim.AdamW(probe.parameters(), lr=1e-3, weight_decay=0.05)],
        total=epochs * sum(batch.ids.numel() for batch in made),
        shuffled=lambda rng: rng.sample(range(len(made)), len(made)),
        tokens_in=lambda i: made[i].ids.numel(),
        loss_on=lambda i: loss_of(probe(states[i][0].float(), states[i][1]), made[i], config),
        watch=lambda: _figures(watched, logits_of(watched)) if watched else {},
    )
    _learn(lesson, config, outside)
    return probe.eval(), None, logits_of


# --- calibration and threshold ---------------------------------------------------------------------------------------


def fit_calibration(items: Sequence[Item], logits: Sequence[np.ndarray], method: str = "platt") -> Calibration:
    """On the calibration split; each kind of boundary on its own."""
    values: dict[str, list[float]] = {kind: [] for kind in calibrate.KINDS}
    labels: dict[str, list[float]] = {kind: [] for kind in calibrate.KINDS}
    for item, row in zip(items, logits, strict=True):
        if not len(row):
            continue
        inner = row[:-1] if item.attempt.answer is not None else row
        values["step"] += list(inner)
        labels["step"] += [float(bool(item.correct))] * len(inner)
        if item.attempt.answer is not None:
            kind = "retry" if item.rejected else "first"
            values[kind].append(float(row[-1]))
            labels[kind].append(float(bool(item.correct)))
    return Calibration.fit(
        {k: np.array(v) for k, v in values.items()}, {k: np.array(v) for k, v in labels.items()}, method
    )


def choose_threshold(
    items: Sequence[Item], logits: Sequence[np.ndarray], calibration: Calibration, config: TrainConfig
) -> tuple[float, float | None]:
    """By hand, or on first greedy attempts (one a question, as the guarantee wants) for `config.risk` or F-beta.

    It has two decimals, as it is shown. With it comes the risk that is certified, None for none. CAUTIOUS where there
    is no such threshold.
    """
    if config.threshold == "by-hand":
        return rounded_up(config.by_hand), None
    scores = probabilities(calibration, items, logits)
    first: dict[str, tuple[float, float]] = {}
    for item, row in sorted(zip(items, scores, strict=True), key=lambda pair: pair[0].attempt.temperature):
        if not item.rejected and row:
            score = row[-1] if item.attempt.answer is not None else 0.0
            first.setdefault(item.question.text, (score, float(bool(item.correct))))
    table = np.array(list(first.values())).reshape(-1, 2)
    if config.threshold == "f-beta":
        best = threshold_for_f_beta(table[:, 0], table[:, 1], config.beta)  # the lowest score that is to be accepted
        return CAUTIOUS if best is None else math.floor(round(100 * best, 6)) / 100, None
    certified = threshold_for_risk(table[:, 0], table[:, 1], config.risk, 1 - config.confidence)
    return (CAUTIOUS, None) if certified is None else (rounded_up(certified), config.risk)
