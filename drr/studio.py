"""The few verbs that the page, the command line and the API call; holds the open store and the loaded models.

Models load in a thread behind the page. A running question keeps the Reasoner and the DM that it started with.
"""

import gzip
import json
import logging
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from itertools import chain, count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drr.annotations import Annotation, relabelled
from drr.data import Data, warn_of_mismatch
from drr.distill import records_of
from drr.errors import DRRError, InvalidInput, ModelUnavailable, NotAllowed, StoreUnavailable
from drr.familiar import Familiarity
from drr.jobs.engine import JobEngine
from drr.judges import ConfidenceJudge, ConstantJudge, GoldJudge, Judge, SelfCritiqueJudge
from drr.live import Begun, LiveRun, LiveView, problem_of
from drr.policies import POLICY_NAMES, Policy, free_params, make_policy, with_params
from drr.questions import as_question, draw_problem, is_beyond, is_procedural
from drr.reasoners import Reasoner, Request
from drr.registry import SHIPPED, Registry
from drr.rivals import FEWEST, MOST, Rival, informed, rivals, told_before, vote_requests
from drr.settings import Settings
from drr.store import RecordFilter, Store, record_id
from drr.store.jobs import ACTIVE
from drr.store.seed import fill_first_time
from drr.store.snapshots import Snapshot
from drr.thinking import Event, TraceEnded, think
from drr.types import Attempt, BehaviorRecord, Job, JobState, Person, Question, Token, Trace

if TYPE_CHECKING:
    from drr.dm.compare import Comparison
    from drr.dm.estimate import Estimate

EMBEDDED = "reasoner"  # folder in models/
BUNDLED = "behavior.jsonl.gz"  # in data/
SMALL = 50_000_000  # weights of a Reasoner that thinks fastest on one core; the others are for those who watch
LONGEST_QUESTION = 4_000  # characters
LONGEST_GOLD = 200
KEPT_RUNS = 200
ASIDES = 2  # questions about stored traces that models work on at the same time
ASIDE_PATIENCE = 20.0  # seconds that one more waits
LOADING_PATIENCE = 60.0  # seconds that a question waits for the models
NO_THRESHOLD = 0.5  # before any DM is there
COMPARED, COMPARED_TRACES = 600, 50  # attempts and traces: a few seconds on two cores

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Example:
    """A question to start from."""

    group: str
    text: str
    gold: str | None


@dataclass(frozen=True)
class Drawn:
    """A question drawn from a procedural source, with the number of steps of its worked solution."""

    question: Question
    steps: int


@dataclass(frozen=True)
class Kept:
    """What became of a trace's attempts: `added` of `total` were new; `record` is the id of the last one's."""

    added: int
    total: int
    record: str


@dataclass(frozen=True)
class Retraining:
    """How to train the deployed DM again, now that people have changed the labels of these records.

    `config`: what differs from the defaults; `where`: the filter that its own records came from.
    """

    dm: str
    changed: tuple[str, ...]
    config: Mapping[str, Any]
    where: str


