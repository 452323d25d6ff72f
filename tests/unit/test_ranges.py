"""Uncertain numbers, drawn within their ranges, and pilots that are judged by what was measured."""

from __future__ import annotations

import math
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cxsim.files.problems import Problems
from cxsim.measures.reading import Reading
from cxsim.organisation import Organisation, read_organisation
from cxsim.report.text.reach import reach_text, which_phases
from cxsim.report.text.risk import decides, deciding
from cxsim.scenario import Scenario, read_scenario, spent_by_week, timeline
from cxsim.state.plan import names_of
from cxsim.state.plan.build import build_plan
from cxsim.state.tally import ContactColumn, StepColumn, empty_tally
from cxsim.study import Results, Settings, run_study
from cxsim.study.gates import goes_on, judged, stopped
from cxsim.study.ranges import draw, triangle
from cxsim.study.reach import Goals, Reach, Reached, reached, ways_of, with_phases
from organisations import small_bank

WEEK = 10080.0
RANGE = {"about": 0.5, "between": [0.2, 0.9]}


def bank() -> Organisation:
    tree = small_bank()
    tree["behaviour"] = {**tree.get("behaviour", {}), "p_redial": {"about": 0.5, "between": [0.4, 0.8]}}
    tree["channels"]["phone"]["patience"] = {
        "exponential": {"mean": {"about": "5 min", "between": ["2 min", "15 min"], "source": "assumed"}}
    }
    return read_organisation(tree)


def scenario(o: Organisation, name: str, *entries: Any, **head: Any) -> Scenario:
    return read_scenario({"title": name, "interventions": list(entries), **head}, o, name)


def test_quantiles_of_the_triangle_by_hand() -> None:
    # peak in the middle of [0, 2]: an eighth lies below 1/2, half below 1
    assert [triangle(0.0, 1.0, 2.0, u) for u in (0.0, 0.125, 0.5, 0.875, 1.0)] == [0.0, 0.5, 1.0, 1.5, 2.0]
    # peak at the left end: density 2 (1 - x), so 3/4 lies below 1/2
    assert triangle(0.0, 0.0, 1.0, 0.75) == 0.5
    assert triangle(3.0, 3.0, 3.0, 0.4) == 3.0


def test_a_draw_is_within_its_range_and_the_same_wherever_it_is_asked_for() -> None:
    o = bank()
    one = scenario(o, "one", {"prevent_demand": {"reasons": ["limit"], "share": RANGE}, "starts": "week 1"})
    other = scenario(
        o,
        "other",
        {"set": {"behaviour.p_redial": 0.6}},
        {"prevent_demand": {"reasons": ["limit"], "share": RANGE}, "starts": "week 3", "costs": {"once": RANGE}},
    )
    seen = []
    for k in range(40):
        found = draw(o, (one, other), "scenario", 7, k)
        assert found.organisation is o
        first, second = (s.interventions[-1].intervention.share for s in found.scenarios)  # type: ignore[attr-defined]
        assert 0.2 <= first == second <= 0.9
        seen.append(first)
    assert len(set(seen)) == 40
    assert np.mean(seen) == pytest.approx((0.2 + 0.5 + 0.9) / 3, abs=0.08)  # 0.023 is the standard error
    assert draw(o, (one,), "scenario", 7, 3).numbers == {"scenario: prevent_demand.share (reasons limit)": seen[3]}
    assert sorted(draw(o, (other,), "scenario", 7, 3).numbers) == [
        "scenario: prevent_demand.costs.once (reasons limit)",
        "scenario: prevent_demand.share (reasons limit)",
    ]


def test_everything_draws_the_organisation_too() -> None:
    o = bank()
    found = draw(o, (), "everything", 1, 0)
    assert 0.4 <= found.organisation.behaviour.p_redial <= 0.8
    minutes = found.numbers["channels.phone.patience.exponential.mean"]
    assert 2.0 <= minutes <= 15.0
    assert found.organisation.channels["phone"].patience == {"exponential": {"mean": f"{minutes!r} min"}}
    assert repr(draw(o, (), "everything", 1, 0).organisation) == repr(found.organisation)
    assert draw(o, (), "everything", 1, 1).numbers != found.numbers
    before = deepcopy(o.tree)
    draw(o, (), "everything", 1, 2)
    assert o.tree == before


