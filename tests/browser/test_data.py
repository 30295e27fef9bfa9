"""The Data tab in a browser: find, judge with keys, undo, reload in the middle, blind; hostile text, axe, a phone."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from drr.data import Person
from drr.store import browsing
from drr.testing import make_record
from tests.browser.conftest import OpenPage
from tests.browser.test_access import serious
from tests.ui.fake_studio import HOSTILE, FakeStudio

DATA = "?tab=data"
READY = ".data[data-ready=yes][data-surveys]"
DESK = ".data[data-view=desk] .d-steps li"
ANN, BEN = Person("Ann"), Person("Ben")
Page = Any


@pytest.fixture
def studio(studio: FakeStudio) -> FakeStudio:
    return studio.fill()


@pytest.fixture
def open_data(open_page: OpenPage, studio: FakeStudio) -> OpenPage:
    """A page at the Data tab, with Ann's name typed in unless told otherwise."""

    def open_it(path: str = "", who: str = "Ann", ready: str = READY, **options: Any) -> Page:
        page = open_page(DATA + path, ready=ready, **options)
        if who:
            page.fill("[name=who]", who)
            page.evaluate("document.activeElement.blur()")
        return page

    return open_it


def wait_for_count(page: Page, words: str) -> None:
    page.wait_for_function("words => document.querySelector('.d-what').textContent === words", arg=words)


def wait_for_state(page: Page, state: str) -> None:
    page.wait_for_selector(f".d-state[data-state={state}]")


def record_of(page: Page) -> str:
    return str(re.search(r"record=(\w+)", page.url)[1])  # type: ignore[index]


def vote(page: Page, key: str) -> str:
    """Press a verdict's key, wait until the next attempt stands there, and say which was judged."""
    judged = record_of(page)
    page.keyboard.press(key)
    page.wait_for_function("id => !location.search.includes('record=' + id)", arg=judged)
    return judged


def verdicts(studio: FakeStudio, who: str = "Ann") -> dict[str, str]:
    """What the store holds of what somebody said."""
    rows = studio.data.browse({"annotator": who}, limit=200).rows
    return {row.id: studio.data.detail(row.id).attempts[0].labels.opinions[who] for row in rows}


# --- finding ----------------------------------------------------------------------------------------------------------


def test_nothing_of_the_tab_is_asked_for_before_it_is_shown(open_page: OpenPage, studio: FakeStudio) -> None:
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    page.wait_for_timeout(500)
    assert not any("data_" in each for each in asked) and page.locator(".data").count() == 0
    page.get_by_role("tab", name="Data").click()
    page.wait_for_selector(READY)
    assert "tab=data" in page.url and any("data_rows" in each for each in asked)
    page.get_by_role("tab", name="Reason").click()
    page.wait_for_function("!location.search.includes('tab=data')")


def test_one_glance_says_what_is_shown_and_where_they_disagree(open_data: OpenPage) -> None:
    page = open_data()
    assert page.inner_text(".d-what") == "61 attempts"
    assert re.search(r"right by their label · DM and label differ on \d+ % · nobody", page.inner_text(".d-note"))
    assert page.inner_text(".d-map [data-kind=trusting] b") == "7"
    page.click(".d-map [data-kind=trusting]")
    wait_for_count(page, "7 attempts")
    page.wait_for_function("document.querySelectorAll('.d-table tbody tr').length === 7")
    assert {"reject"} == set(page.locator(".d-table [data-col=label]").all_inner_texts()[1:])
    assert page.inner_text(".d-map [data-kind=trusting] b") == "7"  # the map stays whole


