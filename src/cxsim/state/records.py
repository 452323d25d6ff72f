"""What is known of a case, a visit, a customer, an entry of the trace: the fields of their rows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cxsim.native.layout import in_lines
from cxsim.state.causes import Cause
from cxsim.state.plan.tables import Table
from cxsim.state.recovery_sums import OF_COMPLAINTS
from cxsim.state.sales_sums import OF_SALES

CASE = in_lines(
    (  # who it is of, and about what
        ("word", "u8"),  # hash of segment/reason/stream
        ("number", "u8"),  # candidate number; recurrences count in the upper 16 bits
        ("effort", "f8"),  # all entries of the ledger
        ("status", "i4"),
        ("customer", "i4"),  # row of the customer
        ("segment", "i4"),
        ("reason", "i4"),
        ("first_row", "i4"),  # the one made last, -1: none; the others follow by `next_row`
        ("rows", "i4"),  # rows alive
        ("made", "i4"),  # rows made for it
        ("heard", "i4"),  # 1: somebody has worked on it before
        ("live", "i4"),  # contacts and branches in progress
    ),
    (  # what has been done about it
        ("first_ended_at", "f8"),
        ("cost", "f8"),
        ("z", "f8"),  # proficiency of the last agent
        ("sold", "f8"),
        ("contacts", "i4"),
        ("handled", "i4"),  # handled contacts that could resolve
        ("answered", "i4"),  # all handled contacts, chasers too
        ("closed_how", "i4"),
        ("no_further", "i4"),  # 1: no further contact within the window of the first
        ("wrong", "i4"),  # a decision under a right was wrong, or work holds an error
        ("wrongs", "i4"),
        ("chaser_row", "i4"),  # visit row of the chaser to come, -1: none
    ),
    (  # what the customer was told, and has waited
        ("promise_at", "f8"),  # inf: none
        ("news_at", "f8"),
        ("complained_at", "f8"),  # inf: nobody has complained
        ("felt", "f8"),  # felt minutes of waiting
        ("strain", "f8"),  # ln(1 + half of them)
        ("opened_at", "f8"),
        ("cohort", "i4"),  # row of the week it was opened in
        ("transfers", "i4"),
        ("paused", "i4"),
        ("sold_at", "i4"),  # step whose over-promise the case comes of, -1: none
    ),
    (  # what is looked at when it is opened or closed
        ("serial", "i8"),  # order of opening
        ("resolved_at", "f8"),  # inf: not resolved
        ("updates_from", "f8"),
        ("updates", "f8"),
        ("flow", "i4"),
        ("recurrence", "i4"),
        ("first_resolved", "i4"),
        ("heeds", "i4"),  # 1: proactive updates keep this customer from asking
        ("leaving_row", "i4"),  # visit row of the withdrawal to come, -1: none
        ("about", "i4"),  # a matter of its own, a complaint about a case that is over, or our call about one
        ("done_at", "i4"),  # step at which it was resolved, -1: none
        ("failed_at", "i4"),  # step at which it was given up, -1: none
    ),
    (
        ("ledger", "f8", (len(Cause),)),
        ("chase_at", "f8"),  # the ask budget was reckoned up to here
        ("chase_left", "f8"),
        ("promise_left", "f8"),  # while paused
        ("promise_clock", "i4"),
        ("told", "i4"),
        ("main_row", "i4"),  # visit row of the matter itself, from the first contact to the end of the last
        ("late_at", "i4"),  # step at which it was when its promise was missed, -1: not known yet
        ("repeats", "i4"),
        ("chasers", "i4"),
        ("complaints", "i4"),
        ("returns", "i4"),
        *OF_SALES,
        *OF_COMPLAINTS,
    ),
)

VISIT = in_lines(
    (  # what it does, and until when
        ("stamp", "i8"),  # grows with every change; an engine's timer is void when it no longer fits
        ("due_at", "f8"),
        ("key", "i8"),  # order among simultaneous events
        ("began_at", "f8"),
        ("status", "i4"),
        ("case", "i4"),
        ("next_row", "i4"),  # of the same case, -1: none
        ("step", "i4"),
        ("agent", "i4"),
        ("channel", "i4"),
        ("branch", "i4"),
        ("pass", "i4"),
    ),
    (  # its service: in which line, what for
        ("queued_at", "f8"),
        ("age_at", "f8"),  # place in the queue
        ("queue", "i4"),
        ("priority", "i4"),
        ("reason", "i4"),  # contact reason
        ("tries", "i4"),
        ("origin", "i4"),  # why the contact is made
        ("blame", "i4"),  # step that caused it; where none is known, the row behind the last step
        ("strayed", "i4"),  # step that sent it to the wrong desk where it is now, -1: none
        ("lost_at", "i4"),  # step whose queue the last attempt left
        ("held", "i4"),  # first agent of a warm transfer, -1: none
        ("held_step", "i4"),
        ("awaits", "i4"),  # branches not yet back
        ("present", "i1"),  # the customer is on the line
        ("inside", "i1"),  # takes up a line
        ("missed", "i1"),  # this try will not reach the customer
        ("call_back", "i1"),  # accepted a call back
    ),
    (  # how it comes to a step
        ("at_step", "f8"),  # instant it came to the step
        ("sla_at", "f8"),
        ("kind", "i4"),
        ("ordinal", "i4"),
        ("attempt", "i4"),
        ("leg", "i4"),  # queues joined in this attempt
        ("through", "i4"),  # enters its step without starting a new contact
        ("team", "i4"),  # team it came to last in this contact, -1: none yet
        ("parent", "i4"),  # row that waits for this branch; or row this one belongs to
        ("back_to", "i4"),  # step to continue at after a call back on a missed call
        ("was", "i4"),  # kind before it became a RETURN
        ("was_reason", "i4"),
        ("was_origin", "i4"),  # both, before it became a RETURN
        ("was_blame", "i4"),
    ),
)
"""Whole numbers in a row stay below 2**31, but for those that count events."""

OF_NEW_CASE = {
    "first_row": -1, "opened_at": np.inf, "resolved_at": np.inf, "chaser_row": -1, "leaving_row": -1,
    "promise_at": np.inf, "promise_clock": 1, "updates_from": np.inf, "news_at": np.inf, "chase_at": np.inf,
    "no_further": 1, "first_ended_at": np.inf, "wrong_at": -1, "sold_at": -1, "score": -1, "lost_at": np.inf,
    "complained_at": np.inf, "answer_due_at": np.inf, "failed_at": -1, "done_at": -1, "late_at": -1,
}  # fmt: skip
OF_NEW_VISIT = {
    "step": -1, "parent": -1, "queue": -1, "age_at": np.inf, "queued_at": np.inf, "began_at": np.inf, "agent": -1,
    "held": -1, "held_step": -1, "back_to": -1, "was_reason": -1, "sla_at": np.inf, "at_step": np.inf, "team": -1,
    "lost_at": -1, "strayed": -1,
}  # fmt: skip


def one_row(kind: np.dtype[np.void], values: Mapping[str, float]) -> Table:
    """One row of a kind, zero but for some values."""
    row = np.zeros(1, dtype=kind)
    for name, value in values.items():
        row[name] = value
    return row


FLOW_STATE = np.dtype(
    [("number", "i8"), ("next_at", "f8"), ("customer", "i8"), ("height", "f8"), ("steady_until", "f8")], align=True
)
"""The next candidate of a stream: its number, when it comes, whose row it is; and at what rate candidates come, per
minute, as long as that is known to stay so."""
MOMENT = np.dtype([("week", "i8"), ("phase", "i8"), ("hour", "i8"), ("until", "f8")], align=True)
CUSTOMER = np.dtype(
    [
        ("level", "f8"),  # relationship, SD
        ("own", "f8"),  # what it returns to
        ("felt", "f8"),  # what is left of satisfaction with the last case, SD
        ("at", "f8"),  # instant at which level and felt are so: the last close of a week, or what moved them since
        ("luck", "f8"),  # chance to have stayed (an empty slot: empty) so far / luck of it; below 1: no longer
        ("last_at", "f8"),  # instant of the last case
        ("asked_at", "f8"),  # instant of the last offer
        ("generation", "i4"),
        ("present", "i1"),  # 1: the slot is taken
        ("cohort", "i1"),  # 1: was a customer at time 0
        ("referred", "i1"),  # 1: came because another customer referred them
        ("held", "i1"),  # 1: of a customer who left, cases are not closed yet (at the last close of a week)
    ],
    align=True,
)
"""64 bytes, as much as a line of the cache: every one is gone through at every close of a week."""
TRACE = np.dtype(
    [
        ("word", "u8"), ("number", "u8"), ("segment", "i8"), ("reason", "i8"), ("contact_reason", "i8"),
        ("kind", "i8"), ("ordinal", "i8"), ("attempt", "i8"), ("channel", "i8"), ("step", "i8"), ("branch", "i8"),
        ("pass", "i8"), ("agent", "i8"), ("present", "i8"), ("queued_at", "f8"), ("began_at", "f8"),
        ("ended_at", "f8"), ("outcome", "i8"),
    ],
    align=True,
)  # fmt: skip
LEDGER = np.dtype([("word", "u8"), ("number", "u8"), ("at", "f8"), ("cause", "i8"), ("effort", "f8")], align=True)
