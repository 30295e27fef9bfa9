"""The kinds of job: each hands its params on, saves as it goes, stops when it is told, and says what came of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from drr.dm.calibrate import Calibration
from drr.dm.checkpoint import CARD, Card
from drr.errors import InvalidData, Stopped
from drr.jobs.kinds import KINDS, STATE
from drr.jobs.worker import Work, is_out_of_memory
from drr.reasoners.scripted import ScriptedReasoner
from drr.settings import Settings
from drr.store import Store
from drr.testing import APPLES, RIGHT, WRONG, make_question, make_record
from drr.types import Job


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", models_dir=tmp_path / "models")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with Store.open(settings.db_url) as opened:
        yield opened


@pytest.fixture
def work(store: Store, settings: Settings, tmp_path: Path) -> Any:
    """Makes a job that this process has claimed."""

    def make(kind: str, **params: Any) -> Work:
        store.jobs.add(Job("j", kind, "A job", params, "cpu", "ann", 0.0))
        assert store.jobs.claim("j", 1, 2.0)
        return Work(store.jobs.get("j"), tmp_path, store, settings)

    return make


# --- train ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What reaches the training, which only reports and says that it was good."""
    from drr.dm import train as training

    made = []

    def fake(records: Any, config: Any, out: Path, report: Any, *, state: Path, stop: Any, tell: Any, job: str) -> Any:
        made.append(SimpleNamespace(records=list(records), config=config, out=out, state=state, stop=stop, job=job))
        report(training.Progress(20, 0.5, 3.0, 0.6, 1e-3, 900.0, {"auroc": 0.8, "auroc_within": float("nan")}))
        if stop():
            raise Stopped("saved")
        tell("calibrating")
        return SimpleNamespace(metrics={"auroc": 0.9}, snapshot="0f", threshold=0.7)

    monkeypatch.setattr(training, "train", fake)
    return made


def test_a_training_learns_from_its_snapshot_and_registers_its_dm(work: Any, store: Store, trained: list[Any]) -> None:
    store.records.add_many([make_record(), make_record(attempt_index=1)])
    frozen = store.snapshots.freeze("two")
    store.records.add_many([make_record(attempt_index=2)])
    job = work("train", config={"base": "org/model", "epochs": 0.5}, snapshot="two", name="mine")
    result = KINDS["train"].run(job)
    (asked,) = trained
    assert len(asked.records) == 2 and (asked.config.base, asked.config.epochs) == ("org/model", 0.5)
    assert asked.out == job.settings.data_dir / "dms" / "mine" and asked.state == job.folder / STATE
    assert (result["dm"], result["metrics"]) == ("mine", {"auroc": 0.9})
    assert (asked.job, job.doing) == ("j", "calibrating")
    (kept,) = store.checkpoints.list()
    assert (kept.name, kept.path, kept.snapshot) == ("mine", str(asked.out), frozen.hash)


def test_a_training_tells_its_curves_without_what_is_no_number(work: Any, store: Store, trained: list[Any]) -> None:
    store.records.add_many([make_record()])
    store.snapshots.freeze("one")
    KINDS["train"].run(work("train", config={"base": "b"}, snapshot="one", name="mine"))
    assert store.jobs.curves("j") == {
        "auroc": [(20, 0.8)], "loss": [(20, 0.6)], "rate": [(20, 1e-3)], "tokens_per_second": [(20, 900.0)],
    }  # fmt: skip
    assert (store.jobs.get("j").step, store.jobs.get("j").done) == (20, 0.5)


def test_a_training_that_is_to_stop_hears_of_it_and_registers_nothing(
    work: Any, store: Store, trained: list[Any]
) -> None:
    store.records.add_many([make_record()])
    store.snapshots.freeze("one")
    job = work("train", config={"base": "b"}, snapshot="one", name="mine")
    job.asked_to_stop.set()
    with pytest.raises(Stopped):
        KINDS["train"].run(job)
    assert store.checkpoints.list() == ()


@pytest.mark.parametrize("maker", ["j", "another", ""])
def test_a_dm_that_this_very_job_has_saved_is_only_registered(
    work: Any, store: Store, settings: Settings, trained: list[Any], maker: str
) -> None:
    store.records.add_many([make_record()])
    frozen = store.snapshots.freeze("one")
    folder = settings.data_dir / "dms" / "mine"
    folder.mkdir(parents=True)
    saved = Card("token", "tiny", "tiny", Calibration(), 0.8, None, metrics={"auroc": 0.7}, job=maker)
    (folder / CARD).write_text(saved.to_json())
    job = work("train", config={"base": "b"}, snapshot="one", name="mine")
    for _ in range(2):  # ended again, behind its row
        result = KINDS["train"].run(job)
    assert (result["metrics"], len(trained)) == (({"auroc": 0.7}, 0) if maker == "j" else ({"auroc": 0.9}, 2))
    (kept,) = store.checkpoints.list()
    assert (kept.name, kept.snapshot, kept.metrics) == ("mine", frozen.hash, result["metrics"])


