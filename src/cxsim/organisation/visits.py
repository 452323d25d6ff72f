"""How often a case comes to each step of its route, on average: the fundamental matrix of its Markov chain.

Kemeny & Snell (1960), Finite Markov Chains, theorem 3.2.4: N = (I - P)^-1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxsim.organisation import Organisation, Route
from cxsim.organisation.work import Edge


def edge_p(edge: Edge, segment: str | None, channel: str | None) -> float:
    """Probability of an edge for a segment and channel: the channel's own, else the segment's own, else `p`."""
    if channel is not None and channel in edge.by_channel:
        return edge.by_channel[channel]
    if segment is not None and segment in edge.by_segment:
        return edge.by_segment[segment]
    return edge.p


def reached(route: Route, door: str, segment: str | None, channel: str | None, o: Organisation) -> set[str]:
    """Steps that a contact which enters at `door` may come to."""
    names, (p, _) = list(route), chain(route, segment, channel, o)
    return {names[i] for i in _reached(p, names.index(door))}


def _reached(p: NDArray[Any], door: int) -> list[int]:
    """Places of a chain that are come to from one of them, in their order."""
    seen, todo = {door}, [door]
    while todo:
        new = set(np.nonzero(p[todo.pop()] > 0.0)[0].tolist()) - seen
        seen |= new
        todo += new
    return sorted(seen)


def expected_visits(
    route: Route, door: str, segment: str | None, channel: str | None, o: Organisation
) -> tuple[dict[str, float], float]:
    """Expected visits to each step of a contact that enters at `door`, and the chance that it ends resolved.

    Visits are infinite where the route never ends.
    """
    names = list(route)
    p, ending = chain(route, segment, channel, o)
    inside = _reached(p, names.index(door))
    start = np.array([float(names[i] == door) for i in inside])
    try:
        n = np.linalg.solve(np.eye(len(inside)) - p[np.ix_(inside, inside)].T, start)
    except np.linalg.LinAlgError:
        n = np.full(len(inside), np.inf)
    if not np.isfinite(n).all() or n.min() < -1e-6:
        n = np.full(len(inside), np.inf)
    visits = dict.fromkeys(names, 0.0) | {names[i]: max(0.0, float(k)) for i, k in zip(inside, n, strict=True)}
    resolved = sum(visits[names[i]] * ending[i] * route[names[i]].resolves for i in inside if ending[i])
    return visits, min(1.0, float(resolved))


def chain(route: Route, segment: str | None, channel: str | None, o: Organisation) -> tuple[NDArray[Any], NDArray[Any]]:
    """Chances to go from step (row) to step (column), and to end after each step; forks count all their branches."""
    places = {name: i for i, name in enumerate(route)}
    p = np.zeros((len(places), len(places)))
    for name, step in route.items():
        i = places[name]
        goes_on = 1.0
        if step.needs is not None and step.escalates_to is not None and step.team is not None:
            right = o.teams[step.team].rights.get(step.needs)
            goes_on = right.share if right is not None else 0.0
            if right is not None and right.limit is not None and o.recovery is not None and o.recovery.goodwill:
                goes_on *= o.recovery.goodwill.p_within(right.limit)
            p[i, places[step.escalates_to]] += 1.0 - goes_on
        if step.self_service is not None:
            goes_on *= step.self_service.p_done
            p[i, places[step.self_service.falls_back_to]] += 1.0 - step.self_service.p_done
        for to, edge in step.next.items():
            p[i, places[to]] += goes_on * edge_p(edge, segment, channel)
    ending = np.clip(1.0 - p.sum(axis=1), 0.0, 1.0)
    for name, step in route.items():
        if step.join is not None:  # branches end where they meet, and the fork itself goes on from there
            p[:, places[step.join]] = 0.0
            p[places[name], [places[s] for s in (*step.parallel, step.join)]] = 1.0
            ending[places[name]] = 0.0
    return p, ending
