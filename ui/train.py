"""The Train tab: choose records and a base, check, launch, watch, deploy.

The page asks; nothing here waits for a job or remembers anything: every answer is read from the job's row, its folder
and the DMs' cards, so that a reload, another browser and a restarted server show the same. Each function is reachable
by strangers: it reads its input as such, and the studio checks what the person may do.
"""

import base64
import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import gradio as gr

from drr.data import Data
from drr.errors import InvalidInput
from drr.live import problem_of
from drr.types import Job, JobState, Person, Status
from ui.reason import asset

Json = dict[str, Any]

PLOTLY = Path(str(find_spec("plotly").origin)).parent / "package_data" / "plotly.min.js"  # type: ignore[union-attr]
RUNS = 30  # in the list
CHUNK = 4 * 2**20  # bytes of a file that go to the page at once
LARGEST_DOWNLOAD = 500 * 2**20
SILENT = 60.0  # seconds without a sign of life that are worth telling
TIMED_STEPS = 3
FLIPS, LEAKS = 40, 3  # shown


class TrainStudio(Protocol):
    """What this tab needs of the studio."""

    @property
    def jobs(self) -> Any:
        """The `drr.jobs.engine.JobEngine`."""
        ...

    @property
    def registry(self) -> Any:
        """The `drr.registry.Registry`."""
        ...

    @property
    def data(self) -> Data: ...
    def ready(self) -> tuple[bool, str]: ...
    def person(self, name: str | None) -> Person: ...
    def may_work(self, person: Person) -> bool: ...
    def count_records(self, where: str) -> int: ...
    def training_defaults(self) -> Mapping[str, Any]: ...
    def preflight(
        self, config: Mapping[str, Any], where: str, *, timed_steps: int = 0
    ) -> tuple[Any, Sequence[str]]: ...
    def launch_training(self, config: Mapping[str, Any], where: str, name: str, by: Person) -> Job: ...
    def resume_job(self, id: str, by: Person) -> Job: ...
    def retraining(self) -> Any: ...
    def push_dm(self, name: str, repo: str, by: Person) -> str: ...
    def deploy(self, name: str, by: Person) -> None: ...
    def roll_back(self, by: Person) -> None: ...
    def compare_dms(self, first: str, second: str, where: str = "") -> Any: ...
    def dms(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class Option:
    """One key of a training's config, as a control. `choices`: (value, words); without any, a number or a text."""

    key: str
    label: str
    info: str
    choices: tuple[tuple[str, str], ...] = ()
    folded: bool = True


METHODS = (
    ("token/full", "All weights"),
    ("token/lora", "Adapters (LoRA)"),
    ("token/qlora", "Adapters over 4 bits (QLoRA, NF4)"),
    ("token/lora-8bit", "Adapters over 8 bits"),
    ("probe/full", "Probe on the Reasoner's states"),
)
OPTIONS = (
    Option("epochs", "Epochs", "Passes over the records.", folded=False),
    Option("risk", "Risk", "Share of what it accepts that may be wrong.", folded=False),
    Option("tokens_per_batch", "Tokens per batch", "Less needs less memory."),
    Option("backbone_rate", "Learning rate", "Of the base or its adapters; empty: what suits the method."),
    Option("head_rate", "Learning rate of the head", "Of what is new."),
    Option("lora_rank", "Rank of the adapters", "More can learn more, and needs more memory."),
    Option("lora_dropout", "Dropout of the adapters", "Between 0 and 1."),
    Option(
        "loss", "Loss", "Focal: less weight on what is easy.", (("weighted", "Weighted"), ("focal", "Focal"))
    ),
    Option("focal_gamma", "Focal gamma", "How much less."),
    Option("reject_weight", "Weight of wrong attempts", "Over 1: fewer wrong accepts, more needless rejections."),
    Option("pair_weight", "Weight of comparisons", "Of attempts on one question with each other."),
    Option("precision", "Precision", "Of the computation.", (("bf16", "bf16, mixed"), ("fp32", "fp32, full"))),
    Option(
        "checkpointing", "Gradient checkpointing", "Computes twice to save memory.",
        (("", "Where it helps"), ("on", "On"), ("off", "Off")),
    ),
    Option("evaluations", "Evaluations", "How often it is measured while it learns."),
    Option("patience", "Patience", "So many evaluations without a better AUROC end it; 0: to the end."),
    Option(
        "calibration", "Calibration", "How logits become probabilities.",
        (("platt", "Platt"), ("temperature", "Temperature"), ("isotonic", "Isotonic")),
    ),
    Option(
        "threshold", "Threshold from", "What an attempt must score to be accepted.",
        (("risk", "The risk above"), ("f-beta", "F-beta"), ("by-hand", "By hand")),
    ),
    Option("confidence", "Confidence", "That the risk holds."),
    Option("beta", "Beta", "Under 1: precision counts more."),
    Option("by_hand", "Threshold by hand", "Between 0 and 1."),
    Option("seed", "Seed", "The same seed trains the same DM."),
)  # fmt: skip


def build_train(studio: TrainStudio) -> gr.HTML:
    """The tab's content, inside an open `gr.Tab`. Its event `deployed` says that another DM judges."""
    gr.set_static_paths([PLOTLY])
    asked = Asked(studio)
    answers = (
        asked.train_state, asked.train_count, asked.train_check, asked.train_launch, asked.train_act, asked.train_dm,
        asked.train_compare, asked.train_export, asked.train_push,
    )  # fmt: skip
    return gr.HTML(
        value={
            "methods": METHODS,
            "options": [vars(option) for option in OPTIONS],
            "plotly": f"gradio_api/file={PLOTLY}",
        },
        html_template=asset("train.html"),
        js_on_load=asset("train.js"),
        server_functions=[_served(studio, answer) for answer in answers],
        apply_default_css=False,
        elem_id="train",
    )


def _served(studio: TrainStudio, answer: Callable[[Json, Person], Json]) -> Callable[..., Json]:
    """`answer` as the page calls it: it is told who asks, and answers whatever happens, for no exception gets there."""

    def served(asked: Any, profile: gr.OAuthProfile | None = None) -> Json:
        try:
            ready, state = studio.ready()
            if not ready:
                return {"error": state or "The models are being loaded. Try again in a moment.", "loading": True}
            return answer(dict(asked or {}), studio.person(profile.username if profile else None))
        except Exception as error:
            return {"error": problem_of(error).message}

    served.__name__ = answer.__name__  # by which the page knows it
    return served


def judges(studio: TrainStudio) -> gr.Dropdown:
    """The Reason tab's judge, as it is to be now; its threshold follows."""
    names = list(studio.dms())
    return gr.Dropdown(choices=names, value=names[0] if names else None)


class Asked:
    """What the page may ask. Every method takes one object from it, and answers one, with `error` where it failed."""

    def __init__(self, studio: TrainStudio) -> None:
        self.studio = studio

    def train_state(self, asked: Json, person: Person) -> Json:
        """The runs; of those in `curves` (id: last step known) what is new; the log of `log`; all else on `first`.

        With `dms` also the DMs, the Dataset snapshots, and how to train again where labels have changed.
        """
        jobs, may = self.studio.jobs, self.studio.may_work(person)
        now = time.time()
        state: Json = {
            "may": may,
            "runs": [run_row(job, jobs.beat(job.id), now, _may_act(person, job)) for job in jobs.list(RUNS)],
            "curves": {
                str(id): jobs.curves(str(id), int(after)) for id, after in dict(asked.get("curves") or {}).items()
            },
        }
        if asked.get("log"):
            job = jobs.get(str(asked["log"]))
            state["log"] = jobs.log_tail(job.id) if _may_act(person, job) else "Only its owner sees a run's log."
        if asked.get("first"):
            state["defaults"] = dict(self.studio.training_defaults())
        if asked.get("dms"):
            state["dms"] = [dm_row(one) for one in self.studio.registry.listed()]
            state["snapshots"] = [
                {"name": one.name, "about": f"{one.name} ({one.records:,})"} for one in self.studio.data.snapshots()
            ]
            again = self.studio.retraining() if may else None
            state["again"] = again and retraining_view(again)
        return state

    def train_count(self, asked: Json, person: Person) -> Json:
        return {"records": self.studio.count_records(str(asked.get("where") or ""))}

    def train_check(self, asked: Json, person: Person) -> Json:
        if not self.studio.may_work(person):
            raise InvalidInput(
                "On this public server only its owner can check a training: it takes the machine's time."
            )
        config, where = config_of(asked, self.studio.training_defaults()), str(asked.get("where") or "")
        timed = TIMED_STEPS if asked.get("timed") else 0
        estimate, leaked = self.studio.preflight(config, where, timed_steps=timed)
        return preflight_view(estimate, leaked) | {"command": command(config, where)}

    def train_launch(self, asked: Json, person: Person) -> Json:
        config = config_of(asked, self.studio.training_defaults())
        job = self.studio.launch_training(config, str(asked.get("where") or ""), str(asked.get("name") or ""), person)
        return {"id": job.id}

    def train_act(self, asked: Json, person: Person) -> Json:
        jobs = self.studio.jobs
        acts = {"cancel": jobs.cancel, "resume": self.studio.resume_job, "remove": jobs.remove}
        act = acts.get(str(asked.get("act")))
        if act is None:
            raise InvalidInput("A run can be cancelled, resumed or removed.")
        act(str(asked.get("id")), person)
        return {}

    def train_dm(self, asked: Json, person: Person) -> Json:
        if asked.get("act") == "deploy":
            self.studio.deploy(str(asked.get("name")), person)
        else:
            self.studio.roll_back(person)
        return {"deployed": next(iter(self.studio.dms()), "")}

    def train_compare(self, asked: Json, person: Person) -> Json:
        if not self.studio.may_work(person):
            raise InvalidInput("On this public server only its owner can compare DMs: it takes the machine's time.")
        names = str(asked.get("first")), str(asked.get("second"))
        if names[0] == names[1]:
            raise InvalidInput("Choose two different DMs.")
        return comparison_view(self.studio.compare_dms(*names))

    def train_push(self, asked: Json, person: Person) -> Json:
        return {"url": self.studio.push_dm(self._known_dm(asked), str(asked.get("repo") or ""), person)}

    def train_export(self, asked: Json, person: Person) -> Json:
        """A piece of the DM's zip file, from `offset` on."""
        offset = max(0, int(asked.get("offset") or 0))
        path: Path = self.studio.registry.export(self._known_dm(asked))
        size = path.stat().st_size
        if size > LARGEST_DOWNLOAD:
            raise InvalidInput("This DM is too large to download here: copy its folder from the server.")
        with path.open("rb") as file:
            file.seek(offset)
            piece = file.read(CHUNK)
        return {"name": path.name, "size": size, "piece": base64.b64encode(piece).decode()}

    def _known_dm(self, asked: Json) -> str:
        """A name from the registry, never a path."""
        name = str(asked.get("name"))
        if name not in self.studio.dms():
            raise InvalidInput(f"There is no DM {name}.")
        return name


def _may_act(person: Person, job: Job) -> bool:
    return person.admin or (bool(person.name) and person.name == job.owner)


# --- form -> config ---------------------------------------------------------------------------------------------------


def config_of(form: Mapping[str, Any], defaults: Mapping[str, Any]) -> Json:
    """The keys of a training's config that the form sets; what is left empty keeps its default.

    Raises:
        InvalidInput: a method that is not offered, or words where a number should be.
    """
    method = str(form.get("method") or METHODS[0][0])
    if method not in dict(METHODS):
        raise InvalidInput(f"There is no method {method!r}.")
    kind, _, tuning = method.partition("/")
    config: Json = {"kind": kind, "tuning": tuning}
    if str(form.get("base") or "").strip():
        config["base"] = str(form["base"]).strip()
    for option in OPTIONS:
        given = form.get(option.key)
        if given is not None and str(given).strip():
            config[option.key] = _value(option, str(given).strip(), defaults.get(option.key))
    return {key: value for key, value in config.items() if value != defaults.get(key)}


def _value(option: Option, text: str, default: Any) -> Any:
    if option.choices:
        if text not in dict(option.choices):
            raise InvalidInput(f"{option.label}: {text!r} is not offered.")
        return {"on": True, "off": False}.get(text, text)
    try:
        return int(text) if isinstance(default, int) else float(text)
    except ValueError:
        wanted = "a whole number" if isinstance(default, int) else "a number"
        raise InvalidInput(f"{option.label} is {wanted}, not {text!r}.") from None


def command(config: Mapping[str, Any], where: str) -> str:
    """The same training on the command line."""
    words = ["python", "-m", "drr", "train"]
    for key, value in config.items():
        flag = key.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{flag}" if value else f"--no-{flag}")
        else:
            words += [f"--{flag}", f"{value:g}" if isinstance(value, float) else str(value)]
    return shlex.join([*words, *(["--where", where] if where.strip() else [])])


# --- values -> what the page shows ------------------------------------------------------------------------------------

_STATES = {
    JobState.QUEUED: "Waiting",
    JobState.RUNNING: "Running",
    JobState.DONE: "Done",
    JobState.FAILED: "Failed",
    JobState.CANCELLED: "Cancelled",
}


def run_row(job: Job, beat: Mapping[str, Any], now: float, may: bool) -> Json:
    """A run as the list shows it."""
    running = job.state is JobState.RUNNING
    return {
        "id": job.id,
        "title": job.title,
        "state": str(job.state),
        "word": "Stopping" if running and job.cancel_asked else _STATES[job.state],
        "done": job.done,
        "note": " · ".join(part for part in _notes(job, beat, now) if part),
        "reason": job.reason if not running else "",
        "may": may,
        "config": _shown_config(job),
        "dm": str(job.result.get("dm", "")),
    }


def _notes(job: Job, beat: Mapping[str, Any], now: float) -> list[str]:
    notes = [_moment(job.created), f"by {job.owner}", job.device]
    if job.state is JobState.RUNNING:
        silent = now - float(beat.get("at", job.began or now))
        left = f"{duration(job.due - now)} left" if job.due is not None else ""
        notes += [
            f"step {job.step:,}" if job.step else "starting",
            str(beat.get("doing") or left),  # how long the last part takes, nobody knows
            f"{size(float(beat['memory']))} of memory" if "memory" in beat else "",
            f"no sign of life for {duration(silent)}" if silent > SILENT else "",
        ]
    elif job.began is not None and job.ended is not None:
        notes.append(f"took {duration(job.ended - job.began)}")
    return notes


def _shown_config(job: Job) -> dict[str, str]:
    """What tells this run from others: its settings, in words."""
    config = dict(job.params.get("config") or {})
    shown = {key: str(value) for key, value in config.items()} | {"records": str(job.params.get("where") or "all")}
    return shown | {"base": Path(config["base"]).name} if "base" in config else shown


def dm_row(dm: Any) -> Json:
    """A DM as the registry shows it; `dm` is a `drr.registry.Listed`."""
    figures = {name: dm.metrics.get(name) for name in ("auroc", "auroc_within", "ece")}
    return {
        "name": dm.name,
        "deployed": dm.deployed,
        "about": "shipped" if dm.created is None else _moment(dm.created),
        "kind": dict(METHODS).get(f"{dm.kind}/{dm.config.get('tuning', 'full')}", dm.kind),
        "afterwards": dm.kind != "probe",  # it can judge what is stored
        "reasoner": dm.reasoner,
        "threshold": f"{dm.threshold:.2f}",
        "dataset": dm.dataset.name if dm.dataset else "",
        "attempts": dm.metrics.get("train_attempts"),
        "reliability": dm.metrics.get("reliability") or [],
        **{name: "–" if value is None else f"{value:.3f}" for name, value in figures.items()},
    }  # fmt: skip


def retraining_view(again: Any) -> Json:
    """What the page shows of a `drr.studio.Retraining`, and the form that it fills in."""
    config = dict(again.config)
    method = f"{config.pop('kind', 'token')}/{config.pop('tuning', 'full')}"
    words = {True: "on", False: "off"}
    form = {key: words[value] if isinstance(value, bool) else str(value) for key, value in config.items()}
    one = len(again.changed) == 1
    return {
        "words": f"{len(again.changed):,} label{'' if one else 's'} changed since {again.dm} was trained.",
        "go": "Retrain with it" if one else "Retrain with them",
        "form": {"method": method, "where": again.where, **form},
    }


def preflight_view(estimate: Any, leaked: Sequence[str]) -> Json:
    """What the panel shows of a `drr.dm.estimate.Estimate` and of the questions that stand on two sides."""
    most = max(estimate.needed, estimate.free, 1)
    return {
        "device": estimate.device,
        "fits": estimate.needed <= estimate.free,
        "needed": size(estimate.needed),
        "free": size(estimate.free),
        "free_share": estimate.free / most,
        "parts": [{"name": name, "size": size(part), "share": part / most} for name, part in estimate.memory.items()],
        "splits": [
            {
                "name": name,
                "questions": split.questions,
                "attempts": split.attempts,
                "right": split.right / split.attempts if split.attempts else None,
            }
            for name, split in estimate.splits.items()
        ],
        "leaked": list(leaked[:LEAKS]),
        "leaks": len(leaked),
        "steps": estimate.steps,
        "tokens": estimate.tokens,
        "longest": estimate.longest,
        "time": duration(estimate.seconds) if estimate.seconds is not None else "",
        "advice": [
            {
                "problem": one.problem,
                "remedy": one.remedy,
                "blocking": one.blocking,
                "change": {key: str(value) for key, value in one.change.items()},
            }
            for one in estimate.advice
        ],
    }


def comparison_view(compared: Any) -> Json:
    """What the page shows of a `drr.dm.compare.Comparison`."""
    return {
        "attempts": compared.attempts,
        "questions": compared.questions,
        "flips": len(compared.flips),
        "sides": [
            {
                "name": side.name,
                "threshold": f"{side.threshold:.2f}",
                "accepted": side.accepted,
                "wrong": side.wrong,
                "missed": side.missed,
            }
            for side in compared.sides
        ],
        "rows": [
            {
                "id": flip.record.id,
                "question": flip.record.question.text,
                "answer": flip.record.attempt.answer,
                "right": flip.record.correct,
                "scores": [f"{score:.2f}" for score in flip.scores],
                "accepted_by": flip.accepted_by,
            }
            for flip in compared.flips[:FLIPS]
        ],
        "traces": compared.traces,
        "trace_flips": len(compared.trace_flips),
        "trace_rows": [
            {
                "id": flip.trace.id,
                "question": flip.trace.question.text,
                "endings": [_ending(one) for one in flip.endings],
            }
            for flip in compared.trace_flips[:FLIPS]
        ],
    }


def _ending(ending: Any) -> str:
    """What a `drr.replay.Replay` came to, in words."""
    outcome, tries = ending.outcome, len(ending.attempts)
    after = f"after {tries} attempt{'' if tries == 1 else 's'}"
    if outcome.status is Status.RUNNING:
        return f"thinks on {after}"
    if outcome.answer is None:
        return f"abstains {after}"
    return f"{'accepts' if outcome.status is Status.ACCEPTED else 'falls back on'} {outcome.answer} {after}"


def _moment(at: float) -> str:
    return time.strftime("%d %b %H:%M", time.localtime(at))


def duration(seconds: float) -> str:
    """A time as people say it: 40 s, 12 min, 3 h 20 min."""
    seconds = max(0.0, seconds)
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def size(count: float) -> str:
    """Bytes as people say them."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
