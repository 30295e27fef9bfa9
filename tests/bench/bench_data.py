"""The Data tab on many records, a million if asked: pages, filters, search, facets, labels, files. And datasette.

    PYTHONPATH=. python tests/bench/bench_data.py --records 1000000 [--keep FOLDER] [--datasette FOLDER]

Records are made from the bundled ones with other numbers in them, several attempts a question. Reads are warm, called
in this process, the median of `RUNS`; each begins with an empty cache, and what a cache then gives is shown beside it.
datasette is asked over HTTP on this machine for the same from the same file; its `SELECT 1` is the cost of asking.

Aims: a page, in any order or under one filter, within 50 ms; two filters and a search 150 ms; facets 250 ms; a label
10 ms; import 20,000 and export 50,000 records/s in less than 500 MB.
"""

import argparse
import gzip
import json
import os
import random
import re
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from drr.annotations import Kind
from drr.exchange import export_file, import_file
from drr.store import RecordFilter, Store, browsing

BUNDLED = Path(__file__).parents[2] / "data" / "behavior.jsonl.gz"
ATTEMPTS = 8  # on a question
RUNS = 20
LABELS = 300
THRESHOLD = 0.8
SORTS = [name for name in browsing.SORTS if name != "relevance"]
FILTERS = {
    "source family": "source=gsm_symbolic",
    "source": "source=gsm_symbolic:62",
    "Reasoner": "reasoner=model-3",
    "automatic label": "correct=false",
    "human label": "human=reject",
    "effective label": "verdict=accept",
    "judged": "judged=accept and threshold=0.8",
    "cell": "cell=accept/reject/none and threshold=0.8",
    "score range": "score_min=0.4 and score_max=0.6",
    "token range": "tokens_min=60",
    "attempt range": "attempt_min=2 and attempt_max=5",
    "retries": "retry=true",
    "stop-point label": "stop=too_late",
    "search, rare": "text=zebra",
    "search, common": "text=the",
}
TOGETHER = "text=how many and source=gsm_symbolic and correct=false"
DATASETTE = {
    "first page": "/drr/records.json?_size=50&_shape=array",
    "a page from the middle": "/drr/records.json?_size=50&_shape=array&_next={middle}",
    "sorted by score": "/drr/records.json?_sort=score&_size=50&_shape=array",
    "source family": "/drr/records.json?family=gsm_symbolic&_size=50&_shape=array",
    "facet source, Reasoner, label": "/drr/records.json?_facet=family&_facet=reasoner&_facet=correct&_size=1",
}
_SEARCHED = (
    'SELECT r.number FROM search JOIN records r ON r.number = search.rowid WHERE search MATCH \'"how" "many"\' '
    "AND r.family = 'gsm_symbolic' AND r.correct = 0 LIMIT 50"
)


def lines(count: int) -> Iterator[str]:
    """Records as JSON lines."""
    with gzip.open(BUNDLED, "rt", encoding="utf-8") as file:
        # only what is needed of them: their memory would count as that of an import
        real = [{name: row[name] for name in ("question", "source", "steps")} for row in map(json.loads, file)]
    draw = random.Random(0)

    def other_numbers(text: str) -> str:
        return re.sub(r"\d+", lambda _: str(draw.randrange(1000)), text)

    for number in range(count):
        index = number % ATTEMPTS
        base = draw.choice(real)
        if index == 0:
            question = f"{other_numbers(base['question'])}{' Zebra.' if draw.random() < 0.001 else ''} ({number})"
            source, gold = base["source"], str(draw.randrange(200))
        steps = [other_numbers(step) for step in base["steps"]]
        yield json.dumps(
            {
                "question": question,
                "gold": gold,
                "source": source,
                "reasoner": f"model-{draw.randrange(5)}",
                "temperature": 0.8 if index else 0.0,
                "attempt": index,
                "steps": steps,
                "answer": str(draw.randrange(200)),
                "correct": draw.random() < 0.6,
                "rejected": ["Answer: 1"] if draw.random() < 0.2 else [],
                "score": round(draw.random(), 4),
            }
        )


