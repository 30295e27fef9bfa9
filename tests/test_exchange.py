"""Import and export of behavior records: lossless, each once, whatever is in the file."""

import csv
import gzip
import json
import resource
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from huggingface_hub.errors import HTTPError

from drr.annotations import Kind
from drr.beside import workers
from drr.columns import Columns
from drr.errors import InvalidData, InvalidInput, OutOfSpace
from drr.exchange import (
    LABELS,
    LONGEST_LINE,
    PART,
    BadLine,
    BehaviorDataset,
    BehaviorFile,
    export_file,
    export_history,
    import_file,
    import_records,
    preview,
    push_to_hub,
    read_row,
)
from drr.store import RecordFilter, Store
from drr.testing import make_record
from drr.types import Attempt, BehaviorRecord, Question, Step

LINE: dict[str, Any] = {
    "question_id": "exam:1",
    "question": "12+21?",
    "choices": None,
    "gold": "33",
    "answer_type": "number",
    "source": "exam",
    "reasoner": "gpt",
    "temperature": 0.7,
    "attempt": 0,
    "text": "It is 12+21=33.\n\nThe answer is 33.",
    "answer": None,
    "correct": None,
}
FORMATS = ("jsonl", "jsonl.gz", "parquet")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "drr.db") as opened:
        yield opened


def varied_records() -> Iterator[BehaviorRecord]:
    number = Question("What is 12+21?\nThink.", gold="33", source="typed")
    choice = Question("Which \u202e one\0?", "choice", "B", {"B": "مرحبا", "A": "a"}, "exam", "exam:7")
    full = Step("12+21=33", 2, 0.75, ("12+21=", "33\n"), (-0.1234, -2.0), (0.5, 0.0))
    dropped = replace(full, text="12+21=34", rejected=True)
    last = Step("Answer: 33", 1, 0.9, ("Answer: 33",), (-0.01,), (0.02,))
    yield BehaviorRecord(
        number, "tiny", 0, Attempt((full, dropped, last), "33", "end", 0.9, "accept", 0.0, 1.25), True, dm="judge"
    )
    retry = Attempt((full,), None, "length", 0.0, "reject", 0.8)
    yield BehaviorRecord(number, "tiny", 1, retry, False, ("one\nAnswer: 3", "two"), 0)
    two_lines = Attempt((Step("no numbers\nat all", 7), Step("", 0)), "B", temperature=1.0)
    yield BehaviorRecord(choice, "gpt", 0, two_lines, True, first_error_step=-1)
    yield BehaviorRecord(Question("No gold?", "text", id="x"), "gpt", 0, Attempt((), None), None)


def write_lines(path: Path, *lines: Any) -> Path:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("ending", FORMATS)
def test_export_and_import_lose_nothing(store: Store, tmp_path: Path, ending: str) -> None:
    store.records.add_many(varied_records())
    assert export_file(tmp_path / f"out.{ending}", store) == 4
    with Store.open(tmp_path / "second.db") as second:
        report = import_file(tmp_path / f"out.{ending}", second)
        assert (report.read, report.added, report.bad, report.ignored) == (4, 4, (), ())
        assert list(second.records.iterate()) == list(store.records.iterate())
        assert import_file(tmp_path / f"out.{ending}", second).duplicates == 4
    assert import_file(tmp_path / f"out.{ending}", store).added == 0


def test_an_exported_line_has_the_documented_fields(store: Store, tmp_path: Path) -> None:
    store.records.add_many(varied_records())
    export_file(tmp_path / "out.jsonl", store)
    documented = set(LINE) - {"text"} | {"steps", "first_error_step"}
    for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines():
        assert documented <= set(json.loads(line))


def test_only_what_is_asked_is_exported_and_progress_told(store: Store, tmp_path: Path) -> None:
    store.records.add_many(varied_records())
    seen: list[tuple[int, float]] = []
    where = RecordFilter(correct=True)
    assert export_file(tmp_path / "out.jsonl", store, where, lambda *now: seen.append(now)) == 2
    assert seen == [(2, 1.0)]


def test_the_same_records_make_the_same_gzip_file(store: Store, tmp_path: Path) -> None:
    store.records.add_many(varied_records())
    export_file(tmp_path / "one.jsonl.gz", store)
    export_file(tmp_path / "two.jsonl.gz", store)
    assert (tmp_path / "one.jsonl.gz").read_bytes() == (tmp_path / "two.jsonl.gz").read_bytes()


