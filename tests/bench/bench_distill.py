"""Attempts per second of `LocalReasoner.attempts` against transformers' `generate`, in one run on the same model.

python tests/bench/bench_distill.py [MODEL] [--attempts N] [--threads N]

The ratios are what counts; the times depend on the machine and on what else it does. `generate` is not even asked for
log-probabilities and entropies, which `attempts` always records.
"""

import argparse
import random
import time
from collections.abc import Callable
from pathlib import Path

import torch

from drr.reasoners import Request
from drr.reasoners.local import BATCH_ROWS, LocalReasoner
from drr.types import Question

EMBEDDED = Path(__file__).parents[2] / "models" / "reasoner"
ATTEMPTS_PER_QUESTION = 4
LONGEST = 160
TEMPERATURE = 0.8


def make_requests(count: int) -> list[Request]:
    """Sampled attempts on made-up questions, several on each, of different lengths."""
    rng = random.Random(7)
    requests = []
    for index in range(count // ATTEMPTS_PER_QUESTION):
        parts = [f"She buys {rng.randint(2, 9)} bags with {rng.randint(2, 9)} apples each."] * rng.randint(1, 3)
        text = f"Sarah has {rng.randint(2, 90)} apples. {' '.join(parts)} How many apples does she have?"
        for attempt in range(ATTEMPTS_PER_QUESTION):
            seed = index * ATTEMPTS_PER_QUESTION + attempt
            requests.append(Request(Question(text), temperature=TEMPERATURE, seed=seed, max_tokens=LONGEST))
    return requests


def generate(reasoner: LocalReasoner, texts: list[str], rows: int) -> int:
    """What transformers does with the same prompts, `rows` at a time; returns the number of new tokens."""
    tokenizer = reasoner.tokenizer
    tokenizer.padding_side = "left"
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.decode([min(reasoner.stops)])
    written = 0
    for start in range(0, len(texts), rows):
        batch = tokenizer(texts[start : start + rows], return_tensors="pt", padding=True).to(reasoner.model.device)
        batch.pop("token_type_ids", None)
        output = reasoner.model.generate(
            **batch, do_sample=True, temperature=TEMPERATURE, top_k=0, top_p=1.0, max_new_tokens=LONGEST,
            eos_token_id=sorted(reasoner.stops), pad_token_id=tokenizer.pad_token_id,
        )  # fmt: skip
        written += int((output[:, batch["input_ids"].shape[1] :] != tokenizer.pad_token_id).sum())
    return written


def rate(label: str, count: int, work: Callable[[], int]) -> float:
    began = time.perf_counter()
    tokens = work()
    seconds = time.perf_counter() - began
    print(
        f"{label:<24} {count / seconds:8.1f} attempts/s  {tokens / seconds:8.0f} tokens/s  ({count} in {seconds:.1f} s)"
    )
    return count / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", default=str(EMBEDDED))
    parser.add_argument("--attempts", type=int, default=400)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    asked = parser.parse_args()
    reasoner = LocalReasoner.load(asked.model, threads=asked.threads)
    requests = make_requests(asked.attempts)
    texts = sorted((reasoner.prompt_text(request) for request in requests), key=len)
    few = texts[:: max(1, len(texts) // 25)]
    reasoner.attempts(requests[:8])

    ours = rate("attempts()", len(requests), lambda: sum(a.tokens for a in reasoner.attempts(requests)))
    batched = rate(f"generate, {BATCH_ROWS} at a time", len(texts), lambda: generate(reasoner, texts, BATCH_ROWS))
    single = rate("generate, one by one", len(few), lambda: generate(reasoner, few, 1))
    print(
        f"attempts() is {ours / single:.1f} times generate one by one (aim: 5) "
        f"and {ours / batched:.1f} times generate batched (aim: 1.5)"
    )


if __name__ == "__main__":
    main()
