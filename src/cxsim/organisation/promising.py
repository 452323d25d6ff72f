"""Faults of what is offered: skills nobody has, promises that nobody can complain of, suppliers without a step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cxsim.files.problems import Path, Problem, nearest
from cxsim.organisation import Organisation
from cxsim.organisation.work import Step


def sales_faults(o: Organisation, skills: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """Every fault of this kind; skills: those of each team."""
    steps = [(("routes", r, s), step) for r, route in o.routes.items() for s, step in route.items()]
    for path, step in steps:
        if step.offer is not None:
            yield from _offer(path, step, skills)
        if step.errs and step.team is None and step.delay is None:
            yield Problem((*path, "errs"), "errors are made in work or in a delay; this step is neither")
    becomes = o.sales.becomes
    if becomes is not None and becomes not in o.reasons:
        yield Problem(("sales", "becomes"), f"no reason '{becomes}'{nearest(becomes, o.reasons)}")
    over = [path for path, step in steps if step.offer is not None and step.offer.over_promise]
    if over and becomes is None and o.behaviour.complaint is None:
        yield Problem(("sales", "becomes"), "missing: which contact reason comes of an over-promise?")
    named = {step.supplier for _, step in steps if step.supplier}
    for name in o.suppliers:
        if name not in named:
            yield Problem(("suppliers", name), f"no step has a supplier '{name}'{nearest(name, named)}")


def _offer(path: Path, step: Step, skills: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    if step.team is None:
        yield Problem((*path, "offer"), "nobody is there to offer anything; only work by a team can")
        return
    for key in ("selling", "keeping"):
        text = getattr(step.offer, key)
        if text is None:
            continue
        team, dot, skill = str(text).partition(".")
        if not dot:
            yield Problem((*path, "offer", key), f"write it with its team: '{step.team}.{text}'")
        elif team not in skills:
            yield Problem((*path, "offer", key), f"no team '{team}'{nearest(team, skills)}")
        elif skill not in skills[team]:
            yield Problem((*path, "offer", key), f"no skill '{skill}' in team '{team}'{nearest(skill, skills[team])}")
