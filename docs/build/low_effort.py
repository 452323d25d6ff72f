"""Make docs/low_effort_programme.md: what the twelve-year programme needs to reach the rise that was reported.

    python docs/build/low_effort.py [replications] [draws]

Defaults: 4 replications of each way to run it and 60 draws, about half an hour on two cores.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "low_effort_programme.md"
HEAD = """\
# The low-effort programme: can the model reach what was reported?

Made by `python docs/build/low_effort.py {replications} {draws}`; do not edit. The programme is
[scenarios/low_effort_programme.yaml](../scenarios/low_effort_programme.yaml): five phases over twelve years for the
composite bank. Reported of a real programme: overall loyalty up 7 points over its last four years, and secure and
favourable customers up 17 points. To run it again, or for your own organisation:

    python -m cxsim do=reach scenario=low_effort_programme study.replications={replications} draws={draws}

What it costs and brings by year, with a figure: `python -m cxsim scenario=low_effort_programme`.

```text
{answer}
```

A rise that the model cannot reach is not thereby refuted: the model holds effort, waits, promises, people and what
they do to loyalty, and neither brand, prices, products nor what competitors do. A rise that it does reach is not
thereby explained: no causal estimate exists of what one repeat contact fewer does to loyalty, and the sizes of the
interventions are assumed (each with its range and source in the scenario's file).
"""


def main() -> None:
    """Run the command and write the page."""
    replications, draws = (*sys.argv[1:3], *("4", "60")[len(sys.argv[1:3]) :])
    with tempfile.TemporaryDirectory() as folder:
        asked = ["do=reach", "scenario=low_effort_programme", f"study.replications={replications}", f"draws={draws}"]
        subprocess.run([sys.executable, "-m", "cxsim", *asked, f"output={folder}"], check=True, cwd=ROOT)
        (answer,) = Path(folder).rglob("reach.txt")
        text = HEAD.format(replications=replications, draws=draws, answer=answer.read_text().rstrip())
    PAGE.write_text(text)


if __name__ == "__main__":
    main()
