"""GSM8K's training problems as templates: each real human phrasing, drawn with other numbers, names and things.

`load_templates` reads the gzip JSONL file and keeps the rows that are usable as they are: whole numbers in 0..LARGEST,
at most five short steps, each with a true equation. A template *varies* where every number can be traced: each operand
of each equation is a number of the question, an earlier result, or a constant that the wording itself gives ("twice",
"a week"). What cannot be traced with certainty stays as it was written; a row that would then contradict itself does
not vary. Knows text and random numbers; refuses to know tokenizers and models.
"""

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from drr.grammar import words
from drr.grammar.core import LARGEST, Problem
from drr.grammar.nouns import Mention, Noun, cut, exchange, nouns_of

LONGEST_QUESTION = 90  # words
LONGEST_STEP = 30  # words
MOST_STEPS = 5
TRIES = 30  # draws of numbers before a template gives up
EXCHANGED = 0.5  # how often the nouns of a template are exchanged too

Pieces = tuple[str | int, ...]  # a text: what stands between the slots, and the indices of the slots
Term = tuple[int, tuple[int, ...], tuple[int, ...]]  # sign, slots multiplied, slots divided by


@dataclass(frozen=True)
class Equation:
    """One equation over slots: a sum of terms, and the slot that takes its result."""

    terms: tuple[Term, ...]
    result: int

    def value(self, numbers: Sequence[int]) -> int | None:
        """The exact result, or None where a term is not whole."""
        total = 0
        for sign, factors, divisors in self.terms:
            above, below = 1, 1
            for slot in factors:
                above *= numbers[slot]
            for slot in divisors:
                below *= numbers[slot]
            if below == 0 or above % below:
                return None
            total += sign * (above // below)
        return total


@dataclass(frozen=True)
class Role:
    """A name of the question that can be recast: as written, and its pronoun (None: either)."""

    name: str
    he: str | None


@dataclass(frozen=True)
class Template:
    """One row of the data, cut into text and slots: first the numbers, then the names of `cast`, then the nouns."""

    family: str
    question: Pieces
    steps: tuple[Pieces, ...]
    numbers: tuple[int, ...]
    equations: tuple[Equation, ...]
    domains: tuple[tuple[int, tuple[int, ...]], ...]  # the free slots, each with the numbers it may take
    cast: tuple[Role, ...]
    nouns: tuple[Noun, ...] = ()
    mentions: tuple[Mention, ...] = ()

    @property
    def varies(self) -> bool:
        """Whether it can be drawn with other numbers."""
        return bool(self.domains)

    def draw(self, rng: random.Random, vary: bool = True) -> Problem | None:
        """A problem: the row itself, or with other numbers and names; None where no numbers worked out."""
        numbers: Sequence[int] = self.numbers
        names = [role.name for role in self.cast]
        nouns = [mention.written for mention in self.mentions]
        if vary:
            drawn = self._draw_numbers(rng) if self.varies else self.numbers
            if drawn is None:
                return None
            numbers, names = drawn, self._draw_names(rng)
            if self.nouns and rng.random() < EXCHANGED:
                nouns = exchange(rng, self.nouns, self.mentions)
        values = [*map(str, numbers), *names, *nouns]
        steps = tuple(_fill(step, values) for step in self.steps)
        return Problem(self.family, _fill(self.question, values), steps, values[self.equations[-1].result])

    def _draw_numbers(self, rng: random.Random) -> list[int] | None:
        for _ in range(TRIES):
            numbers = list(self.numbers)
            for slot, domain in self.domains:
                numbers[slot] = domain[int(rng.random() * len(domain))]
            if self._work_out(numbers):
                return numbers
        return None

    def _work_out(self, numbers: list[int]) -> bool:
        """Fill the results in order; whether each is fit to stand where the original result stood."""
        for equation in self.equations:
            before, now = self.numbers[equation.result], equation.value(numbers)
            # "1 apple" and "0 left" are worded for that very number; no other number may become 0 or 1.
            if now is None or now > LARGEST or ((now < 2 or before < 2) and now != before):
                return False
            numbers[equation.result] = now
        return True

    def _draw_names(self, rng: random.Random) -> list[str]:
        written = {piece for text in (self.question, *self.steps) for piece in text if isinstance(piece, str)}
        names: list[str] = []
        for role in self.cast:
            name = None
            while name is None:
                name = next(
                    (
                        person.name
                        for person in words.people(rng, 3)
                        if role.he in (None, person.he)
                        and person.name not in names
                        and not any(person.name in piece for piece in written)
                    ),
                    None,
                )
            names.append(name)
        return names


def load_templates(path: str | Path) -> list[Template]:
    """The usable rows of the gzip JSONL file at `path`; a family is named by its row's number, counted from 0."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        drafts = (template_of(number, **json.loads(line)) for number, line in enumerate(lines))
        return [draft for draft in drafts if draft is not None]


def template_of(number: int, question: str, answer: str) -> Template | None:
    """Row `number` as a template, or None where it is not usable."""
    row = _read(question, answer)
    if row is None:
        return None
    template = _Binder(f"gsm8k:{number}", *row).template()
    original = template.draw(random.Random(0), vary=False)
    reproduced = template._work_out(list(template.numbers)) and original == Problem(template.family, *row)
    return template if reproduced else None


def _fill(pieces: Pieces, values: Sequence[str]) -> str:
    return "".join([piece if isinstance(piece, str) else values[piece] for piece in pieces])


# --- Reading a row ----------------------------------------------------------------------------------------------------

_ASCII = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "−": "-", "–": "-", "—": "-", "×": "x", "÷": "/"})
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|\.\d+")
_EXPRESSION = re.compile(r"\d+(?:[-+*/]\d+)+")
_EQUATION = re.compile(r"(?<![\d.*/+=)-])(\d+(?:[-+*/]\d+)+)=(\d+)(?![\d*/+=(]|[-.,]\d)")
_MARK = re.compile(r"<<([^<>]*?)=([^<>=]*)>>\s*(\d+)?")
_ALGEBRA = re.compile(r"(?<!['.\w])[b-zB-HJ-Z](?![\w'.]|-[a-z])|\d[xyznA-Z]\b")
_UNWORKED = re.compile(r"[=*<>+]|\(\s*\d|\d\s*\)|\d-\d")
_CHAIN = re.compile(r"(\d+(?:[-+*/]\d+)+)=\d+(?:[-+*/]\d+)+(?==\d)")


def _read(question: str, answer: str) -> tuple[str, tuple[str, ...], str] | None:
    """Question, steps and answer as a usable row writes them, or None."""
    solution, _, final = answer.rpartition("####")
    question = re.sub(r"(?<=\d)\.00?(?!\d)", "", " ".join(question.translate(_ASCII).split()))
    final = final.strip()
    if not _fits(question, LONGEST_QUESTION) or not final.isdecimal() or "<<" in question:
        return None
    known = set(_NUMBER.findall(question))
    steps: list[str] = []
    for line in filter(str.strip, solution.splitlines()):
        step = _normalise(line)
        if step is None or not _fits(step, LONGEST_STEP) or _ALGEBRA.search(step):
            return None
        equations = _EQUATION.findall(step)
        if _UNWORKED.search(_EQUATION.sub("", step)) or not all(
            _value(left) == int(right) for left, right in equations
        ):
            return None
        numbers = set(_NUMBER.findall(step))
        if equations:
            steps.append(step)
        elif numbers - known or set(_small_words(step)) - set(_small_words(question)):
            return None  # the step would be missed: it brings a number in
        known |= numbers
    if not 1 <= len(steps) <= MOST_STEPS or _EQUATION.findall(steps[-1])[-1][1] != final:
        return None
    if set(_names(" ".join(steps))) - set(_names(question)):
        return None  # the solution tells of someone else
    return question, tuple(steps), final


def _fits(text: str, longest: int) -> bool:
    whole = all(n.isdigit() and int(n) <= LARGEST for n in _NUMBER.findall(text))
    return whole and text.isascii() and len(text.split()) <= longest


def _value(expression: str) -> Fraction | None:
    """The exact value of digits and + - * /."""
    total = Fraction(0)
    for sign, term in re.findall(r"([-+]?)([^-+]+)", expression):
        value = Fraction(1)
        for operator, number in re.findall(r"([*/]?)(\d+)", term):
            if operator == "/" and int(number) == 0:
                return None
            value = value / int(number) if operator == "/" else value * int(number)
        total += -value if sign == "-" else value
    return total


def _normalise(line: str) -> str | None:
    """A solution line with its calculator marks written out as plain equations, or None where that is not possible."""
    line = _tidy(" ".join(line.translate(_ASCII).replace("$", "").split()))
    text, end = "", 0
    for mark in _MARK.finditer(line):
        expression = _tidy(mark[1].replace(" ", "").lstrip("+"))
        result, shown = _tidy(mark[2].replace(" ", "")), mark[3]
        text, end = text + line[end : mark.start()], mark.end()
        if expression == result == shown:
            text += result
            continue
        if not result.isdecimal() or shown not in (None, result) or not _EXPRESSION.fullmatch(expression):
            return None
        if _value(expression) != int(result):
            return None
        led = _lead(text, expression)
        if led is None:
            return None
        text = f"{led}={result}"
    text = _CHAIN.sub(r"\1", re.sub(r"\s+([.,])", r"\1", (text + line[end:]).strip()))
    return text if re.search(r"[.!?]$", text) else text.rstrip(",:; ") + "."


def _tidy(text: str) -> str:
    """Equations without spaces, `*` for times, `/100` for percent in a product, no `.00` and no thousands' commas."""
    text = re.sub(r"(?<=\d)\.00?(?!\d)", "", re.sub(r"(?<=\d),(?=\d{3})", "", text))
    text = re.sub(r"\s*[*x]\s*0?\.01(?!\d)", "/100", text)
    text = re.sub(r"(?<=\d)\s*%\s*(?=[*x] ?\d)", "/100", text)
    text = re.sub(r"(?<=\d)%(?=\s*[-+=]\s*\d)", "", text)
    text = re.sub(r"(?<![/\d])\(\s*(\d+\s*/\s*\d+)\s*\)", r"\1", text)
    text = re.sub(r"(?<=\d)\s*[xX]\s*(?=\d)", "*", text)
    return re.sub(r"(?<=\d)\s*([-+*/=])\s*(?=\d)", r"\1", text)


def _lead(text: str, expression: str) -> str | None:
    """`text`, which stands before a mark, ending in that mark's `expression`: once, with neither units nor `=`."""
    plain = text.rstrip("= ")
    if plain.endswith(expression) and not re.search(r"[\d.*/+-]$", plain.removesuffix(expression)):
        return plain
    first, *rest = re.findall(r"[-+*/]?\d+", expression)
    units = r"(?:\s*/?[A-Za-z][A-Za-z'/. -]{0,40}?|\s*%)?"
    shown = first + "".join(
        rf"{units}\s*{'[*x]' if part[0] == '*' else re.escape(part[0])}\s*{part[1:]}" for part in rest
    )
    found = re.search(rf"(?<![\d.*/+-]){shown}{units}\s*=?\s*$", text)
    if found:
        return text[: found.start()] + expression
    head, equals, tail = text.rpartition("=")
    if not equals or tail.strip():
        return f"{text.rstrip()} {expression}".lstrip() if not re.search(r"[-+*/]\s*$", text) else None
    other = re.search(r"(?<![\d.*/+-])\d+(?:[-+*/]\d+)+$", head.rstrip())
    if other:  # the same sum in another order
        return head.rstrip() if _value(other[0]) == _value(expression) else None
    return f"{head.rstrip()} is {expression}" if re.search(r"[A-Za-z]\s*$", head) else None


# --- Which numbers the wording itself gives ---------------------------------------------------------------------------


def _split(text: str) -> list[str]:
    return text.split()


_COUNTS = _split(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_SMALL = {
    **{word: number for number, word in enumerate(_COUNTS)},
    **_TENS,
    "hundred": 100,
    **dict.fromkeys(
        _split("twice half halves halved double doubled doubles doubling pair pairs couple both second"), 2
    ),
    **dict.fromkeys(_split("third thirds triple tripled triples tripling thrice tricycle tricycles triplets"), 3),
    **dict.fromkeys(_split("fourth fourths quarter quarters quadruple quadrupled"), 4),
    **dict.fromkeys(_split("fifth fifths nickel nickels"), 5),
    **dict.fromkeys(_split("tenth tenths dime dimes decade decades"), 10),
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "dozen": 12,
    "dozens": 12,
}
_UNITS = {  # unit: the constants that come with it
    "day": (7, 24), "daily": (7,), "week": (4, 5, 7, 52), "weekly": (4, 7, 52), "weekday": (5,), "weekend": (2,),
    "month": (4, 12, 30), "monthly": (12,), "year": (12, 52), "annual": (12,), "hour": (24, 60), "minute": (60,),
    "second": (60,), "foot": (3, 12), "feet": (3, 12), "inch": (12,), "yard": (3,), "pound": (16,), "ounce": (16,),
    "quarter": (25,), "cent": (100,), "percent": (100,), "percentage": (100,), "dog": (4,), "cat": (4,), "cow": (4,),
    "square": (4,), "rectangle": (2,), "rectangular": (2,), "perimeter": (2, 4), "triangle": (3,), "bicycle": (2,),
    "average": (2,), "twin": (2,), "return": (2,), "round": (2,), "gallon": (4,), "quart": (4,),
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z]+")
_COMPOUND = re.compile(rf"\b({'|'.join(_TENS)})[- ]({'|'.join(_COUNTS[1:10])})\b")


def _small_words(text: str) -> Iterator[int]:
    text = text.lower()
    yield from (_SMALL[word] for word in _WORD.findall(text) if word in _SMALL)
    yield from (_TENS[tens] + _SMALL[ones] for tens, ones in _COMPOUND.findall(text))


def _unit_constants(text: str) -> Iterator[int]:
    if "%" in text:
        yield 100
    for word in _WORD.findall(text.lower()):
        yield from _UNITS.get(word, ()) or _UNITS.get(word.removesuffix("s"), ())


# --- Which numbers may change, and to what ----------------------------------------------------------------------------

_PERCENTAGES = (5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90)
_FIXED_BEFORE = re.compile(
    r"(?:[\w:/.#-]|\b(?:an?|grade|chapter|page|pages|room|number|year|level|at|by|until|before|after|from|age|aged"
    r"|January|February|March|April|May|June|July|August|September|October|November|December) )$"
)
_FIXED_AFTER = re.compile(
    r"(?:st|nd|rd|th|s)\b|[:/]\d| ?[ap]\.?m\b|-?,? ?o'clock"
    r"|[- ](?:wheel|leg|side|eye|letter|finger|toe|bill|dollar bill|dimension|way)"
    r"|[- ]by[- ]|[- ](?:month|year)s?[- ]old|[- ](?:cm|inche?s?|foot|feet) tall|-\d| to \d"
)
_CAPS = (  # what follows a number, and the most that it may then be
    (re.compile(r"[- ](?:\w+ )?days? (?:a|per|each|every|of the|in a|out of) ?(?:week)?|[- ]day[- ](?:work)?week"), 7),
    (re.compile(r"[- ]hours?"), 24),
    (re.compile(r"[- ]months?"), 24),
    (re.compile(r"[- ](?:minute|second)s?"), 60),
    (re.compile(r" (?:times|classes|lessons|meals|showers) (?:a|per|each|every)"), 10),
    (re.compile(r" times (?:as|more|the|that|bigger|older|larger|longer|heavier|faster)"), 10),
    (re.compile(r"[- ](?:years?|decades?)"), 100),
    (re.compile(r"[- ](?:brothers?|sisters?|siblings|children|kids|sons|daughters|cousins|siblings|roommates)"), 12),
)
_GROUP = re.compile(
    r"[- ](?:\w+ )?(?:types?|kinds?|different|friends?|people|brothers?|sisters?|siblings?|children|kids|sons|daughters"
    r"|groups?|days?|weeks?|months?|parts?|classes|boys|girls|tests?|games?|colors?|sizes|stores|rooms|members?|women|men)"
)


def _domain(question: str, start: int, end: int) -> tuple[int, ...]:
    """The numbers that may stand at question[start:end] instead; none where it is fixed."""
    number, before, after = int(question[start:end]), question[:start].removesuffix("$"), question[end:]
    if number in (0, 1, 100) or _FIXED_AFTER.match(after):
        return ()
    if re.match(r" ?(?:%|percent)", after):
        return _PERCENTAGES if 5 <= number < 100 and not before.endswith("an ") else ()
    article = re.search(r"\b(an?) $", before)
    if _FIXED_BEFORE.search(before) and not article:
        return ()
    most = min([LARGEST, 2 * number + 5, *(cap for what, cap in _CAPS if what.match(after) and cap >= number)])
    if "day" in after[:6] and "week" in question and number <= 7:
        most = min(most, 7)
    if re.match(r"[- ]hours?(?: \w+)? (?:a|per|each|every)\b", after):
        most = min(most, max(number, 12))
    step = 5 if number % 5 == 0 and number >= 20 else 1
    least = max(2, number // 2)
    numbers = range(-(-least // step) * step, most + 1, step)
    if article:  # "a 5-page book", "an 8-inch pizza"
        return tuple(n for n in numbers if (n in (8, 11, 18) or 80 <= n < 90) == (article[1] == "an"))
    return tuple(numbers)


# --- Binding a row ----------------------------------------------------------------------------------------------------


class _Binder:
    """Traces each number of a row to where it comes from, and cuts the row into pieces and slots."""

    def __init__(self, family: str, question: str, steps: tuple[str, ...], answer: str) -> None:
        self.family, self.question, self.steps = family, question, steps
        everything = " ".join((question, *steps))
        self.worded = {*_small_words(everything), *_unit_constants(everything)}
        self.given = {1, *_small_words(question), *_unit_constants(everything)}  # constants an operand may be
        self.numbers: list[int] = []
        self.sources: list[frozenset[int]] = []  # slot: the slots of the question that its number depends on
        self.holders: dict[int, list[int]] = {}  # number: the slots it may refer to
        self.fixed: set[int] = set()
        self.operands: set[int] = set()  # the numbers that an equation uses
        self.traced = True
        self.equations: list[Equation] = []
        self.cast = _cast(question, everything)

    def template(self) -> Template:
        """The row as a template."""
        spans = [match.span() for match in _NUMBER.finditer(self.question) if match[0] == str(int(match[0]))]
        for slot, (start, end) in enumerate(spans):
            self._hold(self._slot(int(self.question[start:end]), frozenset({slot})))
        domains = [_domain(self.question, *span) for span in spans]
        question = self._cut(self.question, spans, list(range(len(spans))))
        steps = [self._bind_step(step) for step in self.steps]
        for slot, domain in enumerate(domains):
            if self.numbers[slot] not in self.operands and domain:
                self.traced = False  # a number that no equation uses may still restate the others
            if len(self.holders[self.numbers[slot]]) > 1 and self._twice_in_question(slot, len(spans)):
                self.fixed.add(slot)
            if self.numbers[slot] in self.worded or self._counts_a_list(slot, spans[slot][1]):
                self.fixed.add(slot)
        counts = {_COUNTS.index(word) for word in _WORD.findall(self.question.lower()) if word in _COUNTS[3:]}
        if counts - self.operands:
            self.traced = False  # nor may "all four of them", beside numbers that no longer add up to four
        free = [(slot, domain) for slot, domain in enumerate(domains) if len(domain) > 1 and slot not in self.fixed]
        count = len(self.numbers)
        nouns = nouns_of((self.question, *self.steps))
        mentions: list[Mention] = []
        first, *others = [
            cut(self._name_slots(text, count), nouns, mentions, count + len(self.cast)) for text in (question, *steps)
        ]
        return Template(
            self.family,
            first,
            tuple(others),
            tuple(self.numbers),
            tuple(self.equations),
            tuple(free) if self.traced else (),
            self.cast,
            nouns,
            tuple(mentions),
        )

    def _slot(self, number: int, sources: frozenset[int]) -> int:
        self.numbers.append(number)
        self.sources.append(sources)
        return len(self.numbers) - 1

    def _hold(self, slot: int) -> None:
        self.holders.setdefault(self.numbers[slot], []).append(slot)

    def _refer(self, number: int) -> int:
        """The slot that a mention of `number` means. Where that is not certain, whatever it may mean is fixed."""
        holders = self.holders.get(number, ())
        if not holders:
            self.traced = self.traced and number in self.given
            return self._slot(number, frozenset())
        if len(holders) > 1 or number in self.worded:
            for holder in holders:
                self.fixed |= self.sources[holder]
        return holders[0]

    def _bind_step(self, step: str) -> Pieces:
        spans: list[tuple[int, int]] = []
        slots: list[int] = []
        equations = list(_EQUATION.finditer(step))
        for match in equations:
            operands = [
                (match.start() + found.start(), match.start() + found.end()) for found in _NUMBER.finditer(match[1])
            ]
            bound = [self._refer(int(step[start:end])) for start, end in operands]
            self.operands |= {self.numbers[slot] for slot in bound}
            result = self._slot(int(match[2]), frozenset().union(*(self.sources[slot] for slot in bound)))
            self._hold(result)
            self.equations.append(Equation(_terms(match[1], bound), result))
            spans += [*operands, match.span(2)]
            slots += [*bound, result]
        for found in _NUMBER.finditer(step):  # the mentions outside equations, which may name a result in advance
            if not any(match.start() <= found.start() < match.end() for match in equations):
                spans.append(found.span())
                slots.append(self._refer(int(found[0])))
                if re.match(r"(?:st|nd|rd|th)\b|/\d|:\d", step[found.end() :]) or step[: found.start()].endswith("/"):
                    self.fixed |= self.sources[slots[-1]]
        for number in _small_words(step):
            for holder in self.holders.get(number, ()):
                self.fixed |= self.sources[holder]
        order = sorted(range(len(spans)), key=spans.__getitem__)
        return self._cut(step, [spans[i] for i in order], [slots[i] for i in order])

    def _twice_in_question(self, slot: int, count: int) -> bool:
        return any(other != slot and other < count for other in self.holders[self.numbers[slot]])

    def _counts_a_list(self, slot: int, end: int) -> bool:
        """Whether the slot may say how many things the row then lists, as in "3 friends: ..."."""
        number = self.numbers[slot]
        listed = any(len(equation.terms) == number for equation in self.equations)
        return listed and (number > 2 or _GROUP.match(self.question[end:]) is not None)

    @staticmethod
    def _cut(text: str, spans: list[tuple[int, int]], slots: list[int]) -> Pieces:
        pieces: list[str | int] = []
        end = 0
        for (start, stop), slot in zip(spans, slots, strict=True):
            pieces += [text[end:start], slot]
            end = stop
        return (*pieces, text[end:])

    def _name_slots(self, pieces: Pieces, first: int) -> Pieces:
        """`pieces` with the names of the cast as slots from `first` on."""
        names = {role.name: first + index for index, role in enumerate(self.cast)}
        cut: list[str | int] = []
        for piece in pieces:
            if isinstance(piece, str):
                cut += [names.get(part, part) for part in _NAME.split(piece) if part]
            else:
                cut.append(piece)
        return tuple(cut)


def _terms(expression: str, slots: Sequence[int]) -> tuple[Term, ...]:
    terms: list[Term] = []
    for operator, slot in zip(re.findall(r"([-+*/]?)\d+", expression), slots, strict=True):
        if operator in ("*", "/"):
            sign, factors, divisors = terms.pop()
            terms.append((sign, (*factors, slot), divisors) if operator == "*" else (sign, factors, (*divisors, slot)))
        else:
            terms.append((-1 if operator == "-" else 1, (slot,), ()))
    return tuple(terms)


# --- Names ------------------------------------------------------------------------------------------------------------

GIRLS = frozenset(
    _split("""
    Abigail Alexa Alexis Alice Alicia Alison Allie Allison Alyssa Amanda Amber Amelia Amy Andrea Angela Angie Ann
    Anna Anne Annie Ashley Aubrey Audrey Ava Barbara Beatrice Becky Bella Beth Bethany Betsy Betty Bonnie Brenda
    Bridget Brittany Brooke Cara Carla Carly Carmen Carol Carolina Caroline Carolyn Carrie Cathy Cheryl Chloe
    Christina Christine Cindy Claire Clara Claudia Cynthia Daisy Danielle Daria Dawn Debbie Diana Diane Donna
    Doris Dorothy Edith Elena Elizabeth Ella Ellen Ellie Elsa Emily Emma Erica Erin Eva Evelyn Fiona Francine Gina
    Gloria Grace Greta Gretchen Haley Hannah Hazel Helen Hillary Holly Iris Isabel Isabella Ivy Jan Jane Janelle
    Janet Janice Jasmine Jean Jen Jenna Jennifer Jenny Jess Jessica Jill Joan Josie Joy Joyce Juanita Judy Julia
    Julie Karen Kate Kathryn Kathy Katie Katy Kayla Kaylee Kelsey Kendra Kimiko Kira Kris Kristin Kylie Lana Lara
    Laura Lauren Layla Leah Leila Lena Lily Linda Lisa Liz Liza Lizzy Lola Louise Lucille Lucy Lulu Luna Lydia
    Mabel Maddie Madeline Maggie Mandy Mara Marcia Marcy Margaret Maria Marie Marilyn Marla Marta Martha Martine
    Mary Matilda Megan Mei Melanie Melissa Mia Michelle Milly Miranda Miriam Missy Molly Monica Nadia Nancy Naomi
    Natalia Natalie Nellie Nicole Nina Nora Olivia Pam Patricia Patty Paula Pauline Peggy Penny Phoebe Polly Priya
    Rachel Rebecca Rita Rosa Rosie Ruby Ruth Sabrina Sally Samantha Sandra Sara Sarah Sheila Shelly Sheryl Shirley Sofia
    Sonia Sonja Sophia Sophie Stella Stephanie Sue Susan Susie Tabitha Tamara Tammy Tanya Tara Tasha Teresa
    Theresa Tiffany Tina Tonya Trisha Ursula Valerie Vanessa Veronica Vicky Violet Wanda Wendy Yasmin Zoe Zoey
    """)
)
BOYS = frozenset(
    _split("""
    Aaron Adam Adrian Ahmad Ahmed Alan Albert Albus Alexander Allen Alvin Andrew Andy Anthony Antonio Archie
    Arnold Arthur Barney Barry Bart Ben Benjamin Bert Bill Billy Bob Bobby Boris Brad Bradley Brady Brandon
    Brendan Brent Brian Bruce Bryan Byron Caleb Calvin Carl Carlos Carson Carter Cedric Chad Charles Christopher
    Clark Cody Cole Colin Connor Craig Damien Dan Daniel Danny Dante Darrel Darren Dave David Dean Dennis Derek
    Devin Dexter Diego Don Donald Donny Drew Dylan Ed Eddie Edgar Edward Elijah Elliot Eric Ernie Ethan Evan
    Fabian Felix Frank Frankie Fred Freddy Gabriel Gary George Gerald Gordon Grant Grayson Greg Hank Hans Harold
    Harry Hayden Henry Herbert Howard Hugo Hunter Ian Isaac Ivan Jack Jackson Jacob Jake James Jared Jason Javier
    Jayden Jed Jeff Jeremy Jerome Jerry Jesse Jim Jimmy Joe Joel Joey John Johnny Jon Jonah Jorge Jose Joseph Josh
    Joshua Juan Julian Julio Justin Keith Ken Kenneth Kenny Kevin Kirk Kurt Kyle Larry Lee Lenny Leo Liam Lloyd
    Logan Louis Lucas Luis Luke Malcolm Manny Marco Marcus Mario Mark Marlon Martin Mason Matt Matthew Maurice
    Micah Michael Miguel Mike Mitch Mitchell Mohamed Nate Nathan Neil Nicholas Nick Nicolas Noah Norman Olaf
    Oliver Omar Oscar Otto Pablo Patrick Paul Pedro Perry Pete Peter Phil Philip Phillip Quincy Raj Ralph Randy
    Raphael Ravi Ray Raymond Richard Rick Rob Robert Roberto Rodney Roger Ron Ronald Ross Roy Rudy Russell Ryan
    Samuel Scott Sean Sebastian Sergio Seth Shane Simeon Simon Stan Stephen Steve Steven Stuart Ted Teddy Theo
    Thomas Tim Timmy Timothy Tobias Toby Todd Tom Tommy Tony Tory Travis Trevor Trey Troy Tyler Victor Vincent
    Walter William Wilson Winston Wyatt Xavier Zach Zack
    """)
)
EITHER = frozenset(
    _split("""
    Alex Ali Bailey Blake Cameron Cary Casey Charlie Chris Cory Dana Harper Jackie Jamie Jay Jessie Jordan Jude
    Kelly Kim Lou Marion Max Parker Pat Robin Sam Sammy Sandy Sasha Shelby Stacy Sydney Taylor Terry Tracy
    """)
)
_NAME = re.compile(r"(?<![\w'-])([A-Z][a-z]+)(?![\w-]|'(?!s\b)| (?:Street|Island|Lake|Day))")
_KNOWN = GIRLS | BOYS | EITHER
_TITLED = re.compile(
    r"\b(?:Mrs?\.?|Ms\.?|Miss|Aunt|Auntie|Uncle|Lady|Sir|Saint|St\.|Dr\.|Doctor|Lake|Mount|Trader) ([A-Z][a-z]+)"
)
_SPELT = re.compile(r"\bletters?\b|\bfull name\b|\bnamed after\b|\binitials\b", re.IGNORECASE)


def _names(text: str) -> list[str]:
    """The known names in `text`, in order of appearance."""
    return [name for name in dict.fromkeys(_NAME.findall(text)) if name in _KNOWN]


def _cast(question: str, everything: str) -> tuple[Role, ...]:
    """The people of the row that can be recast."""
    names = _names(question)
    if _SPELT.search(question):
        return ()
    pronouns = {word for word in re.findall(r"\b(?:he|him|his|she|hers?)\b", everything.lower())}
    he, she = bool(pronouns & {"he", "him", "his"}), bool(pronouns & {"she", "her", "hers"})
    titled, mentions = _TITLED.findall(everything), _NAME.findall(everything)
    roles: list[Role] = []
    for name in names:
        if name in titled or mentions.count(name) != _WORD.findall(everything).count(name):
            continue  # James' or Aunt Lee: no other name fits in as it is
        if len(names) == 1 and he != she:
            roles.append(Role(name, "he" if he else "she"))  # the row knows better than the list
        elif name in EITHER:
            if he == she and he:
                continue  # the row does not tell which pronoun is theirs
            roles.append(Role(name, "he" if he else "she" if she else None))
        else:
            roles.append(Role(name, "he" if name in BOYS else "she"))
    return tuple(roles)
