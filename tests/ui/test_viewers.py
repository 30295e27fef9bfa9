"""Many pages at once: each is shown its own run to the end, and a page that closes takes its run with it."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gradio as gr
import pytest

from drr.settings import Settings
from drr.types import Status
from tests.ui.fake_studio import APPLES, LONG, FakeStudio
from tests.ui.viewer import handler, watch
from ui.serve import serve

VIEWERS = 20
SETTINGS = ["reader", "drr", 0.62, 3, "best", 0, 0, "", False, None]  # as the page sends them; the last is its state


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[FakeStudio, str, gr.Blocks]]:
    studio = FakeStudio(delay=0.02)
    demo, url = serve(studio, Settings(port=0), quiet=True)
    yield studio, url, demo
    demo.close()


def shown(value: Any) -> Any:
    """What a page says in the end, but for whose it is and how long it took."""
    return {key: value[key] for key in ("attempts", "decisions", "outcome", "stored")}


def test_twenty_pages_at_once_all_end_with_the_text_of_a_single_one(
    served: tuple[FakeStudio, str, gr.Blocks],
) -> None:
    studio, url, demo = served
    asking = handler(demo, "ask")

    def one(_: int) -> Any:
        updates = list(watch(url, asking, [APPLES, *SETTINGS]))
        return shown(updates[-1][1])

    alone = one(0)
    with ThreadPoolExecutor(VIEWERS) as pages:
        together = list(pages.map(one, range(VIEWERS)))
    assert alone["outcome"]["answer"] == "33" and all(page == alone for page in together)
    assert len(studio.traces) == VIEWERS + 1


def test_a_page_that_closes_ends_its_run_within_two_seconds_and_keeps_the_trace(
    served: tuple[FakeStudio, str, gr.Blocks],
) -> None:
    studio, url, demo = served
    studio.runs.clear()
    studio.traces.clear()
    page = watch(url, handler(demo, "ask"), [LONG, *SETTINGS])
    next(value for _, value in page if value["attempts"])
    page.close()  # type: ignore[attr-defined]
    closed = time.monotonic()
    (run,) = studio.runs.values()
    assert run.join(4) and time.monotonic() - closed < 2
    (kept,) = studio.traces.values()
    assert kept.outcome.status is Status.CANCELLED and kept.tokens > 0


def test_an_update_stays_small_however_long_the_trace(served: tuple[FakeStudio, str, gr.Blocks]) -> None:
    _, url, demo = served
    sizes = [size for size, value in watch(url, handler(demo, "ask"), [LONG, *SETTINGS]) if value["phase"] != "done"]
    assert len(json.dumps(SETTINGS)) < max(sizes[1:]) < 4_000
    half = len(sizes) // 2
    assert sum(sizes[half:]) / (len(sizes) - half) < 1.3 * sum(sizes[1:half]) / (half - 1)
