"""The way of a visit through its route: it comes to a step, waits, is served, and goes on."""

from __future__ import annotations

import math
from typing import Any

from cxsim import draws
from cxsim.experience import add_effort, add_wait
from cxsim.jit import compiled
from cxsim.plan.tables import (
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
from cxsim.rules.agents import choose_agent, put_down, reckon, take_up
from cxsim.rules.cases import channel_of
from cxsim.rules.contacts import (
    ask,
    count_abandoned,
    end_route,
    enter_line,
    leave_line,
    lose_contact,
    make_contact,
    open_or_wait,
)
from cxsim.rules.endings import let_go, wind_up
from cxsim.rules.promises import add_time, hear_news, pause, resume
from cxsim.rules.rows import call, change, free_visit, new_visit, note
from cxsim.state import (
    BALKED,
    BLOCKED,
    CHASING,
    COMING,
    DELAYED,
    DONE,
    HOLDING,
    JOINING,
    MISSED,
    SERVED,
    WAITING,
)
from cxsim.tally import (
    MEASURED,
    WARM_UP,
    Cause,
    ContactColumn,
    HourColumn,
    Kind,
    StepColumn,
    wait_bin,
    week_of,
)
from cxsim.timetables import hour_of_week

_PATIENCE = int(draws.Purpose.PATIENCE)
_BALK = int(draws.Purpose.BALK)
_ACCEPT_CALL_BACK = int(draws.Purpose.ACCEPT_CALL_BACK)
_CALL_BACK_REACHED = int(draws.Purpose.CALL_BACK_REACHED)
_WORK = int(draws.Purpose.WORK)
_PICK_UP = int(draws.Purpose.PICK_UP)
_NEXT = int(draws.Purpose.NEXT)
_DELAY = int(draws.Purpose.DELAY)
_RIGHT = int(draws.Purpose.RIGHT)
_RIGHT_ERROR = int(draws.Purpose.RIGHT_ERROR)
_REACHED = int(draws.Purpose.REACHED)
_SELF_SERVICE = int(draws.Purpose.SELF_SERVICE)
_GENERIC = int(draws.Purpose.GENERIC)
_ATTEMPT = int(draws.Purpose.ATTEMPT)
_RETRY_DELAY = int(draws.Purpose.RETRY_DELAY)
_RETURN_CALL = int(draws.Purpose.RETURN_CALL)
_RETURN_DELAY = int(draws.Purpose.RETURN_DELAY)

_TRANSFER = int(Cause.TRANSFER)
_INFORMATION = int(Cause.INFORMATION)
_CHANNEL_SWITCH = int(Cause.CHANNEL_SWITCH)
_GENERIC_CAUSE = int(Cause.GENERIC)
_RETURN = int(Kind.RETURN)

_S_VISITS = int(StepColumn.VISITS)
_S_QUEUED = int(StepColumn.QUEUED)
_S_WAITED = int(StepColumn.WAITED)
_S_WAIT = int(StepColumn.WAIT)
_S_SERVED = int(StepColumn.SERVED)
_S_SERVED_WAIT = int(StepColumn.SERVED_WAIT)
_S_SERVED_WAIT_SQUARED = int(StepColumn.SERVED_WAIT_SQUARED)
_S_SERVICE = int(StepColumn.SERVICE)
_S_SERVICE_SQUARED = int(StepColumn.SERVICE_SQUARED)
_S_REWORK = int(StepColumn.REWORK)
_S_HANDOFFS = int(StepColumn.HANDOFFS)
_S_SLA_MISSED = int(StepColumn.SLA_MISSED)
_S_ELAPSED = int(StepColumn.ELAPSED)
_S_MISROUTES = int(StepColumn.MISROUTES)
_S_ESCALATIONS = int(StepColumn.ESCALATIONS)
_S_IN_STANDARD = int(StepColumn.IN_STANDARD)
_S_MISSED_CALLS = int(StepColumn.MISSED_CALLS)
_S_DECIDED = int(StepColumn.DECIDED)
_C_HANDLED = int(ContactColumn.HANDLED)
_C_WAITED = int(ContactColumn.WAITED)
_C_WAIT = int(ContactColumn.WAIT)
_C_SERVED = int(ContactColumn.SERVED)
_C_SERVED_WAIT = int(ContactColumn.SERVED_WAIT)
_C_SERVED_WAIT_SQUARED = int(ContactColumn.SERVED_WAIT_SQUARED)
_C_IN_STANDARD = int(ContactColumn.IN_STANDARD)
_C_SERVICE = int(ContactColumn.SERVICE)
_C_SERVICE_SQUARED = int(ContactColumn.SERVICE_SQUARED)
_C_CALL_BACKS = int(ContactColumn.CALL_BACKS)
_C_QUEUED = int(ContactColumn.QUEUED)
_C_MISROUTED = int(ContactColumn.MISROUTED)
_H_QUEUED = int(HourColumn.QUEUED)
_H_WAITED = int(HourColumn.WAITED)
_H_SERVED = int(HourColumn.SERVED)
_H_SERVED_WAIT = int(HourColumn.SERVED_WAIT)
_H_SERVICE = int(HourColumn.SERVICE)
_H_ON_DUTY = int(HourColumn.ON_DUTY)


NEW, AT_STEP, CALL_BACK, FALL_BACK = 0, 1, 2, 3
"""What a row that is COMING does when its time is there (`through`)."""


@compiled
def come(w: Any, v: int, t: float) -> None:
    """The time of a row is there: a contact is made, a call back tried again, a step entered."""
    r = w.visits
    if r["status"][v] == CHASING and not ask(w, v, t):
        return
    through = r["through"][v]
    if through == CALL_BACK:
        requeue(w, v, t)
        return
    if through != AT_STEP and not open_or_wait(w, v, t):
        return
    if through == NEW:
        make_contact(w, v, t)
    elif through == FALL_BACK:
        r["present"][v] = 1 if w.channels["presence"][r["channel"][v]] == PRESENT else 0
        r["leg"][v] += 1
    r["through"][v] = NEW
    if not enter(w, v, t):
        proceed(w, v, -1, t)


@compiled
def enter(w: Any, v: int, t: float) -> bool:
    """Visit v comes to its step at t.

    True: time passes there, or the contact is lost; False: the step takes no time and what follows it has to be found.
    """
    r = w.visits
    c = r["case"][v]
    s = r["step"][v]
    while True:
        if w.steps["gone"][s] == 1:
            s = w.steps["moved_to"][s]
            if s < 0:
                return False
        elif w.steps["kind"][s] == SELF_SERVICE and w.channels["presence"][r["channel"][v]] != SELF:
            s = w.steps["falls_back_to"][s]
        else:
            break
        r["step"][v] = s
    r["pass"][v] = w.passes[c, s]
    r["at_step"][v] = t
    w.step_sums[week_of(w, t), s, _S_VISITS] += 1.0
    kind = w.steps["kind"][s]
    if kind == WORK:
        return line_up(w, v, t)
    leave_line(w, v)
    if kind == FORK:
        first = w.steps["first_branch"][s]
        n = w.steps["branches"][s]
        r["awaits"][v] = n
        r["present"][v] = 0
        change(w, v, JOINING, math.inf)
        for k in range(n):
            b = new_visit(w, c)
            r["kind"][b] = r["kind"][v]
            r["ordinal"][b] = r["ordinal"][v]
            r["attempt"][b] = r["attempt"][v]
            r["reason"][b] = r["reason"][v]
            r["channel"][b] = r["channel"][v]
            r["team"][b] = r["team"][v]
            r["step"][b] = w.branches[first + k]
            r["branch"][b] = k + 1
            r["parent"][b] = v
            r["through"][b] = AT_STEP
            change(w, b, COMING, t)
            call(w, b)
        return True
    if kind == DELAY:
        minutes = draws.duration(w, w.steps["delay"][s], draws.at_step(w, v, _DELAY, 0))
        if w.steps["customers_own"][s] == 1:
            pause(w, c, t)
        change(w, v, DELAYED, add_time(w, w.steps["delay_clock"][s], t, minutes))
        return True
    minutes = draws.duration(w, w.steps["takes"][s], draws.at_step(w, v, _DELAY, 0))
    change(w, v, DELAYED, t + minutes)
    return True


@compiled
def line_up(w: Any, v: int, t: float) -> bool:
    """Visit v asks for an agent: served at once, in the queue, or lost (turned away, blocked, not joining)."""
    r = w.visits
    s = r["step"][v]
    team = w.steps["team"][s]
    channel = r["channel"][v]
    present = r["present"][v] == 1
    at_once = w.channels["at_once"][channel]
    shared = at_once > 1 and w.channels["presence"][channel] == PRESENT and present
    q = w.steps["shared_queue"][s] if shared else w.steps["queue"][s]
    week = week_of(w, t)
    hour = hour_of_week(w.days, t)
    phase = WARM_UP if t < 0.0 else MEASURED
    if r["team"][v] >= 0 and r["team"][v] != team:
        w.step_sums[week, s, _S_HANDOFFS] += 1.0
    r["team"][v] = team
    r["queue"][v] = q
    r["queued_at"][v] = t
    r["began_at"][v] = math.inf
    r["agent"][v] = -1
    r["call_back"][v] = 0
    w.hour_sums[phase, hour, team, _H_QUEUED] += 1.0
    w.hour_sums[phase, hour, team, _H_ON_DUTY] += w.team_state["duty"][team]
    if w.steps["sla"][s] < math.inf:
        r["sla_at"][v] = add_time(w, w.steps["sla_clock"][s], t, w.steps["sla"][s])
    else:
        r["sla_at"][v] = math.inf
    if present and not enter_line(w, v):
        lose_contact(w, v, BLOCKED, t)
        return True
    a = choose_agent(w, q, at_once, t)
    if a < 0 and present:
        places = w.teams["places"][team]
        if places >= 0 and w.team_state["waiting"][team] >= places:
            lose_contact(w, v, BLOCKED, t)
            return True
        if w.channels["p_balk"][channel] > 0.0 and draws.of_contact(w, v, _BALK) < w.channels["p_balk"][channel]:
            lose_contact(w, v, BALKED, t)
            return True
    w.step_sums[week, s, _S_QUEUED] += 1.0
    if present:
        w.contact_sums[week, r["reason"][v], channel, _C_QUEUED] += 1.0
    if a >= 0:
        begin(w, v, a, t)
        return True
    w.step_sums[week, s, _S_WAITED] += 1.0
    w.hour_sums[phase, hour, team, _H_WAITED] += 1.0
    due = math.inf
    if present:
        w.contact_sums[week, r["reason"][v], channel, _C_WAITED] += 1.0
        if _wants_call_back(w, v):
            r["call_back"][v] = 1
            leave_line(w, v)
            w.contact_sums[week, r["reason"][v], channel, _C_CALL_BACKS] += 1.0
            r["tries"][v] = 0
        else:
            due = t + _patience(w, v)
    r["priority"][v] = (
        w.steps["priority"][s] if w.steps["own_priority"][s] == 1 else w.reasons["priority"][r["reason"][v]]
    )
    r["age_at"][v] = w.cases["promise_at"][r["case"][v]] if w.teams["by_due"][team] == 1 else t
    change(w, v, WAITING, due)
    reckon(w, team, t)
    w.team_state["waiting"][team] += 1
    w.queue_length[q] += 1
    return True


@compiled
def _patience(w: Any, v: int) -> float:
    """How long this contact is ready to wait, minutes."""
    law = w.reasons["patience"][w.visits["reason"][v]]
    if law < 0:
        law = w.channels["patience"][w.visits["channel"][v]]
    if law < 0:
        return math.inf
    factor = w.segments["patience"][w.cases["segment"][w.visits["case"][v]]]
    return float(factor * draws.duration(w, law, draws.of_contact(w, v, _PATIENCE)))


@compiled
def _wants_call_back(w: Any, v: int) -> bool:
    """A call back is offered when the predicted wait is long, and taken by a share of customers."""
    channel = w.visits["channel"][v]
    over = w.channels["offer_over"][channel]
    if math.isinf(over):
        return False
    s = w.visits["step"][v]
    team = w.steps["team"][s]
    predicted = (w.team_state["waiting"][team] + 1) * w.steps["mean_work"][s] / max(1, w.team_state["duty"][team])
    return bool(predicted > over and draws.of_contact(w, v, _ACCEPT_CALL_BACK) < w.channels["p_accept"][channel])


@compiled
def _pick_up(w: Any, v: int) -> float:
    """How long the agent takes to answer a customer on the line, minutes."""
    law = w.channels["pick_up"][w.visits["channel"][v]]
    if law < 0 or w.visits["present"][v] == 0 or w.visits["call_back"][v] == 1:
        return 0.0
    return draws.duration(w, law, draws.of_contact(w, v, _PICK_UP))


@compiled
def begin(w: Any, v: int, a: int, t: float) -> None:
    """Agent a takes visit v at t; the first agent of a warm transfer is let go."""
    r = w.visits
    s = r["step"][v]
    team = w.steps["team"][s]
    channel = r["channel"][v]
    present = r["present"][v] == 1
    waited = r["status"][v] == WAITING
    if waited:
        reckon(w, team, t)
        w.team_state["waiting"][team] -= 1
        w.queue_length[r["queue"][v]] -= 1
    take_up(w, a, w.queues["shared"][r["queue"][v]], t)
    r["agent"][v] = a
    began_at = t + _pick_up(w, v)
    r["began_at"][v] = began_at
    r["missed"][v] = 0
    try_ = r["tries"][v]
    if w.steps["outbound"][s] == 1 and not present:
        if draws.at_step(w, v, _REACHED, try_) >= w.steps["p_reached"][s]:
            r["missed"][v] = 1
    elif r["call_back"][v] == 1:
        if draws.of_try(w, v, _CALL_BACK_REACHED, try_) >= w.channels["p_reached"][channel]:
            r["missed"][v] = 1
    _count_taken(w, v, waited, t)
    if r["missed"][v] == 1:
        law = w.steps["attempt"][s]
        minutes = draws.duration(w, law, draws.at_step(w, v, _ATTEMPT, try_)) if law >= 0 else 1.0
    else:
        z = w.proficiency[a, w.steps["skill"][s]]
        minutes = draws.duration(w, w.steps["work"][s], draws.at_step(w, v, _WORK, 0))
        minutes *= math.exp(-w.behaviour["speed"][0] * z)
        minutes *= 1.0 + w.channels["slowdown"][channel] * (w.agents["load"][a] - 1)
    change(w, v, SERVED, began_at + minutes)
    if r["held"][v] >= 0:
        let_go(w, v, t)


@compiled
def _count_taken(w: Any, v: int, waited: bool, t: float) -> None:
    """An agent has taken visit v: the wait is counted at the step, and for the contact if the customer is reached."""
    r = w.visits
    s = r["step"][v]
    team = w.steps["team"][s]
    wait = r["began_at"][v] - r["queued_at"][v]
    more = 0.0
    if waited and wait <= 0.0:  # its own last agent was free in the same instant
        more = -1.0
    elif wait > 0.0 and not waited:  # an agent was free, and took a while to answer
        more = 1.0
    row = w.step_sums[week_of(w, t), s]
    row[_S_SERVED] += 1.0
    row[_S_WAITED] += more
    row[_S_SERVED_WAIT] += wait
    row[_S_SERVED_WAIT_SQUARED] += wait * wait
    hours = w.hour_sums[WARM_UP if t < 0.0 else MEASURED, hour_of_week(w.days, t), team]
    hours[_H_SERVED] += 1.0
    hours[_H_WAITED] += more
    hours[_H_SERVED_WAIT] += wait
    if r["missed"][v] == 0 or r["call_back"][v] == 0:
        row[_S_WAIT] += wait
    if r["missed"][v] == 0:
        if wait <= w.teams["standard"][team]:
            row[_S_IN_STANDARD] += 1.0
        if r["present"][v] == 1:
            _count_answered(w, v, wait, more, t)


@compiled
def _count_answered(w: Any, v: int, wait: float, more: float, t: float) -> None:
    """A customer is answered: the wait is counted and felt, and what was told before may have to be told again."""
    r = w.visits
    s = r["step"][v]
    c = r["case"][v]
    team = w.steps["team"][s]
    channel = r["channel"][v]
    w.wait_bins[WARM_UP if t < 0.0 else MEASURED, team, wait_bin(wait)] += 1.0
    line = w.contact_sums[week_of(w, t), r["reason"][v], channel]
    line[_C_WAIT] += wait
    line[_C_WAITED] += more
    line[_C_SERVED] += 1.0
    line[_C_SERVED_WAIT] += wait
    line[_C_SERVED_WAIT_SQUARED] += wait * wait
    if wait <= w.teams["standard"][team]:
        line[_C_IN_STANDARD] += 1.0
    if r["call_back"][v] == 0:
        add_wait(w, c, w.channels["felt"][channel] * wait, t)
    if w.steps["asks_again"][s] == 1 and (w.cases["heard"][c] == 1 or r["leg"][v] > 0):
        add_effort(w, c, _INFORMATION, w.experience["information"][0], t)


@compiled
def finish(w: Any, v: int, t: float) -> None:
    """The agent ends the service of visit v at t; the case moves on first, then the agent is free."""
    r = w.visits
    s = r["step"][v]
    c = r["case"][v]
    a = r["agent"][v]
    week = week_of(w, t)
    service = t - r["began_at"][v]
    team = w.steps["team"][s]
    w.hour_sums[WARM_UP if t < 0.0 else MEASURED, hour_of_week(w.days, t), team, _H_SERVICE] += service
    if r["missed"][v] == 1:
        note(w, v, t, MISSED)
        w.step_sums[week, s, _S_MISSED_CALLS] += 1.0
        r["agent"][v] = -1
        _miss(w, v, t)
        put_down(w, a, t)
        return
    row = w.step_sums[week, s]
    row[_S_SERVICE] += service
    row[_S_SERVICE_SQUARED] += service * service
    row[_S_ELAPSED] += t - r["at_step"][v]
    if t > r["sla_at"][v]:
        row[_S_SLA_MISSED] += 1.0
    if r["present"][v] == 1:
        line = w.contact_sums[week, r["reason"][v], r["channel"][v]]
        line[_C_SERVICE] += service
        line[_C_SERVICE_SQUARED] += service * service
    note(w, v, t, DONE)
    w.cases["z"][c] = w.proficiency[a, w.steps["skill"][s]]
    w.cases["heard"][c] = 1
    w.cases["sold"][c] += w.steps["sells"][s]
    if r["present"][v] == 1 and w.steps["generic"][s] > 0.0:
        if draws.at_step(w, v, _GENERIC, 0) < w.steps["generic"][s]:
            add_effort(w, c, _GENERIC_CAUSE, w.experience["generic"][0], t)
    r["tries"][v] = 0
    r["agent"][v] = -1
    proceed(w, v, a, t)


@compiled
def _miss(w: Any, v: int, t: float) -> None:
    """Nobody answered our call: the customer calls back, or we try again, or after the last try go on without."""
    r = w.visits
    s = r["step"][v]
    tries = r["tries"][v] + 1
    r["tries"][v] = tries
    if r["call_back"][v] == 1:
        if tries >= w.channels["tries"][r["channel"][v]]:
            r["tries"][v] = 0
            count_abandoned(w, v, t)
            lose_contact(w, v, MISSED, t)
            return
        r["through"][v] = CALL_BACK
        change(w, v, COMING, t + w.channels["retry_after"][r["channel"][v]])
        return
    missed_call = w.behaviour["missed_call"][0]
    if missed_call >= 0 and draws.at_step(w, v, _RETURN_CALL, tries) < w.behaviour["p_return"][0]:
        after = draws.duration(w, w.behaviour["return_after"][0], draws.at_step(w, v, _RETURN_DELAY, tries))
        r["was"][v] = r["kind"][v]
        r["was_reason"][v] = r["reason"][v]
        r["back_to"][v] = s
        r["kind"][v] = _RETURN
        r["ordinal"][v] = w.cases["returns"][r["case"][v]]
        w.cases["returns"][r["case"][v]] += 1
        r["attempt"][v] = 0
        r["leg"][v] = 0
        r["through"][v] = 0
        r["reason"][v] = missed_call
        r["channel"][v] = channel_of(w, r["case"][v], missed_call, _RETURN, r["ordinal"][v])
        w.cause_sums[WARM_UP if t < 0.0 else MEASURED, s, _RETURN] += 1.0
        change(w, v, COMING, t + after)
        return
    if tries >= w.steps["tries"][s]:
        r["tries"][v] = 0
        proceed(w, v, -1, t)
        return
    r["through"][v] = AT_STEP
    after = draws.duration(w, w.steps["retry_after"][s], draws.at_step(w, v, _RETRY_DELAY, tries))
    change(w, v, COMING, t + after)


@compiled
def requeue(w: Any, v: int, t: float) -> None:
    """A call back is tried again: an idle agent takes it, or it waits at its old place in the queue."""
    r = w.visits
    q = r["queue"][v]
    a = choose_agent(w, q, w.channels["at_once"][r["channel"][v]], t)
    change(w, v, WAITING, math.inf)
    team = w.steps["team"][r["step"][v]]
    reckon(w, team, t)
    w.team_state["waiting"][team] += 1
    w.queue_length[q] += 1
    if a >= 0:
        begin(w, v, a, t)


@compiled
def end_delay(w: Any, v: int, t: float) -> None:
    """A delay is over (documents are there, the supplier has answered, self-service has worked or not)."""
    r = w.visits
    s = r["step"][v]
    c = r["case"][v]
    w.step_sums[week_of(w, t), s, _S_ELAPSED] += t - r["at_step"][v]
    if w.steps["customers_own"][s] == 1:
        resume(w, c, t)
    if w.steps["kind"][s] == SELF_SERVICE and draws.at_step(w, v, _SELF_SERVICE, 0) >= w.steps["p_done"][s]:
        w.passes[c, s] += 1
        add_effort(w, c, _CHANNEL_SWITCH, w.experience["channel_switch"][0], t)
        r["channel"][v] = w.steps["fall_channel"][s]
        r["step"][v] = w.steps["falls_back_to"][s]
        r["through"][v] = FALL_BACK
        change(w, v, COMING, t)
        return
    proceed(w, v, -1, t)


@compiled
def proceed(w: Any, v: int, a: int, t: float) -> None:
    """Visit v is done with its step: find what comes next, go there, and only then let agent a (-1: none) go.

    Steps that take no time are passed through in a loop.
    """
    r = w.visits
    s = r["step"][v]
    worked_at = s
    while True:
        c = r["case"][v]
        if w.steps["gone"][s] == 0:
            if w.passes[c, s] < 65535:
                w.passes[c, s] += 1
            if w.steps["news"][s] == 1:
                hear_news(w, c, t)
        edge, to, kind = successor(w, v, a, t)
        transfer = w.edges["transfer"][edge] if edge >= 0 else NO_TRANSFER
        stays = transfer == WARM and r["present"][v] == 1 and w.steps["kind"][to] == WORK
        if a >= 0 and not stays and w.steps["wrap"][worked_at] >= 0:
            wind_up(w, v, a, worked_at, t)
            a = -1
        if to < 0 and r["kind"][v] == _RETURN:
            s = _reached(w, v, t)
            continue
        parent = r["parent"][v]
        if parent >= 0 and (to < 0 or to == w.steps["join"][r["step"][parent]]):
            _join(w, v, parent, t)
            break
        if to < 0:
            end_route(w, v, t)
            break
        _move(w, v, s, to, transfer, kind, t)
        if a >= 0 and stays:
            r["held"][v] = a
            r["held_step"][v] = worked_at
            a = -1
        if enter(w, v, t):
            if r["held"][v] >= 0:
                _hold(w, v, t)
            break
        s = r["step"][v]
    if a >= 0:
        put_down(w, a, t)


@compiled
def _hold(w: Any, v: int, t: float) -> None:
    """A warm transfer waits: its first agent stays on the line, at most for the team's limit."""
    r = w.visits
    h = new_visit(w, r["case"][v])
    r["parent"][h] = v
    r["awaits"][h] = r["stamp"][v]
    r["step"][h] = r["held_step"][v]
    change(w, h, HOLDING, t + w.teams["warm_limit"][w.steps["team"][r["held_step"][v]]])
    call(w, h)


@compiled
def _join(w: Any, v: int, parent: int, t: float) -> None:
    """A branch is back; with the last one the fork's own row goes on to the step where they meet."""
    w.visits["awaits"][parent] -= 1
    if w.visits["awaits"][parent] == 0:
        w.visits["through"][parent] = AT_STEP
        w.visits["step"][parent] = w.steps["join"][w.visits["step"][parent]]
        change(w, parent, COMING, t)
        call(w, parent)
    free_visit(w, v)


@compiled
def _reached(w: Any, v: int, t: float) -> int:
    """The customer called back and was served: the visit goes on behind the step that had missed them."""
    r = w.visits
    leave_line(w, v)
    w.contact_sums[week_of(w, t), r["reason"][v], r["channel"][v], _C_HANDLED] += 1.0
    w.cases["answered"][r["case"][v]] += 1
    r["kind"][v] = r["was"][v]
    r["reason"][v] = r["was_reason"][v]
    r["step"][v] = r["back_to"][v]
    r["back_to"][v] = -1
    r["tries"][v] = 0
    r["pass"][v] = w.passes[r["case"][v], r["step"][v]]
    return int(r["step"][v])


@compiled
def _move(w: Any, v: int, s: int, to: int, transfer: int, kind: int, t: float) -> None:
    """The visit passes from step s to step `to`: handoffs are counted, transfers are felt."""
    r = w.visits
    c = r["case"][v]
    week = week_of(w, t)
    if kind == REWORK:
        w.step_sums[week, s, _S_REWORK] += 1.0
    elif kind == MISROUTE:
        w.step_sums[week, s, _S_MISROUTES] += 1.0
        w.contact_sums[week, r["reason"][v], r["channel"][v], _C_MISROUTED] += 1.0
    elif kind == ESCALATION:
        w.step_sums[week, s, _S_ESCALATIONS] += 1.0
    if transfer == NO_TRANSFER:
        leave_line(w, v)
        r["present"][v] = 0
    elif r["present"][v] == 1:
        w.cases["transfers"][c] += 1
        weight = w.experience["transfer"][0] if transfer == COLD else w.experience["warm_transfer"][0]
        add_effort(w, c, _TRANSFER, weight, t)
        r["leg"][v] += 1
    r["step"][v] = to


@compiled
def successor(w: Any, v: int, a: int, t: float) -> tuple[int, int, int]:
    """(edge row or -1, next step or -1 at the route's end, kind) of what follows visit v's step.

    A step that wants a decision right is escalated unless its team holds the right and this case falls into its share.
    Proficiency lowers the odds of rework and misroutes; the other ways share what that leaves.
    """
    r = w.visits
    s = r["step"][v]
    c = r["case"][v]
    right = w.steps["right"][s]
    if right >= 0:
        held = w.rights[w.steps["team"][s], right]
        if draws.at_step(w, v, _RIGHT, 0) >= held["share"]:
            return -1, w.steps["escalates_to"][s], ESCALATION
        w.step_sums[week_of(w, t), s, _S_DECIDED] += 1.0
        if draws.at_step(w, v, _RIGHT_ERROR, 0) < held["p_error"]:
            w.cases["wrong"][c] = 1
            w.cases["wrongs"][c] += 1
            w.cases["cost"][c] += held["cost"]
    first = w.steps["first_edge"][s]
    n = w.steps["edges"][s]
    segment = w.cases["segment"][c]
    channel = r["channel"][v]
    scale = 1.0
    shift = 0.0
    if a >= 0 and w.behaviour["misroute"][0] > 0.0:
        shift = w.behaviour["misroute"][0] * w.proficiency[a, w.steps["skill"][s]]
        bad = 0.0
        changed = 0.0
        for e in range(first, first + n):
            if w.edges["kind"][e] == REWORK or w.edges["kind"][e] == MISROUTE:
                p = w.edge_p[e, segment, channel]
                bad += p
                changed += _shifted(p, shift)
        if bad > 0.0 and bad < 1.0 and changed < 1.0:
            scale = (1.0 - changed) / (1.0 - bad)
        else:
            shift = 0.0
    u = draws.at_step(w, v, _NEXT, 0)
    total = 0.0
    for e in range(first, first + n):
        p = w.edge_p[e, segment, channel]
        if shift != 0.0 and (w.edges["kind"][e] == REWORK or w.edges["kind"][e] == MISROUTE):
            p = _shifted(p, shift)
        else:
            p *= scale
        total += p
        if u < total:
            return e, w.edges["to"][e], w.edges["kind"][e]
    if n > 0 and total >= 1.0 - 1e-12:  # the shares add up to one but for rounding
        e = first + n - 1
        return e, w.edges["to"][e], w.edges["kind"][e]
    return -1, -1, NORMAL


@compiled
def _shifted(p: float, shift: float) -> float:
    """A probability whose log-odds are lowered by `shift`."""
    if p <= 0.0 or p >= 1.0:
        return p
    odds = p / (1.0 - p) * math.exp(-shift)
    return odds / (1.0 + odds)