class Studio:
    """Everything behind one app. `reasoner` may be handed in; else the embedded one, or `reasoner_name`, is loaded."""

    def __init__(self, settings: Settings, *, reasoner: Reasoner | None = None, reasoner_name: str = "") -> None:
        self.settings = settings
        self._reasoner = reasoner
        self._reasoner_name = reasoner_name or str(settings.models_dir / EMBEDDED)
        self._store: Store | None = None
        self._jobs: JobEngine | None = None
        self.registry = Registry(settings, lambda: self._store)
        self._judges: dict[str, Any] = {}
        self._compared: set[str] = set()  # the DMs of which it was checked that they know the Reasoner
        self._runs: dict[str, LiveRun] = {}
        self._samples: dict[str, tuple[Attempt, ...]] = {}  # drawn for a vote, by trace
        self._asides = threading.Semaphore(ASIDES)
        self._familiar: Familiarity | None = None
        self._lock = threading.RLock()
        self._state = "Opening the records …"
        self._ready = threading.Event()  # questions can be asked
        self._loaded = threading.Event()  # loading is over, well or not
        self._loader: threading.Thread | None = None
        self.data = Data(lambda: self.store, settings.public, self.default_threshold, self._first_dm)

    # --- loading ------------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Open the store, load the models, fill in the bundled records; errors are told by `ready`."""
        try:
            self.store  # noqa: B018 - opens it; it knows which DM is deployed
            self._state = "Loading the Reasoner and its DM …"
            if getattr(self.reasoner, "weights", SMALL) < SMALL:
                import torch

                torch.set_num_threads(1)
            for name in self.dms()[:1]:
                self.dm(name)
            with suppress(Exception):  # a damaged file leaves unsaid what is unlike it, and keeps nobody from asking
                self._familiar = Familiarity(_questions_in(self._bundled()))
            self._state = ""
            self._ready.set()
            self.jobs.watch()
            self.fill(self._tell_filling)
            self._state = " ".join(self.store.notices)
        except Exception as error:  # the loading thread's last resort: a page must never wait for nothing
            self._state = problem_of(error).message
            log.error("loading failed: %s", error)
        finally:
            self._loaded.set()

    def _tell_filling(self, records: int, share: float) -> None:
        self._state = f"Filling in the bundled records: {records:,} ({share:.0%})"

    def load_in_background(self) -> None:
        self._loader = threading.Thread(target=self.load, name="loading", daemon=True)
        self._loader.start()

    def ready(self) -> tuple[bool, str]:
        """Whether questions can be asked, and what is going on or went wrong."""
        return self._ready.is_set(), self._state

    def _wait_until_ready(self, seconds: float, stop: threading.Event) -> bool:
        """False if it was stopped before. Raises what keeps questions from being asked, as soon as it is known."""
        until = time.monotonic() + seconds
        while not self._ready.wait(0.1) and not stop.is_set():
            if self._loaded.is_set() or time.monotonic() > until:
                raise ModelUnavailable(f"The models are not ready. {self._state}")
        return self._ready.is_set()

    def fill(self, progress: Callable[[int, float], None] = lambda records, share: None) -> None:
        """Bring the bundled records into an empty store."""
        bundled = self._bundled()
        if bundled.exists():
            fill_first_time(self.store, bundled, progress)

    def _bundled(self) -> Path:
        own = self.settings.data_dir / BUNDLED
        return own if own.exists() else Path(__file__).parent.parent / "data" / BUNDLED

    @property
    def store(self) -> Store:
        """Opens it first, and logs what became of a damaged one.

        Raises:
            StoreUnavailable: it, or the data folder, cannot be opened or made.
        """
        with self._lock:
            if self._store is None:
                folder = self.settings.data_dir
                try:
                    folder.mkdir(parents=True, exist_ok=True)
                except OSError as error:
                    message = f"The data folder {folder} cannot be made: {error.strerror}. Set DRR_DATA_DIR to another."
                    raise StoreUnavailable(message) from error
                self._store = Store.open(self.settings.db_url)
                for notice in self._store.notices:
                    log.warning(notice)
            return self._store

    def has_database(self) -> bool:
        """Whether there is one to open, rather than one to begin. A server's is taken to be there."""
        file = self.settings.db_url.removeprefix("sqlite:///").partition("?")[0]
        return "://" in file or Path(file).exists()

    @property
    def jobs(self) -> JobEngine:
        with self._lock:
            if self._jobs is None:
                self._jobs = JobEngine(self.store, self.settings)
            return self._jobs

    @property
    def reasoner(self) -> Reasoner:
        with self._lock:
            if self._reasoner is None:
                from drr.reasoners.local import LocalReasoner

                self._reasoner = LocalReasoner.load(self._reasoner_name)
            return self._reasoner

    def close(self) -> None:
        """Stop the questions that run, and close the store. Jobs go on."""
        if self._jobs is not None:
            self._jobs.close()
        for run in list(self._runs.values()):
            run.stop()
        for run in list(self._runs.values()):
            run.join(5)
        if self._store is not None:
            self._store.close()

    # --- DMs ----------------------------------------------------------------------------------------------------------

    def dms(self) -> list[str]:
        """The DMs there are, the deployed one first."""
        return self.registry.names()

    def dm(self, name: str) -> Any:
        """The DM of that name, or in that folder, behind the judge seam."""
        with self._lock:
            if name not in self._judges:
                from drr.dm.backbone import best_device
                from drr.dm.judge import open_judge

                folder = self.registry.folder(name)
                self._judges[name] = open_judge(folder, best_device())  # where a local Reasoner is, too
            return self._judges[name]

    def _first_dm(self, name: str = "") -> Any:
        """The DM of that name, or else the first there is."""
        name = name or next(iter(self.dms()), "")
        if not name:
            raise ModelUnavailable("There is no DM. Train one with: python -m drr train")
        return self.dm(name)

    def default_threshold(self, dm: str = "") -> float:
        """What the card of that DM, or of the first, says; a guess without one. A damaged card is told by `ready`."""
        threshold = self.registry.threshold(dm)
        return NO_THRESHOLD if threshold is None else threshold

    def default_promise(self, dm: str = "") -> str:
        """What the default threshold of that DM, or of the first, is worth, in words; empty without one."""
        return self.registry.promise(dm)

    # --- thinking -----------------------------------------------------------------------------------------------------

    def policies(self) -> list[str]:
        return list(POLICY_NAMES)

    def examples(self) -> list[Example]:
        rows = json.loads((Path(__file__).parent.parent / "data" / "examples.json").read_text(encoding="utf-8"))
        return [Example(**row) for row in rows]

    def judge(self, policy: Policy, dm: str = "") -> Judge:
        """Who judges under `policy`. Rules that need no judge are watched by the DM, so that its scores are seen."""
        if policy.name == "self-critique":
            return SelfCritiqueJudge(self.reasoner)
        if policy.name == "confidence":
            return ConfidenceJudge()
        if policy.name == "oracle":
            return GoldJudge()
        name = dm or next(iter(self.dms()), "")
        if not name and policy.name in ("drr", "best-of", "weighted"):
            raise ModelUnavailable(f"{policy.name} needs a DM, and there is none. Train one with: python -m drr train")
        if not name:
            return ConstantJudge()
        judge: Judge = self.dm(name)
        if name not in self._compared:
            self._compared.add(name)
            warn_of_mismatch(judge, [self.reasoner.name])
        return judge

    def thinking(
        self, question: Question, policy: Policy, dm: str = "", *, seed: int = 0, max_tokens: int = 256,
        stop: Callable[[], bool] | None = None, shadow: bool = False,
    ) -> Generator[Event, None, None]:  # fmt: skip
        """Think a question through; the trace is kept whatever happens, and the last event carries it with its id.

        The last event comes also before an error is raised, such as that the trace cannot be kept. What was stopped
        before its first token leaves nothing to keep. `shadow`: think on past the stop, for replay.
        """
        check_question(question.text)
        if policy.name == "oracle" and question.gold is None:
            raise InvalidInput("The oracle needs the gold answer: give one, or choose another policy.")
        judge = self.judge(policy, dm)
        thinking = think(
            question, self.reasoner, judge, policy, seed=seed, max_tokens=max_tokens, shadow=shadow, stop=stop
        )
        saved = False
        try:
            for event in thinking:
                if isinstance(event, TraceEnded):
                    saved = True
                    begun = event.trace.tokens or event.trace.decisions
                    yield from self._kept(event.trace) if begun else (event,)
                else:
                    yield event
        except Exception:
            if not saved and thinking.trace.attempts:
                saved = True
                yield from self._kept(thinking.trace)
            raise
        finally:
            thinking.close()
            if not saved and thinking.trace.attempts:
                self.store.traces.save(thinking.trace)

    def _kept(self, trace: Trace) -> Iterator[TraceEnded]:
        """The trace with the id that it is kept under. One that cannot be kept is told too: its answer is there."""
        try:
            kept = replace(trace, id=self.store.traces.save(trace))
        except DRRError as error:
            yield TraceEnded(trace)
            raise StoreUnavailable(f"This trace could not be kept. {error}") from error
        yield TraceEnded(kept)

    def start(
        self, question_text: str, *, dm: str = "", policy: str = "drr", threshold: float | None = None,
        attempts: int | None = None, hopeless: float | None = None, fallback: str | None = None, seed: int = 0,
        gold: str | None = None, source: str = "typed", shadow: bool = False,
    ) -> str:  # fmt: skip
        """Begin a run in a thread of its own; its id. While the models load it waits, and can be stopped.

        What a policy has no use for is ignored. `shadow`: think on past the stop, so that later stops can be explored.
        """
        check_question(question_text)
        question = Question(question_text.strip(), gold=(gold or "").strip() or None, source=source)

        def ruled() -> tuple[Policy, LiveView]:
            rule = self.policy(policy, dm, threshold=threshold, k=attempts, hopeless=hopeless, fallback=fallback)
            judge = self.judge(rule, dm)
            return rule, LiveView(question=question, judge=judge.name, policy=rule.name, params=rule.params)

        def events(stop: threading.Event) -> Iterator[Event | Begun]:
            if self._wait_until_ready(LOADING_PATIENCE, stop):
                rule, view = ruled()
                yield Begun(view)
                yield from self.thinking(question, rule, dm, seed=seed, stop=stop.is_set, shadow=shadow)

        run = LiveRun(ruled()[1] if self._ready.is_set() else LiveView(question), events)
        with self._lock:
            done = [id for id, kept in self._runs.items() if kept.done]
            for old in done[: max(0, len(self._runs) + 1 - KEPT_RUNS)]:
                del self._runs[old]
            self._runs[run.id] = run
        run.start()
        return run.id

    def policy(self, name: str, dm: str = "", **params: Any) -> Policy:
        """The policy of that name with those of `params` that may be chosen under it and that are not None.

        `drr` starts from the DM's threshold.
        """
        policy = make_policy(name)
        if name == "drr":
            judged = dm or next(iter(self.dms()), "")
            policy = with_params(policy, threshold=self.dm(judged).threshold if judged else NO_THRESHOLD)
        free = free_params(name)
        return with_params(policy, **{key: value for key, value in params.items() if value is not None and key in free})

    def defaults(self, policy: str, dm: str = "") -> dict[str, Any]:
        """What may be chosen under a policy, with its own defaults; `drr` has the threshold of that DM's card."""
        free = free_params(policy)
        return {**free, "threshold": self.default_threshold(dm)} if policy == "drr" else free

    def run(self, run_id: str) -> LiveRun | None:
        return self._runs.get(run_id)

    def trace(self, trace_id: str) -> Trace | None:
        return self.store.traces.get(trace_id)

    @property
    def public(self) -> bool:
        """Whether strangers share this server: then nobody is shown what was asked, but by its link."""
        return self.settings.public

    def recent(self, count: int = 20) -> list[Trace]:
        """The latest traces; none on a public server, where they are other people's."""
        return [] if self.public else self.store.traces.recent(count)

    # --- training -----------------------------------------------------------------------------------------------------

    def person(self, name: str | None) -> Person:
        """Who somebody is that signed in as `name`. On a server of one's own, whoever reaches it may do everything."""
        if not self.settings.public:
            return Person(name or "local", admin=True)
        return Person(name or "", verified=bool(name), admin=bool(name) and name == self.settings.owner)

    def may_work(self, person: Person) -> bool:
        """Whether somebody may start jobs, add records and say which DM judges."""
        return person.admin

    def check_may_work(self, person: Person) -> None:
        """Raises NotAllowed for somebody who may not."""
        if not self.may_work(person):
            raise NotAllowed(
                "On this public server only its owner may do this. Duplicate the Space, or run DRR Studio on your own "
                "machine: make run"
            )

    def launch_training(self, config: Mapping[str, Any], where: str, name: str, by: Person) -> Job:
        """Queue the training of a DM on the records of a filter, frozen now. `config`: what differs from the defaults.

        Raises:
            NotAllowed: by a visitor of a public server. InvalidInput, InvalidData: what cannot be trained.
        """
        from drr.dm.train import TrainConfig

        self.check_may_work(by)
        config = self._with_base(config)
        TrainConfig.from_dict(config).check()
        name = self._new_name(name, config)
        snapshot = self._frozen(where, name, by)
        params = {"config": config, "where": where, "snapshot": snapshot, "name": name}
        return self.jobs.launch("train", params, by, title=f"Train {name}", device=job_device())

    def _frozen(self, where: str, name: str, by: Person) -> str:
        """The name of a snapshot of these records: the one that the filter names, or one that is made for this DM."""
        named = self.snapshot(where)
        if named is not None:
            return named.name
        asked = RecordFilter.parse(where)
        taken = {snapshot.name for snapshot in self.store.snapshots.list()}
        called = _free(f"for {name}", taken)  # a failed training of that name leaves its own
        return self.store.snapshots.freeze(called, asked, by.name, "Frozen when its training was launched.").name

    def resume_job(self, id: str, by: Person) -> Job:
        """Queue a job that failed or was cancelled again.

        Raises:
            NotAllowed: it is another person's. InvalidInput: there is nothing to resume, or another DM has its name.
        """
        job = self.jobs.get(id)
        name = job.params.get("name") if job.kind == "train" else None
        ended = job.state in (JobState.FAILED, JobState.CANCELLED)
        if ended and name in self._taken_names() and self.registry.maker(str(name)) != job.id:  # it may be its own
            raise InvalidInput(f"Meanwhile another DM is named {name}. Launch the training anew, under another name.")
        return self.jobs.resume(id, by)

    def retraining(self) -> Retraining | None:
        """What "retrain with these changes" would train; None while nobody has changed a label."""
        dm = next((one for one in self.registry.listed() if one.deployed), None)
        if dm is None:
            return None
        where = dm.dataset.where if dm.dataset else {}
        changed = self.store.checkpoints.relabelled_since(dm.learnt_at, RecordFilter.of(where))
        if not changed:
            return None
        defaults = self.training_defaults()
        config = {key: dm.config[key] for key in defaults if dm.config.get(key, defaults[key]) != defaults[key]}
        if config.get("base") in (EMBEDDED, os.path.abspath(self.settings.models_dir / EMBEDDED)):
            del config["base"]
        return Retraining(dm.name, changed, config, _as_text(where))

    def records(self, where: str) -> Iterator[BehaviorRecord]:
        """The records of a filter with their effective labels, as a snapshot would freeze them now.

        Those of a whole snapshot (`snapshot=NAME`) come with their frozen labels.

        Raises:
            InvalidInput: the filter cannot be read, or there is no such snapshot.
        """
        named = self.snapshot(where)
        return self.store.snapshots.records(named.name) if named else _labelled(self.store, RecordFilter.parse(where))

    def snapshot(self, where: str) -> Snapshot | None:
        """The snapshot that a filter asks for as a whole (`snapshot=NAME`), if it does.

        Raises:
            InvalidInput: the filter cannot be read, or there is no such snapshot.
        """
        asked = RecordFilter.parse(where)
        whole = asked.snapshot is not None and asked == RecordFilter(snapshot=asked.snapshot)
        return self.store.snapshots.get(str(asked.snapshot)) if whole else None

    def count_records(self, where: str) -> int:
        """How many records pass the filter. Raises InvalidInput for one that cannot be read."""
        return self.store.records.count(RecordFilter.parse(where))

    def training_defaults(self) -> dict[str, Any]:
        """Every key of a training's config with its value when left alone."""
        from drr.dm.train import TrainConfig

        return asdict(TrainConfig(base=""))

    def preflight(
        self, config: Mapping[str, Any], where: str, *, timed_steps: int = 0
    ) -> tuple["Estimate", tuple[str, ...]]:
        """What that training would need, from the real lengths of its records, and the questions that leak.

        Takes seconds.

        Raises:
            InvalidInput, InvalidData, ModelUnavailable: what cannot be trained.
        """
        from drr.dm.estimate import estimate
        from drr.dm.examples import Item
        from drr.dm.leak import leaked
        from drr.dm.train import TrainConfig

        wanted = TrainConfig.from_dict(self._with_base(config))
        items = [Item.of(record) for record in self.records(where) if record.correct is not None]
        return estimate(wanted, items, job_device(), timed_steps=timed_steps), leaked(items)

    def _with_base(self, config: Mapping[str, Any]) -> dict[str, Any]:
        return {**config, "base": config.get("base") or str(self.settings.models_dir / EMBEDDED)}

    def deploy(self, name: str, by: Person) -> None:
        """The next question is judged by this DM.

        Raises:
            NotAllowed: by a visitor. ModelUnavailable: there is none of that name, or it cannot judge.
        """
        self.check_may_work(by)
        self.dm(name)  # loads it: one that cannot judge is not deployed
        self.registry.deploy(name)

    def roll_back(self, by: Person) -> None:
        """Deploy what was deployed before. Raises NotAllowed by a visitor, InvalidInput where nothing was."""
        self.check_may_work(by)
        self.registry.roll_back()

    def push_dm(self, name: str, repo: str, by: Person) -> str:
        """Put a DM on the Hugging Face Hub; its address there. See `Registry.push`. Raises NotAllowed by a visitor."""
        self.check_may_work(by)
        return self.registry.push(name, repo)

    def compare_dms(self, first: str, second: str, where: str = "", most: int = COMPARED) -> "Comparison":
        """Two DMs on at most `most` stored attempts that neither learnt from, and on the latest traces.

        Raises:
            ModelUnavailable: there is no such DM. InvalidInput: a probe, or no such attempt is stored.
        """
        from drr.dm.compare import compare
        from drr.dm.examples import Item
        from drr.dm.train import split_of

        judges = [self.dm(name) for name in (first, second)]
        for judge in judges:
            if not hasattr(judge, "score_many"):
                raise InvalidInput(f"{judge.name} is a probe: it judges live, not afterwards. Choose token DMs.")
        unseen = (record for record in self.records(where) if split_of(Item.of(record)) == "test")
        return compare(judges[0], judges[1], list(islice(unseen, most)), self.recent(COMPARED_TRACES))

    def _new_name(self, name: str, config: Mapping[str, Any]) -> str:
        """A name that no DM, trained or to be trained, has yet."""
        wanted = name.strip() or f"{config.get('kind', 'token')}-{time.strftime('%m%d-%H%M')}"
        if not _NAME.fullmatch(wanted):
            raise InvalidInput(f"{wanted!r} cannot be a DM's name: use letters, digits, dots, dashes; at most 60.")
        free = _free(wanted, self._taken_names())
        if name.strip() and free != wanted:
            raise InvalidInput(f"A DM is, or will be, named {wanted} already. Choose another name.")
        return free

    def _taken_names(self) -> set[str]:
        """Of the DMs there are, and of those that wait to be trained or are."""
        return {*self.dms(), *(str(job.params.get("name")) for job in self.store.jobs.list(ACTIVE))}

    # --- questions, and stored traces ---------------------------------------------------------------------------------

    def draw(self, source: str, steps: int | None = None) -> Drawn:
        """A random question that neither Reasoner nor DM was trained on; see `drr.questions.draw_problem`."""
        problem = draw_problem(source, steps, seed=secrets.randbits(32))
        return Drawn(as_question(problem), len(problem.steps))

    def outside(self, question: Question, judge: str) -> str:
        """`beyond`: of a kind held out from the embedded models; `unlike`: worded unlike what they learnt from.

        Empty: neither, or not known. That of a DM trained here is not known.
        """
        if judge not in SHIPPED:
            return ""
        if is_beyond(question.source):
            return "beyond"
        familiar = self._familiar
        if is_procedural(question.source) or familiar is None or not familiar.is_unlike(question.text):
            return ""
        return "unlike"

    def rival_names(self, trace: Trace) -> list[str]:
        """All that can stand beside this trace, by the names of `drr.rivals.Rival`; those to begin with come first."""
        mine = trace.reasoner == self.reasoner.name
        dms = [one.name for one in self.registry.listed() if one.kind != "probe"]  # it reads states, and none is kept
        names = {
            "greedy": True,
            "self-critique": mine,
            "majority": mine or bool(self._samples_of(trace)),
            "oracle": trace.question.gold is not None,
            **{f"drr {dm}": (trace.policy, trace.judge) != ("drr", dm) for dm in dms},
            "confidence": True,
        }
        return [name for name, possible in names.items() if possible and name != trace.policy]

    def rivals(self, trace_id: str, names: Collection[str] = (), draw: bool = False) -> tuple[Rival, ...]:
        """Other ways to stop on this trace's own attempts: those of `names` that are possible, else the first ones.

        `draw`: also make the samples that a vote needs.

        Raises:
            InvalidInput: no such trace, or too few or too many names.
        """
        trace = self._there(trace_id)
        if names and not FEWEST <= len(names) <= MOST:
            raise InvalidInput(f"{FEWEST} to {MOST} others can stand beside the run, not {len(names)}.")
        possible = self.rival_names(trace)
        chosen = [name for name in possible if name in names]
        if len(chosen) < FEWEST:
            chosen = possible[:MOST]
        with self._aside():
            if draw and "majority" in chosen and not self._samples_of(trace):
                self._keep_samples(trace.id, tuple(self.reasoner.attempts(vote_requests(trace))))
            return rivals(trace, {name: self._rival(name) for name in chosen}, self._samples_of(trace))

    def _rival(self, name: str) -> tuple[Policy, Judge | None]:
        policy, _, dm = name.partition(" ")
        rule = self.policy(policy, dm)
        judge = self.judge(rule, dm) if rule.rule == "accept" else None
        # A perfect judge reads the trace's retries; the policy `oracle` would want fresh samples.
        return make_policy("drr") if policy == "oracle" else rule, judge

    def _samples_of(self, trace: Trace) -> tuple[Attempt, ...]:
        if not informed(trace) and trace.policy not in ("greedy", "oracle"):
            return trace.attempts
        return self._samples.get(trace.id, ())

    def _keep_samples(self, trace_id: str, samples: tuple[Attempt, ...]) -> None:
        with self._lock:
            while len(self._samples) >= KEPT_RUNS:
                del self._samples[next(iter(self._samples))]
            self._samples[trace_id] = samples

    def tokens(self, trace_id: str, attempt: int, step: int) -> tuple[Token, ...]:
        """The tokens of one step with their probabilities; with alternatives where this Reasoner can read it again."""
        trace = self._there(trace_id)
        if not 0 <= attempt < len(trace.attempts) or not 0 <= step < len(trace.attempts[attempt].steps):
            raise InvalidInput(f"This trace has no step {step + 1} in attempt {attempt + 1}.")
        steps = trace.attempts[attempt].steps
        reread = getattr(self.reasoner, "reread", None)
        if reread is not None and trace.reasoner == self.reasoner.name:
            before = tuple(earlier for earlier in steps[:step] if not earlier.rejected)
            with self._aside():
                read: tuple[Token, ...] = reread(
                    Request(trace.question, told_before(trace, attempt), before), steps[step].text
                )
            return read
        logprobs = steps[step].logprobs or (None,) * len(steps[step].token_texts)
        return tuple(Token(text, logprob) for text, logprob in zip(steps[step].token_texts, logprobs, strict=True))

    def keep(self, trace_id: str, by: Person, gold: str = "") -> Kept:
        """Add a trace's finished attempts to the behavior records, once each; `gold` where the trace has none.

        Raises:
            NotAllowed: by a visitor of a public server. InvalidInput: no such trace, or no such answer.
        """
        self.check_may_work(by)
        trace = self._there(trace_id)
        if len(gold) > LONGEST_GOLD:
            raise InvalidInput(f"A right answer has at most {LONGEST_GOLD} characters.")
        question = replace(trace.question, gold=trace.question.gold or gold.strip() or None)
        records = records_of(replace(trace, question=question))
        return Kept(self.store.records.add_many(records), len(records), record_id(records[-1]) if records else "")

    def _there(self, trace_id: str) -> Trace:
        trace = self.trace(trace_id)
        if trace is None:
            raise InvalidInput("This trace is no longer here. Ask the question again.")
        return trace

    @contextmanager
    def _aside(self) -> Iterator[None]:
        if not self._asides.acquire(timeout=ASIDE_PATIENCE):
            raise ModelUnavailable("The server is busy. Try again in a moment.")
        try:
            yield
        finally:
            self._asides.release()


