"""The leakage check: the same question on two sides, whatever its spelling."""

from drr.dm.examples import Item
from drr.dm.leak import leaked
from drr.dm.train import split_of
from drr.testing import make_question, make_record


def item(text: str) -> Item:
    return Item.of(make_record(question=make_question(text)))


def spelled_for(split: str, text: str) -> Item:
    """The question with as many spaces at its end as bring it into that split."""
    return next(one for n in range(1000) if split_of(one := item(text + " " * n)) == split)


def test_the_same_text_never_leaks() -> None:
    assert leaked([item(f"{n} apples?") for n in range(200) for _ in range(3)]) == ()


def test_another_spelling_on_the_other_side_is_found() -> None:
    train, test = spelled_for("train", "How many apples?"), spelled_for("test", "how many  APPLES")
    (found,) = leaked([train, test, item("How many pears?")])
    assert found == train.question.text


def test_another_spelling_on_the_same_side_is_no_leak() -> None:
    assert leaked([spelled_for("test", "How many apples?"), spelled_for("test", "how many apples")]) == ()


def test_other_numbers_are_another_question() -> None:
    assert leaked([spelled_for("train", "2 apples and 3 pears?"), spelled_for("test", "3 apples and 2 pears?")]) == ()
