"""Bad input: every fault of every file and argument in one go, one line each, before anything runs or is written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cxsim.__main__ import main
from cxsim.files.search_path import names, scenario_folders

DESK = """\
# A desk.
title: Desk
calendar:
  start: 2026-09-07
  working: {mon-fri: "09:00-17:00"}
segments:
  people: {customers: 400, margin: 10}
channels:
  phone: {presence: present, opens: {mon-fri: "09:00-17:00"}}
profiles:
  days: {every: 1 d, values: [1, 1, 1, 1, 1, 0, 0]}
reasons:
  request:
    cases: {people: 3}
    arrives: days
    channels: {phone: 1.0}
    route: request
routes:
  request:
    intake: {team: desk, work: 5 min, next: check}
    check:
      team: desk
      control: true
      work: 5 min
      next: {done: 0.8, intake: {p: 0.2, kind: rework}}
    done: {team: desk, work: 2 min}
teams:
  desk:
    department: service
    agents: 2
    shifts: {day: {hours: {mon-fri: "09:00-17:00"}}}
    cost_per_hour: 30
behaviour:
  p_redial: 0.5
experience:
  ces_cuts: [-2.0, -1.5, -1.0, -0.5, 0.0, 0.5]
  nps_cuts: [-2.5, -2.2, -2.0, -1.8, -1.5, -1.2, -0.8, -0.3, 0.3, 1.0]
economics: {currency: EUR, price_year: 2026}
"""
PLAN = """\
title: One more
interventions:
  - staff: {team: desk, change: 1}
    starts: week 1
    costs: {once: 100}
