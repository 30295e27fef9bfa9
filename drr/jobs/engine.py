"""Launch, cancel, resume and look after jobs. The database row and the job's folder are the truth, this is a servant.

A job is a folder `jobs/ID/` in the data folder (`job.json`: what it is to do, `log.txt`, `beat.json`, and what its kind
keeps there) and a row. Launching writes both and starts a worker, which claims the row itself: no row says that it runs
before a process does, and no process works without a row. Locks keep two workers from one job, and two jobs from one
device. Any number of apps may look after the same jobs, of which each sees to those whose folder it has; a worker that
ends starts the next, so the queue goes on without any.
"""

import json
import logging
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drr.errors import DRRError, InvalidInput, NotAllowed, OutOfSpace
from drr.jobs.kinds import KINDS, Kind
from drr.jobs.processes import MARK, Identity, kill_all_of_job, out_of_memory_kills
from drr.settings import Settings
from drr.store import Store
from drr.store.jobs import Curves
from drr.types import Job, JobState, Person

ORDER, LOG, BEAT, LOCK = "job.json", "log.txt", "beat.json", "lock"  # in a job's folder
BUSY = 75  # exit code of a worker that found its job taken, or its device in use: no harm done
GRACE = 30.0  # seconds that a worker has to save what it has, once it was asked to stop
WATCH_SECONDS = 1.0
ROOT = Path(__file__).resolve().parent.parent.parent

log = logging.getLogger(__name__)


