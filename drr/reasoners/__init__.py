"""The Reasoner seam: what any LLM must offer to be watched, stopped and told to think again.

`attempt` is the one method that live thinking needs. `attempts` is the same in batches, for distillation and
evaluation; `says_correct` is the Reasoner's own opinion, for the self-critique baseline.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from drr.types import Attempt, Question, Step, Token


@dataclass(frozen=True)
class Request:
    """One attempt to be made.

    `rejected`: texts of the attempts it is told are wrong, oldest first. `steps`: kept steps to go on from.
    """

    question: Question
    rejected: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    temperature: float = 0.0
    seed: int = 0
    max_tokens: int = 256


Hidden = Callable[[], Any]


@dataclass(frozen=True)
class StepEnd:
    """A line is complete. `hidden` gives the Reasoner's own states at its last token, for a probe; never stored.

    It is asked before the next piece, or not at all. The Reasoner takes its next turn for it, which an attempt that
    ends here would not have needed.
    """

    step: Step
    hidden: Hidden | None = None


@dataclass(frozen=True)
class AttemptEnd:
    """The attempt is over. `finish`: end (the Reasoner ended it) or length (`max_tokens` ran out)."""

    answer: str | None
    finish: str


Piece = Token | StepEnd | AttemptEnd


class Reasoner(Protocol):
    """A frozen LLM that thinks."""

    name: str

    def attempt(self, request: Request) -> Iterator[Piece]:
        """Write one attempt: tokens, a StepEnd after each line (the answer line too), and one AttemptEnd at last.

        The same request gives the same pieces. Closing the iterator stops the model before its next token.
        """
        ...

    def attempts(self, requests: Sequence[Request]) -> list[Attempt]:
        """Write many attempts at once, in the order of `requests`; nothing is judged."""
        ...

    def says_correct(self, pairs: Sequence[tuple[Question, Attempt]]) -> list[float]:
        """For each attempt, the probability in [0, 1] that the Reasoner itself gives to 'it is correct'."""
        ...
