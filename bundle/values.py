"""Small readers from tree nodes to Python values; each reports what does not fit and gives a usable default."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from . import problems, tree

T = TypeVar("T")


def text(body: tree.Map, key: str) -> str | None:
    """Returns a value's text as written; None when it is absent or null."""
    node = body.get(key)
    return node.text if isinstance(node, tree.Scalar) and not node.null else None


def whole(body: tree.Map, key: str, what: str, report: problems.Report) -> int | None:
    """Returns a whole number of 0 or more; None when it is absent or wrong."""
    raw = text(body, key)
    if raw is None:
        return None
    try:
        number = int(raw)
    except ValueError:
        report.error(body.where(key), f'{what} has {key} "{raw}"; it must be a whole number')
        return None
    if number < 0:
        name = "number of units" if key in {"num_units", "scale"} else key
        report.error(body.where(key), f"negative {name} specified on {what}: {number}; it must be 0 or more")
        return None
    return number


def boolean(body: tree.Map, key: str, what: str, report: problems.Report) -> bool:
    """Returns true or false; false when it is absent or wrong."""
    node = body.get(key)
    if not isinstance(node, tree.Scalar) or node.null:
        return False
    if not isinstance(node.value, bool):
        report.error(body.where(key), f'{what} has {key} "{node.text}"; it must be true or false')
        return False
    return node.value


def texts(body: tree.Map, key: str, what: str, report: problems.Report) -> tuple[str, ...]:
    """Returns the texts of a list of single values."""
    node = body.get(key)
    found = []
    for item in node.items if isinstance(node, tree.Seq) else ():
        if isinstance(item, tree.Scalar) and not item.null:
            found.append(item.text)
        else:
            report.error(item.place, f"{what} has {tree.kind(item)} in {key}; each entry must be a value")
    return tuple(found)


def mapping(body: tree.Map, key: str, read: Callable[[str, tree.Scalar], T], what: str, report: problems.Report) -> dict[str, T]:
    """Returns a mapping of single values, each read by `read(name, node)`.

    A ValueError of `read` becomes an error at the line of the entry.
    """
    found: dict[str, T] = {}
    values = body.map(key)
    for name, node in values:
        if not isinstance(node, tree.Scalar):
            report.error(values.where(name), f'{what} has {tree.kind(node)} for "{name}" in {key}; it must be a value')
            continue
        try:
            found[name] = read(name, node)
        except ValueError as error:
            report.error(values.where(name), str(error))
    return found
