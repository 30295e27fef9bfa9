"""The verbs of the Data tab: browse, annotate, work through queues, import, freeze; and who may do which.

It stands at the edge: filters come in as plain JSON values, and what goes out is frozen. On a public server everybody
browses, whoever is logged in annotates, and only its owner changes many records at once.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

from drr.annotations import NONE, Annotation, Kind, Labels, StaleEdit
from drr.columns import Columns
from drr.errors import InvalidInput, NotAllowed
from drr.exchange import (
    COLUMNS,
    BehaviorDataset,
    BehaviorFile,
    ImportPreview,
    ImportReport,
    Progress,
    export_file,
    export_history,
    import_records,
    preview,
    push_to_hub,
)
from drr.store import RecordFilter, Store
from drr.store.annotations import Agreement, BulkPreview, Done
from drr.store.batches import Batch, UndoneImport
from drr.store.browsing import AttemptView, Count, Detail, Facets, Plots, Row, Rows
from drr.store.queues import QueueInfo
from drr.store.snapshots import Comparison, Snapshot
from drr.store.views import View
from drr.types import Person

__all__ = ["VISITOR", "Data", "NotAllowed", "Person", "StaleEdit"]

Where = Mapping[str, Any]
"""A filter as JSON values; its keys are the fields of `RecordFilter`."""
ALL: Where = MappingProxyType({})
PUBLIC_EXPORT = 50_000  # records that a visitor of a public server may take at once
SCORED_AT_ONCE = 1_000  # attempts of many lengths fill batches of few

log = logging.getLogger(__name__)


VISITOR = Person()


class Data:
    """`store`, `threshold` and `dm` are asked for when they are needed: the store may still be opening."""

    def __init__(
        self, store: Callable[[], Store], public: bool, threshold: Callable[[], float], dm: Callable[[str], Any]
    ) -> None:
        self._open = store
        self._public = public
        self._threshold = threshold
        self._dm = dm

    # --- rights -------------------------------------------------------------------------------------------------------

    def may_annotate(self, person: Person) -> bool:
        """Whether their labels are taken: locally with any name, on a public server after a login."""
        return bool(person.name.strip()) and (person.verified or not self._public)

    def may_change(self, person: Person) -> bool:
        """Whether they may change many records at once: import, freeze, label in bulk. On a public server its owner."""
        return self.may_annotate(person) and (person.admin or not self._public)

    def _annotator(self, person: Person) -> str:
        if not self.may_annotate(person):
            remedy = "Log in first." if self._public else "Say who you are first: a name is enough."
            raise NotAllowed(f"Labels need to be somebody's. {remedy}")
        return person.name

    def _changer(self, person: Person) -> str:
        author = self._annotator(person)
        if not self.may_change(person):
            raise NotAllowed("This changes many records, and the server is public. Run DRR Studio yourself to do it.")
        return author

    # --- browsing -----------------------------------------------------------------------------------------------------

    def browse(
        self, where: Where = ALL, sort: str = "number", descending: bool = False, cursor: str | None = None,
        limit: int = 50,
    ) -> Rows:  # fmt: skip
        """A page of rows; `next` of one page is the `cursor` of the one behind it."""
        asked, threshold = self._filter(where)
        return self._store.browsing.browse(asked, sort, descending, cursor, limit, threshold)

    def count(self, where: Where = ALL) -> Count:
        return self._store.browsing.count(self._filter(where)[0])

    def facets(self, where: Where = ALL) -> Facets:
        return self._store.browsing.facets(*self._filter(where))

    def plots(self, where: Where = ALL) -> Plots:
        return self._store.browsing.plots(*self._filter(where))

    def detail(
        self, record_id: str, person: Person = VISITOR, blind: bool = False, threshold: float | None = None
    ) -> Detail:
        """A record with all about it. `blind`: without what could sway a person's judgement of its attempts.

        On a public server the traces on its question are other people's, and left out.
        """
        detail = self._store.browsing.detail(record_id, self._threshold() if threshold is None else threshold)
        if self._public:
            detail = without_traces(detail)
        return blinded(detail, person) if blind else detail

    # --- annotating ---------------------------------------------------------------------------------------------------

    def annotate(
        self, person: Person, record_id: str, kind: str, value: Any, seen: int, *, reason: str = "",
        independent: bool = False, token: str | None = None,
    ) -> Labels:  # fmt: skip
        """Keep what a person says of a record; see `Kind` for the values. Raises StaleEdit, with both values."""
        author = self._annotator(person)
        return self._store.annotations.add(
            record_id, _kind(kind), value, author, seen, reason=reason, independent=independent, token=token
        )

    def undo(self, person: Person) -> Done:
        return self._store.annotations.undo(self._annotator(person))

    def redo(self, person: Person) -> Done:
        return self._store.annotations.redo(self._annotator(person))

    def history(self, record_id: str) -> tuple[Annotation, ...]:
        return self._store.annotations.history(record_id)

    def bulk_preview(self, where: Where, kind: str, value: Any) -> BulkPreview:
        return self._store.annotations.preview(self._filter(where)[0], _kind(kind), value)

    def bulk(self, person: Person, where: Where, kind: str, value: Any, expected: int, reason: str = "") -> Done:
        """Say the same of all that pass; `expected` is the number of records that the preview named."""
        author = self._changer(person)
        return self._store.annotations.bulk(self._filter(where)[0], _kind(kind), value, author, expected, reason)

    # --- queues -------------------------------------------------------------------------------------------------------

    def queues(self, person: Person = VISITOR, where: Where = ALL) -> tuple[QueueInfo, ...]:
        asked, threshold = self._filter(where)
        return self._store.queues.infos(person.name, asked, threshold)

    def take(
        self, person: Person, queue: str, where: Where = ALL, *, count: int = 10, overlap: int = 1, seed: int = 0
    ) -> tuple[Row, ...]:
        """The next records for this person; those they hold already come first."""
        author = self._annotator(person)
        asked, threshold = self._filter(where)
        return self._store.queues.take(
            author, queue, asked, count=count, overlap=overlap, seed=seed, threshold=threshold
        )

    def release(self, person: Person) -> int:
        """Give back what the person holds."""
        return self._store.queues.release(self._annotator(person))

    def agreement(self, where: Where = ALL, kind: str = "verdict") -> Agreement:
        return self._store.annotations.agreement(self._filter(where)[0], _kind(kind))

    # --- views and snapshots ------------------------------------------------------------------------------------------

    def views(self) -> tuple[View, ...]:
        return self._store.views.list()

    def save_view(self, person: Person, name: str, query: Mapping[str, Any]) -> View:
        return self._store.views.save(name, self._annotator(person), query)

    def delete_view(self, person: Person, name: str) -> None:
        self._store.views.delete(name, self._annotator(person))

    def snapshots(self) -> tuple[Snapshot, ...]:
        return self._store.snapshots.list()

    def freeze(self, person: Person, name: str, where: Where = ALL, note: str = "") -> Snapshot:
        return self._store.snapshots.freeze(name, self._filter(where)[0], self._changer(person), note)

    def compare(self, before: str, after: str) -> Comparison:
        return self._store.snapshots.compare(before, after)

    # --- files --------------------------------------------------------------------------------------------------------

    def batches(self) -> tuple[Batch, ...]:
        return self._store.batches.list()

    def import_file(
        self, person: Person, path: str | Path, *, name: str = "", mapping: Mapping[str, str] | None = None,
        fixed: Mapping[str, Any] | None = None, progress: Progress | None = None,
    ) -> ImportReport:  # fmt: skip
        """Add the records of a file, as one import under `name`, which can be undone.

        `mapping` names the file's column for each of ours, `fixed` gives values that hold for all lines; without
        either, the format is recognised.
        """
        author = self._changer(person)
        behavior = BehaviorFile(path, columns_of(mapping, fixed))
        return import_records(behavior, self._store, progress, name=name or Path(path).name, author=author)

    def import_dataset(
        self, person: Person, dataset: str, *, split: str = "train", config: str | None = None,
        mapping: Mapping[str, str] | None = None, fixed: Mapping[str, Any] | None = None, limit: int | None = None,
        progress: Progress | None = None,
    ) -> ImportReport:  # fmt: skip
        """The same for a Hugging Face dataset, by its hub name or its folder; at most `limit` rows of it."""
        author = self._changer(person)
        behavior = BehaviorDataset(dataset, split, config, columns_of(mapping, fixed))
        return import_records(behavior, self._store, progress, name=dataset, author=author, limit=limit)

    def preview_import(
        self, person: Person, path: str | Path, *, mapping: Mapping[str, str] | None = None,
        fixed: Mapping[str, Any] | None = None,
    ) -> ImportPreview:  # fmt: skip
        """What an import would read of a file's first lines."""
        self._changer(person)
        return preview(BehaviorFile(path, columns_of(mapping, fixed)))

    def undo_import(self, person: Person, number: int) -> UndoneImport:
        self._changer(person)
        return self._store.batches.undo(number)

    def export(self, path: str | Path, where: Where = ALL, progress: Progress | None = None) -> int:
        """Write exactly the records that pass, with their labels; the path's ending names the format. How many."""
        return export_file(path, self._store, self._takable(where), progress, labels=True)

    def export_history(self, path: str | Path, where: Where = ALL) -> int:
        """Write all annotations on the records that pass, as JSONL. How many."""
        return export_history(path, self._store, self._takable(where))

    def push_to_hub(self, repo: str, token: str, where: Where = ALL, progress: Progress | None = None) -> str:
        """Put the records that pass on the Hub, in the name of whoever has the token; the dataset's address."""
        return push_to_hub(repo, token, self._store, self._takable(where), progress)

    def _takable(self, where: Where) -> RecordFilter:
        asked, _ = self._filter(where)
        if self._public and self._store.records.count(asked) > PUBLIC_EXPORT:
            raise NotAllowed(f"A public server gives out at most {PUBLIC_EXPORT:,} records. Choose a narrower filter.")
        return asked

    # --- scores -------------------------------------------------------------------------------------------------------

    def score(self, person: Person, dm: str = "", where: Where = ALL, progress: Progress | None = None) -> int:
        """Have a DM score the stored attempts that pass, in place of the scores they have. How many."""
        self._changer(person)
        judge = self._dm(dm)
        if not hasattr(judge, "score_many"):
            raise InvalidInput(f"{judge.name} is a probe: it judges live, not afterwards. Choose a token DM.")
        asked, _ = self._filter(where)
        records = self._store.records
        total, done = max(1, records.count(asked)), 0
        waiting = records.iterate(asked, batch=SCORED_AT_ONCE)
        reasoners: set[str] = set()
        while chunk := list(islice(waiting, SCORED_AT_ONCE)):
            warn_of_mismatch(judge, {record.reasoner for record in chunk} - reasoners)
            reasoners |= {record.reasoner for record in chunk}
            scores = judge.score_many([(record.question, record.rejected, record.attempt) for record in chunk])
            done += records.set_scores(judge.name, zip((record.id for record in chunk), scores, strict=True))
            if progress is not None:
                progress(done, min(1.0, done / total))
        return done

    # ------------------------------------------------------------------------------------------------------------------

    @property
    def _store(self) -> Store:
        return self._open()

    def _filter(self, where: Where) -> tuple[RecordFilter, float]:
        """The filter, and the threshold that its verdicts of the DM depend on."""
        threshold = self._threshold() if where.get("threshold") is None else where["threshold"]
        asked = RecordFilter.of({**where, "threshold": threshold})
        assert asked.threshold is not None
        return asked, asked.threshold


