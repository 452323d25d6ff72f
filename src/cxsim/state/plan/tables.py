"""The organisation as tables of numbers: what an engine reads while it runs, and never writes.

Every row stands for a name; names keep their row in all plans of a study (`cxsim.state.plan.names`).  Times are
minutes, ``-1`` in an index column means "none", ``inf`` in a time column means "never".
"""

from __future__ import annotations

from typing import NamedTuple

from cxsim.native.records import Floats, Ints, Table

PRESENT, ABSENT, SELF = 0, 1, 2  # presence of a channel
WORK, DELAY, SELF_SERVICE, FORK = 0, 1, 2, 3  # kinds of a step
NORMAL, REWORK, MISROUTE, ESCALATION = 0, 1, 2, 3  # kinds of an edge
NO_TRANSFER, COLD, WARM = 0, 1, 2  # transfers
BY_AGE, BY_DUE, BY_TARGET = 0, 1, 2  # order of a team's queues after priority
COUNTED, LEFT_OUT, MET = 0, 1, 2  # who abandons within the standard, in its service level
WORKING_TIME, ALWAYS = 0, 1  # rows that every plan has in its timetables


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
    pool_agents: Ints
    """Agents of each pool, end to end."""
    roster: Table
    """One row of `AGENT` per agent."""
    agent_queue: Table
    breaks: Table
    trainings: Table
    uplift: Floats
    """[training, skill] proficiency gained, SD."""
    profiles: Table
    profile_cells: Floats
    shocks: Table
    behaviour: Table
    experience: Table
    ces_curves: Floats
    """Expected answers on how easy it was, over minus the effort (`cxsim.probability.ordered_probit`)."""
    nps_curves: Floats
    """Expected answers to the 0-10 question, over the latent level."""
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
