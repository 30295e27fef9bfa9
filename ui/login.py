"""Who is signed in: gradio keeps it in a session, behind a cookie that browsers also send for other sites' pages.

Gradio answers those pages too, whatever their origin. Here they ask as strangers, lest a page that the owner happens to
read trains and deploys in the owner's name.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send


class OwnPagesOnly:
    """ASGI: a request from another site's page comes without a session. `hosts`: names of this one, beside its Host."""

    def __init__(self, app: ASGIApp, hosts: Collection[str] = ()) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope.get("session"):
            headers = Headers(scope=scope)
            origin = headers.get("origin")
            if origin is not None and urlsplit(origin).netloc not in (headers.get("host"), *self._hosts):
                scope = {**scope, "session": {}}  # a copy: the session itself stays as it is
        await self._app(scope, receive, send)
