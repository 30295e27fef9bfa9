"""The one loop: a Reasoner thinks, a judge watches, a policy decides; told as an iterator of typed events.

Live reasoning, distillation and every baseline are this loop with another judge and policy. Whatever happens (the end,
`stop()`, closing, an error in a model), `Thinking.trace` holds all that was thought so far::

    thinking = think(question, reasoner, judge, policy, seed=7)
    for event in thinking:
        ...
    thinking.trace

The same arguments give the same trace, but for its seconds: an attempt's seed is a hash of (seed, attempt, backtracks).
"""

import hashlib
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace

from drr.errors import InvalidInput
from drr.judges import Judge
from drr.policies import Policy
from drr.reasoners import AttemptEnd, Piece, Reasoner, Request
from drr.types import Action, Attempt, Decision, Outcome, Question, Status, Step, Token, Trace


@dataclass(frozen=True)
class AttemptStarted:
    """`rejected`: how many attempts the Reasoner is told are wrong."""

    attempt: int
    temperature: float
    rejected: int


@dataclass(frozen=True)
class TokenText:
    """The Reasoner wrote one token of this attempt."""

    attempt: int
    text: str
    token: Token


@dataclass(frozen=True)
class StepEnded:
    """A line is complete; `step` counts the lines of the attempt from 0, rejected ones too."""

    attempt: int
    step: int
    value: Step


@dataclass(frozen=True)
class StepScored:
    """What the judge thinks after this step."""

    attempt: int
    step: int
    score: float


@dataclass(frozen=True)
class DecisionMade:
    """What the policy decided. After a rejected step the attempt goes on from the step before."""

    decision: Decision


@dataclass(frozen=True)
class AttemptEnded:
    """The attempt with its score and verdict."""

    attempt: int
    value: Attempt


@dataclass(frozen=True)
class TraceEnded:
    """Always the last event."""

    trace: Trace


Event = AttemptStarted | TokenText | StepEnded | StepScored | DecisionMade | AttemptEnded | TraceEnded


_ON_REQUEST = "stopped on request"


