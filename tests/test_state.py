"""The state is all there is: a run that is copied, written down, grown or handed over in the middle ends the same."""

from __future__ import annotations

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from cxsim.calendars.constants import WEEK
from cxsim.engines import runs
from cxsim.organisation import read_organisation
from cxsim.state import state as states
from cxsim.state.plan import Names, names_of, plans_of
from cxsim.state.records import CASE, VISIT
from cxsim.state.state import roomier
from cxsim.state.tally import TeamColumn
from organisations import small_bank
from test_common_random_numbers import busy_bank
from worlds import Tree, both_engines, merged

BANK = Path(__file__).parent.parent / "conf" / "organisation" / "bank.yaml"
Timeline = tuple[tuple[float, Any], ...]
TICK = 0.35 * WEEK
"""An instant in the middle of everything: Wednesday 10:48."""


def changed(tree: Tree) -> Tree:
    """The busy bank with a merged step, a smaller team, a training, updates and a new right."""
    after = merged(
        tree,
        {
            "reasons": {"loan": {"promise": {"update_every": "1 d"}}},
            "moved": {"loan": {"check": "look", "decide": "look"}},
            "routes": {"loan": {"check": None, "decide": None}},
            "teams": {
                "front_line": {
                    "agents": 3,
                    "training": {
                        "talk": {
                            "starts": f"{TICK} min",
                            "uplift": {"service": 1},
                            "hours": "6 h",
                            "session": "2 h",
                            "waves": 2,
                        }
                    },
                }
            },
        },
    )
    loan = after["routes"]["loan"]
    loan["bureau"]["next"] = "look"
    loan["documents"]["next"] = "look"
    loan["look"] = {
        "team": "lending",
        "control": True,
        "needs": "loan_decision",
        "escalates_to": "approve",
        "work": {"lognormal": {"mean": "30 min", "cv": 1.0}},
        "next": {"bureau": 0.1, "tell": 0.9},
    }
    return after


def prepared(*changes: tuple[float, Tree], weeks: int = 2) -> tuple[Names, Timeline]:
    """Names and plans of a timeline of organisations."""
    seen = [(at, read_organisation(tree)) for at, tree in changes]
    names = names_of([o for _, o in seen])
    return names, plans_of(seen, names, weeks, 1)


@pytest.fixture(scope="module")
def bank() -> tuple[Names, Timeline]:
    """The busy bank, changed in the middle of the first week."""
    tree = busy_bank()
    return prepared((0.0, tree), (TICK, changed(tree)))


def begun(names: Names, timeline: Timeline, replication: int = 0, weeks: int = 2) -> runs.Run:
    return runs.start(timeline[0][1], names, 3, replication, weeks, 1, trace=True)


def assert_same(a: runs.Run, b: runs.Run) -> None:
    """Tallies, trace and ledger bit for bit."""
    for name, x, y in zip(a.tally._fields, a.tally, b.tally, strict=True):
        assert np.array_equal(x, y), name
    assert np.array_equal(a.visits(), b.visits())
    assert np.array_equal(a.entries(), b.entries())


def same_sums(a: runs.Run, b: runs.Run) -> None:
    """As `assert_same`, where integrals may have been added up in other portions."""
    for name, x, y in zip(a.tally._fields, a.tally, b.tally, strict=True):
        assert np.allclose(x, y, rtol=1e-12, atol=1e-9), name
    assert np.array_equal(a.visits(), b.visits())


def written_and_read(run: runs.Run) -> runs.Run:
    """The run after every array went through a file."""
    file = BytesIO()
    board = {} if run.board is None else {"board_" + k: v for k, v in run.board.memory._asdict().items()}
    np.savez(file, **run.state._asdict(), **{"tally_" + k: v for k, v in run.tally._asdict().items()}, **board)
    file.seek(0)
    with np.load(file) as read:
        state = type(run.state)(**{k: read[k] for k in run.state._fields})
        tally = type(run.tally)(**{k: read["tally_" + k] for k in run.tally._fields})
        sitting = None
        if run.board is not None:
            memory = type(run.board.memory)(**{k: read["board_" + k] for k in run.board.memory._fields})
            sitting = run.board.resumed(memory)
    return runs.Run(run.at, state, tally, list(run.trace), list(run.ledger), board=sitting)


