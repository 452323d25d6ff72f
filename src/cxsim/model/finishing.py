"""The end of a step: a service, a call that nobody answered, a delay."""

from __future__ import annotations

from cxsim.model import draws
from cxsim.model.accounting.sales import count_error
from cxsim.model.accounting.service import count_missed_call, count_service, count_work
from cxsim.model.accounting.steps import count_delay
from cxsim.model.agents import put_down
from cxsim.model.blame import charge_effort
from cxsim.model.contacts import find_queue, lose_contact
from cxsim.model.draws import Purpose
from cxsim.model.opening import channel_of
from cxsim.model.promises import resume
from cxsim.model.routing import pass_on, proceed
from cxsim.model.rows import change, note
from cxsim.model.selling import offer
from cxsim.model.succession import shifted
from cxsim.native.compiling import compiled, inlined
from cxsim.state.origins import Origin
from cxsim.state.plan.tables import SELF_SERVICE
from cxsim.state.state import AT_STEP, CALL_BACK, COMING, DONE, FALL_BACK, MISSED, NEW, NOT_DONE
from cxsim.state.tally import Cause, Kind
from cxsim.state.world import World


@inlined
def finish(w: World, v: int, t: float) -> None:
    """The agent ends the service of visit v at t; the case moves on first, then the agent is free."""
    visit = w.visits[v]
    s = visit["step"]
    step = w.steps[s]
    c = visit["case"]
    case = w.cases[c]
    a = visit["agent"]
    count_work(w, v, t)
    if visit["will_miss"] == 1:
        note(w, v, t, MISSED)
        count_missed_call(w, v)
        visit["agent"] = -1
        _miss(w, v, t)
        put_down(w, a, t)
        return
    count_service(w, v, t)
    note(w, v, t, DONE)
    skill = w.skill_state[a, visit["queue"] >> 1]  # a skill has two queues
    case["last_proficiency"] = skill["proficiency"]
    skill["practised"] += t - visit["began_at"]
    case["worked_on"] = 1
    case["sold"] += step["sells"]
    if visit["present"] == 1 and draws.in_step(w, v, Purpose.GENERIC, 0, step["p_generic"]):
        charge_effort(w, v, Cause.GENERIC, w.experience[0]["generic"], s, t)
    if step["p_error"] > 0.0:
        _err(w, v, case["last_proficiency"], t)
    if step["p_offer"] > 0.0 and visit["present"] == 1:
        offer(w, v, a, t)
    visit["tries"] = 0
    visit["agent"] = -1
    pass_on(w, v, a, t)


@compiled
def _err(w: World, v: int, z: float, t: float) -> None:
    """Work, or a supplier's delay, may hold an error that nobody notices: the case will fail at its end.

    Of a status enquiry nothing depends.
    """
    visit = w.visits[v]
    s = visit["step"]
    if visit["kind"] == Kind.CHASER:
        return
    if draws.in_step(w, v, Purpose.ERROR, 0, shifted(w.steps[s]["p_error"], w.behaviour[0]["misroute"] * z)):
        w.cases[visit["case"]]["has_error"] = 1
        w.cases[visit["case"]]["error_step"] = s
        count_error(w, s)


@compiled
def _miss(w: World, v: int, t: float) -> None:
    """Nobody answered our call: the customer calls back, or we try again, or after the last try go on without."""
    behaviour = w.behaviour[0]
    visit = w.visits[v]
    s = visit["step"]
    tries = visit["tries"] + 1
    visit["tries"] = tries
    if visit["call_back"] == 1:
        if tries >= w.channels[visit["channel"]]["tries"]:
            visit["tries"] = 0
            lose_contact(w, v, MISSED, t)
            return
        visit["enters_as"] = CALL_BACK
        find_queue(w, v, t)  # the plan may have changed while we rang
        change(w, v, COMING, t + w.channels[visit["channel"]]["retry_after"])
        return
    missed_call = behaviour["missed_call"]
    called_back = visit["kind"] == Kind.RETURN  # and is missed once more: waits for our next try
    if missed_call >= 0 and not called_back and draws.in_step(w, v, Purpose.RETURN_CALL, tries, behaviour["p_return"]):
        after = draws.minutes_at_step(w, v, behaviour["return_after"], Purpose.RETURN_DELAY, tries)
        visit["kind_before"] = visit["kind"]
        visit["reason_before"] = visit["reason"]
        visit["origin_before"] = visit["origin"]
        visit["cause_step_before"] = visit["cause_step"]
        visit["origin"] = Origin.RETURN
        visit["cause_step"] = s
        visit["return_step"] = s
        visit["kind"] = Kind.RETURN
        visit["ordinal"] = w.cases[visit["case"]]["returned_calls"]
        w.cases[visit["case"]]["returned_calls"] += 1
        visit["attempt"] = 0
        visit["queues_joined"] = 0
        visit["enters_as"] = NEW
        visit["reason"] = missed_call
        visit["channel"] = channel_of(w, visit["case"], missed_call, Kind.RETURN, visit["ordinal"])
        change(w, v, COMING, t + after)
        return
    if tries >= w.steps[s]["tries"]:
        visit["tries"] = 0
        proceed(w, v, -1, t)
        return
    visit["enters_as"] = AT_STEP
    after = draws.minutes_at_step(w, v, w.steps[s]["retry_after"], Purpose.RETRY_DELAY, tries)
    change(w, v, COMING, t + after)


@compiled
def end_delay(w: World, v: int, t: float) -> None:
    """A delay is over (documents are there, the supplier has answered, self-service has worked or not)."""
    visit = w.visits[v]
    s = visit["step"]
    step = w.steps[s]
    c = visit["case"]
    count_delay(w, v, t)
    visit["queued_at"] = visit["arrived_at"]
    visit["began_at"] = visit["arrived_at"]
    if step["customers_own"] == 1:
        resume(w, c, t)
    if step["kind"] == SELF_SERVICE and not draws.in_step(w, v, Purpose.SELF_SERVICE, 0, step["p_self_service"]):
        note(w, v, t, NOT_DONE)
        w.passes[c, s] += 1
        charge_effort(w, v, Cause.CHANNEL_SWITCH, w.experience[0]["channel_switch"], s, t)
        visit["channel"] = step["fallback_channel"]
        visit["step"] = step["falls_back_to"]
        visit["enters_as"] = FALL_BACK
        change(w, v, COMING, t)
        return
    note(w, v, t, DONE)
    if step["p_error"] > 0.0:
        _err(w, v, 0.0, t)
    proceed(w, v, -1, t)
