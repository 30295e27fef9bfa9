"""Other people's columns: which of them are ours, by a mapping that is given or by the shape of a format we know."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

IMPORTED = "imported"  # the Reasoner, where a format does not name it


@dataclass(frozen=True)
class Columns:
    """How a row of theirs is a line of ours. `of` names their column for each of ours; a dot reaches into an object
    (`question.problem`). `fixed` has values that hold for all rows. Columns of our own name need no entry.
    """

    name: str = "DRR"
    of: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def translate(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row under our names; what is not named stays as it is."""
        if not self.of and not self.fixed:
            return dict(row)
        used = {path.partition(".")[0] for path in self.of.values()}
        kept = {name: value for name, value in row.items() if name not in used}
        return kept | {ours: _at(row, theirs) for ours, theirs in self.of.items()} | dict(self.fixed)


OURS = Columns()
PROCESSBENCH = Columns(
    "ProcessBench",
    {
        "question": "problem",
        "reasoner": "generator",
        "steps": "steps",
        "correct": "final_answer_correct",
        "first_error_step": "label",
        "question_id": "id",
    },
    {"source": "processbench"},
)
STEPWISE = Columns(
    "stepwise (PRM)",
    {"question": "prompt", "steps": "completions", "step_labels": "labels"},
    {"reasoner": IMPORTED},
)
_SHAPES = (({"problem", "steps", "label"}, PROCESSBENCH), ({"prompt", "completions", "labels"}, STEPWISE))


def recognised(names: Iterable[str]) -> Columns:
    """The format that has these columns: one we know, or else our own."""
    names = set(names)
    return next((columns for needed, columns in _SHAPES if needed <= names and "question" not in names), OURS)


def _at(row: Any, path: str) -> Any:
    """The value at a path of names; None where there is none."""
    if isinstance(row, Mapping) and path in row:
        return row[path]
    for name in path.split("."):
        row = row.get(name) if isinstance(row, Mapping) else None
    return row
