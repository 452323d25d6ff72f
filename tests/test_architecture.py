"""The layers of docs/design.md: imports go one way, each rare thing is in one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "cxsim"

PACKAGES = (
    "native",
    "calendars",
    "probability",
    "files",
    "organisation",
    "scenario",
    "state",
    "model",
    "engines",
    "measures",
    "study",
    "compare",
    "report",
    "command",
)
"""The rooms, from first to last; each imports from those before it alone.  To come, after `compare`: logs, decide."""
MOST_PACKAGES = 16

ONLY_IN = {
    "hydra": ("command", "__main__"),
    "omegaconf": ("command", "__main__"),
    "simpy": ("engines/simpy",),
    "matplotlib": ("report/figures",),
    "numba": ("native",),
    "llvmlite": ("native",),
    "yaml": ("files/yaml_positions", "command"),
    "openpyxl": ("report/tables",),
    "pyarrow": ("report/tables",),
    "jinja2": ("report/page",),
    "rich": ("command",),
    "pandas": ("measures", "study", "compare", "report", "command"),
    "random": (),
    "logging": ("command",),
}
"""Which modules may import what."""

FILES_OPENED_IN = ("files", "report/tables", "native/compiling", "command", "__main__")
"""`compiling` hashes the package's own source for its cache."""

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


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """Modules of the package that a module imports, in the form of `name_of`, with the line."""
    known = {name_of(other) for other in modules()}
    for module, line in imports(path):
        if module.startswith("cxsim."):
            parts = module.removeprefix("cxsim.").split(".")
            yield next(name for n in range(len(parts), 0, -1) if (name := "/".join(parts[:n])) in known), line


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
            if module.split(".")[0] == "cxsim":
                yield from ((f"{module}.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield module, node.lineno


def test_the_house_has_few_rooms_and_no_loose_modules() -> None:
    loose = {path.stem for path in SOURCE.glob("*.py")}
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert loose == {"__init__", "__main__"}
    assert folders == set(PACKAGES)
    assert len(PACKAGES) <= MOST_PACKAGES


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_imports_go_one_way(path: Path) -> None:
    name = name_of(path)
    if name in ("", "__main__"):
        return  # cxsim/__init__.py gathers the public names
    package = name.split("/")[0]
    above = PACKAGES[: PACKAGES.index(package) + 1]
    for other, line in imported(path):
        assert other.split("/")[0] in above, f"{name}:{line} imports {other}, which comes after it"


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Within a room too: modules can be read in an order in which each one builds on what has been read."""
    found = [path for path in modules() if path.stem != "__init__"]  # those gather what others define
    left = {name_of(path): {other for other, _ in imported(path)} for path in found}
    while ready := [name for name, needs in left.items() if not needs & set(left)]:
        for name in ready:
            del left[name]
    assert not left, f"imports run in a circle among {sorted(left)}"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_rare_libraries_stay_where_they_belong(path: Path) -> None:
    name = name_of(path)
    for module, line in imports(path):
        library = module.split(".")[0]
        if library in ONLY_IN:
            assert within(name, ONLY_IN[library]), f"{name}:{line} imports {library}; only {ONLY_IN[library]} may"


@pytest.mark.parametrize("path", sorted((SOURCE / "engines" / "simpy").glob("*.py")), ids=name_of)
def test_what_simpy_keeps_private_is_touched_by_the_clock_alone(path: Path) -> None:
    if path.stem == "clock":
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            own = isinstance(node.value, ast.Name) and node.value.id == "self"
            private = node.attr == "callbacks" or (node.attr.startswith("_") and not own)
            assert not private, f"{name_of(path)}:{node.lineno} touches .{node.attr}"


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
            assert not (word in OPENS and on_path), f"{name}:{node.lineno} calls {word}(); `cxsim.files` opens them"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_modules_can_be_read_in_one_sitting(path: Path) -> None:
    relative = path.relative_to(SOURCE).as_posix()
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= LONG.get(relative, LONGEST), f"{relative} has {lines} lines; split it by idea"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_modules_describe_themselves(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), f"{path.name}: no docstring"


def test_no_module_is_called_nothing() -> None:
    refused = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base_classes"}
    assert not [path for path in modules() if path.stem in refused]


def test_what_numba_does_not_promise_is_imported_in_one_place() -> None:
    """`numba.core.errors` apart: its exceptions are documented."""
    for path in modules():
        for module, line in imports(path):
            inside = module.startswith(("numba.core", "numba.np")) and module != "numba.core.errors"
            assert not inside or name_of(path) == "native/numba_inside", f"{path.name}:{line} imports {module}"


def test_the_list_of_long_modules_is_no_longer_than_needed() -> None:
    assert all((SOURCE / name).exists() for name in LONG)
