"""A trace while it is being thought: events folded into a frozen view, and the thread that outlives the page.

Two halves. `fold` is pure: view + event -> view. `LiveRun` iterates over the events of `think()` in a thread of its own
and publishes numbered snapshots, so that any number of pages can mirror one run, come and go. Knows no Gradio and no
model. A run that pages were watching and that none watches any more is stopped after `GRACE` seconds, unless one is on
its way again.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from drr.errors import DRRError
from drr.thinking import (
    AttemptEnded,
    AttemptStarted,
    DecisionMade,
    Event,
    StepEnded,
    StepScored,
    TokenText,
    TraceEnded,
)
from drr.types import Action, Attempt, Decision, Outcome, Question, Status, Step, Trace

GRACE = 1.0
LOADING = 15.0  # seconds for a page that is being loaded to begin watching

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LiveStep:
    """A step as far as it is written; `done` once its line is complete."""

    text: str = ""
    tokens: int = 0
    score: float | None = None
    rejected: bool = False
    done: bool = False


@dataclass(frozen=True)
class LiveAttempt:
    """An attempt as far as it is written; `finish` is None while it runs."""

    temperature: float = 0.0
    steps: tuple[LiveStep, ...] = ()
    answer: str | None = None
    finish: str | None = None
    score: float | None = None
    verdict: str | None = None

    @property
    def tokens(self) -> int:
        return sum(step.tokens for step in self.steps)


@dataclass(frozen=True)
class LiveView:
    """Everything a page shows of one question. `params` are the policy's own (k, threshold, fallback ...).

    Before a run is `Begun`, nothing is known but the question.
    """

    question: Question
    judge: str = ""
    policy: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    attempts: tuple[LiveAttempt, ...] = ()
    decisions: tuple[Decision, ...] = ()
    outcome: Outcome = field(default_factory=lambda: Outcome(Status.RUNNING))
    trace_id: str = ""

    @property
    def tokens(self) -> int:
        return sum(attempt.tokens for attempt in self.attempts)


@dataclass(frozen=True)
class Begun:
    """The first event of a run that had to wait for its models: now its judge and its rule are known."""

    view: LiveView


def fold(view: LiveView, event: Event | Begun) -> LiveView:
    """The view after one more event."""
    match event:
        case Begun():
            return event.view
        case AttemptStarted():
            return replace(view, attempts=(*view.attempts, LiveAttempt(temperature=event.temperature)))
        case TokenText():
            return _change(view, event.attempt, lambda attempt: _written(attempt, event.text))
        case StepEnded():
            return _change(view, event.attempt, lambda attempt: _put(attempt, event.step, _of_step(event.value)))
        case StepScored():
            return _change(view, event.attempt, lambda attempt: _scored(attempt, event.step, event.score))
        case DecisionMade():
            return _decided(view, event.decision)
        case AttemptEnded():
            return _change(view, event.attempt, lambda _: _of_attempt(event.value))
        case TraceEnded():
            return view_of(event.trace)


def view_of(trace: Trace) -> LiveView:
    """A finished trace as its run looked at the end."""
    return LiveView(
        question=trace.question,
        judge=trace.judge,
        policy=trace.policy,
        params=trace.params,
        attempts=tuple(_of_attempt(attempt) for attempt in trace.attempts),
        decisions=trace.decisions,
        outcome=trace.outcome,
        trace_id=trace.id,
    )


def _of_step(step: Step) -> LiveStep:
    return LiveStep(step.text, step.tokens, step.score, step.rejected, done=True)


def _of_attempt(attempt: Attempt) -> LiveAttempt:
    return LiveAttempt(
        temperature=attempt.temperature,
        steps=tuple(_of_step(step) for step in attempt.steps),
        answer=attempt.answer,
        finish=attempt.finish,
        score=attempt.score,
        verdict=attempt.verdict,
    )


def _change(view: LiveView, index: int, change: Callable[[LiveAttempt], LiveAttempt]) -> LiveView:
    attempts = view.attempts
    return replace(view, attempts=(*attempts[:index], change(attempts[index]), *attempts[index + 1 :]))


def _put(attempt: LiveAttempt, index: int, step: LiveStep) -> LiveAttempt:
    return replace(attempt, steps=(*attempt.steps[:index], step, *attempt.steps[index + 1 :]))


def _written(attempt: LiveAttempt, text: str) -> LiveAttempt:
    steps = attempt.steps
    if not steps or steps[-1].done:
        steps = (*steps, LiveStep())
    last = replace(steps[-1], text=steps[-1].text + text.rstrip("\n"), tokens=steps[-1].tokens + 1)
    return replace(attempt, steps=(*steps[:-1], last))


def _scored(attempt: LiveAttempt, index: int, score: float) -> LiveAttempt:
    return _put(attempt, index, replace(attempt.steps[index], score=score))


def _decided(view: LiveView, decision: Decision) -> LiveView:
    view = replace(view, decisions=(*view.decisions, decision))
    if decision.action is not Action.REJECT_STEP:
        return view
    return _change(view, decision.attempt, lambda attempt: _thrown_away(attempt, decision.step))


def _thrown_away(attempt: LiveAttempt, index: int) -> LiveAttempt:
    return _put(attempt, index, replace(attempt.steps[index], rejected=True))


# --- the run ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """What went wrong, for a person. `code` is set for bugs: the log has the details under it."""

    message: str
    code: str = ""


def problem_of(error: BaseException) -> Problem:
    """A DRRError says itself what to do; anything else is a bug, logged under the code that the person sees."""
    if isinstance(error, DRRError):
        return Problem(str(error))
    code = secrets.token_hex(3)
    log.error("bug %s", code, exc_info=error)
    return Problem(
        "This is a bug in DRR Studio, not something you did. Try again; if it stays, report it with its code.", code
    )


@dataclass(frozen=True)
class Snapshot:
    """A run at one moment. `version` grows with every change."""

    run_id: str
    version: int
    view: LiveView
    seconds: float
    done: bool = False
    problem: Problem | None = None


class LiveRun:
    """One question being thought through, watched by any number of pages.

    `events` is given this run's stop flag, a `threading.Event`; once it is set, the iterator ends within a token, with
    a TraceEnded for what there is, if there is anything.
    """

    def __init__(
        self, view: LiveView, events: Callable[[threading.Event], Iterable[Event | Begun]], run_id: str = ""
    ) -> None:
        self.id = run_id or secrets.token_urlsafe(12)
        self.trace: Trace | None = None
        self._events = events
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self._viewers: set[str] = set()
        self._left_at: float | None = None
        self._expected_until = 0.0
        self._began = time.monotonic()
        self._snapshot = Snapshot(self.id, 0, view, 0.0)
        self._thread = threading.Thread(target=self._run, name=f"run-{self.id}", daemon=True)

    def start(self) -> "LiveRun":
        self._thread.start()
        return self

    @property
    def done(self) -> bool:
        return self._snapshot.done

    def snapshot(self) -> Snapshot:
        """The latest state; `seconds` runs on while the thread waits for a token."""
        snapshot = self._snapshot
        return snapshot if snapshot.done else replace(snapshot, seconds=time.monotonic() - self._began)

    def wait(self, version: int, timeout: float) -> bool:
        """Wait for something newer than `version`; False after `timeout` seconds without."""
        with self._changed:
            return self._changed.wait_for(lambda: self._snapshot.version > version, timeout)

    def stop(self) -> None:
        """Ask the Reasoner to stop before its next token; what there is stays."""
        self._stop.set()

    def hold(self, viewer: str) -> None:
        """`viewer`, any name of a page, is watching."""
        with self._changed:
            self._viewers.add(viewer)
            self._left_at = None
            self._expected_until = 0.0

    def expect(self) -> None:
        """A page that shows this run is being loaded: a reload, on its way to `hold`."""
        self._expected_until = time.monotonic() + LOADING

    def release(self, viewer: str) -> None:
        """`viewer` is gone. The last one to go starts the grace period."""
        with self._changed:
            if viewer in self._viewers:
                self._viewers.remove(viewer)
                self._left_at = None if self._viewers else time.monotonic()

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the thread to end; False if it has not after `timeout` seconds."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        problem = None
        try:
            for event in self._events(self._stop):
                if isinstance(event, TraceEnded):
                    self.trace = event.trace
                self._publish(view=fold(self._snapshot.view, event))
                if self._abandoned():
                    self._stop.set()
        except Exception as error:  # the thread's last resort: a viewer must never hang
            problem = problem_of(error)
        finally:
            self._publish(done=True, problem=problem)

    def _abandoned(self) -> bool:
        left = self._left_at
        return left is not None and time.monotonic() > max(left + GRACE, self._expected_until)

    def _publish(self, **changes: Any) -> None:
        with self._changed:
            seconds = time.monotonic() - self._began
            self._snapshot = replace(self._snapshot, version=self._snapshot.version + 1, seconds=seconds, **changes)
            self._changed.notify_all()
