"""Domain value -> what a page shows, as plain JSON and in words. Pure: no Gradio, no clock, no model, no HTML.

The value for the live view only grows at its end while a run thinks, so its difference to the one before stays small,
however long the trace. Texts are data for `textContent`; nothing here is markup.
"""

import json
import math
from collections.abc import Sequence
from typing import Any

from drr.answers import Grade, canonical, grade
from drr.live import LiveAttempt, LiveStep, LiveView, Problem, Snapshot, view_of
from drr.rivals import Rival
from drr.types import NOBODY, Action, Decision, Outcome, Question, Status, Token, Trace, apart, exactly

LONGEST_TEXT = 4_000  # of one step, only this much is shown
DEFAULT_BAR = 0.5  # where a policy has no threshold of its own, scores are read against this
DOUBTFUL = 0.4  # a chance of being right that is called "likely wrong"
HESITATED = 0.8  # a token under this probability is called a hesitation
MOST_HESITATIONS = 6  # that are listed of one step
MOVED = 0.05  # a score that changes by less stays where it was

_DECISIONS = {
    Action.REJECT_STEP: "Step rejected",
    Action.THINK_AGAIN: "Think again",
    Action.STOP: "Stop",
    Action.ABSTAIN: "Give up",
}
_VERDICTS = {"accept": "Accepted", "reject": "Rejected"}
_CHOSEN_BY = {
    "majority": "This is what most of them say.",
    "weighted": "This is what most of them say, weighted by score.",
}
_TAKEN = {
    "best-of": "Of all attempts, the judge scored this one best.",
    "weighted": "This is what most attempts say, weighted by the judge’s scores.",
    "majority": "This is what most attempts say; the judge has no say here.",
    "adaptive": "This is what most attempts say; the judge has no say here.",
    "oracle": "It is the right answer, by which this policy decides.",
}  # by policies that set the judge no threshold
_VOTING = ("majority", "adaptive", "weighted")  # policies whose answer is a vote already
_OUTSIDE = {
    "beyond": "Outside what it learnt: neither the Reasoner nor its judge has seen this kind of question.",
    "unlike": "Probably unlike what the judge learnt from, going by its words: read its scores with care.",
}
_RULES = {
    "drr": "DRR",
    "greedy": "First answer, no judge",
    "sample": "One sample, no judge",
    "always-again": "Always think again",
    "self-critique": "The Reasoner judges itself",
    "confidence": "The Reasoner’s confidence in its words",
    "majority": "A vote",
    "adaptive": "A vote that ends once it is clear",
    "best-of": "The best of several samples",
    "weighted": "A vote weighted by score",
    "oracle": "A perfect judge",
}
Json = dict[str, Any]

_BY_DM = {
    "caption": "How sure the judge is",
    "score": "The judge’s score",
    "accepted": "The judge is {} sure that this is right.",
    "none": "The judge accepted none of the {} attempts.",
    "one": "The judge did not accept the attempt.",
    "best": "This is the one it scored best.",
    "high": "likely right",
    "mid": "unsure",
    "low": "likely wrong",
}
_WORDS = {  # where no DM scores: whose scores they are, and what they mean
    "self-critique": _BY_DM
    | {
        "caption": "No scores on the way: the Reasoner judges whole attempts",
        "score": "The Reasoner’s own score",
        "accepted": "The Reasoner itself is {} sure that this is right; no other judge was asked.",
        "none": "The Reasoner itself believed none of the {} attempts enough.",
        "one": "The Reasoner itself did not believe the attempt enough.",
        "best": "This is the one it believed most.",
    },
    "confidence": {
        "caption": "How sure the Reasoner is of its words",
        "score": "The Reasoner’s confidence",
        "accepted": "The Reasoner held its own words {} likely on average. Nobody judged whether this is right.",
        "none": "The Reasoner was not sure enough of its words in any of the {} attempts.",
        "one": "The Reasoner was not sure enough of its words.",
        "best": "This is the one whose words it was surest of.",
        "high": "sure",
        "mid": "less sure",
        "low": "unsure",
    },
    "oracle": _BY_DM
    | {
        "caption": "No scores on the way: the right answer decides",
        "none": "None of the {} attempts has the right answer.",
        "one": "The attempt does not have the right answer.",
    },
}
_UNWATCHED = _BY_DM | {"caption": "No scores: no judge watched"}


