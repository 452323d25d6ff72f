"""Files written: a folder of its own for each run; nothing that is there is overwritten, nothing is left half.

A file is written under another name and has its own once it is whole, so that a full disk, an interrupt or a kill
leaves the whole file or none.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from cxsim.files.problems import Problem, Problems
from cxsim.files.search_path import spoken
from cxsim.files.yaml_positions import COMMAND_LINE


def unwritable(folder: str) -> list[Problem]:
    """Why nothing could be written below `folder`; empty when it can. Makes nothing."""
    try:
        place = _nearest_there(Path(folder))
        if not place.is_dir():
            return [_refused(folder, f"'{spoken(place)}' is not a directory")]
        if not os.access(place, os.W_OK | os.X_OK):
            return [_refused(folder, f"no permission to write in '{spoken(place)}'")]
    except OSError as error:
        return [_refused(folder, f"cannot be written: {error.strerror or error}")]
    return []


def _nearest_there(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    path = path.absolute()
    return next(place for place in (path, *path.parents) if place.exists() or place.is_symlink())


@contextmanager
def kept_if_used(folder: str, slug: str, now: datetime) -> Iterator[Path]:
    """A new directory (see `new_folder`); if nothing was written to it, it goes again, and those made for it."""
    kept = _nearest_there(Path(folder))
    path = new_folder(folder, slug, now)
    try:
        yield path
    finally:
        with suppress(OSError):  # only empty folders go
            for place in (path.absolute(), *path.absolute().parents):
                if place == kept:
                    break
                place.rmdir()


def new_folder(folder: str, slug: str, now: datetime) -> Path:
    """A new directory `<folder>/<date>_<time>_<slug>-<n>`; two runs in one second get two of them."""
    parent = Path(folder)
    stem = f"{now:%Y-%m-%d_%H%M%S}_{plain(slug)}"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for n in range(1, 10_000):
            path = parent / f"{stem}-{n}"
            try:
                path.mkdir()
            except FileExistsError:
                continue
            return path
    except OSError as error:
        raise Problems([_refused(folder, f"cannot be written: {error.strerror or error}")]) from None
    raise Problems([_refused(folder, f"has 9999 folders called {stem}")])


def _refused(folder: str, what: str) -> Problem:
    return Problem(("output",), f"{what} (output={folder})", COMMAND_LINE)


def plain(text: str) -> str:
    """A text that is a good part of a file name."""
    return re.sub(r"[^A-Za-z0-9_+]+", "_", text).strip("_")[:60] or "run"


def write_new(path: Path, text: str) -> None:
    """A text file that must not exist yet, UTF-8, LF."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("x").close()  # the name is ours before anything is written under it
    except FileExistsError:
        raise Problems([Problem((), "exists already; nothing is overwritten", spoken(path))]) from None
    except OSError as error:
        raise Problems([Problem((), f"cannot be written: {error.strerror or error}", spoken(path))]) from None
    try:
        write_text(path, text)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise Problems([Problem((), f"cannot be written: {error.strerror or error}", spoken(path))]) from None


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Where to write a file: under another name, which becomes `path` at the end, or is removed if anything fails."""
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """A file, whole or not at all."""
    with whole(path) as part, part.open("wb") as file:
        file.write(content)


def write_text(path: Path, text: str) -> None:
    """A text file, UTF-8, LF."""
    # What no encoding holds (half a surrogate pair, from an argument that is not UTF-8) is written as its escape.
    write_bytes(path, text.encode("utf-8", "backslashreplace"))


def write_files(folder: Path, contents: Mapping[str, str | bytes]) -> None:
    """Files by their path inside a folder: texts (UTF-8, LF) and bytes; folders on the way are made."""
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            write_text(path, content)
        else:
            write_bytes(path, content)


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Readable JSON; keys keep their order."""
    write_text(path, json.dumps(data, indent=2, ensure_ascii=False, default=str) + "\n")
