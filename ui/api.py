"""What a program may call: `reason` and `get_trace`, as named Gradio endpoints (`gradio_client`, curl, another Space).

Nothing else of the page is meant for programs. Both check their input here: whoever reaches the page reaches them.
"""

from dataclasses import asdict, dataclass, replace
from typing import Literal

import gradio as gr

from drr.errors import InvalidInput
from drr.live import problem_of
from drr.types import Trace, TraceJson, from_dict, trace_as_json
from ui.reason import ReasonStudio

AT_ONCE = 2  # questions of programs thought through at the same time; others wait in the queue
MOST_ATTEMPTS = 8
LONGEST_GOLD = 200  # characters

Fallback = Literal["best", "abstain", "majority", "weighted"]


@dataclass(frozen=True)
class Asked:
    """What `reason` is asked for."""

    question: str
    policy: str
    dm: str
    threshold: float | None
    attempts: int | None
    fallback: Fallback
    seed: int
    gold: str | None


class StoredTraceJson(TraceJson):
    """`id` opens it again: `get_trace`, or the page's address with `?trace=`."""

    id: str


def build_api(studio: ReasonStudio) -> None:
    """The endpoints, inside an open `gr.Blocks`."""

    def reason(
        question: str,
        policy: str = "drr",
        dm: str = "",
        threshold: float | None = None,
        attempts: int | None = None,
        fallback: Fallback = "best",
        seed: int = 0,
        gold: str | None = None,
    ) -> StoredTraceJson:
        """Think a question through, and return the trace: attempts with scored steps, decisions, outcome. It is kept
        under its id.

        Parameters:
            question: the problem, in words
            policy: the stop rule: drr, greedy, majority, self-critique ...
            dm: the DM that scores; empty takes the first there is
            threshold: accept from this score, 0 to 1; without it, the DM's or the policy's own
            attempts: the most it may think, 1 to 8; without it, as often as the policy does by itself
            fallback: what to answer if no attempt is accepted
            seed: the same seed thinks the same thoughts
            gold: the right answer, where known; only the policy `oracle` and the page's marks use it
        """
        given = {"question": question, "policy": policy, "dm": dm, "threshold": threshold, "attempts": attempts}
        try:
            asked = _checked(studio, {**given, "fallback": fallback, "seed": seed, "gold": gold})
            values = asdict(asked)
            started = studio.start(values.pop("question"), hopeless=None, **values)
            live = studio.run(started)
            assert live is not None
            live.join()
        except Exception as error:
            raise _told(problem_of(error).message) from error
        problem = live.snapshot().problem
        if problem or live.trace is None:
            raise _told(problem.message if problem else "It was stopped before it ended. Ask again.")
        return _stored(live.trace)

    def get_trace(trace_id: str) -> StoredTraceJson:
        """A trace that was thought before, here on the page or by `reason`; who knows its id may read it.

        Parameters:
            trace_id: what `reason` returned as `id`, or what stands in the page's address behind `trace=`
        """
        try:
            trace = studio.trace(str(trace_id))
        except Exception as error:
            raise _told(problem_of(error).message) from error
        if trace is None:
            raise _told(f"There is no trace {str(trace_id)[:40]!r}. Ask the question again with reason.")
        return _stored(trace)

    gr.api(reason, api_name="reason", concurrency_limit=AT_ONCE, concurrency_id="api")
    gr.api(get_trace, api_name="get_trace", concurrency_limit=None)


def _checked(studio: ReasonStudio, given: dict[str, object]) -> Asked:
    asked = from_dict(Asked, given)  # Gradio passes on whatever JSON it is sent
    if asked.policy not in studio.policies():
        raise InvalidInput(f"There is no policy {asked.policy!r}. Choose one of: {', '.join(studio.policies())}.")
    dms = list(studio.dms())
    if asked.dm and asked.dm not in dms:  # the studio itself would also open a folder of that name
        raise InvalidInput(f"There is no DM {asked.dm!r}. Choose one of: {', '.join(dms) or 'none'}.")
    if asked.attempts is not None and not 1 <= asked.attempts <= MOST_ATTEMPTS:
        raise InvalidInput(f"It may think 1 to {MOST_ATTEMPTS} times, not {asked.attempts}.")
    if len(asked.gold or "") > LONGEST_GOLD:
        raise InvalidInput(f"A right answer has at most {LONGEST_GOLD} characters.")
    return replace(asked, dm=asked.dm or next(iter(dms), ""))


def _stored(trace: Trace) -> StoredTraceJson:
    return {"id": trace.id, **trace_as_json(trace)}


def _told(message: str) -> gr.Error:
    return gr.Error(message, print_exception=False)
