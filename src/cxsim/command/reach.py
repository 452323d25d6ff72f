"""do=reach: what a programme needs to reach its goals, and with what probability."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, ValidationError

from cxsim.command.configuration import Request
from cxsim.command.jobs import prepare
from cxsim.command.output import FAULT, answer
from cxsim.command.parts import Parts
from cxsim.command.progress import Shown
from cxsim.command.provenance import made
from cxsim.files.problems import Problem, Problems
from cxsim.files.writing import kept_if_used, plain, write_json, write_text
from cxsim.organisation.base import Record
from cxsim.organisation.refusals import problems_of
from cxsim.report.tables import write_table
from cxsim.report.text.reach import reach_text
from cxsim.study.reach import Goals, Reach
from cxsim.study.reach import reach as studied
from cxsim.study.workers import pool, undisturbed


class Asked(Record):
    """The keys of conf/do/reach.yaml."""

    nps: float
    favourable: float
    years: Annotated[int, Field(ge=1)]
    draws: Annotated[int, Field(ge=1)]


def reach(requests: Sequence[Request]) -> int:
    """Print and write the answer. Returns the exit code."""
    (request,) = requests
    asked = _asked(request)
    (job,) = prepare(requests)
    if len(job.scenarios) != 1 or not job.scenarios[0].phases:
        what = "give one scenario that has phases, such as scenario=low_effort_programme"
        raise request.configuration.located(Problems([Problem(("scenario",), what)]))
    started = datetime.now()
    goals = Goals(asked.nps, asked.favourable, asked.years)
    with kept_if_used(request["output"], f"reach_{plain(job.scenarios[0].name)}", started) as folder:
        with Shown() as shown, pool(job.settings) as executor:
            found = studied(job.organisation, job.scenarios[0], job.settings, goals, asked.draws, shown, executor)
        parts = Parts(folder)
        with undisturbed():
            text = _written(parts, found, goals, made(started, datetime.now(), job.settings.workers))
            parts.tell_missing()
    code = answer(f"{text}\n\nWritten to {folder}", f"it is in {folder}")
    return code or (FAULT if parts.missing else 0)


def _written(parts: Parts, found: Reach, goals: Goals, about: Mapping[str, Any]) -> str:
    """Write the answer, its numbers first; the text to print."""
    with parts.part("draws.csv"):
        write_table(parts.folder, "draws", found.draws)
    text = ""
    with parts.part("reach.txt"):
        text = reach_answer(found)
        write_text(parts.folder / "reach.txt", text + "\n")
    missing = {"missing": dict(parts.missing)} if parts.missing else {}
    with parts.part("run.json"):
        write_json(parts.folder / "run.json", {"goals": vars(goals), **missing, "made": about})
    return text


def reach_answer(found: Reach) -> str:
    """The text, paragraphs wrapped and tables left as they are."""
    return "\n\n".join(part if part.startswith(" ") else textwrap.fill(part, 110) for part in reach_text(found))


def _asked(request: Request) -> Asked:
    try:
        return Asked.model_validate({key: request[key] for key in Asked.model_fields})
    except ValidationError as error:
        raise request.configuration.located(Problems(list(problems_of(error, Asked)))) from None
