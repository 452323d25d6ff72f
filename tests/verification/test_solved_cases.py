"""Every value of the solved cases, derived a second way: the yardstick of the simulation is itself checked."""

from __future__ import annotations

import pytest

from theory.derived import DERIVED
from theory.solved import solved_cases

NUMERICAL = {"redial_reconnect_small": 2e-6, "mt_m_c_sinus": 1e-7}
"""Relative difference allowed where both derivations are numerical: a chain cut off, an equation integrated."""


@pytest.mark.parametrize("name", solved_cases())
def test_each_value_is_derived_a_second_way(name: str) -> None:
    case = solved_cases()[name]
    found = DERIVED[name](case.parameters)
    expected = {quantity: v.value for quantity, v in case.quantities.items()}
    assert found == pytest.approx(expected, rel=NUMERICAL.get(name, 1e-9))


@pytest.mark.parametrize("name", solved_cases())
def test_each_value_has_its_source(name: str) -> None:
    for quantity, v in solved_cases()[name].quantities.items():
        assert v.definition, quantity
        assert v.formula, quantity
        assert any(word.strip(",;").isdigit() and len(word.strip(",;")) == 4 for word in v.source.split()), quantity
