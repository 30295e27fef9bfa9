"""Training, from records to a judge on disk: it learns what there is to learn, and says what it cannot learn from."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import PreTrainedTokenizerFast

from drr.dm.checkpoint import load
from drr.dm.examples import Encoder, Item, collate, pack
from drr.dm.judge import token_logits
from drr.dm.model import TokenDM
from drr.dm.train import Progress, TrainConfig, loss_of, snapshot_hash, split_of, train
from drr.errors import InvalidData, InvalidInput
from drr.types import BehaviorRecord
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
    assert 0 < card.threshold <= 0.995
    assert load(tmp_path / "dm").card == card
    assert told
    assert all(0 <= at.done <= 1 for at in told)


def test_records_may_come_as_a_stream(reasoner_folder: Path, tmp_path: Path) -> None:
    """The store gives an iterator, which can be read once only."""
    card = train(iter(RECORDS), config(reasoner_folder, epochs=0.05), tmp_path / "dm")
    assert card.reasoner == "tiny"


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


def test_an_unknown_kind_is_refused_before_anything_else(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="Choose one of token, probe"):
        train([], TrainConfig("nowhere", "forest"), tmp_path / "dm")


def test_a_calibration_split_of_retries_only_accepts_next_to_nothing(reasoner_folder: Path, tmp_path: Path) -> None:
    card = train(behavior(200, (3,)), config(reasoner_folder, epochs=0.02), tmp_path / "dm")
    assert card.threshold == 0.995


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


def test_boundaries_without_a_label_carry_no_loss(tokenizer: PreTrainedTokenizerFast) -> None:
    items = [replace(Item.of(record), correct=None) for record in RECORDS[:4]]
    batch = collate(pack(Encoder(tokenizer), items))
    logits = torch.randn(len(batch.targets), requires_grad=True)
    assert float(loss_of(logits, batch, TrainConfig("")).detach()) == 0
