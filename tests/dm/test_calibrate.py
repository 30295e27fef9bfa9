"""Probabilities that mean what they say, and a threshold whose risk is guaranteed."""

import numpy as np
import pytest

from drr.dm.calibrate import (
    METHODS,
    Calibration,
    Isotonic,
    Platt,
    ece,
    reliability,
    threshold_for_f_beta,
    threshold_for_risk,
)
from drr.types import from_dict, to_dict


def labels_of(probabilities: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return (rng.random(probabilities.shape) < probabilities).astype(float)


def test_a_known_slope_and_shift_are_found_again() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, 40_000)
    found = Platt.fit(logits, labels_of(Platt(0.5, -1.0)(logits), rng))
    assert found.slope == pytest.approx(0.5, abs=0.03)
    assert found.shift == pytest.approx(-1.0, abs=0.05)


def test_one_class_leaves_the_plain_sigmoid() -> None:
    assert Platt.fit(np.arange(9.0), np.ones(9)) == Platt()
    assert Platt.fit(np.arange(9.0), np.zeros(9)) == Platt()


def test_the_order_of_logits_is_never_turned_round() -> None:
    logits = np.linspace(-3, 3, 200)
    assert Platt.fit(logits, (logits < 0).astype(float)).slope > 0


def test_extreme_logits_give_finite_probabilities() -> None:
    with np.errstate(all="raise"):
        assert np.isfinite(Platt(5.0, 0.0)(np.array([-1e6, 0.0, 1e6]))).all()


def test_a_kind_with_few_examples_borrows_from_first_attempts() -> None:
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 2, 3000)
    labels = labels_of(Platt(0.5, 1.0)(logits), rng)
    fitted = Calibration.fit(
        {"step": logits, "first": logits[:999], "retry": logits[:49]},
        {"step": labels, "first": labels[:999], "retry": labels[:49]},
    )
    assert fitted.retry == fitted.first != fitted.step
    assert Calibration.fit({}, {}) == Calibration()


def test_a_temperature_moves_no_logit_over_zero() -> None:
    rng = np.random.default_rng(5)
    logits = rng.normal(1, 2, 20_000)
    found = Platt.fit(logits, labels_of(Platt(0.5)(logits), rng), shifted=False)
    assert found.shift == 0
    assert found.slope == pytest.approx(0.5, abs=0.03)


def test_isotonic_follows_a_map_that_no_sigmoid_can() -> None:
    rng = np.random.default_rng(6)
    logits = rng.uniform(-4, 4, 40_000)
    truth = np.where(logits < 0, 0.2, 0.6)
    labels = labels_of(truth, rng)
    isotonic, platt = Isotonic.fit(logits, labels), Platt.fit(logits, labels)
    assert np.abs(isotonic(logits) - truth).mean() < 0.02 < np.abs(platt(logits) - truth).mean()
    assert (np.diff(isotonic(np.linspace(-9, 9, 500))) >= 0).all()


def test_isotonic_is_never_quite_sure() -> None:
    fitted = Isotonic.fit(np.array([-1.0, -0.5, 0.5, 1.0]), np.array([0.0, 0.0, 1.0, 1.0]))
    assert 0 < fitted(np.array([-99.0]))[0] < fitted(np.array([99.0]))[0] < 1


@pytest.mark.parametrize("method", METHODS)
def test_a_calibration_of_any_method_is_calibrated_and_comes_back_as_it_was(method: str) -> None:
    rng = np.random.default_rng(7)
    logits, fresh = rng.normal(0, 3, 5000), rng.normal(0, 3, 5000)
    fitted = Calibration.fit({"first": logits}, {"first": labels_of(Platt(0.4)(logits), rng)}, method)
    assert ece(fitted.probability(fresh, "first"), labels_of(Platt(0.4)(fresh), rng)) < 0.03
    assert from_dict(Calibration, to_dict(fitted)) == fitted


