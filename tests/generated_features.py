"""What a generated organisation really had to do with: features of the model, read off what happened in its run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim.engines import runs
from cxsim.engines.board.memory import IMPOSSIBLE, NO_MONEY, NO_ROOM, STARTS
from cxsim.engines.order import MARGIN
from cxsim.organisation import Organisation
from cxsim.scenario import Scenario
from cxsim.scenario.interventions import KINDS, kind_of
from cxsim.state.customer_sums import LoyaltyColumn
from cxsim.state.origins import Origin, OriginColumn
from cxsim.state.plan import Names, Plan
from cxsim.state.plan.tables import ALWAYS, DELAY, FORK, SELF_SERVICE
from cxsim.state.recovery_sums import RecoveryColumn
from cxsim.state.sales_sums import SaleColumn
from cxsim.state.state import (
    CHASING,
    COMING,
    DELAYED,
    HOLDING,
    JOINING,
    LEAVING,
    OUTCOMES,
    REACHING,
    SCHEDULED,
    SERVED,
    WAITING,
    WRAPPING,
    State,
)
from cxsim.state.tally import CaseColumn, Cause, ContactColumn, Kind, StepColumn, TeamColumn
from generated import TWELVE_YEARS
from generated_scenarios import Generated

ROWS = MARGIN + 6
"""Rows for cases and visits at the start: the tables grow while visits are under way."""
STATUSES = {
    COMING: "coming",
    WAITING: "waiting",
    SERVED: "served",
    DELAYED: "delayed",
    JOINING: "waits for branches",
    WRAPPING: "wrapping up",
    HOLDING: "first agent of a warm transfer stays",
    CHASING: "will ask",
    LEAVING: "will withdraw",
}


@dataclass(frozen=True)
class Lived:
    """A run that was compared, and what it was made of."""

    made: Generated
    before: Organisation
    scenario: Scenario
    timeline: tuple[tuple[float, Organisation], ...]
    names: Names
    plans: tuple[tuple[float, Plan], ...]
    first: State
    """At the beginning."""
    middle: runs.Run
    """Where the engines handed over."""
    doing: frozenset[int]
    """What visits were doing whenever somebody looked."""
    run: runs.Run
    """At the end."""


def exercised(lived: Lived) -> set[str]:
    """Features that had something to do in a run."""
    found = {name for name, happened in FEATURES.items() if happened(lived)}
    found |= {f"trace: {OUTCOMES[k]}" for k in np.unique(lived.run.visits()["outcome"])}
    found |= {f"trace: {Kind(k).name}" for k in np.unique(lived.run.visits()["kind"])}
    found |= {f"ledger: {Cause(k).name}" for k in np.unique(lived.run.entries()["cause"])}
    found |= {f"state: {STATUSES[k]}" for k in lived.doing if k}
    causes = lived.run.tally.cause_sums[..., OriginColumn.CONTACTS].any(axis=(0, 1, 2))
    found |= {f"caused: {Origin(k).name}" for k in np.flatnonzero(causes)}
    for columns, sums in _columns(lived):
        found |= {f"{columns.__name__}: {c.name}" for c in columns if sums[..., c].any()}
    found |= {f"swap: {kind}" for kind in _swaps(lived)}
    return found


def _columns(lived: Lived) -> Iterator[tuple[Any, Any]]:
    tally = lived.run.tally
    yield CaseColumn, tally.case_sums
    yield ContactColumn, tally.contact_sums
    yield StepColumn, tally.step_sums
    yield TeamColumn, tally.team_sums
    yield LoyaltyColumn, tally.loyalty_sums
    yield RecoveryColumn, tally.recovery_sums
    yield SaleColumn, tally.sale_sums
    yield OriginColumn, tally.cause_sums


COLUMNS = (
    CaseColumn,
    ContactColumn,
    StepColumn,
    TeamColumn,
    LoyaltyColumn,
    RecoveryColumn,
    SaleColumn,
    OriginColumn,
)
EXPECTED = {
    *(f"trace: {outcome}" for outcome in OUTCOMES),
    *(f"trace: {kind.name}" for kind in Kind),
    *(f"ledger: {cause.name}" for cause in Cause),
    *(f"caused: {origin.name}" for origin in Origin if origin not in (Origin.VALUE, Origin.FAILURE)),
    *(f"state: {status}" for status in STATUSES.values()),
    *(f"{c.__name__}: {m.name}" for c in COLUMNS for m in c if m is not LoyaltyColumn.WALLET_REFERRED),
    *(f"swap: {kind}" for kind in KINDS),
}
"""Features that are read off the tables; `FEATURES` are those that have to be looked for.

