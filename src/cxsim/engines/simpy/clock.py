"""SimPy's environment, with events at absolute times and a total order among those of one instant."""

from __future__ import annotations

from heapq import heappush
from math import inf

from simpy import Environment, Event
from simpy.events import NORMAL, URGENT

from cxsim.engines.order import RANK_BITS

FIRST = NORMAL + 1
"""Priority of the first of our events.  SimPy's own come before: it starts processes with 0, triggers events with 1."""


class Clock(Environment):
    """The only place that touches what SimPy keeps private: its queue of events, and the value of one of ours."""

    def at(self, time: float, rank: int, key: int) -> Event:
        """An event at exactly `time`, among those of the same instant by the rank of its kind, then by key; inf: never.

        rank, key: as in `cxsim.engines.order`.  They make one integer, because SimPy compares it with its own.
        """
        return self._at(time, FIRST + (rank << RANK_BITS) + key)

    def run_before(self, until: float) -> None:
        """Run every event earlier than `until`, and none of that instant."""
        self.run(until=self._at(until, URGENT))

    def _at(self, time: float, priority: int) -> Event:
        event = Event(self)
        if time < inf:
            # not `schedule`, which takes a delay: now + (time - now) is not always `time` in floating point
            event._ok, event._value = True, None
            heappush(self._queue, (time, priority, next(self._eid), event))  # type: ignore[misc]
        return event
