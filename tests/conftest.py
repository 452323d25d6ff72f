"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("MPLBACKEND", "Agg")


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with nothing in it, and no scenarios named in the environment."""
    monkeypatch.delenv("CXSIM_SCENARIOS", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path
