"""Other ways to stop: each rival comes to what live thinking under it would have come to, and nothing is generated."""

from dataclasses import replace

import pytest

from drr.judges import GoldJudge, Judge, SelfCritiqueJudge
from drr.policies import Policy, make_policy
from drr.reasoners.scripted import ScriptedReasoner
from drr.rivals import VOTE, Rival, rivals, told_before, vote_requests
from drr.testing import APPLES, RIGHT, WRONG, ScriptedJudge, make_question
from drr.thinking import think
from drr.types import Status, Trace

OTHER = WRONG.replace("22", "23")
DRR = make_policy("drr", k=3, threshold=0.6)


def reasoner() -> ScriptedReasoner:
    return ScriptedReasoner({APPLES: [WRONG, OTHER, RIGHT]}, opinions={WRONG: 0.2, OTHER: 0.8})


def thought(policy: Policy = DRR, judge: Judge | None = None, shadow: bool = False, seed: int = 3) -> Trace:
    thinking = think(
        make_question(), reasoner(), judge or ScriptedJudge([0.1, 0.7, 0.9]), policy, seed=seed, shadow=shadow
    )
    list(thinking)
    return thinking.trace


def by_name(found: tuple[Rival, ...]) -> dict[str, Rival]:
    return {rival.name: rival for rival in found}


GREEDY: dict[str, tuple[Policy, Judge | None]] = {"greedy": (make_policy("greedy"), None)}
VOTING: dict[str, tuple[Policy, Judge | None]] = {"majority": (VOTE, None)}
PERFECT: dict[str, tuple[Policy, Judge | None]] = {"oracle": (make_policy("drr"), GoldJudge())}


def test_the_first_answer_is_what_greedy_gives() -> None:
    greedy = by_name(rivals(thought(), GREEDY))["greedy"].replay
    assert (greedy.outcome.answer, len(greedy.attempts)) == ("22", 1)
    assert greedy.tokens == thought(make_policy("greedy")).tokens


@pytest.mark.parametrize("name", ["self-critique", "oracle"])
def test_another_judge_stops_where_it_would_have_stopped_live(name: str) -> None:
    policy, judge = {**PERFECT, "self-critique": (make_policy("self-critique"), SelfCritiqueJudge(reasoner()))}[name]
    again = by_name(rivals(thought(shadow=True), {name: (policy, judge)}))[name]
    live = thought(replace(again.policy), judge)
    assert (again.replay.outcome, again.replay.tokens) == (live.outcome, live.tokens)
    assert len(again.replay.attempts) == {"self-critique": 2, "oracle": 3}[name]


def test_what_a_rival_needs_and_the_trace_does_not_hold_is_not_known() -> None:
    assert by_name(rivals(thought(), PERFECT))["oracle"].replay.outcome.status is Status.RUNNING
    assert by_name(rivals(thought(shadow=True), PERFECT))["oracle"].replay.outcome.answer == "33"


def test_a_rival_judge_reads_each_attempt_with_the_rejections_before_it() -> None:
    judge = ScriptedJudge([0.0])
    rivals(thought(shadow=True), {"other": (DRR, judge)})
    assert [rejected for _, rejected in judge.watched] == [(), (WRONG,), (WRONG, OTHER)]


def test_rivals_take_attempts_and_fallback_from_the_trace() -> None:
    trace = thought(replace(DRR, k=2, fallback="majority"))
    found = by_name(rivals(trace, {"other": (make_policy("drr"), ScriptedJudge([0.0]))}))["other"]
    assert (found.policy.k, found.policy.fallback) == (2, "majority")


def test_a_vote_is_over_the_samples_that_live_thinking_would_make() -> None:
    trace, teller = thought(), reasoner()
    assert by_name(rivals(trace, VOTING))["majority"].replay.outcome.status is Status.RUNNING
    samples = teller.attempts(vote_requests(trace))
    vote = by_name(rivals(trace, VOTING, samples))["majority"].replay
    live = thought(VOTE, seed=trace.seed)
    assert (vote.outcome.answer, vote.outcome.reason, vote.tokens) == (
        live.outcome.answer, live.outcome.reason, live.tokens,
    )  # fmt: skip


def test_samples_are_no_retries() -> None:
    trace = thought(make_policy("majority", k=3))
    assert told_before(trace, 2) == () and told_before(thought(shadow=True), 2) == (WRONG, OTHER)
    found = by_name(rivals(trace, GREEDY | PERFECT, trace.attempts))
    assert found["greedy"].replay.outcome.status is found["oracle"].replay.outcome.status is Status.RUNNING
