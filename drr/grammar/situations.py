"""Families of word problems about everyday situations: time, ages, averages, lengths, food, rides, games, growth.

Knows situations and English; refuses to know how a problem is checked or written as tokens. A `Story` holds the people
of one problem. Its texts mark people as `[A has]` (subject and verb), `[does A]` (question), `[@A]` (object), `[A's]`
(owner) and `[A]`; the story turns a mark into a name, a pronoun, "I" or "you". Facts and
questions are clauses without capital and full stop, so that one story can be told as sentences or with "if".
"""

import random
import re
from collections.abc import Sequence

from drr.grammar.core import Draft, family
from drr.grammar.words import Person, aside, capital, people, spelled, things
from drr.grammar.words import a as with_article

Text = str | tuple[str, ...]  # a tuple offers phrasings: one of them is drawn

_MARK = re.compile(r"\[(?:(does|is|has|was|did|will|can) )?(@?)([A-D])('s)?(?: (\w+))?\]")
_I, _YOU = Person("I", "I", "me", "my"), Person("you", "you", "you", "your")
_TIMES = {2: "twice", 3: "three times", 4: "four times", 5: "five times", 6: "six times"}
_PART = {2: "half", 3: "a third", 4: "a quarter", 5: "a fifth"}
_HABITS = (
    ("practices", "the piano"),
    ("studies", "math"),
    ("reads", "a novel"),
    ("walks", "the dog"),
    ("rides", "a bike"),
    ("works", "in the garden"),
    ("plays", "chess"),
    ("draws", "pictures"),
    ("does", "homework"),
    ("exercises", "at the gym"),
    ("swims", "in the pool"),
    ("learns", "Spanish"),
    ("cleans", "the kitchen"),
    ("jogs", "in the park"),
    ("sings", "in a choir"),
)


def _plain(verb: str, person: Person | None = None) -> str:
    """The form of a third-person verb after "does", or after I and you."""
    if verb in ("is", "was"):
        you = person is _YOU
        return {"is": "are" if you else "am", "was": "were" if you else "was"}[verb]
    if verb in ("did", "will", "can"):
        return verb
    if verb in ("has", "does", "goes"):
        return {"has": "have", "does": "do", "goes": "go"}[verb]
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    return verb[:-2] if verb.endswith(("sses", "ches", "shes", "xes")) else verb[:-1]


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def plus(*numbers: int) -> str:
    return f"{'+'.join(map(str, numbers))}={sum(numbers)}"


def minus(first: int, *numbers: int) -> str:
    return f"{'-'.join(map(str, (first, *numbers)))}={first - sum(numbers)}"


def times(a: int, b: int) -> str:
    return f"{a}*{b}={a * b}"


def over(a: int, b: int) -> str:
    return f"{a}/{b}={a // b}"


def some(n: int, one: str, many: str | None = None) -> str:
    """A count with its noun: 1 hour, 3 hours."""
    return f"{n} {one if n == 1 else many or one + 's'}"


class Story:
    """The people of one problem, and the many ways to tell it."""

    def __init__(self, rng: random.Random, count: int = 1, asides: bool = True) -> None:
        self.rng = rng
        self.asides = asides
        self.people = people(rng, count)
        if rng.random() < 0.15:
            self.people[0] = rng.choice((_I, _I, _YOU))

    def draft(
        self, facts: Sequence[Text], question: Text, steps: Sequence[Text], answer: int, ifs: bool = True
    ) -> Draft:
        """The problem told in one way; `ifs` allows facts to move into an if-clause."""
        told = self._tell([self._draw(fact) for fact in facts], self._draw(question), ifs)
        known = {mark[3] for mark in _MARK.finditer(told)}
        lines = [capital(self._people(self._draw_known(step, known), plain=True)) for step in steps]
        return self._numbers(self._people(told)), lines, answer

    def _draw_known(self, text: Text, known: set[str]) -> str:
        """A phrasing that names nobody but the `known` people: a step must not bring in somebody new."""
        options = (text,) if isinstance(text, str) else text
        return self.rng.choice([o for o in options if {mark[3] for mark in _MARK.finditer(o)} <= known] or options)

    def _draw(self, text: Text) -> str:
        return text if isinstance(text, str) else self.rng.choice(text)

    def _tell(self, facts: list[str], question: str, ifs: bool) -> str:
        rng, way = self.rng, self.rng.random()
        simple = ifs and len(facts) <= 3 and not any(". " in f for f in facts)
        if simple and way < 0.14:
            return f"{question} if {_listed(facts)}?"
        if simple and way < 0.26:
            return f"if {_listed(facts)}, {question}?"
        if ifs and way < 0.4 and len(facts) > 1 and not facts[-1].startswith("then "):
            return ". ".join([*facts[:-1], f"if {facts[-1]}, {question}?"])
        told = facts[:1]
        for fact in facts[1:]:
            if rng.random() < 0.25 and " and " not in told[-1] + fact:
                told[-1] += f"{rng.choice((' and', ', and'))} {fact}"
            else:
                told.append(fact)
        if self.asides and rng.random() < 0.2:
            who = self.people[0]
            told.insert(rng.choice((0, len(told))), aside(rng, None if who in (_I, _YOU) else who).rstrip("."))
        return ". ".join([*told, question + "?"])

    def _people(self, text: str, plain: bool = False) -> str:
        """`text` with its marks read: later mentions may be pronouns where nobody else shares the pronoun."""
        seen: set[str] = set()
        told = [self.people[ord(letter) - ord("A")] for letter in sorted({m[3] for m in _MARK.finditer(text)})]

        def read(mark: re.Match[str]) -> str:
            helper, is_object, letter, owner, verb = mark.groups()
            person = self.people[ord(letter) - ord("A")]
            own = person in (_I, _YOU)
            shared = [p.he for p in told].count(person.he) > 1
            pronoun = own or (not plain and letter in seen and not shared and self.rng.random() < 0.7)
            seen.add(letter)
            if owner:
                return person.his if pronoun else f"{person.name}'s"
            if is_object:
                return person.him if pronoun else person.name
            name = person.he if pronoun else person.name
            if helper:
                return f"{_plain(helper, person) if own else helper} {name}"
            return f"{name} {_plain(verb, person) if own else verb}" if verb else name

        return ". ".join(capital(sentence) for sentence in _MARK.sub(read, text).split(". "))

    def _numbers(self, text: str) -> str:
        """`text` with some of its small numbers as words."""
        if self.rng.random() > 0.2:
            return text
        text = re.sub(r"\b(has|have|had|are|buys|picked) 12 (?=[a-z]+s\b)", r"\1 a dozen ", text)

        def word(number: re.Match[str]) -> str:
            date = number[1] is not None  # May 5 stays as it is
            return number[0] if date or self.rng.random() < 0.2 else spelled(int(number[0]))

        text = re.sub(r"(\b[A-Z]\w+ )?(?<![$:\d])\b\d+\b(?![%:])(?! (?:am|pm|kg|cm)\b)", word, text)
        return re.sub(r"(^|[.] )([a-z])", lambda m: m[1] + m[2].upper(), text)


@family("time.minutes")
def minutes(rng: random.Random) -> Draft | None:
    s, (v, o), (w, p) = Story(rng, asides=False), *rng.sample(_HABITS, 2)
    a, b, c = (5 * rng.randint(1, 15) for _ in range(3))
    kind = rng.randrange(5)
    if kind == 0:
        h, m = rng.randint(1, 3), rng.choice((5, 10, 15, 20, 25, 30, 40, 45))
        return s.draft(
            [
                (
                    f"[A {v}] {o} for {some(h, 'hour')} and {m} minutes",
                    f"it takes [@A] {some(h, 'hour')} and {m} minutes to {_plain(v)} {o}",
                )
            ],
            (
                "how many minutes does this take",
                "how many minutes is that in total",
                "how many minutes is that altogether",
            ),
            [
                (
                    f"{some(h, 'hour').capitalize()} {'is' if h == 1 else 'are'} {times(h, 60)} minutes.",
                    f"{some(h, 'hour')} make {times(h, 60)} minutes."
                    if h > 1
                    else f"1 hour has {times(1, 60)} minutes.",
                ),
                (f"In total that takes {plus(h * 60, m)} minutes.", f"Altogether it is {plus(h * 60, m)} minutes."),
            ],
            h * 60 + m,
            ifs=False,
        )
    if kind == 1:
        return s.draft(
            [
                (f"[A {v}] {o} for {a} minutes", f"[A needs] {a} minutes to {_plain(v)} {o}"),
                (
                    f"then [A {w}] {p} for {b} minutes",
                    f"after that [A {w}] {p} for {b} minutes",
                    f"later [A {w}] {p} for {b} minutes",
                ),
            ],
            (
                "how many minutes is that in total",
                "how many minutes [does A] need for both",
                "how many minutes is that altogether",
                "how long [is A] busy in all, in minutes",
            ),
            [(f"In total that is {plus(a, b)} minutes.", f"[A needs] {plus(a, b)} minutes for both.")],
            a + b,
        )
    if kind == 2:
        total = a + b + c
        return s.draft(
            [
                (
                    f"[A has] {total} minutes of free time",
                    f"[A has] {total} minutes before dinner",
                    f"there are {total} minutes until [A has] to leave",
                ),
                (f"[A {v}] {o} for {a} minutes", f"first [A {v}] {o} for {a} minutes"),
                (f"then [A {w}] {p} for {b} minutes", f"[A {w}] {p} for {b} minutes"),
            ],
            ("how many minutes [does A] have left", "how many minutes are left", "how much time is left, in minutes"),
            [
                (f"[A uses] {plus(a, b)} minutes.", f"[A is] busy for {plus(a, b)} minutes."),
                (f"[A has] {minus(total, a + b)} minutes left.", f"That leaves {minus(total, a + b)} minutes."),
            ],
            c,
        )
    if kind == 3:
        what = rng.choice(("movie", "film", "concert", "football game", "lesson", "train ride", "flight", "play"))
        total = a + b
        return s.draft(
            [
                (
                    f"a {what} lasts {total} minutes",
                    f"the {what} is {total} minutes long",
                    f"the whole {what} takes {total} minutes",
                ),
                (
                    f"{a} minutes have already passed",
                    f"it started {a} minutes ago",
                    f"it has been going on for {a} minutes",
                ),
            ],
            (
                f"how many minutes of the {what} are left",
                f"how many minutes are left until the end of the {what}",
                f"in how many minutes does the {what} end",
            ),
            [
                (
                    f"The {what} has {minus(total, a)} minutes left.",
                    f"There are {minus(total, a)} minutes of the {what} left.",
                )
            ],
            b,
        )
    d = rng.randint(2, 6)
    return s.draft(
        [
            (
                f"[A {v}] {o} {d} times a day",
                f"every day [A {v}] {o} {d} times",
                f"[A plans] to {_plain(v)} {o} {d} times today",
            ),
            (f"each time takes {a} minutes", f"it takes {a} minutes each time", f"this takes {a} minutes every time"),
        ],
        (
            "how many minutes is that in a day",
            "how many minutes does this take in one day",
            "how many minutes is that in all",
        ),
        [(f"That is {times(d, a)} minutes in a day.", f"In one day it takes {times(d, a)} minutes.")],
        d * a,
    )


