"""Overload: where, when and by how much more work is offered than agents can do; before a study runs and after.

Before: expected work by route (visits to steps solve N = e + N P, Kemeny & Snell 1960, theorem 3.2.4) against agents
on duty; first contacts and repeats, without redials, chasers and what a queue does.  After: backlogs that grow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from cxsim.calendars.calendar import read_hours
from cxsim.calendars.constants import DAY, WEEK, YEAR
from cxsim.measures.breakdowns import DAYS
from cxsim.native.records import Floats
from cxsim.organisation import Organisation, Route
from cxsim.organisation.checks import mix_of
from cxsim.organisation.customers import Reason
from cxsim.organisation.visits import expected_visits
from cxsim.probability.intervals import mean_of
from cxsim.probability.moments import mean_of as mean_time
from cxsim.state.plan import Plan, build_plan

HOURS = 168
WORSE = 0.05
"""A team overloaded in the baseline is reported for a scenario that adds more than this to its share of excess work."""
DUTY_WEEKS = 8
"""Duty is averaged over the first weeks from time 0, so that an overload has the same numbers in any study."""
MARGIN = 0.02
"""Less is not worth a warning: shares of routes, service times and absence are not known better."""
NAMED = 3
"""Stretches of the week named at most, the worst."""


class Overload(NamedTuple):
    """What is wrong with a team's load."""

    endless: bool
    """Whether a whole week brings more than a whole week can do."""
    by: float
    """Work offered beyond what can be done, as a share of it: over the week if endless, else at its worst hour."""
    text: str
    """Where, when and by how much."""

    def worse_than(self, other: Overload) -> bool:
        """Whether it is so much worse than another overload of the team that it is worth reporting."""
        if self.endless != other.endless:
            return self.endless
        return self.by > other.by + WORSE


def overload(o: Organisation, since: float | None = None) -> dict[str, Overload]:
    """By team that is offered more than it can do, over the week or in some hours of it.

    since: minutes after time 0 from which on the organisation is so, None for the baseline, which is so from the
    warm-up on.
    """
    duty = on_duty(o, DUTY_WEEKS)
    work, live = offered(o)
    overloads = {}
    begins = "the start of the warm-up" if since is None else f"week {since / WEEK:g}"
    place = "" if since is None else f"from week {since / WEEK:g} on "
    for name in o.teams:
        weekly, capacity, at_once = float(work[name].sum()), float(duty[name].sum()), float(live[name].sum())
        spans = busy_spans(live[name], duty[name])
        if weekly > (1.0 + MARGIN) * capacity:
            so = "customers wait until they give up, and work that can wait is left"
            if weekly - at_once > capacity:
                so = f"the backlog grows without end, by about {weekly - capacity:.3g} h a week"
            by = weekly / capacity - 1.0 if capacity else math.inf
            overloads[name] = Overload(
                True,
                by,
                f"{name}: {place}a week brings {weekly:.4g} h of work for {_of(capacity, weekly)} h on duty, "
                f"{_too_much(by)} (redials and status enquiries not counted); from {begins} on {so}",
            )
        elif spans:
            left = len(spans) - NAMED
            more = f"; and in {left} more {'stretch' if left == 1 else 'stretches'} of the week" if left > 0 else ""
            overloads[name] = Overload(
                False,
                max(_by(*span, live[name], duty[name])[1] for span in spans),
                f"{name}: {place}offered load exceeds capacity in a typical week, on "
                f"{'; '.join(_span(*span, live[name], duty[name]) for span in spans[:NAMED])}{more}",
            )
    return overloads


def busy_spans(live: Floats, duty: Floats) -> list[tuple[int, int]]:
    """(first, last) hours of the week in a row, of one day, that bring more than `MARGIN` too much; worst first."""
    over = live - duty
    hours = [int(h) for h in np.flatnonzero(over > MARGIN * np.maximum(duty, 1.0))]
    spans: list[tuple[int, int]] = []
    for h in hours:
        if spans and h == spans[-1][1] + 1 and h % 24:
            spans[-1] = (spans[-1][0], h)
        else:
            spans.append((h, h))
    return sorted(spans, key=lambda s: (-float(over[s[0] : s[1] + 1].max()), s))


def _by(first: int, last: int, live: Floats, duty: Floats) -> tuple[int, float]:
    """The worst hour of a stretch, and how much too much it brings, as a share of what can be done."""
    h = first + int((live - duty)[first : last + 1].argmax())
    return h, float(live[h] / duty[h] - 1.0) if duty[h] > 0.0 else math.inf


