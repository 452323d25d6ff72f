"""do=compare: run the scenarios against the baseline, leave what changed in a folder, then print it."""

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
from cxsim.command.jobs import Job, files_of, prepare, sources_of
from cxsim.command.notices import notices
from cxsim.command.output import FAULT, answer, tell
from cxsim.command.parts import Parts
from cxsim.command.progress import Shown
from cxsim.command.provenance import made
from cxsim.compare import Comparison
from cxsim.compare import compare as compared
from cxsim.compare.table import cells
from cxsim.files.writing import kept_if_used, plain, write_json, write_text
from cxsim.report.tables import Sheet, write_table, write_workbook
from cxsim.report.text import describe, headline
from cxsim.report.text.calibrated import uncalibrated
from cxsim.report.text.failure import sheets
from cxsim.report.text.tables import decimals, points_side_by_side
from cxsim.scenario import timeline
from cxsim.scenario.differences import changes
from cxsim.study import Ended, Results, run_study
from cxsim.study.workers import pool, undisturbed

INTERRUPTED = 130
FAILURE = "failure.txt"
"""The traceback of a fault of ours, for whoever mends it."""
ELSEWHERE = ("workers=", "output=")
"""Arguments that change nothing in the results."""
SHEETS = {"comparison": "measures", "where": "reasons and segments"}
"""Names of tables in the workbook, where they differ from those of their files."""
Study = tuple[Job, Results]
Answer = tuple[Job, Results, Comparison]


def compare(requests: Sequence[Request]) -> int:
    """Run what was asked for; write the answer, then print it. Returns the exit code."""
    jobs = prepare(requests)
    for notice in dict.fromkeys(notice for job in jobs for notice in notices(job)):
        tell(f"cxsim: {notice}")
    started = datetime.now()
    studies: list[Study] = []
    ended: Ended | None = None
    with kept_if_used(requests[0]["output"], _slug(jobs, len(requests)), started) as folder:
        with Shown() as shown, pool(jobs[0].settings) as executor:
            for job in jobs:
                try:
                    results = run_study(job.organisation, job.scenarios, job.settings, shown, executor, shown.warn)
                except Exception as error:
                    if not studies:
                        raise
                    ended = Ended.by(error)  # the points before it are worth hours
                    break
                ended = results.ended
                if results.replications:
                    studies.append((job, results))
                if not results.complete:
                    break
        for text in dict.fromkeys(uncalibrated(results) for _, results in studies):
            if text:
                tell(f"cxsim: {text}")
        complete = len(studies) == len(jobs) and all(results.complete for _, results in studies)
        parts = Parts(folder)
        text = ""
        if studies:
            with undisturbed():
                text = _written(parts, studies, len(requests) == 1, complete, started)
                if ended is not None and ended.report:
                    parts.write({FAILURE: lambda: ended.report})
                parts.tell_missing()
    if not complete:
        kept = f"what was finished is in {folder}" if studies else "nothing was finished, nothing written"
        if text:
            answer(text, f"it is in {folder}")
        if ended is not None:
            asked = f"; please report it with {folder / FAILURE}" if ended.report else ""
            tell(f"cxsim: {ended.why}; {kept}{asked}")
            return FAULT
        tell(f"cxsim: interrupted; {kept}")
        return INTERRUPTED
    code = answer(f"{text}\n\nWritten to {folder}", f"it is in {folder}")
    return code or (FAULT if parts.missing else 0)


def _slug(jobs: Sequence[Job], points: int) -> str:
    if points > 1:
        return "sweep"
    return "+".join(plain(scenario.name) for scenario in jobs[0].scenarios) or "baseline"


def _written(parts: Parts, studies: Sequence[Study], single: bool, complete: bool, started: datetime) -> str:
    """Write everything, what was simulated first; the text to print.

    Whatever fails later on (a title that cannot be drawn, a full disk) finds the results on disk, and what they were
    made of in run.json.
    """
    if single:
        ((job, results),) = studies
        for name, table in results.tables().items():
            with parts.part(f"{name}.csv"):
                write_table(parts.folder, name, table)
    _write_run(parts, studies, complete, started)
    answers = []
    for job, results in studies:
        with parts.part("comparison.csv"):
            answers.append((job, results, compared(results)))
    text = ""
    if answers:
        text = _write_one(parts, *answers[0]) if single else _write_sweep(parts, answers)
    if parts.missing:
        _write_run(parts, studies, complete, started)
    return text


