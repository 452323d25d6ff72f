"""The constants between effort and answers, fitted once to a baseline and then frozen in its file.

What is fitted: the effort that feels neutral, so that the baseline's mean satisfaction is zero; the cut-points of CES
2.0; the cut-points of the 0-10 recommendation.  Refitting them for a scenario would erase its effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing
from typing import Any

import numpy as np

from cxsim.native.records import Floats
from cxsim.organisation import Organisation, read_organisation
from cxsim.organisation.experience import CALIBRATED
from cxsim.probability.quantiles import normal_cdf
from cxsim.state.tally import Latent, latent_values
from cxsim.study import Settings
from cxsim.study.neutral import neutral_effort, root
from cxsim.study.run import Progress
from cxsim.study.work import Outcome, order_of
from cxsim.study.workers import Workers

CES_TARGET: tuple[float, ...] = (0.02, 0.03, 0.05, 0.10, 0.20, 0.30, 0.30)
"""Shares of answers 1 to 7 in the baseline: assumed; 80 % at 5 or more, mean 5.5."""
NPS_TARGET: tuple[float, ...] = (0.03, 0.01, 0.01, 0.02, 0.02, 0.08, 0.08, 0.10, 0.15, 0.17, 0.33)
"""Shares of answers 0 to 10: assumed; 50 % promoters and 25 % detractors, so NPS 25."""


def calibrate(
    organisation: Organisation,
    settings: Settings | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
    ces_target: Sequence[float] = CES_TARGET,
    nps_target: Sequence[float] = NPS_TARGET,
) -> dict[str, Any]:
    """The calibrated constants of `cxsim.organisation.experience`, rounded as they are to be written down.

    ces_target: shares of answers 1 to 7; nps_target: of 0 to 10; each sums to one.  Two passes over the baseline: the
    neutral effort moves satisfaction and with it the relationship, from which the recommendation is answered.
    Raises ValueError for shares that are none.
    """
    settings = settings or Settings()
    for name, shares, n in (("ces_target", ces_target, 7), ("nps_target", nps_target, 11)):
        if len(shares) != n or min(shares) <= 0.0 or abs(sum(shares) - 1.0) > 1e-6:
            raise ValueError(f"{name}: {list(shares)}; give {n} shares above 0 that add up to 1")
    with Workers(executor, settings) as workers:
        scales = _scales(organisation, settings, workers, progress, 0)
        reference = neutral_effort(*scales["net_effort"], organisation.experience.loss_aversion)
        reference = round(reference, 3)
        ces_cuts = cuts(-scales["effort"][0], scales["effort"][1], ces_target)
        again = _with(organisation, {"reference_effort": reference})
        scales = _scales(again, settings, workers, progress, 1)
        nps_cuts = cuts(*scales["loyalty"], nps_target)
    return dict(zip(CALIBRATED, (reference, ces_cuts, nps_cuts), strict=True))


def _with(organisation: Organisation, constants: Mapping[str, Any]) -> Organisation:
    tree = organisation.tree
    return read_organisation({**tree, "experience": {**tree["experience"], **constants}})


def _scales(
    organisation: Organisation, settings: Settings, workers: Workers, progress: Progress | None, done: int
) -> dict[str, tuple[Floats, Floats]]:
    """By latent scale: (values, cases) of the baseline, over all replications."""
    order = order_of(organisation, [], settings)
    n = settings.replications
    found: dict[int, list[Outcome]] = {}
    with closing(workers.run([order], [(0, k) for k in range(n)])) as finished:
        for (_, k), outcomes in finished:
            found[k] = outcomes
            if progress is not None:
                progress(done * n + len(found), 2 * n, "calibrating")
    cases: Floats = np.sum([found[k][0].tables["latent"]["cases"].to_numpy() for k in range(n)], axis=0)
    parts = cases.reshape(len(Latent), -1)
    return {scale.name.lower(): (latent_values(), part) for scale, part in zip(Latent, parts, strict=True)}


def cuts(values: Floats, cases: Floats, shares: Sequence[float]) -> list[float]:
    """Cut-points at which an ordered probit on the latent values gives these shares of answers, lowest first."""
    below = np.cumsum(shares)[:-1]
    some = cases > 0.0
    values, weights = values[some], cases[some] / cases[some].sum()

    def at_most(cut: float) -> float:
        return float(sum(w * normal_cdf(cut - x) for x, w in zip(values, weights, strict=True)))

    low, high = float(values.min()) - 8.0, float(values.max()) + 8.0
    return [round(root(at_most, low, high, float(share)), 4) for share in below]


__all__ = ["CES_TARGET", "NPS_TARGET", "calibrate", "cuts", "neutral_effort"]
