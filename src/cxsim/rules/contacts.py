"""Contacts: a customer gets in touch, finds us closed or full, waits, leaves, tries again, or is served to the end."""

from __future__ import annotations

import math
from typing import Any

from cxsim import draws
from cxsim.experience import add_effort, add_wait
from cxsim.jit import compiled
from cxsim.plan.tables import PRESENT
from cxsim.rules.agents import reckon
from cxsim.rules.cases import GIVEN_UP, begin_case, channel_of, end_part, resolve_case
from cxsim.rules.endings import let_go
from cxsim.rules.promises import hear_news, next_question
from cxsim.rules.rows import change, free_visit, note
from cxsim.state import (
    ABANDONED,
    BALKED,
    BLOCKED,
    CLOSED,
    COMING,
    JOINING,
    MISSED,
    SCHEDULED,
    WAITING,
)
from cxsim.tally import MEASURED, WARM_UP, Cause, ContactColumn, HourColumn, Kind, StepColumn, week_of
from cxsim.timetables import hour_of_week, is_open, next_opening

_OPENING = int(draws.Purpose.OPENING)
_REDIAL = int(draws.Purpose.REDIAL)
_REDIAL_DELAY = int(draws.Purpose.REDIAL_DELAY)
_RETRY_DELAY = int(draws.Purpose.RETRY_DELAY)
_RESOLVE = int(draws.Purpose.RESOLVE)
_RECONTACT = int(draws.Purpose.RECONTACT)
_RECONTACT_DELAY = int(draws.Purpose.RECONTACT_DELAY)
_COMPLAIN = int(draws.Purpose.COMPLAIN)
_FIRST = int(Kind.FIRST)
_REPEAT = int(Kind.REPEAT)
_CHASER = int(Kind.CHASER)
_COMPLAINT = int(Kind.COMPLAINT)
_RETURN = int(Kind.RETURN)
_C_ATTEMPTS = int(ContactColumn.ATTEMPTS)
_C_REDIALS = int(ContactColumn.REDIALS)
_C_FIRST = int(ContactColumn.FIRST)
_C_HANDLED = int(ContactColumn.HANDLED)
_C_ABANDONED = int(ContactColumn.ABANDONED)
_C_BLOCKED = int(ContactColumn.BLOCKED)
_C_BALKED = int(ContactColumn.BALKED)
_C_WAIT = int(ContactColumn.WAIT)
_C_ABANDONED_WAIT = int(ContactColumn.ABANDONED_WAIT)
_C_LOST = int(ContactColumn.LOST)
_S_WAIT = int(StepColumn.WAIT)
_S_ABANDONED = int(StepColumn.ABANDONED)
_S_ABANDONED_WAIT = int(StepColumn.ABANDONED_WAIT)
_S_FAILED_AGENT = int(StepColumn.FAILED_AGENT)
_S_FAILED_PROCESS = int(StepColumn.FAILED_PROCESS)
_S_FAILED_CUSTOMER = int(StepColumn.FAILED_CUSTOMER)
_H_ABANDONED = int(HourColumn.ABANDONED)
_CAUSE_OF_KIND = (0, int(Cause.REPEAT), int(Cause.CHASER), int(Cause.COMPLAINT), int(Cause.MISSED_CALL))
_CAUSE_REDIAL = int(Cause.REDIAL)
_CHANNEL_SWITCH = int(Cause.CHANNEL_SWITCH)


@compiled
def start_step(w: Any, v: int) -> int:
    """Step at which a contact of this kind enters."""
    reason = w.visits["reason"][v]
    if w.visits["kind"][v] == _REPEAT and w.reasons["repeats_at"][reason] >= 0:
        return int(w.reasons["repeats_at"][reason])
    return int(w.entrances[reason, w.visits["channel"][v]])


