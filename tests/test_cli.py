"""The command line: its results, its exit codes, and that what is finished survives Ctrl-C and kill -9."""

import gzip
import io
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from drr import cli
from drr.annotations import Kind
from drr.dm.examples import Item
from drr.dm.train import split_of
from drr.errors import ModelUnavailable, OutOfSpace
from drr.jobs import engine
from drr.reasoners import Piece, Request
from drr.reasoners.scripted import Script, ScriptedReasoner
from drr.registry import Registry
from drr.settings import Settings
from drr.store import RecordFilter, Store
from drr.store.traces import Traces
from drr.studio import Studio
from drr.testing import APPLES, RIGHT, WRONG, ScriptedJudge, make_question, make_record

ROOT = Path(__file__).parent.parent
COMMANDS = ("reason", "distill", "train", "evaluate", "jobs", "deploy", "push", "import", "export", "score", "info")
PEARS = "Tom has 5 pears and eats 2. How many pears are left?"
SCRIPT = {
    APPLES: [Script(WRONG, -0.5), Script(RIGHT, -0.1)],
    PEARS: [Script("Tom has 5-2=3 pears left.\nAnswer: 3", -0.1)],
}

Run = Callable[..., int]


@pytest.fixture(autouse=True)
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No models, no data, and nobody's settings."""
    monkeypatch.setenv("DRR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DRR_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.delenv("DRR_DB_URL", raising=False)


@pytest.fixture
def db(tmp_path: Path) -> str:
    return str(tmp_path / "test.db")


@pytest.fixture
def run(db: str) -> Run:
    """Run a subcommand with the scripted Reasoner on `db`; its exit code."""

    def run(*arguments: str, reasoner: Any = None) -> int:
        return cli.main([*arguments, "--db", db], reasoner=reasoner or ScriptedReasoner(SCRIPT))

    return run


@pytest.fixture
def with_dm(monkeypatch: pytest.MonkeyPatch) -> ScriptedJudge:
    """A DM that rejects the first attempt and accepts the second."""
    judge = ScriptedJudge([0.2, 0.9], {"Answer: 33": 0.9}, step_default=0.5)
    judge.threshold = 0.7  # type: ignore[attr-defined]
    monkeypatch.setattr(Studio, "dms", lambda self: ["dm"])
    monkeypatch.setattr(Studio, "dm", lambda self, name: judge)
    return judge


@pytest.fixture
def deployed(db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped DM (threshold 0.9), and `mine` (0.6), which lies elsewhere in a folder my-dm and is deployed."""
    for folder in (tmp_path / "models" / "dm", tmp_path / "elsewhere" / "my-dm"):
        folder.mkdir(parents=True)
        (folder / "dm.json").write_text("{}")
    with Store.open(db) as store:
        store.checkpoints.add("mine", str(folder), {}, "")
        store.checkpoints.deploy("mine")

    def open_judge(folder: Path, *_: str) -> Any:
        judge: Any = ScriptedJudge([0.8])
        judge.name, judge.threshold = folder.name, 0.9 if folder.name == "dm" else 0.6
        judge.card = SimpleNamespace(reasoner="scripted")
        judge.score_many = lambda attempts: [[0.8] * len(one.kept) for _, _, one in attempts]
        return judge

    monkeypatch.setattr("drr.dm.judge.open_judge", open_judge)


def questions_file(path: Path) -> str:
    rows = [{"question": APPLES, "answer": "33", "source": "fruit"}, {"question": PEARS, "answer": "3"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def records(db: str) -> int:
    with Store.open(db) as store:
        return store.records.count()


# --- usage ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_each_subcommand_explains_itself_and_takes_json(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command, "--help"]) == 0
    assert "--json" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dream"],
        ["reason"],
        ["reason", "1+1?", "--threshold", "1.5"],
        ["reason", "1+1?", "--attempts", "0"],
        ["reason", "1+1?", "--policy", "hope"],
        ["reason", "1+1?", "--policy", "majority", "--threshold", "0.5"],
        ["reason", "1+1?", "--policy", "greedy", "--attempts", "3"],
        ["reason", "1+1?", "--bits", "5"],
        ["reason", "1+1?", "--step-threshold", "2"],
        ["reason", "1+1?", "--step-threshold", "0.5", "--policy", "greedy"],
        ["reason", "1+1?", "--token-budget", "0"],
        ["reason", "1+1?", "--hopeless", "0.6", "--threshold", "0.5"],
        ["reason", "1+1?", "--answer-type", "poem"],
        ["reason", "1+1?", "--choices", "two"],
        ["reason", "1+1?", "--choices", "A=two", "A=three"],
        ["reason", "1+1?", "--choices", "A=two", "B=three", "--answer-type", "number"],
        ["distill"],
        ["distill", "--questions", "known:5", "--attempts", "many"],
        ["train", "--epochs", "nan"],
        ["train", "--where", "correct=true", "--snapshot", "mine"],
        ["evaluate", "--policies", "greedy,hope"],
        ["evaluate", "--seed", "-1"],
        ["train", "--seed", "4294967296"],
        ["evaluate", "--questions", "known:5", "--suite", "embedded"],
        ["import"],
        ["import", "file.jsonl", "--undo", "1"],
        ["import", "file.jsonl", "--map", "question"],
    ],
    ids=" ".join,
)
def test_bad_usage_is_2_and_says_why(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == 2
    out, err = capsys.readouterr()
    assert (out, "error: " in err) == ("", True)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["reason", "  "], "empty"),
        (["reason", "x" * 100_000], "100,000 characters"),
        (["reason", "1+1?", "--policy", "oracle"], "gold answer"),
        (["reason", "1+1?"], "python -m drr train"),
        (["reason", "1+1?", "--dm", "no-such-dm"], "no-such-dm"),
        (["distill", "--questions", "riddles:5"], "neither a file nor one of"),
        (["distill", "--questions", "known:lots"], "known:100"),
        (["import", "no-such-file.jsonl"], "no-such-file.jsonl"),
        (["export", "out.jsonl"], "There is no database"),
        (["export", "out.jsonl", "--where", "colour=red"], "correct=..."),
        (["train"], "There is no database"),
        (["train", "--where", "colour=red"], "colour=red"),
        (["evaluate"], "There is no database"),
        (["evaluate", "--questions", "known:5", "--save", "no/such/folder.gz"], "no folder"),
        (["evaluate", "--questions", "known:5", "--save", "/tmp"], "/tmp is a folder"),
        (["deploy", "mine"], "There are: none"),
    ],
    ids=str,
)
def test_a_failure_is_1_and_one_line_that_says_what_to_do(
    arguments: list[str], hint: str, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert hint in err
    assert "Traceback" not in err


def test_a_missing_reasoner_is_a_failure_with_a_remedy(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.main(["reason", "1+1?", "--policy", "greedy", "--reasoner", str(tmp_path / "nothing")]) == 1
    assert "There is no folder" in capsys.readouterr().err


def test_a_wrong_setting_is_a_failure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DRR_PORT", "door")
    assert cli.main(["info"]) == 1
    assert "DRR_PORT" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["reason", APPLES, "--policy", "greedy"], ["info"], ["push", "mine"], ["jobs"]])
def test_every_command_tells_what_became_of_a_damaged_database(
    command: list[str], run: Run, db: str, caplog: pytest.LogCaptureFixture
) -> None:
    Path(db).write_bytes(b"SQLite format 3\0" + b"damaged " * 600)
    run(*command)
    assert caplog.text.count(f"{db} was damaged. It is kept as") == 1


def test_a_data_folder_that_cannot_be_made_is_told_with_its_remedy_and_costs_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DRR_DATA_DIR", str(tmp_path / "file"))
    assert cli.main(["reason", APPLES, "--policy", "greedy"], reasoner=ScriptedReasoner(SCRIPT)) == 1
    out, err = capsys.readouterr()
    assert "Accepted: 22" in out and "Set DRR_DATA_DIR to another" in err
    assert cli.main(["jobs"]) == 1
    assert "Set DRR_DATA_DIR to another" in capsys.readouterr().err


def test_bits_load_the_reasoner_quantized(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def load(where: object, **options: object) -> None:
        asked.update(options, where=where)
        raise ModelUnavailable("not here")

    monkeypatch.setattr("drr.reasoners.local.LocalReasoner.load", load)
    assert cli.main(["reason", "1+1?", "--reasoner", "org/model", "--bits", "4"]) == 1
    assert (asked["where"], asked["bits"]) == ("org/model", 4)


# --- reason -----------------------------------------------------------------------------------------------------------


def test_reason_tells_steps_scores_decisions_and_the_outcome(
    run: Run, with_dm: ScriptedJudge, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("reason", APPLES) == 0
    out = capsys.readouterr().out
    told = [
        "Attempt 1 (greedy)",
        "3+7=10",
        "score 0.20 under 0.70",
        "told of 1 rejection",
        "0.90 Answer: 33",
        "Accepted: 33",
    ]
    assert [piece for piece in told if piece not in out] == []
    assert [out.index(piece) for piece in told] == sorted(out.index(piece) for piece in told)


def test_reason_tells_each_step_as_it_comes(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[str] = []

    class Slow(ScriptedReasoner):
        def attempt(self, request: Request) -> Iterator[Piece]:
            for piece in super().attempt(request):
                yield piece
                seen.append(capsys.readouterr().out)

    assert run("reason", APPLES, "--policy", "greedy", reasoner=Slow(SCRIPT)) == 0
    assert sum(bool(part) for part in seen) >= 3


def test_reason_as_json_has_exactly_these_keys(
    run: Run, with_dm: ScriptedJudge, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("reason", APPLES, "--json", "--seed", "7") == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == "question attempts decisions outcome tokens seconds reasoner dm policy seed".split()
    assert [list(attempt) for attempt in told["attempts"]] == [["steps", "answer", "verdict", "score", "tokens"]] * 2
    assert all(list(step) == ["text", "tokens", "score"] for attempt in told["attempts"] for step in attempt["steps"])
    assert [list(made) for made in told["decisions"]] == [["at", "action", "reason"]] * 2
    assert [made["action"] for made in told["decisions"]] == ["think_again", "stop"]
    assert told["outcome"] == {"status": "accepted", "answer": "33"}
    assert (told["question"], told["policy"], told["dm"], told["seed"]) == (APPLES, "drr", "scripted", 7)
    assert told["tokens"] == sum(attempt["tokens"] for attempt in told["attempts"])


def test_reason_hands_the_options_to_the_policy(
    run: Run, with_dm: ScriptedJudge, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("reason", APPLES, "--json", "--threshold", "0.95", "--attempts", "2", "--fallback", "abstain") == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == {"status": "abstained", "answer": None}


def test_reason_gives_up_early_where_it_is_hopeless(
    run: Run, with_dm: ScriptedJudge, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("reason", APPLES, "--json", "--hopeless", "0.3") == 0
    assert len(json.loads(capsys.readouterr().out)["attempts"]) == 1


def test_hopeless_is_measured_against_the_dms_threshold(run: Run, with_dm: ScriptedJudge) -> None:
    assert run("reason", APPLES, "--hopeless", "0.6") == 0
    assert run("reason", APPLES, "--hopeless", "0.8") == 1, "over 0.7"


def test_reason_rejects_single_steps_where_that_is_asked_for(
    run: Run, with_dm: ScriptedJudge, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("reason", APPLES, "--json", "--step-threshold", "0.6", "--attempts", "1") == 0
    assert json.loads(capsys.readouterr().out)["decisions"][0]["action"] == "reject_step"


def test_reason_limits_the_tokens_of_all_attempts_together(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    policy = ("--policy", "always-again", "--attempts", "3")
    assert run("reason", APPLES, *policy, "--json") == 0
    whole = json.loads(capsys.readouterr().out)["tokens"]
    assert run("reason", APPLES, *policy, "--json", "--token-budget", str(whole - 1)) == 0
    assert json.loads(capsys.readouterr().out)["tokens"] == whole - 1


@pytest.mark.parametrize(
    ("options", "line", "answer"),
    [
        (("--choices", "A=red", "B=dark blue"), "Answer: dark blue", "B"),
        (("--answer-type", "choice"), "Answer: (B)", "B"),
        (("--answer-type", "yesno"), "Answer: True.", "yes"),
        (("--answer-type", "text"), "Answer: 12 red apples", "12 red apples"),
        ((), "Answer: 12 red apples", "12"),
    ],
)
def test_reason_reads_the_answer_as_what_was_asked_for(
    run: Run, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], line: str, answer: str
) -> None:
    fake = ScriptedReasoner({"Which?": [line]})
    assert run("reason", "Which?", "--policy", "greedy", "--json", *options, reasoner=fake) == 0
    assert json.loads(capsys.readouterr().out)["outcome"]["answer"] == answer


def test_the_choices_are_put_to_the_reasoner(run: Run) -> None:
    fake = ScriptedReasoner({"Which?": ["Answer: A"]})
    assert run("reason", "Which?", "--policy", "greedy", "--choices", "A=red", "B=blue", reasoner=fake) == 0
    assert fake.requests[0].question.choices == {"A": "red", "B": "blue"}


def test_the_deployed_dm_judges_and_any_other_by_its_name(
    run: Run, deployed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    for options, judge in (((), "my-dm"), (("--dm", "mine"), "my-dm"), (("--dm", "dm"), "dm")):
        assert run("reason", APPLES, "--json", *options) == 0
        assert json.loads(capsys.readouterr().out)["dm"] == judge


@pytest.mark.parametrize("json_or_not", [("--json",), ()])
def test_an_answer_that_cannot_be_kept_is_told_all_the_same(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], json_or_not: tuple[str, ...]
) -> None:
    def full(*_: Any) -> str:
        raise OutOfSpace("No space is left. Free some.")

    monkeypatch.setattr(Traces, "save", full)
    assert run("reason", PEARS, "--policy", "greedy", *json_or_not) == 1
    out, err = capsys.readouterr()
    assert (json.loads(out)["outcome"]["answer"] == "3") if json_or_not else ("Accepted: 3" in out)
    assert err == "drr reason: This trace could not be kept. No space is left. Free some.\n"


def test_reason_without_a_dm_says_that_nobody_judged(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("reason", APPLES, "--policy", "greedy", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["dm"], told["attempts"][0]["score"]) == (None, None)


def test_reason_limits_the_tokens_of_an_attempt(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("reason", APPLES, "--policy", "greedy", "--json", "--max-tokens", "3") == 0
    assert json.loads(capsys.readouterr().out)["tokens"] == 3


def test_the_oracle_takes_the_gold_answer(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("reason", APPLES, "--policy", "oracle", "--gold", "33", "--json") == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == {"status": "accepted", "answer": "33"}


def test_reason_reads_the_question_from_stdin(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(PEARS + "\n"))
    assert run("reason", "-", "--policy", "greedy", "--json") == 0
    assert json.loads(capsys.readouterr().out)["question"] == PEARS


def test_reason_shows_no_terminal_codes_of_the_model(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    fake = ScriptedReasoner({"1+1?": ["\x1b]0;owned\x07It is two.\nAnswer: 2"]})
    assert run("reason", "1+1?", "--policy", "greedy", reasoner=fake) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_reason_keeps_the_trace(run: Run, db: str) -> None:
    assert run("reason", APPLES, "--policy", "greedy") == 0
    with Store.open(db) as store:
        assert [trace.question.text for trace in store.traces.recent()] == [APPLES]


def test_ctrl_c_ends_a_question_in_good_order(run: Run, db: str, capsys: pytest.CaptureFixture[str]) -> None:
    def press(_: float) -> None:
        if len(fake.requests) == 2:
            os.kill(os.getpid(), signal.SIGINT)

    fake = ScriptedReasoner(SCRIPT, delay=1, sleep=press)
    before = signal.getsignal(signal.SIGINT)
    assert run("reason", APPLES, "--policy", "always-again", "--attempts", "3", "--json", reasoner=fake) == 130
    out, err = capsys.readouterr()
    assert json.loads(out)["outcome"]["status"] == "cancelled"
    assert "is kept" in err
    assert signal.getsignal(signal.SIGINT) is before
    with Store.open(db) as store:
        assert [len(trace.attempts) for trace in store.traces.recent()] == [2]


# --- distill ----------------------------------------------------------------------------------------------------------


def test_distill_stores_labelled_attempts_and_makes_none_twice(
    run: Run, db: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = questions_file(tmp_path / "fruit.jsonl")
    command = ("distill", "--questions", spec, "--attempts", "1", "--retries", "1", "--rounds", "1", "--json")
    assert run(*command) == 0
    first = json.loads(capsys.readouterr().out)
    assert (first["questions"], first["attempts"], first["right"], first["reasoner"]) == (2, 4, 3, "scripted")
    assert records(db) == 4
    assert run(*command) == 0
    assert json.loads(capsys.readouterr().out)["attempts"] == 0
    assert records(db) == 4


def test_distill_refuses_a_bad_questions_file_before_it_begins(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = ScriptedReasoner(SCRIPT)
    spec = questions_file(tmp_path / "fruit.jsonl")
    Path(spec).write_text(Path(spec).read_text() + "not json\n")
    assert run("distill", "--questions", spec, reasoner=fake) == 1
    assert "line 3" in capsys.readouterr().err
    assert fake.requests == []


def test_ctrl_c_in_distillation_is_130_and_says_how_to_go_on(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def press(_: float) -> None:
        raise KeyboardInterrupt

    spec = questions_file(tmp_path / "fruit.jsonl")
    assert run("distill", "--questions", spec, reasoner=ScriptedReasoner(SCRIPT, delay=1, sleep=press)) == 130
    assert "the same command goes on" in capsys.readouterr().err


# --- train ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The training itself is tested elsewhere: here, what it is given."""
    made: list[Any] = []

    def train(
        records: list[Any], config: Any, out: Path, report: Callable[[Any], None], *, state: Any, tell: Any
    ) -> Any:
        made.append(SimpleNamespace(records=records, config=config, out=out, state=state))
        report(SimpleNamespace(step=20, done=0.5, seconds=1.0, loss=0.4))
        tell("calibrating")
        risk = config.risk if config.threshold == "risk" else None
        card = Card(
            config.kind, "reasoner", "scripted", Calibration(), 0.8, risk,
            snapshot=f"hash-{config.seed}", config=vars(config), metrics={"auroc": 0.9},
        )  # fmt: skip
        out.mkdir(parents=True, exist_ok=True)
        (out / "dm.json").write_text(card.to_json())
        return card

    train_module = pytest.importorskip("drr.dm.train")
    from drr.dm.calibrate import Calibration
    from drr.dm.checkpoint import Card

    monkeypatch.setattr(train_module, "train", train)
    return made


@pytest.fixture
def stored(db: str) -> None:
    with Store.open(db) as store:
        store.records.add_many([make_record(), make_record(correct=False, attempt_index=1)])


def test_train_hands_records_and_options_on_and_registers_the_dm(
    run: Run, db: str, stored: None, trainings: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "my-dm"
    options = ("--kind", "probe", "--epochs", "0.5", "--reject-weight", "2", "--pair-weight", "0", "--risk", "0.1")
    assert run("train", *options, "--base", "org/model", "--out", str(out), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["name"], told["path"], told["threshold"], told["metrics"]) == ("my-dm", str(out), 0.8, {"auroc": 0.9})
    config = trainings[0].config
    assert len(trainings[0].records) == 2
    assert (config.base, config.kind, config.epochs, config.risk) == ("org/model", "probe", 0.5, 0.1)
    assert (config.reject_weight, config.pair_weight) == (2, 0)
    with Store.open(db) as store:
        assert [(kept.name, kept.path) for kept in store.checkpoints.list()] == [("my-dm", str(out))]


@pytest.mark.parametrize("option", [("--snapshot", "checked ones"), ("--where", "snapshot=checked ones")])
def test_train_on_a_snapshot_takes_its_records_with_the_labels_that_were_frozen(
    run: Run, db: str, stored: None, trainings: list[Any], option: tuple[str, str]
) -> None:
    with Store.open(db) as store:
        wrong = store.browsing.browse(RecordFilter(correct=False)).rows[0].id
        store.annotations.add(wrong, Kind.VERDICT, "accept", "ada", 0)
        store.snapshots.freeze("checked ones", RecordFilter(human="accept"))
        store.annotations.add(wrong, Kind.VERDICT, "reject", "ada", 1)
    assert run("train", *option) == 0
    assert [(record.attempt_index, record.correct) for record in trainings[0].records] == [(1, True)]


def test_a_dm_trained_on_a_snapshot_names_it_as_its_dataset(
    run: Run, db: str, stored: None, trainings: list[Any], tmp_path: Path
) -> None:
    with Store.open(db) as store:
        store.snapshots.freeze("monday")
    assert run("train", "--snapshot", "monday", "--out", str(tmp_path / "on-monday")) == 0
    assert run("train", "--out", str(tmp_path / "on-all")) == 0
    with Store.open(db) as store:
        listed = Registry(Settings(data_dir=tmp_path, models_dir=tmp_path / "models"), lambda: store).listed()
    assert {one.name: one.dataset and one.dataset.name for one in listed} == {"on-monday": "monday", "on-all": None}


def test_train_learns_what_people_say_of_the_records(run: Run, db: str, stored: None, trainings: list[Any]) -> None:
    with Store.open(db) as store:
        right = store.browsing.browse(RecordFilter(correct=True)).rows[0].id
        store.annotations.add(right, Kind.VERDICT, "reject", "ada", 0)
    assert run("train", "--where", "correct=true") == 0
    assert [record.correct for record in trainings[0].records] == [False]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--risk", "0.025"), "at most 2.5% are wrong, at a confidence of 90%"),
        (("--threshold", "by-hand"), "chosen by hand; no guarantee"),
    ],
)
def test_train_promises_what_was_certified_and_no_more(
    run: Run,
    stored: None,
    trainings: list[Any],
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    told: str,
) -> None:
    assert run("train", *options) == 0
    out = capsys.readouterr().out
    assert told in out and ("at most" in told or "at most" not in out)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("risk", "5"), ("risk", "0"), ("risk", "1"), ("confidence", "1"), ("by-hand", "1.5"), ("lora-dropout", "1"),
        ("epochs", "0"), ("epochs", "inf"), ("head-rate", "0"), ("backbone-rate", "-1"), ("beta", "0"),
        ("focal-gamma", "-1"), ("reject-weight", "nan"), ("pair-weight", "-1"), ("tokens-per-batch", "0"),
        ("lora-rank", "0"), ("evaluations", "-1"), ("patience", "1.5"),
    ],
)  # fmt: skip
def test_a_number_that_no_training_takes_is_bad_usage(
    run: Run, option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("train", f"--{option}={value}") == 2
    assert f"argument --{option}: {value!r} is not a" in capsys.readouterr().err


def test_train_on_a_snapshot_that_is_not_there_says_so(
    run: Run, stored: None, trainings: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("train", "--snapshot", "none") == 1
    assert "There is no snapshot none" in capsys.readouterr().err and trainings == []


def test_every_choice_of_a_training_is_an_option(run: Run, stored: None, trainings: list[Any], tmp_path: Path) -> None:
    from drr import cli
    from drr.dm import calibrate
    from drr.dm import train as training
    from drr.dm.backbone import TUNINGS

    offered = {name: set(option["choices"]) for name, option in cli.TRAINING.items() if "choices" in option}
    assert offered == {
        "kind": set(training.KINDS), "tuning": set(TUNINGS), "loss": set(training.LOSSES),
        "precision": set(training.PRECISIONS), "calibration": set(calibrate.METHODS),
        "threshold": set(calibrate.RULES),
    }  # fmt: skip
    config = training.TrainConfig(
        "org/model", "token", "qlora", 0.5, 900, 1e-4, 1e-3, 8, 0.1, "focal", 1.0, 2.0, 0.0, "fp32", False, 4, 2,
        "isotonic", "f-beta", 0.1, 0.8, 0.3, 0.7, 5,
    )  # fmt: skip
    options = {name.replace("_", "-"): str(value) for name, value in vars(config).items() if name != "checkpointing"}
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    assert run("train", *words, "--no-checkpointing", "--state", str(tmp_path / "state")) == 0
    assert run("train", "--base", "org/model") == 0
    assert [trained.config for trained in trainings] == [config, training.TrainConfig("org/model")]
    assert [trained.state for trained in trainings] == [tmp_path / "state", None]


def test_train_again_into_the_same_folder_is_another_checkpoint(
    run: Run, db: str, stored: None, trainings: list[Any], tmp_path: Path
) -> None:
    for seed in ("1", "2"):
        assert run("train", "--out", str(tmp_path / "dm"), "--seed", seed) == 0
    with Store.open(db) as store:
        assert [kept.name for kept in store.checkpoints.list()] == ["dm-2", "dm"]


def test_train_uses_the_data_folder_where_no_other_is_named(
    run: Run, stored: None, trainings: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("train") == 0
    assert trainings[0].out.parent == tmp_path / "data" / "dms"
    assert trainings[0].config.base == str(tmp_path / "models" / "reasoner")
    assert "auroc" in capsys.readouterr().out


def test_train_never_replaces_a_folder_that_is_no_dm(
    run: Run, stored: None, trainings: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter-1.txt").write_text("years of work")
    assert run("train", "--out", str(tmp_path / "thesis")) == 1
    assert "something else than a DM" in capsys.readouterr().err
    assert trainings == []


def test_train_hands_every_option_of_a_training_on(run: Run, stored: None, trainings: list[Any]) -> None:
    options = ("--tuning", "qlora", "--lora-rank", "8", "--loss", "focal", "--no-checkpointing")
    threshold = ("--threshold", "by-hand", "--by-hand", "0.8")
    assert run("train", *options, *threshold, "--tokens-per-batch", "512") == 0
    config = trainings[0].config
    assert (config.tuning, config.lora_rank, config.loss, config.checkpointing) == ("qlora", 8, "focal", False)
    assert (config.threshold, config.by_hand, config.tokens_per_batch) == ("by-hand", 0.8, 512)
    assert config.patience == 0, "what is not given keeps its default"


# --- deploy, push -----------------------------------------------------------------------------------------------------


def test_a_dm_is_deployed_by_its_name_and_judges_from_then_on(
    run: Run, deployed: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("deploy", "dm", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"deployed": "dm"}
    assert run("reason", APPLES, "--json") == 0
    assert json.loads(capsys.readouterr().out)["dm"] == "dm"
    assert run("deploy", str(tmp_path / "elsewhere" / "my-dm")) == 1
    assert "There are: dm, mine" in capsys.readouterr().err


def test_a_dm_is_pushed_by_name_and_its_address_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Registry, "push", lambda self, name, repo: f"https://huggingface.co/{repo or name}")
    assert run("push", "mine", "--repo", "ann/mine", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"url": "https://huggingface.co/ann/mine"}


def test_a_push_of_no_dm_or_without_a_login_says_what_to_do(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "dm.json").write_text("{}")
    for dm, told in (("nothing", "no DM 'nothing'"), (str(tmp_path / "mine"), "hf auth login")):
        assert run("push", dm) == 1
        assert told in capsys.readouterr().err


# --- jobs -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs stay in the queue."""
    monkeypatch.setattr(engine.JobEngine, "look_after", lambda self: None)


def test_a_training_can_be_queued_listed_cancelled_resumed_and_removed(
    run: Run, stored: None, no_worker: None, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(*arguments: str) -> Any:
        assert run(*arguments, "--json") == 0
        return json.loads(capsys.readouterr().out)

    job = told("train", "--job", "--name", "mine", "--epochs", "0.5", "--where", "correct=true")
    assert (job["state"], job["title"], job["owner"]) == ("queued", "Train mine", "local")
    assert job["params"]["config"]["epochs"] == 0.5 and job["params"]["where"] == "correct=true"
    again = told("train", "--job", "--snapshot", "for mine")
    assert again["params"]["snapshot"] == "for mine"
    assert [listed["id"] for listed in told("jobs")["jobs"]] == [again["id"], job["id"]]
    assert told("jobs", "cancel", job["id"])["state"] == "cancelled"
    assert told("jobs", "resume", job["id"])["state"] == "queued"
    assert told("jobs", "log", job["id"])["log"] == ""
    told("jobs", "cancel", job["id"])
    told("jobs", "remove", job["id"])
    told("jobs", "cancel", again["id"])
    told("jobs", "remove", again["id"])
    assert run("jobs") == 0
    assert capsys.readouterr().out == "No job yet.\n"


def test_jobs_that_need_a_model_run_on_the_first_gpu_where_there_is_one(
    run: Run, stored: None, no_worker: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    questions = questions_file(tmp_path / "fruit.jsonl")
    for there, device in ((True, "cuda:0"), (False, "cpu")):
        monkeypatch.setattr("torch.cuda.is_available", lambda there=there: there)
        for command in (("train",), ("distill", "--questions", questions)):
            assert run(*command, "--job", "--json") == 0
            assert json.loads(capsys.readouterr().out)["device"] == device


@pytest.mark.timeout(400)
def test_a_job_of_the_command_line_finds_its_database_and_outlives_it(
    db: str, stored: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its worker finds no Reasoner to start from, and says so in the row."""
    monkeypatch.chdir(Path(db).parent)
    questions = questions_file(Path("fruit.jsonl"))
    assert cli.main(["distill", "--questions", questions, "--job", "--db", Path(db).name, "--json"]) == 0
    id = json.loads(capsys.readouterr().out)["id"]
    assert cli.main(["jobs", "wait", id, "--db", db]) == 1
    assert "is failed" in capsys.readouterr().out
    with Store.open(db) as store:
        assert "reasoner" in store.jobs.get(id).reason


@pytest.mark.parametrize("arguments", [("cancel",), ("log",), ("list", "x"), ("stop", "x")])
def test_jobs_says_how_it_is_used(run: Run, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("jobs", *arguments) == 2
    assert "usage" in capsys.readouterr().err


def test_jobs_knows_no_other_job(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("jobs", "cancel", "no-such") == 1
    assert "no job no-such" in capsys.readouterr().err


def test_a_job_takes_a_name_and_no_folder(run: Run, stored: None) -> None:
    assert run("train", "--job", "--out", "somewhere") == 2


# --- evaluate ---------------------------------------------------------------------------------------------------------


def test_evaluate_runs_the_reasoner_on_questions(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = questions_file(tmp_path / "fruit.jsonl")
    saved = tmp_path / "attempts.jsonl.gz"
    policies = ("--policies", "greedy,always-again,majority")
    assert run("evaluate", "--questions", spec, *policies, "--json", "--save", str(saved)) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["questions"] == 2
    assert {row["name"] for row in told["policies"]} == {"greedy", "always-again", "majority"}
    keys = {"name", "params", "accuracy", "accuracy_ci", "mean_tokens", "mean_attempts", "coverage"}
    assert all(keys <= set(row) for row in told["policies"])
    assert {row["params"]["k"] for row in told["policies"] if row["name"] == "majority"} == {3, 5, 8}
    assert {"auroc", "auroc_within", "auprc", "ece"} <= set(told["dm"])
    assert next(row["accuracy"] for row in told["policies"] if row["name"] == "greedy") == 0.5
    assert len(gzip.decompress(saved.read_bytes()).splitlines()) == 2


def test_evaluate_makes_no_more_attempts_than_the_policies_need(run: Run, tmp_path: Path) -> None:
    fake = ScriptedReasoner(SCRIPT)
    spec = questions_file(tmp_path / "fruit.jsonl")
    assert run("evaluate", "--questions", spec, "--policies", "greedy", reasoner=fake) == 0
    assert len(fake.requests) == 2


def test_evaluate_goes_by_the_deployed_dm(
    run: Run, deployed: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = questions_file(tmp_path / "fruit.jsonl")
    assert run("evaluate", "--questions", spec, "--policies", "drr", "--json") == 0
    rows = json.loads(capsys.readouterr().out)["policies"]
    assert {row["params"]["threshold"] for row in rows} == {0.6}


def test_evaluate_on_questions_begins_no_database(run: Run, db: str, tmp_path: Path) -> None:
    assert run("evaluate", "--questions", questions_file(tmp_path / "fruit.jsonl"), "--policies", "greedy") == 0
    assert not Path(db).exists()


def test_attempts_that_cannot_be_saved_cost_no_table(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = questions_file(tmp_path / "fruit.jsonl")
    assert run("evaluate", "--questions", spec, "--policies", "greedy", "--save", "/dev/full") == 1
    out, err = capsys.readouterr()
    assert "| greedy |" in out and "Free some space, or save elsewhere" in err


def test_evaluate_says_which_policies_it_cannot_play(
    run: Run, stored: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("evaluate", "--policies", "self-critique,adaptive") == 1
    out, err = capsys.readouterr()
    assert out == "" and "for: self-critique, at most 3; adaptive consistency, at most 8." in err
    assert run("evaluate", "--policies", "greedy,self-critique") == 0
    assert "Not played, for want of stored attempts, scores or opinions: self-critique" in capsys.readouterr().out


@pytest.mark.parametrize("command", [("score",), ("evaluate", "--policies", "greedy")])
def test_a_dm_is_compared_with_whose_attempts_it_scores_and_no_reasoner_is_loaded(
    db: str, deployed: None, caplog: pytest.LogCaptureFixture, command: tuple[str, ...]
) -> None:
    with Store.open(db) as store:
        store.records.add_many([make_record(), make_record(reasoner="someone")])
    assert cli.main([*command, "--db", db]) == 0
    assert [message for message in caplog.messages if "learnt from" in message] == [
        "This DM learnt from scripted, not from someone: its scores and its threshold may not hold. "
        "Distil and train for someone."
    ]


@pytest.fixture
def scoring_dm(monkeypatch: pytest.MonkeyPatch) -> None:
    """A DM that likes multiplication, learnt from the Reasoner called `scripted`."""

    def score_many(attempts: Any) -> list[list[float]]:
        return [[0.9 if "*" in one.text else 0.2] * len(one.kept) for _, _, one in attempts]

    card = SimpleNamespace(reasoner="scripted")
    dm = SimpleNamespace(name="dm", threshold=0.5, score_many=score_many, card=card)
    monkeypatch.setattr(Studio, "dms", lambda self: ["dm"])
    monkeypatch.setattr(Studio, "dm", lambda self, name: dm)


def test_the_suite_has_known_beyond_calibration_and_typed_questions(
    run: Run, scoring_dm: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = {}
    specs = {}
    for part in ("known", "beyond", "calibration", "calibration beyond", "phrasings", "typed"):
        lines = []
        for n in range(4):
            script[f"{part} {n}?"] = (WRONG, RIGHT) if n % 2 else (RIGHT, WRONG)
            source = "ratio.parts" if part == "beyond" else part
            lines.append(json.dumps({"question": f"{part} {n}?", "answer": "33", "source": source}))
        (tmp_path / f"{part}.jsonl").write_text("\n".join(lines))
        specs[part] = str(tmp_path / f"{part}.jsonl")
    monkeypatch.setattr(cli, "TYPED", {"typed": Path(specs.pop("typed"))})
    monkeypatch.setattr(cli, "SUITE", specs)
    assert run("evaluate", "--suite", "embedded", "--json", reasoner=ScriptedReasoner(script)) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["known"], told["beyond"], told["calibration"], told["typed"]["questions"]) == (4, 4, 8, 4)
    assert told["dm"]["auroc"] == 1.0
    assert run("evaluate", "--suite", "embedded", reasoner=ScriptedReasoner(script)) == 0
    out = capsys.readouterr().out
    assert "4 typed questions" in out
    assert "4 rephrased GSM8K questions" in out
    assert "| DRR, at most 3 | 100.0 | 0.0 | 0.0 |" in out


def test_a_probe_cannot_judge_afterwards(
    run: Run, with_dm: ScriptedJudge, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("evaluate", "--questions", questions_file(tmp_path / "fruit.jsonl")) == 1
    assert "token DM" in capsys.readouterr().err


def test_a_replay_leaves_out_what_the_dm_learnt_from_or_was_calibrated_on(
    run: Run, db: str, scoring_dm: None, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = [make_question(f"{APPLES} ({n})") for n in range(60)]
    with Store.open(db) as store:
        store.records.add_many([make_record(question=question) for question in questions])
    assert run("evaluate", "--policies", "greedy", "--json") == 0
    out, err = capsys.readouterr()
    tested = [question for question in questions if split_of(Item.of(make_record(question=question))) == "test"]
    assert json.loads(out)["questions"] == len(tested) > 0
    assert f"{60 - len(tested)} of 60 records are left out" in err


def test_evaluate_replays_what_is_stored_and_asks_no_model(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = questions_file(tmp_path / "fruit.jsonl")
    assert run("distill", "--questions", spec, "--attempts", "4") == 0
    capsys.readouterr()
    silent = ScriptedReasoner({})
    assert run("evaluate", "--policies", "greedy,majority", reasoner=silent) == 0
    out = capsys.readouterr().out
    assert "| greedy |" in out
    assert "| majority of 3 samples |" in out
    assert silent.requests == []


# --- import, export ---------------------------------------------------------------------------------------------------


def test_import_keeps_the_good_lines_and_names_the_bad_ones(
    run: Run, db: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = {"question": PEARS, "reasoner": "someone", "text": "Answer: 3", "gold": "3"}
    file = tmp_path / "mixed.jsonl"
    file.write_text(json.dumps(good) + "\nnot json\n" + json.dumps({"question": PEARS}) + "\n")
    assert run("import", str(file), "--json") == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert (told["read"], told["added"], told["bad"]) == (1, 1, 2)
    assert [line["line"] for line in told["bad_lines"]] == [2, 3]
    assert "line 2: It is not JSON" in err
    assert "line 3: There is no reasoner" in err
    assert run("import", str(file), "--json") == 0
    assert json.loads(capsys.readouterr().out)["duplicates"] == 1
    assert records(db) == 1


def test_import_of_nothing_readable_is_a_failure(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text("not json\n")
    assert run("import", str(file)) == 1
    assert "Nothing in" in capsys.readouterr().err


def test_other_peoples_columns_are_mapped_and_an_import_can_be_taken_back(
    run: Run, db: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "theirs.jsonl"
    file.write_text(json.dumps({"item": {"q": PEARS}, "output": "Answer: 3"}) + "\n")
    assert run("import", str(file), "--map", "question=item.q", "--map", "text=output", "--set", "reasoner=me") == 0
    assert "--undo 1" in capsys.readouterr().out
    assert records(db) == 1
    assert run("import", "--undo", "1", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"removed": 1, "kept": 0}
    assert records(db) == 0
    assert run("import", "--undo", "1") == 1
    assert "undone already" in capsys.readouterr().err


def test_a_dataset_is_imported_by_name_with_its_columns_mapped(
    run: Run, db: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import datasets

    asked: list[tuple[Any, ...]] = []

    def load_dataset(name: str, config: str | None, *, split: str, streaming: bool) -> Any:
        asked.append((name, config, split, streaming))
        rows = [{"item": {"q": PEARS}, "output": f"Answer: {n}", "model": "m"} for n in range(5)]
        return datasets.Dataset.from_list(rows).to_iterable_dataset()

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    columns = ("--map", "question=item.q", "--map", "text=output", "--map", "reasoner=model", "--set", "gold=3")
    options = ("--split", "test", "--config", "main", "--limit", "4")
    assert run("import", "hf:org/attempts", *columns, *options, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["read"], told["added"], told["bad"]) == (4, 4, 0)
    assert asked == [("org/attempts", "main", "test", True)]
    with Store.open(db) as store:
        assert [(one.reasoner, one.correct) for one in store.records.iterate()] == [
            ("m", False), ("m", False), ("m", False), ("m", True),
        ]  # fmt: skip
        assert [(batch.name, batch.added) for batch in store.batches.list()] == [("org/attempts", 4)]


def test_export_writes_labels_and_history_where_they_are_asked_for(
    run: Run, stored: None, db: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store.open(db) as store:
        row = store.browsing.browse().rows[0]
        store.annotations.add(row.id, Kind.VERDICT, "reject", "ada", 0)
    assert run("export", str(tmp_path / "out.jsonl"), "--labels", "--where", "human=reject") == 0
    assert json.loads((tmp_path / "out.jsonl").read_text())["label"] == "reject"
    assert run("export", str(tmp_path / "history.jsonl"), "--history", "--json") == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["annotations"] == 1
    assert json.loads((tmp_path / "history.jsonl").read_text())["author"] == "ada"


def test_score_fills_in_what_the_dm_says(
    run: Run, stored: None, scoring_dm: None, db: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(Studio, "default_threshold", lambda self: 0.5)
    assert run("score", "--where", "correct=true", "--json") == 0
    assert json.loads(capsys.readouterr().out)["records"] == 1
    with Store.open(db) as store:
        (row,) = store.browsing.browse(RecordFilter(dm="dm")).rows
        assert (row.automatic, row.score) == ("accept", 0.9)


def test_export_writes_what_the_condition_lets_pass(
    run: Run, stored: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "out.jsonl.gz"
    assert run("export", str(file), "--where", "correct=true", "--json") == 0
    assert json.loads(capsys.readouterr().out)["records"] == 1
    assert json.loads(gzip.decompress(file.read_bytes()))["question"] == APPLES


def test_the_default_database_begins_with_the_bundled_records(
    stored: None, db: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    assert cli.main(["export", str(tmp_path / "data" / "behavior.jsonl.gz"), "--db", db]) == 0
    assert cli.main(["export", str(tmp_path / "out.jsonl")]) == 0
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 2


# --- info -------------------------------------------------------------------------------------------------------------


def test_info_tells_versions_devices_models_rows_and_settings(
    run: Run, stored: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, file, text in (
        ("reasoner", "config.json", '{"architectures": ["LlamaForCausalLM"]}'),
        ("dm", "dm.json", '{"kind": "token", "reasoner": "reasoner", "threshold": 0.8, "metrics": {"auroc": 0.95}}'),
        ("torn", "dm.json", "{"),
    ):
        (tmp_path / "models" / name).mkdir(parents=True)
        (tmp_path / "models" / name / file).write_text(text)
    assert run("info", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["versions"]["torch"]
    assert told["devices"][0]["name"] == "cpu"
    assert {model["name"]: model["kind"] for model in told["models"]} == {
        "reasoner": "Reasoner", "dm": "DM (token)", "torn": "damaged",
    }  # fmt: skip
    assert (told["rows"]["records"], told["rows"]["traces"]) == (2, 0)
    assert told["settings"]["data_dir"] == str(tmp_path / "data")
    assert run("info") == 0
    assert "LlamaForCausalLM" in capsys.readouterr().out


def test_info_works_where_the_database_does_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["info", "--json", "--db", str(tmp_path)]) == 0
    assert "is a folder" in json.loads(capsys.readouterr().out)["rows"]["error"]


# --- in a process of its own ------------------------------------------------------------------------------------------


def start(*arguments: str, python: tuple[str, ...] = ("-m", "drr")) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, *python, *arguments],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores it
    )


def test_importing_the_command_line_is_light() -> None:
    heavy = ("torch", "gradio", "transformers", "sqlalchemy", "numpy", "reasoning_gym")
    code = f"import sys, drr.cli; print(*(name for name in {heavy} if name in sys.modules))"
    assert start(python=("-c", code)).communicate()[0].split() == []


def test_help_comes_at_once() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = start("--help")
    out, _ = process.communicate()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime  # others may keep the cores busy
    assert all(command in out for command in COMMANDS)
    assert (process.returncode, spent < 0.5) == (0, True)


def test_the_process_ends_with_the_exit_code() -> None:
    process = start("reason")
    assert "QUESTION" in process.communicate()[1]
    assert process.returncode == 2


@pytest.fixture
def tiny_model(tmp_path: Path) -> Path:
    """A Reasoner of random weights: it writes nonsense, and that fast."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    from drr import prompts

    marks = [*prompts.PLAIN_MARKS, "\n"]
    words = {word: index for index, word in enumerate([*marks, "<unk>", *"abcdefghijklmnopqrstuvwxyz0123456789 "])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    folder = tmp_path / "tiny"
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=prompts.END, unk_token="<unk>").save_pretrained(
        folder
    )
    config = LlamaConfig(
        vocab_size=len(words), hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=1024, eos_token_id=words[prompts.END],
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def test_a_model_folder_thinks_and_is_distilled(
    tiny_model: Path, db: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--reasoner", str(tiny_model), "--max-tokens", "8", "--db", db, "--json")
    assert cli.main(["reason", "what is 1", "--policy", "sample", *options]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["reasoner"][:5], 0 < told["tokens"] <= 8) == ("tiny@", True)
    spec = questions_file(tmp_path / "fruit.jsonl")
    assert cli.main(["distill", "--questions", spec, "--attempts", "2", "--rounds", "0", *options]) == 0
    assert json.loads(capsys.readouterr().out)["attempts"] == records(db) == 4


STALLING = """
import sys, time
from drr import cli
from drr.reasoners.scripted import ScriptedReasoner

class Stalling(ScriptedReasoner):
    def attempts(self, requests):
        if self.requests:  # the first chunk is done
            print("in the middle", flush=True)
            time.sleep(100)
        return super().attempts(requests)

texts = {f"what is {n}": ["Answer: 1"] for n in range(1000)}
sys.exit(cli.main(sys.argv[1:], reasoner=Stalling(texts)))
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_what_is_distilled_survives_an_interruption(how: signal.Signals, db: str, tmp_path: Path) -> None:
    many = tmp_path / "many.jsonl"
    many.write_text("".join(json.dumps({"question": f"what is {n}", "answer": "1"}) + "\n" for n in range(1000)))
    command = ("distill", "--questions", str(many), "--attempts", "1", "--rounds", "0", "--db", db)
    process = start(*command, python=("-c", STALLING))
    try:
        assert process.stdout is not None
        begun = process.stdout.readline()
        process.send_signal(how)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert begun == "in the middle\n", err
    assert process.returncode == (130 if how is signal.SIGINT else -how)
    assert ("the same command goes on" in err) == (how is signal.SIGINT)
    assert "Traceback" not in err
    kept = records(db)
    assert 0 < kept < 1000

    assert cli.main([*command], reasoner=ScriptedReasoner({f"what is {n}": ["Answer: 1"] for n in range(1000)})) == 0
    assert records(db) == 1000
