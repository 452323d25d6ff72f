"""When something starts, as planners say it: in week 5, on day 10, after 35 d, on a date."""

from __future__ import annotations

import datetime
import re
from typing import Any

from cxsim.calendar import day_table
from cxsim.durations import minutes
from cxsim.organisation import Calendar
from cxsim.organisation.base import LAST_YEAR

WEEK = 10080.0
DAY = 1440.0
_COUNTED = re.compile(r"\s*(week|day)\s+(-?\d+)\s*", re.IGNORECASE)
_DATE = re.compile(r"\s*\d{4}-\d{2}-\d{2}\s*")


def at_minutes(text: Any, calendar: Calendar) -> float:
    """Minutes after time 0 of "week 5" (five weeks after), "day 10", "35 d", or a date.

    Raises ValueError for anything else, and for what lies before time 0.
    """
    counted = _COUNTED.fullmatch(str(text))
    if counted is not None:
        number = int(counted[2])
        if number < 0:
            raise ValueError(f"{text!r} lies before time 0; use 'week 0' or later")
        return number * (WEEK if counted[1].lower() == "week" else DAY)
    if isinstance(text, datetime.date) or _DATE.fullmatch(str(text)):
        try:
            day = text if isinstance(text, datetime.date) else datetime.date.fromisoformat(str(text).strip())
        except ValueError as reason:
            raise ValueError(f"{text!r} is no date: {reason}") from None
        day = day.date() if isinstance(day, datetime.datetime) else day
        if day.year > LAST_YEAR:
            raise ValueError(f"{text!s} is too far ahead; use a date up to {LAST_YEAR}")
        ahead = (day - calendar.start).days
        if ahead < 0:
            raise ValueError(f"{text!s} lies before time 0, which is {calendar.start}")
        table = day_table(calendar.start, time_zone=calendar.timezone, first_day=0, last_day=ahead)
        return float(table["start_at"][ahead])
    try:
        return minutes(text)
    except ValueError as reason:
        raise ValueError(f"{reason}; a date is 'week 5', 'day 10', '35 d' or '2026-03-02'") from None
