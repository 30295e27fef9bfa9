"""What tests share: short ways to build the nouns, a judge whose scores are known beforehand, and a job that is quick.

The fake Reasoner is `drr.reasoners.scripted.ScriptedReasoner`. `python -m drr.testing FOLDER` is a job's worker that
knows the toy job alone.
"""

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from drr.answers import AnswerType, extract_answer
from drr.errors import Stopped
from drr.jobs.kinds import Kind
from drr.judges import Watch
from drr.prompts import ANSWER
from drr.reasoners import Hidden
from drr.types import Attempt, BehaviorRecord, Decision, Outcome, Question, Status, Step, Trace

if TYPE_CHECKING:
    from drr.jobs.worker import Work

APPLES = "Sarah has 12 apples. She buys 3 bags with 7 apples each. How many apples does she have?"
RIGHT = "Sarah buys 3*7=21 apples.\nShe has 12+21=33 apples now.\nAnswer: 33"
WRONG = "Sarah buys 3+7=10 apples.\nShe has 12+10=22 apples now.\nAnswer: 22"


def make_question(
    text: str = APPLES,
    gold: str | None = "33",
    answer_type: AnswerType = "number",
    choices: Mapping[str, str] | None = None,
    source: str = "typed",
    id: str = "",
) -> Question:
    """A question; by default the one about Sarah's apples."""
    return Question(text, answer_type, gold, choices, source, id)


def make_step(text: str, score: float | None = None, logprob: float | None = None, rejected: bool = False) -> Step:
    """A step with one token a word and one for the newline, all equally likely."""
    words = [*text.split(" "), "\n"]
    logprobs = () if logprob is None else (logprob,) * len(words)
    return Step(text, len(words), score, tuple(words), logprobs, rejected=rejected)


def make_attempt(
    text: str = RIGHT,
    score: float | None = None,
    *,
    step_scores: Sequence[float | None] = (),
    logprob: float | None = None,
    answer_type: AnswerType = "number",
    **fields: Any,
) -> Attempt:
    """An attempt from its lines; the answer is read from the last one where that begins with "Answer:"."""
    lines = text.split("\n")
    scores = [*step_scores, *[None] * len(lines)]
    steps = tuple(make_step(line, scores[i], logprob) for i, line in enumerate(lines))
    answer = extract_answer(lines[-1], answer_type) if lines[-1].startswith(ANSWER) else None
    return replace(Attempt(steps, answer, score=score), **fields)


def make_trace(
    attempts: Sequence[Attempt] = (),
    question: Question | None = None,
    *,
    decisions: Sequence[Decision] = (),
    outcome: Outcome | None = None,
    **fields: Any,
) -> Trace:
    """A trace that ended as `outcome` says, or accepted the last attempt's answer."""
    attempts = tuple(attempts or (make_attempt(score=0.9, verdict="accept"),))
    last = attempts[-1]
    ending = outcome or Outcome(Status.ACCEPTED, last.answer, last.score, "score 0.90 at or over 0.50: stop")
    trace = Trace(
        question or make_question(), attempts, tuple(decisions), ending, "scripted", "scripted", "drr", {"k": 3}, seed=0
    )
    return replace(trace, **fields)


def make_record(attempt: Attempt | None = None, correct: bool | None = True, **fields: Any) -> BehaviorRecord:
    """A behavior record of the scripted Reasoner's first attempt."""
    record = BehaviorRecord(make_question(), "scripted", 0, attempt or make_attempt(), correct)
    return replace(record, **fields)


class ScriptedJudge:
    """Gives the attempts it watches these scores, in turn (the last one goes on), and steps theirs by text.

    A step not listed gets `step_default`. `watched` keeps what each watch was told (question and rejected texts),
    `backs` how many steps each backtracking kept.
    """

    name = "scripted"

    def __init__(
        self,
        attempts: Sequence[float | None] = (None,),
        steps: Mapping[str, float | None] | None = None,
        step_default: float | None = None,
    ) -> None:
        self.watched: list[tuple[Question, tuple[str, ...]]] = []
        self.backs: list[int] = []
        self._attempts = tuple(attempts)
        self._steps = steps or {}
        self._step_default = step_default

    def watch(self, question: Question, rejected: Sequence[str] = ()) -> Watch:
        score = self._attempts[min(len(self.watched), len(self._attempts) - 1)]
        self.watched.append((question, tuple(rejected)))
        return _ScriptedWatch(self, score)

    def step_score(self, text: str) -> float | None:
        return self._steps.get(text, self._step_default)


class _ScriptedWatch:
    def __init__(self, judge: ScriptedJudge, final: float | None) -> None:
        self._judge = judge
        self._final = final

    def score(self, step: Step, hidden: Hidden | None = None) -> float | None:
        return self._judge.step_score(step.text)

    def back(self, steps: int) -> None:
        self._judge.backs.append(steps)

    def finish(self, attempt: Attempt) -> float | None:
        return self._final


def toy_job(work: "Work") -> Mapping[str, Any]:
    """Counts to `steps`, one every `seconds`, saving each fifth; its loss depends on every step before.

    `name`: of the DM that it says it made. `saving`: seconds that it takes to save and stop. `child`: it starts a
    process that it leaves behind. `memory`: it takes all it can get. `bug`: it ends with one. `resting`: seconds that
    it rests behind its last step, and says so.
    """
    steps, seconds = work.params.get("steps", 20), work.params.get("seconds", 0.02)
    saved = work.folder / "toy.json"
    step, loss = json.loads(saved.read_text()) if saved.exists() else (0, 1.0)

    def save() -> None:
        draft = saved.with_suffix(".draft")
        draft.write_text(json.dumps([step, loss]))
        draft.replace(saved)

    if work.params.get("child"):
        subprocess.Popen(["sleep", "600"])
    if work.params.get("memory"):
        hoard = [bytearray(2**46)]  # more than any address space has
        print(len(hoard))
    if work.params.get("bug"):
        raise ZeroDivisionError("a toy's bug")
    while step < steps:
        time.sleep(seconds)
        step, loss = step + 1, 0.9 * loss + 0.01 * ((step * 37) % 11)
        print(f"step {step} loss {loss:.4f}", flush=True)
        work.report(step, step / steps, loss=loss)
        if work.stop():
            time.sleep(work.params.get("saving", 0))
            save()
            raise Stopped(f"The toy stopped at step {step}.")
        if step % 5 == 0:
            save()
    if work.params.get("resting"):
        work.tell("resting")
        time.sleep(work.params["resting"])
    return {"loss": loss, "dm": work.params.get("name", "")}


TOYS: Mapping[str, Kind] = {"toy": Kind(toy_job, "Choose a smaller toy.")}

if __name__ == "__main__":
    from drr.jobs import worker

    sys.exit(worker.main(sys.argv, TOYS, "drr.testing"))
