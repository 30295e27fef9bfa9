"""Signing in on a public Space: gradio's session says who it is, and the verbs say what they may."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
import httpx
import itsdangerous
import pytest
from gradio import oauth

from drr.settings import Settings
from tests.ui.fake_studio import FakeStudio
from ui.serve import serve
from ui.shell import build_ui

SECRET = "only the Space knows"
Ask = Callable[..., Any]


@pytest.fixture
def space(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[FakeStudio, gr.Blocks, str]]:
    """A public Space with a login, as gradio finds itself in one."""
    monkeypatch.setattr(oauth, "get_space", lambda: "olga/studio")
    for name, value in (
        ("OAUTH_CLIENT_ID", "id"), ("OAUTH_CLIENT_SECRET", SECRET), ("OAUTH_SCOPES", "openid profile"),
        ("OPENID_PROVIDER_URL", "https://nowhere.invalid"),
    ):  # fmt: skip
        monkeypatch.setattr(oauth, name, value)
    studio = FakeStudio().fill(2)
    studio.close_to_the_public()
    settings = Settings(port=0, public=True, login=True, hosts=("olga-studio.hf.space",))
    demo, url = serve(studio, settings, quiet=True)
    yield studio, demo, url
    demo.close()
    studio.end_training()


def cookie(name: str, secret: str = SECRET) -> str:
    """What gradio would have the browser keep once Hugging Face has said who it is."""
    about = {"name": name, "preferred_username": name, "profile": "", "picture": ""}
    session = json.dumps({"oauth_info": {"userinfo": about, "access_token": "t", "scope": "openid", "expires_at": 9e9}})
    key = hashlib.sha256(f"{secret}-v4".encode()).hexdigest()
    return itsdangerous.TimestampSigner(key).sign(b64encode(session.encode())).decode()


@pytest.fixture
def ask(space: tuple[FakeStudio, gr.Blocks, str]) -> Ask:
    """Calls one of the page's functions over HTTP, with a session's cookie or without."""
    _, demo, url = space
    blocks = {getattr(block, "elem_id", None): number for number, block in demo.blocks.items()}

    def answer(name: str, asked: Any, session: str = "", origin: str = "") -> Any:
        component = blocks.get(name.split("_")[0], blocks["trace"])
        body = {"session_hash": "s", "component_id": component, "fn_name": name, "data": asked}
        headers = {"Cookie": f"session={session}", "Origin": origin or url.rstrip("/")}
        sent = httpx.post(f"{url.rstrip('/')}/gradio_api/component_server", json=body, headers=headers, timeout=60)
        return sent.raise_for_status().json()

    return answer


def test_who_signed_in_is_known_and_the_owner_alone_may_train(ask: Ask) -> None:
    assert not ask("train_state", {})["may"]
    assert not ask("train_state", {}, cookie("ben"))["may"]
    assert ask("train_state", {}, cookie("olga"))["may"]
    assert ask("data_about", {}, cookie("ben"))["person"] == "ben"
    assert [ask("data_about", {}, one)["labelling"] for one in ("", cookie("ben"))] == [False, True]
    assert [ask("may_keep", {}, one)["may"] for one in ("", cookie("ben"), cookie("olga"))] == [False, False, True]


def test_a_session_that_the_space_did_not_sign_is_nobodys(ask: Ask) -> None:
    assert not ask("train_state", {}, cookie("olga", secret="guessed"))["may"]
    assert not ask("train_state", {"profile": {"username": "olga"}})["may"]


@pytest.mark.parametrize("origin", ["https://evil.example", "https://huggingface.co", "null"])
def test_another_sites_page_asks_as_a_stranger_whoever_reads_it(ask: Ask, origin: str) -> None:
    assert not ask("train_state", {}, cookie("olga"), origin)["may"]
    assert ask("train_state", {}, cookie("olga"), "https://olga-studio.hf.space")["may"]


def test_the_page_has_a_button_to_sign_in_by_only_where_there_is_a_login(
    space: tuple[FakeStudio, gr.Blocks, str],
) -> None:
    def buttons(demo: gr.Blocks) -> int:
        return sum(isinstance(block, gr.LoginButton) for block in demo.blocks.values())

    assert (buttons(space[1]), buttons(build_ui(FakeStudio()))) == (1, 0)
