"""Service levels that are held: also of teams staffed by hours; and baselines whose average case is not neutral."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from test_study import QUICK, tree

from cxsim.organisation import Organisation, read_organisation
from cxsim.organisation.headcount import most_of, with_most
from cxsim.probability.intervals import NO_MEAN, Mean, mean_of
from cxsim.report.text.calibrated import uncalibrated
from cxsim.scenario import Scenario, read_scenario, timeline
from cxsim.scenario.interventions.dates import MOST_REPLICATIONS
from cxsim.study import Results, Settings, run_study
from cxsim.study.hold import PILOTS, PILOTS_FROM, held_to_service
from cxsim.study.neutral import mean_satisfaction, neutral_effort
from cxsim.study.work import replicate
from worlds import merged

BY_HOURS = {"mon-fri": {"08:00-12:00": 6, "12:00-18:00": 4}, "sat": {"09:00-12:00": 1}}


def by_hours() -> Organisation:
    return read_organisation(merged(tree(), {"teams": {"desk": {"shifts": None, "headcount": BY_HOURS}}}))


def faster(o: Organisation) -> Scenario:
    change = {"speed_up": {"route": "question", "steps": ["answer"], "by": 0.5}, "starts": "week 1"}
    return read_scenario({"title": "Faster", "interventions": [change], "hold": "service_level"}, o, "faster")


def test_a_team_staffed_by_hours_keeps_the_shape_of_its_day() -> None:
    """With three agents instead of six at most, four become two, and one stays one."""
    assert most_of(BY_HOURS) == 6
    assert with_most(BY_HOURS, 3) == {"mon-fri": {"08:00-12:00": 3, "12:00-18:00": 2}, "sat": {"09:00-12:00": 1}}
    assert with_most(BY_HOURS, 6) == BY_HOURS


def test_staffing_is_picked_on_replications_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    o, seen = by_hours(), []

    def watched(order: Any, replication: int) -> Any:
        seen.append(replication)
        return replicate(order, replication)

    monkeypatch.setattr("cxsim.study.workers.replicate", watched)
    run_study(o, [faster(o)], Settings(**QUICK, engine="compiled"))
    pilots = [k for k in seen if k >= PILOTS_FROM]
    assert set(pilots) == set(range(PILOTS_FROM, PILOTS_FROM + PILOTS))
    assert set(seen) - set(pilots) == set(range(3))
    assert PILOTS_FROM > MOST_REPLICATIONS


def test_the_service_level_of_a_team_staffed_by_hours_is_held() -> None:
    """Service is as in the baseline from four agents at most on: four are found, and the report can state it."""
    o = by_hours()

    def pilot(only: Sequence[Scenario]) -> dict[str, float]:
        if not only:
            return {"desk": 80.0}
        headcount = timeline(o, only[0])[-1][1].teams["desk"].headcount
        assert headcount is not None
        return {"desk": 20.0 * most_of(headcount)}

    scenario, (held,) = held_to_service(o, faster(o), pilot)
    assert (held.team, held.before, held.after, held.target) == ("desk", 6, 4, 80.0)
    after = timeline(o, scenario)[-1][1].teams["desk"]
    assert after.headcount == {"mon-fri": {"08:00-12:00": 4, "12:00-18:00": 3}, "sat": {"09:00-12:00": 1}}
    assert after.shifts == {}


@pytest.fixture(scope="module")
def results() -> Results:
    return run_study(read_organisation(tree(rate="2 per hour")), [], Settings(**QUICK))


def test_satisfaction_is_zero_at_the_neutral_effort() -> None:
    """Half the cases at 0 and half at 1: gains count half, so 2/3 is neutral: (2/3)/2 = 1/3."""
    latent, cases = np.array([0.0, 1.0]), np.array([5.0, 5.0])
    assert neutral_effort(latent, cases, 2.0) == pytest.approx(2.0 / 3.0)
    assert mean_satisfaction(latent, cases, 2.0 / 3.0, 2.0) == pytest.approx(0.0)
    assert mean_satisfaction(latent, cases, 1.0, 2.0) == pytest.approx(0.25)


def test_a_study_knows_whether_its_baseline_is_calibrated(results: Results) -> None:
    """Each replication's cases, valued one by one: a case of the desk costs its customer what `measured` has of it."""
    found = results.measured[results.measured["measure"] == "satisfaction"]["value"]
    assert results.satisfaction.n == len(found)
    assert results.satisfaction.value == pytest.approx(found.mean(), abs=0.02)  # bins of net effort are that wide


@pytest.mark.parametrize(
    ("mean", "given", "words"),
    [
        (0.04, {}, ""),
        (-0.04, {}, ""),
        (0.06, {}, ""),  # ± 0.02: it may be 0.04
        (math.nan, {}, ""),
        (0.2, {"vary": "everything"}, ""),
        (0.2, {}, "Desk is not calibrated: an average case of the baseline leaves its customer 0.20 SD better off"),
        (0.2, {}, "so that fewer cases alone lower loyalty."),
        (-0.2, {}, "0.20 SD worse off than before, so that fewer cases alone raise loyalty. do=calibrate gives"),
    ],
)  # fmt: skip
def test_an_uncalibrated_baseline_is_reported(mean: float, given: dict[str, Any], words: str, results: Results) -> None:
    settings = results.settings.model_copy(update=given)
    found = uncalibrated(replace(results, satisfaction=Mean(mean, 0.02, 0.05, 30), settings=settings))
    assert words in found
    assert bool(words) == bool(found)


def test_what_one_replication_shows_or_moves_nobody_is_not_reported(results: Results) -> None:
    for found in (NO_MEAN, mean_of([0.3])):
        assert uncalibrated(replace(results, satisfaction=found)) == ""
    still = results.organisation.experience.model_copy(update={"carry_over": 0.0})
    unmoved = results.organisation.model_copy(update={"experience": still})
    known = replace(results, satisfaction=Mean(0.3, 0.02, 0.05, 30))
    assert uncalibrated(known)
    assert uncalibrated(replace(known, organisation=unmoved)) == ""
