"""What makes an organisation impossible, found before anything runs: names that do not exist, routes without an end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from cxsim.files.problems import Path, Problem, called, nearest
from cxsim.organisation import Organisation, Route
from cxsim.organisation.amounts import amount_faults
from cxsim.organisation.base import never_open
from cxsim.organisation.customers import Reason
from cxsim.organisation.pace import pace_faults
from cxsim.organisation.promising import sales_faults
from cxsim.organisation.recovery import recovery_faults
from cxsim.organisation.visits import edge_p, expected_visits
from cxsim.organisation.volumes import volume_faults
from cxsim.organisation.work import Edge, Step, Team
from cxsim.probability.moments import mean_of

TOLERANCE = 1e-9
MOST_VISITS = 1000.0
"""Expected visits of a case to one step; a route with more is as good as endless."""


def faults(organisation: Organisation, refused: Sequence[Path] = ()) -> list[Problem]:
    """Every fault of an organisation that a reader of single fields cannot see.

    refused: paths of values that were left out, so that nothing can be checked of the graph they belong to.
    """
    found = [
        *amount_faults(organisation),
        *_channels(organisation),
        *_reasons(organisation),
        *_behaviour(organisation),
        *_teams(organisation),
        *sales_faults(organisation, {name: skills_of(name, team) for name, team in organisation.teams.items()}),
        *recovery_faults(organisation),
        *pace_faults(organisation),
        *volume_faults(organisation),
    ]
    for name, route in organisation.routes.items():
        judged = not any(path[:2] in (("routes", name), ("routes",)) or path[0] == "reasons" for path in refused)
        found += _route(organisation, name, route, judged)
    if not any(path[0] == "reasons" for path in refused):
        found += _unused_routes(organisation)
    return found


def _named(path: Path, kind: str, name: str | None, known: dict[str, object]) -> Iterator[Problem]:
    if name is not None and name not in known:
        yield Problem(path, f"no {kind} '{name}'{nearest(name, known)}")


def _channels(o: Organisation) -> Iterator[Problem]:
    for name, channel in o.channels.items():
        path: Path = ("channels", name)
        if never_open(channel.opens):
            yield Problem((*path, "opens"), f"channel '{name}' is never open")
        if channel.when_closed != "wait":
            yield from _named((*path, "when_closed"), "channel", channel.when_closed, dict(o.channels))
            if channel.when_closed == name:
                yield Problem((*path, "when_closed"), f"'{name}' switches to itself; did you mean 'wait'?")
        if channel.presence == "self_service" and channel.call_back is not None:
            yield Problem((*path, "call_back"), "self-service has no queue to be called back from")


def _shares(path: Path, shares: dict[str, float]) -> Iterator[Problem]:
    wrong = [k for k, p in shares.items() if isinstance(p, bool) or not isinstance(p, int | float) or p != p]
    for key in wrong:
        yield Problem((*path, key), f"a share between 0 and 1 belongs here, not {called(shares[key])}")
    if wrong:
        return
    total = sum(shares.values())
    if any(p < 0 for p in shares.values()):
        yield Problem(path, f"negative share in {shares}")
    if abs(total - 1.0) > 1e-6:
        yield Problem(path, f"shares add up to {total:g}, not to 1")


def mix_of(reason: Reason, segment: str) -> dict[str, float]:
    """Share of each channel in the first contacts of a segment's cases."""
    nested = any(isinstance(v, dict) for v in reason.channels.values())
    mix: dict[str, float] = reason.channels.get(segment, {}) if nested else reason.channels
    return mix


