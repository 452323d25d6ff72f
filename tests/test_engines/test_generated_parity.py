"""Equality of the engines: over generated organisations with generated changes of plan, all results are the same bits.

Each organisation runs four times: in either engine alone, from SimPy's state in the middle on compiled, and in turns.
How many organisations really had something to do with each feature is counted from what happened in them; one that
none of them exercised is a fault of this test.

    pytest tests/test_engines/test_generated_parity.py --organisations=5000 --seed=random
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from accounts import money_adds_up
from conftest import PARITY
from conservation import conserved
from cxsim.calendars.constants import WEEK
from cxsim.engines import runs
from cxsim.engines.board import Plans, names_with
from cxsim.engines.entry_points import BEGIN_WORLD
from cxsim.engines.order import BUFFER
from cxsim.measures.reading import Reading
from cxsim.native.compiling import ENABLED
from cxsim.scenario import timeline
from cxsim.state.plan import Names, Plan, plans_of
from cxsim.state.records import LEDGER, TRACE
from cxsim.state.state import SCRATCH, copy_of, empty_state
from cxsim.state.tally import empty_tally
from generated_features import EXPECTED, FEATURES, ROWS, Lived, exercised
from generated_scenarios import Generated, Refused, worlds
from observed import Observed
from test_state import small, written_and_read

ENOUGH = 400
"""Organisations from which on every feature is expected to have come up."""
MORE = 4
"""Times as many as were asked for are tried, until every feature has come up."""
RARE, RARELY = {"SaleColumn: KEPT"}, 800
"""Comes up about once in so many organisations, and is expected of as many only; by hand in test_pressure.py."""
OFTEN = BUFFER + 256
"""Rows of the trace's buffer: it is handed over whenever 256 of them are written."""
TURNS = 9
"""How often the engines hand over to each other in the last of the four runs."""
PASSING = ("trace", "ledger", *SCRATCH)
"""Parts of the state with nothing in them between two events; what they held has been compared, or worked through."""


@dataclass
class Seen:
    """What was done and found."""

    seed_given: str = "fixed"
    organisations: int = 0
    visits: int = 0
    entries: int = 0
    differences: int = 0
    features: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        counted = [(n, name) for name, n in self.features.items() if n]
        rarest = f"; rarest feature: {min(counted)[1]} ({min(counted)[0]})" if counted else ""
        return (
            f"generated organisations (--seed={self.seed_given}): {self.organisations:,}; visits compared: "
            f"{self.visits:,}, effort entries: {self.entries:,}; differences: {self.differences}; interventions left "
            f"out: {Refused.refused} of {Refused.proposed}{rarest}"
        )


