"""What a region offers beside machines and networks, as typed values."""

from __future__ import annotations

import dataclasses

from ._record import Json, Record, name_of
from .types import Interface


@dataclasses.dataclass(frozen=True, kw_only=True)
class Zone(Record):
    """An availability zone; addressed by its name."""

    id: int
    name: str
    description: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Pool(Record):
    """A resource pool."""

    id: int
    name: str
    description: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Domain(Record):
    """A DNS domain."""

    id: int
    name: str
    authoritative: bool
    ttl: int | None
    is_default: bool

    @classmethod
    def _own(cls, data: Json) -> Json:
        return {"is_default": bool(data.get("is_default"))}


@dataclasses.dataclass(frozen=True, kw_only=True)
class DnsResource(Record):
    """A name with addresses: what A and AAAA records are to MAAS."""

    id: int
    fqdn: str
    address_ttl: int | None
    ip_addresses: tuple[str, ...]

    @classmethod
    def _own(cls, data: Json) -> Json:
        return {"ip_addresses": tuple(item["ip"] for item in data.get("ip_addresses") or () if item.get("ip"))}


@dataclasses.dataclass(frozen=True, kw_only=True)
class DnsRecord(Record):
    """A record of another type than A and AAAA."""

    id: int
    fqdn: str
    rrtype: str
    rrdata: str
    ttl: int | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class StaticRoute(Record):
    """A route that machines of one subnet get to another."""

    id: int
    source: int
    destination: int
    gateway_ip: str
    metric: int

    @classmethod
    def _own(cls, data: Json) -> Json:
        return {"source": data["source"]["id"], "destination": data["destination"]["id"]}


@dataclasses.dataclass(frozen=True, kw_only=True)
class SshKey(Record):
    """A public key of the API key's user."""

    id: int
    key: str
    keysource: str

    @classmethod
    def _own(cls, data: Json) -> Json:
        return {"keysource": data.get("keysource") or ""}


@dataclasses.dataclass(frozen=True, kw_only=True)
class User(Record):
    """A user; addressed by name."""

    username: str
    email: str
    is_superuser: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class Device(Record):
    """Something with addresses that MAAS doesn't deploy; addressed by its system id."""

    system_id: str
    hostname: str
    description: str
    parent: str | None
    domain: str
    zone: str
    interfaces: tuple[Interface, ...]

    @classmethod
    def _own(cls, data: Json) -> Json:
        nics = tuple(Interface._from_dict(item) for item in data["interface_set"])
        return {"domain": name_of(data["domain"]), "zone": name_of(data["zone"]), "interfaces": nics}


@dataclasses.dataclass(frozen=True, kw_only=True)
class PackageRepository(Record):
    """An archive of packages that deployed machines use."""

    id: int
    name: str
    url: str
    key: str
    arches: tuple[str, ...]
    components: tuple[str, ...]
    distributions: tuple[str, ...]
    disabled_pockets: tuple[str, ...]
    disabled_components: tuple[str, ...]
    disable_sources: bool
    enabled: bool

    @classmethod
    def _own(cls, data: Json) -> Json:
        lists = ("arches", "components", "distributions", "disabled_pockets", "disabled_components")
        return {name: tuple(data.get(name) or ()) for name in lists}


@dataclasses.dataclass(frozen=True, kw_only=True)
class BootSource(Record):
    """A mirror of images."""

    id: int
    url: str
    keyring_filename: str
    keyring_data: str

    @classmethod
    def _own(cls, data: Json) -> Json:
        return {name: data.get(name) or "" for name in ("keyring_filename", "keyring_data")}


@dataclasses.dataclass(frozen=True, kw_only=True)
class BootSelection(Record):
    """Which images of a mirror are imported."""

    id: int
    boot_source_id: int
    os: str
    release: str
    arches: tuple[str, ...]
    subarches: tuple[str, ...]
    labels: tuple[str, ...]

    @classmethod
    def _own(cls, data: Json) -> Json:
        lists = {name: tuple(data.get(name) or ()) for name in ("arches", "subarches", "labels")}
        source = data.get("boot_source_id")
        if source is None:
            source = int(str(data["resource_uri"]).split("/boot-sources/")[1].split("/")[0])
        return {"boot_source_id": source, **lists}


@dataclasses.dataclass(frozen=True, kw_only=True)
class BootResource(Record):
    """An image that the region has, e.g. "ubuntu/jammy" for "amd64/ga-22.04"."""

    id: int
    type: str
    name: str
    architecture: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class NodeScript(Record):
    """A commissioning, testing or release script; its text is a call of its own."""

    id: int
    name: str
    title: str
    description: str
    type: int
    tags: tuple[str, ...]
    timeout: str
    parallel: int
    hardware_type: int
    destructive: bool
    may_reboot: bool
    recommission: bool
    for_hardware: tuple[str, ...]
    default: bool

    @classmethod
    def _own(cls, data: Json) -> Json:
        return {"tags": tuple(data.get("tags") or ()), "for_hardware": tuple(data.get("for_hardware") or ())}


@dataclasses.dataclass(frozen=True, kw_only=True)
class VmHost(Record):
    """A host on which MAAS composes virtual machines; its credentials are a call of their own."""

    id: int
    name: str
    type: str
    zone: str
    pool: str
    tags: tuple[str, ...]
    cpu_over_commit_ratio: float
    memory_over_commit_ratio: float
    default_macvlan_mode: str | None

    @classmethod
    def _own(cls, data: Json) -> Json:
        places = {name: str((data.get(name) or {}).get("name", "")) for name in ("zone", "pool")}
        return {"tags": tuple(data.get("tags") or ()), **places}
