"""The command ``python -m cxsim``: arguments in, exit code out.

0: done · 1: a fault of ours, reported on stderr · 2: the input is wrong, every problem is on stderr, nothing was
written · 130: interrupted, what was finished is kept.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from typing import NoReturn

from cxsim.command.arguments import HELP, parse_arguments
from cxsim.command.interrupts import INTERRUPTS
from cxsim.files.problems import EnginesDisagreeError, Problem, Problems
from cxsim.files.yaml_positions import COMMAND_LINE

FAULT = 1
WRONG_INPUT = 2
OURS = "This is a fault of cxsim, not of your files. Nothing was written; please report it, with these lines."
INTERRUPTED = 130
BROKEN_PIPE = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        with INTERRUPTS:
            code = _run(arguments)
        sys.stdout.flush()
        return code
    except Problems as refused:
        for fault in refused.problems:
            print(fault, file=sys.stderr)
        return WRONG_INPUT
    except KeyboardInterrupt:
        return _interrupted()
    except EnginesDisagreeError as found:
        print(f"cxsim: {found}\n{OURS}", file=sys.stderr)
        return FAULT
    except RuntimeError:  # a compiler whose callback swallowed the interrupt
        if not INTERRUPTS.seen:
            raise
        return _interrupted()
    except BrokenPipeError:  # the reader of our output has left, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE


def _interrupted() -> int:
    print("cxsim: interrupted; nothing was finished, nothing written", file=sys.stderr)
    return INTERRUPTED


def _run(argv: list[str]) -> int:
    try:
        flags = parse_arguments(argv)
    except ValueError as error:
        raise Problems([Problem((), f"{error}; --help lists what there is", COMMAND_LINE)]) from None
    if flags.help:
        print(HELP, end="")
        return 0
    from cxsim.command import completion, configuration, verbs

    if flags.shell_completion and any(word.startswith("query=") for word in flags.overrides):
        print("\n".join(completion.completions()))
        return 0
    if flags.info or flags.hydra_help or flags.shell_completion or flags.cfg in ("hydra", "all"):
        configuration.hand_over(argv)
        return 0
    if flags.version:
        print(verbs.versions())
        return 0
    requests, faults = configuration.read_requests(flags.overrides, flags.multirun, verbs.fields)
    if faults:
        raise Problems(list(dict.fromkeys([*faults, *verbs.further_faults(requests)])))
    if flags.cfg:
        print(verbs.shown_configuration(requests), end="")
        return 0
    return verbs.run(requests)


def _threads_run() -> bool:
    """Whether replications run on threads."""
    workers = sys.modules.get("cxsim.study.workers")
    return workers is not None and any(thread.name.startswith(workers.THREADS) for thread in threading.enumerate())


def leave() -> NoReturn:
    """Run the command and end the process.

    Threads in the middle of a replication cannot be stopped; after an interrupt nobody waits for them.
    """
    code = main()
    if code == INTERRUPTED and _threads_run():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    leave()
