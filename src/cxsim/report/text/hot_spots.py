"""Hot spots and moments of truth: the steps of each route where effort, failure and dissatisfaction concentrate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cxsim.compare.table import rows_with
from cxsim.report.text.failure import step_title
from cxsim.report.text.tables import columns
from cxsim.report.text.words import half, number
from cxsim.scenario import BASELINE
from cxsim.study import Results

MOST = 12
"""Steps reported of each kind."""
HEAD = ("", "visits", "wrong", "failure contacts", "detractors", "effort", "heat", "±")
MEANING = (
    "A week: visits of the step; the share of them that stayed unresolved or made customers contact us again; failure "
    "contacts that the step causes; detractors, of the cases, by where their effort comes from; effort that the step "
    "causes, SD. Heat is visits × effort per visit × share gone wrong; steps stand in its order."
)


def hot_spots_text(results: Results, label: Mapping[str, Any] | None = None) -> str:
    """Hot spots of the baseline and of each scenario, moments of truth apart from routine."""
    table = rows_with(results.hot_spots, label or results.points[0])
    parts = []
    for name, title in ((BASELINE.name, BASELINE.title), *((s.name, s.title) for s in results.scenarios)):
        rows = ranked(table, name)
        for heading, chosen in (
            ("moments of truth", rows[rows["moment_of_truth"] > 1.0]),
            ("routine", rows[rows["moment_of_truth"] <= 1.0]),
        ):
            if len(chosen):
                parts += [f"{title}: {heading}", _lines(results, chosen.head(MOST)), *_left(len(chosen)), ""]
    many = "replication" if results.replications == 1 else "replications"
    return "\n".join([*parts, f"{results.replications} {many}; ± is the half-width of heat, each by itself."])


def ranked(table: pd.DataFrame, scenario: str) -> pd.DataFrame:
    """The hot spots of one scenario, a row a step, the hottest first; `heat_half_width` next to the measures."""
    rows = table[table["scenario"] == scenario]
    wide = rows.pivot_table(index="step", columns="measure", values="value", sort=False)
    half_widths = rows[rows["measure"] == "heat"].set_index("step")["half_width"]
    wide = wide.assign(heat_half_width=half_widths)
    wide = wide[wide["visits"] > 0.0]
    return wide.sort_values("heat", ascending=False, kind="stable").reset_index()


def _lines(results: Results, rows: pd.DataFrame) -> str:
    lines: list[tuple[str, ...]] = [HEAD]
    shown = (
        ("visits", 0, ""), ("went_wrong", 0, " %"), ("failure_contacts_per_week", 0, ""),
        ("detractors_per_week", 0, ""),
        ("effort_per_week", 1, ""), ("heat", 1, ""),
    )  # fmt: skip
    for row in rows.to_dict("records"):
        cells = [number(row[name], decimals=decimals) + unit for name, decimals, unit in shown]
        lines.append((step_title(results.organisation, row["step"]), *cells, half(row["heat_half_width"], decimals=1)))
    return columns(lines, right=range(1, len(HEAD)))


def _left(steps: int) -> list[str]:
    return [f"  and {steps - MOST} cooler steps"] if steps > MOST else []
