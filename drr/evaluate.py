"""What a Reasoner, a DM and a policy are worth together: every policy on the same stored attempts, with honest intervals.

`collect` has the Reasoner think: for each question a *chain* (one greedy attempt, then retries, each told that all before
are wrong) and independent *samples*. `score` has the DM judge them. From there on no model is called: `evaluate` decides
every policy over the same attempts (in numpy, and exactly as `replay` would) and gives a `Report`.

- The unit is the question. Intervals are 95 % percentile bootstraps over questions, all attempts of a question (and equal
  questions) together; every policy sees the same resamples, so differences are paired. P-values come from the exact McNemar
  test, or from sign flips where a question occurs more than once.
- Thresholds and fallbacks are chosen on `calibration` questions, never on those that are reported.
- The policy table is about questions of known kinds; `Boundary` is about those beyond the Reasoner's knowledge boundary.

Knows no torch, database or page; scipy is imported on first need.
"""

import gzip
import hashlib
import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from drr.errors import InvalidData, InvalidInput
from drr.judges import ConfidenceJudge
from drr.policies import Policy, make_policy, with_params
from drr.prompts import KEPT_REJECTIONS
from drr.reasoners import Reasoner, Request
from drr.replay import Sweep, Table, sweep, tabulate
from drr.types import Attempt, BehaviorRecord, Question, from_dict, to_dict

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Interval = tuple[float, float]

RESAMPLES = 2_000
BINS = 15
CURVE_POINTS = 40


# --- the attempts that an evaluation is about -------------------------------------------------------------------------


@dataclass(frozen=True)
class Thoughts:
    """All stored attempts on one question.

    `known`: False for a kind of question beyond the Reasoner's knowledge boundary. `chain`: the first attempt, then retries,
    each told of all before. `samples`: made afresh. `opinions`: the Reasoner's own probability that each attempt of the
    chain is right; empty where it was not asked.
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
    made: list[list[list[Attempt]]] = []
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
    """One question a line, gzipped JSON, so that an evaluation can be decided again without the model."""
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for one in thoughts:
            file.write(json.dumps(to_dict(one), ensure_ascii=False) + "\n")


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

    A chain starts at the greedy attempt, or else at the first attempt that was retried, and follows the retry that was told
    of exactly the attempts before; where there are several, the coolest.
    """
    groups: dict[tuple[Question, str], list[BehaviorRecord]] = defaultdict(list)
    keys: dict[tuple[str, str], Question] = {}
    for record in records:
        question = keys.setdefault((record.question.text, record.reasoner), record.question)
        groups[_Key(question, record.reasoner)].append(record)
    return [_one_thoughts(question, group, question.source not in beyond) for (question, _), group in groups.items()]