def test_answer_and_grade_are_found_where_they_are_null(store: Store, tmp_path: Path) -> None:
    wrong, given = LINE | {"attempt": 1, "text": "The answer is 34."}, LINE | {"attempt": 2, "correct": False}
    none, ungraded = LINE | {"attempt": 3, "answer": ""}, LINE | {"question": "No gold", "gold": None}
    import_file(write_lines(tmp_path / "in.jsonl", LINE, wrong, given, none, ungraded), store)
    found = [(record.attempt.answer, record.correct) for record in store.records.iterate()]
    assert found == [("33", True), ("34", False), ("33", False), (None, False), ("33", None)]


@pytest.mark.parametrize("number", ["9" * 19, "1" + "0" * 30, "-9223372036854775809", "0.1234567890123456789", "1e-7"])
def test_a_number_for_an_answer_is_kept_as_python_reads_it(store: Store, tmp_path: Path, number: str) -> None:
    line = json.dumps(LINE | {"gold": 0}).replace('"gold": 0', f'"gold": {number}')
    import_file(write_lines(tmp_path / "in.jsonl", line), store)
    (record,) = store.records.iterate()
    assert record.question.gold == str(json.loads(number))


def test_a_text_becomes_steps_and_given_steps_stay_as_they_are() -> None:
    assert [s.text for s in read_row(LINE).attempt.steps] == ["It is 12+21=33.", "The answer is 33."]
    steps = read_row(LINE | {"text": None, "steps": ["one\nand more", "", "33"], "first_error_step": 2})
    assert [s.text for s in steps.attempt.steps] == ["one\nand more", "", "33"]


def test_the_least_a_line_needs() -> None:
    record = read_row({"question": "1+1?", "reasoner": "gpt", "text": "Answer: 2", "gold": 2, "temperature": None})
    assert (record.question.gold, record.attempt.answer, record.correct) == ("2", "2", True)
    assert (record.attempt_index, record.attempt.temperature, record.question.source) == (0, 0.0, "imported")


@pytest.mark.parametrize(
    "line, reason",
    [
        ("{not json", "not JSON"),
        ("[1, 2]", "not a JSON object"),
        ("[" * 100_000, "not JSON"),
        ('{"question": ' + "9" * 5_000 + "}", "not JSON"),
        ({"question": "q", "answer": "7"}, "no reasoner and no text or steps"),
        (LINE | {"question": " "}, "question is empty"),
        (LINE | {"question": 5}, "question is not text"),
        (LINE | {"choices": ["a", "b"]}, "choices is not an object"),
        (LINE | {"answer_type": "essay"}, "answer_type is 'essay'"),
        (LINE | {"attempt": -1}, "attempt is out of range"),
        (LINE | {"attempt": True}, "attempt is not a whole number"),
        (LINE | {"attempt": 10**30}, "attempt is out of range"),
        (LINE | {"temperature": float("nan")}, "NaN is not a number"),
        (json.dumps(LINE | {"temperature": 1}).replace(": 1,", ": 1e999,"), "temperature is out of range"),
        (LINE | {"temperature": -1}, "temperature is out of range"),
        (LINE | {"correct": "yes"}, "correct is not true or false"),
        (LINE | {"first_error_step": 2}, "first_error_step is 2, and there are 2 steps"),
        (LINE | {"steps": [1]}, "steps holds something else than text"),
        (LINE | {"logprobs": [[-1.0]]}, "logprobs has 1 entries for 2 steps"),
        (LINE | {"logprobs": [[-1.0], ["x"]]}, "logprobs holds something else than numbers"),
        (LINE | {"dropped": [9]}, "dropped names steps"),
        (LINE | {"tokens": [1, -1]}, "tokens is out of range"),
        (LINE | {"verdict": "maybe"}, "verdict is 'maybe'"),
        (LINE | {"rejected": "no"}, "rejected is not a list"),
    ],
)
def test_a_bad_line_is_named_with_its_number_and_the_good_ones_kept(
    store: Store, tmp_path: Path, line: Any, reason: str
) -> None:
    path = write_lines(tmp_path / "in.jsonl", LINE, "", line, LINE | {"attempt": 7})
    report = import_file(path, store)
    (bad,) = report.bad
    assert bad.number == 3 and reason in bad.reason
    assert report.added == store.records.count() == 2


