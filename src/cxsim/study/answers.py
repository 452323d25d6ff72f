"""What customers would answer at the end of a run, and who would answer otherwise in another world."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxsim.engines import runs
from cxsim.model.experience import ratings
from cxsim.native.handle import handle
from cxsim.native.records import Floats
from cxsim.state.plan import Plan
from cxsim.state.state import world_of


def answers_of(plan: Plan, run: runs.Run) -> Any:
    """[customer] (generation, answer) 0 detractor, 1 passive, 2 promoter, each with random numbers of their own; -1:
    nobody."""
    out = np.zeros(int(plan.segments["slots"].sum()), dtype=np.int64)
    with np.errstate(over="ignore"):
        ratings(handle(world_of(plan, run.state, run.tally)), run.at, out)
    return run.state.customers["generation"].copy(), out


def moves_between(before: Any, after: Any, plan: Plan) -> Floats:
    """[segment, before, after] customers who are there in both worlds."""
    moves = np.zeros((len(plan.segments), 3, 3))
    (old, before), (new, after) = before, after
    both = (old == new) & (before >= 0) & (after >= 0)
    for s, row in enumerate(plan.segments):
        own = slice(int(row["first_customer"]), int(row["first_customer"] + row["slots"]))
        known = both[own]
        moves[s] = np.bincount(3 * before[own][known] + after[own][known], minlength=9).reshape(3, 3)
    return moves
