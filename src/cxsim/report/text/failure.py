"""Where failure demand surfaced and what caused it, in words and tables; departments' own views, and customers'."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cxsim.compare.table import rows_with
from cxsim.measures.breakdowns import ALL
from cxsim.measures.cause_classes import CLASSES
from cxsim.measures.failure import BETWEEN, KINDS, NOBODY
from cxsim.organisation import Organisation
from cxsim.report.text.tables import columns
from cxsim.report.text.words import half, listing, number, share, signed
from cxsim.scenario import BASELINE
from cxsim.state.origins import Origin
from cxsim.study import NUMBERS, Results

MOST = 7
"""Departments that have a row of their own."""
OTHERS = "(others)"
"""The rest of them together."""
LITTLE = 0.5
"""Contacts a week below which a department is not reported."""
NOTABLE = 10.0
"""% of a reason's effort from which its status enquiries are reported."""
FINE = 80.0
"""% within target from which a department looks fine on its own."""
LARGE = 0.05
"""Share of a case's days from which a department counts for how it looks."""
SEEN = 0.5
"""Points of promises kept from which a change is reported; of days a tenth of it."""
CHASER = KINDS[Origin.CHASER][0]
CAUSED = (
    "What caused them. Contacts about what was not resolved are shared out by why visits of that step failed; status "
    "enquiries by where the case stood; queues, missed calls and symptoms solved are policy; wrong desks are processes."
)
CUSTOMER = "customer"
"""Stands among departments for what customers do themselves (`cxsim.state.plan.names`)."""


def failure_block(results: Results, label: Mapping[str, Any]) -> list[str]:
    """Lines and paragraphs: what failure demand consumes, who causes it, and what scenarios change about it."""
    table = rows_with(results.failure_demand, label)
    whole = table[(table["reason"] == ALL) & (table["kind"] == ALL)] if len(table) else table
    if whole.empty:
        return []
    if not _value(whole, BASELINE.name, ALL, "contacts_per_week") > 0.0:
        return _brought(results, whole)
    sentences = [_consumed(results, whole), departments_table(results, whole), *causes_table(results, label)]
    sentences += _steps(results, label)
    return [text for text in (*sentences, *_chasing(results, table)) if text]


def _brought(results: Results, whole: pd.DataFrame) -> list[str]:
    """Of a baseline without failure demand: which scenarios bring some."""
    found = []
    for s in results.scenarios:
        contacts = _value(whole, s.name, ALL, "contacts_per_week")
        if contacts > 0.0:
            width = _value(whole, s.name, ALL, "contacts_per_week", "half_width")
            sure = "" if width < contacts else ", not significant"
            found.append(f"“{s.title}” brings {number(contacts)} ± {half(width, '', contacts)} contacts a week{sure}.")
    return [f"No failure demand occurred in the baseline. {' '.join(found)}"] if found else []


def own_views(results: Results, label: Mapping[str, Any]) -> list[str]:
    """Each department's own view and the customers', for the reason with most broken promises × days."""
    table = rows_with(results.departments, label)
    if table.empty:
        return []
    kept = table[(table["department"] == ALL) & (table["measure"] == "within_target")]
    baseline = kept[kept["scenario"] == BASELINE.name]
    if baseline.empty:
        return []
    days = table[(table["department"] == ALL) & (table["measure"] == "own_days")]
    days = days[days["scenario"] == BASELINE.name]
    taken = {str(r.reason): float(r.value) for r in _rows_of(days)}
    worst = {str(r.reason): (100.0 - float(r.value)) * taken.get(str(r.reason), 0.0) for r in _rows_of(baseline)}
    reason = max(worst, key=lambda name: worst[name])
    sentences = [_own_view(results, table, reason, BASELINE.name)]
    moved = [s for s in results.scenarios if _moves(table, reason, s.name)]
    sentences += [_own_view(results, table, reason, s.name, s.title) for s in moved]
    left = [f"“{s.title}”" for s in results.scenarios if s not in moved]
    if sentences[0] and left:
        sentences.append(
            f"As in the baseline: {listing(left)}."
            if len(results.scenarios) > 1
            else "Under the scenario as in the baseline."
        )
    return [text for text in sentences if text]


