"""The behavior records: added in bulk, each once, and read back as a stream or page by page."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, literal, select, update

from drr.annotations import automatic_verdict, labels_of
from drr.store import search, tables
from drr.store.database import Database
from drr.store.events import events_on
from drr.store.filters import EVERYTHING, RecordFilter, conditions
from drr.store.packing import (
    columns_to_steps,
    labels_to_columns,
    pack,
    record_id,
    steps_to_columns,
    storable,
    unpack,
)
from drr.store.questions import QuestionRow, put_questions, question_row, read_question
from drr.types import Attempt, BehaviorRecord, Question

CHUNK = 2_000  # records that are committed together

_records, _contents, _questions = tables.records.c, tables.contents.c, tables.questions.c


class _RecordRow(NamedTuple):
    """What a record brings for its row in the table."""

    id: str
    question_key: str
    question_id: str
    source: str
    family: str
    trace: str | None
    reasoner: str
    temperature: float
    attempt_index: int
    depth: int
    answer: str | None
    correct: bool | None
    tokens: int
    mean_logprob: float | None
    score: float | None
    dm: str | None
    first_error_step: int | None


class Prepared(NamedTuple):
    """A record as the rows that it will be, which can be made in another process."""

    question: QuestionRow
    record: _RecordRow
    text: str
    content: bytes


def prepare(records: Iterable[BehaviorRecord]) -> list[Prepared]:
    made: list[Prepared] = []
    question: Question | None = None
    for record in records:
        if record.question != question:  # attempts on a question mostly come together
            question, asked = record.question, question_row(record.question)
        made.append(_prepared(record, asked))
    return made


@dataclass(frozen=True)
class Page:
    """Some records, and where the next page starts; `after` is None at the end."""

    records: tuple[BehaviorRecord, ...]
    after: int | None


class Records:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._dialect = database.engine.dialect.name

    def add_many(self, records: Iterable[BehaviorRecord], batch: int | None = None) -> int:
        """Keep those that are not known yet, and say how many. Every `CHUNK` records are committed on their own.

        `batch` is the import that they come from.
        """
        added = 0
        stream = iter(records)
        while chunk := list(islice(stream, CHUNK)):
            added += self.add(prepare(chunk), batch)
        return added

    def add(self, records: Sequence[Prepared], batch: int | None = None) -> int:
        """Keep those that are not known yet, together, and say how many."""
        if not records:
            return 0
        now = time.time()
        rows = [(*one.record, now, batch) for one in records]
        by_id = {one.record.id: one for one in reversed(records)}  # of two with one id, the first is kept
        insert = self._database.insert_many
        with self._database.transaction() as connection:
            before = connection.execute(select(func.max(_records.number))).scalar() or 0
            put_questions(self._database, connection, (one.question for one in records))
            insert(connection, tables.records, (*_RecordRow._fields, "created", "batch"), rows, "(id) DO NOTHING")
            later = connection.execute(select(_records.number, _records.id).where(_records.number > before)).all()
            new = [(number, by_id[id]) for number, id in later if id in by_id]
            if new:
                contents = [(number, one.text, one.content) for number, one in new]
                insert(connection, tables.contents, ("record", "text", "content"), contents, "(record) DO NOTHING")
                if self._dialect == "sqlite":
                    search.index(connection, [(number, one.question.text, one.text) for number, one in new])
            if len(new) < len(rows):
                self._meet(connection, records, batch)
            connection.execute(tables.note_change)
        return len(new)

    def set_scores(self, dm: str, scores: Iterable[tuple[str, Sequence[float]]]) -> int:
        """Keep what `dm` says of stored attempts: (record id, its score after each kept step); how many are kept.

        The last is the attempt's score. It replaces an earlier one. Unknown records and empty attempts are left out.
        """
        kept = 0
        stream = iter(scores)
        while chunk := dict(islice(stream, CHUNK)):
            kept += self._score_chunk(dm, {id: values for id, values in chunk.items() if len(values)})
        return kept

    def iterate(self, where: RecordFilter = EVERYTHING, batch: int = 1_000) -> Iterator[BehaviorRecord]:
        """All that were there at the start, oldest first; no lock is held between batches."""
        return (_read_record(row._mapping) for rows in self._batches(where, batch) for row in rows)

    def lines(
        self, where: RecordFilter = EVERYTHING, batch: int = 1_000, *, labels: bool = False
    ) -> Iterator[dict[str, Any]]:
        """The same, as the lines of an exchange file: straight from the columns, with no noun in between.

        `labels`: with `record_id`, and what people and all together say (`LABEL_COLUMNS`).
        """
        unsaid = {
            correct: labels_to_columns(labels_of([], automatic_verdict(correct))) for correct in (True, False, None)
        }
        for rows in self._batches(where, batch):
            said = self._said(rows) if labels else {}
            for row in rows:
                line = _line(row)
                if labels:
                    line |= {"record_id": row.record_id, **said.get(row.number, unsaid[row.correct])}
                yield line

    def page(self, where: RecordFilter = EVERYTHING, after: int = 0, limit: int = 50) -> Page:
        """The next `limit` records behind `after`, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(self._page(where, after, limit)).mappings().all()
        return Page(tuple(map(_read_record, rows)), rows[-1]["number"] if len(rows) == limit else None)

    def _page(self, where: RecordFilter, after: int, limit: int) -> Select[Any]:
        query = _whole().where(_records.number > after, *conditions(where, self._dialect))
        return query.order_by(_records.number).limit(limit)

    def _said(self, rows: Sequence[Any]) -> dict[int, dict[str, Any]]:
        """What people say of those of the records that they have said anything of."""
        correct = {row.number: row.correct for row in rows if row.version}
        if not correct:
            return {}
        with self._database.reading() as connection:
            events = events_on(connection, list(correct))
        return {
            number: labels_to_columns(labels_of(on_it, automatic_verdict(correct[number])))
            for number, on_it in events.items()
        }

    def _batches(self, where: RecordFilter, batch: int) -> Iterator[Sequence[Any]]:
        with self._database.reading() as connection:
            last = connection.execute(select(func.max(_records.number))).scalar() or 0
        after = 0
        while True:
            with self._database.reading() as connection:
                query = self._page(where, after, batch).where(_records.number <= last)
                rows = connection.execute(query).all()
            yield rows
            if len(rows) < batch:
                return
            after = rows[-1].number

    def get(self, id: str) -> BehaviorRecord | None:
        with self._database.reading() as connection:
            row = connection.execute(_whole().where(_records.id == id)).mappings().first()
        return None if row is None else _read_record(row)

    def by_number(self, numbers: Sequence[int]) -> list[BehaviorRecord]:
        """The records with these numbers, in the order of the numbers."""
        query = _whole().where(_records.number.in_(numbers)).order_by(_records.number)
        with self._database.reading() as connection:
            return [_read_record(row) for row in connection.execute(query).mappings()]

    def count(self, where: RecordFilter = EVERYTHING) -> int:
        query = select(func.count()).select_from(tables.records).where(*conditions(where, self._dialect))
        with self._database.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def done(self, reasoner: str) -> set[str]:
        """The `question_key`s of what that Reasoner has been asked already: its first greedy attempt is stored."""
        first = (_records.temperature == 0, _records.attempt_index == 0, _records.depth == 0)
        query = select(_records.question_key).where(_records.reasoner == storable(reasoner), *first)
        with self._database.reading() as connection:
            return set(connection.execute(query).scalars())

    def _meet(self, connection: Connection, records: Sequence[Prepared], batch: int | None) -> None:
        """Some of these were there already. Undoing the import that brought one does not take it from the others who
        did: this import, or whoever added it for good.
        """
        brought = (_records.id.in_([one.record.id for one in records]), _records.batch.is_not(None))
        if batch is None:
            connection.execute(update(tables.records).where(*brought).values(batch=None))
        else:
            others = select(_records.number, literal(batch)).where(*brought, _records.batch != batch)
            insert = self._database.insert(tables.met).from_select(["record", "batch"], others)
            connection.execute(insert.on_conflict_do_nothing())
        traced = [{"of": one.record.id, "trace": one.record.trace} for one in records if one.record.trace]
        if traced:
            here = update(tables.records).where(_records.id == bindparam("of"), _records.trace.is_(None))
            connection.execute(here, traced)

    def _score_chunk(self, dm: str, scores: Mapping[str, Sequence[float]]) -> int:
        query = select(_records.id, _records.number, _contents.content).where(_records.id.in_(list(scores)))
        query = query.join(tables.contents, _contents.record == _records.number)
        with self._database.transaction() as connection:
            contents, rows = [], []
            for id, number, packed in connection.execute(query):
                content, values = unpack(packed), [float(value) for value in scores[id]]
                dropped, said = set(content.get("dropped") or ()), iter(values)
                steps = range(len(content["steps"]))
                content["step_scores"] = [None if i in dropped else next(said, None) for i in steps]
                contents.append({"of": number, "content": pack(content)})
                rows.append({"of": number, "score": values[-1], "dm": storable(dm)})
            if rows:
                connection.execute(update(tables.contents).where(_contents.record == bindparam("of")), contents)
                connection.execute(update(tables.records).where(_records.number == bindparam("of")), rows)
                connection.execute(tables.note_change)
        return len(rows)


