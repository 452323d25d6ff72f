"""A change of plan in the middle, worked out on paper: who waits keeps place, who serves finishes, promises stay.

Times are minutes after Monday 10:00; the plan changes at 15.
"""

from __future__ import annotations

import pytest

import random_number
from cxsim.model.draws import Purpose
from cxsim.state.tally import CaseColumn, StepColumn, TeamColumn
from worlds import DAY, Tree, both_engines, crew, merged, play, tiny

pytestmark = both_engines
ONE, TWO = "desk-1", "desk-2"


def changed(before: Tree, **changes: object) -> list[tuple[float, Tree]]:
    """The tree until 15, then with changes."""
    return [(0.0, before), (15.0, merged(before, changes))]


def test_a_service_finishes_as_it_began_and_who_waits_keeps_age_and_patience(engine: str) -> None:
    # work 10 min becomes 4 min at 15: a 0-10, b 10-20 (began before), c waits since 12 (patience 13: until 25) 20-24
    before = tiny({"a": 0, "b": 2, "c": 12}, {"answer": {"work": "10 min"}}, channels={"phone": {"patience": "13 min"}})
    seen = play(changed(before, routes={"r": {"answer": {"work": "4 min"}}}), 60.0, engine)
    assert seen.log("case", "queued", "began", "ended") == [
        ("a", 0.0, 0.0, 10.0),
        ("b", 2.0, 10.0, 20.0),
        ("c", 12.0, 20.0, 24.0),
    ]


def test_more_agents_take_the_oldest_at_once(engine: str) -> None:
    before = tiny({"a": 0, "b": 2, "c": 12}, {"answer": {"work": "20 min"}})
    seen = play(changed(before, teams={"desk": {"agents": 2}}), 60.0, engine)
    assert seen.log("case", "agent", "queued", "began") == [
        ("a", ONE, 0.0, 0.0),
        ("b", TWO, 2.0, 15.0),
        ("c", ONE, 12.0, 20.0),
    ]


def test_removed_agents_finish_first(engine: str) -> None:
    # two agents, a 0-20 and b 2-22; at 15 agent 2 is cut: finishes b, takes nothing more; c (12) at 20, d (13) at 40
    before = tiny(
        {"a": 0, "b": 2, "c": 12, "d": 13},
        {"answer": {"work": "20 min", "wrap_up": "1 min"}},
        teams={"desk": crew(2), "other": crew(1)},
    )
    seen = play(changed(before, teams={"desk": {"agents": 1}}), 100.0, engine)
    assert seen.log("case", "agent", "began", "ended") == [
        ("a", ONE, 0.0, 20.0),
        ("b", TWO, 2.0, 22.0),
        ("c", ONE, 21.0, 41.0),
        ("d", ONE, 42.0, 62.0),
    ]
    # on duty from four weeks ago: two until 15, then one
    weeks = 4 * 10080 + 600
    assert seen.team("desk", TeamColumn.DUTY) == 2 * (weeks + 15) + 85
    assert seen.team("other", TeamColumn.BUSY) == 0
    assert seen.run.state.team_state["busy"].tolist() == [0, 0]
    assert seen.run.state.team_state["contacts_held"].tolist() == [0, 0]


def test_a_merged_step_takes_over_its_queue_with_its_age(engine: str) -> None:
    # check and decide become one step `both` of 6 min at 15. a: check 0-20 (began before) and then goes to both;
    # b waits at check since 2, c at decide since 9: they wait at `both` in the order of their ages: b, c, a (20)
    steps = {"check": {"work": "20 min", "next": "decide"}, "decide": {"work": "5 min"}}
    before = tiny(
        {"a": 0, "b": 2, "c": 9},
        steps,
        reasons={"c": {"enters": {"phone": "decide"}}},
        channels={"phone": {"patience": "30 min"}},
    )
    after = merged(
        before,
        {
            "reasons": {"c": {"enters": None}},
            "routes": {"r": {"check": None, "decide": None, "both": {"team": "desk", "work": "6 min"}}},
            "moved": {"r": {"check": "both", "decide": "both"}},
        },
    )
    seen = play([(0.0, before), (15.0, after)], 100.0, engine)
    assert seen.log("case", "step", "queued", "began", "ended") == [
        ("a", "check", 0.0, 0.0, 20.0),
        ("b", "both", 2.0, 20.0, 26.0),
        ("c", "both", 9.0, 26.0, 32.0),
        ("a", "both", 20.0, 32.0, 38.0),
    ]


