"""Agents, worked out on paper: who takes the call, when they come, rest, learn and go home.

Times are minutes after Monday 10:00; 120 is noon.
"""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

import random_number
from cxsim.calendars.constants import WEEK
from cxsim.measures.sums import team_measures
from cxsim.model.draws import Purpose
from cxsim.state.tally import StepColumn, TeamColumn
from worlds import DAY, TEN, both_engines, crew, merged, play, tiny

pytestmark = both_engines
ONE, TWO, THREE = "desk-1", "desk-2", "desk-3"
WORK = {"answer": {"work": "10 min"}}


def on_duty(hours: str, agents: int = 1, **more: object) -> dict[str, object]:
    """A team with one daily shift."""
    return {"agents": agents, "shifts": {"all": None, "day": {"hours": {"mon-sun": hours}, **more}}}


def test_longest_idle_then_lowest_number(engine: str) -> None:
    # both idle since the start: a -> 1 (0-10); b at 1 -> 2 (1-11); c at 20: 1 is idle since 10, 2 since 11 -> 1
    # (20-30); d at 40: 2 idle since 11, 1 since 30 -> 2
    tree = tiny({"a": 0, "b": 1, "c": 20, "d": 40}, WORK, teams={"desk": crew(2)})
    assert play(tree, 60.0, engine).log("case", "agent") == [("a", ONE), ("b", TWO), ("c", ONE), ("d", TWO)]


SKILLED = {
    "desk": {
        "department": "service",
        "agents": 2,
        "shifts": {"all": {"hours": "always"}},
        "skill_sets": {"both": {"has": ["plain", "hard"]}, "one": {"has": ["plain"]}},
    }
}


def test_fewest_skills_first(engine: str) -> None:
    # agent 1 can do both, agent 2 only plain work: plain a -> 2 although 1 has the lower number; plain b at 1 -> 1;
    # hard c at 2 waits for 1 (until 11) although 2 is free at 10
    tree = tiny(
        {"a": 0, "b": 1, "c": 2},
        {"answer": {"work": "10 min", "skill": "plain"}},
        teams=SKILLED,
        reasons={"c": {"route": "s"}},
        routes={"s": {"hard": {"team": "desk", "skill": "hard", "work": "10 min"}}},
    )
    assert play(tree, 60.0, engine).log("case", "agent", "began") == [
        ("a", TWO, 0.0),
        ("b", ONE, 1.0),
        ("c", ONE, 11.0),
    ]


def test_a_freed_agent_takes_their_first_skill_first(engine: str) -> None:
    # agent 1 prefers `hard`: b (plain) waits since 1, c (hard) since 2; at 10 c goes first
    tree = tiny(
        {"a": 0, "b": 1, "c": 2},
        {"answer": {"work": "10 min", "skill": "plain"}},
        teams={"desk": {"department": "service", "skills": ["hard", "plain"]}},
        reasons={"c": {"route": "s"}},
        routes={"s": {"hard": {"team": "desk", "skill": "hard", "work": "10 min"}}},
    )
    assert [c for (c,) in play(tree, 60.0, engine).log("case")] == ["a", "c", "b"]


def test_agents_help_another_team(engine: str) -> None:
    # advisers also answer the phone (skill desk.desk) when the desk is busy; their own agent has fewer skills
    tree = tiny(
        {"a": 0, "b": 1},
        WORK,
        teams={"advice": crew(1, skill_sets={"all": {"has": ["advice", "desk.desk"]}})},
    )
    seen = play(tree, 60.0, engine)
    assert seen.log("case", "agent") == [("a", ONE), ("b", "advice-1")]
    assert seen.team("desk", TeamColumn.BUSY) == 10
    assert seen.team("advice", TeamColumn.BUSY) == 10


def test_wrap_up_keeps_the_agent_while_the_case_moves_on(engine: str) -> None:
    # a: 0-10 at the desk, wraps up until 15; the case is at the back office at 10. b waits until 15
    tree = tiny(
        {"a": 0, "b": 1},
        {
            "answer": {"work": "10 min", "wrap_up": "5 min", "next": "check"},
            "check": {"team": "back", "work": "1 min"},
        },
        teams={"back": crew(1)},
    )
    seen = play(tree, 60.0, engine)
    assert seen.log() == [
        ("a", "answer", ONE, 0.0, 0.0, 10.0, "done"),
        ("a", "check", "back-1", 10.0, 10.0, 11.0, "done"),
        ("b", "answer", ONE, 1.0, 15.0, 25.0, "done"),
        ("b", "check", "back-1", 25.0, 25.0, 26.0, "done"),
    ]
    assert seen.step("answer", StepColumn.WRAP) == 10
    assert seen.team("desk", TeamColumn.BUSY) == 30
    assert seen.step("check", StepColumn.HANDOFFS) == 2


