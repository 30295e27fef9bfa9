"""Opening a store: new, earlier, newer, damaged, locked, read-only and full."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from drr.annotations import STOPS, Kind
from drr.errors import OutOfSpace, StoreUnavailable
from drr.store import RecordFilter, Store, migrations, tables
from tests.store.examples import record, trace

ROOT = Path(__file__).parents[2]
VERSION_1 = Path(__file__).parent / "version-1.sql"
VERSION_2 = Path(__file__).parent / "version-2.sql"
VERSION_3 = Path(__file__).parent / "version-3.sql"
VERSION_4 = Path(__file__).parent / "version-4.sql"


@contextmanager
def plain(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def on_every_connection(store: Store, pragma: str) -> None:
    engine = store._database.engine
    engine.dispose()
    event.listen(engine, "connect", lambda connection, _: connection.execute(pragma))


def test_a_new_file_is_made_with_its_folder_in_wal_mode_with_foreign_keys(tmp_path: Path) -> None:
    path = tmp_path / "data" / "new" / "drr.db"
    with Store.open(path) as store, store._database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert store.counts() == {"questions": 0, "records": 0, "traces": 0, "checkpoints": 0}
        assert store.notices == ()


def test_a_url_opens_the_same_file_as_its_path(tmp_path: Path) -> None:
    with Store.open(tmp_path / "drr.db") as store:
        store.records.add_many([record()])
    with Store.open(f"sqlite:///{tmp_path / 'drr.db'}") as store:
        assert store.records.count() == 1


@pytest.mark.parametrize("durable, level", [(False, 1), (True, 2)])
def test_only_a_durable_transaction_waits_for_the_disk(store: Store, durable: bool, level: int) -> None:
    with store._database.transaction(durable) as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == level


def test_the_migrations_make_the_tables_that_the_queries_expect(store: Store) -> None:
    found = inspect(store._database.engine)
    for table in tables.metadata.sorted_tables:
        columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
        expected = {column.name: bool(column.nullable) for column in table.columns}
        assert columns | {"number": False} == expected | {"number": False}, table.name
    made = {name for name in found.get_table_names() if name.partition("_")[0] != "search"}  # of the full-text index
    assert made == set(tables.metadata.tables)


def test_the_tables_can_be_spelled_for_postgresql() -> None:
    for table in tables.metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=postgresql.dialect()))


def test_a_populated_file_of_version_1_opens_with_all_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with plain(path) as connection:
        connection.executescript(VERSION_1.read_text())
    with Store.open(path) as store:
        assert store.counts() == {"questions": 1, "records": 2, "traces": 1, "checkpoints": 1}
        first, retry = store.records.iterate()
        assert first.question.text == retry.question.text and retry.rejected == (first.attempt.text,)
        assert store.traces.recent()[0].outcome.answer == "33"
        current = store.checkpoints.current()
        assert current is not None and current.name == "dm-1"


def test_a_populated_file_of_version_1_can_be_browsed_searched_and_annotated(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with plain(path) as connection:
        connection.executescript(VERSION_1.read_text())
    with Store.open(path) as store:
        for where in ("text=apples", "source=gsm_symbolic", "source=gsm_symbolic:12", "human=none", "flagged=false"):
            assert len(store.browsing.browse(RecordFilter.parse(where)).rows) == 2, where
        row = store.browsing.browse(sort="source").rows[0]
        assert store.annotations.add(row.id, Kind.VERDICT, "reject", "ada", row.version).verdict == "reject"
        assert store.browsing.facets().facets["source"][0].value == "gsm_symbolic"


def test_a_populated_file_of_version_2_opens_with_all_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with plain(path) as connection:
        connection.executescript(VERSION_2.read_text())
    with Store.open(path) as store:
        assert store.counts() == {"questions": 1, "records": 2, "traces": 1, "checkpoints": 1}
        first, second = store.browsing.browse(RecordFilter(text="apples")).rows
        assert [event.kind for event in store.annotations.history(first.id)] == ["verdict", "tag", "undo"]
        assert (first.human, first.tags, first.version) == ("reject", (), 4)
        assert store.annotations.labels(second.id).first_error == 1
        assert (second.score, second.dm) == (0.25, "dm-1")
        assert [one.correct for one in store.snapshots.records("first")] == [False, False]
        assert store.views.list()[0].query == {"where": {"correct": True}}
        assert (store.batches.list()[0].duplicates, store.queues.release("eve")) == (2, 1)
        assert store.annotations.redo("ada").label == "tag units"


def test_a_populated_file_of_version_3_opens_with_all_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with plain(path) as connection:
        connection.executescript(VERSION_3.read_text())
    with Store.open(path) as store:
        assert store.counts() == {"questions": 1, "records": 2, "traces": 1, "checkpoints": 1}
        first, second = store.browsing.browse(RecordFilter(text="apples")).rows
        assert [event.kind for event in store.annotations.history(first.id)] == ["verdict", "tag", "undo"]
        assert [one.attempt.text for one in store.records.iterate()] == ["12+21=33\nAnswer: 33", "12+21=33\nAnswer: 35"]
        assert [one.trace for one in store.records.iterate()] == ["", ""]
        assert store.annotations.labels(second.id).first_error == 1
        current = store.checkpoints.current()
        assert current is not None and (store.jobs.get("a-job").step, current.name) == (20, "dm-1")
        assert store.batches.undo(1).kept == 2


def test_a_populated_file_of_version_4_opens_with_all_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with plain(path) as connection:
        connection.executescript(VERSION_4.read_text())
    with Store.open(path) as store:
        assert store.counts() == {"questions": 1, "records": 2, "traces": 1, "checkpoints": 1}
        first, second = store.browsing.browse(RecordFilter(text="apples")).rows
        assert [len(store.annotations.history(row.id)) for row in (first, second)] == [6, 3]
        assert [one.attempt.text for one in store.records.iterate()] == ["12+21=33\nAnswer: 33", "12+21=33\nAnswer: 35"]
        assert store.annotations.labels(second.id).first_error == 1
        found = {stop: store.browsing.browse(RecordFilter(stop=stop)).rows for stop in STOPS}
        assert found == {"here": (second,), "too_early": (), "too_late": (first, second), "abstain": ()}


@pytest.mark.parametrize("earlier", [VERSION_2, VERSION_3], ids=lambda path: path.stem)
def test_the_stop_point_labels_of_an_earlier_file_can_be_filtered_by(tmp_path: Path, earlier: Path) -> None:
    path = tmp_path / "old.db"
    with plain(path) as connection:
        connection.executescript(earlier.read_text())
        said = [("ada", '{"label": "too_early", "step": null}'), ("eve", '{"label": "here", "step": 0}')]
        connection.executemany("INSERT INTO opinions VALUES (1, 'stop', ?, ?)", said)
    with Store.open(path) as store:
        assert [store.records.count(RecordFilter(stop=stop)) for stop in STOPS] == [1, 1, 0, 0]
        assert {value.value for value in store.browsing.facets().facets["stop"]} == {"here", "too_early"}


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(tmp_path / "drr.db") as store:
        store.records.add_many([record()])

    def breaks_off(connection: Any) -> None:
        connection.exec_driver_sql("CREATE TABLE half_done (x TEXT)")
        raise RuntimeError("cut short")

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, breaks_off))
        patch.setattr(migrations, "LATEST", migrations.LATEST + 1)
        with pytest.raises(RuntimeError):
            Store.open(tmp_path / "drr.db")
    with Store.open(tmp_path / "drr.db") as store:
        assert store.records.count() == 1
        assert "half_done" not in inspect(store._database.engine).get_table_names()


def test_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "drr.db"
    Store.open(path).close()
    with plain(path) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    with pytest.raises(StoreUnavailable, match=r"version 99.*Update the program"):
        Store.open(path)
    assert [file.name for file in tmp_path.iterdir() if "corrupt" in file.name] == []


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    with plain(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE things (x)")
    with pytest.raises(StoreUnavailable, match="another program"):
        Store.open(tmp_path / "other.db")


def test_a_damaged_file_is_kept_aside_and_a_new_one_opened(tmp_path: Path) -> None:
    path = tmp_path / "drr.db"
    path.write_bytes(b"this was a database once" * 500)
    with Store.open(path) as store:
        store.records.add_many([record()])
        (notice,) = store.notices
    (aside,) = tmp_path.glob("drr.db.corrupt-*")
    assert aside.name in notice
    assert aside.read_bytes() == b"this was a database once" * 500
    with Store.open(path) as store:
        assert store.records.count() == 1 and store.notices == ()


def test_damage_in_the_middle_is_found_too(tmp_path: Path) -> None:
    path = tmp_path / "drr.db"
    with Store.open(path) as store:
        store.records.add_many(record(i) for i in range(500))
    whole = path.read_bytes()
    path.write_bytes(whole[:20_000] + b"\xff" * 20_000 + whole[40_000:])
    with Store.open(path) as store:
        assert store.records.count() == 0 and len(store.notices) == 1


def test_a_file_that_never_was_a_database_is_not_moved(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my notes " * 1000)
    with pytest.raises(StoreUnavailable, match="not a database"):
        Store.open(path)
    assert path.read_text() == "my notes " * 1000


@pytest.mark.parametrize("name", [":memory:", "sqlite://", "nonsense://x", ""])
def test_what_is_no_place_for_a_database_is_refused(name: str) -> None:
    with pytest.raises(StoreUnavailable):
        Store.open(name)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="folder"):
        Store.open(tmp_path)


def test_a_locked_database_says_so_and_nothing_is_half_written(tmp_path: Path) -> None:
    path = tmp_path / "drr.db"
    with Store.open(path, wait_seconds=0.1) as store, plain(path) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked by another program"):
            store.traces.save(trace())
        assert store.traces.recent() == []
        other.execute("ROLLBACK")
        store.traces.save(trace())
        assert store.traces.count() == 1


def test_a_read_only_database_can_be_read_and_says_why_it_cannot_be_written(store: Store) -> None:
    store.records.add_many([record()])
    on_every_connection(store, "PRAGMA query_only=ON")
    with pytest.raises(StoreUnavailable, match="writable"):
        store.records.add_many([record(1)])
    assert store.records.count() == 1


def test_a_full_disk_keeps_what_was_saved_before(store: Store) -> None:
    store.records.add_many([record()])
    with store._database.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    on_every_connection(store, f"PRAGMA max_page_count={pages + 30}")
    with pytest.raises(OutOfSpace, match="Free some"):
        store.records.add_many(record(i) for i in range(1, 5_000))
    assert store.records.count() == 1
    store.checkpoints.add("small", "models/small", {})


def test_what_fails_in_a_transaction_is_undone_as_a_whole(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.records.add_many([record()])
        store.traces.save(trace())
        assert store.records.count() == 1
        raise ZeroDivisionError
    assert store.counts() == {"questions": 0, "records": 0, "traces": 0, "checkpoints": 0}


def test_a_new_file_can_be_opened_by_several_processes_at_once(tmp_path: Path) -> None:
    code = f"from drr.store import Store; Store.open({str(tmp_path / 'drr.db')!r}).close()"
    processes = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, cwd=ROOT) for _ in range(3)]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()
