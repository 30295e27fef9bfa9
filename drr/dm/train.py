"""Train a DM on behavior records; reads top to bottom.

The loss is weighted binary cross-entropy on the attempt's outcome at every step boundary (later boundaries weigh more;
a labelled first error replaces the outcome), plus a pairwise term within each question: of two attempts on one prompt
the right one must score higher. Without it a DM learns which topics are hard, and cannot tell one attempt from another.

`reject_weight` > 1 makes wrong attempts count more: fewer wrong accepts, more needless rejections.
"""

import hashlib
import random
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from drr.dm import calibrate
from drr.dm.calibrate import Calibration, threshold_for_risk
from drr.dm.checkpoint import KINDS, Card, round_to_half, save, versions
from drr.dm.examples import IGNORED, Batch, Encoder, Item, Pack, batches, collate, pack
from drr.dm.judge import probabilities, spread, to, token_logits
from drr.dm.model import Probe, TokenDM
from drr.dm.muon import BatchedMuon
from drr.errors import InvalidData, InvalidInput
from drr.evaluate import dm_metrics
from drr.reasoners.local import LocalReasoner
from drr.types import BehaviorRecord

WORTH_COMPILING = 1_000_000  # tokens to be trained on


@dataclass(frozen=True)
class TrainConfig:
    """What may be chosen. `base`: a folder or hub name of a causal LM; a probe reads that very Reasoner's states."""

    base: str
    kind: str = "token"  # token | probe
    epochs: float = 1.0
    tokens_per_batch: int = 3000
    backbone_rate: float = 1e-3
    head_rate: float = 2e-3
    reject_weight: float = 1.0
    pair_weight: float = 1.0
    risk: float = 0.05
    confidence: float = 0.9
    seed: int = 0


LogitsOf = Callable[[Sequence[Item]], list[np.ndarray]]  # of each attempt, at its boundaries


@dataclass(frozen=True)
class Progress:
    """One line of the training's diary."""

    step: int
    done: float  # share of the training, in [0, 1]
    seconds: float
    loss: float


def split_of(item: Item) -> str:
    """train 84 %, calibration 8 %, test 8 %: by the question's text alone, so that no question stands on two sides."""
    bucket = int.from_bytes(hashlib.sha256(b"dm" + item.question.text.encode()).digest()[:4]) % 100
    return "train" if bucket < 84 else "calibration" if bucket < 92 else "test"


def snapshot_hash(items: Sequence[Item]) -> str:
    """A hash of exactly what is learnt from: questions, contexts, attempts and labels, in any order."""
    learnt = (repr((i.question.text, i.rejected, i.attempt.text, i.correct, i.first_error_step)) for i in items)
    digests = sorted(hashlib.sha256(text.encode()).digest() for text in learnt)
    return hashlib.sha256(b"".join(digests)).hexdigest()[:16]


def train(
    records: Iterable[BehaviorRecord],
    config: TrainConfig,
    out: Path,
    report: Callable[[Progress], None] = lambda _: None,
) -> Card:
    """Train, calibrate, choose the threshold, measure on unseen questions, save to `out`.

    Raises:
        InvalidData: too few records, or only one class. ModelUnavailable, OutOfSpace: as they say.
    """
    if config.kind not in KINDS:
        raise InvalidInput(f"There is no DM kind {config.kind!r}. Kinds: {', '.join(KINDS)}.")
    torch.manual_seed(config.seed)
    labelled = [record for record in records if record.correct is not None]
    items = [Item.of(record) for record in labelled]
    reasoners = sorted({record.reasoner for record in labelled})
    by_split: dict[str, list[Item]] = {"train": [], "calibration": [], "test": []}
    for item in items:
        by_split[split_of(item)].append(item)
    _check(by_split)

    learn = _train_probe if config.kind == "probe" else _train_token
    model, tokenizer, logits_of = learn(by_split["train"], config, report)

    held_out = logits_of(by_split["calibration"])
    calibration = fit_calibration(by_split["calibration"], held_out)
    threshold = choose_threshold(by_split["calibration"], held_out, calibration, config)
    scores = probabilities(calibration, by_split["test"], logits_of(by_split["test"]))
    metrics = dm_metrics(by_split["test"], scores)
    metrics |= {f"{name}_attempts": len(part) for name, part in by_split.items()} | {"reasoners": reasoners}
    base = Path(config.base).name
    card = Card(
        config.kind, base, ", ".join(reasoners), calibration, threshold, config.risk, snapshot=snapshot_hash(items),
        config=asdict(config) | {"base": base}, metrics=metrics, versions=versions(),
    )  # fmt: skip
    save(out, card, model, tokenizer)
    return card


