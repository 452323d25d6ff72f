"""What is counted of queues and services: by step, by team and hour, and by contact where the customer is present."""

from __future__ import annotations

from cxsim.model.accounting.failure import count_caused_work
from cxsim.model.accounting.intervals import count_in_interval
from cxsim.model.clock import this_hour, this_phase, this_week
from cxsim.native.compiling import inlined
from cxsim.probability.bins import wait_bin
from cxsim.state.state import WAITING
from cxsim.state.tally import ContactColumn, HourColumn, StepColumn
from cxsim.state.world import World


@inlined
def count_request(w: World, v: int, t: float) -> None:
    """Visit v asks for an agent of its step's team at t, having been with another team before or not."""
    visit = w.visits[v]
    s = visit["step"]
    team = w.steps[s]["team"]
    if visit["team"] >= 0 and visit["team"] != team:
        w.step_sums[this_week(w), s, StepColumn.HANDOFFS] += 1.0
    hours = w.hour_sums[this_phase(w), this_hour(w, t), team]
    hours[HourColumn.QUEUED] += 1.0
    hours[HourColumn.ON_DUTY] += w.team_state[team]["on_duty"]


@inlined
def count_queued(w: World, v: int) -> None:
    """Visit v is not turned away: it is served at once or joins the queue."""
    visit = w.visits[v]
    week = this_week(w)
    w.step_sums[week, visit["step"], StepColumn.QUEUED] += 1.0
    if visit["present"] == 1:
        w.contact_sums[week, visit["reason"], visit["channel"], ContactColumn.QUEUED] += 1.0


@inlined
def count_waiting(w: World, v: int, t: float) -> None:
    """Nobody is free for visit v at t: it has to wait, in the queue or for a call back."""
    visit = w.visits[v]
    week = this_week(w)
    if visit["call_back"] == 1:  # who waits at home, nights included, is in no wait on the line
        w.step_sums[week, visit["step"], StepColumn.CALL_BACKS] += 1.0
        w.contact_sums[week, visit["reason"], visit["channel"], ContactColumn.CALL_BACKS] += 1.0
        return
    w.step_sums[week, visit["step"], StepColumn.WAITED] += 1.0
    w.hour_sums[this_phase(w), this_hour(w, t), visit["team"], HourColumn.WAITED] += 1.0
    if visit["present"] == 1:
        w.contact_sums[week, visit["reason"], visit["channel"], ContactColumn.WAITED] += 1.0


@inlined
def count_taken(w: World, v: int, t: float) -> None:
    """An agent takes visit v, which is in the queue or has just come: its wait, and whether the customer is reached."""
    visit = w.visits[v]
    s = visit["step"]
    team = w.steps[s]["team"]
    waited = visit["status"] == WAITING
    wait = visit["began_at"] - visit["queued_at"]
    row = w.step_sums[this_week(w), s]
    row[StepColumn.SERVED] += 1.0
    if visit["call_back"] == 1:
        row[StepColumn.CALL_BACKS_TAKEN] += 1.0
        if visit["will_miss"] == 0:
            _count_called_back(w, v, wait)
        return
    more = 0.0
    if waited and wait <= 0.0:  # its own last agent was free in the same instant
        more = -1.0
    elif wait > 0.0 and not waited:  # an agent was free, and took a while to answer
        more = 1.0
    row[StepColumn.WAITED] += more
    row[StepColumn.SERVED_WAIT] += wait
    row[StepColumn.SERVED_WAIT_SQUARED] += wait * wait
    hours = w.hour_sums[this_phase(w), this_hour(w, t), team]
    hours[HourColumn.SERVED] += 1.0
    hours[HourColumn.WAITED] += more
    hours[HourColumn.SERVED_WAIT] += wait
    row[StepColumn.WAIT] += wait
    if visit["will_miss"] == 0:
        if wait <= w.teams[team]["standard"]:
            row[StepColumn.IN_STANDARD] += 1.0
        if visit["present"] == 1:
            _count_answered(w, v, wait, more, t)


