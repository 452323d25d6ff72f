"""The way of a visit through its route: a contact comes, enters steps, goes on, meets its branches again."""

from __future__ import annotations

import math

from cxsim.model import draws
from cxsim.model.accounting.contacts import count_handled
from cxsim.model.accounting.failure import count_caused_contact
from cxsim.model.accounting.steps import count_escalation, count_misroute, count_rework, count_visit
from cxsim.model.agents import put_down
from cxsim.model.blame import charge_effort, note_lateness
from cxsim.model.contacts import ask, end_chaser, make_contact, open_or_wait, release_line
from cxsim.model.draws import Purpose
from cxsim.model.endings import wind_up
from cxsim.model.promises import add_time, hear_news, pause, time_between
from cxsim.model.resolution import end_route
from cxsim.model.rows import call, change, free_visit, new_visit
from cxsim.model.serving import go_on, join_queue, requeue
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
from cxsim.state.tally import Cause, Kind
from cxsim.state.world import World


@compiled
def come(w: World, v: int, t: float) -> None:
    """The time of a row is there: a contact is made, a call back tried again, a step entered."""
    visit = w.visits[v]
    if visit["status"] == CHASING and not ask(w, v, t):
        return
    enters_as = visit["enters_as"]
    if enters_as == CALL_BACK:
        requeue(w, v, t)
        return
    if enters_as == GATHERED and w.steps[visit["step"]]["removed"] == 0 and w.steps[visit["step"]]["kind"] == WORK:
        visit["enters_as"] = NEW
        join_queue(w, v, t)
        return
    if enters_as == NEW and visit["kind"] == Kind.CHASER and w.cases[visit["case"]]["closed_as"] != 0:
        end_chaser(w, v, t)  # nobody makes a status enquiry once they know
        return
    if enters_as != AT_STEP and enters_as != GATHERED and not open_or_wait(w, v, t):
        return
    if enters_as == NEW:
        make_contact(w, v, t)
    elif enters_as == FALL_BACK:
        there = w.channels[visit["channel"]]["presence"] == PRESENT and w.cases[visit["case"]]["status"] != REACHING
        visit["present"] = 1 if there else 0
        visit["queues_joined"] += 1
    visit["enters_as"] = NEW
    if not enter(w, v, t):
        proceed(w, v, -1, t)


@inlined
def enter(w: World, v: int, t: float) -> bool:
    """Visit v comes to its step at t.

    True: time passes there, or the contact is lost; False: the step takes no time and what follows it has to be found.
    """
    visit = w.visits[v]
    r = w.visits
    c = visit["case"]
    s = visit["step"]
    while True:
        if w.steps[s]["removed"] == 1:
            s = w.steps[s]["successor"]
            if s < 0:
                return False
        elif w.steps[s]["kind"] == SELF_SERVICE and w.channels[visit["channel"]]["presence"] != SELF:
            s = w.steps[s]["falls_back_to"]
        else:
            break
        visit["step"] = s
    visit["pass_number"] = w.passes[c, s]
    visit["arrived_at"] = t
    count_visit(w, s)
    kind = w.steps[s]["kind"]
    if kind == WORK:
        if w.steps[s]["batch"] > 0.0 and visit["present"] == 0 and _gather(w, v, s, t):
            return True
        return join_queue(w, v, t)
    release_line(w, v)
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
            r[b]["cause_step"] = visit["cause_step"]
            r[b]["step"] = w.branches[first + k]
            r[b]["branch"] = k + 1
            r[b]["parent"] = v
            r[b]["enters_as"] = AT_STEP
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
def _gather(w: World, v: int, s: int, t: float) -> bool:
    """Work that comes to step s waits until what has been gathered is begun; False if that is right now."""
    every = w.steps[s]["batch"]
    clock = w.steps[s]["batch_clock"]
    passed = time_between(w, clock, 0.0, t)
    left = math.ceil(passed / every) * every - passed
    if left <= 0.0:
        return False
    # The internal SLA counts from the batch, as departments that gather count it (`join_queue`); the promise to the
    # customer runs on.
    w.visits[v]["enters_as"] = GATHERED
    change(w, v, COMING, add_time(w, clock, t, left))
    return True


