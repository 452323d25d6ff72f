"""Demand: when the next candidate of a stream arises, and whether it becomes a case."""

from __future__ import annotations

import math
from typing import Any

from cxsim import draws
from cxsim.jit import compiled
from cxsim.rules.cases import open_case
from cxsim.rules.routing import come
from cxsim.timetables import CHANGE_AT, day_of

_ACCEPT = int(draws.Purpose.ACCEPT)


@compiled
def candidate(w: Any, f: int, t: float) -> int:
    """Flow f has a candidate at t: visit row of the first contact of its case, or -1; the next one's time is set.

    Candidates are counted whether accepted or not, so that a scenario which thins demand re-deals nobody.
    """
    number = w.flow_state["number"][f]
    w.flow_state["number"][f] = number + 1
    w.flow_state["next_at"][f] = next_candidate_at(w, f, number + 1, t)
    if draws.of_candidate(w, f, number, _ACCEPT) < w.flows["dropped"][f]:
        return -1
    reason = w.flows["reason"][f]
    customer = draws.customer_of(w, f, number)
    if w.reasons["one_open"][reason] == 1 and w.open_cases[customer, reason] > 0:
        return -1
    v = open_case(w, f, number, customer, 0, t)
    come(w, v, t)
    return v


@compiled
def next_candidate_at(w: Any, f: int, number: int, t: float) -> float:
    """Time of a flow's candidate, given that the one before it came at t.

    Interarrival law: t + its quantile.  Poisson: the unit-exponential gap is spent under the rate, cell by cell
    (inversion of the cumulated rate, Cinlar 1975).
    """
    u = draws.gap(w, f, number)
    if w.flows["rate"][f] <= 0.0:
        return math.inf
    if w.flows["law"][f] >= 0:
        return t + draws.duration(w, w.flows["law"][f], u)
    left = -math.log(u)
    rate = w.flows["rate"][f]
    profile = w.flows["profile"][f]
    last = w.days["start_at"][len(w.days) - 1]
    d = day_of(w.days, t)
    while t < last:
        while d + 1 < len(w.days) and w.days["start_at"][d + 1] <= t:
            d += 1
        ends = w.days["start_at"][d + 1]
        height = rate * w.day_factor[d] * w.busyness[d] if w.flows["uneven"][f] == 1 else rate
        if profile >= 0:
            cell, cell_ends = cell_of(w, profile, d, t)
            height *= w.profile_cells[w.profiles["first"][profile] + cell]
            ends = min(ends, cell_ends)
        for k in range(len(w.shocks)):
            if w.shocks["reason"][k] == -1 or w.shocks["reason"][k] == w.flows["reason"][f]:
                if t < w.shocks["starts"][k]:
                    ends = min(ends, w.shocks["starts"][k])
                elif t < w.shocks["ends"][k]:
                    ends = min(ends, w.shocks["ends"][k])
                    height *= w.shocks["factor"][k]
        area = height * (ends - t)
        if area >= left and height > 0.0:
            return t + left / height
        left -= area
        t = ends
    return math.inf


@compiled
def cell_of(w: Any, profile: int, d: int, t: float) -> tuple[int, float]:
    """Cell of a profile that holds t on day row d, and when it ends; weekly profiles follow local time."""
    width = w.profiles["width"][profile]
    n = w.profiles["cells"][profile]
    if w.profiles["weekly"][profile] == 1:
        start = w.days["start_at"][d]
        shift = w.days["shift"][d]
        local = t - start
        moved = 0.0
        if local >= CHANGE_AT + min(shift, 0.0):
            moved = shift
        base = start + moved - w.days["weekday"][d] * 1440.0
    else:
        base = math.floor(t / (width * n)) * width * n
    cell = int(math.floor((t - base) / width))
    ends = base + (cell + 1) * width
    if ends <= t:  # rounding at the edge of a cell
        cell += 1
        ends = base + (cell + 1) * width
    return cell % n, ends
