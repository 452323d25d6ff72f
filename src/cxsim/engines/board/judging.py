"""A board's decisions, as pure functions of what is on its table: what to start, and what to keep or stop."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from cxsim.calendars.constants import WEEK, WEEKS_PER_YEAR
from cxsim.engines.board.memory import (
    ANSWERS,
    CANNOT_STOP,
    DECISION,
    DETRACTORS,
    IMPOSSIBLE,
    KEEPS,
    NO_MONEY,
    NO_ROOM,
    PAIN,
    STARTS,
    STOPS,
    TOO_EARLY,
    WATCHES,
    Memory,
)
from cxsim.engines.board.plans import Plans
from cxsim.engines.board.seeing import (
    Table,
    asked,
    change_of,
    complained,
    lay_out,
    logged,
    net_of,
    routes_of,
    share_of,
    shares,
    z_of,
)
from cxsim.native.records import Floats
from cxsim.native.records import Table as Rows
from cxsim.scenario.board import COMPLAINTS, CONTACTS, IDEAS, SHOPPERS, SURVEYS, YEAR, Board, fits
from cxsim.state.plan import Names
from cxsim.state.plan.tables import Plan
from cxsim.state.tally import StepColumn, Tally

NUMBERS = [f"{of}_{what}" for of in ("net", "pain", "log") for what in ("before", "after", "low", "high")]


def ranked(board: Board, names: Names, plan: Plan, table: Table, meeting: int, journeys: Rows, hints: Rows) -> Rows:
    """Pain points (`PAIN`), the worst first: contacts a week × detractors × share of what points at the step."""
    z = z_of(board.sure)
    known = asked(plan, table.answers)
    if SURVEYS in board.reads:
        unhappy, low, high = share_of(known[:, DETRACTORS], known[:, ANSWERS], z)
    else:  # by volume alone
        unhappy = low = high = np.ones(len(names.reasons))
        known = np.zeros_like(known)
    voices = _voices(board, table, journeys, hints)
    rows = []
    routes = routes_of(plan)
    for r in np.flatnonzero((table.contacts > 0.0) & (routes >= 0)).tolist():
        steps = np.flatnonzero(
            (plan.steps["route"] == routes[r])
            & (plan.steps["removed"] == 0)
            & (table.steps[:, StepColumn.VISITS] > 0.0)
        )
        if not len(steps):
            continue
        here, variance = shares([voice[steps] for voice in voices])
        for s, share, spread in zip(steps.tolist(), here.tolist(), variance.tolist(), strict=True):
            counts_for = float(table.contacts[r]) * board.weights.get(names.reasons[r], 1.0)
            score = counts_for * float(unhappy[r]) * share
            off = math.hypot((high[r] - low[r]) / (2.0 * z) / max(unhappy[r], 1e-9), math.sqrt(spread) / share)
            widest = counts_for * float(high[r])
            ends = (score * math.exp(-z * off), min(widest, score * math.exp(z * off))) if score else (0.0, widest)
            counts = [voice[s] for voice in voices]
            answers = (known[r, ANSWERS], unhappy[r], low[r], high[r])
            rows.append((meeting, 0, r, s, table.contacts[r], *answers, share, *counts, score, *ends))
    rows.sort(key=lambda row: (-row[-3], row[2], row[3]))
    found = np.array(rows, dtype=PAIN)
    found["rank"] = np.arange(1, len(found) + 1)
    return found


def _voices(board: Board, table: Table, journeys: Rows, hints: Rows) -> list[Floats]:
    """[step] counts of what points at a step: log of contacts, complaints, shoppers, ideas; zero where not read."""
    steps = len(table.steps)
    worst = journeys["worst"][journeys["worst"] >= 0]
    by_source = {
        CONTACTS: logged(table),
        COMPLAINTS: complained(table),
        SHOPPERS: np.bincount(worst, minlength=steps).astype(np.float64),
        IDEAS: np.bincount(hints["step"], minlength=steps).astype(np.float64),
    }
    return [counts if source in board.reads else np.zeros(steps) for source, counts in by_source.items()]


def under_way(items: Rows) -> Any:
    """[item] whether it is decided and not yet judged."""
    return np.isfinite(items["decided_at"]) & np.isinf(items["ends_at"]) & np.isinf(items["kept_at"])


def committed(board: Board, items: Rows) -> float:
    """Money committed: one-off cost of what was started, and weekly cost of a year, or of the weeks until a stop."""
    total = 0.0
    for item, row in zip(board.backlog, items, strict=True):
        if np.isfinite(row["decided_at"]):
            weeks = (row["ends_at"] - row["starts_at"]) / WEEK if np.isfinite(row["ends_at"]) else YEAR
            total += item.costs.once + item.costs.per_week * float(weeks)
    return total


def left(board: Board, items: Rows) -> float:
    """Budget that is not committed; inf without a limit."""
    return math.inf if board.budget is None else board.budget - committed(board, items)


def started(plans: Plans, plan: Plan, pains: Rows, items: Rows, meeting: int, t: float) -> tuple[Rows, Rows]:
    """(items, decisions) after a meeting on metrics: what fits the worst pain points, as far as it may be started.

    A pain point that something is under way for is left until that is judged.
    """
    board = plans.board
    items = items.copy()
    found = np.zeros(0, dtype=DECISION)
    refused: set[int] = set()
    while (chosen := _next(plans, plan, pains[: board.nominates], items, refused)) is not None:
        i, pain = chosen
        row = _decision(meeting, t, i, pain)
        row["money"] = board.backlog[i].commits
        tried = items.copy()
        tried["decided_at"][i], tried["starts_at"][i] = t, t + board.backlog[i].lead_time
        tried["reason"][i], tried["step"][i] = pain["reason"], pain["step"]
        if under_way(items).sum() >= board.capacity:
            row["what"] = NO_ROOM
        elif row["money"] > left(board, items):
            row["what"] = NO_MONEY
        else:
            row["what"] = STARTS if plans.possible(tried) else IMPOSSIBLE
        found = np.append(found, row)
        if row["what"] == NO_ROOM:
            break
        if row["what"] == STARTS:
            items = tried
        else:
            refused.add(i)
    return items, found


def _next(plans: Plans, plan: Plan, pains: Rows, items: Rows, refused: set[int]) -> tuple[int, Any] | None:
    """The item to start next, and the worst pain point it is meant for; None if there is none."""
    board, busy = plans.board, under_way(items)
    free = [i for i in range(len(board.backlog)) if not np.isfinite(items["decided_at"][i]) and i not in refused]
    best: tuple[float, int, Any] | None = None
    meant: dict[int, list[Any]] = {i: [] for i in free}
    for pain in pains:
        if (busy & (items["reason"] == pain["reason"]) & (items["step"] == pain["step"])).any():
            continue
        place = _place(plans.names, plan, int(pain["reason"]), int(pain["step"]))
        fitting = [i for i in free if fits(board.backlog[i], *place)]
        if fitting and not board.by_effort:
            return fitting[0], pain
        for i in fitting:
            meant[i].append(pain)
    for i, mine in meant.items():
        worth = sum(float(pain["score"]) for pain in mine) / max(board.backlog[i].commits, 1.0)
        if mine and (best is None or worth > best[0]):
            best = (worth, i, mine[0])
    return None if best is None else best[1:]


def _place(names: Names, plan: Plan, reason: int, step: int) -> tuple[str, str, str]:
    team = int(plan.steps["team"][step])
    return names.reasons[reason], names.steps[step][1], names.teams[team] if team >= 0 else ""


def _decision(meeting: int, t: float, item: int, at: Any) -> Any:
    row = np.zeros(1, dtype=DECISION)[0]
    row["meeting"], row["at"], row["item"], row["reason"], row["step"] = meeting, t, item, at["reason"], at["step"]
    for name in (
        "net_before",
        "net_after",
        "net_low",
        "net_high",
        "pain_before",
        "pain_after",
        "pain_low",
        "pain_high",
    ):
        row[name] = np.nan
    return row


class Judged(NamedTuple):
    """A number before and after, and the interval of its change."""

    before: float
    after: float
    low: float
    high: float


NOTHING_KNOWN = Judged(math.nan, math.nan, -math.inf, math.inf)


def reviewed(
    plans: Plans, plan: Plan, memory: Memory, tally: Tally, meeting: int, t: float, week_zero: int
) -> tuple[Rows, Rows]:
    """(items, decisions) after a meeting on projects.

    A project is judged by the change of net benefit per customer first, then by what it is meant for: unhappy
    contacts, and what the log puts down to its steps.  One that is still unclear after `looks_again` more reviews goes
    if it costs something every week, and stays if it does not.
    """
    board = plans.board
    items = memory.items.copy()
    found = np.zeros(0, dtype=DECISION)
    for i in np.flatnonzero(under_way(items)).tolist():
        row = _decision(meeting, t, i, items[i])
        row["weeks"] = weeks = round((t - float(items["starts_at"][i])) / WEEK)
        if weeks * WEEK < (board.backlog[i].judged_after or board.judges_after):
            row["what"] = TOO_EARLY
            found = np.append(found, row)
            continue
        spans = _spans(board, memory, float(items["starts_at"][i]), t)
        net = _net(board, memory, *spans)
        meant = _meant(plans, plan, i)
        pain = _pain(board, plan, memory, tally, sorted({r for r, _ in meant}), week_zero, *spans)
        trouble = _trouble(board, memory, tally, sorted({s for _, s in meant}), week_zero, *spans)
        row["net_before"], row["net_after"], row["net_low"], row["net_high"] = net
        row["pain_before"], row["pain_after"], row["pain_low"], row["pain_high"] = pain
        row["log_before"], row["log_after"], row["log_low"], row["log_high"] = trouble
        row["others"] = _others(items, i, spans[0] * WEEK, t)
        row["what"] = what = verdict(
            net, (pain, trouble), board.backlog[i].costs.per_week, int(items["looks"][i]), board
        )
        if what == STOPS:
            tried = items.copy()
            tried["ends_at"][i] = t
            if plans.possible(tried):
                items = tried
                row["money"] = board.backlog[i].costs.per_week * (YEAR - weeks)
            else:
                row["what"] = what = CANNOT_STOP
        if what in (KEEPS, CANNOT_STOP):
            items["kept_at"][i] = t
        items["looks"][i] += 1
        found = np.append(found, row)
    return items, found


def verdict(net: Judged, meant: Sequence[Judged], per_week: float, looks: int, board: Board) -> int:
    """What is done with a project in force: keep it, stop it, or look again.

    net: net benefit a customer; meant: what it is meant to lower.
    """
    if net.high < 0.0:
        return STOPS
    fewer, more = any(x.high < 0.0 for x in meant), any(x.low > 0.0 for x in meant)
    if net.low > 0.0 or (fewer and not more):
        return KEEPS
    if more and not fewer:
        return STOPS
    if looks < board.looks_again:
        return WATCHES
    return STOPS if per_week > 0.0 else KEEPS


def _spans(board: Board, memory: Memory, starts_at: float, t: float) -> tuple[int, int, int]:
    """Numbers of the first week before, the first week after and the week after the last, of what is compared."""
    start, last = round(starts_at / WEEK), round(t / WEEK)
    back = max(last - start, round(board.looks_back / WEEK))
    return max(int(memory.begun[0]), start - back), start, last


def _net(board: Board, memory: Memory, first: int, start: int, last: int) -> Judged:
    """Net benefit a customer and year."""
    before, after = (WEEKS_PER_YEAR * net_of(memory, *span) for span in ((first, start), (start, last)))
    _, low, high = change_of(before, after, board.sure)
    return Judged(float(before.mean()) if len(before) else math.nan, float(after.mean()), low, high)


def _meant(plans: Plans, plan: Plan, i: int) -> list[tuple[int, int]]:
    """(reason, step) rows that an item is meant for, the baseline's steps and those of the plan in force."""
    names, item = plans.names, plans.board.backlog[i]
    found = []
    for now in (plans.first, plan):
        routes = routes_of(now)
        for r in np.flatnonzero(routes >= 0).tolist():
            steps = np.flatnonzero((now.steps["route"] == routes[r]) & (now.steps["removed"] == 0)).tolist()
            found += [(r, s) for s in steps if fits(item, *_place(names, now, r, s))]
    return found


