"""Make the README's pictures anew: a finished trace of several attempts by the embedded models, wide, dark, on a phone;
and the Data tab.

    PYTHONPATH=. python tests/browser/screenshots.py

It takes the first question of the test split on which a wrong attempt was rejected, and a later one accepted and right.
"""

import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from drr.questions import draw_questions
from drr.settings import Settings
from drr.studio import Studio
from drr.thinking import TraceEnded
from drr.types import Status, Trace
from tests.conftest import CHROMIUM, FLAGS
from ui.serve import serve

ASSETS = Path(__file__).parents[2] / "ui" / "assets"
LOOKS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1360, "height": 1240}},
    "dark": {"viewport": {"width": 1360, "height": 1240}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 1500}},
}


def several_attempts(studio: Studio) -> Trace:
    """A trace worth looking at."""
    for question in draw_questions("known", 1_000, "test", seed=3):
        *_, last = studio.thinking(question, studio.policy("drr", k=3))
        assert isinstance(last, TraceEnded)
        trace, gold = last.trace, question.gold
        if trace.outcome.status is Status.ACCEPTED and trace.attempts[0].answer != gold == trace.outcome.answer:
            return trace
    raise SystemExit("No question was answered wrong at first and right at last.")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as running:
        settings = Settings(data_dir=Path(folder), port=0)
        studio = Studio(settings)
        demo, url = serve(studio, settings, quiet=True)
        studio.load()
        trace = several_attempts(studio)
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, look in LOOKS.items():
            page = chromium.new_context(reduced_motion="reduce", **look).new_page()
            page.set_default_timeout(240_000)
            page.goto(f"{url}?trace={trace.id}")
            page.wait_for_selector(".drr[data-ask=yes]")
            page.wait_for_selector(".ready[data-ready=yes]")
            if name == "phone":  # the answer first
                page.locator(".outcome").scroll_into_view_if_needed()
                page.evaluate("scrollBy(0, document.querySelector('.outcome').getBoundingClientRect().top - 14)")
            page.screenshot(path=ASSETS / f"screenshot-{name}.png")
        page = chromium.new_context(**LOOKS["wide"]).new_page()
        page.goto(f"{url}?tab=data")
        page.wait_for_selector(".data[data-ready=yes][data-surveys]", timeout=240_000)
        page.screenshot(path=ASSETS / "screenshot-data.png")
        chromium.close()
        demo.close()
        studio.close()
    print(f"{trace.question.text}\n{[attempt.answer for attempt in trace.attempts]}")


if __name__ == "__main__":
    main()
