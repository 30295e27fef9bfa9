"""Every family of the grammar, fifty draws each: numbers in range, true equations, the last result is the answer."""

import random
import re

import pytest

import drr.grammar  # noqa: F401 - registers the families
from drr.grammar import symbolic
from drr.grammar.core import FAMILIES, LARGEST, Problem, equations_hold, generate, in_range
from drr.grammar.words import BOYS, GIRLS
from drr.questions import HELD_OUT_FAMILIES, HELD_OUT_SYMBOLIC, SYMBOLIC

DRAWS = 50
RESULT = re.compile(r"=\s*(\d+)")


NAME = re.compile(rf"\b(?:{'|'.join((*GIRLS, *BOYS))})\b")
FAULTS = re.compile(
    r"\b(?:are|were) it\b|\b(?:my|your) \w+ (?:hold|have) \d|\bI and [A-Z]|\bdoes the two\b|reads \w+ pages yesterday|"
    r"\ba [$€£]?(?:8|11|18)\b|12 pm\?|(?:g[ai]ves? away|sells?|sold) .{1,9}of (?:them|his|her)\b.*\bstudents\b|"
    r"pairs of lines",
    re.IGNORECASE,
)


def check(problem: Problem) -> None:
    assert in_range(problem.question), problem
    assert 0 <= int(problem.answer) <= LARGEST, problem
    assert 1 <= len(problem.steps) <= 10, problem
    for step in problem.steps:
        assert step == step.strip(), problem
        assert step, problem
        assert "\n" not in step, problem
        assert in_range(step), problem
        assert equations_hold(step), problem
    assert RESULT.findall(problem.steps[-1])[-1:] == [problem.answer], problem
    assert not FAULTS.search(problem.question), problem
    assert set(NAME.findall(" ".join(problem.steps))) <= set(NAME.findall(problem.question)), problem


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_a_family_draws_sound_problems(name: str) -> None:
    rng = random.Random(f"test-{name}")
    drawn = [generate(rng, name) for _ in range(DRAWS)]
    for problem in drawn:
        check(problem)
        assert problem.family == name
        assert problem.question.endswith(("?", ".")), problem
        assert not re.search(r"[{}\[\]]|\s{2}|\s[.,?]|\bNone\b", problem.question + " ".join(problem.steps)), problem
        assert problem.question[0].isupper() or problem.question[0].isdigit() or problem.question[0] == '"', problem
    assert len({problem.question for problem in drawn}) > DRAWS / 2


def draw_symbolic(template: int) -> list[Problem]:
    rng = random.Random(template)
    return [problem for _ in range(200) if (problem := symbolic.draw(rng, template)) is not None]


def test_at_least_8_held_out_templates_can_be_drawn() -> None:
    assert sum(bool(draw_symbolic(template)) for template in HELD_OUT_SYMBOLIC) >= 8


@pytest.mark.parametrize("template", SYMBOLIC)
def test_a_gsm_symbolic_template_draws_sound_problems(template: int) -> None:
    drawn = draw_symbolic(template)
    assert drawn, "none of 200 draws fits"
    for problem in drawn:
        assert problem.family == f"gsm_symbolic:{template}"
        assert all(map(in_range, (problem.question, problem.answer, *problem.steps)))
        assert all(map(equations_hold, problem.steps))
        assert "Give the result" not in problem.question


def test_the_same_seed_draws_the_same_problem() -> None:
    for name in sorted(FAMILIES)[::9]:
        assert generate(random.Random(3), name) == generate(random.Random(3), name)


def test_held_out_names_exist_and_are_held_out() -> None:
    assert set(HELD_OUT_FAMILIES) < set(FAMILIES)
    assert not set(SYMBOLIC) & set(HELD_OUT_SYMBOLIC)
    assert len(HELD_OUT_SYMBOLIC) >= 8