def _moves(table: pd.DataFrame, reason: str, scenario: str) -> bool:
    """Whether a scenario changes what customers with a reason see: promises kept, or their days."""
    rows = table[(table["reason"] == reason) & (table["department"] == ALL) & (table["scenario"] == scenario)]
    change = {str(r.measure): abs(float(r.difference)) for r in _rows_of(rows)}
    return change.get("within_target", 0.0) >= SEEN or change.get("own_days", 0.0) >= SEEN / 10.0


def _rows_of(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples(index=False))


def _row(rows: pd.DataFrame, **names: str) -> Any:
    for key, value in names.items():
        rows = rows[rows[key] == value]
    return next(iter(_rows_of(rows)), None)


def _value(rows: pd.DataFrame, scenario: str, department: str, measure: str, what: str = "value") -> float:
    row = _row(rows, scenario=scenario, department=department, measure=measure)
    return math.nan if row is None else float(getattr(row, what))


def _consumed(results: Results, whole: pd.DataFrame) -> str:
    contacts, minutes, cost, worked, effort = (
        _value(whole, BASELINE.name, ALL, measure)
        for measure in ("contacts_per_week", "minutes_per_week", "cost_per_week", "minutes_share", "effort_share")
    )
    currency = results.organisation.economics.currency
    known = half(_value(whole, BASELINE.name, ALL, "cost_per_week", "half_width"), "", cost)
    return (
        f"In the baseline {number(contacts)} contacts a week are failure demand. They take "
        f"{number(minutes / 60.0)} hours of agents ({share(worked)} of their work, {number(cost)} ± {known} {currency} "
        f"without idle time) and are {share(effort)} of customers' effort. Where they surfaced, by whose step the "
        "customer had been at, which is not whose doing it was:"
    )


def departments_table(results: Results, whole: pd.DataFrame) -> str:
    """A row a department: contacts, hours and cost in the baseline, and the change under each scenario."""
    rows = whole[(whole["scenario"] == BASELINE.name) & (whole["measure"] == "contacts_per_week")]
    rows = rows[(rows["value"] >= LITTLE) & (rows["department"] != ALL)].sort_values(
        "value", ascending=False, kind="stable"
    )
    names = [str(name) for name in rows["department"]][:MOST]

    def figure(name: str, scenario: str, measure: str, what: str = "value") -> float:
        if name != OTHERS:
            return _value(whole, scenario, name, measure, what)
        parts = [_value(whole, scenario, part, measure, what) for part in names]
        return _value(whole, scenario, ALL, measure, what) - sum(x for x in parts if not math.isnan(x))

    currency = results.organisation.economics.currency
    head = ["", "contacts", "hours", currency, "of effort"]
    alone = len(results.scenarios) == 1
    for s in results.scenarios:
        head += ["change", "±"] if alone else [s.name, "±"]
    lines = [head]
    for name in [*names, *([OTHERS] if len(rows) > MOST else []), ALL]:
        contacts, minutes, cost, effort = (
            figure(name, BASELINE.name, measure)
            for measure in ("contacts_per_week", "minutes_per_week", "cost_per_week", "effort_share")
        )
        line = [called(name), number(contacts, decimals=0), number(minutes / 60.0, decimals=0)]
        line += [number(cost, decimals=0), share(effort)]
        for s in results.scenarios:
            by = figure(name, s.name, "contacts_per_week", "difference")
            known = _value(whole, s.name, name, "contacts_per_week", "difference_half_width")
            line += [signed(by, decimals=0), half(known, decimals=0) if name != OTHERS else ""]
        lines.append(line)
    return columns(lines, right=range(1, len(head)))


