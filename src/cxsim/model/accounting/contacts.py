"""What is counted of contacts: attempts, how they are lost, and those handled to their end."""

from __future__ import annotations

from cxsim.model.accounting.intervals import count_in_interval, count_short_abandonment
from cxsim.model.clock import this_hour, this_phase, this_week
from cxsim.native.compiling import compiled, inlined
from cxsim.state.state import BALKED, BLOCKED, MISSED
from cxsim.state.tally import ContactColumn, HourColumn, StepColumn
from cxsim.state.world import World


@inlined
def count_attempt(w: World, v: int) -> None:
    """The customer of visit v gets in touch: for the first time about this, or once more after a lost attempt."""
    visit = w.visits[v]
    row = w.contact_sums[this_week(w), visit["reason"], visit["channel"]]
    row[ContactColumn.ATTEMPTS] += 1.0
    if visit["attempt"] > 0:
        row[ContactColumn.REDIALS] += 1.0
    else:
        row[ContactColumn.FIRST + visit["kind"]] += 1.0


@compiled
def count_abandonment(w: World, v: int, t: float) -> None:
    """Visit v leaves its queue at t without service."""
    visit = w.visits[v]
    s = visit["step"]
    team = visit["team"]  # the step may be a machine's by now
    wait = t - visit["queued_at"]
    week = this_week(w)
    w.step_sums[week, s, StepColumn.WAIT] += wait
    w.step_sums[week, s, StepColumn.ABANDONED] += 1.0
    w.step_sums[week, s, StepColumn.ABANDONED_WAIT] += wait
    row = w.contact_sums[week, visit["reason"], visit["channel"]]
    row[ContactColumn.WAIT] += wait
    row[ContactColumn.ABANDONED_WAIT] += wait
    if wait <= w.teams[team]["standard"]:
        row[ContactColumn.ABANDONED_IN_STANDARD] += 1.0
        w.step_sums[week, s, StepColumn.ABANDONED_IN_STANDARD] += 1.0
        count_short_abandonment(w, team, t)
    else:
        count_in_interval(w, team, 0.0, 1.0, t)
    w.hour_sums[this_phase(w), this_hour(w, t), team, HourColumn.ABANDONED] += 1.0


@inlined
def count_lost_attempt(w: World, v: int, outcome: int, t: float) -> None:
    """An attempt ends at t without service: blocked, balked, abandoned, or not reached by any of our call backs."""
    visit = w.visits[v]
    row = w.contact_sums[this_week(w), visit["reason"], visit["channel"]]
    if outcome == BLOCKED:
        row[ContactColumn.BLOCKED] += 1.0
        w.step_sums[this_week(w), visit["step"], StepColumn.BLOCKED] += 1.0
        if w.teams[visit["team"]]["counts_blocked"] == 1:
            count_in_interval(w, visit["team"], 0.0, 1.0, t)
    elif outcome == BALKED:
        row[ContactColumn.BALKED] += 1.0
    elif outcome == MISSED:  # nobody has hung up on us
        row[ContactColumn.CALL_BACKS_MISSED] += 1.0
        w.step_sums[this_week(w), visit["step"], StepColumn.CALL_BACKS_MISSED] += 1.0
    else:
        row[ContactColumn.ABANDONED] += 1.0


@inlined
def count_lost_contact(w: World, v: int) -> None:
    """After a lost attempt the customer does not try again."""
    visit = w.visits[v]
    w.contact_sums[this_week(w), visit["reason"], visit["channel"], ContactColumn.LOST] += 1.0


@inlined
def count_handled(w: World, v: int) -> None:
    """A contact has been handled to the end of its route."""
    visit = w.visits[v]
    w.contact_sums[this_week(w), visit["reason"], visit["channel"], ContactColumn.HANDLED] += 1.0
