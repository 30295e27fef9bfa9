"""Filling a new store with the bundled records: once, whatever interrupts it."""

import subprocess
import sys
from pathlib import Path

import pytest

from drr import exchange
from drr.errors import InvalidInput
from drr.exchange import export_file
from drr.store import Store
from drr.store.seed import fill_first_time
from tests.store.examples import record

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    with Store.open(tmp_path / "bundle.db") as source:
        source.records.add_many(record(i) for i in range(2_500))
        export_file(tmp_path / "behavior.jsonl.gz", source)
    return tmp_path / "behavior.jsonl.gz"


def test_a_new_store_is_filled_once_with_progress(store: Store, bundle: Path) -> None:
    seen: list[tuple[int, float]] = []
    report = fill_first_time(store, bundle, lambda done, fraction: seen.append((done, fraction)))
    assert report is not None and report.added == store.records.count() == 2_500
    assert [done for done, _ in seen][:3] == [1_000, 2_000, 2_500]
    assert seen[-1] == (2_500, 1.0) and [share for _, share in seen] == sorted(share for _, share in seen)
    assert fill_first_time(store, bundle) is None


def test_a_store_with_records_of_its_own_is_left_alone(store: Store, bundle: Path) -> None:
    store.records.add_many([record(9_999)])
    assert fill_first_time(store, bundle) is None
    assert store.records.count() == 1


def test_a_filling_cut_short_goes_on(store: Store, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "TOGETHER", 0.0)  # seconds: each part is committed alone

    def cut(done: int, fraction: float) -> None:
        if done > exchange.PART:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill_first_time(store, bundle, cut)
    assert store.records.count() == exchange.PART
    report = fill_first_time(store, bundle)
    assert report is not None and (report.added, report.duplicates) == (2_500 - exchange.PART, exchange.PART)


def test_two_processes_fill_a_new_store_together(bundle: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from drr.store import Store; from drr.store.seed import fill_first_time\n"
        "fill_first_time(Store.open(sys.argv[1]), Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "drr.db"), str(bundle)]
    processes = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    with Store.open(tmp_path / "drr.db") as store:
        assert store.records.count() == 2_500
        assert fill_first_time(store, bundle) is None


def test_a_missing_bundle_is_an_error_that_leaves_no_mark(store: Store, bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no file"):
        fill_first_time(store, tmp_path / "missing.jsonl.gz")
    assert fill_first_time(store, bundle) is not None
