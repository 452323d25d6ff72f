"""The lineage of a case: hand-packed numbers, what may come of what, and the same from either side."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.state import lineage
from cxsim.state.lineage import Lineage, Offspring, lineage_named, lineage_of

# Worked by hand: candidate + returns x 2^48 + returns of a symptom x 2^58 + offspring x 2^62.  The suffix is the same
# without the candidate, so counted from 2^48: 1 a return, 2^10 = 1,024 a symptom's, 2^14 = 16,384 a complaint.
BY_HAND = [
    (Lineage(7), 7, 0),
    (Lineage(7, returns=2), 7 + 562_949_953_421_312, 2),
    (Lineage(7, returns=1_023), 7 + 287_948_901_175_001_088, 1_023),
    (Lineage(7, symptom_returns=1), 7 + 288_230_376_151_711_744, 1_024),
    (Lineage(7, 3, 2), 7 + 844_424_930_131_968 + 576_460_752_303_423_488, 2_051),
    (Lineage(7, offspring=Offspring.COMPLAINT), 7 + 4_611_686_018_427_387_904, 16_384),
    (Lineage(7, offspring=Offspring.CALL), 7 + 9_223_372_036_854_775_808, 32_768),
    (Lineage(7, 1, 0, Offspring.OVER_PROMISE), 7 + 281_474_976_710_656 + 13_835_058_055_282_163_712, 49_153),
    (Lineage(2**48 - 1, 1_023, 15, Offspring.OVER_PROMISE), 2**64 - 1, 65_535),
]


@pytest.mark.parametrize(("parts", "number", "suffix"), BY_HAND)
def test_parts_and_number_by_hand(parts: Lineage, number: int, suffix: int) -> None:
    assert parts.number == number
    assert parts.suffix == suffix
    assert lineage_of(number) == parts
    assert lineage_named(parts.candidate, suffix) == parts


def test_candidates_of_many() -> None:
    numbers = np.array([number for _, number, _ in BY_HAND], dtype=np.uint64)
    assert lineage.candidates_of(numbers).tolist() == [7] * 8 + [2**48 - 1]


def number_of(*parts: int) -> np.uint64:
    candidate, returns, symptom_returns, offspring = parts
    return np.uint64(Lineage(candidate, returns, symptom_returns, Offspring(offspring)).number)


def test_what_rules_make_of_a_number() -> None:
    first = lineage.number_of_candidate(5)
    once = lineage.number_of_return(first)
    complaint = lineage.number_of_offspring(once, Offspring.COMPLAINT)
    symptom = lineage.number_of_return_of_symptom(complaint)  # the complaint is gone, its matter is back
    assert [lineage_of(int(n)) for n in (first, once, complaint, symptom)] == [
        Lineage(5, 0, 0, Offspring.MATTER),
        Lineage(5, 1, 0, Offspring.MATTER),
        Lineage(5, 1, 0, Offspring.COMPLAINT),
        Lineage(5, 1, 1, Offspring.MATTER),
    ]


@pytest.mark.parametrize(
    ("parts", "first", "symptom", "returns", "symptom_returns"),
    [
        ((5, 0, 0, 0), True, False, True, True),
        ((5, 1, 0, 0), False, False, True, True),
        ((5, 1_022, 0, 0), False, False, True, True),
        ((5, 1_023, 0, 0), False, False, False, True),  # no room for one more
        ((5, 0, 1, 0), False, True, False, True),  # a symptom's return does not return by the reason's own chance
        ((5, 0, 15, 0), False, True, False, False),
        ((5, 0, 0, 1), False, False, False, True),
        (
            (5, 3, 15, 1),
            False,
            False,
            False,
            False,
        ),  # a complaint earns a margin of its own
        ((5, 0, 0, 2), False, False, False, True),
        ((5, 0, 0, 3), False, False, False, True),
    ],
)
def test_what_a_case_is_and_may_become(
    parts: tuple[int, ...], first: bool, symptom: bool, returns: bool, symptom_returns: bool
) -> None:
    number = number_of(*parts)
    assert lineage.is_first(number) == first
    assert lineage.is_return_of_symptom(number) == symptom
    assert lineage.may_return(number) == returns
    assert lineage.may_return_of_symptom(number) == symptom_returns