def test_the_case_moves_on_before_its_agent_takes_the_next(engine: str) -> None:
    # a's second step is at the same desk: at 10 it queues behind b, who is older (5): b 10-20, a again 20-30
    tree = tiny({"a": 0, "b": 5}, {"answer": {"work": "10 min", "next": {"more": 1}}, "more": {"work": "10 min"}})
    seen = play(tree, 35.0, engine)
    assert seen.log("case", "step", "queued", "began") == [
        ("a", "answer", 0.0, 0.0),
        ("b", "answer", 5.0, 10.0),
        ("a", "more", 10.0, 20.0),
    ]
    # with nobody else there, it goes on at once and nobody has waited
    seen = play(
        tiny({"a": 0}, {"answer": {"work": "10 min", "next": "more"}, "more": {"work": "10 min"}}), 60.0, engine
    )
    assert seen.log("step", "began") == [("answer", 0.0), ("more", 10.0)]
    assert seen.step("more", StepColumn.WAITED) == 0


def test_shift_starts_and_the_last_contact_is_finished(engine: str) -> None:
    # on duty 11:00-12:00 (60-120): a waits until 60; b is taken at 115 and finished at 125; c waits until Tuesday
    tree = tiny({"a": 0, "b": 115, "c": 118}, WORK, teams={"desk": on_duty("11:00-12:00")})
    seen = play(tree, 2000.0, engine)
    assert seen.log("case", "began", "ended") == [
        ("a", 60.0, 70.0),
        ("b", 115.0, 125.0),
        ("c", DAY + 60, DAY + 70),
    ]
    # in the week of time 0: two shifts begun, Monday's and Tuesday's
    assert seen.run.tally.team_sums[-1, 0, TeamColumn.PAID] == 120
    assert seen.run.tally.team_sums[-1, 0, TeamColumn.DUTY] == 120
    assert seen.run.tally.team_sums[-1, 0, TeamColumn.BUSY] == 30
    assert seen.run.tally.team_sums[-1, 0, TeamColumn.AFTER_SHIFT] == 5


def test_work_after_the_shift_is_in_both_sides_of_occupancy(engine: str) -> None:
    # on duty 60-120 and 1500-1560. a 60-1510: 60 minutes of its shift, 1380 after it, 10 of the next; idle from then on
    tree = tiny({"a": 0}, {"answer": {"work": "1450 min"}}, teams={"desk": on_duty("11:00-12:00")})
    seen = play(tree, 2000.0, engine)
    row = seen.run.tally.team_sums[-1, 0]
    assert (row[TeamColumn.BUSY], row[TeamColumn.DUTY], row[TeamColumn.AFTER_SHIFT]) == (1450, 120, 1380)
    measured = team_measures(row, 1.0, 40.0)
    assert measured["occupancy"] == pytest.approx(100.0 * 1450 / 1500)  # and not 1208 %
    assert measured["overtime"] == pytest.approx(23.0)
    assert measured["paid_fte"] == pytest.approx((2 + 23) / 40)


def test_nobody_is_busier_than_there(engine: str) -> None:
    # a 60-150 with a shift of 60-120: at work without a break for as long as somebody is there
    seen = play(tiny({"a": 0}, {"answer": {"work": "90 min"}}, teams={"desk": on_duty("11:00-12:00")}), 1000.0, engine)
    assert team_measures(seen.run.tally.team_sums[-1, 0], 1.0, 40.0)["occupancy"] == 100.0


def test_nobody_begins_at_the_end_of_a_shift(engine: str) -> None:
    # a 110-120, shift ends at 120; b waits since 115; at 120 the shift's end comes before the end of service
    tree = tiny({"a": 110, "b": 115}, WORK, teams={"desk": on_duty("11:00-12:00")})
    assert play(tree, 2000.0, engine).log("case", "began") == [("a", 110.0), ("b", DAY + 60)]


def test_two_shifts_of_one_team_are_dealt_by_weight(engine: str) -> None:
    # early 2 : late 1 -> agents 1 and 3 early (08:00-12:00), 2 late (12:00-16:00)
    shifts = {
        "all": None,
        "early": {"hours": {"mon-sun": "08:00-12:00"}, "weight": 2},
        "late": {"hours": {"mon-sun": "12:00-16:00"}, "weight": 1},
    }
    tree = tiny(
        {"a": 0, "b": 1, "c": 2, "d": 130},
        WORK,
        teams={"desk": {"department": "service", "agents": 3, "shifts": shifts}},
    )
    assert play(tree, 300.0, engine).log("case", "agent", "began") == [
        ("a", ONE, 0.0),
        ("b", THREE, 1.0),
        ("c", ONE, 10.0),
        ("d", TWO, 130.0),
    ]


