"""Numbers and findings in words that can be read aloud."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from cxsim.probability.intervals import BETTER, IDENTICAL, NEGLIGIBLE, UNDECIDED, WORSE

DECIMALS = {
    "%": 1,
    "s": 0,
    "d": 2,
    "SD": 3,
    "contacts": 2,
    "transfers": 3,
    "NPS points": 1,
    "points 1-7": 2,
    "customers": 0,
}
"""Decimals by unit; money and others by size."""

PHRASES: dict[str, tuple[str, str]] = {
    "contacts_per_case": ("customers need {} more contacts per case", "customers need {} fewer contacts per case"),
    "effort": ("a case takes {} more effort", "a case takes {} less effort"),
    "ces": ("CES rises by {}", "CES falls by {}"),
    "fcr": ("first contact resolution rises by {}", "first contact resolution falls by {}"),
    "failure_demand": ("failure demand grows by {}", "failure demand shrinks by {}"),
    "wait": ("customers wait {} longer on the line", "customers wait {} less on the line"),
    "abandonment": ("abandonment over all channels rises by {}", "abandonment over all channels falls by {}"),
    "end_to_end": ("cases take {} longer", "cases end {} sooner"),
    "promise_breaches": ("broken promises rise by {}", "broken promises fall by {}"),
    "nps_transactional": ("transactional NPS rises by {}", "transactional NPS falls by {}"),
    "nps_relationship": ("relationship NPS rises by {}", "relationship NPS falls by {}"),
    "running_cost": ("running it costs {} more", "running it costs {} less"),
    "net_benefit_running": ("net benefit at run-rate grows by {}", "net benefit at run-rate shrinks by {}"),
    "net_benefit": ("net benefit of all weeks is {} higher", "net benefit of all weeks is {} lower"),
}
"""What a rise and a fall of each headline measure, and of net benefit, means."""

SHORT = {
    "contacts_per_case": "contacts per case",
    "effort": "effort",
    "ces": "CES",
    "fcr": "first contact resolution",
    "failure_demand": "failure demand",
    "wait": "waits over all channels",
    "abandonment": "abandonment over all channels",
    "end_to_end": "days to resolution",
    "promise_breaches": "broken promises",
    "nps_transactional": "transactional NPS",
    "nps_relationship": "relationship NPS",
    "running_cost": "running cost",
    "net_benefit_running": "net benefit at run-rate",
    "net_benefit": "net benefit of all weeks",
}
"""Headline measures, and net benefit, in a word or two."""

DETAILS = {
    "effort": "effort",
    "contacts_per_case": "contacts per case",
    "end_to_end": "days to resolution",
    "promise_breaches": "broken promises",
    "nps_transactional": "transactional NPS",
}
"""The measures reported of reasons and segments."""
MEANING = (
    "SD: a standard deviation of effort between customers. Replication: an "
    "independent run of the whole period with different random numbers."
)
"""The two terms of every page that not everybody knows."""
COARSE = 0.01
"""SD: with a half-width from here on the third decimal is noise."""
NO_NOTES: Mapping[str, str] = {}
SPELT = 4
"""Changes reported with their size; the others are named."""


def number(value: float, unit: str = "", next_to: float = 0.0, decimals: int | None = None) -> str:
    """A number with the decimals of its unit, thousands apart, a real minus sign; a dash for none.

    next_to: a larger number it stands next to, whose decimals it takes; decimals: as many instead.
    """
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return "any" if value > 0 else "−any"
    if decimals is None:
        decimals = decimals_of(unit, max(abs(value), abs(next_to) if math.isfinite(next_to) else 0.0))
    return fixed(value, decimals)


def decimals_of(unit: str, size: float = 0.0) -> int:
    """How many decimals a number of a size has in a unit."""
    decimals = DECIMALS.get(unit)
    if decimals is None:
        return 0 if size >= 100 else 1 if size >= 10 else 2
    return 1 if unit == "s" and size < 10.0 else decimals


def decimals_of_difference(row: Any, level: bool = True) -> int:
    """How many decimals the difference of a row has: as its levels, one more where it would read as zero."""
    levels = [abs(x) for x in (row.baseline, row.value) if math.isfinite(x)] if level else []
    decimals = decimals_of(row.unit, max(levels, default=abs(row.difference)))
    return decimals + (row.difference != 0.0 and _rounded(row.difference, decimals) == 0.0)


def decimals_together(row: Any, level: bool = True) -> int:
    """How many decimals a row has whose difference stands next to its levels: one more where they would not add up."""
    decimals = decimals_of_difference(row, level)
    return clear(row, decimals) if level else decimals


def clear(row: Any, decimals: int) -> int:
    """`decimals`, or one more where before, after and difference would contradict each other."""
    before, after, by = (_rounded(x, decimals) for x in (row.baseline, row.value, row.difference))
    return decimals + (abs(after - before - by) > 0.5 * 10.0**-decimals or (by == 0.0 and row.difference != 0.0))


def _rounded(value: float, decimals: int) -> float:
    return float(f"{value:.{decimals}f}")


def fixed(value: float, decimals: int) -> str:
    """A number with `decimals` decimals; zero is never negative."""
    text = f"{value:,.{decimals}f}"
    negative = value < 0.0 and float(text.replace(",", "")) != 0.0
    return ("−" if negative else "") + text.removeprefix("-")


def half(value: float, unit: str = "", next_to: float = 0.0, decimals: int | None = None) -> str:
    """A half-width; one that is too small for its decimals is given as less than the last of them."""
    text = number(value, unit, next_to, decimals)
    if value > 0.0 and not any(c in "123456789" for c in text) and math.isfinite(value):
        return f"<{text[:-1]}1"
    return text


def signed(value: float, unit: str = "", next_to: float = 0.0, decimals: int | None = None) -> str:
    """A number with its sign, plus too; without one where it is zero."""
    text = number(value, unit, next_to, decimals)
    return f"+{text}" if value > 0.0 and any(c in "123456789" for c in text) else text


def amount(value: float, unit: str) -> str:
    """A number with its unit."""
    return number(value, unit) + spoken(unit)


def spoken(unit: str) -> str:
    """A unit of a change, as it stands after a number."""
    if unit.endswith("/week"):
        return f" {unit.removesuffix('/week')} a week"
    words = {"%": " percentage points", "contacts": "", "NPS points": " points", "points 1-7": "", "d": " days"}
    return words.get(unit, f" {unit}")


def matters(row: Any) -> str:
    """The smallest worthwhile difference of a measure, with its unit."""
    if row.unit.endswith("/week"):
        return amount(row.worthwhile, row.unit)
    spoken = {"%": "percentage points", "contacts": "", "NPS points": "points", "points 1-7": "", "d": "days"}
    text = f"{row.worthwhile:g} {spoken.get(row.unit, row.unit)}".strip()
    return text.removesuffix("s") if text in ("1 percentage points", "1 points", "1 days") else text


def titled(row: Any) -> str:
    """The title of a headline measure; of waits also whose they are."""
    return f"{row.title}, all channels" if row.measure == "wait" else str(row.title)


def changed(row: Any, note: str = "") -> str:
    """The change of a row of a comparison in words, with its half-width and what has to stand next to it."""
    up, down = PHRASES.get(row.measure, (f"{row.title} rises by {{}}", f"{row.title} falls by {{}}"))
    text = (up if row.difference >= 0 else down).format(amount(abs(row.difference), row.unit))
    return f"{text} (± {half(row.half_width, row.unit, row.difference)}{'; ' * bool(note)}{note})"


def moved(row: Any) -> str:
    """The change of a row of reasons and segments: ``effort 0.72 → 0.41 SD (−0.31 ± 0.05)``."""
    decimals = DECIMALS.get(row.unit, 2)
    decimals -= row.unit == "SD" and row.half_width >= COARSE
    decimals = clear(row, decimals)
    before, after, by, known = (fixed(x, decimals) for x in (row.baseline, row.value, row.difference, row.half_width))
    unit = {"NPS points": "", "contacts": "", "d": ""}.get(row.unit, f" {row.unit}")
    return f"{DETAILS[row.measure]} {before} → {after}{unit} ({'+' * (row.difference > 0.0)}{by} ± {known})"


def share(percent: float) -> str:
    """A share of all cases."""
    return "under 0.1 %" if percent < 0.1 else f"{percent:.0f} %" if percent >= 9.5 else f"{percent:.1f} %"


def affected_text(rows: Sequence[Any], most: int = len(DETAILS)) -> str:
    """What customers with one reason meet: ``customers with “Loan application” (2.5 % of cases): effort ...``."""
    first = rows[0]
    return f"customers with “{first.title}” ({share(first.share)} of cases): {', '.join(map(moved, rows[:most]))}"


def finding(
    title: str,
    rows: Mapping[str, Any],
    headlines: Sequence[str],
    affected: Sequence[Sequence[Any]],
    weeks: int,
    notes: Mapping[str, str],
) -> str:
    """What is significant, first: over all cases, or with the reason it affects where the mean of all moves too little.

    Then what gets better, what gets worse, what is negligible, what is undecided.
    affected: of `cxsim.compare.where.affected`; weeks: simulated; notes: by measure, what stands next to its change.
    """
    known = [rows[name] for name in headlines if name in rows and not math.isnan(rows[name].difference)]
    whole = "; ".join(over_all(known, notes))
    over = "Over the week" if weeks == 1 else f"Over the {weeks} weeks"
    if affected and rows["effort"].verdict not in (BETTER, WORSE):
        return f"{title}. {_capital(affected_text(affected[0]))}. {over}, all cases together, {whole}."
    return f"{title}. {over} {whole}."


def over_all(rows: Sequence[Any], notes: Mapping[str, str] = NO_NOTES) -> list[str]:
    """What gets better, what worse, what is undecided, what is negligible."""
    by = {v: [row for row in rows if row.verdict == v] for v in (BETTER, WORSE, UNDECIDED)}
    negligible = [row for row in rows if row.verdict in (NEGLIGIBLE, IDENTICAL)]
    parts = [f"{v}: {_spelt(by[v], notes)}" for v in (BETTER, WORSE) if by[v]]
    if by[UNDECIDED]:
        parts.append("undecided: " + listing([SHORT[row.measure] for row in by[UNDECIDED]]))
    if len(negligible) > SPELT:
        parts.append(f"{'the other' if parts else 'all'} {len(negligible)} measures: negligible")
    elif negligible:
        parts.append("negligible: " + listing([SHORT[row.measure] for row in negligible]))
    return parts


def _spelt(rows: Sequence[Any], notes: Mapping[str, str]) -> str:
    """The largest changes with their sizes, in smallest worthwhile differences; the others by name."""
    size = {row.measure: abs(row.difference) / row.worthwhile if row.worthwhile > 0 else math.inf for row in rows}
    largest = sorted(size, key=lambda name: -size[name])[: SPELT if len(rows) > SPELT + 1 else len(rows)]
    texts = [changed(row, notes.get(row.measure, "")) for row in rows if row.measure in largest]
    left = [row.measure for row in rows if row.measure not in largest]
    others = [f"{SHORT[m]} ({notes[m]})" if m in notes else SHORT[m] for m in left]
    return ", ".join(texts) + (f", likewise {listing(others)}" if others else "")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def listing(words: Sequence[str]) -> str:
    """Words as one reads them out."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
