"""Agents and teams at an instant: a row for each seat with what its person is doing, a row for each team."""

from __future__ import annotations

import numpy as np

AGENT_STATE = np.dtype(
    [
        ("hired", "i8"),  # 1: has a proficiency of its own
        ("on_duty", "i8"),
        ("resting", "i8"),  # 1 break, 2 training
        ("load", "i8"),
        ("shared", "i8"),  # its contacts can be held beside others
        ("idle_since", "f8"),
        ("idle", "i8"),  # 1: on duty with nothing in hand, in the list of its pool
        ("idle_before", "i8"),  # agents beside it there, -1: none
        ("idle_after", "i8"),
        ("owed", "f8"),  # minutes of break not yet taken
        ("class_owed", "f8"),  # minutes of training not yet taken
        ("class_session", "f8"),
        ("class_date", "i8"),  # day of the last session
        ("course", "i8"),
        ("learned", "i8"),  # course finished, uplift due at the next tick
        ("mark", "i8"),  # what comes next in the shift: 0 start, 1.. breaks, last the end
        ("mark_at", "f8"),
        ("back_at", "f8"),
        ("shift_starts", "f8"),
        ("shift_ends", "f8"),
        ("employed_in", "i8"),  # team of the person in this seat, -1: nobody
        ("generation", "i8"),  # persons who have left the seat
        ("hire_at", "f8"),  # when an empty seat is filled; inf: it is not empty, or not ours to fill
    ],
    align=True,
)
TEAM_STATE = np.dtype(
    [
        ("waiting", "i8"), ("busy", "i8"), ("duty", "i8"), ("held", "i8"),
        ("touched_at", "f8"),  # integrals are reckoned up to here
        ("waiting_area", "f8"),  # what changes of a count since then take from count x time, minutes
        ("busy_area", "f8"),
        ("duty_area", "f8"),
        ("held_area", "f8"),
        ("paid_until", "f8"),
        ("occupancy", "f8"),  # sustained; -1: none yet
        ("misses", "f8"),  # factor of engagement on absence
        ("quits", "f8"),  # and on attrition
    ],
    align=True,
)  # fmt: skip
