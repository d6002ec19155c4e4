"""The difference between two plans, by the keys of what they make."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal

from . import plan

Verb = Literal["add", "remove", "change"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that differs.

    Attributes:
        kind: machine, container, application, unit, integration, offer or saas.
        fields: for a change, what differs: path to old and new value (None when absent on that side).
    """

    verb: Verb
    kind: str
    key: str
    fields: Mapping[str, tuple[Any, Any]] = dataclasses.field(default_factory=dict)


_KINDS: tuple[tuple[str, Callable[[plan.Plan], Iterable[Any]], Callable[[Any], str]], ...] = (
    ("machine", lambda p: p.machines, lambda item: str(item.key)),
    ("container", lambda p: p.containers, lambda item: str(item.key)),
    ("application", lambda p: p.applications, lambda item: str(item.name)),
    ("unit", lambda p: p.units, lambda item: str(item.key)),
    ("integration", lambda p: p.integrations, lambda item: str(item.key)),
    ("offer", lambda p: p.offers, lambda item: f"{item.application}/{item.offer.name}"),
    ("saas", lambda p: p.saas, lambda item: str(item.name)),
)


def diff(old: plan.Plan, new: plan.Plan) -> tuple[Change, ...]:
    """Returns what must change to get from one plan to the other; nothing when they make the same."""
    return tuple(change for kind, items, key in _KINDS for change in _compare(kind, items, key, (old, new)))


def _compare(
    kind: str, items: Callable[[plan.Plan], Iterable[Any]], key: Callable[[Any], str], plans: tuple[plan.Plan, plan.Plan]
) -> Iterator[Change]:
    before, after = ({key(item): item for item in items(each)} for each in plans)
    for name in before:
        if name not in after:
            yield Change(verb="remove", kind=kind, key=name)
    for name, item in after.items():
        if name not in before:
            yield Change(verb="add", kind=kind, key=name)
        elif item != before[name]:
            fields = dict(_fields("", dataclasses.asdict(before[name]), dataclasses.asdict(item)))
            yield Change(verb="change", kind=kind, key=name, fields=fields)


def _fields(path: str, old: Any, new: Any) -> Iterator[tuple[str, tuple[Any, Any]]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            yield from _fields(f"{path}.{key}" if path else str(key), old.get(key), new.get(key))
    elif old != new:
        yield path, (old, new)
