"""How long something takes is a distribution, not a number: most calls are short, a few are very long.

A distribution is written as plain data, for example `"6 min"` (always), `{lognormal: {mean: 3 min,
cv: 1.2}}` or `{mixture: [{weight: 0.3, distribution: ...}, ...]}`. Here it is read, checked and scaled;
`cxsim.probability.moments` describes it and `cxsim.probability.quantile_tables` compiles it for simulation.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxsim.calendars.durations import minutes

Spec = str | Mapping[str, Any]
"""A distribution as written: a duration with its unit, or a mapping of one distribution's name to its parameters."""

PARAMETERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "exponential": (("mean",),),
    "lognormal": (("mean", "cv"), ("median", "sigma")),
    "weibull": (("mean", "shape"), ("median", "shape"), ("scale", "shape")),
    "gamma": (("mean", "cv"),),
    "erlang": (("mean", "phases"),),
    "uniform": (("low", "high"),),
    "triangular": (("low", "mode", "high"),),
    "phase_type": (("initial", "rates"),),
    "empirical": (("probabilities", "values"),),
    "scipy": (("distribution", "arguments", "unit"),),
}
"""The parameters each distribution may be given by; `mixture` takes a list of {weight, distribution} instead."""

TIMES = ("mean", "median", "scale", "low", "mode", "high")
"""The parameters that are durations."""
_DISTRIBUTIONS = (*PARAMETERS, "mixture")


@dataclass(frozen=True)
class Distribution:
    """A distribution that was read and checked; all its times are minutes."""

    name: str
    """One of `PARAMETERS`, "mixture" or "constant"."""
    given: Mapping[str, float] = field(default_factory=dict)
    """Numbers as they were written, by parameter, times in minutes."""
    numbers: tuple[float, ...] = ()
    """constant (value) · exponential (mean) · lognormal (mean and SD of the logarithm) · weibull
    (scale, shape) · gamma, erlang (shape, scale) · uniform (low, high) · triangular (low, mode,
    high) · scipy (minutes per unit)."""
    parts: tuple[tuple[float, Distribution], ...] = ()
    """Mixture: (probability, distribution), probabilities sum to 1."""
    arrays: tuple[NDArray[np.float64], ...] = ()
    """empirical (probabilities, values), both of n · phase_type (initial of n, rates n × n)."""
    frozen: Any = None
    """scipy: the frozen `scipy.stats` distribution, in its own unit."""


def read_distribution(spec: Spec) -> Distribution:
    """Read a distribution. Raises ValueError, one line, for anything that is not a distribution of durations."""
    if not isinstance(spec, Mapping):
        return _constant(minutes(spec))
    if len(spec) != 1:
        raise ValueError(f"{dict(spec)}: a distribution has one name; write e.g. {{exponential: {{mean: 6 min}}}}")
    ((name, given),) = spec.items()
    if name not in _DISTRIBUTIONS:
        raise ValueError(f"{name!r}: unknown distribution; {_nearest(name, _DISTRIBUTIONS)}")
    if name == "mixture":
        return _mixture(given)
    if not hasattr(given, "items"):
        raise ValueError(f"{name}: {given!r} names no parameters; give {_choices(name)}")
    allowed = sorted({p for choice in PARAMETERS[name] for p in choice})
    for parameter in given:
        if parameter not in allowed:
            raise ValueError(f"{name}: unknown parameter {parameter!r}; {_nearest(parameter, allowed)}")
    if not any(set(given) == set(choice) for choice in PARAMETERS[name]):
        raise ValueError(f"{name}: given {', '.join(given) or 'nothing'}; give {_choices(name)}")
    if name == "phase_type":
        return _phase_type(given["initial"], given["rates"])
    if name == "empirical":
        return _empirical(given["probabilities"], given["values"])
    if name == "scipy":
        return _scipy(given["distribution"], given["arguments"], given["unit"])
    return _simple(name, {p: _number(f"{name}: {p}", v, p in TIMES) for p, v in given.items()})


def scaled(spec: Spec, factor: float) -> Spec:
    """Return the distribution of `factor` times as long a time, in the same form; factor above 0."""
    if not 0.0 < factor < math.inf:
        raise ValueError(f"{factor}: a distribution can only be scaled by a finite number above 0")
    read_distribution(spec)
    if not isinstance(spec, Mapping):
        return _times(spec, factor)
    ((name, given),) = spec.items()
    if name == "mixture":
        return {name: [{**part, "distribution": scaled(part["distribution"], factor)} for part in given]}
    if name == "empirical":
        return {name: {**given, "values": [_times(v, factor) for v in given["values"]]}}
    if name == "phase_type":
        return {name: {**given, "rates": [[r / factor for r in row] for row in given["rates"]]}}
    if name == "scipy":
        arguments = {"scale": 1.0, **given["arguments"]}
        arguments |= {p: arguments[p] * factor for p in ("loc", "scale") if p in arguments}
        return {name: {**given, "arguments": arguments}}
    return {name: {p: _times(v, factor) if p in TIMES else v for p, v in given.items()}}


