"""What the page costs: updates a second with a long trace on it, bytes an update, the live view over headless thinking.

    PYTHONPATH=. python tests/bench/bench_page.py [--questions 8]

Aims: at least 20 updates/s with 2,000 tokens on the page; an update late in a trace is no larger than an early one; the
live view adds at most 20 % to the time of the same thinking without a page: to a page that is read elsewhere, and to
one that Chromium draws on this very machine, whose cores it then shares. The three take turns on each question.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from drr.questions import draw_questions
from drr.settings import Settings
from drr.studio import Studio
from drr.types import Question
from tests.conftest import CHROMIUM, FLAGS
from tests.ui import fake_studio
from tests.ui.viewer import handler, watch
from ui.serve import serve

STORY = "A story of two thousand tokens"
LINES = 260
TOKENS_PER_SECOND = 60
fake_studio.SCRIPT[STORY] = ["\n".join(f"This is line {i} of a long thought about nothing." for i in range(LINES))]
ASKED = ["drr", 0.62, 1, "best", 0, 0, "", False, None]  # policy, threshold ... as the page sends them


@contextmanager
def page_of(url: str) -> Iterator[Any]:
    with sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = chromium.new_page(viewport={"width": 1360, "height": 900})
        page.set_default_timeout(120_000)
        page.goto(url)
        page.wait_for_selector("#trace [data-drawn]")
        yield page
        chromium.close()


def drawing() -> None:
    """How often the page draws a new state in ten seconds once 2,000 tokens stand on it."""
    demo, url = serve(fake_studio.FakeStudio(1 / TOKENS_PER_SECOND), Settings(port=0), quiet=True)
    with page_of(url) as page:
        page.fill("#question textarea", STORY)
        page.keyboard.press("Control+Enter")
        tokens = "Number(document.querySelector('[data-fact=tokens]').textContent.replace(',', ''))"
        page.wait_for_function(f"{tokens} >= 2000")
        drawn = "Number(document.querySelector('#trace [data-drawn]').dataset.drawn)"
        before, began = page.evaluate(drawn), time.perf_counter()
        page.wait_for_timeout(5_000)
        rate = (page.evaluate(drawn) - before) / (time.perf_counter() - began)
        print(f"{rate:.1f} updates/s with {page.evaluate(tokens)} tokens on the page")
    demo.close()


def bytes_sent() -> None:
    """The size of an update in the first and in the last quarter of a long trace."""
    demo, url = serve(fake_studio.FakeStudio(1 / TOKENS_PER_SECOND), Settings(port=0), quiet=True)
    values = [STORY, "reader", *ASKED]
    sizes = [size for size, value in watch(url, handler(demo, "ask"), values) if value["phase"] == "thinking"][1:]
    early, late = sizes[: len(sizes) // 4], sizes[-len(sizes) // 4 :]
    print(f"{statistics.mean(early):.0f} bytes an update early on, {statistics.mean(late):.0f} at the end")
    demo.close()


def overhead(count: int) -> None:
    """Seconds of the same thinking without a page, with one that is only read, and with one that is drawn here."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), port=0)
        studio = Studio(settings)
        demo, url = serve(studio, settings, quiet=True)
        studio.load()
        policy = studio.policy("drr", k=3, threshold=1.0)  # always three attempts
        asking, values = handler(demo, "ask"), ["dm", "drr", 1.0, 3, "best", 0, 0, "", False, None]
        read, drawn = [], []
        with page_of(url) as page:
            page.click("#settings button")
            page.locator("#settings input[type=number]").first.fill("1")  # accept from
            for number, question in enumerate(draw_questions("known", count + 1, "test", seed=4)):
                headless = thought(studio, Question(question.text), policy)
                for _ in watch(url, asking, [question.text, *values]):
                    pass
                elsewhere = studio.recent(1)[0].seconds
                before = page.url
                page.fill("#question textarea", question.text)
                page.keyboard.press("Control+Enter")
                page.wait_for_function(
                    "before => location.search.includes('trace=') && location.href !== before", arg=before
                )
                live = studio.recent(1)[0].seconds
                if number:  # warm
                    read.append(elsewhere / headless)
                    drawn.append(live / headless)
        for ratios, how in ((read, "read elsewhere"), (drawn, "drawn by Chromium on the same cores")):
            print(f"{statistics.median(ratios):.2f} times the headless time, {how} (median of {len(ratios)})")
        demo.close()
        studio.close()


def thought(studio: Studio, question: Question, policy: Any) -> float:
    return [event for event in studio.thinking(question, policy)][-1].trace.seconds  # type: ignore[union-attr]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--questions", type=int, default=8)
    options = arguments.parse_args()
    bytes_sent()
    drawing()
    overhead(options.questions)


if __name__ == "__main__":
    main()