class JobEngine:
    """The jobs of one data folder and database. `worker`: the module that is run as the worker process."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        kinds: Mapping[str, Kind] = KINDS,
        worker: str = "drr.jobs.worker",
        grace: float = GRACE,
    ) -> None:
        self._store = store
        self._settings = settings
        self._kinds = kinds
        self._worker = worker
        self._grace = grace
        self._started: dict[str, tuple[float, subprocess.Popen[bytes]]] = {}  # by job: when, and the worker
        self._one_at_a_time = threading.Lock()
        self._closing = threading.Event()

    # --- what a person asks for ---------------------------------------------------------------------------------------

    def launch(self, kind: str, params: Mapping[str, Any], owner: Person, *, title: str, device: str = "cpu") -> Job:
        """Queue a job, and start it if its device is free.

        Raises:
            InvalidInput: there is no such kind. OutOfSpace: the disk is full.
        """
        if kind not in self._kinds:
            raise InvalidInput(f"There is no job of kind {kind}. There are: {', '.join(self._kinds)}.")
        id = f"{time.strftime('%y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
        job = Job(id, kind, title, dict(params), device, owner.name, time.time())
        folder = self.folder(id)
        try:
            folder.mkdir(parents=True)
            order = {"id": id, "kind": kind, "device": device, "params": job.params}
            (folder / ORDER).write_text(json.dumps(order, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise OutOfSpace(f"The job cannot be written to {folder} ({error.strerror}). Free some space.") from error
        self._store.jobs.add(job)
        self.look_after()
        return self._store.jobs.get(id)

    def cancel(self, id: str, by: Person) -> Job:
        """Ask a job to save what it has and stop; one that is only queued is cancelled at once.

        Raises:
            NotAllowed: it is another person's. InvalidInput: there is none of that id.
        """
        job = self._own(id, by)
        job = self._store.jobs.ask_to_cancel(job.id, f"{by.name} cancelled it.")
        if job.state is JobState.RUNNING:
            _identity(job).signal(signal.SIGTERM)
        return job

    def resume(self, id: str, by: Person) -> Job:
        """Queue a job that failed or was cancelled again; it goes on from its last save.

        Raises:
            NotAllowed, InvalidInput: as for `cancel`, or there is nothing to resume.
        """
        job = self._own(id, by)
        if not self._store.jobs.requeue(job.id):
            raise InvalidInput(f"Job {id} is {job.state}: only one that failed or was cancelled can be resumed.")
        self.look_after()
        return self._store.jobs.get(id)

    def remove(self, id: str, by: Person) -> None:
        """Forget an ended job, with its folder. What it made, such as a DM, stays.

        Raises:
            NotAllowed, InvalidInput: as for `cancel`, or it has not ended.
        """
        job = self._own(id, by)
        if not self._store.jobs.remove(job.id):
            raise InvalidInput(f"Job {id} is {job.state}. Cancel it first.")
        shutil.rmtree(self.folder(job.id), ignore_errors=True)

    def _own(self, id: str, person: Person) -> Job:
        job = self._store.jobs.get(id)
        if not person.admin and person.name != job.owner:
            raise NotAllowed(f"Job {id} is {job.owner}'s. Only they or an admin may do this.")
        return job

    # --- what anybody may see -----------------------------------------------------------------------------------------

    def get(self, id: str) -> Job:
        """Raises InvalidInput where there is none."""
        return self._store.jobs.get(id)

    def list(self, limit: int = 100) -> tuple[Job, ...]:
        """The latest first."""
        return self._store.jobs.list(limit=limit)

    def curves(self, id: str, after: int = -1) -> Curves:
        """By name, the (step, value) pairs that the job told behind step `after`."""
        return self._store.jobs.curves(id, after)

    def folder(self, id: str) -> Path:
        return folder_of(id, self._settings)

    def log_tail(self, id: str, most: int = 16_000) -> str:
        """The last `most` bytes of what the job wrote, from the start of a line."""
        try:
            with (self.folder(self._store.jobs.get(id).id) / LOG).open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - most))
                tail = file.read()
        except FileNotFoundError:
            return ""
        return (tail if size <= most else tail.partition(b"\n")[2]).decode("utf-8", "replace")

    def beat(self, id: str) -> Mapping[str, Any]:
        """The worker's last sign of life: `at`, and the `memory` it holds, in bytes; empty before the first.

        Behind the last step also what it is `doing`, in words.
        """
        try:
            beat: Mapping[str, Any] = json.loads((self.folder(id) / BEAT).read_text(encoding="utf-8"))
            return beat
        except (OSError, ValueError):
            return {}

    # --- looking after them -------------------------------------------------------------------------------------------

    def watch(self) -> None:
        """Look after the jobs from a thread of its own, until `close`."""
        threading.Thread(target=self._watch, name="jobs", daemon=True).start()

    def _watch(self) -> None:
        while True:
            try:
                self.look_after()
            except DRRError as error:  # such as a database that is locked for long: it may be free the next time
                log.warning("cannot look after the jobs: %s", error)
            except Exception:  # the thread's last resort: a bug in one job must not leave the others alone
                log.exception("looking after the jobs failed")
            if self._closing.wait(WATCH_SECONDS):
                return

    def close(self) -> None:
        """Look after them no more; those that run go on."""
        self._closing.set()

    def look_after(self) -> None:
        """Adopt what runs, mark what died, end what does not stop, and start what is next."""
        with self._one_at_a_time:
            self._bury_started()
            jobs = self._store.jobs.list((JobState.QUEUED, JobState.RUNNING), limit=1_000)
            active = [job for job in jobs if self.folder(job.id).is_dir()]  # another machine's are not here
            busy = {job.device for job in active if job.state is JobState.RUNNING and self._is_going_on(job)}
            for job in reversed(active):  # the oldest first
                if job.state is JobState.QUEUED and job.device not in busy:
                    busy.add(job.device)
                    self._start(job)

    def _is_going_on(self, job: Job) -> bool:
        """Whether it runs; marks it where it died, and ends it where it was asked to stop and did not."""
        if _identity(job).is_alive():
            if job.cancel_asked is None or time.time() < job.cancel_asked + self._grace:
                return True
            kill_all_of_job(job.id, _identity(job).pid)
            reason = f"{job.reason} It did not stop within {self._grace:.0f} seconds and was ended. {_GOES_ON}"
            self._store.jobs.end(job, JobState.CANCELLED, reason)
            return False
        kill_all_of_job(job.id, _identity(job).pid)  # what it had started
        self._store.jobs.end(job, *self._why_it_died(job))
        return False

    def _why_it_died(self, job: Job) -> tuple[JobState, str]:
        if job.cancel_asked is not None:
            return JobState.CANCELLED, f"{job.reason} {_GOES_ON}"
        kills = self.beat(job.id).get("out_of_memory_kills")
        if kills is not None and out_of_memory_kills() > kills:
            lower = self._kinds[job.kind].lower if job.kind in self._kinds else ""
            return JobState.FAILED, f"The system ended it at {job.done:.0%}: out of memory. {lower}"
        return JobState.FAILED, f"Its process was ended from outside, or the machine was, at {job.done:.0%}. {_GOES_ON}"

    def _bury_started(self) -> None:
        """Ask after the workers of this process, lest they stay as zombies; one that could not begin has failed."""
        for id, (when, worker) in list(self._started.items()):
            code = worker.poll()
            if code is None:
                continue
            del self._started[id]
            if code not in (0, BUSY):
                last = self.log_tail(id).strip().rpartition("\n")[2]
                self._store.jobs.refuse(id, f"It could not begin (exit code {code}). {last}", when)

    def _start(self, job: Job) -> None:
        if job.id in self._started:
            return
        now = time.time()
        try:
            self._started[job.id] = now, start_worker(self._worker, job, self._settings)
        except OSError as error:
            self._store.jobs.refuse(job.id, f"It could not begin: {error.strerror or error}.", now)


_GOES_ON = "Resume it: it goes on from its last save."


def folder_of(id: str, settings: Settings) -> Path:
    return settings.data_dir / "jobs" / id


def start_worker(module: str, job: Job, settings: Settings) -> subprocess.Popen[bytes]:
    """Start the process that is to do `job`, free of this one: own session, own log, nothing shared."""
    folder = folder_of(job.id, settings)
    environment = {
        **os.environ,
        MARK: job.id,
        "DRR_DATA_DIR": str(settings.data_dir.resolve()),
        "DRR_MODELS_DIR": str(settings.models_dir.resolve()),
        "DRR_DB_URL": settings.db_url,
        "CUDA_VISIBLE_DEVICES": _visible_gpu(job.device),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
        "PYTHONUNBUFFERED": "1",
        "TQDM_DISABLE": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }
    with (folder / LOG).open("ab") as log_file:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", module, str(folder.resolve())],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log_file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _visible_gpu(device: str) -> str:
    """The one GPU that the worker is to see: with several in sight, libraries would take them all. Empty for none."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if device == "cpu":
        return ""
    if MARK in os.environ and visible is not None:  # this is a worker, which starts the next on its own device
        return visible
    index = int(device.partition(":")[2])
    return visible.split(",")[index] if visible else str(index)


def _identity(job: Job) -> Identity:
    assert job.worker is not None and job.worker_began is not None, "a running job has a worker"
    return Identity(job.worker, job.worker_began)
