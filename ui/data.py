"""The Data tab: browse, filter and annotate behavior records.

Knows only `drr.data`. The tab is one `gr.HTML` with a function for each thing that it may ask of the server; each is a
public endpoint, so each finds out who asks, hands what was asked to `Data`, which checks it, and never raises. Nothing
is asked before the tab is first seen.
"""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import gradio as gr
from gradio.utils import get_upload_folder

from drr.data import Data, NotAllowed, Person, StaleEdit
from drr.errors import InvalidInput
from drr.live import problem_of
from drr.types import to_dict
from ui.reason import asset

# In this order: each stands on those before it.
SCRIPTS = (
    "data",
    "data_labels",
    "data_table",
    "data_plots",
    "data_desk",
    "data_drawers",
    "data_start",
)  # in this order
KEPT_EXPORTS = 8  # folders of written files; the oldest goes
MAP = ("judged", "automatic", "human", "cell")  # the conditions that the three-way map sets, and so looks past
TELLING = ("automatic", "score", "judged", "human", "verdict", "gold")  # what a blind annotator must not see in a row
FORMATS = ("jsonl", "jsonl.gz", "csv", "parquet", "datasets", "history")

Json = dict[str, Any]


class DataStudio(Protocol):
    """What this tab needs of the studio."""

    @property
    def data(self) -> Data: ...
    def person(self, name: str | None) -> Person:
        """Who somebody is that signed in as `name`."""
        ...

    def default_threshold(self) -> float:
        """The DM accepts from this score on."""
        ...


Verb = Callable[[DataStudio, Person, Mapping[str, Any]], Json]


def build_data(studio: DataStudio) -> None:
    """The tab's content, inside an open `gr.Tab`."""
    gr.HTML(
        html_template="<p>Opening the records …</p>",
        js_on_load=asset("data_tab.js"),
        server_functions=[data_page, *(served(studio, name, verb) for name, verb in VERBS.items())],
        apply_default_css=False,
        elem_id="data",
    )


def data_page(_: Any) -> Json:
    """What the tab is made of, asked for when it is first seen."""
    script = "".join(asset(f"{name}.js") for name in SCRIPTS)
    return {"html": asset("data.html"), "css": asset("data.css"), "js": script}


def served(studio: DataStudio, name: str, verb: Verb) -> Callable[..., Json]:
    """The verb as the page calls it, `data_{name}`: whatever is sent, an answer or {"error": words for a person}."""

    def answer(asked: Any, profile: gr.OAuthProfile | None = None) -> Json:
        try:
            if not isinstance(asked, Mapping):
                raise InvalidInput("The page sent something that cannot be read. Reload it.")
            return verb(studio, _person(studio, asked, profile), asked)
        except StaleEdit as error:
            theirs = to_dict(error.theirs)
            return {"error": str(error), "stale": {"theirs": theirs, "version": error.version}}
        except Exception as error:  # or the page would hear nothing
            problem = problem_of(error)
            return {"error": f"{problem.message} {problem.code}".strip()}

    answer.__name__ = f"data_{name}"
    return answer


def _person(studio: DataStudio, asked: Mapping[str, Any], profile: gr.OAuthProfile | None) -> Person:
    """Who asks: whoever is signed in, else the name that was typed, which only a local studio trusts."""
    if profile is not None:
        return studio.person(profile.username)
    who = asked.get("who")
    return Person(who.strip() if isinstance(who, str) else "")


# --- looking ----------------------------------------------------------------------------------------------------------


