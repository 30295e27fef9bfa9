"""The jobs: their queue, which process works on which, how far each is, and what it tells as it goes.

Every change of state names the state (and the worker) that it starts from, so that of two who change one job at once
one does nothing. Knows no process: who is alive is `drr.jobs`' business.
"""

import json
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, delete, func, or_, select, update

from drr.errors import InvalidInput
from drr.store import tables
from drr.store.database import Database
from drr.store.packing import storable
from drr.types import Job, JobState

ACTIVE = (JobState.QUEUED, JobState.RUNNING)
ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)

_jobs, _metrics = tables.jobs.c, tables.job_metrics.c

Curves = dict[str, list[tuple[int, float]]]
"""By name, the (step, value) pairs in the order of the steps."""


class Jobs:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, job: Job) -> None:
        """Queue a job behind the others."""
        row = {**vars(job), "params": _json(job.params), "result": _json(job.result), "state": str(job.state)}
        with self._database.transaction(durable=True) as connection:
            connection.execute(tables.jobs.insert(), row)

    def get(self, id: str) -> Job:
        """Raises InvalidInput where there is none."""
        with self._database.reading() as connection:
            row = connection.execute(select(tables.jobs).where(_jobs.id == storable(id))).mappings().first()
        if row is None:
            raise InvalidInput(f"There is no job {id}. See which there are with: python -m drr jobs")
        return _read_job(row)

    def list(self, states: Collection[JobState] = tuple(JobState), limit: int = 100) -> tuple[Job, ...]:
        """The latest first."""
        query = select(tables.jobs).where(_jobs.state.in_(map(str, states))).order_by(_jobs.number.desc()).limit(limit)
        with self._database.reading() as connection:
            return tuple(map(_read_job, connection.execute(query).mappings()))

    def count(self) -> int:
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(tables.jobs)).scalar_one()

    # --- changes of state ---------------------------------------------------------------------------------------------

    def claim(self, id: str, worker: int, worker_began: float) -> bool:
        """A worker takes a queued job; False when it is not queued (any more)."""
        values = {"state": "running", "worker": worker, "worker_began": worker_began, "began": time.time()}
        return self._change(_jobs.id == id, _jobs.state == "queued", values=values)

    def progress(
        self, job: Job, step: int, done: float, due: float | None = None, metrics: Mapping[str, float] | None = None
    ) -> bool:
        """How far the worker of `job` is; False when the job is its own no more."""
        insert = self._database.insert(tables.job_metrics)
        insert = insert.on_conflict_do_update(
            index_elements=["job_id", "step", "name"], set_={"value": insert.excluded.value}
        )
        rows = [
            {"job_id": job.id, "step": step, "name": name, "value": value} for name, value in (metrics or {}).items()
        ]
        with self._database.transaction() as connection:
            mine = self._change(*_worked_on(job), values={"step": step, "done": done, "due": due})
            if mine and rows:
                connection.execute(insert, rows)
        return mine

    def end(self, job: Job, state: JobState, reason: str = "", result: Mapping[str, Any] | None = None) -> bool:
        """The work of that worker on `job` is over; False when it was over, or another's, already."""
        values = {"state": str(state), "reason": storable(reason), "ended": time.time(), "due": None}
        if state is JobState.DONE:
            values |= {"done": 1.0, "result": _json(result or {})}
        return self._change(*_worked_on(job), values=values)

    def refuse(self, id: str, reason: str, since: float) -> bool:
        """A queued job that no worker has claimed since then cannot even begin: it has failed."""
        values = {"state": "failed", "reason": storable(reason), "ended": time.time()}
        unclaimed = or_(_jobs.began.is_(None), _jobs.began < since)
        return self._change(_jobs.id == id, _jobs.state == "queued", unclaimed, values=values)

    def ask_to_cancel(self, id: str, reason: str) -> Job:
        """A queued job is cancelled at once; a running one is asked, and its worker ends it."""
        now = time.time()
        cancelled = {"state": "cancelled", "reason": reason, "ended": now, "cancel_asked": now}
        with self._database.transaction(durable=True):
            if not self._change(_jobs.id == id, _jobs.state == "queued", values=cancelled):
                asked = {"cancel_asked": now, "reason": reason}
                self._change(_jobs.id == id, _jobs.state == "running", _jobs.cancel_asked.is_(None), values=asked)
            return self.get(id)

    def requeue(self, id: str) -> bool:
        """Queue a failed or cancelled job again, at its old place; what it had told stays."""
        values = {"state": "queued", "reason": "", "worker": None, "worker_began": None, "ended": None}
        return self._change(
            _jobs.id == id, _jobs.state.in_(("failed", "cancelled")), values={**values, "cancel_asked": None}
        )

    def remove(self, id: str) -> bool:
        """Forget an ended job and its curves."""
        with self._database.transaction(durable=True) as connection:
            ended = _jobs.id == id, _jobs.state.in_(map(str, ENDED))
            if connection.execute(select(_jobs.id).where(*ended)).first() is None:
                return False
            connection.execute(delete(tables.job_metrics).where(_metrics.job_id == id))
            connection.execute(delete(tables.jobs).where(*ended))
        return True

    def _change(self, *conditions: Any, values: Mapping[str, Any]) -> bool:
        with self._database.transaction() as connection:
            return bool(connection.execute(update(tables.jobs).where(*conditions).values(**values)).rowcount)

    # --- curves -------------------------------------------------------------------------------------------------------

    def curves(self, id: str, after: int = -1, most: int = 400) -> Curves:
        """What the job told behind step `after`; about `most` evenly spread steps of it, always with the last."""
        query = select(_metrics.step, _metrics.name, _metrics.value)
        query = query.where(_metrics.job_id == storable(id), _metrics.step > after).order_by(_metrics.step)
        curves: Curves = {}
        with self._database.reading() as connection:
            for step, name, value in connection.execute(query):
                curves.setdefault(name, []).append((step, value))
        return {name: _thinned(curve, most) for name, curve in curves.items()}


def _worked_on(job: Job) -> tuple[Any, ...]:
    worker = _jobs.worker == job.worker, _jobs.worker_began == job.worker_began
    return _jobs.id == job.id, _jobs.state == "running", *worker


def _thinned(curve: Sequence[tuple[int, float]], most: int) -> list[tuple[int, float]]:
    every = -(-len(curve) // most)
    return list(curve) if every <= 1 else list(curve[-1::-every][::-1])


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), sort_keys=True)


def _read_job(row: RowMapping) -> Job:
    values = {key: value for key, value in row.items() if key != "number"}
    params, result = json.loads(row["params"]), json.loads(row["result"])
    return Job(**{**values, "params": params, "result": result, "state": JobState(row["state"])})
