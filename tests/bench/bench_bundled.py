"""A DM trained on the bundled records alone, beside the shipped one, which has learnt from more.

    PYTHONPATH=. python tests/bench/bench_bundled.py [--epochs 2.2] [--rate 5e-4] [--threads 2]

Aim: in less than 15 minutes on two cores, within 0.02 of the shipped DM's AUROC. Both are measured on the bundled test
questions, which neither learnt from; AUROC over all attempts, and of attempts on the same question. Intervals: 2,000
bootstrap resamples of questions.
"""

import argparse
import gzip
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from drr.dm.examples import Item
from drr.dm.judge import DMJudge
from drr.dm.train import TrainConfig, split_of, train
from drr.evaluate import Resamples, auroc, auroc_resampled, auroc_within, interval
from drr.exchange import read_row

ROOT = Path(__file__).parents[2]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--epochs", type=float, default=2.2)
    arguments.add_argument("--rate", type=float, default=5e-4, help="learning rate of the backbone")
    arguments.add_argument("--threads", type=int, default=2)
    options = arguments.parse_args()
    torch.set_num_threads(options.threads)
    with gzip.open(ROOT / "data" / "behavior.jsonl.gz", "rt", encoding="utf-8") as file:
        records = [read_row(json.loads(line)) for line in file]
    test = [item for item in map(Item.of, records) if item.correct is not None and split_of(item) == "test"]
    numbers: dict[str, int] = {}
    questions = np.array([numbers.setdefault(item.question.text, len(numbers)) for item in test], np.int64)
    right = np.array([item.correct for item in test], bool)
    weights = Resamples(np.arange(len(numbers))).of(questions)

    def measure(name: str, folder: Path) -> np.ndarray:
        scores = DMJudge.load(folder).score_many([(item.question, item.rejected, item.attempt) for item in test])
        final = np.array([after[-1] if after else 0.0 for after in scores])
        resampled = auroc_resampled(final, right, weights)
        low, high = interval(resampled)
        within = auroc_within(final, right, questions)
        print(f"{name:24} AUROC {auroc(final, right):.3f} ({low:.3f} to {high:.3f})  within question {within:.3f}")
        return resampled

    print(f"{len(records):,} records; test: {len(test):,} attempts on {len(numbers):,} questions", flush=True)
    shipped = measure("shipped", ROOT / "models" / "dm")
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        config = TrainConfig(str(ROOT / "models" / "reasoner"), epochs=options.epochs, backbone_rate=options.rate)
        train(records, config, Path(folder) / "dm")
        minutes = (time.monotonic() - began) / 60
        own = measure("bundled records alone", Path(folder) / "dm")
    low, high = interval(own - shipped)
    print(f"{minutes:.1f} minutes; difference in AUROC 95 % interval {low:+.3f} to {high:+.3f}")


if __name__ == "__main__":
    main()
