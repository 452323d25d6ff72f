"""The verbs of ``do=``: each is one function from requests to an exit code, in a module of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

import hydra
import yaml

from cxsim.command.configuration import Request
from cxsim.command.provenance import version
from cxsim.files.problems import Path, Problem, Problems, nearest
from cxsim.organisation.loading import load_organisation

Verb = Callable[[Sequence[Request]], int]

VERBS = ("compare", "show", "trace", "new", "calibrate", "reach")
"""`do=verb` calls `cxsim.command.<verb>.<verb>`, imported only then; each has a file in conf/do."""
SWEPT = frozenset({"compare"})
"""Verbs that take more than one point."""


def run(requests: Sequence[Request]) -> int:
    """Call the verb that was asked for."""
    first = requests[0]
    name = first["do"]
    if name not in VERBS:
        what = f"no verb '{name}'{nearest(str(name), VERBS)}"
        raise first.configuration.located(Problems([Problem(("do",), what)]))
    if len(requests) > 1 and name not in SWEPT:
        what = f"'{name}' takes no sweep; leave out -m and the comma lists"
        raise first.configuration.located(Problems([Problem(("do",), what)]))
    verb: Verb = getattr(import_module(f"cxsim.command.{name}"), name)
    return verb(requests)


def further_faults(requests: Sequence[Request]) -> Sequence[Problem]:
    """What is wrong with the files that the requests name, found without running anything."""
    from cxsim.command.jobs import prepare
    from cxsim.scenario.loading import load_together

    if not requests:
        return ()
    first = requests[0]
    subject = first.configuration.tree.get("what")
    try:
        if first["do"] in ("compare", "calibrate", "trace", "reach") or subject in ("case", "hot_spots", "minutes"):
            prepare(requests)
        elif subject in ("organisation", "assumptions", "scenario"):
            names = first.scenarios() if subject == "scenario" else ()
            load_together(first["organisation"], first.edits, names)
    except Problems as found:
        return found.problems
    return ()


def fields(path: Path) -> tuple[str, ...]:
    """Names the configuration may have at a path though no file states them."""
    if path[:1] != ("study",):
        return ()
    from cxsim.command.jobs import known_settings

    return known_settings(path)


def shown_configuration(requests: Sequence[Request]) -> str:
    """The configuration of each request as YAML, the organisation's tree in full (--cfg job)."""
    parts = []
    for request in requests:
        _, document = load_organisation(request["organisation"], request.edits)
        tree = {
            **request.configuration.tree,
            "organisation": {"name": request["organisation"], **document.tree},
        }
        parts.append(yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=110))
    return "---\n".join(parts)


def versions() -> str:
    """Versions of cxsim and Hydra."""
    return f"cxsim {version()}, Hydra {hydra.__version__}"
