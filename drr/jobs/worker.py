"""The process that does one job: `python -m drr.jobs.worker FOLDER`.

It takes the job's lock and then its device's, claims the row, works, says how it ended, and starts the next in the
queue. SIGTERM, or the row's word, asks it to save and stop. It needs neither the app that started it nor its pipes.
"""

import faulthandler
import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import psutil

from drr.errors import DRRError, Stopped, StoreUnavailable
from drr.jobs.engine import BEAT, BUSY, LOCK, ORDER, folder_of, start_worker
from drr.jobs.kinds import KINDS, Kind
from drr.jobs.processes import Identity, kill_all_of_job, out_of_memory_kills, seize
from drr.settings import Settings
from drr.store import Store
from drr.types import Job, JobState

BEAT_SECONDS = 2.0
DEVICE_SECONDS = 120.0  # to wait for the device of a worker that has just ended, and is being taken down
NICENESS = 5  # the page, and the Reasoner behind it, come first


@dataclass
class Work:
    """One job in progress: what its kind is given to do it with."""

    job: Job
    folder: Path
    store: Store
    settings: Settings
    asked_to_stop: threading.Event = field(default_factory=threading.Event)
    doing: str = field(default="", init=False)  # in words, behind the last step
    _began: tuple[float, float] | None = field(
        default=None, init=False
    )  # monotonic time and share done, at the first report

    @property
    def params(self) -> Mapping[str, Any]:
        return self.job.params

    def stop(self) -> bool:
        """Whether to save and raise Stopped."""
        return self.asked_to_stop.is_set()

    def tell(self, doing: str) -> None:
        """Say what is done behind the last step, when no share of it can be told."""
        self.doing = doing

    def report(self, step: int, done: float, **metrics: float) -> None:
        """Say how far it is: a step from 0, the share done in [0, 1], and figures for the curves."""
        now = time.monotonic()
        since, share = self._began = self._began or (now, done)
        speed = (done - share) / (now - since) if now > since else 0.0
        due = time.time() + (1 - done) / speed if speed > 0 else None
        figures = {name: float(value) for name, value in metrics.items() if isfinite(value)}
        try:
            mine = self.store.jobs.progress(self.job, step, done, due, figures)
        except DRRError as error:  # no reason to lose the work itself
            print(f"progress is not stored: {error}", file=sys.stderr)
        else:
            if not mine:
                self.asked_to_stop.set()


def main(argv: list[str], kinds: Mapping[str, Kind] = KINDS, module: str = "drr.jobs.worker") -> int:
    """Do the job in the folder `argv[1]`; the exit code: 0, or BUSY when it is another's. The row says how it ended."""
    faulthandler.enable()  # a crash of native code leaves its traceback in the log
    folder, settings = Path(argv[1]), Settings.from_env()
    order = json.loads((folder / ORDER).read_text(encoding="utf-8"))
    device_lock = settings.data_dir / "jobs" / f"{order['device'].replace(':', '-')}.lock"
    if seize(folder / LOCK) is None or seize(device_lock, DEVICE_SECONDS) is None:
        return BUSY
    with Store.open(settings.db_url) as store:
        me = Identity.mine()
        if not store.jobs.claim(order["id"], me.pid, me.began):
            return BUSY
        os.nice(NICENESS)
        work = Work(store.jobs.get(order["id"]), folder, store, settings)
        signal.signal(signal.SIGTERM, lambda *_: work.asked_to_stop.set())
        threading.Thread(target=_beat, args=[work], name="beat", daemon=True).start()
        state, reason, result = _do(work, kinds[work.job.kind])
        if reason:
            print(reason, file=sys.stderr)
        kill_all_of_job(work.job.id, me.pid)  # what it left behind; first, for nobody looks after an ended job
        store.jobs.end(work.job, state, reason, result)
        if not work.stop() or store.jobs.get(work.job.id).cancel_asked:  # else the machine may be going down
            start_next(module, work.job, store, settings)
    return 0


def _do(work: Work, kind: Kind) -> tuple[JobState, str, Mapping[str, Any]]:
    """How it ended, why, and what came of it."""
    try:
        return JobState.DONE, "", kind.run(work)
    except Stopped:
        job = work.store.jobs.get(work.job.id)
        again = f"Resume it: it goes on from {job.done:.0%}."
        if job.cancel_asked is not None:
            return JobState.CANCELLED, f"{job.reason} {again}", {}
        return JobState.FAILED, f"It was asked to stop from outside, saved and stopped. {again}", {}
    except DRRError as error:
        return JobState.FAILED, str(error), {}
    except Exception as error:  # the job's last resort: a person must learn what happened
        traceback.print_exc()
        if is_out_of_memory(error):
            return JobState.FAILED, f"It ran out of memory. {kind.lower}", {}
        name = type(error).__name__
        return JobState.FAILED, f"A bug in DRR Studio ended it ({name}: {error}). Its log has the details.", {}


def is_out_of_memory(error: BaseException) -> bool:
    """Python's own, CUDA's (`torch.OutOfMemoryError`), or that of torch on a CPU, which has no type of its own."""
    words = str(error).lower()
    told = any(phrase in words for phrase in ("not enough memory", "out of memory", "cannot allocate memory"))
    return isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError" or told


def _beat(work: Work) -> None:
    """Give signs of life, and hear whether to stop, should the signal have been lost or the row be gone."""
    process, kills = psutil.Process(), out_of_memory_kills()
    while True:
        beat = {"at": time.time(), "memory": process.memory_info().rss, "out_of_memory_kills": kills}
        beat |= {"doing": work.doing} if work.doing else {}
        try:
            draft = work.folder / f".{BEAT}"
            draft.write_text(json.dumps(beat), encoding="utf-8")
            draft.replace(work.folder / BEAT)
            job = work.store.jobs.get(work.job.id)
            mine = (job.worker, job.worker_began) == (work.job.worker, work.job.worker_began)
            if job.cancel_asked is not None or not mine:
                work.asked_to_stop.set()
        except (OSError, StoreUnavailable):
            pass  # a full disk or a locked database: the next beat may do better
        except DRRError:  # the row is gone
            work.asked_to_stop.set()
        time.sleep(BEAT_SECONDS)


def start_next(module: str, after: Job, store: Store, settings: Settings) -> None:
    """Start the oldest job in the queue of that device; it waits for this process to end."""
    queue = [job for job in store.jobs.list((JobState.QUEUED,), limit=1_000) if job.device == after.device]
    here = [job for job in queue if folder_of(job.id, settings).is_dir()]  # another machine's are not here
    if here:
        start_worker(module, here[-1], settings)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