def test_who_waits_at_a_removed_step_goes_on_by_their_own_random_number(engine: str) -> None:
    # check goes; its last definition led to x with 0.5, else to y: b, waiting there, goes where its own number leads
    u = random_number.at_step(Purpose.NEXT, "r.check", case="all/b/0")
    steps = {
        "check": {"work": "20 min", "next": {"x": 0.5, "y": 0.5}},
        "x": {"work": "5 min"},
        "y": {"work": "6 min"},
    }
    before = tiny({"a": 0, "b": 2}, {"first": {"delay": "0 min", "next": "check"}, **steps})
    after = merged(before, {"routes": {"r": {"check": None, "first": {"next": {"check": None, "x": 0.5, "y": 0.5}}}}})
    after["routes"]["r"]["first"]["next"] = {"x": 0.5, "y": 0.5}
    seen = play([(0.0, before), (15.0, after)], 100.0, engine)
    step, work = ("x", 5.0) if u < 0.5 else ("y", 6.0)
    assert ("b", step, 15.0, 20.0, 20.0 + work) in seen.log("case", "step", "queued", "began", "ended")
    assert ("a", "check", 0.0, 0.0, 20.0) in seen.log("case", "step", "queued", "began", "ended")


def test_who_waits_at_a_step_that_is_automated_is_served_by_the_machine(engine: str) -> None:
    # the back office check becomes a delay of 3 min at 15: b, waiting since 2, is through at 18
    before = tiny(
        {"a": 0, "b": 2},
        {"check": {"work": "20 min", "next": "tell"}, "tell": {"team": "other", "work": "1 min"}},
        teams={"other": crew(1)},
    )
    after = merged(before, {})
    after["routes"]["r"]["check"] = {"delay": "3 min", "next": "tell"}
    seen = play([(0.0, before), (15.0, after)], 100.0, engine)
    assert seen.log("case", "step", "queued", "began", "ended") == [
        ("b", "check", 15.0, 15.0, 18.0),
        ("b", "tell", 18.0, 18.0, 19.0),
        ("a", "check", 0.0, 0.0, 20.0),
        ("a", "tell", 20.0, 20.0, 21.0),
    ]


def test_merged_teams_keep_agents_queues_and_ages(engine: str) -> None:
    # at 15 desk and back become one team: back-1 (idle) takes c, who waits at the desk since 12; b is being served
    before = tiny(
        {"a": 0, "b": 2, "c": 12, "d": 13},
        {"answer": {"work": "20 min"}, "check": {"team": "back", "work": "20 min"}},
        reasons={"d": {"enters": {"phone": "check"}}},
        teams={"back": crew(1)},
    )
    after = merged(
        before,
        {
            "routes": {"r": {"answer": {"team": "one"}, "check": {"team": "one"}}},
            "teams": {"desk": None, "back": None, "one": crew(0, joined={"desk": 1, "back": 1})},
        },
    )
    seen = play([(0.0, before), (15.0, after)], 100.0, engine)
    # a desk-1 0-20; d back-1 13-33; b (2) by desk-1 20-40; c (12) by back-1 33-53
    assert seen.log("case", "agent", "began", "ended") == [
        ("a", "desk-1", 0.0, 20.0),
        ("d", "back-1", 13.0, 33.0),
        ("b", "desk-1", 20.0, 40.0),
        ("c", "back-1", 33.0, 53.0),
    ]
    assert seen.team("one", TeamColumn.BUSY) == (40 - 15) + (53 - 15)
    assert seen.team("desk", TeamColumn.BUSY) == 15


