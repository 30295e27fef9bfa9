"""Corrupted solutions: one mistake, carried on, so that the answer is wrong and everything else still fits."""

import random

import pytest

from drr.grammar.core import LARGEST, Problem, equations_hold, generate, in_range
from drr.grammar.corrupt import corrupt, misguess
from drr.grammar.guess import GUESS_FAMILIES

APPLES = Problem(
    "test",
    "Sarah has 12 apples. She buys 3 bags with 7 apples each, and eats 5. How many does she have?",
    ("Sarah buys 3*7=21 apples.", "She has 12+21=33 apples now.", "She keeps 33-5=28 apples."),
    "28",
)


@pytest.fixture(scope="module")
def corrupted() -> list[Problem]:
    rng = random.Random(0)
    return [found for _ in range(2000) if (found := corrupt(rng, APPLES)) is not None]


def test_most_draws_change_something(corrupted: list[Problem]) -> None:
    assert len(corrupted) > 1000
    assert len({problem.steps for problem in corrupted}) > 30


def test_the_answer_is_always_wrong_and_follows_from_the_last_step(corrupted: list[Problem]) -> None:
    for problem in corrupted:
        assert problem.answer != APPLES.answer
        assert f"={problem.answer}" in problem.steps[-1]


def test_the_question_stays_and_numbers_stay_in_range(corrupted: list[Problem]) -> None:
    assert {problem.question for problem in corrupted} == {APPLES.question}
    assert all(in_range(step) for problem in corrupted for step in problem.steps)
    assert all(0 <= int(problem.answer) <= LARGEST for problem in corrupted)


def test_one_step_at_most_is_miscalculated(corrupted: list[Problem]) -> None:
    wrong = [sum(not equations_hold(step) for step in problem.steps) for problem in corrupted]
    assert set(wrong) == {0, 1}  # 0: a wrong operation, operand or a missing step; 1: a slip


def test_a_mistake_is_carried_on_to_the_end(corrupted: list[Problem]) -> None:
    first_slipped = [p for p in corrupted if len(p.steps) == 3 and "3*7=22" in p.steps[0]]
    assert first_slipped
    assert {p.steps[1:] for p in first_slipped} == {("She has 12+22=34 apples now.", "She keeps 34-5=29 apples.")}


def test_a_last_step_may_be_missing(corrupted: list[Problem]) -> None:
    short = [problem for problem in corrupted if len(problem.steps) == 2]
    assert {(problem.steps, problem.answer) for problem in short} == {(APPLES.steps[:2], "33")}


def test_steps_without_an_equation_are_left_alone() -> None:
    words = Problem("test", "How many?", ("All of them.",), "3")
    assert {corrupt(random.Random(seed), words) for seed in range(50)} == {None}


def test_the_same_draw_gives_the_same_mistake() -> None:
    assert [corrupt(random.Random(7), APPLES) for _ in range(2)].count(corrupt(random.Random(7), APPLES)) == 2


PENS = Problem(
    "test",
    "Pens cost $4 and pads $9. Tom pays $73 for 12 of them. How many pens does he buy?",
    ("Try 7 pens: 12-7=5 are pads.", "The pens cost 7*4=28.", "The pads cost 5*9=45.",
     "Together that is 28+45=73.", "So there are 12-5=7 pens."),
    "7",
)  # fmt: skip


def test_another_guess_is_checked_truly_and_stays_the_answer() -> None:
    drawn = [found for seed in range(60) if (found := misguess(random.Random(seed), PENS))]
    assert {problem.answer for problem in drawn} >= {"6", "8"} and "7" not in {problem.answer for problem in drawn}
    six = next(problem for problem in drawn if problem.answer == "6")
    assert six.steps == (
        "Try 6 pens: 12-6=6 are pads.", "The pens cost 6*4=24.", "The pads cost 6*9=54.",
        "Together that is 24+54=78.", "So there are 12-6=6 pens.",
    )  # fmt: skip


def test_a_guess_whose_number_stands_in_the_question_too_is_left_alone() -> None:
    nine = Problem("test", PENS.question.replace("$4", "$7"), PENS.steps, "7")
    assert {misguess(random.Random(seed), nine) for seed in range(30)} == {None}


def test_only_guesses_are_misguessed() -> None:
    assert {misguess(random.Random(seed), APPLES) for seed in range(30)} == {None}


@pytest.mark.parametrize("name", GUESS_FAMILIES)
def test_every_family_of_guesses_can_be_guessed_wrong(name: str) -> None:
    rng = random.Random(name)
    problems = [generate(rng, name) for _ in range(600)]
    wrong = [(right, found) for right in problems if (found := misguess(rng, right)) is not None]
    assert len(wrong) > 15
    given_away = 0
    for right, found in wrong:
        assert found.answer != right.answer and all(map(equations_hold, found.steps)), found
        assert found.steps[0].startswith(f"Try {found.answer}") and f"={found.answer}" in found.steps[-1], found
        checks = zip(right.steps[1:-1], found.steps[1:-1], strict=True)
        given_away += any(a.partition("=")[2] != b.partition("=")[2] for a, b in checks)
    assert given_away > 0.9 * len(wrong)  # all but the smaller of two numbers instead of the larger
