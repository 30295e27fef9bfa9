"""The one loop: its events, its stops, its seeds, its partial traces."""

import itertools
import threading
from collections.abc import Iterator

import pytest

from drr.errors import InvalidInput
from drr.judges import ConstantJudge, GoldJudge, Judge
from drr.policies import Policy, make_policy
from drr.reasoners import AttemptEnd, Piece, Request, StepEnd
from drr.reasoners.scripted import Script, ScriptedReasoner
from drr.testing import APPLES, RIGHT, WRONG, ScriptedJudge, make_question, make_step
from drr.thinking import (
    AttemptEnded,
    AttemptStarted,
    DecisionMade,
    Event,
    StepEnded,
    StepScored,
    Thinking,
    TokenText,
    TraceEnded,
    attempt_seed,
    think,
)
from drr.types import Action, Status, Token, Trace, from_dict, to_dict

QUESTION = make_question()
ALSO_WRONG = "Sarah has 3 bags.\nAnswer: 3"


def reasoner(*texts: str | Script) -> ScriptedReasoner:
    return ScriptedReasoner({APPLES: texts or (WRONG, RIGHT, ALSO_WRONG)})


def run(policy: Policy, judge: Judge, *texts: str | Script, **arguments: object) -> Trace:
    thinking = think(QUESTION, reasoner(*texts), judge, policy, **arguments)  # type: ignore[arg-type]
    list(thinking)
    return thinking.trace


def actions(trace: Trace) -> list[Action]:
    return [decision.action for decision in trace.decisions]


# --- the loop ---------------------------------------------------------------------------------------------------------


def test_a_rejected_attempt_is_followed_by_one_that_is_told_so() -> None:
    fake = reasoner()
    judge = ScriptedJudge([0.2, 0.9])
    thinking = think(QUESTION, fake, judge, make_policy("drr"))
    list(thinking)
    trace = thinking.trace
    assert [attempt.text for attempt in trace.attempts] == [WRONG, RIGHT]
    assert [attempt.verdict for attempt in trace.attempts] == ["reject", "accept"]
    assert [attempt.score for attempt in trace.attempts] == [0.2, 0.9]
    assert [request.rejected for request in fake.requests] == [(), (WRONG,)]
    assert [rejected for _, rejected in judge.watched] == [(), (WRONG,)]
    assert (trace.outcome.status, trace.outcome.answer) == (Status.ACCEPTED, "33")


def test_all_rejected_attempts_are_told_oldest_first() -> None:
    fake = reasoner()
    list(think(QUESTION, fake, ScriptedJudge([0.1]), make_policy("drr", k=3)))
    assert fake.requests[2].rejected == (WRONG, RIGHT)


def test_the_first_attempt_is_greedy_and_the_retry_is_sampled() -> None:
    fake = reasoner()
    trace = think(QUESTION, fake, ScriptedJudge([0.1]), make_policy("drr", k=2, retry_temperature=0.7))
    list(trace)
    assert [request.temperature for request in fake.requests] == [0.0, 0.7]
    assert [attempt.temperature for attempt in trace.trace.attempts] == [0.0, 0.7]


def test_fresh_samples_are_told_of_no_rejection_and_have_seeds_of_their_own() -> None:
    fake = reasoner()
    list(think(QUESTION, fake, ConstantJudge(), make_policy("majority", k=3), seed=5))
    assert [request.rejected for request in fake.requests] == [(), (), ()]
    assert [request.seed for request in fake.requests] == [attempt_seed(5, index) for index in range(3)]


def test_events_come_in_the_order_of_what_happens() -> None:
    judge = ScriptedJudge([0.9], {"Sarah has 3 bags.": 0.4})
    events = list(think(QUESTION, reasoner(ALSO_WRONG), judge, make_policy("drr")))
    names = [name for name, _ in itertools.groupby(type(event).__name__ for event in events)]
    assert names == [
        *("AttemptStarted", "TokenText", "StepEnded", "StepScored"),
        *("TokenText", "StepEnded", "AttemptEnded", "DecisionMade", "TraceEnded"),
    ]
    assert events[0] == AttemptStarted(0, 0.0, 0)
    assert isinstance(events[-1], TraceEnded)


def test_tokens_of_an_attempt_spell_its_text() -> None:
    events = list(think(QUESTION, reasoner(RIGHT), ConstantJudge(1.0), make_policy("drr")))
    assert "".join(event.text for event in events if isinstance(event, TokenText)) == RIGHT


