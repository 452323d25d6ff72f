"""Ctrl-C and SIGTERM: raised at once, and remembered, since a raise can be lost.

Python drops an exception that a signal raises inside a finaliser or a callback, and reports it in lines of its own;
they are left out, and the next look raises it again.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

NUMBERS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """As a context: answers both signals with KeyboardInterrupt."""

    def __init__(self) -> None:
        self._seen = False
        self.compiling = False
        """Whether an interrupt may be lost and found again only when the compiler is done."""
        self._before: list[Any] = []
        self._reporter: Callable[[Any], object] = sys.unraisablehook

    def __enter__(self) -> Interrupts:
        self._seen = self.compiling = False
        self._before = [signal.signal(number, self._answer) for number in NUMBERS]
        self._reporter = sys.unraisablehook
        sys.unraisablehook = self._dropped
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for number, before in zip(NUMBERS, self._before, strict=True):
            signal.signal(number, before)
        sys.unraisablehook = self._reporter

    def _dropped(self, what: Any) -> None:
        """Exceptions that Python drops: silent once an interrupt has come, since they follow from it."""
        if not self._seen:
            self._reporter(what)

    def _answer(self, number: int, frame: FrameType | None) -> None:
        if self.compiling and not self._seen:
            print("cxsim: stopping, at the latest when the engine is compiled", file=sys.stderr, flush=True)
        self._seen = True
        raise KeyboardInterrupt

    @property
    def seen(self) -> bool:
        """Whether a signal has come."""
        return self._seen

    def look(self) -> None:
        """Raise KeyboardInterrupt if a signal has come."""
        if self._seen:
            raise KeyboardInterrupt


INTERRUPTS = Interrupts()
"""The one of this process."""
