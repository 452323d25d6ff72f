"""Organisations out of nothing: each of them valid by construction, all of the grammar among them, most of them busy.

They are small and run for a day or two, so that hundreds fit into a minute.  Some know only one length of time, so that
nearly everything happens at the same instants; some know zero; some begin twelve years on, where a minute has no more
than nine digits behind its point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import strategies as st

from cxsim.calendars.constants import WEEK

Tree = dict[str, Any]
T = TypeVar("T")

CES_CUTS = [-2.0, -1.5, -1.0, -0.5, 0.0, 0.5]
NPS_CUTS = [-2.5, -2.2, -2.0, -1.8, -1.5, -1.2, -0.8, -0.3, 0.3, 1.0]
TWELVE_YEARS = 625 * WEEK
BEGINNINGS = (0.0, -360.0, WEEK - 720.0, TWELVE_YEARS - 720.0)
"""Minutes; all but the first one run into the close of a week, the second one into time 0."""
HOURS: tuple[Any, ...] = (
    "always",
    {"mon-sun": "06:00-20:00"},
    {"mon-sun": ["07:00-12:00", "13:00-18:00"], "holidays": "open"},
    {"mon-sun": "18:00-06:00"},
    {"mon-fri": "08:00-17:00", "sat": "09:00-12:00", "holidays": "10:00-12:00"},
)
CALENDARS: tuple[Tree, ...] = (
    {"start": "2026-01-05"},
    {"start": "2026-01-30", "working": {"mon-sun": "09:00-17:00"}},
    {"start": "2026-03-29", "timezone": "Europe/Berlin"},
    {"start": "2025-12-25", "holidays": "GB", "extra_holidays": ["2025-12-24"]},
)
"""A Monday, the end of a month, the day on which the clocks change, a holiday."""


@dataclass(frozen=True)
class Pace:
    """Which lengths of time an organisation knows."""

    kind: str
    """ties: one length and its double · zeros: one length and zero · mixed: all distributions."""
    unit: float
    """Minutes."""

    def times(self, n: float) -> str:
        return f"{n * self.unit!r} min"


class Maker:
    """Draws from a Hypothesis strategy, in the words of an organisation file."""

    def __init__(self, draw: st.DrawFn, pace: Pace) -> None:
        self.draw, self.pace = draw, pace

    def one(self, *values: T) -> T:
        return self.draw(st.sampled_from(values))

    def yes(self) -> bool:
        return self.draw(st.booleans())

    def seldom(self) -> bool:
        return self.one(False, False, False, True)

    def count(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def distribution(self, mean: float) -> Any:
        """A distribution of durations whose mean is about `mean` units."""
        p = self.pace
        if p.kind == "ties":
            return p.times(self.one(1, 1, 1, 2))
        if p.kind == "zeros":
            return self.one("0 min", p.times(1))
        m = p.times(mean)
        return self.one(
            m,
            {"exponential": {"mean": m}},
            {"lognormal": {"mean": m, "cv": 1.2}},
            {"weibull": {"median": m, "shape": 0.8}},
            {"uniform": {"low": "0 min", "high": p.times(2 * mean)}},
            {"triangular": {"low": "0 min", "mode": m, "high": p.times(3 * mean)}},
            {"empirical": {"probabilities": [0, 0.4, 0.7, 1], "values": ["0 min", m, m, p.times(4 * mean)]}},
            {
                "mixture": [
                    {"weight": 1, "distribution": "10 s"},
                    {"weight": 2, "distribution": {"exponential": {"mean": m}}},
                ]
            },
        )

    def some(self, tree: Tree, **values: Any) -> Tree:
        """Put in some of these; a callable is asked for its value only if it is wanted."""
        for key, value in values.items():
            if self.yes():
                tree[key] = value() if callable(value) else value
        return tree


@st.composite
def paces(draw: st.DrawFn) -> Pace:
    """How time is cut; one length of three has no exact binary form."""
    kind = draw(st.sampled_from(("mixed", "mixed", "ties", "zeros")))
    return Pace(kind, draw(st.sampled_from((10.0, 5.0, 20.0 / 3.0))))


@st.composite
def organisations(draw: st.DrawFn, pace: Pace, begins: float) -> Tree:
    """An organisation whose cases arise from `begins` (minutes) on."""
    m = Maker(draw, pace)
    tree: Tree = {
        "title": "Generated",
        "calendar": dict(m.one(*CALENDARS)),
        "segments": _segments(m),
        "channels": _channels(m),
        "demand": _demand(m, begins),
        "teams": {},
        "routes": {},
        "reasons": {},
        "experience": _experience(m),
        "economics": {"currency": "EUR", "price_year": 2026},
    }
    tree["profiles"] = {
        "by_day": {"values": [0, 1, 2, 3] * 6},
        "by_week": {"values": [1, 3] * 84},
        "wave": {"sinusoid": {"amplitude": 0.8, "period": "12 h"}},
    }
    tree["teams"] = _teams(m, begins)
    for k in range(m.count(1, 3)):
        tree["routes"][f"r{k}"] = _route(m, tree, f"r{k}")
        tree["reasons"][f"reason{k}"] = _reason(m, tree, f"r{k}")
    tree["routes"]["answer"] = {"tell": _work(m, tree)}
    for name in ("status", "complaint", "missed"):
        tree["reasons"][name] = {"kind": "failure", "channels": _mix(m, tree), "route": "answer"}
        m.some(tree["reasons"][name], priority=lambda: m.one(-1, 1), patience=lambda: m.distribution(2))
    tree["behaviour"] = _behaviour(m)
    m.some(tree, proficiency={"speed": 0.3, "resolution": 0.5, "misroute": 0.4}, people=lambda: people(m))
    if m.yes():
        _selling(m, tree)
    if m.yes():
        _recover(m, tree)
    return tree


def _selling(m: Maker, tree: Tree) -> None:
    """Offers, errors, suppliers with a temper; who knows more than they serve."""
    skills = [f"{name}.{skill}" for name, team in tree["teams"].items() for skill in _skills(name, team)]
    for steps in tree["routes"].values():
        for step in steps.values():
            if "team" in step and m.yes():
                step["offer"] = offer(m, skills)
            if ("team" in step or "delay" in step) and m.seldom():
                step["errs"] = m.one(0.2, 0.6)
    tree["sales"] = m.some(
        {"notices_after": m.distribution(4), "p_notices": m.one(0.6, 1.0)},
        becomes=lambda: m.one("complaint", "status", "reason0"),
        needs_a_year=m.one(300.0, 9000.0),
        asked_every=m.one("1 h", "2 d"),
        p_undone=m.one(0.0, 1.0),
    )
    if any(step.get("supplier") for steps in tree["routes"].values() for step in steps.values()):
        tree["suppliers"] = {"bureau": {"pressure": m.one(0.0, 0.7), "proficiency": m.one(-1.0, 0.0)}}
    tree.setdefault("people", {}).setdefault("pressure", {})
    boss = tree["teams"]["boss"]
    knows = m.one(["desk.loans", "back.back"], ["back.back"], ["desk.service", "desk.loans"])
    knows = [*knows, *(s for s in _passed_on(tree, "boss") if s not in knows)]
    if all(s in skills for s in knows) and (m.yes() or len(knows) > 2):
        boss["skill_sets"] = {"wise": {"has": ["boss"], "knows": knows, "weight": 2}, "plain": {"has": ["boss"]}}


def _passed_on(tree: Tree, team: str) -> list[str]:
    """Skills of other teams to whose steps a team's steps pass customers on."""
    found: dict[str, None] = {}
    for steps in tree["routes"].values():
        for step in steps.values():
            ahead = step.get("next") if step.get("team") == team else None
            for name in [ahead] if isinstance(ahead, str) else (ahead or ()):
                there = steps.get(name, {})
                if there.get("team", team) != team:
                    own = _skills(there["team"], tree["teams"][there["team"]])
                    found[f"{there['team']}.{there.get('skill', own[0])}"] = None
    return list(found)