def test_unknown_columns_are_named_once(store: Store, tmp_path: Path) -> None:
    lines = [LINE | {"attempt": i, "colour": "red", "size": i} for i in range(3)]
    assert import_file(write_lines(tmp_path / "in.jsonl", *lines), store).ignored == ("colour", "size")


def test_hostile_text_is_taken(store: Store, tmp_path: Path) -> None:
    texts = ["NUL \0 here", "\u202eمرحبا", "x" * 2**20, "half a pair \ud800", "\u2028 line \u2029 marks \x85"]
    lines = [LINE | {"attempt": i, "text": text} for i, text in enumerate(texts)]
    report = import_file(write_lines(tmp_path / "in.jsonl", *lines), store)
    assert (report.added, report.bad) == (5, ())
    assert [r.attempt.text for r in store.records.iterate()][:3] == texts[:3]
    for ending in FORMATS:
        export_file(tmp_path / f"out.{ending}", store)
        assert import_file(tmp_path / f"out.{ending}", store).added == 0


def test_a_line_without_end_is_skipped(tmp_path: Path) -> None:
    with (tmp_path / "in.jsonl").open("wb") as file:
        good = json.dumps(LINE).encode()
        for line in (good, b"x" * (2 * LONGEST_LINE + 10), good, b"x" * LONGEST_LINE, good):
            file.write(line + b"\n")
    first, bad, second, just_too_long, last = BehaviorFile(tmp_path / "in.jsonl")
    assert isinstance(bad, BadLine) and bad.number == 2 and "longer than" in bad.reason
    assert isinstance(just_too_long, BadLine) and just_too_long.number == 4
    assert isinstance(first, BehaviorRecord) and first == second == last


def test_a_gzip_file_cut_in_the_middle_gives_what_is_whole(store: Store, tmp_path: Path) -> None:
    lines = "\n".join(json.dumps(LINE | {"attempt": i, "text": f"{i * 7919} {i}"}) for i in range(5_000))
    whole = gzip.compress(lines.encode())
    (tmp_path / "in.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    report = import_file(tmp_path / "in.jsonl.gz", store)
    (bad,) = report.bad
    assert 1_000 < report.added < 4_000 and bad.number == report.added + 1 and "breaks off" in bad.reason


def test_a_byte_order_mark_windows_lines_and_bytes_of_another_encoding(store: Store, tmp_path: Path) -> None:
    good = json.dumps(LINE).encode()
    (tmp_path / "in.jsonl").write_bytes(b"\xef\xbb\xbf" + good + b"\r\n" + b'{"question": "caf\xe9"}\r\n')
    report = import_file(tmp_path / "in.jsonl", store)
    assert report.added == 1 and report.bad == (BadLine(2, "It is not UTF-8 text."),)


BINARY = [b"\x89PNG\r\n\0\0\0\rIHDR", b"PAR1 and then nothing", gzip.compress(b"\0\1\2" * 99)]


@pytest.mark.parametrize("content", BINARY)
def test_a_binary_file_is_refused_as_a_whole(store: Store, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "in.jsonl").write_bytes(content)
    with pytest.raises(InvalidData):
        import_file(tmp_path / "in.jsonl", store)
    assert store.records.count() == 0


def test_a_missing_file_is_an_input_error(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no file"):
        import_file(tmp_path / "missing.jsonl", store)
    with pytest.raises(InvalidInput, match="no file"):
        import_file(tmp_path, store)


def test_an_empty_file_holds_nothing(store: Store, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").touch()
    assert import_file(tmp_path / "in.jsonl", store).read == 0


def test_a_parquet_file_by_pandas_keeps_choices_as_a_struct(store: Store, tmp_path: Path) -> None:
    lines = [
        LINE | {"choices": {"A": "33", "B": "34"}, "answer_type": "choice", "gold": "A", "text": "Answer: A"},
        LINE | {"attempt": 1},
    ]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(lines), tmp_path / "in.parquet")
    assert import_file(tmp_path / "in.parquet", store).added == 2
    assert [r.question.choices for r in store.records.iterate()] == [{"A": "33", "B": "34"}, None]


def test_an_unknown_ending_is_refused_before_anything_is_written(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="parquet"):
        export_file(tmp_path / "out.xlsx", store)
    with pytest.raises(InvalidInput, match="cannot be written"):
        export_file(tmp_path / "missing" / "out.jsonl", store)
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.parametrize("ending", FORMATS)
def test_a_full_disk_leaves_the_older_file_and_no_half_one(store: Store, tmp_path: Path, ending: str) -> None:
    store.records.add_many(read_row(LINE | {"attempt": i, "text": f"{i * i * 7919}"}) for i in range(3_000))
    target = tmp_path / f"out.{ending}"
    target.write_bytes(b"older")
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, most))
    try:
        with pytest.raises(OutOfSpace, match="No space"):
            export_file(target, store)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    assert target.read_bytes() == b"older"
    assert list(tmp_path.glob(".*.part")) == []


