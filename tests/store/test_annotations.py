"""Annotations in the store: kept as events, derived at once, undone as gestures, lost by nobody, doubled by nobody."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from drr.annotations import ACCEPT, REJECT, Kind, StaleEdit
from drr.errors import InvalidInput, OutOfSpace, StoreUnavailable
from drr.store import RecordFilter, Store
from tests.store.examples import record
from tests.store.test_opening import on_every_connection, plain

ROOT = Path(__file__).parents[2]


def filled(store: Store, count: int = 3) -> list[str]:
    """The ids of so many new records, all of them right."""
    store.records.add_many(record(i) for i in range(count))
    return [one.id for one in store.records.iterate()]


def humans(store: Store) -> list[str]:
    return [row.human for row in store.browsing.browse().rows]


# --- adding -----------------------------------------------------------------------------------------------------------


def test_a_label_is_an_event_with_author_reason_time_and_the_version_seen(store: Store) -> None:
    first, *_ = filled(store)
    labels = store.annotations.add(first, Kind.VERDICT, REJECT, "ada", 0, reason="12+21 is not 34")
    assert (labels.verdict, labels.basis, labels.version) == (REJECT, "human", 1)
    store.annotations.add(first, Kind.NOTE, "see the book", "ada", labels.version)
    one, two = store.annotations.history(first)
    assert (one.kind, one.value, one.author, one.reason, one.seen) == (
        Kind.VERDICT, REJECT, "ada", "12+21 is not 34", 0,
    )  # fmt: skip
    assert (two.seen, two.created >= one.created) == (1, True)
    assert store.annotations.labels(first).notes[0].text == "see the book"


def test_what_is_said_can_be_filtered_by_at_once(store: Store) -> None:
    first, second, _ = filled(store)
    add = store.annotations.add
    add(first, Kind.VERDICT, REJECT, "ada", 0)
    add(first, Kind.TAG, {"tag": "units", "on": True}, "ada", 1)
    add(second, Kind.FLAG, True, "bob", 0)
    add(second, Kind.GOLD_WRONG, True, "bob", 3)
    found = {
        where: [one.attempt_index for one in store.records.iterate(RecordFilter.parse(where))]
        for where in (
            "human=reject", "human=none", "verdict=accept", "annotator=ada", "tag=units", "tag=other", "flagged=true",
            "gold_wrong=true", "cell=none/accept/reject and threshold=0.5",
        )
    }  # fmt: skip
    assert found == {
        "human=reject": [0], "human=none": [1, 2], "verdict=accept": [1, 2], "annotator=ada": [0], "tag=units": [0],
        "tag=other": [], "flagged=true": [1], "gold_wrong=true": [1],
        "cell=none/accept/reject and threshold=0.5": [0],
    }  # fmt: skip


def test_a_stale_edit_is_refused_with_both_values_and_nothing_is_kept(store: Store) -> None:
    first, *_ = filled(store)
    store.annotations.add(first, Kind.VERDICT, ACCEPT, "ada", 0)
    with pytest.raises(StaleEdit) as refused:
        store.annotations.add(first, Kind.VERDICT, REJECT, "bob", 0)
    assert (refused.value.mine, refused.value.theirs.value, refused.value.theirs.author) == (REJECT, ACCEPT, "ada")
    assert len(store.annotations.history(first)) == 1
    store.annotations.add(first, Kind.VERDICT, REJECT, "bob", refused.value.version)
    assert store.annotations.labels(first).verdict == REJECT


def test_what_a_label_comes_to_tells_which_version_it_followed(store: Store) -> None:
    first, second, _ = filled(store)
    ours = store.annotations.add(first, Kind.FLAG, True, "ada", 0)
    assert ours.previous == 0
    theirs = store.annotations.add(first, Kind.VERDICT, REJECT, "bob", 0)
    store.annotations.add(second, Kind.FLAG, True, "bob", 0)  # numbers run through all records
    after = store.annotations.add(first, Kind.STEPS, [1, 1, -1], "ada", ours.version)
    assert after.previous == theirs.version != ours.version


def test_saying_the_same_as_another_is_not_stale(store: Store) -> None:
    first, *_ = filled(store)
    store.annotations.add(first, Kind.VERDICT, ACCEPT, "ada", 0)
    assert store.annotations.add(first, Kind.VERDICT, ACCEPT, "bob", 0).opinions == {"ada": ACCEPT, "bob": ACCEPT}


def test_the_same_gesture_sent_twice_is_kept_once(store: Store) -> None:
    first, *_ = filled(store)
    for _ in range(2):
        labels = store.annotations.add(first, Kind.VERDICT, REJECT, "ada", 0, token="a-gesture")
    assert labels.verdict == REJECT and len(store.annotations.history(first)) == 1


def test_labels_of_steps_must_be_as_many_as_the_steps(store: Store) -> None:
    first, *_ = filled(store)
    with pytest.raises(InvalidInput, match="3 steps"):
        store.annotations.add(first, Kind.STEPS, [1, -1], "ada", 0)
    assert store.annotations.add(first, Kind.STEPS, [1, None, -1], "ada", 0).first_error == 2


@pytest.mark.parametrize("author", ["", "  ", "two\nlines", "x" * 101])
def test_a_label_needs_an_author(store: Store, author: str) -> None:
    first, *_ = filled(store)
    with pytest.raises(InvalidInput, match="author"):
        store.annotations.add(first, Kind.VERDICT, ACCEPT, author, 0)


def test_an_unknown_record_is_refused(store: Store) -> None:
    with pytest.raises(InvalidInput, match="no such record"):
        store.annotations.add("nothing", Kind.VERDICT, ACCEPT, "ada", 0)


def test_hostile_notes_tags_and_authors_come_back_as_text(store: Store) -> None:
    text = "<img src=x onerror=alert(1)> ${7*7} {{x}} '; DROP TABLE records; -- مرحبا \u202e \ud800"
    first, *_ = filled(store)
    store.annotations.add(first, Kind.NOTE, text, "<b>ada</b>", 0, reason=text)
    store.annotations.add(first, Kind.TAG, {"tag": "'; --", "on": True}, "<b>ada</b>", 1)
    labels = store.annotations.labels(first)
    assert labels.notes[0].text == text.replace("\ud800", "?") and labels.notes[0].author == "<b>ada</b>"
    assert [one.attempt_index for one in store.records.iterate(RecordFilter(tag="'; --"))] == [0]


# --- undo -------------------------------------------------------------------------------------------------------------


def test_undo_takes_back_ones_own_latest_action_and_redo_brings_it_back(store: Store) -> None:
    first, second, _ = filled(store)
    store.annotations.add(first, Kind.VERDICT, REJECT, "ada", 0)
    store.annotations.add(second, Kind.VERDICT, REJECT, "bob", 0)
    undone = store.annotations.undo("ada")
    assert (undone.record_ids, undone.records, undone.label) == ((first,), 1, "verdict reject")
    assert humans(store) == ["none", "reject", "none"]
    assert store.annotations.redo("ada").label == "verdict reject"
    assert humans(store) == ["reject", "reject", "none"]
    assert [event.kind for event in store.annotations.history(first)] == [Kind.VERDICT, Kind.UNDO, Kind.UNDO]


def test_undo_goes_back_step_by_step_and_redo_forward(store: Store) -> None:
    ids = filled(store)
    for id in ids:
        store.annotations.add(id, Kind.VERDICT, REJECT, "ada", 0)
    for left in ("reject reject none", "reject none none", "none none none"):
        store.annotations.undo("ada")
        assert " ".join(humans(store)) == left
    with pytest.raises(InvalidInput, match="nothing to undo"):
        store.annotations.undo("ada")
    for back in ("reject none none", "reject reject none", "reject reject reject"):
        store.annotations.redo("ada")
        assert " ".join(humans(store)) == back
    with pytest.raises(InvalidInput, match="nothing to redo"):
        store.annotations.redo("ada")
    store.annotations.undo("ada")
    assert humans(store) == ["reject", "reject", "none"]


def test_a_new_action_ends_redo(store: Store) -> None:
    first, second, _ = filled(store)
    store.annotations.add(first, Kind.VERDICT, REJECT, "ada", 0)
    store.annotations.undo("ada")
    store.annotations.add(second, Kind.VERDICT, ACCEPT, "ada", 0)
    with pytest.raises(InvalidInput, match="nothing to redo"):
        store.annotations.redo("ada")
    assert humans(store) == ["none", "accept", "none"]


# --- many at once -----------------------------------------------------------------------------------------------------


def test_a_bulk_action_is_previewed_and_undone_as_one(store: Store) -> None:
    filled(store, 30)
    store.records.add_many([record(99, correct=False)])
    where, tag = RecordFilter(correct=True), {"tag": "easy", "on": True}
    assert vars(store.annotations.preview(where, Kind.TAG, tag)) | {"limit": 0} == {
        "records": 30, "changed": 30, "limit": 0,
    }  # fmt: skip
    assert store.annotations.bulk(where, Kind.TAG, tag, "ada", expected=30).records == 30
    assert store.records.count(RecordFilter(tag="easy")) == 30
    assert store.annotations.preview(where, Kind.TAG, tag).changed == 0
    assert store.annotations.undo("ada").records == 30
    assert store.records.count(RecordFilter(tag="easy")) == 0


def test_a_bulk_action_keeps_what_else_was_said(store: Store) -> None:
    first, *_ = filled(store, 5)
    store.annotations.add(first, Kind.VERDICT, ACCEPT, "bob", 0)
    store.annotations.bulk(RecordFilter(), Kind.VERDICT, REJECT, "ada", expected=5, reason="all of them")
    assert store.annotations.labels(first).opinions == {"bob": ACCEPT, "ada": REJECT}
    store.annotations.undo("ada")
    assert humans(store) == ["accept", "none", "none", "none", "none"]


def test_a_bulk_action_on_another_number_of_records_than_previewed_is_refused(store: Store) -> None:
    filled(store, 5)
    with pytest.raises(InvalidInput, match="5 records pass by now, not 4"):
        store.annotations.bulk(RecordFilter(), Kind.FLAG, True, "ada", expected=4)
    with pytest.raises(InvalidInput, match="1 to"):
        store.annotations.bulk(RecordFilter(tag="none"), Kind.FLAG, True, "ada", expected=0)
    with pytest.raises(InvalidInput, match="Many records at once"):
        store.annotations.preview(RecordFilter(), Kind.NOTE, "x")
    assert store.annotations.count() == 0


# --- agreement --------------------------------------------------------------------------------------------------------


def test_agreement_is_computed_on_what_two_or_more_have_judged(store: Store) -> None:
    ids = filled(store, 5)
    for id, one, two in zip(ids, "AARRA", "AARAA", strict=True):
        for author, verdict in (("ada", one), ("bob", two)):
            value = ACCEPT if verdict == "A" else REJECT
            store.annotations.add(id, Kind.VERDICT, value, author, 0, independent=True)
    store.annotations.add(ids[0], Kind.VERDICT, ACCEPT, "eve", 0, independent=True)
    found = store.annotations.agreement()
    assert (found.authors, found.items, found.disputed) == (("ada", "bob", "eve"), 5, 1)
    pair = found.pairs[0]
    assert (pair.confusion.first, pair.confusion.second, pair.items) == ("ada", "bob", 5)
    assert pair.confusion.counts == ((3, 0), (1, 1))
    assert pair.kappa == pytest.approx((0.8 - 0.56) / (1 - 0.56))
    assert found.alpha is not None and 0 < found.alpha < 1


def test_agreement_on_steps_is_on_the_first_wrong_one_and_can_be_filtered(store: Store) -> None:
    ids = filled(store, 2)
    for id in ids:
        store.annotations.add(id, Kind.STEPS, [1, -1, -1], "ada", 0, independent=True)
        store.annotations.add(id, Kind.STEPS, [1, -1, None], "bob", 0, independent=True)
    assert store.annotations.agreement(kind=Kind.STEPS).disputed == 0
    assert store.annotations.agreement(RecordFilter(attempt_min=1), Kind.STEPS).items == 1


def test_whoever_marked_some_steps_and_none_as_wrong_is_not_compared(store: Store) -> None:
    first, second, _ = filled(store)
    for id, others in ((first, [1, None, None]), (second, [1, 1, 1])):
        store.annotations.add(id, Kind.STEPS, [1, 1, 1], "ada", 0, independent=True)
        store.annotations.add(id, Kind.STEPS, others, "bob", 0, independent=True)
    found = store.annotations.agreement(kind=Kind.STEPS)
    assert (found.items, found.disputed, found.pairs[0].confusion.values) == (1, 0, ("-1",))


def test_agreement_on_stopping_here_is_on_the_step_too(store: Store) -> None:
    first, second, third = filled(store)
    for id, step in ((first, 1), (second, 2)):
        store.annotations.add(id, Kind.STOP, {"label": "here", "step": 1}, "ada", 0, independent=True)
        store.annotations.add(id, Kind.STOP, {"label": "here", "step": step}, "bob", 0, independent=True)
    for author in ("ada", "bob"):
        store.annotations.add(third, Kind.STOP, {"label": "too_late"}, author, 0, independent=True)
    found = store.annotations.agreement(kind=Kind.STOP)
    assert (found.items, found.disputed) == (3, 1)
    assert found.pairs[0].confusion.values == ("here at step 2", "here at step 3", "too_late")


# --- whoever writes at the same time, whatever happens ----------------------------------------------------------------

_ANNOTATOR = """
import json, sys
from drr.annotations import Kind
from drr.store import Store
with Store.open(sys.argv[1]) as store:
    for id in json.loads(sys.argv[3]):
        store.annotations.add(id, Kind.VERDICT, "reject", sys.argv[2], 0, independent=True)
        print(id, flush=True)
