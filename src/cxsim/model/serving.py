"""Service: a visit asks for an agent, waits in a queue, is taken; a call back is tried again."""

from __future__ import annotations

import math

from cxsim.model import draws
from cxsim.model.agents import choose_agent, count_waiting, take_up
from cxsim.model.blame import charge_effort, charge_wait
from cxsim.model.clock import this_hour, this_phase, this_week
from cxsim.model.contacts import lose_contact, release_line, take_line
from cxsim.model.draws import Purpose
from cxsim.model.endings import let_go
from cxsim.model.promises import add_time
from cxsim.model.rows import change
from cxsim.native.compiling import compiled, inlined
from cxsim.probability.bins import wait_bin
from cxsim.state.plan.tables import BY_AGE, BY_DUE, PRESENT
from cxsim.state.sales_sums import SaleColumn
from cxsim.state.state import BALKED, BLOCKED, SERVED, WAITING
from cxsim.state.tally import Cause, ContactColumn, HourColumn, StepColumn
from cxsim.state.world import World


@inlined
def join_queue(w: World, v: int, t: float) -> bool:
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
    q = step["concurrent_queue"] if shared else step["queue"]
    week = this_week(w)
    hours = w.hour_sums[this_phase(w), this_hour(w, t), team]
    if visit["team"] >= 0 and visit["team"] != team:
        w.step_sums[week, s, StepColumn.HANDOFFS] += 1.0
    visit["team"] = team
    visit["queue"] = q
    visit["queued_at"] = t
    visit["began_at"] = math.inf
    visit["agent"] = -1
    visit["call_back"] = 0
    hours[HourColumn.QUEUED] += 1.0
    hours[HourColumn.ON_DUTY] += crew_now["on_duty"]
    if step["sla"] < math.inf:
        visit["sla_due_at"] = add_time(w, step["sla_clock"], t, step["sla"])
    else:
        visit["sla_due_at"] = math.inf
    if present and not take_line(w, v):
        lose_contact(w, v, BLOCKED, t)
        return True
    a = choose_agent(w, q, at_once, t)
    if a < 0 and present:
        places = w.teams[team]["places"]
        if places >= 0 and crew_now["waiting"] >= places:
            lose_contact(w, v, BLOCKED, t)
            return True
        if draws.in_contact(w, v, Purpose.BALK, medium["p_balk"]):
            lose_contact(w, v, BALKED, t)
            return True
    w.step_sums[week, s, StepColumn.QUEUED] += 1.0
    if present:
        w.contact_sums[week, visit["reason"], channel, ContactColumn.QUEUED] += 1.0
    if a >= 0:
        begin(w, v, a, t)
        return True
    w.step_sums[week, s, StepColumn.WAITED] += 1.0
    hours[HourColumn.WAITED] += 1.0
    due = math.inf
    if present:
        w.contact_sums[week, visit["reason"], channel, ContactColumn.WAITED] += 1.0
        if _wants_call_back(w, v):
            visit["call_back"] = 1
            release_line(w, v)
            w.contact_sums[week, visit["reason"], channel, ContactColumn.CALL_BACKS] += 1.0
            visit["tries"] = 0
        else:
            due = t + _patience(w, v)
    own = step["priority"] if step["own_priority"] == 1 else w.reasons[visit["reason"]]["priority"]
    visit["priority"] = own + w.segments[w.cases[visit["case"]]["segment"]]["priority"]
    visit["age_at"] = _place(w, v, team, t)
    change(w, v, WAITING, due)
    count_waiting(w, team, 1, t)
    w.queue_length[q] += 1
    return True


@inlined
def _place(w: World, v: int, team: int, t: float) -> float:
    """Where visit v stands among those of its priority: by when it came, or what is due first."""
    order = w.teams[team]["order"]
    if order == BY_AGE:
        return t
    visit = w.visits[v]
    if order == BY_DUE:
        return float(w.cases[visit["case"]]["promise_at"])
    if visit["sla_due_at"] < math.inf:
        return float(visit["sla_due_at"])
    return float(t + w.teams[team]["standard"])


