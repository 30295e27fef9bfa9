"""The store: questions, behavior records and what people say of them, traces, DM checkpoints and jobs, in one database.

One small store each. Frozen nouns go in and come out; rows, tables and SQLAlchemy stay inside. `Database` alone opens,
commits and rolls back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from drr.store.annotations import Annotations
from drr.store.batches import Batches
from drr.store.browsing import Browsing
from drr.store.checkpoints import Checkpoint, Checkpoints
from drr.store.database import WAIT_SECONDS, Database
from drr.store.filters import EVERYTHING, RecordFilter
from drr.store.jobs import Jobs
from drr.store.packing import question_key, record_id
from drr.store.questions import Questions
from drr.store.queues import Queues
from drr.store.records import CHUNK, Page, Prepared, Records, prepare
from drr.store.seeds import Seeds
from drr.store.snapshots import Snapshots
from drr.store.traces import Traces
from drr.store.views import Views

__all__ = [
    "CHUNK", "EVERYTHING", "Checkpoint", "Page", "Prepared", "RecordFilter", "Store", "prepare", "question_key",
    "record_id",
]  # fmt: skip


class Store:
    """An open store; any number of threads may use one, and any number of processes may open the same file.

    `notices` holds what a person must be told about opening it, such as a damaged file that was set aside.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.notices = database.notices
        self.name = database.name
        self.questions = Questions(database)
        self.records = Records(database)
        self.browsing = Browsing(database)
        self.annotations = Annotations(database, self.browsing)
        self.queues = Queues(database, self.browsing)
        self.snapshots = Snapshots(database, self.browsing, self.records)
        self.batches = Batches(database)
        self.views = Views(database)
        self.traces = Traces(database)
        self.checkpoints = Checkpoints(database)
        self.jobs = Jobs(database)
        self.seeds = Seeds(database)

    @classmethod
    def open(cls, url_or_path: str | Path, wait_seconds: float = WAIT_SECONDS) -> "Store":
        """Open a SQLite file (made if it is not there) or a database URL, and bring its tables up to date.

        Raises:
            StoreUnavailable: it cannot be opened, is another program's, or is newer than this program.
        """
        return cls(Database(url_or_path, wait_seconds))

    @contextmanager
    def transaction(self, durable: bool = True) -> Iterator[None]:
        """What is done inside, by this thread and through this store, is kept as a whole or not at all. A power cut may
        take it back where it is not `durable`.
        """
        with self._database.transaction(durable):
            yield

    @property
    def is_wanted(self) -> bool:
        """Whether another thread waits to write: whoever is in a long transaction should end it."""
        return self._database.is_wanted

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """What this thread writes inside is written as is best for many records."""
        with self._database.bulk():
            yield

    def counts(self) -> dict[str, int]:
        """How many of each."""
        return {
            "questions": self.questions.count(),
            "records": self.records.count(),
            "traces": self.traces.count(),
            "checkpoints": self.checkpoints.count(),
        }

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
