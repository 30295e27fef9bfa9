"""The Train tab in real Chromium: launch, watch, cancel, resume, check, deploy, compare; phone, dark, strangers."""

import time
from typing import Any

import pytest
from playwright.sync_api import expect

from drr.types import JobState, Person
from tests.browser.conftest import OpenPage
from tests.browser.test_access import serious
from tests.ui.fake_studio import FakeStudio

pytestmark = pytest.mark.timeout(900)
Page = Any
WAIT = 240_000  # milliseconds: a worker begins when the machine lets it
LAST_STEP = "document.querySelector('.curve .plot')?.data?.[0].x.at(-1)"
HOSTILE = "<img src=x onerror=\"document.title='owned'\"> ${1+1} {{value}}"


def open_train(open_page: OpenPage, **options: Any) -> Page:
    page = open_page(**options)
    page.set_default_timeout(WAIT)
    page.get_by_role("tab", name="Train").click()
    page.wait_for_selector(".train[data-state=ready]")
    return page


def launch(page: Page, name: str) -> str:
    """A selector of the new run's row."""
    page.fill(".new [name=name]", name)
    page.click(".go")
    row = f".run:has(b:text-is('Train {name}'))"
    page.wait_for_selector(row)
    return row


def button(row: str, name: str) -> str:
    return f"{row} button[name={name}]"


def test_a_run_is_launched_watched_cancelled_and_resumed(open_page: OpenPage, studio: FakeStudio) -> None:
    studio.steps = 2_000  # long enough to be cancelled on any machine
    page = open_train(open_page)
    page.fill(".new [name=epochs]", "0.5")
    row = launch(page, "mine")
    assert studio.launched[-1] == {"config": {"epochs": 0.5}, "where": "", "name": "mine"}
    page.wait_for_selector(f"{row}[data-state=running]")
    page.wait_for_selector(".curve .js-line")
    assert page.get_attribute(f"{row} .progress", "role") == "progressbar"
    page.click(button(row, "cancel"))
    page.wait_for_selector(f"{row}[data-state=cancelled]")
    assert "local cancelled it. Resume it: it goes on from" in page.inner_text(f"{row} .reason")
    studio.seconds = 0
    page.click(button(row, "resume"))
    page.wait_for_selector(f"{row}[data-state=done]")
    page.wait_for_function(f"{LAST_STEP} === 2000")
    page.click(button(row, "log"))
    page.wait_for_function("document.querySelector('.run .log').textContent.includes('step 2000 loss')")


def test_a_reload_and_a_second_browser_show_the_same(open_page: OpenPage, studio: FakeStudio) -> None:
    studio.seconds = 0.01
    page = open_train(open_page)
    row = launch(page, "shared")
    page.wait_for_selector(f"{row}[data-state=done]")
    page.wait_for_function(f"{LAST_STEP} === 40")
    told = "() => [document.querySelector('.runs').innerText, document.querySelector('.js-line').getAttribute('d')]"
    first = page.evaluate(told)
    assert page.url.endswith("?tab=train")
    page.reload()
    second = open_train(open_page)
    for other in (page, second):
        other.wait_for_function(f"{LAST_STEP} === 40")
        assert other.evaluate(told) == first


def test_no_button_of_a_chart_sends_it_away(open_page: OpenPage, studio: FakeStudio) -> None:
    studio.seconds = 0
    page = open_train(open_page)
    launch(page, "private")
    page.wait_for_selector(".curve .js-line")
    buttons = page.locator(".curve .modebar-btn").evaluate_all("all => all.map(one => one.dataset.title)")
    assert "Zoom" in buttons
    assert not [words for words in buttons if "Share" in words or "Plotly" in words]


def test_the_curves_are_not_drawn_anew_while_they_grow(open_page: OpenPage, studio: FakeStudio) -> None:
    studio.steps, studio.seconds = 400, 0.05
    page = open_train(open_page)
    row = launch(page, "steady")
    page.wait_for_selector(".curve .js-line")
    page.evaluate("() => { window.line = document.querySelector('.js-line'); window.before = line.getAttribute('d'); }")
    page.wait_for_function("window.line.getAttribute('d') !== window.before")
    assert page.evaluate("window.line.isConnected && document.querySelectorAll('.curve .js-line').length === 1")
    page.click(button(row, "cancel"))