def _skills(name: str, team: Tree) -> list[str]:
    sets = [s for group in (team.get("skill_sets") or {}).values() for s in group["has"] if "." not in s]
    return list(dict.fromkeys(sets or team.get("skills") or [name]))


def offer(m: Maker, skills: list[str]) -> Tree:
    """An offer at the end of a step."""
    out: Tree = {"p": m.one(0.0, 0.5, 1.0), "accepts": m.one(0.3, 0.9, 1.0), "margin": 8}
    return m.some(
        out, pressed=1.0, over_promise=m.one(0.5, 1.0), selling=lambda: m.one(*skills), keeping=lambda: m.one(*skills)
    )


def _recover(m: Maker, tree: Tree) -> None:
    """Complaints about cases that are over, payments within a limit or above it, and calls of our own."""
    tree["recovery"] = m.some(
        {
            "complaining": {
                "after_failure": m.one(0.3, 1.0),
                "after_effort": m.one(0.0, 0.7),
                "after": m.distribution(1),
            },
            "cause": m.one(0.0, 0.5),
            "recurs": m.one(0.3, 0.8),
            "recurs_after": m.distribution(2),
            "promise": m.one("5 min", "2 working hours"),
            "deadline": m.one("10 min", "1 working hour"),
        },
        most=0.7,
        empathy=0.9,
        ombudsman={"share": 0.5, "cost": 90},
    )
    tree["recovery"]["complaining"]["full_at"] = m.one(0.1, 1.0)
    if m.yes():
        tree["recovery"]["goodwill"] = {"p_due": m.one(0.5, 1.0), "mean": m.one(5.0, 25.0, 100.0)}
        tree["routes"]["redress"] = {
            "hear": _work(m, tree, "desk") | {"needs": "goodwill", "escalates_to": "decide"},
            "decide": _work(m, tree, "boss"),
        }
        tree["reasons"]["complaint"]["route"] = "redress"
        for team, limit in (("desk", m.one(0.0, 20.0, 60.0)), ("boss", None)):
            held = {"share": m.one(0.5, 1.0), "p_error": m.one(0.0, 0.3), "cost_per_error": 3}
            tree["teams"][team].setdefault("rights", {})["goodwill"] = held | (
                {} if limit is None else {"limit": limit}
            )
    tree["reasons"]["ours"] = {"kind": "failure", "route": "ours"}
    tree["routes"]["ours"] = {
        "call": _work(m, tree) | {"outbound": {"p_reached": 0.5, "retry_after": m.distribution(1)}}
    }
    calls = {"reason": "ours", "share": m.one(0.5, 1.0), "after": m.distribution(1)}
    m.some(tree["recovery"], proactive=calls, closed_loop=calls | {"up_to": m.one(6, 10)})
    if "closed_loop" in tree["recovery"]:
        tree["experience"]["survey"] = {"p_answer": 0.7}


