"""Comparisons whose truth is planted, and claims: what a sentence states, and in which worlds that is so.

A world is a study whose numbers were replaced: each measure of each scenario moves as its way says, with a noise that
leaves no doubt which verdict is right (far from every border, whatever the way intervals are made simultaneous).  A
claim is a pattern of a sentence and two conditions on the world: when it may stand there, and when it must.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from cxsim.compare import Comparison, compare
from cxsim.compare.table import cells
from cxsim.measures.breakdowns import ALL
from cxsim.measures.catalogue import BY_NAME, HEADLINES, MEASURES
from cxsim.report.text.comparison import details_of, findings_of, limits, opening
from cxsim.report.text.words import SHORT
from cxsim.scenario import BASELINE, Scenario
from cxsim.study import Held, Results

REPLICATIONS = 30
LOYALTY = ("detractor", "passive", "promoter")


@dataclass(frozen=True)
class Way:
    """How a measure moves: the mean of the change and its noise, in smallest worthwhile differences."""

    shift: float
    noise: float

    @property
    def significant(self) -> bool:
        """Whether the change is told from zero in any interval that is fair: a half-width is at most 0.75 noise."""
        return abs(self.shift) > 0.75 * self.noise


IDENTICAL = Way(0.0, 0.0)
NEGLIGIBLE = Way(0.2, 0.05)
FALLS_A_LITTLE = Way(-0.2, 0.05)
UP, DOWN = Way(6.0, 0.2), Way(-5.0, 0.2)
UP_SLIGHTLY, DOWN_SLIGHTLY = Way(1.0, 0.8), Way(-1.0, 0.8)
"""Significant, and as large as what is worthwhile: with 30 replications the half-width is 0.3 to 0.6."""
OPEN = Way(0.1, 40.0)
WAYS = (IDENTICAL, NEGLIGIBLE, FALLS_A_LITTLE, UP, DOWN, UP_SLIGHTLY, DOWN_SLIGHTLY, OPEN)
BORDERS = (UP_SLIGHTLY, DOWN_SLIGHTLY)


@dataclass(frozen=True)
class World:
    """A study with planted numbers, and what was planted."""

    results: Results
    ways: dict[tuple[str, str], Way]
    """By scenario and measure; what is not there is identical."""
    reasons: dict[tuple[str, str, str, str], Way]
    """By scenario, kind (reason or segment), name and measure."""
    moved: dict[str, tuple[float, float]]
    """By scenario: customers who would be in a better and in a worse class."""
    absent: frozenset[tuple[str, str]] = frozenset()
    """Measures without a value in a scenario; ("baseline", m): in the baseline."""
    unrelated: bool = False
    """Whether the two worlds share no random numbers, so that pairing saves nothing."""

    def way(self, scenario: Scenario, measure: str) -> Way:
        """How a measure moves under a scenario."""
        return self.ways.get((scenario.name, measure), IDENTICAL)

    def level(self, measure: str) -> float:
        """The baseline's level of a measure."""
        return levels_of(self.results)[measure]

    def unit(self, measure: str) -> float:
        """What shifts are multiples of: the smallest worthwhile difference."""
        return worthwhile_of(measure, levels_of(self.results))

    def missing(self, scenario: Scenario, measure: str) -> bool:
        """Whether there is no difference, since one of the two worlds has no value."""
        return bool({(scenario.name, measure), (BASELINE.name, measure)} & self.absent)


@dataclass(frozen=True)
class Said:
    """A sentence of a scenario's part of the text."""

    text: str
    world: World
    scenario: Scenario
    rows: Any
    comparison: Comparison


@dataclass(frozen=True)
class Claim:
    """What a sentence states, and when that is so."""

    pattern: str
    may: Callable[[Said, re.Match[str]], bool]
    """Whether a sentence that matches is true."""
    must: Callable[[World, Scenario], bool]
    """Whether such a sentence has to be there."""
    met: list[bool] = field(default_factory=list, compare=False)
    """Whether a sentence of it was there, of each world and scenario looked at."""


def noises(rng: np.random.Generator) -> np.ndarray:
    """[replication] noise of mean 0 and standard deviation 1, exactly."""
    x = rng.standard_normal(REPLICATIONS)
    x -= x.mean()
    return x / x.std(ddof=1)


def worthwhile_of(measure: str, levels: dict[str, float]) -> float:
    """The smallest worthwhile difference of a measure in a world whose baseline has these levels."""
    m = BY_NAME[measure]
    return m.worthwhile * (abs(levels[m.relative_to]) if m.relative_to else 1.0)