def test_step_events_carry_the_step_and_its_score() -> None:
    judge = ScriptedJudge([0.9], {"Sarah buys 3*7=21 apples.": 0.7})
    events = list(think(QUESTION, reasoner(Script(RIGHT, -0.5)), judge, make_policy("drr")))
    ended = [event for event in events if isinstance(event, StepEnded)]
    assert [(event.attempt, event.step, event.value.text) for event in ended] == [
        (0, index, line) for index, line in enumerate(RIGHT.split("\n"))
    ]
    assert ended[0].value.logprobs == (-0.5,) * ended[0].value.tokens
    assert [event for event in events if isinstance(event, StepScored)] == [StepScored(0, 0, 0.7)]


def test_the_trace_holds_scores_and_who_took_part() -> None:
    trace = run(make_policy("drr", k=2), ScriptedJudge([0.9], step_default=0.6), RIGHT, seed=3)
    assert [step.score for step in trace.attempts[0].steps] == [0.6, 0.6, 0.6]
    assert (trace.reasoner, trace.judge, trace.policy, trace.seed) == ("scripted", "scripted", "drr", 3)
    assert trace.params["k"] == 2
    assert from_dict(Trace, to_dict(trace)) == trace


def test_the_last_event_holds_the_trace() -> None:
    thinking = think(QUESTION, reasoner(), GoldJudge(), make_policy("drr"))
    *_, last = thinking
    assert last == TraceEnded(thinking.trace)


def test_a_perfect_judge_thinks_until_it_is_right() -> None:
    trace = run(make_policy("drr", k=3), GoldJudge(), WRONG, ALSO_WRONG, RIGHT)
    assert (trace.outcome.answer, len(trace.attempts)) == ("33", 3)


def test_greedy_makes_one_attempt_without_a_verdict() -> None:
    trace = run(make_policy("greedy"), ConstantJudge())
    assert (len(trace.attempts), trace.attempts[0].verdict, trace.outcome.answer) == (1, None, "22")


def test_a_hopeless_question_ends_after_one_attempt() -> None:
    trace = run(make_policy("drr", hopeless=0.1), ScriptedJudge([0.02]))
    assert (trace.outcome.status, trace.outcome.answer, len(trace.attempts)) == (Status.ABSTAINED, None, 1)


def test_the_clock_tells_the_seconds() -> None:
    ticks = itertools.count()
    trace = run(make_policy("drr", k=2), ScriptedJudge([0.1, 0.9]), clock=lambda: float(next(ticks)))
    assert [attempt.seconds > 0 for attempt in trace.attempts] == [True, True]
    assert trace.seconds > sum(attempt.seconds for attempt in trace.attempts)


# --- seeds ------------------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_trace() -> None:
    policy = make_policy("majority", k=5)
    first, again = (run(policy, GoldJudge(), seed=11, clock=lambda: 0.0) for _ in range(2))
    assert first == again


def test_another_seed_gives_other_samples() -> None:
    policy = make_policy("majority", k=5)
    texts = {tuple(attempt.text for attempt in run(policy, GoldJudge(), seed=seed).attempts) for seed in range(8)}
    assert len(texts) > 1


def test_seeds_differ_by_attempt_and_backtrack_and_never_change() -> None:
    seeds = {attempt_seed(seed, attempt, back) for seed in range(4) for attempt in range(8) for back in range(3)}
    assert len(seeds) == 4 * 8 * 3
    assert all(0 <= seed < 2**31 for seed in seeds)
    assert attempt_seed(0, 0) == 710_583_172  # stored traces name their seed


# --- backtracking -----------------------------------------------------------------------------------------------------

GOOD, BAD, BETTER = "She has 12 apples.", "3+7=10 apples more.", "3*7=21 apples more."


def backtracking(**params: object) -> tuple[list[Event], Trace, ScriptedReasoner, ScriptedJudge]:
    fake = reasoner(f"{GOOD}\n{BAD}\nAnswer: 22", f"{GOOD}\n{BETTER}\nAnswer: 33")
    judge = ScriptedJudge([0.9], {GOOD: 0.8, BAD: 0.1, BETTER: 0.9, "Answer: 22": 0.1, "Answer: 33": 0.9})
    seed = next(seed for seed in range(99) if attempt_seed(seed, 0, 1) % 2 == 1)  # resamples the better line
    thinking = think(QUESTION, fake, judge, make_policy("drr", step_threshold=0.3, **params), seed=seed)
    return list(thinking), thinking.trace, fake, judge


