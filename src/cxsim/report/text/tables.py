"""A comparison as tables that people read: text for one scenario, side by side for several, and a sheet."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cxsim.compare.table import by_measure, cells, rows_with
from cxsim.compare.where import relieved
from cxsim.measures.catalogue import BY_NAME, HEADLINES
from cxsim.probability.intervals import IDENTICAL, NEGLIGIBLE, UNDECIDED, mean_of
from cxsim.report.text.words import (
    SHORT,
    decimals_of,
    decimals_of_difference,
    decimals_together,
    half,
    number,
    share,
    signed,
    titled,
)
from cxsim.scenario import BASELINE
from cxsim.study import Results

WIDEST = 118
"""Characters of a line of several scenarios side by side; more scenarios than fit go below."""
BRIEF = {UNDECIDED: "?", NEGLIGIBLE: "~", IDENTICAL: "~"}
"""Verdicts where there is little room."""
Observed = Sequence[tuple[str, str, Mapping[str, Any]]]
"""Name, title and rows by measure of each scenario."""


def comparison_table(results: Results, observed: Observed, where: pd.DataFrame, label: Mapping[str, Any]) -> str:
    """One scenario with its levels; several of them side by side, each with its change, half-width and verdict."""
    by_reason = relieved(where, label)
    if len(observed) == 1:
        ((name, _, rows),) = observed
        return one_scenario(rows, [found[name] for found in by_reason if name in found])
    return side_by_side(results, observed, by_reason)


def one_scenario(rows: Mapping[str, Any], by_reason: Sequence[Any] = ()) -> str:
    """The headline measures of one scenario in columns; below them the effort of reasons that are affected."""
    lines: list[Sequence[str]] = [("", "baseline", "scenario", "difference", "±", "", "verdict")]
    lines += [(titled(row), *_numbers(row, BY_NAME[m].level), row.unit, _verdict(row)) for m, row in _present(rows)]
    if by_reason:
        lines += [("effort per case of customers with", *[""] * 6)]
        lines += [(_reason(row), *_numbers(row), row.unit, row.verdict) for row in by_reason]
    return columns(lines, right=range(1, 5))


def _verdict(row: Any) -> str:
    """Nothing is decided of what has no value; why stands below the table."""
    return "not defined" if row.undefined else str(row.verdict)


def _present(rows: Mapping[str, Any]) -> list[tuple[str, Any]]:
    there = [(m.name, rows[m.name]) for m in HEADLINES if m.name in rows]
    return [(name, row) for name, row in there if not (math.isnan(row.baseline) and math.isnan(row.value))]


def _numbers(row: Any, level: bool = True) -> list[str]:
    decimals = decimals_together(row, level)
    levels = [number(x, decimals=decimals) if level else "" for x in (row.baseline, row.value)]
    return [*levels, signed(row.difference, decimals=decimals), half(row.half_width, decimals=decimals)]


def _reason(row: Any) -> str:
    return f"  {row.title} ({share(row.share)} of cases)"


def side_by_side(results: Results, observed: Observed, by_reason: Sequence[Mapping[str, Any]]) -> str:
    """Scenarios side by side: the baseline once, then a column a scenario; in blocks of as many as fit."""
    first = observed[0][2]
    measures = [(name, first[name]) for name, _ in _present(first)]
    heads = [("", "baseline")]
    for name, row in measures:
        heads += [(_with_unit(row), number(row.baseline, row.unit) if BY_NAME[name].level else "")]
    heads += [("effort, SD, of customers with", "")] if by_reason else []
    for row in map(any_of, by_reason):
        heads += [(f"  {row.title} ({share(row.share)})", number(row.baseline, row.unit))]
    left = columns(heads, right=[1]).split("\n")
    blocks = []
    for _, title, rows in observed:
        own = [_difference_cells(rows[name], BY_NAME[name].level) for name, _ in measures]
        own += [("", "", "")] if by_reason else []
        own += [
            _difference_cells(found[name]) if (name := _name(rows)) in found else ("", "", "") for found in by_reason
        ]
        blocks.append(_block(title, own))
    return _in_blocks(left, blocks)


def points_side_by_side(points: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    """Points of a sweep side by side: a column each, of what changes against the point's own baseline."""
    first = points[0][1]
    measures = [name for name, _ in _present(first)]
    left = ["", *(_with_unit(first[name]) for name in measures)]
    blocks = [
        _block(title, [_difference_cells(rows[name], BY_NAME[name].level) for name in measures])
        for title, rows in points
    ]
    return _in_blocks(left, blocks)


def _in_blocks(left: Sequence[str], blocks: Sequence[list[str]]) -> str:
    """Columns next to the rows they belong to, as many as fit, the others below."""
    parts, at = [], 0
    while at < len(blocks):
        width, last = max(map(len, left)), at
        while last < len(blocks) and (last == at or width + 2 + len(blocks[last][0]) <= WIDEST):
            width += 2 + len(blocks[last][0])
            last += 1
        parts.append(_joined(left, blocks[at:last]))
        at = last
    return (
        "\n\n".join(parts)
        + "\n  ? undecided: the interval does not settle whether the change is worthwhile; ~ negligible"
    )


