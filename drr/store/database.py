"""The one place that opens, commits and rolls back, and that turns a database's errors into ours.

SQLite (a path or `sqlite:///` URL) in WAL mode, or any other SQLAlchemy URL. Writers take the write lock at once and
wait their turn; a reader never waits. A broken SQLite file is renamed, never overwritten, and `notices` says so.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, exc, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler

from drr.errors import DRRError, OutOfSpace, StoreUnavailable
from drr.store import migrations

WAIT_SECONDS = 30.0
BULK_CACHE = 192  # megabytes of pages that a bulk write keeps: what it dirties of a million records' indexes
BULK_LOG = 50_000  # pages that it logs before they go into the file: the same pages of the indexes, again and again
CHECKED_BYTES = 128 * 2**20  # a file up to this size is checked page by page when it is opened
DATABASE_SUFFIXES = (".db", ".sqlite", ".sqlite3")
_HEADER = b"SQLite format 3\0"


class Database:
    """An open database. Safe to share between threads; each process opens its own."""

    def __init__(self, url_or_path: str | Path, wait_seconds: float = WAIT_SECONDS) -> None:
        self.notices: tuple[str, ...] = ()
        self._wait_seconds = wait_seconds
        self._local = threading.local()
        self._turn = threading.Lock()  # of this program's writers: by SQLite's own way of waiting, one could starve
        self._waiting: set[int] = set()  # the threads that wait for their turn
        url = _url(url_or_path)
        self.name = url.database or "" if url.drivername.startswith("sqlite") else url.render_as_string()
        if url.drivername.startswith("sqlite"):
            self._prepare_file(Path(self.name))
        self.engine = self._engine(url)
        try:
            self._migrate()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def transaction(self, durable: bool = False) -> Iterator[Connection]:
        """Write: all that happens inside is committed at the end, or none of it. Inside another transaction of this
        thread it joins that one. `durable` waits for the disk (human labels, traces): a power cut then loses nothing.
        """
        outer = getattr(self._local, "connection", None)
        if outer is not None:
            yield outer
            return
        with self._explained(), self._in_turn(), self._writer() as connection:
            connection = connection.execution_options(writes=True, durable=durable)
            with connection.begin():
                self._local.connection = connection
                try:
                    yield connection
                finally:
                    self._local.connection = None

    @property
    def is_wanted(self) -> bool:
        """Whether another thread of this program waits to write."""
        return bool(self._waiting)

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        me = threading.get_ident()
        self._waiting.add(me)
        try:
            self._turn.acquire()
        finally:
            self._waiting.discard(me)
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """All transactions of this thread inside share one connection with a large cache of its own, which does not
        check that what is referred to is there: who writes in bulk adds it in the same transaction.
        """
        with self._explained(), self.engine.connect() as connection:
            connection.detach()  # closed at the end, and its cache with it
            driver, is_sqlite = connection.connection.cursor(), self.engine.dialect.name == "sqlite"
            if is_sqlite:
                driver.execute(f"PRAGMA cache_size=-{BULK_CACHE * 1024}")
                driver.execute(f"PRAGMA wal_autocheckpoint={BULK_LOG}")
                driver.execute("PRAGMA foreign_keys=OFF")
            self._local.bulk = connection
            try:
                yield
            finally:
                self._local.bulk = None
            if is_sqlite:
                driver.execute("PRAGMA busy_timeout=0")  # where others read, the log is emptied another time
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _writer(self) -> Iterator[Connection]:
        bulk = getattr(self._local, "bulk", None)
        if bulk is not None:
            yield bulk
            return
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read one consistent state; inside a transaction of this thread, what that has written so far."""
        outer = getattr(self._local, "connection", None)
        if outer is not None:
            yield outer
            return
        with self._explained(), self.engine.connect() as connection:
            yield connection

    def insert(self, table: Table) -> Any:
        """An insert with `on_conflict_do_nothing` and `on_conflict_do_update`, which SQLAlchemy has by dialect."""
        return postgresql.insert(table) if self.engine.dialect.name == "postgresql" else sqlite.insert(table)

    def insert_many(
        self, connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]], known: str
    ) -> None:
        """Insert rows with the values of these columns. `known` says, as SQL after ON CONFLICT, what becomes of those
        that are there already. Without what SQLAlchemy would do to each value, which takes longer than the insert.
        """
        marks = ", ".join(["?" if self.engine.dialect.name == "sqlite" else "%s"] * len(columns))
        insert = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks}) ON CONFLICT {known}"
        connection.exec_driver_sql(insert, list(rows))

    def close(self) -> None:
        self.engine.dispose()

    def _prepare_file(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                raise StoreUnavailable(f"{path} is a folder. Name a file in it, such as {path / 'drr.db'}.")
            self._set_aside_if_broken(path)
        except OSError as error:
            raise StoreUnavailable(f"{path} cannot be opened: {error.strerror}. Choose another file.") from error

    def _set_aside_if_broken(self, path: Path) -> None:
        if not path.exists() or path.stat().st_size == 0:
            return
        inode = path.stat().st_ino
        if not _is_broken(path, self._wait_seconds):
            return
        with path.open("rb") as file:
            is_a_database = file.read(len(_HEADER)) == _HEADER
        if not is_a_database and path.suffix not in DATABASE_SUFFIXES:
            raise StoreUnavailable(f"{path} is not a database. Choose another file for --db.")
        if path.stat().st_ino != inode:  # another process has just set it aside
            return
        aside = _free_name(path)
        path.rename(aside)
        for suffix in ("-wal", "-shm"):
            if path.with_name(path.name + suffix).exists():
                path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
        self.notices += (f"The database {path} was damaged. It is kept as {aside}, and a new one was started.",)

    def _engine(self, url: URL) -> Engine:
        if not url.drivername.startswith("sqlite"):
            try:
                return create_engine(url)
            except (ImportError, exc.ArgumentError) as error:
                message = f"{url.render_as_string()} cannot be opened: {error}. Is its driver installed?"
                raise StoreUnavailable(message) from error
        engine = create_engine(url, connect_args={"timeout": self._wait_seconds}, max_overflow=100)
        engine.dialect.statement_compiler = _Hinting
        event.listen(engine, "connect", _set_up_connection)
        event.listen(engine, "begin", _begin)
        return engine

    def _migrate(self) -> None:
        if self.engine.dialect.name == "sqlite":
            self._switch_to_wal()
        with self.reading() as connection:
            if migrations.version_of(connection) == migrations.LATEST:
                return  # without a write, so that a read-only file can still be read
        up_to_date = False
        while not up_to_date:
            with self.transaction(durable=True) as connection:
                up_to_date = not migrations.migrate_one(connection)

    def _switch_to_wal(self) -> None:
        """SQLite does not wait here when two processes open a new file at once, so we do."""
        deadline = time.monotonic() + self._wait_seconds
        while True:
            try:
                with self._explained(), closing(self.engine.raw_connection()) as connection:
                    connection.cursor().execute("PRAGMA journal_mode=WAL")
                return
            except StoreUnavailable as error:
                if not isinstance(error, _Locked) or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (exc.DBAPIError, sqlite3.Error) as error:
            explained = self._explain(error.orig if isinstance(error, exc.DBAPIError) else error)
            if explained is None:
                raise
            raise explained from error
        except exc.TimeoutError as error:
            raise StoreUnavailable(f"{self.name} has too many users at once. Try again in a moment.") from error

    def _explain(self, error: BaseException | None) -> DRRError | None:
        """Ours for what a person can do something about; None for what is a bug."""
        code = str(getattr(error, "sqlite_errorname", ""))
        if code.startswith("SQLITE_FULL") or getattr(error, "sqlstate", None) == "53100":
            return OutOfSpace(f"No space is left for {self.name}. Free some and try again; what was saved stays.")
        if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return _Locked(f"{self.name} is locked by another program. Wait for it or close it, then try again.")
        if code.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
            return StoreUnavailable(f"{self.name} cannot be written. Make it writable, or choose another file.")
        if code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            return StoreUnavailable(f"{self.name} is damaged. Move it away (or restore a copy) and start again.")
        if code.startswith("SQLITE_IOERR"):
            return StoreUnavailable(f"The disk failed on {self.name}. Check that it has space, and try again.")
        if self.engine.dialect.name != "sqlite" and type(error).__name__ == "OperationalError":
            return StoreUnavailable(f"{self.name} does not answer: {error}. Check that the server runs, and the URL.")
        return None


class _Hinting(SQLiteCompiler):
    """Writes hints (`with_hint(table, "INDEXED BY ...", "sqlite")`), which SQLAlchemy leaves out for SQLite."""

    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:
        return text


class _Locked(StoreUnavailable):
    """Somebody else holds the lock for longer than we wait."""


def _url(url_or_path: str | Path) -> URL:
    text = os.fspath(url_or_path)
    try:
        url = make_url(text) if "://" in text else URL.create("sqlite", database=text)
    except exc.ArgumentError:
        raise StoreUnavailable(f"{text} is neither a file nor a database URL.") from None
    if url.drivername.startswith("sqlite") and url.database in (None, "", ":memory:"):
        raise StoreUnavailable("A database needs a file: in memory, every thread would see its own empty one.")
    return url


def _is_broken(path: Path, wait_seconds: float) -> bool:
    try:
        with closing(sqlite3.connect(path, timeout=wait_seconds)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if path.stat().st_size > CHECKED_BYTES:
                return False
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
    except sqlite3.Error as error:
        return str(getattr(error, "sqlite_errorname", "")).startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


def _free_name(path: Path) -> Path:
    stem = f"{path.name}.corrupt-{time.strftime('%Y%m%d-%H%M%S')}"
    names = [stem, *(f"{stem}-{i}" for i in range(2, 100))]
    return next(path.with_name(name) for name in names if not path.with_name(name).exists())


def _set_up_connection(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver opens no transactions of its own: `_begin` does
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("writes"):
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if options['durable'] else 'NORMAL'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("BEGIN")
