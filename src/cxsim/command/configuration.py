"""The one module next to `sweeps` that knows Hydra: its grammar of overrides and its groups of files.

`organisation` and `scenario` are plain values for Hydra; what they name is read by `cxsim.files.reading`, so every
fault has a file and a line; overrides below ``organisation.`` are edits of that file's tree.
"""

from __future__ import annotations

import difflib
import itertools
import logging
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as File
from typing import Any

import hydra
from hydra import compose, initialize_config_dir
from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, OverrideType
from hydra.core.plugins import Plugins
from hydra.errors import HydraException
from hydra.plugins.search_path_plugin import SearchPathPlugin
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from cxsim.command.sweeps import plain_value, swept_values, too_many_points
from cxsim.files.problems import Path, Problem, Problems, called, nearest
from cxsim.files.reading import read_document
from cxsim.files.search_path import conf_folders, find, names, scenario_folders, shipped, spoken
from cxsim.files.yaml_positions import COMMAND_LINE, Document
from cxsim.organisation.edits import Edit, Fields, as_far_as_possible
from cxsim.scenario import BASELINE

GROUPS = ("do", "study")
"""Keys that choose a file of conf/<key>."""
NONE = "none"
KINDS: Mapping[OverrideType, Any] = {
    OverrideType.CHANGE: "set",
    OverrideType.ADD: "add",
    OverrideType.FORCE_ADD: "add",
    OverrideType.DEL: "remove",
}


@dataclass(frozen=True)
class Request:
    """One thing to run: the configuration, edits of its organisation, and what a sweep varied to get here."""

    configuration: Document
    edits: tuple[Edit, ...] = ()
    swept: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        return self.configuration.tree[key]

    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios asked for: one, or a list; each once.  None at all is the baseline alone."""
        asked = self["scenario"]
        chosen = asked if isinstance(asked, list) else [asked]
        if self._baseline_alone():
            chosen = [BASELINE.name]
        return tuple(dict.fromkeys(name for name in chosen if isinstance(name, str) and name))

    def _baseline_alone(self) -> bool:
        """Whether nothing is to be compared: `baseline`, `[]`, `null`, or `none` where no scenario is called so."""
        asked = self["scenario"]
        return asked in ([], None) or (asked == NONE and find(NONE, scenario_folders()) is None)

    def of_baseline(self) -> Request:
        """The same without any scenario."""
        document = self.configuration
        return replace(self, configuration=replace(document, tree={**document.tree, "scenario": BASELINE.name}))

    def defaulted(self, key: str) -> bool:
        """Whether a key is as in the configuration that came with cxsim."""
        return self.configuration.place((key,))[0] == spoken(shipped("conf") / "config.yaml")

    def scenario_faults(self) -> list[Problem]:
        """What is wrong with the list of scenarios itself."""
        if self._baseline_alone():
            return []
        asked = self["scenario"]
        chosen = asked if isinstance(asked, list) else [asked]
        found = [f"'{name}' is given twice; once is enough" for name in self.scenarios() if chosen.count(name) > 1]
        if not all(isinstance(name, str) and name for name in chosen):
            found = [f"the name of a scenario or a list of names belongs here, not {called(asked)}"]
        place = self.configuration.place(("scenario",))
        return [Problem(("scenario",), what, *place) for what in found]


class _OwnConf(SearchPathPlugin):
    """The user's conf/ goes before ours (in this process only, never for other Hydra applications)."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        for folder in reversed(conf_folders()):
            search_path.prepend(provider="cxsim", path=f"file://{folder.resolve()}")


