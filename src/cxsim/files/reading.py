"""Files read: by name or path, every fault with its file and line."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from pathlib import Path as File
from typing import Any

from cxsim.files.characters import obeyed
from cxsim.files.problems import Problem, Problems, called, nearest
from cxsim.files.search_path import SUFFIXES, find, names, spoken
from cxsim.files.yaml_positions import COMMAND_LINE, Document, Place, read_yaml

MOST_BYTES = 20_000_000
"""Of a file; the bank's has 30 thousand."""

LONGEST_PATH = 4_096


def read_text(path: File) -> str:
    """Text of a UTF-8 file; `Problems` when it cannot be read or is not UTF-8."""
    name = spoken(path)
    try:
        about = path.stat()
        # A pipe or a device has no end, or none in sight.
        if not stat.S_ISREG(about.st_mode) and not stat.S_ISDIR(about.st_mode):
            raise Problems([Problem((), "no file but a pipe or a device; give the path of a file", name)])
        if about.st_size > MOST_BYTES:
            what = f"{about.st_size / 1e6:,.0f} MB; a file of at most {MOST_BYTES / 1e6:,.0f} MB can be read"
            raise Problems([Problem((), what, name)])
        raw = path.read_bytes()
    except FileNotFoundError:
        raise Problems([Problem((), "no such file", name)]) from None
    except OSError as error:
        raise Problems([Problem((), f"cannot be read: {error.strerror or error}", name)]) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        what = f"not UTF-8: byte 0x{raw[error.start]:02x}; save the file as UTF-8"
        raise Problems([Problem((), what, name, line)]) from None


def read_document(path: File) -> Document:
    """A YAML file with the line of every key."""
    return read_yaml(read_text(path), spoken(path))


def file_named(kind: str, name: Any, folders: Iterable[File], asked: Place = (COMMAND_LINE, 0)) -> File:
    """The file of an organisation or scenario; `Problems` with the nearest name when there is none."""
    folders = tuple(folders)
    if not isinstance(name, str) or not name:
        raise Problems([Problem((kind,), f"the name of one {kind} belongs here, not {called(name)}", *asked)])
    if len(name) > LONGEST_PATH or any(obeyed(character) for character in name):
        shown = name if len(name) <= 60 else f"{name[:60]}…"
        raise Problems([Problem((kind,), f"{shown!r} is the name of no file", *asked)])
    path = find(name, folders)
    if path is None:
        is_path = name.endswith(SUFFIXES)
        what = f"no such file: {name}" if is_path else f"no {kind} '{name}'{nearest(name, names(folders))}"
        raise Problems([Problem((kind,), what, *asked)])
    return path
