"""What people say about records: events that are only ever added, and what follows from them for lists and queues.

A gesture of a person is an action: it may touch one record or many, is undone and redone as a whole, and is safe from a
power cut once it returns. In the same transaction the derived values (`records.human`, opinions, marks) follow.
"""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from drr.annotations import (
    NONE,
    OPINIONS,
    Annotation,
    Confusion,
    Kind,
    Labels,
    StaleEdit,
    automatic_verdict,
    check_name,
    check_value,
    cohens_kappa,
    confusion,
    described,
    first_error,
    in_force,
    krippendorffs_alpha,
    labels_of,
    stale,
)
from drr.errors import InvalidInput
from drr.store import tables
from drr.store.browsing import Browsing
from drr.store.database import Database
from drr.store.events import events_on
from drr.store.filters import EVERYTHING, RecordFilter
from drr.store.packing import storable, unpack
from drr.store.queues import LEASE

MOST_AT_ONCE = 100_000  # records of one bulk action
UNDO_DEPTH = 500  # actions of a person that can be undone
BULK_KINDS = (Kind.VERDICT, Kind.TAG, Kind.FLAG, Kind.SKIP, Kind.GOLD_WRONG, Kind.ADJUDICATE)
NAMED_IDS = 200  # of the records that an action touched
MOST_JUDGED = 50_000  # items that agreement is computed on
MOST_PAIRS = 50
_CHUNK = 1_000

_records, _actions, _annotations = tables.records.c, tables.actions.c, tables.annotations.c
_opinions, _marks, _leases = tables.opinions.c, tables.marks.c, tables.leases.c


@dataclass(frozen=True)
class Done:
    """What an action, an undo or a redo did: to how many records, and the ids of the first of them."""

    action: int
    label: str
    records: int
    record_ids: tuple[str, ...]


@dataclass(frozen=True)
class BulkPreview:
    """How many records a bulk action would touch, and how many of them do not have the value yet."""

    records: int
    changed: int
    limit: int = MOST_AT_ONCE


@dataclass(frozen=True)
class Pair:
    """Two annotators: their table, how many items both judged, and Cohen's kappa."""

    confusion: Confusion
    items: int
    kappa: float | None


@dataclass(frozen=True)
class Agreement:
    """How well people agree on one kind of label. `items` were judged by two or more; `disputed` differently."""

    kind: str
    authors: tuple[str, ...]
    items: int
    disputed: int
    alpha: float | None
    pairs: tuple[Pair, ...]


