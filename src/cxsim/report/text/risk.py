"""What could go wrong, in words: the spread of what a scenario brings where numbers are drawn, and who stops when."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cxsim.compare.table import changes_of
from cxsim.compare.uncertainty import grouped
from cxsim.probability.intervals import UNDECIDED
from cxsim.probability.ranking import LEVEL, draws_needed, ranked
from cxsim.report.text.words import SHORT, listing, signed
from cxsim.scenario import Scenario
from cxsim.study import Results

LOW, HIGH = 0.1, 0.9
NAMED = 3
"""Numbers named at most, of those that stand out."""
COVERED = {
    "nothing": "Intervals reflect sampling error, not uncertain assumptions; see the list of assumptions and their "
    "ranges.",
    "scenario": "The scenarios' numbers are drawn anew within their ranges. The interval of a measure is that of one "
    "unknown truth: it covers chance and not knowing these numbers, and does not shrink with more draws; what is "
    "assumed of the organisation is taken as it is.",
    "everything": "Every number that has a range is drawn anew. The interval of a measure is that of one unknown "
    "truth: it covers chance and not knowing these numbers, and does not shrink with more draws; numbers without a "
    "range, and the form of the model, are taken as they are.",
}
"""What intervals reflect, by what is drawn."""


def risk(results: Results, scenario: Scenario, label: Mapping[str, Any]) -> str:
    """How a scenario turned out over the draws: net benefit of all weeks, losses, pilots that failed."""
    if results.settings.vary == "nothing" or results.replications < 2:
        return ""
    gains = grouped(gain(results, scenario.name, label), np.array(results.finished), results.settings.runs_per_draw)
    gains = gains.mean(axis=1)
    if not len(gains):
        return ""
    currency, weeks, n = results.organisation.economics.currency, results.settings.weeks, len(gains)
    lost = int((gains < 0.0).sum())
    mean, low, high = (signed(float(x)) for x in (gains.mean(), *np.quantile(gains, [LOW, HIGH])))
    text = (
        f"{scenario.title}, over {n} draws of the uncertain numbers: net benefit of all {weeks} weeks {mean} "
        f"{currency} on average, in one of ten below {low} and in one of ten above {high}, the worst "
        f"{signed(float(gains.min()))}; paid back within them in {n - lost} of {n}."
    )
    failed = results.stopped.get(scenario.name)
    if failed is not None:
        text += f" The pilot failed and was stopped in {failed} of {results.replications} replications."
    return f"{text} {deciding('it', _by_draw(results), gains)}".rstrip()


def _by_draw(results: Results) -> pd.DataFrame:
    """The drawn numbers once for each draw, of which every run is there."""
    runs = results.settings.runs_per_draw
    finished = np.array(results.finished)
    whole = [k for k in finished if k % runs == 0 and (finished // runs == k // runs).sum() == runs]
    return results.draws[results.draws["replication"].isin(whole)]


def odds(results: Results, rows: Mapping[str, Any]) -> str:
    """Of what is undecided because its numbers are not known: how likely it is better, negligible or worse."""
    if results.settings.vary == "nothing":
        return ""
    named = [
        f"{SHORT[row.measure]} {_percent(row.p_better)} better, {_percent(row.p_negligible)} negligible, "
        f"{_percent(row.p_worse)} worse"
        for row in rows.values()
        if row.headline and row.verdict == UNDECIDED and not math.isnan(row.p_better)
    ]
    return f"How likely, as far as the numbers are known: {'; '.join(named)}." if named else ""


def _percent(share: float) -> str:
    """A probability; none is certain."""
    return "<1 %" if share < 0.01 else ">99 %" if share > 0.99 else f"{100.0 * share:.0f} %"


def gain(results: Results, scenario: str, label: Mapping[str, Any], measure: str = "net_benefit") -> Any:
    """[replication] net benefit over all weeks against the baseline with the same numbers."""
    return changes_of(results, scenario, label, measure) * results.settings.weeks


def deciding(what: str, draws: pd.DataFrame, outcome: Any) -> str:
    """Which of the drawn numbers an outcome goes with by more than chance; else how many draws would tell."""
    named, numbers = decides(draws, outcome)
    if not numbers:
        return ""
    if named:
        words = listing([f"{name} ({signed(r, decimals=1)})" for name, r in named])
        return f"Of {numbers} drawn numbers, {what} goes with {words} (rank correlation; by more than chance, at 5 %)."
    return (
        f"None of the {numbers} drawn numbers stands out over chance in {len(outcome)} draws: one that explains a "
        f"quarter of how {what} varies would take about {draws_needed(numbers):,} draws to be found."
    )


def decides(draws: pd.DataFrame, outcome: Any) -> tuple[list[tuple[str, float]], int]:
    """The drawn numbers that stand out over chance, the strongest first, and how many were looked at.

    outcome: by replication, as `draws` has them.
    """
    if draws.empty or len(outcome) < 3:
        return [], 0
    wide = draws.pivot_table(index="replication", columns="assumption", values="value", sort=False).sort_index()
    wide = wide.loc[:, wide.notna().all()]
    found = ranked(wide.to_numpy(dtype=np.float64), np.asarray(outcome, dtype=np.float64))
    names = [str(name).removeprefix("scenario: ") for name in wide.columns]
    return [(names[r.column], r.correlation) for r in found if r.p <= LEVEL][:NAMED], len(found)
