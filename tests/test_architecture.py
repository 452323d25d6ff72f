"""The layers of docs/design.md: imports go one way, each rare thing is in one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxsim.native.compiling import ABOVE
from cxsim.state.tally import Tally

SOURCE = Path(__file__).parent.parent / "src" / "cxsim"

PACKAGES = (
    "native",
    "calendars",
    "probability",
    "files",
    "organisation",
    "scenario",
    "state",
    "model",
    "engines",
    "measures",
    "study",
    "compare",
    "report",
    "command",
)
"""The packages, from first to last; each imports from those before it alone.  To come after `compare`: logs, decide."""
MOST_PACKAGES = 16

ONLY_IN = {
    "hydra": ("command", "__main__"),
    "omegaconf": ("command", "__main__"),
    "simpy": ("engines/simpy",),
    "matplotlib": ("report/figures",),
    "numba": ("native",),
    "llvmlite": ("native",),
    "yaml": ("files/yaml_positions", "command"),
    "openpyxl": ("report/tables",),
    "pyarrow": ("report/tables",),
    "jinja2": ("report/page",),
    "rich": ("command",),
    "pandas": ("measures", "study", "compare", "report", "command"),
    "random": (),
    "logging": ("command",),
}
"""Which modules may import what."""

FILES_OPENED_IN = ("files", "report/tables", "native/compiling", "command", "__main__")
"""`compiling` hashes the package's own source for its cache."""

LONG: dict[str, int] = {}
"""Modules that may be longer than a sitting, and how long."""
LONGEST = 350

OPENS = {"open", "read_text", "write_text", "read_bytes", "write_bytes", "mkdir", "unlink", "rmdir", "rename"}

ACCOUNTING = "model/accounting"
"""The one part of the model that knows the tables of sums."""
ACCOUNTING_READS = ("native", "calendars", "probability", "state", "model/clock", ACCOUNTING)
FACTS = {"None", "bool", "int", "float", "tuple[int, int]", "tuple[float, float, float]"}
"""What accounting gives back: nothing, or numbers; a row of a table of sums would let others write to it."""
INTEGRATED = {"waiting_area", "busy_area", "on_duty_area", "contacts_held_area", "integrated_until"}
INTEGRATED |= {"after_shift_area", "interval", "interval_met", "interval_asked"}
"""The only fields of the state that accounting sets: its own notes on integrals over time, and on the half-hour."""

LINEAGE = "state/lineage"
LINEAGE_BITS = {48, 58, 62}
PACKING = (ast.LShift, ast.RShift, ast.BitAnd, ast.BitOr, ast.Mod, ast.FloorDiv)


def modules() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py") if "_data" not in path.parts)


def name_of(path: Path) -> str:
    """`engines/simpy` for src/cxsim/engines/simpy.py and for src/cxsim/engines/simpy/__init__.py."""
    relative = path.relative_to(SOURCE).with_suffix("")
    parts = relative.parts[:-1] if relative.name == "__init__" else relative.parts
    return "/".join(parts)


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """Modules of the package that a module imports, in the form of `name_of`, with the line."""
    known = {name_of(other) for other in modules()}
    for module, line in imports(path):
        if module.startswith("cxsim."):
            parts = module.removeprefix("cxsim.").split(".")
            yield next(name for n in range(len(parts), 0, -1) if (name := "/".join(parts[:n])) in known), line


