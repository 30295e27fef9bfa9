"""Jobs in real processes: an engine for toys, apps that can be killed, and nothing left running after a test."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from drr.jobs.engine import JobEngine
from drr.jobs.kinds import KINDS
from drr.jobs.processes import MARK
from drr.settings import Settings
from drr.store import Store
from drr.testing import TOYS
from drr.types import Job, JobState, Person

ROOT = Path(__file__).parents[2]
ANN, BOB, ADMIN = Person("ann"), Person("bob"), Person("root", admin=True)
PATIENCE = 120.0  # seconds; a busy machine takes its time

APP = """
import sys, time
from drr.jobs.engine import JobEngine
from drr.jobs.kinds import KINDS
from drr.settings import Settings
from drr.store import Store
from drr.testing import TOYS

settings = Settings.from_env()
JobEngine(Store.open(settings.db_url), settings, kinds={**KINDS, **TOYS}, worker=sys.argv[1]).watch()
print("watching", flush=True)
time.sleep(3600)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    yield Settings(data_dir=tmp_path / "data")
    for process in workers(tmp_path):
        process.kill()


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with Store.open(settings.db_url) as opened:
        yield opened


MakeEngine = Callable[..., JobEngine]


@pytest.fixture
def make_engine(store: Store, settings: Settings) -> Iterator[MakeEngine]:
    """Engines as apps have them: each is another app's on the same jobs."""
    made = []

    def make(grace: float = 30.0, watch: bool = True, worker: str = "drr.testing") -> JobEngine:
        engine = JobEngine(store, settings, kinds={**KINDS, **TOYS}, worker=worker, grace=grace)
        if watch:
            engine.watch()
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.close()


@pytest.fixture
def engine(make_engine: MakeEngine) -> JobEngine:
    return make_engine()


@pytest.fixture
def start_app(settings: Settings) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Starts a process that looks after the jobs, as the app does."""
    apps: list[subprocess.Popen[str]] = []

    def start(worker: str = "drr.testing") -> "subprocess.Popen[str]":
        environment = {"DRR_DATA_DIR": str(settings.data_dir), "PATH": "/usr/bin:/bin"}
        app = subprocess.Popen(
            [sys.executable, "-c", APP, worker], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        apps.append(app)
        assert app.stdout is not None and app.stdout.readline() == "watching\n"
        return app

    yield start
    for app in apps:
        app.kill()
        app.wait()
        assert app.stdout is not None
        app.stdout.close()


def workers(folder: Path) -> list[psutil.Process]:
    """All processes that work, or worked, on a job in `folder`."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) and str(folder) in process.environ().get("DRR_DATA_DIR", ""):
                found.append(process)
        except psutil.Error:
            continue
    return [process for process in found if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def wait_for(store: Store, id: str, *states: JobState, step: int = 0, patience: float = PATIENCE) -> Job:
    """The job, once it is in one of the states and has come to `step`."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        job = store.jobs.get(id)
        if job.state in states and job.step >= step:
            return job
        time.sleep(0.02)
    raise AssertionError(f"waited in vain for {', '.join(states)} at step {step}: {job}")


def wait_until_gone(folder: Path) -> None:
    """Raises where a process of a job stays."""
    until = time.monotonic() + PATIENCE
    while left := workers(folder):
        assert time.monotonic() < until, f"left behind: {left}"
        time.sleep(0.05)
