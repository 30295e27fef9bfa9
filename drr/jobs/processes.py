"""Who is alive, who holds what, and how to end it: everything about processes that the system must be asked.

A process is known by its number *and* its start, for numbers are given out again. Locks are the kernel's (flock): one
cannot outlive the process that holds it.
"""

import fcntl
import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

MARK = "DRR_JOB"  # in the environment of a worker and of all that it starts: the job's id
BECOMING_SECONDS = 2.0  # to wait for a program that is being started, on a busy machine


@dataclass(frozen=True)
class Identity:
    """A process: its number, and its start in seconds since the machine's, which no change of the clock can move."""

    pid: int
    began: float

    @classmethod
    def mine(cls) -> "Identity":
        return cls(os.getpid(), _began(psutil.Process()))

    def is_alive(self) -> bool:
        """Whether it still runs; a zombie does not."""
        try:
            process = psutil.Process(self.pid)
            return abs(_began(process) - self.began) < 0.1 and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to it alone, if it still runs."""
        if self.is_alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


def _began(process: psutil.Process) -> float:
    return round(process.create_time() - psutil.boot_time(), 2)


def of_job(id: str, session: int) -> list[psutil.Process]:
    """The processes of one worker on that job, `session` being its number: itself and what it has started."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError):
            if os.getsid(process.pid) == session and _environment(process).get(MARK) == id:
                found.append(process)
    return found


def _environment(process: psutil.Process) -> Mapping[str, str]:
    """Its environment: of a zombie none, and none for a moment of one that is just becoming another program."""
    until = time.monotonic() + BECOMING_SECONDS
    while process.status() != psutil.STATUS_ZOMBIE and time.monotonic() < until:
        if environment := process.environ():
            return environment
        time.sleep(0.01)
    return {}


def kill_all_of_job(id: str, session: int) -> None:
    """End them at once, this process excepted."""
    for process in of_job(id, session):
        if process.pid != os.getpid():
            with suppress(psutil.Error):
                process.kill()


def seize(path: Path, wait: float = 0.0) -> int | None:
    """Lock the file for as long as this process lives, or until the number returned is closed; None if another has it.

    `wait`: seconds to try for.
    """
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    until = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except BlockingIOError:
            if time.monotonic() >= until:
                os.close(lock)
                return None
            time.sleep(0.1)


def out_of_memory_kills() -> int:
    """How many processes the kernel has ended for want of memory: here in this container, or else on this machine."""
    for path in (Path("/sys/fs/cgroup/memory.events"), Path("/proc/vmstat")):
        with suppress(OSError):
            counts = dict(line.split() for line in path.read_text().splitlines())
            return int(counts.get("oom_kill", 0))
    return 0
