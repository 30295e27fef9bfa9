"""Whether a question is worded like those that the embedded DM learnt from. Knows word triples; no model, no file.

Numbers count as one word, names within a sentence as another. A question's *novelty* is the share of its word triples
that occur in none of the known questions. It is called unlike them where its novelty exceeds that of `USUAL` of the
known questions themselves, each measured against all the others. That is a guess by wording alone: a question can be
worded like known ones and ask for something else.

Measured with the 5,517 bundled questions, against 600 new ones of known kinds: novelty tells held-out kinds from them
with an AUROC of 0.90, the two hundreds of typed questions with 0.80 and 0.85. It calls unlike 69 % of the held-out
ones, 21 and 47 % of the typed ones and 14 % of the known kinds. `tests/test_familiar.py` holds it to that, roughly.
"""

import re
from collections import Counter
from collections.abc import Iterable

USUAL = 0.8

_WORD = re.compile(r"\d[\d,.]*\d|\d|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\w\s]")
_NUMBER, _NAME, _START = "<number>", "<name>", "<start>"


class Familiarity:
    """What `known` questions are worded like."""

    def __init__(self, known: Iterable[str]) -> None:
        triples = [_triples(text) for text in dict.fromkeys(known)]
        self._questions_with = Counter(triple for found in triples for triple in set(found))
        usual = sorted(self._novelty(found, others=1) for found in triples)
        self.limit = usual[int(USUAL * len(usual))] if usual else 1.0

    def novelty(self, text: str) -> float:
        """The share of word triples, 0 to 1, that no known question has."""
        return self._novelty(_triples(text))

    def is_unlike(self, text: str) -> bool:
        """Whether `text` is more novel than known questions usually are to each other."""
        return self.novelty(text) > self.limit

    def _novelty(self, triples: list[tuple[str, ...]], others: int = 0) -> float:
        """`others` = 1 leaves out the one known question that these triples are from."""
        return sum(self._questions_with[triple] <= others for triple in triples) / max(1, len(triples))


def _triples(text: str) -> list[tuple[str, ...]]:
    words, before = [_START], "."
    for word in _WORD.findall(text):
        if word[0].isdigit():
            words.append(_NUMBER)
        elif word[0].isupper() and before not in ".?!":
            words.append(_NAME)
        else:
            words.append(word.lower())
        before = word
    return list(zip(words, words[1:], words[2:], strict=False))
