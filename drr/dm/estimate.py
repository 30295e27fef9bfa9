"""What a training will need, before it starts: memory by part, tokens, steps, and what speaks against starting it.

Token lengths are the real ones of the attempts. The model is built without its weights (on torch's meta device), so
that a model too large for the machine can be estimated on it. Memory is what comes on top of the program itself.
"""

import copy
import math
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.func import functional_call
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter
from transformers import MODEL_FOR_MASKED_LM_MAPPING, AutoConfig, AutoModel, AutoTokenizer

from drr.beside import workers
from drr.dm.backbone import BITS, adaptable, best_device, freeze, recompute_activations, with_adapters
from drr.dm.examples import FEATURES, Encoder, Item, Pack, batches, collate_prefixes, pack
from drr.dm.train import TOO_LARGE, TrainConfig, apart, seconds_per_step, split_of
from drr.errors import OutOfSpace
from drr.memory import free_memory, go_first
from drr.reasoners.local import explained, in_memory, located

HEAP = 2.0  # a step takes so many times its tensors on a CPU: glibc leaves holes (1.7 to 2.2 measured, with 2.36)
SPARE = 0.9  # of what is free may be planned with
FEWEST_HELD_OUT = 50  # calibration questions under which a threshold can hardly be certified


@dataclass(frozen=True)
class Advice:
    """Something that speaks against a training, and the change of the config that helps, if one does."""

    problem: str
    remedy: str
    change: Mapping[str, Any] = field(default_factory=dict)  # keys of TrainConfig and their new values
    blocking: bool = False  # the training would fail


@dataclass(frozen=True)
class Share:
    """One split: questions, attempts, and how many of these are right."""

    questions: int
    attempts: int
    right: int

    @classmethod
    def of(cls, items: Sequence[Item]) -> "Share":
        questions = len({item.question.text for item in items})
        return cls(questions, len(items), sum(bool(item.correct) for item in items))


@dataclass(frozen=True)
class Estimate:
    """Bytes, tokens and seconds. `memory`: by part (weights, adapters, optimizer, activations), `needed` their sum."""

    device: str
    memory: Mapping[str, int]
    free: int
    splits: Mapping[str, Share]  # train, calibration, test
    tokens: int  # of one epoch
    longest: int  # tokens of the longest row
    steps: int
    seconds: float | None  # of the whole training, where steps were timed
    advice: tuple[Advice, ...]

    @property
    def needed(self) -> int:
        return sum(self.memory.values())


def estimate(config: TrainConfig, items: Sequence[Item], device: str = "", *, timed_steps: int = 0) -> Estimate:
    """Estimate a training on `items`. `device`: "" is where it would run; `timed_steps`: time so many real steps.

    Raises:
        InvalidInput: a choice that is not offered. ModelUnavailable: the base cannot be found or read. OutOfSpace: the
        timed steps do not fit in memory.
    """
    config.check()
    device = device or best_device()
    labelled = [item for item in items if item.correct is not None]
    parts = {name: [i for i in labelled if split_of(i) == name] for name in ("train", "calibration", "test")}
    splits = {name: Share.of(part) for name, part in parts.items()}
    where = located(config.base)
    with explained(where):
        tokenizer = AutoTokenizer.from_pretrained(where, trust_remote_code=False)
        shape = AutoConfig.from_pretrained(where, trust_remote_code=False)
        context = getattr(shape.get_text_config(), "max_position_embeddings", None) or 1 << 30
        packs = pack(Encoder(tokenizer, context), parts["train"])

        def memory_of(config: TrainConfig) -> dict[str, int]:
            largest = max(batches(packs, config.tokens_per_batch), key=_padded, default=[])
            return _memory(config, shape, device, *_rows_and_length(shape, largest, context)) if packs else {}

        memory, free = memory_of(config), _free(device)
        advice = [
            *_about_labels(splits),
            *_about_patience(config, parts["train"]),
            *_about_memory(config, memory, free, device, memory_of),
        ]
    tokens = sum(p.length for p in packs)
    steps = math.ceil(config.epochs * sum(1 for _ in batches(packs, config.tokens_per_batch)))
    seconds = None
    if timed_steps and not any(one.blocking for one in advice):
        seconds = steps * _timed(parts["train"], config, timed_steps)
    return Estimate(
        device=device,
        memory=memory,
        free=free,
        splits=splits,
        tokens=tokens,
        longest=max((p.length for p in packs), default=0),
        steps=steps,
        seconds=seconds,
        advice=tuple(advice),
    )


