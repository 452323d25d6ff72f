"""The way of a visit through its route: a contact comes, enters steps, goes on, meets its branches again."""

from __future__ import annotations

import math
from typing import Any

from cxsim.model import draws
from cxsim.model.agents import put_down
from cxsim.model.blame import charge_contact, feel, note_lateness
from cxsim.model.clock import this_week
from cxsim.model.contacts import ask, end_chaser, leave_line, make_contact, open_or_wait
from cxsim.model.draws import Purpose
from cxsim.model.endings import wind_up
from cxsim.model.promises import add_time, hear_news, pause, time_between
from cxsim.model.resolution import end_route
from cxsim.model.rows import call, change, free_visit, new_visit
from cxsim.model.serving import go_on, line_up, requeue
from cxsim.model.succession import knows_work_of, successor
from cxsim.native.compiling import compiled, inlined
from cxsim.state.origins import Origin
from cxsim.state.plan.tables import (
    COLD,
    DELAY,
    ESCALATION,
    FORK,
    MISROUTE,
    NO_TRANSFER,
    NORMAL,
    PRESENT,
    REWORK,
    SELF,
    SELF_SERVICE,
    WARM,
    WORK,
)
from cxsim.state.state import (
    AT_STEP,
    CALL_BACK,
    CHASING,
    COMING,
    DELAYED,
    FALL_BACK,
    GATHERED,
    HOLDING,
    JOINING,
    NEW,
    REACHING,
)
from cxsim.state.tally import Cause, ContactColumn, Kind, StepColumn


@compiled
def come(w: Any, v: int, t: float) -> None:
    """The time of a row is there: a contact is made, a call back tried again, a step entered."""
    visit = w.visits[v]
    if visit["status"] == CHASING and not ask(w, v, t):
        return
    through = visit["through"]
    if through == CALL_BACK:
        requeue(w, v, t)
        return
    if through == GATHERED and w.steps[visit["step"]]["gone"] == 0 and w.steps[visit["step"]]["kind"] == WORK:
        visit["through"] = NEW
        line_up(w, v, t)
        return
    if through == NEW and visit["kind"] == Kind.CHASER and w.cases[visit["case"]]["closed_how"] != 0:
        end_chaser(w, v, t)  # nobody asks how far it is once they know
        return
    if through != AT_STEP and through != GATHERED and not open_or_wait(w, v, t):
        return
    if through == NEW:
        make_contact(w, v, t)
    elif through == FALL_BACK:
        there = w.channels[visit["channel"]]["presence"] == PRESENT and w.cases[visit["case"]]["status"] != REACHING
        visit["present"] = 1 if there else 0
        visit["leg"] += 1
    visit["through"] = NEW
    if not enter(w, v, t):
        proceed(w, v, -1, t)


@inlined
def enter(w: Any, v: int, t: float) -> bool:
    """Visit v comes to its step at t.

    True: time passes there, or the contact is lost; False: the step takes no time and what follows it has to be found.
    """
    visit = w.visits[v]
    r = w.visits
    c = visit["case"]
    s = visit["step"]
    while True:
        if w.steps[s]["gone"] == 1:
            s = w.steps[s]["moved_to"]
            if s < 0:
                return False
        elif w.steps[s]["kind"] == SELF_SERVICE and w.channels[visit["channel"]]["presence"] != SELF:
            s = w.steps[s]["falls_back_to"]
        else:
            break
        visit["step"] = s
    visit["pass"] = w.passes[c, s]
    visit["at_step"] = t
    w.step_sums[this_week(w), s, StepColumn.VISITS] += 1.0
    kind = w.steps[s]["kind"]
    if kind == WORK:
        if w.steps[s]["batch"] > 0.0 and visit["present"] == 0 and _gather(w, v, s, t):
            return True
        return line_up(w, v, t)
    leave_line(w, v)
    if kind == FORK:
        first = w.steps[s]["first_branch"]
        n = w.steps[s]["branches"]
        visit["awaits"] = n
        visit["present"] = 0
        change(w, v, JOINING, math.inf)
        for k in range(n):
            b = new_visit(w, c)
            r[b]["kind"] = visit["kind"]
            r[b]["ordinal"] = visit["ordinal"]
            r[b]["attempt"] = visit["attempt"]
            r[b]["reason"] = visit["reason"]
            r[b]["channel"] = visit["channel"]
            r[b]["team"] = visit["team"]
            r[b]["origin"] = visit["origin"]
            r[b]["blame"] = visit["blame"]
            r[b]["step"] = w.branches[first + k]
            r[b]["branch"] = k + 1
            r[b]["parent"] = v
            r[b]["through"] = AT_STEP
            change(w, b, COMING, t)
            call(w, b)
        return True
    if kind == DELAY:
        minutes = draws.minutes_at_step(w, v, w.steps[s]["delay"], Purpose.DELAY, 0)
        if w.steps[s]["customers_own"] == 1:
            pause(w, c, t)
        change(w, v, DELAYED, add_time(w, w.steps[s]["delay_clock"], t, minutes))
        return True
    minutes = draws.minutes_at_step(w, v, w.steps[s]["takes"], Purpose.DELAY, 0)
    change(w, v, DELAYED, t + minutes)
    return True


@compiled
def _gather(w: Any, v: int, s: int, t: float) -> bool:
    """Work that comes to step s waits until what has been gathered is begun; False if that is right now."""
    every = w.steps[s]["batch"]
    clock = w.steps[s]["batch_clock"]
    passed = time_between(w, clock, 0.0, t)
    left = math.ceil(passed / every) * every - passed
    if left <= 0.0:
        return False
    w.visits[v]["through"] = GATHERED
    change(w, v, COMING, add_time(w, clock, t, left))
    return True