def begun(plan: Plan, names: Names, seed: int, at: float) -> runs.Run:
    """A run that begins at an instant, small enough for its tables to grow and its trace to be handed over."""
    weeks_before = -int(at // WEEK)
    state = small(empty_state(plan, names, seed, 0, weeks_before, trace=True), ROWS)
    state = state._replace(trace=np.zeros(OFTEN, dtype=TRACE), ledger=np.zeros(OFTEN, dtype=LEDGER))
    tally = empty_tally(names, 3)
    with np.errstate(over="ignore"):
        runs.tick(BEGIN_WORLD, plan, state, tally, at)
    return runs.Run(at, state, tally)


def compared(made: Generated) -> Lived:
    """Run an organisation in both engines, and in turns; every difference is a fault."""
    before, scenario = made.read()
    now = timeline(before, scenario)
    dated = [(0.0, before), *((at, o) for at, o in now if o is not before)]
    everything = [o for _, o in dated]
    names = names_with(everything, [] if scenario.board is None else [(scenario.board, everything)])
    weeks = max(2, int(made.ends // WEEK) + 1)
    plans = plans_of(dated, names, weeks, 1)
    simpy, compiled = (begun(plans[0][1], names, made.seed, made.begins) for _ in range(2))
    if scenario.board is not None:
        board = Plans(scenario.board, names, [(-np.inf, before), *dated[1:]], plans[0][1], weeks, 1)
        simpy.convene(board)
        compiled.convene(board)
    first = copy_of(simpy.state)
    runs.advance(simpy, plans, made.stop, "simpy")
    runs.advance(compiled, plans, made.stop, "compiled")
    assert_equal(simpy, compiled, "up to the middle")
    middle = simpy.copy()
    swapped = written_and_read(simpy), written_and_read(compiled)
    both = zip((simpy, compiled, swapped[0]), ("simpy", "compiled", "compiled"), strict=True)
    ends = [runs.advance(run, plans, made.ends, engine) for run, engine in both]
    doing = set(middle.state.visits["status"].tolist())
    for k, at in enumerate(np.linspace(made.stop, made.ends, TURNS + 1)[1:]):
        runs.advance(swapped[1], plans, float(at), ("simpy", "compiled")[k % 2])
        doing |= set(swapped[1].state.visits["status"].tolist())
    for other, how in zip(ends[1:], ("compiled", "SimPy then compiled"), strict=True):
        assert_equal(simpy, other, how)
    assert_equal(simpy, swapped[1], "in turns")
    for run in ends[:2]:
        runs.finish(run, plans)
    assert_equal(simpy, compiled, "finished")
    plans = tuple(simpy.under(plans))
    conserved(Observed(names, simpy, plans))
    money_adds_up(Reading(simpy.tally, names, plans, now[-1][1], len(simpy.tally.case_sums) - 1, 1))
    return Lived(made, before, scenario, now, names, plans, first, middle, frozenset(doing), simpy)


def assert_equal(a: runs.Run, b: runs.Run, how: str) -> None:
    """Trace, ledger, tallies and state are the same bits."""
    found = list(differences(a, b))
    assert not found, f"{how}: {found}"


def differences(a: runs.Run, b: runs.Run) -> Iterator[str]:
    """Where two runs part."""
    for what, x, y in (("visit", a.visits(), b.visits()), ("entry", a.entries(), b.entries())):
        n = min(len(x), len(y))
        parts = np.flatnonzero(x[:n] != y[:n])
        if len(parts) or len(x) != len(y):
            k = int(parts[0]) if len(parts) else n
            yield f"{what} {k}: {x[k : k + 1].tolist()} and {y[k : k + 1].tolist()}, of {len(x)} and {len(y)}"
    parts = [("tally", a.tally, b.tally), ("state", a.state, b.state)]
    parts += [] if a.board is None or b.board is None else [("board", a.board.memory, b.board.memory)]
    for part, x, y in parts:
        for name in x._fields:
            if name not in PASSING:
                yield from _unequal(f"{part} {name}", getattr(x, name), getattr(y, name))


def _unequal(name: str, x: Any, y: Any) -> Iterator[str]:
    if x.dtype.names is not None and x.shape == y.shape:
        for column in x.dtype.names:
            yield from _unequal(f"{name}.{column}", x[column], y[column])
    elif not np.array_equal(x, y, equal_nan=x.dtype.kind == "f"):
        yield (
            f"{name}: {x.shape} {x[x != y][:3]} and {y.shape} {y[x != y][:3]}"
            if x.shape == y.shape
            else (f"{name}: {x.shape} and {y.shape}")
        )


def test_the_engines_agree_on_generated_organisations(pytestconfig: pytest.Config) -> None:
    many: int = pytestconfig.getoption("organisations") or (ENOUGH if ENABLED else 10)
    seed_given: str = pytestconfig.getoption("seed")
    seen = pytestconfig.stash[PARITY] = Seen()

    @settings(
        max_examples=many,
        deadline=None,
        database=None,
        derandomize=seed_given == "fixed",
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(worlds())
    def check(made: Generated) -> None:
        try:
            lived = compared(made)
        except BaseException:
            seen.differences += 1
            raise
        seen.organisations += 1
        seen.visits += len(lived.run.visits())
        seen.entries += len(lived.run.entries())
        seen.features.update(exercised(lived))

    if seed_given != "fixed":
        number = secrets.randbits(32) if seed_given == "random" else int(seed_given)
        seen.seed_given = str(number)
        check = seeded(number)(check)
    check()
    wanted = (EXPECTED | set(FEATURES)) - (RARE if many < RARELY else set())
    for more in range(1, MORE if many >= ENOUGH else 0):  # what is rare may need more of them
        if wanted <= set(seen.features):
            break
        seeded(more)(check)()
    missing = sorted(wanted - set(seen.features))
    assert many < ENOUGH or not missing, f"no generated organisation had anything to do with: {missing}"
