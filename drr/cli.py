"""python -m drr: most of what the page does, without the page, and more.

The result of a subcommand goes to stdout, for people or, with --json, as one JSON object; all else goes to stderr.
Exit codes: 0 done, 1 failed (a DRRError, told in one line), 2 bad usage, 130 stopped with Ctrl-C. Nothing heavy is
imported before a subcommand needs it, so that --help and mistakes are answered at once.
"""

import argparse
import json
import math
import os
import platform
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from drr.answers import AnswerType
from drr.dm.limits import LIMITS
from drr.errors import DRRError, InvalidInput
from drr.policies import FALLBACKS, POLICY_NAMES, make_policy
from drr.reasoners import Reasoner
from drr.settings import Settings
from drr.thinking import AttemptEnded, AttemptStarted, DecisionMade, Event, StepEnded, StepScored, TraceEnded
from drr.types import BehaviorRecord, Job, JobState, Person, Question, Status, Trace, to_dict, trace_as_json

if TYPE_CHECKING:
    from drr.evaluate import Report, Thoughts
    from drr.questions import Split
    from drr.store import Store
    from drr.studio import Studio

DONE, FAILED, STOPPED = 0, 1, 130
AT_A_TERMINAL = "command line"  # the author of what is done here
DATASET = "hf:"  # in front of a dataset's name
BAR_WIDTH = 10  # characters of a score
HIGHEST_SEED = 2**32 - 1  # that every library takes
ANSWER_TYPES = get_args(AnswerType)
QUESTIONS_HELP = (
    "NAME:COUNT (gsm_symbolic, grammar, guess, known for these three, gsm8k, frontier, beyond), or a JSONL file, plain "
    "or gzip, of question, answer and optional source"
)
WHERE_HELP = "only these records, such as 'correct=true and source=gsm8k'"
SUITE = {
    "known": "known:1000", "beyond": "beyond:200", "phrasings": "gsm8k:150", "calibration": "known:400",
    "calibration beyond": "frontier:80",  # for the risk: strange to the Reasoner too, but not those that are reported
}  # fmt: skip
SUITE_RISK = 0.01  # wrong among what DRR answers where it may abstain: less than that of all greedy answers by far
SUITE_RISKS = (0.02, 0.05)  # shown beside it
CALIBRATION_SEED = 4242  # other test questions than those that are reported; behavior was distilled on none of them
_TESTS = Path(__file__).parent.parent / "tests"
TYPED = {  # simple problems as people type them; the second hundred by an author who had seen nothing of this project
    "typed": _TESTS / "typed_questions.jsonl",
    "freshly typed": _TESTS / "freshly_typed_questions.jsonl",
}
JOB_ACTIONS = ("list", "log", "wait", "cancel", "resume", "remove")
LIBRARIES = ("torch", "transformers", "gradio", "SQLAlchemy", "bitsandbytes", "peft", "numpy", "reasoning-gym")

Arguments = argparse.Namespace
Tell = Callable[[float, str], None]
"""Told the share of the work that is done, in [0, 1], and a word on it."""


