"""Theory: ten solved queueing models, closed forms of people, loyalty and money, and broken models that must be caught.

The same gate as the recorded build step (`docs/build/verification.py`, `docs/verification.md`), with half-widths of up
to 5 % of the reference instead of 2 %: a simulated value that is further off does not pass.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest

from theory import customers, forms, page, people, queues
from theory.gate import LIGHT, RECORDED, THEORY, Effort, Verdict, estimate, ratio
from theory.solved import solved_cases

CASES: dict[str, Any] = {case.name: case for case in (*people.CASES, *customers.CASES)}


def outside(verdicts: Sequence[Verdict]) -> list[str]:
    return [
        f"{v.quantity}: theory {v.reference:.5g}, simulated {v.simulated:.5g} ± {v.half_width:.2g}"
        for v in verdicts
        if not v.passes
    ]


def test_an_interval_by_hand() -> None:
    # 1, 2, 3, 4: mean 2.5, standard error sqrt(5/3 / 4); Student's t of 3 degrees of freedom exceeds 16.33 with 0.00025
    value, error = estimate(ratio("sum", "one"), [{"sum": x, "one": 1.0} for x in (1.0, 2.0, 3.0, 4.0)])
    assert value == 2.5
    assert error == pytest.approx(math.sqrt(5.0 / 12.0))
    verdict = Verdict("case", "quantity", "", 2.5, value, error, 4, LIGHT)
    assert verdict.half_width == pytest.approx(16.33 * error, rel=1e-3)
    assert verdict.inside
    assert not verdict.passes  # 2.5 ± 10.5 says nothing


@pytest.mark.parametrize("largest", [RECORDED, LIGHT])
def test_no_value_that_is_further_off_than_the_gate_states_passes(largest: float) -> None:
    for off in (-0.12, -1.01 * largest, 1.01 * largest, 0.12):
        for error in (0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05):
            assert not Verdict("case", "quantity", "", 1.0, 1.0 + off, error, 40, largest).passes
    assert Verdict("case", "quantity", "", 1.0, 1.0 + 0.5 * largest, 0.2 * largest, 40, largest).passes


@pytest.mark.parametrize("case", solved_cases())
def test_queues_are_inside_the_gate(case: str) -> None:
    effort = queues.EFFORT[LIGHT][case]
    assert effort.replications >= 30
    verdicts = list(queues.judge(case, queues.sums_of(case, effort), LIGHT))
    assert {v.quantity for v in verdicts} == set(solved_cases()[case].quantities)
    assert not outside(verdicts)


@pytest.mark.parametrize("case", solved_cases())
def test_a_queue_that_is_wrong_by_5_percent_is_caught(case: str) -> None:
    fault = queues.fault_of(case)
    verdicts = queues.judge(case, queues.sums_of(case, queues.FAULTY[case], fault.tree), LIGHT)
    assert not next(v for v in verdicts if v.quantity == fault.notices).inside


def test_an_imprecise_run_does_not_pass() -> None:
    # right model, but far too short to tell: the gate must not let it through
    verdicts = list(queues.judge("mm1_basic", queues.sums_of("mm1_basic", Effort(5, 1)), LIGHT))
    assert not any(v.passes for v in verdicts if v.quantity in ("Wq", "Lq", "var_wait"))


@pytest.mark.parametrize("name", CASES)
def test_people_loyalty_and_money_are_inside_the_gate(name: str) -> None:
    case = CASES[name]
    assert not outside(list(forms.judge(case, forms.sums_of(case, case.light), LIGHT)))


@pytest.mark.parametrize("name", CASES)
def test_a_fault_in_people_loyalty_or_money_is_caught(name: str) -> None:
    case = CASES[name]
    verdicts = forms.judge(case, forms.sums_of(case, case.light, case.faulty), LIGHT)
    assert not next(v for v in verdicts if v.quantity == case.notices).inside


def test_a_short_cycle_worked_out_by_hand() -> None:
    # the forms themselves: no attrition, a training a week that is all there is: 0.5; half the people gone by then
    assert people.refreshed(0.0) == pytest.approx(0.5 * sum(2.0 ** (-k / 10) for k in range(8)) / 8)
    assert people.above_newcomer(1.0, 1.0) == 1.2
    assert pytest.approx(sum(100.0 * (0.7 / 1.1) ** year for year in range(200))) == customers.WORTH


def test_every_organisation_of_theory_has_its_case() -> None:
    assert {path.stem for path in THEORY.glob("*.yaml")} == {*solved_cases(), *CASES}


def test_the_recorded_page_is_complete_and_inside() -> None:
    recorded = page.sections()
    wanted = {page.QUEUES: queues.QUANTITIES, page.PEOPLE: {name: case.expected for name, case in CASES.items()}}
    for heading, cases in wanted.items():
        table = recorded[heading].split("### How long")[0]
        rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ")][1:]
        reported = {(row[0].removeprefix("| "), row[1].split(":")[0]) for row in rows}
        assert reported >= {(case, quantity) for case, by_name in cases.items() for quantity in by_name}
        assert {row[-1].removesuffix(" |") for row in rows} <= {"inside", "formula", "exact"}
        broken = recorded[heading].split("### Broken models")[1]
        faults = [line for line in broken.splitlines() if line.startswith("| ")][1:]
        assert [line.split(" | ")[0].removeprefix("| ") for line in faults] == list(cases)
        assert all(line.endswith("| outside |") for line in faults)
