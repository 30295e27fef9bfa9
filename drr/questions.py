"""Where questions come from: this project's grammar, gsm_symbolic, variations of GSM8K, files.

Procedural questions are drawn from a seed. Which split a question belongs to follows from its text alone, so that
nothing can be trained on and tested on at once, whoever draws it and whenever.
"""

import gzip
import hashlib
import json
import random
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal, get_args

from drr.answers import AnswerType, extract_answer
from drr.errors import InvalidData, InvalidInput
from drr.grammar import gsm8k, symbolic
from drr.grammar.core import FAMILIES, Problem, generate
from drr.grammar.guess import GUESS_FAMILIES
from drr.types import Question

Split = Literal["train", "distil", "test"]
GUESS = "guess"  # solved by trying a number and checking it
KNOWN = ("gsm_symbolic", "grammar", GUESS)  # templates that the embedded Reasoner was trained on, beside...
GSM8K = "gsm8k"  # ...problems of GSM8K with other numbers and names, of which it saw each phrasing a few times
FRONTIER = "frontier"  # GSM8K problems longer than those: a DM may learn from them what failing looks like
BEYOND = "beyond"  # ...templates and families that neither the Reasoner nor its DM has ever seen

# templates of gsm_symbolic that give enough instances with whole numbers up to 200
SYMBOLIC = (
    1, 3, 4, 6, 9, 10, 12, 13, 14, 16, 19, 20, 31, 34, 38, 39, 40, 43, 45, 48, 54, 55, 57, 58, 62, 69, 72, 78, 82,
    91, 95, 96,
)  # fmt: skip
HELD_OUT_SYMBOLIC = (0, 23, 24, 30, 51, 59, 60, 68, 80, 85)
GSM8K_STEPS = 3  # longer solutions are out of the embedded Reasoner's reach
MOST_STEPS = 4  # solutions of as many steps or more are drawn together
HELD_OUT_FAMILIES = ("average.total", "farm.legs", "fill.tank", "rate.fuel", "ratio.parts")

_DATA = Path(__file__).parent.parent / "data"


def split_of(question: str) -> Split:
    """80 % train, 14 % distil, 6 % test, by a hash of the text."""
    bucket = int.from_bytes(hashlib.sha256(question.encode()).digest()[:4]) % 100
    return "train" if bucket < 80 else "distil" if bucket < 94 else "test"


@cache
def _gsm8k_templates() -> tuple[list[gsm8k.Template], list[gsm8k.Template]]:
    """Those with at most GSM8K_STEPS steps, and the longer ones."""
    templates = gsm8k.load_templates(_DATA / "gsm8k-train.jsonl.gz")
    return [t for t in templates if len(t.steps) <= GSM8K_STEPS], [t for t in templates if len(t.steps) > GSM8K_STEPS]


@cache
def _straight_families() -> list[str]:
    """The known families of the grammar that are not solved by guess and check."""
    return [name for name in FAMILIES if name not in HELD_OUT_FAMILIES and name not in GUESS_FAMILIES]


def _draw_symbolic(rng: random.Random) -> Problem | None:
    return symbolic.draw(rng, rng.choice(SYMBOLIC))


def _draw_grammar(rng: random.Random) -> Problem | None:
    return generate(rng, rng.choice(_straight_families()))


def _draw_guess(rng: random.Random) -> Problem | None:
    return generate(rng, rng.choice(GUESS_FAMILIES))


def _draw_gsm8k(rng: random.Random) -> Problem | None:
    return rng.choice(_gsm8k_templates()[0]).draw(rng)


def _draw_frontier(rng: random.Random) -> Problem | None:
    return rng.choice(_gsm8k_templates()[1]).draw(rng)


def _draw_beyond(rng: random.Random) -> Problem | None:
    if rng.random() < 0.5:
        return symbolic.draw(rng, rng.choice(HELD_OUT_SYMBOLIC))
    return generate(rng, rng.choice(HELD_OUT_FAMILIES))


_DRAW: dict[str, Callable[[random.Random], Problem | None]] = {
    "gsm_symbolic": _draw_symbolic,
    "grammar": _draw_grammar,
    GUESS: _draw_guess,
    GSM8K: _draw_gsm8k,
    FRONTIER: _draw_frontier,
    BEYOND: _draw_beyond,
}


def problems(source: str, split: Split, seed: int) -> Iterator[Problem]:
    """Problems of `source` that belong to `split`, without end; repeats are possible, and rare."""
    rng = random.Random(f"{source}-{split}-{seed}")
    while True:
        problem = _DRAW[source](rng)
        if problem is not None and split_of(problem.question) == split:
            yield problem


