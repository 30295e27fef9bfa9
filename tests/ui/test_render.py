import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from gradio.utils import diff

from drr.judges import ConstantJudge, GoldJudge
from drr.live import Begun, LiveRun, LiveView, Problem, Snapshot, fold, view_of
from drr.policies import POLICY_NAMES, make_policy
from drr.reasoners.scripted import ScriptedReasoner
from drr.rivals import rivals
from drr.testing import RIGHT, WRONG, make_attempt, make_question, make_trace
from drr.thinking import Event, think
from drr.types import Action, Decision, Outcome, Status, Token
from tests.ui.fake_studio import LONG, SCRIPT, STEP_SCORES, AnswerJudge
from ui import render, share
from ui.reason import mirror

DRR = {"k": 3, "threshold": 0.62, "hopeless": None, "fallback": "abstain"}


def shown(outcome: Outcome, attempts: int = 1, gold: str | None = None, **params: Any) -> Any:
    trace = make_trace(
        [make_attempt(score=0.5)] * attempts,
        make_question(gold=gold),
        outcome=outcome,
        params={**DRR, **params},
        id="t",
    )
    return render.page(Snapshot("r", 1, view_of(trace), 2.0, done=True))


def test_an_accepted_answer_says_how_sure_and_why_it_stopped() -> None:
    end = shown(Outcome(Status.ACCEPTED, "33", 0.934, "score 0.93 at or over 0.62: stop"), gold="33")["outcome"]
    assert end["answer"] == "33" and end["lead"] == "The judge is 93 % sure that this is right."
    assert end["why"] == "Why it stopped: score 0.93 at or over 0.62." and end["grade"] == "right"


def test_a_wrong_answer_names_the_right_one() -> None:
    end = shown(Outcome(Status.ACCEPTED, "34", 0.9, "x"), gold="33")["outcome"]
    assert (end["grade"], end["graded"]) == ("wrong", "Wrong, it is 33")


def test_without_a_known_answer_nothing_is_graded() -> None:
    assert shown(Outcome(Status.ACCEPTED, "34", 0.9, "x"))["outcome"]["grade"] == ""


def test_abstaining_says_i_dont_know() -> None:
    end = shown(Outcome(Status.ABSTAINED, reason="3 attempts used up: abstain"), attempts=3, gold="33")["outcome"]
    assert end["answer"] == "I don’t know" and end["lead"] == "The judge accepted none of the 3 attempts."
    assert end["graded"] == "The right answer is 33"


def test_a_fallback_says_how_it_was_chosen() -> None:
    end = shown(Outcome(Status.FALLBACK, "33", 0.4, "x"), attempts=2, fallback="best")["outcome"]
    assert end["lead"] == "The judge accepted none of the 2 attempts. This is the one it scored best."


@pytest.mark.parametrize("fallback", ["abstain", "best"])
@pytest.mark.parametrize(("score", "attempts"), [(0.95, 1), (0.2, 1), (0.2, 2)])
@pytest.mark.parametrize("policy", ["confidence", "self-critique"])
def test_where_no_dm_scores_no_judge_is_said_to_be_sure(
    policy: str, score: float, attempts: int, fallback: str
) -> None:
    rule = make_policy(policy, k=attempts, fallback=fallback)
    made = [make_attempt(RIGHT, score, step_scores=[0.3, score, score])] * attempts
    outcome = rule.conclude(make_question(), made)
    trace = make_trace(made, outcome=outcome, policy=policy, params=rule.params, judge="the Reasoner")
    value = render.page(Snapshot("r", 1, view_of(trace), 0.0, done=True))
    read = render.tokens([], trace, 0, 1)["say"]
    said = " ".join((value["outcome"]["lead"], value["say"], value["words"]["caption"], read))
    assert "The judge" not in said and "Reasoner" in value["outcome"]["lead"] and "The Reasoner’s" in read
    if policy == "confidence":
        words = {step["word"] for attempt in value["attempts"] for step in attempt["steps"]}
        assert words <= {"sure", "less sure", "unsure"}, "a likely word is not a likely answer"


def test_without_any_judge_the_score_line_says_that_none_watched() -> None:
    trace = make_trace(policy="greedy", params=make_policy("greedy").params, judge=ConstantJudge().name)
    value = render.page(Snapshot("r", 1, view_of(trace), 0.0, done=True))
    assert value["words"]["caption"] == "No scores: no judge watched"


