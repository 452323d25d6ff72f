"""Ticks: the start of a run, the close of a week, a change of plan.  Nothing here happens inside an engine."""

from __future__ import annotations

import math
from typing import Any

from cxsim import draws
from cxsim.distributions import normal_quantile
from cxsim.experience import survey_customers
from cxsim.jit import compiled
from cxsim.plan.tables import WORK
from cxsim.rules.agents import keep_shift, next_shift, pay, reckon
from cxsim.rules.cases import WITHDRAWN, close_case
from cxsim.rules.contacts import leave_line, leave_queue
from cxsim.rules.demand import next_candidate_at
from cxsim.rules.endings import let_go
from cxsim.rules.promises import _spend, count_updates, reset_chaser, start_updates
from cxsim.rules.routing import AT_STEP, CALL_BACK
from cxsim.rules.rows import change, free_visit, note
from cxsim.state import CALLS, COMING, DELAYED, FREED, JOINING, LEAVING, OPEN, SERVED, WAITING
from cxsim.state import WITHDRAWN as LEFT
from cxsim.tally import TeamColumn, week_of

_LEVEL = int(draws.Purpose.LEVEL)
_PROFICIENCY = int(draws.Purpose.PROFICIENCY)
_BACKLOG = int(TeamColumn.BACKLOG)
_OLDEST = int(TeamColumn.OLDEST)
JUST_BEFORE = 1e-6


@compiled
def begin_world(w: Any, t: float) -> None:
    """The very start, at t: customers at their own level, agents with their proficiency, first candidates and shifts."""
    for s in range(len(w.segments)):
        first = w.segments["first"][s]
        for i in range(w.segments["customers"][s]):
            u = draws.of_customer(w, s, i, 0, _LEVEL)
            own = w.segments["mean"][s] + w.segments["sd"][s] * normal_quantile(u)
            w.customers["own"][first + i] = own
            w.customers["level"][first + i] = own
            w.customers["at"][first + i] = t
    for d in range(len(w.days)):
        w.busyness[d] = draws.busyness(w, d)
    for f in range(len(w.flows)):
        w.flow_state["next_at"][f] = next_candidate_at(w, f, 0, t)
    for a in range(len(w.roster)):
        _hire(w, a)
        w.agents["idle_since"][a] = t
        w.agents["back_at"][a] = math.inf
        next_shift(w, a, t)
    for team in range(len(w.teams)):
        w.team_state["touched_at"][team] = t
        w.team_state["paid_until"][team] = t


@compiled
def _hire(w: Any, a: int) -> None:
    """Whoever is employed for the first time brings a proficiency in each skill."""
    if w.roster["duty"][a] < 0 or w.agents["hired"][a] == 1:
        return
    w.agents["hired"][a] = 1
    for k in range(w.proficiency.shape[1]):
        u = draws.of_agent(w, a, _PROFICIENCY, 0, w.queues["word"][2 * k])
        w.proficiency[a, k] = w.roster["mean"][a] + w.roster["sd"][a] * normal_quantile(u)


@compiled
def reckon_all(w: Any, t: float) -> None:
    """Bring all integrals and paid time up to t."""
    for team in range(len(w.teams)):
        reckon(w, team, t)
    pay(w, t)


@compiled
def close_week(w: Any, t: float) -> None:
    """The week that ends at t: integrals, backlog and its age, what was learned in courses, how customers feel."""
    week = week_of(w, t - JUST_BEFORE)
    reckon_all(w, t)
    for team in range(len(w.teams)):
        w.team_sums[week, team, _BACKLOG] = w.team_state["waiting"][team]
    for v in range(len(w.visits)):
        if w.visits["status"][v] == WAITING:
            team = w.steps["team"][w.visits["step"][v]]
            age = t - w.visits["queued_at"][v]
            if age > w.team_sums[week, team, _OLDEST]:
                w.team_sums[week, team, _OLDEST] = age
    for a in range(len(w.roster)):
        if w.agents["learned"][a] == 1:
            w.agents["learned"][a] = 0
            for k in range(w.proficiency.shape[1]):
                w.proficiency[a, k] += w.uplift[w.agents["course"][a], k]
    survey_customers(w, week, t)


@compiled
def call_to_class(w: Any, course: int, wave: int) -> None:
    """A wave of a course begins: every so-manieth agent of its team owes the hours; they go when they are free."""
    rank = 0
    for a in range(len(w.roster)):
        if w.roster["team"][a] != w.courses["team"][course] or w.roster["duty"][a] < 0:
            continue
        if rank % w.courses["waves"][course] == wave:
            w.agents["class_owed"][a] += w.courses["hours"][course]
            w.agents["learned"][a] = 1 if w.courses["hours"][course] <= 0.0 else 0
            w.agents["class_session"][a] = w.courses["session"][course]
            w.agents["course"][a] = course
        rank += 1


