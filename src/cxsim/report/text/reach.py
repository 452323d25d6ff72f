"""Whether a programme reaches its goals, in words: phases, strength of the link, probability; also if not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cxsim.probability.intervals import Mean, mean_of
from cxsim.report.text.risk import deciding
from cxsim.report.text.tables import columns
from cxsim.report.text.words import half, listing, number, signed
from cxsim.study.reach import LINK, MULTIPLES, Goals, Reach, Reached

CONFIDENCE = 0.95
HEADS = ("NPS", "without", "secure and", "without", "NPS at", "secure and")
BELOW = ("rise", "it", "favourable, rise", "it", "the end", "favourable at the end")


def reach_text(found: Reach) -> list[str]:
    """The whole answer: paragraphs, and tables that begin with a blank."""
    g, many = found.goals, found.replications
    last = f"last {g.years} years"
    title = found.scenario.title
    asked = f"{signed(g.nps, decimals=0)} points of relationship NPS over the {last}"
    asked += f" and {signed(g.favourable, decimals=0)} points of secure and favourable customers"
    columns_are = f"Columns: the rise over the {last} under the programme, the same without it, and the difference "
    columns_are += "between the two worlds at the end. The report does not state over which time secure and favourable "
    columns_are += "customers rose; the kinder of the two readings, the last years or the whole programme, counts."
    link = (
        f"Strength of the link: the share of satisfaction that moves the relationship ({LINK}) as a multiple of what "
    )
    link += f"is assumed; its range is {MULTIPLES[0]:g} to {MULTIPLES[-2]:g} ({many[1]} replications)."
    parts = [
        f"{title}: what it needs to reach {asked}.",
        columns_are,
        f"Phases, one after another and each left out ({many[0]} replications, all else as assumed).",
        _table([(way.title, way) for way in found.phases]),
        *found.impossible,
        which_phases(found),
        link,
        _table([(f"{multiple:g} times", way) for multiple, way in found.links]),
        *(needed(found.links, what, g) for what in ("nps", "favourable")),
        f"Every number with a range drawn anew ({many[2]} replications).",
        *probability(found),
    ]
    return [part for part in parts if part]


def _table(rows: Sequence[tuple[str, Reached]]) -> str:
    lines: list[Sequence[str]] = [("", *HEADS), ("", *BELOW)]
    for title, way in rows:
        values = (
            way.nps,
            way.nps_baseline,
            way.favourable,
            way.favourable_baseline,
            way.nps_whole,
            way.favourable_whole,
        )
        lines.append((title, *(signed(float(x.mean()), decimals=1) for x in values)))
    return columns(lines, right=range(1, 7))


def which_phases(found: Reach) -> str:
    """Which phases carry the effect at the end, by what is lost without each of them."""
    whole = found.phases[0]
    without = {way.title.removeprefix("all but "): way for way in found.phases if way.title.startswith("all but ")}
    n = len(found.scenario.phases)
    without |= {f"phase {n}": way for way in found.phases if way.title == f"phases 1 to {n - 1}"}
    family = 2 * len(without)
    if not without:
        return ""
    lost: list[tuple[str, Mean, Mean]] = [
        (
            title,
            mean_of(way.nps_whole - whole.nps_whole, CONFIDENCE, family),
            mean_of(way.favourable_whole - whole.favourable_whole, CONFIDENCE, family),
        )
        for title, way in without.items()
    ]
    sure = [row for row in lost if _significant(row[1]) or _significant(row[2])]
    other = [row[0] for row in lost if row not in sure]
    named = "; ".join(
        f"{title} {_known(nps)} and {_known(favourable)}"
        for title, nps, favourable in sorted(sure, key=lambda row: row[1].value)
    )
    lead = "What is lost at the end without a phase, points of NPS and of secure and favourable"
    if not sure:
        return f"{lead}: nothing significant for any one phase ({len(whole.nps)} replications)."
    rest = f"; nothing significant without {listing(other)}" if other else ""
    return f"{lead} ({100.0 * CONFIDENCE:g} % for all {family} differences simultaneously): {named}{rest}."


def _significant(m: Mean) -> bool:
    return abs(m.value) > m.half_width


def _known(m: Mean) -> str:
    return f"{signed(m.value, decimals=1)} ± {half(m.half_width, decimals=1)}"


def needed(links: Sequence[tuple[float, Reached]], what: str, goals: Goals) -> str:
    """The multiple of the link at which a goal is reached, between those that were tried."""
    goal = goals.nps if what == "nps" else goals.favourable
    title = "Relationship NPS" if what == "nps" else "Secure and favourable customers"
    rises = [_rise(way, what) for _, way in links]
    multiples = [multiple for multiple, _ in links]
    head = f"{title}, {signed(goal, decimals=0)}"
    if rises[0] >= goal:
        return f"{head}: reached at every strength tried."
    for k in range(1, len(rises)):
        if rises[k] >= goal:
            share = (goal - rises[k - 1]) / (rises[k] - rises[k - 1])
            at = multiples[k - 1] + share * (multiples[k] - multiples[k - 1])
            inside = "within" if at <= MULTIPLES[-2] else "beyond"
            return f"{head}: reached from about {at:.1f} times the assumed link on, {inside} its range."
    best = int(np.argmax(rises))
    most = f"the most is {signed(rises[best], decimals=1)}, at {multiples[best]:g} times"
    return f"{head}: not reached at any strength tried; {most}."


def _rise(way: Reached, what: str) -> float:
    return float((way.nps if what == "nps" else way.kinder).mean())


def probability(found: Reach) -> list[str]:
    """With what probability each goal is reached under the ranges, and what decides it."""
    way, n = found.drawn, len(found.drawn.nps)
    nps, favourable, both = (round(share * n) for share in way.share(found.goals))
    hits = f"NPS reached in {nps} of {n}, secure and favourable in {favourable} of {n}, both in {both} of {n}"
    sentences = [
        f"{hits}{_at_most(both, n)}.",
        _spread("Rise of NPS over the last years", way.nps),
        _spread("The same without the programme", way.nps_baseline),
        _spread("Secure and favourable, the kinder reading", way.kinder),
    ]
    for title, x in (("the rise of NPS", way.nps), ("secure and favourable", way.kinder)):
        sentences += [text for text in [deciding(title, found.draws, x)] if text]
    return sentences


def _at_most(hits: int, n: int) -> str:
    """The rule of three, where nothing was hit: what the chance is at most, with 95 %."""
    return f" (so the chance is below {100.0 * min(1.0, 3.0 / n):.0f} %, with 95 %)" if hits == 0 else ""


def _spread(title: str, x: Any) -> str:
    low, middle, high = (number(float(q), decimals=1) for q in np.quantile(x, [0.1, 0.5, 0.9]))
    return f"{title}: {middle} points in the middle, in eight of ten between {low} and {high}."
