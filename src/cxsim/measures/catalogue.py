"""The measures: one list of what is measured, in which unit, which way is better, and from which sums.

The same list drives validation, ``do=show what=measures``, the comparison's table and the documents.  Smallest
worthwhile differences are assumed; a study can set its own (`study.worthwhile`), always in the measure's unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cxsim.state.causes import Cause

Better = Literal["higher", "lower", "neither"]
Basis = Literal["case", "contact", "customer", "agent", "period"]


@dataclass(frozen=True)
class Measure:
    """A number with unit, direction, formula and basis."""

    name: str
    title: str
    """In plain words, as in the middle of a sentence."""
    unit: str
    """``money`` stands for the organisation's currency."""
    better: Better
    basis: Basis
    worthwhile: float
    """Smallest worthwhile difference, in the unit (assumed); see `relative_to`."""
    formula: str
    headline: bool = False
    """Whether it belongs to the family of simultaneous intervals."""
    relative_to: str = ""
    """Name of a measure: `worthwhile` is then a share of its baseline mean, because money depends on size."""
    level: bool = True
    """Whether its level means something by itself; of others only the change is reported."""

    @property
    def matters(self) -> str:
        """The smallest worthwhile difference, with its unit: ``0.02 SD``, ``0.5 % of total cost``."""
        if self.relative_to:
            of = "its own level" if self.relative_to == self.name else BY_NAME[self.relative_to].title
            return f"{100.0 * self.worthwhile:g} % of {of}"
        return f"{self.worthwhile:g} {self.unit}".rstrip()


def _case(name: str, title: str, unit: str, better: Better, worthwhile: float, formula: str) -> Measure:
    return Measure(name, title, unit, better, "case", worthwhile, formula, name in HEADLINE)


def _contact(name: str, title: str, unit: str, better: Better, worthwhile: float, formula: str) -> Measure:
    return Measure(name, title, unit, better, "contact", worthwhile, formula, name in HEADLINE)


def _money(name: str, title: str, better: Better, formula: str, level: bool = True) -> Measure:
    return Measure(name, title, "money/week", better, "period", 0.005, formula, name in HEADLINE, "total_cost", level)


def _sale(name: str, title: str, unit: str, better: Better, worthwhile: float, formula: str) -> Measure:
    return Measure(name, title, unit, better, "period", worthwhile, formula)


HEADLINE = (
    "contacts_per_case",
    "effort",
    "ces",
    "fcr",
    "failure_demand",
    "wait",
    "abandonment",
    "end_to_end",
    "promise_breaches",
    "nps_transactional",
    "nps_relationship",
    "running_cost",
    "net_benefit_running",
)
"""The measures a decision is read from, in the order they are reported."""

CAUSES: dict[Cause, tuple[str, str]] = {
    Cause.WAIT: ("effort_wait", "waiting"),
    Cause.REDIAL: ("effort_redial", "trying again"),
    Cause.REPEAT: ("effort_repeat", "repeat contacts"),
    Cause.CHASER: ("effort_chaser", "status enquiries"),
    Cause.COMPLAINT: ("effort_complaint", "complaining"),
    Cause.MISSED_CALL: ("effort_missed_call", "calling back on a missed call"),
    Cause.TRANSFER: ("effort_transfer", "being transferred"),
    Cause.INFORMATION: ("effort_information", "repeating information"),
    Cause.CHANNEL_SWITCH: ("effort_channel_switch", "having to switch channel"),
    Cause.GENERIC: ("effort_generic", "scripted answers"),
    Cause.LATE: ("effort_late", "days past the promise"),
    Cause.UNRESOLVED: ("effort_unresolved", "never being helped"),
    Cause.BROKEN_PROMISE: ("effort_broken_promise", "something sold that could not be kept"),
}
"""Measure and words of each entry of the effort ledger."""