def test_a_vote_does_not_claim_that_the_judge_was_asked() -> None:
    trace = make_trace(outcome=Outcome(Status.ACCEPTED, "33", 0.9, "x"), policy="majority", params={"k": 5})
    value = render.page(Snapshot("r", 1, view_of(trace), 0.0, done=True))
    assert "sure" not in value["outcome"]["lead"] and value["accept"] is None


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        ("greedy", "does not let the judge decide"),
        ("majority", "the judge has no say"),
        ("best-of", "the judge scored this one best"),
        ("weighted", "weighted by the judge’s scores"),
        ("oracle", "the right answer"),
    ],
)
def test_what_is_taken_without_a_threshold_says_by_what(policy: str, says: str) -> None:
    rule = make_policy(policy)
    trace = make_trace(outcome=Outcome(Status.ACCEPTED, "33", 0.9, "x"), policy=policy, params=rule.params)
    lead = render.page(Snapshot("r", 1, view_of(trace), 0.0, done=True))["outcome"]["lead"]
    assert says in lead and ("Taken without a verdict" in lead) == (policy == "greedy")


SILENT = make_attempt("I give up.", 0.2)
UNJUDGED = make_attempt(RIGHT)


@pytest.mark.parametrize(
    ("made", "fallback", "lead"),
    [
        ([SILENT], "abstain", "The attempt came to no answer."),
        ([SILENT, SILENT], "abstain", "None of the 2 attempts came to an answer."),
        ([UNJUDGED], "abstain", "The attempt has no score to go by."),
        ([UNJUDGED, SILENT], "best", "None of the 2 attempts has a score to go by. This is its first answer."),
        ([make_attempt(RIGHT, 0.1)], "abstain", "The judge did not accept the attempt."),
    ],
)
def test_a_judge_is_not_blamed_where_there_was_nothing_to_judge(made: Any, fallback: str, lead: str) -> None:
    policy = make_policy("drr", k=len(made), fallback=fallback)
    trace = make_trace(made, outcome=policy.conclude(make_question(), made), policy="drr", params=policy.params)
    assert render.page(Snapshot("r", 1, view_of(trace), 0.0, done=True))["outcome"]["lead"] == lead


def test_an_oracle_without_a_right_answer_says_so() -> None:
    policy, made = make_policy("oracle", k=2), [make_attempt(WRONG, 0.0), make_attempt(WRONG, 0.0)]
    trace = make_trace(made, outcome=policy.conclude(make_question(), made), policy="oracle", params=policy.params)
    lead = render.page(Snapshot("r", 1, view_of(trace), 0.0, done=True))["outcome"]["lead"]
    assert lead == "None of the 2 attempts has the right answer."


def test_a_stopped_run_without_an_answer_says_so() -> None:
    assert shown(Outcome(Status.CANCELLED, reason="stopped"))["outcome"]["answer"] == "Stopped"


def test_a_run_that_was_stopped_while_the_models_loaded_says_so() -> None:
    end = render.page(Snapshot("r", 1, LiveView(make_question()), 0.0, done=True))["outcome"]
    assert (end["kind"], end["answer"]) == ("cancelled", "Stopped") and "before it began" in end["lead"]


def test_a_trace_that_broke_off_says_so_later_too() -> None:
    assert "broke off" in shown(Outcome(Status.CANCELLED, reason="failed: no model"))["outcome"]["lead"]
    assert "broke off" not in shown(Outcome(Status.CANCELLED, reason="stopped on request"))["outcome"]["lead"]


@pytest.mark.parametrize(
    ("policy", "verdict", "lead"),
    [("drr", "reject", "Attempt 2: what came before was rejected"), ("majority", None, "Attempt 2 of 5")],
)
def test_only_what_was_rejected_is_called_so_while_it_thinks(policy: str, verdict: str | None, lead: str) -> None:
    made = [make_attempt(score=0.3, verdict=verdict), make_attempt()]
    view = replace(view_of(make_trace(made, policy=policy)), params=make_policy(policy).params)
    assert render.page(Snapshot("r", 1, view, 0.0))["outcome"]["lead"] == lead


