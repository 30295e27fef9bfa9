"""Where things are and how the app is served: read once from the environment (`DRR_*`), then frozen."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from drr.errors import InvalidInput

_HOME = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """`db_url` is any SQLAlchemy URL; empty means `drr.sqlite` in `data_dir`.

    `public`: strangers share the server, so what was asked is listed to nobody; who has a trace's link may open it.
    Only `owner`, signed in, may start jobs there. `login`: people can sign in with their Hugging Face account.
    `hosts` are the names that a Space is known by, behind its proxy.
    """

    data_dir: Path = _HOME / "data"
    models_dir: Path = _HOME / "models"
    db_url: str = ""
    host: str = "127.0.0.1"
    port: int = 7860
    public: bool = False
    owner: str = ""
    login: bool = False
    hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.db_url:
            object.__setattr__(self, "db_url", f"sqlite:///{self.data_dir / 'drr.sqlite'}")

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Settings from DRR_DATA_DIR, DRR_MODELS_DIR, DRR_DB_URL, DRR_HOST and DRR_PORT, where not empty.

        On a Hugging Face Space (SPACE_ID is set) the app is public, on 0.0.0.0 by default, which its proxy reaches; its
        author (SPACE_AUTHOR_NAME) is the owner. There is a login where its front matter has `hf_oauth: true`, for which
        the Space then has an OAUTH_CLIENT_ID.

        Raises:
            InvalidInput: a port that is no port.
        """
        port = env.get("DRR_PORT") or str(cls.port)
        if not port.isascii() or not port.isdigit() or int(port) > 65535:
            raise InvalidInput(f"DRR_PORT is {port!r}. Set it to a number from 0 to 65535 (0 takes any free port).")
        return cls(
            data_dir=Path(env.get("DRR_DATA_DIR") or cls.data_dir).expanduser(),
            models_dir=Path(env.get("DRR_MODELS_DIR") or cls.models_dir).expanduser(),
            db_url=env.get("DRR_DB_URL", ""),
            host=env.get("DRR_HOST") or ("0.0.0.0" if env.get("SPACE_ID") else cls.host),
            port=int(port),
            public=bool(env.get("SPACE_ID")),
            owner=env.get("SPACE_AUTHOR_NAME", ""),
            login=bool(env.get("SPACE_ID") and env.get("OAUTH_CLIENT_ID")),
            hosts=tuple(host.strip() for host in env.get("SPACE_HOST", "").split(",") if host.strip()),
        )
