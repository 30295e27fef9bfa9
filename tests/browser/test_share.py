"""Links, the drawer of recent traces and saved files; nothing of it may depend on this server's memory."""

import json
import re
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Browser

from drr.reasoners.scripted import ScriptedReasoner
from drr.settings import Settings
from drr.studio import Studio
from drr.testing import APPLES, RIGHT, WRONG
from drr.types import Trace, from_dict
from tests.browser.conftest import OpenPage
from tests.ui.fake_studio import HOSTILE, FakeStudio
from ui.serve import serve

DONE = ".drr[data-phase=done]"
Page = Any


def ask(page: Page, question: str = APPLES) -> None:
    page.fill("#question textarea", question)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(DONE)


def saved(page: Page, kind: str, folder: Path) -> Path:
    with page.expect_download() as download:
        page.click(f".tools [name={kind}]")
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_a_link_reopens_the_view_with_what_if_and_step(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_page()
    ask(page)
    page.focus(".whatif [name=threshold]")
    page.keyboard.press("Home")
    page.focus("#step-0-1")
    assert re.search(r"\?trace=trace-0&threshold=0&step=1\.2$", page.url)
    again = open_page(page.url[page.url.index("?") :])
    again.wait_for_selector(DONE)
    assert again.inner_text(".outcome .answer") == "22"
    assert again.evaluate("document.activeElement.id") == "step-0-1" and again.url == page.url
    assert again.input_value("#question textarea") == APPLES
    again.click(".whatif .back")
    assert "threshold" not in again.url and again.inner_text(".outcome .answer") == "33"


def test_a_link_that_makes_no_sense_shows_the_run_as_it_was(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_page()
    ask(page)
    again = open_page("?trace=trace-0&threshold=7&attempts=x&fallback=__proto__&step=9.9")
    again.wait_for_selector(DONE)
    assert again.inner_text(".outcome .answer") == "33" and not again.is_visible(".whatif .back")
    assert again.url.endswith("?trace=trace-0")


def test_the_link_is_copied_and_it_says_so(open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    ask(page)
    page.click(".tools [name=link]")
    page.wait_for_function("document.querySelector('.tools [name=link]').textContent === 'Link copied'")
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_a_link_outlives_the_server(browser: Browser, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", models_dir=tmp_path / "models", port=0)

    def opened() -> tuple[Studio, Any, str]:
        studio = Studio(settings, reasoner=ScriptedReasoner({APPLES: [WRONG, RIGHT]}))
        studio._ready.set()  # nothing to load
        return studio, *serve(studio, settings, quiet=True)

    studio, demo, url = opened()
    run = studio.run(studio.start(APPLES, policy="confidence", threshold=0.0))
    assert run is not None and run.join(10) and run.trace is not None
    studio.close()
    demo.close()
    studio, demo, url = opened()
    page = browser.new_page()
    page.goto(f"{url}?trace={run.trace.id}")
    page.wait_for_selector(DONE, timeout=60_000)
    assert page.inner_text(".lane >> nth=0").startswith("1\n") and page.locator(".step").count() >= 3
    page.close()
    studio.close()
    demo.close()


def test_a_drawer_opened_again_before_its_answer_came_lists_each_trace_once(
    open_page: OpenPage, studio: FakeStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, let_go, recent = open_page(), Event(), studio.recent
    slow_then_fast = iter([lambda: let_go.wait(60), lambda: True])
    monkeypatch.setattr(studio, "recent", lambda count: recent(count) if next(slow_then_fast)() else [])
    ask(page)
    with page.expect_request(lambda request: "component_server" in request.url):
        page.click(".recent .open")
    page.click(".drawer .close")
    page.click(".recent .open")
    page.wait_for_selector(".drawer li")
    with page.expect_response(lambda response: "component_server" in response.url) as answer:
        let_go.set()
    answer.value.finished()
    page.evaluate("new Promise(done => setTimeout(done, 50))")
    assert page.locator(".drawer li").count() == 1


def test_recent_traces_are_a_click_away(open_page: OpenPage) -> None:
    page = open_page()
    page.click(".recent .open")
    page.wait_for_function("document.querySelector('.drawer .none').textContent.startsWith('Nothing was asked')")
    page.keyboard.press("Escape")
    ask(page)
    page.click(".recent .open")
    page.wait_for_selector(".drawer li")
    assert page.inner_text(".drawer li").split("\n") == [APPLES, "33", "drr, 2 attempts, 26 tokens"]
    page.keyboard.press("Escape")
    assert not page.is_visible(".drawer")
    page.click(".recent .open")
    page.click(".drawer li a")
    page.wait_for_selector(DONE)
    assert "trace=trace-0" in page.url and page.inner_text(".outcome .answer") == "33"


def test_a_trace_is_saved_as_json(open_page: OpenPage, studio: FakeStudio, tmp_path: Path) -> None:
    page = open_page()
    ask(page)
    path = saved(page, "json", tmp_path)
    assert from_dict(Trace, json.loads(path.read_text(encoding="utf-8"))) == studio.traces["trace-0"]


def test_a_saved_page_shows_the_view_alone(open_page: OpenPage, browser: Browser, tmp_path: Path) -> None:
    page = open_page()
    ask(page)
    page.focus(".whatif [name=threshold]")
    page.keyboard.press("Home")
    path = saved(page, "html", tmp_path)
    alone, asked, wrongs = browser.new_page(), list[str](), list[str]()
    alone.on("request", lambda request: asked.append(request.url))
    alone.on("console", lambda message: wrongs.append(message.text))
    alone.on("pageerror", lambda error: wrongs.append(str(error)))
    alone.goto(path.as_uri())
    alone.wait_for_selector(DONE)
    assert alone.inner_text(".outcome .answer") == "22" and alone.locator(".chart .dot").count() == 6
    alone.click(".whatif .back")
    assert alone.inner_text(".outcome .answer") == "33" and not alone.is_visible(".tools")
    assert alone.inner_text(".hint") == "Arrow keys step through the trace."
    alone.focus(".whatif [name=threshold]")
    alone.keyboard.press("End")
    assert alone.inner_text(".outcome .also") == "What if: the thoughts that this needs were never generated."
    assert (asked, wrongs) == ([path.as_uri()], [])
    alone.close()


def test_hostile_text_is_only_text_in_a_saved_page_too(open_page: OpenPage, browser: Browser, tmp_path: Path) -> None:
    page = open_page()
    ask(page, HOSTILE)
    path = saved(page, "html", tmp_path)
    alone = browser.new_page()
    alone.goto(path.as_uri())
    alone.wait_for_selector(DONE)
    assert alone.inner_text(".outcome .asked") == HOSTILE and alone.title() == "A trace of DRR Studio"
    assert alone.locator("#trace :is(img, script, a[href], .text b)").count() == 0
    alone.close()


def test_a_trace_that_is_gone_cannot_be_saved_and_it_says_so(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_page()
    ask(page)
    studio.traces.clear()
    page.click(".tools [name=json]")
    page.wait_for_function("document.querySelector('.tools [name=json]').textContent.includes('no longer here')")