def _check(by_split: dict[str, list[Item]]) -> None:
    for name, part in by_split.items():
        labels = {item.correct for item in part}
        if len(labels) < 2:
            what = "no labelled attempts" if not labels else f"only {'right' if True in labels else 'wrong'} attempts"
            raise InvalidData(
                f"The {name} split holds {what}; a DM needs right and wrong ones. "
                "Distil or import more questions with known answers."
            )


# --- the token DM ----------------------------------------------------------------------------------------------------


def _train_token(
    items: Sequence[Item], config: TrainConfig, report: Callable[[Progress], None]
) -> tuple[TokenDM | Probe, Any, LogitsOf]:
    reasoner = LocalReasoner.load(config.base)
    reasoner.model.set_attn_implementation("eager")  # its backward pass is faster than sdpa's on a CPU
    device = reasoner.model.device
    model = TokenDM(reasoner.model.base_model.float()).to(device)  # on a GPU it was loaded in half precision
    encoder = Encoder(reasoner.tokenizer)
    packs = pack(encoder, items)
    if device.type == "cpu" and shutil.which("g++") and sum(p.length for p in packs) > WORTH_COMPILING:
        model.backbone.compile(dynamic=True)  # a third faster, after half a minute
    matrices = [p for n, p in model.backbone.named_parameters() if p.ndim == 2 and "embed" not in n]
    taken = {id(p) for p in matrices}
    others = [p for p in model.backbone.parameters() if id(p) not in taken]
    new = [*model.enter.parameters(), *model.head.parameters()]
    muon = BatchedMuon(matrices, lr=config.backbone_rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw")
    groups = [{"params": others, "lr": config.backbone_rate / 2}, {"params": new, "lr": config.head_rate}]
    adam = torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.01)
    rates = [(group, group["lr"]) for optimizer in (muon, adam) for group in optimizer.param_groups]

    rng = random.Random(config.seed)
    began, step, smooth = time.monotonic(), 0, 0.0
    total = config.epochs * sum(p.length for p in packs)
    seen = 0
    model.train()
    while seen < total:
        for group in _shuffled(packs, config.tokens_per_batch, rng):
            done = seen / total
            if done >= 1:
                break
            for parameters, rate in rates:
                parameters["lr"] = rate * min(1.0, (step + 1) / 50) * max(0.02, 1 - done)
            batch = to(collate(group, multiple=16), device)
            with torch.autocast(device.type, dtype=torch.bfloat16):
                logits = model(batch)
            loss = loss_of(logits.float(), batch, config)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            for optimizer in (muon, adam):
                optimizer.step()
                optimizer.zero_grad()
            seen += sum(p.length for p in group)
            step += 1
            smooth = loss.item() if step == 1 else 0.98 * smooth + 0.02 * loss.item()
            if step % 20 == 0:
                report(Progress(step, min(1.0, seen / total), time.monotonic() - began, smooth))
    round_to_half(model.backbone)
    return model.eval(), reasoner.tokenizer, lambda part: token_logits(model, encoder, part)


