"""From tallies to measures: numbers with unit, direction, formula and basis, and tables that break them down."""

from cxsim.catalogue import BY_NAME, HEADLINES, MEASURES, Measure
from cxsim.measures.breakdowns import ALL, DAYS, break_down
from cxsim.measures.reading import Reading, Spending
from cxsim.measures.whole import measure_all

__all__ = [
    "ALL",
    "BY_NAME",
    "DAYS",
    "HEADLINES",
    "MEASURES",
    "Measure",
    "Reading",
    "Spending",
    "break_down",
    "measure_all",
]
