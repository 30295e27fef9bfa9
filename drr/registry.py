"""The DMs there are: the shipped ones and those trained here; which one is deployed; taking one away as a file
or to the Hugging Face Hub.

A DM is known by its name: that of its folder in `models/` or in `dms/` of the data folder, or of its entry among the
checkpoints, which may lie anywhere. Reads cards only: no weights, no torch.
"""

import hashlib
import json
import secrets
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drr.dm.place import HERE, place_of, set_apart
from drr.dm.promise import promise, rounded_up
from drr.errors import InvalidInput, ModelUnavailable, NotAllowed, OutOfSpace
from drr.settings import Settings
from drr.store import Checkpoint, Store
from drr.store.snapshots import Snapshot

SHIPPED = ("dm", "probe")  # folders in models/
CARD = "dm.json"


@dataclass(frozen=True)
class Listed:
    """A DM as the registry shows it. `created` is None for a shipped one; `config` is what it was trained with, its
    `base` the folder where that is known.

    `dataset`: the Dataset snapshot that it learnt from, where that is kept here.
    """

    name: str
    folder: Path
    shipped: bool
    deployed: bool
    created: float | None
    kind: str
    reasoner: str
    threshold: float
    dataset: Snapshot | None = None
    metrics: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)

    @property
    def learnt_at(self) -> float:
        """When the labels stood as it learnt them: what people said later it does not know. 0 for a shipped one."""
        if self.name in SHIPPED:
            return 0.0
        return self.dataset.created if self.dataset else self.created or 0.0


