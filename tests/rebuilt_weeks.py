"""What happens at the close of a week, rebuilt from docs/model.md alone: people (section 5), customers (section 12).

Nobody contacts anybody here, so nobody practises and no case moves a relationship.  Numbers are those of the rules.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from rebuilt import START, YEAR, uniform, word

NORMAL = NormalDist()
WEEKS_A_YEAR = 365.25 / 7.0
WARM_UP_WEEKS, WEEKS = 4, 40
CUSTOMERS, ROOM, CHURN, JOINS, MEAN, SD = 300, 0.1, 0.4, 0.3, 0.2, 0.6
PROMOTER, PASSIVE, DETRACTOR, REFERRED_LEAVES = 0.4, 0.1, -0.1, 0.7
AGENTS, ATTRITION, RECOGNITION, PRESSURE, HIRING_WEEKS = 40, 0.9, 0.5, 0.3, 3
TEAM_MEAN, TEAM_SD, PREPARED, UPLIFT, WAVES, AGAIN = 0.3, 0.4, -0.1, 0.5, 2, 8
NPS_CUTS = [-3.0, -2.5, -2.0, -1.5, -1.2, -0.9, -0.7, -0.3, 0.1, 0.7]

ORGANISATION: dict[str, Any] = {
    "title": "People and customers, week by week",
    "calendar": {"start": START.isoformat()},
    "segments": {
        "all": {
            "customers": CUSTOMERS,
            "room": ROOM,
            "churn": CHURN,
            "joins": JOINS,
            "relationship": {"mean": MEAN, "sd": SD},
        }
    },
    "channels": {"phone": {"presence": "present"}},
    "reasons": {
        "call": {"arrivals": {"all": {"interarrival": "900000 min"}}, "channels": {"phone": 1}, "route": "call"}
    },
    "routes": {"call": {"answer": {"team": "desk", "work": "1 min"}}},
    "teams": {
        "desk": {
            "department": "desk",
            "agents": AGENTS,
            "attrition": ATTRITION,
            "recognition": RECOGNITION,
            "pressure": PRESSURE,
            "hiring": {"takes": f"{HIRING_WEEKS} weeks", "newcomer": PREPARED},
            "proficiency": {"mean": TEAM_MEAN, "sd": TEAM_SD},
            "shifts": {"day": {"hours": {"mon-fri": "09:00-17:00"}}},
            "training": {
                "course": {
                    "starts": "0 min",
                    "uplift": {"desk": UPLIFT},
                    "hours": "4 h",
                    "waves": WAVES,
                    "refresh": {"every": f"{AGAIN} weeks", "hours": "2 h"},
                }
            },
        }
    },
    "behaviour": {},
    "people": {"learning": {}, "engagement": {}},
    "loyalty": {
        "referral": {"promoter": PROMOTER, "passive": PASSIVE, "detractor": DETRACTOR},
        "referred": {"leaves": REFERRED_LEAVES},
    },
    "experience": {"ces_cuts": [-2.5, -2.0, -1.5, -1.0, -0.5, 0.0], "nps_cuts": NPS_CUTS},
    "economics": {"currency": "EUR", "price_year": 2026},
}

# purposes of random numbers (1.6)
LEVEL, LEAVE, JOIN, REFERRED = 60, 90, 91, 95
PROFICIENCY, QUIT, TENURE, EMPTY_POSITION = 71, 80, 81, 82
CLOSES = range(1 - WARM_UP_WEEKS, WEEKS + 1)


@dataclass
class Slot:
    there: bool
    generation: int
    number: float
    level: float = 0.0
    stays: float = 1.0
    referred: bool = False


def customers(seed: int, replication: int) -> list[Slot]:
    """The slots of the segment after the last close."""
    key = np.array([seed, replication], dtype=np.uint64)

    def number(purpose: int, slot: int, generation: int) -> float:  # 1.7
        return uniform(key, purpose, 0, generation, word("all"), slot, 1)

    def taken(slot: int, generation: int) -> Slot:  # 12.5
        level = MEAN + SD * NORMAL.inv_cdf(number(LEVEL, slot, generation))
        return Slot(True, generation, number(LEAVE, slot, generation), level)

    def empty(slot: int, generation: int) -> Slot:
        return Slot(False, generation, number(JOIN, slot, generation))

    slots = [taken(i, 0) for i in range(CUSTOMERS)]
    slots += [empty(i, 0) for i in range(CUSTOMERS, CUSTOMERS + math.ceil(ROOM * CUSTOMERS))]  # 12.1
    weekly = 1.0 - (1.0 - CHURN) ** (1.0 / WEEKS_A_YEAR)
    alpha = math.log(weekly / (1.0 - weekly)) + 0.40 * MEAN
    for _ in CLOSES:
        brought = 0.0
        for i, slot in enumerate(slots):
            if slot.there:  # 12.2
                odds = alpha - 0.40 * slot.level + (math.log(REFERRED_LEAVES) if slot.referred else 0.0)
                slot.stays *= 1.0 - 1.0 / (1.0 + math.exp(-odds))
                if slot.stays < slot.number:
                    slots[i] = empty(i, slot.generation)
                else:
                    detractor, below = (NORMAL.cdf(NPS_CUTS[k] - slot.level) for k in (6, 8))
                    brought += PROMOTER * (1.0 - below) + PASSIVE * (below - detractor) + DETRACTOR * detractor
        brought /= WEEKS_A_YEAR
        new = max(0.0, JOINS * CUSTOMERS / WEEKS_A_YEAR + brought)  # 12.4
        free = [i for i, slot in enumerate(slots) if not slot.there]
        for i in free:
            slots[i].stays *= 1.0 - min(1.0, new / len(free))
            if slots[i].stays < slots[i].number:
                following = slots[i].generation + 1
                slots[i] = taken(i, following)
                slots[i].referred = number(REFERRED, i, following) < max(0.0, min(1.0, brought / new))
    return slots


@dataclass
class Position:
    there: bool = True
    generation: int = 0
    had: bool = True
    hired_at: int = 0
    acquired: float = 0.0
    course: float = 0.0
    called_at: int | None = None

    @property
    def proficiency(self) -> float:
        return self.acquired + UPLIFT * self.course


def people(seed: int, replication: int) -> list[Position]:
    """The positions of the team after the last close."""
    key = np.array([seed, replication], dtype=np.uint64)

    def number(purpose: int, k: int, b: int = 0, extra: int = 0) -> float:  # 1.7
        return uniform(key, purpose, 0, b, word(f"desk/{k}"), 2, extra)

    def talent(k: int, generation: int) -> float:  # 5.2
        return TEAM_SD * NORMAL.inv_cdf(number(PROFICIENCY, k, generation, word("desk.desk")))

    rate = ATTRITION * 10080.0 / YEAR * math.exp(0.4 * PRESSURE - 0.25 * RECOGNITION)  # 5.6, 5.8: nobody is busy
    leaves = 1.0 - math.exp(-rate)
    learns, forgets = 7.0 / 90.0, math.log(2.0) * 7.0 / 330.0
    newcomer = TEAM_MEAN - 1.2 + PREPARED
    ceiling = TEAM_MEAN + (1.2 - PREPARED) * (math.exp(rate) - 1.0) / (1.0 - math.exp(-learns))  # 5.5
    vacant = HIRING_WEEKS * leaves / (1.0 + HIRING_WEEKS * leaves)
    positions = []
    for k in range(AGENTS):  # 5.9
        u = number(EMPTY_POSITION, k)
        if u < vacant:
            hired_at = -WARM_UP_WEEKS + 1 + math.floor(u / vacant * HIRING_WEEKS)
            positions.append(Position(there=False, had=False, hired_at=hired_at))
        else:
            tenure = math.floor(-math.log(number(TENURE, k)) / rate)
            acquired = ceiling - (ceiling - newcomer) * math.exp(-learns * tenure) + talent(k, 0)
            positions.append(Position(acquired=acquired))
    for week in CLOSES:
        for k, one in enumerate(positions):  # 5.3 without practice, 5.4
            least = newcomer + talent(k, one.generation)
            if one.there and one.acquired > least:
                one.acquired = least + (one.acquired - least) * math.exp(-forgets)
            one.course = 1.0 if one.there and one.called_at == week - 1 else one.course * 2.0 ** (-1.0 / 10.0)
        for k, one in enumerate(positions):  # 5.6, 5.7
            last_day = START.toordinal() + 7 * week - 1
            if one.there and number(QUIT, k, last_day, one.generation) < leaves:
                one.there, one.hired_at = False, week + HIRING_WEEKS
            if not one.there and one.hired_at <= week:
                generation = one.generation + one.had
                positions[k] = Position(generation=generation, acquired=newcomer + talent(k, generation))
        for k, one in enumerate(positions):  # 4.6: a wave, or its refresher, begins with the week to come
            if one.there and week >= k % WAVES and (week - k % WAVES) % AGAIN == 0:
                one.called_at = week
    return positions
