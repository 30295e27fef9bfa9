from collections.abc import Callable

import pytest

from drr.live import LiveRun
from drr.testing import APPLES
from tests.ui.fake_studio import FakeStudio


@pytest.fixture
def live_run() -> Callable[..., LiveRun]:
    """A run that has just begun."""

    def begin(question: str = APPLES, delay: float = 0.0) -> LiveRun:
        studio = FakeStudio(delay)
        started = studio.start(
            question, dm="reader", policy="drr", threshold=0.62, attempts=3, hopeless=None, fallback="abstain", seed=0
        )
        run = studio.run(started)
        assert run is not None
        return run

    return begin
