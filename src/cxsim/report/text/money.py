"""Money in words: what the change of net benefit is made of, hours released apart from cash, and payback."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from cxsim.compare.table import changes_of
from cxsim.report.text.words import amount, half, number, signed
from cxsim.scenario import Scenario
from cxsim.study import Results

COSTS = {
    "staffing_cost": "staffing",
    "contact_cost": "contacts",
    "update_cost": "proactive updates",
    "error_cost": "wrong decisions",
    "goodwill_cost": "goodwill payments",
    "ombudsman_cost": "the ombudsman",
    "hiring_cost": "hiring",
}
AT_RUN_RATE = {**COSTS, "scenario_cost_running": "the scenario's own cost"}
"""What running cost is made of."""
OVER_ALL_WEEKS = {
    **COSTS,
    "new_positions_cost": "filling new positions",
    "scenario_cost": "the scenario's own cost, one-off included",
}
"""What total cost is made of."""


def upfront(results: Results, scenario: Scenario, label: Mapping[str, Any]) -> float:
    """One-off costs of a scenario: its own, and those of filling the positions it adds."""
    positions = float(changes_of(results, scenario.name, label, "new_positions_cost").mean())
    return results.spending[scenario.name].once + (0.0 if math.isnan(positions) else positions * results.settings.weeks)


def benefit(results: Results, rows: Mapping[str, Any]) -> str:
    """What the net benefit at run-rate is made of; where its weeks are not like all weeks, that over all weeks."""
    whole, currency = rows["net_benefit_running"].difference, results.organisation.economics.currency
    if math.isnan(whole):
        return ""
    parts = _parts(rows, AT_RUN_RATE)
    total, lead = sum(by for _, by, _ in parts), "Net benefit"
    if abs(total - whole) >= max(0.5, 0.005 * abs(whole)):
        parts = _parts(rows, OVER_ALL_WEEKS)
        total, lead = sum(by for _, by, _ in parts), "Net benefit over all weeks"
    if not parts:
        return ""
    named = ", ".join(f"{signed(by, '', total)}{_known(known, total)} {words}" for words, by, known in parts)
    left_out = "" if rows["customer_margin"].difference else " What customers' loyalty is worth is not in it."
    return f"{lead} {signed(total)} {currency} a week: {named}.{left_out}"


def _parts(rows: Mapping[str, Any], costs: Mapping[str, str]) -> list[tuple[str, float, float]]:
    """Words, change and half-width of each part that changes."""
    margin, loyal = rows["margin"], rows["customer_margin"]
    parts = [(_of_margin(margin.difference, rows["margin_lost"].difference), margin.difference, margin.half_width)]
    parts += [("margin from customers who stay, come or bring more", loyal.difference, loyal.half_width)]
    parts += [(words, -rows[name].difference, rows[name].half_width) for name, words in costs.items()]
    return [part for part in parts if math.isfinite(part[1]) and part[1] != 0.0]


def _known(half_width: float, next_to: float) -> str:
    """The half-width of a part; nothing where it is the same in every replication."""
    return f" (± {half(half_width, '', next_to)})" if half_width > 0.0 else ""


def _of_margin(margin: float, lost: float) -> str:
    """Where more margin comes from: most often from cases that customers no longer withdraw."""
    if margin > 0.0 and abs(margin + lost) < 0.05 * margin:
        return "margin from cases no longer lost"
    if margin < 0.0 and abs(margin + lost) < -0.05 * margin:
        return "margin from more cases lost"
    return "margin of cases and sales"


def released(results: Results, rows: Mapping[str, Any]) -> str:
    """Hours released, as FTE, apart from cash."""
    hours, fte, cash = rows["work_hours"], rows["work_fte"], rows["staffing_cost"]
    if math.isnan(hours.difference):
        return ""
    way = "released" if hours.difference <= 0 else "more"
    sure = "" if hours.low > 0.0 or hours.high < 0.0 else ", not significant"
    text = (
        f"Work: {number(abs(hours.difference))} hours a week {way} "
        f"(± {number(hours.half_width, '', hours.difference)}{sure}), "
        f"{number(abs(fte.difference), fte.unit)} FTE at {results.organisation.economics.hours_per_fte:g} paid hours. "
    )
    if cash.difference == 0.0:
        return text + "That is time, not cash: staffing cost stays as it is until someone staffs accordingly."
    return (
        f"{text}Apart from that, staffing cost changes by "
        f"{amount(cash.difference, cash.unit)} (± {number(cash.half_width, cash.unit, cash.difference)})."
    )


def payback(results: Results, scenario: Scenario, rows: Mapping[str, Any], label: Mapping[str, Any]) -> str:
    """When its one-off costs are earned back, and what it brings at run-rate."""
    once = upfront(results, scenario, label)
    gain = rows["net_benefit_running"]
    if math.isnan(gain.difference):
        return f"There is no run-rate within {results.settings.weeks} weeks: too few are left after the last change."
    rate = f"at run-rate {amount(gain.difference, gain.unit)} (± {number(gain.half_width, gain.unit, gain.difference)})"
    known = gain.low > 0.0 or gain.high <= 0.0
    if once <= 0.0:
        return f"No one-off cost; net benefit {rate}{'' if known else ', not significant'}."
    positions = ", filling new positions included" if once > results.spending[scenario.name].once else ""
    text = f"One-off cost {number(once)} {results.organisation.economics.currency}{positions}, "
    if not known:
        return text + f"and whether it is ever paid back is undecided; net benefit {rate}."
    if gain.high <= 0.0:
        return text + f"never paid back at this rate; net benefit {rate}."
    soonest, latest = (math.ceil(once / by) for by in (gain.high, gain.low))
    weeks = f"{soonest:,}" if soonest == latest else f"{soonest:,} to {latest:,}"
    horizon = results.settings.weeks
    if soonest > horizon:
        return text + f"not paid back within {horizon} weeks (at this rate after {weeks} weeks); net benefit {rate}."
    sure = "" if latest <= horizon else f", so perhaps not within the {horizon} simulated"
    return text + f"paid back after {weeks} weeks{sure}; net benefit {rate}."
