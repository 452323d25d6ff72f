"""Where the files are: the user's own ``conf/`` and ``scenarios/`` first, then those that came with cxsim.

From a checkout these are its top-level folders; in an installed wheel they travel inside the package.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

SUFFIXES = (".yaml", ".yml")
PACKAGE = Path(__file__).resolve().parents[1]


def checkout() -> Path | None:
    """Top folder of the checkout this package runs from, or None when it was installed from a wheel."""
    root = PACKAGE.parent.parent
    project = root / "pyproject.toml"
    if PACKAGE.parent.name == "src" and project.is_file() and (root / "conf").is_dir():
        return root if re.search(r'^name = "cxsim"$', project.read_text("utf-8"), re.MULTILINE) else None
    return None


def shipped(folder: str) -> Path:
    """The folder ("conf", "scenarios") that came with cxsim."""
    return (checkout() or PACKAGE / "_data") / folder


def conf_folders() -> tuple[Path, ...]:
    """Folders of assumptions in the order they are searched."""
    return _distinct([Path("conf"), shipped("conf")])


def scenario_folders() -> tuple[Path, ...]:
    """Folders of scenarios as they are searched: $CXSIM_SCENARIOS, the working directory's, the shipped."""
    named = [Path(p) for p in os.environ.get("CXSIM_SCENARIOS", "").split(os.pathsep) if p]
    return _distinct([*named, Path("scenarios"), shipped("scenarios")])


def _distinct(folders: Iterable[Path]) -> tuple[Path, ...]:
    seen: dict[Path, Path] = {}
    for folder in folders:
        if folder.is_dir():
            seen.setdefault(folder.resolve(), folder)
    return tuple(seen.values())


def find(name: str, folders: Iterable[Path]) -> Path | None:
    """The file called `name`: a path ending in .yaml as it stands, else the first folder that has it."""
    if name.endswith(SUFFIXES):
        path = _expanded(name)
        if _there(path):
            return path
        name = name.rpartition(".")[0]
    for folder in folders:
        for suffix in SUFFIXES:
            path = folder / f"{name}{suffix}"
            if _there(path):
                return path
    return None


def _expanded(name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError:  # ~nobody: there is no such user
        return Path(name)


def _there(path: Path) -> bool:
    """Whether a file exists; one that cannot exist (a name too long, or with a zero byte) does not."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def names(folders: Iterable[Path]) -> list[str]:
    """Names that `find` would find, sub-folders with a slash (theory/mm1); templates are left out."""
    found: set[str] = set()
    for folder in folders:
        for path in folder.rglob("*"):
            if path.suffix in SUFFIXES and path.is_file():
                found.add(path.relative_to(folder).with_suffix("").as_posix())
    return sorted(found)


def spoken(path: Path) -> str:
    """A path as we name it to people: relative to the working directory where it lies below it."""
    absolute = path.resolve()
    here = Path.cwd()
    return absolute.relative_to(here).as_posix() if absolute.is_relative_to(here) else str(absolute)
