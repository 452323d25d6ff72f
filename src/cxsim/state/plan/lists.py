"""Distributions, timetables and ragged lists that tables point into by row."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np

from cxsim.calendars.calendar import day_table, open_spans, read_hours
from cxsim.calendars.constants import DAYS_PER_YEAR, WEEK
from cxsim.calendars.durations import Duration
from cxsim.calendars.timetables import compile_timetables
from cxsim.native.records import Floats, Table
from cxsim.organisation import Calendar, Organisation
from cxsim.organisation.customers import Demand
from cxsim.probability.quantile_tables import compile_distributions
from cxsim.state.plan.customer_rows import PROFILE
from cxsim.state.plan.tables import ALWAYS, WORKING_TIME

MARGIN_DAYS = 180
"""Days of calendar kept beyond the horizon, for promises and delays that end after it."""


class Distributions:
    """Distributions in the order they are first used; the same distribution is kept once."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._specs: list[Any] = []

    def row(self, spec: Any) -> int:
        """Row of a distribution, -1 for none."""
        if spec is None:
            return -1
        key = json.dumps(spec, sort_keys=True, default=str)
        if key not in self._rows:
            self._rows[key] = len(self._specs)
            self._specs.append(spec)
        return self._rows[key]

    def tables(self) -> tuple[Table, Floats]:
        """The compiled distributions."""
        return _compiled(tuple(json.dumps(s, default=str) for s in (self._specs or ["1 min"])))


@lru_cache(maxsize=64)
def _compiled(specs: tuple[str, ...]) -> tuple[Table, Floats]:
    return compile_distributions([json.loads(s) for s in specs])


@lru_cache(maxsize=8)
def days_of(calendar: str, first: int, last: int) -> Table:
    """The local days of a study; `calendar` is the organisation's as JSON."""
    c = Calendar.model_validate_json(calendar)
    country, _, subdivision = (c.holidays or "").partition("-")
    return day_table(
        c.start,
        time_zone=c.timezone,
        country=country or None,
        subdivision=subdivision or None,
        extra_holidays=c.extra_holidays,
        first_day=first,
        last_day=last,
    )


@lru_cache(maxsize=256)
def _spans(hours: str, calendar: str, first: int, last: int) -> tuple[Floats, Floats]:
    return open_spans(read_hours(json.loads(hours)), days_of(calendar, first, last))


class Timetables:
    """Opening hours and shifts over the days of the study; rows 0 and 1 are working time and always."""

    def __init__(self, o: Organisation, weeks: int, warm_up_weeks: int) -> None:
        self._calendar = o.calendar.model_dump_json()
        self._range = (-7 * warm_up_weeks - 2, 7 * weeks + MARGIN_DAYS)
        self._rows: dict[str, int] = {}
        self._lists: list[tuple[Floats, Floats]] = []
        assert self.row(o.calendar.working) == WORKING_TIME
        assert self._add("always", _always(self.days)) == ALWAYS
        self._working = read_hours(o.calendar.working)

    @property
    def which(self) -> tuple[str, int, int]:
        """What the days depend on: the calendar as JSON, the first and the last day."""
        return (self._calendar, *self._range)

    @property
    def days(self) -> Table:
        """Rows of `DAY`."""
        return days_of(self._calendar, *self._range)

    def row(self, hours: Any) -> int:
        """Row of opening hours."""
        key = json.dumps(hours, sort_keys=True)
        if key in self._rows:
            return self._rows[key]
        return self._add(key, _spans(json.dumps(hours), self._calendar, *self._range))

    def _add(self, key: str, spans: tuple[Floats, Floats]) -> int:
        key = json.dumps("always") if key == "always" else key
        self._rows[key] = len(self._lists)
        self._lists.append(spans)
        return self._rows[key]

    def target(self, duration: Duration | None) -> tuple[float, int]:
        """(minutes, row of the timetable they count in) of a target; (inf, always) for none."""
        from cxsim.calendars.calendar import working_minutes

        if duration is None:
            return float("inf"), ALWAYS
        if duration.working:
            return working_minutes(duration, self._working), WORKING_TIME
        return duration.minutes, ALWAYS

    def interval(self, duration: Duration | None) -> float:
        """Calendar minutes of a repeating interval; working time is stretched over the week."""
        minutes, clock = self.target(duration)
        if clock == ALWAYS:
            return minutes
        open_per_week = sum(end - start for day in self._working.week for start, end in day)
        return minutes * WEEK / open_per_week

    def tables(self) -> tuple[Table, Table]:
        """The compiled timetables and their spans."""
        return compile_timetables(self._lists)


def _always(days: Table) -> tuple[Floats, Floats]:
    return np.array([float(days["start_at"][0]) - 1.0]), np.array([1e15])


def profiles_of(o: Organisation) -> tuple[Table, Floats, dict[str, int]]:
    """Cells of all demand profiles, mean one, and their rows by name."""
    table = np.zeros(max(len(o.profiles), 1), dtype=PROFILE)
    cells: list[Floats] = []
    first = 0
    for i, profile in enumerate(o.profiles.values()):
        width = profile.every
        if profile.sinusoid is not None:
            n = 480
            width = profile.sinusoid.period / n
            edges = 2.0 * np.pi * np.arange(n + 1) / n
            values = 1.0 - profile.sinusoid.amplitude * np.diff(np.cos(edges)) * n / (2.0 * np.pi)
        else:
            values = np.asarray(profile.values or [1.0], dtype=np.float64)
        values = values / values.mean()
        table[i] = (width, first, len(values), int(abs(width * len(values) - WEEK) < 1e-9))
        cells.append(values)
        first += len(values)
    rows = {name: i for i, name in enumerate(o.profiles)}
    return table, np.concatenate([*cells, np.ones(1)]), rows


def trends_of(o: Organisation) -> dict[float, int]:
    """Growth a year of single reasons, on top of that of all demand, and its row in `day_factors`."""
    own = dict.fromkeys([0.0, *(reason.trend_per_year for reason in o.reasons.values())])
    return {growth: row for row, growth in enumerate(own)}


def day_factors(o: Organisation, times: Timetables) -> Floats:
    """[trend, day] known unevenness of each day: holiday, month end, payday, season, growth; rows of `trends_of`."""
    return _day_factors(o.demand.model_dump_json(exclude={"shocks"}), tuple(trends_of(o)), *times.which)


@lru_cache(maxsize=32)
def _day_factors(demand: str, trends: tuple[float, ...], calendar: str, first: int, last: int) -> Floats:
    d, days = Demand.model_validate_json(demand), days_of(calendar, first, last)
    factors = np.ones(len(days))
    start = Calendar.model_validate_json(calendar).start.toordinal()
    for i, row in enumerate(days):
        day = date.fromordinal(int(row["date"]))
        factor = d.holidays if row["holiday"] else 1.0
        if (day + timedelta(days=2)).month != day.month:
            factor *= d.month_end
        if d.payday is not None and day.day == d.payday:
            factor *= d.payday_factor
        if d.season is not None:
            factor *= d.season[day.month - 1]
        factors[i] = factor
    years: Floats = (days["date"] - start) / DAYS_PER_YEAR
    growth = np.array([(1.0 + d.trend_per_year) * (1.0 + own) for own in trends])
    grown: Floats = factors * growth[:, None] ** years
    return grown
