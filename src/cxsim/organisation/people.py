"""Agents as people: how they learn and forget, why they stay away or leave, and how long a position is empty then."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cxsim.organisation.base import Minutes, NonNegative, Probability, Record

LASTS = Annotated[Minutes, Field(gt=0.0)]
"""A duration longer than nothing."""
Strength = Annotated[float, Field(ge=0.0, le=3.0)]
"""Of an exponential factor."""


class Learning(Record):
    """How proficiency grows with practice and fades without it, in SD around the team's mean."""

    time_constant: LASTS = 129600.0
    """Time in which a practised skill closes 63 % of the gap to the person's ceiling (90 d; 45 to 180 d)."""
    newcomer: Annotated[float, Field(le=0.0)] = -1.2
    """Proficiency on the first day, against the team's mean."""
    new_skill: Annotated[float, Field(le=0.0)] = -0.8
    """The same of somebody on the team who takes up another skill."""
    practice: Minutes = 240.0
    """Work in a skill a week that counts as full practice; less counts in proportion."""
    forgetting: LASTS = 475200.0
    """Half-life of what was learned, in a skill that is not practised (11 months; 6.5 to 13 months)."""


class Engagement(Record):
    """What makes people stay away or leave: factors on a team's stated absence and attrition."""

    recognition_attrition: Strength = 0.25
    """Attrition × exp(- this × the team's recognition)."""
    recognition_absence: Strength = 0.15
    """Absence × exp(- this × the team's recognition)."""
    pressure_attrition: Strength = 0.4
    """Attrition × exp(this × the team's pressure)."""
    pressure_absence: Strength = 0.2
    """Absence × exp(this × the team's pressure)."""
    busy_from: Probability = 0.85
    """Occupancy above which a sustained load wears people out."""
    busy_effect: NonNegative = 0.05
    """Relative rise of both per point of occupancy above it."""
    sustained: LASTS = 40320.0
    """Time over which occupancy is averaged, weights falling off exponentially (4 weeks)."""


class Pressed(Record):
    """What full pressure on a team does to its work; in between in proportion."""

    resolution: Probability = 0.05
    """Taken from the chance to resolve."""
    generic: Probability = 0.3
    """Added to the chance of a scripted answer."""
    listening: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.05
    """Share of the time with the customer, or of hands-on time, that is no longer taken."""
    over_promise: Strength = 1.5
    """Added to the log-odds of an over-promise."""
    errors: Strength = 0.7
    """Added to the log-odds of rework, misroutes and errors."""


class People(Record):
    """What holds for people in all teams; a part that is not given does not happen."""

    learning: Learning | None = None
    engagement: Engagement | None = None
    pressure: Pressed | None = None


class Hiring(Record):
    """What it takes to fill a position."""

    takes: Minutes = 0.0
    """Time a position stays empty, in whole weeks, rounded up."""
    cost: NonNegative = 0.0
    """Finding and hiring one person."""
    training: NonNegative = 0.0
    """Bringing one newcomer to the first day of work."""
    newcomer: float = 0.0
    """Added to a newcomer's proficiency, SD: less than zero where the preparation is cut short."""
    frozen: bool = False
    """Nobody is hired to fill empty positions."""
