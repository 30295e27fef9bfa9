"""The design's layout, held by reading the source: imports run one way, pure modules stay pure, the README is true."""

import ast
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from ui.shell import WORDS

ROOT = Path(__file__).parent.parent
MEGABYTE = 1_000_000

# From the ground up: a module imports from its own layer and from those above it in this list, never from below.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"drr.types", "drr.answers", "drr.prompts", "drr.errors", "drr.settings"})
    | {"drr.annotations", "drr.beside", "drr.memory"},
    frozenset({"drr.thinking", "drr.replay", "drr.policies", "drr.judges", "drr.questions", "drr.grammar", "drr.live"})
    | {"drr.rivals", "drr.familiar"}
    | {"drr.reasoners"},  # the protocol alone; its implementations stand one layer further on
    frozenset({"drr.distill", "drr.dm", "drr.evaluate", "drr.jobs", "drr.store", "drr.exchange", "drr.testing"})
    | {"drr.columns", "drr.registry", "drr.reasoners.local", "drr.reasoners.endpoint", "drr.reasoners.scripted"},
    frozenset({"drr.studio", "drr.data"}),
    frozenset({"drr.cli", "drr.__main__"}),
    frozenset({"ui"}),
    frozenset({"app"}),
)
PURE = ("drr.types", "drr.answers", "drr.annotations", "drr.policies", "drr.replay", "drr.prompts", "drr.errors")
IMPURE = frozenset(
    "torch transformers sqlalchemy sqlite3 gradio os pathlib io shutil tempfile glob gzip time datetime socket".split()
)
SEEN_BY_UI = (
    "drr.studio",
    "drr.data",
    "drr.types",
    "drr.annotations",
    "drr.answers",
    "drr.errors",
    "drr.live",
    "drr.rivals",
    "drr.settings",
    "ui",
)
HEAVY = ("torch", "gradio", "transformers")


@cache
def modules() -> dict[str, Path]:
    """Every module of the product, by its dotted name."""
    files = [*ROOT.glob("drr/**/*.py"), *ROOT.glob("ui/**/*.py"), *ROOT.glob("app.py")]
    return {name_of(path): path for path in sorted(files)}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


def imports(module: str) -> Iterator[str]:
    """What a module imports, anywhere in it; `from drr import prompts` counts as drr.prompts."""
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: import by the full name, not relatively (line {node.lineno})"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in modules() else str(node.module)


def own_imports(module: str) -> list[str]:
    return sorted({name for name in imports(module) if name in modules() and name != "drr"})


def is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def layer_of(module: str) -> int:
    """The layer of the longest listed name that holds `module`."""
    found = [(len(name), rank) for rank, layer in enumerate(LAYERS) for name in layer if is_in(module, name)]
    assert found, f"{module} has no place yet: add it to LAYERS, as low as it can stand"
    return max(found)[1]


# --- imports ---------------------------------------------------------------------------------------------------------


def test_imports_run_one_way() -> None:
    wrong = [
        f"{module} imports {name}"
        for module in modules()
        if module != "drr"
        for name in own_imports(module)
        if layer_of(name) > layer_of(module)
    ]
    assert wrong == []


def test_the_package_itself_imports_nothing() -> None:
    assert list(imports("drr")) == []


@pytest.mark.parametrize("module", PURE)
def test_pure_modules_know_no_model_database_page_file_or_clock(module: str) -> None:
    if module not in modules():
        pytest.skip(f"there is no {module}")
    assert [name for name in imports(module) if name.split(".")[0] in IMPURE] == []
    opened = [node for node in ast.walk(tree_of(module)) if isinstance(node, ast.Name) and node.id == "open"]
    assert opened == []


@pytest.mark.parametrize("module", PURE)
def test_pure_modules_import_only_pure_modules(module: str) -> None:
    if module not in modules():
        pytest.skip(f"there is no {module}")
    assert [name for name in own_imports(module) if name not in PURE] == []


def test_ui_sees_the_studio_and_the_nouns_only() -> None:
    wrong = [
        f"{module} imports {name}"
        for module in modules()
        if is_in(module, "ui")
        for name in own_imports(module)
        if not any(is_in(name, seen) for seen in SEEN_BY_UI)
    ]
    assert wrong == []


