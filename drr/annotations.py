"""What people say about behavior records, and what it comes to: events, the labels derived from them, agreement.

An Annotation is an event that is never changed. Undoing one is an event of its own, which names it; undoing that one is
redo. What a record's events come to is always derived, by `labels_of`. Knows no database, file or clock.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from drr.errors import DRRError, InvalidInput
from drr.types import BehaviorRecord

ACCEPT, REJECT, NONE = "accept", "reject", "none"  # the words of a verdict; none: there is none
LONGEST_NOTE = 10_000  # characters
LONGEST_NAME = 100  # of an author or a tag


class Kind(StrEnum):
    """What an annotation says. Beside each, the value it has; None takes back what its author said before."""

    VERDICT = "verdict"  # "accept" or "reject"
    STEPS = "steps"  # a list with one of 1, 0, -1 or None for each step
    STOP = "stop"  # {"label": one of STOPS, "step": the step's index, from 0, or None}
    NOTE = "note"  # text
    TAG = "tag"  # {"tag": text, "on": true or false}
    FLAG = "flag"  # true or false
    SKIP = "skip"  # true or false: this author does not want to judge it
    GOLD_WRONG = "gold_wrong"  # true or false
    ADJUDICATE = "adjudicate"  # "accept" or "reject": settles what people disagree on
    UNDO = "undo"  # the number of the annotation that no longer counts


STOPS = ("here", "too_early", "too_late", "abstain")  # should have stopped here; stopped too early; too late; abstain
SHARED = frozenset({Kind.TAG, Kind.FLAG, Kind.GOLD_WRONG, Kind.ADJUDICATE})  # one value a record, whoever set it last
OPINIONS = (Kind.VERDICT, Kind.STEPS, Kind.STOP, Kind.NOTE, Kind.SKIP)  # one value for each author


@dataclass(frozen=True)
class Annotation:
    """One event on a record. `number` orders the events of all records; `seen` is the `version` that the author saw.

    `created` is in seconds since 1970. Annotations that were made by one gesture share an `action`.
    """

    number: int
    record_id: str
    kind: Kind
    value: Any
    author: str
    reason: str
    created: float
    seen: int
    action: int


@dataclass(frozen=True)
class StopLabel:
    """Where an attempt should have stopped: one of STOPS, and the index of the step it speaks of, if any."""

    label: str
    step: int | None = None


@dataclass(frozen=True)
class Note:
    author: str
    text: str
    created: float


@dataclass(frozen=True)
class Labels:
    """What the events on a record come to.

    `verdict` is what counts: adjudicated, else the latest human one, else the automatic one; `basis` says which
    (adjudicated, human, automatic or none), `author` who, `reason` why. `human` leaves the automatic one out.
    `opinions` has each author's own verdict. `steps`, `first_error` (-1: no step is wrong; None: not said) and `stop`
    are the latest of anyone; `steps_by` and `stops_by` have each author's own. `version` is the number of the last
    event, `previous` that of the one before it; 0 where there is none.
    """

    verdict: str
    basis: str
    automatic: str
    human: str
    author: str = ""
    reason: str = ""
    adjudicated: str = NONE
    opinions: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[int | None, ...] = ()
    first_error: int | None = None
    stop: StopLabel | None = None
    steps_by: Mapping[str, tuple[int | None, ...]] = field(default_factory=dict)
    stops_by: Mapping[str, StopLabel] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    tags: tuple[str, ...] = ()
    flagged: bool = False
    gold_wrong: bool = False
    skipped_by: tuple[str, ...] = ()
    version: int = 0
    previous: int = 0


class StaleEdit(DRRError):
    """Somebody else has said something in the meantime: `theirs`, against `mine`. `version` is the new one."""

    def __init__(self, mine: Any, theirs: Annotation, version: int) -> None:
        super().__init__(
            f"{theirs.author} has said {described(theirs.value)} of this record since you opened it; you say "
            f"{described(mine)}. Look again, then keep theirs or save yours over it."
        )
        self.mine, self.theirs, self.version = mine, theirs, version


def described(value: Any) -> str:
    """A value in a few words."""
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        if "tag" in value:
            return f"{value['tag']}" if value["on"] else f"without {value['tag']}"
        return str(value["label"]) if value.get("step") is None else f"{value['label']} at step {value['step'] + 1}"
    if isinstance(value, list):
        wrong = first_error(value)
        return "step labels" if wrong is None else "no wrong step" if wrong < 0 else f"first error at step {wrong + 1}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if len(str(value)) <= 60 else f"{str(value)[:59]}…"


def automatic_verdict(correct: bool | None) -> str:
    """The automatic label as a verdict."""
    return NONE if correct is None else ACCEPT if correct else REJECT


def in_force(events: Sequence[Annotation]) -> list[Annotation]:
    """The events, oldest first, that no later event has undone; undo events themselves left out."""
    undone: set[int] = set()
    kept = []
    for event in reversed(events):
        if event.number in undone:
            continue
        if event.kind is Kind.UNDO:
            undone.add(event.value)
        else:
            kept.append(event)
    return kept[::-1]


def labels_of(events: Sequence[Annotation], automatic: str) -> Labels:
    """Derive a record's labels from all its events, oldest first."""
    latest: dict[tuple[Kind, str], Annotation] = {}
    tags: dict[str, bool] = {}
    for event in in_force(events):
        if event.kind is Kind.TAG:
            tags[event.value["tag"]] = event.value["on"]
        else:
            key = (event.kind, "" if event.kind in SHARED else event.author)
            latest.pop(key, None)  # so that the order is that of the latest events
            latest[key] = event
    said: dict[Kind, list[Annotation]] = {kind: [] for kind in Kind}
    for (kind, _), event in latest.items():
        if event.value is not None and event.value is not False:
            said[kind].append(event)
    adjudicated, verdicts = said[Kind.ADJUDICATE], said[Kind.VERDICT]
    deciding = (adjudicated or verdicts or [None])[-1]  # type: ignore[list-item]
    human = NONE if deciding is None else deciding.value
    basis = "adjudicated" if adjudicated else "human" if verdicts else "none" if automatic == NONE else "automatic"
    steps_by = {event.author: tuple(event.value) for event in said[Kind.STEPS]}
    stops_by = {event.author: StopLabel(event.value["label"], event.value["step"]) for event in said[Kind.STOP]}
    steps = next(reversed(steps_by.values()), ())
    return Labels(
        verdict=human if deciding else automatic,
        basis=basis,
        automatic=automatic,
        human=human,
        author=deciding.author if deciding else "",
        reason=deciding.reason if deciding else "",
        adjudicated=adjudicated[-1].value if adjudicated else NONE,
        opinions={event.author: event.value for event in verdicts},
        steps=steps,
        first_error=first_error(steps),
        stop=next(reversed(stops_by.values()), None),
        steps_by=steps_by,
        stops_by=stops_by,
        notes=tuple(Note(event.author, event.value, event.created) for event in said[Kind.NOTE]),
        tags=tuple(sorted(tag for tag, on in tags.items() if on)),
        flagged=bool(said[Kind.FLAG]),
        gold_wrong=bool(said[Kind.GOLD_WRONG]),
        skipped_by=tuple(event.author for event in said[Kind.SKIP]),
        version=events[-1].number if events else 0,
        previous=events[-2].number if len(events) > 1 else 0,
    )


