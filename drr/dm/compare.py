"""Two DMs on the same stored attempts and traces: whose decisions to stop differ, and who is right about it.

Each DM accepts what scores at or over its own threshold. Of records, only questions that neither learnt from count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from drr.policies import make_policy
from drr.replay import Replay, replay
from drr.rivals import as_in, chain_of, told_before
from drr.types import Attempt, BehaviorRecord, Question, Trace


class Scorer(Protocol):
    """A DM that judges complete attempts."""

    name: str

    @property
    def threshold(self) -> float: ...

    def score_many(
        self, attempts: Iterable[tuple[Question, Sequence[str], Attempt]], tokens: int = ...
    ) -> list[list[float]]:
        """For each (question, rejected texts, attempt), the score after every kept step."""
        ...


@dataclass(frozen=True)
class Flip:
    """An attempt that one DM accepts and the other rejects. `scores`: the first DM's, the second's."""

    record: BehaviorRecord
    scores: tuple[float, float]
    accepted_by: str


@dataclass(frozen=True)
class TraceFlip:
    """A trace that would have ended otherwise under the second DM than under the first: in both cases, how."""

    trace: Trace
    endings: tuple[Replay, Replay]


@dataclass(frozen=True)
class Side:
    """What one DM does: `accepted` of the attempts, of which `wrong`; `missed`: right attempts that it rejects."""

    name: str
    threshold: float
    accepted: int
    wrong: int
    missed: int


@dataclass(frozen=True)
class Comparison:
    """`flips`: those the second gets right first, in each half the clearest first. `traces`: how many were judged."""

    attempts: int
    questions: int
    sides: tuple[Side, Side]
    flips: tuple[Flip, ...]
    traces: int
    trace_flips: tuple[TraceFlip, ...]


def compare(
    first: Scorer, second: Scorer, records: Sequence[BehaviorRecord], traces: Sequence[Trace] = ()
) -> Comparison:
    """Judge every labelled attempt by both, and decide every trace as `drr` would with each."""
    known = [record for record in records if record.correct is not None and record.attempt.answer is not None]
    judged = [(record.question, record.rejected, record.attempt) for record in known]
    scores = [[after[-1] if after else 0.0 for after in dm.score_many(judged)] for dm in (first, second)]
    accepts = [[score >= dm.threshold for score in row] for dm, row in zip((first, second), scores, strict=True)]
    flips = [
        Flip(record, (scores[0][i], scores[1][i]), (second if accepts[1][i] else first).name)
        for i, record in enumerate(known)
        if accepts[0][i] != accepts[1][i]
    ]

    def improved(flip: Flip) -> bool:
        return (flip.accepted_by == second.name) == flip.record.correct

    flips.sort(key=lambda flip: (not improved(flip), -abs(flip.scores[0] - flip.scores[1])))
    sides = [_side(dm, row, known) for dm, row in zip((first, second), accepts, strict=True)]
    questions = len({record.question.text for record in known})
    thought = [trace for trace in traces if chain_of(trace)]
    ended = zip(thought, _endings(first, thought), _endings(second, thought), strict=True)
    differ = tuple(TraceFlip(trace, (one, other)) for trace, one, other in ended if _how(one) != _how(other))
    return Comparison(len(known), questions, (sides[0], sides[1]), tuple(flips), len(thought), differ)


def _endings(dm: Scorer, traces: Sequence[Trace]) -> list[Replay]:
    """What `drr` with this DM and its threshold would have made of each trace's first attempt and retries."""
    chains = [chain_of(trace) for trace in traces]
    asked = [
        (trace.question, told_before(trace, index), attempt)
        for trace, chain in zip(traces, chains, strict=True)
        for index, attempt in enumerate(chain)
    ]
    scores = iter(dm.score_many(asked))
    judged = [[replace(attempt, score=after[-1] if (after := next(scores)) else None) for attempt in c] for c in chains]
    rule = make_policy("drr", threshold=dm.threshold)
    return [replay(as_in(trace, rule), trace.question, chain) for trace, chain in zip(traces, judged, strict=True)]


def _how(ending: Replay) -> tuple[object, ...]:
    return ending.outcome.status, ending.outcome.answer, len(ending.attempts)


def _side(dm: Scorer, accepts: Sequence[bool], records: Sequence[BehaviorRecord]) -> Side:
    pairs = list(zip(accepts, (bool(record.correct) for record in records), strict=True))
    return Side(
        dm.name, dm.threshold, sum(accepts), sum(a and not right for a, right in pairs),
        sum(right and not a for a, right in pairs),
    )  # fmt: skip
