"""Whom a change affects: the reasons and segments whose customers meet it, with simultaneous intervals.

A change that is large for a few customers vanishes in the mean of all.  Reasons and segments are looked at side by
side, and the ones reported are chosen after looking; therefore every interval here is widened for the whole family that
was looked at (scenarios × reasons and segments × measures), and what is reported of the chosen ones holds however they
were chosen (simultaneous intervals cover any selection: Bonferroni, as in `cxsim.probability.intervals`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from cxsim.compare.table import rows_with
from cxsim.measures.breakdowns import ALL
from cxsim.measures.catalogue import BY_NAME
from cxsim.organisation import Organisation
from cxsim.probability.intervals import BETTER, WORSE, Difference, t_quantile, verdict, widened
from cxsim.scenario import BASELINE
from cxsim.study import Results

REPORTED = ("effort", "contacts_per_case", "end_to_end", "promise_breaches", "nps_transactional")
"""Measures looked at for each reason and segment; effort decides their order."""
REASON, SEGMENT = "reason", "segment"
NAMED = 3
"""Reasons and segments that a sentence names at most."""
WHERE = (
    "scenario",
    "kind",
    "name",
    "title",
    "share",
    "measure",
    "unit",
    "direction",
    "baseline",
    "value",
    "difference",
    "low",
    "high",
    "half_width",
    "worthwhile",
    "verdict",
)
"""Columns after those of the point. kind: reason or segment; share: of all cases of the baseline, %."""


def where_of(results: Results) -> pd.DataFrame:
    """Reasons (of all segments) and segments (of all reasons) against the baseline: one row per scenario and measure.

    `low` and `high` bound the paired difference at the study's confidence for all rows of a point together.
    """
    rows: list[dict[str, Any]] = []
    for label in results.points:
        found = list(_cells(results, label))
        moving = sum(float(row.difference_half_width) > 0.0 for *_, row in found)  # what cannot move cannot err
        rows += [{**label, **_row(results, *cell, family=max(1, moving))} for cell in found]
    return pd.DataFrame(rows, columns=[*results.points[0], *WHERE])


def _cells(results: Results, label: Mapping[str, Any]) -> Iterator[tuple[str, str, float, Any]]:
    """(kind, name, share of the cases, row of the study's table) of everything that is looked at."""
    table = rows_with(results.reasons, label)
    for kind, other in ((REASON, SEGMENT), (SEGMENT, REASON)):
        whole = table[table[other] == ALL]
        weekly = whole[(whole["scenario"] == BASELINE.name) & (whole["measure"] == "cases_per_week")]
        cases = dict(zip(weekly[kind], weekly["value"], strict=True))
        if kind == SEGMENT and len(cases) < 3:
            continue  # one segment is everybody
        reported = whole[
            (whole["scenario"] != BASELINE.name)
            & (whole[kind] != ALL)
            & whole["measure"].isin(REPORTED)
            & (whole["pairs"] > 0)
        ]
        for row in reported.itertuples(index=False):
            name = str(getattr(row, kind))
            yield kind, name, 100.0 * cases.get(name, 0.0) / cases[ALL], row


def _row(results: Results, kind: str, name: str, share: float, row: Any, family: int) -> dict[str, Any]:
    measure = BY_NAME[row.measure]
    worthwhile = results.settings.worthwhile.get(measure.name, measure.worthwhile)
    d = _together(row, results.settings.confidence, family)
    return {
        "scenario": row.scenario,
        "kind": kind,
        "name": name,
        "title": _title(results.organisation, kind, name),
        "share": share,
        "measure": measure.name,
        "unit": measure.unit,
        "direction": measure.better,
        "baseline": row.value - row.difference,
        "value": row.value,
        "difference": d.mean,
        "low": d.low,
        "high": d.high,
        "half_width": d.half_width,
        "worthwhile": worthwhile,
        "verdict": verdict(d, worthwhile, measure.better),
    }


def _together(row: Any, confidence: float, family: int) -> Difference:
    """The difference of a cell with the interval of a family, from its own."""
    n, own = int(row.pairs), float(row.difference_half_width)
    half = widened(own, n, confidence, family)
    sd = own * math.sqrt(n) / t_quantile(confidence, n - 1) if n > 1 else math.nan
    mean = float(row.difference)
    return Difference(mean, half, mean - half, mean + half, sd, n)


def _title(o: Organisation, kind: str, name: str) -> str:
    spec = (o.reasons if kind == REASON else o.segments).get(name)
    return (spec.title if spec is not None else "") or name.replace("_", " ")


def certain(where: pd.DataFrame) -> pd.DataFrame:
    """The rows with a significant change of at least the smallest worthwhile difference: better or worse."""
    return where[where["verdict"].isin((BETTER, WORSE))]


def affected(where: pd.DataFrame, scenario: str, kind: str, label: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Reasons or segments with a significant change, each as its rows of such changes in the order of `REPORTED`.

    Sorted by how far their effort moves, the largest first.  Segments are chosen by their effort alone.
    """
    rows = rows_with(certain(where), {**label, "scenario": scenario, "kind": kind})
    by_name: dict[str, dict[str, Any]] = {}
    for row in rows.itertuples(index=False):
        by_name.setdefault(str(row.name), {})[str(row.measure)] = row
    found = [tuple(cells[m] for m in REPORTED if m in cells) for cells in by_name.values()]
    found = [cells for cells in found if kind == REASON or cells[0].measure == REPORTED[0]]
    return sorted(found, key=_moved, reverse=True)


def _moved(rows: Sequence[Any]) -> tuple[bool, float]:
    """How far effort moves; what moves in another measure alone comes last."""
    first = rows[0]
    return first.measure == REPORTED[0], abs(float(first.difference) / float(first.worthwhile or 1.0))


def relieved(
    where: pd.DataFrame, label: Mapping[str, Any], most: int = 5, named: int = NAMED + 1
) -> list[dict[str, Any]]:
    """Reasons with a significant change under some scenario: the row of their effort in each scenario by its name.

    The first `named` of every scenario are always among them, so that what its finding names can be looked up; then
    those whose effort moves farthest, until there are `most`.  Sorted by how far their effort moves, the largest first.
    """
    rows = rows_with(where[(where["kind"] == REASON) & (where["measure"] == REPORTED[0])], label)
    moves = certain(rows).groupby("name")["difference"].agg(lambda x: float(x.abs().max()))
    farthest = [str(name) for name in moves.sort_values(ascending=False, kind="stable").index]
    affecting = [
        str(cells[0].name)
        for scenario in rows["scenario"].unique()
        for cells in affected(where, scenario, REASON, label)[:named]
    ]
    there = set(rows["name"])
    wanted = [name for name in dict.fromkeys(affecting) if name in there]
    wanted += [name for name in farthest if name not in wanted][: max(0, most - len(wanted))]
    chosen = [*(n for n in farthest if n in wanted), *(n for n in wanted if n not in farthest)]
    return [{str(r.scenario): r for r in rows[rows["name"] == name].itertuples(index=False)} for name in chosen]