"""


def _annotator(path: Path, author: str, ids: Sequence[str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", _ANNOTATOR, str(path), author, json.dumps(list(ids))]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def test_eight_threads_and_two_processes_annotating_at_once_lose_and_double_nothing(
    store: Store, tmp_path: Path
) -> None:
    ids = filled(store, 20)
    processes = [_annotator(tmp_path / "drr.db", f"process {i}", ids) for i in range(2)]

    def annotate(thread: int) -> None:
        for id in ids:
            store.annotations.add(id, Kind.VERDICT, ACCEPT, f"thread {thread}", 0, independent=True)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(annotate, range(8)))
    for process in processes:
        process.communicate(timeout=110)
        assert process.returncode == 0
    authors = {f"thread {i}" for i in range(8)} | {f"process {i}" for i in range(2)}
    for id in ids:
        history = store.annotations.history(id)
        assert sorted(event.author for event in history) == sorted(authors)
        assert set(store.annotations.labels(id).opinions) == authors
        row = store.browsing.detail(id).attempts[0]
        assert row.labels.version == history[-1].number
    assert store.annotations.count() == len(ids) * 10
    assert [row.human for row in store.browsing.browse().rows] == [
        store.annotations.labels(id).human for id in ids
    ]  # fmt: skip


def test_of_two_who_edit_the_same_version_one_is_told(store: Store) -> None:
    first, *_ = filled(store, 1)

    def edit(i: int) -> bool:
        try:
            store.annotations.add(first, Kind.ADJUDICATE, (ACCEPT, REJECT)[i % 2], f"author {i}", 0)
        except StaleEdit:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(edit, range(8)))
    values = {event.value for event in store.annotations.history(first)}
    assert len(values) == 1 and sum(won) == len(store.annotations.history(first))


def test_an_acknowledged_label_survives_a_kill(tmp_path: Path) -> None:
    with Store.open(tmp_path / "drr.db") as store:
        ids = filled(store, 200)
    process = _annotator(tmp_path / "drr.db", "ada", ids)
    assert process.stdout is not None
    acknowledged = [process.stdout.readline().strip() for _ in range(5)]
    process.send_signal(signal.SIGKILL)
    acknowledged += process.stdout.read().split()
    process.wait(timeout=60)
    process.stdout.close()
    with Store.open(tmp_path / "drr.db") as store:
        assert store.notices == ()
        for id in acknowledged:
            assert store.annotations.labels(id).opinions == {"ada": REJECT}
        rejected = {one.id for one in store.records.iterate(RecordFilter(human="reject"))}
        assert rejected >= set(acknowledged) and len(rejected) <= len(acknowledged) + 1


def test_a_label_waits_for_the_disk(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *_ = filled(store)
    waited: list[bool] = []
    transaction = store._database.transaction

    def noted(durable: bool = False) -> Any:
        waited.append(durable)
        return transaction(durable)

    monkeypatch.setattr(store._database, "transaction", noted)
    store.annotations.add(first, Kind.VERDICT, REJECT, "ada", 0)
    assert waited[0] is True


def test_a_locked_file_is_told_and_nothing_is_kept(tmp_path: Path) -> None:
    with Store.open(tmp_path / "drr.db", wait_seconds=0.1) as store, plain(tmp_path / "drr.db") as other:
        first, *_ = filled(store)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked by another program"):
            store.annotations.add(first, Kind.VERDICT, REJECT, "ada", 0)
        other.execute("ROLLBACK")
        assert store.annotations.history(first) == ()
        assert store.annotations.add(first, Kind.VERDICT, REJECT, "ada", 0).verdict == REJECT


def test_a_full_disk_is_told_and_what_was_said_before_stays(store: Store) -> None:
    first, second, _ = filled(store)
    store.annotations.add(first, Kind.VERDICT, REJECT, "ada", 0)
    with store._database.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    on_every_connection(store, f"PRAGMA max_page_count={pages}")
    with pytest.raises(OutOfSpace, match="Free some"):
        for _ in range(100):
            store.annotations.add(second, Kind.NOTE, "x" * 5_000, "ada", 0)
    assert store.annotations.labels(first).verdict == REJECT
