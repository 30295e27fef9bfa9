"""What events on a record come to, when an edit is stale, what a value may be, and how agreement is measured."""

from typing import Any

import pytest

from drr.annotations import (
    ACCEPT,
    NONE,
    REJECT,
    Annotation,
    Kind,
    Note,
    StaleEdit,
    StopLabel,
    check_value,
    cohens_kappa,
    confusion,
    first_error,
    krippendorffs_alpha,
    labels_of,
    stale,
)
from drr.errors import InvalidInput


def said(*events: tuple[str, Kind, Any]) -> list[Annotation]:
    """Events by (author, kind, value), numbered from 1."""
    return [
        Annotation(number, "r", kind, value, author, f"because {number}", float(number), 0, number)
        for number, (author, kind, value) in enumerate(events, start=1)
    ]


# --- the effective label ----------------------------------------------------------------------------------------------


def test_without_events_the_automatic_label_counts() -> None:
    labels = labels_of([], REJECT)
    assert (labels.verdict, labels.basis, labels.human, labels.version) == (REJECT, "automatic", NONE, 0)
    assert labels_of([], NONE).basis == "none"


def test_the_latest_human_verdict_counts_more_than_the_automatic_one() -> None:
    labels = labels_of(said(("ada", Kind.VERDICT, ACCEPT), ("bob", Kind.VERDICT, REJECT)), ACCEPT)
    assert (labels.verdict, labels.basis, labels.author, labels.reason) == (REJECT, "human", "bob", "because 2")
    assert labels.opinions == {"ada": ACCEPT, "bob": REJECT}


def test_an_author_who_judges_again_is_the_latest() -> None:
    events = said(("ada", Kind.VERDICT, ACCEPT), ("bob", Kind.VERDICT, REJECT), ("ada", Kind.VERDICT, ACCEPT))
    assert labels_of(events, NONE).author == "ada"


def test_adjudication_counts_most_whatever_is_said_later() -> None:
    events = said(("ada", Kind.VERDICT, ACCEPT), ("eve", Kind.ADJUDICATE, REJECT), ("bob", Kind.VERDICT, ACCEPT))
    labels = labels_of(events, ACCEPT)
    assert (labels.verdict, labels.basis, labels.adjudicated, labels.author) == (REJECT, "adjudicated", REJECT, "eve")


def test_what_is_taken_back_no_longer_counts() -> None:
    labels = labels_of(said(("ada", Kind.VERDICT, ACCEPT), ("ada", Kind.VERDICT, None)), REJECT)
    assert (labels.verdict, labels.basis, labels.opinions) == (REJECT, "automatic", {})


def test_an_undone_event_does_not_count_and_an_undone_undo_makes_it_count_again() -> None:
    events = said(("ada", Kind.VERDICT, ACCEPT), ("ada", Kind.UNDO, 1))
    assert labels_of(events, REJECT).verdict == REJECT
    events = said(("ada", Kind.VERDICT, ACCEPT), ("ada", Kind.UNDO, 1), ("ada", Kind.UNDO, 2))
    assert labels_of(events, REJECT).verdict == ACCEPT
    events = said(
        ("ada", Kind.VERDICT, ACCEPT), ("ada", Kind.UNDO, 1), ("ada", Kind.UNDO, 2), ("ada", Kind.UNDO, 1)
    )  # fmt: skip
    assert labels_of(events, REJECT).verdict == REJECT


def test_undoing_a_verdict_brings_back_the_one_before() -> None:
    events = said(("ada", Kind.VERDICT, ACCEPT), ("ada", Kind.VERDICT, REJECT), ("ada", Kind.UNDO, 2))
    assert labels_of(events, NONE).verdict == ACCEPT


