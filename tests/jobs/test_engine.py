"""Launching, finishing, cancelling, resuming, failing: with real processes, which are toys."""

import json
import os
import signal
import time
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from drr.errors import InvalidInput, NotAllowed
from drr.jobs import engine as engine_module
from drr.jobs.engine import BEAT, BUSY, JobEngine, start_worker
from drr.jobs.processes import MARK, Identity, of_job, seize
from drr.settings import Settings
from drr.store import Store
from drr.types import JobState
from tests.jobs.conftest import ADMIN, ANN, BOB, PATIENCE, MakeEngine, wait_for, wait_until_gone, workers

pytestmark = pytest.mark.timeout(400)
QUEUED, RUNNING, DONE, FAILED, CANCELLED = JobState


def launch(engine: JobEngine, **params: object) -> str:
    return engine.launch("toy", params, ANN, title="A toy").id


def loss_of(store: Store, engine: JobEngine, steps: int) -> float:
    """The loss of a toy that nothing interrupts."""
    loss: float = wait_for(store, launch(engine, steps=steps, seconds=0), DONE).result["loss"]
    return loss


def test_a_job_runs_to_its_end_in_a_process_of_its_own(store: Store, engine: JobEngine, settings: Settings) -> None:
    id = launch(engine, steps=10)
    job = wait_for(store, id, DONE)
    assert (job.done, job.step, job.owner, job.reason) == (1.0, 10, "ann", "")
    assert job.worker not in (None, os.getpid())
    assert job.began is not None and job.ended is not None and job.created <= job.began <= job.ended
    assert job.result["loss"] == store.jobs.curves(id)["loss"][-1][1]
    assert [step for step, _ in store.jobs.curves(id)["loss"]] == list(range(1, 11))
    assert "step 10 loss" in engine.log_tail(id)
    wait_until_gone(settings.data_dir)


def test_the_folder_says_what_the_job_is(store: Store, engine: JobEngine) -> None:
    id = launch(engine, steps=1)
    order = json.loads((engine.folder(id) / "job.json").read_text())
    assert order == {"id": id, "kind": "toy", "device": "cpu", "params": {"steps": 1}}


def test_the_worker_leads_a_session_of_its_own_and_its_output_goes_to_a_file(store: Store, engine: JobEngine) -> None:
    id = launch(engine, steps=500)
    worker = wait_for(store, id, RUNNING, step=1).worker
    assert worker is not None
    assert os.getsid(worker) == worker == os.getpgid(worker)
    assert {os.readlink(f"/proc/{worker}/fd/{fd}") for fd in (1, 2)} == {str(engine.folder(id) / "log.txt")}
    assert os.readlink(f"/proc/{worker}/fd/0") == os.devnull


def test_jobs_of_one_device_run_one_after_another_in_the_order_they_were_launched(
    store: Store, engine: JobEngine
) -> None:
    ids = [launch(engine, steps=5) for _ in range(3)]
    jobs = [wait_for(store, id, DONE) for id in ids]
    for earlier, later in pairwise(jobs):
        assert earlier.ended is not None and later.began is not None
        assert earlier.ended <= later.began


def test_jobs_of_different_devices_run_side_by_side(store: Store, engine: JobEngine) -> None:
    here = launch(engine, steps=1000)
    there = engine.launch("toy", {"steps": 1000}, ANN, title="Another", device="cuda:0").id
    for id in (here, there):
        wait_for(store, id, RUNNING, step=1)
    assert all(store.jobs.get(id).state is RUNNING for id in (here, there))


def test_the_queue_goes_on_without_any_app(store: Store, make_engine: MakeEngine) -> None:
    engine = make_engine(watch=False)
    first, second = launch(engine, steps=5), launch(engine, steps=5)
    wait_for(store, first, DONE)
    wait_for(store, second, DONE)


def test_the_queue_goes_on_past_a_job_of_another_machine(store: Store, make_engine: MakeEngine) -> None:
    engine = make_engine(watch=False)
    first, elsewhere, last = (launch(engine, steps=20) for _ in range(3))
    engine.folder(elsewhere).rename(engine.folder("not-here"))
    wait_for(store, first, DONE)
    wait_for(store, last, DONE)
    assert store.jobs.get(elsewhere).state is QUEUED


