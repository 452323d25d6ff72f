"""Measures from tallies made by hand, with values worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cxsim.calendars.constants import WEEK
from cxsim.measures.bound import bound_by_standard, reached
from cxsim.measures.breakdowns import ALL, break_down
from cxsim.measures.catalogue import BY_NAME, HEADLINES, MEASURES
from cxsim.measures.reading import Reading, Spending, quantile_of_bins, ratio
from cxsim.measures.undefined import WHY
from cxsim.measures.whole import measure_all
from cxsim.organisation import Organisation, read_organisation
from cxsim.probability.bins import bin_edges, wait_bin
from cxsim.state.customer_sums import LoyaltyColumn
from cxsim.state.plan import build_plan, names_of
from cxsim.state.recovery_sums import RecoveryColumn
from cxsim.state.tally import (
    LEDGER_FIRST,
    MEASURED,
    CaseColumn,
    Cause,
    ContactColumn,
    StepColumn,
    Tally,
    TeamColumn,
    empty_tally,
)
from organisations import small_bank
from worlds import merged

WARM_UP, WEEKS, FOLLOW_UP = 1, 4, 1


def organisation(**teams: Any) -> Organisation:
    tree = small_bank()
    tree["channels"]["phone"]["cost_per_contact"] = 0.5
    tree["economics"] |= {"overhead": 0.5, "hours_per_fte": 40}
    for name, values in teams.items():
        tree["teams"][name] |= values
    return read_organisation(tree)


class Hand:
    """A tally to be filled by hand, and how it reads."""

    def __init__(self, *changed: tuple[float, Organisation], spending: Spending | None = None) -> None:
        self.o = organisation()
        self.names = names_of([self.o, *(o for _, o in changed)])
        self.timeline = [(at, build_plan(o, self.names, WEEKS, WARM_UP)) for at, o in ((-math.inf, self.o), *changed)]
        self.tally: Tally = empty_tally(self.names, WARM_UP + WEEKS)
        for column in (LoyaltyColumn.WEEKS, LoyaltyColumn.CUSTOMERS):
            self.tally.loyalty_sums[..., column] = [s.customers for s in self.o.segments.values()]
        self.spending = spending or Spending()

    def case(self, week: int, reason: str = "limit", segment: str = "everyday", **columns: float) -> None:
        place = self.names.reasons.index(reason), self.names.segments.index(segment)
        for name, value in columns.items():
            self.tally.case_sums[(week + WARM_UP, *place, CaseColumn[name])] += value

    def contact(self, week: int, reason: str = "limit", channel: str = "phone", **columns: float) -> None:
        place = self.names.reasons.index(reason), self.names.channels.index(channel)
        for name, value in columns.items():
            self.tally.contact_sums[(week + WARM_UP, *place, ContactColumn[name])] += value

    def step(self, week: int, step: str, **columns: float) -> None:
        for name, value in columns.items():
            place = self.names.step_names().index(step)
            self.tally.step_sums[week + WARM_UP, place, StepColumn[name]] += value

    def team(self, week: int, team: str, **columns: float) -> None:
        for name, value in columns.items():
            place = self.names.teams.index(team)
            self.tally.team_sums[week + WARM_UP, place, TeamColumn[name]] += value

    @property
    def reading(self) -> Reading:
        return Reading(self.tally, self.names, self.timeline, self.o, WEEKS, WARM_UP, FOLLOW_UP, self.spending)

    def measures(self) -> dict[str, float]:
        return measure_all(self.reading)


def test_whatever_may_have_no_value_states_why() -> None:
    without = {name for name, value in Hand().measures().items() if math.isnan(value)}
    assert without
    assert without <= set(WHY)
    assert set(WHY) <= set(BY_NAME)


def test_work_of_customers_who_gave_up_is_by_reason() -> None:
    # a call about a limit takes 5 minutes, one about the other reason nobody was served for: as the mean, 5 minutes
    hand = Hand()
    hand.contact(0, SERVED=4, SERVICE=16, WRAP=4, LOST=23)
    hand.contact(0, reason="loan", LOST=1)
    assert hand.measures()["work_unserved"] == pytest.approx(24 * 5 / 60 / WEEKS)


def test_the_catalogue_is_one_list() -> None:
    assert len(BY_NAME) == len(MEASURES)
    assert list(Hand().measures()) == list(BY_NAME)
    assert all(m.headline for m in HEADLINES)
    assert sum(m.headline for m in MEASURES) == len(HEADLINES)
    for m in MEASURES:
        assert m.worthwhile > 0, m.name
        assert m.formula, m.name
        assert m.title, m.name
        assert not m.relative_to or m.relative_to in BY_NAME


def test_nothing_to_divide_by_is_no_number() -> None:
    empty = Hand().measures()
    for name in ("contacts_per_case", "ces", "wait", "wait_p90", "abandonment", "service_level", "occupancy"):
        assert math.isnan(empty[name]), name
    assert empty["total_cost"] == 0.0
    assert np.isnan(ratio([1.0, 0.0], 0.0)).all()


def test_cases_by_opening_cohort() -> None:
    hand = Hand()
    hand.case(-1, OPENED=100, CONTACTS=900)  # warm-up
    hand.case(3, OPENED=100, CONTACTS=900)  # follow-up: too late to be followed to its end
    hand.case(0, OPENED=6, CONTACTS=9, EFFORT=3, RESOLVED=4, FIRST_RESOLVED=3, CLOSED=5, END_TO_END=10)
    hand.case(2, "loan", "affluent", OPENED=4, CONTACTS=6, EFFORT=5, PROMISED=4, BREACHED=1, DAYS_LATE=2)
    hand.case(2, "loan", "affluent", PROMOTER=1.5, DETRACTOR=2.5, CES=18, CES_EASY=2, WITHDRAWN=1, GAVE_UP=2)
    m = hand.measures()
    assert m["contacts_per_case"] == 1.5
    assert m["effort"] == pytest.approx(0.8)
    assert m["fcr"] == pytest.approx(30)
    assert m["resolved_share"] == pytest.approx(40)
    assert m["unresolved_share"] == pytest.approx(30)
    assert m["end_to_end"] == 2.0
    assert m["promise_breaches"] == 25.0
    assert m["days_late"] == 0.5
    assert m["nps_transactional"] == pytest.approx(-10)
    assert m["detractors"] == pytest.approx(25)
    assert m["ces"] == pytest.approx(1.8)
    assert m["effort_per_customer"] == pytest.approx(8 / 3 / 1200 * 365.25 / 7)


def test_the_ledger_by_cause() -> None:
    hand = Hand()
    hand.case(1, OPENED=10, EFFORT=3)
    row = hand.tally.case_sums[WARM_UP + 1, 0, 0]
    row[LEDGER_FIRST + Cause.WAIT], row[LEDGER_FIRST + Cause.CHASER] = 1.0, 2.0
    m = hand.measures()
    assert m["effort_wait"] == pytest.approx(0.1)
    assert m["effort_chaser"] == pytest.approx(0.2)
    assert sum(v for name, v in m.items() if name.startswith("effort_") and name != "effort_per_customer") == (
        pytest.approx(m["effort"])
    )


def test_surveys_as_sampled() -> None:
    hand = Hand()
    hand.case(0, OPENED=90, ANSWERS=10, ANSWERED_PROMOTER=6, ANSWERED_DETRACTOR=1, ANSWERED_CES=55)
    m = hand.measures()
    assert m["nps_survey"] == pytest.approx(50)
    assert m["ces_survey"] == 5.5
    assert m["survey_answers"] == pytest.approx(10 / 3)


def test_contacts_over_the_whole_period() -> None:
    hand = Hand()
    hand.contact(-1, ATTEMPTS=1000, QUEUED=1000, ABANDONED=1000)
    hand.contact(0, ATTEMPTS=100, FIRST=60, REPEAT=10, REDIALS=20, CHASER=6, COMPLAINT=3, RETURN=1)
    hand.contact(3, QUEUED=80, WAITED=40, WAIT=100, SERVED=60, SERVED_WAIT=30, ABANDONED=20)
    hand.contact(3, SERVICE=180, SERVICE_SQUARED=1080, WRAP=60)
    hand.contact(3, channel="email", ATTEMPTS=100, FIRST=100, WRAP=1000)
    m = hand.measures()
    assert m["contacts_per_week"] == 50
    assert m["failure_demand"] == pytest.approx(20)
    assert m["redial_share"] == pytest.approx(10)
    assert m["chaser_share"] == pytest.approx(3)
    assert m["wait"] == 30.0
    assert m["wait_all"] == 75.0
    assert m["waiting_share"] == 50.0
    assert m["abandonment"] == 25.0
    assert m["service_time"] == 180.0
    assert m["service_cv"] == pytest.approx(1.0)  # mean 3, mean square 18
    assert m["aht"] == 240.0  # the letters' wrap-up is not in it


def test_first_contacts_about_a_failure_are_failure_demand() -> None:
    hand = Hand()
    hand.contact(0, ATTEMPTS=90, FIRST=90)
    hand.contact(0, "loan_status", ATTEMPTS=10, FIRST=10)
    assert hand.measures()["failure_demand"] == pytest.approx(10)


def test_a_quantile_inside_its_bin() -> None:
    edges = bin_edges()
    counts = np.zeros(len(edges))
    k = wait_bin(2.0)
    counts[k] = 10
    low, high = edges[k - 1], edges[k]
    assert low <= 2.0 <= high
    assert quantile_of_bins(counts, edges, 0.9) == pytest.approx(low * (high / low) ** 0.9)
    counts[0] = 10
    assert quantile_of_bins(counts, edges, 0.4) == 0.0
    assert quantile_of_bins(counts, edges, 0.75) == pytest.approx(low * (high / low) ** 0.5)
    assert math.isnan(quantile_of_bins(np.zeros(len(edges)), edges, 0.5))


def test_the_percentile_of_exponential_waits() -> None:
    """Counts of an exponential distribution give its 90th percentile, ln 10, to better than a bin's 3.7 %."""
    edges = bin_edges()
    upto = 1.0 - np.exp(-edges)
    hand = Hand()
    hand.tally.wait_bins[MEASURED, 0] = 1e6 * np.diff(upto, prepend=0.0)
    assert hand.measures()["wait_p90"] == pytest.approx(60 * math.log(10), rel=0.001)


