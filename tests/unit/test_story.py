"""One case in two worlds: named, found, reported in order, with the effort that the ledger holds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pytest

from cxsim.calendars.calendar import day_table
from cxsim.files.problems import Problems
from cxsim.organisation import Organisation, read_organisation
from cxsim.report.story import follow, story
from cxsim.report.story.background import background
from cxsim.report.story.lines import lines
from cxsim.report.story.text import life_text, same
from cxsim.report.story.words import local, rounded
from cxsim.report.story.worlds import CaseName, World, differences, name_of, read_case, worlds
from cxsim.scenario import read_scenario
from cxsim.state.lineage import Lineage
from cxsim.state.plan import names_of
from cxsim.state.tally import CaseColumn
from cxsim.study import Settings
from organisations import small_bank
from worlds import DAY, WARM_UP_WEEKS, Tree, merged, tiny

SETTINGS = Settings(weeks=4, warm_up_weeks=1, replications=1, workers=1)


@pytest.fixture(scope="module")
def organisation() -> Organisation:
    return read_organisation(small_bank())


@pytest.fixture(scope="module")
def side_by_side(organisation: Organisation) -> tuple[World, ...]:
    """The baseline, a world in which calls take twice as long from week 1 on, and one in which nothing changes."""
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
    ("minutes", "message"), [(0.51, "31 s"), (9.99, "9 min 59 s"), (45.8, "46 min"), (1441.0, "1 d"), (4250.0, "3 d")]
)
def test_durations_in_words(minutes: float, message: str) -> None:
    assert rounded(minutes) == message


def reported_cases(baseline: World) -> list[CaseName]:
    rows = baseline.run.visits()
    keys = dict.fromkeys(zip(rows["name_hash"].tolist(), rows["number"].tolist(), strict=True))
    return [name_of(word, key, baseline.names) for word, key in list(keys)]


def test_every_effort_of_the_ledger_is_reported_and_in_order(side_by_side: tuple[World, ...]) -> None:
    baseline = side_by_side[0]
    for case in reported_cases(baseline)[:12]:
        life = baseline.life(case)
        found = lines(life, case, background(life, case))
        assert [line.at for line in found] == sorted(line.at for line in found)
        assert sum(effort for line in found for _, effort in line.efforts) == pytest.approx(life.effort)
        assert len(found) >= len(life.visits)


def test_the_worlds_are_the_same_until_they_part(side_by_side: tuple[World, ...]) -> None:
    """Whoever is gone before week 1 lives the same life; where nothing changes it is the baseline's, to the second."""
    baseline, slow, still = side_by_side
    gone = 0
    for case in reported_cases(baseline)[:40]:
        one, other, third = (world.life(case) for world in (baseline, slow, still))
        assert same(one, third)
        if one.over and float(np.max(one.visits["ended_at"])) < 10080.0:
            gone += 1
            assert np.array_equal(one.visits, other.visits)
    assert gone > 5


def test_differences_are_those_of_the_lives(side_by_side: tuple[World, ...]) -> None:
    baseline, slow, still = side_by_side
    table = differences(baseline, slow)
    assert len(table) > 10
    row: Any
    for row in table.head(5).itertuples(index=False):
        case = name_of(int(row.name_hash), int(row.number), baseline.names)
        assert row.effort == pytest.approx(baseline.life(case).effort)
        assert row.other == pytest.approx(slow.life(case).effort)
        assert baseline.life(case).over
    assert (differences(baseline, still)["difference"] == 0.0).all()


def test_following_stops_when_the_case_is_over(organisation: Organisation) -> None:
    (baseline,) = worlds(organisation, [], SETTINGS)
    case = CaseName("everyday", "limit", 0, Lineage(3))
    follow((baseline,), case, 4)
    assert baseline.over(case)
    assert baseline.run.at < 4 * 10080.0


def test_a_story(organisation: Organisation) -> None:
    slow = {"title": "Slow", "interventions": [{"speed_up": {"team": "front_line", "by": -1.0}, "starts": "week 1"}]}
    scenario = read_scenario(slow, organisation, "slow")
    text = story(organisation, [scenario], SETTINGS)
    assert text.startswith("Case ")
    assert "Baseline\n" in text
    assert "Slow" in text
    assert "Seed 1, replication 0" in text
    named = text.split()[1].rstrip(":")
    again = story(organisation, [scenario], SETTINGS, named)
    assert again == text[: len(again)]
    assert story(organisation, [], SETTINGS, named).count("Baseline\n") == 1


