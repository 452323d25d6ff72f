"""What is known of a step: the fields of its row in `Plan.steps`."""

from __future__ import annotations

from typing import TypedDict

from cxsim.native.records import F8, I4, U8, in_groups


class StepVisitors(TypedDict):
    """Who comes to it."""

    name_hash: U8
    sla: F8  # inf: none
    batch: F8  # interval at which gathered work is begun; 0: at once
    p_error: F8  # chance of an error that nobody notices there
    kind: I4
    removed: I4  # 1: no longer exists in this plan
    team: I4
    skill: I4
    queue: I4  # queue of contacts that want an agent alone
    own_priority: I4  # 1: `priority` overrides the reason's
    news: I4
    onward: I4  # edge that every visit takes from here, -1: it depends


class StepWork(TypedDict):
    """What is done there."""

    sells: F8
    p_offer: F8  # chance of an offer at the end, at the team's pressure
    p_generic: F8
    p_resolves: F8
    work: I4
    outbound: I4  # 1: we call
    asks_again: I4
    customers_own: I4  # 1: the delay is the customer's, promises pause
    decision_right: I4  # decision right wanted, -1: none
    wrap: I4  # distribution, -1: none
    first_edge: I4
    edges: I4


class StepSpecial(TypedDict):
    """What only some steps have."""

    p_reached: F8
    p_self_service: F8  # self-service
    concurrent_queue: I4  # queue of contacts an agent can hold at the same time as others, -1: none
    delay: I4
    delay_clock: I4
    takes: I4
    falls_back_to: I4
    fallback_channel: I4
    sla_clock: I4
    batch_clock: I4
    attempt: I4
    tries: I4
    retry_after: I4
    priority: I4


class StepRest(TypedDict):
    """What is seldom looked at."""

    mean_work: F8
    route: I4
    escalates_to: I4
    join: I4
    first_branch: I4
    branches: I4
    department: I4
    successor: I4  # step that took its work over


class StepRow(StepVisitors, StepWork, StepSpecial, StepRest):
    """A step of a route."""


STEP = in_groups(StepVisitors, StepWork, StepSpecial, StepRest)
