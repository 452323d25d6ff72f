"""Leaving and staying off a curve, against the formulas themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cxsim.model import survey
from cxsim.probability import leaving
from cxsim.state.plan.customer_rows import EXPERIENCE
from worlds import as_python


@pytest.mark.parametrize("weeks", [1.0, 365.25 / 7.0, 3652.5 / 7.0])
def test_the_curve_is_within_its_error(weeks: float) -> None:
    # three places within every piece of the curve, and beyond both of its ends
    curve = leaving.leaving_curve(weeks)
    with as_python(leaving):
        for odds in np.arange(-20.0, 8.0, 1.0 / 128.0).tolist():
            leaves, stays = leaving.leaves_and_stays(curve, odds, weeks)
            assert leaves == pytest.approx(1.0 / (1.0 + math.exp(-odds)), rel=1e-8, abs=0.0)
            assert stays == pytest.approx(math.exp(-weeks * math.log1p(math.exp(odds))), rel=0.0, abs=1e-8)


def test_there_is_no_end_to_log_odds() -> None:
    curve = leaving.leaving_curve(52.0)
    with as_python(leaving):
        assert leaving.leaves_and_stays(curve, -math.inf, 52.0) == (0.0, 1.0)
        assert leaving.leaves_and_stays(curve, -1e4, 52.0) == (0.0, 1.0)
        assert leaving.leaves_and_stays(curve, 1e4, 52.0) == (1.0, 0.0)


def test_the_survey_goes_round() -> None:
    # asked in a quarter of the weeks: everybody once in any four, and in each week every fourth, wherever one counts
    class World:
        experience = np.zeros(1, dtype=EXPERIENCE)

    World.experience["asked"] = 0.25
    with as_python(survey):
        asked = np.array([[survey.is_asked(World, 0.3 + 0.25 * n, i) for i in range(1000)] for n in range(-4, 8)])
    for n in range(9):
        assert (asked[n : n + 4].sum(axis=0) == 1).all()
    for first in (0, 100, 850):
        assert (abs(asked[:, first : first + 100].sum(axis=1) - 25) <= 3).all()
