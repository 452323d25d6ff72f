"""cxsim: what a redesign, a training or a policy does to customers' effort, waits, repeats and loyalty, and to cost.

From Python:

    import cxsim
    bank = cxsim.load_organisation("bank")
    redesign = cxsim.load_scenario("redesign", bank)
    results = cxsim.run_study(bank, [redesign], cxsim.Settings(weeks=8, replications=10))
    print(cxsim.describe(cxsim.compare(results)))
"""

from __future__ import annotations

TYPE_CHECKING = False  # not imported from typing: the sooner the command hears Ctrl-C, the better
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from cxsim.compare import Comparison, compare
    from cxsim.files.problems import Problems
    from cxsim.measures.catalogue import MEASURES
    from cxsim.organisation import Organisation, read_organisation
    from cxsim.report.figures import Figure
    from cxsim.report.text import describe, findings, headline, limits
    from cxsim.scenario import Scenario, read_scenario
    from cxsim.study import Results, Settings, run_study
    from cxsim.study.calibration import calibrate

__all__ = [
    "MEASURES",
    "Comparison",
    "Organisation",
    "Problems",
    "Results",
    "Scenario",
    "Settings",
    "calibrate",
    "compare",
    "describe",
    "findings",
    "headline",
    "limits",
    "load_organisation",
    "load_scenario",
    "plot",
    "read_organisation",
    "read_scenario",
    "run_study",
    "write_report",
]


def load_organisation(name: str, changes: Mapping[str, Any] | None = None) -> Organisation:
    """The organisation called `name` (a file of conf/organisation, or a path), with numbers changed by path.

    changes: ``{"behaviour.p_redial": 0.6}``, as the command line's ``organisation.behaviour.p_redial=0.6``.  Raises
    `Problems`.
    """
    from cxsim.organisation.edits import Edit
    from cxsim.organisation.loading import load_organisation as load

    edits = [Edit(tuple(path.split(".")), value) for path, value in (changes or {}).items()]
    return load(name, edits)[0]


def load_scenario(name: str, organisation: Organisation) -> Scenario:
    """The scenario called `name` (a file of scenarios, or a path), read against an organisation.  Raises `Problems`."""
    from cxsim.scenario.loading import load_scenario as load

    return load(name, organisation)[0]


def plot(comparison: Comparison) -> dict[str, Figure]:
    """The figures of a comparison by name: `change`, `loyalty`, `effort` and, where there is any, `failure`; `years`.

    None without scenarios.  Of a study of several points, the first one is plotted.
    """
    from cxsim.report.plots import plot as plotted

    return plotted(comparison)


def write_report(
    folder: Path,
    results: Results,
    comparison: Comparison,
    scenarios: Sequence[Scenario],
    organisation: Organisation,
    again: str = "",
) -> None:
    """Write the one-page summary and, where there is something to compare, the figures into a folder that exists.

    scenarios: without the baseline; again: the command line that makes it again, where there was one.
    """
    from cxsim.report.page import write_report as write

    write(folder, results, comparison, scenarios, organisation, again)


def __dir__() -> list[str]:
    """Public names, also those that are not imported yet."""
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:
    """Public names are imported when the first of them is used, so that the command starts quickly."""
    if name not in __all__:
        raise AttributeError(f"module 'cxsim' has no attribute '{name}'")
    from cxsim.compare import Comparison, compare
    from cxsim.files.problems import Problems
    from cxsim.measures.catalogue import MEASURES
    from cxsim.organisation import Organisation, read_organisation
    from cxsim.report.text import describe, findings, headline, limits
    from cxsim.scenario import Scenario, read_scenario
    from cxsim.study import Results, Settings, run_study
    from cxsim.study.calibration import calibrate

    public: dict[str, Any] = {
        "MEASURES": MEASURES,
        "Comparison": Comparison,
        "Organisation": Organisation,
        "Problems": Problems,
        "Results": Results,
        "Scenario": Scenario,
        "Settings": Settings,
        "calibrate": calibrate,
        "compare": compare,
        "describe": describe,
        "findings": findings,
        "headline": headline,
        "limits": limits,
        "read_organisation": read_organisation,
        "read_scenario": read_scenario,
        "run_study": run_study,
    }
    globals().update(public)  # also `compare`, in place of the package of that name
    return public[name]
