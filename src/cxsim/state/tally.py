"""What is counted while the model runs: sums in small tables, so that memory does not grow with the horizon.

Every table is filled for the whole run, warm-up included, by week or by phase; leaving the warm-up out is a matter of
reading them (`cxsim.measures`), not of running.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from cxsim.native.compiling import inlined
from cxsim.native.records import Floats
from cxsim.probability.bins import BINS
from cxsim.state.causes import Cause as Cause
from cxsim.state.customer_sums import LOYALTY_COLUMNS
from cxsim.state.origins import Origin, OriginColumn
from cxsim.state.plan.names import Names
from cxsim.state.recovery_sums import RECOVERY_COLUMNS
from cxsim.state.sales_sums import SALE_COLUMNS

WARM_UP, MEASURED = 0, 1


class Kind(IntEnum):
    """Kinds of contact; a redial is an attempt after the first of any kind."""

    FIRST = 0
    REPEAT = 1
    CHASER = 2
    COMPLAINT = 3
    RETURN = 4


class CaseColumn(IntEnum):
    """Columns of `case_sums`: sums over the cases opened in a week."""

    OPENED = 0
    CLOSED = 1
    RESOLVED = 2
    FIRST_RESOLVED = 3
    GAVE_UP = 4
    WITHDRAWN = 5
    CONTACTS = 6
    HANDLED = 7
    EFFORT = 8
    CES = 9
    CES_EASY = 10
    SATISFACTION = 11
    PROMOTER = 12
    DETRACTOR = 13
    END_TO_END = 14
    PROMISED = 15
    BREACHED = 16
    DAYS_LATE = 17
    ANSWERS = 18
    ANSWERED_PROMOTER = 19
    ANSWERED_DETRACTOR = 20
    ANSWERED_CES = 21
    TRANSFERS = 22
    UPDATES = 23
    COST = 24
    MARGIN = 25
    MARGIN_LOST = 26
    WRONG_DECISIONS = 27
    NO_FURTHER_CONTACT = 28
    PERCEIVED_WAIT = 29
    CAME_BACK = 30
    UNFINISHED = 31
    RESPONSE = 32
    """Answers to the survey expected."""
    RESPONSE_PROMOTER = 33
    RESPONSE_DETRACTOR = 34


LEDGER_FIRST = len(CaseColumn)
"""Column of the first effort cause; the others follow in the order of `Cause`."""
CASE_COLUMNS = LEDGER_FIRST + len(Cause)


class ContactColumn(IntEnum):
    """Columns of `contact_sums`: sums by week, contact reason, channel."""

    ATTEMPTS = 0
    REDIALS = 1
    FIRST = 2
    REPEAT = 3
    CHASER = 4
    COMPLAINT = 5
    RETURN = 6
    HANDLED = 7
    ABANDONED = 8
    BLOCKED = 9
    BALKED = 10
    WAITED = 11
    WAIT = 12
    SERVED = 13
    SERVED_WAIT = 14
    SERVED_WAIT_SQUARED = 15
    ABANDONED_WAIT = 16
    IN_STANDARD = 17
    SERVICE = 18
    SERVICE_SQUARED = 19
    WRAP = 20
    CALL_BACKS = 21
    """Call backs accepted, by when."""
    LOST = 22
    """Attempts after which the customer gave up."""
    MISROUTED = 23
    QUEUED = 24
    """Times a customer joined a queue, was served at once, or accepted a call back."""
    CALLED_BACK = 25
    """Of `SERVED`: customers who had hung up and were called back."""
    CALL_BACK_WAIT = 26
    """Minutes from their acceptance to our call that reached them; in no other wait."""
    CALLED_BACK_IN_TIME = 27
    """Of `CALLED_BACK`: within what their channel promises."""
    CALL_BACKS_MISSED = 28
    """Call backs given up after the last try."""
    ABANDONED_IN_STANDARD = 29
    """Of `ABANDONED`: no later than the standard of the team they waited for."""


CONTACT_COLUMNS = len(ContactColumn)


class StepColumn(IntEnum):
    """Columns of `step_sums`: sums by week and step."""

    VISITS = 0
    QUEUED = 1
    WAITED = 2
    WAIT = 3
    SERVED = 4
    """Taken by an agent, calls that reached nobody (`MISSED_CALLS`) included."""
    SERVED_WAIT = 5
    SERVED_WAIT_SQUARED = 6
    ABANDONED = 7
    ABANDONED_WAIT = 8
    SERVICE = 9
    SERVICE_SQUARED = 10
    WRAP = 11
    REWORK = 12
    HANDOFFS = 13
    SLA_MISSED = 14
    ELAPSED = 15
    MISROUTES = 16
    ESCALATIONS = 17
    IN_STANDARD = 18
    MISSED_CALLS = 19
    DECIDED = 20
    FAILED_AGENT = 21
    FAILED_PROCESS = 22
    FAILED_CUSTOMER = 23
    CALL_BACKS = 24
    """Of `QUEUED`: who accepted a call back instead of waiting on the line."""
    CALL_BACKS_TAKEN = 25
    """Of `SERVED`: call backs, tries that reached nobody included; in no wait here."""
    ABANDONED_IN_STANDARD = 26
    BLOCKED = 27
    """Turned away because lines or the team's places were taken; not in `QUEUED`."""
    CALL_BACKS_MISSED = 28
    """Call backs given up after the last try."""


STEP_COLUMNS = len(StepColumn)


