"""Familiar wording: numbers and names do not matter, phrasings do, and known questions set the limit themselves."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from drr.evaluate import auroc
from drr.familiar import USUAL, Familiarity
from drr.questions import draw_questions

DATA = Path(__file__).parent.parent / "data" / "behavior.jsonl.gz"
KNOWN = [
    "Tom has 5 red pens. He buys 3 more. How many pens does Tom have?",
    "Ann has 7 red pens. She loses 2 of them. How many pens are left?",
    "A book has 40 pages. Ann reads 8 pages a day. How many days does she need?",
]


def test_other_numbers_and_names_are_no_news() -> None:
    familiar = Familiarity(KNOWN)
    assert familiar.novelty("Tom has 1,234 red pens. He buys 17 more. How many pens does Zoltan have?") == 0.0


def test_what_no_known_question_says_is_novel() -> None:
    familiar = Familiarity(KNOWN)
    assert familiar.novelty("Why is the sky blue in summer?") == 1.0
    assert familiar.is_unlike("Why is the sky blue in summer?") and not familiar.is_unlike(KNOWN[0])


def test_the_limit_is_how_novel_known_questions_are_to_each_other() -> None:
    familiar = Familiarity([*KNOWN, *KNOWN])  # repeats count once
    others = [Familiarity([b for b in KNOWN if b != a]).novelty(a) for a in KNOWN]
    assert familiar.limit == sorted(others)[int(USUAL * len(others))]


@pytest.mark.parametrize("text", ["", "?", "<img src=x onerror=alert(1)>", "مرحبا", "x" * 100_000])
def test_any_text_has_a_novelty(text: str) -> None:
    assert 0.0 <= Familiarity(KNOWN).novelty(text) <= 1.0
    assert not Familiarity([]).is_unlike(text)


@pytest.mark.slow
def test_it_tells_held_out_kinds_from_known_ones() -> None:
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        familiar = Familiarity(json.loads(line)["question"] for line in lines)

    def novelties(name: str, count: int) -> list[float]:
        return [familiar.novelty(question.text) for question in draw_questions(name, count, "test", seed=3)]

    known, beyond = novelties("known", 300), novelties("beyond", 150)
    assert auroc(np.array([*known, *beyond]), np.array([False] * 300 + [True] * 150)) > 0.85
    assert sum(novelty > familiar.limit for novelty in beyond) / len(beyond) > 0.5
    assert sum(novelty > familiar.limit for novelty in known) / len(known) < 0.15
