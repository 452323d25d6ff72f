"""Queueing theory: ten solved models through the public interface, and a broken one that must be caught.

The same gate as the recorded build step (`docs/build/verification.py`, `docs/verification.md`), with standard errors
up to 3 % of the reference instead of 1 %.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BUILD = Path(__file__).parents[2] / "docs" / "build" / "verification.py"


def build_step() -> ModuleType:
    """The build step as a module."""
    spec = importlib.util.spec_from_file_location("verification_build", BUILD)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["verification_build"] = module
    spec.loader.exec_module(module)
    return module


step: Any = build_step()
needs_references = pytest.mark.skipif(not step.CASES.exists(), reason=f"no reference file at {step.CASES}")


@needs_references
@pytest.mark.parametrize("case", sorted(step.QUANTITIES))
def test_inside_the_gate(case: str) -> None:
    effort = step.EFFORT[step.LIGHT][case]
    assert effort.replications >= 30
    verdicts = list(step.judge(case, step.sums_of(case, effort), step.LIGHT))
    assert {v.quantity for v in verdicts} | step.NO_TARGETS >= set(step.references()[case])
    outside = [
        f"{v.quantity}: theory {v.reference:.5g}, simulated {v.simulated:.5g}, standard error {v.error:.2g}"
        for v in verdicts
        if not v.passes
    ]
    assert not outside, outside


@needs_references
def test_a_broken_model_is_caught() -> None:
    sums = step.sums_of("mm1_basic", step.EFFORT[step.LIGHT]["mm1_basic"], step.broken_single_server())
    verdicts = {v.quantity: v for v in step.judge("mm1_basic", sums, step.LIGHT)}
    assert not verdicts["Wq"].passes
    assert not verdicts["utilization"].passes


@needs_references
def test_an_imprecise_run_does_not_pass() -> None:
    # right model, but far too short to tell: the gate must not let it through
    sums = step.sums_of("mm1_basic", step.Effort(30, 1))[:5]
    assert not all(v.passes for v in step.judge("mm1_basic", sums, step.LIGHT))


@needs_references
def test_every_case_of_the_file_is_modelled() -> None:
    assert set(step.references()) == set(step.QUANTITIES)


def test_the_recorded_page_is_complete_and_inside() -> None:
    page = step.REPORT.read_text("utf-8")
    rows = [line.split(" | ") for line in page.split("## How long")[0].splitlines() if line.startswith("| ")][1:]
    told = {(row[0].removeprefix("| "), row[1].split(":")[0]) for row in rows}
    assert told >= {(case, quantity) for case, by_name in step.QUANTITIES.items() for quantity in by_name}
    assert {row[-1].removesuffix(" |") for row in rows} <= {"inside", "formula"}
    assert "| Wq | 4 |" in page.split("## A broken model")[1]
    assert "outside" in page.split("## A broken model")[1]
