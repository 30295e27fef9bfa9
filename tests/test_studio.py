"""The studio's verbs: every trace is kept, errors are told, a run keeps what it started with."""

import gzip
import itertools
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from drr import live as live_module
from drr import studio as studio_module
from drr.annotations import Kind
from drr.dm.place import keep_place
from drr.errors import DRRError, InvalidInput, ModelUnavailable, NotAllowed, OutOfSpace
from drr.familiar import Familiarity
from drr.policies import POLICY_NAMES, make_policy
from drr.reasoners import Piece, Request
from drr.reasoners.scripted import ScriptedReasoner
from drr.settings import Settings
from drr.store import RecordFilter
from drr.store.traces import Traces
from drr.studio import LONGEST_QUESTION, NO_THRESHOLD, Kept, Studio
from drr.testing import APPLES, RIGHT, WRONG, ScriptedJudge, make_question, make_record
from drr.thinking import TokenText, TraceEnded
from drr.types import BehaviorRecord, Job, JobState, Person, Status, Token

GREEDY = make_policy("greedy")


class Failing(ScriptedReasoner):
    """Writes a line, then breaks."""

    def attempt(self, request: Request) -> Iterator[Piece]:
        for number, piece in enumerate(super().attempt(request)):
            if number == 8:
                raise RuntimeError("the cable is out")
            yield piece


class Deployed(ScriptedJudge):
    """Stands for a trained DM."""

    threshold = 0.7


def settings(folder: Path) -> Settings:
    return Settings(data_dir=folder / "data", models_dir=folder / "models")


def open_studio(folder: Path, reasoner: ScriptedReasoner | None = None) -> Studio:
    return Studio(settings(folder), reasoner=reasoner or ScriptedReasoner({APPLES: [RIGHT, WRONG]}))


