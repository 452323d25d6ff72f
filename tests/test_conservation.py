"""Nothing is lost and all money adds up in the bank, under every scenario that comes with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from accounts import money_adds_up
from conservation import conserved
from cxsim import load_organisation, load_scenario
from cxsim.calendars.constants import WEEK
from cxsim.engines import runs
from cxsim.engines.board import Plans, names_with
from cxsim.measures.reading import Reading
from cxsim.scenario import timeline
from cxsim.state.plan import plans_of
from observed import Observed

BANK = load_organisation("bank")
SCENARIOS = sorted(path.stem for path in (Path(__file__).parent.parent / "scenarios").glob("*.yaml"))
WEEKS = 6


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_bank_under_a_scenario(name: str) -> None:
    scenario = load_scenario(name, BANK)
    dated = [(0.0, BANK), *((at, o) for at, o in timeline(BANK, scenario) if o is not BANK and at < WEEKS * WEEK)]
    everything = [o for _, o in dated]
    names = names_with(everything, [] if scenario.board is None else [(scenario.board, everything)])
    plans = plans_of(dated, names, WEEKS, 1)
    run = runs.start(plans[0][1], names, 11, 0, WEEKS, 1, trace=True)
    if scenario.board is not None:
        run.convene(Plans(scenario.board, names, [(-np.inf, BANK), *dated[1:]], plans[0][1], WEEKS, 1))
    runs.finish(runs.advance(run, plans, WEEKS * WEEK, "compiled"), plans)
    seen = Observed(names, run, tuple(run.under(plans)))
    conserved(seen)
    money_adds_up(Reading(run.tally, names, seen.timeline, everything[-1], WEEKS, 1, 1))
