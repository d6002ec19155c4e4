"""What the services have, typed: one frozen record a kind, made of openstacksdk's objects in one place.

Field names are openstacksdk's unless a field says otherwise. What a service leaves out is None, an empty tuple or an empty map,
by the field's default; openstacksdk's `is_…` attributes keep their names, so that what is read can be written again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Self


@dataclasses.dataclass(frozen=True, kw_only=True)
class Record:
    """A thing with an id."""

    id: str

    @classmethod
    def of(cls, body: Any) -> Self:
        """Takes this record's fields out of an object of openstacksdk."""
        return cls(**{field.name: _value(body, field) for field in dataclasses.fields(cls)})


def named(attribute: str, default: Any = None) -> Any:
    """A field whose name in openstacksdk is another one."""
    return dataclasses.field(default=default, metadata={"sdk": attribute})


def _value(body: Any, field: dataclasses.Field[Any]) -> Any:
    value = getattr(body, field.metadata.get("sdk", field.name))
    if value is None:
        return field.default_factory() if field.default_factory is not dataclasses.MISSING else _default(field)
    return tuple(value) if isinstance(value, list) else value


def _default(field: dataclasses.Field[Any]) -> Any:
    return None if field.default is dataclasses.MISSING else field.default


@dataclasses.dataclass(frozen=True, kw_only=True)
class Network(Record):
    """A network; the provider's attributes are None for those who are no admins."""

    name: str = ""
    project_id: str = ""
    description: str = ""
    is_admin_state_up: bool = True
    is_shared: bool = False
    is_router_external: bool = False
    is_default: bool | None = None
    is_port_security_enabled: bool | None = None
    mtu: int | None = None
    provider_network_type: str | None = None
    provider_physical_network: str | None = None
    provider_segmentation_id: int | None = None
    availability_zone_hints: tuple[str, ...] = ()
    subnet_ids: tuple[str, ...] = ()
    status: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Subnet(Record):
    """A subnet; pools are `{"start", "end"}`, routes `{"destination", "nexthop"}`."""

    name: str = ""
    project_id: str = ""
    description: str = ""
    network_id: str = ""
    cidr: str = ""
    ip_version: int = 4
    gateway_ip: str | None = None
    is_dhcp_enabled: bool = True
    allocation_pools: tuple[Mapping[str, str], ...] = ()
    dns_nameservers: tuple[str, ...] = ()
    host_routes: tuple[Mapping[str, str], ...] = ()
    ipv6_address_mode: str | None = None
    ipv6_ra_mode: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Router(Record):
    """A router; `external_gateway_info` as Neutron writes it, None without a gateway."""

    name: str = ""
    project_id: str = ""
    description: str = ""
    is_admin_state_up: bool = True
    external_gateway_info: Mapping[str, Any] | None = None
    routes: tuple[Mapping[str, str], ...] = ()
    status: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Port(Record):
    """A port; fixed addresses are `{"subnet_id", "ip_address"}`."""

    name: str = ""
    project_id: str = ""
    network_id: str = ""
    device_id: str = ""
    device_owner: str = ""
    fixed_ips: tuple[Mapping[str, str], ...] = ()
    status: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class FloatingIp(Record):
    """A floating address."""

    project_id: str = ""
    description: str = ""
    floating_ip_address: str = ""
    floating_network_id: str = ""
    fixed_ip_address: str | None = None
    port_id: str | None = None
    status: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class SecurityGroup(Record):
    """A security group, without its rules."""

    name: str = ""
    project_id: str = ""
    description: str = ""
    stateful: bool | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class SecurityGroupRule(Record):
    """A rule of a security group."""

    security_group_id: str = ""
    project_id: str = ""
    description: str = ""
    direction: str = ""
    ether_type: str = ""
    protocol: str | None = None
    port_range_min: int | None = None
    port_range_max: int | None = None
    remote_ip_prefix: str | None = None
    remote_group_id: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class NetworkAgent(Record):
    """An agent of Neutron; of a chassis, the id is the chassis's name and `host` its host's."""

    agent_type: str = ""
    binary: str = ""
    host: str = ""
    is_alive: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Project(Record):
    """A project; `tags` are Keystone's."""

    name: str = ""
    domain_id: str = ""
    description: str = ""
    is_enabled: bool = True
    tags: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Domain(Record):
    """A domain."""

    name: str = ""
    description: str = ""
    is_enabled: bool = True