# --- other people's columns -------------------------------------------------------------------------------------------

PROCESSBENCH_ROW = {
    "id": "gsm8k-1",
    "generator": "Qwen2-7B",
    "problem": "1+1?",
    "steps": ["1+1=3", "So 3."],
    "final_answer_correct": False,
    "label": 0,
}
STEPWISE_ROW = {"prompt": "1+1?", "completions": ["1+1=2", "2+2=5", "So 5."], "labels": [True, False, False]}


def read_all(path: Path, columns: Columns | None = None) -> list[BehaviorRecord | BadLine]:
    return list(BehaviorFile(path, columns))


def test_processbench_lines_are_recognised(tmp_path: Path) -> None:
    file = BehaviorFile(write_lines(tmp_path / "bench.jsonl", PROCESSBENCH_ROW, PROCESSBENCH_ROW | {"label": -1}))
    wrong, right = file
    assert isinstance(wrong, BehaviorRecord) and isinstance(right, BehaviorRecord)
    assert (wrong.question.text, wrong.question.id, wrong.reasoner) == ("1+1?", "gsm8k-1", "Qwen2-7B")
    assert (wrong.correct, wrong.first_error_step, wrong.question.source) == (False, 0, "processbench")
    assert right.first_error_step == -1
    assert file.columns is not None and file.columns.name == "ProcessBench" and not file.ignored


@pytest.mark.parametrize(
    "labels, expected",
    [
        ([True, False, False], 1),
        ([True, True, True], -1),
        ([1, 0, -1], 2),
        ([True, False], 1),
        ([True, True], None),
        ([1, None, 1], None),
        ([], None),
    ],
)
def test_labels_of_steps_say_which_is_the_first_wrong_one(
    tmp_path: Path, labels: list[Any], expected: int | None
) -> None:
    (record,) = read_all(write_lines(tmp_path / "prm.jsonl", STEPWISE_ROW | {"labels": labels}))
    assert isinstance(record, BehaviorRecord) and record.first_error_step == expected
    assert [step.text for step in record.attempt.steps] == STEPWISE_ROW["completions"]


@pytest.mark.parametrize("labels", [[True] * 4, ["+"], "+++"])
def test_labels_of_steps_that_do_not_fit_are_told_with_their_line(tmp_path: Path, labels: Any) -> None:
    bad = STEPWISE_ROW | {"labels": labels}
    _, line = read_all(write_lines(tmp_path / "prm.jsonl", STEPWISE_ROW, bad))
    assert isinstance(line, BadLine) and line.number == 2 and "step_labels" in line.reason


def test_columns_are_found_where_a_mapping_says(tmp_path: Path) -> None:
    row = {"item": {"problem": "1+1?", "gold": 2}, "output": "It is 2.\nAnswer: 2", "junk": 1}
    of = {"question": "item.problem", "gold": "item.gold", "text": "output"}
    file = BehaviorFile(write_lines(tmp_path / "x.jsonl", row), Columns("as mapped", of, {"reasoner": "me"}))
    (record,) = file
    assert isinstance(record, BehaviorRecord)
    assert (record.question.text, record.question.gold, record.reasoner) == ("1+1?", "2", "me")
    assert (record.correct, list(file.ignored)) == (True, ["junk"])


def test_a_column_that_is_not_where_the_mapping_says_is_told(tmp_path: Path) -> None:
    (line,) = read_all(write_lines(tmp_path / "x.jsonl", LINE), Columns("as mapped", {"question": "no.such"}))
    assert isinstance(line, BadLine) and "no question" in line.reason


