"""The model as a SimPy model: the definition of right.

Read `operations` from top to bottom.  An arrival stream yields candidates; a contact comes, waits for an agent or
loses patience, is served and goes on; an agent's shifts begin and end, and whenever free the agent takes a rest that
is owed, or the next contact.  All of them are SimPy processes that wait for SimPy events.

What follows from an event is decided by a rule of `cxsim.model`, which writes it into the state.  A process holds
nothing that matters: it is bound to a row of the state and begins at the stage at which it finds the row, so a state
can be taken up at any tick.

Three small modules serve the processes: `clock` (events at absolute times, and the order of simultaneous ones),
`queues` (who waits for an agent), `rows` (the state, and the rules that change it).
"""

from __future__ import annotations

from cxsim.engines.order import Keep
from cxsim.engines.simpy.operations import Operations
from cxsim.engines.simpy.rows import Rows
from cxsim.state.plan.tables import Plan
from cxsim.state.state import State
from cxsim.state.tally import Tally


def advance(plan: Plan, state: State, tally: Tally, start: float, until: float, keep: Keep) -> State:
    """Run every event in [start, until) and return the state (its tables may have grown; all are written in place).

    `keep` is handed the rows of trace and ledger whenever their buffers fill up.
    """
    rows = Rows(plan, state, tally, keep)
    operations = Operations(plan, rows, start)
    operations.take_up()
    operations.env.run_before(until)
    rows.make_room()
    return rows.state
