"""What to look at next: queues of records for annotators, and the leases that keep two of them off the same one.

A record that is handed out is leased to its annotator until `LEASE` seconds pass without a label of theirs. As many
annotators get it as `overlap` says, counting those who have judged it and those who hold it. A second opinion is asked
for beyond that where people are evenly divided: of one more at a time, until a majority says what it is.
"""

import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, delete, func, select, update

from drr.annotations import ACCEPT, REJECT, Kind, check_name
from drr.errors import InvalidInput
from drr.store import tables
from drr.store.browsing import CAP, Browsing, Count, Row
from drr.store.database import Database
from drr.store.filters import EVERYTHING, RecordFilter
from drr.store.packing import storable

LEASE = 15 * 60.0
MOST_TAKEN = 100
QUEUES = {
    "disagreement": ("Disagreement", "The DM and the automatic label differ, the surest first."),
    "uncertain": ("Uncertain", "The DM's score is nearest the threshold."),
    "unlabelled": ("Unlabelled", "Too few people have judged it yet; in order of arrival."),
    "random": ("Random sample", "A sample that the seed fixes, not judged yet."),
    "second_opinion": ("Second opinion", "Others have judged it, but too few of them, or as many each way."),
    "adjudicate": ("To be settled", "People disagree on it, and nobody has settled it yet."),
}

_records, _opinions, _leases, _marks = tables.records.c, tables.opinions.c, tables.leases.c, tables.marks.c


@dataclass(frozen=True)
class QueueInfo:
    """A queue, and how many records wait in it for this annotator, those that they hold among them."""

    name: str
    title: str
    about: str
    waiting: Count


class Queues:
    def __init__(self, database: Database, browsing: Browsing) -> None:
        self._database = database
        self._browsing = browsing

    def infos(self, author: str, where: RecordFilter = EVERYTHING, threshold: float = 0.5) -> tuple[QueueInfo, ...]:
        """All queues; counting stops behind `CAP`."""
        author, infos = storable(author), []
        with self._database.reading() as connection:
            for name, (title, about) in QUEUES.items():
                waiting = 0
                for part in _parts(name, threshold, 0, overlap=1):
                    elsewhere = _held(author, mine=True).where(_leases.queue != name)
                    waits = self._waiting(where, author, part, name, 1).where(~elsewhere.exists())
                    query = waits.limit(CAP + 1).subquery()
                    waiting += connection.execute(select(func.count()).select_from(query)).scalar_one()
                infos.append(QueueInfo(name, title, about, Count(min(waiting, CAP), waiting <= CAP)))
        return tuple(infos)

    def take(
        self, author: str, queue: str, where: RecordFilter = EVERYTHING, *,
        count: int = 10, overlap: int = 1, seed: int = 0, threshold: float = 0.5,
    ) -> tuple[Row, ...]:  # fmt: skip
        """The next records of a queue, leased to `author`; those of it that the author holds come first.

        Raises:
            InvalidInput: there is no such queue.
        """
        author = check_name(storable(author), "An annotator")
        if queue not in QUEUES:
            raise InvalidInput(f"There is no queue {queue!r}. There are: {', '.join(QUEUES)}.")
        count = max(1, min(MOST_TAKEN, count))
        with self._database.transaction() as connection:
            now = time.time()
            connection.execute(delete(tables.leases).where(_leases.until < now))
            mine = (_leases.author == author, _leases.queue == queue)
            held = connection.execute(select(_leases.record).where(*mine).order_by(_leases.place)).scalars().all()
            passing = self._browsing.passing(where).where(_records.number.in_(held))
            fitting = set(connection.execute(passing).scalars())
            numbers = [number for number in held if number in fitting][:count]
            connection.execute(update(tables.leases).where(*mine).values(until=now + LEASE))
            place = 1 + (connection.execute(select(func.max(_leases.place)).where(*mine)).scalar() or 0)
            new = self._next(connection, author, queue, where, count - len(numbers), overlap, seed, threshold)
            if new:
                shared = {"author": author, "queue": queue, "until": now + LEASE}
                rows = [{"record": number, "place": place + i, **shared} for i, number in enumerate(new)]
                connection.execute(tables.leases.insert(), rows)
            return self._browsing.rows([*numbers, *new], threshold)

    def release(self, author: str) -> int:
        """Give back all that the author holds, and say how many."""
        with self._database.transaction() as connection:
            return connection.execute(delete(tables.leases).where(_leases.author == storable(author))).rowcount

    def _next(
        self, connection: Connection, author: str, queue: str, where: RecordFilter, count: int, overlap: int, seed: int,
        threshold: float,
    ) -> list[int]:  # fmt: skip
        found: list[tuple[float, int]] = []
        few = where.text is not None or self._browsing.are_few(connection, where)
        for part in _parts(queue, threshold, seed, overlap):
            query = self._waiting(where, author, part, queue, overlap).where(~_held(author, mine=True).exists())
            query = query.add_columns(part.rank).order_by(*part.order)
            if part.index and not few:
                query = query.with_hint(tables.records, f"INDEXED BY {part.index}", "sqlite")
            found += [(rank, number) for number, rank in connection.execute(query.limit(count))]
        return [number for _, number in sorted(found, key=lambda pair: pair[0])][:count]

    def _waiting(self, where: RecordFilter, author: str, part: "_Part", queue: str, overlap: int) -> Any:
        """The records of this part that `author` may be given, or holds already."""
        mine = select(_opinions.record).where(
            _opinions.record == _records.number,
            _opinions.author == author,
            _opinions.kind.in_((str(Kind.VERDICT), str(Kind.SKIP))),
        )
        query = self._browsing.passing(where).where(*part.conditions)
        if queue != "adjudicate":
            query = query.where(~mine.exists())
        if part.disputed:
            return query.where(_others(author, judged=False) < 1)
        return query.where(_others(author, judged=True) < _wanted(queue, overlap))


