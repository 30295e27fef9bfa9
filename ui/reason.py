"""The Reason tab: ask a question, watch the attempts, the scores and the decisions as they come.

Knows the studio only through `ReasonStudio`, and no logic of the loop. A run lives in the studio; the generators here
mirror it at `MAX_HZ` and may be cut off at any time: a reload finds the run again by the id in the address.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs

import gradio as gr
from starlette.types import ASGIApp, Receive, Scope, Send

from drr.errors import DRRError, InvalidInput
from drr.live import LiveRun, Snapshot, problem_of, view_of
from drr.types import Question
from ui import render, share, stored

MAX_HZ = 22.0  # gradio delivers every update, so coalescing is the server's part
HEARTBEAT = 0.5  # seconds between updates while no token comes: the clock goes on, and a closed page is noticed
LONGEST_QUESTION = 4_000
LONGEST_GOLD = 200

ASSETS = Path(__file__).parent / "assets"

_ENDS = {  # what reaching the threshold means where no DM decides
    "self-critique": "An attempt that the Reasoner itself believes this much or more ends it.",
    "confidence": "An attempt whose tokens the Reasoner held this likely on average, or more, ends it.",
    "adaptive": "Being surer than this that the leading answer would stay ahead ends it.",
}
_WITHOUT_DM = ("self-critique", "confidence", "oracle")  # policies that no DM watches
_FALLBACKS = [
    ("The best score, as unsure", "best"),
    ("Say “I don’t know”", "abstain"),
    ("What most attempts say, as unsure", "majority"),
    ("Most, weighted by score, as unsure", "weighted"),
]


class Example(Protocol):
    """A question to try."""

    @property
    def group(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def gold(self) -> str | None: ...


class Deployed(Protocol):
    """What is known of a DM by its name; without one, of the DM that judges first."""

    def default_threshold(self, dm: str = "") -> float: ...

    def default_promise(self, dm: str = "") -> str:
        """What the default threshold is worth, in words; empty: no DM says so."""
        ...


class ReasonStudio(stored.TraceStudio, Deployed, Protocol):
    """What this tab needs of the studio."""

    def ready(self) -> tuple[bool, str]:
        """Whether the models are loaded; if not, what is loading, or what went wrong and the remedy."""
        ...

    def examples(self) -> Sequence[Example]: ...
    def dms(self) -> Sequence[str]: ...
    def policies(self) -> Sequence[str]: ...

    def defaults(self, policy: str, dm: str = "") -> Mapping[str, Any]:
        """What may be chosen under that policy, with its own defaults."""
        ...

    def start(
        self,
        question_text: str,
        *,
        dm: str,
        policy: str,
        threshold: float | None,
        attempts: int | None,
        hopeless: float | None,
        fallback: str,
        seed: int,
        gold: str | None = None,
        source: str = "typed",
        shadow: bool = False,
    ) -> str:
        """Begin a run in a thread of the studio, where it waits for the models; its id.

        What the policy has no use for is ignored. `shadow`: it thinks on past its stop.
        """
        ...

    def run(self, run_id: str) -> LiveRun | None:
        """A run that is going on or ended lately."""
        ...


def asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def build_reason(studio: ReasonStudio, demo: gr.Blocks) -> gr.Dropdown:
    """The tab's content, inside an open `gr.Tab` of `demo`. Returns the judge, which follows what is deployed."""
    examples = list(studio.examples())
    run_id = gr.State("")
    drawn = gr.State({})  # the question picked last, as the page knows it: its text, right answer and source
    with gr.Row(elem_id="reason", equal_height=False):
        with gr.Column(elem_id="ask"):
            question = gr.Textbox(
                label="Question",
                placeholder="Cinema tickets cost 9 euros for adults and 6 euros for children. 7 people paid 51 euros. "
                "How many adults were there?",
                lines=3,
                max_lines=10,
                elem_id="question",
            )
            run = gr.Button("Run", variant="primary", elem_id="run")
            stop = gr.Button("Stop", variant="stop", elem_id="stop")
            gr.HTML(
                "<p class='keys'><kbd>Ctrl</kbd> <kbd>Enter</kbd> runs, <kbd>Esc</kbd> stops</p>",
                apply_default_css=False,
            )
            chips = gr.HTML(
                value=_grouped(examples),
                html_template=asset("examples.html"),
                js_on_load=asset("examples.js"),
                server_functions=[stored.draw_question(studio)],
                apply_default_css=False,
                elem_id="examples",
            )
            gr.HTML(
                html_template=asset("recent.html"),
                js_on_load=asset("recent.js"),
                server_functions=[stored.recent_traces(studio)],
                apply_default_css=False,
                elem_id="recent",
            )
            with gr.Column(elem_id="settings"):
                gr.HTML(html_template=asset("settings.html"), js_on_load=asset("settings.js"), apply_default_css=False)
                with gr.Column(elem_id="choices"):
                    dms, policies = list(studio.dms()), list(studio.policies())
                    dm = gr.Dropdown(
                        dms, value=dms[0] if dms else None, label="Judge", info="The DM that scores every step."
                    )
                    policy = gr.Dropdown(
                        policies,
                        value="drr" if "drr" in policies else policies[0],
                        label="Policy",
                        info="The rule that decides: accept, think again, vote …",
                    )
                    threshold = gr.Slider(
                        0,
                        1,
                        studio.default_threshold(),
                        step=0.01,
                        label="Accept from",
                        info=promise(studio),
                    )
                    attempts = gr.Slider(1, 8, 3, step=1, label="Attempts", info="The most it may think.")
                    fallback = gr.Dropdown(
                        _FALLBACKS,
                        value="best",  # who comes for the first time sees what it thinks, and that it doubts it
                        label="If none is accepted",
                        info="What to answer when the attempts are used up. It is marked as unsure.",
                    )
                    hopeless = gr.Slider(
                        0,
                        1,
                        0,
                        step=0.01,
                        label="Give up under",
                        info="Scores under this end it at once. 0: never give up early.",
                    )
                    shadow = gr.Checkbox(
                        False, label="Shadow run", info="Think on past the stop, so that later stops can be explored."
                    )
                    seed = gr.Number(
                        0, precision=0, minimum=0, label="Seed", info="The same seed thinks the same thoughts."
                    )
                    gold = gr.Textbox(
                        label="Right answer, if you know it",
                        info="Marks the result; neither model sees it, but the policy oracle decides by it.",
                        max_lines=1,
                        elem_id="gold",
                    )
        with gr.Column(elem_id="watch"):
            view = gr.HTML(
                html_template=asset("view.html"),
                js_on_load="".join(map(asset, share.VIEW)),
                server_functions=stored.functions(studio),
                apply_default_css=False,
                elem_id="trace",
            )

    watching: dict[str, LiveRun] = {}  # by session: what to let go of when its page closes
    golds = {example.text: example.gold for example in examples}

    def ask(
        question: str,
        dm: str,
        policy: str,
        threshold: float,
        attempts: int,
        fallback: str,
        hopeless: float,
        seed: int | None,
        gold: str | None,
        shadow: bool,
        drawn: dict[str, str],
        request: gr.Request,
    ) -> Iterator[tuple[render.Json, str]]:
        """Start a run and mirror it; what goes wrong is shown in its place."""
        try:
            text = _checked(question)
            known = drawn if drawn.get("text") == text else {"gold": golds.get(text)}
            started = studio.start(
                text,
                dm=dm,
                policy=policy,
                threshold=float(threshold),
                attempts=int(attempts),
                hopeless=float(hopeless) or None,
                fallback=fallback,
                seed=int(seed or 0),
                gold=_short(gold) or known.get("gold"),
                source=known.get("source") or "typed",
                shadow=bool(shadow),
            )
        except Exception as error:  # the page is told, whatever it is
            yield render.problem(problem_of(error)), ""
            return
        for value in follow(started, request.session_hash or ""):
            yield value, started

    def follow(started: str, viewer: str) -> Iterator[render.Json]:
        live = studio.run(started)
        if live is None:
            yield render.problem(
                problem_of(InvalidInput("This run is gone: the app was restarted. Run the question again."))
            )
            return
        yield from watched(live, viewer)

    def watched(live: LiveRun, viewer: str) -> Iterator[render.Json]:
        watching[viewer] = live
        try:
            yield from mirror(live, viewer, lambda: studio.ready()[1], studio.outside)
        finally:
            leave(viewer)

    def leave(viewer: str) -> None:
        live = watching.pop(viewer, None)
        if live is not None:
            live.release(viewer)

    def closed(request: gr.Request) -> None:
        leave(request.session_hash or "")

    def attach(request: gr.Request) -> Iterator[tuple[Any, Any, Any, Any]]:
        """A page that opens with a run or a trace in its address shows it, and knows its question."""
        wanted = dict(request.query_params)
        live = studio.run(wanted["run"]) if wanted.get("run") else None
        if live is not None:
            asked: tuple[Any, Any] = _known(live.snapshot().view.question)
            for value in watched(live, request.session_hash or ""):
                yield value, live.id, *asked
                asked = gr.skip(), gr.skip()
        elif wanted.get("run") or wanted.get("trace"):
            value, question = _stored(studio, wanted.get("trace", ""))
            yield value, "", *(_known(question) if question else (gr.skip(), gr.skip()))
        else:
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip()

    def halt(run_id: str) -> None:
        live = studio.run(run_id) if run_id else None
        if live is not None:
            live.stop()

    def pick(event: gr.EventData) -> tuple[str, str, dict[str, str]]:
        picked = {name: _short(event._data.get(name), LONGEST_QUESTION) for name in ("text", "gold", "source")}
        return picked["text"], "", picked if picked["source"] else {}

    def ruled(policy: str, dm: str | None) -> tuple[Any, ...]:
        """The settings at the policy's own defaults; what it has no use for is not shown."""
        free = studio.defaults(policy, dm or "")
        accept = {"value": free["threshold"], "info": meaning(studio, policy, dm)} if "threshold" in free else {}
        most = {"value": free["k"]} if "k" in free else {}
        return (
            gr.Dropdown(visible=policy not in _WITHOUT_DM),
            gr.Slider(visible="threshold" in free, **accept),
            gr.Slider(visible="k" in free, **most),
            gr.Dropdown(visible="fallback" in free),
            gr.Slider(visible="hopeless" in free),
        )

    def judged(policy: str, dm: str | None) -> Any:
        """The threshold of another judge, where the judge decides."""
        if policy != "drr":
            return gr.skip()
        return gr.Slider(value=studio.default_threshold(dm or ""), info=meaning(studio, policy, dm))

    settings = [dm, policy, threshold, attempts, fallback, hopeless, seed, gold, shadow, drawn]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    run.click(ask, [question, *settings], [view, run_id], concurrency_limit=None, **quiet)
    demo.load(attach, None, [view, run_id, question, drawn], concurrency_limit=None, **quiet)
    demo.unload(closed)
    stop.click(halt, run_id, None, queue=False, **quiet)
    chips.pick(pick, None, [question, gold, drawn], queue=False, **quiet)
    policy.input(ruled, [policy, dm], [dm, threshold, attempts, fallback, hopeless], queue=False, **quiet)
    dm.change(judged, [policy, dm], threshold, queue=False, **quiet)
    return dm


