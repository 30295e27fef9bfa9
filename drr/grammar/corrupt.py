"""Textbook solutions made wrong on purpose, one mistake each: what a critic and a second try are trained on."""

import random
import re
from collections.abc import Sequence

from drr.grammar.core import LARGEST, Problem, value

_EQUATION = re.compile(r"(\d+(?:[-+*/]\d+)+)=(\d+)")
_NUMBER = re.compile(r"\d+")
_GUESS = re.compile(r"Try (\d+)")
_NEAR = 5  # a wrong guess is at most so far from the right one


def corrupt(rng: random.Random, problem: Problem) -> Problem | None:
    """`problem` with one mistake in its steps, carried on to the answer; None when the draw changes nothing.

    The mistake is a slip of arithmetic, a wrong operation, a number taken from elsewhere in the question, or a last
    step that is missing; of a solution by guess and check, mostly a wrong guess.
    """
    if _GUESS.match(problem.steps[0]) and rng.random() < 0.8:
        return misguess(rng, problem)
    kind = rng.choice(("slip", "slip", "operation", "operand", "operand", "missing"))
    steps = list(problem.steps)
    if kind == "missing":
        if len(steps) < 2:
            return None
        return _with_last_result(problem, steps[:-1])
    at = rng.randrange(len(steps))
    equation = _EQUATION.search(steps[at])
    if equation is None:
        return None
    left, result = equation[1], int(equation[2])
    if kind == "slip":
        new_left, new = left, result + rng.choice((-10, -2, -1, 1, 2, 10))
    else:
        new_left = _other_operation(rng, left) if kind == "operation" else _other_operand(rng, left, problem.question)
        exact = value(new_left) if new_left else None
        if new_left is None or exact is None or exact.denominator != 1:
            return None
        new = int(exact)
    if not 0 <= new <= LARGEST or new == result:
        return None
    steps[at] = steps[at].replace(equation[0], f"{new_left}={new}", 1)
    carried = _carry(steps, at + 1, {result: new})
    return None if carried is None else _with_last_result(problem, carried)


def misguess(rng: random.Random, problem: Problem) -> Problem | None:
    """A solution by guess and check with another guess, and all that truly follows from it.

    None where `problem` is no such solution, or the draw does not work out: numbers are told apart by their value, so
    the guess and what follows from it must all differ, also from the question's numbers.
    """
    guess = _GUESS.match(problem.steps[0])
    if guess is None:
        return None
    equations = [equation for equation in map(_EQUATION.search, problem.steps) if equation]
    used = {int(n) for equation in equations for n in _NUMBER.findall(equation[1])}
    follow = [int(guess[1]), *(n for equation in equations[:-1] if (n := int(equation[2])) in used)]
    if len(set(follow)) < len(follow) or set(follow) & set(map(int, _NUMBER.findall(problem.question))):
        return None
    other = int(guess[1]) + rng.choice((-1, 1)) * rng.randint(1, _NEAR)
    if other < 1:
        return None
    first = _GUESS.sub(f"Try {other}", problem.steps[0])
    steps = _carry([first, *problem.steps[1:]], 0, {int(guess[1]): other})
    wrong = None if steps is None else _with_last_result(problem, steps)
    return wrong if wrong is not None and wrong.answer == str(other) else None


def _carry(steps: list[str], start: int, changed: dict[int, int]) -> list[str] | None:
    """The steps from `start` on, worked out anew with the changed results."""
    for i in range(start, len(steps)):
        equation = _EQUATION.search(steps[i])
        if equation is None:
            continue
        left = _NUMBER.sub(lambda n: str(changed.get(int(n[0]), int(n[0]))), equation[1])
        if left == equation[1]:
            continue
        exact = value(left)
        if exact is None or exact.denominator != 1 or not 0 <= exact <= LARGEST:
            return None
        changed[int(equation[2])] = int(exact)
        steps[i] = steps[i].replace(equation[0], f"{left}={int(exact)}", 1)
    return steps


def _with_last_result(problem: Problem, steps: Sequence[str]) -> Problem | None:
    equation = _EQUATION.search(steps[-1])
    if equation is None or equation[2] == problem.answer:
        return None
    return Problem(problem.family, problem.question, tuple(steps), equation[2])


def _other_operation(rng: random.Random, left: str) -> str | None:
    places = [i for i, character in enumerate(left) if character in "+-*/"]
    at = rng.choice(places)
    return left[:at] + rng.choice([o for o in "+-*/" if o != left[at]]) + left[at + 1 :]


def _other_operand(rng: random.Random, left: str, question: str) -> str | None:
    operands = list(_NUMBER.finditer(left))
    chosen = rng.choice(operands)
    others = [n for n in _NUMBER.findall(question) if n != chosen[0]]
    return left[: chosen.start()] + rng.choice(others) + left[chosen.end() :] if others else None
