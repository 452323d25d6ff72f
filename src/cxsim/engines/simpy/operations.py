"""The operations of an organisation: arrival streams, contacts and agents as SimPy processes.

A process waits until something happens to its row, lets a rule decide what that means, and finds in the row what comes
next.
"""

from __future__ import annotations

import numpy as np
from simpy import Event
from simpy.events import ProcessGenerator

from cxsim.engines.entry_points import (
    ABANDON,
    BEGIN,
    CANDIDATE,
    COME,
    COME_BACK,
    END_DELAY,
    END_HOLD,
    END_WRAP_UP,
    FINISH,
    PASS_MARK,
    READY,
    WITHDRAW,
)
from cxsim.engines.order import BACK, MARK, RANKS, STREAM
from cxsim.engines.simpy.clock import Clock
from cxsim.engines.simpy.queues import Place, Queue
from cxsim.engines.simpy.rows import Rows
from cxsim.model.agents import ANY, RESTS, SHARED_ONLY
from cxsim.state.plan.tables import Plan
from cxsim.state.state import CHASING, COMING, DELAYED, HOLDING, LEAVING, SERVED, WAITING, WRAPPING


class Operations:
    """Everybody at work between two ticks."""

    def __init__(self, plan: Plan, rows: Rows, start: float) -> None:
        self.plan, self.rows = plan, rows
        self.env = Clock(start)
        self.queues = [Queue(self.env, rows) for _ in plan.queues]
        self.free = [self.env.event() for _ in plan.roster]
        """By agent: the next time the agent is free to look for work."""
        self.skills = [
            [(int(q["queue"]), int(q["concurrent_queue"])) for q in plan.agent_queue[a["first_skill"] :][: a["skills"]]]
            for a in plan.roster
        ]
        """By agent, in order of preference: the queue of contacts served alone, and of those held several at a time."""
        self.at_once: list[int] = plan.channels["at_once"].tolist()

    def take_up(self) -> None:
        """Start a process for everything that is going on in the state."""
        for stream in range(len(self.plan.streams)):
            self.env.process(self.arrivals(stream))
        for a in range(len(self.plan.roster)):
            self.env.process(self.shifts(a))
            self.env.process(self.rest(a))
            self.env.process(self.work(a))
        for v in np.flatnonzero(self.rows.state.visits["status"]).tolist():
            self.start(v)
        self.follow_up()

    # -- arrivals ----------------------------------------------------------------------------------------------

    def arrivals(self, stream: int) -> ProcessGenerator:
        """An arrival stream: candidate after candidate; one who becomes a case makes a first contact at once."""
        while True:
            yield self.env.at(self.rows.next_at[stream], STREAM, stream)
            first_contact = self.happen(CANDIDATE, stream)
            if first_contact >= 0:
                self.start(first_contact)

    # -- contacts ----------------------------------------------------------------------------------------------

    def contact(self, v: int) -> ProcessGenerator:
        """A contact: it comes, waits for an agent or loses patience, is served, goes on to its next step.

        It begins at the stage at which row v is.  A rule ends each stage and writes the next one into the row: the
        queue of another team, a delay, a redial, a repeat.
        """
        rows = self.rows
        while True:
            status, stamp = rows.status[v], rows.stamp[v]
            if status == COMING or status == CHASING:
                yield self.due(v)
                rule = COME  # to an idle agent, else into a queue, unless it is turned away
            elif status == WAITING:
                agent_found, patience = self.join_queue(v), self.due(v)
                yield agent_found | patience
                if agent_found.triggered:
                    continue  # `work` has begun the service
                rule = ABANDON
            elif status == SERVED:
                yield self.due(v)
                rule = FINISH  # and only then the agent is free
            elif status == DELAYED:
                yield self.due(v)
                rule = END_DELAY  # documents have come in, a supplier has answered
            else:
                return  # it is over; or it is at a fork, whose last branch sets it going again
            if rows.stamp[v] != stamp:
                return  # others have ended it meanwhile, or have set it going anew: that is another process
            self.happen(rule, v)

    def join_queue(self, v: int) -> Event:
        """Visit row v joins its queue; the event that an agent is found."""
        queue: Queue = self.queues[self.rows.queue[v]]
        return queue.join(v, self.at_once[self.rows.channel[v]])

    def due(self, v: int) -> Event:
        """The instant until which visit row v does what it does now: the end of patience, service, delay."""
        return self.env.at(self.rows.due_at[v], RANKS[self.rows.status[v]], self.rows.key[v])

    def withdrawal(self, v: int) -> ProcessGenerator:
        """Patience with the whole case: the customer takes the matter elsewhere, unless it is over by then."""
        rows = self.rows
        while rows.status[v] == LEAVING:
            stamp = rows.stamp[v]
            yield self.due(v)
            if rows.stamp[v] != stamp:
                return
            self.happen(WITHDRAW, v)  # or, while somebody is at work on it, the customer looks again later

    # -- agents ------------------------------------------------------------------------------------------------

    def shifts(self, a: int) -> ProcessGenerator:
        """Agent a's shifts: one begins, unless a is absent; breaks fall due; it ends; then the next one."""
        while True:
            yield self.env.at(self.rows.mark_at[a], MARK, a)
            self.happen(PASS_MARK, a)

    def work(self, a: int) -> ProcessGenerator:
        """Agent a, whenever free, takes the break or training that is owed, else the next contact, else is idle.

        An idle agent is found by the rule of the contact that comes next (`COME`), and looks for nothing here.
        """
        while True:
            yield self.free[a]
            looking = True
            while looking:
                self.free[a] = self.env.event()  # before the rules: the contact that a takes may free a of another
                may = self.happen(READY, a)
                if may == RESTS:
                    self.env.process(self.rest(a))
                place = self.next_for(a, may) if may == ANY or may == SHARED_ONLY else None
                if place:
                    self.happen(BEGIN, place.visit, a)
                    place.agent_found.succeed(a)
                looking = place is not None and self.rows.shared[a] == 1  # holds several at a time: looks again

    def next_for(self, a: int, may: int) -> Place | None:
        """Whom agent a serves next: the first in the queues of a's skills, skill by skill; None if nobody waits there.

        may: ANY contact, or only those that are SHARED_ONLY with others in hand.
        """
        for own, shared in self.skills[a]:
            alone = self.queues[own].first() if may == ANY else None
            with_others = self.queues[shared].first()
            if with_others and self.rows.load[a] >= with_others.at_once:
                with_others = None
            if alone or with_others:
                return min(place for place in (alone, with_others) if place)
        return None

    def rest(self, a: int) -> ProcessGenerator:
        """Agent a is on a break or in training, then back, unless the shift ended first."""
        back_at = self.rows.back_at[a]
        yield self.env.at(back_at, BACK, a)
        if self.rows.back_at[a] == back_at:
            self.happen(COME_BACK, a)

    def wrap_up(self, v: int) -> ProcessGenerator:
        """After-contact work: the customer has gone on, the agent is still busy."""
        yield self.due(v)
        self.happen(END_WRAP_UP, v)

    def stay_on(self, v: int) -> ProcessGenerator:
        """The first agent of a warm transfer stays on the line until the second takes over, up to a limit."""
        yield self.due(v)
        self.happen(END_HOLD, v)

    # -- rules -------------------------------------------------------------------------------------------------

    def happen(self, what: int, row: int, other: int = 0) -> int:
        """Let a rule decide what happens now, and follow it up; its answer."""
        answer = self.rows.happen(what, row, other, self.env.now)
        self.follow_up()
        return answer

    def follow_up(self) -> None:
        """Start a process for each row that the rule has set going; let the agents it has freed look for work.

        At an instant SimPy starts processes before it triggers events, and these in their order.  So every contact
        stands in its queue before an agent looks there, and agents look one after another.
        """
        for v in self.rows.set_going():
            self.start(v)
        for a in self.rows.freed():
            self.free[a].succeed()

    def start(self, v: int) -> None:
        """Start the process of visit row v at the stage at which it is."""
        special = {WRAPPING: self.wrap_up, HOLDING: self.stay_on, LEAVING: self.withdrawal}
        self.env.process(special.get(self.rows.status[v], self.contact)(v))
