"""How far a result reaches: planted trajectories are recognised, and each scenario has weeks of its own."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cxsim.calendars.constants import WEEKS_PER_YEAR
from cxsim.compare import compare
from cxsim.compare.cash import payback_of
from cxsim.compare.trajectory import MOVING, SETTLED, SHORT, TOLERATED, TURNED, drift
from cxsim.native.records import Floats
from cxsim.organisation import Organisation, read_organisation
from cxsim.report.text import findings
from cxsim.report.text.horizon import _phase
from cxsim.scenario import Scenario, read_scenario
from cxsim.study import Results, Settings, run_study
from cxsim.study.results import Results as Whole
from organisations import small_bank

STUDIES = 300


def autocorrelated(rng: np.random.Generator, replications: int, weeks: int, sd: float, rho: float) -> Floats:
    """[replication, week] noise of an AR(1) process: what a backlog of one week leaves to the next."""
    noise = np.empty((replications, weeks))
    noise[:, 0] = rng.normal(0.0, sd, replications)
    for w in range(1, weeks):
        noise[:, w] = rho * noise[:, w - 1] + rng.normal(0.0, sd * math.sqrt(1.0 - rho * rho), replications)
    return noise


@pytest.mark.parametrize(("sd", "rho", "mean"), [(3.0, 0.0, 0.0), (3.0, 0.5, 2.0), (5.0, 0.3, -0.5), (1.0, 0.8, 1.0)])
def test_what_is_stationary_is_called_settled_within_208_weeks(sd: float, rho: float, mean: float) -> None:
    """In at least nine studies of ten; noise and mean in smallest worthwhile differences."""
    rng = np.random.default_rng(5)
    found = [drift(mean + autocorrelated(rng, 20, 204, sd, rho), 1.0).state for _ in range(STUDIES)]
    assert found.count(SETTLED) >= 0.9 * STUDIES


@pytest.mark.parametrize("per_week", [0.05, -0.1])
def test_what_moves_is_not_called_settled(per_week: float) -> None:
    """A drift of 2.6 and of 5.2 worthwhile differences a year, away from a small change."""
    rng = np.random.default_rng(6)
    moving = per_week * np.arange(48.0)
    found = [drift(0.2 + moving + autocorrelated(rng, 20, 48, 1.0, 0.3), 1.0) for _ in range(STUDIES)]
    assert sum(f.state == SETTLED for f in found) <= 0.05 * STUDIES
    assert all((f.per_week > 0.0) == (per_week > 0.0) for f in found if f.state == MOVING)
    assert sum(f.state == MOVING for f in found) >= 0.8 * STUDIES


def test_what_has_changed_sides_has_turned() -> None:
    rng = np.random.default_rng(7)
    values = 5.0 - 0.25 * np.arange(48.0) + autocorrelated(rng, 20, 48, 1.0, 0.3)
    assert drift(values, 1.0).state == TURNED


def test_a_slope_by_hand() -> None:
    """Two replications that rise by 1 and by 3 a week: 2 a week, and no more weeks are needed to see it."""
    weeks = np.arange(12.0)
    found = drift(np.stack([weeks, 3.0 * weeks]), 1.0, confidence=0.6)
    assert found.per_week == pytest.approx(2.0)
    # Student's t with one degree of freedom is tan(pi 0.6 / 2); the standard error is 1
    assert found.half_width == pytest.approx(math.tan(0.3 * math.pi))
    # 2 is more than that, but not more than tan(pi 0.92 / 2): a movement has a fifth of the error
    assert found.state == SHORT
    closer = drift(np.stack([1.9 * weeks, 2.1 * weeks]), 1.0, confidence=0.6)
    assert closer.state == MOVING
    assert closer.at_end == pytest.approx(2.0 * 9.5)  # weeks 8 to 11


def test_few_weeks_do_not_tell_and_name_how_many_would() -> None:
    rng = np.random.default_rng(8)
    assert drift(np.ones((20, 8)), 1.0).state == SHORT
    assert drift(np.ones((1, 80)), 1.0).state == SHORT
    short = drift(autocorrelated(rng, 20, 24, 3.0, 0.0), 1.0)
    assert short.state == SHORT
    told = [drift(autocorrelated(rng, 20, math.ceil(short.horizon), 3.0, 0.0), 1.0).state for _ in range(100)]
    assert told.count(SETTLED) >= 50


def test_identical_weeks_are_settled() -> None:
    assert drift(np.zeros((3, 40)), 1.0) == (SETTLED, 0.0, 0.0, pytest.approx(math.nan, nan_ok=True), 0.0)


@pytest.mark.parametrize("mean", [0.0, 0.5, 3.0, -6.0])
def test_what_is_stationary_as_the_bank_is_has_settled_by_week_208(mean: float) -> None:
    """Weekly noise of twice what is worthwhile, and a level of each replication: waits under cost cutting."""
    rng = np.random.default_rng(17)
    states = []
    for _ in range(STUDIES):
        level = rng.normal(0.0, 0.4, (20, 1))
        states.append(drift(mean + level + autocorrelated(rng, 20, 200, 2.0, 0.5), 1.0).state)
    assert states.count(SETTLED) >= 0.9 * STUDIES


@pytest.mark.parametrize("weeks", [48, 100, 200])
@pytest.mark.parametrize("level", [0.0, 3.0])
def test_a_drift_by_more_than_is_tolerated_is_hardly_ever_called_settled(weeks: int, level: float) -> None:
    """It comes to 1.2 times what is tolerated in a year; the test is at 2.5 %, and looks at two slopes."""
    rng = np.random.default_rng(18)
    per_week = 1.2 * max(1.0, TOLERATED * level) / WEEKS_PER_YEAR
    curve = level + per_week * (np.arange(weeks) - weeks)
    found = [drift(curve + autocorrelated(rng, 20, weeks, 2.0, 0.5), 1.0).state for _ in range(STUDIES)]
    assert found.count(SETTLED) <= 0.07 * STUDIES


def test_a_bend_is_not_averaged_away() -> None:
    """Up for a hundred weeks and down for a hundred: a line through all of them is flat, the end is not."""
    rng = np.random.default_rng(19)
    curve = 6.0 - 0.05 * np.abs(np.arange(208) - 104)
    found = drift(curve + autocorrelated(rng, 20, 208, 0.5, 0.3), 1.0)
    assert found.state == MOVING
    assert found.per_week == pytest.approx(-0.05, abs=0.01)


def test_what_fades_and_then_stays_has_settled() -> None:
    """A training that is forgotten with a half-life of ten weeks: bent at first, then flat."""
    rng = np.random.default_rng(20)
    curve = 4.0 * 0.5 ** (np.arange(208) / 10.0)
    found = drift(curve + autocorrelated(rng, 20, 208, 0.3, 0.3), 1.0)
    assert found.state == SETTLED
    assert found.at_end == pytest.approx(0.0, abs=0.2)


@pytest.mark.parametrize("weeks", [8, 16, 25])
def test_less_than_half_a_year_settles_nothing(weeks: int) -> None:
    """Not even without noise worth the name: what is slow does not show in a few weeks."""
    rng = np.random.default_rng(21)
    found = drift(5.0 + autocorrelated(rng, 20, weeks, 0.001, 0.0), 1.0)
    assert (found.state, found.horizon >= 26) == (SHORT, True)


def test_a_slow_drift_that_matters_within_three_years_moves() -> None:
    """0.5 a year: negligible in the year ahead, and no longer in the third."""
    rng = np.random.default_rng(22)
    slow = 0.5 / WEEKS_PER_YEAR * np.arange(104.0)
    assert drift(0.2 + slow + autocorrelated(rng, 20, 104, 0.1, 0.3), 1.0).state == MOVING
    assert drift(0.2 + 0.3 * slow + autocorrelated(rng, 20, 104, 0.1, 0.3), 1.0).state == SETTLED


# Each scenario by itself ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bank() -> Organisation:
    tree = small_bank()
    for team in tree["teams"].values():
        team["cost_per_hour"] = 30
    # Costs are of all weeks, margins of those whose cases are seen: unpaid overtime keeps the last weeks' costs equal.
    tree["economics"]["overtime"] = 0.0
    return read_organisation(tree)


def change(organisation: Organisation, name: str, starts: str, **more: Any) -> Scenario:
    entry = {"speed_up": {"team": "front_line", "by": 0.2}, "starts": starts, "costs": {"once": 900, "source": "x"}}
    return read_scenario({"title": name, "interventions": [entry], **more}, organisation, name)


@pytest.fixture(scope="module")
def alone_and_together(bank: Organisation) -> tuple[Whole, Whole, Whole]:
    """One that changes in week 1, one in week 6; each alone and both in one study."""
    a, b = change(bank, "early", "week 1"), change(bank, "late", "week 6")
    settings = Settings(weeks=12, warm_up_weeks=2, replications=3, workers=1)
    first, second, both = (run_study(bank, scenarios, settings) for scenarios in ((a,), (b,), (a, b)))
    return first, second, both


def test_a_scenario_has_the_same_results_whatever_it_is_run_with(alone_and_together: tuple[Whole, ...]) -> None:
    *alone, both = alone_and_together
    together = compare(both)
    for results in alone:
        own = compare(results)
        name = results.scenarios[0].name
        for table in ("table", "trajectories", "cash"):
            rows, of_both = getattr(own, table), getattr(together, table)
            rest = of_both[of_both["scenario"] == name].reset_index(drop=True)
            same = [c for c in rows.columns if c not in ("low", "high", "half_width", "verdict", "more_replications")]
            same = same if table == "table" else list(rows.columns)
            assert rows[same].equals(rest[same])
    assert together.family == 2 * compare(alone[0]).family


def test_a_run_rate_is_of_a_scenarios_own_weeks(alone_and_together: tuple[Whole, ...]) -> None:
    """Net benefit at run-rate is the mean of its weekly differences after the week of the change, no others."""
    *_, both = alone_and_together
    rows = both.measured[both.measured["measure"] == "net_benefit_running"]
    for name, first in (("early", 1), ("late", 6)):
        weekly = both.trajectories[0, name]["net_benefit_running"]
        assert rows[rows["scenario"] == name]["value"].to_numpy() == pytest.approx(
            np.nanmean(weekly[:, first:], axis=1)
        )
    assert (rows[rows["scenario"] == "baseline"]["value"] == 0.0).all()


def test_cash_adds_up_to_the_net_benefit_of_the_weeks_that_are_seen(alone_and_together: tuple[Whole, ...]) -> None:
    early, *_ = alone_and_together
    cash = compare(early).cash
    seen = early.settings.weeks - early.settings.follow_up
    assert list(cash["week"]) == list(range(1, seen + 1))
    assert cash["cumulative"].to_numpy() == pytest.approx(np.cumsum(cash["net_benefit"].to_numpy()))
    assert cash["net_benefit"].min() < -800.0  # 900 are spent in the week of the change
    found = payback_of(cash, "early", {})
    assert found is not None
    assert found.total == pytest.approx(float(cash["cumulative"].iloc[-1]))


def test_what_moves_on_stands_next_to_the_verdict(bank: Organisation) -> None:
    results = planted(bank, 0.5 * np.arange(52.0) + 5.0)
    (first, *rest) = findings(compare(results))["early"]
    assert "still rising" in first
    assert any("still moving: transactional NPS (its change rises by 0.5" in text for text in rest)
    settled = findings(compare(planted(bank, np.full(52, 5.0))))["early"]
    assert "still" not in settled[0]
    assert any("settled: transactional NPS" in text for text in settled)


def test_what_moves_back_is_reported_with_the_week_in_which_it_may_be_gone(bank: Organisation) -> None:
    """From +20 by −0.25 a week zero is reached in the 81st week, which a study of 104 weeks shows."""
    (first, *rest) = findings(compare(planted(bank, 20.0 - 0.25 * np.arange(52.0))))["early"]
    assert "still falling" in first
    (text,) = [text for text in rest if text.startswith("Beyond week 52")]
    assert "(its change falls by 0.25" in text
    assert "a longer horizon may reverse it, at this pace after about 81 weeks, which study.weeks=104 would" in text
    (away,) = [t for t in findings(compare(planted(bank, 5.0 + 0.25 * np.arange(52.0))))["early"] if "Beyond" in t]
    assert "may reverse" not in away


def planted(bank: Organisation, course: Any) -> Results:
    """A year in which transactional NPS moves as it is given, in every replication."""
    scenario = change(bank, "early", "week 1")
    few = run_study(bank, (scenario,), Settings(weeks=6, warm_up_weeks=1, replications=3, workers=1))
    rng = np.random.default_rng(9)
    weekly = course + rng.normal(0.0, 0.05, (3, 52))
    measured = few.measured.copy()
    own = (measured["scenario"] == "early") & (measured["measure"] == "nps_transactional")
    base = measured[(measured["scenario"] == "baseline") & (measured["measure"] == "nps_transactional")]
    measured.loc[own, "value"] = base["value"].to_numpy() + weekly.mean(axis=1)
    settings = few.settings.model_copy(update={"weeks": 52})
    return replace(
        few, measured=measured, settings=settings, trajectories={(0, "early"): {"nps_transactional": weekly}}
    )


@pytest.mark.parametrize(
    ("after", "known", "passes"),
    [(0.1, 0.2, True), (-3.0, 0.5, True), (1.5, 3.0, False), (2.5, 0.2, False)],
)
def test_only_what_is_shown_to_pass_is_named_as_passing(after: float, known: float, passes: bool) -> None:
    """+3 ± 0.5 while the change is under way; that the weeks after are undecided (1.5 ± 3) shows nothing."""
    row = SimpleNamespace(before=3.0, before_half_width=0.5, after=after, after_half_width=known, first_week=4.0)
    whole = SimpleNamespace(worthwhile=1.0, direction="lower")
    assert _phase(row, whole) == passes
