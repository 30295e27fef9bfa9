"""Training, from records to a judge on disk: it learns what there is to learn, and says what it cannot learn from."""

import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import PreTrainedTokenizerFast

from drr.dm import train as training
from drr.dm.calibrate import Calibration
from drr.dm.checkpoint import load, read_card
from drr.dm.examples import Batch, Encoder, Item, collate, pack
from drr.dm.judge import token_logits
from drr.dm.limits import LIMITS
from drr.dm.model import TokenDM
from drr.dm.place import place_of
from drr.dm.train import Progress, TrainConfig, is_watched, loss_of, snapshot_hash, split_of, train
from drr.errors import InvalidData, InvalidInput, OutOfSpace
from drr.types import Attempt, BehaviorRecord, Question, Step
from tests.dm.conftest import behavior

RECORDS = behavior(100)


def config(folder: Path, kind: str = "token", **changes: object) -> TrainConfig:
    chosen = TrainConfig(str(folder), kind, epochs=1, tokens_per_batch=500, backbone_rate=3e-3, head_rate=6e-3)
    return replace(chosen, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["token", "probe"])
def test_a_tiny_dm_learns_that_unsure_attempts_are_wrong(reasoner_folder: Path, tmp_path: Path, kind: str) -> None:
    told: list[Progress] = []
    card = train(RECORDS, config(reasoner_folder, kind), tmp_path / "dm", told.append)
    assert card.metrics["auroc"] > 0.9
    assert (card.kind, card.reasoner, card.base) == (kind, "tiny", "tiny")
    assert 0 < card.threshold <= 1
    assert load(tmp_path / "dm").card == card
    assert (card.config["base"], place_of(tmp_path / "dm")) == ("tiny", str(reasoner_folder))
    assert told
    assert all(0 <= at.done <= 1 for at in told)


def test_a_probe_keeps_no_masks_while_it_learns(
    reasoner_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They grow with the square of the rows' length: those of the bundled records would take gigabytes."""
    learnt: list[Batch] = []

    def loss(logits: torch.Tensor, batch: Batch, chosen: TrainConfig) -> torch.Tensor:
        learnt.append(batch)
        return loss_of(logits, batch, chosen)

    monkeypatch.setattr(training, "loss_of", loss)
    train(RECORDS, config(reasoner_folder, "probe", evaluations=0), tmp_path / "dm")
    assert {batch.mask for batch in learnt} == {None}


def test_records_may_come_as_a_stream(reasoner_folder: Path, tmp_path: Path) -> None:
    """The store gives an iterator, which can be read once only."""
    card = train(iter(RECORDS), config(reasoner_folder, epochs=0.05), tmp_path / "dm")
    assert card.reasoner == "tiny"


def test_what_is_done_behind_the_last_step_is_told_and_the_card_names_its_job(
    reasoner_folder: Path, tmp_path: Path
) -> None:
    told: list[object] = []
    quick = config(reasoner_folder, epochs=0.02, evaluations=0)
    train(RECORDS, quick, tmp_path / "dm", told.append, tell=told.append, job="j-1")
    assert told[-3:] == ["calibrating", "measuring on test questions", "saving"]
    assert isinstance(told[-4], Progress)
    assert read_card(tmp_path / "dm").job == "j-1"


def test_a_training_of_a_few_steps_tells_its_first_and_its_last(reasoner_folder: Path, tmp_path: Path) -> None:
    told: list[Progress] = []
    train(RECORDS, config(reasoner_folder, epochs=0.15, evaluations=0), tmp_path / "dm", told.append)
    assert 1 < told[-1].step < 20
    assert [at.step for at in told] == [1, told[-1].step] and told[-1].done == 1.0


def test_the_same_seed_gives_the_same_weights(reasoner_folder: Path, tmp_path: Path) -> None:
    quick = config(reasoner_folder, epochs=0.1)
    for name, seed in (("one", 5), ("two", 5), ("other", 6)):
        train(RECORDS, replace(quick, seed=seed), tmp_path / name)
    one, two, other = (load(tmp_path / name).model.state_dict() for name in ("one", "two", "other"))
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not all(torch.equal(one[name], other[name]) for name in one)


def test_a_reject_weight_over_1_lowers_the_logits(
    reasoner_folder: Path, tmp_path: Path, tokenizer: PreTrainedTokenizerFast
) -> None:
    """Of calibrated scores, calibration takes most of it back."""
    items = [Item.of(record) for record in RECORDS if split_of(Item.of(record)) == "test"]
    means = []
    for weight in (1.0, 6.0):
        train(RECORDS, config(reasoner_folder, epochs=1, reject_weight=weight), tmp_path / str(weight))
        model = load(tmp_path / str(weight)).model
        assert isinstance(model, TokenDM)
        means.append(sum(float(row[-1]) for row in token_logits(model, Encoder(tokenizer), items)) / len(items))
    assert means[1] < means[0] - 0.2


# --- what it cannot learn from ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("records", "what"),
    [
        ([], "no labelled attempts"),
        ([replace(record, correct=None) for record in RECORDS[:40]], "no labelled attempts"),
        ([replace(record, correct=True) for record in RECORDS], "only right attempts"),
        ([replace(record, correct=False) for record in RECORDS], "only wrong attempts"),
    ],
)
def test_records_of_one_class_or_none_are_refused_with_a_remedy(
    reasoner_folder: Path, tmp_path: Path, records: Sequence[BehaviorRecord], what: str
) -> None:
    with pytest.raises(InvalidData, match=f"{what}.*Distil or import more questions"):
        train(records, config(reasoner_folder), tmp_path / "dm")
    assert list(tmp_path.iterdir()) == []