@inlined
def _count_called_back(w: World, v: int, wait: float) -> None:
    """The customer of visit v, who had hung up, is called back and answers."""
    visit = w.visits[v]
    row = w.contact_sums[this_week(w), visit["reason"], visit["channel"]]
    row[ContactColumn.SERVED] += 1.0
    row[ContactColumn.CALLED_BACK] += 1.0
    row[ContactColumn.CALL_BACK_WAIT] += wait
    if wait <= w.channels[visit["channel"]]["call_back_within"]:
        row[ContactColumn.CALLED_BACK_IN_TIME] += 1.0


@inlined
def _count_answered(w: World, v: int, wait: float, more: float, t: float) -> None:
    """The customer of visit v is answered after a wait; more: what it changes in the number of those who waited."""
    visit = w.visits[v]
    team = w.steps[visit["step"]]["team"]
    w.wait_bins[this_phase(w), team, wait_bin(wait)] += 1.0
    row = w.contact_sums[this_week(w), visit["reason"], visit["channel"]]
    row[ContactColumn.WAIT] += wait
    row[ContactColumn.WAITED] += more
    row[ContactColumn.SERVED] += 1.0
    row[ContactColumn.SERVED_WAIT] += wait
    row[ContactColumn.SERVED_WAIT_SQUARED] += wait * wait
    if wait <= w.teams[team]["standard"]:
        row[ContactColumn.IN_STANDARD] += 1.0
        count_in_interval(w, team, 1.0, 1.0, t)
    else:
        count_in_interval(w, team, 0.0, 1.0, t)


@inlined
def count_continued(w: World, s: int, t: float) -> None:
    """An agent goes on with a customer at step s of another team: a visit served there without any wait."""
    row = w.step_sums[this_week(w), s]
    row[StepColumn.VISITS] += 1.0
    row[StepColumn.QUEUED] += 1.0
    row[StepColumn.SERVED] += 1.0
    row[StepColumn.IN_STANDARD] += 1.0
    team = w.steps[s]["team"]
    hours = w.hour_sums[this_phase(w), this_hour(w, t), team]
    hours[HourColumn.QUEUED] += 1.0
    hours[HourColumn.SERVED] += 1.0
    hours[HourColumn.ON_DUTY] += w.team_state[team]["on_duty"]


@inlined
def count_work(w: World, v: int, t: float) -> None:
    """An agent ends work on visit v at t, whether the customer was reached or not."""
    visit = w.visits[v]
    minutes = t - visit["began_at"]
    team = visit["team"]  # the step may be another team's by now
    w.hour_sums[this_phase(w), this_hour(w, t), team, HourColumn.SERVICE] += minutes
    count_caused_work(w, v, visit["step"], minutes)


@inlined
def count_missed_call(w: World, v: int) -> None:
    """A call of ours in visit v has reached nobody."""
    w.step_sums[this_week(w), w.visits[v]["step"], StepColumn.MISSED_CALLS] += 1.0


@inlined
def count_service(w: World, v: int, t: float) -> None:
    """The service of visit v ends at t."""
    visit = w.visits[v]
    week = this_week(w)
    service = t - visit["began_at"]
    row = w.step_sums[week, visit["step"]]
    row[StepColumn.SERVICE] += service
    row[StepColumn.SERVICE_SQUARED] += service * service
    row[StepColumn.ELAPSED] += t - visit["arrived_at"]
    if t > visit["sla_due_at"]:
        row[StepColumn.SLA_MISSED] += 1.0
    if visit["present"] == 1:
        of_contact = w.contact_sums[week, visit["reason"], visit["channel"]]
        of_contact[ContactColumn.SERVICE] += service
        of_contact[ContactColumn.SERVICE_SQUARED] += service * service


@inlined
def count_wrap_up(w: World, v: int, s: int, minutes: float) -> None:
    """After-contact work of visit v's service at step s begins; it is counted at once."""
    visit = w.visits[v]
    week = this_week(w)
    w.step_sums[week, s, StepColumn.WRAP] += minutes
    w.contact_sums[week, visit["reason"], visit["channel"], ContactColumn.WRAP] += minutes
    count_caused_work(w, v, s, minutes)
