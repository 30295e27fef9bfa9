import json
import math
import random
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from drr.errors import InvalidData, InvalidInput
from drr.evaluate import (
    BASELINES,
    Bench,
    Discrimination,
    Report,
    Resamples,
    Thoughts,
    aligned,
    auroc,
    auroc_resampled,
    auroc_within,
    average_precision,
    boundary,
    brier,
    calibration_error,
    choose_threshold,
    collect,
    collect_beside,
    contestants,
    dm_metrics,
    evaluate,
    from_records,
    interval,
    load_thoughts,
    paired_p,
    play,
    reliability,
    risk_coverage,
    save_thoughts,
    score,
    split_thoughts,
)
from drr.judges import ConfidenceJudge, GoldJudge, Judge, judged
from drr.policies import POLICY_NAMES, make_policy
from drr.reasoners.scripted import ScriptedReasoner
from drr.replay import replay
from drr.testing import APPLES, RIGHT, WRONG, make_attempt, make_question, make_record
from drr.types import Action, Attempt, Question, Status, Step


def tried(answer: str | None, score: float | None = None, tokens: int = 10, temperature: float = 0.8) -> Attempt:
    return Attempt((Step(f"Answer: {answer}", tokens),), answer, score=score, temperature=temperature)


def thought(
    chain: str = "", samples: str = "", scores: Sequence[float] = (), *, text: str = "q", known: bool = True
) -> Thoughts:
    """Attempts from their letters: r right, other letters wrong in their own way, - no answer. Scores in that order."""
    given = [*scores, *[None] * (len(chain) + len(samples))]
    made = [
        tried(None if c == "-" else "33" if c == "r" else str(ord(c)), s)
        for c, s in zip(chain + samples, given, strict=False)
    ]
    if chain:
        made[0] = replace(made[0], temperature=0.0)
    return Thoughts(make_question(text, source="kin"), known, tuple(made[: len(chain)]), tuple(made[len(chain) :]))


def world(n: int, seed: int = 0, known: bool = True, right: float = 0.7) -> list[Thoughts]:
    """Attempts that are right by chance, with scores that know it in part, and a few without an answer."""
    rng = random.Random(f"{seed}{known}")

    def attempt(chance: float, temperature: float) -> Attempt:
        good = rng.random() < chance
        answer = None if rng.random() < 0.03 else "33" if good else str(rng.randrange(40, 44))
        sure = 1 / (1 + math.exp(-rng.gauss(1.5 if good else -1.5, 1.5)))
        lines = ("We have 30+3=33 of them.", f"Answer: {answer}")
        steps = tuple(Step(line, 12, sure, logprobs=tuple(-rng.random() for _ in range(12))) for line in lines)
        return Attempt(steps, answer, score=sure, temperature=temperature)

    made = []
    for index in range(n):
        easy = min(0.98, max(0.02, rng.gauss(right, 0.25)))
        chain = (attempt(easy, 0.0), *(attempt(easy * 0.7, 0.8) for _ in range(4)))
        question = make_question(f"Question {seed}-{known}-{index}?", source=f"source:{index % 7}")
        opinions = tuple(rng.random() for _ in chain)
        made.append(Thoughts(question, known, chain, tuple(attempt(easy, 0.8) for _ in range(8)), opinions))
    return made


@pytest.fixture(scope="module")
def report() -> Report:
    test = world(300, seed=1) + world(60, seed=1, known=False, right=0.05)
    return evaluate(test, world(200, seed=2), seed=3, resamples=500)


# --- collecting, scoring, keeping -------------------------------------------------------------------------------------


def test_each_attempt_of_a_chain_is_told_of_the_latest_before_it_and_samples_of_none() -> None:
    reasoner = ScriptedReasoner({APPLES: [WRONG, RIGHT]}, opinions={RIGHT: 0.9, WRONG: 0.2})
    (one,) = collect(reasoner, [make_question()], chain=4, samples=2, retry_temperature=0.6)
    texts = [attempt.text for attempt in one.chain]
    told = [request.rejected for request in reasoner.requests]
    assert told == [(), (texts[0],), (texts[0], texts[1]), (texts[1], texts[2]), (), ()]
    assert [request.temperature for request in reasoner.requests] == [0.0, 0.6, 0.6, 0.6, 0.8, 0.8]
    assert texts[:2] == [WRONG, RIGHT]
    assert one.opinions == tuple({RIGHT: 0.9, WRONG: 0.2}[text] for text in texts)
    assert len({request.seed for request in reasoner.requests}) == 6


