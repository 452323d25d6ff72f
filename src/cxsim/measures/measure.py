"""What a measure is: a number with its unit, which way is better, its formula and its basis; and which ones decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Better = Literal["higher", "lower", "neither"]
Basis = Literal["case", "contact", "customer", "agent", "period"]

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


def of_case(name: str, title: str, unit: str, better: Better, worthwhile: float, formula: str) -> Measure:
    """A measure of cases, by opening cohort."""
    return Measure(name, title, unit, better, "case", worthwhile, formula, name in HEADLINE)


def of_contact(name: str, title: str, unit: str, better: Better, worthwhile: float, formula: str) -> Measure:
    """A measure of contacts, over the period."""
    return Measure(name, title, unit, better, "contact", worthwhile, formula, name in HEADLINE)


def of_amount(name: str, title: str, better: Better, formula: str, level: bool = True) -> Measure:
    """An amount of money a week; worthwhile from half a per cent of total cost on."""
    return Measure(name, title, "money/week", better, "period", 0.005, formula, name in HEADLINE, "total_cost", level)


def of_sale(name: str, title: str, unit: str, better: Better, worthwhile: float, formula: str) -> Measure:
    """A measure of sales, over the period."""
    return Measure(name, title, unit, better, "period", worthwhile, formula)