def test_standards_bind_live_work_first() -> None:
    o = organisation(front_line={"standard": {"within": "30 s"}}, lending={"standard": {"within": "1 d"}})
    plan = build_plan(o)
    steps = names_of([o]).step_names()
    bound = dict(zip(steps, bound_by_standard(plan), strict=True))
    assert bound["limit.serve"]
    assert bound["loan.check"]
    assert not bound["loan.approve"]  # its team has no standard
    assert not bound["loan.bureau"]  # nobody works there
    phone, email = 0, 1
    assert reached(plan)[steps.index("loan.tell"), phone]
    assert not reached(plan)[steps.index("loan.tell"), email]


def test_service_level_where_there_is_a_standard() -> None:
    hand = Hand((0.0, organisation(front_line={"standard": {"within": "30 s"}})))
    hand.step(0, "limit.serve", QUEUED=80, SERVED=70, IN_STANDARD=60)
    hand.step(1, "loan.check", QUEUED=50, SERVED=50, IN_STANDARD=50)
    assert hand.measures()["service_level"] == 75.0
    teams = break_down(hand.reading)["teams"]
    assert teams.loc["front_line", "service_level"].item() == 75.0
    assert np.isnan(teams.loc["lending", "service_level"]).all()


def test_teams() -> None:
    hand = Hand()
    for week in range(WEEKS):
        hand.team(week, "front_line", BUSY=600, DUTY=1200, PAID=2400, BACKLOG=10 * week, OLDEST=1440 * week)
        hand.team(week, "lending", QUEUE=WEEK * 3, BACKLOG=5, OLDEST=720)
    m = hand.measures()
    assert m["occupancy"] == 50.0
    assert m["paid_fte"] == pytest.approx(1.0)
    assert m["work_hours"] == pytest.approx(10)
    assert m["work_fte"] == pytest.approx(0.25)
    assert m["in_queue"] == pytest.approx(3)
    assert m["backlog"] == pytest.approx(20)
    assert m["backlog_end"] == 35
    assert m["oldest"] == pytest.approx((0.5 + 1 + 2 + 3) / 4)
    assert m["oldest_end"] == 3