def test_what_no_scenario_changes_is_reported_once(organisation: Organisation) -> None:
    still = read_scenario({"title": "Still", "interventions": []}, organisation, "still")
    text = story(organisation, [still], SETTINGS, "everyday/limit/0/3")
    assert "Still\n  The same, to the second." in text
    assert "satisfaction, SD" not in text


# ------------------------------------------------------------------------- whole stories, worked out on paper

PAPER = Settings(weeks=6, warm_up_weeks=WARM_UP_WEEKS, replications=1, workers=1, engine="simpy")
FIRST = CaseName("all", "a", 0)


def reported_by(tree: Tree, case: CaseName = FIRST) -> list[str]:
    """One case's lines in the baseline, without the head and the effort; it opens on Monday 5 January, 10:00."""
    (world,) = worlds(read_organisation(tree), [], PAPER)
    follow((world,), case, PAPER.weeks)
    life = world.life(case)
    text = life_text(life, case, background(life, case), life)
    assert max(map(len, text.splitlines())) <= 120
    return [line.strip() for line in text.splitlines()[1:] if not line.strip().startswith("effort")]


def test_a_story_tells_delays_promises_updates_and_the_answer() -> None:
    # 6 days at a supplier, promised within 2 days; updates on days 2 and 4 and at the very instant of day 6
    tree = tiny(
        {"a": 0},
        {
            "ask": {"work": "10 min", "next": "wait"},
            "wait": {"title": "Report", "delay": "6 d", "supplier": "credit_bureau", "next": "tell"},
            "tell": {"work": "5 min", "outbound": {"p_reached": 1}},
        },
        reasons={"a": {"promise": {"within": "2 d", "update_every": "2 d", "update_reaches": 1}}},
        experience={"survey": {"p_answer": 0}},
    )
    assert reported_by(tree)[:-1] == [
        "Mon 05 Jan 10:00  phones about a; desk-1: ask, 10 min",
        "Mon 05 Jan 10:00  we promise: done by Wed 07 Jan 10:00",
        "Mon 05 Jan 10:10  report (at the credit bureau), 6 d",
        "Wed 07 Jan 10:00  the promise is broken",
        "Wed 07 Jan 10:00  we send 3 updates",
        "Sun 11 Jan 10:10  desk-1 phones the customer: tell, 5 min",
        "Sun 11 Jan 10:15  it is solved",
        "Sun 11 Jan 10:15  does not answer our survey, as 100% of customers do not",
    ]


def test_a_story_tells_that_the_clock_stood_still() -> None:
    # the customer takes 3 days, promised are 2 days: due on Saturday 10:00; solved on Sunday
    tree = tiny(
        {"a": 0},
        {"documents": {"customer": True, "delay": "3 d", "next": "wait"}, "wait": {"delay": "3 d"}},
        reasons={"a": {"promise": {"within": "2 d", "p_told": 0, "expected": "2 d"}}},
    )
    assert reported_by(tree)[:-2] == [
        "Mon 05 Jan 10:00  phones about a; documents, 3 d",
        "Mon 05 Jan 10:00  no promise; expects it by Wed 07 Jan 10:00",
        "Thu 08 Jan 10:00  wait, 3 d",
        "Sat 10 Jan 10:00  the customer expected it by now (the clock stood still while we waited for the customer)",
        "Sun 11 Jan 10:00  it is solved",
    ]


def test_a_story_tells_self_service_that_does_not_work() -> None:
    online = {"p_done": 0, "takes": "4 min", "falls_back_to": "answer", "channel": "phone"}
    tree = tiny(
        {"a": 0},
        {"online": {"self_service": online}, "answer": {"work": "10 min"}},
        channels={"web": {"presence": "self_service"}},
        reasons={"a": {"channels": {"phone": None, "web": 1}}},
    )
    assert reported_by(tree)[:3] == [
        "Mon 05 Jan 10:00  tries online about a; online, 4 min, which does not work",
        "Mon 05 Jan 10:04  phones instead; desk-1: answer, 10 min",
        "Mon 05 Jan 10:14  it is solved",
    ]


