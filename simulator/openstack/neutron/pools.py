"""Subnet pools and address scopes."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from .addresses import Network
from .attributes import REQUIRED, Attribute, boolean, each, integer, one_of, optional, read_only, text, uuid_text
from .caller import Caller
from .collection import NAME, STANDARD, Collection
from .errors import Refused, bad_resource, invalid
from .store import Row


class AddressScopes(Collection):
    """The address scopes of all projects."""

    plural = "address_scopes"
    singular = "address_scope"
    missing_error = ("AddressScopeNotFound", "Address scope {} could not be found.")
    taggable = False
    attributes: ClassVar[Mapping[str, Attribute]] = {
        "id": read_only(),
        "project_id": STANDARD["project_id"],
        "name": NAME,
        "ip_version": Attribute(default=REQUIRED, put=False, check=one_of(4, 6)),
        "shared": Attribute(default=False, convert=boolean, admin=True),
    }

    def visible(self, row: Row, caller: Caller) -> bool:
        return row["shared"] or super().visible(row, caller)

    def removed(self, row: Row, caller: Caller) -> None:
        if any(pool["address_scope_id"] == row["id"] for pool in self.plant.pools.rows.values()):
            reason = "There are one or more subnet pools in use on the address scope"
            message = f"Unable to complete operation on address scope {row['id']}. {reason}"
            raise Refused(409, "AddressScopeInUse", message)
        super().removed(row, caller)


class SubnetPools(Collection):
    """The subnet pools of all projects."""

    plural = "subnetpools"
    singular = "subnetpool"
    missing_error = ("SubnetPoolNotFound", "Subnet pool {} could not be found.")
    first_revision = 0
    attributes: ClassVar[Mapping[str, Attribute]] = {
        **STANDARD,
        "name": Attribute(default=REQUIRED, check=text()),
        "prefixes": Attribute(default=REQUIRED, check=each(text())),
        "default_quota": Attribute(default=None, convert=integer),
        "ip_version": read_only(),
        "min_prefixlen": Attribute(convert=integer),
        "max_prefixlen": Attribute(convert=integer),
        "default_prefixlen": Attribute(convert=integer),
        "shared": Attribute(default=False, put=False, convert=boolean, admin=True),
        "is_default": Attribute(default=False, convert=boolean, admin=True),
        "address_scope_id": Attribute(default=None, check=optional(uuid_text)),
    }

    def made(self, values: dict[str, Any], caller: Caller) -> Row:
        networks = [_prefix(one) for one in values["prefixes"]]
        versions = {one.version for one in networks}
        if len(versions) != 1:
            raise bad_resource("subnetpool", "prefixes of one IP version are required")
        version = versions.pop()
        smallest = {4: 8, 6: 64}[version]
        limits = {"min_prefixlen": smallest, "max_prefixlen": {4: 32, 6: 128}[version]}
        limits["default_prefixlen"] = values.get("min_prefixlen", smallest)
        prefixes = sorted(str(one) for one in ipaddress.collapse_addresses(networks))  # type: ignore[type-var] # of one version
        return super().made({**limits, **values, "prefixes": prefixes, "ip_version": version}, caller)

    def visible(self, row: Row, caller: Caller) -> bool:
        return row["shared"] or super().visible(row, caller)

    def removed(self, row: Row, caller: Caller) -> None:
        if self._subnets(row):
            reason = "Subnet pool has existing allocations"
            raise Refused(409, "SubnetPoolDeleteError", f"Unable to delete subnet pool: {reason}.")
        super().removed(row, caller)

    def scope(self, pool_id: str | None) -> str | None:
        """The address scope of a pool, by ids."""
        return self.rows[pool_id]["address_scope_id"] if pool_id in self.rows else None

    def chosen(self, values: dict[str, Any], caller: Caller) -> Row | None:
        """The pool of a new subnet: the one that is named, the default one where that is asked for, or none."""
        if values.pop("use_default_subnetpool", False):
            defaults = (row for row in self.rows.values() if row["is_default"] and row["ip_version"] == values["ip_version"])
            found = next(defaults, None)
            if found is None:
                raise bad_resource("subnets", f"No default subnetpool found for IPv{values['ip_version']}")
            return found
        named = values["subnetpool_id"]
        return self.find(named, caller) if named else None

    def carve(self, pool: Row, cidr: str | None, prefixlen: int | None) -> Network:
        """The network of a new subnet: the one that is asked for, or the next free one of the length."""
        held = [ipaddress.ip_network(subnet["cidr"]) for subnet in self._subnets(pool)]
        if cidr:
            wanted = _prefix(cidr)
            inside = any(_contains(_prefix(prefix), wanted) for prefix in pool["prefixes"])
            if not inside or any(wanted.overlaps(other) for other in held):
                raise _allocation(f"Cannot allocate requested subnet from the available set of prefixes: {cidr}")
            return wanted
        length = prefixlen or pool["default_prefixlen"]
        if not pool["min_prefixlen"] <= length <= pool["max_prefixlen"]:
            bounds = f"{pool['min_prefixlen']} to {pool['max_prefixlen']}"
            raise invalid(f"prefix length {length} is outside of the pool's {bounds}")
        free = next((one for one in _candidates(pool, length) if not any(one.overlaps(other) for other in held)), None)
        if free is None:
            raise _allocation("Insufficient prefix space to allocate subnet size /" + str(length))
        return free

    def _subnets(self, pool: Row) -> list[Row]:
        return [subnet for subnet in self.plant.subnets.rows.values() if subnet["subnetpool_id"] == pool["id"]]


def _prefix(cidr: str) -> Network:
    try:
        return ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        raise invalid(f"{cidr} is not in a CIDR format") from None


def _contains(outer: Network, inner: Network) -> bool:
    return outer.version == inner.version and inner.subnet_of(outer)  # type: ignore[arg-type] # of one version


def _candidates(pool: Row, length: int) -> Iterator[Network]:
    for prefix in map(_prefix, pool["prefixes"]):
        if prefix.prefixlen <= length:
            yield from prefix.subnets(new_prefix=length)


def _allocation(reason: str) -> Refused:
    return Refused(409, "SubnetAllocationError", f"Failed to allocate subnet: {reason}.")
