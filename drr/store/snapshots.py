"""Dataset snapshots: records and their effective labels as they were, under a name and a hash, never changed again."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Select, case, func, insert, literal, or_, select, update

from drr.annotations import ACCEPT, NONE, REJECT, automatic_verdict, check_name, labels_of
from drr.errors import InvalidData, InvalidInput
from drr.store import tables
from drr.store.browsing import Browsing
from drr.store.database import Database
from drr.store.events import events_on
from drr.store.filters import EVERYTHING, RecordFilter
from drr.store.packing import storable
from drr.store.records import Records
from drr.types import BehaviorRecord

EXAMPLES = 20
_CHUNK = 1_000

_snapshots, _frozen, _records = tables.snapshots.c, tables.snapshot_records.c, tables.records.c


@dataclass(frozen=True)
class Snapshot:
    """`where` is the filter that it was made with; `accept` and `reject` count its effective labels.

    `hash` is the SHA-256 of a line for each record, in the order of their ids: id, verdict, first wrong step.
    """

    name: str
    hash: str
    where: Mapping[str, Any]
    author: str
    note: str
    records: int
    accept: int
    reject: int
    created: float


@dataclass(frozen=True)
class Relabelled:
    """A record's verdict and first wrong step (see `Labels.first_error`), before and after."""

    record_id: str
    before: str
    after: str
    error_before: int | None
    error_after: int | None


@dataclass(frozen=True)
class Comparison:
    """What changed from one snapshot to another: how many records, and the ids of the first of them."""

    before: str
    after: str
    added: int
    removed: int
    relabelled: int
    added_ids: tuple[str, ...]
    removed_ids: tuple[str, ...]
    relabelled_examples: tuple[Relabelled, ...]


class Snapshots:
    def __init__(self, database: Database, browsing: Browsing, records: Records) -> None:
        self._database = database
        self._browsing = browsing
        self._records = records

    def freeze(self, name: str, where: RecordFilter = EVERYTHING, author: str = "", note: str = "") -> Snapshot:
        """Keep all records that pass, with the labels that they have now.

        Raises:
            InvalidInput: the name is taken, or no record passes.
        """
        name = check_name(storable(name), "A snapshot's name")
        row = {
            "name": name, "hash": "", "query": json.dumps(where.to_json(), ensure_ascii=False, sort_keys=True),
            "author": storable(author), "note": storable(note), "records": 0, "accept": 0, "reject": 0,
            "created": time.time(),
        }  # fmt: skip
        with self._database.transaction(durable=True) as connection:
            if connection.execute(select(_snapshots.number).where(_snapshots.name == name)).first():
                raise InvalidInput(
                    f"There is a snapshot {name} already, and it cannot be changed. Choose another name."
                )
            key = connection.execute(tables.snapshots.insert(), row).inserted_primary_key
            assert key is not None
            number = int(key[0])
            connection.execute(_insert_labels(number, self._browsing.passing(where)))
            _relabel_annotated(connection, number)
            tally = select(_frozen.verdict, func.count()).where(_frozen.snapshot == number).group_by(_frozen.verdict)
            counts: dict[str, int] = {verdict: count for verdict, count in connection.execute(tally)}
            if not counts:
                raise InvalidInput("No record passes the filter, so there is nothing to freeze. Make it wider.")
            row |= {"hash": _hash(connection, number), "records": sum(counts.values())}
            row |= {verdict: counts.get(verdict, 0) for verdict in (ACCEPT, REJECT)}
            connection.execute(update(tables.snapshots).where(_snapshots.number == number).values(row))
        return self.get(name)

    def list(self) -> tuple[Snapshot, ...]:
        """The latest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(tables.snapshots).order_by(_snapshots.number.desc())).mappings()
            return tuple(map(_read, rows))

    def get(self, name: str) -> Snapshot:
        """Raises InvalidInput where there is none."""
        with self._database.reading() as connection:
            return _read(_row(connection, name))

    def records(self, name: str) -> Iterator[BehaviorRecord]:
        """The records with their frozen labels as `correct` and `first_error_step`, in order of arrival.

        Raises:
            InvalidInput: there is no such snapshot.
            InvalidData: it is not what was frozen: somebody has changed the database by other means.
        """
        with self._database.reading() as connection:
            row = _row(connection, name)
            if _hash(connection, row["number"]) != row["hash"]:
                raise InvalidData(f"Snapshot {name} is not as it was frozen: its hash differs. Do not train on it.")
        labels = select(_frozen.record, _frozen.verdict, _frozen.first_error_step)
        labels = labels.where(_frozen.snapshot == row["number"]).order_by(_frozen.record).limit(_CHUNK)
        last = 0
        while True:
            with self._database.reading() as connection:
                chunk = connection.execute(labels.where(_frozen.record > last)).all()
            if not chunk:
                return
            records = self._records.by_number([number for number, _, _ in chunk])
            for (_, verdict, first_error), record in zip(chunk, records, strict=True):
                correct = None if verdict == NONE else verdict == ACCEPT
                yield replace(record, correct=correct, first_error_step=first_error)
            last = chunk[-1][0]

    def compare(self, before: str, after: str) -> Comparison:
        """Which records came, went or have another label: another verdict or another first wrong step.

        Raises:
            InvalidInput: one of them is not there.
        """
        with self._database.reading() as connection:
            old, new = _row(connection, before)["number"], _row(connection, after)["number"]
            added, added_ids = _only_in(connection, new, old)
            removed, removed_ids = _only_in(connection, old, new)
            was, now = tables.snapshot_records.alias("was"), tables.snapshot_records.alias("now")
            changed = (
                select(_records.id, was.c.verdict, now.c.verdict, was.c.first_error_step, now.c.first_error_step)
                .select_from(
                    was.join(now, was.c.record == now.c.record).join(tables.records, _records.number == was.c.record)
                )
                .where(was.c.snapshot == old, now.c.snapshot == new)
                .where(
                    or_(
                        was.c.verdict != now.c.verdict,
                        was.c.first_error_step.is_distinct_from(now.c.first_error_step),
                    )
                )
            )
            relabelled = connection.execute(select(func.count()).select_from(changed.subquery())).scalar_one()
            examples = connection.execute(changed.order_by(was.c.record).limit(EXAMPLES)).all()
        return Comparison(
            before, after, added, removed, relabelled, added_ids, removed_ids,
            tuple(Relabelled(*example) for example in examples),
        )  # fmt: skip


def _insert_labels(snapshot: int, passing: Select[Any]) -> Any:
    """Freeze what stands in the records' own columns."""
    automatic = case((_records.correct.is_(True), ACCEPT), (_records.correct.is_(False), REJECT), else_=NONE)
    basis = case((_records.human.is_not(None), "human"), (_records.correct.is_(None), "none"), else_="automatic")
    labels = passing.add_columns(
        literal(snapshot), func.coalesce(_records.human, automatic), basis, _records.first_error_step
    )
    return insert(tables.snapshot_records).from_select(
        ["record", "snapshot", "verdict", "basis", "first_error_step"], labels
    )


