"""Recovery as a table: one row of constants, of which `on` is whether any of it happens."""

from __future__ import annotations

from typing import Any, TypedDict

import numpy as np

from cxsim.native.records import F8, I8, Table, packed
from cxsim.organisation import Organisation
from cxsim.organisation.recovery import Recovery
from cxsim.state.plan.lists import Distributions, Timetables
from cxsim.state.plan.names import Names


class RecoveryRow(TypedDict):
    """Complaints and what is done about them: one row of constants."""

    on: I8  # 0: nobody complains once a case is over, and nothing is given back
    after_failure: F8
    after_effort: F8
    full_at: F8
    after: I8  # distribution
    most: F8
    most_said: F8
    of_cause: F8  # weights of the three parts
    of_empathy: F8
    of_speed: F8
    cause: F8
    empathy: F8
    empathy_per_sd: F8
    promise: F8
    promise_clock: I8
    recurs: F8
    recurs_after: I8
    deadline: F8
    deadline_clock: I8
    ombudsman: F8  # share of complaints that end unsolved
    ombudsman_cost: F8
    right: I8  # to pay goodwill, -1: nobody does
    p_due: F8
    least: F8
    range: F8
    power: F8
    makes_good: F8
    proactive: I8  # contact reason under which we call, -1: we do not
    proactive_share: F8
    proactive_after: I8
    bonus: F8
    closed_loop: I8  # contact reason under which we call, -1: we do not
    loop_share: F8
    loop_after: I8
    unhappy: I8  # answers up to this one


RECOVERY = packed(RecoveryRow)


def recovery_table(o: Organisation, names: Names, distributions: Distributions, times: Timetables) -> Table:
    """The one row of `RECOVERY`."""
    table = np.zeros(1, dtype=RECOVERY)
    row, recovery = table[0], o.recovery
    row["right"] = row["proactive"] = row["closed_loop"] = -1
    if recovery is None:
        return table
    row["on"] = 1
    complaining, parts = recovery.complaining, recovery.parts
    row["after_failure"], row["after_effort"] = complaining.after_failure, complaining.after_effort
    row["full_at"], row["after"] = complaining.full_at, distributions.row(complaining.after)
    row["most"], row["most_said"] = recovery.most, recovery.most_said
    row["of_cause"], row["of_empathy"], row["of_speed"] = parts.cause, parts.empathy, parts.speed
    row["cause"], row["empathy"] = recovery.cause, recovery.empathy
    row["empathy_per_sd"] = recovery.empathy_per_sd
    row["promise"], row["promise_clock"] = times.target(recovery.promise)
    row["recurs"], row["recurs_after"] = recovery.recurs, distributions.row(recovery.recurs_after)
    row["deadline"], row["deadline_clock"] = times.target(recovery.deadline)
    row["ombudsman"], row["ombudsman_cost"] = recovery.ombudsman.share, recovery.ombudsman.cost
    _fill_goodwill(row, recovery, names)
    _fill_calls(row, recovery, names, distributions)
    return table


def _fill_goodwill(row: Any, recovery: Recovery, names: Names) -> None:
    goodwill = recovery.goodwill
    if goodwill is not None and goodwill.right in names.rights:
        row["right"], row["p_due"] = names.rights.index(goodwill.right), goodwill.p_due
        row["least"], row["range"] = goodwill.least, goodwill.most - goodwill.least
        row["power"], row["makes_good"] = goodwill.power, goodwill.makes_good


def _fill_calls(row: Any, recovery: Recovery, names: Names, distributions: Distributions) -> None:
    proactive, loop = recovery.proactive, recovery.closed_loop
    if proactive is not None:
        row["proactive"] = names.reasons.index(proactive.reason)
        row["proactive_share"], row["proactive_after"] = proactive.share, distributions.row(proactive.after)
        row["bonus"] = proactive.bonus
    if loop is not None:
        row["closed_loop"] = names.reasons.index(loop.reason)
        row["loop_share"], row["loop_after"], row["unhappy"] = loop.share, distributions.row(loop.after), loop.up_to