@pytest.mark.parametrize("module", ["drr.types", "drr.policies", "drr.cli"])
def test_light_modules_load_no_heavy_library(module: str) -> None:
    if module not in modules():
        pytest.skip(f"there is no {module}")
    code = f"import sys, {module}; print(*(name for name in {HEAVY} if name in sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []


# --- files -----------------------------------------------------------------------------------------------------------


@cache
def shipped() -> tuple[Path, ...]:
    """The files that git tracks; what a person trains or writes here besides is theirs."""
    try:
        listed = subprocess.run(
            ["git", "-c", "safe.directory=*", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def test_every_file_is_small_enough_for_the_hub() -> None:
    assert [str(path) for path in shipped() if path.stat().st_size >= 10 * MEGABYTE] == []


def test_the_models_stay_under_40_megabytes() -> None:
    models = [path for path in shipped() if path.is_relative_to(ROOT / "models")]
    assert sum(path.stat().st_size for path in models) < 40 * MEGABYTE


# --- README ----------------------------------------------------------------------------------------------------------


@cache
def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The text under a second-level heading."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", readme(), re.MULTILINE | re.DOTALL)
    assert found, f"README has no section '{title}'"
    return found[1]


def fenced(text: str) -> str:
    return "\n".join(re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL))


def pinned(package: str) -> str:
    found = re.search(rf"^{package}==(\S+)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert found, f"{package} is not pinned"
    return found[1]


def test_readme_opens_with_the_front_matter_of_a_space() -> None:
    head = yaml.safe_load(readme().split("---\n")[1])
    assert readme().startswith("---\n")
    assert {"title", "emoji", "colorFrom", "colorTo", "python_version", "license", "tags"} <= set(head)
    assert head["sdk"] == "gradio"
    assert head["sdk_version"] == pinned("gradio")
    assert head["app_file"] == "app.py"
    assert isinstance(head["python_version"], str), "quote it: YAML reads 3.10 as the number 3.1"
    assert 0 < len(head["short_description"]) <= 60


def test_readme_names_every_setting() -> None:
    def named(text: str) -> set[str]:
        return set(re.findall(r"DRR_[A-Z_]+", text))

    assert named(section("Settings")) == named((ROOT / "drr" / "settings.py").read_text(encoding="utf-8")) - {"DRR_"}


def test_readme_and_page_give_a_word_one_meaning() -> None:
    table = (ROOT / "README.md").read_text().split("## The words")[1].split("\n## ")[0]
    assert dict(re.findall(r"^\| ([A-Z][^|]+) \| (.+) \|$", table, re.MULTILINE)) == WORDS


def test_every_requirement_is_pinned_exactly() -> None:
    lines = [
        line
        for name in ("requirements.txt", "requirements-dev.txt")
        for line in (ROOT / name).read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+(\[\w+\])?==[\w.]+", line)] == []


def test_every_path_of_the_readme_layout_exists() -> None:
    missing = []
    folder = Path()
    for line in fenced(section("Layout")).splitlines():
        name = line.split()[0]
        path = folder / name if line.startswith(" ") else Path(name)
        if name.endswith("/") and not line.startswith(" "):
            folder = path
        if not (ROOT / path).exists():
            missing.append(str(path))
    assert missing == []


def readme_commands() -> list[list[str]]:
    """The arguments of each `python -m drr ...` in a fenced block of the README; brackets of optional parts removed."""
    lines = [line.split("#")[0].strip() for line in fenced(readme()).splitlines()]
    prefix = "python -m drr "
    return [shlex.split(re.sub(r"[\[\]]", " ", line.removeprefix(prefix))) for line in lines if line.startswith(prefix)]


@pytest.mark.parametrize("arguments", readme_commands(), ids=" ".join)
def test_commands_of_the_readme_exist(arguments: list[str]) -> None:
    if find_spec("drr.cli") is None:
        pytest.skip("there is no drr.cli")
    command, options = arguments[0], [argument for argument in arguments if argument.startswith("--")]
    shown = subprocess.run(
        [sys.executable, "-m", "drr", command, "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert shown.returncode == 0, shown.stderr
    assert [option for option in options if option not in shown.stdout] == []
