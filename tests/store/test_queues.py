"""Queues: what comes next, in which order, and never to two people unless that is wanted."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from drr.annotations import ACCEPT, REJECT, Kind
from drr.errors import InvalidInput
from drr.store import RecordFilter, Store, queues
from tests.store.examples import attempt, record

SCORES = [0.95, 0.1, 0.55, 0.4, None, 0.7]


@pytest.fixture
def scored(store: Store) -> Store:
    """Six records; those with an even index are right."""
    store.records.add_many(record(i, attempt=attempt(score=s), correct=i % 2 == 0) for i, s in enumerate(SCORES))
    return store


def taken(store: Store, author: str, queue: str, **options: object) -> list[int]:
    return [row.attempt for row in store.queues.take(author, queue, **options)]  # type: ignore[arg-type]


def label(store: Store, author: str, index: int, verdict: str = REJECT) -> None:
    row = next(row for row in store.browsing.browse().rows if row.attempt == index)
    store.annotations.add(row.id, Kind.VERDICT, verdict, author, 0, independent=True)


@pytest.mark.parametrize(
    "queue, expected",
    [
        ("disagreement", [5, 2]),  # wrong at 0.7 and right at 0.55, with a threshold of 0.6
        ("uncertain", [2, 5, 3, 0, 1]),
        ("unlabelled", [0, 1, 2, 3, 4, 5]),
    ],
)
def test_each_queue_has_its_order(scored: Store, queue: str, expected: list[int]) -> None:
    assert taken(scored, "ada", queue, threshold=0.6) == expected


def test_a_random_sample_is_fixed_by_its_seed_and_holds_everything_in_the_end(scored: Store) -> None:
    first = taken(scored, "ada", "random", seed=3, count=6)
    scored.queues.release("ada")
    assert taken(scored, "bob", "random", seed=3, count=6) == first
    scored.queues.release("bob")
    assert sorted(first) == [0, 1, 2, 3, 4, 5]
    assert len({tuple(taken(scored, f"p{seed}", "random", seed=seed, count=1)) for seed in range(5)}) > 1


def test_two_annotators_never_get_the_same_record(scored: Store) -> None:
    ada, bob = taken(scored, "ada", "unlabelled", count=2), taken(scored, "bob", "unlabelled", count=2)
    assert (ada, bob) == ([0, 1], [2, 3])
    label(scored, "ada", 0)
    assert taken(scored, "eve", "unlabelled") == [4, 5]


def test_many_annotators_at_once_share_a_queue_without_overlap(store: Store) -> None:
    store.records.add_many(record(i) for i in range(40))
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda i: taken(store, f"p{i}", "random", count=5), range(8)))
    assert sorted(index for indexes in got for index in indexes) == list(range(40))


def test_overlap_gives_a_record_to_as_many_as_it_says(scored: Store) -> None:
    assert taken(scored, "ada", "unlabelled", count=1) == [0]
    assert taken(scored, "bob", "random", count=6, overlap=2, where=RecordFilter(attempt_max=0)) == [0]
    assert taken(scored, "eve", "random", count=6, overlap=2, where=RecordFilter(attempt_max=0)) == []
    label(scored, "ada", 0)
    label(scored, "bob", 0)
    assert taken(scored, "eve", "random", overlap=2, where=RecordFilter(attempt_max=0)) == []
    assert taken(scored, "eve", "random", overlap=3, where=RecordFilter(attempt_max=0)) == [0]


@pytest.mark.parametrize("queue", ["unlabelled", "random", "uncertain"])
def test_overlap_brings_a_record_to_a_second_person_after_the_first_has_judged_it(scored: Store, queue: str) -> None:
    where = RecordFilter(attempt_max=0)
    label(scored, "ada", 0)
    assert taken(scored, "bob", queue, overlap=1, where=where) == []
    assert taken(scored, "ada", queue, overlap=2, where=where) == []
    assert taken(scored, "bob", queue, overlap=2, where=where) == [0]
    label(scored, "bob", 0)
    assert taken(scored, "eve", queue, overlap=2, where=where) == []


def test_what_one_holds_comes_again_first_so_that_a_reload_keeps_its_place(scored: Store) -> None:
    assert taken(scored, "ada", "uncertain", threshold=0.6, count=3) == [2, 5, 3]
    assert taken(scored, "ada", "uncertain", threshold=0.6, count=4) == [2, 5, 3, 0]
    label(scored, "ada", 5)
    assert taken(scored, "ada", "uncertain", threshold=0.6, count=3) == [2, 3, 0]
    assert taken(scored, "ada", "uncertain", threshold=0.6, where=RecordFilter(correct=False)) == [3, 1]


def test_what_is_skipped_is_not_offered_again_but_goes_to_another(scored: Store) -> None:
    (row,) = scored.queues.take("ada", "unlabelled", count=1)
    scored.annotations.add(row.id, Kind.SKIP, True, "ada", 0)
    assert taken(scored, "ada", "unlabelled", count=1) == [1]
    assert taken(scored, "bob", "unlabelled", count=1) == [0]


def test_a_lease_that_is_given_back_or_runs_out_frees_the_record(
    scored: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert taken(scored, "ada", "unlabelled", count=1) == [0]
    assert scored.queues.release("ada") == 1
    assert taken(scored, "bob", "unlabelled", count=1) == [0]
    later = time.time() + queues.LEASE + 1
    monkeypatch.setattr(queues.time, "time", lambda: later)
    assert taken(scored, "eve", "unlabelled", count=1) == [0]


def test_whoever_labels_holds_what_is_theirs_for_longer(scored: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    start, now = time.time(), 0.0
    monkeypatch.setattr(queues.time, "time", lambda: start + now)
    assert taken(scored, "ada", "unlabelled", count=3) == [0, 1, 2]
    now = 0.9 * queues.LEASE
    label(scored, "ada", 0)
    now = 1.8 * queues.LEASE
    assert taken(scored, "bob", "unlabelled", count=1) == [3]
    now = 2 * queues.LEASE
    assert taken(scored, "bob", "unlabelled", count=3) == [3, 1, 2]


def test_a_second_opinion_is_asked_of_another_and_disputes_are_settled(scored: Store) -> None:
    label(scored, "ada", 0, ACCEPT)
    label(scored, "ada", 1, ACCEPT)
    assert taken(scored, "ada", "second_opinion") == []
    assert taken(scored, "bob", "second_opinion") == [0, 1]
    label(scored, "bob", 0, REJECT)
    label(scored, "bob", 1, ACCEPT)
    assert taken(scored, "eve", "adjudicate") == [0]
    row = scored.browsing.browse().rows[0]
    labels = scored.annotations.add(row.id, Kind.ADJUDICATE, REJECT, "eve", row.version)
    assert (labels.basis, labels.verdict) == ("adjudicated", REJECT)
    assert taken(scored, "eve", "adjudicate") == []


def test_where_two_disagree_one_more_opinion_is_asked_at_a_time_until_there_is_a_majority(scored: Store) -> None:
    for index, second in enumerate([REJECT, ACCEPT]):
        label(scored, "ada", index, ACCEPT)
        label(scored, "bob", index, second)
    assert taken(scored, "ada", "second_opinion") == taken(scored, "bob", "second_opinion") == []
    assert taken(scored, "eve", "second_opinion") == [0]
    assert taken(scored, "dan", "second_opinion") == []
    label(scored, "eve", 0, ACCEPT)
    assert taken(scored, "dan", "second_opinion") == []
    assert taken(scored, "dan", "adjudicate") == [0]


def test_no_further_opinion_is_asked_once_a_dispute_is_settled(scored: Store) -> None:
    label(scored, "ada", 0, ACCEPT)
    label(scored, "bob", 0, REJECT)
    row = scored.browsing.browse().rows[0]
    scored.annotations.add(row.id, Kind.ADJUDICATE, REJECT, "dan", row.version)
    assert taken(scored, "eve", "second_opinion") == []


def test_as_many_opinions_are_asked_as_the_overlap_says(scored: Store) -> None:
    for author in ("ada", "bob"):
        label(scored, author, 0, ACCEPT)
    assert taken(scored, "eve", "second_opinion", overlap=2) == []
    assert taken(scored, "eve", "second_opinion", overlap=3) == [0]
    assert taken(scored, "dan", "second_opinion", overlap=3) == []
    assert taken(scored, "dan", "second_opinion", overlap=4) == [0]


def test_queues_say_how_many_wait(scored: Store) -> None:
    label(scored, "ada", 0, ACCEPT)
    label(scored, "bob", 0, REJECT)
    label(scored, "ada", 1, ACCEPT)
    waiting = {info.name: info.waiting.number for info in scored.queues.infos("bob", threshold=0.6)}
    assert waiting == {
        "disagreement": 2, "uncertain": 3, "unlabelled": 4, "random": 4, "second_opinion": 1, "adjudicate": 1,
    }  # fmt: skip


def test_what_one_holds_still_waits_in_its_queue_and_in_no_other(scored: Store) -> None:
    def waiting(author: str) -> list[int]:
        found = {info.name: info.waiting.number for info in scored.queues.infos(author, threshold=0.6)}
        return [found["unlabelled"], found["random"]]

    assert waiting("ada") == [6, 6]
    assert taken(scored, "ada", "unlabelled", count=2) == [0, 1]
    assert waiting("ada") == [6, 4]
    assert waiting("bob") == [4, 4]


def test_a_filter_narrows_a_queue_and_an_unknown_queue_is_refused(scored: Store) -> None:
    assert taken(scored, "ada", "unlabelled", where=RecordFilter(correct=False)) == [1, 3, 5]
    with pytest.raises(InvalidInput, match="disagreement, uncertain"):
        scored.queues.take("ada", "everything")
    with pytest.raises(InvalidInput, match="annotator"):
        scored.queues.take(" ", "random")
