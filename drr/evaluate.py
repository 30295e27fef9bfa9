"""What a Reasoner, a DM and a policy are worth together: every policy on the same stored attempts, honestly measured.

`collect` has the Reasoner think: for each question a *chain* (one greedy attempt, then retries, each told that all
before are wrong) and independent *samples*. `score` has the DM judge them. From there on no model is called: `evaluate`
decides every policy over the same attempts (in numpy, and exactly as `replay` would) and gives a `Report`.

- The unit is the question. Intervals are 95 % percentile bootstraps over questions, all attempts of a question (and
  equal questions) together; every policy sees the same resamples, so differences are paired. P-values come from the
  exact McNemar test, or from sign flips where a question occurs more than once.
- Thresholds and fallbacks are chosen on `calibration` questions, never on those that are reported.
- The policy table is about questions of known kinds; `Boundary` also about those beyond the Reasoner's knowledge.

Knows no torch, database or page; scipy is imported on first need.
"""

import gzip
import hashlib
import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from drr import beside
from drr.errors import InvalidData, InvalidInput, OutOfSpace
from drr.judges import ConfidenceJudge
from drr.policies import Policy, make_policy, with_params
from drr.prompts import KEPT_REJECTIONS
from drr.questions import kind_of
from drr.reasoners import Reasoner, Request
from drr.replay import Sweep, Table, sweep, tabulate
from drr.types import Attempt, BehaviorRecord, Question, from_dict, to_dict

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Interval = tuple[float, float]

RESAMPLES = 2_000
BINS = 15
CURVE_POINTS = 40
PART = 100  # questions that a worker thinks about at a time


# --- the attempts that an evaluation is about -------------------------------------------------------------------------


@dataclass(frozen=True)
class Thoughts:
    """All stored attempts on one question.

    `known`: False for a kind of question beyond the Reasoner's knowledge boundary. `chain`: the first attempt, then
    retries, each told of all before. `samples`: made afresh. `opinions`: the Reasoner's own probability that each
    attempt of the chain is right; empty where it was not asked.
    """

    question: Question
    known: bool
    chain: tuple[Attempt, ...]
    samples: tuple[Attempt, ...]
    opinions: tuple[float, ...] = ()


class Scorer(Protocol):
    """A DM that judges complete attempts."""

    def score_many(self, attempts: Sequence[tuple[Question, Sequence[str], Attempt]]) -> list[list[float]]:
        """The score after each kept step; the last one is the attempt's."""
        ...


class Judged(Protocol):
    """An attempt with its label, as a behavior record or a training item has them."""

    @property
    def question(self) -> Question: ...
    @property
    def rejected(self) -> Sequence[str]: ...
    @property
    def attempt(self) -> Attempt: ...
    @property
    def correct(self) -> bool | None: ...


def collect(
    reasoner: Reasoner,
    questions: Sequence[Question],
    *,
    beyond: Collection[str] = (),
    chain: int = 5,
    samples: int = 8,
    retry_temperature: float = 0.8,
    sample_temperature: float = 0.8,
    max_tokens: int = 256,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Thoughts]:
    """Have the Reasoner think about every question, one round for all questions at a time.

    `beyond`: the sources beyond its knowledge boundary. `progress` is told attempts done and attempts in all.
    """
    if chain < 1:
        raise InvalidInput(f"An evaluation needs a first attempt; got chain={chain}.")
    total, done = len(questions) * (chain + samples), 0
    made: list[list[Attempt]] = []
    for index in range(chain + samples):
        retry = 0 < index < chain
        before = list(zip(*made[:index], strict=True)) if retry else [()] * len(questions)
        temperature = sample_temperature if index >= chain else retry_temperature if retry else 0.0
        requests = [
            Request(
                question,
                tuple(attempt.text for attempt in rejected)[-KEPT_REJECTIONS:],
                temperature=temperature,
                seed=_seed(seed, question, index),
                max_tokens=max_tokens,
            )
            for question, rejected in zip(questions, before, strict=True)
        ]
        made.append(reasoner.attempts(requests) if requests else [])
        done += len(requests)
        progress(done, total)
    chains = [tuple(rounds) for rounds in zip(*made[:chain], strict=True)]
    fresh = [tuple(rounds) for rounds in zip(*made[chain:], strict=True)] or [()] * len(questions)
    pairs = [(question, attempt) for question, tried in zip(questions, chains, strict=True) for attempt in tried]
    opinions = np.reshape(reasoner.says_correct(pairs) if pairs else [], (len(questions), chain)).tolist()
    return [
        Thoughts(question, question.source not in beyond, tried, drawn, tuple(opinion))
        for question, tried, drawn, opinion in zip(questions, chains, fresh, opinions, strict=True)
    ]


def collect_beside(
    load: Callable[[], Reasoner],
    questions: Sequence[Question],
    workers: int,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    **options: Any,
) -> list[Thoughts]:
    """`collect` in `workers` processes, each with a Reasoner of its own from `load`, which must be picklable.

    On a CPU, processes of one thread each are faster than one process of many threads. The seeds depend on the
    questions alone, so that the attempts are those of `collect`.
    """
    parts = [questions[start : start + PART] for start in range(0, len(questions), PART)]
    made: list[Thoughts] = []
    with beside.workers(workers, _begin_work, load) as pool:
        for part in pool.map(partial(_collected, options), parts):
            made += part
            progress(len(made), len(questions))
    return made


_mine: list[Reasoner] = []  # of a worker process


def _begin_work(load: Callable[[], Reasoner]) -> None:
    _mine.append(load())


def _collected(options: Mapping[str, Any], part: Sequence[Question]) -> list[Thoughts]:
    return collect(_mine[0], part, **options)


def _seed(seed: int, question: Question, index: int) -> int:
    """31 bits that depend on nothing but these, so that adding a question changes no other."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{index}/{question.text}".encode()).digest()[:4], "big") >> 1


def score(thoughts: Sequence[Thoughts], dm: Scorer, threshold: float = 0.5) -> list[Thoughts]:
    """The same attempts with the DM's scores after each step, and its verdict at `threshold`."""
    items = [item for one in thoughts for item in _judged(one)]
    scored = [
        _scored(attempt, after, threshold)
        for (_, _, attempt), after in zip(items, dm.score_many(items), strict=True)
    ]  # fmt: skip
    waiting = iter(scored)
    return [
        replace(one, chain=tuple(next(waiting) for _ in one.chain), samples=tuple(next(waiting) for _ in one.samples))
        for one in thoughts
    ]


def _judged(one: Thoughts) -> Iterator[tuple[Question, Sequence[str], Attempt]]:
    texts = [attempt.text for attempt in one.chain]
    for index, attempt in enumerate(one.chain):
        yield one.question, texts[:index][-KEPT_REJECTIONS:], attempt
    for attempt in one.samples:
        yield one.question, (), attempt


