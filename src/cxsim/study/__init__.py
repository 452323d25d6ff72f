"""Studies: points × scenarios × replications, in parallel, until precise enough or interrupted."""

from cxsim.study.results import LOYALTY, NUMBERS, Ended, Held, Results
from cxsim.study.run import run_study
from cxsim.study.settings import Settings
from cxsim.study.workers import WorkersLostError

__all__ = ["LOYALTY", "NUMBERS", "Ended", "Held", "Results", "Settings", "WorkersLostError", "run_study"]
