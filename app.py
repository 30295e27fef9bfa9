"""The app: settings -> studio -> page. Also what a Hugging Face Space runs.

The page is served at once; models load in a thread of the studio behind it.
"""

import os
import sys

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before gradio is imported, which reads it then
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")  # or gradio sums up all events after each one
os.environ.setdefault("MPLBACKEND", "agg")  # or matplotlib seeks a screen at gradio's first event, for half a second


def main() -> None:
    # Imported here: a process that this one starts imports this file too, and should not wait for what it never uses.
    from drr.errors import DRRError
    from drr.settings import Settings
    from drr.studio import Studio
    from ui.serve import serve

    try:
        settings = Settings.from_env()
        studio = Studio(settings)
        demo, _ = serve(studio, settings)
    except DRRError as error:
        print(f"app.py: {error}", file=sys.stderr)
        sys.exit(2)
    studio.load_in_background()  # after the page is there: importing the models' libraries would hold it up
    demo.block_thread()


if __name__ == "__main__":
    main()
