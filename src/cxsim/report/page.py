"""The summary: one page that prints on A4 and stands by itself, from a template and what was found."""

from __future__ import annotations

import importlib.metadata
import math
import re
import shlex
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cxsim.calendars.constants import WEEK
from cxsim.compare import Comparison
from cxsim.compare.table import cells
from cxsim.compare.where import relieved
from cxsim.files.writing import write_files
from cxsim.measures.breakdowns import ALL
from cxsim.measures.catalogue import HEADLINES
from cxsim.organisation import Organisation
from cxsim.report.figures import Figure, png, svg, unit_of
from cxsim.report.plots import at_first_point, interval, plots, summary_figure
from cxsim.report.text import findings, limits, service
from cxsim.report.text.tables import any_of
from cxsim.report.text.words import (
    MEANING,
    decimals_of_difference,
    decimals_together,
    half,
    number,
    share,
    signed,
    titled,
)
from cxsim.scenario import Scenario, scenario_costs
from cxsim.study import LOYALTY, Results

PAGE = "summary.html"


def summary(
    results: Results,
    comparison: Comparison,
    scenarios: Sequence[Scenario],
    organisation: Organisation,
    again: str = "",
    with_figure: bool = True,
) -> str:
    """The page as HTML text; nothing in it is fetched from elsewhere."""
    pages = Environment(
        loader=PackageLoader("cxsim.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    figure = summary_figure(comparison) if with_figure else None
    found = findings(comparison)
    return pages.get_template(PAGE).render(
        organisation=organisation,
        settings=results.settings,
        results=results,
        scenarios=[_scenario(s, found.get(s.name, []), results, organisation, len(scenarios)) for s in scenarios],
        rows=_rows(results, comparison, scenarios),
        reasons=_reasons(results, comparison, scenarios),
        baseline=_baseline(results, organisation) if not scenarios else [],
        figure=Markup(_inline(svg(figure))) if figure is not None else "",
        limits=[*limits(comparison), _assumed(organisation, scenarios)],
        overload=_overload(results.warnings),
        family=comparison.family,
        meaning=MEANING,
        notes=_notes(results, comparison, scenarios),
        again=again or _command(results, scenarios),
        version=_version(),
    )


def write_report(
    folder: Path,
    results: Results,
    comparison: Comparison,
    scenarios: Sequence[Scenario],
    organisation: Organisation,
    again: str = "",
) -> None:
    """Write the summary and, where there is something to compare, the figures into a folder that exists.

    scenarios: without the baseline; again: the command line that makes it again, where there was one.
    """
    files = report_files(results, comparison, scenarios, organisation, again)
    write_files(folder, {name: make() for name, make in files.items()})


def report_files(
    results: Results,
    comparison: Comparison,
    scenarios: Sequence[Scenario],
    organisation: Organisation,
    again: str = "",
) -> dict[str, Callable[[], str | bytes]]:
    """What makes each file of `write_report`, by its path inside the folder."""
    made: dict[str, Callable[[], str | bytes]] = {
        PAGE: lambda: summary(results, comparison, scenarios, organisation, again)
    }
    for name, plot in plots(comparison).items():
        figure = cache(plot)
        made[f"figures/{name}.svg"] = partial(_as, svg, figure)
        made[f"figures/{name}.png"] = partial(_as, png, figure)
    return made


def _as(form: Callable[[Figure], str | bytes], figure: Callable[[], Figure]) -> str | bytes:
    return form(figure())


def _scenario(s: Scenario, found: Sequence[str], results: Results, o: Organisation, among: int) -> dict[str, Any]:
    """What the page reports of one scenario."""
    steps = [f"From week {d.starts / WEEK:g}: {_lowered(d.intervention.describe(o))}" for d in s.interventions]
    if len({d.starts for d in s.interventions}) == 1 and steps:
        steps = [d.intervention.describe(o) for d in s.interventions]
    costs = [
        ("changes of numbers" if kind == "set" else kind.replace("_", " "), cost)
        for kind, cost in scenario_costs(s, results.settings.weeks)
        if cost
    ]
    starts = {f"{d.starts / WEEK:g}" for d in s.interventions}
    most = 8 if among == 1 else 4 if among == 2 else 2
    left = len(steps) - most
    return {
        "title": s.title,
        "because": " ".join(s.because.split()),
        "finding": found[0].removeprefix(f"{s.title}. ") if found else "",
        "others": found[1:] if among == 1 else [],
        "when": f"from week {starts.pop()}" if len(starts) == 1 else "",
        "steps": steps[:most] if left > 1 else steps,
        "left": left if left > 1 else 0,
        "costs": [f"{kind} {cost:,.0f}" for kind, cost in costs],
        "cost": sum(cost for _, cost in costs),
        "moves": _moves(s, results, o),
    }


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _moves(s: Scenario, results: Results, o: Organisation) -> list[tuple[str, str, str]]:
    """By segment: customers who would rate us in a better class at the end, and in a worse one."""
    moves = at_first_point(results, results.transitions)
    moves = moves[(moves["scenario"] == s.name) & (moves["segment"] != ALL)]
    rank = {name: i for i, name in enumerate(LOYALTY)}
    found = []
    for segment, rows in moves.groupby("segment", sort=False):
        step = rows["after"].map(rank) - rows["before"].map(rank)
        better, worse = (float(rows.loc[which, "customers"].sum()) for which in (step > 0, step < 0))
        title = o.segments[str(segment)].title if str(segment) in o.segments else ""
        found.append((title or str(segment), f"{better:,.0f}", f"{worse:,.0f}"))
    return found


def _notes(results: Results, comparison: Comparison, scenarios: Sequence[Scenario]) -> list[str]:
    """Definitions of waits, and why a headline measure has no value."""
    label = results.points[0]
    if not scenarios:
        return service.baseline_notes(results, label)
    found = (service.notes(cells(comparison.table, s.name, label)) for s in scenarios)
    return list(dict.fromkeys(text for texts in found for text in texts))


def _rows(results: Results, comparison: Comparison, scenarios: Sequence[Scenario]) -> list[dict[str, Any]]:
    """The headline measures, with a cell for each scenario."""
    table = at_first_point(results, comparison.table)
    cells = {(str(r.scenario), str(r.measure)): r for r in table.itertuples(index=False)}
    found = []
    for m in HEADLINES:
        own: list[Any] = [cells[(s.name, m.name)] for s in scenarios if (s.name, m.name) in cells]
        if own and not all(math.isnan(r.baseline) and math.isnan(r.value) for r in own):
            found.append(_line(titled(own[0]), own, m.level))
    return found


def _reasons(results: Results, comparison: Comparison, scenarios: Sequence[Scenario]) -> list[dict[str, Any]]:
    """Effort of the reasons that are significantly affected."""
    alone = len(scenarios) == 1  # of several, the page has room for the first sentence, which names one reason
    where = comparison.where
    rows = relieved(where, results.points[0], 3) if alone else relieved(where, results.points[0], 2, 1)
    lines = [
        _line(f"{any_of(found).title} ({share(any_of(found).share)} of cases)", [found[s.name] for s in scenarios])
        for found in rows
        if all(s.name in found for s in scenarios)
    ]
    return [{**line, "unit": ""} for line in lines]  # it stands in the heading above them


def _line(title: str, own: Sequence[Any], level: bool = True) -> dict[str, Any]:
    first, alone = own[0], len(own) == 1
    decimals = decimals_together(first, level) if alone else None
    return {
        "title": title,
        "unit": unit_of(first.unit),
        "baseline": number(first.baseline, first.unit, decimals=decimals) if level else "",
        "cells": [_cell(r, level, 1.0 if alone else 1.7, decimals) for r in own],
    }


def _cell(r: Any, level: bool, larger: float, decimals: int | None) -> dict[str, Any]:
    if decimals is None:  # the levels stand elsewhere or not at all
        decimals = decimals_of_difference(r, level)
    low, high = (signed(x, decimals=decimals) for x in (r.low, r.high))
    return {
        "value": number(r.value, decimals=decimals) if level else "",
        "difference": signed(r.difference, decimals=decimals),
        "half": f"± {half(r.half_width, decimals=decimals)}",
        "bounds": f"{low} to {high}" if math.isfinite(r.half_width) else "",
        "interval": interval(r, larger),
        "verdict": r.verdict,
    }


def _overload(warnings: Sequence[str]) -> str:
    """The first warning at its worst hours, and where the others are."""
    if not warnings:
        return ""
    others = len(warnings) - 1
    more = f"; {others} more {'warning' if others == 1 else 'warnings'} of overload" if others else ""
    return f"{warnings[0].split(';')[0]}{more}: see comparison.txt"


def _baseline(results: Results, o: Organisation) -> list[tuple[str, str, str]]:
    """Without scenarios: the headline measures of the baseline."""
    values = at_first_point(results, results.measured).groupby("measure")["value"].mean()
    units = {m.name: m.unit.replace("money", o.economics.currency) for m in HEADLINES}
    return [
        (m.title, number(float(values[m.name]), units[m.name]), unit_of(units[m.name])) for m in HEADLINES if m.level
    ]


def _assumed(o: Organisation, scenarios: Sequence[Scenario]) -> str:
    """How much of it is known and how much assumed."""
    numbers = [*o.assumptions, *(a for s in scenarios for a in s.assumptions)]
    none = sum(not a.source for a in numbers)
    assumed = sum("assumed" in a.source for a in numbers)
    return (
        f"{len(numbers):,} numbers go in, {assumed:,} of them wholly or partly assumed and {none:,} without a source: "
        "see assumptions.csv."
    )


def _command(results: Results, scenarios: Sequence[Scenario]) -> str:
    """The command line as far as the results hold it."""
    names = [s.name for s in scenarios]
    scenario = names[0] if len(names) == 1 else f"[{','.join(names)}]"
    s = results.settings
    words = [f"scenario={scenario}"] if names else ["scenario=baseline"]
    words += [f"study.{key}={getattr(s, key)}" for key in ("weeks", "warm_up_weeks", "replications")]
    return shlex.join(["python", "-m", "cxsim", *words, f"seed={s.seed}"])


def _version() -> str:
    try:
        return importlib.metadata.version("cxsim")
    except importlib.metadata.PackageNotFoundError:  # a checkout that was never installed
        return "of a checkout"


def _inline(text: str) -> str:
    """An SVG file as it stands inside a page: without its heading, as wide as its place."""
    text = text[text.index("<svg") :]
    return re.sub(r'^<svg([^>]*?) width="[^"]*"', r"<svg\1", re.sub(r'^(<svg[^>]*?) height="[^"]*"', r"\1", text))
