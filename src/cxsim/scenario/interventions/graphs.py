"""Routes as graphs in plain data: which step may follow which, and how one is taken out of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from cxsim.files.problems import Path, Problem, Problems, problem

Tree = dict[str, Any]
BY = ("by_segment", "by_channel")
OUTSIDE = ("escalates_to", "join")
TINY = 1e-12


def edges_of(step: Tree) -> dict[str, Tree]:
    """Copy of ``next`` in its long form: ``{target: {p: ..., ...}}``."""
    written = step.get("next") or {}
    if isinstance(written, str):
        written = {written: 1.0}
    return {k: deepcopy(dict(v)) if isinstance(v, Mapping) else {"p": v} for k, v in written.items()}


def put_edges(step: Tree, edges: Mapping[str, Tree]) -> None:
    """Write ``next``, as short as it can be written; edges that nobody takes are left out."""
    short: Tree = {}
    for target, edge in edges.items():
        edge = {k: v for k, v in edge.items() if v not in ({}, "normal", "none")}
        if edge["p"] > TINY or any(edge.get(b) for b in BY):
            short[target] = edge if len(edge) > 1 else edge["p"]
    if short:
        step["next"] = next(iter(short)) if list(short.values()) == [1.0] else short
    else:
        step.pop("next", None)


def p_end(step: Tree) -> float:
    """Chance that the route ends after the step."""
    left = 1.0 - sum(float(e["p"]) for e in edges_of(step).values())
    return left if left > 1e-9 else 0.0


def scaled_edge(edge: Tree, factor: float) -> Tree:
    """The edge, taken `factor` times as often."""
    if factor == 1.0:
        return deepcopy(edge)
    by = {b: {k: p * factor for k, p in edge[b].items()} for b in BY if b in edge}
    return {**edge, "p": edge["p"] * factor, **by}


def _keys(a: Tree, b: Tree, what: str) -> dict[str, list[str]]:
    """Segments or channels by which either edge differs; both kinds at once cannot be joined."""
    keys = {by: list(dict.fromkeys([*a.get(by, {}), *b.get(by, {})])) for by in BY}
    if all(keys.values()):
        raise problem((), f"{what} differ by segment and by channel; give them by one of the two first")
    return {by: ks for by, ks in keys.items() if ks}


def through(first: Tree, second: Tree, what: str) -> Tree:
    """One edge instead of two that follow each other: probabilities multiply."""
    joined: Tree = {"p": first["p"] * second["p"]}
    for by, keys in _keys(first, second, what).items():
        joined[by] = {k: first.get(by, {}).get(k, first["p"]) * second.get(by, {}).get(k, second["p"]) for k in keys}
    for field, none in (("kind", "normal"), ("transfer", "none")):
        marks = [e[field] for e in (first, second) if e.get(field, none) != none]
        if marks:
            joined[field] = marks[0]
    return joined


def joined_edge(first: Tree | None, second: Tree, what: str) -> Tree:
    """One edge instead of two to the same step: probabilities add up, the first one gives the rest."""
    if first is None:
        return second
    joined = {**first, "p": first["p"] + second["p"]}
    for by, keys in _keys(first, second, what).items():
        joined[by] = {k: first.get(by, {}).get(k, first["p"]) + second.get(by, {}).get(k, second["p"]) for k in keys}
    return joined


def renamed_step(route: Tree, old: str, new: str) -> Tree:
    """The route with a step under another name, in the same place."""
    out: Tree = {}
    for name, step in route.items():
        step = deepcopy(step)
        if "next" in step:
            put_edges(step, {new if t == old else t: e for t, e in edges_of(step).items()})
        for field in OUTSIDE:
            if step.get(field) == old:
                step[field] = new
        if step.get("parallel"):
            step["parallel"] = [new if s == old else s for s in step["parallel"]]
        if (step.get("self_service") or {}).get("falls_back_to") == old:
            step["self_service"]["falls_back_to"] = new
        out[new if name == old else name] = step
    return out


def sole_successor(step: Tree) -> str | None:
    """The one step that always follows, if there is one."""
    edges = edges_of(step)
    if step.get("parallel") or step.get("self_service") or step.get("escalates_to") or len(edges) != 1:
        return None
    (target, edge), *_ = edges.items()
    return target if edge["p"] == 1.0 and not any(edge.get(b) for b in BY) else None


def without_step(route: Tree, gone: str, place: Path = ("step",)) -> Tree:
    """The route without a step: whoever led to it leads to its successors, with multiplied probabilities.

    If cases could end after the step and not after its predecessor, the predecessor now ends them, with the
    removed step's chance to resolve.  Raises `Problems` at `place` (inside the intervention) where the route
    would lose its only start, or a fall-back, escalation or join would lead nowhere.
    """
    old = route[gone]
    if old.get("parallel"):
        raise problem(place, f"'{gone}' opens branches; remove the steps of its branches instead")
    only = sole_successor(old)
    first = next(iter(route)) == gone
    if only is None:
        refused = list(_needs_one_successor(route, gone, first, place))
        if refused:
            raise Problems(refused)
    after = edges_of(old)
    again = after.pop(gone, None)
    if again is not None:  # rework of the step itself goes with it
        if any(e.get(b) for e in (again, *after.values()) for b in BY):
            raise problem(place, f"rework of '{gone}' differs by segment or channel; set its probability to 0 first")
        after = {t: scaled_edge(e, 1.0 / (1.0 - again["p"])) for t, e in after.items()}
    out: Tree = {}
    for name, step in route.items():
        if name == gone:
            continue
        step = deepcopy(step)
        edges = edges_of(step)
        if gone in edges:
            into = edges.pop(gone)
            ended = p_end(step)
            for target, edge in after.items():
                what = f"the chances of '{name}' and '{gone}'"
                edges[target] = joined_edge(edges.get(target), through(into, edge, what), what)
            put_edges(step, edges)
            if not ended and p_end(step) and (step.get("resolves") != old.get("resolves")):
                step["resolves"] = old.get("resolves", 1.0)
        if only is not None:
            _point_elsewhere(step, name, gone, only, place)
        out[name] = step
    if first and only is not None:
        out = {only: out[only], **out}
    return out


def _needs_one_successor(route: Tree, gone: str, first: bool, place: Path) -> Iterator[Problem]:
    reason = "but not exactly one step follows it; use automate_step, or route its predecessors first"
    if first:
        yield Problem(place, f"'{gone}' is the first step of the route, {reason}")
    for name, step in route.items():
        direct = [step.get(f) for f in OUTSIDE]
        direct += [*(step.get("parallel") or []), (step.get("self_service") or {}).get("falls_back_to")]
        if name != gone and gone in direct:
            yield Problem(place, f"step '{name}' falls back on, escalates to or branches into '{gone}', {reason}")


def _point_elsewhere(step: Tree, name: str, gone: str, only: str, place: Path) -> None:
    """A step that named the removed one directly now names its only successor."""
    for field in OUTSIDE:
        if step.get(field) == gone:
            step[field] = only
    if (step.get("self_service") or {}).get("falls_back_to") == gone:
        step["self_service"]["falls_back_to"] = only
    if gone in (step.get("parallel") or []):
        branches = [only if s == gone else s for s in step["parallel"]]
        step["parallel"] = [s for s in dict.fromkeys(branches) if s != step["join"]]
        if not step["parallel"]:
            raise problem(place, f"'{gone}' is the only branch of '{name}'; remove '{name}' as well by hand")


def p_reached(route: Tree, start: str, target: str) -> float:
    """Chance that a case at `start` comes to `target` before its route ends (absorbing chain)."""
    ways = {name: _ways(step) for name, step in route.items()}
    chance = {name: float(name == target) for name in route}
    for _ in range(200):
        for name in route:
            if name != target:
                chance[name] = sum(p * chance.get(t, 0.0) for t, p in ways[name].items())
    return min(1.0, chance[start])


def _ways(step: Tree) -> dict[str, float]:
    if step.get("parallel"):
        return {step["join"]: 1.0}
    ways = {t: float(e["p"]) for t, e in edges_of(step).items()}
    if step.get("self_service"):
        done = float(step["self_service"]["p_done"])
        ways = {t: p * done for t, p in ways.items()}
        falls = step["self_service"]["falls_back_to"]
        ways[falls] = ways.get(falls, 0.0) + 1.0 - done
    return ways
