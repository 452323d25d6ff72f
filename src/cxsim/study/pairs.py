"""Replications side by side: values by scenario and measure, and the families of their paired differences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxsim.measures.catalogue import HEADLINES
from cxsim.native.records import Floats
from cxsim.probability.ratios import pseudo_values
from cxsim.probability.simultaneous import Family, family_of_changes
from cxsim.scenario import BASELINE

Found = dict[tuple[str, str], Floats]
"""[replication] values by scenario and measure; of ratios the pseudo-values, whose mean is the ratio of the sums."""


def rows_with(table: pd.DataFrame, wanted: Mapping[str, Any]) -> pd.DataFrame:
    """The rows that have these values in these columns."""
    for key, value in wanted.items():
        table = table[table[key] == value]
    return table


def by_measure(measured: pd.DataFrame, label: Mapping[str, Any]) -> Found:
    """The replications of one point by scenario and measure."""
    measured = rows_with(measured, label).sort_values("replication", kind="stable")
    groups = measured.groupby(["scenario", "measure"], sort=False)
    values = {(str(s), str(m)): group.to_numpy(dtype=np.float64) for (s, m), group in groups["value"]}
    if "divisor" not in measured:
        return values
    divisors = {(str(s), str(m)): group.to_numpy(dtype=np.float64) for (s, m), group in groups["divisor"]}
    return {key: pseudo_values(value, divisors[key]) for key, value in values.items()}


def noise_of(measured: pd.DataFrame, label: Mapping[str, Any]) -> Found:
    """[draw] variance by chance of each change to the baseline, by scenario and measure; empty where none is known."""
    measured = rows_with(measured, label)
    if "noise" not in measured or measured["noise"].isna().all():
        return {}
    groups = measured.sort_values("replication", kind="stable").groupby(["scenario", "measure"], sort=False)
    return {(str(s), str(m)): group.to_numpy(dtype=np.float64) for (s, m), group in groups["noise"]}


def headline_family(found: Found, scenarios: Sequence[str], confidence: float) -> Family:
    """The family declared in advance: every scenario on every headline measure."""
    wanted = [(name, m.name) for name in scenarios for m in HEADLINES]
    changes = [found[key] - found[BASELINE.name, key[1]] for key in wanted if key in found]
    return family_of(changes, confidence)._replace(declared=len(wanted))


def family_of(changes: Iterable[Floats], confidence: float) -> Family:
    """Of paired differences, each [replication]."""
    columns = list(changes)
    if not columns:
        return Family(1, 0, 1.0)
    return family_of_changes(np.stack(columns, axis=1), confidence)
