"""Pressure and promises, worked out on paper: offers, sales, what is promised too much, errors, and knowing both sides.

Times are minutes after Monday 10:00.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import random_number
from cxsim.calendars.constants import WEEK
from cxsim.model.draws import Purpose
from cxsim.organisation import read_organisation
from cxsim.scenario.interventions import read_intervention
from cxsim.state.customer_sums import LoyaltyColumn
from cxsim.state.origins import Origin
from cxsim.state.sales_sums import SaleColumn
from cxsim.state.tally import CaseColumn, ContactColumn, StepColumn, TeamColumn
from worlds import TEN, Observed, Tree, both_engines, crew, merged, play, tiny

pytestmark = both_engines
SURE = {"p": 1, "accepts": 1, "margin": 100, "over_promise": 1}
SOON = {"p_notices": 1, "notices_after": "1 h", "p_undone": 1}


def complaining(steps: Tree, arrivals: Tree | None = None, **changes: Any) -> Tree:
    """A tiny organisation with a desk that sells, and a reason to complain."""
    tree = tiny(
        arrivals or {"a": 0},
        steps,
        routes={"c": {"listen": {"team": "desk", "work": "7 min"}}},
        reasons={"complaint": {"kind": "failure", "channels": {"phone": 1}, "route": "c", "moment_of_truth": 2}},
        behaviour={"complaint": "complaint"},
        sales=SOON,
    )
    return merged(tree, changes)


def sold(seen: Observed, column: SaleColumn, step: str) -> float:
    """A sum of offers and sales at a step, over all weeks."""
    i = [name for _, name in seen.names.steps].index(step)
    return float(seen.run.tally.sale_sums[:, i, column].sum())


def test_a_sale_that_cannot_be_kept_comes_back_as_a_complaint_and_is_undone(engine: str) -> None:
    # sold and over-promised at 10; the customer is back at 70, and nothing is offered then
    steps = {"answer": {"work": "10 min", "offer": SURE}}
    seen = play(complaining(steps, routes={"c": {"listen": {"offer": SURE}}}), 200.0, engine)
    assert seen.log("case", "kind", "step", "began", "ended") == [
        ("a", "first", "answer", 0.0, 10.0),
        ("complaint", "complaint", "listen", 70.0, 77.0),
    ]
    assert seen.efforts() == [(70.0, "broken_promise", 0.5), (70.0, "complaint", 0.4)]
    reported_of = {c: sold(seen, c, "answer") for c in SaleColumn}
    assert reported_of == dict.fromkeys(SaleColumn, 1.0) | {
        SaleColumn.MARGIN: 100.0,
        SaleColumn.MARGIN_UNDONE: 100.0,
        SaleColumn.ERRORS: 0.0,
        SaleColumn.KEPT: 0.0,
    }
    assert not seen.run.tally.sale_sums[:, [s for _, s in seen.names.steps].index("listen")].any()
    assert (seen.case(CaseColumn.MARGIN, "a"), seen.case(CaseColumn.MARGIN, "complaint")) == (100.0, -100.0)
    assert seen.case(CaseColumn.OPENED, "complaint") == seen.case(CaseColumn.RESOLVED, "complaint") == 1
    assert seen.contact(ContactColumn.COMPLAINT, "complaint") == 1
    charged = seen.run.tally.cause_sums[1, :, [s for _, s in seen.names.steps].index("answer"), Origin.COMPLAINT]
    assert charged.sum(axis=0).tolist() == [1, 7, 0, 0, 0.9]  # contact, minutes, pay, charges, effort


def test_what_comes_of_it_may_be_another_reason(engine: str) -> None:
    steps = {"answer": {"work": "10 min", "offer": SURE}}
    seen = play(
        complaining(
            steps,
            reasons={"refund": {"kind": "failure", "channels": {"phone": 1}, "route": "c"}},
            sales={"becomes": "refund", "p_undone": 0},
        ),
        200.0,
        engine,
    )
    assert seen.log("case", "kind", "began") == [("a", "first", 0.0), ("refund", "first", 70.0)]
    assert seen.case(CaseColumn.MARGIN) == 100.0


def test_who_leaves_before_the_promise_breaks_never_complains(engine: str) -> None:
    # the only customer would complain ten days after Monday 10:10, and leaves at the week's close with a chance of 0.41
    steps = {"answer": {"work": "10 min", "offer": SURE}}
    stays = complaining(steps, segments={"all": {"customers": 1}}, sales={"notices_after": "10 d"})
    leaves = merged(stays, {"segments": {"all": {"churn": 1.0 - 1e-12}}})
    runs = (play(leaves, 2 * WEEK, engine, seed=seed) for seed in range(1, 50))
    seen = next(r for r in runs if r.log() and r.run.tally.loyalty_sums[4, 0, LoyaltyColumn.LEFT] == 1)
    assert (sold(seen, SaleColumn.OVER_PROMISES, "answer"), sold(seen, SaleColumn.BROKEN, "answer")) == (1, 0)
    assert sold(play(stays, 2 * WEEK, engine), SaleColumn.BROKEN, "answer") == 1


def test_who_buys_depends_on_seller_relationship_and_the_last_offer(engine: str) -> None:
    # one customer, asked every 30 minutes, warm-up included, by a seller 0.8 SD above the mean; one need an hour; the
    # last offer before the run was some time before it, 6 h in the mean
    tree = tiny(
        {"a": "30 min"},
        {"answer": {"work": "10 min", "offer": {"p": 1, "accepts": 0.6, "margin": 1}}},
        segments={"all": {"customers": 1, "relationship": {"mean": 0.5, "sd": 0}}},
        teams={"desk": {"proficiency": {"mean": 0.8}}},
        proficiency={"speed": 0.0},
        experience={"carry_over": 0},
        sales={"needs_a_year": 365.25 * 24, "asked_every": "6 h", "proficiency": 0.5, "relationship": 0.4},
    )
    seen = play(tree, 10 * 60.0 + 15, engine)
    odds = 0.6 / 0.4 * math.exp(0.5 * 0.8 + 0.4 * 0.5)
    n = int((4 * WEEK + TEN + 10 * 60) // 30)
    asked = -6 * 60 * -math.log(random_number.uniform(1, 0, Purpose.LAST_OFFER, random_number.word("all"), 0, 1))
    buys = 0
    for k in range(n):
        at = 30.0 * (k + 1) + 10.0
        p = odds / (1 + odds) * -math.expm1(-(at - asked) / 60)
        asked = at
        buys += random_number.at_step(Purpose.BUY, "r.answer", case="all/a/0") < p if k == 0 else of(k) < p
    assert (sold(seen, SaleColumn.OFFERS, "answer"), sold(seen, SaleColumn.SALES, "answer")) == (n, buys)
    assert 0.2 * n < buys < 0.6 * n


def of(number: int) -> float:
    """Random number of buying of a numbered case at the only step."""
    return random_number.uniform(
        1, 0, Purpose.BUY, random_number.word("all/a/0"), number, random_number.word("r.answer")
    )


def test_an_over_promise_depends_on_what_the_seller_knows(engine: str) -> None:
    # the agent never learnt the back office's work: 1.5 SD below the mean.  Odds 1 x exp(0.5 x 1.5), under full
    # pressure x exp(1.5) on top; who knows it has the mean
    u = random_number.at_step(Purpose.OVER_PROMISE, "r.answer", case="all/a/0")
    terms = SURE | {"over_promise": 0.5, "keeping": "back.back"}
    steps = {"answer": {"work": "10 min", "offer": terms}, "more": {"team": "back", "work": "1 min"}}
    linked = {"routes": {"r": {"answer": {"next": {"more": 0.0}}}}, "teams": {"back": crew(1)}}
    for more, by in (
        ({}, 0.5 * 1.5),
        ({"teams": {"desk": {"skill_sets": {"all": {"has": ["desk", "back.back"]}}}}}, 0.0),
        ({"teams": {"desk": {"skill_sets": {"all": {"has": ["desk"], "knows": ["back.back"]}}}}}, 0.0),
        ({"teams": {"desk": {"pressure": 1}}, "people": {"pressure": {}}}, 0.5 * 1.5 + 1.5),
    ):
        tree = merged(merged(complaining(steps), linked), more)
        tree["routes"]["r"]["answer"]["next"] = {"more": {"p": 0.0, "by_channel": {"phone": 0.0}}}
        seen = play(tree, 30.0, engine)
        assert sold(seen, SaleColumn.OVER_PROMISES, "answer") == float(u < 1 / (1 + math.exp(-by)))


def test_what_pressure_does_to_a_step(engine: str) -> None:
    # half of full pressure: 2.5 % less time, 0.025 fewer resolved, 0.15 more scripted, half way to the pressed offers
    steps = {
        "answer": {
            "work": "10 min",
            "resolves": 0.9,
            "generic": 0.2,
            "offer": {"p": 0.2, "pressed": 0.8, "accepts": 0.0, "margin": 1},
            "errs": 0.1,
            "next": {"answer": {"p": 0.2, "kind": "rework"}, "end": 0.3},
        },
        "end": {"work": "1 min"},
    }
    given = tiny({"a": 0}, steps, teams={"desk": {"pressure": 0.5}}, people={"pressure": {}})
    seen = play(given, 100.0, engine)
    step = seen.timeline[0][1].steps[0]
    odds = math.exp(0.5 * 0.7)
    assert (step["p_resolves"], step["p_generic"], step["p_offer"]) == pytest.approx((0.875, 0.35, 0.5))
    assert step["p_error"] == pytest.approx(odds * 0.1 / (0.9 + odds * 0.1))
    rework = odds * 0.2 / (0.8 + odds * 0.2)
    assert seen.timeline[0][1].edge_p[:2, 0, 0] == pytest.approx([rework, 0.3 * (1 - rework) / 0.8])
    assert seen.log("step", "ended")[0] == ("answer", pytest.approx(9.75))
    assert play(merged(given, {"people": {"pressure": None}}), 100.0, engine).log("ended")[0] == (10.0,)


def test_an_error_in_the_back_office_makes_the_case_fail_at_its_end(engine: str) -> None:
    # the back office errs for sure; the desk tells the customer, who is back an hour later, and then it is right
    steps = {
        "check": {"team": "back", "work": "10 min", "errs": 1, "next": "tell"},
        "tell": {"work": "5 min"},
    }
    tree = tiny(
        {"a": 0},
        steps,
        teams={"back": crew(1)},
        reasons={"a": {"repeats_at": "tell"}},
        behaviour={"p_recontact": 1, "recontact_after": "1 h"},
    )
    seen = play(tree, 200.0, engine)
    assert seen.log("kind", "step", "began", "ended") == [
        ("first", "check", 0.0, 10.0),
        ("first", "tell", 10.0, 15.0),
        ("repeat", "tell", 75.0, 80.0),
    ]
    assert sold(seen, SaleColumn.ERRORS, "check") == 1
    assert seen.step("tell", StepColumn.FAILED_PROCESS) == 1
    assert seen.case(CaseColumn.RESOLVED) == 1
    blamed = seen.run.tally.cause_sums[1, 0, :, Origin.REPEAT, 0]
    assert blamed[: len(seen.names.steps)].tolist() == [1, 0]  # the back office, not who informed the customer


def test_a_supplier_under_pressure_errs_more(engine: str) -> None:
    # odds 1/3; full pressure x exp(0.7), 2 SD worse than stated x exp(0.2 x 2)
    steps = {
        "bureau": {"supplier": "bureau", "delay": "10 min", "errs": 0.25, "next": "tell"},
        "tell": {"work": "5 min"},
    }
    tree = tiny(
        {"a": 0},
        steps,
        suppliers={"bureau": {"pressure": 1, "proficiency": -2}},
        people={"pressure": {}},
        proficiency={"misroute": 0.2},
    )
    seen = play(tree, 50.0, engine)
    p = 1 / (1 + 3 * math.exp(-0.7 - 0.4))
    assert seen.timeline[0][1].steps["p_error"][0] == pytest.approx(p)
    u = random_number.at_step(Purpose.ERROR, "r.bureau", case="all/a/0")
    assert sold(seen, SaleColumn.ERRORS, "bureau") == float(u < p)


def crossing(kind: str, **more: Any) -> Tree:
    """The desk passes on to advice, which has somebody free."""
    return tiny(
        {"a": 0},
        {
            "answer": {"work": "10 min", "wrap_up": "3 min", "next": {"advise": {"p": 1, "transfer": kind}}},
            "advise": {"team": "advice", "work": "5 min", "asks_again": True, "wrap_up": "1 min"},
        },
        teams={"desk": more, "advice": crew(1)},
    )


@pytest.mark.parametrize("kind", ["cold", "warm"])
@pytest.mark.parametrize("has", [{"has": ["desk", "advice.advice"]}, {"has": ["desk"], "knows": ["advice.advice"]}])
def test_who_knows_the_other_teams_work_goes_on_with_the_customer(engine: str, kind: str, has: Tree) -> None:
    # without: passed on at 10, repeated; with: the same agent, no effort, one wrap-up
    apart = play(crossing(kind), 100.0, engine)
    assert apart.log("step", "agent", "ended") == [("answer", "desk-1", 10.0), ("advise", "advice-1", 15.0)]
    assert (len(apart.efforts()), apart.case(CaseColumn.TRANSFERS)) == (2, 1)
    known = crossing(kind, skill_sets={"all": has})
    seen = play(known, 100.0, engine)
    assert seen.log("step", "agent", "queued", "began", "ended") == [
        ("answer", "desk-1", 0.0, 0.0, 10.0),
        ("advise", "desk-1", 10.0, 10.0, 15.0),
    ]
    assert (seen.efforts(), seen.case(CaseColumn.TRANSFERS)) == ([], 0)
    assert sold(seen, SaleColumn.KEPT, "answer") == 1
    assert (seen.contact(ContactColumn.SERVED), seen.contact(ContactColumn.SERVICE)) == (1, 15)
    assert seen.team("desk", TeamColumn.BUSY) == 16.0
    assert seen.step("advise", StepColumn.HANDOFFS) == 0


def test_who_only_knows_the_work_does_not_take_its_queue(engine: str) -> None:
    # b asks for advice, whose only agent wraps up until 16; the desk is free, and takes b only if it serves that queue
    two = {"reasons": {"b": {"enters": {"phone": "advise"}}}, "routes": {"r": {"answer": {"next": "advise"}}}}
    tree = merged(crossing("cold"), two)
    tree["reasons"]["b"] |= {"arrivals": {"all": {"interarrival": f"{4 * WEEK + TEN + 14} min"}}}
    tree["reasons"]["b"] |= {"channels": {"phone": 1}, "route": "r"}
    for sets, began, agent in (
        ({"has": ["desk"], "knows": ["advice.advice"]}, 16.0, "advice-1"),
        ({"has": ["desk", "advice.advice"]}, 14.0, "desk-1"),
    ):
        given = merged(tree, {"teams": {"desk": {"skill_sets": {"all": sets}}}})
        seen = play(given, 100.0, engine)
        assert [x for x in seen.log("case", "agent", "began") if x[0] == "b"] == [("b", agent, began)]


def test_nobody_misroutes_to_work_they_know(engine: str) -> None:
    steps = {
        "answer": {"work": "10 min", "next": {"wrong": {"p": 0.999999, "kind": "misroute", "transfer": "cold"}}},
        "wrong": {"team": "advice", "work": "1 min"},
    }
    tree = tiny({"a": 0}, steps, teams={"advice": crew(1)})
    assert [s for (s,) in play(tree, 100.0, engine).log("step")] == ["answer", "wrong"]
    knows = merged(tree, {"teams": {"desk": {"skill_sets": {"all": {"has": ["desk", "advice.advice"]}}}}})
    assert [s for (s,) in play(knows, 100.0, engine).log("step")] == ["answer"]


def test_in_a_hiring_freeze_positions_stay_empty_until_it_ends(engine: str) -> None:
    # everybody leaves at every close (1 in 2 x 10^8 does not), and positions are filled at once but for the freeze
    people = {"engagement": {"pressure_attrition": 3, "busy_effect": 0}}
    free = tiny(
        {"a": 0}, {"answer": {"work": "1 min"}}, teams={"desk": {"attrition": 50, "pressure": 1}}, people=people
    )
    frozen = merged(free, {"teams": {"desk": {"hiring": {"frozen": True}}}})
    seen = play([(0, free), (60.0, frozen), (2 * WEEK, free)], 4 * WEEK - TEN, engine)
    weeks = seen.run.tally.team_sums[4:8, 0]
    assert weeks[:, TeamColumn.QUIT].tolist() == [1, 0, 0, 1]
    assert weeks[:, TeamColumn.HIRED].tolist() == [0, 0, 1, 1]
    assert weeks[:, TeamColumn.EMPTY].tolist() == [0, 1, 1, 0]


def test_without_offers_pressure_and_errors_nothing_changes(engine: str) -> None:
    arrivals = {"a": {"exponential": {"mean": "7 min"}}}
    steps = {
        "answer": {
            "work": {"exponential": {"mean": "9 min"}},
            "resolves": 0.6,
            "next": {"answer": {"p": 0.1, "kind": "rework"}},
        }
    }
    plain = tiny(arrivals, steps, teams={"desk": crew(3, proficiency={"sd": 0.7})}, behaviour={"p_recontact": 0.5})
    offer = {"p": 0, "pressed": 1, "accepts": 1, "margin": 5, "over_promise": 1}
    ready = merged(
        plain,
        {
            "people": {"pressure": {}},
            "sales": {"becomes": "a", "needs_a_year": 3},
            "routes": {"r": {"answer": {"offer": offer, "errs": 0}}},
        },
    )
    seen, same = (play(tree, WEEK / 2, engine) for tree in (plain, ready))
    assert len(seen.log()) > 500
    assert seen.log() == same.log()
    for a, b in zip(seen.run.tally, same.run.tally, strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("pressure", {"teams": ["desk"], "to": 0.0}),
        ("cross_train", {"teams": ["desk", "advice"], "share": 0.0, "hours": "8 h"}),
        ("hiring", {"teams": ["desk"], "takes": "2 weeks", "frozen": False, "newcomer": 0.0}),
    ],
)
def test_an_intervention_of_no_size_gives_the_organisation_itself(engine: str, kind: str, given: Tree) -> None:
    o = read_organisation(crossing("cold", hiring={"takes": "2 weeks"}))
    assert read_intervention(kind, given).apply(o) is o
