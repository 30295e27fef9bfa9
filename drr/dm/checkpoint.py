"""What makes up a trained DM on disk, and how it comes back.

A folder: ``dm.json`` (the card: kind, base, prompt version, Reasoner, calibration, threshold, metrics, snapshot hash,
versions), ``head.safetensors``, and for a token DM ``backbone/`` (weights, config, tokenizer). Only safetensors are
read. The folder appears whole or not at all.
"""

import dataclasses
import errno
import importlib.metadata
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from drr import prompts
from drr.dm.calibrate import Calibration
from drr.dm.model import Probe, TokenDM
from drr.errors import CheckpointMismatch, InvalidData, InvalidInput, ModelUnavailable, OutOfSpace
from drr.types import from_dict

CARD, HEAD, BACKBONE = "dm.json", "head.safetensors", "backbone"
KINDS = ("token", "probe")
SHARD = "9MB"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


_README = """# A DM: {what}

Trained by `python -m drr train` from `{base}` on {attempts:,} attempts of `{reasoner}` (snapshot `{snapshot}`).
After each step it gives the calibrated probability that the attempt will end right. It knows that Reasoner, and
questions like those it learnt from; no others.

Threshold {threshold:.3f}: of the first attempts that score as much, at most {risk:.0%} are wrong, at a confidence of
{confidence:.0%} (exact binomial test on calibration questions that it was not trained on).

| on its own test questions | attempts | AUROC | within question | AUPRC | ECE |
|---|---|---|---|---|---|
{rows}

Everything else is in `dm.json`.
"""


def _row(name: str, figures: Mapping[str, Any]) -> str:
    shown = (figures.get(key) for key in ("auroc", "auroc_within", "auprc", "ece"))
    return f"| {name} | {figures.get('n', 0)} | " + " | ".join("" if v is None else f"{v:.3f}" for v in shown) + " |"


@dataclass(frozen=True)
class Card:
    """Everything about a DM but its weights. `threshold`: at most `risk` of what it accepts is wrong."""

    kind: str  # one of KINDS
    base: str
    reasoner: str
    calibration: Calibration
    threshold: float
    risk: float
    prompt: str = prompts.PLAIN
    snapshot: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), indent=2, sort_keys=True) + "\n"

    def to_markdown(self) -> str:
        """The card for people, with the figures of its own test questions."""
        what = "a token classifier over step boundaries" if self.kind == "token" else "a probe on the Reasoner's states"
        figures = {"first attempts": self.metrics, "retries": self.metrics.get("retries", {})}
        return _README.format(
            what=what,
            base=self.base,
            reasoner=self.reasoner,
            snapshot=self.snapshot,
            attempts=self.metrics.get("train_attempts", 0),
            threshold=self.threshold,
            risk=self.risk,
            confidence=self.config.get("confidence", 0),
            rows="\n".join(_row(name, values) for name, values in figures.items()),
        )

    @classmethod
    def from_json(cls, text: str, where: str) -> "Card":
        try:
            card = from_dict(cls, json.loads(text))
            if card.kind not in KINDS or not 0 <= card.threshold <= 1:
                raise ValueError(f"kind {card.kind!r}, threshold {card.threshold}")
        except (ValueError, InvalidData) as error:
            raise InvalidData(f"{where} is not a DM card ({error}). Train the DM anew, or restore the file.") from None
        return card


def versions() -> dict[str, str]:
    """The library versions that a checkpoint was made with."""
    return {name: importlib.metadata.version(name) for name in ("torch", "transformers", "safetensors")}


def round_to_half(model: nn.Module) -> None:
    """Round the weights to what will be saved, in place: what is measured from here on holds for the saved DM."""
    for parameter in model.parameters():
        parameter.data = parameter.data.to(torch.bfloat16).to(parameter.dtype)