def test_a_suspicious_step_is_rejected_and_resampled_from_the_step_before() -> None:
    _, trace, fake, judge = backtracking()
    (attempt,) = trace.attempts
    assert [(step.text, step.rejected) for step in attempt.steps] == [
        (GOOD, False),
        (BAD, True),
        (BETTER, False),
        ("Answer: 33", False),
    ]
    assert [step.text for step in fake.requests[1].steps] == [GOOD]
    assert fake.requests[1].temperature > 0
    assert judge.backs == [1]
    assert trace.outcome.answer == "33"


def test_the_rejected_step_costs_tokens_but_leaves_the_text() -> None:
    _, trace, _, _ = backtracking()
    attempt = trace.attempts[0]
    assert BAD not in attempt.text
    assert attempt.tokens == sum(step.tokens for step in attempt.steps) > sum(step.tokens for step in attempt.kept)


def test_a_rejected_step_is_a_decision_in_the_events_and_the_trace() -> None:
    events, trace, _, _ = backtracking()
    assert actions(trace) == [Action.REJECT_STEP, Action.STOP]
    made = [event.decision for event in events if isinstance(event, DecisionMade)]
    assert tuple(made) == trace.decisions
    assert (made[0].attempt, made[0].step) == (0, 1)


def test_resampling_ends_after_the_most_backtracks() -> None:
    trace = run(
        make_policy("drr", k=1, step_threshold=0.3, most_backtracks=2),
        ScriptedJudge([0.9], {BAD: 0.1}),
        f"{BAD}\nAnswer: 22",
    )
    assert [step.rejected for step in trace.attempts[0].steps] == [True, True, False, False]
    assert trace.attempts[0].answer == "22"


def test_a_rejected_step_closes_the_reasoners_iterator() -> None:
    _, _, fake, _ = backtracking()
    assert (fake.running, len(fake.requests)) == (0, 2)


def test_rejected_steps_are_part_of_the_attempts_token_limit() -> None:
    policy = make_policy("drr", k=1, step_threshold=0.3, most_backtracks=9)
    trace = run(policy, ScriptedJudge([0.9], {BAD: 0.1}), f"{BAD}\nAnswer: 22", max_tokens=10)
    assert (trace.attempts[0].tokens, trace.attempts[0].finish, trace.attempts[0].answer) == (10, "length", None)


# --- token budgets ----------------------------------------------------------------------------------------------------


def test_an_attempt_ends_at_max_tokens_and_keeps_the_line_it_was_in() -> None:
    trace = run(make_policy("drr", k=1), ScriptedJudge([0.9]), RIGHT, max_tokens=7)
    (attempt,) = trace.attempts
    assert (attempt.tokens, attempt.finish, attempt.answer) == (7, "length", None)
    assert attempt.text == "Sarah buys 3*7=21 apples.\nShe has"
    assert trace.outcome.status is Status.ABSTAINED


def test_the_token_budget_is_for_all_attempts_together() -> None:
    trace = run(make_policy("drr", k=9, token_budget=25), ScriptedJudge([0.1]), WRONG)
    assert trace.tokens == 25
    assert "25 of 25 tokens used up" in trace.outcome.reason
    assert (trace.outcome.status, trace.outcome.answer) == (Status.FALLBACK, "22")


# --- stopping ---------------------------------------------------------------------------------------------------------


def test_stop_ends_within_one_token_and_keeps_the_partial_attempt() -> None:
    thinking = think(QUESTION, fake := reasoner(), ScriptedJudge([0.1]), make_policy("drr"))
    tokens = 0
    after: list[Event] = []
    for event in thinking:
        if tokens == 8:
            after.append(event)
        elif isinstance(event, TokenText):
            tokens += 1
            if tokens == 8:
                thinking.stop()
    assert [type(event) for event in after] == [AttemptEnded, TraceEnded]
    trace = thinking.trace
    assert (trace.outcome.status, trace.outcome.answer) == (Status.CANCELLED, None)
    assert (trace.attempts[0].finish, trace.attempts[0].tokens, trace.attempts[0].verdict) == ("cancelled", 8, None)
    assert trace.attempts[0].text == "Sarah buys 3+7=10 apples.\nShe has 12+10=22"
    assert fake.running == 0


