"""Imports that can be undone, but for what others have built on; saved views."""

import pytest

from drr.annotations import REJECT, Kind
from drr.errors import InvalidInput
from drr.store import RecordFilter, Store
from drr.types import Question
from tests.store.examples import record


def imported(store: Store, *indexes: int, name: str = "file.jsonl") -> int:
    number = store.batches.start(name, "ada")
    added = store.records.add_many((record(i, Question(f"What about {i}?")) for i in indexes), number)
    store.batches.count(number, added, len(indexes) - added, 0)
    return number


def test_an_import_is_noted_with_what_became_of_it(store: Store) -> None:
    imported(store, 0, 1)
    imported(store, 1, 2, name="more.jsonl")
    latest, first = store.batches.list()
    assert (latest.name, latest.author, latest.added, latest.duplicates) == ("more.jsonl", "ada", 1, 1)
    assert (first.number, first.undone) == (1, None)
    assert [r.attempt_index for r in store.records.iterate(RecordFilter(batch=latest.number))] == [2]


def test_undoing_an_import_removes_its_records_their_questions_and_their_words(store: Store) -> None:
    store.records.add_many([record(9, Question("What about 1?"))])
    number = imported(store, 0, 1, 2)
    undone = store.batches.undo(number)
    assert (undone.removed, undone.kept) == (3, 0)
    assert [r.attempt_index for r in store.records.iterate()] == [9]
    assert store.questions.count() == 1
    assert [row.attempt for row in store.browsing.browse(RecordFilter(text="what about")).rows] == [9]
    assert store.batches.list()[0].undone is not None
    with pytest.raises(InvalidInput, match="undone already"):
        store.batches.undo(number)


def test_what_was_annotated_frozen_or_there_before_stays(store: Store) -> None:
    imported(store, 0)
    number = imported(store, 0, 1, 2, 3)
    rows = {row.attempt: row for row in store.browsing.browse().rows}
    store.annotations.add(rows[1].id, Kind.VERDICT, REJECT, "bob", 0)
    store.annotations.undo("bob")
    store.snapshots.freeze("frozen", RecordFilter(attempt_min=2, attempt_max=2))
    store.queues.take("bob", "unlabelled")
    undone = store.batches.undo(number)
    assert (undone.removed, undone.kept) == (1, 2)
    assert [r.attempt_index for r in store.records.iterate()] == [0, 1, 2]
    assert len(list(store.snapshots.records("frozen"))) == 1


def test_what_a_later_import_brought_too_stays_with_that_one(store: Store) -> None:
    first, second = imported(store, 0, 1, 2), imported(store, 1, 2, 3, name="more.jsonl")
    undone = store.batches.undo(first)
    assert (undone.removed, undone.kept) == (1, 2)
    assert [r.attempt_index for r in store.records.iterate(RecordFilter(batch=second))] == [1, 2, 3]
    assert (store.batches.undo(second).removed, store.records.count()) == (3, 0)


def test_an_import_that_is_undone_first_keeps_nothing_of_an_earlier_one(store: Store) -> None:
    first, second = imported(store, 0, 1), imported(store, 0, 1, 2)
    assert (store.batches.undo(second).removed, store.records.count()) == (1, 2)
    assert (store.batches.undo(first).removed, store.records.count()) == (2, 0)


def test_what_was_added_without_an_import_too_is_no_imports_any_more(store: Store) -> None:
    number = imported(store, 0, 1)
    store.records.add_many([record(1, Question("What about 1?"))])
    assert store.batches.undo(number).removed == 1
    assert [r.attempt_index for r in store.records.iterate()] == [1]


def test_an_undone_import_can_be_imported_again_and_found(store: Store) -> None:
    store.batches.undo(imported(store, 0, 1))
    imported(store, 0, 1)
    assert store.records.count(RecordFilter(text="what about 1")) == 1


def test_no_word_of_an_undone_import_is_left_however_it_spaced_a_known_question(store: Store) -> None:
    store.records.add_many([record(9, Question("What about 1?"))])
    number = store.batches.start("file.jsonl", "ada")
    store.records.add_many([record(0, Question("What \u2028 about\x1c1?"))], number)
    assert store.questions.count() == 1 and store.records.count(RecordFilter(text="about")) == 2
    store.batches.undo(number)
    store.records.add_many([record(1, Question("Other?"))])  # under the number that has become free
    assert store.records.count(RecordFilter(text="about")) == 1


def test_a_view_is_saved_listed_replaced_by_its_author_only_and_deleted(store: Store) -> None:
    query = {"where": {"source": "gsm8k"}, "sort": "score", "descending": True}
    store.views.save("hard ones", "ada", query)
    store.views.save("hard ones", "ada", query | {"sort": "tokens"})
    (view,) = store.views.list()
    assert (view.name, view.author, view.query["sort"]) == ("hard ones", "ada", "tokens")
    with pytest.raises(InvalidInput, match="ada has a view"):
        store.views.save("hard ones", "bob", query)
    store.views.delete("hard ones", "bob")
    assert len(store.views.list()) == 1
    store.views.delete("hard ones", "ada")
    assert store.views.list() == ()


@pytest.mark.parametrize("name, query", [("", {}), ("x", {"y": object()}), ("x", {"y": "z" * 10_001})])
def test_a_view_that_cannot_be_kept_is_refused(store: Store, name: str, query: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        store.views.save(name, "ada", query)
