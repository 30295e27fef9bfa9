"""The verbs of the Data tab at their edge: plain filters in, frozen values out, and who may do what."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from drr.data import VISITOR, Data, NotAllowed, Person, StaleEdit
from drr.errors import InvalidInput
from drr.store import Store
from drr.types import to_dict
from tests.store.examples import record, trace

ADA, BOB = Person("ada"), Person("bob")
LOGGED_IN = Person("ada", verified=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "drr.db") as opened:
        opened.records.add_many([record(0), record(1, correct=False)])
        opened.traces.save(trace())
        yield opened


def score_many(attempts: Sequence[Any]) -> list[list[float]]:
    return [[0.5] * (len(attempt.kept) - 1) + [0.9] for _, _, attempt in attempts]


def data_of(store: Store, public: bool = False) -> Data:
    dm = SimpleNamespace(name="dm-9", score_many=score_many)
    return Data(lambda: store, public, lambda: 0.8, lambda name: dm)


@pytest.fixture
def data(store: Store) -> Data:
    return data_of(store)


def first(data: Data) -> str:
    return data.browse().rows[0].id


# --- what goes in and out ---------------------------------------------------------------------------------------------


def test_all_that_a_page_asks_for_can_be_written_as_json(data: Data) -> None:
    data.annotate(ADA, first(data), "stop", {"label": "here", "step": 0}, 0)
    data.annotate(BOB, first(data), "verdict", "accept", 1, reason="sure")
    data.freeze(ADA, "one")
    data.save_view(ADA, "all", {"where": {}})
    for value in (
        data.browse(), data.count(), data.facets(), data.plots(), data.detail(first(data)), data.history(first(data)),
        data.queues(ADA), data.take(ADA, "random"), data.agreement(), data.views(), data.snapshots(),
        data.compare("one", "one"), data.batches(), data.bulk_preview({}, "flag", True), data.undo(ADA),
    ):  # fmt: skip
        json.dumps(to_dict(value))


def test_the_dms_threshold_is_taken_where_none_is_given(data: Data) -> None:
    data.score(ADA)
    assert {row.judged for row in data.browse().rows} == {"accept"}
    assert {row.judged for row in data.browse({"threshold": 0.95}).rows} == {"reject"}
    assert data.count({"judged": "accept"}).number == 2
    assert data.count({"cell": "accept/reject/none", "threshold": None}).number == 1


def test_a_filter_of_the_page_that_cannot_be_read_is_refused(data: Data) -> None:
    for where in ({"nonsense": 1}, {"threshold": "high"}, {"correct": "yes"}):
        with pytest.raises(InvalidInput):
            data.browse(where)
    with pytest.raises(InvalidInput, match="verdict, steps"):
        data.annotate(ADA, first(data), "opinion", "accept", 0)


def test_scores_of_stored_attempts_are_filled_in(data: Data, store: Store) -> None:
    told: list[tuple[int, float]] = []
    assert data.score(ADA, where={"correct": True}, progress=lambda done, share: told.append((done, share))) == 1
    assert told == [(1, 1.0)]
    row = data.browse({"dm": "dm-9"}).rows[0]
    assert (row.score, row.dm) == (0.9, "dm-9")


def test_a_probe_cannot_score_afterwards(store: Store) -> None:
    data = Data(lambda: store, False, lambda: 0.8, lambda name: SimpleNamespace(name="probe"))
    with pytest.raises(InvalidInput, match="probe"):
        data.score(ADA)


# --- blind ------------------------------------------------------------------------------------------------------------


def test_blind_hides_scores_and_labels_until_one_has_voted(data: Data) -> None:
    data.score(ADA)
    data.annotate(ADA, first(data), "verdict", "reject", 0)
    hidden = data.detail(first(data), BOB, blind=True)
    shown = json.dumps(to_dict(hidden.attempts))
    assert hidden.blind and hidden.attempts[0].labels.basis == "hidden"
    assert "reject" not in shown.replace("rejected", "") and "0.9" not in shown and "ada" not in shown
    version = hidden.attempts[0].labels.version
    data.annotate(BOB, first(data), "verdict", "accept", version, independent=True)
    after = data.detail(first(data), BOB, blind=True)
    assert not after.attempts[0].blind and after.attempts[0].score == 0.9
    assert after.attempts[0].labels.opinions == {"ada": "reject", "bob": "accept"}


def test_blind_lasts_for_each_attempt_until_one_has_voted_on_it(data: Data) -> None:
    data.score(ADA)
    voted, other = (row.id for row in data.browse().rows)
    data.annotate(ADA, other, "verdict", "reject", 0)
    data.annotate(BOB, voted, "verdict", "accept", 0)
    for opened in (voted, other):
        seen = data.detail(opened, BOB, blind=True)
        bare = next(attempt for attempt in seen.attempts if attempt.id == other)
        assert (seen.blind, seen.question.gold, seen.traces) == (True, None, ())
        assert {attempt.id: attempt.blind for attempt in seen.attempts} == {voted: False, other: True}
        assert (bare.score, bare.automatic, bare.labels.human) == (None, "none", "none")
        assert "ada" not in json.dumps(to_dict(seen))
    data.annotate(BOB, other, "verdict", "accept", 0, independent=True)
    seen = data.detail(voted, BOB, blind=True)
    assert (seen.blind, seen.question.gold, len(seen.traces)) == (False, "33", 1)


def test_blind_leaves_ones_own_marks(data: Data) -> None:
    for person, steps, stop in ((ADA, [1, -1, -1], "too_late"), (BOB, [1, 1, 1], "too_early")):
        data.annotate(person, first(data), "steps", steps, 0, independent=True)
        data.annotate(person, first(data), "stop", {"label": stop}, 0, independent=True)
        data.annotate(person, first(data), "note", f"by {person.name}", 0)
    labels = data.detail(first(data), BOB, blind=True).attempts[0].labels
    assert labels.steps_by == {"bob": (1, 1, 1)} and labels.steps == () and labels.stop is None
    assert [stop.label for stop in labels.stops_by.values()] == ["too_early"]
    assert [note.text for note in labels.notes] == ["by bob"]


# --- rights -----------------------------------------------------------------------------------------------------------


def changes(data: Data, person: Person, tmp_path: Path) -> dict[str, Any]:
    """What a person may want to do, by name."""
    file = tmp_path / "new.jsonl"
    file.write_text(json.dumps({"question": "1+1?", "reasoner": "me", "text": "Answer: 2"}))
    return {
        "annotate": lambda: data.annotate(person, first(data), "flag", True, 0),
        "undo": lambda: data.undo(person),
        "redo": lambda: data.redo(person),
        "take": lambda: data.take(person, "random"),
        "release": lambda: data.release(person),
        "save_view": lambda: data.save_view(person, "v", {}),
        "delete_view": lambda: data.delete_view(person, "v"),
        "bulk": lambda: data.bulk(person, {"correct": True}, "flag", True, 1),
        "freeze": lambda: data.freeze(person, "s"),
        "preview_import": lambda: data.preview_import(person, file),
        "import_file": lambda: data.import_file(person, file),
        "undo_import": lambda: data.undo_import(person, 1),
        "import_dataset": lambda: data.import_dataset(person, str(tmp_path)),
        "score": lambda: data.score(person),
    }


MANY = ("bulk", "freeze", "preview_import", "import_file", "undo_import", "import_dataset", "score")


@pytest.mark.parametrize("public", [False, True])
@pytest.mark.parametrize("person", [VISITOR, Person("  "), Person("", verified=True)])
def test_whoever_has_no_name_only_browses(store: Store, tmp_path: Path, public: bool, person: Person) -> None:
    for name, change in changes(data_of(store, public), person, tmp_path).items():
        with pytest.raises(NotAllowed):
            change()
            pytest.fail(name)
    assert store.annotations.count() == 0 and store.records.count() == 2


def test_on_a_public_server_a_typed_name_is_a_visitors(store: Store, tmp_path: Path) -> None:
    for name, change in changes(data_of(store, public=True), ADA, tmp_path).items():
        with pytest.raises(NotAllowed, match="Log in"):
            change()
            pytest.fail(name)


def test_on_a_public_server_a_login_labels_but_changes_nothing_in_bulk(store: Store, tmp_path: Path) -> None:
    data = data_of(store, public=True)
    assert data.may_annotate(LOGGED_IN) and not data.may_change(LOGGED_IN)
    for name, change in changes(data, LOGGED_IN, tmp_path).items():
        if name in MANY:
            with pytest.raises(NotAllowed, match="public"):
                change()
                pytest.fail(name)
        else:
            change()


def test_on_a_public_server_its_owner_may_do_all_after_a_login(store: Store, tmp_path: Path) -> None:
    data = data_of(store, public=True)
    assert data.may_change(Person("ada", verified=True, admin=True))
    assert not data.may_change(Person("ada", admin=True)), "a name that was only typed"
    doing = changes(data, Person("ada", verified=True, admin=True), tmp_path)
    doing.pop("import_dataset")
    for change in doing.values():
        change()


def test_locally_a_name_may_do_all(store: Store, tmp_path: Path) -> None:
    data = data_of(store)
    assert data.may_annotate(ADA) and data.may_change(ADA) and not data.may_annotate(VISITOR)
    doing = changes(data, ADA, tmp_path)
    doing.pop("import_dataset")
    for change in doing.values():
        change()


def test_everybody_browses_a_public_server_without_seeing_other_peoples_traces(store: Store, tmp_path: Path) -> None:
    store.records.add_many([record(0, trace="theirs")])
    local, public = data_of(store), data_of(store, public=True)
    seen, hidden = local.detail(first(local)), public.detail(first(public))
    assert (seen.attempts[0].trace, len(seen.traces)) == ("theirs", 1)
    assert (hidden.attempts[0].trace, hidden.traces) == ("", ())
    assert public.browse().rows and public.facets().of == 2 and public.plots().of == 2
    assert public.export(tmp_path / "out.csv") == 2


def test_a_public_server_gives_out_only_so_many_records_at_once(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drr.data.PUBLIC_EXPORT", 1)
    with pytest.raises(NotAllowed, match="at most 1 record"):
        data_of(store, public=True).export(tmp_path / "out.jsonl")
    assert data_of(store, public=True).export(tmp_path / "out.jsonl", {"correct": True}) == 1


def test_a_stale_edit_reaches_the_page_with_both_values(data: Data) -> None:
    data.annotate(ADA, first(data), "verdict", "accept", 0)
    with pytest.raises(StaleEdit) as refused:
        data.annotate(BOB, first(data), "verdict", "reject", 0)
    assert to_dict(refused.value.theirs)["value"] == "accept" and refused.value.mine == "reject"
