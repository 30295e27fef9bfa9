"""Find the final answer in a reasoning text, grade it against the gold answer, and name it for a vote.

Pure: strings in, strings and grades out; knows no torch, database, page, file or clock. Nothing here raises on any
text, however hostile, and the length handed to a regular expression or to sympy is capped, so every call is quick.

- `extract_answer` returns None when it finds nothing readable; callers count that as unparsed and never drop it.
- `grade` says ungraded without a gold answer, unparsed when the answer cannot be read as its type, else right or wrong.
- `canonical` is the form under which equal answers vote together: "$1,200.0" and "1200" are both "1200".

Numbers: whole numbers compare exactly, others within one part in a million. Currency signs, units and the percent sign
are dropped, so "50%" equals "50" and never "0.5". Two numbers with no "=" between them ("5 or 6", "7:30", "2 hours 30
minutes") are unreadable: a hedge is not an answer, and an extracted one is None; a remark behind the first ("5, not 6")
is left out. Other mathematics ("2\\sqrt{3}") goes to math-verify, imported on first need, and only when it is small
enough to be evaluated at once.
"""

import importlib
import logging
import math
import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Any, Literal

AnswerType = Literal["number", "choice", "yesno", "text"]


class Grade(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    UNPARSED = "unparsed"
    UNGRADED = "ungraded"


LONGEST_TEXT = 20_000  # of a reasoning text, only this much of its end is searched
LONGEST_ANSWER = 1_000  # a longer answer is compared as it stands
LONGEST_CLAIM = 200  # what is read after "the answer is"
LONGEST_NUMBER = 100
LONGEST_EXPRESSION = 200
MOST_CLAIMS = 32


def extract_answer(text: str, answer_type: AnswerType, choices: Mapping[str, str] | None = None) -> str | None:
    """The last readable claim of a final answer; failing that, what the text ends on; else None.

    A claim of several numbers ends the search: whoever hedges at last has no answer, whatever they said before.
    A number is returned as written, without its unit; a choice as its letter; yes/no as "yes" or "no".
    """
    tail = text[-LONGEST_TEXT:]
    thoughts, closing_tag, reply = tail.rpartition("</think>")
    if closing_tag:
        tail = reply if reply.strip() else thoughts
    tail = _CALCULATOR_MARK.sub("", tail.translate(_INVISIBLE))
    for claim in _claims(tail):
        answer = _read(claim, answer_type, choices)
        if answer is not None or (answer_type == "number" and _states_several(claim)):
            return answer
    for bold in _bold(tail):
        answer = _read(bold, answer_type, choices)
        if answer is not None:
            return answer
    return _read_ending(tail, answer_type, choices)


def grade(
    answer: str | None, gold: str | None, answer_type: AnswerType, choices: Mapping[str, str] | None = None
) -> Grade:
    if gold is None or not gold.strip():
        return Grade.UNGRADED
    if answer is None or not answer.strip():
        return Grade.UNPARSED
    if answer_type == "number":
        return _grade_number(answer, gold)
    if answer_type == "choice":
        return _same(_read_choice(answer, choices), _read_choice(gold, choices), answer, gold)
    if answer_type == "yesno":
        return _same(_read_yesno(answer), _read_yesno(gold), answer, gold)
    return _grade_text(answer, gold)


def canonical(answer: str, answer_type: AnswerType, choices: Mapping[str, str] | None = None) -> str:
    """One spelling for all equal answers; an answer that cannot be read as its type keeps its normal text."""
    if answer_type == "number":
        number = _read_number(answer)
        return _normal_text(answer) if number is None else _number_text(number)
    if answer_type == "choice":
        return _read_choice(answer, choices) or _normal_text(answer)
    if answer_type == "yesno":
        return _read_yesno(answer) or _normal_text(answer)
    return _normal_text(answer)


# --- claims: where a text says what its answer is ---------------------------------------------------------------------

_INVISIBLE = dict.fromkeys([0, 0xAD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)])
_CALCULATOR_MARK = re.compile(r"<<[^<>\n]{0,200}>>")
_CLAIM = re.compile(
    r"(?P<boxed>\\boxed\s{0,3}\{)|\#{4}|"
    r"\banswer\b(?:\s{1,3}(?:choice|option))?[\s*_]{0,8}(?::|=|(?:is|are|(?:would|will|must|should)\sbe)\b)[\s*_:]{0,8}",
    re.IGNORECASE,
)
_BOLD = re.compile(r"\*\*([^*\n]{1,200})\*\*")
_SENTENCE_END = re.compile(r"(?<=[\w)\]}$%][\w)\]}$%][\w)\]}$%])[.!?]\s|(?<=[\d%$)}])[.!?]\s")


