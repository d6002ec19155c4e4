"""YAML as a tree in which every value knows its file and line.

PyYAML's own loader loses the lines, takes the last of duplicate keys without a word, and reads `22:22` as 1342; this
one keeps the text of every scalar beside its value, because Juju reads `channel: 2024.1` as text and an option as a number.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from . import problems

Value = str | int | float | bool | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scalar:
    """A single value.

    Attributes:
        value: as YAML types it.
        text: as it is written, without quotes.
        plain: written without quotes, so that its type follows from its text.
        verbatim: came from an included file, so that nothing in it is a placeholder.
    """

    value: Value
    text: str
    place: problems.Place
    plain: bool = True
    verbatim: bool = False

    @property
    def null(self) -> bool:
        return self.value is None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Seq:
    """A list of nodes."""

    items: tuple[Node, ...]
    place: problems.Place


@dataclasses.dataclass(frozen=True, kw_only=True)
class Map:
    """A mapping; keys are text as written (`0:` and `'0':` are the same key), `places` holds the line of each key."""

    entries: Mapping[str, Node]
    places: Mapping[str, problems.Place]
    place: problems.Place
    anchored: frozenset[str] = frozenset()
    """Keys with a YAML anchor in their value: unknown ones at the top only hold values for later use."""

    def __iter__(self) -> Iterator[tuple[str, Node]]:
        return iter(self.entries.items())

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def get(self, key: str) -> Node | None:
        return self.entries.get(key)

    def map(self, key: str) -> Map:
        """Returns the mapping under a key; an empty one when it is absent, null or no mapping."""
        node = self.entries.get(key)
        return node if isinstance(node, Map) else empty(self.where(key))

    def where(self, key: str) -> problems.Place:
        return self.places.get(key, self.place)

    def put(self, key: str, node: Node, place: problems.Place | None = None) -> Map:
        """Returns a copy with one entry set (at its old position when it was there)."""
        places = {**self.places, key: place or node.place}
        return dataclasses.replace(self, entries={**self.entries, key: node}, places=places)

    def drop(self, *keys: str) -> Map:
        """Returns a copy without the keys."""
        return dataclasses.replace(self, entries={k: v for k, v in self.entries.items() if k not in keys})


Node: TypeAlias = Scalar | Seq | Map


def empty(place: problems.Place) -> Map:
    """Returns a mapping without entries."""
    return Map(entries={}, places={}, place=place)


def scalar(value: Value, place: problems.Place) -> Scalar:
    """Returns a scalar made by the program; it counts as quoted, so that its type stays."""
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return Scalar(value=value, text=text, place=place, plain=False)


def is_null(node: Node | None) -> bool:
    """Tells whether a node is absent or an explicit null."""
    return node is None or (isinstance(node, Scalar) and node.null)


def kind(node: Node) -> str:
    """Names a node's shape for an error."""
    return {Scalar: "a single value", Seq: "a list", Map: "a mapping"}[type(node)]


def plain(node: Node | None) -> Any:
    """Returns the node as ordinary Python values."""
    if isinstance(node, Map):
        return {key: plain(value) for key, value in node}
    if isinstance(node, Seq):
        return [plain(item) for item in node.items]
    return None if node is None else node.value


class _Loader(yaml.SafeLoader):
    """SafeLoader with YAML 1.1's dates and base-60 numbers left as text, as Juju leaves them; remembers anchors."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (PyYAML's own way)
        first: [(tag, pattern) for tag, pattern in pairs if tag.rpartition(":")[2] not in {"timestamp", "int", "float"}]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.anchored_nodes: set[int] = set()

    def compose_node(self, parent: Any, index: Any) -> Any:
        # PyYAML has no types
        anchor = None if self.check_event(yaml.AliasEvent) else self.peek_event().anchor  # type: ignore[no-untyped-call]
        node = super().compose_node(parent, index)
        if anchor is not None:
            self.anchored_nodes.add(id(node))
        return node


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int",
    re.compile(r"^[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*)$"),
    list("-+0123456789"),
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+|\.(?:inf|nan))$"),
    list("-+0123456789."),
)


def resolve(text: str) -> Value:
    """Returns the value that YAML reads from a plain scalar's text."""
    loader = _Loader("")
    tag = loader.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call] # PyYAML has no types
    return _scalar_value(loader, yaml.ScalarNode(tag, text))


