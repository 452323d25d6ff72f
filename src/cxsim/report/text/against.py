"""A scenario against its comparators, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cxsim.compare.against import pairs_of
from cxsim.compare.table import rows_with
from cxsim.probability.intervals import BETTER, UNDECIDED, WORSE
from cxsim.report.text.words import SPELT, over_all
from cxsim.scenario import Scenario
from cxsim.study import Results


def comparator_sentences(
    results: Results, table: pd.DataFrame, scenario: Scenario, label: Mapping[str, Any]
) -> list[str]:
    """A sentence for each comparator: what is better, worse, and undecided."""
    texts = []
    for _, other in (pair for pair in pairs_of(results) if pair[0] is scenario):
        rows = rows_with(table, {**label, "scenario": scenario.name, "other": other.name})
        known = list(rows[rows["difference"].notna()].itertuples(index=False))
        if known:
            texts.append(f"Against “{other.title}”: {'; '.join(_briefly(known))}.")
    return texts


def _briefly(rows: Sequence[Any]) -> list[str]:
    """As `over_all`; many undecided measures are counted, not named."""
    unknown = [row for row in rows if row.verdict == UNDECIDED]
    if len(unknown) <= SPELT:
        return over_all(rows)
    decided = [row for row in rows if row.verdict in (BETTER, WORSE)]
    rest = len(rows) - len(decided) - len(unknown)
    parts = [*over_all(decided), f"undecided: {len(unknown)} measures"]
    return [*parts, f"negligible: {rest}"] if rest else parts
