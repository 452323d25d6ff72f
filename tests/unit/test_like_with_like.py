"""A change of mix is no change of service: measures per case compare the same work in both worlds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cxsim
from cxsim.compare import compare
from cxsim.measures.breakdowns import ALL
from cxsim.measures.reading import standardised
from cxsim.organisation import read_organisation
from cxsim.probability.intervals import BETTER, WORSE
from cxsim.report.text import findings
from cxsim.scenario import Scenario, read_scenario
from cxsim.state.tally import CaseColumn
from cxsim.study import Results, Settings, run_study
from organisations import small_bank

PER_CASE = ("effort", "contacts_per_case", "end_to_end", "promise_breaches", "nps_transactional", "fcr", "ces")
OF_THEM = ("effort", "contacts_per_case", "end_to_end", "promise_breaches", "nps_transactional")


def cells(*opened_and_effort: tuple[float, float]) -> np.ndarray:
    """[kind, CaseColumn] of kinds with so many cases and so much effort in all."""
    sums = np.zeros((len(opened_and_effort), len(CaseColumn)))
    for row, (opened, effort) in zip(sums, opened_and_effort, strict=True):
        row[CaseColumn.OPENED], row[CaseColumn.EFFORT] = opened, effort
    return sums


def test_standardisation_by_hand() -> None:
    """Easy cases of 0.1 and hard ones of 0.9 each; half of the easy go, the hard become 0.8, a third kind is new."""
    before = cells((80.0, 8.0), (20.0, 18.0), (0.0, 0.0), (5.0, 1.0))
    after = cells((40.0, 4.0), (20.0, 16.0), (9.0, 90.0), (0.0, 0.0))
    found = standardised(after, before)
    assert found[:, CaseColumn.OPENED].tolist() == [80.0, 20.0, 0.0, 5.0]
    # 80 x 0.1 and 20 x 0.8; the new kind is left out, the one that is gone stands as before
    assert found[:, CaseColumn.EFFORT].tolist() == [8.0, 16.0, 0.0, 1.0]
    assert standardised(before, before) is before


@pytest.mark.parametrize(
    "change",
    [
        {"prevent_demand": {"reasons": ["limit"], "share": 0.8}},
        {"prevent_demand": {"reasons": ["loan"], "share": 0.8}},
        {"add_demand": {"reasons": ["loan"], "share": 3.0}},
        {"add_demand": {"reasons": ["limit"], "share": 0.3}},
    ],
    ids=["easy cases go", "hard cases go", "hard cases come", "easy cases come"],
)
def test_a_mix_that_changes_is_no_change_of_service(change: dict[str, Any]) -> None:
    """Agents are plenty, so that no case is served otherwise: no measure per case moves by what is worthwhile."""
    tree = small_bank()
    tree["teams"]["front_line"]["agents"] = 40
    tree["teams"]["lending"]["agents"] = 30
    organisation = read_organisation(tree)
    scenario = read_scenario({"title": "Mix", "interventions": [change]}, organisation, "mix")
    results = run_study(organisation, (scenario,), Settings(weeks=12, warm_up_weeks=2, replications=6, workers=1))
    table = compare(results).table.set_index("measure")
    for m in PER_CASE:
        assert table.loc[m, "verdict"] not in (BETTER, WORSE), m
    # before, the mean over whatever cases there were moved by far more than what is worthwhile
    raw = raw_change(results, "end_to_end")
    assert abs(raw) > 2.0 * abs(table.loc["end_to_end", "difference"])
    (text,) = [t for t in findings(compare(results))["mix"] if t.startswith("Cases a week that came or went")]
    name = change[next(iter(change))]["reasons"][0]
    assert f"“{name}”" in text


def raw_change(results: Results, measure: str) -> float:
    """The change of the mean over all cases of each world, from the table of reasons weighed by its own cases."""
    rows = results.reasons[(results.reasons["segment"] == ALL) & (results.reasons["reason"] != ALL)]
    wide = rows.pivot_table(index=["scenario", "reason"], columns="measure", values="value")
    means = {}
    for world, part in wide.groupby(level="scenario"):
        known = part[part[measure].notna()]
        means[world] = float((known[measure] * known["cases_per_week"]).sum() / known["cases_per_week"].sum())
    (scenario,) = [s.name for s in results.scenarios]
    return means[scenario] - means["baseline"]


SHIPPED = ("redesign", "self_service", "recovery", "shorter_calls", "training", "proactive_status", "cost_cutting")


@pytest.fixture(scope="module")
def bank_studied() -> Results:
    bank = cxsim.load_organisation("bank")
    prevented = {"title": "P", "interventions": [{"prevent_demand": {"reasons": ["password"], "share": 0.9}}]}
    added = {"title": "A", "interventions": [{"add_demand": {"reasons": ["loan_application"], "share": 1.0}}]}
    scenarios: list[Scenario] = [cxsim.load_scenario(name, bank) for name in SHIPPED]
    scenarios += [read_scenario(tree, bank, name) for name, tree in (("prevented", prevented), ("added", added))]
    return run_study(bank, scenarios, Settings(weeks=7, warm_up_weeks=2, replications=4))


def test_a_verdict_over_all_never_contradicts_all_of_its_parts(bank_studied: Results) -> None:
    """What is better over all cases is better for some reason, and for some segment; what is worse, worse for some."""
    table = compare(bank_studied).table
    looked = 0
    for row in table[table["measure"].isin(OF_THEM) & table["verdict"].isin((BETTER, WORSE))].itertuples():
        for kind, other in (("reason", "segment"), ("segment", "reason")):
            parts = bank_studied.reasons
            parts = parts[(parts["scenario"] == row.scenario) & (parts["measure"] == row.measure)]
            parts = parts[(parts[other] == ALL) & (parts[kind] != ALL)]["difference"]
            assert (np.sign(parts) == np.sign(row.difference)).any(), (row.scenario, row.measure, kind)
            looked += 1
    assert looked >= 10


def test_the_whole_is_the_mean_of_its_parts_by_the_baselines_cases(bank_studied: Results) -> None:
    """Weighed by the baseline's cases of each reason and segment, whatever the scenario's are."""
    rows = bank_studied.reasons[bank_studied.reasons["measure"].isin(("effort", "cases_per_week"))]
    wide = rows.pivot_table(index=["scenario", "reason", "segment"], columns="measure", values="value")
    base = wide.loc["baseline"]["cases_per_week"]
    for name in (s.name for s in bank_studied.scenarios):
        own = wide.loc[name]["effort"]
        parts = own[[r != ALL and s != ALL for r, s in own.index]].dropna()
        weights = base.reindex(parts.index)
        assert float((parts * weights).sum() / weights.sum()) == pytest.approx(float(own[ALL, ALL]), rel=0.01)
