"""GSM8K rows become templates that reproduce themselves, and vary only where every number can be traced."""

import gzip
import json
import random
import re
from pathlib import Path

import pytest

from drr.grammar import words
from drr.grammar.core import LARGEST, equations_hold
from drr.grammar.gsm8k import load_templates, template_of

CLIPS = (
    (
        "Natalia sold clips to 48 of her friends in April, and then she sold half as many clips in May. "
        "How many clips did Natalia sell altogether in April and May?"
    ),
    (
        "Natalia sold 48/2 = <<48/2=24>>24 clips in May.\n"
        "Natalia sold 48+24 = <<48+24=72>>72 clips altogether in April and May.\n#### 72"
    ),
)


@pytest.fixture(autouse=True)
def people(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same few people whichever names the grammar knows."""
    known = [words.Person("Rosa", "she", "her", "her"), words.Person("Omar", "he", "him", "his")]
    monkeypatch.setattr(words, "people", lambda rng, count: rng.sample(known, len(known)))


def test_a_row_drawn_unvaried_is_the_row_itself() -> None:
    template = template_of(7, *CLIPS)
    assert template is not None
    problem = template.draw(random.Random(1), vary=False)
    assert problem is not None
    assert problem.family == "gsm8k:7"
    assert problem.question == CLIPS[0]
    assert problem.steps == (
        "Natalia sold 48/2=24 clips in May.",
        "Natalia sold 48+24=72 clips altogether in April and May.",
    )
    assert problem.answer == "72"


def test_a_variant_recomputes_every_number_and_recasts_the_person() -> None:
    template = template_of(0, *CLIPS)
    assert template is not None and template.varies
    for seed in range(50):
        problem = template.draw(random.Random(seed))
        assert problem is not None
        first = int(re.findall(r"\d+", problem.question)[0])
        assert problem.question.count("Rosa") == 2 and "Natalia" not in problem.question
        assert problem.steps[0] == f"Rosa sold {first}/2={first // 2} clips in May."
        assert problem.answer == str(first + first // 2)


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("He has <<4*5=20>>20 pens", "He has 4*5=20 pens."),
        ("He has 4 x $5 = $<<4*5=20>>20", "He has 4*5=20."),
        ("He has 4 boxes * 5 pens/box = <<4*5=20>>20 pens.", "He has 4*5=20 pens."),
        ("He has 5 × 4 = <<4*5=20>>20 pens.", "He has 5*4=20 pens."),
        ("The total = <<4*5=20>>20 pens.", "The total is 4*5=20 pens."),
        ("He has 20 pens because 4 * 5 = <<4*5=20.00>>20.00", "He has 20 pens because 4*5=20."),
    ],
)
def test_a_step_shows_its_equation_once_without_spaces(line: str, step: str) -> None:
    template = template_of(0, "Tom has 4 boxes of 5 pens. How many pens?", f"{line}\n#### 20")
    problem = template and template.draw(random.Random(0), vary=False)
    assert problem and problem.steps == (step,)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("A pen costs $1.50. How much are 2?", "They cost 2*1.5=<<2*1.5=3>>3.\n#### 3"),
        ("Tom has 300 pens and loses 200. How many are left?", "He has 300-200=<<300-200=100>>100.\n#### 100"),
        ("Tom has 3 pens and 4 nibs. How many things?", "He has 3+4=<<3+4=8>>8.\n#### 8"),
        ("Tom has 3 pens and 4 nibs. How many things?", "He has 3+4=<<3+4=7>>7.\n#### 9"),
        ("Tom has 3 pens and 4 nibs. How many things?", "Seven.\n#### 7"),
        ("Tom has 3 pens and 4 nibs. How many things?", "Mary has 3+4=<<3+4=7>>7.\n#### 7"),
        ("Joy reads 8 pages in 20 minutes. How many an hour?", "That is 3 sets.\nSo 8*3=<<8*3=24>>24.\n#### 24"),
    ],
    ids=["fraction", "large", "false", "other answer", "no equation", "other person", "number from a dropped step"],
)
def test_an_unfit_row_is_no_template(question: str, answer: str) -> None:
    assert template_of(0, question, answer) is None


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Tom has 2 dogs and twice as many cats. How many cats?", "He has 2*2=<<2*2=4>>4 cats.\n#### 4"),
        ("Tom reads 8 pages in 20 minutes. How many an hour?", "He reads 8*3=<<8*3=24>>24 pages.\n#### 24"),
        ("Tom reads at 9 am and at 11 am. How long between?", "It is 11-9=<<11-9=2>>2 hours.\n#### 2"),
        ("Of 50 pupils 20 are boys and 30 girls. Boys pay $3. What sum?", "It is 20*3=<<20*3=60>>60.\n#### 60"),
    ],
    ids=["number or word", "constant worked out in the head", "clock times", "number that restates the others"],
)
def test_a_number_that_cannot_be_traced_does_not_vary(question: str, answer: str) -> None:
    template = template_of(0, question, answer)
    assert template is not None and not template.varies


def test_a_name_is_recast_with_a_person_of_the_same_pronoun() -> None:
    template = template_of(
        0, "Ann and Bob's 9 pens are gone. How many with 4 more?", "Bob's are 9+4=<<9+4=13>>13.\n#### 13"
    )
    problem = template and template.draw(random.Random(0))
    assert problem and problem.question.startswith("Rosa and Omar's ")
    assert problem.steps[0].startswith("Omar's are ")


ROW = (
    "Tom has an apple and 9 pears. Apples cost $5 each. How many pears and apples with 4 more apples?",
    "He has 1+4=<<1+4=5>>5 apples.\nHe has 9+5=<<9+5=14>>14 pears and apples.\n#### 14",
)


def test_a_noun_is_exchanged_everywhere_and_no_two_by_the_same_one() -> None:
    template = template_of(0, *ROW)
    assert template is not None and {noun.thing.one for noun in template.nouns} == {"apple", "pear"}
    exchanged = 0
    fruits = {fruit.many: fruit.one for fruit in words.theme("fruit")}
    for seed in range(60):
        problem = template.draw(random.Random(seed))
        assert problem is not None
        pears, apples = re.findall(r"many (\w+) and (\w+)", problem.question)[0]
        exchanged += "apple" not in problem.question
        assert pears != apples and {pears, apples} <= set(fruits)
        assert f"has {words.a(fruits[apples])} and " in problem.question
        assert f". {apples.capitalize()} cost" in problem.question
        assert problem.steps[0].endswith(f"=5 {apples}.") and problem.steps[1].endswith(f" {pears} and {apples}.")
    assert 15 < exchanged < 45


@pytest.mark.parametrize(
    "question",
    [
        "Tom eats 9 pieces of an apple pie and 4 apples. How many?",
        "Tom has a date with 9 people and 4 more. How many?",
        "Tom has 9 apple-trees, each with an apple, and 4 more. How many?",
        "Tom has 9 baseball cards and gets 4. How many cards?",
        "Tom plants 9 seeds under the banana tree and 4 bananas. How many?",
    ],
)
def test_a_word_in_a_compound_or_of_double_meaning_stays(question: str) -> None:
    template = template_of(0, question, "Tom has 9+4=<<9+4=13>>13.\n#### 13")
    assert template is not None and not template.nouns


def test_every_row_of_a_file_reproduces_itself_and_its_variants_hold(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(
            json.dumps({"question": q, "answer": a}) + "\n" for q, a in (CLIPS, ("No number?", "#### 1"), CLIPS)
        )
    templates = load_templates(path)
    assert [template.family for template in templates] == ["gsm8k:0", "gsm8k:2"]
    rng = random.Random(5)
    for template in templates:
        for problem in filter(None, (template.draw(rng) for _ in range(100))):
            assert all(equations_hold(step) for step in problem.steps)
            assert all(int(n) <= LARGEST for step in problem.steps for n in re.findall(r"\d+", step))
            assert problem.steps[-1].split("=")[-1].startswith(problem.answer)