def test_ranges_that_allow_for_nothing_are_refused() -> None:
    tree = small_bank()
    tree["behaviour"]["causes"] = {"agent": {"about": 0.38, "between": [0.3, 0.5]}, "process": 0.48, "customer": 0.14}
    with pytest.raises(Problems, match="causes"):
        draw(read_organisation(tree), (), "everything", 1, 0)


def pilot(o: Organisation, **judge: Any) -> Scenario:
    out = {"teams": ["lending", "front_line"], "pilot": "6 weeks", "stop_unless": {"measure": "aht", **judge}}
    entry = {"speed_up": {"by": {"about": 0.1, "between": [-0.2, 0.4]}}, "starts": "week 6", "roll_out": out}
    return scenario(o, "pilot", {**entry, "costs": {"once": 100, "per_week": 1}}, {"set": {"behaviour.p_redial": 0.6}})


def test_a_stopped_pilot_is_taken_back_and_goes_nowhere() -> None:
    o = bank()
    plan = pilot(o, team="lending", falls_by=30)
    found = judged(plan)
    assert found is not None
    assert found.judge is not None
    assert (found.judge.at, found.starts) == (12 * WEEK, 6 * WEEK)
    other = stopped(plan, found)
    assert [at / WEEK for at, _ in timeline(o, plan)] == [0, 6, 12]
    assert [at / WEEK for at, _ in timeline(o, other)] == [0, 6, 12]
    assert repr(timeline(o, other)[-1][1]) == repr(timeline(o, other)[0][1])
    assert sum(spent_by_week(other, 20)) == 100 + 6
    assert sum(spent_by_week(plan, 20)) == 200 + 14 + 8
    assert judged(other) is None
    assert judged(scenario(o, "plain", {"set": {"behaviour.p_redial": 0.6}})) is None


@pytest.mark.parametrize(("aht", "expected"), [(10.0, False), (9.51, False), (9.49, True), (5.0, True)])
def test_a_pilot_is_judged_by_its_weeks_but_the_first_and_the_last(aht: float, expected: bool) -> None:
    # 30 s less than the 10 minutes of the four weeks before is asked for: 9.5 min
    o = bank()
    plan = pilot(o, team="lending", falls_by=30)
    names = names_of([o])
    tally = empty_tally(names, 22)
    step = names.step_names().index("loan.check")
    for week, served, minutes in ((6, 10.0, 10.0), (8, 10.0, aht)):
        rows = slice(2 + week - 4, 2 + week) if week == 6 else slice(2 + 7, 2 + 11)
        tally.step_sums[rows, step, StepColumn.SERVED] = served
        tally.step_sums[rows, step, StepColumn.SERVICE] = served * minutes
    # what is not looked at: the first and the last week, and other teams
    tally.step_sums[2 + 6, step] = tally.step_sums[2 + 11, step] = 99.0
    tally.step_sums[:, names.step_names().index("limit.serve")] = 7.0
    reading = Reading(tally, names, ((-math.inf, build_plan(o, names, 20, 2)),), o, 20, 2)
    found = judged(plan)
    assert found is not None
    assert found.judge is not None
    assert goes_on(reading, found.judge, found.starts) is expected


def test_a_pilot_may_be_judged_by_the_whole() -> None:
    o = bank()
    plan = pilot(o, measure="repeat_share", falls_by=2)
    names = names_of([o])
    tally = empty_tally(names, 22)
    tally.contact_sums[..., 0, 0, ContactColumn.ATTEMPTS] = 100.0
    tally.contact_sums[:8, 0, 0, ContactColumn.REPEAT] = 20.0
    tally.contact_sums[8:, 0, 0, ContactColumn.REPEAT] = 17.0
    reading = Reading(tally, names, ((-math.inf, build_plan(o, names, 20, 2)),), o, 20, 2)
    found = judged(plan)
    assert found is not None
    assert found.judge is not None
    assert goes_on(reading, found.judge, found.starts)
    assert not goes_on(reading, found.judge.model_copy(update={"falls_by": 4.0}), found.starts)
    # nothing was measured: it does not go on
    nothing = Reading(empty_tally(names, 22), names, reading.timeline, o, 20, 2)
    assert not goes_on(nothing, found.judge, found.starts)


