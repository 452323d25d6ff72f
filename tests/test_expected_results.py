"""Frozen results: the shipped scenarios still come to what the files next to them hold.

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


def test_nothing_has_moved(build: ModuleType) -> None:
    for name, frame in build.results().items():
        expected = pd.read_csv(build.SCENARIOS / f"{name}.expected.csv")
        pd.testing.assert_frame_equal(frame, expected, rtol=1e-9, atol=1e-9, check_dtype=False, obj=name)


def test_shorter_calls_hurt_and_the_redesign_helps(build: ModuleType) -> None:
    """Whatever the figures.  (Training takes agents off the floor first: four weeks are too short for it.)"""
    frames = {name: pd.read_csv(build.SCENARIOS / f"{name}.expected.csv").set_index("measure") for name in build.FROZEN}
    assert frames["shorter_calls"].loc["effort", "difference"] > 0 > frames["redesign"].loc["effort", "difference"]
    assert frames["shorter_calls"].loc["fcr", "verdict"] == "worse"