def test_a_warm_transfer_whose_next_step_goes_frees_its_first_agent(engine: str) -> None:
    # a: desk 0-10, both wait for advice (busy with c); at 15 that step goes and its route ends there: the desk is free
    before = tiny(
        {"a": 0, "b": 5, "c": 0},
        {
            "answer": {"work": "10 min", "next": {"advise": {"p": 1, "transfer": "warm"}}},
            "advise": {"team": "advice", "work": "5 min"},
        },
        reasons={"c": {"route": "s"}},
        routes={"s": {"long": {"team": "advice", "work": "100 min"}}},
        teams={"advice": crew(1), "desk": {"warm_limit": "60 min"}},
    )
    after = merged(before, {"routes": {"r": {"advise": None}}})
    after["routes"]["r"]["answer"] = {"team": "desk", "work": "10 min"}
    seen = play([(0.0, before), (15.0, after)], 90.0, engine)
    assert seen.log("case", "step", "began", "ended") == [("a", "answer", 0.0, 10.0), ("b", "answer", 15.0, 25.0)]
    assert seen.case(CaseColumn.RESOLVED) == 2


def test_a_call_back_still_to_be_tried_moves_with_its_team(engine: str) -> None:
    # a 0-10; b called back at 10-11 in vain, again at 41 by the team that took over at 15
    before = tiny(
        {"a": 0, "b": 1},
        {"answer": {"work": "10 min"}},
        channels={"phone": {"call_back": {"when_wait_over": "1 min", "p_accept": 1, "p_reached": 0, "tries": 2}}},
    )
    after = merged(
        before,
        {"teams": {"desk": None, "one": crew(0, joined={"desk": 1})}, "routes": {"r": {"answer": {"team": "one"}}}},
    )
    seen = play([(0.0, before), (15.0, after)], 60.0, engine)
    assert seen.log("case", "began", "outcome") == [("a", 0.0, "done"), ("b", 10.0, "missed"), ("b", 41.0, "missed")]


@pytest.mark.parametrize("tries", [1, 2])
def test_a_call_back_that_rings_while_its_step_is_automated(engine: str, tries: int) -> None:
    # a 0-14.5; b is rung at 14.5 in vain; at 15 the step goes to a machine of 3 min, which 30 min later takes b up
    call_back = {"when_wait_over": "1 min", "p_accept": 1, "p_reached": 0, "tries": tries}
    before = tiny(
        {"a": 0, "b": 1},
        {"answer": {"work": "14.5 min"}},
        channels={"phone": {"call_back": call_back}},
        behaviour={"p_redial": 0},
    )
    after = merged(before, {})
    after["routes"]["r"]["answer"] = {"delay": "3 min"}
    seen = play([(0.0, before), (15.0, after)], 60.0, engine)
    rows = [("a", 0.0, 14.5, "done"), ("b", 14.5, 15.5, "missed"), ("b", 45.5, 48.5, "done")]
    assert seen.log("case", "began", "ended", "outcome")[: tries + 1] == rows[: tries + 1]
    assert seen.case(CaseColumn.GAVE_UP) == (1 if tries == 1 else 0)


def test_promises_stay_as_made(engine: str) -> None:
    # promised within 1 day at 0; from 15 on within 9 days: the old case is late, the new one is not
    before = tiny(
        {"a": 0, "b": 20}, {"wait": {"delay": "3 d"}}, reasons={n: {"promise": {"within": "1 d"}} for n in "ab"}
    )
    seen = play(changed(before, reasons={n: {"promise": {"within": "9 d"}} for n in "ab"}), 4 * DAY, engine)
    assert seen.case(CaseColumn.DAYS_LATE, "a") == 2
    assert seen.case(CaseColumn.DAYS_LATE, "b") == 0


def test_updates_begin_for_open_cases_at_the_change(engine: str) -> None:
    # from 15 on every 12 hours: 15 + 720 k up to 3 days: 5 updates (720, ..., 3600 after 15; 4320 would be at 4335)
    before = tiny({"a": 0}, {"wait": {"delay": "3 d"}}, reasons={"a": {"promise": {"within": "9 d"}}})
    seen = play(changed(before, reasons={"a": {"promise": {"update_every": "12 h"}}}), 4 * DAY, engine)
    assert seen.case(CaseColumn.UPDATES) == 5


