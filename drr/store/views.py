"""Saved views: a filter, its sort and whatever else the page wants to find again, under a name."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select

from drr.annotations import check_name
from drr.errors import InvalidInput
from drr.store import tables
from drr.store.database import Database
from drr.store.packing import storable

LONGEST_QUERY = 10_000  # characters
MOST_VIEWS = 1_000

_views = tables.views.c


@dataclass(frozen=True)
class View:
    name: str
    author: str
    query: Mapping[str, Any]
    created: float


class Views:
    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, name: str, author: str, query: Mapping[str, Any]) -> View:
        """Keep a view; the author's own of that name is replaced.

        Raises:
            InvalidInput: somebody else has a view of that name, or the query is no JSON or too long.
        """
        name, author = check_name(storable(name), "A view's name"), check_name(storable(author), "An author")
        try:
            packed = json.dumps(dict(query), ensure_ascii=False, sort_keys=True)
        except (TypeError, ValueError) as error:
            raise InvalidInput(f"This view cannot be kept: {error}.") from None
        if len(packed) > LONGEST_QUERY:
            raise InvalidInput(f"A view has at most {LONGEST_QUERY:,} characters.")
        row = {"name": name, "author": author, "query": storable(packed), "created": time.time()}
        with self._database.transaction(durable=True) as connection:
            owner = connection.execute(select(_views.author).where(_views.name == name)).scalar()
            if owner is not None and owner != author:
                raise InvalidInput(f"{owner} has a view of that name. Choose another.")
            if connection.execute(select(func.count()).select_from(tables.views)).scalar_one() >= MOST_VIEWS:
                raise InvalidInput(f"There are {MOST_VIEWS:,} views already. Delete one first.")
            insert = self._database.insert(tables.views).values(row)
            connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_=row))
        return View(name, author, json.loads(row["query"]), row["created"])  # type: ignore[arg-type]

    def delete(self, name: str, author: str) -> None:
        """Delete the author's own view; without one, nothing happens."""
        with self._database.transaction() as connection:
            connection.execute(delete(tables.views).where(_views.name == storable(name), _views.author == author))

    def list(self) -> tuple[View, ...]:
        """By name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(tables.views).order_by(_views.name)).mappings()
            return tuple(View(row["name"], row["author"], json.loads(row["query"]), row["created"]) for row in rows)
