"""Every random number of the model, by address: whose it is, for what, and which occurrence.

The only module that calls `uniform`.  A case's address is (stream, candidate number); to it come the purpose, two small
ordinals and, where the number belongs to a step, the step's name.  Nothing depends on position or order of arrival, so
another reason, agent, step, redial or chaser leaves every other random number alone.
"""

from __future__ import annotations

import math
from enum import IntEnum

import numpy as np

from cxsim.native.compiling import compiled, entry, inlined
from cxsim.probability.quantiles import CONSTANT, EXPONENTIAL, exponential, normal_quantile, quantile
from cxsim.probability.random_numbers import round_keys, uniform
from cxsim.state.world import World


class Purpose(IntEnum):
    """What a uniform number is for.  The numbers are part of every address: never change or reuse one."""

    GAP = 1
    ACCEPT = 2
    CUSTOMER = 3
    CHANNEL = 4
    OPENING = 5
    PATIENCE = 6
    BALK = 7
    REDIAL = 8
    REDIAL_DELAY = 9
    ACCEPT_CALL_BACK = 10
    CALL_BACK_REACHED = 11
    WORK = 12
    WRAP_UP = 13
    NEXT = 14
    DELAY = 15
    RIGHT = 16
    RIGHT_ERROR = 17
    REACHED = 18
    RETURN_CALL = 19
    RETURN_DELAY = 20
    RETRY_DELAY = 21
    SELF_SERVICE = 22
    RESOLVE = 23
    RECONTACT = 24
    RECONTACT_DELAY = 25
    COMPLAIN = 26
    GENERIC = 27
    PROMISED = 28
    HEEDS_UPDATES = 29
    CHASE = 30
    WITHDRAW = 31
    COMES_BACK = 32
    COMES_BACK_DELAY = 33
    ATTEMPT = 34
    PICK_UP = 35
    ANSWERS = 40
    SCORE = 41
    CES_SCORE = 42
    BUSYNESS = 50
    LEVEL = 60
    RATING = 61
    ABSENT = 70
    PROFICIENCY = 71
    BREAK = 72
    QUIT = 80
    TENURE = 81
    VACANCY = 82
    LEAVE = 90
    JOIN = 91
    ASKED = 92
    RELATIONSHIP_ANSWER = 93
    RELATIONSHIP_SCORE = 94
    REFERRED = 95
    COMPLAIN_AFTER = 100
    COMPLAIN_AFTER_DELAY = 101
    CAUSE = 102
    RECURS = 103
    RECURS_DELAY = 104
    DUE = 105
    PAYMENT = 106
    PROACTIVE = 107
    FOLLOW_UP = 108
    REACH_OUT_DELAY = 109
    OFFER = 110
    BUY = 111
    OVER_PROMISE = 112
    NOTICE = 113
    NOTICE_DELAY = 114
    UNDO = 115
    ERROR = 116
    LAST_OFFER = 117
    SHOPPED = 120
    SHOPPED_CHANNEL = 121
    SHOPPED_WAIT = 122
    SHOPPED_NEXT = 123
    SHOPPER_ERROR = 124
    IDEAS = 125
    IDEA = 126
    ASSUMPTION = 130


@inlined
def _look_up(w: World, purpose: int, a: int, b: int, word: np.uint64, number: np.uint64, extra: np.uint64) -> float:
    """The uniform at an address; `a` and `b` are ordinals below 2**24 and 2**32."""
    # `extra` keeps owners apart: 0 candidate, case, contact; 1 customer; 3 day; 4 customer and week; 5 board; at a step
    # the hash of its name.  Agents have 2 as their number.
    first = np.uint64(purpose) | (np.uint64(a) << np.uint64(8)) | (np.uint64(b) << np.uint64(32))
    return uniform(w.round_keys, first, word, number, extra)


