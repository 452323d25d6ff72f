"""Agents: who is on duty, who takes the next contact, who goes on a break or to a course."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cxsim import draws
from cxsim.jit import compiled
from cxsim.rules.rows import free_agent
from cxsim.tally import TeamColumn, week_of
from cxsim.timetables import day_of, worked

_ABSENT = int(draws.Purpose.ABSENT)
_BREAK = int(draws.Purpose.BREAK)
_QUEUE = int(TeamColumn.QUEUE)
_BUSY = int(TeamColumn.BUSY)
_DUTY = int(TeamColumn.DUTY)
_PAID = int(TeamColumn.PAID)
_HELD = int(TeamColumn.CONTACTS_HELD)

# what an agent may do when asked for the next contact
OFF, ANY, SHARED_ONLY, RESTS = 0, 1, 2, 3
BREAK, CLASS = 1, 2


@compiled
def reckon(w: Any, team: int, t: float) -> None:
    """Bring the time integrals of a team up to t."""
    s = w.team_state
    elapsed = t - s["touched_at"][team]
    if elapsed > 0.0:
        week = week_of(w, s["touched_at"][team])
        w.team_sums[week, team, _QUEUE] += elapsed * s["waiting"][team]
        w.team_sums[week, team, _BUSY] += elapsed * s["busy"][team]
        w.team_sums[week, team, _DUTY] += elapsed * s["duty"][team]
        w.team_sums[week, team, _HELD] += elapsed * s["held"][team]
        s["touched_at"][team] = t


@compiled
def pay(w: Any, t: float) -> None:
    """Bring the paid time of all teams up to t: agents are paid for their shifts, there or not."""
    s = w.team_state
    for a in range(len(w.roster)):
        team = w.roster["team"][a]
        duty = w.roster["duty"][a]
        if team >= 0 and duty >= 0:
            since = s["paid_until"][team]
            minutes = worked(w.timetables, w.spans, duty, t) - worked(w.timetables, w.spans, duty, since)
            w.team_sums[week_of(w, since), team, _PAID] += minutes
    for team in range(len(s)):
        s["paid_until"][team] = t


@compiled
def take_up(w: Any, a: int, shared: int, t: float) -> None:
    """Agent a holds one contact more."""
    team = w.roster["team"][a]
    reckon(w, team, t)
    w.team_state["held"][team] += 1
    if w.agents["load"][a] == 0:
        w.team_state["busy"][team] += 1
    w.agents["load"][a] += 1
    w.agents["shared"][a] = shared


@compiled
def put_down(w: Any, a: int, t: float) -> None:
    """Agent a holds one contact less and may take another."""
    team = w.roster["team"][a]
    w.agents["load"][a] -= 1
    if w.agents["load"][a] == 0:
        w.agents["idle_since"][a] = t
    if team < 0:  # no longer employed: this was the last contact
        return
    reckon(w, team, t)
    w.team_state["held"][team] -= 1
    if w.agents["load"][a] == 0:
        w.team_state["busy"][team] -= 1
    free_agent(w, a)


@compiled
def choose_agent(w: Any, q: int, at_once: int, t: float) -> int:
    """Idle agent for a contact that joins queue q: fewest skills, then longest idle, then lowest number; or -1.

    Contacts that an agent can hold beside others take an empty agent first, then the least loaded one.
    """
    best = -1
    first = w.queues["first_agent"][q]
    shared = w.queues["shared"][q]
    for i in range(first, first + w.queues["agents"][q]):
        a = w.queue_agents[i]
        load = w.agents["load"][a]
        if w.agents["on_duty"][a] == 0 or w.agents["resting"][a] != 0:
            continue
        if load > 0 and (shared == 0 or w.agents["shared"][a] == 0 or load >= at_once or owes_rest(w, a, t)):
            continue
        if best < 0:
            best = a
            continue
        if load != w.agents["load"][best]:
            if load < w.agents["load"][best]:
                best = a
            continue
        skills = w.roster["skills"][a]
        if skills != w.roster["skills"][best]:
            if skills < w.roster["skills"][best]:
                best = a
            continue
        if w.agents["idle_since"][a] < w.agents["idle_since"][best]:
            best = a
    return int(best)


@compiled
def has_class(w: Any, a: int, t: float) -> bool:
    """Whether agent a owes time to a course and has had no session today."""
    date = w.days["date"][day_of(w.days, t)]
    return bool(w.agents["class_owed"][a] > 0.0 and w.agents["class_date"][a] != date)


@compiled
def owes_rest(w: Any, a: int, t: float) -> bool:
    """Whether agent a goes on a break or to a course as soon as the contacts in hand are finished."""
    return bool(w.agents["owed"][a] > 0.0 or has_class(w, a, t))


@compiled
def ready(w: Any, a: int, t: float) -> int:
    """What a freed agent may do: nothing (off duty), any contact, only contacts held beside others, or a rest.

    A break or a course that is owed starts as soon as the agent holds nothing; a course has one session a day.
    """
    if w.agents["on_duty"][a] == 0 or w.agents["resting"][a] != 0:
        return OFF
    if w.agents["load"][a] > 0:
        if owes_rest(w, a, t) or w.agents["shared"][a] == 0:
            return OFF
        return SHARED_ONLY
    if w.agents["owed"][a] > 0.0:
        _rest(w, a, BREAK, w.agents["owed"][a], t)
        w.agents["owed"][a] = 0.0
        return RESTS
    if has_class(w, a, t):
        w.agents["class_date"][a] = w.days["date"][day_of(w.days, t)]
        session = min(w.agents["class_owed"][a], w.agents["class_session"][a])
        w.agents["class_owed"][a] -= session
        _rest(w, a, CLASS, session, t)
        return RESTS
    return ANY


@compiled
def _rest(w: Any, a: int, why: int, minutes: float, t: float) -> None:
    team = w.roster["team"][a]
    reckon(w, team, t)
    w.team_state["duty"][team] -= 1
    w.agents["resting"][a] = why
    w.agents["back_at"][a] = t + minutes


@compiled
def come_back(w: Any, a: int, t: float) -> None:
    """Agent a is back from a break or a course."""
    team = w.roster["team"][a]
    reckon(w, team, t)
    w.team_state["duty"][team] += 1
    if w.agents["resting"][a] == CLASS and w.agents["class_owed"][a] <= 0.0:
        w.agents["learned"][a] = 1
    w.agents["resting"][a] = 0
    w.agents["back_at"][a] = math.inf
    w.agents["idle_since"][a] = t
    free_agent(w, a)


@compiled
def pass_mark(w: Any, a: int, t: float) -> None:
    """The next mark in agent a's shift: it starts, a break is due, it ends (the contact in hand is finished first)."""
    r = w.agents
    mark = r["mark"][a]
    breaks = w.roster["breaks"][a]
    team = w.roster["team"][a]
    reckon(w, team, t)
    if mark == 0:
        date = w.days["date"][day_of(w.days, r["shift_starts"][a])]
        if draws.of_agent(w, a, _ABSENT, date, np.uint64(0)) < w.roster["p_absent"][a]:
            next_shift(w, a, r["shift_ends"][a])
            return
        r["on_duty"][a] = 1
        r["idle_since"][a] = t
        w.team_state["duty"][team] += 1
        _next_mark(w, a, 1, t)
        free_agent(w, a)
    elif mark <= breaks:
        r["owed"][a] += w.breaks["lasts"][w.roster["first_break"][a] + mark - 1]
        _next_mark(w, a, mark + 1, t)
        if r["load"][a] == 0 and r["resting"][a] == 0:
            free_agent(w, a)
    else:
        go_home(w, a, t)
        next_shift(w, a, t)


