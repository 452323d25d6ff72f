"""When the doors are open: days, holidays, clock changes and opening hours, in local time.

Time 0 is local midnight of the start date and runs in true minutes, so the day on which the clocks
change has 23 or 25 hours. Opening hours are written by weekday and become a sorted list of open
spans; `cxsim.calendars.timetables` answers questions about them while a simulation runs.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Any, Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from cxsim.calendars.constants import DAY as MINUTES_PER_DAY
from cxsim.calendars.durations import Duration
from cxsim.native.records import F8, I8, packed

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = re.compile(r"(\d{1,2}):(\d{2})")
_HINT = "write it like '09:00-17:00'"


class DayRow(TypedDict):
    """One local day."""

    start_at: F8  # local midnight, minutes
    shift: F8  # minutes the clock change adds to local times from 03:00 on: -60 in spring, +60 in autumn, else 0
    weekday: I8  # Monday 0
    holiday: Annotated[bool, "?"]  # a public holiday
    date: I8  # proleptic Gregorian ordinal


DAY = packed(DayRow)

Days = np.ndarray[tuple[int], np.dtype[np.void]]
"""A one-dimensional array of dtype `DAY`, one row per consecutive day."""

CHANGE_AT = 180.0
"""Local minutes after midnight from which a clock change counts: 03:00."""

Span = tuple[float, float]
"""Opening and closing in local minutes after midnight; closing after 1440 is the next day."""


@dataclass(frozen=True)
class Hours:
    """Weekly opening hours."""

    week: tuple[tuple[Span, ...], ...]
    """Spans of each weekday, Monday first, in local minutes after midnight."""
    holidays: tuple[Span, ...] | Literal["open"]
    """Spans of a public holiday; "open" means as on that weekday."""


def day_table(
    start: date,
    *,
    time_zone: str | None = None,
    country: str | None = None,
    subdivision: str | None = None,
    extra_holidays: Iterable[date] = (),
    first_day: int = -70,
    last_day: int = 420,
) -> Days:
    """Return one row of dtype `DAY` per local day, `first_day` to `last_day` counted from `start`.

    time_zone: IANA name, or None for a clock that never changes. country, subdivision: ISO codes
    of the `holidays` library. Raises ValueError for unknown names and for a range without day 0.
    """
    if not first_day <= 0 <= last_day:
        raise ValueError(f"days {first_day} to {last_day}: must include day 0, the start date")
    zone = _zone(time_zone)
    dates = [start + timedelta(days=d) for d in range(first_day, last_day + 2)]
    free = _holidays(country, subdivision, dates[0].year, dates[-1].year) | set(extra_holidays)
    offsets = np.array([_offset(zone, day) for day in dates])
    at_midnight = np.arange(first_day, last_day + 2) * MINUTES_PER_DAY - (offsets - offsets[-first_day])
    days = np.zeros(len(dates) - 1, dtype=DAY)
    days["start_at"] = at_midnight[:-1]
    days["shift"] = np.diff(at_midnight) - MINUTES_PER_DAY
    days["weekday"] = [day.weekday() for day in dates[:-1]]
    days["holiday"] = [day in free for day in dates[:-1]]
    days["date"] = [day.toordinal() for day in dates[:-1]]
    return days


def read_hours(spec: str | Mapping[str, Any]) -> Hours:
    """Read opening hours such as `{mon-fri: "09:00-12:30, 13:30-17:00", holidays: closed}`.

    "always" never closes. Keys are weekdays, ranges and lists of them ("mon,wed", "sat-sun"); days
    not named are closed. Values are spans "HH:MM-HH:MM", comma-separated or a list, or "closed"; a
    span past midnight runs into the next day. `holidays` is closed (the default), open (as on the
    weekday) or has hours of its own. Raises ValueError for anything else.
    """
    if spec == "always":
        return Hours((((0.0, MINUTES_PER_DAY),),) * 7, "open")
    entries = spec.items() if isinstance(spec, Mapping) else None
    if entries is None:
        raise ValueError(f"hours {spec!r}: use 'always' or a mapping such as mon-fri: 09:00-17:00")
    week: list[tuple[Span, ...]] = [()] * 7
    named: dict[int, str] = {}
    holidays: tuple[Span, ...] | Literal["open"] = ()
    for key, value in entries:
        if key == "holidays":
            holidays = "open" if value == "open" else _day_spans(key, value)
            continue
        spans = _day_spans(key, value)
        for day in _weekdays(key):
            if day in named:
                raise ValueError(f"hours: {WEEKDAYS[day]!r} is given by {named[day]!r} and by {key!r}; keep one")
            named[day] = key
            week[day] = spans
    return Hours(tuple(week), holidays)


def open_spans(hours: Hours, days: Days) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return when opening hours begin and when they end over all days: two arrays of minutes.

    Spans are sorted, apart and half-open [start, end); touching ones are joined.
    """
    found: list[Span] = []
    for i, day in enumerate(days):
        own = hours.holidays
        spans = hours.week[day["weekday"]] if own == "open" or not day["holiday"] else own
        found += [(_at(days, i, float(o)), _at(days, i, float(c))) for o, c in spans]
    joined: list[Span] = []
    for opens, closes in sorted(found):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(closes, joined[-1][1]))
        elif closes > opens:
            joined.append((opens, closes))
    table = np.array(joined, dtype=np.float64).reshape(-1, 2)
    return table[:, 0].copy(), table[:, 1].copy()