def attempt_seed(seed: int, attempt: int, backtracks: int = 0) -> int:
    """The seed of one attempt (31 bits, which every inference server takes), the same on every machine."""
    digest = hashlib.sha256(f"{seed}/{attempt}/{backtracks}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


class Thinking(Iterator[Event]):
    """A question being thought through. `stop()` may come from any thread; closing only from the one that iterates."""

    def __init__(
        self,
        question: Question,
        reasoner: Reasoner,
        judge: Judge,
        policy: Policy,
        *,
        seed: int = 0,
        max_tokens: int = 256,
        clock: Callable[[], float] = time.monotonic,
        shadow: bool = False,
        stop: Callable[[], bool] | None = None,
    ) -> None:
        if not question.text.strip():
            raise InvalidInput("The question is empty: type one, or choose an example.")
        if max_tokens < 1:
            raise InvalidInput(f"max_tokens must be 1 or more; got {max_tokens}.")
        self._question = question
        self._reasoner = reasoner
        self._judge = judge
        self._policy = policy
        self._seed = seed
        self._max_tokens = max_tokens
        self._clock = clock
        self._shadow = shadow
        self._stop_asked = stop or (lambda: False)
        self._stop = threading.Event()
        self._begun = self._ended = clock()
        self._attempts: list[Attempt] = []
        self._draft: _Draft | None = None
        self._decisions: list[Decision] = []
        self._outcome: Outcome | None = None
        self._over = False
        self._events = self._think()

    def __next__(self) -> Event:
        return next(self._events)

    def stop(self) -> None:
        """Stop within one token; the iterator then tells how the attempt and the trace end."""
        self._stop.set()

    def close(self) -> None:
        """Stop at once, without further events."""
        self._events.close()
        self._end(_ON_REQUEST)

    def __enter__(self) -> "Thinking":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def trace(self) -> Trace:
        """All that was thought so far; an unfinished attempt is its last one, with finish `cancelled`."""
        unfinished = [] if self._draft is None else [self._draft.attempt(None, "cancelled", self._seconds())]
        return Trace(
            question=self._question,
            attempts=(*self._attempts, *unfinished),
            decisions=tuple(self._decisions),
            outcome=self._outcome or Outcome(Status.RUNNING),
            reasoner=self._reasoner.name,
            judge=self._judge.name,
            policy=self._policy.name,
            params=self._policy.params,
            seed=self._seed,
            seconds=(self._ended if self._over else self._clock()) - self._begun,
        )

    def _seconds(self) -> float:
        assert self._draft is not None
        return (self._ended if self._over else self._clock()) - self._draft.begun

    def _end(self, why: str) -> None:
        """Fix the outcome. Cancelled before the policy had its way: the answer that the finished attempts stand for."""
        if self._over:
            return
        self._over, self._ended = True, self._clock()
        if self._outcome is None:
            answer, score = self._policy.choose(self._question, self._attempts)
            self._outcome = Outcome(Status.CANCELLED, answer, score, why)

    def _think(self) -> Generator[Event, None, None]:
        why = _ON_REQUEST
        try:
            while not self._stopped() and not self._done():
                yield from self._one_attempt()
                if self._draft is not None:
                    break
                yield from self._decide()
            self._end(why)
            if self._draft is not None:
                yield AttemptEnded(len(self._attempts), self.trace.attempts[-1])
            yield TraceEnded(self.trace)
        except Exception as error:
            why = f"failed: {error}"
            raise
        finally:
            self._end(why)

    def _stopped(self) -> bool:
        return self._stop.is_set() or self._stop_asked()

    def _done(self) -> bool:
        return self._outcome is not None and not (self._shadow and len(self._attempts) < self._policy.k)

    def _one_attempt(self) -> Iterator[Event]:
        """Write one attempt. When stopped inside, its draft stays."""
        index = len(self._attempts)
        rejected = tuple(attempt.text for attempt in self._attempts) if self._policy.informed else ()
        temperature = self._policy.temperature(index)
        draft = self._draft = _Draft(temperature, self._clock())
        watch = self._judge.watch(self._question, rejected)
        yield AttemptStarted(index, temperature, len(rejected))
        limit = self._token_limit()
        end: AttemptEnd | None = None
        while end is None:
            if draft.tokens >= limit:
                end = AttemptEnd(None, "length")
                break
            request = Request(
                question=self._question,
                rejected=rejected,
                steps=draft.kept,
                temperature=self._policy.retry_temperature if draft.backtracks else temperature,
                seed=attempt_seed(self._seed, index, draft.backtracks),
                max_tokens=limit - draft.tokens,
            )
            pieces = self._reasoner.attempt(request)
            try:
                while end is None:
                    if self._stopped():
                        return
                    piece = _next(pieces, self._reasoner)
                    if isinstance(piece, Token):
                        draft.line.append(piece)
                        yield TokenText(index, piece.text, piece)
                    elif isinstance(piece, AttemptEnd):
                        end = piece
                    else:
                        draft.end_line(piece.step)
                        place = len(draft.steps) - 1
                        yield StepEnded(index, place, piece.step)
                        score = watch.score(piece.step, piece.hidden)
                        if score is not None:
                            draft.steps[-1] = replace(piece.step, score=score)
                            yield StepScored(index, place, score)
                        decision = self._policy.after_step(index, draft.steps)
                        if decision is not None:
                            draft.steps[-1] = replace(draft.steps[-1], rejected=True)
                            watch.back(len(draft.kept))
                            self._decisions.append(decision)
                            yield DecisionMade(decision)
                            break
            finally:
                _close(pieces)
        attempt = draft.attempt(end.answer, end.finish, self._clock() - draft.begun)
        attempt = replace(attempt, score=watch.finish(attempt))
        attempt = replace(attempt, verdict=self._policy.verdict(attempt))
        self._attempts.append(attempt)
        self._draft = None
        yield AttemptEnded(index, attempt)

    def _token_limit(self) -> int:
        """Tokens for the next attempt; a shadow attempt, past the stop, is not charged to the budget."""
        if self._policy.token_budget is None or self._outcome is not None:
            return self._max_tokens
        return min(self._max_tokens, self._policy.token_budget - sum(attempt.tokens for attempt in self._attempts))

    def _decide(self) -> Iterator[Event]:
        decision = self._policy.after_attempt(self._question, self._attempts)
        if self._outcome is not None:
            decision = replace(decision, reason=f"shadow run, past the stop: {decision.reason}")
        elif decision.action is not Action.THINK_AGAIN:
            self._outcome = self._policy.conclude(self._question, self._attempts)
        self._decisions.append(decision)
        yield DecisionMade(decision)


def think(
    question: Question,
    reasoner: Reasoner,
    judge: Judge,
    policy: Policy,
    *,
    seed: int = 0,
    max_tokens: int = 256,
    clock: Callable[[], float] = time.monotonic,
    shadow: bool = False,
    stop: Callable[[], bool] | None = None,
) -> Thinking:
    """Think one question through.

    `max_tokens` is for one attempt. `stop` is asked before each token (a `threading.Event`'s `is_set`). `shadow`: think
    on past the policy's stop, up to its `k` attempts, for later replay; the outcome stays the policy's.
    """
    return Thinking(
        question, reasoner, judge, policy, seed=seed, max_tokens=max_tokens, clock=clock, shadow=shadow, stop=stop
    )


class _Draft:
    """The attempt that is being written."""

    def __init__(self, temperature: float, begun: float) -> None:
        self.temperature = temperature
        self.begun = begun
        self.steps: list[Step] = []
        self.line: list[Token] = []

    @property
    def kept(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if not step.rejected)

    @property
    def backtracks(self) -> int:
        return sum(step.rejected for step in self.steps)

    @property
    def tokens(self) -> int:
        return sum(step.tokens for step in self.steps)

    def end_line(self, step: Step) -> None:
        self.steps.append(step)
        self.line = []

    def attempt(self, answer: str | None, finish: str, seconds: float) -> Attempt:
        """What is written so far; a line that was cut off is an unscored step of its own."""
        text = "".join(token.text for token in self.line).strip("\n")
        cut_off = [_step(text, self.line)] if text.strip() else []
        return Attempt((*self.steps, *cut_off), answer, finish, temperature=self.temperature, seconds=seconds)


def _step(text: str, tokens: list[Token]) -> Step:
    return Step(
        text,
        len(tokens),
        token_texts=tuple(token.text for token in tokens),
        logprobs=tuple(token.logprob for token in tokens if token.logprob is not None),
        entropies=tuple(token.entropy for token in tokens if token.entropy is not None),
    )


def _next(pieces: Iterator[Piece], reasoner: Reasoner) -> Piece:
    try:
        return next(pieces)
    except StopIteration:
        raise RuntimeError(f"{reasoner.name} ended an attempt without an AttemptEnd.") from None


def _close(pieces: Iterator[Piece]) -> None:
    close = getattr(pieces, "close", None)
    if close is not None:
        close()
