"""Simulate what theory knows exactly, and write down how close we come: makes `docs/verification.md`.

    python docs/build/verification.py            both sections
    python docs/build/verification.py people     people, loyalty and money; queueing models stay as recorded
    python docs/build/verification.py queues     the other way round

Each model is an organisation in `conf/organisation/theory`, each reference a closed form or a solved chain.  Forms, solved
cases and the gate have one home, `tests/theory`, for the tests and for this page.  Fixed seed, no reruns.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
from theory import customers, forms, page, people, queues
from theory.gate import LIGHT, RECORDED, Verdict
from theory.solved import solved_cases

CASES = (*people.CASES, *customers.CASES)


def report(case: str, found: Sequence[Verdict]) -> None:
    """One line on a case that is done."""
    worst = max(v.half_width / abs(v.reference) for v in found)
    sys.stdout.write(f"{case}: {sum(v.passes for v in found)} of {len(found)} inside; largest half-width {worst:.2%}\n")
    sys.stdout.flush()


def of_queues(pool: ProcessPoolExecutor) -> tuple[str, bool]:
    """The section on queueing models, and whether all is as it should be."""
    verdicts: list[Verdict] = []
    efforts = queues.EFFORT[RECORDED]
    faults: list[tuple[queues.Fault, Verdict]] = []
    for case in solved_cases():
        map_ = partial(pool.map, chunksize=max(1, efforts[case].replications // 40))
        found = list(queues.judge(case, queues.sums_of(case, efforts[case], map_=map_), RECORDED))
        verdicts += found
        report(case, found)
        fault = queues.fault_of(case)
        wrong = queues.judge(case, queues.sums_of(case, queues.FAULTY[case], fault.tree, map_), LIGHT)
        faults.append((fault, next(v for v in wrong if v.quantity == fault.notices)))
    good = all(v.passes for v in verdicts) and not any(v.inside for _, v in faults)
    return page.of_queues(verdicts, faults, efforts), good


def of_people(pool: ProcessPoolExecutor) -> tuple[str, bool]:
    """The section on people, loyalty and money, and whether all is as it should be."""
    verdicts: list[Verdict] = []
    faults: dict[str, Verdict] = {}
    for case in CASES:
        found = list(forms.judge(case, forms.sums_of(case, case.recorded, map_=pool.map), RECORDED))
        verdicts += found
        report(case.name, found)
        wrong = forms.judge(case, forms.sums_of(case, case.light, case.faulty, pool.map), LIGHT)
        faults[case.name] = next(v for v in wrong if v.quantity == case.notices)
    good = all(v.passes for v in verdicts) and not any(v.inside for v in faults.values())
    return page.of_people(CASES, verdicts, faults), good


SECTIONS = {"queues": (page.QUEUES, of_queues), "people": (page.PEOPLE, of_people)}


def main(wanted: Sequence[str]) -> int:
    """Simulate on two processes and write the page; 1 if anything is outside."""
    good = True
    with ProcessPoolExecutor(2) as pool:
        for name in wanted or SECTIONS:
            heading, simulated = SECTIONS[name]
            text, fine = simulated(pool)
            page.write({heading: text})
            good = good and fine
    return int(not good)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
