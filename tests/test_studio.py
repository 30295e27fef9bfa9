"""The studio's verbs: every trace is kept, errors are told, a run keeps what it started with."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drr import studio as studio_module
from drr.errors import InvalidInput, ModelUnavailable
from drr.policies import POLICY_NAMES, make_policy
from drr.reasoners import Piece, Request
from drr.reasoners.scripted import ScriptedReasoner
from drr.settings import Settings
from drr.studio import LONGEST_QUESTION, NO_THRESHOLD, Studio
from drr.testing import APPLES, RIGHT, WRONG, ScriptedJudge, make_question
from drr.thinking import TokenText, TraceEnded
from drr.types import Status

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
    run = opened.start(APPLES, policy="greedy")  # waits for it
    assert opened.ready() == (True, "")
    live = opened.run(run)
    assert live is not None
    assert live.join(10)
    opened.close()


def test_a_missing_reasoner_is_told_by_ready_and_at_once_by_start(tmp_path: Path) -> None:
    opened = Studio(settings(tmp_path))
    opened.load()
    ready, said = opened.ready()
    assert not ready
    assert "reasoner" in said
    with pytest.raises(ModelUnavailable, match=r"not ready.*reasoner"):
        opened.start(APPLES)


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


def test_the_risk_of_the_threshold_is_what_the_card_says(tmp_path: Path) -> None:
    assert open_studio(tmp_path).default_risk() is None
    put_dm(tmp_path, json.dumps({"threshold": 0.985, "risk": 0.05}))
    assert open_studio(tmp_path).default_risk() == 0.05


def test_drr_starts_from_the_threshold_of_its_dm(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    assert studio.policy("drr").threshold == NO_THRESHOLD
    monkeypatch.setattr(studio, "dms", lambda: ["dm"])
    monkeypatch.setattr(studio, "dm", lambda name: Deployed())
    assert studio.policy("drr").threshold == 0.7
    assert studio.policy("drr", threshold=0.9, k=5).params["threshold"] == 0.9
    assert isinstance(studio.judge(make_policy("greedy")), Deployed)  # watched, though greedy asks nobody


def test_a_policy_ignores_what_it_has_no_use_for(studio: Studio) -> None:
    chosen: dict[str, Any] = {"threshold": 0.9, "k": None, "hopeless": None, "fallback": "abstain"}
    for name in POLICY_NAMES:
        assert studio.policy(name, **chosen).name == name
    assert studio.policy("self-critique", **chosen).fallback == "abstain"
    assert studio.policy("greedy", **chosen) == GREEDY


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
