"""The judges that need no training, and how any judge scores a stored attempt."""

import math

import pytest

from drr.errors import InvalidInput
from drr.judges import ConfidenceJudge, ConstantJudge, GoldJudge, Judge, SelfCritiqueJudge, judged
from drr.reasoners.scripted import ScriptedReasoner
from drr.testing import RIGHT, WRONG, ScriptedJudge, make_attempt, make_question, make_step
from drr.types import Attempt, Question, Step


def final(judge: Judge, attempt: Attempt, question: Question | None = None) -> float | None:
    return judge.watch(question or make_question()).finish(attempt)


def sure(*logprobs: float) -> Step:
    return Step("text", len(logprobs), logprobs=logprobs)


def test_gold_knows_right_from_wrong() -> None:
    assert final(GoldJudge(), make_attempt(RIGHT)) == 1.0
    assert final(GoldJudge(), make_attempt(WRONG)) == 0.0


def test_gold_accepts_another_spelling() -> None:
    assert final(GoldJudge(), make_attempt("Answer: $1,200.00"), make_question(gold="1200")) == 1.0


def test_gold_counts_a_missing_or_unreadable_answer_as_wrong() -> None:
    assert final(GoldJudge(), make_attempt("No idea.")) == 0.0
    assert final(GoldJudge(), make_attempt("Hm.", answer="apples")) == 0.0


def test_gold_has_no_opinion_without_a_gold_answer() -> None:
    assert final(GoldJudge(), make_attempt(RIGHT), make_question(gold=None)) is None


def test_gold_says_nothing_before_the_end() -> None:
    assert GoldJudge().watch(make_question()).score(make_step("Sarah buys 3*7=21 apples.")) is None


def test_self_critique_asks_the_reasoner_at_the_end_only() -> None:
    reasoner = ScriptedReasoner({}, name="tiny", opinions={RIGHT: 0.9, WRONG: 0.2})
    judge = SelfCritiqueJudge(reasoner)
    assert judge.watch(make_question()).score(make_step("a")) is None
    assert final(judge, make_attempt(RIGHT)) == 0.9
    assert final(judge, make_attempt(WRONG)) == 0.2
    assert judge.name == "self-critique of tiny"


def test_mean_confidence_is_the_geometric_mean_of_token_probabilities() -> None:
    watch = ConfidenceJudge().watch(make_question())
    assert watch.score(sure(math.log(0.5), math.log(0.5))) == pytest.approx(0.5)
    assert watch.score(sure(0.0, 0.0)) == pytest.approx(math.sqrt(0.5))
    assert watch.finish(Attempt((sure(math.log(0.25)), sure(0.0)), "33")) == pytest.approx(0.5)


def test_lowest_confidence_is_that_of_the_least_sure_window() -> None:
    steps = (sure(0.0, 0.0, -1.0), sure(-3.0, 0.0, 0.0))
    assert final(ConfidenceJudge("lowest", window=2), Attempt(steps, "33")) == pytest.approx(math.exp(-2.0))
    assert final(ConfidenceJudge("lowest", window=1), Attempt(steps, "33")) == pytest.approx(math.exp(-3.0))


def test_a_text_shorter_than_the_window_is_one_window() -> None:
    attempt = Attempt((sure(-1.0, -3.0),), "33")
    assert final(ConfidenceJudge("lowest", window=50), attempt) == final(ConfidenceJudge("mean"), attempt)


@pytest.mark.parametrize("kind", ["mean", "lowest"])
def test_confidence_forgets_rejected_steps(kind: str) -> None:
    judge = ConfidenceJudge(kind, window=2)  # type: ignore[arg-type]
    watch = judge.watch(make_question())
    before = watch.score(sure(-0.5, -0.5))
    watch.score(sure(-9.0))
    watch.back(1)
    assert watch.score(sure(-0.5)) == pytest.approx(before)
    rejected = Step("bad", 1, logprobs=(-9.0,), rejected=True)
    assert watch.finish(Attempt((sure(-0.5, -0.5), rejected, sure(-0.5)), "33")) == pytest.approx(before)


def test_confidence_has_no_opinion_without_log_probabilities() -> None:
    assert final(ConfidenceJudge(), make_attempt(RIGHT)) is None
    assert ConfidenceJudge().watch(make_question()).score(make_step("a")) is None


def test_confidence_is_never_over_one() -> None:
    assert final(ConfidenceJudge(), Attempt((sure(1e-6, 1e-6),), "33")) == 1.0


def test_an_unknown_kind_of_confidence_is_refused() -> None:
    with pytest.raises(InvalidInput, match="'mean' or 'lowest'"):
        ConfidenceJudge("median")  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="window from 1"):
        ConfidenceJudge("lowest", window=0)


def test_confidence_names_tell_its_kinds_apart() -> None:
    assert len({ConfidenceJudge().name, ConfidenceJudge("lowest").name, ConfidenceJudge("lowest", 4).name}) == 3


def test_a_constant_judge_says_the_same_of_everything() -> None:
    watch = ConstantJudge(0.3).watch(make_question())
    assert (watch.score(make_step("a")), watch.finish(make_attempt())) == (0.3, 0.3)


def test_a_judge_without_opinion_is_called_none() -> None:
    assert ConstantJudge().name == "none"
    assert final(ConstantJudge(), make_attempt()) is None


def test_a_stored_attempt_is_scored_step_by_step() -> None:
    judge = ScriptedJudge([0.8], {"Sarah buys 3*7=21 apples.": 0.6}, step_default=0.5)
    attempt = judged(judge, make_question(), make_attempt(RIGHT, 0.1, verdict="reject"), [WRONG])
    assert [step.score for step in attempt.steps] == [0.6, 0.5, 0.5]
    assert (attempt.score, attempt.verdict) == (0.8, None)
    assert judge.watched == [(make_question(), (WRONG,))]


def test_a_stored_rejected_step_is_scored_and_then_forgotten() -> None:
    judge = ScriptedJudge([0.8], step_default=0.5)
    steps = (make_step("a"), make_step("bad", rejected=True), make_step("b"))
    attempt = judged(judge, make_question(), Attempt(steps, "33"))
    assert [step.score for step in attempt.steps] == [0.5, 0.5, 0.5]
    assert judge.backs == [1]
