"""The registry: which DMs there are, which one judges, going back, taking one away."""

import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import huggingface_hub
import pytest
from huggingface_hub.errors import HFValidationError

from drr.dm.place import keep_place
from drr.errors import InvalidInput, ModelUnavailable, NotAllowed
from drr.registry import Registry
from drr.settings import Settings
from drr.store import Store


def put_dm(folder: Path, threshold: float = 0.7) -> Path:
    folder.mkdir(parents=True)
    card = {
        "kind": "token", "reasoner": "tiny", "threshold": threshold, "snapshot": "0f", "metrics": {"auroc": 0.9},
        "config": {"epochs": 1.0},
    }  # fmt: skip
    (folder / "dm.json").write_text(json.dumps(card))
    (folder / "head.safetensors").write_bytes(b"weights")
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(data_dir=tmp_path / "data", models_dir=tmp_path / "models")
    put_dm(made.models_dir / "dm", 0.9)
    return made


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with Store.open(settings.db_url) as opened:
        yield opened


@pytest.fixture
def registry(settings: Settings, store: Store) -> Registry:
    for name in ("a", "b"):
        folder = put_dm(settings.data_dir / "dms" / name)
        store.checkpoints.add(name, str(folder), {"auroc": 0.9}, "0f")
    return Registry(settings, lambda: store)


def test_the_shipped_dm_judges_until_another_is_deployed(registry: Registry) -> None:
    assert registry.names() == ["dm", "a", "b"]
    assert registry.threshold() == 0.9
    registry.deploy("b")
    assert registry.names() == ["b", "dm", "a"]
    assert registry.threshold() == 0.7


def test_what_the_threshold_of_the_first_dm_is_worth_is_on_its_card(registry: Registry, settings: Settings) -> None:
    path = settings.models_dir / "dm" / "dm.json"
    card = json.loads(path.read_text())
    assert registry.promise() == "", "a card without a risk says nothing"
    path.write_text(json.dumps(card | {"threshold": 0.855, "risk": 0.05, "config": {"threshold": "risk"}}))
    assert "score 0.86 or more, at most 5% are wrong" in registry.promise()
    path.write_text(json.dumps(card | {"risk": None, "config": {"threshold": "by-hand"}}))
    assert "by hand" in registry.promise() and "at most" not in registry.promise()
    path.write_text("[]")
    assert registry.promise() == ""


def test_the_list_of_dms_shows_the_threshold_that_judges(registry: Registry, settings: Settings) -> None:
    put_dm(settings.models_dir / "probe", 0.845)
    thresholds = {one.name: one.threshold for one in registry.listed()}
    assert thresholds["probe"] == registry.threshold("probe") == 0.85


def test_the_shipped_dm_can_be_deployed_again(registry: Registry) -> None:
    registry.deploy("a")
    registry.deploy("dm")
    assert registry.names()[0] == "dm" and registry.deployed() == ""


def test_rolling_back_deploys_what_was_deployed_before(registry: Registry) -> None:
    registry.deploy("a")
    registry.deploy("b")
    registry.roll_back()
    assert registry.deployed() == "a"
    registry.roll_back()
    assert registry.deployed() == "b", "the one before the last change, again"


def test_rolling_back_the_first_deployment_is_the_shipped_dm(registry: Registry) -> None:
    with pytest.raises(InvalidInput, match="nothing to roll back"):
        registry.roll_back()
    registry.deploy("a")
    registry.roll_back()
    assert registry.names()[0] == "dm"


def test_a_deployment_outlives_the_program(registry: Registry, settings: Settings) -> None:
    registry.deploy("b")
    with Store.open(settings.db_url) as again:
        assert Registry(settings, lambda: again).names()[0] == "b"


def test_a_dm_that_was_put_there_by_hand_is_registered_when_it_is_deployed(
    registry: Registry, settings: Settings, store: Store
) -> None:
    put_dm(settings.data_dir / "dms" / "by-hand")
    registry.deploy("by-hand")
    assert registry.names()[0] == "by-hand"
    assert store.checkpoints.list()[0].name == "by-hand"


def test_a_checkpoint_elsewhere_is_known_by_its_name(registry: Registry, store: Store, tmp_path: Path) -> None:
    folder = put_dm(tmp_path / "elsewhere" / "dm-of-mine")
    store.checkpoints.add("mine", str(folder), {}, "")
    assert registry.folder("mine") == folder and "mine" in registry.names()


@pytest.mark.parametrize("name", ["nothing", "", "../models/reasoner"])
def test_a_dm_that_is_not_there_cannot_be_deployed(registry: Registry, name: str) -> None:
    with pytest.raises(ModelUnavailable, match="There are: dm, a, b"):
        registry.deploy(name)


def test_what_is_still_being_written_or_damaged_is_no_dm(registry: Registry, settings: Settings) -> None:
    put_dm(settings.data_dir / "dms" / ".c-draft")
    (put_dm(settings.data_dir / "dms" / "d") / "dm.json").write_text("{")
    assert ".c-draft" not in registry.names()
    assert [one.name for one in registry.listed()] == ["dm", "a", "b"]


def test_the_list_tells_what_was_shipped_and_what_is_deployed(registry: Registry) -> None:
    registry.deploy("a")
    told = {one.name: (one.shipped, one.deployed, one.created is None) for one in registry.listed()}
    assert told == {"a": (False, True, False), "dm": (True, False, True), "b": (False, False, False)}


