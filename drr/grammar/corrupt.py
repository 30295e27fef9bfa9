"""Textbook solutions made wrong on purpose, one mistake each: what a critic and a second try are trained on."""

import random
import re
from collections.abc import Sequence

from drr.grammar.core import LARGEST, Problem, value

_EQUATION = re.compile(r"(\d+(?:[-+*/]\d+)+)=(\d+)")
_NUMBER = re.compile(r"\d+")


def corrupt(rng: random.Random, problem: Problem) -> Problem | None:
    """`problem` with one mistake in its steps, carried on to the answer; None when the draw changes nothing.

    The mistake is a slip of arithmetic, a wrong operation, a number taken from elsewhere in the question, or a last
    step that is missing; of a solution by guess and check, mostly a wrong guess.
    """
    if problem.misguesses and rng.random() < 0.8:
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
    """A solution by guess and check with another guess, and all that truly follows from it; None for other problems."""
    return _with_last_result(problem, rng.choice(problem.misguesses)) if problem.misguesses else None


def misguesses(problem: Problem) -> list[Problem]:
    """All of these."""
    return [wrong for lines in problem.misguesses if (wrong := _with_last_result(problem, lines))]


def _carry(steps: list[str], start: int, changed: dict[int, int]) -> list[str] | None:
    """The steps from `start` on, worked out anew with the changed results, which stand in their words too."""

    def carried(text: str) -> str:
        return _NUMBER.sub(lambda n: str(changed.get(int(n[0]), int(n[0]))), text)

    for i in range(start, len(steps)):
        equation = _EQUATION.search(steps[i])
        if equation is None:
            continue
        before, behind = carried(steps[i][: equation.start()]), carried(steps[i][equation.end() :])
        left = carried(equation[1])
        if left == equation[1]:
            continue
        exact = value(left)
        if exact is None or exact.denominator != 1 or not 0 <= exact <= LARGEST:
            return None
        changed[int(equation[2])] = int(exact)
        steps[i] = f"{before}{left}={int(exact)}{behind}"
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