def _scored(attempt: Attempt, after: Sequence[float], threshold: float) -> Attempt:
    waiting = iter(after)
    steps = tuple(step if step.rejected else replace(step, score=float(next(waiting))) for step in attempt.steps)
    final = float(after[-1]) if len(after) else 0.0  # it wrote nothing
    accepted = final >= threshold and attempt.answer is not None
    return replace(attempt, steps=steps, score=final, verdict="accept" if accepted else "reject")


def save_thoughts(thoughts: Iterable[Thoughts], path: Path) -> None:
    """One question a line, gzipped JSON, so that an evaluation can be decided again without the model.

    Raises:
        OutOfSpace: they cannot be written there.
    """
    try:
        with gzip.open(path, "wt", encoding="utf-8") as file:
            for one in thoughts:
                file.write(json.dumps(to_dict(one), ensure_ascii=False) + "\n")
    except OSError as error:
        why = f"The attempts cannot be saved in {path} ({error.strerror or error})"
        raise OutOfSpace(f"{why}. Free some space, or save elsewhere.") from error


def load_thoughts(path: Path) -> list[Thoughts]:
    """What `save_thoughts` wrote.

    Raises:
        InvalidData: the file is cut off, or a line is not a question with its attempts.
    """
    thoughts: list[Thoughts] = []
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                thoughts.append(from_dict(Thoughts, json.loads(line)))
    except (EOFError, gzip.BadGzipFile, UnicodeDecodeError, json.JSONDecodeError, InvalidData) as error:
        raise InvalidData(f"{path.name}, line {len(thoughts) + 1}: {error}. Collect the attempts again.") from error
    return thoughts


def from_records(records: Iterable[BehaviorRecord], *, beyond: Collection[str] = ()) -> list[Thoughts]:
    """Stored records as chains and samples, one for each question and Reasoner.

    A chain starts at the greedy attempt, or else at the first attempt that was retried, and follows the retry that was
    told of exactly the attempts before; where there are several, the coolest.
    """
    groups: dict[tuple[str, str], list[BehaviorRecord]] = defaultdict(list)
    for record in records:
        if record.attempt.finish != "cancelled":
            groups[record.question.text, record.reasoner].append(record)
    return [_rebuilt(group, beyond) for group in groups.values()]


def _rebuilt(group: Sequence[BehaviorRecord], beyond: Collection[str]) -> Thoughts:
    question = group[0].question
    coolest_first = sorted(group, key=lambda record: (record.attempt.temperature, record.attempt_index))
    firsts = [record.attempt for record in coolest_first if not record.rejected]
    retries: dict[tuple[str, ...], Attempt] = {}
    for record in coolest_first:
        retries.setdefault(record.rejected[-KEPT_REJECTIONS:], record.attempt)
    retries.pop((), None)
    start = next((first for first in firsts if first.temperature == 0 or (first.text,) in retries), None)
    chain = [] if start is None else [start]
    while retry := retries.pop(tuple(attempt.text for attempt in chain)[-KEPT_REJECTIONS:], None):
        chain.append(retry)
    samples = tuple(first for first in firsts if first is not start and first.temperature > 0)
    return Thoughts(question, question.source not in beyond, tuple(chain), samples)


def split_thoughts(thoughts: Iterable[Thoughts], share: float = 0.3) -> tuple[list[Thoughts], list[Thoughts]]:
    """A calibration part of about this `share`, and the rest; a question's text alone says where it goes."""
    parts: tuple[list[Thoughts], list[Thoughts]] = ([], [])
    for one in thoughts:
        bucket = int.from_bytes(hashlib.sha256(b"evaluate" + one.question.text.encode()).digest()[:4], "big") % 1000
        parts[bucket >= 1000 * share].append(one)
    return parts


def aligned(thoughts: Sequence[Thoughts]) -> list[Thoughts]:
    """Questions with a gold answer, cut to one number of retries and samples: the block that holds most attempts."""
    graded = [one for one in thoughts if one.question.gold is not None and (one.chain or one.samples)]
    if not graded:
        return []
    sizes = Counter((len(one.chain), len(one.samples)) for one in graded)

    def held(chain: int, samples: int) -> int:
        return (chain + samples) * sum(n for (c, s), n in sizes.items() if c >= chain and s >= samples)

    chain, samples = max(
        ((c, s) for c in {c for c, _ in sizes} for s in {s for _, s in sizes}), key=lambda size: (held(*size), size)
    )
    return [
        replace(one, chain=one.chain[:chain], samples=one.samples[:samples], opinions=one.opinions[:chain])
        for one in graded
        if len(one.chain) >= chain and len(one.samples) >= samples
    ]


# --- every policy on the same attempts --------------------------------------------------------------------------------

Opinion = Literal["none", "dm", "gold", "self-critique", "confidence (mean)", "confidence (lowest 16)"]
_CONFIDENCE = {judge.name: judge for judge in (ConfidenceJudge("mean"), ConfidenceJudge("lowest"))}


@dataclass(frozen=True)
class Contestant:
    """A row of the policy table. `tuned`: what its threshold is chosen for, on the calibration questions."""

    label: str
    policy: Policy
    judge: Opinion = "none"
    tuned: Literal["accuracy", "risk", None] = None
    name: str = ""  # in the table, where it is not the policy's

    @property
    def called(self) -> str:
        return self.name or self.policy.name


@dataclass(frozen=True)
class Temperatures:
    """How the attempts were made: the first of each chain, its retries, the samples."""

    first: float = 0.0
    retry: float = 0.8
    sample: float = 0.8

    @classmethod
    def of(cls, thoughts: Sequence[Thoughts]) -> "Temperatures":
        """Read off the attempts; where they differ, the hottest."""

        def hottest(attempts: Iterable[Attempt], default: float) -> float:
            return max((attempt.temperature for attempt in attempts), default=default)

        return cls(
            hottest((attempt for one in thoughts for attempt in one.chain[:1]), cls.first),
            hottest((attempt for one in thoughts for attempt in one.chain[1:]), cls.retry),
            hottest((attempt for one in thoughts for attempt in one.samples), cls.sample),
        )


