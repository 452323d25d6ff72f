"""Agents: who is on duty, who takes the next contact, who goes on a break or to training."""

from __future__ import annotations

import math

import numpy as np

from cxsim.calendars.timetables import day_of, span_from, worked
from cxsim.model import draws
from cxsim.model.accounting.teams import (
    count_missed_shift,
    count_paid,
    count_shift,
    integrate_after_shift,
    integrate_duty,
    integrate_held,
    integrate_waiting,
)
from cxsim.model.clock import week_of
from cxsim.model.concurrent import is_less_loaded, may_hold_more
from cxsim.model.draws import Purpose
from cxsim.model.idle import enter_idle, leave_idle, stands_before
from cxsim.model.rows import free_agent
from cxsim.native.compiling import compiled, inlined
from cxsim.state.world import World

# what an agent may do when asked for the next contact
OFF, ANY, SHARED_ONLY, RESTS = 0, 1, 2, 3
BREAK, TRAINING = 1, 2


@inlined
def change_waiting(w: World, team: int, by: int, t: float) -> None:
    """`by` more contacts wait for a team from t on."""
    w.team_state[team]["waiting"] += by
    integrate_waiting(w, team, by, t)


@inlined
def _change_duty(w: World, team: int, by: int, t: float) -> None:
    """`by` more agents of a team are on duty from t on."""
    w.team_state[team]["on_duty"] += by
    integrate_duty(w, team, by, t)


@inlined
def _change_held(w: World, team: int, by: int, contacts: int, t: float) -> None:
    """From t on `by` more agents of a team have something in hand, and together hold `contacts` more contacts."""
    w.team_state[team]["busy"] += by
    w.team_state[team]["contacts_held"] += contacts
    integrate_held(w, team, by, contacts, t)


@inlined
def _change_after_shift(w: World, team: int, by: int, t: float) -> None:
    """From t on `by` more agents of a team finish what they have in hand after their shift."""
    w.team_state[team]["after_shift"] += by
    integrate_after_shift(w, team, by, t)


@compiled
def pay(w: World, t: float) -> None:
    """Bring the paid time of all teams up to t: agents are paid for their shifts, there or not; empty positions are
    not."""
    s = w.team_state
    for a in range(len(w.roster)):
        team = w.roster[a]["team"]
        duty = w.roster[a]["duty"]
        if team >= 0 and duty >= 0 and w.agents[a]["employed_in"] >= 0:
            since = s[team]["paid_until"]
            minutes = worked(w.timetables, w.spans, duty, t) - worked(w.timetables, w.spans, duty, since)
            count_paid(w, week_of(w, since), team, minutes)
    for team in range(len(s)):
        s[team]["paid_until"] = t


@inlined
def take_up(w: World, a: int, shared: int, t: float) -> None:
    """Agent a holds one contact more."""
    agent = w.agents[a]
    idle = agent["load"] == 0
    _change_held(w, w.roster[a]["team"], 1 if idle else 0, 1, t)
    if idle:
        leave_idle(w, a)
    agent["load"] += 1
    agent["concurrent"] = shared


@inlined
def put_down(w: World, a: int, t: float) -> None:
    """Agent a holds one contact less and may take another; who finds none is idle (`stay_idle`)."""
    agent = w.agents[a]
    team = w.roster[a]["team"]
    agent["load"] -= 1
    if agent["load"] == 0:
        agent["idle_since"] = t
    if team < 0:  # no longer employed: this was the last contact
        return
    _change_held(w, team, -1 if agent["load"] == 0 else 0, -1, t)
    if agent["load"] == 0 and agent["on_duty"] == 0:
        _change_after_shift(w, team, -1, t)
    free_agent(w, a)


@inlined
def choose_agent(w: World, q: int, at_once: int, t: float) -> int:
    """Idle agent for a contact that joins queue q: fewest skills, then longest idle, then lowest number; or -1.

    Contacts that an agent can hold at the same time as others take an empty agent first, then the least loaded one.
    """
    queue = w.queues[q]
    if queue["pools"] == 1 and queue["concurrent"] == 0:
        return int(w.idle_first[w.queue_pools[queue["first_pool"]]])
    return _choose_of_many(w, q, at_once, t)