@dataclasses.dataclass(frozen=True, kw_only=True)
class User(Record):
    """A user; Keystone never tells a password, but when it ends."""

    name: str = ""
    domain_id: str = ""
    description: str = ""
    email: str | None = None
    is_enabled: bool = True
    default_project_id: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Role(Record):
    """A role; one of a domain has its id."""

    name: str = ""
    domain_id: str | None = None
    description: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Group(Record):
    """A group of users."""

    name: str = ""
    domain_id: str = ""
    description: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Flavor(Record):
    """A flavor; sizes in MiB (`ram`, `swap`) and GiB (`disk`, `ephemeral`)."""

    name: str = ""
    ram: int = 0
    vcpus: int = 0
    disk: int = 0
    ephemeral: int = 0
    swap: int = 0
    rxtx_factor: float = 1.0
    is_public: bool = True
    description: str | None = None
    extra_specs: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class KeyPair(Record):
    """A key pair of a user; its id is its name."""

    name: str = ""
    public_key: str = ""
    fingerprint: str = ""
    type: str = "ssh"
    user_id: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class HostAggregate(Record):
    """Hosts of Nova that belong together."""

    name: str = ""
    availability_zone: str | None = None
    hosts: tuple[str, ...] = ()
    metadata: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class ServerGroup(Record):
    """Servers that are placed with respect to one another."""

    name: str = ""
    policy: str | None = None
    policies: tuple[str, ...] = ()
    rules: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    project_id: str | None = None
    member_ids: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class ComputeService(Record):
    """A service of Nova on a host; `state` is "up" or "down", `status` "enabled" or "disabled"."""

    binary: str = ""
    host: str = ""
    state: str = ""
    status: str = ""
    disabled_reason: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Server(Record):
    """A server; `status` is Nova's word, `task_state` what it does at the moment."""

    name: str = ""
    project_id: str = ""
    status: str = ""
    task_state: str | None = None
    vm_state: str | None = None
    host: str | None = named("compute_host")
    created_at: str = ""
    addresses: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    fault: Mapping[str, Any] | None = None
    metadata: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Hypervisor(Record):
    """A host that runs servers."""

    name: str = ""
    state: str = ""
    status: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Volume(Record):
    """A volume of `size` GiB."""

    name: str = ""
    size: int = 0
    status: str = ""
    metadata: Mapping[str, str] = dataclasses.field(default_factory=dict)
    attachments: tuple[Mapping[str, Any], ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class VolumeType(Record):
    """A type of volumes."""

    name: str = ""
    description: str | None = None
    is_public: bool = True
    extra_specs: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class ShareType(Record):
    """A type of shares."""

    name: str = ""
    extra_specs: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Image(Record):
    """An image as Glance writes it; `os_hash_value` is of `os_hash_algo`, `checksum` MD5; `properties` are the custom ones."""

    name: str = ""
    owner: str = ""
    status: str = ""
    disk_format: str | None = None
    container_format: str | None = None
    visibility: str = ""
    protected: bool = False
    os_hidden: bool = False
    min_disk: int = 0
    min_ram: int = 0
    size: int | None = None
    checksum: str | None = None
    os_hash_algo: str | None = None
    os_hash_value: str | None = None
    tags: tuple[str, ...] = ()
    properties: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @classmethod
    def from_wire(cls, body: Mapping[str, Any]) -> Image:
        """Glance keeps custom properties beside its own fields; an empty name travels as null."""
        fields = {field.name for field in dataclasses.fields(cls)} - {"properties"}
        known = {name: body[name] for name in fields if body.get(name) is not None}
        custom = {k: v for k, v in body.items() if k not in fields | _OWN and isinstance(v, str)}
        return cls(**{**known, "tags": tuple(sorted(body.get("tags") or ()))}, properties=custom)


_OWN = frozenset({"created_at", "updated_at", "virtual_size", "file", "schema", "self", "locations", "direct_url", "stores"})
"""Fields of Glance that nobody sets."""
