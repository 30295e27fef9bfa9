"""The DM behind the judge seam: the same scores live, after backtracking and in a batch."""

import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from drr.dm.checkpoint import LoadedDM
from drr.dm.examples import Encoder, Item, collate, pack
from drr.dm.judge import DMJudge, ProbeJudge, probabilities, spread
from drr.errors import CheckpointMismatch
from drr.reasoners.local import LocalReasoner
from drr.types import Attempt, Question, Step
from tests.dm.conftest import CALIBRATION, an_attempt, some_items

QUESTION = Question("How many?", gold="33")
REJECTED = ("1+1=3\nAnswer: 3",)


@pytest.fixture
def judge(token_dm: LoadedDM) -> DMJudge:
    return DMJudge(token_dm)


def live(judge: DMJudge, attempt: Attempt, rejected: tuple[str, ...] = ()) -> list[float | None]:
    watch = judge.watch(QUESTION, rejected)
    return [*(watch.score(step) for step in attempt.kept), watch.finish(attempt)]


@pytest.mark.parametrize("rejected", [(), REJECTED])
def test_step_by_step_scores_are_those_of_the_batch(judge: DMJudge, rejected: tuple[str, ...]) -> None:
    attempts = [an_attempt(seed) for seed in range(6)]
    together = judge.score_many([(QUESTION, rejected, attempt) for attempt in attempts])
    for attempt, scores in zip(attempts, together, strict=True):
        assert live(judge, attempt, rejected) == pytest.approx([*scores, scores[-1]], abs=1e-5)


@pytest.mark.parametrize(
    "changes",
    [
        {"answer": None, "finish": "length"},  # cut off in the answer line
        {"steps": an_attempt(4).steps[:-1], "answer": None},  # ended without one
        {"steps": an_attempt(4).steps[:-1], "answer": "33"},  # a chat model that boxed its answer
    ],
)
def test_odd_endings_score_the_same_live_and_in_a_batch(judge: DMJudge, changes: dict[str, object]) -> None:
    attempt = replace(an_attempt(4), **changes)  # type: ignore[arg-type]
    scores = judge.score_many([(QUESTION, (), attempt)])[0]
    *steps, final = live(judge, attempt)
    assert steps[:-1] == pytest.approx(scores[:-1], abs=1e-5)
    assert final == (pytest.approx(scores[-1], abs=1e-5) if attempt.answer else 0.0)


def test_an_attempt_without_steps_has_no_scores(judge: DMJudge) -> None:
    nothing = Attempt((), None, "length")
    assert judge.score_many([(QUESTION, (), nothing), (QUESTION, (), an_attempt(1))])[0] == []
    assert judge.watch(QUESTION).finish(nothing) == 0.0


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_going_back_is_like_never_having_been_there(judge: DMJudge, kept: int) -> None:
    begun, other = an_attempt(13).steps, an_attempt(21).steps
    assert len(begun) >= 3
    watch = judge.watch(QUESTION)
    for step in begun:
        watch.score(step)
    watch.back(kept)
    after = [watch.score(step) for step in other]
    fresh = judge.watch(QUESTION)
    expected = [fresh.score(step) for step in (*begun[:kept], *other)][kept:]
    assert after == pytest.approx(expected, abs=1e-5)


def test_going_back_before_anything_is_read_is_harmless(judge: DMJudge) -> None:
    watch = judge.watch(QUESTION)
    watch.back(0)
    step = an_attempt(1).steps[0]
    assert watch.score(step) == pytest.approx(judge.watch(QUESTION).score(step), abs=1e-5)


