"""For everyone: axe-core finds nothing serious, and the keyboard alone does it all."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.ui.fake_studio import APPLES

DONE = ".drr[data-phase=done]"
Page = Any


def serious(page: Page) -> list[str]:
    """What axe-core calls serious or critical, each with the first place where it found it."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme, reduced_motion="reduce")
    assert serious(page) == []
    page.click("#settings button")
    page.fill("#question textarea", APPLES)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(DONE)
    assert serious(page) == []
    page.focus(".whatif [name=threshold]")
    page.keyboard.press("End")
    page.wait_for_selector(".lane.ghost")
    assert serious(page) == []
    page.click(".recent .open")
    page.wait_for_selector(".drawer li")
    assert serious(page) == []


def tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never came to {selector}")


def test_the_keyboard_alone_decides_again_shares_and_reopens(open_page: OpenPage) -> None:
    page = open_page()
    tab_to(page, "#question textarea")
    page.keyboard.insert_text(APPLES)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(DONE)
    tab_to(page, ".tools [name=link]")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.tools [name=link]').textContent !== 'Copy link'")
    assert page.evaluate("document.activeElement.name") == "link"
    tab_to(page, ".whatif [name=threshold]")
    page.keyboard.press("Home")
    assert page.inner_text(".outcome .answer") == "22"
    assert "What if: 22." in page.text_content(".say")
    tab_to(page, ".whatif .back")
    page.keyboard.press("Enter")
    assert page.inner_text(".outcome .answer") == "33"
    assert page.evaluate("document.activeElement.name") == "threshold"  # the focus is never lost
    page.focus(".recent .open")
    page.keyboard.press("Enter")
    page.wait_for_selector(".drawer li")
    tab_to(page, ".drawer a")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.recent .open')")


def test_a_list_of_settings_closes_when_the_keyboard_leaves_it(open_page: OpenPage) -> None:
    page = open_page()
    page.click("#settings button")
    for label in ("Judge", "Policy"):
        page.focus(f"#settings [aria-label='{label}']")
        page.wait_for_selector("#settings [role=option] >> visible=true")
        tab_to(page, "#settings input[type=number]")
        expect(page.locator("#settings [role=option] >> visible=true")).to_have_count(0)


def test_each_setting_shows_that_it_has_the_focus(open_page: OpenPage) -> None:
    page = open_page()
    page.click("#settings button")
    for kind in ("range", "checkbox"):
        tab_to(page, f"#settings input[type={kind}]")
        expect(page.locator("#settings input:focus")).to_have_css("outline-style", "solid")
