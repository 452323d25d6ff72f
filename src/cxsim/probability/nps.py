"""How far a Net Promoter Score from a sample may be off.

NPS is the share of promoters (9-10) minus the share of detractors (0-6), in points from -100 to
100. The formulas are by Rocks 2016, The American Statistician 70:365.
"""

from __future__ import annotations

import math
from statistics import NormalDist


def nps_variance(p_promoter: float, p_detractor: float) -> float:
    """Variance of one answer coded 1, 0, -1: p + d - (p - d)²; times 10⁴ in square points."""
    if min(p_promoter, p_detractor) < 0.0 or not p_promoter + p_detractor <= 1.0 + 1e-12:
        raise ValueError(
            f"shares: {p_promoter:g} promoters and {p_detractor:g} detractors; 0 or more, and together at most 1"
        )
    difference = p_promoter - p_detractor
    return p_promoter + p_detractor - difference * difference


def nps_interval(promoters: float, detractors: float, answers: float, confidence: float = 0.95) -> tuple[float, float]:
    """Adjusted Wald interval of the NPS in points, from counts: good for small samples too.

    Adds 3/4 to promoters and to detractors and 3 to all answers (Rocks 2016); kept inside
    [-100, 100].
    """
    if not answers > 0.0 or not 0.0 < confidence < 1.0:
        raise ValueError(f"answers: {answers:g} at confidence {confidence:g}; give 1 or more, 0.95")
    nps_variance(promoters / answers, detractors / answers)
    n = answers + 3.0
    p, d = (promoters + 0.75) / n, (detractors + 0.75) / n
    half = _z(confidence) * math.sqrt(nps_variance(p, d) / n)
    return max(-100.0, 100.0 * (p - d - half)), min(100.0, 100.0 * (p - d + half))


def nps_answers_needed(p_promoter: float, p_detractor: float, half_width: float, confidence: float = 0.95) -> int:
    """Smallest number of answers whose plain interval is ± `half_width` points (above 0)."""
    if not half_width > 0.0:
        raise ValueError(f"half_width: {half_width:g}; it must be above 0 points")
    spread = 100.0 * _z(confidence) / half_width
    return math.ceil(nps_variance(p_promoter, p_detractor) * spread * spread)


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf((1.0 + confidence) / 2.0)


def weeks_to_see(
    p_promoter: float,
    p_detractor: float,
    shift: float,
    answers_per_week: float,
    confidence: float = 0.95,
    power: float = 0.8,
) -> float:
    """Weeks of answers after a change, and as many before it, until a survey shows a shift of `shift` NPS points.

    Two-sample z-test, both with the variance of one answer (Cohen 1988, 2.4): weeks = 2 V (z_confidence + z_power)² /
    (answers a week x shift²); inf without a shift or without answers.
    """
    # As many weeks before as after.  The question is when the survey in use would see what the simulation knows, not
    # whether the change is there.
    if shift == 0.0 or answers_per_week <= 0.0:
        return math.inf
    z = _z(confidence) + NormalDist().inv_cdf(power)
    variance = 1e4 * nps_variance(p_promoter, p_detractor)
    return 2.0 * variance * z * z / (answers_per_week * shift * shift)
