"""The two kinds of DM as torch modules: a token classifier over step boundaries, and a probe on the Reasoner's states.

Both give one logit a boundary; calibrate.py turns it into a probability.
"""

from typing import Any

import torch
from torch import nn

from drr.dm.backbone import is_causal, is_half
from drr.dm.examples import FEATURES, Batch


class TokenDM(nn.Module):
    """A backbone that reads question, rejected attempt and steps, and a head that speaks at step boundaries.

    The Reasoner's log-probabilities enter twice: added to the token embeddings (through a map that starts at zero, so
    that training begins from the backbone as it is), and beside the state at the head. A backbone that is not `causal`
    (an encoder) reads the text anew at each boundary, up to its `context`.
    """

    def __init__(self, backbone: Any) -> None:
        super().__init__()
        config = backbone.config.get_text_config()
        width = config.hidden_size
        self.backbone = backbone
        self.enter = nn.Linear(FEATURES, width, bias=False)
        nn.init.zeros_(self.enter.weight)
        self.head = nn.Sequential(nn.Linear(width + FEATURES, width), nn.GELU(), nn.Linear(width, 1))
        self.causal = is_causal(backbone)
        self.context = int(getattr(config, "max_position_embeddings", None) or 1 << 30)
        self.in_half = is_half(backbone)

    def forward(self, batch: Batch) -> torch.Tensor:
        """Logits [N] at the boundaries of `batch`."""
        how: dict[str, Any] = {"attention_mask": batch.mask}
        if batch.mask is not None and batch.mask.ndim == 4:
            how["position_ids"] = batch.positions
        states = self.states(batch.ids, batch.features, **how)
        return self.logits(states[batch.rows, batch.columns], batch.features[batch.rows, batch.columns])

    def states(self, ids: torch.Tensor, features: torch.Tensor, **how: Any) -> torch.Tensor:
        """Last hidden states [B, L, width]; `how` goes to the backbone (mask, positions or cache)."""
        embedded = self.backbone.get_input_embeddings()(ids).float()
        entered = embedded + self.enter(features).float()
        how.setdefault("use_cache", False)
        half = self.in_half or torch.is_autocast_enabled(ids.device.type)
        with torch.autocast(ids.device.type, dtype=torch.bfloat16, enabled=half):
            states: torch.Tensor = self.backbone(inputs_embeds=entered, **how).last_hidden_state
        return states

    def logits(self, states: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
        """[..., width] and [..., FEATURES] to [...]."""
        logits: torch.Tensor = self.head(torch.cat([states.float(), features], -1))[..., 0]
        return logits


class Probe(nn.Module):
    """A two-layer network on a local Reasoner's own hidden states at the boundary (arXiv 2504.05419): nearly free.

    Inputs are standardized with the mean and deviation of the training states.
    """

    mean: torch.Tensor
    deviation: torch.Tensor

    def __init__(self, width: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("deviation", torch.ones(width))
        self.layers = nn.Sequential(nn.Linear(width + FEATURES, 192), nn.GELU(), nn.Linear(192, 1))

    def forward(self, states: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
        """States [..., width] and features [..., FEATURES] to logits [...]."""
        standard = (states.float() - self.mean) / self.deviation
        logits: torch.Tensor = self.layers(torch.cat([standard, features], -1))[..., 0]
        return logits