def _whole() -> Select[Any]:
    """All of a record."""
    return select(
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
        _records.dm,
        _records.version,
        _records.trace,
        _questions.text,
        _questions.choices,
        _questions.answer_type,
        _questions.gold,
        _contents.content,
    ).select_from(tables.records.join(tables.questions).join(tables.contents, _contents.record == _records.number))


def _line(row: Any) -> dict[str, Any]:
    (
        _, _, question_id, source, reasoner, temperature, attempt, answer, correct, score, wrong, dm, _, _,
        question, choices, answer_type, gold, content,
    ) = row  # fmt: skip  # as `_whole` has them
    return {
        "question_id": question_id,
        "question": question,
        "choices": None if choices is None else json.loads(choices),
        "gold": gold,
        "answer_type": answer_type,
        "source": source,
        "reasoner": reasoner,
        "temperature": temperature,
        "attempt": attempt,
        "answer": answer or "",
        "correct": correct,
        "first_error_step": wrong,
        "score": score,
        "dm": dm,
        **unpack(content),
    }


def _prepared(record: BehaviorRecord, question: QuestionRow) -> Prepared:
    attempt, text = record.attempt, record.attempt.text
    row = _RecordRow(
        id=record_id(record, question.key, text),
        question_key=question.key,
        question_id=question.id,
        source=question.source,
        family=question.source.partition(":")[0],
        trace=record.trace or None,
        reasoner=storable(record.reasoner),
        temperature=attempt.temperature,
        attempt_index=record.attempt_index,
        depth=len(record.rejected),
        answer=None if attempt.answer is None else storable(attempt.answer),
        correct=record.correct,
        tokens=attempt.tokens,
        mean_logprob=attempt.mean_logprob,
        score=attempt.score,
        dm=None if attempt.score is None else storable(record.dm) or None,
        first_error_step=record.first_error_step,
    )
    content = {
        **steps_to_columns(attempt.steps),
        "rejected": record.rejected,
        "finish": attempt.finish,
        "verdict": attempt.verdict,
        "seconds": attempt.seconds,
    }
    return Prepared(question, row, storable(text), pack(content))


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
        trace=row["trace"] or "",
        dm=row["dm"] or "",
    )
