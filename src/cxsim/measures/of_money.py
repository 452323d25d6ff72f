"""Measures of money, in prices of the price year."""

from __future__ import annotations

from cxsim.measures.measure import Measure, of_amount

OF_MONEY = (
    of_amount("staffing_cost", "staffing cost", "lower",
           "(hours of shifts + hours after a shift × overtime pay) × cost per hour × (1 + overhead)"),
    of_amount("contact_cost", "cost of contacts", "lower", "attempts × cost per contact of their channel"),
    of_amount("update_cost", "cost of proactive updates", "lower", "updates × cost per update, by opening cohort"),
    of_amount("error_cost", "cost of wrong decisions", "lower",
           "decisions under a right × chance of an error × its cost"),
    of_amount("hiring_cost", "cost of hiring", "lower",
           "people who start in place of others × cost of finding, hiring and preparing one of them"),
    of_amount("new_positions_cost", "cost of filling new positions", "lower",
           "people who start in positions that a scenario adds × cost of finding, hiring and preparing one; one-off"),
    of_amount("goodwill_cost", "goodwill payments", "lower", "payments that make good"),
    of_amount("ombudsman_cost", "cost at the ombudsman", "lower",
           "complaints that end unsolved × share that goes there × its cost, expected"),
    of_amount("scenario_cost", "cost of the scenario", "lower", "its own costs up to the horizon ÷ weeks"),
    of_amount("scenario_cost_running", "running cost of the scenario", "lower", "its own costs a week at the horizon"),
    of_amount("running_cost", "running cost", "lower",
           "staffing + contacts + updates + errors + hiring + goodwill + ombudsman + the scenario's running "
           "cost, of all weeks; not one-off"),
    of_amount("total_cost", "total cost", "lower",
           "staffing + contacts + updates + errors + hiring + new positions + goodwill + ombudsman + "
           "the scenario's cost"),
    Measure("cost_per_case", "cost per case", "money", "lower", "case", 0.005,
            "total cost ÷ cases opened in the period", relative_to="cost_per_case"),
    of_amount("revenue", "revenue from customers", "higher",
           "revenue per customer at the usual share of wallet × share of wallet ÷ the usual one; cases left out"),
    of_amount("customer_margin", "margin from customers", "higher",
           "margin per customer at the usual share of wallet × share of wallet ÷ the usual one; cases left out"),
    Measure("base_value", "value of the customers at the end", "money", "higher", "customer", 0.001,
            "customers at the end × m (1 + d) ÷ (1 + d - r), by segment: margin, retention, discount a year",
            relative_to="base_value"),
    Measure("customer_value", "lifetime value of a customer", "money", "higher", "customer", 0.001,
            "value of the customers at the end ÷ customers", relative_to="customer_value"),
    of_amount("margin", "margin of cases", "higher", "margin of cases brought to their end and of sales, by cohort"),
    of_amount("margin_lost", "margin lost to withdrawals", "lower", "by cohort; not in the margin earned"),
    of_amount("net_benefit", "net benefit", "higher",
           "margin of cases and of customers - total cost; a change, not a level: only costs of service are in it",
           False),
    of_amount("customer_margin_running", "margin from customers at run-rate", "higher",
           "change of the margin from customers over the same weeks as net benefit at run-rate", False),
    of_amount("net_benefit_running", "net benefit at run-rate", "higher",
           "change against the baseline of margin of cases and of customers - staffing, contacts, updates, errors, "
           "hiring, goodwill, ombudsman - the scenario's running cost, over the weeks after the scenario's own last "
           "change and last training; other costs are not in it",
           False),
)  # fmt: skip
