"""What makes up a trained DM on disk, and how it comes back.

A folder: ``dm.json`` (the card: kind, base, prompt version, Reasoner, calibration, threshold, metrics, snapshot hash,
versions), ``head.safetensors``, and for a token DM ``backbone/`` (weights or an adapter, config, tokenizer). An
adapter's base stays where it is; the card has its name and its fingerprint, ``here.json`` its place (`drr.dm.place`).
Only safetensors are read. The folder appears whole or not at all.
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
from drr.dm.backbone import BITS, fingerprint, load_backbone, without_pooler
from drr.dm.calibrate import Calibration
from drr.dm.model import Probe, TokenDM
from drr.dm.place import HERE, base_of, keep_place
from drr.dm.promise import promise, rounded_up
from drr.errors import CheckpointMismatch, DRRError, InvalidData, InvalidInput, ModelUnavailable, OutOfSpace
from drr.settings import Settings
from drr.types import from_dict

CARD, HEAD, BACKBONE = "dm.json", "head.safetensors", "backbone"
ADAPTER = "adapter_model.safetensors"  # peft's name
KINDS = ("token", "probe")
SHARD = "9MB"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


_README = """# A DM: {what}

Trained by `python -m drr train` from `{base}` on {attempts:,} attempts of `{reasoner}` (snapshot `{snapshot}`).
After each step it gives the calibrated probability that the attempt will end right. It knows that Reasoner, and
questions like those it learnt from; no others.

Threshold {threshold:.2f}. {promise}

| on its own test questions | attempts | AUROC | within question | AUPRC | ECE |
|---|---|---|---|---|---|
{rows}

Everything else is in `dm.json`.
"""


_TESTED = " (Exact binomial test on calibration questions that it was not trained on.)"


def _row(name: str, figures: Mapping[str, Any]) -> str:
    shown = (figures.get(key) for key in ("auroc", "auroc_within", "auprc", "ece"))
    return f"| {name} | {figures.get('n', 0)} | " + " | ".join("" if v is None else f"{v:.3f}" for v in shown) + " |"


@dataclass(frozen=True)
class Card:
    """Everything about a DM but its weights. `risk`: the share of wrong ones among what scores `threshold` or more that
    is certified to be the most; None where none is.
    """

    kind: str  # one of KINDS
    base: str
    reasoner: str
    calibration: Calibration
    threshold: float
    risk: float | None
    prompt: str = prompts.PLAIN
    snapshot: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""  # of the base that an adapter learnt over
    job: str = ""  # the id of the one that trained it

    @property
    def is_adapter(self) -> bool:
        """Whether the weights of the base are needed too: of what `config["base"]` names."""
        return self.kind == "token" and self.config.get("tuning", "full") != "full"

    @property
    def promise(self) -> str:
        """What its threshold is worth, in words."""
        return promise(self.threshold, self.risk, self.config)

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
            promise=self.promise + ("" if self.risk is None else _TESTED),
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
        return dataclasses.replace(card, threshold=rounded_up(card.threshold))


def versions(tuning: str = "full") -> dict[str, str]:
    """The library versions that a checkpoint was made with."""
    names = ["torch", "transformers", "safetensors"]
    names += ["peft"] * (tuning != "full") + ["bitsandbytes"] * bool(BITS[tuning])
    return {name: importlib.metadata.version(name) for name in names}


def round_to_half(model: nn.Module) -> None:
    """Round the weights to what will be saved, in place: what is measured from here on holds for the saved DM."""
    for parameter in model.parameters():
        parameter.data = parameter.data.to(torch.bfloat16).to(parameter.dtype)


def save(folder: Path, card: Card, model: TokenDM | Probe, tokenizer: Any = None, place: str = "") -> None:
    """Write the checkpoint; an older one in `folder` is replaced only once the new one is complete.

    `place`: the folder of its base, if that is one.

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
        if place:
            keep_place(draft, place)
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
        if card.is_adapter:
            for adapter in model.backbone.peft_config.values():
                adapter.base_model_name_or_path = card.config["base"]  # where it was found means nothing elsewhere
            model.backbone.save_pretrained(folder / BACKBONE, save_embedding_layers=False)
            (folder / BACKBONE / "README.md").unlink(missing_ok=True)  # peft's empty form; ours is one folder up
            tokenizer.save_pretrained(folder / BACKBONE)
            return _write_card(folder, card)
        # A state of its own: model.to(bfloat16) and back would leave its rotary frequencies rounded.
        half = {name: value.to(torch.bfloat16) for name, value in model.backbone.state_dict().items()}
        model.backbone.save_pretrained(folder / BACKBONE, state_dict=half, max_shard_size=SHARD)
        tokenizer.save_pretrained(folder / BACKBONE)
    _write_card(folder, card)


