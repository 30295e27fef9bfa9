"""Distillation: chains of rejections, every attempt kept once, nothing made twice, nothing lost."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from drr import distill as distill_module
from drr.distill import Distilled, Plan, distill, records_of
from drr.reasoners import Request
from drr.reasoners.scripted import ScriptedReasoner
from drr.store import Store
from drr.testing import APPLES, RIGHT, WRONG, make_attempt, make_question, make_trace
from drr.types import NOBODY, Attempt, BehaviorRecord, Question

PLAN = Plan(attempts=2, retries=2, rounds=2)
ALSO_WRONG = WRONG.replace("22", "23")
ASKED = Question(APPLES, gold="33")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "drr.db") as opened:
        yield opened


def kept(store: Store) -> list[BehaviorRecord]:
    return list(store.records.iterate())


def some_questions(count: int) -> list[Question]:
    return [Question(f"Question {number}?", gold="33") for number in range(count)]


def knows(questions: Sequence[Question], *texts: str) -> ScriptedReasoner:
    return ScriptedReasoner({question.text: texts or (RIGHT,) for question in questions})


class Interrupted(ScriptedReasoner):
    """Stops the program at its n-th batch."""

    left = 10**9

    def attempts(self, requests: Sequence[Request]) -> list[Attempt]:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return super().attempts(requests)


def test_wrong_retries_make_a_chain_of_rejections(store: Store) -> None:
    reasoner = ScriptedReasoner({APPLES: [WRONG, ALSO_WRONG, RIGHT]})
    made = distill(reasoner, [ASKED], store, PLAN)
    assert made == Distilled(questions=1, attempts=6, right=sum(r.correct is True for r in kept(store)), unparsed=0)
    by_depth = {depth: [r for r in kept(store) if len(r.rejected) == depth] for depth in range(3)}
    assert [len(records) for records in by_depth.values()] == [2, 2, 2]
    assert {r.rejected for r in by_depth[1]} == {(WRONG,)}
    assert {r.rejected for r in by_depth[2]} == {(WRONG, ALSO_WRONG)}
    assert {(r.attempt.text, r.correct) for r in by_depth[2]} == {(RIGHT, True)}


def test_a_right_first_attempt_is_rejected_and_one_in_three_right_retries_too(store: Store) -> None:
    questions = some_questions(30)
    distill(knows(questions), questions, store, PLAN)
    depths = Counter(len(record.rejected) for record in kept(store))
    assert (depths[0], depths[1]) == (60, 30)
    assert 4 <= depths[2] <= 16


def test_after_a_wrong_attempt_come_more_retries_than_after_a_right_one_which_is_told_to_sample(store: Store) -> None:
    for text, expected in ((WRONG, [0.0, 0.8, 0.8]), (RIGHT, [0.8])):
        asked = Question(f"{len(expected)} tries?", gold="33")
        distill(knows([asked], text), [asked], store, Plan(attempts=1, retries=3, rounds=1))
        retries = [record for record in kept(store) if record.question.text == asked.text and record.rejected]
        assert [record.attempt.temperature for record in retries] == expected


def test_each_prompt_gets_one_greedy_attempt_and_samples_counted_from_0(store: Store) -> None:
    distill(ScriptedReasoner({APPLES: [WRONG]}), [ASKED], store, Plan(attempts=3, retries=1, rounds=1))
    numbered = [(len(r.rejected), r.attempt.temperature, r.attempt_index) for r in kept(store)]
    assert numbered == [(0, 0.0, 0), (0, 0.8, 0), (0, 0.8, 1), (1, 0.0, 0)]


def test_seeds_differ_between_questions_and_attempts_and_are_the_same_again(tmp_path: Path) -> None:
    seeds = []
    for name in ("one.db", "two.db"):
        reasoner = knows(some_questions(5))
        with Store.open(tmp_path / name) as store:
            distill(reasoner, some_questions(5), store, PLAN)
        seeds.append([request.seed for request in reasoner.requests])
    assert seeds[0] == seeds[1]
    assert len(set(seeds[0])) == len(seeds[0])


def test_without_a_gold_answer_nothing_is_called_right_or_wrong(store: Store) -> None:
    distill(ScriptedReasoner({APPLES: [RIGHT]}), [Question(APPLES)], store, PLAN)
    assert {record.correct for record in kept(store)} == {None}


def test_attempts_without_a_readable_answer_are_kept_counted_and_wrong(store: Store) -> None:
    made = distill(ScriptedReasoner({APPLES: ["Let me think.\nI give up."]}), [ASKED], store, Plan(2, 0, 0))
    assert (made.attempts, made.right, made.unparsed) == (2, 0, 2)
    assert {record.correct for record in kept(store)} == {False}


def test_what_is_stored_is_not_made_again(store: Store) -> None:
    questions = some_questions(4)
    distill(knows(questions), questions[:2], store, PLAN)
    before = len(kept(store))
    again = knows(questions)
    made = distill(again, questions, store, PLAN)
    assert {request.question.text for request in again.requests} == {"Question 2?", "Question 3?"}
    assert made.questions == 4
    assert made.attempts == len(again.requests) == len(kept(store)) - before


def test_another_reasoner_starts_anew(store: Store) -> None:
    questions = some_questions(2)
    distill(knows(questions), questions, store, PLAN)
    other = ScriptedReasoner({question.text: [RIGHT] for question in questions}, name="other")
    distill(other, questions, store, PLAN)
    assert {request.question.text for request in other.requests} == {"Question 0?", "Question 1?"}


@pytest.mark.parametrize("chunk", [1, 256])
def test_a_question_that_comes_twice_is_asked_once(store: Store, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(distill_module, "CHUNK", chunk)
    reasoner = ScriptedReasoner({APPLES: [RIGHT]})
    made = distill(reasoner, [ASKED, ASKED, ASKED], store, Plan(attempts=2, retries=2, rounds=1))
    assert made.attempts == len(reasoner.requests) == len(kept(store)) == 3


def test_an_interrupt_keeps_the_finished_chunks_and_the_rest_is_made_later(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distill_module, "CHUNK", 2)
    questions = some_questions(6)
    plan, told = Plan(attempts=2, retries=2, rounds=1), list[int]()
    interrupted = Interrupted({question.text: [RIGHT] for question in questions})
    interrupted.left = 3  # two batches a chunk: it ends within the second one
    with pytest.raises(KeyboardInterrupt):
        distill(interrupted, questions, store, plan, told.append)
    assert told == [2]
    assert {record.question.text for record in kept(store)} == {"Question 0?", "Question 1?"}
    distill(knows(questions), questions, store, plan, told.append)
    assert told == [2, 2, 4, 6]
    assert len(kept(store)) == 6 * 3


def test_a_chunk_is_stored_whole_or_not_at_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question whose first attempt is stored counts as done, so its retries must be there too."""
    add_many = store.records.add_many

    def cut(records: Sequence[BehaviorRecord]) -> int:
        add_many(list(records)[:3])
        raise KeyboardInterrupt

    monkeypatch.setattr(store.records, "add_many", cut)
    with pytest.raises(KeyboardInterrupt):
        distill(knows(some_questions(2)), some_questions(2), store, PLAN)
    assert kept(store) == []


