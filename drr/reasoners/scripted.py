"""The fake Reasoner: it writes attempts from a script, so the loop can be tested without a model.

For each question it has a few texts in mind, and chooses among those that begin with the kept steps (all, when there
are none): the first at temperature 0, by the seed otherwise. Told of n rejections, it starts anew with its n-th text
(from 0). A token is a word with the space before it; each line but the last ends in a newline token.
"""

import functools
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drr.answers import extract_answer
from drr.errors import InvalidInput
from drr.prompts import ANSWER
from drr.reasoners import AttemptEnd, Piece, Request, StepEnd
from drr.types import Attempt, Question, Step, Token


@dataclass(frozen=True)
class Script:
    """One attempt to be written. `logprob`: of every token, or of each in turn (the last one goes on)."""

    text: str
    logprob: float | Sequence[float] | None = None


class ScriptedReasoner:
    """Writes what `script` says for a question's text; unknown questions are an InvalidInput.

    `delay`: seconds before each token. `opinions`: what `says_correct` answers for an attempt's text (0.5 if unlisted).
    `hidden`: the state that a StepEnd gives, made from the attempt's text up to there.
    `requests` keeps every request; `running` counts the attempts that are open.
    """

    def __init__(
        self,
        script: Mapping[str, Sequence[str | Script]],
        *,
        name: str = "scripted",
        delay: float = 0.0,
        opinions: Mapping[str, float] | None = None,
        hidden: Callable[[str], Any] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = name
        self.requests: list[Request] = []
        self.running = 0
        self._script = {
            question: tuple(text if isinstance(text, Script) else Script(text) for text in texts)
            for question, texts in script.items()
        }
        self._delay = delay
        self._opinions = opinions or {}
        self._hidden = hidden
        self._sleep = sleep

    def attempt(self, request: Request) -> Iterator[Piece]:
        self.requests.append(request)
        script = self._choose(request)
        self.running += 1
        try:
            yield from self._write(request, script)
        finally:
            self.running -= 1

    def attempts(self, requests: Sequence[Request]) -> list[Attempt]:
        return [_gather(request, self.attempt(request)) for request in requests]

    def says_correct(self, pairs: Sequence[tuple[Question, Attempt]]) -> list[float]:
        return [self._opinions.get(attempt.text, 0.5) for _, attempt in pairs]

    def _choose(self, request: Request) -> Script:
        texts = self._script.get(request.question.text, ())
        if not texts:
            raise InvalidInput(f"The script has no attempt for {request.question.text!r}: add one.")
        kept = [step.text for step in request.steps]
        if request.rejected and not kept:
            return texts[len(request.rejected) % len(texts)]
        fitting = [text for text in texts if _lines(text.text)[: len(kept)] == kept] or list(texts)
        return fitting[request.seed % len(fitting) if request.temperature > 0 else 0]

    def _write(self, request: Request, script: Script) -> Iterator[Piece]:
        lines = _lines(script.text)
        begun = len(request.steps)
        place = sum(step.tokens for step in request.steps)
        left = request.max_tokens
        for number, line in enumerate(lines[begun:], begun):
            tokens: list[Token] = []
            for word in [*re.findall(r" *[^ ]+| +", line), *(["\n"] if number < len(lines) - 1 else [])]:
                if left == 0:
                    yield AttemptEnd(None, "length")
                    return
                if self._delay:
                    self._sleep(self._delay)
                tokens.append(Token(word, _logprob(script, place)))
                yield tokens[-1]
                left, place = left - 1, place + 1
            hidden = functools.partial(self._hidden, "\n".join(lines[: number + 1])) if self._hidden else None
            yield StepEnd(_step(line, tokens), hidden)
        last = lines[-1] if lines else ""
        question = request.question
        answer = extract_answer(last, question.answer_type, question.choices) if last.startswith(ANSWER) else None
        yield AttemptEnd(answer, "end")


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _logprob(script: Script, place: int) -> float | None:
    if script.logprob is None or isinstance(script.logprob, (int, float)):
        return script.logprob
    return script.logprob[min(place, len(script.logprob) - 1)]


def _step(text: str, tokens: Sequence[Token]) -> Step:
    logprobs = tuple(token.logprob for token in tokens if token.logprob is not None)
    return Step(text, len(tokens), token_texts=tuple(token.text for token in tokens), logprobs=logprobs)


def _gather(request: Request, pieces: Iterator[Piece]) -> Attempt:
    steps = list(request.steps)
    line: list[Token] = []
    end = AttemptEnd(None, "length")
    for piece in pieces:
        if isinstance(piece, Token):
            line.append(piece)
        elif isinstance(piece, StepEnd):
            steps.append(piece.step)
            line = []
        else:
            end = piece
    if line:
        steps.append(_step("".join(token.text for token in line).rstrip("\n"), line))
    return Attempt(tuple(steps), end.answer, end.finish, temperature=request.temperature)
