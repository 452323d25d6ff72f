"""A contact centre with a back office, rebuilt from docs/model.md alone: nothing of cxsim is used.

Numbers in comments are those of the rules there.  `Readings` are five of them that a reader has once got wrong; the
model was up to 19 % off until all five were read as they are meant.
"""

from __future__ import annotations

import datetime
import hashlib
import heapq
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from statistics import NormalDist
from typing import Any

import numpy as np

DAY, WEEK, YEAR = 1440.0, 10080.0, 525960.0
START = datetime.date(2026, 1, 5)  # a Monday
WARM_UP_WEEKS = 1
PHONE, MAIL = "phone", "mail"
FIRST, REPEAT, CHASER, COMPLAINT = 0, 1, 2, 3
DONE, ABANDONED, BLOCKED, BALKED = 0, 1, 2, 3
AT_WORK = [0] * 8 + [1, 2, 3, 3, 2, 2, 3, 2, 2, 1] + [0.2] * 6

ORGANISATION: dict[str, Any] = {
    "title": "To be rebuilt",
    "calendar": {"start": START.isoformat()},
    "segments": {"all": {"customers": 400, "relationship": {"mean": 0, "sd": 0}}},
    "channels": {
        PHONE: {
            "presence": "present",
            "opens": {"mon-fri": "08:00-18:00"},
            "after_opening": {"uniform": {"low": "0 h", "high": "3 h"}},
            "patience": {"exponential": {"mean": "6 min"}},
            "pick_up": {"exponential": {"mean": "6 s"}},
            "p_balk": 0.05,
            "lines": 6,
        },
        MAIL: {"presence": "absent"},
    },
    "profiles": {"week": {"every": "1 h", "values": AT_WORK * 5 + [0.1] * 48}},
    "demand": {"busyness_sd": 0.3},
    "reasons": {
        "claim": {
            "cases": {"all": 60},
            "arrives": "week",
            "channels": {PHONE: 0.6, MAIL: 0.4},
            "route": "claim",
            "promise": {"within": "2 working days", "p_told": 0.8, "expected": "4 d", "chaser": "status"},
        },
        "status": {"channels": {PHONE: 0.7, MAIL: 0.3}, "route": "status"},
        "complaint": {"channels": {PHONE: 0.5, MAIL: 0.5}, "route": "complaint"},
    },
    "routes": {
        "claim": {
            "answer": {
                "team": "front",
                "skill": "a",
                "work": {"lognormal": {"mean": "5 min", "cv": 1.0}},
                "wrap_up": {"exponential": {"mean": "2 min"}},
                "resolves": 0.6,
                "generic": 0.2,
                "next": {"assess": {"p": 0.4}, "advise": {"p": 0.2, "transfer": "cold"}},
            },
            "advise": {
                "team": "front",
                "skill": "b",
                "work": {"exponential": {"mean": "6 min"}},
                "resolves": 0.8,
                "asks_again": True,
            },
            "assess": {
                "team": "back",
                "skill": "paper",
                "work": {"exponential": {"mean": "20 min"}},
                "resolves": 0.7,
                "next": {"papers": {"p": 0.5}, "assess": {"p": 0.1, "kind": "rework"}},
            },
            "papers": {
                "delay": {"exponential": {"mean": "12 h"}},
                "clock": "working",
                "customer": True,
                "news": False,
                "next": {"decide": {"p": 1.0}},
            },
            "decide": {
                "team": "back",
                "skill": "paper",
                "work": {"exponential": {"mean": "15 min"}},
                "resolves": 0.8,
            },
        },
        "status": {"look": {"team": "front", "skill": "a", "work": {"exponential": {"mean": "3 min"}}}},
        "complaint": {
            "hear": {"team": "front", "skill": "b", "work": {"exponential": {"mean": "8 min"}}, "resolves": 0.75}
        },
    },
    "teams": {
        "front": {
            "department": "front",
            "agents": 7,
            "p_absent": 0.1,
            "proficiency": {"mean": 0.2, "sd": 0.5},
            "shifts": {
                "early": {
                    "hours": {"mon-fri": "08:00-16:00"},
                    "weight": 2,
                    "breaks": [
                        {"after": "2 h", "lasts": "15 min", "spread": "30 min"},
                        {"after": "4 h", "lasts": "30 min"},
                    ],
                },
                "late": {
                    "hours": {"mon-fri": "10:00-18:00"},
                    "weight": 1,
                    "breaks": [{"after": "3 h", "lasts": "30 min"}],
                },
            },
            "skill_sets": {"one": {"has": ["a"], "weight": 2}, "both": {"has": ["b", "a"], "weight": 1}},
        },
        "back": {
            "department": "back",
            "agents": 3,
            "proficiency": {"mean": 0.0, "sd": 0.3},
            "shifts": {"day": {"hours": {"mon-fri": "09:00-17:00"}}},
            "skills": ["paper"],
        },
    },
    "behaviour": {
        "p_redial": 0.6,
        "redial_after": {"exponential": {"mean": "10 min"}},
        "p_recontact": 0.85,
        "recontact_after": {"exponential": {"mean": "1 d"}},
        "p_complain": 0.2,
        "complaint": "complaint",
        "p_return_call": 0,
    },
    "proficiency": {"misroute": 0.3},
    "experience": {
        "ces_cuts": [-2.5, -2.0, -1.5, -1.0, -0.5, 0.0],
        "nps_cuts": [-3.0, -2.5, -2.0, -1.5, -1.2, -0.9, -0.7, -0.3, 0.1, 0.7],
    },
    "economics": {"currency": "EUR", "price_year": 2026},
}

