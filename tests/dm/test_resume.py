"""A training that is stopped or killed goes on where it was, and ends as if nothing had happened."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from drr.dm import train as training
from drr.dm.checkpoint import load
from drr.dm.train import STATE, Progress, TrainConfig, train
from drr.errors import Diverged, InvalidData, InvalidInput, OutOfSpace, Stopped
from tests.dm.conftest import behavior

RECORDS = behavior(60)


def config(folder: Path, kind: str = "token", **changes: object) -> TrainConfig:
    chosen = TrainConfig(
        str(folder), kind, epochs=2.0, tokens_per_batch=1200, backbone_rate=3e-3, precision="fp32", evaluations=3
    )
    return replace(chosen, **changes)  # type: ignore[arg-type]


def after(steps: int) -> Callable[[], bool]:
    """A stop that is asked for after so many steps of this process."""
    asked = iter(range(steps))
    return lambda: next(asked, None) is None


def weights(folder: Path) -> dict[str, torch.Tensor]:
    state: dict[str, torch.Tensor] = load(folder).model.state_dict()
    return state


@pytest.mark.parametrize("kind", ["token", "probe"])
def test_a_training_stopped_twice_ends_exactly_like_one_that_was_not(
    reasoner_folder: Path, tmp_path: Path, kind: str
) -> None:
    chosen, diary, resumed = config(reasoner_folder, kind), dict[int, float](), dict[int, float]()
    whole = train(RECORDS, chosen, tmp_path / "whole", lambda at: diary.update({at.step: at.loss}))
    assert max(diary) > 14
    for steps in (3, 9):  # the second time in another epoch
        with pytest.raises(Stopped, match="Start it again"):
            train(RECORDS, chosen, tmp_path / "parts", state=tmp_path / "state", stop=after(steps))
        assert not (tmp_path / "parts").exists()
    parts = train(
        RECORDS, chosen, tmp_path / "parts", lambda at: resumed.update({at.step: at.loss}), state=tmp_path / "state"
    )
    assert min(resumed) > 1
    assert resumed[max(resumed)] == diary[max(diary)]
    assert parts.metrics == whole.metrics
    one, other = weights(tmp_path / "whole"), weights(tmp_path / "parts")
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_killed_training_goes_on_from_its_last_saved_state(
    reasoner_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "SAVE_EVERY", 0.0)
    chosen = config(reasoner_folder)
    whole = train(RECORDS, chosen, tmp_path / "whole")

    def die(at: Progress) -> None:
        if at.metrics:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(RECORDS, chosen, tmp_path / "parts", die, state=tmp_path / "state")
    assert train(RECORDS, chosen, tmp_path / "parts", state=tmp_path / "state").metrics == whole.metrics


def test_a_finished_training_that_died_before_it_saved_only_measures_again(
    reasoner_folder: Path, tmp_path: Path
) -> None:
    chosen = config(reasoner_folder, epochs=0.3)
    first = train(RECORDS, chosen, tmp_path / "one", state=tmp_path / "state")
    told: list[Progress] = []
    assert train(RECORDS, chosen, tmp_path / "two", told.append, state=tmp_path / "state").metrics == first.metrics
    assert told == []


@pytest.mark.parametrize("other", ["config", "records"])
def test_the_state_of_another_training_is_refused(reasoner_folder: Path, tmp_path: Path, other: str) -> None:
    chosen, state = config(reasoner_folder), tmp_path / "state"
    with pytest.raises(Stopped):
        train(RECORDS, chosen, tmp_path / "dm", state=state, stop=after(1))
    records = RECORDS[4:] if other == "records" else RECORDS
    changed = replace(chosen, seed=9) if other == "config" else chosen
    with pytest.raises(InvalidInput, match=r"other records or options.*another folder"):
        train(records, changed, tmp_path / "dm", state=state)


def test_a_damaged_state_says_what_to_delete(reasoner_folder: Path, tmp_path: Path) -> None:
    (tmp_path / STATE).write_bytes(b"PK torn")
    with pytest.raises(InvalidData, match=f"{STATE}.*Delete it"):
        train(RECORDS, config(reasoner_folder), tmp_path / "dm", state=tmp_path)


def test_a_full_disk_keeps_the_state_saved_before(
    reasoner_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen, state = config(reasoner_folder), tmp_path / "state"
    with pytest.raises(Stopped):
        train(RECORDS, chosen, tmp_path / "dm", state=state, stop=after(2))
    before = (state / STATE).read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", fail)
        with pytest.raises(OutOfSpace, match="Free some space"):
            train(RECORDS, chosen, tmp_path / "dm", state=state, stop=after(2))
    assert [path.name for path in state.iterdir()] == [STATE]
    assert (state / STATE).read_bytes() == before
    train(RECORDS, chosen, tmp_path / "dm", state=state)


def test_a_loss_that_is_no_number_ends_the_training_with_a_remedy(reasoner_folder: Path, tmp_path: Path) -> None:
    chosen, state = config(reasoner_folder), tmp_path / "state"
    with pytest.raises(Stopped):
        train(RECORDS, chosen, tmp_path / "dm", state=state, stop=after(2))
    before = (state / STATE).read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "loss_of", lambda logits, *_: logits.sum() * float("nan"))
        with pytest.raises(Diverged, match=r"step 3.*Lower the learning rates"):
            train(RECORDS, chosen, tmp_path / "dm", state=state)
    assert (state / STATE).read_bytes() == before
