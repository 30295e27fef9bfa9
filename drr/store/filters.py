"""Which records: the filter that browsing, queues, snapshots, export and training share, and its SQL conditions."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from drr.annotations import ACCEPT, NONE, REJECT, STOPS
from drr.errors import InvalidInput
from drr.store import search, tables
from drr.store.packing import storable

VERDICTS = (ACCEPT, REJECT, NONE)
_EQUALITIES = (
    "reasoner",
    "source",
    "question_id",
    "correct",
    "automatic",
    "human",
    "dm",
    "batch",
    "snapshot",
    "stop",
    "tag",
    "annotator",
)
_MOST = 2**63 - 1  # what every database takes as a whole number

_records, _opinions, _marks = tables.records.c, tables.opinions.c, tables.marks.c


@dataclass(frozen=True)
class RecordFilter:
    """Which records; None lets all pass. `automatic`, `human`, `verdict` and `judged` are accept, reject or none.

    `correct` is the automatic label as true or false. `retry` is False for first attempts only, True for retries only.
    `judged` is what the DM's score says at `threshold`, `verdict` the effective label. `cell` is the DM's, the
    automatic and the human verdict in one: `accept/reject/none`.
    """

    reasoner: str | None = None
    source: str | None = None  # a source such as gsm_symbolic:12, or a whole family of them: gsm_symbolic
    question_id: str | None = None
    correct: bool | None = None
    retry: bool | None = None
    score_min: float | None = None
    score_max: float | None = None
    text: str | None = None  # words (of letters or digits), all of them in the question or in what the Reasoner wrote
    advanced: bool | None = None  # `text` is an expression of SQLite's FTS5: "a phrase" OR pre* NOT other
    automatic: str | None = None
    human: str | None = None
    verdict: str | None = None
    judged: str | None = None
    threshold: float | None = None
    cell: str | None = None
    dm: str | None = None  # the DM that gave the score
    stop: str | None = None  # the stop-point label that somebody gave: here, too_early, too_late or abstain
    annotator: str | None = None
    tag: str | None = None
    flagged: bool | None = None
    gold_wrong: bool | None = None
    tokens_min: int | None = None
    tokens_max: int | None = None
    attempt_min: int | None = None
    attempt_max: int | None = None
    batch: int | None = None
    snapshot: str | None = None

    def __post_init__(self) -> None:
        for name in ("automatic", "human", "verdict", "judged"):
            value = getattr(self, name)
            if value not in (None, *VERDICTS):
                raise InvalidInput(f"{name} is accept, reject or none, not {value!r}.")
        if self.stop not in (None, *STOPS):
            raise InvalidInput(f"stop is {', '.join(STOPS[:-1])} or {STOPS[-1]}, not {self.stop!r}.")
        if self.cell is not None and not _is_cell(self.cell):
            raise InvalidInput(f"A cell has three verdicts, such as accept/reject/none, not {self.cell!r}.")
        if (self.judged or self.cell) and self.threshold is None:
            raise InvalidInput("What the DM accepts depends on a threshold: give one, such as threshold=0.5.")

    @classmethod
    def parse(cls, where: str) -> "RecordFilter":
        """Read `correct=true and source=gsm8k`; a comma is as good as `and`.

        Raises:
            InvalidInput: an unknown key, or a value that does not fit its key.
        """
        values: dict[str, Any] = {}
        for part in _BETWEEN_CONDITIONS.split(where.strip()) if where.strip() else ():
            key, equals, value = (piece.strip() for piece in part.partition("="))
            if not equals or key not in _KINDS:
                raise InvalidInput(f"{part!r} is not one of these: {', '.join(f'{name}=...' for name in _KINDS)}.")
            if key in values:
                raise InvalidInput(f"{key} is given twice.")
            values[key] = _read_text(key, value.strip("'\""))
        return cls(**values)

    @classmethod
    def of(cls, where: Mapping[str, Any]) -> "RecordFilter":
        """Read a filter from JSON values.

        Raises:
            InvalidInput: an unknown key, or a value that does not fit its key.
        """
        unknown = sorted(map(str, set(where) - set(_KINDS)))
        if unknown:
            raise InvalidInput(f"A filter has no {', '.join(unknown)}. It has: {', '.join(_KINDS)}.")
        return cls(**{key: _read_json(key, value) for key, value in where.items() if value is not None})

    @property
    def is_everything(self) -> bool:
        """Whether it lets all records pass."""
        return not self.to_json().keys() - {"threshold", "advanced"}

    @property
    def has_equality(self) -> bool:
        """Whether one of its conditions has an index of its own, in which the records stand in order of arrival."""
        return any(getattr(self, name) is not None for name in _EQUALITIES)

    def to_json(self) -> dict[str, Any]:
        """The conditions that are set; `of` reads them back."""
        return {name: value for name in _KINDS if (value := getattr(self, name)) is not None}


EVERYTHING = RecordFilter()


def conditions(where: RecordFilter, dialect: str, *, found_elsewhere: bool = False) -> list[ColumnElement[bool]]:
    """What must hold for a row of `records`. `found_elsewhere`: the query joins the full-text index itself."""
    made: list[ColumnElement[bool]] = []
    if where.reasoner is not None:
        made.append(_records.reasoner == where.reasoner)
    if where.source is not None:
        made.append((_records.source if ":" in where.source else _records.family) == where.source)
    if where.question_id is not None:
        made.append(or_(_records.question_id == where.question_id, _records.question_key == where.question_id))
    if where.correct is not None:
        made.append(_records.correct.is_(where.correct))
    if where.retry is not None:
        made.append(_records.depth > 0 if where.retry else _records.depth == 0)
    for name in ("score", "tokens", "attempt"):
        value = _records["attempt_index" if name == "attempt" else name]
        low, high = getattr(where, f"{name}_min"), getattr(where, f"{name}_max")
        made += [] if low is None else [value >= low]
        made += [] if high is None else [value <= high]
    judged, automatic, human = where.cell.split("/") if where.cell else (None, None, None)
    for one in (where.automatic, automatic):
        made += [] if one is None else [_automatic_is(one)]
    for one in (where.human, human):
        made += [] if one is None else [_records.human.is_(None) if one == NONE else _records.human == one]
    for one in (where.judged, judged):
        made += [] if one is None else [_judged_is(one, where.threshold or 0.0)]
    if where.verdict is not None:
        made.append(_verdict_is(where.verdict))
    if where.dm is not None:
        made.append(_records.dm == where.dm)
    if where.stop is not None:
        made.append(_has_mark("stop", where.stop))
    if where.annotator is not None:
        made.append(_records.number.in_(select(_opinions.record).where(_opinions.author == where.annotator)))
    if where.tag is not None:
        made.append(_has_mark("tag", where.tag))
    if where.flagged is not None:
        made.append(_has_mark("flag", "") if where.flagged else ~_records.flagged)
    if where.gold_wrong is not None:
        marked = _has_mark("gold_wrong", "")
        made.append(marked if where.gold_wrong else ~marked)
    if where.batch is not None:
        made.append(_records.batch == where.batch)
    if where.snapshot is not None:
        frozen = tables.snapshot_records.join(tables.snapshots)
        numbers = select(tables.snapshot_records.c.record).select_from(frozen)
        made.append(_records.number.in_(numbers.where(tables.snapshots.c.name == where.snapshot)))
    if where.text is not None and not found_elsewhere:
        made.append(_has_text(where, dialect))
    return made


def _automatic_is(verdict: str) -> ColumnElement[bool]:
    return _records.correct.is_(None) if verdict == NONE else _records.correct.is_(verdict == ACCEPT)


def _judged_is(verdict: str, threshold: float) -> ColumnElement[bool]:
    if verdict == NONE:
        return _records.score.is_(None)
    return _records.score >= threshold if verdict == ACCEPT else _records.score < threshold


def _verdict_is(verdict: str) -> ColumnElement[bool]:
    derived = and_(_records.human.is_(None), _automatic_is(verdict))
    return derived if verdict == NONE else or_(_records.human == verdict, derived)


def _has_mark(kind: str, value: str) -> ColumnElement[bool]:
    return _records.number.in_(select(_marks.record).where(_marks.kind == kind, _marks.value == value))


def _has_text(where: RecordFilter, dialect: str) -> ColumnElement[bool]:
    typed, advanced = where.text or "", bool(where.advanced)
    if search.is_indexed(dialect, typed, advanced):
        return _records.number.in_(
            select(search.FOUND).select_from(search.TABLE).where(search.matching(typed, advanced))
        )
    return search.reading(typed) if search.words_of(typed) else false()  # no index finds signs alone


def _is_cell(cell: str) -> bool:
    parts = cell.split("/")
    return len(parts) == 3 and all(part in VERDICTS for part in parts)


# --- reading ----------------------------------------------------------------------------------------------------------

_KINDS: dict[str, type] = {}
for _field in fields(RecordFilter):
    _KINDS[_field.name] = next(kind for kind in (bool, int, float, str) if str(_field.type).startswith(kind.__name__))

_BETWEEN_CONDITIONS = re.compile(r"\s*(?:,|\s(?:and|AND)\s)\s*(?=\w+\s*=)")
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _read_text(key: str, value: str) -> Any:
    kind = _KINDS[key]
    if kind is bool:
        if value.casefold() not in _TRUTH:
            raise InvalidInput(f"{key} is true or false, not {value!r}.")
        return _TRUTH[value.casefold()]
    if kind is str:
        return value
    try:
        return _read_json(key, kind(value))
    except ValueError:
        raise InvalidInput(f"{key} is a number, not {value!r}.") from None


def _read_json(key: str, value: Any) -> Any:
    kind: Any = _KINDS[key]
    if kind is float and type(value) is int:
        value = float(value) if abs(value) <= _MOST else math.inf
    if kind is int and type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is not kind:
        named = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}[kind]
        raise InvalidInput(f"{key} is {named}, not {value!r}.")
    if kind in (int, float) and not abs(value) <= _MOST:  # also refuses what is no number at all
        raise InvalidInput(f"{key} is out of range.")
    return storable(value) if kind is str else value
