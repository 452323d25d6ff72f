"""Agents and teams at an instant: a row for each position and team, and for each position and skill."""

from __future__ import annotations

from typing import TypedDict

from cxsim.native.records import F8, I4, I8, in_groups, packed


class AgentNow(TypedDict):
    """What the person is doing."""

    idle_since: F8
    break_owed: F8  # minutes of break not yet taken
    training_owed: F8  # minutes of training not yet taken
    on_duty: I4
    resting: I4  # 1 break, 2 training
    load: I4
    concurrent: I4  # its contacts can be held at the same time as others
    idle: I4  # 1: on duty with nothing in hand, in the list of its pool
    idle_before: I4  # agents next to it there, -1: none
    idle_after: I4
    freed: I4  # 1: among those who are freed and have not looked for work yet
    next_mark: I4  # what comes next in the shift: 0 start, 1.. breaks, last the end


class AgentShift(TypedDict):
    """The shift, and whose position it is."""

    mark_at: F8
    back_at: F8
    shift_starts: F8
    shift_ends: F8
    hire_at: F8  # when an empty position is filled; inf: it is not empty, or not ours to fill
    hired: I4  # 1: has a proficiency of its own
    employed_in: I4  # team of the person in this position, -1: nobody
    generation: I4  # persons who have left the position


class AgentTraining(TypedDict):
    """Training."""

    training_session: F8
    training_date: I4  # day of the last session
    training: I4
    uplift_due: I4  # training finished, uplift due at the next tick


class AgentState(AgentNow, AgentShift, AgentTraining):
    """A position and the person who fills it."""


AGENT_STATE = in_groups(AgentNow, AgentShift, AgentTraining)


class SkillState(TypedDict):
    """What the person in a position is able to do in a skill."""

    proficiency: F8  # SD units
    time_factor: F8  # factor that proficiency makes of the time work takes
    practised: F8  # minutes of work since the last close
    acquired: F8  # proficiency without what trainings add, SD
    talent: F8  # how the person differs from the team's mean, SD
    known: I4  # 1: the person has taken the skill up


SKILL_STATE = in_groups(SkillState)


class TeamState(TypedDict):
    """Counts of a team now, and what its time integrals lack since they were brought up to date."""

    waiting: I8
    busy: I8
    on_duty: I8
    contacts_held: I8
    after_shift: I8  # agents off duty with something in hand
    interval: I8  # half-hour since time 0 that the next two belong to
    interval_met: F8  # in it: customers on the line within the standard
    interval_asked: F8  # and all whom the service level asks about
    integrated_until: F8  # integrals are calculated up to here
    waiting_area: F8  # what changes of a count since then take from count x time, minutes
    busy_area: F8
    on_duty_area: F8
    contacts_held_area: F8
    after_shift_area: F8
    paid_until: F8
    occupancy: F8  # sustained; -1: none yet
    absence_factor: F8  # factor of engagement on absence
    attrition_factor: F8  # and on attrition


TEAM_STATE = packed(TeamState)