@inlined
def _patience(w: World, v: int) -> float:
    """How long this contact is ready to wait, minutes."""
    visit = w.visits[v]
    distribution = w.reasons[visit["reason"]]["patience"]
    if distribution < 0:
        distribution = w.channels[visit["channel"]]["patience"]
    if distribution < 0:
        return math.inf
    factor = w.segments[w.cases[visit["case"]]["segment"]]["patience"]
    return float(factor * draws.minutes_of_contact(w, v, distribution, Purpose.PATIENCE))


@inlined
def _wants_call_back(w: World, v: int) -> bool:
    """A call back is offered when the predicted wait is long, and taken by a share of customers."""
    channel = w.visits[v]["channel"]
    over = w.channels[channel]["offer_over"]
    if math.isinf(over):
        return False
    s = w.visits[v]["step"]
    team = w.steps[s]["team"]
    predicted = (w.team_state[team]["waiting"] + 1) * w.steps[s]["mean_work"] / max(1, w.team_state[team]["on_duty"])
    return bool(predicted > over and draws.in_contact(w, v, Purpose.ACCEPT_CALL_BACK, w.channels[channel]["p_accept"]))


@inlined
def _pick_up(w: World, v: int) -> float:
    """How long the agent takes to answer a customer on the line, minutes."""
    visit = w.visits[v]
    distribution = w.channels[visit["channel"]]["pick_up"]
    if distribution < 0 or visit["present"] == 0 or visit["call_back"] == 1:
        return 0.0
    return draws.minutes_of_contact(w, v, distribution, Purpose.PICK_UP)


@inlined
def begin(w: World, v: int, a: int, t: float) -> None:
    """Agent a takes visit v at t; the first agent of a warm transfer is let go."""
    visit = w.visits[v]
    s = visit["step"]
    step = w.steps[s]
    team = step["team"]
    channel = visit["channel"]
    present = visit["present"] == 1
    waited = visit["status"] == WAITING
    usual = _usual_work(w, v)  # early: it takes the processor a while
    if waited:
        count_waiting(w, team, -1, t)
        w.queue_length[visit["queue"]] -= 1
    take_up(w, a, w.queues[visit["queue"]]["concurrent"], t)
    visit["agent"] = a
    began_at = t + _pick_up(w, v)
    visit["began_at"] = began_at
    visit["will_miss"] = 0
    try_ = visit["tries"]
    if step["outbound"] == 1 and not present:
        if not draws.in_step(w, v, Purpose.REACHED, try_, step["p_reached"]):
            visit["will_miss"] = 1
    elif visit["call_back"] == 1:
        if draws.of_try(w, v, Purpose.CALL_BACK_REACHED, try_) >= w.channels[channel]["p_reached"]:
            visit["will_miss"] = 1
    _count_taken(w, v, waited, t)
    if visit["will_miss"] == 1:
        distribution = step["attempt"]
        minutes = draws.minutes_at_step(w, v, distribution, Purpose.ATTEMPT, try_) if distribution >= 0 else 1.0
    else:
        minutes = _work(w, v, a, usual)
    change(w, v, SERVED, began_at + minutes)
    if visit["first_agent"] >= 0:
        let_go(w, v, t)


@inlined
def _usual_work(w: World, v: int) -> float:
    """How long visit v takes at its step, minutes, at average proficiency and with nothing else in hand."""
    return draws.minutes_at_step(w, v, w.steps[w.visits[v]["step"]]["work"], Purpose.WORK, 0)


@inlined
def _work(w: World, v: int, a: int, minutes: float) -> float:
    """How long agent a works on visit v, which takes so many minutes as a rule."""
    step = w.steps[w.visits[v]["step"]]
    minutes *= w.skill_state[a, step["skill"]]["time_factor"]
    if w.agents[a]["load"] > 1:
        minutes *= 1.0 + w.channels[w.visits[v]["channel"]]["slowdown"] * (w.agents[a]["load"] - 1)
    return float(minutes)


