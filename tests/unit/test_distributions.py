"""Distributions of durations: read, refused, described, scaled, and inverted as in theory."""

import math
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cxsim.probability.curves import on_quantile_curve
from cxsim.probability.distributions import Spec, scaled
from cxsim.probability.moments import describe, mean_of, variance_of
from cxsim.probability.quantile_tables import cdf_of, compile_distributions
from cxsim.probability.quantiles import DISTRIBUTION, normal_cdf, normal_quantile, quantile

SOURCE = Path(__file__).parents[2] / "src"

TWO_KINDS: Spec = {
    "mixture": [
        {"weight": 0.3, "distribution": {"exponential": {"mean": "30 s"}}},
        {"weight": 0.7, "distribution": {"exponential": {"mean": "8 min"}}},
    ]
}
LUMPY: Spec = {
    "mixture": [
        {"weight": 3, "distribution": "0 min"},
        {"weight": 3, "distribution": "2 min"},
        {"weight": 4, "distribution": {"uniform": {"low": "5 min", "high": "8 min"}}},
    ]
}
POINTS: Spec = {
    "empirical": {
        "probabilities": [0, 0.25, 0.5, 1],
        "values": ["5 s", "20 s", "1 min", "10 min"],
    }
}
STEPS: Spec = {"phase_type": {"initial": [0.6, 0.4], "rates": [[-1.0, 0.5], [0.0, -0.01]]}}


def scipy_distribution(distribution: str, unit: str = "min", **arguments: float) -> Spec:
    return {"scipy": {"distribution": distribution, "arguments": arguments, "unit": unit}}


def named(part: Any) -> str:
    """A spec as it is written, a distribution of scipy by its name."""
    return str(part) if isinstance(part, dict) else str(part.dist.name)


# Each spec and the same distribution built by scipy from its own parameters.
CLOSED: list[tuple[Spec, Any]] = [
    ({"exponential": {"mean": "6 min"}}, stats.expon(scale=6)),
    ({"lognormal": {"median": "2 min", "sigma": 0.7}}, stats.lognorm(0.7, scale=2)),
    (
        {"lognormal": {"mean": "3 min", "cv": 1.2}},
        stats.lognorm(math.sqrt(math.log(2.44)), scale=3 / math.sqrt(2.44)),
    ),
    ({"weibull": {"scale": "4 min", "shape": 0.9}}, stats.weibull_min(0.9, scale=4)),
    (
        {"weibull": {"median": "8 min", "shape": 0.9}},
        stats.weibull_min(0.9, scale=8 / math.log(2) ** (1 / 0.9)),
    ),
    (
        {"weibull": {"mean": "8 min", "shape": 2.0}},
        stats.weibull_min(2, scale=8 / math.gamma(1.5)),
    ),
    ({"uniform": {"low": "1 min", "high": "3 min"}}, stats.uniform(1, 2)),
    (
        {"triangular": {"low": "1 min", "mode": "2 min", "high": "5 min"}},
        stats.triang(0.25, loc=1, scale=4),
    ),
    (
        {"triangular": {"low": "0 s", "mode": "0 s", "high": "5 min"}},
        stats.triang(0.0, loc=0, scale=5),
    ),
    (
        {"triangular": {"low": "0 s", "mode": "5 min", "high": "5 min"}},
        stats.triang(1.0, loc=0, scale=5),
    ),
]
GRIDDED: list[tuple[Spec, Any]] = [
    ({"gamma": {"mean": "3 min", "cv": 1.5}}, stats.gamma(1 / 2.25, scale=6.75)),
    ({"gamma": {"mean": "3 min", "cv": 3}}, stats.gamma(1 / 9, scale=27)),
    ({"gamma": {"mean": "3 min", "cv": 0.1}}, stats.gamma(100, scale=0.03)),
    ({"erlang": {"mean": "3 min", "phases": 3}}, stats.gamma(3)),
    (
        {"phase_type": {"initial": [1, 0, 0], "rates": [[-1, 1, 0], [0, -1, 1], [0, 0, -1]]}},
        stats.gamma(3),
    ),
    ({"phase_type": {"initial": [1], "rates": [[-0.25]]}}, stats.expon(scale=4)),
    (scipy_distribution("invgauss", mu=1.0, scale=2.0), stats.invgauss(1, scale=2)),
    (scipy_distribution("fisk", unit="h", c=2.5, scale=2.0), stats.fisk(2.5, scale=120)),
    (scipy_distribution("beta", a=2.5, b=3.0, scale=2.0), stats.beta(2.5, 3, scale=2)),
    (scipy_distribution("gengamma", a=2.0, c=0.7), stats.gengamma(2, 0.7)),
]
EVERY: list[Spec] = [s for s, _ in CLOSED + GRIDDED] + [TWO_KINDS, LUMPY, POINTS, STEPS, "6 min"]


