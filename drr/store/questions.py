"""The questions that were asked, each once."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from drr.store import tables
from drr.store.database import Database
from drr.store.packing import question_key, storable
from drr.types import Question


class QuestionRow(NamedTuple):
    """A question as its row in the table."""

    key: str
    id: str
    text: str
    choices: str | None
    answer_type: str
    gold: str | None
    source: str


class Questions:
    def __init__(self, database: Database) -> None:
        self._database = database

    def upsert(self, question: Question) -> Question:
        """Keep a question; one that is known stays as it is, but learns its gold answer. Returned as it is kept."""
        with self._database.transaction() as connection:
            put_questions(self._database, connection, [question_row(question)])
            kept = self.get(question_key(question))
        assert kept is not None
        return kept

    def get(self, key: str) -> Question | None:
        """The question with that `question_key`."""
        with self._database.reading() as connection:
            row = connection.execute(select(tables.questions).where(tables.questions.c.key == key)).mappings().first()
        return None if row is None else read_question(row)

    def count(self) -> int:
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(tables.questions)).scalar_one()


def question_row(question: Question) -> QuestionRow:
    key = question_key(question)
    choices = None if question.choices is None else json.dumps(dict(question.choices), ensure_ascii=False)
    return QuestionRow(
        key=key,
        id=storable(question.id) or key,
        text=storable(question.text),
        choices=None if choices is None else storable(choices),
        answer_type=question.answer_type,
        gold=None if question.gold is None else storable(question.gold),
        source=storable(question.source),
    )


def put_questions(database: Database, connection: Connection, rows: Iterable[QuestionRow]) -> None:
    unique = {row.key: row for row in rows}
    learn = "(key) DO UPDATE SET gold = excluded.gold WHERE questions.gold IS NULL AND excluded.gold IS NOT NULL"
    database.insert_many(connection, tables.questions, QuestionRow._fields, list(unique.values()), learn)


def read_question(row: Mapping[Any, Any]) -> Question:
    choices = row["choices"]
    return Question(
        text=row["text"],
        answer_type=row["answer_type"],
        gold=row["gold"],
        choices=None if choices is None else json.loads(choices),
        source=row["source"],
        id=row["id"],
    )