def _pain(
    board: Board,
    plan: Plan,
    memory: Memory,
    tally: Tally,
    reasons: list[int],
    week_zero: int,
    first: int,
    start: int,
    last: int,
) -> Judged:
    """Unhappy contacts a week with these reasons."""
    if first == start or SURVEYS not in board.reads:
        return NOTHING_KNOWN
    z = z_of(board.sure)
    sides = ((first, start), (start, last))
    both = [_unhappy(plan, lay_out(memory, tally, *span, week_zero), reasons, z) for span in sides]
    (before, one), (after, other) = both
    half = z * math.sqrt(one + other)
    return Judged(before, after, after - before - half, after - before + half)


def _trouble(
    board: Board, memory: Memory, tally: Tally, steps: list[int], week_zero: int, first: int, start: int, last: int
) -> Judged:
    """What the log of contacts puts down to these steps in a week."""
    if first == start or CONTACTS not in board.reads:
        return NOTHING_KNOWN
    weeks = [logged(lay_out(memory, tally, k, k + 1, week_zero))[steps].sum() for k in range(first, last)]
    before, after = np.array(weeks[: start - first]), np.array(weeks[start - first :])
    _, low, high = change_of(before, after, board.sure)
    return Judged(float(before.mean()), float(after.mean()), low, high)


def _unhappy(plan: Plan, table: Table, reasons: list[int], z: float) -> tuple[float, float]:
    """Unhappy contacts a week with these reasons, and the variance of that."""
    known = asked(plan, table.answers)[reasons]
    share, low, high = share_of(known[:, DETRACTORS], known[:, ANSWERS], z)
    contacts = table.contacts[reasons]
    spread = table.by_week[:, reasons].var(axis=0) / max(table.weeks - 1, 1) if table.weeks > 1 else contacts
    variance = (contacts * (high - low) / (2.0 * z)) ** 2 + share**2 * spread
    return float((contacts * share).sum()), float(variance.sum())


def _others(items: Rows, i: int, since: float, t: float) -> int:
    """Other items that came into force or went in these weeks."""
    moved = [((items[when] >= since) & (items[when] < t)) for when in ("starts_at", "ends_at")]
    others = moved[0] | moved[1]
    others[i] = False
    return int(others.sum())