def test_the_relationship_at_the_end() -> None:
    hand = Hand()
    hand.tally.relationship[-1, 0] = (500, 200, 0)
    hand.tally.relationship[-1, 1] = (100, 40, 0)
    assert hand.measures()["nps_relationship"] == pytest.approx(100 * 360 / 1200)


def test_what_customers_bring() -> None:
    # 1,000 customers at 600 a year for half of their business, who in the last week give us 60 % of it
    hand = Hand()
    tree = merged(hand.o.tree, {"segments": {"everyday": {"margin": 600, "revenue": 1200, "wallet": {"share": 0.5}}}})
    o = read_organisation(tree)
    hand.timeline = [(-math.inf, build_plan(o, hand.names, WEEKS, WARM_UP))]
    wallets = hand.tally.loyalty_sums[:, 0, LoyaltyColumn.WALLET]
    wallets[:] = 1000 * 0.5
    wallets[-1] = 1000 * 0.6
    hand.tally.loyalty_sums[:, 1, LoyaltyColumn.WALLET] = 200
    m = hand.measures()
    a_week = 600_000 * 7 / 365.25
    assert m["customer_margin"] == pytest.approx(a_week * (3 + 1.2) / WEEKS)
    assert m["revenue"] == pytest.approx(2 * m["customer_margin"])
    assert m["net_benefit"] == pytest.approx(m["customer_margin"])
    assert m["share_of_wallet"] == pytest.approx(100 * (1000 * 2.1 + 200 * 4) / (1200 * WEEKS))
    # nobody leaves: the value for ever, (1 + d) / d times a year's margin
    assert m["base_value"] == pytest.approx(600_000 * 1.05 * 1.1 / 0.1)
    assert m["customer_value"] == pytest.approx(m["base_value"] / 1200)


