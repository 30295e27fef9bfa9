"""The language model a DM reads with: any of Hugging Face's, causal or an encoder; whole, in 8 or in 4 bits; adapters.

The same code runs on a CPU and on a GPU. Knows transformers, bitsandbytes and peft; refuses to know records and files
of its own. What is quantized never changes: an adapter learns over it, so that a fresh quantization of the same
base gives the same scores.
"""

import hashlib
import importlib.util
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn
from transformers import AutoModel
from transformers.pytorch_utils import Conv1D

from drr.errors import InvalidInput, ModelUnavailable
from drr.reasoners.local import explained, heads_of, located, pretrained, quantization

BITS = {"full": None, "lora": None, "qlora": 4, "lora-8bit": 8}
TUNINGS = tuple(BITS)  # all weights; low-rank adapters; adapters over 4 bits (NF4, double quantization); over 8 bits


def best_device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def load_backbone(base: str, tuning: str, precision: str, device: str) -> tuple[Any, Any]:
    """Model (without its language head) and tokenizer; frozen unless `tuning` is full.

    Weights that are learnt are float32. Frozen ones are bfloat16 where they are quantized or on a GPU, unless
    `precision` is fp32; norms and biases are float32 always.

    Raises:
        ModelUnavailable: it cannot be found, read, trusted or quantized. OutOfSpace: it does not fit in memory.
    """
    bits = BITS[tuning]
    if bits and not importlib.util.find_spec("bitsandbytes"):
        raise ModelUnavailable(f"The tuning {tuning} needs bitsandbytes (pip install bitsandbytes). Or choose lora.")
    where = located(base)
    frozen = torch.bfloat16 if precision == "bf16" and (bits or device != "cpu") else torch.float32
    how: dict[str, Any] = {"dtype": torch.float32 if tuning == "full" else frozen}
    if bits:
        with explained(where):
            how["quantization_config"] = quantization(bits, heads_of(where, AutoModel), frozen)
    model, tokenizer = pretrained(AutoModel, where, device, **how)
    if model.config.is_encoder_decoder:
        raise ModelUnavailable(
            f"{where} has an encoder and a decoder; a DM reads with one of them. Choose another base."
        )
    if not tokenizer.is_fast:
        raise ModelUnavailable(
            f"{where} has no fast tokenizer, which a DM needs to find its steps. Choose another base."
        )
    without_pooler(model)
    if tuning != "full":
        freeze(model)
    return model, tokenizer


def without_pooler(model: Any) -> Any:
    """An encoder's layer for whole texts is read by nobody here, and often has no weights in the base."""
    if getattr(model, "pooler", None) is not None:
        model.pooler = None
    return model


def freeze(model: nn.Module) -> None:
    """Nothing of it learns; its norms and biases are float32."""
    for parameter in model.parameters():
        parameter.requires_grad_(False)
        if parameter.ndim == 1 and parameter.is_floating_point():
            parameter.data = parameter.data.float()


def with_adapters(model: Any, rank: int, dropout: float) -> Any:
    """`model` with low-rank adapters on every linear layer of its blocks, the only weights that learn.

    Raises:
        ModelUnavailable: it has no such layers.
    """
    from peft import LoraConfig, get_peft_model

    targets = list(adaptable(model))
    if not targets:
        kind = type(model).__name__
        raise ModelUnavailable(f"{kind} has no linear layers to put adapters on. Choose full tuning, or another base.")
    config = LoraConfig(r=rank, lora_alpha=2 * rank, lora_dropout=dropout, target_modules=targets)
    return get_peft_model(model, config)


def recompute_activations(model: Any) -> None:
    """Keep only what enters each block, and run it again for its gradients: less memory, about a third more time.

    Raises:
        InvalidInput: this kind of model cannot.
    """
    if not model.supports_gradient_checkpointing:
        raise InvalidInput(f"{type(model).__name__} cannot recompute its activations. Set checkpointing to false.")
    model.activation_checkpointing_enable()


def adaptable(model: nn.Module) -> Iterator[str]:
    """The names of the linear layers within the model's blocks."""
    blocks = tuple(f"{name}." for name, module in model.named_modules() if isinstance(module, nn.ModuleList))
    for name, module in model.named_modules():
        if isinstance(module, nn.Linear | Conv1D) and name.startswith(blocks):
            yield name


def fingerprint(model: nn.Module) -> str:
    """Tells one base from another: a hash of its vectors and the first embeddings, which stay unquantized."""
    digest = hashlib.sha256()
    for name, parameter in sorted(model.named_parameters()):
        if parameter.ndim == 1 and parameter.is_floating_point() and "lora_" not in name:
            digest.update(parameter.detach().float().cpu().numpy().tobytes())
    rows = model.get_input_embeddings().weight[:64]  # type: ignore[operator]
    digest.update(rows.detach().bfloat16().float().cpu().numpy().tobytes())
    return digest.hexdigest()[:16]


def is_half(model: nn.Module) -> bool:
    """Whether some of its weights are bfloat16, so that it must run under autocast."""
    return any(parameter.dtype == torch.bfloat16 for parameter in model.parameters())


def is_causal(model: Any) -> bool:
    """Whether a token sees only what is to its left: found out by changing what is to its right."""
    training = model.training
    device = next(model.parameters()).device
    with torch.inference_mode(), torch.autocast(device.type, dtype=torch.bfloat16, enabled=is_half(model)):
        states = model.eval()(torch.tensor([[1, 2], [1, 3]], device=device), use_cache=False).last_hidden_state[:, 0]
    model.train(training)
    return bool(torch.allclose(states[0], states[1], atol=1e-6))