def _segments(m: Maker) -> Tree:
    segments: Tree = {}
    for name in ("young", "old")[: m.count(1, 2)]:
        segments[name] = m.some(
            {"customers": m.one(6, 40)}, patience=lambda: m.one(0.5, 2.0), relationship={"mean": 0.2, "sd": 0.0}
        )
    return segments


def _channels(m: Maker) -> Tree:
    """A telephone, a chat, letters and a page to help oneself."""
    phone: Tree = {"presence": "present"}
    chat: Tree = {"presence": "present", "at_once": m.count(2, 3)}
    for channel, other in ((phone, "mail"), (chat, "phone")):
        m.some(
            channel,
            opens=lambda: m.one(*HOURS),
            when_closed=m.one("wait", other),
            after_opening=lambda: m.distribution(3),
            patience=lambda: m.distribution(1.5),
            p_balk=lambda: m.one(0.2, 0.6),
            perceived_wait=2.0,
            cost_per_contact=0.5,
        )
        if m.seldom():
            channel["lines"] = m.count(1, 2)
        if m.seldom():
            channel["pick_up"] = m.distribution(0.2)
    if m.yes():
        chat["load_slowdown"] = 0.3
    if m.yes():
        phone["call_back"] = call_back(m)
    mail: Tree = {"presence": "absent"}
    m.some(mail, opens=lambda: m.one(*HOURS))
    if m.seldom():
        mail |= {"at_once": 2}
    return {"phone": phone, "chat": chat, "mail": mail, "web": {"presence": "self_service"}}


def call_back(m: Maker) -> Tree:
    """The offer to call back."""
    return {
        "when_wait_over": m.one("0 min", m.pace.times(1)),
        "p_accept": m.one(0.5, 1.0),
        "p_reached": m.one(0.3, 1.0),
        "tries": m.count(1, 3),
        "retry_after": m.one("0 min", m.pace.times(1), m.pace.times(3.3)),
        "within": m.one(None, m.pace.times(2)),
    }


def _demand(m: Maker, begins: float) -> Tree:
    shock = {"starts": f"{max(0.0, begins + 300.0)!r} min", "lasts": "2 h", "factor": m.one(0.0, 3.0)}
    if m.yes():
        shock["reasons"] = ["reason0"]
    return m.some(
        {},
        busyness_sd=0.4,
        holidays=0.3,
        month_end=2.0,
        payday=6,
        payday_factor=1.7,
        season=[1.0, 1.2, 0.8] * 4,
        trend_per_year=0.1,
        shocks=[shock],
    )


