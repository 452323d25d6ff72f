"""Measure how fast cxsim is compared with what others would write, and check that it is the same model: makes `docs/performance.md`.

    python docs/build/performance.py

What is measured is in `benchmarks`; nothing else should run on the machine meanwhile.  1 if the results do not agree.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parents[2]
sys.path.insert(0, str(HERE))  # the benchmarks are not part of the package

from benchmarks.findings import FULL, measured  # noqa: E402
from benchmarks.page import page  # noqa: E402


def main() -> int:
    """Measure and write the page."""
    findings = measured(FULL, lambda text: print(text, flush=True))
    (HERE / "docs" / "performance.md").write_text(page(findings), "utf-8")
    return int(not findings.agree)


if __name__ == "__main__":
    sys.exit(main())
