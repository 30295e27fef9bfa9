"""The behavior records: added in bulk, each once, and read back as a stream or page by page."""

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from drr.errors import InvalidInput
from drr.store import tables
from drr.store.database import Database
from drr.store.packing import columns_to_steps, pack, record_id, steps_to_columns, storable, unpack
from drr.store.questions import put_questions, question_row, read_question
from drr.types import Attempt, BehaviorRecord

CHUNK = 2_000  # records that are committed together

_records, _contents, _questions = tables.records.c, tables.contents.c, tables.questions.c


@dataclass(frozen=True)
class RecordFilter:
    """Which records. None lets all pass; `retry` is False for first attempts only, True for retries only."""

    reasoner: str | None = None
    source: str | None = None
    question_id: str | None = None
    correct: bool | None = None
    retry: bool | None = None
    score_min: float | None = None
    score_max: float | None = None
    text: str | None = None  # found in what the Reasoner wrote or in the question, in either case

    @classmethod
    def parse(cls, where: str) -> "RecordFilter":
        """Read `correct=true and source=gsm8k`; a comma is as good as `and`.

        Raises:
            InvalidInput: an unknown key, or a value that does not fit its key.
        """
        values: dict[str, Any] = {}
        for part in _BETWEEN_CONDITIONS.split(where.strip()) if where.strip() else ():
            key, equals, value = (piece.strip() for piece in part.partition("="))
            if not equals or key not in _READERS:
                raise InvalidInput(f"{part!r} is not one of these: {', '.join(f'{name}=...' for name in _READERS)}.")
            if key in values:
                raise InvalidInput(f"{key} is given twice.")
            values[key] = _READERS[key](key, value.strip("'\""))
        return cls(**values)


EVERYTHING = RecordFilter()


@dataclass(frozen=True)
class Page:
    """Some records, and where the next page starts; `after` is None at the end."""

    records: tuple[BehaviorRecord, ...]
    after: int | None


class Records:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add_many(self, records: Iterable[BehaviorRecord]) -> int:
        """Keep those that are not known yet, and say how many. Every `CHUNK` records are committed on their own."""
        added = 0
        stream = iter(records)
        while chunk := list(islice(stream, CHUNK)):
            added += self._add_chunk(chunk)
        return added

    def iterate(self, where: RecordFilter = EVERYTHING, batch: int = 1_000) -> Iterator[BehaviorRecord]:
        """All that were there at the start, oldest first; no lock is held between batches."""
        with self._database.reading() as connection:
            last = connection.execute(select(func.max(_records.number))).scalar() or 0
        after: int | None = 0
        while after is not None:
            page = self.page(where, after, batch, last)
            yield from page.records
            after = page.after

    def page(self, where: RecordFilter = EVERYTHING, after: int = 0, limit: int = 50, last: int | None = None) -> Page:
        """The next `limit` records behind `after`, oldest first; none that came later than `last`."""
        query = (
            select(
                _records.number,
                _records.id.label("record_id"),
                _records.question_id.label("id"),
                _records.source,
                _records.reasoner,
                _records.temperature,
                _records.attempt_index,
                _records.answer,
                _records.correct,
                _records.score,
                _records.first_error_step,
                _questions.text,
                _questions.choices,
                _questions.answer_type,
                _questions.gold,
                _contents.content,
            )
            .select_from(_everything_of_a_record())
            .where(_records.number > after, *_conditions(where))
            .order_by(_records.number)
            .limit(limit)
        )
        if last is not None:
            query = query.where(_records.number <= last)
        with self._database.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return Page(tuple(map(_read_record, rows)), rows[-1]["number"] if len(rows) == limit else None)

    def get(self, id: str) -> BehaviorRecord | None:
        with self._database.reading() as connection:
            number = connection.execute(select(_records.number).where(_records.id == id)).scalar()
        return None if number is None else self.page(after=number - 1, limit=1).records[0]

    def count(self, where: RecordFilter = EVERYTHING) -> int:
        query: Select[Any] = select(func.count()).select_from(tables.records)
        if where.text is not None:
            query = select(func.count()).select_from(_everything_of_a_record())
        with self._database.reading() as connection:
            return int(connection.execute(query.where(*_conditions(where))).scalar_one())

    def done(self, reasoner: str) -> set[tuple[str, float, int, int]]:
        """What that Reasoner has been asked already: (`question_key`, temperature, attempt index, depth).

        Depth is the number of rejected attempts before it. Answered from an index alone.
        """
        query = select(_records.question_key, _records.temperature, _records.attempt_index, _records.depth)
        with self._database.reading() as connection:
            rows = connection.execute(query.where(_records.reasoner == storable(reasoner)))
            return {(key, temperature, attempt_index, depth) for key, temperature, attempt_index, depth in rows}

    def _add_chunk(self, chunk: list[BehaviorRecord]) -> int:
        now = time.time()
        questions = [question_row(record.question) for record in chunk]
        rows = [_record_row(record, question, now) for record, question in zip(chunk, questions, strict=True)]
        contents = [_content_row(record, row["id"]) for record, row in zip(chunk, rows, strict=True)]
        with self._database.transaction() as connection:
            put_questions(self._database, connection, questions)
            insert = self._database.insert(tables.records).on_conflict_do_nothing(index_elements=["id"])
            added = connection.execute(insert, rows).rowcount
            if added:
                insert = self._database.insert(tables.contents).on_conflict_do_nothing(index_elements=["id"])
                connection.execute(insert, contents)
        return int(added)


