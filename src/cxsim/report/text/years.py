"""Year by year in words: a table of what moves, what the last years brought, and its present value."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxsim.calendars.constants import WEEK, WEEKS_PER_YEAR
from cxsim.compare.table import rows_with
from cxsim.probability.intervals import difference, mean_of
from cxsim.report.text import segments
from cxsim.report.text.tables import columns
from cxsim.report.text.words import half, number, signed
from cxsim.scenario import BASELINE, Scenario
from cxsim.scenario.interventions.dates import week_of_year
from cxsim.study import Results

LATE = 4
"""Years at the end that are reported by themselves."""
SHOWN = (
    ("nps_relationship", "NPS", 1),
    ("favourable", "secure and", 1),
    ("churn", "churn", 2),
)
"""Measures of the table, their heading, their decimals; the customer base at each year's end, churn of the year."""
THOUSANDS = 1000.0


def spans_years(results: Results) -> bool:
    """Whether a study is long enough to be reported by year."""
    return results.settings.weeks > week_of_year(1)


def by_year(results: Results, scenario: Scenario, label: Mapping[str, Any]) -> str:
    """The table of years of one scenario and the baseline; the phases stand before the year in which they begin."""
    table = rows_with(results.years, label)
    own = {(int(r.year), str(r.measure)): r for r in rows_of(table[table["scenario"] == scenario.name])}
    base = {(int(r.year), str(r.measure)): r for r in rows_of(table[table["scenario"] == BASELINE.name])}
    years = sorted({year for year, _ in own})
    currency = results.organisation.economics.currency
    heads: list[Sequence[str]] = [
        ("year", *(x for _, title, _ in SHOWN for x in (title, "", "")), "cost of", "", "the", "net", "")
    ]
    heads += [
        (
            "",
            "baseline",
            "",
            "±",
            "favourable, %",
            "",
            "±",
            "% a year",
            "",
            "±",
            "service",
            "±",
            "programme",
            "benefit",
            "±",
        )
    ]
    lines = []
    for year in years:
        cells = [f"{year}"]
        for name, _, decimals in SHOWN:
            now, then = own.get((year, name)), base.get((year, name))
            if now is None or then is None:
                cells += ["", "", ""]
                continue
            cells += [
                number(then.value, decimals=decimals),
                signed(now.difference, decimals=decimals),
                half(now.difference_half_width, decimals=decimals),
            ]
        service = change(own, year, "total_cost") - change(own, year, "scenario_cost")
        spread = change(own, year, "total_cost", "difference_half_width")
        cells += [signed(service, decimals=0), half(spread, decimals=0)]
        cells += [signed(change(own, year, "scenario_cost"), decimals=0)]
        cells += [signed(change(own, year, "net_benefit"), decimals=0)]
        cells += [half(change(own, year, "net_benefit", "difference_half_width"), decimals=0)]
        lines.append(cells)
    text = columns([*heads, *lines], right=range(1, 15)).split("\n")
    parts = [
        "By year: baseline, and what the scenario changes. Customers at the year's end; churn of the year; money in"
    ]
    parts += [f"thousands of {currency} a year. Intervals hold each by itself, not simultaneously.", "", *text[:2]]
    for year, line in zip(years, text[2:], strict=True):
        parts += [f"  -- {phase.title} begins" for phase in scenario.phases if begins_in(phase.starts, year)]
        parts.append(line)
    return "\n".join(parts)


def rows_of(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples(index=False))


def begins_in(at: float, year: int) -> bool:
    """Whether an instant lies in a year, the first being 1."""
    return week_of_year(year - 1) * WEEK <= at < week_of_year(year) * WEEK


def change(rows: Mapping[tuple[int, str], Any], year: int, measure: str, what: str = "difference") -> float:
    """A change of money in a year, thousands; nan where there is none."""
    row = rows.get((year, measure))
    return math.nan if row is None else float(getattr(row, what)) * WEEKS_PER_YEAR / THOUSANDS


