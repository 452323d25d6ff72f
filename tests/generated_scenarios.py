"""Scenarios out of nothing, for an organisation out of nothing: every kind of intervention, at times that hurt.

An intervention is proposed for the organisation that the ones before it have left, so that it can nearly always be
made; what a proposer cannot foresee (a graph that would no longer end) is refused by the organisation and left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict, dataclass

from hypothesis import strategies as st

import generated
from cxsim.calendars.constants import WEEK
from cxsim.files.problems import Problems
from cxsim.organisation import Organisation, read_organisation
from cxsim.organisation.checks import skills_of
from cxsim.scenario import Scenario, read_scenario
from cxsim.scenario.interventions import KINDS, comes_by_degrees, read_intervention
from generated import BEGINNINGS, Maker, Pace, Tree, organisations, paces

HARD = (
    *("merge_steps", "decision_right", "remove_step", "routing", "staff", "automate_step"),
    *("skills", "recovery", "closed_loop", *3 * ("supplier",), "proactive_update", "hiring", "goodwill", "own_target"),
)
"""Kinds that not every organisation has a place for, or that hurt; they are tried twice as often, or more."""
SELDOM = ("proactive_update", "closed_loop", "supplier", "hiring", "add_step", "split_team", "goodwill", "own_target")
"""Kinds that a board's backlog tries more often: few organisations have a place for them, or cannot take them twice."""
ONCE = ("remove_step", "merge_steps", "split_team", "merge_teams", "add_step", "training", "cross_train")
"""Kinds that cannot be made a second time."""
Places = list[tuple[str, str]]
MINUTES = {"ties": (900.0, 600.0), "zeros": (900.0, 600.0), "mixed": (1200.0, 2000.0)}
"""How long a generated organisation runs."""


@dataclass(frozen=True, repr=False)
class Generated:
    """An organisation, what is changed about it, and when it is looked at."""

    tree: Tree
    scenario: Tree
    pace: Pace
    seed: int
    begins: float
    ends: float
    """Minutes."""
    stop: float
    """Where the engines hand over to each other."""

    def __repr__(self) -> str:
        return json.dumps(asdict(self))

    def read(self) -> tuple[Organisation, Scenario]:
        organisation = read_organisation(self.tree)
        return organisation, read_scenario(self.scenario, organisation, "generated")


class Refused:
    """How many interventions were proposed, and how many of them could not be made."""

    proposed = 0
    refused = 0


@st.composite
def worlds(draw: st.DrawFn) -> Generated:
    """Everything a run needs."""
    pace = draw(paces())
    begins = draw(st.sampled_from(BEGINNINGS))
    ends = begins + draw(st.sampled_from(MINUTES[pace.kind]))
    tree = draw(organisations(pace, begins))
    m = Maker(draw, pace)
    grid = 1.0 if pace.kind == "mixed" else pace.unit
    first, second = (
        max(0.0, begins + grid * round(m.one(0.2, 0.35, 0.5, 0.62) * (ends - begins) / grid)) for _ in range(2)
    )
    entries = _entries(m, tree, first, max(first, second), ends)
    stop = m.one(
        first, first, first, begins + 0.57 * (ends - begins), begins + grid * round(0.4 * (ends - begins) / grid)
    )
    seed = draw(st.integers(0, 2**32))
    entries += _loyalty(m, tree, max(first, second))
    _piloted(m, tree, entries, ends)
    entries += _freeze(m, tree, entries, min(first, second))
    scenario: Tree = {"title": "Generated", "interventions": entries}
    if (board := _board(m, tree, entries, begins, ends)) is not None:
        scenario["board"] = board
    return Generated(tree, scenario, pace, seed, begins, ends, max(begins, stop))


def _freeze(m: Maker, tree: Tree, entries: list[Tree], at: float) -> list[Tree]:
    """A team whose people leave in a week, and whose positions would be filled at once if anybody were hired."""
    if not m.seldom():
        return []
    team, starts = m.one(*tree["teams"]), f"{at!r} min"
    leave = {f"teams.{team}.attrition": 50.0, f"teams.{team}.hiring.takes": "0 min"}
    more: list[Tree] = [
        {"set": leave, "starts": starts},
        {"hiring": {"teams": [team], "frozen": True}, "starts": starts},
    ]
    try:
        read_scenario({"title": "frozen", "interventions": [*entries, *more]}, read_organisation(tree), "frozen")
    except Problems:
        return []
    return more


