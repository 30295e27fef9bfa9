"""The table of stories: every wording can be told, first person included, and nothing held out is told."""

import random
import re
from dataclasses import replace

import pytest

from drr.grammar.stories import STORY_FAMILIES, _read
from drr.grammar.stories_text import STORIES

KINDS = [(name, index, kind) for name, kinds in _read(STORIES).items() for index, kind in enumerate(kinds)]
HELD_OUT = re.compile(r"\b(?:legs?|wheels?|fuel|gas|tanks?|ratio|averages?)\b", re.IGNORECASE)


def test_there_are_many_families_and_wordings() -> None:
    assert len(STORY_FAMILIES) >= 25
    assert all(len(kind.texts) >= 3 for _, _, kind in KINDS)
    assert sum(len(kind.texts) for _, _, kind in KINDS) > 400


@pytest.mark.parametrize(("name", "index"), [(name, index) for name, index, _ in KINDS])
def test_each_wording_is_told(name: str, index: int) -> None:
    kind = next(kind for n, i, kind in KINDS if (n, i) == (name, index))
    rng = random.Random(1)
    assert kind.steps
    for text in kind.texts:
        drawn = [draft for draft in (replace(kind, texts=[text]).draft(rng) for _ in range(100)) if draft is not None]
        assert len(drawn) > 15, text
        for question, steps, *_ in drawn:
            assert not re.search(r"[][{}()|]|\?\?|\b1 \w+s\b", question + " ".join(steps)), question
            assert all(len(re.findall("=", step)) == 1 for step in steps)


def test_nothing_held_out_is_told() -> None:
    assert not HELD_OUT.search(STORIES)