def test_what_customers_bring_who_were_referred() -> None:
    # 1,000 customers at 600 a year, 100 of them referred, each of whom brings 1.2 times as much: as 1,020
    hand = Hand()
    tree = merged(hand.o.tree, {"segments": {"everyday": {"margin": 600}}, "loyalty": {"referred": {"brings": 1.2}}})
    hand.timeline = [(-math.inf, build_plan(read_organisation(tree), hand.names, WEEKS, WARM_UP))]
    hand.tally.loyalty_sums[:, 0, LoyaltyColumn.WALLET] = 1000
    hand.tally.loyalty_sums[:, 0, LoyaltyColumn.WALLET_REFERRED] = 100
    m = hand.measures()
    assert m["customer_margin"] == pytest.approx(1020 * 600 * 7 / 365.25)
    assert m["share_of_wallet"] == pytest.approx(100 * 1000 / 1200)


def test_who_leaves_and_joins() -> None:
    hand = Hand()
    sums = hand.tally.loyalty_sums[WARM_UP:, 0]
    sums[:, LoyaltyColumn.HAZARD] = 3.0
    sums[:, LoyaltyColumn.LEFT] = (2, 4, 3, 3)
    sums[:, LoyaltyColumn.REFERRED] = 1
    sums[:, LoyaltyColumn.ACQUIRED] = 2
    sums[-1, LoyaltyColumn.SECURE] = 300
    m = hand.measures()
    assert m["churn"] == pytest.approx(100 * (1 - (1 - 3 / 1200) ** (365.25 / 7)))
    assert (m["customers_left"], m["customers_joined"], m["customers_referred"]) == (3, 3, 1)
    assert m["secure"] == pytest.approx(25)


