"""What is counted of the customer base at each close of a week: who left, who joined, how secure they are."""

from __future__ import annotations

from enum import IntEnum
from typing import Any


class LoyaltyColumn(IntEnum):
    """Columns of `loyalty_sums`: sums by week and segment, calculated at the week's close."""

    CUSTOMERS = 0
    """Customers after those of the week have left and joined."""
    WEEKS = 1
    """Customers during the week, those included who leave at its close."""
    HAZARD = 2
    """Their chances of leaving: customers expected to leave."""
    LEFT = 3
    REFERRED = 4
    ACQUIRED = 5
    NO_ROOM = 6
    """New customers expected for whom no slot was free."""
    WALLET = 7
    """Shares of wallet of the customers of the week."""
    SECURE = 8
    FAVOURABLE = 9
    COHORT = 10
    """Customers at the close who were customers at time 0."""
    COHORT_PROMOTERS = 11
    COHORT_DETRACTORS = 12
    COHORT_LEFT = 13
    COHORT_LEFT_PROMOTERS = 14
    COHORT_LEFT_DETRACTORS = 15
    ANSWERS = 16
    """To the relationship survey."""
    ANSWERED_PROMOTER = 17
    ANSWERED_DETRACTOR = 18
    WALLET_REFERRED = 19
    """Of the shares of wallet, those of customers who were referred."""
    FREE = 20
    """Slots that newcomers may take at the close."""


LOYALTY_COLUMNS = len(LoyaltyColumn)


def weighed_wallets(sums: Any, brings: Any) -> Any:
    """Shares of wallet by what they bring: those of customers who were referred count `brings` times.

    sums: [..., LoyaltyColumn].
    """
    return sums[..., LoyaltyColumn.WALLET] + (brings - 1.0) * sums[..., LoyaltyColumn.WALLET_REFERRED]
