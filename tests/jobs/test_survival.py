"""kill -9 of the worker, of the app, of both: no run is lost, none is doubled, no process is left behind."""

import os
import random
import re
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from drr.jobs.engine import JobEngine
from drr.settings import Settings
from drr.store import Store
from drr.types import Job, JobState
from tests.jobs.conftest import ANN, MakeEngine, wait_for, wait_until_gone

pytestmark = pytest.mark.timeout(1200)
StartApp = Callable[[], "subprocess.Popen[str]"]
STEPS = 30


def launch(engine: JobEngine, **params: object) -> str:
    return engine.launch("toy", {"steps": STEPS, **params}, ANN, title="A toy").id


def kill(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.wait()


def steps_told(engine: JobEngine, job: Job) -> list[int]:
    return [int(step) for step in re.findall(r"^step (\d+) ", engine.log_tail(job.id, 1_000_000), re.MULTILINE)]


def test_a_job_goes_on_when_its_app_is_killed(store: Store, make_engine: MakeEngine, start_app: StartApp) -> None:
    app = start_app()
    id = launch(make_engine(watch=False))
    wait_for(store, id, JobState.RUNNING, step=2)
    kill(app)
    assert wait_for(store, id, JobState.DONE).step == STEPS


def test_a_restarted_app_marks_what_died_and_starts_what_waits(
    store: Store, make_engine: MakeEngine, start_app: StartApp, settings: Settings
) -> None:
    engine = make_engine(watch=False)
    first, second = launch(engine, steps=1000), launch(engine)
    worker = wait_for(store, first, JobState.RUNNING, step=6).worker
    assert worker is not None
    os.kill(worker, signal.SIGKILL)
    wait_until_gone(settings.data_dir)
    assert store.jobs.get(first).state is JobState.RUNNING, "nobody is there to tell"
    start_app()
    assert "ended from outside" in wait_for(store, first, JobState.FAILED).reason
    wait_for(store, second, JobState.DONE)


def test_two_apps_adopt_the_same_jobs_without_doubling_any(
    store: Store, make_engine: MakeEngine, start_app: StartApp
) -> None:
    engine = make_engine(watch=False)
    ids = [launch(engine) for _ in range(4)]
    start_app()
    start_app()
    for id in ids:
        assert steps_told(engine, wait_for(store, id, JobState.DONE)) == list(range(1, STEPS + 1))


@pytest.mark.parametrize("victim", ["worker", "app", "both"])
def test_kill_9_at_any_moment_loses_no_run_and_leaves_no_process(
    store: Store, make_engine: MakeEngine, start_app: StartApp, settings: Settings, victim: str
) -> None:
    engine, rng = make_engine(watch=False), random.Random(victim)
    uninterrupted = launch(engine, seconds=0)
    loss = wait_for(store, uninterrupted, JobState.DONE).result["loss"]
    app = start_app()
    for _ in range(7):
        id = launch(engine, seconds=0.01, child=True)
        if rng.random() < 0.7:  # the others may be killed before they begin
            wait_for(store, id, JobState.RUNNING, JobState.DONE, step=rng.randrange(1, STEPS))
        time.sleep(rng.random() * 0.1)
        job = store.jobs.get(id)
        if victim in ("app", "both"):
            kill(app)
        if victim in ("worker", "both") and job.state is JobState.RUNNING and job.worker is not None:
            os.kill(job.worker, signal.SIGKILL)
        if victim in ("app", "both"):
            app = start_app()
        if wait_for(store, id, JobState.DONE, JobState.FAILED).state is JobState.FAILED:
            engine.resume(id, ANN)
        done = wait_for(store, id, JobState.DONE)
        assert done.result["loss"] == loss, "as if nothing had happened"
        wait_until_gone(settings.data_dir)
