"""Corrupted solutions: one mistake, carried on, so that the answer is wrong and everything else still fits."""

import random

import pytest

from drr.grammar.core import LARGEST, Problem, equations_hold, in_range
from drr.grammar.corrupt import corrupt

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
