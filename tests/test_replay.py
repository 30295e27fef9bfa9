"""Stored attempts decided again: replay is what think() would have done, sweep what replay says of every question."""

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from drr.answers import Grade, grade
from drr.errors import InvalidInput
from drr.policies import FALLBACKS, POLICY_NAMES, Policy, make_policy, with_params
from drr.reasoners import Request
from drr.reasoners.scripted import ScriptedReasoner
from drr.replay import Replay, Table, replay, sweep, tabulate
from drr.testing import RIGHT, WRONG, ScriptedJudge, make_attempt, make_question, make_step
from drr.thinking import attempt_seed, think
from drr.types import Action, Attempt, Question, Status, Trace

QUESTION = make_question()
MAX_TOKENS = 60
SCORES = (None, 0.0, 0.03, 0.2, 0.4, 0.5, 0.6, 0.8, 0.95, 1.0)


def random_texts(rng: random.Random) -> list[str]:
    """Attempts of a question: some without an answer, some of more than MAX_TOKENS, answers in several spellings."""
    texts = []
    for _ in range(8):
        lines = [" ".join(["word"] * rng.randint(1, 9)) + f" {rng.random()}" for _ in range(rng.choice([1, 2, 3, 12]))]
        texts.append(
            "\n".join([*lines, *([f"Answer: {rng.choice(['33', '$33.00', '22', '7'])}"] * (rng.random() < 0.85))])
        )
    return texts


def is_right(answer: str | None) -> bool:
    return grade(answer, "33", "number") is Grade.RIGHT


