"""People, worked out on paper: what they learn and forget, what a training leaves, who leaves and who comes.

Times are minutes after Monday 10:00; the week closes at `CLOSE`.  Agents are always on duty.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from cxsim.calendars.constants import WEEK
from cxsim.calendars.timetables import day_of
from cxsim.model.draws import Purpose
from cxsim.state.tally import SkillColumn, TeamColumn
from random_number import uniform, word
from worlds import TEN, Observed, Tree, both_engines, crew, merged, play, tiny

pytestmark = both_engines
CLOSE = WEEK - TEN
WORK = {"answer": {"work": "10 min"}}
LEARNING = {"time_constant": "90 d", "newcomer": -1.2, "new_skill": -0.8, "practice": "1 min", "forgetting": "330 d"}
NEVER_FORGET = LEARNING | {"forgetting": "1e30 d"}
SURE = {"engagement": {"pressure_attrition": 3, "busy_effect": 0}}
"""With 50 leavings a year under full pressure everybody leaves at every close: 1 in 2 x 10^8 does not."""
RESTLESS = {"attrition": 50, "pressure": 1}


def sums(seen: Observed, column: TeamColumn) -> list[float]:
    """A column of the desk, from the week that holds time 0 on."""
    found: list[float] = seen.run.tally.team_sums[4:, seen.names.teams.index("desk"), column].tolist()
    return found


def random_number(seen: Observed, purpose: Purpose, date: int, extra: int, seed: int = 1) -> float:
    """The uniform of the desk's first position at an address."""
    return uniform(seed, 0, purpose | date << 32, word("desk/0"), 2, extra)


def test_a_newcomer_learns_what_is_practised(engine: str) -> None:
    # a second agent comes at 60 as a newcomer: -1.2.  a at 61 -> 1, who is at the ceiling (nobody ever leaves); b at 62
    # -> 2, slower by exp(0.15 x 1.2).  At the close 7 of 90 days' learning are done: -1.2 exp(-7/90)
    one = tiny({"a": 61, "b": 62, "c": CLOSE + 1, "d": CLOSE + 2}, WORK, people={"learning": NEVER_FORGET})
    two = merged(one, {"teams": {"desk": {"agents": 2}}})
    seen = play([(0, one), (60.0, two)], CLOSE + 30, engine)
    later = -1.2 * math.exp(-7 / 90)
    assert seen.log("agent", "began", "ended") == [
        ("desk-1", 61.0, 71.0),
        ("desk-2", 62.0, pytest.approx(62 + 10 * math.exp(0.15 * 1.2))),
        ("desk-1", CLOSE + 1, CLOSE + 11),
        ("desk-2", CLOSE + 2, pytest.approx(CLOSE + 2 + 10 * math.exp(-0.15 * later))),
    ]
    assert seen.proficiency[:, 0] == pytest.approx([0.0, later], abs=1e-12)
    assert sums(seen, TeamColumn.HIRED) == [1, 0]
    assert sums(seen, TeamColumn.NEW_POSITIONS) == [1, 0]
    assert sums(seen, TeamColumn.PEOPLE) == [2, 0]  # counted at the close


def test_little_practice_teaches_little_and_leaves_the_rest_to_be_forgotten(engine: str) -> None:
    # an hour a week is full practice; a's ten minutes are a sixth.  At the ceiling 0 there is nothing to learn; of the
    # 1.2 above a newcomer's level five sixths of a week's forgetting are lost, half of it in 330 days.  Weeks without
    # any work came before: the warm-up of four weeks
    tree = tiny({"a": 0}, WORK, people={"learning": LEARNING | {"practice": "1 h"}})
    idle = -1.2 + 1.2 * 2 ** (-4 * 7 / 330)
    practised = 0.0 - (0.0 - idle) * math.exp(-7 / 90 * (10 * math.exp(-0.15 * idle)) / 60)
    share = 10 * math.exp(-0.15 * idle) / 60
    after = -1.2 + (practised + 1.2) * 2 ** (-7 / 330 * (1 - share))
    seen = play(tree, CLOSE, engine)
    assert seen.proficiency[0, 0] == pytest.approx(after, abs=1e-12)
    assert seen.run.tally.skill_sums[:5, 0, SkillColumn.PROFICIENCY] == pytest.approx(
        [-1.2 + 1.2 * 2 ** (-k * 7 / 330) for k in range(5)]
    )


