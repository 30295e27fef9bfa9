"""Stage 1: the Reasoner answers questions whose answer is known; right and wrong attempts become behavior records.

What `think()` does one question at a time under the gold judge, here in batches: first attempts (one greedy, the rest
sampled), then retries with the rejected attempt in the prompt, round after round while the gold answer rejects. In the
first round right attempts are rejected too, later in every third chain: a DM will reject some, and must know what comes
of it. Each chunk of questions is stored when it is done, and what is stored already is not made again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from drr.answers import Grade, grade
from drr.reasoners import Reasoner, Request
from drr.rivals import told_before
from drr.store import Store, question_key
from drr.thinking import attempt_seed
from drr.types import NOBODY, Attempt, BehaviorRecord, Question, Trace

RIGHT_GOES_ON = 3  # one in so many right retries is rejected all the same
CHUNK = 96  # questions that are stored together: a few seconds of work is the most that a cut can lose

Prompt = tuple[Question, tuple[str, ...]]  # and the texts of the rejected attempts


@dataclass(frozen=True)
class Plan:
    """How much behavior to collect of each question. `rounds` of `retries`: the first greedy, the others sampled."""

    attempts: int = 4
    retries: int = 2
    rounds: int = 2
    temperature: float = 0.8
    max_tokens: int = 192
    seed: int = 0

    @property
    def most(self) -> int:
        """The most attempts on one question."""
        return self.attempts + self.rounds * self.retries


@dataclass(frozen=True)
class Distilled:
    """What a distillation came to. `unparsed`: attempts without a readable answer; they count as wrong."""

    questions: int
    attempts: int
    right: int
    unparsed: int


def distill(
    reasoner: Reasoner,
    questions: Iterable[Question],
    store: Store,
    plan: Plan = Plan(),
    progress: Callable[[int], None] = lambda _: None,
) -> Distilled:
    """Collect behavior on `questions`; `progress` is told how many questions are done after each chunk."""
    done = store.records.done(reasoner.name)
    total = Distilled(0, 0, 0, 0)
    waiting = iter(questions)
    while chunk := list(islice(waiting, CHUNK)):
        new = {question_key(question): question for question in chunk}
        made = _chunk(reasoner, [question for key, question in new.items() if key not in done], plan)
        with store.transaction():  # a question is stored with all its attempts, or not at all
            store.records.add_many(made)
        done |= new.keys()
        total = Distilled(
            total.questions + len(chunk),
            total.attempts + len(made),
            total.right + sum(record.correct is True for record in made),
            total.unparsed + sum(record.attempt.answer is None for record in made),
        )
        progress(total.questions)
    return total


def records_of(trace: Trace) -> list[BehaviorRecord]:
    """The finished attempts of a trace as behavior records, graded where the gold answer is known."""
    question, told = trace.question, [told_before(trace, index) for index in range(len(trace.attempts))]
    return [
        BehaviorRecord(
            question,
            trace.reasoner,
            0 if rejected else index,
            attempt,
            _is_right(question, attempt),
            rejected,
            trace=trace.id,
            dm="" if trace.judge == NOBODY or attempt.score is None else trace.judge,
        )
        for index, (attempt, rejected) in enumerate(zip(trace.attempts, told, strict=True))
        if attempt.finish != "cancelled"
    ]


def _chunk(reasoner: Reasoner, questions: Sequence[Question], plan: Plan) -> list[BehaviorRecord]:
    first = _round(reasoner, [(question, ()) for question in questions], plan, plan.attempts, 0)
    made = [record for group in first for record in group]
    chain: list[Prompt] = [(group[0].question, (group[0].attempt.text,)) for group in first]
    for depth in range(1, plan.rounds + 1):
        retries = _round(reasoner, chain, plan, plan.retries, depth)
        made += [record for group in retries for record in group]
        chain = [(g[0].question, (*g[0].rejected, g[0].attempt.text)) for g in retries if g and _goes_on(g[0])]
    return made


def _goes_on(retry: BehaviorRecord) -> bool:
    return not retry.correct or int(question_key(retry.question)[7:14], 16) % RIGHT_GOES_ON == 0


def _round(
    reasoner: Reasoner, prompts: Sequence[Prompt], plan: Plan, count: int, depth: int
) -> list[list[BehaviorRecord]]:
    """`count` attempts on each prompt: one greedy, the others sampled."""
    requests = [
        Request(
            question, rejected, temperature=plan.temperature if n else 0.0, max_tokens=plan.max_tokens,
            seed=attempt_seed(plan.seed, n, depth) ^ int(question_key(question)[:7], 16),
        )
        for question, rejected in prompts
        for n in range(count)
    ]  # fmt: skip
    attempts = reasoner.attempts(requests)
    answered = enumerate(zip(requests, attempts, strict=True))
    records = [_record(reasoner.name, request, attempt, max(0, i % count - 1)) for i, (request, attempt) in answered]
    return [records[start : start + count] for start in range(0, len(records), count)] if count else []


def _record(reasoner: str, request: Request, attempt: Attempt, index: int) -> BehaviorRecord:
    question = request.question
    return BehaviorRecord(question, reasoner, index, attempt, _is_right(question, attempt), request.rejected)


def _is_right(question: Question, attempt: Attempt) -> bool | None:
    graded = grade(attempt.answer, question.gold, question.answer_type, question.choices)
    return None if graded is Grade.UNGRADED else graded is Grade.RIGHT
