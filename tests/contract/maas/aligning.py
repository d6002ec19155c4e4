"""Aligns what a database or chance gave in the recording: numbers of rows, system ids, generated names, times.

Before a request, the tables' sequences are set to the numbers that are new in the recorded answer; afterwards names that were
made up by chance are taken over. Nothing else of the recorded answers reaches the simulator.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from simulator.maas.region import Region

_KINDS = {
    "fabrics": "Fabric",
    "vlans": "Vlan",
    "spaces": "Space",
    "subnets": "Subnet",
    "ipranges": "IpRange",
    "static-routes": "StaticRoute",
    "domains": "Domain",
    "dnsresources": "DnsResource",
    "dnsresourcerecords": "DnsData",
    "interfaces": "Interface",
    "blockdevices": "BlockDevice",
    "partition": "Partition",
    "volume-group": "Group",
    "raid": "Group",
    "bcache": "Group",
    "bcache-cache-set": "CacheSet",
    "package-repositories": "Repository",
    "boot-sources": "BootSource",
    "boot-resources": "BootResource",
    "notifications": "Notification",
    "vm-hosts": "VmHost",
    "zones": "Zone",
    "resourcepool": "Pool",
    "results": "ScriptSet",
    "scripts": "Script",
    "selections": "Selection",
    "sshkeys": "SshKey",
    "sslkeys": "SslKey",
}
_URI = re.compile(r"/MAAS/api/2\.0/(?:.*/)?([a-z-]+)/([^/]+)/?$")
_FILE_ID = re.compile(r"/boot-resources/\d+/upload/(\d+)/")


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object inside an answer, outer ones first."""
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(each)


def kind_of(each: dict[str, Any]) -> str | None:
    """The row kind that an object shows."""
    found = _URI.search(str(each.get("resource_uri", "")))
    if "mode" in each and "id" in each and "resource_uri" not in each:
        return "Address"
    if {"mac_address", "links", "id"} <= set(each):
        return "Interface"
    if {"id", "comment", "created"} == set(each):
        return "Version"
    if "script_id" in each:
        return "ScriptResult"
    return _KINDS.get(found[1]) if found else None


def _numbers(each: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """The kinds and numbers that an object shows; of an interface that was cut down also its VLAN's."""
    kind, number = kind_of(each), each.get("id")
    if kind and isinstance(number, int):
        yield kind, number
    if kind == "Interface" and isinstance(each.get("vlan"), int):
        yield "Vlan", each["vlan"]


class Aligner:
    """Keeps one region's sequences with one recording."""

    def __init__(self, region: Region, answers: list[Any]) -> None:
        self._region = region
        self._seen: dict[str, set[int]] = {}
        self._ids: list[str] = []
        names = [each for each in objects(answers) if kind_of(each) == "DnsResource" and each["id"] > 0]
        self._names = {str(each["fqdn"]): int(each["id"]) for each in reversed(names)}
        region.new_system_id = self._system_id  # type: ignore[method-assign]
        self._generated = type(region).new_system_id

    def before(self, recorded: Any) -> None:
        """Sets the sequences to what the recorded answer will show."""
        fresh: dict[str, set[int]] = {}
        for each in objects(recorded):
            for kind, number in _numbers(each):
                if number >= 0 and number not in self._seen.get(kind, set()) and not self._there(kind, number):
                    fresh.setdefault(kind, set()).add(number)
            if isinstance(each.get("hostname"), str) and "system_id" in each and not self._region.store.node(each["system_id"]):
                self._ids.append(each["system_id"])
        for kind, numbers in fresh.items():
            self._region.store.next_ids[kind] = min(numbers)
        if found := _FILE_ID.search(str(recorded)):
            self._region.store.next_ids["BootFile"] = int(found[1])
        if isinstance(recorded, dict) and recorded.get("fqdn") in self._names and "rrtype" in recorded:
            self._region.store.next_ids["DnsResource"] = self._names[recorded["fqdn"]]

    def _there(self, kind: str, number: int) -> bool:
        """Whether a row of this kind has this number already."""
        for table in (getattr(self._region.store, name) for name in type(self._region.store).model_fields):
            row = table.get(number) if isinstance(table, dict) else None
            if type(row).__name__ == kind:
                return True
        return False

    def after(self, recorded: Any) -> None:
        """Remembers what has been seen, and takes over names made up by chance."""
        self._ids.clear()
        for each in objects(recorded):
            for kind, number in _numbers(each):
                self._seen.setdefault(kind, set()).add(number)

    def names(self, recorded: Any) -> None:
        """Takes over host names that nobody asked for."""
        store = self._region.store
        for each in objects(recorded):
            node = store.node(str(each.get("system_id", "")))
            if node and isinstance(each.get("hostname"), str):
                node.hostname = each["hostname"]
            if each.get("type") in ("lxd", "virsh") and each.get("id") in store.vmhosts:
                store.vmhosts[each["id"]].name = each["name"]

    def _system_id(self) -> str:
        return self._ids.pop(0) if self._ids else self._generated(self._region)
