"""Customers leave and join at the close of a week: worked out by hand, in both engines.

A link so strong that it leaves nothing to chance: whoever had a bad case leaves, nobody else does.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from cxsim.calendars.constants import WEEK
from cxsim.engines import runs
from cxsim.model.draws import Purpose
from cxsim.state.customer_sums import LoyaltyColumn
from cxsim.state.tally import CaseColumn, ContactColumn
from random_number import uniform, word
from test_common_random_numbers import busy_bank
from worlds import DAY, NPS_CUTS, TEN, Observed, Tree, both_engines, merged, play, prepared, tiny

CLOSE = WEEK - TEN
"""The first close of a week after time 0, as logs give it."""
below = NormalDist().cdf
pytestmark = both_engines


def fragile(arrivals: dict[str, Any], **segment: Any) -> Tree:
    """One customer; a case with reason `bad` is never solved, `slow` takes ten days."""
    tree = tiny(
        arrivals,
        {"answer": {"work": "10 min"}},
        segments={"all": {"customers": 1, "churn": 1e-9, **segment}},
        loyalty={
            "churn": {"relationship": 0, "recent": 2000},
            "referral": {"promoter": 0, "passive": 0, "detractor": 0},
        },
    )
    routes = {
        "bad": {"answer": {"team": "desk", "work": "10 min", "resolves": 0}},
        "slow": {"take": {"team": "desk", "work": "10 min", "next": "wait"}, "wait": {"delay": "10 d"}},
    }
    tree["routes"] |= {name: routes[name] for name in routes if name in arrivals}
    for name in set(routes) & set(arrivals):
        tree["reasons"][name]["route"] = name
    return tree if "good" in arrivals else merged(tree, {"routes": {"r": None}})


def loyal(seen: Observed, column: LoyaltyColumn) -> list[float]:
    """A loyalty sum of the one segment by week after time 0."""
    return [float(x) for x in seen.run.tally.loyalty_sums[4:, 0, column]]


def test_who_had_a_bad_case_leaves_and_takes_the_open_one_along(engine: str) -> None:
    seen = play(fragile({"bad": 0, "slow": 5 * DAY, "good": 8 * DAY}), 9 * DAY, engine)
    assert seen.log("case", "step", "began", "ended", "outcome") == [
        ("bad", "answer", 0.0, 10.0, "done"),
        ("slow", "take", 5 * DAY, 5 * DAY + 10.0, "done"),
    ]
    assert seen.case(CaseColumn.WITHDRAWN, "slow") == 1
    assert seen.case(CaseColumn.OPENED, "good") == 0  # its candidate finds the slot empty
    assert loyal(seen, LoyaltyColumn.LEFT) == [1.0, 0.0]
    assert loyal(seen, LoyaltyColumn.CUSTOMERS)[0] == 0.0
    # effort 1 against a reference of 0.5: v = -0.5, a quarter of it moves the relationship, which fades by half a year
    level = -0.5 * 0.25 * 2.0 ** (-(CLOSE - 10.0) / 525600.0)
    assert loyal(seen, LoyaltyColumn.COHORT_LEFT_PROMOTERS)[0] == pytest.approx(below(level - NPS_CUTS[8]))
    assert loyal(seen, LoyaltyColumn.COHORT_LEFT_DETRACTORS)[0] == pytest.approx(below(NPS_CUTS[6] - level))


def test_an_open_case_of_who_left_does_not_wait_for_its_own_withdrawal(engine: str) -> None:
    # the slow case opens on day 5, its customer would take it elsewhere 8 days later, but leaves us at the close of the
    # week: it is withdrawn then, after 1.58 days, and not on day 13
    tree = merged(
        fragile({"bad": 0, "slow": 5 * DAY}), {"reasons": {"slow": {"withdrawal": {"after": "8 d", "margin_lost": 7}}}}
    )
    finished = play(tree, CLOSE + 1.0, engine)
    assert loyal(finished, LoyaltyColumn.LEFT) == [1.0, 0.0]
    assert finished.case(CaseColumn.WITHDRAWN, "slow") == 1
    assert finished.case(CaseColumn.UNFINISHED, "slow") == 0
    assert finished.case(CaseColumn.END_TO_END, "slow") == pytest.approx((CLOSE - 5 * DAY) / DAY)


def test_share_of_wallet_moves_with_the_distance_from_the_segments_mean(engine: str) -> None:
    # 0.4 at the segment's mean relationship of 2, 0.2 more or less for each SD from there. A case that is never solved
    # takes 0.5 x 0.25 from the relationship, which fades by half a year: 0.4 - 0.2 x 0.125 x 2^(-t / year) at the close
    tree = fragile({"bad": 0}, relationship={"mean": 2}, wallet={"share": 0.4, "per_sd": 0.2})
    moved = -0.125 * 2.0 ** (-(CLOSE - 10.0) / 525600.0)
    wallets = play(tree, CLOSE, engine).run.tally.loyalty_sums[:5, 0, LoyaltyColumn.WALLET]
    assert wallets == pytest.approx([0.4, 0.4, 0.4, 0.4, 0.4 + 0.2 * moved], rel=1e-9)


def test_a_good_case_keeps_the_customer(engine: str) -> None:
    seen = play(fragile({"good": 0}), 9 * DAY, engine)
    assert loyal(seen, LoyaltyColumn.LEFT) == [0.0, 0.0]
    assert loyal(seen, LoyaltyColumn.WEEKS)[0] == 1.0


def test_who_is_being_helped_is_helped_to_the_end(engine: str) -> None:
    # served over the close of the week: the answer counts, and ends the case before the customer looks again
    seen = play(fragile({"bad": 0, "good": CLOSE - 5.0}), 9 * DAY, engine)
    assert seen.log("case", "ended", "outcome")[1:] == [("good", CLOSE + 5.0, "done")]
    assert seen.case(CaseColumn.RESOLVED, "good") == 1
    assert loyal(seen, LoyaltyColumn.LEFT)[0] == 1.0


def test_a_free_slot_is_taken_by_somebody_new(engine: str) -> None:
    # 100 newcomers a year for one slot: 1.92 a week are expected, one finds room as soon as the slot is free
    expected = 100.0 / (365.25 / 7.0)
    seen = play(fragile({"bad": 0, "good": 8 * DAY}, joins=100), 9 * DAY, engine)
    assert loyal(seen, LoyaltyColumn.ACQUIRED)[0] == 1.0
    assert loyal(seen, LoyaltyColumn.NO_ROOM)[0] == pytest.approx(expected - 1.0)
    assert seen.case(CaseColumn.OPENED, "good") == 1
    assert seen.run.state.customers["generation"].tolist() == [1]
    assert loyal(seen, LoyaltyColumn.COHORT)[0] == 0.0


def test_a_slot_with_an_open_case_is_not_free(engine: str) -> None:
    seen = play(fragile({"bad": 0, "slow": 5 * DAY, "good": 8 * DAY}, joins=100), 15 * DAY, engine)
    assert loyal(seen, LoyaltyColumn.ACQUIRED)[:2] == [0.0, 1.0]
    assert seen.case(CaseColumn.OPENED, "good") == 0


def test_a_recurrence_of_who_left_never_comes(engine: str) -> None:
    tree = merged(fragile({"bad": 5, "good": 0}), {"reasons": {"good": {"comes_back": {"p": 1, "after": "8 d"}}}})
    seen = play(tree, 15 * DAY, engine)
    assert seen.case(CaseColumn.CAME_BACK) == 1
    assert seen.case(CaseColumn.OPENED, "good") == 1


def test_a_life_by_one_number(engine: str) -> None:
    # nothing happens, so the chance to have stayed is s^n: a churn at which it falls below the customer's number at the
    # sixth close of a week, two weeks after time 0, and is above it at the fifth
    u = uniform(1, 0, Purpose.LEAVE, word("all"), 0, 1)
    stays = u ** (1.0 / 5.5)
    assert stays**6 < u < stays**5
    seen = play(quiet(churn=1.0 - stays ** (365.25 / 7.0)), 20 * DAY, engine)
    assert loyal(seen, LoyaltyColumn.LEFT) == [0.0, 1.0, 0.0]
    assert loyal(seen, LoyaltyColumn.HAZARD) == pytest.approx([1.0 - stays, 1.0 - stays, 0.0])


def test_an_empty_slot_by_one_number(engine: str) -> None:
    # a second slot, never taken yet: filled at the sixth close likewise, by a customer who comes by themselves
    u = uniform(1, 0, Purpose.JOIN, word("all"), 1, 1)
    empty = u ** (1.0 / 5.5)
    seen = play(quiet(churn=0, joins=(1.0 - empty) * 365.25 / 7.0, room=1), 20 * DAY, engine)
    assert loyal(seen, LoyaltyColumn.ACQUIRED) == [0.0, 1.0, 0.0]
    assert seen.run.state.customers["generation"].tolist() == [0, 1]


def quiet(**segment: Any) -> Tree:
    """One customer to whom nothing happens, and who brings nobody."""
    return tiny(
        {"far": 400 * DAY},
        {"answer": {"work": "1 min"}},
        segments={"all": {"customers": 1, **segment}},
        loyalty={"referral": {"promoter": 0, "passive": 0, "detractor": 0}},
    )


def test_who_was_referred_is_more_loyal(engine: str) -> None:
    # a sure promoter brings one customer or more a week, so the second slot is taken at the first close, by referral;
    # that customer's odds of leaving are 0.82 of the other's
    tree = merged(
        quiet(churn=0.01, room=1, relationship={"mean": 9}),
        {"loyalty": {"referral": {"promoter": 60}, "referred": {"leaves": 0.82, "brings": 1.2}}},
    )
    seen = play(tree, 6 * DAY, engine)
    assert seen.run.state.customers["referred"].tolist() == [0, 1]
    h = 1.0 - 0.99 ** (7.0 / 365.25)
    odds = 0.82 * h / (1.0 - h)
    sums = seen.run.tally.loyalty_sums[:4, 0]
    assert sums[:, LoyaltyColumn.HAZARD] == pytest.approx([h] + 3 * [h + odds / (1.0 + odds)])
    assert sums[:, LoyaltyColumn.WALLET].tolist() == [1.0, 2.0, 2.0, 2.0]
    assert sums[:, LoyaltyColumn.WALLET_REFERRED].tolist() == [0.0, 1.0, 1.0, 1.0]


def test_a_few_more_referrals_are_a_few_other_customers(engine: str) -> None:
    # as many join, at the same slots; a twentieth of them by referral instead of by themselves, all others as before
    def referred(promoter: float, joins: float) -> np.ndarray[Any, Any]:
        tree = merged(
            quiet(customers=2000, churn=1e-12, room=1, joins=joins, relationship={"mean": 9}),
            {"loyalty": {"referral": {"promoter": promoter}}},
        )
        customers = play(tree, -20 * DAY, engine).run.state.customers
        return np.where(customers["present"] == 1, customers["referred"], -1)

    few, more = referred(10, 10), referred(11, 9)
    joined = int((few >= 0).sum()) - 2000
    assert joined > 500
    assert np.array_equal(few >= 0, more >= 0)
    assert (few <= more).all()
    expected = 0.05 * joined
    assert 0 < expected - 4.0 * math.sqrt(expected) < (few < more).sum() < expected + 4.0 * math.sqrt(expected)


def test_nobody_referred_is_nothing_to_be_more_loyal(engine: str) -> None:
    moving = {
        "segments": {"everyday": {"churn": 0.5, "joins": 0.5, "room": 0.1}},
        "loyalty": {"referral": {"promoter": 0, "passive": 0, "detractor": 0}},
    }
    more = {"loyalty": {"referred": {"leaves": 0.5, "brings": 2}}}
    trees = [merged(busy_bank(), moving), merged(busy_bank(), merged(moving, more))]
    a, b = (_two_weeks(tree, engine) for tree in trees)
    assert a.tally.loyalty_sums[..., LoyaltyColumn.ACQUIRED].sum() > 0.0
    assert all(np.array_equal(x, y) for x, y in zip(a.tally, b.tally, strict=True))


def test_customers_bring_others(engine: str) -> None:
    # everybody is a promoter and brings one customer in two years; half the slots are free
    tree = tiny(
        {"far": 400 * DAY},
        {"answer": {"work": "1 min"}},
        segments={"all": {"customers": 10000, "room": 1, "churn": 1e-12, "relationship": {"mean": 9}}},
        loyalty={"referral": {"promoter": 0.5, "passive": 0, "detractor": 0}},
    )
    seen = play(tree, 26 * 7 * DAY, engine)
    weeks = 4 + 26
    joined = seen.run.tally.loyalty_sums[:weeks, 0, LoyaltyColumn.REFERRED].sum()
    assert seen.run.tally.loyalty_sums[..., LoyaltyColumn.ACQUIRED].sum() == 0.0
    expected = 10000.0 * ((1.0 + 0.5 * 7.0 / 365.25) ** weeks - 1.0)
    assert abs(joined - expected) < 4.0 * math.sqrt(expected * (1.0 + expected / 10000.0))


def test_a_stronger_link_moves_loyalty_and_no_wait_while_nobody_leaves(engine: str) -> None:
    strong = {
        "experience": {"carry_over": 0.5},
        "loyalty": {"churn": {"relationship": 0.8, "recent": 0.8}, "referral": {"promoter": 0.1}},
    }
    runs = [_two_weeks(tree, engine) for tree in (busy_bank(), merged(busy_bank(), strong))]
    a, b = (run.tally for run in runs)
    for name in ("contact_sums", "step_sums", "team_sums", "hour_sums", "wait_bins", "cause_sums"):
        assert np.array_equal(getattr(a, name), getattr(b, name)), name
    assert a.contact_sums[..., ContactColumn.WAIT].sum() > 0.0
    assert not np.array_equal(a.relationship, b.relationship)


def test_what_loyalty_brings_is_proportional_to_the_link(engine: str) -> None:
    # chance to leave, if we solve fewer cases: it rises by twice as much with a link twice as strong (so little that
    # nobody really leaves, and a small link, whose square does not count)
    more = []
    for link in (0.01, 0.02):
        expected = []
        for resolves in (0.5, 0.9):
            tree = merged(
                busy_bank(),
                {
                    "segments": {"everyday": {"churn": 1e-9}, "affluent": {"churn": 1e-9}},
                    "routes": {"limit": {"serve": {"resolves": resolves}}},
                    "loyalty": {"churn": {"relationship": link, "recent": link}},
                },
            )
            sums = _two_weeks(tree, engine).tally.loyalty_sums
            expected.append(sums[..., LoyaltyColumn.HAZARD].sum())
        more.append(expected[0] - expected[1])
    assert more[0] > 0.0
    assert more[1] / more[0] == pytest.approx(2.0, rel=0.05)


def test_links_and_room_are_nothing_while_nobody_leaves_or_joins(engine: str) -> None:
    links = {"loyalty": {"churn": {"relationship": 0.8, "recent": 0.8}, "referral": {"promoter": 0.1}}}
    a, b = (_two_weeks(tree, engine) for tree in (busy_bank(), merged(busy_bank(), links)))
    assert all(np.array_equal(x, y) for x, y in zip(a.tally, b.tally, strict=True))


def _two_weeks(tree: Tree, engine: str) -> runs.Run:
    names, timeline = prepared([(0.0, tree)], 2, 1)
    run = runs.start(timeline[0][1], names, 3, 0, 2, 1)
    return runs.finish(runs.advance(run, timeline, 2 * WEEK, engine), timeline)
