"""What the DM reads: packed attempts stay apart, features follow the text, targets and weights mean what they say."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from transformers import PreTrainedTokenizerFast

from drr import prompts
from drr.dm.checkpoint import LoadedDM
from drr.dm.examples import IGNORED, LONGEST_PROMPT, Confidence, Encoder, Item, Pack, batches, collate, pack
from drr.dm.judge import spread, token_logits
from drr.dm.model import TokenDM
from drr.types import Attempt, Question, Step
from tests.dm.conftest import an_attempt, some_items

QUESTION = Question("How many?", gold="33")


@pytest.fixture(scope="module")
def encoder(tokenizer: PreTrainedTokenizerFast) -> Encoder:
    return Encoder(tokenizer)


def test_packed_attempts_are_read_like_each_alone(token_dm: LoadedDM, encoder: Encoder) -> None:
    assert isinstance(token_dm.model, TokenDM)
    items = some_items()
    together = token_logits(token_dm.model, encoder, items, tokens=2000)
    for item, logits in zip(items, together, strict=True):
        alone = token_logits(token_dm.model, encoder, [item])[0]
        assert len(logits) == len(item.attempt.kept)
        np.testing.assert_allclose(logits, alone, atol=1e-5)


def test_padding_changes_nothing(token_dm: LoadedDM, encoder: Encoder) -> None:
    items = some_items(4)
    out: list[list[np.ndarray]] = []
    for multiple in (1, 64):
        batch = collate(pack(encoder, items), multiple)
        logits = [np.zeros(0)] * len(items)
        with torch.inference_mode():
            spread(logits, batch, token_dm.model(batch).numpy())
        out.append(logits)
    for plain, padded in zip(*out, strict=True):
        np.testing.assert_allclose(plain, padded, atol=1e-5)


def indices(packs: Sequence[Pack]) -> list[list[int]]:
    return sorted(sorted(leaf.index for leaf in p.leaves) for p in packs)


def test_only_attempts_on_the_same_question_share_a_row(encoder: Encoder) -> None:
    assert indices(pack(encoder, some_items(8))) == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_an_attempt_without_steps_is_left_out(encoder: Encoder) -> None:
    items = [Item(QUESTION, (), Attempt((), None, "length")), Item(QUESTION, (), an_attempt(1))]
    assert indices(pack(encoder, items)) == [[1]]


def chain(lines: Sequence[str], rejected: Sequence[str] = (), sure: float = -0.25) -> Item:
    """An attempt of these lines, one token a line, told of these rejections."""
    steps = tuple(
        Step(line, 1, token_texts=(line,), logprobs=(sure * (n + 1),), entropies=(0.5,)) for n, line in enumerate(lines)
    )
    return Item(QUESTION, tuple(rejected), Attempt(steps, "4"))


def test_what_attempts_begin_with_is_read_once(encoder: Encoder) -> None:
    """The prompt, the same first steps, a whole attempt that was written twice, a rejected attempt."""
    begun = [("1+1=2", "2+2=4", "Answer: 4"), ("1+1=2", "2+3=5", "Answer: 5"), ("1+1=2", "2+2=4", "Answer: 4")]
    items = [*(chain(lines) for lines in begun), *(chain(lines, ["1+1=3\nAnswer: 3"]) for lines in begun[:2])]
    (row,) = pack(encoder, items)
    plain, again = (len(encoder.prompt(QUESTION, rejected)) for rejected in ((), ("1+1=3\nAnswer: 3",)))
    first, second, answer = len("1+1=2\n"), len("2+2=4\n"), 3  # its mark, its digit, its end
    assert row.length == again + 2 * (first + 2 * (second + answer))
    assert again > plain
    assert len(row.leaves) == 5
    assert [leaf.prompt for leaf in sorted(row.leaves, key=lambda leaf: leaf.index)] == [0, 0, 0, 1, 1]


def test_the_same_words_with_other_log_probabilities_are_read_apart(encoder: Encoder) -> None:
    lines = ("1+1=2", "Answer: 2")
    alone = pack(encoder, [chain(lines)])[0].length
    assert pack(encoder, [chain(lines), chain(lines, sure=-0.25001)])[0].length == alone
    assert pack(encoder, [chain(lines), chain(lines, sure=-0.5)])[0].length > alone


def test_a_shared_tree_gives_each_attempt_the_scores_it_has_alone(token_dm: LoadedDM, encoder: Encoder) -> None:
    assert isinstance(token_dm.model, TokenDM)
    lines = [("1+1=2", "2+2=4", "Answer: 4"), ("1+1=2", "2+3=5", "Answer: 5"), ("1+1=2", "Answer: 2"), ("Answer: 1",)]
    rejections: list[list[str]] = [[], ["1+1=3\nAnswer: 3"], ["1+1=3\nAnswer: 3", "3+3=7\nAnswer: 7"], ["3+3=7"]]
    items = [chain(one, rejected) for rejected in rejections for one in lines]
    together = token_logits(token_dm.model, encoder, items)
    for item, logits in zip(items, together, strict=True):
        np.testing.assert_allclose(logits, token_logits(token_dm.model, encoder, [item])[0], atol=1e-5)


def test_a_row_ends_before_it_is_much_longer_than_its_attempts(encoder: Encoder) -> None:
    items = [Item(QUESTION, (), an_attempt(seed)) for seed in range(40)]
    packs = pack(encoder, items)
    longest = max(len(encoder.prompt(QUESTION, ())) + len(one.ids) for one in encoder.items(items))
    assert 1 < len(packs) < 20
    assert all(p.length <= 4 * longest for p in packs)
    assert sorted(leaf.index for p in packs for leaf in p.leaves) == list(range(40))


def test_rows_of_one_attempt_each_need_no_mask(encoder: Encoder) -> None:
    apart = [replace(item, question=Question(f"Which {n}?")) for n, item in enumerate(some_items(3))]
    assert collate(pack(encoder, apart)).mask is None
    assert collate(pack(encoder, some_items(8))).mask is not None


def test_rejected_steps_are_not_read(encoder: Encoder) -> None:
    attempt = an_attempt(3)
    detour = replace(attempt.steps[0], text="9*9=1", rejected=True)
    with_detour = replace(attempt, steps=(detour, *attempt.steps))
    plain, other = encoder.items([Item(QUESTION, (), attempt), Item(QUESTION, (), with_detour)])
    np.testing.assert_array_equal(plain.ids, other.ids)
    np.testing.assert_array_equal(plain.features, other.features)


def test_a_boundary_is_the_newline_of_its_step_or_the_end_mark(encoder: Encoder) -> None:
    encoded = encoder.items([Item(QUESTION, (), an_attempt(5))])[0]
    texts = [encoder.tokenizer.decode([token]) for token in encoded.ids[encoded.boundaries]]
    assert texts == ["\n"] * (len(texts) - 1) + [prompts.END]


def test_a_decorated_answer_line_ends_an_attempt_and_a_bare_mark_does_not(encoder: Encoder) -> None:
    def boundary(line: str) -> str:
        ids, _ = encoder.step(Step(line, 1), Confidence())
        return str(encoder.tokenizer.decode(ids[-1:]))

    assert boundary("**Final answer:** 33") == prompts.END
    assert boundary("Answer:") == "\n"


def test_features_are_those_of_the_token_that_ends_in_the_same_place(encoder: Encoder) -> None:
    step = Step("12+3=15", 4, token_texts=("12", "+3=", "15", "\n"), logprobs=(-0.5, -1.0, -2.0, -0.25))
    ids, features = encoder.step(step, Confidence())
    assert len(ids) == 8  # one a byte
    assert (features[:, 1] * 4).tolist() == [-0.5, -0.5, -1.0, -1.0, -1.0, -2.0, -2.0, -0.25]
    assert features[-1, 4] / 4 == pytest.approx(-3.75 / 4)
    assert features[-1, 5] * 4 == -2.0
    assert features[:, 0].tolist() == [1.0] * 8


def test_features_align_behind_an_empty_line_and_in_wide_characters(encoder: Encoder) -> None:
    empty_line = Step("ab", 3, token_texts=("\n", "a", "b"), logprobs=(-4.0, -1.0, -2.0))
    assert (encoder.step(empty_line, Confidence())[1][:, 1] * 4).tolist() == [-1.0, -2.0, -2.0]
    wide = Step("é1", 3, token_texts=("é", "1", "\n"), logprobs=(-1.0, -2.0, -3.0))
    assert (encoder.step(wide, Confidence())[1][:, 1] * 4).tolist() == [-1.0, -1.0, -2.0, -3.0]


def test_running_figures_go_on_from_step_to_step(encoder: Encoder) -> None:
    attempt = an_attempt(8)
    so_far = Confidence()
    alone = np.concatenate([encoder.step(step, so_far)[1] for step in attempt.kept])
    np.testing.assert_allclose(encoder.items([Item(QUESTION, (), attempt)])[0].features, alone)
    logprobs = [value for step in attempt.kept for value in step.logprobs]
    assert alone[-1, 4] / 4 == pytest.approx(np.mean(logprobs), rel=1e-5)
    assert alone[-1, 5] * 4 == pytest.approx(min(logprobs), rel=1e-5)


def test_the_end_of_a_step_has_the_features_of_its_boundary(encoder: Encoder) -> None:
    encoded = encoder.items([Item(QUESTION, (), an_attempt(9))])[0]
    so_far = Confidence()
    for step, boundary in zip(an_attempt(9).kept, encoded.boundaries, strict=True):
        np.testing.assert_allclose(so_far.at_the_end_of(step)[0], encoded.features[boundary], rtol=1e-6)


def test_without_log_probabilities_all_features_are_zero(encoder: Encoder) -> None:
    assert not encoder.step(Step("1+1=2", 3), Confidence())[1].any()


@pytest.mark.parametrize(
    ("correct", "first_error", "expected"),
    [
        (True, None, [1, 1, 1]),
        (False, None, [0, 0, 0]),
        (False, 1, [1, 0, 0]),
        (False, 0, [0, 0, 0]),
        (True, -1, [1, 1, 1]),
        (None, None, [IGNORED] * 3),
    ],
)
def test_targets_are_the_outcome_until_a_first_error(
    encoder: Encoder, correct: bool | None, first_error: int | None, expected: list[float]
) -> None:
    attempt = Attempt(tuple(Step(text, 1) for text in ("1+1=2", "2+2=4", "Answer: 4")), "4")
    encoded = encoder.items([Item(QUESTION, (), attempt, correct, first_error)])[0]
    assert encoded.targets.tolist() == expected


def test_the_weights_of_each_attempt_sum_to_1_and_grow(encoder: Encoder) -> None:
    batch = collate(pack(encoder, some_items()))
    for number in range(len(batch.last)):
        weights = batch.weights[batch.attempt == number]
        assert float(weights.sum()) == pytest.approx(1, abs=1e-6)
        assert (weights.diff() > 0).all()
    assert (batch.attempt[batch.last] == torch.arange(len(batch.last))).all()


def test_of_a_long_prompt_the_end_is_kept(token_dm: LoadedDM, encoder: Encoder) -> None:
    question = Question("apples " * 300 + "How many?")
    ids = encoder.prompt(question, ())
    assert len(ids) == LONGEST_PROMPT
    assert encoder.tokenizer.decode(ids).endswith("How many?" + prompts.THINK)
    assert isinstance(token_dm.model, TokenDM)
    assert np.isfinite(token_logits(token_dm.model, encoder, [Item(question, (), an_attempt(1))])[0]).all()


def test_batches_hold_all_packs_within_the_limit(encoder: Encoder) -> None:
    packs = pack(encoder, some_items(80))
    made = list(batches(packs, 1500))
    assert indices([p for group in made for p in group]) == indices(packs)
    assert all(len(group) == 1 or len(group) * max(p.length for p in group) <= 1500 for group in made)