def test_the_seeds_of_a_question_do_not_depend_on_the_others() -> None:
    def seeds(texts: list[str]) -> set[int]:
        reasoner = ScriptedReasoner({text: [RIGHT] for text in texts})
        collect(reasoner, [make_question(text) for text in texts], chain=2, samples=1, seed=5)
        return {request.seed for request in reasoner.requests if request.question.text == "one"}

    assert seeds(["one"]) == seeds(["two", "one"])


def test_collecting_reports_progress_and_marks_what_lies_beyond() -> None:
    told: list[tuple[int, int]] = []
    reasoner = ScriptedReasoner({"a": [RIGHT], "b": [RIGHT]})
    questions = [make_question("a", source="seen"), make_question("b", source="unseen")]
    thoughts = collect(
        reasoner, questions, beyond={"unseen"}, chain=1, samples=1, progress=lambda *now: told.append(now)
    )
    assert [one.known for one in thoughts] == [True, False]
    assert told == [(2, 4), (4, 4)]


def test_collecting_nothing_gives_nothing() -> None:
    assert collect(ScriptedReasoner({}), []) == []


class FakeDM:
    """Scores an attempt by how many rejections it was told of, and keeps what it was asked."""

    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []

    def score_many(self, attempts: Sequence[tuple[Question, Sequence[str], Attempt]]) -> list[list[float]]:
        self.told = [tuple(rejected) for _, rejected, _ in attempts]
        return [[0.1] * (len(attempt.kept) - 1) + [0.3 + 0.2 * len(told)] for _, told, attempt in attempts]


def test_the_dm_reads_what_the_reasoner_was_told_and_fills_scores_and_verdicts() -> None:
    dm = FakeDM()
    question = make_question()
    chain = tuple(make_attempt(text) for text in (WRONG, RIGHT, WRONG, RIGHT))
    (one,) = score([Thoughts(question, True, chain, (make_attempt(RIGHT),))], dm, threshold=0.5)
    assert dm.told == [(), (WRONG,), (WRONG, RIGHT), (RIGHT, WRONG), ()]
    assert [attempt.score for attempt in one.chain] == pytest.approx([0.3, 0.5, 0.7, 0.7])
    assert [step.score for step in one.chain[1].steps] == [0.1, 0.1, 0.5]
    assert [attempt.verdict for attempt in one.chain] == ["reject", "accept", "accept", "accept"]
    assert one.samples[0].verdict == "reject"


def test_thoughts_come_back_from_a_file_as_they_were(tmp_path: Path) -> None:
    thoughts = world(3)
    save_thoughts(thoughts, tmp_path / "thoughts.jsonl.gz")
    assert load_thoughts(tmp_path / "thoughts.jsonl.gz") == thoughts


def test_a_cut_off_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "thoughts.jsonl.gz"
    save_thoughts(world(20), path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InvalidData, match=r"thoughts\.jsonl\.gz, line"):
        load_thoughts(path)


def test_records_become_a_chain_and_samples() -> None:
    cool = make_attempt(WRONG)
    second, third = make_attempt("Answer: 1"), make_attempt("Answer: 2", temperature=0.8)
    hot = make_attempt(RIGHT, temperature=0.8)
    records = [
        make_record(hot, attempt_index=0),
        make_record(third, rejected=(WRONG, "Answer: 1")),
        make_record(make_attempt("Answer: 9", temperature=0.8), rejected=(WRONG,)),
        make_record(second, rejected=(WRONG,)),
        make_record(cool, correct=False),
    ]
    (one,) = from_records(records, beyond={"elsewhere"})
    assert one.chain == (cool, second, third)
    assert one.samples == (hot,)
    assert one.known