def causes_table(results: Results, label: Mapping[str, Any]) -> list[str]:
    """What caused failure demand, a row a class of causes: the same contacts, hours and cost another way."""
    if results.failure_causes.empty:
        return []
    table = rows_with(results.failure_causes, label)
    cells = {(str(r.scenario), str(r.cause), str(r.measure)): r for r in _rows_of(table)}
    head = ["", "contacts", "hours", results.organisation.economics.currency, "of effort"]
    for s in results.scenarios:
        head += ["change", "±"] if len(results.scenarios) == 1 else [s.name, "±"]
    lines = [head]
    for cause, words in {**CLASSES, ALL: "all"}.items():
        own = [
            cells.get((BASELINE.name, cause, m))
            for m in ("contacts_per_week", "minutes_per_week", "cost_per_week", "effort_share")
        ]
        change = [cells.get((s.name, cause, "contacts_per_week")) for s in results.scenarios]
        if any(row is None for row in own) or not any(r is not None and r.value >= LITTLE for r in (own[0], *change)):
            continue
        contacts, minutes, cost, effort = (float(row.value) for row in own if row is not None)
        line = [words.partition(":")[0], number(contacts, decimals=0), number(minutes / 60.0, decimals=0)]
        line += [number(cost, decimals=0), share(effort)]
        for row in change:
            by, known = (math.nan, math.nan) if row is None else (row.difference, row.difference_half_width)
            line += [signed(float(by), decimals=0), half(float(known), decimals=0)]
        lines.append(line)
    return [CAUSED, columns(lines, right=range(1, len(head)))]


def called(department: str) -> str:
    """A department, supplier, or what is neither, in words."""
    words = {ALL: "all", BETWEEN: "between departments", NOBODY: "no step known", CUSTOMER: "the customer"}
    return words.get(department, department.strip("()").replace("_", " "))


def _steps(results: Results, label: Mapping[str, Any]) -> list[str]:
    """The three steps after which most contacts surface, each with the kind that is most of it."""
    table = rows_with(results.causes, label)
    rows = table[(table["scenario"] == BASELINE.name) & (table["measure"] == "contacts_per_week")]
    whole = rows[(rows["kind"] == ALL) & (rows["step"] != NOBODY)].sort_values("value", ascending=False, kind="stable")
    sentences = []
    words = dict(KINDS.values())
    for row in _rows_of(whole.head(3)):
        kinds = rows[(rows["step"] == row.step) & (rows["kind"] != ALL)]
        most = max(_rows_of(kinds), key=lambda r: float(r.value))
        sentences.append(f"{step_title(results.organisation, str(row.step))} {number(float(row.value))}, above all "
                    f"{words[str(most.kind)]}")  # fmt: skip
    return [f"Steps after which most of it surfaces, contacts a week: {'; '.join(sentences)}."] if sentences else []


def step_title(o: Organisation, step: str) -> str:
    """``“Answer” (other)`` for other.answer."""
    route, _, name = step.partition(".")
    spec = o.routes.get(route, {}).get(name)
    title = (spec.title if spec is not None else "") or name.replace("_", " ")
    return f"“{title}” ({route.replace('_', ' ')})"