def save(folder: Path, card: Card, model: TokenDM | Probe, tokenizer: Any = None) -> None:
    """Write the checkpoint; an older one in `folder` is replaced only once the new one is complete.

    Raises:
        InvalidInput: `folder` holds something that is no DM. OutOfSpace: the disk is full; what stood there stays.
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / CARD).exists():
        raise InvalidInput(
            f"{folder} holds other files than a DM, which replaces its whole folder. Choose another one."
        )
    draft = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        _write(draft, card, model, tokenizer)
        _put_in_place(draft, folder)
    except (OSError, SafetensorError) as error:
        if _errno(error) in FULL:
            raise OutOfSpace(
                f"No space left to save the DM in {folder}. Free some space and save again; the last good DM is kept."
            ) from error
        raise
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)


def _write(folder: Path, card: Card, model: TokenDM | Probe, tokenizer: Any) -> None:
    state = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    save_file({name: value for name, value in state.items() if not name.startswith("backbone.")}, folder / HEAD)
    if isinstance(model, TokenDM):
        # A state of its own: model.to(bfloat16) and back would leave its rotary frequencies rounded.
        half = {name: value.to(torch.bfloat16) for name, value in model.backbone.state_dict().items()}
        model.backbone.save_pretrained(folder / BACKBONE, state_dict=half, max_shard_size=SHARD)
        tokenizer.save_pretrained(folder / BACKBONE)
    (folder / CARD).write_text(card.to_json(), encoding="utf-8")
    (folder / "README.md").write_text(card.to_markdown(), encoding="utf-8")
    folder.chmod(0o755)


def _put_in_place(draft: Path, folder: Path) -> None:
    old = folder.with_name(f".{folder.name}-old-{os.getpid()}")
    if folder.exists():
        folder.rename(old)
    try:
        draft.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _errno(error: OSError | SafetensorError) -> int | None:
    """safetensors tells the number only in its message."""
    if isinstance(error, OSError):
        return error.errno
    found = re.search(r"os error (\d+)", str(error))
    return int(found[1]) if found else None


@dataclass(frozen=True)
class LoadedDM:
    """A DM ready to judge. `tokenizer` is None for a probe."""

    name: str
    card: Card
    model: TokenDM | Probe
    tokenizer: Any


def read_card(folder: Path) -> Card:
    """The card of the DM in `folder`.

    Raises:
        ModelUnavailable: there is no DM there. InvalidData: the card is damaged.
    """
    try:
        text = (folder / CARD).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelUnavailable(
            f"{folder} holds no DM ({CARD} is missing or unreadable). Train one: python -m drr train --out {folder}"
        ) from error
    return Card.from_json(text, str(folder / CARD))


def load(folder: Path, device: str = "cpu") -> LoadedDM:
    """Read a checkpoint back.

    Raises:
        ModelUnavailable: no DM there, no safetensors, or damaged weights. InvalidData: a damaged card.
        CheckpointMismatch: it was trained on another version of the DM's text.
    """
    from transformers import AutoModel, AutoTokenizer

    card = read_card(folder)
    if card.prompt != prompts.PLAIN:
        raise CheckpointMismatch(
            f"{folder} reads prompt version {card.prompt!r}; this program writes {prompts.PLAIN!r}. Train the DM anew."
        )
    if not (folder / HEAD).exists():
        pickled = [p.name for p in folder.rglob("*") if p.suffix in (".bin", ".pt", ".pth", ".pkl")]
        because = "no weights"
        if pickled:
            because = f"only pickled weights ({', '.join(pickled)}), which can run code and are refused"
        raise ModelUnavailable(f"{folder} holds {because}. Save the DM as safetensors ({HEAD}), or train it anew.")
    try:
        state = load_file(folder / HEAD)
        tokenizer = None
        if card.kind == "probe":
            model: TokenDM | Probe = Probe(len(state["mean"]))
        else:
            here: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
            backbone, report = AutoModel.from_pretrained(
                folder / BACKBONE, dtype=torch.float32, use_safetensors=True, output_loading_info=True, **here
            )
            if report["missing_keys"]:
                raise ModelUnavailable(f"Weights of {folder / BACKBONE} are missing. Restore the folder.")
            model, tokenizer = TokenDM(backbone), AutoTokenizer.from_pretrained(folder / BACKBONE, **here)
        missing, unexpected = model.load_state_dict(state, strict=False)
        if unexpected or any(not name.startswith("backbone.") for name in missing):
            raise ModelUnavailable(f"{folder / HEAD} does not fit a {card.kind} DM. Train the DM anew.")
    except ModelUnavailable:
        raise
    except Exception as error:  # safetensors and transformers raise many kinds for damaged files
        raise ModelUnavailable(
            f"The weights in {folder} cannot be read ({error}). Restore the folder, or train the DM anew."
        ) from error
    return LoadedDM(folder.name, card, model.to(device).eval(), tokenizer)


def mismatch(card: Card, reasoner: str) -> str | None:
    """A warning when the DM learnt from another Reasoner than the one it is to judge."""
    if reasoner in card.reasoner.split(", "):
        return None
    return (
        f"This DM learnt from {card.reasoner}, not from {reasoner}: its scores and its threshold may not hold. "
        f"Distil and train for {reasoner}."
    )