def relabelled(record: BehaviorRecord, events: Sequence[Annotation]) -> BehaviorRecord:
    """The record with its effective labels as `correct` and `first_error_step`; `events`: all on it, oldest first."""
    labels = labels_of(events, automatic_verdict(record.correct))
    error = record.first_error_step if labels.first_error is None else labels.first_error
    correct = None if labels.verdict == NONE else labels.verdict == ACCEPT
    return replace(record, correct=correct, first_error_step=error)


def first_error(steps: Sequence[int | None]) -> int | None:
    """The index of the first step labelled -1; -1 where every step is labelled and none is wrong; else None."""
    if -1 in steps:
        return steps.index(-1)
    return -1 if steps and None not in steps else None


def stale(events: Sequence[Annotation], kind: Kind, author: str, seen: int, independent: bool) -> Annotation | None:
    """The event in force that an author who last saw version `seen` does not know of and would pass over.

    `independent`: the author judges without looking at the others, so that only their own events, and those that a
    record has one of (`SHARED`), can be passed over. Notes, tags and skips stand beside each other and never are.
    """
    if kind in (Kind.NOTE, Kind.TAG, Kind.SKIP):
        return None
    for event in reversed(in_force(events)):
        if event.number <= seen:
            return None
        if event.kind is kind and (event.author == author or kind in SHARED or not independent):
            return event
    return None