def _relabel_annotated(connection: Connection, snapshot: int) -> None:
    """Freeze what only the events tell: who settled a verdict, and which step is the first wrong one."""
    annotated = select(_records.number, _records.correct).join(
        tables.snapshot_records, _frozen.record == _records.number
    )
    annotated = (
        annotated.where(_frozen.snapshot == snapshot, _records.version > 0).order_by(_records.number).limit(_CHUNK)
    )
    last = 0
    while chunk := connection.execute(annotated.where(_records.number > last)).all():
        events = events_on(connection, [number for number, _ in chunk])
        for number, correct in chunk:
            labels = labels_of(events.get(number, []), automatic_verdict(correct))
            values: dict[str, Any] = {"basis": labels.basis}
            if labels.first_error is not None:
                values["first_error_step"] = labels.first_error
            change = update(tables.snapshot_records).where(_frozen.snapshot == snapshot, _frozen.record == number)
            connection.execute(change.values(values))
        last = chunk[-1][0]


def _hash(connection: Connection, snapshot: int) -> str:
    query = (
        select(_records.id, _frozen.verdict, _frozen.first_error_step)
        .join(tables.records, _records.number == _frozen.record)
        .where(_frozen.snapshot == snapshot)
        .order_by(_records.id)
    )
    digest = sha256()
    for id, verdict, first_error in connection.execute(query):
        digest.update(f"{id} {verdict} {'' if first_error is None else first_error}\n".encode())
    return digest.hexdigest()


def _row(connection: Connection, name: str) -> Mapping[Any, Any]:
    row = connection.execute(select(tables.snapshots).where(_snapshots.name == storable(name))).mappings().first()
    if row is None:
        raise InvalidInput(f"There is no snapshot {name}. Freeze one from a filter first.")
    return row


def _read(row: Mapping[Any, Any]) -> Snapshot:
    return Snapshot(
        name=row["name"],
        hash=row["hash"],
        where=json.loads(row["query"]),
        author=row["author"],
        note=row["note"],
        records=row["records"],
        accept=row["accept"],
        reject=row["reject"],
        created=row["created"],
    )


def _only_in(connection: Connection, one: int, other: int) -> tuple[int, tuple[str, ...]]:
    """How many records only the one snapshot has, and the first ids."""
    elsewhere = select(_frozen.record).where(_frozen.snapshot == other)
    query = (
        select(_records.id)
        .join(tables.snapshot_records, _frozen.record == _records.number)
        .where(_frozen.snapshot == one, _frozen.record.not_in(elsewhere))
    )
    count = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    return count, tuple(connection.execute(query.order_by(_records.number).limit(EXAMPLES)).scalars())
