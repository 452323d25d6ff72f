"""Scenarios: dates, faults, timelines, costs and differences, worked by hand."""

from __future__ import annotations

import pickle
from copy import deepcopy
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim.files.problems import Problems
from cxsim.organisation import Calendar, read_organisation
from cxsim.scenario import BASELINE, Change, Scenario, changes, read_scenario, scenario_costs, timeline
from cxsim.scenario.differences_text import difference_lines
from cxsim.scenario.interventions.dates import at_minutes
from organisations import small_bank

BANK = read_organisation(small_bank())
WEEK = 10080.0


def scenario(*entries: Any, **head: Any) -> Scenario:
    return read_scenario({"title": "A test", **head, "interventions": list(entries)}, BANK, "test")


def refused(tree: Any) -> list[str]:
    with pytest.raises(Problems) as fault:
        read_scenario(tree, BANK, "test")
    return [str(p) for p in fault.value.problems]


def agents(agents: int, **other_keys: Any) -> dict[str, Any]:
    return {"staff": {"team": "front_line", "agents": agents}, **other_keys}


def test_the_baseline_is_one_organisation_from_time_zero() -> None:
    assert timeline(BANK, BASELINE) == ((0.0, BANK),)
    assert timeline(BANK, BASELINE)[0][1] is BANK
    assert timeline(BANK, scenario()) == ((0.0, BANK),)


def test_interventions_that_change_nothing_leave_the_baseline() -> None:
    same = scenario(agents(6), agents(6, starts="week 3", ends="week 4"))
    assert len(timeline(BANK, same)) == 1
    assert timeline(BANK, same)[0][1] is BANK


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("week 5", 5 * WEEK),
        ("week 0", 0.0),
        ("day 10", 14400.0),
        ("35 d", 50400.0),
        ("2026-01-12", WEEK),
        (date(2026, 1, 12), WEEK),
    ],
)
def test_a_start_is_a_week_a_day_a_duration_or_a_date(start: Any, expected: float) -> None:
    assert at_minutes(start, BANK.calendar) == expected


def test_a_date_counts_the_hour_lost_when_clocks_change() -> None:
    # 2026-03-29 has 23 hours in Berlin
    berlin = Calendar(start=date(2026, 3, 23), timezone="Europe/Berlin")
    assert at_minutes("2026-03-30", berlin) == WEEK - 60.0


@pytest.mark.parametrize("start", ["week -1", "2026-01-04", "-3 d", "5", "soon", 5])
def test_a_start_before_time_zero_or_without_a_unit_is_refused(start: Any) -> None:
    problems = refused({"title": "A test", "interventions": [agents(7, starts=start)]})
    assert len(problems) == 1
    assert problems[0].startswith("interventions[0].starts: ")


def test_the_timeline_follows_starts_and_ends() -> None:
    plan = scenario(
        {"set": {"behaviour.p_redial": 0.6}, "starts": "week 4"},
        agents(8, starts="week 2", ends="week 6"),
        agents(9, starts="week 4", ends="week 5"),
    )
    found = [(at / WEEK, o.teams["front_line"].agents, o.behaviour.p_redial) for at, o in timeline(BANK, plan)]
    assert found == [(0, 6, 0.5), (2, 8, 0.5), (4, 9, 0.6), (5, 8, 0.6), (6, 6, 0.6)]


def test_equal_starts_go_in_the_order_of_the_list() -> None:
    assert timeline(BANK, scenario(agents(8), agents(9)))[0][1].teams["front_line"].agents == 9
    assert timeline(BANK, scenario(agents(9), agents(8)))[0][1].teams["front_line"].agents == 8


def test_what_starts_at_zero_is_there_from_the_first_entry() -> None:
    ((at, organisation),) = timeline(BANK, scenario(agents(8)))
    assert (at, organisation.teams["front_line"].agents) == (0.0, 8)


def test_a_training_starts_when_its_entry_starts() -> None:
    course = {"team": "front_line", "uplift": {"service": 0.4}, "hours": "16 h"}
    after = timeline(BANK, scenario({"training": course, "starts": "week 5"}))[-1]
    assert after[0] == 5 * WEEK
    assert after[1].teams["front_line"].training["course"].starts == 5 * WEEK
    inside = {"title": "x", "interventions": [{"training": {**course, "starts": "week 5"}}]}
    assert refused(inside) == ["interventions[0].training.starts: write 'starts' next to 'training', not inside it"]