def test_what_comes_after_a_bad_case() -> None:
    # 1,000 cases in four weeks, 200 with a loss of 0.5 SD; 60 complain, 50 are answered, 10 more called and reached
    hand = Hand()
    hand.case(0, OPENED=1000)
    values = {"LOSSES": 200, "LOSS": 100, "COMPLAINTS": 60, "REPLIED": 60, "SHARE": 30, "GIVEN_BACK": 20, "CAUSE": 24}
    values |= {"EMPATHY": 45, "SPEED": 54, "SOLVED": 40, "SYMPTOM": 16, "RECURRED": 4, "PAYMENTS": 20, "GOODWILL": 600}
    values |= {"BREACHES": 3, "UNSOLVED": 10, "OMBUDSMAN_COST": 40, "PROACTIVE_REACHED": 10}
    values |= {"UNHAPPY": 50, "FOLLOWED_UP": 40, "FOLLOW_UP_REACHED": 20}
    for name, value in values.items():
        hand.tally.recovery_sums[WARM_UP, 0, RecoveryColumn[name]] = value
        hand.tally.recovery_sums[0, 0, RecoveryColumn[name]] = 10 * value  # warm-up
    hand.step(0, "loan.decide", ESCALATIONS=25, DECIDED=100)
    m = hand.measures()
    expected = {"complaints_per_100": 6, "recovered_share": 30, "given_back": 20, "recovery": 50, "recovery_cause": 40}
    expected |= {"recovery_empathy": 75, "recovery_speed": 90, "symptom_share": 40, "recurrence": 10, "payments": 5}
    expected |= {"deadline_breaches": 5, "reached_proactively": 2.5, "followed_up": 40, "follow_up_reached": 50}
    expected |= {"escalations": 2.5}
    expected |= {"goodwill_cost": 150, "ombudsman_cost": 10, "total_cost": 160, "net_benefit": -160}
    for name, value in expected.items():
        assert m[name] == pytest.approx(value), name


def test_wrong_decisions_are_expected_ones() -> None:
    hand = Hand()
    o = organisation(lending={"rights": {"loan_decision": {"share": 0.5, "p_error": 0.02, "cost_per_error": 300}}})
    hand.timeline = [(-math.inf, build_plan(o, hand.names, WEEKS, WARM_UP))]
    hand.step(0, "loan.decide", DECIDED=100)
    m = hand.measures()
    assert m["wrong_decisions_week"] == pytest.approx(0.5)
    assert m["error_cost"] == pytest.approx(150)


def test_the_starting_cohort_counts_who_has_left() -> None:
    # 100 of 1,000 left, 50 of them as detractors; among those who are there 450 would promote, 150 would not
    hand = Hand()
    sums = hand.tally.loyalty_sums[WARM_UP:, 0]
    sums[:, LoyaltyColumn.COHORT] = (1000, 950, 900, 900)
    sums[1:3, LoyaltyColumn.COHORT_LEFT] = 50
    sums[1:3, LoyaltyColumn.COHORT_LEFT_DETRACTORS] = 25
    sums[-1, LoyaltyColumn.COHORT_PROMOTERS] = 450
    sums[-1, LoyaltyColumn.COHORT_DETRACTORS] = 150
    assert hand.measures()["nps_cohort"] == pytest.approx(100 * (450 - 150 - 50) / 1000)


def test_money() -> None:
    hand = Hand(spending=Spending(once=400, total=800, per_week=100))
    o = organisation(front_line={"cost_per_hour": 30})
    hand.timeline = [(-math.inf, build_plan(o, hand.names, WEEKS, WARM_UP))]
    for week in range(WEEKS):
        hand.team(week, "front_line", PAID=600)
        hand.contact(week, ATTEMPTS=100)
        hand.case(week, OPENED=50, MARGIN=1000)
    m = hand.measures()
    assert m["staffing_cost"] == pytest.approx(10 * 30 * 1.5)
    assert m["contact_cost"] == pytest.approx(50)
    assert m["scenario_cost"] == 200
    assert m["total_cost"] == pytest.approx(450 + 50 + 200)
    assert m["running_cost"] == pytest.approx(450 + 50 + 100)
    assert m["cost_per_case"] == pytest.approx(14)
    assert m["net_benefit"] == pytest.approx(300)
    assert m["net_benefit_running"] == pytest.approx(400)


def test_a_run_rate_leaves_out_the_weeks_before_it() -> None:
    hand = Hand(spending=Spending(once=400, total=800, per_week=100))
    for week in range(WEEKS):
        hand.contact(week, ATTEMPTS=1000 if week == 0 else 100)
        hand.case(week, OPENED=50, MARGIN=0 if week == 0 else 1000)
    assert measure_all(hand.reading)["net_benefit_running"] == pytest.approx(2000 / 3 - 1300 * 0.5 / 4 - 100)
    settled = measure_all(replace(hand.reading, settled=1))
    assert settled["net_benefit_running"] == pytest.approx(1000 - 50 - 100)
    assert settled["running_cost"] == pytest.approx(1300 * 0.5 / 4 + 100)
    assert math.isnan(measure_all(replace(hand.reading, settled=None))["net_benefit_running"])