def test_the_dm_reads_while_the_reasoner_writes_and_takes_its_next_turn(
    judge: DMJudge, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = an_attempt(13)
    expected = live(judge, attempt)
    states, meeting = judge.model.states, threading.Barrier(2, timeout=10)

    def states_met(*ids_and_features: torch.Tensor, **how: Any) -> torch.Tensor:
        meeting.wait()
        return states(*ids_and_features, **how)

    monkeypatch.setattr(judge.model, "states", states_met)
    watch = judge.watch(QUESTION)
    meeting.wait()  # the prompt is read while the first step is still to come
    scores = [watch.score(step, meeting.wait) for step in attempt.steps[:-1]]
    assert scores == pytest.approx(expected[: len(scores)], abs=1e-5)


def test_the_dm_asks_for_no_turn_after_the_answer(judge: DMJudge) -> None:
    attempt, turns = an_attempt(13), list[Step]()
    watch = judge.watch(QUESTION)
    for step in attempt.steps:
        watch.score(step, partial(turns.append, step))
    assert turns == list(attempt.steps[:-1])


def test_log_probabilities_and_rejections_matter(judge: DMJudge) -> None:
    sure, unsure = an_attempt(2, sure=-0.01), an_attempt(2, sure=-3.0)
    assert live(judge, sure) != pytest.approx(live(judge, unsure), abs=1e-4)
    assert live(judge, sure) != pytest.approx(live(judge, sure, REJECTED), abs=1e-4)


def test_each_kind_of_boundary_has_its_own_calibration() -> None:
    attempt = Attempt((Step("1+1=2", 1), Step("Answer: 2", 1)), "2")
    logits = [np.array([0.5, 1.5])]
    for rejected, last in (((), CALIBRATION.first), (REJECTED, CALIBRATION.retry)):
        scores = probabilities(CALIBRATION, [Item(QUESTION, rejected, attempt)], logits)[0]
        assert scores == pytest.approx([CALIBRATION.step(logits[0])[0], last(logits[0])[1]])


def test_a_kind_of_dm_behind_the_wrong_judge_is_refused(token_dm: LoadedDM, probe_dm: LoadedDM) -> None:
    with pytest.raises(CheckpointMismatch, match="probe"):
        DMJudge(probe_dm)
    with pytest.raises(CheckpointMismatch, match="no probe"):
        ProbeJudge(token_dm)


# --- the probe --------------------------------------------------------------------------------------------------------


def test_a_probe_without_states_is_refused_with_a_remedy(probe_dm: LoadedDM) -> None:
    with pytest.raises(CheckpointMismatch, match=r"local Reasoner.*Choose another DM"):
        ProbeJudge(probe_dm).watch(QUESTION).score(Step("1+1=2", 3))


def test_a_live_probe_scores_like_one_in_training(probe_dm: LoadedDM, reasoner_folder: Path) -> None:
    reasoner = LocalReasoner.load(reasoner_folder)
    encoder, items = Encoder(reasoner.tokenizer), some_items(8)
    batch = collate(pack(encoder, items))
    states = reasoner.hidden(batch.ids, batch.mask, batch.positions)[batch.rows, batch.columns]
    logits = [np.zeros(0)] * len(items)
    with torch.inference_mode():
        spread(logits, batch, probe_dm.model(states, batch.features[batch.rows, batch.columns]).numpy())
    expected = probabilities(CALIBRATION, items, logits)
    for number, item in enumerate(items):
        mine = states[batch.attempt == list(batch.index).index(number)]
        watch = ProbeJudge(probe_dm).watch(item.question, item.rejected)
        scores = [watch.score(step, partial(mine.__getitem__, at)) for at, step in enumerate(item.attempt.kept)]
        assert scores == pytest.approx(expected[number], abs=1e-5)


def test_the_states_a_probe_learns_from_are_those_it_is_shown_live(reasoner_folder: Path) -> None:
    reasoner = LocalReasoner.load(reasoner_folder)
    ids = torch.randint(9, 200, (1, 12))
    mask = torch.full((12, 12), torch.finfo(torch.float32).min).triu(1)[None, None]
    with torch.inference_mode():
        output = reasoner.model(ids, output_hidden_states=True)
    shown = reasoner._hidden(output)
    assert torch.allclose(reasoner.hidden(ids, mask, torch.arange(12)[None])[0, -1], shown, atol=1e-5)


def test_a_probe_forgets_what_was_taken_back(probe_dm: LoadedDM) -> None:
    first, detour, second = an_attempt(1).steps[0], an_attempt(2).steps[0], an_attempt(3).steps[0]
    watch, fresh = ProbeJudge(probe_dm).watch(QUESTION), ProbeJudge(probe_dm).watch(QUESTION)

    def state() -> torch.Tensor:
        return torch.ones(96)

    watch.score(first, state)
    watch.score(detour, state)
    watch.back(1)
    fresh.score(first, state)
    assert watch.score(second, state) == pytest.approx(fresh.score(second, state))