class Told:
    """A question with all it takes to think live, and what is stored of it."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        self.seed = seed
        self.question = make_question(f"question {seed}")
        self.reasoner = ScriptedReasoner({self.question.text: random_texts(rng)})
        self.scores = [rng.choice(SCORES) for _ in range(8)]
        self.chain = self.stored(informed=True)
        self.samples = self.stored(informed=False)
        self.greedy_then_samples = self.stored(informed=False, first_temperature=0.0)

    def stored(self, informed: bool, first_temperature: float = 0.8) -> list[Attempt]:
        """Eight attempts as distillation stores them, scored in order."""
        rejected: tuple[str, ...] = ()
        attempts = []
        for index, score in enumerate(self.scores):
            first = 0.0 if informed else first_temperature
            request = Request(
                self.question,
                rejected,
                temperature=0.8 if index else first,
                seed=attempt_seed(self.seed, index),
                max_tokens=MAX_TOKENS,
            )
            (attempt,) = self.reasoner.attempts([request])
            attempts.append(replace(attempt, score=score))
            rejected += (attempt.text,) if informed else ()
        return attempts

    def live(self, policy: Policy) -> Trace:
        thinking = think(
            self.question, self.reasoner, ScriptedJudge(self.scores), policy, seed=self.seed, max_tokens=MAX_TOKENS
        )
        list(thinking)
        return thinking.trace

    def replayed(self, policy: Policy) -> Replay:
        if policy.informed or policy.first_temperature > 0:
            return replay(policy, self.question, self.chain, self.samples)
        return replay(policy, self.question, self.greedy_then_samples[:1], self.greedy_then_samples[1:])


def told(count: int) -> list[Told]:
    return [Told(seed) for seed in range(count)]


def assert_the_same(live: Trace, again: Replay) -> None:
    assert again.outcome == live.outcome
    assert again.decisions == live.decisions
    assert again.tokens == live.tokens
    for stored, thought in zip(again.attempts, live.attempts, strict=True):
        assert stored.text == thought.text
        assert (stored.answer, stored.verdict, stored.finish) == (thought.answer, thought.verdict, thought.finish)


# --- replay is think() ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", POLICY_NAMES)
def test_replay_decides_as_live_thinking_did(name: str) -> None:
    for story in told(25):
        policy = make_policy(name)
        assert_the_same(story.live(policy), story.replayed(policy))


@pytest.mark.parametrize("fallback", FALLBACKS)
@pytest.mark.parametrize("params", [{}, {"hopeless": 0.1}, {"token_budget": 90}, {"hopeless": 0.1, "token_budget": 40}])
def test_replay_decides_as_live_thinking_did_under_any_budget(fallback: str, params: dict[str, float]) -> None:
    for story in told(40):
        policy = make_policy("drr", k=4, threshold=0.7, fallback=fallback, **params)
        assert_the_same(story.live(policy), story.replayed(policy))


def test_votes_replay_as_live_within_a_token_budget() -> None:
    for story in told(25):
        for name in ("majority", "adaptive", "weighted", "best-of"):
            policy = make_policy(name, token_budget=75)
            assert_the_same(story.live(policy), story.replayed(policy))


def test_samples_may_follow_the_greedy_attempt() -> None:
    for story in told(25):
        policy = make_policy("majority", k=5, first_temperature=0.0)
        assert_the_same(story.live(policy), story.replayed(policy))


def test_a_shadow_run_replays_to_the_policy_s_own_outcome() -> None:
    for story in told(25):
        policy = make_policy("drr", k=5, threshold=0.6)
        thinking = think(
            story.question, story.reasoner, ScriptedJudge(story.scores), policy, max_tokens=MAX_TOKENS, shadow=True
        )
        list(thinking)
        again = replay(policy, story.question, thinking.trace.attempts)
        assert again.outcome == thinking.trace.outcome
        assert len(thinking.trace.attempts) == 5 >= len(again.attempts)


# --- which attempts it reads ------------------------------------------------------------------------------------------

CHAIN = [make_attempt(WRONG, 0.2), make_attempt(RIGHT, 0.7)]
SAMPLES = [make_attempt("Answer: 5", 0.4), make_attempt("Answer: 6", 0.5)]


def answers_used(policy: Policy) -> list[str | None]:
    return [attempt.answer for attempt in replay(policy, QUESTION, CHAIN, SAMPLES).attempts]


def test_policies_read_the_attempts_they_would_have_made() -> None:
    assert answers_used(make_policy("drr", k=2)) == ["22", "33"]
    assert answers_used(make_policy("always-again", k=2)) == ["22", "33"]
    assert answers_used(make_policy("greedy")) == ["22"]
    assert answers_used(make_policy("sample")) == ["5"]
    assert answers_used(make_policy("majority", k=2)) == ["5", "6"]
    assert answers_used(make_policy("majority", k=3, first_temperature=0.0)) == ["22", "5", "6"]


def test_another_threshold_gives_another_verdict() -> None:
    policy = make_policy("drr", k=2, threshold=0.1)
    assert replay(policy, QUESTION, CHAIN).outcome.answer == "22"
    again = replay(with_params(policy, threshold=0.5), QUESTION, CHAIN)
    assert again.outcome.answer == "33"
    assert [attempt.verdict for attempt in again.attempts] == ["reject", "accept"]


def test_where_the_stored_attempts_end_it_says_so() -> None:
    again = replay(make_policy("drr", k=5, threshold=0.9), QUESTION, CHAIN)
    assert again.outcome.status is Status.RUNNING
    assert again.outcome.reason == "it would think again after the 2 stored"
    assert again.outcome.answer is None


def test_a_cancelled_attempt_does_not_count() -> None:
    chain = [CHAIN[0], replace(CHAIN[1], finish="cancelled")]
    assert replay(make_policy("drr", k=2), QUESTION, chain).outcome.status is Status.RUNNING


def test_nothing_stored_is_nothing_known() -> None:
    assert replay(make_policy("drr"), QUESTION, []).outcome.status is Status.RUNNING


# --- rejected steps ---------------------------------------------------------------------------------------------------

BACKTRACKED = Attempt(
    (make_step("a", 0.8), make_step("b", 0.1, rejected=True), make_step("c", 0.7), make_step("Answer: 33", 0.9)),
    answer="33",
    score=0.9,
)


def test_a_stored_rejected_step_is_decided_again() -> None:
    again = replay(make_policy("drr", step_threshold=0.3), QUESTION, [BACKTRACKED])
    assert [decision.action for decision in again.decisions] == [Action.REJECT_STEP, Action.STOP]
    assert again.tokens == BACKTRACKED.tokens


@pytest.mark.parametrize("step_threshold", [None, 0.05, 0.75])
def test_a_policy_that_would_reject_other_steps_needs_the_model(step_threshold: float | None) -> None:
    again = replay(make_policy("drr", step_threshold=step_threshold), QUESTION, [BACKTRACKED])
    assert again.outcome.status is Status.RUNNING
    assert "would go another way after step" in again.outcome.reason


# --- sweep is replay --------------------------------------------------------------------------------------------------

THRESHOLDS = (0.1, 0.2, 0.4, 0.45, 0.5, 0.61, 0.8, 0.95, 1.0)


def assert_sweep_is_replay(policy: Policy, stories: Sequence[Told], thresholds: Sequence[float] = THRESHOLDS) -> None:
    rows = [story.chain for story in stories]
    swept = sweep(policy, tabulate([story.question for story in stories], rows), thresholds)
    for line, threshold in enumerate(thresholds):
        strict = with_params(policy, threshold=threshold)
        for column, story in enumerate(stories):
            again = replay(strict, story.question, story.chain)
            where = (policy, threshold, story.seed)
            assert swept.answered[line, column] == (again.outcome.answer is not None), where
            assert swept.accepted[line, column] == (again.outcome.status is Status.ACCEPTED), where
            assert swept.right[line, column] == is_right(again.outcome.answer), where
            assert swept.used_tokens[line, column] == again.tokens, where
            assert swept.used_attempts[line, column] == len(again.attempts), where


@pytest.mark.parametrize("fallback", FALLBACKS)
@pytest.mark.parametrize("k", [1, 2, 3, 5, 8])
def test_sweep_decides_every_question_as_replay_does(fallback: str, k: int) -> None:
    assert_sweep_is_replay(make_policy("drr", k=k, fallback=fallback), told(40))


@pytest.mark.parametrize("fallback", FALLBACKS)
@pytest.mark.parametrize("params", [{"hopeless": 0.1}, {"token_budget": 70}, {"hopeless": 0.1, "token_budget": 35}])
def test_sweep_knows_hopeless_questions_and_token_budgets(fallback: str, params: dict[str, float]) -> None:
    assert_sweep_is_replay(make_policy("drr", k=5, fallback=fallback, **params), told(60))


def test_sweep_decides_as_live_thinking_does() -> None:
    stories = told(40)
    policy = make_policy("drr", k=3, fallback="weighted")
    swept = sweep(policy, tabulate([s.question for s in stories], [s.chain for s in stories]), THRESHOLDS)
    for line, threshold in enumerate(THRESHOLDS):
        for column, story in enumerate(stories):
            live = story.live(with_params(policy, threshold=threshold))
            assert swept.right[line, column] == is_right(live.outcome.answer)
            assert swept.used_tokens[line, column] == live.tokens
            assert swept.used_attempts[line, column] == len(live.attempts)


def test_threshold_zero_accepts_every_scored_answer() -> None:
    assert_sweep_is_replay(make_policy("drr", k=3), told(30), [0.0])


def two_questions() -> tuple[list[Question], list[list[Attempt]]]:
    return [QUESTION, QUESTION], [
        [make_attempt(WRONG, 0.2), make_attempt(RIGHT, 0.7)],
        [make_attempt(RIGHT, 0.9), make_attempt("No idea.", 0.1)],
    ]


def test_a_sweep_sums_up_accuracy_coverage_precision_tokens_and_attempts() -> None:
    swept = sweep(make_policy("drr", k=2, fallback="abstain"), tabulate(*two_questions()), [0.1, 0.5, 0.8, 1.0])
    assert swept.accuracy.tolist() == [0.5, 1.0, 0.5, 0.0]
    assert swept.coverage.tolist() == [1.0, 1.0, 0.5, 0.0]
    assert swept.precision.tolist()[:3] == [0.5, 1.0, 1.0]
    assert np.isnan(swept.precision[3])
    assert swept.attempts.tolist() == [1.0, 1.5, 1.5, 2.0]
    wrong, right = (make_attempt(text).tokens for text in (WRONG, RIGHT))
    assert swept.tokens.tolist()[:2] == [(wrong + right) / 2, (wrong + 2 * right) / 2]


def test_the_table_numbers_equal_answers_and_grades_them() -> None:
    table = tabulate(
        [QUESTION], [[make_attempt("Answer: $33"), make_attempt("Hm."), make_attempt("Answer: 33.0", 0.5)]]
    )
    assert table.answers.tolist() == [[0, -1, 0]]
    assert table.right.tolist() == [[True, False, True]]
    assert np.isnan(table.scores[0, :2]).all()
    assert table.scores[0, 2] == 0.5


def test_rows_of_unequal_length_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"same number of stored attempts; got \[1, 2\]"):
        tabulate([QUESTION, QUESTION], [[CHAIN[0]], CHAIN])


def test_arrays_of_unequal_shape_are_refused() -> None:
    table = tabulate(*two_questions())
    with pytest.raises(InvalidInput, match="one shape"):
        Table(table.scores[:1], table.answers, table.right, table.tokens)


@pytest.mark.parametrize(
    ("policy", "thresholds", "message"),
    [
        (make_policy("majority"), [0.5], "majority cannot be swept"),
        (make_policy("drr", step_threshold=0.1), [0.5], "drr cannot be swept"),
        (make_policy("drr", k=3), [0.5], "makes 3 attempts, but 2 are stored: lower k"),
        (make_policy("drr", k=2), [1.5], "Thresholds must be"),
        (make_policy("drr", k=2), [float("nan")], "Thresholds must be"),
        (make_policy("drr", k=2, hopeless=0.3), [0.1], "Thresholds must be"),
    ],
)
def test_what_cannot_be_swept_is_refused(policy: Policy, thresholds: list[float], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        sweep(policy, tabulate(*two_questions()), thresholds)