_OF_CASES = (
    _case("contacts_per_case", "contacts per case", "contacts", "lower", 0.05,
          "attempts of all kinds ÷ cases opened"),
    _case("effort", "effort per case", "SD", "lower", 0.02, "all ledger entries ÷ cases opened"),
    _case("ces", "Customer Effort Score (CES 2.0)", "points 1-7", "higher", 0.05,
          "expected answers on minus effort, mean over cases opened"),
    _case("ces_easy", "customers who find it easy (5 or more on CES 2.0)", "%", "higher", 1.0,
          "expected share of answers of 5, 6 and 7"),
    _case("ces_survey", "CES 2.0 as the survey would show it", "points 1-7", "higher", 0.1,
          "mean of sampled answers"),
    _case("satisfaction", "satisfaction with the case", "SD", "higher", 0.02,
          "reference - effort + courtesy, gains ÷ loss aversion; mean over cases opened"),
    _case("nps_transactional", "transactional NPS", "NPS points", "higher", 1.0,
          "expected share of 9-10 minus share of 0-6 after a case"),
    _case("nps_survey", "transactional NPS as the survey would show it", "NPS points", "higher", 1.0,
          "sampled answers: share of 9-10 minus share of 0-6"),
    _case("nps_observed", "transactional NPS of those who answer", "NPS points", "higher", 1.0,
          "expected answers weighed with the chance to answer: share of 9-10 minus share of 0-6"),
    _case("nps_bias", "what non-response adds to the transactional NPS", "NPS points", "neither", 1.0,
          "NPS of those who answer minus NPS of all"),
    _case("survey_answers", "answers to the survey", "answers/week", "neither", 5.0, "sampled answers ÷ weeks"),
    _case("detractors", "detractors after a case", "%", "lower", 1.0, "expected share of 0-6"),
    _case("promoters", "promoters after a case", "%", "higher", 1.0, "expected share of 9-10"),
    _case("fcr", "first contact resolution (true)", "%", "higher", 1.0,
          "cases truly resolved by their first handled contact ÷ cases opened"),
    _case("fcr_measured", "first contact resolution (as measured)", "%", "higher", 1.0,
          "cases handled and without further contact within the window ÷ cases opened; overstates"),
    _case("resolved_share", "cases truly resolved", "%", "higher", 1.0, "resolved ÷ cases opened"),
    _case("unresolved_share", "cases never resolved", "%", "lower", 1.0,
          "given up or withdrawn ÷ cases opened"),
    _case("gave_up_share", "customers who give up", "%", "lower", 1.0, "given up ÷ cases opened"),
    _case("withdrawn_share", "cases taken elsewhere", "%", "lower", 0.5, "withdrawn ÷ cases opened"),
    _case("unfinished_share", "cases still open at the end", "%", "neither", 1.0,
          "open at the horizon ÷ cases opened; they count with their effort so far"),
    _case("came_back_share", "solutions whose cause comes back", "%", "lower", 1.0,
          "resolved cases with a recurrence ÷ cases resolved"),
    _case("end_to_end", "days to resolution", "d", "lower", 0.1, "mean over cases closed"),
    _case("promise_breaches", "promises broken", "%", "lower", 1.0, "promised cases past their promise ÷ promised"),
    _case("days_late", "days past the promise", "d", "lower", 0.1, "sum of days late ÷ promised cases"),
    _case("transfers_per_case", "transfers per case", "transfers", "lower", 0.02, "transfers ÷ cases opened"),
    _case("wrong_decisions", "wrong decisions", "per 1000 cases", "lower", 1.0,
          "wrong decisions under a decision right ÷ cases opened × 1000"),
)  # fmt: skip

_OF_CAUSES = tuple(
    _case(name, f"effort from {words}", "SD", "lower", 0.01, "its ledger entries ÷ cases opened")
    for name, words in CAUSES.values()
)

_OF_CONTACTS = (
    _contact("contacts_per_week", "contacts a week", "contacts/week", "neither", 10.0, "attempts ÷ weeks"),
    _contact("failure_demand", "failure demand", "%", "lower", 1.0,
             "(repeats + redials + chasers + complaints + returned calls + misroutes + first contacts "
             "whose reason is a failure) ÷ attempts"),
    _contact("repeat_share", "repeat contacts", "%", "lower", 1.0, "repeats ÷ attempts"),
    _contact("redial_share", "redials", "%", "lower", 1.0, "further attempts at a contact ÷ attempts"),
    _contact("chaser_share", "status enquiries (chasers)", "%", "lower", 1.0, "chasers ÷ attempts"),
    _contact("complaint_share", "complaints", "%", "lower", 0.5, "complaints ÷ attempts"),
    _contact("returned_share", "calls back on our missed calls", "%", "lower", 0.5, "returned calls ÷ attempts"),
    _contact("misroute_share", "misrouted contacts", "%", "lower", 0.5, "misroutes ÷ attempts"),
    _contact("lost_share", "contacts given up without service", "%", "lower", 0.5,
             "attempts after which the customer does not try again ÷ attempts"),
    _contact("wait", "wait of those served (ASA)", "s", "lower", 10.0,
             "waits of customers served ÷ times served; customers who are present, or wait to be called back"),
    _contact("wait_all", "wait of all who join a queue", "s", "lower", 10.0,
             "waits to service or abandonment ÷ times queued"),
    _contact("wait_p90", "wait that nine in ten stay under", "s", "lower", 30.0,
             "90th percentile of waits of those served, from log-binned counts"),
    _contact("waiting_share", "contacts that have to wait", "%", "lower", 2.0, "waited ÷ times queued"),
    _contact("service_level", "service level", "%", "higher", 2.0,
             "served within their team's standard ÷ times queued, at teams with a standard; "
             "letters and our own calls left out"),
    _contact("abandonment", "abandonment", "%", "lower", 1.0, "abandoned ÷ times queued"),
    _contact("blocked_share", "contacts turned away by full lines", "%", "lower", 0.5, "blocked ÷ attempts"),
    _contact("balked_share", "contacts that do not join the queue", "%", "lower", 0.5, "balked ÷ attempts"),
    _contact("service_time", "service time", "s", "neither", 5.0, "talk and hold ÷ times served"),
    _contact("service_cv", "spread of service times (CV)", "", "neither", 0.02, "SD ÷ mean of service times"),
    _contact("aht", "average handle time (AHT)", "s", "neither", 5.0, "(service + wrap-up) ÷ times served"),
    _contact("internal_sla_missed", "internal targets missed", "%", "lower", 1.0,
             "work finished after its internal SLA ÷ work finished at steps that have one"),
)  # fmt: skip

