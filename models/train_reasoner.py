"""Train the embedded Reasoner from nothing on a CPU: arithmetic, word problems, thinking again, criticising.

    python -m models.train_reasoner --minutes 100 --again-minutes 24

Reads top to bottom. Two stages, each continued from its checkpoint when it was cut:

1. *base*: one-line drills, then drills and word problems from four sources (drr.questions).
2. *again*: the Reasoner's own wrong attempts on other questions are collected; it learns to solve the problem anew
   after one or two of them, and to say whether a textbook solution is correct (from corrupted solutions, never its own
   attempts).

The loss is on what the Reasoner writes, never on the question. Muon trains the matrices, AdamW the rest (FACTS: small
batches with many steps matter more than tokens; arithmetic first). Writes models/reasoner/ (bfloat16 safetensors).
"""

import argparse
import dataclasses
import functools
import itertools
import json
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from drr import prompts
from drr.beside import workers
from drr.dm.muon import BatchedMuon
from drr.grammar.core import LARGEST, Problem
from drr.grammar.corrupt import corrupt, misguess, misguesses
from drr.questions import Split, problems
from drr.reasoners import Request
from drr.reasoners.local import LocalReasoner
from drr.types import Question

HERE = Path(__file__).parent
WORK = HERE / "build"  # checkpoints of the training; not shipped
VOCABULARY = 3072
CHUNK = 12_288  # problems drawn, tokenized and sorted by length at a time
TOKENS_PER_BATCH = 2_600
DRILL_STEPS = 900  # of arithmetic alone, at first
SHARES = {"gsm_symbolic": 0.08, "grammar": 0.56, "guess": 0.21, "gsm8k": 0.15}

Example = tuple[list[int], list[bool]]  # token ids, and which of them carry loss


# --- data ------------------------------------------------------------------------------------------------------------


def drill(rng: random.Random) -> str:
    """One line of arithmetic with a result in 0..LARGEST."""
    while True:
        kind = rng.choice("++---***///%3")
        if kind == "+":
            a, b = rng.randint(0, LARGEST), rng.randint(0, LARGEST)
            text, result = f"{a}+{b}", a + b
        elif kind == "-":
            a, b = rng.randint(0, LARGEST), rng.randint(0, LARGEST)
            text, result = f"{a}-{b}", a - b
        elif kind == "*":
            a = rng.randint(0, 60)
            b = rng.randint(0, LARGEST // max(a, 1))
            text, result = (f"{a}*{b}", a * b) if rng.random() < 0.5 else (f"{b}*{a}", a * b)
        elif kind == "/":
            b = rng.randint(1, 50)
            result = rng.randint(0, LARGEST // b)
            text = f"{b * result}/{b}"
        elif kind == "%":
            percent, n = rng.choice((5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90)), rng.randint(1, LARGEST)
            if n * percent % 100:
                continue
            text, result = f"{n}*{percent}/100", n * percent // 100
        else:
            a, b, c = (rng.randint(0, LARGEST) for _ in range(3))
            sums = (f"{a}+{b}+{c}", a + b + c), (f"{a}-{b}-{c}", a - b - c), (f"{a}+{b}-{c}", a + b - c)
            text, result = rng.choice(sums)
        if 0 <= result <= LARGEST:
            return f"{text}={result}"


def drill_text(rng: random.Random) -> str:
    return prompts.plain_prompt("Calculate.") + "\n".join(drill(rng) for _ in range(10)) + "\n"


def solution(problem: Problem) -> str:
    return prompts.attempt_text(problem.steps, problem.answer)


def careless(rng: random.Random, question: str) -> str:
    """The question as a hurried person types it, now and then: lower case, no full stop at the end."""
    roll = rng.random()
    if roll < 0.04:
        return question.lower()
    return question.rstrip("?.") if roll < 0.07 else question


def mixed(rng: random.Random, split: Split, seed: int) -> Iterator[Problem]:
    """Problems of the four sources in their shares, without end."""
    streams = {name: problems(name, split, seed) for name in SHARES}
    while True:
        yield next(streams[rng.choices(list(SHARES), list(SHARES.values()))[0]])


def make_tokenizer() -> PreTrainedTokenizerFast:
    """Byte-level BPE in which each digit, line break and mark of the plain format is a token of its own."""
    rng = random.Random(1)
    corpus = [f"{p.question} {' '.join(p.steps)}" for p in itertools.islice(mixed(rng, "train", 1), 30_000)]
    tokenizer = Tokenizer(models.BPE())
    split = pre_tokenizers.Split(Regex(r"\n"), "isolated")
    bytes_ = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, pre_tokenizers.Digits(individual_digits=True), bytes_])
    tokenizer.decoder = decoders.ByteLevel()
    marks = [AddedToken(mark, special=True, normalized=False) for mark in ("<pad>", *prompts.PLAIN_MARKS)]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=marks, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(corpus, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token=prompts.END, clean_up_tokenization_spaces=False
    )