@family("time.clock")
def clock(rng: random.Random) -> Draft | None:
    s = Story(rng)
    what = rng.choice(
        (
            "shift",
            "party",
            "school day",
            "football match",
            "train ride",
            "meeting",
            "market",
            "fair",
            "picnic",
            "workshop",
        )
    )
    start, hours, late = rng.randint(6, 11), rng.randint(1, 9), rng.randint(1, 11)
    kind = rng.randrange(4)
    if kind == 0:  # within the morning or within the afternoon
        if late + hours > 11:
            return None
        half = rng.choice(("am", "pm", "o'clock"))
        return s.draft(
            [
                (
                    f"the {what} starts at {late} {half} and ends at {late + hours} {half}",
                    f"the {what} lasts from {late} {half} to {late + hours} {half}",
                    f"the {what} begins at {late} {half} and is over at {late + hours} {half}",
                )
            ],
            (f"how many hours long is the {what}", f"how many hours does the {what} last", "how many hours is that"),
            [
                (
                    f"The {what} lasts {minus(late + hours, late)} hours.",
                    f"From {late} to {late + hours} is {minus(late + hours, late)} hours.",
                )
            ],
            hours,
        )
    end = start + hours
    if kind == 1 and end > 12:  # across noon
        return s.draft(
            [
                (
                    f"[A starts] work at {start} am and stops at {end - 12} pm",
                    f"[A works] from {start} am to {end - 12} pm",
                    f"[A's] {what} starts at {start} am and ends at {end - 12} pm",
                )
            ],
            ("how many hours is that", "how many hours are there in between", "how many hours is that in all"),
            [
                f"From {start} am to noon is {minus(12, start)} hours.",
                f"In all that is {plus(12 - start, end - 12)} hours.",
            ],
            hours,
            ifs=False,
        )
    if kind == 2 and end <= 12:
        return s.draft(
            [
                (
                    f"the {what} starts at {start} in the morning",
                    f"[A's] {what} starts at {start} am",
                    f"at {start} am the {what} begins",
                ),
                (
                    f"it lasts {some(hours, 'hour')}",
                    f"it takes {some(hours, 'hour')}",
                    f"it is {some(hours, 'hour')} long",
                ),
            ],
            (f"at what hour does the {what} end", f"at what time is the {what} over", f"when does the {what} end"),
            [(f"The {what} ends at {plus(start, hours)}.", f"It is over at {plus(start, hours)}.")],
            end,
        )
    pay, days = rng.randint(2, 6), rng.randint(2, 6)
    if kind != 3 or late + hours > 12:
        return None
    week = hours * days
    until = "12 am" if late + hours == 12 else f"{late + hours} pm"
    facts: list[Text] = [
        (
            f"[A works] from {late} pm to {until}",
            f"[A's] shift starts at {late} pm and ends at {until}",
            f"[A is] at work from {late} to {late + hours} o'clock",
        ),
        (
            f"[A does] this {days} days a week",
            f"[A works] {days} days every week",
            f"[A has] {days} such days in a week",
        ),
    ]
    steps: list[Text] = [
        (f"In a day [A works] {minus(late + hours, late)} hours.", f"One shift is {minus(late + hours, late)} hours."),
        (f"In a week [A works] {times(hours, days)} hours.", f"[A works] {times(hours, days)} hours a week."),
    ]
    if rng.random() < 0.5:
        return s.draft(facts, ("how many hours [does A] work in a week", "how many hours a week is that"), steps, week)
    earned = ("how much money [does A] make in a week", "how many dollars [does A] earn a week")
    return s.draft(
        [*facts, (f"[A earns] ${pay} an hour", f"each hour [A gets] ${pay}")],
        earned,
        [*steps, (f"[A earns] {times(week, pay)} dollars a week.", f"In a week [A makes] {times(week, pay)} dollars.")],
        week * pay,
    )


@family("time.habit")
def habit(rng: random.Random) -> Draft | None:
    s, thing = Story(rng), rng.choice(things(rng, 3))
    verb, past, unit = rng.choice(
        (
            ("reads", "read", "pages"),
            ("runs", "ran", "miles"),
            ("draws", "drew", "pictures"),
            ("does", "did", "push-ups"),
            ("learns", "learned", "new words"),
            ("drinks", "drank", "glasses of water"),
            ("makes", "made", thing.many),
            ("writes", "wrote", "letters"),
            ("sells", "sold", thing.many),
            ("saves", "saved", "dollars"),
            ("swims", "swam", "laps"),
            ("eats", "ate", "carrots"),
            ("solves", "solved", "puzzles"),
            ("collects", "collected", thing.many),
        )
    )
    n, weeks, days = rng.randint(2, 20), rng.randint(1, 5), rng.randint(2, 6)
    daily: Text = (
        f"[A {verb}] {n} {unit} every day",
        f"every day [A {verb}] {n} {unit}",
        f"[A {verb}] {n} {unit} a day",
        f"each day [A {verb}] {n} {unit}",
        f"[A {verb}] {n} {unit} per day",
    )
    do = _plain(verb)
    kind = rng.randrange(5)
    if kind == 0:
        d = weeks * 7
        return s.draft(
            [daily],
            (
                f"how many {unit} [does A] {do} in {some(weeks, 'week')}",
                f"how many {unit} is that in {some(weeks, 'week')}",
                f"after {some(weeks, 'week')}, how many {unit} is that",
                f"how many {unit} will [A] {do} in {some(weeks, 'week')}",
            ),
            [
                (
                    f"{some(weeks, 'week')} {'is' if weeks == 1 else 'are'} {times(weeks, 7)} days.",
                    f"There are {times(weeks, 7)} days.",
                ),
                (f"[A {verb}] {times(d, n)} {unit}.", f"In {d} days [A {verb}] {times(d, n)} {unit}."),
            ],
            d * n,
            ifs=False,
        )
    if kind == 1:
        return s.draft(
            [
                (
                    f"[A {verb}] {n} {unit} a day, {days} days a week",
                    f"on {days} days of every week [A {verb}] {n} {unit}",
                    f"{days} days per week [A {verb}] {n} {unit} each day",
                )
            ],
            (f"how many {unit} [does A] {do} in {weeks + 1} weeks", f"how many {unit} is that in {weeks + 1} weeks"),
            [
                (f"In a week [A {verb}] {times(days, n)} {unit}.", f"Each week that is {times(days, n)} {unit}."),
                (
                    f"In {weeks + 1} weeks [A {verb}] {times(weeks + 1, days * n)} {unit}.",
                    f"Over {weeks + 1} weeks: {times(weeks + 1, days * n)} {unit}.",
                ),
            ],
            (weeks + 1) * days * n,
        )
    if kind == 2:
        return s.draft(
            [
                (
                    f"[A] {past} {n * days} {unit} in {days} days",
                    f"in {days} days [A] {past} {n * days} {unit}",
                    f"[A] {past} {n * days} {unit} over {days} days",
                ),
                (
                    "it was the same number every day",
                    "[A] did the same amount each day",
                    f"[A] {past} equally many each day",
                ),
            ],
            (
                f"how many {unit} did [A] {do} each day",
                f"how many {unit} is that per day",
                f"how many {unit} did [A] {do} a day",
            ),
            [
                (
                    f"Each day [A] {past} {over(n * days, days)} {unit}.",
                    f"[A] {past} {over(n * days, days)} {unit} a day.",
                )
            ],
            n,
        )
    if kind == 3:
        return s.draft(
            [
                daily,
                (
                    f"[A wants] to reach {n * days} {unit}",
                    f"[A's] goal is {n * days} {unit}",
                    f"[A] would like to get to {n * days} {unit}",
                ),
            ],
            (
                "how many days does it take",
                "how many days [does A] need",
                "in how many days will [A] get there",
                "how many days will that take",
            ),
            [(f"[A needs] {over(n * days, n)} days.", f"It takes {over(n * days, n)} days.")],
            days,
        )
    m = rng.randint(2, 20)
    return s.draft(
        [
            (f"[A] {past} {n} {unit} on Monday", f"on Monday [A] {past} {n} {unit}"),
            (
                f"on Tuesday [A] {past} {m} more {unit} than on Monday",
                f"on Tuesday [A] {past} {m} {unit} more than the day before",
            ),
        ],
        (
            f"how many {unit} did [A] {do} on the two days together",
            f"how many {unit} did [A] {do} in total",
            f"how many {unit} is that altogether",
        ),
        [
            (f"On Tuesday [A] {past} {plus(n, m)} {unit}.", f"Tuesday: {plus(n, m)} {unit}."),
            (f"In total [A] {past} {plus(n, n + m)} {unit}.", f"Altogether that is {plus(n, n + m)} {unit}."),
        ],
        n + n + m,
    )


@family("time.calendar")
def calendar(rng: random.Random) -> Draft | None:
    s = Story(rng)
    where = rng.choice(
        ("the beach", "the mountains", "Spain", "a lake", "grandma's house", "a summer camp", "London", "an island")
    )
    at = {"the mountains": "in", "Spain": "in", "London": "in", "an island": "on"}.get(where, "at")
    weeks, days, spent = rng.randint(1, 8), rng.randint(1, 6), rng.randint(2, 12)
    total = weeks * 7 + days
    trip: Text = (
        f"[A goes] to {where} for {some(weeks, 'week')} and {some(days, 'day')}",
        f"[A's] trip to {where} lasts {some(weeks, 'week')} and {some(days, 'day')}",
        f"[A stays] away for {some(weeks, 'week')} and {some(days, 'day')}",
    )
    in_days: Text = (
        f"{some(weeks, 'week')} {'is' if weeks == 1 else 'are'} {times(weeks, 7)} days.",
        f"The weeks have {times(weeks, 7)} days.",
    )
    kind = rng.randrange(4)
    if kind == 0:
        return s.draft(
            [trip],
            (
                "how many days is that",
                "how many days [is A] away",
                "how many days is that in total",
                "how long is the trip in days",
            ),
            [
                in_days,
                (f"The trip has {plus(weeks * 7, days)} days.", f"In total that is {plus(weeks * 7, days)} days."),
            ],
            total,
            ifs=False,
        )
    if kind == 1:
        if spent >= total:
            return None
        dry = rng.random() < 0.3
        passed = (
            f"it rains on {spent} days"
            if dry
            else (f"{spent} days have passed", f"[A has] been there for {spent} days")
        )
        ask = (
            ("how many days are dry", "on how many days does it not rain")
            if dry
            else ("how many days are left", "how many days remain")
        )
        return s.draft(
            [trip, passed],
            ask,
            [
                in_days,
                f"The trip has {plus(weeks * 7, days)} days.",
                f"{'Dry days:' if dry else 'That leaves'} {minus(total, spent)} days.",
            ],
            total - spent,
            ifs=False,
        )
    if kind == 2:
        month = rng.choice(("January", "March", "May", "July", "August", "October"))
        first, nights = rng.randint(1, 20), rng.randint(2, 11)
        return s.draft(
            [
                (
                    f"[A arrives] on {month} {first} and leaves on {month} {first + nights}",
                    f"[A is] {at} {where} from {month} {first} to {month} {first + nights}",
                    f"[A's] visit starts on {month} {first} and ends on {month} {first + nights}",
                )
            ],
            ("how many nights is that", "how many nights [does A] stay"),
            [f"[A stays] {minus(first + nights, first)} nights."],
            nights,
            ifs=False,
        )
    each = rng.randint(2, 15)
    return s.draft(
        [
            (f"[A] went to {where} for {spent} days", f"[A's] trip to {where} was {spent} days long"),
            (f"[A] took {each} photos every day", f"every day [A] took {each} photos", f"[A] took {each} photos a day"),
        ],
        ("how many photos did [A] take", "how many photos did [A] take in all", "how many photos did [A] bring home"),
        [(f"[A] took {times(spent, each)} photos.", f"In {spent} days [A] took {times(spent, each)} photos.")],
        spent * each,
    )


@family("age.later")
def age_later(rng: random.Random) -> Draft | None:
    s = Story(rng, 2, asides=False)
    a, b, n = rng.randint(4, 45), rng.randint(3, 45), rng.randint(2, 20)
    now: Text = (f"[A is] {a} years old", f"[A is] {a} years old now", f"[A is] {a}", f"today [A is] {a} years old")
    kind = rng.randrange(6)
    if kind == 0:
        return s.draft(
            [now],
            (
                f"how old will [A] be in {n} years",
                f"how old will [A] be {n} years from now",
                f"what will [A's] age be in {n} years",
            ),
            [(f"In {n} years [A] will be {plus(a, n)}.", f"[A] will be {plus(a, n)} years old.")],
            a + n,
        )
    if kind == 1:
        if n >= a - 1:
            return None
        return s.draft(
            [now],
            (f"how old [was A] {n} years ago", f"what was [A's] age {n} years ago"),
            [(f"{n} years ago [A was] {minus(a, n)}.", f"[A was] {minus(a, n)} years old.")],
            a - n,
        )
    if kind == 2:
        if n >= a - 1:
            return None
        return s.draft(
            [(f"{n} years ago [A was] {a - n} years old", f"[A was] {a - n} years old {n} years ago")]
            if rng.random() < 0.5
            else [f"[A was] {a - n} when [A] moved to town", f"that was {n} years ago"],
            ("how old [is A] now", "how old [is A] today", "what is [A's] age now"),
            [(f"[A is] now {plus(a - n, n)}.", f"Now [A is] {plus(a - n, n)} years old.")],
            a,
        )
    if kind == 3:
        return s.draft(
            [
                (
                    f"in {n} years [A] will be {a + n} years old",
                    f"[A] will be {a + n} in {n} years",
                    f"[A] will turn {a + n} in {n} years",
                )
            ],
            ("how old [is A] now", "how old [is A] today", "what is [A's] age now"),
            [(f"[A is] now {minus(a + n, n)}.", f"Now [A is] {minus(a + n, n)} years old.")],
            a,
        )
    if kind == 4:
        if a == b:
            return None
        big, small, older = max(a, b), min(a, b), "AB"[a < b]
        younger = "AB"[older == "A"]
        return s.draft(
            [f"[A is] {a} years old", f"[B is] {b} years old"],
            (
                f"how many years older [is {older}] than [@{younger}]",
                f"how many years younger [is {younger}] than [@{older}]",
            ),
            [(f"[{older} is] {minus(big, small)} years older.", f"The difference is {minus(big, small)} years.")],
            big - small,
        )
    return s.draft(
        [(f"[A is] {a} years old", f"[A is] {a}"), (f"[B is] {b} years old", f"[B is] {b}")],
        (f"what will the sum of their ages be in {n} years", f"how old will both be together in {n} years")
        if s.people[0] not in (_I, _YOU)
        else (f"how old will both be together in {n} years", f"in {n} years, what is the sum of both ages"),
        [
            f"[A] will be {plus(a, n)}.",
            f"[B] will be {plus(b, n)}.",
            (f"The sum will be {plus(a + n, b + n)}.", f"Together that is {plus(a + n, b + n)} years."),
        ],
        a + b + 2 * n,
    )


