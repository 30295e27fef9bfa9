"""From the page, with the shipped models: train DMs on a few hundred records, deploy them, and other judges score."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from drr import studio as studio_module
from drr.exchange import BehaviorFile
from drr.settings import Settings
from drr.studio import Studio
from drr.types import BehaviorRecord
from ui.serve import serve

pytestmark = pytest.mark.timeout(1500)
ROOT = Path(__file__).parents[2]
QUESTIONS = 60
WAIT = 1_200_000  # milliseconds
QUESTION = "Sarah has 12 apples. She buys 3 bags with 7 apples each. How many apples does she have?"


def mixed_questions() -> list[BehaviorRecord]:
    """All bundled records of the first questions that have right and wrong ones: every split needs both."""
    by_question: dict[str, list[BehaviorRecord]] = defaultdict(list)
    for record in BehaviorFile(ROOT / "data" / "behavior.jsonl.gz"):
        if isinstance(record, BehaviorRecord):
            by_question[record.question.text].append(record)
    mixed = (records for records in by_question.values() if len({record.correct for record in records}) > 1)
    return [record for records in islice(mixed, QUESTIONS) for record in records]


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Studio, str]]:
    """An app with the shipped Reasoner and DM, and a few records; and its address."""
    monkeypatch.setattr(studio_module, "BUNDLED", "nothing.jsonl.gz")
    settings = Settings(data_dir=tmp_path, port=0)
    studio = Studio(settings)
    studio.store.records.add_many(mixed_questions())
    studio.load()
    demo, url = serve(studio, settings, quiet=True)
    yield studio, url
    demo.close()
    studio.close()


def train(page: Any, name: str, method: str) -> None:
    page.get_by_role("tab", name="Train").click()
    page.select_option(".new [name=method]", method)
    page.fill(".new [name=name]", name)
    page.click(".go")
    row = f".run:has(b:text-is('Train {name}'))"
    page.wait_for_selector(f"{row}:is([data-state=done], [data-state=failed])")
    assert page.get_attribute(row, "data-state") == "done", page.inner_text(f"{row} .reason")
    page.wait_for_selector(".curve .js-line", timeout=60_000)
    page.click(f"{row} button[name=deploy]")
    page.wait_for_selector(f".dms tr.deployed:has-text('{name}')")


def ask(page: Any, studio: Studio, judge: str) -> tuple[float | None, ...]:
    """What the judge that the page offers first gives to each step."""
    page.get_by_role("tab", name="Reason").click()
    expect(page.get_by_label("Judge")).to_have_value(judge, timeout=WAIT)
    page.fill("#question textarea", QUESTION)
    known = len(studio.recent())
    page.click("#run")
    while len(studio.recent()) == known:
        page.wait_for_timeout(100)
    latest = studio.recent()[0]
    assert latest.judge == judge
    return tuple(step.score for attempt in latest.attempts for step in attempt.steps)


def test_dms_trained_from_the_page_in_full_and_over_4_bits_judge_what_is_asked_next(
    browser: Browser, served: tuple[Studio, str]
) -> None:
    studio, url = served
    page = browser.new_context(viewport={"width": 1360, "height": 900}).new_page()
    page.set_default_timeout(WAIT)
    page.goto(url)
    page.wait_for_selector("#trace [data-drawn]")
    page.click("#settings button")
    told = [ask(page, studio, "dm")]
    page.get_by_role("tab", name="Train").click()
    page.wait_for_selector(".train[data-state=ready]")
    page.click(".check")
    page.wait_for_selector(".preflight[data-fits=yes]")
    page.fill(".new [name=epochs]", "0.3")  # several steps, or else the curves are points
    for name, method in (("whole", "token/full"), ("in-4-bits", "token/qlora")):
        train(page, name, method)
        told.append(ask(page, studio, name))
    assert len(set(told)) == 3, "each judges for itself"
    page.context.close()
