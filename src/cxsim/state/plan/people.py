"""Teams as tables: agents with shifts, breaks and skills, dealt so that one more agent changes nobody else's."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cxsim.calendars.constants import WEEK, YEAR
from cxsim.native.layout import aligned
from cxsim.organisation import Organisation
from cxsim.organisation.checks import skills_of
from cxsim.organisation.work import Shift, Team
from cxsim.probability.random_numbers import name_word
from cxsim.state.plan.engagement import first_known, learning_and_engagement, mood_factors, range_of
from cxsim.state.plan.lists import Timetables
from cxsim.state.plan.names import Names, heads
from cxsim.state.plan.tables import BY_AGE, BY_DUE, BY_TARGET, COUNTED, LEFT_OUT, MET
from cxsim.state.plan.work_rows import AGENT, BREAK, POOL, QUEUE, SKILL_QUEUE, TEAM, TRAINING

ORDER = {"age": BY_AGE, "due": BY_DUE, "target": BY_TARGET}
SHORT_ABANDONS = {"counted": COUNTED, "left_out": LEFT_OUT, "met": MET}


def deal(weights: Mapping[str, float], n: int) -> list[str]:
    """The first n of an endless sequence in which each name keeps its share (largest deficit next)."""
    total = sum(weights.values())
    dealt = dict.fromkeys(weights, 0)
    sequence = []
    for k in range(1, n + 1):
        name = max(weights, key=lambda w: weights[w] * k / total - dealt[w])
        dealt[name] += 1
        sequence.append(name)
    return sequence


def people_tables(o: Organisation, names: Names, times: Timetables, earlier: Sequence[Organisation]) -> dict[str, Any]:
    """Tables `teams`, `queues`, `queue_pools`, `pools`, `pool_agents`, `roster`, `agent_queue`, `breaks`, `trainings`,
    `uplift` and `people`.

    Agents who serve the same queues form a pool.
    """
    roster = aligned(len(names.agents), AGENT)
    roster["duty"] = -1
    roster["team"] = -1
    roster["pool"] = -1
    pools: dict[tuple[int, ...], list[int]] = {}
    breaks: list[tuple[float, float, float]] = []
    agent_queue: list[tuple[int, int]] = []
    rows = {agent: i for i, agent in enumerate(names.agents)}
    for i, (home, number) in enumerate(names.agents):
        roster[i]["name_hash"] = name_word(f"{home}/{number}")
    known = first_known(o, earlier)
    for name, team in o.teams.items():
        shifts = _shift_rows(team, times, breaks)
        for home, n in heads(name, team).items():
            for k, (shift, skills, knows) in enumerate(_dealt(name, team, n)):
                i = rows[(home, k)]
                row = roster[i]
                row["team"] = names.teams.index(name)
                duty, first, count = shifts[shift]
                row["duty"] = times.row(_headcount_hours(team, k)) if team.headcount is not None else duty
                row["first_break"], row["breaks"] = first, count
                row["p_absent"] = team.p_absent
                row["start_proficiency"], row["sd"] = team.proficiency.mean, team.proficiency.sd
                row["newcomer"], row["ceiling"], row["new_skill"] = range_of(
                    o, team.hiring, *known.get(home, (o, team))
                )
                row["first_skill"], row["skills"], row["known_skills"] = len(agent_queue), len(skills), len(knows)
                served = tuple(sorted(names.skills.index(skill) for skill in skills))
                pools.setdefault(served, []).append(i)
                for skill in (*skills, *knows):
                    q = names.skills.index(skill)
                    agent_queue.append((2 * q, 2 * q + 1))
    for pool, agents in enumerate(pools.values()):
        roster["pool"][agents] = pool
    crowds = [len(agents) for agents in pools.values()]
    queues = np.zeros(2 * len(names.skills), dtype=QUEUE)
    queue_pools: list[int] = []
    for q in range(len(queues)):
        own = [pool for pool, served in enumerate(pools) if q // 2 in served]
        team_name, skill_name = names.skills[q // 2]
        word = name_word(f"{team_name}.{skill_name}")
        span = (len(queue_pools), len(own))
        queues[q] = (names.teams.index(team_name), *span, q % 2, word, name_word(skill_name))
        queue_pools += own
    trainings, uplift = _trainings(o, names, earlier)
    return {
        "teams": _teams(o, names),
        "queues": queues,
        "queue_pools": np.array(queue_pools or [-1], dtype=np.int64),
        "pools": np.array([(sum(crowds[:pool]), n) for pool, n in enumerate(crowds)] or [(0, 0)], dtype=POOL),
        "pool_agents": np.array([a for agents in pools.values() for a in agents] or [-1], dtype=np.int64),
        "roster": roster,
        "agent_queue": np.array(agent_queue or [(-1, -1)], dtype=SKILL_QUEUE),
        "breaks": np.array(breaks or [(0.0, 0.0, 0.0)], dtype=BREAK),
        "trainings": trainings,
        "uplift": uplift,
        "people": learning_and_engagement(o),
    }


Pairs = list[tuple[str, str]]


def _dealt(name: str, team: Team, n: int) -> list[tuple[str, Pairs, Pairs]]:
    """Shift, skills served and skills only known of each of n agents; skill sets are dealt inside each shift."""
    shifts = deal({s: spec.weight for s, spec in team.shifts.items()}, n) if team.shifts else [""] * n
    if not team.skill_sets:
        own = [(name, s) for s in skills_of(name, team)]
        return [(shift, own, []) for shift in shifts]
    sequence = deal({g: spec.weight for g, spec in team.skill_sets.items()}, n)
    seen: dict[str, int] = {}
    dealt = []
    for shift in shifts:
        place = seen.get(shift, 0)
        seen[shift] = place + 1
        group = team.skill_sets[sequence[place]]
        has, knows = _pairs(name, group.has), _pairs(name, group.knows)
        dealt.append((shift, has, [skill for skill in knows if skill not in has]))
    return dealt


def _pairs(team: str, skills: Sequence[str]) -> Pairs:
    """Team and skill of each name, which stands alone for the team's own."""
    return [(s.partition(".")[0], s.partition(".")[2]) if "." in s else (team, s) for s in skills]