def test_without_a_greedy_attempt_a_chain_starts_where_something_was_retried() -> None:
    first, other = make_attempt(WRONG, temperature=0.7), make_attempt(RIGHT, temperature=0.7)
    retry = make_attempt("Answer: 5", temperature=0.7)
    (one,) = from_records(
        [make_record(other), make_record(first, attempt_index=1), make_record(retry, rejected=(WRONG,))]
    )
    assert one.chain == (first, retry)
    assert one.samples == (other,)


def test_each_reasoner_has_its_own_thoughts() -> None:
    assert len(from_records([make_record(), make_record(reasoner="another")])) == 2


def test_unequal_thoughts_are_cut_to_the_block_that_holds_most_attempts() -> None:
    wide = [thought("rrr", "rrrr", text=str(i)) for i in range(4)]
    narrow = [thought("r", "rr", text="narrow")]
    ungraded = [Thoughts(make_question("no gold", gold=None), True, wide[0].chain, wide[0].samples)]
    assert aligned([*wide, *narrow, *ungraded]) == wide
    mostly_narrow = [*wide[:1], *(thought("r", "rr", text=str(i)) for i in range(5))]
    assert [len(one.samples) for one in aligned(mostly_narrow)] == [2] * 6


def test_a_split_of_thoughts_follows_from_the_text_alone() -> None:
    thoughts = world(200)
    calibration, test = split_thoughts(thoughts)
    assert len(calibration) + len(test) == 200
    assert 35 < len(calibration) < 85
    assert split_thoughts(thoughts[::-1])[0] == calibration[::-1]


# --- policies ---------------------------------------------------------------------------------------------------------


def test_every_policy_comes_to_what_replay_says_of_each_question() -> None:
    thoughts = world(120)
    bench = Bench(thoughts)
    gold, mean, lowest = GoldJudge(), ConfidenceJudge("mean"), ConfidenceJudge("lowest")
    scored_by: dict[str, Judge] = {"gold": gold, mean.name: mean, lowest.name: lowest}
    for contestant in contestants():
        table = bench.seen_by(contestant.policy, contestant.judge)
        assert table is not None, contestant.label
        played = play(contestant.policy, table)
        for row, one in enumerate(thoughts):
            chain, samples = one.chain, one.samples
            if contestant.judge in scored_by:
                judge = scored_by[contestant.judge]
                chain, samples = (
                    tuple(judged(judge, one.question, attempt) for attempt in part) for part in (chain, samples)
                )
            elif contestant.judge == "self-critique":
                chain = tuple(replace(a, score=o) for a, o in zip(chain, one.opinions, strict=True))
            again = replay(contestant.policy, one.question, chain, samples)
            assert again.outcome.status is not Status.RUNNING, contestant.label
            where = f"{contestant.label}, question {row}"
            assert played.tokens[row] == again.tokens, where
            assert played.attempts[row] == len(again.attempts), where
            assert played.answered[row] == (again.outcome.status is not Status.ABSTAINED), where
            assert played.right[row] == (again.outcome.answer == "33"), where
            assert played.answered[row] == (again.decisions[-1].action is not Action.ABSTAIN), where


def test_the_table_has_every_policy_that_was_asked_for(report: Report) -> None:
    assert len(report.policies) == 30
    assert {row.name for row in report.policies} == set(POLICY_NAMES)
    assert set(BASELINES) <= {row.label for row in report.policies}


def test_a_perfect_judge_is_right_where_any_attempt_of_the_chain_is() -> None:
    thoughts = [thought("xr", text="a"), thought("rx", text="b"), thought("xy", text="c"), thought("-r", text="d")]
    rows = evaluate(thoughts, resamples=10)
    perfect = rows.row("perfect judge, at most 2")
    assert perfect.accuracy == 0.75
    assert perfect.mean_attempts == (2 + 1 + 2 + 2) / 4
    assert rows.row("greedy").accuracy == 0.25
    assert rows.row("always think again, 2 attempts").accuracy == 0.5


