"""What happens again and again needs time in between: delays that loop, rates, and what is done every so often.

A run goes from event to event, so what can happen a million times an hour to each customer is never done with.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cxsim.calendars.calendar import read_hours
from cxsim.calendars.constants import DAY, WEEK
from cxsim.calendars.durations import duration_text
from cxsim.files.problems import Path, Problem
from cxsim.organisation import Organisation
from cxsim.organisation.work import Shift
from cxsim.probability.moments import mean_of

SECOND, MINUTE = 1.0 / 60.0, 1.0
MOST_TRIES = 10_080
"""Tries a week of one customer, one a minute."""
MOST_A_DAY = 100.0
"""Questions a day of one customer how far the case is."""
MOST_TIMES = 1_000.0
"""Factor on that once the promise is missed."""
LARGEST_SPREAD = 3.0
"""SD of the logarithm of a day's busyness: one day in a thousand is then ten thousand times a usual one."""
MOST_WAVES = 1_000


def pace_faults(o: Organisation) -> Iterator[Problem]:
    """Every fault of this kind."""
    b = o.behaviour
    path: Path
    yield from _tries(("behaviour", "redial_after"), b.p_redial, b.redial_after)
    yield from _tries(("behaviour", "recontact_after"), b.p_recontact, b.recontact_after)
    yield from _tries(("behaviour", "return_call_after"), b.p_return_call, b.return_call_after)
    for name, reason in o.reasons.items():
        if reason.comes_back is not None:
            yield from _tries(("reasons", name, "comes_back", "after"), reason.comes_back.p, reason.comes_back.after)
        if reason.promise is not None and (every := reason.promise.update_every) is not None:
            if every.minutes + every.days * DAY < MINUTE:
                yield _shortest(
                    ("reasons", name, "promise", "update_every"), MINUTE, "customers would hear all the time"
                )
    if o.recovery is not None:
        yield from _tries(("recovery", "recurs_after"), o.recovery.recurs, o.recovery.recurs_after)
    path = ("behaviour", "chasing")
    yield from _most((*path, "per_day"), b.chasing.per_day, MOST_A_DAY)
    yield from _most((*path, "per_day_since_news"), b.chasing.per_day_since_news, MOST_A_DAY)
    yield from _most((*path, "when_missed"), b.chasing.when_missed, MOST_TIMES)
    yield from _most(("demand", "busyness_sd"), o.demand.busyness_sd, LARGEST_SPREAD)
    for name, profile in o.profiles.items():
        if 0.0 < profile.every < MINUTE:
            yield _shortest(("profiles", name, "every"), MINUTE, "demand does not change faster")
        if profile.sinusoid is not None and 0.0 < profile.sinusoid.period < 10.0 * MINUTE:
            yield _shortest(("profiles", name, "sinusoid", "period"), 10.0 * MINUTE, "demand does not change faster")
    yield from _teams(o)


def _teams(o: Organisation) -> Iterator[Problem]:
    for name, team in o.teams.items():
        for shift, spec in team.shifts.items():
            yield from _breaks(("teams", name, "shifts", shift, "breaks"), spec)
        for training, t in team.training.items():
            path: Path = ("teams", name, "training", training)
            yield from _most((*path, "waves"), t.waves, MOST_WAVES)
            if t.hours > 0.0 and t.session < MINUTE:
                yield _shortest((*path, "session"), MINUTE, "the training would have no end of sessions")
            if t.refresh is not None and t.refresh.every < MINUTE:
                yield _shortest((*path, "refresh", "every"), MINUTE, "agents would do nothing else")


def _breaks(path: Path, shift: Shift) -> Iterator[Problem]:
    """Breaks that do not fit into the longest duty of their shift."""
    spans = [closes - opens for day in read_hours(shift.hours).week for opens, closes in day]
    if shift.hours == "always" or not spans:
        return
    longest = max(spans)
    for i, rest in enumerate(shift.breaks):
        if rest.after >= longest or rest.lasts >= longest:
            what = f"a break of {duration_text(rest.lasts)} after {duration_text(rest.after)}"
            what += f" does not fit into a shift of {duration_text(longest)}"
            yield Problem((*path, i), f"{what}; shorten it or let it begin earlier")


def _tries(path: Path, p: float, after: Any) -> Iterator[Problem]:
    """Somebody who tries again and again, each time with chance p, while what is tried does not succeed."""
    mean = mean_of(after)
    if p == 0.0 or mean != mean:
        return
    if 0.0 < mean < SECOND:
        yield _shortest(path, SECOND, "nobody tries again faster")
        return
    times = min(1.0 / (1.0 - p) if p < 1.0 else float("inf"), WEEK / mean if mean > 0.0 else float("inf"))
    if times > MOST_TRIES and not (path[-1] == "redial_after" and p == 1.0 and mean == 0.0):  # has words of its own
        shown = f"{times:,.0f} times" if times < 1e12 else "without end"
        what = f"after {duration_text(mean)} on average, with chance {p:g}, one customer may try {shown} a week"
        yield Problem(path, f"{what}; at most {MOST_TRIES:,} can be run: give a longer time or a smaller chance")


def _shortest(path: Path, least: float, why: str) -> Problem:
    return Problem(path, f"too short: {why}; use {duration_text(least)} or more")


def _most(path: Path, value: float, most: float) -> Iterator[Problem]:
    if value > most:
        yield Problem(path, f"{value:g} is more than can be run; use at most {most:g}")