def _shift_rows(
    team: Team, times: Timetables, breaks: list[tuple[float, float, float]]
) -> dict[str, tuple[int, int, int]]:
    """By shift: its timetable, and first row and number of its breaks."""
    rows = {}
    for name, shift in (team.shifts or {"": Shift(hours="always")}).items():
        rows[name] = (times.row(shift.hours), len(breaks), len(shift.breaks))
        breaks += sorted((b.after, b.lasts, b.spread) for b in shift.breaks)
    return rows


def _headcount_hours(team: Team, k: int) -> Any:
    """Hours in which more than k agents are wanted."""
    assert team.headcount is not None
    hours = {day: [span for span, n in spans.items() if n > k] for day, spans in team.headcount.items()}
    return {day: spans for day, spans in hours.items() if spans} or {"mon": "closed"}


def _teams(o: Organisation, names: Names) -> Any:
    table = np.zeros(len(names.teams), dtype=TEAM)
    for i, name in enumerate(names.teams):
        row = table[i]
        row["standard"], row["places"] = math.inf, -1
        row["attrition_factor"] = row["absence_factor"] = 1.0
        team = o.teams.get(name)
        if team is None:
            continue
        row["department"] = names.departments.index(team.department)
        row["order"] = ORDER[team.order]
        row["places"] = -1 if team.places is None else team.places
        row["standard"] = math.inf if team.standard is None else team.standard.within
        if team.standard is not None:
            row["target"], row["counts_blocked"] = team.standard.share, team.standard.blocked
            row["short_abandons"] = SHORT_ABANDONS[team.standard.short_abandons]
        row["warm_limit"], row["cost"] = team.warm_limit, team.cost_per_hour / 60.0
        row["attrition"] = team.attrition * WEEK / YEAR
        row["empty_for"] = math.ceil(team.hiring.takes / WEEK)
        row["hiring_cost"] = team.hiring.cost + team.hiring.training
        row["frozen"] = team.hiring.frozen
        row["attrition_factor"], row["absence_factor"] = mood_factors(o, team)
    return table


def _trainings(o: Organisation, names: Names, earlier: Sequence[Organisation]) -> tuple[Any, Any]:
    """Trainings in force; of those that were, what they gave and how it fades."""
    table = np.zeros(len(names.trainings), dtype=TRAINING)
    uplift = np.zeros((len(names.trainings), len(names.skills)))
    for i, (name, training) in enumerate(names.trainings):
        known = [x for x in (*earlier, o) if name in x.teams and training in x.teams[name].training]
        if not known:
            continue
        c = known[-1].teams[name].training[training]
        waves = c.waves if known[-1] is o else 0
        kept = 1.0 if c.half_life is None else 2.0 ** (-WEEK / c.half_life)
        again, hours = (math.inf, 0.0) if c.refresh is None else (c.refresh.every, c.refresh.hours)
        table[i] = (names.teams.index(name), c.starts, c.every, waves, c.hours, c.session, kept, again, hours)
        for skill, gain in c.uplift.items():
            uplift[i, names.skills.index((name, skill))] = gain
    return table, uplift