def test_prices_that_change_within_a_week() -> None:
    tree = small_bank()
    tree["channels"]["phone"]["cost_per_contact"] = 1.5
    hand = Hand((1.5 * WEEK, read_organisation(tree)))
    for week in range(WEEKS):
        hand.contact(week, ATTEMPTS=100)
    assert hand.reading.held.tolist() == [[1, 0], [0.5, 0.5], [0, 1], [0, 1]]
    assert hand.measures()["contact_cost"] == pytest.approx(100 * (0.5 + 1.0 + 1.5 + 1.5) / 4)


def test_wrong_decisions_cost_what_they_are_expected_to() -> None:
    right = {"loan_decision": {"share": 0.5, "p_error": 0.01, "cost_per_error": 900}}
    hand = Hand((0.0, organisation(lending={"rights": right})))
    hand.step(0, "loan.decide", DECIDED=200)
    assert hand.measures()["error_cost"] == pytest.approx(200 * 0.01 * 900 / WEEKS)


def test_people_who_start_cost_what_finding_and_preparing_them_costs() -> None:
    hand = Hand((0.0, organisation(lending={"hiring": {"cost": 6000, "training": 4000}})))
    before = hand.measures()["total_cost"]
    hand.team(1, "lending", HIRED=2, QUIT=1, PEOPLE=50, EMPTY=2, SHIFTS=200, MISSED_SHIFTS=13)
    m = hand.measures()
    assert m["hiring_cost"] == m["total_cost"] - before == 2 * 10000 / WEEKS
    assert m["running_cost"] == m["total_cost"]
    hand.team(1, "lending", NEW_POSITIONS=1)  # one of the two took a position that had not been there
    once = hand.measures()
    assert once["hiring_cost"] == once["new_positions_cost"] == 10000 / WEEKS
    assert once["total_cost"] == m["total_cost"]
    assert once["running_cost"] == m["running_cost"] - 10000 / WEEKS
    assert m["attrition"] == pytest.approx(100 * 365.25 / 7 / 50)
    assert m["absence"] == 6.5
    assert m["vacancies"] == 2 / WEEKS


def test_internal_targets() -> None:
    tree = small_bank()
    tree["routes"]["loan"]["check"]["internal_sla"] = "1 working day"
    hand = Hand((0.0, read_organisation(tree)))
    hand.step(0, "loan.check", SERVED=22, MISSED_CALLS=2, SLA_MISSED=5)
    hand.step(0, "loan.decide", SERVED=100)
    assert hand.measures()["internal_sla_missed"] == 25.0


def test_tables_add_up_to_the_whole() -> None:
    hand = Hand()
    hand.case(0, "limit", "everyday", OPENED=3, CONTACTS=3)
    hand.case(1, "loan", "affluent", OPENED=1, CONTACTS=5)
    hand.contact(2, "loan", "phone", ATTEMPTS=5, FIRST=1, QUEUED=5, ABANDONED=1)
    hand.team(2, "board", BUSY=30, DUTY=60)
    tables, m = break_down(hand.reading), hand.measures()
    reasons = tables["reasons"]["contacts_per_case"]
    assert reasons[("limit", "everyday")] == 1.0
    assert reasons[("loan", ALL)] == 5.0
    assert reasons[(ALL, ALL)] == m["contacts_per_case"] == 2.0
    assert tables["channels"].loc[(ALL, ALL), "abandonment"] == m["abandonment"]
    assert tables["weeks"].loc[(2, ALL), "occupancy"] == m["occupancy"]
    assert tables["weeks"].loc[(2, "board"), "occupancy"] == 50.0
    assert tables["weeks"].loc[(0, ALL), "contacts_per_case"] == 1.0
    assert set(tables["effort"].index.names) == {"reason", "segment", "cause"}