def test_costs_count_from_start_to_end() -> None:
    plan = scenario(
        agents(8, starts="week 2", costs={"once": 1000, "per_week": 50, "source": "assumed"}),
        agents(7, ends="week 3", costs={"per_week": 10}),
        agents(9, starts="week 30", costs={"once": 99, "per_week": 1}),
        agents(6),
    )
    assert plan.interventions[0].costs.source == "assumed"
    assert scenario_costs(plan, 26) == (
        ("staff", 1000 + 24 * 50),
        ("staff", 30.0),
        ("staff", 0.0),
        ("staff", 0.0),
    )


def test_numbers_carry_their_sources() -> None:
    plan = scenario(
        {
            "prevent_demand": {
                "reasons": ["limit"],
                "share": {"about": 0.3, "between": [0.1, 0.4], "source": "pilot"},
            },
            "costs": {"once": {"about": 10, "between": [5, 20]}, "source": "quote"},
        }
    )
    assert plan.interventions[0].costs.once == 10
    found = {a.name: (a.value, a.low, a.high, a.source) for a in plan.assumptions}
    assert found == {
        "interventions[0].prevent_demand.share": (0.3, 0.1, 0.4, "pilot"),
        "interventions[0].costs.once": (10, 5, 20, "quote"),
    }


def test_all_faults_are_reported_together() -> None:
    tree = {
        "titel": "A test",
        "interventions": [
            {"staf": {"team": "front_line", "agents": 3}},
            {"move_step": {"route": "loan", "step": "decied", "to": "lendng"}, "starts": "week 1"},
            {"staff": {"team": "front_line", "agents": -3}},
            {"staff": {"team": "front_line", "change": 1}, "training": {}},
            {"remove_step": {"route": "loan", "step": "check"}, "start": "week 5"},
            "staff",
            {"starts": "week 3"},
            agents(7, ends="day 0"),
            agents(7, costs={"onec": 3}),
            {"staff": [1]},
        ],
        "hold": "service",
    }
    found = refused(tree)
    assert found == [
        "interventions[0].staf: no kind of intervention 'staf'; did you mean 'staff'?",
        "interventions[2].staff.agents: should be greater than or equal to 0 (it is -3)",
        "interventions[3]: one entry holds one intervention; here: staff and training",
        "interventions[4].start: no kind of intervention 'start'; did you mean 'starts'?",
        "interventions[5]: a mapping with one kind of intervention belongs here, not 'staff'",
        "interventions[6]: no intervention in it; write its kind first, such as 'staff: {...}'",
        "interventions[7].ends: 'day 0' is not after its start",
        "interventions[8].costs.onec: unknown name 'onec'; did you mean 'once'?",
        "interventions[9].staff: a mapping belongs here, not a list",
        "titel: unknown name 'titel'; did you mean 'title'?",
        "title: missing",
        "hold: should be 'service_level' (it is 'service'); did you mean 'service_level'?",
        "interventions[1].move_step.step: no step 'decied' in route 'loan'; did you mean 'decide'?",
        "interventions[1].move_step.to: no team 'lendng'; did you mean 'lending'?",
    ]


def test_what_only_follows_from_an_earlier_fault_is_left_out() -> None:
    tree = {
        "title": "A test",
        "interventions": [
            {"merge_teams": {"teams": ["lending", "bord"], "into": "credit"}},
            {"staff": {"team": "credit", "agents": 4}, "starts": "week 2"},
        ],
    }
    assert refused(tree) == ["interventions[0].merge_teams.teams[1]: no team 'bord'; did you mean 'board'?"]
    tree["interventions"][0] = {"merge_teams": {"teams": 3, "into": "credit"}}
    assert len(refused(tree)) == 1


def test_later_interventions_see_what_earlier_ones_made() -> None:
    merge = {"merge_teams": {"teams": ["lending", "board"], "into": "credit"}, "starts": "week 1"}
    plan = scenario({"staff": {"team": "credit", "change": 1}, "starts": "week 2"}, merge)
    assert [at / WEEK for at, _ in timeline(BANK, plan)] == [0, 1, 2]
    early = {"title": "x", "interventions": [{"staff": {"team": "credit", "change": 1}}, merge]}
    assert refused(early)[0].startswith("interventions[0].staff.team: no team 'credit'")


def test_an_end_that_leaves_others_without_ground_is_refused() -> None:
    merge = {"merge_teams": {"teams": ["lending", "board"], "into": "credit"}, "ends": "week 3"}
    tree = {
        "title": "x",
        "interventions": [merge, {"staff": {"team": "credit", "change": 1}, "starts": "week 2"}],
    }
    assert refused(tree)[0].startswith("interventions[0].ends: then team: no team 'credit'")


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ([], "a scenario is a mapping, not an empty list"),
        ({}, "empty: no scenario in it"),
        ({"title": "x"}, "interventions: missing: the list of what would change"),
        (
            {"title": "x", "interventions": {"staff": {}}},
            "interventions: a list belongs here, not a mapping",
        ),
    ],
)
def test_what_is_no_scenario_is_refused(tree: Any, message: str) -> None:
    assert refused(tree) == [message]