def test_agents_hired_later_bring_a_proficiency_of_their_own(engine: str) -> None:
    # the second agent begins at 15 with what they would have had from the start
    tree = tiny({"a": 0}, {"answer": {"work": "10 min"}}, teams={"desk": {"agents": 2, "proficiency": {"sd": 1}}})
    from_start = play(tree, 60.0, engine).proficiency
    before = merged(tree, {"teams": {"desk": {"agents": 1}}})
    later = play([(0.0, before), (15.0, tree)], 60.0, engine).proficiency
    assert later.tolist() == from_start.tolist()
    assert abs(later[1, 0]) > 0


def test_a_changed_shift(engine: str) -> None:
    # 08:00-12:00 becomes 08:00-10:20 at 15: a 0-10, b 18-28 is finished, c (19) waits until tomorrow 08:00
    shift = {"all": None, "day": {"hours": {"mon-sun": "08:00-12:00"}}}
    before = tiny({"a": 0, "b": 18, "c": 19}, {"answer": {"work": "10 min"}}, teams={"desk": {"shifts": shift}})
    seen = play(
        changed(before, teams={"desk": {"shifts": {"day": {"hours": {"mon-sun": "08:00-10:20"}}}}}), 2 * DAY, engine
    )
    assert seen.log("case", "began") == [("a", 0.0), ("b", 18.0), ("c", DAY - 120)]
    # longer instead: c is served the same day
    seen = play(
        changed(before, teams={"desk": {"shifts": {"day": {"hours": {"mon-sun": "08:00-13:00"}}}}}), 2 * DAY, engine
    )
    assert seen.log("case", "began") == [("a", 0.0), ("b", 18.0), ("c", 28.0)]


def test_demand_that_is_prevented_keeps_its_numbers(engine: str) -> None:
    # every third minute a case; from 15 on all candidates are dropped, from 30 on none: numbers go on as if counted
    before = tiny({"a": "3 min"}, {"answer": {"work": "1 min"}})
    timeline = [*changed(before, reasons={"a": {"prevented": 1}}), (30.0, before)]
    seen = play(timeline, 40.0, engine)
    rows = [(n, q) for n, q in seen.log("number", "queued") if q >= 0]
    first = next(n for n, q in rows if q >= 0)
    assert [q for _, q in rows] == [*range(0, 15, 3), *range(30, 39, 3)]
    assert [n - first for n, _ in rows] == [q // 3 for _, q in rows]


def test_only_one_open_case_from_now_on(engine: str) -> None:
    # one customer; cases of 10 minutes each at 0, 4 and 16, 19; from 15 on no second one is opened next to the first
    before = tiny(
        {"a": "4 min"}, {"answer": {"work": "9 min"}}, segments={"all": {"customers": 1}}, teams={"desk": crew(9)}
    )
    seen = play(changed(before, reasons={"a": {"one_open_case": True}}), 40.0, engine)
    queued = [q for (q,) in seen.log("queued") if q >= 0]
    # those of 8 and 12 are open at 15; 12 ends at 21: the next is 24-33, then 36
    assert queued == [0, 4, 8, 12, 24]


@pytest.mark.parametrize("at", [0.0, 30.0, 100.5])
def test_a_change_that_changes_nothing_is_no_change(engine: str, at: float) -> None:
    work = {"answer": {"work": {"exponential": {"mean": "50 min"}}}}
    tree = tiny({"a": "70 min", "b": "110 min"}, work, channels={"phone": {"patience": "50 min"}})
    seen = play([(0.0, tree), (at, merged(tree, {"title": "Renamed"}))], 400.0, engine)
    plain = play(tree, 400.0, engine)
    assert all((a == b).all() for a, b in zip(seen.run.tally, plain.run.tally, strict=True))
    assert seen.log() == plain.log()
    assert seen.step("answer", StepColumn.SERVED) > 0
