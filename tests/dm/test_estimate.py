"""What a training will need, told before it starts; what speaks against it, and what helps."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from transformers import (
    AutoConfig,
    DebertaV2Config,
    GPT2Config,
    LlamaConfig,
    LlamaForCausalLM,
    OPTConfig,
    PreTrainedTokenizerFast,
)

from drr.dm import estimate as estimating
from drr.dm.backbone import load_backbone, with_adapters
from drr.dm.estimate import Advice, estimate
from drr.dm.examples import Item
from drr.dm.model import TokenDM
from drr.dm.train import TrainConfig, is_watched, split_of
from drr.errors import InvalidInput, ModelUnavailable, OutOfSpace
from tests.dm.conftest import behavior

ROOT = Path(__file__).parents[2]
ITEMS = [Item.of(record) for record in behavior(120)]
MANY = [Item.of(record) for record in behavior(400)]  # enough for right and wrong attempts that are only watched


def config(folder: Path, **changes: Any) -> TrainConfig:
    return replace(TrainConfig(str(folder), tokens_per_batch=600), **changes)


def problems(advice: Sequence[Advice], word: str) -> list[Advice]:
    return [one for one in advice if word in one.problem]


def test_tokens_steps_and_splits_are_the_real_ones(reasoner_folder: Path) -> None:
    found = estimate(config(reasoner_folder, epochs=2.0), ITEMS, "cpu")
    parts = {name: [item for item in ITEMS if split_of(item) == name] for name in found.splits}
    assert {name: share.attempts for name, share in found.splits.items()} == {n: len(p) for n, p in parts.items()}
    assert found.splits["train"].right == sum(bool(item.correct) for item in parts["train"])
    assert found.splits["train"].questions == len({item.question.text for item in parts["train"]})
    assert 0 < found.longest < found.tokens
    assert found.steps == pytest.approx(2 * found.tokens / 600, rel=0.6)
    assert found.seconds is None
    assert found.needed == sum(found.memory.values()) < found.free


@pytest.mark.parametrize("tuning", ["full", "lora", "qlora"])
def test_weights_gradients_and_optimizer_are_those_of_the_model(reasoner_folder: Path, tuning: str) -> None:
    chosen = config(reasoner_folder, tuning=tuning, precision="fp32", lora_rank=4)
    memory = estimate(chosen, ITEMS, "cpu").memory
    backbone, _ = load_backbone(str(reasoner_folder), tuning, "fp32", "cpu")
    model = TokenDM(backbone if tuning == "full" else with_adapters(backbone, 4, 0.0))
    learnt = sum(p.numel() for p in model.parameters() if p.requires_grad)
    stored = sum(p.numel() * p.element_size() for p in model.parameters())
    assert memory["gradients"] == 4 * learnt
    if tuning == "lora":
        assert memory["weights"] + memory["adapters"] == stored
        assert memory["optimizer"] == 8 * learnt
    elif tuning == "qlora":
        assert memory["weights"] + memory["adapters"] == pytest.approx(stored, rel=0.3)  # and room to unpack a layer
    else:
        assert memory["weights"] == stored


def test_smaller_batches_and_recomputed_activations_take_less(reasoner_folder: Path) -> None:
    usual = config(reasoner_folder, tokens_per_batch=1200)
    kept, small, again = (
        estimate(chosen, ITEMS, "cpu").memory["activations"]
        for chosen in (usual, replace(usual, tokens_per_batch=400), replace(usual, checkpointing=True))
    )
    assert small < 0.6 * kept
    assert again < 0.7 * kept


@pytest.mark.parametrize("changes", [{}, {"tuning": "lora"}, {"checkpointing": True}], ids=str)
def test_two_layers_tell_what_all_of_them_take(reasoner_folder: Path, changes: dict[str, Any]) -> None:
    chosen, shape = config(reasoner_folder, **changes), AutoConfig.from_pretrained(reasoner_folder)
    told = estimating._step(chosen, shape, "cpu", rows=4, length=64)
    assert told == pytest.approx(estimating._small_step(chosen, shape, "cpu", 3, rows=4, length=64), rel=0.02)


@pytest.mark.parametrize("shape", [DebertaV2Config, OPTConfig, GPT2Config], ids=lambda s: s.model_type)
def test_each_kind_of_model_is_given_what_a_training_gives_it(shape: Any) -> None:
    tiny = shape(hidden_size=64, num_hidden_layers=2, num_attention_heads=4, vocab_size=100)
    short, long = (estimating._step(TrainConfig("x"), tiny, "cpu", 4, length) for length in (32, 128))
    assert 0 < short < long


def test_a_model_too_large_for_the_machine_is_estimated_without_its_weights(
    tmp_path: Path, tokenizer: PreTrainedTokenizerFast
) -> None:
    shape = LlamaConfig(
        vocab_size=128_000, hidden_size=8192, intermediate_size=28672, num_hidden_layers=80, num_attention_heads=64,
        num_key_value_heads=8,
    )  # fmt: skip
    shape.save_pretrained(tmp_path)
    (tmp_path / "model.safetensors").touch()
    tokenizer.save_pretrained(tmp_path)
    full = estimate(config(tmp_path), ITEMS[:80], "cpu")
    assert full.needed > 800e9
    (advice,) = problems(full.advice, "GB are free")
    assert advice.blocking
    assert advice.change == {"tuning": "qlora"}
    small = estimate(config(tmp_path, tuning="qlora"), ITEMS[:80], "cpu")
    assert 35e9 < small.memory["weights"] < 45e9


@pytest.mark.timeout(600)  # a process begins when the machine lets it
def test_steps_are_timed_on_request(reasoner_folder: Path) -> None:
    timed = estimate(config(reasoner_folder), ITEMS, "cpu", timed_steps=2).seconds
    assert timed is not None
    assert timed > 0


def its_process(*_: object) -> float:
    """Which one would be ended first is told too: 1000 is the most."""
    return os.getpid() + int(Path("/proc/self/oom_score_adj").read_text()) / 10_000


def ended_by_the_system(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def does_not_fit(*_: object) -> None:
    raise MemoryError


@pytest.mark.timeout(600)  # a process begins when the machine lets it
def test_steps_are_timed_beside_the_app_by_what_would_be_ended_first(
    reasoner_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimating, "_seconds_per_step", its_process)
    found = estimate(config(reasoner_folder), ITEMS, "cpu", timed_steps=2)
    assert found.seconds is not None
    told = found.seconds / found.steps
    assert int(told) != os.getpid()
    assert round(told % 1, 4) == 0.1


@pytest.mark.timeout(600)  # a process begins when the machine lets it
def test_what_does_not_fit_while_it_is_timed_says_what_to_lower(
    reasoner_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimating, "_seconds_per_step", ended_by_the_system)
    with pytest.raises(OutOfSpace, match=r"want of memory\. Lower tokens_per_batch"):
        estimate(config(reasoner_folder), ITEMS, "cpu", timed_steps=2)
    monkeypatch.undo()
    monkeypatch.setattr(estimating, "seconds_per_step", does_not_fit)
    with pytest.raises(OutOfSpace, match=r"does not fit in memory\. Lower tokens_per_batch"):
        estimating._seconds_per_step([], config(reasoner_folder), 2)


PEAK = """
import json, resource, sys
import psutil, torch
torch.set_num_threads(2)
from pathlib import Path
from drr.dm import train as training
from drr.dm.backbone import with_adapters
from drr.dm.train import TrainConfig, seconds_per_step, split_of
from tests.dm.test_estimate import long_items
import bitsandbytes, peft
items = [item for item in long_items() if split_of(item) == "train"]
before = psutil.Process().memory_info().rss
if torch.cuda.is_available():
    torch.cuda.reset_peak_memory_stats()
