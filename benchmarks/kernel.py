"""The limit: the least that a table-driven simulation with looked-up random numbers has to do, in numba.

Steps and teams are rows of tables; a heap of timers for what happens soon (service, patience) and another for what
happens late (redials, repeats), both 4-ary; the next arrival is a number, not a timer.  No effort, no weeks, no shifts,
no priorities: what cxsim's compiled engine does beyond this is what its features cost.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.native.compiling import compiled
from cxsim.probability.random_numbers import round_keys, uniform

STEP = np.dtype([("team", "i8"), ("work", "f8"), ("resolves", "f8"), ("next", "i8"), ("p_next", "f8")], align=True)
"""Team, mean work in minutes, chance that the case is resolved when its route ends here, next step and its chance."""
TEAM = np.dtype([("free", "i8"), ("first", "i8"), ("last", "i8")], align=True)
"""Free agents; first and last row of the queue, -1: nobody waits."""
CUSTOMERS = np.dtype(
    [
        ("gap", "f8"), ("patience", "f8"), ("p_redial", "f8"), ("redial_after", "f8"), ("p_recontact", "f8"),
        ("recontact_after", "f8"),
    ],
    align=True,
)  # fmt: skip
"""How customers behave; means in minutes, patience 0: endless."""
ROW = np.dtype(
    [
        ("number", "u8"),  # of the case
        ("visit", "u8"),  # which visit of the case
        ("stamp", "i8"),
        ("status", "i8"),
        ("step", "i8"),
        ("before", "i8"),  # neighbours in the queue
        ("behind", "i8"),
        ("queued_at", "f8"),
        ("work", "f8"),
        ("opened_at", "f8"),
    ],
    align=True,
)
TIMER = np.dtype([("time", "f8"), ("row", "i4"), ("stamp", "i4")], align=True)
SUMS = np.dtype([("visits", "f8"), ("served", "f8"), ("wait", "f8"), ("abandoned", "f8"), ("service", "f8")])
CASES = np.dtype([("cases", "f8"), ("closed", "f8"), ("elapsed", "f8")])

WAITING, SERVED = 0, 1
ROWS = 16384
ARITY = 4
_STAMPS = 0x7FFFFFFF
_ZERO, _ONE = np.uint64(0), np.uint64(1)
_PATIENCE, _WORK, _NEXT, _RESOLVE, _AGAIN, _AFTER, _GAP = (np.uint64(i) for i in range(7))


class Kernel(NamedTuple):
    """A model and all that is going on in it; arrays are written in place."""

    steps: NDArray[Any]
    teams: NDArray[Any]
    customers: NDArray[Any]
    key: NDArray[np.uint64]
    rows: NDArray[Any]
    free: NDArray[np.int64]
    soon: NDArray[Any]
    late: NDArray[Any]
    counts: NDArray[np.int64]
    """Timers set in `soon` and in `late`, free rows, cases so far."""
    next_at: NDArray[np.float64]
    sums: NDArray[Any]
    """By step."""
    cases: NDArray[Any]


def kernel_of(
    steps: NDArray[Any], agents: NDArray[np.int64], customers: NDArray[Any], key: tuple[int, int], times: int = 1
) -> Kernel:
    """The beginning: nobody is there, the first arrival is drawn.

    key: seed and replication.  times: how many times the agents, and as many times the arrivals.
    """
    rows = ROWS * times
    teams = np.zeros(len(agents), dtype=TEAM)
    teams["free"] = agents * times
    teams["first"] = teams["last"] = -1
    kernel = Kernel(
        steps,
        teams,
        customers.copy(),
        round_keys(*key),
        np.zeros(rows, dtype=ROW),
        np.arange(rows)[::-1].copy(),
        np.zeros(2 * rows, dtype=TIMER),
        np.zeros(2 * rows, dtype=TIMER),
        np.array([0, 0, rows, 0]),
        np.zeros(1),
        np.zeros(len(steps), dtype=SUMS),
        np.zeros(1, dtype=CASES),
    )
    kernel.customers["gap"] /= times
    with np.errstate(over="ignore"):
        kernel.next_at[0] = _lasting(kernel.key, _ZERO, _GAP, _ZERO, float(kernel.customers["gap"][0]))
    return kernel


def run(kernel: Kernel, until: float) -> None:
    """Run on to `until`, minutes since the beginning."""
    with np.errstate(over="ignore"):  # without compilation numpy would warn of overflows that Philox intends
        enough = _run(*kernel, until)
    if not enough:
        raise RuntimeError(f"the kernel has room for {len(kernel.rows)} cases at once")


@compiled
def _lasting(key: Any, number: np.uint64, purpose: np.uint64, visit: np.uint64, mean: float) -> float:
    return -mean * math.log(1.0 - uniform(key, number, purpose, visit, _ZERO))


@compiled
def _push(heap: Any, n: int, time: float, row: int, stamp: int) -> None:
    """Set a timer in a heap of n."""
    i = n
    while i > 0:
        p = (i - 1) // ARITY
        if heap[p]["time"] <= time:
            break
        heap[i]["time"] = heap[p]["time"]
        heap[i]["row"] = heap[p]["row"]
        heap[i]["stamp"] = heap[p]["stamp"]
        i = p
    heap[i]["time"] = time
    heap[i]["row"] = row
    heap[i]["stamp"] = stamp


@compiled
def _drop_first(heap: Any, n: int) -> None:
    """Close the gap at the top of a heap that keeps n timers, the last of which stands at n."""
    time = heap[n]["time"]
    i = 0
    while True:
        first = ARITY * i + 1
        if first >= n:
            break
        best = first
        earliest = heap[first]["time"]
        for j in range(first + 1, min(first + ARITY, n)):
            if heap[j]["time"] < earliest:
                best = j
                earliest = heap[j]["time"]
        if time <= earliest:
            break
        heap[i]["time"] = earliest
        heap[i]["row"] = heap[best]["row"]
        heap[i]["stamp"] = heap[best]["stamp"]
        i = best
    heap[i]["time"] = time
    heap[i]["row"] = heap[n]["row"]
    heap[i]["stamp"] = heap[n]["stamp"]


@compiled
def _leave(rows: Any, team: Any, v: int) -> None:
    """Row v leaves its team's queue."""
    before = rows[v]["before"]
    behind = rows[v]["behind"]
    if before >= 0:
        rows[before]["behind"] = behind
    else:
        team["first"] = behind
    if behind >= 0:
        rows[behind]["before"] = before
    else:
        team["last"] = before


