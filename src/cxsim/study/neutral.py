"""The effort that feels neutral: taken as reference, the baseline's cases leave satisfaction as it is on average."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cxsim.native.records import Floats


def mean_satisfaction(latent: Floats, cases: Floats, reference: float, loss_aversion: float) -> float:
    """What cases do to satisfaction on average, SD: losses in full, gains divided by the loss aversion.

    latent: net effort, cases: how many cases had it.
    """
    x = reference - latent
    return float((np.where(x < 0.0, x, x / loss_aversion) * cases).sum() / cases.sum())


def neutral_effort(latent: Floats, cases: Floats, loss_aversion: float) -> float:
    """The reference at which mean satisfaction is zero: losses in full, gains divided by the loss aversion."""

    def mean(reference: float) -> float:
        return mean_satisfaction(latent, cases, reference, loss_aversion)

    return root(mean, float(latent[0]), float(latent[-1]))


def root(rising: Callable[[float], float], low: float, high: float, level: float = 0.0) -> float:
    """Where a rising function crosses a level, by halving."""
    for _ in range(60):
        middle = 0.5 * (low + high)
        if rising(middle) < level:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
