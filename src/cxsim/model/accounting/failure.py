"""What is counted of failure demand: contacts, work and effort by the step that caused them; and all effort by step.

A contact that customers wanted to make (value demand) is charged to nobody, which is one branch.
"""

from __future__ import annotations

from cxsim.model.clock import this_phase
from cxsim.native.compiling import compiled, inlined
from cxsim.state.origins import Origin, OriginColumn
from cxsim.state.world import World


@inlined
def count_effort(w: World, c: int, cause: int, effort: float, s: int) -> None:
    """Effort that step s has caused is entered into the ledger of case c."""
    w.effort_sums[this_phase(w), w.cases[c]["reason"], s, cause] += effort


@inlined
def count_caused_contact(w: World, c: int, origin: int, s: int, cost: float) -> None:
    """One contact more of case c, of an origin that is a failure of step s; cost: of the channel."""
    # Charged when it happens, not worked out afterwards: contacts by cause then sum to all failure demand in every run,
    # and effort by step to the ledger.
    row = w.cause_sums[this_phase(w), w.cases[c]["reason"], s, origin]
    row[OriginColumn.CONTACTS] += 1.0
    row[OriginColumn.CHARGES] += cost


@inlined
def count_caused_work(w: World, v: int, s: int, minutes: float) -> None:
    """Minutes that an agent worked for visit v at step s."""
    if w.visits[v]["origin"] != Origin.VALUE or w.visits[v]["misrouted_from"] >= 0:
        _count_caused_work(w, v, s, minutes)


@compiled
def _count_caused_work(w: World, v: int, s: int, minutes: float) -> None:
    visit = w.visits[v]
    origin, cause = _charged_to(w, v)
    team = w.steps[s]["team"]
    if team < 0:  # a machine does the step by now
        team = visit["team"]
    row = w.cause_sums[this_phase(w), w.cases[visit["case"]]["reason"], cause, origin]
    row[OriginColumn.MINUTES] += minutes
    row[OriginColumn.PAY] += minutes * w.teams[team]["cost"]


@inlined
def count_caused_effort(w: World, v: int, effort: float) -> None:
    """Effort in the contact of visit v."""
    origin, cause = _charged_to(w, v)
    if origin != Origin.VALUE:
        count_effort_of_origin(w, w.visits[v]["case"], origin, cause, effort)


@inlined
def count_effort_of_origin(w: World, c: int, origin: int, s: int, effort: float) -> None:
    """Effort that comes with a contact of an origin by itself."""
    w.cause_sums[this_phase(w), w.cases[c]["reason"], s, origin, OriginColumn.EFFORT] += effort


@inlined
def _charged_to(w: World, v: int) -> tuple[int, int]:
    """(origin, step) that what happens in visit v is charged to: those of its contact, or the misroute it is on."""
    visit = w.visits[v]
    origin = visit["origin"]
    step = visit["cause_step"]
    if visit["misrouted_from"] >= 0:
        origin = Origin.MISROUTE
        step = visit["misrouted_from"]
    return origin, step