def within(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith((place + "/", place + "_")) for place in places)


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Everything a module imports, wherever in it, with the line."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            module = node.module or ""
            if module.split(".")[0] == "cxsim":
                yield from ((f"{module}.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield module, node.lineno


def test_the_house_has_few_rooms_and_no_loose_modules() -> None:
    loose = {path.stem for path in SOURCE.glob("*.py")}
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert loose == {"__init__", "__main__"}
    assert folders == set(PACKAGES)
    assert len(PACKAGES) <= MOST_PACKAGES


def test_what_compiled_code_is_kept_by_is_all_that_rules_can_reach() -> None:
    """An edit of a package after the engines leaves compiled code as it is: by the layers, no rule imports it."""
    assert tuple(ABOVE) == PACKAGES[PACKAGES.index("engines") + 1 :]


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_imports_go_one_way(path: Path) -> None:
    name = name_of(path)
    if name in ("", "__main__"):
        return  # cxsim/__init__.py gathers the public names
    package = name.split("/")[0]
    above = PACKAGES[: PACKAGES.index(package) + 1]
    for other, line in imported(path):
        assert other.split("/")[0] in above, f"{name}:{line} imports {other}, which comes after it"


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Within a package too: modules can be read in an order in which each one builds on what has been read."""
    found = [path for path in modules() if path.stem != "__init__"]  # those gather what others define
    left = {name_of(path): {other for other, _ in imported(path)} for path in found}
    while ready := [name for name, needs in left.items() if not needs & set(left)]:
        for name in ready:
            del left[name]
    assert not left, f"imports run in a circle among {sorted(left)}"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_rare_libraries_stay_where_they_belong(path: Path) -> None:
    name = name_of(path)
    for module, line in imports(path):
        library = module.split(".")[0]
        if library in ONLY_IN:
            assert within(name, ONLY_IN[library]), f"{name}:{line} imports {library}; only {ONLY_IN[library]} may"


@pytest.mark.parametrize("path", sorted((SOURCE / "engines" / "simpy").glob("*.py")), ids=name_of)
def test_what_simpy_keeps_private_is_touched_by_the_clock_alone(path: Path) -> None:
    if path.stem == "clock":
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            own = isinstance(node.value, ast.Name) and node.value.id == "self"
            private = node.attr == "callbacks" or (node.attr.startswith("_") and not own)
            assert not private, f"{name_of(path)}:{node.lineno} touches .{node.attr}"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_files_are_opened_in_few_places(path: Path) -> None:
    name = name_of(path)
    if within(name, FILES_OPENED_IN):
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func
            word = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            on_path = isinstance(called, ast.Name) or word != "open"
            assert not (word in OPENS and on_path), f"{name}:{node.lineno} calls {word}(); `cxsim.files` opens them"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_modules_can_be_read_in_one_sitting(path: Path) -> None:
    relative = path.relative_to(SOURCE).as_posix()
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= LONG.get(relative, LONGEST), f"{relative} has {lines} lines; split it by idea"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_modules_describe_themselves(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), f"{path.name}: no docstring"


def test_no_module_is_called_nothing() -> None:
    refused = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base_classes"}
    assert not [path for path in modules() if path.stem in refused]


def test_what_numba_does_not_promise_is_imported_in_one_place() -> None:
    """`numba.core.errors` apart: its exceptions are documented."""
    for path in modules():
        for module, line in imports(path):
            inside = module.startswith(("numba.core", "numba.np")) and module != "numba.core.errors"
            assert not inside or name_of(path) == "native/numba_inside", f"{path.name}:{line} imports {module}"


def test_the_list_of_long_modules_is_no_longer_than_needed() -> None:
    assert all((SOURCE / name).exists() for name in LONG)


def sums_touched(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Tables of sums that a module reads, writes or hands on, with the line; how many weeks one has may be asked."""
    lengths = {
        id(node.args[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in Tally._fields and id(node) not in lengths:
            yield node.attr, node.lineno


def in_accounting() -> list[Path]:
    return [path for path in modules() if within(name_of(path), (ACCOUNTING,))]


@pytest.mark.parametrize("path", [p for p in modules() if name_of(p).split("/")[0] == "model"], ids=name_of)
def test_rules_decide_and_accounting_counts(path: Path) -> None:
    """A rule knows no table of sums: not to add to it, not to take a row of it, not to read it but by a function."""
    if within(name_of(path), (ACCOUNTING,)):
        return
    touched = list(sums_touched(ast.parse(path.read_text("utf-8"))))
    assert not touched, f"{name_of(path)}: {touched}; what is counted stands in {ACCOUNTING}"


@pytest.mark.parametrize(
    ("rule", "touched"),
    [
        ("w.step_sums[0, s, 1] += 1.0", ["step_sums"]),
        ("row = w.case_sums[0, c]\nrow[2] += 1.0", ["case_sums"]),
        ("count(w.hour_sums)", ["hour_sums"]),
        ("if w.team_sums[0, 1, 2] > 0.0: pass", ["team_sums"]),
        ("weeks = len(w.case_sums) - 1", []),
        ('w.customers[k]["relationship"] += 1.0', []),
    ],
)
def test_a_rule_that_counts_is_found(rule: str, touched: list[str]) -> None:
    assert [name for name, _ in sums_touched(ast.parse(rule))] == touched


@pytest.mark.parametrize("path", in_accounting(), ids=name_of)
def test_accounting_decides_nothing(path: Path) -> None:
    """It knows no rule and no random number, gives back numbers alone, and leaves the state as it is."""
    name = name_of(path)
    for other, line in imported(path):
        assert within(other, ACCOUNTING_READS), f"{name}:{line} imports {other}"
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef):
            gives = ast.unparse(node.returns) if node.returns else "nothing stated"
            assert gives in FACTS, f"{name}:{node.lineno}: {node.name} gives back {gives}"
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        for target in targets:
            if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
                field = target.slice.value
                assert field in INTEGRATED or isinstance(field, int), f"{name}:{node.lineno} sets {field!r}"


def packs(tree: ast.AST) -> Iterator[int]:
    """Lines at which a module takes a case's number apart or puts one together."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, PACKING):
            by_bits = isinstance(node.op, ast.LShift | ast.RShift) and any(
                isinstance(part, ast.Constant) and part.value in LINEAGE_BITS for part in ast.walk(node.right)
            )
            if by_bits or is_number(node.left) or is_number(node.right):
                yield node.lineno


def is_number(node: ast.expr) -> bool:
    """Whether an operand is the number of a case, or of several, whatever it is converted to."""
    if isinstance(node, ast.Call) and len(node.args) == 1:
        return is_number(node.args[0])
    if isinstance(node, ast.Subscript):
        return (isinstance(node.slice, ast.Constant) and node.slice.value == "number") or is_number(node.value)
    return False


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_the_lineage_of_a_case_is_packed_in_one_place(path: Path) -> None:
    found = set(packs(ast.parse(path.read_text("utf-8"))))
    assert not found or name_of(path) == LINEAGE, f"{name_of(path)}:{sorted(found)}; {LINEAGE} has names for it"


@pytest.mark.parametrize(
    "expression",
    ["key >> 48", "n | np.uint64(k) << np.uint64(62)", 'w.cases[c]["number"] & mask', 'case["number"] % n'],
)
def test_packing_is_found_elsewhere(expression: str) -> None:
    assert list(packs(ast.parse(expression)))
