"""Is it open now, when does it open next, when are two working hours over: asked at any instant.

Many timetables (teams, channels, the calendar of a promise) lie end to end in one array of open
spans, each span half-open [starts_at, ends_at), sorted and apart. All times are float minutes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any, TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxsim.calendars.calendar import CHANGE_AT
from cxsim.calendars.constants import DAY
from cxsim.native.compiling import compiled, inlined
from cxsim.native.records import F8, I8, packed


class TimetableRow(TypedDict):
    """One timetable.  It has two equal shares to a span, from the start of its first span to that of its last."""

    offset: I8  # its first row among the spans
    count: I8  # its spans
    begins: F8
    per_minute: F8  # shares a minute


class SpanRow(TypedDict):
    """One open span."""

    starts_at: F8
    ends_at: F8
    worked_before: F8  # open minutes of its timetable before it
    before: Annotated[NDArray[np.int32], "(2,)i4"]  # of span k: how many spans start before the shares 2 k and 2 k + 1


TIMETABLE = packed(TimetableRow)
SPAN = packed(SpanRow)

Timetables = np.ndarray[tuple[int], np.dtype[np.void]]
Spans = np.ndarray[tuple[int], np.dtype[np.void]]


def compile_timetables(
    spans: Sequence[tuple[ArrayLike, ArrayLike]],
) -> tuple[Timetables, Spans]:
    """Lay (starts, ends) of many timetables end to end; both are arrays of minutes.

    Raises ValueError unless starts < ends and every span ends before the next starts. The spans
    have at least one row, so that an empty table still compiles.
    """
    timetables = np.zeros(len(spans), dtype=TIMETABLE)
    rows = []
    offset = 0
    for i, (starts, ends) in enumerate(spans):
        starts_at = np.asarray(starts, dtype=np.float64)
        ends_at = np.asarray(ends, dtype=np.float64)
        if starts_at.shape != ends_at.shape or starts_at.ndim != 1:
            raise ValueError(f"timetable {i}: starts and ends must be lists of one length")
        if not (np.all(starts_at < ends_at) and np.all(ends_at[:-1] < starts_at[1:])):
            raise ValueError(f"timetable {i}: spans must be sorted, apart and longer than 0")
        part = np.zeros(len(starts_at), dtype=SPAN)
        part["starts_at"] = starts_at
        part["ends_at"] = ends_at
        part["worked_before"][1:] = np.cumsum(ends_at - starts_at)[:-1]
        rows.append(part)
        timetables[i] = (offset, 0, 0.0, 1.0)
        if len(part) > 0:
            n, begins = 2 * len(part), starts_at[0]
            per_minute = n / (starts_at[-1] - begins) if n > 2 else 1.0
            timetables[i] = (offset, len(part), begins, per_minute)
            shares = np.minimum((starts_at - begins) * per_minute, n - 1.0).astype(np.int64)  # as `_share` has them
            part["before"] = np.searchsorted(shares, np.arange(n)).reshape(-1, 2)
        offset += len(part)
    return timetables, np.concatenate([*rows, np.zeros(1, dtype=SPAN)])


@inlined
def _share(timetable: Any, t: float) -> int:
    """Which share of a timetable holds t: the first or last one for t outside."""
    place = (t - timetable["begins"]) * timetable["per_minute"]
    return int(max(0.0, min(place, 2.0 * timetable["count"] - 1.0)))


@compiled
def _started(timetables: Any, spans: Any, i: int, t: float) -> int:
    """Row of the last span of timetable i that starts at or before t; one before its first if none."""
    first = int(timetables[i]["offset"])
    end = first + int(timetables[i]["count"])
    if end == first:
        return first - 1
    share = _share(timetables[i], t)
    k = first + int(spans[first + (share >> 1)]["before"][share & 1])
    while k < end and float(spans[k]["starts_at"]) <= t:
        k += 1
    return k - 1


@compiled
def is_open(timetables: Any, spans: Any, i: int, t: float) -> bool:
    """Whether timetable i is open at t; open at the start of a span and shut at its end."""
    k = _started(timetables, spans, i, t)
    return bool(k >= int(timetables[i]["offset"]) and t < float(spans[k]["ends_at"]))


@compiled
def span_from(timetables: Any, spans: Any, i: int, t: float) -> int:
    """Row of the span that timetable i has open at t, else of the next one, else -1."""
    first = int(timetables[i]["offset"])
    k = _started(timetables, spans, i, t)
    if k < first or t >= float(spans[k]["ends_at"]):
        k += 1
    return k if k < first + int(timetables[i]["count"]) else -1


@compiled
def next_opening(timetables: Any, spans: Any, i: int, t: float) -> float:
    """Return t if timetable i is open at t, else the start of the next span, else infinity."""
    k = span_from(timetables, spans, i, t)
    return max(t, float(spans[k]["starts_at"])) if k >= 0 else math.inf


@compiled
def closes_at(timetables: Any, spans: Any, i: int, t: float) -> float:
    """Return the end of the span that timetable i has open at t; t itself if it is shut."""
    k = _started(timetables, spans, i, t)
    if k >= int(timetables[i]["offset"]) and t < float(spans[k]["ends_at"]):
        return float(spans[k]["ends_at"])
    return t


@compiled
def worked(timetables: Any, spans: Any, i: int, t: float) -> float:
    """Open minutes of timetable i from its first opening up to t; differences are working time."""
    k = _started(timetables, spans, i, t)
    if k < int(timetables[i]["offset"]):
        return 0.0
    until = min(t, float(spans[k]["ends_at"]))
    return float(spans[k]["worked_before"]) + (until - float(spans[k]["starts_at"]))


@compiled
def after_working(timetables: Any, spans: Any, i: int, t: float, minutes: float) -> float:
    """Return the first instant at which `minutes` open minutes of timetable i have passed since t.

    Time that ends with a span ends there, not at the next opening; 0 minutes end at t. After the
    last span every minute counts, so there is always an answer.
    """
    if minutes <= 0.0:
        return t
    first = int(timetables[i]["offset"])
    end = first + int(timetables[i]["count"])
    k = _started(timetables, spans, i, t)
    left = minutes
    if k >= first and t < float(spans[k]["ends_at"]):
        rest = float(spans[k]["ends_at"]) - t
        if left <= rest:
            return t + left
        left = left - rest
    if k + 1 >= end:
        return max(t, float(spans[k]["ends_at"])) + left if k >= first else t + left
    before = float(spans[k + 1]["worked_before"])
    low = k + 1
    far = 1
    while low + far < end and float(spans[low + far]["worked_before"]) - before < left:
        low += far
        far *= 2
    high = min(low + far, end) - 1
    while low < high:
        middle = low + (high - low + 1) // 2
        if float(spans[middle]["worked_before"]) - before < left:
            low = middle
        else:
            high = middle - 1
    left = left - (float(spans[low]["worked_before"]) - before)
    return float(spans[low]["starts_at"]) + left


@compiled
def day_of(days: Any, t: float) -> int:
    """Row of the day that holds instant t; the first or last row for t outside the table."""
    last = len(days) - 1
    i = max(0, min(int(math.floor((t - float(days[0]["start_at"])) / DAY)), last))  # but for clock changes
    while i < last and float(days[i + 1]["start_at"]) <= t:
        i += 1
    while i > 0 and float(days[i]["start_at"]) > t:
        i -= 1
    return i


@compiled
def hour_of_week(days: Any, t: float) -> int:
    """Local hour of the week of instant t: 0 is Monday 00:00-01:00, 167 is Sunday 23:00-24:00.

    The hour that autumn repeats is counted as itself both times. Outside the table weeks go on
    without clock changes.
    """
    i = day_of(days, t)
    shift = float(days[i]["shift"])
    local = t - float(days[i]["start_at"])
    if local >= CHANGE_AT + min(shift, 0.0):
        local = local - shift
    hours = math.floor(local / 60.0)
    return (int(days[i]["weekday"]) * 24 + hours) % 168
