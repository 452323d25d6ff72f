"""One case in two worlds: named, found, told in order, with the effort that the ledger holds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pytest
from tests.organisations import small_bank

from cxsim.calendar import day_table
from cxsim.organisation import Organisation, read_organisation
from cxsim.plan import names_of
from cxsim.problems import Problems
from cxsim.scenario import read_scenario
from cxsim.story import follow, story
from cxsim.story.words import lines, local, outcome, rounded, same
from cxsim.story.worlds import CaseName, World, differences, name_of, read_case, worlds
from cxsim.study import Settings

SETTINGS = Settings(weeks=4, warm_up_weeks=1, replications=1, workers=1)


@pytest.fixture(scope="module")
def organisation() -> Organisation:
    return read_organisation(small_bank())


@pytest.fixture(scope="module")
def side_by_side(organisation: Organisation) -> tuple[World, ...]:
    """Today, a world in which calls take twice as long from week 1 on, and one in which nothing changes."""
    slow = {"title": "Slow", "interventions": [{"speed_up": {"team": "front_line", "by": -1.0}, "starts": "week 1"}]}
    still = {"title": "Still", "interventions": []}
    scenarios = [read_scenario(tree, organisation, name) for name, tree in (("slow", slow), ("still", still))]
    made = worlds(organisation, scenarios, SETTINGS)
    for world in made:
        world.advance(4 * 10080.0)
    return made


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("123", "is not a case; write segment/reason/stream/number, such as everyday/limit/0/123"),
        ("everday/limit/0/1", "no segment 'everday' in 'everday/limit/0/1'; did you mean 'everyday'?"),
        ("everyday/limits/0/1", "no reason 'limits' in 'everyday/limits/0/1'; did you mean 'limit'?"),
        ("everyday/loan_status/0/1", "no demand of its own"),
        ("everyday/limit/7/1", "there is: everyday/limit/0, affluent/limit/0"),
        ("everyday/limit/0/one", "whole numbers"),
    ],
)
def test_a_case_that_cannot_be_is_refused(organisation: Organisation, text: str, words: str) -> None:
    with pytest.raises(Problems) as refused:
        read_case(text, names_of([organisation]))
    (fault,) = refused.value.problems
    assert fault.path == ("case",)
    assert words in fault.what


def test_names_there_and_back(organisation: Organisation) -> None:
    names = names_of([organisation])
    for text in ("everyday/limit/0/12", "affluent/loan/1/3+2"):
        case = read_case(text, names)
        assert str(case) == text
        assert name_of(case.word, case.key, names) == case


def test_a_case_that_never_arises_has_its_neighbours_named(organisation: Organisation) -> None:
    with pytest.raises(Problems, match=r"within 4 weeks, or it left no trace; near it: everyday/limit/0/"):
        story(organisation, [], SETTINGS, "everyday/limit/0/999999")


def test_local_time_follows_the_clocks() -> None:
    """Berlin, 2026: the clock goes forward on 29 March, so noon is 11 h after midnight; back on 25 October, 13 h."""
    for day, hours in ((date(2026, 3, 29), 11.0), (date(2026, 10, 25), 13.0), (date(2026, 6, 1), 12.0)):
        days = day_table(day, time_zone="Europe/Berlin", first_day=-2, last_day=2)
        assert local(days, 60.0 * hours) == datetime(day.year, day.month, day.day, 12)
        assert local(days, -1.0).hour == 23


@pytest.mark.parametrize(
    ("minutes", "said"), [(0.51, "31 s"), (9.99, "9 min 59 s"), (45.8, "46 min"), (1441.0, "1 d"), (4250.0, "3 d")]
)
def test_durations_as_one_says_them(minutes: float, said: str) -> None:
    assert rounded(minutes) == said


def told_cases(today: World) -> list[CaseName]:
    rows = today.run.visits()
    keys = dict.fromkeys(zip(rows["word"].tolist(), rows["number"].tolist(), strict=True))
    return [name_of(word, key, today.names) for word, key in list(keys)[:40]]


def test_every_effort_of_the_ledger_is_told_and_in_order(side_by_side: tuple[World, ...]) -> None:
    today = side_by_side[0]
    for case in told_cases(today):
        life = today.life(case)
        said = lines(life, case)
        assert [line.at for line in said] == sorted(line.at for line in said)
        assert sum(effort for line in said for _, effort in line.efforts) == pytest.approx(life.effort)
        assert len(said) >= len(life.visits)


def test_the_worlds_are_the_same_until_they_part(side_by_side: tuple[World, ...]) -> None:
    """Whoever is gone before week 1 lives the same life; the world where nothing changes is today's, to the second."""
    today, slow, still = side_by_side
    gone = 0
    for case in told_cases(today):
        one, other, third = (world.life(case) for world in (today, slow, still))
        assert same(one, third)
        if one.over and float(np.max(one.visits["ended_at"])) < 10080.0:
            gone += 1
            assert np.array_equal(one.visits, other.visits)
    assert gone > 5


def test_differences_are_those_of_the_lives(side_by_side: tuple[World, ...]) -> None:
    today, slow, still = side_by_side
    table = differences(today, slow)
    assert len(table) > 10
    row: Any
    for row in table.head(5).itertuples(index=False):
        case = name_of(int(row.word), int(row.number), today.names)
        assert row.effort == pytest.approx(today.life(case).effort)
        assert row.other == pytest.approx(slow.life(case).effort)
        assert outcome(today.life(case)) != "Still open when the story ends"
    assert (differences(today, still)["difference"] == 0.0).all()


def test_following_stops_when_the_case_is_over(organisation: Organisation) -> None:
    (today,) = worlds(organisation, [], SETTINGS)
    case = CaseName("everyday", "limit", 0, 3)
    follow((today,), case, 4)
    assert today.over(case)
    assert today.run.at < 4 * 10080.0


def test_a_story(organisation: Organisation) -> None:
    slow = {"title": "Slow", "interventions": [{"speed_up": {"team": "front_line", "by": -1.0}, "starts": "week 1"}]}
    scenario = read_scenario(slow, organisation, "slow")
    text = story(organisation, [scenario], SETTINGS)
    assert text.startswith("Case ")
    assert "As it is today" in text
    assert "Slow" in text
    assert "Seed 1, replication 0" in text
    named = text.split()[1].rstrip(":")
    again = story(organisation, [scenario], SETTINGS, named)
    assert again == text[: len(again)]
    assert story(organisation, [], SETTINGS, named).count("As it is today") == 1


def test_what_no_scenario_changes_is_told_once(organisation: Organisation) -> None:
    still = read_scenario({"title": "Still", "interventions": []}, organisation, "still")
    text = story(organisation, [still], SETTINGS, "everyday/limit/0/3")
    assert "Still\n  The same, to the second." in text
