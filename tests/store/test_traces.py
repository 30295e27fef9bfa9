"""Traces and DM checkpoints."""

from dataclasses import replace

import pytest

from drr.errors import InvalidInput
from drr.store import Store
from drr.types import Outcome, Status
from tests.store.examples import trace


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