def test_a_stop_callable_is_asked_before_each_token() -> None:
    stop = threading.Event()
    tokens = 0
    for event in think(QUESTION, reasoner(), ScriptedJudge([0.1]), make_policy("drr"), stop=stop.is_set):
        if isinstance(event, TokenText):
            stop.set()
            tokens += 1
    assert tokens == 1


def test_a_stop_from_another_thread_is_noticed() -> None:
    fake = ScriptedReasoner({APPLES: [WRONG]}, delay=0.002)
    thinking = think(QUESTION, fake, ScriptedJudge([0.0]), make_policy("always-again", k=10_000))
    threading.Timer(0.05, thinking.stop).start()
    *_, last = thinking
    assert isinstance(last, TraceEnded)
    assert last.trace.outcome.status is Status.CANCELLED


def test_stopped_before_the_start_nothing_is_thought() -> None:
    thinking = think(QUESTION, fake := reasoner(), ScriptedJudge(), make_policy("drr"), stop=lambda: True)
    assert [type(event) for event in thinking] == [TraceEnded]
    assert (thinking.trace.outcome.status, thinking.trace.attempts, fake.requests) == (Status.CANCELLED, (), [])


def test_cancelled_after_a_complete_attempt_it_keeps_that_answer() -> None:
    thinking = think(QUESTION, reasoner(), ScriptedJudge([0.3]), make_policy("drr"))
    for event in thinking:
        if isinstance(event, AttemptStarted) and event.attempt == 1:
            thinking.stop()
    assert (thinking.trace.outcome.status, thinking.trace.outcome.answer) == (Status.CANCELLED, "22")
    assert [attempt.finish for attempt in thinking.trace.attempts] == ["end", "cancelled"]


def upto(thinking: Thinking, tokens: int) -> None:
    for event in thinking:
        tokens -= isinstance(event, TokenText)
        if not tokens:
            return


def test_closing_keeps_the_partial_trace_and_closes_the_reasoner() -> None:
    thinking = think(QUESTION, fake := reasoner(), ScriptedJudge([0.1], step_default=0.4), make_policy("drr"))
    upto(thinking, 7)
    assert fake.running == 1
    thinking.close()
    assert fake.running == 0
    trace = thinking.trace
    assert (trace.outcome.status, trace.attempts[0].finish, trace.attempts[0].tokens) == (
        Status.CANCELLED,
        "cancelled",
        7,
    )
    assert [step.score for step in trace.attempts[0].steps] == [0.4, None]
    assert list(thinking) == []


def test_a_with_block_closes() -> None:
    with think(QUESTION, fake := reasoner(), ScriptedJudge(), make_policy("drr")) as thinking:
        upto(thinking, 1)
    assert (fake.running, thinking.trace.outcome.status) == (0, Status.CANCELLED)


def test_closed_before_its_first_event_the_trace_is_empty() -> None:
    thinking = think(QUESTION, reasoner(), ScriptedJudge(), make_policy("drr"))
    thinking.close()
    assert (thinking.trace.outcome.status, thinking.trace.attempts) == (Status.CANCELLED, ())


def test_closing_after_the_end_changes_nothing() -> None:
    thinking = think(QUESTION, reasoner(), GoldJudge(), make_policy("drr"))
    list(thinking)
    before = thinking.trace
    thinking.close()
    assert thinking.trace == before


def test_while_it_runs_the_trace_says_so() -> None:
    thinking = think(QUESTION, reasoner(), ScriptedJudge(), make_policy("drr"))
    upto(thinking, 3)
    assert thinking.trace.outcome.status is Status.RUNNING
    assert thinking.trace.tokens == 3


# --- what can go wrong ------------------------------------------------------------------------------------------------


class Failing(ScriptedReasoner):
    """Its server goes away after the first line."""

    def attempt(self, request: Request) -> Iterator[Piece]:
        yield Token("a\n")
        yield StepEnd(make_step("a"))
        raise ConnectionError("the server went away")


def test_an_error_in_the_reasoner_reaches_the_caller_and_the_trace_is_kept() -> None:
    thinking = think(QUESTION, Failing({}), ScriptedJudge(step_default=0.3), make_policy("drr"))
    with pytest.raises(ConnectionError):
        list(thinking)
    assert thinking.trace.outcome.status is Status.CANCELLED
    assert thinking.trace.outcome.reason == "failed: the server went away"
    assert [step.score for step in thinking.trace.attempts[0].steps] == [0.3]