@both_engines
@pytest.mark.parametrize("at", [-WEEK / 3, 0.0, 2000.0, TICK, 0.7 * WEEK, WEEK])
def test_a_copy_or_a_file_continues_like_the_run_itself(bank: tuple[Names, Timeline], engine: str, at: float) -> None:
    names, timeline = bank
    whole = runs.advance(begun(names, timeline), timeline, 2 * WEEK, engine)
    first = runs.advance(begun(names, timeline), timeline, at, engine)
    kept, filed = first.copy(), written_and_read(first)
    runs.advance(first, timeline, 2 * WEEK, engine)  # the copy must not notice
    for run in (first, kept, filed):
        if run.at < 2 * WEEK:
            runs.advance(run, timeline, 2 * WEEK, engine)
        assert_same(run, whole)


@both_engines
def test_many_stops(bank: tuple[Names, Timeline], engine: str) -> None:
    names, timeline = bank
    whole = runs.advance(begun(names, timeline), timeline, 2 * WEEK, engine)
    run = begun(names, timeline)
    for at in np.linspace(-WEEK, 2 * WEEK, 240)[1:]:
        runs.advance(run, timeline, float(at), engine)
    assert_same(run, whole)


def test_the_engines_can_take_turns(bank: tuple[Names, Timeline]) -> None:
    names, timeline = bank
    whole = runs.advance(begun(names, timeline), timeline, 2 * WEEK, "simpy")
    run = begun(names, timeline)
    for k, at in enumerate(np.linspace(-WEEK, 2 * WEEK, 40)[1:]):
        runs.advance(run, timeline, float(at), sorted(runs.ENGINES)[k % len(runs.ENGINES)])
    assert_same(run, whole)


@both_engines
def test_runs_can_take_turns(bank: tuple[Names, Timeline], engine: str) -> None:
    names, timeline = bank
    wholes = [runs.advance(begun(names, timeline, k), timeline, 2 * WEEK, engine) for k in (0, 1)]
    both = [begun(names, timeline, k) for k in (0, 1)]
    for at in np.linspace(-WEEK, 2 * WEEK, 8)[1:]:
        for run in both:
            runs.advance(run, timeline, float(at), engine)
    for run, whole in zip(both, wholes, strict=True):
        assert_same(run, whole)


@both_engines
def test_something_of_everything_is_going_on_at_the_tick(bank: tuple[Names, Timeline], engine: str) -> None:
    names, timeline = bank
    run = runs.advance(begun(names, timeline), timeline, TICK, engine)
    doing = set(run.state.visits["status"].tolist())
    for status in ("COMING", "WAITING", "SERVED", "DELAYED", "WRAPPING", "CHASING"):
        assert getattr(states, status) in doing, status
    plan = timeline[1][1]
    gone = np.flatnonzero(plan.steps["removed"])
    waiting = run.state.visits[run.state.visits["status"] == states.WAITING]
    assert np.isin(waiting["step"], gone).any(), "somebody waits at a step that is about to go"


