"""Why contacts are made, and what is counted of those that a failure of ours has caused."""

from __future__ import annotations

from enum import IntEnum


class Origin(IntEnum):
    """Why a contact is made; all but VALUE is failure demand, and a step is to blame for it where one is known."""

    VALUE = 0
    FAILURE = 1
    """First contact about a reason that is itself a failure; no step of ours is known to have caused it."""
    REPEAT = 2
    """Caused by the step at whose end the case was not resolved, or by the one whose error or decision it was."""
    CHASER = 3
    """Caused by the step where the case stood when its customer asked."""
    COMPLAINT = 4
    """Caused as a repeat is, or by the step that sold what cannot be kept."""
    RETURN = 5
    """Caused by the step that called and was missed."""
    REDIAL = 6
    """Caused by the step whose queue was left; only the attempt counts: its service would have been needed anyway."""
    MISROUTE = 7
    """No contact of its own: a handover to the wrong desk, caused by the step that sent it."""
    RECURRENCE = 8
    """First contact of a case that has come back, caused by the step that solved only the symptom."""


class OriginColumn(IntEnum):
    """Columns of `cause_sums`."""

    CONTACTS = 0
    MINUTES = 1
    """Service and wrap-up of agents, missed calls included."""
    PAY = 2
    """For these minutes, at the rate of the team that worked, without overhead."""
    CHARGES = 3
    """Cost of the contacts by their channels."""
    EFFORT = 4
    """Effort of customers in these contacts, SD."""
