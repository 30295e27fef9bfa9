"""Other ways to stop: what rival rules and judges would have made of the attempts that a trace has already.

Nothing is generated: rules are replayed, and judges read the stored texts anew. A rule that needs attempts which the
trace does not hold says so (status RUNNING). Knows no model but through the judges it is handed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from drr.judges import Judge, judged
from drr.policies import Policy, make_policy
from drr.reasoners import Request
from drr.replay import Replay, replay
from drr.thinking import attempt_seed
from drr.types import Attempt, Trace

VOTE = make_policy("majority")  # the rule whose fresh samples a trace lacks
FEWEST, MOST = 2, 4  # rivals beside a run: more are no small table


@dataclass(frozen=True)
class Rival:
    """One rule with its judge, and what it would have come to.

    `name`: that of a policy; `drr NAME` where the DM of that name judges; `oracle` is a perfect judge.
    """

    name: str
    policy: Policy
    replay: Replay


def rivals(
    trace: Trace, chosen: Mapping[str, tuple[Policy, Judge | None]], samples: Sequence[Attempt] = ()
) -> tuple[Rival, ...]:
    """Each of `chosen`, by name a rule with its judge, if it asks one. A vote is over `samples`.

    A rule that asks a judge is an accept rule (see `drr.policies`), and takes its number of attempts and its fallback
    from the trace, where that has them.
    """
    chain, found = chain_of(trace), []
    for name, (policy, judge) in chosen.items():
        if policy.rule == "majority":
            policy = replace(policy, k=len(samples) or policy.k)
            again = replay(policy, trace.question, (), samples)
        elif judge is None:
            again = replay(policy, trace.question, chain)
        else:
            policy = as_in(trace, policy)
            again = replay(policy, trace.question, _judged_chain(trace, chain, judge))
        found.append(Rival(name, policy, again))
    return tuple(found)


def as_in(trace: Trace, policy: Policy) -> Policy:
    """An accept rule with the trace's number of attempts and its fallback, where that has them."""
    return replace(policy, **{name: trace.params[name] for name in ("k", "fallback") if "fallback" in trace.params})


def informed(trace: Trace) -> bool:
    """Whether each attempt was told that those before it were rejected."""
    return make_policy(trace.policy).informed


def chain_of(trace: Trace) -> tuple[Attempt, ...]:
    """The first greedy attempt and the retries that were told of all before; samples are no retries."""
    if informed(trace):
        return trace.attempts
    return tuple(attempt for attempt in trace.attempts[:1] if attempt.temperature == 0)


def told_before(trace: Trace, attempt: int) -> tuple[str, ...]:
    """The texts of the attempts that stood as rejected in the Reasoner's prompt for this one, oldest first."""
    return tuple(earlier.text for earlier in trace.attempts[:attempt]) if informed(trace) else ()


def vote_requests(trace: Trace) -> list[Request]:
    """What to ask the Reasoner for the vote: just what live thinking under that rule would ask, with the same seed."""
    return [
        Request(trace.question, temperature=VOTE.temperature(index), seed=attempt_seed(trace.seed, index))
        for index in range(VOTE.k)
    ]


def _judged_chain(trace: Trace, chain: Sequence[Attempt], judge: Judge) -> list[Attempt]:
    return [judged(judge, trace.question, attempt, told_before(trace, index)) for index, attempt in enumerate(chain)]