"""
ORGANISATION, SCENARIO = Path("desk.yaml"), Path("plan.yaml")
BOTH = ("organisation=desk.yaml", "scenario=plan.yaml")
SHORT = ("engine=simpy", "study=quick", "study.weeks=2", "study.warm_up_weeks=0", "study.replications=1", "workers=1")


@pytest.fixture(autouse=True)
def desk(empty_folder: Path) -> None:
    ORGANISATION.write_text(DESK)
    SCENARIO.write_text(PLAN)


def message(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """The lines on stderr of a refused command, which must print and leave nothing else."""
    before = sorted(Path().rglob("*"))
    capsys.readouterr()
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert sorted(Path().rglob("*")) == before
    return err.splitlines()


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new))


def test_the_desk_itself_is_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["do=show", "what=scenario", *BOTH]) == 0
    assert "One more" in capsys.readouterr().out


LOOP = "next: {done: 0.8, intake: {p: 0.2, kind: rework}}"
ORGANISATIONS = {
    "no title": ("title: Desk\n", "", "2: title: missing"),
    "no calendar.start": ("  start: 2026-09-07\n", "", "3: calendar.start: missing"),
    "no department": ("    department: service\n", "", "28: teams.desk.department: missing"),
    "no route": ("    route: request\n", "", "13: reasons.request.route: missing"),
    "no p": ("{p: 0.2, kind: rework}", "{kind: rework}", "25: routes.request.check.next.intake.p: missing"),
    "no such month": (
        "2026-09-07",
        "2026-13-07",
        "4: calendar.start: '2026-13-07' is no date: month must be in 1..12; write it like 2026-09-07",
    ),
    "no date": ("2026-09-07", "7.9.2026", "4: calendar.start: '7.9.2026' is no date; write it like 2026-09-07"),
    "another age": ("2026-09-07", "9999-12-07", "4: calendar.start: 9999-12-07: use a date between 1950 and 2100"),
    "nan": ("p_redial: 0.5", "p_redial: .nan", "34: behaviour.p_redial: a finite number belongs here, not nan"),
    "inf": ("hour: 30", "hour: .inf", "32: teams.desk.cost_per_hour: a finite number belongs here, not inf"),
    "cut-point nan": ("ces_cuts: [-2.0", "ces_cuts: [.nan", "36: experience.ces_cuts[0]: a finite number belongs here, not nan"),
    "truth value": ("agents: 2", "agents: true", "30: teams.desk.agents: a whole number belongs here, not true"),
    "text": ("p_redial: 0.5", "p_redial: '0.5'", "34: behaviour.p_redial: a number belongs here, not '0.5'"),
    "half an agent": ("agents: 2", "agents: 2.5", "30: teams.desk.agents: a whole number belongs here, not 2.5"),
    "share nan": (
        "{phone: 1.0}",
        "{phone: .nan}",
        "16: reasons.request.channels.phone: a share between 0 and 1 belongs here, not nan",
    ),
    "share text": (
        "{phone: 1.0}",
        "{phone: most}",
        "16: reasons.request.channels.phone: a share between 0 and 1 belongs here, not 'most'",
    ),
    "mapping for a number": (
        "cases: {people: 3}",
        "cases: 3",
        "14: reasons.request.cases: a mapping belongs here, not 3",
    ),
    "nearly endless": (
        LOOP,
        "next: {done: 0.0000001, intake: {p: 0.9999999, kind: rework}}",
        "20: routes.request.intake.next: 10,000,000 visits of a case to step 'intake' are expected; at most 1,000 can be run",
    ),
    "endless for some": (
        LOOP,
        "next: {done: {p: 0.8, by_segment: {people: 0}}, intake: {p: 0.2, by_segment: {people: 1}}}",
        "20: routes.request.intake.next: the route never ends from step 'intake' for segment 'people'",
    ),
    "escalates to itself": (
        "work: 5 min, next: check",
        "work: 5 min, needs: x, escalates_to: intake, next: check",
        "20: routes.request.intake.escalates_to: step 'intake' leads to itself",
    ),
    "no working time": (
        'working: {mon-fri: "09:00-17:00"}',
        "working: {}",
        "5: calendar.working: no hour of the week is working time",
    ),
    "profile of nothing": (
        "[1, 1, 1, 1, 1, 0, 0]",
        "[0, 0, 0, 0, 0, 0, 0]",
        "11: profiles.days.values: no cell is above 0, so nobody would ever get in touch",
    ),
    "profile of no width": ("every: 1 d", "every: 0 d", "11: profiles.days.every: must be longer than 0 min"),
    "no demand": (
        "cases: {people: 3}",
        "cases: {people: 0}",
        "12: reasons: no reason has any demand ('cases' or 'arrivals')",
    ),
    "too many agents": (
        "agents: 2",
        "agents: 200000",
        "27: teams: 200,000 agents; more than 100,000 do not fit into memory",
    ),
    "too many customers": (
        "customers: 400",
        "customers: 60000000",
        "6: segments: 60,000,000 customers; more than 50,000,000 do not fit into memory",
    ),
    "a dot in a name": (
        "    shifts: {day:",
        "    shifts: {d.y:",
        "31: teams.desk.shifts.d.y: 'd.y' is no name; use letters, digits, '_' and '-'",
    ),
    "range of one": (
        "p_redial: 0.5",
        "p_redial: {about: 0.5, between: [0.1]}",
        "34: behaviour.p_redial.between: a list of two belongs here, the lowest and the highest value, not [0.1]",
    ),
    "range misspelt": (
        "p_redial: 0.5",
        "p_redial: {about: 0.5, betwen: [0.1, 0.9]}",
        "34: behaviour.p_redial.betwen: unknown name 'betwen'; did you mean 'between'?",
    ),
    "range without a number": (
        "p_redial: 0.5",
        "p_redial: {between: [0.1, 0.9]}",
        "34: behaviour.p_redial: 'between' without 'about': give the number itself, such as about: 0.7",
    ),
    "range of durations": (
        "done: {team: desk, work: 2 min}",
        "done: {team: desk, work: {about: 2 min, between: [3 min, 1 h]}}",
        "26: routes.request.done.work: 2 min is not between 3 min and 1 h",
    ),
    "control character": ("title: Desk", "title: De\0sk", "2: a control character (0x00), which no text file holds"),
    "bracket": ("economics: {currency: EUR, price_year: 2026}", "economics: {currency: EUR", "38: a bracket is opened and never closed"),
    "quote": ("currency: EUR, price_year: 2026}", "currency: 'EUR", "38: a quote is opened and never closed"),
    "two documents": ("teams:\n", "---\nteams:\n", "27: a second document ('---') in one file; keep one"),
    "tag": ("title: Desk", "title: !x Desk", "2: a tag ('!...') means nothing here; leave it out"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ORGANISATIONS)
def test_a_bad_organisation(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    old, new, line = ORGANISATIONS[kind]
    change(ORGANISATION, old, new)
    assert message(capsys, *BOTH) == [f"desk.yaml:{line}"]


STAFF = "  - staff: {team: desk, change: 1}\n    starts: week 1\n    costs: {once: 100}\n"
ROUND = (
    "route 'request' would go round its control 'check'{}; "
    "a control may only go with a replacement: 'remove_step' with 'replaced_by'"
)
SCENARIOS = {
    "no title": ("title: One more\n", "", ["1: title: missing"]),
    "no interventions": ("interventions:\n" + STAFF, "", ["1: interventions: missing: the list of what would change"]),
    "nothing listed": (STAFF, "", ["2: interventions: a list belongs here, not nothing"]),
    "no team": ("{team: desk, change: 1}", "{change: 1}", ["3: interventions[0].staff.team: missing"]),
    "cost inf": ("100", ".inf", ["5: interventions[0].costs.once: a finite number belongs here, not inf"]),
    "no such day": (
        "week 1",
        "2026-02-30",
        ["4: interventions[0].starts: '2026-02-30' is no date: day is out of range for month"],
    ),
    "too far": (
        "week 1",
        "2199-01-01",
        ["4: interventions[0].starts: 2199-01-01 is too far ahead; use a date up to 2100"],
    ),
    "control left out": (
        STAFF,
        "  - set: {routes.request.intake.next: done}\n",
        [f"3: interventions[0].set: {ROUND.format('')}"],
    ),
    "control with no chance": (
        STAFF,
        "  - routing: {route: request, step: intake, next: {done: 1.0, check: 0.0}}\n",
        [f"3: interventions[0].routing: {ROUND.format('')}"],
    ),
    "control passed by at the door": (
        STAFF,
        "  - set: {reasons.request.enters: {phone: done}}\n",
        ["3: interventions[0].set: " + ROUND.format(" for reason 'request', segment 'people', channel 'phone'")],
    ),
    "control passed by for some": (
        STAFF,
        "  - set:\n      routes.request.intake.next: {check: {p: 0.5, by_segment: {people: 0}}, done: 0.5}\n",
        ["3: interventions[0].set: " + ROUND.format(" for reason 'request', segment 'people', channel 'phone'")],
    ),
    "made endless": (
        STAFF,
        "  - set: {routes.request.check.next: {done: 0.0001, intake: {p: 0.9999, kind: rework}}}\n",
        [
            (
                "3: interventions[0].set: makes an impossible organisation: routes.request.intake.next: 10,000 visits of a "
                "case to step 'intake' are expected; at most 1,000 can be run"
            )
        ],
    ),
}


@pytest.mark.parametrize("kind", SCENARIOS)
def test_a_bad_scenario(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    old, new, lines = SCENARIOS[kind]
    change(SCENARIO, old, new)
    assert message(capsys, *BOTH) == [f"plan.yaml:{line}" for line in lines]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "1: the file is empty; a mapping belongs in it"),
        (b"# nothing\n", "1: the file is empty; a mapping belongs in it"),
        (b"~\n", "1: a mapping belongs here, not nothing"),
        (b"title: a\nnote: x\x07y\n", "2: a control character (0x07), which no text file holds"),
        (b"title: a\n# caf\xe9\n", "2: not UTF-8: byte 0xe9; save the file as UTF-8"),
        (b"a: " + b"[" * 3000, "1: nested too deeply"),
        (
            (
                b"a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                b"c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
                b"e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
            ),
            "1: more than 200,000 values, aliases written out",
        ),
    ],
)
def test_both_files_unreadable_are_both_named(content: bytes, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    ORGANISATION.write_bytes(content)
    SCENARIO.write_bytes(content)
    assert message(capsys, *BOTH) == [f"desk.yaml:{line}", f"plan.yaml:{line}"]


ARGUMENTS = [
    ("seed=true", "seed: a whole number belongs here, not true"),
    ("seed=-1", "seed: should be greater than or equal to 0 (it is -1)"),
    ("seed=1.5", "seed: a whole number belongs here, not 1.5"),
    ("seed=null", "seed: a whole number belongs here, not nothing"),
    ("workers=true", "workers: a whole number belongs here, not true"),
    ("engine=null", "engine: should be 'auto', 'simpy' or 'compiled' (it is nothing)"),
    ("engine=simpi", "engine: should be 'auto', 'simpy' or 'compiled' (it is 'simpi'); did you mean 'simpy'?"),
    ("output=", "output: the name of a folder belongs here, not ''"),
    ("output=null", "output: the name of a folder belongs here, not nothing"),
    ("output=[a,b]", "output: the name of a folder belongs here, not a list"),
    ("output=desk.yaml", "output: 'desk.yaml' is not a directory (output=desk.yaml)"),
    ("scenario=[plan.yaml,plan.yaml]", "scenario: 'plan.yaml' is given twice; once is enough"),
    ("scenario=[plan.yaml,./plan.yaml]", "scenario: plan.yaml is given twice; once is enough"),
    ("scenario=[null]", "scenario: the name of a scenario or a list of names belongs here, not a list"),
    ("scenario=7", "scenario: the name of a scenario or a list of names belongs here, not 7"),
    ("organisation=null", "organisation: the name of one organisation belongs here, not nothing"),
    ("study=null", "study: the name of a file of conf/study belongs here, not nothing"),
    ("study.weeks=true", "study.weeks: a whole number belongs here, not true"),
    ("study.precision.effort=small", "study.precision.effort: a number belongs here, not 'small'"),
    ("study.follow_up_weeks=99", "study.follow_up_weeks: 99 of 52 weeks; no week would be left to look at"),
    ("organisation.behaviour=5", "organisation.behaviour: a mapping belongs here, not 5"),
    ("organisation.teams.desk=null", "organisation.teams.desk: a mapping belongs here, not nothing"),
    ("~organisation.teams", "organisation.teams: missing"),
    ("organisation.calendar.start=soon", "organisation.calendar.start: 'soon' is no date; write it like 2026-09-07"),
    ("=5", "'=5' is not understood; arguments are key=value"),
    ("organisation..a=5", "'organisation..a=5' is not understood; a key is names with dots between them"),
    ("study@x=quick", "'study@x=quick' is not understood; a key is names with dots between them"),
    (
        "organisation.profiles.days.values[0]=3",
        (
            "'organisation.profiles.days.values[0]=3' is not understood; "
            "a place in a list goes after a dot: organisation.profiles.days.values.0=3"
        ),
    ),
    ("organisation=desk,bank", "organisation: 'desk,bank' is a sweep: add -m to run each"),
]


@pytest.mark.parametrize(("argument", "line"), ARGUMENTS)
def test_a_bad_argument(argument: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    others = [word for word in BOTH if word.split("=")[0] != argument.split("=")[0]]
    assert message(capsys, *others, argument) == [f"command line: {line}"]


def test_a_sweep_gives_each_value_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert message(capsys, "-m", *BOTH, "seed=1,2,1") == ["command line: seed: '1,2,1' gives 1 twice; once is enough"]


def test_everything_is_reported_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Arguments, organisation, scenario, settings and output folder: all faults in one go."""
    change(ORGANISATION, "p_redial: 0.5", "p_redial: 5")
    change(SCENARIO, "title:", "tilte:")
    change(SCENARIO, "change: 1", "chnge: 1")
    change(SCENARIO, "week 1", "wek 1")
    Path("other.yaml").write_text("title: Other\ninterventions:\n  - staf: {team: desk, change: 1}\n")
    assert message(
        capsys,
        "organisation=desk.yaml",
        "scenario=[plan.yaml,other.yaml,none]",
        "study=quik",
        "sed=7",
        "seed=-1",
        "study.weks=3",
        "output=desk.yaml",
        "organisation.behaviour.p_recontct=0.4",
        "organisation.behaviour.p_recontact=4",
    ) == [
        "command line: study: no 'quik' in conf/study; did you mean 'quick'?",
        "command line: sed: unknown name 'sed'; did you mean 'seed'?",
        "command line: study.weks: unknown name 'weks'; did you mean 'weeks'?",
        "command line: organisation.behaviour.p_recontct: unknown name 'p_recontct'; did you mean 'p_recontact'?",
        "desk.yaml:34: behaviour.p_redial: should be less than or equal to 1 (it is 5)",
        "command line: organisation.behaviour.p_recontact: should be less than or equal to 1 (it is 4)",
        (
            "plan.yaml:4: interventions[0].starts: 'wek 1': not a duration; write it like '6 min' or '1 h 30 min'; "
            "a date is 'week 5', 'year 3', 'day 10', '35 d' or '2026-03-02'"
        ),
        "plan.yaml:3: interventions[0].staff.chnge: unknown name 'chnge'; did you mean 'change'?",
        "plan.yaml:1: tilte: unknown name 'tilte'; did you mean 'title'?",
        "plan.yaml:1: title: missing",
        "other.yaml:3: interventions[0].staf: no kind of intervention 'staf'; did you mean 'staff'?",
        f"command line: scenario: no scenario 'none'; there is: {', '.join(sorted(names(scenario_folders())))}",
        "command line: seed: should be greater than or equal to 0 (it is -1)",
        "command line: output: 'desk.yaml' is not a directory (output=desk.yaml)",
    ]


