"""What MAAS answers, as typed values; nothing past this module handles its raw JSON.

MAAS says "nothing" in many ways ("", null, the space "undefined"); here it is None. A field that a release of MAAS doesn't know
is None as well, or its empty form.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from typing import Any

from ._record import Json, Record, name_of


class Status(enum.IntEnum):
    """A machine's status, by MAAS's own numbers."""

    NEW = 0
    COMMISSIONING = 1
    FAILED_COMMISSIONING = 2
    MISSING = 3
    READY = 4
    RESERVED = 5
    DEPLOYED = 6
    RETIRED = 7
    BROKEN = 8
    DEPLOYING = 9
    ALLOCATED = 10
    FAILED_DEPLOYMENT = 11
    RELEASING = 12
    FAILED_RELEASING = 13
    DISK_ERASING = 14
    FAILED_DISK_ERASING = 15
    RESCUE_MODE = 16
    ENTERING_RESCUE_MODE = 17
    FAILED_ENTERING_RESCUE_MODE = 18
    EXITING_RESCUE_MODE = 19
    FAILED_EXITING_RESCUE_MODE = 20
    TESTING = 21
    FAILED_TESTING = 22


@dataclasses.dataclass(frozen=True, kw_only=True)
class Space(Record):
    """A group of VLANs that can reach one another."""

    id: int
    name: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Vlan(Record):
    """A VLAN of a fabric; `id` is the database's, `vid` the tag on the wire."""

    id: int
    vid: int
    name: str
    fabric_id: int
    mtu: int
    space: str | None
    dhcp_on: bool
    primary_rack: str | None
    secondary_rack: str | None
    relay_vlan: int | None
    external_dhcp: str | None = None
    """The address of a DHCP server that isn't MAAS's, where the rack has heard one."""

    @classmethod
    def _own(cls, data: Json) -> Json:
        relay = data.get("relay_vlan")
        return {"space": _space(data), "relay_vlan": relay["id"] if isinstance(relay, Mapping) else relay}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fabric(Record):
    """A set of VLANs that share their switches."""

    id: int
    name: str
    vlans: tuple[Vlan, ...]

    @classmethod
    def _own(cls, data: Json) -> Json:
        return {"vlans": tuple(Vlan._from_dict(vlan) for vlan in data.get("vlans", ()))}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Subnet(Record):
    """An address range of a VLAN."""

    id: int
    name: str
    cidr: str
    vlan: Vlan
    gateway_ip: str | None
    dns_servers: tuple[str, ...]
    managed: bool
    allow_dns: bool
    allow_proxy: bool
    rdns_mode: int
    active_discovery: bool

    @classmethod
    def _own(cls, data: Json) -> Json:
        return {
            "vlan": Vlan._from_dict(data["vlan"]),
            "gateway_ip": data.get("gateway_ip") or None,
            "dns_servers": tuple(map(str, data.get("dns_servers") or ())),
        }


@dataclasses.dataclass(frozen=True, kw_only=True)
class IpRange(Record):
    """Addresses of a subnet for DHCP ("dynamic"), or that MAAS leaves alone ("reserved")."""

    id: int
    type: str
    start_ip: str
    end_ip: str
    comment: str | None
    subnet_id: int

    @classmethod
    def _own(cls, data: Json) -> Json:
        return {"comment": data.get("comment") or None, "subnet_id": data["subnet"]["id"]}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tag(Record):
    """A label on machines; with a definition MAAS puts it on by itself."""

    name: str
    definition: str
    comment: str
    kernel_opts: str

    @classmethod
    def _own(cls, data: Json) -> Json:
        return {"kernel_opts": data.get("kernel_opts") or ""}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rack(Record):
    """A rack controller, with the ids of the VLANs that its interfaces are on when MAAS tells them.

    `services` has the status of each of its services by name, e.g. "running" or "dead"; "unknown" until it has reported.
    """

    system_id: str
    hostname: str
    vlan_ids: frozenset[int]
    services: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @classmethod
    def _own(cls, data: Json) -> Json:
        vlans = (nic.get("vlan") for nic in data.get("interface_set", ()))
        services = {service["name"]: service.get("status") or "unknown" for service in data.get("service_set") or ()}
        return {"vlan_ids": frozenset(vlan["id"] for vlan in vlans if vlan), "services": services}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Link(Record):
    """An interface's place in a subnet."""

    id: int
    mode: str
    subnet_id: int | None
    cidr: str | None
    ip_address: str | None

    @classmethod
    def _own(cls, data: Json) -> Json:
        subnet = data.get("subnet")
        return {
            "subnet_id": subnet["id"] if isinstance(subnet, Mapping) else None,
            "cidr": subnet["cidr"] if isinstance(subnet, Mapping) else None,
            "ip_address": data.get("ip_address") or None,
        }