def warn_of_mismatch(dm: Any, reasoners: Iterable[str]) -> None:
    """Log it for each of these Reasoners that a DM judges without having learnt from it."""
    card = getattr(dm, "card", None)  # a judge that was not trained has none
    if card is None:
        return
    from drr.dm.checkpoint import mismatch

    for reasoner in sorted(reasoners):
        if (warning := mismatch(card, reasoner)) is not None:
            log.warning(warning)


def without_traces(detail: Detail) -> Detail:
    return replace(detail, traces=(), attempts=tuple(replace(attempt, trace="") for attempt in detail.attempts))


def blinded(detail: Detail, person: Person) -> Detail:
    """Of the attempts that a person has not judged, without scores, labels and what others said.

    While there are such, also without the gold answer and the traces, which tell all that too.
    """
    attempts = tuple(
        attempt if person.name in attempt.labels.opinions else _bare(attempt, person.name)
        for attempt in detail.attempts
    )
    if not detail.more and not any(attempt.blind for attempt in attempts):
        return detail
    question = replace(detail.question, gold=None)
    return without_traces(replace(detail, question=question, attempts=attempts, blind=True))


def _bare(attempt: AttemptView, name: str) -> AttemptView:
    said = attempt.labels
    labels = Labels(
        NONE, "hidden", NONE, NONE,
        steps_by={author: steps for author, steps in said.steps_by.items() if author == name},
        stops_by={author: stop for author, stop in said.stops_by.items() if author == name},
        notes=tuple(note for note in said.notes if note.author == name),
        version=said.version,
    )  # fmt: skip
    return replace(
        attempt,
        steps=tuple(replace(step, score=None) for step in attempt.steps),
        automatic=NONE,
        first_error_step=None,
        score=None,
        judged=NONE,
        labels=labels,
        history=(),
        blind=True,
    )


def columns_of(mapping: Mapping[str, str] | None, fixed: Mapping[str, Any] | None) -> Columns | None:
    """What a person says of a file's columns; None where they say nothing.

    Raises:
        InvalidInput: a column that we do not have.
    """
    if not mapping and not fixed:
        return None
    known = (*COLUMNS, "text", "step_labels")
    unknown = sorted({*(mapping or ()), *(fixed or ())} - set(known))
    if unknown:
        raise InvalidInput(f"A record has no {', '.join(unknown)}. It has: {', '.join(known)}.")
    return Columns("as mapped", dict(mapping or {}), dict(fixed or {}))


def _kind(name: str) -> Kind:
    try:
        return Kind(name)
    except ValueError:
        raise InvalidInput(f"There are no {name!r} labels. There are: {', '.join(Kind)}.") from None