def _experience(m: Maker) -> Tree:
    tree: Tree = {"ces_cuts": CES_CUTS, "nps_cuts": NPS_CUTS}
    return m.some(tree, survey={"p_answer": 0.6}, half_life="2 d", carry_over=0.6, effort={"wait": 0.0, "late": 0.4})


def _behaviour(m: Maker) -> Tree:
    # chances stay below one where a delay may be zero: everything has to end some time
    return {
        "p_redial": m.one(0.0, 0.7),
        "redial_after": m.distribution(1),
        "p_recontact": m.one(0.3, 0.8),
        "recontact_after": m.distribution(2),
        "p_complain": m.one(0.0, 0.5),
        "complaint": "complaint",
        "p_return_call": m.one(0.0, 0.7),
        "return_call_after": m.distribution(1),
        "chasing": m.some({"per_day": m.one(0.0, 6.0)}, per_day_since_news=9.0, starts_at=0.2, when_missed=1.5),
        **({"missed_call": "missed"} if m.yes() else {}),
        **({"causes": {"agent": 0.5, "process": 0.25, "customer": 0.25}} if m.yes() else {}),
        **({"fcr_window": "2 h"} if m.yes() else {}),
    }


def shift(m: Maker) -> Tree:
    """Hours of duty, with up to two breaks."""
    out: Tree = {"hours": m.one(*HOURS)}
    if m.yes():
        out["breaks"] = [{"after": m.pace.times(12 * (k + 1)), "lasts": m.pace.times(2)} for k in range(m.count(1, 2))]
        if m.yes():
            out["breaks"][0]["spread"] = m.pace.times(4)
    return out


def _teams(m: Maker, begins: float) -> Tree:
    """A desk with two skills, a back office, and whoever may decide."""
    teams: Tree = {}
    for name in ("desk", "back", "boss"):
        heads = m.count(1, 3)
        team: Tree = {"department": m.one("front", "rear"), "agents": heads, "cost_per_hour": 20}
        if m.seldom():
            team["headcount"] = {"mon-fri": {"06:00-12:00": 1, "12:00-20:00": heads}, "sat,sun": {"00:00-24:00": heads}}
        else:
            team["shifts"] = {f"s{k}": shift(m) | {"weight": m.one(1, 2)} for k in range(m.count(1, 2))}
        m.some(
            team,
            p_absent=0.3,
            standard=lambda: {
                "within": m.pace.times(1),
                "share": 0.8,
                "short_abandons": m.one("counted", "left_out", "met"),
                "blocked": m.yes(),
            },
            proficiency={"mean": m.one(-0.5, 0.5), "sd": m.one(0.0, 0.7)},
            warm_limit=lambda: m.one("0 min", m.pace.times(1), m.pace.times(4)),
            order=m.one("due", "target"),
        )
        if m.seldom():
            team["places"] = m.count(0, 2)
        if m.yes():
            team["attrition"] = m.one(0.5, 20, 50)
            m.some(
                team,
                hiring={"takes": m.one("0 min", "5 d", "2 weeks"), "cost": 10, "training": 5},
                recognition=m.one(-1.0, 0.5),
                pressure=m.one(0.3, 1.0),
            )
        teams[name] = team
    teams["desk"]["skills"] = ["service", "loans"]
    if m.yes():
        groups = (["back.back", "service", "loans"], ["service", "back.back"], ["service"], ["loans", "service"])
        del teams["desk"]["skills"]
        teams["desk"]["skill_sets"] = {"first": {"has": ["service", "loans"], "weight": m.one(1, 3)}} | {
            f"g{k}": {"has": list(m.one(*groups))} for k in range(m.count(1, 2))
        }
    for name in ("desk", "back"):
        if m.yes():
            teams[name]["rights"] = {"decide": right(m)}
    if m.seldom():
        teams["desk"]["training"] = {"basics": {"starts": f"{max(0.0, begins + 120.0)!r} min", **course(m, "service")}}
    return teams


def right(m: Maker) -> Tree:
    """A decision right."""
    return {"share": m.one(0.3, 0.8, 1.0), "p_error": m.one(0.0, 0.4), "cost_per_error": 5}