def test_search_facets_and_ranges_narrow_it_and_the_address_keeps_them(open_data: OpenPage) -> None:
    page = open_data()
    page.keyboard.press("/")
    page.keyboard.type("61 pens")
    wait_for_count(page, "1 attempt")
    page.fill("[name=text]", "")
    wait_for_count(page, "61 attempts")
    page.click(".d-value:has-text('reject') >> nth=0")
    wait_for_count(page, "31 attempts")
    page.fill("[name=score_min]", "0.5")
    page.keyboard.press("Enter")
    wait_for_count(page, "7 attempts")
    page.click(".d-table thead button:has-text('Tokens')")
    page.wait_for_selector(".d-table [aria-sort=descending]:has-text('Tokens')")
    again = open_data(page.url[page.url.index(DATA) + len(DATA) :])
    wait_for_count(again, "7 attempts")
    assert again.url == page.url and again.locator(".d-table [aria-sort=descending]:has-text('Tokens')").count() == 1
    again.click(".d-chips [name=clear]")
    wait_for_count(again, "61 attempts")


def test_what_a_few_are_marked_with_has_its_count_and_opens_them(open_data: OpenPage, studio: FakeStudio) -> None:
    rows = studio.data.browse().rows
    for row in rows[:2]:
        studio.data.annotate(BEN, row.id, "stop", {"label": "too_late", "step": None}, 0)
    studio.data.annotate(BEN, rows[0].id, "flag", True, 0, independent=True)
    page = open_data()
    assert page.inner_text(".d-value:has-text('stopped too late') .n") == "2"
    page.click(".d-groups summary:has-text('Flag')")
    assert page.inner_text(".d-value:has-text('flagged') .n") == "1"
    page.click(".d-value:has-text('stopped too late')")
    wait_for_count(page, "2 attempts")
    assert "stop=too_late" in page.url and "When to stop: stopped too late" in page.inner_text(".d-chips")


def test_a_long_list_of_filter_values_is_folded_until_it_is_asked_for(open_data: OpenPage, studio: FakeStudio) -> None:
    for number, row in enumerate(studio.data.browse().rows[:12]):
        studio.data.annotate(BEN, row.id, "tag", {"tag": f"tag {number}", "on": True}, 0)
    page = open_data()
    page.click(".d-groups summary:has-text('Tag')")
    assert page.locator(".d-value:has-text('tag ')").count() == 8
    page.press(".d-value:has-text('Show 4 more')", "Enter")
    assert page.locator(".d-value:has-text('tag ')").count() == 12
    page.keyboard.press("Enter")
    wait_for_count(page, "1 attempt")


def test_a_second_opinion_is_of_two_people_at_least(open_data: OpenPage, studio: FakeStudio) -> None:
    studio.data.annotate(BEN, studio.data.browse().rows[0].id, "verdict", "accept", 0)
    page = open_data()
    page.select_option("[name=queue]", "second_opinion")
    page.wait_for_function("document.querySelector('.d-where').textContent.startsWith('1 attempt')")
    assert page.input_value("[name=overlap]") == "2"
    page.select_option("[name=queue]", "adjudicate")
    page.wait_for_selector(".d-none:visible")
    assert not page.is_visible("[name=overlap]")


def test_a_page_behind_the_first_and_back(open_data: OpenPage) -> None:
    page = open_data()
    top = page.inner_text(".d-open >> nth=0")
    page.keyboard.press("]")
    page.wait_for_function("document.querySelector('.d-where').textContent === '51–61 of 61'")
    page.keyboard.press("[")
    page.wait_for_function("document.querySelector('.d-where').textContent === '1–50 of 61'")
    assert page.inner_text(".d-open >> nth=0") == top


def test_no_bytes_in_the_search_break_it(open_data: OpenPage) -> None:
    page = open_data()
    for words in ('"', "AND OR (", "col:x*", "'; drop table records; --", "\\", "💥"):
        page.fill("[name=text]", words)
        page.wait_for_function("words => new URLSearchParams(location.search).get('text') === words", arg=words)
        page.wait_for_selector(".d-list:not([aria-busy])")
        assert not page.is_visible(".data .problem")
    assert page.inner_text(".d-none") == "A search needs a letter or a digit."


