"""Whose failure it is: effort in a contact, the step where a case stands, the step where a promise was missed."""

from __future__ import annotations

from cxsim.model.accounting.failure import count_caused_effort
from cxsim.model.experience import add_effort, add_wait
from cxsim.model.rows import row_after
from cxsim.native.compiling import compiled, inlined
from cxsim.state.plan.tables import FORK
from cxsim.state.state import HOLDING
from cxsim.state.tally import Kind
from cxsim.state.world import World


@compiled
def charge_effort(w: World, v: int, cause: int, effort: float, s: int, t: float) -> None:
    """Effort in the contact of visit v that step s has caused."""
    visit = w.visits[v]
    add_effort(w, visit["case"], cause, effort, s, t)
    count_caused_effort(w, v, effort)


@compiled
def charge_wait(w: World, v: int, perceived: float, t: float) -> None:
    """A wait of `perceived` minutes in the queue of visit v's step."""
    visit = w.visits[v]
    count_caused_effort(w, v, add_wait(w, visit["case"], perceived, visit["step"], t))


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