@family("age.related")
def age_related(rng: random.Random) -> Draft | None:
    s = Story(rng, 3, asides=False)
    a, k, n, m = rng.randint(3, 25), rng.randint(2, 5), rng.randint(2, 12), rng.randint(2, 9)
    if rng.random() < 0.5:
        b, first = a * k, times(a, k)
        relation = (f"[B is] {_TIMES[k]} as old as [@A]", f"[B's] age is {_TIMES[k]} [A's] age")
    elif rng.random() < 0.5:
        b, first, relation = (
            a + n,
            plus(a, n),
            (f"[B is] {n} years older than [@A]", f"[A is] {n} years younger than [@B]"),
        )
    else:
        b, first, relation = (
            a - n,
            minus(a, n),
            (f"[B is] {n} years younger than [@A]", f"[A is] {n} years older than [@B]"),
        )
    if not 0 < b < 100:
        return None
    facts: list[Text] = [relation, (f"[A is] {a} years old", f"[A is] {a}")]
    steps: list[Text] = [(f"[B is] {first}.", f"[B is] {first} years old.")]
    kind = rng.randrange(4)
    if rng.random() < 0.6:
        facts.reverse()
    if kind == 0:
        return s.draft(facts, ("how old [is B]", "what is [B's] age", "how old [is B] now"), steps, b)
    if kind == 1:
        return s.draft(
            facts,
            (
                "what is the sum of their ages" if s.people[0] not in (_I, _YOU) else "what is the sum of both ages",
                "how old are both of them together"
                if s.people[0] not in (_I, _YOU)
                else "how many years is that together",
            ),
            [*steps, (f"The sum is {plus(a, b)}.", f"Together that is {plus(a, b)} years.")],
            a + b,
        )
    if kind == 2:
        return s.draft(
            facts,
            (f"how old will [B] be in {m} years", f"how old will [B] be {m} years from now"),
            [*steps, (f"In {m} years [B] will be {plus(b, m)}.", f"[B] will be {plus(b, m)} years old.")],
            b + m,
        )
    older = rng.random() < 0.5
    c = b + m if older else b - m
    if c <= 0:
        return None
    return s.draft(
        [*facts, f"[C is] {m} years {'older' if older else 'younger'} than [@B]"],
        ("how old [is C]", "what is [C's] age"),
        [
            *steps,
            (
                f"[C is] {plus(b, m) if older else minus(b, m)}.",
                f"[C is] {plus(b, m) if older else minus(b, m)} years old.",
            ),
        ],
        c,
    )


_SCORES = (
    ("scored", "score", "points", "in {n} games"),
    ("ran", "run", "miles", "on {n} days"),
    ("got", "get", "points", "on {n} tests"),
    ("sold", "sell", "tickets", "in {n} weeks"),
    ("read", "read", "pages", "on {n} evenings"),
    ("caught", "catch", "fish", "on {n} trips"),
    ("picked", "pick", "apples", "on {n} days"),
    ("typed", "type", "letters", "on {n} mornings"),
    ("planted", "plant", "trees", "on {n} weekends"),
)


@family("average.mean")
def average_mean(rng: random.Random) -> Draft | None:
    s, n = Story(rng), rng.randint(2, 5)
    did, do, unit, when = rng.choice(_SCORES)
    values = [rng.randint(2, 40) for _ in range(n)]
    values[-1] += -sum(values) % n
    total = sum(values)
    listed, when = _listed([str(v) for v in values]), when.format(n=n)
    mean = total // n
    add: Text = (
        f"The sum is {plus(*values)}.",
        f"Together that is {plus(*values)} {unit}.",
        f"In total: {plus(*values)} {unit}.",
    )
    share: Text = (
        f"The average is {over(total, n)} {unit}.",
        f"The mean is {over(total, n)}.",
        f"On average {over(total, n)} {unit}.",
    )
    if rng.random() < 0.25:
        ask = rng.choice(
            (
                "what is the average of",
                "what is the mean of",
                "calculate the average of",
                "find the mean of",
                "what's the average of",
            )
        )
        text = f"{capital(ask)} {listed}{'?' if ask.startswith('what') else '.'}"
        return (
            text,
            [
                f"The sum is {plus(*values)}.",
                rng.choice((f"The average is {over(total, n)}.", f"The mean is {over(total, n)}.")),
            ],
            mean,
        )
    return s.draft(
        [
            (
                f"[A] {did} {listed} {unit} {when}",
                f"{when} [A] {did} {listed} {unit}",
                f"[A's] results {when} were {listed} {unit}",
            )
        ],
        (
            f"how many {unit} is that on average",
            f"what is the average number of {unit}",
            f"what is the mean number of {unit}",
            f"how many {unit} did [A] {do} on average",
            "what was [A's] average",
            "what is the average",
        ),
        [add, share],
        mean,
    )


@family("average.total")
def average_total(rng: random.Random) -> Draft | None:
    s, n, mean = Story(rng), rng.randint(2, 6), rng.randint(3, 35)
    did, do, unit, when = rng.choice(_SCORES)
    when, one = when.format(n=n), when.format(n="the other").split()[0]
    said: Text = (
        f"[A's] average {when} was {mean} {unit}",
        f"{when} [A] {did} {mean} {unit} on average",
        f"[A] {did} an average of {mean} {unit} {when}",
    )
    total = n * mean
    steps: list[Text] = [(f"In total [A] {did} {times(n, mean)} {unit}.", f"The total is {times(n, mean)} {unit}.")]
    if rng.random() < 0.45:
        return s.draft(
            [said],
            (
                f"how many {unit} did [A] {do} in total",
                f"how many {unit} is that altogether",
                f"what is the total number of {unit}",
            ),
            steps,
            total,
        )
    known = [max(1, mean + rng.randint(-8, 8)) for _ in range(min(n, 4) - 1)]
    if n > 4 or sum(known) >= total:
        return None
    rest = total - sum(known)
    first = (
        rng.choice((f"{one} the first {n - 1} it was", f"the first {n - 1} numbers were"))
        if n > 2
        else "the first number was"
    )
    steps += [f"The known ones sum to {plus(*known)}."] if n > 2 else []
    return s.draft(
        [said, f"{first} {_listed([str(k) for k in known])}"],
        (
            f"how many {unit} did [A] {do} the last time",
            f"how many {unit} was it the last time",
            "what was the last number",
        ),
        [
            *steps,
            (
                f"The last one is {minus(total, sum(known))} {unit}.",
                f"That leaves {minus(total, sum(known))} {unit} for the last.",
            ),
        ],
        rest,
    )


@family("length.cut")
def length_cut(rng: random.Random) -> Draft | None:
    s, what = (
        Story(rng),
        rng.choice(("rope", "ribbon", "wire", "board", "plank", "string", "pipe", "cloth", "cable", "chain")),
    )
    unit = rng.choice(("meters", "feet", "inches", "cm", "yards"))
    noun = {"string": "piece of string", "wire": "piece of wire", "cloth": "piece of cloth"}.get(what, what)
    pieces, each, cut, used = rng.randint(2, 12), rng.randint(2, 15), rng.randint(2, 20), rng.randint(1, 20)
    total = pieces * each
    has: Text = (
        f"a {noun} is {total} {unit} long",
        f"[A has] a {noun} that is {total} {unit} long",
        f"[A has] {total} {unit} of {what}",
        f"[A buys] a {noun} {total} {unit} long",
    )
    kind = rng.randrange(5)
    if kind == 0:
        return s.draft(
            [
                has,
                (
                    f"[A cuts] the {what} into {pieces} equal pieces",
                    f"it is cut into {pieces} equal pieces",
                    f"the {what} is cut into {pieces} pieces of the same length",
                ),
            ],
            (
                f"how many {unit} long is each piece",
                f"how long is each piece in {unit}",
                f"what is the length of one piece in {unit}",
            ),
            [(f"Each piece is {over(total, pieces)} {unit} long.", f"One piece has {over(total, pieces)} {unit}.")],
            each,
        )
    if kind == 1:
        return s.draft(
            [
                has,
                (
                    f"[A cuts] it into pieces of {each} {unit}",
                    f"it is cut into pieces {each} {unit} long",
                    f"each piece must be {each} {unit} long",
                ),
            ],
            (
                "how many pieces are there",
                "how many pieces [does A] get",
                "how many pieces can [A] make",
                f"how many pieces can be cut from the {what}",
            ),
            [(f"[A gets] {over(total, each)} pieces.", f"There are {over(total, each)} pieces.")],
            pieces,
        )
    if kind == 2:
        return s.draft(
            [
                (f"[A has] a {noun} of {total + cut + used} {unit}", f"a {noun} is {total + cut + used} {unit} long"),
                (
                    f"[A cuts] off {cut} {unit}",
                    f"first [A cuts] off {cut} {unit}",
                    f"a piece of {cut} {unit} is cut off",
                ),
                (
                    f"then [A cuts] off another {used} {unit}",
                    f"then {used} more {unit} are cut off",
                    f"later [A uses] {used} {unit} of it",
                ),
            ],
            (
                f"how many {unit} of {what} are left",
                f"how long is the {what} now, in {unit}",
                f"how many {unit} are left",
            ),
            [
                (
                    f"After the first cut, {minus(total + cut + used, cut)} {unit} are left.",
                    f"First {minus(total + cut + used, cut)} {unit} are left.",
                ),
                (
                    f"Then {minus(total + used, used)} {unit} of {what} are left.",
                    f"That leaves {minus(total + used, used)} {unit}.",
                ),
            ],
            total,
        )
    if kind == 3:
        return s.draft(
            [
                (f"[A has] a {noun} of {total + cut} {unit}", f"a {noun} is {total + cut} {unit} long"),
                (
                    f"[A cuts] off {pieces} pieces of {each} {unit} each",
                    f"[A cuts] {pieces} pieces from it, each {each} {unit} long",
                ),
            ],
            (
                f"how many {unit} are left",
                f"how many {unit} of {what} are left over",
                f"how long is the rest in {unit}",
            ),
            [
                (f"The pieces use {times(pieces, each)} {unit}.", f"[A cuts] off {times(pieces, each)} {unit}."),
                (f"That leaves {minus(total + cut, total)} {unit}.", f"{minus(total + cut, total)} {unit} are left."),
            ],
            cut,
        )
    return s.draft(
        [
            (f"[A needs] {pieces} pieces of {what}", f"for a project [A needs] {pieces} pieces of {what}"),
            (f"each piece has to be {each} {unit} long", f"every piece is {each} {unit} long"),
        ],
        (
            f"how many {unit} of {what} [does A] need",
            f"how many {unit} of {what} is that in total",
            f"how many {unit} of {what} must [A] buy",
        ),
        [(f"[A needs] {times(pieces, each)} {unit} of {what}.", f"That is {times(pieces, each)} {unit} of {what}.")],
        total,
    )