def _claims(text: str) -> Iterator[str]:
    """What follows each marker of a final answer, the last one first."""
    for marker in reversed(list(_CLAIM.finditer(text))[-MOST_CLAIMS:]):
        claim = text[marker.end() : marker.end() + LONGEST_CLAIM]
        if marker["boxed"]:
            inside = _inside_braces(claim)
            if inside is not None:
                yield inside
        else:
            yield _SENTENCE_END.split(claim.lstrip().partition("\n")[0], maxsplit=1)[0]


def _inside_braces(text: str) -> str | None:
    depth = 1
    for place, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return text[:place]
    return None


def _bold(text: str) -> Iterator[str]:
    return (bold[1] for bold in reversed(list(_BOLD.finditer(text))[-MOST_CLAIMS:]))


def _read(claim: str, answer_type: AnswerType, choices: Mapping[str, str] | None) -> str | None:
    if answer_type == "number":
        return _number_as_written(claim)
    if answer_type == "choice":
        return _read_choice(claim, choices)
    if answer_type == "yesno":
        return _read_yesno(claim)
    return _undecorated(claim) or None


def _read_ending(text: str, answer_type: AnswerType, choices: Mapping[str, str] | None) -> str | None:
    """The last resort, for a text that marks no answer."""
    ending = text[-LONGEST_ANSWER:].strip()
    last_line = ending.rpartition("\n")[2][-LONGEST_CLAIM:]
    if answer_type == "number":
        numbers = list(_NUMBER.finditer(_plain(ending)))
        if len(numbers) > 1 and _ALTERNATIVE.match(numbers[-2].string, numbers[-2].end()):
            return None
        if numbers and _digits_value(numbers[-1]) is not None:
            return numbers[-1][0].strip()
        return _number_as_written(last_line)
    if answer_type == "choice":
        letters = [_key(letter, choices) for letter in _BRACKETED_LETTER.findall(ending)]
        known = [letter for letter in letters if letter is not None]
        return _read_choice(last_line, choices) or (known[-1] if known else None)
    if answer_type == "yesno":
        words = re.findall(r"\w+", last_line.casefold())
        return _YES_NO.get(words[0]) or _YES_NO.get(words[-1]) if words else None
    is_the_whole_text = "\n" not in text.strip() and len(text) <= 64
    return (_undecorated(text) or None) if is_the_whole_text else None


# --- numbers ----------------------------------------------------------------------------------------------------------

_WORDS = (
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen|twenty"
)
_NUMBER_WORDS = {word: value for value, word in enumerate(_WORDS.split("|"))}
_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_WORD = re.compile(rf"\b(?:(minus|negative)\s{{1,3}})?({_WORDS})\b(?:\s{{1,3}}({'|'.join(_SCALES)})\b)?")
_SPOKEN_FRACTION = re.compile(r"\b(?:half|halves|thirds?|fourths?|fifths?)\b", re.IGNORECASE)

