"""What live judging costs: thinking with a DM and with a probe against the same thinking without a judge, in one run.

    PYTHONPATH=. python tests/bench/bench_live.py [--questions 40]

Aims: a DM adds at most 15 % to the time of unscored thinking, a probe at most 5 %; at least 60 tokens/s; the first step
is there within 0.5 s. The three take turns on each question, so that a machine whose speed drifts treats them alike;
the medians are over questions.
"""

import argparse
import statistics
import time
from pathlib import Path

import torch

from drr.dm.judge import open_judge
from drr.judges import ConstantJudge, Judge
from drr.policies import make_policy
from drr.questions import draw_questions
from drr.reasoners.local import LocalReasoner
from drr.thinking import StepEnded, think
from drr.types import Question

MODELS = Path(__file__).parents[2] / "models"


def seconds(question: Question, reasoner: LocalReasoner, judge: Judge) -> tuple[float, float, int]:
    """Time of one greedy attempt, time to its first step, and its tokens."""
    began, first = time.perf_counter(), 0.0
    thinking = think(question, reasoner, judge, make_policy("greedy"))
    for event in thinking:
        if isinstance(event, StepEnded) and not first:
            first = time.perf_counter() - began
    return time.perf_counter() - began, first, thinking.trace.tokens


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--questions", type=int, default=40)
    options = arguments.parse_args()
    torch.set_num_threads(1)  # as the app does for small models
    loaded = LocalReasoner.load(MODELS / "reasoner")
    judges: dict[str, Judge] = {"no judge": ConstantJudge(), "DM": open_judge(MODELS / "dm")}
    if (MODELS / "probe").is_dir():
        judges["probe"] = open_judge(MODELS / "probe")
    rivals = {  # the same weights, but nobody finds a prompt that another has read
        name: (LocalReasoner(loaded.model, loaded.tokenizer, loaded.name), judge) for name, judge in judges.items()
    }
    questions = list(draw_questions("known", options.questions + 3, "test", seed=9))
    times: dict[str, list[tuple[float, float, int]]] = {name: [] for name in rivals}
    for number, question in enumerate(questions):
        for name, (thinker, judge) in rivals.items():
            measured = seconds(question, thinker, judge)
            if number >= 3:  # warm
                times[name].append(measured)
    for name, rows in times.items():
        ratio = statistics.median(row[0] / plain[0] for row, plain in zip(rows, times["no judge"], strict=True))
        speed = sum(row[2] for row in rows) / sum(row[0] for row in rows)
        first = statistics.median(row[1] for row in rows)
        print(
            f"{name:9} {ratio:5.2f} times the time without a judge, {speed:4.0f} tokens/s, first step at {first:.3f} s"
        )


if __name__ == "__main__":
    main()