def _reasons(o: Organisation) -> Iterator[Problem]:
    for name, reason in o.reasons.items():
        path: Path = ("reasons", name)
        yield from _named((*path, "route"), "route", reason.route, dict(o.routes))
        yield from _named((*path, "arrives"), "profile", reason.arrives, dict(o.profiles))
        for block in ("cases", "arrivals"):
            for segment in getattr(reason, block):
                yield from _named((*path, block, segment), "segment", segment, dict(o.segments))
        if reason.cases and reason.arrivals:
            yield Problem((*path, "arrivals"), "give 'cases' or 'arrivals', not both")
        for segment, arrivals in reason.arrivals.items():
            if (arrivals.rate is None) == (arrivals.interarrival is None):
                yield Problem((*path, "arrivals", segment), "give 'rate' or 'interarrival', one of them")
            elif arrivals.interarrival is not None and mean_of(arrivals.interarrival) == 0.0:
                what = "some time passes between two arrivals; this distribution has none"
                yield Problem((*path, "arrivals", segment, "interarrival"), what)
        if reason.trend_per_year and not reason.cases and not any(a.rate is not None for a in reason.arrivals.values()):
            yield Problem((*path, "trend_per_year"), "only demand by 'cases' or by 'rate' grows; here is none")
        yield from _mix(o, path, reason)
        for channel, step in reason.enters.items():
            yield from _named((*path, "enters", channel), "channel", channel, dict(o.channels))
            if reason.route in o.routes:
                yield from _named((*path, "enters", channel), "step", step, dict(o.routes[reason.route]))
        if reason.repeats_at is not None and reason.route in o.routes:
            yield from _named((*path, "repeats_at"), "step", reason.repeats_at, dict(o.routes[reason.route]))
        if reason.promise is not None:
            yield from _named((*path, "promise", "chaser"), "reason", reason.promise.chaser, dict(o.reasons))


def _mix(o: Organisation, path: Path, reason: Reason) -> Iterator[Problem]:
    path = (*path, "channels")
    nested = any(isinstance(v, dict) for v in reason.channels.values())
    segments = [s for s in (*reason.cases, *reason.arrivals) if s in o.segments]
    if not reason.channels:
        if segments:
            yield Problem(path, "missing: no channel for its first contacts")
        return
    if not nested:
        for channel in reason.channels:
            yield from _named((*path, channel), "channel", channel, dict(o.channels))
        yield from _shares(path, reason.channels)
        return
    for segment in segments:
        mix = mix_of(reason, segment)
        if not isinstance(mix, dict):
            yield Problem((*path, segment), f"shares by channel belong here, such as {{phone: 1.0}}, not {called(mix)}")
            continue
        if not mix:
            yield Problem((*path, segment), f"missing: no channels for segment '{segment}'")
            continue
        for channel in mix:
            yield from _named((*path, segment, channel), "channel", channel, dict(o.channels))
        yield from _shares((*path, segment), mix)


def _behaviour(o: Organisation) -> Iterator[Problem]:
    b = o.behaviour
    for key in ("complaint", "missed_call"):
        yield from _named(("behaviour", key), "reason", getattr(b, key), dict(o.reasons))
    if b.p_complain > 0 and b.complaint is None:
        yield Problem(("behaviour", "complaint"), "missing: 'p_complain' needs the contact reason of complaints")
    if b.p_redial == 1.0 and mean_of(b.redial_after) == 0.0:
        what = "who always tries again needs time in between, or a busy line is tried for ever"
        yield Problem(("behaviour", "redial_after"), what)
    causes = b.causes
    yield from _shares(
        ("behaviour", "causes"),
        {"agent": causes.agent, "process": causes.process, "customer": causes.customer},
    )


def skills_of(name: str, team: Team) -> list[str]:
    """Skills that agents of a team have; a team that lists none has one skill, its own name."""
    listed = [s for group in team.skill_sets.values() for s in group.has if "." not in s]
    return list(dict.fromkeys(listed or team.skills or [name]))