def test_a_cancelled_job_saves_and_goes_on_from_there(store: Store, engine: JobEngine, settings: Settings) -> None:
    id = launch(engine, steps=40, seconds=0.05)
    wait_for(store, id, RUNNING, step=8)
    engine.cancel(id, ANN)
    job = wait_for(store, id, CANCELLED)
    assert 8 <= job.step < 40 and "ann cancelled it" in job.reason and "Resume" in job.reason
    wait_until_gone(settings.data_dir)
    engine.resume(id, ANN)
    assert wait_for(store, id, DONE).result["loss"] == loss_of(store, engine, 40)
    steps = [step for step, _ in store.jobs.curves(id)["loss"]]
    assert steps == list(range(1, 41)), "no step is missing, and none is there twice"


def test_a_job_that_is_only_queued_is_cancelled_at_once(store: Store, engine: JobEngine) -> None:
    first, second = launch(engine, steps=1000), launch(engine)
    wait_for(store, first, RUNNING)
    assert engine.cancel(second, ANN).state is CANCELLED
    assert store.jobs.get(second).worker is None


def test_a_worker_that_does_not_stop_in_time_is_ended(
    store: Store, make_engine: MakeEngine, settings: Settings
) -> None:
    engine = make_engine(grace=0.5)
    id = launch(engine, steps=1000, saving=600, child=True)
    wait_for(store, id, RUNNING, step=6)
    engine.cancel(id, ANN)
    assert "did not stop within" in wait_for(store, id, CANCELLED).reason
    wait_until_gone(settings.data_dir)
    assert json.loads((engine.folder(id) / "toy.json").read_text())[0] >= 5, "its last save is kept"


def test_a_worker_told_to_stop_from_outside_saves_and_says_so(store: Store, engine: JobEngine) -> None:
    id = launch(engine, steps=1000)
    worker = wait_for(store, id, RUNNING, step=2).worker
    assert worker is not None
    os.kill(worker, signal.SIGTERM)
    assert "from outside, saved and stopped" in wait_for(store, id, FAILED).reason
    assert (engine.folder(id) / "toy.json").exists()


def test_what_a_job_started_ends_with_it(store: Store, engine: JobEngine, settings: Settings) -> None:
    wait_for(store, launch(engine, steps=2, child=True), DONE)
    wait_until_gone(settings.data_dir)


# --- who may ----------------------------------------------------------------------------------------------------------


def test_only_the_owner_or_an_admin_cancels_resumes_and_removes(store: Store, engine: JobEngine) -> None:
    id = launch(engine, steps=1000)
    wait_for(store, id, RUNNING)
    for act in (engine.cancel, engine.resume, engine.remove):
        with pytest.raises(NotAllowed, match="ann's"):
            act(id, BOB)
    engine.cancel(id, ADMIN)
    assert "root cancelled it" in wait_for(store, id, CANCELLED).reason
    engine.remove(id, ANN)
    assert not engine.folder(id).exists()
    with pytest.raises(InvalidInput, match="no job"):
        store.jobs.get(id)


def test_what_runs_cannot_be_removed_and_what_is_done_cannot_be_resumed(store: Store, engine: JobEngine) -> None:
    done, runs = launch(engine, steps=1), launch(engine, steps=1000)
    wait_for(store, done, DONE)
    wait_for(store, runs, RUNNING)
    with pytest.raises(InvalidInput, match="Cancel it first"):
        engine.remove(runs, ANN)
    with pytest.raises(InvalidInput, match="is done"):
        engine.resume(done, ANN)


@pytest.mark.parametrize("id", ["", "no-such", "../../etc", "a\0b"])
def test_an_unknown_job_is_refused(engine: JobEngine, id: str) -> None:
    for act in (engine.cancel, engine.resume, engine.remove):
        with pytest.raises(InvalidInput, match="no job"):
            act(id, ADMIN)
    with pytest.raises(InvalidInput, match="no job"):
        engine.log_tail(id)


def test_an_unknown_kind_is_refused(engine: JobEngine) -> None:
    with pytest.raises(InvalidInput, match=r"There are: .*toy"):
        engine.launch("os.system", {}, ANN, title="?")


# --- what goes wrong --------------------------------------------------------------------------------------------------


def test_out_of_memory_is_recognised_and_says_what_to_lower(store: Store, engine: JobEngine) -> None:
    job = wait_for(store, launch(engine, memory=True), FAILED)
    assert job.reason == "It ran out of memory. Choose a smaller toy."