@both_engines
def test_growing_tables_change_nothing(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names, timeline = prepared((0.0, busy_bank()))
    plain = runs.advance(begun(names, timeline), timeline, WEEK, engine)
    run = begun(names, timeline)
    runs.advance(run, timeline, 3000.0, engine)
    run.state = roomier(roomier(run.state))
    runs.advance(run, timeline, WEEK, engine)
    assert_same(run, plain)
    assert len(run.state.visits) == 4 * len(plain.state.visits)
    # and when it happens by itself, while visits are under way: start with hardly any rows
    tight = begun(names, timeline)
    tight.state = small(tight.state, 1100)
    runs.advance(tight, timeline, WEEK, engine)
    assert len(tight.state.visits) > 1100
    assert_same(tight, plain)


def small(state: states.State, rows: int) -> states.State:
    """An empty state with fewer rows."""
    counters = state.counters.copy()
    counters[states.FREE_VISITS] = counters[states.FREE_CASES] = rows
    free = np.arange(rows, dtype=np.int64)[::-1].copy()
    return state._replace(
        cases=np.zeros(rows, dtype=CASE),
        visits=np.zeros(rows, dtype=VISIT),
        passes=state.passes[:rows].copy(),
        free_visits=free,
        free_cases=free.copy(),
        counters=counters,
    )


@both_engines
def test_rows_do_not_leak(engine: str) -> None:
    # demand ends after the warm-up; eight weeks later nobody is left, and every row is free again
    tree = busy_bank()
    over = merged(tree, {"reasons": {n: {"prevented": 1} for n in ("limit", "loan")}})
    over["reasons"]["loan"]["promise"]["update_every"] = "1 d"
    names, timeline = prepared((0.0, tree), (0.0, over), weeks=8)
    run = runs.advance(begun(names, timeline, weeks=8), timeline, 8 * WEEK, engine)
    left = run.state.visits[run.state.visits["status"] > 0]
    assert len(left) <= 3, left
    assert len(run.state.cases[run.state.cases["status"] > 0]) <= 3
    assert run.state.counters[states.FREE_VISITS] + len(left) == len(run.state.visits)
    assert run.state.team_state["waiting"].sum() == 0
    assert run.state.team_state["contacts_held"].sum() == 0
    assert run.state.channel_load.sum() == 0
    assert run.state.open_cases.sum() == 0


@both_engines
def test_the_bank_continues_from_the_middle(engine: str) -> None:
    tree = yaml.safe_load(BANK.read_text("utf-8"))
    names, timeline = prepared((0.0, tree), weeks=1)
    at = 2.63 * 1440.0
    whole = runs.advance(begun(names, timeline, weeks=1), timeline, 4 * 1440.0, engine)
    first = runs.advance(begun(names, timeline, weeks=1), timeline, at, engine)
    run = written_and_read(first)
    runs.advance(run, timeline, 4 * 1440.0, engine)
    assert_same(run, whole)
    assert len(whole.visits()) > 5000


PLAIN = """
import sys, numpy as np
sys.path[:0] = {path!r}
from test_state import begun, prepared, small_bank, merged
from cxsim.native import compiling
from cxsim.engines import runs
assert compiling.ENABLED is {compiled}
tree = merged(small_bank(), {{"channels": {{"phone": {{"patience": {{"exponential": {{"mean": "1 min"}}}}}}}}}})
tree["reasons"]["limit"]["cases"] = {{"everyday": 40, "affluent": 80}}
tree["reasons"]["loan"]["cases"] = {{"everyday": 2, "affluent": 3}}
names, timeline = prepared((0.0, tree), weeks=1)
run = runs.advance(begun(names, timeline, weeks=1), timeline, {until}, {engine!r})
runs.finish(run, timeline)
np.savez({out!r}, visits=run.visits(), entries=run.entries(), **run.tally._asdict())
"""


def test_without_compilation_the_numbers_are_the_same(tmp_path: Path) -> None:
    results = []
    here = Path(__file__).parent
    for engine in sorted(runs.ENGINES):
        for plain in ("0", "1"):
            out = tmp_path / f"{engine}{plain}.npz"
            code = PLAIN.format(
                path=[str(here), str(here.parent / "src")],
                until=2 * 1440.0,
                engine=engine,
                out=str(out),
                compiled=plain == "0",
            )
            subprocess.run(
                [sys.executable, "-W", "error", "-c", code], check=True, env={**os.environ, "NUMBA_DISABLE_JIT": plain}
            )
            with np.load(out) as read:
                results.append({k: read[k] for k in read.files})
    assert len(results[0]["visits"]) > 500
    for other in results[1:]:
        for name, values in results[0].items():
            assert np.array_equal(values, other[name]), name


@both_engines
def test_paid_and_busy_time_do_not_depend_on_where_a_run_stops(engine: str) -> None:
    names, timeline = prepared((0.0, small_bank()), weeks=1)
    whole = runs.finish(runs.advance(begun(names, timeline, weeks=1), timeline, WEEK, engine), timeline)
    half = begun(names, timeline, weeks=1)
    for at in (0.4 * WEEK, WEEK):
        runs.advance(half, timeline, at, engine)
    runs.finish(half, timeline)
    same_sums(half, whole)
    # 6 front line agents: 4 early and 2 late, 8 hours on five days; lending 2 and the board 1 likewise
    assert whole.tally.team_sums[-1, :, TeamColumn.PAID].tolist() == [6 * 2400.0, 2 * 2400.0, 2400.0]
