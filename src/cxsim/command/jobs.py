"""From what was asked to what is run: organisation, scenarios, settings, all validated before it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from cxsim.command.configuration import Request
from cxsim.files import load_organisation, load_scenario, scenario_document
from cxsim.organisation import Organisation, problems_of
from cxsim.output import unwritable
from cxsim.problems import Path, Problem, Problems
from cxsim.scenario import BASELINE, Scenario
from cxsim.study import Settings
from cxsim.yaml_lines import Document

BESIDE_STUDY = ("seed", "engine", "workers")
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
    return tuple(name for name in Settings.model_fields if name not in BESIDE_STUDY) if path == ("study",) else ()


def _one(path: Path, what: str) -> Problems:
    return Problems([Problem(path, what)])


def settings_of(request: Request) -> Settings:
    """The study's settings; `Problems` with the file and line of each fault."""
    tree = request.configuration.tree
    given: dict[str, Any] = {**(tree["study"] or {}), **{key: tree[key] for key in BESIDE_STUDY}}
    given = {key: value for key, value in given.items() if value is not None}
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        faults = [
            Problem(f.path if f.path and f.path[0] in BESIDE_STUDY else ("study", *f.path), f.what)
            for f in problems_of(error, Settings, given)
        ]
        raise request.configuration.located(Problems(faults)) from None


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
    faults += [f for folder in dict.fromkeys(str(r["output"]) for r in requests) for f in unwritable(folder)]
    if faults:
        raise Problems(list(dict.fromkeys(faults)))
    return jobs


def _without_scenario(request: Request) -> dict[str, Any]:
    return {key: value for key, value in request.configuration.tree.items() if key != "scenario"}


def _job(requests: Sequence[Request]) -> Job:
    faults: list[Problem] = []
    names: dict[str, None] = {}
    scenarios: dict[str, tuple[Scenario, Document]] = {}
    loaded: tuple[Organisation, Document] | None = None
    settings: Settings | None = None
    for request in requests:
        try:
            names |= dict.fromkeys(request.scenarios())
        except Problems as found:
            faults += found.problems
    try:
        loaded = load_organisation(requests[0]["organisation"], requests[0].edits)
    except Problems as found:
        faults += found.problems
    for name in names:
        try:
            if loaded is not None:
                scenario, document = load_scenario(name, loaded[0])
                if scenario.name in scenarios:
                    faults += _one(("scenario",), f"two scenarios are called '{scenario.name}'").problems
                scenarios[scenario.name] = (scenario, document)
            elif name != "baseline":
                scenario_document(name)  # what can be said of it without the organisation
        except Problems as found:
            faults += found.problems
    try:
        settings = settings_of(requests[0])
    except Problems as found:
        faults += found.problems
    if faults or loaded is None or settings is None:
        raise Problems(faults)
    scenarios.pop(BASELINE.name, None)
    told, documents = (tuple(s for s, _ in scenarios.values()), tuple(d for _, d in scenarios.values()))
    return Job(*loaded, told, documents, settings, tuple(requests))


def sources_of(job: Job) -> dict[str, Any]:
    """What the job was made of, in full: the trees of its organisation and scenarios, and its settings."""
    told = zip(job.scenarios, job.scenario_documents, strict=True)
    return {
        "organisation": {"name": job.requests[0]["organisation"], "tree": job.document.tree},
        "scenarios": {scenario.name: document.tree for scenario, document in told},
        "settings": job.settings.model_dump(mode="json", exclude={"workers"}),
    }


def files_of(jobs: Sequence[Job]) -> list[str]:
    """The files it was read from."""
    documents = [d for job in jobs for d in (job.document, *job.scenario_documents)]
    return list(dict.fromkeys(document.source for document in documents))
