"""What processes see of the state: columns of the rows they are bound to, and the rules that change them."""

from __future__ import annotations

from typing import Any

from cxsim.engines.entry_points import happen
from cxsim.engines.order import MARGIN, Keep, check_full, hand_over, has_room, is_written_full
from cxsim.native.handle import address_of, handle
from cxsim.native.records import Ints
from cxsim.state.plan.tables import Plan
from cxsim.state.state import CALLS, FREE_CASES, FREE_VISITS, FREED, FULL, TRACING, State, roomier, world_of
from cxsim.state.tally import Tally


class Rows:
    """Columns of the state; whatever a rule writes is seen at once."""

    def __init__(self, plan: Plan, state: State, tally: Tally, keep: Keep) -> None:
        self.plan, self.tally, self.keep = plan, tally, keep
        self._see(state)

    def _see(self, state: State) -> None:
        """Look at the tables of a state."""
        self.state = state
        self.handle = handle(world_of(self.plan, state, self.tally))
        self.world = address_of(self.handle)
        self.counters = _numbers(state.counters)
        self.status, self.stamp, self.due_at, self.key, self.queue, self.priority, self.age_at, self.channel = (
            _numbers(state.visits[column])
            for column in ("status", "stamp", "due_at", "key", "queue", "priority", "age_at", "channel")
        )
        self.mark_at, self.back_at, self.load, self.shared = (
            _numbers(state.agents[column]) for column in ("mark_at", "back_at", "load", "concurrent")
        )
        self.next_at = _numbers(state.stream_state["next_at"])

    def happen(self, what: int, row: int, other: int, now: float) -> int:
        """Let a rule decide what happens to a row (see `cxsim.engines.entry_points`), and return its answer."""
        self.make_room()
        return happen(what, self.world, row, other, now)

    def set_going(self) -> list[int]:
        """Visit rows, each once, that the latest rule has set going, or has given something else to do."""
        return list(dict.fromkeys(self._handed_over(CALLS, self.state.calls))) if self.counters[CALLS] else []

    def freed(self) -> list[int]:
        """Agents whom the latest rule has freed, in the order in which they look for work."""
        return self._handed_over(FREED, self.state.freed) if self.counters[FREED] else []

    def _handed_over(self, counter: int, rows: Ints) -> list[int]:
        handed: list[int] = rows[: self.counters[counter]].tolist()
        self.counters[counter] = 0
        return handed

    def make_room(self) -> None:
        """Grow tables before they are full, hand over the trace."""
        counters = self.counters
        if counters[FULL]:
            check_full(self.state)
        if counters[FREE_VISITS] < MARGIN or counters[FREE_CASES] < MARGIN:
            while not has_room(self.state):
                self._see(roomier(self.state))
        if counters[TRACING] and is_written_full(self.state):
            hand_over(self.state, self.keep)


def _numbers(values: Any) -> Any:
    """A live view of an array whose items are plain numbers: with numpy's own, SimPy's queue is slow."""
    return memoryview(values)
