"""The tables of stories: every wording can be told, first person included, and nothing held out is told."""

import random
import re
from dataclasses import replace

import pytest

from drr.grammar.stories import STORY_FAMILIES, TABLES, Kind, _read

FAMILIES = {f"{prefix}.{name}": kinds for prefix, table in TABLES.items() for name, kinds in _read(table).items()}
HELD_OUT = re.compile(r"\b(?:legs?|wheels?|fuel|gas|tanks?|ratio|an average of)\b", re.IGNORECASE)
AVERAGE = re.compile(r"\baverages?\b", re.IGNORECASE)


def test_there_are_many_families_and_wordings() -> None:
    assert sorted(FAMILIES) == sorted(STORY_FAMILIES)
    kinds = [kind for kinds in FAMILIES.values() for kind in kinds]
    assert len(FAMILIES) > 570
    assert all(len(kind.texts) >= 3 for name, kinds in FAMILIES.items() if name.startswith("story.") for kind in kinds)
    assert sum(len(kind.texts) for kind in kinds) > 13_000


@pytest.mark.parametrize("name", FAMILIES)
def test_each_wording_is_told(name: str) -> None:
    rng = random.Random(1)
    for kind in FAMILIES[name]:
        assert kind.texts and kind.steps
        for text in kind.texts:
            assert_told(rng, replace(kind, texts=[text]), text)


def assert_told(rng: random.Random, kind: Kind, text: str) -> None:
    drawn = [draft for draft in (kind.draft(rng) for _ in range(100)) if draft is not None]
    assert len(drawn) > 15, text
    for question, steps, *_ in drawn:
        assert "?" in question
        assert not re.search(r"[][{}()|]|\?\?|(?<!\$)\b1 \w+s\b", question + " ".join(steps)), question
        assert all(step.count("=") == 1 for step in steps), steps


def test_nothing_held_out_is_told() -> None:
    assert not any(HELD_OUT.search(table) for table in TABLES.values())
    told_of_averages = {name for name, table in TABLES.items() if AVERAGE.search(table)}
    assert told_of_averages <= {"comparisons"}, "which asks for averages; what is held out starts from one"