def main(argv: Sequence[str] | None = None, *, reasoner: Reasoner | None = None) -> int:
    """Run one subcommand; its exit code. `reasoner` takes the place of the one that would be loaded."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal that lacks a character stops nothing
    try:
        arguments = _parse(argv)
    except SystemExit as ended:  # argparse has said why
        return int(ended.code or DONE)
    try:
        with closing(_studio(arguments, reasoner)) as studio:
            code: int = arguments.run(arguments, studio)
            sys.stdout.flush()
            return code
    except DRRError as error:
        _note(f"drr {arguments.command}: {error}")
        return FAILED
    except KeyboardInterrupt:
        _note(f"\nStopped. {arguments.when_stopped}")
        return STOPPED
    except BrokenPipeError:  # the reader, such as `head`, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _studio(arguments: Arguments, reasoner: Reasoner | None) -> "Studio":
    from drr.studio import Studio

    if _quiet(arguments):
        os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"  # transformers has bars of its own
    settings = replace(Settings.from_env(), public=False)  # whoever has a terminal is no visitor
    if arguments.db:
        settings = replace(settings, db_url=arguments.db)
    name, bits = getattr(arguments, "reasoner", ""), getattr(arguments, "bits", None)
    if reasoner is None and bits:
        from drr.reasoners.local import LocalReasoner
        from drr.studio import EMBEDDED

        reasoner = LocalReasoner.load(name or settings.models_dir / EMBEDDED, bits=bits)
    return Studio(settings, reasoner=reasoner, reasoner_name=name)


# --- usage ------------------------------------------------------------------------------------------------------------


def build_parser() -> argparse.ArgumentParser:
    """The grammar of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m drr",
        description="DRR Studio: a language model thinks, and a judge that learnt from its attempts says when to stop.",
        epilog="Exit codes: 0 done, 1 failed, 2 bad usage, 130 stopped with Ctrl-C (what is finished is kept).",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(
        name: str, run: Callable[[Arguments, "Studio"], int], when_stopped: str, summary: str
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        made.set_defaults(run=run, when_stopped=when_stopped)
        made.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")
        made.add_argument(
            "--db", metavar="FILE", default="", help="database file or URL (default: drr.sqlite in the data folder)"
        )
        return made

    reason = command(
        "reason",
        _reason,
        "What was thought by then is kept; ask again to begin anew.",
        "think a question through and judge every step",
    )
    reason.add_argument("question", metavar="QUESTION", help="the question; - reads it from stdin")
    _add_reasoner(reason)
    reason.add_argument(
        "--dm", metavar="D", default="", help="DM that judges: a name or a folder (default: the first there is)"
    )
    reason.add_argument(
        "--policy",
        metavar="NAME",
        choices=POLICY_NAMES,
        default="drr",
        help=f"one of {', '.join(POLICY_NAMES)} (default: drr)",
    )
    reason.add_argument(
        "--threshold",
        metavar="T",
        type=_share,
        help="accept at or over this score (default: what the DM was calibrated to)",
    )
    reason.add_argument("--attempts", metavar="N", type=_count, help="most attempts")
    reason.add_argument("--hopeless", metavar="T", type=_share, help="give up at once under this score")
    reason.add_argument(
        "--step-threshold", metavar="T", type=_share, help="reject a step under this score, and go on from before it"
    )
    reason.add_argument("--fallback", choices=FALLBACKS, help="what to answer when nothing is accepted")
    reason.add_argument("--answer-type", choices=ANSWER_TYPES, help="default: number, or choice with --choices")
    reason.add_argument(
        "--choices", metavar="LETTER=TEXT", nargs="+", type=_pair, default=[], help="what there is to choose from"
    )
    reason.add_argument("--gold", metavar="ANSWER", help="the right answer, which the oracle needs")
    reason.add_argument(
        "--max-tokens", metavar="N", type=_count, default=256, help="most tokens of an attempt (default: 256)"
    )
    reason.add_argument("--token-budget", metavar="N", type=_count, help="most tokens of all attempts together")
    _add_seed(reason)

    distill = command(
        "distill",
        _distill,
        "Finished attempts are kept; the same command goes on from there.",
        "collect a Reasoner's attempts with their labels (stage 1); what is stored is not made again",
    )
    distill.add_argument("--questions", metavar="SPEC", required=True, help=QUESTIONS_HELP)
    distill.add_argument(
        "--attempts",
        metavar="N",
        type=_count,
        default=4,
        help="first attempts on a question: one greedy, others sampled (default: 4)",
    )
    distill.add_argument(
        "--retries",
        metavar="N",
        type=_count_or_none,
        default=4,
        help="retries after a wrong attempt; a right one gets one (default: 4)",
    )
    distill.add_argument(
        "--rounds", metavar="N", type=_count_or_none, default=2, help="rejections in a row (default: 2)"
    )
    distill.add_argument(
        "--max-tokens", metavar="N", type=_count, default=192, help="most tokens of an attempt (default: 192)"
    )
    distill.add_argument("--job", action="store_true", help="distil in the background: see `python -m drr jobs`")
    _add_reasoner(distill)
    _add_seed(distill)

    train = command(
        "train", _train, "No DM was saved; the records stay.", "train a DM on the behavior records (stage 2)"
    )
    train.add_argument(
        "--base",
        metavar="MODEL",
        default="",
        help="causal LM to start from, a folder or hub name (default: the embedded Reasoner)",
    )
    for key, options in TRAINING.items():
        within = {"type": _number(options["type"], LIMITS[key].wanted, LIMITS[key].fits)} if key in LIMITS else {}
        train.add_argument(f"--{key.replace('_', '-')}", **{**options, **within})
    which = train.add_mutually_exclusive_group()
    which.add_argument("--where", metavar="COND", default="", help=WHERE_HELP)
    which.add_argument("--snapshot", metavar="NAME", help="a dataset snapshot: its records, with their frozen labels")
    train.add_argument(
        "--out", metavar="DIR", default="", help="folder of the new DM (default: a new one in dms/ of the data folder)"
    )
    train.add_argument(
        "--state", metavar="DIR", help="keep the training's state here; the same command goes on from there"
    )
    train.add_argument("--name", metavar="NAME", default="", help="name of the new DM, with --job")
    train.add_argument("--job", action="store_true", help="train in the background: see `python -m drr jobs`")
    _add_seed(train)

    deploy = command("deploy", _deploy, "The same DM judges as before.", "have a DM judge from now on, on the page too")
    deploy.add_argument("dm", metavar="DM", help="its name; that of the shipped one is dm")

    push = command("push", _push, "Run it again: what the Hub has already is not sent twice.", "put a DM on the Hub")
    push.add_argument("dm", metavar="DM", help="a name or a folder")
    push.add_argument("--repo", metavar="ORG/NAME", default="", help="its name there (default: yours, and the DM's)")

    evaluate = command(
        "evaluate",
        _evaluate,
        "Nothing was measured to the end; run it again.",
        "measure policies and a DM (stage 3): on new questions, or by replaying the database",
    )
    what = evaluate.add_mutually_exclusive_group()
    what.add_argument("--questions", metavar="SPEC", help=f"have the Reasoner think about these; {QUESTIONS_HELP}")
    what.add_argument(
        "--suite",
        choices=("embedded",),
        help="the tables of the README: 1,000 unseen questions, 200 beyond the boundary, the typed ones",
    )
    evaluate.add_argument(
        "--dm", metavar="D", default="", help="DM that judges: a name or a folder (default: the first there is)"
    )
    evaluate.add_argument(
        "--policies", metavar="A,B", type=_policy_names, help=f"only these, of {', '.join(POLICY_NAMES)}"
    )
    evaluate.add_argument(
        "--calibration",
        metavar="SPEC",
        help="choose thresholds on these questions (default: those of the DM and the policies)",
    )
    evaluate.add_argument("--where", metavar="COND", default="", help=f"of the database, {WHERE_HELP}")
    evaluate.add_argument("--save", metavar="FILE", help="keep the attempts too, as gzipped JSONL")
    evaluate.add_argument(
        "--workers", metavar="N", type=_count, default=1,
        help="processes that think side by side, one thread each: best on a CPU (default: 1)",
    )  # fmt: skip
    _add_reasoner(evaluate)
    _add_seed(evaluate)

    jobs = command(
        "jobs",
        _jobs,
        "The jobs go on.",
        "list the jobs, show the log of one, wait for one, cancel, resume or remove one",
    )
    jobs.add_argument("action", nargs="?", choices=JOB_ACTIONS, default="list", help="default: list")
    jobs.add_argument("id", metavar="ID", nargs="?", default="", help="the job")

    imports = command(
        "import",
        _import,
        "What was read is kept; the same command adds the rest.",
        "add behavior records from a file or a Hugging Face dataset, or take an import back",
    )
    imports.add_argument(
        "source",
        metavar="SOURCE",
        nargs="?",
        default="",
        help="JSONL (plain or gzip) or Parquet, one attempt a line; or hf:NAME, a dataset's hub name or folder. "
        "ProcessBench and stepwise PRM columns are recognised",
    )
    imports.add_argument(
        "--map", metavar="OURS=THEIRS", action="append", type=_pair, default=[], help="where to find a column of ours"
    )
    imports.add_argument(
        "--set", metavar="OURS=VALUE", action="append", type=_pair, default=[], help="a value for all lines"
    )
    imports.add_argument("--split", default="train", help="split of the dataset (default: train)")
    imports.add_argument("--config", help="configuration of the dataset")
    imports.add_argument("--limit", metavar="N", type=_count, help="read at most so many rows of the dataset")
    imports.add_argument("--undo", metavar="N", type=_count, help="take back import N instead")

    export = command("export", _export, "No file was written.", "write behavior records to a file")
    export.add_argument(
        "file", metavar="FILE", help=".jsonl, .jsonl.gz, .csv or .parquet; without an ending, the folder of a dataset"
    )
    export.add_argument("--where", metavar="COND", default="", help=WHERE_HELP)
    export.add_argument("--labels", action="store_true", help="with what people and all together say of each")
    export.add_argument("--history", action="store_true", help="the annotations on the records instead, all of them")

    score = command("score", _score, "Scores so far are kept.", "have a DM score the stored attempts")
    score.add_argument("--dm", metavar="D", default="", help="a name or a folder (default: the first there is)")
    score.add_argument("--where", metavar="COND", default="", help=WHERE_HELP)

    command("info", _info, "", "show versions, devices, models, row counts and settings")
    return parser


def _add_reasoner(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--reasoner", metavar="R", default="", help="causal LM: a folder or hub name (default: the embedded one)"
    )
    parser.add_argument("--bits", type=int, choices=(4, 8), help="load it quantized")


def _add_seed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seed", metavar="S", type=_seed, default=0, help="the same seed gives the same result (default: 0)"
    )


