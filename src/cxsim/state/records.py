"""What is known of a case, a visit, a customer, an entry of the trace: the fields of their rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypedDict

import numpy as np

from cxsim.native.records import F8, I1, I4, I8, U8, Floats, Table, in_groups, packed
from cxsim.state.causes import Cause

Ledger = Annotated[Floats, f"({len(Cause)},)f8"]


class CaseIdentity(TypedDict):
    """Whose it is, about what."""

    name_hash: U8  # hash of segment/reason/stream
    number: U8  # its lineage (`cxsim.state.lineage`)
    effort: F8  # all entries of the ledger
    status: I4
    customer: I4  # row of the customer
    segment: I4
    reason: I4
    first_visit: I4  # the one made last, -1: none; the others follow by `next_visit`
    visit_rows: I4  # rows alive
    rows_made: I4  # rows made for it
    worked_on: I4  # 1: somebody has worked on it before
    in_progress: I4  # contacts and branches in progress


class CaseWork(TypedDict):
    """What has been done about it."""

    first_ended_at: F8
    cost: F8
    last_proficiency: F8  # proficiency of the last agent
    sold: F8
    contacts: I4
    resolution_attempts: I4  # handled contacts that could resolve
    contacts_handled: I4  # all handled contacts, chasers too
    closed_as: I4
    no_further_contact: I4  # 1: no further contact within the window of the first
    has_error: I4  # a decision under a right was wrong, or work holds an error
    wrong_decisions: I4
    chaser_visit: I4  # visit row of the chaser to come, -1: none


class CasePromise(TypedDict):
    """What the customer was promised, and has waited."""

    promise_at: F8  # inf: none
    news_at: F8
    complained_at: F8  # inf: nobody has complained
    perceived_wait: F8  # perceived minutes of waiting
    log_perceived_wait: F8  # ln(1 + half of them)
    opened_at: F8
    cohort_week: I4  # row of the week it was opened in
    transfers: I4
    paused: I4
    sold_step: I4  # step whose over-promise the case comes of, -1: none


class CaseEnds(TypedDict):
    """What is looked at when it is opened or closed."""

    serial: I8  # order of opening
    resolved_at: F8  # inf: not resolved
    updates_from: F8
    updates: F8
    stream: I4
    first_resolved: I4
    heeds_updates: I4  # 1: proactive updates keep this customer from asking
    withdrawal_visit: I4  # visit row of the withdrawal to come, -1: none
    relation: I4  # a matter of its own, a complaint about a case that is over, or our call about one
    resolved_step: I4  # step at which it was resolved, -1: none
    given_up_step: I4  # step at which it was given up, -1: none


class CaseRest(TypedDict):
    """What is seldom looked at."""

    ledger: Ledger  # effort by cause
    chase_counted_until: F8  # the budget of the next question is calculated up to here
    chase_budget_left: F8
    promise_left: F8  # while paused
    promise_clock: I4
    promise_told: I4
    main_visit: I4  # visit row of the matter itself, from the first contact to the end of the last
    late_step: I4  # step at which it was when its promise was missed, -1: not known yet
    repeats: I4
    chasers: I4
    complaints: I4
    returned_calls: I4
    error_step: I4  # step of the last wrong decision or error
    over_promised: I4  # 1: something was sold in it that cannot be kept
    over_promised_margin: F8  # margin of that sale
    survey_score: I4  # answer to the survey, -1: none
    loss: F8  # satisfaction with the case it is about, below zero
    weight: F8  # moment of truth of that case
    loss_at: F8  # when that case ended
    customer_generation: I4  # generation of the customer
    answer_due_at: F8  # the regulator's deadline
    replied: I4  # 1: somebody has answered the complaint
    cause: F8  # the three parts of the answer
    empathy: F8
    speed: F8
    goodwill_paid: I4  # 1: goodwill has been paid


class Case(CaseIdentity, CaseWork, CasePromise, CaseEnds, CaseRest):
    """A customer's matter, or what comes of one."""


CASE = in_groups(CaseIdentity, CaseWork, CasePromise, CaseEnds, CaseRest)
NEW_CASE = {
    "first_visit": -1, "opened_at": np.inf, "resolved_at": np.inf, "chaser_visit": -1, "withdrawal_visit": -1,
    "promise_at": np.inf, "promise_clock": 1, "updates_from": np.inf, "news_at": np.inf, "chase_counted_until": np.inf,
    "no_further_contact": 1, "first_ended_at": np.inf, "error_step": -1, "sold_step": -1, "survey_score": -1,
    "loss_at": np.inf, "complained_at": np.inf, "answer_due_at": np.inf, "given_up_step": -1,
    "resolved_step": -1, "late_step": -1,
}  # fmt: skip
"""Fields of a new case that are not zero."""


