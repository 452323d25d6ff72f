"""People: they learn what they practise, forget what they do not, stay away, leave, and are replaced after a while.

All of it moves at the close of a week.  What happens to a person is addressed by the position's name, the person's
generation in it and the week, so that nobody's leaving moves the random numbers of anybody else.
"""

from __future__ import annotations

import math

import numpy as np

from cxsim.calendars.constants import WEEK
from cxsim.model import draws
from cxsim.model.accounting.teams import (
    count_cut,
    count_hired,
    count_hired_anew,
    count_people,
    count_quit,
    occupancy_of,
)
from cxsim.model.agents import go_home, next_shift
from cxsim.model.draws import Purpose
from cxsim.native.compiling import compiled
from cxsim.probability.quantiles import normal_quantile
from cxsim.state.world import World


@compiled
def begin_people(w: World, t: float) -> None:
    """The very start: positions and proficiency by their stationary distribution, so that nothing drifts while nothing
    changes."""
    for team in range(len(w.teams)):
        w.team_state[team]["occupancy"] = -1.0
        w.team_state[team]["absence_factor"] = w.teams[team]["absence_factor"]
        w.team_state[team]["attrition_factor"] = w.teams[team]["attrition_factor"]
    for a in range(len(w.roster)):
        agent = w.agents[a]
        agent["employed_in"] = -1
        agent["hire_at"] = math.inf
        agent["idle_since"] = t
        agent["idle_before"] = -1
        agent["idle_after"] = -1
        agent["back_at"] = math.inf
        agent["mark_at"] = math.inf
        team = w.roster[a]["team"]
        if w.roster[a]["duty"] < 0:
            continue
        rate = w.teams[team]["attrition"] * w.teams[team]["attrition_factor"]
        p = -math.expm1(-rate)
        weeks = w.teams[team]["empty_for"]
        # The start is drawn from the stationary distribution, positions and tenure alike: otherwise every study would
        # begin with a ramp that no warm-up of some weeks outlasts.
        share = weeks * p / (1.0 + weeks * p)
        if share > 0.0:
            u = draws.of_agent(w, a, Purpose.VACANCY, 0, np.uint64(0))
            if u < share:
                agent["hire_at"] = t + WEEK * (1.0 + math.floor(u / share * weeks))
                continue
        tenure = math.inf
        if p > 0.0:
            tenure = math.floor(math.log(draws.of_agent(w, a, Purpose.TENURE, 0, np.uint64(0))) / -rate)
        _employ(w, a, tenure)
        next_shift(w, a, t)