def course(m: Maker, skill: str) -> Tree:
    """A training, without its start."""
    return {
        "uplift": {skill: 0.6},
        "hours": m.one("0 min", m.pace.times(3), m.pace.times(8)),
        "session": m.one(m.pace.times(3), "4 h"),
        "waves": m.count(1, 2),
        "every": m.one(m.pace.times(12), "1 d"),
        "half_life": m.one(None, "1 week", "10 weeks"),
        **({"refresh": {"every": m.one(m.pace.times(30), "1 d"), "hours": m.pace.times(2)}} if m.yes() else {}),
    }


def people(m: Maker) -> Tree:
    """How people learn and what moves them; weeks are short here, so everything goes fast."""
    out: Tree = {
        "learning": {
            "time_constant": m.one("1 week", "90 d"),
            "newcomer": m.one(-1.2, 0.0),
            "new_skill": -0.8,
            "practice": m.one("0 min", m.pace.times(4), "4 h"),
            "forgetting": m.one("2 weeks", "330 d"),
        }
    }
    if m.yes():
        out["engagement"] = {
            "busy_from": m.one(0.0, 0.85),
            "busy_effect": 0.05,
            "sustained": m.one("1 week", "4 weeks"),
        }
    return out


def _mix(m: Maker, tree: Tree) -> Tree:
    mixes: tuple[Tree, ...] = (
        {"phone": 1},
        {"phone": 0.4, "chat": 0.6},
        {"chat": 1},
        {"phone": 0.4, "chat": 0.3, "mail": 0.2, "web": 0.1},
        {"mail": 0.5, "web": 0.5},
    )
    if m.seldom():
        return {segment: dict(m.one(*mixes)) for segment in tree["segments"]}
    return dict(m.one(*mixes))


def _reason(m: Maker, tree: Tree, route: str) -> Tree:
    """A reason with demand of its own."""
    out: Tree = {"channels": _mix(m, tree), "route": route}
    how = "interarrival" if m.pace.kind == "ties" else m.one("cases", "rate", "interarrival")
    if how == "cases":
        out["cases"] = {s: m.one(1, 2) * 14600 / spec["customers"] for s, spec in tree["segments"].items()}
    else:
        distribution = m.distribution(2) if m.pace.kind != "zeros" else m.pace.times(2)
        arrivals = {"rate": m.one("3 per h", "90 per day")} if how == "rate" else {"interarrival": distribution}
        out["arrivals"] = {s: dict(arrivals) for s in tree["segments"]}
    steps = list(tree["routes"][route])
    m.some(
        out,
        arrives=lambda: m.one("by_day", "by_week", "wave"),
        priority=lambda: m.one(-1, 2),
        enters=lambda: {m.one("phone", "chat", "mail", "web"): m.one(*steps)},
        repeats_at=lambda: m.one(*steps),
        patience=lambda: m.distribution(1),
        promise=lambda: promise(m),
        moment_of_truth=2.0,
        margin=3.0,
    )
    if m.seldom():
        out["prevented"] = 0.3
    if m.seldom() and how != "interarrival":
        out["added"] = 0.4
    if m.seldom() and how != "interarrival":
        out["trend_per_year"] = m.one(-0.1, 0.05)  # some begin twelve years on
    if m.seldom():
        out["one_open_case"] = True
    if m.seldom():
        out["withdrawal"] = {"after": m.distribution(9), "margin_lost": 7}
    if m.seldom():
        out["comes_back"] = {"p": 0.5, "after": m.distribution(3)}
    return out


def promise(m: Maker) -> Tree:
    """What customers are promised."""
    out: Tree = {"within": m.one("2 h", "1 working day", "4 working hours", m.pace.times(3)), "p_told": m.one(0.5, 1)}
    m.some(out, expected=lambda: m.one("1 h", "2 working hours"), update_every=lambda: m.one("2 h", "1 working hour"))
    if m.one(True, True, False):
        out["chaser"] = "status"
    return m.some(out, update_reaches=0.5, cost_per_update=0.1)


