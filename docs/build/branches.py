"""Count how often each line of the rules is come to in the bank and the benchmark models: makes `branch_counts.json`.

    NUMBA_DISABLE_JIT=1 python docs/build/branches.py

It takes a minute, and is due after larger changes of the rules or the compiled engine.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

HERE = Path(__file__).parents[2]
sys.path.insert(0, str(HERE))  # the benchmarks are not part of the package

from benchmarks.models import Cxsim, organisation_of  # noqa: E402

import cxsim  # noqa: E402
from cxsim.native import branches, compiling  # noqa: E402

SHARES = {"contact_centre": 0.05, "three_departments": 0.1, "bank": 0.1}
"""Parts of a week, some ten thousand visits each."""
PACKAGE = str(Path(cxsim.__file__).parent)


def main() -> None:
    """Count and write."""
    if compiling.ENABLED:
        raise SystemExit("Lines are counted in plain Python: set NUMBA_DISABLE_JIT=1.")
    counted: dict[CodeType, Counter[int]] = {}
    for model, share in SHARES.items():
        organisation = cxsim.load_organisation("bank") if model == "bank" else organisation_of(model)
        run = Cxsim(organisation, "compiled", 1, 1, 1)
        run.run_to(0.0)
        sys.settrace(_counting(counted))
        run.run_to(share)
        sys.settrace(None)
    kept = {}
    for function in _functions():
        lines = counted.get(function.__code__)
        if lines is not None:
            first = function.__code__.co_firstlineno
            kept[branches.name_of(function)] = (
                branches.hash_of(function),
                [lines[first + k] for k in range(max(lines) - first + 1)],
            )
    entries = [f"{json.dumps(name)}: {json.dumps(kept[name])}" for name in sorted(kept)]
    branches.FILE.write_text("{\n" + ",\n".join(entries) + "\n}\n", "utf-8")
    print(f"{len(kept)} functions")


def _counting(counted: dict[CodeType, Counter[int]]) -> Callable[[FrameType, str, Any], Any]:
    def line(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            counted[frame.f_code][frame.f_lineno] += 1
        return line

    def call(frame: FrameType, _event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        counted.setdefault(frame.f_code, Counter())
        return line

    return call


def _functions() -> list[Callable[..., Any]]:
    """Every function at the top of a module of the package."""
    own = [module for name, module in sys.modules.items() if name.split(".")[0] == "cxsim"]
    found = {id(f): f for module in own for f in vars(module).values() if hasattr(f, "__code__")}
    return list(found.values())


if __name__ == "__main__":
    main()