@family("length.shape")
def length_shape(rng: random.Random) -> Draft | None:
    s = Story(rng)
    place = rng.choice(
        (
            "garden",
            "room",
            "field",
            "yard",
            "rug",
            "playground",
            "pool",
            "table",
            "park",
            "kitchen floor",
            "poster",
            "rectangle",
        )
    )
    unit = rng.choice(
        ("meters", "feet", "inches", "cm")
        if place in ("rug", "table", "poster", "rectangle")
        else ("meters", "feet", "yards")
    )
    a, b = rng.randint(2, 25), rng.randint(2, 25)
    owner = rng.choice(("a", "the", "[A's]")) if place != "rectangle" else "a"
    its: Text = (
        f"{owner} {place} is {a} {unit} long and {b} {unit} wide",
        f"{owner} {place} has a length of {a} {unit} and a width of {b} {unit}",
        f"{owner} {place} has sides of {a} {unit} and {b} {unit}",
        f"{owner} {place} measures {a} by {b} {unit}",
    )
    both, around, area = f"One long and one short side are {plus(a, b)} {unit}.", 2 * (a + b), a * b
    kind = rng.randrange(6)
    if kind == 0:
        return s.draft(
            [its],
            (
                f"what is the perimeter of the {place} in {unit}",
                f"how many {unit} is it all the way around the {place}",
                f"what is the perimeter of the {place}",
            ),
            [both, (f"The perimeter is {times(2, a + b)} {unit}.", f"All around it is {times(2, a + b)} {unit}.")],
            around,
        )
    if kind == 1:
        return s.draft(
            [its],
            (
                f"what is the area of the {place}",
                f"how many square {unit} is the {place}",
                f"what is the area of the {place} in square {unit}",
            ),
            [(f"The area is {times(a, b)} square {unit}.", f"The {place} has {times(a, b)} square {unit}.")],
            area,
        )
    if kind == 2:
        return s.draft(
            [
                (
                    f"{owner} {place} is a square with sides of {a} {unit}",
                    f"{owner} square {place} has sides of {a} {unit}",
                    f"each side of a square {place} is {a} {unit} long",
                )
                if place != "rectangle"
                else f"a square has sides of {a} {unit}"
            ],
            ("what is the perimeter", f"what is the perimeter in {unit}", f"how many {unit} is it all the way around"),
            [(f"The perimeter is {times(4, a)} {unit}.", f"Four sides are {times(4, a)} {unit}.")],
            4 * a,
        )
    if kind == 3:
        return s.draft(
            [
                (
                    f"{owner} {place} has an area of {area} square {unit}",
                    f"the area of {owner} {place} is {area} square {unit}",
                ),
                (f"it is {a} {unit} long", f"its length is {a} {unit}"),
            ],
            (
                f"how many {unit} wide is the {place}",
                f"what is the width of the {place} in {unit}",
                f"how wide is the {place}",
            ),
            [(f"The {place} is {over(area, a)} {unit} wide.", f"The width is {over(area, a)} {unit}.")],
            b,
        )
    if kind == 4 and a != b:
        return s.draft(
            [
                (
                    f"the perimeter of {owner} {place} is {around} {unit}",
                    f"it is {around} {unit} around {owner} {place}",
                ),
                (f"the {place} is {a} {unit} long", f"one side is {a} {unit} long"),
            ],
            (f"how many {unit} wide is the {place}", f"what is the width of the {place} in {unit}"),
            [f"Half the perimeter is {over(around, 2)} {unit}.", f"The width is {minus(a + b, a)} {unit}."],
            b,
        )
    price = rng.randint(2, 5)
    outside = place in ("garden", "field", "yard", "playground", "park")
    if not outside:
        return None
    return s.draft(
        [
            its,
            (f"[A puts] a fence around the {place}", f"[A wants] to put up a fence all around the {place}"),
            (f"the fence costs ${price} for each {unit.replace('feet', 'foot').rstrip('s')}",),
        ],
        ("how many dollars does the fence cost", "how much does the fence cost", "how much [does A] pay for the fence"),
        [
            both,
            f"The fence is {times(2, a + b)} {unit} long.",
            (f"The fence costs {times(around, price)} dollars.", f"[A pays] {times(around, price)} dollars."),
        ],
        around * price,
    )


@family("travel.distance")
def travel(rng: random.Random) -> Draft | None:
    s, unit = Story(rng, 2, asides=False), rng.choice(("miles", "kilometers", "km"))
    where = rng.choice(
        ("school", "work", "the library", "the gym", "the market", "the park", "the lake", "the stadium")
    )
    a, n, h, b = rng.randint(2, 20), rng.randint(2, 7), rng.randint(2, 6), rng.randint(1, 30)
    go, went = rng.choice((("walks", "walked"), ("cycles", "cycled"), ("drives", "drove"), ("runs", "ran")))
    kind = rng.randrange(6)
    if kind == 0:
        far: Text = (
            f"[A lives] {a} {unit} from {where}",
            f"it is {a} {unit} from [A's] house to {where}",
            f"the way from [A's] home to {where} is {a} {unit}",
        )
        one: Text = (f"There and back is {times(2, a)} {unit}.", f"One round trip is {times(2, a)} {unit}.")
        if rng.random() < 0.4:
            return s.draft(
                [far, (f"[A {go}] there and back", f"[A {go}] to {where} and back home")],
                (f"how many {unit} is that", f"how many {unit} [does A] {_plain(go)}"),
                [one],
                2 * a,
            )
        return s.draft(
            [
                far,
                (
                    f"[A {go}] there and back {n} times a week",
                    f"[A makes] {n} round trips a week",
                    f"{n} days a week [A {go}] to {where} and back",
                ),
            ],
            (
                f"how many {unit} is that in a week",
                f"how many {unit} [does A] {_plain(go)} in a week",
                f"how many {unit} a week is that",
            ),
            [one, (f"In a week that is {times(2 * a, n)} {unit}.", f"[A {go}] {times(2 * a, n)} {unit} a week.")],
            2 * a * n,
        )
    if kind == 1:
        lap, place = rng.choice((25, 50, 20, 5, 10, 2, 3, 4)), rng.choice(("pool", "track", "park", "lake"))
        act, acted = ("swims", "swim") if place == "pool" else ("runs", "run")
        m = rng.randint(2, 12)
        return s.draft(
            [
                (
                    f"one lap of the {place} is {lap} meters",
                    f"a lap {'in' if place == 'pool' else 'around'} the {place} is {lap} meters long",
                ),
                (f"[A {act}] {m} laps", f"today [A {act}] {m} laps"),
            ],
            (f"how many meters [does A] {acted}", "how many meters is that", "how many meters is that in all"),
            [(f"[A {act}] {times(m, lap)} meters.", f"That is {times(m, lap)} meters.")],
            m * lap,
        )
    if kind == 2:
        speed = rng.choice((4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60))
        who = rng.choice(("[A {go}]", "a car drives", "a train goes", "a boat goes", "a truck drives")).format(go=go)
        name = "[A]" if who.startswith("[") else who.split()[1]
        doing = f"[does A] {_plain(go)}" if name == "[A]" else f"does the {name} go"
        subject = f"[A {go}]" if name == "[A]" else f"The {name} goes"
        if rng.random() < 0.5:
            return s.draft(
                [
                    (
                        f"{who} {speed} {unit} an hour",
                        f"{who} {speed} {unit} per hour",
                        f"{who} {speed} {unit} every hour",
                    )
                ],
                (
                    f"how many {unit} {doing} in {h} hours",
                    f"how far {doing} in {h} hours",
                    f"in {h} hours, how many {unit} is that",
                ),
                [(f"{subject} {times(speed, h)} {unit}.", f"In {h} hours that is {times(speed, h)} {unit}.")],
                speed * h,
            )
        return s.draft(
            [(f"{who} {speed * h} {unit} in {h} hours", f"in {h} hours {who} {speed * h} {unit}")],
            (
                f"how many {unit} is that in one hour",
                f"how many {unit} per hour is that",
                f"how many {unit} {doing} each hour",
            ),
            [(f"In one hour that is {over(speed * h, h)} {unit}.", f"{subject} {over(speed * h, h)} {unit} an hour.")],
            speed,
        )
    if kind == 3:
        return s.draft(
            [
                (f"the trip to {where} is {a + b} {unit} long", f"it is {a + b} {unit} to {where}"),
                (
                    f"[A has] already done {a} {unit}",
                    f"[A] {went} {a} {unit} so far",
                    f"after {a} {unit} [A stops] for a rest",
                ),
            ],
            (
                f"how many {unit} are left",
                f"how many more {unit} [does A] have to go",
                f"how many {unit} are still to go",
            ),
            [(f"[A has] {minus(a + b, a)} {unit} to go.", f"That leaves {minus(a + b, a)} {unit}.")],
            b,
        )
    if kind == 4:
        return s.draft(
            [
                (f"[A] {went} {a} {unit} on Monday", f"on Monday [A] {went} {a} {unit}"),
                (f"[A] {went} {b} {unit} on Tuesday", f"on Tuesday [A] {went} {b} {unit}"),
                (f"on Wednesday [A] {went} {_TIMES[h]} as far as on Monday",),
            ],
            (f"how many {unit} did [A] go in the three days", f"how many {unit} is that in total"),
            [
                f"On Wednesday [A] {went} {times(a, h)} {unit}.",
                (f"In total [A] {went} {plus(a, b, a * h)} {unit}.", f"Altogether it is {plus(a, b, a * h)} {unit}."),
            ],
            a + b + a * h,
        )
    return s.draft(
        [
            (f"[A lives] {a} {unit} from {where}",),
            (f"[B lives] {b} {unit} farther away than [@A]", f"[B lives] {b} {unit} farther from {where} than [@A]"),
        ],
        (f"how many {unit} [does B] live from {where}", f"how far from {where} [does B] live"),
        [(f"[B lives] {plus(a, b)} {unit} from {where}.",)],
        a + b,
    )


_FOODS = (
    ("cookies", "flour"),
    ("pancakes", "milk"),
    ("muffins", "sugar"),
    ("waffles", "flour"),
    ("cupcakes", "butter"),
    ("dumplings", "flour"),
    ("rolls", "flour"),
    ("brownies", "cocoa"),
    ("pies", "sugar"),
    ("crackers", "flour"),
)


@family("food.recipe")
def recipe(rng: random.Random) -> Draft | None:
    s, (food, stuff) = Story(rng), rng.choice(_FOODS)
    per, n, cups, eggs = rng.randint(4, 30), rng.randint(2, 9), rng.randint(2, 6), rng.randint(2, 5)
    measure = rng.choice(("cups", "spoons", "ounces"))
    batch: Text = (
        f"one batch makes {per} {food}",
        f"a batch of dough makes {per} {food}",
        f"each batch gives {per} {food}",
        f"[A gets] {per} {food} from one batch",
    )
    kind = rng.randrange(6)
    if kind == 0:
        eaten = rng.choice((0, rng.randint(1, 20)))
        if eaten >= per * n:
            return None
        facts: list[Text] = [
            batch,
            (f"[A bakes] {n} batches", f"[A makes] {n} batches", f"[A makes] {n} batches for a party"),
        ]
        steps: list[Text] = [(f"[A makes] {times(n, per)} {food}.", f"{n} batches give {times(n, per)} {food}.")]
        if not eaten:
            return s.draft(
                facts,
                (f"how many {food} [does A] make", f"how many {food} is that", f"how many {food} are there in total"),
                steps,
                per * n,
            )
        return s.draft(
            [
                *facts,
                (
                    f"[A's] family eats {eaten} of them",
                    f"{eaten} of them are eaten",
                    f"[A burns] {eaten} of them",
                    f"[A gives] away {eaten} {food}",
                ),
            ],
            (f"how many {food} are left", f"how many {food} [does A] still have", f"how many {food} remain"),
            [*steps, (f"That leaves {minus(per * n, eaten)} {food}.", f"[A has] {minus(per * n, eaten)} {food} left.")],
            per * n - eaten,
        )
    if kind == 1:
        return s.draft(
            [
                batch,
                (
                    f"[A needs] {per * n} {food}",
                    f"[A wants] to make {per * n} {food}",
                    f"[A has] to bring {per * n} {food} to school",
                ),
            ],
            ("how many batches [does A] need", "how many batches must [A] bake", "how many batches is that"),
            [(f"[A needs] {over(per * n, per)} batches.", f"That is {over(per * n, per)} batches.")],
            n,
        )
    if kind == 2:
        return s.draft(
            [
                (
                    f"a recipe for {food} needs {cups} {measure} of {stuff}",
                    f"[A uses] {cups} {measure} of {stuff} for one batch of {food}",
                    f"one batch of {food} takes {cups} {measure} of {stuff}",
                )
            ],
            (
                f"how many {measure} of {stuff} [does A] need for {n} batches",
                f"how many {measure} of {stuff} are needed for {n} batches",
                f"to make {n} batches, how many {measure} of {stuff} [does A] need",
            ),
            [
                (
                    f"[A needs] {times(n, cups)} {measure} of {stuff}.",
                    f"{n} batches take {times(n, cups)} {measure} of {stuff}.",
                )
            ],
            n * cups,
        )
    if kind == 3:  # scale by people
        serves = rng.choice((2, 3, 4, 5, 6))
        dish = rng.choice(("soup", "curry", "pasta", "stew", "salad", "an omelet"))
        item = "eggs" if dish == "an omelet" else rng.choice(("carrots", "tomatoes", "onions", "peppers"))
        return s.draft(
            [
                (
                    f"a recipe for {dish} for {serves} people needs {eggs} {item}",
                    f"to make {dish} for {serves} people, [A needs] {eggs} {item}",
                ),
                (
                    f"[A cooks] for {serves * n} people",
                    f"[A is] cooking for {serves * n} people",
                    f"{serves * n} people come to dinner",
                ),
            ],
            (f"how many {item} [does A] need", f"how many {item} are needed", f"how many {item} must [A] buy"),
            [
                (
                    f"The recipe is made {over(serves * n, serves)} times.",
                    f"[A makes] it {over(serves * n, serves)} times.",
                ),
                (f"[A needs] {times(n, eggs)} {item}.", f"That takes {times(n, eggs)} {item}."),
            ],
            n * eggs,
            ifs=False,
        )
    if kind == 4:
        have = rng.randint(1, 10)
        if have >= n * cups:
            return None
        return s.draft(
            [
                (
                    f"each batch of {food} needs {cups} {measure} of {stuff}",
                    f"one batch of {food} takes {cups} {measure} of {stuff}",
                ),
                (f"[A wants] to make {n} batches", f"[A plans] {n} batches"),
                f"[A has] {have} {measure} of {stuff}" if have > 1 else f"[A has] only 1 {measure[:-1]} of {stuff}",
            ],
            (f"how many more {measure} of {stuff} [does A] need", f"how many {measure} of {stuff} are missing"),
            [
                f"{n} batches need {times(n, cups)} {measure} of {stuff}.",
                (
                    f"[A needs] {minus(n * cups, have)} more {measure}.",
                    f"{minus(n * cups, have)} {measure} are missing.",
                ),
            ],
            n * cups - have,
        )
    return s.draft(
        [
            (f"[A has] {n * cups} {measure} of {stuff}", f"there are {n * cups} {measure} of {stuff}"),
            (f"each batch of {food} uses {cups} {measure}", f"one batch of {food} needs {cups} {measure}"),
        ],
        ("how many batches can [A] make", "for how many batches is that enough"),
        [(f"[A can] make {over(n * cups, cups)} batches.", f"That is enough for {over(n * cups, cups)} batches.")],
        n,
    )


