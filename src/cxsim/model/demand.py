"""Demand: when the next candidate of a stream arises, and whether it becomes a case."""

from __future__ import annotations

import math

from cxsim.calendars.calendar import CHANGE_AT
from cxsim.calendars.constants import DAY
from cxsim.calendars.timetables import day_of
from cxsim.model import draws
from cxsim.model.draws import Purpose
from cxsim.model.opening import open_case
from cxsim.model.routing import come
from cxsim.native.compiling import compiled, inlined
from cxsim.state.lineage import number_of_candidate
from cxsim.state.world import World


@compiled
def candidate(w: World, f: int, t: float) -> int:
    """Stream f has a candidate at t, whose first contact comes if it becomes a case: its visit row, or -1."""
    v = arise(w, f, t)
    if v >= 0:
        come(w, v, t)
    return v


@inlined
def arise(w: World, f: int, t: float) -> int:
    """Stream f has a candidate at t: visit row of a first contact that is due, or -1; the next one is expected.

    Candidates are counted whether accepted or not, so that a scenario which thins demand changes nobody else.
    """
    number = w.stream_state[f]["number"]
    customer = w.stream_state[f]["customer"]
    # The next candidate is numbered before this one is decided on: a scenario that prevents or refuses some must not
    # renumber the others.
    expect(w, f, number + 1, t)
    dropped = w.streams[f]["dropped"]
    if dropped > 0.0 and draws.of_candidate(w, f, number, Purpose.ACCEPT) < dropped:
        return -1
    reason = w.streams[f]["reason"]
    if w.customers[customer]["present"] == 0:
        return -1
    if w.reasons[reason]["one_open"] == 1 and w.open_cases[customer, reason] > 0:
        return -1
    return open_case(w, f, number_of_candidate(number), customer, t)


@compiled
def expect(w: World, f: int, number: int, t: float) -> None:
    """Candidate `number` is the next of stream f, after one at t: when it comes and who it is."""
    following = w.stream_state[f]
    following["number"] = number
    following["next_at"] = next_candidate_at(w, f, number, t)
    following["customer"] = draws.customer_of(w, f, number)


@compiled
def next_candidate_at(w: World, f: int, number: int, t: float) -> float:
    """Time of a stream's candidate, given that the one before it came at t.

    Interarrival distribution: t + its quantile, divided by the rate relative to the baseline's.  Poisson: the
    unit-exponential gap is spent under the rate, cell by cell (inversion of the cumulated rate, Cinlar 1975).
    """
    stream = w.streams[f]
    u = draws.gap(w, f, number)
    if stream["rate"] <= 0.0:
        return math.inf
    if stream["gap_distribution"] >= 0:
        return float(t + draws.duration(w, stream["gap_distribution"], u) / stream["rate"])
    left = -math.log(u)
    now = w.stream_state[f]
    if t < now["steady_until"]:
        area = now["height"] * (now["steady_until"] - t)
        if area >= left and now["height"] > 0.0:
            return float(t + left / now["height"])
        left -= area
        t = now["steady_until"]
    return _spend(w, f, left, t)


@compiled
def _spend(w: World, f: int, left: float, t: float) -> float:
    """When stream f's rate, from t on, has added up to `left`; the rate of that moment is noted for the next candidate.

    On a day of a clock change cells of a profile may shift, so nothing is noted.
    """
    stream = w.streams[f]
    now = w.stream_state[f]
    rate = stream["rate"]
    profile = stream["profile"]
    last = w.days[len(w.days) - 1]["start_at"]
    d = day_of(w.days, t)
    while t < last:
        while d + 1 < len(w.days) and w.days[d + 1]["start_at"] <= t:
            d += 1
        ends = w.days[d + 1]["start_at"]
        height = rate * w.day_factor[stream["trend"], d] * w.busyness[d] if stream["uneven"] == 1 else rate
        if profile >= 0:
            cell, cell_ends = cell_of(w, profile, d, t)
            height *= w.profile_cells[w.profiles[profile]["first"] + cell]
            ends = min(ends, cell_ends)
        for k in range(len(w.shocks)):
            if w.shocks[k]["reason"] == -1 or w.shocks[k]["reason"] == stream["reason"]:
                if t < w.shocks[k]["starts"]:
                    ends = min(ends, w.shocks[k]["starts"])
                elif t < w.shocks[k]["ends"]:
                    ends = min(ends, w.shocks[k]["ends"])
                    height *= w.shocks[k]["factor"]
        area = height * (ends - t)
        if area >= left and height > 0.0:
            now["height"] = height
            now["steady_until"] = ends if w.days[d]["shift"] == 0.0 else -math.inf
            return float(t + left / height)
        left -= area
        t = ends
    return math.inf


@compiled
def cell_of(w: World, profile: int, d: int, t: float) -> tuple[int, float]:
    """Cell of a profile that holds t on day row d, and when it ends; weekly profiles follow local time."""
    width = w.profiles[profile]["width"]
    n = w.profiles[profile]["cells"]
    if w.profiles[profile]["weekly"] == 1:
        start = w.days[d]["start_at"]
        shift = w.days[d]["shift"]
        local = t - start
        moved = 0.0
        if local >= CHANGE_AT + min(shift, 0.0):
            moved = shift
        base = start + moved - w.days[d]["weekday"] * DAY
    else:
        base = math.floor(t / (width * n)) * width * n
    cell = int(math.floor((t - base) / width))
    ends = base + (cell + 1) * width
    if ends <= t:  # rounding at the edge of a cell
        cell += 1
        ends = base + (cell + 1) * width
    return cell % n, ends