class ExpectReload:
    """ASGI: a run whose page is asked for again waits for it, however long a slow machine takes to load the page."""

    def __init__(self, app: ASGIApp, studio: ReasonStudio) -> None:
        self._app = app
        self._studio = studio

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/":
            wanted = parse_qs(scope["query_string"].decode("latin-1")).get("run")
            live = self._studio.run(wanted[0]) if wanted else None
            if live is not None:
                live.expect()
        await self._app(scope, receive, send)


def mirror(
    live: LiveRun, viewer: str, waiting: Callable[[], str], outside: Callable[[Question, str], str]
) -> Iterator[render.Json]:
    """The run as the page shows it, at most `MAX_HZ` times a second, until it ends.

    `outside` is asked each time: a run that waits for the models has no judge yet.
    """
    live.hold(viewer)
    snapshot: Snapshot = live.snapshot()
    while True:
        asked = time.monotonic()
        view = snapshot.view
        told = outside(view.question, view.judge)
        yield render.sealed(render.page(snapshot, "" if view.attempts else waiting(), told))
        taken = time.monotonic() - asked
        if snapshot.done:
            return
        time.sleep(max(1 / MAX_HZ - taken, taken))  # what takes a busy server long is asked of it less often
        live.wait(snapshot.version, HEARTBEAT)
        snapshot = live.snapshot()


