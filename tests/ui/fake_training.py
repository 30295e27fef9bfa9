"""The training side of a fake studio: real jobs in real processes, but toys; DMs that are names."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from drr.errors import InvalidInput, NotAllowed
from drr.jobs.engine import JobEngine
from drr.registry import Listed
from drr.replay import Replay
from drr.settings import Settings
from drr.store import Store
from drr.testing import APPLES, TOYS, make_attempt, make_record, make_trace
from drr.types import Job, Outcome, Person, Status

DEFAULTS = {
    "base": "", "kind": "token", "tuning": "full", "epochs": 1.0, "tokens_per_batch": 3000, "backbone_rate": None,
    "head_rate": 2e-3, "lora_rank": 16, "lora_dropout": 0.05, "loss": "weighted", "focal_gamma": 2.0,
    "reject_weight": 1.0, "pair_weight": 1.0, "precision": "bf16", "checkpointing": None, "evaluations": 8,
    "patience": 0, "calibration": "platt", "threshold": "risk", "risk": 0.05, "confidence": 0.9, "beta": 0.5,
    "by_hand": 0.9, "seed": 0,
}  # fmt: skip


@dataclass
class FakeRegistry:
    """`names` are the DMs there are, the deployed one first; `states` is a probe. The card of `probe` is older than
    reliability plots.
    """

    names: list[str]
    before: list[list[str]] = field(default_factory=list)

    def listed(self) -> list[Listed]:
        metrics = {"auroc": 0.925, "auroc_within": 0.836, "ece": 0.026, "train_attempts": 51308}
        measured = metrics | {"reliability": [[0.1, 0.12, 400], [0.5, 0.45, 400], [0.95, 0.97, 400]]}
        return [
            Listed(
                name, Path(name), shipped=name == "reader", deployed=n == 0, created=None,
                kind="probe" if name == "states" else "token",
                reasoner="scripted", threshold=0.62 if name == "reader" else 0.8,
                metrics=metrics if name == "probe" else measured,
            )
            for n, name in enumerate(self.names)
        ]  # fmt: skip

    def deploy(self, name: str) -> None:
        self.before.append(list(self.names))
        self.names = [name, *(other for other in self.names if other != name)]

    def roll_back(self) -> None:
        if not self.before:
            raise InvalidInput("No DM was deployed yet, so there is nothing to roll back to.")
        self.names = self.before.pop()

    def export(self, name: str) -> Path:
        path = Path(tempfile.mkdtemp(prefix="drr-test-")) / f"{name}.zip"
        path.write_bytes(b"PK" + bytes(1000))
        return path


class FakeTraining:
    """`visitor`: whoever asks may only look, but for the `owner`. `changed`: the records with changed labels.

    `steps` and `seconds` of the toys that stand for trainings.
    """

    def begin_training(self) -> None:
        self.visitor, self.owner = False, "olga"
        self.changed: tuple[str, ...] = ()
        self.steps, self.seconds = 40, 0.05
        self.registry = FakeRegistry(["reader", "probe"])
        self.launched: list[Mapping[str, Any]] = []
        self.end_training()

    def end_training(self) -> None:
        """Stop what runs."""
        for job in self.jobs.list() if "jobs" in vars(self) else ():
            self.jobs.cancel(job.id, Person("the test", admin=True))

    @cached_property
    def jobs(self) -> JobEngine:
        folder = Path(tempfile.mkdtemp(prefix="drr-test-"))
        settings = Settings(data_dir=folder)
        self._store = Store.open(settings.db_url)
        engine = JobEngine(self._store, settings, kinds=TOYS, worker="drr.testing")
        engine.watch()
        return engine

    def person(self, name: str | None) -> Person:
        if not self.visitor:
            return Person(name or "local", admin=True)
        return Person(name or "", verified=bool(name), admin=name == self.owner)

    def may_work(self, person: Person) -> bool:
        return person.admin

    def count_records(self, where: str) -> int:
        if "=" not in where and where:
            raise InvalidInput(f"{where!r} is not one of these: reasoner=..., source=...")
        return 120 if where else 11_328

    def training_defaults(self) -> Mapping[str, Any]:
        return DEFAULTS

    def preflight(self, config: Mapping[str, Any], where: str, *, timed_steps: int = 0) -> tuple[Any, Sequence[str]]:
        big = config.get("tokens_per_batch", 3000) > 2000
        splits = {
            name: SimpleNamespace(questions=n, attempts=4 * n, right=2 * n)
            for name, n in (("train", 900), ("calibration", 90), ("test", 85))
        }
        advice = SimpleNamespace(
            problem="The activations do not fit.", remedy="Take fewer tokens per batch.", blocking=True,
            change={"tokens_per_batch": 1000},
        )  # fmt: skip
        memory = {"weights": 2 * 10**9, "optimizer": 4 * 10**9, "activations": (9 if big else 1) * 10**9}
        estimate = SimpleNamespace(
            device="cpu", memory=memory, needed=sum(memory.values()), free=8 * 10**9, splits=splits, tokens=1_234_567,
            longest=412, steps=411, seconds=754.0 if timed_steps else None, advice=(advice,) if big else (),
        )  # fmt: skip
        return estimate, (APPLES,) if where else ()

    def launch_training(self, config: Mapping[str, Any], where: str, name: str, by: Person) -> Job:
        if not self.may_work(by):
            raise NotAllowed("On this public server only its owner may do this.")
        self.launched.append({"config": dict(config), "where": where, "name": name})
        name = name or f"toy-{len(self.launched)}"
        params = {"config": dict(config), "where": where, "name": name, "steps": self.steps, "seconds": self.seconds}
        return self.jobs.launch("toy", params, by, title=f"Train {name}")

    def resume_job(self, id: str, by: Person) -> Job:
        return self.jobs.resume(id, by)

    def retraining(self) -> Any:
        if not self.changed:
            return None
        config = {"tuning": "qlora", "checkpointing": True, "epochs": 0.5}
        where = "source=gsm8k and retry=false"
        return SimpleNamespace(dm=self.registry.names[0], changed=self.changed, config=config, where=where)

    def push_dm(self, name: str, repo: str, by: Person) -> str:
        if repo == "nobody":
            raise NotAllowed("Nobody is logged in to Hugging Face here.")
        return f"https://huggingface.co/{repo}"

    def deploy(self, name: str, by: Person) -> None:
        if not self.may_work(by):
            raise NotAllowed("On this public server only its owner may do this.")
        self.registry.deploy(name)

    def roll_back(self, by: Person) -> None:
        if not self.may_work(by):
            raise NotAllowed("On this public server only its owner may do this.")
        self.registry.roll_back()

    def compare_dms(self, first: str, second: str, where: str = "") -> Any:
        sides = [
            SimpleNamespace(name=first, threshold=0.62, accepted=310, wrong=20, missed=44),
            SimpleNamespace(name=second, threshold=0.8, accepted=290, wrong=11, missed=55),
        ]
        flips = [
            SimpleNamespace(record=make_record(make_attempt(), True), scores=(0.58, 0.9), accepted_by=second),
            SimpleNamespace(record=make_record(make_attempt(), False), scores=(0.7, 0.4), accepted_by=first),
        ]
        trace = make_trace(id="trace-1")
        stop, again = Outcome(Status.ACCEPTED, "33"), Outcome(Status.RUNNING)
        endings = (Replay(stop, trace.attempts, ()), Replay(again, trace.attempts, ()))
        return SimpleNamespace(
            attempts=600, questions=150, sides=sides, flips=flips, traces=12,
            trace_flips=(SimpleNamespace(trace=trace, endings=endings),),
        )  # fmt: skip

    def dms(self) -> Sequence[str]:
        return self.registry.names

    def default_threshold(self, dm: str = "") -> float:
        return 0.62 if (dm or self.registry.names[0]) == "reader" else 0.8
