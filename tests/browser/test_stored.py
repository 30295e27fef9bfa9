"""What a stored trace can be asked: other ways to stop, a step's tokens, records, a picture; and random questions."""

from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.test_access import serious
from tests.ui.fake_studio import APPLES, HOSTILE, LONG, TRAIN, FakeStudio

DONE = ".drr[data-phase=done]"
COMPARED = ".others[data-shown] tbody tr"
MARKUP = "#trace :is(img, script, a[href], i:not(.meter i):not(.key i):not(.pic i))"
Page = Any


def ask(page: Page, question: str = APPLES) -> None:
    page.fill("#question textarea", question)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(DONE)
    page.wait_for_selector(".drr[data-ask=yes]")


def open_others(page: Page) -> list[list[str]]:
    page.click(".others summary")
    page.wait_for_selector(COMPARED)
    return page.locator(COMPARED).evaluate_all("rows => rows.map(r => [...r.children].map(c => c.textContent))")


# --- other ways to stop -----------------------------------------------------------------------------------------------


def test_other_ways_to_stop_stand_beside_the_run(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_page()
    page.click("button.example >> nth=0")
    page.wait_for_function("document.querySelector('#question textarea').value.startsWith('Sarah')")
    page.click("#run")
    page.wait_for_selector(DONE)
    rows = open_others(page)
    assert [row[0] for row in rows] == [
        "DRR, this run", "First answer, no judge", "The Reasoner judges itself, from 0.50", "A vote of 5 samples",
        "A perfect judge",
    ]  # fmt: skip
    assert rows[0] == ["DRR, this run", "33Right", "26 in 2 attempts", "Score 0.93 at or over 0.62"]
    assert rows[1][1:3] == ["22Wrong, it is 33", "13 in 1 attempt"]
    assert rows[2][1] == "22Wrong, it is 33" and rows[4][1] == "33Right"
    assert rows[3][1:] == ["Not known", "–", "Its samples are not there."]
    page.click(".others .draw")
    page.wait_for_selector(".others .draw", state="hidden")
    vote = page.locator(".others tbody tr >> nth=3").inner_text()
    assert "5 attempts" in vote and "take the majority" in vote
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def names(page: Page) -> list[str]:
    return page.locator(".others tbody th").all_inner_texts()


def test_a_person_chooses_two_to_four_rivals_and_the_next_run_has_them_too(open_page: OpenPage) -> None:
    page = open_page()
    ask(page)
    open_others(page)
    page.get_by_label("A vote").uncheck()
    page.wait_for_function("document.querySelectorAll('.others tbody tr').length === 4")
    page.get_by_label("DRR with <b>other</b>").focus()
    page.keyboard.press("Space")
    page.wait_for_selector("text=DRR with <b>other</b>, from 0.30")
    chosen = [
        "DRR, this run", "First answer, no judge", "The Reasoner judges itself, from 0.50", "A perfect judge",
        "DRR with <b>other</b>, from 0.30",
    ]  # fmt: skip
    assert names(page) == chosen and page.evaluate("document.activeElement.value") == "drr <b>other</b>"
    ask(page, TRAIN)
    page.wait_for_selector(".others[data-shown=trace-1] tbody >> text=170")
    assert names(page) == chosen


def test_too_few_rivals_are_refused_and_the_choice_stands_as_it_was(open_page: OpenPage) -> None:
    page = open_page()
    ask(page)
    open_others(page)
    for name, left in (("A vote", 4), ("A perfect judge", 3)):
        page.get_by_label(name).uncheck()
        page.wait_for_function(f"document.querySelectorAll('.others tbody tr').length === {left}")
    page.get_by_label("First answer").click()
    page.wait_for_selector(".others .status >> text=2 to 4 others can stand beside the run, not 1.")
    assert len(names(page)) == 3 and page.get_by_label("First answer").is_checked()


def test_a_reopened_link_can_be_compared_too(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_page()
    ask(page)
    studio.runs.clear()
    again = open_page("?trace=trace-0")
    again.wait_for_selector(DONE)
    assert open_others(again)[0][1] == "33Right"
    ask(again, TRAIN)  # a new run in the open panel
    again.wait_for_selector(".others[data-shown=trace-1] tbody >> text=170")


def test_what_cannot_be_compared_says_so(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_page()
    ask(page)
    studio.traces.clear()
    page.click(".others summary")
    page.wait_for_function("document.querySelector('.others .status').textContent.includes('no longer here')")


# --- tokens -----------------------------------------------------------------------------------------------------------


def test_a_step_shows_how_sure_the_reasoner_was_of_each_token(open_page: OpenPage) -> None:
    page = open_page()
    ask(page)
    page.click("#step-0-0 .peek")
    page.wait_for_selector("#step-0-0 .shades")
    assert page.locator("#step-0-0 .shades").evaluate(
        "line => [...line.querySelectorAll('span')].map(s => s.textContent).join('')"
    ).strip() == page.inner_text("#step-0-0 .text")
    assert page.locator("#step-0-0 .shades span").evaluate_all("all => all.map(s => s.dataset.level)")[:4] == [
        "0", "2", "1", "3",
    ]  # fmt: skip
    assert "8 %" in page.inner_text("#step-0-0 .shades")  # never colour alone
    said = page.inner_text("#step-0-0 .said")
    assert said.startswith("The Reasoner was least sure of “apples.”: 8 %.") and "0.44" in said
    assert page.text_content(".say") == said
    page.click("#step-0-0 .peek")
    assert page.locator(".tokens").count() == 0


def test_enter_on_a_step_shows_and_hides_its_tokens(open_page: OpenPage) -> None:
    page = open_page()
    ask(page)
    page.focus("#step-1-1")
    page.keyboard.press("Enter")
    page.wait_for_selector("#step-1-1 .shades")
    assert "rose here from 0.71 to 0.88" in page.inner_text("#step-1-1 .said")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('#step-1-1 .peek[aria-expanded=true]')")
    page.keyboard.press("Enter")
    assert page.locator(".tokens").count() == 0


def test_nothing_is_asked_while_it_thinks(open_page: OpenPage, studio: FakeStudio) -> None:
    studio.delay = 0.1
    page = open_page()
    page.fill("#question textarea", LONG)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#step-0-1")
    assert not page.is_visible("#step-0-0 .peek") and not page.is_visible(".others")
    page.keyboard.press("Escape")
    page.wait_for_selector("#step-0-0 .peek")


# --- records ----------------------------------------------------------------------------------------------------------


def test_attempts_are_sent_to_the_records_once_confirmed(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_page()
    ask(page)
    page.click(".tools [name=keep]")
    assert page.inner_text("dialog.keep .what").startswith("2 attempts will be kept as behavior records")
    assert studio.kept == {} and page.is_visible("dialog.keep .what")
    page.click("dialog.keep [name=send]")
    page.wait_for_function("document.querySelector('.keep .result').textContent === '2 records added.'")
    assert page.get_attribute("dialog.keep .open", "href") == "?tab=data&record=the-last"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.name") == "keep"  # the focus is back where it was
    page.click(".tools [name=keep]")
    page.click("dialog.keep [name=send]")
    page.wait_for_function("document.querySelector('.keep .result').textContent.startsWith('All of them were')")


def test_an_answer_about_another_trace_is_not_told_of_this_one(
    open_page: OpenPage, studio: FakeStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, let_go, keep = open_page(), Event(), studio.keep
    monkeypatch.setattr(studio, "keep", lambda *asked: let_go.wait(60) and keep(*asked))
    ask(page)
    page.click(".tools [name=keep]")
    page.click("dialog.keep [name=send]")
    page.click("dialog.keep [name=cancel]")
    ask(page, TRAIN)
    page.wait_for_function("location.search.includes('trace-1')")
    page.click(".tools [name=keep]")
    with page.expect_response(lambda response: "component_server" in response.url) as answer:
        let_go.set()
    answer.value.finished()
    page.evaluate("new Promise(done => setTimeout(done, 50))")
    assert page.inner_text("dialog.keep .result") == "" and page.is_enabled("dialog.keep [name=send]")


def test_a_right_answer_can_be_given_with_the_records_if_none_is_known(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_page()
    ask(page, HOSTILE)
    page.click(".tools [name=keep]")
    assert "without a label" in page.inner_text("dialog.keep .what")
    page.fill("dialog.keep [name=gold]", "2")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.keep .result').textContent.includes('added')")
    assert studio.golds == ["2"]


def test_who_may_not_add_records_is_not_offered_it(open_page: OpenPage, studio: FakeStudio) -> None:
    studio.close_to_the_public()
    page = open_page()
    page.wait_for_selector(".drr[data-keep=no]")
    ask(page)
    assert page.is_visible(".tools [name=link]") and not page.is_visible(".tools [name=keep]")


# --- a picture --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", [APPLES, HOSTILE])
def test_a_trace_is_saved_as_a_picture(open_page: OpenPage, question: str, tmp_path: Path) -> None:
    page = open_page()
    ask(page, question)
    with page.expect_download() as download:
        page.click(".tools [name=png]")
    assert download.value.suggested_filename == "trace-trace-0.png"
    path = tmp_path / "trace.png"
    download.value.save_as(path)
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n" and int.from_bytes(head[16:20]) == 2_000
    assert 1_000 < int.from_bytes(head[20:24]) < 14_000 and path.stat().st_size > 40_000


# --- questions --------------------------------------------------------------------------------------------------------


def draw(page: Page, source: str, steps: str) -> None:
    if not page.is_visible(".random select"):
        page.click(".random summary")
    page.select_option(".random label:nth-of-type(1) select", source)
    page.select_option(".random label:nth-of-type(2) select", steps)
    page.click(".random button")


def test_a_question_that_is_typed_while_one_is_drawn_stays(
    open_page: OpenPage, studio: FakeStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed, quick = Event(), studio.draw

    def slow(source: str, steps: int | None = None) -> Any:
        typed.wait(timeout=60)
        return quick(source, steps)

    monkeypatch.setattr(studio, "draw", slow)
    page = open_page()
    draw(page, "grammar", "0")
    page.fill("#question textarea", APPLES)
    typed.set()
    page.wait_for_selector(".random .drawn:has-text('your question stays')")
    assert page.input_value("#question textarea") == APPLES


def test_a_random_question_comes_with_its_answer_and_source(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_page()
    draw(page, "beyond", "3")
    page.wait_for_function("document.querySelector('#question textarea').value.startsWith('A train')")
    assert studio.drawn == [("beyond", 3)] and page.inner_text(".random .drawn") == "3 steps, from beyond"
    page.click("#run")
    page.wait_for_selector(DONE)
    assert page.inner_text(".outcome .grade") == "Right"
    assert (studio.asked[0]["gold"], studio.asked[0]["source"]) == ("170", "beyond")
    assert "neither the Reasoner nor its judge has seen" in page.inner_text(".outcome .outside")
    page.fill("#question textarea", TRAIN + " ")
    page.keyboard.press("Control+Enter")
    page.wait_for_function("location.search.includes('trace-1')")
    page.fill("#question textarea", APPLES)  # edited: neither the right answer nor the source is its own any more
    page.keyboard.press("Control+Enter")
    page.wait_for_function("location.search.includes('trace-2')")
    assert (studio.asked[2]["gold"], studio.asked[2]["source"]) == ("33", "typed")
    assert not page.is_visible(".outcome .outside")


def test_a_question_that_cannot_be_drawn_says_why(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, "gsm8k", "4")
    page.wait_for_function("document.querySelector('.random .drawn').textContent.includes('no problem of 4 steps')")
    assert page.is_enabled(".random button")


# --- for everyone -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "look", [{"color_scheme": "light"}, {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}}]
)
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_a_phone(open_page: OpenPage, look: dict[str, Any]) -> None:
    page = open_page(reduced_motion="reduce", **look)
    page.click(".random summary")
    ask(page, HOSTILE)
    open_others(page)
    page.click("#step-0-0 .peek")
    page.wait_for_selector("#step-0-0 .shades")
    assert page.inner_text(".outcome .outside").startswith("Probably unlike")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious(page) == []
    assert page.locator(MARKUP).count() == 0 and page.title() == "DRR Studio"
    assert "<i>else</i>" in page.inner_text("#step-0-0 .tokens")
    page.click(".tools [name=keep]")
    assert serious(page) == []
