"""A comparison as text: findings first, then a table an improvement team can read aloud, then what limits it."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cxsim.compare.table import cells, family_of, points_of
from cxsim.compare.words import amount, finding, listing, number
from cxsim.intervals import IDENTICAL, UNDECIDED, mean_of
from cxsim.measures import ALL, HEADLINES
from cxsim.scenario import BASELINE, Scenario
from cxsim.study import LOYALTY, Results

WIDTH = 110
FELT = 3
"""Reasons named at most."""
SHOWN = (
    ("effort", "effort", "SD"),
    ("contacts_per_case", "contacts per case", "contacts"),
    ("end_to_end", "days", "d"),
    ("promise_breaches", "broken promises %", "%"),
    ("nps_transactional", "NPS", "NPS points"),
)
"""What is said of them."""


def say(results: Results, table: pd.DataFrame) -> str:
    """Everything that is to be said, as text."""
    parts = [_wrapped(opening(results))]
    for words, label in points_of(results):
        parts += [f"\n{words}"] if words else []
        for scenario in results.scenarios:
            rows = cells(table, scenario.name, label)
            if rows:
                parts += ["", *(_wrapped(text) for text in told_of(results, scenario, rows, label))]
                parts += ["", text_table(rows)]
        if not results.scenarios:
            parts += ["", baseline_table(results, label)]
    if results.warnings:
        parts += ["", "Overload", *(_wrapped(text, "  ") for text in results.warnings)]
    parts += ["", "Limits", *(_wrapped(text, "  ") for text in limits(results))]
    return "\n".join(parts)


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  " * bool(indent))


def opening(results: Results) -> str:
    """What was run."""
    s = results.settings
    many = "replication" if results.replications == 1 else "replications"
    text = (
        f"{results.organisation.title}: {results.replications} {many} of {s.weeks} weeks after {s.warm_up_weeks} weeks "
        f"of warm-up; case measures are of the cases opened in the first {s.weeks - s.follow_up} weeks."
    )
    if results.scenarios:
        family = family_of(results)
        text += (
            f" Intervals hold with {100 * family.confidence:g} % for all {family.size} comparisons "
            "(scenarios × headline measures) together."
        )
    if results.checked:
        text += f" Engine {results.engine}, {results.checked}."
    if not results.complete:
        text += " The study was interrupted; it holds what was finished."
    return text


def told_of(results: Results, scenario: Scenario, rows: Mapping[str, Any], label: Mapping[str, Any]) -> list[str]:
    """Sentences about one scenario: the finding, people, money, who gains and who loses."""
    told = [finding(scenario.title, dict(rows), tuple(m.name for m in HEADLINES))]
    if all(row.verdict == IDENTICAL for row in rows.values() if row.headline and row.verdict != UNDECIDED):
        return told
    told += [where(results, scenario, label)]
    told += [released(results, rows), payback(results, scenario, rows)]
    told += [
        f"{h.team} has {h.after} agents instead of {h.before}, the fewest with which its service level is at least the "
        f"baseline's {h.target:.1f} %."
        for h in results.held
        if h.scenario == scenario.name
    ]
    told += [gains(results, scenario, label), saved_luck(rows)]
    open_ = [row for row in rows.values() if row.headline and row.verdict == UNDECIDED]
    wanted = [row.more_replications for row in open_ if math.isfinite(row.more_replications)]
    if wanted:
        told.append(f"About {max(wanted):,.0f} more replications would settle what is undecided.")
    return [text for text in told if text]


def where(results: Results, scenario: Scenario, label: Mapping[str, Any]) -> str:
    """The reasons whose customers feel it most: effort of all their cases, where the change is more than chance."""
    found = results.reasons
    for key, value in {**label, "scenario": scenario.name, "segment": ALL}.items():
        found = found[found[key] == value]
    by_reason: dict[str, dict[str, Any]] = {}
    for row in found[found["reason"] != ALL].itertuples(index=False):
        by_reason.setdefault(str(row.reason), {})[str(row.measure)] = row
    felt = {
        reason: abs(rows["effort"].difference * rows["cases_per_week"].value)
        for reason, rows in by_reason.items()
        if "effort" in rows and abs(rows["effort"].difference) > rows["effort"].difference_half_width
    }
    told = []
    for reason in sorted(felt, key=lambda name: -felt[name])[:FELT]:
        rows = by_reason[reason]
        of = results.organisation.reasons.get(reason)
        shown = [
            f"{words} {number(row.value - row.difference, unit)} → {number(row.value, unit)}"
            for row, words, unit in ((rows.get(name), words, unit) for name, words, unit in SHOWN)
            if row is not None and abs(row.difference) > row.difference_half_width
        ]
        told.append(f"{(of.title if of and of.title else reason).lower()} ({', '.join(shown)})")
    return f"Felt most with {'; '.join(told)}." if told else ""


def released(results: Results, rows: Mapping[str, Any]) -> str:
    """Hours released, as FTE, apart from cash."""
    hours, fte, cash = rows["work_hours"], rows["work_fte"], rows["staffing_cost"]
    if math.isnan(hours.difference):
        return ""
    way = "released" if hours.difference <= 0 else "more work"
    text = (
        f"Work: {number(abs(hours.difference))} hours a week {way} "
        f"(± {number(hours.half_width, '', hours.difference)}), "
        f"{number(abs(fte.difference), fte.unit)} FTE at {results.organisation.economics.hours_per_fte:g} paid hours. "
    )
    if cash.difference == 0.0:
        return text + "That is time, not cash: staffing cost stays as it is until someone staffs accordingly."
    return text + f"Apart from that, staffing cost changes by {amount(cash.difference, cash.unit)}."


def payback(results: Results, scenario: Scenario, rows: Mapping[str, Any]) -> str:
    """When its one-off costs are earned back, and what it brings at run-rate."""
    spent = results.spending[scenario.name]
    gain = rows["net_benefit_running"]
    if math.isnan(gain.difference):
        return ""
    rate = f"at run-rate {amount(gain.difference, gain.unit)} (± {number(gain.half_width, gain.unit, gain.difference)})"
    if spent.once <= 0.0:
        return f"No one-off cost; net benefit {rate}."
    currency = results.organisation.economics.currency
    text = f"One-off cost {number(spent.once)} {currency}, "
    if gain.difference <= 0.0:
        return text + f"not paid back within {results.settings.weeks} weeks, nor ever at this rate; net benefit {rate}."
    weeks = spent.once / gain.difference
    if weeks > results.settings.weeks:
        ahead = f"(at this rate in about {math.ceil(weeks)})"
        return text + f"not paid back within {results.settings.weeks} weeks {ahead}; net benefit {rate}."
    sure = "" if gain.low > 0.0 else ", though it may be nothing"
    return text + f"paid back after {math.ceil(weeks)} weeks; net benefit {rate}{sure}."


def gains(results: Results, scenario: Scenario, label: Mapping[str, Any]) -> str:
    """Who gains, who loses: customers who would answer otherwise at the end, with the same luck."""
    moves = results.transitions
    for key, value in {**label, "scenario": scenario.name, "segment": ALL}.items():
        moves = moves[moves[key] == value]
    if moves.empty:
        return ""
    rank = {name: i for i, name in enumerate(LOYALTY)}
    step = moves["after"].map(rank) - moves["before"].map(rank)
    up, down = (float(moves.loc[which, "customers"].sum()) for which in (step > 0, step < 0))
    if up == down == 0.0:
        return "No customer would answer otherwise at the end."
    everyone = float(moves["customers"].sum())
    return (
        f"Of {everyone:,.0f} customers, {up:,.0f} would be in a better class at the end (detractor, passive, promoter) "
        f"and {down:,.0f} in a worse one."
    )


def saved_luck(rows: Mapping[str, Any]) -> str:
    """What common random numbers saved."""
    said = []
    for name in ("effort", "wait"):
        row = rows[name]
        if math.isfinite(row.variance_ratio):
            said.append(
                f"{name} {row.variance_ratio:.3g} [{row.variance_ratio_low:.3g}, {row.variance_ratio_high:.3g}]"
            )
    if not said:
        return ""
    return f"Same customers, same luck: variance of the difference smaller by a factor of {listing(said)}."


def text_table(rows: Mapping[str, Any]) -> str:
    """The headline measures in columns."""
    lines: list[Sequence[str]] = [("", "baseline", "scenario", "difference", "±", "", "verdict")]
    for m in HEADLINES:
        row = rows.get(m.name)
        if row is None or (math.isnan(row.baseline) and math.isnan(row.value)):
            continue
        sign = "+" if row.difference > 0 else ""
        numbers = [number(x, row.unit, row.baseline) for x in (row.baseline, row.value)]
        moved = [number(x, row.unit, row.baseline) for x in (row.difference, row.half_width)]
        cells_ = (*numbers, sign + moved[0], moved[1], row.unit, row.verdict)
        lines.append((row.title, *cells_))
    return columns(lines)


def baseline_table(results: Results, label: Mapping[str, Any]) -> str:
    """The baseline alone."""
    values = results.measured
    for key, value in {**label, "scenario": BASELINE.name}.items():
        values = values[values[key] == value]
    lines: list[Sequence[str]] = [("", "baseline", "±", "")]
    for m in HEADLINES:
        mean = mean_of(values.loc[values["measure"] == m.name, "value"].to_numpy(), results.settings.confidence)
        unit = m.unit.replace("money", results.organisation.economics.currency)
        if mean.n:
            lines.append((m.title, number(mean.value, unit), number(mean.half_width, unit), unit))
    return columns(lines)


def columns(lines: Sequence[Sequence[str]]) -> str:
    """Lines as aligned text: words to the left, numbers to the right."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    numeric = {i for i, head in enumerate(lines[0]) if head in ("baseline", "scenario", "difference", "±")}
    told = []
    for line in lines:
        cells_ = [c.rjust(w) if i in numeric else c.ljust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True))]
        told.append("  " + "  ".join(cells_).rstrip())
    return "\n".join(told)


def limits(results: Results) -> list[str]:
    """What has to be said of every result, and of these."""
    o = results.organisation
    told = [f"{o.title}: {o.note}"] if o.note else []
    told.append(
        "Intervals cover the luck of the simulation, not what is assumed; see the list of assumptions and their ranges."
    )
    told.append(
        "The weights between contacts, waits and loyalty come from vendors' surveys of stated intentions; no causal "
        "estimate exists of what one repeat contact fewer does to loyalty."
    )
    if any(d.kind == "training" for s in results.scenarios for d in s.interventions):
        told.append("Training does not wear off in this model, which overstates it.")
    unfinished = results.measured.loc[results.measured["measure"] == "unfinished_share", "value"]
    if len(unfinished) and float(unfinished.max()) > 1.0:
        told.append(
            f"Up to {unfinished.max():.1f} % of the cases looked at were still open at the end; they count with their "
            "effort so far."
        )
    told += [f"{s.title} cannot say: {' '.join(s.cannot_say.split())}" for s in results.scenarios if s.cannot_say]
    return told
