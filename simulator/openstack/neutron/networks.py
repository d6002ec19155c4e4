"""Networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from . import segments
from .attributes import Attribute, at_least, boolean, each, integer, optional, read_only, text
from .caller import Caller
from .collection import NAME, STANDARD, Collection
from .errors import Refused, invalid
from .store import Row

EXTERNAL = "router:external"
AUTOMATIC = frozenset({"network:distributed", "network:dhcp"})
"""Owners of ports that go with their network."""


class Networks(Collection):
    """The networks of all projects."""

    plural = "networks"
    singular = "network"
    missing_error = ("NetworkNotFound", "Network {} could not be found.")
    attributes: ClassVar[Mapping[str, Attribute]] = {
        **STANDARD,
        "name": NAME,
        "admin_state_up": Attribute(default=True, convert=boolean),
        "mtu": Attribute(check=optional(at_least(0)), convert=integer),
        "status": read_only(),
        "subnets": read_only(),
        "shared": Attribute(default=False, convert=boolean, admin=True),
        "availability_zone_hints": Attribute(default=[], check=each(text())),
        "availability_zones": read_only(),
        "ipv4_address_scope": read_only(),
        "ipv6_address_scope": read_only(),
        EXTERNAL: Attribute(default=False, convert=boolean, admin=True),
        "port_security_enabled": Attribute(default=True, convert=boolean),
        "l2_adjacency": read_only(),
        "is_default": Attribute(default=False, convert=boolean, admin=True),
        segments.TYPE: Attribute(check=optional(text()), admin=True, hidden=True),
        segments.PHYSNET: Attribute(check=optional(text()), admin=True, hidden=True),
        segments.SEGMENT: Attribute(convert=integer, admin=True, hidden=True),
    }

    def made(self, values: dict[str, Any], caller: Caller) -> Row:
        self.plant.groups.default(values["project_id"])
        place = segments.segment(values, self.rows.values(), self.plant.site, self.plant.chance)
        mtu = self._mtu(values.pop("mtu", None), place[segments.TYPE])
        shared = values.pop("shared")
        row = super().made({**values, **place, "mtu": mtu, "status": "ACTIVE"}, caller)
        self.plant.rbac.share(row, shared=shared, external=row[EXTERNAL])
        return row

    def changed(self, row: Row, values: dict[str, Any], caller: Caller) -> None:
        if any(name in values and values[name] != row[name] for name in segments.PROVIDER):
            names = f"{segments.TYPE}, {segments.PHYSNET}"
            raise invalid(f"Plugin does not support updating the following provider network attributes: {names}")
        if "mtu" in values:
            values["mtu"] = self._mtu(values["mtu"], row[segments.TYPE])
        if row[EXTERNAL] and values.get(EXTERNAL) is False:
            self._no_gateways(row)
        shared = values.pop("shared", None)
        super().changed(row, values, caller)
        self.plant.rbac.share(row, shared=shared, external=values.get(EXTERNAL))

    def removed(self, row: Row, caller: Caller) -> None:
        ports = [port for port in self.plant.ports.of_network(row["id"]) if port["device_owner"] not in AUTOMATIC]
        if ports:
            raise _in_use(row["id"], [port["id"] for port in ports])
        for port in self.plant.ports.of_network(row["id"]):
            del self.plant.ports.rows[port["id"]]
        for subnet in self.plant.subnets.of_network(row["id"]):
            del self.plant.subnets.rows[subnet["id"]]
        self.plant.rbac.forget("network", row["id"])
        super().removed(row, caller)

    def visible(self, row: Row, caller: Caller) -> bool:
        return super().visible(row, caller) or bool(self.plant.rbac.actions_on("network", row["id"], caller.project_id))

    def view(self, row: Row, caller: Caller) -> Row:
        shown = super().view(row, caller)
        shown["subnets"] = sorted(subnet["id"] for subnet in self.plant.subnets.of_network(row["id"]))
        shown["shared"] = self.shared(row, caller.project_id)
        shown |= {"availability_zones": [], "ipv4_address_scope": None, "ipv6_address_scope": None, "l2_adjacency": True}
        for subnet in self.plant.subnets.of_network(row["id"]):
            shown[f"ipv{subnet['ip_version']}_address_scope"] = self.plant.pools.scope(subnet["subnetpool_id"])
        if not row[EXTERNAL]:
            del shown["is_default"]
        return shown

    def fresh(self, row: Row, caller: Caller) -> Row:
        return {**self.view(row, caller), "is_default": row["is_default"]}

    def shared(self, row: Row, project_id: str) -> bool:
        """Whether a project may use the network as if it were its own."""
        return "access_as_shared" in self.plant.rbac.actions_on("network", row["id"], project_id)

    def _mtu(self, wanted: int | None, kind: str) -> int:
        largest = segments.max_mtu(kind, self.plant.site)
        if wanted and wanted > largest:
            raise invalid(f"Requested MTU is too big, maximum is {largest}")
        return wanted or largest

    def _no_gateways(self, row: Row) -> None:
        if any(port["device_owner"] == "network:router_gateway" for port in self.plant.ports.of_network(row["id"])):
            reason = "cannot be updated to be made non-external, since it has existing gateway ports."
            raise Refused(409, "ExternalNetworkInUse", f"External network {row['id']} {reason}")


def _in_use(network_id: str, ports: list[str]) -> Refused:
    message = (
        f"Unable to complete operation on network {network_id}. There are one or more ports still in use on the network, "
        f"id for these ports is: {','.join(sorted(ports))}."
    )
    return Refused(409, "NetworkInUse", message)
