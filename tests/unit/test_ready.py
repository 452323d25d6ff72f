"""Compiling is announced where it happens; an interrupt that is lost meanwhile is looked for before anything runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cxsim.engines import compile_ahead
from worlds import DAY, prepared, tiny


def made_ready(monkeypatch: pytest.MonkeyPatch, on_disk: bool) -> list[str]:
    """What is announced, and when something is compiled."""
    message: list[str] = []

    def compile_for(*_: object, begins: Callable[[], None]) -> None:
        if not on_disk:
            begins()
            message.append("...")

    monkeypatch.setattr(compile_ahead, "compile_for", compile_for)
    names, ((_, plan), *_) = prepared([(0.0, tiny({"far": DAY}, {"answer": {"work": "1 min"}}))], 1, 1)
    compile_ahead.make_ready(plan, names, message.append)
    return message


def test_compiling_is_announced_once_and_its_end_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    assert made_ready(monkeypatch, on_disk=False) == ["compiling the engine, once", "...", "...", ""]


def test_nothing_is_announced_where_all_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert made_ready(monkeypatch, on_disk=True) == []


def test_it_is_reported_where_compiled_code_cannot_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compile_ahead, "KEPT", False)
    message = made_ready(monkeypatch, on_disk=False)[0]
    assert message.startswith("compiling the engine; it is not kept: ")
    assert "CXSIM_CACHE" in message