def _write_card(folder: Path, card: Card) -> None:
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
    card = read_card(folder)
    if card.prompt != prompts.PLAIN:
        raise CheckpointMismatch(
            f"{folder} reads prompt version {card.prompt!r}; this program writes {prompts.PLAIN!r}. Train the DM anew."
        )
    weights = [HEAD, *([f"{BACKBONE}/{ADAPTER}"] if card.is_adapter else [])]
    for name in weights:
        if not (folder / name).exists():
            pickled = [p.name for p in folder.rglob("*") if p.suffix in (".bin", ".pt", ".pth", ".pkl")]
            because = "no weights"
            if pickled:
                because = f"only pickled weights ({', '.join(pickled)}), which can run code and are refused"
            raise ModelUnavailable(f"{folder} holds {because}. Save the DM as safetensors ({name}), or train it anew.")
    try:
        state = load_file(folder / HEAD)
        tokenizer = None
        if card.kind == "probe":
            model: TokenDM | Probe = Probe(len(state["mean"])).to(device)
        else:
            backbone, tokenizer = (_adapter if card.is_adapter else _whole)(folder, card, device)
            model = TokenDM(backbone)
            for new in (model.enter, model.head):
                new.to(device)
        missing, unexpected = model.load_state_dict(state, strict=False)
        if unexpected or any(not name.startswith("backbone.") for name in missing):
            raise ModelUnavailable(f"{folder / HEAD} does not fit a {card.kind} DM. Train the DM anew.")
    except DRRError:
        raise
    except Exception as error:  # safetensors and transformers raise many kinds for damaged files
        raise ModelUnavailable(
            f"The weights in {folder} cannot be read ({error}). Restore the folder, or train the DM anew."
        ) from error
    return LoadedDM(folder.name, card, model.eval(), tokenizer)


def _whole(folder: Path, card: Card, device: str) -> tuple[Any, Any]:
    from transformers import AutoModel, AutoTokenizer

    here: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    backbone, report = AutoModel.from_pretrained(
        folder / BACKBONE, dtype=torch.float32, use_safetensors=True, output_loading_info=True, **here
    )
    if any("pooler" not in key for key in report["missing_keys"]):
        raise ModelUnavailable(f"Weights of {folder / BACKBONE} are missing. Restore the folder.")
    return without_pooler(backbone).to(device), AutoTokenizer.from_pretrained(folder / BACKBONE, **here)


def _adapter(folder: Path, card: Card, device: str) -> tuple[Any, Any]:
    from peft import PeftModel
    from transformers import AutoTokenizer

    named, tuning, precision = (str(card.config[name]) for name in ("base", "tuning", "precision"))
    base = base_of(folder, named)
    try:
        model, _ = load_backbone(base, tuning, precision, device)
    except ModelUnavailable as error:
        raise ModelUnavailable(
            f"{folder} is an adapter and needs its base {named}, which failed: {error} If it is a folder of yours, put "
            f'it at {Settings.from_env().models_dir / named}, or write {{"base": "its folder"}} to {folder / HERE}.'
        ) from error
    if fingerprint(model) != card.fingerprint:
        raise CheckpointMismatch(
            f"{base} is not the base that {folder} learnt over any more. Put that one back, or train the DM anew."
        )
    tokenizer = AutoTokenizer.from_pretrained(folder / BACKBONE, local_files_only=True, trust_remote_code=False)
    return PeftModel.from_pretrained(model, folder / BACKBONE), tokenizer


def mismatch(card: Card, reasoner: str) -> str | None:
    """A warning when the DM learnt from another Reasoner than the one it is to judge."""
    if reasoner in card.reasoner.split(", "):
        return None
    return (
        f"This DM learnt from {card.reasoner}, not from {reasoner}: its scores and its threshold may not hold. "
        f"Distil and train for {reasoner}."
    )
