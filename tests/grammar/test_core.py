"""What a problem of the grammar is: numbers in range, true equations, one spelling."""

import random
from fractions import Fraction

import pytest

from drr.grammar.core import FAMILIES, LARGEST, Draft, equations_hold, family, generate, in_range, tidy_step, value


@pytest.fixture
def scratch() -> object:
    """A family name of this test's own."""
    name = "test.scratch"
    yield name
    FAMILIES.pop(name, None)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("1+2*3", 7), ("10-3-2", 5), ("7/2", Fraction(7, 2)), ("8/2/2", 2), ("3/0", None), ("007+1", 8)],
)
def test_values_are_exact(expression: str, expected: Fraction | int | None) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (f"{LARGEST} apples", True),
        (f"{LARGEST + 1} apples", False),
        ("1.5 apples", False),
        ("1,000", False),
        ("", True),
    ],
)
def test_numbers_in_range_are_whole_and_not_too_large(text: str, fits: bool) -> None:
    assert in_range(text) is fits


def test_every_equation_of_a_step_must_hold() -> None:
    assert equations_hold("She has 3*7=21, and 21+12=33 apples.")
    assert not equations_hold("She has 3*7=21, and 21+12=34 apples.")
    assert equations_hold("He pays $5 + $6 = $11.")
    assert not equations_hold("7/2=3")
    assert not equations_hold("7/0=3")
    assert equations_hold("no equation at all")


@pytest.mark.parametrize(
    ("step", "tidied"),
    [
        ("He pays $5 + $6 = $11.", "He pays 5+6=11."),
        ("35 girls + 140 boys = 175 kids", "35+140=175 kids"),
        ("3 x 7 = 21", "3*7=21"),
        ("3 × 7 = 21", "3*7=21"),
        ("8 ÷ 2 = 4", "8/2=4"),
        ("  - two   spaces  ", "two spaces"),
    ],
)
def test_steps_have_one_spelling(step: str, tidied: str) -> None:
    assert tidy_step(step) == tidied


def test_a_family_is_registered_once(scratch: str) -> None:
    family(scratch)(lambda rng: None)
    with pytest.raises(ValueError, match="registered twice"):
        family(scratch)(lambda rng: None)


def test_drafts_that_do_not_fit_are_drawn_again(scratch: str) -> None:
    drafts: list[Draft | None] = [
        None,
        ("300 of them?", ["1+1=2"], 2),
        ("How many?", ["100+101=201"], 201),
        ("How many?", ["1-2=0"], -1),
        ("  How\n many? ", ["1+1=2"], 2),
    ]
    family(scratch)(lambda rng: drafts.pop(0))
    problem = generate(random.Random(0), scratch)
    assert (problem.family, problem.question, problem.steps, problem.answer) == (scratch, "How many?", ("1+1=2",), "2")
    assert drafts == []
