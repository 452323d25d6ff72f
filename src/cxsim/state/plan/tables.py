"""The organisation as tables of numbers: what an engine reads while it runs, and never writes.

Every row stands for a name; names keep their row in all plans of a study (`cxsim.state.plan.names`).  Times are
minutes, ``-1`` in an index column means "none", ``inf`` in a time column means "never".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.native.layout import in_lines

Table = NDArray[np.void]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PRESENT, ABSENT, SELF = 0, 1, 2  # presence of a channel
WORK, DELAY, SELF_SERVICE, FORK = 0, 1, 2, 3  # kinds of a step
NORMAL, REWORK, MISROUTE, ESCALATION = 0, 1, 2, 3  # kinds of an edge
NO_TRANSFER, COLD, WARM = 0, 1, 2  # transfers
BY_AGE, BY_DUE, BY_TARGET = 0, 1, 2  # order of a team's queues after priority
WORKING_TIME, ALWAYS = 0, 1  # rows that every plan has in its timetables


def _table(*fields: tuple[str, str]) -> np.dtype[np.void]:
    return np.dtype(list(fields), align=True)


SEGMENT = _table(
    ("customers", "i8"),  # slots
    ("first", "i8"),  # row of the segment's first customer
    ("word", "u8"),  # hash of the name
    ("patience", "f8"),  # factor
    ("priority", "i8"),  # added to that of reason or step
    ("mean", "f8"),  # of the personal relationship level, SD
    ("sd", "f8"),
    ("start", "i8"),  # customers at the very start, in the first slots
    ("changes", "i8"),  # 1: customers leave and join
    ("leaving", "f8"),  # log-odds of leaving in a week at relationship 0, without a recent case; -inf: never
    ("joins", "f8"),  # a week
    ("wallet", "f8"),  # share at the mean relationship
    ("wallet_slope", "f8"),  # per SD
    ("revenue", "f8"),  # per customer and week
    ("margin", "f8"),  # per customer and week
)
FLOW = _table(  # a stream of demand: segment x reason x stream (0: today's, 1: added by a scenario)
    ("word", "u8"),
    ("segment", "i8"),
    ("reason", "i8"),
    ("rate", "f8"),  # candidates per minute under the envelope; with a law of gaps: against today's; 0: off
    ("profile", "i8"),  # -1: even
    ("law", "i8"),  # interarrival law, -1: Poisson
    ("dropped", "f8"),  # probability that a candidate is thinned away
    ("uneven", "i8"),  # 1: follows the organisation's uneven days, by the row `trend` of `Plan.day_factor`
    ("trend", "i8"),
)
REASON = _table(
    ("repeats_at", "i8"),  # step where a repeat enters, -1: as a first contact
    ("priority", "i8"),
    ("one_open", "i8"),  # 1: one open case per customer
    ("promised", "i8"),  # 1: there is a promise
    ("within", "f8"),
    ("within_clock", "i8"),  # timetable in which `within` counts
    ("expected", "f8"),
    ("expected_clock", "i8"),
    ("p_told", "f8"),
    ("chaser", "i8"),  # contact reason of chasers
    ("update_every", "f8"),  # calendar minutes between proactive updates; inf: none
    ("update_reaches", "f8"),
    ("update_cost", "f8"),
    ("withdrawal", "i8"),  # law, -1: none
    ("margin_lost", "f8"),
    ("p_back", "f8"),  # symptom-only solutions that come back
    ("back_after", "i8"),
    ("moment", "f8"),  # weight in the relationship
    ("margin", "f8"),
    ("patience", "i8"),  # law, -1: the channel's
    ("failure", "i8"),  # 1: contacts about it are failure demand
)
CHANNEL = _table(
    ("presence", "i8"),
    ("hours", "i8"),  # timetable
    ("switch_to", "i8"),  # channel when closed, -1: wait
    ("after_opening", "i8"),  # law
    ("lines", "i8"),  # -1: unlimited
    ("at_once", "i8"),
    ("slowdown", "f8"),
    ("patience", "i8"),  # law, -1: for ever
    ("pick_up", "i8"),  # law, -1: at once
    ("p_balk", "f8"),
    ("felt", "f8"),  # felt minutes per minute
    ("offer_over", "f8"),  # call-back offered when the predicted wait is longer; inf: never
    ("p_accept", "f8"),
    ("p_reached", "f8"),
    ("tries", "i8"),
    ("retry_after", "f8"),
    ("cost", "f8"),
)
OFFER = _table(  # [step]
    ("accepts", "f8"),
    ("margin", "f8"),
    ("over_promise", "f8"),  # at the team's pressure
    ("selling", "i8"),  # skill, -1: none
    ("keeping", "i8"),
)
SALES = _table(
    ("proficiency", "f8"),
    ("relationship", "f8"),
    ("knowledge", "f8"),
    ("unlearned", "f8"),
    ("needs", "f8"),  # a minute; 0: everybody always has one
    ("asked_every", "f8"),
    ("p_notices", "f8"),
    ("notices_after", "i8"),
    ("becomes", "i8"),  # contact reason, -1: none
    ("p_undone", "f8"),
)
EDGE = _table(("to", "i8"), ("kind", "i8"), ("transfer", "i8"))
TEAM = _table(
    ("department", "i8"),
    ("order", "i8"),  # BY_AGE, BY_DUE, BY_TARGET
    ("places", "i8"),  # -1: unlimited
    ("standard", "f8"),  # minutes; inf: none
    ("warm_limit", "f8"),
    ("cost", "f8"),  # per paid minute
    ("attrition", "f8"),  # leavings a seat and week, at ordinary engagement
    ("empty_for", "f8"),  # weeks from leaving to hiring
    ("quits", "f8"),  # factor of recognition and pressure on attrition
    ("misses", "f8"),  # and on absence
    ("hiring_cost", "f8"),  # a person hired
    ("frozen", "i8"),  # 1: empty seats stay empty
)
RIGHT = _table(  # [team, right]
    ("share", "f8"),
    ("p_error", "f8"),
    ("cost", "f8"),
    ("limit", "f8"),  # largest payment the team may decide; -1: any
)
QUEUE = _table(
    ("team", "i8"),
    ("first_pool", "i8"),  # rows of `queue_pools`
    ("pools", "i8"),
    ("shared", "i8"),
    ("word", "u8"),  # hash of team and skill
    ("name", "u8"),  # hash of the skill alone
)
POOL = _table(
    ("first", "i8"),  # of `cxsim.state.state.State.beside`
    ("agents", "i8"),
)
AGENT = in_lines(
    (
        ("word", "u8"),
        ("p_absent", "f8"),
        ("mean", "f8"),  # proficiency at the start
        ("team", "i4"),
        ("duty", "i4"),  # timetable of shifts, -1: not employed in this plan
        ("skills", "i4"),  # how many
        ("knows", "i4"),  # further skills, known without serving their queues; their rows follow
        ("first_skill", "i4"),  # rows of `agent_queue`
        ("pool", "i4"),  # agents of one pool serve the same queues; -1: not employed in this plan
        ("place", "i4"),  # among the agents of the pool
        ("first_break", "i4"),
        ("breaks", "i4"),
    ),
    (
        ("sd", "f8"),
        ("newcomer", "f8"),  # proficiency of a new person of mean talent, SD
        ("ceiling", "f8"),  # where practice leads, SD
        ("new_skill", "f8"),  # where a further skill begins, SD
    ),
)
SKILL_QUEUE = _table(("queue", "i8"), ("shared", "i8"))  # one skill of an agent: its two queues
BREAK = _table(("after", "f8"), ("lasts", "f8"), ("spread", "f8"))
COURSE = _table(
    ("team", "i8"),
    ("starts", "f8"),
    ("every", "f8"),
    ("waves", "i8"),
    ("hours", "f8"),
    ("session", "f8"),
    ("kept", "f8"),  # share of the uplift that is left after a week
    ("again", "f8"),  # minutes to the next refresher; inf: none
    ("again_hours", "f8"),
)
PEOPLE = _table(
    ("learns", "i8"),  # 1: proficiency moves with practice
    ("rate", "f8"),  # of learning, a week in full practice
    ("practice", "f8"),  # minutes a week that are full practice
    ("forgets", "f8"),  # rate of forgetting, a week without practice
    ("busy_from", "f8"),  # occupancy
    ("busy_effect", "f8"),  # relative rise of absence and attrition per unit of occupancy above it
    ("recent", "f8"),  # weight of the last week in sustained occupancy
)
PROFILE = _table(("width", "f8"), ("first", "i8"), ("cells", "i8"), ("weekly", "i8"))
SHOCK = _table(("reason", "i8"), ("starts", "f8"), ("ends", "f8"), ("factor", "f8"))
BEHAVIOUR = _table(
    ("p_redial", "f8"),
    ("redial_after", "i8"),
    ("p_recontact", "f8"),
    ("recontact_after", "i8"),
    ("p_complain", "f8"),
    ("complaint", "i8"),
    ("p_return", "f8"),
    ("return_after", "i8"),
    ("missed_call", "i8"),
    ("chase", "f8"),  # per minute
    ("chase_growth", "f8"),  # per minute and minute since the last news
    ("chase_from", "f8"),
    ("chase_missed", "f8"),
    ("by_agent", "f8"),
    ("by_process", "f8"),
    ("by_customer", "f8"),
    ("fcr_window", "f8"),
    ("speed", "f8"),
    ("resolution", "f8"),
    ("misroute", "f8"),
    ("courtesy", "f8"),
    ("busyness_sd", "f8"),
)
EXPERIENCE = _table(
    ("contact", "f8"),
    ("transfer", "f8"),
    ("warm_transfer", "f8"),
    ("information", "f8"),
    ("channel_switch", "f8"),
    ("wait", "f8"),
    ("unresolved", "f8"),
    ("generic", "f8"),
    ("late", "f8"),
    ("broken_promise", "f8"),
    ("reference", "f8"),
    ("loss_aversion", "f8"),
    ("carry_over", "f8"),
    ("fade", "f8"),  # per minute
    ("p_answer", "f8"),
    ("ces_cuts", "(6,)f8"),
    ("nps_cuts", "(10,)f8"),
    ("ces_from", "f8"),  # where the curves of expected answers begin
    ("nps_from", "f8"),
    ("p_extreme", "f8"),  # response rate at the ends of the scale
    ("asked", "f8"),  # chance to be asked for the relationship in a week
)


class Plan(NamedTuple):
    """One organisation, ready to run; arrays are never written."""

    segments: Table
    flows: Table
    reasons: Table
    channels: Table
    entrances: Ints
    """[reason, channel] first step of a contact."""
    steps: Table
    edges: Table
    edge_p: Floats
    """[edge, segment, channel] probability."""
    branches: Ints
    """First steps of the branches of all forks, end to end."""
    mix: Floats
    """[reason, segment, channel] cumulative share of first contacts."""
    teams: Table
    rights: Table
    """[team, right]."""
    queues: Table
    queue_pools: Ints
    """Pools whose agents serve each queue, end to end."""
    pools: Table
    roster: Table
    """One row of `AGENT` per agent."""
    agent_queue: Table
    breaks: Table
    courses: Table
    uplift: Floats
    """[course, skill] proficiency gained, SD."""
    profiles: Table
    profile_cells: Floats
    shocks: Table
    behaviour: Table
    experience: Table
    ces_curves: Floats
    """Expected answers on how easy it was, over minus the effort (`cxsim.probability.ordered_probit`)."""
    nps_curves: Floats
    """Expected answers to the 0-10 question, over the latent level."""
    fading_curve: Floats
    """`cxsim.probability.fading.fading_curve` of a move of the relationship and of the last case, over a week."""
    leaving_curve: Floats
    """`cxsim.probability.leaving.leaving_curve` of the weeks over which staying is asked."""
    laws: Table
    grid: Floats
    timetables: Table
    spans: Table
    days: Table
    day_factor: Floats
    """[trend, day] known unevenness: holidays, month end, payday, season, and growth; row 0: that of all demand."""
    loyalty: Table
    """One row of `cxsim.state.plan.loyalty.LOYALTY`."""
    people: Table
    """One row of `PEOPLE`: learning and engagement."""
    offers: Table
    """One row of `OFFER` for each step."""
    sales: Table
    """One row of `SALES`."""
    recovery: Table
    """One row of `cxsim.state.plan.recovery.RECOVERY`: complaints and what is done about them."""
