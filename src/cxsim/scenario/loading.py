"""Scenarios read from files, with those they are made of, against an organisation; faults with file and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path as File
from typing import Any

from cxsim.files.problems import Path, Problem, Problems, called
from cxsim.files.reading import file_named, read_document
from cxsim.files.search_path import SUFFIXES, find, scenario_folders, spoken
from cxsim.files.yaml_positions import COMMAND_LINE, Document, Place
from cxsim.organisation import Organisation
from cxsim.organisation.edits import Edit
from cxsim.organisation.loading import load_organisation
from cxsim.scenario import BASELINE, BOARD, COMPARATORS, MADE_OF, Scenario, read_scenario, scenario_faults

LISTS = ("interventions", "phases")
"""What scenarios that are made of others have together."""


def scenario_document(name: str) -> Document:
    """A scenario's file with what it is made of; not yet validated.  None may be called `baseline`."""
    path = file_named("scenario", name, scenario_folders())
    if path.stem == BASELINE.name:
        what = f"'{BASELINE.name}' is the baseline, without any change; give {spoken(path)} another name"
        raise Problems([Problem(("scenario",), what, COMMAND_LINE)])
    return _with_parts(path, ())


def _with_parts(path: File, above: tuple[File, ...]) -> Document:
    """A scenario's file; the interventions of the scenarios it is made of before its own, each with its own place."""
    document = read_document(path)
    chain = (*above, path.resolve())
    others = {key: _others(document, key, path) for key in (MADE_OF, COMPARATORS) if key in document.tree}
    if not others:
        return document
    tree = {**document.tree, **{key: [_known_as(other) for other in found] for key, found in others.items()}}
    if MADE_OF not in others:
        return Document(tree, document.places, document.source, document.prefix)
    parts = []
    for i, other in enumerate(others[MADE_OF]):
        if other.resolve() in chain:
            what = f"'{document.tree[MADE_OF][i]}' is made of this file"
            raise Problems([Problem((MADE_OF, i), what, *document.place((MADE_OF, i)))])
        parts.append(_with_parts(other, chain))
        if BOARD in parts[-1].tree:
            what = f"'{document.tree[MADE_OF][i]}' has a board; give the board to this file instead"
            raise Problems([Problem((MADE_OF, i), what, *document.place((MADE_OF, i)))])
    together: dict[str, list[Any]] = {key: [] for key in LISTS}
    places: dict[Path, Place] = {}
    for one in (*parts, document):
        for key in LISTS:
            if not isinstance(own := one.tree.get(key, []), list):
                what = f"a list belongs here, not {called(own)}"
                raise Problems([Problem((key,), what, *one.place((key,)))])
        for at, place in one.places.items():
            if at and at[0] in LISTS and len(at) > 1:
                places[at[0], int(at[1]) + len(together[str(at[0])]), *at[2:]] = place
            elif one is document:
                places[at] = place
        for key, whole in together.items():
            whole += one.tree.get(key, [])
    lists = {key: whole for key, whole in together.items() if whole or key == LISTS[0]}
    return Document({**tree, **lists}, places, document.source, document.prefix)


def _others(document: Document, key: str, path: File) -> list[File]:
    """The files of the scenarios that a scenario names under `key`; its own folder is searched first."""
    given = document.tree[key]
    if not isinstance(given, list) or not all(isinstance(name, str) and name for name in given):
        what = f"a list of names of scenarios belongs here, not {called(given)}"
        raise Problems([Problem((key,), what, *document.place((key,)))])
    found, faults = [], []
    for i, name in enumerate(given):
        try:
            found.append(file_named("scenario", name, (path.parent, *scenario_folders()), document.place((key, i))))
        except Problems as missing:
            faults += [Problem((key, i), p.what, *document.place((key, i))) for p in missing.problems]
    if faults:
        raise Problems(faults)
    return found


def _known_as(other: File) -> str:
    """A scenario's name on the command line: that of its file, or its path where no folder of scenarios has it."""
    return other.stem if find(other.stem, scenario_folders()) == other else str(other)


def load_scenario(name: str, organisation: Organisation) -> tuple[Scenario, Document]:
    """The scenario called `name`, read against an organisation, and its document; `baseline` is empty."""
    if name == BASELINE.name:
        if find(name, scenario_folders()) is not None:
            scenario_document(name)  # raises: the name is taken
        return BASELINE, Document({}, {}, "")
    document = scenario_document(name)
    try:
        return read_scenario(document.tree, organisation, _called(name)), document
    except Problems as faults:
        raise document.located(faults) from None


def load_together(
    name: str, edits: Sequence[Edit], scenarios: Iterable[str]
) -> tuple[Organisation, Document, list[tuple[Scenario, Document]]]:
    """An organisation and its scenarios.

    Raises `Problems` with the faults of all of them; where the organisation cannot be had, with what is known of
    the scenarios without it.
    """
    found: list[Problem] = []
    loaded: tuple[Organisation, Document] | None = None
    read: list[tuple[Scenario, Document]] = []
    try:
        loaded = load_organisation(name, edits)
    except Problems as faults:
        found += faults.problems
    names_asked = list(dict.fromkeys(scenarios))
    for scenario in names_asked:
        try:
            if loaded is not None:
                read.append(load_scenario(scenario, loaded[0]))
                there = {_called(name) for name in names_asked}
                names_asked += [name for name in read[-1][0].comparators if _called(name) not in there]
            elif scenario != BASELINE.name:
                document = scenario_document(scenario)
                alone = scenario_faults(document.tree, _called(scenario))
                found += document.located(Problems(alone)).problems
        except Problems as faults:
            found += faults.problems
    found += _called_alike(read)
    if found or loaded is None:
        raise Problems(found)
    return *loaded, read


def _called(name: str) -> str:
    return File(name).stem if name.endswith(SUFFIXES) else name


def _called_alike(read: Sequence[tuple[Scenario, Document]]) -> Iterator[Problem]:
    """Scenarios cannot be distinguished in tables if they have one name."""
    first: dict[str, Document] = {}
    for scenario, document in read:
        other = first.setdefault(scenario.name, document)
        if other is not document:
            what = f"{other.source} and {document.source} are both called '{scenario.name}'; rename one of them"
            if other.source == document.source:
                what = f"{document.source} is given twice; once is enough"
            yield Problem(("scenario",), what, COMMAND_LINE)