class Annotations:
    def __init__(self, database: Database, browsing: Browsing) -> None:
        self._database = database
        self._browsing = browsing

    def add(
        self, record_id: str, kind: Kind, value: Any, author: str, seen: int, *,
        reason: str = "", independent: bool = False, token: str | None = None,
    ) -> Labels:  # fmt: skip
        """Keep what `author`, who saw version `seen` of the labels, says; what all of it comes to now.

        `independent`: the author judges without looking at the others. The same `token` again is the same gesture.

        Raises:
            InvalidInput: no such record, or a value that does not fit.
            StaleEdit: it would pass over an annotation that the author does not know of.
            StoreUnavailable, OutOfSpace: nothing is kept.
        """
        author, reason = check_name(storable(author), "An author"), storable(reason.strip())
        with self._database.transaction(durable=True) as connection:
            number, automatic = _record(connection, record_id)
            events = events_on(connection, [number]).get(number, [])
            if token is not None and _is_known(connection, token):
                return labels_of(events, automatic)
            value = _storable(check_value(kind, value, _steps(connection, number) if kind in _OF_STEPS else 0))
            missed = stale(events, kind, author, seen, independent)
            if missed is not None and missed.value != value:
                raise StaleEdit(value, missed, events[-1].number)
            self._act(connection, kind, value, author, reason, {number: seen}, token)
            return self._follow(connection, {number: automatic})[number]

    def undo(self, author: str) -> Done:
        """Take back the author's latest action that still stands.

        Raises:
            InvalidInput: there is none.
        """
        return self._step(author, back=True)

    def redo(self, author: str) -> Done:
        """Bring back what the author undid last, as long as they have done nothing else since.

        Raises:
            InvalidInput: there is nothing.
        """
        return self._step(author, back=False)

    def history(self, record_id: str) -> tuple[Annotation, ...]:
        """All events on a record, the oldest first."""
        with self._database.reading() as connection:
            number, _ = _record(connection, record_id)
            return tuple(events_on(connection, [number]).get(number, []))

    def iterate(self, where: RecordFilter = EVERYTHING) -> Iterator[Annotation]:
        """All events on the records that pass, record by record."""
        last = 0
        annotated = self._browsing.passing(where).where(_records.version > 0).order_by(_records.number).limit(_CHUNK)
        while True:
            with self._database.reading() as connection:
                numbers = connection.execute(annotated.where(_records.number > last)).scalars().all()
                events = events_on(connection, numbers)
            for number in numbers:
                yield from events[number]
            if not numbers:
                return
            last = numbers[-1]

    def labels(self, record_id: str) -> Labels:
        """What the events on a record come to."""
        with self._database.reading() as connection:
            number, automatic = _record(connection, record_id)
            return labels_of(events_on(connection, [number]).get(number, []), automatic)

    def preview(self, where: RecordFilter, kind: Kind, value: Any) -> BulkPreview:
        """What a bulk action would touch; one more than the limit where it is too many.

        Raises:
            InvalidInput: a kind that is set one by one, or a value that does not fit.
        """
        value = _check_bulk(kind, value)
        numbers = self._browsing.numbers(where, MOST_AT_ONCE + 1)
        with self._database.reading() as connection:
            have = sum(_has(connection, chunk, kind, value) for chunk in _chunks(numbers))
        return BulkPreview(len(numbers), len(numbers) - have)

    def bulk(self, where: RecordFilter, kind: Kind, value: Any, author: str, expected: int, reason: str = "") -> Done:
        """Say the same of all records that pass, as one action. `expected` is how many the preview named.

        Raises:
            InvalidInput: they are none, too many, or not as many as expected.
        """
        author, value = check_name(storable(author), "An author"), _storable(_check_bulk(kind, value))
        with self._database.transaction(durable=True) as connection:
            numbers = self._browsing.numbers(where, MOST_AT_ONCE + 1)
            if not numbers or len(numbers) > MOST_AT_ONCE:
                raise InvalidInput(f"The filter must pass 1 to {MOST_AT_ONCE:,} records. Make it narrower or wider.")
            if len(numbers) != expected:
                raise InvalidInput(
                    f"{len(numbers):,} records pass by now, not {expected:,}. Look at the preview again."
                )
            automatic: dict[int, str] = {}
            versions: dict[int, int] = {}
            for chunk in _chunks(numbers):
                query = select(_records.number, _records.correct, _records.version).where(_records.number.in_(chunk))
                for number, correct, version in connection.execute(query):
                    automatic[number], versions[number] = automatic_verdict(correct), version
            action = self._act(connection, kind, value, author, storable(reason.strip()), versions, None)
            self._follow(connection, automatic)
            return _done(connection, action, f"{kind} {described(value)}", numbers)

    def agreement(self, where: RecordFilter = EVERYTHING, kind: Kind = Kind.VERDICT) -> Agreement:
        """How well people agree on the verdict, the stop-point label with its step, or the first wrong step.

        Whoever marked some steps, none of them as wrong, has not said which is the first wrong one, and is left out.
        At most `MOST_JUDGED` items and `MOST_PAIRS` pairs of authors, those with the most items in common.
        """
        if kind not in (Kind.VERDICT, Kind.STOP, Kind.STEPS):
            raise InvalidInput("Agreement is measured on verdict, stop or steps.")
        several = (
            select(_opinions.record)
            .where(_opinions.kind == str(kind))
            .group_by(_opinions.record)
            .having(func.count() > 1)
            .order_by(_opinions.record)
            .limit(MOST_JUDGED)
        )
        query = select(_opinions.record, _opinions.author, _opinions.value).where(_opinions.kind == str(kind))
        with self._database.reading() as connection:
            if not where.is_everything:
                several = several.where(_opinions.record.in_(self._browsing.passing(where)))
            rows = connection.execute(query.where(_opinions.record.in_(several))).all()
        items: dict[int, dict[str, str]] = {}
        for record, author, value in rows:
            if (rating := _rating(kind, json.loads(value))) is not None:
                items.setdefault(record, {})[author] = rating
        ratings = [said for said in items.values() if len(said) > 1]
        authors = sorted({author for said in ratings for author in said})
        together: dict[tuple[str, str], int] = {}
        for said in ratings:
            names = sorted(said)
            for i, first in enumerate(names):
                for second in names[i + 1 :]:
                    together[first, second] = together.get((first, second), 0) + 1
        most = sorted(together, key=lambda pair: (-together[pair], pair))[:MOST_PAIRS]
        met = [confusion(ratings, *pair) for pair in most]
        return Agreement(
            str(kind),
            tuple(authors),
            len(ratings),
            sum(len(set(said.values())) > 1 for said in ratings),
            krippendorffs_alpha(ratings),
            tuple(Pair(table, table.items, cohens_kappa(table)) for table in met),
        )

    def count(self) -> int:
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(tables.annotations)).scalar_one()

    # --- writing ------------------------------------------------------------------------------------------------------

    def _act(
        self, connection: Connection, kind: Kind, value: Any, author: str, reason: str, seen: Mapping[int, int],
        token: str | None,
    ) -> int:  # fmt: skip
        """Add one action, and one event for each record of `seen` (number: version); the action's number."""
        now, packed = time.time(), json.dumps(value, ensure_ascii=False)
        row = {"token": token, "author": author, "kind": str(kind), "value": packed, "undoes": None, "created": now}
        action = _insert_action(connection, row)
        shared = {"action": action, "kind": str(kind), "value": packed, "author": author, "reason": reason}
        events = [{"record": number, **shared, "created": now, "seen": version} for number, version in seen.items()]
        connection.execute(tables.annotations.insert(), events)
        for chunk in _chunks(list(seen)) if kind in _ENDS_A_LEASE else ():
            connection.execute(delete(tables.leases).where(_leases.author == author, _leases.record.in_(chunk)))
        # Whoever labels is still at work: what else they hold stays theirs.
        connection.execute(update(tables.leases).where(_leases.author == author).values(until=now + LEASE))
        return action

    def _step(self, author: str, back: bool) -> Done:
        author = check_name(storable(author), "An author")
        with self._database.transaction(durable=True) as connection:
            target = _undoable(connection, author) if back else _redoable(connection, author)
            if target is None:
                raise InvalidInput("There is nothing to undo." if back else "There is nothing to redo.")
            now = time.time()
            row = {"token": None, "author": author, "kind": str(Kind.UNDO), "value": "null", "undoes": target}
            action = _insert_action(connection, {**row, "created": now})
            reverted = select(_annotations.number, _annotations.record).where(_annotations.action == target)
            events = [
                {
                    "record": record, "action": action, "kind": str(Kind.UNDO), "value": json.dumps(number),
                    "author": author, "reason": "", "created": now, "seen": number,
                }
                for number, record in connection.execute(reverted.order_by(_annotations.number))
            ]  # fmt: skip
            connection.execute(tables.annotations.insert(), events)
            numbers = [event["record"] for event in events]
            automatic: dict[int, str] = {}
            for chunk in _chunks(numbers):
                query = select(_records.number, _records.correct).where(_records.number.in_(chunk))
                automatic |= {number: automatic_verdict(correct) for number, correct in connection.execute(query)}
            self._follow(connection, automatic)
            return _done(connection, action, _name_of(connection, target), numbers)

    def _follow(self, connection: Connection, automatic: Mapping[int, str]) -> dict[int, Labels]:
        """Bring what is derived up to date for these records (number: automatic verdict)."""
        derived: dict[int, Labels] = {}
        for chunk in _chunks(list(automatic)):
            events = events_on(connection, chunk)
            labels = {number: labels_of(events.get(number, []), automatic[number]) for number in chunk}
            connection.execute(delete(tables.opinions).where(_opinions.record.in_(chunk)))
            connection.execute(delete(tables.marks).where(_marks.record.in_(chunk)))
            opinions = [row for number in chunk for row in _opinion_rows(number, events.get(number, []))]
            marks = [row for number, label in labels.items() for row in _mark_rows(number, label)]
            if opinions:
                connection.execute(tables.opinions.insert(), opinions)
            if marks:
                connection.execute(tables.marks.insert(), marks)
            connection.execute(
                update(tables.records).where(_records.number == bindparam("of")),
                [
                    {
                        "of": number,
                        "human": None if label.human == NONE else label.human,
                        "flagged": label.flagged,
                        "version": label.version,
                    }
                    for number, label in labels.items()
                ],
            )
            derived |= labels
        connection.execute(tables.note_change)
        return derived


