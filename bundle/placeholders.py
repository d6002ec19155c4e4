"""Values that the site fills in, and values that somebody forgot to fill in.

`${name}` stands for a value of the site; `$${` is a literal `${`. A plain (unquoted) value is typed after it is filled, so
`num_units: ${worker-count}` is a number. What still looks like a placeholder then is refused: `to-be-set`, `$UPPER_CASE`,
`<UPPER_CASE>` and `__UPPER_CASE__`, as upstream's bundles and overlays leave them.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

from . import problems, tree

_REFERENCE = re.compile(r"\$(\$?)\{([A-Za-z0-9_.-]+)\}")
_FORGOTTEN = re.compile(r"\bto-be-set\b|\$[A-Z][A-Z0-9_]+|<[A-Z][A-Z0-9_]+>|__[A-Z][A-Z0-9_]*?[A-Z0-9]__")


def fill(root: tree.Map, values: Mapping[str, str], report: problems.Report) -> tree.Map:
    """Returns the tree with every placeholder filled.

    Args:
        root: the merged bundle.
        values: what each `${name}` stands for.
        report: takes an error for each placeholder that has no value.
    """
    return _Filler(values, report).map(root)


class _Filler:
    def __init__(self, values: Mapping[str, str], report: problems.Report) -> None:
        self._values, self._report = values, report

    def map(self, node: tree.Map) -> tree.Map:
        entries = {key: self._node(value, node.where(key), key) for key, value in node}
        return dataclasses.replace(node, entries=entries)

    def _node(self, node: tree.Node, place: problems.Place, name: str) -> tree.Node:
        if isinstance(node, tree.Map):
            return self.map(node)
        if isinstance(node, tree.Seq):
            return dataclasses.replace(node, items=tuple(self._node(item, item.place, name) for item in node.items))
        return node if node.verbatim or not isinstance(node.value, str) else self._scalar(node, place, name)

    def _scalar(self, node: tree.Scalar, place: problems.Place, name: str) -> tree.Scalar:
        forgotten = _FORGOTTEN.search(_REFERENCE.sub("", node.text))
        if forgotten:
            self._report.error(place, f'"{name}" still holds the placeholder "{forgotten[0]}"; give it a value')
            return tree.Scalar(value=None, text="", place=node.place)
        text = _REFERENCE.sub(lambda found: self._value(found, place, name), node.text)
        if text == node.text:
            return node
        value = tree.resolve(text) if node.plain else text
        return dataclasses.replace(node, text=text, value=value)

    def _value(self, found: re.Match[str], place: problems.Place, name: str) -> str:
        if found[1]:
            return "${" + found[2] + "}"
        if found[2] not in self._values:
            near = problems.did_you_mean(found[2], self._values)
            self._report.error(
                place, f'"{name}" needs ${{{found[2]}}}, which the site does not give{near or "; give it a value"}'
            )
        return str(self._values.get(found[2], ""))
