"""The browser tests' set-up: any Chromium will do, by whichever name it is here."""

from pathlib import Path

import pytest

from tests.conftest import find_chromium


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_a_browser_is_found_by_any_of_its_names(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_chromium() is None
    (tmp_path / name).touch(mode=0o755)
    assert find_chromium() == str(tmp_path / name)


def test_a_browser_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/opt/chrome")
    assert find_chromium() == "/opt/chrome"


def test_there_is_one_set_up_for_all_browser_tests() -> None:
    """One that a folder overrides would neither look for the browser nor skip without it."""
    again = [path.name for path in Path(__file__).parent.glob("*/conftest.py") if "def browser(" in path.read_text()]
    assert again == []