@pytest.mark.parametrize(("score", "name"), [(0.62, "high"), (0.61, "mid"), (0.4, "mid"), (0.39, "low")])
def test_scores_are_read_against_the_threshold(score: float, name: str) -> None:
    assert render.band(score, LiveView(make_question(), params=DRR)) == name


def test_a_score_just_under_the_threshold_is_not_shown_as_the_threshold() -> None:
    attempt = make_attempt(score=0.6196, step_scores=(0.2, 0.3, 0.6196), verdict="reject")
    view = replace(view_of(make_trace([attempt], params=DRR)), outcome=Outcome(Status.RUNNING), decisions=())
    page = render.page(Snapshot("r", 1, view, 0.0))
    assert page["facts"]["score"] == "0.6196" and "Score 0.6196, unsure." in page["say"]


@pytest.mark.parametrize(("score", "words"), [(1.0, "99 %"), (0.0, "1 %"), (0.935, "94 %")])
def test_nothing_is_ever_certain(score: float, words: str) -> None:
    assert render.percent(score) == words


def test_a_decision_is_not_said_twice() -> None:
    view = LiveView(
        make_question(), attempts=view_of(make_trace()).attempts,
        decisions=(Decision(0, 2, Action.THINK_AGAIN, "score 0.31 under 0.62: think again"),), params=DRR,
    )  # fmt: skip
    said = render.page(Snapshot("r", 1, view, 0.0))
    assert (said["decisions"][0]["title"], said["decisions"][0]["reason"]) == ("Think again", "Score 0.31 under 0.62")
    assert said["say"] == "Think again. Score 0.31 under 0.62"


def test_a_problem_before_any_attempt_takes_the_place_of_the_trace() -> None:
    value = render.page(Snapshot("r", 1, LiveView(make_question()), 0.0, done=True, problem=Problem("No model.")))
    assert value["phase"] == "problem" and value["problem"]["message"] == "No model."


def test_a_very_long_step_is_cut() -> None:
    assert len(render.clip("x" * 1_000_000)) < render.LONGEST_TEXT + 5


def test_tokens_are_never_announced_only_finished_steps() -> None:
    view, said = LiveView(make_question(), params=DRR), []
    for event in think(make_question(), *_parts(), seed=0):
        view = fold(view, event)
        said.append(render.page(Snapshot("r", 1, view, 0.0))["say"])
    news = list(dict.fromkeys(said))
    assert news[1] == "Attempt 1, step 1: Sarah buys 3+7=10 apples. Score 0.44, unsure." and len(news) <= 12


def _parts() -> Any:
    return ScriptedReasoner(SCRIPT), AnswerJudge(steps=STEP_SCORES), make_policy("drr", threshold=0.62)


