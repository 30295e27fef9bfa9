"""The basic families: getting, losing, sharing, groups, totals, arrays and parts, told in many ways.

A family picks numbers and the clauses that state them; a `Story` turns the clauses into English. It draws who is meant
(a name, a role, I, you), the tense, pronoun or name, whether clauses are sentences of their own, are joined, follow an
"if", or come after the question, and whether something that does not matter is said in between.

In a clause: {S} is the person (name or pronoun), {P} the person's (Sarah's or her), {o} {p} him and his, {f} a friend,
{n} the clause's number, {nT} the number with its noun, {T} {t} the noun, <give|gives|gave> a verb, {do} does or did.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from drr.grammar.core import Draft, family
from drr.grammar.words import (
    Person,
    Thing,
    aside,
    capital,
    colours,
    containers,
    foods,
    number,
    packs,
    people,
    place,
    things,
    things_of,
)

VERB = re.compile(
    r"<([^|>]*)\|([^|>]*)\|([^|>]*)>"
)  # present for I and you, for he and she, and past (if empty: present)

DOZENS = {12: "a dozen", 24: "two dozen"}


@dataclass(frozen=True)
class Voice:
    """Who a sentence is about: a named person, a role ("a farmer", then "the farmer"), I or you."""

    first: str
    name: str
    he: str
    him: str
    his: str
    third: bool = True

    @property
    def names(self) -> str:
        return self.name + "'s" if self.third else self.his


ME = Voice("I", "I", "I", "me", "my", third=False)
YOU = Voice("you", "you", "you", "you", "your", third=False)
ROLES = (
    "teacher", "baker", "farmer", "gardener", "shopkeeper", "student", "boy", "girl", "chef", "librarian", "coach",
    "collector", "artist", "pirate", "king", "wizard", "squirrel", "clown", "nurse", "scout", "neighbor", "robot",
)  # fmt: skip
SHE_OR_HE = {"girl": True, "boy": False, "king": False, "wizard": False}
FRIENDS = (
    "{p} brother", "{p} sister", "a friend", "{p} best friend", "{p} cousin", "{p} mother", "{p} grandmother",
    "{p} teacher", "{p} neighbor", "{p} uncle", "{p} dad", "{friend}", "{friend}", "{friend}", "{friend}",
)  # fmt: skip


def named(person: Person) -> Voice:
    """The voice of a named person."""
    return Voice(person.name, person.name, person.he, person.him, person.his)


def anyone(rng: random.Random, person: Person) -> Voice:
    """Mostly `person`; sometimes a role, I or you."""
    kind = rng.random()
    if kind < 0.80:
        return named(person)
    if kind < 0.87:
        role = rng.choice(ROLES)
        he, him, his = ("she", "her", "her") if SHE_OR_HE.get(role, rng.random() < 0.5) else ("he", "him", "his")
        return Voice(f"an {role}" if role[0] in "aeiou" else f"a {role}", f"the {role}", he, him, his)
    return ME if kind < 0.95 else YOU


@dataclass(frozen=True)
class Clause:
    """One fact: about whom, how it is said, its number (None: "some") and whether it happens after those before it."""

    who: Voice
    way: str
    n: int | None = None
    event: bool = False


class Story:
    """Draws the surface of one problem; `tell` gives the question, `step` and `steps` its solution."""

    def __init__(self, rng: random.Random, thing: Thing | None = None, **numbers: int) -> None:
        self.rng = rng
        self.cast = people(rng, 4)
        self.who = anyone(rng, self.cast[0])
        self.other, self.third = named(self.cast[1]), named(self.cast[2])
        self.thing, self.distractor = things(rng, 2)
        self.thing = thing or self.thing
        self.past = rng.random() < 0.5
        self.mixed = rng.random() < 0.2  # "She has 5 apples. She bought 3 more."
        self.last: Voice | None = None
        self.met: set[str] = set()
        self.words = {"T": self.thing.many, "t": self.thing.one, "friend": self.cast[3].name, "place": place(rng)}
        box = containers(rng, 1)[0]
        self.words |= {"box": box.one, "boxes": box.many}
        self.words |= {key: number(rng, n) for key, n in numbers.items()}

    def clause(self, *ways: str, n: int | None = None, who: Voice | None = None, event: bool = False) -> Clause:
        return Clause(who or self.who, self.rng.choice(ways), n, event)

    def _name(self, who: Voice) -> str:
        known = who.name in self.met
        self.met.add(who.name)
        return who.name if known else who.first

    def say(self, clause: Clause, *, drop: bool = False, present: bool = False) -> str:
        """The clause in English; `drop` leaves its subject out ("and buys 3 more")."""
        who, n = clause.who, clause.n
        template = clause.way.removeprefix("{S} ") if drop else clause.way
        mentions = any(key in template for key in ("{S}", "{P}", "{O}"))
        subject, owner, target = who.he, who.his, who.him
        if mentions and who.third and (who != self.last or self.rng.random() < 0.35):
            subject = target = self._name(who)
            owner = subject + "'s"
        if mentions or drop:
            self.last = None if template.startswith("{f}") and who.third else who
        template = template.replace("{f}", self.rng.choice(FRIENDS))
        amount = "some" if n is None else number(self.rng, n)
        if n in DOZENS and "another" not in template and self.rng.random() < 0.3:
            amount = DOZENS[n]
        person = {"S": subject, "P": owner, "O": target, "o": who.him, "p": who.his}
        text = template.format_map(self.words | person | {"n": amount, "nT": f"{amount} {self.thing(n or 2)}"})
        form = 3 if (self.past or (self.mixed and clause.event)) and not present else 2 if who.third else 1
        return VERB.sub(lambda verb: verb.group(form) or verb.group(2 if who.third else 1), text)

    def _joined(self, clauses: Sequence[Clause], present: bool = False) -> str:
        """The clauses as one run: A, B, and then C."""
        text = ""
        for index, clause in enumerate(clauses):
            parallel = index > 0 and all(
                c.who == self.last and c.way.startswith("{S} ") and ", " not in c.way
                for c in clauses[index - 1 : index + 1]
            )
            drop = parallel and self.rng.random() < 0.6
            link = self.rng.choice((" and then ", ", then ", " and ") if clause.event else (" and ",))
            if index < len(clauses) - 1:
                link = ", "
            elif index > 1 or not drop:
                link = ", and " if link == " and " else link
            text += (link if text else "") + self.say(clause, drop=drop, present=present)
        return text

    def _sentences(self, clauses: Sequence[Clause]) -> str:
        """The clauses as sentences, neighbours now and then joined, with now and then one that does not matter."""
        rng, rest = self.rng, list(clauses)
        sentences: list[str] = []
        distract = rng.random()
        while rest:
            size = rng.choice((1, 1, 1, 2, 2, 3)) if self.past or rest[0].who.third else rng.choice((1, 1, 2))
            run, rest = rest[:size], rest[size:]
            lead = rng.choice(("Then", "Later,", "After that,", "Next,", "The next day,", "A little later,"))
            text = self._joined(run)
            sentences.append(
                f"{lead} {text}." if sentences and run[0].event and rng.random() < 0.25 else f"{capital(text)}."
            )
            if (
                distract < 0.06
                and self.distractor.one != self.thing.one
                and len(sentences) == 1
                and self.last == self.who
                and self.who.third
            ):
                extra = Clause(self.who, "{S} also <have|has|had> {n} " + self.distractor.many, rng.randint(2, 60))
                sentences.append(f"{capital(self.say(extra))}.")
            elif distract > 0.82 and len(sentences) == 1:
                sentences.append(aside(rng, self.cast[0] if self.cast[0].name in self.met else None))
                self.last = None
        return " ".join(sentences)

    def tell(self, clauses: Sequence[Clause], *asks: str, who: Voice | None = None, wish: bool = True) -> str:
        """The whole question; `wish` allows the forms with "if"."""
        style = self.rng.random()
        if not wish or style > 0.42:
            return f"{self._sentences(clauses)} {capital(self._ask(asks, who))}?"
        if style < 0.12:
            question = capital(self._ask(asks, who))
            return f"{question} if {self._joined(clauses)}?"
        if style < 0.25 or len(clauses) == 1:
            return f"If {self._joined(clauses)}, {self._ask(asks, who)}?"
        self.past = self.mixed = False
        told = self._sentences(clauses[:-1])
        return f"{told} If {self._joined(clauses[-1:])}, {self._ask(asks, who, will=clauses[-1].event)}?"

    def _ask(self, asks: Sequence[str], who: Voice | None, will: bool = False) -> str:
        if who:
            self.last = None  # of several people, one is asked about by name
        who = who or self.who
        do = "did" if self.past and self.rng.random() < 0.5 else "does" if who.third else "do"
        will = will and self.rng.random() < 0.5
        now = "" if do == "did" or will else self.rng.choice(("", " now", " now"))
        self.words |= {"do": "will" if will else do, "did": "did" if self.past else do, "now": now}
        return self.say(Clause(who, self.rng.choice(asks)), present=do != "did")

    def step(self, equation: str, *ways: str, who: Voice | None = None, thing: Thing | None = None) -> str:
        """One line of the solution; {E} is the equation, {ET} the equation and the noun, {S} always the name."""
        who = who or self.who
        result = eval(equation)  # digits and operators of this module only
        if result != int(result):
            raise ValueError(f"{equation} is not whole")
        done = f"{equation}={int(result)}"
        fields = {"S": who.name, "P": who.names, "E": done, "ET": f"{done} {(thing or self.thing)(int(result))}"}
        ways = tuple(way for way in ways if result != 1 or " are " not in way) or ways
        text = self.rng.choice(ways).format_map(self.words | fields)
        return capital(VERB.sub(lambda verb: verb.group(2 if who.third else 1), text)) + "."


def amount(rng: random.Random, low: int = 2) -> int:
    """A natural amount: mostly small."""
    return rng.randint(low, rng.choice((10, 12, 20, 20, 30, 50, 99, 140)))


HAVE = (
    "{S} <have|has|had> {nT}", "{S} <have|has|had> {nT}", "{S} <have|has|had> {nT}",
    "{S} <start|starts|started> with {nT}",
    "{S} <have|has|had> {nT} in {p} {box}", "{S} <own|owns|owned> {nT}", "{S} <have|has|had> {nT} at home",
    "there <are|are|were> {nT} in {P} {box}", "{S} <bring|brings|brought> {nT} with {o}",
    "{S} <keep|keeps|kept> {nT} in a {box}", "{P} {box} <holds|holds|held> {nT}", "{S} <have|has|had> a total of {nT}",
)  # fmt: skip
HAVE_SOME = (
    "{S} <have|has|had> some {T}", "{S} <start|starts|started> with some {T}", "{S} <have|has|had> a few {T}",
    "{S} <have|has|had> some {T} in {p} {box}", "there <are|are|were> some {T} in {P} {box}",
)  # fmt: skip
NOW_HAVE = (
    "now {S} <have|has|> {nT}", "{S} <have|has|> {nT} now", "{S} now <have|has|> {nT}",
    "{S} now <have|has|> {nT} in total",
)  # fmt: skip
NOW_LEFT = (
    "now {S} <have|has|> {nT}", "{S} <have|has|> {nT} left", "{S} now <have|has|> {nT}",
    "now {S} <have|has|> only {nT} left", "there are {nT} left",
)  # fmt: skip
ASK_HAVE = (
    "how many {T} {do} {S} have{now}", "how many {T} {do} {S} have{now}", "how many {T} {do} {S} have in total",
    "how many {T} {do} {S} have altogether", "how many {T} {do} {S} have in all", "how many {do} {S} have{now}",
)  # fmt: skip
ASK_LEFT = (
    "how many {T} {do} {S} have left", "how many {T} {do} {S} have left", "how many {T} are left",
    "how many {do} {S} have left", "how many {T} {do} {S} still have", "how many {T} remain",
    "how many {T} {do} {S} have{now}",
)  # fmt: skip
ASK_BEFORE = (
    "how many {T} did {S} have at first", "how many {T} did {S} have to begin with",
    "how many {T} did {S} start with", "how many {T} did {S} have before", "how many did {S} have at the start",
)  # fmt: skip
STEP_MORE = (
    "{S} <have|has|had> {ET}", "{S} now <have|has|had> {ET}", "that makes {ET}", "{S} <have|has|had> {ET} in total",
)  # fmt: skip
STEP_LESS = (
    "{S} <have|has|had> {ET} left", "that leaves {ET}", "{S} now <have|has|had> {ET}", "{E} {T} are left",
)  # fmt: skip

GAINS: dict[str, tuple[str, ...]] = {  # base verb: ways to tell it
    "get": (
        "{S} <get|gets|got> {n} more", "{S} <get|gets|got> {nT} from {f}", "{f} <gives|gives|gave> {O} {n} more",
        "{f} <gives|gives|gave> {O} {nT}", "{S} <receive|receives|received> {n} more from {f}",
        "{S} <get|gets|got> {n} more {T} for {p} birthday", "{f} <brings|brings|brought> {O} {n} more {T}",
    ),
    "buy": (
        "{S} <buy|buys|bought> {n} more", "{S} <buy|buys|bought> {n} more {T}",
        "{S} <buy|buys|bought> {nT} at the store",
        "{S} <go|goes|went> to the shop and <buy|buys|bought> {n} more", "{S} <buy|buys|bought> another {n}",
        "{S} <buy|buys|bought> {nT} from {f}",
    ),
    "find": (
        "{S} <find|finds|found> {n} more", "{S} <find|finds|found> {nT} {place}", "{S} <find|finds|found> {n} more {T}",
        "{S} <find|finds|found> another {n} under the bed", "{S} <find|finds|found> {nT} on the way home",
    ),
    "collect": (
        "{S} <collect|collects|collected> {n} more", "{S} <collect|collects|collected> {nT} {place}",
        "{S} <add|adds|added> {n} more to them", "{S} <gather|gathers|gathered> {n} more {T}",
    ),
    "win": (
        "{S} <win|wins|won> {n} more", "{S} <win|wins|won> {nT} in a game", "{S} <win|wins|won> {nT} from {f}",
        "{S} <win|wins|won> another {n} at the fair",
    ),
    "make": (
        "{S} <make|makes|made> {n} more", "{S} <make|makes|made> {nT} with {f}", "{S} <make|makes|made> another {n}",
    ),
}  # fmt: skip
LOSSES: dict[str, tuple[str, ...]] = {
    "give away": (
        "{S} <give|gives|gave> {n} to {f}", "{S} <give|gives|gave> {n} of them to {f}",
        "{S} <give|gives|gave> away {n}", "{S} <give|gives|gave> {nT} away", "{S} <give|gives|gave> {f} {n} of them",
        "{S} <give|gives|gave> {nT} to {f}", "{f} <takes|takes|took> {n} of {P} {T}",
        "{S} <hand|hands|handed> {n} to {f}",
    ),
    "lose": (
        "{S} <lose|loses|lost> {n}", "{S} <lose|loses|lost> {n} of them", "{S} <lose|loses|lost> {nT} {place}",
        "{S} <lose|loses|lost> {nT} on the way home", "{S} <drop|drops|dropped> {nT} and <lose|loses|lost> them",
    ),
    "sell": (
        "{S} <sell|sells|sold> {n}", "{S} <sell|sells|sold> {n} of them", "{S} <sell|sells|sold> {nT} to {f}",
        "{S} <sell|sells|sold> {nT} at the market",
    ),
    "use": (
        "{S} <use|uses|used> {n}", "{S} <use|uses|used> {n} of them", "{S} <use|uses|used> {nT} for a project",
    ),
    "throw away": (
        "{S} <throw|throws|threw> away {n}", "{S} <throw|throws|threw> {n} of them away",
        "{S} <throw|throws|threw> away {nT} because they <are|are|were> broken",
    ),
}  # fmt: skip
EATEN = {
    "eat": (
        "{S} <eat|eats|ate> {n}", "{S} <eat|eats|ate> {n} of them", "{S} <eat|eats|ate> {nT}",
        "{S} <eat|eats|ate> {nT} for lunch", "{S} <eat|eats|ate> {n} after dinner",
        "{f} <eats|eats|ate> {n} of {P} {T}",
        "{S} <eat|eats|ate> {n} with {f}", "{S} <have|has|had> {n} of them for breakfast",
    ),
}  # fmt: skip
PAST = {"get": "got", "buy": "bought", "find": "found", "collect": "collected", "win": "won", "make": "made"} | {
    "give": "gave",
    "lose": "lost",
    "sell": "sold",
    "use": "used",
    "throw": "threw",
    "eat": "ate",
}


def _change(story: Story, verb: str, n: int | None) -> Clause:
    return story.clause(*(GAINS | LOSSES | EATEN)[verb], n=n, event=True)


def _one_change(rng: random.Random, story: Story, verb: str) -> Draft | None:
    """A state, one change and the state after it; any of the three is asked for."""
    gain = verb in GAINS
    before, moved = amount(rng, 3), amount(rng)
    after = before + moved if gain else before - moved
    if not 1 <= after <= 200:
        return None
    unknown = rng.random()
    change = _change(story, verb, moved)
    if unknown < 0.7:
        question = story.tell([story.clause(*HAVE, n=before), change], *(ASK_HAVE if gain else ASK_LEFT))
        step = f"{before}{'+' if gain else '-'}{moved}", *(STEP_MORE if gain else STEP_LESS)
        return question, [story.step(*step)], after
    now = story.clause(*(NOW_HAVE if gain else NOW_LEFT[: -1 if after == 1 else None]), n=after)
    if unknown < 0.85:
        question = story.tell([story.clause(*HAVE_SOME), change, now], *ASK_BEFORE, wish=False)
        ways = "{S} had {ET} at first", "{S} started with {ET}", "before that, {S} had {ET}"
        return question, [story.step(f"{after}{'-' if gain else '+'}{moved}", *ways)], before
    base, _, away = verb.partition(" ")
    asks: tuple[str, ...] = f"how many {{T}} did {{S}} {base} {away}", f"how many did {{S}} {base} {away}"
    story.past = True
    vague = Clause(story.who, f"{{S}} {PAST[base]} some {away}".strip(), event=True)
    clauses = [story.clause(*HAVE, n=before), vague, now]
    question = story.tell(clauses, *(ask.strip() for ask in asks), wish=False)
    equation = f"{after}-{before}" if gain else f"{before}-{after}"
    return question, [story.step(equation, f"{{S}} {PAST[base]} {{ET}} {away}".strip())], moved


@family("basics.gain")
def gain(rng: random.Random) -> Draft | None:
    return _one_change(rng, Story(rng), rng.choice(tuple(GAINS)))


@family("basics.lose")
def lose(rng: random.Random) -> Draft | None:
    return _one_change(rng, Story(rng), rng.choice(tuple(LOSSES)))


@family("basics.eat")
def eat(rng: random.Random) -> Draft | None:
    return _one_change(rng, Story(rng, foods(rng, 1)[0]), "eat")


@family("basics.changes")
def changes(rng: random.Random) -> Draft | None:
    """Two to four changes in a row, told in order."""
    food = rng.random() < 0.25
    story = Story(rng, foods(rng, 1)[0] if food else None)
    have = first = amount(rng, 4)
    verbs = rng.sample([*GAINS, *LOSSES, *(EATEN if food else ())], rng.choice((2, 2, 2, 3, 3, 4)))
    clauses, steps = [story.clause(*HAVE, n=first)], []
    for verb in verbs:
        moved = amount(rng)
        sign = "+" if verb in GAINS else "-"
        clauses.append(_change(story, verb, moved))
        after = have + moved if sign == "+" else have - moved
        if not 1 <= after <= 200:
            return None
        steps.append(story.step(f"{have}{sign}{moved}", *(STEP_MORE if sign == "+" else STEP_LESS)))
        have = after
    return story.tell(clauses, *(ASK_HAVE[:2] + ASK_LEFT[-1:] if verbs[-1] in GAINS else ASK_LEFT)), steps, have


@family("basics.transfer")
def transfer(rng: random.Random) -> Draft | None:
    """One person gives to another: what either has then, or who has how much more."""
    story = Story(rng)
    who, other = story.who, story.other
    mine, theirs, given = amount(rng, 4), amount(rng), amount(rng)
    if not given < mine or theirs + given > 200:
        return None
    story.words["other"] = other.name
    give = Clause(who, rng.choice(("{S} <give|gives|gave> {n} to {other}", "{S} <give|gives|gave> {other} {nT}",
                                   "{S} <hand|hands|handed> {n} {T} to {other}")), given, event=True)  # fmt: skip
    facts = [story.clause(*HAVE[:3], n=mine), story.clause(*HAVE[:3], n=theirs, who=other)]
    rng.shuffle(facts)
    asked = rng.choice((who, other))
    question = story.tell([*facts, give], *ASK_HAVE[:3], "how many {T} {do} {S} have after that", who=asked)
    if asked is who:
        return question, [story.step(f"{mine}-{given}", *STEP_LESS[:3])], mine - given
    return question, [story.step(f"{theirs}+{given}", *STEP_MORE, who=other)], theirs + given


OBTAINED = (
    "{S} <have|has|had> {nT}", "{S} <have|has|had> {nT}", "{S} <collect|collects|collected> {nT}",
    "{S} <find|finds|found> {nT} {place}", "{S} <bring|brings|brought> {nT}", "{S} <buy|buys|bought> {nT}",
    "{S} <own|owns|owned> {nT}", "{S} <count|counts|counted> {nT}", "{P} {box} <has|has|had> {nT} in it",
)  # fmt: skip


@family("basics.combine")
def combine(rng: random.Random) -> Draft | None:
    """Two or three people: what they have together, or one of them from the total."""
    story = Story(rng)
    voices = [story.who, story.other, story.third][: rng.choice((2, 2, 3))]
    counts = [amount(rng) for _ in voices]
    total = sum(counts)
    if total > 200:
        return None
    names = [voice.him if voice in (ME, YOU) else voice.name for voice in voices]
    names = names[1:] + names[:1]
    they = ", ".join(names[:-1]) + " and " + names[-1] if len(names) < 3 else f"{names[0]}, {names[1]}, and {names[2]}"
    story.words |= {"they": they, "both": "both" if len(voices) == 2 else "all three"}
    way = rng.choice(OBTAINED)
    facts = [Clause(voice, way if rng.random() < 0.7 else rng.choice(OBTAINED[:2]), n)
             for voice, n in zip(voices, counts, strict=True)]  # fmt: skip
    if rng.random() < 0.75:
        rng.shuffle(facts)
        asks: tuple[str, ...] = (
            "how many {T} are there altogether", "how many {T} are there in total", "how many {T} is that in all",
            "what is the total number of {T}",
        )  # fmt: skip
        if story.who.third:
            asks += (
                "how many {T} do they have altogether", "how many {T} do they have together",
                "how many {T} do {they} have in total", "how many {T} do they have in all",
            )  # fmt: skip
        question = story.tell(facts, *asks, who=story.who)
        (a, *_), (first, second, *_) = [fact.n for fact in facts], [fact.who for fact in facts]
        all_of_them = "altogether there are {ET}", "{E} {T} in total", "in all that is {ET}"
        if len(facts) == 3 and rng.random() < 0.7 and all(voice.third for voice in voices):
            pair = total - (facts[2].n or 0)
            steps = [story.step(f"{a}+{pair - (a or 0)}", f"{first.name} and {second.name} <have|have|had> {{ET}}")]
            return question, [*steps, story.step(f"{pair}+{facts[2].n}", *all_of_them)], total
        return question, [story.step("+".join(str(fact.n) for fact in facts), *all_of_them)], total
    if not story.who.third:
        return None
    known, unknown = facts[:-1], voices[-1]
    whole = rng.choice(
        (f"{they} have {total} {story.thing.many} altogether", f"{they} have {total} {story.thing.many} in total")
    )
    story.met |= {story.who.name}
    known = [Clause(fact.who, "{S} <have|has|> {n} of them" if rng.random() < 0.5 else "{S} <have|has|> {nT}", fact.n)
             for fact in known]  # fmt: skip
    question = story.tell(
        [Clause(story.who, whole), *known], "how many {T} does {S} have", "how many does {S} have", who=unknown
    )
    equation = f"{total}-" + "-".join(str(fact.n) for fact in known)
    return question, [story.step(equation, "{S} <have|has|> {ET}", "that leaves {ET} for {S}", who=unknown)], counts[-1]


@family("basics.share")
def share(rng: random.Random) -> Draft | None:
    """Shared equally: at once, after a change, or with some kept; asked for each share or for the friends."""
    food = rng.random() < 0.4
    story = Story(rng, foods(rng, 1)[0] if food else None)
    groups, each = rng.randint(2, 12), rng.randint(2, rng.choice((6, 12, 20)))
    total = groups * each
    if total > 200:
        return None
    kind = rng.choice(("plain", "plain", "gain", "lose", "keep", "people"))
    change = rng.randint(2, 20)
    guests = rng.choice(("friends", "children", "classmates", "cousins", "students", "people", "neighbors", "kids"))
    each_word = {"children": "child", "people": "person"}.get(guests, guests[:-1])
    story.words |= {"guests": guests, "guest": each_word, "g": number(rng, groups)}
    split = story.clause(
        "{S} <share|shares|shared> them equally among {g} {guests}",
        "{S} <divide|divides|divided> them equally between {g} {guests}",
        "{S} <want|wants|wanted> to share them equally among {g} {guests}",
        "{S} <give|gives|gave> them to {g} {guests}, the same number to each",
        "{S} <split|splits|split> them evenly among {g} {guests}",
        "{g} {guests} <share|share|shared> them equally", event=True,
    )  # fmt: skip
    asks: tuple[str, ...] = (
        "how many {T} does each {guest} get", "how many does each {guest} get", "how many {T} will each {guest} get",
        "how many {T} does each of the {guests} receive", "how many {T} are there for each {guest}",
    )  # fmt: skip
    last = story.step(
        f"{total}/{groups}", "each {guest} gets {ET}", "that is {ET} for each {guest}", "each of the {guests} gets {ET}"
    )
    if kind == "plain":
        return story.tell([story.clause(*HAVE, n=total), split], *asks), [last], each
    if kind == "people":
        per = story.clause("{S} <give|gives|gave> {n} to each of {p} {guests} until none <are|are|were> left",
                           "each {guest} <gets|gets|got> {n}, and none <are|are|were> left over",
                           "{S} <give|gives|gave> each {guest} {n} until they <are|are|were> all gone",
                           n=each)  # fmt: skip
        question = story.tell(
            [story.clause(*HAVE, n=total), per], "how many {guests} got {T}", "how many {guests} are there", wish=False
        )
        return (
            question,
            [story.step(f"{total}/{each}", "there are {E} {guests}", "that is enough for {E} {guests}")],
            groups,
        )
    if kind == "gain":
        start, verb, sign, step = total - change, rng.choice(("get", "buy", "find", "make")), "+", STEP_MORE
    else:
        start, verb, sign, step = total + change, "eat" if food else rng.choice(("lose", "sell", "use")), "-", STEP_LESS
    middle = _change(story, verb, change)
    if kind == "keep":
        middle = story.clause("{S} <keep|keeps|kept> {n} for later", "{S} <put|puts|put> {n} of them aside", n=change)
        split = Clause(story.who, split.way.replace("them", "the rest"), event=True)
    if not 2 <= start <= 200:
        return None
    question = story.tell([story.clause(*HAVE, n=start), middle, split], *asks)
    return question, [story.step(f"{start}{sign}{change}", *step), last], each


FILLED = (
    "{S} <have|has|had> {g} {boxes} of {T} with {each} in each {box}",
    "{S} <buy|buys|bought> {g} {boxes} of {each} {T} each",
    "there <are|are|were> {each} {T} in each of {P} {g} {boxes}",
    "{S} <fill|fills|filled> {g} {boxes} with {each} {T} each",
    "{S} <put|puts|put> {each} {T} in each of {g} {boxes}",
    "{S} <have|has|had> {g} {boxes}, and each {box} <holds|holds|held> {each} {T}",
    "{S} <pack|packs|packed> {g} {boxes}, and every {box} <has|has|had> {each} {T} in it",
    "{S} <have|has|had> {g} {boxes} with {each} {T} in each",
    "{S} <have|has|had> {g} {boxes} of {T}, each with {each} {T}",
)  # fmt: skip
STEP_GROUPS = (
    "{S} <have|has|had> {ET}", "the {boxes} hold {ET}", "{g2} {boxes} hold {ET}", "that is {ET} in the {boxes}",
    "in the {boxes} there are {ET}",
)  # fmt: skip


def _groups(rng: random.Random, packed: bool = False) -> tuple[Story, int, int, Clause]:
    """A story with groups of things, the number of groups, of things in each, and the clause that says so."""
    groups, each = rng.randint(2, 12), rng.randint(2, rng.choice((6, 12, 12, 20)))
    story = Story(rng, g=groups, each=each)
    if packed:
        pack = packs(rng, 1)[0]
        story.words |= {"box": pack.one, "boxes": pack.many}
    story.words["g2"] = str(groups)
    return story, groups, each, story.clause(*FILLED)


@family("basics.groups")
def groups_of(rng: random.Random) -> Draft | None:
    """Equal groups: how many in all, alone, with loose ones, or without some."""
    story, groups, each, filled = _groups(rng, packed=rng.random() < 0.5)
    total, loose = groups * each, rng.randint(2, 30)
    product = story.step(f"{groups}*{each}", *STEP_GROUPS)
    kind = rng.choice(("plain", "plus", "minus", "minus"))
    if kind == "plain":
        asks = *ASK_HAVE[:5], "how many {T} are there in all the {boxes}", "how many {T} are in the {boxes} altogether"
        return story.tell([filled], *asks), [product], total
    if kind == "plus":
        extra = story.clause("{S} also <have|has|had> {n} loose {T}", "{S} <have|has|had> {n} more at home", n=loose)
        if rng.random() < 0.5:
            extra = _change(story, rng.choice(tuple(GAINS)), loose)
        return (
            story.tell([filled, extra], *ASK_HAVE[:5]),
            [product, story.step(f"{total}+{loose}", *STEP_MORE)],
            total + loose,
        )
    if loose >= total:
        return None
    change = _change(story, rng.choice(tuple(LOSSES)), loose)
    return story.tell([filled, change], *ASK_LEFT), [product, story.step(f"{total}-{loose}", *STEP_LESS)], total - loose


@family("basics.two_kinds")
def two_kinds(rng: random.Random) -> Draft | None:
    """Two sorts of groups, or some groups given away."""
    story, groups, each, filled = _groups(rng)
    total, fewer = groups * each, rng.randint(1, groups - 1)
    if rng.random() < 0.45:
        box = story.words["box" if fewer == 1 else "boxes"]
        gone = story.clause(
            f"{{S}} <give|gives|gave> {{n}} {box} to {{f}}",
            f"{{S}} <sell|sells|sold> {{n}} of the {story.words['boxes']}",
            f"{{S}} <lose|loses|lost> {{n}} {box}", n=fewer, event=True,
        )  # fmt: skip
        question = story.tell([filled, gone], *ASK_LEFT[:3])
        left = groups - fewer
        first = story.step(
            f"{groups}-{fewer}", "{S} <have|has|had> {ET} left", thing=Thing(story.words["box"], story.words["boxes"])
        )
        return (
            question,
            [first, story.step(f"{left}*{each}", "{S} <have|has|had> {ET} left", "that is {ET}")],
            left * each,
        )
    count, size = rng.randint(2, 9), rng.randint(2, 12)
    kinds = [kind for kind in containers(rng, 3) if kind.one != story.words["box"]]
    story.words["more"], second = number(rng, size), kinds[0]
    more = story.clause(
        f"{{S}} also <have|has|had> {{n}} {second.many} with {{more}} {{T}} in each {second.one}",
        f"{{S}} also <have|has|had> {{n}} {second.many} of {{more}} {{T}} each", n=count,
    )  # fmt: skip
    both = total + count * size
    steps = [
        story.step(f"{groups}*{each}", "the {boxes} hold {ET}", "in the {boxes} there are {ET}"),
        story.step(f"{count}*{size}", f"the {second.many} hold {{ET}}", f"in the {second.many} there are {{ET}}"),
        story.step(f"{total}+{count * size}", *STEP_MORE),
    ]
    return story.tell([filled, more], *ASK_HAVE[:5]), steps, both


@family("basics.pack_up")
def pack_up(rng: random.Random) -> Draft | None:
    """Things divided into groups of a size or into a number of groups, at once or after a change."""
    story, groups, each, _ = _groups(rng)
    total, change = groups * each, rng.randint(2, 30)
    start, steps, middle = total, [], []
    kind = rng.choice(("plain", "plain", "gain", "lose"))
    if kind != "plain":
        start = total - change if kind == "gain" else total + change
        middle = [_change(story, rng.choice(tuple(GAINS if kind == "gain" else LOSSES)), change)]
        steps = [
            story.step(
                f"{start}{'+' if kind == 'gain' else '-'}{change}", *(STEP_MORE if kind == "gain" else STEP_LESS)
            )
        ]
    if start < 2:
        return None
    have = story.clause(*HAVE[:4], n=start)
    if rng.random() < 0.5:
        put = story.clause(
            "{S} <put|puts|put> {each} {T} in each {box}", "each {box} <holds|holds|held> {each} {T}",
            "{S} <pack|packs|packed> them into {boxes} of {each}", "{each} {T} <fit|fit|fit> in one {box}",
            "{S} <put|puts|put> them in {boxes} with {each} in every {box}",
        )  # fmt: skip
        asks: tuple[str, ...] = (
            "how many {boxes} {do} {S} need", "how many {boxes} {do} {S} fill", "how many {boxes} can {S} fill",
            "how many {boxes} are needed",
        )  # fmt: skip
        last = story.step(
            f"{total}/{each}", "{S} <need|needs|needed> {E} {boxes}", "that fills {E} {boxes}", "{E} {boxes} are needed"
        )
        return story.tell([have, *middle, put], *asks, wish=kind == "plain"), [*steps, last], groups
    put = story.clause(
        "{S} <put|puts|put> them equally into {g} {boxes}",
        "{S} <divide|divides|divided> them evenly among {g} {boxes}",
        "{S} <pack|packs|packed> them into {g} {boxes} with the same number in each", event=True,
    )  # fmt: skip
    asks = (
        "how many {T} are in each {box}",
        "how many {T} go in each {box}",
        "how many {T} does each {box} hold",
    )
    return (
        story.tell([have, *middle, put], *asks),
        [*steps, story.step(f"{total}/{groups}", "each {box} holds {ET}", "there are {ET} in each {box}")],
        each,
    )


@family("basics.give_each")
def give_each(rng: random.Random) -> Draft | None:
    """The same to each of several people: how many are left, needed, or given."""
    story, groups, each, _ = _groups(rng)
    total, spare = groups * each, rng.randint(1, 30)
    guests, guest = rng.choice((("friends", "friend"), ("children", "child"), ("cousins", "cousin"), ("students",
    "student"),
                                ("classmates", "classmate"), ("neighbors", "neighbor"), ("kids", "kid"), ("teammates",
                                "teammate")))  # fmt: skip
    story.words |= {"guests": guests, "guest": guest}
    give = story.clause(
        "{S} <give|gives|gave> {each} {T} to each of {g} {guests}",
        "{S} <give|gives|gave> {g} {guests} {each} {T} each",
        "{S} <hand|hands|handed> {each} {T} to each of {p} {g} {guests}",
        "each of {P} {g} {guests} <gets|gets|got> {each} {T}", event=True,
    )  # fmt: skip
    product = f"{groups}*{each}"
    kind = rng.choice(("left", "left", "start", "need"))
    if kind == "left":
        steps = [
            story.step(product, "{S} <give|gives|gave> away {ET}", "the {guests} get {ET}"),
            story.step(f"{total + spare}-{total}", *STEP_LESS),
        ]
        return story.tell([story.clause(*HAVE, n=total + spare), give], *ASK_LEFT), steps, spare
    given = story.step(product, "{S} gave away {ET}", "the {guests} got {ET}")
    if kind == "start":
        question = story.tell([give, story.clause(*NOW_LEFT[:4], n=spare)], *ASK_BEFORE, wish=False)
        return (
            question,
            [given, story.step(f"{total}+{spare}", "{S} had {ET} at first", "{S} started with {ET}")],
            total + spare,
        )
    if spare >= total:
        return None
    want = story.clause(
        "{S} <want|wants|wanted> to give {each} {T} to each of {g} {guests}",
        "{S} <need|needs|needed> {each} {T} for each of {g} {guests}",
    )
    have = story.clause(
        "{S} already <have|has|had> {nT}", "{S} <have|has|had> {nT}", "{S} only <have|has|had> {nT}", n=spare
    )
    facts = [want, have] if rng.random() < 0.6 else [have, want]
    asks: tuple[str, ...] = (
        "how many more {T} {do} {S} need",
        "how many more {do} {S} need",
        "how many {T} {do} {S} still need",
    )
    steps = [
        story.step(product, "{S} <need|needs|needed> {ET}", "the {guests} need {ET}"),
        story.step(f"{total}-{spare}", "{S} <need|needs|needed> {E} more {T}", "{S} still <need|needs|needed> {ET}"),
    ]
    return story.tell(facts, *asks), steps, total - spare


@family("basics.need_more")
def need_more(rng: random.Random) -> Draft | None:
    """A goal, what there is and sometimes what is added: how many more."""
    story = Story(rng)
    goal, have = amount(rng, 6), amount(rng)
    got = amount(rng) if rng.random() < 0.4 else 0
    if goal <= have + got:
        return None
    want = story.clause(
        "{S} <want|wants|wanted> to have {nT}", "{S} <need|needs|needed> {nT}",
        "{S} <want|wants|wanted> to collect {nT}",
        "{P} goal <is|is|was> {nT}", "{S} <need|needs|needed> {nT} for a party",
        "{S} <need|needs|needed> {nT} for a school project",
        "{P} {box} can hold {nT}", n=goal,
    )  # fmt: skip
    owned = story.clause("{S} already <have|has|had> {n}", "{S} <have|has|had> {nT}", "{S} <have|has|had> only {nT}",
    "so far {S} <have|has|had> {nT}",
                         "{S} <have|has|had> {n} so far", n=have)  # fmt: skip
    facts = [want, owned] if rng.random() < 0.7 or "{nT}" not in owned.way else [owned, want]
    steps = []
    if got:
        facts.insert(facts.index(owned) + 1, _change(story, rng.choice(tuple(GAINS)), got))
        steps = [story.step(f"{have}+{got}", *STEP_MORE)]
    asks: tuple[str, ...] = (
        "how many more {T} {do} {S} need", "how many more {do} {S} need", "how many {T} {do} {S} still need",
        "how many more {T} must {S} get", "how many {T} {do} {S} still have to get",
    )  # fmt: skip
    if "can hold" in want.way:
        asks = "how many more {T} fit in the {box}", "how many more {T} can {S} put in the {box}"
    more = "there is room for {E} more {T}" if "can hold" in want.way else "{S} still <need|needs|needed> {ET}"
    last = story.step(f"{goal}-{have + got}", "{S} <need|needs|needed> {E} more {T}", more)
    return story.tell(facts, *asks), [*steps, last], goal - have - got


ROWS = (  # what stands in rows, rows of what, where
    ("chair", "chairs", "row", "rows", "in the hall"), ("desk", "desks", "row", "rows", "in the classroom"),
    ("seat", "seats", "row", "rows", "in the theater"), ("tree", "trees", "row", "rows", "in the orchard"),
    ("plant", "plants", "row", "rows", "in the garden"), ("carrot", "carrots", "row", "rows", "on the farm"),
    ("car", "cars", "row", "rows", "in the parking lot"), ("soldier", "soldiers", "line", "lines", "in the parade"),
    ("tile", "tiles", "row", "rows", "on the floor"), ("book", "books", "shelf", "shelves", "in the library"),
    ("student", "students", "line", "lines", "on the playground"), ("cookie", "cookies", "row", "rows", "on the tray"),
    ("photo", "photos", "page", "pages", "in the album"), ("stamp", "stamps", "page", "pages", "in the book"),
    ("window", "windows", "floor", "floors", "in the building"), ("room", "rooms", "floor", "floors", "in the hotel"),
    ("muffin", "muffins", "row", "rows", "in the pan"), ("child", "children", "table", "tables", "in the cafeteria"),
    ("guest", "guests", "table", "tables", "at the party"), ("player", "players", "team", "teams", "in the league"),
    ("kid", "kids", "van", "vans", "on the trip"), ("square", "squares", "row", "rows", "on the board"),
)  # fmt: skip

BESIDE = {"table": "at", "team": "on", "page": "on", "floor": "on", "shelf": "on"}


@family("basics.rows")
def rows(rng: random.Random) -> Draft | None:
    """Arrays: rows times columns, more or fewer than that, or one side from the whole."""
    one, many, row, row_many, where = rng.choice(ROWS)
    count, each, change = rng.randint(2, 15), rng.randint(2, 14), rng.randint(2, 20)
    story = Story(rng, Thing(one, many), g=count, each=each)
    story.past = False
    story.words |= {"row": row, "rows": row_many, "where": where, "in": BESIDE.get(row, "in")}
    total = count * each
    laid = story.clause(
        "there are {g} {rows} of {T} {where} with {each} {T} {in} each {row}",
        "there are {g} {rows} {where}, and each {row} has {each} {T}",
        "{where} there are {g} {rows} of {each} {T} each",
        "there are {g} {rows} with {each} {T} {in} every {row} {where}",
        "each of the {g} {rows} {where} has {each} {T}", "there are {each} {T} in each of the {g} {rows} {where}",
    ) if row_many in ("rows", "lines") else story.clause(
        "there are {g} {rows} {where}, and each {row} has {each} {T}", "each of the {g} {rows} {where} has {each} {T}",
        "there are {each} {T} for each of the {g} {rows} {where}",
        "there are {g} {rows} {where} with {each} {T} per {row}",
    )  # fmt: skip
    asks: tuple[str, ...] = (
        "how many {T} are there",
        "how many {T} are there altogether",
        "how many {T} are there in total",
        "how many {T} are there {where}",
    )
    product = story.step(f"{count}*{each}", "there are {ET}", "the {rows} have {ET}", "in all there are {ET}")
    kind = rng.choice(("plain", "minus", "plus", "each", "count"))
    if kind == "plain":
        return story.tell([laid], *asks), [product], total
    if kind == "plus":
        more = story.clause(
            "{n} more {T} are added", "there are also {n} extra {T}", "another {n} {T} are added", n=change
        )
        return (
            story.tell([laid, more], *asks),
            [product, story.step(f"{total}+{change}", "altogether there are {ET}", "that makes {ET}")],
            total + change,
        )
    if kind == "minus":
        if change >= total:
            return None
        if many in ("chairs", "desks", "seats", "rooms"):
            gone = "{n} of the {T} are taken", "{n} of them are already taken", "{n} {T} are in use"
            asks = "how many {T} are free", "how many {T} are still free", "how many {T} are not taken"
        elif many in ("students", "children", "guests", "players", "kids", "soldiers"):
            gone = "{n} of them leave", "{n} {T} go home", "{n} of the {T} leave early"
            asks = "how many {T} are left", "how many {T} remain", "how many {T} stay"
        else:
            gone = "{n} of the {T} are taken away", "{n} of them are removed", "{n} {T} are removed"
            asks = "how many {T} are left", "how many {T} remain", "how many {T} are still {where}"
        return (
            story.tell([laid, story.clause(*gone, n=change)], *asks),
            [product, story.step(f"{total}-{change}", "that leaves {ET}")],
            total - change,
        )
    every = " with the same number {in} each {row}", ", the same number {in} each {row}"
    if kind == "each":
        clause = story.clause(
            *(
                "there are {nT} {in} {g} {rows} {where}",
                *("there are {nT} {in} {g} {rows} {where}" + way for way in every),
            ),
            n=total,
        )
        asks = (
            "how many {T} are {in} each {row}",
            "how many {T} are there {in} each {row}",
            "how many {T} does each {row} have",
        )
        return (
            story.tell([clause], *asks),
            [story.step(f"{total}/{count}", "each {row} has {ET}", "there are {ET} {in} each {row}")],
            each,
        )
    clause = story.clause(
        "there are {nT} {where} with {each} {T} {in} each {row}",
        "there are {nT} {where}, and each {row} has {each} {T}",
        n=total,
    )
    return (
        story.tell([clause], "how many {rows} are there", "how many {rows} of {T} are there"),
        [story.step(f"{total}/{each}", "there are {E} {rows}")],
        count,
    )


WHOLES = (  # a group, how it is named as a place, and pairs of its parts; parts fit "12 are ..."
    ("{T} in {P} {box}", ()),
    ("children in the class", (("girls", "boys"), ("wearing glasses", "not wearing glasses"))),
    ("students on the bus", (("girls", "boys"), ("sitting", "standing"))),
    ("people at the party", (("adults", "children"), ("men", "women"), ("dancing", "sitting down"))),
    ("people in the choir", (("women", "men"), ("adults", "teenagers"))),
    ("animals on the farm", (("cows", "horses", "pigs"), ("sheep", "goats", "chickens"), ("ducks", "hens", "geese"))),
    ("pets in the shop", (("cats", "dogs", "rabbits"), ("hamsters", "parrots", "turtles"))),
    ("books on the shelf", (("novels", "comics", "cookbooks"), ("new", "old"), ("in English", "in Spanish",
    "in French"))),
    ("flowers in the vase", (("roses", "tulips", "lilies"), ("daisies", "sunflowers", "orchids"))),
    ("trees in the park", (("oaks", "pines", "maples"), ("tall", "short"))),
    ("cars in the parking lot", (("red", "blue", "white"), ("electric", "not electric"), ("new", "old"))),
    ("fish in the tank", (("goldfish", "guppies", "angelfish"), ("big", "small"), ("orange", "blue", "striped"))),
    ("pieces of fruit in the bowl", (("apples", "oranges", "pears"), ("bananas", "peaches", "plums"), ("ripe",
    "not ripe"))),
    ("players on the team", (("new", "experienced"), ("girls", "boys"))),
    ("eggs in the basket", (("brown", "white"), ("broken", "whole"), ("large", "small"))),
    ("balloons in the room", (("red", "blue", "yellow"), ("big", "small"))),
    ("pages in the notebook", (("used", "blank"), ("full", "empty"))),
    ("questions on the test", (("easy", "hard"), ("about math", "about science", "about history"))),
)  # fmt: skip


def _parts(rng: random.Random) -> tuple[Story, list[int], list[str]]:
    """A story about a whole {whole} of {T}, the sizes of its two or three parts and what each part is."""
    whole, kinds = rng.choice(WHOLES + WHOLES[:1] * 6)
    coloured = ("toys", "clothes", "school", "home", "collectibles", "sports", "garden")
    story = Story(rng, things_of(rng, coloured, 1)[0])
    names = colours(rng, 3) if not kinds else list(rng.choice(kinds))
    rng.shuffle(names)
    names = names[: rng.choice((2, 2, 3))]
    if kinds:
        story.thing = Thing("", whole.split(" in ")[0].split(" on ")[0].split(" at ")[0])
        story.words |= {"T": story.thing.many}
    story.past = False
    story.who = named(story.cast[0])
    story.words["whole"] = whole.format_map(story.words | {"P": story.who.names})
    return story, [rng.randint(2, rng.choice((9, 20, 40, 60))) for _ in names], names


def _noun(part: str, many: str) -> str:
    """The part as a noun: girls, red apples, books in English."""
    if part.startswith(("in ", "about ", "not ", "wearing", "sitting", "standing", "dancing")):
        return f"{many} that are {part}" if part.startswith("not ") else f"{many} {part}"
    return part if part.endswith(("s", "fish", "men", "sheep", "children", "geese")) else f"{part} {many}"


@family("basics.parts")
def parts(rng: random.Random) -> Draft | None:
    """Some are red, the rest are blue: the rest from the whole, sometimes with three parts."""
    story, sizes, names = _parts(rng)
    total, many = sum(sizes), story.words["T"]
    if total > 200:
        return None
    rest = _noun(names[-1], many)
    whole = story.clause("there are {n} {whole}", "there are {n} {whole}", "there are {n} {whole} in total", n=total)
    known = [story.clause(f"{{n}} are {name}", f"{{n}} of them are {name}", f"{{n}} of the {many} are {name}", n=size)
             for size, name in zip(sizes[:-1], names[:-1], strict=True)]  # fmt: skip
    others = story.clause(f"the rest are {names[-1]}", f"the others are {names[-1]}", f"all the others are {names[-1]}")
    asks: tuple[str, ...] = (
        f"how many {many} are {names[-1]}",
        f"how many are {names[-1]}",
        f"how many {many if rest.startswith(many) else rest} are {names[-1] if rest.startswith(many) else 'there'}",
        f"how many of the {many} are {names[-1]}",
    )
    if len(sizes) == 2:
        return (
            story.tell([whole, *known, others], *asks),
            [story.step(f"{total}-{sizes[0]}", f"{{E}} {many} are {names[-1]}", f"there are {{E}} {rest}")],
            sizes[-1],
        )
    together = sizes[0] + sizes[1]
    if rng.random() < 0.5:
        first = story.step(f"{total}-{sizes[0]}", f"{{E}} {many} are not {names[0]}", "that leaves {E} " + many)
        last = story.step(f"{total - sizes[0]}-{sizes[1]}", f"{{E}} {many} are {names[-1]}", f"there are {{E}} {rest}")
    else:
        first = story.step(f"{sizes[0]}+{sizes[1]}", f"{{E}} {many} are {names[0]} or {names[1]}")
        last = story.step(f"{total}-{together}", f"{{E}} {many} are {names[-1]}", f"there are {{E}} {rest}")
    return story.tell([whole, *known, others], *asks), [first, last], sizes[-1]


@family("basics.totals")
def totals(rng: random.Random) -> Draft | None:
    """Two or three kinds and their total, sometimes with some taken away."""
    story, sizes, names = _parts(rng)
    total, many = sum(sizes), story.words["T"]
    nouns = [_noun(name, many) for name in names]
    if total > 200:
        return None
    place_of = story.words["whole"].removeprefix(many).strip()
    listed = ", ".join(f"{number(rng, n)} {noun}" for n, noun in zip(sizes[:-1], nouns[:-1], strict=True))
    listed += f"{',' if len(sizes) > 2 else ''} and {number(rng, sizes[-1])} {nouns[-1]}"
    facts = [story.clause(rng.choice((f"there are {listed} {place_of}", f"{place_of} there are {listed}")))]
    if rng.random() < 0.3:
        facts = [story.clause(f"there are {{n}} {noun} {place_of if index == 0 else ''}".strip(), n=n)
                 for index, (n, noun) in enumerate(zip(sizes, nouns, strict=True))]  # fmt: skip
    asks: tuple[str, ...] = (
        f"how many {many} are there",
        f"how many {many} are there altogether",
        f"how many {many} are there in total",
        f"how many {many} are {place_of}",
    )
    ways = "there are {E} " + many, "altogether there are {E} " + many, "in total there are {E} " + many
    steps = [story.step("+".join(map(str, sizes)), *ways)]
    if len(sizes) == 3 and rng.random() < 0.6:
        pair = sizes[0] + sizes[1]
        steps = [
            story.step(f"{sizes[0]}+{sizes[1]}", f"there are {{E}} {nouns[0]} and {nouns[1]}"),
            story.step(f"{pair}+{sizes[2]}", *ways),
        ]
    gone = rng.randint(2, 20)
    if rng.random() < 0.7 or gone >= total:
        return story.tell(facts, *asks), steps, total
    if many in ("children", "students", "people", "players", "animals"):
        leave = f"{{n}} of the {many} leave", f"{{n}} {many} go away"
    else:
        leave = f"{{n}} of the {many} are taken away", f"somebody takes {{n}} of the {many}"
    question = story.tell(
        [*facts, story.clause(*leave, n=gone)], f"how many {many} are left", f"how many {many} remain"
    )
    return (
        question,
        [*steps, story.step(f"{total}-{gone}", "that leaves {E} " + many, "{E} " + many + " are left")],
        total - gone,
    )


DAILY = (
    "{S} <make|makes|made> {each} {T} every {unit} for {g} {units}",
    "{S} <find|finds|found> {each} {T} each {unit} for {g} {units}",
    "{S} <collect|collects|collected> {each} {T} a {unit} for {g} {units}",
    "{S} <get|gets|got> {each} {T} every {unit} for {g} {units}",
    "for {g} {units}, {S} <buy|buys|bought> {each} {T} each {unit}",
    "every {unit} {S} <sell|sells|sold> {each} {T} for {g} {units}",
)  # fmt: skip


@family("basics.repeated")
def repeated(rng: random.Random) -> Draft | None:
    """The same number every day, hour or week, sometimes followed by a change, or asked the other way round."""
    story, count, each, _ = _groups(rng)
    unit = rng.choice(("day", "day", "day", "week", "hour", "month", "morning"))
    story.words |= {"unit": unit, "units": unit + "s"}
    template = rng.choice(DAILY)
    verb = next(verb for verb in ("make", "find", "collect", "get", "buy", "sell") if f"<{verb}|" in template)
    total, change = count * each, rng.randint(2, 30)
    daily = story.clause(template)
    product = story.step(
        f"{count}*{each}", f"{{S}} {PAST[verb]} {{ET}}", f"in {count} {unit}s {{S}} {PAST[verb]} {{ET}}"
    )
    kind = rng.choice(("plain", "change", "units"))
    if kind == "units":
        rate = story.clause(
            f"{{S}} <{verb}|{verb}s|{PAST[verb]}> {{each}} {{T}} every {{unit}}",
            f"{{S}} <{verb}|{verb}s|{PAST[verb]}> {{each}} {{T}} a {{unit}}",
        )
        story.past = False
        asks: tuple[str, ...] = (
            f"how many {{units}} will it take {{o}} to {verb} {total} {{T}}",
            "after how many {units} will {S} have "
            + {"sell": "sold", "get": "gotten"}.get(verb, PAST[verb])
            + f" {total} {{T}}",
        )
        return (
            story.tell([rate], *asks, wish=False),
            [story.step(f"{total}/{each}", "it takes {E} {units}", "{S} <need|needs|needed> {E} {units}")],
            count,
        )
    if kind == "change" and verb != "sell" and change < total:
        moved = _change(story, rng.choice(("give away", "lose", "sell")), change)
        return (
            story.tell([daily, moved], *ASK_LEFT[:4]),
            [product, story.step(f"{total}-{change}", *STEP_LESS)],
            total - change,
        )
    asks = (
        f"how many {{T}} {{did}} {{S}} {verb} in total",
        f"how many {{T}} {{did}} {{S}} {verb} altogether",
        f"how many {{T}} {{did}} {{S}} {verb} in all",
    )
    return story.tell([daily], *asks), [product], total


RIDES = (  # who, where they are, how some come and how some go
    ("people", "on the bus", "get on", "get off"), ("passengers", "on the train", "get on", "get off"),
    ("children", "on the playground", "come to play", "go home"), ("birds", "in the tree", "land there", "fly away"),
    ("students", "in the library", "come in", "leave"), ("ducks", "in the pond", "join them", "swim away"),
    ("people", "in the shop", "walk in", "walk out"), ("cars", "in the parking lot", "drive in", "drive out"),
    ("guests", "at the party", "arrive", "go home"), ("fish", "in the pond", "are added", "are caught"),
    ("people", "in line", "join the line", "leave the line"), ("kids", "in the pool", "jump in", "get out"),
    ("customers", "in the cafe", "come in", "leave"), ("boats", "in the harbor", "arrive", "sail away"),
    ("books", "on the shelf", "are put on it", "are taken off"), ("eggs", "in the fridge", "are added", "are used"),
    ("bees", "in the hive", "fly in", "fly out"), ("cows", "in the field", "walk in", "walk out"),
    ("balloons", "in the room", "are brought in", "pop"), ("cookies", "on the plate", "are added", "are eaten"),
    ("sheep", "in the barn", "come in", "run out"), ("planes", "at the airport", "land", "take off"),
)  # fmt: skip


@family("basics.come_and_go")
def come_and_go(rng: random.Random) -> Draft | None:
    """A place that some come to and some leave: how many are there then, or how many came or went."""
    many, where, come, go = rng.choice(RIDES)
    story = Story(rng)
    story.past = False
    have = first = amount(rng, 4)
    facts, steps = [story.clause(f"there are {{n}} {many} {where}", f"{where} there are {{n}} {many}", n=first)], []
    for coming in rng.sample((True, False, rng.random() < 0.5), rng.choice((1, 2, 2, 3))):
        moved = amount(rng)
        after = have + moved if coming else have - moved
        if not 1 <= after <= 200:
            return None
        ways = (
            (f"{{n}} more {many} {come}", f"{{n}} more {come}")
            if coming
            else (f"{{n}} {many} {go}", f"{{n}} of them {go}")
        )
        facts.append(story.clause(*ways, n=moved, event=True))
        ways = (
            ("there are {E} " + many, "that makes {E} " + many)
            if coming
            else ("that leaves {E} " + many, "now there are {E} " + many)
        )
        steps.append(story.step(f"{have}{'+' if coming else '-'}{moved}", *ways))
        have = after
    if len(steps) == 1 and rng.random() < 0.35:
        coming = have > first
        facts = [
            facts[0],
            story.clause(f"some more {many} {come}" if coming else f"some {many} {go}", event=True),
            story.clause(f"now there are {{n}} {many} {where}", n=have),
        ]
        equation = f"{have}-{first}" if coming else f"{first}-{have}"
        asked = come if coming else go
        return (
            story.tell(facts, f"how many {many} {asked}", wish=False),
            [story.step(equation, f"{{E}} {many} {asked}")],
            abs(have - first),
        )
    return (
        story.tell(
            facts,
            f"how many {many} are {where} now",
            f"how many {many} are there now",
            f"how many {many} are {where} in the end",
        ),
        steps,
        have,
    )
