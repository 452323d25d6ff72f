"""Interventions: what could be changed, each a typed record that makes one organisation out of another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from cxsim.files.problems import Problem, Problems, called, nearest
from cxsim.organisation.refusals import problems_of
from cxsim.scenario.interventions.assumption import SetAssumptions
from cxsim.scenario.interventions.base import Intervention, same
from cxsim.scenario.interventions.crossing import CrossTrain
from cxsim.scenario.interventions.demand import AddDemand, OfferSelfService, PreventDemand
from cxsim.scenario.interventions.hiring import Hire
from cxsim.scenario.interventions.learning import Train
from cxsim.scenario.interventions.merging import MergeSteps
from cxsim.scenario.interventions.onward import EscalationProtocol, GiveDecisionRight, Routing
from cxsim.scenario.interventions.outcomes import AgreeWithSupplier, BatchWork, OwnTarget, ShareOutcome
from cxsim.scenario.interventions.pressing import Press
from cxsim.scenario.interventions.recovery import CloseTheLoop, HandleComplaints, PayGoodwill, RecoverProactively
from cxsim.scenario.interventions.reorganising import MergeTeams, SplitTeam
from cxsim.scenario.interventions.service import ChangePromise, OfferCallBack, SetStandard, UpdateProactively
from cxsim.scenario.interventions.steps import AddStep, MoveStep, RemoveStep
from cxsim.scenario.interventions.teams import Skills, Staff
from cxsim.scenario.interventions.working import AutomateStep, SpeedUp

KINDS: dict[str, type[Intervention]] = {
    "staff": Staff,
    "merge_teams": MergeTeams,
    "split_team": SplitTeam,
    "move_step": MoveStep,
    "remove_step": RemoveStep,
    "add_step": AddStep,
    "automate_step": AutomateStep,
    "speed_up": SpeedUp,
    "merge_steps": MergeSteps,
    "decision_right": GiveDecisionRight,
    "escalation_protocol": EscalationProtocol,
    "routing": Routing,
    "skills": Skills,
    "call_back": OfferCallBack,
    "self_service": OfferSelfService,
    "standard": SetStandard,
    "promise": ChangePromise,
    "proactive_update": UpdateProactively,
    "prevent_demand": PreventDemand,
    "add_demand": AddDemand,
    "batch_work": BatchWork,
    "own_target": OwnTarget,
    "shared_outcome": ShareOutcome,
    "supplier": AgreeWithSupplier,
    "training": Train,
    "cross_train": CrossTrain,
    "pressure": Press,
    "hiring": Hire,
    "recovery": HandleComplaints,
    "goodwill": PayGoodwill,
    "proactive_recovery": RecoverProactively,
    "closed_loop": CloseTheLoop,
    "set": SetAssumptions,
}
"""Every kind of intervention by the name it has in scenario files."""


def kind_of(intervention: Intervention) -> str:
    """The name of an intervention's kind in scenario files."""
    return next(name for name, model in KINDS.items() if type(intervention) is model)


def comes_by_degrees(kind: str) -> bool:
    """Whether a kind of intervention may be piloted in part, or ramped up."""
    return KINDS[kind].partly is not Intervention.partly


def read_intervention(kind: str, given: Any) -> Intervention:
    """Validate the plain data of one intervention; raises `Problems` with paths inside it."""
    if kind not in KINDS:
        raise Problems([Problem((), f"no kind of intervention '{kind}'{nearest(kind, KINDS)}")])
    if not isinstance(given, Mapping):
        raise Problems([Problem((), f"a mapping belongs here, not {called(given)}")])
    try:
        return KINDS[kind].model_validate(dict(given))
    except ValidationError as error:
        raise Problems(problems_of(error, KINDS[kind])) from None


__all__ = [
    "KINDS",
    "Intervention",
    "comes_by_degrees",
    "kind_of",
    "read_intervention",
    "same",
    *sorted(m.__name__ for m in KINDS.values()),
]