@compiled
def _employ(w: World, a: int, tenure: float) -> None:
    """A person takes the position, with the practice of `tenure` weeks; inf: as good as practice makes."""
    member = w.roster[a]
    agent = w.agents[a]
    if agent["hired"] == 1:
        agent["generation"] += 1
    agent["hired"] = 1
    agent["employed_in"] = member["team"]
    agent["hire_at"] = math.inf
    missing = 0.0 if math.isinf(tenure) else math.exp(-w.people[0]["rate"] * tenure)
    for k in range(w.skill_state.shape[1]):
        u = draws.of_agent(w, a, Purpose.PROFICIENCY, agent["generation"], w.queues[2 * k]["name_hash"])
        skill = w.skill_state[a, k]
        talent = member["sd"] * normal_quantile(u)
        skill["talent"] = talent
        skill["practised"] = 0.0
        skill["known"] = 0
        if w.people[0]["learns"] == 1:
            level = member["ceiling"]
            if missing > 0.0:
                level -= (member["ceiling"] - member["newcomer"]) * missing
            skill["acquired"] = level + talent
        else:
            skill["acquired"] = member["start_proficiency"] + talent
    for i in range(member["first_skill"], member["first_skill"] + member["skills"] + member["known_skills"]):
        w.skill_state[a, w.agent_queue[i]["queue"] // 2]["known"] = 1
    for training in range(len(w.trainings)):
        w.trained[a, training] = 0.0
    _update_proficiency(w, a)


@compiled
def _update_proficiency(w: World, a: int) -> None:
    """Proficiency is what practice gave, and what is left of trainings."""
    for k in range(w.skill_state.shape[1]):
        skill = w.skill_state[a, k]
        z = skill["acquired"]
        for training in range(len(w.trainings)):
            if w.trained[a, training] != 0.0:
                z += w.trained[a, training] * w.uplift[training, k]
        skill["proficiency"] = z
    _update_time_factor(w, a)


@compiled
def _update_time_factor(w: World, a: int) -> None:
    """Whoever is better is quicker, under the plan of the moment."""
    for k in range(w.skill_state.shape[1]):
        skill = w.skill_state[a, k]
        z = skill["proficiency"]
        skill["time_factor"] = math.exp(-w.behaviour[0]["speed"] * z) if z != 0.0 else 1.0


@compiled
def follow_plan(w: World, week: int) -> None:
    """After a change of plan: positions that are new are taken by newcomers, people whose position is cut leave, skills
    come.

    A position that comes back before anybody else had it is taken by the person who left it.
    """
    for a in range(len(w.roster)):
        agent = w.agents[a]
        team = w.roster[a]["team"]
        if w.roster[a]["duty"] < 0:
            if agent["employed_in"] >= 0:
                count_cut(w, week, agent["employed_in"])
                agent["employed_in"] = -1
        elif agent["employed_in"] >= 0:
            agent["employed_in"] = team
            _take_up_skills(w, a)
        elif math.isinf(agent["hire_at"]):
            # A position that one plan cuts and a later one restores is taken by whoever left it: a cut that is taken
            # back leaves no trace.
            if agent["hired"] == 1:
                agent["employed_in"] = team
                _take_up_skills(w, a)
            else:
                _employ(w, a, 0.0)
            count_hired_anew(w, week, team)
        _update_time_factor(w, a)


@compiled
def _take_up_skills(w: World, a: int) -> None:
    """A skill of the same name in another team is the same work; a skill that is really new begins low."""
    member = w.roster[a]
    for i in range(member["first_skill"], member["first_skill"] + member["skills"] + member["known_skills"]):
        k = w.agent_queue[i]["queue"] // 2
        skill = w.skill_state[a, k]
        if skill["known"] == 1:
            continue
        skill["known"] = 1
        if w.people[0]["learns"] == 0:
            continue
        skill["acquired"] = member["new_skill"] + skill["talent"]
        for j in range(w.skill_state.shape[1]):
            other = w.skill_state[a, j]
            if other["known"] == 1 and j != k and w.queues[2 * j]["skill_hash"] == w.queues[2 * k]["skill_hash"]:
                skill["acquired"] = other["acquired"]
                skill["talent"] = other["talent"]
    _update_proficiency(w, a)


@compiled
def close_week_of_people(w: World, week: int, date: int, t: float) -> None:
    """The week that ends at t: who was there and how good, what was learned, how people feel, who leaves and comes.

    date: a day of that week; what happens to people is addressed by it.
    """
    count_people(w, week)
    _respond_to_load(w, week)
    for a in range(len(w.roster)):
        if w.agents[a]["employed_in"] >= 0:
            _learn(w, a)
    for a in range(len(w.roster)):
        agent = w.agents[a]
        team = agent["employed_in"]
        if team >= 0:
            # The position is the address, the generation the person: who leaves here changes nobody else, and the next
            # person in the position has numbers of their own.
            p = -math.expm1(-w.teams[team]["attrition"] * w.team_state[team]["attrition_factor"])
            if p > 0.0 and draws.of_agent(w, a, Purpose.QUIT, date, np.uint64(agent["generation"])) < p:
                _leave(w, a, t)
                count_quit(w, week, team)
        if agent["hire_at"] <= t and w.roster[a]["duty"] >= 0 and w.teams[w.roster[a]["team"]]["frozen"] == 0:
            _employ(w, a, 0.0)
            next_shift(w, a, t)
            count_hired(w, week, w.roster[a]["team"])


@compiled
def _respond_to_load(w: World, week: int) -> None:
    """Sustained occupancy, recognition and pressure make people stay away or leave more or less than stated."""
    for team in range(len(w.teams)):
        mood = w.team_state[team]
        occupancy = occupancy_of(w, week, team)
        if not math.isnan(occupancy):
            if mood["occupancy"] < 0.0:
                mood["occupancy"] = occupancy
            else:
                mood["occupancy"] += w.people[0]["recent"] * (occupancy - mood["occupancy"])
        above = max(0.0, mood["occupancy"] - w.people[0]["busy_from"])
        factor = 1.0 + w.people[0]["busy_effect"] * above
        mood["absence_factor"] = w.teams[team]["absence_factor"] * factor
        mood["attrition_factor"] = w.teams[team]["attrition_factor"] * factor


@compiled
def _learn(w: World, a: int) -> None:
    """A week of practice closes part of the gap to the ceiling; without it part of what was learned is lost.

    What trainings gave fades by itself, and counts in full from the close of the week in which the training ended.
    """
    member = w.roster[a]
    agent = w.agents[a]
    for k in range(w.skill_state.shape[1]):
        skill = w.skill_state[a, k]
        minutes = skill["practised"]
        skill["practised"] = 0.0
        if w.people[0]["learns"] == 0 or skill["known"] == 0:
            continue
        # Practice counts up to some hours a week (4 h), in proportion below.  Measured by the share of all work it
        # would be unfair to part-time shifts, and everybody with two skills would fall below the level of the baseline;
        # measured by use or no use, one call a week would teach as much as forty hours.
        practice = 1.0 if minutes > 0.0 else 0.0
        if minutes < w.people[0]["practice"]:
            practice = minutes / w.people[0]["practice"]
        z = skill["acquired"]
        z -= (member["ceiling"] + skill["talent"] - z) * math.expm1(-w.people[0]["rate"] * practice)
        gained = z - (member["newcomer"] + skill["talent"])
        if gained > 0.0:
            z += gained * math.expm1(-w.people[0]["forgets"] * (1.0 - practice))
        skill["acquired"] = z
    for training in range(len(w.trainings)):
        # Trainings stand apart from practice: two with different half-lives do not mix, and a refresher sets one share
        # back.
        w.trained[a, training] *= w.trainings[training]["weekly_retention"]
    if agent["uplift_due"] == 1:
        agent["uplift_due"] = 0
        w.trained[a, agent["training"]] = 1.0
    _update_proficiency(w, a)


@compiled
def _leave(w: World, a: int, t: float) -> None:
    """The person finishes what is in hand and is gone; what they owed of trainings goes with them."""
    agent = w.agents[a]
    weeks = w.teams[agent["employed_in"]]["empty_for"]
    go_home(w, a, t)
    agent["employed_in"] = -1
    agent["mark_at"] = math.inf
    agent["training_owed"] = 0.0
    agent["uplift_due"] = 0
    agent["hire_at"] = t + WEEK * weeks
