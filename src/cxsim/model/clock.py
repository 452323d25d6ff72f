"""The present, as things are counted in it: which week, which phase, which hour of the week.

Weeks and phases begin at ticks, so a rule need not ask in which week an instant lies.
"""

from __future__ import annotations

import math

from cxsim.calendars.constants import WEEK
from cxsim.calendars.timetables import hour_of_week
from cxsim.native.compiling import compiled, inlined
from cxsim.state.tally import MEASURED, WARM_UP
from cxsim.state.world import World

HALF_HOUR = 30.0
"""Hours begin at a half hour in any time zone."""


@compiled
def week_of(w: World, t: float) -> int:
    """Row of the week that holds t; the first and last rows take what lies outside."""
    row = int(math.floor(t / WEEK)) + int(w.counters[0])
    return max(0, min(row, len(w.case_sums) - 1))


@compiled
def begin_week(w: World, t: float) -> None:
    """From t on things are counted in the week and the phase that hold t; both begin at a tick."""
    now = w.moments[0]
    now["week"] = week_of(w, t)
    now["phase"] = WARM_UP if t < 0.0 else MEASURED
    now["until"] = -math.inf


@inlined
def this_week(w: World) -> int:
    """Row of the present week."""
    return int(w.moments[0]["week"])


@inlined
def this_phase(w: World) -> int:
    """The present phase: warm-up or measured."""
    return int(w.moments[0]["phase"])


@inlined
def this_hour(w: World, t: float) -> int:
    """Hour of the week at the present instant t, calculated once for each half hour."""
    now = w.moments[0]
    if t >= now["until"]:
        _turn_hour(w, t)
    return int(now["hour"])


@compiled
def _turn_hour(w: World, t: float) -> None:
    now = w.moments[0]
    now["until"] = math.floor(t / HALF_HOUR) * HALF_HOUR + HALF_HOUR
    now["hour"] = hour_of_week(w.days, t)
