"""Programmes: phases, pilots, ramps, teams one after the other, and what they cost when; worked by hand."""

from __future__ import annotations

from itertools import pairwise
from math import fsum
from typing import Any

import numpy as np
import pytest

from cxsim.files.problems import Problems
from cxsim.organisation import read_organisation
from cxsim.scenario import Scenario, read_scenario, scenario_costs, spent_by_week, timeline
from cxsim.scenario.interventions.dates import week_of_year, weeks_of
from cxsim.state.plan import names_of, plans_of
from cxsim.study.settled import settled_week
from cxsim.study.work import spending_of
from organisations import small_bank

BANK = read_organisation(small_bank())
WEEK = 10080.0
PREVENT = {"reasons": ["limit"], "share": 0.4}


def programme(*entries: Any, **head: Any) -> Scenario:
    return read_scenario({"title": "A test", "interventions": list(entries), **head}, BANK, "test")


def refused(**tree: Any) -> list[str]:
    with pytest.raises(Problems) as fault:
        read_scenario({"title": "A test", **tree}, BANK, "test")
    return [str(p) for p in fault.value.problems]


def prevented(plan: Scenario) -> list[tuple[float, float]]:
    return [(at / WEEK, o.reasons["limit"].prevented) for at, o in timeline(BANK, plan)]


def test_years_are_of_whole_weeks() -> None:
    assert [week_of_year(y) for y in (0, 1, 2, 3, 4, 12)] == [0, 52, 104, 157, 209, 626]
    assert (weeks_of("12 years"), weeks_of("1 year"), weeks_of("26 weeks")) == (626, 52, 26)
    with pytest.raises(ValueError, match="whole weeks or years"):
        weeks_of("10 d")
    plan = programme({"prevent_demand": PREVENT, "starts": "year 3"}, study={"horizon": "12 years", "replications": 7})
    assert plan.interventions[0].starts == 157 * WEEK
    assert (plan.study.horizon, plan.study.replications) == (626, 7)


def test_a_ramp_grows_by_the_week() -> None:
    plan = programme({"prevent_demand": PREVENT, "starts": "week 2", "ramp": "4 weeks"})
    assert prevented(plan) == [(0, 0), (3, 0.1), (4, 0.2), (5, pytest.approx(0.3)), (6, 0.4)]
    assert settled_week(BANK, plan) == 6


def test_a_pilot_tries_a_share_and_the_ramp_goes_on_from_there() -> None:
    out = {"pilot": "3 weeks", "share": 0.25}
    assert prevented(programme({"prevent_demand": PREVENT, "starts": "week 1", "roll_out": out})) == [
        (0, 0),
        (1, 0.1),
        (4, 0.4),
    ]
    ramped = programme({"prevent_demand": PREVENT, "starts": "week 1", "roll_out": out, "ramp": "2 weeks"})
    assert prevented(ramped) == [(0, 0), (1, 0.1), (5, 0.25), (6, 0.4)]


def test_what_ends_in_its_ramp_is_gone() -> None:
    plan = programme({"prevent_demand": PREVENT, "starts": "week 2", "ramp": "4 weeks", "ends": "week 4"})
    assert prevented(plan) == [(0, 0), (3, 0.1), (4, 0)]
    assert settled_week(BANK, plan) == 4


def test_a_run_rate_waits_until_positions_are_filled_at_the_new_pace() -> None:
    assert (
        settled_week(BANK, programme({"hiring": {"teams": ["front_line"], "takes": "12 weeks"}, "starts": "week 1"}))
        == 13
    )
    assert settled_week(BANK, programme({"hiring": {"teams": ["front_line"], "cost": 5}, "starts": "week 1"})) == 1


def test_a_ramp_starts_from_what_there_is() -> None:
    # a right held to 20 % goes to 60 % over four weeks; a number that is set goes from 0.5 to 0.9
    held = {"decision_right": {"who": "lending", "may": "loan_decision", "share": 0.2}}
    more = {
        "decision_right": {"who": "lending", "may": "loan_decision", "share": 0.6},
        "starts": "week 1",
        "ramp": "4 weeks",
    }
    plan = programme(held, more)
    shares = [o.teams["lending"].rights["loan_decision"].share for _, o in timeline(BANK, plan)]
    assert shares == [0.2, pytest.approx(0.3), pytest.approx(0.4), pytest.approx(0.5), 0.6]
    plan = programme({"set": {"behaviour.p_redial": 0.9}, "ramp": "2 weeks"})
    assert [o.behaviour.p_redial for _, o in timeline(BANK, plan)] == [0.5, pytest.approx(0.7), 0.9]


