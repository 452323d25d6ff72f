"""How a case ends."""

from __future__ import annotations

from enum import IntEnum


class ClosedAs(IntEnum):
    """How a case was closed."""

    NOT_YET = 0
    RESOLVED = 1
    GIVEN_UP = 2
    WITHDRAWN = 3
