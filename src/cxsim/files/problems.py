"""What is wrong with an input, so that its owner can repair it: where, what, which value, what was meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

Path = tuple[str | int, ...]


def dotted(path: Path) -> str:
    """A path as people write it: ``routes.loan.check.next`` or ``interventions[2].step``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def nearest(name: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` for the closest known name, else the known names, else nothing."""
    names = sorted(str(k) for k in known)
    close = difflib.get_close_matches(str(name), names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean '{close[0]}'?"
    if names and len(names) <= 40:
        return f"; there is: {', '.join(names)}"
    return ""


RENAMED = {"beside": "comparators"}
"""Keys of YAML files by the names they had before (`law`, inside a mixture, is `cxsim.probability.distributions`')."""


def unknown(name: object, known: Iterable[str]) -> str:
    """``unknown name 'x'`` with what it is called now, or with the nearest known name."""
    names = [str(k) for k in known]
    now = RENAMED.get(str(name))
    if now in names:
        return f"unknown name '{name}': it is called '{now}' now"
    return f"unknown name '{name}'{nearest(str(name), names)}"


@dataclass(frozen=True)
class Problem:
    """One fault: `path` inside its source, `what` is wrong (with value and suggestion), and the source itself."""

    path: Path
    what: str
    source: str = ""
    line: int = 0

    def __str__(self) -> str:
        place = self.source + (f":{self.line}" if self.line else "")
        parts = [part for part in (place, dotted(self.path), self.what) if part]
        return ": ".join(parts)


class Problems(Exception):
    """All faults of an input together; the command prints them and ends with exit code 2."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(p) for p in problems))

    def inside(self, *prefix: str | int) -> Problems:
        """The same faults, their paths seen from further out."""
        return Problems([replace(p, path=(*prefix, *p.path)) for p in self.problems])


def problem(path: Path, what: str) -> Problems:
    """A single fault, ready to raise."""
    return Problems([Problem(path, what)])


class EnginesDisagreeError(RuntimeError):
    """The two engines gave different events; the text states where they part.  A fault of cxsim, not of an input."""


def called(value: object) -> str:
    """A value of the wrong kind, as a sentence names it."""
    if value in ([], {}):
        return "an empty list" if value == [] else "an empty mapping"
    kinds = {list: "a list", tuple: "a list", dict: "a mapping", type(None): "nothing"}
    return kinds.get(type(value), repr(value).lower() if isinstance(value, bool) else repr(value))
