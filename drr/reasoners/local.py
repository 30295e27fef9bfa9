"""A Hugging Face causal LM on this machine as a Reasoner.

`LocalReasoner.load` takes a folder or a hub name and trusts neither: only safetensors are read, no code of the model's
repository runs, and whatever cannot be loaded is a ModelUnavailable (or OutOfSpace) that names its remedy. A model with
a chat template gets chat turns (`prompts.CHAT`), any other the bare document (`prompts.PLAIN`). A model in a folder is
known by the folder's name and a mark of its weights, `reasoner@1a2b3c4d`: trained anew, it is another Reasoner.

Its rules, the same for `attempt` (one at a time, token by token) and `attempts` (many at once):

- A step is a line. Its tokens include the newline, those of the last line the end token (whose text is ""). An empty
  line is no step: its tokens count to the next one. A line `Answer: ...` ends the attempt, as does an end token.
- The n-th new token is drawn with the n-th number of a random stream made from the request's seed alone, by inverting
  the cumulative distribution of softmax(logits / temperature). So a request gives the same text alone or in any batch,
  up to ties of floating-point size. Log-probabilities and entropies are those at temperature 1.
- `max_tokens` counts new tokens. The model's context length ends an attempt in the same way (finish "length").
- Kept steps are read again from their text, so what comes after them depends on the request and on nothing earlier.

The keys and values of the latest attempts are kept: the next `attempt` only reads what follows the longest common
prefix. Several threads may use one reasoner; they take turns token by token.
"""

import errno
import hashlib
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import torch
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
)
from safetensors import SafetensorError
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig
from transformers.cache_utils import Cache, CacheLayerMixin, DynamicCache, DynamicLayer, DynamicSlidingWindowLayer

from drr import prompts
from drr.answers import extract_answer
from drr.errors import DRRError, InvalidInput, ModelUnavailable, OutOfSpace
from drr.reasoners import AttemptEnd, Piece, Request, StepEnd
from drr.types import Attempt, Question, Step, Token

ALTERNATIVES = 5  # most likely tokens listed with each streamed token
KEPT_CACHES = 2  # of the latest attempts
BATCH_ROWS = 96  # attempts written at the same time, where memory allows
TYPICAL_LENGTH = 64  # of an attempt, in tokens: the first guess of a batch's memory
CACHE_BYTES = 1 << 30  # for the keys and values of a batch on a CPU; half of the free memory on a GPU
LONGEST_CHARACTER = 8  # tokens held back while they do not add up to a character
SAMPLES, SAMPLE = 256, 1 << 16  # bytes of each file of weights that its mark is made from: all of a small one

_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")


