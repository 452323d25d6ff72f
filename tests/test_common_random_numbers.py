"""Same customers, same random numbers: one more reason, agent, step or replication, and all else is identical, row by
row.

Rows of two traces are compared by names (case address, step, agent), never by position.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest

from cxsim.calendars.constants import WEEK
from cxsim.engines import runs
from cxsim.organisation import read_organisation
from cxsim.probability.random_numbers import name_word
from cxsim.state.plan import names_of, plans_of
from cxsim.state.plan.people import deal
from organisations import small_bank
from worlds import Observed, Tree, both_engines, crew, merged

ENGINE = sorted(runs.ENGINES)[0]
Rows = dict[tuple[str, int], list[tuple[Any, ...]]]


def busy_bank() -> Tree:
    """The small bank with uneven days, impatience, chats, absence, different agents, and demand enough to wait."""
    tree = merged(
        small_bank(),
        {
            "demand": {"busyness_sd": 0.3},
            "behaviour": {"p_complain": 0.2, "complaint": "complaint", "missed_call": "missed"},
            "channels": {
                "phone": {
                    "patience": {"exponential": {"mean": "15 min"}},
                    "p_balk": 0.05,
                    "after_opening": {"exponential": {"mean": "3 h"}},
                },
                "chat": {"presence": "present", "at_once": 2, "load_slowdown": 0.2},
            },
            "reasons": {
                "limit": {
                    "cases": {"everyday": 70, "affluent": 140},
                    "channels": {"phone": 0.5, "email": 0.1, "web": 0.1, "chat": 0.3},
                },
                "loan": {"cases": {"everyday": 6, "affluent": 12}, "promise": {"within": "2 working days"}},
                "complaint": {"kind": "failure", "channels": {"phone": 0.5, "email": 0.5}, "route": "complaint"},
                "missed": {"kind": "failure", "channels": {"phone": 1}, "route": "status"},
            },
            "routes": {
                "complaint": {"listen": {"team": "lending", "work": {"exponential": {"mean": "20 min"}}}},
                "loan": {"tell": {"outbound": {"p_reached": 0.6}}},
            },
            "teams": {
                "front_line": {"agents": 4, "p_absent": 0.1, "proficiency": {"sd": 0.5}},
                "lending": {"agents": 1, "p_absent": 0.1, "proficiency": {"sd": 0.5}},
            },
        },
    )
    tree["routes"]["limit"]["serve"] |= {"work": {"lognormal": {"mean": "6 min", "cv": 1.1}}, "wrap_up": "2 min"}
    return tree


def run(tree: Tree, engine: str = ENGINE, replication: int = 0, weeks: int = 2) -> Observed:
    """Two weeks after one of warm-up."""
    o = read_organisation(tree)
    names = names_of([o])
    timeline = plans_of(((0.0, o),), names, weeks, 1)
    started = runs.start(timeline[0][1], names, 7, replication, weeks, 1, trace=True)
    return Observed(names, runs.advance(started, timeline, weeks * WEEK, engine), timeline)


def rows_of(seen: Observed) -> Rows:
    """Visits by case (word, number), with names for steps, agents and the rest."""
    names = seen.names
    agents = names.agent_names()
    out: Rows = defaultdict(list)
    for r in seen.run.visits():
        out[f"{r['name_hash']}", int(r["number"])].append(
            (
                names.reasons[r["contact_reason"]],
                int(r["kind"]),
                int(r["ordinal"]),
                int(r["attempt"]),
                names.channels[r["channel"]],
                names.steps[r["step"]],
                int(r["branch"]),
                int(r["pass_number"]),
                agents[r["agent"]] if r["agent"] >= 0 else None,
                float(r["queued_at"]),
                float(r["began_at"]),
                float(r["ended_at"]),
                int(r["outcome"]),
            )
        )
    return out


def of_streams(rows: Rows, *names: str) -> Rows:
    """The cases of these streams (segment/reason/stream)."""
    words = {f"{name_word(n)}" for n in names}
    return {case: visits for case, visits in rows.items() if case[0] in words}


def without(rows: Rows, *names: str) -> Rows:
    """All cases but those of these streams."""
    words = {f"{name_word(n)}" for n in names}
    return {case: visits for case, visits in rows.items() if case[0] not in words}


@pytest.fixture(scope="module")
def before() -> Observed:
    return run(busy_bank())


def test_the_bank_is_busy_enough_to_tell(before: Observed) -> None:
    rows = [visit for visits in rows_of(before).values() for visit in visits]
    assert len(rows) > 3000
    assert {visit[-1] for visit in rows} >= {0, 1, 3, 4}  # done, abandoned, balked, missed
    assert {visit[1] for visit in rows} >= {0, 1, 2, 3}  # first, repeat, chaser, complaint


@both_engines
def test_an_unrelated_reason_changes_no_other_row(engine: str) -> None:
    tree = busy_bank()
    more = {
        "insurance": {"cases": {"everyday": 20, "affluent": 5}, "channels": {"letter": 1}, "route": "insurance"},
    }
    bigger = merged(tree, {"channels": {"letter": {"presence": "absent"}}})
    # first in every list, so that each row of the old bank moves
    bigger["reasons"] = {**more, **bigger["reasons"]}
    bigger["routes"] = {"insurance": {"quote": {"team": "insurers", "work": "9 min"}}, **bigger["routes"]}
    bigger["teams"] = {"insurers": crew(2, skills=["quotes", "claims"], proficiency={"sd": 1}), **bigger["teams"]}
    old, new = rows_of(run(tree, engine)), rows_of(run(bigger, engine))
    added = ("everyday/insurance/0", "affluent/insurance/0")
    assert len(of_streams(new, *added)) > 100
    assert without(new, *added) == old


def test_an_agent_elsewhere_moves_only_those_who_meet_the_team(before: Observed) -> None:
    # auditors with a reason of their own: one more of them moves audits only
    tree = merged(
        busy_bank(),
        {
            "reasons": {"audit": {"cases": {"everyday": 30}, "channels": {"email": 1}, "route": "audit"}},
            "routes": {"audit": {"look": {"team": "auditors", "work": {"exponential": {"mean": "30 min"}}}}},
            "teams": {"auditors": crew(1)},
        },
    )
    two = merged(tree, {"teams": {"auditors": {"agents": 2}}})
    one_rows, two_rows = rows_of(run(tree)), rows_of(run(two))
    audit = "everyday/audit/0"
    assert of_streams(one_rows, audit) != of_streams(two_rows, audit)
    assert without(one_rows, audit) == without(two_rows, audit) == rows_of(before)


def test_one_more_agent_in_the_team_re_deals_nobody() -> None:
    tree = busy_bank()
    tree["teams"]["front_line"] = {
        **tree["teams"]["front_line"],
        "skills": [],
        "skill_sets": {"all": {"has": ["service", "loans"], "weight": 2}, "one": {"has": ["service"], "weight": 1}},
    }
    plans, proficiency, names = [], [], []
    for n in (4, 5, 6):
        seen = run(merged(tree, {"teams": {"front_line": {"agents": n}}}), weeks=1)
        names.append(seen.names)
        plans.append(seen.timeline[0][1])
        proficiency.append(seen.proficiency)
    for later in (1, 2):
        for i, agent in enumerate(names[0].agents):
            j = names[later].agents.index(agent)
            for column in ("name_hash", "skills", "p_absent", "start_proficiency", "sd"):
                assert plans[0].roster[column][i] == plans[later].roster[column][j]
            assert shift_of(plans[0], i) == shift_of(plans[later], j)
            assert skills_of(plans[0], i) == skills_of(plans[later], j)
            assert np.array_equal(proficiency[0][i], proficiency[later][j])


def shift_of(plan: Any, agent: int) -> list[tuple[float, float]]:
    """An agent's shifts."""
    table = plan.timetables[plan.roster["duty"][agent]]
    spans = plan.spans[table["offset"] : table["offset"] + table["count"]]
    return [(float(s["starts_at"]), float(s["ends_at"])) for s in spans]