REASONS, ROUTES, TEAMS = (ORGANISATION[block] for block in ("reasons", "routes", "teams"))
BEHAVIOUR, CALLS = ORGANISATION["behaviour"], ORGANISATION["channels"][PHONE]
normal_quantile = NormalDist().inv_cdf

# purposes of random numbers (1.6)
GAP, CHANNEL, OPENING, PATIENCE, BALK, REDIAL, REDIAL_DELAY = 1, 4, 5, 6, 7, 8, 9
WORK, WRAP_UP, NEXT, DELAY, RESOLVE, RECONTACT, RECONTACT_DELAY, COMPLAIN = 12, 13, 14, 15, 23, 24, 25, 26
GENERIC, PROMISED, CHASE, PICK_UP, BUSYNESS, ABSENT, PROFICIENCY, BREAK = 27, 28, 30, 35, 50, 70, 71, 72


@dataclass(frozen=True)
class Readings:
    """Five rules as they are meant; False: as they have been misread."""

    skill_sets_are_dealt_per_shift: bool = True
    a_case_opens_when_its_first_contact_gets_through: bool = True
    a_repeat_keeps_its_channel: bool = True
    half_the_promise_is_calendar_time: bool = True
    the_end_of_the_customers_own_delay_is_news: bool = True


def minutes(text: str) -> float:
    number, unit = text.split()
    return float(number) * {"s": 1.0 / 60.0, "min": 1.0, "h": 60.0, "d": DAY}[unit]


def word(name: str) -> int:  # 1.6
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def uniform(key: Any, purpose: int, a: int, b: int, name: int, number: int, extra: int = 0) -> float:  # 1.6
    counter = np.array([purpose + (a << 8) + (b << 32), name, number, extra], dtype=np.uint64)
    x = int(np.random.Philox(counter=counter, key=key).random_raw())
    return min(((x >> 11) + 0.5) * 2.0**-53, 1.0 - 2.0**-53)


def quantile(spec: Any, u: float) -> float:  # 1.10
    ((name, given),) = spec.items()
    if name == "exponential":
        return -minutes(given["mean"]) * math.log(1.0 - u)
    if name == "uniform":
        return minutes(given["low"]) + (minutes(given["high"]) - minutes(given["low"])) * u
    variance = math.log(1.0 + given["cv"] ** 2)
    return math.exp(math.log(minutes(given["mean"])) - variance / 2.0 + math.sqrt(variance) * normal_quantile(u))


