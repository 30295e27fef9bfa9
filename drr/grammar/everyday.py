"""Everyday word problems in many wordings: a table of plans, told by one small teller.

A `Plan` holds the numbers of a problem, whole-problem templates and the worked steps. A template writes

    [a|b|]             one of the alternatives (which may nest, or be empty)
    @name              one of the alternatives of the part `name`: the plan's own, else of PARTS
    {A} {A's} {@A}     a person, the owner, the object; later mentions are mostly pronouns ({B}, {C}: the others)
    {A!} {A@}          the name itself as subject or object (I, me)
    {he} {him} {his}   the pronoun of {A}: the name where nobody was named yet or where it would be ambiguous
    {x} {x:T} {x:day}  a number of the plan, alone or with its noun; {n=} and {n=:T} show how it comes about: 3*7=21
    {x~times} {x~part} twice, three times; half, a third
    {T} {T.one} {an T} a noun of the plan: plural, singular, with article
    <buy> <s:buy> <p:buy> <!do>   a verb that agrees with {A}, a singular, a plural; with ! always in the present

Sentences are separated by ". " and capitalised at the end. The result of the last number is the answer.
"""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from drr.grammar.amounts import ME, YOU, Who, an, crowd, in_currency, in_words, verb, who
from drr.grammar.core import LARGEST, Draft, Family, family, value
from drr.grammar.words import Person, Thing, aside, capital, plural, things, things_of

PAST = dict(
    pair.split(":")
    for pair in "hold:held sit:sat stand:stood send:sent feed:fed draw:drew begin:began teach:taught lend:lent "
    "sleep:slept tell:told fit:fit babysit:babysat die:died".split()
)
TIMES = {2: "twice", 3: "three times", 4: "four times", 5: "five times"}
SHARES = {2: "half", 3: "a third", 4: "a quarter", 5: "a fifth", 10: "a tenth"}
WORDS = {
    "any": "",
    "edible": "fruit food sweets",
    "small": "sweets school toys collectibles",
    "P": "bag|box/boxes|pack|packet|basket|carton|bundle|crate|tray|jar|sack|set|bag|box/boxes|pack",
    "Q": "tin|case|tub|bucket|chest|pouch/pouches|container",
}
PARTS = {
    "have": "{A} <have> {x:T}|{A} <have> {x:T}|{A} <start> with {x:T}|{A} already <have> {x:T}|{A} <have> {x:T} at "
    "home|"
    "{A} <have> {x:T} in {his} [bag|collection|room]|there <p:be> {x:T} in {A's} [box|basket|bag]",
    "get": "<buy>|<buy>|<get>|<pick> up|<find>|<receive>|<order>|<collect>|<be> given|<bring> home",
    "more": "then {he} @get|{he} @get|{he} also @get|later, {he} @get|the next day {he} @get|at the store {he} <buy>|"
    "[a friend|{his} uncle|{his} grandmother|{his} neighbor] <s:give> {him}",
    "bundle": "{g:P} of {k:T}|{g:P} of {k:T} each|{g:P} with {k:T} each|{g:P} with {k:T} in each|"
    "{g:P} with {k:T} in each {P.one}|{g:P} that each <p:hold> {k:T}|"
    "{g:P} containing {k:T} [each|apiece]|{g:P} of {T} with {k} in each [{P.one}|one]",
    "bundles": "@bundle|@bundle|{g:P}, each with {k:T}|{g:P} of {T}, {k} per {P.one}|{g:P} of {T}. each {P.one} "
    "<s:have> {k:T} in it|{g:P} of {T}. there <p:be> {k:T} in "
    "[each|every] {P.one}|{g:P}. every {P.one} <s:hold> {k:T}|{g:P} of {T}. each {P.one} <s:contain> {k} {T}",
    "now": "how many {T} <!do> {he} <!p:have> [now|now|in all|altogether|in total|]|how many {T} <do> {he} <!p:have> "
    "[in "
    "all|altogether|in total|]|how many {T} <!p:be> there [now|in all|altogether|in total]|what <!s:be> the total "
    "number of {T} {he} <!have>|how many {T} <!s:do> that make [in all|altogether]|how many {T} in total <!do> {he} "
    "<!p:have>|how many <!do> {he} <!p:have> [now|altogether|in total]",
    "left": "how many {T} <!do> {he} <!p:have> left|how many {T} <!p:be> left|how many {T} <do> {he} <!p:have> "
    "left|how "
    "many {T} <!do> {he} still <!p:have>|how many of the {T} <!p:be> left|how many <!do> {he} <!p:have> left|"
    "how many {T} remain|how many {T} <!do> {he} <!p:have> now|how many {T} <!do> {he} <!p:have> remaining",
    "lose": "{he} [then|] <give> {y} [of them|of the {T}|{T}] to [a friend|{his} brother|{his} sister|{his} neighbor|"
    "{his} classmates|{B}]|{he} <give> away {y} {T}|{he} <give> {y} of them away|{he} <lose> {y} [of them|of the "
    "{T}]|"
    "{he} <sell> {y} [of them|{T}|of the {T}]|{he} <use> {y} of them|{he} <donate> {y} [of them|{T}]|{y} of the {T} "
    "<p:be> [broken|lost|given away]|{he} <hand> out {y} of them|[a friend|{his} brother|{B}] <s:take> {y} of them",
    "friends": "{m} friends|{m} children|{m} [classmates|cousins|neighbors|people]",
    "each": "how many {T} <s:do> each [one|person|of them] get|how many {T} <s:do> each person receive|"
    "how many <s:do> each one get|how many {T} will each person have|how many {T} <p:be> there for each person",
}
Values = dict[str, "int | Thing"]
_SOMEBODY = re.compile(r"\{(?:@?([A-D])\b|([B-D]?)(?:he|him|his)\})")


@dataclass(frozen=True)
class Plan:
    """One kind of problem: see the module's text."""

    numbers: str  # "x=2..40 p=5|10 n=x*p x>p": ranges, choices, results and conditions; the last result is the answer
    words: Mapping[str, str]
    tells: tuple[str, ...]
    steps: tuple[str, ...]
    parts: Mapping[str, str] = field(default_factory=dict)