def test_what_was_counted_among_the_first_records_only_says_so(
    open_data: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsing, "CAP", 10)
    page = open_data()
    spans = page.locator(".d-plot figcaption span")
    assert spans.all_inner_texts() == ["of the first 10"] * 3
    assert "Counted among" not in page.inner_text(".d-people")  # of everything, each cell is known
    page = open_data("&tokens_min=0&judged=accept&automatic=reject")
    spans = page.locator(".d-plot figcaption span")
    assert spans.all_text_contents() == [""] * 3
    assert "Counted among the first 10." in page.inner_text(".d-people")  # the map looks past its own conditions


# --- judging ----------------------------------------------------------------------------------------------------------


def test_twenty_attempts_are_judged_with_the_keyboard_alone(open_data: OpenPage, studio: FakeStudio) -> None:
    page = open_data()
    page.keyboard.press("Enter")
    page.wait_for_selector(DESK)
    said = {vote(page, key): {"a": "accept", "r": "reject"}[key] for key in "arra" * 5}
    wait_for_state(page, "saved")
    assert len(said) == 20 and verdicts(studio) == said


def test_undo_goes_back_to_where_it_happened_and_redo_does_it_again(open_data: OpenPage, studio: FakeStudio) -> None:
    page = open_data()
    page.keyboard.press("Enter")
    page.wait_for_selector(DESK)
    said = [vote(page, "a"), vote(page, "r")]
    page.keyboard.press("z")
    page.wait_for_function("id => location.search.includes(id)", arg=said[1])
    assert verdicts(studio) == {said[0]: "accept"}
    page.wait_for_selector(".d-history .undone")
    page.keyboard.press("Shift+Z")
    page.wait_for_function("document.querySelector('.d-just').textContent.startsWith('Done again')")
    assert verdicts(studio) == {said[0]: "accept", said[1]: "reject"}


def test_what_is_undone_at_an_attempt_is_undone_in_the_table_too(open_data: OpenPage) -> None:
    page = open_data()
    page.keyboard.press("Enter")
    page.wait_for_selector(DESK)
    vote(page, "r")
    wait_for_state(page, "saved")
    page.keyboard.press("z")
    page.wait_for_selector(".d-just:has-text('Undone')")
    page.keyboard.press("Escape")
    page.wait_for_selector(".data[data-view=table]")
    said = "[...document.querySelectorAll('td[data-col=human]')].map(td => td.textContent)"
    page.wait_for_function(f"{said}.every(words => words === '–')")