_OF_SALES = (
    _sale("offers", "offers", "offers/week", "neither", 10.0, "offers to customers on the line ÷ weeks"),
    _sale("sales", "sales", "sales/week", "higher", 2.0, "offers taken ÷ weeks; those undone later included"),
    _sale("over_promises", "over-promises", "sales/week", "lower", 1.0,
          "sales promised beyond what can be kept ÷ weeks"),
    _sale("over_promise_share", "over-promises among sales", "%", "lower", 1.0, "over-promises ÷ sales"),
    _sale("broken_promises", "complaints about what was sold", "contacts/week", "lower", 1.0,
          "contacts that come of over-promises, in the week in which they come ÷ weeks"),
    _sale("sales_undone", "sales undone", "sales/week", "lower", 0.5,
          "sales undone after such a contact, in its week ÷ weeks"),
    _money("sales_margin", "margin from sales", "higher",
           "margin of sales - margin of sales undone, each in its week; in the margin of cases by cohort"),
    _sale("transfers_spared", "transfers that an agent who knows both kinds of work spares", "transfers/week",
          "neither", 5.0, "customers whom an agent went on with instead ÷ weeks"),
    _sale("hidden_errors", "errors that nobody notices where they are made", "errors/week", "lower", 1.0,
          "errors in work and in suppliers' delays ÷ weeks"),
)  # fmt: skip

