"""Queues: contacts that wait for an agent, by priority, then by age or by what is due first."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import NamedTuple

from simpy import Environment, Event

from cxsim.engines.simpy.rows import Rows


class Place(NamedTuple):
    """A contact's place in a queue; the smallest is first."""

    priority: int
    age_at: float
    """Since when the contact counts as waiting, or by when it is due: whichever its team goes by."""
    key: int
    """Of the row: no two places are equal up to here."""
    visit: int
    stamp: int
    """The row's.  It has another one by now: the contact is no longer in the queue."""
    at_once: int
    """How many contacts of its channel an agent can hold at a time."""
    agent_found: Event
    """Triggered when an agent has taken the contact; its value is the agent."""


class Queue:
    """A queue of one skill.

    It is not a SimPy store, because an agent looks at the first of several queues before taking a contact from one.
    """

    def __init__(self, env: Environment, rows: Rows) -> None:
        self.env, self.rows = env, rows
        self.places: list[Place] = []

    def join(self, v: int, at_once: int) -> Event:
        """Visit row v joins the queue; the event that an agent is found for it."""
        rows, agent_found = self.rows, self.env.event()
        place = Place(rows.priority[v], rows.age_at[v], rows.key[v], v, rows.stamp[v], at_once, agent_found)
        heappush(self.places, place)
        return agent_found

    def first(self) -> Place | None:
        """The first who waits."""
        places, stamp = self.places, self.rows.stamp
        while places and stamp[places[0].visit] != places[0].stamp:
            heappop(places)  # taken, abandoned or withdrawn
        return places[0] if places else None