@pytest.fixture(autouse=True)
def nothing_bundled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever data/ holds."""
    monkeypatch.setattr(studio_module, "BUNDLED", "nothing.jsonl.gz")


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    opened = open_studio(tmp_path)
    opened.load()
    yield opened
    opened.close()


def put_dm(folder: Path, text: str) -> None:
    (folder / "models" / "dm").mkdir(parents=True)
    (folder / "models" / "dm" / "dm.json").write_text(text)


# --- loading ----------------------------------------------------------------------------------------------------------


def test_it_is_ready_once_loaded(tmp_path: Path) -> None:
    opened = open_studio(tmp_path)
    assert opened.ready()[0] is False
    opened.load_in_background()
    live = opened.run(opened.start(APPLES, policy="greedy"))
    assert live is not None and live.join(10)
    assert opened.ready() == (True, "") and live.trace is not None
    opened.close()


def test_a_question_waits_for_the_models(tmp_path: Path) -> None:
    opened = open_studio(tmp_path)
    live = opened.run(opened.start(APPLES, policy="confidence", threshold=0.0))
    assert live is not None and not live.wait(0, 0.3)
    assert live.snapshot().view.params == {}
    opened.load()
    assert live.join(10) and live.snapshot().view.params["threshold"] == 0.0
    assert opened.recent() == [live.trace]
    opened.close()


def test_a_question_that_waits_for_the_models_can_be_stopped(tmp_path: Path) -> None:
    opened = open_studio(tmp_path)
    live = opened.run(opened.start(APPLES))
    assert live is not None
    live.stop()
    assert live.join(2), "without the models"
    opened.load()
    assert (live.trace, live.snapshot().problem, opened.recent()) == (None, None, [])
    opened.close()


def test_a_page_that_is_closed_while_the_models_load_leaves_no_empty_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "GRACE", 0.0)
    opened = open_studio(tmp_path)
    live = opened.run(opened.start(APPLES, policy="greedy"))
    assert live is not None
    live.hold("page")
    live.release("page")
    opened.load()
    assert live.join(10) and live.snapshot().problem is None
    assert opened.recent() == []
    opened.close()


@pytest.mark.parametrize("tokens", [0, 1])
def test_what_is_stopped_is_kept_from_its_first_token_on(studio: Studio, tokens: int) -> None:
    asked = itertools.count()  # whether to stop is asked before the attempt, and before each token
    *_, last = studio.thinking(make_question(), GREEDY, stop=lambda: next(asked) > tokens)
    assert isinstance(last, TraceEnded) and last.trace.tokens == tokens
    assert [trace.id for trace in studio.recent()] == [last.trace.id] * tokens


def test_a_missing_reasoner_is_told_by_ready_and_at_once_by_the_run(tmp_path: Path) -> None:
    opened = Studio(settings(tmp_path))
    opened.load()
    ready, said = opened.ready()
    assert not ready
    assert "reasoner" in said
    live = opened.run(opened.start(APPLES))
    assert live is not None and live.join(2)
    problem = live.snapshot().problem
    assert problem is not None and "not ready" in problem.message and "reasoner" in problem.message


def test_a_bug_while_loading_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = open_studio(tmp_path)
    monkeypatch.setattr(opened, "fill", lambda progress: 1 / 0)
    opened.load()
    assert opened.ready() == (True, opened.ready()[1])  # thinking needs no bundled records
    assert "bug" in opened.ready()[1]
    monkeypatch.setattr(opened, "dms", lambda: 1 / 0)
    again = Studio(settings(tmp_path / "other"), reasoner=ScriptedReasoner({}))
    monkeypatch.setattr(again, "dms", lambda: 1 / 0)
    again.load()
    assert again.ready()[0] is False
    assert "bug" in again.ready()[1]
    opened.close()


def test_a_damaged_card_is_told_by_ready_and_breaks_no_page(tmp_path: Path) -> None:
    put_dm(tmp_path, "{")
    opened = open_studio(tmp_path)
    assert opened.default_threshold() == NO_THRESHOLD
    opened.load()
    assert "not a DM card" in opened.ready()[1]


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("", False), ("{}/new.db", False), ("sqlite:///{}/new.db", False),
        ("{}/old.db", True), ("sqlite:///{}/old.db?timeout=5", True), ("postgresql://server/drr", True),
    ],
)  # fmt: skip
def test_it_is_known_whether_there_is_a_database_without_beginning_one(tmp_path: Path, url: str, there: bool) -> None:
    (tmp_path / "old.db").touch()
    opened = Studio(replace(settings(tmp_path), db_url=url.format(tmp_path)))
    assert opened.has_database() is there
    assert [path.name for path in tmp_path.iterdir()] == ["old.db"]


def test_what_opening_the_store_found_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "drr.sqlite").write_bytes(b"SQLite format 3\0" + b"damaged " * 600)
    opened = open_studio(tmp_path)
    opened.load()
    assert opened.ready()[0]
    assert "drr" in opened.ready()[1]
    opened.close()


# --- traces are kept --------------------------------------------------------------------------------------------------


def test_the_last_event_carries_the_trace_as_it_was_saved(studio: Studio) -> None:
    *_, last = studio.thinking(make_question(), GREEDY)
    assert isinstance(last, TraceEnded)
    assert last.trace.id
    assert studio.trace(last.trace.id) == last.trace
    assert studio.recent() == [last.trace]


def test_an_answer_that_cannot_be_kept_is_shown_with_the_reason(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> str:
        raise OutOfSpace("No space is left. Free some.")

    monkeypatch.setattr(Traces, "save", full)
    run = studio.run(studio.start(APPLES, policy="greedy"))
    assert run is not None and run.join(10) and run.trace is not None
    end = run.snapshot()
    assert end.view.outcome.answer == run.trace.attempts[0].answer and end.view.trace_id == ""
    assert end.problem is not None and end.problem.message.endswith("could not be kept. No space is left. Free some.")


def test_on_a_public_server_nobody_sees_what_others_asked(tmp_path: Path) -> None:
    reasoner = ScriptedReasoner({APPLES: [RIGHT]})
    opened = Studio(replace(settings(tmp_path), public=True), reasoner=reasoner)
    *_, last = opened.thinking(make_question(APPLES), make_policy("greedy"))
    assert isinstance(last, TraceEnded)
    assert opened.recent() == []
    assert opened.trace(last.trace.id) == last.trace
    opened.close()


def test_a_shadow_run_keeps_what_lies_past_its_stop(studio: Studio) -> None:
    run = studio.run(studio.start(APPLES, policy="confidence", threshold=0.0, attempts=2, shadow=True))
    assert run is not None and run.join(10)
    (trace,) = studio.recent()
    assert len(trace.attempts) == 2
    assert trace.outcome.answer == trace.attempts[0].answer


def test_a_stopped_question_keeps_its_trace(studio: Studio) -> None:
    stop = threading.Event()
    for event in studio.thinking(make_question(), GREEDY, stop=stop.is_set):
        if isinstance(event, TokenText):
            stop.set()
    (trace,) = studio.recent()
    assert trace.outcome.status is Status.CANCELLED
    assert trace.attempts[0].text == "Sarah"


def test_a_closed_iterator_keeps_its_trace(studio: Studio) -> None:
    thinking = studio.thinking(make_question(), GREEDY)
    for event in thinking:
        if isinstance(event, TokenText):
            break
    thinking.close()
    assert [trace.outcome.status for trace in studio.recent()] == [Status.CANCELLED]


def test_a_reasoner_that_breaks_keeps_its_trace(tmp_path: Path) -> None:
    opened = open_studio(tmp_path, Failing({APPLES: [RIGHT]}))
    with pytest.raises(RuntimeError, match="cable"):
        list(opened.thinking(make_question(), GREEDY))
    (trace,) = opened.recent()
    assert trace.outcome.status is Status.CANCELLED
    assert "the cable is out" in trace.outcome.reason
    assert trace.attempts[0].steps[0].text == "Sarah buys 3*7=21 apples."
    opened.close()


def test_a_run_that_breaks_tells_where_its_trace_is_kept(tmp_path: Path) -> None:
    opened = open_studio(tmp_path, Failing({APPLES: [RIGHT]}))
    opened.load()
    run = opened.run(opened.start(APPLES, policy="greedy"))
    assert run is not None and run.join(10)
    assert run.snapshot().problem is not None
    assert [trace.id for trace in opened.recent()] == [run.snapshot().view.trace_id]
    opened.close()


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (LONGEST_QUESTION + 1), "x" * 100_000])
def test_a_question_that_cannot_be_asked_is_refused_with_a_remedy(studio: Studio, text: str) -> None:
    with pytest.raises(InvalidInput, match=r"type one|Shorten it"):
        studio.start(text)
    with pytest.raises(InvalidInput, match=r"type one|Shorten it"):
        next(iter(studio.thinking(make_question(text), GREEDY)))
    assert studio.recent() == []


def test_the_oracle_needs_a_gold_answer(studio: Studio) -> None:
    with pytest.raises(InvalidInput, match="gold answer"):
        next(iter(studio.thinking(make_question(gold=None), make_policy("oracle"))))


# --- DMs and policies -------------------------------------------------------------------------------------------------


def test_an_unknown_dm_lists_those_there_are(studio: Studio) -> None:
    with pytest.raises(ModelUnavailable, match=r"no DM 'best'.*There are: none.*drr train"):
        studio.dm("best")


@pytest.mark.parametrize("policy", ["drr", "best-of", "weighted"])
def test_a_policy_that_needs_a_dm_says_so(studio: Studio, policy: str) -> None:
    with pytest.raises(ModelUnavailable, match=f"{policy} needs a DM.*drr train"):
        studio.judge(make_policy(policy))


def test_the_threshold_is_rounded_up_so_that_its_risk_holds(tmp_path: Path) -> None:
    put_dm(tmp_path, json.dumps({"threshold": 0.985}))
    assert open_studio(tmp_path).default_threshold() == 0.99
    (tmp_path / "models" / "dm" / "dm.json").write_text(json.dumps({"threshold": 0.55}))
    assert open_studio(tmp_path).default_threshold() == 0.55


def test_what_the_threshold_is_worth_is_what_the_card_says(tmp_path: Path) -> None:
    assert open_studio(tmp_path).default_promise() == ""
    put_dm(tmp_path, json.dumps({"threshold": 0.985, "risk": 0.05, "config": {}}))
    assert "score 0.99 or more, at most 5% are wrong" in open_studio(tmp_path).default_promise()


def test_a_dm_judges_on_the_device_that_a_local_reasoner_is_on(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    from drr.dm import backbone
    from drr.dm import judge as judging

    asked: list[str] = []

    def open_judge(folder: Path, device: str) -> Any:
        asked.append(device)
        return SimpleNamespace(card=SimpleNamespace(reasoner=studio.reasoner.name))

    monkeypatch.setattr(judging, "open_judge", open_judge)
    for device in ("cuda", "cpu"):
        monkeypatch.setattr(backbone, "best_device", lambda device=device: device)
        put_dm(studio.settings.models_dir / device, "{}")
        studio.dm(str(studio.settings.models_dir / device / "models" / "dm"))
    assert asked == ["cuda", "cpu"]


def test_drr_starts_from_the_threshold_of_its_dm(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    assert studio.policy("drr").threshold == NO_THRESHOLD
    monkeypatch.setattr(studio, "dms", lambda: ["dm"])
    monkeypatch.setattr(studio, "dm", lambda name: Deployed())
    assert studio.policy("drr").threshold == 0.7
    assert studio.policy("drr", threshold=0.9, k=5).params["threshold"] == 0.9
    assert isinstance(studio.judge(make_policy("greedy")), Deployed)  # watched, though greedy asks nobody


def test_a_policy_ignores_what_it_has_no_use_for(studio: Studio) -> None:
    chosen: dict[str, Any] = {"threshold": 0.9, "k": 3, "hopeless": 0.1, "fallback": "abstain"}
    for name in POLICY_NAMES:
        assert studio.policy(name, **chosen).name == name
    assert studio.policy("self-critique", **chosen).fallback == "abstain"
    assert studio.policy("majority", **chosen) == make_policy("majority", k=3)
    assert (studio.policy("greedy", **chosen), studio.policy("sample", **chosen)) == (GREEDY, make_policy("sample"))


def test_each_policy_has_defaults_of_its_own_and_drr_those_of_the_judge(tmp_path: Path) -> None:
    put_dm(tmp_path, json.dumps({"threshold": 0.985}))
    opened = open_studio(tmp_path)
    (tmp_path / "data" / "dms" / "mine").mkdir(parents=True)
    (tmp_path / "data" / "dms" / "mine" / "dm.json").write_text(json.dumps({"threshold": 0.4}))
    thresholds = [opened.defaults(name, "mine").get("threshold") for name in ("drr", "confidence", "majority")]
    assert thresholds == [0.4, 0.9, None]
    assert opened.defaults("drr")["threshold"] == opened.defaults("drr", "dm")["threshold"] == 0.99
    assert [opened.defaults(name).get("k") for name in ("drr", "adaptive", "greedy")] == [3, 8, None]
    assert opened.default_threshold("nowhere") == NO_THRESHOLD


def test_examples_can_be_asked(studio: Studio) -> None:
    examples = studio.examples()
    assert len({example.group for example in examples}) == 3
    assert all(example.text.strip() and len(example.text) <= LONGEST_QUESTION for example in examples)


# --- runs -------------------------------------------------------------------------------------------------------------


def test_a_run_thinks_in_a_thread_and_keeps_its_trace(studio: Studio) -> None:
    run = studio.run(studio.start(f"  {APPLES} ", policy="oracle", attempts=2, gold=" 33 "))
    assert run is not None
    assert run.join(10)
    assert run.trace is not None
    assert run.trace.outcome.status is Status.ACCEPTED
    assert (run.trace.question.text, run.trace.question.gold) == (APPLES, "33")
    assert studio.trace(run.trace.id) == run.trace
    assert studio.run("nobody") is None


def test_old_runs_are_forgotten_but_not_those_that_still_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio_module, "KEPT_RUNS", 3)
    go_on = threading.Event()
    slow = "A slow question?"
    reasoner = ScriptedReasoner(
        {APPLES: [RIGHT], slow: [RIGHT]}, delay=1e-6, sleep=lambda _: None if APPLES in asked() else waited(go_on)
    )

    def asked() -> str:
        return reasoner.requests[-1].question.text

    def waited(event: threading.Event) -> None:
        event.wait(10)

    opened = open_studio(tmp_path, reasoner)
    opened.load()
    first = opened.start(slow, policy="greedy")
    while not reasoner.requests:
        pass
    later = []
    for _ in range(4):
        later.append(opened.start(APPLES, policy="greedy"))
        run = opened.run(later[-1])
        assert run is not None
        assert run.join(10)
    assert [opened.run(id) is not None for id in (first, *later)] == [True, False, False, True, True]
    go_on.set()
    opened.close()


# --- training and deploying -------------------------------------------------------------------------------------------


def put_judges(studio: Studio, *names: str) -> None:
    """DMs that are only names, with scripted judges behind them."""
    card = {"kind": "token", "reasoner": "tiny", "threshold": 0.7, "snapshot": "", "metrics": {}, "config": {}}
    for name in names:
        folder = studio.settings.models_dir / name if name == "dm" else studio.settings.data_dir / "dms" / name
        folder.mkdir(parents=True)
        (folder / "dm.json").write_text(json.dumps(card))
        studio._judges[name] = Deployed([0.9])
        studio._judges[name].name = name


LOCAL = Person("local", admin=True)


def test_the_next_question_is_judged_by_the_deployed_dm_and_running_ones_keep_theirs(studio: Studio) -> None:
    put_judges(studio, "dm", "new")
    drr = make_policy("drr")
    before = studio.judge(drr)
    studio.deploy("new", LOCAL)
    assert studio.judge(drr).name == "new"
    assert before.name == "dm", "what was handed out stays"
    studio.roll_back(LOCAL)
    assert studio.judge(drr).name == "dm"


def test_on_a_public_server_only_the_owner_launches_and_deploys(tmp_path: Path) -> None:
    public = replace(settings(tmp_path), public=True, owner="ann")
    studio = Studio(public, reasoner=ScriptedReasoner({APPLES: [RIGHT]}))
    put_judges(studio, "dm", "new")
    studio.store  # noqa: B018 - opens it
    for stranger in (studio.person(None), studio.person(""), studio.person("bob")):
        for act in (
            lambda who: studio.launch_training({}, "", "x", who),
            lambda who: studio.deploy("new", who),
            studio.roll_back,
        ):
            with pytest.raises(NotAllowed, match="owner"):
                act(stranger)
    studio.deploy("new", studio.person("ann"))
    assert studio.dms()[0] == "new"
    studio.close()


def test_without_an_owner_nobody_on_a_public_server_is_one(tmp_path: Path) -> None:
    studio = Studio(replace(settings(tmp_path), public=True))
    assert not any(studio.may_work(studio.person(name)) for name in (None, "", "local"))


def test_on_a_server_of_ones_own_everybody_may(studio: Studio) -> None:
    assert studio.may_work(studio.person(None)) and studio.person("ann").name == "ann"


@pytest.fixture
def launches(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What would be handed to the job engine."""
    made: list[dict[str, Any]] = []
    monkeypatch.setattr(studio.jobs, "launch", lambda kind, params, owner, **rest: made.append({**params, **rest}))
    studio.store.records.add_many([make_record(), make_record(attempt_index=1)])
    return made