# --- time ------------------------------------------------------------------------------------------------------------


def _timed(items: Sequence[Item], config: TrainConfig, steps: int) -> float:
    """Seconds of a step, from so many in a process of its own: one that is too large takes nobody down with it."""
    with workers(1, go_first) as pool:
        try:
            return pool.submit(_seconds_per_step, items, config, steps).result()
        except BrokenProcessPool as error:
            raise OutOfSpace(
                f"The process that timed a few steps was ended, most likely for want of memory. {TOO_LARGE}"
            ) from error


def _seconds_per_step(items: Sequence[Item], config: TrainConfig, steps: int) -> float:
    with in_memory("The training", TOO_LARGE):
        return seconds_per_step(items, config, steps)


# --- memory ----------------------------------------------------------------------------------------------------------


def _padded(packs: Sequence[Pack]) -> int:
    return len(packs) * max(p.length for p in packs)


def _rows_and_length(shape: Any, batch: Sequence[Pack], context: int) -> tuple[int, int]:
    """Of a batch as the model reads it: an encoder has a row for each boundary."""
    if batch and type(shape) in MODEL_FOR_MASKED_LM_MAPPING:
        rows, length = collate_prefixes(batch, context).ids.shape
        return rows, length
    return len(batch), max((p.length for p in batch), default=0)


def _memory(config: TrainConfig, shape: Any, device: str, rows: int, length: int) -> dict[str, int]:
    """Bytes by part, at the fullest moment of a step on the largest batch.

    4 bits cost 1/2 byte a weight, and its scales 1/64 + 1/4096 (one byte for 64 weights, themselves scaled); what is
    learnt costs 4 bytes, its gradient 4, AdamW 8 (2 in 8 bits), Muon 4. All else of a step counts as activations.
    """
    model = _empty(shape)
    adapted = {f"{name}.weight" for name in adaptable(model)} if config.tuning != "full" else set()
    sizes = {name: p.numel() for name, p in model.named_parameters()}
    inner, outer = sum(sizes[name] for name in adapted), sum(n for name, n in sizes.items() if name not in adapted)
    width = shape.get_text_config().hidden_size
    head = FEATURES * width + (width + FEATURES) * width + 2 * width + 1
    if config.tuning == "full":
        matrices = sum(p.numel() for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n)
        parts = {
            "weights": 4 * (outer + head),
            "gradients": 4 * (outer + head),
            "optimizer": 4 * matrices + 8 * (outer - matrices + head),
        }
        turned = 2 * 3 * max(_same_shape(model), default=0)  # Newton-Schulz: three copies of one shape, in two bytes
    else:
        bits, plain = BITS[config.tuning], _bytes_of_frozen(config, device)
        each = {4: 1 / 2 + 1 / 64 + 1 / 4096, 8: 1.0, None: float(plain)}[bits]
        largest = max((sizes[name] for name in adapted), default=0)
        low_rank = sum(config.lora_rank * sum(p.shape) for n, p in model.named_parameters() if n in adapted)
        parts = {
            "weights": round(each * inner) + plain * outer + 4 * head + (2 * plain * largest if bits else 0),
            "adapters": 4 * low_rank,
            "gradients": 4 * (low_rank + head),
            "optimizer": (2 if device != "cpu" else 8) * (low_rank + head),
        }
        turned = 0
    step = max(_step(config, shape, device, rows, length) - parts["gradients"], turned)
    return parts | {"activations": round(step * (HEAP if device == "cpu" else 1))}


def _bytes_of_frozen(config: TrainConfig, device: str) -> int:
    """Of a weight that is not learnt, where it is not quantized."""
    return 2 if config.precision == "bf16" and (BITS[config.tuning] or device != "cpu") else 4


