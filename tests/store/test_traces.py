"""Traces and DM checkpoints, and the labels that changed since one was trained."""

import time
from dataclasses import replace

import pytest

from drr.annotations import ACCEPT, REJECT, Kind
from drr.errors import InvalidInput
from drr.store import RecordFilter, Store, checkpoints
from drr.types import Outcome, Status
from tests.store.examples import record, trace


def test_a_trace_comes_back_as_it_went_in_under_a_short_id(store: Store) -> None:
    id = store.traces.save(trace())
    assert store.traces.get(id) == replace(trace(), id=id)
    assert 8 <= len(id) <= 12 and set(id) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
    assert store.traces.get("unknown") is None


def test_a_trace_saved_again_is_one_trace(store: Store) -> None:
    id = store.traces.save(replace(trace(), outcome=Outcome(Status.RUNNING)))
    assert store.traces.save(replace(trace(), id=id)) == id
    assert [kept.outcome.status for kept in store.traces.recent()] == [Status.ACCEPTED]


def test_the_recent_traces_come_latest_first(store: Store) -> None:
    ids = [store.traces.save(replace(trace(), seed=seed)) for seed in range(5)]
    assert [kept.id for kept in store.traces.recent(3)] == ids[:1:-1]


def test_a_trace_with_hostile_text_is_kept(store: Store) -> None:
    hostile = replace(trace().question, text="NUL \0 \u202e مرحبا")
    kept = store.traces.get(store.traces.save(replace(trace(), question=hostile)))
    assert kept is not None and kept.question == hostile


def test_one_checkpoint_at_most_is_deployed(store: Store) -> None:
    assert store.checkpoints.current() is None
    store.checkpoints.add("first", "models/first", {"auroc": 0.94}, "abc")
    second = store.checkpoints.add("second", "models/second", {"auroc": 0.95}, "def")
    assert not second.deployed
    for name in ("first", "second", "first"):
        store.checkpoints.deploy(name)
        current = store.checkpoints.current()
        assert current is not None and current.name == name
        assert [c.name for c in store.checkpoints.list() if c.deployed] == [name]
    assert [c.name for c in store.checkpoints.list()] == ["second", "first"]
    assert store.checkpoints.list()[1].metrics == {"auroc": 0.94}


def test_a_checkpoint_is_registered_once_and_never_overwritten(store: Store) -> None:
    first = store.checkpoints.add("dm", "models/dm", {"auroc": 0.9})
    assert store.checkpoints.add("dm", "models/dm", {"auroc": 0.9}) == first
    with pytest.raises(InvalidInput, match="another name"):
        store.checkpoints.add("dm", "models/dm", {"auroc": 0.99})


def test_an_unknown_checkpoint_cannot_be_deployed(store: Store) -> None:
    store.checkpoints.add("dm", "models/dm", {})
    store.checkpoints.deploy("dm")
    with pytest.raises(InvalidInput, match="Known: dm"):
        store.checkpoints.deploy("other")
    current = store.checkpoints.current()
    assert current is not None and current.name == "dm"


# --- labels that changed ----------------------------------------------------------------------------------------------


def a_moment() -> float:
    """Now, and a little later it is later."""
    now = time.time()
    while time.time() <= now:
        time.sleep(0.001)
    return now


def test_labels_that_changed_since_are_those_that_come_to_something_else(store: Store) -> None:
    store.records.add_many(record(i) for i in range(5))  # all of them right
    ids = [one.id for one in store.records.iterate()]
    say = store.annotations.add
    say(ids[0], Kind.VERDICT, REJECT, "ada", 0)
    then = a_moment()
    assert store.checkpoints.relabelled_since(then) == ()
    assert store.checkpoints.relabelled_since(0.0) == (ids[0],)
    for kind, value, id in (
        (Kind.VERDICT, REJECT, ids[1]),
        (Kind.VERDICT, ACCEPT, ids[2]),  # which it was already
        (Kind.NOTE, "odd", ids[3]),
    ):
        say(id, kind, value, "ada", 0)
    steps = len(next(store.records.iterate()).attempt.steps)
    say(ids[4], Kind.STEPS, [-1, *[None] * (steps - 1)], "ada", 0)
    assert store.checkpoints.relabelled_since(then) == (ids[1], ids[4])
    assert store.checkpoints.relabelled_since(then, RecordFilter(human=REJECT)) == (ids[1],)


def test_a_label_that_was_taken_back_did_not_change(store: Store) -> None:
    store.records.add_many([record(0)])
    (one,) = store.records.iterate()
    store.annotations.add(one.id, Kind.VERDICT, REJECT, "ada", 0)
    then = a_moment()
    store.annotations.undo("ada")
    assert store.checkpoints.relabelled_since(then) == (one.id,), "it counted, and does no more"
    assert store.checkpoints.relabelled_since(0.0) == ()


def test_of_many_changed_labels_the_first_are_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "_CHUNK", 2)
    store.records.add_many(record(i) for i in range(7))
    ids = [one.id for one in store.records.iterate()]
    for id in ids:
        store.annotations.add(id, Kind.VERDICT, REJECT, "ada", 0)
    assert store.checkpoints.relabelled_since(0.0) == tuple(ids)
    monkeypatch.setattr(checkpoints, "MOST_CHANGES", 3)
    assert store.checkpoints.relabelled_since(0.0) == tuple(ids[:3])
