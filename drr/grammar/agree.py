"""English that agrees with its numbers: `1 cookies are left` becomes `1 cookie is left`, `a 80% discount` `an 80% ...`.

The families write plurals and `a` where a number or a word is put in; this mends what does not fit. Draws nothing.
"""

import re

from drr.grammar.words import THEMES, theme

ONE_OF = {thing.many: thing.one for name in (*THEMES, "animals") for thing in theme(name)} | {
    "feet": "foot", "inches": "inch", "people": "person", "children": "child", "men": "man", "women": "woman",
}  # fmt: skip
MEASURED = "years hours minutes days weeks months miles kilometers meters yards feet inches pounds kilograms points"

_AN = re.compile(r"\b([Aa]) (?=[$€£]?(?:8\d?|11|18)\b|hour\b|(?!one\b|once\b|eu)[aeio][a-z])")
_LONGEST_FIRST = "|".join(sorted(map(re.escape, ONE_OF), key=len, reverse=True))
_NOUN = rf"(?:{_LONGEST_FIRST}|(?![a-z]*(?:us|is|ss)\b|(?:was|has|gas|times|gets|makes|leaves|remains)\b)[a-z-]+s)"
_ONE = re.compile(
    rf"(?P<before>\b[Tt]here (?:are|were) )?(?P<count>(?<![\d$€£.:*+/=-])(?:\d[\d*+/-]*=)?1 (?:more )?|\bone )"
    rf"(?P<noun>{_NOUN})\b(?:(?P<of> of [a-z]+)?(?P<after> (?:are|were|stay)\b))?"
)
_SOME = re.compile(r"\b([Tt])here (is|was) (?=(?!1 )\d+ [a-z]+s\b)")
_SINGULAR = {" are": " is", " were": " was", " stay": " stays"}


def agreed(text: str) -> str:
    """`text` with articles, nouns and verbs that fit its numbers."""
    text = _ONE.sub(_one, _AN.sub(r"\1n ", text))
    return _SOME.sub(lambda m: f"{m[1]}here {'are' if m[2] == 'is' else 'were'} ", text)


def _one(match: re.Match[str]) -> str:
    before, after = match["before"] or "", match["after"] or ""
    if match["count"] == "one " and not before and match["noun"] not in MEASURED.split():
        return match[0]  # "each one gets", "one needs"
    singular = before.replace(" are", " is").replace(" were", " was")
    return singular + match["count"] + _singular(match["noun"]) + (match["of"] or "") + _SINGULAR.get(after, after)


def _singular(noun: str) -> str:
    if noun in ONE_OF:
        return ONE_OF[noun]
    return noun[:-3] + "y" if noun.endswith("ies") else re.sub("(?<=ss|sh|ch)es$|(?<=x)es$|s$", "", noun)