def _span(first: int, last: int, live: Floats, duty: Floats) -> str:
    """A stretch of the week at its worst hour."""
    h, by = _by(first, last, live, duty)
    there = "nobody there" if math.isinf(by) else f"{_of(duty[h], live[h])} there, {_too_much(by)}"
    return f"{DAYS[first // 24]} {first % 24:02d}:00-{last % 24 + 1:02d}:00 (work for {live[h]:.3g} agents, {there})"


def _too_much(by: float) -> str:
    return "with nobody to do it" if math.isinf(by) else f"{100.0 * by:.0f} % too much"


def _of(less: float, more: float) -> str:
    """The smaller of two numbers, with digits enough to tell them apart."""
    return next((t for d in (3, 4, 5) if (t := f"{less:.{d}g}") != f"{more:.{d}g}"), f"{less:.6g}")


def on_duty(o: Organisation, weeks: int) -> dict[str, Floats]:
    """[hour of the week] mean agents on duty by team; absence, vacancies and breaks taken off, clock changes not."""
    plan = build_plan(o, weeks=weeks, warm_up_weeks=0)
    duty = {name: np.zeros(HOURS) for name in o.teams}
    edges: Floats = 60.0 * np.arange(HOURS * weeks + 1, dtype=np.float64)
    monday = 60.0 * 24.0 * o.calendar.start.weekday()
    alike: dict[tuple[int, int, int], Floats] = {}
    for agent in plan.roster:
        if agent["duty"] < 0 or agent["team"] < 0:
            continue
        kind = (int(agent["duty"]), int(agent["first_break"]), int(agent["breaks"]))
        if kind not in alike:
            alike[kind] = _there(plan, agent, weeks, edges, monday)
        team = plan.teams[int(agent["team"])]
        left = -math.expm1(-team["attrition"] * team["attrition_factor"]) * team["empty_for"]
        present = (1.0 - min(1.0, agent["p_absent"] * team["absence_factor"])) / (1.0 + left)
        duty[list(o.teams)[int(agent["team"])]] += present * alike[kind]
    return duty