def test_everything_else_that_is_said_is_gathered() -> None:
    events = said(
        ("ada", Kind.STEPS, [1, 0, -1]),
        ("ada", Kind.STOP, {"label": "here", "step": 1}),
        ("ada", Kind.NOTE, "odd"),
        ("bob", Kind.NOTE, "very"),
        ("ada", Kind.TAG, {"tag": "units", "on": True}),
        ("bob", Kind.TAG, {"tag": "dates", "on": True}),
        ("bob", Kind.TAG, {"tag": "units", "on": False}),
        ("ada", Kind.FLAG, True),
        ("bob", Kind.GOLD_WRONG, True),
        ("eve", Kind.SKIP, True),
    )
    labels = labels_of(events, NONE)
    assert (labels.steps, labels.first_error, labels.stop) == ((1, 0, -1), 2, StopLabel("here", 1))
    assert (labels.steps_by, labels.stops_by) == ({"ada": (1, 0, -1)}, {"ada": StopLabel("here", 1)})
    assert labels.notes == (Note("ada", "odd", 3.0), Note("bob", "very", 4.0))
    assert (labels.tags, labels.flagged, labels.gold_wrong, labels.skipped_by) == (("dates",), True, True, ("eve",))
    assert (labels.version, labels.previous) == (10, 9)


def test_steps_and_stop_are_the_latest_of_anyone_and_each_authors_own_is_kept_beside() -> None:
    late, early = {"label": "too_late", "step": None}, {"label": "too_early", "step": None}
    events = said(
        ("ada", Kind.STEPS, [1, -1]), ("bob", Kind.STEPS, [1, 1]), ("ada", Kind.STOP, late), ("bob", Kind.STOP, early),
        ("eve", Kind.STEPS, [0, 0]), ("eve", Kind.STEPS, None),
    )  # fmt: skip
    labels = labels_of(events, NONE)
    assert (labels.steps, labels.steps_by) == ((1, 1), {"ada": (1, -1), "bob": (1, 1)})
    assert labels.stop == StopLabel("too_early")
    assert labels.stops_by == {"ada": StopLabel("too_late"), "bob": StopLabel("too_early")}


@pytest.mark.parametrize(
    "steps, expected", [((), None), ((1, 1), -1), ((1, None), None), ((1, None, -1, -1), 2), ((0, 0), -1)]
)
def test_the_first_error_is_the_first_wrong_step(steps: tuple[int | None, ...], expected: int | None) -> None:
    assert first_error(steps) == expected


# --- stale edits ------------------------------------------------------------------------------------------------------


def test_passing_over_a_verdict_one_has_not_seen_is_stale() -> None:
    events = said(("ada", Kind.VERDICT, ACCEPT))
    missed = stale(events, Kind.VERDICT, "bob", seen=0, independent=False)
    assert missed is not None and missed.author == "ada"
    assert stale(events, Kind.VERDICT, "bob", seen=1, independent=False) is None
    assert stale(events, Kind.STOP, "bob", seen=0, independent=False) is None


def test_whoever_judges_independently_passes_over_nobody_but_themselves() -> None:
    events = said(("ada", Kind.VERDICT, ACCEPT))
    assert stale(events, Kind.VERDICT, "bob", seen=0, independent=True) is None
    assert stale(events, Kind.VERDICT, "ada", seen=0, independent=True) is not None


def test_what_stands_beside_others_is_never_stale_and_what_is_undone_is_not_passed_over() -> None:
    assert stale(said(("ada", Kind.NOTE, "x")), Kind.NOTE, "bob", 0, False) is None
    assert stale(said(("ada", Kind.VERDICT, ACCEPT), ("ada", Kind.UNDO, 1)), Kind.VERDICT, "bob", 0, False) is None


