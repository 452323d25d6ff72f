"""Ctrl-C, SIGTERM and a terminal that is gone: raised at once, and remembered, since a raise can be lost.

Python drops an exception that a signal raises inside a finaliser or a callback, and reports it in lines of its own;
they are left out, and the next look raises it again.  Libraries swallow it too, or make another exception of it, while
they are imported.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any

NUMBERS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Interrupts:
    """As a context: answers these signals with KeyboardInterrupt."""

    def __init__(self) -> None:
        self._seen = False
        self.compiling = False
        """Whether an interrupt may be lost and found again only when the compiler is done."""
        self._before: list[tuple[int, Any]] = []
        self._reporter: Callable[[Any], object] = sys.unraisablehook
        self._of_threads: Callable[[Any], object] = threading.excepthook

    def __enter__(self) -> Interrupts:
        self._seen = self.compiling = False
        self._before = []
        for number in NUMBERS:
            before = signal.getsignal(number)
            if number not in (signal.SIGINT, signal.SIGTERM) and before == signal.SIG_IGN:
                continue  # `nohup` wants the run to outlive its terminal
            self._before.append((number, signal.signal(number, self._answer)))
        self._reporter = sys.unraisablehook
        sys.unraisablehook = self._dropped
        if threading.excepthook != self._in_thread:
            self._of_threads = threading.excepthook
        threading.excepthook = self._in_thread
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for number, before in self._before:
            signal.signal(number, before)
        sys.unraisablehook = self._reporter
        if not self._seen:  # else the executor's thread may still meet what was cancelled
            threading.excepthook = self._of_threads

    def _dropped(self, what: Any) -> None:
        """Exceptions that Python drops: silent once an interrupt has come, since they follow from it."""
        if not self._seen:
            self._reporter(what)

    def _in_thread(self, what: Any) -> None:
        """Exceptions that end a thread: those of an executor whose processes were ended follow from the interrupt."""
        if not self._seen:
            self._of_threads(what)

    def _answer(self, number: int, frame: FrameType | None) -> None:
        if not self._seen:
            until = ", at the latest when the engine is compiled" if self.compiling else ""
            _at_once(f"cxsim: stopping{until}\n")
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


def _at_once(text: str) -> None:
    """Write on stderr from within a signal handler: a print may be under way, and two of them may not be."""
    with suppress(OSError, ValueError, AttributeError):
        os.write(sys.stderr.fileno(), text.encode("ascii"))


INTERRUPTS = Interrupts()
"""The one of this process."""
