"""Boards as data: what is read, what is refused, what a backlog may bring about; and shares and intervals by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from cxsim.command.show import scenario_text
from cxsim.engines.board import names_with
from cxsim.engines.board.judging import Judged, verdict
from cxsim.engines.board.listening import _how_many
from cxsim.engines.board.memory import KEEPS, STOPS, WATCHES
from cxsim.engines.board.seeing import change_of, share_of, shares
from cxsim.files.problems import Problems
from cxsim.organisation import read_organisation
from cxsim.scenario import Scenario, read_scenario
from cxsim.scenario.board import Board
from cxsim.state.plan import names_of
from cxsim.study import Settings
from cxsim.study.settled import settled_within
from cxsim.study.work import order_of, prepare
from organisations import small_bank

BANK = read_organisation(small_bank())
WEEK = 10080.0
ONE = "one intervention belongs here, such as {call_back: {...}}; dates and costs are the item's"
STEPS = "approve, bureau, check, decide, documents, intake, tell"
QUICK = {
    "title": "Quicker",
    "fits": [{"reason": "loan", "step": "check"}],
    "lead_time": "2 weeks",
    "interventions": [{"speed_up": {"route": "loan", "by": 0.1}}],
    "costs": {"once": 100, "per_week": 2, "source": "a quote"},
}


def with_board(board: Any, **head: Any) -> Scenario:
    return read_scenario({"title": "A test", "board": board, **head}, BANK, "test")


def refused(board: Any, **head: Any) -> list[str]:
    with pytest.raises(Problems) as fault:
        with_board(board, **head)
    return [str(p) for p in fault.value.problems]


def test_a_board_is_read_with_its_numbers_and_sources() -> None:
    read = with_board({"every": {"about": "3 weeks", "source": "our calendar"}, "backlog": [QUICK]})
    assert read.board is not None
    assert read.interventions == ()
    assert (read.board.every, read.board.first_at) == (3 * WEEK, 3 * WEEK)
    assert [read.board.number_at(k * WEEK) for k in range(8)] == [0, 0, 0, 1, 0, 0, 2, 0]
    assert [read.board.metrics(n) for n in (1, 2, 3)] == [True, False, True]
    (item,) = read.board.backlog
    assert item.commits == 100 + 52 * 2
    reported = {n.name: n.source for n in read.assumptions}
    assert reported["board.every"] == "our calendar"
    assert reported["board.backlog[0].costs.once"] == "a quote"
    assert "board.backlog[0].interventions[0].speed_up.by" in reported


def test_all_faults_of_a_board_are_reported_with_their_place() -> None:
    wrong = {
        "evry": "2 weeks",
        "looks_back": "10 d",
        "backlog": [
            {**QUICK, "fits": []},
            {**QUICK, "interventions": [{"speed_upp": {}}]},
            {**QUICK, "interventions": [{"speed_up": {"route": "loan", "by": 0.1}, "starts": "week 3"}]},
            {"title": "Empty", "fits": [{"reason": "loan"}]},
        ],
    }
    assert refused(wrong) == [
        "board.backlog[0].fits: expected at least 1 entry, got 0",
        "board.backlog[1].interventions[0].speed_upp: no kind of intervention 'speed_upp'; did you mean 'speed_up'?",
        f"board.backlog[2].interventions[0]: {ONE}",
        "board.backlog[3].interventions: a list of what would be done belongs here",
        "board.looks_back: '10 d': the board counts in whole weeks; write it like '2 weeks'",
        "board.evry: unknown name 'evry'; did you mean 'every'?",
    ]


def test_a_backlog_has_to_fit_the_organisation() -> None:
    items = [
        {**QUICK, "fits": [{"reason": "lone"}]},
        {**QUICK, "title": "B", "fits": [{"reason": "loan", "step": "serve"}]},
        {**QUICK, "title": "C", "fits": [{"team": "lendin"}]},
        {**QUICK, "title": "D", "interventions": [{"speed_up": {"route": "limt", "by": 0.1}}]},
        {**QUICK, "title": "E", "fits": [{}]},
    ]
    assert refused({"backlog": items, "weights": {"loans": 2}}) == [
        "board.weights.loans: no reason 'loans'; did you mean 'loan'?",
        "board.backlog[0].fits[0].reason: no reason 'lone'; did you mean 'loan'?",
        f"board.backlog[1].fits[0].step: no step 'serve'; there is: {STEPS}",
        "board.backlog[2].fits[0].team: no team 'lendin'; did you mean 'lending'?",
        "board.backlog[3].interventions[0].speed_up.route: no route 'limt'; did you mean 'limit'?",
        "board.backlog[4].fits[0]: a reason, a step or a team belongs here",
    ]
    assert refused({"backlog": [QUICK, QUICK]}) == ["board.backlog[1].title: two items are called 'Quicker'"]


def test_a_board_and_held_service_levels_do_not_go_together() -> None:
    assert refused({"backlog": [QUICK]}, hold="service_level") == [
        "hold: a board decides as it goes; how many agents to hold is not known before"
    ]


def test_names_hold_all_that_can_come_about() -> None:
    more = [
        {**QUICK, "title": f"{n}", "interventions": [{"staff": {"team": "lending", "change": n}}]} for n in (2, -1, 3)
    ]
    board = with_board({"backlog": more}).board
    assert board is not None
    names = names_with([BANK], [(board, [BANK])])
    # 2 are there; with 2 and 3 more, and without the one less, there are 7
    assert sum(home == "lending" for home, _ in names.agents) == 7
    assert names_with([BANK], []) == names_of([BANK])


def test_the_plans_of_a_study_with_a_board_share_their_names() -> None:
    merged = {"route": "loan", "steps": ["check", "decide"], "into": "look", "control": "replaced"}
    scenario = with_board({"backlog": [{**QUICK, "interventions": [{"merge_steps": merged}]}]})
    prepared = prepare(order_of(BANK, [scenario], Settings(weeks=4, warm_up_weeks=1, replications=1)))
    assert ("loan", "look") in prepared.names.steps
    (plans,) = prepared.boards
    assert plans is not None
    assert plans.first is prepared.plan


def test_the_run_rate_of_a_board_is_of_the_last_weeks() -> None:
    scenario = with_board({"backlog": [QUICK]})
    long = Settings(weeks=26, warm_up_weeks=1, replications=1)  # the last four are followed up only
    assert settled_within(BANK, scenario, long) == 26 - 4 - 6
    short = Settings(weeks=10, warm_up_weeks=1, replications=1)
    assert settled_within(BANK, scenario, short) == 10  # a board that first met in week 2 has none


def test_what_a_board_may_do_is_shown() -> None:
    text = " ".join(scenario_text(BANK, with_board({"budget": 500, "backlog": [QUICK]}), "x.yaml").split())
    assert "It meets every 2 weeks, from week 2 on, on metrics and on projects by turns." in text
    assert "up to 2 projects at a time, within 500 EUR." in text
    assert "Quicker (for “loan”, step check)." in text
    assert "In force 2 weeks after it is decided. Costs 100 EUR once and 2 EUR a week." in text


def test_shares_of_detractors_after_wilson() -> None:
    # 8 of 10 with z = 2: (8 + 2) / (10 + 4) ± 2 / 14 · sqrt(8 · 2 / 10 + 1)
    share, low, high = share_of(8.0, 10.0, 2.0)
    half = 2.0 / 14.0 * math.sqrt(2.6)
    assert (float(share), float(low), float(high)) == pytest.approx((0.8, 10.0 / 14.0 - half, 10.0 / 14.0 + half))
    assert [float(x) for x in share_of(0.0, 0.0, 2.0)] == pytest.approx([0.0, 0.0, 1.0])


def test_each_source_has_one_voice() -> None:
    # log: 30 and 10 of two steps, with half a count more each; ideas: none and 1; shoppers report nothing
    share, variance = shares([np.array([30.0, 10.0]), np.array([0.0, 1.0]), np.array([0.0, 0.0])])
    log, ideas = 30.5 / 41.0, 0.5 / 2.0
    assert share.tolist() == pytest.approx([(log + ideas) / 2.0, 1.0 - (log + ideas) / 2.0])
    expected = (log * (1.0 - log) / 42.0 + ideas * (1.0 - ideas) / 3.0) / 4.0
    assert variance.tolist() == pytest.approx([expected, expected])
    assert shares([np.zeros(4)])[0].tolist() == [0.25] * 4


def test_a_change_has_no_ends_with_a_single_week() -> None:
    by, low, high = change_of(np.array([1.0, 3.0]), np.array([5.0, 7.0]), 0.9)
    # common variance 2, two weeks each: half-width t(0.9, 2) · sqrt(2 · (1/2 + 1/2)) with t = 2.9200
    assert by == 4.0
    assert (high - low) / 2.0 == pytest.approx(2.91998558 * math.sqrt(2.0))
    assert change_of(np.array([1.0]), np.array([5.0, 7.0]), 0.9)[1:] == (-math.inf, math.inf)


UP, DOWN, UNCLEAR = Judged(1, 2, 0.5, 1.5), Judged(2, 1, -1.5, -0.5), Judged(1, 1, -1, 1)


@pytest.mark.parametrize(
    ("net", "meant", "per_week", "looks", "expected"),
    [
        (DOWN, (DOWN, DOWN), 0.0, 0, STOPS),  # money is lost, whatever else it does
        (UP, (UNCLEAR, UP), 9.0, 0, KEEPS),
        (UNCLEAR, (DOWN, UNCLEAR), 9.0, 0, KEEPS),  # fewer unhappy contacts
        (UNCLEAR, (UNCLEAR, DOWN), 9.0, 0, KEEPS),  # less in the log
        (UNCLEAR, (UP, UNCLEAR), 0.0, 0, STOPS),
        (UNCLEAR, (UP, DOWN), 9.0, 0, WATCHES),  # they contradict each other
        (UNCLEAR, (UNCLEAR, UNCLEAR), 9.0, 0, WATCHES),
        (UNCLEAR, (UNCLEAR, UNCLEAR), 9.0, 1, STOPS),  # it costs something
        (UNCLEAR, (UNCLEAR, UNCLEAR), 0.0, 1, KEEPS),
    ],
)
def test_verdicts(net: Judged, meant: tuple[Judged, ...], per_week: float, looks: int, expected: int) -> None:
    assert verdict(net, meant, per_week, looks, Board(looks_again=1)) == expected


def test_ideas_are_counted_by_poisson() -> None:
    # mean 1: none up to exp(-1) = 0.3679, one up to 0.7358, two up to 0.9197
    assert [_how_many(1.0, u) for u in (0.3, 0.4, 0.7, 0.74, 0.91, 0.93)] == [0, 1, 1, 2, 2, 3]