@compiled
def go_home(w: Any, a: int, t: float) -> None:
    """Agent a goes off duty; what is left of a course is still owed, what is left of a break is not."""
    r = w.agents
    team = w.roster["team"][a]
    if r["on_duty"][a] == 1 and r["resting"][a] == 0:
        w.team_state["duty"][team] -= 1
    if r["resting"][a] == CLASS:
        r["class_owed"][a] += r["back_at"][a] - t
    r["on_duty"][a] = 0
    r["resting"][a] = 0
    r["back_at"][a] = math.inf
    r["owed"][a] = 0.0


@compiled
def _next_mark(w: Any, a: int, mark: int, t: float) -> None:
    """Set the timer of the mark after the present one; breaks that lie after the end of the shift fall away."""
    r = w.agents
    first = w.roster["first_break"][a]
    breaks = w.roster["breaks"][a]
    while mark <= breaks:
        at = r["shift_starts"][a] + w.breaks["after"][first + mark - 1]
        spread = w.breaks["spread"][first + mark - 1]
        if spread > 0.0:
            date = w.days["date"][day_of(w.days, r["shift_starts"][a])]
            at += spread * (2.0 * draws.of_agent(w, a, _BREAK, date, np.uint64(mark)) - 1.0)
        if at >= t and at < r["shift_ends"][a]:
            r["mark"][a] = mark
            r["mark_at"][a] = at
            return
        mark += 1
    r["mark"][a] = breaks + 1
    r["mark_at"][a] = r["shift_ends"][a]


@compiled
def next_shift(w: Any, a: int, t: float) -> None:
    """Set agent a's timer to the first shift that starts at or after t; to the rest of one that holds t."""
    r = w.agents
    r["mark"][a] = 0
    r["mark_at"][a] = math.inf
    duty = w.roster["duty"][a]
    if duty < 0:
        return
    first = w.timetables["offset"][duty]
    for i in range(first, first + w.timetables["count"][duty]):
        if w.spans["ends_at"][i] > t:
            r["shift_starts"][a] = w.spans["starts_at"][i]
            r["shift_ends"][a] = w.spans["ends_at"][i]
            r["mark_at"][a] = max(t, w.spans["starts_at"][i])
            return


@compiled
def keep_shift(w: Any, a: int, t: float) -> None:
    """After a change of plan: whoever is on a shift that still stands stays on it, others follow the new plan."""
    r = w.agents
    team = w.roster["team"][a]
    if w.roster["duty"][a] < 0 or team < 0:
        go_home(w, a, t)
        r["mark_at"][a] = math.inf
        return
    starts = r["shift_starts"][a]
    ends = r["shift_ends"][a]
    mark = r["mark"][a]
    mark_at = r["mark_at"][a]
    next_shift(w, a, t)
    if r["shift_starts"][a] == starts and r["shift_ends"][a] == ends:
        r["mark"][a] = mark
        r["mark_at"][a] = mark_at
        if r["on_duty"][a] == 1:
            _next_mark(w, a, 1, t)
        return
    if r["on_duty"][a] == 1:
        if r["mark_at"][a] <= t and r["shift_ends"][a] > t:  # a longer or shorter shift that holds t
            _next_mark(w, a, 1, t)
            return
        go_home(w, a, t)
