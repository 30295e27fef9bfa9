"""A store in a file of its own, for each test of the store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from drr.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "drr.db") as opened:
        yield opened
