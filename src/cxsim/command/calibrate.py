"""do=calibrate: fit the constants between effort and survey answers; print them for the organisation."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from cxsim.command.configuration import Request
from cxsim.command.jobs import prepare
from cxsim.command.output import answer
from cxsim.command.progress import Shown
from cxsim.study.calibration import calibrate as calibrated
from cxsim.study.workers import pool


def calibrate(requests: Sequence[Request]) -> int:
    """Print the constants; nothing is written, because whoever owns the file freezes them there."""
    (job,) = prepare([request.of_baseline() for request in requests])
    with Shown() as shown, pool(job.settings) as executor:
        constants = calibrated(job.organisation, job.settings, progress=shown, executor=executor)
    found = yaml.safe_dump({"experience": dict(constants)}, sort_keys=False, default_flow_style=None).rstrip()
    return answer(f"# for {job.document.source}\n{found}")