def contestants(made: Temperatures = Temperatures(), threshold: float = 0.5) -> list[Contestant]:
    """All that is compared. `threshold`: the DM's, where there are no calibration questions to choose one on."""
    told = {"first_temperature": made.first, "retry_temperature": made.retry}
    drawn = {"first_temperature": made.sample, "retry_temperature": made.sample}
    greedy_first = {"first_temperature": 0.0, "retry_temperature": made.sample}

    def judged(label: str, name: str, judge: Opinion, k: int = 3, **params: Any) -> Contestant:
        return Contestant(f"{label}, at most {k}", make_policy(name, k=k, **told, **params), judge, "accuracy")

    def with_greedy(label: str, name: str, judge: Opinion = "none") -> Iterator[Contestant]:
        for k in (3, 5, 8):
            yield Contestant(f"{label} greedy and {k - 1}", make_policy(name, k=k, **greedy_first), judge)

    gold = make_policy("drr", threshold=0.5, **told)
    abstains = make_policy("drr", threshold=threshold, fallback="abstain", **told)
    return [
        Contestant("greedy", make_policy("greedy")),
        Contestant("one sample", make_policy("sample", first_temperature=made.sample)),
        *(Contestant(f"always think again, {k} attempts", make_policy("always-again", k=k, **told)) for k in (2, 3)),
        judged("self-critique", "self-critique", "self-critique"),
        judged("mean log-probability", "confidence", "confidence (mean)"),
        judged("lowest-window log-probability", "confidence", "confidence (lowest 16)"),
        *(Contestant(f"majority of {k} samples", make_policy("majority", k=k, **drawn)) for k in (3, 5, 8)),
        *with_greedy("majority of", "majority"),
        Contestant("adaptive consistency, at most 8", make_policy("adaptive", k=8, **drawn)),
        *with_greedy("DM's best of", "best-of", "dm"),
        *with_greedy("DM-weighted majority of", "weighted", "dm"),
        *(judged("DRR", "drr", "dm", k, threshold=threshold) for k in (2, 3, 5)),
        Contestant("DRR that abstains, at most 3", abstains, "dm", "risk"),
        *(Contestant(f"perfect judge, at most {k}", with_params(gold, k=k), "gold", name="oracle") for k in (2, 3, 5)),
        *(Contestant(f"oracle of {k} samples", make_policy("oracle", k=k, **drawn), "gold") for k in (3, 5, 8)),
    ]


BASELINES = (
    "greedy",
    "majority of 5 samples",
    "self-critique, at most 3",
    "always think again, 2 attempts",
    "always think again, 3 attempts",
)

COMPARED = "DRR, at most 3"  # with each of these

BY_KIND = (  # the policies whose accuracy is told for each kind of question
    "greedy", "always think again, 3 attempts", "self-critique, at most 3", "majority of 5 samples",
    "DM's best of greedy and 4", "DRR, at most 2", "DRR, at most 3", "DRR, at most 5", "perfect judge, at most 3",
)  # fmt: skip


@dataclass(frozen=True)
class Played:
    """What a policy came to on each question: arrays [questions]."""

    right: Bools
    answered: Bools
    tokens: NDArray[np.int64]
    attempts: NDArray[np.int64]


class Bench:
    """Thoughts of one width as one table, on which any policy is played at once."""

    def __init__(self, thoughts: Sequence[Thoughts], table: Table | None = None) -> None:
        attempts = [(*one.chain, *one.samples) for one in thoughts]
        self.thoughts = thoughts
        self.chain = len(thoughts[0].chain) if thoughts else 0
        self.table = table or tabulate([one.question for one in thoughts], attempts)
        self._scores: dict[str, Floats] = {"dm": self.table.scores, "gold": self.table.right.astype(float)}

    def __len__(self) -> int:
        return len(self.thoughts)

    def part(self, known: bool) -> "Bench":
        """The known questions, or those beyond."""
        rows, table = [row for row, one in enumerate(self.thoughts) if one.known == known], self.table
        parts = Table(table.scores[rows], table.answers[rows], table.right[rows], table.tokens[rows])
        return Bench([self.thoughts[row] for row in rows], parts)

    def seen_by(self, policy: Policy, judge: Opinion = "none") -> Table | None:
        """The attempts this policy would make, in its order, scored by `judge`; None where some are not stored."""
        total = self.table.scores.shape[1]
        fresh = list(range(self.chain, total))
        columns = list(range(self.chain)) if policy.informed else fresh
        if policy.first_temperature == 0:
            if not self._greedy_first:
                return None
            columns = columns if policy.informed else [0, *fresh]
        columns = columns[: policy.k]
        scores = self._judged_by(judge)[:, columns]
        if len(columns) < policy.k or (judge != "none" and np.isnan(scores).any()):
            return None
        table = self.table
        return Table(scores, table.answers[:, columns], table.right[:, columns], table.tokens[:, columns])

    @cached_property
    def _greedy_first(self) -> bool:
        return self.chain > 0 and all(one.chain[0].temperature == 0 for one in self.thoughts)

    def _judged_by(self, judge: Opinion) -> Floats:
        if judge not in self._scores:
            scores = np.full_like(self.table.scores, np.nan)
            if judge != "none":
                for row, one in enumerate(self.thoughts):
                    opinions = one.opinions if judge == "self-critique" else _confidences(judge, one)
                    scores[row, : len(opinions)] = opinions
            self._scores[judge] = scores
        return self._scores[judge]


def _confidences(judge: str, one: Thoughts) -> list[float]:
    watch = _CONFIDENCE[judge].watch(one.question)
    return [math.nan if (sure := watch.finish(attempt)) is None else sure for attempt in one.chain]


def play(policy: Policy, table: Table) -> Played:
    """What `replay` says of each question, all at once; `table` holds the attempts in the policy's order."""
    if policy.rule == "accept":
        swept = sweep(policy, table, [policy.threshold])
        return Played(swept.right[0], swept.answered[0], swept.used_tokens[0], swept.used_attempts[0])
    rows, k = np.arange(len(table.answers)), policy.k
    answers, scores = table.answers[:, :k], table.scores[:, :k]
    used = _sure_after(answers, policy.threshold) if policy.rule == "adaptive" else np.full(len(rows), k)
    answers = np.where(np.arange(k) < used[:, None], answers, -1)
    if policy.rule == "last":
        worth = np.broadcast_to(np.arange(k, dtype=float), answers.shape)
    elif policy.rule == "best":
        worth = np.nan_to_num(scores, nan=-1.0)  # unscored, yet an answer
    else:
        worth = _votes(answers, np.nan_to_num(scores) if policy.rule == "weighted" else np.ones(answers.shape))
    chosen = np.where(answers >= 0, worth, -np.inf).argmax(axis=1)
    answered = np.asarray((answers >= 0).any(axis=1))
    tokens = table.tokens[:, :k].cumsum(axis=1)[rows, used - 1]
    return Played(np.asarray(answered & table.right[rows, chosen]), answered, tokens, used)


def _votes(answers: NDArray[np.int64], weights: Floats) -> Floats:
    """For each attempt, the weight of all attempts with its answer."""
    votes = np.zeros(answers.shape)
    for voter in range(answers.shape[1]):  # in the order of the attempts, so that sums round as in `Policy.choose`
        votes += weights[:, [voter]] * (answers == answers[:, [voter]])
    return votes


