"""So many rows that tables do not fit the caches: the compiled engine agrees with the SimPy engine."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parents[2]))  # the benchmarks are not part of the package

from benchmarks.growth import larger
from benchmarks.models import organisation_of

import cxsim
from cxsim.calendars.constants import WEEK
from cxsim.engines import runs
from cxsim.organisation import Organisation
from cxsim.state.plan import names_of, plans_of
from worlds import of_compiled_code

pytestmark = of_compiled_code


def run(organisation: Organisation, engine: str, weeks: float) -> runs.Run:
    names = names_of([organisation])
    plans = plans_of(((float("-inf"), organisation),), names, 1, 0)
    started = runs.start(plans[0][1], names, 1, 0, 1, 0, trace=True)
    return runs.finish(runs.advance(started, plans, weeks * WEEK, engine), plans)


@pytest.mark.parametrize(("name", "times", "weeks"), [("contact_centre", 60, 0.1), ("bank", 20, 0.4)])
def test_engines_agree_where_rows_are_many(name: str, times: int, weeks: float) -> None:
    own = cxsim.load_organisation("bank") if name == "bank" else organisation_of(name)
    ours, theirs = (run(larger(own, times), engine, weeks) for engine in ("compiled", "simpy"))
    for a, b in zip(ours.tally, theirs.tally, strict=True):
        assert np.array_equal(a, b)
    assert np.array_equal(ours.visits(), theirs.visits())
    assert np.array_equal(ours.entries(), theirs.entries())
    assert len(ours.visits()) > 30_000
