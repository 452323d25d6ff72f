"""Agents and teams at an instant: a row for each seat and team with what goes on there, and for each seat and skill."""

from __future__ import annotations

import numpy as np

from cxsim.native.layout import in_lines

AGENT_STATE = in_lines(
    (  # what the person is doing
        ("idle_since", "f8"),
        ("owed", "f8"),  # minutes of break not yet taken
        ("class_owed", "f8"),  # minutes of training not yet taken
        ("on_duty", "i4"),
        ("resting", "i4"),  # 1 break, 2 training
        ("load", "i4"),
        ("shared", "i4"),  # its contacts can be held beside others
        ("idle", "i4"),  # 1: on duty with nothing in hand, in the list of its pool
        ("idle_before", "i4"),  # agents beside it there, -1: none
        ("idle_after", "i4"),
        ("listed", "i4"),  # 1: among those who are freed and have not looked for work yet
        ("mark", "i4"),  # what comes next in the shift: 0 start, 1.. breaks, last the end
    ),
    (
        ("mark_at", "f8"),
        ("back_at", "f8"),
        ("shift_starts", "f8"),
        ("shift_ends", "f8"),
        ("hire_at", "f8"),  # when an empty seat is filled; inf: it is not empty, or not ours to fill
        ("hired", "i4"),  # 1: has a proficiency of its own
        ("employed_in", "i4"),  # team of the person in this seat, -1: nobody
        ("generation", "i4"),  # persons who have left the seat
    ),
    (
        ("class_session", "f8"),
        ("class_date", "i4"),  # day of the last session
        ("course", "i4"),
        ("learned", "i4"),  # course finished, uplift due at the next tick
    ),
)
SKILL_STATE = in_lines(
    (
        ("proficiency", "f8"),  # SD units
        ("pace", "f8"),  # factor that proficiency makes of the time work takes
        ("practised", "f8"),  # minutes of work since the last close
        ("acquired", "f8"),  # proficiency without what courses add, SD
        ("talent", "f8"),  # how the person differs from the team's mean, SD
        ("known", "i4"),  # 1: the person has taken the skill up
    ),
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
