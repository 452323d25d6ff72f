"""Bad input by the hundred thousand: every mutation of good files is refused with a line, or can be planned.

    python docs/build/robustness.py [--configurations 100000] [--runs 2000] [--seed 1]

A mutation puts extreme, misspelt or misshapen values at random places of an organisation or a scenario.  Each is
read and, where it is accepted, planned as a study would; some of those are run for a week in a process of their own
under a limit of time.  Whatever is neither an error line nor a plan (a traceback, a hang) is printed, and is a fault.
"""

from __future__ import annotations

import argparse
import copy
import json
import multiprocessing
import random
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from typing import Any

from cxsim.files.problems import Problems
from cxsim.files.reading import read_document
from cxsim.files.search_path import shipped
from cxsim.organisation import Organisation, read_organisation
from cxsim.organisation.loading import organisation_document
from cxsim.scenario import Scenario, read_scenario, timeline
from cxsim.scenario.loading import scenario_document
from cxsim.state.plan import names_of, plans_of
from cxsim.study import Settings, run_study
from cxsim.study.overload import overload
from cxsim.study.size import size_faults

Path = tuple[str | int, ...]
LIMIT = 60.0
"""Seconds of a run."""
MEMORY = 6 << 30
"""Bytes; what wants more ends with a MemoryError, which is a fault."""
SLOW = 5.0
"""Seconds in which a file is read and planned."""

NUMBERS = (0, -1, 1, 2, 1e-12, 1e12, 1e300, -0.0, float("nan"), float("inf"), 10**30, 0.5, 1.0000001, 7, 1000000)
TEXTS = ("", " ", "x", "(all)", "baseline", "=1+1", "\x1b[31m", "n" * 300, "a.b", "../x", "always", "closed", "$\\frac{$",
         "0 min", "1e-9 s", "1 s", "1e12 d", "-3 min", "5 working days", "nan min", "2026-02-30", "9999-12-31", "week 99999",
         "year 7", "3,5", "six", "09:00-17:00", "25:00-26:00", "mon-fri", "mondy", "é", "日本", "\ud800", "~")  # fmt: skip
SHAPES: tuple[Any, ...] = (None, True, False, [], {}, [None], {"about": 1}, {"about": 5, "between": [9, 1]}, [[]], {"": 1},
                           {"mon-fri": {"08:00-12:00": 3}}, {"exponential": {"mean": "0 min"}},
                           {"exponential": {"mean": "1e-9 s"}}, {"lognormal": {"mean": "1 min", "cv": 1e9}},
                           {"weibull": {"mean": "1 min", "shape": 1e-6}}, {"uniform": {"low": "5 min", "high": "1 min"}},
                           {"scipy": {"distribution": "cauchy", "arguments": {}, "unit": "min"}})  # fmt: skip


def places(tree: Any, path: Path = ()) -> Iterator[Path]:
    """Every place of plain data."""
    if path:
        yield path
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from places(value, (*path, key))
    elif isinstance(tree, list):
        for i, value in enumerate(tree):
            yield from places(value, (*path, i))


def at(tree: Any, path: Path) -> Any:
    """What stands at a place."""
    for part in path:
        tree = tree[part]
    return tree


def mutated(tree: Any, dice: random.Random) -> tuple[Any, list[str]]:
    """A copy with one to three places changed, and what was done."""
    tree = copy.deepcopy(tree)
    done = []
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        found = list(places(tree))
        if not found:
            break
        path = dice.choice(found)
        node, key = at(tree, path[:-1]), path[-1]
        kind = dice.randrange(8)
        if kind == 0:
            del node[key]
            done.append(f"without {path}")
            continue
        if kind == 1 and isinstance(node, dict):
            name = dice.choice((f"{key}x", str(key)[:-1], *TEXTS))
            node[name] = node.pop(key)
            done.append(f"{path} called {name[:20]!r}")
            continue
        if kind == 2:
            other = at(tree, dice.choice(found))
            value = copy.deepcopy(other)
        elif kind in (3, 4) and isinstance(node[key], int | float) and not isinstance(node[key], bool):
            value = node[key] * dice.choice((0, -1, 1e-9, 1e3, 1e9, 1e300, 0.1, 10))
        else:
            value = copy.deepcopy(dice.choice((*NUMBERS, *TEXTS, *SHAPES)))
        node[key] = value
        done.append(f"{path} = {str(value)[:60]!r}")
    return tree, done


