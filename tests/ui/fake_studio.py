"""A studio with a scripted Reasoner and judge: the real loop and the real `LiveRun`, without a model or a database."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from drr.live import LiveRun, LiveView
from drr.policies import POLICY_NAMES, make_policy
from drr.reasoners.scripted import ScriptedReasoner
from drr.testing import APPLES, RIGHT, WRONG, ScriptedJudge
from drr.thinking import Event, TraceEnded, think
from drr.types import Question, Trace

TRAIN = "A train travels 40 miles an hour for 3 hours, then 25 miles an hour for 2 hours. How far does it go in all?"
HOSTILE = "Is <img src=x onerror=\"document.title='owned'\"> ${alert(1)} {{value}} more than <b>2</b>?"
LONG = "A long story"

_TRAIN = (
    "In 3 hours it goes 40*3=120 miles.\nThen in 2 hours 25*2=50 miles.\nIn all it goes 120+50=170 miles.\nAnswer: 170"
)
_HOSTILE = (
    "<script>document.title='owned'</script> is <b>text</b> ${1+1} {{value}} `x`\n"
    "[a](javascript:alert(1)) \\frac{1}{2}\nمرحبا\nAnswer: 2"
)
_LOST = "The farmer has 3 fields.\nSo there are 3*3=9 cows.\nAnswer: 9"

SCRIPT = {
    APPLES: [WRONG, RIGHT],
    TRAIN: [_TRAIN],
    HOSTILE: [_HOSTILE],
    "How many cows does the farmer have?": [_LOST, _LOST.replace("9", "12"), _LOST.replace("9", "6")],
    LONG: ["\n".join(f"This is line {i} of a very long thought about nothing." for i in range(60)) + "\nAnswer: 1"],
}
STEP_SCORES = {
    "Sarah buys 3+7=10 apples.": 0.44, "She has 12+10=22 apples now.": 0.27, "Answer: 22": 0.31,
    "Sarah buys 3*7=21 apples.": 0.71, "She has 12+21=33 apples now.": 0.88, "Answer: 33": 0.93,
    "In 3 hours it goes 40*3=120 miles.": 0.66, "Then in 2 hours 25*2=50 miles.": 0.81,
    "In all it goes 120+50=170 miles.": 0.94, "Answer: 170": 0.97,
}  # fmt: skip
FINAL_SCORES = {"22": 0.31, "33": 0.93, "170": 0.97, "2": 0.7}


@dataclass(frozen=True)
class FakeExample:
    group: str
    text: str
    gold: str | None = None


class AnswerJudge(ScriptedJudge):
    """Scores an attempt by its answer."""

    def watch(self, question: Question, rejected: Sequence[str] = ()) -> Any:
        watch: Any = super().watch(question, rejected)
        watch.finish = lambda attempt: FINAL_SCORES.get(attempt.answer or "", 0.18)
        return watch


class FakeStudio:
    """`delay`: seconds before each token. `fail`: raised by the next run, in its thread, after the first token."""

    def __init__(self, delay: float = 0.0) -> None:
        self.delay = delay
        self.fail: Exception | None = None
        self.state: tuple[bool, str] = (True, "Ready · scripted")
        self.runs: dict[str, LiveRun] = {}
        self.traces: dict[str, Trace] = {}
        self.asked: list[Mapping[str, Any]] = []

    def ready(self) -> tuple[bool, str]:
        return self.state

    def examples(self) -> Sequence[FakeExample]:
        return [
            FakeExample("It knows these", APPLES, "33"),
            FakeExample("It knows these", TRAIN, "170"),
            FakeExample("It knows these", "Tom reads 12 pages a day. How many pages does he read in 5 days?", "60"),
            FakeExample("Beyond its knowledge", "How many cows does the farmer have?", "17"),
            FakeExample(
                "Write your own", "Maria has 5 boxes with 8 pens each and gives away 13 pens. How many are left?"
            ),
        ]

    def dms(self) -> Sequence[str]:
        return ["reader", "probe"]

    def policies(self) -> Sequence[str]:
        return POLICY_NAMES

    def default_threshold(self) -> float:
        return 0.62

    def default_risk(self) -> float | None:
        return 0.05

    def start(self, question_text: str, *, dm: str, policy: str, gold: str | None = None, **settings: Any) -> str:
        self.asked.append({"question": question_text, "dm": dm, "policy": policy, "gold": gold, **settings})
        reads = make_policy(policy).params
        given = {"k": settings["attempts"], **{key: settings[key] for key in ("threshold", "hopeless", "fallback")}}
        rule = make_policy(policy, **{key: value for key, value in given.items() if key in reads and value is not None})
        question = Question(question_text, gold=gold)

        def events(stop: threading.Event) -> Iterator[Event]:
            reasoner = ScriptedReasoner(SCRIPT, delay=self.delay)
            judge = AnswerJudge(steps=STEP_SCORES, step_default=0.2)
            for number, event in enumerate(
                think(
                    question,
                    reasoner,
                    judge,
                    rule,
                    seed=settings["seed"],
                    max_tokens=3_000,
                    shadow=settings.get("shadow", False),
                    stop=stop.is_set,
                )
            ):
                if self.fail and number == 2:
                    raise self.fail
                if isinstance(event, TraceEnded):
                    event = TraceEnded(replace(event.trace, id=f"trace-{len(self.traces)}"))
                    self.traces[event.trace.id] = event.trace
                yield event

        run = LiveRun(LiveView(question, judge=dm, policy=policy, params=rule.params), events)
        self.runs[run.id] = run
        run.start()
        return run.id

    def run(self, run_id: str) -> LiveRun | None:
        return self.runs.get(run_id)

    def trace(self, trace_id: str) -> Trace | None:
        return self.traces.get(trace_id)

    def recent(self, count: int = 20) -> list[Trace]:
        return list(reversed(self.traces.values()))[:count]