@compiled
def _choose_of_many(w: World, q: int, at_once: int, t: float) -> int:
    best = -1
    queue = w.queues[q]
    for i in range(queue["first_pool"], queue["first_pool"] + queue["pools"]):
        a = w.idle_first[w.queue_pools[i]]
        if a >= 0 and (best < 0 or stands_before(w, a, best)):
            best = a
    if best >= 0 or queue["concurrent"] == 0:
        return int(best)
    for i in range(queue["first_pool"], queue["first_pool"] + queue["pools"]):
        pool = w.pools[w.queue_pools[i]]
        for k in range(pool["first"], pool["first"] + pool["agents"]):
            a = w.pool_agents[k]
            if may_hold_more(w, a, at_once) and not owes_rest(w, a, t) and (best < 0 or is_less_loaded(w, a, best)):
                best = a
    return int(best)


@inlined
def owes_training(w: World, a: int, t: float) -> bool:
    """Whether agent a owes time to training and has had no session on this day."""
    if w.agents[a]["training_owed"] <= 0.0:
        return False
    return bool(w.agents[a]["training_date"] != w.days[day_of(w.days, t)]["date"])


@inlined
def owes_rest(w: World, a: int, t: float) -> bool:
    """Whether agent a goes on a break or to training as soon as the contacts in hand are finished."""
    return bool(w.agents[a]["break_owed"] > 0.0 or owes_training(w, a, t))


@inlined
def ready(w: World, a: int, t: float) -> int:
    """What a freed agent may do: nothing (off duty), any contact, only contacts held with others, or a rest.

    A break or training that is owed starts as soon as the agent holds nothing; training has one session a day.
    """
    agent = w.agents[a]
    agent["freed"] = 0
    if agent["on_duty"] == 0 or agent["resting"] != 0:
        return OFF
    if agent["load"] > 0:
        if owes_rest(w, a, t) or agent["concurrent"] == 0:
            return OFF
        return SHARED_ONLY
    if agent["break_owed"] > 0.0:
        _rest(w, a, BREAK, agent["break_owed"], t)
        agent["break_owed"] = 0.0
        return RESTS
    if owes_training(w, a, t):
        agent["training_date"] = w.days[day_of(w.days, t)]["date"]
        session = min(agent["training_owed"], agent["training_session"])
        agent["training_owed"] -= session
        _rest(w, a, TRAINING, session, t)
        return RESTS
    return ANY


@inlined
def stay_idle(w: World, a: int, may: int) -> None:
    """Agent a, who was `ready` for this, has found nothing to do: whoever holds nothing is idle from now on."""
    if may == ANY:
        enter_idle(w, a)


@inlined
def ready_or_idle(w: World, a: int, t: float) -> int:
    """What a freed agent may do, who is idle until a contact is taken: `ready` for an engine that looks later."""
    may = ready(w, a, t)
    stay_idle(w, a, may)
    return may


@compiled
def _rest(w: World, a: int, why: int, minutes: float, t: float) -> None:
    team = w.roster[a]["team"]
    _change_duty(w, team, -1, t)
    leave_idle(w, a)
    w.agents[a]["resting"] = why
    w.agents[a]["back_at"] = t + minutes


@compiled
def come_back(w: World, a: int, t: float) -> None:
    """Agent a is back from a break or from training."""
    agent = w.agents[a]
    team = w.roster[a]["team"]
    _change_duty(w, team, 1, t)
    if agent["resting"] == TRAINING and agent["training_owed"] <= 0.0:
        agent["uplift_due"] = 1
    agent["resting"] = 0
    agent["back_at"] = math.inf
    agent["idle_since"] = t
    enter_idle(w, a)
    free_agent(w, a)