def _shuffled(packs: Sequence[Pack], tokens: int, rng: random.Random) -> list[list[Pack]]:
    """Batches of about equal length, differently composed and ordered each time."""
    shuffled = list(packs)
    rng.shuffle(shuffled)
    parts = (shuffled[start : start + 2048] for start in range(0, len(shuffled), 2048))
    out = [group for part in parts for group in batches(part, tokens)]
    rng.shuffle(out)
    return out


def loss_of(logits: torch.Tensor, batch: Batch, config: TrainConfig) -> torch.Tensor:
    """Weighted cross-entropy per attempt, plus the pairwise term; logits [N]."""
    known = (batch.targets != IGNORED).float()
    weights = batch.weights * known * torch.where(batch.targets > 0.5, 1.0, config.reject_weight)
    each = F.binary_cross_entropy_with_logits(logits, batch.targets.clamp(min=0), reduction="none")
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


def _train_probe(
    items: Sequence[Item], config: TrainConfig, report: Callable[[Progress], None]
) -> tuple[TokenDM | Probe, Any, LogitsOf]:
    reasoner = LocalReasoner.load(config.base)
    encoder = Encoder(reasoner.tokenizer)
    began = time.monotonic()

    def states_of(part: Sequence[Item]) -> tuple[list[Batch], list[tuple[torch.Tensor, torch.Tensor]]]:
        made, states = [], []
        for group in batches(pack(encoder, part), 4096):
            batch = collate(group)
            at = batch.rows, batch.columns
            hidden = reasoner.hidden(batch.ids, batch.mask, batch.positions)[at]
            made.append(batch)
            states.append((hidden.half(), batch.features[at]))
        return made, states

    made, states = states_of(items)
    probe = Probe(states[0][0].shape[-1])
    sample = torch.cat([s[0] for s in states[:: max(1, len(states) // 50)]]).float()
    probe.mean.copy_(sample.mean(0))
    probe.deviation.copy_(sample.std(0).clamp(min=1e-3))
    epochs = max(1, round(8 * config.epochs))
    optimizer = torch.optim.AdamW(probe.parameters(), lr=1e-3, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.02, epochs * len(made))
    rng, smooth, step = random.Random(config.seed), 0.0, 0
    for _ in range(epochs):
        for i in rng.sample(range(len(made)), len(made)):
            loss = loss_of(probe(states[i][0].float(), states[i][1]), made[i], config)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            schedule.step()
            step += 1
            smooth = loss.item() if step == 1 else 0.98 * smooth + 0.02 * loss.item()
            if step % 20 == 0:
                report(Progress(step, step / (epochs * len(made)), time.monotonic() - began, smooth))

    def logits_of(part: Sequence[Item]) -> list[np.ndarray]:
        out = [np.zeros(0)] * len(part)
        for batch, (hidden, features) in zip(*states_of(part), strict=True):
            with torch.inference_mode():
                spread(out, batch, probe(hidden.float(), features).numpy())
        return out

    return probe.eval(), None, logits_of


# --- calibration and threshold ---------------------------------------------------------------------------------------


def fit_calibration(items: Sequence[Item], logits: Sequence[np.ndarray]) -> Calibration:
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
    return Calibration.fit({k: np.array(v) for k, v in values.items()}, {k: np.array(v) for k, v in labels.items()})


def choose_threshold(
    items: Sequence[Item], logits: Sequence[np.ndarray], calibration: Calibration, config: TrainConfig
) -> float:
    """For `config.risk` on first greedy attempts (one a question, as the guarantee wants).

    0.995 where none can be certified.
    """
    scores = probabilities(calibration, items, logits)
    first: dict[str, tuple[float, float]] = {}
    for item, row in sorted(zip(items, scores, strict=True), key=lambda pair: pair[0].attempt.temperature):
        if not item.rejected and row:
            score = row[-1] if item.attempt.answer is not None else 0.0
            first.setdefault(item.question.text, (score, float(bool(item.correct))))
    table = np.array(list(first.values())).reshape(-1, 2)
    return threshold_for_risk(table[:, 0], table[:, 1], config.risk, 1 - config.confidence) or 0.995
