"""What a case keeps of complaints, and what is counted of losses, complaints and recoveries, by week."""

from __future__ import annotations

from enum import IntEnum


class RecoveryColumn(IntEnum):
    """Columns of `recovery_sums`: sums by week and by the reason of the case that went wrong."""

    LOSSES = 0
    """Cases that ended with a loss."""
    FAILURES = 1
    """Of these: never solved."""
    LOSS = 2
    """Sum of the losses, SD, before anything is given back."""
    COMPLAINTS = 3
    """First complaints about a case, during it or after it."""
    REPLIED = 4
    """Complaints answered, and customers reached by calls of ours."""
    GIVEN_BACK = 5
    """Sum of what was given back of losses, SD."""
    SHARE = 6
    """Sum over the answered of the share given back."""
    CAUSE = 7
    """Sums over the answered of the three parts, each 0 to 1."""
    EMPATHY = 8
    SPEED = 9
    SOLVED = 10
    """Answers that solved the matter, or its symptom."""
    SYMPTOM = 11
    """Of these: the symptom only."""
    RECURRED = 12
    """Of these: the cause brings the customer back."""
    PAYMENTS = 13
    GOODWILL = 14
    """Sum of the payments, money."""
    PASSED_UP = 15
    """Payments above the limit of whoever had the complaint first."""
    ENDED = 16
    """Complaints that came to an end."""
    BREACHES = 17
    """Of these, and of those still open at the end of the run: after the regulator's deadline."""
    UNSOLVED = 18
    """Complaints that ended unsolved."""
    OMBUDSMAN = 19
    """Of these: expected at an ombudsman."""
    OMBUDSMAN_COST = 20
    """Expected, money."""
    PROACTIVE = 21
    """Customers called who had not complained."""
    PROACTIVE_REACHED = 22
    UNHAPPY = 23
    """Unhappy respondents of the survey after a case."""
    FOLLOWED_UP = 24
    """Of these: called."""
    FOLLOW_UP_REACHED = 25


RECOVERY_COLUMNS = len(RecoveryColumn)

NOTHING, COMPLAINT, PROACTIVE, FOLLOW_UP = 0, 1, 2, 3
"""What a case is about: itself; another that is over, in a complaint, in a call of ours to somebody who did not
complain, or in one to an unhappy respondent of the survey."""
