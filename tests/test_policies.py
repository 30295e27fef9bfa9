"""What each stop rule decides, and the sentences in which it says why."""

from dataclasses import FrozenInstanceError

import pytest

from drr.errors import InvalidInput
from drr.policies import FALLBACKS, POLICY_NAMES, Policy, make_policy, with_params
from drr.testing import RIGHT, WRONG, make_attempt, make_question, make_step
from drr.types import Action, Attempt, Status

QUESTION = make_question()


def answering(answer: str | None, score: float | None = None, tokens_text: str = "One two.") -> Attempt:
    text = tokens_text if answer is None else f"{tokens_text}\nAnswer: {answer}"
    return make_attempt(text, score)


def decide(policy: Policy, *attempts: Attempt) -> tuple[Action, str]:
    decision = policy.after_attempt(QUESTION, attempts)
    return decision.action, decision.reason


def conclude(policy: Policy, *attempts: Attempt) -> tuple[Status, str | None]:
    outcome = policy.conclude(QUESTION, attempts)
    return outcome.status, outcome.answer


# --- names and parameters ---------------------------------------------------------------------------------------------


def test_there_are_the_eleven_named_policies() -> None:
    assert set(POLICY_NAMES) == set(
        "greedy sample always-again self-critique confidence majority adaptive best-of weighted drr oracle".split()
    )


@pytest.mark.parametrize("name", POLICY_NAMES)
def test_params_hold_k_and_make_the_same_policy_again(name: str) -> None:
    policy = make_policy(name)
    assert policy.params["k"] == policy.k >= 1
    assert make_policy(name, **policy.params) == policy


def test_a_policy_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        make_policy("drr").k = 5  # type: ignore[misc]


def test_an_unknown_name_lists_the_policies() -> None:
    with pytest.raises(InvalidInput, match=r"no policy 'drrr'.*greedy.*oracle"):
        make_policy("drrr")


def test_an_unknown_parameter_lists_those_of_the_policy() -> None:
    with pytest.raises(InvalidInput, match=r"drr has no parameter limit\. It has: k, threshold"):
        make_policy("drr", limit=3)


def test_a_parameter_the_policy_does_not_read_is_refused() -> None:
    with pytest.raises(InvalidInput, match="majority has no parameter threshold"):
        make_policy("majority", threshold=0.5)


def test_an_unknown_fallback_lists_the_fallbacks() -> None:
    with pytest.raises(InvalidInput, match=", ".join(FALLBACKS)):
        make_policy("drr", fallback="guess")


