"""kill -9 of the worker, of the app, of both: no run is lost, none is doubled, no process is left behind."""

import os
import random
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from drr.jobs.engine import JobEngine
from drr.settings import Settings
from drr.store import Store
from drr.types import Job, JobState
from tests.dm.conftest import behavior, reasoner_folder, tokenizer  # noqa: F401 - the first is asked for by name
from tests.jobs.conftest import ANN, MakeEngine, wait_for, wait_until_gone, workers

pytestmark = pytest.mark.timeout(1200)
StartApp = Callable[..., "subprocess.Popen[str]"]
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


def test_a_worker_that_dies_as_soon_as_its_job_has_ended_leaves_no_process(
    store: Store, make_engine: MakeEngine, settings: Settings
) -> None:
    id = launch(make_engine(worker="tests.jobs.mortal_worker"), seconds=0, child=True)
    wait_for(store, id, JobState.DONE)
    wait_until_gone(settings.data_dir)


def test_what_a_worker_had_started_is_ended_by_the_app_that_finds_it_dead(
    store: Store, make_engine: MakeEngine, start_app: StartApp, settings: Settings
) -> None:
    app = start_app()
    id = launch(make_engine(watch=False), steps=10_000, child=True)
    worker = wait_for(store, id, JobState.RUNNING, step=1).worker
    assert worker is not None
    kill(app)
    os.kill(worker, signal.SIGKILL)
    while [process.name() for process in workers(settings.data_dir)] != ["sleep"]:
        time.sleep(0.02)  # it is left alone
    start_app()
    wait_for(store, id, JobState.FAILED)
    wait_until_gone(settings.data_dir)


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


# --- real trainings ---------------------------------------------------------------------------------------------------

HASTY = "tests.jobs.hasty_worker"
KILLS = 20
LONGEST = 900.0  # seconds that a training may take, on a busy machine


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_training_killed_at_random_moments_ends_exactly_like_one_that_was_not(
    store: Store,
    make_engine: MakeEngine,
    start_app: StartApp,
    settings: Settings,
    reasoner_folder: Path,  # noqa: F811 - the fixture
) -> None:
    """The worker, the app, or both; while it starts, learns, saves or measures. Again until KILLS are done."""
    engine, rng = make_engine(watch=False, worker=HASTY), random.Random(0)
    store.records.add_many(behavior(60))
    store.snapshots.freeze("all")
    config = {"base": str(reasoner_folder), "epochs": 20.0, "tokens_per_batch": 1200, "precision": "fp32"}

    def launch_training(name: str) -> str:
        params = {"config": config, "snapshot": "all", "name": name}
        return engine.launch("train", params, ANN, title=f"Train {name}").id

    def came_to(id: str) -> tuple[object, ...]:
        job = wait_for(store, id, JobState.DONE, patience=LONGEST)
        return store.jobs.curves(id)["loss"][-1], job.result["metrics"], job.result["threshold"]

    app = start_app(HASTY)
    whole = launch_training("whole")
    uninterrupted = came_to(whole)
    job = store.jobs.get(whole)
    assert job.began is not None and job.ended is not None
    long = job.ended - job.began
    victims, moments = Counter[str](), Counter[str]()
    id, runs = launch_training("run-1"), 1
    while victims.total() < KILLS:
        time.sleep(rng.random() * long / 2)
        if store.jobs.get(id).state is JobState.DONE:
            assert came_to(id) == uninterrupted
            runs += 1
            id = launch_training(f"run-{runs}")
            continue
        job, victim = store.jobs.get(id), rng.choice(("worker", "worker", "app", "both"))
        victims[victim] += 1
        moments[f"{job.state} at step {job.step // 50 * 50}+"] += 1
        if victim != "worker":
            kill(app)
        if victim != "app" and job.state is JobState.RUNNING and job.worker is not None:
            with suppress(ProcessLookupError):
                os.kill(job.worker, signal.SIGKILL)
        if victim != "worker":
            app = start_app(HASTY)
        if victim != "app" and job.state is JobState.RUNNING:
            wait_for(store, id, JobState.FAILED, JobState.DONE)
        if store.jobs.get(id).state is JobState.FAILED:
            engine.resume(id, ANN)
    assert came_to(id) == uninterrupted
    wait_until_gone(settings.data_dir)
    print(
        f"{KILLS} kills {dict(victims)}, {dict(sorted(moments.items()))}: {runs} trainings as if nothing had happened"
    )
