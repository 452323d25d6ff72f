"""do=new: a commented organisation and a first scenario for it, ready to run and to edit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from cxsim.command.configuration import Request
from cxsim.files.problems import Problem, Problems
from cxsim.files.reading import read_text
from cxsim.files.search_path import shipped, spoken
from cxsim.files.writing import write_new

TEMPLATE = "my_department"
"""The name that the templates carry."""


def new(requests: Sequence[Request]) -> int:
    """Write conf/organisation/<name>.yaml and scenarios/<name>_first.yaml in the working directory."""
    (request,) = requests
    name = request["name"]
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        what = f"a name of small letters, digits and _ belongs here, not {name!r}"
        raise request.configuration.located(Problems([Problem(("name",), what)]))
    templates = shipped("conf") / "new"
    texts = {
        Path("conf/organisation") / f"{name}.yaml": read_text(templates / "organisation.yaml"),
        Path("scenarios") / f"{name}_first.yaml": read_text(templates / "scenario.yaml"),
    }
    there = [path for path in texts if path.exists()]
    if there:
        what = "exists already; nothing is overwritten"
        raise Problems([Problem((), what, spoken(path)) for path in there])
    for path, text in texts.items():
        write_new(path, text.replace(TEMPLATE, name))
        print(f"wrote {path}")
    print(f"\nRun it:\n  python -m cxsim organisation={name} scenario={name}_first")
    print(f"See what is in it:\n  python -m cxsim organisation={name} do=show what=organisation")
    return 0