def _number(kind: type, wanted: str, fits: Callable[[float], bool]) -> Callable[[str], float]:
    """A reader of numbers for argparse, which shows `wanted` where one does not fit."""

    def read(text: str) -> float:
        try:
            value: float = kind(text)
        except ValueError:
            value = math.nan
        if not fits(value):
            raise argparse.ArgumentTypeError(f"{text!r} is not {wanted}")
        return value

    return read


_count = _number(int, "a whole number from 1", lambda n: n >= 1)
_count_or_none = _number(int, "a whole number from 0", lambda n: n >= 0)
_seed = _number(int, f"a whole number from 0 to {HIGHEST_SEED}", lambda n: 0 <= n <= HIGHEST_SEED)
_share = _number(float, "a number from 0 to 1", lambda x: 0 <= x <= 1)


TRAINING: Mapping[str, Mapping[str, Any]] = {
    "kind": {
        "choices": ("token", "probe"),
        "help": "a token classifier, or a probe on the states of MODEL (default: token)",
    },
    "tuning": {
        "choices": ("full", "lora", "qlora", "lora-8bit"),
        "help": "all weights, adapters, or adapters over 4 bits (NF4) or 8 (default: full)",
    },
    "epochs": {"metavar": "X", "type": float, "help": "passes over the records (default: 1)"},
    "tokens_per_batch": {"metavar": "N", "type": int, "help": "less needs less memory (default: 1800)"},
    "backbone_rate": {"metavar": "R", "type": float, "help": "learning rate of MODEL or its adapters"},
    "head_rate": {"metavar": "R", "type": float, "help": "learning rate of what is new (default: 0.002)"},
    "lora_rank": {"metavar": "N", "type": int, "help": "rank of the adapters (default: 16)"},
    "lora_dropout": {"metavar": "P", "type": float, "help": "dropout of the adapters (default: 0.05)"},
    "loss": {"choices": ("weighted", "focal"), "help": "focal: less weight on what is easy (default: weighted)"},
    "focal_gamma": {"metavar": "G", "type": float, "help": "how much less (default: 2)"},
    "reject_weight": {
        "metavar": "W",
        "type": float,
        "help": "weight of wrong attempts; over 1: fewer wrong accepts, more needless rejections (default: 1)",
    },
    "pair_weight": {
        "metavar": "W",
        "type": float,
        "help": "weight of comparisons within a question (default: 1)",
    },
    "precision": {"choices": ("bf16", "fp32"), "help": "of the computation (default: bf16)"},
    "checkpointing": {"action": argparse.BooleanOptionalAction, "help": "compute twice to save memory"},
    "evaluations": {"metavar": "N", "type": int, "help": "times it is measured on the way (default: 8)"},
    "patience": {
        "metavar": "N",
        "type": int,
        "help": "so many of them without a better AUROC end it; 0: to the end (default: 0)",
    },
    "calibration": {"choices": ("platt", "temperature", "isotonic"), "help": "of the scores (default: platt)"},
    "threshold": {"choices": ("risk", "f-beta", "by-hand"), "help": "what sets it (default: risk)"},
    "risk": {
        "metavar": "R",
        "type": float,
        "help": "part of what it accepts that may be wrong; sets the threshold (default: 0.05)",
    },
    "confidence": {"metavar": "C", "type": float, "help": "that the risk holds (default: 0.9)"},
    "beta": {"metavar": "B", "type": float, "help": "of F-beta; under 1: precision counts more (default: 0.5)"},
    "by_hand": {"metavar": "T", "type": float, "help": "the threshold itself (default: 0.9)"},
}
"""The options of `train` that are keys of TrainConfig; what is left out has the default there. Numbers fit LIMITS."""


def _policy_names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in POLICY_NAMES]
    if unknown or not names:
        raise argparse.ArgumentTypeError(
            f"unknown: {', '.join(unknown) or 'none given'}; there are {', '.join(POLICY_NAMES)}"
        )
    return names


def _pair(text: str) -> tuple[str, str]:
    """OURS=THEIRS, for argparse."""
    ours, equals, theirs = text.partition("=")
    if not ours or not equals or not theirs:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form a=b")
    return ours, theirs