def _same_shape(model: nn.Module) -> list[int]:
    """For each shape of matrices, how many weights they have together."""
    together: dict[tuple[int, ...], int] = defaultdict(int)
    for name, p in model.named_parameters():
        if p.ndim == 2 and "embed" not in name:
            together[tuple(sorted(p.shape))] += p.numel()
    return list(together.values())


def _empty(shape: Any, layers: int | None = None, dtype: torch.dtype = torch.float32) -> Any:
    """The backbone without weights, with so many layers."""
    if layers is not None:
        shape = copy.deepcopy(shape)
        shape.num_hidden_layers = layers
        if getattr(shape, "layer_types", None):
            shape.layer_types = shape.layer_types[:layers]
    with torch.device("meta"):
        return AutoModel.from_config(shape, trust_remote_code=False, dtype=dtype)


def _step(config: TrainConfig, shape: Any, device: str, rows: int, length: int) -> int:
    """Bytes of all tensors but weights at the fullest moment of a step: one layer and two show what each costs."""
    one, two = (_small_step(config, shape, device, layers, rows, length) for layers in (1, 2))
    return one + (shape.get_text_config().num_hidden_layers - 1) * (two - one)


def _small_step(config: TrainConfig, shape: Any, device: str, layers: int, rows: int, length: int) -> int:
    """The same for a model of so many layers. The step is made with tensors that have a size and no content."""
    on_gpu = device != "cpu"
    frozen = torch.bfloat16 if _bytes_of_frozen(config, device) == 2 else torch.float32
    model = _empty(shape, layers, torch.float32 if config.tuning == "full" else frozen).train()
    if not on_gpu:
        model.set_attn_implementation("eager")
    if config.checkpointing or (config.checkpointing is None and config.tuning != "full" and on_gpu):
        recompute_activations(model)
    if config.tuning != "full":
        freeze(model)
        model = with_adapters(model, config.lora_rank, config.lora_dropout)

    step = _Step(model, torch.device(device).type, config.precision == "bf16")
    with FakeTensorMode(allow_non_fake_inputs=True):
        held = {
            name: torch.empty(p.shape, dtype=p.dtype, device=device, requires_grad=p.requires_grad)
            for name, p in (*step.named_parameters(), *step.named_buffers())
        }
        width = shape.get_text_config().hidden_size
        entered = torch.zeros(rows, length, width, device=device, requires_grad=True)
        places = torch.zeros(rows, length, dtype=torch.int64, device=device)
        if type(shape) in MODEL_FOR_MASKED_LM_MAPPING:
            how = {"attention_mask": places}
        else:
            how = {"attention_mask": torch.zeros(rows, 1, length, length, device=device), "position_ids": places}
        with _Alive([entered, *held.values()]) as alive:
            functional_call(step, held, (entered,), how)
    return alive.most


class _Step(nn.Module):
    """Forward and backward as one call, since both need the weights that `functional_call` lends."""

    def __init__(self, model: Any, device: str, half: bool) -> None:
        super().__init__()
        self.model, self.device, self.halved = model, device, half

    def forward(self, entered: torch.Tensor, **how: torch.Tensor) -> None:
        with torch.autocast(self.device, dtype=torch.bfloat16, enabled=self.halved):
            output = self.model(inputs_embeds=entered, use_cache=False, **how).last_hidden_state
        output.sum().backward()