def test_do_show_reports_it_all_too(capsys: pytest.CaptureFixture[str]) -> None:
    change(ORGANISATION, "p_redial: 0.5", "p_redial: 5")
    change(SCENARIO, "staff:", "staf:")
    both = [
        "desk.yaml:34: behaviour.p_redial: should be less than or equal to 1 (it is 5)",
        "plan.yaml:3: interventions[0].staf: no kind of intervention 'staf'; did you mean 'staff'?",
    ]
    assert message(capsys, "do=show", "what=scenario", *BOTH) == both
    misspelt = "command line: sed: unknown name 'sed'; did you mean 'seed'?"
    assert message(capsys, "do=show", "what=organisation", *BOTH, "sed=1")[1:] == both[:1]
    assert message(capsys, *BOTH, "sed=1") == [misspelt, *both]


def test_a_default_may_be_changed_though_the_file_is_wrong_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    change(ORGANISATION, "agents: 2", "agents: -2")
    assert message(capsys, *BOTH, "organisation.behaviour.p_complain=0") == [
        "desk.yaml:30: teams.desk.agents: should be greater than or equal to 0 (it is -2)"
    ]


def test_baseline_is_nobodys_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    Path("scenarios").mkdir()
    Path("scenarios/baseline.yaml").write_text(PLAN)
    line = "command line: scenario: 'baseline' is the baseline, without any change; give scenarios/baseline.yaml another name"
    assert message(capsys, BOTH[0], "scenario=baseline") == [line]
    assert message(capsys, BOTH[0], "scenario=scenarios/baseline.yaml") == [line]