def steadied(spec: Spec, share: float) -> Spec:
    """Return a distribution of the same mean that spreads less by that share of its spread (negative: more), in the
    same form.

    It has to be a fixed time, a `uniform`, or be given by `mean` and `cv`.
    """
    if not share < 1.0:
        raise ValueError(f"{share}: a spread can only shrink by less than the whole of it")
    read_distribution(spec)
    if not isinstance(spec, Mapping):
        return spec
    ((name, given),) = spec.items()
    if name == "constant":
        return spec
    if name == "uniform":
        low, high = minutes(given["low"]), minutes(given["high"])
        middle, reach = (low + high) / 2.0, (high - low) / 2.0 * (1.0 - share)
        return {name: {"low": f"{max(0.0, middle - reach)!r} min", "high": f"{middle + reach!r} min"}}
    if "mean" in given and "cv" in given:
        return {name: {**given, "cv": given["cv"] * (1.0 - share)}}
    raise ValueError(f"{name}: its spread can only be changed where it is given by mean and cv")


def _times(duration: object, factor: float) -> str:
    return f"{minutes(duration) * factor!r} min"


def _constant(value: float) -> Distribution:
    return Distribution("constant", {"value": value}, (value,))


def _simple(name: str, given: dict[str, float]) -> Distribution:
    """Distributions of two or three numbers; formulas by Johnson, Kotz & Balakrishnan 1994, vols 1 and 2."""
    if name in ("uniform", "triangular"):
        order = [given[p] for p in PARAMETERS[name][0]]
        if order != sorted(order) or order[0] == order[-1]:
            wanted = " <= ".join(PARAMETERS[name][0])
            raise ValueError(f"{name}: needs {wanted} and low < high; given {_listed(given)}")
        return Distribution(name, given, tuple(order))
    for p, value in given.items():
        if value < 0.0 or (value == 0.0 and p not in ("cv", "sigma")):
            raise ValueError(f"{name}: {p} is {value:g}; it must be above 0")
    mean = given.get("mean", math.nan)
    if given.get("cv") == 0.0 or given.get("sigma") == 0.0:
        return _constant(given.get("median", mean))
    if name == "exponential":
        return Distribution(name, given, (mean,))
    if name == "lognormal":
        sigma = given.get("sigma", math.sqrt(math.log1p(given.get("cv", 0.0) * given.get("cv", 0.0))))
        if sigma > 10.0:
            raise ValueError(f"lognormal: sigma is {sigma:g}; above 10 a few times outweigh all others")
        median = given.get("median", mean * math.exp(-sigma * sigma / 2.0))
        return Distribution(name, given, (math.log(median), sigma))
    if name == "weibull":
        shape = given["shape"]
        if shape < 0.05:
            raise ValueError(f"weibull: shape is {shape:g}; below 0.05 a few times outweigh all others")
        if "median" in given:
            scale = given["median"] / math.log(2.0) ** (1.0 / shape)
        else:
            scale = given.get("scale", mean / math.gamma(1.0 + 1.0 / shape))
        return Distribution(name, given, (scale, shape))
    if name == "gamma":
        if given["cv"] > 10.0:
            raise ValueError(f"gamma: cv is {given['cv']:g}; above 10 a few times outweigh all others")
        shape = 1.0 / (given["cv"] * given["cv"])
        return Distribution(name, given, (shape, mean / shape))
    if given["phases"] != int(given["phases"]):
        raise ValueError(f"erlang: phases is {given['phases']:g}; it must be a whole number")
    return Distribution(name, given, (given["phases"], mean / given["phases"]))


def _mixture(given: object) -> Distribution:
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        raise ValueError("mixture: needs a list of {weight: ..., distribution: ...}")
    weights = []
    distributions = []
    for k, part in enumerate(given):
        if isinstance(part, Mapping) and "law" in part:
            raise ValueError(f"mixture[{k}]: unknown name 'law': it is called 'distribution' now")
        if not isinstance(part, Mapping) or set(part) != {"weight", "distribution"}:
            raise ValueError(f"mixture[{k}]: {part!r} must have exactly weight and distribution")
        weights.append(_number(f"mixture[{k}]: weight", part["weight"], time=False))
        try:
            distributions.append(read_distribution(part["distribution"]))
        except ValueError as reason:
            raise ValueError(f"mixture[{k}]: {reason}") from None
    total = sum(weights)
    if min(weights) < 0.0 or total <= 0.0:
        raise ValueError(f"mixture: weights are {_floats(weights)}; 0 or more, and not all 0")
    return Distribution(
        "mixture",
        parts=tuple((w / total, distribution) for w, distribution in zip(weights, distributions, strict=True) if w),
    )


