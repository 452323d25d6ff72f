"""The same measures by reason, segment, channel, step, team, hour and week: one table each, for one run.

A table is a frame with names in its index and measures in its columns; ``(all)`` stands for the sum over a name.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxsim.calendars.constants import DAY
from cxsim.measures.cause_classes import failure_causes
from cxsim.measures.departments import departments
from cxsim.measures.failure import causes, failure_demand, hot_spots
from cxsim.measures.loyalty import ALL, base_measures, loyalty, nps_of_cohort
from cxsim.measures.money import staffing_cost, streams, weekly_money
from cxsim.measures.reading import Reading, quantile_of_bins, ratio
from cxsim.measures.recovery import recovery_measures
from cxsim.measures.selling import sale_measures
from cxsim.measures.standards import internal_targets, service_level
from cxsim.measures.sums import (
    case_measures,
    contact_measures,
    effort_by_cause,
    skill_measures,
    step_measures,
    team_measures,
)
from cxsim.measures.tables import table_of, with_all
from cxsim.measures.whole import AMOUNTS, contact_sums, failures
from cxsim.measures.years import years
from cxsim.native.records import Floats
from cxsim.probability.bins import bin_edges
from cxsim.state.tally import MEASURED, CaseColumn, HourColumn, Latent, SkillColumn, TeamColumn, latent_values

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def break_down(r: Reading) -> dict[str, pd.DataFrame]:
    """All tables of one run, by name."""
    return {
        "reasons": reasons(r),
        "effort": effort(r),
        "channels": channels(r),
        "teams": teams(r),
        "steps": steps(r),
        "causes": causes(r),
        "failure_demand": failure_demand(r),
        "failure_causes": failure_causes(r),
        "hot_spots": hot_spots(r),
        "departments": departments(r),
        "hours": hours(r),
        "weeks": weeks(r),
        "years": years(r),
        "latent": latent(r),
        "loyalty": loyalty(r),
        "skills": skills(r),
        "recovery": recovery(r),
    }


def _case_cells(cases: Floats) -> Floats:
    return with_all(with_all(cases, 0), 1)


def reasons(r: Reading) -> pd.DataFrame:
    """Case measures by the reason of the case and segment; the measures of a case like with like."""
    own = _case_cells(r.tally.case_sums[r.cohort].sum(axis=0))
    opened = own[..., CaseColumn.OPENED] / r.cohort_weeks
    amounts = case_measures(own, r.cohort_weeks)
    measured = {"cases_per_week": opened, **case_measures(_case_cells(r.cases), r.cohort_weeks)}
    measured |= {name: amounts[name] for name in AMOUNTS}
    return table_of(measured, reason=(*r.names.reasons, ALL), segment=(*r.names.segments, ALL))


def effort(r: Reading) -> pd.DataFrame:
    """Effort per case, and of all cases of a week, by reason, segment and cause."""
    own = _case_cells(r.tally.case_sums[r.cohort].sum(axis=0))
    per_case = effort_by_cause(_case_cells(r.cases))
    values = np.stack(list(per_case.values()), axis=-1)
    of_own = np.stack(list(effort_by_cause(own).values()), axis=-1)
    opened = own[..., CaseColumn.OPENED, None] / r.cohort_weeks
    causes_ = tuple(name.removeprefix("effort_") for name in per_case)
    return table_of(
        {"effort": values, "effort_per_week": np.nan_to_num(of_own) * opened},
        reason=(*r.names.reasons, ALL),
        segment=(*r.names.segments, ALL),
        cause=causes_,
    )


def channels(r: Reading) -> pd.DataFrame:
    """Contact measures by the reason of the contact and channel."""
    sums = contact_sums(r)
    caused = with_all(with_all(failures(r, sums).sum(axis=0), 0), 1)
    cells = with_all(with_all(sums.sum(axis=0), 0), 1)
    measured = contact_measures(cells, r.weeks, caused)
    return table_of(measured, reason=(*r.names.reasons, ALL), channel=(*r.names.channels, ALL))


def teams(r: Reading) -> pd.DataFrame:
    """Waits, work and cost by team; waits of all its work, the 90th percentile of customers who were present."""
    by_team = r.by_team(r.tally.step_sums[r.period]).sum(axis=0)
    work = step_measures(by_team, r.weeks)
    late, finished = (r.by_team(x[..., None]).sum(axis=0)[..., 0] for x in internal_targets(r))
    met, asked = np.moveaxis(service_level(r).sum(axis=0), -1, 0)
    sums = r.tally.team_sums[r.period]
    edges = bin_edges()
    measured = {
        **{k: work[k] for k in ("visits", "wait", "wait_all", "waiting_share", "abandonment")},
        "wait_p90": [60.0 * quantile_of_bins(bins, edges, 0.9) for bins in r.tally.wait_bins[MEASURED]],
        "service_level": 100.0 * ratio(met, asked),
        **{k: work[k] for k in ("service_time", "service_cv", "aht")},
        "internal_sla_missed": 100.0 * ratio(late, finished),
        **team_measures(sums.sum(axis=0), r.weeks, r.organisation.economics.hours_per_fte),
        "backlog_end": sums[-1, :, TeamColumn.BACKLOG],
        "oldest": sums[..., TeamColumn.OLDEST].mean(axis=0) / DAY,
        "oldest_end": sums[-1, :, TeamColumn.OLDEST] / DAY,
        "staffing_cost": staffing_cost(r).sum(axis=0) / r.weeks,
        **skill_measures(_skills_of_teams(r).sum(axis=0)),
    }
    return table_of(measured, team=r.names.teams)


def _skills_of_teams(r: Reading) -> Floats:
    """[week, team, SkillColumn] sums over the skills that belong to a team, whoever has them."""
    sums = r.tally.skill_sums[r.period]
    owns = np.array([[owner == team for owner, _ in r.names.skills] for team in r.names.teams], dtype=np.float64)
    of_teams: Floats = np.einsum("ts,wsc->wtc", owns, sums)
    return of_teams


def skills(r: Reading) -> pd.DataFrame:
    """People who have each skill, and how good they are at it."""
    sums = r.tally.skill_sums[r.period].sum(axis=0)
    measured = {"people": sums[..., SkillColumn.PEOPLE] / r.weeks, **skill_measures(sums)}
    return table_of(measured, skill=[f"{team}.{skill}" for team, skill in r.names.skills])


def recovery(r: Reading) -> pd.DataFrame:
    """Complaints and what is given back, by the reason of the case that went wrong."""
    sums = with_all(r.tally.recovery_sums[r.period].sum(axis=0), 0)
    opened = with_all(r.tally.case_sums[r.period][..., CaseColumn.OPENED].sum(axis=(0, 2)), 0)
    return table_of(recovery_measures(sums, opened, r.weeks), reason=(*r.names.reasons, ALL))


def steps(r: Reading) -> pd.DataFrame:
    """What happens at each step of each route."""
    sums = r.tally.step_sums[r.period].sum(axis=0)
    measured = step_measures(sums, r.weeks)
    late, finished = (x.sum(axis=0) for x in internal_targets(r))
    measured["internal_sla_missed"] = 100.0 * ratio(late, finished)
    measured |= sale_measures(r.tally.sale_sums[r.period].sum(axis=0), r.weeks)
    return table_of(measured, step=r.names.step_names())


def hours(r: Reading) -> pd.DataFrame:
    """What reaches each team in each hour of the week, and how it fares; hour 0 is Monday 00:00 to 01:00."""
    sums = r.tally.hour_sums[MEASURED]

    def column(c: HourColumn) -> Any:
        return sums[..., c]

    c = HourColumn
    queued = column(c.QUEUED)
    measured = {
        "visits": queued / r.weeks,
        "waiting_share": 100.0 * ratio(column(c.WAITED), queued),
        "wait": 60.0 * ratio(column(c.SERVED_WAIT), column(c.SERVED)),
        "abandonment": 100.0 * ratio(column(c.ABANDONED), queued),
        "agents_at_work": column(c.SERVICE) / r.weeks / 60.0,
        "on_duty": ratio(column(c.ON_DUTY), queued),
    }
    return table_of(measured, hour=range(168), team=r.names.teams)


def weeks(r: Reading) -> pd.DataFrame:
    """Week by week, by the week of the contact, the case's opening, or the close; by team and for all."""
    contacts = contact_sums(r)
    caused = failures(r, contacts).sum(axis=(1, 2))
    every = r.tally.case_sums[r.period].sum(axis=(1, 2))
    amounts = case_measures(every, 1.0)
    every[: r.cohort_weeks] = r.weekly_cases.sum(axis=(1, 2))
    cases = case_measures(every, 1.0) | {name: amounts[name] for name in AMOUNTS}
    stream = streams(r, contacts)
    loyal = r.tally.loyalty_sums[r.period].sum(axis=1)
    relationship = r.tally.relationship[r.period].sum(axis=1)
    levels = service_level(r)
    met, asked = np.moveaxis(with_all(levels, 1), -1, 0)
    sums = r.tally.team_sums[r.period]
    whole = {
        **{k: v for k, v in cases.items() if k not in ("ces_survey", "nps_survey", "survey_answers")},
        **contact_measures(contacts.sum(axis=(1, 2)), 1.0, caused),
        **base_measures(loyal[None], relationship[None], 1),
        "nps_cohort": nps_of_cohort(loyal),
        "customer_margin": stream["customer_margin"],
        **weekly_money(r, stream),
    }
    by_team = {
        "service_level": 100.0 * ratio(met, asked),
        **team_measures(with_all(sums, 1), 1.0, r.organisation.economics.hours_per_fte),
        "oldest": np.concatenate(
            [sums[..., TeamColumn.OLDEST], sums[..., TeamColumn.OLDEST].max(axis=1, keepdims=True)], axis=1
        ) / DAY,
        "staffing_cost": with_all(staffing_cost(r), 1),
        "proficiency": skill_measures(with_all(_skills_of_teams(r), 1))["proficiency"],
    }  # fmt: skip
    places = len(r.names.teams) + 1
    only_all = np.full((r.weeks, places), np.nan)
    sold = r.tally.sale_sums[r.period]
    by_team |= sale_measures(np.concatenate([r.by_team(sold), sold.sum(axis=1, keepdims=True)], axis=1), 1.0)
    measured = dict(by_team)
    for name, values in whole.items():
        cells = only_all.copy()
        cells[:, -1] = values
        measured[name] = cells
    in_team = step_measures(r.by_team(r.tally.step_sums[r.period]), 1.0)
    for name in ("wait", "wait_all", "waiting_share", "abandonment"):
        measured[name][:, :-1] = in_team[name]
    return table_of(measured, week=range(r.weeks), team=(*r.names.teams, ALL))


def latent(r: Reading) -> pd.DataFrame:
    """Cases by where they ended on the latent scales behind the answers, SD; what answers are calibrated from."""
    scales = tuple(scale.name.lower() for scale in Latent)
    return table_of({"cases": r.tally.latent_bins[MEASURED]}, scale=scales, at=latent_values().tolist())


__all__ = ["ALL", "DAYS", "break_down"]