def meaning(studio: Deployed, policy: str, dm: str | None) -> str:
    """What the threshold means under that policy, in words."""
    return _ENDS.get(policy) or promise(studio, dm or "")


def promise(studio: Deployed, dm: str = "") -> str:
    """What the threshold does, and what that DM's own is worth, in words."""
    return f"An attempt that scores this or more ends it. {studio.default_promise(dm)}".strip()


def _checked(question: str | None) -> str:
    text = (question or "").strip()
    if not text:
        raise InvalidInput("There is no question yet. Type one, or pick an example.")
    if len(text) > LONGEST_QUESTION:
        raise InvalidInput(
            f"This question has {len(text):,} characters, and at most {LONGEST_QUESTION:,} fit. Shorten it."
        )
    return text


def _short(text: object, most: int = LONGEST_GOLD) -> str:
    return str(text or "").strip()[:most]


def _known(question: Question) -> tuple[str, dict[str, str]]:
    """A question's text, and what is known of it, as when it is picked."""
    return question.text, {"text": question.text, "gold": question.gold or "", "source": question.source}


def _stored(studio: ReasonStudio, trace_id: str) -> tuple[render.Json, Question | None]:
    try:
        trace = studio.trace(trace_id) if trace_id else None
    except DRRError as error:
        return render.problem(problem_of(error)), None
    if trace is None:
        gone = InvalidInput("What this link points to is no longer here. Run the question again.")
        return render.problem(problem_of(gone)), None
    outside = studio.outside(trace.question, trace.judge)
    snapshot = Snapshot("", 0, view_of(trace), trace.seconds, done=True)
    return render.sealed(render.page(snapshot, outside=outside)), trace.question


def _grouped(examples: Sequence[Example]) -> list[render.Json]:
    groups: dict[str, list[str]] = {}
    for example in examples:
        groups.setdefault(example.group, []).append(example.text)
    return [{"group": group, "items": items} for group, items in groups.items()]
