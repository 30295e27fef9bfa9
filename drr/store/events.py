"""Reading the events on records."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, select

from drr.annotations import Annotation, Kind
from drr.store import tables

_records, _annotations = tables.records.c, tables.annotations.c


def events_on(connection: Connection, numbers: Sequence[int]) -> dict[int, list[Annotation]]:
    """All events on these records (by number), the oldest first."""
    query = (
        select(tables.annotations, _records.id)
        .join(tables.records, _records.number == _annotations.record)
        .where(_annotations.record.in_(numbers))
        .order_by(_annotations.number)
    )
    found: dict[int, list[Annotation]] = {}
    for row in connection.execute(query).mappings():
        event = Annotation(
            number=row["number"],
            record_id=row["id"],
            kind=Kind(row["kind"]),
            value=json.loads(row["value"]),
            author=row["author"],
            reason=row["reason"],
            created=row["created"],
            seen=row["seen"],
            action=row["action"],
        )
        found.setdefault(row["record"], []).append(event)
    return found
