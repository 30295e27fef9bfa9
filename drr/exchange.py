"""Behavior records in files: JSONL (plain or gzip), Parquet, `datasets` and, to write only, CSV; one attempt a line.

A line has `question_id, question, choices, gold, answer_type, source, reasoner, temperature, attempt`, then `text`
(its lines become steps) or `steps`, then `answer, correct, first_error_step`. Only `question`, `reasoner` and the text
or steps must be there. `answer` null is extracted and `correct` null is graded on reading; an empty `answer` says that
there is none.

What a line may have besides, all of it written where there is any:

- per step: `tokens` (counts), `logprobs`, `entropies`, `token_texts` (a list each), `step_scores`, `dropped` (the
  indexes of steps that backtracking threw away);
- per attempt: `rejected` (the texts it was told are wrong, oldest first), `score` and `dm` (who gave it), `verdict`,
  `finish`, `seconds`.

Instead of `first_error_step`, `step_labels` may hold a label for each step, or for the first ones: 1, 0, -1, true or
false. Other people's columns are translated (`drr.columns`): ProcessBench and stepwise PRM data are recognised.

An export with labels has besides, where there is any:

- `record_id`; `human` (the verdict of people), `label` (the one that counts), `basis` (whose that is: adjudicated,
  human, automatic or none); `tags`, `flagged`, `gold_wrong`;
- `step_labels`, `stop_label` (here, too_early, too_late, abstain) and `stop_step` (an index): the latest of anyone;
- `opinions`: for each person, `author`, `verdict`, `step_labels`, `stop_label`, `stop_step`, `note`.

Of these only `step_labels` is read back, where `first_error_step` is null: the rest is what people said here, not what
a file can say for them. `correct` and `first_error_step` stay as they came with the record.

Without counts, a step counts a token for every four characters. A temperature that is null counts as 0.
Reading yields a record or a BadLine for every line and never stops at a bad one. Writing leaves a whole file, or none.
"""

import codecs
import csv
import errno
import gc
import gzip
import io
import itertools
import json
import os
import pickle
import re
import tempfile
import time
import zlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar, cast, get_args

import orjson

from drr.annotations import first_error
from drr.answers import AnswerType, Grade, extract_answer, grade
from drr.beside import workers
from drr.columns import OURS, Columns, recognised
from drr.errors import InvalidData, InvalidInput, OutOfSpace
from drr.store import CHUNK, EVERYTHING, Prepared, RecordFilter, Store, prepare
from drr.store.packing import LABEL_COLUMNS, OPINION, STEP_COLUMNS, columns_to_steps, json_bytes
from drr.types import Attempt, BehaviorRecord, Question, to_dict

LONGEST_LINE = 16 * 2**20
SNIFFED = 4096  # bytes of a file that tell whether it is text
PART = 1_000  # rows that are read together
FEW = 5_000  # rows for which no other process is worth its start (a second)
AHEAD = 4  # parts that it reads before they are stored
TOGETHER = 4.0  # seconds of work that are committed together, but where a writer of this program waits: each commit
# writes every page of the indexes that it touched, and among a million records nearly every record touches others
PAUSE = 0.11  # seconds after such a commit for what other programs want to write: they look ten times a second
SUFFIXES = (".jsonl", ".jsonl.gz", ".csv", ".parquet")
FINISHES = ("end", "length", "stopped", "cancelled")
VERDICTS = ("accept", "reject")

_QUESTION = ("question_id", "question", "choices", "gold", "answer_type", "source")
_ATTEMPT = ("reasoner", "temperature", "attempt", "answer", "correct", "first_error_step")
_BESIDE = ("rejected", "score", "dm", "verdict", "finish", "seconds")
COLUMNS = (*_QUESTION, *_ATTEMPT, *STEP_COLUMNS, *_BESIDE)
LABELS = ("record_id", *LABEL_COLUMNS)  # written where labels are asked for

T = TypeVar("T")

Progress = Callable[[int, float], None]
"""Called now and then with the records so far and the fraction of the work that is done, in [0, 1]."""


@dataclass(frozen=True)
class BadLine:
    """A line that is no behavior record, counted from 1, and why."""

    number: int
    reason: str


@dataclass(frozen=True)
class ImportReport:
    """Good lines `read`, of which `added` were new and `duplicates` known; the `bad` ones; unknown columns.

    `batch` is the number under which it can be undone, where it was noted.
    """

    read: int
    added: int
    duplicates: int
    bad: tuple[BadLine, ...]
    ignored: tuple[str, ...]
    batch: int | None = None


