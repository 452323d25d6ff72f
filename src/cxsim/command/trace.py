"""do=trace: every visit and every entry of effort of one replication, written while it runs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cxsim.calendars.calendar import CHANGE_AT
from cxsim.calendars.constants import WEEK
from cxsim.command.configuration import Request
from cxsim.command.jobs import Job, files_of, prepare, sources_of
from cxsim.command.notices import notices
from cxsim.command.output import FAULT, answer, tell
from cxsim.command.parts import Parts, reason_of
from cxsim.command.progress import Shown
from cxsim.command.provenance import made
from cxsim.engines import runs
from cxsim.engines.compile_ahead import make_ready
from cxsim.files.problems import Problem, Problems
from cxsim.files.writing import kept_if_used, plain, write_json
from cxsim.native.records import Floats, Table
from cxsim.report.story.worlds import CaseName
from cxsim.report.tables import GrowingTable
from cxsim.scenario import BASELINE
from cxsim.state.lineage import lineage_of
from cxsim.state.plan import Names
from cxsim.state.records import LEDGER, TRACE
from cxsim.state.state import OUTCOMES
from cxsim.state.tally import Cause, Kind
from cxsim.study.work import Order, Prepared, by_departure, departed, order_of
from cxsim.study.work import prepare as planned
from cxsim.study.workers import undisturbed

INTERRUPTED = 130
KINDS = tuple(kind.name.lower() for kind in Kind)
CAUSES = tuple(cause.name.lower() for cause in Cause)


def trace(requests: Sequence[Request]) -> int:
    """Run one replication and leave its trace in a folder. Returns the exit code."""
    job, replication = _asked(requests[0])
    for notice in (*notices(job), *_held(job)):
        tell(f"cxsim: {notice}")
    started = datetime.now()
    names = [scenario.name for scenario in (BASELINE, *job.scenarios)]
    order = order_of(job.organisation, job.scenarios, job.settings)
    plans = planned(order)
    slug = "_".join(["trace", *(plain(name) for name in names[1:])])
    with kept_if_used(requests[0]["output"], slug, started) as folder:
        with _open_traces(folder, names, plans) as traces, Shown("weeks") as shown:
            ended = ""
            try:
                make_ready(plans.plan, plans.names, lambda text: shown(0, None, text))
                _run(order, plans, replication, traces, shown)
            except KeyboardInterrupt:
                ended = "interrupted"
            except OSError as error:  # a full disk: traces are large
                ended = f"stopped: {reason_of(error)}"
        with undisturbed():
            whole = {table.path.name: table.rows for one in traces.values() if one.whole for table in one.tables}
            parts = Parts(folder)
            if whole:
                with parts.part("run.json"):
                    _write_run(folder, job, replication, whole, not ended, started)
                parts.tell_missing()
    if ended:
        kept = f"{', '.join(whole)} in {folder} are whole" if whole else "nothing was finished, nothing written"
        tell(f"cxsim: {ended}; {kept}")
        return INTERRUPTED if ended == "interrupted" else FAULT
    lines = [f"{rows:>13,} rows  {name}" for name, rows in whole.items()]
    code = answer("\n".join([*lines, f"\nWritten to {folder}"]), f"the trace is in {folder}")
    return code or (FAULT if parts.missing else 0)


def _held(job: Job) -> list[str]:
    """Scenarios that a study runs with other agents than those of their files."""
    what = "traced with the agents of its file; a comparison first finds those that hold the service level"
    return [f"{scenario.name}: {what}" for scenario in job.scenarios if scenario.hold is not None]


def _asked(request: Request) -> tuple[Job, int]:
    """The study and the replication of it; `Problems` with everything that is wrong with either."""
    replication = request["replication"]
    faults = []
    if not isinstance(replication, int) or isinstance(replication, bool) or not 0 <= replication < 2**64:
        what = f"the number of a replication belongs here, 0 or more, not {replication!r}"
        faults = list(request.configuration.located(Problems([Problem(("replication",), what)])).problems)
    try:
        (job,) = prepare([request])
    except Problems as found:
        raise Problems([*found.problems, *faults]) from None
    if faults:
        raise Problems(faults)
    return job, replication


def _run(order: Order, p: Prepared, replication: int, traces: Mapping[str, Trace], shown: Shown) -> None:
    """As a study runs it: a scenario leaves the baseline's run at its first change; until then they share rows."""
    horizon = order.weeks * WEEK
    leaves = [path.leaves for path in order.paths]
    weeks = order.warm_up_weeks + order.weeks + sum(order.weeks - int(at // WEEK) for at in leaves)
    baseline, *scenarios = traces.values()
    together = [baseline, *scenarios]
    done = 0

    def keep(visits: Table, entries: Table) -> None:
        for each in together:
            each.keep(visits, entries)

    def advance(run: runs.Run, timeline: runs.Timeline, until: float, what: str) -> None:
        nonlocal done
        while run.at < until:
            runs.advance(run, timeline, min(until, WEEK * (math.floor(run.at / WEEK) + 1.0)), order.engine)
            done += run.at % WEEK == 0.0
            shown(done, weeks, what)

    trunk = runs.start(p.plan, p.names, order.seed, replication, order.weeks, order.warm_up_weeks, keep=keep)
    only = ((-math.inf, p.plan),)
    for i in by_departure(order):
        advance(trunk, only, leaves[i], BASELINE.name)
        own = scenarios[i]
        together.remove(own)
        advance(departed(trunk, p, i, own.keep), p.timelines[i], horizon, order.paths[i].scenario)
        own.finish()
    advance(trunk, only, horizon, BASELINE.name)
    baseline.finish()


class Trace:
    """The two tables of one world."""

    def __init__(self, folder: Path, stem: str, rows: Rows) -> None:
        self.whole = False
        self._rows = rows
        self._visits = GrowingTable(folder, f"visits_{stem}", rows.visits(np.zeros(0, dtype=TRACE)))
        self._effort = GrowingTable(folder, f"effort_{stem}", rows.entries(np.zeros(0, dtype=LEDGER)))

    @property
    def tables(self) -> tuple[GrowingTable, ...]:
        """Visits, effort."""
        return self._visits, self._effort

    def keep(self, visits: Table, entries: Table) -> None:
        """Write rows of the trace and of the ledger."""
        self._visits.add(self._rows.visits(visits))
        self._effort.add(self._rows.entries(entries))

    def finish(self) -> None:
        """The horizon is reached."""
        with undisturbed():
            for table in self.tables:
                table.finish()
            self.whole = True

    def abandon(self) -> None:
        """Remove what is not whole."""
        with undisturbed():
            for table in self.tables:
                table.abandon()


@contextmanager
def _open_traces(folder: Path, names: Sequence[str], plans: Prepared) -> Iterator[dict[str, Trace]]:
    """Tables for worlds by name; those that are not whole at the end are removed."""
    rows = Rows(plans.names, plans.plan.days)
    stems: list[str] = []
    for name in names:
        stem = plain(name)
        stems.append(f"{stem}_{len(stems)}" if stem in stems else stem)
    opened: dict[str, Trace] = {}
    try:
        for name, stem in zip(names, stems, strict=True):
            opened[name] = Trace(folder, stem, rows)
        yield opened
    finally:
        for one in opened.values():
            if not one.whole:
                one.abandon()


class Rows:
    """Rows of the trace and of the ledger as columns, with the names that people know."""

    def __init__(self, names: Names, days: Table) -> None:
        self._names = names
        self._days = days
        self._stream_of = {CaseName(*stream).word: f for f, stream in enumerate(names.streams)}

    def visits(self, rows: Table) -> dict[str, Any]:
        """Columns of visits_<scenario>.parquet; times are minutes since time 0, missing where it never came to that."""
        names = self._names
        return {
            "case": self._cases(rows),
            "segment": _named(rows["segment"], names.segments),
            "reason": _named(rows["reason"], names.reasons),
            "contact_reason": _named(rows["contact_reason"], names.reasons),
            "kind": _named(rows["kind"], KINDS),
            **{name: rows[name].copy() for name in ("ordinal", "attempt")},
            "channel": _named(rows["channel"], names.channels),
            "step": _named(rows["step"], names.step_names()),
            "branch": rows["branch"].copy(),
            "pass": rows["pass_number"].copy(),
            "agent": _named(rows["agent"], names.agent_names()),
            "present": rows["present"] == 1,
            **{name: _minutes(rows[name]) for name in ("queued_at", "began_at", "ended_at")},
            **{f"{name}_local": self._local(rows[f"{name}_at"]) for name in ("queued", "began", "ended")},
            "outcome": _named(rows["outcome"], OUTCOMES),
        }

    def entries(self, rows: Table) -> dict[str, Any]:
        """Columns of effort_<scenario>.parquet; effort in SD units."""
        streams = [self._stream_of[word] for word in rows["name_hash"].tolist()]
        of_stream = self._names.streams
        segments, reasons = self._names.segments, self._names.reasons
        return {
            "case": self._cases(rows),
            "segment": _named([segments.index(of_stream[f][0]) for f in streams], segments),
            "reason": _named([reasons.index(of_stream[f][1]) for f in streams], reasons),
            "at": _minutes(rows["at"]),
            "at_local": self._local(rows["at"]),
            "cause": _named(rows["cause"], CAUSES),
            "effort": rows["effort"].copy(),
        }

    def _cases(self, rows: Table) -> list[str]:
        """Cases as `do=show what=case case=...` takes them."""
        streams, stream_of = self._names.streams, self._stream_of
        keys = zip(rows["name_hash"].tolist(), rows["number"].tolist(), strict=True)
        return [str(CaseName(*streams[stream_of[word]], lineage_of(key))) for word, key in keys]

    def _local(self, at: Floats) -> Any:
        """Local dates and times (`cxsim.report.story.words.local`) of many instants, to the microsecond."""
        happened = np.isfinite(at)
        t = np.where(happened, at, 0.0)
        days = self._days
        day = days[np.clip(np.searchsorted(days["start_at"], t, side="right") - 1, 0, len(days) - 1)]
        after = t - day["start_at"]
        after = after - np.where(after >= CHANGE_AT + np.minimum(day["shift"], 0.0), day["shift"], 0.0)
        dates = (day["date"] - date(1970, 1, 1).toordinal()).astype("datetime64[D]")
        times = dates.astype("datetime64[us]") + np.rint(after * 60e6).astype("timedelta64[us]")
        return np.where(happened, times, np.datetime64("NaT"))


def _named(codes: Any, names: Sequence[str]) -> Any:
    """A categorical of names by their row; missing for -1."""
    return pd.Categorical.from_codes(np.asarray(codes, dtype=np.int64), dtype=pd.CategoricalDtype(list(names)))


def _minutes(at: Floats) -> Floats:
    """Minutes, missing for "never"."""
    return np.where(np.isfinite(at), at, np.nan)


def _write_run(
    folder: Path, job: Job, replication: int, tables: Mapping[str, int], complete: bool, started: datetime
) -> None:
    engine = job.settings.engine_name
    write_json(
        folder / "run.json",
        {
            "complete": complete,
            "runs": [{**sources_of(job), "replication": replication, "engine": engine, "tables": dict(tables)}],
            "made": {**made(started, datetime.now(), None), "files": files_of([job])},
        },
    )
