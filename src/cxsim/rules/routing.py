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
    visit = w.visits[v]
    if visit["status"] == CHASING and not ask(w, v, t):
        return
    through = visit["through"]
    if through == CALL_BACK:
        requeue(w, v, t)
        return
    if through != AT_STEP and not open_or_wait(w, v, t):
        return
    if through == NEW:
        make_contact(w, v, t)
    elif through == FALL_BACK:
        visit["present"] = 1 if w.channels[visit["channel"]]["presence"] == PRESENT else 0
        visit["leg"] += 1
    visit["through"] = NEW
    if not enter(w, v, t):
        proceed(w, v, -1, t)


@compiled
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
    w.step_sums[week_of(w, t), s, _S_VISITS] += 1.0
    kind = w.steps[s]["kind"]
    if kind == WORK:
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
            r[b]["step"] = w.branches[first + k]
            r[b]["branch"] = k + 1
            r[b]["parent"] = v
            r[b]["through"] = AT_STEP
            change(w, b, COMING, t)
            call(w, b)
        return True
    if kind == DELAY:
        minutes = draws.duration(w, w.steps[s]["delay"], draws.at_step(w, v, _DELAY, 0))
        if w.steps[s]["customers_own"] == 1:
            pause(w, c, t)
        change(w, v, DELAYED, add_time(w, w.steps[s]["delay_clock"], t, minutes))
        return True
    minutes = draws.duration(w, w.steps[s]["takes"], draws.at_step(w, v, _DELAY, 0))
    change(w, v, DELAYED, t + minutes)
    return True


@compiled
def line_up(w: Any, v: int, t: float) -> bool:
    """Visit v asks for an agent: served at once, in the queue, or lost (turned away, blocked, not joining)."""
    visit = w.visits[v]
    s = visit["step"]
    step = w.steps[s]
    team = step["team"]
    crew_now = w.team_state[team]
    channel = visit["channel"]
    medium = w.channels[channel]
    present = visit["present"] == 1
    at_once = medium["at_once"]
    shared = at_once > 1 and medium["presence"] == PRESENT and present
    q = step["shared_queue"] if shared else step["queue"]
    week = week_of(w, t)
    hour = hour_of_week(w.days, t)
    phase = WARM_UP if t < 0.0 else MEASURED
    if visit["team"] >= 0 and visit["team"] != team:
        w.step_sums[week, s, _S_HANDOFFS] += 1.0
    visit["team"] = team
    visit["queue"] = q
    visit["queued_at"] = t
    visit["began_at"] = math.inf
    visit["agent"] = -1
    visit["call_back"] = 0
    w.hour_sums[phase, hour, team, _H_QUEUED] += 1.0
    w.hour_sums[phase, hour, team, _H_ON_DUTY] += crew_now["duty"]
    if step["sla"] < math.inf:
        visit["sla_at"] = add_time(w, step["sla_clock"], t, step["sla"])
    else:
        visit["sla_at"] = math.inf
    if present and not enter_line(w, v):
        lose_contact(w, v, BLOCKED, t)
        return True
    a = choose_agent(w, q, at_once, t)
    if a < 0 and present:
        places = w.teams[team]["places"]
        if places >= 0 and crew_now["waiting"] >= places:
            lose_contact(w, v, BLOCKED, t)
            return True
        if medium["p_balk"] > 0.0 and draws.of_contact(w, v, _BALK) < medium["p_balk"]:
            lose_contact(w, v, BALKED, t)
            return True
    w.step_sums[week, s, _S_QUEUED] += 1.0
    if present:
        w.contact_sums[week, visit["reason"], channel, _C_QUEUED] += 1.0
    if a >= 0:
        begin(w, v, a, t)
        return True
    w.step_sums[week, s, _S_WAITED] += 1.0
    w.hour_sums[phase, hour, team, _H_WAITED] += 1.0
    due = math.inf
    if present:
        w.contact_sums[week, visit["reason"], channel, _C_WAITED] += 1.0
        if _wants_call_back(w, v):
            visit["call_back"] = 1
            leave_line(w, v)
            w.contact_sums[week, visit["reason"], channel, _C_CALL_BACKS] += 1.0
            visit["tries"] = 0
        else:
            due = t + _patience(w, v)
    visit["priority"] = step["priority"] if step["own_priority"] == 1 else w.reasons[visit["reason"]]["priority"]
    visit["age_at"] = w.cases[visit["case"]]["promise_at"] if w.teams[team]["by_due"] == 1 else t
    change(w, v, WAITING, due)
    reckon(w, team, t)
    crew_now["waiting"] += 1
    w.queue_length[q] += 1
    return True


