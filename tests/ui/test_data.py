"""What the Data tab's functions answer: to its own page, and to strangers who call them with anything."""

import csv
import gzip
import io
import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gradio.utils import get_upload_folder

from drr.data import Person
from drr.store import browsing
from tests.ui.fake_studio import FakeStudio
from ui.data import FORMATS, KEPT_EXPORTS, TELLING, VERBS, served
from ui.shell import build_ui

ANN, BEN = Person("Ann"), Person("Ben")


@pytest.fixture
def studio() -> FakeStudio:
    return FakeStudio().fill(6)


def call(studio: FakeStudio, verb: str, who: str = "Ann", login: str | None = None, **asked: Any) -> Any:
    profile: Any = SimpleNamespace(username=login) if login else None
    answer = served(studio, verb, VERBS[verb])({"who": who, **asked}, profile)
    json.dumps(answer)  # it must get over the wire
    return answer


def first(studio: FakeStudio, **where: Any) -> str:
    return studio.data.browse(where).rows[0].id


def test_the_first_page_does_not_carry_the_tab() -> None:
    config = str(build_ui(FakeStudio()).get_config_file())
    assert "data_page" in config and "AT_DESK" not in config and "d-facets" not in config


@pytest.fixture(scope="module")
def asked_anything() -> FakeStudio:
    return FakeStudio().fill(1)


@pytest.mark.parametrize("verb", VERBS)
def test_whatever_is_sent_is_answered(asked_anything: FakeStudio, verb: str) -> None:
    unreadable: list[Any] = [None, [], "x", 7]
    odd: list[Any] = [{}, {"who": 7, "where": 3}, {"where": {"nonsense": 1}, "record": None, "seen": "x", "kind": []}]
    for asked in unreadable + odd:
        answer = served(asked_anything, verb, VERBS[verb])(asked)
        assert isinstance(answer, dict) and " is a bug in " not in answer.get("error", ""), (asked, answer)
        assert isinstance(asked, dict) or "cannot be read" in answer["error"]


def test_a_page_of_rows_goes_on_where_it_ended(studio: FakeStudio) -> None:
    page = call(studio, "rows", limit=8, sort="score", descending=True)
    after = call(studio, "rows", limit=8, sort="score", descending=True, cursor=page["next"])
    scores = [row["score"] for row in page["rows"] + after["rows"]]
    assert len(scores) == 13 and scores == sorted(scores, reverse=True) and after["next"] is None


def test_the_map_looks_past_its_own_conditions_and_nothing_else_does(studio: FakeStudio) -> None:
    found = call(studio, "overview", where={"judged": "accept", "automatic": "reject", "source": "typed"})
    cells = {cell["value"]: cell["count"] for cell in found["map"]["facets"]["cell"]}
    assert found["count"] == {"number": cells["accept/reject/none"], "exact": True} and sum(cells.values()) == 12
    assert sum(each["reject"] for each in found["plots"]["scores"]) == found["count"]["number"]


def test_the_map_says_of_itself_whether_it_counted_all(studio: FakeStudio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsing, "CAP", 10)
    found = call(studio, "overview", where={"tokens_min": 0, "automatic": "accept"})
    assert (found["facets"]["exact"], found["facets"]["of"]) == (True, 6)
    assert (found["map"]["exact"], found["map"]["of"]) == (False, 10)


# --- who may do what --------------------------------------------------------------------------------------------------


def test_on_a_public_space_a_typed_name_labels_nothing_and_it_says_why(studio: FakeStudio) -> None:
    studio.close_to_the_public()
    about = call(studio, "about")
    assert not about["labelling"] and "Labelling is off" in about["why"] and not about["changing"]
    refused = call(studio, "annotate", record=first(studio), kind="verdict", value="accept", seen=0)
    assert "error" in refused and studio.data.count({"annotator": "Ann"}).number == 0
    assert len(call(studio, "rows")["rows"]) == 13


