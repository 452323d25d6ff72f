"""Building blocks of the organisation file: frozen records, times with units, and one way to refuse nonsense."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from cxsim.calendars.calendar import read_hours
from cxsim.calendars.durations import Duration, minutes, parse_duration, parse_rate
from cxsim.probability.distributions import read_distribution


class Record(BaseModel):
    """A frozen record; unknown keys are refused; the text under each field is its meaning, unit, range.

    Strict: a truth value or a text is no number, and every number is finite.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        arbitrary_types_allowed=True,
        defer_build=True,  # of sixty kinds of record, a run meets a dozen
    )


FIRST_YEAR, LAST_YEAR = 1950, 2100
"""Years in which a study can lie."""


def _minutes(value: Any) -> float:
    return minutes(value)


def _duration(value: Any) -> Duration:
    return value if isinstance(value, Duration) else parse_duration(value)


def _rate(value: Any) -> float:
    return parse_rate(value)


def _day(value: Any) -> date:
    """A date of a year whose calendars are known."""
    day = value
    if isinstance(value, str):
        try:
            day = date.fromisoformat(value.strip())
        except ValueError as reason:
            hint = "" if "isoformat" in str(reason) else f": {reason}"
            raise ValueError(f"{value!r} is no date{hint}; write it like 2026-09-07") from None
    if not isinstance(day, date):
        raise ValueError(f"{value!r} is no date; write it like 2026-09-07")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{day}: use a date between {FIRST_YEAR} and {LAST_YEAR}")
    return day


def _distribution(value: Any) -> Any:
    read_distribution(value)  # raises ValueError with the reason
    return value


def _hours(value: Any) -> Any:
    read_hours(value)
    return value


Minutes = Annotated[float, BeforeValidator(_minutes)]
"""A duration written with its unit ("6 min"), held in minutes."""
Span = Annotated[Duration, BeforeValidator(_duration)]
"""A duration that may count working time ("5 working days")."""
Rate = Annotated[float, BeforeValidator(_rate)]
"""Events per minute, written with its unit ("40 per day")."""
Day = Annotated[date, BeforeValidator(_day)]
"""A date, between the years 1950 and 2100."""
Distribution = Annotated[Any, BeforeValidator(_distribution)]
"""A distribution of durations (see `cxsim.probability.quantiles`), kept as written."""
Hours = Annotated[Any, BeforeValidator(_hours)]
"""Opening hours or shift hours by weekday (see `cxsim.calendars.calendar`), kept as written."""


def never_open(hours: Any) -> bool:
    """Whether opening hours have no span in any week."""
    read = read_hours(hours)
    return not any(read.week)


Probability = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0)]
NonNegative = Annotated[float, Field(ge=0.0)]
Count = Annotated[int, Field(ge=0)]
