"""Compile what a run will need, once, before any work is shared out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cxsim import draws
from cxsim.engines import compiled, entries
from cxsim.handle import address_of, handle
from cxsim.jit import compile_for, is_ready, note_ready
from cxsim.plan import Names, Plan
from cxsim.rules import cases, ticks
from cxsim.state import empty_state, world_of
from cxsim.tally import empty_tally

TICKS: tuple[tuple[Any, str], ...] = (
    (ticks.begin_world, "t"),
    (ticks.close_week, "t"),
    (ticks.before_change, "t"),
    (ticks.after_change, "t"),
    (ticks.call_to_class, "vvt"),
    (ticks.reckon_all, "t"),
    (cases.count_unfinished, "t"),
)
"""Rules called at ticks and their arguments after the world: v a row, t a time."""


def make_ready(plan: Plan, names: Names, announce: Callable[[str], None]) -> None:
    """Compile the ticks and what both engines need, unless it lies compiled on disk.

    announce: told in a sentence before it takes half a minute, and nothing after it, when an interrupt that was lost in
    one of numba's callbacks can be looked for.
    """
    if is_ready():
        return
    announce("compiling the engine, once")
    w = handle(world_of(plan, empty_state(plan, names, 0, 0, 1, False), empty_tally(names, 2)))
    example = {"v": 0, "t": 0.0}
    for rule, arguments in TICKS:
        compile_for(rule, w, *(example[a] for a in arguments))
    compile_for(entries.happen, 0, address_of(w), 0, 0.0)
    compile_for(entries.begin, address_of(w), 0, 0, 0.0)
    compile_for(draws.of_board, w, 0, 0, 0, np.uint64(0), 0)
    compiled.compile_engine(w, len(plan.queues))
    note_ready()
    announce("")