def test_a_policy_whose_attempts_or_scores_are_not_stored_has_no_row() -> None:
    labels = {row.label for row in evaluate([thought("r", "rx", text="a")], resamples=10).policies}
    assert labels == {"greedy", "one sample", "majority of greedy and 2"}
    found = evaluate([thought("r", "rx", text="a")], policies=["greedy", "majority", "self-critique"], resamples=10)
    assert found.unplayed == (
        "self-critique, at most 3", "majority of 3 samples", "majority of 5 samples", "majority of 8 samples",
        "majority of greedy and 4", "majority of greedy and 7",
    )  # fmt: skip
    assert "opinions: self-critique, at most 3; majority of 3 samples;" in found.to_markdown()
    labels = {row.label for row in evaluate([thought("", "rxx", text="a")], resamples=10).policies}
    assert labels == {"one sample", "majority of 3 samples", "oracle of 3 samples"}


def test_a_chain_that_starts_with_a_sample_has_drr_but_no_greedy() -> None:
    hot = thought("rx", scores=(0.9, 0.2))
    hot = replace(hot, chain=tuple(replace(attempt, temperature=0.7) for attempt in hot.chain))
    rows = {row.label: row for row in evaluate([hot], resamples=10).policies}
    assert "greedy" not in rows
    assert rows["DRR, at most 2"].params["first_temperature"] == 0.7


def test_policies_are_chosen_by_name() -> None:
    rows = evaluate(world(20), policies=["drr", "greedy"], resamples=10).policies
    assert {row.name for row in rows} == {"drr", "greedy"}


def test_abstaining_is_not_right_and_not_covered() -> None:
    thoughts = [thought("xyz", scores=(0.1, 0.1, 0.1), text="a"), thought("rxx", scores=(0.9, 0.1, 0.1), text="b")]
    row = evaluate(thoughts, resamples=10, threshold=0.5).row("DRR that abstains, at most 3")
    assert (row.accuracy, row.coverage, row.accuracy_answered, row.wrong_answers) == (0.5, 0.5, 1.0, 0.0)


def test_an_empty_evaluation_says_what_to_do() -> None:
    with pytest.raises(InvalidInput, match="distil some"):
        evaluate([])


# --- thresholds -------------------------------------------------------------------------------------------------------


def test_the_threshold_is_the_one_with_the_most_right_answers() -> None:
    good = [thought("ry", scores=(0.8, 0.3), text=f"g{i}") for i in range(10)]
    bad = [thought("xr", scores=(0.6, 0.7), text=f"b{i}") for i in range(10)]
    threshold = choose_threshold([*good, *bad], make_policy("drr", k=2))
    assert 0.6 < threshold <= 0.8


def test_of_equally_right_thresholds_the_cheapest_is_chosen() -> None:
    thoughts = [thought("rr", scores=(0.5, 0.9), text=str(i)) for i in range(5)]
    assert choose_threshold(thoughts, make_policy("drr", k=2)) == 0.5


def test_one_right_answer_more_is_not_worth_a_second_attempt_at_every_question() -> None:
    settled = [thought("rr", scores=(0.5, 0.9), text=f"s{i}") for i in range(20)]
    doubtful = [thought("xr", scores=(0.6, 0.9), text=f"d{i}") for i in range(4)]
    assert choose_threshold([*settled, *doubtful[:1]], make_policy("drr", k=2)) == 0.5
    assert choose_threshold([*settled, *doubtful], make_policy("drr", k=2)) > 0.6


def test_a_target_risk_takes_the_most_questions_that_stay_within_it() -> None:
    policy = make_policy("drr", k=1, fallback="abstain")

    def chosen(wrong_over_half: int) -> float:
        sure = ["x"] * 5 + ["r"] * 95
        unsure = ["x"] * wrong_over_half + ["r"] * (100 - wrong_over_half)
        hopeless = [thought("x", scores=(0.1,), text=f"h{i}") for i in range(50)]
        thoughts = [thought(c, scores=(0.8,), text=f"s{i}") for i, c in enumerate(sure)]
        thoughts += [thought(c, scores=(0.5,), text=f"u{i}") for i, c in enumerate(unsure)]
        return choose_threshold([*thoughts, *hopeless], policy, target_risk=0.1)

    assert chosen(14) == 0.5  # (19 + 1) of 201 is within 10 %
    assert chosen(16) == 0.8


def test_a_risk_out_of_reach_accepts_nothing_but_certainty() -> None:
    thoughts = [thought("x", scores=(score,), text=str(score)) for score in (0.2, 0.5, 0.9)]
    assert choose_threshold(thoughts, make_policy("drr", k=1, fallback="abstain"), target_risk=0.05) == 1.0