def any_of(found: Mapping[str, Any]) -> Any:
    """The row of some scenario."""
    return next(iter(found.values()))


def _name(rows: Mapping[str, Any]) -> str:
    return str(any_of(rows).scenario)


def _with_unit(row: Any) -> str:
    unit = {"points 1-7": "1-7", "NPS points": "points", "contacts": ""}.get(row.unit, row.unit)
    return f"{SHORT[row.measure]}, {unit}".removesuffix(", ")


def _difference_cells(row: Any, level: bool = True) -> tuple[str, str, str]:
    decimals = decimals_of_difference(row, level)
    by, known = signed(row.difference, decimals=decimals), half(row.half_width, decimals=decimals)
    return by, f"± {known}", BRIEF.get(row.verdict, row.verdict)


def _block(title: str, rows: Sequence[tuple[str, str, str]]) -> list[str]:
    """The lines of one scenario: its title over as many lines as it takes, then a cell a row; all of one width."""
    wide = [max(len(row[i]) for row in rows) for i in range(3)]
    lines = [f"{a.rjust(wide[0])} {b.ljust(wide[1])}  {c.ljust(wide[2])}" for a, b, c in rows]
    return [line.ljust(len(lines[0])) for line in [*textwrap.wrap(title, len(lines[0])), *lines]]


def _joined(left: Sequence[str], blocks: Sequence[Sequence[str]]) -> str:
    """Put blocks next to the rows; their headings end on one line."""
    rows = len(left) - 1
    high = max(len(block) - rows for block in blocks)
    width = max(map(len, left))
    lefts = [*[""] * (high - 1), *left]
    full = [[*[" " * len(block[0])] * (high - (len(block) - rows)), *block] for block in blocks]
    lines = ([text.ljust(width), *cells_] for text, *cells_ in zip(lefts, *full, strict=True))
    return "\n".join("  ".join(line).rstrip() for line in lines)


def baseline_table(results: Results, label: Mapping[str, Any]) -> str:
    """The baseline alone."""
    lines: list[Sequence[str]] = [("", "baseline", "±", "")]
    for row in _baseline_rows(results, label):
        unit = row["unit"]
        lines.append((row["measure"], number(row["baseline"], unit), number(row["±"], unit), unit))
    return columns(lines, right=(1, 2))


def _baseline_rows(results: Results, label: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The headline measures of the baseline, each with the half-width of its own interval."""
    found = by_measure(rows_with(results.measured, {"scenario": BASELINE.name}), label)
    rows = []
    for m in HEADLINES:
        mean = mean_of(found[BASELINE.name, m.name], results.settings.confidence)
        unit = m.unit.replace("money", results.organisation.economics.currency)
        if mean.n and m.level:
            rows.append({**label, "measure": m.title, "unit": unit, "baseline": mean.value, "±": mean.half_width})
    return rows


def columns(lines: Sequence[Sequence[str]], right: Sequence[int]) -> str:
    """Lines as aligned text, the columns `right` to the right."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    text = []
    for line in lines:
        cells_ = [c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True))]
        text.append("  " + "  ".join(cells_).rstrip())
    return "\n".join(text)


def headline_table(results: Results, table: pd.DataFrame, where: pd.DataFrame) -> pd.DataFrame:
    """What people read, as a sheet: headline measures, then effort by reason; the baseline once, columns a scenario."""
    if not results.scenarios:
        return pd.DataFrame([row for label in results.points for row in _baseline_rows(results, label)])
    rows: list[dict[str, Any]] = []
    for label in results.points:
        observed = [(s.title, cells(table, s.name, label)) for s in results.scenarios]
        observed = [(title, found) for title, found in observed if found]
        for m in HEADLINES if observed else ():
            own = {title: found[m.name] for title, found in observed}
            rows.append({**label, "measure": any_of(own).title, **_sheet_row(own, m.level)})
        titles = {s.name: s.title for s in results.scenarios}
        for found in relieved(where, label):
            own = {titles[name]: row for name, row in found.items()}
            rows.append({**label, "measure": f"effort per case, {_reason(any_of(own)).strip()}", **_sheet_row(own)})
    return pd.DataFrame(rows)


def decimals(headline: pd.DataFrame) -> list[int]:
    """[row] decimals of the headline table, as its units have them."""
    numbers = headline.select_dtypes("number").abs().max(axis=1)
    return [decimals_of(str(unit), float(size)) for unit, size in zip(headline["unit"], numbers, strict=True)]


def _sheet_row(own: Mapping[str, Any], level: bool = True) -> dict[str, Any]:
    first = any_of(own)
    cells_: dict[str, Any] = {"unit": first.unit, "baseline": first.baseline if level else math.nan}
    for title, row in own.items():
        before = f"{title}: " if len(own) > 1 else ""
        cells_ |= {
            f"{before}scenario": row.value if level else math.nan,
            f"{before}difference": row.difference,
            f"{before}±": row.half_width,
            f"{before}verdict": row.verdict,
        }
    return cells_
