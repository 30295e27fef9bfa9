"""What the Reasoner is told and how its text is read back; the text that the DM reads. Versioned, pure strings.

Two formats share one reading rule: a step is a line, and the line that starts with ``Answer:`` (see `is_answer_line`)
ends the attempt.

*plain* is a bare document, for models without a chat template (the embedded Reasoner is trained on exactly this)::

    Question: Sarah has 12 apples. She buys 3 bags with 7 apples each. How many apples does she have?
    Think:
    Sarah buys 3*7=21 apples.
    She has 12+21=33 apples now.
    Answer: 33<end>
    Rejected. Think again:
    ...

*chat* puts the same into user and assistant turns. A rejected attempt stays in the prompt, the verbal reward behind it.
"""

import re
from collections.abc import Mapping, Sequence

PLAIN = "plain-1"
CHAT = "chat-1"
VERSIONS = (PLAIN, CHAT)

END = "<end>"
QUESTION = "Question: "
THINK = "\nThink:\n"
ANSWER = "Answer: "
AGAIN = "\nRejected. Think again:\n"
CHECK = "\nCorrect? "
YES, NO = "<yes>", "<no>"
PLAIN_MARKS = (END, QUESTION, THINK, ANSWER, AGAIN, CHECK, YES, NO)
_MARKS_IN_A_LINE = (END, QUESTION, ANSWER, YES, NO)  # the others hold a line break
_ANSWER_LINE = re.compile(r"[\W_]*(?:final )?answer[\W_]{0,4}:[\W_]*[^\W_]", re.IGNORECASE)
_JOINERS = "\u200c\u200d"  # invisible, but Persian, Indic scripts and emoji are spelled with them

KEPT_REJECTIONS = 2  # the latest rejected attempts that stay in the prompt

_INSTRUCTION = (
    "Solve the problem step by step. Write one short step per line, without headings or lists. "
    "Finish with one line that starts with 'Answer:' and holds only the final answer."
)
_VERBAL_REWARD = (
    "A judge rejected this attempt: it is probably wrong. Do not repeat it. Read the question again, find the mistake, "
    "and solve the problem again step by step in the same form."
)
_CRITIQUE = "Is the answer above correct? Check each step. Reply with one word: Yes or No."


def is_answer_line(text: str) -> bool:
    """Whether a line states the answer. Chat models like to decorate it: **Final answer:** 33."""
    return _ANSWER_LINE.match(text) is not None


def one_line(text: str) -> str:
    """`text` as it stands in a prompt: control characters and line breaks become spaces, no mark is left in it."""
    text = " ".join("".join(c if c.isprintable() or c in _JOINERS else " " for c in text).split())
    while any(mark in text for mark in _MARKS_IN_A_LINE):  # one taken out of <<end>> leaves another
        for mark in _MARKS_IN_A_LINE:
            text = text.replace(mark, mark.strip("<>: ") + " " * mark.endswith(" "))
    return text


def question_text(question: str, choices: Mapping[str, str] | None = None) -> str:
    """The question in one line, with its choices behind it."""
    listed = "".join(f" ({letter}) {text}" for letter, text in (choices or {}).items())
    return one_line(question + listed)


def plain_prompt(question: str, rejected: Sequence[str] = ()) -> str:
    """The document up to where the Reasoner writes. `rejected`: attempt texts (steps and answer line), oldest first."""
    text = QUESTION + question + THINK
    for attempt in rejected[-KEPT_REJECTIONS:]:
        text += attempt + END + AGAIN
    return text


def plain_critique_prompt(question: str, attempt: str) -> str:
    """The document up to where the Reasoner says YES or NO about `attempt`."""
    return QUESTION + question + THINK + attempt + END + CHECK


def chat_messages(question: str, rejected: Sequence[str] = ()) -> list[dict[str, str]]:
    """The same as chat turns, for models that come with a chat template."""
    turns = [{"role": "user", "content": f"{_INSTRUCTION}\n\n{question}"}]
    for attempt in rejected[-KEPT_REJECTIONS:]:
        turns += [{"role": "assistant", "content": attempt}, {"role": "user", "content": _VERBAL_REWARD}]
    return turns


def chat_critique(question: str, attempt: str) -> list[dict[str, str]]:
    """Chat turns that end where the model says Yes or No about `attempt`."""
    return [*chat_messages(question), {"role": "assistant", "content": attempt}, {"role": "user", "content": _CRITIQUE}]


def attempt_text(steps: Sequence[str], answer: str | None) -> str:
    """Steps and answer as the Reasoner wrote them: one step a line, then the answer line when there is an answer."""
    lines = [*steps, *([] if answer is None else [ANSWER + answer])]
    return "\n".join(lines)


def judged_text(question: str, rejected: Sequence[str] = ()) -> str:
    """What the DM reads before the attempt's own steps: the plain prompt, whatever the Reasoner read."""
    return plain_prompt(question, rejected)