def test_a_threshold_needs_stored_and_judged_attempts() -> None:
    with pytest.raises(InvalidInput, match="choose on other questions"):
        choose_threshold([thought("rx")], make_policy("drr", k=2))
    with pytest.raises(InvalidInput, match="choose on other questions"):
        choose_threshold([], make_policy("drr", k=2))


def test_a_question_may_not_be_calibrated_and_reported() -> None:
    with pytest.raises(InvalidInput, match="1 questions are in the calibration set too"):
        evaluate([thought("r")], [thought("r")])


def test_thresholds_come_from_the_calibration_questions_only() -> None:
    calibration = world(200, seed=2)
    once, twice = (evaluate(world(50, seed), calibration, resamples=10) for seed in (1, 9))
    for label in ("DRR, at most 3", "self-critique, at most 3", "mean log-probability, at most 3"):
        assert once.row(label).params == twice.row(label).params
    assert once.row("DRR, at most 3").params["threshold"] in {
        attempt.score for one in calibration for attempt in one.chain[:3]
    }


# --- intervals and tests ----------------------------------------------------------------------------------------------


def test_bootstrap_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for trial in range(200):
        values = (rng.random(150) < 0.7).astype(float)
        low, high = interval(Resamples(range(150), seed=trial, resamples=400).means(values))
        covered += low <= 0.7 <= high
    assert 180 <= covered <= 199


def test_a_bootstrap_interval_is_about_two_standard_errors_wide() -> None:
    values = np.repeat([0.0, 1.0], [300, 700])
    low, high = interval(Resamples(range(1000)).means(values))
    assert (low, high) == pytest.approx((0.7 - 1.96 * 0.01449, 0.7 + 1.96 * 0.01449), abs=0.003)


def test_equal_questions_are_resampled_together() -> None:
    values = np.tile([0.0, 1.0], 50)
    alone = interval(Resamples(np.arange(100)).means(values))
    doubled = interval(Resamples(np.repeat(np.arange(100), 4)).means(np.repeat(values, 4)))
    assert doubled == pytest.approx(alone, abs=1e-6)


def test_the_same_seed_gives_the_same_intervals() -> None:
    once, twice = (evaluate(world(40), seed=4, resamples=50).to_json() for _ in range(2))
    assert once == twice
    assert once != evaluate(world(40), seed=5, resamples=50).to_json()


def test_mcnemar_by_hand() -> None:
    assert paired_p(np.array([1.0] * 8 + [-1.0] * 2 + [0.0] * 90)) == pytest.approx(2 * (1 + 10 + 45) / 1024)
    assert paired_p(np.zeros(5)) == 1.0
    assert paired_p(np.array([1.0, -1.0])) == 1.0


def test_sign_flips_agree_with_mcnemar() -> None:
    halves = np.array([1.0] * 14 + [-1.0] * 4)
    assert paired_p(2 * halves) == pytest.approx(paired_p(halves), abs=0.01)


def test_comparisons_are_paired(report: Report) -> None:
    drr = report.row("DRR, at most 3")
    (greedy,) = [one for one in drr.versus if one.against == "greedy"]
    assert greedy.difference == pytest.approx(drr.accuracy - report.row("greedy").accuracy)
    assert greedy.ci[0] < greedy.difference < greedy.ci[1]
    assert greedy.tokens_ratio == pytest.approx(drr.mean_tokens / report.row("greedy").mean_tokens)
    assert (greedy.p < 0.05) == (greedy.ci[0] > 0 or greedy.ci[1] < 0)
    assert "greedy" not in {one.against for one in report.row("greedy").versus}


def test_the_share_of_what_a_perfect_judge_gains() -> None:
    thoughts = [
        thought("xr", scores=(0.1, 0.9), text="won"),
        thought("xr", scores=(0.9, 0.1), text="missed"),
        thought("rx", scores=(0.9, 0.1), text="kept"),
    ]
    assert evaluate(thoughts, resamples=10).share_of_perfect(2) == pytest.approx(0.5)


# --- what a score is worth --------------------------------------------------------------------------------------------


