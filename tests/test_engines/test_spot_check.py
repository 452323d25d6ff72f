"""The window that is replayed in SimPy: whatever differs between the engines is found, and reported with its place."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cxsim.engines import runs
from cxsim.engines.order import Keep
from cxsim.engines.spot_check import spot_check
from cxsim.files.problems import EnginesDisagreeError
from cxsim.state.plan import Plan
from cxsim.state.state import LEDGERED, TRACED, TRACING, State
from cxsim.state.tally import Tally
from worlds import DAY, merged, prepared, tiny

BEFORE = tiny(
    {"a": "7 min", "b": {"exponential": {"mean": "9 min"}}}, {"answer": {"work": {"exponential": {"mean": "3 min"}}}}
)
AFTER = merged(BEFORE, {"teams": {"desk": {"agents": 2}}})
NAMES, TIMELINE = prepared([(0.0, BEFORE), (3 * DAY, AFTER)], 1, 1)
END = 6 * DAY
Spoil = Callable[[State, Tally], None]


def spoiled(monkeypatch: pytest.MonkeyPatch, spoil: Spoil) -> None:
    """The SimPy engine with something else in the state or the tally at the end of the window."""
    real = runs.ENGINES["simpy"]

    def advance(plan: Plan, state: State, tally: Tally, start: float, until: float, keep: Keep) -> State:
        after = real(plan, state, tally, start, until, keep)
        assert after.counters[TRACING] == 1
        if until == END:
            spoil(after, tally)
        return after

    monkeypatch.setitem(runs.ENGINES, "simpy", advance)


def test_nothing_differs() -> None:
    found = spot_check(TIMELINE, NAMES, 1, 1, 1)
    assert found.visits > 500
    assert (found.begins, found.ends) == (DAY, END)
    assert str(found).endswith("of 5 days around the change of plan, replayed with SimPy: identical")


def later(state: State, tally: Tally) -> None:
    state.trace["ended_at"][3] = np.nextafter(state.trace["ended_at"][3], np.inf)


def missing(state: State, tally: Tally) -> None:
    state.counters[TRACED] -= 1


def one_more(state: State, tally: Tally) -> None:
    state.counters[TRACED] += 1  # a row that nobody has written


def heavier(state: State, tally: Tally) -> None:
    assert state.counters[LEDGERED] > 5
    state.ledger["effort"][5] += 1e-12


def miscounted(state: State, tally: Tally) -> None:
    tally.step_sums[0, 0, 0] += 1.0


def elsewhere(state: State, tally: Tally) -> None:
    state.customers["relationship"][0] += 1e-12


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (later, ("part at visit ", "case all/", "step r.answer", "ended_at: ", "in compiled", "in simpy")),
        (missing, ("part at visit ", "simpy has no such visit", "case all/")),
        (one_more, ("part at visit ", "compiled has no such visit", "case 0/0")),
        (heavier, ("part at effort entry ", "case all/", "effort: ")),
        (miscounted, ("tally 'step_sums'",)),
        (elsewhere, ("state 'customers'",)),
    ],
)
def test_whatever_differs_is_reported(spoil: Spoil, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    spoiled(monkeypatch, spoil)
    with pytest.raises(EnginesDisagreeError) as found:
        spot_check(TIMELINE, NAMES, 1, 1, 1)
    assert all(word in str(found.value) for word in words), str(found.value)


COMMAND = """
import sys
from cxsim.engines import runs
from cxsim.__main__ import main
real = runs.ENGINES["simpy"]
def advance(*given):
    after = real(*given)
    after.trace["ended_at"][3] += 1e-9
    return after
runs.ENGINES["simpy"] = advance
sys.exit(main(sys.argv[1:]))
"""


def test_the_command_reports_it_and_writes_nothing(tmp_path: Path) -> None:
    words = ["scenario=redesign", "study.replications=2", "study.weeks=2", "study.warm_up_weeks=1"]
    code = [sys.executable, "-c", COMMAND, *words, f"output={tmp_path}"]
    done = subprocess.run(code, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1, done.stderr
    assert "cxsim: the engines part at visit 3 of the window" in done.stderr
    assert "a fault of cxsim" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.rglob("*.csv")) == []