class _Alive(TorchDispatchMode):
    """Counts the bytes of the tensors that are made within it, but for `known` ones; `most` at the fullest moment."""

    def __init__(self, known: Iterable[torch.Tensor]) -> None:
        super().__init__()
        self.now = self.most = 0
        self._known = {tensor.untyped_storage()._cdata for tensor in known}

    def __torch_dispatch__(self, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = operation(*args, **(kwargs or {}))
        for tensor in tree_iter(made):
            if isinstance(tensor, torch.Tensor) and tensor.untyped_storage()._cdata not in self._known:
                self._take(tensor.untyped_storage())
        return made

    def _take(self, storage: torch.UntypedStorage) -> None:
        number, size = storage._cdata, storage.nbytes()
        self._known.add(number)
        self.now += size
        self.most = max(self.most, self.now)
        weakref.finalize(storage, self._give_back, number, size)

    def _give_back(self, number: int, size: int) -> None:
        self._known.discard(number)
        self.now -= size


def _free(device: str) -> int:
    """Bytes that a training may still take."""
    if device.startswith("cuda"):
        return int(torch.cuda.mem_get_info(device)[0])
    return free_memory()


# --- advice ----------------------------------------------------------------------------------------------------------


def _about_labels(splits: Mapping[str, Share]) -> Iterator[Advice]:
    for name, share in splits.items():
        if not 0 < share.right < share.attempts:
            holds = "no attempts" if not share.attempts else f"only {'right' if share.right else 'wrong'} attempts"
            yield Advice(f"The {name} split holds {holds}.", "Distil or import more questions.", blocking=True)
    learnt = splits["train"]
    if learnt.attempts and 0 < learnt.right < learnt.attempts:
        wrong = 1 - learnt.right / learnt.attempts
        if wrong < 0.1:
            weight = min(10.0, round((1 - wrong) / wrong, 1))
            yield Advice(
                f"Only {wrong:.0%} of the attempts are wrong.",
                "Weigh them more, or distil harder questions.",
                {"reject_weight": weight},
            )
        elif wrong > 0.9:
            yield Advice(f"{wrong:.0%} of the attempts are wrong.", "Distil easier questions.")
    if splits["calibration"].attempts and splits["calibration"].questions < FEWEST_HELD_OUT:
        yield Advice(
            f"{splits['calibration'].questions} calibration questions are too few to certify a risk.",
            "Distil more questions, or choose the threshold by F-beta.",
            {"threshold": "f-beta"},
        )


def _about_patience(config: TrainConfig, items: Sequence[Item]) -> Iterator[Advice]:
    """What keeps a training from ending early, which nobody would notice."""
    if not config.patience:
        return
    if not config.evaluations:
        yield Advice(
            "With a patience but no evaluations it never ends early.",
            f"Evaluate it {TrainConfig.evaluations} times while it learns.",
            {"evaluations": TrainConfig.evaluations},
        )
        return
    watched = {item.correct for item in apart(items, config)[1] if not item.rejected}
    if len(watched) < 2:
        holds = f"only {'right' if True in watched else 'wrong'} first attempts" if watched else "no first attempts"
        yield Advice(
            f"It never ends early: the questions that it is watched on, about one in fifty, have {holds}.",
            "Distil or import more questions, or set no patience.",
            {"patience": 0},
        )


def _about_memory(
    config: TrainConfig, memory: Mapping[str, int], free: int, device: str,
    memory_of: Callable[[TrainConfig], Mapping[str, int]],
) -> Iterator[Advice]:  # fmt: skip
    needed = sum(memory.values())
    if needed > SPARE * free:
        problem = f"It needs about {needed / 1e9:.1f} GB; {free / 1e9:.1f} GB are free on {device}."
        for remedy, change in _savings(config, memory):
            if sum(memory_of(replace(config, **change)).values()) < needed:
                yield Advice(problem, remedy, change, blocking=needed > free)
                return
        yield Advice(problem, "Choose a smaller base, or a larger machine.", blocking=needed > free)
    if BITS[config.tuning] and device == "cpu":
        yield Advice(
            "4 and 8 bits save memory on a CPU, not time.", "Where it fits, lora is faster.", {"tuning": "lora"}
        )


def _savings(config: TrainConfig, memory: Mapping[str, int]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What may help, the most first."""
    most = max(memory, key=lambda part: memory[part])
    if most == "activations" and not config.checkpointing:
        yield "Recompute activations: about a third slower.", {"checkpointing": True}
    if most == "activations" and config.tokens_per_batch > 256:
        yield "Use smaller batches.", {"tokens_per_batch": max(256, config.tokens_per_batch // 2)}
    if config.tuning == "full":
        yield "Train adapters over 4 bits instead of all weights.", {"tuning": "qlora"}
    elif BITS[config.tuning] != 4:
        yield "Keep the base in 4 bits.", {"tuning": "qlora"}
