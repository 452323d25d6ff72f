"""The rules that the SimPy engine calls, each by the address of the world (`cxsim.handle.address_of`)."""

from __future__ import annotations

from typing import Any

from cxsim.handle import handle_at
from cxsim.jit import entry
from cxsim.rules import agents, contacts, demand, endings, finishing, routing, serving, ticks


@entry
def candidate(at: Any, f: int, t: float) -> int:
    return demand.candidate(handle_at(at), f, t)


@entry
def come(at: Any, v: int, t: float) -> None:
    routing.come(handle_at(at), v, t)


@entry
def begin(at: Any, v: int, a: int, t: float) -> None:
    serving.begin(handle_at(at), v, a, t)


@entry
def finish(at: Any, v: int, t: float) -> None:
    finishing.finish(handle_at(at), v, t)


@entry
def end_delay(at: Any, v: int, t: float) -> None:
    finishing.end_delay(handle_at(at), v, t)


@entry
def abandon(at: Any, v: int, t: float) -> None:
    contacts.abandon(handle_at(at), v, t)


@entry
def end_wrap_up(at: Any, v: int, t: float) -> None:
    endings.end_wrap_up(handle_at(at), v, t)


@entry
def end_hold(at: Any, v: int, t: float) -> None:
    endings.end_hold(handle_at(at), v, t)


@entry
def withdraw(at: Any, v: int, t: float) -> None:
    ticks.withdraw(handle_at(at), v, t)


@entry
def ready(at: Any, a: int, t: float) -> int:
    return agents.ready(handle_at(at), a, t)


@entry
def pass_mark(at: Any, a: int, t: float) -> None:
    agents.pass_mark(handle_at(at), a, t)


@entry
def come_back(at: Any, a: int, t: float) -> None:
    agents.come_back(handle_at(at), a, t)
