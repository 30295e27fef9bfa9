"""Where a DM's base lies on this machine: kept beside the card, and never taken along to another machine.

The card names the base: as the Hub does, or by its folder's name. Knows no weights and no torch.
"""

import json
from pathlib import Path

from drr.settings import Settings

HERE = "here.json"


def keep_place(folder: Path, base: str) -> None:
    """Note that the base of the DM in `folder` is the folder `base`."""
    (folder / HERE).write_text(json.dumps({"base": base}, indent=1) + "\n", encoding="utf-8")


def place_of(folder: Path) -> str:
    """The folder of that DM's base; empty where that is not known, or not there any more."""
    try:
        base = str(json.loads((folder / HERE).read_text(encoding="utf-8"))["base"])
    except (OSError, ValueError, TypeError, KeyError):
        return ""
    return base if Path(base).expanduser().is_dir() else ""


def base_of(folder: Path, named: str) -> str:
    """What to load as the base that the card calls `named`: its folder, the embedded model so called, or the Hub's."""
    embedded = Settings.from_env().models_dir / named
    return place_of(folder) or (str(embedded) if embedded.is_dir() else named)


def set_apart(card: Path) -> None:
    """Take the base's folder out of what goes along: the cards of adapters, and peft's own, used to name it whole."""
    try:
        base = str(json.loads(card.read_text(encoding="utf-8"))["config"]["base"])
    except (ValueError, TypeError, KeyError):
        return  # damaged, or older still
    if Path(base).is_absolute():
        keep_place(card.parent, base)
        for file in (card.parent / "backbone" / "adapter_config.json", card):
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace(json.dumps(base), json.dumps(Path(base).name)), encoding="utf-8")