def test_an_unknown_key_of_a_training_is_refused(work: Any, store: Store, trained: list[Any]) -> None:
    store.records.add_many([make_record()])
    store.snapshots.freeze("one")
    with pytest.raises(InvalidData, match="unknown key"):
        KINDS["train"].run(work("train", config={"base": "b", "magic": 1}, snapshot="one", name="mine"))
    assert trained == []


# --- evaluate ---------------------------------------------------------------------------------------------------------


def test_an_evaluation_judges_on_the_best_device(work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from drr.dm import backbone
    from drr.dm.judge import DMJudge

    asked = []
    monkeypatch.setattr(backbone, "best_device", lambda: "cuda")
    monkeypatch.setattr(DMJudge, "load", lambda folder, device: asked.append((folder, device)))
    job = work("evaluate", dm="some/dm", where="", seed=0)
    job.asked_to_stop.set()
    with pytest.raises(Stopped):
        KINDS["evaluate"].run(job)
    assert asked == [(Path("some/dm"), "cuda")]


def test_an_evaluation_is_of_questions_that_had_no_part_in_the_dm(
    work: Any, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from drr.dm.examples import Item
    from drr.dm.judge import DMJudge
    from drr.dm.train import split_of

    questions = [make_question(f"{APPLES} ({n})") for n in range(60)]
    store.records.add_many([make_record(question=question) for question in questions])
    scored: set[str] = set()

    def score_many(attempts: Any) -> list[list[float]]:
        scored.update(question.text for question, _, _ in attempts)
        return [[0.9] * len(attempt.kept) for _, _, attempt in attempts]

    dm = SimpleNamespace(name="dm", threshold=0.5, score_many=score_many)
    monkeypatch.setattr(DMJudge, "load", lambda folder, device: dm)
    result = KINDS["evaluate"].run(work("evaluate", dm="some/dm", where="", seed=0))
    tested = {q.text for q in questions if split_of(Item.of(make_record(question=q))) == "test"}
    assert scored == tested and result["questions"] == len(tested) > 0


# --- distill ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def questions(tmp_path: Path) -> str:
    path = tmp_path / "questions.jsonl"
    path.write_text(json.dumps({"question": APPLES, "answer": "33"}) + "\n")
    return str(path)


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    from drr.reasoners import local

    reasoner = ScriptedReasoner({APPLES: [WRONG, RIGHT]})
    monkeypatch.setattr(local.LocalReasoner, "load", classmethod(lambda cls, name: reasoner))


def test_a_distillation_stores_behavior(work: Any, store: Store, questions: str, scripted: None) -> None:
    result = KINDS["distill"].run(work("distill", questions=questions, reasoner="r", plan={"attempts": 2}))
    assert result["questions"] == 1 and result["attempts"] == store.records.count() > 0
    assert store.jobs.get("j").done == 1.0


def test_a_distillation_that_is_to_stop_keeps_what_is_finished(
    work: Any, store: Store, questions: str, scripted: None
) -> None:
    job = work("distill", questions=questions, reasoner="r", plan={"attempts": 2})
    job.asked_to_stop.set()
    with pytest.raises(Stopped, match="is stored"):
        KINDS["distill"].run(job)
    assert store.records.count() > 0


# --- memory -----------------------------------------------------------------------------------------------------------


class OutOfMemoryError(RuntimeError):
    """As CUDA's is called."""


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OutOfMemoryError("CUDA: tried to allocate 20 GiB"),
        RuntimeError(
            "[enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: not enough memory: you tried to allocate"
        ),
        RuntimeError("CUDA error: out of memory"),
        OSError(12, "Cannot allocate memory"),
    ],
)
def test_every_library_s_out_of_memory_is_known(error: Exception) -> None:
    assert is_out_of_memory(error)


@pytest.mark.parametrize("error", [RuntimeError("shapes differ"), ValueError("memory"), OSError(28, "No space left")])
def test_other_errors_are_not_taken_for_it(error: Exception) -> None:
    assert not is_out_of_memory(error)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_what_to_lower(kind: str) -> None:
    assert "launch it anew" in KINDS[kind].lower
