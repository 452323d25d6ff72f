"""Routes as tables: steps, what may follow them, who may decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cxsim.native.layout import aligned
from cxsim.organisation import Organisation
from cxsim.organisation.checks import skills_of
from cxsim.organisation.visits import edge_p
from cxsim.organisation.work import Step
from cxsim.probability.moments import mean_of
from cxsim.probability.random_numbers import name_word
from cxsim.state.plan.lists import Distributions, Timetables
from cxsim.state.plan.names import Names
from cxsim.state.plan.pressure import no_offers, offer_row, onward_p, press, wrong
from cxsim.state.plan.tables import (
    ALWAYS,
    COLD,
    DELAY,
    ESCALATION,
    FORK,
    MISROUTE,
    NO_TRANSFER,
    NORMAL,
    REWORK,
    SELF_SERVICE,
    WARM,
    WORK,
    WORKING_TIME,
)
from cxsim.state.plan.work_rows import EDGE, RIGHT, STEP

EDGE_KIND = {"normal": NORMAL, "rework": REWORK, "misroute": MISROUTE, "escalation": ESCALATION}
TRANSFER = {"none": NO_TRANSFER, "cold": COLD, "warm": WARM}


def work_tables(
    o: Organisation, names: Names, distributions: Distributions, times: Timetables, earlier: Sequence[Organisation]
) -> dict[str, Any]:
    """Tables `steps`, `edges`, `edge_p`, `branches`, `rights`, `offers` of a plan."""
    steps = aligned(len(names.steps), STEP)
    offers = no_offers(names)
    edges: list[tuple[int, int, int]] = []
    shares: list[Any] = []
    branches: list[int] = []
    for i, (route, name) in enumerate(names.steps):
        step, gone = _definition(o, route, name, earlier)
        row = steps[i]
        row["name_hash"] = name_word(f"{route}.{name}")
        row["successor"] = row["onward"] = -1
        row["removed"] = gone
        if step is None:
            row["kind"], row["team"] = DELAY, -1
            continue
        _fill(row, step, o, names, distributions, times, route)
        press(row, step, o, distributions)
        offer_row(offers[i], step, int(row["skill"]), o, names)
        row["first_edge"], row["edges"] = len(edges), len(step.next)
        for target, edge in step.next.items():
            edges.append((names.steps.index((route, target)), EDGE_KIND[edge.kind], TRANSFER[edge.transfer]))
        shares += _shares(step, names, wrong(o, step))
        if len(step.next) == 1 and row["decision_right"] < 0 and np.min(shares[-1]) >= 1.0:
            row["onward"] = row["first_edge"]
        row["first_branch"], row["branches"] = len(branches), len(step.parallel)
        branches += [names.steps.index((route, b)) for b in step.parallel]
        moved = o.moved.get(route, {}).get(name)
        if gone and moved is not None:
            row["successor"] = names.steps.index((route, moved))
    shape = (max(len(edges), 1), len(names.segments), len(names.channels))
    rights = np.zeros((len(names.teams), max(len(names.rights), 1)), dtype=RIGHT)
    for team, spec in o.teams.items():
        for right, value in spec.rights.items():
            place = rights[names.teams.index(team)]
            limit = -1.0 if value.limit is None else value.limit
            place[names.rights.index(right)] = (value.share, value.p_error, value.cost_per_error, limit)
    return {
        "steps": steps,
        "edges": np.array(edges or [(-1, 0, 0)], dtype=EDGE),
        "edge_p": np.array(shares, dtype=np.float64) if shares else np.zeros(shape),
        "branches": np.array(branches or [-1], dtype=np.int64),
        "rights": rights,
        "offers": offers,
    }


def _shares(step: Step, names: Names, by: float) -> list[Any]:
    """[edge, segment, channel] chance of each way onward; by: on the log-odds of those that go wrong."""
    table = np.zeros((len(step.next), len(names.segments), len(names.channels)))
    for i, segment in enumerate(names.segments):
        for j, channel in enumerate(names.channels):
            ways = {to: edge_p(edge, segment, channel) for to, edge in step.next.items()}
            table[:, i, j] = onward_p(step, ways, by)
    return list(table)


def _definition(o: Organisation, route: str, name: str, earlier: Sequence[Organisation]) -> tuple[Step | None, bool]:
    """A step's definition, or the last one it had, and whether it is gone."""
    step = o.routes.get(route, {}).get(name)
    if step is not None:
        return step, False
    for before in reversed(earlier):
        step = before.routes.get(route, {}).get(name)
        if step is not None:
            return step, True
    return None, True


def _fill(
    row: Any, step: Step, o: Organisation, names: Names, distributions: Distributions, times: Timetables, route: str
) -> None:
    row["kind"] = WORK if step.team else FORK if step.parallel else SELF_SERVICE if step.self_service else DELAY
    row["route"] = names.routes.index(route)
    row["team"] = row["queue"] = row["concurrent_queue"] = row["skill"] = -1
    row["work"], row["wrap"], row["delay"] = (
        distributions.row(step.work),
        distributions.row(step.wrap_up),
        distributions.row(step.delay),
    )
    row["delay_clock"] = WORKING_TIME if step.clock == "working" else ALWAYS
    row["customers_own"] = step.customer
    row["p_resolves"], row["p_generic"], row["asks_again"] = step.resolves, step.generic, step.asks_again
    row["news"], row["sells"] = step.news, step.sells
    row["decision_right"] = -1 if step.needs is None else names.rights.index(step.needs)
    row["escalates_to"] = -1 if step.escalates_to is None else names.steps.index((route, step.escalates_to))
    row["attempt"] = row["retry_after"] = row["takes"] = row["falls_back_to"] = row["fallback_channel"] = -1
    row["join"] = -1 if step.join is None else names.steps.index((route, step.join))
    row["sla"], row["sla_clock"] = times.target(step.internal_sla)
    row["batch"], row["batch_clock"] = times.target(step.batch) if step.batch is not None else (0.0, ALWAYS)
    row["own_priority"] = step.priority is not None
    row["priority"] = step.priority or 0
    department = "customer" if step.customer else step.supplier
    if step.team is not None:
        department = o.teams[step.team].department if step.team in o.teams else None
        team = names.teams.index(step.team)
        known = [skill for team, skill in names.skills if team == step.team]  # of a team that is gone, too
        skills = skills_of(step.team, o.teams[step.team]) if step.team in o.teams else known
        skill = names.skills.index((step.team, step.skill or skills[0]))
        row["team"], row["skill"] = team, skill
        row["queue"], row["concurrent_queue"] = 2 * skill, 2 * skill + 1
        row["mean_work"] = 0.0 if step.work is None else mean_of(step.work)
    row["department"] = -1 if department is None else names.departments.index(department)
    if step.outbound is not None:
        row["outbound"], row["p_reached"] = 1, step.outbound.p_reached
        row["attempt"], row["tries"] = distributions.row(step.outbound.attempt), step.outbound.tries
        row["retry_after"] = distributions.row(step.outbound.retry_after)
    if step.self_service is not None:
        s = step.self_service
        row["p_self_service"], row["takes"] = s.p_done, distributions.row(s.takes)
        row["falls_back_to"] = names.steps.index((route, s.falls_back_to))
        row["fallback_channel"] = names.channels.index(s.channel)
