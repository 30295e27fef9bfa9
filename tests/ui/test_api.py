"""The two endpoints for programs, asked over HTTP as a program asks; nothing else stands in the schema."""

from collections.abc import Iterator

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from drr.errors import ModelUnavailable
from drr.settings import Settings
from drr.testing import APPLES
from drr.types import trace_as_json
from tests.ui.fake_studio import FakeStudio
from ui.serve import serve


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[FakeStudio, str]]:
    studio = FakeStudio()
    demo, url = serve(studio, Settings(port=0), quiet=True)
    yield studio, url
    demo.close()


@pytest.fixture
def studio(served: tuple[FakeStudio, str]) -> FakeStudio:
    studio = served[0]
    studio.__init__()  # type: ignore[misc]
    return studio


@pytest.fixture(scope="module")
def client(served: tuple[FakeStudio, str]) -> Client:
    return Client(served[1], verbose=False)


def test_only_reason_and_get_trace_are_for_programs(client: Client) -> None:
    schema = client.view_api(return_format="dict")
    assert isinstance(schema, dict)
    assert set(schema["named_endpoints"]) == {"/reason", "/get_trace"} and not schema["unnamed_endpoints"]


def test_the_endpoints_are_documented_and_typed(client: Client) -> None:
    schema = client.view_api(return_format="dict")
    assert isinstance(schema, dict)
    reason, get_trace = (schema["named_endpoints"][name] for name in ("/reason", "/get_trace"))
    assert reason["description"].startswith("Think a question through")
    assert "who knows its id may read it" in get_trace["description"]
    names = [parameter["parameter_name"] for parameter in reason["parameters"]]
    assert names == ["question", "policy", "dm", "threshold", "attempts", "fallback", "seed", "gold"]
    assert [parameter["parameter_has_default"] for parameter in reason["parameters"]] == [False] + [True] * 7
    told = reason["returns"][0]["type"]
    assert told["properties"]["attempts"]["items"]["properties"]["steps"]["items"]["required"] == [
        "text", "tokens", "score",
    ]  # fmt: skip


def test_reason_returns_the_trace_that_get_trace_finds_again(client: Client, studio: FakeStudio) -> None:
    told = client.predict(APPLES, threshold=0.62, gold="33", api_name="/reason")
    assert told == {"id": "trace-0", **trace_as_json(studio.traces["trace-0"])}
    assert told["outcome"] == {"status": "accepted", "answer": "33"} and len(told["attempts"]) == 2
    assert client.predict("trace-0", api_name="/get_trace") == told


@pytest.mark.parametrize(("policy", "attempts"), [("greedy", 1), ("majority", 5)])
def test_a_policy_makes_as_many_attempts_as_it_does_by_itself(
    client: Client, studio: FakeStudio, policy: str, attempts: int
) -> None:
    assert len(client.predict(APPLES, policy=policy, api_name="/reason")["attempts"]) == attempts


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"question": APPLES, "policy": "guess"}, "There is no policy"),
        ({"question": APPLES, "dm": "/etc"}, "There is no DM"),
        ({"question": APPLES, "attempts": 9}, "1 to 8 times"),
        ({"question": APPLES, "attempts": 0}, "1 to 8 times"),
        ({"question": APPLES, "gold": "9" * 201}, "at most 200"),
        ({"question": APPLES, "threshold": 7}, "threshold must be a number from 0 to 1"),
        ({"question": APPLES, "fallback": "guess"}, "'guess' is not one of 'best'"),
        ({"question": 5}, "expected str"),
        ({"question": APPLES, "seed": "x"}, "expected int"),
    ],
)
def test_what_cannot_be_asked_says_why(client: Client, studio: FakeStudio, wrong: dict[str, object], said: str) -> None:
    with pytest.raises(AppError, match=said):
        client.predict(**wrong, api_name="/reason")
    assert studio.traces == {}


def test_a_trace_that_is_not_there_says_so(client: Client, studio: FakeStudio) -> None:
    with pytest.raises(AppError, match="There is no trace 'nothing'"):
        client.predict("nothing", api_name="/get_trace")


def test_what_breaks_while_it_thinks_is_told(client: Client, studio: FakeStudio) -> None:
    studio.fail = ModelUnavailable("The DM is gone. Choose another one.")
    with pytest.raises(AppError, match="Choose another one"):
        client.predict(APPLES, api_name="/reason")


@pytest.mark.parametrize("private", ["/ask", "/attach", "/halt", "/pick", "/loading", "/closed"])
def test_the_handlers_of_the_page_answer_no_program(client: Client, private: str) -> None:
    with pytest.raises(ValueError, match="Cannot find a function"):
        client.predict(api_name=private)
