"""How nouns become column values and bytes, and back. Pure: no database, no file.

Steps are kept as columns (a list of texts, a list of token counts, ...), the same as in an exchange file; a column
whose every value is the default is left out. Log-probabilities and entropies are kept to four decimals.
"""

import json
import math
import zlib
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import orjson

from drr.annotations import Labels, StopLabel
from drr.types import BehaviorRecord, Question, Step

STEP_COLUMNS = ("steps", "tokens", "logprobs", "entropies", "token_texts", "step_scores", "dropped")
_MARKS = ("step_labels", "stop_label", "stop_step")
LABEL_COLUMNS = ("human", "label", "basis", *_MARKS, "tags", "flagged", "gold_wrong", "opinions")
OPINION = ("author", "verdict", *_MARKS, "note")  # what each of the opinions has
SHORT = 600  # bytes that are not worth compressing
_LIMIT = 1e4  # stands for an infinite log-probability, which JSON cannot hold


def storable(text: str) -> str:
    """`text` as every database takes it: no NUL, no half of a surrogate pair."""
    if text.isprintable():  # the common case, decided in one pass
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def pack(value: Any) -> bytes:
    """JSON; where it is long, compressed, for speed rather than size."""
    data = json_bytes(value)
    return data if len(data) < SHORT else zlib.compress(data, 1)


def unpack(data: bytes) -> Any:
    return orjson.loads(data if data[:1] in (b"{", b"[") else zlib.decompress(data))


def json_bytes(value: Any) -> bytes:
    """JSON without spaces, fast; half a surrogate pair becomes a question mark."""
    try:
        return orjson.dumps(value)
    except TypeError:  # such a half, or a number that is no 64-bit one
        return _json(value)


def question_key(question: Question) -> str:
    """What makes two questions the same one: the words of the text, and the choices."""
    words = " ".join(storable(question.text).split())
    return _hash([words, None if question.choices is None else dict(question.choices)])


def record_id(record: BehaviorRecord, key: str | None = None, text: str | None = None) -> str:
    """What makes two records the same one: question, Reasoner, temperature, attempt index, rejected texts and text.

    `key` is the question's and `text` the attempt's, where they are known already.
    """
    key = key or question_key(record.question)
    text = record.attempt.text if text is None else text
    return _hash([key, record.reasoner, record.attempt.temperature, record.attempt_index, record.rejected, text])


def steps_to_columns(steps: Sequence[Step]) -> dict[str, Any]:
    columns: dict[str, Any] = {"steps": [step.text for step in steps]}
    tokens, scores = [step.tokens for step in steps], [step.score for step in steps]
    logprobs, entropies = [step.logprobs for step in steps], [step.entropies for step in steps]
    token_texts = [step.token_texts for step in steps]
    dropped = [index for index, step in enumerate(steps) if step.rejected]
    if tokens != list(map(len, logprobs)):
        columns["tokens"] = tokens
    if any(logprobs):
        columns["logprobs"] = list(map(_four_decimals, logprobs))
    if any(entropies):
        columns["entropies"] = list(map(_four_decimals, entropies))
    if any(token_texts):
        columns["token_texts"] = list(map(list, token_texts))
    if scores.count(None) < len(scores):
        columns["step_scores"] = scores
    if dropped:
        columns["dropped"] = dropped
    return columns


def columns_to_steps(columns: Mapping[str, Any]) -> tuple[Step, ...]:
    texts = columns["steps"]
    if not any(map(columns.get, STEP_COLUMNS[2:])):  # the common case of other people's files
        return tuple(map(Step, texts, columns.get("tokens") or [0] * len(texts)))
    nothing: list[tuple[Any, ...]] = [()] * len(texts)
    logprobs = columns.get("logprobs") or nothing
    entropies = columns.get("entropies") or nothing
    token_texts = columns.get("token_texts") or nothing
    scores = columns.get("step_scores") or [None] * len(texts)
    tokens = columns.get("tokens") or [len(values) for values in logprobs]
    dropped = frozenset(columns.get("dropped") or ())
    return tuple(
        Step(
            text=texts[i],
            tokens=tokens[i],
            score=scores[i],
            token_texts=tuple(token_texts[i]),
            logprobs=tuple(logprobs[i]),
            entropies=tuple(entropies[i]),
            rejected=i in dropped,
        )
        for i in range(len(texts))
    )


def labels_to_columns(labels: Labels) -> dict[str, Any]:
    """What people say of a record: what counts, then each person's own. What nobody says is left out."""
    columns: dict[str, Any] = {"human": labels.human, "label": labels.verdict, "basis": labels.basis}
    notes = {note.author: note.text for note in labels.notes}
    authors = dict.fromkeys((*labels.opinions, *labels.steps_by, *labels.stops_by, *notes))  # each once, in order
    opinions = [
        {
            "author": author,
            "verdict": labels.opinions.get(author),
            **_marks(labels.steps_by.get(author, ()), labels.stops_by.get(author)),
            "note": notes.get(author),
        }
        for author in authors
    ]
    columns |= _said(
        {
            **_marks(labels.steps, labels.stop),
            "tags": list(labels.tags),
            "flagged": labels.flagged,
            "gold_wrong": labels.gold_wrong,
            "opinions": [_said(opinion) for opinion in opinions],
        }
    )
    return columns


def _marks(steps: Sequence[int | None], stop: StopLabel | None) -> dict[str, Any]:
    where = (None, None) if stop is None else (stop.label, stop.step)
    return dict(zip(_MARKS, (list(steps), *where), strict=True))


def _said(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that say something; a step 0 does."""
    return {name: value for name, value in columns.items() if value is not None and value is not False and value != []}


def _four_decimals(values: Sequence[float]) -> list[float]:
    if not math.isfinite(sum(values)):
        # max(x, nan) is x: what is no number counts as impossible
        values = [min(_LIMIT, max(-_LIMIT, value)) for value in values]
    return [round(value, 4) for value in values]


def _hash(value: Any) -> str:
    return blake2b(_json(value), digest_size=12).hexdigest()


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _json(value: Any) -> bytes:
    return _encode(value).encode("utf-8", "replace")