def page(snapshot: Snapshot, waiting: str = "", outside: str = "") -> Json:
    """A run as the live view shows it.

    `waiting` says what is being waited for while no attempt has begun; `outside` what the studio says of the question.
    """
    view = snapshot.view
    if snapshot.problem and not view.attempts:
        return problem(snapshot.problem, view.question.text)
    running = not snapshot.done
    used = _used(view)
    decisions = [
        d
        for d in view.decisions
        if d.action is Action.REJECT_STEP or (d.action is not Action.CONTINUE and d.attempt < used)
    ]
    return {
        "run": snapshot.run_id,
        "trace": view.trace_id,
        "phase": "thinking" if running else "done",
        "question": clip(view.question.text),
        "outside": _OUTSIDE.get(outside, ""),
        "accept": _bar(view),
        "words": _words(view),
        "rule": _rule(view),
        "used": used,
        "attempts": [_attempt(attempt, i, view, past=i >= used) for i, attempt in enumerate(view.attempts)],
        "decisions": [_decision(d) for d in decisions],
        "outcome": _progress(view, waiting) if running else _outcome(view, broken=snapshot.problem is not None),
        "stored": None if running else _stored(view),
        "problem": _problem(snapshot.problem) if snapshot.problem else None,
        "facts": _facts(view, snapshot.seconds),
        "say": _say(view, running),
    }


def sealed(value: Json) -> Json:
    """`page` for the wire: each step is a text, its JSON.

    The page's framework copies and watches every single value that it is given, again at each update; a text is one.
    """
    if "attempts" not in value:
        return value
    attempts = [attempt | {"steps": [json.dumps(step) for step in attempt["steps"]]} for attempt in value["attempts"]]
    return value | {"attempts": attempts}


def problem(what: Problem, question: str = "") -> Json:
    """Nothing could be thought: why, and what to do about it."""
    return {"run": "", "trace": "", "phase": "problem", "question": clip(question), "problem": _problem(what)}


def row(trace: Trace) -> Json:
    """A trace in one line of the list of recent ones."""
    view = view_of(trace)
    return {
        "id": trace.id,
        "question": clip(trace.question.text)[:160],
        "answer": clip(_outcome(view)["answer"])[:80],
        "kind": str(trace.outcome.status),
        "note": f"{trace.policy}, {_counted(len(trace.attempts), 'attempt')}, {_counted(trace.tokens, 'token')}",
    }


def rivals(trace: Trace, chosen: Sequence[Rival], possible: Sequence[str]) -> Json:
    """The table of other ways to stop: this run first, then each chosen rival; `choices`: all of them by name.

    `draws`: a vote waits for its samples.
    """
    view = view_of(trace)
    used = trace.attempts[: _used(view)]
    run = f"{_RULES[trace.policy]}, this run"
    rows = [_rival(run, trace.outcome, sum(attempt.tokens for attempt in used), len(used), trace)]
    for rival in chosen:
        again, lacks = rival.replay, "Its samples are" if rival.policy.rule == "majority" else "The greedy attempt is"
        rows.append(_rival(_with_numbers(rival), again.outcome, again.tokens, len(again.attempts), trace, lacks))
    names = [rival.name for rival in chosen]
    return {
        "rows": rows,
        "choices": [{"key": name, "name": _rule_name(name), "chosen": name in names} for name in possible],
        "draws": any(rival.policy.rule == "majority" and not rival.replay.attempts for rival in chosen),
    }


def _rule_name(name: str) -> str:
    policy, _, dm = name.partition(" ")
    return f"{_RULES[policy]} with {clip(dm)}" if dm else _RULES[policy]


def _with_numbers(rival: Rival) -> str:
    name = _rule_name(rival.name)
    if rival.name == "majority":
        return f"{name} of {_counted(rival.policy.k, 'sample')}"
    if rival.name != "oracle" and rival.policy.rule == "accept":
        return f"{name}, from {exactly(rival.policy.threshold)}"
    return name


def _rival(name: str, outcome: Outcome, tokens: int, attempts: int, trace: Trace, lacks: str = "") -> Json:
    unknown = outcome.status is Status.RUNNING
    given = "Not known" if unknown else outcome.answer or "I don’t know"
    why = _sentence(outcome.reason)
    if unknown:
        why = "It would have thought again, and that is not there." if attempts else f"{lacks} not there."
    word, graded = ("", "") if unknown else _graded(trace.question, outcome.answer, outcome.status)
    return {
        "name": name, "answer": clip(given), "grade": word, "graded": graded, "known": not unknown,
        "spent": "–" if unknown else f"{tokens:,} in {_counted(attempts, 'attempt')}", "why": why,
    }  # fmt: skip


