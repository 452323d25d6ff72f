"""Promises, the customers who ask, and news that keeps them from asking, worked out on paper.

The urge to ask is 0.05 a day plus 0.10 a day for each day since the last news, from half the promise on, three times
that once it is missed; the n-th question comes after -ln(u_n) of it.  Times are minutes after Monday 10:00.
"""

from __future__ import annotations

import math

import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

import random_number
from cxsim.model.draws import Purpose
from cxsim.state.origins import Origin
from cxsim.state.tally import CaseColumn, Cause, ContactColumn
from worlds import DAY, Tree, both_engines, merged, play, tiny

pytestmark = both_engines
A = "all/a/0"


def asks_at(n: int, after: float, news: float, promise: float, opened: float = 0.0) -> float:
    """When the n-th question comes, its urge counted from `after` on: the root of the integrated rate."""
    start = opened + 0.5 * (promise - opened)

    def rate(t: float) -> float:
        if t < start:
            return 0.0
        return (0.05 + 0.10 * (t - news) / DAY) / DAY * (3.0 if t >= promise else 1.0)

    def urge(t: float) -> float:
        points = [p for p in (start, promise) if after < p < t]
        area: float = quad(rate, after, t, points=points or None, epsabs=1e-13, epsrel=1e-13, limit=200)[0]
        return area

    budget = -math.log(random_number.of_case(Purpose.CHASE, n, case=A))
    found: float = brentq(lambda t: urge(t) - budget, after + 1e-9, after + 400 * DAY, xtol=1e-10)
    return found


def slow(**promise: object) -> Tree:
    """25 days at a supplier, promised within two days; questions are answered in 3 minutes."""
    return tiny(
        {"a": 0},
        {"wait": {"delay": "25 d", "next": "tell"}, "tell": {"work": "5 min"}},
        reasons={
            "a": {"promise": {"within": "2 d", "chaser": "ask", **promise}},
            "ask": {"route": "q", "channels": {"phone": 1}},
        },
        routes={"q": {"say": {"team": "desk", "work": "3 min"}}},
    )


def test_chasers_come_when_the_urge_has_gathered(engine: str) -> None:
    seen = play(slow(), 20 * DAY, engine)
    expected, news = [], 0.0
    for n in range(50):
        at = asks_at(n, news, news, 2 * DAY)
        if at > 20 * DAY - 3:
            break
        expected.append((n, at, at + 3))
        news = at + 3  # the answer is news, and the next urge begins with it
    assert len(expected) >= 3
    assert seen.log("ordinal", "queued", "ended") == [pytest.approx(row, abs=1e-5) for row in expected]
    assert {(case, reason, kind) for case, reason, kind in seen.log("case", "reason", "kind")} == {
        ("a", "ask", "chaser")
    }
    assert seen.contact(ContactColumn.CHASER, "ask") == len(expected)
    assert seen.case(CaseColumn.OPENED, "ask") == 0  # no demand of its own
    # the step that caused them
    wait = seen.names.steps.index(("r", "wait"))
    asked = seen.run.tally.cause_sums[1, :, wait, Origin.CHASER].sum(axis=0)
    assert asked.tolist() == pytest.approx([len(expected), 3.0 * len(expected), 0, 0, 0.40 * len(expected)])
    assert [e for _, cause, e in seen.efforts() if cause == "chaser"] == [0.40] * len(expected)


def test_an_abandoned_question_brings_no_news(engine: str) -> None:
    # nobody answers the phone: patience 5, no redial; the next urge begins at the loss, the last news is the opening
    tree = slow()
    tree["channels"] = {"phone": {"presence": "present", "patience": "5 min"}}
    tree["reasons"]["b"] = {"arrivals": {"all": {"interarrival": "40920 min"}}, "channels": {"phone": 1}, "route": "b"}
    tree["routes"]["b"] = {"long": {"team": "desk", "work": "20 d"}}
    seen = play(tree, 15 * DAY, engine)
    expected, after = [], 0.0
    for n in range(50):
        at = asks_at(n, after, 0.0, 2 * DAY)
        if at > 15 * DAY - 5:
            break
        expected.append((at, at + 5))
        after = at + 5
    assert len(expected) >= 3
    assert seen.log("queued", "ended") == [pytest.approx(row, abs=1e-5) for row in expected]
    assert seen.case(CaseColumn.GAVE_UP) == 0  # the case goes on


