"""Compile what a run will need, once, before any work is shared out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cxsim.engines import entry_points
from cxsim.model import draws
from cxsim.native.compiling import CACHE, ENABLED, FOLDER, KEPT, compile_for
from cxsim.native.handle import address_of, handle
from cxsim.state.plan import Names, Plan
from cxsim.state.state import empty_state, world_of
from cxsim.state.tally import empty_tally

NOT_KEPT = f"it is not kept: {FOLDER} cannot be written, {CACHE}=FOLDER names another place"


def make_ready(plan: Plan, names: Names, announce: Callable[[str], None]) -> None:
    """Compile what both engines need, unless it lies compiled on disk.

    announce: called with a sentence before it takes half a minute, and with nothing after it, when an interrupt that
    was lost in one of numba's callbacks can be looked for.
    """
    if not ENABLED:
        return
    announced: list[str] = []

    def begins() -> None:
        if not announced:
            announced.append("compiling the engine, once" if KEPT else f"compiling the engine; {NOT_KEPT}")
            announce(announced[0])

    w = handle(world_of(plan, empty_state(plan, names, 0, 0, 1, False), empty_tally(names, 2)))
    compile_for(entry_points.happen, 0, address_of(w), 0, 0, 0.0, begins=begins)
    compile_for(draws.of_board, w, 0, 0, 0, np.uint64(0), 0, begins=begins)
    if announced:
        announce("")
