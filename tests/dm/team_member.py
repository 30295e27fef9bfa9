"""One process of a team that trains a DM: without a break, then stopped, then gone on. What it saw goes to a file.

torchrun --standalone --nproc_per_node 2 tests/dm/team_member.py REASONER FOLDER
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from drr.dm.team import Team
from drr.dm.train import TrainConfig, train
from drr.errors import Stopped
from tests.dm.conftest import behavior


def main(reasoner: str, folder: Path) -> None:
    torch.set_num_threads(1)
    team, records, seen = Team(), behavior(60), dict[str, Any]()
    config = TrainConfig(reasoner, epochs=2.0, tokens_per_batch=1200, backbone_rate=3e-3, precision="fp32")

    model = torch.nn.Linear(2, 1, bias=False)
    model.weight.grad = torch.tensor([[1.0, 2.0]]) * (team.rank + 1)
    seen["loss"] = team.average(model, torch.tensor(10.0 * team.rank))
    seen["gradient"] = model.weight.grad.flatten().tolist()

    told: list[int] = []
    seen["whole"] = asdict(train(records, config, folder / "whole", lambda at: told.append(at.step)))
    seen["steps"] = told[-1] if told else None
    asked = iter(range(6))
    seen["stopped"] = False
    try:
        train(
            records, config, folder / "parts", state=folder / "state",
            stop=lambda: team.rank == 1 and next(asked, None) is None,
        )  # fmt: skip
    except Stopped:
        seen["stopped"] = True
    team.wait()
    seen["parts"] = asdict(train(records, config, folder / "parts", state=folder / "state"))
    (folder / f"{team.rank}.json").write_text(json.dumps(seen))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