@compiled
def go_on(w: World, v: int, s: int, a: int, t: float) -> None:
    """Agent a knows the work of step s too, and goes on with it: no transfer, no further wait, nothing repeated.

    It counts as one service of the customer, and as work done at both steps.
    """
    visit = w.visits[v]
    step = w.steps[s]
    team = step["team"]
    w.sale_sums[this_week(w), visit["step"], SaleColumn.KEPT] += 1.0
    visit["step"] = s
    visit["pass_number"] = w.passes[visit["case"], s]
    visit["arrived_at"] = t
    visit["team"] = team
    visit["queue"] = step["concurrent_queue"] if w.queues[visit["queue"]]["concurrent"] == 1 else step["queue"]
    visit["queued_at"] = t
    visit["began_at"] = t
    visit["agent"] = a
    visit["call_back"] = 0
    visit["will_miss"] = 0
    visit["misrouted_from"] = -1
    visit["sla_due_at"] = math.inf
    if step["sla"] < math.inf:
        visit["sla_due_at"] = add_time(w, step["sla_clock"], t, step["sla"])
    row = w.step_sums[this_week(w), s]
    row[StepColumn.VISITS] += 1.0
    row[StepColumn.QUEUED] += 1.0
    row[StepColumn.SERVED] += 1.0
    row[StepColumn.IN_STANDARD] += 1.0
    hours = w.hour_sums[this_phase(w), this_hour(w, t), team]
    hours[HourColumn.QUEUED] += 1.0
    hours[HourColumn.SERVED] += 1.0
    hours[HourColumn.ON_DUTY] += w.team_state[team]["on_duty"]
    change(w, v, SERVED, t + _work(w, v, a, _usual_work(w, v)))


@inlined
def _count_taken(w: World, v: int, waited: bool, t: float) -> None:
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
    row = w.step_sums[this_week(w), s]
    row[StepColumn.SERVED] += 1.0
    row[StepColumn.WAITED] += more
    row[StepColumn.SERVED_WAIT] += wait
    row[StepColumn.SERVED_WAIT_SQUARED] += wait * wait
    hours = w.hour_sums[this_phase(w), this_hour(w, t), team]
    hours[HourColumn.SERVED] += 1.0
    hours[HourColumn.WAITED] += more
    hours[HourColumn.SERVED_WAIT] += wait
    if visit["will_miss"] == 0 or visit["call_back"] == 0:
        row[StepColumn.WAIT] += wait
    if visit["will_miss"] == 0:
        if wait <= w.teams[team]["standard"]:
            row[StepColumn.IN_STANDARD] += 1.0
        if visit["present"] == 1:
            _count_answered(w, v, wait, more, t)


@inlined
def _count_answered(w: World, v: int, wait: float, more: float, t: float) -> None:
    """A customer is answered: the wait is counted and costs effort; what was known may have to be repeated."""
    visit = w.visits[v]
    s = visit["step"]
    c = visit["case"]
    team = w.steps[s]["team"]
    channel = visit["channel"]
    w.wait_bins[this_phase(w), team, wait_bin(wait)] += 1.0
    line = w.contact_sums[this_week(w), visit["reason"], channel]
    line[ContactColumn.WAIT] += wait
    line[ContactColumn.WAITED] += more
    line[ContactColumn.SERVED] += 1.0
    line[ContactColumn.SERVED_WAIT] += wait
    line[ContactColumn.SERVED_WAIT_SQUARED] += wait * wait
    if wait <= w.teams[team]["standard"]:
        line[ContactColumn.IN_STANDARD] += 1.0
    if visit["call_back"] == 0:
        charge_wait(w, v, w.channels[channel]["perceived_per_minute"] * wait, t)
    if w.steps[s]["asks_again"] == 1 and (w.cases[c]["worked_on"] == 1 or visit["queues_joined"] > 0):
        charge_effort(w, v, Cause.INFORMATION, w.experience[0]["information"], s, t)


@compiled
def requeue(w: World, v: int, t: float) -> None:
    """A call back is tried again: an idle agent takes it, or it waits at its old position in the queue."""
    visit = w.visits[v]
    q = visit["queue"]
    a = choose_agent(w, q, w.channels[visit["channel"]]["at_once"], t)
    change(w, v, WAITING, math.inf)
    count_waiting(w, w.steps[visit["step"]]["team"], 1, t)
    w.queue_length[q] += 1
    if a >= 0:
        begin(w, v, a, t)