def test_a_training_learns_from_what_was_frozen_when_it_was_launched(
    studio: Studio, launches: list[dict[str, Any]]
) -> None:
    studio.launch_training({"epochs": 0.5}, "", "mine", LOCAL)
    studio.store.records.add_many([make_record(attempt_index=2)])
    (launched,) = launches
    assert launched["config"] == {"epochs": 0.5, "base": str(studio.settings.models_dir / "reasoner")}
    assert (launched["name"], launched["title"], launched["device"]) == ("mine", "Train mine", "cpu")
    assert len(list(studio.store.snapshots.records(launched["snapshot"]))) == 2


def test_a_snapshot_that_the_filter_names_is_taken_as_it_is(studio: Studio, launches: list[dict[str, Any]]) -> None:
    studio.store.snapshots.freeze("monday")
    studio.launch_training({}, "snapshot=monday", "", LOCAL)
    assert launches[0]["snapshot"] == "monday" and len(studio.store.snapshots.list()) == 1


@pytest.mark.parametrize(
    "config, where, name, told",
    [
        ({"epochs": "many"}, "", "", "epochs"),
        ({"size": 3}, "", "", "unknown key"),
        ({"kind": "oracle"}, "", "", "oracle"),
        ({"risk": 5}, "", "", "For 5%, say 0.05"),
        ({"epochs": 0}, "", "", "a number over 0"),
        ({}, "nonsense", "", "nonsense"),
        ({}, "source=nowhere", "", "No record passes"),
        ({}, "snapshot=nowhere", "", "nowhere"),
        ({}, "", "../../etc", "cannot be a DM's name"),
        ({}, "", "dm", "Choose another name"),
    ],
)
def test_what_cannot_be_trained_is_refused_before_anything_is_launched(
    studio: Studio, launches: list[dict[str, Any]], config: dict[str, Any], where: str, name: str, told: str
) -> None:
    put_judges(studio, "dm")
    with pytest.raises(DRRError, match=told):
        studio.launch_training(config, where, name, LOCAL)
    assert launches == [] and studio.store.snapshots.list() == ()