@compiled
def pass_mark(w: World, a: int, t: float) -> None:
    """The next mark in agent a's shift: it starts, a break is due, it ends (the contact in hand is finished first)."""
    member = w.roster[a]
    agent = w.agents[a]
    mark = agent["next_mark"]
    breaks = member["breaks"]
    team = member["team"]
    if mark == 0:
        date = w.days[day_of(w.days, agent["shift_starts"])]["date"]
        count_shift(w, team)
        if (
            draws.of_agent(w, a, Purpose.ABSENT, date, np.uint64(0))
            < member["p_absent"] * w.team_state[team]["absence_factor"]
        ):
            count_missed_shift(w, team)
            next_shift(w, a, agent["shift_ends"])
            return
        agent["on_duty"] = 1
        agent["idle_since"] = t
        if agent["load"] == 0:
            enter_idle(w, a)
        else:  # still at work since the last shift
            _change_after_shift(w, team, -1, t)
        _change_duty(w, team, 1, t)
        _next_mark(w, a, 1, t)
        free_agent(w, a)
    elif mark <= breaks:
        agent["break_owed"] += w.breaks[member["first_break"] + mark - 1]["lasts"]
        _next_mark(w, a, mark + 1, t)
        if agent["load"] == 0 and agent["resting"] == 0:
            free_agent(w, a)
    else:
        go_home(w, a, t)
        next_shift(w, a, t)


@compiled
def go_home(w: World, a: int, t: float) -> None:
    """Agent a goes off duty; what is left of training is still owed, what is left of a break is not."""
    agent = w.agents[a]
    team = w.roster[a]["team"]
    leave_idle(w, a)
    if team >= 0 and agent["on_duty"] == 1 and agent["resting"] == 0:
        _change_duty(w, team, -1, t)
        if agent["load"] > 0:
            _change_after_shift(w, team, 1, t)
    if agent["resting"] == TRAINING:
        agent["training_owed"] += agent["back_at"] - t
    agent["on_duty"] = 0
    agent["resting"] = 0
    agent["back_at"] = math.inf
    agent["break_owed"] = 0.0


@compiled
def _next_mark(w: World, a: int, mark: int, t: float) -> None:
    """Set the timer of the mark after the present one; breaks that lie after the end of the shift fall away."""
    agent = w.agents[a]
    first = w.roster[a]["first_break"]
    breaks = w.roster[a]["breaks"]
    while mark <= breaks:
        at = agent["shift_starts"] + w.breaks[first + mark - 1]["after"]
        spread = w.breaks[first + mark - 1]["spread"]
        if spread > 0.0:
            date = w.days[day_of(w.days, agent["shift_starts"])]["date"]
            at += spread * (2.0 * draws.of_agent(w, a, Purpose.BREAK, date, np.uint64(mark)) - 1.0)
        if at >= t and at < agent["shift_ends"]:
            agent["next_mark"] = mark
            agent["mark_at"] = at
            return
        mark += 1
    agent["next_mark"] = breaks + 1
    agent["mark_at"] = agent["shift_ends"]


@compiled
def next_shift(w: World, a: int, t: float) -> None:
    """Set agent a's timer to the first shift that starts at or after t; to the rest of one that holds t."""
    agent = w.agents[a]
    agent["next_mark"] = 0
    agent["mark_at"] = math.inf
    duty = w.roster[a]["duty"]
    k = span_from(w.timetables, w.spans, duty, t) if duty >= 0 else -1
    if k >= 0:
        agent["shift_starts"] = w.spans[k]["starts_at"]
        agent["shift_ends"] = w.spans[k]["ends_at"]
        agent["mark_at"] = max(t, w.spans[k]["starts_at"])


@compiled
def keep_shift(w: World, a: int, t: float) -> None:
    """After a change of plan: whoever is on a shift that still stands stays on it, others follow the new plan."""
    agent = w.agents[a]
    team = w.roster[a]["team"]
    if w.roster[a]["duty"] < 0 or team < 0 or agent["employed_in"] < 0:
        go_home(w, a, t)
        agent["mark_at"] = math.inf
        return
    starts = agent["shift_starts"]
    ends = agent["shift_ends"]
    mark = agent["next_mark"]
    mark_at = agent["mark_at"]
    next_shift(w, a, t)
    if agent["shift_starts"] == starts and agent["shift_ends"] == ends:
        agent["next_mark"] = mark
        agent["mark_at"] = mark_at
        if agent["on_duty"] == 1:
            _next_mark(w, a, 1, t)
        return
    if agent["on_duty"] == 1:
        if agent["mark_at"] <= t and agent["shift_ends"] > t:  # a longer or shorter shift that holds t
            _next_mark(w, a, 1, t)
            return
        go_home(w, a, t)
