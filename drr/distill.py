"""Stage 1: the Reasoner answers questions whose answer is known; right and wrong attempts become behavior records.

What `think()` does one question at a time under the gold judge, here in batches: first attempts (one greedy, the rest
sampled), then retries with the rejected attempt in the prompt, round after round while the gold answer rejects. A right
attempt is rejected too, once: a DM will reject some, and must know what comes of it. After a second one that is so only
in every third chain. Each chunk of questions is stored when it is done, and what is stored already is not made again.
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
    """How much behavior to collect of each question. `rounds` of `retries` after a wrong attempt, the first greedy, the
    others sampled; after a right one a single one, sampled, as it would be while thinking.
    """

    attempts: int = 4
    retries: int = 4
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
    first = _round(reasoner, [((question, ()), range(plan.attempts)) for question in questions], plan, 0)
    made = [record for group in first for record in group]
    rejected = [group[0] for group in first]
    for depth in range(1, plan.rounds + 1):
        asked = [((r.question, (*r.rejected, r.attempt.text)), _numbers_after(r, plan)) for r in rejected]
        retries = _round(reasoner, asked, plan, depth)
        made += [record for group in retries for record in group]
        rejected = [group[0] for group in retries if group and _goes_on(group[0])]
    return made


def _numbers_after(rejected: BehaviorRecord, plan: Plan) -> range:
    """The numbers of the retries after it; number 0 is greedy."""
    return range(1, 2) if rejected.correct and plan.retries > 1 else range(plan.retries)


def _goes_on(retry: BehaviorRecord) -> bool:
    return not retry.correct or int(question_key(retry.question)[7:14], 16) % RIGHT_GOES_ON == 0


def _round(
    reasoner: Reasoner, prompts: Sequence[tuple[Prompt, range]], plan: Plan, depth: int
) -> list[list[BehaviorRecord]]:
    """Attempts with the given numbers on each prompt: number 0 is greedy, the others are sampled."""
    requests = [
        Request(
            question, rejected, temperature=plan.temperature if n else 0.0, max_tokens=plan.max_tokens,
            seed=attempt_seed(plan.seed, n, depth) ^ int(question_key(question)[:7], 16),
        )
        for (question, rejected), numbers in prompts
        for n in numbers
    ]  # fmt: skip
    answered = zip(requests, reasoner.attempts(requests), strict=True)
    return [
        [_record(reasoner.name, *next(answered), max(0, n - 1)) for n in numbers]
        for _, numbers in prompts
        if len(numbers)
    ]


def _record(reasoner: str, request: Request, attempt: Attempt, index: int) -> BehaviorRecord:
    question = request.question
    return BehaviorRecord(question, reasoner, index, attempt, _is_right(question, attempt), request.rejected)


def _is_right(question: Question, attempt: Attempt) -> bool | None:
    graded = grade(attempt.answer, question.gold, question.answer_type, question.choices)
    return None if graded is Grade.UNGRADED else graded is Grade.RIGHT