def test_a_new_skill_begins_low_and_the_same_work_in_another_team_does_not(engine: str) -> None:
    # at 60 the desk also learns loans, and is merged with the back office, which brings its own skill
    def trees(**more: Any) -> Tree:
        return tiny(
            {"a": 0},
            {"answer": {"work": "10 min", "skill": "plain"}, "more": {"team": "back", "work": "1 min"}},
            routes={"r": {"answer": {"next": "more"}}},
            teams={"desk": {"skills": ["plain"], **more}, "back": crew(1, proficiency={"mean": 0.5})},
            people={"learning": NEVER_FORGET},
        )

    both = merged(
        trees(skills=["plain", "loans", "back"], joined={"back": 1}),
        {"teams": {"back": None}, "routes": {"r": {"more": {"team": "desk", "skill": "back"}}}},
    )
    seen = play([(0, trees()), (60.0, both)], 100.0, engine)
    z = {name: seen.proficiency[:, k].tolist() for k, name in enumerate(seen.names.skills)}
    agents = seen.names.agent_names()
    assert agents == ("desk-1", "back-1")
    assert z[("desk", "plain")][0] == pytest.approx(0.0, abs=1e-12)
    assert z[("desk", "loans")] == [pytest.approx(-0.8), pytest.approx(0.5 - 0.8)]
    assert z[("desk", "back")] == [pytest.approx(-0.8), pytest.approx(z[("back", "back")][1])]


def test_what_a_training_gave_fades_and_a_refresher_brings_it_back(engine: str) -> None:
    # half is gone after two weeks, so a week leaves r = 2^-1/2; from the first close on 1, r, r^2, r^3, and again
    course = {
        "starts": "0 min",
        "uplift": {"desk": 0.4},
        "hours": "0 min",
        "half_life": "2 weeks",
        "refresh": {"every": "4 weeks", "hours": "0 min"},
    }
    tree = tiny({"a": 0}, WORK, teams={"desk": {"training": {"talk": course}}})
    seen = play(tree, 9 * WEEK - TEN, engine)
    after = seen.run.tally.skill_sums[5:13, 0, SkillColumn.TRAINED]
    r = 2**-0.5
    assert after == pytest.approx([0.4 * r ** (k % 4) for k in range(8)])
    assert after.mean() == pytest.approx(0.4 * (1 - r**4) / (4 * (1 - r)))
    assert seen.proficiency[0, 0] == pytest.approx(0.4)


def test_a_refresher_takes_its_own_hours(engine: str) -> None:
    # training of 60 minutes on Monday 00:00, refresher of 30 minutes a week later
    course = {
        "starts": "0 min",
        "uplift": {"desk": 1},
        "hours": "1 h",
        "refresh": {"every": "1 week", "hours": "30 min"},
    }
    seen = play(tiny({"a": 0}, WORK, teams={"desk": {"training": {"talk": course}}}), 2 * WEEK - TEN, engine)
    assert sums(seen, TeamColumn.DUTY)[:2] == [WEEK - 60, WEEK - 30]


