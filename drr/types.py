"""The nouns of DRR Studio, frozen. Knows no torch, SQLAlchemy, Gradio, file or clock.

`to_dict` writes any of them as plain JSON values; `from_dict` reads them back and refuses unknown keys.
"""

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypedDict, TypeVar, Union

from drr.answers import AnswerType
from drr.errors import InvalidData

NOBODY = "none"  # the judge's name in a trace that nobody judged


class Action(StrEnum):
    """What a policy may decide."""

    CONTINUE = "continue"
    REJECT_STEP = "reject_step"
    THINK_AGAIN = "think_again"
    STOP = "stop"
    ABSTAIN = "abstain"


class Status(StrEnum):
    """How a trace ended. RUNNING is only ever seen while it is being thought."""

    RUNNING = "running"
    ACCEPTED = "accepted"
    FALLBACK = "fallback"
    ABSTAINED = "abstained"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Question:
    """A question. `gold`: the known answer, if any; `source`: where it comes from (`gsm_symbolic:12`, `typed`)."""

    text: str
    answer_type: AnswerType = "number"
    gold: str | None = None
    choices: Mapping[str, str] | None = None
    source: str = "typed"
    id: str = ""


@dataclass(frozen=True)
class Token:
    """One token as the Reasoner wrote it: natural log-probability and entropy (nats) at temperature 1."""

    text: str
    logprob: float | None = None
    entropy: float | None = None
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Step:
    """One line of reasoning. `score`: the judge's probability, after this step, that the attempt ends right."""

    text: str
    tokens: int
    score: float | None = None
    token_texts: tuple[str, ...] = ()
    logprobs: tuple[float, ...] = ()
    entropies: tuple[float, ...] = ()
    rejected: bool = False  # thrown away by backtracking; kept for the record, not part of the attempt's text


@dataclass(frozen=True)
class Attempt:
    """One complete try. The last step is the answer line when `answer` is not None."""

    steps: tuple[Step, ...]
    answer: str | None
    finish: str = "end"  # end | length | stopped (cut short by a decision) | cancelled
    score: float | None = None
    verdict: str | None = None  # accept | reject | None (not judged)
    temperature: float = 0.0
    seconds: float = 0.0

    @property
    def tokens(self) -> int:
        """Tokens spent on this attempt, rejected steps included."""
        return sum(step.tokens for step in self.steps)

    @property
    def kept(self) -> tuple[Step, ...]:
        """The steps that were not rejected."""
        return tuple(step for step in self.steps if not step.rejected)

    @property
    def text(self) -> str:
        """The kept steps, one a line."""
        return "\n".join(step.text for step in self.kept)

    @property
    def mean_logprob(self) -> float | None:
        """Mean token log-probability in nats, or None where the Reasoner gave none."""
        values = [value for step in self.kept for value in step.logprobs]
        return sum(values) / len(values) if values else None


@dataclass(frozen=True)
class Decision:
    """What the policy did, where (attempt and step index, from 0), and why, in words a person understands."""

    attempt: int
    step: int
    action: Action
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What a trace came to. `answer` is None when it abstained, or was cancelled before any answer."""

    status: Status
    answer: str | None = None
    score: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Trace:
    """One question thought through under one policy."""

    question: Question
    attempts: tuple[Attempt, ...]
    decisions: tuple[Decision, ...]
    outcome: Outcome
    reasoner: str
    judge: str
    policy: str
    params: Mapping[str, Any]
    seed: int
    seconds: float = 0.0
    id: str = ""

    @property
    def tokens(self) -> int:
        """Tokens spent on all attempts."""
        return sum(attempt.tokens for attempt in self.attempts)


@dataclass(frozen=True)
class BehaviorRecord:
    """An attempt with its automatic label: what is browsed, annotated, exported and trained on.

    `attempt_index` counts from 0 within (question, reasoner, temperature); a retry names in `rejected` the texts of the
    attempts it was told are wrong, oldest first. `correct` is None where there is no gold answer. `dm` is who gave the
    scores, `trace` the id of the trace it came from; each is empty where there is none.
    """

    question: Question
    reasoner: str
    attempt_index: int
    attempt: Attempt
    correct: bool | None
    rejected: tuple[str, ...] = ()
    first_error_step: int | None = None
    id: str = ""
    trace: str = ""
    dm: str = ""


class JobState(StrEnum):
    """Where a job stands. Only QUEUED and RUNNING change by themselves."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Job:
    """A distillation, training or evaluation that runs in a process of its own. Times are seconds since the epoch.

    `worker` and `worker_began` (seconds since the machine's start) say which process works on it. `done` is the share
    that is finished, in [0, 1]; `due` the time when it will be, as far as one can tell. `reason` says why it failed or
    was cancelled, and what to do. `cancel_asked`: when it was asked to stop.
    """

    id: str
    kind: str
    title: str
    params: Mapping[str, Any]
    device: str
    owner: str
    created: float
    state: JobState = JobState.QUEUED
    reason: str = ""
    worker: int | None = None
    worker_began: float | None = None
    began: float | None = None
    ended: float | None = None
    cancel_asked: float | None = None
    step: int = 0
    done: float = 0.0
    due: float | None = None
    result: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Person:
    """Who asks. `verified`: the server knows the name from a login; otherwise it was only typed.

    An `admin` runs this server: they train, deploy, change many records at once, and do with every job what its owner
    may.
    """

    name: str = ""
    verified: bool = False
    admin: bool = False


T = TypeVar("T")


