"""Contacts: a customer gets in touch, finds us closed or full, waits, leaves, tries again, or is served to the end."""

from __future__ import annotations

from cxsim.calendars.timetables import after_working, is_open, next_opening
from cxsim.model import draws
from cxsim.model.accounting.contacts import count_abandonment, count_attempt, count_lost_attempt, count_lost_contact
from cxsim.model.accounting.failure import count_caused_contact, count_effort_of_origin
from cxsim.model.agents import change_waiting
from cxsim.model.blame import charge_effort, charge_wait, stands_at
from cxsim.model.cases import end_part
from cxsim.model.draws import Purpose
from cxsim.model.endings import let_go
from cxsim.model.experience import add_effort
from cxsim.model.opening import begin_case, channel_of
from cxsim.model.promises import next_question
from cxsim.model.replies import hear_complaint
from cxsim.model.rows import change, free_visit, note
from cxsim.model.selling import break_promise
from cxsim.native.compiling import compiled, inlined
from cxsim.state.closing import ClosedAs
from cxsim.state.origins import Origin
from cxsim.state.plan.tables import ALWAYS, PRESENT, WORK
from cxsim.state.state import ABANDONED, AT_STEP, CLOSED, COMING, MISSED, NEW, SCHEDULED, WAITING
from cxsim.state.tally import Cause, Kind
from cxsim.state.world import World

_CAUSE_OF_KIND = (0, int(Cause.REPEAT), int(Cause.CHASER), int(Cause.COMPLAINT), int(Cause.MISSED_CALL))


@inlined
def start_step(w: World, v: int) -> int:
    """Step at which a contact of this kind enters."""
    visit = w.visits[v]
    reason = visit["reason"]
    if visit["kind"] == Kind.REPEAT and w.reasons[reason]["repeats_at"] >= 0:
        return int(w.reasons[reason]["repeats_at"])
    return int(w.entrances[reason, visit["channel"]])


@inlined
def open_or_wait(w: World, v: int, t: float) -> bool:
    """Whether the contact's channel is open; if not, the customer switches channel or waits for the opening."""
    visit = w.visits[v]
    channel = visit["channel"]
    medium = w.channels[channel]
    if medium["hours"] == ALWAYS or is_open(w.timetables, w.spans, medium["hours"], t):
        return True
    other = medium["switch_to"]
    if other >= 0 and is_open(w.timetables, w.spans, w.channels[other]["hours"], t):
        visit["channel"] = other
        charge_effort(w, v, Cause.CHANNEL_SWITCH, w.experience[0]["channel_switch"], start_step(w, v), t)
        return True
    opens = next_opening(w.timetables, w.spans, medium["hours"], t)
    after = draws.minutes_of_contact(w, v, medium["after_opening"], Purpose.OPENING)
    if after > 0.0:  # counted in opening hours: who does not manage before closing goes on at the next opening
        opens = after_working(w.timetables, w.spans, medium["hours"], opens, after)
        opens = next_opening(w.timetables, w.spans, medium["hours"], opens)
    change(w, v, COMING, opens)
    return False


@inlined
def make_contact(w: World, v: int, t: float) -> None:
    """A contact (or a further attempt at it) is made; it costs effort if it is not the first."""
    weights = w.experience[0]
    visit = w.visits[v]
    c = visit["case"]
    case = w.cases[c]
    if case["status"] == SCHEDULED:
        begin_case(w, c, t)
        if case["sold_step"] >= 0:
            break_promise(w, c, t)
    kind = visit["kind"]
    channel = visit["channel"]
    case["contacts"] += 1
    cost = w.channels[channel]["cost"]
    case["cost"] += cost
    if t - case["first_ended_at"] <= w.behaviour[0]["fcr_window"] and t >= case["first_ended_at"]:
        case["no_further_contact"] = 0
    count_attempt(w, v)
    if visit["attempt"] > 0:
        add_effort(w, c, Cause.REDIAL, weights["contact"], visit["lost_step"], t)
        count_caused_contact(w, c, Origin.REDIAL, visit["lost_step"], cost)
        count_effort_of_origin(w, c, Origin.REDIAL, visit["lost_step"], weights["contact"])
    else:
        if visit["origin"] != Origin.VALUE:
            count_caused_contact(w, c, visit["origin"], visit["cause_step"], cost)
        if kind != Kind.FIRST:
            add_effort(w, c, _CAUSE_OF_KIND[kind], weights["contact"], visit["cause_step"], t)
            count_effort_of_origin(w, c, visit["origin"], visit["cause_step"], weights["contact"])
            if kind == Kind.COMPLAINT:
                hear_complaint(w, v, t)
    visit["misrouted_from"] = -1
    visit["present"] = 1 if w.channels[channel]["presence"] == PRESENT else 0
    visit["step"] = start_step(w, v)
    visit["queues_joined"] = 0
    visit["team"] = -1


@inlined
def take_line(w: World, v: int) -> bool:
    """The contact takes up a line of its channel; False if all are taken."""
    visit = w.visits[v]
    if visit["holds_line"] == 1:
        return True
    channel = visit["channel"]
    if w.channels[channel]["lines"] >= 0 and w.channel_load[channel] >= w.channels[channel]["lines"]:
        return False
    w.channel_load[channel] += 1
    visit["holds_line"] = 1
    return True