def test_a_stale_edit_shows_both_values() -> None:
    error = StaleEdit(REJECT, said(("ada", Kind.VERDICT, ACCEPT))[0], 1)
    assert (error.mine, error.theirs.value, error.version) == (REJECT, ACCEPT, 1)
    assert "ada has said accept" in str(error) and "you say reject" in str(error)


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind, value, kept",
    [
        (Kind.VERDICT, ACCEPT, ACCEPT),
        (Kind.VERDICT, None, None),
        (Kind.STEPS, [1, None, -1], [1, None, -1]),
        (Kind.STOP, {"label": "too_late"}, {"label": "too_late", "step": None}),
        (Kind.STOP, {"label": "here", "step": 2}, {"label": "here", "step": 2}),
        (Kind.NOTE, "  so  ", "so"),
        (Kind.NOTE, " ", None),
        (Kind.TAG, {"tag": " units ", "on": False}, {"tag": "units", "on": False}),
        (Kind.FLAG, True, True),
    ],
)
def test_a_value_that_fits_is_kept(kind: Kind, value: Any, kept: Any) -> None:
    assert check_value(kind, value, steps=3) == kept


@pytest.mark.parametrize(
    "kind, value",
    [
        (Kind.VERDICT, "right"),
        (Kind.VERDICT, True),
        (Kind.ADJUDICATE, ["accept"]),
        (Kind.STEPS, [1, 1]),
        (Kind.STEPS, [1, 1, 2]),
        (Kind.STEPS, [True, 1, 1]),
        (Kind.STEPS, "111"),
        (Kind.STOP, {"label": "here"}),
        (Kind.STOP, {"label": "here", "step": 3}),
        (Kind.STOP, {"label": "never"}),
        (Kind.STOP, {"label": ["here"], "step": 1}),
        (Kind.STOP, {"label": "here", "step": 1, "more": 1}),
        (Kind.NOTE, 5),
        (Kind.NOTE, "x" * 10_001),
        (Kind.TAG, "units"),
        (Kind.TAG, {"tag": "", "on": True}),
        (Kind.TAG, {"tag": "two\nlines", "on": True}),
        (Kind.TAG, {"tag": "x", "on": 1}),
        (Kind.FLAG, None),
        (Kind.FLAG, "yes"),
        (Kind.UNDO, 1),
    ],
)
def test_a_value_that_does_not_fit_is_refused(kind: Kind, value: Any) -> None:
    with pytest.raises(InvalidInput):
        check_value(kind, value, steps=3)


# --- agreement --------------------------------------------------------------------------------------------------------


def test_cohens_kappa_of_a_textbook_table() -> None:
    """20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: observed 0.7, by chance 0.5, so 0.4."""
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    table = confusion([{"a": a, "b": b} for a, b in pairs], "a", "b")
    assert (table.values, table.counts, table.items) == (("n", "y"), ((15, 10), (5, 20)), 50)
    assert cohens_kappa(table) == pytest.approx(0.4)


def test_kappa_is_not_defined_without_items_or_variety() -> None:
    assert cohens_kappa(confusion([{"a": "y"}], "a", "b")) is None
    assert cohens_kappa(confusion([{"a": "y", "b": "y"}], "a", "b")) is None


def test_krippendorffs_alpha_of_the_published_example_with_missing_values() -> None:
    """Three coders, fifteen units, nominal: 0.691 (en.wikipedia.org/wiki/Krippendorff's_alpha, from Krippendorff)."""
    coders = {"A": "*****34121133*3", "B": "1*213343*******", "C": "**21344*21133*4"}
    units = [{name: row[i] for name, row in coders.items() if row[i] != "*"} for i in range(15)]
    assert krippendorffs_alpha(units) == pytest.approx(0.691, abs=0.001)


def test_alpha_is_one_in_agreement_and_below_zero_in_opposition() -> None:
    assert krippendorffs_alpha([{"a": 1, "b": 1}, {"a": 2, "b": 2}]) == 1
    opposed = krippendorffs_alpha([{"a": 1, "b": 2}, {"a": 2, "b": 1}])
    assert opposed is not None and opposed < 0
    assert krippendorffs_alpha([{"a": 1}, {"a": 2}]) is None
