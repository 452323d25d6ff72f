"""The customer experience board: meetings worked out by hand; the same in either engine, and after a stop."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from cxsim.calendars.constants import WEEK
from cxsim.engines import runs
from cxsim.engines.board import Memory, Plans, names_with
from cxsim.engines.board.judging import started
from cxsim.engines.board.memory import (
    DECISION,
    IMPOSSIBLE,
    ITEM,
    KEEPS,
    NO_MONEY,
    NO_ROOM,
    PAIN,
    STARTS,
    STOPS,
    TOO_EARLY,
    WATCHES,
)
from cxsim.engines.board.minutes import minutes_of
from cxsim.organisation import Organisation, read_organisation
from cxsim.scenario import read_scenario, timeline
from cxsim.state.plan import build_plan
from cxsim.state.recovery_sums import RecoveryColumn
from test_common_random_numbers import busy_bank
from test_state import assert_same, written_and_read
from worlds import CES_CUTS, Tree, both_engines, crew, merged

Z = 1.6448536269514722
"""Standard normal quantile of 95 %: two-sided 90 %."""


def two_reasons() -> Tree:
    """A question an hour that delights, a repair every four hours that angers; everybody answers the survey.

    Nothing is left to chance: a case of `ask` costs no effort and is answered with 10, one of `fix` costs a hundred
    standard deviations (it is read from a script) and is answered with 0.
    """
    return {
        "title": "Two reasons",
        "calendar": {"start": "2026-01-05"},
        "segments": {"all": {"customers": 50, "relationship": {"mean": 0, "sd": 0}}},
        "channels": {"phone": {"presence": "present"}},
        "reasons": {
            "ask": {"arrivals": {"all": {"interarrival": "60 min"}}, "channels": {"phone": 1}, "route": "ask"},
            "fix": {"arrivals": {"all": {"interarrival": "240 min"}}, "channels": {"phone": 1}, "route": "fix"},
        },
        "routes": {
            "ask": {"tell": {"team": "desk", "work": "5 min"}},
            "fix": {
                "mend": {"team": "shop", "work": "10 min", "generic": 1.0, "next": "bill"},
                "bill": {"delay": "1 min"},
            },
        },
        "teams": {"desk": crew(1, cost_per_hour=30), "shop": crew(1)},
        "behaviour": {"p_redial": 0, "p_recontact": 0, "p_return_call": 0},
        "experience": {
            "ces_cuts": CES_CUTS,
            "nps_cuts": [-30.0, -29.0, -28.0, -27.0, -26.0, -25.0, -24.0, -23.0, -22.0, -21.0],
            "effort": {"generic": 100.0, "contact": 0.0},
            "survey": {"p_answer": 1.0},
            "carry_over": 0.0,
        },
        "economics": {"currency": "EUR", "price_year": 2026, "overhead": 0.0},
    }


def item(title: str, kind: str, given: Tree, *fits: Tree, **more: Any) -> Tree:
    return {"title": title, "fits": list(fits), "interventions": [{kind: given}], **more}


QUICKER = item("Mend quicker", "speed_up", {"team": "shop", "by": 0.5}, {"reason": "fix"}, lead_time="1 week")


def sat(
    tree: Tree,
    board: Tree,
    weeks: int,
    engine: str,
    stops: Sequence[float] = (),
    interventions: Sequence[Tree] = (),
    warm_up_weeks: int = 0,
) -> runs.Run:
    """A run with a board, from time 0; stops: instants at which it is written down and read again."""
    organisation = read_organisation(tree)
    plans = board_of(organisation, board, weeks, interventions, warm_up_weeks)
    only = ((-math.inf, plans.first),)
    run = runs.start(plans.first, plans.names, 1, 0, weeks, warm_up_weeks, trace=True)
    runs.advance(run, only, 0.0, engine)
    run.convene(plans)
    for stop in (*stops, weeks * WEEK):
        run = written_and_read(runs.advance(run, only, stop, engine))
    return run


def board_of(
    organisation: Organisation,
    board: Tree,
    weeks: int = 4,
    interventions: Sequence[Tree] = (),
    warm_up_weeks: int = 0,
) -> Plans:
    scenario = read_scenario({"title": "B", "interventions": list(interventions), "board": board}, organisation, "b")
    assert scenario.board is not None
    own = [(at, o) for at, o in timeline(organisation, scenario) if o is not organisation]
    everything = [organisation, *(o for _, o in own)]
    names = names_with(everything, [(scenario.board, everything)])
    first = build_plan(organisation, names, weeks, warm_up_weeks)
    return Plans(scenario.board, names, [(-math.inf, organisation), *own], first, weeks, warm_up_weeks)


def memory_of(run: runs.Run) -> Memory:
    assert run.board is not None
    return run.board.memory


@both_engines
def test_an_empty_backlog_is_the_baseline_bit_for_bit(engine: str) -> None:
    tree = busy_bank()
    organisation = read_organisation(tree)
    with_board = sat(tree, {"every": "1 week"}, 3, engine)
    plan = build_plan(organisation, None, 3, 0)
    names = board_of(organisation, {"every": "1 week"}).names
    alone = runs.start(plan, names, 1, 0, 3, 0, trace=True)
    runs.advance(alone, ((-math.inf, plan),), 3 * WEEK, engine)
    assert_same(alone, with_board)
    assert len(memory_of(with_board).meetings) == 3
    assert not len(memory_of(with_board).decisions)


@both_engines
def test_a_meeting_worked_out_by_hand(engine: str) -> None:
    board = {"every": "1 week", "reads": ["surveys", "contacts"], "backlog": [QUICKER]}
    memory = memory_of(sat(two_reasons(), board, 2, engine))
    first = memory.pains[memory.pains["meeting"] == 1]
    # A week has 168 hours: cases at 60, 120, ... come 167 times before its end (at 10080 one comes with the next
    # week), those at 240, 480, ... 41 times; each is over in time and answered.  41 of 41 are detractors.
    named = [(int(row["reason"]), int(row["step"]), float(row["contacts"])) for row in first]
    names = board_of(read_organisation(two_reasons()), board).names
    mend, bill = (names.steps.index(("fix", step)) for step in ("mend", "bill"))
    fix, ask = names.reasons.index("fix"), names.reasons.index("ask")
    assert named == [(fix, mend, 41.0), (fix, bill, 41.0), (ask, names.steps.index(("ask", "tell")), 167.0)]
    # Wilson: 41 of 41 lie above 41 / (41 + z²).  Nothing in the log points at a step: each of the two has half.
    assert first["unhappy"][0] == 1.0
    assert first["answers"].tolist() == [41.0, 41.0, 167.0]
    assert first["unhappy_low"][0] == pytest.approx(41.0 / (41.0 + Z * Z), rel=1e-12)
    assert first["here"].tolist() == [0.5, 0.5, 1.0]
    assert first["score"].tolist() == [20.5, 20.5, 0.0]
    # sd of the share of detractors: half the interval / z, (1 - 0.9381) / 2z; of the step's: sqrt(1/2 · 1/2) / 0.5
    spread = math.hypot((1.0 - 41.0 / (41.0 + Z * Z)) / (2.0 * Z), 1.0)
    assert first["low"][0] == pytest.approx(20.5 * math.exp(-Z * spread), rel=1e-9)
    # it starts what fits, after its lead time, which is beyond the run
    decided = memory.decisions[memory.decisions["meeting"] == 1]
    assert [(int(d["what"]), int(d["item"]), int(d["step"])) for d in decided] == [(STARTS, 0, mend)]
    assert memory.items["starts_at"].tolist() == [2 * WEEK]
    # meeting 2 is about projects
    second = memory.decisions[memory.decisions["meeting"] == 2]
    assert [(int(d["what"]), int(d["weeks"])) for d in second] == [(TOO_EARLY, 0)]
    # one agent of `desk` on duty for ever costs 30 an hour: 5,040 a week, over 50 customers, 365.25 / 7 weeks a year
    assert memory.meetings["net"][0] == pytest.approx(-5040.0 / 50 * 365.25 / 7, rel=1e-12)


@both_engines
def test_the_accounts_of_a_board_hold_goodwill(engine: str) -> None:
    # every repair ends with a loss, is complained of an hour later, and made good with 20.  Of the 41 repairs of a week
    # the last comes at 9,840 and ends at 9,851: its complaint is answered at 9,921, before the close at 10,080.  So a
    # week costs 30 x 168 = 5,040 for the desk and 41 x 20 = 820 of goodwill, over 50 customers, 365.25 / 7 weeks a year
    tree = merged(
        two_reasons(),
        {
            "reasons": {"complaint": {"kind": "failure", "channels": {"phone": 1}, "route": "complaint"}},
            "routes": {"complaint": {"reply": {"team": "care", "work": "10 min"}}},
            "teams": {"care": crew(1, rights={"goodwill": {"share": 1}})},
            "behaviour": {"complaint": "complaint"},
            "recovery": {
                "complaining": {"after_effort": 1, "full_at": 1, "after": "60 min"},
                "cause": 1,
                "goodwill": {"p_due": 1, "mean": 20, "least": 20, "most": 20},
            },
        },
    )
    run = sat(tree, {"every": "1 week", "reads": ["contacts"]}, 1, engine)
    paid = run.tally.recovery_sums[..., RecoveryColumn.PAYMENTS].sum()
    assert paid == 41.0
    assert memory_of(run).meetings["net"][0] == pytest.approx(-(5040.0 + 820.0) / 50 * 365.25 / 7, rel=1e-12)


@both_engines
def test_what_comes_into_force_is_judged_and_kept_or_stopped(engine: str) -> None:
    # the repair without a script angers nobody: 41 unhappy contacts a week become none
    mended = item("No script", "set", {"routes.fix.mend.generic": 0.0}, {"reason": "fix"})
    useless = item("A new sign", "set", {"behaviour.p_redial": 0.1}, {"reason": "ask"}, costs={"per_week": 50})
    quick = {"every": "1 week", "judges_after": "1 week", "looks_again": 1, "reads": ["surveys", "contacts"]}
    memory = memory_of(sat(two_reasons(), {**quick, "backlog": [mended, useless]}, 9, engine))
    # Both come into force with meeting 1.  With a single week before and after, net benefit and log have no interval;
    # the unhappy contacts have one, and those with `fix` have surely become fewer.  About the sign nothing is known,
    # then or at the next review, and it costs 50 a week: it goes, and 52 - 3 weeks of the commitment are free.
    seen = [(int(d["meeting"]), int(d["what"]), int(d["item"]), float(d["money"])) for d in memory.decisions]
    assert seen == [
        (1, STARTS, 0, 0.0),
        (1, STARTS, 1, 2600.0),
        (2, KEEPS, 0, 0.0),
        (2, WATCHES, 1, 0.0),
        (4, STOPS, 1, 49 * 50.0),
    ]
    kept = memory.decisions[2]
    assert (kept["pain_before"], kept["pain_after"]) == (41.0, 0.0)
    # Var of 41 contacts with all unhappy: 41² · ((1 - low) / 2z)² + 1² · 41 (a single week: Poisson's); of the 42 with
    # none: 42² · (high / 2z)², with high = z² / (42 + z²)
    before = (41.0 * (1.0 - 41.0 / (41.0 + Z * Z)) / (2.0 * Z)) ** 2 + 41.0
    after = (42.0 * (Z * Z / (42.0 + Z * Z)) / (2.0 * Z)) ** 2
    assert kept["pain_high"] == pytest.approx(-41.0 + Z * math.sqrt(before + after), rel=1e-9)
    assert memory.items["ends_at"].tolist() == [np.inf, 4 * WEEK]


@both_engines
def test_a_stop_gives_the_plan_back_exactly(engine: str) -> None:
    sign = item("A new sign", "set", {"routes.ask.tell.work": "5 min 1 s"}, {"reason": "fix"}, costs={"per_week": 50})
    board = {"every": "1 week", "judges_after": "1 week", "looks_again": 0, "backlog": [sign]}
    run = sat(two_reasons(), {**board, "reads": ["contacts"]}, 6, engine)
    memory = memory_of(run)
    assert [int(d["what"]) for d in memory.decisions] == [STARTS, STOPS]
    assert run.board is not None
    (_, baseline), (started_at, changed), (stopped_at, again) = run.board.timeline
    assert (started_at, stopped_at) == (WEEK, 2 * WEEK)
    assert again is baseline
    assert changed is not baseline
    # 50 for one week in force; the rest of the year's commitment is free again
    assert run.board.spent(6)[:2] == (0.0, 50.0)
    assert memory.decisions["money"].tolist() == [52 * 50.0, 51 * 50.0]


def ready(*backlog: Tree, **more: Any) -> tuple[Plans, Any, Any]:
    """Plans, pain points of `fix` (worse) and `ask`, and items nobody has touched."""
    plans = board_of(read_organisation(two_reasons()), {"backlog": list(backlog), **more})
    pains = np.zeros(2, dtype=PAIN)
    pains["reason"] = [plans.names.reasons.index(r) for r in ("fix", "ask")]
    pains["step"] = [plans.names.steps.index(s) for s in (("fix", "mend"), ("ask", "tell"))]
    items = np.zeros(len(backlog), dtype=ITEM)
    for when in ("decided_at", "starts_at", "ends_at", "kept_at"):
        items[when] = np.inf
    items["reason"] = items["step"] = -1
    return plans, pains, items


ASK = item("Tell quicker", "speed_up", {"team": "desk", "by": 0.5}, {"team": "desk"}, lead_time="2 weeks")


def decided(plans: Plans, pains: Any, items: Any, at: float = WEEK) -> tuple[Any, list[tuple[int, int]]]:
    after, rows = started(plans, plans.first, pains, items, 1, at)
    return after, [(int(row["what"]), int(row["item"])) for row in rows]


def test_the_worst_pain_point_comes_first_and_capacity_is_kept() -> None:
    plans, pains, items = ready(ASK, QUICKER, capacity=1)
    after, seen = decided(plans, pains, items)
    assert seen == [(STARTS, 1), (NO_ROOM, 0)]
    assert after["starts_at"].tolist() == [np.inf, 2 * WEEK]
    after["kept_at"][1] = 3 * WEEK  # judged: there is room again
    after, seen = decided(plans, pains, after, 5 * WEEK)
    assert seen == [(STARTS, 0)]
    assert after["starts_at"].tolist() == [7 * WEEK, 2 * WEEK]


def test_the_budget_is_kept() -> None:
    dear = {**QUICKER, "costs": {"once": 600, "per_week": 10}}  # commits 600 + 52 × 10
    plans, pains, items = ready(dear, {**ASK, "costs": {"once": 100}}, budget=1119)
    assert decided(plans, pains, items)[1] == [(NO_MONEY, 0), (STARTS, 1)]
    plans, pains, items = ready(dear, {**ASK, "costs": {"once": 100}}, budget=1120)
    assert decided(plans, pains, items)[1] == [(STARTS, 0), (NO_MONEY, 1)]


def test_by_effort_what_serves_most_for_its_money_comes_first() -> None:
    dear, cheap = {**QUICKER, "costs": {"once": 600}}, {**ASK, "costs": {"once": 100}}
    for scores, first in (((500.0, 100.0), 1), ((500.0, 80.0), 0)):  # 500 / 600 against 100 / 100 and 80 / 100
        plans, pains, items = ready(dear, cheap, by_effort=True, capacity=1)
        pains["score"] = scores
        assert decided(plans, pains, items)[1] == [(STARTS, first), (NO_ROOM, 1 - first)]
    # what is meant for both points is worth both
    both = {**cheap, "title": "Both", "fits": [{"team": "desk"}, {"team": "shop"}], "costs": {"once": 700}}
    plans, pains, items = ready(dear, both, by_effort=True, capacity=1)
    pains["score"] = 500.0, 100.0
    after, seen = decided(plans, pains, items)
    assert seen == [(STARTS, 1)]  # 600 / 700 is more than 500 / 600; the other's only point is taken
    assert after["step"].tolist()[1] == int(pains["step"][0])


def test_only_what_is_nominated_is_started_and_nothing_twice() -> None:
    plans, pains, items = ready(ASK, nominates=1)
    assert decided(plans, pains, items)[1] == []
    plans, pains, items = ready(QUICKER)
    after, seen = decided(plans, pains, items)
    assert seen == [(STARTS, 0)]
    after["ends_at"][0] = 3 * WEEK
    assert decided(plans, pains, after, 5 * WEEK)[1] == []


def test_what_does_not_go_with_the_rest_is_not_started() -> None:
    away = item("No bill", "remove_step", {"route": "fix", "step": "bill"}, {"reason": "fix"})
    moved = item(
        "Bill by the desk",
        "automate_step",
        {"route": "fix", "step": "mend", "takes": "1 min", "p_done": 1},
        {"reason": "ask"},
    )
    clash = item("Again", "remove_step", {"route": "fix", "step": "bill"}, {"reason": "ask"})
    plans, pains, items = ready(away, clash, moved)
    after, seen = decided(plans, pains, items)
    assert seen == [(STARTS, 0), (IMPOSSIBLE, 1), (STARTS, 2)]
    assert plans.possible(after)


CALL = {"channel": "phone", "when_wait_over": "2 min", "p_accept": 0.5}
MERGED = {"route": "loan", "steps": ["check", "decide"], "into": "look", "control": "replaced"}
TRAINING = {"team": "front_line", "uplift": {"service": 0.5}, "hours": "4 h", "session": "2 h"}
BUSY = {
    "every": "1 week",
    "judges_after": "1 week",
    "looks_again": 0,
    "capacity": 3,
    "shoppers": 4,
    "ideas": 30,
    "per_meeting": 10,
    "budget": 5000,
    "backlog": [
        item("Offer to call back", "call_back", CALL, {"team": "front_line"}, costs={"per_week": 20}),
        item("One step", "merge_steps", MERGED, {"reason": "loan"}, costs={"per_week": 1}),
        item("Talk", "training", TRAINING, {"team": "front_line"}, costs={"once": 500, "per_week": 5}),
        item("Two more", "staff", {"team": "front_line", "change": 2}, {"reason": "limit"}, costs={"per_week": 1}),
        item("Tell them", "proactive_update", {"route": "loan", "every": "1 d"}, {"reason": "loan_status"}),
    ],
}


def lived() -> Tree:
    """The busy bank with customers who leave and join and people who come and go."""
    return merged(
        busy_bank(),
        {
            "segments": {"everyday": {"churn": 0.9, "joins": 20.0, "margin": 100}},
            "experience": {"survey": {"p_answer": 0.5}},
            "reasons": {"loan": {"margin": 300}},
        },
    )


def test_both_engines_and_any_stops_decide_alike() -> None:
    own = [{"staff": {"team": "lending", "change": 1}, "starts": "day 10"}]
    stops = (0.4 * WEEK, WEEK, 2.0 * WEEK, 2.5 * WEEK, 4 * WEEK)
    runs = [
        sat(lived(), BUSY, 6, engine, cuts, own, 1)
        for engine, cuts in (("simpy", ()), ("compiled", ()), ("compiled", stops), ("simpy", stops))
    ]
    for run in runs[1:]:
        assert_same(runs[0], run)
        for name, a, b in zip(Memory._fields, memory_of(runs[0]), memory_of(run), strict=True):
            assert a.dtype == b.dtype
            assert a.tobytes() == b.tobytes(), name
    decisions = memory_of(runs[0]).decisions
    assert {STARTS, NO_ROOM, STOPS, KEEPS} <= set(decisions["what"].tolist())
    assert len(memory_of(runs[0]).journeys)
    assert len(memory_of(runs[0]).ideas)
    one, other = runs[0].board, runs[1].board
    assert one is not None
    assert other is not None
    assert minutes_of(one, "B", 6 * WEEK) == minutes_of(other, "B", 6 * WEEK)
    assert decisions.dtype == DECISION


def test_a_shopper_walks_the_route() -> None:
    # Nobody waits and `fix` takes 10 minutes, then a minute for the bill (exponential): no trouble; times within 20 %.
    board = {"every": "1 week", "reads": ["shoppers"], "shoppers": 40, "shopper_error": 0.0}
    memory = memory_of(sat(two_reasons(), board, 1, "simpy"))
    names = board_of(read_organisation(two_reasons()), board).names
    journeys, ask = memory.journeys, names.reasons.index("ask")
    assert len(journeys) == 40
    assert (journeys["worst"] == -1).all()
    asked = journeys[journeys["reason"] == ask]
    # 167 of 208 contacts are questions: of 40 shoppers 32 expected, standard deviation 2.5
    assert abs(len(asked) - 40 * 167 / 208) < 4 * 2.5
    assert asked["steps"].tolist() == [1] * len(asked)
    assert np.allclose(asked["minutes"], 5.0)
    mended = journeys[journeys["reason"] != ask]
    assert mended["steps"].tolist() == [2] * len(mended)
    assert (mended["minutes"] > 10.0).all()
    # a busy shop: one agent for repairs of 300 minutes every 240; whoever goes there waits, and reports it
    slow = merged(two_reasons(), {"routes": {"fix": {"mend": {"work": "300 min"}}}})
    noted = memory_of(sat(slow, board, 1, "simpy")).journeys
    worst = noted[noted["worst"] >= 0]
    assert len(worst)
    assert set(worst["worst"].tolist()) == {names.steps.index(("fix", "mend"))}


def test_ideas_come_from_those_who_do_the_work() -> None:
    board = {"every": "1 week", "reads": ["ideas"], "ideas": 1500}
    run = sat(two_reasons(), board, 1, "simpy")
    names, ideas = board_of(read_organisation(two_reasons()), board).names, memory_of(run).ideas
    by_team = {names.teams[t]: {names.steps[s] for s in ideas["step"][ideas["team"] == t].tolist()} for t in (0, 1)}
    assert by_team == {"desk": {("ask", "tell")}, "shop": {("fix", "mend")}}  # the bill makes itself
    # one person, 1500 a year for a week: 28.7 expected from each team, standard deviation 5.4
    counts = np.bincount(ideas["team"])
    assert (np.abs(counts - 1500.0 * 7.0 / 365.25) < 4 * 5.4).all()
