"""Former URNs under which a resource may be found in the state: pure."""

from __future__ import annotations

from engine import urn as urns
from engine.context import Context
from engine.steps import Alias, Goal


def candidates(goal: Goal, context: Context) -> list[str]:
    """Returns the URNs that ``goal``'s resource may have had, nearest first."""
    found = dict.fromkeys(_collapse(alias, goal, context) for alias in goal.aliases)
    former_parent = context.decided.former.get(goal.parent)
    if former_parent:
        parent_name = urns.name_of(goal.parent)
        found[_inherited(goal.type, goal.name, parent_name, former_parent, context)] = None
        for alias in goal.aliases:
            own = _collapse(alias, goal, context)
            inherited = _inherited(urns.type_of(own), urns.name_of(own), parent_name, former_parent, context)
            found[inherited] = None
    return list(found)


def _collapse(alias: Alias, goal: Goal, context: Context) -> str:
    if alias.urn:
        return alias.urn
    parent = goal.parent
    if alias.parent:
        parent = context.decided.former.get(alias.parent, alias.parent)
    if alias.no_parent:
        parent = ""
    return urns.make(
        alias.stack or context.stack,
        alias.project or context.project,
        parent,
        alias.type or goal.type,
        alias.name or goal.name,
    )


def _inherited(type_: str, name: str, parent_name: str, former_parent: str, context: Context) -> str:
    """Returns the URN a child had when its parent had another name."""
    if name.startswith(parent_name):
        name = urns.name_of(former_parent) + name.removeprefix(parent_name)
    return urns.make(context.stack, context.project, former_parent, type_, name)
