"""Studies with a board: decisions of all replications, what they cost, minutes, and what is reported of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxsim.calendars.constants import WEEK
from cxsim.compare import compare
from cxsim.organisation import read_organisation
from cxsim.report.story.worlds import worlds
from cxsim.report.text import describe
from cxsim.scenario import Scenario, read_scenario
from cxsim.study import Results, Settings, run_study
from cxsim.study.boards import COLUMNS
from organisations import small_bank
from worlds import merged

BANK = read_organisation(merged(small_bank(), {"reasons": {"limit": {"cases": {"everyday": 4, "affluent": 8}}}}))
SETTINGS = Settings(weeks=8, warm_up_weeks=1, replications=3, workers=1, seed=3, engine="compiled", follow_up_weeks=0)
BOARD = {
    "every": "1 week",
    "judges_after": "1 week",
    "looks_again": 0,
    "per_meeting": 10,
    "backlog": [
        {
            "title": "One more",
            "fits": [{"reason": "limit"}],
            "interventions": [{"staff": {"team": "front_line", "change": 1}}],
            "costs": {"once": 100, "per_week": 7},
        },
        {
            "title": "Never fits",
            "fits": [{"step": "approve"}],
            "interventions": [{"speed_up": {"route": "loan", "by": 0.1}}],
        },
    ],
}


def board(name: str = "board", **more: object) -> Scenario:
    return read_scenario({"title": "A board", "board": {**BOARD, **more}}, BANK, name)


@pytest.fixture(scope="module")
def results() -> Results:
    return run_study(BANK, [board(nominates=1), board("looks", backlog=[], per_meeting=0)], SETTINGS)


def test_every_decision_of_every_replication_is_kept(results: Results) -> None:
    decisions = results.decisions
    assert list(decisions.columns) == ["scenario", "replication", *COLUMNS]
    assert set(decisions["scenario"]) == {"board"}
    starts = decisions[decisions["decision"] == "starts"]
    assert starts["replication"].tolist() == [0, 1, 2]
    assert set(starts["project"]) == {"One more"}
    assert set(starts["reason"]) == {"limit"}
    assert results.tables()["decisions"] is decisions


def test_what_a_board_costs_is_of_each_replication(results: Results) -> None:
    decided = results.decisions
    expected = []
    for k in range(3):
        mine = decided[decided["replication"] == k]
        starts = mine[mine["decision"] == "starts"]["week"].to_numpy()[0]
        ends = [*mine[mine["decision"] == "stops"]["week"], 8.0][0]
        expected.append(100.0 + 7.0 * (ends - starts) + 10.0 * 7)  # meetings in weeks 1 to 7 of 8
    measured = results.measured
    spent = measured[(measured["scenario"] == "board") & (measured["measure"] == "scenario_cost")]["value"]
    assert (8.0 * spent).tolist() == pytest.approx(expected)
    assert results.spending["board"].total == pytest.approx(np.mean(expected))
    assert results.spending["board"].once == 100.0


def test_a_board_that_only_looks_is_the_baseline(results: Results) -> None:
    of = {name: rows.reset_index(drop=True)["value"] for name, rows in results.measured.groupby("scenario")}
    pd.testing.assert_series_equal(of["looks"], of["baseline"])
    assert results.minutes["looks"].count("## Meeting") == 8


def test_minutes_are_of_replication_0_and_reported_in_the_comparison(results: Results) -> None:
    minutes = results.minutes["board"]
    assert minutes.startswith("# Minutes: A board\n")
    assert "Starts “One more” for “limit”, step “serve”. It comes into force at once and commits 464 EUR." in minutes
    assert "| Never fits | – | – | not started |" in minutes
    message = " ".join(describe(compare(results)).split())
    assert "The board started, in 3 simulated runs: “One more” in all" in message
    assert "Never: “Never fits”." in message
    assert "The board has nothing in its backlog: it reads, and changes nothing." in message


def test_workers_change_nothing(results: Results) -> None:
    again = run_study(BANK, results.scenarios, SETTINGS.model_copy(update={"workers": 3}))
    pd.testing.assert_frame_equal(again.measured, results.measured)
    pd.testing.assert_frame_equal(again.decisions, results.decisions)
    assert again.minutes == results.minutes


def test_processes_decide_like_threads(results: Results) -> None:
    simpy = SETTINGS.model_copy(update={"workers": 2, "engine": "simpy", "replications": 2})
    again = run_study(BANK, results.scenarios, simpy)
    pd.testing.assert_frame_equal(again.decisions, results.decisions[results.decisions["replication"] < 2])


def test_a_window_around_the_boards_first_change_is_replayed() -> None:
    results = run_study(BANK, [board(nominates=1)], SETTINGS.model_copy(update={"engine": "auto", "replications": 1}))
    assert "around the first change the board decides on, replayed with SimPy: identical" in results.checked
    idle = run_study(BANK, [board(backlog=[])], SETTINGS.model_copy(update={"engine": "auto", "replications": 1}))
    assert "around the board's first meeting, replayed with SimPy: identical" in idle.checked


def test_stories_follow_the_board(results: Results) -> None:
    baseline, decided = worlds(BANK, [board(nominates=1)], SETTINGS)
    for world in (baseline, decided):
        world.advance(4 * WEEK)
    week = float(results.decisions["week"].iloc[0])
    assert [at for at, _ in baseline.organisations[1:]] == []
    assert next(at for at, _ in decided.organisations[1:]) == week * WEEK
    assert decided.organisation_at(week * WEEK).teams["front_line"].agents == 7
