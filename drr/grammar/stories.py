"""Families of word problems told from the tables of templates in `tables/`; a file's name is the first part of theirs.

A table lists families; a family has kinds. A kind starts with `--` and what it draws: `a=2..9` (a
number; `..30/5` in steps of 5), `b=a*3` (worked out), `?a<b` (must hold), `T~@fruit` or `v~bus/buses,van` (a thing).
Then come its texts (`t:`), the closing questions (`q:`, joined by ` | `) and the lines of the solution (`s:`, phrasings
joined by ` | `). An indented line continues the one before. In texts, `(x|y)` is a choice, `(goes/went)` follows the
tense of the problem, `[a]` is a number, `[T]` and `[Ts]` a thing, `[an:T]` with its article, `[a:day]` counted, `[A]` a
name with `[he]`, `[him]`, `[his]`, and `[Q]` or `[ask]` the question; in steps `{c=a*b}` is an equation that defines c.
A solution that starts with `Try [x]` is one by guess and check; its line `compare t e` says how far e is from t.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path
from types import CodeType

from drr.grammar.core import LARGEST, Draft, Family, family
from drr.grammar.words import Person, Thing, aside, people, plural, spelled, theme
from drr.grammar.words import a as with_article

SPELLED = 0.12  # how often small numbers are written as words
ASIDE = 0.06
FIRST_PERSON = 0.25  # of the problems in the past tense that allow it
ASKED_FIRST = 0.07
ASKED_IF = 0.15

COMPARE = "compare "

Numbers = dict[str, int]
Things = dict[str, Thing]

_CHOICE = re.compile(r"\(([^()]*[|][^()]*)\)")
_TENSE = re.compile(r"\(([^()|/]*)/([^()|/]*)\)")
_MARK = re.compile(r"\[(\w+)(?::(\w+))?\]")
_EQUATION = re.compile(r"\{(?:(\w+)=)?([^{}]+)\}")
_GUESS = re.compile(r"Try \[(\w)\]")
_COUNT = re.compile(r"(?<![$:\d/-])\b\d+\b(?= (?!(?:am|pm|kg|cm|km|m|o'clock|by|to)\b)[a-z])")
_ME = re.compile(r"\[A\](?:'s)?|\[(?:[Hh]e|him|[Hh]is)\]")
_MINE = {"[a]": "I", "[a]'s": "my", "[he]": "I", "[him]": "me", "[his]": "my"}
_START = re.compile(r"(^|[.?] )([a-z])")
_FRACTION = re.compile(r"\b1/(\d+)(?= of)")
_PARTS = {2: "half", 3: "a third", 4: "a quarter", 5: "a fifth", 6: "one sixth", 8: "one eighth", 10: "one tenth"}
_NEVER_IF = ("Then", "If", "After", "Later", "On", "In", "Today", "How", "So", "Some")


@dataclass
class Kind:
    """One kind of problem of a family: what it draws, and how it is told, asked and solved."""

    draws: list[str]
    texts: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    steps: list[list[str]] = field(default_factory=list)

    def draft(self, rng: random.Random) -> Draft | None:
        """A problem of this kind, or None where the numbers do not work out."""
        numbers: Numbers = {}
        things: Things = {}
        for draw in self.draws:
            if not _draw(rng, draw, numbers, things):
                return None
        past = rng.random() < 0.5
        named = dict(zip("ABC", people(rng, 3), strict=True))
        template = _choose(rng, self._told(rng), past)
        who = set(re.findall(r"\[([ABC])\]", template))
        if past and rng.random() < FIRST_PERSON and _told_by_me(template) and self._impersonal():
            template = _ME.sub(lambda mark: _MINE[mark[0].lower()], template)
            who = set()
        chosen = []
        for phrasings in self.steps:
            options = [p for p in phrasings if set(re.findall(r"\[([ABC])\]", p)) <= who] or phrasings
            chosen.append(_choose(rng, rng.choice(options), past))
        others = [_solved(chosen, other, things, named) for other in self._other_guesses(numbers)]
        solved = _solved(chosen, numbers, things, named)
        if solved is None:
            return None
        lines, result = solved
        question = _fill(template, numbers, things, named)
        if rng.random() < ASIDE:
            question = f"{aside(rng, named['A'])} {question}"
        if "1/" in question and rng.random() < 0.5:
            question = _FRACTION.sub(lambda m: _PARTS[int(m[1])], question)
        if rng.random() < SPELLED:
            question = _COUNT.sub(lambda n: spelled(int(n[0])), question)
        return _capitals(question), lines, result, [other[0] for other in others if other is not None]

    def _other_guesses(self, numbers: Numbers) -> Iterator[Numbers]:
        """The numbers with each other guess that might have been drawn."""
        guess = _GUESS.match(self.steps[0][0])
        if guess is None:
            return
        draw = next(draw for draw in self.draws if draw.startswith(f"{guess[1]}="))
        for other in _choices(draw.partition("=")[2], numbers):
            if other != numbers[guess[1]]:
                yield numbers | {guess[1]: other}

    def _impersonal(self) -> bool:
        """Whether each line of the solution can do without the name."""
        return all(any("[A]" not in phrasing for phrasing in phrasings) for phrasings in self.steps)

    def _told(self, rng: random.Random) -> str:
        """One of the texts with its question: at the end, at the beginning, or after an if-clause."""
        text = rng.choice(self.texts)
        if "[Q]" not in text and "[ask]" not in text:
            return text
        question = rng.choice(self.questions)
        way = rng.random()
        if text.endswith(". [Q]"):
            if way < ASKED_FIRST and not re.search(r"\[(?:he|him|his)\]|\b(?:they|it|that|then|now|left)\b", question):
                text = "[Q]? " + text.removesuffix(" [Q]")
            elif ASKED_FIRST < way < ASKED_FIRST + ASKED_IF:
                before, _, last = text.removesuffix(". [Q]").rpartition(". ")
                if not last.startswith(_NEVER_IF) and "(Then" not in last and not re.match(r"\([A-Z]", last):
                    text = f"{before}{'. ' if before else ''}If {_small(last)}, [ask]?"
        text = text + "?" if text.endswith("[Q]") else text
        return text.replace("[Q]", question[0].upper() + question[1:]).replace("[ask]", question)


def _told_by_me(template: str) -> bool:
    """Whether a text in the past can be told by "I" as it stands."""
    present = re.search(r"\[(?:A|he|He)\] (?!was\b)\w+s\b|\b(?:is|does|has) \[(?:A|he)\]", template)
    also = re.search(r"\[A\] and |\bfor \[A\]", template)
    return "[A]" in template and "[B]" not in template and not present and not also


def _small(sentence: str) -> str:
    return sentence.replace("[He]", "[he]", 1) if sentence.startswith("[") else sentence[0].lower() + sentence[1:]


def _choose(rng: random.Random, text: str, past: bool) -> str:
    """`text` with its choices made."""
    while True:
        chosen = _TENSE.sub(lambda m: m[2] if past else m[1], text)
        chosen = _CHOICE.sub(lambda m: rng.choice(m[1].split("|")), chosen)
        if chosen == text:
            return chosen
        text = chosen


@cache
def _compiled(expression: str) -> CodeType:
    return compile(expression, "<story>", "eval")


@cache
def _pool(text: str) -> tuple[Thing, ...]:
    pool: list[Thing] = []
    for entry in text.replace("_", " ").split(","):
        if entry.startswith("@"):
            pool += theme(entry[1:])
        else:
            one, _, many = entry.partition("/")
            pool.append(Thing(one, many or plural(one)))
    return tuple(pool)


def _draw(rng: random.Random, draw: str, numbers: Numbers, things: Things) -> bool:
    """Do what one entry of a kind's draws says; whether it worked out."""
    if draw[0] == "?":
        return bool(eval(_compiled(draw[1:]), {}, numbers))
    if "~" in draw:
        key, _, text = draw.partition("~")
        things[key] = rng.choice(_pool(text))
        return list(things.values()).count(things[key]) == 1
    key, _, text = draw.partition("=")
    if ".." not in text:
        if "," in text:
            numbers[key] = rng.choice([int(n) for n in text.split(",")])
        else:
            numbers[key] = eval(_compiled(text), {}, numbers)
        return True
    choices = _choices(text, numbers)
    if not choices:
        return False
    numbers[key] = rng.choice(choices)
    return True