def inverted(spec: Spec, u: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    distributions, grid = compile_distributions([spec])
    return np.array([quantile(distributions, grid, 0, float(x)) for x in np.atleast_1d(u)])


def spread_u(count: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Uniform numbers even in log-odds, from 1e-9 to 1 - 1e-9."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.linspace(-20.72, 20.72, count))))


@pytest.mark.parametrize(("spec", "theory"), CLOSED, ids=named)
def test_closed_forms_are_exact(spec: Spec, theory: Any) -> None:
    u = spread_u(501)
    late = u > 0.5
    expected = np.where(late, theory.isf(1.0 - u), theory.ppf(u))
    np.testing.assert_allclose(inverted(spec, u), expected, rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize(("spec", "theory"), GRIDDED, ids=named)
def test_grids_keep_their_stated_error(spec: Spec, theory: Any) -> None:
    u = spread_u(3001)
    late = u > 0.5
    expected = np.where(late, theory.isf(1.0 - u), theory.ppf(u))
    np.testing.assert_allclose(inverted(spec, u), expected, rtol=1e-6)


@pytest.mark.parametrize(("spec", "theory"), CLOSED + GRIDDED, ids=named)
def test_mean_and_variance_are_those_of_theory(spec: Spec, theory: Any) -> None:
    assert mean_of(spec) == pytest.approx(theory.mean(), rel=1e-12)
    assert variance_of(spec) == pytest.approx(theory.var(), rel=1e-10)


@pytest.mark.parametrize("spec", [TWO_KINDS, STEPS], ids=str)
def test_grid_inverts_the_distribution_function(spec: Spec) -> None:
    u = spread_u(2001)
    np.testing.assert_allclose(cdf_of(spec)(inverted(spec, u)), u, rtol=1e-6)


@pytest.mark.parametrize("spec", EVERY, ids=str)
def test_the_grid_has_the_mean_of_the_distribution(spec: Spec) -> None:
    """Gauss-Legendre in log-odds, ∫ Q(u) u (1 - u) dz; for distributions with jumps evenly in u."""
    if spec in (LUMPY, POINTS):
        even = inverted(spec, (np.arange(20000) + 0.5) / 20000)
        assert float(even.mean()) == pytest.approx(mean_of(spec), rel=1e-5)
        return
    nodes, weights = np.polynomial.legendre.leggauss(20)
    edges = np.linspace(-36.0, 36.0, 145)
    half = (edges[1:] - edges[:-1]) / 2.0
    z = ((edges[1:] + edges[:-1]) / 2.0)[:, None] + half[:, None] * nodes
    u = 1.0 / (1.0 + np.exp(-z))
    density = u * (1.0 / (1.0 + np.exp(z)))
    mean = float(np.sum(inverted(spec, u.ravel()) * (density * weights * half[:, None]).ravel()))
    assert mean == pytest.approx(mean_of(spec), rel=1e-5)


@pytest.mark.parametrize(("spec", "share"), [(TWO_KINDS, 0.0), (STEPS, 0.2), (LUMPY, 0.02)], ids=str)
def test_few_uniforms_are_looked_for_among_knots(spec: Spec, share: float) -> None:
    """At most a share of them, where a distribution jumps or bends."""
    _, grid = compile_distributions([spec])
    minutes = np.array([on_quantile_curve(grid, 0, u) for u in (np.arange(20000) + 0.5) / 20000])
    assert 1.0 - np.mean(minutes >= 0.0) <= share + 1e-4


def test_lumps_and_gaps_of_a_mixture_are_kept() -> None:
    """0 with 30 %, 2 with 30 %, else evenly 5 to 8: by hand."""
    values = inverted(LUMPY, [1e-9, 0.2999999, 0.3000001, 0.5999999, 0.6000001, 0.8, 0.9, 1.0])
    assert values[0] == values[1] == 0.0
    assert values[2] == values[3] == pytest.approx(2.0, rel=1e-15)
    assert values[4:] == pytest.approx([5.00000075, 6.5, 7.25, 8.0], rel=1e-6)
    assert mean_of(LUMPY) == pytest.approx(0.3 * 2 + 0.4 * 6.5)
    assert variance_of(LUMPY) == pytest.approx(0.3 * 4 + 0.4 * (42.25 + 0.75) - 3.2**2)


def test_empirical_is_linear_between_points() -> None:
    assert inverted(POINTS, [1e-12, 0.125, 0.25, 0.5, 0.75, 1.0]) == pytest.approx(
        [1 / 12, 12.5 / 60, 1 / 3, 1.0, 5.5, 10.0], rel=1e-9
    )
    assert mean_of(POINTS) == pytest.approx(0.25 * 12.5 / 60 + 0.25 * 2 / 3 + 0.5 * 5.5)


def test_repeated_values_are_a_lump() -> None:
    spec: Spec = {
        "empirical": {
            "probabilities": [0, 0.2, 0.7, 1],
            "values": ["1 min", "2 min", "2 min", "4 min"],
        }
    }
    assert inverted(spec, [0.1, 0.2, 0.5, 0.69, 0.85]) == pytest.approx([1.5, 2, 2, 2, 3])
    assert cdf_of(spec)(np.array([1.5, 1.999999, 2.0, 3.0])) == pytest.approx([0.1, 0.1999998, 0.7, 0.85])
    both: Spec = {
        "mixture": [{"weight": 0.5, "distribution": spec}, {"weight": 0.5, "distribution": "3 min"}],
    }
    assert inverted(both, [0.05, 0.2, 0.34, 0.4, 0.45, 0.9, 0.9625]) == pytest.approx(
        [1.5, 2.0, 2.0, 2 + 2 / 3, 3.0, 3.0, 3.5], rel=1e-6
    )


def test_phase_type_moments_by_hand() -> None:
    """Phase 2 lasts 100; phase 1 lasts 1 and goes on to phase 2 in half of the cases."""
    assert mean_of(STEPS) == pytest.approx(0.6 * (1 + 50) + 0.4 * 100)
    second = 0.6 * (2 + 2 * 1 * 50 + 0.5 * 2 * 100**2) + 0.4 * 2 * 100**2
    assert variance_of(STEPS) == pytest.approx(second - 70.6**2)


def test_constants_may_be_zero_and_are_exact() -> None:
    assert list(inverted("0 min", [0.0, 0.3, 1.0])) == [0.0] * 3
    assert list(inverted("6 min", [0.0, 0.3, 1.0])) == [6.0] * 3
    assert list(inverted({"lognormal": {"mean": "3 min", "cv": 0}}, [0.0, 0.3, 1.0])) == [3.0] * 3
    assert variance_of("6 min") == 0.0


def test_ends_of_the_unit_interval_are_finite() -> None:
    for spec in EVERY:
        low, high = inverted(spec, [0.0, 1.0])
        assert 0.0 <= low <= high < math.inf


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(range(len(EVERY))),
    st.floats(0.0, 1.0),
    st.floats(0.0, 1.0),
)
def test_a_larger_random_number_is_never_less_time(k: int, u: float, v: float) -> None:
    distributions, grid = TABLE
    low, high = sorted((u, v))
    assert quantile(distributions, grid, k, low) <= quantile(distributions, grid, k, high)


TABLE = compile_distributions(EVERY)


def test_a_table_holds_its_distributions_in_order() -> None:
    distributions, grid = TABLE
    assert distributions.dtype == DISTRIBUTION
    assert grid.dtype == np.float64
    for k, spec in enumerate(EVERY):
        assert quantile(distributions, grid, k, 0.37) == inverted(spec, 0.37)[0]
    none, empty = compile_distributions([])
    assert len(none) == 0
    assert len(empty) == 1


@pytest.mark.parametrize("spec", EVERY, ids=str)
def test_scaling_multiplies_every_quantile(spec: Spec) -> None:
    u = [1e-6, 0.1, 0.5, 0.9, 1 - 1e-6]
    twice = scaled(spec, 1.7)
    np.testing.assert_allclose(inverted(twice, u), 1.7 * inverted(spec, u), rtol=3e-7)
    assert mean_of(twice) == pytest.approx(1.7 * mean_of(spec), rel=1e-12)


def test_normal_quantile_and_cdf() -> None:
    for p in (1e-300, 1e-16, 1e-9, 0.01, 0.07, 0.075, 0.3, 0.5, 0.6, 0.925, 0.99, 1 - 1e-12):
        assert normal_quantile(p) == pytest.approx(float(stats.norm.ppf(p)), rel=4e-15)
    assert normal_quantile(0.975) == pytest.approx(1.959963984540054, rel=1e-15)
    assert normal_quantile(0.0) == -math.inf
    assert normal_quantile(1.0) == math.inf
    for x in (-30.0, -8.0, -1.0, 0.0, 0.5, 3.0, 9.0):
        assert normal_cdf(x) == pytest.approx(float(stats.norm.cdf(x)), rel=1e-13)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("6 min", "always 6 min"),
        ({"lognormal": {"mean": "3 min", "cv": 1.2}}, "lognormal, mean 3 min, CV 1.2"),
        ({"weibull": {"median": "8 min", "shape": 0.9}}, "weibull, median 8 min, shape 0.9"),
        ({"uniform": {"low": "1 min", "high": "90 s"}}, "uniform, from 1 min, to 1 min 30 s"),
        (
            TWO_KINDS,
            "30 % exponential, mean 30 s; 70 % exponential, mean 8 min",
        ),
        (POINTS, "empirical from 5 s to 10 min, mean 2 min 58 s"),
        (STEPS, "phase type with 2 phases, mean 1 h 11 min"),
        (scipy_distribution("invgauss", unit="h", mu=1.0), "invgauss of scipy, mean 1 h"),
    ],
)
def test_described(spec: Spec, words: str) -> None:
    assert describe(spec) == words


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("6", "'6': a duration needs a unit"),
        ("2 working days", "working time is not possible here"),
        ({"lognormall": {}}, "'lognormall': unknown distribution; did you mean 'lognormal'?"),
        ({"exponential": {"men": "1 min"}}, "exponential: unknown parameter 'men'; did you mean"),
        ({"exponential": "6 min"}, "exponential: '6 min' names no parameters; give mean"),
        ({"exponential": {"mean": 6}}, "exponential: mean: '6': a duration needs a unit"),
        ({"exponential": {"mean": "0 min"}}, "exponential: mean is 0; it must be above 0"),
        ({"exponential": {}}, "exponential: given nothing; give mean"),
        ({"lognormal": {"mean": "1 min"}}, "give mean and cv or median and sigma"),
        ({"lognormal": {"mean": "1 min", "cv": -1}}, "lognormal: cv is -1; it must be above 0"),
        ({"lognormal": {"mean": "1 min", "cv": "1"}}, "lognormal: cv: '1' is not a number"),
        ({"lognormal": {"mean": "1 min", "cv": True}}, "lognormal: cv: True is not a number"),
        ({"weibull": {"scale": "1 min", "shape": 0.01}}, "weibull: shape is 0.01"),
        ({"lognormal": {"median": "1 min", "sigma": 11}}, "lognormal: sigma is 11; above 10"),
        ({"gamma": {"mean": "1 min", "cv": 11}}, "gamma: cv is 11; above 10"),
        ({"erlang": {"mean": "1 min", "phases": 1.5}}, "erlang: phases is 1.5"),
        ({"uniform": {"low": "3 min", "high": "1 min"}}, "uniform: needs low <= high"),
        ({"uniform": {"low": "1 min", "high": "1 min"}}, "and low < high"),
        ({"a": 1, "b": 2}, "a distribution has one name"),
        ({"mixture": []}, "mixture: needs a list"),
        ({"mixture": [{"weight": 1, "law": "1 s"}]}, "mixture[0]: unknown name 'law': it is called 'distribution' now"),
        ({"mixture": [{"weight": 1}]}, "mixture[0]: {'weight': 1} must have exactly weight"),
        ({"mixture": [{"weight": -1, "distribution": "1 s"}]}, "mixture: weights are [-1]"),
        ({"mixture": [{"weight": 1, "distribution": "1 x"}]}, "mixture[0]: '1 x': unknown unit"),
        ({"empirical": {"probabilities": [0, 1], "values": ["1 s"]}}, "2 probabilities and 1"),
        ({"empirical": {"probabilities": [0, 2], "values": ["1 s", "2 s"]}}, "rise from 0 to 1"),
        ({"empirical": {"probabilities": [0, 1], "values": ["2 s", "1 s"]}}, "must not fall"),
        ({"empirical": {"probabilities": 0, "values": ["2 s"]}}, "0 is not a list"),
        ({"phase_type": {"initial": [1], "rates": [[1]]}}, "negative diagonal"),
        ({"phase_type": {"initial": [0.5], "rates": [[-1]]}}, "probabilities that sum to 1"),
        ({"phase_type": {"initial": [1, 0], "rates": [[-1]]}}, "2 rows of 2"),
        (
            {"phase_type": {"initial": [1, 0], "rates": [[-1, 1], [1, -1]]}},
            "phase 1 never ends",
        ),
        (scipy_distribution("invgaus", mu=1.0), "scipy: no distribution 'invgaus'; did you mean 'invgauss'?"),
        (scipy_distribution("invgauss", m=1.0), "scipy invgauss: unknown argument 'm'; did you mean 'mu'?"),
        (scipy_distribution("invgauss"), "scipy invgauss: argument mu is missing"),
        (scipy_distribution("invgauss", unit="mn", mu=1.0), "unknown unit 'mn'"),
        (scipy_distribution("norm", loc=9.0), "scipy norm: can be negative"),
        (scipy_distribution("pareto", b=0.5), "scipy pareto: no finite mean"),
    ],
)
def test_refused(spec: Spec, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)) as refusal:
        compile_distributions(["1 min", spec])
    assert str(refusal.value).startswith("distribution 1: ")
    assert "\n" not in str(refusal.value)


