"""Property-level changes: what ``--diff`` shows, secrets masked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine import values
from engine.display import text
from engine.state import Resource
from engine.steps import Op, Step

_HIDDEN = (values.PROVIDER_KEY,)
_PAD = "      "


def lines(step: Step, *, show_secrets: bool) -> Iterator[str]:
    """Yields the lines that show what a step changes in a resource."""
    if step.op in (Op.CREATE, Op.IMPORT, Op.READ):
        yield from _all(step.new, "+", show_secrets)
    elif step.op in (Op.DELETE, Op.DISCARD):
        yield from _all(step.old, "-", show_secrets)
    elif step.op is Op.REFRESH and step.old is not None and step.new is not None:
        yield from changes(step.old.outputs or {}, step.new.outputs or {}, show_secrets=show_secrets)
    elif step.old is not None and step.new is not None:
        yield from changes(step.old.inputs, step.new.inputs, show_secrets=show_secrets)


def _all(resource: Resource | None, sign: str, show_secrets: bool) -> Iterator[str]:
    for key, value in sorted((resource.inputs if resource else {}).items()):
        if key not in _HIDDEN:
            yield from _signed(sign, text.value_lines(key, value, show_secrets=show_secrets))


def _signed(sign: str, rows: Iterator[str], pad: str = _PAD) -> Iterator[str]:
    for row in rows:
        yield f"{pad}{sign} {row}"


def changes(old: values.PropertyMap, new: values.PropertyMap, *, show_secrets: bool, pad: str = _PAD) -> Iterator[str]:
    """Yields the lines for each property that differs."""
    for key in values.changed_keys(old, new):
        if key in _HIDDEN:
            continue
        yield from _change(key, old.get(key), new.get(key), show_secrets, pad)


def _change(name: str, old: Any, new: Any, show_secrets: bool, pad: str) -> Iterator[str]:
    if old is None or new is None:
        sign, value = ("+", new) if old is None else ("-", old)
        yield from _signed(sign, text.value_lines(name, value, show_secrets=show_secrets), pad)
    elif isinstance(old, dict) and isinstance(new, dict):
        yield f"{pad}~ {name}: {{"
        yield from changes(old, new, show_secrets=show_secrets, pad=pad + "    ")
        yield f"{pad}  }}"
    elif isinstance(old, list) and isinstance(new, list):
        yield f"{pad}~ {name}: ["
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else None
            after = new[index] if index < len(new) else None
            if not values.equal(before, after):
                yield from _change(f"[{index}]", before, after, show_secrets, pad + "    ")
        yield f"{pad}  ]"
    else:
        yield f"{pad}~ {name}: {_leaf(old, show_secrets)} => {_leaf(new, show_secrets)}"


def _leaf(value: Any, show_secrets: bool) -> str:
    if isinstance(value, values.Secret):
        return text.plain(values.reveal(value)) if show_secrets else "[secret]"
    if value is values.UNKNOWN:
        return "[unknown]"
    return text.plain(values.reveal(value) if show_secrets else values.mask(value))


def output_lines(
    old: values.PropertyMap, new: values.PropertyMap, *, show_secrets: bool, changed_only: bool = False
) -> Iterator[str]:
    """Yields the stack's outputs; those that changed show what they were."""
    width = max(map(len, {*old, *new}), default=0)
    for key in sorted({*old, *new}):
        if key not in new:
            yield from _signed("-", text.value_lines(key, old[key], show_secrets=show_secrets, width=width), "  ")
        elif key not in old:
            sign = "+" if old else " "
            yield from _signed(sign, text.value_lines(key, new[key], show_secrets=show_secrets, width=width), "  ")
        elif values.equal(old[key], new[key]):
            if changed_only:
                continue
            yield from _signed(" ", text.value_lines(key, new[key], show_secrets=show_secrets, width=width), "  ")
        else:
            yield from _change(f"{key:<{width}}", old[key], new[key], show_secrets, "  ")
