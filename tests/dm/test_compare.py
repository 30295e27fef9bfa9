"""Two DMs on the same attempts: which decisions flip, and who is right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from drr.dm.compare import compare
from drr.testing import RIGHT, WRONG, make_attempt, make_question, make_record
from drr.types import Attempt, Question


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