def _work(m: Maker, tree: Tree, team: str = "") -> Tree:
    """Work for a team."""
    team = team or m.one("desk", "desk", "back", "boss")
    step: Tree = {"team": team, "work": m.distribution(1), "resolves": m.one(1.0, 0.6, 0.3)}
    if team == "desk" and m.yes():
        step["skill"] = m.one("service", "loans")
    if m.yes():
        step["wrap_up"] = m.distribution(0.5)
    if m.seldom():
        m.some(step, generic=0.5, asks_again=True, news=False, sells=2.0, priority=lambda: m.one(-2, 1), control=True)
    if m.seldom():
        step["internal_sla"] = m.one(m.pace.times(2), "1 working hour")
        if m.yes():
            step["batch"] = m.one(m.pace.times(4), "2 h", "3 working hours")
    if m.seldom():
        step["outbound"] = {
            "p_reached": m.one(0.3, 0.8),
            "attempt": m.distribution(0.2),
            "tries": m.count(1, 3),
            "retry_after": m.distribution(1),
        }
    return step


def _delay(m: Maker) -> Tree:
    step: Tree = {"delay": m.distribution(3)}
    step |= m.one({"supplier": "bureau"}, {"supplier": "bureau"}, {"customer": True}, {"clock": "working"}, {})
    return step


def _route(m: Maker, tree: Tree, name: str) -> Tree:
    """A chain of steps, with ways round, back, aside and side by side; the last one is work after which it may end."""
    n = m.one(3, 2, 4, 1)
    kinds = [m.one("work", "work", "work", "delay", "self_service", "fork") for _ in range(n - 1)]
    steps: Tree = {}
    for i, kind in enumerate(kinds):
        here, then = f"s{i}", f"s{i + 1}"
        if kind == "self_service":
            falls = {"p_done": m.one(0.3, 0.7), "takes": m.distribution(0.5), "channel": m.one("phone", "chat")}
            aside = f"{here}_help"
            steps[here] = {"self_service": falls | {"falls_back_to": aside}, "resolves": 0.7}
            if m.yes():
                steps[here]["next"] = then
            steps[aside] = _work(m, tree) | {"next": then}
        elif kind == "fork":
            branches = _branches(m, tree, here, then)
            steps[here] = {"parallel": [b for b in branches if b.count("_") == 1], "join": then}
            steps |= branches
        else:
            steps[here] = _work(m, tree) if kind == "work" else _delay(m)
            steps[here]["next"] = _onward(m, tree, i, n)
            if kind == "work" and m.yes():
                steps[here] |= {"needs": "decide", "escalates_to": f"{here}_boss"}
                steps[f"{here}_boss"] = _work(m, tree, "boss") | {"next": then}
    last = f"s{n - 1}"
    steps[last] = _work(m, tree)
    if m.seldom():
        steps[last]["next"] = {f"s{m.count(0, n - 1)}": {"p": 0.3, "kind": "rework", "transfer": m.one("none", "cold")}}
    return steps


def _branches(m: Maker, tree: Tree, here: str, join: str) -> Tree:
    """Two or three branches; one of them may branch again."""
    out: Tree = {}
    for k in range(m.count(1, 3)):
        name = f"{here}_{'abc'[k]}"
        if m.seldom():
            inner, meet = f"{name}_in", f"{name}_meet"
            out[name] = {"parallel": [f"{inner}_x", f"{inner}_y"], "join": meet}
            out |= {f"{inner}_x": _work(m, tree), f"{inner}_y": _delay(m) | {"next": meet}}
            out[meet] = _work(m, tree) | {"next": join}
        else:
            out[name] = _work(m, tree) if m.yes() else _delay(m)
            if m.yes():
                out[name]["next"] = join
    return out


def _onward(m: Maker, tree: Tree, i: int, n: int) -> Tree:
    """Where a step leads: mostly ahead, sometimes past the next step, back, or to an end."""
    ahead: Tree = {"p": m.one(0.6, 0.5, 1.0), "transfer": m.one("warm", "none", "cold", "warm")}
    edges: Tree = {f"s{i + 1}": ahead}
    if ahead["p"] < 1.0:
        if m.yes() and i + 2 < n:
            edges[f"s{i + 2}"] = {
                "p": 0.2,
                "kind": m.one("normal", "misroute"),
                "transfer": m.one("none", "cold", "warm"),
            }
        if m.yes():
            edges[f"s{m.count(0, i)}"] = {
                "p": 0.2,
                "kind": m.one("rework", "misroute"),
                "transfer": m.one("none", "cold"),
            }
        if m.yes():
            ahead["by_segment"] = {m.one(*tree["segments"]): 0.3}
        if m.seldom():
            ahead["by_channel"] = {m.one(*tree["channels"]): 0.4}
    return edges