@family("food.servings")
def servings(rng: random.Random) -> Draft | None:
    s = Story(rng)
    food, part = rng.choice(
        (
            ("pizza", "slice"),
            ("cake", "piece"),
            ("pie", "slice"),
            ("melon", "slice"),
            ("chocolate bar", "piece"),
            ("loaf", "slice"),
        )
    )
    foods = {"loaf": "loaves"}.get(food, food + "s")
    parts = part + "s"
    guests = rng.choice(("friends", "people", "children", "guests", "kids", "players"))
    n, per, heads, each = rng.randint(2, 10), rng.randint(4, 12), rng.randint(2, 15), rng.randint(1, 5)
    total, need = n * per, heads * each
    has: Text = (
        f"[A orders] {n} {foods}",
        f"[A buys] {n} {foods}",
        f"there are {n} {foods} on the table",
        f"[A has] {n} {foods}",
    )
    cut: Text = (
        f"each {food} is cut into {per} {parts}",
        f"each {food} has {per} {parts}",
        f"every {food} has {per} {parts}",
    )
    all_: Text = (f"There are {times(n, per)} {parts}.", f"The {foods} have {times(n, per)} {parts}.")
    eats: Text = (
        f"{heads} {guests} eat {some(each, part)} each",
        f"each of {heads} {guests} eats {some(each, part)}",
        f"{heads} {guests} each get {some(each, part)}",
    )
    kind = rng.randrange(4)
    if kind == 0:
        if need > total:
            return None
        return s.draft(
            [has, cut, eats],
            (f"how many {parts} are left", f"how many {parts} are left over", f"how many {parts} remain"),
            [
                all_,
                (f"The {guests} eat {times(heads, each)} {parts}.", f"{times(heads, each)} {parts} are eaten."),
                (f"That leaves {minus(total, need)} {parts}.", f"{minus(total, need)} {parts} are left."),
            ],
            total - need,
        )
    if kind == 1:
        if total % heads:
            return None
        return s.draft(
            [has, cut, (f"{heads} {guests} share them equally", f"{heads} {guests} share all the {parts} equally")],
            (
                f"how many {parts} does each of them get",
                f"how many {parts} are there for each",
                f"how many {parts} does each one get",
            ),
            [all_, (f"Each one gets {over(total, heads)} {parts}.", f"That is {over(total, heads)} {parts} for each.")],
            total // heads,
        )
    if kind == 2:
        if need % per or need == per or each < 2:
            return None
        return s.draft(
            [
                (f"{heads} {guests} come to the party", f"[A invites] {heads} {guests}"),
                (f"each one eats {each} {parts} of {food}", f"every one of them eats {each} {parts}"),
                cut,
            ],
            (f"how many {foods} are needed", f"how many {foods} must [A] buy", f"how many {foods} [does A] need"),
            [
                (f"The {guests} eat {times(heads, each)} {parts}.", f"{times(heads, each)} {parts} are needed."),
                (f"[A needs] {over(need, per)} {foods}.", f"That is {over(need, per)} {foods}."),
            ],
            need // per,
        )
    item = rng.choice(
        ("hot dogs", "sandwiches", "glasses of juice", "cookies", "tacos", "napkins", "paper plates", "meatballs")
    )
    spare = rng.choice((0, rng.randint(2, 10)))
    steps: list[Text] = [
        (
            f"{heads} {guests} need {times(heads, each + 1)} {item}.",
            f"For {heads} {guests} that is {times(heads, each + 1)} {item}.",
        )
    ]
    facts: list[Text] = [
        (f"[A invites] {heads} {guests}", f"{heads} {guests} come to [A's] party"),
        (f"each of them gets {each + 1} {item}", f"there should be {each + 1} {item} for each of them"),
    ]
    ask = (f"how many {item} [does A] need", f"how many {item} are needed", f"how many {item} must [A] get")
    if spare:
        facts.append((f"[A wants] {spare} extra {item}", f"[A wants] {spare} more {item} to be safe"))
        steps.append(
            (
                f"With the extra ones that is {plus(heads * (each + 1), spare)} {item}.",
                f"In total [A needs] {plus(heads * (each + 1), spare)} {item}.",
            )
        )
    return s.draft(facts, ask, steps, heads * (each + 1) + spare)


@family("ride.stops")
def ride(rng: random.Random) -> Draft | None:
    s = Story(rng)
    what, where = rng.choice(
        (
            ("bus", "stop"),
            ("train", "station"),
            ("elevator", "floor"),
            ("boat", "harbor"),
            ("tram", "stop"),
            ("ferry", "island"),
            ("plane", "airport"),
        )
    )
    who = rng.choice(("people", "passengers", "people", "tourists", "adults"))
    start, off1, on1, off2, on2 = (
        rng.randint(5, 60),
        rng.randint(1, 20),
        rng.randint(1, 20),
        rng.randint(1, 15),
        rng.randint(1, 15),
    )
    if what == "elevator":
        start, off1, on1, off2, on2 = (
            rng.randint(4, 15),
            rng.randint(2, 5),
            rng.randint(2, 6),
            rng.randint(2, 5),
            rng.randint(2, 5),
        )
    if min(off1, on1, off2, on2) < 2 or off1 >= start or start - off1 + on1 - off2 < 1:
        return None
    inside = f"on the {what}" if what != "elevator" else "in the elevator"
    begin: Text = (
        f"there are {start} {who} {inside}",
        f"a {what} has {start} {who} on it" if what != "elevator" else f"an elevator has {start} {who} in it",
        f"a {what} starts with {start} {who}" if what != "elevator" else f"an elevator starts with {start} {who}",
    )
    out, back = ("get off", "get on") if what != "elevator" else ("get out", "get in")
    at = f"at the first {where}"
    next_: Text = f"at the next {where}"
    now = (
        f"how many {who} are {inside} now",
        f"how many {who} are now {inside}",
        f"how many {who} are {inside} after that",
    )
    first = start - off1
    kind = rng.randrange(4)
    leave: Text = (f"{at} {off1} {who} {out}", f"{off1} of them {out}", f"{off1} {who} {out} {at}")
    step1: Text = (
        f"After {off1} {out}, {minus(start, off1)} {who} are left.",
        f"Then {minus(start, off1)} {who} are {inside}.",
    )
    if kind == 0:
        return s.draft(
            [begin, leave, (f"then {on1} {who} {back}", f"{on1} new {who} {back}", f"{on1} others {back}")],
            now,
            [
                step1,
                (f"Now {plus(first, on1)} {who} are {inside}.", f"After that, {plus(first, on1)} {who} are {inside}."),
            ],
            first + on1,
        )
    if kind == 1:
        mid = first + on1
        return s.draft(
            [
                begin,
                (f"{at} {off1} {out} and {on1} {back}", f"{at} {off1} {who} {out} and {on1} {who} {back}"),
                (f"{next_} {off2} {who} {out}", f"then {next_} {off2} {who} {out}"),
            ],
            now,
            [
                step1,
                f"Then {plus(first, on1)} {who} are {inside}.",
                (
                    f"Now {minus(mid, off2)} {who} are {inside}.",
                    f"After the next {where}, {minus(mid, off2)} {who} are {inside}.",
                ),
            ],
            mid - off2,
        )
    if kind == 2:
        end = start + on1 + on2
        return s.draft(
            [begin, f"{at} {on1} {who} {back}", f"{next_} {on2} more {who} {back}"],
            now,
            [
                f"After the first {where}, {plus(start, on1)} {who} are {inside}.",
                f"Now {plus(start + on1, on2)} {who} are {inside}.",
            ],
            end,
        )
    return s.draft(
        [
            (f"some {who} are {inside}", f"a number of {who} are {inside}"),
            f"{at} {off1} {who} {out} and {on1} {who} {back}",
            (f"now there are {first + on1} {who} {inside}", f"then there are {first + on1} {who} {inside}"),
        ],
        (
            f"how many {who} were {inside} at first",
            f"how many {who} were {inside} at the beginning",
            f"how many {who} were {inside} before that",
        ),
        [
            f"Before {on1} {back.replace('get', 'got')}, there were {minus(first + on1, on1)} {who}.",
            f"At first {plus(first, off1)} {who} were {inside}.",
        ],
        start,
        ifs=False,
    )


@family("group.members")
def group(rng: random.Random) -> Draft | None:
    s = Story(rng)
    what = rng.choice(
        ("class", "club", "choir", "school band", "summer camp", "swim team", "dance group", "art course")
    )
    a, b, left, came = (rng.randint(2, 30) for _ in range(4))
    kids = rng.choice((("girls", "boys"), ("boys", "girls"), ("men", "women"), ("adults", "children")))
    all_ = rng.choice(("members", "people")) if what != "class" else "students"
    kids = kids if what != "class" else ("girls", "boys")
    total, k = a + b, rng.randint(2, 6)
    kind = rng.randrange(5)
    if kind == 0:
        return s.draft(
            [
                (
                    f"[A's] {what} has {total} {all_}",
                    f"there are {total} {all_} in [A's] {what}",
                    f"a {what} has {total} {all_}",
                ),
                (f"{a} of them are {kids[0]}", f"{a} of the {all_} are {kids[0]}"),
                (f"the rest are {kids[1]}", f"the others are {kids[1]}"),
            ],
            (
                f"how many {kids[1]} are in the {what}",
                f"how many {kids[1]} are there",
                f"how many of them are {kids[1]}",
            ),
            [(f"There are {minus(total, a)} {kids[1]}.", f"The {what} has {minus(total, a)} {kids[1]}.")],
            b,
        )
    if kind == 1:
        return s.draft(
            [
                (
                    f"a {what} has {a} {kids[0]} and {b} {kids[1]}",
                    f"there are {a} {kids[0]} and {b} {kids[1]} in [A's] {what}",
                ),
                (f"{came} new {kids[0]} join", f"then {came} more {kids[0]} join"),
            ],
            (
                f"how many {all_} does the {what} have now",
                f"how many {all_} are in the {what} now",
                f"how many {all_} are there in total",
            ),
            [
                f"Before, the {what} had {plus(a, b)} {all_}.",
                (f"Now the {what} has {plus(total, came)} {all_}.", f"Then there are {plus(total, came)} {all_}."),
            ],
            total + came,
        )
    if kind == 2:
        if left >= total:
            return None
        return s.draft(
            [
                (f"there are {total} {all_} in a {what}", f"[A's] {what} had {total} {all_}"),
                (f"{left} of them leave", f"{left} {all_} leave"),
                (f"then {came} new {all_} join", f"{came} new {all_} come"),
            ],
            (f"how many {all_} are in the {what} now", f"how many {all_} does the {what} have now"),
            [
                (
                    f"After {left} leave, {minus(total, left)} {all_} stay.",
                    f"First {minus(total, left)} {all_} are left.",
                ),
                f"Now the {what} has {plus(total - left, came)} {all_}.",
            ],
            total - left + came,
        )
    if kind == 3:
        return s.draft(
            [
                (f"there are {k * a} {all_} in the {what}", f"[A's] {what} has {k * a} {all_}"),
                (
                    f"they form {k} equal teams",
                    f"they are split into {k} equal teams",
                    f"the coach makes {k} equal teams",
                ),
            ],
            (f"how many {all_} are on each team", f"how many {all_} does each team have"),
            [(f"Each team has {over(k * a, k)} {all_}.",)],
            a,
        )
    return s.draft(
        [
            (f"there are {a} {kids[0]} in [A's] {what}", f"a {what} has {a} {kids[0]}"),
            (f"there are {b} more {kids[1]} than {kids[0]}", f"it has {b} more {kids[1]} than {kids[0]}"),
        ],
        (
            f"how many {all_} are in the {what}",
            f"how many {all_} are there altogether",
            f"how many {all_} does the {what} have in total",
        ),
        [
            f"There are {plus(a, b)} {kids[1]}.",
            (f"In total there are {plus(a, a + b)} {all_}.", f"The {what} has {plus(a, a + b)} {all_}."),
        ],
        a + a + b,
    )


