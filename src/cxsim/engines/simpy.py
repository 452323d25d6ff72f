"""The model as SimPy processes: the definition of right, to be read from top to bottom.

Customers' contacts come, wait, are served and go on; agents come on duty, rest and go home; arrival streams never
end.  What happens at each of these moments is a rule (`cxsim.model`); here is only when, and who waits in which line.

Every process is bound to a row of the state and looks there what the row is doing, so it can be taken up at any row at
any time.  Simultaneous events run in a total order: (time, rank of their kind, case or agent, ordinal).
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from heapq import heappop, heappush
from typing import Any

import numpy as np
from simpy import Environment, Event

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
    happen,
)
from cxsim.engines.order import (
    BACK,
    MARGIN,
    MARK,
    RANK_BITS,
    RANKS,
    STREAM,
    Keep,
    check_full,
    hand_over,
    has_room,
    is_written_full,
)
from cxsim.model.agents import ANY, OFF, RESTS
from cxsim.native.handle import address_of, handle
from cxsim.state.plan.tables import Plan
from cxsim.state.state import (
    CALLS,
    CHASING,
    COMING,
    DELAYED,
    FREE_CASES,
    FREE_VISITS,
    FREED,
    FULL,
    HOLDING,
    LEAVING,
    LOOKED,
    SERVED,
    TRACING,
    WAITING,
    WRAPPING,
    State,
    roomier,
    world_of,
)
from cxsim.state.tally import Tally

Process = Generator[None, bool, None]


class Timer(Event):
    """An event at a known instant for a row; void once the row's stamp has moved on."""

    __slots__ = ("row", "stamp")

    def __init__(self, clock: Environment, row: int, stamp: int, then: Callable[[Any], None]) -> None:
        self.env = clock
        self.callbacks = [then]
        self._ok, self._value = True, None
        self.row, self.stamp = row, stamp


class Clock(Environment):
    """SimPy's environment with events at absolute times and one total order among simultaneous ones."""

    def __init__(self, start: float) -> None:
        super().__init__(start)
        self.time = start

    def at(self, time: float, rank: int, key: int, row: int, stamp: int, then: Callable[[Any], None]) -> None:
        """Call `then` at `time`; the order key is larger than SimPy's own priorities 0 and 1."""
        timer = Timer(self, row, stamp, then)
        heappush(self._queue, (time, (rank << RANK_BITS) + key + 2, next(self._eid), timer))  # type: ignore[misc]

    def run_before(self, until: float) -> None:
        """Run every event earlier than `until`."""
        queue = self._queue
        step = self.step
        while queue and queue[0][0] < until:
            self.time = queue[0][0]
            step()


def advance(plan: Plan, state: State, tally: Tally, start: float, until: float, keep: Keep) -> State:
    """Run every event in [start, until) and return the state (its tables may have grown; all are written in place).

    `keep` is handed the rows of trace and ledger whenever their buffers fill up.
    """
    floor = Floor(plan, state, tally, start, keep)
    floor.take_up()
    floor.clock.run_before(until)
    floor.check_room()
    return floor.state


