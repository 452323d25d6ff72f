"""Customers: who they are, why they get in touch, how, when, and how they behave while we make them wait."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import Field

from cxsim.calendars.constants import WEEK
from cxsim.organisation.base import Distribution, Hours, Minutes, NonNegative, Positive, Probability, Rate, Record, Span
from cxsim.organisation.loyalty import Wallet

Growth = Annotated[float, Field(gt=-1.0, le=1.0)]
"""Relative growth a year: 0.03 is three in a hundred more each year than the year before."""


class Relationship(Record):
    """How customers of a segment feel about us before the case at hand, in standard deviations."""

    mean: float = 0.0
    """Mean of the personal level customers return to, SD units."""
    sd: NonNegative = 0.5
    """Spread of that personal level between customers, SD units."""


class Segment(Record):
    """Customers who behave and matter alike."""

    title: str = ""
    customers: Annotated[int, Field(ge=1)]
    """Customers (slots) in the segment."""
    margin: NonNegative = 0.0
    """Contribution margin per customer and year, in the organisation's currency; that of cases comes on top."""
    patience: Positive = 1.0
    """Factor on patience (1 = the channel's)."""
    priority: int = 0
    """Added to the priority of their contacts and work; smaller is served first."""
    relationship: Relationship = Relationship()
    revenue: NonNegative = 0.0
    """Revenue per customer and year, in the organisation's currency."""
    wallet: Wallet = Wallet()
    churn: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.0
    """Share of customers at the mean relationship, without a recent case, who leave within a year."""
    joins: NonNegative = 0.0
    """New customers a year who come by themselves, as a share of `customers`."""
    # Without room a scenario that keeps customers would only turn newcomers away.
    room: NonNegative = 0.0
    """Slots beyond `customers` into which the segment can grow, as a share of them."""

    @property
    def slots(self) -> int:
        """Customers there is room for."""
        return self.customers + math.ceil(self.room * self.customers - 1e-9)


class CallBackOffer(Record):
    """Offer to call back instead of waiting on the line: the position in the queue is kept, without patience."""

    when_wait_over: Minutes
    """Offered when the predicted wait (queue x mean work / agents on duty) is longer than this, minutes."""
    p_accept: Probability
    p_reached: Probability = 1.0
    """Chance that a call back reaches the customer."""
    tries: Annotated[int, Field(ge=1, le=9)] = 3
    retry_after: Minutes = 30.0
    """Minutes until the next try after a miss."""
    within: Minutes | None = None
    """Promise: called back and reached within this time of accepting, nights included; none: nothing is promised."""


class Channel(Record):
    """A way to reach us."""

    title: str = ""
    presence: Literal["present", "absent", "self_service"]
    """present: the customer waits (phone, chat, branch); absent: e-mail, form; self_service: no agent."""
    opens: Hours = "always"
    when_closed: str = "wait"
    """'wait' for opening, or the name of the channel to switch to."""
    after_opening: Distribution = "0 min"
    """How long after opening those who waited for it get in touch, in opening hours."""
    lines: Annotated[int, Field(ge=1)] | None = None
    """Contacts that fit at once, waiting and in service; more are blocked."""
    at_once: Annotated[int, Field(ge=1, le=9)] = 1
    """Contacts one agent holds at the same time."""
    load_slowdown: NonNegative = 0.0
    """Service is longer by this share for every other contact the agent holds at its start."""
    patience: Distribution | None = None
    """How long customers are ready to wait; none: for ever."""
    pick_up: Distribution | None = None
    """How long a free agent takes to answer: the customer waits, the agent is taken; none: at once."""
    p_balk: Probability = 0.0
    """Chance not to join when all agents are busy."""
    perceived_wait: Positive = 1.25
    """Perceived minutes per minute waited (1.05 with announced waits)."""
    call_back: CallBackOffer | None = None
    cost_per_contact: NonNegative = 0.0
    """Licence and line cost of a contact."""


class Sinusoid(Record):
    amplitude: Probability
    period: Minutes


class Profile(Record):
    """How demand is spread over time: a repeating pattern of relative weights."""

    every: Minutes = 60.0
    """Width of a cell, minutes; seven days of hourly cells start on Monday 00:00 local time."""
    values: list[NonNegative] | None = None
    """Relative weight of each cell; their mean is scaled to one."""
    sinusoid: Sinusoid | None = None
    """Instead: 1 + amplitude x sin(2 pi t / period)."""


class Shock(Record):
    """A dated change of demand that befalls every scenario alike: an outage, a campaign."""

    title: str = ""
    starts: Minutes
    """After time 0."""
    lasts: Minutes
    factor: NonNegative
    reasons: list[str] | None = None
    """None: all reasons."""


