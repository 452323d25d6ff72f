"""Numbers and findings in words that can be read aloud."""

from __future__ import annotations

import math
from typing import Any

from cxsim.intervals import BETTER, IDENTICAL, SAME, UNDECIDED, WORSE

DECIMALS = {"%": 1, "s": 0, "d": 2, "SD": 3, "contacts": 2, "transfers": 3, "NPS points": 1, "points 1-7": 2}
"""Decimals by unit; money and others by size."""

PHRASES: dict[str, tuple[str, str]] = {
    "contacts_per_case": ("customers need {} more contacts per case", "customers need {} fewer contacts per case"),
    "effort": ("a case takes {} more effort", "a case takes {} less effort"),
    "ces": ("CES rises by {}", "CES falls by {}"),
    "fcr": ("first contact resolution rises by {}", "first contact resolution falls by {}"),
    "failure_demand": ("failure demand grows by {}", "failure demand shrinks by {}"),
    "wait": ("customers wait {} longer", "customers wait {} less"),
    "abandonment": ("abandonment rises by {}", "abandonment falls by {}"),
    "end_to_end": ("cases take {} longer", "cases end {} sooner"),
    "promise_breaches": ("broken promises rise by {}", "broken promises fall by {}"),
    "nps_transactional": ("transactional NPS rises by {}", "transactional NPS falls by {}"),
    "nps_relationship": ("relationship NPS rises by {}", "relationship NPS falls by {}"),
    "running_cost": ("running it costs {} more", "running it costs {} less"),
    "net_benefit_running": ("net benefit at run-rate grows by {}", "net benefit at run-rate shrinks by {}"),
}
"""What a rise and a fall of each headline measure means."""

SHORT = {
    "contacts_per_case": "contacts per case",
    "effort": "effort",
    "ces": "CES",
    "fcr": "first contact resolution",
    "failure_demand": "failure demand",
    "wait": "waits",
    "abandonment": "abandonment",
    "end_to_end": "days to the end",
    "promise_breaches": "broken promises",
    "nps_transactional": "transactional NPS",
    "nps_relationship": "relationship NPS",
    "running_cost": "running cost",
    "net_benefit_running": "net benefit at run-rate",
}
"""Headline measures in a word or two."""


def number(value: float, unit: str = "", beside: float = 0.0) -> str:
    """A number with the decimals of its unit, thousands apart; a dash for none.

    beside: a larger number it stands next to, whose decimals it takes.
    """
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return "any" if value > 0 else "-any"
    size = max(abs(value), abs(beside) if math.isfinite(beside) else 0.0)
    decimals = DECIMALS.get(unit)
    if decimals is None:
        decimals = 0 if size >= 100 else 1 if size >= 10 else 2
    elif unit == "s" and size < 10.0:
        decimals = 1
    text = f"{value:,.{decimals}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0.0 else text


def amount(value: float, unit: str) -> str:
    """A number with its unit."""
    spoken = {"%": " percentage points", "contacts": "", "NPS points": " points", "points 1-7": "", "d": " days"}
    if unit.endswith("/week"):
        return f"{number(value, unit)} {unit.removesuffix('/week')} a week"
    return number(value, unit) + spoken.get(unit, f" {unit}")


def changed(row: Any) -> str:
    """What a row of a comparison says about its measure, with its half-width."""
    up, down = PHRASES.get(row.measure, (f"{row.title} rises by {{}}", f"{row.title} falls by {{}}"))
    said = (up if row.difference >= 0 else down).format(amount(abs(row.difference), row.unit))
    return f"{said} (± {number(row.half_width, row.unit, row.difference)})"


def finding(title: str, rows: dict[str, Any], headlines: tuple[str, ...]) -> str:
    """One sentence: what gets better, what gets worse, what stays, what cannot be told."""
    told = [rows[name] for name in headlines if name in rows and not math.isnan(rows[name].difference)]
    if told and all(row.verdict == IDENTICAL for row in told):
        return f"{title}: everything is exactly as in the baseline."
    by = {v: [row for row in told if row.verdict == v] for v in (BETTER, WORSE, UNDECIDED)}
    same = [row for row in told if row.verdict in (SAME, IDENTICAL)]
    parts = []
    if by[BETTER]:
        parts.append("better: " + ", ".join(changed(row) for row in by[BETTER]))
    if by[WORSE]:
        parts.append("worse: " + ", ".join(changed(row) for row in by[WORSE]))
    if same:
        parts.append("no difference that matters in " + listing([SHORT[row.measure] for row in same]))
    if by[UNDECIDED]:
        parts.append("undecided: " + listing([SHORT[row.measure] for row in by[UNDECIDED]]))
    return f"{title}. " + "; ".join(p[0].upper() + p[1:] if i == 0 else p for i, p in enumerate(parts)) + "."


def listing(words: list[str]) -> str:
    """Words as one reads them out."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
