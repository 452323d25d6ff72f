"""YAML that remembers where each key stands, and that means what it seems to mean.

PyYAML reads YAML 1.1, where ``no`` is false, ``12:30`` is 750 and ``1e-3`` is a text.  Here only ``true`` and
``false`` are truth values, times stay texts, what looks like a number is one, and no key is given twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from cxsim.files.problems import Path, Problem, Problems

Place = tuple[str, int]
"""A file as we name it to people, and a line in it (0: none in particular)."""


@dataclass(frozen=True)
class Document:
    """Plain data with the place each part of it was written."""

    tree: dict[str, Any]
    places: Mapping[Path, Place]
    source: str
    prefix: Path = field(default=())
    """Goes before paths in messages that concern the command line ('organisation')."""

    def place(self, path: Path) -> Place:
        """Where `path` was written: the place of its longest known beginning; () is where the mapping begins."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return (self.source, 0)

    def located(self, problems: Problems) -> Problems:
        """The same problems, each with its file and line (or "command line")."""
        found = []
        for fault in problems.problems:
            source, line = (fault.source, fault.line) if fault.source else self.place(fault.path)
            path = (*self.prefix, *fault.path) if source == COMMAND_LINE else fault.path
            found.append(Problem(path, fault.what, source, line))
        return Problems(found)


COMMAND_LINE = "command line"
MOST_VALUES = 200_000
"""Values in a file, aliases written out."""


class _Loader(yaml.SafeLoader):
    """SafeLoader with the resolvers of YAML 1.2 and dates."""

    yaml_implicit_resolvers = {}


for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("tag:yaml.org,2002:int", r"^[-+]?(?:0|[1-9][0-9_]*)$", list("-+0123456789")),
    (
        "tag:yaml.org,2002:float",
        r"^[-+]?(?:(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+|\.inf)$|^\.nan$",
        list("-+.0123456789"),
    ),
    ("tag:yaml.org,2002:timestamp", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", list("0123456789")),
    ("tag:yaml.org,2002:merge", r"^(?:<<)$", ["<"]),
):
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), _first)


def _date_or_text(loader: _Loader, node: yaml.ScalarNode) -> Any:
    """A date; a text where there is no such day, so that whoever reads the field reports it, with its line."""
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return str(node.value)


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _date_or_text)

_Fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _FastLoader(_Fast):
    """The same by libyaml, where PyYAML has it: ten times as fast, but its messages are less plain."""

    yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers
    yaml_constructors = _Loader.yaml_constructors


def read_yaml(text: str, source: str) -> Document:
    """Text of a file into plain data and places.

    Raises `Problems` for everything that is wrong with it as YAML: tabs, keys given twice, an empty file,
    a list at the top.
    """
    try:
        try:
            tree, places = _read(_Loader if "\t" in text else _FastLoader, text, source)  # libyaml lets some tabs pass
        except (yaml.YAMLError, UnicodeError):
            tree, places = _read(_Loader, text, source)
    except yaml.YAMLError as error:
        raise Problems([_problem(error, text, source)]) from None
    except RecursionError:
        raise Problems([Problem((), "nested too deeply", source, 1)]) from None
    if not isinstance(tree, dict):
        kind = "a list" if isinstance(tree, list) else f"the single value {tree!r}" if tree is not None else "nothing"
        raise Problems([Problem((), f"a mapping belongs here, not {kind}", source, 1)])
    return Document(_unshared(tree), places, source)


def _read(kind: Any, text: str, source: str) -> tuple[Any, dict[Path, Place]]:
    """Data and places, by one of the loaders."""
    loader = kind(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise Problems([Problem((), "the file is empty; a mapping belongs in it", source, 1)])
        places, faults = _walk(node, source)
        if faults:
            raise Problems(faults)
        return loader.construct_document(node), places
    finally:
        loader.dispose()


def _unshared(node: Any) -> Any:
    """Plain data in which nothing lies in two places, so that a change in one is no change in another."""
    if isinstance(node, dict):
        return {str(key): _unshared(value) for key, value in node.items()}
    return [_unshared(item) for item in node] if isinstance(node, list) else node


def _walk(top: yaml.Node, source: str) -> tuple[dict[Path, Place], list[Problem]]:
    places: dict[Path, Place] = {}
    faults: list[Problem] = []

    def visit(node: yaml.Node, path: Path, above: tuple[int, ...]) -> None:
        if len(places) > MOST_VALUES:
            raise Problems([Problem((), f"more than {MOST_VALUES:,} values, aliases written out", source, _line(node))])
        if id(node) in above:
            faults.append(Problem(path, "an anchor that contains itself", source, _line(node)))
            return
        above = (*above, id(node))
        if isinstance(node, yaml.SequenceNode):
            for i, item in enumerate(node.value):
                places[(*path, i)] = (source, _line(item))
                visit(item, (*path, i), above)
        elif isinstance(node, yaml.MappingNode):
            first: dict[str, int] = {}
            for key, value in node.value:
                if key.tag == "tag:yaml.org,2002:merge":
                    for part in _merged(value):
                        visit(part, path, above)
                    continue
                if not isinstance(key, yaml.ScalarNode):
                    faults.append(Problem(path, "a key must be a name", source, _line(key)))
                    continue
                name, line = str(key.value), _line(key)
                key.tag = "tag:yaml.org,2002:str"
                if name in first:
                    what = f"'{name}' is given twice (first on line {first[name]})"
                    faults.append(Problem((*path, name), what, source, line))
                first.setdefault(name, line)
                places[(*path, name)] = (source, line)
                visit(value, (*path, name), above)

    places[()] = (source, _line(top))
    visit(top, (), ())
    return places, faults


def _merged(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    else:
        yield node


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _problem(error: yaml.YAMLError, text: str, source: str) -> Problem:
    if isinstance(error, yaml.MarkedYAMLError):
        what = error.problem or error.context or "not YAML"
        unclosed = "stream end" in what or "end of stream" in what
        mark = (unclosed and error.context_mark) or error.problem_mark or error.context_mark
        for words, plainly in PLAINLY.items():
            what = plainly if words in what else what
        return Problem((), what, source, mark.line + 1 if mark else 1)
    if isinstance(error, yaml.reader.ReaderError):
        what = f"a control character (0x{ord(text[error.position]):02x}), which no text file holds"
        return Problem((), what, source, text.count("\n", 0, error.position) + 1)
    return Problem((), f"not YAML: {error}", source, 1)


PLAINLY = {
    "mapping values are not allowed here": "put a text that contains a colon in quotes",
    "'\\t'": "a tab where spaces belong; indent with spaces",
    "found another document": "a second document ('---') in one file; keep one",
    "could not determine a constructor for the tag": "a tag ('!...') means nothing here; leave it out",
    "stream end": "a bracket is opened and never closed",
    "end of stream": "a quote is opened and never closed",
}
"""By words of PyYAML's message: ours."""
