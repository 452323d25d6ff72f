"""What is needed to make a result again: version, commit, configuration, seeds, engine, libraries."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
import sys
from datetime import datetime
from typing import Any

from cxsim.files.search_path import checkout

LIBRARIES = (
    "numpy",
    "scipy",
    "numba",
    "pandas",
    "simpy",
    "pydantic",
    "pyarrow",
    "hydra-core",
    "matplotlib",
    "holidays",
)


def version() -> str:
    """Version of cxsim."""
    try:
        return importlib.metadata.version("cxsim")
    except importlib.metadata.PackageNotFoundError:  # run from a checkout that was never installed
        return "0+unknown"


def made(started: datetime, ended: datetime, workers: int | None) -> dict[str, Any]:
    """Time, place and versions: all that may differ between two runs with equal results."""
    return {
        "started": started.isoformat(timespec="seconds"),
        "seconds": round((ended - started).total_seconds(), 1),
        "workers": workers,
        "cores": os.cpu_count(),
        "cxsim": version(),
        "commit": commit(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "libraries": {name: _installed(name) for name in LIBRARIES},
        "arguments": sys.argv[1:],
    }


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def commit() -> str | None:
    """Commit of the checkout, with "+changes" when its files differ from it; None outside a checkout."""
    root = checkout()
    if root is None or not (root / ".git").exists():
        return None
    try:
        outputs = [
            subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, timeout=20, check=True)
            for words in (["rev-parse", "HEAD"], ["status", "--porcelain"])
        ]
    except (OSError, subprocess.SubprocessError):
        return None
    return outputs[0].stdout.strip() + ("+changes" if outputs[1].stdout.strip() else "")
