"""From what was asked to what is run: organisation, scenarios, settings, all validated before it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from cxsim.command.configuration import Request
from cxsim.command.interrupts import INTERRUPTS
from cxsim.files.problems import Path, Problem, Problems, called, nearest
from cxsim.files.search_path import find, names, scenario_folders, shipped, spoken
from cxsim.files.writing import unwritable
from cxsim.files.yaml_positions import COMMAND_LINE, Document
from cxsim.measures.catalogue import BY_NAME
from cxsim.organisation import Organisation
from cxsim.organisation.refusals import problems_of
from cxsim.scenario import BASELINE, Scenario
from cxsim.scenario.loading import load_together
from cxsim.study import Settings
from cxsim.study.size import size_faults

USUAL = "study/standard.yaml"
"""The file whose settings are nobody's wish."""
TOP_LEVEL = ("seed", "engine", "workers")
"""Settings of a study that are keys of their own on the command line."""


@dataclass(frozen=True)
class Job:
    """One study: an organisation, its scenarios, how to run them, and the points of a sweep it answers."""

    organisation: Organisation
    document: Document
    scenarios: tuple[Scenario, ...]
    """Without the baseline, which is always run."""
    scenario_documents: tuple[Document, ...]
    settings: Settings
    requests: tuple[Request, ...]


def known_settings(path: Path) -> tuple[str, ...]:
    """Names that the configuration may have at a path though no file states them."""
    if path in (("study", "precision"), ("study", "worthwhile")):
        return tuple(BY_NAME)
    return tuple(name for name in Settings.model_fields if name not in TOP_LEVEL) if path == ("study",) else ()


def settings_of(request: Request) -> Settings:
    """The study's settings; `Problems` with the file and line of each fault."""
    tree = request.configuration.tree
    given: dict[str, Any] = {**(tree["study"] or {}), **{key: tree[key] for key in TOP_LEVEL}}
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        faults = [_of_study(fault) for fault in problems_of(error, Settings)]
        raise request.configuration.located(Problems(faults)) from None


def _of_study(fault: Problem) -> Problem:
    """A fault of the settings where the command line has them; of one setting, where its sentence begins with it."""
    name, _, rest = fault.what.partition(": ")
    if not fault.path and name in Settings.model_fields:
        return Problem(("study", name), rest)
    top_level = fault.path and fault.path[0] in TOP_LEVEL
    return Problem(fault.path if top_level else ("study", *fault.path), fault.what)


def wished(settings: Settings, request: Request, scenarios: Sequence[Scenario]) -> Settings:
    """The settings as the scenarios would have them, where the command line and the user's own files leave them open.

    Of several scenarios the most replications count.  Raises `Problems` where they ask for different horizons: a
    scenario's results are of its own, whatever it is run with.
    """
    asked: dict[str, Any] = {}
    left_open = spoken(shipped("conf") / USUAL)
    if request.configuration.place(("study", "weeks"))[0] == left_open and scenarios:
        asked["weeks"] = _horizon(settings, scenarios)
    wishes = [s.study.replications for s in scenarios if s.study.replications is not None]
    if wishes and request.configuration.place(("study", "replications"))[0] == left_open:
        asked["replications"] = max(wishes)
    vary = [s.study.vary for s in scenarios if s.study.vary is not None]
    if vary and request.configuration.place(("study", "vary"))[0] != COMMAND_LINE:
        asked["vary"] = max(vary, key=("nothing", "scenario", "everything").index)
    return settings.model_copy(update=asked) if asked else settings


def _horizon(settings: Settings, scenarios: Sequence[Scenario]) -> int:
    """The horizon that all of these scenarios have; the usual one for those that ask for none."""
    horizons = {s.name: s.study.horizon or settings.weeks for s in scenarios}
    longest = max(horizons.values())
    if longest > min(horizons.values()):
        named = ", ".join(f"{name} {weeks}" for name, weeks in horizons.items())
        raise Problems(
            [
                Problem(
                    ("scenario",),
                    f"scenarios with different horizons in one study, weeks: {named}; set one for all "
                    f"(study.weeks={longest}), or run them one by one",
                )
            ]
        )
    return longest


