"""The handlers of the Reason tab, called as gradio calls them; tests/browser has what only a browser can tell."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from drr.live import LiveRun
from drr.reasoners.scripted import ScriptedReasoner
from drr.settings import Settings
from drr.studio import Studio
from drr.testing import APPLES
from tests.ui.fake_studio import TRAIN, FakeStudio
from tests.ui.viewer import handler
from ui import stored
from ui.reason import promise
from ui.shell import build_ui

SKIPPED = gr.skip()


@pytest.fixture(scope="module")
def page() -> tuple[FakeStudio, gr.Blocks]:
    studio = FakeStudio()
    return studio, build_ui(studio)


def call(page: tuple[FakeStudio, gr.Blocks], name: str) -> Callable[..., Any]:
    function = page[1].fns[handler(page[1], name)].fn
    assert function is not None
    return function


def test_no_event_updates_a_container(page: tuple[FakeStudio, gr.Blocks]) -> None:
    """Or the browser copies all that is inside it at each update of a live run."""
    updated = {output for event in page[1].fns.values() for output in event.outputs}
    assert updated and not [block for block in updated if getattr(block, "children", ())]


# --- settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "threshold", "attempts"),
    [("drr", 0.8, 3), ("confidence", 0.9, 3), ("adaptive", 0.95, 8), ("majority", None, 5), ("greedy", None, None)],
)
def test_a_policy_brings_its_own_settings_and_shows_no_other(
    page: tuple[FakeStudio, gr.Blocks], policy: str, threshold: float | None, attempts: int | None
) -> None:
    dm, accept, most, fallback, hopeless = call(page, "ruled")(policy, "probe")
    assert dm.visible == (policy != "confidence"), "there it would not even watch"
    assert (accept.visible, most.visible) == (threshold is not None, attempts is not None)
    assert threshold is None or accept.value == threshold
    assert attempts is None or most.value == attempts
    assert fallback.visible == hopeless.visible == (policy in ("drr", "confidence"))


def test_a_threshold_means_what_its_policy_makes_of_it(page: tuple[FakeStudio, gr.Blocks]) -> None:
    meant = {policy: call(page, "ruled")(policy, "reader")[1].info for policy in ("drr", "self-critique", "confidence")}
    assert "at most 5% are wrong" in meant["drr"] and len(set(meant.values())) == 3
    assert not any("judge" in meant[policy] for policy in ("self-critique", "confidence"))


def test_another_judge_brings_its_threshold_and_its_own_promise(page: tuple[FakeStudio, gr.Blocks]) -> None:
    threshold = call(page, "judged")("drr", "probe")
    assert (threshold.value, threshold.info) == (0.8, promise(page[0], "probe"))
    assert "score 0.62 or more, at most 5%" in promise(page[0], "reader") and "wrong" not in promise(page[0], "probe")


def test_a_judge_that_does_not_decide_leaves_the_threshold_alone(page: tuple[FakeStudio, gr.Blocks]) -> None:
    assert call(page, "judged")("confidence", "probe") == SKIPPED


# --- questions --------------------------------------------------------------------------------------------------------


def thought(studio: FakeStudio, question: str, **known: Any) -> LiveRun:
    started = studio.start(
        question, dm="reader", policy="greedy", threshold=None, attempts=None, hopeless=None, fallback="best", seed=0,
        **known,
    )  # fmt: skip
    run = studio.run(started)
    assert run is not None and run.join(10)
    return run


@pytest.mark.parametrize("link", ["run", "trace"])
def test_a_reopened_question_is_known_by_its_right_answer_and_source(
    page: tuple[FakeStudio, gr.Blocks], link: str
) -> None:
    run = thought(page[0], TRAIN, gold="170", source="beyond")
    wanted = {"run": run.id, "trace": run.snapshot().view.trace_id}[link]
    _, _, text, drawn = next(call(page, "attach")(SimpleNamespace(query_params={link: wanted}, session_hash="a")))
    assert (text, drawn) == (TRAIN, {"text": TRAIN, "gold": "170", "source": "beyond"})
    settings = ["reader", "drr", 0.62, 3, "best", 0, 0, "", False, drawn]
    list(call(page, "ask")(TRAIN, *settings, SimpleNamespace(session_hash="a")))
    assert (page[0].asked[-1]["gold"], page[0].asked[-1]["source"]) == ("170", "beyond")
    list(call(page, "ask")(APPLES, *settings, SimpleNamespace(session_hash="a")))
    assert (page[0].asked[-1]["gold"], page[0].asked[-1]["source"]) == ("33", "typed"), "of another question"


@pytest.mark.parametrize("policy", ["greedy", "sample"])
def test_one_attempt_is_made_whatever_the_slider_says(page: tuple[FakeStudio, gr.Blocks], policy: str) -> None:
    settings = ["reader", policy, 0.62, 3, "best", 0, 0, "", False, {}]
    *_, (view, _) = call(page, "ask")(APPLES, *settings, SimpleNamespace(session_hash="a"))
    assert (view["phase"], view["facts"]["attempts"]) == ("done", "1 of 1")


def test_stop_works_while_the_models_load(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", models_dir=tmp_path / "models")
    studio = Studio(settings, reasoner=ScriptedReasoner({}))
    page: Any = studio, build_ui(studio)
    settings_shown = ["", "drr", 0.5, 3, "best", 0, 0, "", False, {}]
    asked = call(page, "ask")(APPLES, *settings_shown, SimpleNamespace(session_hash="a"))
    view, run_id = next(asked)
    assert (view["phase"], view["outcome"]["lead"]) == ("thinking", studio.ready()[1])
    call(page, "halt")(run_id)
    *_, (view, _) = asked
    assert (view["phase"], view["outcome"]["answer"]) == ("done", "Stopped")
    studio.close()


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_a_public_server_says_that_it_lists_nothing() -> None:
    studio = FakeStudio()
    recent = stored.recent_traces(studio)
    assert recent({}) == {"rows": [], "none": stored.NOTHING}
    thought(studio, APPLES)
    assert (len(recent({})["rows"]), recent({})["none"]) == (1, "")
    studio.close_to_the_public()
    assert recent({}) == {"rows": [], "none": stored.UNLISTED}


@pytest.mark.parametrize(("name", "may"), [(None, False), ("bob", False), ("olga", True)])
def test_on_a_public_server_only_its_owner_is_offered_to_add_records(name: str | None, may: bool) -> None:
    studio = FakeStudio()
    studio.close_to_the_public()
    trace = thought(studio, APPLES).snapshot().view.trace_id
    answers = {answer.__name__: answer for answer in stored.functions(studio)}
    profile = SimpleNamespace(username=name) if name else None
    assert answers["may_keep"]({}, profile) == {"may": may}
    kept = answers["keep_trace"]({"id": trace}, profile)
    assert kept.get("added") == 1 if may else "only its owner" in kept["error"]
