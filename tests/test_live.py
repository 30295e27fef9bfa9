import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from drr import live
from drr.errors import ModelUnavailable
from drr.live import Begun, LiveRun, LiveView, fold, problem_of, view_of
from drr.policies import make_policy
from drr.reasoners.scripted import ScriptedReasoner
from drr.testing import APPLES, RIGHT, WRONG, ScriptedJudge, make_question
from drr.thinking import Event, Thinking, TokenText, TraceEnded, think
from drr.types import Status

STEPS = {"Sarah buys 3+7=10 apples.": 0.1}


def thinking(stop: threading.Event | None = None, delay: float = 0.0, **params: float) -> Thinking:
    reasoner = ScriptedReasoner({APPLES: [WRONG, RIGHT]}, delay=delay)
    judge = ScriptedJudge([0.3, 0.9], steps=STEPS, step_default=0.5)
    return think(make_question(), reasoner, judge, make_policy("drr", **params), stop=stop.is_set if stop else None)


def test_folding_all_events_but_the_last_gives_what_the_trace_says() -> None:
    *events, end = thinking()
    view = LiveView(make_question())
    for event in events:
        view = fold(view, event)
    assert isinstance(end, TraceEnded)
    final = view_of(end.trace)
    assert (view.attempts, view.decisions) == (final.attempts, final.decisions)
    assert fold(view, end) == final
    assert final.outcome.status is Status.ACCEPTED and final.tokens == end.trace.tokens


def test_a_step_grows_token_by_token_and_counts_them() -> None:
    view = LiveView(make_question())
    for event in thinking():
        view = fold(view, event)
        if isinstance(event, TokenText) and event.text == " 3+7=10":
            break
    assert view.attempts[0].steps == (live.LiveStep("Sarah buys 3+7=10", 3),)


def test_a_rejected_step_stays_and_is_marked() -> None:
    view = LiveView(make_question())
    for event in thinking(step_threshold=0.2, most_backtracks=1):
        view = fold(view, event)
    first, second = view.attempts[0].steps[:2]
    assert first.rejected and not second.rejected


def test_a_run_that_waited_knows_its_rule_once_it_begins() -> None:
    begun = LiveView(make_question(), judge="dm", policy="drr", params={"threshold": 0.7})
    run = run_of(lambda stop: [Begun(begun)])
    assert run.join(1) and run.snapshot().view == begun


def test_folding_never_changes_the_view_before() -> None:
    views = [LiveView(make_question())]
    for event in thinking():
        views.append(fold(views[-1], event))
    assert views[0] == LiveView(make_question()) and len(set(map(repr, views))) > 20


def run_of(events: object) -> LiveRun:
    return LiveRun(LiveView(make_question()), events).start()  # type: ignore[arg-type]


def test_a_run_publishes_growing_versions_and_ends_with_its_trace() -> None:
    run = run_of(lambda stop: thinking(stop))
    version = 0
    while not run.done:
        run.wait(version, 1)
        assert run.snapshot().version >= version
        version = run.snapshot().version
    assert run.join(1) and run.trace is not None and run.snapshot().view == view_of(run.trace)


def test_stop_keeps_the_partial_trace() -> None:
    run = run_of(lambda stop: thinking(stop, delay=0.02))
    assert run.wait(3, 2)
    run.stop()
    assert run.join(1) and run.trace is not None
    assert run.trace.outcome.status is Status.CANCELLED and run.snapshot().view.tokens > 0


def test_waiting_in_vain_says_so() -> None:
    run = LiveRun(LiveView(make_question()), lambda stop: thinking(stop))
    assert not run.wait(run.snapshot().version, 0.01)


def test_a_run_that_its_last_page_left_is_stopped_after_the_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "GRACE", 0.1)
    run = run_of(lambda stop: thinking(stop, delay=0.05))
    for viewer in ("a", "b"):
        run.hold(viewer)
    run.release("a")
    run.release("a")
    time.sleep(0.2)
    assert not run.done
    run.release("b")
    assert run.join(0.4) and run.trace is not None and run.trace.outcome.status is Status.CANCELLED


def test_a_page_that_comes_back_in_time_keeps_its_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "GRACE", 0.1)
    run = run_of(lambda stop: thinking(stop, delay=0.03))
    run.hold("a")
    run.release("a")
    run.hold("a again")
    assert run.join(5) and run.trace is not None and run.trace.outcome.status is Status.ACCEPTED


def test_a_reload_that_takes_long_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "GRACE", 0.0)
    run = run_of(lambda stop: thinking(stop, delay=0.01))
    run.hold("a")
    run.expect()
    run.release("a")
    assert run.join(5) and run.trace is not None and run.trace.outcome.status is Status.ACCEPTED


def test_an_unwatched_run_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "GRACE", 0.0)
    run = run_of(lambda stop: thinking(stop))
    assert run.join(2) and run.trace is not None and run.trace.outcome.status is Status.ACCEPTED


def test_an_error_ends_the_run_and_keeps_what_there_was() -> None:
    def events(_: threading.Event) -> Iterator[Event]:
        for number, event in enumerate(thinking()):
            if number == 5:
                raise ModelUnavailable("The DM is gone. Choose another.")
            yield event

    run = run_of(events)
    assert run.join(2) and run.done
    problem = run.snapshot().problem
    assert problem is not None and problem.message == "The DM is gone. Choose another." and not problem.code
    assert run.snapshot().view.tokens > 0


def test_a_bug_gets_a_code_that_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    problem = problem_of(ValueError("secret detail"))
    assert "bug" in problem.message and "secret" not in problem.message
    assert problem.code in caplog.text and "secret detail" in caplog.text


def test_a_finished_run_keeps_its_time() -> None:
    run = run_of(lambda stop: thinking(stop))
    run.join(2)
    assert replace(run.snapshot()) == run.snapshot()