def test_an_export_holds_the_whole_folder(registry: Registry) -> None:
    with zipfile.ZipFile(registry.export("a")) as packed:
        assert sorted(packed.namelist()) == ["a/dm.json", "a/head.safetensors"]
        assert packed.read("a/head.safetensors") == b"weights"


def test_dms_whose_folders_are_called_alike_are_exported_apart(registry: Registry, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "a"
    other.mkdir(parents=True)
    (other / "dm.json").write_text("{}")
    (other / "head.safetensors").write_bytes(b"other weights")
    held = []
    for name in ("a", str(other), "a"):
        with zipfile.ZipFile(registry.export(name)) as packed:
            held.append(packed.read("a/head.safetensors"))
    assert held == [b"weights", b"other weights", b"weights"]


def test_where_its_base_lies_is_not_taken_along(registry: Registry, settings: Settings, hub: type["FakeHub"]) -> None:
    keep_place(settings.data_dir / "dms" / "a", "/home/ann/base")
    with zipfile.ZipFile(registry.export("a")) as packed:
        assert sorted(packed.namelist()) == ["a/dm.json", "a/head.safetensors"]
    registry.push("a")
    assert hub.sent == {"ann/a": ["dm.json", "head.safetensors"]}


def test_an_adapter_whose_card_still_names_a_folder_is_exported_without_it(
    registry: Registry, settings: Settings, tmp_path: Path
) -> None:
    folder, base = settings.data_dir / "dms" / "a", tmp_path / "ann" / "base"
    base.mkdir(parents=True)
    card = json.loads((folder / "dm.json").read_text())
    (folder / "dm.json").write_text(json.dumps(card | {"config": {"base": str(base)}}))
    (folder / "backbone").mkdir()
    (folder / "backbone" / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": str(base)}))
    with zipfile.ZipFile(registry.export("a")) as packed:
        told = [packed.read(name).decode() for name in packed.namelist() if name.endswith(".json")]
    assert len(told) == 2 and all('"base"' in text and "ann" not in text for text in told)
    assert {one.name: one.config.get("base") for one in registry.listed()}["a"] == str(base), "known here as before"


def test_a_dm_is_packed_once_and_again_after_it_was_trained_anew(registry: Registry, settings: Settings) -> None:
    first = registry.export("a").stat()
    assert registry.export("a").stat().st_mtime_ns == first.st_mtime_ns
    card = settings.data_dir / "dms" / "a" / "dm.json"
    os.utime(card, (first.st_mtime + 10, first.st_mtime + 10))
    assert registry.export("a").stat().st_ino != first.st_ino
    assert [path.name for path in (settings.data_dir / "exports").iterdir()] == ["a.zip"]


# --- the Hub ----------------------------------------------------------------------------------------------------------


class FakeHub:
    """Stands for `huggingface_hub.HfApi`; `sent` is what would be there now, `refusal` what it says instead."""

    sent: ClassVar[dict[str, list[str]]] = {}
    refusal: ClassVar[Exception | None] = None

    def __init__(self, token: str) -> None:
        assert token == "hf_mine"

    def whoami(self) -> dict[str, str]:
        return {"name": "ann"}

    def create_repo(self, repo: str, *, private: bool, exist_ok: bool) -> None:
        if self.refusal:
            raise self.refusal
        assert private and exist_ok

    def upload_folder(
        self, *, repo_id: str, folder_path: Path, ignore_patterns: list[str], commit_message: str
    ) -> None:
        self.sent[repo_id] = sorted(path.name for path in folder_path.iterdir() if path.name not in ignore_patterns)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> type[FakeHub]:
    """Where ann is logged in."""
    monkeypatch.setattr(huggingface_hub, "HfApi", FakeHub)
    monkeypatch.setattr(huggingface_hub, "get_token", lambda: "hf_mine")
    monkeypatch.setattr(FakeHub, "sent", {})
    monkeypatch.setattr(FakeHub, "refusal", None)
    return FakeHub


@pytest.mark.parametrize(("repo", "there"), [("", "ann/a"), ("judge", "ann/judge"), (" org/judge ", "org/judge")])
def test_a_dm_is_pushed_whole_and_private(registry: Registry, hub: type[FakeHub], repo: str, there: str) -> None:
    assert registry.push("a", repo) == f"https://huggingface.co/{there}"
    assert hub.sent == {there: ["dm.json", "head.safetensors"]}


def test_without_a_login_a_push_says_how_to_log_in(
    registry: Registry, hub: type[FakeHub], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface_hub, "get_token", lambda: None)
    with pytest.raises(NotAllowed, match="hf auth login"):
        registry.push("a")
    assert hub.sent == {}


@pytest.mark.parametrize("refusal", [OSError("no route to host"), HFValidationError("no such name")])
def test_a_hub_that_refuses_is_told_with_its_reason(
    registry: Registry, hub: type[FakeHub], monkeypatch: pytest.MonkeyPatch, refusal: Exception
) -> None:
    monkeypatch.setattr(hub, "refusal", refusal)
    with pytest.raises(InvalidInput, match=f"did not take ann/a: {refusal}"):
        registry.push("a")


# ----------------------------------------------------------------------------------------------------------------------


def test_before_the_store_is_open_the_folders_are_known(settings: Settings) -> None:
    registry = Registry(settings, lambda: None)
    assert registry.names() == ["dm"] and registry.deployed() == ""
    with pytest.raises(ModelUnavailable, match="still being opened"):
        registry.deploy("dm")