def _drawn(rng: random.Random, numbers: str) -> tuple[dict[str, int], dict[str, str]] | None:
    """The numbers of a plan and the expressions of its results; None where one is not whole or out of range."""
    known: dict[str, int] = {}
    made: dict[str, str] = {}

    def known_in(text: str) -> str:
        return re.sub("[a-z]", lambda name: str(known[name[0]]), text)

    for entry in numbers.split():
        if condition := re.fullmatch(r"(.+)([<>])(.+)", entry):
            left, right = (value(known_in(condition[side])) for side in (1, 3))
            if left is None or right is None or not (left < right if condition[2] == "<" else left > right):
                return None
            continue
        name, _, how = entry.partition("=")
        if ".." in how:
            low, high = map(int, how.split(".."))
            known[name] = rng.randint(low, rng.choice((high, high, (low + high) // 2)))
        elif "|" in how or how.isdigit():
            known[name] = int(rng.choice(how.split("|")))
        else:
            made[name] = known_in(how)
            result = value(made[name])
            if result is None or result.denominator != 1 or not 1 <= result <= LARGEST:
                return None
            known[name] = int(result)
    return known, made


def _noun(text: str) -> Thing:
    one, _, many = text.partition("/")
    return Thing(one, many or plural(one))


def _nouns(rng: random.Random, words: Mapping[str, str]) -> dict[str, Thing]:
    """The nouns of a plan. "any", "edible", "small" or a theme draws a thing; U shares the theme of T."""
    drawn: dict[str, Thing] = {}
    for key, how in words.items():
        if "+" in key:  # "V+T": "read:page|run:mile" draws words that belong together
            drawn |= dict(zip(key.split("+"), map(_noun, rng.choice(how.split("|")).split(":")), strict=True))
        elif how in WORDS and how not in "PQ":
            pair = things_of(rng, tuple(WORDS[how].split()), 2) if WORDS[how] else things(rng, 2)
            drawn[key], drawn["U"] = pair if len(pair) == 2 else (pair[0], pair[0])
        else:
            drawn[key] = _noun(rng.choice(WORDS.get(how, how).split("|")))
    return drawn


def _expanded(rng: random.Random, text: str, parts: Mapping[str, str]) -> str:
    """`text` with its parts put in and its alternatives chosen."""
    choice = re.compile(r"\[([^\[\]]*)\]")
    while True:
        text, parts_left = re.subn("@([a-z]+)", lambda part: f"[{parts.get(part[1]) or PARTS[part[1]]}]", text)
        while found := choice.search(text):
            text = text[: found.start()] + rng.choice(found[1].split("|")) + text[found.end() :]
        if not parts_left:
            return text


def _people_in(template: str) -> set[str]:
    """The letters of the people that an expanded template names."""
    return {mark[1] or mark[2] or "A" for mark in _SOMEBODY.finditer(template)}


def _step(rng: random.Random, text: str, parts: Mapping[str, str], known: set[str]) -> str:
    """A phrasing of a step; where it would name somebody the question does not know, one that names nobody new."""
    drawn = _expanded(rng, f"[{text}]", parts)
    others = (_expanded(random.Random(seed), f"[{text}]", parts) for seed in range(50))
    return drawn if _people_in(drawn) <= known else next((o for o in others if _people_in(o) <= known), drawn)


class Teller:
    """Fills templates for one problem: remembers who was named, so that later mentions can be pronouns."""

    def __init__(
        self, rng: random.Random, folk: list[Who], values: Values, made: Mapping[str, str], past: bool, step: bool
    ) -> None:
        self.rng, self.folk, self.values, self.made, self.past, self.step = rng, folk, values, made, past, step
        self.met: list[Who] = []

    def _person(self, mark: str) -> str | None:
        if named := re.fullmatch("([A-D])([!@])", mark):
            person = self.folk[ord(named[1]) - ord("A")]
            self.met += [] if person in self.met else [person]
            return person.obj if named[2] == "@" else person.name
        found = re.fullmatch(r"(@?)([A-D])('s)?|([B-D]?)(he|him|his)", mark)
        if not found:
            return None
        person = self.folk[ord(found[2] or found[4] or "A") - ord("A")]
        kind = found[5] or {"@": "him"}.get(found[1]) or {"'s": "his"}.get(found[3]) or "he"
        wanted = bool(found[5])
        shared = any(other.he == person.he for other in self.met if other is not person)
        pronoun = person.number != "s" or (
            not shared
            and (wanted or not self.step)
            and (self.step or person in self.met)
            and (wanted or self.rng.random() < 0.7)
        )
        if person not in self.met:
            self.met.append(person)
        if pronoun:
            return str(getattr(person, kind))
        return person.own if kind == "his" else person.name

    def _mark(self, mark: re.Match[str]) -> str:
        text = mark[1]
        if text == "they":
            return "we" if self.folk[0] is ME else "you" if self.folk[0] is YOU else "they"
        if (person := self._person(text)) is not None:
            return person
        if text.startswith("an "):
            return an(self._thing(text[3:]).one)
        if text.endswith(".one"):
            return self._thing(text[:-4]).one
        if "~" in text:
            name, _, way = text.partition("~")
            n = self._number(name)
            return (TIMES if way == "times" else SHARES)[n]
        name, _, noun = text.partition(":")
        if not noun and isinstance(self.values.get(name), Thing):
            return self._thing(name).many
        shows = name.endswith("=")
        n = self._number(name.rstrip("="))
        shown = f"{self.made[name[:-1]]}={n}" if shows else str(n)
        return f"{shown} {self._thing(noun)(n)}" if noun else shown

    def _thing(self, name: str) -> Thing:
        thing = self.values.get(name)
        return thing if isinstance(thing, Thing) else _noun(name)

    def _number(self, name: str) -> int:
        n = self.values[name]
        assert isinstance(n, int), name
        return n

    def _verb(self, mark: re.Match[str]) -> str:
        past = self.past and not mark[1]
        number = mark[2] or self.folk[0].number
        return PAST[mark[3]] if past and mark[3] in PAST else verb(mark[3], number, past)

    def tell(self, text: str) -> str:
        """The template in English."""
        text = re.sub(r"<(!?)(?:([sp]):)?(\w+)>", self._verb, re.sub(r"\{([^}]+)\}", self._mark, text))
        text = re.sub(r" ([.,?])", r"\1", re.sub(r"\s+", " ", text)).strip()
        return re.sub(r"(^|[.?!] )([a-z])", lambda m: m[1] + m[2].upper(), text)


def draw(rng: random.Random, plan: Plan) -> Draft | None:
    """One problem of the plan."""
    numbers = _drawn(rng, plan.numbers)
    if numbers is None:
        return None
    known, made = numbers
    values: Values = {**known, **_nouns(rng, plan.words)}
    folk = [who(rng), *crowd(rng, 3)]
    past = rng.random() < 0.4
    template = _expanded(rng, rng.choice(plan.tells), plan.parts)
    if not template.endswith((".", "?")):
        template += "?"
    if rng.random() < 0.1:
        a = folk[0]
        known_person = Person(a.name, a.he, a.him, a.his) if "{A" in template and a.number == "s" else None
        extra = aside(rng, known_person)
        first, dot, rest = template.partition(". ")
        middle = dot and known_person and "{B" not in template and rng.random() < 0.5
        template = f"{first}. {extra} {rest}" if middle else f"{extra} {template}"
    question = Teller(rng, folk, values, made, past, step=False).tell(template)
    if rng.random() < 0.15:
        question = in_words(rng, question)
    plain_money = False  # steps name no currency where the question may not say "dollars"
    if "$" in question and rng.random() < 0.2:
        question, plain_money = in_currency(rng, question), True
    teller = Teller(rng, [YOU if person is ME else person for person in folk], values, made, past=False, step=True)
    steps = [teller.tell(_step(rng, step, plan.parts, _people_in(template))) + "." for step in plan.steps]
    if plain_money:
        steps = [re.sub(" dollars?", "", step) for step in steps]
    return question, [capital(step) for step in steps], known[list(made)[-1]]


def _family(plans: tuple[Plan, ...]) -> Family:
    return lambda rng: draw(rng, rng.choice(plans))


def everyday(name: str, *plans: Plan) -> None:
    """Register a family of one or more plans."""
    register: Callable[[Family], Family] = family(f"everyday.{name}")
    register(_family(plans))


# --- groups ----------------------------------------------------------------------------------------------------------

THINGS = {"T": "any", "P": "P"}
GROUPS = (
    "[{A} <get>|that is|the {P} <!p:hold>|in the {P} there are|{g:P} hold] {n=:T}",
    "[{g:P} of {k} [are|make]|the {g:P} have|there are] {n=:T}",
)
GOT = f"[{'|'.join(GROUPS)}]"
NOW = "[now|altogether|in total|in all|so|] {A} [<have>|<have>|<own>] {r=:T}"
LEFT = "[{A} <have> {r=:T} left|then {A} [still|] <have> {r=:T}|that leaves {r=:T}|{r=} of the {T} remain]"

everyday(
    "bundles_more",
    Plan(
        "x=2..70 g=2..9 k=2..12 n=g*k r=x+n",
        THINGS,
        (
            "@have. @more @bundles. @now",
            "@have. @more @bundle. @now",
            "@have and [then|] @get @bundle. @now",
            "{A} @get @bundle. {he} already <have> {x:T} [at home|]. @now",
            "if {A} <have> {x:T} and {he} @get @bundle, @now",
            "[how many {T} <!do> {A} <!p:have> [now|in all|altogether|in total]|how many {T} <do> {A} <!p:have> in "
            "all] "
            "if {he} [<have>|<start> with] {x:T} and @get @bundle",
            "@have. [for {his} birthday|at the market|on Saturday|after school] {he} @get @bundle. @now",
            "{A} <buy> @bundles. {he} also <have> {x:T} from [before|last week|yesterday]. @now",
            "a {P.one} [<s:hold>|<s:contain>] {k:T}. {A} <have> {x:T} and <buy> {g} [more|] {P}. @now",
            "there <p:be> {k:T} in [a|each|every] {P.one}. {A} <have> {x} loose {T} and {g:P}. @now",
            "{A} <have> @bundle and {x} [loose|more|extra|other|single] {T}. @now",
            "{A} <have> @bundles. [then|later|on Sunday] {he} @get {x} more {T}. @now",
            "{A} <have> {x:T}. {T} [<p:come>|<p:be> sold] in {P} of {k}, and {he} <buy> {g} [{P}|of them]. @now",
            "{T} [<p:come>|<p:be> sold] in {P} of {k}. {A} <have> {x:T} and <buy> {g} [more|] {P}. @now",
            "{A} <have> {x:T} but <want> more, so {he} <buy> @bundle. @now",
            "@have. {he} <go> to the store and <buy> {g} {P}. [each|every] {P.one} <s:contain> {k:T}. @now",
            "{A} <put> {k:T} into each of {g:P}, and {x} {T} <p:be> left over. how many {T} <do> {he} <!p:have> "
            "[in all|"
            "altogether|]",
            "in {A's} room there <p:be> {x:T} on the floor and @bundle. how many {T} <p:be> there [in all|"
            "altogether|in total]",
            "{x:T} <p:be> already in the room. [then|] {A} <bring> in @bundle. how many {T} <p:be> there [now|"
            "in all|altogether]",
        ),
        (GOT, NOW),
    ),
    Plan(
        "x=2..50 g=2..8 k=2..12 y=2..30 n=g*k s=x+n r=s-y",
        THINGS,
        (
            "@have. @more @bundles. @lose. @left",
            "@have. @more @bundle. then {he} <give> {y} [of them|{T}] to [{his} friends|{B}|{his} sister]. @left",
            "{A} [<have>|<start> with] {x:T}, <buy> @bundle, and then <give> away {y}. @left",
            "[after school|on Monday|at the fair] {A} @get @bundle to add to the {x:T} {he} already <have>. @lose. "
            "@left",
            "{A} <have> {x:T}. if {he} @get @bundle and then <give> {y} to {his} [friend|brother], @left",
        ),
        (GOT, "[now|then|altogether] {A} <have> {s=:T}", LEFT),
    ),
    Plan(
        "x=2..50 g=2..8 k=2..12 m=2..9 n=g*k s=x+n r=s/m r>1",
        THINGS,
        (
            "@have. @more @bundles. [{he} <share> them [all|] equally among|{he} <divide> all [the|of the] {T} "
            "equally among|"
            "all the {T} <p:be> shared equally [among|by|between]] @friends. @each",
            "@have and @get @bundle. then {he} <split> all of them evenly among @friends. @each",
            "{A} <buy> @bundle. {he} already <have> {x:T}. {he} <give> all the {T} to @friends so that each one "
            "<s:get> "
            "the same number. @each",
        ),
        (GOT, "[now|then|altogether] {A} <have> {s=:T}", "each [of them|person] gets {r=:T}"),
    ),
)

everyday(
    "bundles_less",
    Plan(
        "g=2..12 k=2..15 y=2..60 n=g*k r=n-y r>1",
        THINGS,
        (
            "{A} <have> @bundles. @lose. @left",
            "{A} @get @bundles. @lose. @left",
            "{A} @get @bundle. @lose. @left",
            "if {A} <have> @bundle and [<give> away|<use>|<sell>|<lose>] {y} [{T}|of them], @left",
            "@left if {he} @get @bundle and [<give> away|<use>|<sell>|<lose>] {y} of them",
            "there <p:be> @bundle [on the table|in the store|in the room|]. {y} of the {T} <p:be> [sold|taken "
            "away|broken|"
            "used]. how many {T} <!p:be> [left|still there|remaining]",
            "a store [<s:have>|<s:receive>|<s:order>] @bundle. it <s:sell> {y:T} [that day|on Monday|in the "
            "morning|]. how "
            "many {T} <!p:be> left [in the store|]",
            "each {P.one} [<s:hold>|<s:contain>|<s:have>] {k:T}. {A} <open> {g:P} and <use> {y:T}. @left",
            "{T} [<p:come>|<p:be> sold] in {P} of {k}. {A} <buy> {g} {P} and <use> {y:T}. @left",
            "out of @bundle, {y:T} <p:be> bad. how many {T} <p:be> good",
            "{A} <bring> @bundle to school. {his} class <s:use> {y} of them. @left",
            "{A} <put> {k:T} in each of {g:P}. then {he} <take> out {y:T}. how many {T} <!p:be> [left|still] in the "
            "{P}",
        ),
        (
            "[there are|that is|the {P} hold|{g:P} hold|in all there are] {n=:T}",
            "that leaves {r=:T}|{r=} of them are left|{r=} of the {T} are left",
        ),
    ),
)

everyday(
    "two_bundles",
    Plan(
        "g=2..8 k=2..12 h=2..8 j=2..12 n=g*k s=h*j r=n+s",
        {"T": "any", "P": "P", "Q": "Q"},
        (
            "{A} [<have>|<buy>|<get>] {g:P} of {k:T} [each|] and {h:Q} of {j:T} [each|]. @now",
            "{A} <have> {g:P} with {k:T} in each and {h:Q} with {j:T} in each. @now",
            "{A} <buy> {g:P} of {T} and {h:Q} of {T}. [there are|there <p:be>] {k:T} in each {P.one} and {j} in each "
            "{Q.one}. how many {T} <do> {he} <!p:buy> [in all|altogether|in total|]",
            "a {P.one} holds {k:T} and a {Q.one} holds {j:T}. how many {T} are there in {g:P} and {h:Q} "
            "[altogether|in "
            "all|together|]",
            "{A} <fill> {g:P} with {k:T} each. {B} <s:fill> {h:Q} with {j:T} each. how many {T} <p:do> {they} "
            "<!p:have> "
            "[together|in all|altogether]",
            "there <p:be> {g:P} with {k:T} each and {h:Q} with {j:T} each [in the store|on the shelf|in the room|]. "
            "how many "
            "{T} <!p:be> there [in all|altogether|in total]",
            "how many {T} <!p:be> there in {g:P} of {k} and {h:Q} of {j}",
            "{g:P} <p:hold> {k:T} each. {h:Q} <p:hold> {j:T} each. [find the total number of {T}.|what is the total "
            "number "
            "of {T}|how many {T} are there in all]",
        ),
        (
            "the {P} [hold|have] {n=:T}|in the {P} there are {n=:T}",
            "the {Q} [hold|have] {s=:T}|in the {Q} there are {s=:T}",
            "[altogether that is|in all there are|together that makes|the total is] {r=:T}",
        ),
    ),
    Plan(
        "g=2..8 k=2..12 h=2..8 j=2..12 n=g*k s=h*j r=n-s r>1",
        {"T": "any", "P": "P"},
        (
            "{A} <have> {g:P} of {k:T} [each|]. {B} <s:have> {h:P} of {j:T} [each|]. how many more {T} <do> {A} "
            "<!p:have> than "
            "{@B}",
            "{A} <have> {g:P} with {k:T} in each. {B} <s:have> {h:P} with {j:T} in each. how many fewer {T} <s:do> "
            "{B} "
            "<!p:have> than {@A}",
        ),
        (
            "[the {g:P} hold|the first {P} hold] {n=:T}",
            "[that is {s=:T} for the others|the others make {s=:T}]",
            "the difference is {r=:T}",
        ),
    ),
)

everyday(
    "two_kinds",
    Plan(
        "g=2..8 k=2..12 h=2..8 j=2..12 n=g*k s=h*j r=n+s",
        {"T": "edible", "P": "P", "Q": "bag|box/boxes|pack|tray|jar"},
        (
            "{A} <buy> {g:P} of {T} and {h:Q} of {U}. each {P.one} of {T} [<s:have>|<s:contain>] {k:T} and each "
            "{Q.one} of "
            "{U} <s:have> {j:U}. how many [pieces of food|items] <do> {he} <!p:buy> [in all|altogether|in total|]",
            "{A} <bring> {g:P} of {k:T} and {h:Q} of {j:U} to a [party|picnic]. how many {T} and {U} is that [in "
            "all|altogether]",
            "there <p:be> {g:P} with {k:T} each and {h:Q} with {j:U} each. how many {T} and {U} <!p:be> there [in "
            "all|"
            "altogether|in total]",
            "{A} <pack> {k:T} into each of {g:P} and {j:U} into each of {h:Q}. how many [things|pieces] <do> {he} "
            "<!p:pack> in all",
        ),
        (
            "there are {n=:T}|the {T} are {n=}",
            "there are {s=:U}|the {U} are {s=}",
            "in all that is {r=}|altogether there are {r=} things|together there are {r=} {T} and {U}",
        ),
    ),
    Plan(
        "x=4..60 g=2..8 k=2..12 y=2..40 n=g*k s=x+n r=s-y",
        {"T": "flower/flowers|rose|tulip|seed|plant|bulb", "P": "row|bed|pot|box/boxes"},
        (
            "{A} <plant> {g:P} of {T} with {k} in each {P.one}. there <p:be> already {x:T} in the garden. {y} of "
            "them "
            "<p:die>. how many {T} <!p:be> left",
            "{A's} garden <s:have> {x:T}. {he} <plant> {g} more {P} of {k:T} each. then {he} <give> {y} of the {T} "
            "to {his} "
            "neighbor. how many {T} <!p:be> in the garden now",
        ),
        (
            "[in the {P} there are|the {g:P} have] {n=:T}",
            "[that makes|now there are] {s=:T}",
            "[that leaves|now there are] {r=:T}",
        ),
    ),
)

everyday(
    "bundles_shared",
    Plan(
        "m=2..9 g=2..9 k=2..12 n=g*k e=n/m e>1",
        THINGS,
        (
            "{A} @get @bundles. {he} <share> [them|the {T}|all the {T}] equally [among|between|among] @friends. @each",
            "{A} @get @bundle. the {T} <p:be> shared equally among @friends. @each",
            "{A} <have> @bundle to share equally among @friends. @each",
            "if {A} <have> @bundle and <divide> them [equally|evenly] among {m} [friends|children], @each",
            "@friends <p:share> @bundle equally. @each",
            "{m} friends <p:buy> @bundle [together|]. they <p:split> the {T} evenly. @each",
            "@each if @bundle <p:be> shared equally among {m} friends",
            "a teacher <s:open> @bundle and <s:give> all the {T} to {m} students. every student <s:get> the same "
            "number. how many "
            "{T} <s:do> each student get",
        ),
        (GOT, "each [person|one|of them] gets {e=:T}|everyone gets {e=:T}|{n} shared by {m} is {e=:T} each"),
    ),
    Plan(
        "g=2..9 k=2..12 y=2..20 m=2..9 n=g*k s=n-y e=s/m e>1",
        THINGS,
        (
            "{A} @get @bundles. {he} <keep> {y} of them and <share> the rest equally among @friends. @each",
            "{A} @get @bundle. {he} <keep> {y} {T} and <give> the rest to {m} friends in equal shares. how many {T} "
            "<s:do> each friend get",
            "{A} <have> @bundle. {y} of the {T} <p:be> broken. the others <p:be> shared equally among {m} children. "
            "how many {T} "
            "<s:do> each child get",
        ),
        (GOT, "[that leaves|{y} less is|the rest are] {s=:T}", "each [of them|one|person] gets {e=:T}"),
    ),
)

everyday(
    "given_by_each",
    Plan(
        "x=2..60 g=2..9 k=2..12 n=g*k r=x+n",
        {"T": "any"},
        (
            "{A} <have> {x:T}. {g} [friends|cousins|neighbors] each <p:give> {him} {k} [more|{T}|]. @now",
            "{A} <have> {x:T}. then each of {his} {g} [friends|cousins|classmates] <s:give> {him} {k:T}. @now",
            "each of {A's} {g} friends <s:give> {him} {k:T}. {he} already <have> {x:T}. @now",
            "if {A} <have> {x:T} and {g} friends <p:give> {him} {k:T} each, @now",
            "{A} <have> {x:T}. {he} <get> {k} more from each of {g} friends. @now",
            "{A} <collect> {k:T} a day for {g} days. {he} already <have> {x:T}. @now",
            "{A} <have> {x:T}. every day {he} <get> {k} more. how many {T} will {he} have after {g} days",
        ),
        (
            "{A} <get> {n=:T}|that is {n=} [more|new] {T}|{g} times {k} is {n=:T}",
            NOW,
        ),
    ),
    Plan(
        "g=2..9 k=2..12 x=20..120 n=g*k r=x-n r>1",
        {"T": "any"},
        (
            "{A} <have> {x:T}. {he} <give> {k:T} to each of {his} {g} [friends|cousins|brothers|classmates]. @left",
            "{A} <have> {x:T} and <give> {g} friends {k:T} each. @left",
            "{A} <have> {x:T}. {g} [friends|children] each <p:take> {k} of them. @left",
            "@left if {he} <have> {x:T} and <give> {k} to each of {g} children",
            "each of {g} children <s:get> {k:T} from {A}. {he} <have> {x:T} [at first|in the beginning|at the "
            "start]. @left",
            "{A} <have> {x:T}. {he} <use> {k} [of them|] every day for {g} days. @left",
            "a teacher <s:have> {x:T}. she <s:give> {k:T} to each of the {g} students [in her group|]. how many {T} "
            "<!s:do> she "
            "<!p:have> left",
            "{A} <put> {x:T} on the table. {g} people <p:take> {k} each. how many {T} <!p:be> left on the table",
        ),
        (
            "[{g} times {k} is {n=:T}|that is {n=:T}|{n=:T} are gone]",
            "[that leaves {r=:T}|{r=} of the {T} are left|{r=:T} remain]",
        ),
    ),
)

# --- routines --------------------------------------------------------------------------------------------------------


HABIT = {
    "V+T": "read:page|do:push-up|run:mile|swim:lap|walk:mile|drink:glass of water/glasses of water|solve:puzzle|"
    "draw:picture|learn:new word|do:math "
    "problem|write:page|bake:muffin|make:bracelet|eat:carrot|sell:newspaper|milk:cow|"
    "deliver:letter|do:sit-up|send:message|pick:apple|wash:car|take:photo|collect:egg|type:line|water:plant|eat:grape"
}
DO = {
    "span": "for {d} days|{d} days in a row|on {d} days",
    "sum": "how many {T} <do> {he} <!p:{V.one}> in {d} days|how many {T} is that in {d} days|over {d} days, how many "
    "{T} "
    "is that|what is the total number of {T} after {d} days",
    "day": "[a day|one day|every day|each day] {A} <{V.one}>",
}

everyday(
    "morning_evening",
    Plan(
        "x=2..15 y=2..15 d=2..7 n=x+y r=n*d",
        HABIT,
        (
            "{A} <{V.one}> {x:T} [every|each] morning and {y:T} [every|each] evening. @sum",
            "[every|each] morning {A} <{V.one}> {x:T}, and [every|each] [evening|night] {he} <{V.one}> {y} [more|]. "
            "@sum",
            "{A} <{V.one}> {x:T} in the morning and {y} in the [evening|afternoon] every day @span. how many {T} "
            "<do> {he} <!p:{V.one}> [in all|altogether|in total|]",
            "[every day|each day], {A} <{V.one}> {x:T} before [school|work|lunch] and {y} after "
            "[school|work|dinner]. if {he} "
            "<do> this @span, how many {T} is that [in all|altogether|in total|]",
            "how many {T} <do> {A} <!p:{V.one}> in {d} days if {he} <{V.one}> {x} each morning and {y} each evening",
            "{A} <{V.one}> {x:T} in the morning, and {y} more at night. {he} <do> that [every day|daily] for {d} "
            "days. how many {T} is that [in all|altogether|in total]",
            "{A} <{V.one}> {x:T} at [breakfast|sunrise|noon] and {y:T} at [dinner|sunset|bedtime] [each|every] day. "
            "@sum",
            "if {A} <{V.one}> {x:T} every morning and {y:T} every afternoon, @sum",
        ),
        (
            "[in a day|each day|every day|in one day] {A} <{V.one}> {n=:T}|that is {n=:T} [a day|each day]",
            "[in {d} days|over {d} days|altogether|in total] {A} <{V.one}> {r=:T}|[in {d} days|over {d} days] that "
            "is {r=:T}",
        ),
        DO,
    ),
    Plan(
        "x=2..12 y=2..12 d=7 n=x+y r=n*d",
        HABIT,
        (
            "{A} <{V.one}> {x:T} [every|each] morning and {y:T} [every|each] evening. how many {T} <do> {he} "
            "<!p:{V.one}> in a "
            "week",
            "every day {A} <{V.one}> {x:T} in the morning and {y} at night. how many {T} is that in [a week|one week]",
            "{A} <{V.one}> {x:T} before lunch and {y:T} after lunch every day for a week. how many {T} <do> {he} "
            "<!p:{V.one}> [in all|altogether|in total|]",
        ),
        ("in a day that is {n=:T}|[each day|every day] {A} <{V.one}> {n=:T}", "[in a week|in {d} days] that is {r=:T}"),
    ),
)

everyday(
    "times_a_day",
    Plan(
        "c=2|2|2|3|4 x=2..15 d=2..7 n=c*x r=n*d",
        HABIT,
        (
            "{A} <{V.one}> {x:T} {c~times} a day. @sum",
            "{c~times} [a|every|each] day, {A} <{V.one}> {x:T}. @sum",
            "{A} <{V.one}> {x:T} at a time and <do> this {c~times} a day. @sum",
            "{A} <{V.one}> {x:T} {c~times} [a|each] day for {d} days. how many {T} [is that|<do> {he} <!p:{V.one}>] "
            "[in all|altogether|in total]",
            "how many {T} <do> {A} <!p:{V.one}> in {d} days if {he} <{V.one}> {x} {c~times} a day",
            "if {A} <{V.one}> {x:T} {c~times} a day, @sum",
        ),
        ("in a day that is {n=:T}|[each day|every day|in one day] {A} <{V.one}> {n=:T}", "in {d} days that is {r=:T}"),
        DO,
    ),
    Plan(
        "x=2..28 d=7 r=x*d",
        HABIT,
        (
            "{A} <{V.one}> {x:T} [a|every|each|per] day. how many {T} <do> {he} <!p:{V.one}> in [a week|one week]",
            "every day for a week, {A} <{V.one}> {x:T}. how many {T} is that [in all|altogether|in total]",
            "how many {T} <do> {A} <!p:{V.one}> in a week if {he} <{V.one}> {x} [a|every|each] day",
            "{A} <{V.one}> {x:T} every single day of the week. how many {T} is that [in all|altogether|for the week]",
        ),
        ("[in a week|in {d} days] {A} <{V.one}> {r=:T}|a week has {d} days, so that is {r=:T}",),
    ),
    Plan(
        "c=2|3|4 x=1..3 d=2..10 w=c*x q=w*d",
        {"T": "pill|tablet|drop/drops|spoonful/spoonfuls|capsule|vitamin"},
        (
            "the doctor <s:tell> {@A} to take {x:T} {c~times} a day [for {d} days]. how many {T} is that [in "
            "all|altogether|"
            "in total|]",
            "{A} [must|should|will] take {x:T} {c~times} a day. how many {T} will {he} need for {d} days",
            "a cat must get {x:T} {c~times} [a|every] day for {d} days. how many {T} is that [in all|in total]",
        ),
        ("in a day that is {w=:T}|each day that is {w=:T}", "in {d} days that is {q=:T}"),
    ),
)

everyday(
    "weekend",
    Plan(
        "f=5 x=1..20 e=2 y=1..30 n=f*x s=e*y r=n+s",
        HABIT,
        (
            "{A} <{V.one}> {x:T} [on each|every|each] weekday and {y:T} on [each|every] day of the weekend. @week",
            "from Monday to Friday {A} <{V.one}> {x:T} a day. on Saturday and Sunday {he} <{V.one}> {y:T} [a|each] "
            "day. @week",
            "on weekdays {A} <{V.one}> {x:T} a day, and on weekends {he} <{V.one}> {y} a day. @week",
            "{A} <{V.one}> {x:T} each day from Monday through Friday, and {y} each on Saturday and Sunday. @week",
            "every school day {A} <{V.one}> {x:T}. on both weekend days {he} <{V.one}> {y}. @week",
        ),
        (
            "[on weekdays|from Monday to Friday] {A} <{V.one}> {n=:T}|the {f} weekdays make {n=:T}",
            "[on the weekend|on the other {e} days] {A} <{V.one}> {s=:T}|the weekend makes {s=:T}",
            "in [a|one] week that is {r=:T}|[altogether|in all] {A} <{V.one}> {r=:T}",
        ),
        {
            "week": "how many {T} <do> {he} <!p:{V.one}> [in a week|each week|per week|in a whole week|in one "
            "week]|how many "
            "{T} is that in a week"
        },
    ),
    Plan(
        "x=2..15 d=2..6 y=2..30 n=x*d r=n+y",
        HABIT,
        (
            "{A} <{V.one}> {x:T} a day for {d} days. the next day {he} <{V.one}> {y:T}. how many {T} is that [in "
            "all|altogether|"
            "in total]",
            "for {d} days {A} <{V.one}> {x:T} [each|every] day, and then {y} on the last day. how many {T} <do> {he} "
            "<!p:{V.one}> [in all|altogether|in total]",
            "{A} <{V.one}> {x:T} each day from day one to day {d}. after that {he} <{V.one}> {y} more. how many {T} "
            "is that in all",
        ),
        ("in {d} days {A} <{V.one}> {n=:T}|the first {d} days make {n=:T}", "[altogether|in all] that is {r=:T}"),
    ),
)

# --- money -----------------------------------------------------------------------------------------------------------

SHOP = {
    "T": "pencil|pen|notebook|eraser|apple|sandwich|muffin|cookie|comic book|toy car|ticket|mug|plant|cupcake|hot "
    "dog|"
    "bottle of water/bottles of water|poster|key ring|burger|box of cereal/boxes of cereal|book|candle|cup of "
    "tea/cups of tea",
    "U": "marker|ruler|juice|ice cream|bagel|puzzle|magazine|cap|postcard|brush/brushes|donut|banana|bracelet|taco|"
    "carton of milk/cartons of milk|loaf of bread/loaves of bread|folder|toy boat|card game|pair of socks/pairs of "
    "socks",
}
PAY = {
    "buy": "<buy>|<buy>|<get>|<order>",
    "item": "{n:T} at ${p} each|{n:T} for ${p} each|{n:T} that <p:cost> ${p} each|{n:T} at ${p} apiece|{n:T} for "
    "${p} apiece",
    "other": "{k:U} at ${q} each|{k:U} for ${q} each|{k:U} that <p:cost> ${q} each|{k:U} for ${q} apiece",
    "price": "{an T} <s:cost> ${p}|{T} <p:cost> ${p} each|{T} <p:be> sold for ${p} each|the price of {an T} <s:be> "
    "${p}|one "
    "{T.one} <s:cost> ${p}|each {T.one} <s:cost> ${p}",
    "prices": "{an T} <s:cost> ${p} and {an U} <s:cost> ${q}|{T} <p:cost> ${p} each and {U} <p:cost> ${q} each|at "
    "the store, "
    "{T} <p:be> ${p} each and {U} <p:be> ${q} each|the price of {an T} <s:be> ${p} and the price of {an U} <s:be> "
    "${q}",
    "bill": "{he} <pay> with a ${b} bill|{he} <pay> with ${b}|{he} <give> the [cashier|clerk|seller] ${b}|{he} "
    "<hand> over a ${b} "
    "bill|{he} <use> a ${b} bill to pay",
    "change": "how much change <do> {he} <!p:get> [back|]|how much change will {he} get|how much change should {he} "
    "[get|receive]|how much money <do> {he} <!p:get> back|what is {his} change|how many dollars <do> {he} <!p:get> "
    "back",
    "much": "how much <do> {he} [pay|spend] [in all|altogether|in total|]|how much money <do> {he} spend [in "
    "all|]|what <s:be> the "
    "total cost|how many dollars <do> {he} spend|how much <s:do> everything cost [together|]|how much <s:do> it cost "
    "[in all|altogether]",
}
COST = "[the {T} cost|{n:T} cost] {c=:dollar}|{A} <pay> {c=:dollar} for the {T}"

everyday(
    "change",
    Plan(
        "n=2..9 p=1..15 b=10|20|50|100|20|50 c=n*p r=b-c",
        SHOP,
        (
            "{A} @buy @item. @bill. @change",
            "{A} @buy @item and <pay> with a ${b} bill. @change",
            "@price. {A} @buy {n} of them and <pay> with a ${b} bill. @change",
            "@price. {A} @buy {n:T}. @bill. @change",
            "if {A} @buy @item and <pay> with ${b}, @change",
            "@change if {he} @buy @item and <pay> with ${b}",
            "{A} <have> a ${b} bill. {he} <buy> @item. how much money <!do> {he} <!p:have> left",
            "{A} <have> ${b}. @price. {he} <buy> {n:T}. how much money <!do> {he} <!p:have> left",
            "{A} <go> to the store with ${b}. {he} <buy> @item. how much money is left [over|]",
        ),
        (COST, "[the change is|{A} <get> back|that leaves|{A} <have>] {r=:dollar}"),
        PAY,
    ),
    Plan(
        "n=1..6 p=1..12 k=2..6 q=1..12 b=20|50|100 c=n*p d=k*q s=c+d r=b-s n>1",
        SHOP,
        (
            "{A} @buy @item and @other. @bill. @change",
            "@prices. {A} <buy> {n:T} and {k:U}. @bill. @change",
            "{A} <have> ${b}. {he} <buy> @item and @other. how much money <!do> {he} <!p:have> left",
        ),
        (
            COST,
            "[the {U} cost|{k:U} cost] {d=:dollar}",
            "[together|in all] that is {s=:dollar}",
            "[the change is|{A} <get> back|that leaves] {r=:dollar}",
        ),
        PAY,
    ),
)

everyday(
    "two_prices",
    Plan(
        "n=2..9 p=1..15 k=2..9 q=1..15 c=n*p d=k*q s=c+d",
        SHOP,
        (
            "{A} @buy @item and @other. @much",
            "@prices. {A} @buy {n:T} and {k:U}. @much",
            "@prices. how much <p:do> {n:T} and {k:U} cost [in all|altogether|together|]",
            "how much <do> {A} spend if {he} @buy @item and @other",
            "at a [shop|store|fair|bakery], {A} <buy> @item. {he} also <buy> @other. @much",
            "{A} <sell> @item. {he} also <sell> @other. how much money <do> {he} [make|earn] [in all|altogether|]",
            "if @prices, what is the total price of {n:T} and {k:U}",
            "@price. {A} <buy> {n:T} and also @other. @much",
        ),
        (
            "the {T} [cost|are] {c=:dollar}|{n:T} cost {c=:dollar}",
            "the {U} [cost|are] {d=:dollar}|{k:U} cost {d=:dollar}",
            "[together|in all|altogether] that is {s=:dollar}|the total is {s=:dollar}",
        ),
        PAY,
    ),
    Plan(
        "n=2..9 p=1..15 q=2..50 c=n*p s=c+q",
        SHOP,
        (
            "{A} @buy @item and {an U} for ${q}. @much",
            "@price and {an U} <s:cost> ${q}. {A} <buy> {n:T} and one {U.one}. @much",
            "{A} <buy> {an U} for ${q}. {he} also <buy> @item. @much",
            "how much <p:do> {n:T} at ${p} each and one {U.one} at ${q} cost together",
        ),
        (COST, "[with the {U.one} that is|together that is|in all {A} <pay>] {s=:dollar}"),
        PAY,
    ),
)

OFF = {
    "get": "{A} <have> a coupon for ${d} off|{A} <get> a discount of ${d}|the shop <s:take> ${d} off the total|"
    "there <s:be> a discount of ${d} on the whole order|{he} <use> a coupon that <s:take> ${d} off",
    "final": "how much <do> {he} pay [in all|in total|]|how much <do> {he} <!p:have> to pay|what <s:be> the final "
    "[price|cost]|"
    "how much <do> {he} pay after the discount",
}
everyday(
    "discount",
    Plan(
        "n=2..9 p=2..20 d=2..20 c=n*p r=c-d",
        SHOP,
        (
            "{A} <buy> @item. @get. @final",
            "@price. {A} <buy> {n:T} and <get> ${d} off the total. @final",
            "{A} <buy> @item and <use> a coupon for ${d} off. @final",
            "if {A} <buy> @item and <get> a ${d} discount, how much <do> {he} pay",
            "@final if {he} <buy> @item with a ${d} coupon",
        ),
        (COST, "[after the discount|with the discount|in the end] {A} <pay> {r=:dollar}"),
        PAY | OFF,
    ),
    Plan(
        "p=4..60 n=2..6 d=1..10 s=p-d r=s*n",
        SHOP,
        (
            "{an T} usually <s:cost> ${p}, but today each one is ${d} off. {A} <buy> {n:T}. @much",
            "the store [<s:lower>|<s:drop>] the price of {an T} from ${p} by ${d}. {A} <buy> {n:T} at the new price. "
            "@much",
            "{T} <p:cost> ${p} each. on sale, they <p:be> ${d} cheaper. how much <do> {A} pay for {n:T} on sale",
        ),
        ("[one {T.one} costs|the new price is|each {T.one} costs] {s=:dollar}", "[{n:T} cost|{A} <pay>] {r=:dollar}"),
        PAY,
    ),
    Plan(
        "h=2 e=1..40 n=2..6 p=e*2 s=p/h r=s*n",
        SHOP,
        (
            "{an T} normally <s:cost> ${p}. today everything is half price. {A} <buy> {n:T}. @much",
            "{T} <p:cost> ${p} each, but they <p:be> half off today. how much <do> {A} pay for {n:T}",
            "at a sale, all {T} <p:be> half price. the regular price <s:be> ${p}. {A} <buy> {n}. @much",
        ),
        ("[half of {p} is|one {T.one} costs|the sale price is] {s=:dollar}", "[{n:T} cost|{A} <pay>] {r=:dollar}"),
        PAY,
    ),
)
EVENT = {
    "T": "pizza|movie ticket|sandwich|cake|train ticket|burger|board game|salad",
    "U": "present|gift|taxi|pizza|tent|cake|boat|video game|kite|football",
}
everyday(
    "cost_shared",
    Plan(
        "n=2..9 p=2..24 m=2..9 c=n*p r=c/m r>1",
        EVENT,
        (
            "{m} friends <p:order> {n:T} for ${p} each and <p:share> the cost equally. @eachpays",
            "{n:T} <p:cost> ${p} each. {m} friends <p:split> the [bill|cost] [evenly|equally]. @eachpays",
            "{B} and {Bhis} friends, {m} people in all, <p:buy> {n:T} for ${p} each. they <p:divide> the cost evenly. "
            "@eachpays",
            "if {m} people <p:share> the cost of {n:T} at ${p} each, @eachpays",
            "{T} <p:be> ${p} each. {m} roommates <p:buy> {n} of them together and <p:pay> equal [shares|parts]. "
            "@eachpays",
        ),
        ("the {T} cost {c=:dollar}|[{n:T} cost|the bill is] {c=:dollar}", "each [of them|person|one] pays {r=:dollar}"),
        {
            "eachpays": "how much <s:do> each [person|one] pay|how many dollars <s:do> each person pay|what "
            "<s:be> each "
            "person's share"
        },
    ),
    Plan(
        "p=10..120 q=2..60 m=4..9 c=p+q r=c/m r>1",
        EVENT,
        (
            "{m} friends <p:buy> {an U} for ${p} and {an T} for ${q}. they <p:share> the cost equally. how much "
            "<s:do> each friend pay",
            "{an U} <s:cost> ${p} and {an T} <s:cost> ${q}. {m} people <p:split> the total evenly. how much <s:do> "
            "each person pay",
            "{A} and {B} and some friends, {m} people altogether, <p:pay> ${p} for {an U} and ${q} for {an T}. if "
            "everyone "
            "<s:pay> the same, how much <s:do> each one pay",
        ),
        ("[together that is|the total is|in all it costs] {c=:dollar}", "each [of them|person|one] pays {r=:dollar}"),
    ),
)

# --- parts and rests -------------------------------------------------------------------------------------------------

WHOLE = "[{A} <!have> {r=:T} left [to {V.one}|]|that leaves {r=:T}|[there are|{A} still <!have>] {r=:T} to go]"
GOALS = {
    "V+T+W": "read:page:book|solve:problem:worksheet|write:page:essay|answer:question:quiz|paint:board:fence|"
    "plant:seed:garden|clean:window:building|deliver:letter:route|fold:towel:laundry "
    "pile|glue:photo:album|read:poem:book|"
    "sew:patch/patches:quilt|lay:tile:floor|collect:card:set|build:step:staircase|sort:file:archive|wash:plate:kitchen"
}
TOGO = {
    "goal": "{A} <have> {t:T} to {V.one}|{A} <plan> to {V.one} {t:T}|{A} <want> to {V.one} {t:T}|{an W} <s:have> "
    "{t:T}|"
    "{A's} {W.one} <s:have> {t:T}|there <p:be> {t:T} in {A's} {W.one}|{A} <need> to {V.one} {t:T}",
    "rest": "how many {T} <!do> {he} <!p:have> left [to {V.one}|]|how many {T} <!p:be> left|how many more {T} <!do> "
    "{he} "
    "still <!p:have> to {V.one}|how many {T} remain|how many {T} <!p:be> left to {V.one}|how many more {T} must {he} "
    "{V.one} "
    "[to finish|]",
    "second": "on Tuesday {he} <{V.one}> {c~times} as many|the next day {he} <{V.one}> {c~times} as many [{T}|]|then "
    "{he} <{V.one}> "
    "{c~times} as many {T} on Tuesday|on Tuesday, {he} <{V.one}> {c~times} that number",
    "first": "on Monday {he} <{V.one}> {x} [of them|{T}]|{he} <{V.one}> {x:T} on Monday|[on the first day|on "
    "Monday], {he} <{V.one}> {x:T}",
}

everyday(
    "goal_left",
    Plan(
        "x=2..30 c=2|2|2|3|4 t=40..200 y=c*x n=x+y r=t-n",
        GOALS,
        (
            "@goal. @first. @second. @rest",
            "@goal. @first and {c~times} as many on Tuesday. @rest",
            "@first. @second. [the {W.one} <s:have> {t:T} in all|there <p:be> {t:T} in the {W.one}]. @rest",
            "@goal. if {he} <{V.one}> {x} on Monday and {c~times} as many on Tuesday, @rest",
            "{A} <{V.one}> {x:T} on Monday and {c~times} as many on Tuesday. if the {W.one} <s:have> {t:T}, @rest",
        ),
        (
            "on Tuesday {A} <{V.one}> {y=:T}|the next day it is {y=:T}",
            "[altogether|together|in two days] that is {n=:T}|[by now|so far] {A} <{V.one}> {n=:T}",
            WHOLE,
        ),
        TOGO,
    ),
    Plan(
        "x=2..70 y=2..70 t=20..200 n=x+y r=t-n",
        GOALS,
        (
            "@goal. {he} <{V.one}> {x} on Monday and {y} on Tuesday. @rest",
            "@goal. @first and {y} on Tuesday. @rest",
            "@goal. so far {he} <{V.one}> {x} in the morning and {y} in the afternoon. @rest",
            "{A} <{V.one}> {x:T} on Friday and {y:T} on Saturday. the {W.one} <s:have> {t:T}. @rest",
            "if {A} <{V.one}> {x} of {t:T} on Monday and {y} on Tuesday, @rest",
        ),
        ("[altogether|together|so far] {A} <{V.one}> {n=:T}|that is {n=:T} [in two days|so far]", WHOLE),
        TOGO,
    ),
    Plan(
        "x=2..30 d=2..7 t=20..200 n=x*d r=t-n",
        GOALS,
        (
            "@goal. {he} <{V.one}> {x:T} [a|each|every|per] day for {d} days. @rest",
            "{A} <{V.one}> {x:T} [each|every|a] day. @goal. how many {T} <!p:be> left after {d} days",
            "@goal. if {he} <{V.one}> {x} a day, how many {T} will be left after {d} days",
            "[every|each] day for {d} days, {A} <{V.one}> {x} of the {t:T} in the {W.one}. @rest",
        ),
        ("in {d} days {A} <{V.one}> {n=:T}|{d} days make {n=:T}", WHOLE),
        TOGO,
    ),
)

PARTED = {
    "away": "<give> {f~part} of them to {B}|<give> {f~part} of the {T} to {his} [brother|sister|friend]|<sell> "
    "{f~part} of them|"
    "<give> away {f~part} of the {T}|<lose> {f~part} of them|<use> {f~part} of the {T}|<give> {f~part} of {his} {T} "
    "away|"
    "<put> {f~part} of them in a box|<donate> {f~part} of {his} {T}",
    "own": "<have>|<have>|<buy>|<find>|<collect>|<get>|<make>",
    "other": "the others|the rest|the remaining {T}|those that <p:be> left|what <s:be> left",
}
PART = "{f~part} of {x} is {n=}|{f~part} of the {T} is {n=:T}|{x} divided by {f} is {n=:T}"

everyday(
    "part_rest",
    Plan(
        "f=2|2|3|4|5|4|2 e=2..30 x=e*f n=x/f r=x-n",
        {"T": "any"},
        (
            "{A} @own {x:T}. {he} @away. @left",
            "{A} @own {x:T} and @away. @left",
            "if {A} <have> {x:T} and @away, @left",
            "@left if {he} @own {x:T} and <give> away {f~part} of them",
            "there <p:be> {x:T} in a box. {f~part} of them <p:be> broken. how many {T} <p:be> not broken",
            "{f~part} of the {x:T} in a shop <p:be> sold. how many {T} <!p:be> left",
            "{f~part} of {A's} {x:T} <p:be> red and the rest <p:be> blue. how many {T} <p:be> blue",
            "of {A's} {x:T}, {f~part} <p:be> old. how many {T} <p:be> not old",
        ),
        (PART, "[that leaves {r=:T}|the rest is {r=:T}|{r=} of the {T} are left]"),
        PARTED,
    ),
    Plan(
        "f=2|2|3|4|5 e=3..30 y=2..40 x=e*f n=x/f s=x-n r=s-y",
        {"T": "any"},
        (
            "{A} @own {x:T}. {he} @away. then {he} <lose> {y} [more|of @other]. @left",
            "{A} @own {x:T}. {he} <give> {f~part} of them to {B} and {y} to {C}. @left",
            "{A} @own {x:T}. {he} <sell> {f~part} of them in the morning and {y} [more|] in the afternoon. @left",
            "if {A} <have> {x:T}, <give> away {f~part} of them and then <use> {y} more, @left",
        ),
        (PART, "[then there are|that leaves] {s=:T}", LEFT),
        PARTED,
    ),
    Plan(
        "f=2|3|4|2 h=2|3|4|5 e=2..60 x=e*f n=x/f s=x-n q=s/h r=s-q",
        {"T": "any"},
        (
            "{A} @own {x:T}. {he} @away. then {he} <give> {h~part} of @other to {C}. @left",
            "{A} @own {x:T}. {f~part} <p:be> sold on Monday and {h~part} of @other <p:be> sold on Tuesday. @left",
            "{A} <give> {f~part} of {his} {x:T} to {B}. then {he} <use> {h~part} of @other. @left",
        ),
        (PART, "[then there are|that leaves] {s=:T}", "{h~part} of the rest is {q=}|{h~part} of {s} is {q=:T}", LEFT),
        PARTED,
    ),
    Plan(
        "f=2|2|3|4 e=2..30 y=2..50 x=e*f n=x/f r=n+y",
        {"T": "any"},
        (
            "{A} @own {x:T}. {B} <s:have> {f~part} as many [{T}|] plus {y} more. how many {T} <s:do> {B} <!p:have>",
            "{A} <have> {x:T}. {B} <s:have> {y} more than {f~part} of that number. how many {T} <s:do> {B} <!p:have>",
            "{B} <s:have> {y} more than {f~part} as many {T} as {A@}. if {A!} <have> {x:T}, how many <s:do> {B!} "
            "<!p:have>",
        ),
        (PART, "[with {y} more that is|{B} <s:have>|{B} <s:own>] {r=:T}"),
        PARTED,
    ),
)

everyday(
    "rest_of_group",
    Plan(
        "t=12..200 x=2..90 y=2..90 n=x+y r=t-n r>1",
        {
            "T": "flower|balloon|marble|button|bead|car|ball|sock|cap|crayon|bead|tulip|pencil|sticker|kite|"
            "fish/fish|shirt",
            "E+F+G": "red:blue:green|white:yellow:pink|black:white:gray|purple:orange:brown|big:small:tiny|"
            "blue:red:yellow|"
            "green:pink:white|yellow:red:black",
        },
        (
            "there <p:be> {t:T} [in a box|in the shop|in a bag|]. {x} [of them|] <p:be> {E.one}, {y} <p:be> {F.one}, "
            "and the rest <p:be> "
            "{G.one}. how many {T} <p:be> {G.one}",
            "{A} <have> {t:T}. {x} <p:be> {E.one} and {y} <p:be> {F.one}. the [rest|others] <p:be> {G.one}. how many "
            "{G.one} {T} "
            "<do> {he} <!p:have>",
            "of {t:T}, {x} <p:be> {E.one} and {y} <p:be> {F.one} and the others <p:be> {G.one}. how many <p:be> "
            "{G.one}",
            "{A} <have> {x} {E.one} {T}, {y} {F.one} {T} and some {G.one} {T}. {he} <have> {t:T} [in "
            "all|altogether]. how many {G.one} "
            "{T} <do> {he} <!p:have>",
            "how many of {A's} {t:T} <p:be> {G.one} if {x} <p:be> {E.one}, {y} <p:be> {F.one} and all the others "
            "<p:be> {G.one}",
        ),
        (
            "[{E.one} and {F.one} together are|together that is|the {E.one} and {F.one} ones are] {n=:T}",
            "[the rest is|that leaves|there are] {r=} {G.one} {T}",
        ),
    ),
)

# --- comparisons -----------------------------------------------------------------------------------------------------

HAS = {
    "first": "{A} <have> {x:T}|{A} <have> {x:T}|{A} @did {x:T}",
    "did": "<collect>|<find>|<pick>|<sell>|<make>|<buy>|<count>",
    "as": "[{A@}|{A@}|{@A}]",
    "all": "how many {T} <p:do> {they} <!p:have> [together|altogether|in all|in total|]|how many {T} <p:be> there "
    "[altogether|in all|in "
    "total]|what is the total number of {T}|how many {T} <p:do> {they} <!p:have> in total",
    "both": "how many {T} <p:do> the two of them <!p:have> [together|altogether]|how many {T} <p:do> {they} have "
    "[together|in all|"
    "altogether|combined]|what <!s:be> the total number of {T}|how many {T} <p:be> there altogether",
    "bob": "how many {T} <s:do> {B!} <!p:have>|how many <s:do> {B!} <!p:have>",
    "cy": "how many {T} <s:do> {C!} <!p:have>|how many <s:do> {C!} <!p:have>",
}
MORE = "{B} <s:have> {n=:T}"

everyday(
    "more_than",
    Plan(
        "x=2..90 y=2..60 n=x+y r=x+n",
        {"T": "any"},
        (
            "{A} <have> {x:T}. {B} <s:have> {y} more [{T}|] than @as. @both",
            "{B} <s:have> {y} more {T} than {A@}. {A} <have> {x:T}. @both",
            "if {A} <have> {x:T} and {B} <s:have> {y} more than @as, @both",
            "{A!} and {B} <p:collect> {T}. {A!} <have> {x} and {B!} <s:have> {y} more than @as. @both",
            "{A} <have> {x:T}, which <s:be> {y} fewer than {B} <s:have>. @both",
            "{A} <have> {x:T}. that <s:be> {y} less than {B} <s:have>. @both",
        ),
        (MORE, "[together|altogether|in all] [{they} have|that is|there are] {r=:T}"),
        HAS,
    ),
    Plan(
        "x=10..100 y=2..60 n=x-y r=x+n",
        {"T": "any"},
        (
            "{A} <have> {x:T}. {B} <s:have> {y} [fewer|fewer|less] [{T}|] than @as. @both",
            "{B} <s:have> {y} fewer {T} than {A@}. {A} <have> {x:T}. @both",
            "if {A} <have> {x:T} and {B} <s:have> {y} fewer than @as, @both",
            "{A} <have> {x:T}. {he} <have> {y} more {T} than {B}. @both",
            "{A} <have> {x:T}, {y} more than {B}. @both",
        ),
        (MORE, "[together|altogether|in all] [{they} have|that is|there are] {r=:T}"),
        HAS,
    ),
    Plan(
        "x=2..60 y=2..40 z=2..40 n=x+y r=n-z",
        {"T": "any"},
        (
            "{A} <have> {x:T}. {B} <s:have> {y} more [{T}|] than @as, and {C} <s:have> {z} fewer than {B!}. @cy",
            "{C} <s:have> {z} fewer {T} than {B!}. {B!} <s:have> {y} more than {A@}. {A!} <have> {x:T}. @cy",
            "{A} <have> {x:T}. {B} <s:have> {y} more than {A@}. {C} <s:have> {z} less than {B!}. @cy",
        ),
        (MORE, "{C} <s:have> {r=:T}"),
        HAS,
    ),
)

everyday(
    "times_as_many",
    Plan(
        "c=2|2|3|4|5 x=2..40 n=c*x r=x+n",
        {"T": "any"},
        (
            "{A} <have> {x:T}. {B} <s:have> {c~times} as many [{T}|] as @as. @both",
            "{B} <s:have> {c~times} as many {T} as {A@}. {A} <have> {x:T}. @both",
            "{A} <have> {x:T}. {B} <s:have> {c~times} as many. @both",
            "if {A} <have> {x:T} and {B} <s:have> {c~times} as many, @both",
            "{A} <find> {x:T} and {B} <s:find> {c~times} as many. @all",
            "how many {T} <p:do> {B} and {A!} <!p:have> together if {A!} <have> {x} and {B!} <s:have> {c~times} as "
            "many",
        ),
        (MORE, "[together|altogether|in all] [{they} have|that is|there are] {r=:T}"),
        HAS,
    ),
    Plan(
        "c=2|2|3|4|5 x=2..40 y=2..50 n=c*x r=n+y",
        {"T": "any"},
        (
            "{A} <have> {x:T}. {B} <s:have> {c~times} as many [{T}|] as @as. {C} <s:have> {y} more than {B!}. @cy",
            "{B} <s:have> {c~times} as many {T} as {A@}, and {C} <s:have> {y} more than {B!}. if {A!} <have> {x:T}, "
            "@cy",
        ),
        (MORE, "{C} <s:have> {r=:T}"),
        HAS,
    ),
    Plan(
        "c=2|2|3|4|5 x=2..40 y=2..50 n=c*x r=n+y",
        {"T": "any"},
        (
            "{A} <have> {x:T}. {B} <s:have> {y} more than {c~times} as many {T} as {A@}. @bob",
            "{B} <s:have> {y} more than {c~times} as many {T} as {A@}. if {A!} <have> {x:T}, @bob",
        ),
        ("{c~times} {x} is {n=:T}|{c~times} as many as {A} is {n=:T}", "[with {y} more that is|{B} <s:have>] {r=:T}"),
        HAS,
    ),
    Plan(
        "c=2|2|3|4|5 x=2..40 y=2..50 n=c*x r=n-y",
        {"T": "any"},
        (
            "{A} <have> {x:T}. {B} <s:have> {c~times} as many [{T}|] as @as. {B!} <s:give> away {y} of them. how "
            "many {T} <s:do> {B} "
            "have [left|now]",
            "{B} <s:have> {c~times} as many {T} as {A@}. {A!} <have> {x:T}. if {B!} <s:lose> {y:T}, how many {T} "
            "<s:do> {B!} have left",
        ),
        (MORE, "[then|now|in the end] {B} <s:have> {r=:T}"),
        HAS,
    ),
    Plan(
        "c=2|2|3|4|5 x=2..40 n=c*x r=n-x r>1",
        {"T": "any"},
        (
            "{A} <have> {x:T}. {B} <s:have> {c~times} as many [{T}|] as @as. how many more {T} <s:do> {B} <!p:have> "
            "than {A@}",
            "{B} <s:have> {c~times} as many {T} as {A@}. {A!} <have> {x:T}. how many fewer {T} <do> {A!} <!p:have> "
            "than {B!}",
        ),
        (MORE, "the difference is {r=:T}|{B} <s:have> {r=} more {T}"),
        HAS,
    ),
    Plan(
        "f=2|2|3|4 e=2..30 x=e*f n=x/f r=x+n",
        {"T": "any"},
        (
            "{A} <have> {x:T}. {B} <s:have> {f~part} as many [{T}|] as @as. @both",
            "{A} <have> {x:T} and {B} <s:have> {f~part} as many. @both",
            "{B} <s:have> {f~part} as many {T} as {A@}. {A!} <have> {x:T}. @both",
            "{A} <find> {x:T}. {B} only <s:find> {f~part} as many. @all",
        ),
        (MORE, "[together|altogether|in all] [{they} have|that is|there are] {r=:T}"),
        HAS,
    ),
)

everyday(
    "three_people",
    Plan(
        "x=2..50 y=2..30 z=2..30 n=x+y s=x-z r=x+n+s",
        {"T": "any"},
        (
            "{A} <have> {x:T}. {B} <s:have> {y} more than {A@} and {C} <s:have> {z} fewer than {A@}. @three",
            "{B} <s:have> {y} more {T} than {A@}. {C} <s:have> {z} fewer {T} than {A@}. {A!} <have> {x:T}. @three",
        ),
        (MORE, "{C} <s:have> {s=:T}", "[all three have|together they have|in all that is] {r=:T}"),
        HAS
        | {
            "three": "how many {T} <p:do> {they} <!p:have> [in all|altogether|in total]|how many {T} <p:do> the "
            "three of them <!p:have> "
            "[together|altogether]"
        },
    ),
    Plan(
        "c=2|2|3 x=2..40 y=2..30 n=c*x s=n+y r=x+n+s",
        {"T": "any"},
        (
            "{A} <have> {x:T}. {B} <s:have> {c~times} as many as {A@}. {C} <s:have> {y} more than {B!}. @three",
            "{C} <s:have> {y} more {T} than {B!}. {B!} <s:have> {c~times} as many as {A@}. {A!} <have> {x:T}. @three",
        ),
        (MORE, "{C} <s:have> {s=:T}", "[all three have|in all that is|altogether there are] {r=:T}"),
        HAS
        | {
            "three": "how many {T} <p:do> {they} <!p:have> [in all|altogether|in total]|how many {T} <p:do> the "
            "three of them <!p:have> "
            "[together|altogether]|how many {T} <p:be> there in all"
        },
    ),
)

# --- unknown start and unknown change --------------------------------------------------------------------------------

FIRST = "[at first|in the beginning|to begin with|at the start]"
START = {
    "begin": "how many {T} did {he} <!p:have> [at first|in the beginning|to start with|at the start|to begin "
    "with|before]|how many did {he} "
    "<!p:have> [at first|in the beginning|to start with]|how many {T} did {he} start with|what was the number of {T} "
    "{he} had at first",
    "now": "now {he} <!have> {x} [left|{T}|{T} left]|{he} <!have> {x:T} left|there <!p:be> {x:T} left",
    "gave": "gave {y} [of {his} {T}|{T}] to [{B}|{his} sister|a friend]|gave away {y} [{T}|of {his} {T}]|lost {y} "
    "[{T}|of {his} {T}]|"
    "sold {y} [{T}|of {his} {T}]|used {y} [{T}|of {his} {T}]",
    "giving": "giving {y:T} to [{B}|{his} sister|a friend]|giving away {y:T}|losing {y:T}|selling {y:T}|using {y:T}",
}
everyday(
    "start_unknown",
    Plan(
        "x=2..120 y=2..70 r=x+y",
        {"T": "any"},
        (
            "after @giving, {A} <!have> {x} left. @begin",
            "after @giving, {A} had {x:T} left. @begin",
            "{A} had some {T}. {he} @gave. @now. @begin",
            "{A} @gave and now {he} <!have> {x} left. @begin",
            "{A} @gave. @now. @begin",
            "{A} <!have> {x:T} left after @giving. @begin",
            "if {A} <!have> {x:T} left after @giving, @begin",
            "how many {T} did {A} <!p:have> at first if {he} @gave and {x} <!p:be> left",
            "{A} took {y:T} out of a box. there <!p:be> {x} still in it. how many {T} were in the box before",
        ),
        (FIRST + " there were {r=:T}|before that there were {r=:T}",),
        START,
    ),
    Plan(
        "x=2..90 y=2..50 z=2..50 n=x+y r=n+z",
        {"T": "any"},
        (
            "{A} had some {T}. {he} gave {z} to {B} and {y} to {C}. @now. @begin",
            "{A} gave {z:T} to {B} and {y:T} to {C}. @now. @begin",
            "{A} sold {z:T} in the morning and {y} in the afternoon. @now. @begin",
            "after giving {z:T} to {B} and {y} to {C}, {A} <!have> {x} left. @begin",
        ),
        ("[with|together with] the last {y} that is {n=:T}|{x} and {y} are {n=:T}", FIRST + " there were {r=:T}"),
        START,
    ),
    Plan(
        "y=2..60 x=10..150 r=x-y r>1",
        {"T": "any"},
        (
            "{A} had some {T}. {he} [bought|got|found|picked] {y} more. now {he} <!have> {x}. @begin",
            "after [buying|getting|finding|receiving] {y} more {T}, {A} <!have> {x}. @begin",
            "{A} <!have> {x:T} after {B} gave {him} {y}. @begin",
            "{A} [bought|got|found] {y} new {T} and now <!have> {x} in all. @begin",
            "{B} gave {A@} {y:T}. now {A!} <!have> {x:T}. how many {T} did {A!} <!p:have> before",
        ),
        (FIRST + " there were {r=:T}|before that there were {r=:T}",),
        START,
    ),
    Plan(
        "m=2..9 k=2..20 y=2..30 n=m*k r=n+y",
        {"T": "any"},
        (
            "{A} shared some {T} equally among {m} [friends|children|people]. each one got {k} and {y} were left "
            "over. @begin",
            "{A} put {his} {T} into {m} bags with {k} in each bag. {y} {T} were left over. @begin",
            "{A} gave {k:T} to each of {m} friends and kept {y} for later. @begin",
        ),
        ("[{m} times {k} is|the groups make|that is] {n=:T}", FIRST + " there were {r=:T}"),
        START,
    ),
)

everyday(
    "change_unknown",
    Plan(
        "x=8..150 y=2..140 r=x-y r>1",
        {"T": "any"},
        (
            "{A} had {x:T}. {he} gave some of them [away|to {B}|to a friend]. now {he} <!have> {y} left. how many "
            "{T} did {he} "
            "give away",
            "{A} had {x:T} and lost some of them. now there <!p:be> {y} left. how many {T} did {he} lose",
            "{A} had {x:T}. after selling some, {he} had {y} left. how many {T} did {he} sell",
            "a box held {x:T}. some were taken out and {y} <!p:be> left. how many {T} were taken out",
            "if {A} had {x:T} and now <!have> only {y}, how many {T} did {he} lose",
            "there were {x:T} in a shop in the morning. in the evening there were {y} [left|]. how many {T} were sold",
        ),
        ("the difference is {r=:T}|{r=} of the {T} are gone|that makes {r=:T}",),
    ),
    Plan(
        "x=2..120 y=10..180 r=y-x r>1",
        {"T": "any"},
        (
            "{A} had {x:T}. {his} [friend|aunt|uncle|sister] gave {him} some more. now {he} <!have> {y}. how many "
            "{T} did {he} get",
            "{A} had {x:T}. {he} bought some more and now {he} <!have> {y:T}. how many {T} did {he} buy",
            "{A} <have> {x:T}. how many more {T} <do> {he} need to have {y}",
            "{A} <want> to have {y:T}. {he} already <have> {x}. how many more <do> {he} need",
            "{A} <need> {y:T}. {he} <have> {x} [so far|already]. how many [more|] {T} <do> {he} still need",
            "if {A} <have> {x:T} and <want> {y}, how many more <do> {he} need",
            "there were {x:T} in a box. after {A} put in some more, there were {y}. how many {T} did {he} put in",
        ),
        ("[that is|the difference is] {r=} [more|] {T}",),
    ),
    Plan(
        "g=2..8 k=2..12 y=10..180 n=g*k r=y-n r>1",
        THINGS,
        (
            "{A} <need> {y:T}. {he} <have> @bundle. how many more {T} <do> {he} need",
            "{A} <want> to have {y:T}. {he} already <have> @bundle. how many more <do> {he} need",
            "{A} <buy> @bundle for a party. {he} <need> {y:T}. how many {T} are still missing",
            "how many more {T} <do> {A} need to have {y} if {he} <have> @bundle",
        ),
        (GOT, "[that is|{A} still <need>|the difference is] {r=} [more|] {T}"),
    ),
)

# --- seats, buses and boxes ------------------------------------------------------------------------------------------

SEATS = {
    "P+T+W": "row:seat:theater|row:chair:hall|table:chair:restaurant|car:seat:train|row:seat:plane|"
    "bench/benches:place:park|"
    "row:seat:stadium|table:seat:cafeteria|row:desk:classroom|boat:seat:harbor|bus/buses:seat:parking "
    "lot|tent:bed:camp",
    "Q": "person/people|visitor|guest|child/children|student|passenger|fan|camper",
}
EMPTY = {
    "room": "{an W} <s:have> {g:P} [with {k:T} each|of {k:T} [each|]|with {k:T} per {P.one}]|there <p:be> {g:P} "
    "with {k:T} each in "
    "{an W}|the {W.one} <s:have> {g:P}, each with {k:T}|in {an W} there <p:be> {g:P} of {k:T}",
    "empty": "how many {T} <p:be> [empty|free|not taken|still free]|how many empty {T} <p:be> there|how many {T} "
    "<p:be> left",
    "taken": "{y:Q} <p:be> already [there|seated]|{y} of the {T} <p:be> taken|{y:Q} <p:take> one {T.one} each|{y} "
    "{T} <p:be> taken|"
    "if {y:Q} <p:come>",
}
everyday(
    "seats_empty",
    Plan(
        "g=2..12 k=2..15 y=2..120 n=g*k r=n-y r>1",
        SEATS,
        (
            "@room. {y} [of the {T}|{T}] <p:be> taken. @empty",
            "@room. {y:Q} <p:come> and each <s:take> one {T.one}. @empty",
            "@room. if {y} of the {T} <p:be> taken, @empty",
            "{y:Q} <p:be> in {an W} that <s:have> {g:P} of {k:T}. everyone <s:use> one {T.one}. @empty",
            "@empty if {an W} <s:have> {g:P} of {k:T} and {y} of them <p:be> taken",
        ),
        ("[there are|the {W.one} has|in all there are] {n=:T}", "[that leaves {r=:T}|{r=} of the {T} are free]"),
        EMPTY,
    ),
    Plan(
        "g=2..12 k=2..15 h=2..8 g>h m=g-h r=m*k m>1",
        SEATS,
        (
            "@room. {h} of the {P} <p:be> [full|reserved|closed]. how many {T} <p:be> there in the other {P}",
            "@room. {h} of the {g} {P} <p:be> empty. the other {P} <p:be> full. how many {T} <p:be> taken",
            "@room. nobody may use {h} of the {P}. how many {T} can be used",
        ),
        ("[that leaves|there are] {m=} other {P}", "the other {P} have {r=:T}"),
        EMPTY,
    ),
    Plan(
        "g=2..12 k=2..15 x=2..60 n=g*k r=n+x",
        SEATS,
        (
            "@room. [workers <p:add>|the owner <s:add>] {x} more {T}. how many {T} <p:be> there [now|in "
            "all|altogether]",
            "@room. there <p:be> also {x:T} [outside|nearby]. how many {T} <p:be> there [in all|altogether|in total]",
            "all {T} in {g:P} of {k} <p:be> taken, and {x:Q} <p:have> to stand. how many {Q} <p:be> there [in "
            "all|altogether] if every "
            "{T.one} <s:hold> one",
        ),
        ("[there are|the {P} have|together the {P} have] {n=:T}", "[altogether|in all] that is {r=}"),
        EMPTY,
    ),
)

LOADS = {
    "Q+P": "student:bus/buses|child/children:van|person/people:table|guest:table|passenger:boat|camper:tent|"
    "egg:carton|book:box/boxes|"
    "apple:crate|cupcake:tray|photo:album "
    "page|bottle:case|fan:bus/buses|scout:canoe|skier:gondola|toy:bin|orange:bag|doll:shelf/shelves"
}
LOAD = {
    "hold": "each {P.one} <s:hold> {k:Q}|{an P} <s:hold> {k:Q}|every {P.one} can hold [up to|] {k:Q}|there <s:be> "
    "room for {k:Q} in "
    "each {P.one}|{an P} <s:have> room for {k:Q}",
    "need": "how many {P} <p:be> needed|how many {P} are needed for all of them|how many {P} do they need|what is "
    "the smallest number of "
    "{P} that is needed",
}
everyday(
    "groups_needed",
    Plan(
        "g=2..12 k=3..20 l=1..19 l<k x=g*k+l n=g*k y=x-n r=g+1",
        LOADS,
        (
            "@hold. there <p:be> {x:Q}. @need",
            "{x:Q} must fit into {P}. @hold. @need",
            "there <p:be> {x:Q} and @hold. @need",
            "if there <p:be> {x:Q} and @hold, @need",
        ),
        (
            "{g} full {P} hold {n=:Q}",
            "[that leaves {y=} more|the rest is {y=}]",
            "[so it takes|in all that makes] {r=:P}",
        ),
        LOAD,
    ),
    Plan(
        "g=2..12 k=2..20 x=g*k r=x/k",
        LOADS,
        (
            "@hold. there <p:be> {x:Q}. @need",
            "{x:Q} <p:be> put into {P} of {k}. @need",
            "if {x:Q} <p:be> split into groups of {k}, one group for each {P.one}, @need",
            "there <p:be> {x:Q}. [they <p:be>|they all <p:be>] placed in {P} with {k} in each {P.one}. how many {P} "
            "<p:be> there",
            "{A} <divide> {x:Q} among {P}, {k} to each {P.one}. how many {P} <do> {he} need",
        ),
        ("[it takes|that makes|there are] {r=:P}",),
        LOAD,
    ),
    Plan(
        "g=2..12 k=3..20 l=1..19 l<k x=g*k+l n=g*k r=x-n",
        {"T": "any", "P": "P"},
        (
            "{A} <pack> {x:T} into {P} of {k}. {he} <fill> {g:P}. how many {T} <!p:be> left over",
            "{A} <have> {x:T}. {he} <put> {k} into each of {g:P}. how many {T} [are left over|do not fit|are left]",
            "{x:T} <p:be> packed into {g:P} with {k} in each. how many {T} <p:be> left over",
            "there <p:be> {x:T}. {g} children <p:get> {k} each. how many {T} <p:be> left [over|]",
            "if {A} <divide> {x:T} among {g} friends so that each <s:get> {k}, how many <!p:be> left over",
        ),
        ("[that uses|{g} times {k} is] {n=:T}", "[the rest is {r=:T}|that leaves {r=:T}]"),
    ),
)

RIDE = {
    "P+Q": "bus/buses:van|bus/buses:car|train car:taxi|boat:canoe|van:car|truck:car",
    "T": "person/people|student|child/children|passenger|fan|guest",
}
everyday(
    "rides",
    Plan(
        "g=2..6 k=5..30 h=2..9 j=2..8 n=g*k s=h*j r=n+s",
        RIDE,
        (
            "{g:P} <p:carry> {k:T} each and {h:Q} <p:carry> {j} each. how many {T} is that [in all|altogether|in "
            "total]",
            "a group <s:travel> in {g:P} and {h:Q}. there <p:be> {k:T} in each {P.one} and {j} in each {Q.one}. how "
            "many {T} <p:be> there "
            "[in all|altogether|]",
            "for a trip, {g:P} with {k:T} each and {h:Q} with {j:T} each <p:be> full. how many {T} <p:go> on the trip",
            "{k:T} fit in {an P} and {j} fit in {an Q}. how many {T} can ride in {g:P} and {h:Q}",
        ),
        ("the {P} carry {n=:T}", "the {Q} carry {s=:T}", "[altogether|in all] that is {r=:T}"),
    ),
    Plan(
        "x=5..60 g=2..8 k=2..8 y=1..30 n=g*k s=x+n r=s-y",
        RIDE,
        (
            "there <p:be> {x:T} [at a party|in a park|on a beach]. {g} more {Q} <p:come>, with {k:T} in each. then "
            "{y:T} <p:leave>. how many "
            "{T} <!p:be> [left|still there|there now]",
            "{x:T} <p:be> waiting. {g:Q} <p:bring> {k} more each, and {y} <p:leave>. how many {T} <!p:be> there now",
        ),
        ("[the {Q} bring|that is] {n=:T}", "[then|now] there are {s=:T}", "[that leaves|then there are] {r=:T}"),
    ),
)

# --- time and age ----------------------------------------------------------------------------------------------------

WORK = {
    "V": "work|study|practice|train|read|paint|clean|jog|dance|volunteer",
}
everyday(
    "hours",
    Plan(
        "h=2..9 d=2..6 w=2..5 n=h*d r=n*w",
        WORK,
        (
            "{A} <{V.one}> {h:hour} a day, {d} days a week. how many hours is that in {w} weeks",
            "{A} <{V.one}> for {h:hour} [each|every] day, {d} days per week. how many hours <do> {he} <!p:{V.one}> "
            "in {w} weeks",
            "how many hours <do> {A} <!p:{V.one}> in {w} weeks if {he} <{V.one}> {d} days a week for {h:hour} a day",
            "{A} <{V.one}> {d} days a week. each time {he} <{V.one}> for {h:hour}. how many hours is that in {w} weeks",
        ),
        ("[in a week that is|each week that is] {n=:hour}", "in {w} weeks that is {r=:hour}"),
    ),
    Plan(
        "h=2..9 d=2..6 y=1..9 n=h*d r=n+y",
        WORK,
        (
            "{A} <{V.one}> {h:hour} a day for {d} days, and {y:hour} on [Saturday|Sunday]. how many hours is that "
            "[in all|altogether]",
            "{A} <{V.one}> {h:hour} on each of {d} days and {y} more on [Saturday|Sunday]. how many hours <do> {he} "
            "<!p:{V.one}> in total",
            "in one week {A} <{V.one}> {h:hour} a day on {d} days. {he} also <{V.one}> {y:hour} on Sunday. how many "
            "hours is that in all",
        ),
        ("in {d} days that is {n=:hour}|{d} days make {n=:hour}", "[altogether|in all] that is {r=:hour}"),
    ),
    Plan(
        "h=2..9 p=3..20 d=2..6 n=h*d r=n*p",
        {"V": "work|teach|babysit"},
        (
            "{A} <earn> ${p} [an hour|per hour]. {he} <work> {h:hour} a day for {d} days. how much [money|] <do> "
            "{he} <!p:earn> [in all|]",
            "{A} <work> {h:hour} on each of {d} days. {he} <be> paid ${p} for every hour. how many dollars <do> {he} "
            "<!p:earn>",
            "{A} <work> {d} days a week for {h:hour} a day and <get> ${p} an hour. how much <do> {he} <!p:make> in a "
            "week",
        ),
        ("[that is|{A} <work>] {n=:hour}", "{A} <earn> {r=:dollar}"),
    ),
)

TASKS = {
    "V+W": "do the dishes:walk the dog|clean the kitchen:read a book|do homework:practice the piano|"
    "mow the lawn:water the plants|take a shower:eat breakfast|play chess:draw a picture|wash the car:cook dinner"
}
everyday(
    "minutes",
    Plan(
        "x=5..60 y=5..60 n=x+y h=1|2|2 m=h*60 r=m-n",
        TASKS,
        (
            "{A} <have> {h:hour}. {he} <need> {x} minutes to {V.one} and {y} minutes to {W.one}. how many minutes "
            "<!p:be> left",
            "it <s:take> {A@} {x} minutes to {V.one} and {y} minutes to {W.one}. {he} <have> {h:hour}. how many "
            "minutes will {he} have left",
            "in {h:hour}, {A} <want> to {V.one} for {x} minutes and {W.one} for {y} minutes. how many minutes remain",
        ),
        (
            "[together that takes|that takes] {n=:minute}",
            "in {h:hour} there are {m=:minute}",
            "that leaves {r=:minute}|{A} <have> {r=:minute} left",
        ),
    ),
    Plan(
        "x=5..40 d=2..7 y=5..60 n=x*d r=n+y",
        TASKS,
        (
            "{A} <need> {x} minutes to {V.one} every day. how many minutes is that in {d} days if {he} also <need> "
            "{y} minutes once to {W.one}",
            "it <s:take> {A@} {x} minutes to {V.one}. {he} <do> that {d} times. then {he} <need> {y} minutes to "
            "{W.one}. how many minutes is "
            "that [in all|altogether|in total]",
        ),
        ("{d} times {x} minutes is {n=:minute}", "[altogether|in all|in total] that is {r=:minute}"),
    ),
    Plan(
        "x=5..30 y=5..30 d=2..7 n=x+y r=n*d",
        {"T": "bus|train|bike|boat"},
        (
            "{A} <ride> the {T.one} for {x} minutes to school and {y} minutes back home [every|each] day. how many "
            "minutes is that in {d} days",
            "[every|each] day {A} <walk> {x} minutes to the {T.one} and <ride> it for {y} minutes. how many minutes "
            "is that in {d} days",
            "the way to work <s:take> {A@} {x} minutes and the way back {y} minutes. how many minutes is that in {d} "
            "days",
        ),
        ("[each day|in a day|every day] that is {n=:minute}", "in {d} days that is {r=:minute}"),
    ),
)

AGE = {
    "old": "how old is {B!}|what is {B!}'s age|how many years old is {B!}",
}
everyday(
    "age",
    Plan(
        "x=3..60 y=2..30 n=3..20 s=x+y r=s+n",
        {},
        (
            "{A} <!be> {x} years old. {B} is {y} years older. how old will {B!} be in {n} years",
            "{B} is {y} years older than {A@}. {A!} <!be> {x}. how old will {B!} be {n} years from now",
            "{A} <!be> {x} years old and {y} years younger than {B}. how old will {B!} be in {n} years",
        ),
        ("[now|today] {B} is {s=} years old|{B} is {s=} now", "in {n} years {B} will be {r=}"),
    ),
    Plan(
        "c=2|2|3|4|5 x=3..40 s=c*x s<100 y=2..20 r=s-y",
        {},
        (
            "{A} <!be> {x} years old. {B} is {c~times} as old as {A@}. how old was {B!} {y} years ago",
            "{B} is {c~times} as old as {A@}. {A!} <!be> {x}. how old was {B!} {y} years ago",
            "{A} <!be> {x} and {B} is {c~times} that age. how many years old was {B!} {y} years ago",
        ),
        ("[now|today] {B} is {s=} years old|{B} is {s=} now", "{y} years ago {B} was {r=}"),
    ),
    Plan(
        "c=2|2|3|4|5 x=3..40 s=c*x s<100 r=s+x",
        {},
        (
            "{A} <!be> {x} years old. {B} is {c~times} as old as {A@}. what is the sum of the two ages",
            "{B} is {c~times} as old as {A@}. {A!} <!be> {x}. how old are {they} together",
            "{A} <!be> {x}, and {B} is {c~times} that age. how many years old are {they} altogether",
        ),
        ("{B} is {s=} years old|{B} is {s=}", "together {they} are {r=} years old|the sum of the ages is {r=}"),
    ),
    Plan(
        "x=8..90 y=1..60 z=2..20 s=x-y r=s+z s>1",
        {},
        (
            "{A} <!be> {x} years old. {B} is {y} years younger. how old will {B!} be in {z} years",
            "{B} is {y} years younger than {A@}. if {A!} <!be> {x}, how old will {B!} be in {z} years",
            "{A} <!be> {y} years older than {B}. {A!} <!be> {x}. how old will {B!} be {z} years from now",
        ),
        ("[now|today] {B} is {s=} years old|{B} is {s=} now", "in {z} years {B} will be {r=}"),
    ),
    Plan(
        "z=2..30 y=2..30 x=2..60 s=x+z r=s+y",
        {},
        (
            "{B} was {x} years old {z} years ago. how old will {B!} be {y} years from now",
            "{z} years ago, {B} was {x}. how old will {B} be in {y} years",
        ),
        ("[now|today] {B} is {s=} years old|{B} is {s=} now", "in {y} years {B} will be {r=}"),
    ),
    Plan(
        "x=5..40 y=2..20 z=2..20 s=x+y r=s-z",
        {},
        (
            "{A} <!be> {x}. {B} is {y} years older than {A@}. {C} is {z} years younger than {B!}. how old is {C!}",
            "{C} is {z} years younger than {B!}, who is {y} years older than {A@}. {A!} <!be> {x}. how old is {C!}",
        ),
        ("{B} is {s=} years old|{B} is {s=}", "{C} is {r=} years old|{C} is {r=}"),
    ),
)

# --- percent ---------------------------------------------------------------------------------------------------------

PERCENT = {
    "T+P+E+F": "book:library:old:new|marble:jar:red:green|car:parking lot:white:black|flower:garden:yellow:pink|"
    "apple:basket:green:red|house:street:gray:white|seat:theater:taken:free|room:hotel:booked:empty|"
    "page:album:full:empty|"
    "worker:company:new:experienced|student:school:absent:present|player:team:injured:fit|egg:carton:brown:white|"
    "fish/fish:pond:gold:gray|ticket:box:sold:unsold|tree:park:old:young|bead:bowl:wooden:plastic|"
    "bird:cage:blue:yellow|"
    "guest:hotel:young:old|chair:hall:broken:whole|bike:shop:used:new|cookie:tin:round:square|"
    "stamp:album:foreign:local",
}
PERCENTS = (
    "p=10|20|30|40|60|80|90|10|20 e=1..20 x=e*10",
    "p=25|50|75|25|50|75|25 e=2..50 x=e*4",
    "p=5|15|20|20|10 e=2..10 x=e*20",
)
PART_OF = "{p} percent of {x} is {n=}|{p} percent of the {T} is {n=:T}"
SHARE: dict[str, str] = {"pc": "{p}%|{p}%|{p} percent"}
everyday(
    "percent",
    *(
        Plan(
            numbers + " n=x*p/100 r=x-n",
            PERCENT,
            (
                "there <p:be> {x:T} in {an P}. @pc of them <p:be> {E.one}. how many <p:be> not {E.one}",
                "{an P} <s:have> {x:T}. @pc of the {T} <p:be> {E.one} and the rest <p:be> {F.one}. how many {T} "
                "<p:be> {F.one}",
                "{A} <have> to count {x:T}. {he} <count> @pc of them. how many {T} <!do> {he} <!p:have> left",
                "if @pc of {x:T} <p:be> {E.one}, how many of them <p:be> not {E.one}",
                "@pc of the {x:T} in {an P} <p:be> {E.one}. how many <p:be> not",
                "{A} <count> @pc of {x:T}. how many {T} <!p:be> left to count",
            ),
            (PART_OF, "[that leaves {r=:T}|the rest is {r=:T}|the others are {r=:T}]"),
            SHARE,
        )
        for numbers in PERCENTS
    ),
    *(
        Plan(
            numbers + " n=x*p/100",
            PERCENT,
            (
                "there <p:be> {x:T} in {an P}. @pc of them <p:be> {E.one}. how many {T} <p:be> {E.one}",
                "what is @pc of {x:T}",
                "{an P} <s:have> {x:T}, and @pc of them <p:be> {E.one}. how many <p:be> {E.one}",
                "{A} <have> {x:T}. @pc <p:be> {E.one}. how many {E.one} {T} <do> {he} <!p:have>",
                "how many of the {x:T} in {an P} <p:be> {E.one} if @pc of them <p:be>",
            ),
            (PART_OF,),
            SHARE,
        )
        for numbers in PERCENTS
    ),
)
everyday(
    "percent_price",
    *(
        Plan(
            numbers + " n=x*p/100 r=x-n",
            {
                "T": "jacket|coat|backpack|bike|phone|lamp|guitar|chair|pair of shoes/pairs of "
                "shoes|game|dress/dresses|watch/watches|tent|drone"
            },
            (
                "{an T} <s:cost> ${x}. it <s:be> on sale for @pc off. how much <s:do> it cost on sale",
                "the regular price of {an T} <s:be> ${x}. {A} <get> a @pc discount. how much <do> {he} pay",
                "{A} <buy> {an T} for @pc off the usual price of ${x}. how much <do> {he} pay",
                "how much <do> {A} pay for {an T} that <s:cost> ${x} if {he} <have> a coupon for @pc off",
                "{an T} normally <s:sell> for ${x}. today there <s:be> @pc off. what <s:be> the sale price",
                "{A} <have> ${x} and <spend> @pc of it on {an T}. how much money <!do> {he} <!p:have> left",
            ),
            ("{p} percent of {x} is {n=}", "[that leaves|what is left is] {r=:dollar}"),
            SHARE,
        )
        for numbers in PERCENTS
    ),
)

# --- work, savings and ways ------------------------------------------------------------------------------------------

EARN = {
    "V+T": "wash:car|walk:dog|mow:lawn|sell:cookie|rake:yard|paint:picture|bake:pie|deliver:package|"
    "sell:bracelet|fix:bike",
    "U": "book|game|present|shirt|toy|hat|ball|puzzle",
}
everyday(
    "earn_spend",
    Plan(
        "g=2..12 p=2..15 y=2..60 n=g*p r=n-y",
        EARN,
        (
            "{A} <{V.one}> {g:T} for ${p} each. {he} <spend> ${y} on {an U}. how much money <!do> {he} <!p:have> left",
            "{A} <get> ${p} for [every|each] {T.one} {he} <{V.one}>. {he} <{V.one}> {g:T} and then <buy> {an U} for "
            "${y}. how much money "
            "<!do> {he} <!p:have> left",
            "if {A} <{V.one}> {g:T} at ${p} each and <spend> ${y}, how much <!do> {he} <!p:have> left",
        ),
        ("{A} <earn> {n=:dollar}|for {g:T} {A} <get> {n=:dollar}", "[that leaves|{A} <have>] {r=:dollar}"),
    ),
    Plan(
        "x=2..80 g=2..12 p=2..15 n=g*p r=x+n",
        EARN,
        (
            "{A} <have> ${x}. {he} <{V.one}> {g:T} for ${p} each. how much money <!do> {he} <!p:have> now",
            "{A} <{V.one}> {g:T} and <get> ${p} for each. {he} already <have> ${x}. how much <!do> {he} <!p:have> "
            "[now|in all|altogether]",
            "{A} <save> ${p} a week for {g} weeks. {he} <have> ${x} at the start. how much <!do> {he} <!p:have> "
            "after that",
            "if {A} <have> ${x} and <earn> ${p} for each of {g:T}, how much money <do> {he} <!p:have> [in "
            "all|altogether]",
        ),
        ("[{A} <earn>|that adds] {n=:dollar}", "[now|in all|altogether] {A} <have> {r=:dollar}"),
    ),
)
everyday(
    "save_goal",
    Plan(
        "w=2..20 q=2..12 x=5..80 k=w*q t=x+k s=t-x r=s/w",
        {"T": "bike|guitar|skateboard|tent|camera|tablet|game|telescope|drum|drone", "P": "week|day|month"},
        (
            "{A} <want> {an T} that <s:cost> ${t}. {he} <have> ${x} and <save> ${w} a {P.one}. how many {P} <do> "
            "{he} need",
            "{an T} <s:cost> ${t}. {A} already <have> ${x}. if {he} <save> ${w} [every|each] {P.one}, in how many "
            "{P} can {he} buy it",
            "{A} <save> ${w} [every|each|per] {P.one} for {an T}. it <s:cost> ${t} and {he} <have> ${x} already. how "
            "many {P} will it take",
            "{A} <need> ${t} for {an T} and <have> ${x}. how many {P} will it take if {he} <save> ${w} a {P.one}",
        ),
        ("{A} still <need> {s=:dollar}|that leaves {s=:dollar} to save", "[it takes|that is|{A} <need>] {r=:P}"),
    ),
    Plan(
        "w=2..20 q=2..12 x=5..80 n=w*q t=20..200 s=x+n r=t-s",
        {"T": "bike|guitar|skateboard|tent|camera|tablet|game|telescope|drum|drone", "P": "week|day|month"},
        (
            "{A} <want> {an T} that <s:cost> ${t}. {he} <have> ${x} and <save> ${w} a {P.one} for {q:P}. how much "
            "more [money|] <do> {he} need",
            "{an T} <s:cost> ${t}. {A} <have> ${x} and <save> ${w} each {P.one}. how many more dollars will {he} "
            "need after {q:P}",
        ),
        (
            "in {q:P} {A} <save> {n=:dollar}",
            "[then|together] {A} <have> {s=:dollar}",
            "{A} [still|] <need> {r=} [more|] dollars",
        ),
    ),
)
everyday(
    "round_trip",
    Plan(
        "d=2..20 t=2..7 c=2 n=d*c r=n*t",
        {"T": "mile|kilometer|block", "P": "school|library|park|office|market|gym"},
        (
            "{A} <live> {d:T} from the {P.one} and <ride> there and back every day. how many {T} is that in {t} days",
            "the {P.one} <s:be> {d:T} away. {A} <walk> there and back {t} times. how many {T} is that [in "
            "all|altogether|in total]",
            "it <s:be> {d:T} from {A's} house to the {P.one}. how many {T} <do> {he} travel in {t} round trips",
            "{A} <make> {t} round trips to the {P.one}. one way <s:be> {d:T}. how many {T} is that [in all|altogether]",
        ),
        ("there and back is {n=:T}|one round trip is {n=:T}", "{t} round trips make {r=:T}"),
    ),
)

# --- sharing, then more ----------------------------------------------------------------------------------------------

EQUAL = {
    "share": "{A} <have> {x:T} and <share> them equally among {m} [friends|children]|{x:T} <p:be> shared equally "
    "among {m} [friends|children]|"
    "{m} children <p:share> {x:T} equally|{A} <divide> {x:T} evenly between {m} [people|friends]"
}
everyday(
    "share_then",
    Plan(
        "m=4..9 e=2..20 y=2..20 x=m*e n=x/m r=n+y",
        {"T": "any"},
        (
            "@share. then each one <s:get> {y} more. how many {T} <s:do> each [person|one] have",
            "@share. {B}, who <s:get> one of the shares, already <s:have> {y:T}. how many {T} <s:do> {B!} have [in "
            "all|altogether]",
            "{B} and {C} and some friends, {m} in all, <p:share> {x:T} equally. {B!} <s:find> {y} more. how many {T} "
            "<s:do> {B!} have [in all|altogether]",
        ),
        ("each [share is|one gets] {n=:T}|{x} shared by {m} is {n=:T}", "with {y} more that is {r=:T}"),
        EQUAL,
    ),
    Plan(
        "m=2..9 e=3..25 y=1..20 x=m*e n=x/m r=n-y",
        {"T": "any"},
        (
            "@share. one of them, {B}, <s:lose> {y} of {Bhis} {T}. how many {T} <s:do> {B!} have left",
            "@share. {B} <s:get> one share and <s:give> {y} of the {T} away. how many {T} <s:do> {B!} have left",
        ),
        ("each share is {n=:T}|{x} shared by {m} is {n=:T}", "{B} <s:have> {r=:T} left|that leaves {r=:T}"),
        EQUAL,
    ),
    Plan(
        "m=2..9 e=2..20 x=2..90 y=2..90 n=x+y r=n/m r>1",
        {"T": "any"},
        (
            "{A} <have> {x:T} and <get> {y} more. {he} <share> them all equally among @friends. @each",
            "{A} <have> {x:T} and {B} <s:have> {y}. they <p:put> them together and <p:share> them equally among {m} "
            "children. @each",
            "{x} red {T} and {y} blue {T} <p:be> shared equally among {m} children. @each",
            "{A} <pick> {x:T} in the morning and {y} in the afternoon. {he} <put> the same number into each of {m} "
            "bags. how many {T} <p:be> "
            "in each bag",
        ),
        ("[in all|together|altogether] there are {n=:T}", "each [part|share] is {r=:T}"),
    ),
    Plan(
        "m=2..9 e=2..20 x=5..150 y=2..60 n=x-y r=n/m r>1",
        {"T": "any"},
        (
            "{A} <have> {x:T}. {he} <keep> {y} and <share> the rest equally among @friends. @each",
            "{A} <have> {x:T}. {y} <p:be> broken. the others <p:be> shared equally among @friends. @each",
            "{A} <lose> {y} of {his} {x:T} and <give> the rest to {m} friends in equal shares. how many {T} <s:do> "
            "each friend get",
        ),
        ("[that leaves|the rest is] {n=:T}", "[each one|each person] gets {r=:T}"),
    ),
)

# --- more of the day -------------------------------------------------------------------------------------------------

everyday(
    "bundles_gone",
    Plan(
        "g=3..12 k=2..15 h=2..10 g>h m=g-h r=m*k m>1",
        THINGS,
        (
            "{A} <have> @bundles. {he} <give> {h} of the {P} to [a friend|{B}|{his} sister]. @left",
            "{A} @get @bundle and <give> away {h} {P}. @left",
            "there <p:be> @bundle. {h} of the {P} <p:be> [sold|taken away|used up]. how many {T} <!p:be> left",
            "a store <s:have> @bundle. it <s:sell> {h:P}. how many {T} <!p:be> left",
            "if {A} <have> @bundle and <use> up {h} of the {P}, @left",
        ),
        ("[that leaves|there are still|{A} still <have>] {m=:P}", "[the {P} hold|that is|there are] {r=:T}"),
    ),
    Plan(
        "x=20..120 g=2..8 k=2..12 h=2..8 j=2..9 n=g*k s=h*j c=n+s r=x-c r>1",
        {"T": "any", "E+F": "brother:sister|friend:cousin|classmate:neighbor|niece:nephew|teammate:coach/coaches"},
        (
            "{A} <have> {x:T}. {he} <give> {k:T} to each of {his} {g:E} and {j:T} to each of {his} {h:F}. @left",
            "{A} <give> {k:T} to each of {g:E} and {j} to each of {h:F}. {he} <have> {x:T} [at first|at the "
            "start]. @left",
        ),
        (
            "the {E} get {n=:T}",
            "the {F} get {s=:T}",
            "together that is {c=:T}",
            "[that leaves|{A} still <have>] {r=:T}",
        ),
    ),
)

everyday(
    "teams",
    Plan(
        "x=4..60 y=4..60 m=2..10 n=x+y r=n/m r>1",
        {
            "E+F": "boy:girl|man/men:woman/women|adult:child/children|runner:swimmer|new player:old player|"
            "teacher:student",
            "T": "team|group|table|row",
        },
        (
            "there <p:be> {x:E} and {y:F}. they <p:be> split into {T} of {m}. how many {T} <p:be> there",
            "{x:E} and {y:F} <p:form> {T} with {m} people in each. how many {T} <p:do> they form",
            "a club <s:have> {x:E} and {y:F}. the coach <s:put> them into {T} of {m}. how many {T} <p:be> there",
            "if {x:E} and {y:F} <p:make> {T} of {m} people, how many {T} <p:be> there",
            "how many {T} of {m} can {x:E} and {y:F} form",
        ),
        ("[together|in all|altogether] there are {n=} people", "[that makes|they form|there are] {r=:T}"),
    ),
    Plan(
        "g=2..12 m=2..12 x=2..80 n=g*m r=n-x r>1",
        {"E+F": "boy:girl|man/men:woman/women|child/children:adult", "T": "team|group|table|row"},
        (
            "there <p:be> {g:T} with {m} people in each. {x} of the people <p:be> {E}. how many <p:be> {F}",
            "{g:T} of {m} people <p:be> at a camp. if {x} of them <p:be> {E} and the rest <p:be> {F}, how many "
            "{F} <p:be> there",
        ),
        ("[together|in all|altogether] there are {n=} people", "[that leaves|there are] {r=:F}"),
    ),
)

everyday(
    "points",
    Plan(
        "g=2..12 k=2|3|5|10 h=2..9 j=1|2|3|4|5 n=g*k s=h*j r=n+s",
        {
            "E+F": "long shot:short shot|red target:blue target|big ring:small ring|goal:assist|home goal:away goal",
            "V": "get|score|earn|win",
        },
        (
            "in a game, {an E} is worth {k} points and {an F} is worth {j:point}. {A} <have> {g:E} and {h:F}. "
            "how many points is that "
            "[in all|altogether|in total]",
            "{A} <{V.one}> {k} points for every {E.one} and {j:point} for every {F.one}. {he} <make> {g:E} and "
            "{h:F}. how many points "
            "<do> {he} <!p:{V.one}> [in all|altogether|in total]",
            "how many points <do> {A} <!p:{V.one}> for {g:E} at {k} points each and {h:F} at {j:point} each",
        ),
        (
            "the {E} [give|are worth] {n=} points",
            "the {F} [give|are worth] {s=} points",
            "[altogether|in all] that is {r=} points",
        ),
    ),
    Plan(
        "x=5..80 g=2..9 k=2..12 y=2..40 n=g*k s=x+n r=s-y r>1",
        {"E": "coin|star|gem|level|round|bonus/bonuses|monster", "V": "get|score|earn|win"},
        (
            "{A} <have> {x} points. {he} <{V.one}> {k} points for each of {g:E} and then <lose> {y} points. how "
            "many points <!do> {he} "
            "<!p:have> now",
            "{A} <start> a game with {x} points. each {E.one} <s:be> worth {k} points, and {he} <collect> {g} "
            "of them. then {he} <lose> {y} "
            "points. how many points <!do> {he} <!p:have> [now|in the end]",
        ),
        ("the {E} are worth {n=} points", "then {A} <have> {s=} points", "[now|in the end] {A} <have> {r=} points"),
    ),
)

everyday(
    "recipe",
    Plan(
        "g=2..9 k=2..8 x=10..120 n=g*k r=x-n r>1",
        {
            "T": "egg|apple|banana|cup of flour/cups of flour|spoonful of sugar/spoonfuls of sugar|"
            "tomato/tomatoes|carrot|lemon",
            "E": "cake|pie|loaf/loaves|pizza|salad|batch/batches|pudding|soup",
        },
        (
            "{an E} <s:need> {k:T}. {A} <have> {x:T} and <make> {g:E}. how many {T} <!p:be> left",
            "{A} <use> {k:T} for each {E.one}. {he} <have> {x:T}. how many {T} will be left after {g:E}",
            "{A} <have> {x:T}. {he} <make> {g:E} with {k:T} in each. @left",
            "to make one {E.one}, {A} <use> {k:T}. how many of {his} {x:T} <!p:be> left after {he} <make> {g:E}",
        ),
        ("{g:E} [take|need|use] {n=:T}", "that leaves {r=:T}|{A} <have> {r=:T} left"),
    ),
    Plan(
        "g=2..9 k=2..12 x=2..60 n=g*k r=n-x r>1",
        {
            "T": "egg|apple|banana|cup of flour/cups of flour|spoonful of sugar/spoonfuls of sugar|"
            "tomato/tomatoes|carrot|lemon",
            "E": "cake|pie|loaf/loaves|pizza|salad|batch/batches|pudding|soup",
        },
        (
            "{an E} <s:need> {k:T}. {A} <have> {x:T} and <want> to make {g:E}. how many more {T} <do> {he} need",
            "{A} <want> to make {g:E}. each one <s:take> {k:T}. {he} already <have> {x:T}. how many {T} must "
            "{he} still buy",
            "if each {E.one} <s:need> {k:T} and {A} <have> {x:T}, how many more {T} <do> {he} need for {g:E}",
        ),
        ("{g:E} [take|need|use] {n=:T}", "{A} <need> {r=} more {T}|that is {r=} more {T}"),
    ),
)

everyday(
    "cut",
    Plan(
        "g=2..12 k=2..15 x=10..200 n=g*k r=x-n r>1",
        {
            "T": "ribbon|rope|string|wire|board|pipe|tape|hose|strip of cloth/strips of cloth",
            "U": "inch/inches|centimeter|meter|foot/feet|yard",
        },
        (
            "{A} <have> {an T} that <s:be> {x:U} long. {he} <cut> off {g} pieces of {k:U} each. how many {U} "
            "<!p:be> left",
            "{an T} <s:be> {x:U} long. {A} <cut> {g} pieces from it, each {k:U} long. how long is the rest, in {U}",
            "{A} <cut> {g} pieces of {k:U} each from {an T} of {x:U}. how many {U} of the {T.one} remain",
            "{g} pieces, {k:U} each, <p:be> cut from {an T} of {x:U}. how much of the {T.one} is left, in {U}",
            "if {A} <use> {k:U} of {T.one} for each of {g} gifts and <have> {x:U}, how many {U} will be left",
        ),
        ("the pieces [take|use] {n=:U}|{g} pieces are {n=:U}", "that leaves {r=:U}|the rest is {r=:U}"),
    ),
    Plan(
        "m=2..10 e=2..20 y=1..30 q=m*e x=q+y n=x-y r=n/m",
        {
            "T": "ribbon|rope|string|wire|board|pipe|tape|hose|strip of cloth/strips of cloth",
            "U": "inch/inches|centimeter|meter|foot/feet|yard",
        },
        (
            "{an T} <s:be> {x:U} long. {A} <cut> off {y:U} and <divide> the rest into {m} equal pieces. how "
            "long <s:be> each piece, in {U}",
            "{A} <have> {x:U} of {T.one}. {he} <use> {y:U} and <cut> the rest into {m} equal pieces. how many "
            "{U} long <s:be> each piece",
        ),
        ("[the rest is|that leaves] {n=:U}", "each piece is {r=:U} long"),
    ),
)
