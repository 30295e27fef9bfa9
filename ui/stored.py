"""What the page asks about a stored trace, and about questions: the functions that its scripts call.

They are open to whoever reaches the page, so each checks its input, and what it may do is checked in the studio. Who
knows a trace's id may read the trace, as by its link. An error is an answer too, or the page would hear nothing.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

import gradio as gr

from drr.errors import InvalidInput
from drr.live import problem_of
from drr.rivals import Rival
from drr.types import Person, Question, Token, Trace
from ui import render, share

RECENT = 30  # traces in the drawer
NOTHING = "Nothing was asked yet. What is thought through is kept here."
UNLISTED = "On this public server nothing is listed: a trace is kept under its link alone. Copy the link to come back."

Answering = Callable[..., render.Json]


class Drawn(Protocol):
    """A question drawn at random, with the steps of its solution."""

    @property
    def question(self) -> Question: ...
    @property
    def steps(self) -> int: ...


class Kept(Protocol):
    """How many of a trace's attempts were new as records, and the last one's id there."""

    @property
    def added(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def record(self) -> str: ...


class TraceStudio(Protocol):
    """What these functions need of the studio."""

    def trace(self, trace_id: str) -> Trace | None:
        """A stored trace."""
        ...

    @property
    def public(self) -> bool:
        """Whether strangers share this server."""
        ...

    def person(self, name: str | None) -> Person:
        """Who somebody is that signed in as `name`."""
        ...

    def may_work(self, person: Person) -> bool:
        """Whether somebody may add records."""
        ...

    def recent(self, count: int = 20) -> list[Trace]:
        """The traces stored last, the latest first; none on a public server."""
        ...

    def outside(self, question: Question, judge: str) -> str:
        """Whether a question lies outside what that DM learnt from: `beyond`, `unlike` (a guess) or nothing."""
        ...

    def rival_names(self, trace: Trace) -> Sequence[str]:
        """All other ways to stop that can stand beside it."""
        ...

    def rivals(self, trace_id: str, names: Collection[str] = (), draw: bool = False) -> tuple[Rival, ...]:
        """Those of `names`, or the first ones, on its attempts; `draw`: also make the samples that a vote needs."""
        ...

    def tokens(self, trace_id: str, attempt: int, step: int) -> tuple[Token, ...]:
        """The tokens of one step."""
        ...

    def keep(self, trace_id: str, by: Person, gold: str = "") -> Kept:
        """Make its attempts behavior records, where that person may."""
        ...

    def draw(self, source: str, steps: int | None = None) -> Drawn:
        """A random question."""
        ...


def functions(studio: TraceStudio) -> list[Answering]:
    """For the live view."""

    def export_trace(asked: Any) -> render.Json:
        trace = _trace(studio, asked)
        if asked.get("kind") != "html":
            return {"content": share.as_json(trace)}
        return {
            "content": share.as_page(trace, str(asked.get("link", "")), studio.outside(trace.question, trace.judge))
        }

    def compare_trace(asked: Any) -> render.Json:
        trace = _trace(studio, asked)
        found = studio.rivals(trace.id, _names(asked), draw=asked.get("draw") is True)
        return render.rivals(trace, found, studio.rival_names(trace))

    def show_tokens(asked: Any) -> render.Json:
        trace, attempt, step = _trace(studio, asked), _count(asked, "attempt"), _count(asked, "step")
        return render.tokens(studio.tokens(trace.id, attempt, step), trace, attempt, step)

    def may_keep(_: Any, person: Person) -> render.Json:
        return {"may": studio.may_work(person)}

    def keep_trace(asked: Any, person: Person) -> render.Json:
        kept = studio.keep(_trace(studio, asked).id, person, str(asked.get("gold") or ""))
        return {"added": kept.added, "total": kept.total, "record": kept.record}

    by_person = (_told(may_keep, studio.person), _told(keep_trace, studio.person))
    return [_told(export_trace), _told(compare_trace), _told(show_tokens), *by_person]


def recent_traces(studio: TraceStudio) -> Answering:
    """For the drawer."""

    def recent_traces(_: Any) -> render.Json:
        rows = [render.row(trace) for trace in studio.recent(RECENT)]
        return {"rows": rows, "none": "" if rows else UNLISTED if studio.public else NOTHING}

    return _told(recent_traces)


def draw_question(studio: TraceStudio) -> Answering:
    """For the examples."""

    def draw_question(asked: Any) -> render.Json:
        drawn = studio.draw(str(asked.get("source")), _count(asked, "steps") or None)
        question = drawn.question
        return {"text": question.text, "gold": question.gold, "source": question.source, "steps": drawn.steps}

    return _told(draw_question)


def _told(function: Answering, who: Callable[[str | None], Person] | None = None) -> Answering:
    """`function` as the page calls it; where `who` knows people by their names, it is told who asks."""

    def answer(asked: Any, profile: gr.OAuthProfile | None = None) -> render.Json:
        try:
            if not isinstance(asked, dict):
                raise InvalidInput("This was not asked as the page asks it: reload the page.")
            return function(asked, who(profile.username if profile else None)) if who else function(asked)
        except Exception as error:
            return {"error": problem_of(error).message}

    answer.__name__ = function.__name__  # by which the page calls it
    return answer


def _trace(studio: TraceStudio, asked: Any) -> Trace:
    trace = studio.trace(str(asked.get("id")))
    if trace is None:
        raise InvalidInput("This trace is no longer here")
    return trace


def _names(asked: Any) -> tuple[str, ...]:
    """The rivals that a person chose; none: the page leaves the choice to the studio."""
    names = asked.get("rivals") or ()
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise InvalidInput("Rivals are a list of names.")
    return tuple(names)


def _count(asked: Any, name: str) -> int:
    value = asked.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1_000:
        raise InvalidInput(f"{name} must be a whole number from 0, not {str(value)[:40]!r}.")
    return value
