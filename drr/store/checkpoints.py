"""The DM checkpoints: where each lies, what it was trained on, how good it is, and which one is deployed.

And which labels people have changed since: what a DM trained anew would learn.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, func, select, update

from drr.annotations import automatic_verdict, labels_of
from drr.errors import InvalidInput
from drr.store import tables
from drr.store.database import Database
from drr.store.events import events_on
from drr.store.filters import EVERYTHING, RecordFilter, conditions

MOST_CHANGES = 5_000  # of labels, that are looked for
_CHUNK = 1_000

_checkpoints, _records, _annotations = tables.checkpoints.c, tables.records.c, tables.annotations.c


@dataclass(frozen=True)
class Checkpoint:
    """A trained DM. `snapshot` is the hash of the Dataset snapshot it was trained on; at most one is `deployed`."""

    name: str
    path: str
    metrics: Mapping[str, Any]
    snapshot: str
    created: float
    deployed: bool


class Checkpoints:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, path: str, metrics: Mapping[str, Any], snapshot: str = "") -> Checkpoint:
        """Register a checkpoint; the same one twice is the same one.

        Raises:
            InvalidInput: another checkpoint has that name.
        """
        values = {"path": path, "metrics": json.dumps(dict(metrics), sort_keys=True), "snapshot": snapshot}
        row = {"name": name, **values, "created": time.time(), "deployed": False}
        insert = self._database.insert(tables.checkpoints).on_conflict_do_nothing(index_elements=["name"])
        with self._database.transaction(durable=True) as connection:
            connection.execute(insert, row)
            kept = connection.execute(select(tables.checkpoints).where(_checkpoints.name == name)).mappings().one()
        if any(kept[key] != value for key, value in values.items()):
            raise InvalidInput(f"Another DM checkpoint is named {name} ({kept['path']}). Choose another name.")
        return _read_checkpoint(kept)

    def list(self) -> tuple[Checkpoint, ...]:
        """The latest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(tables.checkpoints).order_by(_checkpoints.number.desc())).mappings().all()
        return tuple(map(_read_checkpoint, rows))

    def deploy(self, name: str) -> Checkpoint | None:
        """Make this the one that judges from now on; with an empty name, the DM that is shipped.

        Raises:
            InvalidInput: there is none of that name.
        """
        with self._database.transaction(durable=True) as connection:
            known = connection.execute(select(_checkpoints.name)).scalars().all()
            if name and name not in known:
                raise InvalidInput(f"There is no DM checkpoint {name}. Known: {', '.join(known) or 'none'}.")
            connection.execute(update(tables.checkpoints).values(deployed=_checkpoints.name == name))
            connection.execute(tables.deployments.insert(), {"name": name, "created": time.time()})
            return self.current()

    def roll_back(self) -> Checkpoint | None:
        """Deploy again what was deployed before the current one; None for the DM that is shipped.

        Raises:
            InvalidInput: nothing was deployed yet.
        """
        query = select(tables.deployments.c.name).order_by(tables.deployments.c.number.desc()).limit(100)
        with self._database.transaction(durable=True) as connection:
            names = connection.execute(query).scalars().all()
            if not names:
                raise InvalidInput("No DM was deployed yet, so there is nothing to roll back to.")
            return self.deploy(next((name for name in names if name != names[0]), ""))

    def current(self) -> Checkpoint | None:
        """The deployed one; None for the DM that is shipped."""
        with self._database.reading() as connection:
            row = connection.execute(select(tables.checkpoints).where(_checkpoints.deployed)).mappings().first()
        return None if row is None else _read_checkpoint(row)

    def count(self) -> int:
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(tables.checkpoints)).scalar_one()

    def relabelled_since(self, when: float, where: RecordFilter = EVERYTHING) -> tuple[str, ...]:
        """The ids of the records, of those that pass, whose verdict or first wrong step people have changed since.

        What was taken back in the meantime is no change. The first MOST_CHANGES.
        """
        touched = select(_annotations.record).where(_annotations.created > when)
        annotated = select(_records.number, _records.id, _records.correct).where(_records.number.in_(touched))
        annotated = annotated.where(*conditions(where, self._database.engine.dialect.name))
        annotated = annotated.order_by(_records.number).limit(_CHUNK)
        changed: list[str] = []
        last = 0
        with self._database.reading() as connection:
            while len(changed) < MOST_CHANGES and (
                chunk := connection.execute(annotated.where(_records.number > last)).all()
            ):
                events = events_on(connection, [number for number, _, _ in chunk])
                for number, id, correct in chunk:
                    automatic = automatic_verdict(correct)
                    now = labels_of(events[number], automatic)
                    before = labels_of([event for event in events[number] if event.created <= when], automatic)
                    if (now.verdict, now.first_error) != (before.verdict, before.first_error):
                        changed.append(id)
                last = chunk[-1][0]
        return tuple(changed[:MOST_CHANGES])


def _read_checkpoint(row: RowMapping) -> Checkpoint:
    return Checkpoint(
        name=row["name"],
        path=row["path"],
        metrics=json.loads(row["metrics"]),
        snapshot=row["snapshot"],
        created=row["created"],
        deployed=row["deployed"],
    )
