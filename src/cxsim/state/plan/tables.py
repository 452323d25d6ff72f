"""The organisation as tables of numbers: what an engine reads while it runs, and never writes.

Every row stands for a name; names keep their row in all plans of a study (`cxsim.state.plan.names`).  Times are
minutes, ``-1`` in an index column means "none", ``inf`` in a time column means "never".
"""

from __future__ import annotations

from typing import Annotated, NamedTuple, TypedDict

import numpy as np
from numpy.typing import NDArray

from cxsim.native.records import F8, I4, I8, U8, in_groups, packed

Table = NDArray[np.void]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PRESENT, ABSENT, SELF = 0, 1, 2  # presence of a channel
WORK, DELAY, SELF_SERVICE, FORK = 0, 1, 2, 3  # kinds of a step
NORMAL, REWORK, MISROUTE, ESCALATION = 0, 1, 2, 3  # kinds of an edge
NO_TRANSFER, COLD, WARM = 0, 1, 2  # transfers
BY_AGE, BY_DUE, BY_TARGET = 0, 1, 2  # order of a team's queues after priority
WORKING_TIME, ALWAYS = 0, 1  # rows that every plan has in its timetables


class SegmentRow(TypedDict):
    """A segment of customers."""

    slots: I8  # slots
    first_customer: I8  # row of the segment's first customer
    name_hash: U8  # hash of the name
    patience: F8  # factor
    priority: I8  # added to that of reason or step
    mean: F8  # of the personal relationship level, SD
    sd: F8
    customers_at_start: I8  # customers at the very start, in the first slots
    customers_change: I8  # 1: customers leave and join
    leaving_log_odds: F8  # log-odds of leaving in a week at relationship 0, without a recent case; -inf: never
    joins: F8  # a week
    wallet: F8  # share at the mean relationship
    wallet_slope: F8  # per SD
    revenue: F8  # per customer and week
    margin: F8  # per customer and week


SEGMENT = packed(SegmentRow)


class StreamRow(TypedDict):
    """An arrival stream: segment x reason x stream (0: the baseline's, 1: added by a scenario)."""

    name_hash: U8
    segment: I8
    reason: I8
    rate: F8  # candidates per minute under the envelope; with a distribution of gaps: against the baseline's; 0: off
    profile: I8  # -1: even
    gap_distribution: I8  # interarrival distribution, -1: Poisson
    dropped: F8  # probability that a candidate is thinned away
    uneven: I8  # 1: follows the organisation's uneven days, by the row `trend` of `Plan.day_factor`
    trend: I8


STREAM = packed(StreamRow)


class ReasonRow(TypedDict):
    """A contact reason."""

    repeats_at: I8  # step where a repeat enters, -1: as a first contact
    priority: I8
    one_open: I8  # 1: one open case per customer
    promised: I8  # 1: there is a promise
    promise_within: F8
    promise_clock: I8  # timetable in which `within` counts
    expected: F8
    expected_clock: I8
    p_told: F8
    chaser: I8  # contact reason of chasers
    update_every: F8  # calendar minutes between proactive updates; inf: none
    update_reaches: F8
    update_cost: F8
    withdrawal: I8  # distribution, -1: none
    margin_lost: F8
    p_comes_back: F8  # symptom-only solutions that come back
    comes_back_after: I8
    moment: F8  # weight in the relationship
    margin: F8
    patience: I8  # distribution, -1: the channel's
    failure: I8  # 1: contacts about it are failure demand


REASON = packed(ReasonRow)


class ChannelRow(TypedDict):
    """A channel."""

    presence: I8
    hours: I8  # timetable
    switch_to: I8  # channel when closed, -1: wait
    after_opening: I8  # distribution
    lines: I8  # -1: unlimited
    at_once: I8
    slowdown: F8
    patience: I8  # distribution, -1: for ever
    pick_up: I8  # distribution, -1: at once
    p_balk: F8
    perceived_per_minute: F8  # perceived minutes per minute
    offer_over: F8  # call-back offered when the predicted wait is longer; inf: never
    p_accept: F8
    p_reached: F8
    tries: I8
    retry_after: F8
    cost: F8


CHANNEL = packed(ChannelRow)


class OfferRow(TypedDict):
    """What is offered at a step."""

    p_accept: F8
    margin: F8
    over_promise: F8  # at the team's pressure
    selling_skill: I8  # skill, -1: none
    keeping_skill: I8


OFFER = packed(OfferRow)


class SalesRow(TypedDict):
    """What moves sales and over-promises: one row of constants."""

    proficiency: F8
    relationship: F8
    knowledge: F8
    unlearned: F8
    needs: F8  # a minute; 0: everybody always has one
    asked_every: F8
    p_notices: F8
    notices_after: I8
    becomes: I8  # contact reason, -1: none
    p_undone: F8


SALES = packed(SalesRow)


class EdgeRow(TypedDict):
    """What may follow a step."""

    to: I8
    kind: I8
    transfer: I8


EDGE = packed(EdgeRow)


