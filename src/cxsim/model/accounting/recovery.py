"""What is counted of losses, complaints and recoveries: by week and by the reason of the case that went wrong."""

from __future__ import annotations

from cxsim.model.clock import this_week
from cxsim.native.compiling import compiled, inlined
from cxsim.state.recovery_sums import RecoveryColumn
from cxsim.state.world import World


@inlined
def _add(w: World, c: int, column: int, amount: float) -> None:
    """What happens in case c counts by the reason of the case it is about."""
    w.recovery_sums[this_week(w), w.streams[w.cases[c]["stream"]]["reason"], column] += amount


@inlined
def count_loss(w: World, c: int, satisfaction: float, failed: bool) -> None:
    """Case c ends with a loss; failed: it was never solved."""
    _add(w, c, RecoveryColumn.LOSSES, 1.0)
    _add(w, c, RecoveryColumn.LOSS, -satisfaction)
    if failed:
        _add(w, c, RecoveryColumn.FAILURES, 1.0)


@inlined
def count_complaint(w: World, c: int) -> None:
    """The customer of case c complains for the first time."""
    _add(w, c, RecoveryColumn.COMPLAINTS, 1.0)


@inlined
def count_passed_up(w: World, c: int) -> None:
    """The payment due in case c is above the limit of whoever has the complaint."""
    _add(w, c, RecoveryColumn.PASSED_UP, 1.0)


@inlined
def count_solved(w: World, c: int, symptom_only: bool) -> None:
    """An answer has solved the matter, or only its symptom."""
    _add(w, c, RecoveryColumn.SOLVED, 1.0)
    if symptom_only:
        _add(w, c, RecoveryColumn.SYMPTOM, 1.0)


@inlined
def count_recurrence(w: World, c: int) -> None:
    """Only the symptom was solved, and the cause will bring the customer back."""
    _add(w, c, RecoveryColumn.RECURRED, 1.0)


@inlined
def count_payment(w: World, c: int, amount: float) -> None:
    """Goodwill is paid in case c."""
    _add(w, c, RecoveryColumn.PAYMENTS, 1.0)
    _add(w, c, RecoveryColumn.GOODWILL, amount)


@inlined
def count_breach(w: World, c: int) -> None:
    """The regulator's deadline is missed."""
    _add(w, c, RecoveryColumn.BREACHES, 1.0)


@inlined
def count_complaint_ended(w: World, c: int) -> None:
    """A complaint has come to its end."""
    _add(w, c, RecoveryColumn.ENDED, 1.0)


@inlined
def count_unsolved_complaint(w: World, c: int) -> None:
    """A complaint has ended unsolved: a share of these is expected at an ombudsman, at a cost."""
    terms = w.recovery[0]
    _add(w, c, RecoveryColumn.UNSOLVED, 1.0)
    _add(w, c, RecoveryColumn.OMBUDSMAN, terms["ombudsman"])
    _add(w, c, RecoveryColumn.OMBUDSMAN_COST, terms["ombudsman"] * terms["ombudsman_cost"])


@compiled
def count_answer(w: World, c: int, share: float, loss: float) -> None:
    """An answered complaint, or a customer reached by a call of ours, gets a share of the loss back."""
    case = w.cases[c]
    _add(w, c, RecoveryColumn.REPLIED, 1.0)
    _add(w, c, RecoveryColumn.SHARE, share)
    _add(w, c, RecoveryColumn.GIVEN_BACK, -(share * loss))
    _add(w, c, RecoveryColumn.CAUSE, case["cause"])
    _add(w, c, RecoveryColumn.EMPATHY, case["empathy"])
    _add(w, c, RecoveryColumn.SPEED, case["speed"])


@inlined
def count_unhappy(w: World, c: int) -> None:
    """An unhappy respondent of the survey after a case."""
    _add(w, c, RecoveryColumn.UNHAPPY, 1.0)


@inlined
def count_follow_up(w: World, c: int) -> None:
    """An unhappy respondent will be called."""
    _add(w, c, RecoveryColumn.FOLLOWED_UP, 1.0)


@inlined
def count_proactive_call(w: World, c: int) -> None:
    """A customer who has not complained will be called."""
    _add(w, c, RecoveryColumn.PROACTIVE, 1.0)


@inlined
def count_reached(w: World, c: int, proactive: bool) -> None:
    """A call of ours has reached the customer."""
    _add(w, c, RecoveryColumn.PROACTIVE_REACHED if proactive else RecoveryColumn.FOLLOW_UP_REACHED, 1.0)
