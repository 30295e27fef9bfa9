"""Behavior records: each kept once, whole, found by what is asked, whoever writes at the same time."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from drr.errors import InvalidInput
from drr.store import CHUNK, RecordFilter, Store, question_key, record_id
from drr.store.database import WAIT_SECONDS
from drr.types import Attempt, BehaviorRecord, Question, Step
from tests.store.examples import QUESTION, attempt, record


def as_kept(original: BehaviorRecord) -> BehaviorRecord:
    question = replace(original.question, id=original.question.id or question_key(original.question))
    return replace(original, question=question, id=record_id(original))


def test_a_record_knows_the_trace_it_came_from_also_where_it_was_there_before(store: Store) -> None:
    store.records.add_many([record(), record(1)])
    store.records.add_many([record(trace="first"), record(2, trace="first")])
    store.records.add_many([record(trace="second")])
    assert [kept.trace for kept in store.records.iterate()] == ["first", "", "first"]


def test_a_record_comes_back_as_it_went_in(store: Store) -> None:
    choices = Question("Which?\nThis.", "choice", "B", {"B": "two", "A": "one"}, "exam", "exam/7")
    originals = [
        record(),
        record(1, correct=False, rejected=("first try", "second try"), first_error_step=0),
        record(2, question=choices, correct=None, attempt=Attempt((), None, finish="length")),
        record(3, attempt=Attempt((Step("no logprobs", 5), Step("Answer: 1", 3)), "1", score=0.0)),
    ]
    assert store.records.add_many(originals) == 4
    assert list(store.records.iterate()) == [as_kept(original) for original in originals]


def test_a_record_is_kept_once_however_often_it_is_added(store: Store) -> None:
    assert store.records.add_many([record(), record(), record(1)]) == 2
    assert store.records.add_many([record(), record(2)]) == 1
    assert store.records.count() == 3


@pytest.mark.parametrize(
    "other",
    [
        record(1),
        record(reasoner="other"),
        record(rejected=("no",)),
        record(attempt=attempt("34")),
        record(attempt=attempt(temperature=0.7)),
        record(question=replace(QUESTION, choices={"A": "33"})),
    ],
)
def test_what_differs_in_its_identity_is_another_record(store: Store, other: BehaviorRecord) -> None:
    assert store.records.add_many([record(), other]) == 2


def test_the_same_question_from_two_sources_is_one_question_and_each_record_keeps_its_name_for_it(store: Store) -> None:
    one, two = replace(QUESTION, id="a/1", source="a"), replace(QUESTION, id="b/9", source="b")
    store.records.add_many([record(0, one), record(1, two)])
    assert store.questions.count() == 1
    assert [(r.question.id, r.question.source) for r in store.records.iterate()] == [("a/1", "a"), ("b/9", "b")]


def test_a_question_learns_its_gold_answer_and_never_changes_it(store: Store) -> None:
    assert store.questions.upsert(replace(QUESTION, gold=None)).gold is None
    assert store.questions.upsert(QUESTION).gold == "33"
    assert store.questions.upsert(replace(QUESTION, gold="99")).gold == "33"
    assert store.questions.get("unknown") is None


def test_hostile_text_is_kept(store: Store) -> None:
    text = "NUL \0, right-to-left \u202e مرحبا, half a pair \ud800, quote ' \" %_\\"
    hostile = Question(text, gold=text, source=text, id=text)
    store.records.add_many([record(question=hostile, reasoner=text, attempt=Attempt((Step(text, 1),), text))])
    (kept,) = store.records.iterate()
    assert kept.attempt.steps[0].text == text.replace("\ud800", "?")
    assert "مرحبا" in kept.question.text and kept.question.text.startswith("NUL \ufffd,")
    assert store.records.count(RecordFilter(text="quote ' \" %_\\")) == 1


def test_log_probabilities_are_kept_to_four_decimals_and_infinite_ones_bounded(store: Store) -> None:
    step = Step("x", 3, logprobs=(-0.123456789, float("-inf"), float("nan")))
    store.records.add_many([record(attempt=Attempt((step,), None))])
    (kept,) = store.records.iterate()
    assert kept.attempt.steps[0].logprobs == (-0.1235, -1e4, -1e4)


def test_pages_follow_each_other_without_gap_or_overlap(store: Store) -> None:
    store.records.add_many(record(i) for i in range(25))
    first = store.records.page(limit=10)
    second = store.records.page(after=first.after or 0, limit=10)
    third = store.records.page(after=second.after or 0, limit=10)
    assert [r.attempt_index for page in (first, second, third) for r in page.records] == list(range(25))
    assert third.after is None


def test_a_stream_ends_though_records_keep_coming(store: Store) -> None:
    store.records.add_many(record(i) for i in range(6))
    seen = 0
    for seen, _ in enumerate(store.records.iterate(batch=2), start=1):
        store.records.add_many([record(100 + seen)])
    assert seen == 6


def test_one_record_is_found_by_its_id(store: Store) -> None:
    store.records.add_many([record(0), record(1)])
    kept = store.records.get(record_id(record(1)))
    assert kept is not None and kept.attempt_index == 1
    assert store.records.get("unknown") is None


@pytest.mark.parametrize(
    "where, found",
    [
        ("", [0, 1, 2, 3]),
        ("correct=true", [0, 2]),
        ("correct=false and source=exam", [1]),
        ("correct = false, retry = true", [1]),
        ("retry=false", [0, 2, 3]),
        ("reasoner=other", [2]),
        ("score_min=0.5", [2, 3]),
        ("score_min=0.5 and score_max=0.8", [3]),
        ("question_id=exam/7", [1]),
        ("text=NONSENSE", []),
        ("text=sarah has", [0, 2, 3]),
        ("text=this, and that", [1]),
        ("text='%'", []),
    ],
)
def test_records_are_found_by_what_is_asked(store: Store, where: str, found: list[int]) -> None:
    exam = Question("Which?", gold="B", source="exam", id="exam/7")
    said = Attempt((Step("This, and That", 4),), "A")
    store.records.add_many(
        [
            record(0),
            record(1, exam, correct=False, rejected=("no",), attempt=said),
            record(2, reasoner="other", attempt=attempt(score=0.9)),
            record(3, correct=None, attempt=attempt(score=0.7)),
        ]
    )
    asked = RecordFilter.parse(where)
    assert [r.attempt_index for r in store.records.iterate(asked, batch=2)] == found
    assert store.records.count(asked) == len(found)


@pytest.mark.parametrize(
    "where, complaint",
    [
        ("colour=red", "reasoner=.*source=.*text="),
        ("correct", "reasoner="),
        ("correct=maybe", "true or false"),
        ("score_min=high", "number"),
        ("retry=true and retry=false", "twice"),
        ("correct=true or source=x", "true or false"),
    ],
)
def test_a_condition_that_cannot_be_read_is_refused_with_what_can(where: str, complaint: str) -> None:
    with pytest.raises(InvalidInput, match=complaint):
        RecordFilter.parse(where)


def test_done_names_the_questions_whose_first_greedy_attempt_a_reasoner_has_made(store: Store) -> None:
    retried, sampled = Question("Only retried?"), Question("Only sampled?")
    store.records.add_many([record(0), record(1), record(0, reasoner="other", question=Question("Other?"))])
    store.records.add_many([record(0, retried, rejected=("no",)), record(0, sampled, attempt=attempt(temperature=0.8))])
    assert store.records.done("tiny") == {question_key(QUESTION)}
    assert store.records.done("unknown") == set()


# --- many at once -----------------------------------------------------------------------------------------------------

ROOT = Path(__file__).parents[2]
_WRITER = """
import sys
from contextlib import nullcontext
from drr.store import Store
from tests.store.examples import record
with Store.open(sys.argv[1]) as store, store.bulk() if "bulk" in sys.argv else nullcontext():
    for start in range(0, int(sys.argv[3]), 10):
        store.records.add_many(record(i, reasoner=sys.argv[2]) for i in range(start, start + 10))
        print(start + 10, flush=True)
