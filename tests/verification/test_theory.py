"""Theory: ten solved queueing models, closed forms of people, loyalty and money, and broken models that must be caught.

The same gate as the recorded build step (`docs/build/verification.py`, `docs/verification.md`), with standard errors
up to 3 % of the reference instead of 1 %.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "build"))
from theory.gate import LIGHT, THEORY, Effort, Verdict

from theory import customers, forms, page, people, queues

CASES: dict[str, Any] = {case.name: case for case in (*people.CASES, *customers.CASES)}
needs_references = pytest.mark.skipif(not queues.CASES.exists(), reason=f"no reference file at {queues.CASES}")


def outside(verdicts: Sequence[Verdict]) -> list[str]:
    return [
        f"{v.quantity}: theory {v.reference:.5g}, simulated {v.simulated:.5g}, standard error {v.error:.2g}"
        for v in verdicts
        if not v.passes
    ]


@needs_references
@pytest.mark.parametrize("case", sorted(queues.QUANTITIES))
def test_queues_are_inside_the_gate(case: str) -> None:
    effort = queues.EFFORT[LIGHT][case]
    assert effort.replications >= 30
    verdicts = list(queues.judge(case, queues.sums_of(case, effort), LIGHT))
    assert {v.quantity for v in verdicts} | queues.NO_TARGETS >= set(queues.references()[case])
    assert not outside(verdicts)


@needs_references
def test_a_broken_queue_is_caught() -> None:
    sums = queues.sums_of("mm1_basic", queues.EFFORT[LIGHT]["mm1_basic"], queues.broken_single_server())
    verdicts = {v.quantity: v for v in queues.judge("mm1_basic", sums, LIGHT)}
    assert not verdicts["Wq"].passes
    assert not verdicts["utilization"].passes


@needs_references
def test_an_imprecise_run_does_not_pass() -> None:
    # right model, but far too short to tell: the gate must not let it through
    sums = queues.sums_of("mm1_basic", Effort(30, 1))[:5]
    assert not all(v.passes for v in queues.judge("mm1_basic", sums, LIGHT))


@needs_references
def test_every_case_of_the_file_is_modelled() -> None:
    assert set(queues.references()) == set(queues.QUANTITIES)


@pytest.mark.parametrize("name", CASES)
def test_people_loyalty_and_money_are_inside_the_gate(name: str) -> None:
    case = CASES[name]
    assert not outside(list(forms.judge(case, forms.sums_of(case, case.light), LIGHT)))


@pytest.mark.parametrize("name", CASES)
def test_a_fault_in_people_loyalty_or_money_is_caught(name: str) -> None:
    case = CASES[name]
    verdicts = forms.judge(case, forms.sums_of(case, case.light, case.faulty), LIGHT)
    assert not next(v for v in verdicts if v.quantity == case.notices).passes


def test_a_short_cycle_worked_out_by_hand() -> None:
    # the forms themselves: no attrition, a course a week that is all there is: 0.5; half the people gone by then
    assert people.refreshed(0.0) == pytest.approx(0.5 * sum(2.0 ** (-k / 10) for k in range(8)) / 8)
    assert people.above_newcomer(1.0, 1.0) == 1.2
    assert pytest.approx(sum(100.0 * (0.7 / 1.1) ** year for year in range(200))) == customers.WORTH


def test_every_organisation_of_theory_has_its_case() -> None:
    assert {path.stem for path in THEORY.glob("*.yaml")} == {*queues.QUANTITIES, *CASES}


def test_the_recorded_page_is_complete_and_inside() -> None:
    recorded = page.sections()
    wanted = {page.QUEUES: queues.QUANTITIES, page.PEOPLE: {name: case.expected for name, case in CASES.items()}}
    for heading, cases in wanted.items():
        table = recorded[heading].split("### How long")[0]
        rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ")][1:]
        reported = {(row[0].removeprefix("| "), row[1].split(":")[0]) for row in rows}
        assert reported >= {(case, quantity) for case, by_name in cases.items() for quantity in by_name}
        assert {row[-1].removesuffix(" |") for row in rows} <= {"inside", "formula", "exact"}
    broken = recorded[page.QUEUES].split("### A broken model")[1]
    assert "| Wq | 4 |" in broken
    assert "outside" in broken
    faults = [x for x in recorded[page.PEOPLE].split("### Broken models")[1].splitlines() if x.startswith("| ")][1:]
    assert len(faults) == len(CASES)
    assert all(line.endswith("| outside |") for line in faults)
