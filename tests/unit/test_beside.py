"""Who takes a contact next to those in hand: the tree against a plain search through all agents of the pool."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim.model.concurrent import enter_beside, least_loaded, leave_beside
from cxsim.native.layout import aligned
from cxsim.state.plan.work_rows import AGENT, POOL
from cxsim.state.positions import AGENT_STATE

Floor = namedtuple("Floor", "roster agents pools beside")


@settings(deadline=None, max_examples=200)
@given(st.data(), st.lists(st.integers(1, 7), min_size=1, max_size=2))
def test_the_winner_is_the_least_loaded_then_who_is_taken_first_of_idle_ones(
    data: st.DataObject, crowds: list[int]
) -> None:
    n = sum(crowds)
    roster, agents = aligned(n + 1, AGENT), aligned(n + 1, AGENT_STATE)
    pool_of = data.draw(st.permutations(np.repeat(np.arange(len(crowds)), crowds).tolist()))
    roster["pool"] = [*pool_of, -1]  # the last one has no work in this plan
    roster["skills"] = [1 + pool for pool in roster["pool"]]
    for pool in range(len(crowds)):
        roster["place_in_pool"][roster["pool"] == pool] = np.arange(crowds[pool])
    pools = np.array([(2 * sum(crowds[:k]), crowds[k]) for k in range(len(crowds))], dtype=POOL)
    floor = Floor(roster, agents, pools, np.full(2 * n, -1))
    resting_soon: set[int] = set()
    for _ in range(data.draw(st.integers(1, 40))):
        a = data.draw(st.integers(0, n))
        if data.draw(st.integers(0, 4)) == 0:
            leave_beside(floor, a)
            resting_soon.add(a)
        else:
            agents[a]["load"] = data.draw(st.integers(0, 3))
            agents[a]["concurrent"] = data.draw(st.sampled_from([1, 1, 1, 0]))
            agents[a]["on_duty"] = data.draw(st.sampled_from([1, 1, 1, 0]))
            agents[a]["resting"] = data.draw(st.sampled_from([0, 0, 0, 1]))
            agents[a]["idle_since"] = data.draw(st.sampled_from([0.0, 1.0, 2.0]))
            enter_beside(floor, a)
            resting_soon.discard(a)
        for pool in range(len(crowds)):
            able = [
                (agents[b]["load"], agents[b]["idle_since"], b)
                for b in range(n)
                if roster[b]["pool"] == pool and agents[b]["load"] > 0 and agents[b]["concurrent"] == 1
                if agents[b]["on_duty"] == 1 and agents[b]["resting"] == 0 and b not in resting_soon
            ]
            assert least_loaded(floor, pool) == (min(able)[2] if able else -1)