def _parse(argv: Sequence[str] | None) -> Arguments:
    parser = build_parser()
    arguments = parser.parse_args(argv)
    if arguments.command == "jobs" and (arguments.action == "list") != (not arguments.id):
        parser.error(f"jobs {arguments.action} takes {'no ID' if arguments.id else 'the ID of a job'}")
    if arguments.command == "distill" and arguments.job and arguments.bits:
        parser.error("a job distils with the Reasoner as it is: leave out --bits")
    if arguments.command == "train" and arguments.job and arguments.out:
        parser.error("a job's DM goes into the data folder: give it a --name instead of --out")
    if arguments.command == "import" and bool(arguments.source) == bool(arguments.undo):
        parser.error("import: name a SOURCE, or the import to --undo")
    if arguments.command == "reason":
        if len(dict(arguments.choices)) < len(arguments.choices):
            parser.error("--choices: each needs a letter of its own")
        if arguments.choices and arguments.answer_type not in (None, "choice"):
            parser.error(f"--choices: the answer is a choice then, no {arguments.answer_type}")
        unknown = {"threshold": 1.0} if arguments.policy == "drr" else {}  # the DM's own, which nothing is over
        try:
            make_policy(arguments.policy, **{**unknown, **_policy_params(arguments)})
        except InvalidInput as error:
            parser.error(str(error))
    return arguments


def _policy_params(arguments: Arguments) -> dict[str, Any]:
    given = {
        "k": arguments.attempts,
        "threshold": arguments.threshold,
        "hopeless": arguments.hopeless,
        "step_threshold": arguments.step_threshold,
        "fallback": arguments.fallback,
        "token_budget": arguments.token_budget,
    }
    return {name: value for name, value in given.items() if value is not None}


# --- what all share ---------------------------------------------------------------------------------------------------


def _note(text: str) -> None:
    """For people, beside the result."""
    print(text, file=sys.stderr)


def _give(arguments: Arguments, result: Mapping[str, Any], text: str) -> None:
    """The result, for programs or for people."""
    print(json.dumps(result, ensure_ascii=False, default=str) if arguments.json else text)


def _quiet(arguments: Arguments) -> bool:
    """Whether nobody would see a progress bar."""
    return arguments.json or not sys.stderr.isatty() or os.environ.get("RANK", "0") != "0"


@contextmanager
def _progress(arguments: Arguments, what: str) -> Iterator[Tell]:
    """A bar on the terminal; nothing with --json, or when nobody watches."""
    from tqdm import tqdm

    layout = "{desc} {percentage:3.0f}% |{bar}| {elapsed}<{remaining}{postfix}"
    with tqdm(total=1.0, desc=what, bar_format=layout, file=sys.stderr, disable=_quiet(arguments), leave=False) as bar:

        def tell(share: float, note: str) -> None:
            bar.set_postfix_str(note, refresh=False)
            bar.update(min(1.0, share) - bar.n)

        yield tell


def _opened(arguments: Arguments, studio: "Studio", *, must_exist: bool = False) -> "Store":
    """The store. The default one gets the bundled records first; a file that is to be read must be there already."""
    if must_exist and arguments.db and not studio.has_database():
        raise InvalidInput(f"There is no database {arguments.db}. Fill one with: python -m drr distill, or import.")
    if not arguments.db:
        with _progress(arguments, "Filling in the bundled records") as tell:
            studio.fill(lambda records, share: tell(share, f"{records:,} records"))
    return studio.store


def _open_if_there(studio: "Studio") -> None:
    """Open the database unless that would begin one: it knows which DM is deployed, and those that lie elsewhere."""
    if studio.has_database():
        studio.store  # noqa: B018 - opens it


