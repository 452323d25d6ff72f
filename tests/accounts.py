"""Money adds up: from minutes, contacts and decisions to costs, from costs and margins to every total and table."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from cxsim.measures.breakdowns import ALL, reasons, recovery, steps, teams, weeks
from cxsim.measures.loyalty import loyalty
from cxsim.measures.money import COSTS, RUNNING
from cxsim.measures.reading import Reading
from cxsim.measures.whole import measure_all
from cxsim.measures.years import years
from cxsim.organisation.experience import Inflation
from cxsim.scenario.interventions.dates import week_of_year
from cxsim.state.recovery_sums import RecoveryColumn
from cxsim.state.tally import CaseColumn, ContactColumn, TeamColumn


def money_adds_up(r: Reading) -> dict[str, float]:
    """From the rows to every total: parts to the whole, tables by team, segment, reason, week and year to their sum.

    Where one plan holds all the time, costs are calculated from the counts as well.  The measures are returned.
    """
    m = measure_all(r)
    assert m["total_cost"] == pytest.approx(sum(m[cost] for cost in (*COSTS, "scenario_cost")), nan_ok=True)
    assert m["running_cost"] == pytest.approx(sum(m[cost] for cost in RUNNING) + m["scenario_cost_running"])
    assert m["net_benefit"] == pytest.approx(m["margin"] + m["customer_margin"] - m["total_cost"])
    assert m["margin"] == pytest.approx(r.tally.case_sums[r.cohort][..., CaseColumn.MARGIN].sum() / r.cohort_weeks)
    _tables_add_up(r, m)
    _years_add_up(r, m)
    if len(r.timeline) == 1 and r.organisation.economics.inflation == Inflation():
        _costs_come_of_counts(r, m)
    return m


def _tables_add_up(r: Reading, m: dict[str, float]) -> None:
    assert teams(r)["staffing_cost"].sum() == pytest.approx(m["staffing_cost"])
    segments = _cells(loyalty(r))
    for name in ("revenue", "customer_margin", "base_value"):
        assert segments[name].sum() == pytest.approx(m[name])
    by_reason = reasons(r)
    assert by_reason.loc[(ALL, ALL), "margin"] == pytest.approx(m["margin"])
    assert _cells(by_reason)["margin"].sum() == pytest.approx(m["margin"])
    weekly = weeks(r)
    for_all = weekly.xs(ALL, level="team")
    assert for_all["staffing_cost"].mean() == pytest.approx(m["staffing_cost"])
    assert for_all["customer_margin"].mean() == pytest.approx(m["customer_margin"])
    assert _cells(weekly)["staffing_cost"].sum() / r.weeks == pytest.approx(m["staffing_cost"])
    assert steps(r)["sales_margin"].sum() == pytest.approx(m["sales_margin"])
    assert _cells(recovery(r))["payments"].sum() == pytest.approx(m["payments"])


def _cells(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table that are no sums over others."""
    levels = [table.index.get_level_values(k) for k in range(table.index.nlevels)]
    return table[np.logical_and.reduce([level != ALL for level in levels])]


def _years_add_up(r: Reading, m: dict[str, float]) -> None:
    """Years weighed by their weeks are the whole; what goes by cohort, where every week has its cases."""
    table = years(r)
    firsts = [min(week_of_year(y), r.weeks) for y in range(len(table) + 1)]
    length = np.array([b - a for a, b in pairwise(firsts)])
    assert length.sum() == r.weeks
    whole = ["staffing_cost", "contact_cost", "error_cost", "hiring_cost", "goodwill_cost", "ombudsman_cost"]
    whole += ["scenario_cost", "customer_margin"]
    if r.follow_up_weeks == 0:
        whole += ["update_cost", "margin", "total_cost", "net_benefit"]
    for name in whole:
        assert (table[name] * length).sum() / r.weeks == pytest.approx(m[name]), name


def _costs_come_of_counts(r: Reading, m: dict[str, float]) -> None:
    """Minutes paid, contacts, messages, decisions and people who start, each at its price."""
    plan, tally = r.timeline[0][1], r.tally
    team = tally.team_sums[r.period].sum(axis=0)
    contacts = tally.contact_sums[r.period].sum(axis=(0, 1))
    updates = tally.case_sums[r.cohort][..., CaseColumn.UPDATES].sum(axis=(0, 2))
    economics = r.organisation.economics
    minutes = team[:, TeamColumn.PAID] + economics.overtime * team[:, TeamColumn.AFTER_SHIFT]
    pay = (minutes * plan.teams["cost"]).sum() * (1.0 + economics.overhead)
    given = tally.recovery_sums[r.period].sum(axis=(0, 1))
    calculated = {
        "staffing_cost": pay / r.weeks,
        "contact_cost": (contacts[:, ContactColumn.ATTEMPTS] * plan.channels["cost"]).sum() / r.weeks,
        "update_cost": (updates * plan.reasons["update_cost"]).sum() / r.cohort_weeks,
        "hiring_cost": (team[:, TeamColumn.HIRED] * plan.teams["hiring_cost"]).sum() / r.weeks,
        "goodwill_cost": given[RecoveryColumn.GOODWILL] / r.weeks,
        "ombudsman_cost": given[RecoveryColumn.OMBUDSMAN_COST] / r.weeks,
    }
    for name, value in calculated.items():
        assert m[name] == pytest.approx(value), name