def _there(plan: Plan, agent: Any, weeks: int, edges: Floats, monday: float) -> Floats:
    """[hour of the week] share of it that one agent is there, absence not taken off."""
    row = plan.timetables[agent["duty"]]
    own = plan.spans[int(row["offset"]) : int(row["offset"] + row["count"])]
    own = own[(own["ends_at"] > 0.0) & (own["starts_at"] < weeks * WEEK)]
    first = int(agent["first_break"])
    rest = float(plan.breaks["lasts"][first : first + int(agent["breaks"])].sum())
    there = np.zeros(len(edges) - 1)
    for start, end in zip(own["starts_at"], own["ends_at"], strict=True):
        inside = np.clip(np.minimum(end, edges[1:]) - np.maximum(start, edges[:-1]), 0.0, None)
        there += inside / 60.0 * max(0.0, 1.0 - rest / min(end - start, DAY))
    by_hour: Floats = np.roll(there.reshape(weeks, HOURS).mean(axis=0), int(monday // 60.0))
    return by_hour


def offered(o: Organisation) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """[hour of the week] hours of work that cases of the hour bring by team: all of it, and customers' first stop.

    What comes while its channel is closed goes to the channel it switches to, else is spread over the opening hours.
    """
    work = {name: np.zeros(HOURS) for name in o.teams}
    live = {name: np.zeros(HOURS) for name in o.teams}
    opens = {name: open_share(channel.opens) for name, channel in o.channels.items()}
    for reason in o.reasons.values():
        for segment in o.segments:
            for first, share in mix_of(reason, segment).items():
                cases = share * _per_hour(o, reason, segment)
                other = o.channels[first].when_closed
                if other == "wait":
                    contacts = {first: cases.sum() * _within(opens[first], cases)}
                else:
                    contacts = {first: cases * opens[first], other: cases * (1.0 - opens[first])}
                for channel, per_hour in contacts.items():
                    if per_hour.any():
                        _add_work(o, reason, segment, channel, per_hour, work, live)
    return work, live


def _add_work(
    o: Organisation,
    reason: Reason,
    segment: str,
    channel: str,
    per_hour: Floats,
    work: dict[str, Floats],
    live: dict[str, Floats],
) -> None:
    """Add the work of contacts with a reason on a channel to that of the teams."""
    route = o.routes[reason.route]
    door = reason.enters.get(channel, next(iter(route)))
    visits, p_resolved = expected_visits(route, door, segment, channel, o)
    again = 1.0 / max(1e-3, 1.0 - (1.0 - p_resolved) * o.behaviour.p_recontact)
    spec = o.channels[channel]
    present = spec.presence == "present"
    stop = _first_stop(visits, route) if present else ""
    per_contact = (1.0 + spec.load_slowdown * (spec.at_once - 1)) / spec.at_once if present else 1.0
    for name, n in visits.items():
        step = route[name]
        if step.team is None or step.work is None:
            continue
        first = name == stop
        wrap_up = 0.0 if step.wrap_up is None else mean_time(step.wrap_up)
        hours = n * again * (mean_time(step.work) * (per_contact if first else 1.0) + wrap_up) / 60.0
        if np.isfinite(hours):
            work[step.team] += per_hour * hours
            live[step.team] += per_hour * hours * first


def open_share(hours: Any) -> Floats:
    """[hour of the week] share of the hour in which opening hours are open, in a week without holidays."""
    edges = 60.0 * np.arange(25)
    days = [
        sum((np.clip(np.minimum(b, edges[1:]) - np.maximum(a, edges[:-1]), 0.0, None) for a, b in day), np.zeros(24))
        for day in read_hours(hours).week
    ]
    return np.clip(np.concatenate(days) / 60.0, 0.0, 1.0)


def _within(opens: Floats, cases: Floats) -> Floats:
    """[hour of the week] shares of contacts that come in opening hours, as cases do."""
    weights = opens * cases if (opens * cases).any() else opens
    total = float(weights.sum())
    return weights / total if total > 0.0 else weights


def _per_hour(o: Organisation, reason: Reason, segment: str) -> Floats:
    """[hour of the week] cases opened."""
    rate = reason.cases.get(segment, 0.0) * o.segments[segment].customers / YEAR
    if segment in reason.arrivals:
        arrivals = reason.arrivals[segment]
        distribution: Any = arrivals.interarrival
        rate = (arrivals.rate or 0.0) if distribution is None else 1.0 / mean_time(distribution)
    rate *= 1.0 - reason.prevented + reason.added
    shape = np.ones(HOURS)
    profile = o.profiles[reason.arrives] if reason.arrives is not None else None
    if profile is not None and profile.values and profile.every * len(profile.values) == WEEK:
        fine = np.asarray(profile.values, dtype=np.float64)
        if len(fine) % HOURS == 0:
            shape = fine.reshape(HOURS, -1).mean(axis=1)
            shape = shape / shape.mean()
    return 60.0 * rate * shape


def _first_stop(visits: dict[str, float], route: Route) -> str:
    """The first step with a team that a contact is likely to reach."""
    return next((name for name, n in visits.items() if n > 0.5 and route[name].team is not None), "")


def growing(closes: Sequence[Floats], teams: Sequence[str], who: str = "", confidence: float = 0.95) -> list[str]:
    """Sentences about backlogs that grew: the last quarter of the closes against the first, over replications.

    closes: for each replication [week, team] work waiting at the week's close.
    """
    sentences: list[str] = []
    quarter = len(closes[0]) // 4 if closes else 0
    if quarter == 0 or len(closes) < 2:
        return sentences
    for k, team in enumerate(teams):
        first = np.array([c[:quarter, k].mean() for c in closes])
        last = np.array([c[-quarter:, k].mean() for c in closes])
        grew = mean_of(last - first, confidence)
        if grew.value - grew.half_width > max(5.0, 0.5 * float(first.mean())):
            week, rate = growth(np.mean([c[:, k] for c in closes], axis=0))
            begins = f"begins to grow in week {week}" if week else "grows from the first week on"
            sentences.append(
                f"{who}{team}: its backlog {begins}, by about {rate:.3g} a week, from {first.mean():.0f} in the first "
                f"quarter of the weeks to {last.mean():.0f} in the last; what is measured depends on how long it "
                "was run"
            )
    return sentences


def growth(closes: Floats) -> tuple[int, float]:
    """The week in which a backlog begins to grow, and by how much a week it then does.

    closes: [week] work waiting.  Least squares over all lines that are flat up to a week and rise from there on.
    """
    weeks = np.arange(len(closes), dtype=np.float64)
    fits = []
    for bend in range(len(closes) - 1):
        line = np.column_stack([np.ones(len(closes)), np.clip(weeks - bend, 0.0, None)])
        (level, rate), *_ = np.linalg.lstsq(line, closes, rcond=None)
        fits.append((float(((line @ (level, rate) - closes) ** 2).sum()), bend, float(rate)))
    _, bend, rate = min(fits)
    return bend + 1 if bend else 0, rate
