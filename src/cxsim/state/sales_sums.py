"""What is counted of offers, sales and errors: sums by week and step."""

from __future__ import annotations

from enum import IntEnum


class SaleColumn(IntEnum):
    """Columns of `sale_sums`: by week, and by the step at which it was offered, sold, promised or done."""

    OFFERS = 0
    SALES = 1
    OVER_PROMISES = 2
    BROKEN = 3
    """Contacts that came of over-promises, counted when they come."""
    UNDONE = 4
    """Of these: sales that were undone."""
    MARGIN = 5
    """Of the sales."""
    MARGIN_UNDONE = 6
    ERRORS = 7
    """Errors that nobody noticed at the step."""
    KEPT = 8
    """Customers whom an agent did not have to pass on to another team, knowing its work too."""


SALE_COLUMNS = len(SaleColumn)
