"""Whether a question that a DM learns from comes up again where it is calibrated or tested."""

from collections.abc import Iterable

from drr.dm.examples import Item
from drr.dm.train import split_of


def leaked(items: Iterable[Item]) -> tuple[str, ...]:
    """The questions that stand in more than one split, but for case, spaces and punctuation.

    The very same text never does: it alone decides the split.
    """
    splits: dict[str, set[str]] = {}
    texts: dict[str, str] = {}
    for item in items:
        text = item.question.text
        words = "".join(c if c.isalnum() else " " for c in text.casefold()).split()
        key = " ".join(words)
        splits.setdefault(key, set()).add(split_of(item))
        texts.setdefault(key, text)
    return tuple(texts[key] for key, sides in splits.items() if len(sides) > 1)