@family("farm.legs")
def legs(rng: random.Random) -> Draft | None:
    s = Story(rng)
    four = rng.choice(("cows", "dogs", "horses", "cats", "goats", "pigs", "rabbits", "sheep"))
    two = rng.choice(("chickens", "ducks", "geese", "hens", "parrots", "turkeys"))
    part, x, y, sx, sy = rng.choice(
        (
            ("legs", four, two, 4, 2),
            ("legs", four, "spiders", 4, 8),
            ("wheels", "cars", "bikes", 4, 2),
            ("wheels", "tricycles", "bicycles", 3, 2),
            ("legs", "tables", "stools", 4, 3),
            ("legs", four, "ants", 4, 6),
            ("wheels", "trucks", "motorcycles", 6, 2),
        )
    )
    if rng.random() < 0.5:
        x, y, sx, sy = y, x, sy, sx
    a, b = rng.randint(2, 18), rng.randint(2, 18)
    if part == "legs" and x != "tables" and y != "tables":
        place = rng.choice(("on a farm", "in a barn", "at the zoo", "in a yard"))
    else:
        place = rng.choice(("in a shop", "in a garage", "in a store"))
    told = rng.random() < 0.4
    hint: list[Text] = (
        [(f"{x} have {sx} {part} and {y} have {sy}", f"each of the {x} has {sx} {part}, each of the {y} has {sy}")]
        if told
        else []
    )
    both: Text = (
        f"there are {a} {x} and {b} {y} {place}",
        f"[A sees] {a} {x} and {b} {y} {place}",
        f"[A has] {a} {x} and {b} {y}",
    )
    p, q = f"The {x} have {times(a, sx)} {part}.", f"The {y} have {times(b, sy)} {part}."
    kind = rng.randrange(4)
    if kind == 0:
        return s.draft(
            [both, *hint],
            (
                f"how many {part} are there",
                f"how many {part} are there in all",
                f"how many {part} do they have altogether",
                f"how many {part} is that in total",
            ),
            [
                p,
                q,
                (
                    f"In all there are {plus(a * sx, b * sy)} {part}.",
                    f"Together they have {plus(a * sx, b * sy)} {part}.",
                ),
            ],
            a * sx + b * sy,
        )
    if kind == 1:
        if a * sx <= b * sy:
            return None
        return s.draft(
            [both, *hint],
            (
                f"how many more {part} do the {x} have than the {y}",
                f"how many fewer {part} do the {y} have than the {x}",
            ),
            [
                p,
                q,
                (
                    f"The {x} have {minus(a * sx, b * sy)} more {part}.",
                    f"The difference is {minus(a * sx, b * sy)} {part}.",
                ),
            ],
            a * sx - b * sy,
        )
    if kind == 2:
        return s.draft(
            [
                (f"there are some {x} {place}", f"[A counts] the {part} of some {x}"),
                (f"together they have {a * sx} {part}", f"they have {a * sx} {part} in all"),
            ],
            (f"how many {x} are there", f"how many {x} is that"),
            [(f"There are {over(a * sx, sx)} {x}.", f"Each has {sx} {part}, so there are {over(a * sx, sx)} {x}.")],
            a,
        )
    return s.draft(
        [
            (f"there are {x} and {y} {place}", f"there are only {x} and {y} {place}"),
            f"together they have {a * sx + b * sy} {part}",
            (f"there are {a} {x}", f"{a} of them are {x}"),
        ],
        (f"how many {y} are there", f"how many of them are {y}"),
        [p, f"The {y} have {minus(a * sx + b * sy, a * sx)} {part}.", f"There are {over(b * sy, sy)} {y}."],
        b,
        ifs=False,
    )


@family("game.points")
def points(rng: random.Random) -> Draft | None:
    s = Story(rng, 2)
    game = rng.choice(
        ("a card game", "basketball", "a board game", "a video game", "a quiz", "darts", "a spelling game", "bowling")
    )
    a, b, lost, n = rng.randint(2, 40), rng.randint(2, 40), rng.randint(2, 20), rng.randint(2, 9)
    unit, play = "points", f"in {game}"
    kind = rng.randrange(5)
    if kind == 0:
        return (
            s.draft(
                [
                    (f"{play} [A scores] {a} {unit} in the first round", f"[A gets] {a} {unit} in round 1 of {game}"),
                    (f"in the second round [A gets] {b} more {unit}", f"[A scores] {b} {unit} in the second round"),
                    (f"in the third round [A loses] {lost} {unit}", f"then [A loses] {lost} {unit}"),
                ],
                (
                    f"how many {unit} [does A] have now",
                    f"how many {unit} [does A] have in the end",
                    f"how many {unit} [does A] have after that",
                ),
                [
                    (f"After two rounds [A has] {plus(a, b)} {unit}.", f"First [A has] {plus(a, b)} {unit}."),
                    (f"Now [A has] {minus(a + b, lost)} {unit}.", f"In the end [A has] {minus(a + b, lost)} {unit}."),
                ],
                a + b - lost,
            )
            if a + b >= lost
            else None
        )
    if kind == 1:
        hits = rng.randint(2, 12)
        extra = rng.choice((0, rng.randint(2, 20)))
        facts: list[Text] = [
            (
                f"{play} each hit is worth {n} {unit}",
                f"{play} [A gets] {n} {unit} for every hit",
                f"every hit gives {n} {unit} {play}",
            ),
            (f"[A makes] {hits} hits", f"[A has] {hits} hits"),
        ]
        steps: list[Text] = [
            (f"[A's] hits are worth {times(hits, n)} {unit}.", f"For the hits [A gets] {times(hits, n)} {unit}.")
        ]
        if extra:
            facts.append((f"[A gets] a bonus of {extra} {unit}", f"there is also a bonus of {extra} {unit}"))
            steps.append(
                (
                    f"With the bonus [A has] {plus(hits * n, extra)} {unit}.",
                    f"In all [A has] {plus(hits * n, extra)} {unit}.",
                )
            )
        return s.draft(
            facts,
            (f"how many {unit} [does A] have", f"how many {unit} [does A] get in all", "what is [A's] score"),
            steps,
            hits * n + extra,
        )
    if kind == 2:
        if a <= b:
            return None
        return s.draft(
            [(f"{play} [A scores] {a} {unit}", f"[A gets] {a} {unit} {play}"), f"[B scores] {b} {unit}"],
            (
                f"by how many {unit} [does A] win",
                f"how many more {unit} [does A] have than [@B]",
                f"how many {unit} behind [is B]",
            ),
            [(f"[A wins] by {minus(a, b)} {unit}.", f"The difference is {minus(a, b)} {unit}.")],
            a - b,
        )
    if kind == 3:
        return s.draft(
            [
                (f"{play} [A has] {a} {unit}", f"[A has] {a} {unit} {play}"),
                (
                    f"[A needs] {a + b} {unit} to win",
                    f"to win, [A has] to reach {a + b} {unit}",
                    f"{a + b} {unit} are needed to win",
                ),
            ],
            (
                f"how many more {unit} [does A] need",
                f"how many {unit} are missing",
                f"how many {unit} [does A] still need to win",
            ),
            [(f"[A needs] {minus(a + b, a)} more {unit}.", f"{minus(a + b, a)} {unit} are missing.")],
            b,
        )
    total = n * b
    return s.draft(
        [
            (
                f"{play} [A scores] {total} {unit} over {n} rounds",
                f"[A scores] {total} {unit} in {n} rounds of {game}"
                if game.startswith("a ")
                else f"[A scores] {total} {unit} in {n} rounds",
            ),
            ("it is the same number in every round", "each round brings equally many"),
        ],
        (f"how many {unit} is that per round", f"how many {unit} [does A] get in each round"),
        [(f"Each round is {over(total, n)} {unit}.", f"[A gets] {over(total, n)} {unit} in each round.")],
        b,
    )


@family("book.pages")
def pages(rng: random.Random) -> Draft | None:
    s, book = Story(rng), rng.choice(("book", "novel", "comic", "story", "magazine", "notebook"))
    verb, past, do = rng.choice((("reads", "read", "read"),)) if book != "notebook" else ("fills", "filled", "fill")
    a, b, k, per, days = (
        rng.randint(5, 50),
        rng.randint(5, 50),
        rng.randint(2, 4),
        rng.randint(5, 25),
        rng.randint(2, 9),
    )
    left = rng.randint(3, 70)
    kind = rng.randrange(5)
    own: Text
    if kind == 0:
        total = a + b + left
        own = (
            f"[A has] a {book} with {total} pages",
            f"[A's] {book} has {total} pages",
            f"[A is] working through a {book} of {total} pages",
        )
        return s.draft(
            [
                own,
                (
                    f"[A] {past} {a} pages yesterday",
                    f"yesterday [A] {past} {a} pages",
                    f"on Monday [A] {past} {a} pages",
                ),
                (
                    f"[A] {past} {b} pages today",
                    f"today [A] {past} {b} more pages",
                    f"then [A] {past} another {b} pages",
                ),
            ],
            ("how many pages are left", f"how many pages [does A] still have to {do}", "how many pages remain"),
            [
                (f"So far [A] {past} {plus(a, b)} pages.", f"That is {plus(a, b)} pages so far."),
                (f"That leaves {minus(total, a + b)} pages.", f"[A has] {minus(total, a + b)} pages left."),
            ],
            left,
        )
    if kind == 1:
        own = (f"[A's] {book} has {per * days} pages", f"a {book} has {per * days} pages")
        return s.draft(
            [
                own,
                (
                    f"[A {verb}] {per} pages a day",
                    f"every day [A {verb}] {per} pages",
                    f"[A {verb}] {per} pages each evening",
                ),
            ],
            (
                f"how many days does it take [@A] to finish the {book}",
                "how many days [does A] need",
                "after how many days [is A] done",
            ),
            [(f"[A needs] {over(per * days, per)} days.", f"It takes {over(per * days, per)} days.")],
            days,
        )
    if kind == 2:
        total = per * days + left
        return s.draft(
            [
                f"[A's] {book} has {total} pages",
                (f"[A {verb}] {per} pages a day for {days} days", f"for {days} days [A {verb}] {per} pages a day"),
            ],
            ("how many pages are left after that", f"how many pages [does A] have left to {do}"),
            [
                (f"In {days} days [A {verb}] {times(days, per)} pages.", f"[A {verb}] {times(days, per)} pages."),
                (f"That leaves {minus(total, per * days)} pages.", f"[A has] {minus(total, per * days)} pages left."),
            ],
            left,
        )
    if kind == 3:
        return s.draft(
            [
                (f"[A {verb}] {a} pages on Monday", f"on Monday [A {verb}] {a} pages"),
                (
                    f"on Tuesday [A {verb}] {_TIMES[k]} as many",
                    f"on Tuesday [A {verb}] {_TIMES[k]} as many pages as on Monday",
                ),
            ],
            (
                f"how many pages [does A] {do} in total",
                "how many pages is that in the two days",
                "how many pages is that altogether",
            ),
            [
                f"On Tuesday [A {verb}] {times(a, k)} pages.",
                (f"In total [A {verb}] {plus(a, a * k)} pages.", f"Altogether that is {plus(a, a * k)} pages."),
            ],
            a + a * k,
        )
    part = rng.randint(2, 5)
    total = part * a
    return s.draft(
        [
            (f"a {book} has {total} pages", f"[A has] a {book} of {total} pages"),
            (f"[A has] done {_PART[part]} of it", f"[A] already {past} {_PART[part]} of the pages"),
        ],
        ("how many pages are left", "how many pages are still to go"),
        [
            (f"{capital(_PART[part])} is {over(total, part)} pages.", f"[A] {past} {over(total, part)} pages."),
            (f"That leaves {minus(total, a)} pages.", f"[A has] {minus(total, a)} pages left."),
        ],
        total - a,
    )