@inlined
def pass_on(w: World, v: int, a: int, t: float) -> None:
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
        if w.steps[s]["removed"] == 0:
            # A pass counts when the step is finished, not when it is come to: a contact that is lost in the queue and
            # redials meets the same work content as if it had waited.
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
            visit["first_agent"] = a
            visit["first_agent_step"] = worked_at
            a = -1
        if enter(w, v, t):
            if visit["first_agent"] >= 0:
                _hold(w, v, t)
            break
        s = visit["step"]
    if a >= 0:
        put_down(w, a, t)


@compiled
def proceed(w: World, v: int, a: int, t: float) -> None:
    """The same, as one piece of code for all who need it less often than the end of a service does."""
    pass_on(w, v, a, t)


@inlined
def _keeps(w: World, a: int, s: int, to: int) -> bool:
    """Whether agent a, still on duty, goes on with the customer instead of handing over to another team."""
    # Cross-training has no bonus plugged in: whoever knows both sides goes on with the customer, misroutes nobody and
    # promises what can be kept.  Routing does the rest.
    if w.steps[to]["outbound"] == 1 or w.steps[to]["removed"] == 1 or w.agents[a]["on_duty"] == 0:
        return False
    return knows_work_of(w, a, s, to)


@compiled
def _hold(w: World, v: int, t: float) -> None:
    """A warm transfer waits: its first agent stays on the line, at most for the team's limit."""
    visit = w.visits[v]
    r = w.visits
    h = new_visit(w, visit["case"])
    r[h]["parent"] = v
    r[h]["awaits"] = visit["stamp"]
    r[h]["step"] = visit["first_agent_step"]
    team = w.steps[visit["first_agent_step"]]["team"]  # none: a machine does the step by now
    change(w, h, HOLDING, t + w.teams[team]["warm_limit"] if team >= 0 else t)
    call(w, h)


@compiled
def _join(w: World, v: int, parent: int, t: float) -> None:
    """A branch is back; with the last one the fork's own row goes on to the step where they meet."""
    visit = w.visits[parent]
    visit["awaits"] -= 1
    if visit["awaits"] == 0:
        visit["enters_as"] = AT_STEP
        visit["step"] = w.steps[visit["step"]]["join"]
        change(w, parent, COMING, t)
        call(w, parent)
    free_visit(w, v)


@compiled
def _reached(w: World, v: int, t: float) -> int:
    """The customer called back and was served: the visit goes on behind the step that had missed them."""
    visit = w.visits[v]
    release_line(w, v)
    count_handled(w, v)
    w.cases[visit["case"]]["contacts_handled"] += 1
    visit["kind"] = visit["kind_before"]
    visit["reason"] = visit["reason_before"]
    visit["origin"] = visit["origin_before"]
    visit["cause_step"] = visit["cause_step_before"]
    visit["step"] = visit["return_step"]
    visit["return_step"] = -1
    visit["tries"] = 0
    if w.cases[visit["case"]]["status"] == REACHING:
        visit["present"] = 0
    visit["pass_number"] = w.passes[visit["case"], visit["step"]]
    return int(visit["step"])


@inlined
def _move(w: World, v: int, s: int, to: int, transfer: int, kind: int, t: float) -> None:
    """The visit passes from step s to step `to`: transfers cost effort."""
    weights = w.experience[0]
    visit = w.visits[v]
    c = visit["case"]
    if kind == REWORK:
        count_rework(w, s)
    elif kind == MISROUTE:
        visit["misrouted_from"] = s
        count_misroute(w, v, s)
        count_caused_contact(w, c, Origin.MISROUTE, s, 0.0)
    elif kind == ESCALATION:
        count_escalation(w, s)
    if transfer == NO_TRANSFER:
        release_line(w, v)
        visit["present"] = 0
    elif visit["present"] == 1:
        w.cases[c]["transfers"] += 1
        weight = weights["transfer"] if transfer == COLD else weights["warm_transfer"]
        charge_effort(w, v, Cause.TRANSFER, weight, s, t)
        visit["queues_joined"] += 1
    if kind != MISROUTE:  # back on its way
        visit["misrouted_from"] = -1
    visit["step"] = to