# Atomic groups: a number is taken whole or not at all, and a long run of digits costs one pass.
_DIGITS = r"(?>\d{1,3}(?:,\d{3})+(?!\d)|\d+)"
_NUMBER = re.compile(
    rf"(?P<sign>(?<![\w.)])[-+]\s?)?(?<![\w.])(?>"
    rf"(?:(?P<whole>{_DIGITS})\s{{1,3}}(?:and\s{{1,3}})?)?(?P<over>{_DIGITS})\s?/\s?(?P<under>\d+)(?![\d.])"
    rf"|(?P<decimal>{_DIGITS}(?:\.\d+)?|\.\d+)(?P<exponent>[eE][-+]?\d{{1,3}}(?!\w))?"
    rf"(?:\s?(?P<scale>{'|'.join(_SCALES)})\b)?)(?:\s?%)?",
    re.IGNORECASE,
)
_BEFORE_NUMBER = re.compile(r"(?:[^\d\\+^]*[\s=:(≈~])?")
_AFTER_NUMBER = re.compile(r"[^\d\\^+=]*|\s?[a-z]+(?:/[a-z]+)?\^?[23]\W*", re.IGNORECASE)
_OPERATOR_NEXT = re.compile(r"\s*(?:[\\+*/^×÷{]|-\s*\d)")
_EQUATION = re.compile(r"(?:(?:[\d\s.,+\-*/×÷x()%]+|[A-Za-z_ ]{1,40})=)+(?=.*[\d\\])")
_REMARK = re.compile(r"(?<=\S)\s+\((?!or\b)[^()]*\)\W*$")

