"""People in closed form: proficiency under learning and attrition, what is left of a training that is refreshed.

A position's person leaves at a week's close with chance p = 1 - exp(-attrition x week), and it is empty for L weeks
then. Both forms follow from who is there (renewal: the share of empty positions is L p / (1 + L p)) and from what a
week does.

Learning: a week of practice leaves r = exp(-week / time constant) of the gap between a person's ceiling c and a
newcomer's level b.  Who works in a week has closed n of them with chance p (1 - p)^n, so the share of the gap that is
still open is q = sum of p (1 - p)^n r^n = p / (1 - (1 - p) r) and the mean is c - (c - b) q.

Refreshing: a training lifts by u, of which k = 2^(-week / half-life) is left after each week, and comes again every T
weeks for whoever is there.  Who stays keeps the mean of a cycle, u (1 + k + ... + k^(T-1)) / T = u (1 - k^T) / (T (1 -
k)).  Of those who took part, 1 - p are there in the first week that has the effect, (1 - p)^2 in the second; whoever
came since has nothing of it.  Over the people who are there the mean is u (1 - p) (1 - m^T) / (T (1 - m)), with
m = (1 - p) k.
"""

from __future__ import annotations

import math

from cxsim.engines import runs
from cxsim.state.plan import Names
from cxsim.state.tally import SkillColumn, TeamColumn
from theory.forms import Case, Expected
from theory.gate import Effort, Sums, ratio

WEEK_IN_YEARS = 7.0 / 365.25
CHANGES, SETTLED = 60, 100
"""Weeks of the change of attrition, and from which it no longer matters (what is left of it: below 0.1 %)."""
NEWCOMER, EMPTY_FOR = -1.2, 4
WAVES = 3


def p_leaves(attrition: float) -> float:
    """Of leaving at a week's close."""
    return 1.0 - math.exp(-attrition * WEEK_IN_YEARS)


def open_gap(attrition: float) -> float:
    """Mean share of the gap between newcomer and ceiling that is still open; time constant 60 days."""
    p, r = p_leaves(attrition), math.exp(-7.0 / 60.0)
    return p / (1.0 - (1.0 - p) * r)


def empty(attrition: float) -> float:
    """Share of positions with nobody."""
    weeks = EMPTY_FOR * p_leaves(attrition)
    return weeks / (1.0 + weeks)


def above_newcomer(attrition: float, before: float) -> float:
    """Mean proficiency above a newcomer's: the ceiling is such that it is 1.2 SD at the attrition before the change."""
    return -NEWCOMER * (1.0 - open_gap(attrition)) / (1.0 - open_gap(before))


def refreshed(attrition: float) -> float:
    """Mean uplift of a training of 0.5 SD, half-life 10 weeks, refreshed every 8 weeks."""
    p = p_leaves(attrition)
    kept = (1.0 - p) * 2.0**-0.1
    return 0.5 * (1.0 - p) * (1.0 - kept**8) / (8.0 * (1.0 - kept))


def _before_and_after(run: runs.Run, names: Names, effort: Effort) -> Sums:
    """People, positions and proficiency above a newcomer's, before the change of attrition and long after it."""
    sums: Sums = {}
    for when, weeks in (("before", slice(0, CHANGES)), ("after", slice(SETTLED, effort.weeks))):
        skill = run.tally.skill_sums[weeks].sum(axis=(0, 1))
        team = run.tally.team_sums[weeks].sum(axis=(0, 1))
        sums |= {
            f"{when}_above": skill[SkillColumn.PROFICIENCY] - NEWCOMER * skill[SkillColumn.PEOPLE],
            f"{when}_people": team[TeamColumn.PEOPLE],
            f"{when}_quit": team[TeamColumn.QUIT],
            f"{when}_empty": team[TeamColumn.EMPTY],
            f"{when}_positions": team[TeamColumn.EMPTY] + team[TeamColumn.PEOPLE],
        }
    return sums


def _uplifts(run: runs.Run, names: Names, effort: Effort) -> Sums:
    """Uplift by team over whole cycles of its refreshers, from the week on in which every wave has had the training."""
    sums = run.tally.skill_sums[WAVES : effort.weeks].sum(axis=0)
    found: Sums = {}
    for (team, _), row in zip(names.skills, sums, strict=True):
        found |= {f"{team}_uplift": row[SkillColumn.TRAINED], f"{team}_people": row[SkillColumn.PEOPLE]}
    return found


def _proficiency(when: str, attrition: float) -> Expected:
    words = f"mean proficiency above a newcomer's, SD, at {attrition:g} leavings a position and year"
    return Expected(words, above_newcomer(attrition, 1.0), ratio(f"{when}_above", f"{when}_people"))


LEARNING = Case(
    name="learning_and_attrition",
    description="300 positions, 1 leaving a position and year, from week 60 on 2; empty for 4 weeks; newcomers 1.2 SD"
    " below the mean, time constant 60 d. Mean c - (c - b) p / (1 - (1 - p) r), vacancies L p / (1 + L "
    "p): geometric tenure, renewal",
    expected={
        "proficiency_before": _proficiency("before", 1.0),
        "proficiency_after": _proficiency("after", 2.0),
        "empty_before": Expected("share of empty positions", empty(1.0), ratio("before_empty", "before_positions")),
        "empty_after": Expected("share of empty positions", empty(2.0), ratio("after_empty", "after_positions")),
        "leaves_before": Expected("chance to leave in a week", p_leaves(1.0), ratio("before_quit", "before_people")),
        "leaves_after": Expected("chance to leave in a week", p_leaves(2.0), ratio("after_quit", "after_people")),
    },
    observe=_before_and_after,
    recorded=Effort(120, 160, 0),
    light=Effort(30, 140, 0),
    later=(CHANGES, {"teams.desk.attrition": 2.0}),
    fault="learning takes 66 days instead of 60",
    faulty={"people.learning.time_constant": "66 d"},
    notices="proficiency_after",
)

REFRESHING = Case(
    name="refreshed_course",
    description="a training of 0.5 SD in 3 waves, half-life 10 weeks, refreshed every 8 weeks, in a team that nobody "
    "leaves and in one with 1 leaving a position and year. Long-run uplift u (1 - p) (1 - m^T) / (T (1 - "
    "m)), m = (1 - p) k: geometric series over a cycle, by who is still there",
    expected={
        "uplift_of_who_stays": Expected(
            "mean uplift over the cycle where nobody leaves, SD",
            refreshed(0.0),
            ratio("steady_uplift", "steady_people"),
        ),
        "uplift_under_attrition": Expected(
            "mean uplift over the cycle under attrition, SD", refreshed(1.0), ratio("leaving_uplift", "leaving_people")
        ),
    },
    observe=_uplifts,
    recorded=Effort(400, WAVES + 6 * 8, 0),
    light=Effort(12, WAVES + 3 * 8, 0),
    fault="the training fades with a half-life of 9.5 weeks instead of 10",
    faulty={
        "teams.leaving.training.course.half_life": "9.5 weeks",
        "teams.steady.training.course.half_life": "9.5 weeks",
    },
    notices="uplift_under_attrition",
)

CASES = (LEARNING, REFRESHING)
