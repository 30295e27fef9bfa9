"""Any language model as a backbone, whole or with adapters over 16, 8 or 4 bits: it learns and comes back as it was."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import nn
from transformers import (
    BertConfig,
    BertModel,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedTokenizerFast,
    Qwen3Config,
    Qwen3ForCausalLM,
    T5Config,
    T5Model,
)

from drr.dm import backbone as backbones
from drr.dm.backbone import fingerprint, is_causal, load_backbone, with_adapters
from drr.dm.checkpoint import ADAPTER, BACKBONE, load
from drr.dm.examples import Encoder, Item, collate, pack
from drr.dm.judge import DMJudge, token_logits
from drr.dm.model import TokenDM
from drr.dm.place import HERE, keep_place
from drr.dm.train import TrainConfig, loss_of, train
from drr.errors import CheckpointMismatch, ModelUnavailable, Stopped
from drr.types import Question
from tests.dm.conftest import an_attempt, behavior, some_items

ROOT = Path(__file__).parents[2]
RECORDS = behavior(40)
ADAPTED = ("lora", "qlora", "lora-8bit")


@pytest.fixture(scope="module")
def qwen(tokenizer: PreTrainedTokenizerFast, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A causal model of another family, wide enough for blocks of 64 quantized weights."""
    torch.manual_seed(3)
    folder = tmp_path_factory.mktemp("bases") / "qwen"
    config = Qwen3Config(
        vocab_size=len(tokenizer), hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, head_dim=32, max_position_embeddings=512, initializer_range=0.1,
    )  # fmt: skip
    Qwen3ForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder, with a tokenizer that puts marks around a text and knows no newline."""
    torch.manual_seed(4)
    folder = tmp_path_factory.mktemp("bases") / "bert"
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefghijklmnopqrstuvwxyz0123456789?.:=+<>"]
    pieces = {text: i for i, text in enumerate([*words, *(f"##{word}" for word in words[4:])])}
    spelling = Tokenizer(models.WordPiece(pieces, unk_token="[UNK]"))
    spelling.normalizer = normalizers.BertNormalizer()
    spelling.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    spelling.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    named = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=spelling, **named).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(pieces), hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=2,
        max_position_embeddings=128, initializer_range=0.1,
    )  # fmt: skip
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder


@pytest.fixture(params=["qwen", "bert"])
def base(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue(request.param)
    return folder


def config(base: Path, tuning: str, **changes: Any) -> TrainConfig:
    chosen = TrainConfig(
        str(base), tuning=tuning, epochs=1.0, tokens_per_batch=600, evaluations=0, backbone_rate=2e-3, lora_rank=4
    )
    return replace(chosen, **changes)


def judged(folder: Path) -> list[list[float]]:
    items = some_items(6)
    return DMJudge.load(folder).score_many([(i.question, i.rejected, i.attempt) for i in items])


# --- which way it reads ----------------------------------------------------------------------------------------------


def test_a_model_is_found_to_be_causal_or_to_see_both_sides(qwen: Path, bert: Path) -> None:
    assert is_causal(load_backbone(str(qwen), "full", "fp32", "cpu")[0])
    assert not is_causal(load_backbone(str(bert), "full", "fp32", "cpu")[0])


def token_dm(base: Path) -> tuple[TokenDM, Encoder]:
    torch.manual_seed(5)
    backbone, tokenizer = load_backbone(str(base), "full", "fp32", "cpu")
    model = TokenDM(backbone)
    nn.init.normal_(model.enter.weight, std=0.3)
    return model.eval(), Encoder(tokenizer, model.context)


def test_a_layer_for_whole_texts_is_left_out(bert: Path) -> None:
    """The base has no weights for it; random ones must neither run nor be saved."""
    assert load_backbone(str(bert), "qlora", "bf16", "cpu")[0].pooler is None


def test_an_encoder_scores_a_step_without_what_comes_after_it(bert: Path) -> None:
    model, encoder = token_dm(bert)
    whole = Item(Question("How many?"), (), an_attempt(7))
    cut = replace(whole, attempt=replace(whole.attempt, steps=whole.attempt.steps[:2], answer=None))
    assert len(whole.attempt.steps) > 2
    (long,), (short,) = (token_logits(model, encoder, [item]) for item in (whole, cut))
    np.testing.assert_allclose(long[:2], short, atol=1e-5)


def test_live_scores_are_those_of_the_batch(base: Path, tmp_path: Path) -> None:
    train(RECORDS, config(base, "full", epochs=0.1, precision="fp32"), tmp_path / "dm")
    judge = DMJudge.load(tmp_path / "dm")
    first, other = an_attempt(13), an_attempt(21)
    for rejected in ((), ("a rejected line that is so long that the text as a whole is over the context " * 3,)):
        expected = judge.score_many([(Question("How many?"), rejected, first)])[0]
        watch = judge.watch(Question("How many?"), rejected)
        watch.score(other.steps[0])
        watch.back(0)
        assert [watch.score(step) for step in first.steps] == pytest.approx(expected, abs=1e-5)


def test_a_step_of_nothing_that_the_tokenizer_knows_still_has_a_score(bert: Path) -> None:
    model, encoder = token_dm(bert)
    attempt = an_attempt(1)
    blank = replace(attempt.steps[0], text="\u200b", token_texts=(), logprobs=(), entropies=())
    (logits,) = token_logits(model, encoder, [Item(Question("?"), (), replace(attempt, steps=(blank, *attempt.steps)))])
    assert np.isfinite(logits).all()
    assert len(logits) == len(attempt.steps) + 1


# --- adapters and quantization ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("tuning", ADAPTED)
def test_adapters_learn_and_a_fresh_process_gives_the_same_scores(base: Path, tmp_path: Path, tuning: str) -> None:
    losses: list[float] = []
    card = train(RECORDS, config(base, tuning, epochs=3.0), tmp_path / "dm", lambda at: losses.append(at.loss))
    assert losses[-1] < losses[0]
    assert {"peft", *(["bitsandbytes"] if tuning != "lora" else [])} <= set(card.versions)
    assert not list((tmp_path / "dm").rglob("*.bin"))
    assert sum(path.stat().st_size for path in (tmp_path / "dm").rglob("*.safetensors")) < 300_000
    script = "import sys, json; from pathlib import Path; from tests.dm.test_backbones import judged\n"
    script += "print(json.dumps(judged(Path(sys.argv[1]))))"
    ran = subprocess.run([sys.executable, "-c", script, str(tmp_path / "dm")], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    for there, here in zip(json.loads(ran.stdout.splitlines()[-1]), judged(tmp_path / "dm"), strict=True):
        assert there == pytest.approx(here, abs=1e-3)


@pytest.mark.parametrize("tuning", ["qlora", "lora-8bit"])
def test_what_was_measured_holds_for_the_saved_dm(qwen: Path, tmp_path: Path, tuning: str) -> None:
    """The metrics on the card come from the model as it was trained; the loaded one must be the same."""
    from drr.dm.judge import probabilities
    from drr.dm.train import split_of
    from drr.evaluate import dm_metrics

    card = train(RECORDS, config(qwen, tuning), tmp_path / "dm")
    items = [Item.of(record) for record in RECORDS if split_of(Item.of(record)) == "test"]
    loaded = load(tmp_path / "dm")
    assert isinstance(loaded.model, TokenDM)
    logits = token_logits(loaded.model, Encoder(loaded.tokenizer, loaded.model.context), items)
    measured = dm_metrics(items, probabilities(card.calibration, items, logits))
    assert measured["brier"] == pytest.approx(card.metrics["brier"], abs=1e-3)


def test_gradients_over_4_bits_are_right_after_an_evaluation(qwen: Path) -> None:
    """On some CPUs bitsandbytes repacks its weights when it evaluates, into a layout whose gradients are wrong."""
    torch.manual_seed(6)
    backbone, tokenizer = load_backbone(str(qwen), "qlora", "fp32", "cpu")
    model = TokenDM(with_adapters(backbone, 4, 0.0))
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            nn.init.normal_(parameter, std=0.1)
    batch = collate(pack(Encoder(tokenizer), [Item.of(record) for record in RECORDS[:8]]))

    def gradients() -> dict[str, torch.Tensor]:
        model.train().zero_grad()
        loss_of(model(batch), batch, config(qwen, "qlora")).backward()
        return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}

    before = gradients()
    with torch.inference_mode():
        model.eval()(batch)
    after = gradients()
    assert any("lora_A" in name and "layers.0" in name for name in before)
    for name, gradient in before.items():
        assert torch.equal(gradient, after[name]), name


def test_only_the_blocks_are_quantized_and_only_adapters_and_head_learn(bert: Path) -> None:
    import bitsandbytes as bnb

    backbone, _ = load_backbone(str(bert), "qlora", "bf16", "cpu")
    quantized = [name for name, module in backbone.named_modules() if isinstance(module, bnb.nn.Linear4bit)]
    assert len(quantized) == 2 * 6
    assert all(name.startswith("encoder.layer.") for name in quantized)
    weight = backbone.get_submodule(quantized[0]).weight
    assert (weight.quant_state.quant_type, weight.quant_state.nested) == ("nf4", True)
    model = with_adapters(backbone, 4, 0.0)
    assert all("lora_" in name for name, p in model.named_parameters() if p.requires_grad)
    assert all(p.dtype == torch.float32 for p in model.parameters() if p.ndim == 1)


def test_a_base_that_was_changed_is_noticed(qwen: Path, tmp_path: Path, tokenizer: PreTrainedTokenizerFast) -> None:
    base = tmp_path / "base"
    model, _ = load_backbone(str(qwen), "full", "fp32", "cpu")
    model.save_pretrained(base)
    tokenizer.save_pretrained(base)
    train(RECORDS, config(base, "lora", epochs=0.1), tmp_path / "dm")
    with torch.no_grad():
        model.norm.weight.mul_(1.5)
    before = fingerprint(model)
    model.save_pretrained(base)
    with pytest.raises(CheckpointMismatch, match="not the base"):
        load(tmp_path / "dm")
    assert before == fingerprint(load_backbone(str(base), "full", "fp32", "cpu")[0])
    base.rename(tmp_path / "moved")
    with pytest.raises(ModelUnavailable, match="needs its base"):
        load(tmp_path / "dm")


def test_an_adapter_names_no_folder_and_finds_its_base_by_name_elsewhere(
    qwen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, there = tmp_path / "dm", tmp_path / "elsewhere"
    card = train(RECORDS, config(qwen, "lora", epochs=0.1), out)
    telling = [
        file.name for file in out.rglob("*") if file.is_file() and str(qwen.parent).encode() in file.read_bytes()
    ]
    assert telling == [HERE] and card.config["base"] == "qwen"
    scores = judged(out)
    (out / HERE).unlink()  # as it is exported
    monkeypatch.setenv("DRR_MODELS_DIR", str(there))
    with pytest.raises(ModelUnavailable, match="needs its base qwen") as refused:
        load(out)
    assert str(there / "qwen") in str(refused.value) and str(out / HERE) in str(refused.value)
    keep_place(out, str(qwen))
    assert judged(out) == scores
    (out / HERE).unlink()
    there.mkdir()
    (there / "qwen").symlink_to(qwen)
    assert judged(out) == scores


def test_a_pickled_adapter_is_refused(qwen: Path, tmp_path: Path) -> None:
    train(RECORDS, config(qwen, "lora", epochs=0.1), tmp_path / "dm")
    adapter = tmp_path / "dm" / BACKBONE / ADAPTER
    adapter.rename(adapter.with_name("adapter_model.bin"))
    with pytest.raises(ModelUnavailable, match="only pickled weights"):
        load(tmp_path / "dm")


@pytest.mark.gpu
@pytest.mark.parametrize("tuning", ["full", *ADAPTED])
def test_on_a_gpu_it_learns_resumes_and_comes_back(qwen: Path, tmp_path: Path, tuning: str) -> None:
    """In bfloat16, with recomputed activations and paged 8-bit AdamW; the saved scores also hold there."""
    chosen, losses = config(qwen, tuning, epochs=3.0), list[float]()
    asked = iter(range(8))
    with pytest.raises(Stopped):
        train(RECORDS, chosen, tmp_path / "dm", state=tmp_path / "state", stop=lambda: next(asked, None) is None)
    train(RECORDS, chosen, tmp_path / "dm", lambda at: losses.append(at.loss), state=tmp_path / "state")
    assert losses[-1] < losses[0]
    items = [(i.question, i.rejected, i.attempt) for i in some_items(6)]
    first, second = (DMJudge.load(tmp_path / "dm", "cuda").score_many(items) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        assert one == pytest.approx(other, abs=1e-3)


# --- what cannot be a backbone ---------------------------------------------------------------------------------------


def test_without_bitsandbytes_quantized_tunings_name_the_remedy(qwen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backbones.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelUnavailable, match=r"pip install bitsandbytes.*choose lora"):
        load_backbone(str(qwen), "qlora", "bf16", "cpu")


def test_adapters_need_linear_layers() -> None:
    with pytest.raises(ModelUnavailable, match=r"no linear layers.*full tuning"):
        with_adapters(nn.ModuleDict({"blocks": nn.ModuleList([nn.Conv1d(4, 4, 3)])}), 4, 0.0)


def test_layers_of_another_make_get_adapters_too(tokenizer: PreTrainedTokenizerFast, tmp_path: Path) -> None:
    """GPT-2's Conv1D."""
    config = GPT2Config(vocab_size=len(tokenizer), n_embd=32, n_layer=1, n_head=2, n_positions=256)
    GPT2LMHeadModel(config).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    model = with_adapters(load_backbone(str(tmp_path), "lora", "fp32", "cpu")[0], 4, 0.0)
    assert sum("lora_A" in name for name, _ in model.named_parameters()) == 4


def test_an_encoder_with_a_decoder_is_refused(tokenizer: PreTrainedTokenizerFast, tmp_path: Path) -> None:
    config = T5Config(vocab_size=len(tokenizer), d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2)
    T5Model(config).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    with pytest.raises(ModelUnavailable, match="an encoder and a decoder"):
        load_backbone(str(tmp_path), "full", "fp32", "cpu")
