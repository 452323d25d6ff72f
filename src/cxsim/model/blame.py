"""Whose failure a contact is: what failure demand consumes is charged to the step that caused it.

A contact that customers wanted to make (value demand) is charged to nobody, which is one branch.
"""

from __future__ import annotations

from typing import Any

from cxsim.model.clock import this_phase
from cxsim.model.experience import add_effort, add_wait
from cxsim.model.rows import row_after
from cxsim.native.compiling import compiled, inlined
from cxsim.state.origins import Origin, OriginColumn
from cxsim.state.plan.tables import FORK
from cxsim.state.state import HOLDING
from cxsim.state.tally import Kind
from cxsim.state.world import World


@inlined
def sums_of_cause(w: World, c: int, origin: int, s: int) -> Any:
    """The row of what contacts of an origin, caused by step s, cost us and the customer of case c."""
    return w.cause_sums[this_phase(w), w.cases[c]["reason"], s, origin]


@inlined
def charge_contact(w: World, c: int, origin: int, s: int, cost: float) -> None:
    """One contact more that step s has caused."""
    # Charged when it happens, not worked out afterwards: contacts by cause then sum to all failure demand in every run,
    # and effort by step to the ledger.
    row = sums_of_cause(w, c, origin, s)
    row[OriginColumn.CONTACTS] += 1.0
    row[OriginColumn.CHARGES] += cost


@inlined
def charge_work(w: World, v: int, s: int, minutes: float) -> None:
    """Minutes that an agent worked for visit v at step s."""
    if w.visits[v]["origin"] != Origin.VALUE or w.visits[v]["misrouted_from"] >= 0:
        _charge_work(w, v, s, minutes)


@compiled
def _charge_work(w: World, v: int, s: int, minutes: float) -> None:
    visit = w.visits[v]
    origin = visit["origin"]
    blame = visit["cause_step"]
    if visit["misrouted_from"] >= 0:
        origin = Origin.MISROUTE
        blame = visit["misrouted_from"]
    team = w.steps[s]["team"]
    if team < 0:  # a machine does the step by now
        team = visit["team"]
    row = sums_of_cause(w, visit["case"], origin, blame)
    row[OriginColumn.MINUTES] += minutes
    row[OriginColumn.PAY] += minutes * w.teams[team]["cost"]


@compiled
def charge_effort(w: World, v: int, cause: int, effort: float, s: int, t: float) -> None:
    """Effort in the contact of visit v that step s has caused."""
    visit = w.visits[v]
    add_effort(w, visit["case"], cause, effort, s, t)
    _charge_effort(w, v, effort)


@compiled
def charge_wait(w: World, v: int, perceived: float, t: float) -> None:
    """A wait of `perceived` minutes in the queue of visit v's step."""
    visit = w.visits[v]
    _charge_effort(w, v, add_wait(w, visit["case"], perceived, visit["step"], t))


@inlined
def _charge_effort(w: World, v: int, effort: float) -> None:
    visit = w.visits[v]
    origin = visit["origin"]
    blame = visit["cause_step"]
    if visit["misrouted_from"] >= 0:
        origin = Origin.MISROUTE
        blame = visit["misrouted_from"]
    if origin != Origin.VALUE:
        sums_of_cause(w, visit["case"], origin, blame)[OriginColumn.EFFORT] += effort


@inlined
def charge_effort_of(w: World, c: int, origin: int, s: int, effort: float) -> None:
    """Effort that comes with a contact of an origin by itself."""
    sums_of_cause(w, c, origin, s)[OriginColumn.EFFORT] += effort


@compiled
def stands_at(w: World, c: int) -> int:
    """Step where case c stands: where it has branched, the first branch that is not back."""
    r = w.visits
    v = w.cases[c]["main_visit"]
    while w.steps[r[v]["step"]]["kind"] == FORK and r[v]["awaits"] > 0:
        first = -1
        k = row_after(w, c, -1)
        while k >= 0:
            if r[k]["status"] != HOLDING and r[k]["parent"] == v:
                if first < 0 or r[k]["branch"] < r[first]["branch"]:
                    first = k
            k = row_after(w, c, k)
        if first < 0:
            break
        v = first
    return int(r[v]["step"])


@inlined
def note_lateness(w: World, v: int, t: float) -> None:
    """Visit v has ended its step: if the promise has been missed meanwhile, it was missed there."""
    visit = w.visits[v]
    case = w.cases[visit["case"]]
    if t > case["promise_at"] and case["late_step"] < 0 and case["paused"] == 0 and visit["kind"] != Kind.CHASER:
        case["late_step"] = visit["step"] if visit["return_step"] < 0 else visit["return_step"]


@inlined
def late_at(w: World, c: int) -> int:
    """Step where case c was when its promise was missed; of one in time, where it ended or is."""
    case = w.cases[c]
    if case["late_step"] >= 0:
        return int(case["late_step"])
    if case["given_up_step"] >= 0:
        return int(case["given_up_step"])
    if case["resolved_step"] >= 0:  # its row may be another's by now
        return int(case["resolved_step"])
    return int(w.visits[case["main_visit"]]["step"])
