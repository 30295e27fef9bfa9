"""Fill a new store with the bundled behavior records, once.

Cut short, it goes on at the next start; started twice at once, both work and every record is kept once.
"""

from pathlib import Path

from drr.exchange import BehaviorFile, ImportReport, Progress, import_file
from drr.store import Store


def fill_first_time(store: Store, path: Path, progress: Progress | None = None) -> ImportReport | None:
    """Import `path` into a store that has no records of its own; None where there was nothing to do.

    Raises:
        InvalidInput: there is no such file.
    """
    BehaviorFile(path)  # a missing file is an error before anything is noted
    if not store.seeds.start(path.name):
        return None
    report = import_file(path, store, progress)
    store.seeds.finish(path.name)
    return report
