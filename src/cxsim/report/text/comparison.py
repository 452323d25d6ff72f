"""A comparison as text: findings first, then a table an improvement team can read aloud, then what limits it."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cxsim.compare import Comparison
from cxsim.compare.table import cells, family_of, points_of, rows_with
from cxsim.compare.where import NAMED, REASON, SEGMENT, affected
from cxsim.measures.breakdowns import ALL
from cxsim.measures.catalogue import BY_NAME, HEADLINES
from cxsim.probability.intervals import BETTER, IDENTICAL, UNDECIDED, WORSE
from cxsim.probability.settling import CHANCE
from cxsim.report.text import (
    against,
    boards,
    failure,
    horizon,
    loyalty,
    money,
    recovery,
    risk,
    service,
    surveys,
    volumes,
    years,
)
from cxsim.report.text.calibrated import uncalibrated
from cxsim.report.text.claims import claimed
from cxsim.report.text.interaction import together
from cxsim.report.text.selling import sold
from cxsim.report.text.tables import baseline_table, comparison_table
from cxsim.report.text.words import MEANING, SHORT, affected_text, finding, half, listing, matters, moved, number, share
from cxsim.scenario import Scenario
from cxsim.scenario.interventions.learning import Train
from cxsim.study import LOYALTY, Results

WIDTH = 110
FEW = 10.0
"""Multiple of the replications made beyond which a number of further ones is not named."""

SAVING = 1.05
"""Lowest factor of replications saved that is named: less is printed as 1.0."""


def text_of(comparison: Comparison) -> str:
    """Everything that is reported, as text."""
    results, table, where = comparison.results, comparison.table, comparison.where
    parts = [_wrapped(opening(results, where))]
    for words, label in points_of(results):
        parts += [f"\n{words}"] if words else []
        if not results.scenarios:
            parts += ["", baseline_table(results, label)]
            parts += [_wrapped(text, "  ") for text in service.baseline_notes(results, label)]
            parts += _traced(results, label)
            continue
        found = [(s, cells(table, s.name, label)) for s in results.scenarios]
        found = [(s, rows) for s, rows in found if rows]
        for scenario, rows in found:
            parts += ["", *(_wrapped(text) for text in findings_of(comparison, scenario, rows, label))]
        parts += ["", comparison_table(results, [(s.name, s.title, rows) for s, rows in found], where, label)]
        # Several scenarios share the note on definitions; what is missing may differ.
        below = dict.fromkeys(text for _, rows in found for text in service.notes(rows))
        parts += ["", *(_wrapped(text, "  ") for text in below)] if below else []
        parts += years.tables_of(results, [scenario for scenario, _ in found], label)
        for scenario, rows in found:
            sentences = details_of(comparison, scenario, rows, label)
            if sentences and len(found) > 1:
                parts += ["", scenario.title, *(_wrapped(text, "  ") for text in sentences)]
            elif sentences:
                parts += ["", *(_wrapped(text) for text in sentences)]
        parts += _traced(results, label)
    if results.warnings:
        parts += ["", "Overload", *(_wrapped(text, "  ") for text in results.warnings)]
    parts += ["", _wrapped(MEANING), "", "Limits", *(_wrapped(text, "  ") for text in limits(results))]
    return "\n".join(parts)


def _traced(results: Results, label: Mapping[str, Any]) -> list[str]:
    """Where failure demand comes from, and how departments look on their own; tables stand as they are."""
    parts: list[str] = []
    for heading, texts in failure.blocks(results, label):
        parts += ["", heading, *(text if "\n" in text else _wrapped(text, "  ") for text in texts)]
    return parts


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  " * bool(indent))


def opening(results: Results, where: pd.DataFrame) -> str:
    """What was run, and what its intervals promise."""
    s = results.settings
    runs, weeks, before, cases = (
        f"{n} {what}{'s' * (n != 1)}"
        for n, what in (
            (results.replications, "replication"),
            (s.weeks, "week"),
            (s.warm_up_weeks, "week"),
            (s.weeks - s.follow_up, "week"),
        )
    )
    first = cases if s.weeks - s.follow_up != 1 else "week"
    text = (
        f"{results.organisation.title}: {runs} of {weeks} after {before} of warm-up; case measures are of the cases "
        f"opened in the first {first}."
    )
    if results.scenarios:
        text += _promised(results, len(where) // len(results.points))
    if results.checked:
        text += f" Engine {results.engine}, {results.checked}."
    if results.ended is not None:
        text += f" The study ended early ({results.ended.why}); it holds what was finished."
    elif not results.complete:
        text += " The study was interrupted; it holds what was finished."
    return text


def _promised(results: Results, looked: int) -> str:
    """What the intervals hold for; looked: reasons and segments that were looked at."""
    family, s = family_of(results), results.settings
    sure = f"{100.0 * family.confidence:g} %"
    if s.vary != "nothing":
        draws = len(results.finished) // s.runs_per_draw
        text = (
            f" {draws} draws of the uncertain numbers, {s.runs_per_draw} replications each: the interval of a measure "
            f"is where one unknown truth lies, with {sure}, each by itself"
        )
        rest = "of reasons and segments they are of the mean over the draws, "
    else:
        text = (
            f" Intervals hold with {sure} for all {family.size} comparisons (scenarios × headline measures) "
            "simultaneously"
        )
        rest = "those of reasons and segments "
    return f"{text}; {rest}for all {looked} that were looked at." if looked else f"{text}."


def nothing_changed(rows: Mapping[str, Any]) -> bool:
    """Whether every measure that both have is exactly as in the baseline, not only those of the headline."""
    return all(row.verdict == IDENTICAL for row in rows.values() if not math.isnan(row.difference))


def findings_of(
    comparison: Comparison, scenario: Scenario, rows: Mapping[str, Any], label: Mapping[str, Any]
) -> list[str]:
    """The finding of one scenario, which customers it affects (reasons, then segments), and how far it reaches."""
    where = comparison.where
    reasons = affected(where, scenario.name, REASON, label)
    if nothing_changed(rows):
        return [f"{scenario.title}: everything is exactly as in the baseline."]
    weeks, known = comparison.results.settings.weeks, horizon.notes(comparison, scenario, rows, label)
    sentences = [finding(scenario.title, rows, tuple(m.name for m in HEADLINES), reasons, weeks, known)]
    leads = bool(reasons) and rows["effort"].verdict not in (BETTER, WORSE)
    rest = reasons[1:] if leads else reasons
    if rest:
        named = [affected_text(rest[0]) if not leads else _briefly(rest[0])]
        named += [_briefly(found) for found in rest[1:NAMED]]
        left = len(rest) - NAMED
        others = f"; and {left} more {'reason' if left == 1 else 'reasons'}" if left > 0 else ""
        sentences.append(f"{'Also affected' if leads else 'Most affected'}: {'; '.join(named)}{others}.")
    segments = affected(where, scenario.name, SEGMENT, label)
    if segments:
        sentences.append(
            f"By segment: {'; '.join(f'{found[0].title}, {moved(found[0])}' for found in segments[:NAMED])}."
        )
    sentences += [volumes.came_and_went(comparison.results, scenario, label)]
    sentences += [horizon.reach(comparison, scenario, rows, label)]
    return [text for text in sentences if text]


def _briefly(rows: Any) -> str:
    return f"“{rows[0].title}” ({share(rows[0].share)}): {moved(rows[0])}"


def details_of(
    comparison: Comparison, scenario: Scenario, rows: Mapping[str, Any], label: Mapping[str, Any]
) -> list[str]:
    """What else is reported of one scenario: work, money, people, and its precision."""
    results = comparison.results
    if nothing_changed(rows):
        return [text for text in [boards.doings(results, scenario, label)] if text]
    sentences = [claimed(scenario, rows), *against.comparator_sentences(results, comparison.against, scenario, label)]
    sentences += [together(comparison.interaction, scenario, label), boards.doings(results, scenario, label)]
    sentences += [*service.service(results, scenario.name, rows, label), money.released(results, rows)]
    sentences += [boards.rate_of(results, rows)] if scenario.board is not None else []
    sentences += [money.payback(comparison, scenario, rows, label), money.returns(results, scenario, rows)]
    sentences += [money.benefit(results, rows), horizon.phases(comparison, scenario, rows, label)]
    sentences += [sold(results, scenario, rows, label)]
    sentences += [recovery.complaints(results, scenario, label), recovery.rights(results, scenario, rows, label)]
    sentences += [loyalty.base(rows), *loyalty.link(results, scenario, label)]
    sentences += surveys.seen(comparison, scenario, rows, label)
    sentences += [
        f"{h.team} has {h.after} agents instead of {h.before}, the fewest with which its service level "
        f"({service.definition(results.organisation)}) is at least the baseline's {h.target:.1f} %."
        for h in results.held
        if h.scenario == scenario.name
    ]
    sentences += [risk.odds(results, rows), risk.risk(results, scenario, label)]
    if years.spans_years(results):
        sentences += [years.late_years(results, scenario, label), years.present_value(results, scenario, label)]
    sentences += [gains(results, scenario, label), replications_saved(rows), *undecided(results, rows)]
    return [text for text in sentences if text]


def undecided(results: Results, rows: Mapping[str, Any]) -> list[str]:
    """Of the headline measures that are undecided: which way they move significantly, and what would settle them."""
    left = [row for row in rows.values() if row.headline and row.verdict == UNDECIDED]
    sentences = []
    for way, sure in (
        ("higher", [row for row in left if row.low > 0.0]),
        ("lower", [row for row in left if row.high < 0.0]),
    ):
        if sure:
            named = listing([f"{SHORT[row.measure]} ({matters(row)})" for row in sure])
            sentences.append(f"Significantly {way}; practical significance undecided: {named}.")
    known = [row for row in left if not math.isnan(row.more_replications)]
    near = [row for row in known if row.more_replications <= FEW * results.replications]
    far = [row for row in known if row.more_replications > FEW * results.replications]
    if near:
        wanted, named = max(row.more_replications for row in near), listing([SHORT[r.measure] for r in near])
        sentences.append(
            f"About {wanted:,.0f} more replications would settle {named}, each with a chance of at least "
            f"{100.0 * CHANCE:g} %."
        )
    if far:
        sentences.append(f"More replications would hardly settle {listing([SHORT[r.measure] for r in far])}.")
    return sentences


def gains(results: Results, scenario: Scenario, label: Mapping[str, Any]) -> str:
    """Who gains, who loses: customers who would answer otherwise at the end, with the same random numbers."""
    moves = rows_with(results.transitions, {**label, "scenario": scenario.name, "segment": ALL})
    if moves.empty:
        return ""
    rank = {name: i for i, name in enumerate(LOYALTY)}
    step = moves["after"].map(rank) - moves["before"].map(rank)
    up, down = (float(moves.loc[which, "customers"].sum()) for which in (step > 0, step < 0))
    if up == down == 0.0:
        return "No customer would answer otherwise at the end."
    everyone = float(moves["customers"].sum())
    better, worse = (_movers(results, scenario, label, way) for way in ("better", "worse"))
    return (
        f"Of {everyone:,.0f} customers, {up:,.0f}{better} would be in a better class at the end (detractor, passive, "
        f"promoter) and {down:,.0f}{worse} in a worse one."
    )


def _movers(results: Results, scenario: Scenario, label: Mapping[str, Any], way: str) -> str:
    """The half-width of how many move, with a blank before it; nothing where it is not known."""
    if results.movers.empty:
        return ""
    (known,) = rows_with(results.movers, {**label, "scenario": scenario.name, "way": way})["half_width"]
    return f" (± {half(known, decimals=0)})" if math.isfinite(known) else ""


def replications_saved(rows: Mapping[str, Any]) -> str:
    """What common random numbers saved, where they saved anything significantly."""
    factors = [
        f"{rounded(r.variance_ratio)} times as many for {name} "
        f"(between {rounded(r.variance_ratio_low)} and {rounded(r.variance_ratio_high)})"
        for name, r in (("effort", rows["effort"]), (SHORT["wait"], rows["wait"]))
        if math.isfinite(r.variance_ratio) and r.variance_ratio_low >= SAVING
    ]
    if not factors:
        return ""
    return (
        "Common random numbers (the same customers and the same random numbers in both worlds) save replications: "
        f"independent ones would take about {listing(factors)}."
    )


def rounded(value: float) -> str:
    """A factor with two digits, written out."""
    if not math.isfinite(value) or value <= 0.0:
        return number(value)
    digits = 1 - math.floor(math.log10(value))
    return f"{round(value, digits):,.{max(digits, 0)}f}"


def unfinished(results: Results) -> list[str]:
    """The reason whose cases still open at the end distort its days to resolution most, where that is worthwhile.

    A case that is open at the end has lasted for the weeks of the follow-up at least, and days to resolution are of the
    others: by so much, at least, their mean is too low.  Where that shows nothing, more than 1 % is reported still.
    """
    table = results.reasons
    keys = [*results.points[0], "scenario", "reason", "segment"]
    shares = table[table["measure"] == "unfinished_share"].set_index(keys)["value"]
    if shares.empty:
        return []
    days = table[table["measure"] == "end_to_end"].set_index(keys)["value"].reindex(shares.index).to_numpy()
    opened = shares.to_numpy()
    low = np.maximum(np.nan_to_num(opened / 100.0 * (7.0 * results.settings.follow_up - days)), 0.0)
    worthwhile = results.settings.worthwhile.get("end_to_end", BY_NAME["end_to_end"].worthwhile)
    k = int(low.argmax() if low.max() >= worthwhile else opened.argmax())
    most, by = float(opened[k]), float(low[k])
    if most <= 1.0 and by < worthwhile:
        return []
    reason = str(shares.index.get_level_values("reason")[k])
    title = results.organisation.reasons[reason].title if reason in results.organisation.reasons else ""
    hidden = (
        f", so that days to resolution, which are of the others, are at least {by:.1f} too low" if by >= 0.05 else ""
    )
    text = (
        f"Up to {most:.1f} % of the cases with “{title or reason}” that were looked at were still open at the "
        f"end{hidden}; they count with their effort so far, and with no margin. A longer study.follow_up_weeks leaves "
        "fewer."
    )
    return [text]


def limits(results: Results) -> list[str]:
    """What limits every result, and these."""
    o = results.organisation
    sentences = [f"{o.title}: {o.note}"] if o.note else []
    sentences += [text for text in [uncalibrated(results)] if text]
    sentences.append(risk.COVERED[results.settings.vary])
    sentences.append(
        "The weights between contacts, waits and loyalty come from vendors' surveys of stated intentions; no causal "
        "estimate exists of what one repeat contact fewer does to loyalty."
    )
    trainings = [
        d.intervention for s in results.scenarios for d in s.interventions if isinstance(d.intervention, Train)
    ]
    if any(training.half_life is None for training in trainings):
        sentences.append("The effect of a training is assumed to last for ever, which overstates it.")
    sentences += unfinished(results)
    sentences += [
        f"{_not_covered(results, s)}: {' '.join(s.cannot_say.split())}" for s in results.scenarios if s.cannot_say
    ]
    return sentences


def _not_covered(results: Results, scenario: Scenario) -> str:
    """The heading of what a scenario cannot represent; of several scenarios with the title of each."""
    return "Not covered by this scenario" if len(results.scenarios) == 1 else f"Not covered by “{scenario.title}”"
