"""The world as rules see it: plan, state and tally side by side, every table with the fields of its rows.

A `Protocol`, read by mypy alone: at run time the world is a handle (`cxsim.native.handle`) or a named tuple of arrays.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cxsim.calendars.calendar import DayRow
from cxsim.calendars.timetables import SpanRow, TimetableRow
from cxsim.native.records import Floats, Grid, Ints, Rows
from cxsim.probability.quantiles import DistributionRow
from cxsim.state.plan import customer_rows, work_rows
from cxsim.state.plan.loyalty import LoyaltyRow
from cxsim.state.plan.recovery import RecoveryRow
from cxsim.state.plan.work_rows import StepRow
from cxsim.state.positions import AgentState, SkillState, TeamState
from cxsim.state.records import Case, Customer, LedgerRow, Moment, StreamState, TraceRow, Visit


class World(Protocol):
    """What every rule is given.  Rows of the plan are read, rows of the state and the tallies are written in place."""

    # the plan
    segments: Rows[customer_rows.SegmentRow]
    streams: Rows[customer_rows.StreamRow]
    reasons: Rows[customer_rows.ReasonRow]
    channels: Rows[customer_rows.ChannelRow]
    entrances: Ints
    steps: Rows[StepRow]
    edges: Rows[work_rows.EdgeRow]
    edge_p: Floats
    branches: Ints
    mix: Floats
    teams: Rows[work_rows.TeamRow]
    rights: Grid[work_rows.RightRow]
    queues: Rows[work_rows.QueueRow]
    queue_pools: Ints
    pools: Rows[work_rows.PoolRow]
    pool_agents: Ints
    roster: Rows[work_rows.AgentRow]
    agent_queue: Rows[work_rows.SkillQueueRow]
    breaks: Rows[work_rows.BreakRow]
    trainings: Rows[work_rows.TrainingRow]
    uplift: Floats
    profiles: Rows[customer_rows.ProfileRow]
    profile_cells: Floats
    shocks: Rows[customer_rows.ShockRow]
    behaviour: Rows[customer_rows.BehaviourRow]
    experience: Rows[customer_rows.ExperienceRow]
    ces_curves: Floats
    nps_curves: Floats
    leaving_curve: Floats
    distributions: Rows[DistributionRow]
    grid: Floats
    timetables: Rows[TimetableRow]
    spans: Rows[SpanRow]
    days: Rows[DayRow]
    day_factor: Floats
    loyalty: Rows[LoyaltyRow]
    people: Rows[work_rows.PeopleRow]
    offers: Rows[work_rows.OfferRow]
    sales: Rows[work_rows.SalesRow]
    recovery: Rows[RecoveryRow]
    # the state
    cases: Rows[Case]
    visits: Rows[Visit]
    new_case: Rows[Case]
    new_visit: Rows[Visit]
    agents: Rows[AgentState]
    team_state: Rows[TeamState]
    idle_first: Ints
    idle_last: Ints
    queue_length: Ints
    channel_load: Ints
    stream_state: Rows[StreamState]
    customers: Rows[Customer]
    open_cases: NDArray[np.int32]
    free_slots: NDArray[np.int32]
    passes: NDArray[np.uint16]
    skill_state: Grid[SkillState]
    busyness: Floats
    free_visits: Ints
    free_cases: Ints
    calls: Ints
    freed: Ints
    counters: Ints
    moments: Rows[Moment]
    key: NDArray[np.uint64]
    round_keys: NDArray[np.uint64]
    trace: Rows[TraceRow]
    ledger: Rows[LedgerRow]
    trained: Floats
    # the tallies
    case_sums: Floats
    contact_sums: Floats
    step_sums: Floats
    team_sums: Floats
    hour_sums: Floats
    cause_sums: Floats
    effort_sums: Floats
    wait_bins: Floats
    relationship: Floats
    latent_bins: Floats
    loyalty_sums: Floats
    skill_sums: Floats
    recovery_sums: Floats
    sale_sums: Floats
