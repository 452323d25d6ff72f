"""Is it open now, when does it open next, when are two working hours over: asked at any instant.

Many timetables (teams, channels, the calendar of a promise) lie end to end in one array of open
spans, each span half-open [starts_at, ends_at), sorted and apart. All times are float minutes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cxsim.jit import compiled

DAY = np.dtype(
    [
        ("start_at", np.float64),
        ("shift", np.float64),
        ("weekday", np.int64),
        ("holiday", np.bool_),
        ("date", np.int64),
    ],
    align=True,
)
"""One local day: local midnight in minutes; minutes the clock change adds to local times from
03:00 on (-60 in spring, +60 in autumn, else 0); weekday, Monday 0; public holiday; the proleptic
Gregorian ordinal of the date."""

TIMETABLE = np.dtype([("offset", np.int64), ("count", np.int64)], align=True)
"""One timetable: its first row among the spans and how many it has."""

SPAN = np.dtype([("starts_at", np.float64), ("ends_at", np.float64), ("worked_before", np.float64)], align=True)
"""One open span, and the open minutes of its timetable before it."""

Days = np.ndarray[tuple[int], np.dtype[np.void]]
"""A one-dimensional array of dtype `DAY`, one row per consecutive day."""
Timetables = np.ndarray[tuple[int], np.dtype[np.void]]
Spans = np.ndarray[tuple[int], np.dtype[np.void]]

CHANGE_AT = 180.0
"""Local minutes after midnight from which a clock change counts: 03:00."""


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
        timetables[i] = (offset, len(part))
        offset += len(part)
    return timetables, np.concatenate([*rows, np.zeros(1, dtype=SPAN)])


@compiled
def _started(timetables: Any, spans: Any, i: int, t: float) -> int:
    """Row of the last span of timetable i that starts at or before t; one before its first if none."""
    low = int(timetables["offset"][i]) - 1
    high = low + int(timetables["count"][i])
    while low < high:
        middle = low + (high - low + 1) // 2
        if float(spans["starts_at"][middle]) <= t:
            low = middle
        else:
            high = middle - 1
    return low


@compiled
def is_open(timetables: Any, spans: Any, i: int, t: float) -> bool:
    """Whether timetable i is open at t; open at the start of a span and shut at its end."""
    k = _started(timetables, spans, i, t)
    return bool(k >= int(timetables["offset"][i]) and t < float(spans["ends_at"][k]))


@compiled
def next_opening(timetables: Any, spans: Any, i: int, t: float) -> float:
    """Return t if timetable i is open at t, else the start of the next span, else infinity."""
    first = int(timetables["offset"][i])
    k = _started(timetables, spans, i, t)
    if k >= first and t < float(spans["ends_at"][k]):
        return t
    if k + 1 < first + int(timetables["count"][i]):
        return float(spans["starts_at"][k + 1])
    return math.inf


@compiled
def closes_at(timetables: Any, spans: Any, i: int, t: float) -> float:
    """Return the end of the span that timetable i has open at t; t itself if it is shut."""
    k = _started(timetables, spans, i, t)
    if k >= int(timetables["offset"][i]) and t < float(spans["ends_at"][k]):
        return float(spans["ends_at"][k])
    return t


@compiled
def worked(timetables: Any, spans: Any, i: int, t: float) -> float:
    """Open minutes of timetable i from its first opening up to t; differences are working time."""
    k = _started(timetables, spans, i, t)
    if k < int(timetables["offset"][i]):
        return 0.0
    until = min(t, float(spans["ends_at"][k]))
    return float(spans["worked_before"][k]) + (until - float(spans["starts_at"][k]))


@compiled
def after_working(timetables: Any, spans: Any, i: int, t: float, minutes: float) -> float:
    """Return the first instant at which `minutes` open minutes of timetable i have passed since t.

    Time that ends with a span ends there, not at the next opening; 0 minutes end at t. After the
    last span every minute counts, so there is always an answer.
    """
    if minutes <= 0.0:
        return t
    first = int(timetables["offset"][i])
    end = first + int(timetables["count"][i])
    k = _started(timetables, spans, i, t)
    left = minutes
    if k >= first and t < float(spans["ends_at"][k]):
        rest = float(spans["ends_at"][k]) - t
        if left <= rest:
            return t + left
        left = left - rest
    if k + 1 >= end:
        return max(t, float(spans["ends_at"][k])) + left if k >= first else t + left
    before = float(spans["worked_before"][k + 1])
    low = k + 1
    high = end - 1
    while low < high:
        middle = low + (high - low + 1) // 2
        if float(spans["worked_before"][middle]) - before < left:
            low = middle
        else:
            high = middle - 1
    left = left - (float(spans["worked_before"][low]) - before)
    return float(spans["starts_at"][low]) + left


@compiled
def day_of(days: Any, t: float) -> int:
    """Row of the day that holds instant t; the first or last row for t outside the table."""
    low = 0
    high = len(days) - 1
    while low < high:
        middle = low + (high - low + 1) // 2
        if float(days["start_at"][middle]) <= t:
            low = middle
        else:
            high = middle - 1
    return low


@compiled
def hour_of_week(days: Any, t: float) -> int:
    """Local hour of the week of instant t: 0 is Monday 00:00-01:00, 167 is Sunday 23:00-24:00.

    The hour that autumn repeats is counted as itself both times. Outside the table weeks go on
    without clock changes.
    """
    i = day_of(days, t)
    shift = float(days["shift"][i])
    local = t - float(days["start_at"][i])
    if local >= CHANGE_AT + min(shift, 0.0):
        local = local - shift
    hours = math.floor(local / 60.0)
    return (int(days["weekday"][i]) * 24 + hours) % 168
