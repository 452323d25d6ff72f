"""Mystery shoppers and employees' ideas: a few journeys and hints for each meeting on metrics, none of them exact.

A shopper takes a contact reason as often as customers do, walks its route, and waits as the waiting times of these
weeks were.  An idea points at a step of a team's own work, where much goes wrong or by chance; there are more of them
where few people leave.  Random numbers are looked up by meeting, shopper or idea, and step.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cxsim.calendars.constants import DAY, WEEKS_PER_YEAR
from cxsim.engines.board.memory import IDEA, JOURNEY
from cxsim.engines.board.seeing import Table, complained, logged
from cxsim.model import draws
from cxsim.native.records import Floats
from cxsim.native.records import Table as Rows
from cxsim.probability.quantiles import normal_quantile
from cxsim.probability.random_numbers import name_word
from cxsim.state.plan import Names
from cxsim.state.plan.tables import FORK, PRESENT, SELF_SERVICE, WORK, Plan
from cxsim.state.tally import StepColumn
from cxsim.state.world import World

LONGEST = 12
"""Steps after which a shopper goes home."""
MOST_IDEAS = 40
"""Of a team between two meetings."""
NOTED = 0.35
"""Trouble at a step from which on a shopper notes it."""
HANDED, AGAIN = 0.4, 0.3
"""Trouble of being handed to another team, and of a step that has to be done again."""


def shop(w: World, meeting: int, plan: Plan, names: Names, table: Table, many: int, error: float) -> Rows:
    """Journeys of mystery shoppers, as noted.  error: coefficient of variation of their times."""
    rows = np.zeros(many, dtype=JOURNEY)
    known = np.flatnonzero(table.contacts * (plan.entrances[:, 0] >= 0) > 0.0)
    words = [np.uint64(name_word(reason)) for reason in names.reasons]
    rows["meeting"], rows["reason"], rows["worst"] = meeting, -1, -1
    for k in range(many if len(known) else 0):
        reason = _pick(w, draws.Purpose.SHOPPED, k, meeting, known, table.contacts[known], words)
        _walk(w, rows[k], k, meeting, int(reason), words[reason], plan, table.steps, error)
    return rows[rows["reason"] >= 0]


def _pick(w: World, purpose: int, k: int, meeting: int, rows: Any, weights: Floats, words: Any, number: int = 0) -> int:
    """One of the rows by weight; each has random numbers of its own, so that a further one changes no other (Gumbel
    1954)."""
    best, chosen = -math.inf, int(rows[0])
    for row, weight in zip(rows.tolist(), weights.tolist(), strict=True):
        u = draws.of_board(w, int(purpose), k, meeting, words[row], number)
        key = math.log(weight) - math.log(-math.log(u))
        if key > best:
            best, chosen = key, row
    return chosen


def _walk(
    w: World, row: Any, k: int, meeting: int, reason: int, word: Any, plan: Plan, sums: Floats, error: float
) -> None:
    """Walk a reason's route from a door to the end and note times, handovers and the worst step."""

    def number_for(purpose: draws.Purpose, of: Any, number: int = 0) -> float:
        return float(draws.of_board(w, int(purpose), k, meeting, of, number))

    channel = int(np.searchsorted(plan.mix[reason, 0], number_for(draws.Purpose.SHOPPED_CHANNEL, word), side="right"))
    channel = min(channel, len(plan.channels) - 1)
    there = plan.channels["presence"][channel] == PRESENT
    s, team, worst, seen = int(plan.entrances[reason, channel]), -1, NOTED, dict[int, int]()
    while s >= 0 and sum(seen.values()) < LONGEST:
        step, again = plan.steps[s], seen.get(s, 0)
        seen[s] = again + 1
        u = number_for(draws.Purpose.SHOPPED_WAIT, step["name_hash"], again)
        wait, takes = _times(sums[s], int(step["kind"]), u)
        trouble = math.log1p(wait / (10.0 if there and step["kind"] == WORK else DAY))
        if step["kind"] == WORK:
            handed = team >= 0 and team != step["team"]
            row["handovers"] += handed
            trouble += HANDED * handed
            team = int(step["team"])
        trouble += AGAIN * (again > 0)
        row["wait"] += wait
        row["minutes"] += wait + takes
        row["steps"] += 1
        if trouble > worst:
            worst, row["worst"] = trouble, s
        s, there = _onward(plan, s, channel, number_for(draws.Purpose.SHOPPED_NEXT, step["name_hash"], again), there)
    off = math.exp(error * normal_quantile(number_for(draws.Purpose.SHOPPER_ERROR, word)) - 0.5 * error * error)
    row["reason"], row["channel"] = reason, channel
    row["minutes"] *= off
    row["wait"] *= off