def test_headcount_by_hour(engine: str) -> None:
    # one agent until 11:00, two until 12:00: b waits until 10; c at 60 goes to 1 (idle since 20), d at 61 to the
    # second; e at 121 finds nobody
    tree = tiny(
        {"a": 0, "b": 1, "c": 60, "d": 61, "e": 121},
        WORK,
        teams={"desk": {"shifts": None, "headcount": {"mon-sun": {"08:00-11:00": 1, "11:00-12:00": 2}}}},
    )
    assert play(tree, 300.0, engine).log("case", "agent", "began") == [
        ("a", ONE, 0.0),
        ("b", ONE, 10.0),
        ("c", ONE, 60.0),
        ("d", TWO, 61.0),
    ]


def test_a_break_starts_when_the_agent_is_free(engine: str) -> None:
    # shift from 10:00 (0), break due after 15 min for 30; a 10-20 is finished first: break 20-50; b (at 12) waits
    tree = tiny(
        {"a": 10, "b": 12, "c": 130},
        WORK,
        teams={"desk": on_duty("10:00-13:00", breaks=[{"after": "15 min", "lasts": "30 min"}])},
    )
    seen = play(tree, 400.0, engine)
    assert seen.log("case", "began") == [("a", 10.0), ("b", 50.0), ("c", 130.0)]
    assert seen.run.tally.team_sums[-1, 0, TeamColumn.DUTY] == 150
    assert seen.run.tally.team_sums[-1, 0, TeamColumn.PAID] == 180


def test_breaks_that_are_owed_add_up(engine: str) -> None:
    # a 10-40; meanwhile breaks of 30 minutes (at 15) and of 10 (at 25) come due: 40-80 are both, then b
    breaks = [{"after": "15 min", "lasts": "30 min"}, {"after": "25 min", "lasts": "10 min"}]
    tree = tiny(
        {"a": 10, "b": 12}, {"answer": {"work": "30 min"}}, teams={"desk": on_duty("10:00-13:00", breaks=breaks)}
    )
    finished = play(tree, 400.0, engine)
    assert finished.log("case", "began") == [("a", 10.0), ("b", 80.0)]
    assert finished.run.tally.team_sums[-1, 0, TeamColumn.DUTY] == 180 - 40


def test_a_break_that_is_still_owed_at_the_end_of_a_shift_falls_away(engine: str) -> None:
    # shifts 10:00-11:00; a 30-65 outlasts the break due at 45 and the shift. On Tuesday nothing is owed: b 5-40 is
    # taken at once, and the break of that day comes due at 45 as usual: c waits until 55
    breaks = [{"after": "45 min", "lasts": "10 min"}]
    tree = tiny(
        {"a": 30, "b": DAY + 5, "c": DAY + 46},
        {"answer": {"work": "35 min"}},
        teams={"desk": on_duty("10:00-11:00", breaks=breaks)},
    )
    finished = play(tree, 2000.0, engine)
    assert finished.log("case", "began") == [("a", 30.0), ("b", DAY + 5), ("c", DAY + 55)]
    assert finished.run.tally.team_sums[-1, 0, TeamColumn.DUTY] == 60 + 50


def test_breaks_are_spread_to_both_sides(engine: str) -> None:
    # due 60 minutes into the shift, spread by 30: the break of a day begins at 60 + 30 (2 u - 1), u being the agent's
    # number for that date and break. A call comes a minute after it on each of five days, and waits for its end
    monday = date(2026, 1, 5).toordinal()
    agent, dates = random_number.word("desk/0"), [monday + day for day in range(5)]
    begins = [
        30.0 * (2.0 * random_number.uniform(1, 0, Purpose.BREAK | on << 32, agent, 2, 1) - 1.0) + 60.0 for on in dates
    ]
    assert min(begins) < 50.0
    assert max(begins) > 70.0
    breaks = [{"after": "60 min", "lasts": "20 min", "spread": "30 min"}]
    calls = {f"day_{day}": day * DAY + begins[day] + 1.0 for day in range(5)}
    tree = tiny(calls, {"answer": {"work": "1 min"}}, teams={"desk": on_duty("10:00-13:00", breaks=breaks)})
    finished = play(tree, 5 * DAY, engine)
    ends = [(day * DAY + begins[day] + 20.0,) for day in range(5)]
    assert finished.log("began") == [pytest.approx(end, abs=1e-6) for end in ends]


def test_an_idle_agent_goes_on_the_break_at_once_and_a_shift_may_end_in_it(engine: str) -> None:
    # shift 0-60, break due at 45 for 30 minutes: 45-60, the rest falls away; next day as usual
    tree = tiny(
        {"a": 50},
        WORK,
        teams={"desk": on_duty("10:00-11:00", breaks=[{"after": "45 min", "lasts": "30 min"}])},
    )
    seen = play(tree, 2000.0, engine)
    assert seen.log("began") == [(DAY,)]
    assert seen.run.tally.team_sums[-1, 0, TeamColumn.DUTY] == 90


