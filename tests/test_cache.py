"""What is loaded when, and compiled code: none at import, and none that is older than the source, whichever file was
edited."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import cxsim

PACKAGE = Path(cxsim.__file__).parent
TESTS = Path(__file__).parent


def printed(code: str, source: Path, cache: Path, **more: str) -> Any:
    """The JSON that a new Python prints, with the package in `source` and its compiled code in `cache`."""
    path = os.pathsep.join([str(source), str(TESTS)])
    environment = {**os.environ, "PYTHONPATH": path, "CXSIM_CACHE": str(cache), "NUMBA_DISABLE_JIT": "0", **more}
    words = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


IMPORT = """
import json, sys, time
began = time.perf_counter()
import cxsim
seconds = time.perf_counter() - began
print(json.dumps({"seconds": seconds, "loaded": sorted(sys.modules)}))
"""
ALL_NAMES = """
import json, sys
import cxsim
for name in cxsim.__all__:
    getattr(cxsim, name)
print(json.dumps({"loaded": sorted(sys.modules)}))
"""
COMMAND = """
import contextlib, io, json, sys
from cxsim.__main__ import main
with contextlib.redirect_stdout(io.StringIO()) as printed:
    code = main({arguments})
print(json.dumps({{"code": code, "printed": printed.getvalue(), "loaded": sorted(sys.modules)}}))
"""
COMPARING = """
import json, sys
import cxsim.command.compare, cxsim.command.configuration
print(json.dumps({"loaded": sorted(sys.modules)}))
"""
WRITING = {"matplotlib", "openpyxl", "jinja2", "pyarrow.parquet"}
"""What only writes or plots what has been found."""
RUNNING = {"numba", "llvmlite", "simpy", "cxsim.engines", "cxsim.model", "rich"}
"""What only runs a model."""
TABLES = {"pandas", "pyarrow"}


def test_import_takes_less_than_a_second(tmp_path: Path) -> None:
    seen = [printed(IMPORT, PACKAGE.parent, tmp_path) for _ in range(3)]
    assert min(one["seconds"] for one in seen) <= 1.0
    lazy = {"numpy", "pydantic", "yaml", "hydra", "scipy", "holidays", *WRITING, *RUNNING, *TABLES}
    assert not lazy & set(seen[0]["loaded"])  # that is why


def test_public_names_load_nothing_that_writes_or_plots(tmp_path: Path) -> None:
    loaded = set(printed(ALL_NAMES, PACKAGE.parent, tmp_path)["loaded"])
    assert not {"hydra", "scipy.stats", "holidays", "rich", *WRITING} & loaded
    assert "cxsim.engines.compiled.engine" in loaded


@pytest.mark.parametrize(
    ("what", "word"),
    [("measures", "effort_wait"), ("organisation", "Routes"), ("assumptions", "range"), ("scenario", "What is done")],
)
def test_reading_needs_no_engine_and_no_tables(what: str, word: str, tmp_path: Path) -> None:
    code = COMMAND.format(arguments=["do=show", f"what={what}", "scenario=redesign"])
    shown = printed(code, PACKAGE.parent, tmp_path)
    assert shown["code"] == 0
    assert word in shown["printed"]
    assert not {"scipy", *WRITING, *RUNNING, *TABLES} & set(shown["loaded"])


def test_a_run_begins_before_what_writes_is_loaded(tmp_path: Path) -> None:
    loaded = set(printed(COMPARING, PACKAGE.parent, tmp_path)["loaded"])
    assert not {"scipy.stats", *WRITING} & loaded
    assert "cxsim.study.run" in loaded


EVERY_MODULE = """
import importlib, json, pkgutil, sys
from numba.core.event import install_recorder
import cxsim
with install_recorder("numba:compile") as at_import:
    modules = [m.name for m in pkgutil.walk_packages(cxsim.__path__, "cxsim.") if m.name != "cxsim.__main__"]
    for name in modules:
        importlib.import_module(name)
    for name in cxsim.__all__:
        getattr(cxsim, name)
own = {id(f): f for n, m in list(sys.modules.items()) if n.startswith("cxsim") for f in vars(m).values()}
rules = [f for f in own.values() if hasattr(f, "py_func") and f.__module__.startswith("cxsim")]
ready = [f.__name__ for f in rules if f.signatures]
from cxsim.probability.bins import wait_bin
with install_recorder("numba:compile") as at_call:
    wait_bin(3.0)
