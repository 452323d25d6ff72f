"""A scenario against its comparators: is it better than the same money spent otherwise, and at what."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd

from cxsim.compare.table import by_measure, smallest_worthwhile
from cxsim.measures.catalogue import BY_NAME, HEADLINES
from cxsim.measures.measure import Measure
from cxsim.probability.intervals import difference, verdict
from cxsim.probability.simultaneous import effective_family
from cxsim.scenario import Scenario
from cxsim.study import Results

LOOKED_AT: tuple[Measure, ...] = (*HEADLINES, BY_NAME["net_benefit"])
"""The headline measures, and net benefit of all weeks, which holds one-off costs too."""
AGAINST = (
    "scenario", "other", "measure", "title", "unit", "difference", "low", "high", "half_width", "worthwhile", "verdict",
)  # fmt: skip
"""Columns, after those of the point: the scenario minus the other, replication by replication."""


def pairs_of(results: Results) -> list[tuple[Scenario, Scenario]]:
    """Each scenario with the comparators that its file names, where they were run."""
    names = {s.name: s for s in results.scenarios}
    pairs = [(s, PurePath(other).stem) for s in results.scenarios for other in s.comparators]
    return [(s, names[other]) for s, other in pairs if other in names and other != s.name]


def against_of(results: Results) -> pd.DataFrame:
    """One row for each point, pair of scenarios and measure of `LOOKED_AT`.

    Both had the same customers with the same random numbers.  Intervals hold for all rows of a point at once.
    """
    pairs = pairs_of(results)
    rows: list[dict[str, Any]] = []
    for label in results.points if pairs else ():
        found = by_measure(results.measured, label)
        both = [(a.name, b.name, m.name) for a, b in pairs for m in LOOKED_AT]
        there = [(a, b, m) for a, b, m in both if (a, m) in found and (b, m) in found]
        if not there:
            continue
        changes = np.stack([found[a, m] - found[b, m] for a, b, m in there], axis=1)
        family = effective_family(changes, results.settings.confidence)
        for scenario, other in pairs:
            for m in LOOKED_AT:
                if (scenario.name, m.name) not in found or (other.name, m.name) not in found:
                    continue
                ours, theirs = found[scenario.name, m.name], found[other.name, m.name]
                d = difference(ours, theirs, results.settings.confidence, family)
                worthwhile = smallest_worthwhile(results, m, found)
                cells = {
                    "scenario": scenario.name,
                    "other": other.name,
                    "measure": m.name,
                    "title": m.title,
                    "unit": m.unit.replace("money", results.organisation.economics.currency),
                    "difference": d.mean,
                    "low": d.low,
                    "high": d.high,
                    "half_width": d.half_width,
                    "worthwhile": worthwhile,
                    "verdict": verdict(d, worthwhile, m.better),
                }
                rows.append({**label, **cells})
    return pd.DataFrame(rows, columns=[*results.points[0], *AGAINST])