@compiled
def before_change(w: Any, t: float) -> None:
    """Under the old plan: bring integrals, the urge to ask and the count of updates up to t."""
    reckon_all(w, t)
    for c in range(len(w.cases)):
        if w.cases["status"][c] == OPEN:
            _spend(w, c, t)
            count_updates(w, c, t)


@compiled
def after_change(w: Any, t: float) -> None:
    """Under the new plan: shifts, queues, streams of demand and updates follow it; promises stay as told."""
    for a in range(len(w.roster)):
        _hire(w, a)
        keep_shift(w, a, t)
    for v in range(len(w.visits)):
        status = w.visits["status"][v]
        if status == WAITING or (status == COMING and w.visits["through"][v] == CALL_BACK):
            _change_line(w, v, t)
    recount(w, t)
    for f in range(len(w.flows)):
        if w.flows["rate"][f] <= 0.0:
            w.flow_state["next_at"][f] = math.inf
        elif math.isinf(w.flow_state["next_at"][f]):
            w.flow_state["next_at"][f] = next_candidate_at(w, f, w.flow_state["number"][f], t)
    for c in range(len(w.cases)):
        if w.cases["status"][c] == OPEN:
            start_updates(w, c, t)
            reset_chaser(w, c, t)
    w.counters[CALLS] = 0
    w.counters[FREED] = 0


@compiled
def _change_line(w: Any, v: int, t: float) -> None:
    """Who waits keeps place and patience where the step's work is done now; if nobody does it, the visit goes on."""
    r = w.visits
    s = r["step"][v]
    while w.steps["gone"][s] == 1 and w.steps["moved_to"][s] >= 0:
        s = w.steps["moved_to"][s]
    if w.steps["gone"][s] == 1 or w.steps["kind"][s] != WORK:
        if r["held"][v] >= 0:
            let_go(w, v, t)
        r["step"][v] = s
        r["through"][v] = AT_STEP
        change(w, v, COMING, t)
        return
    if s != r["step"][v]:
        r["step"][v] = s
        r["pass"][v] = w.passes[r["case"][v], s]
    r["team"][v] = w.steps["team"][s]
    shared = w.queues["shared"][r["queue"][v]] == 1
    r["queue"][v] = w.steps["shared_queue"][s] if shared else w.steps["queue"][s]


@compiled
def recount(w: Any, t: float) -> None:
    """Counts by team and queue, taken anew from agents and visits."""
    for team in range(len(w.teams)):
        w.team_state["waiting"][team] = 0
        w.team_state["busy"][team] = 0
        w.team_state["duty"][team] = 0
        w.team_state["held"][team] = 0
        w.team_state["touched_at"][team] = t
    for q in range(len(w.queues)):
        w.queue_length[q] = 0
    for v in range(len(w.visits)):
        if w.visits["status"][v] == WAITING:
            w.team_state["waiting"][w.steps["team"][w.visits["step"][v]]] += 1
            w.queue_length[w.visits["queue"][v]] += 1
    for a in range(len(w.roster)):
        team = w.roster["team"][a]
        if team < 0:
            continue
        w.team_state["held"][team] += w.agents["load"][a]
        if w.agents["load"][a] > 0:
            w.team_state["busy"][team] += 1
        if w.agents["on_duty"][a] == 1 and w.agents["resting"][a] == 0:
            w.team_state["duty"][team] += 1


@compiled
def withdraw(w: Any, v: int, t: float) -> None:
    """The customer takes the matter elsewhere, unless someone is on it right now: then they look again in an hour."""
    c = w.visits["case"][v]
    r = w.visits
    if w.cases["status"][c] != OPEN or w.cases["closed_how"][c] != 0:
        w.cases["leaving_row"][c] = -1
        free_visit(w, v)
        return
    for k in range(len(r)):
        if r["case"][k] == c and (r["status"][k] == SERVED or (r["status"][k] == WAITING and r["present"][k] == 1)):
            change(w, v, LEAVING, t + 60.0)
            return
    w.cases["closed_how"][c] = WITHDRAWN
    w.cases["leaving_row"][c] = -1
    for k in range(len(r)):
        status = r["status"][k]
        if r["case"][k] == c and (status == COMING or status == WAITING or status == DELAYED or status == JOINING):
            if status == WAITING:
                leave_queue(w, k, t)
                note(w, k, t, LEFT)
            leave_line(w, k)
            if w.cases["chaser_row"][c] == k:
                w.cases["chaser_row"][c] = -1
            free_visit(w, k)
    w.cases["live"][c] = 0
    close_case(w, c, t)
    free_visit(w, v)
