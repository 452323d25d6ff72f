"""Opening: a case is made for a candidate, or for what comes of another case, and begins with its first contact."""

from __future__ import annotations

import numpy as np

from cxsim.model import draws
from cxsim.model.accounting.cases import count_opened
from cxsim.model.clock import this_week
from cxsim.model.draws import Purpose
from cxsim.model.promises import make_promise
from cxsim.model.rows import change, new_case, new_visit
from cxsim.native.compiling import compiled, inlined
from cxsim.state.lineage import is_first
from cxsim.state.origins import Origin
from cxsim.state.state import COMING, OPEN, SCHEDULED
from cxsim.state.tally import Kind
from cxsim.state.world import World


@compiled
def open_case(w: World, f: int, number: np.uint64, customer: int, t: float) -> int:
    """Make a case and the visit row of its first contact, which comes at t; the row is returned.

    f: the stream of the candidate that it came of; number: its lineage (`cxsim.state.lineage`).
    """
    return open_about(w, f, number, customer, w.streams[f]["reason"], Kind.FIRST, t)


@inlined
def open_about(w: World, f: int, number: np.uint64, customer: int, reason: int, kind: int, t: float) -> int:
    """The same with a contact reason and a kind of first contact of its own."""
    stream = w.streams[f]
    c = new_case(w)
    case = w.cases[c]
    case["status"] = SCHEDULED
    case["name_hash"] = stream["name_hash"]
    case["number"] = number
    case["stream"] = f
    case["segment"] = stream["segment"]
    case["reason"] = reason
    case["customer"] = customer
    v = new_visit(w, c)
    case["main_visit"] = v
    visit = w.visits[v]
    visit["kind"] = kind
    channel = channel_of(w, c, reason, kind, 0)
    visit["channel"] = channel
    visit["step"] = w.entrances[reason, channel]
    if w.reasons[reason]["failure"] == 1:
        visit["origin"] = Origin.FAILURE
    elif not is_first(number):
        visit["origin"] = Origin.RECURRENCE
    change(w, v, COMING, t)
    return v


@compiled
def channel_of(w: World, c: int, reason: int, kind: int, ordinal: int) -> int:
    """Channel of a contact, by the segment's mix for its reason."""
    shares = w.mix[reason, w.cases[c]["segment"]]
    last = len(shares) - 1
    k = 0
    while k < last and shares[k] <= 0.0:
        k += 1
    if shares[k] >= 1.0:
        return k
    u = draws.of_case(w, c, Purpose.CHANNEL, kind, ordinal)
    while k < last and u >= shares[k]:
        k += 1
    return k


@inlined
def begin_case(w: World, c: int, t: float) -> None:
    """The first contact of case c is there: the case counts from now on."""
    case = w.cases[c]
    case["status"] = OPEN
    case["opened_at"] = t
    case["in_progress"] = 1
    reason = case["reason"]
    if w.reasons[reason]["one_open"] == 1:
        w.open_cases[case["customer"], reason] += 1
    case["cohort_week"] = this_week(w)
    count_opened(w, c)
    make_promise(w, c, t)