def _chasing(results: Results, table: pd.DataFrame) -> list[str]:
    """The reason with the largest share of effort from status enquiries, and with whom the case stands meanwhile."""
    rows = table[(table["kind"] == CHASER) & (table["measure"] == "effort_share") & (table["reason"] != ALL)]
    whole = rows[(rows["scenario"] == BASELINE.name) & (rows["department"] == ALL)]
    if whole.empty or not float(whole["value"].max()) >= NOTABLE:
        return []
    most = max(_rows_of(whole), key=lambda r: float(r.value))
    mine = rows[rows["reason"] == most.reason]
    baseline = mine[(mine["scenario"] == BASELINE.name) & (mine["department"] != ALL)]
    by = baseline.sort_values("value", ascending=False, kind="stable")
    places = [f"{called(str(r.department))} {share(float(r.value))}" for r in _rows_of(by) if r.value >= 1.0]
    title = _title(results.organisation, str(most.reason))
    sentences = f"{share(float(most.value))} of the effort of “{title}” is from status enquiries"
    sentences += f", while the case is with: {listing(places)}." if places else "."
    scenarios = []
    for s in results.scenarios:
        row = _row(mine, scenario=s.name, department=ALL)
        if row is not None and abs(float(row.difference)) >= 1.0:
            lead = "" if len(results.scenarios) == 1 else f"“{s.title}” "
            scenarios.append(f"{lead}{share(float(row.value))}")
    return [
        f"{sentences} Under the scenario{'s' * (len(results.scenarios) > 1)}: {'; '.join(scenarios)}."
        if scenarios
        else sentences
    ]


def _title(o: Organisation, reason: str) -> str:
    return (o.reasons[reason].title if reason in o.reasons else "") or reason.replace("_", " ")


def _own_view(results: Results, table: pd.DataFrame, reason: str, scenario: str, title: str = "") -> str:
    rows = table[(table["reason"] == reason) & (table["scenario"] == scenario)]
    cells = {(str(r.department), str(r.measure)): float(r.value) for r in _rows_of(rows)}
    days = {d: x for (d, m), x in cells.items() if m == "days_per_case" and d != ALL and x >= 0.005}
    own = {d: x for (d, m), x in cells.items() if m == "within_target" and d != ALL and d in days}
    if not own or (ALL, "own_days") not in cells:
        return ""
    broken, taken = 100.0 - cells[(ALL, "within_target")], sum(days.values())
    in_order = sorted(days, key=lambda d: -days[d])
    each = listing([f"{called(d)} {number(own[d], '%')} %" for d in in_order if d in own])
    spent = listing([f"{called(d)} {number(days[d], 'd')}" for d in in_order])
    well = max(FINE, 100.0 - broken)
    fine = [called(d) for d in in_order if own.get(d, 0.0) >= well and days[d] >= LARGE * taken]
    lead = f"“{title}”: " if title and len(results.scenarios) > 1 else "Under the scenario: " if title else ""
    head = lead or f"“{_title(results.organisation, reason)}”, work done within the target of whoever does it: "
    look = f"{listing(fine).capitalize()} {'look' if len(fine) > 1 else 'looks'} fine alone, yet c" if fine else "C"
    return (
        f"{head}{each}. {look}ustomers wait {number(cells[(ALL, 'own_days')], 'd')} days and {number(broken, '%')} % "
        f"of promises are broken. Days of a case, all its work and delays: {spent}."
    )


def sheets(results: Results) -> dict[str, pd.DataFrame]:
    """The tables of failure demand, hot spots and departments, a column a measure."""
    return {
        name: _wide(table)
        for name, table in (
            ("failure demand", results.failure_demand),
            ("hot spots", results.hot_spots),
            ("departments", results.departments),
        )
        if len(table)
    }


def _wide(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each name in each scenario, without rows of nothing but zeros."""
    names = [c for c in table.columns if c not in ("measure", *NUMBERS)]
    wide = table.pivot_table(index=names, columns="measure", values="value", sort=False)
    wide = wide[(wide.fillna(0.0) != 0.0).any(axis=1)].round(3).reset_index()
    wide.columns.name = None
    return wide


def blocks(results: Results, label: Mapping[str, Any]) -> Sequence[tuple[str, Sequence[str]]]:
    """Headings, each with its paragraphs; headings without any are left out."""
    found = (
        ("Where failure demand surfaced, and what caused it", failure_block(results, label)),
        ("Departments on their own, and what customers see", own_views(results, label)),
    )
    return [(heading, texts) for heading, texts in found if texts]
