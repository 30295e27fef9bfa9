"""A tiny language model with random weights and a byte-level tokenizer; attempts with a signal to be learnt."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, LlamaModel, PreTrainedTokenizerFast

from drr import prompts
from drr.dm.calibrate import Calibration, Platt
from drr.dm.checkpoint import Card, LoadedDM
from drr.dm.examples import Item
from drr.dm.model import Probe, TokenDM
from drr.types import Attempt, BehaviorRecord, Question, Step

CALIBRATION = Calibration(step=Platt(1.5, 0.25), first=Platt(0.75, -0.5), retry=Platt(2.0, 0.125))


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """Tiny models are slower on many."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tokenizer() -> PreTrainedTokenizerFast:
    """Every byte is a token, and so is every mark of the plain format."""
    alphabet = ["<pad>", *prompts.PLAIN_MARKS, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    spelling = Tokenizer(models.BPE(vocab={text: i for i, text in enumerate(alphabet)}, merges=[]))
    spelling.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    spelling.decoder = decoders.ByteLevel()
    spelling.add_special_tokens(["<pad>", *prompts.PLAIN_MARKS])
    return PreTrainedTokenizerFast(tokenizer_object=spelling, eos_token=prompts.END, pad_token="<pad>")


def llama_config(tokenizer: PreTrainedTokenizerFast) -> LlamaConfig:
    return LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=2048, tie_word_embeddings=True, initializer_range=0.2,
        eos_token_id=tokenizer.eos_token_id, bos_token_id=None, pad_token_id=0,
    )  # fmt: skip


@pytest.fixture(scope="session")
def reasoner_folder(tokenizer: PreTrainedTokenizerFast, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Reasoner to start a DM from."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("reasoners") / "tiny"
    LlamaForCausalLM(llama_config(tokenizer)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def card(kind: str = "token") -> Card:
    return Card(kind, "tiny", "tiny", CALIBRATION, 0.8, 0.1, snapshot="0123", metrics={"auroc": 0.9})


@pytest.fixture
def token_dm(tokenizer: PreTrainedTokenizerFast) -> LoadedDM:
    """A token DM with random weights; those that start at zero too."""
    torch.manual_seed(1)
    model = TokenDM(LlamaModel(llama_config(tokenizer)))
    torch.nn.init.normal_(model.enter.weight, std=0.3)
    return LoadedDM("dm", card(), model.eval(), tokenizer)


@pytest.fixture
def probe_dm() -> LoadedDM:
    torch.manual_seed(2)
    probe = Probe(96)
    probe.mean.normal_()
    probe.deviation.uniform_(0.5, 2)
    return LoadedDM("probe", card("probe"), probe.eval(), None)


def a_step(text: str, rng: random.Random, sure: float = -0.1, end: str = "\n") -> Step:
    """A step in tokens of one to five characters, about as likely as `sure` says."""
    texts, rest = [], text
    while rest:
        width = rng.randint(1, 5)
        texts.append(rest[:width])
        rest = rest[width:]
    texts.append(end)
    logprobs = tuple(sure * rng.uniform(0.5, 1.5) for _ in texts)
    entropies = tuple(-logprob for logprob in logprobs)
    return Step(text, len(texts), token_texts=tuple(texts), logprobs=logprobs, entropies=entropies)


def an_attempt(seed: int, answer: str = "33", sure: float = -0.1, temperature: float = 0.0) -> Attempt:
    """One to four steps and an answer line."""
    rng = random.Random(seed)
    lines = [f"{rng.randint(1, 99)}+{rng.randint(1, 99)}={rng.randint(1, 199)}." for _ in range(rng.randint(1, 4))]
    steps = [a_step(line, rng, sure) for line in lines]
    return Attempt((*steps, a_step(f"Answer: {answer}", rng, sure, end="")), answer, temperature=temperature)


def some_items(count: int = 12) -> list[Item]:
    """First attempts and retries, four on each prompt."""
    rejected = ("1+1=3\nAnswer: 3",)
    return [
        Item(Question(f"How many is {i // 4}?", gold="33"), rejected if i // 4 % 2 else (), an_attempt(i), i % 3 == 0)
        for i in range(count)
    ]


def behavior(questions: int = 150, attempts: Sequence[int] = (0, 1, 2, 3), seed: int = 0) -> list[BehaviorRecord]:
    """Wrong attempts have low log-probabilities; nothing else tells them apart."""
    rng = random.Random(seed)
    records = []
    for q in range(questions):
        question = Question(f"What is {q} and {seed}?", gold="33", source="synthetic")
        for n in attempts:
            right = rng.random() < 0.6
            attempt = an_attempt(rng.randrange(10**9), "33" if right else "32", -0.05 if right else -0.6, float(n > 0))
            attempt = Attempt(attempt.steps, "33", temperature=attempt.temperature)
            rejected = ("2+2=5.\nAnswer: 5",) if n == 3 else ()
            records.append(BehaviorRecord(question, "tiny", max(0, n - 1), attempt, right, rejected))
    return records