def test_a_chatting_agent_who_owes_a_break_takes_no_further_chat(engine: str) -> None:
    # three chats at once; break due at 15: a 10-20 is in hand; b at 16 must not prolong it: break 20-50, b 50-60
    tree = tiny(
        {"a": 10, "b": 16},
        WORK,
        channels={"phone": {"at_once": 3}},
        teams={"desk": on_duty("10:00-13:00", breaks=[{"after": "15 min", "lasts": "30 min"}])},
    )
    assert play(tree, 400.0, engine).log("case", "began") == [("a", 10.0), ("b", 50.0)]


def test_absence_takes_the_whole_shift_and_is_paid(engine: str) -> None:
    tree = tiny({"a": 0}, WORK, teams={"desk": merged(on_duty("10:00-12:00"), {"p_absent": 1})})
    seen = play(tree, 400.0, engine)
    assert seen.log() == []
    assert seen.run.tally.team_sums[-1, 0, TeamColumn.DUTY] == 0
    assert seen.run.tally.team_sums[-1, 0, TeamColumn.PAID] == 120


def test_training_leaves_the_floor_when_free_and_pays_off_at_the_weeks_close(engine: str) -> None:
    # shifts 10:00-14:00 daily; a training starts at time 0 (Monday 00:00): 4 h in sessions of 3 h, one a day.
    # Monday 0-180 class, a (at 5) is served at 180; Tuesday 1440-1500 class; learned at the week's close.
    # b at Tuesday 1445 waits until 1500; c in the second week: 10 x exp(-0.15 x 2) minutes
    tree = tiny(
        {"a": 5, "b": DAY + 5, "c": 7 * DAY + 5},
        WORK,
        teams={
            "desk": merged(
                on_duty("10:00-14:00"),
                {"training": {"talk": {"starts": "0 min", "uplift": {"desk": 2}, "hours": "4 h", "session": "3 h"}}},
            )
        },
    )
    seen = play(tree, 8 * DAY, engine)
    faster = 10 * math.exp(-0.15 * 2)
    assert seen.log("case", "began", "ended") == [
        ("a", 180.0, 190.0),
        ("b", DAY + 60, DAY + 70),
        ("c", 7 * DAY + 5, pytest.approx(7 * DAY + 5 + faster)),
    ]
    assert seen.run.tally.team_sums[-2, 0, TeamColumn.DUTY] == 7 * 240 - 240
    assert seen.proficiency.tolist() == [[2.0]]


def test_a_training_in_waves_takes_every_nth_agent(engine: str) -> None:
    # two waves a day apart, one session of 1 h: agent 1 on Monday 0-60, agent 2 on Tuesday
    tree = tiny(
        {"a": 5, "b": DAY + 5},
        WORK,
        teams={
            "desk": merged(
                on_duty("10:00-14:00", agents=2),
                {
                    "training": {
                        "talk": {"starts": "0 min", "uplift": {"desk": 1}, "hours": "1 h", "waves": 2, "every": "1 d"}
                    }
                },
            )
        },
    )
    seen = play(tree, 7 * DAY, engine)
    assert seen.log("case", "agent") == [("a", TWO), ("b", ONE)]
    assert seen.proficiency.tolist() == [[1.0], [1.0]]


def test_what_is_left_of_a_training_at_the_end_of_a_shift_is_still_owed(engine: str) -> None:
    # shift 10:00-11:00; training of 90 minutes: Monday 0-60, Tuesday 0-30
    tree = tiny(
        {"a": DAY + 5},
        WORK,
        teams={
            "desk": merged(
                on_duty("10:00-11:00"),
                {"training": {"talk": {"starts": "0 min", "uplift": {"desk": 1}, "hours": "90 min"}}},
            )
        },
    )
    seen = play(tree, 2 * DAY, engine)
    assert seen.log("began") == [(DAY + 30,)]


def test_proficiency_speeds_up_work_and_wrap_up(engine: str) -> None:
    # every agent 1 SD above average: all times x exp(-0.15)
    tree = tiny(
        {"a": 0, "b": 1},
        {"answer": {"work": "10 min", "wrap_up": "5 min"}},
        teams={"desk": {"proficiency": {"mean": 1}}},
    )
    factor = math.exp(-0.15)
    seen = play(tree, 60.0, engine)
    assert seen.log("began", "ended") == [
        (0.0, pytest.approx(10 * factor)),
        (pytest.approx(15 * factor), pytest.approx(25 * factor)),
    ]


def test_paid_time_of_agents_who_are_always_there(engine: str) -> None:
    seen = play(tiny({"a": 0}, WORK), WEEK - TEN, engine)
    assert np.allclose(seen.run.tally.team_sums[:-1, 0, TeamColumn.PAID], WEEK)