def _choices(text: str, numbers: Numbers) -> range:
    """What `2..n-2` or `..30/5` stands for."""
    low, _, high = text.partition("..")
    high, _, step = high.partition("/")
    return range(eval(_compiled(low), {}, numbers), eval(_compiled(high), {}, numbers) + 1, int(step) if step else 1)


def _solved(
    chosen: list[str], numbers: Numbers, things: Things, named: dict[str, Person]
) -> tuple[list[str], int] | None:
    """The lines of a solution and its result; None where a number is too small, too large or not whole.

    What the equations define is added to `numbers`.
    """
    lines: list[str] = []
    result = 0
    for step in chosen:
        if step.startswith(COMPARE):
            lines.append(_compared(*(numbers[name] for name in step.split()[1:])))
            continue
        line, result = _work_out(step, numbers)
        if not 2 <= result <= LARGEST:
            return None
        lines.append(_capitals(_fill(line, numbers, things, named)))
    return lines, result


def _work_out(line: str, numbers: Numbers) -> tuple[str, int]:
    """A step with its equation worked out, and the result: -1 where that is not whole."""
    result = -1

    def equation(match: re.Match[str]) -> str:
        nonlocal result
        shown = re.sub(r"[a-z]\w*", lambda name: str(numbers[name[0]]), match[2])
        value = eval(_compiled(match[2]), {}, numbers)
        result = int(value) if value == int(value) else -1
        if match[1]:
            numbers[match[1]] = result
        return f"{shown}={result}"

    return _EQUATION.sub(equation, line), result