def read(organisation: Any, scenario: Any) -> tuple[Organisation, Scenario]:
    """As the command reads them; raises `Problems`."""
    o = read_organisation(organisation)
    s = read_scenario(scenario, o, "mutated")
    settings = Settings(weeks=2, warm_up_weeks=1, replications=1)
    if faults := list(size_faults(o, [s], settings)):
        raise Problems(faults)
    return o, s


def planned(o: Organisation, s: Scenario) -> None:
    """Everything that a study does with them before it runs."""
    steps = [(0.0, o), *timeline(o, s)]
    plans_of(steps, names_of([x for _, x in steps]), 2, 1)
    overload(o)
    s.model_dump_json(include={"interventions", "board"})
    for dated in s.interventions:
        dated.intervention.describe(o)


def run(organisation: Any, scenario: Any) -> None:
    """One replication of one week, in a process of its own."""
    try:
        o, s = read(organisation, scenario)
        settings = Settings(weeks=1, warm_up_weeks=0, replications=1, workers=1)
        run_study(o, [s], settings)
    except Problems:
        pass


def within_limit(organisation: Any, scenario: Any) -> str:
    """What went wrong with a run; empty if nothing did."""
    process = multiprocessing.get_context("fork").Process(target=run, args=(organisation, scenario))
    process.start()
    process.join(LIMIT)
    if process.is_alive():
        process.kill()
        process.join()
        return f"a run took more than {LIMIT:g} s"
    return f"a run ended with {process.exitcode}" if process.exitcode else ""


def bases() -> list[tuple[Any, Any]]:
    """Good files to begin with: the bank under several scenarios, and the department of do=new."""
    bank = organisation_document("bank").tree
    names = ("redesign", "training", "start_small", "cx_board", "silos", "recovery", "quota_pressure", "more_staff")
    new = shipped("conf") / "new"
    department = read_document(new / "organisation.yaml").tree, read_document(new / "scenario.yaml").tree
    return [department] * len(names) + [(bank, scenario_document(name).tree) for name in names]


def main() -> int:
    """Try what was asked for; how many faults were found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--configurations", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    dice, found = random.Random(asked.seed), Counter[str]()
    good, ran, faults = bases(), 0, 0
    began = time.monotonic()
    for k in range(asked.configurations):
        organisation, scenario = dice.choice(good)
        done: list[str] = []
        if dice.random() < 0.6:
            organisation, done = mutated(organisation, dice)
        else:
            scenario, done = mutated(scenario, dice)
        start, fault = time.process_time(), ""
        try:
            o, s = read(organisation, scenario)
            planned(o, s)
            found["accepted"] += 1
            if ran < asked.runs and dice.random() < 2.0 * asked.runs / asked.configurations:
                ran += 1
                fault = within_limit(organisation, scenario)
        except Problems as refused:
            found["refused"] += 1
            if not all(str(p) and p.path is not None for p in refused.problems):
                fault = "an error without words"
        except Exception:
            fault = traceback.format_exc().strip()
        if not fault and time.process_time() - start > SLOW:
            fault = f"took {time.process_time() - start:.0f} s"
        if fault:
            faults += 1
            last = fault.splitlines()[-1]
            found[last[:90]] += 1
            if found[last[:90]] <= 2:
                print(f"--- {k}: {'; '.join(done)}\n{fault}", flush=True)
        if (k + 1) % 1000 == 0:
            print(f"{k + 1:,} tried, {ran:,} run, {faults:,} faults, {time.monotonic() - began:.0f} s", file=sys.stderr)
    print(json.dumps({"configurations": asked.configurations, "runs": ran, "faults": faults, **found}, indent=2))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