class TeamColumn(IntEnum):
    """Columns of `team_sums`: integrals over a week (minutes), and the state at its close."""

    QUEUE = 0
    BUSY = 1
    DUTY = 2
    PAID = 3
    BACKLOG = 4
    OLDEST = 5
    CONTACTS_HELD = 6
    """Integral of contacts in the hands of agents."""
    SHIFTS = 7
    """Shifts that agents had to begin."""
    MISSED_SHIFTS = 8
    PEOPLE = 9
    """Employed up to the week's close."""
    EMPTY = 10
    """Positions with nobody up to the week's close."""
    LEFT = 11
    """People who left, of their own accord or because their position was cut."""
    QUIT = 12
    """Of these: of their own accord."""
    HIRED = 13
    NEW_POSITIONS = 14
    """Of those hired: into positions that a change of plan brought."""
    AFTER_SHIFT = 15
    """Integral of agents who still have something in hand after the end of their shift."""
    INTERVALS = 16
    """Half-hours in which a customer on the line was answered or abandoned."""
    INTERVALS_MET = 17
    """Of these: in which the share answered within the standard was at least the team's target."""


TEAM_COLUMNS = len(TeamColumn)


class HourColumn(IntEnum):
    """Columns of `hour_sums`: sums by phase, hour of the week, team."""

    QUEUED = 0
    WAITED = 1
    SERVED = 2
    SERVED_WAIT = 3
    ABANDONED = 4
    SERVICE = 5
    ON_DUTY = 6
    """Agents on duty, counted at each arrival."""


HOUR_COLUMNS = len(HourColumn)


class SkillColumn(IntEnum):
    """Columns of `skill_sums`: sums by week and skill over those who have it, as they were up to the week's close."""

    PEOPLE = 0
    PROFICIENCY = 1
    TRAINED = 2
    """Of this: from trainings."""


SKILL_COLUMNS = len(SkillColumn)


class Latent(IntEnum):
    """Latent scales behind customers' answers, SD units."""

    EFFORT = 0
    NET_EFFORT = 1
    """Effort less courtesy: what satisfaction is calculated from."""
    LOYALTY = 2
    """Relationship plus satisfaction: what the recommendation is answered from."""


LATENT_FROM = -8.0
LATENT_WIDTH = 0.02
LATENT_BINS = 1000
"""Bins of the latent scales: -8 to 12 SD."""


class Tally(NamedTuple):
    """All sums of one run (float64)."""

    case_sums: Floats
    """[week, case reason, segment, CaseColumn]."""
    contact_sums: Floats
    """[week, contact reason, channel, ContactColumn]."""
    step_sums: Floats
    """[week, step, StepColumn]."""
    team_sums: Floats
    """[week, team, TeamColumn]."""
    hour_sums: Floats
    """[phase, hour of week, team, HourColumn]."""
    cause_sums: Floats
    """[phase, case reason, step that caused it (last row: none is known), Origin, OriginColumn] of failure demand."""
    effort_sums: Floats
    """[phase, case reason, step that caused it, Cause] all entries of the effort ledger."""
    wait_bins: Floats
    """[phase, team, bin] waits of the served; bin 0: no wait; log-binned above."""
    relationship: Floats
    """[week, segment, (promoters, detractors, level)] sums over customers at the week's close."""
    latent_bins: Floats
    """[phase, Latent, bin] cases by where they ended on each latent scale; what answers are calibrated from."""
    loyalty_sums: Floats
    """[week, segment, LoyaltyColumn]."""
    skill_sums: Floats
    """[week, skill, SkillColumn]."""
    recovery_sums: Floats
    """[week, reason of the case it is about, RecoveryColumn]."""
    sale_sums: Floats
    """[week, step, SaleColumn]."""


def empty_tally(names: Names, weeks: int) -> Tally:
    """A tally of zeros for `weeks` weeks, warm-up included."""
    reasons, segments, channels = len(names.reasons), len(names.segments), len(names.channels)
    steps, teams = len(names.steps), len(names.teams)
    return Tally(
        case_sums=np.zeros((weeks, reasons, segments, CASE_COLUMNS)),
        contact_sums=np.zeros((weeks, reasons, channels, CONTACT_COLUMNS)),
        step_sums=np.zeros((weeks, steps, STEP_COLUMNS)),
        team_sums=np.zeros((weeks, teams, TEAM_COLUMNS)),
        hour_sums=np.zeros((2, 168, teams, HOUR_COLUMNS)),
        cause_sums=np.zeros((2, reasons, steps + 1, len(Origin), len(OriginColumn))),
        effort_sums=np.zeros((2, reasons, steps, len(Cause))),
        wait_bins=np.zeros((2, teams, BINS)),
        relationship=np.zeros((weeks, segments, 3)),
        latent_bins=np.zeros((2, len(Latent), LATENT_BINS)),
        loyalty_sums=np.zeros((weeks, segments, LOYALTY_COLUMNS)),
        skill_sums=np.zeros((weeks, len(names.skills), SKILL_COLUMNS)),
        recovery_sums=np.zeros((weeks, reasons, RECOVERY_COLUMNS)),
        sale_sums=np.zeros((weeks, steps, SALE_COLUMNS)),
    )


@inlined
def latent_bin(value: float) -> int:
    """Bin of a latent value; the first and last bins take what lies outside."""
    return max(0, min(int(math.floor((value - LATENT_FROM) / LATENT_WIDTH)), LATENT_BINS - 1))


def latent_values() -> Floats:
    """Middle of each bin of the latent scales, SD."""
    return np.asarray(LATENT_FROM + LATENT_WIDTH * (np.arange(LATENT_BINS) + 0.5), dtype=np.float64)
