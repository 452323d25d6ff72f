"""Disks that are full, for tests of what is left then."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest


def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk takes a few bytes of each file, then is full."""
    open_ = Path.open

    class Full:
        def __init__(self, file: Any) -> None:
            self.file = file

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *error: object) -> None:
            self.file.close()

        def write(self, content: bytes) -> None:
            self.file.write(content[:2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def opened(path: Path, mode: str = "r", *more: Any, **named: Any) -> Any:
        file = open_(path, mode, *more, **named)
        return Full(file) if mode == "wb" else file

    monkeypatch.setattr(Path, "open", opened)