def _sure_after(answers: NDArray[np.int64], threshold: float) -> NDArray[np.int64]:
    """After how many attempts the leading answer is surely the one (Aggarwal et al. 2023, the Beta criterion)."""
    from scipy.special import bdtr

    used = np.full(len(answers), answers.shape[1])
    for n in range(answers.shape[1] - 1, 0, -1):
        votes = np.where(answers[:, :n] >= 0, _votes(answers[:, :n], np.ones((len(answers), n))), 0)
        leader = answers[np.arange(len(answers)), votes.argmax(axis=1)]
        first = votes.max(axis=1)
        second = np.where(answers[:, :n] == leader[:, None], 0, votes).max(axis=1)
        used[(first > 0) & (bdtr(first, (first + second + 1).astype(int), 0.5) > threshold)] = n
    return used


# --- choosing a threshold, on questions that are not reported ---------------------------------------------------------


def choose_threshold(
    calibration: Sequence[Thoughts], policy: Policy, judge: Opinion = "dm", *, target_risk: float | None = None
) -> float:
    """The best threshold of an accept policy on these questions.

    Without `target_risk`: the fewest tokens among those within one standard error of the one with the most right
    answers. With it: the most questions answered while (wrong + 1) / (answered + 1) stays within the risk; where
    nothing does, 1.

    Raises:
        InvalidInput: the attempts that the policy makes are not stored, or not judged by `judge`.
    """
    table = Bench(aligned(calibration)).seen_by(policy, judge) if calibration else None
    if table is None or not len(table.scores):
        raise InvalidInput(f"No {policy.k} attempts judged by {judge} are stored: choose on other questions.")
    return _tune(table, policy, target_risk).threshold


def _tune(table: Table, policy: Policy, target_risk: float | None) -> Policy:
    swept = sweep(policy, table, _candidates(table.scores[:, : policy.k]))
    answered, right = swept.answered.sum(axis=1), swept.right.sum(axis=1)
    if target_risk is None:
        *_, threshold = max(zip(_as_good(swept.right), -swept.tokens, right, swept.thresholds, strict=True))
        return with_params(policy, threshold=float(threshold))
    safe = (answered - right + 1) / (answered + 1) <= target_risk
    possible, _, threshold = max(zip(safe, np.where(safe, answered, 0), swept.thresholds, strict=True))
    return with_params(policy, threshold=float(threshold) if possible else 1.0)


