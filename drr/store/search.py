"""Full-text search over what the questions ask and what the Reasoner wrote: FTS5 on SQLite, LIKE elsewhere.

The FTS5 table keeps no text of its own (`content=''`), only where each word stands; its rowid is a record's number.
"""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnClause, ColumnElement, Connection, and_, bindparam, column, exc, or_, select, table, text

from drr.errors import InvalidInput
from drr.store import tables
from drr.store.packing import storable

FOUND: ColumnClause[Any] = column("rowid")  # the records' numbers in `TABLE`
TABLE = table("search", FOUND, column("search"))
GATHERED = 16 * 2**20  # bytes of what was added, held until they are written
MOST_WORDS = 60  # FTS5 nests what is joined by AND, and refuses what nests too deep
_WORD = re.compile(r"[^\W_]")
_JOINED = (
    "records JOIN questions ON questions.key = records.question_key "
    "JOIN contents ON contents.record = records.number WHERE "
)


def create(connection: Connection) -> None:
    """Make the empty index."""
    options = "content='', tokenize='unicode61 remove_diacritics 2'"
    connection.execute(text(f"CREATE VIRTUAL TABLE search USING fts5(question, attempt, {options})"))


def gather_more(connection: Connection) -> None:
    """Have what is added together merged into the index in large parts, which is less work."""
    connection.execute(text(f"INSERT INTO search (search, rank) VALUES ('hashsize', {GATHERED})"))


def index(connection: Connection, rows: list[tuple[int, str, str]]) -> None:
    """Take in records: number, what is asked, what the Reasoner wrote."""
    # row by row: before a statement that takes many from a SELECT, FTS5 writes out what it has gathered
    connection.exec_driver_sql("INSERT INTO search (rowid, question, attempt) VALUES (?, ?, ?)", rows)


def forget(connection: Connection, numbers: Sequence[int]) -> None:
    """Leave out these records, which must still be there."""
    rows = f"SELECT 'delete', records.number, questions.text, contents.text FROM {_JOINED} records.number IN :numbers"
    statement = text(f"INSERT INTO search (search, rowid, question, attempt) {rows}")
    connection.execute(statement.bindparams(bindparam("numbers", expanding=True)), {"numbers": list(numbers)})


def words_of(typed: str) -> list[str]:
    """The parts of what was typed that have something to look for (letters, digits or both), the first `MOST_WORDS`."""
    return [word for word in storable(typed).split() if _WORD.search(word)][:MOST_WORDS]


def is_indexed(dialect: str, typed: str, advanced: bool) -> bool:
    """Whether the index is asked: only SQLite has one, and without any word there is nothing to find."""
    return dialect == "sqlite" and (advanced or bool(words_of(typed)))


def matching(typed: str, advanced: bool) -> ColumnElement[bool]:
    """The condition on `TABLE`: every word must occur, or, `advanced`, what the FTS5 expression says."""
    quoted = " ".join('"{}"'.format(word.replace('"', '""')) for word in words_of(typed))
    return column("search").op("MATCH")(storable(typed) if advanced else quoted)


def reading(typed: str) -> ColumnElement[bool]:
    """The condition on `records` without the index: every part of what was typed occurs, in either case."""
    records, questions, contents = tables.records.c, tables.questions.c, tables.contents.c
    return and_(
        *(
            or_(
                records.number.in_(select(contents.record).where(contents.text.icontains(part, autoescape=True))),
                records.question_key.in_(select(questions.key).where(questions.text.icontains(part, autoescape=True))),
            )
            for part in storable(typed).split()[:MOST_WORDS]
        )
    )


def check(connection: Connection, typed: str) -> None:
    """Raise InvalidInput for an expression that FTS5 does not understand."""
    try:
        connection.execute(select(FOUND).select_from(TABLE).where(matching(typed, True)).limit(1)).all()
    except exc.OperationalError as error:
        raise InvalidInput(
            f"This search cannot be read ({error.orig}). Put what is meant literally between double quotes, or search "
            "for plain words."
        ) from error
