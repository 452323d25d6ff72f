"""Which work a service standard binds: steps of a plan, and who can get to them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxsim.state.plan.tables import PRESENT, Plan


def bound_by_standard(plan: Plan) -> NDArray[np.bool_]:
    """[step] whether the standard of the step's team binds it.

    A team that serves customers who are present is held to its standard with them, not with its letters; our own
    calls are left out, because nobody waits for them.
    """
    team = plan.steps["team"]
    works = (team >= 0) & (plan.steps["outbound"] == 0)
    live = works & reached(plan)[:, plan.channels["presence"] == PRESENT].any(axis=1)
    serves_live = np.bincount(team[live], minlength=len(plan.teams)) > 0
    standard = np.isfinite(plan.teams["standard"][team])
    bound: NDArray[np.bool_] = works & standard & (live | ~serves_live[team])
    return bound


def reached(plan: Plan) -> NDArray[np.bool_]:
    """[step, channel] whether a contact that came on the channel can get to the step."""
    steps = plan.steps
    seen = np.zeros((len(steps), len(plan.channels)), dtype=np.bool_)
    todo = []
    for reason, doors in enumerate(plan.entrances):
        again = int(plan.reasons["repeats_at"][reason])
        for c in _channels_of(plan, reason):
            todo += [(int(s), c) for s in (doors[c], again) if s >= 0]
    while todo:
        s, c = todo.pop()
        if seen[s, c]:
            continue
        seen[s, c] = True
        row = steps[s]
        for e in range(int(row["first_edge"]), int(row["first_edge"] + row["edges"])):
            if plan.edge_p[e, :, c].max() > 0.0:
                todo.append((int(plan.edges["to"][e]), c))
        if row["escalates_to"] >= 0 and row["decision_right"] >= 0:
            todo.append((int(row["escalates_to"]), c))
        if row["falls_back_to"] >= 0 and row["fallback_channel"] >= 0:
            todo.append((int(row["falls_back_to"]), int(row["fallback_channel"])))
        first = int(row["first_branch"])
        todo += [(int(b), c) for b in plan.branches[first : first + int(row["branches"])]]
        if row["branches"] > 0 and row["join"] >= 0:
            todo.append((int(row["join"]), c))
    return seen


def _channels_of(plan: Plan, reason: int) -> list[int]:
    """Channels on which contacts about a reason are made, or to which they switch."""
    shares = np.diff(plan.mix[reason], axis=-1, prepend=0.0).max(axis=0)
    chosen = [int(c) for c in np.flatnonzero(shares > 0.0)]
    return list(dict.fromkeys([*chosen, *(int(s) for s in plan.channels["switch_to"][chosen] if s >= 0)]))
