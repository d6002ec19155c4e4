"""A region's database: tables of rows, and the relations that several handlers follow."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from .records.base import Row
from .records.images import (
    BootResource,
    BootSource,
    Repository,
    Script,
    ScriptSet,
    Selection,
)
from .records.network import (
    Address,
    DnsData,
    DnsResource,
    Domain,
    Fabric,
    IpRange,
    ReservedIp,
    Space,
    StaticRoute,
    Subnet,
    Vlan,
)
from .records.node import Event, Interface, Node, Pool, Tag, VmHost, Zone
from .records.people import Notification, SshKey, SslKey, Token, User
from .records.storage import BlockDevice, CacheSet, Group, Partition

R = TypeVar("R", bound=Row)


class Store(BaseModel):
    """Every table, by row number; `next_ids` are the numbers to be given out, by table."""

    model_config = ConfigDict(extra="forbid")

    _index: dict[str, dict[Any, list[Any]]] | None = PrivateAttr(default=None)
    importing: bool = False
    import_step: int = 0
    next_ids: dict[str, int] = Field(default_factory=dict)
    settings: dict[str, object] = Field(default_factory=dict)
    users: dict[int, User] = Field(default_factory=dict)
    tokens: dict[int, Token] = Field(default_factory=dict)
    sshkeys: dict[int, SshKey] = Field(default_factory=dict)
    sslkeys: dict[int, SslKey] = Field(default_factory=dict)
    notifications: dict[int, Notification] = Field(default_factory=dict)
    fabrics: dict[int, Fabric] = Field(default_factory=dict)
    spaces: dict[int, Space] = Field(default_factory=dict)
    vlans: dict[int, Vlan] = Field(default_factory=dict)
    subnets: dict[int, Subnet] = Field(default_factory=dict)
    ipranges: dict[int, IpRange] = Field(default_factory=dict)
    reservedips: dict[int, ReservedIp] = Field(default_factory=dict)
    routes: dict[int, StaticRoute] = Field(default_factory=dict)
    addresses: dict[int, Address] = Field(default_factory=dict)
    domains: dict[int, Domain] = Field(default_factory=dict)
    dnsresources: dict[int, DnsResource] = Field(default_factory=dict)
    dnsdata: dict[int, DnsData] = Field(default_factory=dict)
    nodes: dict[int, Node] = Field(default_factory=dict)
    interfaces: dict[int, Interface] = Field(default_factory=dict)
    tags: dict[int, Tag] = Field(default_factory=dict)
    zones: dict[int, Zone] = Field(default_factory=dict)
    pools: dict[int, Pool] = Field(default_factory=dict)
    events: dict[int, Event] = Field(default_factory=dict)
    vmhosts: dict[int, VmHost] = Field(default_factory=dict)
    blockdevices: dict[int, BlockDevice] = Field(default_factory=dict)
    partitions: dict[int, Partition] = Field(default_factory=dict)
    groups: dict[int, Group] = Field(default_factory=dict)
    cachesets: dict[int, CacheSet] = Field(default_factory=dict)
    sources: dict[int, BootSource] = Field(default_factory=dict)
    selections: dict[int, Selection] = Field(default_factory=dict)
    bootresources: dict[int, BootResource] = Field(default_factory=dict)
    scripts: dict[int, Script] = Field(default_factory=dict)
    scriptsets: dict[int, ScriptSet] = Field(default_factory=dict)
    repositories: dict[int, Repository] = Field(default_factory=dict)

    def number(self, row: R) -> R:
        """Gives a row the next number of its kind."""
        kind = type(row).__name__
        row.id = self.next_ids.get(kind, 1)
        self.next_ids[kind] = row.id + 1
        return row

    def add(self, table: dict[int, R], row: R) -> R:
        """Puts a row into a table under the next number."""
        self.number(row)
        table[row.id] = row
        return row

    def node(self, system_id: str) -> Node | None:
        """The node of this system id."""
        return next((node for node in self.nodes.values() if node.system_id == system_id), None)

    @contextlib.contextmanager
    def indexed(self) -> Iterator[None]:
        """Answers the lookups below from an index while rows are only read: long lists would go through every table for each."""
        self._index = {
            "interfaces": _grouped(self.interfaces.values(), lambda row: row.node),
            "links": _grouped(self.addresses.values(), lambda row: row.interface),
            "devices": _grouped(self.blockdevices.values(), lambda row: row.node),
            "partitions": _grouped(self.partitions.values(), lambda row: row.device),
        }
        try:
            yield
        finally:
            self._index = None

    def interfaces_of(self, node: Node) -> list[Interface]:
        """A node's interfaces, in the order in which they came."""
        return self.siblings(node.system_id)

    def siblings(self, system_id: str) -> list[Interface]:
        """The interfaces of the node of this system id."""
        if self._index is not None:
            return self._index["interfaces"].get(system_id, [])
        return [row for row in self.interfaces.values() if row.node == system_id]

    def links_of(self, interface: Interface) -> list[Address]:
        """What an interface is linked to, and the addresses that were seen on it."""
        if self._index is not None:
            return self._index["links"].get(interface.id, [])
        return [row for row in self.addresses.values() if row.interface == interface.id]

    def devices_of(self, node: Node) -> list[BlockDevice]:
        """A node's disks, physical ones first."""
        if self._index is not None:
            rows = self._index["devices"].get(node.system_id, [])
        else:
            rows = [row for row in self.blockdevices.values() if row.node == node.system_id]
        return sorted(rows, key=lambda row: (row.type, row.id))

    def partitions_of(self, device: BlockDevice) -> list[Partition]:
        """A disk's partitions, in their order on it."""
        if self._index is not None:
            return self._index["partitions"].get(device.id, [])
        return [row for row in self.partitions.values() if row.device == device.id]

    def untagged(self, fabric: Fabric) -> Vlan:
        """The untagged VLAN that every fabric has."""
        return next(row for row in self.vlans.values() if row.fabric == fabric.id and row.vid == 0)

    def space_of(self, subnet: Subnet) -> int | None:
        """The space that a subnet's VLAN is in."""
        return self.vlans[subnet.vlan].space

    def used_ips(self, subnet: Subnet) -> Iterator[str]:
        """The addresses of a subnet that somebody has."""
        return (row.ip for row in self.addresses.values() if row.ip and row.subnet == subnet.id)


def _grouped(rows: Iterable[R], owner: Callable[[R], Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for row in rows:
        found.setdefault(owner(row), []).append(row)
    return found
