"""Measure and print: `python -m benchmarks`, or `python -m benchmarks --quick` for a first look."""

from __future__ import annotations

import sys

from benchmarks.findings import FULL, QUICK, measured
from benchmarks.page import page


def _report(text: str) -> None:
    sys.stderr.write(text + "\n")


def main() -> int:
    """Measure, print the page; 1 if the ways of a model do not agree."""
    sizes = QUICK if "--quick" in sys.argv[1:] else FULL
    findings = measured(sizes, _report)
    sys.stdout.write(page(findings))
    return int(not findings.agree)


if __name__ == "__main__":
    sys.exit(main())
