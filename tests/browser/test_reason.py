"""The Reason tab in real Chromium: a whole run, Stop, reload, keyboard, phone, dark, hostile text."""

import time
from itertools import pairwise
from typing import Any

from drr.errors import ModelUnavailable
from drr.types import Status
from tests.browser.conftest import OpenPage
from tests.ui.fake_studio import APPLES, HOSTILE, LONG, FakeStudio

DONE = ".drr[data-phase=done]"
Page = Any


def ask(page: Page, question: str = APPLES) -> None:
    page.fill("#question textarea", question)
    page.keyboard.press("Control+Enter")


def test_a_run_shows_the_rejected_attempt_the_decision_and_the_answer(open_page: OpenPage) -> None:
    page = open_page()
    assert page.is_visible(".empty")
    page.click("button.example >> nth=0")
    page.wait_for_function("document.querySelector('#question textarea').value.startsWith('Sarah')")
    page.click("#run")
    page.wait_for_selector(DONE)
    assert page.locator(".lane").evaluate_all("lanes => lanes.map(l => l.dataset.verdict)") == ["reject", "accept"]
    assert page.inner_text(".decision >> nth=0").split("\n") == ["Think again", "Score 0.31 under 0.62"]
    assert page.inner_text(".outcome .answer") == "33" and page.inner_text(".outcome .grade") == "Right"
    assert page.inner_text("#step-0-1 .text") == "She has 12+10=22 apples now."
    assert page.inner_text("#step-0-1 .meter").split() == ["0.27", "likely", "wrong"]
    assert page.locator(".chart .dot").count() == 6 and page.locator(".chart .accept").count() == 1