@pytest.mark.parametrize(
    ("judge", "message"),
    [
        ({"team": "lending"}, "give 'rises_by' or 'falls_by', one of them"),
        ({"falls_by": 3}, "'aht' is not measured of the whole; or name a 'team'"),
        ({"team": "lendng", "falls_by": 3}, "no team 'lendng'; did you mean 'lending'?"),
        ({"measure": "fcr", "falls_by": 3}, "measure"),
    ],
)
def test_judges_that_cannot_be(judge: dict[str, Any], message: str) -> None:
    with pytest.raises(Problems) as refused:
        pilot(bank(), **judge)
    (fault,) = refused.value.problems
    assert str(fault).startswith("interventions[0].roll_out.stop_unless")
    assert message in str(fault)


def test_a_judged_pilot_and_a_board_do_not_go_together() -> None:
    tree = {**pilot(bank(), team="lending", falls_by=3).written, "board": {}}
    with pytest.raises(Problems, match="a pilot that is judged and a board do not go together"):
        read_scenario(tree, bank(), "both")


@pytest.fixture(scope="module")
def study() -> Results:
    o = bank()
    plan = pilot(o, team="lending", falls_by=60)
    settings = Settings(weeks=16, warm_up_weeks=2, replications=6, engine="simpy", workers=1, vary="scenario")
    return run_study(o, [plan], settings)


def test_a_study_stops_what_did_not_become_faster(study: Results) -> None:
    drawn = study.draws.set_index("replication")["value"]
    failed = study.stopped["pilot"]
    assert 0 < failed < 6
    values = study.measured[(study.measured["measure"] == "scenario_cost") & (study.measured["scenario"] == "pilot")]
    cost = 16 * values.set_index("replication")["value"]
    # a pilot that fails costs 100 and six weeks; one that goes on costs both teams
    assert sorted(cost.round(6).unique()) == [106.0, 214.0]
    assert (cost == 106.0).sum() == failed
    assert drawn[cost.round(6) == 106.0].max() < drawn[cost.round(6) == 214.0].max()


def test_random_numbers_with_ranges_do_not_depend_on_the_workers(study: Results) -> None:
    again = run_study(study.organisation, study.scenarios, study.settings.model_copy(update={"workers": 2}))
    assert again.measured.equals(study.measured)
    assert again.draws.equals(study.draws)


def test_what_decides_is_ranked_by_its_own_draws() -> None:
    random_number = np.sin(np.arange(60.0) ** 2).reshape(3, 20)
    draws = pd.DataFrame(
        [(k, name, random_number[i, k]) for k in range(20) for i, name in enumerate(("a", "b", "c"))],
        columns=["replication", "assumption", "value"],
    )
    named, numbers = decides(draws, -random_number[1])
    assert named == [("b", pytest.approx(-1.0))]
    assert numbers == 3
    assert deciding("it", draws, -random_number[1]).startswith("Of 3 drawn numbers, it goes with b (−1.0)")
    unrelated = np.cos(7.0 * np.arange(20.0) ** 2)
    assert "None of the 3 drawn numbers stands out over chance in 20 draws: one that" in deciding(
        "it", draws, unrelated
    )


def test_ways_to_run_a_programme() -> None:
    o = bank()
    phases = [
        {"title": f"P{k}", "interventions": [{"set": {"behaviour.p_redial": 0.5 + k / 10}, "starts": f"week {k}"}]}
        for k in (1, 2, 3)
    ]
    whole = read_scenario({"title": "All", "phases": phases}, o, "all")
    ways, impossible = ways_of(o, whole)
    assert impossible == []
    seen = {way.title: [p.title for p in way.phases] for way in ways}
    assert seen == {
        "all phases": ["P1", "P2", "P3"],
        "phase 1 alone": ["P1"],
        "phases 1 to 2": ["P1", "P2"],
        "all but phase 1": ["P2", "P3"],
        "all but phase 2": ["P1", "P3"],
    }
    assert len({way.name for way in ways}) == 5
    assert [at / WEEK for at, _ in timeline(o, with_phases(whole, {0, 2}, "x"))] == [0, 1, 3]


def test_phases_that_cannot_do_without_each_other() -> None:
    o = bank()
    merge = {"merge_steps": {"route": "loan", "steps": ["check", "decide"], "into": "both", "control": "replaced"}}
    phases = [
        {"title": "Merge", "interventions": [merge]},
        {"title": "Faster", "interventions": [{"speed_up": {"route": "loan", "steps": ["both"], "by": 0.1}}]},
    ]
    ways, impossible = ways_of(o, read_scenario({"title": "All", "phases": phases}, o, "all"))
    assert [way.title for way in ways] == ["all phases", "phase 1 alone"]
    assert impossible[0].startswith("all but phase 1: ")