def test_dms_without_a_name_get_one_of_their_own(studio: Studio, launches: list[dict[str, Any]]) -> None:
    put_judges(studio, "dm")
    for _ in range(2):
        studio.launch_training({}, "", "", LOCAL)
        put_judges(studio, launches[-1]["name"])
    assert launches[0]["name"] != launches[1]["name"]


def failed_training(studio: Studio, name: str) -> str:
    """The id of a job that has failed before it made a DM of that name."""
    job = Job(f"job-{name}", "train", "Train it", {"name": name}, "cpu", "local", 0.0)
    studio.store.jobs.add(job)
    assert studio.store.jobs.refuse(job.id, "It could not begin.", 1.0)
    studio.jobs.folder(job.id).mkdir(parents=True)
    return job.id


def test_the_name_of_a_failed_training_is_free_again_and_its_snapshot_stays(
    studio: Studio, launches: list[dict[str, Any]]
) -> None:
    studio.store.snapshots.freeze("for mine")
    failed_training(studio, "mine")
    studio.launch_training({}, "", "mine", LOCAL)
    assert launches[0]["name"] == "mine" and launches[0]["snapshot"] == "for mine-2"
    assert [one.name for one in studio.store.snapshots.list()] == ["for mine-2", "for mine"]


def test_a_name_is_taken_while_its_training_waits(studio: Studio, launches: list[dict[str, Any]]) -> None:
    studio.store.jobs.add(Job("waits", "train", "Train it", {"name": "mine"}, "cpu", "local", 0.0))
    with pytest.raises(InvalidInput, match="Choose another name"):
        studio.launch_training({}, "", "mine", LOCAL)