@inlined
def of_case(w: World, c: int, purpose: int, a: int, b: int) -> float:
    """Random number of case row c."""
    return _look_up(w, purpose, a, b, w.cases[c]["name_hash"], w.cases[c]["number"], np.uint64(0))


@inlined
def at_step(w: World, v: int, purpose: int, again: int) -> float:
    """Random number of visit row v at its step: by step, branch, pass, and `again` for tries within the pass."""
    return at(w, v, w.visits[v]["step"], purpose, again)


@inlined
def at(w: World, v: int, s: int, purpose: int, again: int) -> float:
    """The same at a step s other than the one the row stands at."""
    visit = w.visits[v]
    c = visit["case"]
    a = visit["branch"] | (again << 12)
    return _look_up(
        w, purpose, a, visit["pass_number"], w.cases[c]["name_hash"], w.cases[c]["number"], w.steps[s]["name_hash"]
    )


@inlined
def of_contact(w: World, v: int, purpose: int) -> float:
    """Random number of a contact: by kind, ordinal within the kind, attempt and leg."""
    visit = w.visits[v]
    c = visit["case"]
    a = visit["kind"] | (visit["ordinal"] << 8)
    b = visit["attempt"] | (visit["queues_joined"] << 16)
    return _look_up(w, purpose, a, b, w.cases[c]["name_hash"], w.cases[c]["number"], np.uint64(0))


@compiled
def of_try(w: World, v: int, purpose: int, try_: int) -> float:
    """Random number of a further try within a contact: by kind, ordinal, attempt, leg and try."""
    visit = w.visits[v]
    c = visit["case"]
    a = visit["kind"] | (visit["ordinal"] << 8)
    b = visit["attempt"] | (visit["queues_joined"] << 16) | (try_ << 24)
    return _look_up(w, purpose, a, b, w.cases[c]["name_hash"], w.cases[c]["number"], np.uint64(0))


@inlined
def in_case(w: World, c: int, purpose: int, a: int, b: int, p: float) -> bool:
    """Whether something of chance p happens to case row c; nothing is looked up where p settles it."""
    return p > 0.0 and (p >= 1.0 or of_case(w, c, purpose, a, b) < p)


@inlined
def in_step(w: World, v: int, purpose: int, again: int, p: float) -> bool:
    """Whether something of chance p happens to visit row v at its step."""
    return p > 0.0 and (p >= 1.0 or at_step(w, v, purpose, again) < p)


@inlined
def in_contact(w: World, v: int, purpose: int, p: float) -> bool:
    """Whether something of chance p happens in a contact."""
    return p > 0.0 and (p >= 1.0 or of_contact(w, v, purpose) < p)


@inlined
def gap(w: World, f: int, number: int) -> float:
    """Uniform behind the time from candidate number - 1 to `number` of stream f."""
    return _look_up(w, Purpose.GAP, 0, 0, w.streams[f]["name_hash"], np.uint64(number), np.uint64(0))


@inlined
def of_candidate(w: World, f: int, number: int, purpose: int) -> float:
    """Random number of a candidate before it is a case."""
    return _look_up(w, purpose, 0, 0, w.streams[f]["name_hash"], np.uint64(number), np.uint64(0))


@inlined
def customer_of(w: World, f: int, number: int) -> int:
    """Customer row behind a candidate of stream f."""
    s = w.streams[f]["segment"]
    n = w.segments[s]["slots"]
    # Candidates fall on slots, not on a list of customers: an empty slot drops its candidates, and who comes or goes
    # changes nobody else.
    k = int(math.floor(of_candidate(w, f, number, Purpose.CUSTOMER) * n))
    return int(w.segments[s]["first_customer"] + min(k, n - 1))


@compiled
def of_customer(w: World, s: int, slot: int, generation: int, purpose: int) -> float:
    """Random number of a customer, or of the empty slot after a customer: (segment, slot, generation)."""
    return _look_up(w, purpose, 0, generation, w.segments[s]["name_hash"], np.uint64(slot), np.uint64(1))