seconds_per_step(items, TrainConfig.from_dict(json.loads(sys.argv[1])), 2)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
print(torch.cuda.max_memory_allocated() if torch.cuda.is_available() else peak)
"""


def long_items() -> list[Item]:
    """Attempts that share nothing, of a few hundred tokens each."""
    items = [Item.of(record) for record in behavior(60, (0,))]
    texts = (f"{item.question.text} " + " ".join(map(str, range(60))) for item in items)
    return [replace(item, question=replace(item.question, text=text)) for item, text in zip(items, texts, strict=True)]


def measured_and_estimated(folder: Path, **changes: Any) -> tuple[int, int]:
    chosen = config(folder, tokens_per_batch=2400, checkpointing=False, **changes)
    found = estimate(chosen, long_items())
    ran = subprocess.run(
        [sys.executable, "-c", PEAK, json.dumps(asdict(chosen))], cwd=ROOT, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    return int(ran.stdout.splitlines()[-1]), found.needed


def llama(folder: Path, tokenizer: PreTrainedTokenizerFast, width: int, layers: int) -> Path:
    shape = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=width, intermediate_size=3 * width, num_hidden_layers=layers,
        num_attention_heads=width // 64, num_key_value_heads=width // 64, max_position_embeddings=2048,
    )  # fmt: skip
    LlamaForCausalLM(shape).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


CONFIGURATIONS = [
    {"tuning": "full", "precision": "fp32"},
    {"tuning": "full", "precision": "bf16"},
    {"tuning": "lora", "precision": "fp32"},
    {"tuning": "qlora", "precision": "bf16"},
    {"tuning": "lora-8bit", "precision": "bf16"},
]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("changes", CONFIGURATIONS, ids=lambda changes: "-".join(changes.values()))
def test_memory_is_within_20_percent_of_the_measured_peak(
    tmp_path: Path, tokenizer: PreTrainedTokenizerFast, changes: dict[str, str]
) -> None:
    """Resident memory on a CPU, the allocator's peak on a GPU."""
    measured, estimated = measured_and_estimated(llama(tmp_path, tokenizer, 768, 8), **changes)
    assert estimated == pytest.approx(measured, rel=0.2)