def test_a_distribution_cannot_be_scaled_to_nothing() -> None:
    for factor in (0.0, -1.0, math.inf, math.nan):
        with pytest.raises(ValueError, match="finite number above 0"):
            scaled("6 min", factor)


PRINT_QUANTILES = """
import sys
sys.path[:0] = [{source!r}, {tests!r}]
from cxsim.probability.quantiles import normal_cdf, normal_quantile, quantile
from cxsim.probability.quantile_tables import compile_distributions
from cxsim.probability.distributions import Spec
specs = {specs!r}
distributions, grid = compile_distributions(specs)
for n in range(40):
    u = ((n * 0.6180339887498949) % 1.0) ** (1 + n % 4 * 5)
    v = u if n % 2 else 1.0 - u
    print(*(float(quantile(distributions, grid, k, v)).hex() for k in range(len(specs))))
    print(float(normal_quantile(v)).hex(), float(normal_cdf(9.0 * v - 6.0)).hex())
"""


def test_the_same_numbers_without_compilation() -> None:
    """About a thousand quantiles, bit for bit."""
    code = PRINT_QUANTILES.format(source=str(SOURCE), tests=str(Path(__file__).parent), specs=EVERY)
    printed = [
        subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            env={**os.environ, "NUMBA_DISABLE_JIT": off},
            capture_output=True,
            text=True,
            check=False,
        )
        for off in ("0", "1")
    ]
    assert [p.stderr for p in printed] == ["", ""]
    assert printed[0].stdout == printed[1].stdout
    assert len(printed[0].stdout.split()) == 40 * (len(EVERY) + 2)
