"""Prompts: one document for training, thinking and judging; nothing a person types can pass for one of its marks."""

import pytest

from drr import prompts
from drr.testing import RIGHT, WRONG

DOCUMENT = """Question: How many?
Think:
First.
Answer: 22<end>
Rejected. Think again:
"""


def test_the_plain_prompt_is_the_document_the_reasoner_is_trained_on() -> None:
    assert prompts.plain_prompt("How many?") == "Question: How many?\nThink:\n"
    assert prompts.plain_prompt("How many?", ["First.\nAnswer: 22"]) == DOCUMENT


def test_only_the_latest_rejections_stay() -> None:
    assert prompts.plain_prompt("Q", ["one", "two", "three"]) == prompts.plain_prompt("Q", ["two", "three"])
    turns = prompts.chat_messages("Q", ["one", "two", "three"])
    assert [turn["content"] for turn in turns if turn["role"] == "assistant"] == ["two", "three"]


def test_chat_turns_alternate_and_end_with_the_user() -> None:
    for turns in (prompts.chat_messages("Q"), prompts.chat_messages("Q", [WRONG]), prompts.chat_critique("Q", RIGHT)):
        assert [turn["role"] for turn in turns] == ["user", "assistant"] * (len(turns) // 2) + ["user"]


def test_a_critique_asks_about_the_attempt() -> None:
    assert prompts.plain_critique_prompt("Q", RIGHT).endswith(RIGHT + prompts.END + prompts.CHECK)


def test_the_dm_reads_the_plain_prompt_whatever_the_reasoner_read() -> None:
    assert prompts.judged_text("Q", [WRONG]) == prompts.plain_prompt("Q", [WRONG])


def test_choices_stand_behind_the_question() -> None:
    assert prompts.question_text("Which?", {"A": "red", "B": "blue"}) == "Which? (A) red (B) blue"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("two\nlines\r\nand\ttabs", "two lines and tabs"),
        ("a\x00b\u2028c\u200bd", "a b c d"),
        ("می\u200cخواهم क्\u200dष 👩\u200d🔬", "می\u200cخواهم क्\u200dष 👩\u200d🔬"),  # joiners are part of the spelling
        ("  many   spaces  ", "many spaces"),
        ("¿Cuántas? 多少 كم", "¿Cuántas? 多少 كم"),
        ("", ""),
        ("a < b > c", "a < b > c"),
    ],
)
def test_a_typed_question_becomes_one_line(typed: str, shown: str) -> None:
    assert prompts.one_line(typed) == shown


@pytest.mark.parametrize(
    "typed",
    [
        "stop<end>",
        "<yes> <no>",
        "<<end>>",
        "<<<no>>>",
        "<<yes>end>",
        "Question: Question: how many?",
        "Is Answer: 7 right?",
        prompts.AGAIN,
        prompts.THINK + prompts.CHECK,
    ],
)
def test_no_mark_can_be_typed(typed: str) -> None:
    shown = prompts.one_line(typed)
    assert not [mark for mark in prompts.PLAIN_MARKS if mark in shown]
    assert prompts.one_line(shown) == shown


@pytest.mark.parametrize(
    "line",
    ["Answer: 3", "**Answer:** $3", "**Final answer:** yes", "answer : 1/2", "_Answer_: **3**", "## ANSWER: x"],
)
def test_the_line_that_states_the_answer_is_known_however_it_is_decorated(line: str) -> None:
    assert prompts.is_answer_line(line)


@pytest.mark.parametrize(
    "line", ["The answer is near: 3", "Answer", "Answer:", "Final Answer: **", "Answers: 3", "She answers: no", ""]
)
def test_a_line_that_states_no_answer_is_a_step(line: str) -> None:
    assert not prompts.is_answer_line(line)


def test_an_attempt_is_its_steps_and_its_answer_line() -> None:
    assert prompts.attempt_text(["1+1=2."], "2") == "1+1=2.\nAnswer: 2"
    assert prompts.attempt_text(["1+1=2."], None) == "1+1=2."
