"""The lineage of a case: which candidate of demand it came of, and what has come of that matter since.

It is packed into the 64-bit number of the case, which is part of the address of its random numbers: whatever comes of a
case has numbers of its own, and nobody shares any.

| bits | what |
|---|---|
| 0 to 47 | candidate number in its arrival stream |
| 48 to 57 | returns of the matter by its reason's own chance |
| 58 to 61 | returns because a complaint, or a call of ours, solved the symptom only |
| 62, 63 | offspring: the matter itself, a complaint about it, our call about it, what comes of an over-promise in it |
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.native.compiling import inlined

MOST_RETURNS, MOST_SYMPTOM_RETURNS = (1 << 10) - 1, (1 << 4) - 1
"""As many as their bits hold."""

_RETURNS_FROM, _SYMPTOM_RETURNS_FROM, _OFFSPRING_FROM = np.uint64(48), np.uint64(58), np.uint64(62)
"""The lowest bit of each part but the candidate's, which is bit 0."""
_ZERO, _ONE = np.uint64(0), np.uint64(1)
_CANDIDATES = np.uint64((1 << 48) - 1)
_RETURNS, _SYMPTOM_RETURNS = np.uint64(MOST_RETURNS), np.uint64(MOST_SYMPTOM_RETURNS)
"""The parts as they stand at bit 0, with all their bits set."""


class Offspring(IntEnum):
    """What a case is to the matter of its candidate."""

    MATTER = 0
    """The matter itself, or its return."""
    COMPLAINT = 1
    """A complaint about it after it was over."""
    CALL = 2
    """A call of ours about it after it was over."""
    OVER_PROMISE = 3
    """What comes of an over-promise that was made in it."""


class Lineage(NamedTuple):
    """The parts by name, for whoever reads numbers after a run; rules use the functions below."""

    candidate: int
    returns: int = 0
    symptom_returns: int = 0
    offspring: Offspring = Offspring.MATTER

    @property
    def number(self) -> int:
        """The number of the case."""
        return self.candidate | (self.suffix << int(_RETURNS_FROM))

    @property
    def suffix(self) -> int:
        """What names of cases show behind the candidate's number: all but the candidate; 0: the matter at first."""
        first = int(_RETURNS_FROM)
        returns = self.returns | (self.symptom_returns << (int(_SYMPTOM_RETURNS_FROM) - first))
        return returns | (self.offspring << (int(_OFFSPRING_FROM) - first))


def candidates_of(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Candidate numbers of many cases."""
    return numbers & _CANDIDATES


def lineage_of(number: int) -> Lineage:
    """The parts of a case's number."""
    whole = np.uint64(number)
    returns = int((whole >> _RETURNS_FROM) & _RETURNS)
    symptom_returns = int((whole >> _SYMPTOM_RETURNS_FROM) & _SYMPTOM_RETURNS)
    return Lineage(int(whole & _CANDIDATES), returns, symptom_returns, Offspring(int(whole >> _OFFSPRING_FROM)))


def lineage_named(candidate: int, suffix: int) -> Lineage:
    """The parts of the name of a case: candidate and suffix."""
    return lineage_of(candidate | (suffix << int(_RETURNS_FROM)))


@inlined
def number_of_candidate(candidate: int) -> np.uint64:
    """Number of the case that a candidate becomes."""
    return np.uint64(candidate)


@inlined
def number_of_return(number: np.uint64) -> np.uint64:
    """Number of the case in which the matter of this one returns by its reason's own chance."""
    return np.uint64(number + (_ONE << _RETURNS_FROM))


@inlined
def number_of_return_of_symptom(number: np.uint64) -> np.uint64:
    """Number of the case in which the matter of this one, or of what it is about, returns: its symptom was solved."""
    matter = number & ((_ONE << _OFFSPRING_FROM) - _ONE)
    return np.uint64(matter + (_ONE << _SYMPTOM_RETURNS_FROM))


@inlined
def number_of_offspring(number: np.uint64, offspring: int) -> np.uint64:
    """Number of a complaint about this case, of a call of ours, or of what comes of an over-promise in it."""
    return np.uint64(number | (np.uint64(offspring) << _OFFSPRING_FROM))


@inlined
def is_first(number: np.uint64) -> bool:
    """Whether it is a candidate's own case, not one that came of another."""
    return bool(number >> _RETURNS_FROM == _ZERO)


@inlined
def is_return_of_symptom(number: np.uint64) -> bool:
    """Whether it is the matter itself, back because only its symptom was solved before."""
    return bool(number >> _OFFSPRING_FROM == _ZERO and number >> _SYMPTOM_RETURNS_FROM != _ZERO)


@inlined
def may_return(number: np.uint64) -> bool:
    """Whether it may return by its reason's own chance: nothing of a symptom or offspring does, others 1,023 times."""
    return bool(number >> _SYMPTOM_RETURNS_FROM == _ZERO and (number >> _RETURNS_FROM) & _RETURNS != _RETURNS)


@inlined
def may_return_of_symptom(number: np.uint64) -> bool:
    """Whether there is room for one more return because only the symptom was solved: 15 in all."""
    return bool((number >> _SYMPTOM_RETURNS_FROM) & _SYMPTOM_RETURNS != _SYMPTOM_RETURNS)
