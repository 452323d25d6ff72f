"""Search for verdicts that a longer horizon reverses: every shipped scenario at 12, 52 and 208 weeks.

    python docs/build/horizons.py [replications] [scenario ...]

A verdict is reversed if a measure is better at one horizon and worse at a longer one, or the other way round.  That is a
fault where the shorter study called the measure settled.  Writes a line a scenario, and ends with exit code 1 after any.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cxsim
from cxsim.compare.trajectory import SETTLED
from cxsim.probability.intervals import BETTER, WORSE

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
HORIZONS = (12, 52, 208)


def verdicts(name: str, weeks: int, replications: int) -> dict[str, tuple[str, str]]:
    """By headline measure: the verdict of a study, and what it states of the weeks after."""
    bank = cxsim.load_organisation("bank")
    scenario = cxsim.load_scenario(name, bank)
    settings = cxsim.Settings(weeks=weeks, warm_up_weeks=5, replications=replications)
    comparison = cxsim.compare(cxsim.run_study(bank, [scenario], settings))
    rows = comparison.table[comparison.table["headline"]]
    reach = dict(zip(comparison.trajectories["measure"], comparison.trajectories["state"], strict=True))
    return {m: (v, reach.get(m, "")) for m, v in zip(rows["measure"], rows["verdict"], strict=True)}


def main() -> int:
    """Run all, print what is reversed; the exit code."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    names = sys.argv[2:] or sorted(path.stem for path in SCENARIOS.glob("*.yaml"))
    faults = 0
    for name in names:
        found = {weeks: verdicts(name, weeks, replications) for weeks in HORIZONS}
        reversed_ = [
            (m, short, long, found[short][m][1])
            for k, short in enumerate(HORIZONS)
            for long in HORIZONS[k + 1 :]
            for m in found[short]
            if {found[short][m][0], found[long][m][0]} == {BETTER, WORSE}
        ]
        wrong = [entry for entry in reversed_ if entry[3] == SETTLED]
        faults += len(wrong)
        texts = [f"{m}: {short} against {long} weeks, reported as {state}" for m, short, long, state in reversed_]
        print(f"{name}: {'; '.join(texts) or 'nothing is reversed'}{'  FAULT' if wrong else ''}", flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
