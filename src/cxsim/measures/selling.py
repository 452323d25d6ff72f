"""Offers, sales and what was promised too much, from rows of sums with the columns last."""

from __future__ import annotations

from typing import Any

from cxsim.measures.reading import ratio
from cxsim.state.sales_sums import SaleColumn

Measured = dict[str, Any]


def sale_measures(sums: Any, weeks: float) -> Measured:
    """Of what was offered and done in `weeks` weeks; sums: [..., SaleColumn]."""

    def column(c: SaleColumn) -> Any:
        return sums[..., c]

    c = SaleColumn
    return {
        "offers": column(c.OFFERS) / weeks,
        "sales": column(c.SALES) / weeks,
        "over_promises": column(c.OVER_PROMISES) / weeks,
        "over_promise_share": 100.0 * ratio(column(c.OVER_PROMISES), column(c.SALES)),
        "broken_promises": column(c.BROKEN) / weeks,
        "sales_undone": column(c.UNDONE) / weeks,
        "sales_margin": (column(c.MARGIN) - column(c.MARGIN_UNDONE)) / weeks,
        "transfers_spared": column(c.KEPT) / weeks,
        "hidden_errors": column(c.ERRORS) / weeks,
    }