def test_a_check_tells_the_memory_and_mends_what_does_not_fit(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_train(open_page)
    page.click(".check")
    page.wait_for_selector(".preflight[data-fits=no]")
    assert page.inner_text(".preflight .verdict") == "✕ It does not fit: 15.0 GB of memory needed, 8.0 GB free on cpu."
    assert page.locator(".parts li").all_inner_texts()[0].split("\n")[0] == "weights"
    assert "No question stands on two sides" in page.inner_text(".facts2")
    page.click(".advice button")
    page.wait_for_selector(".preflight[data-fits=yes]")
    assert page.input_value(".new [name=tokens_per_batch]") == "1000"
    assert page.inner_text(".command code") == "python -m drr train --tokens-per-batch 1000"
    page.click(".timed")
    page.wait_for_function("document.querySelector('.facts2').textContent.includes('About 13 min')")


def test_the_filter_is_counted_and_a_wrong_one_told(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_train(open_page)
    page.wait_for_function("document.querySelector('.count').textContent === '11,328 records'")
    page.fill(".new [name=where]", "source=gsm8k")
    page.wait_for_function("document.querySelector('.count').textContent === '120 records'")
    page.fill(".new [name=where]", "nonsense")
    page.wait_for_function("document.querySelector('.count').textContent.startsWith(\"'nonsense' is not one\")")


def test_a_deployed_dm_judges_in_the_reason_tab_and_is_rolled_back(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_train(open_page)
    page.click(".dms [aria-label='Deploy probe']")
    page.wait_for_selector(".dms tr.deployed:has-text('probe')")
    page.get_by_role("tab", name="Reason").click()
    page.click("#settings button")
    expect(page.get_by_label("Judge")).to_have_value("probe", timeout=WAIT)
    expect(page.locator("[aria-label='number input for Accept from']")).to_have_value("0.8", timeout=WAIT)
    page.get_by_role("tab", name="Train").click()
    page.click(".dms .back")
    page.wait_for_selector(".dms tr.deployed:has-text('reader')")
    assert studio.registry.names[0] == "reader"


def test_two_dms_are_compared_and_one_is_taken_away(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_train(open_page)
    page.click(".versus button")
    page.wait_for_selector(".compared .flips li >> nth=1")
    assert "2 decisions differ" in page.inner_text(".compared")
    assert "probe accepts it, the other rejects it (0.58 and 0.90)" in page.inner_text(".flips li >> nth=0")
    with page.expect_download() as taken:
        page.click(".dms [aria-label='Export reader']")
    assert taken.value.suggested_filename == "reader.zip"


def test_a_reliability_plot_shows_what_a_dms_scores_are_worth(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_train(open_page)
    page.wait_for_selector(".reliability .js-line >> nth=1")
    drawn = page.evaluate("(({x, y}) => [x, y])(document.querySelector('.reliability .plot').data[1])")
    assert drawn == [[0.1, 0.5, 0.95], [0.12, 0.45, 0.97]]
    assert "On 1,200 test attempts" in page.inner_text(".reliability .note")
    assert "around 0.5, 45 % are right" in page.get_attribute(".reliability .plot", "aria-label")
    page.select_option(".reliability select", "probe")
    assert "no reliability figures" in page.inner_text(".reliability .note")
    assert not page.is_visible(".reliability .plot")
    page.select_option(".reliability select", "reader")
    page.wait_for_selector(".reliability .js-line >> nth=1", state="visible")


def test_a_dm_is_pushed_to_the_hub_under_the_name_that_is_given(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_train(open_page)
    page.once("dialog", lambda dialog: dialog.accept("nobody"))
    page.click(".dms [aria-label='Push probe to the Hub']")
    page.wait_for_selector(".told:has-text('Nobody is logged in')")
    page.once("dialog", lambda dialog: dialog.accept("ann/probe"))
    page.click(".dms [aria-label='Push probe to the Hub']")
    expect(page.locator(".told a")).to_have_attribute("href", "https://huggingface.co/ann/probe", timeout=WAIT)


def test_changed_labels_are_trained_with_compared_and_deployed(open_page: OpenPage, studio: FakeStudio) -> None:
    studio.changed, studio.seconds = ("one", "two"), 0
    page = open_train(open_page)
    page.click(".again button:has-text('Retrain with them')")
    assert page.input_value(".new [name=method]") == "token/qlora"
    assert page.input_value(".new [name=checkpointing]") == "on"
    assert page.evaluate("document.activeElement.className") == "go"
    studio.registry.names.append("better")  # as a real training does, before it is done
    row = launch(page, "better")
    assert studio.launched[-1]["where"] == "source=gsm8k and retry=false"
    assert studio.launched[-1]["config"] == {"tuning": "qlora", "checkpointing": True, "epochs": 0.5}
    page.wait_for_selector(f"{row}[data-state=done]")
    page.click(button(row, "compare"))
    page.wait_for_selector(".compared th:has-text('better')")
    assert page.get_attribute(".compared .also + .flips a", "href") == "?trace=trace-1"
    assert "reader accepts 33 after 1 attempt; better thinks on" in page.inner_text(".also + .flips")
    page.click(button(row, "deploy"))
    page.wait_for_selector(".dms tr.deployed:has-text('better')")


def test_the_first_run_ever_offers_its_dm_though_it_was_done_at_first_sight(
    open_page: OpenPage, studio: FakeStudio
) -> None:
    studio.seconds = 0
    page = open_train(open_page)
    page.wait_for_selector(".dms tr:has-text('probe')")
    page.route("**/component_server", lambda route: route.abort())  # the page sees nothing of it until it is done
    studio.registry.names.append("quick")
    job = studio.launch_training({}, "", "quick", Person("local", admin=True))
    while studio.jobs.get(job.id).state is not JobState.DONE:
        time.sleep(0.1)
    page.unroute("**/component_server")
    page.wait_for_selector(f"{button('.run', 'compare')}:visible")


def test_a_named_snapshot_is_chosen_to_train_on(open_page: OpenPage, studio: FakeStudio) -> None:
    studio.fill(2).store().snapshots.freeze("monday")
    page = open_train(open_page)
    page.select_option(".new [name=snapshot]", "monday")
    page.wait_for_function("document.querySelector('.count').textContent === '120 records'")
    assert page.is_disabled(".new [name=where]")
    launch(page, "frozen")
    assert studio.launched[-1]["where"] == "snapshot=monday"


def test_runs_are_laid_over_each_other_and_their_settings_compared(open_page: OpenPage, studio: FakeStudio) -> None:
    studio.seconds = 0
    page = open_train(open_page)
    page.fill(".new [name=epochs]", "0.25")
    first = launch(page, "short")
    page.wait_for_selector(f"{first}[data-state=done]")
    page.fill(".new [name=epochs]", "2")
    second = launch(page, "long")
    page.wait_for_selector(f"{second}[data-state=done]")
    page.check(f"{first} input")
    page.wait_for_function("document.querySelectorAll('.curve:first-child .js-line').length === 2")
    assert "0.25" in page.inner_text(".diff") and "2.0" in page.inner_text(".diff")
    assert "epochs" in page.inner_text(".diff")


def test_a_strangers_text_is_text(open_page: OpenPage, studio: FakeStudio) -> None:
    studio.jobs.launch("toy", {"steps": 1, "name": HOSTILE}, Person(HOSTILE), title=HOSTILE)
    page = open_train(open_page)
    page.wait_for_function("title => document.querySelector('.run b').textContent === title", arg=HOSTILE)
    assert page.title() == "DRR Studio"


def test_a_visitor_of_a_public_server_only_looks(open_page: OpenPage, studio: FakeStudio) -> None:
    studio.visitor = True
    page = open_train(open_page)
    assert page.is_visible(".locked")
    for hidden in (".go", ".check", ".dms .back", ".dms [aria-label='Deploy probe']", ".versus"):
        assert not page.is_visible(hidden), hidden


def test_a_dm_that_judges_only_live_is_not_offered_for_comparison(open_page: OpenPage, studio: FakeStudio) -> None:
    studio.registry.names = ["reader", "states"]
    assert not open_train(open_page).is_visible(".versus")
    studio.registry.names = ["states", "reader", "probe"]
    page = open_train(open_page)
    assert page.locator(".versus [name=first] option").all_inner_texts() == ["reader", "probe"]
    page.click(".versus button")
    page.wait_for_selector(".compared .flips li")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_train_tab(open_page: OpenPage, studio: FakeStudio, scheme: str) -> None:
    studio.seconds = 0
    page = open_train(open_page, color_scheme=scheme, reduced_motion="reduce")
    row = launch(page, f"in-{scheme}")
    page.wait_for_selector(f"{row}[data-state=done]")
    page.click(button(row, "log"))
    page.click(".check")
    page.wait_for_selector(".preflight .advice li")
    page.click(".more summary")
    page.click(".versus button")
    page.wait_for_selector(".compared .flips li")
    assert serious(page) == []


def test_a_phone_shows_it_all_without_scrolling_sideways(open_page: OpenPage, studio: FakeStudio) -> None:
    studio.seconds = 0
    page = open_train(open_page, viewport={"width": 390, "height": 844}, has_touch=True)
    row = launch(page, "small")
    page.wait_for_selector(f"{row}[data-state=done]")
    page.click(".check")
    page.wait_for_selector(".preflight .advice li")
    page.wait_for_selector(".curve .js-line")
    assert page.locator(".modebar-btn").count() == 0, "they would cover the curves"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
