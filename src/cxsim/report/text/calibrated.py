"""Whether the constants between effort and satisfaction fit the baseline, in words."""

from __future__ import annotations

from cxsim.study import Results

NEUTRAL = 0.05
"""SD of satisfaction a case: less is not worth a word, since seasons and staffing move it too."""


def uncalibrated(results: Results) -> str:
    """What follows where an average case of the baseline is not neutral; empty where it is, or may be.

    It may be where the interval reaches what is not worth a word, as after a single replication, or where numbers are
    drawn.  Without carry-over a case moves no relationship.
    """
    mean = results.satisfaction.value
    known = abs(mean) - results.satisfaction.half_width > NEUTRAL
    if not known or results.settings.vary != "nothing" or results.organisation.experience.carry_over == 0.0:
        return ""
    how, fewer = ("better", "lower") if mean > 0.0 else ("worse", "raise")
    return (
        f"{results.organisation.title} is not calibrated: an average case of the baseline leaves its customer "
        f"{abs(mean):.2f} SD {how} off than before, so that fewer cases alone {fewer} loyalty. do=calibrate gives the "
        "constants of its block 'experience' with which an average case changes nothing."
    )