No run sees two closes of a week, and who was referred at one is first counted at the next (`test_loyalty` does that).
"""


def _swaps(lived: Lived) -> Iterator[str]:
    """Kinds of intervention that changed the plan while the run was under way."""
    begins, ends = lived.made.begins, lived.made.ends
    swaps = {at for at, plan in lived.plans[1:] if begins < at < ends}
    swaps &= {b[0] for a, b in zip(lived.plans, lived.plans[1:], strict=False) if a[1] is not b[1]}
    for dated in lived.scenario.interventions:
        if dated.starts in swaps:
            yield dated.kind
    if lived.run.board is not None and lived.scenario.board is not None:
        for item, row in zip(lived.scenario.board.backlog, lived.run.board.memory.items, strict=True):
            if float(row["starts_at"]) in swaps:
                yield from (kind_of(intervention) for intervention in item.interventions)


def _tried_first(lived: Lived) -> bool:
    """Whether the plan changed both when a pilot began and when all of it was made."""
    times = [at for at, _ in lived.plans[1:]]
    return any(
        0.0 < d.share < 1.0 and d.pilot and {d.starts, d.starts + d.pilot} <= set(times)
        for d in lived.scenario.interventions
    )


def _served(lived: Lived) -> Any:
    rows = lived.run.visits()
    return rows[rows["agent"] >= 0]


def _present(lived: Lived) -> Any:
    rows = _served(lived)
    return rows[rows["present"] == 1]


def _early(lived: Lived, rows: Any) -> Any:
    """Visits that ended under the first plan."""
    return rows[rows["ended_at"] < min([at for at, _ in lived.plans[1:]] or [np.inf])]


def _visited(lived: Lived, of: Callable[[Any], Any]) -> bool:
    """Whether cases came to steps of the first plan for which `of` holds."""
    steps = lived.plans[0][1].steps
    visits = lived.run.tally.step_sums[:, :, StepColumn.VISITS].sum(axis=0)
    return bool((visits[np.asarray(of(steps), dtype=bool)] > 0).any())


def _is(kind: int) -> Callable[[Any], Any]:
    return lambda steps: (steps["kind"] == kind) & (steps["removed"] == 0)


def _teams(lived: Lived, of: Callable[[Any], bool], column: TeamColumn = TeamColumn.BUSY) -> bool:
    """Whether a team of which `of` holds had something in that column."""
    sums = lived.run.tally.team_sums.sum(axis=0)[:, column]
    return any(of(team) and sums[lived.names.teams.index(name)] > 0 for name, team in lived.before.teams.items())


def _overtaken(lived: Lived) -> bool:
    """Whether somebody who came to a step's queue later was taken earlier, both having waited."""
    rows = _served(lived)
    rows = rows[rows["began_at"] > rows["queued_at"]]
    for step in np.unique(rows["step"]):
        mine = rows[rows["step"] == step]
        if (np.diff(mine["began_at"][np.argsort(mine["queued_at"], kind="stable")]) < 0.0).any():
            return True
    return False


def _foreign(lived: Lived) -> bool:
    """Whether an agent served another team's queue."""
    rows, plan = _served(lived), lived.plans[0][1]
    rows = _early(lived, rows)
    return bool((plan.roster["team"][rows["agent"]] != plan.steps["team"][rows["step"]]).any())


