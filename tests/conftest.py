"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("MPLBACKEND", "Agg")
PARITY: pytest.StashKey[Any] = pytest.StashKey()
"""What the test of equal engines has seen, for the last line of the report."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--organisations",
        type=int,
        help="generated organisations on which the engines have to agree (400; 10 without compiled code)",
    )
    parser.addoption("--seed", default="fixed", help="of generated organisations: fixed, random, or a number to repeat")


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with nothing in it, and no scenarios named in the environment."""
    monkeypatch.delenv("CXSIM_SCENARIOS", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker process hands what the test of equal engines has seen to the process that writes the report."""
    if (seen := session.config.stash.get(PARITY, None)) is not None and hasattr(session.config, "workeroutput"):
        session.config.workeroutput["parity"] = str(seen)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker process is done."""
    if (seen := getattr(node, "workeroutput", {}).get("parity")) is not None:
        node.config.stash[PARITY] = seen


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One line on what was compared with what."""
    if (seen := config.stash.get(PARITY, None)) is not None:
        terminalreporter.write_line(str(seen))
