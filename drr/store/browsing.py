"""Browsing a million records: light rows by keyset pages, counts, facets and plots, and one record with all about it.

What would take long at that size is capped, and says so: `exact` is False where only the first records were counted.
Values are cached until the records or labels change; facets of everything may be old, by `SPARED` times what they take.
"""

import json
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import ColumnElement, Connection, Select, case, func, literal, literal_column, select

from drr.annotations import ACCEPT, NONE, REJECT, Annotation, Labels, automatic_verdict, labels_of
from drr.errors import InvalidInput
from drr.store import search, tables
from drr.store.database import Database
from drr.store.events import events_on
from drr.store.filters import EVERYTHING, RecordFilter, conditions
from drr.store.packing import columns_to_steps, unpack
from drr.store.questions import read_question
from drr.types import Question

CAP = 10_000  # counts go no further; facets and plots look at no more records of a filter; a search sorts no more hits
MOST_ROWS = 200  # of one page
FACET_VALUES = 200
SHOWN_ATTEMPTS = 30
SPARED = 20.0  # while people label, no more than one part in so many of the time goes into counting everything anew
EXCERPT = 200  # characters of a question in a row
_CHUNK = 1_000  # record numbers in one query
SCORE_BINS, RELIABILITY_BINS, TOKEN_BINS = 20, 10, 20

_records, _questions, _contents = tables.records.c, tables.questions.c, tables.contents.c
_marks, _opinions, _traces = tables.marks.c, tables.opinions.c, tables.traces.c

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """A record as a table shows it. `question` is its beginning; verdicts are accept, reject or none."""

    number: int
    id: str
    question: str
    source: str
    reasoner: str
    temperature: float
    attempt: int
    depth: int  # rejected attempts before it
    answer: str | None
    gold: str | None
    automatic: str
    score: float | None
    judged: str  # what the score says at the threshold
    dm: str  # the DM that gave the score; empty where nobody is named
    human: str
    verdict: str
    tokens: int
    created: float
    flagged: bool
    tags: tuple[str, ...]
    version: int


@dataclass(frozen=True)
class Rows:
    """A page. `next` is the cursor of the one behind it, if any. `capped`: only the first hits were sorted."""

    rows: tuple[Row, ...]
    next: str | None
    capped: bool = False


@dataclass(frozen=True)
class Count:
    """How many; where not `exact`, that many or more."""

    number: int
    exact: bool


@dataclass(frozen=True)
class FacetValue:
    value: str
    count: int


@dataclass(frozen=True)
class Facets:
    """For each facet its values, the most frequent first; counted among `of` records, `age` seconds ago.

    Not `exact`: more records pass the filter than those that were counted, which are the oldest. Facets named in `cut`
    have more values than the `FACET_VALUES` here.
    """

    facets: Mapping[str, tuple[FacetValue, ...]]
    of: int
    exact: bool
    age: float = 0.0
    cut: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bin:
    """Records with a value in [low, high), by effective label; the last bin holds its upper end too."""

    low: float
    high: float
    accept: int
    reject: int
    none: int


@dataclass(frozen=True)
class ReliabilityBin:
    """Records with a score in [low, high) and an effective label: their mean score, and the share that is accepted."""

    low: float
    high: float
    count: int
    mean_score: float
    share_accept: float


@dataclass(frozen=True)
class Plots:
    """Scores in twentieths, reliability in tenths, tokens in at most 20 bins; counted among `of` records."""

    scores: tuple[Bin, ...]
    reliability: tuple[ReliabilityBin, ...]
    tokens: tuple[Bin, ...]
    of: int
    exact: bool


@dataclass(frozen=True)
class StepView:
    text: str
    tokens: int
    score: float | None
    rejected: bool


@dataclass(frozen=True)
class AttemptView:
    """An attempt with its labels. `differs_at`: the first step that differs from the attempt that was asked for.

    `blind`: scores, and labels other than one's own, are left out.
    """

    id: str
    reasoner: str
    temperature: float
    attempt: int
    depth: int
    rejected: tuple[str, ...]
    steps: tuple[StepView, ...]
    answer: str | None
    finish: str
    tokens: int
    seconds: float
    mean_logprob: float | None
    automatic: str
    first_error_step: int | None
    score: float | None
    judged: str
    dm: str
    differs_at: int | None
    source: str
    created: float
    trace: str  # the id of the one it came from; empty where it came from none
    labels: Labels
    history: tuple[Annotation, ...]
    blind: bool = False