def _compared(wanted: int, found: int) -> str:
    """What a check says: which way the guess was wrong, and by how much."""
    if wanted == found:
        return f"That is {found}-{wanted}=0 off."
    little = wanted > found
    larger, smaller = (wanted, found) if little else (found, wanted)
    return f"That is {larger}-{smaller}={larger - smaller} too {'little' if little else 'much'}."


def _fill(text: str, numbers: Numbers, things: Things, named: dict[str, Person]) -> str:
    """`text` with its marks read."""
    first = named["A"]
    pronouns = {"he": first.he, "him": first.him, "his": first.his}

    def read(mark: re.Match[str]) -> str:
        key, noun = mark.groups()
        if key == "an":
            return with_article(things[noun].one)
        if noun:
            count = numbers[key]
            return f"{count} {things[noun](count) if noun in things else noun if count == 1 else plural(noun)}"
        if key in numbers:
            return str(numbers[key])
        if key in named:
            return named[key].name
        if key in things:
            return things[key].one
        if key[:-1] in things:
            return things[key[:-1]].many
        return pronouns[key] if key in pronouns else pronouns[key.lower()].capitalize()

    return _MARK.sub(read, text)


def _capitals(text: str) -> str:
    return _START.sub(lambda m: m[1] + m[2].upper(), text)


def _read(table: str) -> dict[str, list[Kind]]:
    """The families of a table, each with its kinds."""
    families: dict[str, list[Kind]] = {}
    for line in re.sub(r"\n\s+(?=\S)", " ", table).splitlines():
        mark, _, rest = line.partition(" ")
        if mark == "==":
            families[rest] = kinds = []
        elif mark == "--":
            kinds.append(Kind(rest.split()))
        elif mark == "t:":
            kinds[-1].texts.append(rest)
        elif mark == "q:":
            kinds[-1].questions += rest.split(" | ")
        elif mark == "s:":
            kinds[-1].steps.append(rest.split(" | "))
        elif mark:
            raise ValueError(f"no such line in a table of stories: {line!r}")
    return families


def _teller(kinds: list[Kind]) -> Family:
    def draw(rng: random.Random) -> Draft | None:
        kind = rng.choice(kinds)
        for _ in range(100):  # the same kind again, so that kinds whose numbers seldom work out are as frequent
            drawn = kind.draft(rng)
            if drawn is not None:
                return drawn
        return None

    return draw


def register(prefix: str, table: str) -> tuple[str, ...]:
    """Register the families of `table`, each as `prefix.name`; their names."""
    tellers = {f"{prefix}.{name}": _teller(kinds) for name, kinds in _read(table).items()}
    for name, teller in tellers.items():
        family(name)(teller)
    return tuple(tellers)


TABLES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("tables/*.txt"))}
STORY_FAMILIES = tuple(chain.from_iterable(register(prefix, table) for prefix, table in TABLES.items()))
