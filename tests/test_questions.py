"""Questions: splits that never overlap, templates that are never trained on, files whose bad lines are named."""

import gzip
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from drr import questions
from drr.errors import InvalidData, InvalidInput
from drr.grammar.gsm8k import template_of
from drr.questions import (
    BEYOND,
    FRONTIER,
    GSM8K,
    HELD_OUT_FAMILIES,
    HELD_OUT_SYMBOLIC,
    KNOWN,
    MOST_STEPS,
    Split,
    draw_problem,
    draw_questions,
    is_beyond,
    is_procedural,
    kind_of,
    problems,
    questions_of,
    split_of,
)
from drr.types import Question

ROOT = Path(__file__).parent.parent
SPLITS: tuple[Split, ...] = ("train", "distil", "test")
HELD_OUT = {*HELD_OUT_FAMILIES, *(f"gsm_symbolic:{template}" for template in HELD_OUT_SYMBOLIC)}


@pytest.fixture(autouse=True, scope="module")
def few_templates() -> Iterator[None]:
    """The first of GSM8K's problems; reading all of them takes long."""
    with gzip.open(ROOT / "data" / "gsm8k-train.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, 400)]
    templates = [found for i, row in enumerate(rows) if (found := template_of(i, row["question"], row["answer"]))]
    short = [template for template in templates if len(template.steps) <= questions.GSM8K_STEPS]
    long = [template for template in templates if len(template.steps) > questions.GSM8K_STEPS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(questions, "_gsm8k_templates", lambda: (short, long))
        yield


def read(path: Path) -> list[Question]:
    return list(questions_of(str(path), "test"))


# --- splits -----------------------------------------------------------------------------------------------------------


def test_the_split_follows_from_the_text_alone_and_never_changes() -> None:
    assert [split_of(f"Question {number}?") for number in range(12)] == [
        "train", "train", "distil", "train", "train", "train", "distil", "train", "train", "train", "distil", "test",
    ]  # fmt: skip


def test_splits_have_their_shares() -> None:
    splits = [split_of(f"question {number}") for number in range(4000)]
    for split, share in zip(SPLITS, (0.80, 0.14, 0.06), strict=True):
        assert splits.count(split) / len(splits) == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("source", [*KNOWN, GSM8K, FRONTIER, BEYOND])
def test_no_question_is_in_two_splits_whoever_draws_it(source: str) -> None:
    drawn = [{p.question for seed in (0, 1) for p in islice(problems(source, split, seed), 30)} for split in SPLITS]
    for split, texts in zip(SPLITS, drawn, strict=True):
        assert {split_of(text) for text in texts} == {split}
    assert sum(map(len, drawn)) == len(set.union(*drawn))


@pytest.mark.parametrize("source", [*KNOWN, GSM8K, FRONTIER])
def test_held_out_templates_are_never_drawn_from_known_sources(source: str) -> None:
    assert not {problem.family for problem in islice(problems(source, "train", 5), 300)} & HELD_OUT


def test_beyond_draws_held_out_templates_only() -> None:
    families = {problem.family for problem in islice(problems(BEYOND, "test", 0), 150)}
    assert families <= HELD_OUT
    assert any(family.startswith("gsm_symbolic") for family in families)
    assert any(not family.startswith("gsm_symbolic") for family in families)


def test_the_same_seed_draws_the_same_questions_and_another_draws_others() -> None:
    first, again, other = ([q.text for q in draw_questions("grammar", 20, "distil", seed)] for seed in (1, 1, 2))
    assert first == again
    assert not set(first) & set(other)


# --- what a person asks for -------------------------------------------------------------------------------------------


def test_a_spec_gives_that_many_different_questions_with_gold_answers() -> None:
    found = list(questions_of("known:30", "test"))
    assert len({question.text for question in found}) == 30
    assert all(question.gold and question.gold.isdigit() for question in found)
    kinds = [question.source.split(":")[0] for question in found]
    assert kinds.count("gsm_symbolic") == 30 // len(KNOWN)


@pytest.mark.parametrize(
    ("source", "kind"),
    [("gsm_symbolic:12", "gsm_symbolic"), ("guess.coins", "guess"), ("money.left", "grammar"), ("gsm8k:7", "gsm8k"),
     ("typed", "typed")],
)  # fmt: skip
def test_a_source_is_of_a_kind(source: str, kind: str) -> None:
    assert kind_of(source) == kind


@pytest.mark.parametrize("spec", ["grammar:", "grammar:0", "grammar:many", "grammar:-3", "grammar:1.5", "grammar:٣"])
def test_a_spec_without_a_count_says_what_to_ask_for(spec: str) -> None:
    with pytest.raises(InvalidInput, match="grammar:100"):
        questions_of(spec, "test")


@pytest.mark.parametrize("spec", ["grammar", "nowhere.jsonl", "nothing:5", "", "."])
def test_an_unknown_source_lists_those_there_are(spec: str) -> None:
    with pytest.raises(InvalidInput, match=r"gsm_symbolic:COUNT.*beyond:COUNT, known:COUNT"):
        questions_of(spec, "test")


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_file_is_read_with_its_kinds_of_answers(tmp_path: Path) -> None:
    rows = [
        {"question": "How many?", "answer": "It is 3*4=<<3*4=12>>12.\n#### 12"},
        {"question": "Which?", "answer": "B", "choices": {"A": "red", "B": "blue"}, "source": "colours"},
        {"question": "Really?", "answer": "yes", "answer_type": "yesno"},
        {"question": "Nobody knows?"},
    ]
    path = tmp_path / "mine.jsonl"
    path.write_text("\n\n".join(map(json.dumps, rows)) + "\n")
    number, choice, yes, unknown = read(path)
    assert number == Question("How many?", "number", "12", source="mine")
    assert choice == Question("Which?", "choice", "B", {"A": "red", "B": "blue"}, "colours")
    assert (yes.answer_type, yes.gold) == ("yesno", "yes")
    assert unknown.gold is None


def test_gzip_is_read_as_well_as_plain(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"question": "2+2?", "answer": 4}\n'))
    assert read(path) == [Question("2+2?", "number", "4", source="mine")]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{not json", "Expecting"),
        ("[1, 2]", "no object"),
        ("null", "no object"),
        ('{"answer": 4}', "no question"),
        ('{"question": "  "}', "no question"),
        ('{"question": 7}', "no question"),
        ('{"question": "Q?", "answer": "4", "answer_type": "poem"}', "answer_type 'poem'"),
        ('{"question": "Q?", "answer": "4", "answer_type": ["number"]}', "answer_type"),
        ('{"question": "Q?", "answer": "A", "choices": ["red", "blue"]}', "choices"),
        ('{"question": "Q?", "answer": "A", "choices": {"A": 1}}', "choices"),
    ],
)
def test_a_bad_line_is_named_by_its_number(tmp_path: Path, line: str, why: str) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(f'{{"question": "Fine?"}}\n\n{line}\n')
    found = questions_of(str(path), "test")
    assert next(found).text == "Fine?"
    with pytest.raises(InvalidData, match=f"line 3: .*{why}"):
        next(found)


def test_a_gzip_file_that_is_cut_off_says_after_which_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl.gz"
    whole = gzip.compress(b"".join(b'{"question": "%d plus %d?"}\n' % (i, i * 7919) for i in range(5000)))
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InvalidData, match=r"after line [1-9]\d*.*cut off"):
        read(path)


