"""do=new: a commented organisation and a first scenario for it, ready to run and to edit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from cxsim.command.configuration import Request
from cxsim.command.output import answer
from cxsim.files.problems import Problem, Problems
from cxsim.files.reading import read_text
from cxsim.files.search_path import names, shipped, spoken
from cxsim.files.writing import write_new
from cxsim.organisation.texts import LONGEST_NAME

TEMPLATE = "my_department"
"""The name that the templates carry."""


def new(requests: Sequence[Request]) -> int:
    """Write conf/organisation/<name>.yaml and scenarios/<name>_first.yaml in the working directory."""
    (request,) = requests
    name = request["name"]
    if fault := _fault_of_name(name):
        raise request.configuration.located(Problems([Problem(("name",), fault)]))
    templates = shipped("conf") / "new"
    texts = {
        Path("conf/organisation") / f"{name}.yaml": read_text(templates / "organisation.yaml"),
        Path("scenarios") / f"{name}_first.yaml": read_text(templates / "scenario.yaml"),
    }
    there = [path for path in texts if path.exists()]
    if there:
        what = "exists already; nothing is overwritten"
        raise Problems([Problem((), what, spoken(path)) for path in there])
    made: list[Path] = []
    try:
        for path, text in texts.items():
            write_new(path, text.replace(TEMPLATE, name))
            made.append(path)
    except Problems:
        for path in made:  # one without the other is of no use, and would be in the way the next time
            path.unlink(missing_ok=True)
        raise
    wrote = "\n".join(f"wrote {path}" for path in texts)
    return answer(
        f"{wrote}\n\nRun it:\n  python -m cxsim organisation={name} scenario={name}_first\n"
        f"See what is in it:\n  python -m cxsim organisation={name} do=show what=organisation",
        wrote,
    )


def _fault_of_name(name: object) -> str:
    """Why a new department cannot have this name; empty if it can."""
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        return f"a name of small letters, digits and _ belongs here, not {name!r}"
    if len(name) > LONGEST_NAME:
        return f"a name of at most {LONGEST_NAME} letters belongs here; this one has {len(name)}"
    organisations, scenarios = names([shipped("conf") / "organisation"]), names([shipped("scenarios")])
    if name in organisations or f"{name}_first" in scenarios:
        # A file of one's own is found before the one that came with cxsim, which could not be run any more.
        return f"'{name}' came with cxsim and would be hidden; give yours another name, such as my_{name}"
    return ""