class Registry:
    """`store` gives the open store, or None while it is not open yet: then nothing but the folders is known."""

    def __init__(self, settings: Settings, store: Callable[[], Store | None]) -> None:
        self._settings = settings
        self._store = store

    def names(self) -> list[str]:
        """The deployed one first, then the shipped ones, then those trained here."""
        folders = self._folders()
        deployed = self.deployed()
        return [*([deployed] if deployed in folders else []), *(name for name in folders if name != deployed)]

    def deployed(self) -> str:
        """The name of the DM that was deployed; empty where that is the shipped one."""
        store = self._store()
        current = store.checkpoints.current() if store is not None else None
        return current.name if current is not None else ""

    def folder(self, name: str) -> Path:
        """Where the DM of that name, or at that path, lies.

        Raises:
            ModelUnavailable: there is none.
        """
        folders = self._folders()
        folder = folders.get(name, Path(name).expanduser())
        if not (folder / CARD).is_file():
            there = ", ".join(folders) or "none"
            raise ModelUnavailable(f"There is no DM {name!r}. There are: {there}. Train one with: python -m drr train")
        return folder

    def threshold(self, name: str = "") -> float | None:
        """What the card of that DM says, rounded up so that its risk holds; None without a DM, or its card.

        Without a name, here and below, the first one is meant.
        """
        try:
            return rounded_up(float(self._card(name)["threshold"]))
        except (ValueError, TypeError, KeyError):
            return None

    def promise(self, name: str = "") -> str:
        """What that threshold is worth, in words; empty without a DM, or its card."""
        threshold, card = self.threshold(name), self._card(name)
        try:
            return "" if threshold is None else promise(threshold, card["risk"], card["config"])
        except (ValueError, TypeError, KeyError, AttributeError):
            return ""

    def maker(self, name: str) -> str:
        """The id of the job that trained the DM of that name; empty where there is none, or it was no job."""
        return str(self._card(name).get("job", ""))

    def _card(self, name: str = "") -> Mapping[str, Any]:
        """What is written on the card of that DM; empty without one that can be read."""
        try:
            card = json.loads((self.folder(name or self.names()[0]) / CARD).read_text(encoding="utf-8"))
        except (ModelUnavailable, IndexError, OSError, ValueError):
            return {}
        return card if isinstance(card, dict) else {}

    def listed(self) -> list[Listed]:
        """All that can be read, the deployed one first; a damaged one is left out."""
        store = self._store()
        known = {one.name: one for one in store.checkpoints.list()} if store is not None else {}
        frozen = {one.hash: one for one in store.snapshots.list()} if store is not None else {}
        names, folders = self.names(), self._folders()
        read = (_read(name, folders[name], known.get(name), frozen, name == names[0]) for name in names)
        return [listed for listed in read if listed is not None]

    def deploy(self, name: str) -> None:
        """The next question is judged by this one; those that run keep theirs.

        Raises:
            ModelUnavailable: there is none of that name, or its folder is gone.
        """
        folder, checkpoints = self.folder(name), self._opened().checkpoints
        if all(one.name != name for one in checkpoints.list()):
            if name == SHIPPED[0]:
                checkpoints.deploy("")
                return
            card = json.loads((folder / CARD).read_text(encoding="utf-8"))
            checkpoints.add(name, str(folder), card["metrics"], card["snapshot"])
        checkpoints.deploy(name)

    def roll_back(self) -> None:
        """Deploy what was deployed before.

        Raises:
            InvalidInput: nothing was.
        """
        self._opened().checkpoints.roll_back()

    def export(self, name: str) -> Path:
        """The whole DM as `NAME.zip` in `exports/` of the data folder, packed unless that was done before. One that is
        known by its path has a mark of that in its file's name.

        Where its base lies here stays here, as it does when it is pushed.

        Raises:
            ModelUnavailable: there is none of that name. OutOfSpace: the disk is full.
        """
        folder = self.folder(name)
        elsewhere = "" if name == folder.name else f"-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:8]}"
        path = self._settings.data_dir / "exports" / f"{folder.name}{elsewhere}.zip"
        draft = path.with_name(f".{secrets.token_hex(4)}-{path.name}")
        try:
            set_apart(folder / CARD)
            if path.is_file() and path.stat().st_mtime >= (folder / CARD).stat().st_mtime:
                return path
            path.parent.mkdir(parents=True, exist_ok=True)
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as packed:  # weights do not get smaller
                for file in sorted(file for file in folder.rglob("*") if file.name != HERE):
                    packed.write(file, Path(folder.name) / file.relative_to(folder))
            draft.replace(path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise OutOfSpace(f"{name} cannot be packed into {path} ({error.strerror}). Free some space.") from error
        return path

    def push(self, name: str, repo: str = "") -> str:
        """Put the whole DM on the Hugging Face Hub as a private model, for whoever is logged in here; its address.

        `repo`: ORG/NAME or NAME; empty for the DM's own name.

        Raises:
            ModelUnavailable: there is none of that name. NotAllowed: nobody is logged in. InvalidInput: the Hub cannot
            be reached, or refuses.
        """
        import huggingface_hub
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError

        folder, token = self.folder(name), huggingface_hub.get_token()
        if not token:
            raise NotAllowed("Nobody is logged in to Hugging Face here. Log in with: hf auth login (or set HF_TOKEN).")
        hub, wanted = huggingface_hub.HfApi(token=token), repo.strip() or folder.name
        try:
            wanted = wanted if "/" in wanted else f"{hub.whoami()['name']}/{wanted}"
            hub.create_repo(wanted, private=True, exist_ok=True)
            set_apart(folder / CARD)
            said = f"{name}, by DRR Studio"
            hub.upload_folder(repo_id=wanted, folder_path=folder, ignore_patterns=[HERE], commit_message=said)
        except (HfHubHTTPError, HFValidationError, OSError) as error:
            raise InvalidInput(f"The Hub did not take {wanted}: {error} Check the name and your rights.") from error
        return f"https://huggingface.co/{wanted}"

    def _opened(self) -> Store:
        store = self._store()
        if store is None:
            raise ModelUnavailable("The records are still being opened. Try again in a moment.")
        return store

    def _folders(self) -> dict[str, Path]:
        """By name, in the order in which they are offered."""
        trained = self._settings.data_dir / "dms"
        folders = [self._settings.models_dir / name for name in SHIPPED]
        folders += sorted(trained.iterdir()) if trained.is_dir() else []
        whole = (folder for folder in folders if not folder.name.startswith("."))  # not one that is being written
        found = {folder.name: folder for folder in whole if (folder / CARD).is_file()}
        store = self._store()
        for one in reversed(store.checkpoints.list()) if store is not None else ():
            if (Path(one.path) / CARD).is_file():
                found.setdefault(one.name, Path(one.path))
        return found


def _read(
    name: str, folder: Path, entry: Checkpoint | None, frozen: Mapping[str, Snapshot], deployed: bool
) -> Listed | None:
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        return Listed(
            name=name,
            folder=folder,
            shipped=entry is None and name in SHIPPED,
            deployed=deployed,
            created=entry.created if entry else None,
            kind=card["kind"],
            reasoner=card["reasoner"],
            threshold=rounded_up(float(card["threshold"])),
            dataset=frozen.get(entry.snapshot) if entry else None,
            metrics=card["metrics"],
            config=card["config"] | ({"base": place} if (place := place_of(folder)) else {}),
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None