@pytest.mark.parametrize(
    "params",
    [
        {"k": 0},
        {"k": 2.5},
        {"k": True},
        {"k": None},
        {"threshold": 1.2},
        {"threshold": -0.1},
        {"threshold": float("nan")},
        {"threshold": None},
        {"threshold": "0.5"},
        {"hopeless": 2},
        {"token_budget": 0},
        {"most_backtracks": -1},
        {"retry_temperature": -1},
        {"first_temperature": float("inf")},
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_name(params: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(params))):
        make_policy("drr", **params)


def test_hopeless_may_not_be_over_the_threshold() -> None:
    with pytest.raises(InvalidInput, match="hopeless"):
        make_policy("drr", threshold=0.4, hopeless=0.5)


def test_greedy_and_sample_make_one_attempt() -> None:
    for name in ("greedy", "sample"):
        with pytest.raises(InvalidInput, match="one attempt"):
            make_policy(name, k=2)


def test_greedy_has_temperature_zero() -> None:
    with pytest.raises(InvalidInput, match="temperature 0"):
        make_policy("greedy", first_temperature=0.5)


def test_parameters_can_be_changed_one_by_one() -> None:
    policy = with_params(make_policy("drr", k=5), threshold=0.7)
    assert (policy.k, policy.threshold) == (5, 0.7)


def test_the_first_attempt_is_greedy_and_later_ones_are_sampled() -> None:
    policy = make_policy("drr", retry_temperature=0.6)
    assert [policy.temperature(index) for index in range(3)] == [0.0, 0.6, 0.6]


def test_votes_are_samples_from_the_first_unless_asked_otherwise() -> None:
    assert make_policy("majority").temperature(0) > 0
    assert make_policy("majority", first_temperature=0.0).temperature(0) == 0


@pytest.mark.parametrize("name", POLICY_NAMES)
def test_only_policies_that_reject_tell_the_reasoner_so(name: str) -> None:
    assert make_policy(name).informed == (name in ("drr", "self-critique", "confidence", "always-again"))


# --- accept, think again, fall back -----------------------------------------------------------------------------------


def test_a_score_at_the_threshold_is_accepted() -> None:
    policy = make_policy("drr", threshold=0.62)
    assert decide(policy, answering("33", 0.62)) == (Action.STOP, "score 0.62 at or over 0.62: stop")
    assert conclude(policy, answering("33", 0.62)) == (Status.ACCEPTED, "33")


def test_a_score_over_the_threshold_is_accepted_with_its_score() -> None:
    policy = make_policy("drr", threshold=0.62)
    assert decide(policy, answering("33", 0.97)) == (Action.STOP, "score 0.97 at or over 0.62: stop")
    assert policy.conclude(QUESTION, [answering("33", 0.97)]).score == 0.97


def test_a_score_under_the_threshold_means_think_again() -> None:
    policy = make_policy("drr", threshold=0.62)
    assert decide(policy, answering("22", 0.31)) == (Action.THINK_AGAIN, "score 0.31 under 0.62: think again")


def test_scores_that_look_equal_are_shown_with_more_decimals() -> None:
    policy = make_policy("drr", threshold=0.62)
    assert decide(policy, answering("22", 0.6196))[1] == "score 0.6196 under 0.6200: think again"


def test_a_threshold_is_shown_with_all_its_decimals() -> None:
    policy = make_policy("drr", threshold=0.845)
    assert decide(policy, answering("22", 0.31))[1] == "score 0.310 under 0.845: think again"
    assert decide(policy, answering("22", 0.8449))[1] == "score 0.8449 under 0.8450: think again"


def test_an_attempt_without_an_answer_is_never_accepted() -> None:
    policy = make_policy("drr", k=2)
    assert decide(policy, answering(None, 0.99)) == (Action.THINK_AGAIN, "no answer: think again")
    assert policy.verdict(answering(None, 0.99)) == "reject"


def test_an_attempt_without_a_score_is_not_accepted() -> None:
    assert decide(make_policy("drr"), answering("33"))[1] == "no score: think again"


def test_threshold_zero_accepts_any_scored_answer() -> None:
    assert decide(make_policy("drr", threshold=0), answering("33", 0.0))[0] is Action.STOP


def test_the_last_attempt_counts_not_an_earlier_one() -> None:
    assert (
        decide(make_policy("drr", threshold=0.5), answering("33", 0.9), answering("22", 0.1))[0] is Action.THINK_AGAIN
    )


def test_the_decision_names_attempt_and_last_step() -> None:
    decision = make_policy("drr").after_attempt(QUESTION, [make_attempt(WRONG, 0.1), make_attempt(RIGHT, 0.9)])
    assert (decision.attempt, decision.step) == (1, 2)


ALL_REJECTED = (answering("22", 0.1), answering("33", 0.3), answering("22", 0.25))


@pytest.mark.parametrize(
    ("fallback", "answer", "reason"),
    [
        ("best", "33", "3 attempts used up: fall back on the best score"),
        ("majority", "22", "3 attempts used up: fall back on the majority"),
        ("weighted", "22", "3 attempts used up: fall back on the score-weighted majority"),
    ],
)
def test_when_the_attempts_are_used_up_it_falls_back(fallback: str, answer: str, reason: str) -> None:
    policy = make_policy("drr", k=3, fallback=fallback)
    assert decide(policy, *ALL_REJECTED) == (Action.STOP, reason)
    assert conclude(policy, *ALL_REJECTED) == (Status.FALLBACK, answer)


def test_the_fallback_may_be_to_abstain() -> None:
    policy = make_policy("drr", k=3, fallback="abstain")
    assert decide(policy, *ALL_REJECTED) == (Action.ABSTAIN, "3 attempts used up: abstain")
    assert conclude(policy, *ALL_REJECTED) == (Status.ABSTAINED, None)


def test_the_last_attempt_can_still_be_accepted() -> None:
    policy = make_policy("drr", k=2, fallback="abstain")
    assert conclude(policy, answering("22", 0.1), answering("33", 0.8)) == (Status.ACCEPTED, "33")


def test_without_any_answer_it_abstains_whatever_the_fallback() -> None:
    for fallback in FALLBACKS:
        policy = make_policy("drr", k=1, fallback=fallback)
        assert decide(policy, answering(None, 0.9)) == (Action.ABSTAIN, "1 attempt used up and no answer: abstain")
        assert conclude(policy, answering(None, 0.9)) == (Status.ABSTAINED, None)


def test_weighted_fallback_lets_one_trusted_answer_outweigh_two_distrusted() -> None:
    attempts = (answering("22", 0.05), answering("33", 0.4), answering("22", 0.1))
    assert conclude(make_policy("drr", k=3, fallback="weighted"), *attempts)[1] == "33"
    assert conclude(make_policy("drr", k=3, fallback="majority"), *attempts)[1] == "22"


def test_best_takes_the_earlier_of_equals() -> None:
    assert conclude(make_policy("drr", k=2), answering("1", 0.2), answering("2", 0.2))[1] == "1"


def test_best_prefers_a_scored_answer_to_an_unscored_one() -> None:
    assert conclude(make_policy("drr", k=2), answering("1"), answering("2", 0.0))[1] == "2"


# --- budgets and giving up --------------------------------------------------------------------------------------------


def test_the_token_budget_ends_the_thinking() -> None:
    attempt = answering("22", 0.1)
    policy = make_policy("drr", k=5, token_budget=2 * attempt.tokens)
    assert decide(policy, attempt)[0] is Action.THINK_AGAIN
    reason = f"{2 * attempt.tokens} of {2 * attempt.tokens} tokens used up: fall back on the best score"
    assert decide(policy, attempt, attempt) == (Action.STOP, reason)


def test_a_hopeless_score_gives_up_at_once() -> None:
    policy = make_policy("drr", k=5, threshold=0.6, hopeless=0.05)
    assert decide(policy, answering("22", 0.02)) == (Action.ABSTAIN, "score 0.02 under 0.05: hopeless, give up")
    assert conclude(policy, answering("22", 0.02)) == (Status.ABSTAINED, None)


def test_a_hopeless_last_attempt_gives_up_rather_than_falls_back() -> None:
    assert conclude(make_policy("drr", k=1, hopeless=0.05), answering("22", 0.02)) == (Status.ABSTAINED, None)


def test_it_is_not_hopeless_while_an_earlier_answer_scored_better() -> None:
    policy = make_policy("drr", k=5, threshold=0.6, hopeless=0.05)
    assert decide(policy, answering("22", 0.3), answering("1", 0.01))[0] is Action.THINK_AGAIN


def test_an_attempt_without_an_answer_says_nothing_about_hope() -> None:
    assert decide(make_policy("drr", hopeless=0.05), answering(None, 0.0))[0] is Action.THINK_AGAIN


# --- single steps -----------------------------------------------------------------------------------------------------


def test_a_step_under_the_step_threshold_is_rejected() -> None:
    policy = make_policy("drr", step_threshold=0.2)
    decision = policy.after_step(1, [make_step("a", 0.8), make_step("b", 0.12)])
    assert decision is not None
    assert (decision.attempt, decision.step, decision.action) == (1, 1, Action.REJECT_STEP)
    assert decision.reason == "step score 0.12 under 0.20: back to the step before"


def test_the_first_step_may_be_rejected_too() -> None:
    assert make_policy("drr", step_threshold=0.2).after_step(0, [make_step("a", 0.1)]) is not None


def test_a_steep_drop_is_rejected() -> None:
    decision = make_policy("drr", step_drop=0.3).after_step(0, [make_step("a", 0.8), make_step("b", 0.35)])
    assert decision is not None
    assert decision.reason == "step score fell from 0.80 to 0.35, by more than 0.30: back to the step before"


def test_a_gentle_drop_and_a_rise_go_on() -> None:
    policy = make_policy("drr", step_drop=0.3)
    assert policy.after_step(0, [make_step("a", 0.8), make_step("b", 0.55)]) is None
    assert policy.after_step(0, [make_step("a", 0.3), make_step("b", 0.9)]) is None


def test_a_drop_is_measured_from_the_last_kept_step() -> None:
    steps = [make_step("a", 0.8), make_step("b", 0.1, rejected=True), make_step("c", 0.3)]
    assert make_policy("drr", step_drop=0.3).after_step(0, steps) is not None
    assert make_policy("drr", step_drop=0.55).after_step(0, steps) is None


def test_after_the_last_backtrack_a_step_stands() -> None:
    policy = make_policy("drr", step_threshold=0.5, most_backtracks=2)
    rejected = [make_step("a", 0.1, rejected=True)]
    assert policy.after_step(0, [*rejected, make_step("b", 0.1)]) is not None
    assert policy.after_step(0, [*rejected, *rejected, make_step("b", 0.1)]) is None


@pytest.mark.parametrize("line", ["Answer: 22", "**Answer:** 22", "Final answer: 22", "answer : 22", "__Answer__: 22"])
def test_the_answer_line_is_not_rejected_as_a_step(line: str) -> None:
    assert make_policy("drr", step_threshold=0.5).after_step(0, [make_step(line, 0.0)]) is None


def test_an_unscored_step_goes_on() -> None:
    assert make_policy("drr", step_threshold=0.5).after_step(0, [make_step("a")]) is None


def test_steps_are_not_rejected_by_default() -> None:
    assert make_policy("drr").after_step(0, [make_step("a", 0.9), make_step("b", 0.0)]) is None


# --- the other rules --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["greedy", "sample"])
def test_one_attempt_is_taken_as_it_is(name: str) -> None:
    policy = make_policy(name)
    assert decide(policy, answering("22", 0.0)) == (Action.STOP, "1 attempt used up: take the last answer")
    assert conclude(policy, answering("22", 0.0)) == (Status.ACCEPTED, "22")
    assert policy.verdict(answering("22", 0.0)) is None


def test_always_again_ignores_scores_and_takes_the_last_answer() -> None:
    policy = make_policy("always-again", k=2)
    assert decide(policy, answering("33", 1.0)) == (Action.THINK_AGAIN, "attempt 1 of 2: think again")
    assert conclude(policy, answering("33", 1.0), answering("22", 0.0)) == (Status.ACCEPTED, "22")


def test_always_again_takes_the_last_attempt_that_has_an_answer() -> None:
    assert conclude(make_policy("always-again", k=2), answering("33"), answering(None)) == (Status.ACCEPTED, "33")


def test_majority_counts_equal_answers_together() -> None:
    policy = make_policy("majority", k=3)
    attempts = (answering("22"), answering("1,200"), answering("$1200.0"))
    assert decide(policy, *attempts[:2]) == (Action.THINK_AGAIN, "attempt 2 of 3: think again")
    assert decide(policy, *attempts) == (Action.STOP, "3 attempts used up: take the majority")
    assert conclude(policy, *attempts) == (Status.ACCEPTED, "1,200")


def test_a_tie_goes_to_the_earlier_answer() -> None:
    assert conclude(make_policy("majority", k=2), answering("1"), answering("2"))[1] == "1"


def test_attempts_without_an_answer_do_not_vote() -> None:
    attempts = (answering(None), answering(None), answering("33"))
    assert conclude(make_policy("majority", k=3), *attempts) == (Status.ACCEPTED, "33")


def test_adaptive_stops_when_the_leader_is_sure_to_lead() -> None:
    policy = make_policy("adaptive", k=8)
    same = answering("33")
    assert decide(policy, same, same, same)[0] is Action.THINK_AGAIN  # Beta(4, 1): 15/16
    action, reason = decide(policy, same, same, same, same)  # Beta(5, 1): 31/32
    assert (action, reason) == (Action.STOP, "0.97 sure of the leading answer, over 0.95: stop")


def test_adaptive_needs_more_votes_against_a_rival() -> None:
    policy = make_policy("adaptive", k=8)
    rival, leader = answering("22"), answering("33")
    assert decide(policy, rival, *[leader] * 4)[0] is Action.THINK_AGAIN
    assert decide(policy, rival, *[leader] * 6)[0] is Action.STOP


def test_adaptive_takes_the_majority_when_its_attempts_are_used_up() -> None:
    attempts = (answering("22"), answering("33"), answering("33"))
    assert conclude(make_policy("adaptive", k=3), *attempts) == (Status.ACCEPTED, "33")


def test_best_of_takes_the_best_score_without_accepting_early() -> None:
    policy = make_policy("best-of", k=3)
    assert decide(policy, answering("33", 1.0))[0] is Action.THINK_AGAIN
    attempts = (answering("22", 0.4), answering("33", 0.9), answering("22", 0.8))
    assert conclude(policy, *attempts) == (Status.ACCEPTED, "33")


def test_weighted_adds_the_scores_of_equal_answers() -> None:
    policy = make_policy("weighted", k=3)
    attempts = (answering("22", 0.5), answering("33", 0.9), answering("22", 0.6))
    outcome = policy.conclude(QUESTION, attempts)
    assert (outcome.answer, outcome.score) == ("22", 0.6)


def test_oracle_stops_at_the_first_right_answer() -> None:
    policy = make_policy("oracle", k=3)
    assert decide(policy, answering("22", 0.0))[0] is Action.THINK_AGAIN
    assert conclude(policy, answering("22", 0.0), answering("33", 1.0)) == (Status.ACCEPTED, "33")


def test_verdicts_are_accept_or_reject() -> None:
    policy = make_policy("drr", threshold=0.5)
    assert [policy.verdict(answering("1", score)) for score in (0.5, 0.4, None)] == ["accept", "reject", "reject"]