def test_on_a_public_space_a_login_labels_but_does_not_label_all(studio: FakeStudio) -> None:
    studio.close_to_the_public()
    said: dict[str, Any] = {"record": first(studio), "kind": "verdict", "value": "accept", "seen": 0}
    assert call(studio, "annotate", who="Ann", login="ben", **said)["opinions"] == {"ben": "accept"}
    for verb in ("bulk", "freeze", "import_file", "undo_import", "import_dataset", "push"):
        assert "error" in call(studio, verb, login="ben", name="x", kind="verdict", value="accept", repo="a/b"), verb


def test_on_a_public_space_its_owner_labels_many_at_once(studio: FakeStudio) -> None:
    studio.close_to_the_public()
    assert call(studio, "about", login="olga")["changing"]
    assert call(studio, "freeze", login="olga", name="monday")["records"] == 13


def test_no_file_but_an_uploaded_one_can_be_named(studio: FakeStudio, tmp_path: Path) -> None:
    secret = tmp_path / "secret.jsonl"
    secret.write_text("{}\n")
    upload = Path(get_upload_folder())
    for path in (str(secret), "/etc/passwd", f"{upload}/../../etc/passwd", str(upload), ""):
        for verb in ("preview_file", "import_file"):
            assert "no longer here" in call(studio, verb, path=path)["error"]


# --- labelling --------------------------------------------------------------------------------------------------------


def test_a_blind_annotator_is_sent_nothing_that_tells(studio: FakeStudio) -> None:
    record = first(studio, automatic="reject")
    studio.data.annotate(BEN, record, "verdict", "accept", 0)
    assert not set(TELLING) & {key for row in call(studio, "rows", blind=True)["rows"] for key in row}
    detail = call(studio, "detail", record=record, blind=True)
    assert detail["blind"] and detail["question"]["gold"] is None and detail["attempts"][0]["score"] is None
    assert "Ben" not in json.dumps(detail)
    call(studio, "annotate", record=record, kind="verdict", value="reject", seen=0, independent=True)
    seen = call(studio, "detail", record=record, blind=True)
    assert seen["attempts"][0]["automatic"] == "reject" and seen["question"]["gold"] is None
    other = seen["attempts"][1]
    assert other["blind"] and other["score"] is None and other["automatic"] == "none"
    call(studio, "annotate", record=other["id"], kind="verdict", value="accept", seen=0, independent=True)
    seen = call(studio, "detail", record=record, blind=True)
    assert not seen["blind"] and seen["question"]["gold"] == "3" and seen["attempts"][1]["automatic"] == "accept"


def test_a_stale_edit_is_refused_with_what_the_other_said_and_can_be_insisted_on(studio: FakeStudio) -> None:
    record = first(studio)
    studio.data.annotate(BEN, record, "verdict", "reject", 0)
    mine: dict[str, Any] = {"record": record, "kind": "verdict", "value": "accept"}
    refused = call(studio, "annotate", seen=0, **mine)
    assert "Ben" in refused["error"] and refused["stale"]["theirs"]["value"] == "reject"
    insisted = call(studio, "annotate", seen=refused["stale"]["version"], **mine)
    assert insisted["human"] == "accept" and insisted["opinions"] == {"Ann": "accept", "Ben": "reject"}


def test_a_gesture_that_is_sent_twice_counts_once(studio: FakeStudio) -> None:
    said: dict[str, Any] = {"record": first(studio), "kind": "note", "value": "look", "seen": 0, "token": "t1"}
    assert call(studio, "annotate", **said) == call(studio, "annotate", **said)
    assert len(studio.data.history(first(studio))) == 1


def test_gestures_without_a_token_each_count(studio: FakeStudio) -> None:
    for row in studio.data.browse(limit=2).rows:
        call(studio, "annotate", record=row.id, kind="flag", value=True, seen=0)
    assert studio.data.count({"flagged": True}).number == 2


