"""A studio with a scripted Reasoner and judge: the real loop and the real `LiveRun`, without a model or a database."""

import tempfile
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from drr.data import Data
from drr.errors import InvalidInput, NotAllowed
from drr.judges import ConfidenceJudge, GoldJudge, Judge
from drr.live import LiveRun, LiveView
from drr.policies import POLICY_NAMES, Policy, free_params, make_policy
from drr.reasoners.scripted import ScriptedReasoner
from drr.rivals import Rival, rivals, vote_requests
from drr.store import Store
from drr.testing import APPLES, RIGHT, WRONG, ScriptedJudge, make_attempt, make_question, make_record
from drr.thinking import Event, TraceEnded, think
from drr.types import BehaviorRecord, Person, Question, Token, Trace
from tests.ui.fake_training import FakeTraining

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


def behavior(questions: int = 30) -> list[BehaviorRecord]:
    """Two attempts on each question about pens, a right and a wrong one, which the judge at times confuses.

    And one attempt whose every text is hostile.
    """
    records = []
    for n in range(1, questions + 1):
        question = make_question(f"Tom has {n} pens and buys {n + 1} more. How many has he?", gold=str(2 * n + 1))
        for index, total in enumerate((2 * n + 1, 2 * n)):
            score = 0.9 - n / 200 if (index == 0) is (n % 5 > 0) else 0.2 + n / 200
            text = f"He buys {n + 1} more.\nSo he has {n}+{n + 1}={total} pens.\nAnswer: {total}"
            attempt = make_attempt(text, score, step_scores=(0.7, score, score))
            records.append(make_record(attempt, correct=index == 0, question=question, attempt_index=index))
    attempt = make_attempt(_HOSTILE, 0.7, step_scores=(0.5,) * 4)
    hostile = make_question(HOSTILE, gold="<b>3</b>", source="<img src=x onerror=\"document.title='owned'\">")
    return [*records, make_record(attempt, correct=False, question=hostile, reasoner="<b>${1+1}</b>")]


@dataclass(frozen=True)
class FakeDrawn:
    question: Question
    steps: int


@dataclass(frozen=True)
class FakeKept:
    added: int
    total: int
    record: str = "the-last"


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


