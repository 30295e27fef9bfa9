"""Which numbers a training takes, so that a bad one is refused before it costs anything.

Light: the command line reads it whenever it starts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf


@dataclass(frozen=True)
class Limit:
    """`wanted` says in words what `fits`. `share`: a percent may be given by mistake."""

    wanted: str
    fits: Callable[[float], bool]
    share: bool = False

    def refusal(self, value: float) -> str:
        """What to say instead of a value that does not fit."""
        percent = f" For {value:g}%, say {value / 100:g}." if self.share and 1 <= value < 100 else ""
        return f"{self.wanted}, not {value}.{percent}"


_OVER_0 = Limit("a number over 0", lambda x: 0 < x < inf)
_FROM_0 = Limit("a number from 0", lambda x: 0 <= x < inf)
_WHOLE_FROM_0 = Limit("a whole number from 0", lambda n: n >= 0)
_WHOLE_FROM_1 = Limit("a whole number from 1", lambda n: n >= 1)

LIMITS: Mapping[str, Limit] = {
    "epochs": _OVER_0,
    "tokens_per_batch": _WHOLE_FROM_1,  # a batch holds at least one row, however long
    "backbone_rate": _OVER_0,
    "head_rate": _OVER_0,
    "lora_rank": _WHOLE_FROM_1,
    "lora_dropout": Limit("a share from 0 and under 1, such as 0.05", lambda x: 0 <= x < 1, share=True),
    "focal_gamma": _FROM_0,
    "reject_weight": _FROM_0,
    "pair_weight": _FROM_0,
    "evaluations": _WHOLE_FROM_0,
    "patience": _WHOLE_FROM_0,
    "risk": Limit("a share over 0 and under 1, such as 0.05", lambda x: 0 < x < 1, share=True),
    "confidence": Limit("a share over 0 and under 1, such as 0.9", lambda x: 0 < x < 1, share=True),
    "beta": _OVER_0,
    "by_hand": Limit("a share from 0 to 1, such as 0.9", lambda x: 0 <= x <= 1, share=True),
    "seed": Limit("a whole number from 0 to 4294967295", lambda n: 0 <= n < 2**32),  # what every library takes
}
"""By the key of `TrainConfig`: all of its numbers."""