def levels_of(results: Results) -> dict[str, float]:
    """The baseline's mean of each measure; 50 worthwhile differences where it has none."""
    rows = results.measured[results.measured["scenario"] == BASELINE.name]
    means = rows.groupby("measure")["value"].mean().to_dict()
    first = {m.name: float(means[m.name]) for m in MEASURES}
    return {name: x if math.isfinite(x) else 50.0 * BY_NAME[name].worthwhile for name, x in first.items()}


def planted(
    template: Results,
    ways: dict[tuple[str, str], Way],
    rng: np.random.Generator,
    absent: frozenset[tuple[str, str]] = frozenset(),
    unrelated: bool = False,
) -> pd.DataFrame:
    """The measured values of a study in which each measure moves as it should.

    Unless the worlds are unrelated, what a replication has in the baseline varies far more than any change: by
    50 times its noise.
    """
    levels, parts = levels_of(template), []
    for m in MEASURES:
        unit = worthwhile_of(m.name, levels)
        wide = max([way.noise for (_, of), way in ways.items() if of == m.name], default=0.05)
        common = levels[m.name] + unit * (0.0 if unrelated else 50.0 * max(wide, 0.05)) * noises(rng)
        for world in template.names:
            way = ways.get((world, m.name), IDENTICAL)
            values = common + unit * (way.shift + way.noise * noises(rng)) if world != BASELINE.name else common
            if (world, m.name) in absent:
                values = np.full(REPLICATIONS, math.nan)
            parts.append(
                pd.DataFrame(
                    {"scenario": world, "replication": range(REPLICATIONS), "measure": m.name, "value": values}
                )
            )
    return pd.concat(parts, ignore_index=True)


def planted_reasons(
    template: Results, ways: dict[tuple[str, str, str, str], Way], confidence: float = 0.95
) -> pd.DataFrame:
    """The table of reasons and segments of a study in which each moves as it should."""
    from scipy.stats import t

    table = template.reasons.copy()
    quantile = float(t.ppf(0.5 + confidence / 2.0, REPLICATIONS - 1))
    keys = list(zip(table["scenario"], table["reason"], table["segment"], table["measure"], strict=True))
    moved = []
    for scenario, reason, segment, measure in keys:
        kind, name = ("reason", reason) if segment == ALL else ("segment", segment)
        alone = (reason == ALL) != (segment == ALL)
        way = ways.get((scenario, kind, name, measure), IDENTICAL) if alone else IDENTICAL
        unit = BY_NAME[measure].worthwhile if measure in BY_NAME else 0.0
        moved.append((way.shift * unit, way.noise * unit * quantile / math.sqrt(REPLICATIONS)))
    levels = (table["value"] - table["difference"]).to_numpy()
    table["difference"], table["difference_half_width"] = np.array(moved).T if moved else np.zeros((2, 0))
    table["value"] = levels + table["difference"]
    table["pairs"] = REPLICATIONS
    return table


def worlds(template: Results, many: int, seed: int = 1) -> Iterator[World]:
    """Worlds of one study's scenarios, from those where nothing moves to those where everything may."""
    rng, there = np.random.default_rng(seed), with_values(template)
    for k in range(many):
        busy = (0.0, 0.15, 0.5, 1.0)[k % 4]
        ways: dict[tuple[str, str], Way] = {}
        reasons: dict[tuple[str, str, str, str], Way] = {}
        moved = {}
        choice = WAYS if k % 3 else (IDENTICAL, NEGLIGIBLE, UP, DOWN)
        for s in template.scenarios:
            for m in MEASURES:
                if rng.random() < busy:
                    ways[s.name, m.name] = choice[rng.integers(len(choice))]
            for kind, names in (("reason", template.organisation.reasons), ("segment", template.organisation.segments)):
                for name in names if kind == "segment" else with_cases(template):
                    for m in PLACED:
                        if (kind, name, m) in there and rng.random() < 0.5 * busy:
                            reasons[s.name, kind, name, m] = choice[rng.integers(len(choice))]
            moved[s.name] = (
                (0.0, 0.0) if rng.random() < 0.3 else (float(rng.integers(1, 90)), float(rng.integers(1, 90)))
            )
        absent = frozenset(
            (world, m) for world in template.names for m in ("end_to_end", "wait", "ces", "fcr") if rng.random() < 0.04
        )
        unrelated = bool(k % 5 == 0)
        measured = planted(template, ways, rng, absent, unrelated)
        transitions = planted_moves(template, moved)
        held = tuple(
            Held(s.name, "front_line", 6, int(rng.integers(1, 9)), 80.0)
            for s in template.scenarios
            if rng.random() < 0.3
        )
        results = replace(
            template, measured=measured, reasons=planted_reasons(template, reasons), transitions=transitions,
            replications=REPLICATIONS, held=held, complete=bool(k % 7),
        )  # fmt: skip
        yield World(results, ways, reasons, moved, absent, unrelated)