# --- examples --------------------------------------------------------------------------------------------------------


class Encoder:
    """Texts to examples: which tokens carry loss follows from the marks in the text."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        self.tokenizer = tokenizer
        marks = (prompts.THINK, prompts.AGAIN, prompts.CHECK)
        self.think, self.again, self.check = (tokenizer.convert_tokens_to_ids(mark) for mark in marks)
        self.line, self.equals = tokenizer.encode("\n")[0], tokenizer.encode("=")[0]

    def solutions(self, texts: list[str]) -> list[Example]:
        """Loss on everything behind the last mark that asks for writing."""
        examples = []
        for ids in self.tokenizer(texts)["input_ids"]:
            start = max(i for i, token in enumerate(ids) if token in (self.think, self.again, self.check)) + 1
            examples.append((ids, [i >= start for i in range(len(ids))]))
        return examples

    def checks(self, texts: list[str]) -> list[Example]:
        """Loss on everything behind the first line that was written: what follows from a guess, not the guess."""
        examples = []
        for ids in self.tokenizer(texts)["input_ids"]:
            start = ids.index(self.line, ids.index(self.think)) + 1
            examples.append((ids, [i >= start for i in range(len(ids))]))
        return examples

    def drills(self, texts: list[str]) -> list[Example]:
        """Loss on the results only: the tasks are random."""
        examples = []
        for ids in self.tokenizer(texts)["input_ids"]:
            carries, inside = [], False
            for token in ids:
                carries.append(inside)
                inside = (inside or token == self.equals) and token != self.line
            examples.append((ids, carries))
        return examples


def batches(rng: random.Random, examples: list[Example]) -> Iterator[list[Example]]:
    """Batches of examples of about the same length, in random order."""
    examples = sorted(examples, key=lambda e: len(e[0]) + rng.random())
    cut: list[list[Example]] = [[]]
    for example in examples:
        if cut[-1] and (len(cut[-1]) + 1) * len(example[0]) > TOKENS_PER_BATCH:
            cut.append([])
        cut[-1].append(example)
    rng.shuffle(cut)
    yield from cut


# --- training --------------------------------------------------------------------------------------------------------


class Trainer:
    """One model, its two optimizers and a clock; what is trained on is the caller's business."""

    def __init__(self, model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, rate: float) -> None:
        self.model, self.encoder = model, Encoder(tokenizer)
        matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n]
        others = [p for n, p in model.named_parameters() if p.ndim < 2 or "embed" in n]
        muon = BatchedMuon(matrices, lr=3.0e-3 * rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw")
        adam = torch.optim.AdamW(others, lr=3.0e-3 * rate, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
        self.optimizers, self.rate = (muon, adam), 3.0e-3 * rate
        self.body = torch.compile(model.model, dynamic=True)
        self.step, self.tokens, self.smooth = 0, 0, 0.0

    def train_on(self, batch: list[Example], scale: float) -> None:
        for group in (group for optimizer in self.optimizers for group in optimizer.param_groups):
            group["lr"] = self.rate * scale * min(1.0, (self.step + 1) / 100)
        length = -(-max(len(ids) for ids, _ in batch) // 16) * 16
        ids = torch.zeros(len(batch), length, dtype=torch.long)
        carries = torch.zeros(len(batch), length, dtype=torch.bool)
        for row, (tokens, loss_on) in enumerate(batch):
            ids[row, : len(tokens)] = torch.tensor(tokens)
            carries[row, : len(tokens)] = torch.tensor(loss_on)
        wanted = carries[:, 1:]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = self.body(input_ids=ids, use_cache=False).last_hidden_state[:, :-1][wanted]
            logits = self.model.lm_head(hidden)
        loss = F.cross_entropy(logits.float(), ids[:, 1:][wanted])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad()
        self.step += 1
        self.tokens += int(wanted.sum())
        self.smooth = loss.item() if self.step == 1 else 0.98 * self.smooth + 0.02 * loss.item()


def train(
    trainer: Trainer, stream: Callable[[int], Iterator[list[Example]]], minutes: float, state: Path, decay_from: float
) -> None:
    """Train for `minutes`: constant rate, then linear to 2 %.

    The state is saved every five minutes and on SIGTERM, and continued at the next start; `stream` gets the step to go
    on from.
    """
    elapsed = 0.0
    if state.exists():
        saved = torch.load(state, weights_only=True)
        trainer.model.load_state_dict(saved["model"])
        for optimizer, values in zip(trainer.optimizers, saved["optimizers"], strict=True):
            optimizer.load_state_dict(values)
        trainer.step, trainer.tokens = saved["step"], saved["tokens"]
        trainer.smooth, elapsed = saved["loss"], saved["elapsed"]
    terminated: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: terminated.append(number))
    trainer.model.train()
    began = saved_at = time.time()
    for batch in stream(trainer.step):
        now = elapsed + time.time() - began
        done = now / (60 * minutes)
        if done >= 1:
            break
        trainer.train_on(batch, 1.0 if done < decay_from else max(0.02, 1 - (done - decay_from) / (1 - decay_from)))
        if trainer.step % 200 == 0:
            figures_now = f"step {trainer.step} {trainer.tokens / 1e6:.2f}M tokens loss {trainer.smooth:.4f}"
            print(f"{now:6.0f}s {figures_now}", flush=True)
        if time.time() - saved_at > 300 or terminated:
            saved_at = time.time()
            figures = {"step": trainer.step, "tokens": trainer.tokens, "loss": trainer.smooth, "elapsed": now}
            optimizers = [optimizer.state_dict() for optimizer in trainer.optimizers]
            torch.save({"model": trainer.model.state_dict(), "optimizers": optimizers, **figures}, state)
            save(trainer.model, trainer.encoder.tokenizer, state.with_suffix(""))
        if terminated:
            raise SystemExit(f"stopped at step {trainer.step}; start again to go on")
    signal.signal(signal.SIGTERM, before)


def save(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Half precision, shards under 10 MB."""
    half = LlamaForCausalLM(model.config)
    half.to(torch.bfloat16)  # type: ignore[arg-type]
    half.load_state_dict(model.state_dict())
    half.tie_weights()
    half.save_pretrained(folder, max_shard_size="9MB")
    tokenizer.save_pretrained(folder)


# --- stage 1: arithmetic and word problems ----------------------------------------------------------------------------


def wrong_guesses(rng: random.Random, encoder: Encoder, chosen: list[Problem]) -> list[Example]:
    """Those of `chosen` that are solved by guess and check, with a wrong guess, checked truly: or else the Reasoner
    would learn that every guess comes out as the question says.
    """
    wrong = filter(None, (misguess(rng, problem) for problem in chosen))
    return encoder.checks([prompts.plain_prompt(p.question) + solution(p) + prompts.END for p in wrong])


def base_stream(encoder: Encoder, step: int) -> Iterator[list[Example]]:
    rng = random.Random(f"base-{step}")
    for _ in range(step, DRILL_STEPS):
        yield encoder.drills([drill_text(rng) for _ in range(32)])
    source = mixed(rng, "train", 1_000_000 + step)
    while True:
        chosen = list(itertools.islice(source, CHUNK))
        asked = (prompts.plain_prompt(careless(rng, p.question)) for p in chosen)
        examples = encoder.solutions([text + solution(p) + prompts.END for text, p in zip(asked, chosen, strict=True)])
        examples += wrong_guesses(rng, encoder, chosen)
        examples += encoder.drills([drill_text(rng) for _ in range(CHUNK // 10)])
        yield from batches(rng, examples)


def untrained() -> tuple[LlamaForCausalLM, PreTrainedTokenizerFast]:
    tokenizer = make_tokenizer()
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=256, num_hidden_layers=6, num_attention_heads=4, num_key_value_heads=4,
        intermediate_size=704, tie_word_embeddings=True, max_position_embeddings=1024, attn_implementation="eager",  # type: ignore[call-arg]
        pad_token_id=tokenizer.pad_token_id, bos_token_id=None, eos_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    return LlamaForCausalLM(config), tokenizer


def trained(folder: Path) -> tuple[LlamaForCausalLM, PreTrainedTokenizerFast]:
    model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    return model, PreTrainedTokenizerFast.from_pretrained(folder)


def base(minutes: float, start: Path | None, rate: float) -> None:
    model, tokenizer = trained(start) if start else untrained()
    trainer = Trainer(model, tokenizer, rate)
    print(f"{sum(p.numel() for p in trainer.model.parameters()) / 1e6:.2f} M parameters", flush=True)
    drilled = DRILL_STEPS if start else 0
    stream = functools.partial(base_stream, trainer.encoder)
    train(trainer, lambda step: stream(step + drilled), minutes, WORK / "base.pt", decay_from=0.5)
    save(trainer.model, tokenizer, WORK / "base")


# --- stage 2: thinking again, and criticising -------------------------------------------------------------------------


def mistakes_on(folder: Path, problems: list[Problem]) -> list[list[str]]:
    """The distinct wrong attempts of the Reasoner in `folder` on each problem, greedily and at T = 1; on one thread."""
    torch.set_num_threads(1)
    reasoner = LocalReasoner.load(folder)
    wrong: list[list[str]] = [[] for _ in problems]
    for temperature in (0.0, 1.0):
        requests = [
            Request(Question(prompts.question_text(p.question)), temperature=temperature, seed=seed, max_tokens=160)
            for seed, p in enumerate(problems)
        ]
        for attempt, problem, texts in zip(reasoner.attempts(requests), problems, wrong, strict=True):
            missed = attempt.finish == "end" and attempt.answer is not None and attempt.answer != problem.answer
            if missed and attempt.text not in texts:
                texts.append(attempt.text)
    return wrong


def own_mistakes(folder: Path, questions: int, processes: int) -> list[tuple[Problem, list[str]]]:
    """Problems with the wrong attempts that the Reasoner makes on them; a process a core.

    Where one guesses, the Reasoner need not be asked: nearly all its mistakes are other guesses.
    """
    kept = WORK / "mistakes.json"
    if kept.exists():
        return [(Problem(**problem), texts) for problem, texts in json.loads(kept.read_text())]
    drawn = list(itertools.islice(mixed(random.Random(3), "train", 3), questions))
    guessed = [(problem, [solution(wrong) for wrong in misguesses(problem)]) for problem in drawn]
    chosen = [problem for problem, wrong in guessed if not wrong]
    parts = [chosen[i::processes] for i in range(processes)]
    began = time.time()
    with workers(processes) as pool:
        wrong = list(pool.map(mistakes_on, itertools.repeat(folder), parts))
    mistakes = [(problem, wrong) for problem, wrong in guessed if wrong]
    mistakes += [
        (problem, texts)
        for part, found in zip(parts, wrong, strict=True)
        for problem, texts in zip(part, found, strict=True)
        if texts
    ]
    total = sum(len(texts) for _, texts in mistakes)
    print(f"{time.time() - began:5.0f}s {total} wrong attempts on {len(mistakes)} of {questions} questions", flush=True)
    kept.write_text(json.dumps([(dataclasses.asdict(problem), texts) for problem, texts in mistakes]))
    return mistakes


def second_try(rng: random.Random, problem: Problem, texts: list[str]) -> str:
    """One or two of the Reasoner's own wrong attempts, then the solution."""
    shown = rng.sample(texts, min(len(texts), rng.choice((1, 1, 2))))
    return prompts.plain_prompt(problem.question, shown) + solution(problem) + prompts.END


def critique(rng: random.Random, problem: Problem) -> str | None:
    """A textbook solution, right or corrupted, and the verdict on it."""
    shown = problem if rng.random() < 0.5 else corrupt(rng, problem)
    if shown is None:
        return None
    verdict = prompts.YES if shown is problem else prompts.NO
    return prompts.plain_critique_prompt(problem.question, solution(shown)) + verdict


def corrupted_try(rng: random.Random, problem: Problem) -> str | None:
    """A corrupted solution, rejected, then the right one: there is no end of these."""
    shown = corrupt(rng, problem)
    if shown is None:
        return None
    return prompts.plain_prompt(problem.question, [solution(shown)]) + solution(problem) + prompts.END


def again_stream(encoder: Encoder, mistakes: list[tuple[Problem, list[str]]], step: int) -> Iterator[list[Example]]:
    rng = random.Random(f"again-{step}")
    source = mixed(rng, "train", 2_000_000 + step)
    while True:
        texts = [second_try(rng, *rng.choice(mistakes)) for _ in range(int(CHUNK * 0.30))]
        texts += filter(None, (corrupted_try(rng, next(source)) for _ in range(int(CHUNK * 0.16))))
        texts += filter(None, (critique(rng, next(source)) for _ in range(int(CHUNK * 0.08))))
        plain = list(itertools.islice(source, int(CHUNK * 0.46)))
        for problem in plain:
            texts.append(prompts.plain_prompt(careless(rng, problem.question)) + solution(problem) + prompts.END)
        examples = encoder.solutions(texts) + wrong_guesses(rng, encoder, plain)
        examples += encoder.drills([drill_text(rng) for _ in range(CHUNK // 25)])
        yield from batches(rng, examples)


def again(minutes: float, questions: int, processes: int, rate: float) -> None:
    mistakes = own_mistakes(WORK / "base", questions, processes)
    trainer = Trainer(*trained(WORK / "base"), rate)
    stream = functools.partial(again_stream, trainer.encoder, mistakes)
    train(trainer, stream, minutes, WORK / "again.pt", decay_from=0.2)
    save(trainer.model, trainer.encoder.tokenizer, HERE / "reasoner")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--minutes", type=float, default=100, help="of stage 1 (on two cores)")
    arguments.add_argument("--start", type=Path, help="a Reasoner to go on from in stage 1, instead of from nothing")
    arguments.add_argument("--again-minutes", type=float, default=24, help="of stage 2")
    mistaken = "on which the Reasoner's own mistakes are collected"
    arguments.add_argument("--questions", type=int, default=12_000, help=mistaken)
    arguments.add_argument("--rate", type=float, default=1.0, help="of learning; less to go on from a trained Reasoner")
    arguments.add_argument("--threads", type=int, default=2)
    options = arguments.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    WORK.mkdir(exist_ok=True)
    if not (WORK / "base" / "done").exists():
        base(options.minutes, options.start, options.rate)
        (WORK / "base" / "done").touch()
    again(options.again_minutes, options.questions, options.threads, options.rate)


if __name__ == "__main__":
    main()
