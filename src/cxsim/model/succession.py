"""What follows a step: chance, decision rights, and what the agent's proficiency makes of them."""

from __future__ import annotations

import math

from cxsim.model import draws
from cxsim.model.accounting.steps import count_decision
from cxsim.model.draws import Purpose
from cxsim.model.replies import passes_up
from cxsim.native.compiling import compiled, inlined
from cxsim.state.plan.tables import ESCALATION, MISROUTE, NORMAL, REWORK, WORK
from cxsim.state.world import World


@inlined
def successor(w: World, v: int, a: int, t: float) -> tuple[int, int, int]:
    """(edge row or -1, next step or -1 at the route's end, kind) of what follows visit v's step.

    A step that wants a decision right is escalated unless its team holds the right and this case falls into its share.
    Proficiency lowers the odds of rework and misroutes; the other ways share what that leaves.
    """
    behaviour = w.behaviour[0]
    visit = w.visits[v]
    s = visit["step"]
    step = w.steps[s]
    e = step["onward"]
    if e >= 0:
        return e, w.edges[e]["to"], w.edges[e]["kind"]
    c = visit["case"]
    case = w.cases[c]
    right = step["decision_right"]
    if right >= 0:
        held = w.rights[step["team"], right]
        if not draws.in_step(w, v, Purpose.RIGHT, 0, held["share"]) or passes_up(w, c, held["limit"]):
            return -1, step["escalates_to"], ESCALATION
        count_decision(w, s)
        if draws.in_step(w, v, Purpose.RIGHT_ERROR, 0, held["p_error"]):
            case["has_error"] = 1
            case["error_step"] = s
            case["wrong_decisions"] += 1
            case["cost"] += held["cost"]
    first = step["first_edge"]
    n = step["edges"]
    if n == 0:
        return -1, -1, NORMAL
    segment = case["segment"]
    channel = visit["channel"]
    if n == 1 and w.edge_p[first, segment, channel] >= 1.0:
        return first, w.edges[first]["to"], w.edges[first]["kind"]
    scale = 1.0
    better = False
    shift = 0.0
    if a >= 0 and step["skill"] >= 0 and (behaviour["misroute"] > 0.0 or _knows_more(w, a)):
        shift = behaviour["misroute"] * w.skill_state[a, step["skill"]]["proficiency"]
        bad = 0.0
        changed = 0.0
        for e in range(first, first + n):
            if w.edges[e]["kind"] == REWORK or w.edges[e]["kind"] == MISROUTE:
                p = w.edge_p[e, segment, channel]
                bad += p
                changed += _wrong_way(w, a, s, e, p, shift)
        if bad > 0.0 and bad < 1.0 and changed < 1.0:
            scale = (1.0 - changed) / (1.0 - bad)
            better = True
    u = draws.at_step(w, v, Purpose.NEXT, 0)
    total = 0.0
    for e in range(first, first + n):
        p = w.edge_p[e, segment, channel]
        if better and (w.edges[e]["kind"] == REWORK or w.edges[e]["kind"] == MISROUTE):
            p = _wrong_way(w, a, s, e, p, shift)
        else:
            p *= scale
        total += p
        if u < total:
            return e, w.edges[e]["to"], w.edges[e]["kind"]
    if total >= 1.0 - 1e-12:  # the shares add up to one but for rounding
        e = first + n - 1
        return e, w.edges[e]["to"], w.edges[e]["kind"]
    return -1, -1, NORMAL


@inlined
def _knows_more(w: World, a: int) -> bool:
    """Whether agent a has several skills."""
    return bool(w.roster[a]["skills"] + w.roster[a]["known_skills"] > 1)


@compiled
def _wrong_way(w: World, a: int, s: int, e: int, p: float, shift: float) -> float:
    """Chance of rework or a misroute by agent a at step s, whose odds proficiency lowers by exp(- shift).

    Nobody misroutes to another team whose work they know.
    """
    if w.edges[e]["kind"] == MISROUTE and knows_work_of(w, a, s, w.edges[e]["to"]):
        return 0.0
    return shifted(p, shift)


@inlined
def knows_work_of(w: World, a: int, s: int, to: int) -> bool:
    """Whether agent a, who does step s, has the skill of step `to` of another team."""
    member = w.roster[a]
    n = member["skills"] + member["known_skills"]
    if not _knows_more(w, a) or w.steps[to]["kind"] != WORK or w.steps[to]["team"] == w.steps[s]["team"]:
        return False
    for i in range(member["first_skill"], member["first_skill"] + n):
        if w.agent_queue[i]["queue"] == w.steps[to]["queue"]:
            return True
    return False


@compiled
def shifted(p: float, shift: float) -> float:
    """A probability whose log-odds are lowered by `shift`."""
    if p <= 0.0 or p >= 1.0 or shift == 0.0:
        return p
    odds = p / (1.0 - p) * math.exp(-shift)
    return odds / (1.0 + odds)
