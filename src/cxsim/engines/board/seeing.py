"""What is on a board's table: counts of the log, answers to surveys, complaints, shoppers' notes, employees' ideas.

Nothing here looks at what customers really feel, nor at why a contact failed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from cxsim.calendars.constants import WEEK
from cxsim.engines.board.memory import (
    ANSWERS,
    CHASED,
    COMPLAINED,
    CUSTOMERS,
    DETRACTORS,
    MARGIN,
    NET,
    PROMOTERS,
    REPEATED,
    UPDATES,
    Memory,
)
from cxsim.native.records import Floats, Ints
from cxsim.probability.intervals import t_quantile
from cxsim.probability.quantiles import normal_quantile
from cxsim.state.customer_sums import LoyaltyColumn, weighed_wallets
from cxsim.state.origins import Origin, OriginColumn
from cxsim.state.plan.tables import Plan
from cxsim.state.recovery_sums import RecoveryColumn
from cxsim.state.tally import CaseColumn, ContactColumn, StepColumn, Tally, TeamColumn

OF_CASES = (
    CaseColumn.ANSWERS,
    CaseColumn.ANSWERED_PROMOTER,
    CaseColumn.ANSWERED_DETRACTOR,
    CaseColumn.UPDATES,
    CaseColumn.MARGIN,
)
"""What is kept of case sums, in the order of the columns of `Memory.answers`."""
BLAMED = (Origin.REPEAT, Origin.CHASER, Origin.COMPLAINT)


class Table(NamedTuple):
    """The weeks on the table: everything summed over them."""

    weeks: int
    contacts: Floats
    """[contact reason] a week."""
    by_week: Floats
    """[week, contact reason]."""
    answers: Floats
    """[case reason, column] answers, promoters, detractors."""
    blamed: Floats
    """[step, kind]."""
    steps: Floats
    """[step, StepColumn]."""


def record(
    memory: Memory, plan: Plan, tally: Tally, t: float, week_zero: int, own_cost: float, pay: tuple[float, float]
) -> Memory:
    """The memory with the week that closes at t (the very first one: with what was before).

    own_cost: of the board and its projects in that week; pay: overhead on paid time, and the rate of overtime.
    """
    # Running sums, because a tally files an answer under the week in which its case was opened, and a board counts what
    # came in.
    sums = tally.case_sums.sum(axis=(0, 2))[:, list(OF_CASES)]
    causes = tally.cause_sums[:, :, : len(plan.steps), list(BLAMED), OriginColumn.CONTACTS].sum(axis=(0, 1))
    first = len(memory.answers) == 0
    before = sums if first else memory.answers[-1]
    row = round(t / WEEK) - 1 + week_zero
    kept = (0.0, 0.0) if first else _books(plan, tally, row, sums - before, own_cost, pay)
    return memory._replace(
        answers=np.concatenate([memory.answers, sums[None]]),
        blamed=np.concatenate([memory.blamed, causes[None]]),
        books=np.concatenate([memory.books, np.array([kept])]),
    )


def _books(
    plan: Plan, tally: Tally, row: int, grown: Floats, own_cost: float, pay: tuple[float, float]
) -> tuple[float, float]:
    """Net benefit of a week and its customers, as the accounts have them; wrong decisions show only years later."""
    contacts = tally.contact_sums[row, :, :, ContactColumn.ATTEMPTS].sum(axis=0)
    teams = tally.team_sums[row]
    loyal = tally.loyalty_sums[row]
    earned = grown[:, MARGIN].sum()
    wallets = weighed_wallets(loyal, plan.loyalty[0]["brings"])
    earned += (wallets * plan.segments["margin"] / plan.segments["wallet"]).sum()
    overhead, overtime = pay
    paid = teams[:, TeamColumn.PAID] + overtime * teams[:, TeamColumn.AFTER_SHIFT]
    spent = (paid * plan.teams["cost"]).sum() * (1.0 + overhead)
    spent += (contacts * plan.channels["cost"]).sum() + (grown[:, UPDATES] * plan.reasons["update_cost"]).sum()
    spent += (teams[:, TeamColumn.HIRED] * plan.teams["hiring_cost"]).sum() + own_cost
    spent += tally.recovery_sums[row, ..., RecoveryColumn.GOODWILL].sum()
    return float(earned - spent), float(loyal[:, LoyaltyColumn.WEEKS].sum())


def lay_out(memory: Memory, tally: Tally, first: int, last: int, week_zero: int) -> Table:
    """The weeks on record from number `first` to before `last` (numbers after time 0)."""
    rows = slice(first + week_zero, last + week_zero)
    here = slice(first - int(memory.begun[0]), last - int(memory.begun[0]) + 1)
    by_week = tally.contact_sums[rows, :, :, ContactColumn.ATTEMPTS].sum(axis=2)
    answers, blamed = memory.answers[here], memory.blamed[here]
    return Table(
        last - first,
        by_week.sum(axis=0) / (last - first),
        by_week,
        (answers[-1] - answers[0])[:, [ANSWERS, PROMOTERS, DETRACTORS]],
        blamed[-1] - blamed[0],
        tally.step_sums[rows].sum(axis=0),
    )


def asked(plan: Plan, answers: Floats) -> Floats:
    """[contact reason, column] answers that tell how its customers feel.

    Surveys ask after cases.  A contact reason without cases of its own is judged by those whose promise has it as
    chaser, else by all.
    """
    known = answers.copy()
    for r in np.flatnonzero(answers[:, ANSWERS] == 0.0):
        chased = answers[plan.reasons["chaser"] == r].sum(axis=0)
        known[r] = chased if chased[ANSWERS] > 0.0 else answers.sum(axis=0)
    return known


def share_of(count: Any, of: Any, z: float) -> tuple[Any, Any, Any]:
    """A share with its interval after Wilson (1927); 0 to 1 where nobody was asked.

    z: of the standard normal distribution.
    """
    count, of = np.asarray(count, dtype=np.float64), np.asarray(of, dtype=np.float64)
    n = np.maximum(of, 1e-9)
    middle = (count + 0.5 * z * z) / (n + z * z)
    half = z / (n + z * z) * np.sqrt(np.maximum(0.0, count * (n - count) / n) + 0.25 * z * z)
    return count / n, np.maximum(0.0, middle - half), np.minimum(1.0, middle + half)


def routes_of(plan: Plan) -> Ints:
    """[contact reason] row of its route, -1 where the reason does not exist."""
    doors = plan.entrances[:, 0]
    return np.where(doors >= 0, plan.steps["route"][np.maximum(doors, 0)], -1)


def logged(table: Table) -> Floats:
    """[step] what the log of contacts puts down to a step: repeats, chasers, hang-ups, rework and misroutes there."""
    s = table.steps
    own: Floats = s[:, StepColumn.ABANDONED] + s[:, StepColumn.REWORK] + s[:, StepColumn.MISROUTES]
    return own + table.blamed[:, REPEATED] + table.blamed[:, CHASED]


def complained(table: Table) -> Floats:
    """[step] complaints put down to a step."""
    found: Floats = table.blamed[:, COMPLAINED]
    return found


def shares(voices: Sequence[Floats]) -> tuple[Floats, Floats]:
    """[step] share of what points at a step of a route that points at this one, and its variance.

    voices: [step] counts by source.  Each source with any counts has one voice, however many counts stand behind
    it; half a count is added to every step (Krichevsky and Trofimov 1981).
    """
    # Abandonments come in thousands and notes of shoppers in ones; counted alike, nobody would need to listen to the
    # shoppers.  The price is noise, which is what few notes mean in a real board as well.
    spoken = [v for v in voices if v.sum() > 0.0]
    steps = len(voices[0])
    if not spoken:
        return np.full(steps, 1.0 / steps), np.full(steps, (1.0 / steps) * (1.0 - 1.0 / steps))
    share, variance = np.zeros(steps), np.zeros(steps)
    for counts in spoken:
        n = counts.sum() + 0.5 * steps
        p = (counts + 0.5) / n
        share += p / len(spoken)
        variance += p * (1.0 - p) / (n + 1.0) / len(spoken) ** 2
    return share, variance


def net_of(memory: Memory, first: int, last: int) -> Floats:
    """[week] net benefit a customer and week, of the weeks on record from number `first` to before `last`."""
    books = memory.books[first - int(memory.begun[0]) + 1 : last - int(memory.begun[0]) + 1]
    net: Floats = books[:, NET] / np.maximum(books[:, CUSTOMERS], 1.0)
    return net


def z_of(confidence: float) -> float:
    """The standard normal quantile of a two-sided interval."""
    return float(normal_quantile(0.5 + 0.5 * confidence))


def change_of(before: Floats, after: Floats, confidence: float) -> tuple[float, float, float]:
    """Difference of two means with its interval (Student, common variance); without ends where either has one value."""
    by = float(after.mean() - before.mean()) if len(before) and len(after) else math.nan
    m, n = len(before), len(after)
    if m < 2 or n < 2:
        return by, -math.inf, math.inf
    pooled = (before.var() * m + after.var() * n) / (m + n - 2)
    half = t_quantile(confidence, m + n - 2) * math.sqrt(float(pooled) * (1.0 / m + 1.0 / n))
    return by, by - half, by + half
