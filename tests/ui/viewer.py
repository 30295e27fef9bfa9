"""A page without a browser: it asks as the page asks, over HTTP, and keeps what the page would show."""

import json
import secrets
from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr
import httpx
from gradio_client.utils import apply_diff


def handler(demo: gr.Blocks, name: str) -> int:
    """The number of a private handler, by which the page calls it."""
    return next(index for index, block in demo.fns.items() if getattr(block.fn, "__name__", "") == name)


def watch(url: str, asking: int, values: Sequence[Any], timeout: float = 120.0) -> Iterator[tuple[int, Any]]:
    """Ask with the handler number `asking`; each update as (bytes sent, value of the live view).

    Closing the iterator closes the page.
    """
    session = {"session_hash": secrets.token_hex(6)}
    api = url.rstrip("/") + "/gradio_api/queue"
    with httpx.Client(timeout=timeout) as client:
        asked = {"data": [*values], "fn_index": asking, "event_data": None, "trigger_id": None, **session}
        client.post(f"{api}/join", json=asked).raise_for_status()
        view: Any = None
        with client.stream("GET", f"{api}/data", params=session) as stream:
            for line in stream.iter_lines():
                message = json.loads(line[5:]) if line.startswith("data:") else {}
                if message.get("msg") == "process_generating":
                    sent = message["output"]["data"][0]
                    view = sent if view is None else apply_diff(view, sent)
                    yield len(line), view
                elif message.get("msg") == "process_completed":
                    assert message["success"], message["output"]
                    return