def test_auroc_by_hand() -> None:
    right = np.array([True, False, True, False])
    assert auroc(np.array([0.9, 0.8, 0.7, 0.1]), right) == 0.75
    assert auroc(np.array([0.5, 0.5, 0.5, 0.1]), right) == 0.75
    assert math.isnan(auroc(np.array([0.5]), np.array([True])))


def test_scores_agree_with_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(0)
    right = rng.random(500) < 0.6
    scores = np.asarray(np.round(np.clip(rng.normal(0.4 + 0.2 * right, 0.2), 0, 1), 2), np.float64)  # with ties
    assert auroc(scores, right) == pytest.approx(metrics.roc_auc_score(right, scores))
    assert average_precision(scores, right) == pytest.approx(metrics.average_precision_score(right, scores))
    assert brier(scores, right) == pytest.approx(metrics.brier_score_loss(right, scores))


def test_resampled_auroc_is_auroc_of_the_resample() -> None:
    rng = np.random.default_rng(1)
    scores, right = np.round(rng.random(60), 1), rng.random(60) < 0.5
    weights = rng.integers(0, 3, (5, 60)).astype(np.float32)
    expected = [auroc(np.repeat(scores, w.astype(int)), np.repeat(right, w.astype(int))) for w in weights]
    assert auroc_resampled(scores, right, weights) == pytest.approx(expected)


def test_auroc_within_questions_by_hand() -> None:
    scores = np.array([0.9, 0.2, 0.4, 0.6, 0.8, 0.1, 0.3])
    right = np.array([True, True, False, True, False, True, True])
    groups = np.array([0, 0, 0, 1, 1, 2, 2])
    assert auroc_within(scores, right, groups) == pytest.approx((0.5 + 0.0) / 2)  # question 2 is all right: left out
    shuffled = np.random.default_rng(0).permutation(7)
    assert auroc_within(scores[shuffled], right[shuffled], groups[shuffled]) == pytest.approx(0.25)


def test_a_score_that_knows_only_the_topic_is_good_pooled_and_chance_within() -> None:
    groups = np.repeat(np.arange(200), 8)
    hard = (np.arange(200) % 2)[groups]
    right = np.random.default_rng(0).random(1600) < np.where(hard, 0.2, 0.8)
    found = Discrimination.of((1 - hard).astype(np.float64), right, groups, Resamples(range(200), resamples=200))
    assert found.auroc > 0.75
    assert found.auroc_within == 0.5
    assert found.auroc_ci[0] < found.auroc < found.auroc_ci[1]


def test_a_calibrated_score_has_no_calibration_error_and_a_shifted_one_has_its_shift() -> None:
    promised = np.repeat(np.linspace(0.05, 0.95, 15), 100)
    kept = np.concatenate([np.arange(100) < 100 * p for p in np.linspace(0.05, 0.95, 15)])
    assert calibration_error(promised, kept) == pytest.approx(0.0, abs=0.006)  # shares of a hundred
    assert calibration_error(promised + 0.2, kept) == pytest.approx(0.2, abs=0.006)
    assert calibration_error(np.full(100, 0.9), np.arange(100) < 60, bins=1) == pytest.approx(0.3)


def test_reliability_bins_hold_equally_many_attempts() -> None:
    bins = reliability(np.linspace(0, 1, 90), np.arange(90) >= 45)
    assert [one.n for one in bins] == [6] * 15
    assert bins[0].low == 0 and bins[-1].high == 1
    assert bins[0].right == 0 and bins[-1].right == 1


def test_the_card_of_a_dm_has_its_metrics_first_attempts_apart_from_retries() -> None:
    items = [
        make_record(make_attempt(), True),
        make_record(make_attempt(WRONG), False),
        make_record(make_attempt(), True, rejected=(WRONG,)),
        make_record(make_attempt(WRONG), False, rejected=(WRONG,)),
        make_record(make_attempt(WRONG), None),
    ]
    metrics = dm_metrics(items, [[0.1, 0.9], [0.9, 0.2], [0.3], [0.6], []])
    assert (metrics["auroc"], metrics["auroc_within"], metrics["auprc"], metrics["n"]) == (1.0, 1.0, 1.0, 2)
    assert metrics["retries"]["auroc"] == 0.0
    assert metrics["brier"] == pytest.approx((0.01 + 0.04) / 2)
    json.dumps(metrics)


