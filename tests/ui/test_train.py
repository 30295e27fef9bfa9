"""The Train tab's Python half: the form becomes a config and a command, rows become words, strangers are refused."""

import base64
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from drr.cli import TRAINING, build_parser
from drr.errors import InvalidInput
from drr.testing import make_question
from drr.types import Job, JobState
from tests.ui.fake_studio import FakeStudio
from tests.ui.fake_training import DEFAULTS
from ui.reason import asset
from ui.train import METHODS, OPTIONS, build_train, command, config_of, duration, run_row, size

NOW = 1_790_000_000.0


def job(**changes: Any) -> Job:
    values = {"id": "j", "kind": "train", "title": "Train dm", "params": {}, "device": "cpu", "owner": "ann"}
    return Job(**{**values, "created": NOW - 100, **changes})


# --- the form ---------------------------------------------------------------------------------------------------------


def test_an_empty_form_trains_with_the_defaults() -> None:
    assert config_of({}, DEFAULTS) == {}
    assert config_of({"epochs": " ", "method": "token/full", "loss": "weighted", "seed": "0"}, DEFAULTS) == {}


def test_what_differs_from_the_defaults_becomes_the_config() -> None:
    form = {
        "method": "token/qlora", "base": " Qwen/Qwen3-0.6B ", "epochs": "0.5", "tokens_per_batch": "1000",
        "backbone_rate": "3e-4", "checkpointing": "on", "loss": "focal", "where": "ignored here", "name": "too",
    }  # fmt: skip
    assert config_of(form, DEFAULTS) == {
        "tuning": "qlora", "base": "Qwen/Qwen3-0.6B", "epochs": 0.5, "tokens_per_batch": 1000, "backbone_rate": 3e-4,
        "checkpointing": True, "loss": "focal",
    }  # fmt: skip


