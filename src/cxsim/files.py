"""Files read: organisations and scenarios by name or path, every fault with its file and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path as File
from typing import Any

from cxsim.edits import Edit, as_far_as_possible, organisation_fields
from cxsim.laws import PARAMETERS as LAWS
from cxsim.organisation import Organisation, read_organisation
from cxsim.organisation.refusals import called
from cxsim.organisation.sources import ABOUT, BETWEEN, SOURCE
from cxsim.places import SUFFIXES, conf_folders, find, names, scenario_folders, spoken
from cxsim.problems import Path, Problem, Problems, nearest
from cxsim.scenario import BASELINE, BESIDE_IT, BOARD, MADE_OF, Scenario, read_scenario, scenario_faults
from cxsim.yaml_lines import COMMAND_LINE, Document, Place, read_yaml

BASED_ON = "based_on"
LISTS = ("interventions", "phases")
"""What scenarios that are made of others have together."""
WHOLE = frozenset({"next", "opens", "hours", "working", "headcount"})
"""Keys whose value replaces the base's value as a whole."""


def read_text(path: File) -> str:
    """Text of a UTF-8 file; `Problems` when it cannot be read or is not UTF-8."""
    name = spoken(path)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise Problems([Problem((), "no such file", name)]) from None
    except OSError as error:
        raise Problems([Problem((), f"cannot be read: {error.strerror or error}", name)]) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        what = f"not UTF-8: byte 0x{raw[error.start]:02x}; save the file as UTF-8"
        raise Problems([Problem((), what, name, line)]) from None


def read_document(path: File) -> Document:
    """A YAML file with the line of every key."""
    return read_yaml(read_text(path), spoken(path))


def file_named(kind: str, name: Any, folders: Iterable[File], asked: Place = (COMMAND_LINE, 0)) -> File:
    """The file of an organisation or scenario; `Problems` with the nearest name when there is none."""
    folders = tuple(folders)
    if not isinstance(name, str) or not name:
        raise Problems([Problem((kind,), f"the name of one {kind} belongs here, not {called(name)}", *asked)])
    path = find(name, folders)
    if path is None:
        is_path = name.endswith(SUFFIXES)
        what = f"no such file: {name}" if is_path else f"no {kind} '{name}'{nearest(name, names(folders))}"
        raise Problems([Problem((kind,), what, *asked)])
    return path


def organisation_folders() -> tuple[File, ...]:
    """Where organisations lie, in the order they are searched."""
    return tuple(folder / "organisation" for folder in conf_folders() if (folder / "organisation").is_dir())


def organisation_document(name: str) -> Document:
    """An organisation's file with whatever it is based on; not yet validated."""
    return _with_base(file_named("organisation", name, organisation_folders()), ())


def _with_base(path: File, above: tuple[File, ...]) -> Document:
    document = read_document(path)
    if BASED_ON not in document.tree:
        return document
    asked = document.place((BASED_ON,))
    base_name = document.tree[BASED_ON]
    chain = (*above, path.resolve())
    folders = (path.parent, *organisation_folders())
    try:
        base_path = file_named("organisation", base_name, folders, asked)
        if base_path.resolve() == path.resolve():  # my own bank.yaml, based on the bank that came with cxsim
            others = [folder for folder in folders if folder.resolve() != path.parent.resolve()]
            base_path = file_named("organisation", base_name, others, asked)
    except Problems as missing:
        raise Problems([Problem((BASED_ON,), p.what, *asked) for p in missing.problems]) from None
    if base_path.resolve() in chain:
        raise Problems([Problem((BASED_ON,), f"'{base_name}' is based on this file", *asked)])
    return merged(_with_base(base_path, chain), document)


def merged(base: Document, over: Document) -> Document:
    """What `over` says on top of `base`.

    Mappings are merged key by key and `~` takes a key away; numbers, lists, laws, opening hours and `next`
    are replaced as a whole.
    """
    places = dict(base.places)

    def forget(path: Path) -> None:
        for known in [p for p in places if p[: len(path)] == path]:
            del places[known]

    def lay(below: dict[str, Any], above: dict[str, Any], path: Path) -> dict[str, Any]:
        result = dict(below)
        for key, value in above.items():
            here: Path = (*path, key)
            old = result.get(key)
            if here == (BASED_ON,):
                continue
            if value is None:
                forget(here)
                result.pop(key, None)
            elif isinstance(value, dict) and isinstance(old, dict) and not _is_whole(key, value, old):
                result[key] = lay(old, value, here)
            else:
                forget(here)
                result[key] = value
                places.update({p: place for p, place in over.places.items() if p[: len(here)] == here})
            if here in over.places:
                places[here] = over.places[here]
        return result

    tree = lay(base.tree, over.tree, ())
    places[()] = over.place(())
    return Document(tree, places, over.source, over.prefix)


def _is_whole(key: str, value: dict[str, Any], old: dict[str, Any]) -> bool:
    return key in WHOLE or ABOUT in value or ABOUT in old or _is_law(value) or _is_law(old)


def _is_law(node: dict[str, Any]) -> bool:
    name, *others = [key for key in node if key not in (SOURCE, BETWEEN, "note")] or [""]
    return not others and (name in LAWS or name == "mixture")


def load_organisation(name: str, edits: Sequence[Edit] = ()) -> tuple[Organisation, Document]:
    """The organisation called `name` with the command line's edits, and the document it was read from.

    Raises `Problems`, each with file and line or "command line".
    """
    document = organisation_document(name)
    document = Document(document.tree, document.places, document.source, ("organisation",))
    document, found = as_far_as_possible(document, edits, organisation_fields)
    try:
        organisation = read_organisation(document.tree)
    except Problems as faults:
        found += document.located(faults).problems
    if found:
        raise Problems(found)
    return organisation, document


def scenario_document(name: str) -> Document:
    """A scenario's file with what it is made of; not yet validated.  Nobody's is called as today is: `baseline`."""
    path = file_named("scenario", name, scenario_folders())
    if path.stem == BASELINE.name:
        what = f"'{BASELINE.name}' is today, without any change; give {spoken(path)} another name"
        raise Problems([Problem(("scenario",), what, COMMAND_LINE)])
    return _with_parts(path, ())


def _with_parts(path: File, above: tuple[File, ...]) -> Document:
    """A scenario's file; the interventions of the scenarios it is made of before its own, each with its own place."""
    document = read_document(path)
    chain = (*above, path.resolve())
    others = {key: _others(document, key, path) for key in (MADE_OF, BESIDE_IT) if key in document.tree}
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

    Raises `Problems` with the faults of all of them; where the organisation cannot be had, with what can be said of
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
                names_asked += [name for name in read[-1][0].beside if _called(name) not in there]
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
    """Scenarios cannot be told apart in tables if they have one name."""
    first: dict[str, Document] = {}
    for scenario, document in read:
        other = first.setdefault(scenario.name, document)
        if other is not document:
            what = f"{other.source} and {document.source} are both called '{scenario.name}'; rename one of them"
            if other.source == document.source:
                what = f"{document.source} is given twice; once is enough"
            yield Problem(("scenario",), what, COMMAND_LINE)
