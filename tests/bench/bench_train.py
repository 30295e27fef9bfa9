"""Training a DM with this project and with TRL's PRMTrainer: same model, attempts, device; examples/s and AUROC beside.

    pip install --no-deps --target .venv/bench trl==1.10.0     # the last minor version series that has the trainer
    PYTHONPATH=.:.venv/bench python tests/bench/bench_train.py [--attempts 4000] [--epochs 1] [--threads 2]

Aim: at least 1.5 times TRL's examples/s at an equal or better AUROC. An example is one attempt, read in all its steps.
Time is that of the training alone, from the first step to the last, without loading and tokenizing. TRL gets what it
can use: labels on its step separators, bfloat16, no recomputed activations, and the learning rates of --rates, the
best of which counts. Both learn from the same 84 % of the questions and are measured on the same 8 %, at the last
boundary of each first attempt.
"""

import argparse
import gzip
import itertools
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from drr import prompts
from drr.dm.examples import Item
from drr.dm.judge import DMJudge
from drr.dm.train import Progress, TrainConfig, split_of, train
from drr.evaluate import dm_metrics
from drr.exchange import read_row
from drr.types import BehaviorRecord

ROOT = Path(__file__).parents[2]
BASE = ROOT / "models" / "reasoner"


def stored(count: int) -> list[BehaviorRecord]:
    with gzip.open(ROOT / "data" / "behavior.jsonl.gz", "rt", encoding="utf-8") as file:
        records = [read_row(json.loads(line)) for line in itertools.islice(file, count)]
    return [record for record in records if record.correct is not None and record.attempt.kept]


def ours(records: Sequence[BehaviorRecord], epochs: float, folder: Path) -> tuple[float, list[list[float]]]:
    """Seconds of training, and the scores of the test split."""
    told: list[Progress] = []
    train(records, TrainConfig(str(BASE), epochs=epochs, evaluations=0), folder / "dm", told.append)
    test = [item for item in map(Item.of, records) if split_of(item) == "test"]
    scores = DMJudge.load(folder / "dm").score_many([(i.question, i.rejected, i.attempt) for i in test])
    return told[-1].seconds / told[-1].done, scores


def trls(
    records: Sequence[BehaviorRecord], epochs: float, folder: Path, rate: float
) -> tuple[float, list[list[float]]]:
    """The same with TRL: a label on each step separator."""
    from datasets import Dataset
    from transformers import AutoModelForTokenClassification, AutoTokenizer
    from trl.experimental.prm import PRMConfig, PRMTrainer

    tokenizer = AutoTokenizer.from_pretrained(BASE)
    torch.manual_seed(0)
    model = AutoModelForTokenClassification.from_pretrained(BASE, num_labels=2, dtype=torch.float32)

    def row(item: Item) -> dict[str, Any]:
        question = prompts.question_text(item.question.text, item.question.choices)
        steps = [step.text for step in item.attempt.kept]
        labels = [bool(item.correct)] * len(steps)
        return {"prompt": prompts.judged_text(question, item.rejected), "completions": steps, "labels": labels}

    items = [Item.of(record) for record in records]
    data = {name: [row(item) for item in items if split_of(item) == name] for name in ("train", "test")}
    settings = PRMConfig(
        output_dir=str(folder), num_train_epochs=epochs, per_device_train_batch_size=32, learning_rate=rate,
        gradient_checkpointing=False, bf16=True, use_cpu=not torch.cuda.is_available(), warmup_steps=50,
        save_strategy="no", report_to="none", disable_tqdm=True, logging_strategy="no", seed=0,
    )  # fmt: skip
    trainer = PRMTrainer(
        model=model, args=settings, processing_class=tokenizer, train_dataset=Dataset.from_list(data["train"])
    )
    began = time.monotonic()
    trainer.train()
    seconds = time.monotonic() - began

    model.eval()
    scores: list[list[float]] = []
    for one in data["test"]:
        shape = {"max_length": None, "max_completion_length": None, "train_on_last_step_only": False, "is_eval": True}
        read = PRMTrainer.tokenize_row(one, tokenizer, step_separator="\n", **shape)
        at = [place for place, label in enumerate(read["labels"]) if label != -100]
        with torch.inference_mode():
            logits = model(torch.tensor([read["input_ids"]], device=model.device)).logits[0, at]
        scores.append(logits.float().softmax(-1)[:, 1].tolist())
    return seconds, scores


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--attempts", type=int, default=4000)
    arguments.add_argument("--epochs", type=float, default=1.0)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--rates", type=float, nargs="+", default=[3e-4], help="learning rates for TRL")
    options = arguments.parse_args()
    torch.set_num_threads(options.threads)
    records = stored(options.attempts)
    items = [Item.of(record) for record in records]
    test = [item for item in items if split_of(item) == "test"]
    learnt = options.epochs * sum(split_of(item) == "train" for item in items)

    def show(name: str, seconds: float, scores: list[list[float]]) -> float:
        measured = dm_metrics(test, scores)
        figures = ("auroc", "auroc_within")
        shown = "  ".join(f"{key} {measured[key] or np.nan:.3f}" for key in figures)
        print(f"{name:12} {learnt / seconds:7.1f} examples/s  {seconds:6.1f} s  {shown}", flush=True)
        return learnt / seconds

    with tempfile.TemporaryDirectory() as folder:
        mine = show("this", *ours(records, options.epochs, Path(folder)))
        rivals = [
            show(f"TRL {rate:g}", *trls(records, options.epochs, Path(folder) / "trl", rate)) for rate in options.rates
        ]
    print(f"ratio {mine / max(rivals):.2f}")


if __name__ == "__main__":
    main()
