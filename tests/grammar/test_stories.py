"""The tables of stories: every wording can be told, first person included, and nothing held out is told."""

import random
import re
from dataclasses import replace
from itertools import islice

import pytest

from drr.grammar.stories import STORY_FAMILIES, TABLES, Kind, _read

FAMILIES = {f"{prefix}.{name}": kinds for prefix, table in TABLES.items() for name, kinds in _read(table).items()}
HELD_OUT = re.compile(r"\b(?:legs?|wheels?|fuel|gas|tanks?|ratio|an average of)\b", re.IGNORECASE)


def test_there_are_many_families_and_wordings() -> None:
    assert sorted(FAMILIES) == sorted(STORY_FAMILIES)
    kinds = [kind for kinds in FAMILIES.values() for kind in kinds]
    assert len(FAMILIES) > 100
    assert sum(len(kind.texts) for kind in kinds) > 2_500


@pytest.mark.parametrize("name", FAMILIES)
def test_each_wording_is_told(name: str) -> None:
    rng = random.Random(1)
    for kind in FAMILIES[name]:
        assert kind.texts and kind.steps
        for text in kind.texts:
            assert_told(rng, replace(kind, texts=[text]), text)


def assert_told(rng: random.Random, kind: Kind, text: str) -> None:
    drafts = (kind.draft(rng) for _ in range(100))
    drawn = list(islice((draft for draft in drafts if draft is not None), 6))
    assert len(drawn) == 6, text
    for question, steps, *_ in drawn:
        assert "?" in question
        assert not re.search(r"[][{}()|]|\?\?|(?<!\$)\b1 \w+s\b", question + " ".join(steps)), question
        assert all(step.count("=") == 1 for step in steps), steps


def test_nothing_held_out_is_told() -> None:
    assert not any(HELD_OUT.search(table) for table in TABLES.values())
