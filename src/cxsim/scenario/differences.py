"""What differs between two organisations, number by number: path, before, after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cxsim.files.problems import Path, dotted
from cxsim.organisation import Organisation


@dataclass(frozen=True)
class Change:
    """One difference."""

    path: Path
    before: Any
    """None where nothing was stated."""
    after: Any
    """None where nothing is stated any more."""

    @property
    def name(self) -> str:
        """Path with dots."""
        return dotted(self.path)


def changes(before: Organisation, after: Organisation) -> list[Change]:
    """Every leaf that differs: those of `before` in its order, then the new ones.

    Lists of plain values are one leaf; ``next`` is compared in its long form, so a new spelling is no change.
    """
    old, new = dict(_leaves(before.tree, ())), dict(_leaves(after.tree, ()))
    gone = [Change(path, value, new.get(path)) for path, value in old.items() if new.get(path) != value]
    return [*gone, *(Change(path, None, value) for path, value in new.items() if path not in old)]


def _leaves(node: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if path[:1] == ("routes",) and len(path) == 4 and path[3] == "next":
        node = {node: 1.0} if isinstance(node, str) else node
        node = {k: v if isinstance(v, Mapping) else {"p": v} for k, v in (node or {}).items()}
    if isinstance(node, Mapping) and node:
        for key, value in node.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(node, list) and any(isinstance(v, Mapping | list) for v in node):
        for i, value in enumerate(node):
            yield from _leaves(value, (*path, i))
    else:
        yield path, node
