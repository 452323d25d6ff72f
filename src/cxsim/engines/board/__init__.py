"""A customer experience board that meets every few weeks while a scenario runs: it reads, decides and takes minutes.

It meets at the close of weeks, outside the engines, and reads what is measured; what it decides follows from that and
from nothing else, so it is the same in either engine and after a stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim.calendars.constants import WEEK, WEEKS_PER_YEAR
from cxsim.engines.board.judging import left, ranked, reviewed, started, under_way
from cxsim.engines.board.listening import ideas, shop
from cxsim.engines.board.memory import ANSWERS, DETRACTORS, MEETING, PROMOTERS, Memory, blank
from cxsim.engines.board.plans import Plans, Timeline, names_with
from cxsim.engines.board.seeing import change_of, complained, lay_out, net_of, record
from cxsim.organisation import Organisation
from cxsim.scenario.board import IDEAS, SHOPPERS
from cxsim.scenario.dated import spread
from cxsim.state.plan import Plan
from cxsim.state.state import WEEK_ZERO, State
from cxsim.state.tally import Tally, TeamColumn
from cxsim.state.world import World

ENOUGH = 20
"""Answers from which on a reason is named as liked."""


@dataclass(frozen=True)
class Sitting:
    """A board in the middle of its work; it is never changed in place, each closed week gives a new one."""

    plans: Plans
    memory: Memory
    timeline: Timeline
    """Plans as decided so far."""

    def after_week(self, w: World, plan: Plan, state: State, tally: Tally, t: float) -> Sitting:
        """The board after the week that closes at t, and after its meeting if there is one.

        w: the world's handle, for random numbers; plan: of that week.
        """
        board, memory = self.plans.board, self.memory
        number = board.number_at(t)
        memory = record(memory, plan, tally, t, int(state.counters[WEEK_ZERO]), self._cost(t, number), self._pay)
        if number == 0:
            return Sitting(self.plans, memory, self.timeline)
        met = _meeting(self.plans, w, plan, state, tally, memory, number, t)
        changed = not np.array_equal(met.items, memory.items)
        return Sitting(self.plans, met, self.plans.timeline(met.items) if changed else self.timeline)

    def _cost(self, t: float, meeting: int) -> float:
        """Own cost of the week that closes at t."""
        items = self.memory.items
        board = self.plans.board
        on = (items["starts_at"] < t) & (items["ends_at"] >= t)
        cost = sum(item.costs.per_week for item, runs in zip(board.backlog, on, strict=True) if runs)
        return cost + (board.per_meeting if meeting else 0.0)

    @property
    def _pay(self) -> tuple[float, float]:
        economics = self.plans.own[0][1].economics
        return economics.overhead, economics.overtime

    def organisation_at(self, t: float) -> Organisation:
        """The organisation in force at t."""
        return [o for at, o in self.organisations() if at <= t][-1]

    def organisations(self) -> tuple[tuple[float, Organisation], ...]:
        """What the organisation is from when on, as decided so far; the first entry is the baseline's."""
        return self.plans.organisations(self.memory.items)

    def resumed(self, memory: Memory) -> Sitting:
        """The same board with another memory: as it was when that was written down."""
        return Sitting(self.plans, memory, self.plans.timeline(memory.items))

    def spent(self, weeks: int) -> tuple[float, float, float, tuple[float, ...]]:
        """Cost of the board and its projects in the first weeks: once, in all, a week of what still runs, by week."""
        board, items, until = self.plans.board, self.memory.items, weeks * WEEK
        once = per_week = 0.0
        by_week = np.zeros(weeks)
        for item, row in zip(board.backlog, items, strict=True):
            starts, ends = float(row["starts_at"]), float(row["ends_at"])
            if starts < until:
                once += item.costs.once
                by_week[int(starts // WEEK)] += item.costs.once
                by_week += spread(item.costs.per_week, starts, np.inf, ends, weeks)
                per_week += item.costs.per_week * (ends >= until)
        held = self.memory.meetings["at"]
        np.add.at(by_week, (held[held < until] // WEEK).astype(np.int64), board.per_meeting)
        running = per_week + board.per_meeting * WEEK / board.every
        return once, float(by_week.sum()), float(running), tuple(by_week.tolist())


def convened(plans: Plans, plan: Plan, state: State, tally: Tally, t: float) -> Sitting:
    """A board whose records begin at t, with nothing decided."""
    memory = blank(plans.names, int(np.floor(t / WEEK)), len(plans.board.backlog))
    memory = record(memory, plan, tally, t, int(state.counters[WEEK_ZERO]), 0.0, (0.0, 1.0))
    return Sitting(plans, memory, plans.timeline(memory.items))


def _meeting(
    plans: Plans, w: World, plan: Plan, state: State, tally: Tally, memory: Memory, number: int, t: float
) -> Memory:
    """The memory after a meeting."""
    board, week_zero = plans.board, int(state.counters[WEEK_ZERO])
    last = round(t / WEEK)
    first = max(int(memory.begun[0]), last - round(board.looks_back / WEEK))
    table = lay_out(memory, tally, first, last, week_zero)
    journeys, hints, pains = memory.journeys[:0], memory.ideas[:0], memory.pains[:0]
    if board.metrics(number):
        if SHOPPERS in board.reads:
            journeys = shop(w, number, plan, plans.names, table, board.shoppers, board.shopper_error)
        if IDEAS in board.reads:
            people = tally.team_sums[last - 1 + week_zero, :, TeamColumn.PEOPLE]
            hints = ideas(
                w, number, plan, plans.names, table, people, state.team_state["attrition_factor"], board.ideas
            )
        pains = ranked(board, plans.names, plan, table, number, journeys, hints)
        items, decisions = started(plans, plan, pains, memory.items, number, t)
    else:
        items, decisions = reviewed(plans, plan, memory, tally, number, t, week_zero)
    row = np.zeros(1, dtype=MEETING)
    row["meeting"], row["at"], row["metrics"], row["weeks"] = number, t, board.metrics(number), table.weeks
    row["contacts"], row["complaints"] = table.contacts.sum(), complained(table).sum() / table.weeks
    row["answers"], row["promoters"], row["detractors"] = (
        table.answers[:, column].sum() for column in (ANSWERS, PROMOTERS, DETRACTORS)
    )
    row["liked"], row["disliked"] = _liked(table.answers)
    row["net"], row["net_first"], row["net_low"], row["net_high"] = _programme(board.sure, memory, first, last)
    row["left"], row["under_way"] = left(board, items), under_way(items).sum()
    return memory._replace(
        items=items,
        pains=np.concatenate([memory.pains, pains[: board.nominates]]),
        decisions=np.concatenate([memory.decisions, decisions]),
        meetings=np.concatenate([memory.meetings, row]),
        journeys=np.concatenate([memory.journeys, journeys]),
        ideas=np.concatenate([memory.ideas, hints]),
    )


def _liked(answers: Any) -> tuple[int, int]:
    """Case reasons with the largest share of promoters (of those with answers enough), and the most detractors."""
    enough = answers[:, ANSWERS] >= ENOUGH
    share = np.where(enough, answers[:, PROMOTERS] / np.maximum(answers[:, ANSWERS], 1.0), -1.0)
    liked = int(share.argmax()) if enough.any() else -1
    return liked, int(answers[:, DETRACTORS].argmax()) if answers[:, DETRACTORS].any() else -1


def _programme(sure: float, memory: Memory, first: int, last: int) -> tuple[float, float, float, float]:
    """Net benefit a customer and year now, before the first project came into force, and the change's interval."""
    begun = int(memory.begun[0])
    starts = memory.items["starts_at"]
    earliest = float(starts.min()) if len(starts) else np.inf
    now = WEEKS_PER_YEAR * net_of(memory, first, last)
    if earliest >= last * WEEK:
        return float(now.mean()), np.nan, np.nan, np.nan
    start = round(earliest / WEEK)
    before = WEEKS_PER_YEAR * net_of(memory, begun, start)
    now = WEEKS_PER_YEAR * net_of(memory, max(first, start), last)
    if not len(before):
        return float(now.mean()), np.nan, np.nan, np.nan
    _, low, high = change_of(before, now, sure)
    return float(now.mean()), float(before.mean()), low, high


__all__ = ["Memory", "Plans", "Sitting", "convened", "names_with"]
