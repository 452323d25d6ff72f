"""The findings as a page: ratios first."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path
from textwrap import fill

from benchmarks.agreement import LEAST_LIKELY
from benchmarks.calls import KINDS
from benchmarks.findings import Findings
from benchmarks.growth import BANK_WARM_UP, CUSTOMERS, WEEKS
from benchmarks.jobs import SCENARIOS
from benchmarks.machinery import LINKING, MEANING, rows
from benchmarks.models import BARE, COMPILED, SCRIPT, SIMPY, WARM_UP
from benchmarks.race import PIECES, rates, ratios
from cxsim.native.compiling import source_hash

WIDTH = 120
LIBRARIES = ("numba", "numpy", "simpy", "pandas")
TITLES = {"contact_centre": "contact centre", "three_departments": "three departments", "bank": "bank"}


def page(f: Findings) -> str:
    """The whole page as Markdown."""
    parts = (_introduction, _targets, _ratios, _rates, _distance, _agreement, _growth, _jobs, _machinery, _machine)
    return "\n".join(line for part in parts for line in part(f))


def _wrapped(text: str) -> str:
    """A paragraph in lines."""
    return fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _introduction(f: Findings) -> Iterator[str]:
    yield "# How fast it is"
    yield ""
    yield _wrapped(
        "Written by `python docs/build/performance.py`; not to be edited by hand. `python -m benchmarks` prints the "
        "same."
    )
    yield ""
    yield _wrapped(
        "Two plain models, each in four ways: a SimPy script as its users write them, cxsim in both engines, and a "
        "bare numba kernel that can do this and nothing else: the limit. All were run in one go, in turn, repetition "
        f"by repetition ({f.sizes.repetitions} of each), a piece of each at a time; only the simulation is timed, "
        f"after compiling and a warm-up of {WARM_UP} week, in CPU seconds of one core. A *visit* is one contact or "
        "file coming to one step."
    )
    yield ""


def _targets(f: Findings) -> Iterator[str]:
    yield "| what | target | here | |"
    yield "|---|---|---:|---|"
    for what, target, here, met in _verdicts(f):
        yield f"| {what} | {target} | {here} | {'met' if met else '**missed**'} |"
    yield ""


TARGETS = {"contact_centre": 40, "three_departments": 36}
"""Times as fast as the idiomatic script, at least; growth by customers is no target."""


def _verdicts(f: Findings) -> Iterator[tuple[str, str, str, bool]]:
    for name in f.pairs:
        r = ratios(f.laps[name])
        fast, slow = r[COMPILED].median, r[SIMPY].median
        least = TARGETS[name]
        yield (
            f"{TITLES[name]}: compiled engine to idiomatic SimPy",
            f"at least {least} ×",
            f"{fast:.1f} ×",
            fast >= least,
        )
        yield f"{TITLES[name]}: SimPy engine to idiomatic SimPy", "at least 0.4 ×", f"{slow:.2f} ×", slow >= 0.4
    yield "all ways of a model agree", "yes", "yes" if f.agree else "no", f.agree
    times = f.sizes.growth[-1]
    longest = max(factor for g in f.growth if g.what == WEEKS for factor in g.factors)
    yield f"time for a visit, {times} times the weeks", "under 1.1 ×", f"{longest:.2f} ×", longest < 1.1
    more = f.memory[1]["peak"] / f.memory[0]["peak"] - 1.0
    yield (
        f"peak memory, {f.sizes.memory_weeks[1]} weeks to {f.sizes.memory_weeks[0]}",
        "under 10 % more",
        f"{100 * more:.1f} % more",
        more < 0.1,
    )
    yield "the main job, two workers", "at most 25 s", f"{f.job.best(2):.1f} s", f.job.best(2) <= 25.0
    yield "two workers to one", "at least 1.7 ×", f"{f.job.ratio:.2f} ×", f.job.ratio >= 1.7
    if f.start.compiling:
        compiling = f.start.best("compiling")
        yield "compiling into an empty cache", "at most 60 s", f"{compiling:.1f} s", compiling <= 60.0
    for what, key in (("`import cxsim`", "alone"), ("`import cxsim`, with all public names", "all names")):
        seconds = f.start.best(key)
        yield what, "at most 1.0 s", f"{seconds:.2f} s", seconds <= 1.0
    yield "functions compiled at import", "none", f"{f.compiled_at_import:.0f}", f.compiled_at_import == 0.0


def _ratios(f: Findings) -> Iterator[str]:
    yield "## Ratios"
    yield ""
    yield _wrapped(
        "How many times as fast as the idiomatic script in the same repetition: median (smallest to largest). The last "
        "column: the share of the bare kernel's speed that the compiled engine reaches."
    )
    yield ""
    yield f"| model | {SIMPY} | {COMPILED} | {BARE} | compiled to bare |"
    yield "|---|---:|---:|---:|---:|"
    for name in f.pairs:
        r = ratios(f.laps[name])
        cells = " | ".join(f"{r[w].median:.2f} ({r[w].low:.2f} to {r[w].high:.2f})" for w in (SIMPY, COMPILED, BARE))
        yield f"| {TITLES[name]} | {cells} | {100 * ratios(f.laps[name], BARE)[COMPILED].median:.0f} % |"
    own = ratios(f.laps["bank"], SIMPY)[COMPILED]
    yield ""
    yield _wrapped(
        f"On the bank the compiled engine is {own.median:.0f} times ({own.low:.0f} to {own.high:.0f}) as fast as the "
        "SimPy engine."
    )
    yield ""


def _rates(f: Findings) -> Iterator[str]:
    yield "## Visits per second and core"
    yield ""
    yield "| model | " + " | ".join((SCRIPT, SIMPY, COMPILED, BARE)) + " |"
    yield "|---|---:|---:|---:|---:|"
    for name, laps in f.laps.items():
        found = rates(laps)
        cells = [f"{found[way].median:,.0f}" if way in found else "" for way in (SCRIPT, SIMPY, COMPILED, BARE)]
        yield f"| {TITLES[name]} | {' | '.join(cells)} |"
    yield ""


def _distance(f: Findings) -> Iterator[str]:
    yield "## Where the distance to the bare kernel goes"
    yield ""
    yield _wrapped(
        "Calls per visit, counted without compilation. Every *draw* is ten rounds of Philox. *Rules* are functions "
        "that decide what happens; *sums* are looked-up weeks, hours and bins of the tallies; *experience* is "
        "perceived effort, and what customers would answer; the kernel has none of these, and four sums a visit."
    )
    yield ""
    yield "| model | way | ns a visit | " + " | ".join(KINDS) + " |"
    yield "|---|---|---:|" + "---:|" * len(KINDS)
    for name, by_way in f.calls.items():
        for way, calls in by_way.items():
            cells = " | ".join(f"{calls[kind]:.2f}" for kind in KINDS)
            yield f"| {TITLES[name]} | {way} | {1e9 / rates(f.laps[name])[way].median:,.0f} | {cells} |"
    yield ""


def _agreement(f: Findings) -> Iterator[str]:
    yield "## The same model each time"
    yield ""
    total = sum(len(found[SIMPY]) for found in f.laps.values())
    differences = [line for found in f.differences.values() for line in found]
    yield _wrapped(
        "The two engines have the same random numbers: their sums over the warm-up are equal to the last bit in every "
        f"repetition ({total} compared, {len(differences)} different sums). The other ways have independent random "
        "numbers; each quantity is compared between every two ways. They agree if a difference so large comes by "
        f"chance more than once in {1 / LEAST_LIKELY:,.0f} times (Welch's t-test) and its standard error is at most "
        f"{100 * f.sizes.coarsest:g} % of the value."
    )
    yield ""
    yield "| model | quantity | ways | first | second | standard errors apart | chance | verdict |"
    yield "|---|---|---|---:|---:|---:|---:|---|"
    for name, found in f.pairs.items():
        for p in found:
            verdict = "agree" if p.agrees else "**differ**" if p.precise else "**too coarse**"
            a, b = p.values
            yield (
                f"| {TITLES[name]} | {p.quantity} | {p.ways[0]}, {p.ways[1]} | {a:.4g} | {b:.4g} "
                f"| {p.away:+.1f} | {p.chance:.2g} | {verdict} |"
            )
    for line in differences:
        yield f"\n**{line}**"
    yield ""


def _growth(f: Findings) -> Iterator[str]:
    yield "## Growth with work"
    yield ""
    yield _wrapped(
        "Time for a visit of the compiled engine, or the bare kernel, relative to that at the least work. A piece of "
        f"each size is run in turn, {PIECES} make a repetition, and of each piece the shortest of "
        f"{f.sizes.growth_repetitions} repetitions counts. Each size has as many visits in a repetition: where weeks "
        "grow, runs of fewer weeks are made as many times over, each with other random numbers."
    )
    yield ""
    times = f.sizes.growth
    yield "| what grows | " + " | ".join(f"{n} ×" for n in times) + " | visits at most |"
    yield "|---|" + "---:|" * (len(times) + 1)
    for g in f.growth:
        way = ", bare kernel" if g.bare else ""
        factors = " | ".join(f"{x:.2f}" for x in g.factors)
        yield f"| {g.title}{way}: {g.what} | {factors} | {g.visits[-1]:,.0f} |"
    yield ""
    yield _wrapped(
        "Where customers and agents grow, weeks become as many times fewer, so that all runs have as many visits. The "
        "bare kernel knows neither customers nor effort; that its visits take longer, too, is what larger tables cost "
        "any program: each first look at a row waits for a cache that lies further away. Growth of the compiled "
        f"engine, relative to the kernel's of the same model: {_named(_relative_growth(f))}."
    )
    short, long = f.memory
    first, last = f.sizes.memory_weeks
    yield ""
    yield _wrapped(
        f"Peak memory of one replication of the bank without trace: {short['peak'] / 1e6:.0f} MB for {first} weeks "
        f"({short['visits']:,.0f} visits), {long['peak'] / 1e6:.0f} MB for {last} weeks "
        f"({long['visits']:,.0f} visits). All but {(long['peak'] - long['warm_up']) / 1e6:.1f} MB of the latter were "
        f"there at the end of the warm-up of {BANK_WARM_UP} weeks: libraries and compiled code."
    )
    yield ""


def _relative_growth(f: Findings) -> dict[str, float]:
    """By model: growth with the customers of the compiled engine to that of the bare kernel."""
    own = {g.title: g.factors[-1] for g in f.growth if g.what == CUSTOMERS and not g.bare}
    return {g.title: own[g.title] / g.factors[-1] for g in f.growth if g.bare}


def _named(factors: Mapping[str, float]) -> str:
    return ", ".join(f"{title} {factor:.2f}" for title, factor in factors.items())


def _jobs(f: Findings) -> Iterator[str]:
    s = f.job.settings
    yield "## The main job, and getting started"
    yield ""
    yield _wrapped(
        f"The bank, {s.weeks} weeks after {s.warm_up_weeks} of warm-up, {s.replications} replications, the baseline "
        f"and the scenarios {' and '.join(SCENARIOS)}, engine {s.engine}, compiled before, wall time: "
        f"{f.job.best(2):.1f} s with two workers, {f.job.best(1):.1f} s with one; shortest of "
        f"{f.sizes.job_repetitions}, in turn, spread over the whole of these measurements (longest: "
        f"{max(f.job.seconds[2]):.1f} and {max(f.job.seconds[1]):.1f} s). The start of the workers and the replay of a "
        "window in SimPy are in it."
    )
    yield ""
    if f.start.compiling:
        least = min(f.start.compiling, key=lambda one: one["compiling"])
        longest = max(one["compiling"] for one in f.start.compiling)
        yield _wrapped(
            f"A small study of the bank takes {least['cold']:.1f} s in an empty cache, {least['warm']:.1f} s the next "
            f"time: compiling both engines takes {least['compiling']:.1f} s; shortest of {len(f.start.compiling)} "
            f"(longest: {longest:.1f} s), the first and the last of what was measured."
        )
        yield ""
    yield _wrapped(
        f"`import cxsim` alone takes {f.start.best('alone'):.2f} s; with all public names, and so the engines, "
        f"{f.start.best('all names'):.2f} s: shortest of {len(f.start.imports)} fresh interpreters, a few each time "
        f"the main job was timed (longest: {max(one['all names'] for one in f.start.imports):.2f} s)."
    )
    yield ""


def _machinery(_: Findings) -> Iterator[str]:
    yield "## Machinery"
    yield ""
    yield _wrapped(MEANING)
    yield ""
    yield from rows()
    yield ""
    yield _wrapped(LINKING)
    yield ""


def _machine(_: Findings) -> Iterator[str]:
    yield "## Measured on"
    yield ""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    cores = os.cpu_count() or 1
    yield _wrapped(
        f"{_processor()}, {cores} cores, {platform.system()}; Python {platform.python_version()}, {libraries}; "
        f"cxsim source {source_hash()}; {date.today().isoformat()}."
    )
    yield ""


def _processor() -> str:
    """Kind of processor, as the system calls it."""
    known = Path("/proc/cpuinfo")
    if known.exists():
        for line in known.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
