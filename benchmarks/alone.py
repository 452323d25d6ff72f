"""What has to be looked at in an interpreter of its own: memory, imports, compiling into an empty cache.

`in_fresh_python` starts this module again with a question, and reads its answer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[1]
QUICK_STUDY = {"weeks": 2, "warm_up_weeks": 1, "replications": 2, "workers": 1}


def in_fresh_python(question: str, argument: object = "", **variables: str) -> dict[str, Any]:
    """The answer of a new interpreter with environment variables of its own."""
    environment = {**os.environ, **variables}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # with it, every start would read the source anew
    environment["PYTHONPATH"] = os.pathsep.join([str(HERE / "src"), str(HERE), environment.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.alone", question, str(argument)],
        cwd=HERE, env=environment, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


@dataclass(frozen=True)
class Start:
    """What the first steps take, each measured several times, in fresh interpreters."""

    imports: list[dict[str, float]] = field(default_factory=list)
    compiling: list[dict[str, float]] = field(default_factory=list)
    """Empty: it was not asked for."""

    def again(self, imports: int, compiles: bool) -> None:
        """So many imports more, after one that reads the files into memory; and, if wanted, compiling once more."""
        self.imports.extend([in_fresh_python("import") for _ in range(imports + 1)][1:])
        if compiles:
            self.compiling.append(compiling())

    def best(self, what: str) -> float:
        """Least seconds of an import ("alone", "all names") or of "compiling": whatever else is done only adds."""
        return min(one[what] for one in (self.compiling if what == "compiling" else self.imports))


def compiling() -> dict[str, float]:
    """Seconds of a small study of the bank in an empty cache, and of the same study again."""
    with tempfile.TemporaryDirectory() as folder:
        cold, warm = (in_fresh_python("study", CXSIM_CACHE=folder) for _ in range(2))
    return {"cold": cold["seconds"], "warm": warm["seconds"], "compiling": cold["seconds"] - warm["seconds"]}


def memory(weeks: int) -> dict[str, float]:
    """Peak memory of one bank replication without trace, bytes."""
    import cxsim
    from benchmarks.growth import BANK_WARM_UP
    from benchmarks.models import Cxsim

    run = Cxsim(cxsim.load_organisation("bank"), "compiled", 1, weeks, BANK_WARM_UP)
    run.run_to(0)
    before = peak_memory()
    run.run_to(weeks)
    return {"warm_up": before, "peak": peak_memory(), "visits": run.sums()["visits"]}


def peak_memory() -> float:
    """Most memory this process has had at once, bytes.

    Linux's own count is asked first: the one of `resource` starts at what the process had that started this one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (peak,) = (line.split()[1] for line in status.read_text("utf-8").splitlines() if line.startswith("VmHWM:"))
        return 1024.0 * float(peak)
    import resource

    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * (1 if sys.platform == "darwin" else 1024)


def importing() -> dict[str, float]:
    """Seconds until `import cxsim` is done, and until all its public names, and with them the engines, are there."""
    start = time.perf_counter()
    import cxsim

    alone = time.perf_counter() - start
    for name in cxsim.__all__:
        getattr(cxsim, name)
    return {"alone": alone, "all names": time.perf_counter() - start}


def compiled_at_import() -> dict[str, float]:
    """How many functions numba compiles while cxsim and its engines are imported."""
    from numba.core import event

    with event.install_recorder("numba:compile") as recorder:
        import cxsim

        for name in cxsim.__all__:
            getattr(cxsim, name)
    return {"compiled": float(len(recorder.buffer)), "engines": float("cxsim.engines.compiled.engine" in sys.modules)}


def study() -> dict[str, float]:
    """Seconds of a small study, both engines as by default."""
    import cxsim

    start = time.perf_counter()
    cxsim.run_study(cxsim.load_organisation("bank"), [], cxsim.Settings(**QUICK_STUDY))
    return {"seconds": time.perf_counter() - start}


def calls(model: str) -> dict[str, dict[str, float]]:
    """Calls per visit over a day or two of a model."""
    from benchmarks.calls import calls_per_visit

    return calls_per_visit(model, 0.2)


ANSWERS: dict[str, Callable[[str], Any]] = {
    "memory": lambda weeks: memory(int(weeks)),
    "calls": calls,
    "import": lambda _: importing(),
    "compiled at import": lambda _: compiled_at_import(),
    "study": lambda _: study(),
}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(ANSWERS[sys.argv[1]](sys.argv[2])) + "\n")