def test_a_story_tells_who_gives_up_and_who_goes_elsewhere() -> None:
    busy = {"a": 0, "b": 1}
    base = tiny(busy, {"answer": {"work": "2 d"}}, channels={"phone": {"patience": "5 min"}})
    assert reported_by(base, CaseName("all", "b", 0))[:2] == [
        "Mon 05 Jan 10:01  phones about b; waits 5 min and gives up",
        "Mon 05 Jan 10:06  the customer does not try again",
    ]
    leaves: Tree = {
        "reasons": {"b": {"channels": {"phone": None, "mail": 1}, "withdrawal": {"after": "1 d"}}},
        "channels": {"mail": {"presence": "absent"}},
    }
    assert reported_by(merged(base, leaves), CaseName("all", "b", 0))[:2] == [
        "Mon 05 Jan 10:01  writes an e-mail about b; answer: waits 1 d, then it is no longer wanted",
        "Tue 06 Jan 10:01  the customer takes the matter elsewhere",
    ]
    unsolved = merged(tiny({"a": 0}, {"answer": {"work": "10 min", "resolves": 0}}), {})
    assert reported_by(unsolved)[1] == "Mon 05 Jan 10:10  it is not solved, and the customer lets it be"


def test_a_story_tells_call_backs() -> None:
    # a is served until 10:20; b comes at 10:01, is offered a call back and gets it at 10:20
    offer = {"when_wait_over": "1 min", "p_accept": 1, "p_reached": 1}
    tree = tiny({"a": 0, "b": 1}, {"answer": {"work": "20 min"}}, channels={"phone": {"call_back": offer}})
    assert reported_by(tree, CaseName("all", "b", 0))[0] == (
        "Mon 05 Jan 10:01  phones about b; accepts to be called back, and is after 19 min; desk-1: answer, 20 min"
    )


def test_the_answers_of_all_stories_are_those_of_the_survey() -> None:
    tree = merged(
        tiny({"a": "2 h"}, {"answer": {"work": "30 min", "resolves": 0.6}}),
        {"experience": {"survey": {"p_answer": 0.5}}, "segments": {"all": {"relationship": {"sd": 1}}}},
    )
    (world,) = worlds(read_organisation(tree), [], PAPER)
    world.advance(4 * DAY)
    cases = [name for name in reported_cases(world) if world.life(name).opened_at >= 0.0 and world.life(name).over]
    given = [background(world.life(name), name).answers for name in cases]
    sums = world.run.tally.case_sums[WARM_UP_WEEKS].sum(axis=(0, 1))
    answered = [answer for answer in given if answer is not None]
    assert len(answered) == sums[CaseColumn.ANSWERS] > 10
    assert sum(recommends >= 9 for recommends, _ in answered) == sums[CaseColumn.ANSWERED_PROMOTER]
    assert sum(recommends <= 6 for recommends, _ in answered) == sums[CaseColumn.ANSWERED_DETRACTOR]
    assert sum(ease for _, ease in answered) == sums[CaseColumn.ANSWERED_CES]


def test_a_story_tells_what_comes_of_a_bad_case() -> None:
    tree = tiny(
        {"a": 0},
        {"answer": {"work": "10 min", "resolves": 0}},
        reasons={"grievance": {"kind": "failure", "channels": {"phone": 1}, "route": "c"}},
        routes={"c": {"reply": {"team": "desk", "work": "20 min"}}},
        behaviour={"complaint": "grievance"},
        recovery={
            "complaining": {"after_failure": 1, "full_at": 0.1, "after": "1 h"},
            "cause": 0,
            "recurs": 1,
            "recurs_after": "2 h",
        },
    )
    o = read_organisation(tree)
    first, complaint, again = (reported_whole(o, number) for number in (0, 16384, 1024))
    assert "The customer complains about it as case=all/a/0/0+16384." in first
    assert "comes back" not in first
    assert "a complaint about a" in complaint
    assert "That is before what the answer to the complaint gave back." in complaint
    assert "Only its symptom was solved: it comes back as case=all/a/0/0+1024." in complaint
    assert "survey" not in complaint
    assert "a, which was solved once in its symptom only" in again
    assert "case=all/a/0/0+17408" in again


def reported_whole(o: Organisation, suffix: int) -> str:
    """The story of a case of the baseline, on one line."""
    name = f"all/a/0/0+{suffix}" if suffix else "all/a/0/0"
    return " ".join(story(o, [], Settings(weeks=4, warm_up_weeks=WARM_UP_WEEKS, replications=1), name).split())