_OF_STEPS = (Kind.STEPS, Kind.STOP)
_ENDS_A_LEASE = (Kind.VERDICT, Kind.SKIP, Kind.ADJUDICATE)


def _record(connection: Connection, record_id: str) -> tuple[int, str]:
    """Its number and its automatic verdict."""
    row = connection.execute(select(_records.number, _records.correct).where(_records.id == record_id)).first()
    if row is None:
        raise InvalidInput("There is no such record; an import that was undone may have held it.")
    return row[0], automatic_verdict(row[1])


def _steps(connection: Connection, number: int) -> int:
    """How many steps the attempt has."""
    content = select(tables.contents.c.content).where(tables.contents.c.record == number)
    return len(unpack(connection.execute(content).scalar_one())["steps"])


def _is_known(connection: Connection, token: str) -> bool:
    return connection.execute(select(_actions.number).where(_actions.token == token)).first() is not None


def _insert_action(connection: Connection, row: Mapping[str, Any]) -> int:
    key = connection.execute(tables.actions.insert(), row).inserted_primary_key
    assert key is not None
    return int(key[0])


def _undoable(connection: Connection, author: str) -> int | None:
    return next(reversed(_stacks(connection, author)[0]), None)


def _redoable(connection: Connection, author: str) -> int | None:
    return next(reversed(_stacks(connection, author)[1]), None)