# What stands behind the first of several numbers: "5 or 6", "7:30"; "2 hours 30 minutes", "5, 6", "5 to 7"; "5-6".
_ALTERNATIVE = re.compile(
    rf":\d|\D{{0,40}}\b(?:or|maybe|perhaps|possibly)\b\D{{0,20}}?(?:\d|\b(?:{_WORDS})\b)", re.IGNORECASE
)
_ONE_MORE = re.compile(
    r"(?:['\"]|\s{0,3}(?!(?:as|at|after|because|by|for|from|if|in|is|not|of|on|out|per|since|when|with)\b)[a-z]{1,30}\.?)?"
    r"\s{0,3}(?:(?:[,&]|and|to)\s{0,3})?(?:(?<![a-z])\d|(?<=\dh)\d|(?<=and\s)an?\s(?:half|third|fourth|fifth)\b)",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s{0,3}-\s{0,3}\d")
_LEAD_IN = re.compile(r"(?:(?:it\sis|either|between|from|maybe|perhaps)\s{1,3})+", re.IGNORECASE)

_TYPOGRAPHY = {
    **dict.fromkeys(map(ord, "\u2212\u2013\u2012\ufe63\uff0d"), "-"),
    **dict.fromkeys(map(ord, "$€£¥₹"), " "),
    **{ord("½"): " 1/2", ord("⅓"): " 1/3", ord("⅔"): " 2/3", ord("¼"): " 1/4", ord("¾"): " 3/4"},
    **dict.fromkeys(map(ord, "`\u00a0"), " "),
    ord("\u2044"): "/",
    ord("°"): " ",
}
_LATEX_SPELLINGS = [
    (re.compile(r"\\(?:text|textbf|mathrm|mathbf|mbox|boxed)\s?\{([^{}]*)\}"), r" \1"),
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\\[,!;]"), ""),
    (re.compile(r"\\[()\[\]]"), " "),
    (re.compile(r"\\([%$])"), r"\1"),
    (re.compile(r"\^\s?\{?\s?\\circ\s?\}?"), " "),
    (re.compile(r"\\[dt]?frac\s?\{\s?(\d+)\s?\}\s?\{\s?(\d+)\s?\}"), r" \1/\2 "),
    (re.compile(r"\\[dt]?frac\s?(\d)\s?(\d)"), r" \1/\2 "),
    (re.compile(r"(?<=\d)\s?(?:\\times|\\cdot|[×*x])\s?10\s?(?:\^|\*\*)\s?(?:\{([-+]?\d+)\}|([-+]?\d+))"), r"e\1\2"),
    (re.compile(r"(?<!\d)\*\*|\*\*(?!\d)"), " "),
]


def _plain(text: str) -> str:
    """The text with typography and simple LaTeX spelled out, ready for `_NUMBER`."""
    text = text.translate(_INVISIBLE)
    if "\\" in text or "*" in text or "^" in text or "{" in text:
        text = text.replace("\\$", "$")
        for pattern, spelling in _LATEX_SPELLINGS:
            text = pattern.sub(spelling, text)
    return text.translate(_TYPOGRAPHY).strip().strip("*_\"'").strip()


def _find_number(text: str) -> tuple[re.Match[str], bool] | None:
    """The number a plain text states, and whether in digits; None where it states none, or more than one."""
    if _SPOKEN_FRACTION.search(text):
        return None
    text = _EQUATION.sub("", _REMARK.sub("", text), count=1).strip()
    number = _NUMBER.search(text)
    if number is None:
        words = list(_WORD.finditer(text.casefold()))
        return (words[0], False) if len(words) == 1 else None
    if not _BEFORE_NUMBER.fullmatch(text[: number.start()]) or not _AFTER_NUMBER.fullmatch(text[number.end() :]):
        return None
    return None if _ALTERNATIVE.match(text, number.end()) else (number, True)


def _read_number(text: str) -> Fraction | None:
    if len(text) > LONGEST_ANSWER:
        return None
    found = _find_number(_plain(text))
    if found is None:
        return None
    number, in_digits = found
    return _digits_value(number) if in_digits else _words_value(number)


def _words_value(words: re.Match[str]) -> Fraction:
    negative, word, scale = words.groups()
    return Fraction(_NUMBER_WORDS[word] * _SCALES.get(scale, 1) * (-1 if negative else 1))


def _digits_value(number: re.Match[str]) -> Fraction | None:
    if len(number[0]) > LONGEST_NUMBER:
        return None
    sign = -1 if (number["sign"] or "").startswith("-") else 1
    if number["decimal"]:
        value = Fraction(number["decimal"].replace(",", "") + (number["exponent"] or ""))
        return sign * value * _SCALES.get((number["scale"] or "").lower(), 1)
    if int(number["under"]) == 0:
        return None
    whole = int((number["whole"] or "0").replace(",", ""))
    return sign * (whole + Fraction(int(number["over"].replace(",", "")), int(number["under"])))


def _number_as_written(claim: str) -> str | None:
    plain = _plain(claim)
    found = _find_number(plain)
    if found is not None:
        number = found[0][0].strip()
        return number if _read_number(number) is not None else None
    if _states_several(claim):
        return None
    leading = _NUMBER.match(_EQUATION.sub("", plain, count=1).strip())
    if leading and not _OPERATOR_NEXT.match(leading.string, leading.end()) and _digits_value(leading) is not None:
        return leading[0].strip()
    return _undecorated(claim) if _is_mathematics(claim) and _is_small(claim) else None


def _states_several(claim: str) -> bool:
    """Whether it begins with a number and goes on with another one, and is no calculation."""
    text = _LEAD_IN.sub("", _EQUATION.sub("", _plain(claim), count=1).strip(), count=1)
    first = _NUMBER.match(text)
    if first is None:
        return False
    if _RANGE.match(text, first.end()):
        return not _is_mathematics(claim)
    return any(more.match(text, first.end()) for more in (_ALTERNATIVE, _ONE_MORE))


def _number_text(number: Fraction) -> str:
    if number.denominator == 1:
        return str(number.numerator)
    if abs(number) < 1:
        return f"{float(number):.6g}"
    return f"{float(number):.6f}".rstrip("0").rstrip(".")


def _grade_number(answer: str, gold: str) -> Grade:
    if answer.isdecimal() and gold.isdecimal() and len(answer) <= LONGEST_NUMBER and len(gold) <= LONGEST_NUMBER:
        return Grade.RIGHT if int(answer) == int(gold) else Grade.WRONG
    answer_value, gold_value = _read_number(answer), _read_number(gold)
    if gold_value is None and not _is_mathematics(gold):
        return _grade_text(answer, gold)
    if answer_value is None or gold_value is None:
        agree = _agree_in_mathematics(answer, gold) if answer_value is not None or _is_mathematics(answer) else None
        return Grade.UNPARSED if agree is None else _verdict(agree)
    if answer_value.denominator == gold_value.denominator == 1:
        return _verdict(answer_value == gold_value)
    return _verdict(abs(answer_value - gold_value) * 1_000_000 <= abs(gold_value))


# --- mathematics, by math-verify --------------------------------------------------------------------------------------

_MATHEMATICS = re.compile(r"\\[a-zA-Z]|[\w)}]\s?\^\s?[\w({]|[\d)]\s?[+*/×÷]\s?[\d(a-z]|[a-z]\s?[+*/=]\s?\d")
_COSTLY_COMMAND = re.compile(
    r"\\(?!(?:[dt]?frac|sqrt|pi|cdot|times|div|left|right|text|mathrm|mathbf|pm|circ|infty|leq?|geq?|cup|cap|in|theta|"
    r"alpha|beta|quad|boxed)(?![a-zA-Z]))[a-zA-Z]"
)
_EXPONENT = re.compile(
    r"\^(?:\{(-?\d{1,3})\}|(\d{1,3})(?!\d)|\{[a-z]\}|[a-z]|\{-?\d{1,2}/\d{1,2}\}|\{\\frac\{\d{1,2}\}\{\d{1,2}\}\})(?!\^)"
)


def _is_mathematics(text: str) -> bool:
    return len(text) <= LONGEST_EXPRESSION and _MATHEMATICS.search(text) is not None


def _is_small(text: str) -> bool:
    """Whether evaluation ends at once. sympy cannot be interrupted inside a large power, so towers never reach it."""
    tight = re.sub(r"\s", "", text.replace("**", "^"))
    if len(tight) > LONGEST_EXPRESSION or "!" in tight.rstrip("!") or re.search(r"\d{40}|[eE][-+]?\d{3}", tight):
        return False
    if _COSTLY_COMMAND.search(tight):
        return False
    depth = deepest = 0
    for character in tight:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    exponents = list(_EXPONENT.finditer(tight))
    if depth != 0 or deepest > 5 or len(exponents) != tight.count("^"):
        return False
    power = math.prod(max(1, abs(int(exponent[1] or exponent[2] or 1))) for exponent in exponents)
    symbols = len(set(re.findall(r"[a-zA-Z]", re.sub(r"\\[a-zA-Z]+", "", tight))))
    terms_once_expanded = math.comb(power + tight.count("(") + symbols, symbols)
    return power <= 128 and terms_once_expanded <= 60


def _agree_in_mathematics(answer: str, gold: str) -> bool | None:
    """Whether two expressions are equal; None when the answer is no expression."""
    if not _is_small(answer) or not _is_small(gold):
        return None
    math_verify = importlib.import_module("math_verify")
    logging.getLogger("math_verify").setLevel(logging.ERROR)  # it warns about calls without a timeout
    seconds = _seconds_allowed()

    def parse(expression: str) -> list[Any]:
        bare = re.sub(r"\\[()\[\]]|\$", "", expression).strip().rstrip(".!")
        targets = [math_verify.LatexExtractionConfig()]
        return list(math_verify.parse(f"${bare}$", targets, fallback_mode="no_fallback", parsing_timeout=seconds))

    answer_read = parse(answer)
    return bool(math_verify.verify(parse(gold), answer_read, timeout_seconds=seconds)) if answer_read else None


def _seconds_allowed() -> int | None:
    """math-verify's timeouts are signals, which only the main thread may set; elsewhere `_is_small` must do."""
    return 1 if threading.current_thread() is threading.main_thread() else None


# --- choices, yes/no, text --------------------------------------------------------------------------------------------

_YES_NO = {"yes": "yes", "true": "yes", "y": "yes", "no": "no", "false": "no", "n": "no"}
_BRACKETED_LETTER = re.compile(r"\(([A-Z])\)")
_LABEL = re.compile(
    r"(?:(?:option|choice|answer)\s{1,3})?([\[({<]?)\s?(\w{1,2})(?!\w)\s?([\])}>.:,*-]|$)?", re.IGNORECASE
)
_REASON_NEXT = re.compile(r"\s{0,3}(?:because|since|as|is)\b")
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = re.compile(r"(?!-\d)(?!(?<=\d)\.\d)[^\w\s]|_")


def _undecorated(text: str) -> str:
    """The text without emphasis, quotes, math delimiters and the full stop around it."""
    text = re.sub(r"\\(?:text|textbf|mathrm|mathbf|boxed)\s?\{([^{}]*)\}", r"\1", text.translate(_INVISIBLE))
    text = re.sub(r"\\[()\[\]]", "", text)
    return text.strip().strip("*_`\"'$ \t\n").rstrip(".!,;").strip("*_`\"'$ \t\n")


def _key(label: str, choices: Mapping[str, str] | None) -> str | None:
    if choices is None:
        return label.upper() if len(label) == 1 and label.isascii() and label.isalpha() else None
    return next((key for key in choices if key.casefold() == label.casefold()), None)


def _read_choice(text: str, choices: Mapping[str, str] | None) -> str | None:
    """The letter an answer means; a choice's full text wins over a first word that only looks like a letter."""
    bare = _undecorated(text[:LONGEST_ANSWER])
    lone = _key(bare.strip("()[]{}<>.: "), choices)
    if lone is not None:
        return lone
    wording = _normal_text(bare)
    wordings = {key: _normal_text(choice) for key, choice in (choices or {}).items()}
    for key, choice in wordings.items():
        if choice == wording:
            return key
    label = _LABEL.match(bare)
    if label:
        opened, letter, closed = label.groups()
        may_be_a_word = letter.islower() or letter in ("A", "I")
        key_meant = _key(letter, choices)
        if key_meant and (opened or closed or not may_be_a_word or _REASON_NEXT.match(bare, label.end())):
            return key_meant
    named = [key for key, choice in wordings.items() if choice and f" {choice} " in f" {wording} "]
    return named[0] if len(named) == 1 else None


def _read_yesno(text: str) -> str | None:
    words = re.findall(r"\w+", _undecorated(text[:LONGEST_ANSWER]).casefold())
    if not words or (words[0] in _YES_NO and _YES_NO.keys() & set(words[1:3])):  # "yes and no", "true/false"
        return None
    if words[0] in _YES_NO:
        return _YES_NO[words[0]]
    said = {_YES_NO[word] for word in words if len(word) > 1 and word in _YES_NO}
    return said.pop() if len(said) == 1 and "not" not in words else None


def _normal_text(text: str) -> str:
    """Casefolded, without articles, punctuation and spare whitespace; signs, decimals and mathematics keep theirs."""
    if len(text) > LONGEST_ANSWER:
        return text.strip()
    bare = unicodedata.normalize("NFKC", _undecorated(text))
    plain = _plain(bare)
    number = _NUMBER.fullmatch(plain)
    value = _digits_value(number) if number else None
    if value is not None:
        return _number_text(value)
    if _is_mathematics(bare):
        return re.sub(r"\s", "", bare)
    words = _PUNCTUATION.sub(" ", bare.casefold().replace("'", "").replace("’", ""))
    return " ".join(_ARTICLES.sub(" ", words).split()) or " ".join(words.split()) or bare or text.strip()


def _grade_text(answer: str, gold: str) -> Grade:
    if _normal_text(answer) == _normal_text(gold):
        return Grade.RIGHT
    if _is_mathematics(answer) or _is_mathematics(gold):
        return _verdict(_agree_in_mathematics(answer, gold) or False)
    return Grade.WRONG


def _same(answer_read: str | None, gold_read: str | None, answer: str, gold: str) -> Grade:
    if gold_read is None:
        return _grade_text(answer, gold)
    return Grade.UNPARSED if answer_read is None else _verdict(answer_read == gold_read)


def _verdict(agree: bool) -> Grade:
    return Grade.RIGHT if agree else Grade.WRONG