@compiled
def open_or_wait(w: Any, v: int, t: float) -> bool:
    """Whether the contact's channel is open; if not, the customer switches channel or waits for the opening."""
    r = w.visits
    channel = r["channel"][v]
    if is_open(w.timetables, w.spans, w.channels["hours"][channel], t):
        return True
    other = w.channels["switch_to"][channel]
    if other >= 0 and is_open(w.timetables, w.spans, w.channels["hours"][other], t):
        r["channel"][v] = other
        add_effort(w, r["case"][v], _CHANNEL_SWITCH, w.experience["channel_switch"][0], t)
        return True
    opens = next_opening(w.timetables, w.spans, w.channels["hours"][channel], t)
    after = draws.duration(w, w.channels["after_opening"][channel], draws.of_contact(w, v, _OPENING))
    change(w, v, COMING, opens + after)
    return False


@compiled
def make_contact(w: Any, v: int, t: float) -> None:
    """A contact (or a further attempt at it) is made: it is counted, and felt if it is not the first."""
    r = w.visits
    c = r["case"][v]
    if w.cases["status"][c] == SCHEDULED:
        begin_case(w, c, t)
    kind = r["kind"][v]
    channel = r["channel"][v]
    w.cases["contacts"][c] += 1
    w.cases["cost"][c] += w.channels["cost"][channel]
    if t - w.cases["first_ended_at"][c] <= w.behaviour["fcr_window"][0] and t >= w.cases["first_ended_at"][c]:
        w.cases["no_further"][c] = 0
    row = w.contact_sums[week_of(w, t), r["reason"][v], channel]
    row[_C_ATTEMPTS] += 1.0
    if r["attempt"][v] > 0:
        row[_C_REDIALS] += 1.0
        add_effort(w, c, _CAUSE_REDIAL, w.experience["contact"][0], t)
    else:
        row[_C_FIRST + kind] += 1.0
        if kind != _FIRST:
            add_effort(w, c, _CAUSE_OF_KIND[kind], w.experience["contact"][0], t)
    r["present"][v] = 1 if w.channels["presence"][channel] == PRESENT else 0
    r["step"][v] = start_step(w, v)
    r["leg"][v] = 0
    r["team"][v] = -1
    r["wait"][v] = 0.0


@compiled
def enter_line(w: Any, v: int) -> bool:
    """The contact takes up a line of its channel; False if all are taken."""
    if w.visits["inside"][v] == 1:
        return True
    channel = w.visits["channel"][v]
    if w.channels["lines"][channel] >= 0 and w.channel_load[channel] >= w.channels["lines"][channel]:
        return False
    w.channel_load[channel] += 1
    w.visits["inside"][v] = 1
    return True


@compiled
def leave_line(w: Any, v: int) -> None:
    """The contact gives its line back."""
    if w.visits["inside"][v] == 1:
        w.channel_load[w.visits["channel"][v]] -= 1
        w.visits["inside"][v] = 0


@compiled
def abandon(w: Any, v: int, t: float) -> None:
    """Patience is over: the contact leaves the queue."""
    r = w.visits
    count_abandoned(w, v, t)
    wait = t - r["queued_at"][v]
    add_wait(w, r["case"][v], w.channels["felt"][r["channel"][v]] * wait, t)
    leave_queue(w, v, t)
    lose_contact(w, v, ABANDONED, t)


@compiled
def count_abandoned(w: Any, v: int, t: float) -> None:
    """A contact that waited is lost."""
    r = w.visits
    s = r["step"][v]
    team = w.steps["team"][s]
    wait = t - r["queued_at"][v]
    week = week_of(w, t)
    w.step_sums[week, s, _S_WAIT] += wait
    w.step_sums[week, s, _S_ABANDONED] += 1.0
    w.step_sums[week, s, _S_ABANDONED_WAIT] += wait
    row = w.contact_sums[week, r["reason"][v], r["channel"][v]]
    row[_C_WAIT] += wait
    row[_C_ABANDONED_WAIT] += wait
    w.hour_sums[WARM_UP if t < 0.0 else MEASURED, hour_of_week(w.days, t), team, _H_ABANDONED] += 1.0