_OF_THE_REST = (
    Measure("contacts_per_customer", "contacts per customer and year", "contacts", "lower", "customer", 0.05,
            "attempts ÷ customers, per year"),
    Measure("effort_per_customer", "effort per customer and year", "SD", "lower", "customer", 0.05,
            "all ledger entries ÷ customers, per year"),
    Measure("nps_relationship", "relationship NPS at the end", "NPS points", "higher", "customer", 1.0,
            "expected share of 9-10 minus share of 0-6 over all customers at the last close", True),
    Measure("relationship_promoters", "promoters among customers", "%", "higher", "customer", 1.0,
            "expected share of 9-10 over all customers at the last close"),
    Measure("relationship_detractors", "detractors among customers", "%", "lower", "customer", 1.0,
            "expected share of 0-6 over all customers at the last close"),
    Measure("nps_cohort", "relationship NPS of those who were customers at the start", "NPS points", "higher",
            "customer", 1.0, "as relationship NPS, over customers at time 0; who has left: their answer then"),
    Measure("nps_relationship_survey", "relationship NPS as the survey would show it", "NPS points", "higher",
            "customer", 1.0, "sampled answers: share of 9-10 minus share of 0-6"),
    Measure("relationship_answers", "answers to the relationship survey", "answers/week", "neither", "customer", 5.0,
            "sampled answers ÷ weeks"),
    Measure("customers", "customers", "customers", "higher", "customer", 10.0, "mean over weeks"),
    Measure("customers_end", "customers at the end", "customers", "higher", "customer", 10.0, "at the last close"),
    Measure("churn", "churn a year", "%", "lower", "customer", 0.1,
            "1 - (1 - mean chance of leaving in a week)^52.18, over customers and weeks"),
    Measure("customers_left", "customers who leave", "customers/week", "lower", "customer", 0.5, "left ÷ weeks"),
    Measure("customers_joined", "customers who join", "customers/week", "higher", "customer", 0.5,
            "referred and come by themselves ÷ weeks"),
    Measure("customers_referred", "customers whom others referred", "customers/week", "higher", "customer", 0.5,
            "referred ÷ weeks"),
    Measure("no_room", "new customers for whom the model had no slot", "customers/week", "neither", "customer", 0.5,
            "expected newcomers beyond the free slots ÷ weeks"),
    Measure("secure", "secure customers", "%", "higher", "customer", 0.5,
            "expected share who would give 10 on recommendation and on satisfaction, and stay a year; at the end"),
    Measure("favourable", "secure and favourable customers", "%", "higher", "customer", 0.5,
            "expected share who would give 9 or 10 on recommendation and on satisfaction, and stay a year; at the end"),
    Measure("share_of_wallet", "share of wallet", "%", "higher", "customer", 0.2, "mean over customers and weeks"),
    Measure("handoffs_per_case", "handoffs per case", "handoffs", "lower", "case", 0.02,
            "work passed to another team ÷ cases opened in the period"),
    Measure("rework_per_case", "rework per case", "times", "lower", "case", 0.02,
            "steps done again ÷ cases opened in the period"),
    Measure("occupancy", "occupancy", "%", "neither", "agent", 1.0,
            "agents' busy time ÷ time on duty, breaks and trainings left out"),
    Measure("paid_fte", "FTE paid", "FTE", "lower", "agent", 0.1, "paid hours a week ÷ hours per FTE"),
    Measure("work_hours", "hours of work", "hours/week", "lower", "agent", 4.0, "agents' busy time ÷ weeks"),
    Measure("work_fte", "work in FTE", "FTE", "lower", "agent", 0.1,
            "hours of work a week ÷ hours per FTE; idle time and shrinkage left out"),
    Measure("in_queue", "contacts and work waiting", "items", "lower", "period", 1.0,
            "time average over all queues"),
    Measure("backlog", "backlog at the week's close", "items", "lower", "period", 5.0, "mean over weeks"),
    Measure("backlog_end", "backlog at the end", "items", "lower", "period", 10.0, "at the last close"),
    Measure("oldest", "age of the oldest work at the week's close", "d", "lower", "period", 0.5, "mean over weeks"),
    Measure("oldest_end", "age of the oldest work at the end", "d", "lower", "period", 1.0, "at the last close"),
    Measure("attrition", "attrition", "% a year", "lower", "agent", 2.0,
            "people who leave of their own accord ÷ people employed, per year"),
    Measure("absence", "absence", "%", "lower", "agent", 0.5, "shifts missed ÷ shifts to be worked"),
    Measure("vacancies", "vacancies", "positions", "lower", "agent", 0.2, "mean over weeks of vacant positions"),
    Measure("proficiency", "proficiency", "SD", "higher", "agent", 0.05,
            "mean over people, their skills and weeks, trainings included"),
)  # fmt: skip

_OF_RECOVERY = (
    _case("complaints_per_100", "complaints per 100 cases", "complaints", "neither", 0.1,
          "cases in which, or about which, customers complain ÷ cases opened × 100; more may mean fewer are silent"),
    _case("recovered_share", "bad cases that somebody came back to", "%", "higher", 1.0,
          "complaints answered and customers reached by our own calls ÷ cases that ended with a loss"),
    _case("given_back", "loss given back", "%", "higher", 1.0,
          "sum of loss × share given back ÷ sum of losses, SD"),
    _case("recovery", "strength of a recovery", "%", "higher", 1.0,
          "share of a loss given back, mean over complaints answered and customers reached"),
    _case("recovery_cause", "recoveries: cause removed or made good", "%", "higher", 2.0,
          "mean over complaints answered and customers reached; a payment counts in part"),
    _case("recovery_empathy", "recoveries: empathy and apology", "%", "higher", 2.0, "mean, of what could be"),
    _case("recovery_speed", "recoveries: speed", "%", "higher", 2.0, "mean of min(1, promised ÷ taken)"),
    _case("symptom_share", "answers that solve the symptom only", "%", "lower", 2.0, "of answers that solve something"),
    _case("recurrence", "answers after which the cause comes back", "%", "lower", 1.0,
          "new cases from causes that stayed ÷ answers that solved something"),
    _case("deadline_breaches", "complaints past the regulator's deadline", "%", "lower", 0.5,
          "answered after it, or open beyond it at the end ÷ complaints"),
    _case("escalations", "escalations per 100 cases", "escalations", "lower", 0.5,
          "cases passed up for want of a decision right ÷ cases opened × 100"),
    Measure("wrong_decisions_week", "wrong decisions a week", "decisions/week", "lower", "period", 0.5,
            "decisions under a right × chance of an error ÷ weeks, expected"),
    Measure("payments", "goodwill payments", "payments/week", "neither", "period", 1.0, "payments ÷ weeks"),
    Measure("reached_proactively", "customers reached who had not complained", "customers/week", "higher", "customer",
            1.0, "reached by our own calls ÷ weeks"),
    _case("followed_up", "unhappy respondents followed up", "%", "higher", 2.0,
          "reached ÷ respondents of the survey after a case who are unhappy"),
    _case("follow_up_reached", "reach rate of the closed loop", "%", "higher", 2.0,
          "unhappy respondents reached, those who call back included ÷ those called"),
    Measure("own_calls_hours", "agents' hours for our own calls after bad cases", "hours/week", "neither", "agent", 1.0,
            "service and wrap-up in the routes of proactive recovery and the closed loop, tries that reach nobody "
            "included ÷ weeks"),
)  # fmt: skip

