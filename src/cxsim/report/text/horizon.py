"""How far a result reaches, in words: what has settled, what still moves, and what is of the weeks of change alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from cxsim.compare import Comparison
from cxsim.compare.table import rows_with
from cxsim.compare.trajectory import LONGEST, MOVING, SETTLED, SHORT, TURNED
from cxsim.probability.intervals import BETTER, IDENTICAL, WORSE, Difference, verdict
from cxsim.report.text.words import SHORT as NAMES
from cxsim.report.text.words import SPELT, amount, half, listing, number, signed, spoken
from cxsim.scenario import Scenario

STEP = 26
"""Weeks to which a recommended horizon is rounded up."""
AMPLE = 1.25
"""Times the weeks after which a reversal is expected: a study that ends there would show it in its last weeks only."""
PART = 0.05
"""Of a change: what the first weeks have to make of it to be taken apart."""
IN_CLASS = ("training", "cross_train")
STOCK_WORDS = {
    "secure": "the share of secure customers",
    "customers_end": "the number of customers",
    "share_of_wallet": "the share of wallet",
    "proficiency": "proficiency",
    "churn": "churn",
    "attrition": "attrition",
    "people": "the number of people",
    "backlog": "the backlog",
}
"""Slow stocks in words."""


def notes(
    comparison: Comparison, scenario: Scenario, rows: Mapping[str, Any], label: Mapping[str, Any]
) -> dict[str, str]:
    """By headline measure, what has to stand next to its change: that it moves on, has turned, or is of a phase."""
    found = {}
    for row in _of(comparison, scenario, label):
        measure = str(row.measure)
        if rows[measure].verdict not in (BETTER, WORSE):
            continue
        if row.state != TURNED and _during(row, rows[measure]) == rows[measure].verdict and _phase(row, rows[measure]):
            found[measure] = f"only in the first {_until(comparison, row)} weeks"
        elif row.state == TURNED:
            found[measure] = "turned since"
        elif row.state == MOVING and not row.driver:
            found[measure] = "still rising" if row.drift > 0.0 else "still falling"
    return found


def reach(comparison: Comparison, scenario: Scenario, rows: Mapping[str, Any], label: Mapping[str, Any]) -> str:
    """What is known of the weeks after the last one simulated, for the headline measures that move at all."""
    known = [r for r in _of(comparison, scenario, label) if rows[str(r.measure)].verdict != IDENTICAL]
    if not known:
        return ""
    by = {state: [r for r in known if r.state == state] for state in (SETTLED, MOVING, TURNED, SHORT)}
    last = comparison.results.settings.weeks
    wanted = _wanted(by[SHORT], comparison)
    if len(by[SHORT]) == len(known):
        return f"How far this reaches beyond week {last} is not known: {_why(comparison, scenario, label)}.{wanted}"
    parts = [f"settled: {_named(by[SETTLED])}"] if by[SETTLED] else []
    parts += [f"still moving: {listing(_moving(by[MOVING], rows, last))}"] if by[MOVING] else []
    parts += [f"turned: {listing([_turned(r, rows[str(r.measure)]) for r in by[TURNED]])}"] if by[TURNED] else []
    parts += [f"too few weeks to tell: {_named(by[SHORT])}"] if by[SHORT] else []
    return f"Beyond week {last}: {'; '.join(parts)}.{wanted}"


def phases(comparison: Comparison, scenario: Scenario, rows: Mapping[str, Any], label: Mapping[str, Any]) -> str:
    """Until when a scenario itself still changes, and what is so only until then."""
    weeks = comparison.results.settings.weeks
    until = comparison.results.settled.get(scenario.name, 0)
    if until < 1:
        return ""
    why = "people are in class or " if any(d.kind in IN_CLASS for d in scenario.interventions) else ""
    if until >= weeks:
        return f"In all {weeks} weeks {why}the change is under way; no figure here is of the time after."
    first = "the first week" if until == 1 else f"the first {until} weeks"
    text = f"In {first} {why}the change is under way; net benefit at run-rate is of the weeks after, all else of all."
    passing = [r for r in _of(comparison, scenario, label) if _phase(r, rows[str(r.measure)])]
    if passing:
        text += f" Only until then: {listing([_passing(r) for r in passing])}."
    other = [r for r in _of(comparison, scenario, label) if r not in passing and _differs(r, rows[str(r.measure)])]
    if other:
        text += f" Of the weeks after alone: {listing([_after(r) for r in other])}."
    return text


def _of(comparison: Comparison, scenario: Scenario, label: Mapping[str, Any]) -> list[Any]:
    rows = rows_with(comparison.trajectories, {**label, "scenario": scenario.name})
    return list(rows.itertuples(index=False))


def _until(comparison: Comparison, row: Any) -> int:
    return comparison.results.settings.weeks if math.isnan(row.first_week) else int(row.first_week)


def _phase(row: Any, whole: Any) -> bool:
    """Whether a measure moves to one side by enough while the change is under way, and is shown not to after it.

    That the weeks after are undecided shows nothing: they may be worse still.
    """
    if math.isnan(row.first_week) or math.isnan(row.before_half_width) or math.isnan(row.after_half_width):
        return False
    at_most = math.copysign(1.0, row.before) * row.after + row.after_half_width
    return _during(row, whole) in (BETTER, WORSE) and at_most < whole.worthwhile


def _during(row: Any, whole: Any) -> str:
    """The verdict on the weeks in which the change is under way, by their own interval."""
    return _verdict(row.before, row.before_half_width, whole)


def _verdict(mean: float, known: float, whole: Any) -> str:
    return verdict(Difference(mean, known, mean - known, mean + known, known, 2), whole.worthwhile, whole.direction)


def _differs(row: Any, whole: Any) -> bool:
    """Whether a change is another one, by as much as is worthwhile or a twentieth of it, without the first weeks."""
    if whole.verdict not in (BETTER, WORSE) or math.isnan(row.first_week) or math.isnan(row.after):
        return False
    if row.measure in ("nps_relationship", "net_benefit_running"):  # of the end, and of the weeks after, as they are
        return False
    return bool(abs(row.after - whole.difference) >= max(PART * abs(whole.difference), 0.5 * whole.worthwhile))


def _after(row: Any) -> str:
    known = half(row.after_half_width, row.unit, row.after)
    return f"{NAMES[str(row.measure)]} {signed(row.after, row.unit)} ± {known}{spoken(row.unit)}"


def _passing(row: Any) -> str:
    change, after = (
        f"{signed(mean, row.unit)} ± {half(known, row.unit, mean)}"
        for mean, known in ((row.before, row.before_half_width), (row.after, row.after_half_width))
    )
    name = "net benefit" if row.measure == "net_benefit_running" else NAMES[str(row.measure)]
    return f"{name} {change}{spoken(row.unit)} (after: {after})"


def _named(rows: Sequence[Any]) -> str:
    if len(rows) > SPELT:
        return f"{len(rows)} measures"
    return listing([NAMES[str(r.measure)] for r in rows])


def _moving(rows: Sequence[Any], whole: Mapping[str, Any], last: int) -> list[str]:
    """Each measure with its drift; those that only follow a stock together, by the stock."""
    texts = []
    for row in (r for r in rows if not r.driver):
        way = "rises" if row.drift > 0.0 else "falls"
        known = half(row.half_width, "", row.drift)
        by = f"{number(abs(row.drift))} ± {known}{spoken(row.unit)}"
        back = _back(row, last) if whole[str(row.measure)].verdict in (BETTER, WORSE) else ""
        texts.append(f"{NAMES[str(row.measure)]} (its change {way} by {by} every week{back})")
    for stock, words in STOCK_WORDS.items():
        driven = [r for r in rows if r.driver == stock]
        if driven:
            texts.append(f"what follows {words}, which still moves ({_named(driven)})")
    return texts


def _back(row: Any, last: int) -> str:
    """That a change moves back towards zero, and when it would be gone."""
    if not row.at_end * row.drift < 0.0:
        return ""
    gone = row.last_week - (row.last_week - row.first_week) / 8.0 - row.at_end / row.drift
    if not gone <= LONGEST:
        return "; a longer horizon may reverse it"
    wanted = max(STEP * math.ceil(AMPLE * gone / STEP), STEP * math.ceil((last + 1) / STEP))
    return (
        f"; a longer horizon may reverse it, at this pace after about {gone:.0f} weeks, which study.weeks={wanted} "
        "would show"
    )


def _turned(row: Any, whole: Any) -> str:
    return f"{NAMES[str(row.measure)]} (to the other side since; {amount(whole.difference, whole.unit)} in the mean)"


def _why(comparison: Comparison, scenario: Scenario, label: Mapping[str, Any]) -> str:
    if all(math.isnan(r.first_week) for r in _of(comparison, scenario, label)):
        return "the change is under way to the end"
    return "too few weeks are simulated after the last change"


def _wanted(rows: Sequence[Any], comparison: Comparison) -> str:
    """A horizon that should tell of what is not known yet."""
    if not rows:
        return ""
    finite = [r for r in rows if math.isfinite(r.weeks_wanted)]
    if not finite:
        return ""
    weeks = max(STEP * math.ceil(r.weeks_wanted / STEP) for r in finite)
    of = "" if len(finite) == len(rows) else f" of {_named(finite)}"
    return f" study.weeks={max(weeks, comparison.results.settings.weeks + STEP)} should tell{of}."
