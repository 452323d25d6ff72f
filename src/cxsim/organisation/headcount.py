"""Staffing by hours instead of shifts: how many agents are on duty when."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator

from cxsim.calendars.calendar import read_hours
from cxsim.files.problems import called

HINT = "write it like {mon-fri: {'08:00-12:00': 6, '12:00-18:00': 4}}"


def _headcount(value: Any) -> Any:
    """Checked and kept as written."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise ValueError(f"agents by day and hours belong here, not {called(value)}; {HINT}")
    if not value:
        raise ValueError(f"empty: nobody would ever be on duty; {HINT}")
    for day, spans in value.items():
        if not isinstance(spans, Mapping) or not spans:
            raise ValueError(f"{day}: agents by hours belong here, not {called(spans)}; {HINT}")
        for span, agents in spans.items():
            if isinstance(agents, bool) or not isinstance(agents, int) or agents < 0:
                raise ValueError(
                    f"{day}: {span}: a whole number of agents, 0 or more, belongs here, not {called(agents)}"
                )
    read_hours({day: list(spans) for day, spans in value.items()})  # raises ValueError with the reason
    if not most_of(value):
        raise ValueError("nobody is ever on duty: no number is above 0")
    return value


Headcount = Annotated[dict[str, Any], BeforeValidator(_headcount)]
"""Agents on duty by days and hours, kept as written."""


def most_of(headcount: Mapping[str, Mapping[str, int]]) -> int:
    """The most agents that are on duty at once."""
    return max((int(n) for day in headcount.values() for n in day.values()), default=0)


def with_most(headcount: Mapping[str, Mapping[str, int]], most: int) -> dict[str, dict[str, int]]:
    """The same hours with `most` agents where most were, and others in proportion, rounded up."""
    before = most_of(headcount)
    return {
        day: {span: math.ceil(n * most / before - 1e-9) for span, n in spans.items()}
        for day, spans in headcount.items()
    }