print(json.dumps([len(rules), ready, len(at_import.buffer), len(at_call.buffer)]))
"""


def test_nothing_is_compiled_or_loaded_at_import(tmp_path: Path) -> None:
    rules, ready, at_import, at_call = printed(EVERY_MODULE, PACKAGE.parent, tmp_path)
    assert rules > 100
    assert ready == []
    assert at_import == 0
    assert at_call > 0  # compiling would have been seen


FIRST_CONTACTS = """
import json
from cxsim.native import compiling
from cxsim.engines import runs
from cxsim.organisation import read_organisation
from cxsim.state.plan import names_of, plans_of
from organisations import small_bank
bank = read_organisation(small_bank())
names = names_of([bank])
((_, plan),) = plans_of(((0.0, bank),), names, 1, 0)
run = runs.start(plan, names, 1, 0, 1, 0)
print(json.dumps({"compiled": compiling.ENABLED, "first": run.state.stream_state["next_at"].tolist()}))
"""
RULE, BEFORE, AFTER = Path("model/demand.py"), "left = -math.log(u)", "left = -2.0 * math.log(u)"


def test_an_edit_of_a_rule_is_seen_by_rules_in_other_files(tmp_path: Path) -> None:
    """A run begins in `model/ticks.py`, which asks `model/demand.py` when the first customers come."""
    package = tmp_path / "source" / "cxsim"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__", "_data"))
    source, cache = package.parent, tmp_path / "cache"
    before = printed(FIRST_CONTACTS, source, cache)
    text = (package / RULE).read_text("utf-8")
    assert text.count(BEFORE) == 1
    (package / RULE).write_text(text.replace(BEFORE, AFTER), "utf-8")
    after = printed(FIRST_CONTACTS, source, cache)
    plain = printed(FIRST_CONTACTS, source, cache, NUMBA_DISABLE_JIT="1")
    assert (before["compiled"], after["compiled"], plain["compiled"]) == (True, True, False)
    assert after["first"] == plain["first"]
    assert all(x != y for x, y in zip(before["first"], after["first"], strict=True) if y < float("inf"))
    assert before["first"] != after["first"]


ONE_RULE = """
import json
from cxsim.native import compiling
from cxsim.probability.bins import wait_bin
from numba.core import config
began = []
compiling.compile_for(wait_bin, 3.0, begins=lambda: began.append(1))
found = {"compiled": bool(began), "kept": compiling.KEPT, "folder": config.CACHE_DIR}
print(json.dumps({"bin": int(wait_bin(3.0)), **found}))
"""


def code_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.nb*") if path.is_file())


def test_compiled_code_is_kept_and_what_is_damaged_or_gone_is_made_again(tmp_path: Path) -> None:
    first, second = (printed(ONE_RULE, PACKAGE.parent, tmp_path) for _ in range(2))
    assert (first["compiled"], second["compiled"]) == (True, False)
    assert first["kept"]
    for damaged in ("*.nbc", "*.nbi"):
        for path in tmp_path.rglob(damaged):
            path.write_bytes(path.read_bytes()[:100])
        again, then = (printed(ONE_RULE, PACKAGE.parent, tmp_path) for _ in range(2))
        assert (again["compiled"], then["compiled"]) == (True, False)
        assert again["bin"] == first["bin"]
    for path in tmp_path.rglob("*.nbc"):
        path.unlink()
    assert printed(ONE_RULE, PACKAGE.parent, tmp_path)["compiled"]


def test_a_cache_that_cannot_be_written_leaves_nothing_next_to_the_source(tmp_path: Path) -> None:
    """Code next to the source would be found again after an edit of another file."""
    package = tmp_path / "source" / "cxsim"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__", "_data"))
    (tmp_path / "file").touch()
    seen = printed(ONE_RULE, package.parent, tmp_path / "file")
    assert (seen["compiled"], seen["kept"]) == (True, False)
    assert code_in(package) == []
    assert not Path(seen["folder"]).exists()


def test_where_no_file_can_be_written_at_all_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    nowhere = f"import tempfile; tempfile.mkdtemp = lambda **_: open({str(tmp_path)!r} + '/file/x')"
    seen = printed(nowhere + ONE_RULE, PACKAGE.parent, tmp_path / "file")
    assert (seen["compiled"], seen["kept"], seen["folder"]) == (True, False, "")


def test_what_can_be_read_of_a_cache_that_cannot_be_written_is_used(tmp_path: Path) -> None:
    printed(ONE_RULE, PACKAGE.parent, tmp_path)
    locked = f"""
import tempfile
real = tempfile.TemporaryFile
def fails(dir, **_):
    if str(dir).startswith({str(tmp_path)!r}):
        raise OSError
    return real(dir=dir)
tempfile.TemporaryFile = fails
"""
    seen = printed(locked + ONE_RULE, PACKAGE.parent, tmp_path)
    assert (seen["compiled"], seen["kept"]) == (False, False)
    assert not Path(seen["folder"]).exists()