def _shown(text: str) -> str:
    """Text of a model or a person, without what would steer a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


# --- reason -----------------------------------------------------------------------------------------------------------


def _reason(arguments: Arguments, studio: "Studio") -> int:
    from drr.studio import check_question

    text = _read_stdin() if arguments.question == "-" else arguments.question
    check_question(text)  # before any model is loaded
    _open_if_there(studio)
    studio.reasoner  # noqa: B018 - loads it, while Ctrl-C still ends the program at once
    policy = studio.policy(arguments.policy, arguments.dm, **_policy_params(arguments))
    answer_type: AnswerType = arguments.answer_type or ("choice" if arguments.choices else "number")
    question = Question(text.strip(), answer_type, arguments.gold, dict(arguments.choices) or None)
    tell: Callable[[Event], None] = _tell_json if arguments.json else _Teller().tell
    with _stop_on_interrupt() as stop:
        thinking = studio.thinking(
            question, policy, arguments.dm, seed=arguments.seed, max_tokens=arguments.max_tokens, stop=stop.is_set
        )
        with closing(thinking):
            for event in thinking:
                tell(event)
    trace: Trace = event.trace  # type: ignore[union-attr]  # the last event is always TraceEnded
    if trace.outcome.status is Status.CANCELLED:
        _note(f"Stopped. What was thought so far is kept as trace {trace.id}.")
        return STOPPED
    return DONE


def _read_stdin() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError:
        raise InvalidInput("The question on stdin is not UTF-8 text.") from None


@contextmanager
def _stop_on_interrupt() -> Iterator[threading.Event]:
    """Ctrl-C asks for a stop within one token, so that the trace ends in good order; pressed again it interrupts."""
    stop = threading.Event()
    before = signal.getsignal(signal.SIGINT)

    def ask(*_: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def _tell_json(event: Event) -> None:
    """Only how it ended."""
    if isinstance(event, TraceEnded):
        print(json.dumps(trace_as_json(event.trace), ensure_ascii=False))


class _Teller:
    """Tells the events of a trace to a person as they come: a line for each step, its score in front."""

    def __init__(self) -> None:
        self._waiting: str | None = None  # a step whose score is not known yet

    def tell(self, event: Event) -> None:
        if self._waiting is not None:
            self._line(_bar(event.score if isinstance(event, StepScored) else None), _shown(self._waiting))
            self._waiting = None
        match event:
            case AttemptStarted():
                how = "greedy" if event.temperature == 0 else f"sampled at temperature {event.temperature:g}"
                told = f", told of {_counted(event.rejected, 'rejection')}" if event.rejected else ""
                self._line(f"\nAttempt {event.attempt + 1} ({how}{told})")
            case StepEnded():
                self._waiting = event.value.text
            case AttemptEnded():
                verdict = f", {event.value.verdict}" if event.value.verdict else ""
                self._line(f"  {_counted(event.value.tokens, 'token')}{verdict}")
            case DecisionMade():
                self._line(f"  → {event.decision.reason}")
            case TraceEnded():
                self._end(event.trace)

    def _end(self, trace: Trace) -> None:
        outcome = trace.outcome
        answer = "" if outcome.answer is None else f": {_shown(outcome.answer)}"
        spent = f"{_counted(len(trace.attempts), 'attempt')}, {_counted(trace.tokens, 'token')}, {trace.seconds:.1f} s"
        self._line(f"\n{str(outcome.status).capitalize()}{answer}   ({spent})")
        if trace.question.gold is not None:
            self._line(f"Gold answer: {_shown(trace.question.gold)}")

    def _line(self, *parts: str) -> None:
        print(*parts, flush=True)


def _bar(score: float | None) -> str:
    if score is None:
        return " " * (BAR_WIDTH + 7)
    full = round(score * BAR_WIDTH)
    return f"  {'█' * full}{'░' * (BAR_WIDTH - full)} {score:.2f}"


# --- distill ----------------------------------------------------------------------------------------------------------


def _distill(arguments: Arguments, studio: "Studio") -> int:
    from drr.distill import Plan, distill
    from drr.studio import EMBEDDED, job_device

    began = time.monotonic()
    questions, total = _questions(arguments.questions, "distil", arguments.seed)
    plan = Plan(
        attempts=arguments.attempts,
        retries=arguments.retries,
        rounds=arguments.rounds,
        max_tokens=arguments.max_tokens,
        seed=arguments.seed,
    )
    store = _opened(arguments, studio)
    if arguments.job:
        spec = str(Path(arguments.questions).resolve()) if Path(arguments.questions).is_file() else arguments.questions
        reasoner = arguments.reasoner or str(studio.settings.models_dir / EMBEDDED)
        params = {"questions": spec, "reasoner": reasoner, "plan": vars(plan)}
        title = f"Distil {arguments.questions}"
        return _tell_job(arguments, studio.jobs.launch("distill", params, _ME, title=title, device=job_device()))
    with _progress(arguments, "Distilling") as tell:
        made = distill(
            studio.reasoner,
            questions,
            store,
            plan,
            lambda done: tell(done / max(1, total), f"{done:,} of {total:,} questions"),
        )
    result = {
        **vars(made),
        "reasoner": studio.reasoner.name,
        "db": store.name,
        "seconds": round(time.monotonic() - began, 1),
    }
    share = f", {made.right / made.attempts:.0%} right" if made.attempts else ": all of them were stored already"
    unread = (
        f" {_counted(made.unparsed, 'attempt')} had no readable answer and count as wrong." if made.unparsed else ""
    )
    _give(
        arguments,
        result,
        f"{_counted(made.questions, 'question')}, {_counted(made.attempts, 'new attempt')}{share}.{unread}",
    )
    return DONE


def _questions(spec: str, split: "Split", seed: int) -> tuple[Iterable[Question], int]:
    """The questions and their number. A file is read to its end at once: a bad line is told before any work."""
    from drr.questions import questions_of

    questions = questions_of(spec, split, seed)
    if not Path(spec).is_file():
        return questions, int(spec.rpartition(":")[2])
    read = list(questions)
    if not read:
        raise InvalidInput(f"{spec} holds no questions.")
    return read, len(read)


# --- train ------------------------------------------------------------------------------------------------------------


def _train(arguments: Arguments, studio: "Studio") -> int:
    from drr.store import RecordFilter
    from drr.studio import EMBEDDED

    settings = studio.settings
    where = arguments.where if arguments.snapshot is None else f"snapshot={arguments.snapshot}"
    RecordFilter.parse(where)  # before anything is opened
    given = {key: getattr(arguments, key) for key in TRAINING if getattr(arguments, key) is not None}
    given |= {"base": arguments.base or str(settings.models_dir / EMBEDDED), "seed": arguments.seed}
    if arguments.job:
        _opened(arguments, studio, must_exist=True)
        return _tell_job(arguments, studio.launch_training(given, where, arguments.name, _ME))
    new = settings.data_dir / "dms" / f"{given.get('kind', 'token')}-{time.strftime('%Y%m%d-%H%M%S')}"
    out = Path(arguments.out).expanduser().resolve() if arguments.out else new
    if out.is_file() or (out.is_dir() and any(out.iterdir()) and not (out / "dm.json").is_file()):
        raise InvalidInput(f"{out} holds something else than a DM, which training would replace. Name another folder.")
    store = _opened(arguments, studio, must_exist=True)
    records, frozen = list(studio.records(where)), studio.snapshot(where)

    from drr.dm.team import Team
    from drr.dm.train import Progress, TrainConfig, train

    team = Team()
    out = team.heard(out)  # a name made from the clock is the first one's
    began = time.monotonic()
    config = TrainConfig.from_dict(given)
    with _progress(arguments, f"Training on {_counted(len(records), 'record')}") as tell:

        def report(at: Progress) -> None:
            tell(at.done, f"step {at.step}, loss {at.loss:.3f}")

        state = Path(arguments.state).expanduser().resolve() if arguments.state else None
        card = train(records, config, out, report, state=state, tell=lambda doing: tell(1.0, doing))
    if not team.first:
        return DONE
    name = _free_name(store, out.name)
    store.checkpoints.add(name, str(out), card.metrics, frozen.hash if frozen else card.snapshot)
    result = {
        "name": name,
        "path": str(out),
        "kind": card.kind,
        "base": card.base,
        "reasoner": card.reasoner,
        "threshold": card.threshold,
        "risk": card.risk,
        "snapshot": card.snapshot,
        "records": len(records),
        "metrics": dict(card.metrics),
        "seconds": round(time.monotonic() - began, 1),
    }
    lines = [
        f"DM {name} in {out}",
        f"  accepts at or over {card.threshold:.2f}. {card.promise}",
        *_aligned(card.metrics),
    ]
    _give(arguments, result, "\n".join(lines))
    return DONE


def _deploy(arguments: Arguments, studio: "Studio") -> int:
    studio.store  # noqa: B018 - opens it: it keeps which one is deployed
    if arguments.dm not in studio.dms():
        there = ", ".join(studio.dms()) or "none"
        raise InvalidInput(f"There is no DM named {arguments.dm}. There are: {there}. See: python -m drr train")
    studio.deploy(arguments.dm, _ME)
    _give(arguments, {"deployed": arguments.dm}, f"{arguments.dm} judges from now on.")
    return DONE


def _push(arguments: Arguments, studio: "Studio") -> int:
    _open_if_there(studio)
    url = studio.push_dm(arguments.dm, arguments.repo, _ME)
    _give(arguments, {"url": url}, f"{arguments.dm} is at {url}, for you alone until you say otherwise.")
    return DONE


def _free_name(store: "Store", name: str) -> str:
    """`name`, or with a number behind it where an earlier checkpoint has it: that one's entry stays as it was."""
    taken = {checkpoint.name for checkpoint in store.checkpoints.list()}
    return next(free for free in (name, *(f"{name}-{n}" for n in range(2, len(taken) + 3))) if free not in taken)


