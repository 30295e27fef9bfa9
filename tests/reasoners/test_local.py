"""The local Reasoner: the same attempt alone, in a batch and from a reused cache; every bad model is a clear error."""

import re
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM, PreTrainedTokenizerFast

from drr import prompts
from drr.errors import InvalidInput, ModelUnavailable, OutOfSpace
from drr.reasoners import AttemptEnd, Request, StepEnd
from drr.reasoners import local as local_module
from drr.reasoners.local import SAMPLE, SAMPLES, LocalReasoner, marked_name
from drr.types import Attempt, Question, Step, Token

QUESTION = Question("Sarah has 12 apples. She buys 3 bags with 7 apples each. How many apples does she have?")
SOLUTION = "Sarah buys 3*7=21 apples.\nShe has 12+21=33 apples now.\nAnswer: 33"
TEMPLATE = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}\n{% endfor %}{% if add_generation_prompt %}<me>{% endif %}"
)


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerFast:
    """Byte-level BPE like that of the embedded Reasoner: each digit, the newline and each plain mark is one token."""
    spelling = Tokenizer(models.BPE())
    spelling.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    spelling.decoder = decoders.ByteLevel()
    marks = ["<pad>", *prompts.PLAIN_MARKS, "\n"]
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=marks, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    spelling.train_from_iterator([QUESTION.text, SOLUTION], trainer)
    return PreTrainedTokenizerFast(tokenizer_object=spelling, eos_token=prompts.END, pad_token="<pad>")


def make_model(tokenizer: PreTrainedTokenizerFast, context: int = 512) -> LlamaForCausalLM:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=48, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=context, tie_word_embeddings=True, initializer_range=0.2,
        eos_token_id=tokenizer.eos_token_id, bos_token_id=None, pad_token_id=0,
    )  # fmt: skip
    return LlamaForCausalLM(config).eval()


@pytest.fixture(scope="module")
def babbler(tokenizer: PreTrainedTokenizerFast) -> LocalReasoner:
    """Random weights: every kind of token comes."""
    return LocalReasoner(make_model(tokenizer), tokenizer, "babbler")


@pytest.fixture(scope="module")
def parrot(tokenizer: PreTrainedTokenizerFast) -> LocalReasoner:
    """Knows SOLUTION by heart."""
    model = make_model(tokenizer).train()
    ids = torch.tensor([tokenizer(prompts.plain_prompt(QUESTION.text) + SOLUTION + prompts.END).input_ids])
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for _ in range(60):
        model(input_ids=ids, labels=ids).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return LocalReasoner(model, tokenizer, "parrot")


def written(reasoner: LocalReasoner, request: Request) -> tuple[list[Token], list[Step], AttemptEnd]:
    pieces = list(reasoner.attempt(request))
    assert isinstance(pieces[-1], AttemptEnd)
    tokens = [piece for piece in pieces if isinstance(piece, Token)]
    return tokens, [piece.step for piece in pieces if isinstance(piece, StepEnd)], pieces[-1]