class FakeStudio(FakeTraining):
    """`delay`: seconds before each token. `fail`: raised by the next run, in its thread, after the first token."""

    def __init__(self, delay: float = 0.0) -> None:
        self.delay = delay
        self.fail: Exception | None = None
        self.state: tuple[bool, str] = (True, "Ready · scripted")
        self.runs: dict[str, LiveRun] = {}
        self.traces: dict[str, Trace] = {}
        self.asked: list[Mapping[str, Any]] = []
        self.drawn: list[tuple[str, int | None]] = []
        self.kept: dict[str, int] = {}
        self.golds: list[str] = []
        self.public = False
        self.begin_training()
        self.folder = tempfile.TemporaryDirectory()
        self.store = cache(lambda: Store.open(Path(self.folder.name) / "drr.sqlite"))
        self.data = Data(self.store, public=False, threshold=self.default_threshold, dm=lambda name: None)

    def fill(self, questions: int = 30) -> "FakeStudio":
        self.store().records.add_many(behavior(questions))
        return self

    def close_to_the_public(self) -> None:
        """As on a public Space."""
        self.visitor = self.public = True
        self.data = Data(self.store, public=True, threshold=self.default_threshold, dm=lambda name: None)

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

    def policies(self) -> Sequence[str]:
        return POLICY_NAMES

    def default_promise(self, dm: str = "") -> str:
        if (dm or self.dms()[0]) != "reader":
            return "The threshold was chosen by hand."
        return "Of the first attempts that score 0.62 or more, at most 5% are wrong."

    def defaults(self, policy: str, dm: str = "") -> Mapping[str, Any]:
        free = free_params(policy)
        return {**free, "threshold": self.default_threshold(dm)} if policy == "drr" else free

    def start(
        self,
        question_text: str,
        *,
        dm: str,
        policy: str,
        gold: str | None = None,
        source: str = "typed",
        **settings: Any,
    ) -> str:
        self.asked.append(
            {"question": question_text, "dm": dm, "policy": policy, "gold": gold, "source": source, **settings}
        )
        reads = free_params(policy)
        given = {"k": settings["attempts"], **{key: settings[key] for key in ("threshold", "hopeless", "fallback")}}
        rule = make_policy(policy, **{key: value for key, value in given.items() if key in reads and value is not None})
        question = Question(question_text, gold=gold or None, source=source)

        def events(stop: threading.Event) -> Iterator[Event]:
            thinking = think(
                question,
                ScriptedReasoner(SCRIPT, delay=self.delay),
                AnswerJudge() if policy == "self-critique" else AnswerJudge(steps=STEP_SCORES, step_default=0.2),
                rule,
                seed=settings["seed"],
                max_tokens=3_000,
                shadow=settings.get("shadow", False),
                stop=stop.is_set,
            )
            for number, event in enumerate(thinking):
                if self.fail and number == 2:
                    thinking.close()
                    yield self.kept_trace(thinking.trace)
                    raise self.fail
                yield self.kept_trace(event.trace) if isinstance(event, TraceEnded) else event

        run = LiveRun(LiveView(question, judge=dm, policy=policy, params=rule.params), events)
        self.runs[run.id] = run
        run.start()
        return run.id

    def kept_trace(self, trace: Trace) -> TraceEnded:
        trace = replace(trace, id=f"trace-{len(self.traces)}")
        self.traces[trace.id] = trace
        return TraceEnded(trace)

    def run(self, run_id: str) -> LiveRun | None:
        return self.runs.get(run_id)

    def trace(self, trace_id: str) -> Trace | None:
        return self.traces.get(trace_id)

    def outside(self, question: Question, judge: str) -> str:
        return "unlike" if question.text == HOSTILE else "beyond" if question.source == "beyond" else ""

    def rival_names(self, trace: Trace) -> list[str]:
        known = ["oracle"] if trace.question.gold else []
        return ["greedy", "self-critique", "majority", *known, "drr <b>other</b>", "confidence"]

    def rivals(self, trace_id: str, names: Collection[str] = (), draw: bool = False) -> tuple[Rival, ...]:
        trace = self.traces[trace_id]
        if len(names) == 1:
            raise InvalidInput("2 to 4 others can stand beside the run, not 1.")
        rules: dict[str, tuple[Policy, Judge | None]] = {
            "greedy": (make_policy("greedy"), None),
            "self-critique": (make_policy("self-critique"), ScriptedJudge([0.6])),
            "majority": (make_policy("majority"), None),
            "oracle": (make_policy("drr"), GoldJudge()),
            "drr <b>other</b>": (make_policy("drr", threshold=0.3), AnswerJudge(steps=STEP_SCORES)),
            "confidence": (make_policy("confidence"), ConfidenceJudge()),
        }
        chosen = {name: rules[name] for name in names or self.rival_names(trace)[:4]}
        return rivals(trace, chosen, ScriptedReasoner(SCRIPT).attempts(vote_requests(trace)) if draw else ())

    def tokens(self, trace_id: str, attempt: int, step: int) -> tuple[Token, ...]:
        words = self.traces[trace_id].attempts[attempt].steps[step].token_texts
        chances = (-0.01, -1.2, -0.3, -2.5)
        return tuple(
            Token(word, chances[i % 4], 0.2, ((word, chances[i % 4]), (" <i>else</i>", -1.0)))
            for i, word in enumerate(words)
        )

    def keep(self, trace_id: str, by: Person, gold: str = "") -> FakeKept:
        if not self.may_work(by):
            raise NotAllowed("On this public server only its owner may do this.")
        attempts = len(self.traces[trace_id].attempts)
        before, self.kept[trace_id] = self.kept.get(trace_id, 0), attempts
        self.golds.append(gold)
        return FakeKept(attempts - before, attempts)

    def draw(self, source: str, steps: int | None = None) -> FakeDrawn:
        self.drawn.append((source, steps))
        if steps == 4:
            raise InvalidInput(f"{source} has no problem of 4 steps. Choose another number of steps.")
        return FakeDrawn(Question(TRAIN, gold="170", source=source), 3)

    def recent(self, count: int = 20) -> list[Trace]:
        return [] if self.public else list(reversed(self.traces.values()))[:count]
