"""A region of MAAS, typed.

Plain kinds of objects are `Collection`s; what machines do beyond that is in `machines`. Speaks MAAS 3.4 to 3.7.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Final

from . import errors, services, storage, types
from ._collection import Collection
from ._session import Session
from .machines import Machines

OLDEST: Final = (3, 4)
"""The oldest release whose answers this client knows."""


class Maas:
    """One region under one API key."""

    def __init__(self, session: Session, poll_seconds: float = 5.0) -> None:
        """Sends nothing.

        Args:
            session: the region.
            poll_seconds: between two lists of machines while somebody waits for one.
        """
        self.session = session
        self.poll_seconds = poll_seconds
        self.spaces = Collection(session, ("Spaces", "Space"), "space", types.Space._from_dict)
        self.fabrics = Collection(session, ("Fabrics", "Fabric"), "fabric", types.Fabric._from_dict)
        self.subnets = Collection(session, ("Subnets", "Subnet"), "subnet", types.Subnet._from_dict)
        self.ranges = Collection(session, ("IPRanges", "IPRange"), "IP range", types.IpRange._from_dict)
        self.routes = Collection(session, ("StaticRoutes", "StaticRoute"), "static route", services.StaticRoute._from_dict)
        self.tags = Collection(session, ("Tags", "Tag"), "tag", types.Tag._from_dict, key="name")
        self.racks = Collection(
            session, ("RackControllers", "RackController"), "rack controller", types.Rack._from_dict, key="system_id"
        )
        self.zones = Collection(session, ("Zones", "Zone"), "zone", services.Zone._from_dict, key="name")
        self.pools = Collection(session, ("ResourcePools", "ResourcePool"), "resource pool", services.Pool._from_dict)
        self.domains = Collection(session, ("Domains", "Domain"), "domain", services.Domain._from_dict)
        self.dns_resources = Collection(session, ("DNSResources", "DNSResource"), "DNS name", services.DnsResource._from_dict)
        self.dns_records = Collection(
            session, ("DNSResourceRecords", "DNSResourceRecord"), "DNS record", services.DnsRecord._from_dict
        )
        self.users = Collection(session, ("Users", "User"), "user", services.User._from_dict, key="username")
        self.devices = Collection(session, ("Devices", "Device"), "device", services.Device._from_dict, key="system_id")
        self.ssh_keys = Collection(session, ("SSHKeys", "SSHKey"), "SSH key", services.SshKey._from_dict)
        self.repositories = Collection(
            session, ("PackageRepositories", "PackageRepository"), "package repository", services.PackageRepository._from_dict
        )
        self.boot_sources = Collection(session, ("BootSources", "BootSource"), "boot source", services.BootSource._from_dict)
        self.images = Collection(session, ("BootResources", "BootResource"), "image", services.BootResource._from_dict)
        self.scripts = Collection(session, ("NodeScripts", "NodeScript"), "script", services.NodeScript._from_dict, key="name")
        self.vm_hosts = Collection(session, ("VmHosts", "VmHost"), "VM host", services.VmHost._from_dict)
        self.machines = Machines(session, poll_seconds)

    @classmethod
    def connect(cls, url: str, api_key: str, *, ca_file: str | None = None, poll_seconds: float = 5.0) -> Maas:
        """The region at a URL; nothing is sent before the first call.

        Raises:
            Unauthorised: when the key can't be one.
        """
        return cls(Session(url, api_key, ca_file=ca_file), poll_seconds)

    @functools.cached_property
    def version(self) -> tuple[int, int]:
        """Major and minor, e.g. (3, 4)."""
        said = self.session.call("Version", "read", "say its version")
        major, minor = str(said["version"]).split(".")[:2]
        return int(major), int(minor.split("~")[0])

    def require(self, since: tuple[int, int], what: str) -> None:
        """Checks that this MAAS is new enough for something that an older one would silently ignore.

        Raises:
            Unsupported: when it is not.
        """
        if self.version < since:
            have, need = (".".join(map(str, version)) for version in (self.version, since))
            raise errors.Unsupported(f"MAAS {have} at {self.session.url} has no {what}: that needs {need} or later")

    def vlans(self, fabric_id: int) -> Collection[types.Vlan]:
        """The VLANs of a fabric, addressed by VID."""
        vlans = Collection(self.session, ("Vlans", "Vlan"), "VLAN", types.Vlan._from_dict, key="vid")
        return vlans.at(fabric_id=fabric_id)

    def selections(self, boot_source: int) -> Collection[services.BootSelection]:
        """What is imported from a boot source."""
        wanted = Collection(
            self.session, ("BootSourceSelections", "BootSourceSelection"), "image selection", services.BootSelection._from_dict
        )
        return wanted.at(boot_source_id=boot_source)

    def interfaces(self, system_id: str) -> Collection[types.Interface]:
        """The interfaces of a machine, addressed by id."""
        nics = Collection(self.session, ("Interfaces", "Interface"), "interface", types.Interface._from_dict)
        return nics.at(system_id=system_id)

    def block_devices(self, system_id: str) -> Collection[storage.BlockDevice]:
        """The disks of a machine, virtual ones among them."""
        disks = Collection(self.session, ("BlockDevices", "BlockDevice"), "block device", storage.BlockDevice._from_dict)
        return disks.at(system_id=system_id)

    def partitions(self, system_id: str, device_id: int) -> Collection[storage.Partition]:
        """The partitions of a disk."""
        parts = Collection(self.session, ("Partitions", "Partition"), "partition", storage.Partition._from_dict)
        return parts.at(system_id=system_id, device_id=device_id)

    def volume_groups(self, system_id: str) -> Collection[storage.VolumeGroup]:
        """The LVM volume groups of a machine."""
        groups = Collection(self.session, ("VolumeGroups", "VolumeGroup"), "volume group", storage.VolumeGroup._from_dict)
        return groups.at(system_id=system_id)

    def raids(self, system_id: str) -> Collection[storage.Raid]:
        """The software RAIDs of a machine."""
        return Collection(self.session, ("Raids", "Raid"), "RAID", storage.Raid._from_dict).at(system_id=system_id)

    def vlan(self, vlan_id: int) -> types.Vlan | None:
        """The VLAN with a database id, whatever its fabric and VID are now; None when there is none."""
        every = (vlan for fabric in self.fabrics.list() for vlan in fabric.vlans)
        return next((vlan for vlan in every if vlan.id == vlan_id), None)

    def tag_machines(self, tag: str, *, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> None:
        """Puts a tag on machines and takes it off others, by system id; doing it twice is doing it once."""
        if add or remove:
            self.tags.act(tag, "update_nodes", **{k: v for k, v in {"add": add, "remove": remove}.items() if v})

    def setting(self, name: str) -> Any:
        """A setting of the region, in the type that MAAS gives it; None when it is unset."""
        return self.session.call("MAAS", "get_config", f"read the setting {name}", name=name)

    def set_setting(self, name: str, value: Any) -> None:
        """Sets a setting of the region; None clears it."""
        self.session.call("MAAS", "set_config", f"set the setting {name}", name=name, value=value)

    def power_types(self) -> Mapping[str, Any]:
        """What the racks know of power types, by name."""
        found = self.session.call("RackControllers", "describe_power_types", "describe its power types")
        return {item["name"]: item for item in found}
