"""The processes that train one DM together, one a GPU, as `accelerate launch` or `torchrun` starts them; or this alone.

At each step every process learns from batches of its own, and all take the same step with the mean of their gradients,
so that they hold the same weights throughout. The first one watches, tells and saves.
"""

import os
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import torch
from torch import nn

PATIENCE = timedelta(hours=2)  # for the first, who calibrates, measures and saves while the others wait

T = TypeVar("T")


class Team:
    """`size` processes, of which this is number `rank`. Knows torch's process groups through accelerate only."""

    def __init__(self) -> None:
        self.size, self.rank = int(os.environ.get("WORLD_SIZE", "1")), 0
        if self.size > 1:
            from accelerate import PartialState

            state = PartialState(cpu=not torch.cuda.is_available(), timeout=PATIENCE)
            self.size, self.rank = state.num_processes, state.process_index

    @property
    def first(self) -> bool:
        return self.rank == 0

    def device(self, kind: str) -> torch.device:
        """This process's own device of that kind (cpu or cuda)."""
        several = self.size > 1 and kind == "cuda"
        return torch.device(kind, torch.cuda.current_device()) if several else torch.device(kind)

    def rounds(self, batches: Sequence[T]) -> Iterator[Sequence[T]]:
        """The batches of each step: one for each process, and in the last step what is left."""
        return (batches[start : start + self.size] for start in range(0, len(batches), self.size))

    def own(self, together: Sequence[T]) -> T:
        """This process's batch of a round; where fewer are left than processes, one that another has too."""
        return together[self.rank % len(together)]

    def average(self, model: nn.Module, loss: torch.Tensor) -> float:
        """Put the mean of all processes' gradients in place of this one's; the mean loss."""
        if self.size == 1:
            return loss.item()
        from accelerate.utils import reduce

        for parameter in model.parameters():
            if parameter.requires_grad:
                own = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
                parameter.grad = reduce(own, "mean")
        mean_loss: float = reduce(loss.detach(), "mean").item()
        return mean_loss

    def any(self, asked: bool) -> bool:
        """Whether one of them is asked to."""
        if self.size == 1:
            return asked
        from accelerate.utils import gather_object

        return any(gather_object([asked]))

    def heard(self, said: T) -> T:
        """What the first one says, in place of what this one would."""
        if self.size == 1:
            return said
        from accelerate.utils import broadcast_object_list

        words: list[Any] = [said]
        broadcast_object_list(words)
        return words[0]

    def wait(self) -> None:
        """Until all have come here."""
        if self.size > 1:
            from accelerate import PartialState

            PartialState().wait_for_everyone()