def check_value(kind: Kind, value: Any, steps: int) -> Any:
    """The value as it is kept, for an attempt of so many steps.

    Raises:
        InvalidInput: it is not what the kind has.
    """
    if kind in (Kind.FLAG, Kind.SKIP, Kind.GOLD_WRONG):
        if type(value) is bool:
            return value
        raise InvalidInput(f"{kind} is true or false, not {value!r}.")
    if kind is Kind.TAG:
        return _check_tag(value)
    if value is None:
        return None
    if kind in (Kind.VERDICT, Kind.ADJUDICATE):
        if value in (ACCEPT, REJECT):
            return value
        raise InvalidInput(f"A verdict is accept or reject, not {value!r}.")
    if kind is Kind.NOTE:
        if isinstance(value, str) and len(value) <= LONGEST_NOTE:
            return value.strip() or None
        raise InvalidInput(f"A note is a text of at most {LONGEST_NOTE:,} characters. Shorten it.")
    if kind is Kind.STEPS:
        return _check_steps(value, steps)
    if kind is Kind.STOP:
        return _check_stop(value, steps)
    raise InvalidInput("Undo with undo(), not with an annotation of its own.")


def check_name(name: Any, what: str) -> str:
    """A name of an author or tag, without space around it.

    Raises:
        InvalidInput: it is empty, too long, or has line breaks or other control characters.
    """
    name = name.strip() if isinstance(name, str) else ""
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidInput(f"{what} is 1 to {LONGEST_NAME} printable characters on one line.")
    return name


def _check_tag(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or set(value) != {"tag", "on"} or type(value["on"]) is not bool:
        raise InvalidInput(f'A tag is given as {{"tag": its name, "on": true or false}}, not {value!r}.')
    return {"tag": check_name(value["tag"], "A tag"), "on": value["on"]}


def _check_steps(value: Any, steps: int) -> list[int | None]:
    if not isinstance(value, (list, tuple)) or len(value) != steps:
        raise InvalidInput(f"The attempt has {steps} steps: give a list of as many labels (1, 0, -1 or null).")
    if any(label is not None and (type(label) is not int or label not in (1, 0, -1)) for label in value):
        raise InvalidInput("A step is labelled 1 (good), 0 (neutral), -1 (wrong) or null (not labelled).")
    return list(value)


def _check_stop(value: Any, steps: int) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not set(value) <= {"label", "step"} or value.get("label") not in STOPS:
        raise InvalidInput(f"A stop-point label is one of {', '.join(STOPS)}, not {value!r}.")
    step = value.get("step")
    if step is not None and (type(step) is not int or not 0 <= step < steps):
        raise InvalidInput(f"The attempt has {steps} steps: name one from 0 to {steps - 1}.")
    if value["label"] == "here" and step is None:
        raise InvalidInput("Say at which step it should have stopped.")
    return {"label": value["label"], "step": step}


# --- agreement --------------------------------------------------------------------------------------------------------

Ratings = Iterable[Mapping[str, Hashable]]
"""For each item, what each author said of it: {author: value}."""


@dataclass(frozen=True)
class Confusion:
    """How often `first` said `values[i]` of an item and `second` said `values[j]` of it: `counts[i][j]`."""

    first: str
    second: str
    values: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    @property
    def items(self) -> int:
        return sum(map(sum, self.counts))


def confusion(ratings: Ratings, first: str, second: str) -> Confusion:
    """The confusion table of two authors over the items that both have judged."""
    pairs = Counter((str(said[first]), str(said[second])) for said in ratings if first in said and second in said)
    values = tuple(sorted({value for pair in pairs for value in pair}))
    return Confusion(first, second, values, tuple(tuple(pairs[a, b] for b in values) for a in values))


def cohens_kappa(table: Confusion) -> float | None:
    """Agreement of two authors beyond chance, (p_o - p_e) / (1 - p_e), in [-1, 1] (Cohen 1960).

    None without an item that both judged, and where chance alone agrees fully (both always said the same one thing).
    """
    n = table.items
    if not n:
        return None
    observed = sum(table.counts[i][i] for i in range(len(table.values))) / n
    rows, columns = map(sum, table.counts), map(sum, zip(*table.counts, strict=True))
    expected = sum(row * column for row, column in zip(rows, columns, strict=True)) / n**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def krippendorffs_alpha(ratings: Ratings) -> float | None:
    """Agreement of any number of authors, 1 - D_o / D_e for nominal values, missing ones allowed (Krippendorff 2011).

    None where no item has two values, or all values are the same.
    """
    coincidences: Counter[tuple[Hashable, Hashable]] = Counter()
    for said in ratings:
        values = Counter(said.values())
        count = values.total()
        for a in values if count > 1 else ():
            for b in values:
                coincidences[a, b] += values[a] * (values[b] - (a == b)) / (count - 1)  # type: ignore[assignment]
    totals: Counter[Hashable] = Counter()
    for (a, _), weight in coincidences.items():
        totals[a] += weight
    n = totals.total()
    disagreed = sum(weight for (a, b), weight in coincidences.items() if a != b)
    expected = (n * n - sum(total * total for total in totals.values())) / (n - 1) if n > 1 else 0
    return None if expected == 0 else 1 - disagreed / expected