def test_two_scenarios_of_one_name(capsys: pytest.CaptureFixture[str]) -> None:
    Path("other").mkdir()
    Path("other/plan.yaml").write_text(PLAN)
    assert message(capsys, BOTH[0], "scenario=[plan.yaml,other/plan.yaml]") == [
        "command line: scenario: plan.yaml and other/plan.yaml are both called 'plan'; rename one of them"
    ]


@pytest.mark.parametrize(
    ("file", "content", "lines"),
    [
        ("study/mine.yaml", b"weeks: [\n", ["conf/study/mine.yaml:2: a bracket is opened and never closed"]),
        ("study/mine.yaml", b"weeks: 3 # \xe9\n", ["conf/study/mine.yaml:1: not UTF-8: byte 0xe9; save the file as UTF-8"]),
        ("study/mine.yaml", b"weeks: -3\n", ["conf/study/mine.yaml:1: study.weeks: should be greater than or equal to 1 (it is -3)"]),
        (
            "config.yaml",
            (b"defaults: [_self_, {do: compare}, {study: standard}]\nscenrio: x\norganisation: desk.yaml\n"
            b"engine: auto\nseed: 1\nworkers: 1\noutput: outputs\n"),
            [
                "conf/config.yaml:2: scenrio: unknown name 'scenrio'; did you mean 'scenario'?",
                "conf/config.yaml:1: scenario: missing",
                "conf/config.yaml:1: hydra: missing",
            ],
        ),
    ],
)  # fmt: skip
def test_a_bad_configuration_of_ones_own(
    file: str, content: bytes, lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path("conf") / file
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    chosen = ["study=mine"] if "study" in file else []
    assert message(capsys, *BOTH, *chosen) == lines


def test_an_intervention_after_the_end_is_reported_before_anything_runs(capsys: pytest.CaptureFixture[str]) -> None:
    change(SCENARIO, "week 1", "week 30")
    assert main([*BOTH, *SHORT]) == 0
    assert capsys.readouterr().err.splitlines()[0] == (
        "cxsim: plan.yaml:4: interventions[0].starts: starts in week 30, the study ends in week 2: it changes nothing"
    )


def test_a_study_without_warm_up_is_warned_about(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*BOTH, *SHORT]) == 0
    assert "cxsim: study.warm_up_weeks=0: the first weeks are of an organisation" in capsys.readouterr().err
    assert main([*BOTH, *SHORT, "study.warm_up_weeks=1"]) == 0
    assert "warm_up_weeks" not in capsys.readouterr().err


