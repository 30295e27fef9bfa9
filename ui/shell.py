"""The page around the tabs: header, theme, glossary, and the one place that builds it all. Knows no model."""

import html
from typing import Any, Protocol

import gradio as gr
from gradio.themes.utils.fonts import Font

from ui.api import build_api
from ui.data import DataStudio, build_data
from ui.reason import ReasonStudio, asset, build_reason
from ui.train import TrainStudio, build_train, judges

TITLE = "DRR Studio"
# What `?tab=` names is opened by a click, not by an update of the tabs: whatever was updated once, gradio reads back
# with all that is inside it at each update of any stream, and the tabs hold everything.
OPEN_TAB = """() => {
    const wanted = new URLSearchParams(location.search).get('tab') || '';
    document.querySelector(`#tabs [data-tab-id="${CSS.escape(wanted)}"]`)?.click();
}"""

WORDS = {
    "Question": "text, optional choices, answer type (number, choice, yes/no, text), gold answer if known, source",
    "Reasoner": "the frozen language model that thinks: the embedded one, or any local transformers model",
    "Step": "one line of reasoning with its token count and, once judged, its score",
    "Attempt": "steps, then an answer (or none): one complete try",
    "Score": "the DM's calibrated probability that the attempt will end in the right answer, after each step",
    "Verbal reward": "what the Reasoner is told after a rejection, with the rejected attempt before it",
    "Verdict": "accept or reject: what a judge (DM, gold answer, the Reasoner itself, a human) believes",
    "Decision": "what the policy does with it: continue, reject step, think again, stop, abstain; with its reason",
    "Policy": "a pure stop rule with its parameters (threshold, budget, fallback)",
    "Trace": "one question thought through under one policy: its attempts, scores, decisions, outcome",
    "Behavior record": "an attempt with its automatic label, as browsed, annotated, exported and trained on",
    "Annotation": "a human event on a record: verdict, step labels (+1/0/-1), stop-point label, note, tags; "
    "append-only",
    "Dataset snapshot": "an immutable, hashed set of records and effective labels that a training was given",
    "Job": "a distillation, training or evaluation run in its own process",
    "DM checkpoint": "a trained DM: weights or adapter, config, calibration, threshold, metrics, snapshot hash",
}


class PageStudio(ReasonStudio, DataStudio, TrainStudio, Protocol):
    """What the tabs together need of the studio."""


def build_ui(studio: PageStudio, *, login: bool = False) -> gr.Blocks:
    """The whole page, with a button to sign in by. Serve it with `look()`, or it stands there unstyled."""
    with gr.Blocks(title=TITLE, analytics_enabled=False) as demo:
        header = gr.HTML(
            value=_readiness(studio),
            html_template=asset("header.html"),
            js_on_load=asset("header.js"),
            apply_default_css=False,
            elem_id="header",
        )
        if login:  # without one, gradio keeps no sessions, and everybody is a visitor
            gr.LoginButton("Sign in with Hugging Face", logout_value="Sign out {}", size="sm", elem_id="login")
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Reason", id="reason"):
                judge = build_reason(studio, demo)
            with gr.Tab("Data", id="data"):
                build_data(studio)
            with gr.Tab("Train", id="train"):
                trained = build_train(studio)
            with gr.Tab("About", id="about"):
                gr.HTML(html_template=_about(), apply_default_css=False, js_on_load=None)

        demo.load(None, None, None, js=OPEN_TAB, show_progress="hidden", api_visibility="private")
        build_api(studio)
        clock = gr.Timer(1.0)

        def loading() -> tuple[dict[str, Any], gr.Timer]:
            now = _readiness(studio)
            return now, gr.Timer(active=not now["ready"])

        gr.on(
            [demo.load, clock.tick],
            loading,
            None,
            [header, clock],
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
        for event in (demo.load, trained.deployed):  # the judge that the Reason tab offers first
            event(
                lambda: judges(studio),
                None,
                judge,
                queue=False,
                show_progress="hidden",
                api_visibility="private",
            )
    return demo


def look() -> dict[str, Any]:
    """What `launch` needs to make it look as it should."""
    sheets = asset("app.css") + asset("train.css")
    style = f"<style>\n{sheets}</style>"  # not as css=, which rewrites selectors and breaks :is(a, b)
    return {"theme": _theme(), "head": style, "footer_links": []}


def _readiness(studio: ReasonStudio) -> dict[str, Any]:
    ready, text = studio.ready()
    return {"ready": ready, "text": text}


def _about() -> str:
    rows = "\n".join(
        f'<tr><th scope="row">{html.escape(word)}</th><td>{html.escape(what)}</td></tr>' for word, what in WORDS.items()
    )
    return asset("about.html").replace("@rows@", rows)


def _theme() -> gr.themes.Base:
    """Blue on slate, text dark enough to read, and gradio's own fonts (of which weight 600 lacks letters)."""
    sans: list[Font | str] = [
        gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700)),
        "ui-sans-serif",
        "system-ui",
        "sans-serif",
    ]
    mono: list[Font | str] = [
        gr.themes.LocalFont("IBM Plex Mono", weights=(400, 700)),
        "ui-monospace",
        "Consolas",
        "monospace",
    ]
    theme = gr.themes.Base(
        primary_hue="blue", neutral_hue="slate", font=sans, font_mono=mono, radius_size="lg", text_size="md"
    )
    return theme.set(
        body_background_fill="#f6f8fb",
        body_background_fill_dark="#0b1220",
        body_text_color="#0f172a",
        body_text_color_dark="#e6ecf5",
        body_text_color_subdued="#475569",
        body_text_color_subdued_dark="#a9b6cb",
        block_label_text_color="#334155",
        block_label_text_color_dark="#c3cede",
        block_title_text_color="#1e293b",
        block_title_text_color_dark="#dbe3ef",
        block_title_text_weight="600",
        block_info_text_color="#475569",
        block_info_text_color_dark="#a9b6cb",
        block_background_fill="#ffffff",
        block_background_fill_dark="#121b2d",
        block_border_color="#e2e8f0",
        block_border_color_dark="#24324a",
        block_shadow="none",
        border_color_primary="#e2e8f0",
        border_color_primary_dark="#24324a",
        input_border_width="1px",
        input_background_fill="#ffffff",
        input_background_fill_dark="#0f1828",
        input_border_color="#cbd5e1",
        input_border_color_dark="#33445f",
        input_border_color_focus="#1d4ed8",
        input_border_color_focus_dark="#7db0ff",
        input_placeholder_color="#5b687c",
        input_placeholder_color_dark="#93a2b9",
        button_primary_background_fill="#1d4ed8",
        button_primary_background_fill_dark="#1d4ed8",
        button_primary_background_fill_hover="#1e40af",
        button_primary_background_fill_hover_dark="#2158e8",
        button_primary_text_color="#ffffff",
        button_cancel_background_fill="#ffffff",
        button_cancel_background_fill_dark="#121b2d",
        slider_color="#1d4ed8",
        slider_color_dark="#5b9bff",
    )
