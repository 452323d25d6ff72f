"""Money in words: what the change of net benefit is made of, hours released apart from cash, and payback."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from cxsim.compare import Comparison
from cxsim.compare.cash import Payback, payback_of
from cxsim.compare.table import changes_of
from cxsim.compare.trajectory import LONGEST
from cxsim.report.text.horizon import STEP
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
SMALL = 0.05
"""Of a scenario's own costs: staff that costs less by no more than that is no cut."""
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
    way = "less" if hours.difference <= 0 else "more"
    sure = "" if hours.low > 0.0 or hours.high < 0.0 else ", not significant"
    text = (
        f"Work: {number(abs(hours.difference))} hours a week {way} "
        f"(± {number(hours.half_width, '', hours.difference)}{sure}), "
        f"{number(abs(fte.difference), fte.unit)} FTE at {results.organisation.economics.hours_per_fte:g} paid hours. "
    )
    text += unserved(rows)
    if cash.difference == 0.0:
        return text + "That is time, not cash: staffing cost stays as it is until someone staffs accordingly."
    return (
        f"{text}Apart from that, staffing cost changes by "
        f"{amount(cash.difference, cash.unit)} (± {number(cash.half_width, cash.unit, cash.difference)})."
    )


def unserved(rows: Mapping[str, Any]) -> str:
    """How much of less work is not needed any more: what customers who hung up took away, or what waits, is not."""
    hours, lost, waiting = rows["work_hours"], rows["work_unserved"], rows["backlog_end"]
    if not hours.high < 0.0:
        return ""
    gone, parts, most = -hours.difference, [], "at most "
    if lost.low > 0.0:
        parts.append(
            f"Customers who left without service took {number(lost.difference)} hours a week of it away "
            f"(± {number(lost.half_width, '', lost.difference)}, by the handling time of their contacts alone)"
        )
    if waiting.low > 0.0:
        parts.append(f"{number(waiting.difference)} more items wait at the end, and are only postponed")
    left = max(0.0, gone - max(0.0, lost.difference)) if lost.low > 0.0 else gone
    if not parts and lost.high < 0.1 * gone:
        most = ""
    text = f"{'; '.join(parts)}. " if parts else ""
    return f"{text}Released, because no longer needed: {most}{number(left)} hours a week. "


def payback(comparison: Comparison, scenario: Scenario, rows: Mapping[str, Any], label: Mapping[str, Any]) -> str:
    """What it brings a week, and when it is ahead in sum, read off the weeks that were simulated."""
    results, gain = comparison.results, rows["net_benefit_running"]
    once = upfront(results, scenario, label)
    currency = results.organisation.economics.currency
    positions = ", filling new positions included" if once > results.spending[scenario.name].once else ""
    texts = [f"one-off cost {number(once)} {currency}{positions}" if once > 0.0 else "no one-off cost"]
    if math.isnan(gain.difference):
        texts.append("no run-rate, for too few weeks are left after the last change")
    else:
        known = "" if gain.low > 0.0 or gain.high < 0.0 else ", not significant"
        width = number(gain.half_width, gain.unit, gain.difference)
        texts.append(f"net benefit at run-rate {amount(gain.difference, gain.unit)} (± {width}{known})")
    found = payback_of(comparison.cash, scenario.name, label)
    if found is not None:
        texts.append(_in_sum(found, currency) + _further(found, gain, results))
    text = "; ".join(texts)
    return f"{text[:1].upper()}{text[1:]}."


def _in_sum(found: Payback, currency: str) -> str:
    """Of the cumulative net benefit: from which week on it is ahead, or that it is not."""
    total = f"{signed(found.total)} ± {half(found.half_width, '', found.total)} {currency}"
    low, high = found.total - found.half_width, found.total + found.half_width
    if low > 0.0:
        if found.latest == 1.0:
            return f"in sum ahead in each of the {found.weeks} weeks ({total} at their end)"
        weeks = f"{found.soonest:.0f} to {found.latest:.0f}" if found.soonest != found.latest else ""
        between = f" ({weeks})" if weeks else ""
        return f"in sum ahead from week {found.ahead:.0f}{between} on, {total} after {found.weeks} weeks"
    if high < 0.0:
        if not math.isnan(found.behind):
            return f"in sum ahead at first, behind from week {found.behind:.0f} on: {total} after {found.weeks} weeks"
        return f"in sum not ahead within {found.weeks} weeks ({total})"
    if found.total == found.half_width == 0.0:
        return f"in sum neither ahead nor behind after {found.weeks} weeks"
    return f"whether it is ahead in sum after {found.weeks} weeks is undecided ({total})"


def _further(found: Payback, gain: Any, results: Results) -> str:
    """The horizon that would show when it is ahead, where its weeks earn and it is not ahead yet."""
    if not gain.low > 0.0 or found.total - found.half_width > 0.0 or not math.isnan(found.behind):
        return ""
    more = (found.half_width - found.total) / gain.low
    weeks = STEP * math.ceil((results.settings.weeks + more) / STEP)
    return f"; study.weeks={weeks} would show when, if its weeks go on so" if weeks <= LONGEST else ""


def returns(results: Results, scenario: Scenario, rows: Mapping[str, Any]) -> str:
    """What comes back of all that is spent within the horizon: its own costs, and what the service costs more."""
    gain, more, weeks = rows["net_benefit"], rows["total_cost"], results.settings.weeks
    own = results.spending[scenario.name].total
    if own <= 0.0 or math.isnan(gain.difference + more.difference):
        return ""
    staff = rows["staffing_cost"]
    if staff.high < 0.0 and -staff.difference * weeks > SMALL * own:
        return (
            f"No return is given on the {number(own)} {results.organisation.economics.currency} of its own that it "
            f"spends within {weeks} weeks: most of what it does is to pay {number(-staff.difference)} "
            f"{results.organisation.economics.currency} a week less for staff."
        )
    # Of the scenario's own costs alone a return is beyond any bounds where most is spent on staffing.
    spent = max(own, more.difference * weeks)
    what = "its own costs" if spent == own else "its own costs and what the service costs more"
    share, known = (100.0 * x * weeks / spent for x in (gain.difference, gain.half_width))
    return (
        f"Return on the {number(spent)} {results.organisation.economics.currency} spent within {weeks} weeks ({what}): "
        f"{number(share, '%')} % (± {half(known, '%', share)}), what it saves and brings less what it costs."
    )
