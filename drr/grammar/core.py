"""What a word problem of the grammar is, and how a family of them is registered.

Knows random numbers and strings; refuses to know tokenizers, models and files. A *family* is a function that draws one
problem from a `random.Random`. It returns None when the numbers it drew do not work out; `generate` then draws again.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

from drr.grammar.agree import agreed

LARGEST = 200  # every number of a problem, its steps and its answer lies in 0..LARGEST, and is whole


@dataclass(frozen=True)
class Problem:
    """A question, its worked solution (one short line a step) and its answer (digits only).

    `misguesses`: of a solution by guess and check, the lines that every other guess leads to.
    """

    family: str
    question: str
    steps: tuple[str, ...]
    answer: str
    misguesses: tuple[tuple[str, ...], ...] = ()


Plain = tuple[str, Sequence[str], int]  # question, steps, answer: what a family returns...
Draft = Plain | tuple[str, Sequence[str], int, Sequence[Sequence[str]]]  # ...and misguesses, where it has some
Family = Callable[[random.Random], Draft | None]
FAMILIES: dict[str, Family] = {}

_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_EQUATION = re.compile(r"\$?(\d+(?:\s*[-+*/]\s*\$?\d+)+)\s*=\s*\$?(\d+)")


def family(name: str) -> Callable[[Family], Family]:
    """Register a family under `name`."""

    def register(draw: Family) -> Family:
        if name in FAMILIES:
            raise ValueError(f"family {name!r} is registered twice")
        FAMILIES[name] = draw
        return draw

    return register


def in_range(text: str) -> bool:
    """Whether every number in `text` is whole and at most LARGEST."""
    return all(n.isdigit() and int(n) <= LARGEST for n in _NUMBER.findall(text))


def equations_hold(step: str) -> bool:
    """Whether each equation `a+b=c` in `step` is true."""
    return all(value(left.replace("$", "")) == int(right) for left, right in _EQUATION.findall(step))


def value(expression: str) -> Fraction | None:
    """The exact value of digits joined by + - * /; None for a division by zero."""
    try:
        return eval(re.sub(r"\d+", lambda n: f"Fraction({int(n[0])})", expression), {"Fraction": Fraction})
    except ZeroDivisionError:
        return None


def generate(rng: random.Random, name: str) -> Problem:
    """One problem of the family `name`: numbers in range, equations true."""
    while True:
        draft = FAMILIES[name](rng)
        if draft is None:
            continue
        question, steps, answer, *rest = draft
        question = agreed(re.sub(r"\s+", " ", question).strip())
        steps = [agreed(step) for step in steps]
        if answer >= 0 and in_range(question) and all(map(in_range, steps)) and in_range(str(answer)):
            misguesses = tuple(tuple(map(agreed, lines)) for lines in chain(*rest) if all(map(in_range, lines)))
            return Problem(name, question, tuple(steps), str(answer), misguesses)


_UNITS = re.compile(r"(?<=\d)\s+(?:[a-z]+[ /]){1,3}(?=[-+*/x=]\s*\d)")  # the words in `35 girls + 140 boys = 175 kids`
_TIMES = re.compile(r"(?<=\d)\s*[xX×]\s*(?=\d)")
_SPACED = re.compile(r"(?<=[\d)%])\s*([-+*/=])\s*(?=[\d(])")


def tidy_step(step: str) -> str:
    """One spelling for worked steps, whatever their source: `Sarah buys 3*7=21 apples.`"""
    step = re.sub(r"[$£€•]", "", step).replace("÷", "/")
    step = _SPACED.sub(r"\1", _TIMES.sub("*", _UNITS.sub(" ", step)))
    return re.sub(r"\s+", " ", step).strip(" -")
