"""The Reason tab on a phone, by touch: after a run the what-if controls, the link and what can be taken away."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from drr.types import Trace, from_dict
from tests.browser.conftest import OpenPage
from tests.browser.test_share import saved
from tests.ui.fake_studio import APPLES, FakeStudio

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DONE = ".drr[data-phase=done]"
Page = Any


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A phone that shows a finished run."""
    page = open_page(**PHONE)
    page.fill("#question textarea", APPLES)
    page.tap("#run")
    page.wait_for_selector(DONE)
    return page


def tap_slider(page: Page, name: str, share: float) -> None:
    """A finger on the slider at this share of its length."""
    slider = page.locator(f".whatif [name={name}]")
    box = slider.bounding_box()
    slider.tap(position={"x": share * box["width"], "y": box["height"] / 2})


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_finger_on_the_what_if_decides_again_and_back(page: Page) -> None:
    tap_slider(page, "threshold", 0.1)
    assert page.inner_text(".outcome .answer") == "22" and "tokens saved" in page.inner_text(".outcome .also")
    assert page.locator(".lane").evaluate_all("lanes => lanes.map(l => l.dataset.verdict)") == ["accept", "past"]
    tap_slider(page, "threshold", 0.99)
    assert page.inner_text(".outcome .answer") == "Not known" and page.is_visible(".lane.ghost") and fits(page)
    page.tap(".whatif .back")
    assert page.inner_text(".outcome .answer") == "33" and page.locator(".lane.ghost").count() == 0
    page.select_option(".whatif select", "abstain")
    tap_slider(page, "k", 0.01)
    assert page.inner_text(".outcome .answer") == "I don’t know" and page.inner_text("[data-fact=attempts]") == "1 of 1"


def test_a_link_from_a_phone_reopens_the_same_view_on_a_phone(page: Page, open_page: OpenPage) -> None:
    tap_slider(page, "threshold", 0.1)
    page.tap("#step-0-1 .text")
    assert page.url.endswith("&step=1.2") and "trace=trace-0&threshold=0." in page.url
    again = open_page(page.url[page.url.index("?") :], **PHONE)
    again.wait_for_selector(DONE)
    assert again.inner_text(".outcome .answer") == "22" and again.url == page.url
    again.wait_for_selector("#step-0-1:focus")
    seen = again.locator("#step-0-1").bounding_box()
    assert 0 <= seen["y"] <= PHONE["viewport"]["height"] - seen["height"] and fits(again)


def test_a_trace_is_taken_away_from_a_phone_as_data_and_as_a_picture(
    page: Page, studio: FakeStudio, tmp_path: Path
) -> None:
    text = saved(page, "json", tmp_path).read_text(encoding="utf-8")
    assert from_dict(Trace, json.loads(text)) == studio.traces["trace-0"]
    assert saved(page, "png", tmp_path).read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_a_page_saved_on_a_phone_fits_one_and_decides_again_there(page: Page, browser: Browser, tmp_path: Path) -> None:
    path = saved(page, "html", tmp_path)
    alone = browser.new_page(**PHONE)
    alone.goto(path.as_uri())
    alone.wait_for_selector(DONE)
    assert alone.inner_text(".outcome .answer") == "33" and fits(alone)
    tap_slider(alone, "threshold", 0.1)
    assert alone.inner_text(".outcome .answer") == "22"
    alone.close()


def test_ways_to_stop_are_chosen_on_a_phone(page: Page) -> None:
    page.wait_for_selector(".drr[data-ask=yes]")
    page.tap(".others summary")
    page.wait_for_selector(".others[data-shown] tbody tr")
    page.get_by_label("A vote").tap()
    page.wait_for_function("document.querySelectorAll('.others tbody tr').length === 4")
    assert fits(page)