def _teams(o: Organisation) -> Iterator[Problem]:
    for name, team in o.teams.items():
        path: Path = ("teams", name)
        heads = team.agents + sum(team.joined.values())
        if team.shifts and team.headcount is not None:
            yield Problem((*path, "headcount"), "give 'shifts' or 'headcount', not both")
        if heads and not team.shifts and team.headcount is None:
            yield Problem((*path, "shifts"), f"team '{name}' has {heads} agents and no shift")
        for shift, spec in team.shifts.items():
            if never_open(spec.hours):
                yield Problem((*path, "shifts", shift, "hours"), f"shift '{shift}' is never on duty")
        if team.skills and team.skill_sets:
            yield Problem((*path, "skill_sets"), "give 'skills' or 'skill_sets', not both")
        for group, spec_ in team.skill_sets.items():
            for key, i, skill in [(k, i, s) for k in ("has", "knows") for i, s in enumerate(getattr(spec_, k))]:
                place: Path = (*path, "skill_sets", group, key, i)
                if "." not in skill and key == "knows":
                    yield Problem(place, f"of another team, such as 'advice.{skill}'; own skills stand in 'has'")
                if "." in skill:
                    other, _, wanted = skill.partition(".")
                    yield from _named(place, "team", other, dict(o.teams))
                    if other in o.teams and wanted not in skills_of(other, o.teams[other]):
                        known = skills_of(other, o.teams[other])
                        yield Problem(place, f"no skill '{wanted}' in team '{other}'{nearest(wanted, known)}")


def _route(o: Organisation, name: str, route: Route, judged: bool) -> list[Problem]:
    found: list[Problem] = []
    path: Path = ("routes", name)
    if not route:
        return [Problem(path, "empty: a route needs at least one step")]
    for step_name, step in route.items():
        found += _step(o, (*path, step_name), step_name, step, route)
    if found or not judged:
        return found  # the graph is judged once its names are right
    start = next(iter(route))
    doors = [s for r in o.reasons.values() if r.route == name for s in (*r.enters.values(), r.repeats_at) if s]
    reached = _reach(route, start)
    for door in doors:
        if door in route:
            reached += [s for s in _reach(route, door) if s not in reached]
    for step_name in route:
        if step_name not in reached:
            found.append(Problem((*path, step_name), f"step '{step_name}' cannot be reached from '{start}'"))
    for step_name in reached:
        if not any(_ends(route[s]) for s in _reach(route, step_name)):
            found.append(Problem((*path, step_name), f"the route never ends from step '{step_name}'"))
            break
    found += [Problem((*path, s, "self_service", "falls_back_to"), "nobody helps: self-service falls back on itself")
              for s in route if _falls_back_on_itself(route, s)]  # fmt: skip
    return found or list(_visits(o, path, route, dict.fromkeys((start, *(d for d in doors if d in route)))))


def _visits(o: Organisation, path: Path, route: Route, doors: Iterable[str]) -> Iterator[Problem]:
    """The step that a case comes to more often than is reasonable, for whoever it happens to."""
    edges = [edge for step in route.values() for edge in step.next.values()]
    segments = [None, *(s for s in o.segments if any(s in e.by_segment for e in edges))]
    channels = [None, *(c for c in o.channels if any(c in e.by_channel for e in edges))]
    for door, segment, channel in product(doors, segments, channels):
        visits, _ = expected_visits(route, door, segment, channel, o)
        step = max(visits, key=lambda name: visits[name])
        if visits[step] > MOST_VISITS:
            who = "".join(f" for {kind} '{x}'" for kind, x in (("segment", segment), ("channel", channel)) if x)
            what = f"the route never ends from step '{step}'{who}"
            if visits[step] < 1e12:
                what = f"{visits[step]:,.0f} visits of a case to step '{step}' are expected{who}"
                what += f"; at most {MOST_VISITS:,.0f} can be run"
            yield Problem((*path, step, "next"), what)
            return


def _falls_back_on_itself(route: Route, start: str) -> bool:
    """Whether those for whom self-service fails come back to the same step without meeting anything else."""
    name, seen = start, set[str]()
    while name not in seen and (own := route[name].self_service) is not None:
        seen.add(name)
        name = own.falls_back_to
    return name == start and bool(seen)


def followers(step: Step) -> dict[str, Edge]:
    """All steps that may come after a step, fall-backs and branches included."""
    steps = {k: e for k, e in step.next.items() if e.p > 0 or e.by_segment or e.by_channel}
    if step.self_service is not None:
        steps[step.self_service.falls_back_to] = Edge(p=1.0)
    for branch in (*step.parallel, *([step.join] if step.join else [])):
        steps[branch] = Edge(p=1.0)
    if step.escalates_to is not None:
        steps[step.escalates_to] = Edge(p=1.0)
    return steps


