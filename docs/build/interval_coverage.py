"""How often intervals and verdicts hold: makes `docs/coverage.md`.

    python docs/build/interval_coverage.py [--studies 1000]

Studies are made of replications whose truth is known by construction, with the very functions that a study uses.  Fixed
seeds, no reruns.  Returns 1 if anything is outside of what it is to be.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import binom

from cxsim.compare.uncertainty import truth_of
from cxsim.probability.intervals import LEAST, UNDECIDED, difference, mean_of, needed, t_quantile, verdict
from cxsim.probability.ranking import LEVEL, ranked
from cxsim.probability.ratios import pseudo_values
from cxsim.probability.settling import CHANCE, more_replications
from cxsim.probability.simultaneous import effective_family

PAGE = Path(__file__).resolve().parents[1] / "coverage.md"
MEASURES, DECLARED = 16, 26
"""Comparisons that move, and all of a family of two scenarios."""
FALSE = 0.05
Generator = np.random.Generator


class Line(NamedTuple):
    """One experiment: how many of the studies, and whether that is as it is to be."""

    what: str
    held: int
    studies: int
    wanted: str
    good: bool


def covered(what: str, hits: list[bool]) -> Line:
    """An interval of 95 % is to hold in 93 to 97 % of the studies."""
    held, n = sum(hits), len(hits)
    return Line(what, held, n, "93 to 97 %", 0.93 <= held / n <= 0.97)


def rarely(what: str, hits: list[bool]) -> Line:
    """What is to be false in at most 5 %: not rejected by a one-sided binomial test at 1 %."""
    held, n = sum(hits), len(hits)
    return Line(what, held, n, "at most 5 % (binomial test at 1 %)", float(binom.sf(held - 1, n, FALSE)) > 0.01)


def fixed(studies: int) -> Iterator[Line]:
    """Paired differences, normal and skewed."""
    rng = np.random.default_rng(1)
    for name, draw in (
        ("normal", lambda n: rng.normal(0.0, 1.0, size=n)),
        ("skewed (gamma of shape 4)", lambda n: rng.gamma(4.0, size=n) - 4.0),
    ):
        means = [mean_of(draw(20)) for _ in range(studies)]
        yield covered(f"20 replications, {name}", [abs(m.value) <= m.half_width for m in means])


def stopped(studies: int) -> Iterator[Line]:
    """The rule of a study: at least 30, then as many as seem needed, until the half-width is reached."""
    rng, hits = np.random.default_rng(2), []
    for _ in range(studies):
        x, n = rng.normal(size=600), LEAST
        while (m := mean_of(x[:n])).half_width > 0.3:
            n = max(n + 10, int(min(needed(m.sd, 0.3), 2 * n)))
        hits.append(abs(m.value) <= m.half_width)
    yield covered("stopped at a precision, from 30 replications on", hits)


def root_of(rng: Generator) -> np.ndarray:
    """Root of a correlation as headline measures have it: a few causes behind all."""
    loadings = 1.2 * rng.normal(size=(MEASURES, 3))
    covariance = loadings @ loadings.T + 0.5 * np.eye(MEASURES)
    sd = np.sqrt(np.diag(covariance))
    root: np.ndarray = np.linalg.cholesky(covariance / np.outer(sd, sd))
    return root


def simultaneous(studies: int) -> Iterator[Line]:
    """All intervals of a family at once; a verdict where nothing moves; replications that max-t saves."""
    for n in (8, 20, 40):
        rng = np.random.default_rng(n)
        root, hits, false, saved = root_of(rng), [], [], []
        for _ in range(studies):
            x = rng.normal(size=(n, MEASURES)) @ root.T
            family = effective_family(x)
            largest = float(np.max(abs(x.mean(axis=0)) / (x.std(axis=0, ddof=1) / math.sqrt(n))))
            hits.append(largest <= t_quantile(1.0 - 0.05 / family, n - 1))
            found = [verdict(difference(c, np.zeros(n), 0.95, family), 1e-9, "higher") for c in x.T]
            false.append(any(v != UNDECIDED for v in found))
            saved.append((t_quantile(1.0 - 0.05 / DECLARED, n - 1) / t_quantile(1.0 - 0.05 / family, n - 1)) ** 2)
        ratio = float(np.mean(saved))
        yield covered(f"{MEASURES} of {DECLARED} comparisons that move, {n} replications, all at once", hits)
        yield rarely(f"a verdict of better or worse where nothing is, {n} replications of that family", false)
        what = f"replications that Bonferroni over {DECLARED} would take for as narrow intervals, of {n}: {ratio:.2f} times"
        yield Line(what, 0, 0, "more than 1", ratio > 1.0)


def ratios(studies: int) -> Iterator[Line]:
    """A share at 84 calls a replication, of which more wait where they are many."""
    rng = np.random.default_rng(4)

    def share(calls: np.ndarray) -> np.ndarray:
        found: np.ndarray = 1.0 / (1.0 + np.exp(-(calls - 84.0) / 40.0))
        return found

    many = rng.poisson(84.0 * rng.gamma(8.0, 1 / 8.0, size=4_000_000))
    truth = float((many * share(many)).sum() / many.sum())
    calls = rng.poisson(84.0 * rng.gamma(8.0, 1 / 8.0, size=(studies, 20)))
    values = rng.binomial(calls, share(calls)) / calls
    found = [mean_of(x) for x in pseudo_values(values.T, calls.T.astype(np.float64)).T]
    yield covered(
        "a ratio of sums, 84 calls a replication, 20 of them", [abs(m.value - truth) <= m.half_width for m in found]
    )
    plain = [mean_of(x) for x in values]
    held = sum(abs(m.value - truth) <= m.half_width for m in plain)
    off = 100.0 * (float(np.mean([m.value for m in plain])) / truth - 1.0)
    yield Line(
        f"for comparison, the mean of the ratios ({off:+.1f} % off)",
        held,
        studies,
        "less than 93 %",
        held < 0.93 * studies,
    )


def unknown(studies: int) -> Iterator[Line]:
    """One more truth from where those of the draws came from, two replications a draw."""
    sd = math.sqrt(2.0 * (0.04 + 1.0 - 0.2) / 18.0)
    for draws in (10, 20):
        for noise in (0.3, 1.0, 3.0):
            rng, hits = np.random.default_rng(draws), []
            for _ in range(studies):
                truths = rng.triangular(0.0, 0.2, 1.0, size=(draws + 1, 2)).sum(axis=1)
                runs = truths[:draws, None] + rng.normal(size=(draws, 2)) * noise * sd
                found = truth_of(runs, 0.1, 0.95)
                hits.append(found is not None and found.low <= truths[draws] <= found.high)
            yield covered(f"one unknown truth, {draws} draws, noise {noise:g} times what numbers move", hits)


def decisive(studies: int) -> Iterator[Line]:
    """An assumption named, where none of 179 has to do with the outcome."""
    rng, hits = np.random.default_rng(6), []
    for _ in range(studies):
        found = ranked(rng.uniform(size=(20, 179)), rng.normal(size=20))
        hits.append(any(r.p <= LEVEL for r in found))
    yield rarely("an assumption of 179 named as decisive, 20 draws, where none is", hits)


def settling(studies: int) -> Iterator[Line]:
    """Changes anywhere within three times what is worthwhile, undecided, then as many more as are named."""
    for n in (10, 20, 30):
        rng, hits = np.random.default_rng(n), []
        while len(hits) < studies:
            truth = rng.uniform(-3.0, 3.0)
            x = rng.normal(truth, 2.0, size=n)
            more = more_replications(difference(x, np.zeros(n), 0.95, 5.0), 1.0, 0.95, 5.0)
            if 0.0 < more <= 10.0 * n:
                x = np.concatenate([x, rng.normal(truth, 2.0, size=int(more))])
                hits.append(verdict(difference(x, np.zeros(len(x)), 0.95, 5.0), 1.0, "higher") != UNDECIDED)
        held = sum(hits)
        low = CHANCE - 3.0 * math.sqrt(CHANCE * (1.0 - CHANCE) / studies)
        what = f"undecided after {n} replications, settled by as many more as were named"
        yield Line(
            what, held, studies, f"at least {100 * CHANCE:g} %, within three standard errors", held >= low * studies
        )


EXPERIMENTS: tuple[Callable[[int], Iterator[Line]], ...] = (
    *(fixed, stopped, simultaneous, ratios, unknown, decisive, settling),
)


def page_of(lines: list[Line]) -> str:
    """The page."""
    rows = [
        f"| {x.what} | {f'{100.0 * x.held / x.studies:.1f} %' if x.studies else ''} | {x.studies or ''} | {x.wanted} | "
        f"{'yes' if x.good else '**no**'} |"
        for x in lines
    ]
    return "\n".join(
        [
            "# How often intervals and verdicts hold",
            "",
            "Made by `python docs/build/interval_coverage.py`: studies of replications whose truth is known by construction, with",
            "the functions that a study uses (`probability/`, `compare/uncertainty`). Fixed seeds, no reruns. Intervals are",
            "of 95 %; 1,000 studies tell a share to within 1.4 points (two standard errors).",
            "",
            "| what | share | studies | wanted | so |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def main() -> int:
    """Run all experiments and write the page; 1 if anything is outside."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=1_000)
    studies = parser.parse_args().studies
    lines = []
    for experiment in EXPERIMENTS:
        for line in experiment(studies):
            lines.append(line)
            share = f"{line.held / line.studies:.3f}" if line.studies else ""
            sys.stdout.write(f"{'ok' if line.good else 'OUTSIDE'}  {share}  {line.what}\n")
            sys.stdout.flush()
    PAGE.write_text(page_of(lines), "utf-8")
    return int(not all(line.good for line in lines))


if __name__ == "__main__":
    sys.exit(main())