def test_a_failed_training_is_resumed_unless_another_dm_has_its_name(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio.jobs, "look_after", lambda: None)
    free, lost = failed_training(studio, "free"), failed_training(studio, "lost")
    put_judges(studio, "lost")
    assert studio.resume_job(free, LOCAL).state is JobState.QUEUED
    with pytest.raises(InvalidInput, match="under another name"):
        studio.resume_job(lost, LOCAL)
    with pytest.raises(InvalidInput, match="is queued"):
        studio.resume_job(free, LOCAL)


def test_a_training_that_was_ended_between_saving_its_dm_and_saying_so_is_resumed(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio.jobs, "look_after", lambda: None)
    mine = failed_training(studio, "mine")
    put_judges(studio, "mine")
    card = studio.settings.data_dir / "dms" / "mine" / "dm.json"
    card.write_text(json.dumps(json.loads(card.read_text()) | {"job": "another"}))
    with pytest.raises(InvalidInput, match="under another name"):
        studio.resume_job(mine, LOCAL)
    card.write_text(json.dumps(json.loads(card.read_text()) | {"job": mine}))
    assert studio.resume_job(mine, LOCAL).state is JobState.QUEUED


# --- effective labels -------------------------------------------------------------------------------------------------


@pytest.fixture
def disputed(studio: Studio) -> list[BehaviorRecord]:
    """What a snapshot freezes now, of records that people say all kinds of things about."""
    studio.store.records.add_many(
        make_record(question=make_question(f"{n} apples?"), correct=n % 2 == 0, first_error_step=n % 2 or None)
        for n in range(8)
    )
    studio.store.records.add_many([make_record(correct=None)])
    ids = [record.id for record in studio.store.records.iterate()]
    say = studio.store.annotations
    say.add(ids[0], Kind.VERDICT, "reject", "ann", 0)
    say.add(ids[1], Kind.VERDICT, "accept", "ann", 0)
    say.add(ids[2], Kind.STEPS, [1, -1, None], "ann", 0)
    say.add(ids[3], Kind.VERDICT, "accept", "ann", 0)
    say.undo("ann")
    say.add(ids[4], Kind.NOTE, "Odd.", "ann", 0)
    say.add(ids[8], Kind.VERDICT, "accept", "ann", 0)
    return list(studio.store.snapshots.records(studio.store.snapshots.freeze("now").name))