@inlined
def pass_on(w: Any, v: int, a: int, t: float) -> None:
    """Visit v is done with its step: find what comes next, go there, and only then let agent a (-1: none) go.

    Steps that take no time are passed through in a loop.
    """
    visit = w.visits[v]
    r = w.visits
    s = visit["step"]
    worked_at = s
    note_lateness(w, v, t)
    while True:
        c = visit["case"]
        if w.steps[s]["gone"] == 0:
            if w.passes[c, s] < 65535:
                w.passes[c, s] += 1
            if w.steps[s]["news"] == 1:
                hear_news(w, c, t)
        edge, to, kind = successor(w, v, a, t)
        transfer = w.edges[edge]["transfer"] if edge >= 0 else NO_TRANSFER
        stays = transfer == WARM and visit["present"] == 1 and w.steps[to]["kind"] == WORK
        if transfer != NO_TRANSFER and a >= 0 and visit["present"] == 1 and kind == NORMAL and _keeps(w, a, s, to):
            go_on(w, v, to, a, t)
            return
        if a >= 0 and not stays and w.steps[worked_at]["wrap"] >= 0:
            wind_up(w, v, a, worked_at, t)
            a = -1
        if to < 0 and visit["kind"] == Kind.RETURN:
            s = _reached(w, v, t)
            continue
        parent = visit["parent"]
        if parent >= 0 and (to < 0 or to == w.steps[r[parent]["step"]]["join"]):
            _join(w, v, parent, t)
            break
        if to < 0:
            end_route(w, v, t)
            break
        _move(w, v, s, to, transfer, kind, t)
        if a >= 0 and stays:
            visit["held"] = a
            visit["held_step"] = worked_at
            a = -1
        if enter(w, v, t):
            if visit["held"] >= 0:
                _hold(w, v, t)
            break
        s = visit["step"]
    if a >= 0:
        put_down(w, a, t)


@compiled
def proceed(w: Any, v: int, a: int, t: float) -> None:
    """The same, as one piece of code for all who need it less often than the end of a service does."""
    pass_on(w, v, a, t)


@inlined
def _keeps(w: Any, a: int, s: int, to: int) -> bool:
    """Whether agent a, still on duty, goes on with the customer instead of handing over to another team."""
    if w.steps[to]["outbound"] == 1 or w.steps[to]["gone"] == 1 or w.agents[a]["on_duty"] == 0:
        return False
    return knows_work_of(w, a, s, to)


@compiled
def _hold(w: Any, v: int, t: float) -> None:
    """A warm transfer waits: its first agent stays on the line, at most for the team's limit."""
    visit = w.visits[v]
    r = w.visits
    h = new_visit(w, visit["case"])
    r[h]["parent"] = v
    r[h]["awaits"] = visit["stamp"]
    r[h]["step"] = visit["held_step"]
    team = w.steps[visit["held_step"]]["team"]  # none: a machine does the step by now
    change(w, h, HOLDING, t + w.teams[team]["warm_limit"] if team >= 0 else t)
    call(w, h)


@compiled
def _join(w: Any, v: int, parent: int, t: float) -> None:
    """A branch is back; with the last one the fork's own row goes on to the step where they meet."""
    visit = w.visits[parent]
    visit["awaits"] -= 1
    if visit["awaits"] == 0:
        visit["through"] = AT_STEP
        visit["step"] = w.steps[visit["step"]]["join"]
        change(w, parent, COMING, t)
        call(w, parent)
    free_visit(w, v)


@compiled
def _reached(w: Any, v: int, t: float) -> int:
    """The customer called back and was served: the visit goes on behind the step that had missed them."""
    visit = w.visits[v]
    leave_line(w, v)
    w.contact_sums[this_week(w), visit["reason"], visit["channel"], ContactColumn.HANDLED] += 1.0
    w.cases[visit["case"]]["answered"] += 1
    visit["kind"] = visit["was"]
    visit["reason"] = visit["was_reason"]
    visit["origin"] = visit["was_origin"]
    visit["blame"] = visit["was_blame"]
    visit["step"] = visit["back_to"]
    visit["back_to"] = -1
    visit["tries"] = 0
    if w.cases[visit["case"]]["status"] == REACHING:
        visit["present"] = 0
    visit["pass"] = w.passes[visit["case"], visit["step"]]
    return int(visit["step"])


@inlined
def _move(w: Any, v: int, s: int, to: int, transfer: int, kind: int, t: float) -> None:
    """The visit passes from step s to step `to`: handoffs are counted, transfers are felt."""
    weights = w.experience[0]
    visit = w.visits[v]
    c = visit["case"]
    week = this_week(w)
    if kind == REWORK:
        w.step_sums[week, s, StepColumn.REWORK] += 1.0
    elif kind == MISROUTE:
        w.step_sums[week, s, StepColumn.MISROUTES] += 1.0
        w.contact_sums[week, visit["reason"], visit["channel"], ContactColumn.MISROUTED] += 1.0
        charge_contact(w, c, Origin.MISROUTE, s, 0.0)
        visit["strayed"] = s
    elif kind == ESCALATION:
        w.step_sums[week, s, StepColumn.ESCALATIONS] += 1.0
    if transfer == NO_TRANSFER:
        leave_line(w, v)
        visit["present"] = 0
    elif visit["present"] == 1:
        w.cases[c]["transfers"] += 1
        weight = weights["transfer"] if transfer == COLD else weights["warm_transfer"]
        feel(w, v, Cause.TRANSFER, weight, s, t)
        visit["leg"] += 1
    if kind != MISROUTE:  # back on its way
        visit["strayed"] = -1
    visit["step"] = to
