"""The one-page summary of a comparison, and its figures as files.

`draw` gives the figures, `summary` the page as text; `write_report` writes ``summary.html`` and, in ``figures/``, each
figure as PNG and SVG.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cxsim.compare import Comparison
from cxsim.figures import png, svg
from cxsim.organisation import Organisation
from cxsim.output import write_files
from cxsim.report.drawings import draw
from cxsim.report.page import summary
from cxsim.scenario import Scenario
from cxsim.study import Results


def write_report(
    folder: Path,
    results: Results,
    comparison: Comparison,
    scenarios: Sequence[Scenario],
    organisation: Organisation,
    again: str = "",
) -> None:
    """Write the summary and, where there is something to compare, the figures into a folder that exists.

    scenarios: without the baseline; again: the command line that makes it again, where there was one.
    """
    drawn = draw(comparison)
    files: dict[str, str | bytes] = {"summary.html": summary(results, comparison, scenarios, organisation, again)}
    files |= {f"figures/{name}.svg": svg(figure) for name, figure in drawn.items()}
    files |= {f"figures/{name}.png": png(figure) for name, figure in drawn.items()}
    write_files(folder, files)


__all__ = ["draw", "summary", "write_report"]
