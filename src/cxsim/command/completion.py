"""What the shell may offer next: names of files, keys of the configuration and of the organisation."""

from __future__ import annotations

import os
from typing import Any

from cxsim.command.configuration import GROUPS, compose_configuration
from cxsim.files.problems import Problems
from cxsim.files.search_path import conf_folders, names, scenario_folders
from cxsim.organisation.edits import organisation_fields
from cxsim.organisation.loading import load_organisation, organisation_folders


def completions() -> list[str]:
    """Words for the command line in $COMP_LINE up to $COMP_POINT, as shells hand it over."""
    line = os.environ.get("COMP_LINE", "")[: int(os.environ.get("COMP_POINT", "10000"))]
    words = line.split(" ")
    chosen = dict(word.split("=", 1) for word in words[:-1] if word.count("=") == 1)
    return offered(words[-1], chosen)


def offered(word: str, chosen: dict[str, str]) -> list[str]:
    """Everything that `word` may become; `chosen` are the arguments before it."""
    if word.startswith("organisation."):
        return [w for w in _inside_organisation(word, chosen.get("organisation", "bank")) if w.startswith(word)]
    key, equals, _ = word.partition("=")
    if equals:
        files = {"scenario": scenario_folders(), "organisation": organisation_folders()}
        folders = files.get(key, tuple(folder / key for folder in conf_folders()) if key in GROUPS else ())
        return [w for w in (f"{key}={name}" for name in names(folders)) if w.startswith(word)]
    groups = {key: value for key, value in chosen.items() if key in GROUPS}
    try:
        tree = compose_configuration(groups)[0].tree
    except Problems:
        return []
    keys = [
        *(f"{k}=" for k in tree if k != "study"),
        "study=",
        *(f"study.{k}=" for k in tree["study"]),
        "organisation.",
    ]
    return sorted(k for k in keys if k.startswith(word))


def _inside_organisation(word: str, name: str) -> list[str]:
    try:
        document = load_organisation(name)[1]
    except Problems:
        return []
    path = tuple(word.split(".")[1:-1])
    node: Any = document.tree
    for part in path:
        node = node.get(part) if isinstance(node, dict) else None
    keys = {**(node if isinstance(node, dict) else {}), **dict.fromkeys(organisation_fields(path))}
    before = ".".join(("organisation", *path, ""))
    inner = {key: isinstance(value, dict) and "about" not in value for key, value in keys.items()}
    return sorted(f"{before}{key}{'.' if deeper else '='}" for key, deeper in inner.items())