_OF_MONEY = (
    _money("staffing_cost", "staffing cost", "lower", "paid hours × cost per hour × (1 + overhead)"),
    _money("contact_cost", "cost of contacts", "lower", "attempts × cost per contact of their channel"),
    _money("update_cost", "cost of proactive updates", "lower", "updates × cost per update, by opening cohort"),
    _money("error_cost", "cost of wrong decisions", "lower",
           "decisions under a right × chance of an error × its cost"),
    _money("hiring_cost", "cost of hiring", "lower",
           "people who start in place of others × cost of finding, hiring and preparing one of them"),
    _money("new_positions_cost", "cost of filling new positions", "lower",
           "people who start in positions that a scenario adds × cost of finding, hiring and preparing one; one-off"),
    _money("goodwill_cost", "goodwill payments", "lower", "payments that make good"),
    _money("ombudsman_cost", "cost at the ombudsman", "lower",
           "complaints that end unsolved × share that goes there × its cost, expected"),
    _money("scenario_cost", "cost of the scenario", "lower", "its own costs up to the horizon ÷ weeks"),
    _money("scenario_cost_running", "running cost of the scenario", "lower", "its own costs a week at the horizon"),
    _money("running_cost", "running cost", "lower",
           "staffing + contacts + updates + errors + hiring + goodwill + ombudsman + the scenario's running "
           "cost, of all weeks; not one-off"),
    _money("total_cost", "total cost", "lower",
           "staffing + contacts + updates + errors + hiring + new positions + goodwill + ombudsman + "
           "the scenario's cost"),
    Measure("cost_per_case", "cost per case", "money", "lower", "case", 0.005,
            "total cost ÷ cases opened in the period", relative_to="cost_per_case"),
    _money("revenue", "revenue from customers", "higher",
           "revenue per customer at the usual share of wallet × share of wallet ÷ the usual one; cases left out"),
    _money("customer_margin", "margin from customers", "higher",
           "margin per customer at the usual share of wallet × share of wallet ÷ the usual one; cases left out"),
    Measure("base_value", "value of the customers at the end", "money", "higher", "customer", 0.001,
            "customers at the end × m (1 + d) ÷ (1 + d - r), by segment: margin, retention, discount a year",
            relative_to="base_value"),
    Measure("customer_value", "lifetime value of a customer", "money", "higher", "customer", 0.001,
            "value of the customers at the end ÷ customers", relative_to="customer_value"),
    _money("margin", "margin of cases", "higher", "margin of cases brought to their end and of sales, by cohort"),
    _money("margin_lost", "margin lost to withdrawals", "lower", "by cohort; not in the margin earned"),
    _money("net_benefit", "net benefit", "higher",
           "margin of cases and of customers - total cost; a change, not a level: only costs of service are in it",
           False),
    _money("customer_margin_running", "margin from customers at run-rate", "higher",
           "margin from customers over the same weeks as net benefit at run-rate", False),
    _money("net_benefit_running", "net benefit at run-rate", "higher",
           "margin of cases and of customers - staffing, contacts, updates, errors, hiring, goodwill, ombudsman - "
           "the scenario's "
           "running cost, over the weeks after the last change and last training of all scenarios that leave two such"
           " weeks; a change, not a level: other costs are not in it",
           False),
)  # fmt: skip

MEASURES: tuple[Measure, ...] = (
    *(*_OF_CASES, *_OF_CAUSES, *_OF_CONTACTS, *_OF_SALES),
    *(*_OF_THE_REST, *_OF_RECOVERY, *_OF_MONEY),
)
"""All measures."""
BY_NAME: dict[str, Measure] = {m.name: m for m in MEASURES}
HEADLINES: tuple[Measure, ...] = tuple(BY_NAME[name] for name in HEADLINE)
"""The headline measures in the order they are reported."""
