"""Twenty pages that stream at once, with the embedded models, against a single one.

    PYTHONPATH=. python tests/bench/bench_viewers.py [--viewers 20]

Aim: all finish, each with the text of a single page. Tells how much longer they take together.
"""

import argparse
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from drr.questions import draw_questions
from drr.settings import Settings
from drr.studio import Studio
from tests.ui.viewer import handler, watch
from ui.serve import serve


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--viewers", type=int, default=20)
    viewers = arguments.parse_args().viewers
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), port=0)
        studio = Studio(settings)
        demo, url = serve(studio, settings, quiet=True)
        studio.load()
        asking, question = handler(demo, "ask"), next(draw_questions("known", 1, "test", seed=4)).text
        values = [question, studio.dms()[0], "drr", 1.0, 3, "best", 0, 0, "", False, None]  # always three attempts

        def one(_: int) -> tuple[float, int, Any]:
            began, updates = time.perf_counter(), list(watch(url, asking, values, timeout=600))
            return time.perf_counter() - began, len(updates), updates[-1][1]["attempts"]

        one(0)  # warm
        seconds, updates, text = one(0)
        print(f"one page: {seconds:.1f} s, {updates / seconds:.0f} updates/s")
        began = time.perf_counter()
        with ThreadPoolExecutor(viewers) as pages:
            together = list(pages.map(one, range(viewers)))
        whole = time.perf_counter() - began
        same = sum(shown == text for _, _, shown in together)
        slowest = min(count / taken for taken, count, _ in together)
        print(
            f"{viewers} pages: {whole:.1f} s ({whole / (viewers * seconds):.2f} times {viewers} single ones), ", end=""
        )
        print(f"{same} with the same text, at least {slowest:.1f} updates/s each")
        demo.close()
        studio.close()
        if same < viewers:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