@compiled
def leave_queue(w: Any, v: int, t: float) -> None:
    """Visit v no longer waits."""
    if w.visits["status"][v] == WAITING:
        team = w.steps["team"][w.visits["step"][v]]
        reckon(w, team, t)
        w.team_state["waiting"][team] -= 1
        w.queue_length[w.visits["queue"][v]] -= 1


@compiled
def lose_contact(w: Any, v: int, outcome: int, t: float) -> None:
    """An attempt ends without service: the customer tries again later, or gives up."""
    r = w.visits
    c = r["case"][v]
    if outcome != MISSED:  # that try has been noted
        note(w, v, t, outcome)
    if r["held"][v] >= 0:
        let_go(w, v, t)
    row = w.contact_sums[week_of(w, t), r["reason"][v], r["channel"][v]]
    if outcome == BLOCKED:
        row[_C_BLOCKED] += 1.0
    elif outcome == BALKED:
        row[_C_BALKED] += 1.0
    else:
        row[_C_ABANDONED] += 1.0
    leave_line(w, v)
    r["call_back"][v] = 0
    r["through"][v] = 0
    if draws.of_contact(w, v, _REDIAL) < w.behaviour["p_redial"][0]:
        after = draws.duration(w, w.behaviour["redial_after"][0], draws.of_contact(w, v, _REDIAL_DELAY))
        r["attempt"][v] += 1
        change(w, v, COMING, t + after)
        return
    row[_C_LOST] += 1.0
    kind = r["kind"][v]
    if kind == _CHASER:
        end_chaser(w, v, t)
    elif kind == _RETURN:
        r["kind"][v] = r["was"][v]
        r["reason"][v] = r["was_reason"][v]
        r["step"][v] = r["back_to"][v]
        r["back_to"][v] = -1
        r["present"][v] = 0
        r["through"][v] = 1
        again = draws.at_step(w, v, _RETRY_DELAY, 64 + r["tries"][v])
        change(w, v, COMING, t + draws.duration(w, w.steps["retry_after"][r["step"][v]], again))
    else:
        if w.cases["closed_how"][c] == 0:
            w.cases["closed_how"][c] = GIVEN_UP
        end_part(w, v, t)


@compiled
def end_chaser(w: Any, v: int, t: float) -> None:
    """A question has been answered or given up; the row waits for the next one, or goes if the case is over."""
    c = w.visits["case"][v]
    leave_line(w, v)
    w.visits["attempt"][v] = 0
    if w.cases["closed_how"][c] != 0:
        w.cases["chaser_row"][c] = -1
        end_part(w, v, t)
        return
    w.cases["live"][c] -= 1
    next_question(w, c, t)


@compiled
def ask(w: Any, v: int, t: float) -> bool:
    """The urge is there: the customer will get in touch about how far the case is; False if the case is over."""
    r = w.visits
    c = r["case"][v]
    if w.cases["status"][c] == CLOSED or w.cases["closed_how"][c] != 0:
        w.cases["chaser_row"][c] = -1
        free_visit(w, v)
        return False
    r["ordinal"][v] = w.cases["chasers"][c]
    r["attempt"][v] = 0
    r["through"][v] = 0
    r["channel"][v] = channel_of(w, c, r["reason"][v], _CHASER, r["ordinal"][v])
    w.cases["live"][c] += 1
    s = _busy_at(w, c)
    if s >= 0:
        w.cause_sums[WARM_UP if t < 0.0 else MEASURED, s, _CHASER] += 1.0
    return True


@compiled
def _busy_at(w: Any, c: int) -> int:
    """Step at which the case is, to whose slowness a question is due; -1 if none."""
    found = -1
    r = w.visits
    for v in range(len(r)):
        if r["case"][v] == c and r["kind"][v] != _CHASER and COMING <= r["status"][v] <= JOINING:
            if found < 0 or r["key"][v] < r["key"][found]:
                found = v
    return int(r["step"][found]) if found >= 0 else -1