def _times(sums: Floats, kind: int, u: float) -> tuple[float, float]:
    """Wait and work at a step, minutes, as they were in these weeks; exponential among those who waited."""
    if kind != WORK:
        elapsed = sums[StepColumn.ELAPSED] / max(sums[StepColumn.VISITS], 1.0)
        return (0.0, elapsed) if kind == SELF_SERVICE else (-math.log(u) * elapsed, 0.0)
    waited = sums[StepColumn.WAITED] / max(sums[StepColumn.QUEUED], 1.0)
    mean = sums[StepColumn.WAIT] / max(sums[StepColumn.WAITED], 1.0)
    work = sums[StepColumn.SERVICE] / max(sums[StepColumn.SERVED], 1.0)
    return (-math.log(u / waited) * mean if u < waited else 0.0), work


def _onward(plan: Plan, s: int, channel: int, u: float, there: bool) -> tuple[int, bool]:
    """The next step, -1 at the end, and whether the shopper is still on the line."""
    step = plan.steps[s]
    if step["kind"] == FORK:
        return int(step["join"]), False
    if step["kind"] == SELF_SERVICE:
        return (-1, False) if u < step["p_self_service"] else (int(step["falls_back_to"]), True)
    right = int(step["decision_right"])
    if right >= 0 and u >= plan.rights["share"][step["team"], right]:
        return int(step["escalates_to"]), False
    if right >= 0:
        u /= float(plan.rights["share"][step["team"], right])
    total = 0.0
    first = int(step["first_edge"])
    for e in range(first, first + int(step["edges"])):
        total += float(plan.edge_p[e, 0, channel])
        if u < total:
            return int(plan.edges["to"][e]), there and plan.edges["transfer"][e] > 0
    return -1, False


def ideas(
    w: World, meeting: int, plan: Plan, names: Names, table: Table, people: Floats, mood: Floats, rate: float
) -> Rows:
    """Hints of employees: team and step.

    people: [team] employed; mood: [team] factor of mood on attrition, 1 in an ordinary one; rate: a person and year.
    """
    trouble = 1.0 + logged(table) + complained(table) + table.steps[:, StepColumn.HANDOFFS]
    words = list(plan.steps["name_hash"])
    found = []
    for team, name in enumerate(names.teams):
        mine = np.flatnonzero(
            (plan.steps["team"] == team) & (plan.steps["removed"] == 0) & (plan.steps["kind"] == WORK)
        )
        mean = rate * table.weeks / WEEKS_PER_YEAR * people[team] / max(mood[team], 1e-6)
        if not len(mine) or mean <= 0.0:
            continue
        u = draws.of_board(w, int(draws.Purpose.IDEAS), 0, meeting, np.uint64(name_word(name)), 0)
        for k in range(_how_many(mean, u)):
            step = _pick(w, draws.Purpose.IDEA, k, meeting, mine, np.sqrt(trouble[mine]), words)
            found.append((meeting, team, step))
    return np.array(found, dtype=IDEA)


def _how_many(mean: float, u: float) -> int:
    """Quantile of the Poisson distribution, at most `MOST_IDEAS`."""
    n, p = 0, math.exp(-mean)
    total = p
    while u >= total and n < MOST_IDEAS:
        n += 1
        p *= mean / n
        total += p
    return n