def _moved_home(lived: Lived) -> bool:
    """Whether an agent worked for a team other than the one of his or her name."""
    plan = lived.plans[-1][1]
    home = np.array([lived.names.teams.index(h) if h in lived.names.teams else -1 for h, _ in lived.names.agents])
    rows = _served(lived)
    rows = rows[rows["ended_at"] > lived.plans[-1][0]]
    return bool(((plan.roster["team"] != home) & (plan.roster["team"] >= 0))[rows["agent"]].any())


def _second_skill(lived: Lived) -> bool:
    """Whether an agent served another queue than the one he or she likes best."""
    rows, plan = _served(lived), lived.plans[0][1]
    rows = _early(lived, rows)
    first = plan.agent_queue["queue"][plan.roster["first_skill"][rows["agent"]]] // 2
    return bool((first != plan.steps["skill"][rows["step"]]).any())


def _at_the_swap(lived: Lived, column: str) -> Any:
    """For each visit that waits at the instant of a change of plan: whether its step's column changes."""
    waiting = lived.middle.state.visits[lived.middle.state.visits["status"] == WAITING]["step"]
    after = [plan for at, plan in lived.plans[1:] if at == lived.middle.at]
    if not after:
        return np.zeros(0, dtype=bool)
    before = [plan for at, plan in lived.plans if at < lived.middle.at or plan is lived.plans[0][1]][-1]
    return before.steps[column][waiting] != after[-1].steps[column][waiting]


def _before_opening(lived: Lived) -> bool:
    state = lived.middle.state
    coming = state.visits["case"][state.visits["status"] == COMING]
    return bool((state.cases["status"][coming] == SCHEDULED).any())


def _branch_of_branch(lived: Lived) -> bool:
    visits = lived.middle.state.visits
    forks = (visits["status"] == JOINING) & (visits["branch"] > 0)
    return bool((lived.plans[0][1].steps["kind"][visits["step"][forks]] == FORK).any())


def _clocks_change(lived: Lived) -> bool:
    days = lived.plans[0][1].days
    here = (days["start_at"] >= lived.made.begins) & (days["start_at"] + 180.0 < lived.made.ends)
    return bool((days["shift"][here] != 0).any())


def _simultaneous(lived: Lived) -> bool:
    """Whether visits of different cases ended at the same instant, with an agent each."""
    rows = _served(lived)
    rows = rows[np.argsort(rows["ended_at"], kind="stable")]
    together = np.diff(rows["ended_at"]) == 0.0
    return bool((together & ((np.diff(rows["number"]) != 0) | (np.diff(rows["name_hash"]) != 0))).any())


def _streams(lived: Lived) -> Any:
    """Rows of the streams that had a candidate, with what the first plan holds of them."""
    return lived.plans[0][1].streams[lived.run.state.stream_state["number"] > 0]


def _reasons(lived: Lived, of: Callable[[Any], Any]) -> bool:
    """Whether cases were opened for a reason of which `of` holds."""
    opened = lived.run.tally.case_sums[:, :, :, CaseColumn.OPENED].sum(axis=(0, 2))
    return any(of(r) and opened[lived.names.reasons.index(name)] > 0 for name, r in lived.before.reasons.items())


def _blocked(lived: Lived, lines: bool) -> bool:
    """Whether contacts were turned away where only the lines, or only the queue, can have been full."""
    plan, rows = lived.plans[0][1], _early(lived, lived.run.visits())
    rows = rows[rows["outcome"] == OUTCOMES.index("blocked")]
    has_lines = plan.channels["lines"][rows["channel"]] >= 0
    has_places = plan.teams["places"][plan.steps["team"][rows["step"]]] >= 0
    return bool((has_lines & ~has_places if lines else has_places & ~has_lines).any())


