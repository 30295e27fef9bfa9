"""Word problems about amounts: money, rates, comparisons, fractions and percents.

A family gives facts, questions and steps as lists of templates; `draft` picks one of each and chooses tense, order,
number words and currency. Templates are lower-case (sentences are capitalised at the end) and use `{a}`, `{a.he}`, ...
for the main person, `[buy]` for a verb that agrees with `{a}`, `[s:cost]` and `[p:cost]` for a singular or plural
third-person verb. Verbs in brackets follow the tense of the problem; steps are always in the present.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from drr.grammar.core import Draft, family
from drr.grammar.words import Thing, people, things

Options = Sequence[str]


def cut(text: str, mark: str = ",") -> list[str]:
    """The parts of `text` between marks: a compact way to write a table."""
    return text.split(mark)


# --- people and verbs ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Who:
    """The one a problem is about; `number` says which verb form agrees: I, you or s (third person)."""

    name: str
    he: str
    him: str
    his: str
    own: str  # possessive of the name: Sarah's, my
    obj: str  # the name after "than" or "as": Sarah, me
    number: str = "s"

    def __str__(self) -> str:
        return self.name


ME = Who("I", "I", "me", "my", "my", "me", "I")
YOU = Who("you", "you", "you", "your", "your", "you", "you")
ROLES = {
    "she": "Mom|Grandma|Aunt Rosa|Mrs Patel|Ms Lee|the teacher|the baker|the nurse|the coach|the gardener",
    "he": "Dad|Grandpa|Uncle Ben|Mr Novak|Mr Khan|the farmer|the shopkeeper|the waiter|the plumber|the student",
}
FORMS = {"she": ("she", "her", "her"), "he": ("he", "him", "his"), "it": ("it", "it", "its")}
IRREGULAR = dict(
    pair.split(":")
    for pair in cut(
        "buy:bought spend:spent pay:paid sell:sold cost:cost get:got give:gave make:made read:read run:ran "
        "drive:drove ride:rode eat:ate take:took go:went put:put have:had do:did lose:lost swim:swam write:wrote "
        "build:built lay:laid will:did can:could split:split plan:planned leave:left come:came keep:kept stop:stopped "
        "win:won cut:cut set:set bring:brought jog:jogged grow:grew fly:flew find:found "
        "see:saw catch:caught knit:knitted rise:rose "
        "fall:fell become:became drop:dropped drink:drank sew:sewed",
        " ",
    )
)


def named(name: str, he: str = "it") -> Who:
    """A third person called `name`."""
    return Who(name, *FORMS[he], name + "'s", name)


def who(rng: random.Random) -> Who:
    """Somebody: mostly a name, sometimes a role, sometimes I or you."""
    draw = rng.random()
    if draw < 0.12:
        return ME
    if draw < 0.16:
        return YOU
    if draw < 0.26:
        he = rng.choice(["she", "he"])
        return named(rng.choice(ROLES[he].split("|")), he)
    return crowd(rng, 1)[0]


def crowd(rng: random.Random, count: int) -> list[Who]:
    """`count` named people."""
    return [named(person.name, person.he.lower()) for person in people(rng, count)]


def verb(word: str, number: str, past: bool) -> str:
    """`word` conjugated for `number` (I, you, s for singular, p for plural)."""
    if word == "be":
        singular = number in ("I", "s")
        return ("was" if singular else "were") if past else {"I": "am", "s": "is"}.get(number, "are")
    if past:
        if word in IRREGULAR:
            return IRREGULAR[word]
        if re.search("[^aeiou]y$", word):
            return word[:-1] + "ied"
        return word + ("d" if word.endswith("e") else "ed")
    if number != "s" or word in ("will", "can"):
        return word
    if word == "have":
        return "has"
    if re.search("[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + ("es" if re.search("(s|sh|ch|x|o)$", word) else "s")


# --- from templates to text ------------------------------------------------------------------------------------------

SMALL = cut("zero one two three four five six seven eight nine ten eleven twelve", " ")
NOISE = cut(
    "{a} [love] music.|{a.own} favorite color [s:be] blue.|{a} [have] {k} cousins.|{a} [live] at number {k}.|"
    "{a.own} house [s:have] {k} windows.|{a.own} best friend [s:be] {k} years old.|{a} [be] a little tired.",
    "|",
)
WEATHER = cut(  # noise that fits a story without a person too
    "it [s:be] a sunny day.|the weather [s:be] cold.|it [s:be] {k} o'clock in the morning.|"
    "everyone [s:be] in a good mood.|it [s:rain] for {k} hours that day.|the street [s:have] {k} houses.",
    "|",
)


def fill(template: str, past: bool, values: dict[str, Any]) -> str:
    """The template with its values (which may be templates themselves) and verbs put in."""
    while "{" in template:
        template = template.format(**values)

    def conjugated(match: re.Match[str]) -> str:
        return verb(match[2], match[1] or values["a"].number, past)

    text = re.sub(r"\[(?:(\w):)?(\w+)\]", conjugated, template)
    return re.sub(r"(^|[.?!] )([a-z])", lambda m: m[1] + m[2].upper(), text)


def in_words(rng: random.Random, text: str) -> str:
    """`text` with some of its small numbers as words."""

    def word(match: re.Match[str]) -> str:
        n = int(match[0])
        if n > 12 or rng.random() < 0.4:
            return match[0]
        return "a dozen" if n == 12 and re.match(r" [a-z]+s\b", text[match.end() :]) else SMALL[n]

    text = re.sub(r"(?<![$\d/'])\b\d+\b(?![%/:]|\.\d| o'| percent)", word, text)
    text = re.sub(r"\b(the|a|these|all|other|number) a dozen", r"\1 twelve", text)
    return re.sub(r"(^|[.?!] )([a-z])", lambda m: m[1] + m[2].upper(), text)


def in_currency(rng: random.Random, text: str) -> str:
    """`text` with its $ amounts as dollars, euros or pounds."""
    unit, sign = rng.choice([("dollar", ""), ("euro", "€"), ("euro", ""), ("pound", "£"), ("coin", "")])
    if unit != "coin" or not re.search(r" bill\b|dollar", text):
        text = text.replace("dollars", unit + "s")
        if sign:
            return text.replace("$", sign)
        text = re.sub(r"\ba \$(\d+) ", rf"a \1-{unit} ", text)
        text = re.sub(r"\$1\b", f"1 {unit}", text)
        text = re.sub(r"\$(\d+)", rf"\1 {unit}s", text)
    return text


def draft(
    rng: random.Random,
    facts: Sequence[Options],
    asks: Options,
    steps: Sequence[Options],
    answer: int,
    a: Who,
    **more: Any,
) -> Draft:
    """A problem told about `a`: one option of each fact, of the asks and of each step.

    Facts are single clauses without a full stop; they are told as sentences, joined, or as the "if" of the question.
    """
    values = {"a": a, "k": rng.randint(3, 12), **more}
    told = [rng.choice(options) for options in facts]
    ask = rng.choice(asks)
    past = rng.random() < 0.3
    form = rng.random()
    if len(told) > 3 or not ask.startswith(("how", "what")):
        form = 0.0
    if form < 0.68:
        sentences = [fact + "." for fact in told]
        if len(told) > 1 and form > 0.54:
            sentences[:2] = [f"{told[0]} and {told[1]}."]
        if rng.random() < 0.22:
            noise = WEATHER if a.he == "it" else NOISE + WEATHER
            sentences.insert(rng.choice([0, len(sentences)]), rng.choice(noise))
        text = " ".join([*sentences, ask])
    else:
        reason = " and ".join(told) if len(told) < 3 else f"{told[0]}, {told[1]} and {told[2]}"
        if form < 0.84:
            text = f"if {reason}, {ask}"
        else:
            ask = ask.replace("{a.he}", "{a}")
            if "b" not in more and "{a}" in ask:  # the name was just said
                reason = reason.replace("{a}", "{a.he}")
            text = f"{ask.removesuffix('?')} if {reason}?"
    question = fill(_named_first(text), past, values)
    if past:
        question = re.sub(r" now\b", " then", question)
    if rng.random() < 0.2:
        question = in_words(rng, question)
    if "$" in question and rng.random() < 0.25:
        question = in_currency(rng, question)
    reply = {key: YOU if value is ME else value for key, value in values.items()}
    return question, [fill(rng.choice(options), False, reply) for options in steps], answer


def _named_first(text: str) -> str:
    """The template with the name where a pronoun would come before it."""
    names = {"he": "{a}", "him": "{a.obj}", "his": "{a.own}"}
    first = re.search(r"\{a(?:\.(\w+))?\}", text)
    if first is None or first[1] not in names:
        return text
    return text[: first.start()] + names[first[1]] + text[first.end() :]


def an(noun: str) -> str:
    """The noun with its article."""
    return ("an " if re.match("[aeio]|um|hour", noun) else "a ") + noun


def listed(parts: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))


# --- goods and baskets -----------------------------------------------------------------------------------------------

GOODS = [
    (Thing(one, many or one + "s"), int(low), int(high))
    for one, many, low, high in (
        cut(line)
        for line in cut(
            "pencil,,1,3;pen,,1,5;notebook,,2,8;eraser,,1,2;book,,5,20;comic,,2,9;apple,,1,3;banana,,1,2;"
            "orange,,1,3;sandwich,sandwiches,3,9;pizza,,6,18;cup of coffee,cups of coffee,2,5;muffin,,1,4;cake,,8,30;"
            "bottle of water,bottles of water,1,3;bag of rice,bags of rice,3,12;loaf of bread,loaves of bread,2,5;"
            "carton of milk,cartons of milk,2,4;box of cereal,boxes of cereal,3,7;T-shirt,,6,25;hat,,5,25;cap,,5,20;"
            "scarf,scarves,6,25;ball,,3,20;kite,,5,20;toy car,,2,12;puzzle,,6,25;doll,,8,30;movie ticket,,6,15;"
            "plant,,3,15;rose,,1,4;chair,,15,60;lamp,,10,50;mug,,3,12;plate,,2,10;candle,,2,9;poster,,3,12;game,,10,50;"
            "backpack,,15,60;"
            "ice cream,,2,5;donut,,1,3;burger,,4,12;taco,,2,5;juice,,1,4;sticker,,1,2;bracelet,,2,12;key ring,,2,6;"
            "towel,,4,15;blanket,,10,40;toothbrush,toothbrushes,2,5;dog toy,,3,12;fish,fish,2,9;seed packet,,1,4",
            ";",
        )
    )
]


@dataclass(frozen=True)
class Basket:
    """Things bought together: templates that tell of the purchase, its steps and the total."""

    facts: list[Options]
    steps: list[Options]
    total: int


def goods(rng: random.Random, count: int) -> list[tuple[Thing, int]]:
    """`count` different things, each with its price."""
    if rng.random() < 0.25:
        return [(thing, rng.randint(2, 12)) for thing in things(rng, count)]
    return [(thing, rng.randint(low, high)) for thing, low, high in rng.sample(GOODS, count)]


def basket(rng: random.Random, kinds: int) -> Basket:
    """`kinds` kinds of things, one or more of each."""
    chosen = [
        (thing, price, rng.randint(1 if kinds > 1 else 2, 12 if price < 5 else 6)) for thing, price in goods(rng, kinds)
    ]
    each = rng.choice(["at ${p} each", "for ${p} each", "that [p:cost] ${p} each", "at ${p} apiece"])
    priced = listed([f"{n} {t(n)} " + (each.replace("{p}", str(p)) if n > 1 else f"for ${p}") for t, p, n in chosen])
    if rng.random() < 0.5:
        prices = listed([f"{an(t.one)} [s:cost] ${p}" for t, p, _ in chosen])
    else:
        prices = listed([f"{t.many} [p:cost] ${p} each" for t, p, _ in chosen])
    counts = listed([f"{n} {t(n)}" for t, _, n in chosen])
    buy = [f"{{a}} [{verb_}] {{what}}" for verb_ in ("buy", "get", "order", "buy", "buy")]
    buy += ["{a} [go] to the shop and [buy] {what}", "at the store, {a} [buy] {what}"]
    whole = [template.replace("{what}", priced) for template in buy]
    apart: list[Options] = [[prices, prices, f"at the shop, {prices}"], [b.replace("{what}", counts) for b in buy]]
    rng.shuffle(apart)
    facts: list[Options] = [whole] if rng.random() < 0.5 else apart
    steps: list[Options] = []
    for t, p, n in chosen:
        if n > 1:
            sum_ = f"{n}*{p}={n * p}"
            steps.append(
                [f"the {t.many} cost {sum_}.", f"{n} {t.many} cost {sum_}.", f"for the {t.many} it is {sum_}."]
            )
    subtotals = [n * p for _, p, n in chosen]
    total = sum(subtotals)
    if kinds > 1:
        sum_ = "+".join(map(str, subtotals)) + f"={total}"
        steps.append([f"together that costs {sum_}.", f"{{a}} [spend] {sum_} in total.", f"the total is {sum_}."])
    return Basket(facts, steps, total)


def times(rng: random.Random) -> int:
    """How many kinds of things somebody buys."""
    return rng.choices([1, 2, 3], [5, 4, 1])[0]


# --- money -----------------------------------------------------------------------------------------------------------


@family("money.cost")
def money_cost(rng: random.Random) -> Draft | None:
    bought = basket(rng, times(rng))
    asks = [
        "how much [do] {a} pay?",
        "how much [do] {a.he} spend in total?",
        "how much [do] {a} pay altogether?",
        "what [s:be] the total cost?",
        "how much [s:do] it all cost?",
        "how many dollars [do] {a} spend?",
        "how much money [do] {a} need?",
        "how much money [do] {a.he} spend altogether?",
        "what [s:be] the total price?",
    ]
    return draft(rng, bought.facts, asks, bought.steps, bought.total, who(rng))


@family("money.change")
def money_change(rng: random.Random) -> Draft | None:
    bought = basket(rng, times(rng))
    bill = rng.choice([10, 20, 50, 100, 5 * rng.randint(3, 20)])
    if not 0 < bill - bought.total < 60:
        return None
    pay = ["{a} [pay] with ${bill}", "{a.he} [give] the cashier ${bill}", "{a.he} [hand] over ${bill}"]
    if bill in (10, 20, 50, 100):
        pay += [
            "{a} [pay] with a ${bill} bill",
            "{a.he} [use] a ${bill} bill to pay",
            "{a.he} [pay] with a ${bill} note",
        ]
    asks = [
        "how much change [do] {a} get?",
        "how much change [do] {a.he} get back?",
        "what [s:be] {a.own} change?",
        "how much money [do] {a} get back?",
        "how much change [s:do] the cashier give {a.obj}?",
        "how much change should {a} receive?",
    ]
    take = f"{bill}-{bought.total}={bill - bought.total}"
    last = [f"the change is {take}.", f"{{a}} [get] back {take}.", f"{{a}} [get] {take} in change."]
    return draft(rng, [*bought.facts, pay], asks, [*bought.steps, last], bill - bought.total, who(rng), bill=bill)


@family("money.left")
def money_left(rng: random.Random) -> Draft | None:
    h, x, y = rng.randint(10, 150), rng.randint(2, 60), rng.randint(2, 60)
    start = [
        "{a} [have] ${h}",
        "{a} [get] ${h} for {a.his} birthday",
        "{a} [start] the day with ${h}",
        "{a} [take] ${h} to the market",
        "there [s:be] ${h} in {a.own} wallet",
        "{a} [have] ${h} in {a.his} piggy bank",
    ]
    asks = [
        "how much money [do] {a} have left?",
        "how much [do] {a.he} have now?",
        "how much [s:be] left?",
        "how much money [will] {a} have left?",
        "how many dollars [do] {a} have left?",
        "how much money [do] {a.he} have now?",
    ]
    kind = rng.randrange(4)
    if kind == 0:
        bought = basket(rng, times(rng))
        left = h - bought.total
        take = f"{h}-{bought.total}={left}"
        facts, steps = [start, *bought.facts], bought.steps
    else:
        (t1, _), (t2, _) = goods(rng, 2)
        one, two = an(t1.one), an(t2.one)
        spend = [
            f"{{a.he}} [spend] ${x} on {one}",
            f"{{a}} [buy] {one} for ${x}",
            f"then {{a.he}} [pay] ${x} for {one}",
        ]
        again = [
            f"{{a.he}} also [spend] ${y} on {two}",
            f"{{a.he}} [buy] {two} for ${y} too",
            f"{{a}} [pay] ${y} for {two}",
        ]
        gain = [
            f"then {{a.he}} [earn] ${y} by washing cars",
            f"{{a.own}} uncle [s:give] {{a.obj}} ${y}",
            f"{{a.he}} [find] another ${y} in a drawer",
            f"then {{a.he}} [sell] {two} for ${y}",
        ]
        after = h - x
        first = [f"after the {t1.one} {{a}} [have] {h}-{x}={after}.", f"that leaves {h}-{x}={after}."]
        facts, steps, left, take = [start, spend], [], after, f"{h}-{x}={after}"
        if kind == 2:
            facts, steps, left, take = [*facts, again], [first], after - y, f"{after}-{y}={after - y}"
        if kind == 3:
            facts, steps, left, take = [*facts, gain], [first], after + y, f"{after}+{y}={after + y}"
    if left < 0 or h - x < 0:
        return None
    last = [f"now {{a}} [have] {take}.", f"{{a}} [have] {take} now."]
    if kind < 3:
        last += [f"{{a}} [have] {take} left.", f"that leaves {take}."]
    return draft(rng, facts, asks, [*steps, last], left, who(rng), h=h)


@family("money.saving")
def money_saving(rng: random.Random) -> Draft | None:
    w, n, s, unit = rng.randint(2, 25), rng.randint(2, 15), rng.randint(3, 60), rng.choice(["week", "day", "month"])
    thing = an(rng.choice(cut("bike,skateboard,game,guitar,tent,tablet,phone,camera,jacket,drone,telescope,watch")))
    save = [
        "{a} [save] ${w} every {unit}",
        "{a} [put] ${w} into a jar each {unit}",
        "{a} [save] ${w} a {unit}",
        "each {unit} {a} [put] aside ${w}",
        "every {unit}, {a} [save] ${w} from {a.his} pocket money",
    ]
    have = ["{a} already [have] ${s}", "{a} [start] with ${s}", "{a} [have] ${s} saved already"]
    steps: list[Options] = []
    kind = rng.randrange(4)
    if kind < 2:
        asks = [
            "how much [will] {a} save in {n} {unit}s?",
            "how much money [will] {a.he} have after {n} {unit}s?",
            "how much [will] {a} have saved after {n} {unit}s?",
            "after {n} {unit}s, how much money [do] {a} have?",
        ]
        steps = [[f"in {n} {unit}s {{a}} [save] {w}*{n}={w * n}.", f"{{a}} [save] {w}*{n}={w * n}."]]
        total = w * n
        if kind:
            asks = [ask for ask in asks if " save in" not in ask and "saved" not in ask]
            total += s
            steps.append(
                [f"with the first {s}, {{a}} [have] {w * n}+{s}={total}.", f"{{a}} [have] {w * n}+{s}={total}."]
            )
        return draft(rng, [have, save] if kind else [save], asks, steps, total, who(rng), w=w, n=n, s=s, unit=unit)
    goal = w * n + (s if kind == 3 else 0)
    want = [
        "{a} [want] to buy {thing} for ${goal}",
        "{a} [want] {thing} that [s:cost] ${goal}",
        "{a} [need] ${goal} for {thing}",
    ]
    asks = [
        "how many {unit}s [do] {a} need?",
        "how many {unit}s [will] it take {a.obj} to have enough?",
        "how many {unit}s [do] {a} have to save?",
        "for how many {unit}s must {a} save?",
    ]
    if kind == 3:
        steps = [[f"{{a}} still [need] {goal}-{s}={w * n}.", f"{{a}} [have] to save {goal}-{s}={w * n} more."]]
    steps.append([f"{{a}} [need] {w * n}/{w}={n} {unit}s.", f"that takes {w * n}/{w}={n} {unit}s."])
    facts: list[Options] = [want, have, save] if kind == 3 else rng.sample([want, save], 2)
    return draft(rng, facts, asks, steps, n, who(rng), w=w, s=s, unit=unit, thing=thing, goal=goal)


@family("money.need")
def money_need(rng: random.Random) -> Draft | None:
    bought = basket(rng, times(rng))
    h = rng.randint(1, 80)
    need = bought.total - h
    if need <= 0:
        return None
    facts = [
        [option.replace("[buy] ", "[want] to buy ").replace("[go] to the shop and ", "") for option in options]
        for options in bought.facts
    ]
    facts = [[re.sub(r"\[(get|order)\]", r"[want] to \1", option) for option in options] for options in facts]
    have = ["{a} only [have] ${h}", "{a} [have] ${h}", "there [s:be] ${h} in {a.own} purse", "{a} already [have] ${h}"]
    facts.insert(rng.choice([0, len(facts)]), have)
    asks = [
        "how much more money [do] {a} need?",
        "how much more [do] {a.he} need?",
        "how many more dollars [do] {a} need?",
        "how much more must {a} save?",
        "how much money [s:be] missing?",
    ]
    take = f"{bought.total}-{h}={need}"
    last = [f"{{a}} [need] {take} more.", f"the missing money is {take}."]
    return draft(rng, facts, asks, [*bought.steps, last], need, who(rng), h=h)


@family("money.afford")
def money_afford(rng: random.Random) -> Draft | None:
    (t, p), (other, x) = goods(rng, 2)
    n = rng.randint(2, 20)
    if p < 2:
        return None
    spent = rng.random() < 0.5
    h = p * n + (x if spent else 0)
    have = ["{a} [have] ${h}", "{a} [take] ${h} to the shop", "{a} [get] ${h} from {a.his} aunt", "{a} [bring] ${h}"]
    price = [
        "{one} [s:cost] ${p}",
        "{t.many} [p:cost] ${p} each",
        "the price of {one} [s:be] ${p}",
        "each {t.one} [s:cost] ${p}",
    ]
    spend = ["{a.he} [spend] ${x} on {two}", "first {a.he} [buy] {two} for ${x}", "{a} [pay] ${x} for {two}"]
    asks = [
        "how many {t.many} [can] {a} buy?",
        "how many {t.many} can {a.he} afford?",
        "how many {t.many} [can] {a} get?",
    ]
    if spent:
        asks += [
            "how many {t.many} [can] {a} buy with the rest?",
            "with the money left, how many {t.many} [can] {a.he} buy?",
        ]
    else:
        asks += ["how many {t.many} [can] {a} buy with that money?", "how many {t.many} [can] {a.he} buy with ${h}?"]
    steps: list[Options] = [
        [f"{{a}} [have] {h}-{x}={h - x} left.", f"after the {other.one}, {h}-{x}={h - x} is left."]
    ] * spent
    steps = [*steps, [f"{{a}} can buy {p * n}/{p}={n} {t.many}.", f"that is enough for {p * n}/{p}={n} {t.many}."]]
    facts: list[Options] = [have, spend, price] if spent else rng.sample([have, price], 2)
    return draft(rng, facts, asks, steps, n, who(rng), t=t, one=an(t.one), two=an(other.one), p=p, x=x, h=h)


@family("money.earn")
def money_earn(rng: random.Random) -> Draft | None:
    p, n, d, tip = rng.randint(3, 25), rng.randint(2, 10), rng.randint(2, 6), rng.randint(2, 40)
    unit = rng.choice(["hour", "hour", "hour", "day", "week", "lawn", "car"])
    job = {"lawn": "mowing lawns", "car": "washing cars"}.get(
        unit,
        rng.choice(
            ["babysitting", "walking dogs", "working in a cafe", "at {a.his} job", "helping on a farm", "tutoring"]
        ),
    )
    did = {"lawn": "mow", "car": "wash"}.get(unit, "work")
    what = f"{n} {unit}s" if did != "work" else f"for {n} {unit}s"
    pay = [
        f"{{a}} [earn] ${p} per {unit} {job}",
        f"{{a}} [earn] ${p} for each {unit} {job}",
        f"{{a}} [make] ${p} per {unit} {job}",
    ]
    kind = rng.randrange(5) if unit == "hour" else rng.choice([0, 0, 3, 4])
    asks = ["how much [do] {a} earn?", "how much money [do] {a.he} make?", "how much [do] {a} earn in total?"]
    work = [f"{{a}} [{did}] {what}", f"this week {{a.he}} [{did}] {what}"]
    total = n * p
    base = [f"{{a}} [earn] {n}*{p}={total}.", f"for {n} {unit}s {{a}} [get] {n}*{p}={total}."]
    if kind == 1:  # hours a day, several days
        work = [f"{{a}} [work] {n} hours a day for {d} days", f"{{a.he}} [work] {d} days, {n} hours each day"]
        steps: list[Options] = [[f"{{a}} [work] {n}*{d}={n * d} hours.", f"that is {n}*{d}={n * d} hours of work."]]
        total = n * d * p
        return draft(rng, [pay, work], asks, [*steps, [f"{{a}} [earn] {n * d}*{p}={total}."]], total, who(rng))
    if kind == 2:  # two days of different length
        work = [
            f"{{a.he}} [work] {n} hours on Monday and {d} hours on Tuesday",
            f"{{a}} [work] {n} hours one day and {d} the next",
        ]
        total = (n + d) * p
        steps = [[f"{{a}} [work] {n}+{d}={n + d} hours.", f"that is {n}+{d}={n + d} hours in all."]]
        return draft(rng, [pay, work], asks, [*steps, [f"{{a}} [earn] {n + d}*{p}={total}."]], total, who(rng))
    if kind == 3:  # a tip
        more = [
            f"{{a.he}} also [get] ${tip} in tips",
            f"{{a}} [get] a bonus of ${tip}",
            f"someone [s:give] {{a.obj}} a ${tip} tip",
        ]
        steps = [
            base,
            [
                f"with the extra {tip}, {{a}} [get] {total}+{tip}={total + tip}.",
                f"in total it is {total}+{tip}={total + tip}.",
            ],
        ]
        return draft(rng, [pay, work, more], asks[1:], steps, total + tip, who(rng))
    if kind == 4:  # the wage is unknown, or the time
        got = [f"{{a}} [earn] ${total} for {n} {unit}s of work", f"{{a}} [get] ${total} for {n} {unit}s"]
        if rng.random() < 0.5:
            asks = [
                f"how much [do] {{a}} earn per {unit}?",
                f"how much [s:be] that per {unit}?",
                f"how much [do] {{a.he}} get for each {unit}?",
            ]
            return draft(
                rng,
                [got],
                asks,
                [[f"per {unit} {{a}} [earn] {total}/{n}={p}.", f"that is {total}/{n}={p} per {unit}."]],
                p,
                who(rng),
            )
        want = [
            f"{{a}} [need] ${total} for a trip",
            f"{{a}} [want] to earn ${total}",
            f"{{a.own}} goal [s:be] ${total}",
        ]
        asks = [f"how many {unit}s must {{a}} {did}?", f"how many {unit}s [do] {{a.he}} have to {did}?"]
        return draft(
            rng,
            [pay, want],
            asks,
            [[f"{{a}} [{did}] {total}/{p}={n} {unit}s.", f"{{a}} [need] {total}/{p}={n} {unit}s."]],
            n,
            who(rng),
        )
    return draft(rng, [pay, work], asks, [base], total, who(rng))


@family("money.split")
def money_split(rng: random.Random) -> Draft | None:
    n, share, extra = rng.randint(2, 8), rng.randint(3, 30), rng.randint(2, 20)
    total = n * share
    place = rng.choice(cut("dinner,lunch,a pizza night,the taxi,the hotel room,a boat trip,a present,the bowling game"))
    group = ["{n} friends", "{n} people", "a group of {n} friends", "{n} roommates", "{n} cousins", "{n} coworkers"]
    kind = rng.randrange(3)
    asks = [
        "how much [s:do] each person pay?",
        "how much [s:be] each share?",
        "how much [s:do] each of them pay?",
        "how much [s:do] each one have to pay?",
        "what [s:do] each person owe?",
    ]
    if kind == 0:
        facts = [
            [f"{g} [p:split] the ${total} for {place} equally" for g in group if not g.startswith("a ")]
            + [f"{g} [s:share] a bill of ${total} equally" for g in group if g.startswith("a ")]
        ]
        steps: list[Options] = []
    elif kind == 1:
        bill = total - extra
        facts = [
            [f"the bill for {place} [s:be] ${bill}", f"{place} [s:cost] ${bill}"],
            [
                f"there [s:be] also a ${extra} tip",
                f"they [p:add] a tip of ${extra}",
                f"a fee of ${extra} [s:come] on top",
            ],
            ["{n} friends [p:split] everything equally", "{n} people [p:share] the total equally"],
        ]
        steps = [
            [f"in total it costs {bill}+{extra}={total}.", f"with the extra {extra} it is {bill}+{extra}={total}."]
        ]
        if bill <= 0:
            return None
    else:
        d1 = rng.randint(2, max(2, total - 2))
        d2 = total - d1
        one, two = rng.sample(cut("dinner,a taxi ride,a boat trip,a present,a pizza,drinks,tickets,snacks,a tent"), 2)
        facts = [
            [
                f"{{n}} friends [p:pay] ${d1} for {one} and ${d2} for {two}",
                f"{{n}} people [p:spend] ${d1} on {one} and ${d2} on {two}",
            ],
            ["they [p:share] the cost equally", "they [p:split] the cost evenly"],
        ]
        steps = [[f"together it costs {d1}+{d2}={total}.", f"the total is {d1}+{d2}={total}."]]
        if d2 <= 0:
            return None
        return draft(
            rng,
            facts,
            asks,
            [*steps, [f"each pays {total}/{n}={share}.", f"each share is {total}/{n}={share}."]],
            share,
            named("the group"),
            n=n,
        )
    last = [f"each person pays {total}/{n}={share}.", f"each share is {total}/{n}={share}."]
    return draft(rng, facts, asks, [*steps, last], share, named("the group"), n=n)


@family("money.tickets")
def money_tickets(rng: random.Random) -> Draft | None:
    p, q, m, n, extra = rng.randint(4, 20), rng.randint(2, 12), rng.randint(2, 6), rng.randint(2, 8), rng.randint(2, 30)
    if q >= p:
        return None
    place = rng.choice(cut("the zoo,the museum,the cinema,the circus,the pool,the fair,the aquarium,the castle"))
    prices = [
        "a ticket for {place} [s:cost] ${p} for adults and ${q} for children",
        "{place} [s:charge] ${p} per adult and ${q} per child",
        "adult tickets [p:cost] ${p} and child tickets [p:cost] ${q}",
        "at {place} adults [p:pay] ${p} and children [p:pay] ${q}",
        "an adult ticket to {place} [s:be] ${p} and a child ticket [s:be] ${q}",
    ]
    go = [
        "a family of {m} adults and {n} children [s:go] to {place}",
        "{a} [buy] tickets for {m} adults and {n} children",
        "{m} adults and {n} children [p:go] to {place}",
        "{a} [get] {n} child tickets and {m} adult tickets for {place}",
    ]
    asks = [
        "how much [s:do] it cost in total?",
        "what [s:be] the total cost?",
        "how much [p:do] all the tickets cost?",
        "how much money [s:be] needed for the tickets?",
        "how much [p:do] the tickets cost altogether?",
    ]
    steps: list[Options] = [
        [f"the adults pay {m}*{p}={m * p}.", f"the adult tickets cost {m}*{p}={m * p}."],
        [f"the children pay {n}*{q}={n * q}.", f"the child tickets cost {n}*{q}={n * q}."],
    ]
    total = m * p + n * q
    steps.append(
        [f"the tickets cost {m * p}+{n * q}={total} in total.", f"together they cost {m * p}+{n * q}={total}."]
    )
    facts: list[Options] = rng.sample([prices, go], 2)
    if rng.random() < 0.25:
        facts.append(
            [
                "parking [s:cost] another ${extra}",
                "the bus there [s:cost] ${extra} more",
                "they [p:spend] ${extra} on snacks",
            ]
        )
        asks = [*asks[:1], "how much money [s:be] spent in all?", "how much [s:do] the whole trip cost?"]
        steps.append(
            [
                f"with the extra {extra} it is {total}+{extra}={total + extra}.",
                f"in all it costs {total}+{extra}={total + extra}.",
            ]
        )
        total += extra
    return draft(rng, facts, asks, steps, total, who(rng), p=p, q=q, m=m, n=n, extra=extra, place=place)


@family("money.profit")
def money_profit(rng: random.Random) -> Draft | None:
    ((t, _),) = goods(rng, 1)
    c, gain, n, cost = rng.randint(1, 12), rng.randint(1, 9), rng.randint(2, 25), rng.randint(3, 80)
    p = c + gain
    asks = [
        "how much profit [do] {a} make?",
        "what [s:be] {a.own} profit?",
        "how much money [do] {a} make after costs?",
        "how much more money [do] {a} get than {a.he} [spend]?",
        "how much [do] {a.he} earn in profit?",
    ]
    if rng.random() < 0.5:
        facts = [
            ["{a} [buy] {n} {t.many} for ${c} each", "{a} [make] {n} {t.many} that [p:cost] ${c} each to make"],
            [
                "{a.he} [sell] them for ${p} each",
                "then {a.he} [sell] each one for ${p}",
                "{a} [sell] all of them at ${p} each",
            ],
        ]
        if rng.random() < 0.5:
            steps: list[Options] = [
                [f"{{a}} [make] {p}-{c}={gain} on each {t.one}.", f"the profit on each {t.one} is {p}-{c}={gain}."],
                [
                    f"{{a.own}} profit is {n}*{gain}={n * gain}.",
                    f"for {n} {t.many} the profit is {n}*{gain}={n * gain}.",
                ],
            ]
        else:
            steps = [
                [f"{{a}} [pay] {n}*{c}={n * c}."],
                [f"{{a}} [sell] the {t.many} for {n}*{p}={n * p}."],
                [f"the profit is {n * p}-{n * c}={n * gain}."],
            ]
        return draft(rng, facts, asks, steps, n * gain, who(rng), n=n, t=t, c=c, p=p)
    if n * p <= cost:
        return None
    spend = [
        "{a} [spend] ${cost} on materials",
        "it [s:cost] {a.obj} ${cost} to set up a stall",
        "{a} [pay] ${cost} for supplies",
    ]
    sell = ["{a} [sell] {n} {t.many} for ${p} each", "{a.he} [sell] {n} {t.many} at ${p} each"]
    steps = [
        [f"{{a}} [sell] the {t.many} for {n}*{p}={n * p}.", f"{{a}} [get] {n}*{p}={n * p}."],
        [f"the profit is {n * p}-{cost}={n * p - cost}.", f"{{a.own}} profit is {n * p}-{cost}={n * p - cost}."],
    ]
    return draft(rng, [spend, sell], asks, steps, n * p - cost, who(rng), n=n, t=t, cost=cost, p=p)


@family("money.difference")
def money_difference(rng: random.Random) -> Draft | None:
    (t, p), (u, q) = goods(rng, 2)
    n = rng.randint(2, 9)
    values: dict[str, Any] = {"t": t, "u": u, "one": an(t.one), "two": an(u.one), "p": p, "q": q, "n": n}
    kind = rng.randrange(3)
    if kind == 0 and p > q:
        facts: list[Options] = rng.sample(
            [
                ["{one} [s:cost] ${p}", "the price of {one} [s:be] ${p}"],
                ["{two} [s:cost] ${q}", "the price of {two} [s:be] ${q}"],
            ],
            2,
        )
        asks = [
            "how much more [s:do] the {t.one} cost than the {u.one}?",
            "how much cheaper [s:be] the {u.one}?",
            "what [s:be] the difference in price?",
            "how much more expensive [s:be] the {t.one}?",
        ]
        return draft(
            rng,
            facts,
            asks,
            [[f"the difference is {p}-{q}={p - q}.", f"the {t.one} costs {p}-{q}={p - q} more."]],
            p - q,
            who(rng),
            **values,
        )
    if kind == 1 and p > q:  # one price given as a difference
        d = p - q
        facts = [
            ["{one} [s:cost] ${d} more than {two}", "{one} [s:be] ${d} more expensive than {two}"],
            ["the {u.one} [s:cost] ${q}", "the price of the {u.one} [s:be] ${q}"],
        ]
        step: Options = [f"the {t.one} costs {q}+{d}={p}.", f"the price of the {t.one} is {q}+{d}={p}."]
        if rng.random() < 0.5:
            return draft(
                rng,
                facts,
                ["how much [s:do] the {t.one} cost?", "what [s:be] the price of the {t.one}?"],
                [step],
                p,
                who(rng),
                d=d,
                **values,
            )
        asks = [
            "how much [p:do] both cost together?",
            "how much [do] {a} pay for both?",
            "what [p:do] the two cost in total?",
        ]
        return draft(rng, facts, asks, [step, [f"together they cost {p}+{q}={p + q}."]], p + q, who(rng), d=d, **values)
    low = q * n
    if kind == 2 and p < q:  # the same thing in two shops
        facts = [
            [
                "{t.many} [p:cost] ${p} each at the market and ${q} each at the mall",
                "{one} [s:cost] ${p} online but ${q} in the shop",
                "one store [s:sell] {t.many} for ${p} each and another for ${q} each",
            ],
            ["{a} [need] {n} {t.many}", "{a} [buy] {n} {t.many}", "{a} [want] {n} of them"],
        ]
        asks = [
            "how much [can] {a} save by choosing the cheaper place?",
            "how much money [do] {a} save at the cheaper place?",
        ]
        if rng.random() < 0.5:
            steps: list[Options] = [
                [f"each {t.one} is {q}-{p}={q - p} cheaper."],
                [f"{{a}} [save] {n}*{q - p}={n * (q - p)}."],
            ]
        else:
            steps = [
                [f"the cheaper {t.many} cost {n}*{p}={n * p}."],
                [f"the others cost {n}*{q}={low}."],
                [f"{{a}} [save] {low}-{n * p}={low - n * p}."],
            ]
        return draft(rng, facts, asks, steps, n * (q - p), who(rng), **values)
    return None


@family("money.unit")
def money_unit(rng: random.Random) -> Draft | None:
    ((t, p),) = goods(rng, 1)
    n, m = rng.randint(2, 12), rng.randint(2, 15)
    values: dict[str, Any] = {"t": t, "n": n, "m": m, "total": n * p, "one": an(t.one)}
    facts = [
        [
            "{n} {t.many} [p:cost] ${total}",
            "{a} [pay] ${total} for {n} {t.many}",
            "{a} [buy] {n} {t.many} for ${total}",
            "a pack of {n} {t.many} [s:cost] ${total}",
            "the price of {n} {t.many} [s:be] ${total}",
            "a shop [s:sell] {n} {t.many} for ${total}",
        ]
    ]
    unit: Options = [f"one {t.one} costs {n * p}/{n}={p}.", f"each {t.one} costs {n * p}/{n}={p}."]
    if rng.random() < 0.5 or m == n:
        asks = [
            "how much [s:do] one {t.one} cost?",
            "what [s:be] the price of one {t.one}?",
            "how much [s:be] each {t.one}?",
            "how much [s:do] each {t.one} cost?",
            "how much [s:do] {one} cost?",
        ]
        return draft(rng, facts, asks, [unit], p, who(rng), **values)
    asks = [
        "how much [p:do] {m} {t.many} cost?",
        "how much would {m} {t.many} cost?",
        "at that price, how much [p:do] {m} {t.many} cost?",
        "what [s:be] the price of {m} {t.many}?",
        "how much [will] {a} pay for {m} {t.many}?",
    ]
    return draft(
        rng,
        facts,
        asks,
        [unit, [f"{m} {t.many} cost {m}*{p}={m * p}.", f"for {m} {t.many} it is {m}*{p}={m * p}."]],
        m * p,
        who(rng),
        **values,
    )


# --- rates -----------------------------------------------------------------------------------------------------------

WORK = [  # verb, what, per which unit, low and high rate; a colon marks what a machine does
    cut(line)
    for line in cut(
        "type,words,minute,10,60;read,pages,day,5,40;read,pages,hour,10,50;pick,apples,minute,3,15;"
        "pick,berries,minute,5,20;"
        "bake,cookies,hour,6,40;bake,loaves,hour,3,20;paint,chairs,day,2,9;paint,fences,week,2,6;"
        "solve,problems,hour,4,20;plant,trees,day,3,25;"
        "wash,cars,hour,2,6;wash,windows,hour,3,15;fold,shirts,minute,2,6;write,emails,hour,3,15;write,pages,day,2,12;"
        "make,bracelets,hour,2,12;pack,boxes,hour,5,30;swim,laps,hour,10,40;run,km,day,2,15;walk,km,hour,2,6;"
        "jog,miles,week,3,25;"
        "peel,potatoes,minute,2,6;sew,buttons,hour,5,30;lay,bricks,hour,15,60;deliver,letters,hour,10,50;"
        "deliver,pizzas,hour,3,12;"
        "learn,words,day,3,15;drink,glasses of water,day,3,9;do,push-ups,day,5,40;milk,cows,hour,3,12;"
        "knit,scarves,month,2,6;"
        "a printer:print,pages,minute,5,40;a machine:make,toys,minute,2,20;"
        "a machine:fill,bottles,minute,5,40;a tap:fill,buckets,hour,4,20;"
        "a factory:build,cars,day,5,40;a robot:pack,boxes,minute,2,15;a hen:lay,eggs,week,3,7;"
        "a pump:move,liters of water,minute,5,40;"
        "a bakery:sell,cakes,day,4,30;a cow:give,liters of milk,day,8,30;a bus:make,trips,day,3,12;"
        "an oven:bake,pizzas,hour,6,30;"
        "a copier:copy,pages,minute,10,50;a shop:sell,phones,day,3,20;a horse:eat,kg of hay,day,3,10;"
        "a car:use,liters of fuel,hour,3,9;"
        "a dog:eat,biscuits,day,3,10;a snail:crawl,cm,minute,2,9;a plant:grow,cm,week,2,9;"
        "a machine:cut,boards,hour,10,40",
        ";",
    )
]


def worker(rng: random.Random) -> tuple[Who, str, str, str, int]:
    """Someone or something at work: who, the verb, what is done, the unit of time, how much in each unit."""
    task, what, unit, low, high = rng.choice(WORK)
    agent, _, act = task.rpartition(":")
    return (
        named("the " + agent.split(" ", 1)[1]) if agent else who(rng),
        act,
        what,
        unit,
        rng.randint(int(low), int(high)),
    )


def paces(r: str = "{r}") -> Options:
    """Ways to say what {a} does in each unit of time."""
    pace = [
        "{a} [{act}] {r} {what} per {unit}",
        "{a} [{act}] {r} {what} every {unit}",
        "{a} [can] {act} {r} {what} in one {unit}",
        "{a} [{act}] {r} {what} each {unit}",
        "{a} [can] {act} {r} {what} per {unit}",
        "every {unit}, {a} [{act}] {r} {what}",
    ]
    return [option.replace("{r}", r) for option in pace]


@family("rate.total")
def rate_total(rng: random.Random) -> Draft | None:
    a, act, what, unit, r = worker(rng)
    n, more = rng.randint(2, 12), rng.randint(2, 30)
    made = r * n
    asks = [
        "how many {what} [do] {a} {act} in {n} {unit}s?",
        "how many {what} [will] {a} {act} in {n} {unit}s?",
        "in {n} {unit}s, how many {what} [do] {a.he} {act}?",
        "how many {what} [can] {a} {act} in {n} {unit}s?",
    ]
    values: dict[str, Any] = {"act": act, "what": what, "unit": unit, "r": r, "n": n, "more": more}
    base: Options = [f"in {n} {unit}s {{a}} [{act}] {r}*{n}={made} {what}.", f"{{a}} [{act}] {r}*{n}={made} {what}."]
    if rng.random() < 0.6:
        return draft(rng, [paces()], asks, [base], made, a, **values)
    if rng.random() < 0.5:  # two stretches of time
        facts = [
            paces(),
            [
                "{a.he} [{act}] for {n} {unit}s and then for {k} more {unit}s",
                "{a} [keep] this up for {n} {unit}s and, after a break, for {k} more {unit}s",
            ],
        ]
        k = rng.randint(2, 6)
        both = n + k
        steps: list[Options] = [
            [f"that is {n}+{k}={both} {unit}s.", f"{{a}} [{act}] for {n}+{k}={both} {unit}s."],
            [f"{{a}} [{act}] {r}*{both}={r * both} {what}.", f"in all it is {r}*{both}={r * both} {what}."],
        ]
        asks = ["how many {what} [do] {a} {act} in total?", "how many {what} [s:be] that altogether?"]
        return draft(rng, facts, asks, steps, r * both, a, **values | {"k": k})
    facts = [
        [
            "{a} already [have] {more} {what} done",
            "{more} {what} [p:be] already done",
            "{a} [start] with {more} {what} done",
        ],
        paces(),
    ]
    asks = [
        "how many {what} [will] be done after {n} more {unit}s?",
        "how many {what} [will] be done in all after {n} more {unit}s?",
    ]
    last: Options = [
        f"in all it is {more}+{made}={more + made} {what}.",
        f"together that is {more}+{made}={more + made} {what}.",
    ]
    if a.number != "s" or what in ("km", "cm", "miles"):
        return None
    asks = [ask.replace("[will]", "will") for ask in asks]
    return draft(rng, facts, asks, [base, last], more + made, a, **values)


@family("rate.time")
def rate_time(rng: random.Random) -> Draft | None:
    a, act, what, unit, r = worker(rng)
    n, done = rng.randint(2, 15), rng.randint(2, 40)
    values: dict[str, Any] = {"act": act, "what": what, "unit": unit, "r": r, "total": r * n, "done": done}
    asks = [
        "how many {unit}s [do] {a} need to {act} {total} {what}?",
        "how long [s:do] it take {a.obj} to {act} {total} {what}?",
        "how many {unit}s [will] {a} take to {act} {total} {what}?",
        "in how many {unit}s [do] {a.he} {act} {total} {what}?",
    ]
    last: Options = [
        f"{{a}} [need] {r * n}/{r}={n} {unit}s.",
        f"it takes {r * n}/{r}={n} {unit}s.",
        f"{{a}} [take] {r * n}/{r}={n} {unit}s.",
    ]
    if rng.random() < 0.6:
        return draft(rng, [paces()], asks, [last], n, a, **values)
    whole = r * n + done
    goal = [
        "{a} [have] to {act} {whole} {what}",
        "{a} [need] to {act} {whole} {what}",
        "{a.own} goal [s:be] {whole} {what}",
    ]
    part = [
        f"{{a.he}} already {verb(act, 's', True)} {done} {what}",
        f"{{a}} already {verb(act, 's', True)} {done} of the {whole} {what}",
    ]
    asks = [
        "how many more {unit}s [do] {a} need?",
        "how many {unit}s [do] {a.he} need for the rest?",
        "how many {unit}s [s:do] the rest take?",
    ]
    steps: list[Options] = [
        [f"{{a}} still [have] {whole}-{done}={r * n} {what} to go.", f"the rest is {whole}-{done}={r * n} {what}."],
        last,
    ]
    return draft(rng, [goal, part, paces()], asks, steps, n, a, **values, whole=whole)


@family("rate.find")
def rate_find(rng: random.Random) -> Draft | None:
    a, act, what, unit, r = worker(rng)
    n, m = rng.randint(2, 10), rng.randint(2, 12)
    values: dict[str, Any] = {"act": act, "what": what, "unit": unit, "n": n, "m": m, "total": r * n}
    facts = [
        [
            "{a} [{act}] {total} {what} in {n} {unit}s",
            "in {n} {unit}s, {a} [{act}] {total} {what}",
            "{a} [can] {act} {total} {what} in {n} {unit}s",
            "it [s:take] {a.obj} {n} {unit}s to {act} {total} {what}",
            "{a} [need] {n} {unit}s to {act} {total} {what}",
        ]
    ]
    step: Options = [
        f"per {unit} {{a}} [{act}] {r * n}/{n}={r} {what}.",
        f"that is {r * n}/{n}={r} {what} per {unit}.",
        f"in one {unit} {{a}} [{act}] {r * n}/{n}={r} {what}.",
    ]
    if rng.random() < 0.5 or m == n:
        asks = [
            "how many {what} [s:be] that per {unit}?",
            "how many {what} [do] {a} {act} per {unit}?",
            "how many {what} [do] {a.he} {act} each {unit}?",
            "how many {what} [can] {a} {act} in one {unit}?",
        ]
        return draft(rng, facts, asks, [step], r, a, **values)
    asks = [
        "how many {what} [do] {a} {act} in {m} {unit}s?",
        "at that rate, how many {what} [will] {a} {act} in {m} {unit}s?",
        "how many {what} [can] {a.he} {act} in {m} {unit}s at the same speed?",
    ]
    return draft(
        rng,
        facts,
        asks,
        [
            step,
            [f"in {m} {unit}s it is {r}*{m}={r * m} {what}.", f"in {m} {unit}s {{a}} [{act}] {r}*{m}={r * m} {what}."],
        ],
        r * m,
        a,
        **values,
    )


@family("rate.travel")
def rate_travel(rng: random.Random) -> Draft | None:
    how, unit, low, high = rng.choice(
        [
            ("drive", "miles", 30, 70),
            ("drive", "km", 40, 100),
            ("ride", "km", 8, 25),
            ("walk", "km", 2, 6),
            ("run", "km", 6, 15),
            ("travel", "km", 30, 100),
            ("hike", "miles", 2, 4),
        ]
    )
    a = named("the " + rng.choice(["train", "bus", "truck", "boat", "car"])) if how == "travel" else who(rng)
    v, w, h, g = rng.randint(low, high), rng.randint(low, high), rng.randint(2, 8), rng.randint(2, 6)
    values: dict[str, Any] = {"how": how, "unit": unit, "v": v, "w": w, "h": h, "g": g, "d": v * h}
    speed = ["{v} {unit} per hour", "{v} {unit} an hour", "a speed of {v} {unit} per hour"]
    pace = [f"{{a}} [{{how}}] at {option}" for option in speed]
    kind = rng.randrange(4)
    far = [
        "how many {unit} [do] {a} {how}?",
        "how far [do] {a} go?",
        "how many {unit} [do] {a.he} cover?",
        "how far [do] {a} {how}, in {unit}?",
    ]
    if kind == 0:
        facts: list[Options] = [
            [f"{option} for {{h}} hours" for option in pace] + [f"for {{h}} hours {option}" for option in pace]
        ]
        return draft(
            rng,
            facts,
            far,
            [[f"{{a}} [{how}] {v}*{h}={v * h} {unit}.", f"in {h} hours it is {v}*{h}={v * h} {unit}."]],
            v * h,
            a,
            **values,
        )
    if kind == 1:
        asks = [
            "how many hours [do] {a} need for {d} {unit}?",
            "how many hours [s:do] a trip of {d} {unit} take?",
            "how many hours [will] {a} take to go {d} {unit}?",
        ]
        return draft(
            rng,
            [pace],
            asks,
            [[f"{{a}} [need] {v * h}/{v}={h} hours.", f"the trip takes {v * h}/{v}={h} hours."]],
            h,
            a,
            **values,
        )
    if kind == 2:
        facts = [
            [
                "{a} [{how}] {d} {unit} in {h} hours",
                "in {h} hours {a} [{how}] {d} {unit}",
                "a trip of {d} {unit} [s:take] {a.obj} {h} hours",
            ]
        ]
        asks = [
            "what [s:be] {a.own} speed?",
            "how fast [do] {a} go?",
            "how many {unit} per hour [s:be] that?",
            "how many {unit} [do] {a} {how} per hour?",
        ]
        return draft(
            rng,
            facts,
            asks,
            [[f"{{a}} [{how}] {v * h}/{h}={v} {unit} per hour.", f"the speed is {v * h}/{h}={v} {unit} per hour."]],
            v,
            a,
            **values,
        )
    facts = [
        [f"{option} for {{h}} hours" for option in pace[:2]],
        [
            "then {a.he} [{how}] at {w} {unit} per hour for {g} hours",
            "after a break {a.he} [go] on for {g} hours at {w} {unit} per hour",
        ],
    ]
    total = v * h + w * g
    steps: list[Options] = [
        [f"first {{a}} [{how}] {v}*{h}={v * h} {unit}."],
        [f"then {{a}} [{how}] {w}*{g}={w * g} {unit}."],
        [f"in total {{a}} [{how}] {v * h}+{w * g}={total} {unit}.", f"that is {v * h}+{w * g}={total} {unit}."],
    ]
    return draft(
        rng,
        facts,
        ["how many {unit} [do] {a} {how} in total?", "how far [do] {a.he} go altogether?"],
        steps,
        total,
        a,
        **values,
    )


@family("rate.fuel")
def rate_fuel(rng: random.Random) -> Draft | None:
    r, n, p = rng.randint(5, 25), rng.randint(2, 15), rng.randint(2, 6)
    thing, far, fuel = cut(
        rng.choice(
            cut(
                "car,km,liter;truck,km,liter;van,miles,gallon;car,miles,gallon;bus,km,liter;motorcycle,km,liter;"
                "boat,km,liter",
                ";",
            )
        )
    )
    a = rng.choice([named(f"the {thing}"), named(f"a {thing}")])
    values: dict[str, Any] = {"r": r, "n": n, "p": p, "d": r * n, "far": far, "fuel": fuel, "thing": thing}
    use = [
        "{a} [go] {r} {far} on one {fuel} of fuel",
        "{a} [get] {r} {far} per {fuel}",
        "{a} [can] drive {r} {far} on each {fuel} of gas",
        "{a} [need] one {fuel} of fuel for every {r} {far}",
    ]
    need: Options = [f"the {thing} needs {r * n}/{r}={n} {fuel}s.", f"that takes {r * n}/{r}={n} {fuel}s of fuel."]
    kind = rng.randrange(3)
    if kind == 0:
        asks = [
            "how many {far} can the {thing} go on {n} {fuel}s?",
            "how far can {a.he} go with {n} {fuel}s in the tank?",
            "how many {far} can {a.he} drive on {n} {fuel}s?",
        ]
        return draft(
            rng,
            [use],
            asks,
            [[f"the {thing} goes {r}*{n}={r * n} {far}.", f"on {n} {fuel}s it goes {r}*{n}={r * n} {far}."]],
            r * n,
            a,
            **values,
        )
    asks = [
        "how many {fuel}s [s:do] the {thing} need for {d} {far}?",
        "how many {fuel}s [s:do] {a.he} need for a trip of {d} {far}?",
        "how much fuel [s:do] {a.he} use for {d} {far}?",
    ]
    if kind == 1:
        return draft(rng, [use], asks, [need], n, a, **values)
    price = ["one {fuel} [s:cost] ${p}", "fuel [s:cost] ${p} per {fuel}", "each {fuel} of fuel [s:cost] ${p}"]
    asks = [
        "how much [s:do] the fuel for a trip of {d} {far} cost?",
        "what [s:do] the fuel for {d} {far} cost?",
        "how much [s:do] it cost to drive {d} {far}?",
    ]
    return draft(
        rng,
        [use, price],
        asks,
        [need, [f"the fuel costs {n}*{p}={n * p}.", f"for {n} {fuel}s that is {n}*{p}={n * p}."]],
        n * p,
        a,
        **values,
    )


@family("rate.many")
def rate_many(rng: random.Random) -> Draft | None:
    group, act, what, unit = cut(
        rng.choice(
            cut(
                "machines,make,toys,hour;printers,print,pages,minute;bakers,bake,cakes,day;workers,paint,rooms,week;"
                "robots,pack,boxes,hour;hens,lay,eggs,week;"
                "cows,give,liters of milk,day;friends,pick,apples,hour;students,write,pages,day;"
                "cooks,make,pizzas,hour;gardeners,plant,trees,day;horses,eat,kg of hay,day;"
                "ovens,bake,loaves,hour;cats,eat,cans of food,week;volunteers,clean,windows,hour;"
                "children,read,books,month;tailors,sew,dresses,week",
                ";",
            )
        )
    )
    m, r, h = rng.randint(2, 12), rng.randint(2, 12), rng.randint(2, 9)
    values: dict[str, Any] = {"m": m, "r": r, "h": h, "g": group, "act": act, "what": what, "unit": unit, "all": m * r}
    one = group[:-1] if group != "children" else "child"
    each = [
        f"each {one} [s:{act}] {{r}} {{what}} per {{unit}}",
        f"one {one} [s:{act}] {{r}} {{what}} every {{unit}}",
        f"every {one} [s:{act}] {{r}} {{what}} each {{unit}}",
    ]
    owner = rng.choice(["there [p:be] {m} {g}", "{a} [have] {m} {g}", "{m} {g} [p:be] working together"])
    if group in ("hens", "cows", "horses", "cats", "friends", "children") and "working" in owner:
        owner = "there [p:be] {m} {g}"
    if group not in ("hens", "cows", "horses", "cats", "machines", "printers", "robots", "ovens") and "{a}" in owner:
        owner = "there [p:be] {m} {g}"
    both: Options = [
        f"the {m} {group} {act} {m}*{r}={m * r} {what} per {unit}.",
        f"in one {unit} they {act} {m}*{r}={m * r} {what}.",
    ]
    total = m * r * h
    if rng.random() < 0.65:
        asks = [
            "how many {what} [p:do] they {act} in {h} {unit}s?",
            "how many {what} [p:do] the {g} {act} in {h} {unit}s?",
            "in {h} {unit}s, how many {what} [p:do] the {m} {g} {act}?",
        ]
        steps: list[Options] = [
            both,
            [
                f"in {h} {unit}s they {act} {m * r}*{h}={total} {what}.",
                f"the {group} {act} {m * r}*{h}={total} {what}.",
            ],
        ]
        return draft(rng, rng.sample([[owner], each], 2), asks, steps, total, who(rng), **values)
    facts = [["{m} {g} [p:{act}] {all} {what} per {unit}", "in one {unit} {m} {g} [p:{act}] {all} {what}"]]
    facts = [[option.replace("{act}", act) for option in facts[0]]]
    asks = [
        f"how many {{what}} [s:do] each {one} {act} per {{unit}}?",
        f"how many {{what}} [s:do] one {one} {act} in one {{unit}}?",
    ]
    return draft(
        rng,
        facts,
        asks,
        [
            [
                f"each {one} {verb(act, 's', False)} {m * r}/{m}={r} {what}.",
                f"one {one} {verb(act, 's', False)} {m * r}/{m}={r} {what}.",
            ]
        ],
        r,
        who(rng),
        **values,
    )


@family("rate.reading")
def rate_reading(rng: random.Random) -> Draft | None:
    r, d, left, q = rng.randint(3, 40), rng.randint(2, 10), rng.randint(5, 90), rng.randint(3, 40)
    total = r * d + left
    noun = rng.choice(["book", "book", "novel", "comic book", "storybook", "textbook"])
    a = who(rng)
    values: dict[str, Any] = {"r": r, "d": d, "q": q, "total": total, "noun": noun}
    book = [
        "{a.own} {noun} [s:have] {total} pages",
        "{a} [read] a {noun} with {total} pages",
        "a {noun} [s:have] {total} pages",
        "{a} [have] a {noun} of {total} pages",
    ]
    read = [
        "{a.he} [read] {r} pages a day for {d} days",
        "{a} [read] {r} pages every day for {d} days",
        "for {d} days {a} [read] {r} pages each day",
    ]
    done: Options = [f"{{a}} [read] {r}*{d}={r * d} pages.", f"in {d} days {{a}} [read] {r}*{d}={r * d} pages."]
    if rng.random() < 0.6:
        asks = [
            "how many pages [p:be] left?",
            "how many pages [do] {a} still have to read?",
            "how many more pages [do] {a.he} need to read?",
            "how many pages [p:be] left to read?",
        ]
        return draft(
            rng,
            [book, read],
            asks,
            [done, [f"{{a}} [have] {total}-{r * d}={left} pages left.", f"that leaves {total}-{r * d}={left} pages."]],
            left,
            a,
            **values,
        )
    first = [
        "on Monday {a} [read] {r} pages and on Tuesday {q} pages",
        "{a.he} [read] {r} pages in the morning and {q} in the evening",
        "{a} [read] {r} pages one day and {q} pages the next",
    ]
    rest = total - r - q
    if rest <= 0:
        return None
    steps: list[Options] = [
        [f"{{a}} [read] {r}+{q}={r + q} pages.", f"so far {{a}} [read] {r}+{q}={r + q} pages."],
        [f"that leaves {total}-{r + q}={rest} pages."],
    ]
    return draft(
        rng,
        [book, first],
        ["how many pages [p:be] left?", "how many pages [do] {a} still have to read?"],
        steps,
        rest,
        a,
        **values,
    )


# --- comparisons -----------------------------------------------------------------------------------------------------

HOLD = ["have"] * 6 + ["collect", "find", "own", "buy", "sell", "make", "get"]
TIMES = {2: ["twice as many", "twice as many", "2 times as many", "two times as many"]}


def subject(key: str, act: str) -> str:
    """The person `key` with the verb that agrees."""
    return f"{{{key}}} [{act}]" if key == "a" else f"{{{key}}} [s:{act}]"


def relation(rng: random.Random, left: str, right: str, act: str, base: int) -> tuple[Options, Options, int] | None:
    """What `left` has compared with `right`, who has `base`: the fact, its step and how many `left` has."""
    kind, k, d = (
        rng.choice(["times", "times", "more", "more", "fewer", "half"]),
        rng.choice([2, 2, 3, 3, 4, 5, 6]),
        rng.randint(2, 25),
    )
    if (kind == "fewer" and base <= d) or (kind == "half" and base % 2):
        return None
    does, other = subject(left, act), f"{{{right}.obj}}"
    if kind == "times":
        value, sum_ = base * k, f"{base}*{k}={base * k}"
        facts = [
            f"{does} {phrase} {{t.many}} as {other}"
            for phrase in TIMES.get(k, [f"{k} times as many", f"{SMALL[k]} times as many"])
        ]
        facts += [f"{does} {k} times as many as {other}"] if act == "have" else []
    elif kind == "half":
        value, sum_ = base // 2, f"{base}/2={base // 2}"
        facts = [f"{does} half as many {{t.many}} as {other}", f"{does} half as many as {other}"]
    else:
        value = base + d if kind == "more" else base - d
        sum_ = f"{base}{'+' if kind == 'more' else '-'}{d}={value}"
        facts = [
            f"{does} {d} {kind} {{t.many}} than {other}",
            f"{does} {d} {kind} than {other}",
            f"{does} {d} {kind} {{t.many}} than {other}",
        ]
        if kind == "fewer":
            facts.append(f"{does} {d} less than {other}")
    return facts, [f"{does} {sum_} {{t.many}}.", f"{{{left}}} [{'' if left == 'a' else 's:'}{act}] {sum_}."], value


@family("compare.chain")
def compare_chain(rng: random.Random) -> Draft | None:
    """Two or three people, each compared with the one before: how many has the last, all, or the difference."""
    count, base, act = rng.choice([2, 2, 3]), rng.randint(2, 40), rng.choice(HOLD)
    names = crowd(rng, count)
    if rng.random() < 0.2:
        names[rng.randrange(1, count)], names[0] = names[0], ME
    (t,) = things(rng, 1)
    keys = rng.sample("abc"[:count], count)
    first = subject(keys[0], act)
    facts: list[Options] = [
        [f"{first} {base} {{t.many}}", f"{first} {base} {{t.many}}", f"{first} exactly {base} {{t.many}}"]
    ]
    steps: list[Options] = []
    values = [base]
    for right, left in pairwise(keys):
        step = relation(rng, left, right, act, values[-1])
        if step is None:
            return None
        facts.append(step[0])
        steps.append(step[1])
        values.append(step[2])
    facts = facts if rng.random() < 0.55 else facts[::-1] if rng.random() < 0.6 else rng.sample(facts, len(facts))
    does = "[do]" if keys[-1] == "a" else "[s:do]"
    asks = [f"how many {{t.many}} {does} {{{keys[-1]}}} {act}?", f"how many {{t.many}} {does} {{{keys[-1]}}} {act}?"]
    answer, kind = values[-1], rng.random()
    if kind < 0.4:
        answer = sum(values)
        they = listed([f"{{{key}}}" for key in rng.sample(keys, count)]) if rng.random() < 0.5 else "they"
        if ME in names:
            they = "we"
        asks = [
            f"how many {{t.many}} [p:do] {they} {act} {end}?"
            for end in ("in total", "together", "altogether", "in all")
        ]
        sum_ = "+".join(map(str, values)) + f"={answer}"
        steps.append(
            [
                f"together {'you' if ME in names else they} {act} {sum_} {{t.many}}.",
                f"in total that is {sum_} {{t.many}}.",
            ]
        )
    elif kind < 0.55 and values[-1] != values[0]:
        low, high = sorted([0, -1], key=lambda i: values[i])
        answer = values[high] - values[low]
        more, less = keys[high], keys[low]
        does = "[do]" if more == "a" else "[s:do]"
        asks = [f"how many more {{t.many}} {does} {{{more}}} {act} than {{{less}.obj}}?"]
        steps.append(
            [
                f"{subject(more, act)} {values[high]}-{values[low]}={answer} more.",
                f"the difference is {values[high]}-{values[low]}={answer}.",
            ]
        )
    return draft(rng, facts, asks, steps, answer, names[0], t=t, **dict(zip("bc", names[1:], strict=False)))


@family("compare.back")
def compare_back(rng: random.Random) -> Draft | None:
    """The comparison tells of the one who is known: "Tom has 12, 3 times as many as Ann"."""
    base, k, d, act = rng.randint(2, 50), rng.choice([2, 2, 3, 4, 5, 6]), rng.randint(2, 30), rng.choice(HOLD)
    names = crowd(rng, 2)
    if rng.random() < 0.15:
        names[0] = ME
    (t,) = things(rng, 1)
    known, unknown = rng.sample("ab", 2)
    does, other = subject(known, act), f"{{{unknown}.obj}}"
    kind = rng.choice(["times", "times", "more", "more", "fewer", "half"])
    value, sum_, phrase = {
        "times": (base * k, f"{base * k}/{k}={base}", f"{'twice' if k == 2 else f'{k} times'} as many {{t}}as {other}"),
        "more": (base + d, f"{base + d}-{d}={base}", f"{d} more {{t}}than {other}"),
        "fewer": (base - d, f"{base - d}+{d}={base}", f"{d} fewer {{t}}than {other}"),
        "half": (base // 2, f"{base // 2}*2={base}", f"half as many {{t}}as {other}"),
    }[kind]
    if value < 2 or (kind == "half" and base % 2):
        return None
    full, short = phrase.replace("{t}", "{t.many} "), phrase.replace("{t}", "")
    facts: list[Options] = [[f"{does} {value} {{t.many}}, which [s:be] {short}", f"{does} {value} {{t.many}}, {short}"]]
    if rng.random() < 0.5:
        facts = rng.sample([[f"{does} {value} {{t.many}}"], [f"{does} {full}"]], 2)
    asks = [f"how many {{t.many}} {'[do]' if unknown == 'a' else '[s:do]'} {{{unknown}}} {act}?"]
    steps: list[Options] = [[f"{subject(unknown, act)} {sum_} {{t.many}}.", f"{subject(unknown, act)} {sum_}."]]
    if rng.random() < 0.25:
        they = "we" if ME in names else "they"
        asks = [f"how many {{t.many}} [p:do] {they} {act} {end}?" for end in ("in total", "together", "altogether")]
        total = base + value
        steps.append(
            [
                f"together {'you' if ME in names else they} {act} {base}+{value}={total} {{t.many}}.",
                f"in total that is {base}+{value}={total} {{t.many}}.",
            ]
        )
        base = total
    return draft(rng, facts, asks, steps, base, names[0], b=names[1], t=t)


PLACES = [  # where, where said again; what is there
    "on a farm|at the farm;cows,sheep,goats,hens,ducks,pigs,horses",
    "in a class|in the class;boys,girls",
    "in a parking lot|in the lot;cars,trucks,vans,motorcycles",
    "in a garden|in the garden;roses,tulips,daisies,lilies",
    "in a pond|in the pond;frogs,fish,ducks,turtles",
    "in a bowl|in the bowl;apples,pears,plums,oranges",
    "in a library|in the library;novels,comics,atlases,magazines",
    "at a party|at the party;adults,children",
    "in a box|in the box;pens,pencils,markers,crayons",
    "on a shelf|on the shelf;cups,plates,bowls,jars",
    "in a zoo|at the zoo;lions,monkeys,zebras,parrots",
    "in a drawer|in the drawer;forks,spoons,knives",
]


@family("compare.groups")
def compare_groups(rng: random.Random) -> Draft | None:
    """Two kinds of thing in one place: twice as many ducks as hens."""
    where, names = cut(rng.choice(PLACES), ";")
    place, there = cut(where, "|")
    x, y = rng.sample(cut(names), 2)
    base, k, d = rng.randint(3, 40), rng.choice([2, 2, 3, 4, 5]), rng.randint(2, 25)
    kind = rng.choice(["times", "times", "more", "fewer", "half"])
    value, sum_, phrase = {
        "times": (base * k, f"{base}*{k}={base * k}", f"{'twice' if k == 2 else f'{k} times'} as many {y} as {x}"),
        "more": (base + d, f"{base}+{d}={base + d}", f"{d} more {y} than {x}"),
        "fewer": (base - d, f"{base}-{d}={base - d}", f"{d} fewer {y} than {x}"),
        "half": (base // 2, f"{base}/2={base // 2}", f"half as many {y} as {x}"),
    }[kind]
    if value < 2 or (kind == "half" and base % 2):
        return None
    facts: list[Options] = [
        [
            f"there [p:be] {base} {x} {place}",
            f"{place} there [p:be] {base} {x}",
            f"{{a}} [see] {base} {x} {place}",
            f"{{a}} [count] {base} {x} {place}",
        ],
        [f"there [p:be] {phrase}", f"there [p:be] {phrase} {there}"],
    ]
    steps: list[Options] = [[f"there are {sum_} {y}.", f"the number of {y} is {sum_}."]]
    asks = [f"how many {y} [p:be] there?", f"how many {y} [p:be] {there}?", f"what [s:be] the number of {y}?"]
    if rng.random() < 0.5:
        asks = [f"how many {x} and {y} [p:be] there {end}?" for end in ("in total", "altogether", "in all")]
        steps.append(
            [
                f"in total there are {base}+{value}={base + value}.",
                f"{x} and {y} together are {base}+{value}={base + value}.",
            ]
        )
        value += base
    return draft(rng, facts, asks, steps, value, who(rng))


# --- fractions and percents ------------------------------------------------------------------------------------------

FRACTIONS = [  # numerator, denominator, words
    (1, 2, "half"),
    (1, 2, "half"),
    (1, 2, "one half"),
    (1, 2, "1/2"),
    (1, 3, "a third"),
    (1, 3, "one third"),
    (1, 3, "1/3"),
    (1, 4, "a quarter"),
    (1, 4, "one quarter"),
    (1, 4, "one fourth"),
    (1, 4, "1/4"),
    (1, 5, "a fifth"),
    (1, 5, "one fifth"),
    (1, 5, "1/5"),
    (1, 6, "a sixth"),
    (1, 6, "1/6"),
    (1, 8, "one eighth"),
    (1, 10, "a tenth"),
    (1, 10, "one tenth"),
    (2, 3, "two thirds"),
    (2, 3, "2/3"),
    (3, 4, "three quarters"),
    (3, 4, "3/4"),
    (2, 5, "two fifths"),
    (2, 5, "2/5"),
    (3, 5, "three fifths"),
    (3, 5, "3/5"),
    (4, 5, "four fifths"),
    (3, 8, "3/8"),
    (5, 6, "five sixths"),
]
UNITS = {2: "half", 3: "third", 4: "quarter", 5: "fifth", 6: "sixth", 8: "eighth", 10: "tenth"}
GIVES = cut(  # what somebody does with a part, and how
    "give,to a friend;give,to {a.his} sister;sell,at the market;lose,on the way;put,in a box;give,away;keep,at home;"
    "donate,to a school;use,for a project;share,with friends",
    ";",
)
PARTS = cut(  # what a group consists of: place, whole, part, the others
    "in a class,students,girls,boys;in a class,students,boys,girls;in a basket,apples,red,green;"
    "in a box,pens,blue,black;"
    "on a farm,animals,cows,sheep;in a garden,flowers,roses,tulips;on a bus,passengers,children,adults;"
    "in a parking lot,cars,white,black;in a library,books,novels,comics;in a club,members,women,men;"
    "in a jar,marbles,yellow,green;in a choir,singers,children,adults;in a shop,shirts,small,large;"
    "in a tank,fish,orange,blue;on a tree,birds,sparrows,crows;"
    "in a bowl,fruits,oranges,pears;at a party,guests,kids,adults",
    ";",
)


def part_of(rng: random.Random, n: int, share: str, part: int, find: Sequence[Options]) -> Draft | None:
    """`share` ("a third", "25%") of `n` things: how many it is (the steps `find`) or how many are left."""
    rest = n - part
    left = rng.random() < 0.5
    share_of = f"{share} of"
    if rng.random() < 0.55:  # somebody does something with a part
        (t,) = things(rng, 1)
        act, where = cut(rng.choice(GIVES))
        have = [
            "{a} [have] {n} {t.many}",
            "{a} [buy] {n} {t.many}",
            "{a} [start] with {n} {t.many}",
            "there [p:be] {n} {t.many} in {a.own} bag",
        ]
        does = [f"{{a.he}} [{act}] {share_of} {obj} {where}" for obj in ("them", "the {t.many}", "{a.his} {t.many}")]
        if where == "away":
            does = [f"{{a.he}} [give] away {share_of} {obj}" for obj in ("them", "the {t.many}")]
        if left and act != "keep" and act != "put":
            asks = [
                "how many {t.many} [do] {a} have left?",
                "how many {t.many} [p:be] left?",
                "how many [do] {a.he} have now?",
                "how many {t.many} [do] {a} still have?",
            ]
        else:
            left = False
            asks = [
                f"how many {{t.many}} [do] {{a}} {act} {where}?",
                f"how many {{t.many}} [do] {{a.he}} {act} {where}?",
            ]
        steps = [[step.replace("{do}", f"{{a}} [{act}]") for step in options] for options in find]
        values: dict[str, Any] = {"t": t, "n": n}
        last = [f"{{a}} [have] {n}-{part}={rest} {t.many} left.", f"that leaves {n}-{part}={rest} {t.many}."]
    else:
        place, whole, kind, other = cut(rng.choice(PARTS))
        adjective = kind in ("red", "blue", "white", "yellow", "small", "orange")
        have = [f"there [p:be] {{n}} {whole} {place}", f"{place} there [p:be] {{n}} {whole}"]
        does = [f"{share_of} them [p:be] {kind}", f"{share_of} the {whole} [p:be] {kind}"]
        few = f"{kind} {whole}" if adjective else kind
        asks = [
            f"how many {few} [p:be] there?",
            f"how many of the {whole} [p:be] {kind}?",
            f"how many of them [p:be] {kind}?",
        ]
        if left:
            many = f"{other} {whole}" if adjective else other
            does = [f"{does[0]} and the rest [p:be] {other}", f"{does[1]} and the others [p:be] {other}"]
            asks = [f"how many {many} [p:be] there?", f"how many of the {whole} [p:be] {other}?"]
            if rng.random() < 0.4:
                does = [option.split(" and the")[0] for option in does]
                asks = [f"how many of the {whole} [p:be] not {kind}?", f"how many {whole} [p:be] not {kind}?"]
        steps = [[step.replace("{do}", f"the {few} are") for step in options] for options in find]
        values = {"n": n}
        last = [f"the others are {n}-{part}={rest}.", f"that leaves {n}-{part}={rest}."]
    return draft(rng, [have, does], asks, [*steps, *[last] * left], rest if left else part, who(rng), **values)


@family("fraction.of")
def fraction_of(rng: random.Random) -> Draft | None:
    top, bottom, words = rng.choice(FRACTIONS)
    n = bottom * rng.randint(2, 20)
    unit = n // bottom
    find: list[Options] = [[f"{{do}} {n}/{bottom}={unit}.", f"{words} of {n} is {n}/{bottom}={unit}."]]
    if top > 1:
        find = [
            [f"one {UNITS[bottom]} of {n} is {n}/{bottom}={unit}."],
            [f"{{do}} {unit}*{top}={unit * top}.", f"{words} of {n} is {unit}*{top}={unit * top}."],
        ]
    return part_of(rng, n, words, unit * top, find)


@family("fraction.twice")
def fraction_twice(rng: random.Random) -> Draft | None:
    """A fraction goes, then a fraction of the rest, or a number."""
    ones = [fraction for fraction in FRACTIONS if fraction[0] == 1]
    (_, b, words), (_, c, again), n, x = rng.choice(ones), rng.choice(ones), rng.randint(4, 150), rng.randint(2, 30)
    if n % b:
        return None
    rest = n - n // b
    (t,) = things(rng, 1)
    have = ["{a} [have] {n} {t.many}", "{a} [buy] {n} {t.many}", "{a} [make] {n} {t.many}"]
    one = [
        "{a.he} [give] {words} of them to {a.his} brother",
        "{a} [sell] {words} of them",
        "{a.he} [lose] {words} of the {t.many}",
    ]
    asks = [
        "how many {t.many} [do] {a} have left?",
        "how many {t.many} [p:be] left?",
        "how many {t.many} [do] {a.he} have now?",
    ]
    steps: list[Options] = [
        [f"first {words} goes: {n}/{b}={n // b} {t.many}.", f"{words} of {n} is {n}/{b}={n // b} {t.many}."],
        [f"that leaves {n}-{n // b}={rest} {t.many}.", f"then {{a}} [have] {n}-{n // b}={rest} {t.many}."],
    ]
    if rng.random() < 0.5:
        two = [
            "then {a.he} [give] {again} of the rest to a friend",
            "later {a.he} [use] {again} of the remaining {t.many}",
            "after that, {a} [sell] {again} of what [s:be] left",
        ]
        if rest % c:
            return None
        steps.append(
            [f"{again} of the rest is {rest}/{c}={rest // c}.", f"{again} of {rest} is {rest}/{c}={rest // c}."]
        )
        gone = rest // c
    else:
        two, gone = (
            [
                "then {a.he} [give] {x} to a friend",
                "later {a.he} [use] {x} more",
                "after that, {a} [lose] {x} {t.many}",
            ],
            x,
        )
    if gone >= rest:
        return None
    steps.append(
        [
            f"{{a}} [have] {rest}-{gone}={rest - gone} {t.many} left.",
            f"now {{a}} [have] {rest}-{gone}={rest - gone} {t.many}.",
        ]
    )
    return draft(rng, [have, one, two], asks, steps, rest - gone, who(rng), n=n, t=t, words=words, again=again, x=x)


@family("percent.of")
def percent_of(rng: random.Random) -> Draft | None:
    p, n = rng.choice([5, 10, 10, 15, 20, 20, 25, 25, 30, 40, 50, 50, 60, 70, 75, 80, 90]), rng.randint(4, 200)
    if n * p % 100 or (n % 5 and n % 4):
        return None
    part = n * p // 100
    share = rng.choice([f"{p}%", f"{p}%", f"{p} percent"])
    return part_of(
        rng,
        n,
        share,
        part,
        [[f"{{do}} {n}*{p}/100={part}.", f"{share.replace('%', ' percent')} of {n} is {n}*{p}/100={part}."]],
    )


@family("percent.change")
def percent_change(rng: random.Random) -> Draft | None:
    """A discount, a rise or a fall in percent."""
    p, n, m = (
        rng.choice([5, 10, 10, 15, 20, 20, 25, 25, 30, 40, 50, 50, 60, 75]),
        rng.randint(4, 190),
        rng.randint(2, 6),
    )
    if n * p % 100:
        return None
    part = n * p // 100
    share = rng.choice([f"{p}%", f"{p}%", f"{p} percent"])
    t = rng.choice([thing for thing, _, high in GOODS if high >= 12])
    values: dict[str, Any] = {"t": t, "one": an(t.one), "share": share, "n": n, "m": m}
    kind = rng.choice(["discount", "discount", "price", "count", "count"])
    up = kind != "discount" and rng.random() < 0.6
    new = n + part if up else n - part
    name, sign = ("increase", "+") if up else ("discount" if kind == "discount" else "decrease", "-")
    steps: list[Options] = [[f"the {name} is {n}*{p}/100={part}.", f"{p} percent of {n} is {n}*{p}/100={part}."]]
    sum_ = f"{n}{sign}{part}={new}"
    if kind == "count":
        group, place = cut(
            rng.choice(
                cut(
                    "students,a school;members,a club;workers,a factory;visitors,a museum;books,a library;trees,a park;"
                    "players,a team;cows,a farm;houses,a village;subscribers,a channel",
                    ";",
                )
            )
        )
        old = place[2:]
        facts: list[Options] = [
            [
                f"{place} [s:have] {{n}} {group}",
                f"last year {place} had {{n}} {group}",
                f"there [p:be] {{n}} {group} in {place}",
            ],
            [
                f"the number [s:{'grow' if up else 'fall'}] by {{share}}",
                f"then the number of {group} [s:{'increase' if up else 'decrease'}] by {{share}}",
            ],
        ]
        asks = [
            f"how many {group} [s:do] the {old} have now?",
            f"how many {group} [p:be] there now?",
            f"what [s:be] the new number of {group}?",
        ]
        return draft(
            rng,
            facts,
            asks,
            [*steps, [f"the {old} now has {sum_} {group}.", f"now there are {sum_} {group}."]],
            new,
            who(rng),
            **values,
        )
    price = [
        "{one} [s:cost] ${n}",
        "the price of {one} [s:be] ${n}",
        "{a} [see] {one} for ${n}",
        "{one} normally [s:cost] ${n}",
    ]
    move = {
        "discount": [
            "{a} [get] a {share} discount",
            "it [s:be] on sale for {share} off",
            "the shop [s:give] {share} off",
            "{a} [have] a coupon for {share} off",
        ],
        "price": [
            f"the price [s:{'rise' if up else 'drop'}] by {{share}}",
            f"the price [s:go] {'up' if up else 'down'} by {{share}}",
            f"then it [s:become] {{share}} {'more expensive' if up else 'cheaper'}",
        ],
    }[kind]
    if kind == "discount" and rng.random() < 0.2:
        return draft(
            rng,
            [price, move],
            ["how much [do] {a} save?", "how much money [do] {a} save?", "how many dollars [s:be] the discount?"],
            steps,
            part,
            who(rng),
            **values,
        )
    asks = {
        "discount": [
            "how much [do] {a} pay?",
            "what [s:be] the sale price?",
            "how much [do] {a} pay for the {t.one}?",
            "how much [s:do] the {t.one} cost with the discount?",
        ],
        "price": [
            "what [s:be] the new price?",
            "how much [s:do] the {t.one} cost now?",
            "how much [s:do] it cost after that?",
        ],
    }[kind]
    return draft(
        rng,
        [price, move],
        asks,
        [*steps, [f"the {t.one} now costs {sum_}.", f"the new price is {sum_}."]],
        new,
        who(rng),
        **values,
    )
