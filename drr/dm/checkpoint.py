"""What makes up a trained DM on disk, and how it comes back.

A folder: ``dm.json`` (the card: kind, base, prompt version, Reasoner, calibration, threshold, metrics, snapshot hash,
versions), ``head.safetensors``, and for a token DM ``backbone/`` (weights, config, tokenizer). Only safetensors are read.
The folder appears whole or not at all.
"""

import dataclasses
import errno
import importlib.metadata
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from drr import prompts
from drr.dm.calibrate import KINDS, Calibration, Platt
from drr.dm.model import Probe, TokenDM
from drr.errors import CheckpointMismatch, InvalidData, ModelUnavailable, OutOfSpace

CARD, HEAD, BACKBONE = "dm.json", "head.safetensors", "backbone"
SHARD = "9MB"


@dataclass(frozen=True)
class Card:
    """Everything about a DM but its weights. `threshold` accepts at most `risk` wrong, at the confidence in `config`."""

    kind: str  # token | probe
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

    @classmethod
    def from_json(cls, text: str, where: str) -> "Card":
        try:
            data = json.loads(text)
            calibration = Calibration(**{kind: Platt(**data["calibration"][kind]) for kind in KINDS})
            return cls(**{**data, "calibration": calibration})
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise InvalidData(f"{where} is not a DM card ({error}). Train the DM anew, or restore the file.") from None


def versions() -> dict[str, str]:
    """The library versions that a checkpoint was made with."""
    return {name: importlib.metadata.version(name) for name in ("torch", "transformers", "safetensors")}


def round_to_half(model: nn.Module) -> None:
    """Round the weights to what will be saved, in place, so that everything measured from here on holds for the saved DM."""
    for parameter in model.parameters():
        parameter.data = parameter.data.to(torch.bfloat16).to(parameter.dtype)


def save(folder: Path, card: Card, model: TokenDM | Probe, tokenizer: Any = None) -> None:
    """Write the checkpoint; an older one in `folder` is replaced only once the new one is complete.

    Raises:
        OutOfSpace: the disk is full; what stood in `folder` stays.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        state = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items() if not name.startswith("backbone.")}
        save_file(state, draft / HEAD)
        if isinstance(model, TokenDM):
            kept = model.backbone.dtype
            model.backbone.to(torch.bfloat16).save_pretrained(draft / BACKBONE, max_shard_size=SHARD)
            model.backbone.to(kept)
            tokenizer.save_pretrained(draft / BACKBONE)
        (draft / CARD).write_text(card.to_json())
        draft.chmod(0o755)
        old = folder.with_name(f".{folder.name}-old-{os.getpid()}")
        if folder.exists():
            folder.rename(old)
        draft.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise OutOfSpace(f"No space left to save the DM in {folder}. Free some space and save again; the last good DM is kept.") from error
        raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


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
        raise ModelUnavailable(f"{folder} holds no DM ({CARD} is missing or unreadable). Train one: python -m drr train --out {folder}") from error
    return Card.from_json(text, str(folder / CARD))


def load(folder: Path, device: str = "cpu") -> LoadedDM:
    """Read a checkpoint back.

    Raises:
        ModelUnavailable: no DM there, no safetensors, or damaged weights. InvalidData: a damaged card.
        CheckpointMismatch: it was trained on another version of the DM's text.
    """
    from transformers import AutoModel, AutoTokenizer

    card = read_card(folder)
    if card.prompt not in prompts.VERSIONS:
        raise CheckpointMismatch(f"{folder} reads prompt version {card.prompt!r}; this program writes {prompts.PLAIN!r}. Train the DM anew.")
    if not (folder / HEAD).exists():
        pickled = [p.name for p in folder.rglob("*") if p.suffix in (".bin", ".pt", ".pth", ".pkl")]
        because = f"only pickled weights ({', '.join(pickled)}), which can run code and are refused" if pickled else "no weights"
        raise ModelUnavailable(f"{folder} holds {because}. Save the DM as safetensors ({HEAD}), or train it anew.")
    try:
        state = load_file(folder / HEAD)
        tokenizer = None
        if card.kind == "probe":
            model: TokenDM | Probe = Probe(len(state["mean"]))
        else:
            backbone = AutoModel.from_pretrained(folder / BACKBONE, dtype=torch.float32, use_safetensors=True, local_files_only=True)
            model, tokenizer = TokenDM(backbone), AutoTokenizer.from_pretrained(folder / BACKBONE, local_files_only=True)
        missing, unexpected = model.load_state_dict(state, strict=False)
        if unexpected or any(not name.startswith("backbone.") for name in missing):
            raise ModelUnavailable(f"{folder / HEAD} does not fit a {card.kind} DM. Train the DM anew.")
    except ModelUnavailable:
        raise
    except Exception as error:  # safetensors and transformers raise many kinds for damaged files
        raise ModelUnavailable(f"The weights in {folder} cannot be read ({error}). Restore the folder, or train the DM anew.") from error
    return LoadedDM(folder.name, card, model.to(device).eval(), tokenizer)


def mismatch(card: Card, reasoner: str) -> str | None:
    """A warning when the DM learnt from another Reasoner than the one it is to judge."""
    if card.reasoner == reasoner:
        return None
    return f"This DM learnt from {card.reasoner}, not from {reasoner}: its scores and its threshold may not hold. Distil and train for {reasoner}."
