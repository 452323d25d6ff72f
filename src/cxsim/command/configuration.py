"""The one module beside ``__main__`` that knows Hydra: its grammar of overrides and its groups of files.

`organisation` and `scenario` are plain values for Hydra; what they name is read by `cxsim.files`, so every
fault has a file and a line; overrides below ``organisation.`` are edits of that file's tree.
"""

from __future__ import annotations

import itertools
import logging
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import hydra
from hydra import compose, initialize_config_dir
from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, Override, OverrideType, QuotedString
from hydra.core.plugins import Plugins
from hydra.errors import HydraException
from hydra.plugins.search_path_plugin import SearchPathPlugin
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from cxsim.edits import Edit, Fields, edited
from cxsim.files import organisation_folders, read_document
from cxsim.places import conf_folders, find, names, scenario_folders, shipped
from cxsim.problems import Path, Problem, Problems, nearest
from cxsim.yaml_lines import COMMAND_LINE, Document, Place

GROUPS = ("do", "study")
"""Keys that choose a file of conf/<key>."""
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
        """Names of the scenarios asked for: one, or a list."""
        asked = self["scenario"]
        chosen = asked if isinstance(asked, list) else [asked]
        if not chosen or not all(isinstance(name, str) and name for name in chosen):
            what = f"a scenario or a list of them belongs here, not {asked!r}"
            raise self.configuration.located(Problems([Problem(("scenario",), what)]))
        return tuple(dict.fromkeys(chosen))


class _OwnConf(SearchPathPlugin):
    """The user's conf/ goes before ours (in this process only, never for other Hydra applications)."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        for folder in reversed(conf_folders()):
            search_path.prepend(provider="cxsim", path=f"file://{folder.resolve()}")


def read_requests(overrides: Sequence[str], multirun: bool, fields: Fields = lambda path: ()) -> list[Request]:
    """Every point that the arguments ask for; without `multirun` there is one.

    `fields` says which names a part of the configuration may have that its file does not state. Raises
    `Problems` with everything that is wrong with the arguments.
    """
    parsed, faults = _parsed(overrides)
    choices: list[list[tuple[Override, Any]]] = []
    swept: list[Override] = []
    for override in parsed:
        if not override.is_sweep_override():
            choices.append([(override, plain_value(override.value()))])
            continue
        try:
            choices.append([(override, value) for value in _swept_values(override, multirun)])
            swept.append(override)
        except Problems as refused:
            faults += refused.problems
    requests = []
    composed: dict[tuple[str, str], Document] = {}
    for point in itertools.product(*choices):
        try:
            requests.append(_request(point, swept, fields, composed))
        except Problems as refused:
            faults += refused.problems
    if faults:
        raise Problems(list(dict.fromkeys(faults)))
    return requests


def _parsed(overrides: Sequence[str]) -> tuple[list[Override], list[Problem]]:
    parser = OverridesParser.create()
    parsed: list[Override] = []
    faults: list[Problem] = []
    for text in overrides:
        try:
            parsed += parser.parse_overrides([text])
        except HydraException as error:
            reason = next((line for line in str(error).splitlines() if line.strip()), "").strip()
            reason = re.sub(r"^(?:Error parsing override '.*'|mismatched input '<EOF>' expecting.*)$", "", reason)
            hint = "; arguments are key=value" if "=" not in text else f"; {reason}" if reason else ""
            faults.append(Problem((), f"'{text}' is not understood{hint}", COMMAND_LINE))
    return parsed, faults


def plain_value(value: Any) -> Any:
    """A value of Hydra's grammar as plain data."""
    if isinstance(value, QuotedString):
        return value.text
    if isinstance(value, list):
        return [plain_value(item) for item in value]
    if isinstance(value, dict):
        return {str(plain_value(key)): plain_value(item) for key, item in value.items()}
    return value


def _swept_values(override: Override, multirun: bool) -> list[Any]:
    key, text = override.key_or_group, (override.input_line or "").partition("=")[2]
    if key == "do":
        raise Problems([Problem((key,), f"'{text}': one verb at a time", COMMAND_LINE)])
    if not multirun:
        what = f"'{text}' is a sweep: add -m to run each, or write '{key}=[{text}]' for one list"
        raise Problems([Problem((key,), what, COMMAND_LINE)])
    value = override.value()
    if isinstance(value, Glob):
        folders = {"scenario": scenario_folders(), "organisation": organisation_folders()}
        found = value.filter(names(folders.get(key, ())))
        if not found:
            raise Problems([Problem((key,), f"'{text}' matches nothing", COMMAND_LINE)])
        return found
    if override.is_interval_sweep():
        raise Problems([Problem((key,), f"'{text}': give the values to try, not an interval", COMMAND_LINE)])
    return [plain_value(item) for item in override.sweep_iterator()]