def tokens(read: Sequence[Token], trace: Trace, attempt: int, step: int) -> Json:
    """One step token by token: how likely the Reasoner held each, what else it thought of, and what the judge did."""
    told = [
        {
            "text": clip(token.text),
            "chance": None if token.logprob is None else math.exp(token.logprob),
            "else": [f"{_visible(text)} {percent(math.exp(logprob))}" for text, logprob in _others(token)],
        }
        for token in read
    ]
    sure = [token.logprob for token in read if token.logprob is not None]
    doubted = [token for token in read if token.logprob is not None and math.exp(token.logprob) < HESITATED]
    doubted.sort(key=lambda token: token.logprob or 0.0)
    if not sure:
        say = "This Reasoner does not tell how sure it was."
    elif not doubted:
        say = f"The Reasoner did not hesitate here: each token had {HESITATED:.0%} or more."
    else:
        say = f"The Reasoner was least sure of {_visible(doubted[0].text)}: {percent(math.exp(min(sure)))}."
    return {
        "tokens": told,
        "say": f"{say} {_judge_moved(trace, attempt, step)}".strip(),
        "hesitations": [_hesitation(token) for token in doubted[:MOST_HESITATIONS]],
    }


def _others(token: Token) -> list[tuple[str, float]]:
    return [other for other in token.alternatives if other[0].strip() != token.text.strip()][:3]


def _hesitation(token: Token) -> Json:
    others = ", ".join(f"{_visible(text)} {percent(math.exp(logprob))}" for text, logprob in _others(token))
    return {
        "text": _visible(token.text),
        "chance": percent(math.exp(token.logprob or 0.0)),
        "else": others or "not known",
    }


def _visible(text: str) -> str:
    """A token in quotes; one that is only white space or nothing by its name."""
    return {"": "the end", "\n": "the line break"}.get(text) or f"“{clip(text.strip()) or 'a space'}”"


def _judge_moved(trace: Trace, attempt: int, step: int) -> str:
    steps = trace.attempts[attempt].steps
    score = steps[step].score
    before = next((earlier.score for earlier in reversed(steps[:step]) if not earlier.rejected), None)
    if score is None:
        return ""
    named = _words(view_of(trace))["score"]
    if before is None:
        return f"{named} after it: {score:.2f}."
    if abs(score - before) < MOVED:
        return f"{named} stayed about the same: {before:.2f}, then {score:.2f}."
    return f"{named} {'rose' if score > before else 'fell'} here from {before:.2f} to {score:.2f}."


