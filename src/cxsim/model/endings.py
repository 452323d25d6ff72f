"""How agents leave a customer: after-contact work, and the first agent of a warm transfer who stayed long enough."""

from __future__ import annotations

from cxsim.model import draws
from cxsim.model.accounting.service import count_wrap_up
from cxsim.model.agents import put_down
from cxsim.model.draws import Purpose
from cxsim.model.rows import call, change, free_visit, new_visit
from cxsim.native.compiling import compiled
from cxsim.state.state import WAITING, WRAPPING
from cxsim.state.world import World


@compiled
def let_go(w: World, v: int, t: float) -> None:
    """The first agent of a warm transfer leaves the line: wrap-up, then free."""
    visit = w.visits[v]
    a = visit["first_agent"]
    s = visit["first_agent_step"]
    visit["first_agent"] = -1
    wind_up(w, v, a, s, t)


@compiled
def wind_up(w: World, v: int, a: int, s: int, t: float) -> None:
    """Agent a is done with the customer of visit v at step s: after-contact work if there is any, then free."""
    visit = w.visits[v]
    distribution = w.steps[s]["wrap"]
    if distribution < 0:
        put_down(w, a, t)
        return
    c = visit["case"]
    minutes = (
        draws.minutes_at(w, v, s, distribution, Purpose.WRAP_UP, 0)
        * w.skill_state[a, w.steps[s]["skill"]]["time_factor"]
    )
    count_wrap_up(w, v, s, minutes)
    p = new_visit(w, c)
    w.visits[p]["agent"] = a
    w.visits[p]["step"] = s
    change(w, p, WRAPPING, t + minutes)
    call(w, p)


@compiled
def end_wrap_up(w: World, v: int, t: float) -> None:
    """After-contact work is over: the agent is free."""
    a = w.visits[v]["agent"]
    free_visit(w, v)
    put_down(w, a, t)


@compiled
def end_hold(w: World, v: int, t: float) -> None:
    """The limit of a warm transfer is reached: if the customer still waits, the first agent leaves (it turns cold)."""
    r = w.visits
    parent = r[v]["parent"]
    visit = w.visits[parent]
    if visit["stamp"] == r[v]["awaits"] and visit["status"] == WAITING and visit["first_agent"] >= 0:
        let_go(w, parent, t)
    free_visit(w, v)
