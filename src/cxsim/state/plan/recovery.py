"""Recovery as a table: one row of constants, of which `on` says whether any of it happens."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxsim.organisation import Organisation
from cxsim.organisation.recovery import Recovery
from cxsim.state.plan.lists import Laws, Timetables
from cxsim.state.plan.names import Names
from cxsim.state.plan.tables import Table

RECOVERY = np.dtype(
    [
        ("on", "i8"),  # 0: nobody complains once a case is over, and nothing is given back
        ("after_failure", "f8"),
        ("after_effort", "f8"),
        ("full_at", "f8"),
        ("after", "i8"),  # law
        ("most", "f8"),
        ("most_said", "f8"),
        ("of_cause", "f8"),  # weights of the three parts
        ("of_empathy", "f8"),
        ("of_speed", "f8"),
        ("cause", "f8"),
        ("empathy", "f8"),
        ("empathy_per_sd", "f8"),
        ("promise", "f8"),
        ("promise_clock", "i8"),
        ("recurs", "f8"),
        ("recurs_after", "i8"),
        ("deadline", "f8"),
        ("deadline_clock", "i8"),
        ("ombudsman", "f8"),  # share of complaints that end unsolved
        ("ombudsman_cost", "f8"),
        ("right", "i8"),  # to pay goodwill, -1: nobody does
        ("p_due", "f8"),
        ("least", "f8"),
        ("range", "f8"),
        ("power", "f8"),
        ("makes_good", "f8"),
        ("proactive", "i8"),  # contact reason under which we call, -1: we do not
        ("proactive_share", "f8"),
        ("proactive_after", "i8"),
        ("bonus", "f8"),
        ("closed_loop", "i8"),  # contact reason under which we call, -1: we do not
        ("loop_share", "f8"),
        ("loop_after", "i8"),
        ("unhappy", "i8"),  # answers up to this one
    ],
    align=True,
)


def recovery_table(o: Organisation, names: Names, laws: Laws, times: Timetables) -> Table:
    """The one row of `RECOVERY`."""
    table = np.zeros(1, dtype=RECOVERY)
    row, recovery = table[0], o.recovery
    row["right"] = row["proactive"] = row["closed_loop"] = -1
    if recovery is None:
        return table
    row["on"] = 1
    complaining, parts = recovery.complaining, recovery.parts
    row["after_failure"], row["after_effort"] = complaining.after_failure, complaining.after_effort
    row["full_at"], row["after"] = complaining.full_at, laws.row(complaining.after)
    row["most"], row["most_said"] = recovery.most, recovery.most_said
    row["of_cause"], row["of_empathy"], row["of_speed"] = parts.cause, parts.empathy, parts.speed
    row["cause"], row["empathy"] = recovery.cause, recovery.empathy
    row["empathy_per_sd"] = recovery.empathy_per_sd
    row["promise"], row["promise_clock"] = times.target(recovery.promise)
    row["recurs"], row["recurs_after"] = recovery.recurs, laws.row(recovery.recurs_after)
    row["deadline"], row["deadline_clock"] = times.target(recovery.deadline)
    row["ombudsman"], row["ombudsman_cost"] = recovery.ombudsman.share, recovery.ombudsman.cost
    _fill_goodwill(row, recovery, names)
    _fill_calls(row, recovery, names, laws)
    return table


def _fill_goodwill(row: Any, recovery: Recovery, names: Names) -> None:
    goodwill = recovery.goodwill
    if goodwill is not None and goodwill.right in names.rights:
        row["right"], row["p_due"] = names.rights.index(goodwill.right), goodwill.p_due
        row["least"], row["range"] = goodwill.least, goodwill.most - goodwill.least
        row["power"], row["makes_good"] = goodwill.power, goodwill.makes_good


def _fill_calls(row: Any, recovery: Recovery, names: Names, laws: Laws) -> None:
    proactive, loop = recovery.proactive, recovery.closed_loop
    if proactive is not None:
        row["proactive"] = names.reasons.index(proactive.reason)
        row["proactive_share"], row["proactive_after"] = proactive.share, laws.row(proactive.after)
        row["bonus"] = proactive.bonus
    if loop is not None:
        row["closed_loop"] = names.reasons.index(loop.reason)
        row["loop_share"], row["loop_after"], row["unhappy"] = loop.share, laws.row(loop.after), loop.up_to
