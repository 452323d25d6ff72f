"""What a visit costs in calls: counted where functions run as plain Python, since compiled ones cannot be watched."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Mapping
from pathlib import Path

from benchmarks.models import BARE, COMPILED, MODELS, WARM_UP

KINDS = ("draws", "distributions", "heap and queues", "rules", "sums", "experience")
_MODULES = {
    "random_numbers": "draws",
    "quantiles": "distributions",
    "kernel": "heap and queues",
    "queues": "heap and queues",
    "timers": "heap and queues",
    "loop": "heap and queues",
    "tally": "sums",
    "timetables": "sums",
    "experience": "experience",
    "draws": "",
    "clock": "",
    "survey": "",
}
_WITHIN = {"philox", "_high", "_run", "run", "advance", "normal_cdf", "normal_quantile"}
"""Parts of a call that is counted already, or called once."""


def calls_per_visit(model: str, weeks: float) -> dict[str, dict[str, float]]:
    """By way, compiled and bare: calls of each kind for one visit, after the warm-up.

    To be called with ``NUMBA_DISABLE_JIT=1``.
    """
    ways = next(m.ways for m in MODELS if m.name == model)
    found = {}
    for way in (COMPILED, BARE):
        simulation = ways[way](1, 1)
        simulation.run_to(weeks - WARM_UP)
        before = simulation.sums()["visits"]
        profile = cProfile.Profile()
        profile.runcall(simulation.run_to, 2 * weeks - WARM_UP)
        visits = simulation.sums()["visits"] - before
        found[way] = {kind: n / visits for kind, n in _by_kind(profile).items()}
    return found


def _by_kind(profile: cProfile.Profile) -> Mapping[str, float]:
    """Number of calls of each kind."""
    counted = dict.fromkeys(KINDS, 0.0)
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    for (file, _, function), (calls, *_) in stats.items():
        path = Path(file)
        kind = _MODULES.get(path.stem, "rules" if path.parent.name == "model" else "")
        if kind and function not in _WITHIN:
            counted[kind] += calls
    return counted
