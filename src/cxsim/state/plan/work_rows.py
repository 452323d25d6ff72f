"""What a plan knows of work: steps, teams, queues, positions, training, offers."""

from __future__ import annotations

from typing import TypedDict

from cxsim.native.records import F8, I4, I8, U8, in_groups, packed


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
    target: F8  # share to be answered within it
    short_abandons: I8  # COUNTED, LEFT_OUT, MET
    counts_blocked: I8  # 1: the service level counts who is turned away
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

    first: I8  # rows of `pool_agents`
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