@dataclass(frozen=True)
class _Part:
    """Records that an index gives in this order; the parts of a queue are merged by `rank`, the smallest first."""

    conditions: Sequence[ColumnElement[bool]]
    rank: ColumnElement[Any]
    order: Sequence[ColumnElement[Any]]
    index: str = ""  # to walk along, where SQLite would not see that it is best
    disputed: bool = False  # open to one more at a time, however many have judged it


def _parts(queue: str, threshold: float, seed: int, overlap: int) -> Iterable[_Part]:
    score, number, id = _records.score, _records.number, _records.id
    unjudged: list[ColumnElement[bool]] = [_records.human.is_(None)] if overlap == 1 else []
    each_human = unjudged or [_records.human.is_(None), _records.human == ACCEPT, _records.human == REJECT]
    if queue == "disagreement":
        for said in each_human:  # for each, an index has the scores in order
            yield _Part(
                [_records.correct.is_(False), said, score >= threshold], -score, [score.desc()], "records_cells"
            )
            yield _Part([_records.correct.is_(True), said, score < threshold], score - 1, [score], "records_cells")
    elif queue == "uncertain":
        above, below = [score, number], [score.desc(), number.desc()]
        yield _Part([score >= threshold, *unjudged], score - threshold, above, "records_score")
        yield _Part([score < threshold, *unjudged], threshold - score, below, "records_score")
    elif queue == "unlabelled":
        for said in each_human:  # for each, an index has the order of arrival
            yield _Part([said], number, [number])
    elif queue == "random":
        # Ids are hashes, so that those behind any point are a fair sample.
        point = f"{random.Random(seed).getrandbits(96):024x}"
        yield _Part([id >= point, *unjudged], "0" + id, [id], "sqlite_autoindex_records_1")
        yield _Part([id < point, *unjudged], "1" + id, [id], "sqlite_autoindex_records_1")
    else:
        verdicts = select(_opinions.record).where(_opinions.kind == str(Kind.VERDICT)).group_by(_opinions.record)
        unsettled = number.not_in(select(_marks.record).where(_marks.kind == str(Kind.ADJUDICATE)))
        if queue == "second_opinion":
            wanted, accepting = _wanted(queue, overlap), func.count(case((_opinions.value == f'"{ACCEPT}"', 1)))
            few = verdicts.having(func.count() < wanted)
            divided = verdicts.having(func.count() >= wanted, 2 * accepting == func.count())
            yield _Part([number.in_(few)], number, [number])
            yield _Part([number.in_(divided), unsettled], number, [number], disputed=True)
        else:
            disputed = verdicts.having(func.count(func.distinct(_opinions.value)) > 1)
            yield _Part([number.in_(disputed), unsettled], number, [number], disputed=True)


def _wanted(queue: str, overlap: int) -> int:
    """How many people a record of this queue is given to."""
    return max(overlap, 2) if queue == "second_opinion" else overlap


def _held(author: str, mine: bool) -> Any:
    whose = _leases.author == author if mine else _leases.author != author
    return select(_leases.record).where(_leases.record == _records.number, whose)


def _others(author: str, judged: bool) -> ColumnElement[int]:
    """How many others hold a record, and, if asked, have judged it."""
    holding = select(func.count()).where(
        _leases.record == _records.number, _leases.author != author, _leases.until >= time.time()
    )
    judging = select(func.count()).where(
        _opinions.record == _records.number, _opinions.author != author, _opinions.kind == str(Kind.VERDICT)
    )
    total: ColumnElement[int] = holding.scalar_subquery()
    return total + judging.scalar_subquery() if judged else total
