"""How long things take, read and written as people write it: "6 min", "1 h 30 min", "5 working days".

A number without a unit is the commonest mistake in a model's data, so every duration and every
rate carries its unit and a bare number is refused. Inside the model all times are float minutes
and all rates are per minute.
"""

import difflib
import math
import re
from dataclasses import dataclass

_MINUTES_PER = {"s": 1.0 / 60.0, "min": 1.0, "h": 60.0, "d": 1440.0, "week": 10080.0}

_SPELLINGS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("week", "weeks"), "week"),
    **dict.fromkeys(("working day", "working days"), "working day"),
    **dict.fromkeys(("working hour", "working hours"), "working hour"),
}

_UNFIXED = ("month", "months", "quarter", "quarters", "year", "years")

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?(?:nan|inf(?:inity)?)\b"
# Digits that close a unit ("mins3") belong to it, so that the error shows what was written.
_UNIT = r"(?:working\s+)?[a-z]+(?:\d+\b(?!\s*[a-z]))?"
_PART = re.compile(rf"\s*(?P<number>{_NUMBER})\s*(?P<unit>{_UNIT})?\s*", re.IGNORECASE)
_RATE = re.compile(rf"\s*(?P<number>{_NUMBER})\s+per\s+(?P<unit>.+?)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Duration:
    """A length of time as it was meant: on the calendar, or in time the organisation is open.

    A working day has no length until opening hours are known, so working days stay days here;
    `cxsim.calendars.calendar.working_minutes` turns them into minutes.
    """

    minutes: float
    """Minutes, 0 or more; on the working clock these are the minutes on top of the `days`."""
    working: bool = False
    """Whether only open minutes count (True) or every minute (False)."""
    days: float = 0.0
    """Working days, 0 or more; always 0 for calendar time."""


def parse_duration(text: object) -> Duration:
    """Read a duration: one number with a unit, or several ("1 h 30 min").

    Units: s, min, h, d, weeks, working hours, working days, in their usual spellings. Raises
    ValueError for a bare number, a negative or infinite one, an unknown unit, and for calendar
    and working time in one duration.
    """
    written = str(text)
    shown = repr(written)
    minutes = 0.0
    days = 0.0
    clocks: set[bool] = set()
    at = 0
    while at < len(written) or not clocks:
        part = _PART.match(written, at)
        if part is None:
            raise ValueError(f"{shown}: not a duration; write it like '6 min' or '1 h 30 min'")
        if part["unit"] is None:
            raise ValueError(_needs_unit(shown, part["number"]))
        number = _finite(shown, part["number"])
        unit = _unit(shown, part["unit"])
        clocks.add(unit.startswith("working"))
        if unit == "working day":
            days += number
        elif unit == "working hour":
            minutes += number * 60.0
        else:
            minutes += number / 60.0 if unit == "s" else number * _MINUTES_PER[unit]
        at = part.end()
    if len(clocks) > 1:
        raise ValueError(f"{shown}: mixes working and calendar time; use one of them")
    if not math.isfinite(minutes + days):
        raise ValueError(f"{shown}: too long to be a duration")
    return Duration(minutes, clocks.pop(), days)


def minutes(text: object) -> float:
    """Read a calendar duration and give its minutes (0 or more).

    Raises ValueError as `parse_duration` does, and for working time, which needs opening hours.
    """
    duration = parse_duration(text)
    if duration.working:
        raise ValueError(f"{text!r}: working time is not possible here; use min, h or d")
    return duration.minutes


def parse_rate(text: object) -> float:
    """Read a rate such as "0.8 per min" or "40 per day" and give it per minute (0 or more).

    Raises ValueError for a bare number, a negative or infinite one and an unknown unit.
    """
    shown = repr(str(text))
    found = _RATE.fullmatch(str(text))
    if found is None:
        raise ValueError(f"{shown}: not a rate; write it like '0.8 per min' or '40 per day'")
    number = _finite(shown, found["number"])
    unit = _unit(shown, found["unit"])
    if unit.startswith("working"):
        raise ValueError(f"{shown}: a {unit} has no fixed length; use min, h, d or week")
    return number * 60.0 if unit == "s" else number / _MINUTES_PER[unit]


def duration_text(duration: float | Duration) -> str:
    """Write minutes, or a duration, for people: "45 s", "1 h 30 min", "2.5 d", "5 working days".

    Three significant digits at most, so it is for reading and not for computing. Minutes may be
    negative (a difference); an infinite number reads "for ever" and nan reads "unknown".
    """
    if isinstance(duration, Duration):
        if not duration.working:
            return duration_text(duration.minutes)
        parts = []
        if duration.days:
            parts.append(_count(duration.days, "working day"))
        if duration.minutes or not parts:
            parts.append(_count(duration.minutes / 60.0, "working hour"))
        return " ".join(parts)
    if math.isnan(duration):
        return "unknown"
    if duration < 0.0:
        return f"-{duration_text(-duration)}"
    if math.isinf(duration):
        return "for ever"
    seconds = duration * 60.0
    if duration == 0.0:
        return "0 min"
    if float(f"{seconds:.3g}") < 60.0:
        return f"{_short(seconds)} s"
    if round(duration * 10.0) < 600:
        return _two(round(seconds), 60, "min", "s") if duration < 10.0 else f"{duration:.3g} min"
    if round(duration) < 1440:
        return _two(round(duration), 60, "h", "min")
    return f"{_short(duration / 1440.0)} d"


def _two(small_units: int, per_large: int, large: str, small: str) -> str:
    """Split a whole number of small units: 90, 60, h, min gives "1 h 30 min"."""
    whole, rest = divmod(small_units, per_large)
    return f"{whole} {large} {rest} {small}" if rest else f"{whole} {large}"


def _short(number: float) -> str:
    """Write at most three significant digits, but never an exponent for large numbers."""
    return f"{number:.0f}" if number >= 1000.0 else f"{number:.3g}"


def _count(number: float, noun: str) -> str:
    return f"{_short(number)} {noun}{'' if number == 1.0 else 's'}"


def _needs_unit(shown: str, number: object) -> str:
    return f"{shown}: a duration needs a unit; write '{number} min', '{number} h' or '{number} d'"


def _finite(shown: str, digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{shown}: not a finite number; use one such as 6")
    if number < 0.0:
        raise ValueError(f"{shown}: negative; use 0 or more")
    return number


def _unit(shown: str, written: str) -> str:
    """Return the one name of a unit for any of its spellings, or raise with the nearest name."""
    word = " ".join(written.lower().split())
    if word in _SPELLINGS:
        return _SPELLINGS[word]
    if word in _UNFIXED:
        raise ValueError(f"{shown}: a {word.rstrip('s')} has no fixed length; use days or weeks")
    near = difflib.get_close_matches(word, _SPELLINGS, n=1)
    hint = f"did you mean '{_SPELLINGS[near[0]]}'?" if near else "use s, min, h, d or weeks"
    raise ValueError(f"{shown}: unknown unit '{written}'; {hint}")
