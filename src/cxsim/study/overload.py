"""Overload: where and when more work is offered than agents can do, told before a study runs and after it.

Before: expected work by route (visits to steps solve N = e + N P, Kemeny & Snell 1960, theorem 3.2.4) against agents
on duty; first contacts and repeats, without redials, chasers and what a queue does.  After: backlogs that grow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cxsim.calendar import read_hours
from cxsim.intervals import mean_of
from cxsim.law_facts import mean_of as mean_time
from cxsim.measures import DAYS
from cxsim.organisation import Organisation, Route
from cxsim.organisation.checks import edge_p, mix_of
from cxsim.organisation.customers import Reason
from cxsim.plan import build_plan
from cxsim.plan.build import MINUTES_PER_YEAR
from cxsim.plan.tables import Floats
from cxsim.tally import WEEK

HOURS = 168
WITHOUT_END = "the backlog grows without end"


def overload(o: Organisation, weeks: int) -> dict[str, str]:
    """By team that is offered more than it can do, in some hours or over the week: a sentence that says when."""
    duty = on_duty(o, weeks)
    work, live = offered(o)
    told = {}
    for name in o.teams:
        weekly, capacity = float(work[name].sum()), float(duty[name].sum())
        over = live[name] - duty[name]
        if weekly > capacity:
            told[name] = (
                f"{name}: a week brings {weekly:.0f} h of work (redials and chasers not counted), "
                f"{capacity:.0f} h are on duty; {WITHOUT_END}"
            )
        elif over.max() > 0.0:
            h = int(over.argmax())
            told[name] = (
                f"{name}: in {int((over > 0.0).sum())} hours of the week customers bring more work than there "
                f"are agents, most on {DAYS[h // 24]} {h % 24:02d}:00 "
                f"({live[name][h]:.1f} agents' work, {duty[name][h]:.1f} on duty)"
            )
    return told


def on_duty(o: Organisation, weeks: int) -> dict[str, Floats]:
    """[hour of the week] mean agents on duty by team, absence and breaks taken off; local clock changes ignored."""
    plan = build_plan(o, weeks=weeks, warm_up_weeks=0)
    spans, timetables = plan.spans, plan.timetables
    duty = {name: np.zeros(HOURS) for name in o.teams}
    edges = 60.0 * np.arange(HOURS * weeks + 1)
    monday = 60.0 * 24.0 * o.calendar.start.weekday()
    for agent in plan.roster:
        if agent["duty"] < 0 or agent["team"] < 0:
            continue
        row = timetables[agent["duty"]]
        own = spans[int(row["offset"]) : int(row["offset"] + row["count"])]
        own = own[(own["ends_at"] > 0.0) & (own["starts_at"] < weeks * WEEK)]
        first = int(agent["first_break"])
        rest = float(plan.breaks["lasts"][first : first + int(agent["breaks"])].sum())
        there = np.zeros(len(edges) - 1)
        for start, end in zip(own["starts_at"], own["ends_at"], strict=True):
            inside = np.clip(np.minimum(end, edges[1:]) - np.maximum(start, edges[:-1]), 0.0, None)
            there += inside / 60.0 * max(0.0, 1.0 - rest / min(end - start, 1440.0))
        by_hour = np.roll(there.reshape(weeks, HOURS).mean(axis=0), int(monday // 60.0))
        duty[list(o.teams)[int(agent["team"])]] += (1.0 - agent["p_absent"]) * by_hour
    return duty


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
    beside = (1.0 + spec.load_slowdown * (spec.at_once - 1)) / spec.at_once if present else 1.0
    for name, n in visits.items():
        step = route[name]
        if step.team is None or step.work is None:
            continue
        first = name == stop
        wrap_up = 0.0 if step.wrap_up is None else mean_time(step.wrap_up)
        hours = n * again * (mean_time(step.work) * (beside if first else 1.0) + wrap_up) / 60.0
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
    rate = reason.cases.get(segment, 0.0) * o.segments[segment].customers / MINUTES_PER_YEAR
    if segment in reason.arrivals:
        arrivals = reason.arrivals[segment]
        law: Any = arrivals.interarrival
        rate = (arrivals.rate or 0.0) if law is None else 1.0 / mean_time(law)
    rate *= (1.0 + reason.added) * (1.0 - reason.prevented)
    shape = np.ones(HOURS)
    profile = o.profiles[reason.arrives] if reason.arrives is not None else None
    if profile is not None and profile.values and profile.every * len(profile.values) == WEEK:
        fine = np.asarray(profile.values, dtype=np.float64)
        if len(fine) % HOURS == 0:
            shape = fine.reshape(HOURS, -1).mean(axis=1)
            shape = shape / shape.mean()
    return 60.0 * rate * shape


def expected_visits(
    route: Route, door: str, segment: str, channel: str, o: Organisation
) -> tuple[dict[str, float], float]:
    """Expected visits to each step of a contact that enters at `door`, and the chance that it ends resolved."""
    places = {name: i for i, name in enumerate(route)}
    p = np.zeros((len(places), len(places)))
    for name, step in route.items():
        i = places[name]
        goes_on = 1.0
        if step.needs is not None and step.escalates_to is not None and step.team is not None:
            right = o.teams[step.team].rights.get(step.needs)
            goes_on = right.share if right is not None else 0.0
            p[i, places[step.escalates_to]] += 1.0 - goes_on
        if step.self_service is not None:
            goes_on *= step.self_service.p_done
            p[i, places[step.self_service.falls_back_to]] += 1.0 - step.self_service.p_done
        for to, edge in step.next.items():
            p[i, places[to]] += goes_on * edge_p(edge, segment, channel)
    ending = np.clip(1.0 - p.sum(axis=1), 0.0, 1.0)
    for name, step in route.items():
        if step.join is not None:  # branches end where they meet, and the fork itself goes on from there
            p[:, places[step.join]] = 0.0
            p[places[name], [places[s] for s in (*step.parallel, step.join)]] = 1.0
            ending[places[name]] = 0.0
    start = np.zeros(len(places))
    start[places[door]] = 1.0
    n = np.linalg.lstsq(np.eye(len(places)) - p.T, start, rcond=None)[0]
    resolved = sum((n * ending)[places[name]] * step.resolves for name, step in route.items())
    return dict(zip(route, np.clip(n, 0.0, None), strict=True)), min(1.0, float(resolved))


def _first_stop(visits: dict[str, float], route: Route) -> str:
    """The first step with a team that a contact is likely to reach."""
    return next((name for name, n in visits.items() if n > 0.5 and route[name].team is not None), "")


def growing(closes: Sequence[Floats], teams: Sequence[str], who: str = "", confidence: float = 0.95) -> list[str]:
    """Sentences about backlogs that grew: the last quarter of the closes against the first, over replications.

    closes: for each replication [week, team] work waiting at the week's close.
    """
    told: list[str] = []
    quarter = len(closes[0]) // 4 if closes else 0
    if quarter == 0 or len(closes) < 2:
        return told
    for k, team in enumerate(teams):
        first = np.array([c[:quarter, k].mean() for c in closes])
        last = np.array([c[-quarter:, k].mean() for c in closes])
        grew = mean_of(last - first, confidence)
        if grew.value - grew.half_width > max(5.0, 0.5 * float(first.mean())):
            told.append(
                f"{who}{team}: its backlog grew from {first.mean():.0f} to {last.mean():.0f} between the first and the "
                "last quarter of the weeks; what is measured depends on how long it was run"
            )
    return told
