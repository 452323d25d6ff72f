"""SimPy's environment with absolute times: events come at exactly their time, and in the order of rank and key."""

from __future__ import annotations

from math import inf, nextafter

import simpy
from simpy.events import ProcessGenerator

from cxsim.engines.simpy.clock import Clock


def note(clock: Clock, log: list[tuple[float, str]], name: str, event: simpy.Event) -> None:
    """Write down when an event happens."""
    event.callbacks.append(lambda _: log.append((clock.now, name)))


def test_an_event_comes_at_exactly_its_time() -> None:
    """0.2 + (0.9 - 0.2) is a little less than 0.9 in floating point, so a delay from now would miss it."""
    now, time = 0.2, 0.9
    assert now + (time - now) < time
    clock, log = Clock(now), []
    note(clock, log, "event", clock.at(time, 0, 0))
    clock.run_before(1.0)
    assert log == [(time, "event")]


def test_simultaneous_events_come_by_rank_then_by_key() -> None:
    clock, log = Clock(0.0), []
    for rank, key in ((1, 0), (0, 2**54 - 1), (10, 5), (0, 3), (10, 4)):
        note(clock, log, f"{rank}/{key}", clock.at(5.0, rank, key))
    clock.run_before(6.0)
    assert [name for _, name in log] == ["0/3", f"0/{2**54 - 1}", "1/0", "10/4", "10/5"]


def test_what_simpy_adds_at_an_instant_comes_before_our_next_event() -> None:
    """A process is started, then an event triggered in it, then its condition: all before key 1 of the same rank."""
    clock, log = Clock(0.0), []

    def second() -> ProcessGenerator:
        log.append((clock.now, "started"))
        found = clock.event()
        note(clock, log, "found", found)
        found.succeed()
        yield found | clock.at(inf, 0, 0)
        log.append((clock.now, "resumed"))

    def first() -> ProcessGenerator:
        yield clock.at(5.0, 0, 0)
        clock.process(second())
        log.append((clock.now, "key 0"))

    clock.process(first())
    note(clock, log, "key 1", clock.at(5.0, 0, 1))
    clock.run_before(6.0)
    assert log == [(5.0, name) for name in ("key 0", "started", "found", "resumed", "key 1")]


def test_it_runs_before_an_instant_and_goes_on_from_there() -> None:
    clock, log = Clock(0.0), []
    for time in (1.0, nextafter(2.0, 0.0), 2.0, inf):
        note(clock, log, "event", clock.at(time, 0, 0))
    clock.run_before(2.0)
    assert [time for time, _ in log] == [1.0, nextafter(2.0, 0.0)]
    assert clock.now == 2.0
    clock.run_before(1e9)
    assert [time for time, _ in log] == [1.0, nextafter(2.0, 0.0), 2.0]


def test_it_stops_at_exactly_the_instant() -> None:
    """0.3 + (0.9 - 0.3) is a little more than 0.9: whoever stops there has run the events of 0.9."""
    now, until = 0.3, 0.9
    assert now + (until - now) > until
    clock, log = Clock(now), []
    note(clock, log, "event", clock.at(until, 0, 0))
    clock.run_before(until)
    assert log == []
    assert clock.now == until
