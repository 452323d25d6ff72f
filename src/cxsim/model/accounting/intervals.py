"""What is counted by half-hour: in how many of them a team kept its service level, as its planners see it."""

from __future__ import annotations

import math

from cxsim.model.clock import week_of
from cxsim.native.compiling import compiled, inlined
from cxsim.state.plan.tables import LEFT_OUT, MET
from cxsim.state.tally import TeamColumn
from cxsim.state.world import World

INTERVAL = 30.0
"""Minutes; what workforce planning counts in."""


@inlined
def count_in_interval(w: World, team: int, met: float, asked: float, t: float) -> None:
    """At t a customer on the line is answered or lost; met, asked: what it adds to both sides of the service level.

    An interval is that in which the wait ends.  A mean over a day hides the hours in which nobody gets through.
    """
    if math.isinf(w.teams[team]["standard"]) or asked <= 0.0:
        return
    now = w.team_state[team]
    interval = math.floor(t / INTERVAL)
    if interval != now["interval"]:
        close_interval(w, team)
        now["interval"] = interval
    now["interval_met"] += met
    now["interval_asked"] += asked


@compiled
def close_interval(w: World, team: int) -> None:
    """The half-hour a team was last counted in is over."""
    now = w.team_state[team]
    if now["interval_asked"] <= 0.0:
        return
    row = w.team_sums[week_of(w, INTERVAL * now["interval"]), team]
    row[TeamColumn.INTERVALS] += 1.0
    if now["interval_met"] >= w.teams[team]["target"] * now["interval_asked"]:
        row[TeamColumn.INTERVALS_MET] += 1.0
    now["interval_met"] = 0.0
    now["interval_asked"] = 0.0


@inlined
def count_short_abandonment(w: World, team: int, t: float) -> None:
    """A customer abandons within the team's standard."""
    rule = w.teams[team]["short_abandons"]
    count_in_interval(w, team, 1.0 if rule == MET else 0.0, 0.0 if rule == LEFT_OUT else 1.0, t)