def test_a_fault_in_a_setting_of_the_study_names_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*BOTH, "weeks=26"]) == 2
    assert capsys.readouterr().err.splitlines()[0] == (
        "command line: weeks: is a setting of the study: study.weeks=..."
    )


def test_a_scenario_that_changes_nothing_reports_it(capsys: pytest.CaptureFixture[str]) -> None:
    change(SCENARIO, STAFF, "  - set: {behaviour.p_redial: 0.5}\n")
    assert main(["do=show", "what=scenario", *BOTH]) == 0
    assert "Nothing is changed: all results will be the baseline's." in capsys.readouterr().out
    SCENARIO.write_text("title: Nothing\ninterventions: []\n")
    assert main([*BOTH, *SHORT]) == 0
    first = capsys.readouterr().err.splitlines()[0]
    assert first == "cxsim: plan.yaml:2: interventions: nothing is changed; all results will be the baseline's"
    (folder,) = Path("outputs").iterdir()
    (run,) = json.loads((folder / "run.json").read_text())["runs"]
    assert run["replications"] == {"asked": 1, "finished": 1}


def interrupted(after: float) -> tuple[int, str]:
    """Exit code and stderr of a run that is interrupted while it compiles, `after` seconds after it begins to."""
    source = str(Path(__file__).parent.parent / "src")
    where = {
        "PYTHONPATH": os.pathsep.join([source, os.environ.get("PYTHONPATH", "")]),
        "CXSIM_CACHE": str(Path().resolve() / "cache"),
    }
    words = [sys.executable, "-m", "cxsim", *BOTH, "study=quick", "workers=2"]
    with subprocess.Popen(words, stdout=-1, stderr=-1, text=True, env={**os.environ, **where}) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        while line and "compiling" not in line:
            line = process.stderr.readline()
        assert "compiling" in line
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
    return process.returncode, err


@pytest.mark.parametrize("after", [0.0, 2.0])
def test_an_interrupt_while_compiling_is_answered_at_once_and_leaves_nothing(after: float) -> None:
    answered = "cxsim: stopping, at the latest when the engine is compiled\n"
    assert interrupted(after) == (130, f"{answered}cxsim: interrupted; nothing was finished, nothing written\n")
    assert not Path("outputs").exists()
