"""Organisations read from files: by name or path, with what they are based on, every fault with its file and line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as File
from typing import Any

from cxsim.files.problems import Path, Problem, Problems, nearest
from cxsim.files.reading import file_named, read_document
from cxsim.files.search_path import conf_folders
from cxsim.files.yaml_positions import Document
from cxsim.organisation import Organisation, read_organisation
from cxsim.organisation.edits import Edit, as_far_as_possible, organisation_fields
from cxsim.organisation.sources import ABOUT, BETWEEN, SOURCE
from cxsim.probability.distributions import PARAMETERS as DISTRIBUTIONS

BASED_ON = "based_on"


WHOLE = frozenset({"next", "opens", "hours", "working", "headcount"})
"""Keys whose value replaces the base's value as a whole."""


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
    """What `over` adds to `base`.

    Mappings are merged key by key and `~` takes a key away; numbers, lists, distributions, opening hours and `next`
    are replaced as a whole.  Raises `Problems` for a `~` at a name that is not there.
    """
    places = dict(base.places)
    faults: list[Problem] = []

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
                names = {*below, *organisation_fields(path)}
                if key not in names:
                    what = f"there is no '{key}' to take away{nearest(key, below)}"
                    faults.append(Problem(here, what, *over.place(here)))
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
    if faults:
        raise Problems(faults)
    places[()] = over.place(())
    return Document(tree, places, over.source, over.prefix)


def _is_whole(key: str, value: dict[str, Any], old: dict[str, Any]) -> bool:
    return key in WHOLE or ABOUT in value or ABOUT in old or _is_distribution(value) or _is_distribution(old)


def _is_distribution(node: dict[str, Any]) -> bool:
    name, *others = [key for key in node if key not in (SOURCE, BETWEEN, "note")] or [""]
    return not others and (name in DISTRIBUTIONS or name == "mixture")


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