@family("rows.count")
def rows(rng: random.Random) -> Draft | None:
    s = Story(rng)
    thing, group_, place = rng.choice(
        (
            ("tomato plants", "row", "in the garden"),
            ("books", "shelf", "in the library"),
            ("chairs", "row", "in the hall"),
            ("desks", "row", "in the classroom"),
            ("tulips", "row", "in the park"),
            ("jars", "shelf", "in the cellar"),
            ("trees", "row", "in the orchard"),
            ("seats", "row", "in the theater"),
            ("guests", "table", "at the wedding"),
            ("players", "team", "at the tournament"),
            ("cars", "row", "in the parking lot"),
            ("toys", "shelf", "in the store"),
            ("children", "table", "at the party"),
            ("carrots", "bed", "in the garden"),
            ("people", "tent", "at the camp"),
        )
    )
    groups = {"shelf": "shelves"}.get(group_, group_ + "s")
    n, per, extra = rng.randint(2, 12), rng.randint(2, 20), rng.randint(1, 25)
    total = n * per
    has: Text = (f"there are {n} {groups} {place}", f"{place} there are {n} {groups}")
    inside = {"shelf": "on", "team": "on", "table": "at"}.get(group_, "in")
    each: Text = (
        f"each {group_} has {per} {thing}",
        f"every {group_} has {per} {thing}",
        f"there are {per} {thing} {inside} each {group_}",
    )
    count: Text = (
        f"There are {times(n, per)} {thing}.",
        f"The {groups} have {times(n, per)} {thing}.",
        f"{n} {groups} have {times(n, per)} {thing}.",
    )
    kind = rng.randrange(5)
    if kind == 0:
        return s.draft(
            [has, each],
            (
                f"how many {thing} are there",
                f"how many {thing} are there in total",
                f"how many {thing} is that altogether",
                f"how many {thing} are {place}",
            ),
            [count],
            total,
        )
    if kind == 1:
        if extra >= total or extra < 2:
            return None
        gone = {
            "books": "are borrowed",
            "jars": "are empty",
            "toys": "are sold",
            "tomato plants": "die",
            "tulips": "are picked",
            "trees": "are cut down",
            "seats": "are taken",
            "cars": "drive away",
            "carrots": "are eaten",
        }.get(thing, "leave" if thing in ("guests", "players", "children", "people") else "are taken away")
        rest = "empty" if thing == "seats" else "full" if thing == "jars" else "left"
        return s.draft(
            [has, each, (f"{extra} of the {thing} {gone}", f"{extra} {thing} {gone}")],
            (f"how many {thing} are {rest}", f"how many {thing} are {rest} {place}"),
            [count, (f"{minus(total, extra)} {thing} are {rest}.", f"Then {minus(total, extra)} {thing} are {rest}.")],
            total - extra,
        )
    if kind == 2:
        return s.draft(
            [
                (f"there are {total} {thing} {place}", f"{place} there are {total} {thing}"),
                (
                    f"they are in {n} equal {groups}"
                    if group_ not in ("shelf", "table", "team")
                    else f"they fill {n} {groups} equally",
                    f"each of the {n} {groups} has the same number",
                ),
            ],
            (f"how many {thing} does each {group_} have", f"how many {thing} are there per {group_}"),
            [(f"Each {group_} has {over(total, n)} {thing}.",)],
            per,
        )
    if kind == 3:
        return s.draft(
            [
                (f"there are {total} {thing} {place}", f"{place} there are {total} {thing}"),
                (
                    f"each {group_} has {per} {thing}",
                    f"there are {per} to a {group_}",
                    f"every {group_} has {per} of them",
                ),
            ],
            (f"how many {groups} are there", f"how many {groups} is that"),
            [(f"There are {over(total, per)} {groups}.", f"That is {over(total, per)} {groups}.")],
            n,
        )
    if extra == 1:
        return None
    return s.draft(
        [
            has,
            each,
            (
                f"{extra} more {thing} are added"
                if thing not in ("guests", "players", "children", "people")
                else f"{extra} more {thing} come",
            ),
        ],
        (f"how many {thing} are there now", f"how many {thing} are there in total"),
        [count, (f"Now there are {plus(total, extra)} {thing}.", f"In total there are {plus(total, extra)} {thing}.")],
        total + extra,
    )


@family("growth.daily")
def growth(rng: random.Random) -> Draft | None:
    s, thing = Story(rng), things(rng, 1)[0]
    a, per, n, off = rng.randint(2, 60), rng.randint(2, 15), rng.randint(2, 10), rng.randint(2, 12)
    span = rng.choice(("day", "week", "month"))
    gain: Text = (
        f"every {span} [A gets] {per} more {thing.many}",
        f"[A adds] {per} {thing.many} every {span}",
        f"each {span} [A buys] {per} new {thing.many}",
        f"[A gets] {per} {thing.many} more each {span}",
    )
    has: Text = (
        f"[A has] {a} {thing.many}",
        f"[A starts] with {a} {thing.many}",
        f"[A's] collection has {a} {thing.many}",
        f"[A owns] {a} {thing.many}",
    )
    new: Text = (f"In {n} {span}s [A gets] {times(n, per)} {thing.many}.", f"That adds {times(n, per)} {thing.many}.")
    end = a + n * per
    kind = rng.randrange(4)
    ask = (
        f"how many {thing.many} [does A] have after {n} {span}s",
        f"how many {thing.many} will [A] have in {n} {span}s",
        f"after {n} {span}s, how many {thing.many} [does A] have",
    )
    if kind == 0:
        return s.draft(
            [has, gain],
            ask,
            [
                new,
                (f"Then [A has] {plus(a, n * per)} {thing.many}.", f"In all [A has] {plus(a, n * per)} {thing.many}."),
            ],
            end,
        )
    if kind == 1:
        return s.draft(
            [has, gain, (f"[A wants] to have {end} {thing.many}", f"[A's] goal is {end} {thing.many}")],
            (f"how many {span}s will it take", f"how many {span}s [does A] need"),
            [
                (f"[A needs] {minus(end, a)} more {thing.many}.", f"{minus(end, a)} {thing.many} are missing."),
                (f"That takes {over(n * per, per)} {span}s.", f"[A needs] {over(n * per, per)} {span}s."),
            ],
            n,
            ifs=False,
        )
    if kind == 2:
        what, unit = rng.choice((("a plant", "cm"), ("a sunflower", "inches"), ("a tree", "feet"), ("a vine", "feet")))
        name = what.split(" ", 1)[1]
        return s.draft(
            [
                (f"{what} is {a} {unit} {'long' if what == 'a vine' else 'tall'}",),
                (f"it grows {per} {unit} every {span}", f"each {span} it grows {per} {unit}"),
            ],
            (
                f"how many {unit} does the {name} measure after {n} {span}s",
                f"how many {unit} will the {name} have after {n} {span}s",
            ),
            [f"The {name} grows {times(n, per)} {unit}.", f"Then the {name} has {plus(a, n * per)} {unit}."],
            end,
        )
    start = n * off + a
    return s.draft(
        [
            (f"[A has] {start} {thing.many}", f"[A owns] {start} {thing.many}"),
            (
                f"[A sells] {off} of them every {span}",
                f"every {span} [A gives] away {off}",
                f"each {span} [A uses] {off} of them",
            ),
        ],
        (f"how many {thing.many} are left after {n} {span}s", f"how many {thing.many} [does A] have after {n} {span}s"),
        [
            (f"In {n} {span}s {times(n, off)} {thing.many} are gone.", f"That uses up {times(n, off)} {thing.many}."),
            (
                f"That leaves {minus(start, n * off)} {thing.many}.",
                f"[A has] {minus(start, n * off)} {thing.many} left.",
            ),
        ],
        a,
    )


@family("weight.total")
def weight(rng: random.Random) -> Draft | None:
    s, unit = Story(rng, 2), rng.choice(("kg", "pounds", "kilograms"))
    load, loads = rng.choice(
        (
            ("box", "boxes"),
            ("bag of rice", "bags of rice"),
            ("sack of potatoes", "sacks of potatoes"),
            ("crate", "crates"),
            ("bag of flour", "bags of flour"),
            ("bale of hay", "bales of hay"),
        )
    )
    n, w, rest, k = rng.randint(2, 9), rng.randint(2, 20), rng.randint(1, 40), rng.randint(2, 5)
    kind = rng.randrange(5)
    if kind == 0:
        return s.draft(
            [
                (f"[A carries] {n} {loads}", f"there are {n} {loads} on a cart", f"[A buys] {n} {loads}"),
                (f"each one weighs {w} {unit}", f"every {load} weighs {w} {unit}"),
            ],
            (
                f"how many {unit} is that in total",
                f"how many {unit} do the {loads} weigh",
                f"how many {unit} do they weigh together",
            ),
            [(f"The {loads} weigh {times(n, w)} {unit}.", f"Together that is {times(n, w)} {unit}.")],
            n * w,
        )
    if kind == 1:
        limit = n * w + rest
        return s.draft(
            [
                (f"a cart can carry {limit} {unit}", f"a small truck can carry {limit} {unit}"),
                (f"[A loads] {n} {loads} of {w} {unit} each", f"[A puts] {n} {loads} on it, each {w} {unit}"),
            ],
            (f"how many more {unit} can it carry", f"how many {unit} can still be added"),
            [f"The {loads} weigh {times(n, w)} {unit}.", f"It can carry {minus(limit, n * w)} more {unit}."],
            rest,
            ifs=False,
        )
    if kind == 2:
        pet = rng.choice(("dog", "cat", "turtle", "rabbit", "pony", "parrot"))
        return s.draft(
            [
                (f"[A's] {pet} weighs {w} {unit}",),
                (f"[B's] {pet} weighs {_TIMES[k]} as much", f"[B's] {pet} is {_TIMES[k]} as heavy"),
            ],
            (f"how many {unit} do the two weigh together", f"how many {unit} is that together"),
            [f"[B's] {pet} weighs {times(w, k)} {unit}.", (f"Together they weigh {plus(w, w * k)} {unit}.",)],
            w + w * k,
        )
    if kind == 3:
        return s.draft(
            [
                (
                    f"{n} equal {loads} weigh {n * w} {unit}",
                    f"[A weighs] {n} equal {loads}: {n * w} {unit}",
                    f"together {n} equal {loads} weigh {n * w} {unit}",
                )
            ],
            (
                f"how many {unit} does one {load} weigh",
                f"how many {unit} does each {load} weigh",
                f"what is the weight of one {load} in {unit}",
            ),
            [(f"One {load} weighs {over(n * w, n)} {unit}.", f"Each weighs {over(n * w, n)} {unit}.")],
            w,
        )
    more = rng.randint(2, 20)
    return s.draft(
        [
            (f"[A's] bag weighs {w} {unit}", f"[A has] a bag that weighs {w} {unit}"),
            (f"[B's] bag is {more} {unit} heavier", f"[B's] bag weighs {more} {unit} more"),
        ],
        (f"how many {unit} do both bags weigh", f"how many {unit} do the bags weigh together"),
        [f"[B's] bag weighs {plus(w, more)} {unit}.", (f"Together the bags weigh {plus(w, w + more)} {unit}.",)],
        w + w + more,
    )