def _board(m: Maker, tree: Tree, entries: list[Tree], begins: float, ends: float) -> Tree | None:
    """A board that meets at the close of a week within the run, with items that can be made by themselves.

    Drawn last, as loyalty is.
    """
    close = WEEK * (begins // WEEK + 1)
    if not begins < close < ends or close <= 0.0 or m.yes():
        return None
    o = read_organisation(tree)
    backlog: list[Tree] = []
    for kind in (m.one(*KINDS, *HARD, *SELDOM) for _ in range(m.count(0, 6))):
        given = PROPOSED[kind](m, o)
        if given is None:
            continue
        team, reason = m.one(*o.teams), m.one(*o.reasons)
        item = {"title": f"item {len(backlog)}", "fits": [m.one({"team": team}, {"reason": reason})]}
        item |= {"interventions": [{kind: given}], "costs": {"once": 100, "per_week": m.one(0, 10)}}
        Refused.proposed += 1
        try:
            one = {"every": "1 week", "backlog": [item]}
            read_scenario({"title": "one", "interventions": entries, "board": one}, o, "one")
        except Problems:
            Refused.refused += 1
            continue
        backlog.append(item)
        if kind in ONCE or m.seldom():  # many a change cannot be made twice
            item["fits"] = [{"team": name} for name in o.teams]
            backlog.append({**item, "title": f"again {len(backlog)}"})
    board = {"every": "1 week", "first": f"{close!r} min", "capacity": m.count(1, 6), "nominates": 9, "ideas": 500}
    return m.some(board | {"backlog": backlog}, budget=m.one(0, 250), reads=["contacts", "ideas"], per_meeting=5)


def _loyalty(m: Maker, tree: Tree, at: float) -> list[Tree]:
    """Customers who leave and join, in weeks in which many do; and a change of it.

    Drawn last: what an organisation is otherwise made of does not depend on it.
    """
    if m.yes():
        return []
    segments = list(tree["segments"])
    for name in segments:
        m.some(tree["segments"][name], wallet={"share": 0.6, "per_sd": 0.2}, room=m.one(0.0, 0.5))
        if m.yes():
            tree["segments"][name] |= {"churn": m.one(0.9, 1.0 - 1e-12), "joins": m.one(0.0, 5.0, 40.0)}
    survey = {"p_answer": 0.2, "p_answer_extreme": 0.7, "relationship_a_year": 26}
    m.some(tree["experience"], survey=survey)
    referral = {"promoter": 90.0, "detractor": -3.0}
    churn, referred = {"recent": m.one(0.0, 3.0), "fades": 2}, {"leaves": 0.5, "brings": 1.2}
    m.some(tree, loyalty={"churn": churn, "referral": referral, "referred": referred})
    path = f"segments.{m.one(*segments)}"
    given = {f"{path}.churn": m.one(0.0, 0.999999), f"{path}.joins": m.one(0.0, 20.0)}
    return [{"set": given, "starts": f"{at!r} min"}] if m.seldom() else []


def _piloted(m: Maker, tree: Tree, entries: list[Tree], ends: float) -> None:
    """One of the changes is tried in part before it is made, if it can be; drawn last too."""
    for segment in tree["segments"].values():
        m.some(segment, priority=lambda: m.one(-1, 1))
    able = [e for e in entries if comes_by_degrees(next(iter(e))) and "ends" not in e]
    if not able or m.yes():
        return
    entry = m.one(*able)
    half = 0.5 * (ends - float(str(entry["starts"]).removesuffix(" min")))
    entry["roll_out"] = {"pilot": f"{half!r} min", "share": m.one(0.3, 0.3, 0.0, 1.0)}
    try:
        read_scenario({"title": "Generated", "interventions": entries}, read_organisation(tree), "generated")
    except Problems:
        del entry["roll_out"]


def _entries(m: Maker, tree: Tree, first: float, second: float, ends: float) -> list[Tree]:
    """Up to eight interventions that can be made one after the other."""
    now = read_organisation(tree)
    entries: list[Tree] = []
    at = first
    for _ in range(m.one(0, 2, 4, 6, 8)):
        kind = m.one(*KINDS, *HARD)
        if not entries and m.seldom():
            kind = "remove_step"
        if m.seldom():
            at = second
        given = PROPOSED[kind](m, now)
        if given is None:
            continue
        Refused.proposed += 1
        starts = {"starts": f"{at!r} min"} if kind in ("training", "cross_train") else {}
        try:
            now = read_intervention(kind, deepcopy(given) | starts).apply(now)
        except Problems:
            Refused.refused += 1
            continue
        entries.append({kind: given, "starts": f"{at!r} min"})
    if entries and m.seldom():  # the last one may end again
        entries[-1]["ends"] = f"{at + 0.5 * (ends - at)!r} min"
    return entries


def _work(o: Organisation) -> Places:
    return [(r, s) for r, route in o.routes.items() for s, step in route.items() if step.team is not None]


def _any(o: Organisation) -> Places:
    return [(r, s) for r, route in o.routes.items() for s in route]


def _with_demand(o: Organisation) -> list[str]:
    return [n for n, r in o.reasons.items() if r.cases or r.arrivals]


def _doors(o: Organisation) -> set[tuple[str, str]]:
    """Steps at which contacts of some kind enter a route."""
    return {(r.route, s) for r in o.reasons.values() for s in (*r.enters.values(), r.repeats_at) if s}


def _fresh(o: Organisation, word: str) -> str:
    """A name for a step or team that is nowhere yet."""
    taken = {*o.teams, *(s for route in o.routes.values() for s in route)}
    return next(f"{word}{k}" for k in range(99) if f"{word}{k}" not in taken)


def _staff(m: Maker, o: Organisation) -> Tree:
    team = m.one(*o.teams)
    heads = o.teams[team].agents + sum(o.teams[team].joined.values())
    options: list[Tree] = [{"agents": 1}, {"agents": 4}, {"change": 1}, {"p_absent": 0.5}]
    options.append({"shifts": {"new": generated.shift(m)}})
    options.append({"headcount": {"mon-sun": {"00:00-12:00": 2, "12:00-24:00": 1}}})
    if heads > 1:
        options.append({"change": -1})
    if o.teams[team].shifts:
        options.append({"weights": {m.one(*o.teams[team].shifts): 3}})
    return {"team": team, **m.one(*options)}


def _headcount(m: Maker, o: Organisation, *teams: str) -> Tree:
    by_hours = any(o.teams[t].headcount is not None for t in teams)
    return {"headcount": {"mon-sun": {"06:00-20:00": 2}}} if by_hours else {}


def _merge_teams(m: Maker, o: Organisation) -> Tree | None:
    if len(o.teams) < 2:
        return None
    first, *others = o.teams
    pair = [first, m.one(*others)]
    return {"teams": pair, "into": m.one(*pair, _fresh(o, "joined")), **_headcount(m, o, *pair)}


def _split_team(m: Maker, o: Organisation) -> Tree | None:
    large = [t for t, team in o.teams.items() if team.agents + sum(team.joined.values()) > 1]
    if not large:
        return None
    team = m.one(*large)
    mine = [(r, s) for r, s in _work(o) if o.routes[r][s].team == team]
    steps: dict[str, list[str]] = {}
    for route, step in mine[: m.count(0, 2)]:
        steps.setdefault(route, []).append(step)
    return {"team": team, "into": _fresh(o, "split"), "agents": 1, "steps": steps, **_headcount(m, o, team)}


def _move_step(m: Maker, o: Organisation) -> Tree:
    route, step = m.one(*_work(o))
    return {"route": route, "step": step, "to": m.one(*o.teams)}


def _remove_step(m: Maker, o: Organisation) -> Tree | None:
    doors = _doors(o)
    places = [p for p in _any(o) if len(o.routes[p[0]]) > 1 and not o.routes[p[0]][p[1]].parallel and p not in doors]
    if not places:
        return None
    queues = [place for place in places if place in _work(o)]  # where somebody may be waiting
    route, step = m.one(*places, *queues, *queues)
    out = {"route": route, "step": step}
    if o.routes[route][step].control or m.yes():
        out["replaced_by"] = m.one(*(s for s in o.routes[route] if s != step))
    return out


def _add_step(m: Maker, o: Organisation) -> Tree:
    route, step = m.one(*_any(o))
    simple = not o.routes[route][step].parallel and o.routes[route][step].self_service is None
    new = m.one({"delay": m.distribution(1)}, {"team": m.one(*o.teams), "work": m.distribution(1)})
    side = "after" if simple and m.yes() else "before"
    share = 1.0 if side == "before" and next(iter(o.routes[route])) == step else m.one(0.5, 1.0)
    out = {"route": route, "name": _fresh(o, "added"), "step": new, side: step, "share": share}
    return m.some(out, transfer=m.one("cold", "warm"))


def _automate_step(m: Maker, o: Organisation) -> Tree:
    route, step = m.one(*_work(o))
    out = {"route": route, "step": step, "takes": m.distribution(0.3), "p_done": m.one(0.5, 1.0)}
    if out["p_done"] < 1.0 and m.yes():
        out["channel"] = m.one("phone", "chat")
    return out


def _speed_up(m: Maker, o: Organisation) -> Tree:
    where = m.one({"team": m.one(*o.teams)}, {"route": m.one(*o.routes)})
    return where | {"by": m.one(0.5, -0.5), "wrap_up": m.one(0.0, 0.5), "resolves": m.one(0.0, 0.0, -0.1)}


def _merge_steps(m: Maker, o: Organisation) -> Tree | None:
    work, doors = _work(o), _doors(o)
    pairs = [(r, s, t) for r, s in work for t in o.routes[r][s].next if t != s and (r, t) in work]
    pairs = [(r, s, t) for r, s, t in pairs if not {(r, s), (r, t)} & doors]
    if not pairs:
        return None
    route, one, other = m.one(*pairs)
    out = {"route": route, "steps": [one, other], "into": m.one(other, _fresh(o, "merged")), "control": "replaced"}
    return out | {"team": m.one(str(o.routes[route][one].team), str(o.routes[route][other].team))}


def _decision_right(m: Maker, o: Organisation) -> Tree | None:
    wanted = [(str(o.routes[r][s].team), o.routes[r][s].needs) for r, s in _work(o) if o.routes[r][s].needs]
    if not wanted:
        return None
    who, may = m.one(*wanted)
    return {"who": who, "may": may, **generated.right(m)}


def _escalation_protocol(m: Maker, o: Organisation) -> Tree | None:
    routes = sorted({r for r, s in _work(o) if o.routes[r][s].needs})
    if not routes:
        return None
    route = m.one(*routes)
    out = m.some({"route": route, "first": m.yes()}, within=m.one("1 h", "2 working hours"))
    to = [s for r, s in _work(o) if r == route and o.routes[r][s].needs is None]
    return out | {"to": m.one(*to)} if to and m.yes() else out


def _routing(m: Maker, o: Organisation) -> Tree | None:
    places = [(r, s) for r, s in _any(o) if o.routes[r][s].next]
    if not places:
        return None
    route, step = m.one(*places)
    edges = o.routes[route][step].next
    if m.yes():
        return {"route": route, "step": step, "transfer": {m.one(*edges): m.one("none", "cold", "warm")}}
    return {"route": route, "step": step, "next": {t: {"p": 0.9 / len(edges)} for t in edges}, "ends_here": 0.1}


def _skills(m: Maker, o: Organisation) -> Tree:
    team, other = m.one(*o.teams), m.one(*o.teams)
    own = skills_of(team, o.teams[team])
    abroad = f"{other}.{m.one(*skills_of(other, o.teams[other]))}"
    if m.yes() and other != team:
        return {"team": team, "also": [abroad], "share": m.one(0.5, 1.0)}
    if m.yes():
        return {"team": team, "skills": own[::-1]}
    return {"team": team, "sets": {"all": {"has": own}, "some": {"has": own[-1:], "weight": 2}}}


def _self_service(m: Maker, o: Organisation) -> Tree:
    reason = m.one(*_with_demand(o))
    out: Tree = {"reasons": [reason], "channel": "web", "share": m.one(0.4, 0.9)}
    m.some(out, of=lambda: [m.one("phone", "chat", "mail")])
    if m.yes():
        out |= {"p_done": 0.5, "takes": m.distribution(0.5), "falls_back_on": m.one("phone", "chat")}
    return out


def _standard(m: Maker, o: Organisation) -> Tree:
    route, step = m.one(*_work(o))
    out: Tree = m.one(
        {"team": m.one(*o.teams), "within": m.pace.times(0.5)},
        {"route": route, "step": step, "internal_sla": m.one(m.pace.times(1), "2 working hours"), "priority": -1},
    )
    return m.some(out, order=m.one("target", "due", "age"))


def _promise(m: Maker, o: Organisation) -> Tree:
    given = generated.promise(m)
    return {k: v for k, v in given.items() if k in ("within", "p_told", "expected", "chaser")} | {
        "reason": m.one(*_with_demand(o))
    }


def _proactive_update(m: Maker, o: Organisation) -> Tree | None:
    promised = [n for n, r in o.reasons.items() if r.promise is not None]
    if not promised:
        return None
    reason = m.one(*promised)
    what: Tree = m.one({"reasons": [reason]}, {"route": o.reasons[reason].route})
    return what | {"every": m.one("1 h", "2 working hours"), "reaches": m.one(0.3, 1.0), "cost_per_message": 0.1}


def _batch_work(m: Maker, o: Organisation) -> Tree:
    route, step = m.one(*_work(o))
    every = m.one("0 min", m.pace.times(5), "2 working hours")
    return {"route": route, "steps": [step], "every": every, "saves": m.one(0.0, 0.3)}


def _own_target(m: Maker, o: Organisation) -> Tree:
    out: Tree = {"team": m.one(*o.teams), "faster": m.one(0.0, 0.3)}
    return m.some(out, resolves=-0.05, hand_back=0.1, order=m.one("age", "target"))


def _shared_outcome(m: Maker, o: Organisation) -> Tree:
    out: Tree = {"teams": [m.one(*o.teams)], "right_first_time": m.one(0.5, 1.0)}
    return m.some(out, resolves=0.1, slower=0.2, order=m.one("due", "target"))


def _supplier(m: Maker, o: Organisation) -> Tree | None:
    suppliers = [s.supplier for route in o.routes.values() for s in route.values() if s.supplier]
    if not suppliers:
        return None
    return {"supplier": m.one(*suppliers), "shorter": m.one(0.4, -0.4), "steadier": m.one(0.0, 0.0, 0.5)}


def _training(m: Maker, o: Organisation) -> Tree:
    team = m.one(*o.teams)
    given = generated.course(m, m.one(*skills_of(team, o.teams[team])))
    return {"team": team, "name": f"course{len(o.teams[team].training)}", **given}


def _cross_train(m: Maker, o: Organisation) -> Tree | None:
    if len(o.teams) < 2:
        return None
    first, *others = o.teams
    teams = [first, m.one(*others)]
    hours = m.one("0 min", m.pace.times(2))
    out = {"teams": teams, "share": m.one(0.5, 1.0), "hours": hours, "every": "1 d", "name": _fresh(o, "course")}
    return m.some(out, serve=lambda: m.one([], teams[:1]))


def _pressure(m: Maker, o: Organisation) -> Tree:
    out: Tree = {"to": m.one(0.0, 0.6, 1.0), "teams": [m.one(*o.teams)]}
    suppliers = {s.supplier for route in o.routes.values() for s in route.values() if s.supplier}
    return out | ({"suppliers": sorted(suppliers)} if suppliers else {})


def _hiring(m: Maker, o: Organisation) -> Tree:
    out: Tree = {"teams": [m.one(*o.teams)], "newcomer": m.one(-0.5, 0.0)}
    return m.some(out, frozen=m.yes(), takes=m.one("0 min", "1 week"), cost=3, training=1)


def _recovery(m: Maker, o: Organisation) -> Tree:
    given = {"after_failure": m.one(0.0, 1.0), "after_effort": m.one(0.0, 0.5), "cause": m.one(0.0, 0.6, 1.0)}
    return m.some(
        given, empathy=m.one(0.0, 1.0), promise=m.pace.times(2), recurs=0.5, recurs_after=m.distribution(1), most=0.3
    )


def _goodwill(m: Maker, o: Organisation) -> Tree | None:
    if o.recovery is None:
        return None
    return m.some({"who": m.one(*o.teams), "limit": m.one(0, 10, 50)}, p_due=1.0, p_error=0.2, cost_per_error=4.0)


def _calls(m: Maker, o: Organisation) -> Tree | None:
    if o.recovery is None:
        return None
    return {"team": m.one(*o.teams), "share": m.one(0.5, 1.0), "work": m.distribution(1), "p_reached": m.one(0.3, 1.0)}


def _closed_loop(m: Maker, o: Organisation) -> Tree | None:
    calls = _calls(m, o)
    return calls if calls is None else calls | {"after": m.pace.times(1), "up_to": m.one(6, 10), "tries": m.count(1, 2)}


def _set(m: Maker, o: Organisation) -> Tree:
    reason, team = m.one(*_with_demand(o)), m.one(*o.teams)
    (route, step), segment = m.one(*_work(o)), m.one(*o.segments)
    return m.one(
        {"behaviour.p_redial": 0.5, "behaviour.redial_after": m.distribution(1)},
        {f"teams.{team}.order": m.one("due", "age")},
        {f"teams.{team}.places": m.count(0, 2), "channels.phone.lines": m.count(1, 3)},
        {f"reasons.{reason}.one_open_case": m.yes()},
        {f"reasons.{reason}.priority": -3, f"reasons.{reason}.withdrawal": {"after": m.distribution(2)}},
        {f"reasons.{reason}.comes_back": {"p": 0.4, "after": m.distribution(1)}},
        {
            f"routes.{route}.{step}.outbound": {
                "p_reached": 0.4,
                "attempt": m.distribution(0.2),
                "retry_after": m.distribution(1),
            }
        },
        {f"routes.{route}.{step}.wrap_up": m.distribution(1), f"routes.{route}.{step}.asks_again": True},
        {"channels.chat.at_once": m.count(1, 4), "channels.chat.load_slowdown": 0.5},
        {"channels.phone.opens": m.one(*generated.HOURS), "channels.mail.opens": m.one(*generated.HOURS)},
        {"channels.phone.p_balk": 0.5, "channels.chat.patience": m.distribution(1)},
        {"calendar.working": m.one(*generated.HOURS), "behaviour.chasing.per_day": 12},
        {f"segments.{segment}.patience": 0.3, "proficiency.speed": 0.1},
        {"behaviour.missed_call": "missed", "behaviour.p_return_call": 0.6},
        {f"teams.{team}.attrition": m.one(0.0, 50.0), f"teams.{team}.hiring.takes": m.one("0 min", "1 week")},
        {f"teams.{team}.recognition": 1.0, f"teams.{team}.pressure": m.one(0.0, 1.0)},
        {"people": generated.people(m)},
    )


PROPOSED: dict[str, Callable[[Maker, Organisation], Tree | None]] = {
    "staff": _staff,
    "merge_teams": _merge_teams,
    "split_team": _split_team,
    "move_step": _move_step,
    "remove_step": _remove_step,
    "add_step": _add_step,
    "automate_step": _automate_step,
    "speed_up": _speed_up,
    "merge_steps": _merge_steps,
    "decision_right": _decision_right,
    "escalation_protocol": _escalation_protocol,
    "routing": _routing,
    "skills": _skills,
    "call_back": lambda m, o: {"channel": m.one("phone", "chat"), **generated.call_back(m)},
    "self_service": _self_service,
    "standard": _standard,
    "promise": _promise,
    "proactive_update": _proactive_update,
    "prevent_demand": lambda m, o: {"reasons": [m.one(*_with_demand(o))], "share": m.one(0.3, 1.0)},
    "add_demand": lambda m, o: {"reasons": [m.one(*_with_demand(o))], "share": m.one(0.5, 2.0)},
    "batch_work": _batch_work,
    "own_target": _own_target,
    "shared_outcome": _shared_outcome,
    "supplier": _supplier,
    "training": _training,
    "cross_train": _cross_train,
    "pressure": _pressure,
    "hiring": _hiring,
    "recovery": _recovery,
    "goodwill": _goodwill,
    "proactive_recovery": lambda m, o: (c := _calls(m, o)) and c | {"after": m.distribution(1)},
    "closed_loop": _closed_loop,
    "set": _set,
}
"""What of each kind might be done to an organisation; None: nothing of this kind."""