def _everything_of_a_record() -> Any:
    return tables.records.join(tables.questions).join(tables.contents, _contents.id == _records.id)


def _conditions(where: RecordFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if where.reasoner is not None:
        conditions.append(_records.reasoner == where.reasoner)
    if where.source is not None:
        conditions.append(_records.source == where.source)
    if where.question_id is not None:
        conditions.append(or_(_records.question_id == where.question_id, _records.question_key == where.question_id))
    if where.correct is not None:
        conditions.append(_records.correct.is_(where.correct))
    if where.retry is not None:
        conditions.append(_records.depth > 0 if where.retry else _records.depth == 0)
    if where.score_min is not None:
        conditions.append(_records.score >= where.score_min)
    if where.score_max is not None:
        conditions.append(_records.score <= where.score_max)
    if where.text is not None:
        words = storable(where.text)
        found = or_(_contents.text.icontains(words, autoescape=True), _questions.text.icontains(words, autoescape=True))
        conditions.append(found)
    return conditions


def _record_row(record: BehaviorRecord, question: Mapping[str, Any], now: float) -> dict[str, Any]:
    attempt = record.attempt
    return {
        "id": record_id(record, question["key"]),
        "question_key": question["key"],
        "question_id": question["id"],
        "source": question["source"],
        "reasoner": storable(record.reasoner),
        "temperature": attempt.temperature,
        "attempt_index": record.attempt_index,
        "depth": len(record.rejected),
        "answer": None if attempt.answer is None else storable(attempt.answer),
        "correct": record.correct,
        "tokens": attempt.tokens,
        "mean_logprob": attempt.mean_logprob,
        "score": attempt.score,
        "first_error_step": record.first_error_step,
        "created": now,
    }


def _content_row(record: BehaviorRecord, id: str) -> dict[str, Any]:
    attempt = record.attempt
    content = {
        **steps_to_columns(attempt.steps),
        "rejected": record.rejected,
        "finish": attempt.finish,
        "verdict": attempt.verdict,
        "seconds": attempt.seconds,
    }
    return {"id": id, "text": storable(attempt.text), "content": pack(content)}


def _read_record(row: Mapping[Any, Any]) -> BehaviorRecord:
    content = unpack(row["content"])
    attempt = Attempt(
        steps=columns_to_steps(content),
        answer=row["answer"],
        finish=content["finish"],
        score=row["score"],
        verdict=content["verdict"],
        temperature=row["temperature"],
        seconds=content["seconds"],
    )
    return BehaviorRecord(
        question=read_question(row),
        reasoner=row["reasoner"],
        attempt_index=row["attempt_index"],
        attempt=attempt,
        correct=row["correct"],
        rejected=tuple(content["rejected"]),
        first_error_step=row["first_error_step"],
        id=row["record_id"],
    )


# --- the words of --where ---------------------------------------------------------------------------------------------

_BETWEEN_CONDITIONS = re.compile(r"\s*(?:,|\s(?:and|AND)\s)\s*(?=\w+\s*=)")
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _text(_: str, value: str) -> str:
    return value


def _truth(key: str, value: str) -> bool:
    if value.casefold() not in _TRUTH:
        raise InvalidInput(f"{key} is true or false, not {value!r}.")
    return _TRUTH[value.casefold()]


def _number(key: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise InvalidInput(f"{key} is a number, not {value!r}.") from None


_READERS = {
    field.name: _truth if "bool" in str(field.type) else _number if "float" in str(field.type) else _text
    for field in fields(RecordFilter)
}