def test_who_leaves_finishes_the_call_and_the_position_is_empty_and_unpaid_until_somebody_comes(engine: str) -> None:
    # everybody leaves at the first close, and a position is empty for a week.  The position is taken in the week of
    # time 0 if it was at the start of the warm-up, four weeks earlier.  a: 5 minutes before the close, 10 minutes of
    # work; b comes a minute after the close and waits for the newcomer, a week later
    tree = tiny(
        {"a": CLOSE - 5, "b": CLOSE + 1},
        WORK,
        teams={"desk": {**RESTLESS, "hiring": {"takes": "1 week", "cost": 100, "training": 20}}},
        people=SURE,
    )
    seed = next(s for s in range(1, 20) if random_number_of(s) >= 0.5)
    seen = play(tree, 3 * WEEK - TEN - 1, engine, seed=seed)
    assert seen.log("case", "began", "ended") == [
        ("a", CLOSE - 5, CLOSE + 5),
        ("b", CLOSE + WEEK, CLOSE + WEEK + 10),
    ]
    assert sums(seen, TeamColumn.PAID) == [WEEK, 0.0, pytest.approx(WEEK - 1)]
    assert sums(seen, TeamColumn.DUTY) == [WEEK, 0.0, pytest.approx(WEEK - 1)]
    assert sums(seen, TeamColumn.BUSY) == [5.0, 5.0, 10.0]
    assert sums(seen, TeamColumn.QUIT) == sums(seen, TeamColumn.LEFT) == [1, 0, 0]
    assert sums(seen, TeamColumn.HIRED) == [0, 1, 0]
    assert sums(seen, TeamColumn.EMPTY) == [0, 1, 0]
    assert seen.timeline[0][1].teams["hiring_cost"].tolist() == [120.0]


def random_number_of(seed: int) -> float:
    """Whether the desk's first position is empty at the start, with even chances."""
    return uniform(seed, 0, Purpose.VACANCY, word("desk/0"), 2, 0)


def test_who_leaves_is_settled_by_position_generation_and_week(engine: str) -> None:
    # 40 leavings a year: p = 1 - exp(-40 x 7 / 365.25) at each of eight closes; positions are filled at once
    tree = tiny({"a": 0}, WORK, teams={"desk": {"attrition": 40, "proficiency": {"sd": 1}}})
    seen = play(tree, 4 * WEEK - TEN, engine)
    days = seen.timeline[0][1].days
    p = 1 - math.exp(-40 * 7 / 365.25)
    generation, left = 0, []
    for week in range(-4, 4):
        date = int(days[day_of(days, (week + 1) * WEEK - 1.0)]["date"])
        goes = random_number(seen, Purpose.QUIT, date, generation) < p
        generation += goes
        left.append(float(goes))
    assert 0 < sum(left) < 8
    assert seen.run.tally.team_sums[:8, 0, TeamColumn.QUIT].tolist() == left
    assert seen.run.tally.team_sums[:8, 0, TeamColumn.HIRED].tolist() == left
    assert seen.run.state.agents["generation"].tolist() == [generation]


def test_a_newcomer_starts_anew(engine: str) -> None:
    # whoever came last (here at the last close) has a newcomer's proficiency, whatever the training gave before
    course = {"starts": "0 min", "uplift": {"desk": 5}, "hours": "0 min", "half_life": None}
    tree = tiny(
        {"a": 0},
        WORK,
        teams={"desk": {**RESTLESS, "training": {"talk": course}}},
        people=SURE | {"learning": LEARNING},
    )
    seen = play(tree, CLOSE, engine)
    assert seen.proficiency[0, 0] == pytest.approx(-1.2)
    assert seen.run.tally.team_sums[:5, 0, TeamColumn.QUIT].tolist() == [1] * 5


def test_a_position_that_is_cut_is_left_and_comes_back_with_its_person(engine: str) -> None:
    one = tiny({"a": 0}, WORK, teams={"desk": {"agents": 1, "proficiency": {"sd": 1}}})
    two = merged(one, {"teams": {"desk": {"agents": 2}}})
    seen = play([(0, two), (60.0, one), (120.0, two)], 200.0, engine)
    assert sums(seen, TeamColumn.LEFT) == [1]
    assert sums(seen, TeamColumn.QUIT) == [0]
    assert sums(seen, TeamColumn.HIRED) == [1]
    assert seen.proficiency.tolist() == play(two, 200.0, engine).proficiency.tolist()