class TeamRow(TypedDict):
    """A team."""

    department: I8
    order: I8  # BY_AGE, BY_DUE, BY_TARGET
    places: I8  # -1: unlimited
    standard: F8  # minutes; inf: none
    warm_limit: F8
    cost: F8  # per paid minute
    attrition: F8  # leavings a position and week, at ordinary engagement
    empty_for: F8  # weeks from leaving to hiring
    attrition_factor: F8  # factor of recognition and pressure on attrition
    absence_factor: F8  # and on absence
    hiring_cost: F8  # a person hired
    frozen: I8  # 1: empty positions stay empty


TEAM = packed(TeamRow)


class RightRow(TypedDict):
    """What a team may decide under a right."""

    share: F8
    p_error: F8
    cost: F8
    limit: F8  # largest payment the team may decide; -1: any


RIGHT = packed(RightRow)


class QueueRow(TypedDict):
    """A queue: a team and a skill."""

    team: I8
    first_pool: I8  # rows of `queue_pools`
    pools: I8
    concurrent: I8
    name_hash: U8  # hash of team and skill
    skill_hash: U8  # hash of the skill alone


QUEUE = packed(QueueRow)


class PoolRow(TypedDict):
    """Agents who serve the same queues."""

    first: I8  # of `cxsim.state.state.State.beside`
    agents: I8


POOL = packed(PoolRow)


class AgentDuty(TypedDict):
    """Where and when the agent works."""

    name_hash: U8
    p_absent: F8
    start_proficiency: F8  # proficiency at the start
    team: I4
    duty: I4  # timetable of shifts, -1: not employed in this plan
    skills: I4  # how many
    known_skills: I4  # further skills, known without serving their queues; their rows follow
    first_skill: I4  # rows of `agent_queue`
    pool: I4  # agents of one pool serve the same queues; -1: not employed in this plan
    place_in_pool: I4  # among the agents of the pool
    first_break: I4
    breaks: I4


class AgentProficiency(TypedDict):
    """What the agent brings."""

    sd: F8
    newcomer: F8  # proficiency of a new person of mean talent, SD
    ceiling: F8  # where practice leads, SD
    new_skill: F8  # where a further skill begins, SD


class AgentRow(AgentDuty, AgentProficiency):
    """A position as planned."""


AGENT = in_groups(AgentDuty, AgentProficiency)


class SkillQueueRow(TypedDict):
    """One skill of an agent: its two queues."""

    queue: I8
    concurrent_queue: I8


SKILL_QUEUE = packed(SkillQueueRow)


class BreakRow(TypedDict):
    """A break in a shift."""

    after: F8
    lasts: F8
    spread: F8


BREAK = packed(BreakRow)


class TrainingRow(TypedDict):
    """A training."""

    team: I8
    starts: F8
    every: F8
    waves: I8
    hours: F8
    session: F8
    weekly_retention: F8  # share of the uplift that is left after a week
    refresher_every: F8  # minutes to the next refresher; inf: none
    refresher_hours: F8


TRAINING = packed(TrainingRow)


class PeopleRow(TypedDict):
    """Learning and engagement: one row of constants."""

    learns: I8  # 1: proficiency moves with practice
    rate: F8  # of learning, a week in full practice
    practice: F8  # minutes a week that are full practice
    forgets: F8  # rate of forgetting, a week without practice
    busy_from: F8  # occupancy
    busy_effect: F8  # relative rise of absence and attrition per unit of occupancy above it
    recent: F8  # weight of the last week in sustained occupancy


PEOPLE = packed(PeopleRow)


class ProfileRow(TypedDict):
    """A weekly profile of demand."""

    width: F8
    first: I8
    cells: I8
    weekly: I8


PROFILE = packed(ProfileRow)


class ShockRow(TypedDict):
    """A dated shock to demand."""

    reason: I8
    starts: F8
    ends: F8
    factor: F8


SHOCK = packed(ShockRow)


class BehaviourRow(TypedDict):
    """How customers behave: one row of constants."""

    p_redial: F8
    redial_after: I8
    p_recontact: F8
    recontact_after: I8
    p_complain: F8
    complaint: I8
    p_return: F8
    return_after: I8
    missed_call: I8
    chase: F8  # per minute
    chase_growth: F8  # per minute and minute since the last news
    chase_from: F8
    chase_missed: F8
    by_agent: F8
    by_process: F8
    by_customer: F8
    fcr_window: F8
    speed: F8
    resolution: F8
    misroute: F8
    courtesy: F8
    busyness_sd: F8


BEHAVIOUR = packed(BehaviourRow)


class ExperienceRow(TypedDict):
    """What trouble costs in effort, and what effort does: one row of constants."""

    contact: F8
    transfer: F8
    warm_transfer: F8
    information: F8
    channel_switch: F8
    wait: F8
    unresolved: F8
    generic: F8
    late: F8
    broken_promise: F8
    reference: F8
    loss_aversion: F8
    carry_over: F8
    fade: F8  # per minute
    p_answer: F8
    ces_cuts: Annotated[Floats, "(6,)f8"]
    nps_cuts: Annotated[Floats, "(10,)f8"]
    ces_from: F8  # where the curves of expected answers begin
    nps_from: F8
    p_extreme: F8  # response rate at the ends of the scale
    asked: F8  # chance to be asked for the relationship in a week


EXPERIENCE = packed(ExperienceRow)


class Plan(NamedTuple):
    """One organisation, ready to run; arrays are never written."""

    segments: Table
    streams: Table
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
    trainings: Table
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
    distributions: Table
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