def test_ece_of_known_answers() -> None:
    assert ece(np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 0.0, 1.0, 1.0]), bins=2) == 0
    assert ece(np.full(10, 0.7), np.array([1.0] * 5 + [0.0] * 5), bins=1) == pytest.approx(0.2)
    assert ece(np.array([0.25, 0.75]), np.array([1.0, 0.0]), bins=2) == pytest.approx(0.75)


def test_a_reliability_plot_of_known_answers() -> None:
    bins = reliability(np.array([0.9, 0.1, 0.3, 0.7]), np.array([1.0, 0.0, 1.0, 1.0]), bins=2)
    assert bins == [[0.2, 0.5, 2], [0.8, 1.0, 2]]


def test_the_best_f_beta_is_found_among_all_thresholds() -> None:
    rng = np.random.default_rng(8)
    scores = rng.random(300).round(2)  # with ties
    labels = labels_of(scores, rng)

    def f(threshold: float, beta: float) -> float:
        accepted = scores >= threshold
        precision, recall = labels[accepted].mean(), labels[accepted].sum() / labels.sum()
        return float((1 + beta**2) * precision * recall / (beta**2 * precision + recall))

    found = {}
    for beta in (0.25, 1.0, 4.0):
        threshold = threshold_for_f_beta(scores, labels, beta)
        assert threshold is not None
        assert f(threshold, beta) == pytest.approx(max(f(one, beta) for one in set(scores)))
        found[beta] = threshold
    assert found[0.25] > found[4.0]
    assert threshold_for_f_beta(scores, np.zeros(300), 1.0) is None


def test_the_true_risk_stays_under_the_chosen_one_as_often_as_promised() -> None:
    rng = np.random.default_rng(2)
    population = rng.beta(3, 1, 50_000)  # deliberately overconfident: right in p^1.5
    truth = population**1.5
    risk, delta, draws, broken, found = 0.1, 0.1, 300, 0, 0
    for _ in range(draws):
        scores = population[rng.integers(0, len(population), 400)]
        threshold = threshold_for_risk(scores, labels_of(scores**1.5, rng), risk, delta)
        if threshold is not None:
            found += 1
            broken += 1 - truth[population >= threshold].mean() > risk
    assert found > draws / 3
    assert broken / draws <= delta + 2 * (delta * (1 - delta) / draws) ** 0.5


def test_a_lower_risk_never_gives_a_lower_threshold() -> None:
    rng = np.random.default_rng(3)
    scores = rng.random(3000)
    labels = labels_of(scores, rng)
    found = [threshold_for_risk(scores, labels, risk) for risk in (0.05, 0.1, 0.2, 0.3, 0.4)]
    known = [threshold for threshold in found if threshold is not None]
    assert len(known) >= 4
    assert found[: len(found) - len(known)] == [None] * (len(found) - len(known))
    assert known == sorted(known, reverse=True)


def test_more_confidence_never_gives_a_lower_threshold() -> None:
    rng = np.random.default_rng(4)
    scores = rng.random(3000)
    labels = labels_of(scores, rng)
    sure, unsure = threshold_for_risk(scores, labels, 0.2, 0.01), threshold_for_risk(scores, labels, 0.2, 0.3)
    assert sure is not None
    assert unsure is not None
    assert sure >= unsure


def test_the_walk_starts_where_it_can_succeed() -> None:
    """At a risk of 5 % fewer than 45 right ones prove nothing, and must not end it."""
    scores = np.linspace(0.0, 1.0, 1000)
    assert threshold_for_risk(scores, np.ones(1000), 0.05) == pytest.approx(0.005)


def test_with_too_little_data_there_is_no_threshold() -> None:
    assert threshold_for_risk(np.zeros(0), np.zeros(0), 0.1) is None
    assert threshold_for_risk(np.full(19, 0.9), np.ones(19), 0.5) is None  # under 20
    assert threshold_for_risk(np.full(40, 0.9), np.ones(40), 0.01) is None  # 40 right ones prove no 1 %
    assert threshold_for_risk(np.full(400, 0.9), np.zeros(400), 0.1) is None
