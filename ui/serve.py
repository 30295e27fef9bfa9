"""The page of a studio, behind a web server of its own threads."""

import gradio as gr
from starlette.middleware import Middleware

from drr.errors import InvalidInput
from drr.settings import Settings
from ui.login import OwnPagesOnly
from ui.reason import ExpectReload
from ui.shell import PageStudio, build_ui, look


def serve(studio: PageStudio, settings: Settings, quiet: bool = False) -> tuple[gr.Blocks, str]:
    """Serve the page from threads of its own; returns it and its local address.

    Raises:
        InvalidInput: nothing can be served at that host and port.
    """
    demo = build_ui(studio, login=settings.login).queue(default_concurrency_limit=8, max_size=64, api_open=False)
    try:
        return demo, _launched(demo, studio, settings, quiet)
    except OSError as error:
        raise InvalidInput(
            f"The page cannot be served at {settings.host}:{settings.port}. Is another program there, perhaps another "
            "DRR Studio? Close it, or choose another address with DRR_PORT and DRR_HOST."
        ) from error


def _launched(demo: gr.Blocks, studio: PageStudio, settings: Settings, quiet: bool) -> str:
    _, url, _ = demo.launch(
        **look(),
        server_name=settings.host,
        server_port=settings.port or None,
        prevent_thread_lock=True,
        quiet=quiet,
        share=False,
        max_threads=120,  # each page that watches a run holds one
        state_session_capacity=500,
        max_file_size="5mb" if settings.public else "4gb",  # behavior to import
        show_error=False,
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        app_kwargs={
            "middleware": [Middleware(OwnPagesOnly, hosts=settings.hosts), Middleware(ExpectReload, studio=studio)]
        },
    )
    return str(url)
