"""gsm_symbolic (reasoning-gym) as word problems of this project: templates of them with worked solutions.

Only instances whose numbers are whole and at most LARGEST are kept. Which templates are trained on is for
`drr.questions` to say.
"""

import random
import re
from functools import cache

from reasoning_gym.arithmetic.gsm_symbolic.gsm_symbolic import GSMSymbolicDataset, GSMSymbolicDatasetConfig

from drr.grammar.core import Problem, equations_hold, in_range, tidy_step

_TAIL = " Give the result as your final answer. Do not include units."


@cache
def _templates() -> GSMSymbolicDataset:
    return GSMSymbolicDataset(GSMSymbolicDatasetConfig(seed=0, size=1))


def draw(rng: random.Random, template: int) -> Problem | None:
    """One instance of `template`, or None when its numbers do not fit (draw again)."""
    try:
        entry = _templates().generators[template](rng, 1.0)
    except (ValueError, ZeroDivisionError, IndexError):  # some generators reject their own numbers by raising
        return None
    question = re.sub(r"\s+", " ", entry["question"].replace(_TAIL, "")).strip()
    solution = entry["metadata"]["answer_cot"].split("####")[0]
    steps = tuple(s for s in map(tidy_step, solution.split("\n")) if s)
    answer = str(entry["answer"]).strip()
    if not steps or len(steps) > 10 or not answer.isdigit() or not all(map(in_range, (question, answer, *steps))):
        return None
    if not all(map(equations_hold, steps)):  # template 4 rounds up
        return None
    return Problem(f"gsm_symbolic:{template}", question, steps, answer)
