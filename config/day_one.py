"""What a cloud needs before anybody can use it: networks, sizes, images, and people with what they may take."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from .network import RangeSpec
from .vocabulary import Address, Cidr, Mtu, Name, Secret, Size, Spec, Subnet, Vid, digest, port_range, public_key

Checksum = Annotated[str, AfterValidator(digest)]
"""An algorithm and its digest in hexadecimal, such as sha256:9f86…"""
Ports = Annotated[str, BeforeValidator(port_range)]
"""One port or a range of them: 22, or 8000-8080."""
PublicKey = Annotated[str, AfterValidator(public_key)]
"""A line as in ~/.ssh/id_ed25519.pub."""

_MOST = 2**31 - 1
"""The largest number that the services' databases hold."""
Limit = Annotated[int, Field(ge=-1, le=_MOST)]
"""A quota; -1 is without bound."""

ADMIN_PROJECT = "admin"
"""The project that every cloud has."""


class ExternalNetworkSpec(Spec):
    """The network that floating addresses come from; its addresses are those of the site's external network."""

    name: Name = "ext_net"
    subnet: Name = "ext_subnet"
    physical_network: Name = "physnet1"
    type: Literal["flat", "vlan"] = "flat"
    vid: Vid | None = None
    shared: bool = False

    @model_validator(mode="after")
    def _vlan_has_an_id(self) -> Self:
        if (self.type == "vlan") != (self.vid is not None):
            raise ValueError("type vlan and vid go together; a flat network has no vid")
        return self


class RouterSpec(Spec):
    """A router between a project's networks and the external one."""

    name: Name
    project: Name = ADMIN_PROJECT


class ProjectNetworkSpec(Spec):
    """A network of a project with its subnet.

    `router` is the router that it is plugged into; without one it reaches nobody. `pool` is the part of the subnet that
    instances get addresses from, all of it but the gateway unless said.
    """

    name: Name
    project: Name = ADMIN_PROJECT
    cidr: Subnet
    gateway: Address | None = None
    dns: tuple[Address, ...] = ()
    pool: RangeSpec | None = None
    router: Name | None = None
    mtu: Mtu | None = None
    shared: bool = False

    @property
    def subnet(self) -> str:
        """The subnet's name."""
        return f"{self.name}-subnet"


class FlavorSpec(Spec):
    """A size of instances. Nova counts memory in MiB and disks in GiB, so both are whole numbers of those."""

    name: Name
    cores: int = Field(ge=1, le=_MOST)
    memory: Size
    disk: Size = 0
    public: bool = True
    extra_specs: dict[Name, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.memory % 2**20 or not self.memory:
            raise ValueError("memory is a whole number of MiB, such as 512M")
        if self.disk % 2**30:
            raise ValueError("disk is a whole number of GiB, such as 20G")
        return self


class ImageSpec(Spec):
    """An image, from a `url` or a `file` beside the program. What is fetched must have the `checksum`, or it isn't used."""

    name: Name
    url: Name | None = None
    file: Name | None = None
    checksum: Checksum | None = None
    disk_format: Literal["qcow2", "raw", "iso", "vmdk"] = "qcow2"
    visibility: Literal["public", "private", "shared", "community"] = "public"
    min_disk: Size = 0
    min_memory: Size = 0
    properties: dict[Name, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.url is None) == (self.file is None):
            raise ValueError("an image comes from either a url or a file; give exactly one of them")
        if self.url is not None and not self.url.startswith(("http://", "https://")):
            raise ValueError("url starts with http:// or https://; a file of this machine goes under file")
        if self.url is not None and self.checksum is None:
            raise ValueError("an image from a url needs its checksum, such as sha256:9f86…: it is published beside the image")
        return self


class KeyPairSpec(Spec):
    """A public key that instances let in."""

    name: Name
    public_key: PublicKey


class SecurityRuleSpec(Spec):
    """Who may reach instances, or be reached by them. Without `ports` it is all ports of the protocol."""

    direction: Literal["ingress", "egress"] = "ingress"
    protocol: Literal["tcp", "udp", "icmp", "any"] = "tcp"
    ports: Ports | None = None
    cidr: Cidr | None = None

    @model_validator(mode="after")
    def _ports_have_a_protocol(self) -> Self:
        if self.ports is not None and self.protocol not in ("tcp", "udp"):
            raise ValueError(f"{self.protocol} has no ports; leave them out, or say tcp or udp")
        return self

    @property
    def port_ends(self) -> tuple[int, int] | None:
        """The first and the last port."""
        if self.ports is None:
            return None
        first, _, last = self.ports.partition("-")
        return int(first), int(last or first)


class SecurityGroupSpec(Spec):
    """Rules of a project's group; `default` is the one that every project has, and its instances are in unless told."""

    name: Name = "default"
    project: Name = ADMIN_PROJECT
    rules: tuple[SecurityRuleSpec, ...]


class QuotaSpec(Spec):
    """How much a project may take; what isn't said stays as the cloud has it, and -1 is without bound."""

    instances: Limit | None = None
    cores: Limit | None = None
    memory: Size | None = None
    key_pairs: Limit | None = None
    networks: Limit | None = None
    subnets: Limit | None = None
    ports: Limit | None = None
    routers: Limit | None = None
    floating_ips: Limit | None = None
    security_groups: Limit | None = None
    security_group_rules: Limit | None = None
    volumes: Limit | None = None
    snapshots: Limit | None = None
    gigabytes: Limit | None = None


class ProjectSpec(Spec):
    """A project of the default domain."""

    name: Name
    description: str = ""
    quota: QuotaSpec | None = None


class UserSpec(Spec):
    """A user of the default domain, with roles on one of `projects`."""

    name: Name
    password: Secret
    project: Name
    email: Name | None = None
    roles: tuple[Name, ...] = ("member",)


class RoleSpec(Spec):
    """A role beyond those that Keystone has from the start."""

    name: Name


class DayOneSpec(Spec):
    """What is in the cloud from the first day."""

    external: ExternalNetworkSpec = ExternalNetworkSpec()
    routers: tuple[RouterSpec, ...] = ()
    networks: tuple[ProjectNetworkSpec, ...] = ()
    flavors: tuple[FlavorSpec, ...] = ()
    images: tuple[ImageSpec, ...] = ()
    key_pairs: tuple[KeyPairSpec, ...] = ()
    security_groups: tuple[SecurityGroupSpec, ...] = ()
    projects: tuple[ProjectSpec, ...] = ()
    users: tuple[UserSpec, ...] = ()
    roles: tuple[RoleSpec, ...] = ()


class SmokeTestSpec(Spec):
    """An instance that is booted, reached and deleted again, to see that the cloud works; it names things of `day_one`.

    A change of `again` repeats it; `timeout` is seconds.
    """

    image: Name
    flavor: Name
    network: Name
    volume: Size = 2**30
    timeout: float = Field(default=900, gt=0)
    again: Any = None