def read_requests(
    overrides: Sequence[str], multirun: bool, fields: Fields = lambda path: ()
) -> tuple[list[Request], list[Problem]]:
    """Every point that the arguments ask for (without `multirun` there is one), and what is wrong with them.

    `fields` gives the names that a part of the configuration may have that its file does not state.  Where an argument
    is wrong, the requests are as if it had not been given, so that the rest can be looked at too; there is none if
    that would be another organisation or scenario than was meant.  Raises `Problems` where there is no configuration
    to be had at all.
    """
    parsed, faults, lost = _parsed(overrides)
    choices: list[list[tuple[Override, Any]]] = []
    swept: list[Override] = []
    for override in parsed:
        if not override.is_sweep_override():
            choices.append([(override, plain_value(override.value()))])
            continue
        try:
            choices.append([(override, value) for value in swept_values(override, multirun)])
            swept.append(override)
        except Problems as refused:
            faults += refused.problems
            lost.add(override.key_or_group)
    if too_many := too_many_points({values[0][0].key_or_group: len(values) for values in choices if values}):
        raise Problems([*faults, too_many])
    composed: dict[tuple[str, str], tuple[Document, list[Problem]]] = {}
    requests = []
    try:
        for point in itertools.product(*choices):
            request, found = _request(point, swept, fields, composed)
            requests.append(request)
            faults += found
    except Problems as refused:
        raise Problems([*faults, *refused.problems]) from None
    if lost & {"organisation", "scenario"}:
        requests = []  # nobody asked for the usual ones
    return requests, list(dict.fromkeys(faults))


def _parsed(overrides: Sequence[str]) -> tuple[list[Override], list[Problem], set[str]]:
    """What Hydra's grammar makes of the arguments, what it does not understand, and the keys lost by that."""
    parser = OverridesParser.create()
    parsed: list[Override] = []
    faults: list[Problem] = []
    lost: set[str] = set()
    for text in overrides:
        try:
            found = parser.parse_overrides([text])
        except HydraException:
            found = []
        if found and not any(override.package for override in found) and all(key_path(o.key_or_group) for o in found):
            parsed += found
        else:
            faults.append(Problem((), f"{text!r} is not understood; {_hint(text)}", COMMAND_LINE))
            lost.add(text.partition("=")[0].strip("+~"))
    return parsed, faults, lost


def _hint(text: str) -> str:
    key, equals, value = text.partition("=")
    if not equals or not key.strip("+~"):
        return "arguments are key=value"
    if "[" in key:
        return f"a place in a list goes after a dot: {'.'.join(map(str, key_path(key)))}={value}"
    if not re.fullmatch(r"[+~]{0,2}\w+([./]\w+)*", key):
        return "a key is names with dots between them"
    return "brackets and quotes have to be closed, and values with special signs quoted, as in 'key=\"a=b\"'"


def key_path(key: str) -> Path:
    """`organisation.teams.front_line.agents` or `a[2].b` as a path."""
    parts = re.sub(r"\[(\d+)\]", r".\1", key).split(".")
    return tuple(part for part in parts if part)


def _request(
    point: Sequence[tuple[Override, Any]],
    swept: Sequence[Override],
    fields: Fields,
    composed: dict[tuple[str, str], tuple[Document, list[Problem]]],
) -> tuple[Request, list[Problem]]:
    """One point of the sweep; `composed` remembers configurations, which are slow to compose."""
    groups: dict[str, Any] = {}
    hydras: list[str] = []
    values: list[Edit] = []
    below: list[Edit] = []
    varied: dict[str, Any] = {}
    faults: list[Problem] = []
    for override, value in point:
        key = override.key_or_group
        path = key_path(key)
        kind = KINDS[override.type]
        if any(override is one for one in swept):
            varied[key] = value
        if override.is_hydra_override():
            hydras.append(str(override.input_line))
        elif key in GROUPS and kind != "remove":
            groups[key] = value
        elif path[0] == "organisation" and len(path) > 1:
            below.append(Edit(path[1:], value, kind))
        elif path[0] == "scenario" and len(path) > 1:
            what = "a scenario is changed in its file; on the command line it is chosen: scenario=redesign"
            faults.append(Problem(path, what, COMMAND_LINE))
        elif kind == "remove":
            faults.append(Problem(path, "the command cannot do without it", COMMAND_LINE))
        else:  # '+' makes no difference: only names that mean something are known
            values.append(Edit(path, value))
    chosen = (str(groups), str(hydras))
    if chosen not in composed:
        composed[chosen] = compose_configuration(groups, hydras)
    document, found = composed[chosen]
    document, misnamed = as_far_as_possible(document, values, fields, stamp=False)
    return Request(document, tuple(below), varied), [*found, *faults, *(_as_setting(p, fields) for p in misnamed)]


def _as_setting(problem: Problem, fields: Fields) -> Problem:
    """What to write instead, where a setting of the study is named as if it were the command's."""
    name = str(problem.path[0])
    if len(problem.path) > 1 or name not in fields(("study",)):
        return problem
    return replace(problem, what=f"is a setting of the study: study.{name}=...")


