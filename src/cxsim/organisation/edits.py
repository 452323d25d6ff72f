"""One number changed by its path, as the command line does it: ``organisation.behaviour.p_redial=0.6``."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cxsim.files.problems import Path, Problem, Problems, nearest
from cxsim.files.yaml_positions import COMMAND_LINE, Document
from cxsim.organisation import Organisation
from cxsim.organisation.refusals import names_at
from cxsim.organisation.sources import ABOUT, SOURCE, without_sources

Fields = Callable[[Path], Collection[str]]
"""Names that the record at a path may have, though the file does not state them."""


@dataclass(frozen=True)
class Edit:
    """A change at a path: `set` a known name, `add` a new one, `remove` one that is there."""

    path: Path
    value: Any
    kind: Literal["set", "add", "remove"] = "set"


def edited(document: Document, edits: Sequence[Edit], fields: Fields = lambda path: (), stamp: bool = True) -> Document:
    """The document with the edits applied in order; `stamp`: a changed number's source reads "command line".

    Raises `Problems` with every edit that names what is not there.
    """
    changed, faults = as_far_as_possible(document, edits, fields, stamp)
    if faults:
        raise Problems(faults)
    return changed


def as_far_as_possible(
    document: Document, edits: Sequence[Edit], fields: Fields, stamp: bool = True
) -> tuple[Document, list[Problem]]:
    """The document with the edits that can be applied, and what is wrong with the others."""
    tree = document.tree
    places = dict(document.places)
    faults: list[Problem] = []
    for edit in edits:
        trial = copy.deepcopy(tree)
        try:
            path = _apply(trial, edit, fields, stamp)
        except Problems as refused:
            faults += refused.problems
            continue
        tree = trial
        for known in [p for p in places if p[: len(path)] == path]:
            del places[known]
        for end in range(1, len(path) + 1):
            places.setdefault(path[:end], (COMMAND_LINE, 0))
    changed = Document(tree, places, document.source, document.prefix)
    return changed, list(changed.located(Problems(faults)).problems)


def _apply(tree: dict[str, Any], edit: Edit, fields: Fields, stamp: bool) -> Path:
    node: Any = tree
    done: Path = ()
    for i, part in enumerate(edit.path):
        last = i == len(edit.path) - 1
        where: Path = (*done, part)
        if isinstance(node, list):
            index = int(part) if str(part).isdigit() else -1
            if not 0 <= index < len(node):
                raise _refused(where, f"the list has places 0 to {len(node) - 1}, not '{part}'")
            part = index
            where = (*done, part)
        elif isinstance(node, dict):
            names = fields(done)
            if part not in node and (edit.kind == "remove" or not (part in names or (edit.kind == "add" and last))):
                raise _refused(where, f"unknown name '{part}'" + nearest(str(part), {*node, *names}))
            if not last and node.get(str(part)) is None:
                node[str(part)] = {}
        else:
            raise _refused(where, f"unknown name '{part}': {done[-1]!r} is {node!r}, nothing lies inside it")
        done = where
        if not last:
            node = node[part]
    if edit.kind == "remove":
        del node[done[-1]]
    else:
        node[done[-1]] = _stamped(done, edit.value) if stamp else edit.value
    return done


def _refused(path: Path, what: str) -> Problems:
    return Problems([Problem(path, what, COMMAND_LINE)])


def _stamped(path: Path, value: Any) -> Any:
    """The value with its source, where it is an assumption and can carry one."""
    if isinstance(value, dict):
        return {SOURCE: COMMAND_LINE, **value}
    key = next((str(p) for p in reversed(path) if isinstance(p, str)), "")
    is_assumption = bool(without_sources({key: value})[1])
    return {ABOUT: value, SOURCE: COMMAND_LINE} if is_assumption and key not in (ABOUT, SOURCE) else value


def organisation_fields(path: Path) -> Collection[str]:
    """What may stand at each path of an organisation, stated in its file or not."""
    return names_at(Organisation, path)