def _as_good(right: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which rows [thresholds, questions] are within one standard error of the best one (McNemar's: of paired answers).

    The threshold that happens to have one right answer more than the next may cost twice its tokens.
    """
    lost = right[right.sum(axis=1).argmax()].astype(int) - right
    close: NDArray[np.bool_] = lost.sum(axis=1) <= np.sqrt(np.abs(lost).sum(axis=1))
    return close


def _candidates(scores: Floats, most: int = 300) -> Floats:
    values = np.unique(np.clip(scores[~np.isnan(scores)], 0.0, 1.0))
    return values if len(values) <= most else np.unique(np.quantile(values, np.linspace(0, 1, most), method="nearest"))


def _tune_contestant(contestant: Contestant, known: Bench, everything: Bench, target_risk: float) -> Contestant:
    """With threshold and fallback chosen for accuracy on known questions, or the threshold for risk on all."""
    table = (everything if contestant.tuned == "risk" else known).seen_by(contestant.policy, contestant.judge)
    if contestant.tuned is None or table is None or not len(table.scores):
        return contestant
    if contestant.tuned == "risk":
        return replace(contestant, policy=_tune(table, contestant.policy, target_risk))
    fallbacks = ("best", "weighted", "majority")
    tuned = [_tune(table, with_params(contestant.policy, fallback=how), None) for how in fallbacks]
    return replace(contestant, policy=max(tuned, key=lambda policy: play(policy, table).right.sum()))


# --- intervals and tests ----------------------------------------------------------------------------------------------


class Resamples:
    """Bootstrap resamples of whole questions, as weights; drawn once, so all that is measured with them is paired."""

    def __init__(self, clusters: Sequence[int] | NDArray[np.int64], seed: int = 0, resamples: int = RESAMPLES) -> None:
        self.clusters = np.unique(clusters, return_inverse=True)[1]
        n = int(self.clusters.max(initial=-1)) + 1
        draws = np.random.default_rng(seed).integers(n, size=(resamples, n)) if n else np.zeros((resamples, 0), int)
        counts = np.bincount((draws + n * np.arange(resamples)[:, None]).ravel(), minlength=n * resamples)
        self.weights = counts.reshape(resamples, n).astype(np.float32)

    def of(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Weights [resamples, rows] for data that belongs to the questions with these indices."""
        return self.weights[:, self.clusters[rows]]

    def means(self, values: NDArray[Any], per: NDArray[Any] | None = None) -> Floats:
        """Means [resamples, ...] of values [questions, ...]; `per` counts what each question stands for (one)."""
        per = np.ones(len(self.clusters)) if per is None else per
        with np.errstate(invalid="ignore", divide="ignore"):
            sums = self.weights @ self._summed(values)
            return np.asarray((sums.T / (self.weights @ self._summed(per))).T, float)

    def _summed(self, values: NDArray[Any]) -> NDArray[np.float32]:
        sums = np.zeros((self.weights.shape[1], *values.shape[1:]), np.float32)
        np.add.at(sums, self.clusters, values)
        return sums

    def summed(self, values: NDArray[Any]) -> Floats:
        """Sums over the questions that are one."""
        return np.asarray(self._summed(values), float)


def interval(resampled: Floats) -> Interval:
    """The central 95 % of resampled statistics; nan where there are none."""
    kept = resampled[~np.isnan(resampled)]
    low, high = np.quantile(kept, (0.025, 0.975)) if len(kept) else (math.nan, math.nan)
    return float(low), float(high)


def paired_p(differences: Floats, seed: int = 0, flips: int = 10_000) -> float:
    """Two-sided p-value of differences [questions] against "either sign is as likely".

    Differences of -1, 0 and 1 get the exact McNemar test; others, `flips` random sign flips.
    """
    moved = differences[differences != 0]
    if not len(moved):
        return 1.0
    if np.all(np.abs(moved) == 1):
        n, fewer = len(moved), int(min((moved > 0).sum(), (moved < 0).sum()))
        return min(1.0, 2 * sum(math.comb(n, i) for i in range(fewer + 1)) / 2**n)
    signs = np.random.default_rng(seed).integers(2, size=(flips, len(moved)), dtype=np.int8) * 2.0 - 1
    extreme = np.abs(signs @ moved) >= abs(moved.sum()) - 1e-9
    return float((extreme.sum() + 1) / (flips + 1))


# --- what a score is worth --------------------------------------------------------------------------------------------


def auroc(scores: Floats, right: Bools) -> float:
    """The chance that a right attempt scores over a wrong one, ties half; nan where one kind is missing."""
    good, bad = scores[right], np.sort(scores[~right])
    if not len(good) or not len(bad):
        return math.nan
    beaten = np.searchsorted(bad, good, "left") + np.searchsorted(bad, good, "right")
    return float(beaten.mean() / 2 / len(bad))


def auroc_resampled(scores: Floats, right: Bools, weights: NDArray[np.float32]) -> Floats:
    """`auroc` with each of weights [resamples, attempts]."""
    if not len(scores):
        return np.full(len(weights), np.nan)
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.diff(scores[order], prepend=-np.inf))
    out = []
    for part in np.array_split(weights[:, order], max(1, weights.size // 500_000)):
        good = np.add.reduceat(part * right[order], starts, axis=1)
        bad = np.add.reduceat(part * ~right[order], starts, axis=1)
        beaten = (good * (bad.cumsum(axis=1) - bad / 2)).sum(axis=1, dtype=np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            out.append(beaten / good.sum(axis=1) / bad.sum(axis=1))
    return np.concatenate(out)


def within_rates(scores: Floats, right: Bools, groups: NDArray[np.int64]) -> Floats:
    """`auroc` inside each group, in the order of the sorted groups; nan for a group that is all right or all wrong."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    parts = np.split(order, starts[1:]) if len(order) else []
    return np.array([auroc(scores[part], right[part]) for part in parts])


def auroc_within(scores: Floats, right: Bools, groups: NDArray[np.int64]) -> float:
    """The mean of `auroc` inside each question with right and wrong attempts: what it takes to choose among them."""
    rates = within_rates(scores, right, groups)
    return float(np.nanmean(rates)) if not np.isnan(rates).all() else math.nan


def average_precision(scores: Floats, right: Bools) -> float:
    """The area under the precision-recall curve by steps (no interpolation), equal scores together."""
    if not right.any():
        return math.nan
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.diff(scores[order], append=np.nan) != 0)
    found = right[order].cumsum()[ends]
    return float((np.diff(found, prepend=0) * (found / (ends + 1))).sum() / right.sum())


@dataclass(frozen=True)
class ReliabilityBin:
    """`n` attempts of neighbouring scores: what was promised (`score`) and what came (`right`)."""

    n: int
    low: float
    high: float
    score: float
    right: float


def reliability(scores: Floats, right: Bools, bins: int = BINS) -> tuple[ReliabilityBin, ...]:
    """Bins of equal mass, from low scores to high."""
    parts = [part for part in np.array_split(np.argsort(scores, kind="stable"), bins) if len(part)]
    return tuple(
        ReliabilityBin(
            len(part),
            float(scores[part[0]]),
            float(scores[part[-1]]),
            float(scores[part].mean()),
            float(right[part].mean()),
        )
        for part in parts
    )


def calibration_error(scores: Floats, right: Bools, bins: int = BINS) -> float:
    """ECE: the mean distance between promise and outcome over bins of equal mass."""
    parts = reliability(scores, right, bins)
    return sum(part.n * abs(part.score - part.right) for part in parts) / len(scores) if parts else math.nan


def brier(scores: Floats, right: Bools) -> float:
    """The mean squared distance between score and outcome."""
    return float(np.mean((scores - right) ** 2)) if len(scores) else math.nan


@dataclass(frozen=True)
class Discrimination:
    """What scores are worth on some attempts. `auprc` is about finding right ones, `auprc_wrong` wrong ones."""

    n: int
    right: float
    auroc: float
    auroc_within: float
    auprc: float
    auprc_wrong: float
    ece: float
    brier: float
    auroc_ci: Interval = (math.nan, math.nan)
    auroc_within_ci: Interval = (math.nan, math.nan)

    @classmethod
    def of(
        cls, scores: Floats, right: Bools, groups: NDArray[np.int64], resamples: Resamples | None = None
    ) -> "Discrimination":
        """From scores, outcomes and questions (from 0), one an attempt; `resamples` of the questions give intervals."""
        found = cls(
            n=len(scores),
            right=float(right.mean()) if len(right) else math.nan,
            auroc=auroc(scores, right),
            auroc_within=auroc_within(scores, right, groups),
            auprc=average_precision(scores, right),
            auprc_wrong=average_precision(-scores, ~right),
            ece=calibration_error(scores, right),
            brier=brier(scores, right),
        )
        if resamples is None or not len(scores):
            return found
        rates = np.full(len(resamples.clusters), np.nan)
        rates[np.unique(groups)] = within_rates(scores, right, groups)
        mixed = ~np.isnan(rates)
        return replace(
            found,
            auroc_ci=interval(auroc_resampled(scores, right, resamples.of(groups))),
            auroc_within_ci=interval(resamples.means(np.nan_to_num(rates), mixed)),
        )


def dm_metrics(items: Sequence[Judged], scores: Sequence[Sequence[float]]) -> dict[str, Any]:
    """What a DM is worth on labelled attempts, for its card. `scores`: after each kept step of each attempt.

    `auroc` and its like are about first attempts; `retries` has the same for attempts told of rejections.
    """
    labelled = [(item, after) for item, after in zip(items, scores, strict=True) if item.correct is not None]
    final = np.array([after[-1] if len(after) else 0.0 for _, after in labelled], float)
    right = np.array([item.correct for item, _ in labelled], bool)
    retry = np.array([bool(item.rejected) for item, _ in labelled], bool)
    numbers: dict[str, int] = {}
    groups = np.array([numbers.setdefault(item.question.text, len(numbers)) for item, _ in labelled], np.int64)
    first, retries = (Discrimination.of(final[part], right[part], groups[part]) for part in (~retry, retry))
    own = ("n", "right", "auroc", "auroc_within", "auprc", "auprc_wrong", "ece", "brier")
    return {
        **{key: _plain(getattr(first, key)) for key in own},
        "retries": {key: _plain(getattr(retries, key)) for key in own},
    }


@dataclass(frozen=True)
class Leak:
    """How well something that knows nothing of the reasoning tells right from wrong: what a DM must beat."""

    name: str
    auroc: float
    auroc_samples: float
    auroc_within: float


# --- knowing its limits -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CurvePoint:
    threshold: float
    coverage: float
    risk: float


@dataclass(frozen=True)
class Curve:
    """Risk (wrong among answered) against coverage (answered among all). `aurc`: mean risk over coverages."""

    aurc: float
    points: tuple[CurvePoint, ...]


def risk_coverage(policy: Policy, table: Table) -> Curve:
    """The curve of an accept policy that abstains, over all its thresholds."""
    policy = with_params(policy, fallback="abstain")
    scores = np.where(table.answers[:, : policy.k] >= 0, np.nan_to_num(table.scores[:, : policy.k], nan=-1.0), -1.0)
    best = scores.max(axis=1, initial=-1.0)
    thresholds = np.unique(best[best >= 0])[::-1]
    if not len(thresholds):
        return Curve(math.nan, ())
    parts = [sweep(policy, table, part) for part in np.array_split(thresholds, math.ceil(len(thresholds) / 100))]
    coverage = np.concatenate([part.coverage for part in parts])
    risk = np.concatenate([_risk(part) for part in parts])
    aurc = float((risk * np.diff(coverage, prepend=0.0)).sum() / coverage[-1])
    shown = np.unique(np.searchsorted(coverage, np.linspace(coverage[0], coverage[-1], CURVE_POINTS)))
    return Curve(aurc, tuple(CurvePoint(*map(float, (thresholds[i], coverage[i], risk[i]))) for i in shown))


def _risk(swept: Sweep) -> Floats:
    return np.asarray(1 - swept.precision)


@dataclass(frozen=True)
class Boundary:
    """A DRR policy that abstains, on known questions and beyond the boundary; nan where there is nothing to share.

    `risk`: what its threshold was chosen for, so many wrong of those answered. `abstained_of_wrong`: of the questions
    beyond that greedy gets wrong. `kept_of_right`: accepted, of the known ones that greedy gets right.
    `right_of_accepted`: of all accepted, known and beyond.
    """

    params: Mapping[str, Any]
    risk: float
    known: int
    beyond: int
    abstained_of_wrong: float
    abstained_of_wrong_known: float
    kept_of_right: float
    right_of_accepted: float
    right_of_accepted_known: float
    right_of_accepted_beyond: float
    accepted_beyond: int
    curve: Curve


def boundary(policy: Policy, table: Table, known: Bools, risk: float) -> Boundary:
    """What this abstaining policy, its threshold chosen for `risk`, does on both sides; `table` holds its attempts, the
    greedy one first."""
    played, greedy = play(policy, table), table.right[:, 0]

    def share(what: Bools, among: Bools) -> float:
        return float(what[among].mean()) if among.any() else math.nan

    return Boundary(
        params=_told(policy),
        risk=risk,
        known=int(known.sum()),
        beyond=int((~known).sum()),
        abstained_of_wrong=share(~played.answered, ~greedy & ~known),
        abstained_of_wrong_known=share(~played.answered, ~greedy & known),
        kept_of_right=share(played.answered, greedy & known),
        right_of_accepted=share(played.right, played.answered),
        right_of_accepted_known=share(played.right, played.answered & known),
        right_of_accepted_beyond=share(played.right, played.answered & ~known),
        accepted_beyond=int((played.answered & ~known).sum()),
        curve=risk_coverage(policy, table),
    )


# --- the report -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """A policy against a baseline on the same questions: difference in accuracy, and its tokens as a multiple."""

    against: str
    difference: float
    ci: Interval
    p: float
    tokens_ratio: float


@dataclass(frozen=True)
class OfKind:
    """A policy on the known questions of one kind."""

    kind: str
    questions: int
    accuracy: float
    accuracy_ci: Interval


@dataclass(frozen=True)
class Row:
    """A policy on the known questions. An abstention counts as not right; `coverage` is the share answered."""

    label: str
    name: str
    params: Mapping[str, Any]
    accuracy: float
    accuracy_ci: Interval
    mean_tokens: float
    mean_attempts: float
    coverage: float
    accuracy_answered: float
    wrong_answers: float
    versus: tuple[Comparison, ...] = ()
    by_kind: tuple[OfKind, ...] = ()


@dataclass(frozen=True)
class Report:
    """What `evaluate` found. `dm` holds `first` attempts, `samples`, `retries` and `beyond`, where there are any.

    `left_out`: questions without a gold answer, or with fewer attempts than the others. `unplayed`: the policies that
    were asked for and have no row.
    """

    known: int
    beyond: int
    left_out: int
    calibration: int
    seed: int
    resamples: int
    policies: tuple[Row, ...]
    dm: Mapping[str, Discrimination] = field(default_factory=dict)
    reliability: tuple[ReliabilityBin, ...] = ()
    leaks: tuple[Leak, ...] = ()
    boundary: tuple[Boundary, ...] = ()
    unplayed: tuple[str, ...] = ()

    @property
    def questions(self) -> int:
        return self.known + self.beyond

    def row(self, label: str) -> Row:
        """The policy with this label."""
        return next(row for row in self.policies if row.label == label)

    def share_of_perfect(self, k: int) -> float:
        """The part that DRR takes of what a perfect judge would gain over greedy, with at most `k` attempts."""
        try:
            labels = (f"DRR, at most {k}", f"perfect judge, at most {k}", "greedy")
            drr, perfect, greedy = [self.row(label).accuracy for label in labels]
        except StopIteration:
            return math.nan
        return (drr - greedy) / (perfect - greedy) if perfect > greedy else math.nan

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; what cannot be said is null."""
        first = self.dm.get("first") or self.dm.get("samples")
        inside = self.dm.get("samples") or first
        return {
            "questions": self.questions,
            "policies": [_plain(to_dict(row)) for row in self.policies],
            "dm": {
                "auroc": _plain(first.auroc) if first else None,
                "auroc_within": _plain(inside.auroc_within) if inside else None,
                "auprc": _plain(first.auprc) if first else None,
                "ece": _plain(first.ece) if first else None,
                "on": _plain(to_dict(self.dm)),
                "reliability": _plain(to_dict(self.reliability)),
                "leakage": _plain(to_dict(self.leaks)),
            },
            "boundary": _plain(to_dict(self.boundary)),
            "share_of_perfect": {str(k): _plain(self.share_of_perfect(k)) for k in (2, 3, 5)},
            "known": self.known,
            "beyond": self.beyond,
            "left_out": self.left_out,
            "unplayed": list(self.unplayed),
            "calibration": self.calibration,
            "seed": self.seed,
            "resamples": self.resamples,
        }

    def to_markdown(self) -> str:
        """Compact tables for a README."""
        parts = [self._policy_table()]
        if self.unplayed:
            parts.append(f"Not played, for want of stored attempts, scores or opinions: {'; '.join(self.unplayed)}.")
        if any(row.label == COMPARED and row.versus for row in self.policies):
            parts.append(self._versus_table())
        if any(len(row.by_kind) > 1 for row in self.policies):
            parts.append(self._kind_table())
        if self.dm:
            parts.append(self._dm_table())
        if self.boundary:
            parts.append(self._boundary_table())
        return "\n\n".join(parts) + "\n"

    def _policy_table(self) -> str:
        body = []
        for row in self.policies:
            versus = next((c for c in row.versus if c.against == BASELINES[0]), None)
            gain = ""
            if versus is not None:
                gain = f"{100 * versus.difference:+.1f} ({_range(versus.ci, '+.1f')}), p {_p(versus.p)}"
            accuracy = f"{100 * row.accuracy:.1f} ({_range(row.accuracy_ci)})"
            spent = f"{row.mean_tokens:.0f}", f"{row.mean_attempts:.2f}"
            body.append((row.label, accuracy, *spent, _percent(row.coverage), gain))
        chosen = (
            f"thresholds chosen on {self.calibration} other questions" if self.calibration else "default thresholds"
        )
        left = f" ({self.left_out} more left out: no gold answer, or fewer attempts)" if self.left_out else ""
        return (
            f"{self.known or self.beyond} questions{left}; accuracy in % with 95 % intervals ({self.resamples} "
            f"bootstrap resamples of questions, seed {self.seed}); {chosen}.\n\n"
        ) + _markdown(("policy", "accuracy", "tokens", "attempts", "answered %", "against greedy (points)"), body)

    def _versus_table(self) -> str:
        body = [
            (
                one.against,
                f"{100 * one.difference:+.1f} ({_range(one.ci, '+.1f')}), p {_p(one.p)}",
                f"{one.tokens_ratio:.2f}",
            )
            for one in self.row(COMPARED).versus
        ]
        return _markdown((f"{COMPARED}, against", "accuracy (points)", "times its tokens"), body)

    def _kind_table(self) -> str:
        shown = [row for row in self.policies if row.label in BY_KIND and row.by_kind]
        head = [f"{one.kind} ({one.questions})" for one in shown[0].by_kind] if shown else []
        body = [
            (row.label, *(f"{100 * one.accuracy:.1f} ({_range(one.accuracy_ci)})" for one in row.by_kind))
            for row in shown
        ]
        return _markdown(("accuracy in % by kind of question", *head), body)

    def _dm_table(self) -> str:
        body = []
        for name, d in self.dm.items():
            pooled = f"{_number(d.auroc)} ({_range(d.auroc_ci, '.3f', 1)})"
            others = (d.auroc_within, d.auprc, d.auprc_wrong, d.ece, d.brier)
            body.append((name, str(d.n), _percent(d.right), pooled, *map(_number, others)))
        head = ("DM on", "attempts", "right %", "AUROC", "within question", "AUPRC", "AUPRC of wrong", "ECE", "Brier")
        leaks = [(leak.name, *map(_number, (leak.auroc, leak.auroc_samples, leak.auroc_within))) for leak in self.leaks]
        return "\n\n".join(
            [_markdown(head, body), _markdown(("AUROC of", "first attempts", "samples", "within question"), leaks)]
        )

    def _boundary_table(self) -> str:
        shares = [
            ("beyond, greedy wrong: abstains on", "abstained_of_wrong"),
            ("known, greedy wrong: abstains on", "abstained_of_wrong_known"),
            ("known, greedy right: accepts", "kept_of_right"),
            ("right among accepted, all", "right_of_accepted"),
            ("right among accepted, known", "right_of_accepted_known"),
            ("right among accepted, beyond", "right_of_accepted_beyond"),
        ]
        body = [(label, *(_percent(getattr(b, key)) for b in self.boundary)) for label, key in shares]
        body.append(("area under risk-coverage", *(_number(b.curve.aurc) for b in self.boundary)))
        played = (
            f"at most {b.params['k']}, {100 * b.risk:g} % risk: threshold {b.params['threshold']:.3f}"
            for b in self.boundary
        )
        one = self.boundary[0]
        title = f"{one.known} known questions, {one.beyond} beyond the boundary; shares in %.\n\n"
        return title + _markdown(("DRR that abstains", *played), body)


def evaluate(
    thoughts: Sequence[Thoughts],
    calibration: Sequence[Thoughts] = (),
    *,
    policies: Collection[str] = (),
    threshold: float = 0.5,
    target_risk: float = 0.05,
    more_risks: Sequence[float] = (),
    baselines: Sequence[str] = BASELINES,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Report:
    """Everything that can be said about these attempts; a policy whose attempts or scores are not stored has no row.

    `policies`: the names to play (all). `calibration`: other questions, to choose thresholds on; without them
    `threshold` is the DM's and the other judges keep their defaults. `target_risk`: wrong among answered, where DRR may
    abstain; `more_risks`: others that are shown beside it. `baselines`: labels of rows that every row is compared with.

    Raises:
        InvalidInput: nothing to evaluate, or a question on both sides.
    """
    usable = aligned(thoughts)
    if not usable:
        raise InvalidInput("No question with a gold answer has a stored attempt: distil some, or name --questions.")
    both = {one.question.text for one in usable} & {one.question.text for one in calibration}
    if both:
        example = f"{len(both)} questions are in the calibration set too, for example {min(both)!r}"
        raise InvalidInput(f"{example}: take them out.")
    everything, tuning_all = Bench(usable), Bench(aligned(calibration))
    bench, beyond, tuning = everything.part(known=True), everything.part(known=False), tuning_all.part(known=True)
    reported = bench if len(bench) else beyond
    entered = [
        _tune_contestant(contestant, tuning, tuning_all, target_risk)
        for contestant in contestants(Temperatures.of(reported.thoughts), threshold)
        if not policies or contestant.called in policies
    ]
    resampled = Resamples(_clusters(reported.thoughts), seed, resamples)
    rows = _rows(entered, reported, resampled, baselines, seed)
    played = {row.label for row in rows}
    abstaining = [contestant.policy for contestant in entered if contestant.tuned == "risk"]
    return Report(
        known=len(bench),
        beyond=len(beyond),
        left_out=len(thoughts) - len(usable),
        calibration=len(tuning_all),
        seed=seed,
        resamples=resamples,
        policies=rows,
        **_about_dm(reported, beyond if len(bench) else None, tuning_all, resampled, threshold),
        boundary=_boundaries(abstaining, everything, tuning_all, (target_risk, *more_risks)),
        unplayed=tuple(contestant.label for contestant in entered if contestant.label not in played),
    )


def _clusters(thoughts: Sequence[Thoughts]) -> NDArray[np.int64]:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(one.question.text, len(numbers)) for one in thoughts], np.int64)


def _rows(
    entered: Sequence[Contestant], bench: Bench, resampled: Resamples, baselines: Sequence[str], seed: int
) -> tuple[Row, ...]:
    played = [
        (contestant, play(contestant.policy, table))
        for contestant in entered
        if (table := bench.seen_by(contestant.policy, contestant.judge)) is not None
    ]
    if not played:
        return ()
    right = np.stack([result.right for _, result in played], axis=1).astype(float)
    tokens = [float(result.tokens.mean()) for _, result in played]
    means = resampled.means(right)
    summed = resampled.summed(right)
    places = {contestant.label: place for place, (contestant, _) in enumerate(played)}
    kinds = np.array([kind_of(one.question.source) for one in bench.thoughts])
    of_kind = {kind: (kinds == kind).astype(float) for kind in sorted(set(kinds.tolist()))}
    kind_means = {kind: resampled.means(right * mine[:, None], mine) for kind, mine in of_kind.items()}

    def versus(mine: int, other: int) -> Comparison:
        return Comparison(
            against=played[other][0].label,
            difference=float((right[:, mine] - right[:, other]).mean()),
            ci=interval(means[:, mine] - means[:, other]),
            p=paired_p(summed[:, mine] - summed[:, other], seed),
            tokens_ratio=tokens[mine] / tokens[other] if tokens[other] else math.nan,
        )

    return tuple(
        Row(
            label=contestant.label,
            name=contestant.called,
            params=_told(contestant.policy, contestant.judge),
            accuracy=float(result.right.mean()),
            accuracy_ci=interval(means[:, place]),
            mean_tokens=tokens[place],
            mean_attempts=float(result.attempts.mean()),
            coverage=float(result.answered.mean()),
            accuracy_answered=float(result.right[result.answered].mean()) if result.answered.any() else math.nan,
            wrong_answers=float((result.answered & ~result.right).mean()),
            versus=tuple(versus(place, places[label]) for label in baselines if places.get(label, place) != place),
            by_kind=tuple(
                OfKind(
                    kind=kind,
                    questions=int(mine.sum()),
                    accuracy=float(result.right[mine > 0].mean()),
                    accuracy_ci=interval(kind_means[kind][:, place]),
                )
                for kind, mine in of_kind.items()
            ),
        )
        for place, (contestant, result) in enumerate(played)
    )


def _told(policy: Policy, judge: Opinion = "dm") -> dict[str, Any]:
    """The parameters that matter, and who judges; `told`: whether retries know what was rejected."""
    params = {key: value for key, value in policy.params.items() if value is not None and key != "most_backtracks"}
    return params if policy.rule != "accept" else {**params, "judge": judge, "told": policy.informed}


def _boundaries(
    abstaining: Sequence[Policy], bench: Bench, tuning: Bench, risks: Sequence[float]
) -> tuple[Boundary, ...]:
    """For the first risk with one attempt and with all, for others with all, each with its own threshold."""
    known = np.array([one.known for one in bench.thoughts], bool)
    first, *others = risks
    found = []
    for policy, risk in (
        (with_params(one, k=k), risk)
        for one in abstaining
        for k, risk in [*((k, first) for k in sorted({1, one.k})), *((one.k, risk) for risk in others)]
    ):
        seen, learnt = bench.seen_by(policy, "dm"), tuning.seen_by(policy, "dm")
        if seen is not None:
            tuned = policy if learnt is None or not len(learnt.scores) else _tune(learnt, policy, risk)
            found.append(boundary(tuned, seen, known, risk))
    return tuple(found)


@dataclass(frozen=True)
class _Flat:
    """Some attempts of each question, one after the other; `groups`: the questions they belong to."""

    attempts: tuple[Attempt, ...]
    scores: Floats
    right: Bools
    groups: NDArray[np.int64]

    @classmethod
    def of(cls, bench: Bench, columns: Sequence[int]) -> "_Flat":
        table, size = bench.table, len(bench.thoughts)
        kept = tuple((*one.chain, *one.samples)[column] for one in bench.thoughts for column in columns)
        return cls(
            attempts=kept,
            scores=table.scores[:, columns].ravel(),
            right=table.right[:, columns].ravel(),
            groups=np.repeat(np.arange(size), len(columns)),
        )

    def only(self, kept: Bools) -> "_Flat":
        attempts = tuple(attempt for attempt, keep in zip(self.attempts, kept, strict=True) if keep)
        return _Flat(attempts, self.scores[kept], self.right[kept], self.groups[kept])

    def measured(self, scores: Floats) -> tuple[float, float]:
        """AUROC of these scores, pooled and within questions; unscored attempts are left out."""
        told = ~np.isnan(scores)
        kept = scores[told], self.right[told], self.groups[told]
        return auroc(*kept[:2]), auroc_within(*kept)


def _about_dm(
    bench: Bench, beyond: Bench | None, tuning: Bench, resampled: Resamples, threshold: float
) -> dict[str, Any]:
    width = bench.table.scores.shape[1]
    columns = {
        "first": range(min(1, bench.chain)),
        "samples": range(bench.chain, width),
        "retries": range(1, bench.chain),
    }  # fmt: skip
    flats = {name: _Flat.of(bench, list(places)) for name, places in columns.items() if places}
    if "retries" in flats:  # the chain goes on after right and accepted attempts too; DRR asks for some of it only
        rejected = np.logical_and.accumulate(bench.table.scores[:, : bench.chain - 1] < threshold, axis=1)
        flats["retries after the DM's rejection"] = flats["retries"].only(rejected.ravel())
    found = {
        name: Discrimination.of(flat.scores, flat.right, flat.groups, resampled)
        for name, flat in flats.items()
        if len(flat.scores) and not np.isnan(flat.scores).any()
    }
    if found and beyond is not None and beyond.chain:
        far = _Flat.of(beyond, [0])
        found["beyond"] = Discrimination.of(far.scores, far.right, far.groups)
    if not found:
        return {}
    shown = flats["first" if "first" in found else next(iter(found))]
    return {"dm": found, "reliability": reliability(shown.scores, shown.right), "leaks": _leaks(bench, flats, tuning)}


def _leaks(bench: Bench, flats: Mapping[str, _Flat], tuning: Bench) -> tuple[Leak, ...]:
    by_source = _source_accuracy(bench, tuning)

    def logprobs(flat: _Flat) -> Floats:
        return np.array([math.nan if (mean := attempt.mean_logprob) is None else mean for attempt in flat.attempts])

    tellers: dict[str, Callable[[_Flat], Floats]] = {
        "the DM": lambda flat: flat.scores,
        "source only": lambda flat: by_source[flat.groups],
        "length only": lambda flat: -np.array([attempt.tokens for attempt in flat.attempts], float),
        "mean log-probability": logprobs,
    }
    nothing = (math.nan, math.nan)
    leaks = []
    for name, tell in tellers.items():
        first, samples = (
            flats[part].measured(tell(flats[part])) if part in flats else nothing for part in ("first", "samples")
        )
        leaks.append(Leak(name, first[0], *samples))
    return tuple(leaks)


def _source_accuracy(bench: Bench, tuning: Bench) -> Floats:
    """For each question, how often attempts on *other* questions of its source are right, calibration ones included."""
    right: Counter[str] = Counter()
    made: Counter[str] = Counter()
    for part in (bench, tuning):
        for one, row in zip(part.thoughts, part.table.right, strict=True):
            right[one.question.source] += int(row.sum())
            made[one.question.source] += row.size
    overall = sum(right.values()) / max(1, sum(made.values()))
    out = []
    for one, row in zip(bench.thoughts, bench.table.right, strict=True):
        others = made[one.question.source] - row.size
        out.append((right[one.question.source] - int(row.sum())) / others if others else overall)
    return np.array(out, float)


# --- writing it down --------------------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    """JSON values: floats rounded to six digits, null for what is not a number."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value


def _markdown(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *body))


def _number(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "–"


def _percent(value: float) -> str:
    return f"{100 * value:.1f}" if math.isfinite(value) else "–"


def _range(bounds: Interval, form: str = ".1f", scale: float = 100) -> str:
    return " to ".join(f"{scale * bound:{form}}" if math.isfinite(bound) else "–" for bound in bounds)


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
