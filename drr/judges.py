"""The judge seam, and the judges that need no training: gold answer, the Reasoner's own confidence, its self-critique.

A judge turns what has been written so far into a score in [0, 1]. It sees one attempt at a time, step after step.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, Protocol

from drr.answers import Grade, grade
from drr.errors import InvalidInput
from drr.reasoners import Hidden, Reasoner
from drr.types import NOBODY, Attempt, Question, Step


class Watch(Protocol):
    """A judge's view of one attempt while it is being written."""

    def score(self, step: Step, hidden: Hidden | None = None) -> float | None:
        """The score after `step`, the next kept step of the attempt; None where this judge has no opinion yet.

        `hidden` gives the states of a Reasoner that shows them.
        """
        ...

    def back(self, steps: int) -> None:
        """Forget all but the first `steps` steps (backtracking)."""
        ...

    def finish(self, attempt: Attempt) -> float | None:
        """The score of the whole attempt: what the accept-or-reject verdict is made of."""
        ...


class Judge(Protocol):
    """Whoever says how likely an attempt is to be right."""

    name: str

    def watch(self, question: Question, rejected: Sequence[str] = ()) -> Watch:
        """Start on a new attempt. `rejected`: the attempts' texts that stand in the Reasoner's prompt, oldest first."""
        ...


class ConstantJudge:
    """Says the same of everything; with None it has no opinion, for policies that ask for none."""

    def __init__(self, score: float | None = None) -> None:
        self.name = NOBODY if score is None else f"always {score:g}"
        self._score = score

    def watch(self, question: Question, rejected: Sequence[str] = ()) -> Watch:
        return _Watch(lambda steps: self._score, lambda attempt: self._score)


class GoldJudge:
    """Knows the right answer: 1 for right, 0 for wrong, unreadable or missing, None where no gold answer is known."""

    name = "gold"

    def watch(self, question: Question, rejected: Sequence[str] = ()) -> Watch:
        def finish(attempt: Attempt) -> float | None:
            graded = grade(attempt.answer, question.gold, question.answer_type, question.choices)
            return None if graded is Grade.UNGRADED else float(graded is Grade.RIGHT)

        return _Watch(lambda steps: None, finish)


class SelfCritiqueJudge:
    """The Reasoner's own opinion of its complete attempt."""

    def __init__(self, reasoner: Reasoner) -> None:
        self.name = f"self-critique of {reasoner.name}"
        self._reasoner = reasoner

    def watch(self, question: Question, rejected: Sequence[str] = ()) -> Watch:
        return _Watch(lambda steps: None, lambda attempt: self._reasoner.says_correct([(question, attempt)])[0])


class ConfidenceJudge:
    """The Reasoner's token probabilities: no training, and the rival of every DM.

    *mean* is exp(mean log-probability) of all tokens so far. *lowest* is that of the least sure `window` of consecutive
    tokens (after DeepConf, with the written token in place of its top candidates); a shorter text is one window. Both
    are probabilities of tokens, not calibrated probabilities of being right. None where the Reasoner tells none.
    """

    def __init__(self, kind: Literal["mean", "lowest"] = "mean", window: int = 16) -> None:
        if kind not in ("mean", "lowest") or window < 1:
            raise InvalidInput(f"Confidence is 'mean' or 'lowest', with a window from 1; got {kind!r}, {window}.")
        self.name = "confidence (mean)" if kind == "mean" else f"confidence (lowest {window})"
        self._window = None if kind == "mean" else window

    def watch(self, question: Question, rejected: Sequence[str] = ()) -> Watch:
        return _Watch(self._confidence, lambda attempt: self._confidence(attempt.kept))

    def _confidence(self, steps: Sequence[Step]) -> float | None:
        logprobs = [logprob for step in steps for logprob in step.logprobs]
        if not logprobs:
            return None
        width = min(self._window or len(logprobs), len(logprobs))
        windows = (logprobs[start : start + width] for start in range(len(logprobs) - width + 1))
        return min(1.0, math.exp(min(math.fsum(window) for window in windows) / width))


class _Watch:
    """A watch made of two functions: of the kept steps so far, and of the whole attempt."""

    def __init__(
        self,
        so_far: Callable[[Sequence[Step]], float | None],
        at_the_end: Callable[[Attempt], float | None],
    ) -> None:
        self._so_far = so_far
        self._at_the_end = at_the_end
        self._steps: list[Step] = []

    def score(self, step: Step, hidden: Hidden | None = None) -> float | None:
        self._steps.append(step)
        return self._so_far(self._steps)

    def back(self, steps: int) -> None:
        del self._steps[steps:]

    def finish(self, attempt: Attempt) -> float | None:
        return self._at_the_end(attempt)


def judged(judge: Judge, question: Question, attempt: Attempt, rejected: Sequence[str] = ()) -> Attempt:
    """A stored attempt as `judge` scores it now, step by step, without the Reasoner. It has no verdict yet."""
    watch = judge.watch(question, rejected)
    steps: list[Step] = []
    kept = 0
    for step in attempt.steps:
        steps.append(replace(step, score=watch.score(step)))
        if step.rejected:
            watch.back(kept)
        else:
            kept += 1
    attempt = replace(attempt, steps=tuple(steps), score=None, verdict=None)
    return replace(attempt, score=watch.finish(attempt))
