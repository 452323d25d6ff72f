"""Interrupts at any moment: answered at once, never lost, without tracebacks, and nothing empty stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from cxsim import __main__ as program
from cxsim.command import interrupts, verbs
from cxsim.study import workers
from test_bad_input import BOTH, DESK, ORGANISATION, PLAN, SCENARIO, SHORT
from test_cli import environment

LONG = (*BOTH, "engine=simpy", "study.replications=100000", "study.weeks=26", "study.warm_up_weeks=0")
NOTHING = "cxsim: stopping\ncxsim: interrupted; nothing was finished, nothing written\n"


@pytest.fixture(autouse=True)
def desk(empty_folder: Path) -> None:
    ORGANISATION.write_text(DESK)
    SCENARIO.write_text(PLAN)


def interrupted(number: int, after: float, *arguments: str) -> tuple[int, str]:
    """Exit code and stderr of a command whose whole group of processes is interrupted, as a terminal does it."""
    words = [sys.executable, "-m", "cxsim", *LONG, *arguments]
    env = environment()
    how: dict[str, Any] = {"stdout": -1, "stderr": -1, "text": True, "env": env, "start_new_session": True}
    # Where the tests themselves run under `nohup`, the command would ignore the hangup as well, and never end.
    before = signal.signal(number, signal.SIG_DFL) if signal.getsignal(number) == signal.SIG_IGN else None
    try:
        process = subprocess.Popen(words, **how)
    finally:
        if before is not None:
            signal.signal(number, before)
    with process:
        try:
            time.sleep(after)
            os.killpg(process.pid, number)
            _, err = process.communicate(timeout=120)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, err


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="groups of processes are POSIX's")
@pytest.mark.parametrize(
    ("name", "after", "workers"),
    [("SIGINT", 0.3, 1), ("SIGINT", 0.7, 1), ("SIGINT", 4.0, 2), ("SIGHUP", 1.5, 1), ("SIGHUP", 4.0, 2)],
)
def test_an_interrupt_at_any_moment(name: str, after: float, workers: int) -> None:
    code, err = interrupted(getattr(signal, name), after, f"workers={workers}")
    assert code in (130, -signal.SIGINT)  # Python ends by the signal itself where it met the code of a namedtuple
    assert "Traceback" not in err
    assert "compiling" in err or err == "" or err.endswith(NOTHING) or "what was finished is in outputs/" in err, err
    empty = [path for path in Path("outputs").rglob("*") if path.is_dir() and not list(path.iterdir())]
    assert not empty


def test_an_interrupt_that_a_library_swallows_is_not_lost(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def swallowing(requests: object) -> int:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            return 0
        raise AssertionError

    monkeypatch.setattr(verbs, "run", swallowing)
    assert program.main([*BOTH]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_an_interrupt_that_a_library_makes_another_exception_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def importing(requests: object) -> int:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise ImportError("numpy.core.multiarray failed to import") from None
        raise AssertionError

    monkeypatch.setattr(verbs, "run", importing)
    assert program.main([*BOTH]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_an_interrupt_is_looked_for_before_a_study_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was swallowed while files were read ends the command before anything runs."""
    from cxsim.command import jobs

    def swallowing(request: object) -> list[object]:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            return []
        raise AssertionError

    monkeypatch.setattr(jobs, "_output_faults", swallowing)
    assert program.main([*BOTH, *SHORT]) == 130
    assert not Path("outputs").exists()


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no SIGHUP")
def test_whoever_wants_to_outlive_the_terminal_does() -> None:
    """`nohup` ignores SIGHUP before it begins the command."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interrupts.Interrupts() as own:
            signal.raise_signal(signal.SIGHUP)
            assert not own.seen
    finally:
        signal.signal(signal.SIGHUP, before)


def test_results_are_kept_from_a_second_interrupt() -> None:
    with interrupts.Interrupts() as own, workers.undisturbed():
        for number in workers.INTERRUPTS:
            signal.raise_signal(number)
        assert not own.seen


def test_threads_are_silent_once_an_interrupt_has_come() -> None:
    reported: list[object] = []
    before = threading.excepthook
    threading.excepthook = reported.append
    try:
        own = interrupts.Interrupts()
        with own:
            for seen in (False, True):
                own._seen = seen
                thread = threading.Thread(target=lambda: 1 / 0)
                thread.start()
                thread.join()
        assert len(reported) == 1
    finally:
        threading.excepthook = before
