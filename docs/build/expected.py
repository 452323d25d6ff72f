"""Write the results of the shipped scenarios: scenarios/NAME.expected.csv, next to the scenario.

Usage: python docs/build/expected.py    (then write in CHANGELOG.md which results moved, and why)
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import cxsim

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
FROZEN = (
    "redesign",
    "training",
    "shorter_calls",
    "quota_pressure",
    "cross_training",
    "cost_cutting",
    "decision_rights",
    "recovery",
    "service_standards",
    "silos",
    "partnership",
    "focus",
)
SETTINGS = cxsim.Settings(weeks=4, warm_up_weeks=2, replications=4, workers=1, seed=11, engine="compiled")
"""Small: these files notice that a result has moved, they are not for decisions."""


def results() -> dict[str, pd.DataFrame]:
    """By scenario: baseline, value, difference and verdict of the headline measures."""
    bank = cxsim.load_organisation("bank")
    scenarios = [cxsim.load_scenario(name, bank) for name in FROZEN]
    table = cxsim.compare(cxsim.run_study(bank, scenarios, SETTINGS)).table
    rows = table[table["headline"]]
    columns = ["measure", "baseline", "value", "difference", "half_width", "verdict"]
    return {name: rows[rows["scenario"] == name][columns].reset_index(drop=True) for name in FROZEN}


if __name__ == "__main__":
    for name, frame in results().items():
        frame.to_csv(SCENARIOS / f"{name}.expected.csv", index=False, lineterminator="\n")
