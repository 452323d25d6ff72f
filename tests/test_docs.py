"""docs/model.md names code and tests that exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

import pytest

from cxsim.model.draws import Purpose

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "cxsim"
TESTS = ROOT / "tests"
THEORY = ROOT / "conf" / "organisation" / "theory"
PAGE = ROOT / "docs" / "model.md"
HEAD = ("rule", "where", "test", "source")


def rows(page: str) -> Iterator[tuple[int, str, str]]:
    """Number of the line, and the cells `where` and `test`, of each row of a table of rules."""
    inside = False
    for number, text in enumerate(page.splitlines(), 1):
        cells = tuple(cell.strip() for cell in text.strip().strip("|").split("|"))
        if not text.startswith("|"):
            inside = False
        elif cells == HEAD:
            inside = True
        elif inside and set(text) - set("|-"):
            assert len(cells) == len(HEAD), f"docs/model.md:{number}: {len(cells)} cells, not {len(HEAD)}"
            yield number, cells[1], cells[2]


ROWS = list(rows(PAGE.read_text(encoding="utf-8")))


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@lru_cache
def names_in(file: Path) -> frozenset[str]:
    """Names that a module defines at its top, and `Class.name` of what its classes define."""
    return frozenset(_names(ast.parse(file.read_text(encoding="utf-8")).body, ""))


def _names(body: list[ast.stmt], before: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield before + node.name
            if isinstance(node, ast.ClassDef):
                yield from _names(node.body, f"{node.name}.")
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        yield from (before + target.id for target in targets if isinstance(target, ast.Name))


def missing_code(place: str) -> str:
    """What is wrong with `package/module.name`; empty if it is there."""
    path, _, name = place.partition(".")
    file, package = SOURCE / f"{path}.py", SOURCE / path
    if file.is_file():
        found = names_in(file)
    elif package.is_dir():
        init = package / "__init__.py"
        found = names_in(init) if init.is_file() else frozenset()
    else:
        return f"no module or package src/cxsim/{path}"
    return "" if not name or name in found else f"nothing called {name} in src/cxsim/{path}"


def missing_tests(place: str) -> Iterator[str]:
    """What is wrong with `file: name, name_*`; nothing if all is there."""
    path, _, names = place.partition(":")
    file = next((f for f in (TESTS / f"{path}.py", TESTS / "test_engines" / f"{path}.py") if f.is_file()), None)
    if file is None:
        yield f"no test file {path}"
        return
    known = [name.removeprefix("test_") for name in names_in(file)]
    for name in filter(None, (part.strip() for part in names.split(","))):
        case = THEORY / f"{name}.yaml"
        if not any(fnmatchcase(one, name) for one in known) and not (
            path == "verification/test_theory" and case.is_file()
        ):
            yield f"no test {name} in {path}"


def test_every_rule_names_its_place_and_its_test() -> None:
    assert len(ROWS) >= 100
    for number, where, test in ROWS:
        assert quoted(where), f"docs/model.md:{number}: no code named"
        assert quoted(test), f"docs/model.md:{number}: no test named"


def test_the_code_that_is_named_exists() -> None:
    faults = [
        f"docs/model.md:{number}: {fault}"
        for number, where, _ in ROWS
        for place in quoted(where)
        if (fault := missing_code(place))
    ]
    assert not faults, "\n".join(faults)


def test_the_tests_that_are_named_exist() -> None:
    faults = [
        f"docs/model.md:{number}: {fault}"
        for number, _, test in ROWS
        for place in quoted(test)
        for fault in missing_tests(place)
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("place", ["model/gone", "model/demand.gone", "engines/simpy.Clock.gone", "gone"])
def test_code_that_is_gone_is_noticed(place: str) -> None:
    assert missing_code(place)


@pytest.mark.parametrize(
    "place", ["test_gone", "test_waiting: gone_*", "unit/test_waiting", "verification/test_theory: gone"]
)
def test_a_test_that_is_gone_is_noticed(place: str) -> None:
    assert list(missing_tests(place))


def test_the_page_numbers_all_purposes() -> None:
    """1.6 gives each purpose of `draws.Purpose` its number, so that a reader can rebuild every random number."""
    given = re.search(r"Purposes \(`draws\.Purpose`\): (.*?)\.\n", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert given is not None
    numbers = {name: int(n) for name, n in re.findall(r"([a-z -]+?) (\d+)(?:, |$)", " ".join(given.group(1).split()))}
    assert numbers == {p.name.lower().replace("_", " "): int(p) for p in Purpose}


def tour() -> tuple[str, dict[int, list[Path]]]:
    """The text of the tour, and by stop the files that its headings and sentences name."""
    text = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
    stops = re.split(r"^\*\*(\d+)\.", text, flags=re.MULTILINE)[1:]
    named = {}
    for number, body in zip(stops[::2], stops[1::2], strict=True):
        paths = [path for path in re.findall(r"`([\w/.]+\.(?:py|yaml))`", body) if "/" in path]
        named[int(number)] = [ROOT / path if (ROOT / path).exists() else SOURCE / path for path in paths]
    return text, named


def test_the_tour_names_files_that_exist_and_counts_their_lines() -> None:
    """Its two numbers are within a twentieth of what is there; tests and tables to be looked up are left out."""
    text, named = tour()
    assert list(named) == list(range(1, 13))
    missing = [path for paths in named.values() for path in paths if not path.exists()]
    assert not missing
    stated = [int(n.replace(",", "")) for n in re.findall(r"about ([\d,]+)", text)]
    lengths = []
    for first, last in ((1, 12), (4, 10)):
        read = {path for k in range(first, last + 1) for path in named[k] if path.suffix == ".py"}
        kept = {p for p in read if TESTS not in p.parents and not p.name.endswith("_rows.py")}
        lengths.append(sum(len(p.read_text(encoding="utf-8").splitlines()) for p in kept))
    assert stated == [pytest.approx(n, rel=0.05) for n in lengths], lengths