def test_undo_and_redo_name_the_record(studio: FakeStudio) -> None:
    record = first(studio)
    call(studio, "annotate", record=record, kind="verdict", value="reject", seen=0)
    assert call(studio, "undo")["record_ids"] == [record] and studio.data.count({"human": "reject"}).number == 0
    assert call(studio, "redo")["record_ids"] == [record] and studio.data.count({"human": "reject"}).number == 1
    assert "nothing" in call(studio, "undo", who="Ben")["error"]


def test_all_of_a_filter_are_labelled_at_once_and_taken_back_at_once(studio: FakeStudio) -> None:
    asked: dict[str, Any] = {"where": {"judged": "accept", "automatic": "reject"}, "kind": "verdict", "value": "reject"}
    seen = call(studio, "bulk_preview", **asked)
    done = call(studio, "bulk", expected=seen["records"], reason="checked", **asked)
    assert done["records"] == seen["records"] == studio.data.count({"human": "reject"}).number > 0
    call(studio, "undo")
    assert studio.data.count({"human": "reject"}).number == 0


# --- files ------------------------------------------------------------------------------------------------------------


def exported(path: Path, folder: Path) -> list[Any]:
    """The record ids in an exported file."""
    import datasets
    import pyarrow.parquet

    if path.suffix == ".zip":
        shutil.unpack_archive(path, folder)
        return list(datasets.load_from_disk(str(folder))["record_id"][:])
    if path.suffix == ".parquet":
        return list(pyarrow.parquet.read_table(path)["record_id"].to_pylist())
    text = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode()
    lines = csv.DictReader(io.StringIO(text)) if path.suffix == ".csv" else map(json.loads, text.splitlines())
    return [line["record_id"] for line in lines]


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "history"])
def test_every_format_holds_exactly_what_the_table_shows(studio: FakeStudio, tmp_path: Path, kind: str) -> None:
    studio.data.annotate(BEN, first(studio, automatic="reject"), "verdict", "accept", 0)
    where = {"automatic": "reject", "text": "pens", "score_max": 0.6, "human": "none"}
    shown = [row["id"] for row in call(studio, "rows", where=where)["rows"]]
    made = call(studio, "export", kind=kind, where=where)
    assert exported(Path(made["path"]), tmp_path / "unpacked") == shown and 1 < made["count"] == len(shown) < 6


def test_a_push_needs_a_token_and_says_what_the_hub_says(studio: FakeStudio, monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    pushed: list[Any] = []

    def push(made: Any, repo: str, *, token: str, private: bool) -> None:
        if token != "may-write":
            raise OSError("403: this token only reads")
        pushed.append((repo, set(made["correct"])))

    monkeypatch.setattr(datasets.Dataset, "push_to_hub", push)
    monkeypatch.setenv("HF_TOKEN", "may-write")  # the server's own, which is nobody's here
    where = {"automatic": "reject"}
    assert "access token that may write" in call(studio, "push", repo="ann/behavior", where=where)["error"]
    assert "only reads" in call(studio, "push", repo="ann/behavior", token="reads", where=where)["error"]
    made = call(studio, "push", repo="ann/behavior", token="may-write", where=where)
    assert made["url"].endswith("/ann/behavior") and pushed == [("ann/behavior", {False})]


def test_an_export_holds_exactly_the_filter_and_old_ones_go(studio: FakeStudio) -> None:
    made = [call(studio, "export", kind="jsonl", where={"automatic": "accept"}) for _ in range(KEPT_EXPORTS + 1)]
    lines = Path(made[-1]["path"]).read_text().splitlines()
    assert len(lines) == made[-1]["count"] == 6 and all(json.loads(line)["correct"] for line in lines)
    assert Path(made[-1]["path"]).is_relative_to(get_upload_folder()) and not Path(made[0]["path"]).exists()
    assert "error" in call(studio, "export", kind="../../x")
