"""The traces: every question that was thought through, whole, the latest first."""

import secrets
import time
from dataclasses import replace

from sqlalchemy import func, select

from drr.store import tables
from drr.store.database import Database
from drr.store.packing import pack, storable, unpack
from drr.types import Trace, from_dict, to_dict

_traces = tables.traces.c


class Traces:
    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, trace: Trace) -> str:
        """Keep a trace, safe from a power cut once this returns its id; a trace saved before is replaced."""
        trace = trace if trace.id else replace(trace, id=secrets.token_urlsafe(8))
        row = {
            "id": trace.id,
            "question": storable(trace.question.text),
            "reasoner": storable(trace.reasoner),
            "policy": trace.policy,
            "status": str(trace.outcome.status),
            "tokens": trace.tokens,
            "created": time.time(),
            "content": pack(to_dict(trace)),
        }
        later = {name: value for name, value in row.items() if name not in ("id", "created")}
        insert = self._database.insert(tables.traces).values(row)
        with self._database.transaction(durable=True) as connection:
            connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=later))
        return trace.id

    def get(self, id: str) -> Trace | None:
        with self._database.reading() as connection:
            content = connection.execute(select(_traces.content).where(_traces.id == id)).scalar()
        return None if content is None else from_dict(Trace, unpack(content))

    def recent(self, limit: int = 20) -> list[Trace]:
        """The latest first."""
        query = select(_traces.content).order_by(_traces.number.desc()).limit(limit)
        with self._database.reading() as connection:
            contents = connection.execute(query).scalars().all()
        return [from_dict(Trace, unpack(content)) for content in contents]

    def count(self) -> int:
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(tables.traces)).scalar_one()