def _labelled(store: Store, where: RecordFilter) -> Iterator[BehaviorRecord]:
    """The records that pass, with what people say of them in place of the automatic label."""
    said: dict[str, list[Annotation]] = {}
    for event in store.annotations.iterate(where):
        said.setdefault(event.record_id, []).append(event)
    for record in store.records.iterate(where):
        yield relabelled(record, said[record.id]) if record.id in said else record


def _as_text(where: Mapping[str, Any]) -> str:
    """A filter as `RecordFilter.parse` reads it."""
    values = {key: str(value).lower() if isinstance(value, bool) else value for key, value in where.items()}
    return " and ".join(f"{key}={value}" for key, value in values.items())


def _free(wanted: str, taken: Collection[str]) -> str:
    """`wanted`, with a number behind it where that is taken."""
    names = chain([wanted], (f"{wanted}-{n}" for n in count(2)))
    return next(name for name in names if name not in taken)


def job_device() -> str:
    """Where a job runs: the first GPU, or the CPU."""
    import torch

    return "cuda:0" if torch.cuda.is_available() else "cpu"


_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,59}")


def _questions_in(bundled: Path) -> Iterator[str]:
    if bundled.exists():
        with gzip.open(bundled, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield str(json.loads(line).get("question", ""))


def check_question(text: str) -> None:
    """Raise InvalidInput for a question that cannot be asked."""
    if not text.strip():
        raise InvalidInput("The question is empty: type one, or choose an example.")
    if len(text) > LONGEST_QUESTION:
        raise InvalidInput(f"The question has {len(text):,} characters; the most is {LONGEST_QUESTION:,}. Shorten it.")