def key_path(key: str) -> Path:
    """`organisation.teams.front_line.agents` or `a[2].b` as a path."""
    parts = re.sub(r"\[(\d+)\]", r".\1", key).split(".")
    return tuple(part for part in parts if part)


def _request(
    point: Sequence[tuple[Override, Any]],
    swept: Sequence[Override],
    fields: Fields,
    composed: dict[tuple[str, str], Document],
) -> Request:
    """One point of the sweep; `composed` remembers configurations, which are slow to compose."""
    groups: dict[str, Any] = {}
    hydras: list[str] = []
    values: list[Edit] = []
    below: list[Edit] = []
    varied: dict[str, Any] = {}
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
            raise Problems([Problem(path, what, COMMAND_LINE)])
        elif kind == "remove":
            raise Problems([Problem(path, "the command cannot do without it", COMMAND_LINE)])
        else:  # '+' makes no difference: only names that mean something are known
            values.append(Edit(path, value))
    chosen = (str(groups), str(hydras))
    if chosen not in composed:
        composed[chosen] = compose_configuration(groups, hydras)
    document = composed[chosen]
    return Request(edited(document, values, fields, stamp=False), tuple(below), varied)


def compose_configuration(groups: Mapping[str, Any], hydras: Sequence[str] = ()) -> Document:
    """conf/config.yaml with the chosen files of its groups, and the line of every key."""
    folders = conf_folders()
    places: dict[Path, Place] = {}
    faults: list[Problem] = []
    if (primary := find("config", folders)) is not None:
        places.update(read_document(primary).places)
    for group, choice in groups.items():
        inside = [folder / group for folder in folders if (folder / group).is_dir()]
        if not isinstance(choice, str) or find(choice, inside) is None:
            what = f"no '{choice}' in conf/{group}{nearest(str(choice), names(inside))}"
            faults.append(Problem((group,), what, COMMAND_LINE))
    if faults:
        raise Problems(faults)
    Plugins.instance().register(_OwnConf)
    version = {"version_base": "1.3"} if hydra.__version__.startswith("1.3") else {}
    overrides = [*(f"{group}={choice}" for group, choice in groups.items()), *hydras]
    try:
        with initialize_config_dir(config_dir=str(shipped("conf").resolve()), job_name="cxsim", **version):
            composed = compose("config", overrides=overrides, return_hydra_config=True)
            chosen = dict(composed.hydra.runtime.choices)
        plain = OmegaConf.to_container(
            OmegaConf.masked_copy(composed, [str(key) for key in composed if key != "hydra"])
        )
    except (HydraException, OmegaConfBaseException) as error:
        what = " ".join(line.strip() for line in str(error).splitlines()[:2])
        raise Problems([Problem((), f"the configuration cannot be composed: {what}", COMMAND_LINE)]) from None
    for path, place in _group_places(chosen, folders):
        places[path] = place
    assert isinstance(plain, dict)
    return Document({str(key): value for key, value in plain.items()}, places, COMMAND_LINE)


def _group_places(chosen: Mapping[str, Any], folders: Sequence[Any]) -> Iterator[tuple[Path, Place]]:
    for group in GROUPS:
        path = find(str(chosen.get(group, "")), [folder / group for folder in folders])
        if path is not None:
            prefix: Path = (group,) if group == "study" else ()
            for inner, place in read_document(path).places.items():
                yield (*prefix, *inner), place


def hand_over(argv: Sequence[str]) -> None:
    """Hydra's own flags (--info, --hydra-help, -sc, --cfg hydra), answered by Hydra."""
    Plugins.instance().register(_OwnConf)
    version = {"version_base": "1.3"} if hydra.__version__.startswith("1.3") else {}
    sys.argv = [sys.argv[0], *argv]
    logging.raiseExceptions = False  # Hydra answers through logging, which would report a reader that has left
    hydra.main(config_path=str(shipped("conf").resolve()), config_name="config", **version)(_nothing)()


def _nothing(configuration: Any) -> None:
    """What Hydra runs when it is only asked about itself."""
