"""Imports, each of which can be undone as long as nobody has built on its records."""

import time
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update

from drr.errors import InvalidInput
from drr.store import search, tables
from drr.store.database import Database
from drr.store.packing import storable

_CHUNK = 1_000

_batches, _records, _frozen, _met = tables.batches.c, tables.records.c, tables.snapshot_records.c, tables.met.c


@dataclass(frozen=True)
class Batch:
    """One import: how many records it added, were known already and could not be read; when it was undone, if so."""

    number: int
    name: str
    author: str
    created: float
    added: int
    duplicates: int
    bad: int
    undone: float | None


@dataclass(frozen=True)
class UndoneImport:
    """What became of an import's records; `kept` are those that somebody has annotated or frozen, or that another
    import brought too.
    """

    removed: int
    kept: int


class Batches:
    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, name: str, author: str) -> int:
        """Note that an import begins; its number."""
        row = {"name": storable(name), "author": storable(author), "created": time.time()}
        with self._database.transaction() as connection:
            key = connection.execute(
                tables.batches.insert(), row | {"added": 0, "duplicates": 0, "bad": 0}
            ).inserted_primary_key
        assert key is not None
        return int(key[0])

    def count(self, number: int, added: int, duplicates: int, bad: int) -> None:
        """Note how far it has come."""
        counts = {"added": added, "duplicates": duplicates, "bad": bad}
        with self._database.transaction() as connection:
            connection.execute(update(tables.batches).where(_batches.number == number).values(counts))

    def list(self) -> tuple[Batch, ...]:
        """The latest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(tables.batches).order_by(_batches.number.desc())).mappings()
            return tuple(Batch(**row) for row in rows)

    def undo(self, number: int) -> UndoneImport:
        """Remove what the import added, but for records that somebody has annotated or frozen in a snapshot. Those that
        another import brought too are that one's from now on.

        Raises:
            InvalidInput: there is no such import, or it is undone already.
        """
        questions = tables.questions
        with self._database.transaction(durable=True) as connection:
            row = connection.execute(select(_batches.undone).where(_batches.number == number)).first()
            if row is None or row[0] is not None:
                raise InvalidInput("There is no such import, or it is undone already.")
            connection.execute(delete(tables.met).where(_met.batch == number))
            heir = select(func.min(_met.batch)).where(_met.record == _records.number).scalar_subquery()
            inherited = update(tables.records).where(_records.batch == number, heir.is_not(None)).values(batch=heir)
            passed_on = connection.execute(inherited).rowcount
            free = select(_records.number, _records.question_key).where(
                _records.batch == number,
                _records.version == 0,
                ~select(_frozen.record).where(_frozen.record == _records.number).exists(),
            )
            doomed = connection.execute(free).all()
            for start in range(0, len(doomed), _CHUNK):
                numbers, keys = map(list, zip(*doomed[start : start + _CHUNK], strict=True))
                if connection.dialect.name == "sqlite":
                    search.forget(connection, numbers)
                connection.execute(delete(tables.leases).where(tables.leases.c.record.in_(numbers)))
                connection.execute(delete(tables.contents).where(tables.contents.c.record.in_(numbers)))
                connection.execute(delete(tables.records).where(_records.number.in_(numbers)))
                used = select(_records.number).where(_records.question_key == questions.c.key)
                connection.execute(delete(questions).where(questions.c.key.in_(set(keys)), ~used.exists()))
            kept = select(func.count()).select_from(tables.records).where(_records.batch == number)
            left = connection.execute(kept).scalar_one()
            connection.execute(update(tables.batches).where(_batches.number == number).values(undone=time.time()))
            connection.execute(tables.note_change)
        return UndoneImport(len(doomed), left + passed_on)