def working_day(hours: Hours) -> float:
    """Mean open minutes of the weekdays that open at all: the length of one working day.

    Monday to Thursday 8 h and Friday 6 h make 456 min. Raises ValueError if no weekday opens.
    """
    lengths = [sum(c - o for o, c in spans) for spans in hours.week if spans]
    if not lengths:
        raise ValueError("hours: no weekday opens, so a working day has no length")
    return sum(lengths) / len(lengths)


def working_minutes(duration: Duration, hours: Hours) -> float:
    """Return the open minutes a working duration lasts under these hours.

    Raises ValueError for calendar time, which needs no hours.
    """
    if not duration.working:
        raise ValueError(f"{duration.minutes:g} min is calendar time; use its minutes as they are")
    days = duration.days * working_day(hours) if duration.days else 0.0
    return duration.minutes + days


def _at(days: Days, i: int, local: float) -> float:
    """Instant of a local time, given in minutes after midnight of day i or, from 1440, the next."""
    if local >= MINUTES_PER_DAY:
        if i + 1 < len(days):
            return _at(days, i + 1, local - MINUTES_PER_DAY)
        return float(days["start_at"][i]) + local + float(days["shift"][i])
    shift = float(days["shift"][i])
    elapsed = local + shift if local >= CHANGE_AT else min(local, CHANGE_AT + min(shift, 0.0))
    return float(days["start_at"][i]) + elapsed


def _zone(name: str | None) -> tzinfo | None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = difflib.get_close_matches(name, available_timezones(), n=1)
        hint = f"did you mean {near[0]!r}?" if near else "use an IANA name such as 'Europe/Berlin'"
        raise ValueError(f"time zone {name!r}: unknown; {hint}") from None


def _offset(zone: tzinfo | None, day: date) -> float:
    """Minutes by which local midnight of a day is ahead of UTC."""
    ahead = datetime(day.year, day.month, day.day, tzinfo=zone).utcoffset()
    return ahead.total_seconds() / 60.0 if ahead is not None else 0.0


@lru_cache(maxsize=64)
def _holidays(country: str | None, subdivision: str | None, first: int, last: int) -> frozenset[date]:
    """Public holidays of these years; organisations that a scenario makes of one another all ask for the same."""
    if country is None:
        if subdivision is not None:
            raise ValueError(f"holidays: subdivision {subdivision!r} needs a country")
        return frozenset()
    import holidays

    known = holidays.list_supported_countries(include_aliases=True)
    if country not in known:
        near = difflib.get_close_matches(country.upper(), known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "use an ISO 3166 code such as 'DE'"
        raise ValueError(f"holidays: unknown country {country!r}; {hint}")
    if subdivision is not None and subdivision not in known[country]:
        raise ValueError(
            f"holidays: {country} has no subdivision {subdivision!r}; "
            f"use {'one of ' + ', '.join(known[country]) if known[country] else 'none'}"
        )
    years = range(first, last + 1)
    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=years))


def _weekdays(key: object) -> list[int]:
    """Weekdays named by a key: "tue", "mon-fri", "sat-mon", "mon,wed-thu"."""
    named: list[int] = []
    for part in str(key).split(","):
        first, dash, last = part.partition("-")
        low = _weekday(first)
        high = _weekday(last) if dash else low
        named += [(low + k) % 7 for k in range((high - low) % 7 + 1)]
    return named


def _weekday(word: str) -> int:
    name = word.strip().lower()
    for names in (WEEKDAYS, _LONG):
        if name in names:
            return names.index(name)
    near = difflib.get_close_matches(name, [*WEEKDAYS, "holidays"], n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"use {', '.join(WEEKDAYS)} or holidays"
    raise ValueError(f"hours: unknown weekday {word.strip()!r}; {hint}")


def _day_spans(key: object, value: object) -> tuple[Span, ...]:
    """Spans of one entry, sorted; refused if they overlap."""
    if value == "closed":
        return ()
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, Sequence) or not parts:
        raise ValueError(f"hours: {key}: {value!r} is no opening time; {_HINT}")
    spans = sorted(_span(str(key), str(part)) for part in parts)
    for (_, closes), (opens, _) in pairwise(spans):
        if opens < closes:
            raise ValueError(f"hours: {key}: spans in {value!r} overlap; keep them apart")
    return tuple(spans)


def _span(key: str, text: str) -> Span:
    first, _, last = text.partition("-")
    opens, closes = (_TIME.fullmatch(word.strip()) for word in (first, last))
    if opens is None or closes is None:
        raise ValueError(f"hours: {key}: {text.strip()!r} is no span of time; {_HINT}")
    at = [60.0 * int(match[1]) + int(match[2]) for match in (opens, closes)]
    if max(at) > MINUTES_PER_DAY or int(opens[2]) > 59 or int(closes[2]) > 59 or at[0] == MINUTES_PER_DAY:
        raise ValueError(f"hours: {key}: {text.strip()!r} is outside 00:00-24:00")
    if at[0] == at[1]:
        raise ValueError(f"hours: {key}: {text.strip()!r} is empty; use 'closed' or 00:00-24:00")
    return at[0], at[1] if at[1] > at[0] else at[1] + MINUTES_PER_DAY
