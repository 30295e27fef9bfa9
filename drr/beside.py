"""Processes that work beside this one, and end with it, however it ends."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any


def workers(count: int, begin: Callable[..., object] | None = None, *arguments: Any) -> ProcessPoolExecutor:
    """A pool of `count` processes; each calls `begin` once, before its first work.

    Ctrl-C is for this process, which then ends the others.
    """
    spawned = multiprocessing.get_context("spawn")  # a fork of a process that has used torch's threads hangs
    return ProcessPoolExecutor(count, spawned, _begin, (begin, *arguments))


def _begin(begin: Callable[..., object] | None, *arguments: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if begin is not None:
        begin(*arguments)


def _end_with_parent() -> None:
    """A pool does not notice when its owner is killed: its processes would wait for work for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
