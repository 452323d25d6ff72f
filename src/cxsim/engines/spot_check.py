"""Trust, but look: a window of a run is replayed by the SimPy engine and compared event by event.

The compiled engine runs up to the window; from its state both engines go on through a change of plan.  Visits, effort
entries, sums and the state at the end have to be the same bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim.calendars.constants import DAY, WEEK
from cxsim.engines.board import Plans
from cxsim.engines.runs import Run, Timeline, advance, start
from cxsim.files.problems import EnginesDisagreeError
from cxsim.native.records import Table
from cxsim.state.plan import Names, Plan
from cxsim.state.records import LEDGER, TRACE
from cxsim.state.state import SCRATCH, TRACING

BEFORE, AFTER = 2.0 * DAY, 3.0 * DAY
"""How far the window reaches around the change."""
BUFFER = 65536


@dataclass(frozen=True)
class Checked:
    """What was compared, and found identical."""

    visits: int
    entries: int
    begins: float
    ends: float
    """Window, minutes after time 0."""
    around: str
    """What lies in the middle of it."""

    def __str__(self) -> str:
        days = (self.ends - self.begins) / DAY
        return (
            f"checked: {self.visits:,} visits and {self.entries:,} effort entries of {days:g} days around "
            f"{self.around}, replayed with SimPy: identical"
        )


def spot_check(
    timeline: Timeline, names: Names, seed: int, weeks: int, warm_up_weeks: int, board: Plans | None = None
) -> Checked:
    """Replay a window of replication 0 in both engines and compare.

    timeline: as for `cxsim.engines.runs.advance`.  The window lies around the first change of plan, or around time 0
    if there is none; where a board sits, around the first change it decides on, or its first meeting if it decides on
    none.
    Raises `EnginesDisagreeError` at the first difference.
    """
    run = start(timeline[0][1], names, seed, 0, weeks, warm_up_weeks)
    if board is None:
        change = timeline[1][0] if len(timeline) > 1 else 0.0
        around = "the change of plan" if len(timeline) > 1 else "time 0"
    else:
        run, change, around = _up_to_a_change(advance(run, timeline, 0.0, "compiled").convene(board), timeline, weeks)
    begins = max(run.at, change - BEFORE)
    ends = min(7.0 * DAY * weeks, change + AFTER)
    advance(run, timeline, begins, "compiled")
    ours, theirs = (advance(_traced(run), timeline, ends, engine) for engine in ("compiled", "simpy"))
    first = timeline[0][1]
    _compare("visit", ours.visits(), theirs.visits(), "ended_at", names, first)
    _compare("effort entry", ours.entries(), theirs.entries(), "at", names, first)
    for part in ("tally", "state"):
        _compare_tables(part, getattr(ours, part), getattr(theirs, part))
    if ours.board is not None and theirs.board is not None:
        _compare_tables("board's record", ours.board.memory, theirs.board.memory)
    return Checked(len(ours.visits()), len(ours.entries()), begins, ends, around)


def _compare_tables(part: str, a: Any, b: Any) -> None:
    for name in a._fields:
        if name not in SCRATCH and not _same(getattr(a, name), getattr(b, name)):
            raise EnginesDisagreeError(f"the engines disagree: same events, but {part} '{name}' differs")


def _up_to_a_change(run: Run, timeline: Timeline, weeks: int) -> tuple[Run, float, str]:
    """The run of a board within the week before its first change of plan; when that is, and what it is."""
    first = run.copy()
    while run.at < WEEK * weeks:
        before = run.copy()
        week = run.at + WEEK
        advance(run, timeline, week, "compiled")
        changes = [at for at, _ in run.under(timeline)[1:] if at <= week]
        if changes:
            return before, changes[0], "the first change the board decides on"
    assert run.board is not None
    return first, min(run.board.plans.board.first_at, WEEK * weeks), "the board's first meeting"


def _traced(run: Run) -> Run:
    """A copy of a run that writes a trace from here on."""
    copy = run.copy()
    copy.state = copy.state._replace(trace=np.zeros(BUFFER, dtype=TRACE), ledger=np.zeros(BUFFER, dtype=LEDGER))
    copy.state.counters[TRACING] = 1
    return copy


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    """Equal, field by field; the padding between fields does not count."""
    if a.shape != b.shape:
        return False
    if a.dtype.names is None:
        return bool(np.array_equal(a, b, equal_nan=a.dtype.kind == "f"))
    return all(_same(a[field], b[field]) for field in a.dtype.names)


def _compare(what: str, a: Table, b: Table, time: str, names: Names, plan: Plan) -> None:
    """Raise `EnginesDisagreeError` at the first row in which the two differ: the compiled engine's and SimPy's."""
    n = min(len(a), len(b))
    different = np.flatnonzero(a[:n] != b[:n])
    if len(different) == 0 and len(a) == len(b):
        return
    k = int(different[0]) if len(different) else n
    row = a[k] if k < len(a) else b[k]
    if k < n:
        fields = [name for name in a.dtype.names or () if a[name][k] != b[name][k]]
        how = "; ".join(f"{name}: {a[name][k]} in compiled, {b[name][k]} in simpy" for name in fields)
    else:
        how = f"{'simpy' if k < len(a) else 'compiled'} has no such {what}"
    place = f"{row[time]:.6f} min after time 0, {_of_case(row, names, plan)}"
    raise EnginesDisagreeError(f"the engines part at {what} {k} of the window, {place}: {how}")


def _of_case(row: np.void, names: Names, plan: Plan) -> str:
    """Whose row it is: its case, and its step if it is a visit's."""
    streams = np.flatnonzero(plan.streams["name_hash"] == row["name_hash"])
    stream = names.streams[int(streams[0])] if len(streams) else (row["name_hash"],)  # a row of nobody's is a fault too
    case = "/".join(str(part) for part in (*stream, row["number"]))
    at = f", step {names.step_names()[row['step']]}" if row.dtype == TRACE else ""
    return f"case {case}{at}"