def milliseconds(call: Callable[[], Any], runs: int = RUNS) -> float:
    """The median time of a call, after one that does not count."""
    times = []
    for run in range(runs + 1):
        began = time.perf_counter()
        call()
        times += [1000 * (time.perf_counter() - began)] if run else []
    return statistics.median(times)


def tell(what: str, took: float, aim: float | None = None, note: str = "") -> None:
    verdict = "" if aim is None else f"   (aim {aim:g}: {'met' if took <= aim else 'MISSED'})"
    print(f"{what:<44}{took:>10.2f} ms{verdict}{note}", flush=True)


def read(store: Store) -> None:
    """Everything that only reads."""

    def fresh(call: Callable[[], Any]) -> Callable[[], Any]:
        def begin() -> Any:
            store.browsing._cache = browsing._Cache()
            return call()

        return begin

    browse = store.browsing.browse
    tell("first page", milliseconds(fresh(browse)), 50)
    for sort in SORTS:
        for descending in (False, True):
            way = "down" if descending else "up"
            tell(f"by {sort}, {way}", milliseconds(fresh(partial(browse, sort=sort, descending=descending))), 50)
            cursor = deep(store, sort, descending)
            page = fresh(partial(browse, sort=sort, descending=descending, cursor=cursor))
            tell(f"by {sort}, {way}, from the middle", milliseconds(page), 50)
    for name, where in FILTERS.items():
        asked = RecordFilter.parse(where)
        for sort in ("number", "score", "tokens"):
            tell(f"{name}, by {sort}", milliseconds(fresh(partial(browse, asked, sort))), 50)
    asked = RecordFilter.parse(TOGETHER)
    tell("two filters and a search", milliseconds(fresh(partial(browse, asked, "score"))), 150)
    everything, family = RecordFilter(), RecordFilter(source="gsm_symbolic")
    for name, within in (("everything", everything), ("a source family", family), ("two filters and a search", asked)):
        facets = store.browsing.facets(within, THRESHOLD)
        marked = f"   of {facets.of:,}{'' if facets.exact else ' (capped)'}"
        tell(f"facets of {name}", milliseconds(fresh(partial(store.browsing.facets, within, THRESHOLD))), 250, marked)
        tell("  cached", milliseconds(partial(store.browsing.facets, within, THRESHOLD)), 250)
        tell(f"plots of {name}", milliseconds(fresh(partial(store.browsing.plots, within, THRESHOLD))), 250)
    tell("count of a source family", milliseconds(fresh(partial(store.browsing.count, family))), 50)
    some = browse(descending=True).rows[0].id
    tell("one record with all about it", milliseconds(lambda: store.browsing.detail(some)), 50)


def deep(store: Store, sort: str, descending: bool) -> str:
    """The cursor of a page in the middle of the list."""
    half = store.records.count() // 2
    key, column = browsing.SORTS[sort], browsing._records.number
    query = store.browsing._joined(RecordFilter(), key).add_columns(column, key.key)
    order = [key.key, column] if sort != "number" else [column]
    with store._database.reading() as connection:
        ordered = query.order_by(*(one.desc() if descending else one for one in order)).limit(1).offset(half)
        number, value = connection.execute(ordered).one()
    return browsing._write_cursor(sort, descending, number, value)