@compiled
def end_route(w: Any, v: int, t: float) -> None:
    """A contact has been handled to the end of its route: answered, or the case is resolved or not."""
    r = w.visits
    c = r["case"][v]
    leave_line(w, v)
    w.contact_sums[week_of(w, t), r["reason"][v], r["channel"][v], _C_HANDLED] += 1.0
    w.cases["answered"][c] += 1
    if math.isinf(w.cases["first_ended_at"][c]):
        w.cases["first_ended_at"][c] = t
    if r["kind"][v] == _CHASER:
        hear_news(w, c, t)
        end_chaser(w, v, t)
        return
    n = w.cases["handled"][c]
    w.cases["handled"][c] = n + 1
    if w.cases["closed_how"][c] != 0:  # closed meanwhile
        end_part(w, v, t)
        return
    p, by_agent, by_process = p_resolved(w, w.steps["resolves"][r["step"][v]], w.cases["z"][c])
    u = draws.of_case(w, c, _RESOLVE, n, 0)
    row = w.step_sums[week_of(w, t), r["step"][v]]
    if w.cases["wrong"][c] == 1:
        w.cases["wrong"][c] = 0
        row[_S_FAILED_PROCESS] += 1.0
    elif u < p:
        resolve_case(w, c, t)
        end_part(w, v, t)
        return
    elif u < p + by_agent:
        row[_S_FAILED_AGENT] += 1.0
    elif u < p + by_agent + by_process:
        row[_S_FAILED_PROCESS] += 1.0
    else:
        row[_S_FAILED_CUSTOMER] += 1.0
    if draws.of_case(w, c, _RECONTACT, n, 0) >= w.behaviour["p_recontact"][0]:
        w.cases["closed_how"][c] = GIVEN_UP
        end_part(w, v, t)
        return
    _come_again(w, v, n, t)


@compiled
def _come_again(w: Any, v: int, n: int, t: float) -> None:
    """The customer has noticed that nothing is solved: a repeat contact, or a complaint, after a while."""
    r = w.visits
    c = r["case"][v]
    kind = _REPEAT
    reason = w.cases["reason"][c]
    if draws.of_case(w, c, _COMPLAIN, n, 0) < w.behaviour["p_complain"][0]:
        kind = _COMPLAINT
        reason = w.behaviour["complaint"][0]
    w.cause_sums[WARM_UP if t < 0.0 else MEASURED, r["step"][v], kind] += 1.0
    if kind == _REPEAT:
        r["ordinal"][v] = w.cases["repeats"][c]
        w.cases["repeats"][c] += 1
    else:
        r["ordinal"][v] = w.cases["complaints"][c]
        w.cases["complaints"][c] += 1
        r["channel"][v] = channel_of(w, c, reason, kind, r["ordinal"][v])
    r["kind"][v] = kind
    r["reason"][v] = reason
    r["attempt"][v] = 0
    r["leg"][v] = 0
    r["through"][v] = 0
    r["present"][v] = 0
    after = draws.duration(w, w.behaviour["recontact_after"][0], draws.of_case(w, c, _RECONTACT_DELAY, n, 0))
    change(w, v, COMING, t + after)


@compiled
def p_resolved(w: Any, base: float, z: float) -> tuple[float, float, float]:
    """Chance that a handled contact truly resolves, and the failures left to agent and process.

    Log-odds of `base` + resolution x z, but proficiency moves only the agent's share of failures: process and customer
    keep theirs.
    """
    fails = 1.0 - base
    process = fails * w.behaviour["by_process"][0]
    customer = fails * w.behaviour["by_customer"][0]
    if base <= 0.0 or base >= 1.0 or z == 0.0:
        return base, fails - process - customer, process
    odds = base / fails * math.exp(w.behaviour["resolution"][0] * z)
    p = min(odds / (1.0 + odds), 1.0 - process - customer)
    return p, 1.0 - p - process - customer, process