def skills_of(plan: Any, agent: int) -> list[int]:
    """An agent's queues in order of preference."""
    row = plan.roster[agent]
    return [int(q) for q in plan.agent_queue["queue"][row["first_skill"] : row["first_skill"] + row["skills"]]]


def test_who_is_absent_does_not_depend_on_the_others() -> None:
    # with all else equal, agents take their first contact of each day on the same days, whoever else is hired
    tree = merged(busy_bank(), {"teams": {"front_line": {"p_absent": 0.4}}})
    days = []
    for n in (4, 6):
        seen = run(merged(tree, {"teams": {"front_line": {"agents": n}}}))
        days_of: dict[str, set[int]] = defaultdict(set)
        for visits in rows_of(seen).values():
            for visit in visits:
                if visit[8] is not None and visit[8].startswith("front_line"):
                    days_of[visit[8]].add(int(visit[10] // 1440))
        days.append(days_of)
    for agent in days[0]:
        assert days[0][agent] == days[1][agent]


@pytest.mark.parametrize("weights", [{"a": 1.0}, {"a": 2.0, "b": 1.0}, {"a": 0.35, "b": 0.25, "c": 0.4}])
def test_deals_are_stable_and_keep_their_shares(weights: dict[str, float]) -> None:
    longest = deal(weights, 60)
    for n in range(61):
        assert deal(weights, n) == longest[:n]
        for name, weight in weights.items():
            assert abs(longest[:n].count(name) - n * weight / sum(weights.values())) < 1.0 + 1e-9


def test_more_demand_is_a_stream_of_its_own(before: Observed) -> None:
    # the cases of the baseline keep number, time, channel and content; only how long they wait may change
    tree = merged(busy_bank(), {"reasons": {"limit": {"added": 0.3}}})
    more = rows_of(run(tree))
    old = of_streams(rows_of(before), "everyday/limit/0")
    now = of_streams(more, "everyday/limit/0")
    assert of_streams(more, "everyday/limit/1")
    assert of_streams(rows_of(before), "everyday/limit/1") == {}
    both = set(old) & set(now)
    assert len(both) > 0.98 * len(old)  # those at the very end may not have been served in one of the two
    for case in both:
        assert old[case][0][4:6] == now[case][0][4:6]  # channel, step
        assert old[case][0][9] == now[case][0][9]  # first contact


def test_prevented_demand_leaves_the_others_their_numbers(before: Observed) -> None:
    tree = merged(busy_bank(), {"reasons": {"limit": {"prevented": 0.4}}})
    old = of_streams(rows_of(before), "everyday/limit/0")
    now = of_streams(rows_of(run(tree)), "everyday/limit/0")
    assert 0.5 < len(now) / len(old) < 0.7
    assert set(now) <= set(old) or len(set(now) - set(old)) < 0.02 * len(old)  # a case may be served now that was not
    assert all(now[case][0][9] == old[case][0][9] for case in set(now) & set(old))


def test_what_is_added_is_not_prevented(before: Observed) -> None:
    """Three tenths more of the baseline's cases, whatever share of these is prevented."""
    added = {"reasons": {"limit": {"added": 0.3}}}
    alone = of_streams(rows_of(run(merged(busy_bank(), added))), "everyday/limit/1")
    both = merged(busy_bank(), {"reasons": {"limit": {"added": 0.3, "prevented": 0.9}}})
    beside = of_streams(rows_of(run(both)), "everyday/limit/1")
    assert len(alone) > 50
    assert 0.9 < len(beside) / len(alone) < 1.2  # fewer callers before them: some are served that were not


def test_work_content_does_not_depend_on_how_often_one_redials(before: Observed) -> None:
    # ten times the patience: other redials, but the content of each case's first service is the same
    tree = busy_bank()
    tree["teams"]["front_line"]["proficiency"] = {"sd": 0}
    patient = merged(tree, {"channels": {"phone": {"patience": {"exponential": {"mean": "150 min"}}}}})
    contents = []
    for t in (tree, patient):
        first: dict[Any, float] = {}
        for case, visits in of_streams(rows_of(run(t)), "everyday/limit/0").items():
            served = [v for v in visits if v[-1] == 0 and v[4] == "phone" and v[5] == ("limit", "serve") and v[7] == 0]
            if served:
                first[case] = served[0][11] - served[0][10]
        contents.append(first)
    both = set(contents[0]) & set(contents[1])
    assert len(both) > 300
    assert all(contents[0][c] == pytest.approx(contents[1][c], abs=1e-9) for c in both)


def test_replications_differ_and_do_not_disturb_each_other(before: Observed) -> None:
    other = run(busy_bank(), replication=1)
    assert rows_of(other) != rows_of(before)
    again = run(busy_bank())
    assert np.array_equal(again.run.visits(), before.run.visits())
    assert all(np.array_equal(a, b) for a, b in zip(again.run.tally, before.run.tally, strict=True))


def test_another_seed_is_another_world(before: Observed) -> None:
    o = read_organisation(busy_bank())
    names = names_of([o])
    timeline = plans_of(((0.0, o),), names, 1, 1)
    started = runs.start(timeline[0][1], names, 8, 0, 1, 1, trace=True)
    other = Observed(names, runs.advance(started, timeline, WEEK, ENGINE), timeline)
    assert rows_of(other) != rows_of(before)


def test_more_redials_and_repeats_move_no_other_first_contact() -> None:
    # everybody redials and comes again: other waits, but the same cases at the same times on the same channels
    tree = busy_bank()
    worse = merged(tree, {"behaviour": {"p_redial": 1.0, "p_recontact": 1.0}})
    a, b = rows_of(run(tree)), rows_of(run(worse))
    for stream in ("everyday/limit/0", "affluent/limit/0", "everyday/loan/0"):
        old, now = of_streams(a, stream), of_streams(b, stream)
        both = set(old) & set(now)
        firsts = [(old[c][0], now[c][0]) for c in both if old[c][0][1] == now[c][0][1] == 0]
        assert len(firsts) > 10
        assert all(x[4] == y[4] and x[9] == y[9] for x, y in firsts if x[3] == y[3] == 0)
