"""What is counted of routes: visits by step, the ways they take, and why a case is not resolved."""

from __future__ import annotations

from cxsim.model.clock import this_week
from cxsim.native.compiling import inlined
from cxsim.state.tally import ContactColumn, StepColumn
from cxsim.state.world import World


@inlined
def count_visit(w: World, s: int) -> None:
    """A visit comes to step s."""
    w.step_sums[this_week(w), s, StepColumn.VISITS] += 1.0


@inlined
def count_delay(w: World, v: int, t: float) -> None:
    """The delay at visit v's step is over at t."""
    visit = w.visits[v]
    w.step_sums[this_week(w), visit["step"], StepColumn.ELAPSED] += t - visit["arrived_at"]


@inlined
def count_decision(w: World, s: int) -> None:
    """Step s decides by its own right instead of escalating."""
    w.step_sums[this_week(w), s, StepColumn.DECIDED] += 1.0


@inlined
def count_rework(w: World, s: int) -> None:
    """Step s sends work back."""
    w.step_sums[this_week(w), s, StepColumn.REWORK] += 1.0


@inlined
def count_escalation(w: World, s: int) -> None:
    """Step s escalates."""
    w.step_sums[this_week(w), s, StepColumn.ESCALATIONS] += 1.0


@inlined
def count_misroute(w: World, v: int, s: int) -> None:
    """Step s sends visit v to the wrong desk."""
    visit = w.visits[v]
    week = this_week(w)
    w.step_sums[week, s, StepColumn.MISROUTES] += 1.0
    w.contact_sums[week, visit["reason"], visit["channel"], ContactColumn.MISROUTED] += 1.0


@inlined
def count_unresolved(w: World, s: int, why: int) -> None:
    """A case is not resolved at step s; why: `FAILED_AGENT`, `FAILED_PROCESS` or `FAILED_CUSTOMER` of `StepColumn`."""
    w.step_sums[this_week(w), s, why] += 1.0
