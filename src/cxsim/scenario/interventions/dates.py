"""When something starts, as planners write it: in week 5, in year 3, on day 10, after 35 d, on a date."""

from __future__ import annotations

import datetime
import re
from typing import Any

from cxsim.calendars.calendar import day_table
from cxsim.calendars.constants import DAY, WEEK, WEEKS_PER_YEAR
from cxsim.calendars.durations import minutes
from cxsim.organisation import Calendar
from cxsim.organisation.base import LAST_YEAR

MOST_WEEKS = 5_218
"""A hundred years: what a study may look ahead, and what a scenario may plan."""
MOST_REPLICATIONS = 100_000

_COUNTED = re.compile(r"\s*(year|week|day)\s+(-?\d+)\s*", re.IGNORECASE)
_YEARS = re.compile(r"\s*(\d+)\s+years?\s*", re.IGNORECASE)
_DATE = re.compile(r"\s*\d{4}-\d{2}-\d{2}\s*")


def week_of_year(year: int) -> int:
    """The week with which a year begins, counted from time 0; years are of 52 or 53 whole weeks: 0, 52, 104, 157."""
    # Whole weeks, the same for tables, for prices that rise and for "year 3" in a file.
    return round(year * WEEKS_PER_YEAR)


def weeks_of(text: Any) -> int:
    """Whole weeks of "12 years" or "26 weeks".

    Raises ValueError for anything else.
    """
    years = _YEARS.fullmatch(str(text))
    length = min(int(years[1]), 10**6) * WEEKS_PER_YEAR * WEEK if years is not None else minutes(text)
    if length > MOST_WEEKS * WEEK:
        raise ValueError(f"{text!r}: use at most {MOST_WEEKS:,} weeks, a hundred years")
    if years is not None:
        return week_of_year(int(years[1]))
    if length % WEEK:
        raise ValueError(f"{text!r}: give whole weeks or years, such as '12 years'")
    return int(length / WEEK)


def at_minutes(text: Any, calendar: Calendar) -> float:
    """As `_at`; raises ValueError for what lies more than a hundred years ahead, too."""
    at = _at(text, calendar)
    if at > MOST_WEEKS * WEEK:
        raise ValueError(f"{text!r} is too far ahead; use at most week {MOST_WEEKS:,}, a hundred years")
    return at


def _at(text: Any, calendar: Calendar) -> float:
    """Minutes after time 0 of "week 5" (five weeks after), "year 3" (three years after), "day 10", "35 d", or a date.

    Raises ValueError for anything else, and for what lies before time 0.
    """
    counted = _COUNTED.fullmatch(str(text))
    if counted is not None:
        number = int(counted[2][:12])  # more digits are too far ahead anyway
        if number < 0:
            raise ValueError(f"{text!r} lies before time 0; use 'week 0' or later")
        if counted[1].lower() == "year":
            return week_of_year(number) * WEEK
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
        raise ValueError(f"{reason}; a date is 'week 5', 'year 3', 'day 10', '35 d' or '2026-03-02'") from None
