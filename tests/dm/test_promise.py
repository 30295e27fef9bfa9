"""What a threshold is worth, in words: a share of wrong ones is promised only where it was certified."""

from dataclasses import replace
from typing import Any

import pytest

from drr.dm.checkpoint import Card
from drr.dm.promise import promise
from tests.dm.conftest import card

CONFIG = {"threshold": "risk", "risk": 0.025, "confidence": 0.9, "beta": 0.5, "by_hand": 0.8}


def test_a_certified_risk_is_told_with_its_threshold_and_confidence() -> None:
    told = promise(0.855, 0.025, CONFIG)
    for words in ("score 0.855 or more", "at most 2.5% are wrong", "confidence of 90%"):
        assert words in told


@pytest.mark.parametrize(
    ("changes", "risk", "told"),
    [
        ({}, None, "No threshold could be certified for a risk of 2.5%"),
        ({"threshold": "by-hand"}, None, "chosen by hand"),
        ({"threshold": "f-beta"}, None, "best F-beta (beta 0.5)"),
        ({"threshold": "by-hand"}, 0.025, "chosen by hand"),  # as cards once were
    ],
)
def test_nothing_is_promised_that_was_not_certified(changes: dict[str, Any], risk: float | None, told: str) -> None:
    said = promise(0.8, risk, CONFIG | changes)
    assert told in said and "no guarantee" in said and "at most" not in said


def test_the_readme_of_a_dm_names_the_test_only_where_there_was_one() -> None:
    certified: Card = replace(card(), config=CONFIG)
    assert "binomial" in certified.to_markdown() and "at most 10% are wrong" in certified.to_markdown()
    for other in (
        replace(certified, risk=None),
        replace(certified, risk=None, config=CONFIG | {"threshold": "by-hand"}),
    ):
        assert "binomial" not in other.to_markdown() and "no guarantee" in other.to_markdown()