class LocalReasoner:
    """A frozen causal LM, with its tokenizer."""

    def __init__(self, model: Any, tokenizer: Any, name: str) -> None:
        self.name = name
        self.model = model.eval()
        self.tokenizer = tokenizer
        self.format = prompts.CHAT if tokenizer.chat_template else prompts.PLAIN
        config = model.config.get_text_config()
        self.context = int(getattr(config, "max_position_embeddings", None) or 1 << 30)
        self.weights = int(model.num_parameters())
        self._depths = [max(1, config.num_hidden_layers * part // 3) for part in (1, 2, 3)]
        self._spelling = _Spelling(tokenizer)
        self._lock = threading.Lock()
        self._caches: list[tuple[list[int], Cache]] = []
        layers = self._warm_up()
        self.layers = len(layers)
        self.stops = frozenset(token for token in _stop_tokens(model, tokenizer) if token < self.vocabulary)
        self.notable = [*self.stops, *self._spelling.newlines(self.vocabulary)]
        kinds = set(getattr(config, "layer_types", None) or ())
        self._can_crop = kinds <= {"full_attention", "sliding_attention"} and all(
            type(layer) in (DynamicLayer, DynamicSlidingWindowLayer) for layer in layers
        )

    @classmethod
    def load(
        cls,
        path_or_name: str | Path,
        *,
        name: str | None = None,
        bits: int | None = None,
        device: str | None = None,
        threads: int | None = None,
    ) -> Self:
        """Load a folder or a hub model. `bits` 4 (NF4) or 8 quantizes it; `threads` sets torch's for the whole process.

        Raises:
            ModelUnavailable: it cannot be found, read or trusted.
            OutOfSpace: memory or disk ran out.
        """
        if bits not in (None, 4, 8):
            raise InvalidInput(f"A model can be loaded in 4 or 8 bits, or unquantized; {bits} bits are not offered.")
        if threads is not None:
            torch.set_num_threads(threads)
        where, folder = located(path_or_name), Path(path_or_name).expanduser()
        device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        with explained(where):
            model, tokenizer = pretrained(AutoModelForCausalLM, where, device, **_precision(where, bits, device))
            shown = name or (marked_name(folder) if folder.is_dir() else where)
            return cls(model, tokenizer, shown)

    # --- one attempt, token by token ----------------------------------------------------------------------------------

    def attempt(self, request: Request) -> Iterator[Piece]:
        """See `Reasoner.attempt`. The last step's states take a turn of their own; others come with the next token."""
        prompt = self._prompts([request])[0]
        limit = self._limit(request, prompt)
        if limit < 1:
            raise InvalidInput(
                f"The question has {len(prompt)} tokens; {self.name} can read {self.context}. Shorten the question."
            )
        draws = _draws(request, limit)
        temperature = torch.tensor([request.temperature], device=self.model.device)
        scribe = _Scribe(self._spelling, self.stops)
        finish, said = "length", 0
        output: Any = None
        with self._cache_for(prompt) as (known, cache):

            def read(with_hidden: bool = False) -> None:
                nonlocal output
                unread = [*prompt, *scribe.tokens][len(known) :]
                if unread:
                    output = self._read(cache, unread, with_hidden=with_hidden)
                    known.extend(unread)

            def hidden() -> torch.Tensor:
                read(with_hidden=True)
                return self._hidden(output)

            for draw in draws.to(self.model.device).split(1):
                read()
                chosen, logprob, entropy, logprobs = _choose(output.logits[:, -1], temperature, draw)
                token = int(chosen)
                text = scribe.write(token, float(logprob), float(entropy))
                yield Token(text, scribe.logprobs[-1], scribe.entropies[-1], self._alternatives(logprobs[0]))
                if len(scribe.steps) > said:
                    said += 1
                    yield StepEnd(scribe.steps[-1], hidden)
                if scribe.ended:
                    finish = "end"
                    break
            scribe.close()
            yield from (StepEnd(step, hidden) for step in scribe.steps[said:])
        yield AttemptEnd(self._answer(request, scribe, finish), finish)

    def _read(self, cache: Cache, tokens: list[int], *, with_hidden: bool = False) -> Any:
        """One forward of one sequence."""
        read = torch.tensor([tokens], device=self.model.device)
        return self.forward(input_ids=read, past_key_values=cache, output_hidden_states=with_hidden)

    def forward(self, **inputs: Any) -> Any:
        """One turn of the model. A generator must hold neither the lock nor inference mode across a yield."""
        with self._lock, in_memory(self.name), torch.inference_mode():
            return self.model(use_cache=True, logits_to_keep=1, **inputs)

    @contextmanager
    def _cache_for(self, prompt: list[int]) -> Iterator[tuple[list[int], Cache]]:
        """The kept cache with the longest common prefix, cut to it, and the tokens in it; one is left to read."""
        with self._lock:
            best = max(self._caches, key=lambda kept: _common(kept[0], prompt), default=None)
            if best is not None:
                self._caches.remove(best)
        known, cache = best or ([], self._new_cache())
        shared = min(_common(known, prompt), len(prompt) - 1)
        if shared < len(known):
            cache.crop(shared - len(known))
            del known[shared:]
        try:
            yield known, cache
        finally:
            if self._can_crop and cache.get_seq_length() == len(known):
                with self._lock:
                    self._caches = [*self._caches, (known, cache)][-KEPT_CACHES:]

    def _new_cache(self) -> Cache:
        """Full attention everywhere can be cut at any token; a recurrent state cannot, and is never reused."""
        return DynamicCache() if self._can_crop else DynamicCache(config=self.model.config)

    def _hidden(self, output: Any) -> torch.Tensor:
        states = [output.hidden_states[depth][0, -1] for depth in self._depths]
        return torch.cat(states).float().cpu()

    def hidden(self, ids: torch.Tensor, mask: torch.Tensor | None, positions: torch.Tensor) -> torch.Tensor:
        """What a StepEnd carries, for every token of ids [B, L]: [B, L, states].

        `mask` [B, 1, L, L] is added to attention, and `positions` are [B, L]; without a mask each row is one text.
        """
        device = self.model.device
        inputs = {}
        if mask is not None:
            inputs = {"attention_mask": mask.to(device, self.model.dtype), "position_ids": positions.to(device)}
        with self._lock, in_memory(self.name), torch.inference_mode():
            output = self.model.base_model(ids.to(device), use_cache=False, output_hidden_states=True, **inputs)
        return torch.cat([output.hidden_states[depth] for depth in self._depths], -1).float().cpu()

    def _alternatives(self, logprobs: torch.Tensor) -> tuple[tuple[str, float], ...]:
        values, tokens = logprobs.topk(min(ALTERNATIVES, len(logprobs)))
        texts = (self.tokenizer.decode([token]) for token in tokens.tolist())
        return tuple((text, round(value, 3)) for text, value in zip(texts, values.tolist(), strict=True))

    # --- many attempts at once ----------------------------------------------------------------------------------------

    def attempts(self, requests: Sequence[Request], progress: Callable[[int], None] | None = None) -> list[Attempt]:
        """See `Reasoner.attempts`. `progress` is told how many more are done; `seconds` is a share of the batch's time.

        A question that does not fit the context gives an attempt without steps, finish "length".
        """
        if not self._can_batch:
            return [self._alone(request, progress) for request in requests]
        prompts_read = self._prompts(requests)
        limits = [self._limit(request, prompt) for request, prompt in zip(requests, prompts_read, strict=True)]
        done: list[Attempt | None] = [
            None if limit > 0 else Attempt(request.steps, None, "length", temperature=request.temperature)
            for request, limit in zip(requests, limits, strict=True)
        ]
        waiting = [
            _Row(index, request, prompt, limit, _Scribe(self._spelling, self.stops))
            for index, (request, prompt, limit) in enumerate(zip(requests, prompts_read, limits, strict=True))
            if limit > 0
        ]
        waiting.sort(key=lambda row: (len(row.prompt), row.prompt))  # the longest are taken first, from the end
        if progress and len(waiting) < len(requests):
            progress(len(requests) - len(waiting))
        if waiting:
            self._write_all(waiting, done, progress)
        return [attempt for attempt in done if attempt is not None]

    def _write_all(
        self, waiting: list["_Row"], done: list[Attempt | None], progress: Callable[[int], None] | None
    ) -> None:
        """Write all `waiting` rows; whenever an eighth of the batch has ended, others take their places."""
        width = max(len(row.prompt) + row.limit for row in waiting)
        size = min(self._most_rows(width), len(waiting))
        batch = _Batch(self, size, width, max(row.limit for row in waiting))
        clock = 0.0
        while waiting or batch.alive:
            began = time.perf_counter()
            free = size - batch.alive
            if waiting and (free >= max(1, size // 8) or not batch.alive):
                batch.join([waiting.pop() for _ in range(min(free, len(waiting)))], clock)
            elif not waiting and batch.alive <= 0.75 * len(batch.rows):
                batch.close_gaps()
            ended = batch.step()
            clock += (time.perf_counter() - began) / max(1, batch.alive + len(ended))
            for row in ended:
                row.scribe.close()
                finish = "end" if row.scribe.ended else "length"
                done[row.index] = Attempt(
                    steps=(*row.request.steps, *row.scribe.steps),
                    answer=self._answer(row.request, row.scribe, finish),
                    finish=finish,
                    temperature=row.request.temperature,
                    seconds=round(clock - row.began, 4),
                )
            if progress and ended:
                progress(len(ended))

    def _alone(self, request: Request, progress: Callable[[int], None] | None) -> Attempt:
        """The same from `attempt`, for models whose state cannot be cut and shared."""
        began, steps = time.perf_counter(), list(request.steps)
        end = AttemptEnd(None, "length")
        prompt = self._prompts([request])[0]
        for piece in self.attempt(request) if self._limit(request, prompt) > 0 else ():
            if isinstance(piece, StepEnd):
                steps.append(piece.step)
            elif isinstance(piece, AttemptEnd):
                end = piece
        if progress:
            progress(1)
        seconds = round(time.perf_counter() - began, 4)
        return Attempt(tuple(steps), end.answer, end.finish, temperature=request.temperature, seconds=seconds)

    def _most_rows(self, width: int) -> int:
        """How many sequences of this width the memory set aside for their keys and values holds."""
        room = CACHE_BYTES
        if self.model.device.type == "cuda":
            room = torch.cuda.mem_get_info(self.model.device)[0] // 2
        probe = DynamicCache()
        self._read(probe, [0])
        column = sum(states.numel() * states.element_size() for layer in probe.layers for states in _states(layer))
        return max(1, min(BATCH_ROWS, room // (width * column)))

    @cached_property
    def _can_batch(self) -> bool:
        """Whether two sequences give the same logits in a batch as alone; a few older kinds of attention do not."""
        if not self._can_crop:
            return False
        pair = [[1, 2, 3], [4]]
        slots = _Slots(self, 2, 4)
        try:
            slots.read([0, 1], pair)
            together = slots.logits()
        except (ValueError, RuntimeError, TypeError):  # it does not know this kind of mask
            return False
        alone = torch.cat([self._read(DynamicCache(), tokens).logits[:, -1] for tokens in pair])
        return torch.allclose(together.float(), alone.float(), rtol=0.05, atol=0.05 * float(alone.float().std()))

    # --- its own opinion ----------------------------------------------------------------------------------------------

    def says_correct(self, pairs: Sequence[tuple[Question, Attempt]]) -> list[float]:
        """See `Reasoner.says_correct`: P(yes) / (P(yes) + P(no)) for the next token after the critique prompt."""
        texts = [self._critique_text(question, attempt) for question, attempt in pairs]
        read = [tokens[-self.context :] for tokens in self._encode(texts)]
        yes, no = self._opinion_tokens()
        opinions = [0.5] * len(pairs)
        order = sorted(range(len(pairs)), key=lambda index: len(read[index]), reverse=True)
        size = self._most_rows(len(read[order[0]])) if order and self._can_batch else 1
        for start in range(0, len(order), size):
            part = order[start : start + size]
            if self._can_batch:
                slots = _Slots(self, len(part), len(read[part[0]]))
                slots.read(list(range(len(part))), [read[index] for index in part])
                logits = slots.logits()
            else:
                logits = self._read(self._new_cache(), read[part[0]]).logits[:, -1]
            chances = logits.float().softmax(-1)
            sure, unsure = chances[:, yes].sum(-1), chances[:, no].sum(-1)
            for index, opinion in zip(part, (sure / (sure + unsure).clamp(min=1e-30)).tolist(), strict=True):
                opinions[index] = opinion
        return opinions

    def _critique_text(self, question: Question, attempt: Attempt) -> str:
        asked = prompts.question_text(question.text, question.choices)
        if self.format == prompts.PLAIN:
            return prompts.plain_critique_prompt(asked, attempt.text)
        return self._templated(prompts.chat_critique(asked, attempt.text))

    def _opinion_tokens(self) -> tuple[list[int], list[int]]:
        """The tokens that begin a yes and a no."""
        sides = []
        for mark, word in ((prompts.YES, "Yes"), (prompts.NO, "No")):
            spellings = [mark]
            if self.format == prompts.CHAT or len(self._encode([mark])[0]) > 1:
                spellings = [word, word.lower(), f" {word}", f" {word.lower()}"]
            sides.append({self.tokenizer(text, add_special_tokens=False).input_ids[0] for text in spellings})
        both = sides[0] & sides[1]
        return sorted(sides[0] - both), sorted(sides[1] - both)

    # --- a text that is there already ---------------------------------------------------------------------------------

    def reread(self, request: Request, line: str) -> tuple[Token, ...]:
        """`line` as it would be written after `request`, token by token, with what could have stood there; one forward.

        Its tokens are those that the tokenizer makes of it, which may not be those that wrote it.
        """
        prompt = self._prompts([request])[0]
        before, both = (self.tokenizer(text, add_special_tokens=False).input_ids for text in ("a\n", f"a\n{line}"))
        ids = both[_common(before, both) :]  # as it stands at the beginning of a line
        if not ids or len(prompt) + len(ids) > self.context:
            raise InvalidInput(f"{self.name} cannot read this step again: it is empty, or too long with all before it.")
        with self._lock, in_memory(self.name), torch.inference_mode():
            read = torch.tensor([prompt + ids], device=self.model.device)
            logits = self.model(input_ids=read, use_cache=False, logits_to_keep=len(ids) + 1).logits[0, :-1]
        logprobs = logits.float().log_softmax(-1)
        entropies = -(logprobs.exp() * logprobs.clamp(min=-100.0)).sum(-1)
        scribe = _Scribe(self._spelling, self.stops)
        tokens = []
        for token, row, entropy in zip(ids, logprobs, entropies, strict=True):
            text = scribe.write(token, float(row[token]), float(entropy))
            tokens.append(Token(text, scribe.logprobs[-1], scribe.entropies[-1], self._alternatives(row)))
        return tuple(tokens)

    # --- what it reads ------------------------------------------------------------------------------------------------

    def _prompts(self, requests: Sequence[Request]) -> list[list[int]]:
        """The tokens each request starts from. The oldest rejections go first where all do not fit."""
        texts = [self.prompt_text(request) for request in requests]
        read = self._encode(texts)
        for index, request in enumerate(requests):
            rejected = request.rejected[-prompts.KEPT_REJECTIONS :]
            while rejected and len(read[index]) + min(request.max_tokens, self.context // 4) > self.context:
                rejected = rejected[1:]
                read[index] = self._encode([self.prompt_text(replace(request, rejected=rejected))])[0]
        return read

    def prompt_text(self, request: Request) -> str:
        """What the model reads before it writes."""
        question = prompts.question_text(request.question.text, request.question.choices)
        written = "".join(f"{step.text}\n" for step in request.steps)
        if self.format == prompts.PLAIN:
            return prompts.plain_prompt(question, request.rejected) + written
        return self._templated(prompts.chat_messages(question, request.rejected)) + written

    def _templated(self, messages: list[dict[str, str]]) -> str:
        text = self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        return str(text)

    def _encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Tokens of whole prompts; equal texts are read once. A chat template brings its own special tokens."""
        unique = list(dict.fromkeys(texts))
        if not unique:
            return []
        read = self.tokenizer(unique, add_special_tokens=self.format == prompts.PLAIN, verbose=False).input_ids
        by_text = dict(zip(unique, read, strict=True))
        return [list(by_text[text]) for text in texts]

    def _limit(self, request: Request, prompt: list[int]) -> int:
        """How many tokens may be written; none after a prompt that fills the context."""
        return max(0, min(request.max_tokens, self.context - len(prompt)))

    def _answer(self, request: Request, scribe: "_Scribe", finish: str) -> str | None:
        """What the answer line says; a chat model may instead box or bold its answer anywhere."""
        lines = [step.text for step in (*request.steps, *scribe.steps)]
        if finish != "end" or not lines:
            return None
        question = request.question
        if prompts.is_answer_line(lines[-1]):
            return extract_answer(lines[-1], question.answer_type, question.choices)
        if self.format == prompts.PLAIN:
            return None
        return extract_answer("\n".join(lines), question.answer_type, question.choices)

    def _warm_up(self) -> list[Any]:
        """Read one token, so that the first attempt starts at once; the cache layers tell what kind of model it is."""
        cache = DynamicCache(config=self.model.config)
        self.vocabulary = self._read(cache, [0]).logits.shape[-1]
        return cache.layers


# --- from tokens to steps ---------------------------------------------------------------------------------------------


class _Spelling:
    """What each token adds to a text. Tokens are spelled behind another one, since some decoders trim the first."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._before = tokenizer("a", add_special_tokens=False).input_ids
        self._skip = len(self._decode(self._before))
        self._known: dict[int, str] = {}

    def of(self, tokens: list[int]) -> str:
        if len(tokens) > 1:
            return self._decode(self._before + tokens)[self._skip :]
        text = self._known.get(tokens[0])
        if text is None:
            text = self._known[tokens[0]] = self._decode(self._before + tokens)[self._skip :]
        return text

    def newlines(self, vocabulary: int) -> list[int]:
        """The tokens below `vocabulary` whose text has a line break; only those that may are spelled."""
        names = self._tokenizer.convert_ids_to_tokens(range(min(vocabulary, len(self._tokenizer))))
        may = [
            token for token, name in enumerate(names) if name and any(mark in name for mark in ("Ċ", "\n", "<0x0A>"))
        ]
        return [token for token in may if "\n" in self.of([token])]

    def _decode(self, tokens: list[int]) -> str:
        return str(self._tokenizer.decode(tokens, skip_special_tokens=False, clean_up_tokenization_spaces=False))


@dataclass
class _Scribe:
    """Takes down an attempt: tokens become texts, lines and steps.

    A token that is only a part of a character (byte-level vocabularies) has the text "", and the one that completes the
    character has all of it.
    """

    spelling: _Spelling
    stops: frozenset[int]
    tokens: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    entropies: list[float] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    ended: bool = False
    _texts: list[str] = field(default_factory=list)
    _partial: list[int] = field(default_factory=list)
    _line: str = ""
    _line_start: int = 0

    def write(self, token: int, logprob: float, entropy: float) -> str:
        """Take down one token; returns the text that is now complete."""
        if token in self.stops:
            text, self.ended = "", True
        else:
            self._partial.append(token)
            text = self.spelling.of(self._partial)
            if text.endswith("\ufffd") and len(self._partial) < LONGEST_CHARACTER:
                text = ""
            else:
                self._partial = []
        self.tokens.append(token)
        self.logprobs.append(round(logprob, 3) + 0.0)  # no -0.0
        self.entropies.append(round(entropy, 3) + 0.0)
        self._texts.append(text)
        self._line += text
        if "\n" in text:
            line, _, rest = self._line.rpartition("\n")
            self._end_line(line, rest)
        return text

    def close(self) -> None:
        """The line that no newline ended is a step too."""
        if self._partial:
            self._line += self.spelling.of(self._partial)
        self._end_line(self._line, "")

    def _end_line(self, line: str, rest: str) -> None:
        self._line = rest
        text = " ".join(part.strip() for part in line.split("\n") if part.strip())
        if not text:
            return
        start, self._line_start = self._line_start, len(self.tokens)
        self.steps.append(
            Step(
                text,
                len(self.tokens) - start,
                token_texts=tuple(self._texts[start:]),
                logprobs=tuple(self.logprobs[start:]),
                entropies=tuple(self.entropies[start:]),
            )
        )
        self.ended = self.ended or prompts.is_answer_line(text)


# --- the batch --------------------------------------------------------------------------------------------------------


@dataclass
class _Row:
    """One request in a batch. `index`: its place among the requests; `began`: the batch's clock when it joined."""

    index: int
    request: Request
    prompt: list[int]
    limit: int
    scribe: _Scribe
    began: float = 0.0


class _SlotLayer(CacheLayerMixin):
    """One layer's keys and values in a buffer that is written in place; concatenating would copy all each step."""

    is_sliding = False

    def __init__(self, slots: "_Slots") -> None:
        super().__init__()
        self._slots = slots

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        room = (self._slots.size, key_states.shape[1], self._slots.room)
        self.keys = key_states.new_zeros(*room, key_states.shape[3])
        self.values = value_states.new_zeros(*room, value_states.shape[3])
        self.is_initialized = True

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Take the states of one token per row, each at its row's own column."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        keys, values = _states(self)
        rows, columns, window = self._slots.place
        keys[rows, :, columns] = key_states[:, :, 0]
        values[rows, :, columns] = value_states[:, :, 0]
        return keys[: len(rows), :, :window], values[: len(rows), :, :window]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self._slots.place[2], 0

    def get_seq_length(self) -> int:
        return self._slots.place[2] - 1

    def get_max_length(self) -> int:
        return -1


class _Slots:
    """The model's memory of many sequences, each in a row of its own that can be given to another one at any time.

    A sequence starts at column 0 of its row, so rows need no common length: the next token goes to the row's own
    column, and a mask hides what lies behind it. A prompt is read without its last token, equal prompts once; the last
    token is then the row's first in the common steps.
    """

    def __init__(self, reasoner: LocalReasoner, size: int, width: int) -> None:
        self._reasoner, self._model = reasoner, reasoner.model
        self.size, self._width = size, width
        self.room = 0  # columns there are
        self.used = 0  # the first rows, that take part in a step
        self.latest = torch.zeros(size, dtype=torch.long, device=self._model.device)
        self.columns = torch.zeros_like(self.latest)
        self._layers = [_SlotLayer(self) for _ in range(reasoner.layers)]
        self._cache = Cache(layers=list(self._layers))
        self.place: tuple[torch.Tensor, torch.Tensor, int] = (self.latest, self.columns, 0)

    @torch.inference_mode()
    def read(self, rows: list[int], prompts_read: list[list[int]]) -> None:
        """Give `rows` to new sequences."""
        unique = list(dict.fromkeys(tuple(prompt) for prompt in prompts_read))
        longest = max(map(len, unique)) - 1
        if longest:
            padded = torch.zeros(len(unique), longest, dtype=torch.long)
            for index, prompt in enumerate(unique):
                padded[index, : len(prompt) - 1] = torch.tensor(prompt[:-1])
            fresh = DynamicCache()
            self._reasoner.forward(input_ids=padded.to(self._model.device), past_key_values=fresh)
            self._reserve(longest + TYPICAL_LENGTH)
            takers: dict[tuple[int, ...], list[int]] = {prompt: [] for prompt in unique}
            for row, own in zip(rows, prompts_read, strict=True):
                takers[tuple(own)].append(row)
            for layer, fresh_layer in zip(self._layers, fresh.layers, strict=True):
                for kept, new in zip(_states(layer, like=fresh_layer), _states(fresh_layer), strict=True):
                    for index, (known, taking) in enumerate(takers.items()):
                        kept[taking, :, : len(known) - 1] = new[index, :, : len(known) - 1]
        self.latest[rows] = torch.tensor([prompt[-1] for prompt in prompts_read], device=self.latest.device)
        self.columns[rows] = torch.tensor([len(prompt) - 1 for prompt in prompts_read], device=self.columns.device)
        self.used = max(self.used, max(rows) + 1)

    @torch.inference_mode()
    def logits(self) -> torch.Tensor:
        """Read every row's latest token; the logits of the next."""
        columns = self.columns[: self.used]
        window = int(columns.max()) + 1
        self._reserve(window)
        self.place = (torch.arange(self.used, device=columns.device), columns, window)
        output = self._reasoner.forward(
            input_ids=self.latest[: self.used, None],
            position_ids=columns[:, None],
            attention_mask=self._mask(columns, window),
            past_key_values=self._cache,
        )
        return output.logits[:, -1]

    def move(self, sources: list[int], targets: list[int]) -> None:
        """Copy rows over rows that have ended."""
        for layer in self._layers:
            for kept in _states(layer):
                kept[targets] = kept[sources]
        for kept in (self.latest, self.columns):
            kept[targets] = kept[sources]

    def _reserve(self, window: int) -> None:
        if window <= self.room:
            return
        self.room = min(self._width, max(window, self.room * 3 // 2))
        for layer in self._layers:
            if layer.is_initialized:
                keys, values = _states(layer)
                more = (0, 0, 0, self.room - keys.shape[2])
                layer.keys, layer.values = torch.nn.functional.pad(keys, more), torch.nn.functional.pad(values, more)

    def _mask(self, columns: torch.Tensor, window: int) -> Any:
        """What a row must not see, as numbers added to its attention; one mask a kind of layer where there are two."""
        config = self._model.config.get_text_config()
        place = torch.arange(window, device=columns.device)
        hidden = place > columns[:, None]
        kinds, sight = set(getattr(config, "layer_types", None) or ()), getattr(config, "sliding_window", None)
        if not sight or kinds == {"full_attention"}:
            return self._added(hidden)
        near = self._added(hidden | (place <= columns[:, None] - sight))
        return {"full_attention": self._added(hidden), "sliding_attention": near} if len(kinds) == 2 else near

    def _added(self, hidden: torch.Tensor) -> torch.Tensor:
        kind = self._model.dtype
        return torch.zeros(hidden.shape, dtype=kind, device=hidden.device).masked_fill_(hidden, torch.finfo(kind).min)[
            :, None, None
        ]


class _Batch:
    """Attempts that are written at the same time. What is drawn stays in tensors until the end of a line."""

    def __init__(self, reasoner: LocalReasoner, size: int, width: int, longest: int) -> None:
        self._slots = _Slots(reasoner, size, width)
        self.rows: list[_Row | None] = []
        device = self._slots.latest.device
        self._notable = torch.zeros(reasoner.vocabulary, dtype=torch.bool, device=device)
        self._notable[reasoner.notable] = True
        self._tokens = torch.zeros(size, longest, dtype=torch.long, device=device)
        self._logprobs, self._entropies = torch.zeros(2, size, longest, device=device)
        self._draws = torch.zeros(size, longest, device=device)
        self._temperatures = torch.zeros(size, device=device)
        self._counts, self._limits, self._alive = torch.zeros(3, size, dtype=torch.long, device=device)

    @property
    def alive(self) -> int:
        return sum(row is not None for row in self.rows)

    def join(self, rows: list[_Row], clock: float) -> None:
        """Give `rows` the places of those that have ended, then new ones."""
        free = [place for place, row in enumerate(self.rows) if row is None]
        places = [*free, *range(len(self.rows), self._slots.size)][: len(rows)]
        self.rows += [None] * (max(places) + 1 - len(self.rows))
        for place, row in zip(places, rows, strict=True):
            row.began = clock
            self.rows[place] = row
            self._draws[place, : row.limit] = _draws(row.request, row.limit)
            self._temperatures[place] = row.request.temperature
            self._limits[place] = row.limit
        self._counts[places], self._alive[places] = 0, 1
        self._slots.read(places, [row.prompt for row in rows])

    @torch.inference_mode()
    def step(self) -> list[_Row]:
        """Write one token in every row; returns the rows that have ended with it."""
        used = slice(0, len(self.rows))
        counts, alive = self._counts[used], self._alive[used]
        column = counts[:, None]
        draw = self._draws[used].gather(1, column)[:, 0]
        chosen, logprob, entropy, _ = _choose(self._slots.logits(), self._temperatures[used], draw)
        for kept, new in ((self._tokens, chosen), (self._logprobs, logprob), (self._entropies, entropy)):
            kept[used].scatter_(1, column, new[:, None])
        counts += alive
        self._slots.latest[used] = chosen
        self._slots.columns[used] += alive
        event = (self._notable[chosen] | (counts >= self._limits[used])) & alive.bool()
        ended = []
        for place in event.nonzero()[:, 0].tolist():
            row = self.rows[place]
            if row is not None and self._take_down(place, row):
                ended.append(row)
                self.rows[place] = None
                # The row idles at a valid column until it is given away.
                self._alive[place] = self._counts[place] = self._slots.columns[place] = 0
        return ended

    @torch.inference_mode()
    def close_gaps(self) -> None:
        """Move the last rows into the places of those that have ended."""
        alive = self.alive
        targets = [place for place, row in enumerate(self.rows[:alive]) if row is None]
        sources = [place for place, row in enumerate(self.rows) if row is not None and place >= alive]
        own = (self._tokens, self._logprobs, self._entropies, self._draws, self._temperatures)
        for kept in (*own, self._counts, self._limits, self._alive):
            kept[targets] = kept[sources]
        self._slots.move(sources, targets)
        self._slots.used = alive
        for source, target in zip(sources, targets, strict=True):
            self.rows[target] = self.rows[source]
        del self.rows[alive:]

    def _take_down(self, place: int, row: _Row) -> bool:
        """Tell the row's scribe what is new; whether the row has ended."""
        news = slice(len(row.scribe.tokens), int(self._counts[place]))
        new = (kept[place, news].tolist() for kept in (self._tokens, self._logprobs, self._entropies))
        for token, logprob, entropy in zip(*new, strict=True):
            row.scribe.write(token, logprob, entropy)
        return row.scribe.ended or len(row.scribe.tokens) >= row.limit


# --- small parts ------------------------------------------------------------------------------------------------------


def _choose(
    logits: torch.Tensor, temperature: torch.Tensor, draw: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """(token, its log-probability, entropy, all log-probabilities) for each row; temperature 0 takes the likeliest."""
    logprobs = logits.float().log_softmax(-1)
    entropy = -(logprobs.exp() * logprobs.clamp(min=-100.0)).sum(-1)  # a logit of -inf adds 0, not NaN
    if not temperature.any():
        token = logprobs.argmax(-1)
    else:
        warm = (logprobs / temperature.clamp(min=1e-4)[:, None]).softmax(-1).cumsum(-1)
        drawn = torch.searchsorted(warm, (draw * warm[:, -1])[:, None], right=True)[:, 0]
        token = drawn if temperature.all() else torch.where(temperature > 0, drawn, logprobs.argmax(-1))
    return token, logprobs.gather(1, token[:, None])[:, 0], entropy, logprobs


def _draws(request: Request, count: int) -> torch.Tensor:
    """The request's own random numbers in [0, 1): the n-th is for its n-th new token."""
    generator = torch.Generator().manual_seed(request.seed)
    return torch.rand(count, generator=generator)


def _common(left: Sequence[int], right: Sequence[int]) -> int:
    """The length of the longest common prefix."""
    return next((at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))


def _states(layer: Any, like: Any = None) -> tuple[torch.Tensor, torch.Tensor]:
    """A cache layer's keys and values; `like` another one, which it is made to fit if it is still empty."""
    if not layer.is_initialized and like is not None:
        layer.lazy_initialization(like.keys, like.values)
    return layer.keys, layer.values


def _stop_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    named = [tokenizer.eos_token_id]
    for config in (model.generation_config, model.config.get_text_config()):
        stop = getattr(config, "eos_token_id", None)
        named += stop if isinstance(stop, list) else [stop]
    return frozenset(token for token in named if token is not None)


# --- loading ----------------------------------------------------------------------------------------------------------


def marked_name(folder: Path) -> str:
    """The name of the model in `folder`, with eight digits that are others for other weights."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.safetensors")):
        size = path.stat().st_size
        digest.update(size.to_bytes(8))
        with path.open("rb") as file:
            for place in range(0, size, max(SAMPLE, size // SAMPLES)):
                file.seek(place)
                digest.update(file.read(SAMPLE))
    return f"{folder.resolve().name}@{digest.hexdigest()[:8]}"


def located(path_or_name: str | Path) -> str:
    """The folder that is meant, checked, or the hub name."""
    where, folder = str(path_or_name), Path(path_or_name).expanduser()
    if folder.is_dir():
        _check_folder(folder)
        return str(folder)
    if isinstance(path_or_name, Path) or where.count("/") > 1 or where.startswith((".", "/", "~")):
        raise ModelUnavailable(f"There is no folder {where}. Give a model's folder, or a hub name like org/model.")
    return where


def _check_folder(folder: Path) -> None:
    """Refuse early, with a remedy, what cannot be a model in safetensors."""
    if not (folder / "config.json").is_file():
        raise ModelUnavailable(f"{folder} has no config.json. Give a folder written by save_pretrained, or a hub name.")
    if any(folder.glob("*.safetensors")):
        return
    if any(path for pattern in _PICKLES for path in folder.glob(pattern)):
        raise ModelUnavailable(
            f"{folder} has only pickle weights (.bin, .pt), which can run code when read, so they are refused. "
            "Get the safetensors version, or convert it where you trust it: "
            "AutoModelForCausalLM.from_pretrained(folder).save_pretrained(new_folder)."
        )
    raise ModelUnavailable(f"{folder} has no weights. Put its *.safetensors files there, or download it again.")


def pretrained(kind: Any, where: str, device: str, **how: Any) -> tuple[Any, Any]:
    """A model of that `kind` with its tokenizer: whole, from safetensors, and without running anybody's code.

    Raises:
        ModelUnavailable, OutOfSpace: see `LocalReasoner.load`.
    """
    with explained(where):
        tokenizer = AutoTokenizer.from_pretrained(where, trust_remote_code=False)
        model, report = kind.from_pretrained(
            where,
            use_safetensors=True,
            trust_remote_code=False,
            output_loading_info=True,
            device_map={"": device},
            **how,
        )
    missing = sorted(key for key in report["missing_keys"] if "pooler" not in key)  # an encoder's; nobody here reads it
    if missing:
        raise ModelUnavailable(f"Weights of {where} are missing ({', '.join(missing[:3])}). Download or save it again.")
    return model, tokenizer


def _precision(where: str, bits: int | None, device: str) -> dict[str, Any]:
    """Half precision is kept on a GPU and widened on a CPU, where it is no faster and sums differ with the batch."""
    if bits is None:
        return {"dtype": torch.float32 if device == "cpu" else "auto"}
    return {
        "dtype": torch.bfloat16,
        "quantization_config": quantization(bits, heads_of(where, AutoModelForCausalLM), torch.bfloat16),
    }


def quantization(bits: int, heads: Sequence[str], compute: torch.dtype) -> BitsAndBytesConfig:
    """4 bits (NF4 with double quantization) or 8, for all Linear modules but `heads`."""
    import bitsandbytes.nn.modules

    # On CPUs with AVX512-BF16 it would repack weights in place into a layout without a backward.
    bitsandbytes.nn.modules.has_avx512bf16 = lambda: False
    # In 8 bits it says for every layer and step that it casts to half precision.
    logging.getLogger("bitsandbytes.autograd._functions").setLevel(logging.ERROR)
    options: dict[str, Any] = {"load_in_8bit": True}
    if bits == 4:
        options = {
            "load_in_4bit": True,
            "bnb_4bit_quant_type": "nf4",
            "bnb_4bit_use_double_quant": True,
            "bnb_4bit_compute_dtype": compute,
        }
    return BitsAndBytesConfig(**options, llm_int8_skip_modules=list(heads))


def skeleton(where: str, kind: Any) -> torch.nn.Module:
    """The model without its weights; `kind` is one of transformers' Auto classes."""
    config = AutoConfig.from_pretrained(where, trust_remote_code=False)
    with torch.device("meta"):
        made: torch.nn.Module = kind.from_config(config, trust_remote_code=False)
    return made


def heads_of(where: str, kind: Any) -> list[str]:
    """The Linear modules outside every ModuleList: heads and projections, which lose most when quantized."""
    modules = dict(skeleton(where, kind).named_modules())
    lists = tuple(f"{name}." for name, module in modules.items() if isinstance(module, torch.nn.ModuleList))
    linear = (name for name, module in modules.items() if isinstance(module, torch.nn.Linear))
    return [name for name in linear if not name.startswith(lists)]


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Whatever keeps a model from being loaded, as an error that names its remedy."""
    try:
        with in_memory(where):
            yield
    except DRRError:
        raise
    except (OSError, RuntimeError, ValueError, KeyError, ImportError, SafetensorError) as error:
        chain = _chain(error)
        if any(isinstance(link, OSError) and link.errno == errno.ENOSPC for link in chain):
            raise OutOfSpace(f"The disk is full: {where} could not be downloaded. Free some space.") from error
        raise ModelUnavailable(_remedy(where, chain)) from error


@contextmanager
def in_memory(
    what: str, remedy: str = "Load it in 4 bits, choose a smaller model, or close other programs."
) -> Iterator[None]:
    """Out of memory, in each of its forms, as OutOfSpace."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:  # torch.OutOfMemoryError is a RuntimeError
        if isinstance(error, RuntimeError) and not re.search("allocate memory|out of memory", str(error)):
            raise
        raise OutOfSpace(f"{what} does not fit in memory. {remedy}") from error


def _chain(error: BaseException | None) -> list[BaseException]:
    links: list[BaseException] = []
    while error is not None and error not in links:
        links.append(error)
        error = error.__cause__ or error.__context__
    return links


def _remedy(where: str, chain: list[BaseException]) -> str:
    def any_is(*kinds: type[BaseException]) -> bool:
        return any(isinstance(link, kinds) for link in chain)

    said = str(chain[0]).strip().split("\n")[0][:300]
    if any_is(GatedRepoError):
        return f"{where} is gated: accept its terms on its hub page, then log in with `hf auth login`."
    if any_is(RepositoryNotFoundError, HFValidationError):
        return f"The hub has no model {where}, or it is private. Check the name, or log in with `hf auth login`."
    if any_is(SafetensorError):
        return f"A weights file of {where} is damaged ({said}). Download or save it again."
    if any_is(LocalEntryNotFoundError, ConnectionError, HfHubHTTPError) or "connect" in said:
        return f"{where} is not on this machine and the hub cannot be reached. Check the network, or give a folder."
    if any_is(ImportError):
        return f"{where} needs a package that is missing: {said}"
    if "safetensors" in said:
        return f"{where} has no safetensors weights, and pickle weights are refused. Choose a version with safetensors."
    return f"{where} cannot be used: {said}"