def _dropped(lived: Lived, prevented: bool) -> bool:
    """Whether candidates came to nothing: prevented, or because the customer had an open case."""
    o = [o for _, o in (*lived.timeline, (0.0, lived.before))]
    has = (
        any(r.prevented for x in o for r in x.reasons.values()),
        any(r.one_open_case for x in o for r in x.reasons.values()),
    )
    back = lived.run.tally.case_sums[..., CaseColumn.CAME_BACK].sum()
    back += lived.run.tally.sale_sums[..., SaleColumn.OVER_PROMISES].sum()
    opened = lived.run.state.cases["serial"].max(initial=0) + 1 - back
    if any(s.churn for x in o for s in x.segments.values()):
        return False  # a slot may have been empty
    return has == (prevented, not prevented) and bool(lived.run.state.stream_state["number"].sum() > opened + 5)


def _switches(lived: Lived, of: bool) -> bool:
    """Whether customers changed channel where only a closed door, or only failed self-service, can be why."""
    o = [o for _, o in (*lived.timeline, (0.0, lived.before))]
    doors = any(c.when_closed != "wait" for x in o for c in x.channels.values())
    helps = any(s.self_service for x in o for r in x.routes.values() for s in r.values())
    return (doors, helps) == (of, not of) and bool((lived.run.entries()["cause"] == Cause.CHANNEL_SWITCH).any())


def _away(lived: Lived, of: Callable[[Any], tuple[bool, bool, bool]], why: tuple[bool, bool, bool]) -> bool:
    """Whether a team was paid for more than it was there, and only this can be why: absence, breaks, training."""
    teams = lived.run.tally.team_sums.sum(axis=0)
    away = teams[:, TeamColumn.PAID] > teams[:, TeamColumn.DUTY] + 1.0
    return len(lived.plans) == 1 and any(of(t) == why and away[i] for i, t in enumerate(lived.before.teams.values()))


def _reasons_to_be_away(team: Any) -> tuple[bool, bool, bool]:
    return team.p_absent > 0, any(s.breaks for s in team.shifts.values()), bool(team.training)


def _learned(lived: Lived) -> bool:
    """Whether somebody who was there from the beginning has become better at something."""
    there = lived.first.agents["hired"] == 1
    return bool((lived.run.state.skill_state["proficiency"] > lived.first.skill_state["proficiency"])[there].any())


def _same_person(lived: Lived) -> Any:
    """[agent] whether the person of the beginning was still in the position at the end."""
    there = lived.first.agents["employed_in"] >= 0, lived.run.state.agents["employed_in"] >= 0
    return there[0] & there[1] & (lived.run.state.agents["generation"] == lived.first.agents["generation"])


def _practice(lived: Lived, gained: bool) -> bool:
    """Whether a person's proficiency, trainings left aside, has risen, or fallen."""
    change = (lived.run.state.skill_state["acquired"] - lived.first.skill_state["acquired"])[_same_person(lived)]
    return bool((change > 0.0 if gained else change < 0.0).any())


def _skill_taken_up(lived: Lived) -> bool:
    """Whether a person has a skill that he or she did not have at first, where people learn."""
    more = (lived.run.state.skill_state["known"] > lived.first.skill_state["known"])[_same_person(lived)]
    return any(plan.people[0]["learns"] for _, plan in lived.plans) and bool(more.any())


def _refreshed(lived: Lived) -> bool:
    """Whether a wave that had had its training was called to a refresher."""
    for _, plan in lived.plans:
        for row in plan.trainings[plan.trainings["waves"] > 0]:
            people = lived.run.tally.team_sums[:, row["team"], TeamColumn.PAID].sum()
            if people and lived.made.begins <= row["starts"] and row["starts"] + row["refresher_every"] < lived.run.at:
                return True
    return False


def _left_at_work(lived: Lived) -> bool:
    """Whether an agent who was no longer employed finished a contact."""
    rows = _served(lived)
    for at, plan in lived.plans[1:]:
        mine = rows[(rows["began_at"] < at) & (rows["ended_at"] > at)]
        if (plan.roster["team"][mine["agent"]] < 0).any():
            return True
    return False


def _warm(lived: Lived) -> bool:
    """Whether a customer was handed over in a warm transfer."""
    entries, weights = lived.run.entries(), lived.plans[0][1].experience[0]
    mine = entries[entries["cause"] == Cause.TRANSFER]["effort"]
    return bool((mine == weights["warm_transfer"]).any())


