"""How long `python app.py` takes to serve its page, and to fill in the bundled records; a fresh data folder each time.

    PYTHONPATH=. python tests/bench/bench_start.py [--runs 3]

Aims: the page within 6 s, models loading behind it; the records 10 s after it.
"""

import argparse
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import closing, suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIMIT = 120  # seconds


def page_after(port: int, began: float) -> float:
    """Seconds until the page answers."""
    while time.perf_counter() - began < LIMIT:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2) as page:
                if page.status == 200:
                    return time.perf_counter() - began
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise SystemExit(f"no page within {LIMIT} s")


def filled_after(database: Path, began: float) -> float:
    """Seconds until the bundled records are all in the database."""
    while time.perf_counter() - began < LIMIT:
        with (
            suppress(sqlite3.OperationalError),  # the page is there before the database
            closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection,
        ):
            if connection.execute("SELECT 1 FROM seeds WHERE finished").fetchone():
                return time.perf_counter() - began
        time.sleep(0.1)
    raise SystemExit(f"the records are not all there within {LIMIT} s")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--runs", type=int, default=3)
    pages, fills = [], []
    for _ in range(arguments.parse_args().runs):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with tempfile.TemporaryDirectory() as data:
            environment = {**os.environ, "DRR_PORT": str(port), "DRR_DATA_DIR": data}
            began = time.perf_counter()
            app = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
            try:
                pages.append(page_after(port, began))
                fills.append(filled_after(Path(data) / "drr.sqlite", time.perf_counter()))
            finally:
                app.terminate()
                app.wait(20)
    for what, times in (("page served after", pages), ("bundled records filled in after another", fills)):
        print(f"{what} {statistics.median(times):.1f} s (of {len(times)}: {', '.join(f'{t:.1f}' for t in times)})")


if __name__ == "__main__":
    main()
