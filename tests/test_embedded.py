"""What a fresh clone ships: a Reasoner that thinks, a DM that judges it, records that fill a store."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from drr.answers import Grade, grade
from drr.distill import Plan, distill
from drr.dm.judge import DMJudge
from drr.evaluate import dm_metrics
from drr.policies import make_policy
from drr.questions import draw_questions
from drr.reasoners import Request
from drr.settings import Settings
from drr.store import RecordFilter, Store
from drr.store.seed import fill_first_time
from drr.studio import Studio
from drr.thinking import TraceEnded
from drr.types import Question, Status, Trace

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    studio = Studio(Settings(data_dir=tmp_path_factory.mktemp("data"), models_dir=ROOT / "models"))
    yield studio
    studio.close()


def thought(studio: Studio, question: Question, dm: str = "dm", seed: int = 0, **params: object) -> Trace:
    policy = studio.policy("drr", dm, **params)
    events = list(studio.thinking(question, policy, dm, seed=seed))
    assert isinstance(events[-1], TraceEnded)
    return events[-1].trace


def test_the_reasoner_solves_most_unseen_questions_of_known_templates(studio: Studio) -> None:
    questions = list(draw_questions("known", 240, "test", seed=31))
    attempts = studio.reasoner.attempts([Request(question) for question in questions])
    grades = [grade(a.answer, q.gold, q.answer_type) for a, q in zip(attempts, questions, strict=True)]
    assert grades.count(Grade.RIGHT) / len(grades) > 0.65


def test_it_thinks_about_the_things_and_numbers_of_the_question(studio: Studio) -> None:
    question = Question("Zorvina has 14 pencils. She buys 9 more pencils. How many pencils does Zorvina have now?")
    trace = thought(studio, question)
    written = "\n".join(attempt.text for attempt in trace.attempts)
    assert "pencils" in written and "14+9=23" in written
    assert trace.outcome.answer == "23"


def test_every_step_is_scored_and_the_same_seed_gives_the_same_trace(studio: Studio) -> None:
    question = next(draw_questions("grammar", 1, "test", seed=5))
    first, second = (thought(studio, question, seed=3, threshold=0.99) for _ in range(2))
    assert all(step.score is not None for attempt in first.attempts for step in attempt.steps)
    assert [a.text for a in first.attempts] == [a.text for a in second.attempts]
    assert first.decisions == second.decisions


def test_an_accepted_answer_scores_at_least_the_threshold(studio: Studio) -> None:
    for question in draw_questions("known", 8, "test", seed=12):
        trace = thought(studio, question, fallback="abstain")
        assert trace.outcome.status in (Status.ACCEPTED, Status.ABSTAINED)
        if trace.outcome.status is Status.ACCEPTED:
            assert (trace.outcome.score or 0) >= studio.dm("dm").threshold


def test_told_that_it_is_wrong_it_tries_something_else(studio: Studio) -> None:
    questions = list(draw_questions("known", 200, "test", seed=8))
    first = studio.reasoner.attempts([Request(question) for question in questions])
    wrong = [(q, a) for q, a in zip(questions, first, strict=True) if grade(a.answer, q.gold, "number") is Grade.WRONG]
    asked = [Request(q, (a.text,), temperature=0.8, seed=n) for n, (q, a) in enumerate(wrong)]
    changed = [again.answer != a.answer for again, (_, a) in zip(studio.reasoner.attempts(asked), wrong, strict=True)]
    assert sum(changed) > len(changed) / 2, f"{sum(changed)} of {len(changed)}"


def test_the_bundled_records_fill_a_store_and_the_dm_tells_right_from_wrong(studio: Studio, tmp_path: Path) -> None:
    told: list[float] = []
    with Store.open(tmp_path / "drr.sqlite") as store:
        fill_first_time(store, ROOT / "data" / "behavior.jsonl.gz", lambda records, share: told.append(share))
        assert store.records.count() >= 10_000
        assert store.records.count(RecordFilter(retry=True)) > 1_000
        assert told[-1] == 1.0
        some = [record for record, _ in zip(store.records.iterate(), range(600), strict=False)]
    assert all(step.logprobs for record in some for step in record.attempt.kept)
    dm = studio.dm("dm")
    assert isinstance(dm, DMJudge)
    scores = dm.score_many([(r.question, r.rejected, r.attempt) for r in some])
    assert dm_metrics(some, scores)["auroc"] > 0.85


def test_bundled_records_and_dm_know_the_shipped_reasoner_by_its_weights(studio: Studio) -> None:
    assert studio.dm("dm").card.reasoner == studio.reasoner.name
    with gzip.open(ROOT / "data" / "behavior.jsonl.gz", "rt", encoding="utf-8") as lines:
        assert {re.search(r'"reasoner":"([^"]*)"', line)[1] for line in lines} == {studio.reasoner.name}  # type: ignore[index]


def test_it_distils_into_a_store(studio: Studio, tmp_path: Path) -> None:
    with Store.open(tmp_path / "drr.sqlite") as store:
        plan = Plan(attempts=2, retries=1, rounds=1)
        done = distill(studio.reasoner, draw_questions("grammar", 3, "distil", seed=1), store, plan)
        assert (done.questions, done.attempts) == (3, 9)
        assert store.records.count() == 9


def test_the_oracle_takes_the_first_right_sample(studio: Studio) -> None:
    question = next(draw_questions("grammar", 1, "test", seed=2))
    trace = thought_under(studio, replace(question, gold="-1"), "oracle", k=2)
    assert trace.outcome.status is Status.FALLBACK and len(trace.attempts) == 2


def thought_under(studio: Studio, question: Question, name: str, **params: object) -> Trace:
    events = list(studio.thinking(question, make_policy(name, **params)))
    assert isinstance(events[-1], TraceEnded)
    return events[-1].trace
