"""Any policy over stored attempts, decided again without a model.

`replay` asks the policy exactly what live thinking asks it, for one question. `sweep` does the same for all questions
and many thresholds at once, in numpy, for the accept policies (`drr` and its like): it finds thresholds and moves the
slider. Knows no torch, model, file or clock.

Stored attempts are a *chain* (the first attempt, then retries that were each told of all before) and *samples* (each
made afresh). A policy whose retries are told of rejections reads the chain; one that samples reads the samples, after
the chain's first attempt where it starts greedily.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from drr.answers import Grade, canonical, grade
from drr.errors import InvalidInput
from drr.policies import Policy
from drr.types import Action, Attempt, Decision, Outcome, Question, Status, Step


@dataclass(frozen=True)
class Replay:
    """What the policy would have done. Status RUNNING: it went where nothing is stored, so only a model can tell."""

    outcome: Outcome
    attempts: tuple[Attempt, ...]
    decisions: tuple[Decision, ...]

    @property
    def tokens(self) -> int:
        """Tokens of the attempts used."""
        return sum(attempt.tokens for attempt in self.attempts)


def replay(policy: Policy, question: Question, chain: Sequence[Attempt], samples: Sequence[Attempt] = ()) -> Replay:
    """Decide `policy` over the stored attempts of one question, scored beforehand; cancelled attempts do not count."""
    used: list[Attempt] = []
    decisions: list[Decision] = []

    def unknown(reason: str) -> Replay:
        return Replay(Outcome(Status.RUNNING, reason=reason), tuple(used), tuple(decisions))

    for index, stored in enumerate(_source(policy, chain, samples)):
        attempt = stored
        if policy.token_budget is not None:
            attempt = _cut(attempt, policy.token_budget - sum(earlier.tokens for earlier in used))
        for place, step in enumerate(attempt.steps):
            decision = policy.after_step(index, [*attempt.steps[:place], replace(step, rejected=False)])
            if (decision is not None) != step.rejected:
                return unknown(f"attempt {index + 1} would go another way after step {place + 1}")
            if decision is not None:
                decisions.append(decision)
        used.append(replace(attempt, verdict=policy.verdict(attempt)))
        decision = policy.after_attempt(question, used)
        decisions.append(decision)
        if decision.action is not Action.THINK_AGAIN:
            return Replay(policy.conclude(question, used), tuple(used), tuple(decisions))
    return unknown(f"it would think again after the {len(used)} stored")


def _source(policy: Policy, chain: Sequence[Attempt], samples: Sequence[Attempt]) -> list[Attempt]:
    greedy_first = policy.first_temperature == 0
    attempts = chain if policy.informed else [*(chain[:1] if greedy_first else ()), *samples]
    return [attempt for attempt in attempts if attempt.finish != "cancelled"]


def _cut(attempt: Attempt, tokens: int) -> Attempt:
    """The attempt as the token budget would have left it: no answer, the last line cut off and unscored."""
    if attempt.tokens <= tokens:
        return attempt
    steps: list[Step] = []
    for step in attempt.steps:
        if step.tokens > tokens:
            break
        steps.append(step)
        tokens -= step.tokens
    if tokens:
        step = attempt.steps[len(steps)]
        texts = step.token_texts[:tokens]
        steps.append(Step("".join(texts), tokens, None, texts, step.logprobs[:tokens], step.entropies[:tokens]))
    return replace(attempt, steps=tuple(steps), answer=None, finish="length", score=None)


@dataclass(frozen=True)
class Table:
    """Stored attempts as arrays [questions, attempts], in the order in which a policy makes them.

    `scores`: nan where there is none. `answers`: equal answers of a question share a number; -1 is no answer.
    """

    scores: NDArray[np.float64]
    answers: NDArray[np.int64]
    right: NDArray[np.bool_]
    tokens: NDArray[np.int64]

    def __post_init__(self) -> None:
        shapes = {array.shape for array in (self.scores, self.answers, self.right, self.tokens)}
        if len(shapes) != 1 or self.scores.ndim != 2:
            raise InvalidInput(f"A table takes four arrays of one shape [questions, attempts]; got {sorted(shapes)}.")


def tabulate(questions: Sequence[Question], attempts: Sequence[Sequence[Attempt]]) -> Table:
    """The table of these attempts, one row a question.

    Raises:
        InvalidInput: rows of unequal length.
    """
    widths = {len(row) for row in attempts}
    if len(widths) > 1 or len(questions) != len(attempts):
        raise InvalidInput(f"Each question needs the same number of stored attempts; got {sorted(widths)}.")
    shape = (len(questions), widths.pop() if widths else 0)
    table = Table(np.full(shape, np.nan), np.full(shape, -1), np.zeros(shape, bool), np.zeros(shape, np.int64))
    for row, (question, tried) in enumerate(zip(questions, attempts, strict=True)):
        numbers: dict[str, int] = {}
        for column, attempt in enumerate(tried):
            table.tokens[row, column] = attempt.tokens
            if attempt.score is not None:
                table.scores[row, column] = attempt.score
            if attempt.answer is not None:
                name = canonical(attempt.answer, question.answer_type, question.choices)
                table.answers[row, column] = numbers.setdefault(name, len(numbers))
                graded = grade(attempt.answer, question.gold, question.answer_type, question.choices)
                table.right[row, column] = graded is Grade.RIGHT
    return table


@dataclass(frozen=True)
class Sweep:
    """What happened at each threshold: arrays [thresholds, questions]. `accepted` leaves out the fallback's answers."""

    thresholds: NDArray[np.float64]
    right: NDArray[np.bool_]
    answered: NDArray[np.bool_]
    accepted: NDArray[np.bool_]
    used_tokens: NDArray[np.int64]
    used_attempts: NDArray[np.int64]

    @property
    def accuracy(self) -> NDArray[np.float64]:
        """The part of all questions answered rightly."""
        return np.asarray(self.right.mean(axis=1))

    @property
    def coverage(self) -> NDArray[np.float64]:
        """The part of all questions answered at all."""
        return np.asarray(self.answered.mean(axis=1))

    @property
    def precision(self) -> NDArray[np.float64]:
        """The part of the answered questions answered rightly; nan where none is."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.right.sum(axis=1) / self.answered.sum(axis=1))

    @property
    def tokens(self) -> NDArray[np.float64]:
        """Mean tokens a question."""
        return np.asarray(self.used_tokens.mean(axis=1))

    @property
    def attempts(self) -> NDArray[np.float64]:
        """Mean attempts a question."""
        return np.asarray(self.used_attempts.mean(axis=1))


def sweep(policy: Policy, table: Table, thresholds: Sequence[float] | NDArray[np.float64]) -> Sweep:
    """`policy` at each of `thresholds` instead of its own: what `replay` says of each question, all at once.

    Raises:
        InvalidInput: the policy does not stop at a threshold, rejects steps, or makes more attempts than are stored.
    """
    if policy.rule != "accept" or policy.step_threshold is not None or policy.step_drop is not None:
        raise InvalidInput(
            f"{policy.name} cannot be swept: only policies that accept whole attempts at a threshold can."
        )
    if table.scores.shape[1] < policy.k:
        raise InvalidInput(f"{policy.name} makes {policy.k} attempts, but {table.scores.shape[1]} are stored: lower k.")
    limits = np.asarray(thresholds, float)
    if limits.ndim != 1 or not np.all((limits >= (policy.hopeless or 0)) & (limits <= 1)):
        raise InvalidInput("Thresholds must be a list of numbers from 0 (or hopeless) to 1.")
    rows = np.arange(len(table.scores))
    tokens = table.tokens[:, : policy.k].cumsum(axis=1)
    answers, scores = table.answers[:, : policy.k].copy(), np.nan_to_num(table.scores[:, : policy.k], nan=-np.inf)
    last = np.full(len(rows), policy.k - 1)
    if policy.token_budget is not None:
        spent = tokens >= policy.token_budget
        last = np.where(spent.any(axis=1), spent.argmax(axis=1), last)
        answers[tokens > policy.token_budget] = -1  # cut off before its answer
        tokens = np.minimum(tokens, policy.token_budget)
    answers[np.arange(policy.k) > last[:, None]] = -1  # never made
    scores[answers < 0] = -np.inf

    resort, chosen = _fallback(policy, answers, scores)
    hopeless = np.full(len(rows), policy.k)
    if policy.hopeless is not None:
        best = np.maximum.accumulate(scores, axis=1)
        given_up = (-np.inf < best) & (best < policy.hopeless)
        hopeless = np.where(given_up.any(axis=1), given_up.argmax(axis=1), policy.k)

    reached = scores[None] >= limits[:, None, None]
    accepted_at = np.where(reached.any(axis=2), reached.argmax(axis=2), policy.k)
    accepted = (accepted_at < policy.k) & (accepted_at <= hopeless)
    falls_back = ~accepted & (hopeless == policy.k) & resort
    ends_at = np.minimum(np.minimum(accepted_at, hopeless), last)
    answer_at = np.where(accepted, ends_at, chosen)
    answered = accepted | falls_back
    return Sweep(
        thresholds=limits,
        right=answered & table.right[rows, answer_at],
        answered=answered,
        accepted=accepted,
        used_tokens=tokens[rows, ends_at],
        used_attempts=ends_at + 1,
    )


def _fallback(
    policy: Policy, answers: NDArray[np.int64], scores: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """For each question: whether the fallback has an answer, and the attempt that gives it."""
    has_answer = np.asarray((answers >= 0).any(axis=1))
    if policy.fallback == "abstain":
        return np.zeros_like(has_answer), np.zeros(len(answers), np.int64)
    if policy.fallback == "best":
        ranked = np.where(answers >= 0, np.maximum(scores, -1.0), -np.inf)  # unscored, yet an answer
        return has_answer, ranked.argmax(axis=1)
    weights = np.maximum(scores, 0.0) if policy.fallback == "weighted" else np.ones_like(scores)
    votes = np.zeros_like(scores)
    for voter in range(scores.shape[1]):  # in the order of the attempts, so that sums round as in `Policy.choose`
        votes += weights[:, [voter]] * (answers == answers[:, [voter]])
    votes[answers < 0] = -1.0
    return has_answer, votes.argmax(axis=1)