def mixed_requests(count: int = 24) -> list[Request]:
    """Several attempts a question, greedy and sampled, short and long, one retry in five."""
    return [
        Request(
            Question(f"Tom has {index // 3} pens" + " and a hat" * (index // 3 % 5)),
            rejected=("A wrong try.\nAnswer: 3",) * (index % 5 == 0),
            temperature=0.0 if index % 4 == 0 else 0.9,
            seed=index,
            max_tokens=20 + index,
        )
        for index in range(count)
    ]


def same(left: Step, right: Step) -> bool:
    close = all(abs(a - b) < 0.01 for a, b in zip(left.logprobs, right.logprobs, strict=True))
    return left.text == right.text and left.token_texts == right.token_texts and close


# --- one attempt ------------------------------------------------------------------------------------------------------


def test_attempt_is_lines_then_the_answer(parrot: LocalReasoner) -> None:
    tokens, steps, end = written(parrot, Request(QUESTION))
    assert [step.text for step in steps] == SOLUTION.split("\n")
    assert end == AttemptEnd("33", "end")
    assert sum(step.tokens for step in steps) == len(tokens)
    assert "".join(token.text for token in tokens) == SOLUTION


def test_step_tokens_include_the_newline_and_the_end(parrot: LocalReasoner) -> None:
    _, steps, _ = written(parrot, Request(QUESTION))
    assert steps[0].token_texts[-1] == "\n"
    assert steps[-1].token_texts[-1] == ""
    for step in steps:
        assert step.tokens == len(step.token_texts) == len(step.logprobs) == len(step.entropies)
        assert "".join(step.token_texts).strip() == step.text


def test_token_figures_are_those_of_one_plain_forward(parrot: LocalReasoner) -> None:
    request = Request(QUESTION, temperature=0.01)
    tokens, _, _ = written(parrot, request)
    prompt, solution = (
        parrot.tokenizer(text).input_ids for text in (parrot.prompt_text(request), SOLUTION + prompts.END)
    )
    with torch.no_grad():
        logits = parrot.model(input_ids=torch.tensor([prompt + solution])).logits[0]
    logprobs = logits[len(prompt) - 1 : -1].log_softmax(-1)
    assert len(tokens) == len(solution)
    for token, known, spread in zip(tokens, solution, logprobs, strict=True):
        assert token.logprob == pytest.approx(float(spread[known]), abs=2e-3)
        assert token.entropy == pytest.approx(float(-(spread.exp() * spread).sum()), abs=2e-3)
        assert [value for _, value in token.alternatives] == pytest.approx(spread.topk(5).values.tolist(), abs=2e-3)
    assert tokens[0].alternatives[0][0] == tokens[0].text


def test_same_seed_same_attempt_other_seed_other_attempt(babbler: LocalReasoner) -> None:
    request = Request(QUESTION, temperature=1.0, seed=5, max_tokens=40)
    once, again, other = (written(babbler, each)[1] for each in (request, request, replace(request, seed=6)))
    assert len(once) == len(again) and all(map(same, once, again))
    assert once != other


def test_max_tokens_ends_an_attempt_without_an_answer(parrot: LocalReasoner) -> None:
    tokens, steps, end = written(parrot, Request(QUESTION, max_tokens=12))
    assert len(tokens) == 12 and end == AttemptEnd(None, "length")
    assert sum(step.tokens for step in steps) == 12


def test_context_length_ends_an_attempt(tokenizer: PreTrainedTokenizerFast) -> None:
    reasoner = LocalReasoner(make_model(tokenizer, context=64), tokenizer, "short")
    request = Request(Question("How many?"), temperature=1.0, max_tokens=500)
    tokens, _, end = written(reasoner, request)
    assert end.finish == "length"
    assert len(tokens) == 64 - len(tokenizer(reasoner.prompt_text(request)).input_ids)


def test_question_longer_than_the_context_is_refused_alone_and_recorded_in_a_batch(babbler: LocalReasoner) -> None:
    request = Request(Question("one two " * 10_000), max_tokens=5)
    with pytest.raises(InvalidInput, match="Shorten"):
        list(babbler.attempt(request))
    long, short = babbler.attempts([request, Request(QUESTION, max_tokens=5)])
    assert long == Attempt((), None, "length") and short.tokens == 5


def test_oldest_rejection_goes_first_when_all_do_not_fit(tokenizer: PreTrainedTokenizerFast) -> None:
    reasoner = LocalReasoner(make_model(tokenizer, context=160), tokenizer, "short")
    request = Request(Question("How many?"), rejected=("one " * 20, "two " * 20), max_tokens=30)
    kept = reasoner.tokenizer.decode(reasoner._prompts([request])[0])
    assert "two" in kept and "one" not in kept


def test_continues_after_kept_steps(parrot: LocalReasoner) -> None:
    _, steps, _ = written(parrot, Request(QUESTION))
    _, rest, end = written(parrot, Request(QUESTION, steps=tuple(steps[:1])))
    assert [step.text for step in rest] == SOLUTION.split("\n")[1:] and end.answer == "33"
    assert [step.text for step in parrot.attempts([Request(QUESTION, steps=tuple(steps[:1]))])[0].steps] == (
        SOLUTION.split("\n")
    )


def test_backtracking_reads_only_what_is_new(parrot: LocalReasoner, monkeypatch: pytest.MonkeyPatch) -> None:
    _, steps, _ = written(parrot, Request(QUESTION))
    read: list[int] = []
    forward = parrot.forward

    def counted(**inputs: Any) -> Any:
        read.append(inputs["input_ids"].numel())
        return forward(**inputs)

    monkeypatch.setattr(parrot, "forward", counted)
    list(parrot.attempt(Request(QUESTION, steps=tuple(steps[:2]))))
    assert read and max(read) == 1


def test_reused_cache_changes_nothing(babbler: LocalReasoner) -> None:
    request = Request(QUESTION, rejected=("Some try.\nAnswer: 2",), temperature=0.9, seed=11, max_tokens=40)
    written(babbler, Request(QUESTION, temperature=0.9, seed=1, max_tokens=40))
    reused = written(babbler, request)
    babbler._caches.clear()
    fresh = written(babbler, request)
    assert all(same(a, b) for a, b in zip(reused[1], fresh[1], strict=True)) and reused[2] == fresh[2]


def test_closing_stops_the_model_and_two_attempts_may_be_open_at_once(parrot: LocalReasoner) -> None:
    first, second = parrot.attempt(Request(QUESTION)), parrot.attempt(Request(QUESTION))
    texts = ["", ""]
    for _ in range(8):
        for which, pieces in enumerate((first, second)):
            piece = next(pieces)
            texts[which] += piece.text if isinstance(piece, Token) else ""
    first.close()  # type: ignore[attr-defined]
    assert texts[0] == texts[1]
    assert [piece.answer for piece in second if isinstance(piece, AttemptEnd)] == ["33"]
    assert written(parrot, Request(QUESTION))[2].answer == "33"


def test_threads_share_one_reasoner(parrot: LocalReasoner) -> None:
    answers: list[str | None] = []
    threads = [
        threading.Thread(target=lambda: answers.append(written(parrot, Request(QUESTION))[2].answer)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == ["33"] * 4


def test_a_step_gives_its_states_when_asked(parrot: LocalReasoner, tokenizer: PreTrainedTokenizerFast) -> None:
    pieces = parrot.attempt(Request(QUESTION))
    shown = [piece.hidden() for piece in pieces if isinstance(piece, StepEnd) and piece.hidden]
    text = prompts.plain_prompt(QUESTION.text) + SOLUTION + prompts.END
    with torch.no_grad():
        layers = parrot.model(**tokenizer(text, return_tensors="pt"), output_hidden_states=True).hidden_states
    states = torch.cat([layers[depth][0] for depth in (1, 2, 3)], -1)
    ends = [len(tokenizer(text[: text.index(line) + len(line) + 1]).input_ids) for line in SOLUTION.split("\n")[:-1]]
    for state, end in zip(shown, [*ends, len(states)], strict=True):
        assert torch.allclose(state, states[end - 1], atol=1e-3)


@pytest.mark.parametrize("asked", [False, True])
def test_states_cost_one_turn_an_attempt_and_only_when_asked(
    parrot: LocalReasoner, monkeypatch: pytest.MonkeyPatch, asked: bool
) -> None:
    forward = parrot.forward
    turns: list[int] = []

    def counted(**inputs: Any) -> Any:
        turns.append(inputs["input_ids"].shape[1])
        return forward(**inputs)

    monkeypatch.setattr(parrot, "forward", counted)
    pieces = []
    for piece in parrot.attempt(Request(QUESTION)):
        pieces.append(piece)
        if asked and isinstance(piece, StepEnd) and piece.hidden:
            assert torch.equal(piece.hidden(), piece.hidden()), "the second time it is there already"
    tokens = [piece for piece in pieces if isinstance(piece, Token)]
    assert len(turns) == len(tokens) + asked
    assert [token.text for token in tokens] == [token.text for token in written(parrot, Request(QUESTION))[0]]


def test_empty_lines_are_no_steps_and_broken_characters_wait(babbler: LocalReasoner) -> None:
    scribe = local_module._Scribe(babbler._spelling, babbler.stops)
    tokens = babbler.tokenizer("\n\nÄpfel 苹果\n \nAnswer: 3").input_ids
    texts = [scribe.write(token, -0.5, 0.5) for token in tokens]
    ended_early = scribe.ended
    scribe.close()
    assert scribe.ended and not ended_early
    assert "".join(texts) == "\n\nÄpfel 苹果\n \nAnswer: 3"
    assert [step.text for step in scribe.steps] == ["Äpfel 苹果", "Answer: 3"]
    assert sum(step.tokens for step in scribe.steps) == len(tokens)


# --- many at once -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [5, 64])
def test_batch_gives_what_each_request_gives_alone(
    babbler: LocalReasoner, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(local_module, "BATCH_ROWS", rows)
    requests, counts = mixed_requests(), list[int]()
    together = babbler.attempts(requests, progress=counts.append)
    assert sum(counts) == len(requests)
    for request, attempt in zip(requests, together, strict=True):
        _, steps, end = written(babbler, request)
        assert len(steps) == len(attempt.steps) and all(map(same, steps, attempt.steps))
        assert (attempt.answer, attempt.finish) == (end.answer, end.finish)
        assert attempt.temperature == request.temperature and attempt.seconds > 0


def test_batch_ends_at_the_answer(parrot: LocalReasoner) -> None:
    attempts = parrot.attempts([Request(QUESTION, temperature=0.01, seed=seed) for seed in range(5)])
    assert [(attempt.text, attempt.answer, attempt.finish) for attempt in attempts] == [(SOLUTION, "33", "end")] * 5


def test_sliding_window_models_are_batched_too(tokenizer: PreTrainedTokenizerFast) -> None:
    torch.manual_seed(1)
    config = MistralConfig(
        vocab_size=len(tokenizer), hidden_size=48, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=256, sliding_window=12, initializer_range=0.2,
        eos_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    reasoner = LocalReasoner(MistralForCausalLM(config), tokenizer, "sliding")
    requests = mixed_requests(12)
    for request, attempt in zip(requests, reasoner.attempts(requests), strict=True):
        assert all(map(same, written(reasoner, request)[1], attempt.steps))


def test_models_that_cannot_be_batched_write_one_after_the_other(babbler: LocalReasoner) -> None:
    alone = LocalReasoner(babbler.model, babbler.tokenizer, "alone")
    alone._can_batch = False
    requests = mixed_requests(6)
    for left, right in zip(alone.attempts(requests), babbler.attempts(requests), strict=True):
        assert all(map(same, left.steps, right.steps)) and left.finish == right.finish
    pairs = [(QUESTION, Attempt((Step("Answer: 3", 4),), "3")), (QUESTION, Attempt((Step("So 4.", 4),), None))]
    assert alone.says_correct(pairs) == pytest.approx(babbler.says_correct(pairs), abs=1e-4)


def test_nothing_asked_nothing_done(babbler: LocalReasoner) -> None:
    assert babbler.attempts([]) == [] and babbler.says_correct([]) == []


def test_own_opinion_is_the_probability_of_yes(babbler: LocalReasoner) -> None:
    attempts = [Attempt(tuple(Step(f"So {n}." * n, 3) for n in range(1, count)), None) for count in (2, 5, 3)]
    opinions = babbler.says_correct([(QUESTION, attempt) for attempt in attempts])
    yes, no = (babbler.tokenizer(mark).input_ids[0] for mark in (prompts.YES, prompts.NO))
    for opinion, attempt in zip(opinions, attempts, strict=True):
        ids = babbler.tokenizer(
            prompts.plain_critique_prompt(QUESTION.text, attempt.text), return_tensors="pt"
        ).input_ids
        with torch.no_grad():
            chances = babbler.model(input_ids=ids).logits[0, -1].softmax(-1)
        assert opinion == pytest.approx(float(chances[yes] / (chances[yes] + chances[no])), abs=1e-4)


# --- loading ----------------------------------------------------------------------------------------------------------


@pytest.fixture()
def folder(tmp_path: Path, tokenizer: PreTrainedTokenizerFast, babbler: LocalReasoner) -> Path:
    place = tmp_path / "tiny"
    model: Any = make_model(tokenizer)
    model.to(torch.bfloat16).save_pretrained(place)
    tokenizer.save_pretrained(place)
    return place


def test_half_precision_weights_run_in_float32_on_a_cpu(folder: Path) -> None:
    reasoner = LocalReasoner.load(folder, device="cpu")
    assert re.fullmatch("tiny@[0-9a-f]{8}", reasoner.name) and reasoner.format == prompts.PLAIN
    assert reasoner.model.dtype == torch.float32
    assert len(written(reasoner, Request(QUESTION, max_tokens=5))[0]) == 5


def test_a_folder_with_other_weights_is_another_reasoner(folder: Path, tmp_path: Path) -> None:
    name = marked_name(folder)
    (tmp_path / "elsewhere").mkdir()
    moved = folder.rename(tmp_path / "elsewhere" / "tiny")
    assert marked_name(moved) == name
    weights = moved / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"!")
    assert marked_name(moved) != name


def test_large_weights_are_told_apart_by_a_sample(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    with weights.open("wb") as file:
        file.truncate(SAMPLES * SAMPLE * 40)  # takes no room on the disk
    name = marked_name(tmp_path)
    with weights.open("r+b") as file:
        file.write(b"header")
    assert marked_name(tmp_path) != name
    with weights.open("ab") as file:
        file.truncate(SAMPLES * SAMPLE * 41)
    assert marked_name(tmp_path) != name


def test_chat_template_means_chat_turns(folder: Path, tokenizer: PreTrainedTokenizerFast) -> None:
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    reasoner = LocalReasoner.load(str(folder), device="cpu", name="chatty")
    request = Request(QUESTION, rejected=("A try.",), max_tokens=5)
    assert reasoner.format == prompts.CHAT and reasoner.name == "chatty"
    text = reasoner.prompt_text(request)
    assert text.startswith("<user>") and "<assistant>A try." in text and text.endswith("<me>")
    assert len(written(reasoner, request)[0]) == 5
    assert 0 <= reasoner.says_correct([(QUESTION, Attempt((), None))])[0] <= 1


@pytest.mark.parametrize("bits", [4, 8])
def test_quantized_models_think_too(folder: Path, bits: int) -> None:
    reasoner = LocalReasoner.load(folder, bits=bits, device="cpu")
    kinds = {type(module).__name__ for module in reasoner.model.modules()}
    assert kinds & {"Linear4bit", "Linear8bitLt"} and type(reasoner.model.lm_head).__name__ == "Linear"
    assert len(written(reasoner, Request(QUESTION, max_tokens=5))[0]) == 5
    assert reasoner.attempts([Request(QUESTION, max_tokens=5)] * 3)[2].tokens == 5


def test_other_numbers_of_bits_are_refused(folder: Path) -> None:
    with pytest.raises(InvalidInput, match="4 or 8"):
        LocalReasoner.load(folder, bits=3)


def test_pickle_weights_are_refused(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelUnavailable, match=r"pickle.*safetensors"):
        LocalReasoner.load(folder)


def test_folder_without_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelUnavailable, match="no weights"):
        LocalReasoner.load(folder)


def test_folder_without_config(folder: Path) -> None:
    (folder / "config.json").unlink()
    with pytest.raises(ModelUnavailable, match=r"no config\.json"):
        LocalReasoner.load(folder)


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="no folder"):
        LocalReasoner.load(tmp_path / "nowhere")


def test_torn_weights_file(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    with pytest.raises(ModelUnavailable, match="damaged"):
        LocalReasoner.load(folder)


def test_weights_of_another_model(folder: Path) -> None:
    config = folder / "config.json"
    config.write_text(config.read_text().replace('"num_hidden_layers": 3', '"num_hidden_layers": 4'))
    with pytest.raises(ModelUnavailable, match="missing"):
        LocalReasoner.load(folder)


def test_code_of_a_repository_is_never_run(folder: Path) -> None:
    config = folder / "config.json"
    own = '"model_type": "evil", "auto_map": {"AutoConfig": "evil.C", "AutoModelForCausalLM": "evil.M"}'
    config.write_text(config.read_text().replace('"model_type": "llama"', own))
    (folder / "evil.py").write_text("import pathlib; pathlib.Path('ran').touch()")
    with pytest.raises(ModelUnavailable):
        LocalReasoner.load(folder)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("GatedRepoError", "hf auth login"),
        ("RepositoryNotFoundError", "Check the name"),
        ("LocalEntryNotFoundError", "Check the network"),
    ],
)
def test_hub_refusals_name_their_remedy(monkeypatch: pytest.MonkeyPatch, kind: str, words: str) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        refusal = getattr(local_module, kind)
        raise OSError("no") from refusal.__new__(refusal)

    monkeypatch.setattr(local_module.AutoTokenizer, "from_pretrained", refuse)
    with pytest.raises(ModelUnavailable, match=words):
        LocalReasoner.load("some-org/some-model")


def test_out_of_memory_is_out_of_space(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes")

    monkeypatch.setattr(local_module.AutoModelForCausalLM, "from_pretrained", fail)
    with pytest.raises(OutOfSpace, match="4 bits"):
        LocalReasoner.load(folder)


def test_full_disk_is_out_of_space(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(local_module.AutoModelForCausalLM, "from_pretrained", fail)
    with pytest.raises(OutOfSpace, match="disk is full"):
        LocalReasoner.load(folder)


# --- a text that is there already -------------------------------------------------------------------------------------


def test_a_step_read_again_is_as_likely_as_when_it_was_written(parrot: LocalReasoner) -> None:
    _, steps, _ = written(parrot, Request(QUESTION))
    assert len(steps) == 3
    for index, step in enumerate(steps):
        read = parrot.reread(Request(QUESTION, steps=tuple(steps[:index])), step.text)
        assert "".join(token.text for token in read) == step.text
        assert [token.text for token in read] == list(step.token_texts[: len(read)])
        assert [token.logprob for token in read] == pytest.approx(step.logprobs[: len(read)], abs=2e-3)
        assert [token.entropy for token in read] == pytest.approx(step.entropies[: len(read)], abs=5e-3)
        assert all(token.alternatives[0][0] == token.text for token in read)  # it was greedy


def test_rejections_are_read_before_the_step_too(babbler: LocalReasoner) -> None:
    told = Request(QUESTION, rejected=("A wrong try.\nAnswer: 3",))
    assert babbler.reread(told, "Answer: 3") != babbler.reread(Request(QUESTION), "Answer: 3")


@pytest.mark.parametrize("line", ["", "x" * 5_000])
def test_a_step_that_cannot_be_read_again_says_so(babbler: LocalReasoner, line: str) -> None:
    with pytest.raises(InvalidInput, match="cannot read this step again"):
        babbler.reread(Request(QUESTION), line)
