"""What is counted of offers, sales and errors: by week and by the step at which it happened."""

from __future__ import annotations

from cxsim.model.clock import this_week
from cxsim.native.compiling import inlined
from cxsim.state.sales_sums import SaleColumn
from cxsim.state.world import World


@inlined
def count_offer(w: World, s: int) -> None:
    """A customer is offered something at step s."""
    w.sale_sums[this_week(w), s, SaleColumn.OFFERS] += 1.0


@inlined
def count_sale(w: World, s: int) -> None:
    """The customer buys."""
    row = w.sale_sums[this_week(w), s]
    row[SaleColumn.SALES] += 1.0
    row[SaleColumn.MARGIN] += w.offers[s]["margin"]


@inlined
def count_over_promise(w: World, s: int) -> None:
    """What was sold at step s cannot be kept."""
    w.sale_sums[this_week(w), s, SaleColumn.OVER_PROMISES] += 1.0


@inlined
def count_broken_promise(w: World, s: int) -> None:
    """A customer gets in touch about a promise of step s that could not be kept."""
    w.sale_sums[this_week(w), s, SaleColumn.BROKEN] += 1.0


@inlined
def count_undone_sale(w: World, s: int, margin: float) -> None:
    """A sale of step s is undone."""
    row = w.sale_sums[this_week(w), s]
    row[SaleColumn.UNDONE] += 1.0
    row[SaleColumn.MARGIN_UNDONE] += margin


@inlined
def count_error(w: World, s: int) -> None:
    """Work at step s holds an error that nobody notices."""
    w.sale_sums[this_week(w), s, SaleColumn.ERRORS] += 1.0


@inlined
def count_kept(w: World, s: int) -> None:
    """An agent at step s keeps a customer, knowing the next team's work too."""
    w.sale_sums[this_week(w), s, SaleColumn.KEPT] += 1.0