def _write_one(parts: Parts, job: Job, results: Results, comparison: Comparison) -> str:
    """The files of a comparison; the text to print."""
    tables = {"comparison": comparison.table, "where": comparison.where}
    tables |= {"interaction": comparison.interaction} if len(comparison.interaction) else {}
    tables |= {"against": comparison.against} if len(comparison.against) else {}
    tables |= {"trajectories": comparison.trajectories, "cash": comparison.cash} if len(comparison.cash) else {}
    for name, table_of in (("changes", changes_table), ("assumptions", assumptions_table)):
        with parts.part(f"{name}.csv"):
            tables[name] = table_of(job)
    for name, table in tables.items():
        with parts.part(f"{name}.csv"):
            write_table(parts.folder, name, table)
    text = ""
    with parts.part("comparison.txt"):
        text = describe(comparison)
        write_text(parts.folder / "comparison.txt", text + "\n")
    for name, minutes in results.minutes.items():
        with parts.part(f"minutes_{plain(name)}.md"):
            write_text(parts.folder / f"minutes_{plain(name)}.md", minutes)
    with parts.part("comparison.xlsx"):
        shown = headline(comparison)
        write_workbook(
            parts.folder / "comparison.xlsx",
            {
                "headline": Sheet(shown, decimals(shown), 48),
                **{SHEETS.get(name, name): Sheet(table) for name, table in tables.items() if len(table)},
                **{name: Sheet(table) for name, table in sheets(results).items()},
            },
        )
    _write_page(parts, job, results, comparison)
    return text


def _write_page(parts: Parts, job: Job, results: Results, comparison: Comparison) -> None:
    """The summary and the figures."""
    again = shlex.join(["python", "-m", "cxsim", *(a for a in sys.argv[1:] if not a.startswith(ELSEWHERE))])
    what = (results, comparison, job.scenarios, job.organisation, again)
    with parts.part("figures"):
        from cxsim.report import page  # the libraries that plot take a second, and nobody waits for it before

        parts.write(page.report_files(*what))
        if page.PAGE in parts.missing:  # most likely it is the figure: the page is of use without it
            parts.write({page.PAGE: lambda: page.summary(*what, with_figure=False)})


def _write_sweep(parts: Parts, answers: Sequence[Answer]) -> str:
    """One tidy table: a column for each swept key, then the comparison's; the text to print."""
    rows = []
    for job, _, comparison in answers:
        for request in job.requests:
            wanted = comparison.table[comparison.table["scenario"].isin(_scenarios_of(request, job))]
            keys = {key: _shown(value) for key, value in request.swept.items() if key != "scenario"}
            rows.append(wanted.assign(**keys)[[*keys, *wanted.columns]])
    table = pd.concat(rows, ignore_index=True)
    with parts.part("sweep.csv"):
        write_table(parts.folder, "sweep", table)
    text = ""
    with parts.part("sweep.txt"):
        points = [
            (_point(request, name), cells(comparison.table, name, results.points[0]))
            for job, results, comparison in answers
            for request in job.requests
            for name in _scenarios_of(request, job)
            if name in set(comparison.table["scenario"])  # the baseline is what points are compared with
        ]
        if points:
            text = "What changes, each point against a baseline of its own:\n\n" + points_side_by_side(points)
            write_text(parts.folder / "sweep.txt", text + "\n")
    with parts.part("sweep.xlsx"):
        write_workbook(parts.folder / "sweep.xlsx", {"sweep": Sheet(table)})
    return text


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


def _write_run(parts: Parts, studies: Sequence[Study], complete: bool, started: datetime) -> None:
    jobs = [job for job, _ in studies]
    points: list[dict[str, Any]] = [{"swept": dict(r.swept)} for job in jobs for r in job.requests if r.swept]
    with parts.part("run.json"):
        write_json(
            parts.folder / "run.json",
            {
                "complete": complete,
                **({"missing": dict(parts.missing)} if parts.missing else {}),
                "runs": [
                    {
                        **sources_of(job),
                        "replications": {"asked": job.settings.first_batch, "finished": results.replications},
                        "engine": results.engine,
                    }
                    for job, results in studies
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