def test_records_come_with_the_labels_that_a_launched_training_learns(
    studio: Studio, disputed: list[BehaviorRecord]
) -> None:
    assert [record.correct for record in disputed] == [False, True, True, False, True, False, True, False, True]
    assert list(studio.records("")) == disputed
    assert list(studio.records("correct=true")) == [one for one in disputed if one.question.text[0] in "0246"]


def test_a_look_ahead_counts_the_labels_of_people(
    studio: Studio, disputed: list[BehaviorRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    from drr.dm import estimate as estimating

    monkeypatch.setattr(estimating, "estimate", lambda config, items, *_, **__: [item.correct for item in items])
    looked, _ = studio.preflight({}, "")
    assert looked == [record.correct for record in disputed]


# --- again, with changed labels ---------------------------------------------------------------------------------------


def put_trained(studio: Studio, name: str, where: str = "", **config: Any) -> None:
    """A deployed DM that learnt from the records as they are labelled now."""
    put_judges(studio, name)
    folder = studio.settings.data_dir / "dms" / name
    card = json.loads((folder / "dm.json").read_text())
    (folder / "dm.json").write_text(json.dumps(card | {"config": studio.training_defaults() | config}))
    frozen = studio.store.snapshots.freeze(f"for {name}", RecordFilter.parse(where))
    studio.store.checkpoints.add(name, str(folder), {}, frozen.hash)
    studio.deploy(name, LOCAL)


def test_a_changed_label_is_offered_for_training_again_as_before(
    studio: Studio, launches: list[dict[str, Any]]
) -> None:
    put_trained(studio, "mine", "correct=true and source=typed", epochs=0.5, tuning="qlora", base="reasoner")
    assert studio.retraining() is None
    first, _ = (record.id for record in studio.store.records.iterate())
    studio.store.annotations.add(first, Kind.VERDICT, "reject", "ann", 0)
    again = studio.retraining()
    assert again is not None and (again.dm, again.changed) == ("mine", (first,))
    assert again.config == {"epochs": 0.5, "tuning": "qlora"}
    assert RecordFilter.parse(again.where) == RecordFilter(correct=True, source="typed")


@pytest.mark.parametrize("embedded", [True, False])
def test_training_again_starts_from_the_same_folder(
    studio: Studio, launches: list[dict[str, Any]], tmp_path: Path, embedded: bool
) -> None:
    """The embedded one is what the form means when it is left empty."""
    put_trained(studio, "mine", base="reasoner" if embedded else "small")
    base = studio.settings.models_dir / "reasoner" if embedded else tmp_path / "ann" / "small"
    base.mkdir(parents=True, exist_ok=True)
    keep_place(studio.settings.data_dir / "dms" / "mine", str(base))
    first, _ = (record.id for record in studio.store.records.iterate())
    studio.store.annotations.add(first, Kind.VERDICT, "reject", "ann", 0)
    again = studio.retraining()
    assert again is not None and again.config == ({} if embedded else {"base": str(base)})


def test_what_was_trained_again_knows_the_changed_labels(studio: Studio, launches: list[dict[str, Any]]) -> None:
    put_trained(studio, "mine")
    first, _ = (record.id for record in studio.store.records.iterate())
    studio.store.annotations.add(first, Kind.VERDICT, "reject", "ann", 0)
    again = studio.retraining()
    assert again is not None
    studio.launch_training(again.config, again.where, "again", LOCAL)
    learnt = studio.store.snapshots.compare("for mine", launches[0]["snapshot"])
    assert [one.record_id for one in learnt.relabelled_examples] == [first]
    put_trained(studio, "after")
    assert studio.retraining() is None


def test_for_the_shipped_dm_every_label_of_a_person_is_news(studio: Studio, launches: list[dict[str, Any]]) -> None:
    put_judges(studio, "dm")
    first, second = (record.id for record in studio.store.records.iterate())
    studio.store.annotations.add(first, Kind.VERDICT, "reject", "ann", 0)
    studio.store.annotations.add(second, Kind.VERDICT, "accept", "ann", 0)
    again = studio.retraining()
    assert again is not None and (again.dm, again.changed, again.where) == ("dm", (first,), "")


def test_without_a_dm_there_is_nothing_to_train_again(studio: Studio) -> None:
    assert studio.retraining() is None


# --- comparing --------------------------------------------------------------------------------------------------------


def test_two_dms_are_compared_only_on_what_neither_learnt_from(studio: Studio) -> None:
    put_judges(studio, "dm", "new")
    for name, scores in (("dm", 0.2), ("new", 0.9)):
        studio._judges[name].score_many = lambda attempts, scores=scores: [[scores] for _ in attempts]
    records = [make_record(question=make_question(f"{n} apples and {n} more?")) for n in range(200)]
    studio.store.records.add_many(records)
    compared = studio.compare_dms("dm", "new")
    assert 0 < compared.attempts < 60, "the test split alone"
    assert len(compared.flips) == compared.attempts
    assert {flip.accepted_by for flip in compared.flips} == {"new"}


def test_two_dms_are_compared_by_the_labels_of_people(studio: Studio) -> None:
    put_judges(studio, "dm", "new")
    for name, score in (("dm", 0.2), ("new", 0.9)):
        studio._judges[name].score_many = lambda attempts, score=score: [[score] for _ in attempts]
    records = [make_record(question=make_question(f"{n} apples and {n} more?"), correct=True) for n in range(60)]
    studio.store.records.add_many(records)
    for record in studio.store.records.iterate():
        studio.store.annotations.add(record.id, Kind.VERDICT, "reject", "ann", 0)
    _, new = studio.compare_dms("dm", "new").sides
    assert new.accepted == new.wrong > 0


def test_two_dms_are_compared_on_the_stored_traces(studio: Studio) -> None:
    put_judges(studio, "dm", "new")
    for name, score in (("dm", 0.2), ("new", 0.9)):
        studio._judges[name].score_many = lambda attempts, score=score: [[score] for _ in attempts]
    id = stored(studio, "always-again")
    compared = studio.compare_dms("dm", "new")
    (flip,) = compared.trace_flips
    assert compared.traces == 1 and flip.trace.id == id
    assert [len(ending.attempts) for ending in flip.endings] == [2, 1]


def test_a_probe_cannot_be_compared_and_says_why(studio: Studio) -> None:
    put_judges(studio, "dm", "new")
    with pytest.raises(InvalidInput, match="probe"):
        studio.compare_dms("dm", "new")


# --- a stored trace, looked at again ----------------------------------------------------------------------------------


def stored(studio: Studio, policy: str = "always-again", gold: str | None = "33") -> str:
    *_, last = studio.thinking(make_question(gold=gold), make_policy(policy))
    assert isinstance(last, TraceEnded)
    return last.trace.id


def test_other_ways_to_stop_use_its_attempts_and_draw_samples_only_when_asked(studio: Studio) -> None:
    reasoner: Any = studio.reasoner
    trace = stored(studio)
    before = len(reasoner.requests)
    found = {rival.name: rival.replay.outcome for rival in studio.rivals(trace)}
    assert list(found) == ["greedy", "self-critique", "majority", "oracle"] and len(reasoner.requests) == before
    assert (found["greedy"].answer, found["oracle"].answer) == ("33", "33")
    assert found["majority"].status is Status.RUNNING
    for draw in (True, False):  # once drawn, they are there
        again = {rival.name: rival.replay.outcome for rival in studio.rivals(trace, draw=draw)}
        assert again["majority"].answer in ("33", "22") and len(reasoner.requests) == before + 5


def test_rivals_are_chosen_among_policies_and_dms(studio: Studio) -> None:
    put_judges(studio, "dm", "new")
    trace = studio.trace(stored(studio, "drr"))
    assert trace is not None and trace.judge == "dm"
    assert studio.rival_names(trace) == ["greedy", "self-critique", "majority", "oracle", "drr new", "confidence"]
    found = studio.rivals(trace.id, ("confidence", "drr new"))
    assert [(rival.name, rival.policy.name, rival.policy.threshold) for rival in found] == [
        ("drr new", "drr", 0.7), ("confidence", "confidence", 0.9),
    ]  # fmt: skip
    assert [rival.name for rival in studio.rivals(trace.id, ("drr gone", "greedy"))] == studio.rival_names(trace)[:4]
    for names in (["greedy"], ["greedy", "self-critique", "majority", "oracle", "confidence"]):
        with pytest.raises(InvalidInput, match="2 to 4"):
            studio.rivals(trace.id, names)


def test_a_dm_that_reads_states_cannot_read_a_stored_trace(studio: Studio) -> None:
    put_judges(studio, "dm", "new")
    card = studio.settings.data_dir / "dms" / "new" / "dm.json"
    card.write_text(card.read_text().replace('"token"', '"probe"'))
    trace = studio.trace(stored(studio))
    assert trace is not None and [name for name in studio.rival_names(trace) if "drr" in name] == ["drr dm"]


def test_without_a_gold_answer_there_is_no_perfect_judge(studio: Studio) -> None:
    assert "oracle" not in [rival.name for rival in studio.rivals(stored(studio, gold=None))]


def test_what_another_reasoner_thought_is_not_put_to_this_one(studio: Studio) -> None:
    trace = studio.trace(stored(studio))
    assert trace is not None
    other = studio.store.traces.save(replace(trace, id="", reasoner="another"))
    reasoner: Any = studio.reasoner
    before = len(reasoner.requests)
    assert [rival.name for rival in studio.rivals(other, draw=True)] == ["greedy", "oracle", "confidence"]
    assert len(reasoner.requests) == before


def test_the_tokens_of_a_step_are_those_that_were_stored_where_it_cannot_be_read_again(studio: Studio) -> None:
    read = studio.tokens(stored(studio), 0, 1)
    assert "".join(token.text for token in read).strip() == RIGHT.split("\n")[1]


def test_a_reasoner_that_can_reads_a_step_again_as_it_was_told(studio: Studio) -> None:
    asked: list[tuple[Request, str]] = []

    def reread(request: Request, line: str) -> tuple[Token, ...]:
        asked.append((request, line))
        return (Token("x", -1.0),)

    studio.reasoner.reread = reread  # type: ignore[attr-defined]
    assert studio.tokens(stored(studio), 1, 1) == (Token("x", -1.0),)
    ((request, line),) = asked
    assert line == WRONG.split("\n")[1] and request.rejected == (RIGHT,)
    assert [step.text for step in request.steps] == WRONG.split("\n")[:1]


@pytest.mark.parametrize(("attempt", "step"), [(2, 0), (-1, 0), (0, 3), (0, -1)])
def test_a_step_that_is_not_there_says_so(studio: Studio, attempt: int, step: int) -> None:
    with pytest.raises(InvalidInput, match="no step"):
        studio.tokens(stored(studio), attempt, step)


def test_attempts_become_records_once(studio: Studio) -> None:
    trace = stored(studio)
    first, again = studio.keep(trace, LOCAL), studio.keep(trace, LOCAL)
    *_, last = studio.store.records.iterate()
    assert first == Kept(added=2, total=2, record=last.id)
    assert again == Kept(added=0, total=2, record=last.id)
    assert sorted(str(record.correct) for record in studio.store.records.iterate()) == ["False", "True"]
    assert {record.trace for record in studio.store.records.iterate()} == {trace}


def test_a_right_answer_given_later_labels_the_records_but_never_overrules_a_known_one(studio: Studio) -> None:
    assert studio.keep(stored(studio, policy="greedy", gold=None), LOCAL, gold=" 33 ").added == 1
    assert [record.correct for record in studio.store.records.iterate()] == [True]
    assert studio.keep(stored(studio, policy="always-again"), LOCAL, gold="22").added == 1
    assert {record.question.gold for record in studio.store.records.iterate()} == {"33"}
    with pytest.raises(InvalidInput, match="at most"):
        studio.keep(stored(studio), LOCAL, gold="9" * 1_000)


def test_on_a_public_server_only_the_owner_adds_records(tmp_path: Path) -> None:
    reasoner = ScriptedReasoner({APPLES: [RIGHT, WRONG]})
    with_visitors = Studio(replace(settings(tmp_path), public=True, owner="ann"), reasoner=reasoner)
    trace = stored(with_visitors)
    for visitor in (with_visitors.person(None), with_visitors.person("bob")):
        with pytest.raises(NotAllowed, match="public server"):
            with_visitors.keep(trace, visitor)
    assert with_visitors.store.records.count() == 0
    assert with_visitors.keep(trace, with_visitors.person("ann")).added == 2
    with_visitors.close()


def test_a_trace_that_is_gone_says_so(studio: Studio) -> None:
    for ask in (studio.rivals, lambda id: studio.keep(id, LOCAL), lambda id: studio.tokens(id, 0, 0)):
        with pytest.raises(InvalidInput, match="no longer here"):
            ask("nothing")


def test_a_drawn_question_brings_its_answer_source_and_steps(studio: Studio) -> None:
    drawn = studio.draw("beyond", 3)
    assert drawn.steps == 3 and drawn.question.gold and studio.outside(drawn.question, "dm") == "beyond"


def test_what_the_dm_learnt_from_is_known_while_the_bundled_records_are_still_filled_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = settings(tmp_path).data_dir
    folder.mkdir()
    monkeypatch.setattr(studio_module, "BUNDLED", "few.jsonl.gz")
    with gzip.open(folder / "few.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps({"question": text}) + "\n" for text in (APPLES, APPLES.replace("Sarah", "Tom")))
    opened, told = open_studio(tmp_path), []
    strange = make_question("Why is the sky blue?")
    monkeypatch.setattr(
        opened, "fill", lambda progress: told.append((opened.ready()[0], opened.outside(strange, "dm")))
    )
    opened.load()
    assert told == [(True, "unlike")]
    opened.close()


def test_only_what_the_embedded_dm_learnt_from_can_be_left(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio, "_familiar", Familiarity([APPLES, "Tom has 3 pens. How many pens does he have?"]))
    strange = make_question("Why is the sky blue?")
    assert studio.outside(strange, "dm") == "unlike" and studio.outside(strange, "mine") == ""
    assert studio.outside(make_question(), "dm") == ""
    assert studio.outside(replace(strange, source="gsm_symbolic:1"), "probe") == ""


def test_what_is_asked_aside_waits_its_turn_but_not_for_ever(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = stored(studio)
    monkeypatch.setattr(studio_module, "ASIDE_PATIENCE", 0.01)
    with studio._aside(), studio._aside(), pytest.raises(ModelUnavailable, match="busy"):
        studio.rivals(trace)
    assert studio.rivals(trace)