def _outcome(lived: Lived, outcome: str, present: int) -> bool:
    rows = lived.run.visits()
    return bool(((rows["outcome"] == OUTCOMES.index(outcome)) & (rows["present"] == present)).any())


def _paused(lived: Lived) -> bool:
    return bool((lived.middle.state.cases["paused"] > 0).any())


def _by_board(lived: Lived, what: int) -> bool:
    """Whether the board decided so."""
    board = lived.run.board
    return board is not None and bool((board.memory.decisions["what"] == what).any())


FEATURES: dict[str, Callable[[Lived], bool]] = {
    "tried in part, then made whole": _tried_first,
    "some segments go first": lambda x: x.plans[0][1].segments["priority"].any() and _overtaken(x),
    "twelve years on": lambda x: x.made.begins > 0.9 * TWELVE_YEARS and len(x.run.visits()) > 20,
    "end of the warm-up": lambda x: x.made.begins < 0.0 < x.made.stop and len(x.run.visits()) > 20,
    "close of a week twelve years on": lambda x: x.made.begins < TWELVE_YEARS < x.run.at,
    "tables grew": lambda x: len(x.run.state.visits) > ROWS,
    "trace was handed over": lambda x: len(x.run.trace) > 3,
    "different cases at the same instant": _simultaneous,
    "ties twelve years on": lambda x: x.made.begins > 0.9 * TWELVE_YEARS and _simultaneous(x),
    "work of no length": lambda x: bool((_served(x)["began_at"] == _served(x)["ended_at"]).any()),
    "overtaken in the queue": _overtaken,
    "earliest promise first": lambda x: _teams(x, lambda t: t.order == "due", TeamColumn.QUEUE),
    "earliest own target first": lambda x: _teams(x, lambda t: t.order == "target", TeamColumn.QUEUE),
    "work in batches": lambda x: _visited(x, lambda s: (s["batch"] > 0.0) & (s["team"] >= 0)),
    "another team's queue": _foreign,
    "agents of a joined team": _moved_home,
    "second-best skill": _second_skill,
    "several contacts at once": lambda x: bool(
        (
            x.run.tally.team_sums[..., TeamColumn.CONTACTS_HELD] > x.run.tally.team_sums[..., TeamColumn.BUSY] + 1e-6
        ).any()
    ),
    "warm transfer": _warm,
    "lines full": lambda x: _blocked(x, True),
    "places full": lambda x: _blocked(x, False),
    "break": lambda x: _away(x, _reasons_to_be_away, (False, True, False)),
    "training": lambda x: bool((x.run.state.agents["training_date"] > 0).any()),
    "learned in a training": _learned,
    "got better by practice": lambda x: _practice(x, True),
    "got worse without practice": lambda x: _practice(x, False),
    "took up a skill": _skill_taken_up,
    "refresher": _refreshed,
    "somebody new in a position": lambda x: bool((x.run.state.agents["generation"] > 0).any()),
    "load and mood move absence": lambda x: any(
        state["absence_factor"] not in (0.0, 1.0) and x.run.tally.team_sums[:, k, TeamColumn.SHIFTS].any()
        for k, state in enumerate(x.run.state.team_state)
    ),
    "absent": lambda x: _away(x, _reasons_to_be_away, (True, False, False)),
    "headcount instead of shifts": lambda x: _teams(x, lambda t: t.headcount is not None),
    "answering takes a moment": lambda x: bool((x.plans[0][1].channels["pick_up"][_present(x)["channel"]] >= 0).any()),
    "waits for the opening": _before_opening,
    "closed: another channel": lambda x: _switches(x, True),
    "self-service failed": lambda x: _switches(x, False),
    "self-service tried": lambda x: _visited(x, _is(SELF_SERVICE)),
    "delay": lambda x: _visited(x, lambda s: (s["kind"] == DELAY) & (s["delay_clock"] == ALWAYS) & (s["removed"] == 0)),
    "delay in working time": lambda x: _visited(x, lambda s: (s["kind"] == DELAY) & (s["delay_clock"] != ALWAYS)),
    "the customer's own delay": lambda x: _visited(x, lambda s: (s["kind"] == DELAY) & (s["customers_own"] == 1)),
    "promise paused": _paused,
    "branches": lambda x: _visited(x, _is(FORK)),
    "branches of branches": _branch_of_branch,
    "we call: missed": lambda x: _outcome(x, "missed", 0),
    "call back: missed": lambda x: _outcome(x, "missed", 1),
    "a third attempt": lambda x: bool((x.run.visits()["attempt"] >= 2).any()),
    "one open case at a time": lambda x: _dropped(x, False),
    "prevented": lambda x: _dropped(x, True),
    "demand added": lambda x: bool((x.run.state.stream_state["number"][1::2] > 0).any()),
    "demand by customers": lambda x: _reasons(x, lambda r: bool(r.cases)),
    "demand at a rate": lambda x: _reasons(x, lambda r: any(a.rate for a in r.arrivals.values())),
    "demand by interarrival distribution": lambda x: bool((_streams(x)["gap_distribution"] >= 0).any()),
    "profile of demand": lambda x: bool((_streams(x)["profile"] >= 0).any()),
    "shock": lambda x: bool(x.before.demand.shocks) and len(x.run.visits()) > 20,
    "no promise made": lambda x: bool(
        (x.run.state.cases["promise_told"][x.run.state.cases["promise_at"] < np.inf] == 0).any()
    ),
    "updates keep from asking": lambda x: bool((x.run.state.cases["heeds_updates"] == 1).any()),
    "enters elsewhere": lambda x: _reasons(x, lambda r: bool(r.enters)),
    "repeats enter elsewhere": lambda x: _reasons(x, lambda r: r.repeats_at is not None),
    "clocks change": _clocks_change,
    "a customer left with an open case": lambda x: bool((x.run.state.customers["cases_pending"] == 1).any()),
    "a customer was referred": lambda x: bool((x.run.state.customers["referred"] == 1).any()),
    "a call of ours under way": lambda x: bool((x.middle.state.cases["status"] == REACHING).any()),
    "a case comes of a sale": lambda x: bool((x.run.state.cases["sold_step"] >= 0).any()),
    "a supplier errs": lambda x: any(
        x.plans[0][1].steps["kind"][s] == DELAY and sums[SaleColumn.ERRORS] > 0
        for s, sums in enumerate(x.run.tally.sale_sums.sum(axis=0))
    ),
    "knows a skill without serving it": lambda x: bool((x.plans[0][1].roster["known_skills"] > 0).any()),
    "nobody is hired": lambda x: bool(
        any(plan.teams["frozen"].any() for _, plan in x.plans) and (x.run.state.agents["hire_at"] <= x.run.at).any()
    ),
    "a slot was taken anew": lambda x: bool((x.run.state.customers["generation"] > 0).any()),
    "swap: somebody waits at a step that goes": lambda x: bool(_at_the_swap(x, "removed").any()),
    "swap: somebody waits for a team that changes": lambda x: bool(_at_the_swap(x, "team").any()),
    "swap: an agent at work leaves": _left_at_work,
    "a board meets": lambda x: x.run.board is not None and len(x.run.board.memory.pains) > 0,
    "a board changes the plan": lambda x: _by_board(x, STARTS) and len(x.plans) > 1,
    "a board has no room or no money": lambda x: _by_board(x, NO_ROOM) or _by_board(x, NO_MONEY),
    "a board's items do not go together": lambda x: _by_board(x, IMPOSSIBLE),
    "a board hears of ideas": lambda x: x.run.board is not None and len(x.run.board.memory.ideas) > 0,
    "a shopper meets trouble": lambda x: (
        x.run.board is not None and bool((x.run.board.memory.journeys["worst"] >= 0).any())
    ),
    "swap undone": lambda x: any(d.ends is not None and d.ends < x.made.ends for d in x.scenario.interventions),
}
"""What else has to come up, and how it shows."""
