"""The layers of docs/design.md: imports go one way, each rare thing is in one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "cxsim"

LAYERS: list[tuple[str, ...]] = [
    ("problems", "branches", "layout"),
    ("linking",),
    ("jit",),
    ("native_tables",),
    (
        "streams",
        "durations",
        "laws",
        "law_facts",
        "curves",
        "law_tables",
        "distributions",
        "answers",
        "timetables",
        "calendar",
        "bins",
    ),
    ("queueing", "erlang_a", "nps", "intervals", "worth", "leaving", "fading"),
    ("organisation",),
    ("changes", "interventions", "dated", "entries", "governance", "scenario"),
    ("causes", "catalogue"),
    (
        "plan",
        "customer_sums",
        "sales_sums",
        "origins",
        "recovery_sums",
        "seats",
        "tally",
        "present",
        "records",
        "state",
        "handle",
    ),
    ("draws", "rules", "experience", "survey"),
    ("board",),
    ("engines",),
    ("world",),
    ("spot_check",),
    ("measures",),
    ("study",),
    ("compare",),
    ("calibrate",),
    ("yaml_lines", "edits", "places", "files", "output"),
    ("figures",),
    ("report",),
    ("story",),
    ("command",),
    ("__main__",),
]
"""Top-level modules and packages, from first to last; those of one line may use each other."""

ONLY_IN = {
    "hydra": ("command", "__main__"),
    "omegaconf": ("command", "__main__"),
    "simpy": ("engines/simpy",),
    "matplotlib": ("figures",),
    "numba": ("linking", "jit", "handle", "native_tables"),
    "yaml": ("yaml_lines", "command"),
    "openpyxl": ("output",),
    "pyarrow": ("output",),
    "rich": ("command",),
    "pandas": (
        "measures",
        "study",
        "compare",
        "calibrate",
        "output",
        "figures",
        "report",
        "story",
        "command",
    ),
    "random": (),
    "logging": ("command",),
}
"""Which modules may import what."""

FILES_OPENED_IN = ("branches", "yaml_lines", "places", "files", "output", "jit", "command", "__main__")
"""`jit` hashes the package's own source for its cache, `branches` reads its counts."""

LONG: dict[str, int] = {}
"""Modules that may be longer than a sitting, and how long."""
LONGEST = 350

OPENS = {"open", "read_text", "write_text", "read_bytes", "write_bytes", "mkdir", "unlink", "rmdir", "rename"}


def modules() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py") if "_data" not in path.parts)


def name_of(path: Path) -> str:
    """`engines/simpy` for src/cxsim/engines/simpy.py and for src/cxsim/engines/simpy/__init__.py."""
    relative = path.relative_to(SOURCE).with_suffix("")
    parts = relative.parts[:-1] if relative.name == "__init__" else relative.parts
    return "/".join(parts)


def layer_of(name: str) -> int | None:
    top = name.split("/")[0]
    return next((i for i, layer in enumerate(LAYERS) if top in layer), None)


def within(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith((place + "/", place + "_")) for place in places)


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Everything a module imports, wherever in it, with the line."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            module = node.module or ""
            if module == "cxsim":
                yield from ((f"cxsim.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield module, node.lineno


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_imports_only_from_above(path: Path) -> None:
    name = name_of(path)
    if not name:
        return  # cxsim/__init__.py gathers the public names
    layer = layer_of(name)
    assert layer is not None, f"{name}: give it a layer in LAYERS"
    for module, line in imports(path):
        if module.startswith("cxsim."):
            imported = module.removeprefix("cxsim.").replace(".", "/")
            other = layer_of(imported)
            assert other is not None, f"{name}:{line} imports {module}, which has no layer"
            assert other <= layer, f"{name}:{line} imports {module}, which is below it"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_rare_libraries_stay_where_they_belong(path: Path) -> None:
    name = name_of(path)
    for module, line in imports(path):
        library = module.split(".")[0]
        if library in ONLY_IN:
            assert within(name, ONLY_IN[library]), f"{name}:{line} imports {library}; only {ONLY_IN[library]} may"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_files_are_opened_in_few_places(path: Path) -> None:
    name = name_of(path)
    if within(name, FILES_OPENED_IN):
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func
            word = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            on_path = isinstance(called, ast.Name) or word != "open"
            assert not (word in OPENS and on_path), f"{name}:{node.lineno} calls {word}(); `cxsim.files` opens files"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_modules_can_be_read_in_one_sitting(path: Path) -> None:
    relative = path.relative_to(SOURCE).as_posix()
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= LONG.get(relative, LONGEST), f"{relative} has {lines} lines; split it by idea"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_modules_say_what_they_are(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), f"{path.name}: no docstring"


def test_no_module_is_called_nothing() -> None:
    refused = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base_classes"}
    assert not [path for path in modules() if path.stem in refused]


def test_the_list_of_long_modules_is_no_longer_than_needed() -> None:
    assert all((SOURCE / name).exists() for name in LONG)