def test_nothing_to_measure_is_null_and_not_an_error() -> None:
    assert dm_metrics([], [])["auroc"] is None
    assert evaluate([thought("r", "r")], resamples=10).to_json()["dm"]["auroc"] is None


def test_leaks_know_the_source_but_not_the_attempt(report: Report) -> None:
    leaks = {leak.name: leak for leak in report.leaks}
    assert leaks["source only"].auroc_within == 0.5
    assert leaks["the DM"].auroc == pytest.approx(report.dm["first"].auroc)
    assert leaks["the DM"].auroc_within == pytest.approx(report.dm["samples"].auroc_within)
    assert {"length only", "mean log-probability"} <= set(leaks)


def test_the_accuracy_of_a_source_leaves_out_the_question_itself() -> None:
    easy = [thought("r", scores=(0.9,), text=f"e{i}") for i in range(3)]
    lonely = Thoughts(make_question("lonely", source="alone"), True, (tried("33", 0.5, temperature=0.0),), ())
    hard = [thought("x", scores=(0.1,), text=f"h{i}") for i in range(3)]
    hard = [replace(one, question=replace(one.question, source="hard")) for one in hard]
    (source,) = [leak for leak in evaluate([*easy, *hard, lonely], resamples=10).leaks if leak.name == "source only"]
    assert source.auroc == 1.0


# --- knowing its limits -----------------------------------------------------------------------------------------------


def test_risk_and_coverage_by_hand() -> None:
    thoughts = [
        thought("r", scores=(0.9,), text="a"),
        thought("x", scores=(0.7,), text="b"),
        thought("r", scores=(0.5,), text="c"),
        thought("-", scores=(0.99,), text="d"),
    ]
    policy = make_policy("drr", k=1, fallback="abstain")
    table = Bench(thoughts).seen_by(policy, "dm")
    assert table is not None
    curve = risk_coverage(policy, table)
    assert [(p.threshold, p.coverage) for p in curve.points] == [(0.9, 0.25), (0.7, 0.5), (0.5, 0.75)]
    assert [p.risk for p in curve.points] == pytest.approx([0, 1 / 2, 1 / 3])
    assert curve.aurc == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


def test_abstention_beyond_the_boundary_by_hand() -> None:
    thoughts = [
        thought("r", scores=(0.9,), text="kept"),
        thought("r", scores=(0.2,), text="lost"),
        thought("x", scores=(0.1,), text="caught"),
        thought("x", scores=(0.3,), text="far, caught", known=False),
        thought("x", scores=(0.8,), text="far, missed", known=False),
        thought("r", scores=(0.7,), text="far, right", known=False),
    ]
    policy = make_policy("drr", k=1, threshold=0.5, fallback="abstain")
    table = Bench(thoughts).seen_by(policy, "dm")
    assert table is not None
    found = boundary(policy, table, np.array([one.known for one in thoughts]), 0.05)
    assert (found.known, found.beyond, found.accepted_beyond) == (3, 3, 2)
    assert found.abstained_of_wrong == 0.5
    assert found.abstained_of_wrong_known == 1.0
    assert found.kept_of_right == 0.5
    assert found.right_of_accepted == pytest.approx(2 / 3)
    assert (found.right_of_accepted_known, found.right_of_accepted_beyond) == (1.0, 0.5)


# --- the report -------------------------------------------------------------------------------------------------------


def test_the_json_has_the_promised_keys_and_no_nan(report: Report) -> None:
    data = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert data["questions"] == 360 and data["known"] == 300 and data["beyond"] == 60
    keys = {"name", "params", "accuracy", "accuracy_ci", "mean_tokens", "mean_attempts", "coverage"}
    assert all(keys <= set(row) for row in data["policies"])
    assert {"auroc", "auroc_within", "auprc", "ece"} <= set(data["dm"])
    assert all(isinstance(data["dm"][key], float) for key in ("auroc", "auroc_within", "auprc", "ece"))
    assert {(row["name"], row["params"]["k"]) for row in data["policies"]} >= {("drr", 2), ("drr", 5), ("majority", 8)}
    assert set(data["dm"]["on"]) == {"first", "samples", "retries", "retries after the DM's rejection", "beyond"}