def prepare(requests: Sequence[Request]) -> list[Job]:
    """The studies that answer the requests: points that differ only in their scenario share one.

    Raises `Problems` with every fault of every file and argument.
    """
    faults: list[Problem] = []
    together: dict[tuple[str, str, str], list[Request]] = {}
    for request in requests:
        key = (str(request["organisation"]), str(request.edits), str(_without_scenario(request)))
        together.setdefault(key, []).append(request)
    jobs = []
    for alike in together.values():
        try:
            jobs.append(_job(alike))
        except Problems as found:
            faults += found.problems
    for request in requests:
        faults += _output_faults(request)
    INTERRUPTS.look()
    if faults:
        raise Problems(list(dict.fromkeys(faults)))
    return jobs


def _output_faults(request: Request) -> list[Problem]:
    folder = request["output"]
    if isinstance(folder, str) and folder.strip():
        return unwritable(folder)
    what = f"the name of a folder belongs here, not {called(folder)}"
    return [Problem(("output",), what, *request.configuration.place(("output",)))]


def _without_scenario(request: Request) -> dict[str, Any]:
    return {key: value for key, value in request.configuration.tree.items() if key != "scenario"}


def _job(requests: Sequence[Request]) -> Job:
    first = requests[0]
    faults = [fault for request in requests for fault in request.scenario_faults()]
    names = dict.fromkeys(name for request in requests for name in request.scenarios())
    loaded: tuple[Organisation, Document, list[tuple[Scenario, Document]]] | None = None
    settings: Settings | None = None
    try:
        loaded = load_together(first["organisation"], first.edits, names)
    except Problems as found:
        faults += _of_another(found, first) or [_placed(fault, first) for fault in found.problems]
    try:
        settings = settings_of(first)
    except Problems as found:
        faults += found.problems
    if faults or loaded is None or settings is None:
        raise Problems(faults)
    organisation, document, read = loaded
    named = [(scenario, file) for scenario, file in read if scenario is not BASELINE]
    unknown = [fault for scenario, file in named for fault in _expects_nothing_known(scenario, file)]
    if unknown:
        raise Problems(unknown)
    try:
        settings = wished(settings, first, [scenario for scenario, _ in named])
    except Problems as found:
        raise first.configuration.located(found) from None
    large = [Problem(("study", *p.path), p.what) for p in size_faults(organisation, [s for s, _ in named], settings)]
    if large:
        raise first.configuration.located(Problems(large))
    return Job(
        organisation, document, tuple(s for s, _ in named), tuple(d for _, d in named), settings, tuple(requests)
    )


def _expects_nothing_known(scenario: Scenario, file: Document) -> list[Problem]:
    """Measures that a scenario is expected to move and that there are not."""
    paths: list[Path] = [("expected", name) for name in scenario.expected if name not in BY_NAME]
    return [Problem(p, f"no measure '{p[1]}'{nearest(str(p[1]), BY_NAME)}", *file.place(p)) for p in paths]


def _of_another(found: Problems, request: Request) -> list[Problem]:
    """One line, where the scenario nobody asked for is the bank's and the organisation is another."""
    name = str(request["scenario"])
    path = find(name, scenario_folders())
    others = [fault for fault in found.problems if path is None or fault.source != spoken(path)]
    if request["organisation"] == "bank" or not request.defaulted("scenario") or len(others) == len(found.problems):
        return []
    own = [folder for folder in scenario_folders() if folder.resolve() != shipped("scenarios").resolve()]
    files = names(own) or names(scenario_folders())
    what = (
        f"scenario={name} is the bank's; give scenario=… (files in scenarios/: {', '.join(files)}) or scenario=nothing"
    )
    return [*(_placed(fault, request) for fault in others), Problem((), what, COMMAND_LINE)]


def _placed(fault: Problem, request: Request) -> Problem:
    """A fault of a name on the command line, or in the configuration file that has it."""
    if fault.source != COMMAND_LINE or fault.path not in (("organisation",), ("scenario",)):
        return fault
    return Problem(fault.path, fault.what, *request.configuration.place(fault.path))


def sources_of(job: Job) -> dict[str, Any]:
    """What the job was made of, in full: the trees of its organisation and scenarios, and its settings."""
    named = zip(job.scenarios, job.scenario_documents, strict=True)
    return {
        "organisation": {"name": job.requests[0]["organisation"], "tree": job.document.tree},
        "scenarios": {scenario.name: document.tree for scenario, document in named},
        "settings": job.settings.model_dump(mode="json", exclude={"workers"}),
    }


def files_of(jobs: Sequence[Job]) -> list[str]:
    """The files it was read from."""
    documents = [d for job in jobs for d in (job.document, *job.scenario_documents)]
    return list(dict.fromkeys(document.source for document in documents))