@compiled
def _patience(w: Any, v: int) -> float:
    """How long this contact is ready to wait, minutes."""
    visit = w.visits[v]
    law = w.reasons[visit["reason"]]["patience"]
    if law < 0:
        law = w.channels[visit["channel"]]["patience"]
    if law < 0:
        return math.inf
    factor = w.segments[w.cases[visit["case"]]["segment"]]["patience"]
    return float(factor * draws.duration(w, law, draws.of_contact(w, v, _PATIENCE)))


@compiled
def _wants_call_back(w: Any, v: int) -> bool:
    """A call back is offered when the predicted wait is long, and taken by a share of customers."""
    channel = w.visits[v]["channel"]
    over = w.channels[channel]["offer_over"]
    if math.isinf(over):
        return False
    s = w.visits[v]["step"]
    team = w.steps[s]["team"]
    predicted = (w.team_state[team]["waiting"] + 1) * w.steps[s]["mean_work"] / max(1, w.team_state[team]["duty"])
    return bool(predicted > over and draws.of_contact(w, v, _ACCEPT_CALL_BACK) < w.channels[channel]["p_accept"])


@compiled
def _pick_up(w: Any, v: int) -> float:
    """How long the agent takes to answer a customer on the line, minutes."""
    visit = w.visits[v]
    law = w.channels[visit["channel"]]["pick_up"]
    if law < 0 or visit["present"] == 0 or visit["call_back"] == 1:
        return 0.0
    return draws.duration(w, law, draws.of_contact(w, v, _PICK_UP))


@compiled
def begin(w: Any, v: int, a: int, t: float) -> None:
    """Agent a takes visit v at t; the first agent of a warm transfer is let go."""
    visit = w.visits[v]
    s = visit["step"]
    step = w.steps[s]
    team = step["team"]
    channel = visit["channel"]
    present = visit["present"] == 1
    waited = visit["status"] == WAITING
    if waited:
        reckon(w, team, t)
        w.team_state[team]["waiting"] -= 1
        w.queue_length[visit["queue"]] -= 1
    take_up(w, a, w.queues[visit["queue"]]["shared"], t)
    visit["agent"] = a
    began_at = t + _pick_up(w, v)
    visit["began_at"] = began_at
    visit["missed"] = 0
    try_ = visit["tries"]
    if step["outbound"] == 1 and not present:
        if draws.at_step(w, v, _REACHED, try_) >= step["p_reached"]:
            visit["missed"] = 1
    elif visit["call_back"] == 1:
        if draws.of_try(w, v, _CALL_BACK_REACHED, try_) >= w.channels[channel]["p_reached"]:
            visit["missed"] = 1
    _count_taken(w, v, waited, t)
    if visit["missed"] == 1:
        law = step["attempt"]
        minutes = draws.duration(w, law, draws.at_step(w, v, _ATTEMPT, try_)) if law >= 0 else 1.0
    else:
        z = w.proficiency[a, step["skill"]]
        minutes = draws.duration(w, step["work"], draws.at_step(w, v, _WORK, 0))
        minutes *= math.exp(-w.behaviour[0]["speed"] * z)
        minutes *= 1.0 + w.channels[channel]["slowdown"] * (w.agents[a]["load"] - 1)
    change(w, v, SERVED, began_at + minutes)
    if visit["held"] >= 0:
        let_go(w, v, t)