def with_values(template: Results) -> set[tuple[str, str, str]]:
    """Kind, name and measure of what is looked at of reasons and segments."""
    table = template.reasons[template.reasons["scenario"] == template.scenarios[0].name]
    return {("reason", str(r.reason), str(r.measure)) for r in table.itertuples() if r.segment == ALL} | {
        ("segment", str(r.segment), str(r.measure)) for r in table.itertuples() if r.reason == ALL
    }


def with_cases(template: Results) -> list[str]:
    """Reasons of which there are cases, in their order."""
    rows = template.reasons[template.reasons["measure"] == PLACED[0]]
    there = set(rows[rows["segment"] == ALL]["reason"])
    return [name for name in template.organisation.reasons if name in there]


PLACED = ("effort", "contacts_per_case", "end_to_end", "promise_breaches", "nps_transactional")
"""Measures that are planted by reason and segment."""


def planted_moves(template: Results, moved: dict[str, tuple[float, float]]) -> pd.DataFrame:
    """Customers who would answer otherwise: of 1,200, so many better and so many worse."""
    table = template.transitions.copy()
    counts = []
    for row in table.itertuples(index=False):
        up, down = moved[row.scenario]
        found = {
            ("detractor", "passive"): up,
            ("promoter", "passive"): down,
            ("passive", "passive"): 1200.0 - up - down,
        }
        counts.append(found.get((row.before, row.after), 0.0) if row.segment == ALL else 0.0)
    table["customers"] = counts
    return table


def sentences_of(world: World) -> Iterator[tuple[Scenario, list[Said]]]:
    """The sentences that a comparison's text has of each scenario, in their order."""
    comparison = compare(world.results)
    label = world.results.points[0]
    for scenario in world.results.scenarios:
        rows = cells(comparison.table, scenario.name, label)
        texts = findings_of(comparison, scenario, rows, label)
        texts += details_of(comparison, scenario, rows, label)
        yield scenario, [Said(text, world, scenario, rows, comparison) for text in texts if text]


def general_sentences(world: World) -> list[str]:
    """What is said of the whole study: how it was run, and its limits."""
    comparison = compare(world.results)
    return [opening(world.results, comparison.where), *limits(world.results)]


# What was planted, in the terms of the sentences ------------------------------------------------------------------


def headline(world: World, scenario: Scenario, *ways: Way) -> set[str]:
    """The headline measures with a difference that move in one of these ways."""
    return {m.name for m in HEADLINES if world.way(scenario, m.name) in ways and not world.missing(scenario, m.name)}


def good(measure: str, way: Way) -> bool:
    """Whether a change is for the better."""
    return (way.shift > 0.0) == (BY_NAME[measure].better == "higher")


def verdicts(world: World, scenario: Scenario) -> dict[str, set[str]]:
    """The headline measures by what is true of them."""
    clear = headline(world, scenario, UP, DOWN)
    return {
        "better": {m for m in clear if good(m, world.way(scenario, m))},
        "worse": {m for m in clear if not good(m, world.way(scenario, m))},
        "undecided": headline(world, scenario, OPEN, *BORDERS),
        "negligible": headline(world, scenario, NEGLIGIBLE, FALLS_A_LITTLE, IDENTICAL),
    }


def nothing_moves(world: World, scenario: Scenario) -> bool:
    """Whether every measure, of the headline or not, is exactly as in the baseline."""
    return all(
        way == IDENTICAL or world.missing(scenario, measure)
        for (name, measure), way in world.ways.items()
        if name == scenario.name
    )


def placed(world: World, scenario: Scenario, kind: str) -> dict[str, dict[str, Way]]:
    """The reasons or segments that are affected, by name: the measures that clearly move."""
    found: dict[str, dict[str, Way]] = {}
    for (s, k, name, measure), way in world.reasons.items():
        if s == scenario.name and k == kind and way in (UP, DOWN):
            found.setdefault(name, {})[measure] = way
    return found


def named(text: str, words: dict[str, str] = SHORT) -> set[str]:
    """The measures that a listing names."""
    parts = [part for piece in text.split(", ") for part in re.split(r" and (?=[^ ])", piece)]
    by_words = {title: name for name, title in words.items()}
    return {by_words[re.sub(r" \(.*", "", part)] for part in parts if re.sub(r" \(.*", "", part) in by_words}


def listed(text: str, measures: Sequence[str]) -> set[str]:
    """Those of `measures` whose short name stands in a text, the longest names first."""
    found = set()
    for name in sorted(measures, key=lambda m: -len(SHORT[m])):
        if SHORT[name] in text:
            found.add(name)
            text = text.replace(SHORT[name], "")
    return found
