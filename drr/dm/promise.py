"""What a DM's threshold is worth, in words: the same on its card, on the page and on the command line."""

import math
from collections.abc import Mapping
from typing import Any

_WORDS = {
    "risk": "On questions like those the DM learnt from, of the first attempts that score {threshold:g} or more, at "
    "most {risk:g}% are wrong, at a confidence of {confidence:g}%.",
    "none": "No threshold could be certified for a risk of {risk:g}%, with so few attempts or so many wrong ones: "
    "this one accepts next to nothing, and no guarantee goes with it.",
    "f-beta": "The threshold has the best F-beta (beta {beta:g}) on calibration questions; no guarantee goes with it.",
    "by-hand": "The threshold was chosen by hand; no guarantee goes with it.",
}


def rounded_up(threshold: float) -> float:
    """A threshold as it is used, shown and sent by a slider: with two decimals, so that its risk still holds."""
    return math.ceil(round(100 * threshold, 6)) / 100


def promise(threshold: float, risk: float | None, config: Mapping[str, Any]) -> str:
    """`risk`: what was certified, if anything was; `config`: of the training. Only what was certified is promised."""
    rule = str(config.get("threshold", "risk"))
    return _WORDS["none" if rule == "risk" and risk is None else rule].format(
        threshold=threshold,
        risk=100 * float(config.get("risk", 0) if risk is None else risk),
        confidence=100 * float(config.get("confidence", 0.9)),
        beta=float(config.get("beta", 0)),
    )