@pytest.mark.parametrize(
    "entry",
    [
        {"prevent_demand": PREVENT, "ramp": "6 weeks"},
        {"add_demand": {"reasons": ["limit"], "share": 0.5}, "ramp": "6 weeks"},
        {"speed_up": {"route": "limit", "by": 0.2, "resolves": 0.05}, "ramp": "6 weeks"},
        {"self_service": {"reasons": ["limit"], "channel": "web", "share": 0.3}, "ramp": "6 weeks"},
        {"proactive_update": {"reasons": ["loan"], "every": "1 d", "reaches": 0.8}, "ramp": "6 weeks"},
        {"call_back": {"channel": "phone", "when_wait_over": "2 min", "p_accept": 0.6}, "ramp": "6 weeks"},
        {"set": {"behaviour.p_redial": 0.9}, "ramp": "6 weeks"},
    ],
)
def test_at_full_strength_it_is_the_plain_intervention_and_at_none_the_baseline(entry: dict[str, Any]) -> None:
    kind, given = next(iter(entry.items()))
    plain = timeline(BANK, programme({kind: given}))[-1][1]
    ramped = timeline(BANK, programme(entry))
    assert repr(ramped[0][1]) == repr(BANK)
    assert repr(ramped[-1][1]) == repr(plain)
    assert (ramped[-1][0], len(ramped)) == (6 * WEEK, 7)
    names = names_of([BANK, *(o for _, o in ramped)])
    (_, baseline), *_, (_, last) = plans_of([(-1.0, BANK), *ramped], names, 8, 1)
    ((_, whole),) = plans_of([(0.0, plain)], names, 8, 1)
    assert all(np.array_equal(a, b) for a, b in zip(last, whole, strict=True) if a is not None)
    assert baseline.days is last.days  # what is equal is kept once


def test_teams_one_after_the_other() -> None:
    entry = {
        "training": {"uplift": 0.4, "hours": "8 h"},
        "starts": "week 2",
        "roll_out": {"teams": ["lending", "front_line", "board"], "pilot": "10 weeks", "every": "3 weeks"},
        "costs": {"lending": {"once": 100}, "front_line": {"once": 900, "per_week": 5}, "board": {"once": 1}},
    }
    plan = programme(entry)
    assert [(d.starts / WEEK, d.intervention.team) for d in plan.interventions] == [  # type: ignore[attr-defined]
        (2, "lending"),
        (12, "front_line"),
        (15, "board"),
    ]
    assert {d.place for d in plan.interventions} == {("interventions", 0)}
    ((_, last),) = timeline(BANK, plan)[-1:]
    assert {t: c["course"].uplift for t, team in last.teams.items() if (c := team.training)} == {
        "lending": {"lending": 0.4},
        "front_line": {"service": 0.4, "loans": 0.4},
        "board": {"board": 0.4},
    }
    spent = spent_by_week(plan, 20)
    assert [(k, x) for k, x in enumerate(spent) if x] == [(2, 100), (12, 905), *((k, 5) for k in (13, 14)), (15, 6),
                                                          *((k, 5) for k in (16, 17, 18, 19))]  # fmt: skip


def test_costs_of_each_team_where_none_is_named() -> None:
    out = {"teams": ["lending", "front_line"], "every": "2 weeks"}
    entry = {"training": {"uplift": 0.4, "hours": "8 h"}, "roll_out": out, "costs": {"once": 50}}
    assert spent_by_week(programme(entry), 4) == (50, 0, 50, 0)


def test_a_pilot_pays_its_share_first() -> None:
    out = {"pilot": "2 weeks", "share": 0.25}
    entry = {"prevent_demand": PREVENT, "starts": "week 1", "roll_out": out, "costs": {"once": 100, "per_week": 8}}
    assert spent_by_week(programme(entry), 5) == (0, 27, 2, 83, 8)
    assert spent_by_week(programme({**entry, "ends": "week 2"}), 5) == (0, 27, 0, 0, 0)


