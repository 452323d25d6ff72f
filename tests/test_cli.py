"""The command: what it accepts, what it refuses and with which message, what it leaves behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from cxsim.__main__ import main

DEPARTMENT = Path("conf/organisation/my_department.yaml")
FIRST = Path("scenarios/my_department_first.yaml")
MINE = ["organisation=my_department", "scenario=my_department_first"]
SHORT = ["study=quick", "study.weeks=2", "study.warm_up_weeks=1", "study.replications=3", "workers=1"]


@pytest.fixture
def department(empty_folder: Path) -> Path:
    """A working directory with the organisation and scenario of do=new."""
    assert main(["do=new"]) == 0
    return empty_folder


def faults(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """The lines on stderr of a refused command, which must leave nothing behind."""
    capsys.readouterr()
    assert main(arguments) == 2
    message = capsys.readouterr()
    assert message.out == ""
    assert not Path("outputs").exists()
    return message.err.splitlines()


def change(path: Path, old: str, new: str) -> int:
    """Replace a text that occurs once in a file; the line it stands on."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), "utf-8")
    return text[: text.index(old)].count("\n") + 1


WRONG = {
    "unknown key": ("p_redial: 0.5", "p_redail: 0.5", "behaviour.p_redail: unknown name 'p_redail'; did you mean 'p_redial'?"),
    "misspelt step": ("1 min, next: check}", "1 min, next: chek}", "no step 'chek'; did you mean 'check'?"),
    "wrong unit": ("wrap_up: 30 s", "wrap_up: 30 kg", "routes.question.answer.wrap_up: "),
    "number without unit": ("wrap_up: 30 s", "wrap_up: 30", "routes.question.answer.wrap_up: "),
    "negative rate": ("cases: {customers: 2.5}", "cases: {customers: -2.5}", "reasons.question.cases.customers: "),
    "probability over 1": ("p_recontact: 0.85", "p_recontact: 1.85", "behaviour.p_recontact: "),
    "probabilities over 1": (
        "{signature: 0.9, intake: {p: 0.1",
        "{signature: 0.9, intake: {p: 0.3",
        "routes.request.check.next: probabilities add up to 1.2",
    ),
    "endless route": (
        "cv: 0.8}}, resolves: 0.9}",
        "cv: 0.8}}, resolves: 0.9, next: intake}",
        "the route never ends",
    ),
    "unreachable step": (
        "      next: carry_out\n",
        "      resolves: 0.9\n",
        "step 'carry_out' cannot be reached",
    ),
    "skill nobody has": (
        "wrap_up: 30 s, resolves: 0.75}",
        "wrap_up: 30 s, resolves: 0.75, skill: chinese}",
        "nobody in team 'front_line' has skill 'chinese'",
    ),
    "channel never open": ('opens: {mon-fri: "08:00-18:00"}', "opens: {}", "channels.phone.opens: "),
    "zero customers": ("customers: 12000,", "customers: 0,", "segments.customers.customers: "),
    "list for a mapping": ("channels: {phone: 0.5, email: 0.5}", "channels: [phone, email]", "reasons.request.channels: "),
    "share over 1": ("channels: {phone: 0.5, email: 0.5}", "channels: {phone: 0.5, email: 0.6}", "add up to 1.1"),
    "no such team": ("      team: back_office", "      team: back_offce", "no team 'back_offce'; did you mean 'back_office'?"),
    "tab": ("  p_recontact: 0.85", "\tp_recontact: 0.85", "a tab where spaces belong"),
    "twice": ("  p_recontact: 0.85", "  p_redial: 0.85", "behaviour.p_redial: 'p_redial' is given twice"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_organisation_is_one_line_with_file_line_and_path(
    kind: str, department: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, message = WRONG[kind]
    line = change(DEPARTMENT, old, new)
    (fault,) = faults(capsys, *MINE)
    assert fault.startswith(f"{DEPARTMENT}:"), fault
    assert message in fault
    at = int(fault.removeprefix(f"{DEPARTMENT}:").split(":")[0])
    assert line - 15 <= at <= line + 4  # an endless route is seen at its first step


def test_the_usual_scenario_is_the_banks(department: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (fault,) = faults(capsys, "organisation=my_department")
    assert fault == (
        "command line: scenario=redesign is the bank's; give scenario=… (files in scenarios/: my_department_first) "
        "or scenario=nothing"
    )
    asked = faults(capsys, "organisation=my_department", "scenario=redesign")
    assert asked
    assert not any("is the bank's" in fault for fault in asked)


def test_calibrating_needs_no_scenario(department: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["do=calibrate", "organisation=my_department", *SHORT]) == 0
    assert "ces_cuts" in capsys.readouterr().out


def test_a_team_with_no_shift(department: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = DEPARTMENT.read_text("utf-8")
    DEPARTMENT.write_text(re.sub(r"    shifts:\n      day:.*\n", "", text), "utf-8")
    (fault,) = faults(capsys, *MINE)
    assert "teams.back_office.shifts: team 'back_office' has 3 agents and no shift" in fault


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"- a\n- b\n", ":1: a mapping belongs here, not a list"),
        (b"title: caf\xe9\n", ":1: not UTF-8: byte 0xe9"),
    ],
)
def test_a_file_that_is_no_organisation_or_scenario(
    content: bytes, message: str, department: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    DEPARTMENT.write_bytes(content)
    FIRST.write_bytes(content)
    of_organisation, of_scenario = faults(capsys, *MINE)
    assert of_organisation.startswith(str(DEPARTMENT))
    assert of_scenario.startswith(str(FIRST))
    assert message in of_organisation
    assert message in of_scenario


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("because:", "becuase:", "becuase: unknown name 'becuase'; did you mean 'because'?"),
        ("staff:", "staf:", "did you mean 'staff'?"),
        ("team: back_office", "team: bakc_office", "did you mean 'back_office'?"),
        ("change: 1", "chnge: 1", "did you mean 'change'?"),
        ("starts: week 1\n    costs", "starts: wek 1\n    costs", "'wek 1'"),
        ("once: 4000", "once: -4000", "(it is -4000)"),
    ],
)
def test_a_wrong_scenario_is_one_line_with_file_line_and_path(
    old: str, new: str, message: str, department: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = change(FIRST, old, new)
    (fault,) = faults(capsys, *MINE)
    assert fault.startswith(f"{FIRST}:{line}: "), fault
    assert message in fault


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("organisation=bnak", "organisation: no organisation 'bnak'; did you mean 'bank'?"),
        ("scenario=redesing", "scenario: no scenario 'redesing'; did you mean 'redesign'?"),
        ("scenario=my/own.yaml", "scenario: no such file: my/own.yaml"),
        ("organisation.behaviour.p_redail=0.6", "organisation.behaviour.p_redail: unknown name 'p_redail'; did you mean 'p_redial'?"),
        ("organisation.behaviuor.p_redial=0.6", "organisation.behaviuor: unknown name 'behaviuor'; did you mean 'behaviour'?"),
        ("organisation.teams.front_lin.agents=3", "organisation.teams.front_lin: unknown name 'front_lin'; did you mean 'front_line'?"),
        ("organisation.behaviour.p_redial=1.6", "organisation.behaviour.p_redial: should be less than or equal to 1 (it is 1.6)"),
        ("organisation.behaviour.redial_after=10", "organisation.behaviour.redial_after: "),
        ("~organisation.teams.nobody", "organisation.teams.nobody: unknown name 'nobody'"),
        ("sed=7", "sed: unknown name 'sed'; did you mean 'seed'?"),
        ("study=quik", "study: no 'quik' in conf/study; did you mean 'quick'?"),
        ("study.replicatons=4", "study.replicatons: unknown name 'replicatons'; did you mean 'replications'?"),
        ("study.replications=many", "study.replications: "),
        ("engine=simpi", "engine: "),
        ("do=shwo", "do: no 'shwo' in conf/do; did you mean 'show'?"),
        ("scenario=redesign,training", "scenario: 'redesign,training' is a sweep: add -m"),
        ("redesign", "'redesign' is not understood; arguments are key=value"),
        ("seed=[1", "'seed=[1' is not understood"),
        ("--wat", "unrecognized arguments: --wat"),
        ("~seed", "seed: the command cannot do without it"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_one_line(
    argument: str, message: str, empty_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (fault,) = faults(capsys, argument)
    assert fault.startswith(f"command line: {message}")


def test_all_problems_are_reported_together(department: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(DEPARTMENT, "p_redial: 0.5", "p_redial: 5")
    change(DEPARTMENT, "agents: 5", "agents: -5")
    Path("file").write_text("")
    message = faults(capsys, *MINE, "scenario=nobodys", "study.replications=-1", "output=file/x")
    assert len(message) == 5, message


@pytest.mark.parametrize("output", ["file/outputs", "/proc/nothing/outputs"])
def test_an_output_folder_that_cannot_be_written(
    output: str, department: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if output.startswith("/proc") and not Path("/proc").is_dir():
        pytest.skip("no /proc")
    Path("file").write_text("mine")
    (fault,) = faults(capsys, *MINE, f"output={output}")
    assert fault.startswith("command line: output: ")
    assert Path("file").read_text() == "mine"


def test_all_points_of_a_sweep_are_checked_first(department: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message = faults(capsys, "-m", *MINE, "organisation.behaviour.p_redial=0.5,1.5,2.5")
    assert [fault.rpartition("(")[2] for fault in message] == ["it is 1.5)", "it is 2.5)"]


def test_new_runs_and_never_overwrites(department: Path, capsys: pytest.CaptureFixture[str]) -> None:
    DEPARTMENT.write_text("mine", "utf-8")
    message = faults(capsys, "do=new")
    assert len(message) == 2
    assert all("nothing is overwritten" in fault for fault in message)
    assert DEPARTMENT.read_text("utf-8") == "mine"
    assert main(["do=new", "name=claims"]) == 0
    assert "my_department" not in Path("conf/organisation/claims.yaml").read_text("utf-8")
    (fault,) = faults(capsys, "do=new", "name=../x")
    assert fault.startswith("command line: name: ")


@pytest.mark.parametrize("what", ["organisation", "scenario", "assumptions"])
def test_show_lists_what_would_run(what: str, department: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["do=show", f"what={what}", *MINE, "organisation.teams.front_line.agents=9"]) == 0
    message = capsys.readouterr().out
    expected = {
        "organisation": r"front_line +service +9 agents",
        "scenario": r"team back office\n +~ agents: 3 → 4",
        "assumptions": r"teams\.front_line\.agents +9 +command line",
    }
    assert re.search(expected[what], message)
    assert not Path("outputs").exists()


def test_show_hot_spots_runs_the_study_and_ranks_steps(department: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["do=show", "what=hot_spots", *MINE, *SHORT]) == 0
    message = capsys.readouterr().out
    assert "routine" in message
    assert "Heat is visits × effort per visit × share gone wrong" in message
    heats = [float(found) for found in re.findall(r"(\d+\.\d) +<?\d+\.\d$", message, re.MULTILINE)]
    assert len(heats) > 1
    blocks = message.split("\n\n")
    for block in blocks:
        found = [float(x) for x in re.findall(r"(\d+\.\d) +<?\d+\.\d$", block, re.MULTILINE)]
        assert found == sorted(found, reverse=True)
    assert not Path("outputs").exists()


def test_a_number_changed_by_argument_gives_its_source(department: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(DEPARTMENT, "p_redial: 0.5", "p_redial: {about: 0.5, between: [0.4, 0.6], source: our log}")
    assert main(["do=show", "what=assumptions", *MINE, "organisation.behaviour.p_redial=0.7"]) == 0
    (line,) = [text for text in capsys.readouterr().out.splitlines() if "p_redial" in text]
    assert line.split() == ["behaviour.p_redial", "0.7", "command", "line"]


@pytest.mark.parametrize("flag", ["--help", "--version", "--cfg=job", "--info=searchpath"])
def test_flags_answer_and_run_nothing(flag: str, empty_folder: Path) -> None:
    done = command(flag)
    assert done.returncode == 0, done.stderr
    assert done.stdout + done.stderr
    assert list(empty_folder.iterdir()) == []


def test_the_shell_is_offered_names(empty_folder: Path) -> None:
    for typed, offered in (
        ("cxsim scenario=rede", "scenario=redesign"),
        ("cxsim organisation.beh", "organisation.behaviour"),
        ("cxsim do=", "do=show"),
    ):
        done = command("-sc", "query=bash", COMP_LINE=typed)
        assert offered in done.stdout


def test_a_reader_that_leaves_is_no_error(empty_folder: Path) -> None:
    one_line = f'"{sys.executable}" -m cxsim do=show what=assumptions | head -n 1'
    done = subprocess.run(["bash", "-c", one_line], capture_output=True, text=True, env=environment(), timeout=120)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def environment(**more: str) -> dict[str, str]:
    source = str(Path(__file__).parent.parent / "src")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([source, os.environ.get("PYTHONPATH", "")]), **more}


def command(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "cxsim", *arguments]
    return subprocess.run(words, capture_output=True, text=True, env=environment(**more), timeout=300)


# ------------------------------------------------------------------------------------------------- whole runs


def only_folder() -> Path:
    (folder,) = Path("outputs").iterdir()
    return folder


def test_a_run_leaves_tables_report_and_provenance(department: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*MINE, *SHORT]) == 0
    folder = only_folder()
    there = {path.name for path in folder.iterdir()}
    assert {"comparison.csv", "comparison.parquet", "comparison.xlsx", "comparison.txt", "run.json"} <= there
    sheets = openpyxl.load_workbook(folder / "comparison.xlsx")
    assert sheets.sheetnames[:2] == ["headline", "measures"]
    assert sheets["headline"]["A2"].value == "contacts per case"
    run = json.loads((folder / "run.json").read_text("utf-8"))
    assert run["complete"]
    assert run["runs"][0]["settings"]["replications"] == 3
    assert run["made"]["libraries"]["numpy"]
    assert sorted(path.name for path in department.iterdir()) == ["conf", "outputs", "scenarios"]


def test_same_seed_same_bytes_whatever_the_workers(department: Path) -> None:
    for workers in (1, 2):
        assert main([*MINE, *SHORT, f"workers={workers}", f"output=with_{workers}"]) == 0
    (one,), (two,) = (list(Path(f"with_{n}").iterdir()) for n in (1, 2))
    names = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(two) for path in two.rglob("*") if path.is_file())
    for name in names:
        first, second = (one / name).read_bytes(), (two / name).read_bytes()
        if name.name == "run.json":
            a, b = json.loads(first), json.loads(second)
            a.pop("made")
            b.pop("made")
            assert a == b
        else:
            assert first == second, name


def test_a_sweep_is_one_tidy_table(department: Path) -> None:
    key = "organisation.teams.front_line.agents"
    assert main(["-m", *MINE, *SHORT, "scenario=my_department_first,baseline", f"{key}=4,5"]) == 0
    folder = only_folder()
    table = pd.read_csv(folder / "sweep.csv")
    assert set(table[key]) == {4, 5}
    assert set(table["scenario"]) == {"my_department_first"}
    assert not table.duplicated([key, "scenario", "measure"]).any()


def test_an_interrupt_keeps_what_is_finished(department: Path) -> None:
    arguments = [*MINE, "study=quick", "study.replications=100000", "study.weeks=1", "study.warm_up_weeks=0"]
    words = [sys.executable, "-m", "cxsim", *arguments]
    with subprocess.Popen(words, stdout=-1, stderr=-1, text=True, env=environment()) as process:
        assert process.stderr is not None
        first = "cxsim: "
        while first.startswith("cxsim: ") and not re.match(r"cxsim: [1-9]", first):  # notices come before
            first = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, message = process.communicate(timeout=120)
    assert process.returncode == 130
    assert re.match(r"cxsim: [1-9]", first), first
    assert "Traceback" not in message
    assert re.search(r"cxsim: interrupted; what was finished is in outputs/", message)
    run = json.loads((only_folder() / "run.json").read_text("utf-8"))
    assert not run["complete"]
    assert (only_folder() / "comparison.csv").exists()