class Floor:
    """Everyone at work between two ticks."""

    def __init__(self, plan: Plan, state: State, tally: Tally, start: float, keep: Keep) -> None:
        self.plan, self.tally, self.keep = plan, tally, keep
        self.clock = Clock(start)
        self.lines: list[list[tuple[int, float, int, int, int]]] = [[] for _ in plan.queues]
        self.processes: dict[int, Process] = {}
        self.armed: dict[int, int] = {}
        self.skills = [
            [(int(q["queue"]), int(q["concurrent_queue"])) for q in plan.agent_queue[a["first_skill"] :][: a["skills"]]]
            for a in plan.roster
        ]
        self.at_once: list[int] = plan.channels["at_once"].tolist()
        self._see(state)

    def _see(self, state: State) -> None:
        """Look at the tables of a state."""
        self.state = state
        self.handle = handle(world_of(self.plan, state, self.tally))
        self.world = address_of(self.handle)
        self.counters = _numbers(state.counters)
        self.status, self.stamp, self.due_at, self.key = (
            _numbers(state.visits[field]) for field in ("status", "stamp", "due_at", "key")
        )
        self.shared, self.freed = _numbers(state.agents["concurrent"]), _numbers(state.freed)

    def take_up(self) -> None:
        """Start a process for everything that is going on in the state, in the order of their rows."""
        for f in range(len(self.plan.streams)):
            self.expect_candidate(f)
        for a in range(len(self.plan.roster)):
            self.expect_mark(a)
            self.expect_back(a)
        for v in np.flatnonzero(self.state.visits["status"]).tolist():
            self.wake(v)
        self.settle()

    # -- demand ------------------------------------------------------------------------------------------------

    def expect_candidate(self, f: int) -> None:
        """A stream's next candidate."""
        at = float(self.state.stream_state["next_at"][f])
        if at < np.inf:
            self.clock.at(at, STREAM, f, f, 0, self.candidate)

    def candidate(self, timer: Timer) -> None:
        """A candidate arises; it may become a case, whose first contact comes at once."""
        self.check_room()
        v = happen(CANDIDATE, self.world, timer.row, 0, self.clock.time)
        self.expect_candidate(timer.row)
        if v >= 0:
            self.wake(v)
        self.settle()

    # -- visits ------------------------------------------------------------------------------------------------

    def visit(self, v: int) -> Process:
        """The life of a visit row, taken up at whatever it is doing now.

        Each `yield` lasts until the row's time has come (True), or until somebody else has changed it (False).
        """
        clock = self.clock
        while status := self.status[v]:
            if status == WAITING:
                self.join_queue(v)  # until an agent takes it, or patience is over
                if (yield):
                    happen(ABANDON, self.world, v, 0, clock.time)
            elif status == SERVED:
                if (yield):
                    happen(FINISH, self.world, v, 0, clock.time)
            elif status == COMING or status == CHASING:
                if (yield):
                    happen(COME, self.world, v, 0, clock.time)
            elif status == DELAYED:
                if (yield):
                    happen(END_DELAY, self.world, v, 0, clock.time)
            elif status == WRAPPING:
                if (yield):
                    happen(END_WRAP_UP, self.world, v, 0, clock.time)
            elif status == HOLDING:
                if (yield):
                    happen(END_HOLD, self.world, v, 0, clock.time)
            elif status == LEAVING:
                if (yield):
                    happen(WITHDRAW, self.world, v, 0, clock.time)
            else:
                yield  # its branches will wake it

    def wake(self, v: int, due: bool = False) -> None:
        """Let the process of row v go on, and set the timer of whatever it does next."""
        process = self.processes.get(v)
        if process is None:
            process = self.processes[v] = self.visit(v)
            alive = next(process, self) is None
        else:
            try:
                process.send(due)
                alive = True
            except StopIteration:
                alive = False
        if not alive:
            del self.processes[v]
            return
        stamp = self.stamp[v]
        if self.armed.get(v) != stamp:
            self.armed[v] = stamp
            due_at = self.due_at[v]
            if due_at < np.inf:
                self.clock.at(due_at, RANKS[self.status[v]], self.key[v], v, stamp, self.fall_due)

    def fall_due(self, timer: Timer) -> None:
        """A timer goes off: the row's time has come, unless it has changed since."""
        if timer.stamp == self.stamp[timer.row]:
            self.check_room()
            self.wake(timer.row, due=True)
            self.settle()

    # -- lines and agents --------------------------------------------------------------------------------------

    def join_queue(self, v: int) -> None:
        """Visit v joins its line: priority, then age (or the promise that is due first)."""
        stamp = self.stamp[v]
        if self.armed.get(v) != stamp:
            row = self.state.visits[v]
            place = (int(row["priority"]), float(row["age_at"]), int(row["key"]), v, stamp)
            heappush(self.lines[int(row["queue"])], place)

    def head(self, q: int) -> tuple[int, float, int, int, int] | None:
        """First of a line who still waits."""
        line = self.lines[q]
        while line and self.stamp[line[0][3]] != line[0][4]:
            heappop(line)
        return line[0] if line else None

    def next_for(self, a: int, may: int) -> int:
        """Visit that agent a takes next, in the order of the agent's skills; -1 if none waits."""
        for own, shared in self.skills[a]:
            alone = self.head(own) if may == ANY else None
            shared_head = self.head(shared)
            if shared_head is not None:
                channel = int(self.state.visits["channel"][shared_head[3]])
                if self.state.agents["load"][a] >= self.at_once[channel]:
                    shared_head = None
            first = min((x for x in (alone, shared_head) if x is not None), default=None)
            if first is not None:
                return first[3]
        return -1

    def release(self, a: int) -> bool:
        """Agent a looks for work: a rest that is owed comes first, then the queues.  Whether it may take one more."""
        may = happen(READY, self.world, a, 0, self.clock.time)
        if may == RESTS:
            self.expect_back(a)
        if may == RESTS or may == OFF:
            return False
        v = self.next_for(a, may)
        if v < 0:
            return False
        happen(BEGIN, self.world, v, a, self.clock.time)
        self.wake(v)
        return bool(self.shared[a])

    def expect_mark(self, a: int) -> None:
        """The next mark in an agent's shift."""
        at = float(self.state.agents["mark_at"][a])
        if at < np.inf:
            self.clock.at(at, MARK, a, a, 0, self.mark)

    def mark(self, timer: Timer) -> None:
        """A shift starts, a break is due, a shift ends."""
        self.check_room()
        happen(PASS_MARK, self.world, timer.row, 0, self.clock.time)
        self.expect_mark(timer.row)
        self.settle()

    def expect_back(self, a: int) -> None:
        """The end of a rest."""
        at = float(self.state.agents["back_at"][a])
        if at < np.inf:
            self.clock.at(at, BACK, a, a, 0, self.back)

    def back(self, timer: Timer) -> None:
        """A rest is over, unless the shift ended first."""
        if self.state.agents["back_at"][timer.row] == self.clock.time:
            self.check_room()
            happen(COME_BACK, self.world, timer.row, 0, self.clock.time)
            self.settle()

    # -- what rules leave behind -------------------------------------------------------------------------------

    def settle(self) -> None:
        """Take up the rows that a rule has set going, then let a freed agent look for work, until nothing is left."""
        counters = self.counters
        while True:
            if n := counters[CALLS]:
                rows = self.state.calls[:n].tolist()
                counters[CALLS] = 0
                for v in rows:
                    self.wake(v)
            if counters[LOOKED] == counters[FREED]:
                break
            if counters[LOOKED]:
                self.check_room()
            if not self.release(self.freed[counters[LOOKED]]):
                counters[LOOKED] += 1
        counters[FREED] = counters[LOOKED] = 0

    def check_room(self) -> None:
        """Grow tables before they fill, hand over the trace."""
        counters = self.counters
        if counters[FULL]:
            check_full(self.state)
        if counters[FREE_VISITS] < MARGIN or counters[FREE_CASES] < MARGIN:
            while not has_room(self.state):
                self._see(roomier(self.state))
        if counters[TRACING] and is_written_full(self.state):
            hand_over(self.state, self.keep)


def _numbers(values: Any) -> Any:
    """A live view of an array whose items are plain numbers, which is faster than numpy's, one at a time."""
    return memoryview(values)
