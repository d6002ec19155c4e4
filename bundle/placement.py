"""Placement directives of `to:` lists: `0`, `lxd:0`, `new`, `lxd:new`, `keystone`, `keystone/0`, `lxd:keystone/0`."""

from __future__ import annotations

import dataclasses
import re

_DIRECTIVE = re.compile(
    r"^(?:(?P<container>[a-z]+):)?"
    r"(?:(?P<application>[a-z][a-z0-9]*(?:-[a-z0-9]*[a-z][a-z0-9]*)*)(?:/(?P<unit>0|[1-9][0-9]*))?|(?P<machine>0|[1-9][0-9]*))$"
)
_CONTAINERS = ("lxd", "kvm")
_DIRECTIVES = ("zone", "system-id", "subnet", "virt-type")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Placement:
    """Where a unit goes: onto a machine, beside a unit of an application, or onto a new machine.

    Attributes:
        container: container type to make there; None is the place itself.
        machine: machine of the bundle.
        application: application whose unit marks the place.
        unit: which unit of it; None is the next one.
        new: a machine of its own.
    """

    container: str | None = None
    machine: str | None = None
    application: str | None = None
    unit: int | None = None
    new: bool = False

    @property
    def repeats(self) -> bool:
        """Whether Juju uses the last directive again for units that have none."""
        return self.new or (self.application is not None and self.unit is None)

    def __str__(self) -> str:
        place = "new" if self.new else self.machine or self.application or ""
        unit = "" if self.unit is None else f"/{self.unit}"
        return (f"{self.container}:" if self.container else "") + place + unit


def modern(text: str) -> str:
    """Returns the directive as it is written since LXD is what makes containers: `lxd:0` for Juju 1's `lxc:0`."""
    return f"lxd:{text.removeprefix('lxc:')}" if text.startswith("lxc:") else text


def parse(text: str) -> Placement:
    """Reads a directive.

    Raises:
        ValueError: with the reason and the mend.
    """
    found = _DIRECTIVE.match(text)
    if not found or (found["application"] == "new" and found["unit"]):
        raise ValueError(f'invalid placement syntax "{text}"{_hint(text)}')
    if found["container"] not in (None, *_CONTAINERS):
        raise ValueError(f'placement "{text}" asks for a container of type "{found["container"]}"; Juju knows lxd')
    if found["container"] == "kvm":
        raise ValueError(f'placement "{text}" asks for a KVM container, which Juju 3 is the last to make; write "lxd:…"')
    new = found["application"] == "new"
    return Placement(
        container=found["container"],
        machine=found["machine"],
        application=None if new else found["application"],
        unit=int(found["unit"]) if found["unit"] else None,
        new=new,
    )


def _hint(text: str) -> str:
    if text.startswith("new/"):
        return '; a new machine has no units: write "new"'
    if text.endswith(":"):
        return f'; say where the container goes: "{text}0" or "{text}new"'
    if re.match(r"^\d+/[a-z]+/\d+$", text):
        machine, container, _ = text.split("/")
        return f'; containers of a machine have no fixed number: write "{container}:{machine}"'
    unit = re.match(r"^(?:lxc:|lxd:)?([a-z][a-z0-9-]*)=(\d+)$", text)
    if unit and unit[1] not in _DIRECTIVES:
        return f'; the units of an application are counted with a slash: write "{text.replace("=", "/").replace("lxc:", "lxd:")}"'
    if "=" in text:
        return "; bundles take no zone= or system-id= directives: declare a machine with constraints and name it here"
    return '; write a machine ("0"), a container ("lxd:0"), a unit ("app/0") or "new"'
