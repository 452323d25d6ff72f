"""What causes customers' effort: the entries of its ledger."""

from __future__ import annotations

from enum import IntEnum


class Cause(IntEnum):
    """Entries of the effort ledger, by what caused them."""

    WAIT = 0
    REDIAL = 1
    REPEAT = 2
    CHASER = 3
    COMPLAINT = 4
    MISSED_CALL = 5
    TRANSFER = 6
    INFORMATION = 7
    CHANNEL_SWITCH = 8
    GENERIC = 9
    LATE = 10
    UNRESOLVED = 11
    BROKEN_PROMISE = 12