def _aligned(values: Mapping[str, Any]) -> list[str]:
    width = max(map(len, values), default=0)
    return [f"  {name:<{width}}  {_figure(value)}" for name, value in values.items()]


def _figure(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return ", ".join(map(_figure, value)) if isinstance(value, list | tuple) else str(value)


# --- jobs -------------------------------------------------------------------------------------------------------------

_ME = Person("local", admin=True)  # whoever has a shell here


def _jobs(arguments: Arguments, studio: "Studio") -> int:
    engine = studio.jobs
    engine.look_after()
    match arguments.action:
        case "list":
            jobs = engine.list()
            rows = [f"{job.id}  {job.state:<9}  {job.done:4.0%}  {job.title}  {job.reason}".rstrip() for job in jobs]
            _give(arguments, {"jobs": [to_dict(job) for job in jobs]}, "\n".join(rows) or "No job yet.")
            return DONE
        case "log":
            log = engine.log_tail(arguments.id)
            _give(arguments, {"id": arguments.id, "log": log}, _terminal(log.rstrip("\n")))
            return DONE
        case "remove":
            engine.remove(arguments.id, _ME)
            _give(arguments, {"id": arguments.id}, f"Job {arguments.id} is forgotten; what it made stays.")
            return DONE
        case "cancel":
            engine.cancel(arguments.id, _ME)
            return _wait(arguments, studio)
        case "resume":
            return _tell_job(arguments, studio.resume_job(arguments.id, _ME))
        case _:
            return _wait(arguments, studio)


def _wait(arguments: Arguments, studio: "Studio") -> int:
    """Until the job has ended, however it does."""
    with _progress(arguments, f"Job {arguments.id}") as tell:
        while (job := studio.jobs.get(arguments.id)).state in (JobState.QUEUED, JobState.RUNNING):
            doing = studio.jobs.beat(job.id).get("doing") or f"step {job.step:,}"
            tell(job.done, str(doing) if job.state is JobState.RUNNING else "waiting")
            studio.jobs.look_after()
            time.sleep(0.5)
    _tell_job(arguments, job)
    return DONE if job.state is JobState.DONE or arguments.action == "cancel" else FAILED


def _tell_job(arguments: Arguments, job: Job) -> int:
    reason = f" {job.reason}" if job.reason else ""
    active = job.state in (JobState.QUEUED, JobState.RUNNING)
    watch = f" Watch it with: python -m drr jobs wait {job.id}" if active else ""
    _give(arguments, to_dict(job), f"Job {job.id} ({job.title}) is {job.state}.{reason}{watch}")
    return DONE


def _terminal(text: str) -> str:
    """Lines without what would steer a terminal."""
    return "\n".join(map(_shown, text.split("\n")))


# --- evaluate ---------------------------------------------------------------------------------------------------------


def _evaluate(arguments: Arguments, studio: "Studio") -> int:
    from drr.evaluate import save_thoughts

    path = Path(arguments.save or "")
    if arguments.save and (path.is_dir() or not path.absolute().parent.is_dir()):  # before hours of work
        what = "is a folder. Name a file in it" if path.is_dir() else "would lie in no folder. Make it"
        raise InvalidInput(f"{path} {what}, or save elsewhere.")
    _open_if_there(studio)
    dm = _scoring_dm(arguments, studio)
    chosen = {} if dm is None else {"threshold": dm.threshold}
    chosen |= {"target_risk": SUITE_RISK, "more_risks": SUITE_RISKS} if arguments.suite else {}
    others: dict[str, list[Thoughts]] = {}
    calibration: list[Thoughts] = []
    if arguments.suite:
        thoughts = _thought(arguments, studio, dm, [SUITE["known"], SUITE["beyond"]], "Thinking")
        others["rephrased GSM8K"] = _thought(arguments, studio, dm, [SUITE["phrasings"]], "Rephrased GSM8K")
        for name, path in TYPED.items():
            if path.is_file():
                others[name] = _thought(arguments, studio, dm, [str(path)], f"{name.capitalize()} questions")
    elif arguments.questions:
        thoughts = _thought(arguments, studio, dm, [arguments.questions], "Thinking")
    else:
        thoughts = _replayed(arguments, studio, dm)
    tuning = arguments.calibration or (SUITE["calibration"] if arguments.suite else "")
    if tuning:
        reported = {one.question.text for one in thoughts}
        calibration = _thought(
            arguments, studio, dm, [tuning], "Calibrating", seed=CALIBRATION_SEED, leave_out=reported
        )
    if arguments.suite:
        strange = _thought(
            arguments, studio, dm, [SUITE["calibration beyond"]], "Calibrating beyond", seed=CALIBRATION_SEED
        )
        calibration += [replace(one, known=False) for one in strange]
    options = {"policies": arguments.policies or (), "seed": arguments.seed, **chosen}
    try:
        return _tell_report(arguments, thoughts, calibration, others, options)
    finally:  # behind the tables, which a full disk must not cost
        if arguments.save:
            save_thoughts([*thoughts, *(one for part in others.values() for one in part)], path)
            if calibration:
                save_thoughts(calibration, path.with_name(f"calibration-{path.name}"))


def _tell_report(
    arguments: Arguments,
    thoughts: Sequence["Thoughts"],
    calibration: Sequence["Thoughts"],
    others: Mapping[str, Sequence["Thoughts"]],
    options: Mapping[str, Any],
) -> int:
    from drr.evaluate import evaluate

    report = evaluate(thoughts, calibration, **options)
    if not report.policies:
        raise InvalidInput(
            f"What is stored has too few attempts, scores or opinions for: {'; '.join(report.unplayed)}. Name other "
            "--policies, distil more attempts, or have the Reasoner think with --questions."
        )
    result, text = report.to_json(), report.to_markdown()
    for name, part in others.items():
        on_these = evaluate(part, calibration, **options)
        result[name] = on_these.to_json()
        text += "\n" + short_table(name, on_these)
    _give(arguments, result, text)
    return DONE


def _scoring_dm(arguments: Arguments, studio: "Studio") -> Any:
    """The DM that is asked for, or the first there is; None without one."""
    from drr.data import warn_of_mismatch

    name = arguments.dm or next(iter(studio.dms()), "")
    dm = studio.dm(name) if name else None
    if dm is not None and not hasattr(dm, "score_many"):
        raise InvalidInput(f"{name} is a probe: it judges live, not afterwards. Name a token DM with --dm.")
    if dm is not None and (arguments.questions or arguments.suite):
        warn_of_mismatch(dm, [studio.reasoner.name])
    if dm is None:
        _note("There is no DM, so its policies are left out. Train one with: python -m drr train")
    return dm


def _thought(
    arguments: Arguments,
    studio: "Studio",
    dm: Any,
    specs: Sequence[str],
    what: str,
    *,
    split: "Split" = "test",
    seed: int = 0,
    leave_out: Collection[str] = (),
) -> list["Thoughts"]:
    """The Reasoner's attempts on these questions, as many as the policies need, scored by the DM."""
    from drr.evaluate import collect, collect_beside, contestants, score
    from drr.studio import EMBEDDED

    seed += arguments.seed
    drawn = (question for spec in specs for question in _questions(spec, split, seed)[0])
    questions = [question for question in drawn if question.text not in leave_out]
    asked = [one.policy for one in contestants() if not arguments.policies or one.called in arguments.policies]
    if arguments.workers > 1:
        name = arguments.reasoner or str(studio.settings.models_dir / EMBEDDED)
        load = partial(_load_for_one_thread, name, arguments.bits)
        think: Callable[..., list[Thoughts]] = partial(collect_beside, load, questions, arguments.workers)
    else:
        think = partial(collect, studio.reasoner, questions)
    with _progress(arguments, what) as tell:
        thoughts = think(
            beyond=_beyond(),
            chain=max((policy.k for policy in asked if policy.informed), default=1),
            samples=max(
                (policy.k - (policy.first_temperature == 0) for policy in asked if not policy.informed), default=0
            ),
            seed=arguments.seed,
            progress=lambda done, total: tell(done / max(1, total), f"{done:,} of {total:,}"),
        )
    return thoughts if dm is None else score(thoughts, dm, dm.threshold)


def _load_for_one_thread(name: str, bits: int | None) -> Reasoner:
    import torch

    from drr.reasoners.local import LocalReasoner

    torch.set_num_threads(1)
    return LocalReasoner.load(name, bits=bits)


def _replayed(arguments: Arguments, studio: "Studio", dm: Any) -> list["Thoughts"]:
    """What the store has, but for the questions that made the DM: its scores on those prove nothing."""
    from drr.data import warn_of_mismatch
    from drr.evaluate import from_records, score
    from drr.store import RecordFilter

    where = RecordFilter.parse(arguments.where)
    records = list(_opened(arguments, studio, must_exist=True).records.iterate(where))
    if dm is None:
        return from_records(records, beyond=_beyond())
    unseen = [record for record in records if not _may_know(dm, record)]
    if len(unseen) < len(records):
        _note(
            f"{len(records) - len(unseen):,} of {len(records):,} records are left out: the DM may know their questions."
        )
    warn_of_mismatch(dm, {record.reasoner for record in unseen})
    return score(from_records(unseen, beyond=_beyond()), dm, dm.threshold)


def _may_know(dm: Any, record: BehaviorRecord) -> bool:
    """Whether it may have learnt from the question, or been calibrated on it."""
    from drr.dm.examples import Item
    from drr.dm.train import split_of

    return record.reasoner in dm.card.reasoner.split(", ") and split_of(Item.of(record)) != "test"


def _beyond() -> frozenset[str]:
    """The sources that the embedded Reasoner was never trained on."""
    from drr.questions import HELD_OUT_FAMILIES, HELD_OUT_SYMBOLIC

    return frozenset((*HELD_OUT_FAMILIES, *(f"gsm_symbolic:{template}" for template in HELD_OUT_SYMBOLIC)))


def short_table(name: str, report: "Report") -> str:
    """What became of a smaller set of questions, in percent."""
    shares = [
        (row.label, *(f"{100 * share:.1f}" for share in (row.accuracy, 1 - row.coverage, row.wrong_answers)))
        for row in report.policies
        if row.name in ("greedy", "drr")
    ]
    rows = [("policy", "right %", "abstained %", "wrong %"), ("---",) * 4, *shares]
    return f"{report.questions} {name} questions.\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


# --- import, export ---------------------------------------------------------------------------------------------------


def _import(arguments: Arguments, studio: "Studio") -> int:
    from drr.data import Person

    me = Person(AT_A_TERMINAL)
    if arguments.undo:
        _opened(arguments, studio, must_exist=True)
        undone = studio.data.undo_import(me, arguments.undo)
        kept = f" {undone.kept:,} stay: annotated, in a snapshot or in another import." if undone.kept else ""
        _give(arguments, vars(undone), f"{_counted(undone.removed, 'record')} removed.{kept}")
        return DONE
    is_dataset = arguments.source.startswith(DATASET)
    if not is_dataset and not Path(arguments.source).is_file():
        raise InvalidInput(f"There is no file {arguments.source}.")
    columns: dict[str, Any] = {"mapping": dict(arguments.map), "fixed": dict(arguments.set)}
    store = _opened(arguments, studio)
    with _progress(arguments, "Importing") as tell:
        columns["progress"] = lambda records, share: tell(share, f"{records:,} records")
        if is_dataset:
            name = arguments.source.removeprefix(DATASET)
            which = {"split": arguments.split, "config": arguments.config, "limit": arguments.limit}
            report = studio.data.import_dataset(me, name, **which, **columns)
        else:
            report = studio.data.import_file(me, arguments.source, **columns)
    for line in report.bad:
        _note(f"{arguments.source}, line {line.number}: {line.reason}")
    if report.ignored:
        _note(f"Columns that are not kept: {', '.join(report.ignored)}")
    result = {
        "import": report.batch,
        "read": report.read,
        "added": report.added,
        "duplicates": report.duplicates,
        "bad": len(report.bad),
        "bad_lines": [{"line": line.number, "reason": line.reason} for line in report.bad],
        "db": store.name,
    }
    known, bad = f"{report.duplicates:,} known already", _counted(len(report.bad), "bad line")
    added = f"{_counted(report.added, 'record')} added to {store.name}, {known}, {bad}."
    _give(arguments, result, f"{added} To take it back: python -m drr import --undo {report.batch}")
    if not report.read:
        _note(f"Nothing in {arguments.source} could be read as a behavior record.")
    return DONE if report.read else FAILED


def _export(arguments: Arguments, studio: "Studio") -> int:
    from drr.exchange import export_file, export_history
    from drr.store import RecordFilter

    where = RecordFilter.parse(arguments.where)
    store = _opened(arguments, studio, must_exist=True)
    noun = "annotation" if arguments.history else "record"
    with _progress(arguments, "Exporting") as tell:
        if arguments.history:
            count = export_history(arguments.file, store, where)
        else:
            told: Any = lambda records, share: tell(share, f"{records:,} records")  # noqa: E731
            count = export_file(arguments.file, store, where, told, labels=arguments.labels)
    _give(
        arguments,
        {"file": arguments.file, f"{noun}s": count, "db": store.name},
        f"{_counted(count, noun)} in {arguments.file}.",
    )
    return DONE


def _score(arguments: Arguments, studio: "Studio") -> int:
    from drr.data import Person
    from drr.store import RecordFilter

    where = RecordFilter.parse(arguments.where).to_json()
    store = _opened(arguments, studio, must_exist=True)
    with _progress(arguments, "Scoring") as tell:
        count = studio.data.score(
            Person(AT_A_TERMINAL), arguments.dm, where, lambda done, share: tell(share, f"{done:,} records")
        )
    _give(arguments, {"records": count, "db": store.name}, f"{_counted(count, 'record')} scored in {store.name}.")
    return DONE


# --- info -------------------------------------------------------------------------------------------------------------


def _info(arguments: Arguments, studio: "Studio") -> int:
    settings = studio.settings
    try:
        rows: dict[str, Any] = {"db": studio.store.name, **studio.store.counts()}
    except DRRError as error:  # the rest is worth knowing all the more
        rows = {"error": str(error)}
    result: dict[str, Any] = {
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in LIBRARIES}},
        "devices": _devices(),
        "models": [
            _model(folder) for root in (settings.models_dir, settings.data_dir / "dms") for folder in _models_in(root)
        ],
        "rows": rows,
        "settings": {
            "data_dir": str(settings.data_dir),
            "models_dir": str(settings.models_dir),
            "host": settings.host,
            "port": settings.port,
        },
    }
    lines = []
    for title, values in result.items():
        lines.append(title)
        for value in values if isinstance(values, list) else [values]:
            lines += [*_aligned(value), ""] if value else []
    _give(arguments, result, "\n".join(lines).rstrip())
    return DONE


