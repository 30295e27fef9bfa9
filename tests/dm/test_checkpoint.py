"""A DM on disk: it comes back as it was, appears whole or not at all, and what cannot be trusted is refused."""

import errno
import json
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from drr.dm import checkpoint
from drr.dm import judge as judging
from drr.dm.checkpoint import CARD, HEAD, Card, LoadedDM, load, mismatch, read_card, round_to_half, save
from drr.dm.examples import Encoder
from drr.dm.judge import DMJudge, open_judge, token_logits
from drr.errors import CheckpointMismatch, InvalidData, InvalidInput, ModelUnavailable, OutOfSpace
from tests.dm.conftest import card, some_items

ROOT = Path(__file__).parents[2]
SCORES = """
import json, sys
import torch
torch.set_num_threads(1)
from pathlib import Path
from drr.dm.judge import DMJudge
from tests.dm.conftest import some_items
items = [(i.question, i.rejected, i.attempt) for i in some_items(5)]
print(json.dumps(DMJudge.load(Path(sys.argv[1])).score_many(items)))
"""


@pytest.fixture
def saved(token_dm: LoadedDM, tmp_path: Path) -> Path:
    backbone = token_dm.model.backbone
    assert isinstance(backbone, torch.nn.Module)
    round_to_half(backbone)
    save(tmp_path / "dm", token_dm.card, token_dm.model, token_dm.tokenizer)
    return tmp_path / "dm"


@pytest.fixture
def saved_probe(probe_dm: LoadedDM, tmp_path: Path) -> Path:
    save(tmp_path / "probe", probe_dm.card, probe_dm.model)
    return tmp_path / "probe"