def deal(weights: Mapping[str, float], n: int) -> list[str]:  # 4.1
    total, dealt, names = sum(weights.values()), dict.fromkeys(weights, 0), []
    for k in range(1, n + 1):
        name = max(weights, key=lambda one: weights[one] * k / total - dealt[one])
        dealt[name] += 1
        names.append(name)
    return names


@dataclass(frozen=True)
class Hours:
    """Monday to Friday, within one span a day (1.3)."""

    opens: float
    closes: float

    def spans(self, t: float) -> Any:
        """Spans that end after t."""
        day = math.floor(t / DAY)
        while True:
            if day % 7 < 5 and day * DAY + self.closes > t:
                yield day * DAY + self.opens, day * DAY + self.closes
            day += 1

    def next_open(self, t: float) -> float:
        return max(t, next(self.spans(t))[0])

    def after(self, t: float, length: float) -> float:  # 1.4
        if length <= 0.0:
            return t
        for start, end in self.spans(t):
            start = max(start, t)
            if length <= end - start:
                break
            length -= end - start
        return float(start + length)

    def between(self, a: float, b: float) -> float:
        total = 0.0
        for start, end in self.spans(a):
            if start >= b:
                break
            total += min(end, b) - max(start, a)
        return total


def hours(text: str) -> Hours:
    at = [60.0 * int(part[:2]) + int(part[3:]) for part in text.split("-")]
    return Hours(*at)


WORKING, OPEN = hours("09:00-17:00"), hours(CALLS["opens"]["mon-fri"])


@dataclass(eq=False)
class Agent:
    number: int
    word: int
    shift: Any
    p_absent: float
    skills: list[str]
    z: dict[str, float]
    on_duty: bool = False
    busy: bool = False
    resting: object = None
    idle: bool = False
    idle_since: float = 0.0
    owed: float = 0.0


@dataclass(eq=False)
class Case:
    number: int
    serial: int
    arose: float
    opened: float = math.inf
    promised: float = math.inf
    clock: Hours | None = None
    left_of_promise: float = 0.0
    paused: int = 0
    news_at: float = 0.0
    chased_until: float = 0.0
    chase_left: float = 0.0
    chaser: Visit | None = None
    rows: int = 0
    live: int = 0
    handled: int = 0
    ordinals: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(4), 0))
    passes: dict[str, int] = field(default_factory=dict)
    z: float = 0.0
    heard: bool = False
    felt: float = 0.0
    ended: str = ""
    resolved_at: float = math.inf
    closed: bool = False


@dataclass(eq=False)
class Visit:
    case: Case
    key: tuple[int, int]
    kind: int = FIRST
    reason: str = "claim"
    channel: str = PHONE
    route: str = ""
    step: str = ""
    times: int = 0
    ordinal: int = 0
    attempt: int = 0
    leg: int = 0
    present: bool = False
    inside: bool = False
    expected: bool = False
    stamp: int = 0
    queued_at: float = 0.0
    began_at: float = math.inf
    agent: Agent | None = None


