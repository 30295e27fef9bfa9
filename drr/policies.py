"""Stop rules: when to accept, reject a step, think again, stop or abstain. Pure: scores, answers and tokens in.

A `Policy` is a name with its parameters. Live thinking and replay ask it the same two questions, `after_step` and
`after_attempt`, and let it `conclude` once it wants no more. It knows no model, judge, file or clock.

Three kinds of rule:

- *accept* (`drr`, `self-critique`, `confidence`, `oracle`): stop at the first attempt whose score reaches `threshold`;
  when the budget ends, fall back. They differ in the judge that gives the score, and `oracle` takes fresh samples.
- *last* (`greedy`, `sample`, `always-again`): make `k` attempts and keep the last answer.
- *votes* (`majority`, `adaptive`, `best-of`, `weighted`): take fresh samples and choose among their answers.

An attempt without an answer is never accepted or chosen. Ties go to the earlier attempt.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from drr import prompts
from drr.answers import canonical
from drr.errors import InvalidInput
from drr.types import Action, Attempt, Decision, Outcome, Question, Status, Step, apart

Fallback = Literal["abstain", "best", "majority", "weighted"]
HOTTEST = 5.0  # temperature
FALLBACKS: tuple[str, ...] = get_args(Fallback)
Rule = Literal["accept", "last", "majority", "adaptive", "best", "weighted"]


@dataclass(frozen=True)
class _Kind:
    """What a policy name stands for. `params` are the ones it reads, with its defaults."""

    rule: Rule
    informed: bool
    params: Mapping[str, Any]


_BUDGET = {"token_budget": None, "first_temperature": 0.0, "retry_temperature": 0.8}
_JUDGED = {"hopeless": None, "step_threshold": None, "step_drop": None, "most_backtracks": 2, "fallback": "best"}
_SAMPLED = {**_BUDGET, "first_temperature": 0.8}

_KINDS: dict[str, _Kind] = {
    "greedy": _Kind("last", False, {"k": 1, "token_budget": None, "first_temperature": 0.0}),
    "sample": _Kind("last", False, {"k": 1, "token_budget": None, "first_temperature": 0.8}),
    "always-again": _Kind("last", True, {"k": 2, **_BUDGET}),
    "self-critique": _Kind("accept", True, {"k": 3, "threshold": 0.5, **_JUDGED, **_BUDGET}),
    "confidence": _Kind("accept", True, {"k": 3, "threshold": 0.9, **_JUDGED, **_BUDGET}),
    "majority": _Kind("majority", False, {"k": 5, **_SAMPLED}),
    "adaptive": _Kind("adaptive", False, {"k": 8, "threshold": 0.95, **_SAMPLED}),
    "best-of": _Kind("best", False, {"k": 5, **_SAMPLED}),
    "weighted": _Kind("weighted", False, {"k": 5, **_SAMPLED}),
    "drr": _Kind("accept", True, {"k": 3, "threshold": 0.5, **_JUDGED, **_BUDGET}),
    "oracle": _Kind("accept", False, {"k": 8, **_SAMPLED}),
}
POLICY_NAMES = tuple(_KINDS)
_FIXED = {"greedy": ("k", "first_temperature"), "sample": ("k",)}  # what makes them what they are

_LAST_RESORT = {
    "abstain": "abstain",
    "best": "fall back on the best score",
    "majority": "fall back on the majority",
    "weighted": "fall back on the score-weighted majority",
}
_CHOICE = {
    "last": "take the last answer",
    "majority": "take the majority",
    "adaptive": "take the majority",
    "best": "take the best score",
    "weighted": "take the score-weighted majority",
}


@dataclass(frozen=True)
class Policy:
    """A stop rule with its parameters; `make_policy` fills in the defaults of a name."""

    name: str
    k: int = 3  # most attempts
    threshold: float = 0.5  # accept at or over it; `adaptive`: sure enough that the leading answer leads
    hopeless: float | None = None  # abstain at once while every answer so far scores under it
    step_threshold: float | None = None  # reject a step that scores under it
    step_drop: float | None = None  # reject a step that scores lower than the step before by more than this
    most_backtracks: int = 2  # rejected steps in one attempt
    token_budget: int | None = None  # for all attempts together
    fallback: str = "best"  # what to answer when nothing was accepted
    first_temperature: float = 0.0
    retry_temperature: float = 0.8  # of later attempts, and of a step's second try

    def __post_init__(self) -> None:
        if self.name not in _KINDS:
            raise InvalidInput(f"There is no policy {self.name!r}. Choose one of: {', '.join(POLICY_NAMES)}.")
        self._check_whole("k", self.k, at_least=1)
        self._check_whole("most_backtracks", self.most_backtracks, at_least=0)
        self._check_whole("token_budget", self.token_budget, at_least=1)
        for param in ("threshold", "hopeless", "step_threshold", "step_drop"):
            self._check_number(param, at_most=1.0)
        for param in ("first_temperature", "retry_temperature"):
            self._check_number(param, at_most=HOTTEST)
        if self.fallback not in FALLBACKS:
            raise InvalidInput(f"fallback {self.fallback!r} is unknown. Choose one of: {', '.join(FALLBACKS)}.")
        if self.hopeless is not None and self.hopeless > self.threshold:
            raise InvalidInput(f"hopeless ({self.hopeless}) must not be over threshold ({self.threshold}).")
        if self.name in ("greedy", "sample") and self.k != 1:
            raise InvalidInput(f"{self.name} makes one attempt; for {self.k}, choose always-again or majority.")
        if self.name == "greedy" and self.first_temperature != 0:
            raise InvalidInput("greedy has temperature 0; for another, choose sample.")

    @staticmethod
    def _check_whole(param: str, value: Any, at_least: int) -> None:
        whole = isinstance(value, int) and not isinstance(value, bool) and value >= at_least
        if not whole and not (value is None and param == "token_budget"):
            raise InvalidInput(f"{param} must be a whole number, {at_least} or more; got {value!r}.")

    def _check_number(self, param: str, at_most: float) -> None:
        value = getattr(self, param)
        if value is None and param in ("hopeless", "step_threshold", "step_drop"):
            return
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= at_most:
            raise InvalidInput(f"{param} must be a number from 0 to {at_most:g}; got {value!r}.")

    @property
    def rule(self) -> Rule:
        """What it does with an attempt; see the module's text."""
        return _KINDS[self.name].rule

    @property
    def informed(self) -> bool:
        """Whether a retry is told what was rejected; if not, it is a fresh sample."""
        return _KINDS[self.name].informed

    @property
    def params(self) -> dict[str, Any]:
        """The parameters this policy reads: `make_policy(policy.name, **policy.params) == policy`."""
        return {param: getattr(self, param) for param in _KINDS[self.name].params}

    def temperature(self, attempt: int) -> float:
        """The temperature of the attempt with this index."""
        return self.first_temperature if attempt == 0 else self.retry_temperature

    def accepts(self, attempt: Attempt) -> bool:
        """Whether an accept rule stops at this attempt."""
        reached = attempt.score is not None and attempt.score >= self.threshold
        return self.rule == "accept" and attempt.answer is not None and reached

    def verdict(self, attempt: Attempt) -> str | None:
        """accept or reject; None where the rule passes no verdict on a single attempt."""
        if self.rule == "accept":
            return "accept" if self.accepts(attempt) else "reject"
        return None

    def after_step(self, attempt: int, steps: Sequence[Step]) -> Decision | None:
        """Whether to reject the last of `steps`, all that was written in this attempt; None: go on.

        The answer line is never rejected by itself: it is what `after_attempt` is for.
        """
        *before, step = steps
        if step.score is None or prompts.is_answer_line(step.text):
            return None
        if sum(earlier.rejected for earlier in before) >= self.most_backtracks:
            return None
        previous = next((earlier.score for earlier in reversed(before) if not earlier.rejected), None)
        if self.step_threshold is not None and step.score < self.step_threshold:
            score, limit = apart(step.score, self.step_threshold)
            reason = f"step score {score} under {limit}: back to the step before"
        elif self.step_drop is not None and previous is not None and previous - step.score > self.step_drop:
            reason = (
                f"step score fell from {previous:.2f} to {step.score:.2f}, by more than {self.step_drop:.2f}: "
                "back to the step before"
            )
        else:
            return None
        return Decision(attempt, len(before), Action.REJECT_STEP, reason)

    def after_attempt(self, question: Question, attempts: Sequence[Attempt]) -> Decision:
        """Think again, stop or abstain, now that the last of `attempts` is complete and scored."""
        action, reason = self._weigh(question, attempts)
        return Decision(len(attempts) - 1, max(0, len(attempts[-1].steps) - 1), action, reason)

    def conclude(self, question: Question, attempts: Sequence[Attempt]) -> Outcome:
        """What these attempts come to, once `after_attempt` wants no more."""
        action, reason = self._weigh(question, attempts)
        if action is Action.ABSTAIN:
            return Outcome(Status.ABSTAINED, reason=reason)
        if self.accepts(attempts[-1]):
            return Outcome(Status.ACCEPTED, attempts[-1].answer, attempts[-1].score, reason)
        answer, score = self.choose(question, attempts)
        return Outcome(Status.FALLBACK if self.rule == "accept" else Status.ACCEPTED, answer, score, reason)

    def choose(self, question: Question, attempts: Sequence[Attempt]) -> tuple[str | None, float | None]:
        """The answer these attempts stand for where none was accepted, and the best score it was given."""
        answered = [attempt for attempt in attempts if attempt.answer is not None]
        how = self.fallback if self.rule == "accept" else self.rule
        if not answered or how == "abstain":
            return None, None
        if how == "last":
            return answered[-1].answer, answered[-1].score
        if how == "best":
            best = max(answered, key=_score_or_lowest)
            return best.answer, best.score
        votes = _votes(question, answered, weighted=how == "weighted")
        winner = max(votes, key=lambda name: votes[name])
        voters = [attempt for attempt in answered if _name(question, attempt) == winner]
        scores = [voter.score for voter in voters if voter.score is not None]
        return voters[0].answer, max(scores, default=None)

    def _weigh(self, question: Question, attempts: Sequence[Attempt]) -> tuple[Action, str]:
        last = attempts[-1]
        answered = [attempt for attempt in attempts if attempt.answer is not None]
        if self.accepts(last):
            assert last.score is not None
            return Action.STOP, "score {} at or over {}: stop".format(*apart(last.score, self.threshold))
        if self.rule == "adaptive" and answered:
            sure = _lead(sorted(_votes(question, answered).values(), reverse=True))
            if sure > self.threshold:
                return Action.STOP, "{} sure of the leading answer, over {}: stop".format(*apart(sure, self.threshold))
        if self.rule == "accept" and self.hopeless is not None and answered:
            best = max(map(_score_or_lowest, answered))
            if -math.inf < best < self.hopeless:
                return Action.ABSTAIN, "score {} under {}: hopeless, give up".format(*apart(best, self.hopeless))
        ended = self._budget_end(attempts)
        if ended is None:
            return Action.THINK_AGAIN, self._why_again(attempts)
        if not answered:
            return Action.ABSTAIN, f"{ended} and no answer: abstain"
        if self.rule != "accept":
            return Action.STOP, f"{ended}: {_CHOICE[self.rule]}"
        action = Action.ABSTAIN if self.fallback == "abstain" else Action.STOP
        return action, f"{ended}: {_LAST_RESORT[self.fallback]}"

    def _budget_end(self, attempts: Sequence[Attempt]) -> str | None:
        tokens = sum(attempt.tokens for attempt in attempts)
        if len(attempts) >= self.k:
            return f"{len(attempts)} attempt{'' if len(attempts) == 1 else 's'} used up"
        if self.token_budget is not None and tokens >= self.token_budget:
            return f"{tokens} of {self.token_budget} tokens used up"
        return None

    def _why_again(self, attempts: Sequence[Attempt]) -> str:
        last = attempts[-1]
        if self.rule != "accept":
            return f"attempt {len(attempts)} of {self.k}: think again"
        if last.answer is None:
            return "no answer: think again"
        if last.score is None:
            return "no score: think again"
        return "score {} under {}: think again".format(*apart(last.score, self.threshold))