@pytest.mark.parametrize(
    "form, told",
    [
        ({"epochs": "many"}, "Epochs is a number"),
        ({"tokens_per_batch": "1.5"}, "whole number"),
        ({"loss": "hinge"}, "not offered"),
        ({"method": "token/magic"}, "no method"),
        ({"epochs": ["1"]}, "Epochs is a number"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_label(form: Mapping[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        config_of(form, DEFAULTS)


def test_the_form_offers_the_keys_of_a_training() -> None:
    from drr.dm.train import TrainConfig

    fields = set(TrainConfig.__dataclass_fields__)
    assert {option.key for option in OPTIONS} | {"base", "kind", "tuning"} == fields == set(DEFAULTS)
    assert set(TRAINING) | {"base", "seed"} == fields


@pytest.mark.parametrize("method", [method for method, _ in METHODS])
def test_the_command_to_copy_is_read_back_as_the_same_config(method: str) -> None:
    import shlex

    form = {"method": method, "base": "org/model", "epochs": "0.25", "checkpointing": "off", "lora_rank": "8"}
    config = config_of(form, DEFAULTS)
    words = shlex.split(command(config, "source=gsm_symbolic:12 and correct=true"))
    assert words[:3] == ["python", "-m", "drr"]
    read = vars(build_parser().parse_args(words[3:]))
    assert {key: read[key] for key in config} == config
    assert read["where"] == "source=gsm_symbolic:12 and correct=true"


def test_a_name_with_a_shells_characters_stays_one_word_of_the_command() -> None:
    import shlex

    assert shlex.split(command({"base": "a; rm -rf /"}, ""))[-1] == "a; rm -rf /"


@pytest.mark.parametrize("figure", ["precision", "ece"])
def test_a_curve_of_scores_that_are_not_calibrated_yet_says_so(figure: str) -> None:
    titles = re.findall(rf"\['([^']+)', \[\['{figure}'", asset("train.js"))
    assert len(titles) == 1 and titles[0].endswith(", before calibration")


# --- the words --------------------------------------------------------------------------------------------------------


def test_a_running_job_tells_its_step_its_end_and_its_memory() -> None:
    running = job(state=JobState.RUNNING, began=NOW - 60, step=1200, done=0.4, due=NOW + 600)
    row = run_row(running, {"at": NOW - 1, "memory": 1.5e9}, NOW, may=True)
    assert row["word"] == "Running" and row["may"] is True
    for words in ("by ann", "cpu", "step 1,200", "10 min left", "1.5 GB of memory"):
        assert words in row["note"]
    assert "no sign of life" not in row["note"]


def test_behind_its_last_step_a_job_tells_what_it_does_and_promises_no_end() -> None:
    running = job(state=JobState.RUNNING, began=NOW - 60, step=1200, done=1.0, due=NOW - 5)
    note = run_row(running, {"at": NOW - 1, "doing": "calibrating"}, NOW, may=True)["note"]
    assert "calibrating" in note and "left" not in note


def test_a_silent_worker_is_told() -> None:
    row = run_row(job(state=JobState.RUNNING, began=NOW - 900, step=3), {"at": NOW - 300}, NOW, may=False)
    assert "no sign of life for 5 min" in row["note"]


def test_an_ended_job_tells_how_long_it_took_and_why_it_failed() -> None:
    row = run_row(job(state=JobState.FAILED, began=NOW - 90, ended=NOW, reason="It ran out."), {}, NOW, may=True)
    assert (row["word"], row["reason"]) == ("Failed", "It ran out.") and "took 2 min" in row["note"]


def test_a_run_shows_no_folder_of_the_server() -> None:
    row = run_row(job(params={"config": {"base": "/home/ann/models/reasoner", "epochs": 0.5}}), {}, NOW, may=False)
    assert row["config"] == {"base": "reasoner", "epochs": "0.5", "records": "all"}


@pytest.mark.parametrize(
    "seconds, words", [(-3, "0 s"), (40, "40 s"), (600, "10 min"), (12_000, "3 h 20 min"), (89.4, "89 s")]
)
def test_a_duration_is_told_as_people_do(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize("count, words", [(12, "12 bytes"), (1500, "2 kB"), (25e6, "25 MB"), (7.2e9, "7.2 GB")])
def test_bytes_are_told_as_people_do(count: float, words: str) -> None:
    assert size(count) == words


# --- what the page calls ----------------------------------------------------------------------------------------------

Served = Mapping[str, Callable[[Any], dict[str, Any]]]


@pytest.fixture
def studio() -> Iterator[FakeStudio]:
    studio = FakeStudio()
    yield studio
    studio.end_training()
    studio.jobs.close()


@pytest.fixture
def served(studio: FakeStudio) -> Served:
    html = build_train(studio)
    return {function.__name__: function for function in html.server_fns}


def test_a_visitor_sees_the_runs_and_changes_nothing(studio: FakeStudio, served: Served) -> None:
    id = served["train_launch"]({})["id"]
    studio.visitor = True
    state = served["train_state"]({"log": id, "curves": {id: -1}, "dms": True, "first": True})
    assert [run["id"] for run in state["runs"]] == [id]
    assert state["may"] is False and state["runs"][0]["may"] is False
    assert state["log"] == "Only its owner sees a run's log."
    for name, asked in {
        "train_launch": {}, "train_check": {}, "train_act": {"act": "cancel", "id": id},
        "train_dm": {"act": "deploy", "name": "probe"}, "train_compare": {"first": "reader", "second": "probe"},
    }.items():  # fmt: skip
        assert "owner" in served[name](asked)["error"] or "local's" in served[name](asked)["error"], name
    assert studio.registry.names == ["reader", "probe"]
    assert len(studio.launched) == 1
    studio.visitor = False
    assert served["train_act"]({"act": "cancel", "id": id}) == {}


@pytest.mark.parametrize("asked", [None, {}, {"act": "__class__", "id": "x"}, {"id": "../.."}, {"name": "/etc"}, [1]])
def test_whatever_a_stranger_sends_is_answered(served: Served, asked: Any) -> None:
    for name in served:
        if name not in ("train_launch", "train_check"):
            assert isinstance(served[name](asked), dict)
    assert "error" in served["train_export"](asked) and "error" in served["train_act"](asked)


def test_a_check_tells_the_questions_that_leak(served: Served) -> None:
    assert served["train_check"]({})["leaks"] == 0
    checked = served["train_check"]({"where": "source=gsm8k"})
    assert (checked["leaks"], checked["leaked"]) == (1, [make_question().text])


def test_a_dm_is_taken_away_in_pieces(served: Served) -> None:
    first = served["train_export"]({"name": "reader"})
    assert first["name"] == "reader.zip" and first["size"] == 1002
    assert base64.b64decode(first["piece"])[:2] == b"PK"
    assert base64.b64decode(served["train_export"]({"name": "reader", "offset": 1000})["piece"]) == b"\0\0"


def test_only_what_is_new_of_a_curve_is_sent(studio: FakeStudio, served: Served) -> None:
    studio.steps, studio.seconds = 10, 0
    id = served["train_launch"]({"name": "quick"})["id"]
    until = time.monotonic() + 100
    while studio.jobs.get(id).state is not JobState.DONE and time.monotonic() < until:
        time.sleep(0.05)
    state = served["train_state"]({"curves": {id: 7}})
    assert [step for step, _ in state["curves"][id]["loss"]] == [8, 9, 10]
    assert state["runs"][0]["dm"] == "quick"


def test_deploying_is_followed_by_the_reason_tab(studio: FakeStudio, served: Served) -> None:
    from ui.train import judges

    assert served["train_dm"]({"act": "deploy", "name": "probe"}) == {"deployed": "probe"}
    assert judges(studio).value == "probe"
    assert served["train_dm"]({"act": "back"}) == {"deployed": "reader"}
    assert "nothing to roll back" in served["train_dm"]({"act": "back"})["error"]


def test_while_the_models_load_the_page_is_told_so(studio: FakeStudio, served: Served) -> None:
    studio.state = (False, "Loading the Reasoner …")
    assert served["train_state"]({}) == {"error": "Loading the Reasoner …", "loading": True}


def test_changed_labels_fill_in_the_form_of_a_training(studio: FakeStudio, served: Served) -> None:
    assert served["train_state"]({"dms": True})["again"] is None
    studio.changed = ("one", "two")
    again = served["train_state"]({"dms": True})["again"]
    assert (again["words"], again["go"]) == ("2 labels changed since reader was trained.", "Retrain with them")
    config = config_of(again["form"], DEFAULTS)
    assert config == {"tuning": "qlora", "checkpointing": True, "epochs": 0.5}
    assert again["form"]["where"] == "source=gsm8k and retry=false"


def test_a_visitor_is_not_asked_to_train_again(studio: FakeStudio, served: Served) -> None:
    studio.visitor, studio.changed = True, ("one",)
    assert served["train_state"]({"dms": True})["again"] is None


def test_the_snapshots_to_train_on_are_listed(studio: FakeStudio, served: Served) -> None:
    assert served["train_state"]({"dms": True})["snapshots"] == []
    studio.fill(2).store().snapshots.freeze("monday")
    assert served["train_state"]({"dms": True})["snapshots"] == [{"name": "monday", "about": "monday (5)"}]


def test_a_dm_is_pushed_by_its_name_alone(served: Served) -> None:
    assert served["train_push"]({"name": "probe", "repo": "ann/probe"}) == {"url": "https://huggingface.co/ann/probe"}
    assert "Nobody is logged in" in served["train_push"]({"name": "probe", "repo": "nobody"})["error"]
    assert "no DM" in served["train_push"]({"name": "../models/reasoner", "repo": "ann/x"})["error"]


def test_a_comparison_lists_the_traces_that_would_have_ended_otherwise(served: Served) -> None:
    compared = served["train_compare"]({"first": "reader", "second": "probe"})
    assert (compared["traces"], compared["trace_flips"]) == (12, 1)
    assert compared["trace_rows"] == [
        {
            "id": "trace-1",
            "question": make_question().text,
            "endings": ["accepts 33 after 1 attempt", "thinks on after 1 attempt"],
        }
    ]


def test_a_comparison_lists_the_flips(served: Served) -> None:
    compared = served["train_compare"]({"first": "reader", "second": "probe"})
    assert [side["wrong"] for side in compared["sides"]] == [20, 11]
    assert compared["rows"][0] == {
        "id": "", "question": make_question().text, "answer": "33", "right": True, "scores": ["0.58", "0.90"],
        "accepted_by": "probe",
    }  # fmt: skip
    assert "two different" in served["train_compare"]({"first": "reader", "second": "reader"})["error"]
