"""The app for all browser tests; each test gets a page of its own that reaches nothing else."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
from drr.settings import Settings
from tests.ui.fake_studio import FakeStudio
from ui.serve import serve


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[FakeStudio, str]]:
    studio = FakeStudio()
    demo, url = serve(studio, Settings(port=0), quiet=True)
    yield studio, url
    studio.end_training()
    demo.close()


@pytest.fixture
def studio(served: tuple[FakeStudio, str]) -> FakeStudio:
    """The studio behind the page, as new."""
    studio = served[0]
    studio.__init__()  # type: ignore[misc]
    return studio


OpenPage = Callable[..., Any]  # a Page, whose optional results the tests take as given


@pytest.fixture
def open_page(browser: Browser, served: tuple[FakeStudio, str], studio: FakeStudio) -> Iterator[OpenPage]:
    """Opens pages (`path`, what shows that it is `ready`, and what a browser context takes).

    None may have a script error or call out.
    """
    contexts, wrongs = [], []

    def open_it(path: str = "", ready: str = "#trace [data-drawn]", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1360, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: wrongs.append(str(error)))
        page.on("request", lambda r: None if r.url.startswith((served[1], "data:", "blob:")) else wrongs.append(r.url))
        page.goto(served[1] + path)
        page.wait_for_selector(ready)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert not wrongs
