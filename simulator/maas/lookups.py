"""Finding the object that a path or a field means: by number, by name, or by "key:value"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from .errors import NotFound, Refused, forbidden
from .records.base import Row
from .records.network import Vlan
from .records.node import MACHINE, Interface, Node
from .records.people import User
from .region import Region

R = TypeVar("R", bound=Row)
Key = Callable[[R], object]


def find(kind: str, rows: Mapping[int, R], spec: str, keys: Mapping[str, Key[R]]) -> R:
    """The row that `spec` means.

    Args:
        kind: what the rows are, for the error text.
        rows: the table.
        spec: a number, "KEY:VALUE", or a value of any of the keys.
        keys: how to read each key of a row.

    Raises:
        NotFound: no row is meant.
        Refused: more than one is.
    """
    if spec.lstrip("-").isdigit():
        found = [rows[int(spec)]] if int(spec) in rows else []
    else:
        key, colon, value = spec.partition(":")
        readers, wanted = ([keys[key]], value) if colon and key in keys else (list(keys.values()), spec)
        found = [row for row in rows.values() if any(str(read(row)) == wanted for read in readers)]
    if not found:
        raise NotFound(kind)
    if len(found) > 1:
        raise Refused(403, f"Too many {kind} objects match the given query.")
    return found[0]


def by_id(kind: str, rows: Mapping[int, R], spec: str) -> R:
    """The row of a number."""
    return find(kind, rows, spec, {})


def optional(rows: Mapping[int, R], spec: str, name: Key[R] | None = None) -> R | None:
    """The row of a number or, with `name`, of a name; None when there is none."""
    if spec.isdigit() and int(spec) in rows:
        return rows[int(spec)]
    return next((row for row in rows.values() if name and name(row) == spec), None)


def node(region: Region, system_id: str, kind: str = "Node") -> Node:
    """The node of a path; machines are the only ones under machines/."""
    found = region.store.node(system_id)
    if not found or (kind == "Machine" and found.node_type != MACHINE):
        raise NotFound(kind)
    return found


def editable(region: Region, user: User, system_id: str, kind: str = "Node") -> Node:
    """A node that the caller may change: an admin any that is not locked."""
    found = node(region, system_id, kind)
    if not user.is_superuser or found.locked:
        raise forbidden()
    return found


def interface(region: Region, owner: Node, spec: str) -> Interface:
    """An interface of a node, by number or name."""
    rows = {row.id: row for row in region.store.interfaces_of(owner)}
    return find("Interface", rows, spec, {"name": lambda row: row.name, "mac": lambda row: row.mac})


def vlan_in(region: Region, fabric: str, vid: str) -> Vlan:
    """A VLAN by fabric and VID."""
    home = find("Fabric", region.store.fabrics, fabric, {"name": lambda row: row.name})
    rows = [row for row in region.store.vlans.values() if row.fabric == home.id and str(row.vid) == vid]
    if not rows:
        raise NotFound("VLAN")
    return rows[0]