def test_the_settings_reach_the_studio(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_page()
    ask(page)
    page.wait_for_selector(DONE)
    assert studio.asked[0] == {
        "question": APPLES, "dm": "reader", "policy": "drr", "gold": "33", "source": "typed", "threshold": 0.62,
        "attempts": 3, "hopeless": None, "fallback": "best", "seed": 0, "shadow": False,
    }  # fmt: skip


def test_settings_follow_policy_and_judge(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_page()
    page.click("#settings button")

    def choose(label: str, option: str) -> None:
        page.click(f"input[aria-label={label}]")
        page.click(f"[role=option][aria-label={option}]")

    def accept_from(value: str) -> None:
        page.wait_for_function(f"document.querySelector('[aria-label*=\"for Accept from\"]').value === '{value}'")

    choose("Judge", "probe")
    accept_from("0.8")
    choose("Policy", "confidence")
    accept_from("0.9")
    page.wait_for_selector("input[aria-label=Judge]", state="hidden")
    choose("Policy", "greedy")
    page.wait_for_selector("input[aria-label=Judge]")
    page.wait_for_selector("text=Accept from", state="hidden")
    ask(page)
    page.wait_for_selector(DONE)
    assert (studio.asked[0]["dm"], studio.asked[0]["policy"]) == ("probe", "greedy")
    assert page.inner_text(".outcome .answer") == "22" and page.locator(".lane").count() == 1


def test_a_setting_moved_the_moment_they_open_is_kept(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_page()
    late = "window.requestAnimationFrame = draw => setTimeout(() => frame(draw), 500);"  # as on a busy machine
    page.evaluate(f"(frame => {{ {late} }})(requestAnimationFrame)")
    page.click("#settings button")
    page.fill("[aria-label='number input for Accept from']", "1")
    page.wait_for_timeout(1_000)
    ask(page)
    page.wait_for_selector(DONE)
    assert studio.asked[0]["threshold"] == 1


def test_a_right_answer_is_forgotten_once_its_question_is_edited(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_page()
    page.click("#settings button")
    page.fill("#question textarea", "How many cows does the farmer have?")
    page.fill("#gold input", "6")
    page.eval_on_selector(  # edited and asked at once, faster than any hand
        "#question textarea",
        """(box, other) => {
            box.value = other;
            box.dispatchEvent(new Event('input', {bubbles: true}));
            document.querySelector('#run').click();
        }""",
        HOSTILE,
    )
    page.wait_for_selector(DONE)
    assert studio.asked[0]["question"] == HOSTILE
    assert studio.asked[0]["gold"] is None and not page.is_visible(".outcome .grade")
    assert page.input_value("#gold input") == ""


def test_attempts_that_are_judged_as_a_whole_have_their_scores_at_their_ends(
    open_page: OpenPage, studio: FakeStudio
) -> None:
    page = open_page()
    page.click("#settings button")
    page.click("input[aria-label=Policy]")
    page.click("[role=option][aria-label=self-critique]")
    page.wait_for_selector("input[aria-label=Judge]", state="hidden")
    ask(page)
    page.wait_for_selector(DONE)
    dots = page.locator(".chart .dot").evaluate_all("all => all.map(dot => dot.dataset.band)")
    assert dots == ["low", "high"] and page.locator(".step .number:not(:empty)").count() == 0
    told = page.get_attribute(".chart svg", "aria-label")
    assert told.startswith("Scores against tokens: Attempt 1 0.31; Attempt 2 0.93. Accepted from")
    page.hover(".step >> nth=2")
    assert float(page.get_attribute(".chart .ring", "cx")) > 0


def test_text_streams_and_escape_stops_it_keeping_what_there_is(open_page: OpenPage, studio: FakeStudio) -> None:
    studio.delay = 0.05
    page = open_page()
    ask(page, LONG)
    page.wait_for_selector(".step.open")
    page.wait_for_selector("#step-0-1")
    assert page.is_visible("#stop") and not page.is_visible("#run")
    page.keyboard.press("Escape")
    page.wait_for_selector(DONE)
    assert page.inner_text(".outcome .answer") == "Stopped" and page.inner_text("#step-0-0 .text")
    assert page.is_visible("#run") and not page.is_visible("#stop")
    assert [trace.outcome.status for trace in studio.traces.values()] == [Status.CANCELLED]


def test_a_reload_finds_its_run_again(open_page: OpenPage, studio: FakeStudio) -> None:
    studio.delay = 0.15
    page = open_page()
    ask(page)
    page.wait_for_selector("#step-0-1")
    assert "run=" in page.url
    page.reload()
    page.wait_for_selector("#step-0-1")
    assert page.input_value("#question textarea") == APPLES
    page.wait_for_selector(DONE)
    assert page.inner_text(".outcome .answer") == "33" and len(studio.runs) == 1


def test_a_finished_trace_has_a_link_that_reopens_it(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_page()
    ask(page)
    page.wait_for_function("location.search.includes('trace=')")
    studio.runs.clear()  # as after a restart
    again = open_page("?trace=trace-0")
    again.wait_for_selector(DONE)
    assert again.inner_text(".outcome .answer") == "33" and again.locator(".lane").count() == 2


def test_a_link_to_nothing_says_so(open_page: OpenPage) -> None:
    page = open_page("?run=nowhere")
    page.wait_for_selector(".problem .message:not(:empty)")
    assert "no longer here" in page.inner_text(".problem")


def test_a_closed_tab_stops_its_run_and_keeps_the_partial_trace(open_page: OpenPage, studio: FakeStudio) -> None:
    studio.delay = 0.05
    page = open_page()
    ask(page, LONG)
    page.wait_for_selector("#step-0-1")
    page.close()
    run = next(iter(studio.runs.values()))
    began = time.monotonic()
    assert run.join(4) and time.monotonic() - began < 2
    assert run.trace is not None and run.trace.outcome.status is Status.CANCELLED and run.trace.tokens > 0


def test_hostile_text_is_only_text(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, HOSTILE)
    page.wait_for_selector(DONE)
    assert page.inner_text(".outcome .asked") == HOSTILE
    assert "${1+1} {{value}} `x`" in page.inner_text("#step-0-0 .text")
    assert page.locator("#trace :is(img, script, a[href], .text b)").count() == 0 and page.title() == "DRR Studio"


def test_keyboard_alone_runs_and_reads_a_trace(open_page: OpenPage) -> None:
    page = open_page()
    page.focus("#question textarea")
    page.keyboard.type("Sarah?")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(APPLES)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(DONE)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('step')"):
            break
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.id") == "step-1-0"
    ring = page.locator(".chart .ring")
    dot = page.locator(".chart .dot >> nth=3").bounding_box()
    assert dot and abs(ring.bounding_box()["x"] + ring.bounding_box()["width"] / 2 - dot["x"] - dot["width"] / 2) < 2
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.id") == "step-1-2"


def ringed(page: Page) -> int:
    """Which point of the score line is ringed; -1: none."""
    return page.evaluate("""() => {
        const middle = n => { const b = n.getBoundingClientRect(); return b.x + b.width / 2; };
        const at = middle(document.querySelector('.chart .ring'));
        return [...document.querySelectorAll('.chart .dot')].findIndex(dot => Math.abs(middle(dot) - at) < 2); }""")


def test_score_line_and_cards_mark_each_other(open_page: OpenPage) -> None:
    page = open_page()
    ask(page)
    page.wait_for_selector(DONE)
    page.locator(".chart .dot >> nth=1").hover(force=True)
    page.wait_for_selector("#step-0-1.marked")
    assert ringed(page) == 1
    page.hover("#step-1-0")
    page.wait_for_selector("#step-1-0.marked")
    assert ringed(page) == 3 and page.locator(".marked").count() == 1
    page.hover("#header")
    assert page.locator(".marked").count() == 0 and ringed(page) == -1
    page.focus("#step-1-2")
    assert ringed(page) == 5
    page.hover("#step-0-0")
    assert ringed(page) == 0
    page.hover("#header")  # what has the focus is marked again
    assert ringed(page) == 5 and page.get_attribute(".marked", "id") == "step-1-2"
    page.locator(".chart .dot >> nth=2").click(force=True)
    assert page.evaluate("document.activeElement.id") == "step-0-2"


def test_an_answer_that_was_not_accepted_is_marked_as_unsure(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, "How many cows does the farmer have?")
    page.wait_for_selector(DONE)
    assert page.inner_text(".outcome .answer") == "9" and page.is_visible(".outcome .unsure")
    assert "accepted none of the 3 attempts" in page.inner_text(".outcome .lead")
    assert page.text_content(".say").startswith("Result: 9, unsure.")
    page.select_option(".whatif select", "abstain")
    assert page.inner_text(".outcome .answer") == "I don’t know" and not page.is_visible(".outcome .unsure")
    ask(page, APPLES)
    page.wait_for_function("document.querySelector('.outcome .answer').textContent === '33'")
    assert not page.is_visible(".outcome .unsure")


def test_words_over_the_score_line_never_overlap(open_page: OpenPage) -> None:
    for width in (360, 390, 1360):
        page = open_page(viewport={"width": width, "height": 844})
        ask(page, "How many cows does the farmer have?")
        page.wait_for_selector(DONE)
        for fallback in ("best", "abstain"):
            page.select_option(".whatif select", fallback)
            boxes = page.locator(".chart :is(.name, .stopName)").evaluate_all(
                "all => all.map(n => n.getBoundingClientRect()).map(b => [b.left, b.right]).sort((a, b) => a[0] - b[0])"
            )
            assert len(boxes) >= 2 and all(left[1] <= right[0] for left, right in pairwise(boxes)), (width, boxes)


def test_the_name_of_the_threshold_hides_no_score(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    ask(page)
    page.wait_for_selector(DONE)
    drawn = page.locator(".chart svg :is(.acceptName, .dot)").evaluate_all("all => all.map(n => n.classList[0])")
    assert drawn == ["acceptName", *["dot"] * 6], "what is drawn later lies above"


def test_nothing_jumps_while_it_streams(open_page: OpenPage, studio: FakeStudio) -> None:
    studio.delay = 0.08
    page = open_page()
    ask(page)
    page.wait_for_selector("#step-0-0")
    page.evaluate("""() => { window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(e => {
        if (!e.hadRecentInput) window.shift += e.value; })).observe({type: 'layout-shift'}); }""")
    top = page.locator(".chart").bounding_box()["y"] + page.evaluate("scrollY")
    page.wait_for_selector(DONE)
    assert page.locator(".chart").bounding_box()["y"] + page.evaluate("scrollY") == top
    assert page.evaluate("window.shift") < 0.05


def test_a_phone_has_one_column_and_no_sideways_scroll(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    ask(page)
    page.wait_for_selector(DONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".outcome").bounding_box()["x"] < 30


def test_dark_follows_the_system(open_page: OpenPage) -> None:
    page = open_page(color_scheme="dark")
    ask(page)
    page.wait_for_selector(DONE)
    shade = page.evaluate("getComputedStyle(document.querySelector('.outcome')).backgroundColor")
    assert max(int(part) for part in shade[4:-1].split(",")) < 80


def test_an_empty_and_an_endless_question_are_told_what_to_do(open_page: OpenPage) -> None:
    page = open_page()
    page.click("#run")
    page.wait_for_selector(".problem .message:not(:empty)")
    assert "pick an example" in page.inner_text(".problem")
    page.fill("#question textarea", "x" * 4_001)
    page.click("#run")
    page.wait_for_function("document.querySelector('.problem .message').textContent.includes('4,001')")


def test_errors_stand_in_their_place_with_the_remedy_or_a_code(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_page()
    studio.fail = ModelUnavailable("The DM could not be loaded. Choose another one in Settings.")
    ask(page)
    page.wait_for_selector(DONE)
    assert "Choose another one" in page.inner_text(".problem") and page.locator(".step").count() == 1
    assert "trace=trace-0" in page.url and page.is_visible(".tools"), "what there is can be kept"
    studio.fail = KeyError("internal")
    page.click("#run")
    page.wait_for_selector(".problem .code:not(:empty)")
    assert "bug" in page.inner_text(".problem .message") and "internal" not in page.inner_text("body")


def test_the_page_stands_while_models_load(open_page: OpenPage, studio: FakeStudio) -> None:
    studio.state = (False, "Loading the Reasoner…")
    page = open_page()
    page.wait_for_selector(".ready[data-ready=no]")
    assert page.inner_text(".ready") == "Loading the Reasoner…" and page.is_enabled("#run")
    studio.state = (True, "Ready")
    page.wait_for_selector(".ready[data-ready=yes]")


def test_the_screen_reader_hears_steps_and_the_result(open_page: OpenPage) -> None:
    page = open_page()
    ask(page)
    page.wait_for_selector(DONE)
    assert page.get_attribute(".say", "aria-live") == "polite"
    assert page.text_content(".say").startswith("Result: 33. Right The judge is 93 % sure")


def test_the_glossary_is_one_tab_away(open_page: OpenPage) -> None:
    page = open_page()
    page.click("role=tab[name=About]")
    assert page.locator(".about tbody tr").count() == 15