def test_too_little_memory_names_what_to_lower(
    reasoner_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    monkeypatch.setattr(training, "loss_of", fail)
    with pytest.raises(OutOfSpace, match="Lower tokens_per_batch"):
        train(RECORDS, config(reasoner_folder), tmp_path / "dm")


def test_an_unknown_kind_is_refused_before_anything_else(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="Choose one of token, probe"):
        train([], TrainConfig("nowhere", "forest"), tmp_path / "dm")


def test_a_calibration_split_of_retries_only_accepts_next_to_nothing(reasoner_folder: Path, tmp_path: Path) -> None:
    card = train(behavior(200, (3,)), config(reasoner_folder, epochs=0.02), tmp_path / "dm")
    assert (card.threshold, card.risk) == (1.0, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [("tuning", "magic"), ("loss", "hinge"), ("calibration", "none"), ("threshold", "dice"), ("precision", "int3")],
)
def test_what_is_not_offered_is_refused_with_what_is(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(InvalidInput, match=f"no DM {name} '{value}'.*Choose one of"):
        train([], replace(TrainConfig("nowhere"), **{name: value}), tmp_path / "dm")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "bad", "told"),
    [
        ("risk", 5.0, "a share over 0 and under 1, such as 0.05, not 5.0. For 5%, say 0.05."),
        ("risk", 0.0, "a share over 0"),
        ("confidence", 1.0, "under 1"),
        ("confidence", 90.0, "For 90%, say 0.9."),
        ("by_hand", 1.1, "a share from 0 to 1"),
        ("lora_dropout", 1.0, "a share from 0 and under 1"),
        ("epochs", 0.0, "a number over 0"),
        ("epochs", float("inf"), "a number over 0"),
        ("backbone_rate", -1e-3, "a number over 0"),
        ("head_rate", float("nan"), "a number over 0"),
        ("beta", 0.0, "a number over 0"),
        ("focal_gamma", -0.1, "a number from 0"),
        ("reject_weight", float("inf"), "a number from 0"),
        ("pair_weight", float("nan"), "a number from 0"),
        ("tokens_per_batch", 0, "a whole number from 1"),
        ("lora_rank", 0, "a whole number from 1"),
        ("evaluations", -1, "a whole number from 0"),
        ("patience", -1, "a whole number from 0"),
        ("seed", 2**32, "from 0 to 4294967295"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused_before_anything_else(
    tmp_path: Path, name: str, bad: float, told: str
) -> None:
    with pytest.raises(InvalidInput, match=f"training's {name} is .*{re.escape(told)}"):
        train([], replace(TrainConfig("nowhere"), **{name: bad}), tmp_path / "dm")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "edges",
    [
        {"by_hand": 0.0, "lora_dropout": 0.0, "focal_gamma": 0.0, "reject_weight": 0.0, "pair_weight": 0.0},
        {"by_hand": 1.0, "evaluations": 0, "patience": 0, "tokens_per_batch": 1, "lora_rank": 1, "seed": 2**32 - 1},
    ],
)
def test_numbers_at_the_edge_are_taken(edges: dict[str, Any]) -> None:
    replace(TrainConfig("somewhere"), **edges).check()


def test_every_number_of_a_config_has_its_limits() -> None:
    numbers = {name for name, value in asdict(TrainConfig("")).items() if type(value) in (int, float)}
    assert set(LIMITS) == numbers | {"backbone_rate"}


def test_a_config_comes_back_from_its_dict_and_unknown_keys_are_refused() -> None:
    chosen = TrainConfig("somewhere", tuning="qlora", backbone_rate=1e-4, checkpointing=True)
    assert TrainConfig.from_dict(asdict(chosen)) == chosen
    with pytest.raises(InvalidData, match="unknown key learning_rate"):
        TrainConfig.from_dict({"base": "somewhere", "learning_rate": 1.0})


# --- threshold and early end ------------------------------------------------------------------------------------------


def test_the_threshold_follows_its_rule(reasoner_folder: Path, tmp_path: Path) -> None:
    quick = config(reasoner_folder, epochs=0.5, evaluations=0)
    by_hand = train(RECORDS, replace(quick, threshold="by-hand", by_hand=0.42), tmp_path / "hand")
    best = train(RECORDS, replace(quick, threshold="f-beta", beta=1.0), tmp_path / "best")
    assert by_hand.threshold == 0.42
    assert 0 < best.threshold < 1
    assert "no guarantee" in (tmp_path / "best" / "README.md").read_text()


@pytest.mark.parametrize(
    ("rule", "questions", "certified"),
    [("risk", 100, 0.05), ("risk", 30, None), ("f-beta", 100, None), ("by-hand", 100, None)],
)
def test_a_risk_is_certified_only_where_the_rule_is_to_and_there_are_enough_attempts(
    rule: str, questions: int, certified: float | None
) -> None:
    items = [replace(Item.of(record), correct=True) for record in behavior(questions, (0,))]
    logits = [np.full(len(item.attempt.steps), 3.0) for item in items]
    chosen = TrainConfig("", threshold=rule)
    assert training.choose_threshold(items, logits, Calibration(), chosen)[1] == certified


@pytest.mark.parametrize(
    ("rule", "threshold"),
    [("risk", 0.93), ("f-beta", 0.92), ("by-hand", 0.86)],  # best F-beta: from 0.924, which it is to accept
)
def test_a_threshold_is_chosen_with_the_two_decimals_that_it_is_shown_with(
    rule: str, threshold: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "threshold_for_risk", lambda *_: 0.925)
    monkeypatch.setattr(training, "threshold_for_f_beta", lambda *_: 0.924)
    chosen = TrainConfig("", threshold=rule, by_hand=0.855)
    assert training.choose_threshold([], [], Calibration(), chosen)[0] == threshold


def test_a_threshold_of_two_decimals_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "threshold_for_f_beta", lambda *_: 0.57)  # of which a float's hundredfold is 56.99...
    assert training.choose_threshold([], [], Calibration(), TrainConfig("", threshold="f-beta"))[0] == 0.57


def test_a_training_that_gets_no_better_ends_early_with_its_best_weights(
    reasoner_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Progress] = []
    rising = iter([0.6, 0.8, 0.7, 0.75, 0.7, 0.9])
    monkeypatch.setattr(training, "_figures", lambda *_: {"auroc": next(rising)})
    chosen = config(reasoner_folder, "probe", epochs=1, evaluations=12, patience=3)
    weights: list[dict[str, torch.Tensor]] = []
    keep = training._KeptState.keep_best

    def noted(self: Any) -> None:
        keep(self)
        weights.append(dict(self.best))

    monkeypatch.setattr(training._KeptState, "keep_best", noted)
    train(RECORDS, chosen, tmp_path / "dm", told.append)
    assert [at.metrics["auroc"] for at in told if at.metrics] == [0.6, 0.8, 0.7, 0.75, 0.7]
    assert told[-1].done < 0.6
    saved = load(tmp_path / "dm").model.state_dict()
    assert all(torch.equal(saved[name], value) for name, value in weights[-1].items())
    assert len(weights) == 2


def test_watched_questions_are_not_learnt_from_and_leave_the_calibration_split_alone() -> None:
    items = [Item.of(record) for record in behavior(600, (0,))]
    watched = [item for item in items if is_watched(item)]
    assert 0 < len(watched) < 0.05 * len(items)
    assert {split_of(item) for item in watched} == {"train"}


def four_attempts(right: str) -> list[Item]:
    """On one question, ten tokens each; the answer of a right one is 33."""
    steps = tuple(Step(f"{n}", 5) for n in range(2))
    question = Question("How many?", gold="33")
    return [
        Item(question, (), Attempt(steps, "33" if mark == "+" else f"{n}"), mark == "+") for n, mark in enumerate(right)
    ]


@pytest.mark.parametrize(
    ("right", "scores", "saved"),
    [
        ("++-+", [0.9, 0.8, 0.2, 0.9], 0.75),  # it accepts the first and spares three
        ("-+++", [0.2, 0.9, 0.8, 0.7], 0.5),
        ("--++", [0.9, 0.8, 0.1, 0.2], 0.0),  # the vote is right, and this DM is not at any threshold
        ("-+--", [0.1, 0.9, 0.2, 0.3], 0.75),  # the vote is wrong: any answer is as good
        ("+", [0.9], None),
    ],
)
def test_tokens_saved_are_those_of_a_vote_no_more_accurate(
    right: str, scores: list[float], saved: float | None
) -> None:
    assert training.tokens_saved(four_attempts(right), scores) == saved


def test_no_tokens_are_said_to_be_saved_where_none_were_counted() -> None:
    uncounted = [
        replace(
            item, attempt=replace(item.attempt, steps=tuple(replace(step, tokens=0) for step in item.attempt.steps))
        )
        for item in four_attempts("+--+")
    ]
    assert training.tokens_saved(uncounted, [0.9, 0.1, 0.2, 0.8]) is None


# --- splits and loss --------------------------------------------------------------------------------------------------


def test_all_attempts_on_a_question_are_in_one_split() -> None:
    sides: dict[str, set[str]] = {}
    for item in map(Item.of, behavior(400)):
        sides.setdefault(item.question.text, set()).add(split_of(item))
    assert all(len(side) == 1 for side in sides.values())
    shares = [next(iter(side)) for side in sides.values()]
    assert shares.count("train") / len(shares) == pytest.approx(0.84, abs=0.06)
    assert {"calibration", "test"} < set(shares)


def test_the_snapshot_hash_is_of_what_is_learnt_in_any_order() -> None:
    items = [Item.of(record) for record in RECORDS[:20]]
    assert snapshot_hash(items) == snapshot_hash(items[::-1])
    assert snapshot_hash(items) != snapshot_hash(items[1:])
    assert snapshot_hash(items) != snapshot_hash([replace(items[0], correct=not items[0].correct), *items[1:]])


def test_the_pairwise_term_asks_for_right_over_wrong_on_one_prompt(tokenizer: PreTrainedTokenizerFast) -> None:
    items = [replace(Item.of(record), correct=number % 2 == 0) for number, record in enumerate(RECORDS[:3])]
    batch = collate(pack(Encoder(tokenizer), items))
    right = batch.targets > 0.5
    good, bad = torch.where(right, 1.0, -1.0), torch.where(right, -1.0, 1.0)
    chosen = TrainConfig("")
    without = replace(chosen, pair_weight=0.0)
    extra = [float(loss_of(logits, batch, chosen) - loss_of(logits, batch, without)) for logits in (good, bad)]
    assert 0 < extra[0] < extra[1]


def one_boundary_each(tokenizer: PreTrainedTokenizerFast) -> Batch:
    items = [replace(Item.of(record), correct=number % 2 == 0) for number, record in enumerate(RECORDS[:4])]
    batch = collate(pack(Encoder(tokenizer), items))
    return replace(batch, weights=torch.ones_like(batch.weights))


def test_a_reject_weight_weighs_wrong_attempts_and_no_others(tokenizer: PreTrainedTokenizerFast) -> None:
    batch = one_boundary_each(tokenizer)
    weighted, plain = (TrainConfig("", pair_weight=0.0, reject_weight=weight) for weight in (3.0, 1.0))
    for right, times in ((0.0, 3), (1.0, 1)):
        only = replace(batch, targets=torch.where(batch.targets == right, batch.targets, -1.0))
        logits = torch.zeros(len(batch.targets))
        assert loss_of(logits, only, weighted) == pytest.approx(times * float(loss_of(logits, only, plain)))


def test_a_focal_loss_forgets_what_is_judged_well(tokenizer: PreTrainedTokenizerFast) -> None:
    batch = one_boundary_each(tokenizer)
    focal, plain = (TrainConfig("", pair_weight=0.0, loss=loss) for loss in ("focal", "weighted"))
    certain = torch.where(batch.targets > 0.5, 4.0, -4.0)
    shares = [float(loss_of(x, batch, focal) / loss_of(x, batch, plain)) for x in (certain, certain * 0, -certain)]
    assert shares == pytest.approx([0.018**2, 0.25, 0.982**2], rel=0.01)


def test_a_soft_target_is_met_at_its_own_probability(tokenizer: PreTrainedTokenizerFast) -> None:
    batch = one_boundary_each(tokenizer)
    soft = replace(batch, targets=torch.full_like(batch.targets, 0.7))
    logits = torch.full_like(batch.targets, float(torch.logit(torch.tensor(0.7)))).requires_grad_()
    loss_of(logits, soft, TrainConfig("", pair_weight=0.0)).backward()
    assert logits.grad is not None
    assert logits.grad.abs().max() < 1e-6


def test_boundaries_without_a_label_carry_no_loss(tokenizer: PreTrainedTokenizerFast) -> None:
    items = [replace(Item.of(record), correct=None) for record in RECORDS[:4]]
    batch = collate(pack(Encoder(tokenizer), items))
    logits = torch.randn(len(batch.targets), requires_grad=True)
    assert float(loss_of(logits, batch, TrainConfig("")).detach()) == 0