@compiled
def _count_taken(w: Any, v: int, waited: bool, t: float) -> None:
    """An agent has taken visit v: the wait is counted at the step, and for the contact if the customer is reached."""
    visit = w.visits[v]
    s = visit["step"]
    team = w.steps[s]["team"]
    wait = visit["began_at"] - visit["queued_at"]
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
    if visit["missed"] == 0 or visit["call_back"] == 0:
        row[_S_WAIT] += wait
    if visit["missed"] == 0:
        if wait <= w.teams[team]["standard"]:
            row[_S_IN_STANDARD] += 1.0
        if visit["present"] == 1:
            _count_answered(w, v, wait, more, t)


@compiled
def _count_answered(w: Any, v: int, wait: float, more: float, t: float) -> None:
    """A customer is answered: the wait is counted and felt, and what was told before may have to be told again."""
    visit = w.visits[v]
    s = visit["step"]
    c = visit["case"]
    team = w.steps[s]["team"]
    channel = visit["channel"]
    w.wait_bins[WARM_UP if t < 0.0 else MEASURED, team, wait_bin(wait)] += 1.0
    line = w.contact_sums[week_of(w, t), visit["reason"], channel]
    line[_C_WAIT] += wait
    line[_C_WAITED] += more
    line[_C_SERVED] += 1.0
    line[_C_SERVED_WAIT] += wait
    line[_C_SERVED_WAIT_SQUARED] += wait * wait
    if wait <= w.teams[team]["standard"]:
        line[_C_IN_STANDARD] += 1.0
    if visit["call_back"] == 0:
        add_wait(w, c, w.channels[channel]["felt"] * wait, t)
    if w.steps[s]["asks_again"] == 1 and (w.cases[c]["heard"] == 1 or visit["leg"] > 0):
        add_effort(w, c, _INFORMATION, w.experience[0]["information"], t)


@compiled
def finish(w: Any, v: int, t: float) -> None:
    """The agent ends the service of visit v at t; the case moves on first, then the agent is free."""
    visit = w.visits[v]
    s = visit["step"]
    step = w.steps[s]
    c = visit["case"]
    case = w.cases[c]
    a = visit["agent"]
    week = week_of(w, t)
    service = t - visit["began_at"]
    team = step["team"]
    w.hour_sums[WARM_UP if t < 0.0 else MEASURED, hour_of_week(w.days, t), team, _H_SERVICE] += service
    if visit["missed"] == 1:
        note(w, v, t, MISSED)
        w.step_sums[week, s, _S_MISSED_CALLS] += 1.0
        visit["agent"] = -1
        _miss(w, v, t)
        put_down(w, a, t)
        return
    row = w.step_sums[week, s]
    row[_S_SERVICE] += service
    row[_S_SERVICE_SQUARED] += service * service
    row[_S_ELAPSED] += t - visit["at_step"]
    if t > visit["sla_at"]:
        row[_S_SLA_MISSED] += 1.0
    if visit["present"] == 1:
        line = w.contact_sums[week, visit["reason"], visit["channel"]]
        line[_C_SERVICE] += service
        line[_C_SERVICE_SQUARED] += service * service
    note(w, v, t, DONE)
    case["z"] = w.proficiency[a, step["skill"]]
    case["heard"] = 1
    case["sold"] += step["sells"]
    if visit["present"] == 1 and step["generic"] > 0.0:
        if draws.at_step(w, v, _GENERIC, 0) < step["generic"]:
            add_effort(w, c, _GENERIC_CAUSE, w.experience[0]["generic"], t)
    visit["tries"] = 0
    visit["agent"] = -1
    proceed(w, v, a, t)


