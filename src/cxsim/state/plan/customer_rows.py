"""What a plan knows of customers: segments, arrival streams, reasons, channels, behaviour, experience."""

from __future__ import annotations

from typing import Annotated, TypedDict

from cxsim.native.records import F8, I8, U8, Floats, packed


class SegmentRow(TypedDict):
    """A segment of customers."""

    slots: I8  # for customers, each with one customer at a time, or none
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
    rate: F8  # candidates per minute before profile, day, shocks; with a distribution of gaps: as a share of it; 0: off
    profile: I8  # -1: even
    gap_distribution: I8  # interarrival distribution, -1: Poisson
    dropped: F8  # probability that a candidate is dropped
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
    call_back_within: F8  # minutes within which a call back is promised; inf: no promise
    cost: F8


CHANNEL = packed(ChannelRow)


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