@dataclasses.dataclass(frozen=True, kw_only=True)
class Interface(Record):
    """A NIC, bond, bridge or VLAN interface of a machine; `params` is what its kind adds."""

    id: int
    name: str
    type: str
    mac_address: str
    enabled: bool
    vlan_id: int | None
    parents: tuple[str, ...]
    children: tuple[str, ...]
    tags: tuple[str, ...]
    params: Mapping[str, Any]
    links: tuple[Link, ...]

    @classmethod
    def _own(cls, data: Json) -> Json:
        vlan = data.get("vlan")
        return {
            "mac_address": (data.get("mac_address") or "").lower(),
            "enabled": data.get("enabled", True),
            "vlan_id": vlan["id"] if isinstance(vlan, Mapping) else None,
            "parents": tuple(data.get("parents") or ()),
            "children": tuple(data.get("children") or ()),
            "tags": tuple(data.get("tags") or ()),
            "params": data.get("params") or {},
            "links": tuple(Link._from_dict(link) for link in data.get("links") or ()),
        }


@dataclasses.dataclass(frozen=True, kw_only=True)
class Machine(Record):
    """A machine as lists and reads show it; its power parameters are a call of their own."""

    system_id: str
    hostname: str
    fqdn: str
    status: int
    status_name: str
    status_message: str
    power_state: str
    power_type: str
    architecture: str
    min_hwe_kernel: str
    description: str
    domain: str
    zone: str
    pool: str
    owner: str | None
    owner_data: Mapping[str, str]
    locked: bool
    tags: tuple[str, ...]
    addresses: tuple[str, ...]
    cpu_count: int
    memory: int
    osystem: str
    distro_series: str
    hwe_kernel: str | None
    boot_mac: str | None
    boot_disk: int | None
    interfaces: tuple[Interface, ...]
    gateway_links: frozenset[int]
    """Ids of the links whose subnets' gateways are its default ones, as far as somebody chose them."""

    @classmethod
    def _own(cls, data: Json) -> Json:
        boot = data.get("boot_interface") or {}
        gateways = (data.get("default_gateways") or {}).values()
        return {
            **{name: name_of(data.get(name)) for name in ("domain", "zone", "pool")},
            **{name: data.get(name) or "" for name in _TEXTS},
            "owner_data": dict(data.get("owner_data") or {}),
            "locked": bool(data.get("locked")),
            "tags": tuple(data.get("tag_names") or ()),
            "addresses": tuple(data.get("ip_addresses") or ()),
            "cpu_count": data.get("cpu_count") or 0,
            "memory": data.get("memory") or 0,
            "boot_disk": (data.get("boot_disk") or {}).get("id"),
            "boot_mac": (boot.get("mac_address") or "").lower() or None,
            "interfaces": tuple(Interface._from_dict(nic) for nic in data.get("interface_set") or ()),
            "gateway_links": frozenset(each["link_id"] for each in gateways if each.get("link_id") is not None),
        }

    @property
    def macs(self) -> frozenset[str]:
        """The MAC addresses of its physical NICs, in lower case."""
        return frozenset(nic.mac_address for nic in self.interfaces if nic.type == "physical")


_TEXTS = (
    "status_message",
    "power_state",
    "power_type",
    "min_hwe_kernel",
    "description",
    "osystem",
    "distro_series",
    "architecture",
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Event(Record):
    """An entry of MAAS's log of a machine."""

    level: str
    created: str
    type: str
    description: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class ScriptResult(Record):
    """How a commissioning, testing or installation script ended on a machine; `output` as far as it was asked for."""

    name: str
    status_name: str
    exit_status: int | None
    output: str

    @classmethod
    def _own(cls, data: Json) -> Json:
        return {"output": ""}


def _space(data: Json) -> str | None:
    space = data.get("space")
    return None if space in {None, "", "undefined"} else str(space)
