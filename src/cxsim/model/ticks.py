"""Ticks: the start of a run, the close of a week, a change of plan.  They lie between events, outside the engines."""

from __future__ import annotations

import math

from cxsim.calendars.timetables import day_of
from cxsim.model import draws
from cxsim.model.accounting.intervals import close_interval
from cxsim.model.accounting.teams import count_backlog, update_integrals
from cxsim.model.agents import keep_shift, pay
from cxsim.model.clock import begin_week, this_week, week_of
from cxsim.model.contacts import find_queue
from cxsim.model.demand import expect
from cxsim.model.idle import enter_idle
from cxsim.model.loyalty import empty_slot, settle_customers, settle_in
from cxsim.model.people import begin_people, close_week_of_people, follow_plan
from cxsim.model.promises import ask_anew, count_updates, spend_urge, start_updates
from cxsim.model.rows import change, free_agent
from cxsim.native.compiling import compiled
from cxsim.state.state import CALL_BACK, COMING, OPEN, USED, WAITING
from cxsim.state.world import World

JUST_BEFORE = 1e-6


@compiled
def begin_world(w: World, t: float) -> None:
    """The very start, at t: customers at their own level, agents with their proficiency, candidates, shifts."""
    begin_week(w, t)
    for s in range(len(w.segments)):
        for i in range(w.segments[s]["slots"]):
            if i < w.segments[s]["customers_at_start"]:
                settle_in(w, s, i, 0, True, t)
            else:
                empty_slot(w, s, i)
    for d in range(len(w.days)):
        w.busyness[d] = draws.busyness(w, d)
    for f in range(len(w.streams)):
        w.stream_state[f]["steady_until"] = -math.inf
        expect(w, f, 0, t)
    begin_people(w, t)
    for team in range(len(w.teams)):
        w.team_state[team]["integrated_until"] = t
        w.team_state[team]["paid_until"] = t


@compiled
def update_all_integrals(w: World, t: float) -> None:
    """Bring all integrals and paid time up to t."""
    for team in range(len(w.teams)):
        update_integrals(w, team, t)
    pay(w, t)


@compiled
def close_week(w: World, t: float) -> None:
    """The week that ends at t: integrals, backlog and its age, what people learned, who comes and goes."""
    week = this_week(w)
    update_all_integrals(w, t)
    for team in range(len(w.teams)):
        close_interval(w, team)
    begin_week(w, t)
    count_backlog(w, week, t)
    close_week_of_people(w, week, w.days[day_of(w.days, t - JUST_BEFORE)]["date"], t)
    settle_customers(w, week, t)


@compiled
def call_to_training(w: World, training: int, wave: int, hours: float) -> None:
    """A wave of a training, or its refresher, begins: every n-th position of its team owes the hours, minutes.

    Agents go when they are free.
    """
    rank = 0
    for a in range(len(w.roster)):
        if w.roster[a]["team"] != w.trainings[training]["team"] or w.roster[a]["duty"] < 0:
            continue
        if rank % w.trainings[training]["waves"] == wave and w.agents[a]["employed_in"] >= 0:
            w.agents[a]["training_owed"] += hours
            w.agents[a]["uplift_due"] = 1 if hours <= 0.0 else 0
            w.agents[a]["training_session"] = w.trainings[training]["session"]
            w.agents[a]["training"] = training
            free_agent(w, a)
        rank += 1


@compiled
def before_change(w: World, t: float) -> None:
    """Under the old plan: bring integrals, the urge to ask and the count of updates up to t."""
    update_all_integrals(w, t)
    for c in range(len(w.cases)):
        if w.cases[c]["status"] == OPEN:
            spend_urge(w, c, t)
            count_updates(w, c, min(t, w.cases[c]["resolved_at"]))


@compiled
def after_change(w: World, t: float) -> None:
    """Under the new plan: shifts, queues, arrival streams and updates follow it; promises stay as made."""
    follow_plan(w, week_of(w, t))
    for a in range(len(w.roster)):  # pools are those of the old plan; `recount` fills the new ones
        w.agents[a]["idle"] = 0
        w.agents[a]["idle_before"] = -1
        w.agents[a]["idle_after"] = -1
        w.idle_first[a] = -1
        w.idle_last[a] = -1
    for a in range(len(w.roster)):
        keep_shift(w, a, t)
    for v in range(w.counters[USED]):
        status = w.visits[v]["status"]
        if status == WAITING or (status == COMING and w.visits[v]["enters_as"] == CALL_BACK):
            _change_line(w, v, t)
    recount(w, t)
    for f in range(len(w.streams)):
        w.stream_state[f]["steady_until"] = -math.inf
        if w.streams[f]["rate"] <= 0.0:
            w.stream_state[f]["next_at"] = math.inf
        elif math.isinf(w.stream_state[f]["next_at"]):
            expect(w, f, w.stream_state[f]["number"], t)
    for c in range(len(w.cases)):
        if w.cases[c]["status"] == OPEN:
            start_updates(w, c, t)
            ask_anew(w, c, t)
    for a in range(len(w.roster)):
        if w.agents[a]["on_duty"] == 1:
            free_agent(w, a)


@compiled
def _change_line(w: World, v: int, t: float) -> None:
    """Who waits keeps place and patience where the step's work is done now; if nobody does it, the visit goes on."""
    if not find_queue(w, v, t):
        change(w, v, COMING, t)


@compiled
def recount(w: World, t: float) -> None:
    """Counts by team and queue and who is idle, taken anew from agents and visits."""
    for team in range(len(w.teams)):
        w.team_state[team]["waiting"] = 0
        w.team_state[team]["busy"] = 0
        w.team_state[team]["on_duty"] = 0
        w.team_state[team]["contacts_held"] = 0
        w.team_state[team]["after_shift"] = 0
        w.team_state[team]["integrated_until"] = t
    for q in range(len(w.queues)):
        w.queue_length[q] = 0
    for v in range(w.counters[USED]):
        if w.visits[v]["status"] == WAITING:
            w.team_state[w.steps[w.visits[v]["step"]]["team"]]["waiting"] += 1
            w.queue_length[w.visits[v]["queue"]] += 1
    for a in range(len(w.roster)):
        team = w.roster[a]["team"]
        if team < 0:
            continue
        w.team_state[team]["contacts_held"] += w.agents[a]["load"]
        if w.agents[a]["load"] > 0:
            w.team_state[team]["busy"] += 1
            if w.agents[a]["on_duty"] == 0:
                w.team_state[team]["after_shift"] += 1
        if w.agents[a]["on_duty"] == 1 and w.agents[a]["resting"] == 0:
            w.team_state[team]["on_duty"] += 1
            if w.agents[a]["load"] == 0:
                enter_idle(w, a)
