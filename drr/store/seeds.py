"""Which bundled files a database is being filled from, or has been. See `drr.store.seed` for the filling itself."""

from sqlalchemy import select, update

from drr.store import tables
from drr.store.database import Database

_seeds = tables.seeds.c


class Seeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, name: str) -> bool:
        """Whether to fill from `name`: yes for a database without records, or where filling began and did not end."""
        with self._database.transaction() as connection:
            finished = connection.execute(select(_seeds.finished).where(_seeds.name == name)).scalar()
            if finished is not None:
                return not finished
            if connection.execute(select(tables.records.c.number).limit(1)).first() is not None:
                return False
            connection.execute(self._database.insert(tables.seeds), {"name": name, "finished": False})
            return True

    def finish(self, name: str) -> None:
        with self._database.transaction() as connection:
            connection.execute(update(tables.seeds).where(_seeds.name == name).values(finished=True))
