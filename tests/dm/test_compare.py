"""Two DMs on the same attempts: which decisions flip, and who is right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from drr.dm.compare import compare
from drr.testing import RIGHT, WRONG, make_attempt, make_question, make_record, make_trace
from drr.types import Attempt, Question, Status


@dataclass
class ByText:
    """Scores an attempt by a line of it."""

    name: str
    threshold: float
    scores: dict[str, float]

    def score_many(
        self, attempts: Iterable[tuple[Question, Sequence[str], Attempt]], tokens: int = 0
    ) -> list[list[float]]:
        return [[0.0, self.scores[attempt.text]] for _, _, attempt in attempts]


SURE = RIGHT.replace("She", "Sarah")
RECORDS = [
    make_record(make_attempt(RIGHT), True),
    make_record(make_attempt(WRONG), False),
    make_record(make_attempt(SURE), True, question=make_question("Another question?")),
    make_record(make_attempt(RIGHT), None),  # no gold answer: nobody can be right
]
FIRST = ByText("first", 0.5, {RIGHT: 0.4, WRONG: 0.6, SURE: 0.9})
SECOND = ByText("second", 0.7, {RIGHT: 0.8, WRONG: 0.1, SURE: 0.9})


def test_each_dm_accepts_from_its_own_threshold() -> None:
    compared = compare(FIRST, SECOND, RECORDS)
    first, second = compared.sides
    assert (compared.attempts, compared.questions) == (3, 2)
    assert (first.accepted, first.wrong, first.missed) == (2, 1, 1)
    assert (second.accepted, second.wrong, second.missed) == (2, 0, 0)


def test_flips_name_who_accepts_and_show_both_scores() -> None:
    flips = {flip.record.attempt.text: flip for flip in compare(FIRST, SECOND, RECORDS).flips}
    assert set(flips) == {RIGHT, WRONG}
    assert (flips[RIGHT].accepted_by, flips[RIGHT].scores) == ("second", (0.4, 0.8))
    assert (flips[WRONG].accepted_by, flips[WRONG].scores) == ("first", (0.6, 0.1))


def test_what_the_second_gets_right_comes_first() -> None:
    worse = compare(SECOND, FIRST, [*RECORDS, make_record(make_attempt(SURE), False)])
    assert [flip.record.correct for flip in worse.flips] == [False, True]
    better = compare(FIRST, SECOND, RECORDS)
    assert [flip.record.attempt.text for flip in better.flips] == [WRONG, RIGHT], "the clearest first"


def test_the_same_dm_twice_never_differs_from_itself() -> None:
    assert compare(FIRST, FIRST, RECORDS).flips == ()


def test_without_attempts_there_is_nothing_to_compare() -> None:
    compared = compare(FIRST, SECOND, [])
    assert (compared.attempts, compared.flips) == (0, ())


# --- traces -----------------------------------------------------------------------------------------------------------


def test_a_trace_that_the_dms_would_end_otherwise_is_shown_with_both_endings() -> None:
    trace = make_trace([make_attempt(WRONG), make_attempt(RIGHT)], params={"k": 2, "fallback": "abstain"})
    alike = make_trace([make_attempt(SURE)])
    compared = compare(FIRST, SECOND, [], [trace, alike])
    (flip,) = compared.trace_flips
    assert compared.traces == 2 and flip.trace is trace
    first, second = flip.endings
    assert (first.outcome.status, first.outcome.answer, len(first.attempts)) == (Status.ACCEPTED, "22", 1)
    assert (second.outcome.status, second.outcome.answer, len(second.attempts)) == (Status.ACCEPTED, "33", 2)


def test_where_a_dm_would_think_on_that_is_its_ending() -> None:
    (flip,) = compare(FIRST, SECOND, [], [make_trace([make_attempt(RIGHT)])]).trace_flips
    assert [ending.outcome.status for ending in flip.endings] == [Status.RUNNING, Status.ACCEPTED]


def test_fresh_samples_are_no_retries_and_are_left_out() -> None:
    sampled = make_trace([make_attempt(RIGHT, temperature=0.8)] * 2, policy="majority")
    compared = compare(FIRST, SECOND, [], [sampled])
    assert (compared.traces, compared.trace_flips) == (0, ())
