"""Dataset snapshots: frozen with the labels of their time, hashed, compared, and guarded against loss and tampering."""

import pytest

from drr.annotations import ACCEPT, REJECT, Kind
from drr.errors import InvalidData, InvalidInput
from drr.store import RecordFilter, Store
from tests.store.examples import record


@pytest.fixture
def labelled(store: Store) -> Store:
    """Four records: right, wrong, right but rejected by a person, without a label."""
    store.records.add_many([record(0), record(1, correct=False), record(2), record(3, correct=None)])
    add(store, 2, Kind.VERDICT, REJECT)
    return store


def id_of(store: Store, index: int) -> str:
    return next(row.id for row in store.browsing.browse().rows if row.attempt == index)


def add(store: Store, index: int, kind: Kind, value: object, author: str = "ada") -> None:
    id = id_of(store, index)
    store.annotations.add(id, kind, value, author, store.annotations.labels(id).version)


def test_a_snapshot_keeps_the_effective_labels_of_its_time(labelled: Store) -> None:
    made = labelled.snapshots.freeze("first", author="ada", note="for the paper")
    assert (made.records, made.accept, made.reject, made.author, made.note) == (4, 1, 2, "ada", "for the paper")
    add(labelled, 0, Kind.VERDICT, REJECT)
    labelled.records.add_many([record(9)])
    assert [one.correct for one in labelled.snapshots.records("first")] == [True, False, False, None]
    assert labelled.snapshots.get("first") == made
    assert labelled.snapshots.freeze("second").hash != made.hash


def test_the_same_records_and_labels_have_the_same_hash_wherever_they_are(labelled: Store, tmp_path: object) -> None:
    made = labelled.snapshots.freeze("first")
    with Store.open(f"{tmp_path}/other.db") as other:
        other.records.add_many([record(3, correct=None), record(2), record(1, correct=False), record(0)])
        add(other, 2, Kind.VERDICT, REJECT, "somebody else")
        assert other.snapshots.freeze("another name").hash == made.hash


def test_step_labels_become_the_first_wrong_step(labelled: Store) -> None:
    add(labelled, 1, Kind.STEPS, [1, -1, -1])
    labelled.snapshots.freeze("first", RecordFilter(correct=False))
    (one,) = labelled.snapshots.records("first")
    assert (one.first_error_step, one.correct) == (1, False)


def test_an_adjudicated_label_is_frozen(labelled: Store) -> None:
    add(labelled, 2, Kind.ADJUDICATE, ACCEPT, "eve")
    labelled.snapshots.freeze("first", RecordFilter(human="accept"))
    assert [one.correct for one in labelled.snapshots.records("first")] == [True]


def test_a_snapshot_holds_what_its_filter_lets_pass_and_can_be_browsed(labelled: Store) -> None:
    labelled.snapshots.freeze("rejects", RecordFilter(verdict="reject"))
    rows = labelled.browsing.browse(RecordFilter(snapshot="rejects")).rows
    assert [row.attempt for row in rows] == [1, 2]
    assert labelled.snapshots.list()[0].where == {"verdict": "reject"}


def test_a_name_is_given_once_and_an_empty_snapshot_is_refused(labelled: Store) -> None:
    labelled.snapshots.freeze("first")
    with pytest.raises(InvalidInput, match="cannot be changed"):
        labelled.snapshots.freeze("first")
    with pytest.raises(InvalidInput, match="nothing to freeze"):
        labelled.snapshots.freeze("second", RecordFilter(source="nowhere"))
    with pytest.raises(InvalidInput, match="no snapshot"):
        labelled.snapshots.get("third")
    assert [one.name for one in labelled.snapshots.list()] == ["first"]


def test_a_snapshot_that_was_tampered_with_is_not_trained_on(labelled: Store) -> None:
    labelled.snapshots.freeze("first")
    with labelled._database.transaction() as connection:
        connection.exec_driver_sql("UPDATE snapshot_records SET verdict = 'accept' WHERE record = 2")
    with pytest.raises(InvalidData, match="hash differs"):
        list(labelled.snapshots.records("first"))


def test_two_snapshots_are_compared(labelled: Store) -> None:
    labelled.snapshots.freeze("old", RecordFilter(attempt_max=2))
    add(labelled, 0, Kind.VERDICT, REJECT)
    labelled.snapshots.freeze("new", RecordFilter(attempt_max=3, retry=False, verdict="reject"))
    found = labelled.snapshots.compare("old", "new")
    assert (found.added, found.removed, found.relabelled) == (0, 0, 1)
    assert [(one.before, one.after) for one in found.relabelled_examples] == [(ACCEPT, REJECT)]
    labelled.snapshots.freeze("rest", RecordFilter(attempt_min=2))
    found = labelled.snapshots.compare("old", "rest")
    assert (found.added, found.added_ids) == (1, (id_of(labelled, 3),))
    assert (found.removed, found.removed_ids) == (2, (id_of(labelled, 0), id_of(labelled, 1)))


def test_another_first_wrong_step_is_another_label(labelled: Store) -> None:
    labelled.snapshots.freeze("old")
    add(labelled, 1, Kind.STEPS, [1, -1, -1])
    labelled.snapshots.freeze("new")
    add(labelled, 1, Kind.STEPS, [-1, -1, -1])
    labelled.snapshots.freeze("newer")
    for before, after, errors in (("old", "new", (None, 1)), ("new", "newer", (1, 0)), ("newer", "old", (0, None))):
        found = labelled.snapshots.compare(before, after)
        assert (found.added, found.removed, found.relabelled) == (0, 0, 1)
        (one,) = found.relabelled_examples
        assert (one.record_id, one.before, one.after) == (id_of(labelled, 1), REJECT, REJECT)
        assert (one.error_before, one.error_after) == errors
    assert labelled.snapshots.compare("new", "new").relabelled == 0