def test_a_saved_dataset_is_imported_as_one_batch_that_can_be_undone(store: Store, tmp_path: Path) -> None:
    import datasets

    rows = [STEPWISE_ROW | {"prompt": f"{i}+1?"} for i in range(5)]
    datasets.Dataset.from_list(rows).save_to_disk(tmp_path / "saved")
    report = import_records(BehaviorDataset(str(tmp_path / "saved")), store, name="prm", author="ada", limit=3)
    assert (report.read, report.added, report.batch) == (3, 3, 1)
    assert [one.first_error_step for one in store.records.iterate()] == [1, 1, 1]
    assert store.batches.undo(1).removed == 3


def test_a_dataset_that_cannot_be_found_is_explained(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="Check its name"):
        import_records(BehaviorDataset(str(tmp_path / "nowhere")), store)


class Unreachable(HTTPError):
    """What the Hub's client raises where there is no network; no OSError."""


def test_a_dataset_whose_rows_break_off_gives_those_before(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    def rows() -> Iterator[Any]:
        yield STEPWISE_ROW
        raise Unreachable("connection lost")

    monkeypatch.setattr(datasets, "load_dataset", lambda *name, **how: rows())
    report = import_records(BehaviorDataset("org/name"), store)
    (bad,) = report.bad
    assert (report.added, bad.number) == (1, 2) and "connection lost" in bad.reason


@pytest.mark.parametrize("error", [Unreachable("no network"), ConnectionError("no network"), ValueError("no network")])
def test_a_hub_that_cannot_be_reached_is_told(store: Store, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    import datasets

    def fail(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(datasets, "load_dataset", fail)
    monkeypatch.setattr(datasets.Dataset, "push_to_hub", fail)
    store.records.add_many(varied_records())
    with pytest.raises(InvalidInput, match=r"no network.*Hub can be reached"):
        import_records(BehaviorDataset("org/name"), store)
    with pytest.raises(InvalidInput, match=r"did not take org/name.*no network"):
        push_to_hub("org/name", "a-token", store)


def test_what_is_pushed_to_the_hub_is_the_filter_with_its_labels_and_private(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets

    pushed: list[Any] = []

    def push(made: Any, repo: str, *, token: str, private: bool) -> None:
        pushed.append((repo, token, private, made["reasoner"][:], made["label"][:]))

    monkeypatch.setattr(datasets.Dataset, "push_to_hub", push)
    store.records.add_many(varied_records())
    address = push_to_hub("org/name", "a-token", store, RecordFilter(reasoner="tiny"))
    assert address == "https://huggingface.co/datasets/org/name"
    assert pushed == [("org/name", "a-token", True, ["tiny", "tiny"], ["accept", "reject"])]


def test_an_import_cut_short_is_noted_with_what_it_added(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drr.exchange.TOGETHER", 0.0)

    def cut(done: int, share: float) -> None:
        if done > PART:
            raise KeyboardInterrupt

    lines = [LINE | {"attempt": i} for i in range(PART + 1)]
    file = write_lines(tmp_path / "x.jsonl", *lines)
    with pytest.raises(KeyboardInterrupt):
        import_records(BehaviorFile(file), store, cut, name="x.jsonl", author="ada")
    (batch,) = store.batches.list()
    assert batch.added == store.records.count() == PART
    assert store.batches.undo(batch.number).removed == PART


def test_an_import_lets_another_writer_of_the_program_go_first_at_once(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drr.exchange.TOGETHER", 1e9)  # else it would commit once, at its end
    other = threading.Thread(target=store.records.add_many, args=([make_record()],))
    found: list[int] = []

    class Waited(BehaviorFile):
        def rows(self) -> Iterator[tuple[int, Any]]:
            for number, row in super().rows():
                if number == PART + 1:
                    other.start()
                    while not store.is_wanted:
                        time.sleep(0.01)
                if number == 2 * PART + 1:
                    other.join(timeout=60)
                    found.append(store.records.count(RecordFilter(reasoner="scripted")))
                yield number, row

    file = write_lines(tmp_path / "x.jsonl", *[LINE | {"attempt": i} for i in range(2 * PART + 1)])
    assert import_records(Waited(file), store).added == 2 * PART + 1
    assert found == [1] and not store.is_wanted


def test_many_lines_are_read_by_another_process_to_the_same_end(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [LINE | {"attempt": i % 900, "colour": "red"} for i in range(8 * PART)]
    file = write_lines(tmp_path / "x.jsonl", *lines, "not json", LINE | {"attempt": 901, "size": 1})

    def at_hand(*arguments: Any) -> ProcessPoolExecutor:  # else all is read here before it has started
        pool = workers(*arguments)
        pool.submit(int).result()
        return pool

    with Store.open(tmp_path / "other.db") as other:
        alone = import_file(file, store)
        monkeypatch.setattr("drr.exchange.FEW", PART)
        monkeypatch.setattr("drr.exchange.workers", at_hand)
        helped = import_file(file, other)
        assert helped == alone and (helped.added, helped.duplicates) == (901, 8 * PART - 900)
        assert helped.bad[0].number == 8 * PART + 1
        assert list(other.records.iterate()) == list(store.records.iterate())


def test_a_preview_shows_how_a_file_would_be_read_and_keeps_nothing(tmp_path: Path) -> None:
    shown = preview(BehaviorFile(write_lines(tmp_path / "x.jsonl", PROCESSBENCH_ROW, "no json", *[LINE] * 9)))
    assert shown.format == "ProcessBench" and shown.mapping["question"] == "problem"
    assert shown.columns == tuple(PROCESSBENCH_ROW)
    assert len(shown.records) == 1 and shown.bad[0].number == 2


@pytest.mark.parametrize(
    "choices", [[{"label": ["A"], "text": "x"}], [{"text": "x"}], [["A", "x"]], [{"label": "A", "text": 1}]]
)
def test_choices_that_are_none_are_told(tmp_path: Path, choices: Any) -> None:
    (line,) = read_all(write_lines(tmp_path / "x.jsonl", LINE | {"choices": choices}))
    assert isinstance(line, BadLine) and "choices" in line.reason


# --- with labels ------------------------------------------------------------------------------------------------------


@pytest.fixture
def annotated(store: Store) -> Store:
    store.records.add_many(varied_records())
    first, *_ = store.browsing.browse().rows
    store.annotations.add(first.id, Kind.VERDICT, "reject", "ada", 0, reason="=cmd()")
    return store


def test_an_export_with_labels_says_what_people_and_all_together_say(annotated: Store, tmp_path: Path) -> None:
    assert export_file(tmp_path / "out.jsonl", annotated, labels=True) == 4
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["human"], line["label"]) for line in lines] == [
        ("reject", "reject"), ("none", "reject"), ("none", "accept"), ("none", "none"),
    ]  # fmt: skip
    assert [line["record_id"] for line in lines] == [one.id for one in annotated.records.iterate()]


STEPS_OF_PEOPLE = {"ada": [1, 0, 1], "bob": [1, -1, None]}


@pytest.fixture
def discussed(annotated: Store) -> Store:
    """The first record, of three steps, with all that people can say of one."""
    first, *_ = annotated.browsing.browse().rows

    def say(kind: Kind, value: Any, author: str) -> None:
        annotated.annotations.add(first.id, kind, value, author, 0, independent=True)

    for author, steps in STEPS_OF_PEOPLE.items():
        say(Kind.STEPS, steps, author)
    say(Kind.STOP, {"label": "too_late", "step": None}, "bob")
    say(Kind.STOP, {"label": "here", "step": 0}, "ada")
    say(Kind.NOTE, "=a step too many", "bob")
    say(Kind.TAG, {"tag": "units", "on": True}, "bob")
    say(Kind.FLAG, True, "ada")
    return annotated


SAID = {
    "human": "reject", "label": "reject", "basis": "human", "step_labels": [1, -1, None], "stop_label": "here",
    "stop_step": 0, "tags": ["units"], "flagged": True,
}  # fmt: skip
OPINIONS: list[dict[str, Any]] = [
    {
        "author": "ada", "verdict": "reject", "step_labels": [1, 0, 1], "stop_label": "here", "stop_step": 0,
        "note": None,
    },
    {
        "author": "bob", "verdict": None, "step_labels": [1, -1, None], "stop_label": "too_late", "stop_step": None,
        "note": "=a step too many",
    },
]  # fmt: skip


def told(opinions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in opinion.items() if value is not None} for opinion in opinions]


def test_an_export_with_labels_has_all_that_people_say_and_each_ones_own(discussed: Store, tmp_path: Path) -> None:
    export_file(tmp_path / "out.jsonl", discussed, labels=True)
    first, second, *_ = map(json.loads, (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    assert SAID.items() <= first.items()
    assert first["opinions"] == told(OPINIONS)
    assert set(LABELS) & set(second) == {"record_id", "human", "label", "basis"}


def test_what_people_say_is_the_same_in_each_format(discussed: Store, tmp_path: Path) -> None:
    import datasets

    where = RecordFilter(tag="units")
    for name in ("out.csv", "out.parquet", "made"):
        assert export_file(tmp_path / name, discussed, where, labels=True) == 1
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        (cells,) = csv.DictReader(file)
    assert json.loads(cells["step_labels"]) == SAID["step_labels"] and cells["stop_step"] == "0"
    assert json.loads(cells["opinions"]) == told(OPINIONS) and cells["gold_wrong"] == ""
    (row,) = pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist()
    (made,) = datasets.load_from_disk(str(tmp_path / "made"))
    for one in (row, made):
        assert SAID.items() <= one.items() and one["opinions"] == OPINIONS


@pytest.mark.parametrize("ending", FORMATS)
def test_an_export_with_labels_is_imported_once_with_the_steps_that_people_found_wrong(
    discussed: Store, tmp_path: Path, ending: str
) -> None:
    export_file(tmp_path / f"out.{ending}", discussed, labels=True)
    again = import_file(tmp_path / f"out.{ending}", discussed)
    assert (again.added, again.bad) == (0, ())
    with Store.open(tmp_path / "second.db") as second:
        report = import_file(tmp_path / f"out.{ending}", second)
        assert (report.added, report.bad) == (4, ()) and "step_labels" not in report.ignored
        assert [one.first_error_step for one in second.records.iterate()] == [1, 0, -1, None]
        assert [one.correct for one in second.records.iterate()] == [True, False, True, None]


def test_a_csv_has_a_line_a_record_and_no_formulas(store: Store, tmp_path: Path) -> None:
    question = Question("=HYPERLINK(1)", gold="-5", source="@x")
    store.records.add_many([BehaviorRecord(question, "tiny", 0, Attempt((Step("-1\nof", 2),), "-5"), True)])
    assert export_file(tmp_path / "out.csv", store, labels=True) == 1
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["question"], row["source"], row["gold"]) == ("'=HYPERLINK(1)", "'@x", "-5")
    assert json.loads(row["steps"]) == ["-1\nof"]
    assert (row["correct"], row["label"], row["first_error_step"]) == ("True", "accept", "")


def test_a_path_without_an_ending_becomes_a_dataset(annotated: Store, tmp_path: Path) -> None:
    import datasets

    assert export_file(tmp_path / "made", annotated, RecordFilter(reasoner="tiny"), labels=True) == 2
    made = datasets.load_from_disk(str(tmp_path / "made"))
    assert made["label"][:] == ["reject", "reject"]
    with Store.open(tmp_path / "second.db") as second:
        report = import_records(BehaviorDataset(str(tmp_path / "made")), second)
        assert (report.added, report.bad) == (2, ())
        assert list(second.records.iterate()) == list(annotated.records.iterate(RecordFilter(reasoner="tiny")))
    with pytest.raises(InvalidInput, match="there already"):
        export_file(tmp_path / "made", annotated)


def test_the_history_is_exported_with_what_was_undone(annotated: Store, tmp_path: Path) -> None:
    annotated.annotations.undo("ada")
    assert export_history(tmp_path / "history.jsonl", annotated) == 2
    lines = [json.loads(line) for line in (tmp_path / "history.jsonl").read_text().splitlines()]
    assert [(line["kind"], line["value"], line["author"]) for line in lines] == [
        ("verdict", "reject", "ada"), ("undo", 1, "ada"),
    ]  # fmt: skip
    assert export_history(tmp_path / "none.jsonl", annotated, RecordFilter(correct=False)) == 0
    with pytest.raises(InvalidInput, match=r"\.jsonl"):
        export_history(tmp_path / "history.csv", annotated)