class VisitNow(TypedDict):
    """What it does, and until when."""

    stamp: I8  # grows with every change; an engine's timer is void when it no longer fits
    due_at: F8
    key: I8  # order among simultaneous events
    began_at: F8
    status: I4
    case: I4
    next_visit: I4  # of the same case, -1: none
    step: I4
    agent: I4
    channel: I4
    branch: I4
    pass_number: I4


class VisitService(TypedDict):
    """Its service: in which queue, for what."""

    queued_at: F8
    age_at: F8  # position in the queue
    queue: I4
    priority: I4
    reason: I4  # contact reason
    tries: I4
    origin: I4  # why the contact is made
    cause_step: I4  # step that caused it; where none is known, the row behind the last step
    misrouted_from: I4  # step that sent it to the wrong desk where it is now, -1: none
    lost_step: I4  # step whose queue the last attempt left
    first_agent: I4  # first agent of a warm transfer, -1: none
    first_agent_step: I4
    awaits: I4  # branches not yet back
    present: I1  # the customer is on the line
    holds_line: I1  # takes up a line
    will_miss: I1  # this try will not reach the customer
    call_back: I1  # accepted a call back


class VisitPath(TypedDict):
    """How it comes to a step."""

    arrived_at: F8  # instant it came to the step
    sla_due_at: F8
    kind: I4
    ordinal: I4
    attempt: I4
    queues_joined: I4  # queues joined in this attempt
    enters_as: I4  # enters its step without starting a new contact
    team: I4  # team it came to last in this contact, -1: none yet
    parent: I4  # row that waits for this branch; or row this one belongs to
    return_step: I4  # step to continue at after a call back on a missed call
    kind_before: I4  # kind before it became a RETURN
    reason_before: I4
    origin_before: I4  # both, before it became a RETURN
    cause_step_before: I4


class Visit(VisitNow, VisitService, VisitPath):
    """One contact, branch or delayed matter of a case, at one step."""


VISIT = in_groups(VisitNow, VisitService, VisitPath)
"""Whole numbers in a row stay below 2**31, but for those that count events."""
NEW_VISIT = {
    "step": -1, "parent": -1, "queue": -1, "age_at": np.inf, "queued_at": np.inf, "began_at": np.inf, "agent": -1,
    "first_agent": -1, "first_agent_step": -1, "return_step": -1, "reason_before": -1, "sla_due_at": np.inf,
    "arrived_at": np.inf, "team": -1, "lost_step": -1, "misrouted_from": -1,
}  # fmt: skip
"""Fields of a new visit that are not zero."""


def one_row(kind: np.dtype[np.void], values: Mapping[str, Any]) -> Table:
    """One row of a kind, zero but for some values."""
    row = np.zeros(1, dtype=kind)
    for name, value in values.items():
        row[name] = value
    return row


class StreamState(TypedDict):
    """The next candidate of an arrival stream: its number, when it comes, whose row it is; and at what rate candidates
    come, per minute, as long as that is known to stay so.
    """

    number: I8
    next_at: F8
    customer: I8
    height: F8
    steady_until: F8


STREAM_STATE = packed(StreamState)


class Moment(TypedDict):
    """The week, phase and hour of the week that things are counted in, and until when that hour holds."""

    week: I8
    phase: I8
    hour: I8
    until: F8


MOMENT = packed(Moment)


class Customer(TypedDict):
    """A slot of a segment and whoever holds it.

    64 bytes, as much as a line of the cache: every one is visited at every close of a week.
    """

    relationship: F8  # relationship, SD
    long_run: F8  # what it returns to
    recent_satisfaction: F8  # what is left of satisfaction with the last case, SD
    as_of: F8  # when relationship and recent satisfaction are so: the last close of a week, or what moved them since
    survival: F8  # chance to have stayed (an empty slot: empty) so far / its random number; below 1: no longer
    last_at: F8  # instant of the last case
    asked_at: F8  # instant of the last offer
    generation: I4
    present: I1  # 1: the slot is taken
    in_cohort: I1  # 1: was a customer at time 0
    referred: I1  # 1: came because another customer referred them
    cases_pending: I1  # 1: of a customer who left, cases are not closed yet (at the last close of a week)


CUSTOMER = packed(Customer)


class TraceRow(TypedDict):
    """What became of a visit at its step."""

    name_hash: U8
    number: U8
    segment: I8
    reason: I8
    contact_reason: I8
    kind: I8
    ordinal: I8
    attempt: I8
    channel: I8
    step: I8
    branch: I8
    pass_number: I8
    agent: I8
    present: I8
    queued_at: F8
    began_at: F8
    ended_at: F8
    outcome: I8


TRACE = packed(TraceRow)


class LedgerRow(TypedDict):
    """One entry of a case's effort ledger."""

    name_hash: U8
    number: U8
    at: F8
    cause: I8
    effort: F8


LEDGER = packed(LedgerRow)
