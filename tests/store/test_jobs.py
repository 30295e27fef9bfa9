"""The jobs' rows: of two who change one at once only one does, and curves come back as they were told."""

from itertools import pairwise

import pytest

from drr.errors import InvalidInput
from drr.store import Store
from drr.types import Job, JobState


def job(id: str = "a", **changes: object) -> Job:
    values: dict[str, object] = {"kind": "train", "title": "Train", "params": {"epochs": 0.5}, "device": "cpu"}
    return Job(id, **{**values, "owner": "ann", "created": 1.0, **changes})  # type: ignore[arg-type]


@pytest.fixture
def running(store: Store) -> Job:
    store.jobs.add(job())
    assert store.jobs.claim("a", 77, 5.25)
    return store.jobs.get("a")


def test_a_job_comes_back_as_it_was_added(store: Store) -> None:
    store.jobs.add(job())
    assert store.jobs.get("a") == job()


def test_the_list_has_the_latest_first_and_can_be_narrowed(store: Store) -> None:
    for id in "abc":
        store.jobs.add(job(id))
    store.jobs.claim("b", 1, 1.0)
    assert [each.id for each in store.jobs.list()] == ["c", "b", "a"]
    assert [each.id for each in store.jobs.list((JobState.RUNNING,))] == ["b"]
    assert [each.id for each in store.jobs.list(limit=1)] == ["c"]


def test_a_job_is_claimed_once(store: Store) -> None:
    store.jobs.add(job())
    assert [store.jobs.claim("a", pid, 1.0) for pid in (1, 2)] == [True, False]
    assert store.jobs.get("a").worker == 1


def test_only_its_own_worker_reports_and_ends_it(store: Store, running: Job) -> None:
    other = job(worker=77, worker_began=9.0)
    assert not store.jobs.progress(other, 5, 0.5)
    assert not store.jobs.end(other, JobState.FAILED)
    assert store.jobs.progress(running, 5, 0.5, due=99.0)
    assert store.jobs.end(running, JobState.DONE, result={"dm": "mine"})
    ended = store.jobs.get("a")
    assert (ended.state, ended.done, ended.due, ended.result) == (JobState.DONE, 1.0, None, {"dm": "mine"})


def test_what_has_ended_does_not_end_again(store: Store, running: Job) -> None:
    assert store.jobs.end(running, JobState.DONE)
    assert not store.jobs.end(running, JobState.FAILED, "too late")
    assert store.jobs.get("a").state is JobState.DONE


def test_cancelling_keeps_the_first_who_asked(store: Store, running: Job) -> None:
    store.jobs.ask_to_cancel("a", "ann cancelled it.")
    asked = store.jobs.ask_to_cancel("a", "bob cancelled it.")
    assert (asked.state, asked.reason) == (JobState.RUNNING, "ann cancelled it.")


def test_a_resumed_job_keeps_its_place_and_forgets_how_it_ended(store: Store, running: Job) -> None:
    store.jobs.ask_to_cancel("a", "ann cancelled it.")
    store.jobs.end(running, JobState.CANCELLED, "ann cancelled it.")
    store.jobs.add(job("b"))
    assert store.jobs.requeue("a")
    again = store.jobs.get("a")
    assert (again.state, again.reason, again.worker, again.cancel_asked) == (JobState.QUEUED, "", None, None)
    assert [each.id for each in store.jobs.list()] == ["b", "a"]
    assert not store.jobs.requeue("a"), "it waits already"


def test_a_job_that_a_worker_has_claimed_since_is_not_refused(store: Store, running: Job) -> None:
    assert running.began is not None
    store.jobs.end(running, JobState.FAILED)
    store.jobs.requeue("a")
    assert not store.jobs.refuse("a", "its first worker died", since=running.began - 1)
    assert store.jobs.refuse("a", "its second worker never began", since=running.began + 1)


def test_only_ended_jobs_are_removed_with_their_curves(store: Store, running: Job) -> None:
    store.jobs.progress(running, 1, 0.1, metrics={"loss": 1.0})
    assert not store.jobs.remove("a")
    store.jobs.end(running, JobState.FAILED)
    assert store.jobs.remove("a")
    assert store.jobs.curves("a") == {} and store.jobs.count() == 0
    with pytest.raises(InvalidInput, match="no job"):
        store.jobs.get("a")


# --- curves -----------------------------------------------------------------------------------------------------------


def test_steps_told_again_after_a_resume_are_there_once(store: Store, running: Job) -> None:
    for step, loss in ((1, 3.0), (2, 2.0), (3, 1.5), (2, 2.0), (3, 1.25)):
        store.jobs.progress(running, step, 0.1, metrics={"loss": loss})
    assert store.jobs.curves("a") == {"loss": [(1, 3.0), (2, 2.0), (3, 1.25)]}
    assert store.jobs.curves("a", after=2) == {"loss": [(3, 1.25)]}


def test_a_long_curve_is_thinned_evenly_and_keeps_its_last_step(store: Store, running: Job) -> None:
    with store.transaction():
        for step in range(1000):
            store.jobs.progress(running, step, 0.1, metrics={"loss": float(step)})
    thinned = store.jobs.curves("a", most=100)["loss"]
    assert len(thinned) == 100 and thinned[-1] == (999, 999.0)
    assert {later[0] - earlier[0] for earlier, later in pairwise(thinned)} == {10}
