"""Work: the routes a case takes through departments, and the teams who do the work."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from cxsim.calendars.constants import WEEK
from cxsim.organisation.base import (
    Count,
    Distribution,
    Hours,
    Minutes,
    NonNegative,
    Positive,
    Probability,
    Record,
    Span,
)
from cxsim.organisation.headcount import Headcount
from cxsim.organisation.people import Hiring
from cxsim.organisation.sales import Offer


class Edge(Record):
    """What may come after a step."""

    p: Probability
    kind: Literal["normal", "rework", "misroute", "escalation"] = "normal"
    transfer: Literal["none", "cold", "warm"] = "none"
    """cold or warm: the customer stays on the line; warm: the first agent too, until the next one answers."""
    by_segment: dict[str, Probability] = {}
    by_channel: dict[str, Probability] = {}
    """Probability where it differs from `p`."""


class SelfService(Record):
    """The customer tries without an agent."""

    p_done: Probability
    """Chance that self-service finishes the step."""
    takes: Distribution
    falls_back_to: str
    """Step that serves those for whom it fails."""
    channel: str
    """Channel on which they then reach an agent."""


class Outbound(Record):
    """We call the customer; a miss makes the customer call us."""

    p_reached: Probability
    attempt: Distribution = "1 min"
    """Agent time of a try that misses."""
    tries: Annotated[int, Field(ge=1, le=9)] = 3
    retry_after: Distribution = "4 h"


class Step(Record):
    """One node of a route: work by a team, a delay, self-service, or branches that run side by side."""

    title: str = ""
    team: str | None = None
    skill: str | None = None
    """Skill wanted (none: the team's first)."""
    work: Distribution | None = None
    """Talk and hold, or hands-on time."""
    wrap_up: Distribution | None = None
    """After-contact work; the customer is gone, the agent is busy."""
    delay: Distribution | None = None
    """A wait without a team: a supplier, or the customer."""
    clock: Literal["calendar", "working"] = "calendar"
    """How the delay counts."""
    supplier: str | None = None
    customer: bool = False
    """The delay is the customer's own: promises pause."""
    self_service: SelfService | None = None
    parallel: list[str] = []
    """Branches that start side by side."""
    join: str | None = None
    """Step at which they meet; the last one opens it."""
    control: bool = False
    """May not be removed without a stated replacement."""
    needs: str | None = None
    """Decision right the step wants; without it the case is escalated."""
    escalates_to: str | None = None
    outbound: Outbound | None = None
    internal_sla: Span | None = None
    """Target from joining the queue to the end of the step."""
    batch: Span | None = None
    """Work is gathered and begun together each time so much has passed; not while the customer is on the line."""
    resolves: Probability = 1.0
    """Chance that a contact whose route ends here truly resolves the case (at average proficiency)."""
    generic: Probability = 0.0
    """Chance that the customer gets a scripted answer."""
    asks_again: bool = False
    """The customer has to repeat what we knew before."""
    news: bool = True
    """The end of this step is news to the customer."""
    sells: NonNegative = 0.0
    """Margin earned each time the step is done."""
    offer: Offer | None = None
    """What is offered to the customer on the line at the end of the step."""
    errs: Probability = 0.0
    """Chance of an error that nobody notices here: the case then fails at its end, as not truly resolved."""
    priority: int | None = None
    """Instead of the reason's."""
    next: dict[str, Edge] = {}
    """Steps that may follow; none: the route ends."""

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, data: Any) -> Any:
        """``next: step`` and ``next: {step: 0.9}`` for ``next: {step: {p: 0.9}}``."""
        if isinstance(data, dict) and "next" in data:
            given = data["next"]
            if isinstance(given, str):
                given = {given: 1.0}
            if isinstance(given, dict):
                given = {k: v if isinstance(v, dict) else {"p": v} for k, v in given.items()}
                data = {**data, "next": given}
            elif given is None:
                data = {k: v for k, v in data.items() if k != "next"}
        return data


class Break(Record):
    """A pause inside a shift; it starts when the agent is free."""

    after: Minutes
    """Since the start of the shift."""
    lasts: Minutes
    spread: Minutes = 0.0
    """Agents go up to this much earlier or later, by day, so that they do not all leave at once."""


class Shift(Record):
    """When agents are on duty."""

    hours: Hours
    weight: Positive = 1.0
    """Share of the team on this shift, relative to the others."""
    breaks: list[Break] = []


