"""What the types of rows promise: mypy knows every field, and the fields are those that numpy stores."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_args, get_type_hints

import numpy as np
import pytest

from cxsim.organisation import read_organisation
from cxsim.state.plan import names_of, plans_of
from cxsim.state.state import empty_state, world_of
from cxsim.state.tally import empty_tally
from cxsim.state.world import World
from organisations import small_bank

CHECKOUT = Path(__file__).parent.parent
RULE = """
from cxsim.state.world import World


def rule(w: World, v: int) -> float:
    visit = w.visits[v]
    visit["status"] = 1
    return visit["due_at"] + w.{table}[0]["{field}"]
"""


def mypy_of(folder: Path, table: str, field: str) -> tuple[int, str]:
    """Exit code and text of mypy on a rule that adds a field of a table."""
    path = folder / f"rule_of_{table}_{field}.py"
    path.write_text(RULE.format(table=table, field=field), "utf-8")
    words = [sys.executable, "-m", "mypy", "--config-file", str(CHECKOUT / "pyproject.toml"), str(path)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=CHECKOUT, timeout=300, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize(("table", "right", "wrong"), [("cases", "opened_at", "opend_at"), ("steps", "sla", "sls")])
def test_mypy_finds_a_misspelt_field(table: str, right: str, wrong: str, tmp_path: Path) -> None:
    assert mypy_of(tmp_path, table, right)[0] == 0
    code, text = mypy_of(tmp_path, table, wrong)
    assert code == 1
    assert f'has no key "{wrong}"' in text


def test_mypy_finds_a_misspelt_table(tmp_path: Path) -> None:
    code, text = mypy_of(tmp_path, "casses", "opened_at")
    assert code == 1
    assert '"World" has no attribute "casses"' in text


def test_the_types_are_those_of_the_tables() -> None:
    bank = read_organisation(small_bank())
    names = names_of([bank])
    ((_, plan),) = plans_of(((0.0, bank),), names, 1, 0)
    tables = world_of(plan, empty_state(plan, names, 1, 0, 0, trace=True), empty_tally(names, 1))
    hints = get_type_hints(World)
    assert set(hints) == set(tables._fields)
    for name, hint in hints.items():
        fields = getattr(tables, name).dtype.names
        if fields is None:
            assert np.ndarray in (hint, getattr(hint, "__origin__", None)), name
            continue
        (row,) = get_args(hint)
        assert set(fields) == set(get_type_hints(row)), name
