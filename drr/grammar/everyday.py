"""Everyday word problems in many wordings: a table of plans, told by one small teller.

A `Plan` holds the numbers of a problem, whole-problem templates and the worked steps. A template writes

    [a|b|]             one of the alternatives (which may nest, or be empty)
    @name              one of the alternatives of the part `name`: the plan's own, else of PARTS
    {A} {A's} {@A}     a person, the owner, the object; later mentions are mostly pronouns ({B}, {C}: the others)
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
    "sleep:slept begin:began fit:fit".split()
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
    "have": "{A} <have> {x:T}|{A} <have> {x:T}|{A} <start> with {x:T}|{A} already <have> {x:T}|{A} <have> {x:T} at home|"
    "{A} <have> {x:T} in {his} [bag|collection|room]|there <p:be> {x:T} in {A's} [box|basket|bag]",
    "get": "<buy>|<buy>|<get>|<pick> up|<find>|<receive>|<order>|<collect>|<be> given|<bring> home",
    "more": "then {he} @get|{he} @get|{he} also @get|later, {he} @get|the next day {he} @get|at the store {he} <buy>|"
    "[a friend|{his} uncle|{his} grandmother|{his} neighbor] <s:give> {him}",
    "bundle": "{g:P} of {k:T}|{g:P} of {k:T} each|{g:P} with {k:T} each|{g:P} with {k:T} in each|"
    "{g:P} with {k:T} in each {P.one}|{g:P} that each <p:hold> {k:T}|"
    "{g:P} containing {k:T} [each|apiece]|{g:P} of {T} with {k} in each [{P.one}|one]",
    "bundles": "@bundle|@bundle|{g:P}, each with {k:T}|{g:P} of {T}, {k} per {P.one}|{g:P} of {T}. each {P.one} <s:have> {k:T} in it|{g:P} of {T}. there <p:be> {k:T} in "
    "[each|every] {P.one}|{g:P}. every {P.one} <s:hold> {k:T}|{g:P} of {T}. each {P.one} <s:contain> {k} {T}",
    "now": "how many {T} <!do> {he} <!p:have> [now|now|in all|altogether|in total|]|how many {T} <do> {he} <!p:have> [in "
    "all|altogether|in total|]|how many {T} <!p:be> there [now|in all|altogether|in total]|what <!s:be> the total "
    "number of {T} {he} <!have>|how many {T} <!s:do> that make [in all|altogether]|how many {T} in total <!do> {he} "
    "<!p:have>|how many <!do> {he} <!p:have> [now|altogether|in total]",
    "left": "how many {T} <!do> {he} <!p:have> left|how many {T} <!p:be> left|how many {T} <do> {he} <!p:have> left|how "
    "many {T} <!do> {he} still <!p:have>|how many of the {T} <!p:be> left|how many <!do> {he} <!p:have> left|"
    "how many {T} remain|how many {T} <!do> {he} <!p:have> now|how many {T} <!do> {he} <!p:have> remaining",
    "lose": "{he} [then|] <give> {y} [of them|of the {T}|{T}] to [a friend|{his} brother|{his} sister|{his} neighbor|"
    "{his} classmates|{B}]|{he} <give> away {y} {T}|{he} <give> {y} of them away|{he} <lose> {y} [of them|of the {T}]|"
    "{he} <sell> {y} [of them|{T}|of the {T}]|{he} <use> {y} of them|{he} <donate> {y} [of them|{T}]|{y} of the {T} "
    "<p:be> [broken|lost|given away]|{he} <hand> out {y} of them|[a friend|{his} brother|{B}] <s:take> {y} of them",
    "friends": "{m} friends|{m} children|{m} [classmates|cousins|neighbors|people]",
    "each": "how many {T} <s:do> each [one|person|of them] get|how many {T} <s:do> each person receive|"
    "how many <s:do> each one get|how many {T} will each person have|how many {T} <p:be> there for each person",
}
Values = dict[str, "int | Thing"]


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
            # the outermost bracket would do as well; inner first keeps the pattern simple
            text = text[: found.start()] + rng.choice(found[1].split("|")) + text[found.end() :]
        if not parts_left:
            return text


class Teller:
    """Fills templates for one problem: remembers who was named, so that later mentions can be pronouns."""

    def __init__(
        self, rng: random.Random, folk: list[Who], values: Values, made: Mapping[str, str], past: bool, step: bool
    ) -> None:
        self.rng, self.folk, self.values, self.made, self.past, self.step = rng, folk, values, made, past, step
        self.met: list[Who] = []

    def _person(self, mark: str) -> str | None:
        found = re.fullmatch(r"(@?)([A-D])('s)?|([B-D]?)(he|him|his)", mark)
        if not found:
            return None
        person = self.folk[ord(found[2] or found[4] or "A") - ord("A")]
        kind = found[5] or {"@": "him"}.get(found[1]) or {"'s": "his"}.get(found[3]) or "he"
        wanted = bool(found[5])
        shared = any(other.he == person.he for other in self.met if other is not person)
        pronoun = person.number != "s" or (
            not shared and (wanted or not self.step) and (self.step or person in self.met)
            and (wanted or self.rng.random() < 0.7)
        )  # fmt: skip
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
    steps = [teller.tell(_expanded(rng, f"[{step}]", plan.parts)) + "." for step in plan.steps]
    if plain_money:
        steps = [step.replace(" dollars", "") for step in steps]
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
    "[{g:P} of {k} [are|make]|the {g:P} have|there are|the new {P} hold] {n=:T}",
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
            "[how many {T} <!do> {A} <!p:have> [now|in all|altogether|in total]|how many {T} <do> {A} <!p:have> in all] "
            "if {he} [<have>|<start> with] {x:T} and @get @bundle",
            "@have. [for {his} birthday|at the market|on Saturday|after school] {he} @get @bundle. @now",
            "{A} <buy> @bundles. {he} also <have> {x:T} from [before|last week|yesterday]. @now",
            "a {P.one} [<s:hold>|<s:contain>] {k:T}. {A} <have> {x:T} and <buy> {g} [more|] {P}. @now",
            "there <p:be> {k:T} in [a|each|every] {P.one}. {A} <have> {x} loose {T} and {g:P}. @now",
            "{A} <have> @bundle and {x} [loose|more|extra|other|single] {T}. @now",
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
            "[after school|on Monday|at the fair] {A} @get @bundle to add to the {x:T} {he} already <have>. @lose. @left",
            "{A} <have> {x:T}. if {he} @get @bundle and then <give> {y} to {his} [friend|brother], @left",
        ),
        (GOT, "[now|then|altogether] {A} <have> {s=:T}", LEFT),
    ),
    Plan(
        "x=2..50 g=2..8 k=2..12 m=2..9 n=g*k s=x+n r=s/m r>1",
        THINGS,
        (
            "@have. @more @bundles. [{he} <share> them [all|] equally among|{he} <divide> all [the|of the] {T} equally among|"
            "all the {T} <p:be> shared equally [among|by|between]] @friends. @each",
            "@have and @get @bundle. then {he} <split> all of them evenly among @friends. @each",
            "{A} <buy> @bundle. {he} already <have> {x:T}. {he} <give> all the {T} to @friends so that each one <s:get> "
            "the same number. @each",
        ),
        (GOT, "[now|then|altogether] {A} <have> {s=:T}", "each [of them|person] gets {r=:T}"),
    ),
)

everyday(
    "bundles_less",
    Plan(
        "g=2..12 k=2..15 y=2..60 n=g*k r=n-y",
        THINGS,
        (
            "{A} <have> @bundles. @lose. @left",
            "{A} @get @bundles. @lose. @left",
            "{A} @get @bundle. @lose. @left",
            "if {A} <have> @bundle and [<give> away|<use>|<sell>|<lose>] {y} [{T}|of them], @left",
            "@left if {he} @get @bundle and [<give> away|<use>|<sell>|<lose>] {y} of them",
            "there <p:be> @bundle [on the table|in the store|in the room|]. {y} of the {T} <p:be> [sold|taken away|broken|"
            "used]. how many {T} <!p:be> [left|still there|remaining]",
            "a store [<s:have>|<s:receive>|<s:order>] @bundle. it <s:sell> {y:T} [that day|on Monday|in the morning|]. how "
            "many {T} <!p:be> left [in the store|]",
            "each {P.one} [<s:hold>|<s:contain>|<s:have>] {k:T}. {A} <open> {g:P} and <use> {y:T}. @left",
            "{A} <put> {k:T} in each of {g:P}. then {he} <take> out {y:T}. how many {T} <!p:be> [left|still] in the {P}",
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
            "a {P.one} holds {k:T} and a {Q.one} holds {j:T}. how many {T} are there in {g:P} and {h:Q} [altogether|in "
            "all|together|]",
            "{A} <fill> {g:P} with {k:T} each. {B} <s:fill> {h:Q} with {j:T} each. how many {T} <p:do> {they} <!p:have> "
            "[together|in all|altogether]",
            "there <p:be> {g:P} with {k:T} each and {h:Q} with {j:T} each [in the store|on the shelf|in the room|]. how many "
            "{T} <!p:be> there [in all|altogether|in total]",
            "how many {T} <!p:be> there in {g:P} of {k} and {h:Q} of {j}",
            "{g:P} <p:hold> {k:T} each. {h:Q} <p:hold> {j:T} each. [find the total number of {T}.|what is the total number "
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
            "{A} <have> {g:P} of {k:T} [each|]. {B} <s:have> {h:P} of {j:T} [each|]. how many more {T} <do> {A} <!p:have> than "
            "{@B}",
            "{A} <have> {g:P} with {k:T} in each. {B} <s:have> {h:P} with {j:T} in each. how many fewer {T} <s:do> {B} "
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
            "{A} <buy> {g:P} of {T} and {h:Q} of {U}. each {P.one} of {T} [<s:have>|<s:contain>] {k:T} and each {Q.one} of "
            "{U} <s:have> {j:U}. how many [pieces of food|items] <do> {he} <!p:buy> [in all|altogether|in total|]",
            "{A} <bring> {g:P} of {k:T} and {h:Q} of {j:U} to a [party|picnic]. how many {T} and {U} is that [in all|altogether]",
            "there <p:be> {g:P} with {k:T} each and {h:Q} with {j:U} each. how many {T} and {U} <!p:be> there [in all|"
            "altogether|in total]",
            "{A} <pack> {k:T} into each of {g:P} and {j:U} into each of {h:Q}. how many [things|pieces] <do> {he} <!p:pack> in all",
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
            "{A} <plant> {g:P} of {T} with {k} in each {P.one}. there <p:be> already {x:T} in the garden. {y} of them "
            "<p:die>. how many {T} <!p:be> left",
            "{A's} garden <s:have> {x:T}. {he} <plant> {g} more {P} of {k:T} each. then {he} <give> {y} of the {T} to {his} "
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
            "{A} @get @bundles. {he} <share> [them|the {T}|all the {T}] equally [among|between|with] @friends. @each",
            "{A} @get @bundle. the {T} <p:be> shared equally among @friends. @each",
            "{A} <have> @bundle to share equally among @friends. @each",
            "if {A} <have> @bundle and <divide> them [equally|evenly] among {m} [friends|children], @each",
            "@friends <p:share> @bundle equally. @each",
            "{m} friends <p:buy> @bundle [together|]. they <p:split> the {T} evenly. @each",
            "@each if @bundle <p:be> shared equally among {m} friends",
            "a teacher <s:open> @bundle and <s:give> all the {T} to {m} students. every student <s:get> the same number. how many "
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
            "{A} <have> @bundle. {y} of the {T} <p:be> broken. the others <p:be> shared equally among {m} children. how many {T} "
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
        "g=2..9 k=2..12 x=20..120 n=g*k r=x-n",
        {"T": "any"},
        (
            "{A} <have> {x:T}. {he} <give> {k:T} to each of {his} {g} [friends|cousins|brothers|classmates]. @left",
            "{A} <have> {x:T} and <give> {g} friends {k:T} each. @left",
            "{A} <have> {x:T}. {g} [friends|children] each <p:take> {k} of them. @left",
            "@left if {he} <have> {x:T} and <give> {k} to each of {g} children",
            "each of {g} children <s:get> {k:T} from {A}. {he} <have> {x:T} [at first|in the beginning|at the start]. @left",
            "{A} <have> {x:T}. {he} <use> {k} [of them|] every day for {g} days. @left",
            "a teacher <s:have> {x:T}. she <s:give> {k:T} to each of the {g} students [in her group|]. how many {T} <!s:do> she "
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
    "draw:picture|learn:new word|do:math problem|write:page|bake:muffin|make:bracelet|eat:carrot|sell:newspaper|milk:cow|"
    "deliver:letter|do:sit-up|send:message|pick:apple|wash:car|take:photo|collect:egg|type:line|water:plant|eat:grape"
}
DO = {
    "span": "for {d} days|{d} days in a row|on {d} days",
    "sum": "how many {T} <do> {he} <!p:{V.one}> in {d} days|how many {T} is that in {d} days|over {d} days, how many {T} "
    "is that|what is the total number of {T} after {d} days|how many {T} will {he} <!p:{V.one}> in {d} days",
    "day": "[a day|one day|every day|each day] {A} <{V.one}>",
}

everyday(
    "morning_evening",
    Plan(
        "x=2..15 y=2..15 d=2..7 n=x+y r=n*d",
        HABIT,
        (
            "{A} <{V.one}> {x:T} [every|each] morning and {y:T} [every|each] evening. @sum",
            "[every|each] morning {A} <{V.one}> {x:T}, and [every|each] [evening|night] {he} <{V.one}> {y} [more|]. @sum",
            "{A} <{V.one}> {x:T} in the morning and {y} in the [evening|afternoon] every day @span. how many {T} <do> {he} <!p:{V.one}> [in all|altogether|in total|]",
            "[every day|each day], {A} <{V.one}> {x:T} before [school|work|lunch] and {y} after [school|work|dinner]. if {he} "
            "<do> this @span, how many {T} is that [in all|altogether|in total|]",
            "how many {T} <do> {A} <!p:{V.one}> in {d} days if {he} <{V.one}> {x} each morning and {y} each evening",
            "{A} <{V.one}> {x:T} in the morning, and {y} more at night. {he} <do> that [every day|daily] for {d} days. how many {T} is that [in all|altogether|in total]",
            "{A} <{V.one}> {x:T} at [breakfast|sunrise|noon] and {y:T} at [dinner|sunset|bedtime] [each|every] day. @sum",
            "if {A} <{V.one}> {x:T} every morning and {y:T} every afternoon, @sum",
        ),
        (
            "[in a day|each day|every day|in one day] {A} <{V.one}> {n=:T}|that is {n=:T} [a day|each day]",
            "[in {d} days|over {d} days|altogether|in total] {A} <{V.one}> {r=:T}|[in {d} days|over {d} days] that is {r=:T}",
        ),
        DO,
    ),
    Plan(
        "x=2..12 y=2..12 d=7 n=x+y r=n*d",
        HABIT,
        (
            "{A} <{V.one}> {x:T} [every|each] morning and {y:T} [every|each] evening. how many {T} <do> {he} <!p:{V.one}> in a "
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
            "the doctor <s:tell> {@A} to take {x:T} {c~times} a day [for {d} days]. how many {T} is that [in all|altogether|"
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
            "from Monday to Friday {A} <{V.one}> {x:T} a day. on Saturday and Sunday {he} <{V.one}> {y:T} [a|each] day. @week",
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
            "week": "how many {T} <do> {he} <!p:{V.one}> [in a week|each week|per week|in a whole week|in one week]|how many "
            "{T} is that in a week"
        },
    ),
    Plan(
        "x=2..15 d=2..6 y=2..30 n=x*d r=n+y",
        HABIT,
        (
            "{A} <{V.one}> {x:T} a day for {d} days. the next day {he} <{V.one}> {y:T}. how many {T} is that [in all|altogether|"
            "in total]",
            "for {d} days {A} <{V.one}> {x:T} [each|every] day, and then {y} on the last day. how many {T} <do> {he} "
            "<!p:{V.one}> [in all|altogether|in total]",
            "{A} <{V.one}> {x:T} each day from day one to day {d}. after that {he} <{V.one}> {y} more. how many {T} is that in all",
        ),
        ("in {d} days {A} <{V.one}> {n=:T}|the first {d} days make {n=:T}", "[altogether|in all] that is {r=:T}"),
    ),
)

# --- money -----------------------------------------------------------------------------------------------------------

SHOP = {
    "T": "pencil|pen|notebook|eraser|apple|sandwich|muffin|cookie|comic book|toy car|ticket|mug|plant|cupcake|hot dog|"
    "bottle of water/bottles of water|poster|key ring|burger|box of cereal/boxes of cereal|book|candle|cup of tea/cups of tea",
    "U": "marker|ruler|juice|ice cream|bagel|puzzle|magazine|cap|postcard|brush/brushes|donut|banana|bracelet|taco|"
    "carton of milk/cartons of milk|loaf of bread/loaves of bread|folder|toy boat|card game|pair of socks/pairs of socks",
}
PAY = {
    "buy": "<buy>|<buy>|<get>|<order>",
    "item": "{n:T} at ${p} each|{n:T} for ${p} each|{n:T} that <p:cost> ${p} each|{n:T} at ${p} apiece|{n:T} for ${p} apiece",
    "other": "{k:U} at ${q} each|{k:U} for ${q} each|{k:U} that <p:cost> ${q} each|{k:U} for ${q} apiece",
    "price": "{an T} <s:cost> ${p}|{T} <p:cost> ${p} each|{T} <p:be> sold for ${p} each|the price of {an T} <s:be> ${p}|one "
    "{T.one} <s:cost> ${p}|each {T.one} <s:cost> ${p}",
    "prices": "{an T} <s:cost> ${p} and {an U} <s:cost> ${q}|{T} <p:cost> ${p} each and {U} <p:cost> ${q} each|at the store, "
    "{T} <p:be> ${p} each and {U} <p:be> ${q} each|the price of {an T} <s:be> ${p} and the price of {an U} <s:be> ${q}",
    "bill": "{he} <pay> with a ${b} bill|{he} <pay> with ${b}|{he} <give> the [cashier|clerk|seller] ${b}|{he} <hand> over a ${b} "
    "bill|{he} <use> a ${b} bill to pay",
    "change": "how much change <do> {he} <!p:get> [back|]|how much change will {he} get|how much change should {he} "
    "[get|receive]|how much money <do> {he} <!p:get> back|what is {his} change|how many dollars <do> {he} <!p:get> back",
    "much": "how much <do> {he} [pay|spend] [in all|altogether|in total|]|how much money <do> {he} spend [in all|]|what <s:be> the "
    "total cost|how many dollars <do> {he} spend|how much <s:do> everything cost [together|]|how much <s:do> it cost [in all|altogether]",
}
COST = "[the {T} cost|{n:T} cost] {c=} dollars|{A} <pay> {c=} dollars for the {T}"

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
        (COST, "[the change is|{A} <get> back|that leaves|{A} <have>] {r=} dollars"),
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
        (COST, "[the {U} cost|{k:U} cost] {d=} dollars", "[together|in all] that is {s=} dollars",
         "[the change is|{A} <get> back|that leaves] {r=} dollars"),
        PAY,
    ),
)  # fmt: skip

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
        ("the {T} [cost|are] {c=} dollars|{n:T} cost {c=} dollars", "the {U} [cost|are] {d=} dollars|{k:U} cost {d=} dollars",
         "[together|in all|altogether] that is {s=} dollars|the total is {s=} dollars"),
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
        (COST, "[with the {U.one} that is|together that is|in all {A} <pay>] {s=} dollars"),
        PAY,
    ),
)  # fmt: skip

OFF = {
    "get": "{A} <have> a coupon for ${d} off|{A} <get> a discount of ${d}|the shop <s:take> ${d} off the total|"
    "there <s:be> a discount of ${d} on the whole order|{he} <use> a coupon that <s:take> ${d} off",
    "final": "how much <do> {he} pay [in all|in total|]|how much <do> {he} <!p:have> to pay|what <s:be> the final [price|cost]|"
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
        (COST, "[after the discount|with the discount|in the end] {A} <pay> {r=} dollars"),
        PAY | OFF,
    ),
    Plan(
        "p=4..60 n=2..6 d=1..10 s=p-d r=s*n",
        SHOP,
        (
            "{an T} usually <s:cost> ${p}, but today each one is ${d} off. {A} <buy> {n:T}. @much",
            "the store [<s:lower>|<s:drop>] the price of {an T} from ${p} by ${d}. {A} <buy> {n:T} at the new price. @much",
            "{T} <p:cost> ${p} each. on sale, they <p:be> ${d} cheaper. how much <do> {A} pay for {n:T} on sale",
        ),
        ("[one {T.one} costs|the new price is|each {T.one} costs] {s=} dollars", "[{n:T} cost|{A} <pay>] {r=} dollars"),
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
        ("[half of {p} is|one {T.one} costs|the sale price is] {s=} dollars", "[{n:T} cost|{A} <pay>] {r=} dollars"),
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
            "{A} and {his} friends, {m} people in all, <p:buy> {n:T} for ${p} each. they <p:divide> the cost evenly. @eachpays",
            "if {m} people <p:share> the cost of {n:T} at ${p} each, @eachpays",
            "{T} <p:be> ${p} each. {m} roommates <p:buy> {n} of them together and <p:pay> equal [shares|parts]. @eachpays",
        ),
        ("the {T} cost {c=} dollars|[{n:T} cost|the bill is] {c=} dollars", "each [of them|person|one] pays {r=} dollars"),
        {"eachpays": "how much <s:do> each [person|one] pay|how many dollars <s:do> each person pay|what <s:be> each "
         "person's share"},
    ),
    Plan(
        "p=10..120 q=2..60 m=2..9 c=p+q r=c/m r>1",
        EVENT,
        (
            "{m} friends <p:buy> {an U} for ${p} and {an T} for ${q}. they <p:share> the cost equally. how much <s:do> each friend pay",
            "{an U} <s:cost> ${p} and {an T} <s:cost> ${q}. {m} people <p:split> the total evenly. how much <s:do> each person pay",
            "{A} and {B} and some friends, {m} people altogether, <p:pay> ${p} for {an U} and ${q} for {an T}. if everyone "
            "<s:pay> the same, how much <s:do> each one pay",
        ),
        ("[together that is|the total is|in all it costs] {c=} dollars", "each [of them|person|one] pays {r=} dollars"),
    ),
)  # fmt: skip
