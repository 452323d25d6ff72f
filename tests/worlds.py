"""Tiny organisations and how to run them: a case per reason, constant times, so that a log can be worked out on paper.

All times of a tiny world are minutes after Monday 10:00, the tenth hour of its first week.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from cxsim import world
from cxsim.customer_sums import LoyaltyColumn
from cxsim.organisation import read_organisation
from cxsim.origins import Origin, OriginColumn
from cxsim.plan import Names, Plan, names_of, plans_of
from cxsim.recovery_sums import RecoveryColumn
from cxsim.sales_sums import SaleColumn
from cxsim.state import OUTCOMES
from cxsim.tally import WEEK, CaseColumn, Cause, ContactColumn, HourColumn, Kind, SkillColumn, StepColumn, TeamColumn

Tree = dict[str, Any]

TEN = 600.0
"""Monday 10:00, the zero of every log here."""
WARM_UP_WEEKS = 4
DAY = 1440.0

CES_CUTS = [-2.5, -2.0, -1.5, -1.0, -0.5, 0.0]
NPS_CUTS = [-3.0, -2.5, -2.0, -1.5, -1.2, -0.9, -0.7, -0.3, 0.1, 0.7]

both_engines = pytest.mark.parametrize("engine", sorted(world.ENGINES))
"""The contract: every engine passes every test."""


def merged(tree: Mapping[str, Any], changes: Mapping[str, Any]) -> Tree:
    """The tree with changes put in; None takes a key out."""
    out = deepcopy(dict(tree))
    for key, value in changes.items():
        if value is None:
            out.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(out.get(key), Mapping):
            out[key] = merged(out[key], value)
        else:
            out[key] = value
    return out


def tiny(arrivals: Mapping[str, Any], steps: Mapping[str, Any], **changes: Any) -> Tree:
    """One segment, a phone that is always open, one route `r`, a team `desk` of one agent on duty for ever.

    arrivals: by reason, when its case comes (the next one four weeks later), or an interarrival law.
    steps: the route; a step without a kind of its own is work for the desk.
    """
    route = {}
    for name, given in steps.items():
        own = {"team", "delay", "self_service", "parallel"} & set(given)
        route[name] = dict(given) if own else {"team": "desk", **given}
    reasons = {}
    for name, at in arrivals.items():
        law = f"{WARM_UP_WEEKS * WEEK + TEN + at} min" if isinstance(at, int | float) else at
        reasons[name] = {"arrivals": {"all": {"interarrival": law}}, "channels": {"phone": 1}, "route": "r"}
    tree: Tree = {
        "title": "Tiny",
        "calendar": {"start": "2026-01-05"},  # a Monday
        "segments": {"all": {"customers": 100, "relationship": {"mean": 0, "sd": 0}}},
        "channels": {"phone": {"presence": "present"}},
        "reasons": reasons,
        "routes": {"r": route},
        "teams": {"desk": {"department": "service", "agents": 1, "shifts": {"all": {"hours": "always"}}}},
        "behaviour": {"p_redial": 0, "p_recontact": 0, "p_return_call": 0},
        "experience": {"ces_cuts": CES_CUTS, "nps_cuts": NPS_CUTS},
        "economics": {"currency": "EUR", "price_year": 2026},
    }
    return merged(tree, changes)


def crew(agents: int, **more: Any) -> Tree:
    """A team on duty for ever."""
    return {"department": "service", "agents": agents, "shifts": {"all": {"hours": "always"}}, **more}


@dataclass
class Told:
    """A finished run with the names of its rows."""

    names: Names
    run: world.Run
    timeline: tuple[tuple[float, Plan], ...]

    def log(self, *columns: str) -> list[tuple[Any, ...]]:
        """The trace, one tuple per ended visit, in the order of their ends.

        Default columns: case reason, step, agent (None if none), queued, began (None if never), ended, outcome.
        """
        columns = columns or ("case", "step", "agent", "queued", "began", "ended", "outcome")
        return [tuple(self._cell(row, c) for c in columns) for row in self.run.visits()]

    def _cell(self, row: Any, column: str) -> Any:
        names = self.names
        agents = names.agent_names()
        read = {
            "case": lambda: names.reasons[row["reason"]],
            "number": lambda: int(row["number"]),
            "reason": lambda: names.reasons[row["contact_reason"]],
            "kind": lambda: Kind(row["kind"]).name.lower(),
            "ordinal": lambda: int(row["ordinal"]),
            "attempt": lambda: int(row["attempt"]),
            "channel": lambda: names.channels[row["channel"]],
            "step": lambda: names.steps[row["step"]][1],
            "agent": lambda: agents[row["agent"]] if row["agent"] >= 0 else None,
            "queued": lambda: float(row["queued_at"]) - TEN,
            "began": lambda: float(row["began_at"]) - TEN if np.isfinite(row["began_at"]) else None,
            "ended": lambda: float(row["ended_at"]) - TEN,
            "outcome": lambda: OUTCOMES[row["outcome"]],
        }
        return read[column]()

    def efforts(self) -> list[tuple[float, str, float]]:
        """The effort ledger: (when, cause, effort)."""
        return [(float(e["at"]) - TEN, Cause(e["cause"]).name.lower(), float(e["effort"])) for e in self.run.entries()]

    def case(self, column: CaseColumn, reason: str | None = None) -> float:
        """A case sum over all weeks and segments."""
        sums = self.run.tally.case_sums.sum(axis=(0, 2))
        return float(sums[self.names.reasons.index(reason), column] if reason else sums[:, column].sum())

    def contact(self, column: ContactColumn, reason: str | None = None) -> float:
        """A contact sum over all weeks and channels."""
        sums = self.run.tally.contact_sums.sum(axis=(0, 2))
        return float(sums[self.names.reasons.index(reason), column] if reason else sums[:, column].sum())

    def step(self, name: str, column: StepColumn) -> float:
        """A step sum over all weeks."""
        i = [step for _, step in self.names.steps].index(name)
        return float(self.run.tally.step_sums[:, i, column].sum())

    def team(self, name: str, column: TeamColumn) -> float:
        """A team sum over all weeks."""
        return float(self.run.tally.team_sums[:, self.names.teams.index(name), column].sum())


def prepared(
    changes: Sequence[tuple[float, Tree]], weeks: int, warm_up_weeks: int
) -> tuple[Names, tuple[tuple[float, Plan], ...]]:
    """Names and plans of a timeline of trees."""
    told = [(at, read_organisation(tree)) for at, tree in changes]
    names = names_of([o for _, o in told])
    return names, plans_of(told, names, weeks, warm_up_weeks)


def play(
    tree: Tree | Sequence[tuple[float, Tree]],
    until: float,
    engine: str,
    *,
    seed: int = 1,
    replication: int = 0,
    stops: Sequence[float] = (),
    finish: bool = True,
) -> Told:
    """Run a tree, or a timeline of trees, until `until`; times are minutes after Monday 10:00."""
    changes = [(0.0, tree)] if isinstance(tree, dict) else [(at + TEN if at else 0.0, t) for at, t in tree]
    weeks = int((until + TEN) // WEEK) + 1
    names, timeline = prepared(changes, weeks, WARM_UP_WEEKS)
    run = world.start(timeline[0][1], names, seed, replication, weeks, WARM_UP_WEEKS, trace=True)
    for stop in (*stops, until):
        world.advance(run, timeline, stop + TEN, engine)
    told = Told(names, run, timeline)
    if finish:
        world.finish(run, timeline)
        conserved(told)
    return told


@contextmanager
def as_python(*modules: ModuleType) -> Iterator[None]:
    """Rules of these modules run as Python, also when they call each other: a small stand-in can be their world."""
    kept = [(m, n, f) for m in modules for n, f in vars(m).items() if hasattr(f, "py_func")]
    for m, n, f in kept:
        setattr(m, n, f.py_func)
    yield
    for m, n, f in kept:
        setattr(m, n, f)


def conserved(told: Told) -> None:
    """Nobody is lost: cases opened are closed or open, attempts end or are in progress, who queues is served or not."""
    tally, state = told.run.tally, told.run.state
    cases = tally.case_sums.sum(axis=(0, 2))
    closed, unfinished = cases[:, CaseColumn.CLOSED], cases[:, CaseColumn.UNFINISHED]
    assert np.array_equal(cases[:, CaseColumn.OPENED], closed + unfinished)
    ways = [CaseColumn.RESOLVED, CaseColumn.GAVE_UP, CaseColumn.WITHDRAWN]
    assert np.array_equal(closed, cases[:, ways].sum(axis=1))
    assert np.allclose(cases[:, CaseColumn.EFFORT], cases[:, len(CaseColumn) :].sum(axis=1))
    contacts = tally.contact_sums.sum(axis=(0, 1, 2))
    ended = [
        ContactColumn.HANDLED,
        ContactColumn.ABANDONED,
        ContactColumn.BLOCKED,
        ContactColumn.BALKED,
    ]
    kinds = [ContactColumn.REDIALS, *(ContactColumn.FIRST + k for k in Kind)]
    assert contacts[ContactColumn.ATTEMPTS] == contacts[kinds].sum()
    in_progress = contacts[ContactColumn.ATTEMPTS] - contacts[ended].sum()
    busy = (state.visits["status"] >= 1) & (state.visits["status"] <= 5)  # coming, waiting, served, delayed, joining
    calling_back = (busy & (state.visits["kind"] == Kind.RETURN)).sum()  # besides the contact for which we called
    # those who withdraw leave contacts unended
    assert 0 <= in_progress <= busy.sum() + calling_back + 2 * cases[:, CaseColumn.WITHDRAWN].sum()
    rows = np.bincount(state.visits["case"][state.visits["status"] > 0], minlength=len(state.cases))
    alive = state.cases["status"] > 0
    assert np.array_equal(rows[alive], state.cases["rows"][alive])
    assert not rows[~alive].any()
    loyal = tally.loyalty_sums
    joined = loyal[..., LoyaltyColumn.REFERRED] + loyal[..., LoyaltyColumn.ACQUIRED]
    at_close = told.timeline[0][1].segments["start"] + np.cumsum(joined - loyal[..., LoyaltyColumn.LEFT], axis=0)
    closed_weeks = loyal[..., LoyaltyColumn.CUSTOMERS].any(axis=1) | loyal[..., LoyaltyColumn.WEEKS].any(axis=1)
    assert np.array_equal(loyal[..., LoyaltyColumn.CUSTOMERS][closed_weeks], at_close[closed_weeks])
    assert state.customers["present"].sum() == at_close[-1].sum()
    assert state.team_state["waiting"].sum() == (state.visits["status"] == 2).sum()
    recovery_conserved(told)
    failures_traced(told)
    people_conserved(told)


def recovery_conserved(told: Told) -> None:
    """Nothing is answered that was not asked, and no more is given back than was lost."""
    sums = told.run.tally.recovery_sums.sum(axis=0)
    column = {c: sums[:, c] for c in RecoveryColumn}
    parts = ((RecoveryColumn.FAILURES, RecoveryColumn.LOSSES), (RecoveryColumn.SYMPTOM, RecoveryColumn.SOLVED))
    parts += ((RecoveryColumn.RECURRED, RecoveryColumn.SYMPTOM), (RecoveryColumn.ENDED, RecoveryColumn.COMPLAINTS))
    parts += ((RecoveryColumn.UNSOLVED, RecoveryColumn.ENDED), (RecoveryColumn.FOLLOWED_UP, RecoveryColumn.UNHAPPY))
    parts += ((RecoveryColumn.PROACTIVE_REACHED, RecoveryColumn.PROACTIVE),)
    parts += ((RecoveryColumn.FOLLOW_UP_REACHED, RecoveryColumn.FOLLOWED_UP),)
    for some, of in parts:
        assert (column[some] <= column[of]).all(), (some.name, of.name)
    assert (column[RecoveryColumn.GIVEN_BACK] <= column[RecoveryColumn.LOSS] + 1e-9).all()
    answered = column[RecoveryColumn.REPLIED]
    for part in (RecoveryColumn.CAUSE, RecoveryColumn.EMPATHY, RecoveryColumn.SPEED, RecoveryColumn.SHARE):
        assert (column[part] <= answered + 1e-9).all(), part.name


def failures_traced(told: Told) -> None:
    """All failure demand has a cause, all effort a step: both sum to what is counted elsewhere."""
    tally, plan = told.run.tally, told.timeline[0][1]
    c, contacts = ContactColumn, tally.contact_sums.sum(axis=(0, 2))
    traced = tally.cause_sums.sum(axis=(0, 1, 2))[:, OriginColumn.CONTACTS]
    kinds = {Origin.REPEAT: c.REPEAT, Origin.CHASER: c.CHASER, Origin.COMPLAINT: c.COMPLAINT, Origin.RETURN: c.RETURN}
    for origin, column in {**kinds, Origin.REDIAL: c.REDIALS, Origin.MISROUTE: c.MISROUTED}.items():
        assert traced[origin] == contacts[:, column].sum()
    if all(np.array_equal(p.reasons["failure"], plan.reasons["failure"]) for _, p in told.timeline):
        assert traced[Origin.FAILURE] == contacts[plan.reasons["failure"] == 1, c.FIRST].sum()
        back = tally.case_sums[:, plan.reasons["failure"] == 0][..., CaseColumn.CAME_BACK].sum()
        back += tally.recovery_sums[..., RecoveryColumn.RECURRED].sum()
        back += tally.sale_sums[..., SaleColumn.BROKEN].sum()  # where a value reason comes of what was sold
        assert traced[Origin.RECURRENCE] <= back
    assert not traced[Origin.VALUE]
    assert not tally.cause_sums[:, :, -1, Origin.REPEAT :].any()  # a step is to blame for each of them
    ledger = tally.case_sums.sum(axis=(0, 2))[:, len(CaseColumn) :]
    assert np.allclose(tally.effort_sums.sum(axis=(0, 2)), ledger, rtol=1e-9, atol=1e-9)
    felt = tally.cause_sums.sum(axis=(0, 2, 3))[:, OriginColumn.EFFORT]
    late_or_lost = ledger[:, [Cause.LATE, Cause.UNRESOLVED]].sum(axis=1)
    assert (felt <= ledger.sum(axis=1) - late_or_lost + 1e-9).all()
    worked = tally.hour_sums[..., HourColumn.SERVICE].sum() + tally.step_sums[..., StepColumn.WRAP].sum()
    assert tally.cause_sums[..., OriginColumn.MINUTES].sum() <= worked + 1e-6


def people_conserved(told: Told) -> None:
    """Agents at the start + hired - left = agents now; a seat has somebody in it, or is empty and waits, or is cut."""
    tally, state = told.run.tally, told.run.state
    before = [plan for at, plan in told.timeline if at < told.run.at or plan is told.timeline[0][1]]
    seats = before[-1].roster["duty"] >= 0
    there = state.agents["employed_in"] >= 0
    assert not (there & ~seats).any()
    waits = np.isfinite(state.agents["hire_at"])
    assert not (there & waits).any()
    assert np.array_equal(seats, there | (seats & waits))
    sums = tally.team_sums.sum(axis=(0, 1))
    seed, replication = (int(word) for word in state.key)
    first = world.start(told.timeline[0][1], told.names, seed, replication, 1, 1).state.agents
    start = (first["employed_in"] >= 0).sum()
    assert start + sums[TeamColumn.HIRED] - sums[TeamColumn.LEFT] == there.sum()
    assert sums[TeamColumn.QUIT] <= sums[TeamColumn.LEFT]
    assert sums[TeamColumn.MISSED_SHIFTS] <= sums[TeamColumn.SHIFTS]
    assert not tally.skill_sums[..., SkillColumn.PEOPLE][tally.team_sums[..., TeamColumn.PEOPLE].sum(axis=1) == 0].any()
