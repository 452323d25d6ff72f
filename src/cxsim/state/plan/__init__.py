"""The plan: an organisation compiled to arrays that an engine can run.

Specification in, arrays out: nothing here runs, and nothing that runs reads the specification.
"""

from cxsim.state.plan.build import build_plan, plans_of
from cxsim.state.plan.names import Names, names_of
from cxsim.state.plan.tables import Plan

__all__ = ["Names", "Plan", "build_plan", "names_of", "plans_of"]
