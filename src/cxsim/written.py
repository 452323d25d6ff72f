"""What scenario files and backlogs have in common: an intervention as it is written, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from cxsim.interventions import KINDS, Intervention, read_intervention
from cxsim.interventions.learning import STARTS
from cxsim.organisation.base import NonNegative, Record
from cxsim.organisation.refusals import called, problems_of
from cxsim.organisation.sources import Assumption, without_sources
from cxsim.problems import Path, Problems, problem


class Costs(Record):
    """What an intervention costs, in the organisation's currency, apart from what the model itself counts."""

    once: NonNegative = 0.0
    """When it starts."""
    per_week: NonNegative = 0.0
    """From its start to its end: licences, upkeep."""
    source: str = ""


def intervention_of(kind: str, given: Any, starts: float, path: Path, numbers: list[Assumption]) -> Intervention:
    """The intervention of a kind from its values; adds its numbers to `numbers`, with `path` before theirs.

    starts: minutes after time 0, for kinds that have dates of their own.  Raises `Problems` with paths inside it.
    """
    if isinstance(given, Mapping):
        given, own = sourced(dict(given), (*path, kind))
        numbers += own
        if STARTS in KINDS[kind].model_fields:
            if STARTS in given:
                raise problem((STARTS,), f"write '{STARTS}' beside '{kind}', not inside it")
            given[STARTS] = f"{starts!r} min"
    return read_intervention(kind, given)


def starting(intervention: Intervention, at: float) -> Intervention:
    """The same intervention, starting at another time (minutes after time 0) where it has dates of its own."""
    if STARTS not in type(intervention).model_fields:
        return intervention
    return intervention.model_copy(update={STARTS: f"{at!r} min"})


def sourced(given: dict[str, Any], path: Path) -> tuple[dict[str, Any], list[Assumption]]:
    """Values without their sources, and the numbers among them with paths as seen from the scenario."""
    plain, numbers = without_sources(given)
    return plain, [Assumption((*path, *n.path), n.value, n.low, n.high, n.source) for n in numbers]


def costs_of(given: Any, path: Path, numbers: list[Assumption]) -> Costs:
    """Costs from their values; adds them to `numbers`.  Raises `Problems`."""
    if not isinstance(given, Mapping):
        raise problem((), f"a mapping belongs here, such as {{once: 40000, source: assumed}}, not {called(given)}")
    plain, own = sourced(dict(given), path)
    numbers += own
    try:
        return Costs.model_validate({**plain, "source": str(given.get("source", ""))})
    except ValidationError as error:
        raise Problems(problems_of(error, Costs)) from None