def clip(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + " …"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def percent(score: float) -> str:
    """A probability as people say it; never 0 % or 100 %, which it cannot know."""
    return f"{min(99, max(1, round(100 * score)))} %"


def band(score: float, view: LiveView) -> str:
    """high from where the policy accepts, low where it is likely wrong, mid between."""
    bar = _bar(view)
    if score >= (DEFAULT_BAR if bar is None else bar):
        return "high"
    return "low" if score < DOUBTFUL else "mid"


def _number(score: float, view: LiveView) -> str:
    """A score as it is shown: what is under the threshold never looks like it."""
    bar = _bar(view)
    return f"{score:.2f}" if bar is None else apart(score, bar)[0]


def _words(view: LiveView) -> dict[str, str]:
    """What its scores are called; the page takes the same words where it decides again."""
    return _UNWATCHED if view.judge == NOBODY else _WORDS.get(view.policy, _BY_DM)


def _bar(view: LiveView) -> float | None:
    """The score from which an attempt is accepted; only rules that can reject, and so need a fallback, have one."""
    return view.params.get("threshold") if "fallback" in view.params else None


def _rule(view: LiveView) -> Json | None:
    """The parameters with which the page itself may decide again, as ui/assets/decide.js does; None: not this rule.

    A token budget is left to `drr.replay`: it cuts attempts short, and the page shows them whole.
    """
    if _bar(view) is None or view.params.get("token_budget") is not None:
        return None
    return {name: view.params.get(name) for name in ("threshold", "k", "hopeless", "fallback")}


def _stored(view: LiveView) -> Json:
    """What deciding again needs to know: each complete attempt, and the words for giving no answer."""
    question = view.question
    return {
        "attempts": [
            {
                "answer": None if attempt.answer is None else clip(attempt.answer),
                "vote": _vote(attempt, question),
                "score": attempt.score,
                "tokens": attempt.tokens,
                "graded": _graded(question, attempt.answer, Status.ACCEPTED),
            }
            for attempt in _complete(view)
        ],
        "unanswered": _graded(question, None, Status.ABSTAINED),
    }


def _complete(view: LiveView) -> list[LiveAttempt]:
    return [attempt for attempt in view.attempts if attempt.finish not in (None, "cancelled")]


def _vote(attempt: LiveAttempt, question: Question) -> str | None:
    """Equal answers vote under one name."""
    return None if attempt.answer is None else canonical(attempt.answer, question.answer_type, question.choices)


def _used(view: LiveView) -> int:
    """How many attempts the policy used; a shadow run goes on past its stop."""
    ends = (d.attempt + 1 for d in view.decisions if d.action in (Action.STOP, Action.ABSTAIN))
    return next(ends, len(view.attempts))


def _attempt(attempt: LiveAttempt, index: int, view: LiveView, past: bool) -> Json:
    how = "most likely words" if attempt.temperature == 0 else f"sampled, temperature {attempt.temperature:g}"
    cut = {"length": "ran out of tokens", "stopped": "cut short", "cancelled": "stopped by you"}.get(
        attempt.finish or ""
    )
    return {
        "name": f"Attempt {index + 1}",
        "how": how + (f", {cut}" if cut else ""),
        "verdict": "past" if past else attempt.verdict or ("open" if attempt.finish is None else "none"),
        "word": "Past the stop" if past else _VERDICTS.get(attempt.verdict or "", ""),
        "score": attempt.score,
        "steps": [_step(step, view) for step in attempt.steps],
    }


def _step(step: LiveStep, view: LiveView) -> Json:
    level = None if step.score is None else band(step.score, view)
    return {
        "text": clip(step.text),
        "tokens": step.tokens,
        "score": step.score,
        "band": level,
        "word": _words(view)[level] if level else "",
        "out": step.rejected,
        "done": step.done,
    }


def _decision(decision: Decision) -> Json:
    title = _DECISIONS[decision.action]
    return {
        "attempt": decision.attempt,
        "step": decision.step,
        "action": str(decision.action),
        "title": title,
        "reason": _sentence(decision.reason),
    }


def _sentence(reason: str) -> str:
    """A policy's reason as a sentence of its own; what it decided stands in the title beside it."""
    reason = reason.removesuffix(": stop").removesuffix(": think again").strip()
    return reason[:1].upper() + reason[1:]


def _progress(view: LiveView, waiting: str) -> Json:
    if not view.attempts:
        return {"kind": "waiting", "answer": "Getting ready…", "lead": waiting, "why": "", "grade": "", "graded": ""}
    number = len(view.attempts)
    if number > _used(view):
        lead = "It has stopped. The shadow run thinks on, to show what would have come"
        return {"kind": "thinking", "answer": "Past the stop…", "lead": lead, "why": "", "grade": "", "graded": ""}
    lead = "First attempt" if number == 1 else f"Attempt {number} of {view.params.get('k', number)}"
    if number > 1 and all(attempt.verdict == "reject" for attempt in view.attempts[:-1]):
        lead = f"Attempt {number}: what came before was rejected"
    return {"kind": "thinking", "answer": "Thinking…", "lead": lead, "why": "", "grade": "", "graded": ""}


def _outcome(view: LiveView, broken: bool = False) -> Json:
    outcome, kind = view.outcome, view.outcome.status
    answer, why = outcome.answer or "", f"Why it stopped: {outcome.reason.removesuffix(': stop')}."
    match outcome.status:
        case Status.ACCEPTED if outcome.score is not None and _bar(view) is not None:
            lead = _words(view)["accepted"].format(percent(outcome.score))
        case Status.ACCEPTED:
            lead = _TAKEN.get(view.policy, "Taken without a verdict: this policy does not let the judge decide.")
        case Status.FALLBACK:
            lead = f"{_refused(view)} {_chosen_by(view)}".strip()
        case Status.ABSTAINED:
            answer, lead = "I don’t know", _refused(view)
        case _:
            answer, why, kind = answer or "Stopped", "", Status.CANCELLED
            lead = "It was stopped before it had decided." if view.attempts else "It was stopped before it began."
            if broken or outcome.reason.startswith("failed"):
                lead = "It broke off here."
    grade_word, graded = _graded(view.question, outcome.answer, outcome.status)
    return {
        "kind": str(kind),
        "answer": clip(answer),
        "lead": lead,
        "why": why,
        "grade": grade_word,
        "graded": graded,
        "also": _summary(view),
    }


def _refused(view: LiveView) -> str:
    """Why none of its attempts was accepted."""
    used = view.attempts[: _used(view)]
    none, one = _words(view)["none"], _words(view)["one"]
    if all(attempt.answer is None for attempt in used):
        none, one = "None of the {} attempts came to an answer.", "The attempt came to no answer."
    elif not _scored(used):
        none, one = "None of the {} attempts has a score to go by.", "The attempt has no score to go by."
    return none.format(len(used)) if len(used) > 1 else one


def _chosen_by(view: LiveView) -> str:
    how = str(view.params.get("fallback"))
    if how in ("best", "weighted") and not _scored(view.attempts[: _used(view)]):
        return "This is its first answer."
    return _words(view)["best"] if how == "best" else _CHOSEN_BY.get(how, "")


def _scored(attempts: Sequence[LiveAttempt]) -> bool:
    return any(attempt.answer is not None and attempt.score is not None for attempt in attempts)


def _summary(view: LiveView) -> str:
    """One sentence: what it spent, and what stopping earlier, thinking on or a vote would have given.

    Silent on what the trace does not hold.
    """
    made, used = _complete(view), _used(view)
    if not made or view.outcome.status in (Status.RUNNING, Status.CANCELLED):
        return ""
    tokens = sum(attempt.tokens for attempt in view.attempts[:used])
    parts = [f"it spent {_counted(tokens, 'token')} in {_counted(used, 'attempt')}"]
    if used > 1:
        parts.append(f"stopping after the first attempt would have given {_given(made[0].answer, view)}")
    if len(made) > used:
        parts.append(f"thinking on would have ended at {_given(made[-1].answer, view)}")
    votes = [(vote, attempt) for attempt in made if (vote := _vote(attempt, view.question)) is not None]
    if len(made) > 2 and votes and view.policy not in _VOTING:
        names = [vote for vote, _ in votes]
        most = max(names, key=names.count)
        winner = next(attempt.answer for vote, attempt in votes if vote == most)
        parts.append(f"a vote of all {len(made)} would have given {_given(winner, view)}")
    return _sentence("; ".join(parts)) + "."


def _given(answer: str | None, view: LiveView) -> str:
    if answer is None:
        return "no answer"
    word, _ = _graded(view.question, answer, Status.ACCEPTED)
    return f"{clip(answer)[:80]}" + (f" ({word})" if word else "")


def _graded(question: Question, answer: str | None, status: Status) -> tuple[str, str]:
    if not question.gold:
        return "", ""
    if status is Status.ABSTAINED or answer is None:
        return "known", f"The right answer is {question.gold}"
    if grade(answer, question.gold, question.answer_type, question.choices) is Grade.RIGHT:
        return "right", "Right"
    return "wrong", f"Wrong, it is {question.gold}"


def _facts(view: LiveView, seconds: float) -> Json:
    used = view.attempts[: _used(view)]
    spent = sum(attempt.tokens for attempt in used)
    scores = [step.score for attempt in used for step in attempt.steps if step.score is not None]
    score = view.outcome.score if view.outcome.score is not None else (scores[-1] if scores else None)
    most = view.params.get("k")
    return {
        "score": "–" if score is None else _number(score, view),
        "attempts": f"{len(used)}" + (f" of {most}" if most else ""),
        "tokens": f"{spent:,}" + (f" of {view.tokens:,}" if spent < view.tokens else ""),
        "seconds": f"{seconds:.1f} s" if seconds else "–",
    }


def _say(view: LiveView, running: bool) -> str:
    """The news for a screen reader: a finished step, a decision, the outcome; never a single token."""
    if not running:
        end = _outcome(view)
        result = f"Result: {end['answer']}{', unsure' if view.outcome.status is Status.FALLBACK else ''}."
        return " ".join(part for part in (result, end["graded"], end["lead"], end["why"], end["also"]) if part)
    steps = _heard(view.attempts[-1]) if view.attempts else []
    decided = [d for d in view.decisions if d.action is not Action.CONTINUE]
    if decided and (not steps or decided[-1].attempt == len(view.attempts) - 1):
        news = _decision(decided[-1])
        return f"{news['title']}. {news['reason']}"
    if not steps:
        return ""
    last = _step(steps[-1], view)
    score = "" if last["score"] is None else f" Score {_number(last['score'], view)}, {last['word']}."
    return f"Attempt {len(view.attempts)}, step {len(steps)}: {last['text']}{score}"


def _heard(attempt: LiveAttempt) -> list[LiveStep]:
    """The finished steps; one that may still be scored waits, lest it be read out twice."""
    unscored_end = bool(attempt.steps) and attempt.steps[-1].score is None and attempt.finish is None
    return [step for step in (attempt.steps[:-1] if unscored_end else attempt.steps) if step.done]


def _problem(what: Problem) -> Json:
    return {"message": what.message, "code": what.code}
