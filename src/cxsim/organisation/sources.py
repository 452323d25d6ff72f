"""Where each number comes from: every assumption carries its source, its range, or the word 'assumed'.

In an organisation file any number may be written plainly or as ``{about: 0.7, between: [0.5, 0.85], source: ...}``,
and any block may have a ``source:`` that covers the numbers in it which have none of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cxsim.problems import Path, dotted

SOURCE = "source"
ABOUT = "about"
BETWEEN = "between"
UNSTATED = ""

TEXT_KEYS = frozenset(
    {"title", "note", "route", "team", "next", "presence", "kind", "transfer", "clock", "currency"}
    | {"department", "arrives", "holidays", "timezone", "order", "when_closed", "skill", "supplier"}
    | {"chaser", "complaint", "missed_call", "join", "needs", "escalates_to", "channel", "start"}
    | {"falls_back_to", "law"}
)
"""Keys whose text is a name, not a number with a unit."""


@dataclass(frozen=True)
class Assumption:
    """A number of the organisation file."""

    path: Path
    value: Any
    """Number, or text with a unit."""
    low: Any
    high: Any
    """Stated range; None where none is stated."""
    source: str
    """As written; empty where none is stated."""

    @property
    def name(self) -> str:
        """Path with dots."""
        return dotted(self.path)


def without_sources(tree: dict[str, Any]) -> tuple[dict[str, Any], tuple[Assumption, ...]]:
    """The tree without its sources and ranges, and the list of all its numbers with them."""
    found: list[Assumption] = []
    plain = _strip(tree, (), UNSTATED, found)
    return plain, tuple(found)


def _strip(node: Any, path: Path, source: str, found: list[Assumption]) -> Any:
    if isinstance(node, dict):
        own = node.get(SOURCE)
        source = own if isinstance(own, str) else source
        if ABOUT in node and not isinstance(node[ABOUT], dict):
            low, high = node.get(BETWEEN) or (None, None)
            found.append(Assumption(path, node[ABOUT], low, high, source))
            rest = {k: v for k, v in node.items() if k not in (ABOUT, BETWEEN, SOURCE, "note")}
            return node[ABOUT] if not rest else {**rest, ABOUT: node[ABOUT]}
        return {
            k: _strip(v, (*path, k), source, found)
            for k, v in node.items()
            if isinstance(v, dict) or (k != SOURCE and not (k == "note" and path))
        }
    if isinstance(node, list):
        if node and all(_is_number(v, path) for v in node):
            found.append(Assumption(path, node, None, None, source))
            return node
        return [_strip(v, (*path, i), source, found) for i, v in enumerate(node)]
    if _is_number(node, path):
        found.append(Assumption(path, node, None, None, source))
    return node


def _is_number(value: Any, path: Path) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return True
    key = next((p for p in reversed(path) if isinstance(p, str)), "")
    return isinstance(value, str) and key not in TEXT_KEYS and any(c.isdigit() for c in value)