def test_proactive_updates_stop_the_asking(engine: str) -> None:
    # every 2 days to all who heed them (here everyone): 12 updates in 25 days, each 0.5; the case ends 23 days late
    seen = play(slow(update_every="2 d", update_reaches=1, cost_per_update=0.5), 26 * DAY, engine)
    assert seen.log("step", "ended") == [("wait", 25 * DAY), ("tell", 25 * DAY + 5)]
    assert seen.case(CaseColumn.UPDATES) == 12
    assert seen.case(CaseColumn.COST) == 6
    assert seen.case(CaseColumn.DAYS_LATE) == pytest.approx(23 + 5 / DAY)
    assert not (seen.run.state.visits["status"] > 0).any()  # nothing is left behind


def test_an_open_case_counts_the_updates_sent_so_far(engine: str) -> None:
    # every 2 days until day 9: 4 updates, the case is still open
    seen = play(slow(update_every="2 d", update_reaches=1), 9 * DAY, engine)
    assert seen.case(CaseColumn.UNFINISHED) == 1
    assert seen.case(CaseColumn.UPDATES) == 4


def test_some_customers_do_not_heed_updates(engine: str) -> None:
    u = random_number.of_case(Purpose.HEEDS_UPDATES, case=A)
    for reach, asks in [(u - 1e-6, True), (u + 1e-6, False)]:
        seen = play(slow(update_every="2 d", update_reaches=reach), 20 * DAY, engine)
        assert (seen.contact(ContactColumn.CHASER) > 0) == asks


def test_what_customers_expect_without_a_promise(engine: str) -> None:
    u = random_number.of_case(Purpose.PROMISED, case=A)
    for p_told, promise in [(u + 1e-6, 2 * DAY), (u - 1e-6, 4 * DAY)]:
        seen = play(slow(p_told=p_told, expected="4 d"), 20 * DAY, engine)
        assert seen.log("queued")[0] == pytest.approx((asks_at(0, 0.0, 0.0, promise),), abs=1e-5)


def test_the_customers_own_delay_pauses_the_promise(engine: str) -> None:
    # promised within 2 days. desk 0-10; documents from the customer: 3 days; the supplier: 4 days.
    # 2 d - 10 min were left at 10 and run on from 3 d + 10: due at 5 d. Done at 7 d + 10 min: 2 d + 10 min late
    tree = tiny(
        {"a": 0},
        {
            "answer": {"work": "10 min", "next": "documents"},
            "documents": {"customer": True, "delay": "3 d", "next": "wait", "news": False},
            "wait": {"delay": "4 d"},
        },
        reasons={
            "a": {"promise": {"within": "2 d", "chaser": "ask"}},
            "ask": {"route": "q", "channels": {"phone": 1}},
        },
        routes={"q": {"say": {"team": "desk", "work": "3 min"}}},
    )
    seen = play(tree, 8 * DAY, engine)
    back = 3 * DAY + 10
    first = asks_at(0, back, back, 5 * DAY)
    chasers = [row for row in seen.log("kind", "queued") if row[0] == "chaser"]
    assert (chasers[0][1] if chasers else math.inf) == (
        pytest.approx(first, abs=1e-5) if first < 7 * DAY + 10 else math.inf
    )
    late = 2 + 10 / DAY
    assert seen.case(CaseColumn.DAYS_LATE) == pytest.approx(late)
    assert seen.case(CaseColumn.BREACHED) == 1
    effort = [(t, e) for t, cause, e in seen.efforts() if cause == "late"]
    assert effort == [(pytest.approx(7 * DAY + 10), pytest.approx(0.20 * math.log1p(late)))]