def compose_configuration(groups: Mapping[str, Any], hydras: Sequence[str] = ()) -> tuple[Document, list[Problem]]:
    """conf/config.yaml with the chosen files of its groups, the line of every key, and what is wrong with it.

    What is wrong is left out or, for a misspelt group, taken as it was probably meant.  Raises `Problems` where
    nothing can be composed.
    """
    folders = conf_folders()
    primary = find("config", folders)
    ours = read_document(shipped("conf") / "config.yaml")
    document = read_document(primary) if primary is not None else ours
    faults = [
        Problem((key,), f"unknown name '{key}'{nearest(key, ours.tree)}", *document.place((key,)))
        for key in document.tree
        if key not in ours.tree
    ]
    faults += [Problem((key,), "missing", *document.place((key,))) for key in ours.tree if key not in document.tree]
    wanted: dict[str, str] = {}
    for group, choice in {**_default_groups(ours), **_default_groups(document), **groups}.items():
        inside = [folder / group for folder in folders if (folder / group).is_dir()]
        if not isinstance(choice, str) or find(choice, inside) is None:
            asked = (COMMAND_LINE, 0) if group in groups else document.place(("defaults",))
            what = f"no '{choice}' in conf/{group}{nearest(str(choice), names(inside))}"
            if not isinstance(choice, str) or not choice:
                what = f"the name of a file of conf/{group} belongs here, not {called(choice)}"
            faults.append(Problem((group,), what, *asked))
            close = difflib.get_close_matches(str(choice), names(inside), n=1)
            wanted |= {group: close[0]} if close else {}
            continue
        try:
            read_document(find(choice, inside) or File())
            wanted[group] = choice
        except Problems as refused:
            faults += refused.problems
    for extra in [hydras, []] if hydras else [[]]:
        try:
            plain, chosen = _composed([*(f"{group}={choice}" for group, choice in wanted.items()), *extra])
            break
        except Problems as refused:
            faults += refused.problems
    else:
        raise Problems(faults)
    places = {path: place for path, place in document.places.items() if path}
    for group in GROUPS:
        path = find(str(chosen.get(group, "")), [folder / group for folder in folders])
        if path is not None:
            prefix: Path = (group,) if group == "study" else ()
            places |= {(*prefix, *inner): at for inner, at in read_document(path).places.items() if (*prefix, *inner)}
    known = {key: value for key, value in ours.tree.items() if key not in ("defaults", "hydra")}
    return Document({**known, **plain}, places, COMMAND_LINE), faults


def _default_groups(document: Document) -> dict[str, Any]:
    """The groups' files that a configuration chooses itself."""
    listed = document.tree.get("defaults")
    chosen = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    return {group: item[group] for item in chosen for group in GROUPS if group in item}


def _composed(overrides: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What Hydra makes of it, and the groups' files it chose."""
    Plugins.instance().register(_OwnConf)
    version = {"version_base": "1.3"} if hydra.__version__.startswith("1.3") else {}
    try:
        with initialize_config_dir(config_dir=str(shipped("conf").resolve()), job_name="cxsim", **version):
            composed = compose("config", overrides=list(overrides), return_hydra_config=True)
            chosen = dict(composed.hydra.runtime.choices)
        plain = OmegaConf.to_container(
            OmegaConf.masked_copy(composed, [str(key) for key in composed if key != "hydra"])
        )
    except (HydraException, OmegaConfBaseException) as error:
        what = " ".join(line.strip() for line in str(error).splitlines()[:2])
        raise Problems([Problem((), f"the configuration cannot be composed: {what}", COMMAND_LINE)]) from None
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items()}, chosen


def hand_over(argv: Sequence[str]) -> None:
    """Hydra's own flags (--info, --hydra-help, -sc, --cfg hydra), answered by Hydra."""
    Plugins.instance().register(_OwnConf)
    version = {"version_base": "1.3"} if hydra.__version__.startswith("1.3") else {}
    sys.argv = [sys.argv[0], *argv]
    logging.raiseExceptions = False  # Hydra answers through logging, which would report a reader that has left
    hydra.main(config_path=str(shipped("conf").resolve()), config_name="config", **version)(_nothing)()


def _nothing(configuration: Any) -> None:
    """What Hydra runs when it is only asked about itself."""
