"""Year by year: the customer base at each year's end, what happened in the year, and the money of the year."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from cxsim.calendars.constants import WEEKS_PER_YEAR
from cxsim.measures.loyalty import base_measures, nps_of_cohort
from cxsim.measures.money import COSTS, streams
from cxsim.measures.reading import Reading
from cxsim.measures.sums import case_measures, contact_measures, skill_measures, team_measures
from cxsim.measures.whole import contact_sums, failures
from cxsim.native.records import Floats
from cxsim.scenario.interventions.dates import week_of_year

OF_CASES = ("contacts_per_case", "effort", "ces", "fcr", "end_to_end", "promise_breaches", "nps_transactional")
OF_CONTACTS = ("contacts_per_week", "failure_demand", "wait", "abandonment", "complaint_share")


def years_in(weeks: int) -> list[slice]:
    """The weeks of each year of a study, the last one perhaps not whole."""
    firsts = [week_of_year(y) for y in range(int(weeks / WEEKS_PER_YEAR) + 2)]
    return [slice(a, min(b, weeks)) for a, b in pairwise(firsts) if a < weeks]


def years(r: Reading) -> pd.DataFrame:
    """Measures of the catalogue for each year; of the customer base at its last close, money a week.

    present_value: net benefit of the year's weeks, discounted to time 0, in money of the price year.
    """
    contacts = contact_sums(r)
    caused = failures(r, contacts).sum(axis=(1, 2))
    of_contacts = contacts.sum(axis=(1, 2))
    cases = r.weekly_cases.sum(axis=(1, 2))
    loyal = r.tally.loyalty_sums[r.period].sum(axis=1)
    answers = r.tally.relationship[r.period].sum(axis=1)
    teams = r.tally.team_sums[r.period].sum(axis=1)
    skills = r.tally.skill_sums[r.period].sum(axis=1)
    cohort = nps_of_cohort(loyal)
    stream = streams(r, contacts)
    worth = discounted(r, stream)
    rows: list[dict[str, Any]] = []
    for year in years_in(r.weeks):
        n = year.stop - year.start
        measured = case_measures(cases[year].sum(axis=0), float(n))
        reached = contact_measures(of_contacts[year].sum(axis=0), float(n), caused[year].sum())
        at_work = team_measures(teams[year].sum(axis=0), n, r.organisation.economics.hours_per_fte)
        rows.append(
            {
                **base_measures(loyal[year], answers[year], n),
                "nps_cohort": cohort[year.stop - 1],
                **{name: measured[name] for name in OF_CASES},
                **{name: reached[name] for name in OF_CONTACTS},
                **{name: at_work[name] for name in ("occupancy", "attrition", "paid_fte")},
                "proficiency": skill_measures(skills[year].sum(axis=0))["proficiency"],
                **{name: values[year].mean() if len(values[year]) else np.nan for name, values in stream.items()},
                "total_cost": sum(stream[name][year].sum() for name in (*COSTS, "scenario_cost")) / n,
                "net_benefit": net(stream, year),
                "present_value": worth[year].sum(),
            }
        )
    index = pd.MultiIndex.from_arrays([range(1, len(rows) + 1)], names=["year"])
    return pd.DataFrame(rows, index=index).astype(np.float64)


def net(stream: dict[str, Floats], year: slice) -> float:
    """Net benefit a week of some weeks; margins and costs that go by cohort are of the weeks that have cases."""
    gains = sum(float(stream[name][year].mean()) for name in ("margin", "customer_margin") if len(stream[name][year]))
    costs = sum(float(stream[name][year].mean()) for name in (*COSTS, "scenario_cost") if len(stream[name][year]))
    return gains - costs


def discounted(r: Reading, stream: dict[str, Floats]) -> Floats:
    """[week] net benefit as it is worth at time 0; zero in the last weeks, whose cases' end is not seen.

    Their costs are left out with their margins, as in cumulative cash: costs alone would look like a loss.
    """
    total = np.zeros(r.weeks)
    for name, values in stream.items():
        seen = values[: r.cohort_weeks]
        total[: len(seen)] += seen if name in ("margin", "customer_margin") else -seen
    at = np.arange(r.weeks) / WEEKS_PER_YEAR
    value: Floats = total * (1.0 + r.organisation.loyalty.discount) ** -at
    return value