def _empirical(probabilities: object, values: object) -> Distribution:
    p = _array("empirical: probabilities", probabilities, time=False)
    v = _array("empirical: values", values, time=True)
    if len(p) != len(v) or len(p) < 2:
        raise ValueError(f"empirical: {len(p)} probabilities and {len(v)} values; give two or more of each")
    if p[0] != 0.0 or p[-1] != 1.0 or np.any(np.diff(p) <= 0.0):
        raise ValueError(f"empirical: probabilities are {_floats(p)}; they must rise from 0 to 1")
    if np.any(np.diff(v) < 0.0):
        raise ValueError(f"empirical: values are {_floats(v)} min; they must not fall")
    return Distribution("empirical", arrays=(p, v))


def _phase_type(initial: object, rates: object) -> Distribution:
    """Absorption time of a Markov chain (Neuts 1981, ch. 2); rates per minute."""
    start = _array("phase_type: initial", initial, time=False)
    rows = rates if isinstance(rates, Sequence) and not isinstance(rates, str) else [rates]
    matrix = [_array("phase_type: rates", row, time=False) for row in rows]
    n = len(start)
    if len(matrix) != n or any(len(row) != n for row in matrix):
        raise ValueError(f"phase_type: initial has {n} numbers, so rates must be {n} rows of {n}")
    s = np.array(matrix)
    if np.any(start < 0.0) or abs(start.sum() - 1.0) > 1e-9:
        raise ValueError(f"phase_type: initial is {_floats(start)}; probabilities that sum to 1")
    leave = -s.sum(axis=1)
    scale = np.abs(np.diag(s))
    if np.any(s - np.diag(np.diag(s)) < 0.0) or np.any(leave < -1e-9 * scale) or np.any(scale == 0.0):
        raise ValueError("phase_type: rates need a negative diagonal, others >= 0, row sums <= 0")
    ends = leave > 1e-9 * scale
    for _ in range(n):
        ends |= (s > 0.0) @ ends
    if not ends.all():
        raise ValueError(f"phase_type: phase {int(np.argmin(ends)) + 1} never ends; give its row a sum < 0")
    return Distribution("phase_type", arrays=(start / start.sum(), s))


def _scipy(name: object, arguments: object, unit: object) -> Distribution:
    """Any continuous distribution of scipy.stats whose times cannot be negative."""
    from scipy import stats

    known = [n for n in dir(stats) if isinstance(getattr(stats, n), stats.rv_continuous)]
    if name not in known:
        raise ValueError(f"scipy: no distribution {name!r}; {_nearest(name, known)}")
    distribution = getattr(stats, str(name))
    allowed = [*(distribution.shapes or "").replace(",", " ").split(), "loc", "scale"]
    given = arguments if isinstance(arguments, Mapping) else None
    if given is None:
        raise ValueError(f"scipy {name}: arguments must be a mapping of {', '.join(allowed)}")
    for parameter in given:
        if parameter not in allowed:
            near = _nearest(parameter, allowed)
            raise ValueError(f"scipy {name}: unknown argument {parameter!r}; {near}")
    missing = [p for p in allowed[:-2] if p not in given]
    if missing:
        raise ValueError(f"scipy {name}: argument {', '.join(missing)} is missing")
    values = {p: _number(f"scipy {name}: {p}", v, time=False) for p, v in given.items()}
    each = minutes(f"1 {unit}")
    frozen = distribution(**values)
    low, mean = float(frozen.support()[0]), float(frozen.mean())
    if math.isnan(low) or not math.isfinite(mean):
        raise ValueError(f"scipy {name}: no finite mean with {_listed(values)}; check the arguments")
    if low < 0.0:
        raise ValueError(f"scipy {name}: can be negative with {_listed(values)}; a time cannot")
    return Distribution("scipy", values, (each,), frozen=frozen)


def _number(what: str, value: object, time: bool) -> float:
    """Read one number, or one duration in minutes, or raise ValueError that names it."""
    try:
        if time:
            return minutes(value)
        number = float(value) if isinstance(value, int | float) else math.nan
    except ValueError as reason:
        raise ValueError(f"{what}: {reason}") from None
    if isinstance(value, bool) or not math.isfinite(number):
        raise ValueError(f"{what}: {value!r} is not a number")
    return number


def _array(what: str, values: object, time: bool) -> NDArray[np.float64]:
    items = values if isinstance(values, Sequence) and not isinstance(values, str) else None
    if items is None:
        raise ValueError(f"{what}: {values!r} is not a list")
    return np.array([_number(what, v, time) for v in items], dtype=np.float64)


def _floats(values: Iterable[float]) -> str:
    return "[" + ", ".join(f"{float(v):g}" for v in values) + "]"


def _listed(values: Mapping[str, float]) -> str:
    return ", ".join(f"{p} {v:g}" for p, v in values.items())


def _choices(name: str) -> str:
    return " or ".join(" and ".join(choice) for choice in PARAMETERS[name])


def _nearest(word: object, names: Iterable[str]) -> str:
    known = list(names)
    near = difflib.get_close_matches(str(word), known, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"use one of {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}"
