"""From the page, with the shipped models: train a DM on a few hundred records, deploy it, and another judge scores."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import app
from drr import studio as studio_module
from drr.exchange import BehaviorFile
from drr.settings import Settings
from drr.studio import Studio
from drr.types import BehaviorRecord

pytestmark = pytest.mark.timeout(1500)
ROOT = Path(__file__).parents[2]
RECORDS = 600
WAIT = 1_200_000  # milliseconds
QUESTION = "Sarah has 12 apples. She buys 3 bags with 7 apples each. How many apples does she have?"


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Studio, str]]:
    """An app with the shipped Reasoner and DM, and a few records; and its address."""
    monkeypatch.setattr(studio_module, "BUNDLED", "nothing.jsonl.gz")
    settings = Settings(data_dir=tmp_path, port=0)
    studio = Studio(settings)
    bundled = (record for record in BehaviorFile(ROOT / "data" / "behavior.jsonl.gz"))
    studio.store.records.add_many(record for record in islice(bundled, RECORDS) if isinstance(record, BehaviorRecord))
    studio.load()
    demo, url = app.serve(studio, settings, quiet=True)
    yield studio, url
    demo.close()
    studio.close()


def test_a_dm_is_trained_from_the_page_deployed_and_judges(browser: Browser, served: tuple[Studio, str]) -> None:
    studio, url = served
    page = browser.new_context(viewport={"width": 1360, "height": 900}).new_page()
    page.set_default_timeout(WAIT)
    page.goto(url)
    page.wait_for_selector("#trace [data-drawn]")
    page.get_by_role("tab", name="Train").click()
    page.wait_for_function(f"document.querySelector('.count')?.textContent === '{RECORDS} records'")
    page.click(".check")
    page.wait_for_selector(".preflight[data-fits=yes]")
    page.fill(".new [name=name]", "from-the-page")
    page.fill(".new [name=epochs]", "0.2")
    page.click(".go")
    page.wait_for_selector(".run[data-state=running]")
    page.wait_for_selector(".run:is([data-state=done], [data-state=failed])")
    assert page.get_attribute(".run", "data-state") == "done", page.inner_text(".run .reason")
    page.wait_for_selector(".curve .js-line")
    page.click(".run button[name=deploy]")
    page.wait_for_selector(".dms tr.deployed:has-text('from-the-page')")
    page.get_by_role("tab", name="Reason").click()
    page.fill("#question textarea", QUESTION)
    page.click("#run")
    page.wait_for_selector(".drr[data-phase=done]")
    assert [trace.judge for trace in studio.recent()] == ["from-the-page"]
    page.context.close()
