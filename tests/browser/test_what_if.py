"""The what-if controls: the page decides a stored trace again exactly as drr.replay would, at once and on its own."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from drr.live import Snapshot, view_of
from drr.policies import FALLBACKS, Policy, make_policy, with_params
from drr.replay import replay
from drr.testing import make_attempt, make_question, make_step
from drr.types import Attempt, Question, Status, Trace
from tests.browser.conftest import OpenPage
from tests.ui.fake_studio import APPLES, FakeStudio
from ui import render
from ui.reason import asset

DONE = ".drr[data-phase=done]"
SCORES = (None, 0.0, 0.03, 0.125, 0.2, 0.375, 0.4, 0.5, 0.6, 0.625, 0.6234, 0.62341, 0.875, 0.93, 0.985, 0.8449, 1.0)
THRESHOLDS = (0.0, 0.12, 0.125, 0.375, 0.5, 0.6, 0.62, 0.63, 0.845, 0.875, 0.9, 1.0)
Page = Any


def random_attempt(rng: random.Random) -> Attempt:
    lines = [" ".join(["word"] * rng.randint(1, 9)) for _ in range(rng.randint(1, 3))]
    lines += [f"Answer: {rng.choice(['33', '$33.00', '22', '7', '1,200'])}"] * (rng.random() < 0.8)
    attempt = make_attempt("\n".join(lines), rng.choice(SCORES), step_scores=[rng.choice(SCORES) for _ in lines])
    return replace(attempt, finish="end" if attempt.answer else "length", temperature=0.8)


def traced(policy: Policy, question: Question, stored: Sequence[Attempt]) -> Trace:
    """What the policy makes of the stored attempts; those past its stop stay, as in a shadow run."""
    again = replay(policy, question, stored)
    return Trace(
        question, (*again.attempts, *stored[len(again.attempts) :]), again.decisions, again.outcome,
        "scripted", "scripted", policy.name, policy.params, seed=0, id="t",
    )  # fmt: skip


def paged(trace: Trace) -> Any:
    return render.page(Snapshot("", 0, view_of(trace), 0.0, done=True))


def cases() -> list[tuple[Any, list[dict[str, Any]], list[Any]]]:
    """Pages of random traces, what is wished of each, and the pages that drr.replay makes of that."""
    rng, found = random.Random(4), []
    for _ in range(80):
        stored = [random_attempt(rng) for _ in range(rng.randint(1, 5))]
        question = make_question(gold=rng.choice([None, "33", "22"]))
        name = rng.choice(["drr", "confidence", "self-critique"])
        hopeless = rng.choice([None, None, 0.1, 0.125])
        policy = make_policy(
            name, k=rng.randint(1, 6), threshold=0.7, hopeless=hopeless, fallback=rng.choice(FALLBACKS)
        )
        wishes, wanted = [], []
        for _ in range(12):
            wish = {
                "threshold": max(rng.choice(THRESHOLDS), hopeless or 0.0),
                "k": rng.randint(1, 6),
                "fallback": rng.choice(FALLBACKS),
            }
            wishes.append(wish)
            wanted.append(traced(with_params(policy, **wish), question, stored))
        found.append((paged(traced(policy, question, stored)), wishes, wanted))
    return found


def test_the_page_decides_as_replay_does(open_page: OpenPage) -> None:
    page = open_page()
    table = cases()
    decided = page.evaluate(
        f"table => {{ {asset('decide.js')}\nreturn table.map(([v, wishes]) => wishes.map(w => redecide(v, w))); }}",
        [[value, wishes] for value, wishes, _ in table],
    )
    seen = set()
    for (_, wishes, wanted), found in zip(table, decided, strict=True):
        for wish, trace, again in zip(wishes, wanted, found, strict=True):
            value, kind = paged(trace), again["outcome"]["kind"]
            seen.add(kind)
            assert (kind == "unknown") == (trace.outcome.status is Status.RUNNING), wish
            same = ["accept", "rule", "used", "attempts", "decisions", "facts"] + ["outcome"] * (kind != "unknown")
            for key in same:
                left = {k: v for k, v in value[key].items() if k != "also"} if key == "outcome" else value[key]
                assert as_json(again[key]) == as_json(left), (key, wish)
    assert seen == {"accepted", "fallback", "abstained", "unknown"}


def as_json(value: Any) -> Any:
    """Tuples as the lists that they become on the page."""
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, (list, tuple)) else value


def ask(page: Page, question: str = APPLES) -> None:
    page.fill("#question textarea", question)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(DONE)


def move(page: Page, name: str, value: float) -> None:
    page.evaluate(
        """([name, value]) => { const control = document.querySelector(`.whatif [name=${name}]`);
        control.value = value; control.dispatchEvent(new Event('input', {bubbles: true})); }""",
        [name, value],
    )


def test_a_lower_threshold_stops_earlier_and_saves_tokens(open_page: OpenPage) -> None:
    page = open_page()
    ask(page)
    stop = float(page.get_attribute(".chart .stop", "x1"))
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    move(page, "threshold", 0.3)
    assert page.inner_text(".outcome .answer") == "22" and "Wrong" in page.inner_text(".outcome .grade")
    assert page.locator(".lane").evaluate_all("lanes => lanes.map(l => l.dataset.verdict)") == ["accept", "past"]
    assert page.locator(".decision").all_inner_texts() == ["Stop\nScore 0.31 at or over 0.30"]
    assert float(page.get_attribute(".chart .stop", "x1")) < stop
    assert "tokens saved against the run, which came to “33”" in page.inner_text(".outcome .also")
    assert page.inner_text("[data-fact=attempts]") == "1 of 3" and " of " in page.inner_text("[data-fact=tokens]")
    page.click(".whatif .back")
    assert page.inner_text(".outcome .answer") == "33" and not page.is_visible(".whatif .back")
    assert float(page.get_attribute(".chart .stop", "x1")) == stop and requests == []


def test_what_was_never_generated_is_unknown(open_page: OpenPage) -> None:
    page = open_page()
    ask(page)
    move(page, "threshold", 0.99)
    assert page.inner_text(".outcome .answer") == "Not known"
    assert page.inner_text(".lane.ghost").split("\n")[-1] == "Attempt 3: it would have thought again. Not generated."
    assert page.locator(".chart .beyond.unknown").count() == 1
    move(page, "k", 2)
    assert page.inner_text(".outcome .answer") == "33" and page.locator(".lane.ghost").count() == 0
    page.select_option(".whatif select", "best")
    assert page.inner_text(".outcome .answer") == "33"


def test_it_is_decided_again_at_once(open_page: OpenPage) -> None:
    page = open_page()
    ask(page)
    times = page.evaluate("""() => { const control = document.querySelector('.whatif [name=threshold]');
        return Array.from({length: 60}, (_, i) => { const begun = performance.now(); control.value = i / 60;
            control.dispatchEvent(new Event('input', {bubbles: true})); document.body.offsetHeight;
            return performance.now() - begun; }); }""")
    assert sorted(times)[len(times) // 4] < 50  # 3 ms; the slower ones waited for a busy machine's processor


def test_a_shadow_run_thinks_on_past_its_stop(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_page()
    page.click("#settings button")
    page.check("text=Shadow run")
    ask(page)
    assert studio.asked[0]["shadow"] is True
    assert page.inner_text(".outcome .answer") == "33" and page.inner_text("[data-fact=attempts]") == "2 of 3"
    assert page.locator(".lane").evaluate_all("lanes => lanes.map(l => l.dataset.verdict)") == [
        "reject", "accept", "past",
    ]  # fmt: skip
    assert page.locator(".lane >> nth=2").inner_text().find("Past the stop") > 0
    move(page, "threshold", 0.99)  # the third attempt is there now
    assert page.locator(".lane.ghost").count() == 0 and page.inner_text("[data-fact=attempts]") == "3 of 3"


def test_decided_again_it_is_still_said_whose_scores_they_are(open_page: OpenPage, studio: FakeStudio) -> None:
    stored = [make_attempt(score=0.8, step_scores=[0.95, 0.7, 0.8])]
    studio.traces["sure"] = traced(make_policy("confidence", k=1), make_question(), stored)
    page = open_page("?trace=sure")
    page.wait_for_selector(DONE)
    assert page.inner_text(".outcome .lead").startswith("The Reasoner was not sure enough of its words.")
    assert page.inner_text(".chart figcaption").split("\n")[0] == "How sure the Reasoner is of its words"
    assert page.locator(".chart .key span").all_inner_texts() == ["sure", "less sure", "unsure"]
    move(page, "threshold", 0.75)
    assert page.inner_text(".outcome .lead").startswith("The Reasoner held its own words 80 % likely on average.")
    assert page.inner_text("#step-0-1 .word") == "less sure"


def test_no_number_on_the_page_contradicts_a_decision(open_page: OpenPage, studio: FakeStudio) -> None:
    close = make_attempt("Some thought.\nAnswer: 22", 0.8449, step_scores=[0.4, 0.8449])
    studio.traces["t"] = traced(make_policy("drr", k=1, threshold=0.845, fallback="abstain"), make_question(), [close])
    page = open_page("?trace=t", ready=DONE)
    assert page.inner_text("#step-0-1 .number") == page.inner_text("[data-fact=score]") == "0.8449"
    assert page.inner_text(".lane .verdict") == "Rejected at 0.8449"
    told = (page.text_content(".acceptName"), page.inner_text(".whatif label:first-of-type output"))
    assert told == ("accept at 0.845", "0.845")
    assert page.get_attribute(".whatif [name=threshold]", "aria-valuetext") == "0.845"
    heard = page.get_attribute(".chart svg", "aria-label")
    assert "0.8449" in heard and heard.endswith("Accepted from 0.845")


def test_a_policy_without_a_threshold_has_no_what_if(open_page: OpenPage, studio: FakeStudio) -> None:
    question = make_question()
    stored = [make_attempt(score=0.9), make_attempt(score=0.4)]
    studio.traces["vote"] = traced(make_policy("majority", k=2, first_temperature=0.0), question, stored)
    page = open_page("?trace=vote")
    page.wait_for_selector(DONE)
    assert not page.is_visible(".whatif")


def test_steps_thrown_away_stay_with_their_attempt(open_page: OpenPage, studio: FakeStudio) -> None:
    policy = make_policy("drr", k=2, threshold=0.6, step_threshold=0.3)
    steps = [make_step("wrong", 0.1, rejected=True), make_step("right", 0.8), make_step("Answer: 33", 0.9)]
    stored = [replace(make_attempt(score=0.5), steps=tuple(steps))]
    studio.traces["back"] = traced(policy, make_question(), stored)
    page = open_page("?trace=back")
    page.wait_for_selector(DONE)
    for threshold in (0.4, 0.6, 0.2):
        move(page, "threshold", threshold)
        assert page.locator(".aside").count() == 1 and page.locator("#step-0-0 + .aside").count() == 1
