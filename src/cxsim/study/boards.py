"""What a board did in a run, as a study keeps it: its decisions in a table, what it spent, and its minutes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from cxsim.calendars.constants import WEEK
from cxsim.engines.board import Sitting
from cxsim.engines.board.memory import DECISIONS
from cxsim.engines.board.minutes import minutes_of
from cxsim.measures.reading import Spending

NUMBERS = [f"{of}_{what}" for of in ("net", "pain", "log") for what in ("before", "after", "low", "high")]
COLUMNS = ("meeting", "week", "decision", "project", "reason", "step", "money", "weeks_in_force", *NUMBERS)
"""Columns of the table of decisions, after scenario and replication.

net: net benefit a customer and year; pain: unhappy contacts a week; log: repeats, chasers, hang-ups and rework at its
steps a week; each before and after the project came into force, and the interval of the change.
"""


class Sat(NamedTuple):
    """A board's doings in one run."""

    decisions: pd.DataFrame
    """See `COLUMNS`; in the order in which they were made."""
    spending: Spending
    """Of the board and of the scenario's own dates."""
    minutes: str
    """Of replication 0; empty for the others."""


def sat(sitting: Sitting, title: str, replication: int, spending: Spending, until: float) -> Sat:
    """What a study keeps of a board at the end of a run (minutes after time 0); title: of its scenario."""
    rows, names = sitting.memory.decisions, sitting.plans.names
    backlog = sitting.plans.board.backlog
    steps = names.step_names()
    table = pd.DataFrame(
        {
            "meeting": rows["meeting"],
            "week": rows["at"] / WEEK,
            "decision": [DECISIONS[what] for what in rows["what"]],
            "project": [backlog[i].title for i in rows["item"]],
            "reason": [names.reasons[r] for r in rows["reason"]],
            "step": [steps[s] for s in rows["step"]],
            "money": rows["money"],
            "weeks_in_force": np.maximum(rows["weeks"], 0),
            **{name: np.where(np.isfinite(rows[name]), rows[name], np.nan) for name in NUMBERS},
        },
        columns=list(COLUMNS),
    )
    return Sat(table, spending, minutes_of(sitting, title, until) if replication == 0 else "")
