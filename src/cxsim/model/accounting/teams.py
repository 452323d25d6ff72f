"""What is counted of teams: time integrals of who waits, works and is on duty; shifts, people, skills; backlog.

An integral is not brought forward at every event: d x t of each change is set aside (`*_area` of the team), and count x
time less what was set aside is the integral when a week closes or the plan changes (`update_integrals`).
"""

from __future__ import annotations

import math

from cxsim.model.clock import this_week
from cxsim.native.compiling import compiled, inlined
from cxsim.state.state import USED, WAITING
from cxsim.state.tally import SkillColumn, TeamColumn
from cxsim.state.world import World


@inlined
def integrate_waiting(w: World, team: int, by: int, t: float) -> None:
    """`by` more contacts wait for a team from t on."""
    crew_now = w.team_state[team]
    crew_now["waiting_area"] += by * (t - crew_now["integrated_until"])


@inlined
def integrate_duty(w: World, team: int, by: int, t: float) -> None:
    """`by` more agents of a team are on duty from t on."""
    crew_now = w.team_state[team]
    crew_now["on_duty_area"] += by * (t - crew_now["integrated_until"])


@inlined
def integrate_after_shift(w: World, team: int, by: int, t: float) -> None:
    """From t on `by` more agents of a team finish what they have in hand after their shift."""
    crew_now = w.team_state[team]
    crew_now["after_shift_area"] += by * (t - crew_now["integrated_until"])


@inlined
def integrate_held(w: World, team: int, by: int, contacts: int, t: float) -> None:
    """From t on `by` more agents of a team have something in hand, and together hold `contacts` more contacts."""
    crew_now = w.team_state[team]
    since = t - crew_now["integrated_until"]
    crew_now["busy_area"] += by * since
    crew_now["contacts_held_area"] += contacts * since


@compiled
def update_integrals(w: World, team: int, t: float) -> None:
    """Bring the time integrals of a team up to t: counts x time, less what came later and plus what left earlier."""
    crew_now = w.team_state[team]
    elapsed = t - crew_now["integrated_until"]
    row = w.team_sums[this_week(w), team]
    row[TeamColumn.QUEUE] += elapsed * crew_now["waiting"] - crew_now["waiting_area"]
    row[TeamColumn.BUSY] += elapsed * crew_now["busy"] - crew_now["busy_area"]
    row[TeamColumn.DUTY] += elapsed * crew_now["on_duty"] - crew_now["on_duty_area"]
    row[TeamColumn.CONTACTS_HELD] += elapsed * crew_now["contacts_held"] - crew_now["contacts_held_area"]
    row[TeamColumn.AFTER_SHIFT] += elapsed * crew_now["after_shift"] - crew_now["after_shift_area"]
    crew_now["waiting_area"] = 0.0
    crew_now["busy_area"] = 0.0
    crew_now["on_duty_area"] = 0.0
    crew_now["contacts_held_area"] = 0.0
    crew_now["after_shift_area"] = 0.0
    crew_now["integrated_until"] = t


@inlined
def count_paid(w: World, week: int, team: int, minutes: float) -> None:
    """An agent of a team is paid for some minutes."""
    w.team_sums[week, team, TeamColumn.PAID] += minutes


@inlined
def count_shift(w: World, team: int) -> None:
    """An agent of a team has a shift to begin."""
    w.team_sums[this_week(w), team, TeamColumn.SHIFTS] += 1.0


@inlined
def count_missed_shift(w: World, team: int) -> None:
    """The agent is absent."""
    w.team_sums[this_week(w), team, TeamColumn.MISSED_SHIFTS] += 1.0


@inlined
def count_cut(w: World, week: int, team: int) -> None:
    """A person leaves because the position is cut."""
    w.team_sums[week, team, TeamColumn.LEFT] += 1.0


@inlined
def count_quit(w: World, week: int, team: int) -> None:
    """A person leaves of their own accord."""
    w.team_sums[week, team, TeamColumn.LEFT] += 1.0
    w.team_sums[week, team, TeamColumn.QUIT] += 1.0


@inlined
def count_hired(w: World, week: int, team: int) -> None:
    """A person starts in an empty position."""
    w.team_sums[week, team, TeamColumn.HIRED] += 1.0


@inlined
def count_hired_anew(w: World, week: int, team: int) -> None:
    """A person starts in a position that a change of plan has brought."""
    w.team_sums[week, team, TeamColumn.HIRED] += 1.0
    w.team_sums[week, team, TeamColumn.NEW_POSITIONS] += 1.0


@compiled
def count_people(w: World, week: int) -> None:
    """People and empty positions of the week, and how good people were at what they do."""
    for a in range(len(w.roster)):
        member = w.roster[a]
        if member["duty"] < 0:
            continue
        if w.agents[a]["employed_in"] < 0:
            w.team_sums[week, member["team"], TeamColumn.EMPTY] += 1.0
            continue
        w.team_sums[week, member["team"], TeamColumn.PEOPLE] += 1.0
        for i in range(member["first_skill"], member["first_skill"] + member["skills"] + member["known_skills"]):
            k = w.agent_queue[i]["queue"] // 2
            skill = w.skill_state[a, k]
            w.skill_sums[week, k, SkillColumn.PEOPLE] += 1.0
            w.skill_sums[week, k, SkillColumn.PROFICIENCY] += skill["proficiency"]
            w.skill_sums[week, k, SkillColumn.TRAINED] += skill["proficiency"] - skill["acquired"]


@compiled
def count_backlog(w: World, week: int, t: float) -> None:
    """Who waits at the week's close t, by team, and the age of the oldest."""
    for team in range(len(w.teams)):
        w.team_sums[week, team, TeamColumn.BACKLOG] = w.team_state[team]["waiting"]
    for v in range(w.counters[USED]):
        if w.visits[v]["status"] == WAITING:
            team = w.steps[w.visits[v]["step"]]["team"]
            age = t - w.visits[v]["queued_at"]
            if age > w.team_sums[week, team, TeamColumn.OLDEST]:
                w.team_sums[week, team, TeamColumn.OLDEST] = age


@inlined
def occupancy_of(w: World, week: int, team: int) -> float:
    """Busy time by time on duty of a team in a week, work after the shift in both; nan: nobody was on duty."""
    # Work after the shift above the line only made occupancies of 103 %.
    duty = w.team_sums[week, team, TeamColumn.DUTY] + w.team_sums[week, team, TeamColumn.AFTER_SHIFT]
    if duty <= 0.0:
        return math.nan
    return float(w.team_sums[week, team, TeamColumn.BUSY] / duty)
