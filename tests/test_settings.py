import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from drr.errors import InvalidInput
from drr.settings import Settings


def test_the_defaults_are_loopback_and_a_file_in_the_data_folder() -> None:
    settings = Settings.from_env({})
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)
    assert settings.db_url == f"sqlite:///{settings.data_dir / 'drr.sqlite'}"


def test_the_environment_overrides() -> None:
    settings = Settings.from_env(
        {"DRR_DATA_DIR": "/d", "DRR_MODELS_DIR": "/m", "DRR_HOST": "::1", "DRR_PORT": "80", "DRR_DB_URL": "x://"}
    )
    assert settings == Settings(Path("/d"), Path("/m"), "x://", "::1", 80)


def test_a_space_is_reached_from_outside() -> None:
    assert Settings.from_env({"SPACE_ID": "a/b"}).host == "0.0.0.0"


def test_a_space_is_public_and_a_laptop_is_not() -> None:
    assert Settings.from_env({"SPACE_ID": "a/b"}).public
    assert not Settings.from_env({}).public


def test_a_space_has_its_author_as_owner_and_a_login_where_it_asked_for_one() -> None:
    space = {"SPACE_ID": "ann/studio", "SPACE_AUTHOR_NAME": "ann"}
    assert (Settings.from_env(space).owner, Settings.from_env(space).login) == ("ann", False)
    assert Settings.from_env({**space, "SPACE_HOST": "a.hf.space, b.org"}).hosts == ("a.hf.space", "b.org")
    assert Settings.from_env({**space, "OAUTH_CLIENT_ID": "id"}).login
    assert not Settings.from_env({"OAUTH_CLIENT_ID": "id"}).login, "not a Space"


@pytest.mark.parametrize("port", ["web", "-1", "70000", "٣"])
def test_a_port_that_is_none_says_what_to_do(port: str) -> None:
    with pytest.raises(InvalidInput, match="DRR_PORT"):
        Settings.from_env({"DRR_PORT": port})


def start_app(**environment: str) -> "subprocess.CompletedProcess[str]":
    app = Path(__file__).parent.parent / "app.py"
    environment = {**os.environ, **environment}
    return subprocess.run([sys.executable, app], env=environment, capture_output=True, text=True, timeout=120)


def test_the_app_says_what_is_wrong_with_a_setting() -> None:
    ended = start_app(DRR_PORT="door")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("app.py: DRR_PORT is 'door'. Set it to") and "Traceback" not in ended.stderr


def test_the_app_says_so_where_another_program_has_its_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = start_app(DRR_PORT=str(port), DRR_DATA_DIR=str(tmp_path))
    assert ended.returncode == 2 and "Traceback" not in ended.stderr
    assert f"app.py: The page cannot be served at 127.0.0.1:{port}. Is another program there" in ended.stderr
    assert "choose another address with DRR_PORT and DRR_HOST" in ended.stderr