def test_what_was_reached_by_hand() -> None:
    o = bank()
    plan = read_scenario({"title": "All", "phases": [{"title": "P"}]}, o, "all")
    levels = {("baseline", "nps_relationship"): (20, 21), ("all", "nps_relationship"): (22, 30),
              ("baseline", "favourable"): (10, 10), ("all", "favourable"): (11, 15)}  # fmt: skip
    rows = [(0, s, year, m, float(x[year > 1])) for (s, m), x in levels.items() for year in (1, 2)]
    yearly = pd.DataFrame(rows, columns=["replication", "scenario", "year", "measure", "value"])

    class Observed:
        pass

    seen: Any = Observed()
    seen.yearly = yearly
    found = reached(seen, plan, Goals(years=1))
    values = (found.nps, found.nps_baseline, found.favourable, found.favourable_baseline, found.nps_whole)
    assert [float(x[0]) for x in values] == [8, 1, 4, 0, 9]
    assert float(found.favourable_whole[0]) == 5
    assert found.share(Goals(nps=7, favourable=17)) == (1.0, 0.0, 0.0)
    assert found.share(Goals(nps=7, favourable=5)) == (1.0, 1.0, 1.0)
    assert isinstance(found, Reached)


def way(name: str, nps: float, whole: float = 9.0, favourable: float = 5.0) -> Reached:
    values = (nps, 1.0, favourable, 0.0, whole, favourable)
    return Reached(name, *(np.full(4, x) for x in values))


def test_a_phase_is_named_only_for_a_loss_that_is_significant() -> None:
    def lost(*nps: float) -> Reached:
        noisy = np.array([9.0, 9.0, 9.0, 9.0]) - np.array(nps)
        return replace(way("", 6.0), nps_whole=noisy)

    plan = read_scenario({"title": "All", "phases": [{"title": "P"}, {"title": "Q"}, {"title": "R"}]}, bank(), "all")
    whole, large, chance = way("all phases", 8.0), lost(2.0, 2.1, 1.9, 2.0), lost(9.0, -5.0, 4.0, -1.0)
    apart = [replace(large, title="all but phase 1"), replace(chance, title="all but phase 2")]
    found = Reach(plan, Goals(), (whole, *apart), (), way("", 8.0), pd.DataFrame(), (4, 1, 4))
    # 4 differences: t(3) at 1 - 0.05/8 is 5.39; large: 5.39 × 0.0816 ÷ 2 = 0.22; chance: 1.75 ± 16.4
    assert "phase 1 −2.0 ± 0.2 and 0.0 ± 0.0; nothing significant without phase 2." in which_phases(found)
    nothing = Reach(plan, Goals(), (whole, apart[1]), (), way("", 8.0), pd.DataFrame(), (4, 1, 4))
    assert "nothing significant for any one phase (4 replications)" in which_phases(nothing)


def test_an_answer_is_honest_about_what_is_not_reached() -> None:
    plan = read_scenario({"title": "All", "phases": [{"title": "P"}, {"title": "Q"}]}, bank(), "all")
    phases = (way("all phases", 8.0), way("phase 1 alone", 2.0, 3.0, 2.0), way("all but phase 1", 6.0, 7.0, 4.0))
    links = ((0.4, way("", 3.0)), (1.0, way("", 6.0)), (2.0, way("", 8.0)), (4.0, way("", 12.0, favourable=11.0)))
    found = Reach(plan, Goals(), phases, links, way("", 8.0), pd.DataFrame(), (1, 1, 4))
    message = reach_text(found)
    assert "Relationship NPS, +7: reached from about 1.5 times the assumed link on, within its range." in message
    assert (
        "Secure and favourable customers, +17: not reached at any strength tried; the most is +11.0, at 4 times."
        in message
    )
    both = "NPS reached in 4 of 4, secure and favourable in 0 of 4, both in 0 of 4"
    assert f"{both} (so the chance is below 75 %, with 95 %)." in message
    lost = "What is lost at the end without a phase, points of NPS and of secure and favourable"
    assert f"{lost} (95 % for all 2 differences simultaneously): phase 1 −2.0 ± 0.0 and −1.0 ± 0.0." in message
    assert sum(part.startswith(" ") for part in message) == 2