@inlined
def release_line(w: World, v: int) -> None:
    """The contact gives its line back."""
    visit = w.visits[v]
    if visit["holds_line"] == 1:
        w.channel_load[visit["channel"]] -= 1
        visit["holds_line"] = 0


@compiled
def abandon(w: World, v: int, t: float) -> None:
    """Patience is over: the contact leaves the queue."""
    visit = w.visits[v]
    count_abandonment(w, v, t)
    wait = t - visit["queued_at"]
    charge_wait(w, v, w.channels[visit["channel"]]["perceived_per_minute"] * wait, t)
    leave_queue(w, v, t)
    lose_contact(w, v, ABANDONED, t)


@compiled
def find_queue(w: World, v: int, t: float) -> bool:
    """Whether somebody does the work of visit v's step under the present plan; v then is of that queue, its place kept.

    False: nobody does; v goes on at its step, which takes no agent, or at what follows it.
    """
    visit = w.visits[v]
    s = visit["step"]
    while w.steps[s]["removed"] == 1 and w.steps[s]["successor"] >= 0:
        s = w.steps[s]["successor"]
    if w.steps[s]["removed"] == 1 or w.steps[s]["kind"] != WORK:
        if visit["first_agent"] >= 0:
            let_go(w, v, t)
        visit["step"] = s
        visit["enters_as"] = AT_STEP
        return False
    if s != visit["step"]:
        visit["step"] = s
        visit["pass_number"] = w.passes[visit["case"], s]
    visit["team"] = w.steps[s]["team"]
    shared = w.queues[visit["queue"]]["concurrent"] == 1
    visit["queue"] = w.steps[s]["concurrent_queue"] if shared else w.steps[s]["queue"]
    return True


@inlined
def leave_queue(w: World, v: int, t: float) -> None:
    """Visit v no longer waits."""
    visit = w.visits[v]
    if visit["status"] == WAITING:
        change_waiting(w, w.steps[visit["step"]]["team"], -1, t)
        w.queue_length[visit["queue"]] -= 1


@compiled
def lose_contact(w: World, v: int, outcome: int, t: float) -> None:
    """An attempt ends without service: the customer tries again later, or gives up."""
    behaviour = w.behaviour[0]
    visit = w.visits[v]
    c = visit["case"]
    if outcome != MISSED:  # that try has been noted
        note(w, v, t, outcome)
    if visit["first_agent"] >= 0:
        let_go(w, v, t)
    count_lost_attempt(w, v, outcome, t)
    release_line(w, v)
    visit["call_back"] = 0
    visit["enters_as"] = NEW
    if draws.in_contact(w, v, Purpose.REDIAL, behaviour["p_redial"]):
        after = draws.minutes_of_contact(w, v, behaviour["redial_after"], Purpose.REDIAL_DELAY)
        visit["attempt"] += 1
        visit["lost_step"] = visit["step"]
        change(w, v, COMING, t + after)
        return
    count_lost_contact(w, v)
    kind = visit["kind"]
    if kind == Kind.CHASER:
        end_chaser(w, v, t)
    elif kind == Kind.RETURN:
        visit["kind"] = visit["kind_before"]
        visit["reason"] = visit["reason_before"]
        visit["origin"] = visit["origin_before"]
        visit["cause_step"] = visit["cause_step_before"]
        visit["step"] = visit["return_step"]
        visit["return_step"] = -1
        visit["present"] = 0
        visit["enters_as"] = AT_STEP
        distribution = w.steps[visit["step"]]["retry_after"]  # none: nobody is called at that step any more
        after = (  # tries from 64 on: what is below are the addresses of our own tries at that step
            draws.minutes_at_step(w, v, distribution, Purpose.RETRY_DELAY, 64 + visit["tries"])
            if distribution >= 0
            else 0.0
        )
        change(w, v, COMING, t + after)
    else:
        if w.cases[c]["closed_as"] == 0:
            w.cases[c]["closed_as"] = ClosedAs.GIVEN_UP
            w.cases[c]["given_up_step"] = visit["step"]
        end_part(w, v, t)


@compiled
def end_chaser(w: World, v: int, t: float) -> None:
    """A question has been answered or given up; the row waits for the next one, or goes if the case is over."""
    c = w.visits[v]["case"]
    case = w.cases[c]
    release_line(w, v)
    w.visits[v]["attempt"] = 0
    if case["closed_as"] != 0:
        case["chaser_visit"] = -1
        end_part(w, v, t)
        return
    case["in_progress"] -= 1
    next_question(w, c, t)


@compiled
def ask(w: World, v: int, t: float) -> bool:
    """The urge is there: the customer will get in touch about how far the case is; False if the case is over."""
    visit = w.visits[v]
    c = visit["case"]
    case = w.cases[c]
    if case["status"] == CLOSED or case["closed_as"] != 0:
        case["chaser_visit"] = -1
        free_visit(w, v)
        return False
    visit["ordinal"] = case["chasers"]
    visit["attempt"] = 0
    visit["enters_as"] = NEW
    visit["channel"] = channel_of(w, c, visit["reason"], Kind.CHASER, visit["ordinal"])
    case["in_progress"] += 1
    visit["cause_step"] = stands_at(w, c)  # to whose slowness the question is due
    return True