def test_a_file_that_is_no_gzip_and_one_that_is_no_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_text('{"question": "2+2?"}\n')
    with pytest.raises(InvalidData, match="not gzip"):
        read(tmp_path / "a.jsonl.gz")
    (tmp_path / "b.jsonl").write_bytes(b'{"question": "\xff"}\n')
    with pytest.raises(InvalidData, match="UTF-8"):
        read(tmp_path / "b.jsonl")


# --- one at random ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["grammar", "gsm_symbolic", "gsm8k", "beyond"])
@pytest.mark.parametrize("steps", [2, 3])
def test_a_problem_is_drawn_with_that_many_steps(source: str, steps: int) -> None:
    problem = draw_problem(source, steps, seed=5)
    assert len(problem.steps) == steps and split_of(problem.question) == "test"


def test_many_steps_are_drawn_together() -> None:
    assert len(draw_problem("frontier", MOST_STEPS, seed=1).steps) >= MOST_STEPS


def test_a_source_without_such_problems_says_so() -> None:
    with pytest.raises(InvalidInput, match="gsm8k has no problem of 4 steps"):
        draw_problem("gsm8k", 4)
    with pytest.raises(InvalidInput, match="There is no source 'poems'"):
        draw_problem("poems")


def test_a_source_tells_whether_its_kind_was_held_out() -> None:
    for name, beyond in (("beyond", True), ("guess", False), ("known", False), ("gsm8k", False)):
        for question in draw_questions(name, 20, "test"):
            assert is_beyond(question.source) is beyond and is_procedural(question.source)
    assert not is_beyond("typed") and not is_procedural("typed")
