"""The command ``python -m cxsim``: arguments in, exit code out.

0: done · 1: a fault of ours, or a part of the answer that could not be made, reported on stderr · 2: the input is
wrong, every problem is on stderr, nothing was written · 130: interrupted, what was finished is kept · 141: the reader
of the output has left; the answer is in its folder.
"""

from __future__ import annotations

import os
import signal
import sys

if __name__ == "__main__":  # until the command runs there is nothing to keep, and nothing to explain by a traceback
    signal.signal(signal.SIGINT, lambda number, frame: os._exit(130))

import threading
from collections.abc import Sequence
from typing import NoReturn

from cxsim.command.arguments import HELP, parse_arguments
from cxsim.command.interrupts import INTERRUPTS
from cxsim.command.output import BROKEN_PIPE, FAULT, answer, forget, readable_output, tell
from cxsim.files.problems import EnginesDisagreeError, Problem, Problems
from cxsim.files.yaml_positions import COMMAND_LINE

WRONG_INPUT = 2
OURS = "This is a fault of cxsim, not of your files. Nothing was written; please report it, with these lines."
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    with readable_output():
        try:
            with INTERRUPTS:
                code = _run(arguments)
            if INTERRUPTS.seen and code == 0:  # a library swallowed it until everything was done
                tell("cxsim: interrupted when everything was done")
                return INTERRUPTED
            return code
        except KeyboardInterrupt:
            return _interrupted()
        except Exception as error:
            if INTERRUPTS.seen:  # a compiler, or a library half imported, made something else of the interrupt
                return _interrupted()
            return _failed(error)


def _failed(error: Exception) -> int:
    """Report an exception in lines that help; raises what only its traceback explains."""
    if isinstance(error, Problems):
        for fault in error.problems:
            tell(str(fault))
        return WRONG_INPUT
    if isinstance(error, EnginesDisagreeError):
        tell(f"cxsim: {error}\n{OURS}")
        return FAULT
    if isinstance(error, BrokenPipeError):
        forget(sys.stdout)
        return BROKEN_PIPE
    if isinstance(error, MemoryError):
        tell(f"cxsim: out of memory{_dotted(error)}; fewer workers, weeks or customers take less")
        return FAULT
    if isinstance(error, OSError):  # a full disk, a folder that is gone
        where = f"{error.filename}: " if error.filename is not None else ""
        tell(f"cxsim: {where}{error.strerror or error}")
        return FAULT
    raise error


def _dotted(error: Exception) -> str:
    return f": {error}" if str(error) else ""


def _interrupted() -> int:
    tell("cxsim: interrupted; nothing was finished, nothing written")
    return INTERRUPTED


def _run(argv: list[str]) -> int:
    try:
        flags = parse_arguments(argv)
    except ValueError as error:
        raise Problems([Problem((), f"{error}; --help lists what there is", COMMAND_LINE)]) from None
    if flags.help:
        return answer(HELP.rstrip("\n"))
    from cxsim.command import completion, configuration, verbs

    if flags.shell_completion and any(word.startswith("query=") for word in flags.overrides):
        return answer("\n".join(completion.completions()))
    if flags.info or flags.hydra_help or flags.shell_completion or flags.cfg in ("hydra", "all"):
        configuration.hand_over(argv)
        return 0
    if flags.version:
        return answer(verbs.versions())
    INTERRUPTS.look()  # Hydra and what it loads are imported by now
    requests, faults = configuration.read_requests(flags.overrides, flags.multirun, verbs.fields)
    if faults:
        raise Problems(list(dict.fromkeys([*faults, *verbs.further_faults(requests)])))
    if flags.cfg:
        return answer(verbs.shown_configuration(requests).rstrip("\n"))
    return verbs.run(requests)


def _threads_run() -> bool:
    """Whether replications run on threads."""
    workers = sys.modules.get("cxsim.study.workers")
    return workers is not None and any(thread.name.startswith(workers.THREADS) for thread in threading.enumerate())


def leave() -> NoReturn:
    """Run the command and end the process.

    Threads in the middle of a replication cannot be stopped; after an interrupt nobody waits for them.
    """
    os.environ["MPLBACKEND"] = "agg"  # no window is ever opened, so one that cannot be had is no matter
    code = main()
    # Where an interrupt met the code of some namedtuple, Python would end by the signal itself instead of with 130.
    # Semaphores of worker processes are given back at a regular end only.
    if code == INTERRUPTED and (_threads_run() or "multiprocessing.resource_tracker" not in sys.modules):
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    leave()
