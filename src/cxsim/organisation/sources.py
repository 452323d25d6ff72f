"""Where each number comes from: every assumption carries its source, its range, or the word 'assumed'.

In an organisation file any number may be written plainly or as ``{about: 0.7, between: [0.5, 0.85], source: ...}``,
and any block may have a ``source:`` that covers the numbers in it which have none of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cxsim.files.problems import Path, Problem, dotted, unknown

SOURCE = "source"
ABOUT = "about"
BETWEEN = "between"
NUMBER_KEYS = (ABOUT, BETWEEN, SOURCE, "note")
UNSTATED = ""

TEXT_KEYS = frozenset(
    {"title", "note", "route", "team", "next", "presence", "kind", "transfer", "clock", "currency"}
    | {"department", "arrives", "holidays", "timezone", "order", "when_closed", "skill", "supplier"}
    | {"chaser", "complaint", "missed_call", "join", "needs", "escalates_to", "channel", "start"}
    | {"falls_back_to", "distribution", "becomes", "selling", "keeping"}
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


def source_faults(tree: Any, path: Path = ()) -> list[Problem]:
    """Numbers whose range or source is not written as ``{about: ..., between: [low, high], source: ...}``."""
    if isinstance(tree, list):
        return [fault for i, item in enumerate(tree) for fault in source_faults(item, (*path, i))]
    if not isinstance(tree, dict):
        return []
    if BETWEEN in tree and ABOUT not in tree and set(tree) <= set(NUMBER_KEYS):
        return [Problem(path, f"'{BETWEEN}' without '{ABOUT}': give the number itself, such as {ABOUT}: 0.7")]
    if ABOUT not in tree or isinstance(tree[ABOUT], dict):
        return [fault for key, value in tree.items() for fault in source_faults(value, (*path, key))]
    found = [Problem((*path, key), unknown(key, NUMBER_KEYS)) for key in tree if key not in NUMBER_KEYS]
    between = tree.get(BETWEEN)
    if between is not None and _range(tree) == (None, None):
        what = f"a list of two belongs here, the lowest and the highest value, not {between!r}"
        found.append(Problem((*path, BETWEEN), what))
    return found


def _range(node: dict[str, Any]) -> tuple[Any, Any]:
    """Lowest and highest value of a number; None where none is stated, or not as two numbers or two texts."""
    given = node.get(BETWEEN)
    if not isinstance(given, list) or len(given) != 2 or any(isinstance(x, bool | dict | list) for x in given):
        return None, None
    return given[0], given[1]


def _strip(node: Any, path: Path, source: str, found: list[Assumption]) -> Any:
    if isinstance(node, dict):
        own = node.get(SOURCE)
        source = own if isinstance(own, str) else source
        if ABOUT in node and not isinstance(node[ABOUT], dict):
            low, high = _range(node)
            found.append(Assumption(path, node[ABOUT], low, high, source))
            return node[ABOUT]
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
