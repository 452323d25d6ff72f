"""How far a run is: a bar on a terminal, else a line now and then; on stderr, since stdout is the result."""

from __future__ import annotations

import sys
import textwrap
import time
from contextlib import suppress
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from cxsim.command.interrupts import INTERRUPTS
from cxsim.command.output import tell
from cxsim.files.characters import visible

EVERY = 15.0
"""Seconds between two lines where there is no terminal."""


class Shown:
    """Called with (done, wanted, what is running); `counted` names what is done: replications, weeks."""

    def __init__(self, counted: str = "replications") -> None:
        self._counted = counted
        self._bar: Progress | None = None
        self._what = ""
        self._began = time.monotonic()
        self._shown = self._began - EVERY  # the first replication is news
        if sys.stderr.isatty():
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task("starting", total=None)

    def __enter__(self) -> Shown:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._bar is not None:
            with suppress(OSError):
                self._bar.stop()

    def warn(self, text: str) -> None:
        """A warning that is to be seen before anything runs."""
        lines = textwrap.fill(f"cxsim: overload: {text}", 110, subsequent_indent="  ")
        if self._bar is not None:
            with suppress(OSError):  # the terminal is gone
                self._bar.console.print(visible(lines), highlight=False, markup=False)
        else:
            tell(lines)

    def __call__(self, done: int, wanted: int | None = None, what: str = "") -> None:
        INTERRUPTS.look()
        INTERRUPTS.compiling = what.startswith("compiling")
        if self._bar is not None:
            with suppress(OSError):  # the terminal is gone
                self._bar.update(self._task, completed=done, total=wanted, description=what or self._counted)
            return
        now = time.monotonic()
        if what and what != self._what and not done:
            self._what = what
            tell(f"cxsim: {what}")
        if done and now - self._shown >= EVERY:
            self._shown = now
            of = f" of {wanted}" if wanted else ""
            tell(f"cxsim: {done}{of} {self._counted} after {now - self._began:.0f} s {what}".rstrip())
