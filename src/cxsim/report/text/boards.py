"""What a board did, in words: what it started, kept and stopped over the replications, and what it spent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from cxsim.compare.table import rows_with
from cxsim.engines.board.memory import CANNOT_STOP, DECISIONS, KEEPS, STARTS, STOPS
from cxsim.report.text.words import amount, listing, number
from cxsim.scenario import Scenario
from cxsim.scenario.board import Board
from cxsim.study import Results
from cxsim.study.settled import LAST_WEEKS


def doings(results: Results, scenario: Scenario, label: Mapping[str, Any]) -> str:
    """What was started how often, kept, stopped, and what was spent; nothing where no board sits."""
    if scenario.board is None:
        return ""
    if not scenario.board.backlog:
        return "The board has nothing in its backlog: it reads, and changes nothing."
    decided = rows_with(results.decisions, {**label, "scenario": scenario.name})
    runs = results.replications
    outcomes, never = _projects(scenario.board, decided, runs)
    text = (
        f"The board started, in {runs} simulated runs: {'; '.join(outcomes)}."
        if outcomes
        else "The board started nothing."
    )
    if never and outcomes:
        text += f" Never: {listing(never)}."
    spent, currency = results.spending[scenario.name], results.organisation.economics.currency
    text += f" It spent {number(spent.total)} {currency} in the mean, meetings included."
    return (
        f"{text} What it saw and decided in one run is in minutes_{scenario.name}.md, every decision in decisions.csv."
    )


def _projects(board: Board, decided: pd.DataFrame, runs: int) -> tuple[list[str], list[str]]:
    """What became of the projects that were started, and those that never were."""
    outcomes, never = [], []
    for item in board.backlog:
        started, kept, stopped = (_times(decided, item.title, what) for what in (STARTS, KEEPS, STOPS))
        if started:
            outcomes.append(f"“{item.title}” in {'all' if started == runs else started}{_fate(kept, stopped, started)}")
        else:
            never.append(f"“{item.title}”")
    return outcomes, never


def _times(decided: pd.DataFrame, project: str, what: int) -> int:
    """In how many replications a project met with a decision."""
    wanted = [DECISIONS[what], *([DECISIONS[CANNOT_STOP]] if what == KEEPS else [])]
    rows = decided[(decided["project"] == project) & decided["decision"].isin(wanted)]
    return int(rows["replication"].nunique())


def _fate(kept: int, stopped: int, started: int) -> str:
    """What became of those that were started."""
    if kept == started:
        return ", always kept"
    if stopped == started:
        return ", always stopped"
    fates = ((kept, "kept"), (stopped, "stopped"), (started - kept - stopped, "not judged yet"))
    return f" ({', '.join(f'{n} {what}' for n, what in fates if n)})"


def rate_of(results: Results, rows: Mapping[str, Any]) -> str:
    """Which weeks a board's run-rate is of, and the net benefit of all weeks with all that was spent."""
    gain = rows["net_benefit"]
    if math.isnan(gain.difference):
        return ""
    sure = "" if gain.low > 0.0 or gain.high < 0.0 else ", not significant"
    text = (
        f"Over all {results.settings.weeks} weeks, one-off costs included, net benefit changes by "
        f"{amount(gain.difference, gain.unit)} (± {number(gain.half_width, gain.unit, gain.difference)}{sure})."
    )
    if math.isnan(rows["net_benefit_running"].difference):
        return text
    return f"{text} A board goes on deciding: its run-rate is of the last {LAST_WEEKS} weeks."
