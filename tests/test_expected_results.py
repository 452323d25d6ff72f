"""Frozen results: the shipped scenarios still give what the files next to them hold.

A result may move only on purpose: run ``python docs/build/expected.py`` and write in the changelog what moved, and why.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

CHECKOUT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("expected", CHECKOUT / "docs" / "build" / "expected.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def results(build: ModuleType) -> dict[str, pd.DataFrame]:
    computed: dict[str, pd.DataFrame] = build.results()
    return computed


def test_nothing_has_moved(build: ModuleType, results: dict[str, pd.DataFrame]) -> None:
    assert set(results) == {path.name.removesuffix(".expected.csv") for path in build.SCENARIOS.glob("*.expected.csv")}
    for name, frame in results.items():
        expected = pd.read_csv(build.SCENARIOS / f"{name}.expected.csv")
        pd.testing.assert_frame_equal(frame, expected, rtol=1e-9, atol=1e-9, check_dtype=False, obj=name)


def test_shorter_calls_hurt_and_the_redesign_pays(results: dict[str, pd.DataFrame]) -> None:
    """Whatever the figures, each by more than its half-width; intervals of all scenarios are simultaneous.

    Training takes agents off the floor first: four weeks are too short for it.
    """
    shorter, redesign = (results[name].set_index("measure") for name in ("shorter_calls", "redesign"))
    assert shorter.loc["effort", "difference"] > shorter.loc["effort", "half_width"]
    assert shorter.loc["fcr", "difference"] < -shorter.loc["fcr", "half_width"]
    benefit = redesign.loc["net_benefit_running"]
    assert benefit["difference"] > benefit["half_width"]