def late_years(results: Results, scenario: Scenario, label: Mapping[str, Any]) -> str:
    """What the last years brought to loyalty, under the scenario and in the baseline."""
    table = rows_with(results.years, label)
    last = int(table["year"].max())
    if last <= LATE:
        return ""
    texts = []
    for name, title, unit in (
        ("nps_relationship", "relationship NPS", "points"),
        ("favourable", "secure and favourable customers", "points"),
    ):
        rows = {(str(r.scenario), int(r.year)): float(r.value) for r in rows_of(table[table["measure"] == name])}
        now, then = rows[(scenario.name, last)], rows[(scenario.name, last - LATE)]
        drift = rows[(BASELINE.name, last)] - rows[(BASELINE.name, last - LATE)]
        known = _rise(results, scenario, label, name, last)
        texts.append(
            f"{title} {number(then, decimals=1)} to {number(now, decimals=1)} "
            f"({signed(now - then, decimals=1)}{known} {unit}; without the programme {signed(drift, decimals=1)})"
        )
    return f"From the end of year {last - LATE} to the end of year {last}: {'; '.join(texts)}."


def present_value(results: Results, scenario: Scenario, label: Mapping[str, Any]) -> str:
    """What a scenario changes over all years, as a present value, and from when on it is ahead."""
    table = rows_with(results.years, label)
    rows = table[(table["scenario"] == scenario.name) & (table["measure"] == "present_value")]
    values = rows["difference"].to_numpy()
    if not len(values) or np.isnan(values).any():
        return ""
    economics, discount = results.organisation.economics, results.organisation.loyalty.discount
    total, sums = float(values.sum()), values.cumsum()
    known = _spread(results, scenario, label)
    ahead = next((k + 1 for k in range(len(sums)) if (sums[k:] > 0.0).all()), None)
    when = f"in sum it is ahead from year {ahead} on" if ahead is not None else "in sum it is not ahead at the end"
    inflation = economics.inflation
    rates = [
        f"{what} {100.0 * rate:.3g} %"
        for what, rate in (("pay", inflation.pay), ("other costs", inflation.other), ("prices", inflation.prices))
        if rate
    ]
    price_growth = f"; a year, {', '.join(rates)} up" if rates else "; nothing gets more expensive"
    return (
        f"Present value of all it changes over {len(values)} years: {signed(total)} {economics.currency}{known}, an "
        "interval by itself, "
        f"discounted by {100.0 * discount:.3g} % a year; {when}. All money is in {economics.currency} of "
        f"{economics.price_year}{price_growth}."
    )


def _rise(results: Results, scenario: Scenario, label: Mapping[str, Any], name: str, last: int) -> str:
    """The half-width of a rise over the last years; of the first point, whose years are kept by replication."""
    if label != results.points[0] or results.replications < 2:
        return ""
    rows = rows_with(results.yearly, {"scenario": scenario.name, "measure": name})
    by_year = rows.set_index(["year", "replication"])["value"].sort_index()
    rises = by_year[last].to_numpy() - by_year[last - LATE].to_numpy()
    return f" ± {half(mean_of(rises, results.settings.confidence).half_width, decimals=1)}"


def _spread(results: Results, scenario: Scenario, label: Mapping[str, Any]) -> str:
    """The half-width of a present value; of the first point, whose years are kept by replication."""
    if label != results.points[0] or results.replications < 2:
        return ""
    rows = results.yearly[results.yearly["measure"] == "present_value"]
    sums = rows.groupby(["scenario", "replication"])["value"].sum()
    own = difference(sums[scenario.name], sums[BASELINE.name], results.settings.confidence)
    return f" (± {number(own.half_width)}{'' if abs(own.mean) > own.half_width else ', not significant'})"


def tables_of(results: Results, scenarios: Sequence[Scenario], label: Mapping[str, Any]) -> list[str]:
    """Tables of a scenario, below the one of all measures: by segment and by year, where there are any."""
    parts = []
    for scenario in scenarios:
        texts = [segments.apart(results, scenario, label)]
        texts += [by_year(results, scenario, label)] if spans_years(results) else []
        for text in filter(None, texts):
            parts += ["", *([scenario.title] if len(scenarios) > 1 else []), text]
    return parts
