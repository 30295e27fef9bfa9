"""What a job may be: train a DM, distil behavior, evaluate a DM. Each runs in the worker, told of only by its `Work`.

A kind saves as it goes and raises `Stopped` when `work.stop()` says so; run again, it goes on from what it saved.
Nothing heavy is imported before a worker needs it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drr.errors import InvalidData, ModelUnavailable, Stopped
from drr.types import from_dict

if TYPE_CHECKING:
    from drr.dm.checkpoint import Card
    from drr.dm.train import Progress
    from drr.jobs.worker import Work

STATE, REPORT = "state", "report.json"  # in a job's folder


@dataclass(frozen=True)
class Kind:
    """`run` does the work and returns its result; `lower` says what to lower when memory did not suffice."""

    run: Callable[["Work"], Mapping[str, Any]]
    lower: str


def train(work: "Work") -> Mapping[str, Any]:
    """Train a DM. Params: `config` (a TrainConfig), `snapshot` (the name of a frozen one), `name` of the DM."""
    from drr.dm.train import TrainConfig
    from drr.dm.train import train as train_dm

    name = work.params["name"]
    out = work.settings.data_dir / "dms" / name

    def report(at: "Progress") -> None:
        figures = {"loss": at.loss, "rate": at.rate, "tokens_per_second": at.tokens_per_second}
        work.report(at.step, at.done, **figures, **at.metrics)

    snapshot = work.store.snapshots.get(work.params["snapshot"])
    records = work.store.snapshots.records(snapshot.name)  # resumed, it learns from the same ones
    config = TrainConfig.from_dict(work.params["config"])
    card = _saved_before(out, work.job.id) or train_dm(
        records, config, out, report, state=work.folder / STATE, stop=work.stop, tell=work.tell, job=work.job.id
    )
    work.store.checkpoints.add(name, str(out), card.metrics, snapshot.hash)
    return {"dm": name, "path": str(out), "threshold": card.threshold, "metrics": dict(card.metrics)}


def _saved_before(folder: Path, job: str) -> "Card | None":
    """The card of the DM that this very job has saved, and was ended before it could say so."""
    from drr.dm.checkpoint import read_card

    try:
        card = read_card(folder)
    except (ModelUnavailable, InvalidData):
        return None
    return card if card.job == job else None


def distill(work: "Work") -> Mapping[str, Any]:
    """Collect behavior. Params: `questions` (NAME:COUNT or a file), `reasoner` (folder or hub name), `plan`."""
    from drr.distill import Plan
    from drr.distill import distill as distill_behavior
    from drr.questions import questions_of
    from drr.reasoners.local import LocalReasoner

    plan = from_dict(Plan, work.params["plan"])
    questions = list(questions_of(work.params["questions"], "distil", plan.seed))

    def report(done: int) -> None:
        work.report(done, done / max(1, len(questions)))
        if work.stop():
            raise Stopped("What was distilled is stored.")

    made = distill_behavior(LocalReasoner.load(work.params["reasoner"]), questions, work.store, plan, report)
    return dict(vars(made))


def evaluate(work: "Work") -> Mapping[str, Any]:
    """Replay stored attempts on test questions by every policy. Params: `dm` (a folder), `where` (a filter), `seed`."""
    from drr.dm.backbone import best_device
    from drr.dm.examples import Item
    from drr.dm.judge import DMJudge
    from drr.dm.train import split_of
    from drr.evaluate import evaluate as evaluate_policies
    from drr.evaluate import from_records, score
    from drr.store import RecordFilter

    dm = DMJudge.load(Path(work.params["dm"]), best_device())
    records = work.store.records.iterate(RecordFilter.parse(work.params["where"]))
    unseen = [record for record in records if split_of(Item.of(record)) == "test"]
    work.report(1, 0.1)
    if work.stop():
        raise Stopped("Nothing was measured yet.")
    thoughts = score(from_records(unseen), dm, dm.threshold)
    work.report(2, 0.6)
    if work.stop():
        raise Stopped("Nothing was measured yet.")
    report = evaluate_policies(thoughts, [], threshold=dm.threshold, seed=work.params["seed"])
    (work.folder / REPORT).write_text(json.dumps(report.to_json(), ensure_ascii=False), encoding="utf-8")
    return {"questions": report.questions, "report": REPORT}


KINDS: Mapping[str, Kind] = {
    "train": Kind(
        train, "Lower the tokens per batch, choose LoRA over 4 bits, or a smaller base; then launch it anew."
    ),
    "distill": Kind(distill, "Choose a smaller Reasoner, or fewer attempts at once; then launch it anew."),
    "evaluate": Kind(evaluate, "Narrow the records down with a filter; then launch it anew."),
}
