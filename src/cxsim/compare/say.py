"""A comparison as text: findings first, then a table an improvement team can read aloud, then what limits it."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from typing import Any

import pandas as pd

from cxsim.compare.shown import baseline_table, comparison_table
from cxsim.compare.table import cells, family_of, points_of
from cxsim.compare.where import REASON, SEGMENT, felt
from cxsim.compare.words import amount, feel, finding, listing, moved, number, share
from cxsim.intervals import BETTER, IDENTICAL, UNDECIDED, WORSE
from cxsim.interventions.learning import Train
from cxsim.measures import ALL, HEADLINES
from cxsim.scenario import Scenario
from cxsim.study import LOYALTY, Results

WIDTH = 110
NAMED = 3
"""Reasons and segments named at most."""


def say(results: Results, table: pd.DataFrame, where: pd.DataFrame) -> str:
    """Everything that is to be said, as text."""
    parts = [_wrapped(opening(results, where))]
    for words, label in points_of(results):
        parts += [f"\n{words}"] if words else []
        if not results.scenarios:
            parts += ["", baseline_table(results, label)]
            continue
        found = [(s, cells(table, s.name, label)) for s in results.scenarios]
        found = [(s, rows) for s, rows in found if rows]
        for scenario, rows in found:
            parts += ["", *(_wrapped(text) for text in findings_of(results, scenario, rows, where, label))]
        parts += ["", comparison_table(results, [(s.name, s.title, rows) for s, rows in found], where, label)]
        for scenario, rows in found:
            told = besides_of(results, scenario, rows, label)
            if told and len(found) > 1:
                parts += ["", scenario.title, *(_wrapped(text, "  ") for text in told)]
            elif told:
                parts += ["", *(_wrapped(text) for text in told)]
    if results.warnings:
        parts += ["", "Overload", *(_wrapped(text, "  ") for text in results.warnings)]
    parts += ["", "Limits", *(_wrapped(text, "  ") for text in limits(results))]
    return "\n".join(parts)


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  " * bool(indent))


def opening(results: Results, where: pd.DataFrame) -> str:
    """What was run, and what its intervals promise."""
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
            "(scenarios × headline measures) together"
        )
        looked = len(where) // len(results.points)
        text += f"; those of reasons and segments for all {looked} that were looked at." if looked else "."
    if results.checked:
        text += f" Engine {results.engine}, {results.checked}."
    if not results.complete:
        text += " The study was interrupted; it holds what was finished."
    return text


def nothing_changed(rows: Mapping[str, Any]) -> bool:
    """Whether every headline measure is exactly as in the baseline."""
    return all(row.verdict == IDENTICAL for row in rows.values() if row.headline and row.verdict != UNDECIDED)


def findings_of(
    results: Results, scenario: Scenario, rows: Mapping[str, Any], where: pd.DataFrame, label: Mapping[str, Any]
) -> list[str]:
    """The finding of one scenario, and which customers feel it: reasons, then segments."""
    reasons = felt(where, scenario.name, REASON, label)
    told = [finding(scenario.title, rows, tuple(m.name for m in HEADLINES), reasons)]
    if nothing_changed(rows):
        return told
    leads = bool(reasons) and rows["effort"].verdict not in (BETTER, WORSE)
    rest = reasons[1:] if leads else reasons
    if rest:
        named = [feel(rest[0]) if not leads else _briefly(rest[0])]
        named += [_briefly(found) for found in rest[1:NAMED]]
        left = len(rest) - NAMED
        others = f"; and {left} more {'reason' if left == 1 else 'reasons'}" if left > 0 else ""
        told.append(f"{'Also felt' if leads else 'Felt most'} by {'; '.join(named)}{others}.")
    segments = felt(where, scenario.name, SEGMENT, label)
    if segments:
        told.append(f"By segment: {'; '.join(f'{found[0].title}, {moved(found[0])}' for found in segments[:NAMED])}.")
    return told


def _briefly(rows: Any) -> str:
    return f"“{rows[0].title}” ({share(rows[0].share)}): {moved(rows[0])}"


def besides_of(results: Results, scenario: Scenario, rows: Mapping[str, Any], label: Mapping[str, Any]) -> list[str]:
    """What else there is to say of one scenario: work, money, people, and how sure it is."""
    if nothing_changed(rows):
        return []
    told = [released(results, rows), payback(results, scenario, rows)]
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


def released(results: Results, rows: Mapping[str, Any]) -> str:
    """Hours released, as FTE, apart from cash."""
    hours, fte, cash = rows["work_hours"], rows["work_fte"], rows["staffing_cost"]
    if math.isnan(hours.difference):
        return ""
    way = "released" if hours.difference <= 0 else "more"
    sure = "" if hours.low > 0.0 or hours.high < 0.0 else ", so it may be none"
    text = (
        f"Work: {number(abs(hours.difference))} hours a week {way} "
        f"(± {number(hours.half_width, '', hours.difference)}{sure}), "
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
    said = [
        f"{name} {rounded(r.variance_ratio)} ({rounded(r.variance_ratio_low)} to {rounded(r.variance_ratio_high)})"
        for name, r in (("effort", rows["effort"]), ("waits", rows["wait"]))
        if math.isfinite(r.variance_ratio)
    ]
    if not said:
        return ""
    return (
        "The same customers meet the same luck in both worlds; without that, as sure an answer would take more "
        f"replications, times {listing(said)}."
    )


def rounded(value: float) -> str:
    """A factor with two digits, written out."""
    if not math.isfinite(value) or value <= 0.0:
        return number(value)
    digits = 1 - math.floor(math.log10(value))
    return f"{round(value, digits):,.{max(digits, 0)}f}"


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
    courses = [d.intervention for s in results.scenarios for d in s.interventions if isinstance(d.intervention, Train)]
    if any(course.half_life is None for course in courses):
        told.append("What a course gives is said to stay for ever, which overstates it.")
    unfinished = results.measured.loc[results.measured["measure"] == "unfinished_share", "value"]
    if len(unfinished) and float(unfinished.max()) > 1.0:
        told.append(
            f"Up to {unfinished.max():.1f} % of the cases looked at were still open at the end; they count with their "
            "effort so far."
        )
    told += [f"{s.title} cannot say: {' '.join(s.cannot_say.split())}" for s in results.scenarios if s.cannot_say]
    return told
