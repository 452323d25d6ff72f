"""Search all shipped scenarios for verdicts that a longer horizon reverses without the shorter having warned of it.

Usage: python docs/build/horizons.py [--replications 6] [--weeks 12 52 208] [--scenarios NAME ...]

Writes docs/horizons.md.  A verdict is reversed where it is better (or worse) at a shorter horizon and worse (or better)
at a longer one; a payback, where the sum of cash is significantly above zero at the shorter and below it at the longer,
or the other way round.  Warned: the shorter's trajectory is still moving, turned, or too short to tell.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

import cxsim
from cxsim.compare.cash import Payback, payback_of
from cxsim.compare.trajectory import MOVING, SETTLED, SHORT, TURNED
from cxsim.files.problems import Problems
from cxsim.files.search_path import names, shipped
from cxsim.measures.catalogue import BY_NAME
from cxsim.probability.intervals import BETTER, WORSE

PAGE = Path(__file__).resolve().parents[1] / "horizons.md"
TOGETHER = 6
"""Scenarios in one study: as many as share a baseline without the memory of a small machine being full."""
OPPOSITE = {BETTER: WORSE, WORSE: BETTER}


def main() -> int:
    """Run the search and write the page; exit code 1 where anything is reversed without a warning."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--replications", type=int, default=6)
    asked.add_argument("--weeks", type=int, nargs="+", default=[12, 52, 208])
    asked.add_argument("--scenarios", nargs="+", default=names([shipped("scenarios")]))
    given = asked.parse_args()
    began = time.perf_counter()
    horizons, wanted = sorted(given.weeks), [name for name in given.scenarios if name != "nothing"]
    verdicts, cash, refused = searched(wanted, horizons, given.replications)
    found, warned = reversals(verdicts, horizons)
    lost, of_cash = cash_reversals(cash, verdicts, horizons)
    PAGE.write_text(
        page(verdicts, horizons, given.replications, (found, warned), (lost, of_cash), refused), encoding="utf-8"
    )
    minutes = (time.perf_counter() - began) / 60.0
    print(f"{len(wanted)} scenarios, {minutes:.0f} minutes: {len(found) + len(lost)} reversed without a warning")
    for text in (*found, *lost):
        print(f"  {text}")
    return 1 if found or lost else 0


class Row(NamedTuple):
    """A headline measure of a scenario at a horizon."""

    verdict: str
    difference: float
    state: str
    """How far it reaches; empty where nothing is known by week."""


Verdicts = dict[tuple[str, int, str], Row]
"""By scenario, weeks and measure."""
Sums = dict[tuple[str, int], Payback]


def searched(wanted: Sequence[str], horizons: Sequence[int], replications: int) -> tuple[Verdicts, Sums, list[str]]:
    """All headline rows and sums of cash, and what could not be run."""
    bank = cxsim.load_organisation("bank")
    verdicts: Verdicts = {}
    cash: Sums = {}
    refused: list[str] = []
    for weeks in horizons:
        for start in range(0, len(wanted), TOGETHER):
            scenarios = [cxsim.load_scenario(name, bank) for name in wanted[start : start + TOGETHER]]
            settings = cxsim.Settings(weeks=weeks, warm_up_weeks=5, replications=replications)
            try:
                results = cxsim.run_study(bank, scenarios, settings)
            except Problems as why:
                refused += [f"{weeks} weeks: {problem}" for problem in why.problems]
                continue
            comparison = cxsim.compare(results)
            going = {(str(r.scenario), str(r.measure)): str(r.state) for r in comparison.trajectories.itertuples()}
            table = comparison.table
            for row in table[table["headline"]].itertuples(index=False):
                key = str(row.scenario), str(row.measure)
                verdicts[key[0], weeks, key[1]] = Row(str(row.verdict), float(row.difference), going.get(key, ""))
            for scenario in scenarios:
                found = payback_of(comparison.cash, scenario.name, {})
                if found is not None:
                    cash[scenario.name, weeks] = found
            print(f"{weeks} weeks: {', '.join(s.name for s in scenarios)}", flush=True)
    return verdicts, cash, refused


