"""From logits to probabilities that mean what they say, and from a chosen risk to a threshold with a guarantee.

Knows numpy and scipy; refuses to know models and files. Everything is fitted on a calibration split whose questions
the DM was not trained on.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.stats import binom


@dataclass(frozen=True)
class Platt:
    """p = 1 / (1 + exp(-(slope * logit + shift))) (Platt 1999)."""

    slope: float = 1.0
    shift: float = 0.0

    def __call__(self, logits: np.ndarray) -> np.ndarray:
        """Logits of any shape to probabilities of the same shape."""
        return 1 / (1 + np.exp(-np.clip(self.slope * logits + self.shift, -30, 30)))

    @classmethod
    def fit(cls, logits: np.ndarray, labels: np.ndarray) -> "Platt":
        """Maximum likelihood on logits [n] and labels [n] in {0, 1}, with Platt's smoothed targets.

        The plain sigmoid where there is one class only.
        """
        right = labels.sum()
        if not 0 < right < len(labels):
            return cls()
        high, low = (right + 1) / (right + 2), 1 / (len(labels) - right + 2)
        targets = np.where(labels > 0, high, low)

        def loss(parameters: np.ndarray) -> float:
            z = parameters[0] * logits + parameters[1]
            return float(np.mean(np.logaddexp(0, z) - targets * z))

        slope, shift = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
        return cls(float(max(slope, 1e-3)), float(shift))


METHODS = ("platt",)
RULES = ("risk",)
KINDS = ("step", "first", "retry")  # a boundary inside an attempt, the end of a first attempt, the end of a retry


@dataclass(frozen=True)
class Calibration:
    """One Platt map for each kind of boundary: how much a logit means differs between them."""

    step: Platt = Platt()
    first: Platt = Platt()
    retry: Platt = Platt()

    def probability(self, logits: np.ndarray, kind: str) -> np.ndarray:
        """Logits of one kind of boundary to probabilities."""
        mapped: np.ndarray = getattr(self, kind)(np.asarray(logits, np.float64))
        return mapped

    @classmethod
    def fit(cls, logits: Mapping[str, np.ndarray], labels: Mapping[str, np.ndarray]) -> "Calibration":
        """Each kind on its own logits [n] and labels [n]; one with under 50 examples borrows that of first attempts."""
        fitted = {k: Platt.fit(logits[k], labels[k]) for k in KINDS if len(labels.get(k, ())) >= 50}
        spare = fitted.get("first", Platt())
        return cls(**{kind: fitted.get(kind, spare) for kind in KINDS})


def ece(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error over `bins` bins of equal mass: mean |mean probability - share right|, weighted."""
    order = np.argsort(probabilities, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return float(sum(len(p) * abs(probabilities[p].mean() - labels[p].mean()) for p in parts) / len(order))


def threshold_for_risk(probabilities: np.ndarray, labels: np.ndarray, risk: float, delta: float = 0.1) -> float | None:
    """The lowest threshold at which the share of wrong attempts among the accepted ones stays under `risk`, guaranteed.

    Learn-then-Test (Angelopoulos et al. 2021, arXiv 2110.01052) with fixed-sequence testing from the strictest
    threshold down: at each one the exact binomial tail tests "more than `risk` of the accepted are wrong"; the first
    that cannot be rejected at level `delta` ends the walk. For exchangeable questions,
    P(true risk > `risk`) <= `delta`. None: no threshold can be certified with this much data.
    """
    best = None
    fewest = max(20, math.ceil(math.log(delta) / math.log1p(-risk)))  # under that even no wrong one would prove it
    for threshold in np.linspace(0.995, 0.005, 199):
        accepted = probabilities >= threshold
        n = int(accepted.sum())
        if n < fewest:
            continue  # the sequence starts where there is power, which is fixed by counts alone
        wrong = int(n - labels[accepted].sum())
        if binom.cdf(wrong, n, risk) > delta:
            break
        best = float(threshold)
    return best