def to_dict(value: Any) -> Any:
    """Any noun as JSON values; fields at their defaults are kept, so that the shape never varies."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_dict(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): to_dict(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_dict(item) for item in value]
    return value


def from_dict(kind: type[T], data: Mapping[str, Any]) -> T:
    """Read back what `to_dict` wrote.

    Raises:
        InvalidData: unknown or missing keys, or a value of the wrong type.
    """
    return typing.cast(T, _read(kind, data, kind.__name__))


def _read(kind: Any, data: Any, where: str) -> Any:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return data
    if origin in (Union, types.UnionType):
        if data is None and type(None) in args:
            return None
        kinds = [arg for arg in args if arg is not type(None)]
        fitting = (kind for kind in kinds if isinstance(data, Mapping) and set(data) <= set(_names(kind)))
        return _read(next(fitting, kinds[0]), data, where)
    if origin is typing.Literal:
        if data not in args:
            raise InvalidData(f"{where}: {data!r} is not one of {', '.join(map(repr, args))}.")
        return data
    if origin is tuple:
        if not isinstance(data, (list, tuple)):
            raise InvalidData(f"{where}: expected a list, got {type(data).__name__}.")
        if args[-1] is Ellipsis:
            return tuple(_read(args[0], item, f"{where}[{i}]") for i, item in enumerate(data))
        if len(data) != len(args):
            raise InvalidData(f"{where}: expected {len(args)} values, got {len(data)}.")
        return tuple(_read(arg, item, f"{where}[{i}]") for i, (arg, item) in enumerate(zip(args, data, strict=True)))
    if dataclasses.is_dataclass(kind):
        return _read_noun(typing.cast(type, kind), data, where)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        try:
            return kind(data)
        except ValueError:
            raise InvalidData(f"{where}: {data!r} is not one of {', '.join(kind)}.") from None
    if origin is not None:  # Mapping[str, X]
        if not isinstance(data, Mapping):
            raise InvalidData(f"{where}: expected an object, got {type(data).__name__}.")
        return {str(key): _read(args[1], item, f"{where}.{key}") for key, item in data.items()}
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        raise InvalidData(f"{where}: expected {kind.__name__}, got {type(data).__name__}.")
    return data


def _names(kind: Any) -> list[str]:
    return [field.name for field in dataclasses.fields(kind)] if dataclasses.is_dataclass(kind) else []


def _read_noun(kind: type, data: Any, where: str) -> Any:
    if not isinstance(data, Mapping):
        raise InvalidData(f"{where}: expected an object, got {type(data).__name__}.")
    hints = typing.get_type_hints(kind)
    unknown = sorted(set(data) - set(hints))
    if unknown:
        raise InvalidData(f"{where}: unknown key {', '.join(unknown)}. Known: {', '.join(hints)}.")
    try:
        return kind(**{key: _read(hints[key], item, f"{where}.{key}") for key, item in data.items()})
    except TypeError as error:
        raise InvalidData(f"{where}: {error}.") from None


# --- a trace as the command line and the API tell it ------------------------------------------------------------------


class StepJson(TypedDict):
    text: str
    tokens: int
    score: float | None


class AttemptJson(TypedDict):
    steps: list[StepJson]
    answer: str | None
    verdict: str | None
    score: float | None
    tokens: int


class PlaceJson(TypedDict):
    attempt: int
    step: int


class DecisionJson(TypedDict):
    at: PlaceJson
    action: str
    reason: str


class OutcomeJson(TypedDict):
    status: str
    answer: str | None


class TraceJson(TypedDict):
    question: str
    attempts: list[AttemptJson]
    decisions: list[DecisionJson]
    outcome: OutcomeJson
    tokens: int
    seconds: float
    reasoner: str
    dm: str | None
    policy: str
    seed: int


def trace_as_json(trace: Trace) -> TraceJson:
    """What matters of a trace, without token probabilities and timings of each attempt; counts are from 0."""
    return {
        "question": trace.question.text,
        "attempts": [_attempt_as_json(attempt) for attempt in trace.attempts],
        "decisions": [
            {"at": {"attempt": made.attempt, "step": made.step}, "action": str(made.action), "reason": made.reason}
            for made in trace.decisions
        ],
        "outcome": {"status": str(trace.outcome.status), "answer": trace.outcome.answer},
        "tokens": trace.tokens,
        "seconds": round(trace.seconds, 3),
        "reasoner": trace.reasoner,
        "dm": None if trace.judge == NOBODY else trace.judge,
        "policy": trace.policy,
        "seed": trace.seed,
    }


def _attempt_as_json(attempt: Attempt) -> AttemptJson:
    return {
        "steps": [{"text": step.text, "tokens": step.tokens, "score": step.score} for step in attempt.steps],
        "answer": attempt.answer,
        "verdict": attempt.verdict,
        "score": attempt.score,
        "tokens": attempt.tokens,
    }


def apart(value: float, limit: float) -> tuple[str, str]:
    """Both with two decimals, or as many more as the limit has and as it takes to tell them apart."""
    digits = 2
    while digits < 6 and (
        float(f"{limit:.{digits}f}") != limit or (value != limit and f"{value:.{digits}f}" == f"{limit:.{digits}f}")
    ):
        digits += 1
    return f"{value:.{digits}f}", f"{limit:.{digits}f}"


def exactly(limit: float) -> str:
    """A threshold as it is shown everywhere: with two decimals, or as many more as it has."""
    return apart(limit, limit)[1]