def _version(library: str) -> str:
    from importlib import metadata

    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "not installed"


def _devices() -> list[dict[str, Any]]:
    import psutil
    import torch

    cpu = {
        "name": "cpu",
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
    }
    found = [torch.cuda.get_device_properties(i) for i in range(torch.cuda.device_count())]
    return [cpu, *({"name": f"cuda: {each.name}", "memory_gb": round(each.total_memory / 2**30, 1)} for each in found)]


def _models_in(root: Path) -> list[Path]:
    folders = sorted(root.iterdir()) if root.is_dir() else []
    return [folder for folder in folders if (folder / "dm.json").is_file() or (folder / "config.json").is_file()]


def _model(folder: Path) -> dict[str, Any]:
    """What a folder's card says; a Reasoner is described by its config."""
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    about = {
        "name": folder.name,
        "folder": str(folder),
        "megabytes": round(size / 1e6, 1),
        "card": (folder / "README.md").is_file(),
    }
    is_dm = (folder / "dm.json").is_file()
    try:
        card = json.loads((folder / ("dm.json" if is_dm else "config.json")).read_text(encoding="utf-8"))
        if is_dm:
            return about | {
                "kind": f"DM ({card['kind']})",
                "reasoner": card["reasoner"],
                "threshold": card["threshold"],
                "auroc": card["metrics"].get("auroc"),
            }
        return about | {"kind": "Reasoner", "architecture": ", ".join(card.get("architectures") or ["unknown"])}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return about | {"kind": "damaged", "error": repr(error)}