@family("fill.tank")
def fill(rng: random.Random) -> Draft | None:
    s, what = (
        Story(rng),
        rng.choice(("tank", "bucket", "barrel", "pool", "bathtub", "aquarium", "rain barrel", "watering can")),
    )
    unit = rng.choice(("liters", "gallons", "cups") if what in ("bucket", "watering can") else ("liters", "gallons"))
    a, rate, n, out = rng.randint(2, 50), rng.randint(2, 12), rng.randint(2, 12), rng.randint(1, 9)
    a_what = with_article(what)
    full, net = a + rate * n, rate - out
    kind = rng.randrange(5)
    flow: Text = (
        f"{rate} {unit} flow in every minute",
        f"a hose adds {rate} {unit} a minute",
        f"each minute {rate} {unit} run into it",
    )
    if kind == 0:
        return s.draft(
            [(f"{a_what} has {a} {unit} of water in it", f"there are {a} {unit} of water in the {what}"), flow],
            (
                f"how many {unit} are in the {what} after {n} minutes",
                f"how many {unit} of water does the {what} have after {n} minutes",
            ),
            [f"In {n} minutes {times(n, rate)} {unit} flow in.", f"Then the {what} has {plus(a, n * rate)} {unit}."],
            full,
        )
    if kind == 1:
        return s.draft(
            [(f"{a_what} holds {n * rate} {unit}", f"[A wants] to fill {a_what} of {n * rate} {unit}"), flow],
            (f"how many minutes does it take to fill the {what}", f"after how many minutes is the {what} full"),
            [
                (
                    f"It takes {over(n * rate, rate)} minutes.",
                    f"The {what} is full after {over(n * rate, rate)} minutes.",
                )
            ],
            n,
        )
    if kind == 2:
        return s.draft(
            [
                (f"{a_what} holds {full} {unit}", f"[A's] {what} holds {full} {unit}"),
                (f"there are already {a} {unit} in it", f"it has {a} {unit} in it"),
                flow,
            ],
            (f"how many minutes does it take to fill the {what}", f"how many minutes until the {what} is full"),
            [
                (f"{minus(full, a)} {unit} are missing.", f"The {what} needs {minus(full, a)} more {unit}."),
                f"That takes {over(full - a, rate)} minutes.",
            ],
            n,
            ifs=False,
        )
    if kind == 3:
        if net < 1 or out < 2:
            return None
        return s.draft(
            [
                (
                    f"every minute {rate} {unit} flow into {a_what}",
                    f"an empty {what} gets {rate} {unit} of water a minute",
                ),
                (f"{out} {unit} leak out each minute", f"each minute {out} {unit} leak out"),
            ],
            (
                f"how many {unit} does the {what} gain in {n} minutes",
                f"how many {unit} more are in it after {n} minutes",
            ),
            [
                (f"Each minute the {what} gains {minus(rate, out)} {unit}.",),
                f"In {n} minutes it gains {times(n, net)} {unit}.",
            ],
            n * net,
        )
    cup, cups = rng.choice((("bottle", "bottles"), ("jar", "jars"), ("glass", "glasses"), ("jug", "jugs")))
    drink = rng.choice(("juice", "lemonade", "milk", "tea", "water"))
    return s.draft(
        [
            (f"[A has] {n * rate} ounces of {drink}", f"there are {n * rate} ounces of {drink}"),
            (f"each {cup} holds {rate} ounces", f"one {cup} holds {rate} ounces"),
        ],
        (f"how many {cups} can [A] fill", f"how many {cups} can be filled"),
        [(f"[A fills] {over(n * rate, rate)} {cups}.", f"{over(n * rate, rate)} {cups} can be filled.")],
        n,
    )


@family("ratio.parts")
def ratio(rng: random.Random) -> Draft | None:
    s, (t, u) = Story(rng), things(rng, 2)
    red, blue = rng.sample(("red", "blue", "green", "yellow", "white", "black", "purple", "orange"), 2)
    one, two = rng.choice(
        (
            (f"{red} beads", f"{blue} beads"),
            (f"{red} marbles", f"{blue} marbles"),
            (t.many, u.many),
            (t.many, u.many),
            ("boys", "girls"),
            ("cats", "dogs"),
            (f"{red} tiles", f"{blue} tiles"),
            (f"{red} flowers", f"{blue} flowers"),
        )
    )
    p, q, k = rng.randint(2, 9), rng.randint(1, 9), rng.randint(2, 12)
    if p == q or q == 1:
        return None
    where = (
        rng.choice(("in a box", "in a bag", "at the fair", "in a shop", "in a collection"))
        if one not in ("boys", "cats")
        else rng.choice(("in the park", "in the yard", "at the fair"))
    )
    rule: Text = (
        f"for every {p} {one} there are {q} {two} {where}",
        f"{where}, for every {p} {one} there are {q} {two}",
        f"the ratio of {one} to {two} {where} is {p} to {q}",
        f"there are {q} {two} for every {p} {one} {where}",
    )
    sets: Text = (f"There are {over(p * k, p)} groups.", f"{p * k} {one} make {over(p * k, p)} groups.")
    have: Text = (f"there are {p * k} {one}", f"[A counts] {p * k} {one}")
    kind = rng.randrange(3)
    if kind == 0:
        return s.draft(
            [rule, have],
            (f"how many {two} are there", f"how many {two} must there be", f"how many {two} is that"),
            [sets, (f"There are {times(k, q)} {two}.", f"That makes {times(k, q)} {two}.")],
            k * q,
        )
    if kind == 1:
        return s.draft(
            [rule, have],
            (f"how many {one} and {two} are there together", f"how many {one} and {two} are there in total"),
            [sets, f"There are {times(k, q)} {two}.", f"Together that is {plus(p * k, q * k)}."],
            k * (p + q),
        )
    total = (p + q) * k
    return s.draft(
        [rule, (f"together there are {total}", f"there are {total} in total", f"there are {total} of them altogether")],
        (f"how many {two} are there", f"how many of them are {two}"),
        [f"One group has {plus(p, q)}.", f"There are {over(total, p + q)} groups.", f"There are {times(k, q)} {two}."],
        k * q,
        ifs=False,
    )


@family("reverse.start")
def reverse(rng: random.Random) -> Draft | None:
    s, t = Story(rng, 2), things(rng, 1)[0]
    a, b, n, k = rng.randint(2, 40), rng.randint(2, 40), rng.randint(2, 40), rng.randint(2, 5)
    some_: Text = (f"[A] had some {t.many}", f"[A] had a number of {t.many}", f"[A] had some {t.many} in a box")
    gave: Text = (
        f"[A] gave {a} of them to [@B]",
        f"[A] gave [@B] {a} {t.many}",
        f"[A] lost {a} of them",
        f"[A] gave away {a} of them",
        f"[A] sold {a} of them",
    )
    now: Text = (
        f"now [A has] {n} {t.many}",
        f"now [A has] {n} left",
        f"[A has] {n} {t.many} left",
        f"[A has] {n} {t.many} now",
    )
    ask: Text = (
        f"how many {t.many} did [A] have at first",
        f"how many {t.many} did [A] have in the beginning",
        f"how many {t.many} did [A] start with",
        f"how many {t.many} did [A] have before",
    )
    kind = rng.randrange(6)
    if kind == 0:
        return s.draft(
            [some_, gave, now],
            ask,
            [(f"At first [A] had {plus(n, a)} {t.many}.", f"[A] started with {plus(n, a)} {t.many}.")],
            n + a,
        )
    if kind == 1:
        return s.draft(
            [some_, gave, (f"then [A] lost {b} more", f"then [A] gave {b} to a friend"), now],
            ask,
            [f"Before the last part [A] had {plus(n, b)} {t.many}.", f"At first [A] had {plus(n + b, a)} {t.many}."],
            n + a + b,
        )
    if kind == 2:
        return s.draft(
            [
                some_,
                (
                    f"[B] gave [@A] {a} more",
                    f"[A] got {a} more from [@B]",
                    f"[A] bought {a} more",
                    f"[A] found {a} more",
                ),
                (
                    f"now [A has] {n + a} {t.many}",
                    f"[A has] {n + a} {t.many} now",
                    f"after that [A] had {n + a} {t.many}",
                ),
            ],
            ask,
            [(f"At first [A] had {minus(n + a, a)} {t.many}.", f"[A] started with {minus(n + a, a)} {t.many}.")],
            n,
        )
    if kind == 3:
        shared: tuple[list[Text], list[Text]] = (
            [
                f"[A] shared them equally among {k} friends",
                (f"each friend got {n} {t.many}", f"each of the friends got {n}"),
            ],
            [f"[A] put them equally into {k} bags", (f"there were {n} {t.many} in each bag", f"each bag held {n}")],
        )
        return (
            s.draft(
                [some_, *rng.choice(shared)],
                ask,
                [(f"[A] had {times(k, n)} {t.many}.", f"At first [A] had {times(k, n)} {t.many}.")],
                k * n,
                ifs=False,
            )
            if n > 1
            else None
        )
    if kind == 4:
        return s.draft(
            [some_, ("[A] gave half of them to [@B]", "[A] gave away half of them", "[A] sold half of them"), now],
            ask,
            [(f"At first [A] had {times(n, 2)} {t.many}.", f"[A] started with {times(n, 2)} {t.many}.")],
            2 * n,
        )
    return s.draft(
        [
            (f"[A] had {n + a} {t.many}",),
            ("[A] gave some of them to [@B]", "[A] lost some of them", "[A] gave some away", "[A] sold some of them"),
            (f"now [A has] {n} {t.many}", f"now there are {n} {t.many} left", f"[A has] {n} {t.many} left"),
        ],
        (
            f"how many {t.many} are gone",
            f"how many {t.many} are missing now",
            f"how many fewer {t.many} [does A] have now",
        ),
        [(f"{minus(n + a, n)} {t.many} are gone.", f"[A has] {minus(n + a, n)} {t.many} fewer.")],
        a,
    )


@family("chain.people")
def chain(rng: random.Random) -> Draft | None:
    s, t = Story(rng, 4), things(rng, 1)[0]
    a, size = rng.randint(3, 40), rng.randint(3, 4)
    values, steps = [a], list[Text]()
    facts: list[Text] = [(f"[A has] {a} {t.many}", f"[A owns] {a} {t.many}", f"there are {a} {t.many} in [A's] bag")]
    for before, who in zip("ABC", "BCD"[: size - 1], strict=False):
        last, n, k = values[-1], rng.randint(2, 20), rng.randint(2, 4)
        way = rng.randrange(4)
        if way == 0:
            value, sum_, how = last + n, plus(last, n), f"{n} more than [@{before}]"
        elif way == 1:
            value, sum_, how = (
                last - n,
                minus(last, n),
                rng.choice((f"{n} fewer than [@{before}]", f"{n} less than [@{before}]")),
            )
        elif way == 2:
            value, sum_, how = last * k, times(last, k), f"{_TIMES[k]} as many as [@{before}]"
        else:
            value, sum_, how = last // k, over(last, k), f"{_PART[k]} as many as [@{before}]"
            if last % k or k > 2:
                return None
        if value < 2:
            return None
        values.append(value)
        full = re.sub(r"(more|fewer|as many) (than|as) ", rf"\1 {t.many} \2 ", how)
        facts.append((f"[{who} has] {how}", f"[{who} has] {full}"))
        steps.append((f"[{who} has] {sum_} {t.many}.", f"So [{who} has] {sum_} {t.many}."))
    end, last = "ABCD"[size - 1], values[-1]
    total = sum(values)
    kind = rng.randrange(4)
    if kind == 3:
        facts = [*facts[1:], facts[0]]  # the known number comes last
    if kind == 0:
        return s.draft(
            facts, (f"how many {t.many} [does {end}] have", f"what number of {t.many} [does {end}] have"), steps, last
        )
    if kind == 1 and last != a:
        hi, lo = ("A", end) if a > last else (end, "A")
        return s.draft(
            facts,
            (
                f"how many more {t.many} [does {hi}] have than [@{lo}]",
                f"how many fewer {t.many} [does {lo}] have than [@{hi}]",
                f"what is the difference between [{hi}'s] and [{lo}'s] number of {t.many}",
            ),
            [
                *steps,
                (
                    f"[{hi} has] {minus(max(a, last), min(a, last))} more {t.many}.",
                    f"The difference is {minus(max(a, last), min(a, last))} {t.many}.",
                ),
            ],
            abs(a - last),
        )
    names = "they" if s.people[0] not in (_I, _YOU) else "we" if s.people[0] is _I else "you all"
    return s.draft(
        facts,
        (
            f"how many {t.many} do {names} have together",
            f"how many {t.many} do {names} have altogether",
            f"how many {t.many} are there in total",
        ),
        [*steps, (f"In total there are {plus(*values)} {t.many}.", f"Together that is {plus(*values)} {t.many}.")],
        total,
    )
