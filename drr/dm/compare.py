"""Two DMs on the same stored attempts: whose decisions to stop differ, and who is right about it.

Each DM accepts what scores at or over its own threshold. Only questions that neither learnt from count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from drr.types import Attempt, BehaviorRecord, Question


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
class Side:
    """What one DM does: `accepted` of the attempts, of which `wrong`; `missed`: right attempts that it rejects."""

    name: str
    threshold: float
    accepted: int
    wrong: int
    missed: int


@dataclass(frozen=True)
class Comparison:
    """`flips`: those the second gets right first, in each half the clearest first."""

    attempts: int
    questions: int
    sides: tuple[Side, Side]
    flips: tuple[Flip, ...]


def compare(first: Scorer, second: Scorer, records: Sequence[BehaviorRecord]) -> Comparison:
    """Judge every labelled attempt by both."""
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
    return Comparison(len(known), len({r.question.text for r in known}), (sides[0], sides[1]), tuple(flips))


def _side(dm: Scorer, accepts: Sequence[bool], records: Sequence[BehaviorRecord]) -> Side:
    pairs = list(zip(accepts, (bool(record.correct) for record in records), strict=True))
    return Side(
        dm.name, dm.threshold, sum(accepts), sum(a and not right for a, right in pairs),
        sum(right and not a for a, right in pairs),
    )  # fmt: skip