def test_a_missed_promise_stays_missed_through_the_customers_own_delay(engine: str) -> None:
    # promised within 2 days. The supplier takes 3: one day late. Then 4 days for the customer's documents, which do not
    # count, and 2 more at the supplier: done on day 9, 1 + 2 days late
    tree = tiny(
        {"a": 0},
        {
            "first": {"delay": "3 d", "next": "documents"},
            "documents": {"customer": True, "delay": "4 d", "next": "last"},
            "last": {"delay": "2 d"},
        },
        reasons={"a": {"promise": {"within": "2 d"}}},
    )
    finished = play(tree, 10 * DAY, engine)
    assert finished.log("step", "ended") == [("first", 3 * DAY), ("documents", 7 * DAY), ("last", 9 * DAY)]
    assert finished.case(CaseColumn.DAYS_LATE) == pytest.approx(3.0)
    assert finished.case(CaseColumn.BREACHED) == 1
    late = [(t, effort) for t, cause, effort in finished.efforts() if cause == "late"]
    assert late == [(9 * DAY, pytest.approx(0.20 * math.log1p(3.0)))]


@pytest.mark.parametrize(
    ("opened", "delay", "late"),
    [
        # 1 working day = 8 h of 9-17. Monday 10:00 -> due Tuesday 10:00; done 10 min after, or at the minute
        (0.0, DAY + 10, 10 / DAY),
        (0.0, DAY, 0.0),
        # Friday 10:00 -> Monday 10:00, done Monday 10:30
        (4 * DAY, 3 * DAY + 30, 30 / DAY),
        # Monday 18:00, closed: the 8 hours are Tuesday's, due Tuesday 17:00
        (480.0, 1380.0 + 60, 60 / DAY),
    ],
)
def test_a_promise_in_working_time(engine: str, opened: float, delay: float, late: float) -> None:
    tree = tiny(
        {"a": opened},
        {"wait": {"delay": f"{delay} min"}},
        calendar={"working": {"mon-fri": "09:00-17:00"}},
        reasons={"a": {"promise": {"within": "1 working day"}}},
    )
    seen = play(tree, 9 * DAY, engine)
    assert seen.case(CaseColumn.PROMISED) == 1
    assert seen.case(CaseColumn.DAYS_LATE) == pytest.approx(late)
    assert seen.case(CaseColumn.BREACHED) == (late > 0)
    assert (Cause.LATE.name.lower() in [cause for _, cause, _ in seen.efforts()]) == (late > 0)


def test_news_postpones_a_question_and_never_re_deals_it(engine: str) -> None:
    # the same case with a step on day 3 that is news: the first question's budget is spent until then at the old rate,
    # and goes on at the rate since the news
    for news in (False, True):
        steps = {"wait": {"delay": "3 d", "next": "more", "news": news}, "more": {"delay": "22 d"}, "tell": None}
        tree = merged(slow(within="6 d"), {"routes": {"r": steps}})
        seen = play(tree, 20 * DAY, engine)
        # asking starts at day 3 (half of 6), the very instant of the news
        expected = asks_at(0, 3 * DAY, 3 * DAY if news else 0.0, 6 * DAY)
        asked = [queued for kind, queued in seen.log("kind", "queued") if kind == "chaser"]
        assert asked[0] == pytest.approx(expected, abs=1e-5)


def test_a_question_on_its_way_when_the_case_is_resolved_is_not_asked(engine: str) -> None:
    # the urge is there at `first`, but the phone opens on Saturday 10:00; the case (by mail) is resolved in between:
    # the customer knows by then, and asks nothing; the case is closed, and its time counts to the resolution
    first = asks_at(0, 0.0, 0.0, 2 * DAY)
    resolved = math.ceil(first) + 10
    saturday = (5 + 7 * math.ceil((first - 5 * DAY) / (7 * DAY))) * DAY
    assert first < resolved < saturday
    tree = merged(
        slow(),
        {
            "channels": {"mail": {"presence": "absent"}, "phone": {"opens": {"sat": "10:00-11:00"}}},
            "reasons": {"a": {"channels": {"phone": None, "mail": 1}}},
            "routes": {"r": {"wait": {"delay": f"{resolved} min", "next": {}}, "tell": None}},
        },
    )
    seen = play(tree, saturday + DAY, engine)
    assert seen.log("kind", "queued", "ended") == [("first", 0.0, resolved)]
    assert seen.case(CaseColumn.END_TO_END) == resolved / DAY
    assert seen.case(CaseColumn.CONTACTS) == 1
    assert not (seen.run.state.visits["status"] > 0).any()