class Demand(Record):
    """How uneven the days are."""

    busyness_sd: NonNegative = 0.0
    """SD of the log-normal factor of a day, shared by all reasons."""
    holidays: NonNegative = 1.0
    """Factor on public holidays."""
    month_end: NonNegative = 1.0
    """Factor on the last two days of a month."""
    payday: Annotated[int, Field(ge=1, le=31)] | None = None
    payday_factor: NonNegative = 1.0
    season: Annotated[list[NonNegative], Field(min_length=12, max_length=12)] | None = None
    """Factor of each calendar month, twelve numbers."""
    trend_per_year: Growth = 0.0
    """Growth of all demand a year, compounded by day, from time 0 on; less before it."""
    shocks: list[Shock] = []


class Arrivals(Record):
    """Arrivals that do not depend on the number of customers: a plain rate, any interarrival distribution,
    appointments."""

    rate: Rate | None = None
    interarrival: Distribution | None = None


class Promise(Record):
    """What customers are promised about when their case will be done, and who asks when it is not."""

    within: Span
    """Time promised from opening; the clock pauses while we wait for the customer."""
    p_told: Probability = 1.0
    """Share of customers to whom the promise is made; the others expect `expected`."""
    expected: Span | None = None
    """What customers without a promise expect (none: the promise itself)."""
    chaser: str | None = None
    """Contact reason of those who ask how far their case is."""
    update_every: Span | None = None
    """Proactive updates at this interval (none: no updates)."""
    update_reaches: Probability = 0.85
    """Share of customers whom updates keep from asking."""
    cost_per_update: NonNegative = 0.0


class Withdrawal(Record):
    """Customers who take their business elsewhere while we work on it."""

    after: Distribution
    margin_lost: NonNegative = 0.0


class ComesBack(Record):
    """The symptom was solved, the cause was not: the matter returns as a new case."""

    p: Probability
    after: Distribution


class Reason(Record):
    """Why customers get in touch."""

    title: str = ""
    kind: Literal["value", "failure"] = "value"
    """value demand, or failure demand (a contact we caused)."""
    cases: dict[str, NonNegative] = {}
    """Cases per customer and year, by segment."""
    arrivals: dict[str, Arrivals] = {}
    """Instead of `cases`: arrivals by segment."""
    arrives: str | None = None
    """Name of the profile; none: even over time."""
    channels: dict[str, Any] = {}
    """Share of each channel in first contacts, or the same by segment."""
    route: str
    enters: dict[str, str] = {}
    """By channel: step at which its contacts enter the route (others: the first step)."""
    repeats_at: str | None = None
    """Step at which a repeat contact enters the route (none: as a first contact)."""
    trend_per_year: Growth = 0.0
    """Growth of its demand a year, on top of that of all demand."""
    priority: int = 0
    """Smaller is served first."""
    prevented: Probability = 0.0
    """Share of cases that no longer arise because their root is removed (scenarios set it)."""
    added: NonNegative = 0.0
    """Extra cases on top, relative to the baseline's before any is prevented (scenarios set it)."""
    one_open_case: bool = False
    """A customer with an open case for this reason opens no other."""
    promise: Promise | None = None
    withdrawal: Withdrawal | None = None
    comes_back: ComesBack | None = None
    moment_of_truth: Positive = 1.0
    """Weight of the case in the relationship: 1 routine, 2 a moment of truth."""
    margin: NonNegative = 0.0
    """Margin of a case brought to its end."""
    patience: Distribution | None = None
    """Patience of contacts with this reason (none: the channel's)."""


class Chasing(Record):
    """How often customers ask about a case that is still open."""

    per_day: NonNegative = 0.05
    """Rate right after news, per day."""
    per_day_since_news: NonNegative = 0.10
    """Added to the rate for each day since the last news."""
    starts_at: Probability = 0.5
    """Share of the promised time after which asking starts."""
    when_missed: Positive = 3.0
    """Factor on the rate once the promise is missed."""


class FailureCauses(Record):
    """Why a handled contact does not resolve the case; the shares sum to one."""

    agent: Probability = 0.38
    process: Probability = 0.48
    customer: Probability = 0.14


class Behaviour(Record):
    """What customers do when we are slow, absent or wrong."""

    p_redial: Probability = 0.5
    """Chance to try again after abandoning, being blocked, or not joining."""
    redial_after: Distribution = {"exponential": {"mean": "10 min"}}
    p_recontact: Probability = 0.85
    """Chance that an unresolved customer notices and comes back; else gives up in silence."""
    recontact_after: Distribution = {"exponential": {"mean": "2 d"}}
    p_complain: Probability = 0.0
    """Share of those who come back that complain."""
    complaint: str | None = None
    """Contact reason of a complaint."""
    p_return_call: Probability = 0.5
    """Chance that a customer whom we missed calls back."""
    return_call_after: Distribution = {"exponential": {"mean": "3 h"}}
    missed_call: str | None = None
    """Contact reason of a call back on a missed call."""
    chasing: Chasing = Chasing()
    causes: FailureCauses = FailureCauses()
    fcr_window: Minutes = WEEK
    """Window of the measured first contact resolution (no further contact within it)."""
