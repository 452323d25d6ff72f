"""Expected answers read off curves, against the ordered probit calculated with `math.erf`."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import pytest

from cxsim.probability import curves, ordered_probit
from cxsim.probability.ordered_probit import answer_curves, curves_begin, place_on
from worlds import CES_CUTS, NPS_CUTS, as_python

RESPONSE = tuple(0.1 + 0.3 * ((score - 5) / 5.0) ** 2 for score in range(11))


@pytest.fixture(scope="module", autouse=True)
def _as_python() -> Iterator[None]:
    with as_python(ordered_probit, curves):
        yield


def below(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def mean(cuts: list[float], values: tuple[float, ...], x: float) -> float:
    """Sum over the answers of P(answer) x value: whoever stands at x answers k where cut k-1 < x + noise <= cut k."""
    ends = [-math.inf, *cuts, math.inf]
    return sum(v * (below(b - x) - below(a - x)) for v, a, b in zip(values, ends, ends[1:], strict=False))


@pytest.mark.parametrize("x", [-30.0, -8.51, -2.004, -0.3, 0.0, 0.0079, 1.5, 4.0, 9.0, 40.0])
@pytest.mark.parametrize(
    ("cuts", "values"),
    [
        (CES_CUTS, tuple(float(k) for k in range(1, 8))),
        (NPS_CUTS, tuple(float(k >= 9) for k in range(11))),
        (NPS_CUTS, RESPONSE),
        (NPS_CUTS, tuple(p * (k <= 6) for k, p in enumerate(RESPONSE))),
    ],
    ids=["ease", "promoter", "response", "detractors who answer"],
)
def test_a_curve_is_the_mean_of_the_answer(cuts: list[float], values: tuple[float, ...], x: float) -> None:
    table = answer_curves(tuple(cuts), (tuple(0.0 for _ in values), values))
    k, part = place_on(table, curves_begin(cuts), x)
    steps = sum(abs(b - a) for a, b in itertools.pairwise(values))
    nothing, read = curves.cubic_at(table, k, 0, part), curves.cubic_at(table, k, 1, part)
    assert read == pytest.approx(mean(cuts, values, x), abs=1e-9 * steps)
    assert nothing == 0.0
