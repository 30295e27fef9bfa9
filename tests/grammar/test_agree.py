"""English agrees with its numbers: one cookie, two cookies; an 8, a 9."""

import pytest

from drr.grammar.agree import agreed


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("That leaves 12-11=1 apples.", "That leaves 12-11=1 apple."),
        ("Anna needs 9-8=1 more glue sticks.", "Anna needs 9-8=1 more glue stick."),
        ("16-15=1 slices are left.", "16-15=1 slice is left."),
        ("29-28=1 members stay.", "29-28=1 member stays."),
        ("4-3=1 people are in the elevator.", "4-3=1 person is in the elevator."),
        ("8-7=1 cups of flour are missing.", "8-7=1 cup of flour is missing."),
        ("Ali is 8-7=1 years old.", "Ali is 8-7=1 year old."),
        ("A rug is one meters longer.", "A rug is one meter longer."),
        ("Now there are one cars.", "Now there is one car."),
        ("There is 20 coins in her purse.", "There are 20 coins in her purse."),
        ("He gets a $8 tip and a 80% discount.", "He gets an $8 tip and an 80% discount."),
        ("She makes 3 a hour in a art course.", "She makes 3 an hour in an art course."),
    ],
)
def test_what_a_number_does_not_fit_is_mended(written: str, meant: str) -> None:
    assert agreed(written) == meant


@pytest.mark.parametrize(
    "text",
    [
        "Each one gets 21-20=1 bus.",
        "There are 11 cars and 1 tennis ball.",
        "1 glass is full, 1 has a crack, 1 times 1 is 1*1=1.",
        "It takes 1/2 hours at a 9% rate.",
        "There is $20 in a one-way ticket and a user.",
    ],
)
def test_what_fits_stays(text: str) -> None:
    assert agreed(text) == text
