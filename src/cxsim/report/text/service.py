"""Waits and service in words: by which definition, channel by channel, call-backs apart, and why one is missing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from cxsim.compare.table import rows_with
from cxsim.measures.breakdowns import ALL
from cxsim.measures.catalogue import HEADLINES
from cxsim.measures.undefined import NOTHING, WHY
from cxsim.organisation import Organisation
from cxsim.organisation.work import Standard
from cxsim.report.text.words import half, listing, number, signed
from cxsim.scenario import BASELINE
from cxsim.study import Results

ON_THE_LINE = (
    "Wait: mean wait of customers answered on the line (ASA). Abandonment: share of those who queued on the line. Both "
    "over all live channels; blocked customers, letters, e-mail and call-backs left out."
)
SHORT_ABANDONS = {"counted": "counted", "left_out": "left out", "met": "counted as met"}


def notes(rows: Mapping[str, Any]) -> list[str]:
    """What stands below a table of headline measures: definitions of waits, and why numbers are missing."""
    shown = [name for name in ("wait", "abandonment") if name in rows and not rows[name].undefined]
    return [text for text in (ON_THE_LINE if shown else "", undefined(rows)) if text]


def baseline_notes(results: Results, label: Mapping[str, Any]) -> list[str]:
    """The same below a table of the baseline alone."""
    measured = rows_with(results.measured, {**label, "scenario": BASELINE.name}).dropna(subset=["value"])
    known = set(measured["measure"])
    lacking: dict[str, list[str]] = {}
    for m in HEADLINES:
        if m.name not in known and m.level:
            lacking.setdefault(WHY.get(m.name, NOTHING), []).append(m.title)
    return [*([ON_THE_LINE] if known & {"wait", "abandonment"} else []), *_not_defined(lacking)]


def _not_defined(titles: Mapping[str, list[str]]) -> list[str]:
    found = [f"Not defined: {listing(some)} ({why})." for why, some in titles.items()]
    return [" ".join(found)] if found else []


def undefined(rows: Mapping[str, Any]) -> str:
    """Headline measures without a value, by why."""
    found: dict[str, list[str]] = {}
    for m in HEADLINES:
        if m.name in rows and rows[m.name].undefined:
            found.setdefault(rows[m.name].undefined, []).append(m.title)
    return "".join(_not_defined(found))


def service(results: Results, scenario: str, rows: Mapping[str, Any], label: Mapping[str, Any]) -> list[str]:
    """Service level by its definition and half-hours, abandonment by channel, and call-backs."""
    return [
        text
        for text in (levels(results.organisation, rows), by_channel(results, scenario, label), call_backs(rows))
        if text
    ]


def definition(organisation: Organisation) -> str:
    """What the service level counts, as the standards state it: ``80 % within 20 s; abandoned within it counted``."""
    standards = [team.standard for team in organisation.teams.values() if team.standard is not None]
    if not standards:
        return ""
    texts = {f"{100.0 * s.share:g} % within {_time(s.within)}" for s in standards}
    rules = {_counted(s) for s in standards}
    target = texts.pop() if len(texts) == 1 else "each team's own standard"
    return f"{target}; {rules.pop()}" if len(rules) == 1 else f"{target}; who is counted differs by team"


def _counted(standard: Standard) -> str:
    blocked = "counted" if standard.blocked else "left out"
    return f"abandoned within it {SHORT_ABANDONS[standard.short_abandons]}, blocked {blocked}"


def _time(minutes: float) -> str:
    return (
        f"{60.0 * minutes:g} s" if minutes < 2.0 else f"{minutes:g} min" if minutes < 120.0 else f"{minutes / 60:g} h"
    )


def levels(organisation: Organisation, rows: Mapping[str, Any]) -> str:
    """Service level, half-hours that meet it, and the 90th percentile of waits, where something changes."""
    own = [rows[name] for name in ("service_level", "intervals_met", "wait_p90") if _moves(rows.get(name))]
    stated = definition(organisation)
    if not own or not stated:
        return ""
    return f"Service, letters and call-backs left out: {listing([_change(row) for row in own])}. Standard: {stated}."


def by_channel(results: Results, scenario: str, label: Mapping[str, Any]) -> str:
    """Abandonment of each live channel, because a mean over channels hides the one that is left alone."""
    table = rows_with(results.channels, {**label, "reason": ALL, "measure": "abandonment"})
    before = rows_with(table, {"scenario": BASELINE.name})
    after = rows_with(table, {"scenario": scenario})
    levels = {str(r["channel"]): float(r["value"]) for _, r in before.iterrows()}
    found = []
    rows: list[Any] = list(after.itertuples(index=False))
    for row in rows:
        if row.channel == ALL or (math.isnan(row.value) and math.isnan(levels.get(str(row.channel), math.nan))):
            continue
        spec = results.organisation.channels.get(str(row.channel))
        name = (spec.title if spec is not None else "") or str(row.channel)
        was = levels.get(str(row.channel), math.nan)
        if math.isnan(was) or math.isnan(row.value):
            now, then = (f"{number(x, '%')} %" if x == x else "nobody queued" for x in (was, row.value))
            found.append(f"{name} {now} → {then}")
            continue
        by, known = signed(row.difference, "%"), half(row.difference_half_width, "%")
        found.append(f"{name} {number(was, '%')} → {number(row.value, '%')} % ({by} ± {known})")
    return f"Abandonment by channel: {'; '.join(found)}." if len(found) > 1 else ""


def call_backs(rows: Mapping[str, Any]) -> str:
    """Call-backs: how many, how soon, how many reach the customer; apart from waits on the line."""
    row = rows.get("call_backs")
    if row is None or not max(row.baseline, row.value) > 0.0:
        return ""
    parts = [f"{number(row.baseline)} → {number(row.value)} accepted a week"]
    for name, text in (("called_back_share", "reached"), ("call_back_wait", "time until then")):
        parts.append(f"{text} {_levels(rows[name])}")
    promised = rows["called_back_in_time"]
    kept = "no time is promised" if promised.value != promised.value else f"in the promised time {_levels(promised)}"
    return (
        f"Call-backs, in no wait on the line: {', '.join(parts)} (mean, the customer at home, nights included); {kept}."
    )


def _moves(row: Any) -> bool:
    return row is not None and not row.undefined and row.difference != 0.0


def _levels(row: Any) -> str:
    before, after = (number(x, row.unit) if x == x else "none" for x in (row.baseline, row.value))
    return f"{before} → {after} {row.unit}"


def _change(row: Any) -> str:
    by, known = signed(row.difference, row.unit), half(row.half_width, row.unit, row.difference)
    return f"{row.title} {_levels(row)} ({by} ± {known})"
