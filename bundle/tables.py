"""Plans, problems and differences as rich tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from . import difference, plan, problems

_MARKS = {"add": ("+", "green"), "remove": ("-", "red"), "change": ("~", "yellow")}


def problem_lines(found: Iterable[problems.Problem]) -> Group:
    """Returns one line a problem: errors red, warnings yellow."""
    return Group(*(Text(str(each), style="red" if each.severity == "error" else "yellow") for each in found))


def show(made: plan.Plan) -> Group:
    """Returns the plan as tables: totals, machines with who sits where, applications, integrations."""
    parts: list[RenderableType] = [Text(summary(made), style="bold"), _machines(made), _applications(made)]
    parts.append(_integrations(made))
    return Group(*parts)


def summary(made: plan.Plan) -> str:
    """Returns the plan in one line of numbers."""
    units = made.expected_units()
    return (
        f"{len(made.applications)} applications, {len(made.units)} + {len(units) - len(made.units)} subordinate units, "
        f"{len(made.machines)} machines, {len(made.containers)} containers, {len(made.integrations)} integrations"
    )


def _machines(made: plan.Plan) -> Table:
    table = _table("Placement", "machine", "units", "base", "constraints")
    for machine in made.machines:
        units = ", ".join(seated(made, machine.key))
        table.add_row(machine.key, units, machine.base or "", words(machine.constraints))
        for container in made.containers:
            if container.host == machine.key:
                table.add_row(f"  {container.container_type}", ", ".join(seated(made, container.key)))
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def seated(made: plan.Plan, spot: str) -> list[str]:
    """Returns who sits on a machine or in a container: principals as they are, subordinates in brackets."""
    units = [unit for unit in made.expected_units() if unit.machine == spot]
    keys = [unit.key for unit in made.units if unit.machine == spot]
    return keys + [f"({unit.application})" for unit in units if unit.beside]


def _applications(made: plan.Plan) -> Table:
    table = _table("Applications", "application", "charm", "channel", "units", "options")
    counts = made.unit_counts()
    for each in made.applications:
        charm = each.charm if each.charm != each.name else ""
        style = "dim" if each.subordinate else None
        table.add_row(each.name, charm, each.channel or "", str(counts[each.name]), words(each.options), style=style)
    return table


def _integrations(made: plan.Plan) -> Table:
    table = _table("Integrations", "integration", "with", "interface", "scope")
    for each in made.integrations:
        scope = each.scope if each.scope == "container" else ""
        table.add_row(str(each.endpoints[0]), str(each.endpoints[1]), each.interface, scope)
    return table


def words(values: Mapping[str, Any]) -> str:
    """Returns `key=value` words."""
    return " ".join(f"{key}={_word(value)}" for key, value in values.items())


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def changes(found: Sequence[difference.Change]) -> Group:
    """Returns one line a change, and below it one line a field."""
    return Group(*(line for change in found for line in _change(change)))


def _change(change: difference.Change) -> Iterator[Text]:
    mark, style = _MARKS[change.verb]
    yield Text(f"{mark} {change.kind} {change.key}", style=style)
    for path, (old, new) in change.fields.items():
        before, after = ("(none)" if value is None else _word(value) for value in (old, new))
        yield Text(f"    {path}: {before} -> {after}")
