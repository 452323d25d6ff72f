"""The solved cases of `queueing_cases.yaml`: parameters, and each value with its definition, formula and source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).with_name("queueing_cases.yaml")


@dataclass(frozen=True)
class Value:
    """A value known exactly."""

    value: float
    definition: str
    formula: str
    source: str
    """Author and year."""


@dataclass(frozen=True)
class Solved:
    """A model with an exact solution; rates are per minute, times minutes."""

    title: str
    precision: float
    """How far a value may be off, relative to it."""
    parameters: dict[str, Any]
    quantities: dict[str, Value]
    note: str = ""


@cache
def solved_cases() -> dict[str, Solved]:
    """The cases by name."""
    cases: dict[str, dict[str, Any]] = yaml.safe_load(CASES.read_text("utf-8"))
    return {
        name: Solved(**{**case, "quantities": {k: Value(**v) for k, v in case["quantities"].items()}})
        for name, case in cases.items()
    }