class _Behavior:
    """Rows as records. `ignored`, `fraction` and `columns` tell of what has been read so far.

    Without `columns` they are recognised from the first row. Without a source of `rows` it can only `read` given ones.
    """

    def __init__(self, columns: Columns | None) -> None:
        self.columns = columns
        self.ignored: dict[str, None] = {}  # ordered sets: column names that are not kept, and
        self.seen: dict[str, None] = {}  # the columns of the first row
        self.fraction = 0.0

    def __iter__(self) -> Iterator[BehaviorRecord | BadLine]:
        return self.read(self.rows())

    def rows(self) -> Iterator[tuple[int, Any]]:
        """The numbered rows as they come: JSON as bytes, objects, or the InvalidData that says why there is none."""
        raise NotImplementedError

    def read(self, rows: Iterable[tuple[int, Any]]) -> Iterator[BehaviorRecord | BadLine]:
        for number, row in rows:
            try:
                if isinstance(row, bytes):
                    row = _parse_line(row)
                if isinstance(row, InvalidData):
                    raise row
                if not isinstance(row, dict):
                    raise InvalidData("It is not a JSON object.")
                self.seen = self.seen or dict.fromkeys(row)
                if self.columns is None:
                    self.columns = recognised(row)
                line = self.columns.translate(row)
                self.ignored.update(dict.fromkeys(key for key in line if key not in _KNOWN))
                yield read_row(line)
            except InvalidData as error:
                yield BadLine(number, str(error))


class BehaviorFile(_Behavior):
    """A file of behavior records, read as a stream.

    Raises:
        InvalidInput: there is no such file.
        InvalidData: it is neither JSONL, gzip nor Parquet (while reading).
    """

    def __init__(self, path: str | Path, columns: Columns | None = None) -> None:
        super().__init__(columns)
        self._path = Path(path)
        if not self._path.is_file():
            raise InvalidInput(f"There is no file {self._path}.")

    def rows(self) -> Iterator[tuple[int, Any]]:
        try:
            with self._path.open("rb") as file:
                head = file.read(4)
                file.seek(0)
                yield from self._parquet_rows() if head == b"PAR1" else self._lines(file)
        except OSError as error:
            raise InvalidInput(f"{self._path} cannot be read: {error.strerror or error}.") from error
        self.fraction = 1.0

    def _lines(self, file: IO[bytes]) -> Iterator[tuple[int, Any]]:
        size = max(1, os.fstat(file.fileno()).st_size)
        zipped = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        lines: IO[bytes] = gzip.GzipFile(fileobj=file) if zipped else file  # type: ignore[assignment]
        for number in itertools.count(1):
            try:
                if number == 1 and b"\0" in lines.peek(SNIFFED)[:SNIFFED]:  # type: ignore[attr-defined]
                    raise InvalidData(f"{self._path} is not a file of behavior records (JSONL, gzipped or Parquet).")
                line = rest = lines.readline(LONGEST_LINE + 1)
                while len(line) > LONGEST_LINE and rest and not rest.endswith(b"\n"):
                    rest = lines.readline(LONGEST_LINE + 1)
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                yield number, InvalidData(f"The gzip data breaks off here, and what follows is lost: {error}")
                return
            if not line:
                return
            self.fraction = min(1.0, file.tell() / size)
            if len(line) > LONGEST_LINE:
                yield number, InvalidData(f"It is longer than {LONGEST_LINE // 2**20} MB.")
            elif line.strip():
                yield number, line.removeprefix(codecs.BOM_UTF8) if number == 1 else line

    def _parquet_rows(self) -> Iterator[tuple[int, Any]]:
        import pyarrow
        import pyarrow.parquet

        number = 0
        try:
            file = pyarrow.parquet.ParquetFile(self._path)
            for batch in file.iter_batches(batch_size=500):
                for row in batch.to_pylist():
                    number += 1
                    self.fraction = number / max(1, file.metadata.num_rows)
                    yield number, row
        except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
            if number == 0:
                raise InvalidData(f"{self._path} is a damaged Parquet file: {error}") from error
            yield number + 1, InvalidData(f"The Parquet file is damaged here, and what follows is lost: {error}")


