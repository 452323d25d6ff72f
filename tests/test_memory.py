"""Memory does not grow with the horizon, with a trace that is written or without one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import cxsim
from cxsim.engines.compile_ahead import make_ready
from cxsim.study import Settings
from cxsim.study.work import order_of, prepare

STATUS = Path("/proc/self/status")
pytestmark = pytest.mark.skipif(not STATUS.exists(), reason="the most memory a process had is read from /proc")

SHORT, LONG = 4, 40
"""Weeks; the bank has 13,000 visits in each."""
MOST_GROWTH = 1.1

IN_TURN = """
import json, math, re, sys
from pathlib import Path
from cxsim import load_organisation
from cxsim.engines import runs
from cxsim.__main__ import main
from cxsim.study import Settings
from cxsim.study.work import order_of, prepare

peaks = {}

def peak(name):
    peaks[name] = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024.0

def run(weeks, trace):
    p = prepare(order_of(load_organisation("bank"), [], Settings(weeks=weeks, warm_up_weeks=0)))
    begun = runs.start(p.plan, p.names, 1, 0, weeks, 0, trace=trace)
    runs.advance(begun, ((-math.inf, p.plan),), weeks * 10080.0, "compiled")

def write(weeks):
    assert main(["do=trace", "scenario=baseline", f"study.weeks={weeks}", "study.warm_up_weeks=0"]) == 0

for name, weeks in (("short", SHORT), ("long", LONG)):
    run(weeks, False)
    peak(name)
for name, weeks in (("written short", SHORT), ("written long", LONG)):
    write(weeks)
    peak(name)
run(LONG, True)
peak("held")
print(json.dumps(peaks))
"""
"""The most memory that one process had so far, MB, after each of these.

Not by `resource`: its peak of a process that another one starts begins with the peak of that one.
"""


@pytest.fixture(scope="module")
def peaks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """MB at most, by what was done until then."""
    bank = prepare(order_of(cxsim.load_organisation("bank"), [], Settings(weeks=1, warm_up_weeks=0)))
    make_ready(bank.plan, bank.names, lambda text: None)  # compiling takes more memory than any run
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"SHORT, LONG = {SHORT}, {LONG}\n{IN_TURN}"],
        cwd=tmp_path_factory.mktemp("memory"),
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent / "src")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_without_a_trace_memory_does_not_grow_with_the_horizon(peaks: dict[str, float]) -> None:
    assert peaks["long"] < MOST_GROWTH * peaks["short"], peaks


def test_a_written_trace_does_not_grow_in_memory(peaks: dict[str, float]) -> None:
    assert peaks["written long"] < MOST_GROWTH * peaks["written short"], peaks


def test_a_trace_that_is_held_would_be_seen(peaks: dict[str, float]) -> None:
    assert peaks["held"] > MOST_GROWTH * peaks["written long"], peaks
