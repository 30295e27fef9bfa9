"""Several processes train one DM together: here two on a CPU, elsewhere one a GPU."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from drr.dm.team import Team
from drr.dm.train import TrainConfig, train
from drr.store import Store
from tests.dm.conftest import behavior

ROOT = Path(__file__).parents[2]


def two_processes(*what: str) -> str:
    """What both print."""
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run([*launcher, *what], env=environment, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def seen(reasoner_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What each of two processes saw."""
    folder = tmp_path_factory.mktemp("team")
    two_processes(str(ROOT / "tests" / "dm" / "team_member.py"), str(reasoner_folder), str(folder))
    return [json.loads((folder / f"{rank}.json").read_text()) for rank in range(2)]


def test_each_takes_the_mean_of_all_gradients_and_losses(seen: list[dict[str, Any]]) -> None:
    assert [(one["gradient"], one["loss"]) for one in seen] == [([1.5, 3.0], 5.0)] * 2


def test_two_take_half_the_steps_to_a_dm_that_learnt_as_much(
    seen: list[dict[str, Any]], reasoner_folder: Path, tmp_path: Path
) -> None:
    steps: list[int] = []
    config = TrainConfig(**{**seen[0]["whole"]["config"], "base": str(reasoner_folder)})
    alone = train(behavior(60), config, tmp_path / "dm", lambda at: steps.append(at.step))
    assert seen[0]["steps"] == pytest.approx(steps[-1] / 2, abs=2)
    assert seen[0]["whole"]["metrics"]["auroc"] == pytest.approx(alone.metrics["auroc"], abs=0.1)
    assert alone.metrics["auroc"] > 0.8


def test_only_the_first_reports_and_all_get_its_card(seen: list[dict[str, Any]]) -> None:
    assert seen[1]["steps"] is None
    assert seen[0]["whole"] == seen[1]["whole"]


def test_a_stop_asked_of_one_stops_all_and_they_go_on_together_to_the_same_end(seen: list[dict[str, Any]]) -> None:
    assert [one["stopped"] for one in seen] == [True, True]
    assert seen[0]["parts"]["metrics"] == seen[0]["whole"]["metrics"]


def test_the_command_line_prints_once_and_enters_one_checkpoint(reasoner_folder: Path, tmp_path: Path) -> None:
    with Store.open(tmp_path / "drr.sqlite") as store:
        store.records.add_many(behavior(60))
        order = ["-m", "drr", "train", "--db", str(tmp_path / "drr.sqlite"), "--base", str(reasoner_folder)]
        printed = json.loads(two_processes(*order, "--out", str(tmp_path / "dm"), "--json"))
        assert [checkpoint.name for checkpoint in store.checkpoints.list()] == [printed["name"]] == ["dm"]


def test_a_process_started_by_itself_is_a_team_of_one() -> None:
    team = Team()
    assert (team.size, team.first) == (1, True)
    assert list(team.rounds([1, 2, 3])) == [[1], [2], [3]]
    assert team.heard("me") == "me" and team.any(True) and not team.any(False)