def annotate(store: Store) -> None:
    times = []
    for row in [*store.browsing.browse(limit=200).rows, *store.browsing.browse(descending=True, limit=200).rows][
        :LABELS
    ]:
        began = time.perf_counter()
        store.annotations.add(row.id, Kind.VERDICT, "reject", "ada", row.version)
        times.append(1000 * (time.perf_counter() - began))
    tell("a label, on the disk", statistics.median(times), 10, f"   p99 {sorted(times)[int(0.99 * len(times))]:.1f}")
    for row in store.browsing.browse(RecordFilter(human="reject"), limit=50).rows:
        store.annotations.add(row.id, Kind.STOP, {"label": "too_late", "step": None}, "eve", row.version)
    tell("undo", milliseconds(lambda: store.annotations.undo("ada")), 10)
    where, tag = RecordFilter(source="gsm_symbolic:62"), {"tag": "bench", "on": True}
    preview = store.annotations.preview(where, Kind.TAG, tag)
    began = time.perf_counter()
    store.annotations.bulk(where, Kind.TAG, tag, "bob", preview.records)
    tell(f"a tag on {preview.records:,} records at once", 1000 * (time.perf_counter() - began))
    for queue in ("disagreement", "uncertain", "unlabelled", "random", "second_opinion", "adjudicate"):
        tell(
            f"ten from the queue {queue}",
            milliseconds(partial(store.queues.take, "eve", queue, threshold=THRESHOLD)),
            50,
        )
        store.queues.release("eve")


@contextmanager
def rate(what: str, count: int, aim: int) -> Iterator[None]:
    began = time.perf_counter()
    yield
    per_second = count / (time.perf_counter() - began)
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    megabytes = sum(peaks) / 1024  # of this process and of the one that reads for an import
    print(
        f"{what:<44}{per_second:>10,.0f} records/s   (aim {aim:,}: {'met' if per_second >= aim else 'MISSED'})"
        f"   peak memory {megabytes:,.0f} MB (aim 500)",
        flush=True,
    )


def compare(file: Path, records: int, installed: Path) -> None:
    """The same from datasette, which finds its own packages in a folder apart."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    generous = ("sql_time_limit_ms", "facet_time_limit_ms", "facet_suggest_time_limit_ms")
    settings = {**dict.fromkeys(generous, "60000"), "max_csv_mb": "0", "suggest_facets": "off"}
    command = [sys.executable, "-m", "datasette", "serve", str(file), "-p", str(port)]
    server = subprocess.Popen(
        [*command, *(part for name, value in settings.items() for part in ("--setting", name, value))],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(installed)},
    )

    def get(path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=600) as answer:
            return bytes(answer.read())

    def sql(query: str) -> str:
        return f"/drr.json?_shape=array&sql={urllib.parse.quote(query)}"

    try:
        for _ in range(600):
            try:
                get("/-/versions.json")
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        tell("datasette: SELECT 1", milliseconds(partial(get, sql("SELECT 1"))))
        for what, path in DATASETTE.items():
            tell(f"datasette: {what}", milliseconds(partial(get, path.format(middle=records // 2)), runs=5))
        tell("datasette: two filters and a search", milliseconds(partial(get, sql(_SEARCHED)), runs=5))
        began = time.perf_counter()
        get("/drr/records.csv?_stream=on&_size=max")
        per_second = records / (time.perf_counter() - began)
        print(f"{'datasette: export of the list as CSV':<44}{per_second:>10,.0f} records/s, without their contents")
    finally:
        server.terminate()
        server.wait(20)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="make the files here, and use them if they are there already")
    beside = Path(sys.prefix) / "datasette"
    parser.add_argument("--datasette", type=Path, default=beside, help="the folder that `make bench` installs it in")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        made, file = folder / "records.jsonl", folder / "drr.db"
        if not made.exists():
            with made.open("w", encoding="utf-8") as out:
                out.writelines(f"{line}\n" for line in lines(arguments.records))
        print(f"{arguments.records:,} records, {made.stat().st_size / 2**20:,.0f} MB as JSONL", flush=True)
        with Store.open(file) as store:
            if store.records.count() == 0:
                with rate("import", arguments.records, 20_000):
                    import_file(made, store)
            print(f"database: {file.stat().st_size / 2**20:,.0f} MB", flush=True)
            with rate("export", arguments.records, 50_000):
                export_file(folder / "out.jsonl", store)
            annotate(store)
            with rate("export with labels", arguments.records, 50_000):
                export_file(folder / "labelled.jsonl", store, labels=True)
            read(store)
        if arguments.datasette.is_dir():
            compare(file, arguments.records, arguments.datasette)
        else:
            print("datasette is not installed: `make bench` does it, and compares")


if __name__ == "__main__":
    main()
