"""An intervention with its dates: when it starts and ends, by which degrees it comes in, what it costs in which week.

A degree is a share of full strength: nothing before the start, `share` of it during a pilot, then up to 1 in weekly
steps over the ramp.  At 0 the intervention is not made at all, at 1 it is made as it stands.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

from pydantic import SerializeAsAny, model_validator

from cxsim.calendars.constants import WEEK
from cxsim.files.problems import Path
from cxsim.organisation.base import NonNegative, Probability, Record
from cxsim.scenario.interventions import Intervention, kind_of


class Costs(Record):
    """What an intervention costs, in the organisation's currency, apart from what the model itself counts."""

    once: NonNegative = 0.0
    """When it starts; of a pilot that makes part of the change, that part, and the rest when it is over."""
    per_week: NonNegative = 0.0
    """From its start to its end: licences, upkeep; of a pilot, its part."""
    source: str = ""


class Phase(Record):
    """A part of a programme: what is done together, and from when to when it is worked on."""

    title: str
    starts: NonNegative = 0.0
    """Minutes after time 0."""
    ends: NonNegative | None = None
    """Minutes after time 0 at which the work on it ends, and what it costs a week; what it has changed stays."""
    costs: Costs = Costs()
    """Of the phase as a whole: its team, its office."""


OF_TEAM = ("aht", "service_time", "wait", "abandonment")
OF_ALL = ("fcr_measured", "ces_survey", "nps_survey", "repeat_share", "complaint_share", "contacts_per_week")
"""What can be measured of one team, and of the whole."""


class Judge(Record):
    """By what a pilot is judged at its end; where it fails it is stopped."""

    at: NonNegative = 0.0
    """Minutes after time 0."""
    measure: Literal[
        "aht", "service_time", "wait", "abandonment",
        "fcr_measured", "ces_survey", "nps_survey", "repeat_share", "complaint_share", "contacts_per_week",
    ]  # fmt: skip
    team: str | None = None
    """Whose measure; none: of the whole."""
    rises_by: float | None = None
    """Least rise against the weeks before, in the measure's unit."""
    falls_by: float | None = None
    """Or: least fall."""

    @model_validator(mode="after")
    def _fits(self) -> Judge:
        if (self.rises_by is None) == (self.falls_by is None):
            raise ValueError("give 'rises_by' or 'falls_by', one of them")
        known = OF_TEAM if self.team is not None else OF_ALL
        if self.measure not in known:
            who = "of a team" if self.team is not None else "of the whole; or name a 'team'"
            raise ValueError(f"'{self.measure}' is not measured {who}; there is: {', '.join(known)}")
        return self


class Dated(Record):
    """An intervention with its dates and costs."""

    intervention: SerializeAsAny[Intervention]
    starts: NonNegative = 0.0
    """Minutes after time 0."""
    ends: NonNegative | None = None
    """Minutes after time 0, from which on it is as if it had never been made; None: it stays."""
    costs: Costs = Costs()
    share: Probability = 1.0
    """Degree during the pilot."""
    pilot: NonNegative = 0.0
    """Minutes that the pilot takes; 0: there is none."""
    ramp: NonNegative = 0.0
    """Minutes, whole weeks, from the end of the pilot (else the start) to full strength."""
    judge: Judge | None = None
    """How its pilot is judged."""
    phase: int | None = None
    """Place of the phase it belongs to."""
    place: Path = ()
    """Where it stands in its file; interventions by team have one place together."""

    @property
    def kind(self) -> str:
        """Its name in scenario files."""
        return kind_of(self.intervention)

    def degree(self, at: float) -> float:
        """Share of its full strength at a time, minutes after time 0."""
        since = at - self.starts
        if since < 0.0 or (self.ends is not None and at >= self.ends):
            return 0.0
        # A degree makes the same intervention with smaller numbers, so rules and engines know nothing of pilots and
        # ramps, and whatever reads a timeline works on each week of one.  Blending two plans number by number would be
        # faster and wrong: numbers of a plan point at distributions and at one another.
        if since < self.pilot:
            return self.share
        first = self.share if self.pilot else 0.0
        steps, done = round(self.ramp / WEEK), math.floor((since - self.pilot) / WEEK)
        return 1.0 if done >= steps else first + (1.0 - first) * done / steps

    def stage(self, at: float) -> int:
        """How many of its stages have begun."""
        return sum(at - self.starts >= since for since in self.intervention.stages())

    def instants(self) -> Iterator[float]:
        """Times at which its degree or its form may change, the start first."""
        yield from (self.starts + since for since in self.intervention.stages())
        for week in range(round(self.ramp / WEEK) + 1) if self.pilot or self.ramp else ():
            yield self.starts + self.pilot + week * WEEK
        if self.ends is not None:
            yield self.ends

    def turns(self) -> Iterator[float]:
        """Times at which it is made to another degree for the first time: the pilot, the ramp, the whole, the end."""
        whole = self.starts + self.pilot + self.ramp
        yield from (self.starts + since for since in self.intervention.stages()[1:])
        yield from {self.starts, self.starts + self.pilot, min(whole, self.starts + self.pilot + WEEK), whole}
        if self.ends is not None:
            yield self.ends

    def settles(self) -> float:
        """When nothing about it changes any more, minutes after time 0."""
        whole = self.starts + max(self.pilot + self.ramp, *self.intervention.stages())
        return whole if self.ends is None else max(self.ends, min(whole, self.ends))

    def spent(self, weeks: int) -> list[float]:
        """What it costs in each of the first `weeks` weeks."""
        part = self.share if self.pilot else 1.0
        whole = self.starts + self.pilot
        spent = spread(self.costs.per_week * part, self.starts, whole, self.ends, weeks)
        for row, later in enumerate(spread(self.costs.per_week, whole, math.inf, self.ends, weeks)):
            spent[row] += later
        for at, once in ((self.starts, part), (whole, 1.0 - part)):
            if at < weeks * WEEK and (self.ends is None or at < self.ends):
                spent[math.floor(at / WEEK)] += self.costs.once * once
        return spent


def spread(per_week: float, starts: float, until: float, ends: float | None, weeks: int) -> list[float]:
    """A weekly cost from a start until an end, or the first of two, in each of the first `weeks` weeks."""
    end = until if ends is None else min(until, ends)
    return [per_week * max(0.0, min(end, (k + 1) * WEEK) - max(starts, k * WEEK)) / WEEK for k in range(weeks)]


def spent_on_phase(phase: Phase, weeks: int) -> list[float]:
    """What a phase itself costs in each of the first `weeks` weeks, its interventions left out."""
    spent = spread(phase.costs.per_week, phase.starts, math.inf, phase.ends, weeks)
    if phase.starts < weeks * WEEK:
        spent[math.floor(phase.starts / WEEK)] += phase.costs.once
    return spent