def _about(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    """Who may do what here. Without a name yet, what anybody with one could."""
    someone = person if person.name else replace(person, name="somebody")
    labelling = studio.data.may_annotate(someone)
    return {
        "labelling": labelling,
        "changing": studio.data.may_change(someone),
        "person": person.name if person.verified else "",
        "threshold": studio.default_threshold(),
        "why": ""
        if labelling
        else "Labelling is off here: this is a public server, and a label must say whose it is. Browse as you like; to "
        "label, sign in at the top, or run DRR Studio on your own machine.",
        "queues": to_dict(studio.data.queues(someone)),
    }


def _rows(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    order = {key: asked[key] for key in ("sort", "descending", "cursor", "limit") if asked.get(key) is not None}
    return _shown(to_dict(studio.data.browse(_where(asked), **order)), asked)


def _overview(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    """Count, facets and plots of the filter, and the facet of the three-way map, as if no cell were chosen."""
    where = _where(asked)
    facets = studio.data.facets(where)
    outside = {key: value for key, value in where.items() if key not in MAP}
    cells = facets if outside == where else studio.data.facets(outside)
    cells = replace(cells, facets={"cell": cells.facets.get("cell", ())})
    return {
        "count": to_dict(studio.data.count(where)),
        "facets": to_dict(facets),
        "map": to_dict(cells),
        "plots": to_dict(studio.data.plots(where)),
    }


def _detail(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    detail: Json = to_dict(studio.data.detail(_text(asked, "record"), person, blind=asked.get("blind") is True))
    return detail


def _agreement(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    found: Json = to_dict(studio.data.agreement(_where(asked), _text(asked, "kind")))
    return found


def _shown(page: Json, asked: Mapping[str, Any]) -> Json:
    """The rows without what a blind annotator must not see."""
    if asked.get("blind") is True:
        page["rows"] = [{key: row[key] for key in row if key not in TELLING} for row in page["rows"]]
    return page


# --- labelling --------------------------------------------------------------------------------------------------------


def _annotate(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    labels: Json = to_dict(
        studio.data.annotate(
            person,
            _text(asked, "record"),
            _text(asked, "kind"),
            asked.get("value"),
            seen=_number(asked, "seen"),
            reason=_text(asked, "reason"),
            independent=asked.get("independent") is True,
            token=_text(asked, "token") or None,
        )
    )
    return labels


def _undo(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    undone: Json = to_dict(studio.data.undo(person))
    return undone


def _redo(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    undone: Json = to_dict(studio.data.redo(person))
    return undone


def _bulk_preview(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    found: Json = to_dict(studio.data.bulk_preview(_where(asked), _text(asked, "kind"), asked.get("value")))
    return found


def _bulk(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    done: Json = to_dict(
        studio.data.bulk(
            person,
            _where(asked),
            _text(asked, "kind"),
            asked.get("value"),
            reason=_text(asked, "reason"),
            expected=_number(asked, "expected"),
        )
    )
    return done


def _queues(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    return {"queues": to_dict(studio.data.queues(person, _where(asked)))}


def _take(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    count, seed, overlap = (_number(asked, key) for key in ("count", "seed", "overlap"))
    rows = studio.data.take(
        person, _text(asked, "queue"), _where(asked), count=count, overlap=max(1, overlap), seed=seed
    )
    return _shown({"rows": to_dict(rows), "next": None, "capped": False}, asked)


def _release(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    return {"released": studio.data.release(person)}


# --- views, snapshots, files ------------------------------------------------------------------------------------------


def _views(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    return {"views": to_dict(studio.data.views())}


def _save_view(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    query = asked.get("query")
    if not isinstance(query, Mapping):
        raise InvalidInput("There is nothing to save in this view.")
    return {"view": to_dict(studio.data.save_view(person, _text(asked, "name"), dict(query)))}


def _delete_view(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    studio.data.delete_view(person, _text(asked, "name"))
    return {}


def _snapshots(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    return {"snapshots": to_dict(studio.data.snapshots())}


def _freeze(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    made: Json = to_dict(studio.data.freeze(person, _text(asked, "name"), _where(asked), note=_text(asked, "note")))
    return made


def _compare(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    found: Json = to_dict(studio.data.compare(_text(asked, "a"), _text(asked, "b")))
    return found


def _batches(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    return {"batches": to_dict(studio.data.batches())}


def _preview_file(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    """How an uploaded file would be read."""
    path, mapping, fixed = _uploaded(asked), _pairs(asked, "mapping"), _pairs(asked, "fixed")
    found = studio.data.preview_import(person, path, mapping=mapping, fixed=fixed)
    return {
        "columns": list(found.columns),
        "format": found.format,
        "mapping": dict(found.mapping),
        "bad": to_dict(found.bad),
        "rows": [
            {
                "question": record.question.text[:200],
                "steps": len(record.attempt.steps),
                "answer": record.attempt.answer,
                "correct": record.correct,
                "first_error": record.first_error_step,
            }
            for record in found.records
        ],
    }


def _import_file(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    path, mapping, fixed = _uploaded(asked), _pairs(asked, "mapping"), _pairs(asked, "fixed")
    report = studio.data.import_file(person, path, name=_text(asked, "name"), mapping=mapping, fixed=fixed)
    done: Json = to_dict(report)
    return done


def _import_dataset(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    report = studio.data.import_dataset(
        person,
        _text(asked, "name").strip(),
        split=_text(asked, "split").strip() or "train",
        config=_text(asked, "config").strip() or None,
        mapping=_pairs(asked, "mapping"),
        fixed=_pairs(asked, "fixed"),
        limit=_number(asked, "limit") or None,
    )
    done: Json = to_dict(report)
    return done


def _undo_import(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    undone: Json = to_dict(studio.data.undo_import(person, _number(asked, "number")))
    return undone


def _export(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    """Write the filter's records to a file that the page may fetch."""
    kind, where = _text(asked, "kind"), _where(asked)
    if kind not in FORMATS:
        raise InvalidInput(f"A file is one of {', '.join(FORMATS)}.")
    folder = _fresh_folder()
    if kind == "history":
        path = folder / "labels.jsonl"
        count = studio.data.export_history(path, where)
    elif kind == "datasets":
        count = studio.data.export(folder / "behavior", where)
        path = Path(shutil.make_archive(str(folder / "behavior"), "zip", folder / "behavior"))
    else:
        path = folder / f"behavior.{kind}"
        count = studio.data.export(path, where)
    return {"path": str(path), "name": path.name, "count": count}


def _push(studio: DataStudio, person: Person, asked: Mapping[str, Any]) -> Json:
    token = _text(asked, "token").strip()
    if not studio.data.may_annotate(person) or not token:  # and never with a token of the server's own
        raise NotAllowed("Say who you are, and give a Hugging Face access token that may write.")
    return {"url": studio.data.push_to_hub(_text(asked, "repo").strip(), token, _where(asked))}


VERBS: dict[str, Verb] = {
    "about": _about, "rows": _rows, "overview": _overview, "detail": _detail, "agreement": _agreement,
    "annotate": _annotate, "undo": _undo, "redo": _redo, "bulk_preview": _bulk_preview, "bulk": _bulk,
    "queues": _queues, "take": _take, "release": _release,
    "views": _views, "save_view": _save_view, "delete_view": _delete_view,
    "snapshots": _snapshots, "freeze": _freeze, "compare": _compare,
    "batches": _batches, "preview_file": _preview_file, "import_file": _import_file,
    "import_dataset": _import_dataset, "undo_import": _undo_import, "export": _export, "push": _push,
}  # fmt: skip


# --- what was asked ---------------------------------------------------------------------------------------------------


def _where(asked: Mapping[str, Any]) -> dict[str, Any]:
    where = asked.get("where") or {}
    if not isinstance(where, Mapping):
        raise InvalidInput("This filter cannot be read. Clear it and begin anew.")
    return dict(where)


def _text(asked: Mapping[str, Any], key: str) -> str:
    value = asked.get(key, "")
    if not isinstance(value, str):
        raise InvalidInput(f"{key} is text, not {type(value).__name__}. Reload the page.")
    return value


def _number(asked: Mapping[str, Any], key: str) -> int:
    value = asked.get(key, 0)
    if type(value) is not int:
        raise InvalidInput(f"{key} is a whole number. Reload the page.")
    return value


def _pairs(asked: Mapping[str, Any], key: str) -> dict[str, str]:
    """Texts by name, those that are not empty."""
    value = asked.get(key) or {}
    if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value.values()):
        raise InvalidInput(f"{key} names a text for each column. Reload the page.")
    return {str(name): each.strip() for name, each in value.items() if each.strip()}


def _uploaded(asked: Mapping[str, Any]) -> Path:
    """A file that this page has uploaded; no other file of this computer can be named."""
    path, folder = Path(_text(asked, "path")).resolve(), Path(get_upload_folder()).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise InvalidInput("This file is no longer here. Choose it again.")
    return path


def _fresh_folder() -> Path:
    """A new folder whose files gradio serves to whoever knows the name; only the last few are kept."""
    exports = Path(get_upload_folder()) / "exports"
    exports.mkdir(parents=True, exist_ok=True)
    for old in sorted(exports.iterdir(), key=lambda folder: folder.stat().st_mtime, reverse=True)[KEPT_EXPORTS - 1 :]:
        shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(dir=exports))
