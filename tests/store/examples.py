"""Nouns to put into a store."""

from drr.types import Action, Attempt, BehaviorRecord, Decision, Outcome, Question, Status, Step, Trace

QUESTION = Question("Sarah has 12 apples and buys 21. How many now?", gold="33", source="gsm_symbolic:12")


def attempt(answer: str = "33", score: float | None = None, temperature: float = 0.0) -> Attempt:
    steps = (
        Step("12+21=33", 2, 0.75, ("12+21", "=33\n"), (-0.25, -0.5), (0.125, 1.5)),
        Step("12+21=34", 1, 0.1, ("nonsense\n",), (-3.0,), (2.0,), rejected=True),
        Step(f"Answer: {answer}", 1, score, (f"Answer: {answer}",), (-0.0625,), (0.0,)),
    )
    return Attempt(steps, answer, score=score, verdict="accept", temperature=temperature, seconds=0.5)


def record(index: int = 0, question: Question = QUESTION, reasoner: str = "tiny", **changes: object) -> BehaviorRecord:
    values: dict[str, object] = {"attempt": attempt(), "correct": True, **changes}
    return BehaviorRecord(question, reasoner, index, **values)  # type: ignore[arg-type]


def trace() -> Trace:
    decisions = (Decision(0, 1, Action.REJECT_STEP, "too low"), Decision(0, 2, Action.STOP, "sure enough"))
    outcome = Outcome(Status.ACCEPTED, "33", 0.9)
    return Trace(
        QUESTION, (attempt(score=0.9),), decisions, outcome, "tiny", "dm", "drr", {"k": 3, "threshold": 0.8}, 7
    )