@dataclass(frozen=True)
class TraceLink:
    id: str
    policy: str
    status: str
    created: float


@dataclass(frozen=True)
class Detail:
    """A record: its question, the attempts on it (this one first; `more` are not shown), and traces on the question.

    `blind`: the gold answer and the traces are left out.
    """

    record_id: str
    question: Question
    attempts: tuple[AttemptView, ...]
    more: int
    traces: tuple[TraceLink, ...]
    threshold: float
    blind: bool = False


class Browsing:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._dialect = database.engine.dialect.name
        self._cache = _Cache()

    def browse(
        self, where: RecordFilter = EVERYTHING, sort: str = "number", descending: bool = False,
        cursor: str | None = None, limit: int = 50, threshold: float = 0.5,
    ) -> Rows:  # fmt: skip
        """A page of light rows. What has no value comes last, in either direction; ties are in order of arrival.

        A search that is sorted otherwise than by arrival sorts its first `CAP` hits.

        Raises:
            InvalidInput: an unknown sort, a cursor of another sort, or a search that cannot be read.
        """
        if sort not in SORTS or (sort == "relevance" and not self._is_searched(where)):
            known = ", ".join(name for name in SORTS if name != "relevance")
            raise InvalidInput(f"Records cannot be sorted by {sort!r} here. Sort by one of {known}.")
        limit = max(1, min(MOST_ROWS, limit))
        after = _read_cursor(cursor, sort, descending)
        with self._database.reading() as connection:
            self._check(connection, where)
            few = self.are_few(connection, where)
            picked = self._picked(where, SORTS[sort], few)
            found = _walk(connection, picked, descending, after, limit + 1)
            page = found[:limit]
            shown = self._rows(connection, [number for number, _ in page], threshold)
        capped = sort != "number" and self._is_searched(where) and not few
        return Rows(shown, _write_cursor(sort, descending, *page[-1]) if len(found) > limit else None, capped)

    def count(self, where: RecordFilter = EVERYTHING) -> Count:
        """How many pass; counting stops behind `CAP`, but for everything."""
        with self._database.reading() as connection:
            self._check(connection, where)
            return self._count(connection, where)

    def facets(self, where: RecordFilter = EVERYTHING, threshold: float = 0.5) -> Facets:
        """The values of each facet under this filter."""
        with self._database.reading() as connection:
            self._check(connection, where)
            if where.is_everything and self._count(connection, where).number > CAP:
                return self._all_facets(connection, threshold)
            sample, exact = self._sample(connection, where)
            annotated = [row.number for row in sample if row.version]
            facets = _facets_of(sample, threshold, by_source=where.source is not None)
            facets |= _marked(connection, annotated)
        return _facets(facets, len(sample), exact)

    def plots(self, where: RecordFilter = EVERYTHING, threshold: float = 0.5) -> Plots:
        """Scores by effective label, reliability, and tokens by effective label."""
        with self._database.reading() as connection:
            self._check(connection, where)
            sample, exact = self._sample(connection, where)
        scored = [(row.score, _verdict(row)) for row in sample if row.score is not None]
        edges = [i / SCORE_BINS for i in range(SCORE_BINS + 1)]
        most = max((row.tokens for row in sample), default=0)
        width = max(1, -(-(most + 1) // TOKEN_BINS))
        steps = [width * i for i in range(-(-(most + 1) // width) + 1)]
        return Plots(
            _bins(scored, edges),
            _reliability([(score, verdict) for score, verdict in scored if verdict != NONE]),
            _bins([(row.tokens, _verdict(row)) for row in sample], steps),
            len(sample),
            exact,
        )

    def detail(self, record_id: str, threshold: float = 0.5) -> Detail:
        """A record with all that is known about it and about the other attempts on its question.

        Raises:
            InvalidInput: there is no such record.
        """
        with self._database.reading() as connection:
            found = connection.execute(select(_records.number, _records.question_key).where(_records.id == record_id))
            row = found.first()
            if row is None:
                raise InvalidInput("There is no such record; an import that was undone may have held it.")
            number, key = row
            others = select(_records.number).where(_records.question_key == key, _records.number != number)
            total = connection.execute(select(func.count()).select_from(others.subquery())).scalar_one()
            shown = connection.execute(others.order_by(_records.number).limit(SHOWN_ATTEMPTS - 1)).scalars().all()
            numbers = [number, *shown]
            query = (
                select(tables.records, _contents.content)
                .join(tables.contents, _contents.record == _records.number)
                .where(_records.number.in_(numbers))
            )
            rows = {row["number"]: row for row in connection.execute(query).mappings()}
            history = events_on(connection, numbers)
            question = connection.execute(select(tables.questions).where(_questions.key == key)).mappings().one()
            traces = connection.execute(
                select(_traces.id, _traces.policy, _traces.status, _traces.created)
                .where(_head(_traces.question) == question["text"][:80], _traces.question == question["text"])
                .order_by(_traces.number.desc())
                .limit(10)
            ).all()
        attempts = [_attempt_view(rows[each], history.get(each, []), threshold) for each in numbers]
        mine = attempts[0]
        return Detail(
            record_id,
            replace(read_question(question), id=rows[number]["question_id"], source=rows[number]["source"]),
            (mine, *(replace(other, differs_at=_differs_at(mine, other)) for other in attempts[1:])),
            total - len(shown),
            tuple(TraceLink(*link) for link in traces),
            threshold,
        )

    def rows(self, numbers: Sequence[int], threshold: float = 0.5) -> tuple[Row, ...]:
        """The records with these numbers, in this order; those that are gone are left out."""
        with self._database.reading() as connection:
            return self._rows(connection, numbers, threshold)

    def numbers(self, where: RecordFilter, limit: int) -> list[int]:
        """The numbers of the first `limit` records that pass, in order of arrival."""
        with self._database.reading() as connection:
            self._check(connection, where)
            return [
                number
                for number, _ in _walk(connection, self._picked(where, SORTS["number"], False), False, None, limit)
            ]

    def are_few(self, connection: Connection, where: RecordFilter) -> bool:
        """Whether so few records pass that it is best to find them first and sort them then."""
        return not where.is_everything and self._count(connection, where).exact

    def passing(self, where: RecordFilter) -> Select[Any]:
        """The query of their numbers, for use inside another."""
        return self._joined(where, SORTS["number"]).add_columns(_records.number)

    # --- choosing a query ---------------------------------------------------------------------------------------------

    def _is_searched(self, where: RecordFilter) -> bool:
        return where.text is not None and search.is_indexed(self._dialect, where.text, bool(where.advanced))

    def _check(self, connection: Connection, where: RecordFilter) -> None:
        if where.advanced and self._is_searched(where):
            search.check(connection, where.text or "")

    def _picked(self, where: RecordFilter, sort: "_Sort", few: bool) -> "_Picked":
        """What to walk through: `few` hits, and those of a search, are picked first and then sorted; of many, an index
        gives the order and the conditions are checked on the way."""
        if sort.name == "number" and self._is_searched(where):
            return _Picked(search.FOUND, search.FOUND, self._joined(where, sort), sort)  # the index has them in order
        if few or self._is_searched(where):
            hits = self._joined(where, sort).add_columns(_records.number, sort.key.label("key")).limit(CAP).subquery()
            return _Picked(hits.c.number, hits.c.key, select().select_from(hits), sort)
        direct = self._joined(where, sort)
        if sort.name != "number":
            direct = direct.with_hint(tables.records if not sort.of_question else tables.questions, sort.hint, "sqlite")
        elif not where.has_equality:
            direct = direct.with_hint(tables.records, "NOT INDEXED", "sqlite")
        return _Picked(_records.number, sort.key, direct, sort)

    def _joined(self, where: RecordFilter, sort: "_Sort") -> Select[Any]:
        """The records that pass, without columns yet."""
        searched = self._is_searched(where)
        made = conditions(where, self._dialect, found_elsewhere=searched)
        source: Any = tables.records
        if searched:
            source = search.TABLE.join(tables.records, _records.number == search.FOUND)
            made.append(search.matching(where.text or "", bool(where.advanced)))
        if sort.of_question:
            source = source.join(tables.questions, _questions.key == _records.question_key)
        query = select().select_from(source).where(*made)
        return query.with_hint(tables.records, "NOT INDEXED", "sqlite") if searched else query

    def _count(self, connection: Connection, where: RecordFilter) -> Count:
        def count() -> Count:
            if where.is_everything:
                total = connection.execute(select(func.count()).select_from(tables.records)).scalar_one()
                return Count(total, True)
            hits = self._joined(where, SORTS["number"]).add_columns(_records.number).limit(CAP + 1).subquery()
            counted = connection.execute(select(func.count()).select_from(hits)).scalar_one()
            return Count(min(counted, CAP), counted <= CAP)

        return self._cache.get(("count", where), self._stamp(connection), count)

    def _stamp(self, connection: Connection) -> int:
        return int(connection.execute(select(tables.changes.c.number)).scalar_one())

    def _sample(self, connection: Connection, where: RecordFilter) -> tuple[list["_Light"], bool]:
        """The light columns of all records that pass, or of the first `CAP` of them, and whether it is all."""

        def sample() -> tuple[list[_Light], bool]:
            exact = self._count(connection, where)
            query = self._joined(where, SORTS["number"])
            if not exact.exact or exact.number > CAP:
                query = query.order_by(search.FOUND if self._is_searched(where) else _records.number)
                if not where.has_equality and not self._is_searched(where):
                    query = query.with_hint(tables.records, "NOT INDEXED", "sqlite")
            rows = connection.execute(query.add_columns(*(_records[name] for name in _Light._fields)).limit(CAP))
            return [_Light(*row) for row in rows], exact.exact and exact.number <= CAP

        return self._cache.get(("sample", where), self._stamp(connection), sample)

    def _all_facets(self, connection: Connection, threshold: float) -> Facets:
        def count() -> Facets:
            with ThreadPoolExecutor(1) as beside:  # SQLite counts without Python's lock: two cores share the work
                named = beside.submit(self._all_named)
                cells = _all_cells(connection, threshold)
            total = sum(cells.values())
            retries = select(func.count()).select_from(tables.records).where(_records.depth > 0)
            retried = connection.execute(retries).scalar_one()
            flagged = select(func.count()).select_from(tables.marks).where(_marks.kind == "flag")
            facets: dict[str, Mapping[str, int]] = {
                **named.result(),
                **_of_cells(cells),
                "cell": cells,
                "retry": {"false": total - retried, "true": retried},
                "flagged": {"true": connection.execute(flagged).scalar_one()},
                **_marked(connection, None),
            }
            return _facets(facets, total, True)

        facets, age = self._cache.get_old(("facets", threshold), self._stamp(connection), count)
        return replace(facets, age=age)

    def _all_named(self) -> dict[str, Mapping[str, int]]:
        """How many records each source family, Reasoner and DM has."""
        columns = {"source": _records.family, "reasoner": _records.reasoner, "dm": _records.dm}
        found: dict[str, Mapping[str, int]] = {}
        with self._database.reading() as connection:
            for name, column in columns.items():
                query = select(column, func.count()).where(column.is_not(None)).group_by(column)
                found[name] = {value: number for value, number in connection.execute(query) if value}
        return found

    def _rows(self, connection: Connection, numbers: Sequence[int], threshold: float) -> tuple[Row, ...]:
        query = select(
            _records.number, _records.id, func.substr(_questions.text, 1, EXCERPT).label("question"), _records.source,
            _records.reasoner, _records.temperature, _records.attempt_index.label("attempt"), _records.depth,
            _records.answer, _questions.gold, _records.correct, _records.score, _records.dm, _records.human,
            _records.tokens, _records.created, _records.flagged, _records.version,
        ).select_from(tables.records.join(tables.questions))  # fmt: skip
        tagged = select(_marks.record, _marks.value).where(_marks.kind == "tag", _marks.record.in_(numbers))
        tags: dict[int, list[str]] = {}
        for number, tag in connection.execute(tagged):
            tags.setdefault(number, []).append(tag)
        found = {}
        for row in connection.execute(query.where(_records.number.in_(numbers))).mappings():
            values = dict(row)
            automatic, human = automatic_verdict(values.pop("correct")), values["human"] or NONE
            found[row["number"]] = Row(
                **values
                | {
                    "automatic": automatic,
                    "judged": judged(row["score"], threshold),
                    "dm": row["dm"] or "",
                    "human": human,
                    "verdict": automatic if human == NONE else human,
                    "tags": tuple(sorted(tags.get(row["number"], ()))),
                }
            )
        return tuple(found[number] for number in numbers if number in found)


def judged(score: float | None, threshold: float) -> str:
    """The DM's verdict."""
    return NONE if score is None else ACCEPT if score >= threshold else REJECT


# --- sorting and paging -----------------------------------------------------------------------------------------------


class _Sort(NamedTuple):
    name: str
    key: ColumnElement[Any]
    seek: str = ""  # the index
    nullable: bool = False
    of_question: bool = False

    @property
    def hint(self) -> str:
        return f"INDEXED BY {self.seek}"


def _head(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The beginning of a text, spelled as in the indexes."""
    return func.substr(column, literal_column("1"), literal_column("80"))


SORTS = {
    sort.name: sort
    for sort in (
        _Sort("number", _records.number),
        _Sort("question", _head(_questions.text), "questions_text", of_question=True),
        _Sort("source", _records.source, "records_source"),
        _Sort("reasoner", _records.reasoner, "records_reasoner"),
        _Sort("attempt", _records.attempt_index, "records_attempt"),
        _Sort("depth", _records.depth, "records_depth"),
        _Sort("answer", _head(_records.answer), "records_answer", nullable=True),
        _Sort("gold", _head(_questions.gold), "questions_gold", nullable=True, of_question=True),
        _Sort("automatic", _records.correct, "records_correct", nullable=True),
        _Sort("score", _records.score, "records_score", nullable=True),
        _Sort("human", _records.human, "records_human", nullable=True),
        _Sort("tokens", _records.tokens, "records_tokens"),
        _Sort("relevance", literal_column("bm25(search)")),
    )
}

_Place = tuple[int, Any]  # a record's number, and its value of what is sorted by


class _Picked(NamedTuple):
    """A query without columns, and where in it number and key are."""

    number: ColumnElement[Any]
    key: ColumnElement[Any]
    query: Select[Any]
    sort: _Sort


def _walk(connection: Connection, picked: _Picked, descending: bool, after: _Place | None, limit: int) -> list[_Place]:
    """The next places behind `after`: first those with a value, then those without."""
    found: list[_Place] = []
    for within, order in _stretches(picked, descending, after):
        query = picked.query.add_columns(picked.number, picked.key).where(*within)
        query = query.order_by(*(column.desc() if descending else column for column in order))
        found += [(row[0], row[1]) for row in connection.execute(query.limit(limit - len(found)))]
        if len(found) == limit:
            break
    return found


_Stretch = tuple[Sequence[ColumnElement[bool]], Sequence[ColumnElement[Any]]]  # conditions, and an order


def _stretches(picked: _Picked, descending: bool, after: _Place | None) -> Iterator[_Stretch]:
    """What lies behind a place, as stretches of the sort's index, each of which SQLite finds and walks at once."""
    number, key = picked.number, picked.key

    def behind(column: ColumnElement[Any], value: Any) -> ColumnElement[bool]:
        return column < literal(value) if descending else column > literal(value)

    if picked.sort.name == "number":
        yield [] if after is None else [behind(number, after[0])], [number]
        return
    if after is None:
        yield [key.is_not(None)] if picked.sort.nullable else [], [key, number]
    elif after[1] is not None:
        yield [key == literal(after[1]), behind(number, after[0])], [number]
        yield [behind(key, after[1])], [key, number]
    if after is not None and after[1] is None:
        yield [key.is_(None), behind(number, after[0])], [number]
    elif picked.sort.nullable:
        yield [key.is_(None)], [number]


def _write_cursor(sort: str, descending: bool, number: int, value: Any) -> str:
    return json.dumps([sort, descending, number, value])


def _read_cursor(cursor: str | None, sort: str, descending: bool) -> _Place | None:
    if cursor is None:
        return None
    try:
        of_sort, of_descending, number, value = json.loads(cursor)
    except (ValueError, TypeError):
        raise InvalidInput("This is no place in a list. Begin at its first page.") from None
    is_value = value is None or type(value) in (bool, int, float, str)
    if (of_sort, of_descending) != (sort, descending) or type(number) is not int or not is_value:
        raise InvalidInput("This place is of another list. Begin at its first page.")
    return number, value


# --- facets and plots -------------------------------------------------------------------------------------------------


class _Light(NamedTuple):
    number: int
    source: str
    family: str
    reasoner: str
    depth: int
    correct: bool | None
    score: float | None
    dm: str | None
    human: str | None
    flagged: bool
    tokens: int
    version: int


def _verdict(row: _Light) -> str:
    return row.human or automatic_verdict(row.correct)


def _facets_of(sample: Sequence[_Light], threshold: float, by_source: bool) -> dict[str, Mapping[str, int]]:
    cells = Counter(
        f"{judged(row.score, threshold)}/{automatic_verdict(row.correct)}/{row.human or NONE}" for row in sample
    )
    return {
        "source": Counter(row.source if by_source else row.family for row in sample),
        "reasoner": Counter(row.reasoner for row in sample),
        **_of_cells(cells),
        "cell": cells,
        "retry": Counter("true" if row.depth else "false" for row in sample),
        "dm": Counter(row.dm for row in sample if row.dm),
        "flagged": {"true": sum(row.flagged for row in sample)},
    }


def _all_cells(connection: Connection, threshold: float) -> Counter[str]:
    """How many of all records are in each cell: what DM, automatic label and people say of them."""
    accepts = func.count(case((_records.score >= threshold, 1)))
    query = select(_records.correct, _records.human, accepts, func.count(_records.score), func.count())
    cells = Counter[str]()
    for correct, human, accepted, scored, total in connection.execute(query.group_by(_records.correct, _records.human)):
        rest = f"{automatic_verdict(correct)}/{human or NONE}"
        cells[f"{ACCEPT}/{rest}"] += accepted
        cells[f"{REJECT}/{rest}"] += scored - accepted
        cells[f"{NONE}/{rest}"] += total - scored
    return cells


def _of_cells(cells: Mapping[str, int]) -> dict[str, Mapping[str, int]]:
    """Each judge's verdicts on their own."""
    sums: dict[str, Counter[str]] = {name: Counter() for name in ("judged", "automatic", "human")}
    for cell, number in cells.items():
        for counter, verdict in zip(sums.values(), cell.split("/"), strict=True):
            counter[verdict] += number
    return dict(sums)


def _marked(connection: Connection, numbers: Sequence[int] | None) -> dict[str, Mapping[str, int]]:
    """Annotators, tags and stop-point labels, of these records or of all."""
    authors = Counter[str]()
    marks = {"tag": Counter[str](), "stop": Counter[str]()}
    parts: list[Sequence[int] | None] = [None]
    if numbers is not None:
        parts = [numbers[start : start + _CHUNK] for start in range(0, len(numbers), _CHUNK)]
    for part in parts:
        said = select(_opinions.author, func.count(func.distinct(_opinions.record))).group_by(_opinions.author)
        marked = select(_marks.kind, _marks.value, func.count()).group_by(_marks.kind, _marks.value)
        marked = marked.where(_marks.kind.in_(marks))
        if part is not None:
            said, marked = said.where(_opinions.record.in_(part)), marked.where(_marks.record.in_(part))
            marked = marked.with_hint(tables.marks, "INDEXED BY marks_record", "sqlite")  # else it reads them all
        authors.update({author: number for author, number in connection.execute(said)})
        for kind, value, number in connection.execute(marked):
            marks[kind][value] += number
    return {"annotator": authors, **marks}


def _facets(counted: Mapping[str, Mapping[str, int]], of: int, exact: bool) -> Facets:
    cut = tuple(name for name, counts in counted.items() if len(counts) > FACET_VALUES)
    return Facets({name: _frequent(counts) for name, counts in counted.items()}, of, exact, cut=cut)


def _frequent(counts: Mapping[str, int]) -> tuple[FacetValue, ...]:
    most = sorted(((number, value) for value, number in counts.items() if number), key=lambda pair: (-pair[0], pair[1]))
    return tuple(FacetValue(value, number) for number, value in most[:FACET_VALUES])


def _bins(values: Sequence[tuple[float, str]], edges: Sequence[float]) -> tuple[Bin, ...]:
    """Equal bins between the edges; what lies outside counts in the nearest."""
    last = len(edges) - 2
    width = edges[1] - edges[0]
    counts = Counter((min(last, max(0, int(value / width))), verdict) for value, verdict in values)
    return tuple(
        Bin(edges[i], edges[i + 1], counts[i, ACCEPT], counts[i, REJECT], counts[i, NONE]) for i in range(last + 1)
    )


def _reliability(values: Sequence[tuple[float, str]]) -> tuple[ReliabilityBin, ...]:
    """The bins that hold anything."""
    bins: dict[int, list[tuple[float, str]]] = {}
    for score, verdict in values:
        bins.setdefault(min(RELIABILITY_BINS - 1, max(0, int(score * RELIABILITY_BINS))), []).append((score, verdict))
    return tuple(
        ReliabilityBin(
            i / RELIABILITY_BINS,
            (i + 1) / RELIABILITY_BINS,
            len(inside),
            sum(score for score, _ in inside) / len(inside),
            sum(verdict == ACCEPT for _, verdict in inside) / len(inside),
        )
        for i, inside in sorted(bins.items())
    )


# --- one record -------------------------------------------------------------------------------------------------------


def _attempt_view(row: Mapping[Any, Any], history: Sequence[Annotation], threshold: float) -> AttemptView:
    content = unpack(row["content"])
    steps = columns_to_steps(content)
    automatic = automatic_verdict(row["correct"])
    return AttemptView(
        id=row["id"],
        reasoner=row["reasoner"],
        temperature=row["temperature"],
        attempt=row["attempt_index"],
        depth=row["depth"],
        rejected=tuple(content["rejected"]),
        steps=tuple(StepView(step.text, step.tokens, step.score, step.rejected) for step in steps),
        answer=row["answer"],
        finish=content["finish"],
        tokens=row["tokens"],
        seconds=content["seconds"],
        mean_logprob=row["mean_logprob"],
        automatic=automatic,
        first_error_step=row["first_error_step"],
        score=row["score"],
        judged=judged(row["score"], threshold),
        dm=row["dm"] or "",
        differs_at=None,
        source=row["source"],
        created=row["created"],
        trace=row["trace"] or "",
        labels=labels_of(history, automatic),
        history=tuple(history),
    )


def _differs_at(mine: AttemptView, other: AttemptView) -> int | None:
    """The first step of `other` that is not the same in `mine`; None where all are the same."""
    ours, theirs = [step.text for step in mine.steps], [step.text for step in other.steps]
    for i, (a, b) in enumerate(zip(ours, theirs, strict=False)):
        if a != b:
            return i
    return len(ours) if len(theirs) > len(ours) else None


# --- remembering ------------------------------------------------------------------------------------------------------


class _Cache:
    """The latest results, each with the stamp of the data it was computed from."""

    def __init__(self, size: int = 16) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[int, float, float, Any]] = OrderedDict()

    def get(self, key: Hashable, stamp: int, compute: Callable[[], T]) -> T:
        return self._get(key, stamp, compute, 0.0)[0]

    def get_old(self, key: Hashable, stamp: int, compute: Callable[[], T]) -> tuple[T, float]:
        """Also what is not older than `SPARED` times the seconds that it took; with its age."""
        return self._get(key, stamp, compute, SPARED)

    def _get(self, key: Hashable, stamp: int, compute: Callable[[], T], spared: float) -> tuple[T, float]:
        now = time.monotonic()
        with self._lock:
            of, made, took, value = self._kept.get(key, (-1, 0.0, 0.0, None))
            if of == stamp:
                self._kept.move_to_end(key)
                return value, 0.0
            if of >= 0 and now - made < spared * took:
                return cast(T, value), now - made
        value = compute()
        with self._lock:
            self._kept[key] = (stamp, now, time.monotonic() - now, value)
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return value, 0.0