class SkillSet(Record):
    """What some agents of a team may serve, in order of preference."""

    has: list[str]
    # Apart from `has`: an agent on the telephone may know the work of the advisers and yet serve no branch counter.
    knows: list[str] = []
    """Skills of other teams, ``team.skill``, that they have learnt too without serving those teams' queues."""
    weight: Positive = 1.0


class Standard(Record):
    """Service standard: this share answered within this time."""

    within: Minutes
    share: Probability = 0.8
    short_abandons: Literal["counted", "left_out", "met"] = "counted"
    """What the service level makes of customers who abandon within that time: all three are in use in the field."""
    blocked: bool = False
    """Whether customers who are turned away count as not served in time."""


class DecisionRight(Record):
    """Authority of a team to decide by itself."""

    share: Probability
    """Share of cases it may decide."""
    p_error: Probability = 0.0
    """Chance that such a decision is wrong."""
    cost_per_error: NonNegative = 0.0
    limit: NonNegative | None = None
    """Of the right to pay goodwill: the largest payment the team may decide; none: any."""


class Proficiency(Record):
    """How well agents of the team do their work, in standard deviations around the average agent."""

    mean: float = 0.0
    sd: NonNegative = 0.0


class Refresher(Record):
    """The training again, shorter: it brings the uplift back in full, newcomers' too."""

    every: Annotated[Minutes, Field(gt=0.0)]
    """From a wave's start to its next refresher."""
    hours: Minutes
    """Time off the floor for each agent."""


class Training(Record):
    """A training: agents leave the floor in waves, when free, and work better afterwards (scenarios add it)."""

    starts: Minutes
    """Start of the first wave, after time 0."""
    uplift: dict[str, float]
    """Proficiency gained by skill, SD."""
    hours: Minutes
    """Time off the floor for each agent."""
    session: Minutes = 240.0
    """Longest stretch off the floor at a time."""
    waves: Annotated[int, Field(ge=1)] = 1
    every: Minutes = WEEK
    """Time between the starts of waves."""
    half_life: Annotated[Minutes, Field(gt=0.0)] | None = 100800.0
    """Time in which half the uplift is gone (10 weeks; 4 weeks to 13 months); none: it stays."""
    refresh: Refresher | None = None


class Team(Record):
    """Agents who share queues."""

    title: str = ""
    department: str
    agents: Count
    """Heads."""
    joined: dict[str, Count] = {}
    """Heads that came from other teams and kept their names."""
    headcount: Headcount | None = None
    """Instead of shifts: agents on duty by hours, e.g. {mon-fri: {"08:00-12:00": 6}}."""
    shifts: dict[str, Shift] = {}
    p_absent: Probability = 0.0
    """Chance that an agent misses a whole shift (paid)."""
    skills: list[str] = []
    """Skills of every agent, in order of preference."""
    skill_sets: dict[str, SkillSet] = {}
    """Instead: groups of agents with different skills."""
    order: Literal["age", "due", "target"] = "age"
    """Queue order after priority: oldest first, earliest promise first, or earliest own target first (the step's
    internal SLA, else the team's standard; work without either comes last)."""
    places: Count | None = None
    """Contacts that may wait; more are turned away."""
    standard: Standard | None = None
    warm_limit: Minutes = 5.0
    """Longest time a first agent stays on the line in a warm transfer."""
    rights: dict[str, DecisionRight] = {}
    cost_per_hour: NonNegative = 0.0
    """Cost of a paid hour."""
    proficiency: Proficiency = Proficiency()
    training: dict[str, Training] = {}
    attrition: Annotated[float, Field(ge=0.0, le=50.0)] = 0.0
    """People who leave of their own accord, per position and year (a rate: 0.3 is about 26 % within a year)."""
    hiring: Hiring = Hiring()
    recognition: Annotated[float, Field(ge=-1.0, le=1.0)] = 0.0
    """Reward and recognition against what is usual here: -1 none, 0 as in the baseline, 1 a full programme."""
    pressure: Probability = 0.0
    """Pressure on agents (quotas, targets): 0 none, 1 the most."""


class SkillEffect(Record):
    """What one standard deviation of proficiency does."""

    speed: NonNegative = 0.15
    """Service time x exp(-speed x z)."""
    resolution: NonNegative = 0.35
    """Added to the log-odds of resolving, within the agent's own share of failures."""
    misroute: NonNegative = 0.0
    """Taken from the log-odds of rework, misroutes and errors."""
    courtesy: NonNegative = 0.10
    """Added to the satisfaction with the case, SD units, per z of the last agent."""
