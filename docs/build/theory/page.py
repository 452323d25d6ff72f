"""The page `docs/verification.md`: two sections, each of which can be written anew by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from scipy.stats import t as student

from theory.forms import Case
from theory.gate import ENGINE, HERE, RECORDED, SEED, Effort, Verdict

REPORT = HERE / "docs" / "verification.md"
QUEUES, PEOPLE = "Queueing models", "People, loyalty and money"

INTRODUCTION = f"""# Verification against theory

Written by `python docs/build/verification.py`; not to be edited by hand.

Models that are solved exactly, written as organisations in `conf/organisation/theory` and run through the public
interface. *theory*: closed form or solved chain. *simulated*: all replications together, with the half-width of its
95 % interval (Student's t). A quantity is **inside** if it is within 4 standard errors of theory and its standard error
is at most {100 * RECORDED:g} % of it. *exact*: no random number in it, the same value to nine places. Seed {SEED}; engine:
{ENGINE}; no run was repeated.
"""
OF_QUEUES = """Ten queueing models. *formula*: the same number from `cxsim.probability.nps`, without simulation.

"""
OF_PEOPLE = """Closed forms of how people learn and leave, how customers feel, answer, leave and pay. The forms are worked out
in `docs/build/theory/people.py` and `customers.py`, from the rules as `docs/model.md` states them. The standard error
of shares of empty positions and of leaving may be 2 % of theory, that of the non-response bias 5 %.

"""
HEAD = """| case | quantity | theory | simulated | ± | standard errors away | verdict |
|---|---|---:|---:|---:|---:|---|
"""


def rows(verdicts: Sequence[Verdict], efforts: Mapping[str, Effort], certain: str) -> str:
    """The table of verdicts; certain: the verdict of numbers without randomness."""
    lines = [HEAD]
    for v in verdicts:
        half = student.ppf(0.975, efforts[v.case].replications - 1) * v.error
        away = f"{(v.simulated - v.reference) / v.error:+.1f}" if v.error else ""
        good = "inside" if v.error else certain
        verdict = good if v.passes else "**outside**" if v.precise else "**too coarse**"
        lines.append(
            f"| {v.case} | {v.quantity}: {v.definition.replace('|', '/')} | {v.reference:.5g} | {v.simulated:.5g} "
            f"| {half:.2g} | {away} | {verdict} |\n"
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


def of_queues(verdicts: Sequence[Verdict], broken: Sequence[Verdict], efforts: Mapping[str, Effort]) -> str:
    """The section on queueing models."""
    lines = [OF_QUEUES, rows(verdicts, efforts, "formula"), how_long(efforts)]
    lines.append("\n### A broken model is caught\n\nThe single server with service 5 % too long, by the same gate:\n\n")
    lines.append("| quantity | theory | simulated | standard errors away | verdict |\n|---|---:|---:|---:|---|\n")
    for v in broken:
        verdict = "inside" if v.passes else "outside"
        away = (v.simulated - v.reference) / v.error
        lines.append(f"| {v.quantity} | {v.reference:.5g} | {v.simulated:.5g} | {away:+.1f} | {verdict} |\n")
    return "".join(lines)


def of_people(cases: Sequence[Case], verdicts: Sequence[Verdict], faults: Mapping[str, Verdict]) -> str:
    """The section on people, loyalty and money; faults: by case, the quantity that shows it."""
    efforts = {case.name: case.recorded for case in cases}
    lines = [OF_PEOPLE, *(f"* **{case.name}**: {case.description}.\n" for case in cases), "\n"]
    lines += [rows(verdicts, efforts, "exact"), how_long(efforts)]
    lines.append("\n### Broken models are caught\n\nEach case with one fault, by the same gate:\n\n")
    lines.append("| case | fault | quantity | theory | simulated | standard errors away | verdict |\n")
    lines.append("|---|---|---|---:|---:|---:|---|\n")
    for case in cases:
        v = faults[case.name]
        away = (v.simulated - v.reference) / v.error
        verdict = "inside" if v.passes else "outside"
        numbers = f"{v.reference:.5g} | {v.simulated:.5g} | {away:+.1f}"
        lines.append(f"| {case.name} | {case.fault} | {v.quantity} | {numbers} | {verdict} |\n")
    return "".join(lines)


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