def test_an_update_does_not_grow_with_the_trace() -> None:
    view = LiveView(make_question(LONG), params=DRR)
    values: list[render.Json] = []
    reasoner, judge, policy = _parts()
    for event in think(make_question(LONG), reasoner, judge, policy, max_tokens=3_000):
        view = fold(view, event)
        values.append(render.sealed(render.page(Snapshot("r", len(values), view, 0.1 * len(values)))))
    sizes = [len(json.dumps(diff(a, b))) for a, b in pairwise(values)]
    running = sizes[:-3]  # the last ones carry the outcome
    early, late = running[: len(running) // 4], running[-len(running) // 4 :]
    assert max(late) <= max(early) * 1.3 and max(running) < 1_500


def test_a_sealed_page_holds_a_text_for_each_step() -> None:
    """The framework's cost grows with the number of values that it is given, not with their length."""
    value = render.page(Snapshot("r", 1, view_of(TWO), 0.0, done=True))
    sealed = render.sealed(value)
    assert [[json.loads(step) for step in attempt["steps"]] for attempt in sealed["attempts"]] == [
        attempt["steps"] for attempt in value["attempts"]
    ]
    assert sealed | {"attempts": value["attempts"]} == value
    problem = render.problem(Problem("No model."))
    assert render.sealed(problem) == problem


def test_the_mirror_coalesces_and_always_shows_the_end(live_run: Callable[..., LiveRun]) -> None:
    run = live_run(delay=0.001)
    values = list(mirror(run, "viewer", lambda: "", lambda question, judge: ""))
    assert values[-1]["phase"] == "done" and len(values) < run.snapshot().version


def test_a_run_that_waited_for_its_judge_says_what_lies_outside_of_what_that_learnt() -> None:
    view = LiveView(make_question(), judge="dm", policy="drr", params=DRR)
    loaded = threading.Event()

    def events(_: threading.Event) -> Iterator[Event | Begun]:
        loaded.wait(10)
        yield Begun(view)
        yield from think(make_question(), *_parts())

    run = LiveRun(LiveView(make_question()), events).start()
    values = mirror(run, "viewer", lambda: "Loading …", lambda question, judge: "unlike" if judge else "")
    assert next(values)["outside"] == ""
    loaded.set()
    *_, last = values
    assert last["outside"].startswith("Probably unlike")


def shadow_events() -> list[LiveView]:
    view, views = LiveView(make_question(), params=DRR), []
    policy = make_policy("drr", threshold=0.62)
    for event in think(make_question(), ScriptedReasoner(SCRIPT), AnswerJudge(steps=STEP_SCORES), policy, shadow=True):
        view = fold(view, event)
        views.append(view)
    return views


def test_a_shadow_run_shows_what_lies_past_its_stop_as_such() -> None:
    *running, end = shadow_events()
    value = render.page(Snapshot("r", 1, end, 0.0, done=True))
    assert [attempt["verdict"] for attempt in value["attempts"]] == ["reject", "accept", "past"]
    assert [decision["action"] for decision in value["decisions"]] == ["think_again", "stop"]
    assert (value["used"], value["facts"]["attempts"]) == (2, "2 of 3") and " of " in value["facts"]["tokens"]
    assert "shadow run" in render.page(Snapshot("r", 1, running[-2], 0.0))["outcome"]["lead"]


def test_only_a_finished_run_of_an_accept_rule_can_be_decided_again() -> None:
    views = shadow_events()
    assert render.page(Snapshot("r", 1, views[3], 0.0))["stored"] is None
    assert len(render.page(Snapshot("r", 1, views[-1], 0.0, done=True))["stored"]["attempts"]) == 3
    vote = make_trace(policy="majority", params={"k": 5, "token_budget": None})
    assert render.page(Snapshot("r", 1, view_of(vote), 0.0, done=True))["rule"] is None
    assert shown(Outcome(Status.ABSTAINED), token_budget=90)["rule"] is None


def test_the_end_says_what_else_the_trace_holds() -> None:
    texts = [WRONG, RIGHT, RIGHT]
    stored = [make_attempt(text, score) for text, score in zip(texts, (0.3, 0.9, 0.4), strict=True)]
    stop = Decision(1, 2, Action.STOP, "score 0.90 at or over 0.62: stop")
    ending = Outcome(Status.ACCEPTED, "33", 0.9, stop.reason)
    trace = make_trace(stored, make_question(gold="33"), decisions=[stop], outcome=ending, params=DRR)

    def also(attempts: int) -> str:
        made = replace(trace, attempts=trace.attempts[:attempts], decisions=trace.decisions if attempts > 1 else ())
        view = view_of(made)
        said: str = render.page(Snapshot("r", 1, view, 0.0, done=True))["outcome"]["also"]
        return said

    assert also(3) == (
        "It spent 28 tokens in 2 attempts; stopping after the first attempt would have given 22 (wrong); "
        "thinking on would have ended at 33 (right); a vote of all 3 would have given 33 (right)."
    )
    assert also(2).endswith("in 2 attempts; stopping after the first attempt would have given 22 (wrong).")
    assert also(1) == "It spent 14 tokens in 1 attempt.", "and is silent on what it does not know"


def test_a_saved_page_holds_no_text_that_ends_its_script() -> None:
    page = share.as_page(make_trace(question=make_question("</script><script>@view@"), params=DRR), "step=1.1</script>")
    assert page.count("</script>") == 1 and page.count("@view@") == 1


def test_a_recent_trace_is_one_short_line() -> None:
    row = render.row(make_trace(question=make_question("x" * 9_000), params=DRR, id="t"))
    assert (row["id"], row["kind"], len(row["question"])) == ("t", "accepted", 160)


# --- what a stored trace is asked -------------------------------------------------------------------------------------

TWO = make_trace(
    [
        make_attempt(WRONG, 0.31, step_scores=[0.44, 0.27, 0.31]),
        make_attempt(RIGHT, 0.93, step_scores=[0.71, 0.74, 0.93]),
    ],
    outcome=Outcome(Status.ACCEPTED, "33", 0.93, "score 0.93 at or over 0.62: stop"),
    params=DRR,
)  # fmt: skip


UNJUDGED_RULES: dict[str, Any] = {name: (make_policy(name), None) for name in ("greedy", "majority")}


@pytest.mark.parametrize("policy", POLICY_NAMES)
def test_every_policy_has_a_name_in_words(policy: str) -> None:
    trace = make_trace(policy=policy, params=make_policy(policy).params)
    (row,) = render.rivals(trace, (), ())["rows"]
    assert row["name"].endswith(", this run") and not row["name"].startswith(policy)


def test_rivals_stand_under_the_run_with_what_they_spent() -> None:
    chosen = rivals(TWO, {**UNJUDGED_RULES, "oracle": (make_policy("drr"), GoldJudge())})
    told = render.rivals(TWO, chosen, ["greedy", "majority", "oracle", "drr <b>mine</b>"])
    assert [row["name"] for row in told["rows"]] == [
        "DRR, this run", "First answer, no judge", "A vote of 5 samples", "A perfect judge",
    ]  # fmt: skip
    assert [(choice["name"], choice["chosen"]) for choice in told["choices"]] == [
        ("First answer, no judge", True), ("A vote", True), ("A perfect judge", True), ("DRR with <b>mine</b>", False),
    ]  # fmt: skip
    run, first, vote, perfect = told["rows"]
    assert (run["answer"], run["grade"], run["spent"]) == ("33", "right", f"{TWO.tokens} in 2 attempts")
    assert (first["answer"], first["grade"]) == ("22", "wrong") and perfect["answer"] == "33"
    assert (vote["known"], vote["answer"], told["draws"]) == (False, "Not known", True)
    assert vote["why"] == "Its samples are not there."


def test_a_rival_that_lacks_the_greedy_attempt_says_so_and_one_sample_is_no_plural() -> None:
    sample = replace(make_attempt(RIGHT, 0.9), temperature=0.8)
    trace = make_trace([sample], policy="sample", params=make_policy("sample").params)
    _, first, vote = render.rivals(trace, rivals(trace, UNJUDGED_RULES, [sample]), [])["rows"]
    assert (first["answer"], first["why"]) == ("Not known", "The greedy attempt is not there.")
    assert vote["name"] == "A vote of 1 sample"


def test_tokens_say_where_the_reasoner_hesitated_and_whether_the_judge_moved() -> None:
    read = [Token("22", -1.0, None, (("22", -1.0), ("33", -1.2))), Token(" apples", -0.01), Token("\n", -0.5)]
    told = render.tokens(read, TWO, 0, 1)
    assert told["say"] == ("The Reasoner was least sure of “22”: 37 %. The judge’s score fell here from 0.44 to 0.27.")
    assert [hesitation["text"] for hesitation in told["hesitations"]] == ["“22”", "the line break"]
    assert told["hesitations"][0]["else"] == "“33” 30 %"
    assert [round(token["chance"], 2) for token in told["tokens"]] == [0.37, 0.99, 0.61]


def test_tokens_without_doubt_or_without_probabilities_say_so() -> None:
    sure = render.tokens([Token("22", -0.01)], TWO, 1, 1)
    assert "did not hesitate" in sure["say"] and "stayed about the same: 0.71, then 0.74" in sure["say"]
    assert render.tokens([Token("22")], TWO, 1, 0)["say"] == (
        "This Reasoner does not tell how sure it was. The judge’s score after it: 0.71."
    )


@pytest.mark.parametrize(("kind", "says"), [("beyond", "neither the Reasoner"), ("unlike", "Probably"), ("", "")])
def test_a_question_outside_what_was_learnt_is_marked(kind: str, says: str) -> None:
    value = render.page(Snapshot("r", 1, view_of(TWO), 0.0, done=True), outside=kind)
    assert value["outside"].find(says) >= 0 and bool(value["outside"]) == bool(kind)
