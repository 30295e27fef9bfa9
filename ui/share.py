"""A stored trace to take away: as JSON, or as one page that shows it anywhere without this app.

The page is the live view itself (its template, style and scripts) around one value. It may load and call nothing:
its own content security policy says so. Pure but for reading the assets: no Gradio, no model.
"""

import json
from pathlib import Path

from drr.live import Snapshot, view_of
from drr.types import Trace, to_dict
from ui import render

ASSETS = Path(__file__).parent / "assets"
VIEW = ("decide.js", "stored.js", "picture.js", "view.js")  # the scripts of the live view, in this order

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>A trace of DRR Studio</title>
<style>
@style@
:root { --font-mono: ui-monospace, Consolas, monospace; --body-background-fill: #f6f8fb; }
.dark { --body-background-fill: #0b1220; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--body-background-fill); font-family: ui-sans-serif, system-ui, sans-serif; }
main { max-width: 1000px; margin: 0 auto; padding: 24px 14px 56px; }
.drr .tools { display: none; }
</style>
</head>
<body>
<main id="trace">
@view@
</main>
<script>
const dark = matchMedia("(prefers-color-scheme: dark)"), shade = () => document.documentElement.classList.toggle("dark", dark.matches);
dark.onchange = shade; shade();
const element = document.querySelector("#trace"), props = @props@, watch = () => {}, server = null;
@script@
</script>
</body>
</html>
"""  # noqa: E501


def as_json(trace: Trace) -> str:
    """The whole trace, as `drr.types.from_dict` reads it."""
    return json.dumps(to_dict(trace), ensure_ascii=False, indent=1)


def as_page(trace: Trace, link: str = "", outside: str = "") -> str:
    """One HTML file. `link`: the query of the view it opens with (threshold, attempts, fallback, step)."""
    value = render.sealed(render.page(Snapshot("", 0, view_of(trace), trace.seconds, done=True), outside=outside))
    props = json.dumps({"value": value, "link": link}).replace("<", "\\u003c")  # no text can end the script
    parts = {
        "style": _asset("app.css"),
        "view": _asset("view.html"),
        "script": "".join(map(_asset, VIEW)),
        "props": props,  # last, so that nothing in it is taken for a place to fill
    }
    page = _PAGE
    for name, text in parts.items():
        page = page.replace(f"@{name}@", text, 1)
    return page


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
