"""Figures from the tables of a comparison: what changes, cost against loyalty, sources of effort and failure, years.

Each function takes data and gives a `Figure`; `svg` and `png` turn one into bytes that depend on nothing but the data.
Colours are those of Okabe and Ito; whatever a colour means is shown by a shape or a word too.
"""

from matplotlib.figure import Figure

from cxsim.report.figures.change import change_by_measure
from cxsim.report.figures.failure import failure_sources
from cxsim.report.figures.ledger import effort_ledger
from cxsim.report.figures.loyalty import cost_against_loyalty
from cxsim.report.figures.style import png, svg, unit_of
from cxsim.report.figures.years import by_year

__all__ = [
    "Figure",
    "by_year",
    "change_by_measure",
    "cost_against_loyalty",
    "effort_ledger",
    "failure_sources",
    "png",
    "svg",
    "unit_of",
]
