"""Which nouns of a text may be exchanged for others of their theme: 3 apples, 3 pears.

`nouns_of` reads the texts of one problem and finds the nouns each of whose mentions stands alone and means the thing:
no "apple pie", no "date" of a calendar. `cut` turns their mentions into slots, `exchange` draws what fills them. Knows
the words of the grammar; refuses to know numbers and names.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from drr.grammar import words
from drr.grammar.words import Thing

_SKIPPED = frozenset(  # words of double meaning, and kinds that others belong to
    "date lime orange pepper mint top block ring nut glass cup can present key ticket bat cone tie board pipe stick "
    "wheel tire rope book flower toy gift egg fish chicken turkey lamb sheep deer goldfish goose coin bill rock ball "
    "card candy letter bottle package plant bulb leaf pea bean chocolate caramel doll robot case pet hammer hook "
    "washer hinge brick tile pie pizza herb plan mouse bee ant nail".split()
)
_THEMES = {  # theme: what must not stand in the text
    "fruit": r"juice|slice|pie\b|pies\b|seed|tree",
    "vegetables": r"slice|soup|salad",
    "food": r"slice|bak|dessert|pastr|treat|flour|oven|dough|lay|laid|crust|batch",
    "sweets": r"bak|flavor|chocolates?\b(?! bar)",
    "school": r"page|ink\b|writ|animal|farm|\bpigs|\bcows|emu",
    "toys": r"inning|player|spin|fly|air\b",
    "collectibles": r"beach|cents|worth|page|sew|shirt|ocean|necklace|bracelet",
    "clothes": r"pair|thread|yarn|sleeve|suit|wear|button",
    "garden": r"flower|tree|petal|bloom|bouquet",
    "parcels": r"page|pour|address",
    "animals": r"leg|feet|foot|eye|paw|milk|egg|lay|wool|bark|wing|fur\b|tail|breed|litter|pupp|horn|ride|swim|water"
    r"|aquarium|walk|cage|pond|\bvet|ride|pound",
}
_BEFORE = frozenset(
    "a an the of many more some his her their my our your these those each every few several other and or with per one "
    "two three four five six seven eight nine ten eleven twelve dozen twenty thirty hundred fewer extra additional all "
    "another both buys bought buy sells sold sell eats ate eat picks picked pick has have had gets got get gave gives "
    "give makes made make collects collected collect brings brought takes took loves likes for no any which than as "
    "ripe big small large little new old red blue green yellow purple pink left much only selling buying eating "
    "collecting making picking total remaining this that counts counted owns sees saw into to are is were in on "
    "white black different enough".split()
)
_DETERMINERS = frozenset("a an the each every per one another this that 1 her his last first second other".split())
_AFTER = frozenset(
    "in on at for and or but he she they it i you we that which who is are was were be has have had does do did to "
    "from with than as if when while after before each every per left altogether together total will would can could "
    "so cost costs sold given because then there by into among between how the a an what who remaining all daily only "
    "during this these those weighs weigh equally more less also contains contain were not eats ate "
    "eaten containing now combined should must holds uses gets away makes made took".split()
)
_BASKETS = tuple(Thing(t, words.plural(t)) for t in "box bag basket bucket crate packet container pouch sack".split())
_COLOURS = tuple(Thing(c, c) for c in "red blue green yellow purple pink".split())
_TOKEN = re.compile(r"[A-Za-z']+|\d+|[^\w\s]")


@dataclass(frozen=True)
class Noun:
    """A noun of a text, and the things of its theme that may stand for it."""

    thing: Thing
    pool: tuple[Thing, ...]


@dataclass(frozen=True)
class Mention:
    """How a text writes a noun in one place: `style` is "one", "many" or "a" (singular with its article)."""

    noun: int
    style: str
    capital: bool
    written: str


@cache
def _sources() -> dict[str, tuple[Thing, str, tuple[Thing, ...]]]:
    """For each form of a noun: the thing, what forbids it, its theme."""
    forms: dict[str, tuple[Thing, str, tuple[Thing, ...]]] = {}
    themes = {theme: words.theme(theme) for theme in _THEMES}
    rows = [(_THEMES[name], tuple(t for t in things if t.one not in _SKIPPED)) for name, things in themes.items()]
    rows.append((r"liter|water|milk|pour|gallon|ounce|pound|shop|tea|hay|cereal|juice|trash|lunch|sleep", _BASKETS))
    rows.append(
        (
            r"paint|light|juice|colou?rs of|mix|pepper|bean|grape|flag|leaf|leaves|eyes|turn|tomato|apple|rainbow",
            _COLOURS,
        )
    )
    for forbidden, pool in rows:
        for thing in pool:
            forms[thing.one] = forms[thing.many] = (thing, forbidden, pool)
    skipped = (t for things in themes.values() for t in things if t.one in _SKIPPED or not t.one.islower())
    for thing in skipped:
        forms.pop(thing.one, None), forms.pop(thing.many, None)
    return forms


@cache
def _pattern() -> re.Pattern[str]:
    known = "|".join(sorted(map(re.escape, _sources()), key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:([Aa]n?) )?({known})(?![\w'-])", re.IGNORECASE)


def nouns_of(texts: Sequence[str]) -> tuple[Noun, ...]:
    """The nouns of `texts` that may be exchanged."""
    everything = " ".join(texts).lower()
    good: dict[Thing, tuple[Thing, ...]] = {}
    bad: set[Thing] = set()
    for text in texts:
        for mention in _pattern().finditer(text):
            thing, forbidden, pool = _sources()[mention[2].lower()]
            if thing in bad:
                continue
            if re.search(forbidden, everything) or not _stands_alone(text, mention, thing, pool):
                bad.add(thing)
            good[thing] = pool
    kept = {thing: pool for thing, pool in good.items() if thing not in bad and _counted(everything, thing)}
    if sum(pool is _BASKETS for pool in kept.values()) > 1:  # "one box ... the crate" may be the same one
        kept = {thing: pool for thing, pool in kept.items() if pool is not _BASKETS}
    free = {thing: tuple(o for o in pool if o.one not in everything) for thing, pool in kept.items()}
    return tuple(
        Noun(thing, pool) for thing, pool in free.items() if len(pool) >= sum(pool == other for other in free.values())
    )


def _counted(text: str, thing: Thing) -> bool:
    """Whether every other word built on the noun is absent: "appletree", or just "cards" beside "baseball cards"."""
    for form in (thing.one, thing.many):
        head = form.split()[-1]
        if head != form and len(re.findall(rf"\b{head}\b", text)) != text.count(form):
            return False
    found = len(re.findall(re.escape(thing.one), text)) + (
        0 if thing.one in thing.many else len(re.findall(re.escape(thing.many), text))
    )
    alone = len(re.findall(rf"(?<![\w-])(?:{re.escape(thing.one)}|{re.escape(thing.many)})(?![\w'-])", text))
    return found == alone


def _stands_alone(text: str, mention: re.Match[str], thing: Thing, pool: tuple[Thing, ...]) -> bool:
    """Whether the words around a mention show that it is a noun of its own."""
    before = _TOKEN.findall(text[: mention.start(2)][-40:])
    after = _TOKEN.findall(text[mention.end() :][:40])
    last, first = (before[-1] if before else "."), (after[0].lower() if after else ".")
    starts = last in ".!?"
    if mention[2][0].isupper() and not starts:
        return False
    if pool is _COLOURS:
        return not starts and (first in ("and", "or", "ones", ",", ".", "?") or first.endswith("s"))
    if not (first in _AFTER or not first[0].isalnum() or (pool is _BASKETS and first == "of")):
        return False
    if first == "-" or first == "/":
        return False
    if mention[2].lower() == thing.one and thing.one != thing.many:
        return last.lower() in _DETERMINERS or last.endswith("'s")
    return starts or last in ",;:$" or last.isdigit() or last.lower() in _BEFORE


def cut(
    pieces: Sequence[str | int], nouns: Sequence[Noun], mentions: list[Mention], first: int
) -> tuple[str | int, ...]:
    """`pieces` with the mentions of `nouns` as slots from `first` on; `mentions` collects what each slot is."""
    if not nouns:
        return tuple(pieces)
    forms = {form: index for index, noun in enumerate(nouns) for form in (noun.thing.one, noun.thing.many)}
    parts: list[str | int] = []
    for piece in pieces:
        if isinstance(piece, int):
            parts.append(piece)
            continue
        end = 0
        for found in _pattern().finditer(piece):
            form = found[2].lower()
            if form not in forms:
                continue
            noun = nouns[forms[form]]
            style = "many" if form == noun.thing.many else "a" if found[1] else "one"
            start = found.start() if style == "a" else found.start(2)
            written = piece[start : found.end()]
            mention = Mention(forms[form], style, written[0].isupper(), written)
            if mention not in mentions:
                mentions.append(mention)
            parts += [piece[end:start], first + mentions.index(mention)]
            end = found.end()
        parts.append(piece[end:])
    return tuple(part for part in parts if part != "")


def exchange(rng: random.Random, nouns: Sequence[Noun], mentions: Sequence[Mention]) -> list[str]:
    """What to write for each mention, with every noun exchanged for another one."""
    drawn: list[Thing] = []
    for noun in nouns:
        thing = noun.pool[int(rng.random() * len(noun.pool))]
        while thing in drawn:
            thing = noun.pool[int(rng.random() * len(noun.pool))]
        drawn.append(thing)
    written: list[str] = []
    for mention in mentions:
        thing = drawn[mention.noun]
        text = thing.many if mention.style == "many" else thing.one if mention.style == "one" else words.a(thing.one)
        written.append(words.capital(text) if mention.capital else text)
    return written