class BehaviorDataset(_Behavior):
    """A split of a Hugging Face dataset, by its hub name or its folder (as `save_to_disk` or files), as a stream.

    Raises:
        InvalidInput: it cannot be found or read (while reading).
    """

    def __init__(
        self, name: str, split: str = "train", config: str | None = None, columns: Columns | None = None
    ) -> None:
        super().__init__(columns)
        self._name, self._split, self._config = name, split, config

    def rows(self) -> Iterator[tuple[int, Any]]:
        rows, total = self._open()
        for number, row in enumerate(_readable(rows, self._name), start=1):
            self.fraction = 0.0 if total is None else number / max(1, total)
            yield number, row
        self.fraction = 1.0

    def _open(self) -> tuple[Iterable[Any], int | None]:
        import datasets
        from huggingface_hub.errors import HTTPError  # which is no OSError where there is no network

        try:
            if (Path(self._name) / "state.json").is_file() or (Path(self._name) / "dataset_dict.json").is_file():
                saved = datasets.load_from_disk(self._name)
                part = saved[self._split] if isinstance(saved, datasets.DatasetDict) else saved
                return part, len(part)
            return datasets.load_dataset(self._name, self._config, split=self._split, streaming=True), None
        except (HTTPError, OSError, ValueError, KeyError, datasets.exceptions.DatasetsError) as error:
            raise InvalidInput(
                f"The dataset {self._name} (split {self._split}) cannot be read: {error}. Check its name, its "
                "configuration and split, and that the Hub can be reached."
            ) from error


def _readable(rows: Iterable[Any], name: str) -> Iterator[Any]:
    """The rows, up to where they break off."""
    from huggingface_hub.errors import HTTPError

    try:
        yield from rows
    except (HTTPError, OSError, ValueError) as error:
        yield InvalidData(f"The dataset {name} breaks off here, and what follows is lost: {error}")


def import_file(
    path: str | Path, store: Store, progress: Progress | None = None, columns: Columns | None = None
) -> ImportReport:
    """Add the good records of a file to the store, each once. Cut short, what is added stays: import it again.

    Raises:
        InvalidInput, InvalidData: there is no such file, or it is no file of behavior records.
        StoreUnavailable, OutOfSpace: the store cannot take them.
    """
    return import_records(BehaviorFile(path, columns), store, progress)


def import_records(
    behavior: BehaviorFile | BehaviorDataset, store: Store, progress: Progress | None = None, *,
    name: str = "", author: str = "", limit: int | None = None,
) -> ImportReport:  # fmt: skip
    """Add the good records, each once. With a `name` it is noted as an import of `author`, which can be undone, also
    where it is cut short. At most `limit` lines are read.
    """
    read = added = 0
    bad: list[BadLine] = []
    batch = store.batches.start(name, author) if name else None
    more = True
    with store.bulk(), _without_collection(), closing(_parts(behavior, limit)) as parts:
        while more:
            until = time.monotonic() + TOGETHER
            with store.transaction(durable=False):  # what a power cut takes back, the file brings again
                for part in parts:
                    added += store.records.add(part.good, batch)
                    read += len(part.good)
                    bad += part.bad
                    if progress is not None:
                        progress(read, behavior.fraction)
                    if store.is_wanted or time.monotonic() > until:
                        break
                else:
                    more = False
                if batch is not None:
                    store.batches.count(batch, added, read - added, len(bad))
            gc.collect(0)  # cycles that the rest of the program made meanwhile
            time.sleep(PAUSE if more else 0)
    return ImportReport(read, added, read - added, tuple(bad), tuple(behavior.ignored), batch)


class _Part(NamedTuple):
    """Some rows as they were read: the good ones, ready for the store, and what is told of the others."""

    good: list[Prepared]
    bad: list[BadLine]
    columns: Columns | None
    ignored: dict[str, None]