def test_accuracies_stay_inside_their_intervals(report: Report) -> None:
    for row in report.policies:
        assert row.accuracy_ci[0] <= row.accuracy <= row.accuracy_ci[1]
        assert 0 <= row.wrong_answers <= 1 and row.coverage == pytest.approx(row.wrong_answers + row.accuracy, abs=1e-9)


def test_the_markdown_has_a_line_for_every_policy_and_says_how_it_was_measured(report: Report) -> None:
    text = report.to_markdown()
    for row in report.policies:
        assert f"| {row.label} | {100 * row.accuracy:.1f} (" in text
    assert "300 questions" in text and "seed 3" in text and "500 bootstrap" in text
    assert "thresholds chosen on 200 other questions" in text
    assert "nan" not in text
    tables = [block for block in text.split("\n\n") if block.startswith("|")]
    assert len(tables) == 5
    assert "| DRR, at most 3, against | accuracy (points) | times its tokens |" in text
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_what_drr_does_at_other_risks_stands_beside_the_chosen_one() -> None:
    thoughts = [*world(60, 1), *(replace(one, known=False) for one in world(20, 2, right=0.2))]
    report = evaluate(thoughts, world(60, 3), target_risk=0.05, more_risks=(0.2, 0.4), resamples=50)
    assert [(one.params["k"], one.risk) for one in report.boundary] == [(1, 0.05), (3, 0.05), (3, 0.2), (3, 0.4)]
    accepted = [one.right_of_accepted for one in report.boundary[1:]]
    kept = [one.kept_of_right for one in report.boundary[1:]]
    assert kept == sorted(kept) and accepted[0] >= accepted[-1]
    assert "at most 3, 40 % risk: threshold" in report.to_markdown()


def test_the_markdown_tells_how_many_questions_were_left_out() -> None:
    few = [thought("rx", text="a"), thought("xr", text="b"), thought("r", text="c")]
    assert "2 questions (1 more left out" in evaluate(few, resamples=10).to_markdown()
    assert "left out" not in evaluate(few[:2], resamples=10).to_markdown()


def test_accuracy_is_told_for_each_kind_of_question() -> None:
    easy = [replace(one, question=replace(one.question, source="gsm_symbolic:3")) for one in world(60, 4, right=0.95)]
    hard = [replace(one, question=replace(one.question, source="guess.coins")) for one in world(40, 5, right=0.2)]
    found = evaluate(easy + hard, resamples=100)
    for row in found.policies:
        kinds = {one.kind: one for one in row.by_kind}
        assert {kind: one.questions for kind, one in kinds.items()} == {"gsm_symbolic": 60, "guess": 40}
        assert sum(one.accuracy * one.questions for one in kinds.values()) == pytest.approx(100 * row.accuracy)
        assert all(one.accuracy_ci[0] <= one.accuracy <= one.accuracy_ci[1] for one in kinds.values())
    greedy = found.row("greedy").by_kind
    assert greedy[0].accuracy > greedy[1].accuracy
    text = found.to_markdown()
    assert "| accuracy in % by kind of question | gsm_symbolic (60) | guess (40) |" in text
    assert f"| greedy | {100 * greedy[0].accuracy:.1f} (" in text.partition("by kind of question")[2]


def test_questions_beyond_the_boundary_alone_are_reported_as_they_are() -> None:
    found = evaluate(world(30, known=False), resamples=20)
    assert (found.known, found.beyond) == (0, 30)
    assert found.row("greedy").accuracy > 0
    assert set(found.dm) == {"first", "samples", "retries", "retries after the DM's rejection"}


def test_workers_side_by_side_think_what_one_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drr.evaluate.PART", 2)
    questions = [Question(f"{APPLES} ({n})", gold="33") for n in range(5)]
    load = partial(ScriptedReasoner, {question.text: [WRONG, RIGHT] for question in questions})
    told: list[tuple[int, int]] = []
    made = collect_beside(load, questions, 2, chain=2, samples=1, progress=lambda *at: told.append(at))
    assert made == collect(load(), questions, chain=2, samples=1)
    assert told == [(2, 5), (4, 5), (5, 5)]
