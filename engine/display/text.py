"""Words and values as the operator reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from engine import urn as urns
from engine import values
from engine.steps import Op, Step

PREFIXES = {
    Op.SAME: "  ",
    Op.CREATE: "+ ",
    Op.UPDATE: "~ ",
    Op.DELETE: "- ",
    Op.REPLACE: "+-",
    Op.CREATE_REPLACEMENT: "++",
    Op.DELETE_REPLACED: "--",
    Op.READ: "> ",
    Op.READ_REPLACEMENT: ">>",
    Op.REFRESH: "~ ",
    Op.DISCARD: "< ",
    Op.DISCARD_REPLACED: "<<",
    Op.REMOVE_PENDING_REPLACE: "~ ",
    Op.IMPORT: "= ",
    Op.IMPORT_REPLACEMENT: "=>",
}
_DOING = {
    Op.SAME: "",
    Op.CREATE: "creating",
    Op.UPDATE: "updating",
    Op.DELETE: "deleting",
    Op.REPLACE: "replacing",
    Op.CREATE_REPLACEMENT: "creating replacement",
    Op.DELETE_REPLACED: "deleting original",
    Op.READ: "reading",
    Op.READ_REPLACEMENT: "reading for replacement",
    Op.REFRESH: "refreshing",
    Op.DISCARD: "discarding",
    Op.DISCARD_REPLACED: "discarding original",
    Op.REMOVE_PENDING_REPLACE: "completing deletion",
    Op.IMPORT: "importing",
    Op.IMPORT_REPLACEMENT: "importing replacement",
}
_DONE = {
    Op.SAME: "",
    Op.CREATE: "created",
    Op.UPDATE: "updated",
    Op.DELETE: "deleted",
    Op.REPLACE: "replaced",
    Op.CREATE_REPLACEMENT: "created replacement",
    Op.DELETE_REPLACED: "deleted original",
    Op.READ: "read",
    Op.READ_REPLACEMENT: "read for replacement",
    Op.REFRESH: "refreshed",
    Op.DISCARD: "discarded",
    Op.DISCARD_REPLACED: "discarded original",
    Op.REMOVE_PENDING_REPLACE: "deleted",
    Op.IMPORT: "imported",
    Op.IMPORT_REPLACEMENT: "imported replacement",
}
_COUNTED = {
    "create": ("+", "created", "to create"),
    "update": ("~", "updated", "to update"),
    "delete": ("-", "deleted", "to delete"),
    "replace": ("+-", "replaced", "to replace"),
    "read": (">", "read", "to read"),
    "discard": ("<", "discarded", "to discard"),
    "import": ("=", "imported", "to import"),
}


def doing(op: Op) -> str:
    """Returns the word for a step under way."""
    return _DOING[op]


def done(op: Op) -> str:
    """Returns the word for a finished step."""
    return _DONE[op]


def planned(op: Op) -> str:
    """Returns the word for a step of a preview."""
    return {Op.SAME: "", Op.CREATE_REPLACEMENT: "create replacement", Op.DELETE_REPLACED: "delete original"}.get(op, op.value)


def label(step: Step) -> str:
    """Returns a step's type and name."""
    return f"{step.type} {urns.name_of(step.urn)}"


def counts(changes: dict[str, int], *, preview: bool) -> list[str]:
    """Returns the lines that sum up an operation."""
    lines = []
    for op, (sign, past, future) in _COUNTED.items():
        if changes.get(op):
            lines.append(f"{sign} {changes[op]} {future if preview else past}")
    changed = sum(number for op, number in changes.items() if op != "same")
    same = changes.get("same", 0)
    if same:
        total = f"{changed} change{'s' if changed != 1 else ''}. {same} unchanged" if changed else f"{same} unchanged"
        lines.append(total)
    return lines


def duration(seconds: float) -> str:
    """Returns a time span in words short enough for a table."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}m{rest:02}s"
    return f"{minutes // 60}h{minutes % 60:02}m{rest:02}s"


def value_lines(name: str, value: Any, *, show_secrets: bool, indent: str = "", width: int = 0) -> Iterator[str]:
    """Yields the lines that show one named value."""
    head = f"{indent}{name:<{width}}: "
    if isinstance(value, values.Secret):
        if not show_secrets:
            yield f"{head}[secret]"
            return
        value = values.reveal(value)
    if value is values.UNKNOWN:
        yield f"{head}[unknown]"
    elif isinstance(value, dict) and value:
        yield f"{head}{{"
        inner = max(map(len, value))
        for key, item in sorted(value.items()):
            yield from value_lines(key, item, show_secrets=show_secrets, indent=indent + "    ", width=inner)
        yield f"{indent}}}"
    elif isinstance(value, list) and value:
        yield f"{head}["
        for index, item in enumerate(value):
            yield from value_lines(f"[{index}]", item, show_secrets=show_secrets, indent=indent + "    ")
        yield f"{indent}]"
    else:
        yield head + plain(value)


def plain(value: Any) -> str:
    """Returns a leaf as JSON shows it."""
    if isinstance(value, values.ResourceReference):
        return json.dumps(value.urn)
    return json.dumps(value, ensure_ascii=False)