def as_question(problem: Problem) -> Question:
    return Question(problem.question, "number", gold=problem.answer, source=problem.family)


def draw_questions(name: str, count: int, split: Split, seed: int = 0) -> Iterator[Question]:
    """`count` different questions of a source; of `known`, as many from each known source."""
    streams = [problems(source, split, seed) for source in (KNOWN if name == "known" else (name,))]
    seen: set[str] = set()
    turn = 0
    while len(seen) < count:
        problem = next(streams[turn % len(streams)])
        if problem.question not in seen:
            seen.add(problem.question)
            turn += 1
            yield as_question(problem)


def draw_problem(source: str, steps: int | None = None, *, most: int = MOST_STEPS, seed: int = 0) -> Problem:
    """A problem of the test split, whose worked solution has `steps` steps; `most` stands for that many or more.

    Raises:
        InvalidInput: no such source, or none of its problems has that many steps.
    """
    if source not in _DRAW:
        raise InvalidInput(f"There is no source {source!r}. Choose one of: {', '.join(_DRAW)}.")
    for problem in islice(problems(source, "test", seed), 300):
        if steps is None or min(len(problem.steps), most) == steps:
            return problem
    raise InvalidInput(f"{source} has no problem of {steps} steps. Choose another number of steps.")


def is_beyond(source: str) -> bool:
    """Whether a question of this `Question.source` is of a kind held out from the embedded Reasoner and its DM."""
    name, _, template = source.partition(":")
    held_out = (str(number) for number in HELD_OUT_SYMBOLIC)
    return source in HELD_OUT_FAMILIES or (name == "gsm_symbolic" and template in held_out)


def kind_of(source: str) -> str:
    """The kind of question that a `Question.source` names: one of our sources, or what stands before a colon."""
    kind = source.partition(":")[0]
    return GUESS if kind in GUESS_FAMILIES else "grammar" if kind in FAMILIES else kind


def is_procedural(source: str) -> bool:
    """Whether this `Question.source` names a template or family of ours."""
    return source in FAMILIES or source.partition(":")[0] in ("gsm_symbolic", GSM8K)


def questions_of(spec: str, split: Split, seed: int = 0) -> Iterator[Question]:
    """Questions as a person asks for them: `NAME:COUNT` for a procedural source, or a JSONL file, plain or gzip.

    Raises:
        InvalidInput: no such source or file, or no count. InvalidData: a line that is no question.
    """
    name, _, count = spec.rpartition(":")
    if name in (*_DRAW, "known"):
        if not count.isascii() or not count.isdigit() or not int(count):
            raise InvalidInput(f"{spec!r} has no count. Ask for {name}:100, say.")
        return draw_questions(name, int(count), split, seed)
    path = Path(spec)
    if not path.is_file():
        procedural = ", ".join(f"{source}:COUNT" for source in (*_DRAW, "known"))
        raise InvalidInput(f"{spec!r} is neither a file nor one of {procedural}.")
    return _read(path)


def _read(path: Path) -> Iterator[Question]:
    """`question`, `answer` (its last line may hold `#### gold`) and optional `source`, `answer_type`, `choices`."""
    opened = gzip.open if path.suffix == ".gz" else open
    number = 0
    try:
        with opened(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                number += 1
                if line.strip():
                    yield _question(json.loads(line), path)
    except (EOFError, OSError, zlib.error) as error:
        raise InvalidData(
            f"{path} cannot be read on after line {number} ({error}). Is it cut off, or not gzip?"
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidData(f"{path} is no text after line {number} ({error}). Save it as UTF-8.") from error
    except ValueError as error:
        raise InvalidData(
            f"{path}, line {number}: {error}. Each line must be a JSON object with question and answer."
        ) from error


def _question(row: Any, path: Path) -> Question:
    if not isinstance(row, dict):
        raise ValueError("it is no object")
    text, answer, choices = row.get("question"), row.get("answer"), row.get("choices")
    if not isinstance(text, str) or not text.strip():
        raise ValueError("it has no question")
    if choices is not None and not (isinstance(choices, dict) and all(isinstance(c, str) for c in choices.values())):
        raise ValueError("choices must be an object of letters and texts")
    kind: AnswerType = row.get("answer_type") or ("choice" if choices else "number")
    if kind not in get_args(AnswerType):
        raise ValueError(f"answer_type {kind!r} is not one of {', '.join(get_args(AnswerType))}")
    gold = None if answer is None else extract_answer(str(answer), kind, choices) or str(answer)
    return Question(text, kind, gold, choices or None, str(row.get("source") or path.name.split(".")[0]))