def test_a_kill_by_the_kernel_for_want_of_memory_is_recognised(
    store: Store, engine: JobEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = launch(engine, steps=1000)
    worker = wait_for(store, id, RUNNING, step=1).worker
    assert worker is not None
    until = time.monotonic() + 20
    while not (engine.folder(id) / BEAT).exists() and time.monotonic() < until:
        time.sleep(0.02)
    killed_since = engine.beat(id)["out_of_memory_kills"] + 1
    monkeypatch.setattr(engine_module, "out_of_memory_kills", lambda: killed_since)
    os.kill(worker, signal.SIGKILL)
    reason = wait_for(store, id, FAILED).reason
    assert "out of memory" in reason and "Choose a smaller toy" in reason


def test_a_bug_is_told_as_one_and_its_traceback_is_in_the_log(store: Store, engine: JobEngine) -> None:
    id = launch(engine, bug=True)
    reason = wait_for(store, id, FAILED).reason
    assert "bug in DRR Studio" in reason and "a toy's bug" in reason
    assert "Traceback" in engine.log_tail(id)


def test_a_worker_that_cannot_begin_fails_its_job(store: Store, settings: Settings) -> None:
    engine = JobEngine(store, settings, worker="drr.no_such_module", kinds={"toy": None})  # type: ignore[dict-item]
    engine.watch()
    reason = wait_for(store, launch(engine), FAILED).reason
    engine.close()
    assert "could not begin" in reason and "no_such_module" in reason


def test_a_dead_workers_number_given_to_another_process_is_not_taken_for_it() -> None:
    mine = Identity.mine()
    assert mine.is_alive()
    assert not Identity(mine.pid, mine.began - 5).is_alive()
    assert not Identity(2**22 + 1, mine.began).is_alive()


def test_a_process_that_is_just_becoming_another_program_is_known_as_the_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the program is there, the system tells no environment of it."""
    told = iter([{}, {}, {MARK: "a-job"}])
    mine = psutil.Process()
    monkeypatch.setattr(psutil, "process_iter", lambda: [mine])
    monkeypatch.setattr(mine, "environ", lambda: next(told))
    assert of_job("a-job", os.getsid(0)) == [mine]


def test_a_second_worker_on_the_same_job_does_nothing(store: Store, engine: JobEngine, settings: Settings) -> None:
    id = launch(engine, steps=1000)
    first = wait_for(store, id, RUNNING, step=1)
    second = start_worker("drr.testing", first, settings)
    assert second.wait(60) == BUSY
    assert store.jobs.get(id).worker == first.worker
    assert [process.pid for process in workers(settings.data_dir)] == [first.worker]


def test_a_worker_without_a_row_does_nothing(store: Store, make_engine: MakeEngine, settings: Settings) -> None:
    engine = make_engine(watch=False)
    id = launch(engine, steps=1)
    job = wait_for(store, id, DONE)
    store.jobs.remove(id)
    assert start_worker("drr.testing", job, settings).wait(60) == BUSY


def test_a_worker_whose_row_is_taken_away_stops(store: Store, engine: JobEngine, settings: Settings) -> None:
    id = launch(engine, steps=10_000)
    job = wait_for(store, id, RUNNING, step=1)
    assert store.jobs.end(job, FAILED, "taken away")
    assert store.jobs.remove(id)
    wait_until_gone(settings.data_dir)


def test_a_lock_is_held_by_one_and_ends_with_its_holder(tmp_path: Path) -> None:
    held = seize(tmp_path / "lock")
    assert held is not None
    assert seize(tmp_path / "lock") is None
    os.close(held)
    assert seize(tmp_path / "lock") is not None


def test_the_log_tail_begins_with_a_whole_line(store: Store, engine: JobEngine) -> None:
    id = launch(engine, steps=50, seconds=0)
    wait_for(store, id, DONE)
    tail = engine.log_tail(id, most=100)
    assert len(tail) <= 100 and all(line.startswith("step ") for line in tail.splitlines())


def test_signs_of_life_tell_the_memory(store: Store, engine: JobEngine) -> None:
    id = launch(engine, steps=1000)
    wait_for(store, id, RUNNING, step=30)
    beat = engine.beat(id)
    assert "doing" not in beat
    assert abs(beat["at"] - time.time()) < 60
    assert 1_000_000 < beat["memory"] < psutil.virtual_memory().total


def test_signs_of_life_tell_what_is_done_behind_the_last_step(store: Store, engine: JobEngine) -> None:
    id = launch(engine, steps=3, resting=60)
    until = time.monotonic() + PATIENCE
    while engine.beat(id).get("doing") != "resting":
        assert time.monotonic() < until and store.jobs.get(id).state in (QUEUED, RUNNING)
        time.sleep(0.05)
    assert store.jobs.get(id).done == 1.0
