"""The nouns: what `to_dict` writes `from_dict` reads, and what does not fit is refused by name."""

import json
from typing import Any

import pytest

from drr.errors import InvalidData
from drr.testing import make_attempt, make_question, make_record, make_trace
from drr.types import Action, Attempt, BehaviorRecord, Decision, Outcome, Question, Status, Step, Token, Trace
from drr.types import from_dict as read
from drr.types import to_dict as write

TRACE = make_trace(
    [make_attempt(score=0.25, verdict="reject", step_scores=(0.5,), logprob=-0.5), make_attempt(score=0.9)],
    make_question(choices={"A": "33"}),
    decisions=[Decision(0, 2, Action.THINK_AGAIN, "too low"), Decision(1, 2, Action.STOP, "sure")],
    id="t1",
)


@pytest.mark.parametrize(
    "value",
    [
        TRACE,
        make_record(rejected=("a", "b"), first_error_step=1),
        Token("a", -0.5, 0.25, (("a", -0.5), ("b", -1.0))),
        Question("Q?"),
        Outcome(Status.ABSTAINED, reason="no more attempts"),
    ],
)
def test_what_is_written_is_read_back_through_json(value: Any) -> None:
    assert read(type(value), json.loads(json.dumps(write(value)))) == value


def test_fields_at_their_defaults_are_written() -> None:
    assert write(Outcome(Status.RUNNING)) == {"status": "running", "answer": None, "score": None, "reason": ""}


def test_whole_numbers_pass_for_floats_and_nothing_else_does() -> None:
    assert read(Outcome, {"status": "accepted", "score": 1}).score == 1.0
    for wrong in (True, "1", [1]):
        with pytest.raises(InvalidData, match=r"Outcome\.score: expected float"):
            read(Outcome, {"status": "accepted", "score": wrong})


@pytest.mark.parametrize(
    ("kind", "data", "message"),
    [
        (Question, {"text": "Q?", "colour": "red"}, "unknown key colour. Known: text"),
        (Question, {}, "text"),
        (Question, {"text": 3}, r"Question\.text: expected str, got int"),
        (Question, {"text": "Q?", "answer_type": "poem"}, "'poem' is not one of 'number'"),
        (Question, {"text": "Q?", "answer_type": ["number"]}, "is not one of"),
        (Question, {"text": "Q?", "choices": ["a"]}, r"Question\.choices: expected an object, got list"),
        (Question, {"text": "Q?", "choices": {"A": 1}}, r"Question\.choices\.A: expected str"),
        (Question, [], "expected an object, got list"),
        (Step, {"text": "a", "tokens": True}, r"Step\.tokens: expected int, got bool"),
        (Step, {"text": "a", "tokens": 1, "rejected": 1}, r"Step\.rejected: expected bool"),
        (Step, {"text": "a", "tokens": 1, "logprobs": [0.5, "x"]}, r"Step\.logprobs\[1\]: expected float"),
        (Step, {"text": "a", "tokens": 1, "token_texts": "abc"}, r"Step\.token_texts: expected a list"),
        (Outcome, {"status": "won"}, "'won' is not one of running, accepted"),
        (Token, {"text": "a", "alternatives": [["b"]]}, r"alternatives\[0\]: expected 2 values, got 1"),
        (Attempt, {"steps": [{"text": "a", "tokens": 1}, 7], "answer": None}, r"Attempt\.steps\[1\]: expected an obj"),
        (BehaviorRecord, {"question": {"text": "Q?", "x": 1}}, r"BehaviorRecord\.question: unknown key x"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(kind: type, data: Any, message: str) -> None:
    with pytest.raises(InvalidData, match=message):
        read(kind, data)


def test_rejected_steps_cost_tokens_but_are_no_part_of_the_text() -> None:
    rejected = Step("b", 3, logprobs=(-9.0,), rejected=True)
    attempt = Attempt((Step("a", 2, logprobs=(-1.0,)), rejected, Step("c", 4)), "c")
    assert attempt.tokens == 9
    assert attempt.text == "a\nc"
    assert attempt.mean_logprob == -1.0
    assert Attempt((), None).mean_logprob is None
    assert isinstance(TRACE, Trace)
    assert TRACE.tokens == sum(one.tokens for one in TRACE.attempts)
