"""Where replications run: in this process, on its threads, in processes of our own, or with an executor handed over.

Compiled replications release the interpreter lock, so threads run them side by side and share plans and code; SimPy's
need processes.  Tasks may end in any order; whoever asked sorts them.  A worker that dies is replaced once.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from contextlib import ExitStack, contextmanager
from types import TracebackType

from cxsim.study.settings import Settings
from cxsim.study.work import Order, Outcome, replicate

Task = tuple[int, int]
"""(point, replication)."""
IN_FLIGHT = 64
"""Tasks handed over at a time, so that a hundred thousand replications do not lie in a queue."""
THREADS = "replications"
"""How the names of threads that run them begin."""
DIED = (
    "a worker process died twice; if there was memory enough, a script that starts a study has to do so under "
    "`if __name__ == '__main__':`, or with workers=1"
)


INTERRUPTS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""What interrupts a study; a terminal that closes sends SIGHUP."""


class WorkersLostError(RuntimeError):
    """Worker processes died, and their replacements too."""


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def pool(settings: Settings) -> Iterator[Executor | None]:
    """Workers for one study or many; None for one worker, which is this process itself.

    When it ends, all is done or nobody wants the rest: processes end in the middle of what they do, threads after it.
    """
    count = settings.workers or cores()
    if count == 1:
        yield None
        return
    before = set(multiprocessing.active_children())
    executor: Executor
    if settings.engine_name == "compiled":
        executor = ThreadPoolExecutor(count, THREADS)
    else:
        with _born_deaf():  # it begins the process that keeps count of semaphores
            executor = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), initializer=_leave_interrupts)
    try:
        yield executor
    finally:
        with undisturbed():
            executor.shutdown(wait=False, cancel_futures=True)
            for process in set(multiprocessing.active_children()) - before:
                process.terminate()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Nothing interrupts what is done in here: what is finished gets written."""
    if threading.current_thread() is not threading.main_thread():  # only the main thread is interrupted
        yield
        return
    kept = [(number, signal.signal(number, signal.SIG_IGN)) for number in INTERRUPTS]
    try:
        yield
    finally:
        for number, handler in kept:
            signal.signal(number, handler)


def _leave_interrupts() -> None:
    """Ctrl-C, and a terminal that closes, reach every process of a terminal; only the parent answers them."""
    for number in INTERRUPTS:
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def _born_deaf() -> Iterator[None]:
    """Processes begun in here do not hear Ctrl-C from their first moment on.

    `_leave_interrupts` comes when they have imported Python and numba, and until then each would answer with a
    traceback.  An interrupt that comes meanwhile is not lost: the parent has it at the end.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, set(INTERRUPTS) - {signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Workers:
    """Runs tasks with the executor handed over, else with workers of its own; as a context it ends those."""

    def __init__(self, executor: Executor | None, settings: Settings) -> None:
        self._settings = settings
        self._own = ExitStack()
        self._executor = executor if executor is not None else self._own.enter_context(pool(settings))
        self._died = 0

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._own.close()

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
                self._own.close()
                self._executor = self._own.enter_context(pool(self._settings))

    def _run(self, orders: Sequence[Order], tasks: Sequence[Task]) -> Generator[tuple[Task, list[Outcome]], None, None]:
        if self._executor is None:
            for point, replication in tasks:
                yield (point, replication), replicate(orders[point], replication)
            return
        waiting = iter(tasks)
        flying: dict[Future[list[Outcome]], Task] = {}
        try:
            while True:
                for point, replication in waiting:
                    with _born_deaf():  # it may begin a process
                        task = self._executor.submit(replicate, orders[point], replication)
                    flying[task] = (point, replication)
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