def test_phases_have_dates_costs_and_interventions() -> None:
    plan = programme(
        {"set": {"behaviour.p_redial": 0.6}},
        phases=[
            {"title": "First", "starts": "week 1", "ends": "week 3", "costs": {"once": 10, "per_week": 2},
             "interventions": [{"prevent_demand": PREVENT, "after": "1 week", "costs": {"once": 7}}]},
            {"title": "Second", "starts": "week 4", "costs": {"per_week": 1}, "interventions": [
                {"staff": {"team": "front_line", "agents": 7}},
                {"staff": {"team": "lending", "agents": 3}, "starts": "week 5"}]},
        ],
    )  # fmt: skip
    assert [(p.title, p.starts / WEEK, p.ends and p.ends / WEEK) for p in plan.phases] == [
        ("First", 1, 3),
        ("Second", 4, None),
    ]
    assert [(d.kind, d.starts / WEEK, d.ends, d.phase) for d in plan.interventions] == [
        ("set", 0, None, None),
        ("prevent_demand", 2, None, 0),
        ("staff", 4, None, 1),
        ("staff", 5, None, 1),
    ]
    assert spent_by_week(plan, 6) == (0, 12, 9, 0, 1, 1)
    parts = (("set", 0), ("prevent_demand", 7), ("staff", 0), ("staff", 0), ("First", 14), ("Second", 2))
    assert scenario_costs(plan, 6) == parts
    spent = spending_of(plan, 6)
    assert (spent.once, spent.total, spent.per_week) == (17, 23, 1)
    assert fsum(spent.by_week) == spent.total
    assert {"phases[1].costs.per_week", "phases[0].interventions[0].costs.once"} < {a.name for a in plan.assumptions}


def test_faults_of_programmes_name_their_place() -> None:
    assert refused(phases=[{"title": "P", "interventions": [{"prevent_demand": PREVENT, "after": "1 week",
                                                             "starts": "week 2"}]}]) == [
        "phases[0].interventions[0].after: counts from the start of a phase; give 'starts' or 'after', not both"
    ]  # fmt: skip
    assert refused(interventions=[{"staff": {"team": "lending", "agents": 3}, "ramp": "4 weeks"}]) == [
        "interventions[0].ramp: 'staff' is made whole or not at all; let it start at a date"
    ]
    assert refused(interventions=[{"prevent_demand": PREVENT, "ramp": "10 d"}]) == [
        "interventions[0].ramp: '10 d': a ramp has one step a week; give whole weeks"
    ]
    assert refused(interventions=[{"prevent_demand": PREVENT, "roll_out": {"teams": ["lending"]}}]) == [
        "interventions[0].roll_out.teams: 'prevent_demand' is not made for a team; give 'share'"
    ]
    assert refused(interventions=[{"prevent_demand": PREVENT, "roll_out": {"share": 0.2}}]) == [
        "interventions[0].roll_out.share: give 'pilot' too: how long this share lasts"
    ]
    assert refused(phases=[{"titel": "P"}]) == [
        "phases[0].titel: unknown name 'titel'; did you mean 'title'?",
        "phases[0].title: missing: what the phase is called",
    ]
    assert refused(
        phases=[{"title": "P", "interventions": [{"prevent_demand": {"reasons": ["limt"], "share": 0.1}}]}]
    ) == ["phases[0].interventions[0].prevent_demand.reasons[0]: no reason 'limt'; did you mean 'limit'?"]
    assert refused(study={"horizon": "10 d"}, interventions=[]) == [
        "study.horizon: '10 d': give whole weeks or years, such as '12 years'"
    ]


def test_only_numbers_come_by_degrees() -> None:
    message = refused(interventions=[{"set": {"calendar.working": {"mon-thu": "09:00-17:00"}}, "ramp": "4 weeks"}])
    assert len(message) == 1
    assert "only a number comes by degrees" in message[0]


def test_the_timeline_has_an_entry_for_each_week_of_a_ramp() -> None:
    plan = programme(
        {"prevent_demand": PREVENT, "ramp": "10 weeks"}, {"set": {"behaviour.p_redial": 0.9}, "starts": "week 5"}
    )
    times = [at / WEEK for at, _ in timeline(BANK, plan)]
    assert times == list(range(11))
    assert timeline(BANK, plan) is timeline(BANK, plan)
    for (_, before), (_, after) in pairwise(timeline(BANK, plan)[2:5]):
        assert after.reasons["loan"] is before.reasons["loan"]  # what is equal is not read again


def test_a_scenario_states_how_it_wants_to_be_run_unless_the_command_line_does() -> None:
    from cxsim.command.configuration import read_requests
    from cxsim.command.jobs import settings_of, wished

    plans = [programme(study={"horizon": "3 years", "replications": 7})]
    for words, expected in (
        ([], (157, 7)),
        (["study.weeks=30"], (30, 7)),
        (["study=half_year"], (26, 30)),
    ):
        requests, faults = read_requests(words, False)
        assert not faults
        settings = wished(settings_of(requests[0]), requests[0], plans)
        assert (settings.weeks, settings.replications) == expected