class Endless(ScriptedReasoner):
    def attempt(self, request: Request) -> Iterator[Piece]:
        yield Token("a")


def test_a_reasoner_that_breaks_its_promise_is_a_bug() -> None:
    with pytest.raises(RuntimeError, match="without an AttemptEnd"):
        list(think(QUESTION, Endless({}), ScriptedJudge(), make_policy("drr")))


class Silent(ScriptedReasoner):
    """An iterator that cannot be closed, and an attempt without a line."""

    def attempt(self, request: Request) -> Iterator[Piece]:
        return iter([AttemptEnd(None, "end")])


def test_an_attempt_without_a_line_is_an_attempt() -> None:
    thinking = think(QUESTION, Silent({}), ScriptedJudge([0.1]), make_policy("drr", k=2))
    list(thinking)
    assert [attempt.steps for attempt in thinking.trace.attempts] == [(), ()]
    assert thinking.trace.outcome.status is Status.ABSTAINED


def test_an_empty_question_is_refused() -> None:
    with pytest.raises(InvalidInput, match="empty"):
        think(make_question("  \n"), reasoner(), GoldJudge(), make_policy("drr"))


def test_max_tokens_must_be_positive() -> None:
    with pytest.raises(InvalidInput, match="max_tokens"):
        think(QUESTION, reasoner(), GoldJudge(), make_policy("drr"), max_tokens=0)


# --- shadow runs ------------------------------------------------------------------------------------------------------


def test_a_shadow_run_thinks_on_and_keeps_the_policys_outcome() -> None:
    trace = run(make_policy("drr", k=3), ScriptedJudge([0.9, 0.2, 0.1]), RIGHT, WRONG, ALSO_WRONG, shadow=True)
    assert [attempt.answer for attempt in trace.attempts] == ["33", "22", "3"]
    assert (trace.outcome.status, trace.outcome.answer, trace.outcome.score) == (Status.ACCEPTED, "33", 0.9)


def test_decisions_past_the_stop_are_marked() -> None:
    trace = run(make_policy("drr", k=3), ScriptedJudge([0.9, 0.2, 0.1]), RIGHT, WRONG, ALSO_WRONG, shadow=True)
    marked = [decision.reason.startswith("shadow run, past the stop: ") for decision in trace.decisions]
    assert marked == [False, True, True]


def test_a_shadow_run_that_is_stopped_keeps_the_policys_outcome() -> None:
    thinking = think(QUESTION, reasoner(), ScriptedJudge([0.9]), make_policy("drr", k=3), shadow=True)
    for event in thinking:
        if isinstance(event, AttemptStarted) and event.attempt == 1:
            thinking.stop()
    assert thinking.trace.outcome.status is Status.ACCEPTED
    assert len(thinking.trace.attempts) == 2


# --- the fake itself --------------------------------------------------------------------------------------------------


def test_the_fake_writes_the_same_in_batches_as_one_by_one() -> None:
    fake = reasoner(Script(WRONG, [-0.1, -0.2]), RIGHT)
    requests = [Request(QUESTION), Request(QUESTION, rejected=(WRONG,)), Request(QUESTION, temperature=1.0, seed=1)]
    assert [attempt.text for attempt in fake.attempts(requests)] == [WRONG, RIGHT, RIGHT]
    assert fake.attempts(requests[:1])[0].steps[0].logprobs == (-0.1, -0.2, -0.2, -0.2, -0.2)


def test_the_fake_refuses_a_question_it_has_no_script_for() -> None:
    with pytest.raises(InvalidInput, match="no attempt for 'Why"):
        list(think(make_question("Why?"), reasoner(), GoldJudge(), make_policy("drr")))


def test_the_fake_hands_out_hidden_states_and_waits_between_tokens() -> None:
    waited: list[float] = []
    fake = ScriptedReasoner({APPLES: ["a b\nc"]}, hidden=len, delay=0.5, sleep=waited.append)
    ends = [piece for piece in fake.attempt(Request(QUESTION)) if isinstance(piece, StepEnd)]
    assert [end.hidden() for end in ends if end.hidden] == [3, 5]
    assert waited == [0.5] * 4