def change_card(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    data = json.loads((folder / CARD).read_text())
    change(data)
    (folder / CARD).write_text(json.dumps(data))


def test_a_fresh_process_gives_the_same_scores(saved: Path, token_dm: LoadedDM) -> None:
    ran = subprocess.run([sys.executable, "-c", SCORES, str(saved)], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    expected = DMJudge(token_dm).score_many([(i.question, i.rejected, i.attempt) for i in some_items(5)])
    for there, here in zip(json.loads(ran.stdout), expected, strict=True):
        assert there == pytest.approx(here, abs=1e-5)


def test_saving_leaves_the_model_as_it_was(token_dm: LoadedDM, tmp_path: Path) -> None:
    """Rotary frequencies too, which are no weights."""
    encoder, items = Encoder(token_dm.tokenizer), some_items(4)
    before = token_logits(token_dm.model, encoder, items)  # type: ignore[arg-type]
    save(tmp_path / "dm", token_dm.card, token_dm.model, token_dm.tokenizer)
    after = token_logits(token_dm.model, encoder, items)  # type: ignore[arg-type]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_probe_comes_back_as_it_was(saved_probe: Path, probe_dm: LoadedDM) -> None:
    loaded = load(saved_probe)
    assert loaded.card == probe_dm.card
    states, features = torch.randn(5, 96), torch.randn(5, 6)
    assert torch.equal(loaded.model(states, features), probe_dm.model(states, features))
    assert open_judge(saved_probe).threshold == 0.8


def test_a_probe_stays_where_the_reasoner_hands_its_states_over(saved_probe: Path) -> None:
    judge = open_judge(saved_probe, "meta")
    assert {parameter.device.type for parameter in judge.model.parameters()} == {"cpu"}


def test_a_token_dm_goes_where_it_is_asked_to(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def load_there(folder: Path, device: str) -> LoadedDM:
        asked.append(device)
        return load(folder)

    monkeypatch.setattr(judging, "load", load_there)
    assert open_judge(saved, "cuda").name == "dm"
    assert asked == ["cuda"]


def test_weights_are_half_precision_in_small_files(saved: Path) -> None:
    tensors = [t for file in (saved / "backbone").glob("*.safetensors") for t in load_file(file).values()]
    assert {tensor.dtype for tensor in tensors} == {torch.bfloat16}
    assert all(file.stat().st_size < 10_000_000 for file in saved.rglob("*"))


def test_saving_again_replaces_all_of_it_and_leaves_nothing_behind(saved: Path, probe_dm: LoadedDM) -> None:
    save(saved, probe_dm.card, probe_dm.model)
    assert sorted(path.name for path in saved.iterdir()) == ["README.md", CARD, HEAD]
    assert [path.name for path in saved.parent.iterdir()] == ["dm"]


def test_a_folder_of_other_files_is_never_replaced(probe_dm: LoadedDM, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InvalidInput, match="Choose another"):
        save(tmp_path, probe_dm.card, probe_dm.model)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


# --- disk full --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["save_file", "rename"])
def test_a_failed_save_keeps_the_old_one_and_no_half(
    saved_probe: Path, probe_dm: LoadedDM, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if step == "save_file":
        monkeypatch.setattr(checkpoint, "save_file", fail)
    else:
        rename = Path.rename
        monkeypatch.setattr(
            Path, "rename", lambda self, to: fail() if (self / CARD).exists() and to == saved_probe and "-old-" not in
            self.name else rename(self, to),
        )  # fmt: skip
    with pytest.raises(OutOfSpace, match="Free some space"):
        save(saved_probe, replace(probe_dm.card, threshold=0.1), probe_dm.model)
    monkeypatch.undo()
    assert load(saved_probe).card.threshold == 0.8
    assert [path.name for path in saved_probe.parent.iterdir()] == ["probe"]


def test_a_first_save_that_fails_leaves_nothing(
    probe_dm: LoadedDM, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Card, "to_json", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save(tmp_path / "dm", probe_dm.card, probe_dm.model)
    assert list(tmp_path.iterdir()) == []


def test_a_real_limit_is_out_of_space_too(saved_probe: Path, probe_dm: LoadedDM) -> None:
    """safetensors raises its own error, with the number in its message."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(OutOfSpace, match="the last good DM is kept"):
            save(saved_probe, replace(probe_dm.card, threshold=0.1), probe_dm.model)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert load(saved_probe).card.threshold == 0.8
    assert [path.name for path in saved_probe.parent.iterdir()] == ["probe"]


# --- what is refused --------------------------------------------------------------------------------------------------


def test_a_folder_without_a_dm_says_how_to_train_one(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="drr train"):
        load(tmp_path)


def test_pickled_weights_are_refused(saved_probe: Path) -> None:
    state = load_file(saved_probe / HEAD)
    (saved_probe / HEAD).unlink()
    torch.save(state, saved_probe / "head.bin")
    with pytest.raises(ModelUnavailable, match=r"head\.bin.*can run code and are refused"):
        load(saved_probe)


def test_a_pickled_backbone_is_refused(saved: Path) -> None:
    for file in (saved / "backbone").glob("*.safetensors*"):
        file.unlink()
    torch.save({}, saved / "backbone" / "pytorch_model.bin")
    with pytest.raises(ModelUnavailable, match="Restore the folder"):
        load(saved)


@pytest.mark.parametrize("name", [HEAD, "backbone/model.safetensors"])
def test_truncated_weights_are_an_error_with_a_remedy(saved: Path, name: str) -> None:
    data = (saved / name).read_bytes()
    (saved / name).write_bytes(data[: len(data) // 2])
    with pytest.raises(ModelUnavailable, match="Restore the folder, or train the DM anew"):
        load(saved)


def test_missing_backbone_weights_are_never_made_up(saved: Path) -> None:
    file = saved / "backbone" / "model.safetensors"
    state = load_file(file)
    state.pop(next(name for name in state if "mlp" in name))
    save_file(state, file, metadata={"format": "pt"})
    with pytest.raises(ModelUnavailable, match="missing"):
        load(saved)


@pytest.mark.parametrize("change", ["extra", "missing", "shape"])
def test_a_head_that_does_not_fit_is_refused(saved: Path, change: str) -> None:
    state = load_file(saved / HEAD)
    name = "head.0.bias"
    if change == "extra":
        state["other"] = state[name].clone()
    elif change == "missing":
        del state[name]
    else:
        state[name] = state[name][:3].clone()
    save_file(state, saved / HEAD)
    with pytest.raises(ModelUnavailable, match=r"[Tt]rain the DM anew"):
        load(saved)


def test_a_threshold_is_rounded_up_when_it_is_read_so_that_all_use_what_the_page_shows(saved_probe: Path) -> None:
    change_card(saved_probe, lambda data: data.update({"threshold": 0.845}))
    assert read_card(saved_probe).threshold == open_judge(saved_probe).threshold == 0.85
    assert "Threshold 0.85. " in read_card(saved_probe).to_markdown()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "{}", '{"kind": "token"}', '{"kind": "token", "calibration": 3}'],
)
def test_a_damaged_card_is_named(saved_probe: Path, text: str) -> None:
    (saved_probe / CARD).write_text(text)
    with pytest.raises(InvalidData, match=r"dm\.json is not a DM card.*restore the file"):
        read_card(saved_probe)


@pytest.mark.parametrize("key", ["colour", "kind", "threshold", "calibration"])
def test_an_unknown_key_or_a_senseless_value_is_refused(saved_probe: Path, key: str) -> None:
    values: dict[str, Any] = {"colour": "red", "kind": "oracle", "threshold": 7, "calibration": {"first": {"slop": 1}}}
    change_card(saved_probe, lambda data: data.update({key: values[key]}))
    with pytest.raises(InvalidData, match="is not a DM card"):
        load(saved_probe)


@pytest.mark.parametrize("version", ["plain-0", "chat-1"])
def test_another_prompt_version_is_refused(saved: Path, version: str) -> None:
    change_card(saved, lambda data: data.update(prompt=version))
    with pytest.raises(CheckpointMismatch, match=rf"{version}.*Train the DM anew"):
        load(saved)


def test_another_reasoner_is_warned_of() -> None:
    assert mismatch(card(), "tiny") is None
    warning = mismatch(card(), "huge")
    assert warning is not None
    assert "learnt from tiny, not from huge" in warning


def test_each_reasoner_that_a_dm_learnt_from_is_its_own() -> None:
    both = replace(card(), reasoner="huge, tiny")
    assert mismatch(both, "tiny") is None
    assert mismatch(both, "tin") is not None
