"""do=compare: run the scenarios against the baseline, report what changed, leave it in a folder."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from cxsim.calendars.constants import WEEK
from cxsim.command.configuration import Request
from cxsim.command.jobs import Job, files_of, notices, prepare, sources_of
from cxsim.command.progress import Shown
from cxsim.command.provenance import made
from cxsim.compare import Comparison
from cxsim.compare import compare as compared
from cxsim.compare.table import cells
from cxsim.files.writing import kept_if_used, plain, write_json, write_text
from cxsim.report.tables import Sheet, write_table, write_workbook
from cxsim.report.text import describe, headline
from cxsim.report.text.failure import sheets
from cxsim.report.text.tables import decimals, points_side_by_side
from cxsim.scenario import timeline
from cxsim.scenario.differences import changes
from cxsim.study import Results, run_study
from cxsim.study.workers import pool, undisturbed

INTERRUPTED = 130
ELSEWHERE = ("workers=", "output=")
"""Arguments that change nothing in the results."""
SHEETS = {"comparison": "measures", "where": "reasons and segments"}
"""Names of tables in the workbook, where they differ from those of their files."""
Answer = tuple[Job, Results, Comparison]


def compare(requests: Sequence[Request]) -> int:
    """Run what was asked for; print and write the answer. Returns the exit code."""
    jobs = prepare(requests)
    for notice in dict.fromkeys(notice for job in jobs for notice in notices(job)):
        print(f"cxsim: {notice}", file=sys.stderr)
    started = datetime.now()
    answers: list[Answer] = []
    with kept_if_used(requests[0]["output"], _slug(jobs, len(requests)), started) as folder:
        with Shown() as shown, pool(jobs[0].settings) as executor:
            for job in jobs:
                results = run_study(job.organisation, job.scenarios, job.settings, shown, executor, shown.warn)
                if results.replications:
                    answers.append((job, results, compared(results)))
                if not results.complete:
                    break
        complete = len(answers) == len(jobs) and all(results.complete for _, results, _ in answers)
        if answers:
            with undisturbed():
                write = _write_one if len(requests) == 1 else _write_sweep
                write(folder, answers)
                _write_run(folder, answers, complete, started)
    if not complete:
        kept = f"what was finished is in {folder}" if answers else "nothing was finished, nothing written"
        print(f"cxsim: interrupted; {kept}", file=sys.stderr)
        return INTERRUPTED
    print(f"\nWritten to {folder}")
    return 0


def _slug(jobs: Sequence[Job], points: int) -> str:
    if points > 1:
        return "sweep"
    return "+".join(plain(scenario.name) for scenario in jobs[0].scenarios) or "baseline"


def _write_one(folder: Path, answers: Sequence[Answer]) -> None:
    from cxsim.report.page import write_report  # the libraries that plot take a second, and nobody waits for it before

    ((job, results, comparison),) = answers
    tables = {
        "comparison": comparison.table,
        "where": comparison.where,
        **({"interaction": comparison.interaction} if len(comparison.interaction) else {}),
        **({"against": comparison.against} if len(comparison.against) else {}),
        "changes": changes_table(job),
        "assumptions": assumptions_table(job),
    }
    text = describe(comparison)
    for name, table in {**tables, **results.tables()}.items():
        write_table(folder, name, table)
    shown = headline(comparison)
    write_workbook(
        folder / "comparison.xlsx",
        {
            "headline": Sheet(shown, decimals(shown), 48),
            **{SHEETS.get(name, name): Sheet(table) for name, table in tables.items() if len(table)},
            **{name: Sheet(table) for name, table in sheets(results).items()},
        },
    )
    write_text(folder / "comparison.txt", text + "\n")
    for name, minutes in results.minutes.items():
        write_text(folder / f"minutes_{plain(name)}.md", minutes)
    again = shlex.join(["python", "-m", "cxsim", *(a for a in sys.argv[1:] if not a.startswith(ELSEWHERE))])
    write_report(folder, results, comparison, job.scenarios, job.organisation, again)
    print(text)


def _write_sweep(folder: Path, answers: Sequence[Answer]) -> None:
    """One tidy table: a column for each swept key, then the comparison's."""
    parts = []
    for job, _, comparison in answers:
        for request in job.requests:
            wanted = comparison.table[comparison.table["scenario"].isin(_scenarios_of(request, job))]
            keys = {key: _shown(value) for key, value in request.swept.items() if key != "scenario"}
            parts.append(wanted.assign(**keys)[[*keys, *wanted.columns]])
    table = pd.concat(parts, ignore_index=True)
    write_table(folder, "sweep", table)
    write_workbook(folder / "sweep.xlsx", {"sweep": Sheet(table)})
    points = [
        (_point(request, name), cells(comparison.table, name, results.points[0]))
        for job, results, comparison in answers
        for request in job.requests
        for name in _scenarios_of(request, job)
        if name in set(comparison.table["scenario"])  # the baseline is what points are compared with
    ]
    if points:
        print("What changes, each point against a baseline of its own:\n\n" + points_side_by_side(points))


def _point(request: Request, scenario: str) -> str:
    """A point of a sweep in few words: its scenario and what was swept, by the last part of its path."""
    swept = (f"{key.rpartition('.')[2]}={_shown(value)}" for key, value in request.swept.items() if key != "scenario")
    return ", ".join([scenario, *swept])


def _scenarios_of(request: Request, job: Job) -> list[str]:
    """Names of the scenarios that a request asked for."""
    if "scenario" not in request.swept:
        return [scenario.name for scenario in job.scenarios]
    asked = request.swept["scenario"]
    return [Path(str(name)).stem for name in (asked if isinstance(asked, list) else [asked])]


def _shown(value: Any) -> Any:
    return str(value) if isinstance(value, list | dict) else value


def _write_run(folder: Path, answers: Sequence[Answer], complete: bool, started: datetime) -> None:
    jobs = [job for job, _, _ in answers]
    points: list[dict[str, Any]] = [{"swept": dict(r.swept)} for job in jobs for r in job.requests if r.swept]
    write_json(
        folder / "run.json",
        {
            "complete": complete,
            "runs": [
                {
                    **sources_of(job),
                    "replications": {"asked": job.settings.first_batch, "finished": results.replications},
                    "engine": results.engine,
                }
                for job, results, _ in answers
            ],
            **({"points": points} if points else {}),
            "made": {**made(started, datetime.now(), jobs[0].settings.workers), "files": files_of(jobs)},
        },
    )


def changes_table(job: Job) -> pd.DataFrame:
    """What each scenario changes, and when: scenario, week, path, before, after."""
    rows = []
    for scenario in job.scenarios:
        steps = timeline(job.organisation, scenario)
        before = job.organisation
        for at, after in steps:
            for change in changes(before, after):
                values = ("" if v is None else str(v) for v in (change.before, change.after))
                rows.append((scenario.name, at / WEEK, change.name, *values))
            before = after
    return pd.DataFrame(rows, columns=["scenario", "week", "path", "before", "after"])


def assumptions_table(job: Job) -> pd.DataFrame:
    """Every number of the organisation and of the scenarios, with its range and source."""
    numbers = [("", a) for a in job.organisation.assumptions]
    numbers += [(f"scenario {s.name}: ", a) for s in job.scenarios for a in s.assumptions]
    rows = [
        (place + a.name, str(a.value), *("" if v is None else str(v) for v in (a.low, a.high)), a.source)
        for place, a in numbers
    ]
    return pd.DataFrame(rows, columns=["assumption", "value", "low", "high", "source"])
