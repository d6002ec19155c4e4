"""Fabrics that MAAS makes itself, and interfaces that it takes away."""

from __future__ import annotations

from .records.network import Fabric, Vlan
from .records.node import Interface
from .region import Region


def new(region: Region, name: str = "") -> Vlan:
    """Makes a fabric for a network that MAAS has not seen before; returns its untagged VLAN."""
    store = region.store
    made = store.add(store.fabrics, Fabric(name=name))
    made.name = name or f"fabric-{made.id}"
    return store.add(store.vlans, Vlan(vid=0, fabric=made.id, name="untagged"))


def drop_interface(region: Region, row: Interface) -> None:
    """Takes an interface away with its links, and what stands on it alone."""
    store = region.store
    for link in store.links_of(row):
        store.addresses.pop(link.id, None)
    store.interfaces.pop(row.id, None)
    for child in [each for each in store.interfaces.values() if row.id in each.parents]:
        child.parents.remove(row.id)
        if not child.parents:
            drop_interface(region, child)