def make_policy(name: str, **params: Any) -> Policy:
    """The policy of this name with its own defaults, changed by `params`.

    Raises:
        InvalidInput: an unknown name, a parameter this policy does not read, or a value that makes no sense.
    """
    if name not in _KINDS:
        raise InvalidInput(f"There is no policy {name!r}. Choose one of: {', '.join(POLICY_NAMES)}.")
    known = _KINDS[name].params
    unknown = sorted(set(params) - set(known))
    if unknown:
        raise InvalidInput(f"{name} has no parameter {', '.join(unknown)}. It has: {', '.join(known)}.")
    return Policy(name, **{**known, **params})


def free_params(name: str) -> dict[str, Any]:
    """What may be chosen under the policy of this name, with its own defaults.

    Raises:
        InvalidInput: an unknown name.
    """
    return {param: value for param, value in make_policy(name).params.items() if param not in _FIXED.get(name, ())}


def with_params(policy: Policy, **params: Any) -> Policy:
    """The same policy with some parameters changed, checked as in `make_policy`."""
    return make_policy(policy.name, **{**policy.params, **params})


def _name(question: Question, attempt: Attempt) -> str:
    assert attempt.answer is not None
    return canonical(attempt.answer, question.answer_type, question.choices)


def _votes(question: Question, answered: Sequence[Attempt], weighted: bool = False) -> dict[str, float]:
    """The weight of each answer, in the order of their first appearance. A missing score weighs nothing."""
    votes: dict[str, float] = {}
    for attempt in answered:
        name = _name(question, attempt)
        votes[name] = votes.get(name, 0.0) + ((attempt.score or 0.0) if weighted else 1.0)
    return votes


def _lead(votes: Sequence[float]) -> float:
    """The probability that the leading answer would still lead the second after endless votes (uniform prior).

    P(p > 1/2) under Beta(first + 1, second + 1), which for whole votes is a binomial sum.
    """
    first, second = int(votes[0]), int(votes[1]) if len(votes) > 1 else 0
    tosses = first + second + 1
    return float(sum(math.comb(tosses, heads) for heads in range(first + 1)) / 2**tosses)


def _score_or_lowest(attempt: Attempt) -> float:
    return -math.inf if attempt.score is None else attempt.score
