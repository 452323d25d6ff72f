"""Any assumption by its path, for what no other intervention changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from pydantic import model_validator

from cxsim.files.problems import Path, Problem, dotted, nearest, problem
from cxsim.organisation import Organisation
from cxsim.organisation.base import Record
from cxsim.scenario.interventions.base import Intervention, Tree, between, listing
from cxsim.scenario.interventions.graphs import edges_of

SLOTS = ("customers", "room")
"""What states how many customers a segment has room for."""


def path_of(text: str) -> Path:
    """``demand.season[3]`` as ("demand", "season", 3)."""
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", str(text)))


class SetAssumptions(Intervention):
    """Values by dotted path, as on the command line: ``set: {behaviour.p_redial: 0.6}``."""

    values: dict[str, Any]
    """New values by dotted path, written as in an organisation file."""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, data: Any) -> Any:
        return {"values": data} if isinstance(data, dict) and set(data) != {"values"} else data

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        if not self.values:
            yield Problem((), "nothing to change: give a path and its value")
        for text, value in self.values.items():
            path = path_of(text)
            node: Any = organisation
            for i, part in enumerate(path):
                names = _names(node)
                if part not in names:
                    inside = f" in '{dotted(path[:i])}'" if i else ""
                    yield Problem((text,), f"unknown name '{part}'{inside}{nearest(str(part), map(str, names))}")
                    break
                node = names[part]
            else:
                if path[0] == "segments" and path[-1] in SLOTS:
                    what = "slots hold for a whole study; add demand, or set 'joins', and vary this in the organisation"
                    yield Problem((text,), what)
                if path[-1:] == ("control",) and node and not value:
                    yield Problem((text,), "a control may not be switched off; use 'remove_step' with 'replaced_by'")

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        for text, value in self.values.items():
            *way, last = path_of(text)
            node: Any = tree
            known: Any = organisation
            for part in way:
                known = _names(known)[part]
                node = _entered(node, part, known)
            if isinstance(node, list) or node.get(last) != value:
                node[last] = deepcopy(value)

    def partly(self, degree: float, organisation: Organisation) -> Intervention:
        values = {}
        for text, then in self.values.items():
            before: Any = organisation
            for part in path_of(text):
                before = _names(before).get(part)
            if not (_is_number(before) and _is_number(then)):
                raise problem((text,), f"only a number comes by degrees; this goes from {before!r} to {then!r}")
            values[text] = between(before, then, degree)
        return SetAssumptions(values=values)

    def sentence(self, organisation: Organisation | None) -> str:
        assumed = listing(f"{text} is {value}" for text, value in self.values.items())
        return f"Assumed from now on: {assumed}."


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _names(node: Any) -> dict[Any, Any]:
    """What lies inside a part of the organisation, by name or place."""
    if isinstance(node, Record):
        return {name: getattr(node, name) for name in type(node).model_fields}
    if isinstance(node, Mapping):
        return dict(node)
    return dict(enumerate(node)) if isinstance(node, list) else {}


def _entered(node: Any, part: str | int, known: Any) -> Any:
    """The part of the tree below `node`; what the file leaves to its default is written out."""
    if isinstance(node, list):
        return node[int(part)]
    if part == "next":
        node["next"] = edges_of(node)
    elif part not in node:
        node[part] = {} if isinstance(known, Record) else deepcopy(known)
    return node[part]