def _parts(behavior: BehaviorFile | BehaviorDataset, limit: int | None) -> Generator[_Part]:
    """The rows, part by part. Where there are many, another process reads them while this one stores them."""
    rows = itertools.islice(behavior.rows(), limit)
    chunks = iter(lambda: list(itertools.islice(rows, PART)), [])

    def noted(part: _Part) -> _Part:
        behavior.columns = part.columns
        behavior.ignored.update(part.ignored)
        return part

    for chunk in itertools.islice(chunks, FEW // PART):
        yield noted(_read_part(behavior.columns, chunk))
    with workers(1, gc.disable) as reader:
        ahead: deque[Future[bytes]] = deque()
        awake = reader.submit(int)
        for chunk in chunks:
            if not awake.done():
                yield noted(_read_part(behavior.columns, chunk))
                continue
            ahead.append(reader.submit(_read_beside, behavior.columns, chunk))
            if len(ahead) > AHEAD:
                yield noted(pickle.loads(ahead.popleft().result()))
        while ahead:
            yield noted(pickle.loads(ahead.popleft().result()))


@contextmanager
def _without_collection() -> Iterator[None]:
    """What an import makes has no cycles, and to look for them among it takes a tenth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _read_beside(columns: Columns | None, rows: Sequence[tuple[int, Any]]) -> bytes:
    """In another process. As bytes: the pool's thread, which would unpickle a part, keeps Python's lock meanwhile."""
    return pickle.dumps(_read_part(columns, rows), pickle.HIGHEST_PROTOCOL)


def _read_part(columns: Columns | None, rows: Iterable[tuple[int, Any]]) -> _Part:
    behavior = _Behavior(columns)
    items = list(behavior.read(rows))
    good = prepare(item for item in items if isinstance(item, BehaviorRecord))
    return _Part(good, [item for item in items if isinstance(item, BadLine)], behavior.columns, behavior.ignored)


@dataclass(frozen=True)
class ImportPreview:
    """What an import would read: the file's columns, the format they were taken for, the first records, bad lines."""

    columns: tuple[str, ...]
    format: str
    mapping: Mapping[str, str]
    records: tuple[BehaviorRecord, ...]
    bad: tuple[BadLine, ...]


def preview(behavior: BehaviorFile | BehaviorDataset, lines: int = 5) -> ImportPreview:
    """The first lines, as they would be read; nothing is kept."""
    items = list(itertools.islice(behavior, lines))
    columns = behavior.columns or OURS
    return ImportPreview(
        tuple(behavior.seen),
        columns.name,
        columns.of,
        tuple(item for item in items if isinstance(item, BehaviorRecord)),
        tuple(item for item in items if isinstance(item, BadLine)),
    )


def export_file(
    path: str | Path, store: Store, where: RecordFilter = EVERYTHING, progress: Progress | None = None, *,
    labels: bool = False,
) -> int:  # fmt: skip
    """Write the records to a file whose ending names the format, and say how many; an older one is replaced at the end.

    A path without an ending becomes the folder of a `datasets` dataset. `labels`: with `LABELS`, the record's id, and
    what people and all together say of it.

    Raises:
        InvalidInput: the ending is unknown, or the file cannot be written there.
        OutOfSpace: the disk is full; nothing is left behind.
    """
    path = Path(path)
    if not path.suffix:
        return _export_dataset(path, store, where, progress, labels)
    write = _writer(path)
    total = max(1, store.records.count(where))

    def rows() -> Iterator[dict[str, Any]]:
        for done, line in enumerate(store.records.lines(where, labels=labels), start=1):
            if progress is not None and (done % 500 == 0 or done == total):
                progress(done, min(1.0, done / total))
            for name in _BESIDE:
                if line[name] is None or line[name] == [] or (name == "seconds" and not line[name]):
                    del line[name]
            yield line

    with _written_whole(path) as file:
        return write(rows(), file, (*COLUMNS, *LABELS) if labels else COLUMNS)


def push_to_hub(
    repo: str, token: str, store: Store, where: RecordFilter = EVERYTHING, progress: Progress | None = None
) -> str:
    """Put the records, with their labels, on the Hub as a private dataset; its address.

    Raises:
        InvalidInput: the Hub cannot be reached, or refuses.
    """
    import datasets
    from huggingface_hub.errors import HTTPError

    with tempfile.TemporaryDirectory() as folder:
        export_file(Path(folder) / "records.parquet", store, where, progress, labels=True)
        made = datasets.Dataset.from_parquet(f"{folder}/records.parquet", cache_dir=folder)
        try:
            made.push_to_hub(repo, token=token, private=True)
        except (HTTPError, OSError, ValueError) as error:
            raise InvalidInput(f"The Hub did not take {repo}: {error}. Check the name and your rights.") from error
    return f"https://huggingface.co/datasets/{repo}"


def export_history(path: str | Path, store: Store, where: RecordFilter = EVERYTHING) -> int:
    """Write all annotations on the records, the undone ones and the undoing too, as JSONL (plain or gzip)."""
    path = Path(path)
    if not path.name.endswith((".jsonl", ".jsonl.gz")):
        raise InvalidInput(f"{path.name} must end in .jsonl or .jsonl.gz.")
    with _written_whole(path) as file:
        return _writer(path)(map(to_dict, store.annotations.iterate(where)), file, ())


def _export_dataset(folder: Path, store: Store, where: RecordFilter, progress: Progress | None, labels: bool) -> int:
    import datasets

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidInput(f"{folder} is there already. Name a new folder, or a file ending in {', '.join(SUFFIXES)}.")
    with tempfile.TemporaryDirectory() as scratch:
        count = export_file(Path(scratch) / "records.parquet", store, where, progress, labels=labels)
        with _told(folder):
            datasets.Dataset.from_parquet(f"{scratch}/records.parquet", cache_dir=scratch).save_to_disk(folder)
    return count


def read_row(row: Mapping[str, Any]) -> BehaviorRecord:
    """A line as a record, its answer extracted and graded where it is not given.

    Raises:
        InvalidData: a field is missing or of the wrong kind.
    """
    missing = [name for name in ("question", "reasoner") if row.get(name) is None]
    if row.get("text") is None and row.get("steps") is None:
        missing.append("text or steps")
    if missing:
        raise InvalidData(f"There is no {' and no '.join(missing)}.")
    choices = _choices(row.get("choices"))
    question = Question(
        text=_string(row, "question", ""),
        answer_type=_answer_type(row.get("answer_type"), choices),
        gold=_name_or_number(row, "gold"),
        choices=choices,
        source=_string(row, "source", "imported"),
        id=_name_or_number(row, "question_id") or "",
    )
    if not question.text.strip():
        raise InvalidData("The question is empty.")
    steps = columns_to_steps(_step_columns(row))
    answer = _name_or_number(row, "answer")
    if answer is None:
        answer = extract_answer(Attempt(steps, None).text, question.answer_type, choices)
    attempt = Attempt(
        steps=steps,
        answer=answer or None,
        finish=_one_of(row, "finish", FINISHES) or "end",
        score=_number(row, "score"),
        verdict=_one_of(row, "verdict", VERDICTS),
        temperature=_number(row, "temperature", at_least=0) or 0.0,
        seconds=_number(row, "seconds", at_least=0) or 0.0,
    )
    correct = _field(row, "correct", bool)
    if correct is None:
        graded = grade(answer, question.gold, question.answer_type, choices)
        correct = None if graded is Grade.UNGRADED else graded is Grade.RIGHT
    wrong = _whole(row, "first_error_step", at_least=-1)
    if wrong is None and row.get("step_labels") is not None:
        wrong = _first_wrong(row, len(steps))
    if wrong is not None and wrong >= len(steps):
        raise InvalidData(f"first_error_step is {wrong}, and there are {len(steps)} steps.")
    return BehaviorRecord(
        question=question,
        reasoner=_string(row, "reasoner", ""),
        attempt_index=_whole(row, "attempt", at_least=0) or 0,
        attempt=attempt,
        correct=correct,
        rejected=tuple(_list(row, "rejected", str) or ()),
        first_error_step=wrong,
        dm=_string(row, "dm", ""),
    )


# --- reading ----------------------------------------------------------------------------------------------------------

_KNOWN = frozenset((*COLUMNS, "text", "step_labels"))
_KINDS = {str: "text", bool: "true or false", int: "a whole number", list: "a list", dict: "an object"}
_MOST = 2**31 - 1  # what every database takes as a whole number
_LINE_ERRORS = (ValueError, RecursionError)  # not JSON, not UTF-8, a number of 5,000 digits, nested too deep
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_LONG = b"0" * 19  # digits: of a whole number of as many, orjson may make a fraction


def _parse_line(line: bytes) -> Any:
    if _LONG not in line.translate(_DIGITS):
        with suppress(orjson.JSONDecodeError):  # it refuses half a surrogate pair, and says less well what is wrong
            return orjson.loads(line)
    try:
        return _decode(line.decode("utf-8"))
    except UnicodeDecodeError:
        return InvalidData("It is not UTF-8 text.")
    except _LINE_ERRORS as error:
        return InvalidData(f"It is not JSON: {error}")


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


_decode = json.JSONDecoder(parse_constant=_refuse_constant).decode


def _field(row: Mapping[str, Any], name: str, kind: type[T]) -> T | None:
    value = row.get(name)
    if value is not None and type(value) is not kind:
        raise InvalidData(f"{name} is not {_KINDS[kind]}.")
    return value


def _string(row: Mapping[str, Any], name: str, default: str) -> str:
    value = _field(row, name, str)
    return default if value is None else value


def _name_or_number(row: Mapping[str, Any], name: str) -> str | None:
    """Ids and answers are text, but many a file has plain numbers there."""
    value = row.get(name)
    return str(value) if type(value) in (int, float) else _field(row, name, str)


def _one_of(row: Mapping[str, Any], name: str, allowed: Sequence[str]) -> str | None:
    value = _field(row, name, str)
    if value is not None and value not in allowed:
        raise InvalidData(f"{name} is {value!r}, not one of {', '.join(allowed)}.")
    return value


def _whole(row: Mapping[str, Any], name: str, at_least: int) -> int | None:
    value = _field(row, name, int)
    if value is not None and not at_least <= value <= _MOST:
        raise InvalidData(f"{name} is out of range.")
    return value


def _number(row: Mapping[str, Any], name: str, at_least: float = -_MOST) -> float | None:
    value = row.get(name)
    if value is None:
        return None
    if type(value) not in (int, float):
        raise InvalidData(f"{name} is not a number.")
    if not at_least <= value <= _MOST:  # also refuses what is no number at all
        raise InvalidData(f"{name} is out of range.")
    return float(value)


def _list(row: Mapping[str, Any], name: str, *kinds: type) -> list[Any] | None:
    values = _field(row, name, list)
    if values is not None and not all(type(value) in kinds for value in values):
        raise InvalidData(f"{name} holds something else than {_KINDS.get(kinds[0], 'numbers')}.")
    return values


def _choices(value: Any) -> dict[str, str] | None:
    """An object; from Parquet also a list of labels and texts, of pairs (a map), or an object with nulls (a struct)."""
    if isinstance(value, list) and all(isinstance(pair, tuple) and len(pair) == 2 for pair in value):
        value = dict(value)
    if isinstance(value, list) and all(isinstance(one, dict) and isinstance(one.get("label"), str) for one in value):
        value = {one["label"]: one.get("text") for one in value}
    if value is not None and not isinstance(value, dict):
        raise InvalidData("choices is not an object of texts.")
    choices = {key: text for key, text in (value or {}).items() if text is not None}
    if not all(isinstance(text, str) for text in choices.values()):
        raise InvalidData("choices is not an object of texts.")
    return choices or None


def _answer_type(value: Any, choices: Mapping[str, str] | None) -> AnswerType:
    if value is None:
        return "choice" if choices else "number"
    for answer_type in get_args(AnswerType):
        if value == answer_type:
            return cast(AnswerType, answer_type)
    raise InvalidData(f"answer_type is {value!r}, not one of {', '.join(get_args(AnswerType))}.")


def _step_columns(row: Mapping[str, Any]) -> dict[str, Any]:
    steps = _list(row, "steps", str)
    tokens = _list(row, "tokens", int)
    if not steps:
        steps = [line.rstrip() for line in _string(row, "text", "").split("\n") if line.strip()]
    columns = {
        "steps": steps,
        "tokens": tokens,
        "step_scores": _list(row, "step_scores", float, int, type(None)),
        "token_texts": _lists(row, "token_texts", str),
        "logprobs": _lists(row, "logprobs", float, int),
        "entropies": _lists(row, "entropies", float, int),
    }
    for name, values in columns.items():
        if values is not None and len(values) != len(steps):
            raise InvalidData(f"{name} has {len(values)} entries for {len(steps)} steps.")
    if tokens is None and columns["logprobs"] is None:
        written = columns["token_texts"]
        columns["tokens"] = [len(texts) for texts in written] if written else [-(-len(text) // 4) for text in steps]
    if not all(0 <= count <= _MOST for count in tokens or ()):
        raise InvalidData("tokens is out of range.")
    dropped = _list(row, "dropped", int) or []
    if not all(0 <= index < len(steps) for index in dropped):
        raise InvalidData("dropped names steps that there are not.")
    return columns | {"dropped": dropped}


def _first_wrong(row: Mapping[str, Any], steps: int) -> int | None:
    """The first step labelled -1 or false; -1 where all steps are labelled, and none so; else None."""
    labels = _list(row, "step_labels", int, bool, type(None)) or []
    if len(labels) > steps:
        raise InvalidData(f"step_labels has {len(labels)} entries for {steps} steps.")
    signs = [-1 if label is False else label for label in labels]
    return first_error([*signs, *[None] * (steps - len(labels))])


def _lists(row: Mapping[str, Any], name: str, *kinds: type) -> list[list[Any]] | None:
    values = _list(row, name, list)
    kind_set = frozenset(kinds)
    if values is not None and not all(kind_set.issuperset(map(type, inner)) for inner in values):
        raise InvalidData(f"{name} holds something else than {_KINDS.get(kinds[0], 'numbers')}.")
    return values


# --- writing ----------------------------------------------------------------------------------------------------------

_Writer = Callable[[Iterator[dict[str, Any]], IO[bytes], Sequence[str]], int]


def _writer(path: Path) -> _Writer:
    if path.name.endswith(".jsonl"):
        return _write_jsonl
    if path.name.endswith(".jsonl.gz"):
        return _write_gzip
    if path.name.endswith(".csv"):
        return _write_csv
    if path.name.endswith(".parquet"):
        return _write_parquet
    raise InvalidInput(f"{path.name} must end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}.")


def _write_jsonl(rows: Iterator[dict[str, Any]], file: IO[bytes], names: Sequence[str]) -> int:
    count = 0
    for row in rows:
        file.write(json_bytes(row) + b"\n")
        count += 1
    return count


def _write_gzip(rows: Iterator[dict[str, Any]], file: IO[bytes], names: Sequence[str]) -> int:
    with gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as zipped:  # the same records, the same bytes
        return _write_jsonl(rows, zipped, names)  # type: ignore[arg-type]


def _write_csv(rows: Iterator[dict[str, Any]], file: IO[bytes], names: Sequence[str]) -> int:
    """Lists and objects as JSON. What a spreadsheet would take for a formula is preceded by an apostrophe."""
    text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="", write_through=True)
    writer = csv.DictWriter(text, names, restval="")
    writer.writeheader()
    count = 0
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
        count += 1
    text.detach()  # the file is closed by whoever opened it
    return count


_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PLAIN_NUMBER = re.compile(r"[+-]?[\d.,]+")


def _cell(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA) and not _PLAIN_NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def _write_parquet(rows: Iterator[dict[str, Any]], file: IO[bytes], names: Sequence[str]) -> int:
    import pyarrow as pa
    import pyarrow.parquet

    text, number, whole = pa.string(), pa.float64(), pa.int64()
    lists = {"steps": text, "tokens": whole, "step_scores": number, "dropped": whole, "rejected": text}
    lists |= {"step_labels": whole, "tags": text}
    per_token = {"logprobs": number, "entropies": number, "token_texts": text}
    choices = pa.list_(pa.struct([("label", text), ("text", text)]))  # a map, in a form that `datasets` knows
    kinds = {"choices": choices}
    kinds |= dict.fromkeys(("correct", "flagged", "gold_wrong"), pa.bool_())
    kinds |= dict.fromkeys(("attempt", "first_error_step", "stop_step"), whole)
    kinds |= dict.fromkeys(("temperature", "score", "seconds"), number)
    kinds |= {name: pa.list_(kind) for name, kind in lists.items()}
    kinds |= {name: pa.list_(pa.list_(kind)) for name, kind in per_token.items()}
    kinds["opinions"] = pa.list_(pa.struct([(name, kinds.get(name, text)) for name in OPINION]))
    schema = pa.schema([(name, kinds.get(name, text)) for name in names])
    count = 0
    with pyarrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while chunk := list(itertools.islice(rows, CHUNK)):
            for row in chunk:
                named = (row["choices"] or {}).items()
                row["choices"] = [{"label": label, "text": choice} for label, choice in named] or None
            writer.write_table(pa.Table.from_pylist(chunk, schema=schema))
            count += len(chunk)
    return count


@contextmanager
def _written_whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes its name only once all of it is on the disk."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    with _told(path):
        try:
            with draft.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say what is wrong with a place that cannot be written."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise OutOfSpace(f"No space is left for {path}. Free some, or choose another place.") from error
        raise InvalidInput(f"{path} cannot be written: {error.strerror or error}. Choose another place.") from error