def pairs(horizons: Sequence[int]) -> Iterator[tuple[int, int]]:
    """A shorter and a longer horizon."""
    return ((a, b) for i, a in enumerate(horizons) for b in horizons[i + 1 :])


def reversals(verdicts: Verdicts, horizons: Sequence[int]) -> tuple[list[str], list[str]]:
    """Verdicts that a longer horizon reverses: those of which the shorter did not warn, and those of which it did."""
    found, warned = [], []
    for scenario, weeks, measure in verdicts:
        row = verdicts[scenario, weeks, measure]
        for longer in (b for a, b in pairs(horizons) if a == weeks):
            later = verdicts.get((scenario, longer, measure))
            if later is None or later.verdict != OPPOSITE.get(row.verdict):
                continue
            text = (
                f"{scenario}, {BY_NAME[measure].title}: {row.verdict} over {weeks} weeks ({row.difference:+.3g}, "
                f"{row.state}), {later.verdict} over {longer} ({later.difference:+.3g})"
            )
            (found if row.state == SETTLED else warned).append(text)
    return found, warned


def cash_reversals(cash: Sums, verdicts: Verdicts, horizons: Sequence[int]) -> tuple[list[str], list[str]]:
    """The same of sums of cash. Warned: net benefit has not settled."""
    found, warned = [], []
    for (scenario, weeks), own in cash.items():
        for longer in (b for a, b in pairs(horizons) if a == weeks):
            later = cash.get((scenario, longer))
            if later is None or not (_sure(own) and _sure(later)) or own.total * later.total > 0.0:
                continue
            row = verdicts[scenario, weeks, "net_benefit_running"]
            text = (
                f"{scenario}, cash in sum: {own.total:+,.0f} after {own.weeks} weeks (net benefit {row.state}), "
                f"{later.total:+,.0f} after {later.weeks}"
            )
            # What was spent at once is not earned back within a few weeks, and nobody claims that it never is.
            earned_back = own.total < 0.0 < row.difference
            (found if row.state == SETTLED and not earned_back else warned).append(text)
    return found, warned


def _sure(own: Payback) -> bool:
    return abs(own.total) > own.half_width


def page(
    verdicts: Verdicts,
    horizons: Sequence[int],
    replications: int,
    of_verdicts: tuple[Sequence[str], Sequence[str]],
    of_cash: tuple[Sequence[str], Sequence[str]],
    refused: Sequence[str],
) -> str:
    """The page of what was found."""
    states = pd.Series([(weeks, row.state) for (_, weeks, _), row in verdicts.items()]).value_counts()
    lines = ["| weeks | settled | still moving | turned | too short to tell |", "|---|---|---|---|---|"]
    for weeks in horizons:
        counts = [int(states.get((weeks, state), 0)) for state in (SETTLED, MOVING, TURNED, SHORT)]
        lines.append(f"| {weeks} | {' | '.join(map(str, counts))} |")
    scenarios = len({scenario for scenario, _, _ in verdicts})
    unwarned = [*of_verdicts[0], *of_cash[0]]
    lead = (
        f"Written by `python docs/build/horizons.py`. All {scenarios} shipped scenarios of the bank at "
        f"{', '.join(map(str, horizons))} weeks, {replications} replications each: is there a verdict, or a sum of "
        "cash, that a longer horizon reverses without the shorter having warned of it?"
    )
    parts = [
        "# How far verdicts reach",
        lead,
        "## Reversed without a warning",
        _list(unwarned),
        "## Reversed, and the shorter study warned of it",
        _list([*of_verdicts[1], *of_cash[1]]),
        "## What was reported of the headline measures",
        "\n".join(lines),
    ]
    if refused:
        parts += ["## Not run", _list(refused)]
    return "\n\n".join(parts) + "\n"


def _list(texts: Sequence[str]) -> str:
    return "\n".join(f"* {text}" for text in texts) if texts else "None."


if __name__ == "__main__":
    sys.exit(main())
