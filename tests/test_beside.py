"""Processes beside this one: they work, leave Ctrl-C to their owner, and never outlive it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from drr.beside import workers

ROOT = Path(__file__).parent.parent
OWNER = """
import os, time
from drr.beside import workers

if __name__ == "__main__":
    with workers(2) as pool:
        print(*{pool.submit(os.getpid).result() for _ in range(20)}, flush=True)
        time.sleep(60)
"""


def test_they_begin_once_and_work() -> None:
    with workers(1, os.putenv, "BEGAN", "yes") as pool:
        assert pool.submit(os.getpid).result() != os.getpid()
        assert pool.submit(signal.getsignal, signal.SIGINT).result() is signal.SIG_IGN


def test_they_end_when_their_owner_is_killed(tmp_path: Path) -> None:
    (tmp_path / "owner.py").write_text(OWNER)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    order = [sys.executable, str(tmp_path / "owner.py")]
    with subprocess.Popen(order, env=environment, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        pids = list(map(int, owner.stdout.readline().split()))
        assert pids and all(map(psutil.pid_exists, pids))
        owner.kill()
    until = time.monotonic() + 20
    while any(map(psutil.pid_exists, pids)) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(map(psutil.pid_exists, pids))
