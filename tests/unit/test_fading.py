"""Fading off a curve, against the exponential itself."""

from __future__ import annotations

import math

import pytest

from cxsim.calendars.constants import WEEK
from cxsim.probability import fading
from worlds import as_python


@pytest.mark.parametrize("half_lives", [(26.0, 4.0), (4.0, 0.5), (1e6, 1.0)])
def test_the_curve_is_within_its_error(half_lives: tuple[float, float]) -> None:
    # three places and more within every piece, the ends of the week, and beyond both of them
    slow, fast = (math.log(2.0) / (weeks * WEEK) for weeks in half_lives)
    curve = fading.fading_curve((slow, fast), WEEK)
    assert 0 < len(curve) <= fading.MOST
    with as_python(fading):
        for k in range(-100, 2100):
            minutes = k / 2000.0 * WEEK
            exact = (math.exp(-slow * minutes), math.exp(-fast * minutes))
            assert fading.left_after(curve, WEEK, (slow, fast), minutes) == pytest.approx(exact, rel=0.0, abs=2e-12)


def test_what_fades_within_hours_is_worked_out() -> None:
    rates = (math.log(2.0) / 100.0, 1.0 / 200.0)
    curve = fading.fading_curve(rates, WEEK)
    assert len(curve) == 0
    with as_python(fading):
        assert fading.left_after(curve, WEEK, rates, 200.0) == pytest.approx((0.25, math.exp(-1.0)), rel=1e-15)