def test_a_key_that_was_renamed_is_answered_with_its_new_name() -> None:
    tree = {"title": "x", "interventions": [agents(7)], "beside": ["other"]}
    assert refused(tree) == ["beside: unknown name 'beside': it is called 'comparators' now"]


def test_reading_leaves_its_input_alone() -> None:
    tree = {"title": "x", "interventions": [agents(7, costs={"once": {"about": 3, "source": "y"}})]}
    before = deepcopy(tree)
    read_scenario(tree, BANK, "test")
    assert tree == before


def test_a_scenario_travels_between_processes() -> None:
    plan = scenario(
        agents(8, starts="week 2"),
        {"call_back": {"channel": "phone", "when_wait_over": "3 min", "p_accept": 1}},
    )
    again = pickle.loads(pickle.dumps(plan))
    assert again == plan
    assert timeline(BANK, again) == timeline(BANK, plan)
    assert plan.model_dump()["interventions"][1]["intervention"]["when_wait_over"] == "3 min"


def test_the_difference_is_exact() -> None:
    tree = small_bank()
    tree["teams"]["front_line"]["agents"] = 8
    tree["teams"]["front_line"]["skills"] = ["loans", "service"]
    tree["reasons"]["loan"].pop("promise")
    tree["behaviour"]["p_recontact"] = 0.7
    tree["routes"]["loan"]["intake"]["next"] = {"documents": {"p": 1.0}}  # the same, written otherwise
    after = read_organisation(tree)
    assert changes(BANK, after) == [
        Change(("reasons", "loan", "promise", "within"), "5 working days", None),
        Change(("reasons", "loan", "promise", "chaser"), "loan_status", None),
        Change(("teams", "front_line", "skills"), ["service", "loans"], ["loans", "service"]),
        Change(("teams", "front_line", "agents"), 6, 8),
        Change(("behaviour", "p_recontact"), None, 0.7),
    ]
    assert difference_lines(BANK, after) == [
        "reason loan",
        "  - promise: within 5 working days, chaser loan status",
        "team front line",
        "  ~ skills: service, loans → loans, service",
        "  ~ agents: 6 → 8",
        "behaviour",
        "  + p recontact 0.7",
    ]
    assert changes(after, after) == []


def test_the_difference_as_a_planner_reads_it() -> None:
    """A scaled distribution is a factor, a merged or removed step a line, a change that routes share one line."""
    plan = scenario(
        {"speed_up": {"team": "front_line", "by": -0.5}},
        {"remove_step": {"route": "loan", "step": "bureau"}},
        {"merge_steps": {"route": "loan", "steps": ["check", "decide"], "into": "one", "control": "replaced"}},
    )
    lines = difference_lines(BANK, timeline(BANK, plan)[0][1])
    text = " ".join(" ".join(lines).split())
    assert "- 'bureau' (credit bureau, 1 d on average)" in text
    assert (
        "'check' (lending, 25 min on average, a control) and 'decide' (lending, 15 min on average) become 'one'" in text
    )
    assert "~ 'documents'" not in text  # it goes on to what became of the step it went on to
    assert "work × 1.5: limit 6 min → 9 min; status 3 min → 4 min 30 s; loan 'intake' 12 min → 18 min" in text
    assert max(map(len, lines)) <= 110
    assert difference_lines(BANK, BANK) == []


def test_the_difference_backwards_is_the_difference_swapped() -> None:
    after = timeline(BANK, scenario(agents(8), {"remove_step": {"route": "loan", "step": "bureau"}}))[0][1]
    there, back = changes(BANK, after), changes(after, BANK)
    assert {(c.path, repr(c.before), repr(c.after)) for c in there} == {
        (c.path, repr(c.after), repr(c.before)) for c in back
    }


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4), st.integers(1, 9)), max_size=5))
def test_a_timeline_rises_starts_at_zero_and_always_changes(plan: list[tuple[int, int, int]]) -> None:
    entries = [agents(n, starts=f"week {a}", ends=f"week {a + lasts}") for a, lasts, n in plan]
    found = timeline(BANK, scenario(*entries))
    times = [at for at, _ in found]
    assert times[0] == 0.0
    assert times == sorted(set(times))
    heads = [o.teams["front_line"].agents for _, o in found]
    assert all(a != b for a, b in pairwise(heads))
    for at, organisation in found:  # the last of those in force, in order of start, has its way
        active = [(a, i, n) for i, (a, lasts, n) in enumerate(plan) if a * WEEK <= at < (a + lasts) * WEEK]
        assert organisation.teams["front_line"].agents == (max(active)[2] if active else 6)