@pytest.mark.gpu
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("tuning", ["lora", "qlora", "lora-8bit"])
def test_a_billion_weights_train_on_a_gpu_within_the_estimate(
    tmp_path: Path, tokenizer: PreTrainedTokenizerFast, tuning: str
) -> None:
    folder = llama(tmp_path, tokenizer, 2048, 20)
    measured, estimated = measured_and_estimated(folder, tuning=tuning)
    assert estimated == pytest.approx(measured, rel=0.2)


# --- advice -----------------------------------------------------------------------------------------------------------


def test_splits_of_one_class_or_nothing_block(reasoner_folder: Path) -> None:
    right = estimate(config(reasoner_folder), [replace(item, correct=True) for item in ITEMS], "cpu")
    assert [one.blocking for one in problems(right.advice, "only right")] == [True] * 3
    nothing = estimate(config(reasoner_folder), [], "cpu")
    assert len(problems(nothing.advice, "no attempts")) == 3
    assert (nothing.tokens, nothing.steps) == (0, 0)


def test_few_wrong_attempts_are_to_be_weighed_more(reasoner_folder: Path) -> None:
    rare = [replace(item, correct=number % 20 > 0) for number, item in enumerate(ITEMS)]
    (advice,) = problems(estimate(config(reasoner_folder), rare, "cpu").advice, "are wrong")
    assert advice.change["reject_weight"] > 5
    assert not advice.blocking


@pytest.mark.parametrize(("left", "told"), [(None, "no first attempts"), (True, "only right"), (False, "only wrong")])
def test_a_patience_that_nothing_is_watched_for_is_told(reasoner_folder: Path, left: bool | None, told: str) -> None:
    """Of the watched attempts only those with that label are left."""
    items = [item for item in MANY if split_of(item) != "train" or not is_watched(item) or item.correct is left]
    patient = config(reasoner_folder, patience=3)
    (advice,) = problems(estimate(patient, items, "cpu").advice, "never ends early")
    assert told in advice.problem and not advice.blocking
    assert not problems(estimate(replace(patient, **advice.change), items, "cpu").advice, "early")
    assert not problems(estimate(patient, MANY, "cpu").advice, "early")


def test_a_patience_without_evaluations_is_told(reasoner_folder: Path) -> None:
    patient = config(reasoner_folder, patience=3, evaluations=0)
    (advice,) = problems(estimate(patient, MANY, "cpu").advice, "never ends early")
    assert not problems(estimate(replace(patient, **advice.change), MANY, "cpu").advice, "early")


def test_advice_on_memory_helps(reasoner_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each change of the config takes less, until nothing is left to change."""
    chosen, seen = config(reasoner_folder, tokens_per_batch=2400), []
    monkeypatch.setattr(estimating, "_free", lambda _: 1000)
    for _ in range(12):
        found = estimate(chosen, ITEMS, "cpu")
        seen.append(found.needed)
        (advice,) = problems(found.advice, "are free")
        if not advice.change:
            break
        chosen = replace(chosen, **advice.change)
    assert "smaller base" in advice.remedy
    assert len(seen) > 2
    assert all(after < before for before, after in pairwise(seen))


def test_a_container_with_less_memory_than_the_machine_is_minded(
    reasoner_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimating, "free_memory", lambda: 1000)
    (advice,) = problems(estimate(config(reasoner_folder), ITEMS, "cpu").advice, "are free")
    assert advice.blocking


def test_bad_choices_and_bases_are_refused(reasoner_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="Choose one of"):
        estimate(config(reasoner_folder, tuning="magic"), ITEMS, "cpu")
    with pytest.raises(ModelUnavailable):
        estimate(config(tmp_path / "nowhere"), ITEMS, "cpu")
