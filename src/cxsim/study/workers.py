"""Where replications run: in this process, in processes of our own, or with an executor that was handed over.

Tasks may end in any order; whoever asked sorts them.  A worker that dies is replaced once.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from types import TracebackType
from typing import Any

from cxsim.study.work import Order, Outcome, replicate

Task = tuple[int, int]
"""(point, replication)."""
IN_FLIGHT = 64
"""Tasks handed over at a time, so that a hundred thousand replications do not lie in a queue."""
DIED = (
    "a worker process died twice; if there was memory enough, a script that starts a study has to do so under "
    "`if __name__ == '__main__':`, or with workers=1"
)


class WorkersLostError(RuntimeError):
    """Worker processes died, and their replacements too."""


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def leave_interrupts() -> None:
    """Ctrl-C reaches every process of a terminal; only the parent answers it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class Workers:
    """Runs tasks; as a context it ends the processes it started."""

    def __init__(self, executor: Executor | None, workers: int | None) -> None:
        self._given = executor
        self._count = workers or cores()
        self._own: ProcessPoolExecutor | None = None
        self._others: set[Any] = set()
        self._died = 0

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop(at_once=kind is not None)

    def run(self, orders: Sequence[Order], tasks: Sequence[Task]) -> Generator[tuple[Task, list[Outcome]], None, None]:
        """Run tasks, a task's point being the place of its order; yields each as it ends."""
        left = dict.fromkeys(tasks)
        while left:
            try:
                for task, outcomes in self._run(orders, list(left)):
                    del left[task]
                    yield task, outcomes
            except BrokenExecutor as reason:
                self._died += 1
                if self._died > 1:
                    raise WorkersLostError(DIED) from reason
                self.stop()
                self._given = None

    def _run(self, orders: Sequence[Order], tasks: Sequence[Task]) -> Generator[tuple[Task, list[Outcome]], None, None]:
        executor = self._executor()
        if executor is None:
            for point, replication in tasks:
                yield (point, replication), replicate(orders[point], replication)
            return
        waiting = iter(tasks)
        flying: dict[Future[list[Outcome]], Task] = {}
        try:
            while True:
                for point, replication in waiting:
                    flying[executor.submit(replicate, orders[point], replication)] = (point, replication)
                    if len(flying) >= IN_FLIGHT:
                        break
                if not flying:
                    return
                done, _ = wait(flying, return_when=FIRST_COMPLETED)
                for future in done:
                    yield flying.pop(future), future.result()
        finally:
            for future in flying:
                future.cancel()

    def _executor(self) -> Executor | None:
        if self._given is not None:
            return self._given
        if self._count == 1:
            return None
        if self._own is None:
            self._others = set(multiprocessing.active_children())
            context = multiprocessing.get_context("spawn")
            self._own = ProcessPoolExecutor(self._count, context, initializer=leave_interrupts)
        return self._own

    def stop(self, at_once: bool = True) -> None:
        """End the processes of our own; `at_once`: in the middle of what they do."""
        if self._own is None:
            return
        started = set(multiprocessing.active_children()) - self._others
        self._own.shutdown(wait=not at_once, cancel_futures=True)
        if at_once:
            for process in started:
                process.terminate()
        self._own = None