def test_steps_stop_point_flag_and_note_are_kept(open_data: OpenPage, studio: FakeStudio) -> None:
    page = open_data("&automatic=accept")
    page.keyboard.press("Enter")
    page.wait_for_selector(DESK)
    record = record_of(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("e")  # the first error is at step 2
    page.keyboard.press("s")  # and there it should have stopped
    page.keyboard.press("f")
    page.keyboard.press("n")
    page.keyboard.type("a rich note")  # keys are letters here: no verdict, no redo
    page.keyboard.press("Escape")
    vote(page, "r")
    wait_for_state(page, "saved")
    labels = studio.data.detail(record).attempts[0].labels
    assert labels.steps == (1, -1, None) and labels.first_error == 1 and labels.flagged
    assert labels.stop is not None and (labels.stop.label, labels.stop.step) == ("here", 1)
    assert [note.text for note in labels.notes] == ["a rich note"] and labels.human == "reject"


def test_a_reload_in_the_middle_loses_neither_draft_nor_place(open_data: OpenPage, studio: FakeStudio) -> None:
    page = open_data("&sort=-score")
    page.keyboard.press("Enter")
    page.wait_for_selector(DESK)
    for key in "arar":
        vote(page, key)
    record = record_of(page)
    page.keyboard.press("-")
    page.keyboard.press("n")
    page.keyboard.type("half a thou")
    page.reload()
    page.wait_for_selector(DESK)
    assert record_of(page) == record and len(verdicts(studio)) == 4
    assert page.input_value("[name=note]") == "half a thou" and page.input_value("[name=who]") == "Ann"
    assert page.get_attribute(".d-steps li >> nth=0", "data-value") == "-1"
    vote(page, "r")
    wait_for_state(page, "saved")
    labels = studio.data.detail(record).attempts[0].labels
    assert labels.steps[0] == -1 and labels.notes[0].text == "half a thou" and len(verdicts(studio)) == 5


def test_what_could_not_be_sent_waits_through_a_reload_and_counts_once(open_data: OpenPage, studio: FakeStudio) -> None:
    page = open_data()
    page.keyboard.press("Enter")
    page.wait_for_selector(DESK)
    lost: list[str] = []

    def lose(route: Any) -> None:  # the server hears it, its reply never comes
        sent = json.loads(route.request.post_data or "{}")
        if sent.get("fn_name") != "data_annotate":
            return route.fallback()
        said = sent["data"]
        studio.data.annotate(ANN, said["record"], said["kind"], said["value"], said["seen"], token=said["token"])
        lost.append(said["token"])
        return route.abort()

    page.route("**/component_server/", lose)
    record = vote(page, "a")
    wait_for_state(page, "failed")
    assert "waiting" in page.inner_text(".d-state") and lost
    page.unroute("**/component_server/")
    page.reload()
    page.wait_for_selector(DESK)
    wait_for_state(page, "saved")
    assert verdicts(studio) == {record: "accept"} and len(studio.data.history(record)) == 1


def test_an_attempt_links_to_the_trace_it_came_from(open_data: OpenPage, studio: FakeStudio) -> None:
    studio.store().records.add_many([make_record(trace="a/b")])
    page = open_data("&text=apples")
    page.keyboard.press("Enter")
    page.wait_for_selector(DESK)
    link = page.locator(".d-links a")
    assert (link.inner_text(), link.get_attribute("href")) == ("The trace it came from", "?trace=a%2Fb")


def test_a_stale_verdict_shows_both_and_can_be_insisted_on(open_data: OpenPage, studio: FakeStudio) -> None:
    page = open_data()
    page.keyboard.press("Enter")
    page.wait_for_selector(DESK)
    record = record_of(page)
    studio.data.annotate(BEN, record, "verdict", "reject", 0)
    vote(page, "a")
    page.wait_for_selector(".d-outbox li:has-text('Ben')")
    assert verdicts(studio) == {}
    page.click(".d-outbox button:has-text('Insist')")
    wait_for_state(page, "saved")
    assert verdicts(studio) == {record: "accept"} and verdicts(studio, "Ben") == {record: "reject"}


def test_a_draft_that_is_saved_with_a_verdict_does_not_pass_over_what_another_said(
    open_data: OpenPage, studio: FakeStudio
) -> None:
    page = open_data()
    page.keyboard.press("Enter")
    page.wait_for_selector(DESK)
    record = record_of(page)
    studio.data.annotate(BEN, record, "verdict", "reject", 0)
    page.keyboard.press("-")
    vote(page, "a")  # the steps go first
    page.wait_for_selector(".d-outbox li:has-text('Ben')")
    labels = studio.data.detail(record).attempts[0].labels
    assert labels.steps_by["Ann"][0] == -1 and labels.opinions == {"Ben": "reject"}
    page.keyboard.press("z")
    page.wait_for_selector(".d-just:has-text('before everything is saved')")


def test_one_agrees_with_anothers_marks_by_saying_the_same(open_data: OpenPage, studio: FakeStudio) -> None:
    record = studio.data.browse({"text": "pens"}).rows[0].id
    studio.data.annotate(BEN, record, "steps", [-1, 0, 0], 0)
    studio.data.annotate(BEN, record, "stop", {"label": "too_late"}, 0)
    page = open_data(f"&record={record}")
    page.wait_for_selector(DESK)
    for key in ("-", "l", "Enter"):
        page.keyboard.press(key)
    wait_for_state(page, "saved")
    labels = studio.data.detail(record).attempts[0].labels
    assert labels.steps_by == {"Ann": (-1, None, None), "Ben": (-1, 0, 0)}
    assert {who: stop.label for who, stop in labels.stops_by.items()} == {"Ann": "too_late", "Ben": "too_late"}


def test_two_pages_of_a_browser_keep_each_others_drafts(open_data: OpenPage) -> None:
    page = open_data()
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector(READY)
    for each, keys in ((page, ("Enter", "-")), (other, ("j", "Enter", "-"))):
        for key in keys:
            each.keyboard.press(key)
            each.wait_for_selector(READY if key == "j" else DESK)

    def drafts() -> set[str]:
        return set(page.evaluate("JSON.parse(localStorage.getItem('drr.data.drafts'))"))

    assert drafts() == {record_of(page), record_of(other)}
    vote(page, "r")
    assert drafts() == {record_of(other)}


def test_blind_shows_neither_score_nor_label_until_one_has_voted(open_data: OpenPage, studio: FakeStudio) -> None:
    page = open_data()
    loads = page.get_attribute(".data", "data-loads")
    page.keyboard.press("b")
    page.wait_for_function("loads => document.querySelector('.data').dataset.loads > loads", arg=loads)
    assert page.locator(".d-table :is([data-col=label], [data-col=score], [data-col=human])").count() == 0
    assert not page.is_visible(".d-over") and "gold" not in page.inner_text(".d-table tbody")
    page.keyboard.press("j")  # one of two attempts on its question
    page.keyboard.press("Enter")
    page.wait_for_selector(DESK)
    page.uncheck(".d-nav [type=checkbox]")  # stay, to see it
    page.focus(".d-desk")
    assert page.locator(".d-steps .d-dm").count() == 0 and "hidden until you vote" in page.inner_text(".d-summary")
    page.keyboard.press("r")
    page.wait_for_selector(".d-steps .d-dm")
    assert "DM" in page.inner_text(".d-summary") and "hidden" not in page.inner_text(".d-summary")
    assert page.locator(".d-side .this .d-verdict").count() > 0  # of the others, and of what gives them away, nothing
    assert page.locator(".d-side li:not(.this) .d-verdict").count() == 0 and "hidden" in page.inner_text(".d-facts")


def test_a_queue_lends_attempts_that_nobody_else_gets(
    open_data: OpenPage, studio: FakeStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = studio.data.take

    def slowly(*asked: Any, **options: Any) -> Any:
        time.sleep(0.5)  # counts and plots are there first
        return take(*asked, **options)

    monkeypatch.setattr(studio.data, "take", slowly)
    page = open_data()
    page.select_option("[name=queue]", "disagreement")
    page.wait_for_function("document.querySelector('.d-where').textContent.includes('held for you')")
    held = page.evaluate("[...document.querySelectorAll('.d-table tbody tr')].map(tr => tr.dataset.id)")
    others = {row.id for row in studio.data.take(BEN, "disagreement", count=50)}
    assert held and not others & set(held)
    page.keyboard.press("a")
    wait_for_state(page, "saved")
    assert list(verdicts(studio)) == held[:1]


@pytest.mark.parametrize("seed", ["1.5", "1e30"])
def test_any_number_seeds_a_random_sample(open_data: OpenPage, seed: str) -> None:
    page = open_data()
    page.goto(f"{page.url}&queue=random&seed={seed}")
    page.wait_for_selector(READY)
    assert not page.is_visible(".problem") and page.locator(".d-table tbody tr").count() > 0


def test_a_filter_is_labelled_at_once_after_its_count_was_seen(open_data: OpenPage, studio: FakeStudio) -> None:
    page = open_data("&judged=accept&automatic=reject")
    wait_for_count(page, "7 attempts")
    page.click(".d-tools [name=bulk]")
    page.select_option(".d-drawer [name=kind]", "verdict reject")
    assert page.is_disabled(".d-drawer [name=run]")
    page.click(".d-drawer [name=preview]")
    page.click(".d-drawer [name=run]:has-text('Label 7 attempts')")
    page.wait_for_selector(".d-just:has-text('Labelled 7 attempts')")
    assert set(verdicts(studio).values()) == {"reject"} and len(verdicts(studio)) == 7
    page.keyboard.press("z")
    page.wait_for_selector(".d-just:has-text('Undone')")
    assert verdicts(studio) == {}


def test_a_snapshot_is_frozen_a_view_saved_and_a_filter_exported(
    open_data: OpenPage, studio: FakeStudio, tmp_path: Path
) -> None:
    page = open_data("&automatic=accept")
    wait_for_count(page, "30 attempts")
    page.click(".d-tools [name=snapshots]")
    page.fill(".d-drawer [name=snapshot]", "right ones")
    page.click(".d-drawer [name=freeze]")
    page.wait_for_selector(".d-items li:has-text('right ones')")
    assert [(each.name, each.records) for each in studio.data.snapshots()] == [("right ones", 30)]
    page.click(".d-drawer .close")
    page.click(".d-tools [name=views]")
    page.fill(".d-drawer [name=view]", "right")
    page.click(".d-drawer [name=save-view]")
    page.wait_for_selector(".d-items li:has-text('right')")
    page.click(".d-drawer .close")
    page.click(".d-tools [name=export]")
    with page.expect_download() as download:
        page.click(".d-drawer [name=save]")
    download.value.save_as(tmp_path / "behavior.jsonl")
    assert len((tmp_path / "behavior.jsonl").read_text().splitlines()) == 30


def test_what_changed_and_what_is_disputed_is_told_by_the_step(open_data: OpenPage, studio: FakeStudio) -> None:
    record = studio.data.browse({"automatic": "reject"}).rows[0].id
    studio.data.freeze(BEN, "old")
    for person, step in ((ANN, 1), (BEN, 2)):
        studio.data.annotate(person, record, "steps", [1, -1, None], 0, independent=True)
        studio.data.annotate(person, record, "stop", {"label": "here", "step": step}, 0, independent=True)
    studio.data.freeze(BEN, "new")
    page = open_data()
    page.click(".d-tools [name=snapshots]")
    page.click(".d-drawer [name=compare]")
    page.wait_for_selector(".d-compared li:has-text('reject → reject, first error at step 2')")
    page.click(".d-drawer .close")
    page.click(".d-tools [name=agreement]")
    page.select_option(".d-drawer [name=about]", "stop")
    page.wait_for_selector(".d-matrix th:has-text('should have stopped here (step 3)')")


def attempt_line(number: int, **more: Any) -> str:
    asked = {"question": f"What is {number}+1?", "gold": str(number + 1), "reasoner": "theirs"}
    return json.dumps({**asked, "text": f"It is {number + 1}.\nAnswer: {number + 1}", **more})


def test_an_uploaded_file_is_looked_at_imported_and_taken_back_as_one(
    open_data: OpenPage, studio: FakeStudio, tmp_path: Path
) -> None:
    file = tmp_path / "theirs.jsonl"
    file.write_text("\n".join([attempt_line(1), "not json", attempt_line(2), attempt_line(3, reasoner=None)]))
    page = open_data()
    wait_for_count(page, "61 attempts")
    page.click(".d-tools [name=import]")
    page.set_input_files(".d-drawer [name=file]", file)
    page.wait_for_selector(".d-items li:has-text('What is 2+1?')")
    assert studio.data.count().number == 61  # only looked at
    page.click(".d-drawer [name=take]")
    page.wait_for_selector(".d-told:has-text('2 read, 2 added, 0 were here already, 2 lines could not be read')")
    bad = page.locator(".d-items li:has(b:text-matches('^Line'))").all_inner_texts()
    assert [line.split("\n")[0] for line in bad] == ["Line 2", "Line 4"] and "no reasoner" in bad[1]
    wait_for_count(page, "63 attempts")
    page.click(".d-items li:has-text('theirs.jsonl') button:has-text('Take back')")
    page.wait_for_selector(".d-told:has-text('2 removed')")
    wait_for_count(page, "61 attempts")
    assert page.locator(".d-items li:has-text('theirs.jsonl') button").count() == 0
    assert studio.data.batches()[0].undone is not None


def test_the_columns_of_an_uploaded_file_are_named_by_hand(
    open_data: OpenPage, studio: FakeStudio, tmp_path: Path
) -> None:
    file = tmp_path / "other.jsonl"
    file.write_text(json.dumps({"q": "What is 7+1?", "out": "Answer: 8"}))
    page = open_data()
    page.click(".d-tools [name=import]")
    page.set_input_files(".d-drawer [name=file]", file)
    page.wait_for_selector(".d-items li:has-text('no question')")
    page.click(".d-drawer summary:has-text('Columns')")
    page.select_option(".d-drawer select[name=question]", "q")
    page.select_option(".d-drawer select[name=text]", "out")
    page.fill(".d-drawer [name=all-reasoner]", "me")
    page.click(".d-drawer [name=look]")
    page.wait_for_selector(".d-items li:has-text('What is 7+1?')")
    page.click(".d-drawer [name=take]")
    page.wait_for_selector(".d-told:has-text('1 added')")
    assert studio.data.browse({"reasoner": "me"}).rows[0].answer == "8"


def test_on_a_public_space_everything_is_shown_and_nothing_labelled(open_data: OpenPage, studio: FakeStudio) -> None:
    studio.close_to_the_public()
    page = open_data(who="")
    assert "Labelling is off here" in page.inner_text(".d-closed") and not page.is_visible("[name=who]")
    page.keyboard.press("Enter")
    page.wait_for_selector(DESK)
    page.keyboard.press("a")
    page.wait_for_selector(".d-just:has-text('Labelling is off')")
    assert page.is_disabled(".d-verdicts [name=accept]")


# --- for everyone -----------------------------------------------------------------------------------------------------


def test_hostile_text_is_only_text(open_data: OpenPage, studio: FakeStudio) -> None:
    record = studio.data.browse({"text": "onerror"}).rows[0].id
    studio.data.annotate(BEN, record, "note", HOSTILE, 0)
    studio.data.annotate(BEN, record, "tag", {"tag": "<img src=x onerror=alert(1)>", "on": True}, 0)
    page = open_data("&text=onerror")
    wait_for_count(page, "1 attempt")
    page.keyboard.press("Enter")
    page.wait_for_selector(DESK)
    assert page.inner_text(".d-asked") == HOSTILE and "<script>" in page.inner_text(".d-steps")
    page.keyboard.press("?")
    page.wait_for_selector(".d-drawer[open]")
    assert page.locator(".data :is(img, script, .text b)").count() == 0 and page.title() == "DRR Studio"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(open_data: OpenPage, studio: FakeStudio, scheme: str) -> None:
    studio.data.annotate(BEN, studio.data.browse(sort="number", descending=True).rows[1].id, "verdict", "accept", 0)
    page = open_data(color_scheme=scheme, reduced_motion="reduce")
    assert serious(page) == []
    page.click(".d-tools [name=export]")
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector(DESK)
    page.keyboard.press("e")
    assert serious(page) == []


def test_on_a_phone_nothing_is_wider_than_the_screen(open_data: OpenPage) -> None:
    page = open_data(viewport={"width": 390, "height": 844})
    assert not page.is_visible(".d-groups")
    page.click(".d-facets > summary")
    page.wait_for_selector(".d-groups .d-value")
    fits = "document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(fits)
    page.click(".d-open >> nth=0")
    page.wait_for_selector(DESK)
    assert page.evaluate(fits) and page.is_visible(".d-verdicts [name=accept]")
