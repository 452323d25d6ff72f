"""Random faults in good files: refused in words or planned, never an exception of another kind.

The full run is `docs/build/robustness.py`; here are a few hundred of its mutations, the same each time.
"""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path
from types import ModuleType

import pytest

from cxsim.files.problems import Problems

SCRIPT = Path(__file__).parent.parent / "docs" / "build" / "robustness.py"
PORTIONS, EACH = 8, 40


@pytest.fixture(scope="module")
def robustness() -> ModuleType:
    spec = importlib.util.spec_from_file_location("robustness", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("portion", range(PORTIONS))
def test_mutated_files_are_refused_in_words_or_planned(portion: int, robustness: ModuleType) -> None:
    dice = random.Random(portion)
    organisation, scenario = robustness.bases()[0]  # the department of do=new
    outcomes, wordless = set(), []
    for k in range(EACH):
        if k % 2:
            (tree, done), plan = robustness.mutated(organisation, dice), scenario
        else:
            tree, (plan, done) = organisation, robustness.mutated(scenario, dice)
        try:
            robustness.planned(*robustness.read(tree, plan))
            outcomes.add("planned")
        except Problems as refused:
            wordless += [done for fault in refused.problems if not fault.what.strip()]
            outcomes.add("refused")
    assert outcomes == {"planned", "refused"}
    assert not wordless
