"""The app: settings -> studio -> page. Also what a Hugging Face Space runs.

The page is served at once; models load in a thread of the studio behind it.
"""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before gradio is imported, which reads it then
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")  # or gradio sums up all events after each one

from typing import Any

from drr.settings import Settings
from ui.reason import ReasonStudio
from ui.shell import build_ui, look


def serve(studio: ReasonStudio, settings: Settings, **options: Any) -> tuple[Any, str, str]:
    """Launch the page; `options` go to gradio's `launch`, whose result (app, local address, share) it returns."""
    demo = build_ui(studio).queue(default_concurrency_limit=8, max_size=64, api_open=False)
    return demo.launch(
        **look(),
        server_name=settings.host,
        server_port=settings.port or None,
        share=False,
        max_threads=120,  # each page that watches a run holds one
        state_session_capacity=500,
        max_file_size="5mb",
        show_error=False,
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        **options,
    )


def main() -> None:
    from drr.studio import Studio

    settings = Settings.from_env()
    serve(Studio(settings), settings)


if __name__ == "__main__":
    main()
