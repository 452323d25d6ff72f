"""Service: a visit asks for an agent, waits in a queue, is taken; a call back is tried again."""

from __future__ import annotations

import math

from cxsim.model import draws
from cxsim.model.accounting.sales import count_kept
from cxsim.model.accounting.service import count_continued, count_queued, count_request, count_taken, count_waiting
from cxsim.model.agents import change_waiting, choose_agent, take_up
from cxsim.model.blame import charge_effort, charge_wait
from cxsim.model.contacts import lose_contact, release_line, take_line
from cxsim.model.draws import Purpose
from cxsim.model.endings import let_go
from cxsim.model.promises import add_time
from cxsim.model.rows import change
from cxsim.native.compiling import compiled, inlined
from cxsim.state.plan.tables import BY_AGE, BY_DUE, PRESENT
from cxsim.state.state import BALKED, BLOCKED, SERVED, WAITING
from cxsim.state.tally import Cause
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
    count_request(w, v, t)
    visit["team"] = team
    visit["queue"] = q
    visit["queued_at"] = t
    visit["began_at"] = math.inf
    visit["agent"] = -1
    visit["call_back"] = 0
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
    count_queued(w, v)
    if a >= 0:
        begin(w, v, a, t)
        return True
    due = math.inf
    if present:
        if _wants_call_back(w, v):
            visit["call_back"] = 1
            release_line(w, v)
            visit["tries"] = 0
        else:
            due = t + _patience(w, v)
    count_waiting(w, v, t)
    own = step["priority"] if step["own_priority"] == 1 else w.reasons[visit["reason"]]["priority"]
    visit["priority"] = own + w.segments[w.cases[visit["case"]]["segment"]]["priority"]
    visit["age_at"] = _place(w, v, team, t)
    change(w, v, WAITING, due)
    change_waiting(w, team, 1, t)
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
    usual = _usual_work(w, v)  # early: it takes the processor a while
    if visit["status"] == WAITING:
        change_waiting(w, team, -1, t)
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
    count_taken(w, v, t)
    if visit["will_miss"] == 0 and present:
        _answer(w, v, t)
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
    """How long agent a works on visit v, which usually takes `minutes`."""
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
    count_kept(w, visit["step"])
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
    count_continued(w, s, t)
    change(w, v, SERVED, t + _work(w, v, a, _usual_work(w, v)))


@inlined
def _answer(w: World, v: int, t: float) -> None:
    """A customer is answered: the wait costs effort, and information may have to be repeated."""
    visit = w.visits[v]
    s = visit["step"]
    if visit["call_back"] == 0:
        wait = visit["began_at"] - visit["queued_at"]
        charge_wait(w, v, w.channels[visit["channel"]]["perceived_per_minute"] * wait, t)
    if w.steps[s]["asks_again"] == 1 and (w.cases[visit["case"]]["worked_on"] == 1 or visit["queues_joined"] > 0):
        charge_effort(w, v, Cause.INFORMATION, w.experience[0]["information"], s, t)


@compiled
def requeue(w: World, v: int, t: float) -> None:
    """A call back is tried again: an idle agent takes it, or it waits at its old position in the queue."""
    visit = w.visits[v]
    q = visit["queue"]
    a = choose_agent(w, q, w.channels[visit["channel"]]["at_once"], t)
    change(w, v, WAITING, math.inf)
    change_waiting(w, w.steps[visit["step"]]["team"], 1, t)
    w.queue_length[q] += 1
    if a >= 0:
        begin(w, v, a, t)