@compiled
def _miss(w: Any, v: int, t: float) -> None:
    """Nobody answered our call: the customer calls back, or we try again, or after the last try go on without."""
    behaviour = w.behaviour[0]
    visit = w.visits[v]
    s = visit["step"]
    tries = visit["tries"] + 1
    visit["tries"] = tries
    if visit["call_back"] == 1:
        if tries >= w.channels[visit["channel"]]["tries"]:
            visit["tries"] = 0
            count_abandoned(w, v, t)
            lose_contact(w, v, MISSED, t)
            return
        visit["through"] = CALL_BACK
        change(w, v, COMING, t + w.channels[visit["channel"]]["retry_after"])
        return
    missed_call = behaviour["missed_call"]
    if missed_call >= 0 and draws.at_step(w, v, _RETURN_CALL, tries) < behaviour["p_return"]:
        after = draws.duration(w, behaviour["return_after"], draws.at_step(w, v, _RETURN_DELAY, tries))
        visit["was"] = visit["kind"]
        visit["was_reason"] = visit["reason"]
        visit["back_to"] = s
        visit["kind"] = _RETURN
        visit["ordinal"] = w.cases[visit["case"]]["returns"]
        w.cases[visit["case"]]["returns"] += 1
        visit["attempt"] = 0
        visit["leg"] = 0
        visit["through"] = 0
        visit["reason"] = missed_call
        visit["channel"] = channel_of(w, visit["case"], missed_call, _RETURN, visit["ordinal"])
        w.cause_sums[WARM_UP if t < 0.0 else MEASURED, s, _RETURN] += 1.0
        change(w, v, COMING, t + after)
        return
    if tries >= w.steps[s]["tries"]:
        visit["tries"] = 0
        proceed(w, v, -1, t)
        return
    visit["through"] = AT_STEP
    after = draws.duration(w, w.steps[s]["retry_after"], draws.at_step(w, v, _RETRY_DELAY, tries))
    change(w, v, COMING, t + after)


@compiled
def requeue(w: Any, v: int, t: float) -> None:
    """A call back is tried again: an idle agent takes it, or it waits at its old place in the queue."""
    visit = w.visits[v]
    q = visit["queue"]
    a = choose_agent(w, q, w.channels[visit["channel"]]["at_once"], t)
    change(w, v, WAITING, math.inf)
    team = w.steps[visit["step"]]["team"]
    reckon(w, team, t)
    w.team_state[team]["waiting"] += 1
    w.queue_length[q] += 1
    if a >= 0:
        begin(w, v, a, t)


@compiled
def end_delay(w: Any, v: int, t: float) -> None:
    """A delay is over (documents are there, the supplier has answered, self-service has worked or not)."""
    visit = w.visits[v]
    s = visit["step"]
    step = w.steps[s]
    c = visit["case"]
    w.step_sums[week_of(w, t), s, _S_ELAPSED] += t - visit["at_step"]
    if step["customers_own"] == 1:
        resume(w, c, t)
    if step["kind"] == SELF_SERVICE and draws.at_step(w, v, _SELF_SERVICE, 0) >= step["p_done"]:
        w.passes[c, s] += 1
        add_effort(w, c, _CHANNEL_SWITCH, w.experience[0]["channel_switch"], t)
        visit["channel"] = step["fall_channel"]
        visit["step"] = step["falls_back_to"]
        visit["through"] = FALL_BACK
        change(w, v, COMING, t)
        return
    proceed(w, v, -1, t)


@compiled
def proceed(w: Any, v: int, a: int, t: float) -> None:
    """Visit v is done with its step: find what comes next, go there, and only then let agent a (-1: none) go.

    Steps that take no time are passed through in a loop.
    """
    visit = w.visits[v]
    r = w.visits
    s = visit["step"]
    worked_at = s
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
        if a >= 0 and not stays and w.steps[worked_at]["wrap"] >= 0:
            wind_up(w, v, a, worked_at, t)
            a = -1
        if to < 0 and visit["kind"] == _RETURN:
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
def _hold(w: Any, v: int, t: float) -> None:
    """A warm transfer waits: its first agent stays on the line, at most for the team's limit."""
    visit = w.visits[v]
    r = w.visits
    h = new_visit(w, visit["case"])
    r[h]["parent"] = v
    r[h]["awaits"] = visit["stamp"]
    r[h]["step"] = visit["held_step"]
    change(w, h, HOLDING, t + w.teams[w.steps[visit["held_step"]]["team"]]["warm_limit"])
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
    w.contact_sums[week_of(w, t), visit["reason"], visit["channel"], _C_HANDLED] += 1.0
    w.cases[visit["case"]]["answered"] += 1
    visit["kind"] = visit["was"]
    visit["reason"] = visit["was_reason"]
    visit["step"] = visit["back_to"]
    visit["back_to"] = -1
    visit["tries"] = 0
    visit["pass"] = w.passes[visit["case"], visit["step"]]
    return int(visit["step"])


