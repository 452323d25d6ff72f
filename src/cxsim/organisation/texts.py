"""Texts that reach terminals, tables and pages, and numbers that tables hold: none that is no text, none too large."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from typing import Any

from cxsim.files.characters import obeyed
from cxsim.files.problems import Path, Problem

PARAGRAPHS = frozenset({"note", "because", "source", "cannot_say"})
"""Keys whose text may have lines."""
LONGEST_NAME, LONGEST_LINE, LONGEST_PARAGRAPH = 60, 200, 10_000
"""Characters of a key or name, of a title, and of a text in lines."""
LARGEST = 10**15
"""Larger numbers fit into no table, and sums of them are no longer exact."""


def value_faults(tree: Any, path: Path = (), key: str = "") -> Iterator[Problem]:
    """Texts of plain data, keys too, that are longer than anybody reads or hold what a terminal would obey.

    And numbers that are larger than anything there is.
    """
    if isinstance(tree, dict):
        for name, value in tree.items():
            here: Path = (*path, str(name))
            if (fault := _fault(str(name), LONGEST_LINE)) is not None:
                yield Problem(here, f"{_shown(str(name))}: {fault}")
            else:
                yield from value_faults(value, here, str(name))
    elif isinstance(tree, list):
        for i, item in enumerate(tree):
            yield from value_faults(item, (*path, i), key)
    elif isinstance(tree, int | float) and LARGEST < abs(tree) < math.inf:
        shown = f"{float(tree):.3g}" if abs(tree) <= sys.float_info.max else "more than 1e+308"
        yield Problem(path, f"{shown} is too large a number; use at most {LARGEST:,}")
    elif isinstance(tree, str):
        lines = key in PARAGRAPHS
        # A YAML block ("title: |") ends with the end of its line.
        text = tree.replace("\n", " ").replace("\t", " ") if lines else tree.removesuffix("\n")
        if (fault := _fault(text, LONGEST_PARAGRAPH if lines else LONGEST_LINE)) is not None:
            yield Problem(path, f"{_shown(tree)}: {fault}")


def _fault(text: str, longest: int) -> str | None:
    for character in text:
        if obeyed(character):
            if character == "\n":
                return "several lines; one belongs here"
            return f"a control character (0x{ord(character):02x}), which is no text; leave it out"
    if len(text) > longest:
        return f"{len(text):,} characters; use at most {longest:,}"
    return None


def _shown(text: str) -> str:
    return repr(text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}…")