class Rebuilt:
    """The model, run to an instant; `visits` and `ledger` are what came of it."""

    def __init__(self, seed: int, replication: int, until: float, readings: Readings) -> None:
        self.key = np.array([seed, replication], dtype=np.uint64)
        self.readings = readings
        self.stream = word("all/claim/0")
        self.now = -WARM_UP_WEEKS * WEEK
        self.events: list[tuple[Any, ...]] = []
        self.queues: dict[str, list[Visit]] = {"a": [], "b": [], "paper": []}
        self.freed: list[Agent] = []
        self.calls = self.serial = self.entered = 0
        self.visits: list[tuple[Any, ...]] = []
        self.ledger: list[tuple[int, float, str, float]] = []
        self.busyness: dict[int, float] = {}
        self.agents = list(self.staff())
        self.expect(0)
        for agent in self.agents:
            self.expect_shift(agent, self.now)
        while self.events and self.events[0][0] < until:
            self.now, *_, happens = heapq.heappop(self.events)
            happens()
            while self.freed:  # 1.12
                self.look_for_work(self.freed.pop(0))

    # -- section 1: random numbers and events ------------------------------------------------------------------

    def u(self, purpose: int, a: int, b: int, name: int, number: int, extra: int = 0) -> float:
        return uniform(self.key, purpose, a, b, name, number, extra)

    def of_case(self, c: Case, purpose: int, a: int = 0, b: int = 0) -> float:
        return self.u(purpose, a, b, self.stream, c.number)

    def of_contact(self, v: Visit, purpose: int) -> float:
        return self.of_case(v.case, purpose, v.kind + (v.ordinal << 8), v.attempt + (v.leg << 16))

    def at_step(self, v: Visit, purpose: int) -> float:
        return self.u(purpose, 0, v.times, self.stream, v.case.number, word(f"{v.route}.{v.step}"))

    def at(self, t: float, rank: int, key: tuple[int, ...], happens: Callable[[], None]) -> None:  # 1.11
        self.entered += 1
        heapq.heappush(self.events, (t, rank, key, self.entered, happens))

    def due(self, v: Visit, t: float, rank: int, happens: Callable[[Visit], None]) -> None:
        v.stamp += 1
        stamp = v.stamp
        if t < math.inf:
            self.at(t, rank, v.key, lambda: happens(v) if v.stamp == stamp else None)

    def row(self, c: Case) -> Visit:
        c.rows += 1
        return Visit(c, (c.serial, c.rows))

    # -- section 2: demand -------------------------------------------------------------------------------------

    def expect(self, number: int) -> None:  # 2.1, 2.2
        values = ORGANISATION["profiles"]["week"]["values"]
        rate = REASONS["claim"]["cases"]["all"] * ORGANISATION["segments"]["all"]["customers"] / YEAR
        rate *= len(values) / sum(values)
        left, t = -math.log(self.u(GAP, 0, 0, self.stream, number)), self.now
        while True:
            cell = math.floor(t / 60.0)
            height = rate * values[cell % 168] * self.busy(math.floor(t / DAY))
            if height * ((cell + 1) * 60.0 - t) >= left:
                break
            left -= height * ((cell + 1) * 60.0 - t)
            t = (cell + 1) * 60.0
        self.at(t + left / height, 10, (0,), lambda: self.candidate(number))

    def busy(self, day: int) -> float:
        if day not in self.busyness:
            s = ORGANISATION["demand"]["busyness_sd"]
            z = normal_quantile(self.u(BUSYNESS, 0, 0, 0, START.toordinal() + day, 3))
            self.busyness[day] = math.exp(s * z - s * s / 2.0)
        return self.busyness[day]

    def candidate(self, number: int) -> None:  # 2.4
        self.expect(number + 1)
        c = Case(number, self.serial, self.now)
        self.serial += 1
        v = self.row(c)
        v.channel = self.channel(c, "claim", FIRST, 0)
        self.come(v)

    def channel(self, c: Case, reason: str, kind: int, ordinal: int) -> str:  # 2.5
        return PHONE if self.of_case(c, CHANNEL, kind, ordinal) < REASONS[reason]["channels"][PHONE] else MAIL

    # -- section 3: contacts and queues ------------------------------------------------------------------------

    def come(self, v: Visit) -> None:
        c = v.case
        if v.kind == CHASER and c.ended:  # 7.6
            self.end_chaser(v)
            return
        if v.channel == PHONE and OPEN.next_open(self.now) > self.now:  # 3.1
            later = OPEN.after(OPEN.next_open(self.now), quantile(CALLS["after_opening"], self.of_contact(v, OPENING)))
            self.due(v, OPEN.next_open(later), 6, self.come)
            return
        if c.opened == math.inf:
            self.open(c)
        causes = {REPEAT: "repeat", CHASER: "chaser", COMPLAINT: "complaint"}
        if v.attempt:  # 3.3
            self.enter_effort(c, "redial", 0.40)
        elif v.kind in causes:
            self.enter_effort(c, causes[v.kind], 0.40)
        v.present = v.channel == PHONE
        v.route = REASONS[v.reason]["route"]
        v.step = next(iter(ROUTES[v.route]))
        v.leg = 0
        self.enter(v)

    def open(self, c: Case) -> None:  # 3.2, 7.1
        c.opened = self.now if self.readings.a_case_opens_when_its_first_contact_gets_through else c.arose
        c.live = 1
        promise = REASONS["claim"]["promise"]
        if self.of_case(c, PROMISED) < promise["p_told"]:
            c.clock = WORKING
            c.promised = WORKING.after(c.opened, 2 * 480.0)
        else:
            c.promised = c.opened + minutes(promise["expected"])
        c.news_at = c.chased_until = c.opened
        c.chaser = self.row(c)
        c.chaser.kind, c.chaser.reason = CHASER, promise["chaser"]
        self.expect_question(c)

    def enter(self, v: Visit) -> None:  # 3.4
        c, step = v.case, ROUTES[v.route][v.step]
        v.times = c.passes.get(v.step, 0)
        v.queued_at, v.began_at = self.now, math.inf
        if "delay" in step:  # 6.5
            self.release_line(v)
            v.began_at = self.now
            self.pause(c)
            self.due(v, WORKING.after(self.now, quantile(step["delay"], self.at_step(v, DELAY))), 5, self.end_delay)
            return
        if v.present and not v.inside:
            if self.calls >= CALLS["lines"]:
                self.lose(v, BLOCKED)
                return
            self.calls += 1
            v.inside = True
        idle = [a for a in self.agents if a.idle and step["skill"] in a.skills]
        if idle:  # 4.8
            self.begin(v, min(idle, key=lambda a: (len(a.skills), a.idle_since, a.number)))
            return
        if v.present and self.of_contact(v, BALK) < CALLS["p_balk"]:
            self.lose(v, BALKED)
            return
        self.queues[step["skill"]].append(v)
        patience = quantile(CALLS["patience"], self.of_contact(v, PATIENCE)) if v.present else math.inf  # 3.6
        self.due(v, self.now + patience, 9, self.abandon)

    def release_line(self, v: Visit) -> None:
        self.calls -= v.inside
        v.inside = False

    def abandon(self, v: Visit) -> None:  # 3.8
        self.charge_wait(v.case, 1.25 * (self.now - v.queued_at))
        self.queues[ROUTES[v.route][v.step]["skill"]].remove(v)
        self.lose(v, ABANDONED)

    def lose(self, v: Visit, outcome: int) -> None:  # 3.9
        self.note(v, outcome)
        self.release_line(v)
        if self.of_contact(v, REDIAL) < BEHAVIOUR["p_redial"]:
            after = quantile(BEHAVIOUR["redial_after"], self.of_contact(v, REDIAL_DELAY))
            v.attempt += 1
            self.due(v, self.now + after, 6, self.come)
        elif v.kind == CHASER:
            self.end_chaser(v)
        else:
            v.case.ended = v.case.ended or "given up"
            self.end_part(v)

    def note(self, v: Visit, outcome: int) -> None:
        contact = (v.case.number, v.reason, v.kind, v.ordinal, v.attempt, v.step, v.times)
        agent = -1 if v.agent is None or outcome else v.agent.number
        self.visits.append((*contact, agent, v.queued_at, v.began_at, self.now, outcome))

    # -- section 4: agents -------------------------------------------------------------------------------------

    def staff(self) -> Any:
        number = 0
        for name, team in TEAMS.items():
            shifts = deal({s: spec.get("weight", 1.0) for s, spec in team["shifts"].items()}, team["agents"])
            sets = {g: spec["weight"] for g, spec in team.get("skill_sets", {}).items()}
            sequence = deal(sets, team["agents"]) if sets else []
            seen = dict.fromkeys(team["shifts"], 0)
            for k, shift in enumerate(shifts):
                own = word(f"{name}/{k}")
                place = seen[shift] if self.readings.skill_sets_are_dealt_per_shift else k  # 4.2
                seen[shift] += 1
                skills = team["skill_sets"][sequence[place]]["has"] if sets else team["skills"]
                z = {
                    skill: team["proficiency"]["mean"]
                    + team["proficiency"]["sd"]
                    * normal_quantile(self.u(PROFICIENCY, 0, 0, own, 2, word(f"{name}.{skill}")))
                    for skill in skills
                }
                yield Agent(number, own, team["shifts"][shift], team.get("p_absent", 0.0), skills, z)
                number += 1

    def expect_shift(self, a: Agent, t: float) -> None:
        start, end = next(span for span in hours(a.shift["hours"]["mon-fri"]).spans(t) if span[0] >= t)
        self.at(start, 0, (a.number,), lambda: self.begin_shift(a, start, end))

    def begin_shift(self, a: Agent, start: float, end: float) -> None:  # 4.4
        date = START.toordinal() + math.floor(start / DAY)
        self.expect_shift(a, end)
        if self.u(ABSENT, 0, date, a.word, 2) < a.p_absent:
            return
        a.on_duty, a.idle, a.idle_since = True, not a.busy, self.now
        self.expect_break(a, 0, start, end, date)
        self.freed.append(a)

    def expect_break(self, a: Agent, k: int, start: float, end: float, date: int) -> None:  # 4.5
        for number, pause in list(enumerate(a.shift.get("breaks", [])))[k:]:
            spread = minutes(pause.get("spread", "0 min"))
            t = start + minutes(pause["after"]) + spread * (2.0 * self.u(BREAK, 0, date, a.word, 2, number + 1) - 1.0)
            if self.now <= t < end:
                self.at(t, 0, (a.number,), partial(self.owe_break, a, number, start, end, date))
                return
        self.at(end, 0, (a.number,), lambda: self.go_home(a))

    def owe_break(self, a: Agent, number: int, start: float, end: float, date: int) -> None:
        a.owed += minutes(a.shift["breaks"][number]["lasts"])
        self.expect_break(a, number + 1, start, end, date)
        self.freed.append(a)

    def go_home(self, a: Agent) -> None:
        a.on_duty = a.idle = False
        a.resting, a.owed = None, 0.0

    def look_for_work(self, a: Agent) -> None:  # 4.7
        if not a.on_duty or a.busy or a.resting is not None:
            return
        if a.owed > 0.0:
            rest = a.resting = object()
            self.at(self.now + a.owed, 1, (a.number,), lambda: self.come_back(a, rest))
            a.owed, a.idle = 0.0, False
            return
        for skill in a.skills:
            if self.queues[skill]:  # 3.7
                v = min(self.queues[skill], key=lambda one: (one.queued_at, one.key))
                self.queues[skill].remove(v)
                self.begin(v, a)
                return
        a.idle = True

    def come_back(self, a: Agent, rest: object) -> None:
        if a.resting is rest:
            a.resting, a.idle, a.idle_since = None, True, self.now
            self.freed.append(a)

    def put_down(self, a: Agent) -> None:
        a.busy, a.idle_since = False, self.now
        self.freed.append(a)

    def begin(self, v: Visit, a: Agent) -> None:  # 3.8, 4.9
        c, step = v.case, ROUTES[v.route][v.step]
        a.busy, a.idle, v.agent = True, False, a
        v.began_at = self.now + (quantile(CALLS["pick_up"], self.of_contact(v, PICK_UP)) if v.present else 0.0)
        if v.present:
            self.charge_wait(c, 1.25 * (v.began_at - v.queued_at))
            if step.get("asks_again") and (c.heard or v.leg):
                self.enter_effort(c, "information", 0.15)
        length = quantile(step["work"], self.at_step(v, WORK)) * math.exp(-0.15 * a.z[step["skill"]])
        self.due(v, v.began_at + length, 2, self.finish)

    # -- section 6: steps --------------------------------------------------------------------------------------

    def finish(self, v: Visit) -> None:
        c, step, a = v.case, ROUTES[v.route][v.step], v.agent
        assert a is not None
        self.note(v, DONE)
        v.agent, c.z, c.heard = None, a.z[step["skill"]], True
        if v.present and self.at_step(v, GENERIC) < step.get("generic", 0.0):  # 6.11
            self.enter_effort(c, "generic", 0.15)
        self.pass_on(v, a)

    def end_delay(self, v: Visit) -> None:
        self.resume(v.case)
        self.note(v, DONE)
        self.pass_on(v, None)

    def pass_on(self, v: Visit, a: Agent | None) -> None:  # 4.10, 6.1
        c, step = v.case, ROUTES[v.route][v.step]
        c.passes[v.step] = v.times + 1
        if step.get("news", True):
            self.hear_news(c)
        to = self.successor(v, a)
        if a is not None and "wrap_up" in step:
            length = quantile(step["wrap_up"], self.at_step(v, WRAP_UP)) * math.exp(-0.15 * a.z[step["skill"]])
            keeper = a
            self.due(self.row(c), self.now + length, 3, lambda _: self.put_down(keeper))
            a = None
        if to is None:
            self.end_route(v)
        else:
            if step["next"][to].get("transfer") == "cold" and v.present:  # 6.3
                self.enter_effort(c, "transfer", 0.25)
                v.leg += 1
            else:
                self.release_line(v)
                v.present = False
            v.step = to
            self.enter(v)
        if a is not None:
            self.put_down(a)

    def successor(self, v: Visit, a: Agent | None) -> str | None:  # 6.1, 6.2
        step = ROUTES[v.route][v.step]
        chances = {to: edge["p"] for to, edge in step.get("next", {}).items()}
        wrong = [to for to in chances if step["next"][to].get("kind") == "rework"]
        if wrong and a is not None:
            moved = {}
            for to in wrong:
                odds = chances[to] / (1.0 - chances[to]) * math.exp(-0.3 * a.z[step["skill"]])
                moved[to] = odds / (1.0 + odds)
            scale = (1.0 - sum(moved.values())) / (1.0 - sum(chances[to] for to in wrong))
            chances = {to: moved.get(to, p * scale) for to, p in chances.items()}
        u, total = self.at_step(v, NEXT), 0.0
        for to, p in chances.items():
            total += p
            if u < total:
                return to
        return None

    # -- section 7: promises, resolution, repeats --------------------------------------------------------------

    def end_route(self, v: Visit) -> None:  # 7.8, 7.9
        c = v.case
        self.release_line(v)
        if v.kind == CHASER:
            self.hear_news(c)
            self.end_chaser(v)
            return
        n = c.handled
        c.handled += 1
        if c.ended:
            self.end_part(v)
            return
        r = ROUTES[v.route][v.step]["resolves"]
        odds = r / (1.0 - r) * math.exp(0.35 * c.z)
        if self.of_case(c, RESOLVE, n) < min(odds / (1.0 + odds), 1.0 - (0.48 + 0.14) * (1.0 - r)):
            c.ended, c.resolved_at = "resolved", self.now
        elif self.of_case(c, RECONTACT, n) >= BEHAVIOUR["p_recontact"]:
            c.ended = "given up"
        if c.ended:
            self.end_part(v)
            return
        complains = self.of_case(c, COMPLAIN, n) < BEHAVIOUR["p_complain"]
        v.kind, v.reason = (COMPLAINT, BEHAVIOUR["complaint"]) if complains else (REPEAT, "claim")
        v.ordinal = c.ordinals[v.kind]
        c.ordinals[v.kind] += 1
        if complains or not self.readings.a_repeat_keeps_its_channel:
            v.channel = self.channel(c, v.reason, v.kind, v.ordinal)
        v.attempt = v.leg = 0
        after = quantile(BEHAVIOUR["recontact_after"], self.of_case(c, RECONTACT_DELAY, n))
        self.due(v, self.now + after, 6, self.come)

    def end_part(self, v: Visit) -> None:  # 7.10
        c = v.case
        v.stamp += 1
        c.live -= 1
        if c.live or not c.ended:
            return
        if c.ended != "resolved":
            self.enter_effort(c, "unresolved", 1.0)
        late = -c.left_of_promise if c.paused else min(self.now, c.resolved_at) - c.promised  # 7.2, 7.3
        if late > 0.0:
            self.enter_effort(c, "late", 0.20 * math.log1p(late / DAY))
        c.closed = True

    def half_way(self, c: Case) -> float:  # 7.5
        if self.readings.half_the_promise_is_calendar_time or c.clock is None:
            return c.opened + 0.5 * (c.promised - c.opened)
        return c.clock.after(c.opened, 0.5 * c.clock.between(c.opened, c.promised))

    def urge(self, c: Case, a: float, b: float) -> float:  # 7.5
        def area(x: float, y: float) -> float:
            x, y = (x - c.news_at) / DAY, (y - c.news_at) / DAY
            return 0.05 * (y - x) + 0.05 * (y * y - x * x) if y > x else 0.0

        if c.paused:
            return 0.0
        half = self.half_way(c)
        return area(max(a, half), min(b, c.promised)) + 3.0 * area(max(a, c.promised, half), b)

    def expect_question(self, c: Case) -> None:
        assert c.chaser is not None
        c.chase_left = -math.log(self.of_case(c, CHASE, c.ordinals[CHASER]))
        c.chaser.expected = True
        self.set_question(c)

    def set_question(self, c: Case) -> None:
        v, a, left = c.chaser, max(self.now, self.half_way(c)), c.chase_left
        if v is None or not v.expected:
            return
        t = math.inf
        for weight, end in () if c.paused else ((1.0, c.promised), (3.0, math.inf)):
            if a < end:
                x = (a - c.news_at) / DAY
                y = 0.5 * (math.sqrt(1.0 + 4.0 * (x + x * x + 20.0 * left / weight)) - 1.0)  # of the example there
                t = c.news_at + y * DAY
                if t <= end:
                    break
                left, a = left - self.urge(c, a, end), end
        self.due(v, t, 7, self.ask)

    def spend_urge(self, c: Case) -> None:
        c.chase_left = max(0.0, c.chase_left - self.urge(c, c.chased_until, self.now))
        c.chased_until = self.now

    def hear_news(self, c: Case) -> None:  # 7.4
        self.spend_urge(c)
        c.news_at = self.now
        self.set_question(c)

    def ask(self, v: Visit) -> None:  # 7.6
        c = v.case
        if c.closed or c.ended:
            return
        v.expected, v.ordinal, v.attempt, v.leg = False, c.ordinals[CHASER], 0, 0
        v.channel = self.channel(c, v.reason, CHASER, v.ordinal)
        c.live += 1
        self.come(v)

    def end_chaser(self, v: Visit) -> None:
        c = v.case
        self.release_line(v)
        if c.ended:
            self.end_part(v)
            return
        c.live -= 1
        c.ordinals[CHASER] += 1
        c.chased_until = self.now
        self.expect_question(c)

    def pause(self, c: Case) -> None:  # 7.3
        self.spend_urge(c)
        left = c.promised - self.now
        c.left_of_promise = c.clock.between(self.now, c.promised) if c.clock and left > 0.0 else left
        c.paused += 1
        self.set_question(c)

    def resume(self, c: Case) -> None:
        c.paused -= 1
        c.chased_until = self.now
        left = c.left_of_promise
        c.promised = c.clock.after(self.now, left) if c.clock and left > 0.0 else self.now + left
        if self.readings.the_end_of_the_customers_own_delay_is_news:
            self.hear_news(c)
        else:
            self.set_question(c)

    # -- section 8: effort -------------------------------------------------------------------------------------

    def enter_effort(self, c: Case, cause: str, effort: float) -> None:  # 8.1
        self.ledger.append((c.number, self.now, cause, effort))

    def charge_wait(self, c: Case, felt: float) -> None:
        if felt > 0.0:
            before = math.log(1.0 + c.felt / 2.0)
            c.felt += felt
            self.enter_effort(c, "wait", 0.15 * (math.log(1.0 + c.felt / 2.0) - before))
