"""Bad input by the table: each fault is one kind, refused with its place and a way out, quickly, since nothing runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from cxsim.__main__ import main
from test_bad_input import BOTH, DESK, ORGANISATION, PLAN, SCENARIO
from worlds import merged

LONG = "n" * 300
WEEKDAYS = "mon-fri"


def headcount(value: Any) -> dict[str, Any]:
    return {"teams": {"desk": {"shifts": None, "headcount": value}}}


def breaks(*rests: dict[str, str]) -> dict[str, Any]:
    return {"teams": {"desk": {"shifts": {"day": {"breaks": list(rests)}}}}}


def shock(**given: Any) -> dict[str, Any]:
    return {"demand": {"shocks": [{"starts": "1 d", "lasts": "1 d", "factor": 2, **given}]}}


def behaviour(**given: Any) -> dict[str, Any]:
    return {"behaviour": given}


def request(**given: Any) -> dict[str, Any]:
    return {"reasons": {"request": given}}


def desk(**given: Any) -> dict[str, Any]:
    return {"teams": {"desk": given}}


TRAINING = {"starts": "1 d", "uplift": {"desk": 0.3}, "hours": "8 h"}

ORGANISATIONS: dict[str, tuple[dict[str, Any], str]] = {
    # how many are on duty
    "headcount 3,5": (headcount({WEEKDAYS: {"09:00-17:00": "3,5"}}), "a whole number of agents, 0 or more, belongs here, not '3,5'"),
    "headcount six": (headcount({WEEKDAYS: {"09:00-17:00": "six"}}), "belongs here, not 'six'"),
    "headcount 2.5": (headcount({WEEKDAYS: {"09:00-17:00": 2.5}}), "belongs here, not 2.5"),
    "headcount true": (headcount({WEEKDAYS: {"09:00-17:00": True}}), "belongs here, not true"),
    "headcount none": (headcount({WEEKDAYS: {"09:00-17:00": [3]}}), "belongs here, not a list"),
    "headcount -3": (headcount({WEEKDAYS: {"09:00-17:00": -3}}), "0 or more, belongs here, not -3"),
    "headcount mondy": (headcount({"mondy": {"09:00-17:00": 3}}), "unknown weekday 'mondy'; did you mean 'mon'?"),
    "headcount overlaps": (headcount({WEEKDAYS: {"09:00-13:00": 3, "12:00-17:00": 2}}), "overlap; keep them apart"),
    "headcount twice": (headcount({WEEKDAYS: {"09:00-13:00": 3}, "tue": {"09:00-13:00": 3}}), "is given by"),
    "headcount {}": (headcount({}), "empty: nobody would ever be on duty; write it like"),
    "headcount day {}": (headcount({WEEKDAYS: {}}), "agents by hours belong here"),
    "headcount day": (headcount({WEEKDAYS: 6}), "agents by hours belong here, not 6"),
    "headcount closed": (headcount({WEEKDAYS: "closed"}), "agents by hours belong here"),
    "headcount 6": (headcount(6), "agents by day and hours belong here, not 6"),
    "headcount list": (headcount([6]), "agents by day and hours belong here, not a list"),
    "headcount span": (headcount({WEEKDAYS: {"all day": 3}}), "is no span of time"),
    "headcount 25:00": (headcount({WEEKDAYS: {"09:00-25:00": 3}}), "outside 00:00-24:00"),
    "headcount 0": (headcount({WEEKDAYS: {"09:00-17:00": 0}}), "nobody is ever on duty"),
    "headcount of all": (headcount({WEEKDAYS: {"09:00-17:00": 200_000}}), "200,000 agents; more than 100,000 do not fit"),
    # breaks
    "break of 30 h": (breaks({"after": "3 h", "lasts": "30 h"}), "a break of 1.25 d after 3 h does not fit into a shift of 8 h"),
    "break after all": (breaks({"after": "9 h", "lasts": "30 min"}), "does not fit into a shift of 8 h; shorten it"),
    "break of all": (breaks({"after": "0 h", "lasts": "8 h"}), "does not fit"),
    # what happens again and again
    "redial 1 ns": (behaviour(p_redial=1, redial_after="0.000000001 s"), "too short: nobody tries again faster; use 1 s or more"),
    "redial half 1 ns": (behaviour(p_redial=0.5, redial_after="0.000000001 s"), "use 1 s or more"),
    "redial 2 s": (behaviour(p_redial=1, redial_after="2 s"), "one customer may try 302,400 times a week; at most 10,080"),
    "redial at once": (behaviour(p_redial=0.99999, redial_after="0 min"), "give a longer time or a smaller chance"),
    "redial always": (behaviour(p_redial=1, redial_after="0 min"), "who always tries again needs time in between"),
    "recontact 1 ns": (behaviour(p_recontact=1, recontact_after="1e-9 s"), "behaviour.recontact_after: too short"),
    "recontact 0": (behaviour(p_recontact=1, recontact_after="0 s"), "may try without end a week"),
    "return call 1 ns": (behaviour(return_call_after={"exponential": {"mean": "1e-9 s"}}), "use 1 s or more"),
    "comes back 1 ns": (request(comes_back={"p": 1, "after": "1e-9 s"}), "reasons.request.comes_back.after: too short"),
    "comes back 1 s": (request(comes_back={"p": 1, "after": "1 s"}), "may try 604,800 times a week"),
    "chased": (behaviour(chasing={"per_day": 1e9}), "behaviour.chasing.per_day: 1e+09 is more than can be run; use at most 100"),
    "chased more": (behaviour(chasing={"per_day_since_news": 1e9}), "use at most 100"),
    "chased missed": (behaviour(chasing={"when_missed": 1e9}), "use at most 1000"),
    "busyness": ({"demand": {"busyness_sd": 40}}, "demand.busyness_sd: 40 is more than can be run; use at most 3"),
    "updates": (request(promise={"within": "1 d", "update_every": "0 min"}), "promise.update_every: too short"),
    "waves": (desk(training={"t": {**TRAINING, "waves": 10**9}}), "training.t.waves: 1e+09 is more than can be run"),
    "session": (desk(training={"t": {**TRAINING, "session": "0 min"}}), "training.t.session: too short"),
    "refresh": (desk(training={"t": {**TRAINING, "refresh": {"every": "1 s", "hours": "1 h"}}}), "refresh.every: too short"),
    "cells": ({"profiles": {"days": {"every": "0.001 s"}}}, "profiles.days.every: too short"),
    "waves of demand": (
        {"profiles": {"days": {"every": None, "values": None, "sinusoid": {"amplitude": 0.5, "period": "1 s"}}}},
        "profiles.days.sinusoid.period: too short",
    ),
    # how many
    "shock": (shock(factor=10_000_000), "cases are expected within a day of it; at most 20,000,000 can be run: give a smaller factor"),
    "shock inf": (shock(factor=1e300), "demand.shocks[0].factor: "),
    "shocks together": (
        {"demand": {"shocks": [{"starts": "1 d", "lasts": "1 d", "factor": 5000}] * 3}},
        "demand.shocks[0].factor: ",
    ),
    "shock of a reason": (shock(factor=10_000_000, reasons=["request"]), "cases are expected within a day of it"),
    "season": ({"demand": {"season": [1] * 11 + [1e9]}}, "demand: "),
    "season of three": ({"demand": {"season": [1, 2, 3]}}, "demand.season: expected 12 entries, got 3"),
    "no season": ({"demand": {"season": []}}, "demand.season: expected 12 entries, got 0"),
    "payday": ({"demand": {"payday": 1, "payday_factor": 1e9}}, "demand: "),
    "cases": (request(cases={"people": 1e9}), "cases a year; more than 1,000,000,000 cannot be run"),
    "rate": (request(cases=None, arrivals={"people": {"rate": "1e9 per s"}}), "reasons: "),
    "interarrival": (request(cases=None, arrivals={"people": {"interarrival": "1e-9 s"}}), "reasons: "),
    "interarrival 0": (request(cases=None, arrivals={"people": {"interarrival": "0 s"}}), "some time passes between two arrivals"),
    "added": (request(added=1e12), "cases a year"),
    # names and texts
    "bracketed reason": ({"reasons": {"(all)": {"channels": {}, "route": "request"}}}, "names in brackets are cxsim's own, such as '(all)'"),
    "bracketed team": ({"teams": {"(others)": {"department": "x", "agents": 0}}}, "names in brackets are cxsim's own"),
    "bracketed department": (desk(department="(between departments)"), "teams.desk.department: "),
    "department customer": (desk(department="customer"), "'customer' stands among departments for what customers do"),
    "long reason": ({"reasons": {LONG: {"channels": {}, "route": "request"}}}, "300 characters; use at most 200"),
    "longish reason": ({"reasons": {"n" * 80: {"channels": {}, "route": "request"}}}, "a name of 80 characters; use at most 60"),
    "long title": ({"title": "t" * 201}, "title: "),
    "long note": ({"note": "t" * 10_001}, "10,001 characters; use at most 10,000"),
    "long skill": (desk(skills=["s" * 61]), "a name of 61 characters"),
    "slash": ({"reasons": {"a/b": {"channels": {}, "route": "request"}}}, "'a/b' is no name"),
    "backslash": ({"reasons": {"a\\b": {"channels": {}, "route": "request"}}}, "is no name"),
    "formula": ({"reasons": {"=a": {"channels": {}, "route": "request"}}}, "'=a' is no name"),
    "at": ({"reasons": {"@a": {"channels": {}, "route": "request"}}}, "'@a' is no name"),
    "minus": ({"reasons": {"-a": {"channels": {}, "route": "request"}}}, "'-a' is no name"),
    "control in a title": ({"title": "De\x1b[31msk"}, "title: 'De\\x1b[31msk': a control character (0x1b), which is no text; leave it out"),
    "bell": ({"title": "De\x07sk"}, "a control character (0x07)"),
    "c1": ({"title": "De\x9bsk"}, "a control character (0x9b)"),
    "delete": ({"title": "De\x7fsk"}, "a control character (0x7f)"),
    "return": ({"title": "De\rsk"}, "a control character (0x0d)"),
    "turned": ({"title": "De\u202esk"}, "a control character (0x202e)"),
    "lines": ({"title": "De\nsk"}, "several lines; one belongs here"),
    "control in a note": ({"note": "De\x1bsk"}, "a control character (0x1b)"),
    "control in a name": ({"reasons": {"a\x1bb": {"channels": {}, "route": "request"}}}, "a control character (0x1b)"),
    "control in a source": (desk(cost_per_hour={"about": 30, "source": "x\x1b"}), "a control character (0x1b)"),
    # what is no number, or too much of one
    "spread": ({"routes": {"request": {"done": {"work": {"lognormal": {"median": "1 min", "sigma": 1000}}}}}}, "routes.request.done.work: "),
    "shape": ({"routes": {"request": {"done": {"work": {"weibull": {"scale": "1 min", "shape": 0.001}}}}}}, "routes.request.done.work: "),
    "10**400": (desk(cost_per_hour=10**400), "teams.desk.cost_per_hour: more than 1e+308 is too large a number"),
    "agents 10**30": (desk(agents=10**30), "teams.desk.agents: 1e+30 is too large a number; use at most 1,000,000,000,000,000"),
    "customers 10**30": ({"segments": {"people": {"customers": 10**30}}}, "1e+30 is too large a number"),
    "priority": ({"segments": {"people": {"priority": -(10**30)}}}, "segments.people.priority: -1e+30 is too large a number"),
    "telephone lines": ({"channels": {"phone": {"lines": 10**30}}}, "channels.phone.lines: 1e+30 is too large a number"),
    "places": (desk(places=10**30), "teams.desk.places: "),
    "margin": ({"segments": {"people": {"margin": 1e300}}}, "segments.people.margin: 1e+300 is too large a number"),
    "price year": ({"economics": {"price_year": 10**30}}, "economics.price_year: "),
    "half life": ({"experience": {"half_life": "0 min"}}, "experience.half_life: "),
    "stays": ({"loyalty": {"stays_for": "0 min"}}, "loyalty.stays_for: "),
}  # fmt: skip


@pytest.fixture(autouse=True)
def files(empty_folder: Path) -> None:
    ORGANISATION.write_text(DESK)
    SCENARIO.write_text(PLAN)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """The lines of a refusal, which prints and leaves nothing else."""
    before = {path: path.stat().st_mtime_ns for path in Path().rglob("*")}
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert {path: path.stat().st_mtime_ns for path in Path().rglob("*")} == before
    assert "Traceback" not in err
    assert "\x1b" not in err
    return err.splitlines()


def written(change: dict[str, Any]) -> None:
    tree = yaml.safe_load(DESK.replace("2026-09-07", "'2026-09-07'"))
    ORGANISATION.write_text(yaml.safe_dump(merged(tree, change), sort_keys=False, width=10**6), "utf-8")


@pytest.mark.parametrize("kind", ORGANISATIONS)
def test_an_organisation_that_cannot_be(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    change, words = ORGANISATIONS[kind]
    written(change)
    lines = refused(capsys, "do=show", "what=organisation", *BOTH)
    assert any(words in line for line in lines), lines
    assert all(line.startswith(("desk.yaml:", "plan.yaml:")) for line in lines), lines
    assert all(len(line) < 1000 for line in lines)


SCENARIOS: dict[str, tuple[str, str]] = {
    "headcount": ("  - staff: {team: desk, headcount: {mon-fri: {'09:00-17:00': -3}}}\n", "0 or more, belongs here, not -3"),
    "headcount {}": ("  - staff: {team: desk, headcount: {}}\n", "empty: nobody would ever be on duty"),
    "headcount of set": ("  - set: {teams.desk.headcount: {mon-fri: {'09:00-17:00': six}}}\n", "belongs here, not 'six'"),
    "removal": ("  - set: {teams.dask: ~}\n", "unknown name 'dask' in 'teams'; did you mean 'desk'?"),
    "shock": ("  - set: {demand.shocks: [{starts: 1 d, lasts: 1 d, factor: 1000000000}]}\n", "cases are expected within a day"),
    "add": ("  - add_demand: {reasons: [request], share: 1.0e+12}\n", "cases a year"),
    "redial": ("  - set: {behaviour.redial_after: 0.000001 s}\n", "use 1 s or more"),
    "name": ("  - split_team: {team: desk, into: (all), agents: 1, steps: []}\n", "interventions[0].split_team"),
    "week": ("  - staff: {team: desk, change: 1}\n    starts: week 99999999999999999999999\n", "is too far ahead; use at most week 5,218"),
    "year": ("  - staff: {team: desk, change: 1}\n    starts: year 101\n", "too far ahead"),
    "day": ("  - staff: {team: desk, change: 1}\n    starts: 1e300 d\n", "too far ahead"),
    "ends": ("  - staff: {team: desk, change: 1}\n    ends: week 999999\n", "too far ahead"),
    "ramp": ("  - prevent_demand: {reasons: [request], share: 0.1}\n    ramp: 1000000 weeks\n", "1,000,000 weeks; use at most 520"),
    "pilot": (
        "  - prevent_demand: {reasons: [request], share: 0.1}\n    roll_out: {pilot: 1000000 weeks, share: 0.1}\n",
        "1,000,000 weeks; use at most 520",
    ),
    "waves": ("  - training: {team: desk, uplift: 0.1, hours: 8 h, waves: 1000000000}\n", "waves: 1e+09 is more than can be run"),
    "break": (
        "  - staff: {team: desk, shifts: {day: {hours: {mon-fri: '09:00-17:00'}, breaks: [{after: 1 h, lasts: 30 h}]}}}\n",
        "does not fit into a shift of 8 h",
    ),
    "costs": ("  - staff: {team: desk, change: 1}\n    costs: {about: 5}\n", "a mapping belongs here, not a number with its range (5)"),
    "given": ("  - staff: {about: 5}\n", "a mapping belongs here, not a number with its range (5)"),
    "control": ('  - staff: {team: "de\\e[31msk", change: 1}\n', "a control character (0x1b)"),
}  # fmt: skip


@pytest.mark.parametrize("kind", SCENARIOS)
def test_a_scenario_that_cannot_be(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    entry, words = SCENARIOS[kind]
    SCENARIO.write_text(f"title: One more\ninterventions:\n{entry}", "utf-8")
    lines = refused(capsys, "do=show", "what=scenario", *BOTH)
    assert any(words in line for line in lines), lines
    assert all(line.startswith("plan.yaml:") for line in lines), lines


HEADS = {
    "title": ("title: One more", 'title: "One\\e]0;x\\amore"', "a control character (0x1b)"),
    "long title": ("title: One more", f"title: {'t' * 201}", "201 characters; use at most 200"),
    "horizon": ("title: One more", "title: One more\nstudy: {horizon: 1000 years}", "use at most 5,218 weeks"),
    "horizon 0": ("title: One more", "title: One more\nstudy: {horizon: 0 weeks}", "study.horizon: "),
    "replications": ("title: One more", "title: One more\nstudy: {replications: 1000000}", "study.replications: "),
}


@pytest.mark.parametrize("kind", HEADS)
def test_the_head_of_a_scenario(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    old, new, words = HEADS[kind]
    SCENARIO.write_text(PLAN.replace(old, new))
    (line,) = refused(capsys, "do=show", "what=scenario", *BOTH)
    assert words in line


ARGUMENTS = {
    "study.weeks=1000000": "study.weeks: should be less than or equal to 5218 (it is 1000000)",
    "study.weeks=-1": "study.weeks: should be greater than or equal to 1",
    "study.weeks=1e9": "study.weeks: a whole number belongs here",
    "study.warm_up_weeks=1000000": "study.warm_up_weeks: should be less than or equal to 521 (it is 1000000)",
    "study.replications=1000000000": "study.replications: should be less than or equal to 100000",
    "study.max_replications=1000000000": "study.max_replications: should be less than or equal to 100000",
    "workers=1000000": "workers: should be less than or equal to 1024 (it is 1000000)",
    f"organisation={LONG}": "is the name of no file" if os.name == "nt" else "no organisation 'nnn",
    f"organisation={'n' * 5000}.yaml": "is the name of no file",
    f"scenario={'n' * 5000}": "is the name of no file",
    "organisation=/dev/null.yaml": "no such file: /dev/null.yaml",
    "organisation='~nobody_here/x.yaml'": "no such file: ~nobody_here/x.yaml",
    "scenario='\x1b[31m'": "is the name of no file",
    "organisation.title='a\x1bb'": "a control character (0x1b)",
    "organisation.segments.people.customers=900000000000": "customers; more than 50,000,000 do not fit into memory",
    "organisation.reasons.request.cases.people=1e9": "cases a year",
}


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_an_argument_that_cannot_be(argument: str, capsys: pytest.CaptureFixture[str]) -> None:
    others = [word for word in BOTH if word.split("=")[0] != argument.split("=")[0]]
    lines = refused(capsys, *others, argument)
    assert any(ARGUMENTS[argument] in line for line in lines), lines


SWEEPS = {
    "seed=range(1,100000)": "seed: 'range(1,100000)' gives 99,999 values; at most 1,000 can be run in one go: take a wider step",
    "seed=range(1,100000000000)": "values; at most 1,000 can be run",
    "seed=range(0,1,1e-9)": "values; at most 1,000 can be run",
    "seed=range(0,10,0)": "seed: 'range(0,10,0)' has no end; give a step other than 0",
    "seed=range(5,1)": "seed: 'range(5,1)' gives no value",
}


@pytest.mark.parametrize("argument", SWEEPS)
def test_a_sweep_that_cannot_be(argument: str, capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = refused(capsys, "-m", *BOTH, argument)
    assert SWEEPS[argument] in line


def test_a_sweep_of_too_many_combinations(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = refused(capsys, "-m", *BOTH, "seed=range(0,50)", "study.weeks=range(1,50)")
    assert line == (
        "command line: a sweep of 2,450 points (50 of seed x 49 of study.weeks); at most 1,000 can be run in one go"
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
@pytest.mark.parametrize("what", ["organisation", "scenario", "study"])
def test_a_pipe_is_no_file(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path("conf/study/pipe.yaml") if what == "study" else Path("pipe.yaml")
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)
    others = [word for word in BOTH if not word.startswith(what)]
    name = "pipe" if what == "study" else "pipe.yaml"
    lines = refused(capsys, *others, f"{what}={name}")
    assert f"{path}: no file but a pipe or a device; give the path of a file" in lines


def test_a_device_and_a_huge_file_are_no_files(capsys: pytest.CaptureFixture[str]) -> None:
    Path("zero.yaml").symlink_to("/dev/zero")
    assert "zero.yaml: no file but" in refused(capsys, "organisation=zero.yaml", BOTH[1])[0].replace(
        "/dev/zero", "zero.yaml"
    )
    with Path("huge.yaml").open("wb") as file:
        file.truncate(10**9)
    assert refused(capsys, "organisation=huge.yaml", BOTH[1])[0].startswith(
        "huge.yaml: 1,000 MB; a file of at most 20 MB"
    )


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ("teams: {dask: ~}", "mine.yaml:3: teams.dask: there is no 'dask' to take away; did you mean 'desk'?"),
        ("taems: ~", "mine.yaml:3: taems: there is no 'taems' to take away; did you mean 'teams'?"),
        ("behaviour: {p_redail: ~}", "mine.yaml:3: behaviour.p_redail: there is no 'p_redail' to take away"),
        ("routes: {request: {chek: ~}}", "mine.yaml:3: routes.request.chek: there is no 'chek' to take away; did you mean 'check'?"),
    ],
)  # fmt: skip
def test_what_is_not_there_cannot_be_taken_away(over: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text(f"based_on: desk.yaml\ntitle: Mine\n{over}\n")
    (line,) = refused(capsys, "organisation=mine.yaml", BOTH[1])
    assert words in line


def test_what_a_field_may_have_can_be_taken_away(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text("based_on: desk.yaml\nteams: {desk: {headcount: ~, cost_per_hour: ~}}\n")
    assert main(["organisation=mine.yaml", BOTH[1], "do=show", "what=scenario"]) == 0


@pytest.mark.parametrize("name", ["bank", LONG, "theory", "A", "x\x1b", "../x", "7"])
def test_a_new_department_has_a_name_of_its_own(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    if name == "theory":  # a folder that came with cxsim, not a file
        assert main(["do=new", f"name={name}"]) == 0
        return
    lines = refused(capsys, "do=new", f"name={name}")
    assert len(lines) == 1
    if name == "bank":
        assert lines == [
            "command line: name: 'bank' came with cxsim and would be hidden; give yours another name, such as my_bank"
        ]


def test_a_horizon_in_which_growth_is_too_much(capsys: pytest.CaptureFixture[str]) -> None:
    written({"demand": {"trend_per_year": 1.0}})
    (line,) = refused(capsys, *BOTH, "study.weeks=2600")
    assert "study.weeks: about " in line
    assert "cases are expected in one run of 2,602 weeks" in line or "weeks; at most 1,000,000,000 can be run" in line


@pytest.mark.parametrize("shown", ["seed=1", "study.weeks=4"])
def test_a_shock_outside_the_study_is_noticed(shown: str) -> None:
    from cxsim.command.configuration import read_requests
    from cxsim.command.jobs import prepare
    from cxsim.command.notices import notices

    written(shock(starts="70 weeks"))
    requests, _ = read_requests([*BOTH, shown, "study.warm_up_weeks=1"], False)
    (job,) = prepare(requests)
    found = notices(job)
    assert len(found) == 1
    assert "demand.shocks[0]: the shock starts in week 70, the study ends in week" in found[0]
    assert found[0].endswith(": it changes nothing")


def test_a_service_level_that_no_team_has_is_noticed() -> None:
    from cxsim.command.configuration import read_requests
    from cxsim.command.jobs import prepare
    from cxsim.command.notices import notices

    SCENARIO.write_text(PLAN + "hold: service_level\n")
    requests, _ = read_requests([*BOTH], False)
    (job,) = prepare(requests)
    assert any("hold: no team has a 'standard' in both worlds" in notice for notice in notices(job))