@compiled
def _line_up(rows: Any, team: Any, v: int) -> None:
    """Row v joins the end of its team's queue."""
    last = team["last"]
    rows[v]["before"] = last
    rows[v]["behind"] = -1
    if last >= 0:
        rows[last]["behind"] = v
    else:
        team["first"] = v
    team["last"] = v


@compiled
def _run(
    steps: Any, teams: Any, customers: Any, key: Any, rows: Any, free: Any, soon: Any, late: Any,
    counts: Any, next_at: Any, sums: Any, cases: Any, until: float
) -> bool:  # fmt: skip
    """Every event before `until`; False if there is no room left.

    One function, because handing tables from function to function costs more than most of what happens here.
    """
    behaviour = customers[0]
    total = cases[0]
    arrival = next_at[0]
    n_soon, n_late, n_free, n_cases = counts[0], counts[1], counts[2], counts[3]
    enough = True
    while True:
        soon_at = soon[0]["time"] if n_soon > 0 else np.inf
        late_at = late[0]["time"] if n_late > 0 else np.inf
        t = min(soon_at, late_at, arrival)
        if t >= until:
            break
        if n_free == 0 or n_soon >= len(soon) - 2:
            enough = False
            break
        comes = -1  # the row that comes to a step at this instant
        taken = -1  # the row that a freed agent takes
        ends = -1  # the row whose case is over
        again = -1  # the row whose customer comes again
        after = 0.0
        if t == arrival:
            n_free -= 1
            comes = free[n_free]
            row = rows[comes]
            row["number"] = n_cases
            row["visit"] = 0
            row["step"] = 0
            row["opened_at"] = t
            total["cases"] += 1.0
            n_cases += 1
            arrival = t + _lasting(key, np.uint64(n_cases), _GAP, _ZERO, behaviour["gap"])
        elif t == late_at:
            comes = late[0]["row"]
            n_late -= 1
            _drop_first(late, n_late)
        else:
            v = soon[0]["row"]
            stamp = soon[0]["stamp"]
            n_soon -= 1
            _drop_first(soon, n_soon)
            row = rows[v]
            if stamp != row["stamp"]:
                continue
            number = row["number"]
            visit = row["visit"]
            s = row["step"]
            step = steps[s]
            team = teams[step["team"]]
            if row["status"] == SERVED:
                sums[s]["service"] += row["work"]
                taken = team["first"]
                if taken >= 0:
                    _leave(rows, team, taken)
                else:
                    team["free"] += 1
                p = step["p_next"]
                resolves = step["resolves"]
                if p > 0.0 and (p >= 1.0 or uniform(key, number, _NEXT, visit, _ZERO) < p):
                    row["step"] = step["next"]
                    row["visit"] = visit + _ONE
                    comes = v
                elif (
                    resolves < 1.0
                    and uniform(key, number, _RESOLVE, visit, _ZERO) >= resolves
                    and uniform(key, number, _AGAIN, visit, _ZERO) < behaviour["p_recontact"]
                ):
                    row["step"] = 0
                    again = v
                    after = behaviour["recontact_after"]
                else:
                    ends = v
            else:
                _leave(rows, team, v)
                sums[s]["wait"] += t - row["queued_at"]
                sums[s]["abandoned"] += 1.0
                if uniform(key, number, _AGAIN, visit, _ZERO) < behaviour["p_redial"]:
                    again = v
                    after = behaviour["redial_after"]
                else:
                    ends = v
        if ends >= 0:
            total["closed"] += 1.0
            total["elapsed"] += t - rows[ends]["opened_at"]
            free[n_free] = ends
            n_free += 1
        elif again >= 0:
            row = rows[again]
            stamp = (row["stamp"] + 1) & _STAMPS
            row["stamp"] = stamp
            after = _lasting(key, row["number"], _AFTER, row["visit"], after)
            row["visit"] += _ONE
            _push(late, n_late, t + after, again, stamp)
            n_late += 1
        served = taken
        for _ in range(2):  # whom the freed agent takes, then who comes and finds an agent free
            if served >= 0:
                row = rows[served]
                s = row["step"]
                sums[s]["served"] += 1.0
                sums[s]["wait"] += t - row["queued_at"]
                work = _lasting(key, row["number"], _WORK, row["visit"], steps[s]["work"])
                stamp = (row["stamp"] + 1) & _STAMPS
                row["work"] = work
                row["status"] = SERVED
                row["stamp"] = stamp
                _push(soon, n_soon, t + work, served, stamp)
                n_soon += 1
            if comes < 0:
                break
            row = rows[comes]
            s = row["step"]
            sums[s]["visits"] += 1.0
            row["queued_at"] = t
            team = teams[steps[s]["team"]]
            if team["free"] > 0:
                team["free"] -= 1
                served = comes
                comes = -1
                continue
            stamp = (row["stamp"] + 1) & _STAMPS
            row["status"] = WAITING
            row["stamp"] = stamp
            _line_up(rows, team, comes)
            if behaviour["patience"] > 0.0:
                patience = _lasting(key, row["number"], _PATIENCE, row["visit"], behaviour["patience"])
                _push(soon, n_soon, t + patience, comes, stamp)
                n_soon += 1
            break
    next_at[0] = arrival
    counts[0], counts[1], counts[2], counts[3] = n_soon, n_late, n_free, n_cases
    return enough
