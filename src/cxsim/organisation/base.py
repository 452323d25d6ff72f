"""Building blocks of the organisation file: frozen records, times with units, and one way to refuse nonsense."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from cxsim.calendar import read_hours
from cxsim.durations import Duration, minutes, parse_duration, parse_rate
from cxsim.laws import read_law


class Record(BaseModel):
    """A frozen record; unknown keys are refused; the text under each field is its meaning, unit, range."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, arbitrary_types_allowed=True)


def _minutes(value: Any) -> float:
    return minutes(value)


def _duration(value: Any) -> Duration:
    return value if isinstance(value, Duration) else parse_duration(value)


def _rate(value: Any) -> float:
    return parse_rate(value)


def _law(value: Any) -> Any:
    read_law(value)  # raises ValueError with the reason
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
Law = Annotated[Any, BeforeValidator(_law)]
"""A law of durations (see `cxsim.distributions`), kept as written."""
Hours = Annotated[Any, BeforeValidator(_hours)]
"""Opening hours or shift hours by weekday (see `cxsim.calendar`), kept as written."""


def never_open(hours: Any) -> bool:
    """Whether opening hours have no span in any week."""
    read = read_hours(hours)
    return not any(read.week)


Probability = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0)]
NonNegative = Annotated[float, Field(ge=0.0)]
Count = Annotated[int, Field(ge=0)]