@inlined
def of_customer_week(w: World, s: int, slot: int, generation: int, week: int, purpose: int) -> float:
    """Random number of a customer at the close of a week: (segment, slot, generation, week).

    week: weeks after time 0, negative in the warm-up.
    """
    return _look_up(w, purpose, week + (1 << 20), generation, w.segments[s]["name_hash"], np.uint64(slot), np.uint64(4))


@compiled
def of_agent(w: World, a: int, purpose: int, date: int, extra: np.uint64) -> float:
    """Random number of an agent: (name, date, and what else tells its tries apart)."""
    # By name and date, not by turn: whether others are absent, leave or are added must not change what happens to this
    # agent.
    return _look_up(w, purpose, 0, date, w.roster[a]["name_hash"], np.uint64(2), extra)


@entry
def of_board(w: World, purpose: int, k: int, meeting: int, word: np.uint64, number: int) -> float:
    """Random number of what a board learns: the k-th shopper or idea of a meeting, by reason, team or step and its
    number."""
    return _look_up(w, purpose, k, meeting, word, np.uint64(number), np.uint64(5))


@compiled
def busyness(w: World, d: int) -> float:
    """Factor of a day on all demand, log-normal with mean one."""
    sd = w.behaviour[0]["busyness_sd"]
    if sd <= 0.0:
        return 1.0
    u = _look_up(w, Purpose.BUSYNESS, 0, 0, np.uint64(0), np.uint64(w.days[d]["date"]), np.uint64(3))
    return math.exp(sd * normal_quantile(u) - 0.5 * sd * sd)


@inlined
def duration(w: World, distribution: int, u: float) -> float:
    """Quantile of a distribution, minutes; the commonest distribution takes no call."""
    row = w.distributions[distribution]
    if row["kind"] == EXPONENTIAL:
        return exponential(row["a"], u)
    return quantile(w.distributions, w.grid, distribution, u)


@inlined
def minutes_of_case(w: World, c: int, distribution: int, purpose: int, a: int, b: int) -> float:
    """Minutes that a distribution takes for case row c; nothing is looked up where it is a constant."""
    if w.distributions[distribution]["kind"] == CONSTANT:
        return float(w.distributions[distribution]["a"])
    return duration(w, distribution, of_case(w, c, purpose, a, b))


@inlined
def minutes_at_step(w: World, v: int, distribution: int, purpose: int, again: int) -> float:
    """Minutes that a distribution takes for visit row v at its step."""
    return minutes_at(w, v, w.visits[v]["step"], distribution, purpose, again)


@inlined
def minutes_at(w: World, v: int, s: int, distribution: int, purpose: int, again: int) -> float:
    """The same at a step s other than the one the row stands at."""
    if w.distributions[distribution]["kind"] == CONSTANT:
        return float(w.distributions[distribution]["a"])
    return duration(w, distribution, at(w, v, s, purpose, again))


@inlined
def minutes_of_contact(w: World, v: int, distribution: int, purpose: int) -> float:
    """Minutes that a distribution takes in a contact."""
    if w.distributions[distribution]["kind"] == CONSTANT:
        return float(w.distributions[distribution]["a"])
    return duration(w, distribution, of_contact(w, v, purpose))


@compiled
def asking_budget(w: World, c: int, ordinal: int) -> float:
    """Unit-exponential amount of worry after which the customer asks for the ordinal-th time."""
    return -math.log(of_case(w, c, Purpose.CHASE, ordinal, 0))


def of_assumption(seed: int, replication: int, word: int, again: int) -> float:
    """Uniform behind an uncertain assumption, by its name; `again` counts tries for numbers that go together."""
    purpose = np.uint64(int(Purpose.ASSUMPTION)) | np.uint64(again << 8)
    none = np.uint64(0)
    with np.errstate(over="ignore"):
        return float(uniform(round_keys(seed, replication), purpose, np.uint64(word), none, none))