def _scalar_value(loader: _Loader, node: yaml.ScalarNode) -> Value:
    value = loader.construct_object(node)
    return value if isinstance(value, str | int | float | bool | None) else str(node.value)


class _Builder:
    """Turns PyYAML's node graph of one document into a tree."""

    def __init__(self, file: str, loader: _Loader, report: problems.Report) -> None:
        self._file, self._loader, self._report = file, loader, report
        self._open: set[int] = set()

    def build(self, node: yaml.Node) -> Node:
        place = self._place(node)
        if isinstance(node, yaml.ScalarNode):
            value = _scalar_value(self._loader, node)
            return Scalar(value=value, text=str(node.value), place=place, plain=node.style is None)
        if id(node) in self._open:
            self._report.error(place, "this value contains itself through a YAML alias; write it out")
            return scalar(None, place)
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, place)
            return Seq(items=tuple(self.build(item) for item in node.value), place=place)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: yaml.MappingNode, place: problems.Place) -> Map:
        self._refuse_duplicates(node)
        self._loader.flatten_mapping(node)
        entries: dict[str, Node] = {}
        places: dict[str, problems.Place] = {}
        anchored: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            entries[name], places[name] = self.build(value), self._place(key)
            if self._anchored(value):
                anchored.add(name)
        return Map(entries=entries, places=places, place=place, anchored=frozenset(anchored))

    def _anchored(self, node: yaml.Node) -> bool:
        if id(node) in self._loader.anchored_nodes:
            return True
        values = (value for _, value in node.value) if isinstance(node, yaml.MappingNode) else ()
        return any(id(value) in self._loader.anchored_nodes for value in values)

    def _refuse_duplicates(self, node: yaml.MappingNode) -> None:
        seen: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be text", key.start_mark)
            line = key.start_mark.line + 1
            if key.value in seen:
                first = seen[key.value]
                self._report.error(
                    self._place(key), f'duplicate key "{key.value}", first on line {first}; YAML would drop one: keep one'
                )
            seen.setdefault(key.value, line)

    def _place(self, node: yaml.Node) -> problems.Place:
        return problems.Place(file=self._file, line=node.start_mark.line + 1)


def read(path: Path, report: problems.Report) -> list[Map]:
    """Reads a YAML file of one or more documents.

    Args:
        path: the file.
        report: takes the file's errors.

    Returns:
        One mapping a document that is not empty, as far as the file can be read.
    """
    place = problems.Place(file=str(path))
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        report.error(place, f"cannot read the file: {error.strerror}; check the path")
        return []
    except UnicodeDecodeError:
        report.error(place, "the file is not UTF-8 text; save it as UTF-8")
        return []
    return parse(text, str(path), report)


def parse(text: str, file: str, report: problems.Report) -> list[Map]:
    """Parses YAML text; `file` is the name that errors give."""
    documents: list[Map] = []
    loader = _Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is None:
                break
            root = _Builder(file, loader, report).build(node)
            if isinstance(root, Map):
                documents.append(root)
            elif not is_null(root):
                report.error(root.place, f"a bundle document is a mapping, not {kind(root)}")
    except yaml.MarkedYAMLError as error:
        report.error(_error_place(file, error), _error_message(error))
    except yaml.YAMLError as error:
        report.error(problems.Place(file=file), f"not YAML: {str(error).splitlines()[0]}")
    finally:
        loader.dispose()
    return documents


def _error_place(file: str, error: yaml.MarkedYAMLError) -> problems.Place:
    mark = error.problem_mark or error.context_mark
    return problems.Place(file=file, line=None if mark is None else mark.line + 1)


def _error_message(error: yaml.MarkedYAMLError) -> str:
    found = re.search(r"undefined alias '?([^']+)'?", str(error.problem))
    if found:
        return (
            f"alias *{found[1]} has no anchor in this document; anchors end with their document, so overlays cannot "
            f"see the base's: define &{found[1]} here or write the value"
        )
    return f"not YAML: {error.problem}" + (f" ({error.context})" if error.context else "")