def test_no_questions_and_no_retries_are_fine(store: Store) -> None:
    assert distill(ScriptedReasoner({}), [], store) == Distilled(0, 0, 0, 0)
    distill(ScriptedReasoner({APPLES: [WRONG]}), [ASKED], store, Plan(attempts=1, retries=0))
    assert len(kept(store)) == 1


def test_a_trace_becomes_the_records_that_distilling_it_would_make() -> None:
    wrong, right = make_attempt(WRONG), make_attempt(RIGHT, temperature=0.8)
    cut = make_attempt("Sarah buys", finish="cancelled", temperature=0.8)
    made = records_of(replace(make_trace([wrong, right, cut]), id="a-trace"))
    assert [(record.attempt, record.correct, record.rejected) for record in made] == [
        (wrong, False, ()), (right, True, (WRONG,)),
    ]  # fmt: skip
    assert [(record.attempt_index, record.trace) for record in made] == [(0, "a-trace"), (0, "a-trace")]


def test_samples_of_a_trace_are_counted_and_told_of_no_rejection() -> None:
    made = records_of(make_trace([make_attempt(RIGHT, temperature=0.8)] * 2, policy="majority", params={"k": 2}))
    assert [(record.attempt_index, record.rejected) for record in made] == [(0, ()), (1, ())]


def test_a_record_names_who_scored_it_where_it_was_scored() -> None:
    judged, unjudged = make_attempt(WRONG, score=0.2), make_attempt(RIGHT)
    assert [record.dm for record in records_of(make_trace([judged, unjudged], judge="dm"))] == ["dm", ""]
    assert [record.dm for record in records_of(make_trace([judged], judge=NOBODY))] == [""]


def test_a_trace_without_a_gold_answer_gives_records_without_a_label() -> None:
    assert [record.correct for record in records_of(make_trace(question=make_question(gold=None)))] == [None]