def _reach(route: Route, start: str) -> list[str]:
    seen, todo = [start], [start]
    while todo:
        for name in followers(route[todo.pop()]):
            if name in route and name not in seen:
                seen.append(name)
                todo.append(name)
    return seen


def _ends(step: Step) -> bool:
    return not step.parallel and sum(e.p for e in step.next.values()) < 1.0 - TOLERANCE


def _step(o: Organisation, path: Path, name: str, step: Step, route: Route) -> Iterator[Problem]:
    kinds = [
        k
        for k, given in {
            "team": step.team is not None,
            "delay": step.delay is not None,
            "self_service": step.self_service is not None,
            "parallel": bool(step.parallel),
        }.items()
        if given
    ]
    if len(kinds) != 1:
        found = " and ".join(f"'{k}'" for k in kinds) or "none"
        yield Problem(path, f"a step has one of 'team', 'delay', 'self_service', 'parallel'; here: {found}")
        return
    if step.team is not None:
        yield from _work(o, path, step)
    elif step.work is not None:
        yield Problem((*path, "work"), "work needs a 'team' to do it")
    if step.self_service is not None:
        fall = step.self_service
        place: Path = (*path, "self_service")
        yield from _named((*place, "falls_back_to"), "step", fall.falls_back_to, dict(route))
        yield from _named((*place, "channel"), "channel", fall.channel, dict(o.channels))
    yield from _next(o, path, step, route)
    for i, branch in enumerate(step.parallel):
        yield from _named((*path, "parallel", i), "step", branch, dict(route))
    yield from _named((*path, "join"), "step", step.join, dict(route))
    if bool(step.parallel) != (step.join is not None):
        yield Problem(path, "'parallel' and 'join' belong together")
    yield from _named((*path, "escalates_to"), "step", step.escalates_to, dict(route))
    for key, others in (("escalates_to", [step.escalates_to]), ("parallel", step.parallel), ("join", [step.join])):
        if name in others:
            yield Problem((*path, key), f"step '{name}' leads to itself")
    if step.needs is not None and step.team is None:
        yield Problem((*path, "needs"), "only work by a team can want a decision right")
    if step.needs is not None and step.escalates_to is None:
        yield Problem((*path, "escalates_to"), f"missing: who decides when the right '{step.needs}' is wanting?")


def _work(o: Organisation, path: Path, step: Step) -> Iterator[Problem]:
    assert step.team is not None
    yield from _named((*path, "team"), "team", step.team, dict(o.teams))
    if step.work is None:
        yield Problem((*path, "work"), "missing: how long does the work take?")
    if step.team in o.teams:
        skills = skills_of(step.team, o.teams[step.team])
        if step.skill is not None and step.skill not in skills:
            yield Problem((*path, "skill"), f"nobody in team '{step.team}' has skill '{step.skill}'"
                          f"{nearest(step.skill, skills)}")  # fmt: skip
        team = o.teams[step.team]
        if team.agents + sum(team.joined.values()) == 0 and team.headcount is None:
            yield Problem((*path, "team"), f"team '{step.team}' has no agents")


def _next(o: Organisation, path: Path, step: Step, route: Route) -> Iterator[Problem]:
    for target, edge in step.next.items():
        place: Path = (*path, "next", target)
        yield from _named(place, "step", target, dict(route))
        for segment in edge.by_segment:
            yield from _named((*place, "by_segment", segment), "segment", segment, dict(o.segments))
        for channel in edge.by_channel:
            yield from _named((*place, "by_channel", channel), "channel", channel, dict(o.channels))
    for who in (None, *o.segments):
        for by in (None, *o.channels):
            total = sum(edge_p(e, who, by) for e in step.next.values())
            if total > 1.0 + TOLERANCE:
                case = "".join(f" for {x}" for x in (who, by) if x)
                yield Problem((*path, "next"), f"probabilities add up to {total:g}, over 1{case}")
                return


def _unused_routes(o: Organisation) -> Iterator[Problem]:
    used = {reason.route for reason in o.reasons.values()}
    for name in o.routes:
        if name not in used:
            yield Problem(("routes", name), f"no reason uses route '{name}'")