def test_load_recognition_and_pressure_move_absence_and_attrition(engine: str) -> None:
    # nine tenths of the week are busy: 5 points above 85 %, 5 % each: 1.25.  A weight of one on the last week
    tree = tiny(
        {"a": -TEN},
        {"answer": {"work": f"{0.9 * WEEK!r} min"}},
        teams={"desk": {"recognition": 0.5, "pressure": 0.25}},
        people={"engagement": {"sustained": "1 min"}},
    )
    seen = play(tree, CLOSE, engine)
    mood = seen.run.state.team_state[0]
    assert mood["occupancy"] == pytest.approx(0.9)
    assert mood["absence_factor"] == pytest.approx(1.25 * math.exp(-0.15 * 0.5 + 0.2 * 0.25))
    assert mood["attrition_factor"] == pytest.approx(1.25 * math.exp(-0.25 * 0.5 + 0.4 * 0.25))


def test_occupancy_that_wears_people_out_is_that_of_the_last_weeks(engine: str) -> None:
    # averaged over 4 weeks, so a week weighs 1 - exp(-1/4) against all before it. The warm-up was idle; the week of
    # time 0 is busy for nine tenths, the next one idle again: 0.9 (1 - e) = 0.199, then 0.199 e = 0.155, with
    # e = exp(-1/4). Wear begins at 0.15: 4.9 and 0.5 points above it, each 5 % more absence
    tree = tiny(
        {"a": -TEN},
        {"answer": {"work": f"{0.9 * WEEK!r} min"}},
        people={"engagement": {"sustained": "28 d", "busy_from": 0.15, "busy_effect": 0.05}},
    )
    first = 0.9 * (1.0 - math.exp(-0.25))
    for until, occupancy in ((CLOSE, first), (CLOSE + WEEK, first * math.exp(-0.25))):
        mood = play(tree, until, engine).run.state.team_state[0]
        assert mood["occupancy"] == pytest.approx(occupancy)
        assert mood["absence_factor"] == pytest.approx(1.0 + 0.05 * 100.0 * (occupancy - 0.15))


def test_people_stay_away_more_after_a_hard_week(engine: str) -> None:
    # a chance of 0.8 to be absent becomes 0.8 x 1.25 = 1 after a week of 90 %; b comes in that week and is not served
    tree = tiny(
        {"a": -TEN, "b": CLOSE + 100},
        {"answer": {"work": f"{0.9 * WEEK!r} min"}},
        teams={"desk": {"p_absent": 0.8, "shifts": {"all": None, "week": {"hours": {"mon-sun": "00:00-23:30"}}}}},
        people={"engagement": {"sustained": "1 min", "busy_from": 0.1, "busy_effect": 1}},
    )
    seen = play(tree, 2 * WEEK - TEN, engine)
    assert sums(seen, TeamColumn.SHIFTS)[:2] == [7, 7]
    there = 7 - sums(seen, TeamColumn.MISSED_SHIFTS)[0]
    assert there > 0
    if seen.log():
        assert [c for (c,) in seen.log("case")] == ["a"]
    assert sums(seen, TeamColumn.MISSED_SHIFTS)[1] == 7


def test_no_attrition_and_endless_learning_change_nothing(engine: str) -> None:
    arrivals = {"a": {"exponential": {"mean": "28 min"}}, "b": {"exponential": {"mean": "44 min"}}}
    steps = {"answer": {"work": {"exponential": {"mean": "36 min"}}, "resolves": 0.6}}
    plain = tiny(
        arrivals,
        steps,
        teams={"desk": crew(3, p_absent=0.2, proficiency={"mean": 0.3, "sd": 0.7})},
        behaviour={"p_recontact": 0.5},
    )
    slow = {"time_constant": "1e30 d", "forgetting": "1e30 d"}
    other = merged(plain, {"people": {"learning": slow, "engagement": {"busy_effect": 0}}})
    seen, same = (play(tree, WEEK, engine) for tree in (plain, other))
    assert len(seen.log()) > 1000
    assert seen.log() == same.log()
    for a, b in zip(seen.run.tally, same.run.tally, strict=True):
        assert np.array_equal(a, b)