@compiled
def _move(w: Any, v: int, s: int, to: int, transfer: int, kind: int, t: float) -> None:
    """The visit passes from step s to step `to`: handoffs are counted, transfers are felt."""
    weights = w.experience[0]
    visit = w.visits[v]
    c = visit["case"]
    week = week_of(w, t)
    if kind == REWORK:
        w.step_sums[week, s, _S_REWORK] += 1.0
    elif kind == MISROUTE:
        w.step_sums[week, s, _S_MISROUTES] += 1.0
        w.contact_sums[week, visit["reason"], visit["channel"], _C_MISROUTED] += 1.0
    elif kind == ESCALATION:
        w.step_sums[week, s, _S_ESCALATIONS] += 1.0
    if transfer == NO_TRANSFER:
        leave_line(w, v)
        visit["present"] = 0
    elif visit["present"] == 1:
        w.cases[c]["transfers"] += 1
        weight = weights["transfer"] if transfer == COLD else weights["warm_transfer"]
        add_effort(w, c, _TRANSFER, weight, t)
        visit["leg"] += 1
    visit["step"] = to


@compiled
def successor(w: Any, v: int, a: int, t: float) -> tuple[int, int, int]:
    """(edge row or -1, next step or -1 at the route's end, kind) of what follows visit v's step.

    A step that wants a decision right is escalated unless its team holds the right and this case falls into its share.
    Proficiency lowers the odds of rework and misroutes; the other ways share what that leaves.
    """
    behaviour = w.behaviour[0]
    visit = w.visits[v]
    s = visit["step"]
    step = w.steps[s]
    c = visit["case"]
    case = w.cases[c]
    right = step["right"]
    if right >= 0:
        held = w.rights[step["team"], right]
        if draws.at_step(w, v, _RIGHT, 0) >= held["share"]:
            return -1, step["escalates_to"], ESCALATION
        w.step_sums[week_of(w, t), s, _S_DECIDED] += 1.0
        if draws.at_step(w, v, _RIGHT_ERROR, 0) < held["p_error"]:
            case["wrong"] = 1
            case["wrongs"] += 1
            case["cost"] += held["cost"]
    first = step["first_edge"]
    n = step["edges"]
    segment = case["segment"]
    channel = visit["channel"]
    scale = 1.0
    shift = 0.0
    if a >= 0 and behaviour["misroute"] > 0.0:
        shift = behaviour["misroute"] * w.proficiency[a, step["skill"]]
        bad = 0.0
        changed = 0.0
        for e in range(first, first + n):
            if w.edges[e]["kind"] == REWORK or w.edges[e]["kind"] == MISROUTE:
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
        if shift != 0.0 and (w.edges[e]["kind"] == REWORK or w.edges[e]["kind"] == MISROUTE):
            p = _shifted(p, shift)
        else:
            p *= scale
        total += p
        if u < total:
            return e, w.edges[e]["to"], w.edges[e]["kind"]
    if n > 0 and total >= 1.0 - 1e-12:  # the shares add up to one but for rounding
        e = first + n - 1
        return e, w.edges[e]["to"], w.edges[e]["kind"]
    return -1, -1, NORMAL


@compiled
def _shifted(p: float, shift: float) -> float:
    """A probability whose log-odds are lowered by `shift`."""
    if p <= 0.0 or p >= 1.0:
        return p
    odds = p / (1.0 - p) * math.exp(-shift)
    return odds / (1.0 + odds)