"""


def _writer(path: Path, name: str, count: int, *how: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", _WRITER, str(path), name, str(count), *how]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def test_eight_threads_and_two_processes_writing_at_once_lose_nothing(store: Store, tmp_path: Path) -> None:
    processes = [_writer(tmp_path / "drr.db", f"process {i}", 200) for i in range(2)]

    def write(thread: int) -> int:
        return sum(store.records.add_many([record(i, reasoner=f"thread {thread}")]) for i in range(40))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, range(8))) == 8 * 40
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert store.records.count() == 8 * 40 + 2 * 200
    assert len(list(store.records.iterate())) == 8 * 40 + 2 * 200


@pytest.mark.parametrize("how", [(), ("bulk",)])
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, how: tuple[str, ...]) -> None:
    process = _writer(tmp_path / "drr.db", "killed", 100_000, *how)
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(5)][-1]
    process.send_signal(signal.SIGKILL)
    acknowledged = max([acknowledged, *map(int, process.stdout.read().split())])
    process.wait(timeout=60)
    process.stdout.close()
    with Store.open(tmp_path / "drr.db") as store:
        assert store.notices == ()
        assert {r.attempt_index for r in store.records.iterate()} >= set(range(acknowledged))


def test_a_long_stream_is_kept_in_chunks(store: Store) -> None:
    def stream() -> list[BehaviorRecord]:
        return [record(i) for i in range(CHUNK + 1)]

    def breaks_off() -> Iterator[BehaviorRecord]:
        yield from stream()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.records.add_many(breaks_off())
    assert store.records.count() == CHUNK
    assert store.records.add_many(stream()) == 1


# --- in bulk ----------------------------------------------------------------------------------------------------------


def test_a_bulk_write_is_read_meanwhile_and_leaves_no_log(store: Store, tmp_path: Path) -> None:
    with Store.open(tmp_path / "drr.db") as other:
        with store.bulk():
            store.records.add_many(record(i) for i in range(10))
            assert other.records.count() == 10
        assert (tmp_path / "drr.db-wal").stat().st_size == 0


def test_a_bulk_write_does_not_wait_for_a_reader_at_its_end(store: Store, tmp_path: Path) -> None:
    store.records.add_many([record()])
    with Store.open(tmp_path / "drr.db") as other, other._database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM records").scalar() == 1
        began = time.monotonic()
        with store.bulk():
            store.records.add_many([record(1)])
        assert time.monotonic() - began < WAIT_SECONDS / 2
        assert connection.exec_driver_sql("SELECT count(*) FROM records").scalar() == 1
    assert store.records.count() == 2


def test_what_is_added_in_one_transaction_enters_the_search_index_in_one_piece(store: Store) -> None:
    with store.bulk(), store.transaction():
        for i in range(10):
            store.records.add_many([record(i)])
    with store._database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(DISTINCT segid) FROM search_idx").scalar() == 1
    assert store.records.count(RecordFilter(text="sarah")) == 10
