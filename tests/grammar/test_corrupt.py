"""Corrupted solutions: one mistake, carried on, so that the answer is wrong and everything else still fits."""

import random
import re

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


def test_every_guess_that_might_have_been_drawn_is_worked_out() -> None:
    drawn = (generate(random.Random(seed), "guess.tickets") for seed in range(100))
    problem = next(found for found in drawn if found.steps[0].startswith("Try 3"))
    of_all = int(problem.steps[0].partition(": ")[2].partition("-")[0])
    tried = [int(lines[0].split()[1]) for lines in problem.misguesses]
    assert tried == [guess for guess in range(2, of_all - 1) if guess != 3]


def test_a_wrong_guess_stands_in_the_words_too() -> None:
    told = 0
    for problem in (generate(random.Random(seed), "guess.tickets") for seed in range(100)):
        for line in (line for lines in problem.misguesses for line in lines):
            if counted := re.match(r"(\d+) \w+ pay (\d+)\*", line):
                told += 1
                assert counted[1] == counted[2]
    assert told > 50


def test_only_guesses_are_misguessed() -> None:
    assert {misguess(random.Random(seed), APPLES) for seed in range(30)} == {None}


@pytest.mark.parametrize("name", GUESS_FAMILIES)
def test_every_family_of_guesses_can_be_guessed_wrong(name: str) -> None:
    rng = random.Random(name)
    problems = [generate(rng, name) for _ in range(600)]
    wrong = [(right, found) for right in problems if (found := misguess(rng, right)) is not None]
    assert len(wrong) > 500
    given_away = 0
    for right, found in wrong:
        assert found.answer != right.answer and all(map(equations_hold, found.steps)), found
        assert found.steps[0].startswith(f"Try {found.answer}") and f"={found.answer}" in found.steps[-1], found
        checks = zip(right.steps[1:-1], found.steps[1:-1], strict=True)
        given_away += any(a.partition("=")[2] != b.partition("=")[2] for a, b in checks)
    assert given_away > 0.9 * len(wrong)  # all but the smaller of two numbers instead of the larger


@pytest.mark.parametrize("name", GUESS_FAMILIES)
def test_a_check_says_how_far_off_a_guess_is_and_which_way(name: str) -> None:
    ways: dict[str, set[int]] = {"off": set(), "too little": set(), "too much": set()}
    for problem in (generate(random.Random(f"{name}-{seed}"), name) for seed in range(100)):
        for lines in (problem.steps, *problem.misguesses):
            (told,) = (
                line for line in lines if line.startswith("That is") and line.endswith(tuple(f"{w}." for w in ways))
            )
            difference, way = re.findall(r"=(\d+) ([a-z ]+)\.$", told)[0]
            ways[way].add(int(difference))
            assert (way == "off") == (difference == "0")
            assert way != "off" or lines is problem.steps or f"={problem.answer}" not in lines[-1]
    assert ways["off"] == {0} and len(ways["too little"]) > 3 and len(ways["too much"]) > 3
