"""Calibration: from distributions made by hand, and a baseline that then answers as it should."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from cxsim.organisation import read_organisation
from cxsim.study import Settings, run_study
from cxsim.study.calibration import CES_TARGET, NPS_TARGET, calibrate, cuts, neutral_effort
from organisations import small_bank

SETTINGS = Settings(weeks=2, warm_up_weeks=0, replications=2, workers=1)


def test_cuts_of_equal_cases_are_normal_quantiles() -> None:
    found = cuts(np.array([0.5]), np.array([10.0]), [0.1, 0.4, 0.5])
    assert found == [round(0.5 + NormalDist().inv_cdf(p), 4) for p in (0.1, 0.5)]


def test_cuts_of_two_kinds_of_cases() -> None:
    (cut,) = cuts(np.array([-1.0, 1.0]), np.array([5.0, 5.0]), [0.5, 0.5])
    assert cut == pytest.approx(0.0, abs=1e-4)


def test_the_neutral_effort_weighs_losses_more() -> None:
    # at reference r: losses (1 - r) x 1 against gains r x 1/2, so r = 2/3
    assert neutral_effort(np.array([0.0, 1.0]), np.array([1.0, 1.0]), 2.0) == pytest.approx(2 / 3)


def test_shares_that_are_none() -> None:
    o = read_organisation(small_bank())
    with pytest.raises(ValueError, match="give 7 shares above 0 that add up to 1"):
        calibrate(o, SETTINGS, ces_target=[0.5, 0.5])
    assert sum(CES_TARGET) == pytest.approx(1)
    assert sum(NPS_TARGET) == pytest.approx(1)


def test_a_calibrated_baseline_answers_as_it_should() -> None:
    tree = small_bank()
    o = read_organisation(tree)
    constants = calibrate(o, SETTINGS)
    again = read_organisation({**tree, "experience": {**tree["experience"], **constants}})
    rows = run_study(again, [], SETTINGS).measured
    mean = rows.groupby("measure")["value"].mean()
    assert mean["satisfaction"] == pytest.approx(0, abs=0.02)
    assert mean["ces_easy"] == pytest.approx(100 * sum(CES_TARGET[4:]), abs=1)
    assert mean["promoters"] == pytest.approx(100 * sum(NPS_TARGET[9:]), abs=1)
    assert mean["detractors"] == pytest.approx(100 * sum(NPS_TARGET[:7]), abs=1)
