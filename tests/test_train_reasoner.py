"""The script that trains the embedded Reasoner: a training that was cut goes on as if it had not been."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from models.train_reasoner import Example, Trainer, train

ROOT = Path(__file__).parent.parent
BATCH: list[Example] = [([5, 6, 7, 8], [False, True, True, True])]


@pytest.fixture
def trainer() -> Trainer:
    tokenizer = PreTrainedTokenizerFast.from_pretrained(ROOT / "models" / "reasoner")
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        tie_word_embeddings=True,
    )  # fmt: skip
    trainer = Trainer(LlamaForCausalLM(config), tokenizer, rate=1.0)
    trainer.body = trainer.model.model  # uncompiled, which takes a minute less
    return trainer


def test_a_continued_training_follows_the_falling_rate(trainer: Trainer, tmp_path: Path) -> None:
    for _ in range(2):
        trainer.train_on(BATCH, 1.0)
    optimizers = [optimizer.state_dict() for optimizer in trainer.optimizers]
    figures = {"step": 5_000, "tokens": 9, "loss": 1.0, "elapsed": 54.0}  # of a minute
    torch.save({"model": trainer.model.state_dict(), "optimizers": optimizers, **figures}, tmp_path / "state.pt")

    asked: list[int] = []

    def stream(step: int) -> Iterator[list[Example]]:
        asked.append(step)
        yield BATCH

    train(trainer, stream, 1.0, tmp_path / "state.pt", decay_from=0.0)
    assert asked == [5_000] and trainer.step == 5_001
    rates = [group["lr"] for optimizer in trainer.optimizers for group in optimizer.param_groups]
    assert rates == pytest.approx([3.0e-4, 3.0e-4], rel=0.05), "a tenth of the time is left"
