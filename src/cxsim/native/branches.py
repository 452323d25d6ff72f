"""Which way the rules' branches usually go, counted in simulations: what is usual lies in a row in machine code.

The counts are written by a build step (docs/build/branches.py).  They change no result, only where code lies; those of
a function that has been edited since are not used.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("branch_counts.json")
Counts = Mapping[str, tuple[str, Sequence[int]]]
"""By function: hash of its source, and how often each of its lines was come to."""
_SCALE = 2000


@cache
def counts() -> Counts:
    """The counts on file; none if there is no file."""
    if not FILE.exists():
        return {}
    found: Counts = json.loads(FILE.read_text("utf-8"))
    return found


def name_of(function: Callable[..., Any]) -> str:
    """How a function is called in the counts."""
    return f"{function.__module__}.{function.__qualname__}"


def hash_of(function: Callable[..., Any]) -> str:
    """Hash of the source of a function."""
    return hashlib.blake2b(inspect.getsource(function).encode(), digest_size=6).hexdigest()


def lines_of(function: Callable[..., Any]) -> Sequence[int] | None:
    """How often each line of a function was come to; None if it has been edited since, or was not there."""
    known = counts().get(name_of(function))
    if known is None or known[0] != hash_of(function):
        return None
    return known[1]


def weights(lines: Sequence[int], here: int, yes: int, no: int) -> tuple[int, int] | None:
    """How a branch at line `here` of a function is weighed that goes on at line `yes` or `no`; None: nothing is known.

    Of two lines further down, the farther one may be come to from the nearer one as well.
    """
    if yes == no or not all(0 <= line < len(lines) for line in (here, yes, no)):
        return None
    if min(yes, no) > here:
        near = min(lines[min(yes, no)], lines[here])
        far = lines[here] - near
        goes = (near, far) if yes < no else (far, near)
    else:
        goes = (lines[yes], lines[no])
    most = max(goes)
    if most == 0:
        return None
    return 1 + _SCALE * goes[0] // most, 1 + _SCALE * goes[1] // most
