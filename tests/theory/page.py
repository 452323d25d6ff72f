"""The page `docs/verification.md`: two sections, each of which can be written anew by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from theory.forms import Case
from theory.gate import ENGINE, HERE, LIGHT, RECORDED, SEED, Effort, Verdict
from theory.queues import Fault

REPORT = HERE / "docs" / "verification.md"
QUEUES, PEOPLE = "Queueing models", "People, loyalty and money"

INTRODUCTION = f"""# Verification against theory

Written by `python docs/build/verification.py`; not to be edited by hand.

Models that are solved exactly, written as organisations in `conf/organisation/theory` and run through the public
interface. *theory*: closed form or solved chain; all of them are part of the project, in `tests/theory`. *simulated*:
all replications together. *±*: half-width of a Student interval, so wide that a hundred of them hold at once with 95 %
(Bonferroni). A quantity is **inside** if theory lies in its interval and the half-width is at most {100 * RECORDED:g} %
of theory; the tests run the same models for a shorter time, with at most {100 * LIGHT:g} %. *exact*: nothing random in
it, the same number to seven places. Seed {SEED}; engine: {ENGINE}; no other seed was tried.
"""
OF_QUEUES = """Ten queueing models. Each value has its formula and source in `tests/theory/queueing_cases.yaml` and is
derived a second way by `tests/theory/derived.py`. *formula*: the same number from `cxsim.probability.nps`, without
simulation.

"""
OF_PEOPLE = """Closed forms of how people learn and leave, how customers feel, answer, leave and pay. They are worked
out in `tests/theory/people.py` and `customers.py`, from the rules as `docs/model.md` states them.

"""
HEAD = """| case | quantity | theory | simulated | ± | standard errors away | verdict |
|---|---|---:|---:|---:|---:|---|
"""
BROKEN = """
### Broken models are caught

Each case with one fault, simulated no longer than in the tests. The reference must lie outside the interval:

| case | fault | quantity | theory | simulated | ± | standard errors away | verdict |
|---|---|---|---:|---:|---:|---:|---|
"""


def rows(verdicts: Sequence[Verdict], certain: str) -> str:
    """The table of verdicts; certain: the word for numbers with nothing random in them."""
    lines = [HEAD]
    for v in verdicts:
        away = f"{(v.simulated - v.reference) / v.error:+.1f}" if v.error else ""
        good = "inside" if v.error else certain
        verdict = good if v.passes else "**too coarse**" if v.inside else "**outside**"
        lines.append(
            f"| {v.case} | {v.quantity}: {v.definition.replace('|', '/')} | {v.reference:.5g} | {v.simulated:.5g} "
            f"| {v.half_width:.2g} | {away} | {verdict} |\n"
        )
    lines.append(f"\n{sum(v.passes for v in verdicts)} of {len(verdicts)} quantities inside.\n")
    return "".join(lines)


def how_long(efforts: Mapping[str, Effort]) -> str:
    """How long each case was simulated."""
    lines = ["\n### How long each was simulated\n\n"]
    lines.append("| case | replications | weeks each | warm-up weeks |\n|---|---:|---:|---:|\n")
    for case, e in efforts.items():
        weeks = "480 min" if case == "mt_m_c_sinus" else f"{e.weeks}"
        lines.append(f"| {case} | {e.replications} | {weeks} | {e.warm_up} |\n")
    return "".join(lines)


def broken(faults: Sequence[tuple[str, Verdict]]) -> str:
    """The table of wrong models: the fault, and the quantity that shows it."""
    lines = [BROKEN]
    for fault, v in faults:
        away = (v.simulated - v.reference) / v.error
        verdict = "**inside**" if v.inside else "outside"
        numbers = f"{v.reference:.5g} | {v.simulated:.5g} | {v.half_width:.2g} | {away:+.1f}"
        lines.append(f"| {v.case} | {fault} | {v.quantity} | {numbers} | {verdict} |\n")
    return "".join(lines)


def of_queues(
    verdicts: Sequence[Verdict], faults: Sequence[tuple[Fault, Verdict]], efforts: Mapping[str, Effort]
) -> str:
    """The section on queueing models."""
    wrong = broken([(fault.description, v) for fault, v in faults])
    return "".join([OF_QUEUES, rows(verdicts, "formula"), how_long(efforts), wrong])


def of_people(cases: Sequence[Case], verdicts: Sequence[Verdict], faults: Mapping[str, Verdict]) -> str:
    """The section on people, loyalty and money; faults: by case, the quantity that shows it."""
    efforts = {case.name: case.recorded for case in cases}
    lines = [OF_PEOPLE, *(f"* **{case.name}**: {case.description}.\n" for case in cases), "\n"]
    wrong = broken([(case.fault, faults[case.name]) for case in cases])
    return "".join([*lines, rows(verdicts, "exact"), how_long(efforts), wrong])


def sections() -> dict[str, str]:
    """The sections of the page as they stand, by heading."""
    text = REPORT.read_text("utf-8") if REPORT.exists() else ""
    parts = re.split(r"^## (.+)\n\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def write(anew: Mapping[str, str]) -> None:
    """Put sections into the page; the others stay as they were recorded."""
    known = sections() | dict(anew)
    parts = [f"\n## {heading}\n\n{known[heading].rstrip()}\n" for heading in (QUEUES, PEOPLE) if heading in known]
    REPORT.write_text(INTRODUCTION + "".join(parts), "utf-8")
