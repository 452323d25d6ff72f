"""Compiling is announced, and an interrupt that is lost meanwhile is looked for before anything runs."""

from __future__ import annotations

import pytest

from cxsim.engines import ready
from worlds import DAY, prepared, tiny


def test_compiling_is_announced_and_its_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    compiled: list[str] = []
    monkeypatch.setattr(ready, "is_ready", lambda: False)
    monkeypatch.setattr(ready, "compile_for", lambda *_: compiled.append(said[-1]))
    monkeypatch.setattr(ready, "note_ready", lambda: compiled.append("noted"))
    names, ((_, plan), *_) = prepared([(0.0, tiny({"far": DAY}, {"answer": {"work": "1 min"}}))], 1, 1)
    ready.make_ready(plan, names, said.append)
    assert said == ["compiling the engine, once", ""]
    assert set(compiled[:-1]) == {said[0]}
    assert compiled[-1] == "noted"
