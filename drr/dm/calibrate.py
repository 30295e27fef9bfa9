"""From logits to probabilities that mean what they say, and from a chosen risk to a threshold with a guarantee.

Knows numpy and scipy; refuses to know models and files. Everything is fitted on a calibration split whose questions
the DM was not trained on.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

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
    def fit(cls, logits: np.ndarray, labels: np.ndarray, *, shifted: bool = True) -> "Platt":
        """Maximum likelihood on logits [n] and labels [n] in {0, 1}, with Platt's smoothed targets.

        Without a shift it is temperature scaling (Guo et al. 2017). The plain sigmoid where there is one class only.
        """
        right = labels.sum()
        if not 0 < right < len(labels):
            return cls()
        high, low = (right + 1) / (right + 2), 1 / (len(labels) - right + 2)
        targets = np.where(labels > 0, high, low)

        def loss(parameters: np.ndarray) -> float:
            z = parameters[0] * logits + (parameters[1] if shifted else 0)
            return float(np.mean(np.logaddexp(0, z) - targets * z))

        slope, *shift = minimize(loss, np.array([1.0, 0.0] if shifted else [1.0]), method="Nelder-Mead").x
        return cls(float(max(slope, 1e-3)), float(sum(shift)))


@dataclass(frozen=True)
class Isotonic:
    """The best non-decreasing map of any form (Zadrozny and Elkan 2002), straight between its knots, flat beyond them.

    It follows any distortion, but needs many examples, and scores that it puts on one level are no longer ranked.
    """

    logits: tuple[float, ...]
    probabilities: tuple[float, ...]

    def __call__(self, logits: np.ndarray) -> np.ndarray:
        """Logits of any shape to probabilities of the same shape."""
        mapped: np.ndarray = np.interp(logits, self.logits, self.probabilities)
        return mapped

    @classmethod
    def fit(cls, logits: np.ndarray, labels: np.ndarray) -> "Isotonic":
        """Least squares on logits [n] and labels [n] in {0, 1}; never quite 0 or 1."""
        from sklearn.isotonic import IsotonicRegression

        edge = 1 / (len(labels) + 2)
        fitted = IsotonicRegression(y_min=edge, y_max=1 - edge).fit(logits, labels)
        return cls(tuple(map(float, fitted.X_thresholds_)), tuple(map(float, fitted.y_thresholds_)))


METHODS = ("platt", "temperature", "isotonic")
RULES = ("risk", "f-beta", "by-hand")  # how a threshold is chosen
KINDS = ("step", "first", "retry")  # a boundary inside an attempt, the end of a first attempt, the end of a retry
FEWEST = 50  # examples, to fit a map on


@dataclass(frozen=True)
class Calibration:
    """One map for each kind of boundary: how much a logit means differs between them."""

    step: Platt | Isotonic = Platt()
    first: Platt | Isotonic = Platt()
    retry: Platt | Isotonic = Platt()

    def probability(self, logits: np.ndarray, kind: str) -> np.ndarray:
        """Logits of one kind of boundary to probabilities."""
        mapped: np.ndarray = getattr(self, kind)(np.asarray(logits, np.float64))
        return mapped

    @classmethod
    def fit(
        cls, logits: Mapping[str, np.ndarray], labels: Mapping[str, np.ndarray], method: str = "platt"
    ) -> "Calibration":
        """Each kind on its own logits [n] and labels [n]; one with too few examples borrows that of first attempts."""
        maps: dict[str, Callable[[np.ndarray, np.ndarray], Platt | Isotonic]] = {
            "platt": Platt.fit,
            "temperature": partial(Platt.fit, shifted=False),
            "isotonic": Isotonic.fit,
        }
        fitted = {k: maps[method](logits[k], labels[k]) for k in KINDS if len(labels.get(k, ())) >= FEWEST}
        spare = fitted.get("first", Platt())
        return cls(**{kind: fitted.get(kind, spare) for kind in KINDS})


def ece(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error over `bins` bins of equal mass: mean |mean probability - share right|, weighted."""
    order = np.argsort(probabilities, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return float(sum(len(p) * abs(probabilities[p].mean() - labels[p].mean()) for p in parts) / len(order))


def reliability(probabilities: np.ndarray, labels: np.ndarray, bins: int = 10) -> list[list[float]]:
    """For a reliability plot: mean probability, share right and number, in `bins` bins of equal mass."""
    order = np.argsort(probabilities, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return [[round(float(probabilities[p].mean()), 6), round(float(labels[p].mean()), 6), len(p)] for p in parts]


def threshold_for_f_beta(probabilities: np.ndarray, labels: np.ndarray, beta: float) -> float | None:
    """The threshold with the best F-beta of "accepted" for "right"; `beta` under 1 cares more for few wrong accepts.

    F = (1 + beta^2) P R / (beta^2 P + R) with precision P and recall R. The highest of equally good ones; None where
    nothing is right. No guarantee goes with it.
    """
    right = labels.sum()
    if not right:
        return None
    order = np.argsort(-probabilities, kind="stable")
    hits, chosen = np.cumsum(labels[order]), np.arange(1, len(order) + 1)
    f = (1 + beta**2) * hits / (beta**2 * right + chosen)
    ends = np.append(np.diff(probabilities[order]) != 0, True)  # equal scores are accepted together
    best = np.flatnonzero(ends)[np.argmax(f[ends])]
    return float(probabilities[order][best])


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