def _stacks(connection: Connection, author: str) -> tuple[list[int], list[int]]:
    """The author's actions that stand, and the undo actions that can be undone in their turn; each latest last."""
    query = select(_actions.number, _actions.undoes).where(_actions.author == author)
    latest = connection.execute(query.order_by(_actions.number.desc()).limit(UNDO_DEPTH)).all()
    done: list[int] = []
    undone: dict[int, int] = {}  # undo action: what it undid
    for number, undoes in reversed(latest):
        if undoes is None:
            done.append(number)
            undone.clear()
        elif undoes in undone:
            done.append(undone.pop(undoes))
        elif undoes in done:
            done.remove(undoes)
            undone[number] = undoes
    return done, list(undone)


def _name_of(connection: Connection, action: int) -> str:
    """What an action did, for a person; of an undo, what it undid."""
    row = connection.execute(
        select(_actions.kind, _actions.value, _actions.undoes).where(_actions.number == action)
    ).one()
    return f"{row.kind} {described(json.loads(row.value))}" if row.undoes is None else _name_of(connection, row.undoes)


def _done(connection: Connection, action: int, label: str, numbers: Sequence[int]) -> Done:
    named = select(_records.id).where(_records.number.in_(numbers[:NAMED_IDS])).order_by(_records.number)
    return Done(action, label, len(numbers), tuple(connection.execute(named).scalars()))


def _opinion_rows(number: int, events: Sequence[Annotation]) -> list[dict[str, Any]]:
    """Each author's own latest value of each kind that authors differ in."""
    latest = {(event.kind, event.author): event.value for event in in_force(events) if event.kind in OPINIONS}
    return [
        {"record": number, "kind": str(kind), "author": author, "value": json.dumps(value, ensure_ascii=False)}
        for (kind, author), value in latest.items()
        if value is not None and value is not False
    ]


def _mark_rows(number: int, labels: Labels) -> list[dict[str, Any]]:
    marks = [("tag", tag) for tag in labels.tags]
    marks += [("stop", label) for label in {stop.label for stop in labels.stops_by.values()}]
    marks += [("flag", "")] if labels.flagged else []
    marks += [("gold_wrong", "")] if labels.gold_wrong else []
    marks += [("adjudicate", "")] if labels.adjudicated != NONE else []
    return [{"kind": kind, "value": value, "record": number} for kind, value in marks]


def _rating(kind: Kind, value: Any) -> str | None:
    """What is compared: of steps, which is the first wrong one; None where that is not said."""
    if kind is Kind.STEPS:
        wrong = first_error(value)
        return None if wrong is None else str(wrong)
    return described(value)


def _check_bulk(kind: Kind, value: Any) -> Any:
    if kind not in BULK_KINDS:
        raise InvalidInput(f"Many records at once can be given: {', '.join(BULK_KINDS)}.")
    return check_value(kind, value, 0)


def _has(connection: Connection, numbers: Sequence[int], kind: Kind, value: Any) -> int:
    """How many of these have the value already."""
    if kind in (Kind.VERDICT, Kind.ADJUDICATE):
        human = _records.human.is_(None) if value is None else _records.human == value
        query = select(func.count()).select_from(tables.records).where(_records.number.in_(numbers), human)
    elif kind is Kind.SKIP:
        said = select(func.count(func.distinct(_opinions.record))).where(_opinions.kind == str(kind))
        query = said.where(_opinions.record.in_(numbers))
    else:
        name = value["tag"] if kind is Kind.TAG else ""
        marked = select(func.count()).select_from(tables.marks).where(_marks.kind == str(kind), _marks.value == name)
        query = marked.where(_marks.record.in_(numbers))
    found = int(connection.execute(query).scalar_one())
    off = value is False or (kind is Kind.TAG and not value["on"])
    return len(numbers) - found if off else found


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    return {key: _storable(item) for key, item in value.items()} if isinstance(value, dict) else value


def _chunks(numbers: Sequence[int]) -> Iterable[Sequence[int]]:
    return (numbers[start : start + _CHUNK] for start in range(0, len(numbers), _CHUNK))
