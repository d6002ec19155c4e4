"""Floating IPs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from . import fixed
from .attributes import REQUIRED, Attribute, optional, read_only, text, uuid_text
from .caller import Caller
from .collection import STANDARD, Collection
from .errors import Refused, bad_resource
from .networks import EXTERNAL
from .ports import FLOATING
from .store import Row

ASSOCIATED = "network.associated"
ASSOCIATION_SECONDS = 1.0
"""Until OVN reports that a floating address works."""
DETAILS = ("name", "network_id", "mac_address", "admin_state_up", "status", "device_id", "device_owner")
NOWHERE = {"port_id": None, "fixed_ip_address": None, "router_id": None, "status": "DOWN"}


class FloatingIps(Collection):
    """The floating IPs of all projects."""

    plural = "floatingips"
    singular = "floatingip"
    missing_error = ("FloatingIPNotFound", "Floating IP {} could not be found")
    first_revision = 0
    attributes: ClassVar[Mapping[str, Attribute]] = {
        **STANDARD,
        "floating_ip_address": Attribute(put=False, check=optional(text()), admin=True),
        "subnet_id": Attribute(put=False, check=optional(uuid_text)),
        "floating_network_id": Attribute(default=REQUIRED, put=False, check=uuid_text),
        "router_id": read_only(),
        "port_id": Attribute(default=None, check=optional(uuid_text)),
        "fixed_ip_address": Attribute(default=None, check=optional(text())),
        "status": read_only(),
        "port_details": read_only(),
        "dns_name": Attribute(default="", put=False, check=text()),
        "dns_domain": Attribute(default="", put=False, check=text()),
    }

    def made(self, values: dict[str, Any], caller: Caller) -> Row:
        network = self.plant.networks.find(values["floating_network_id"], caller)
        if not network[EXTERNAL]:
            raise bad_resource("floatingip", f"Network {network['id']} is not a valid external network")
        port_id, wanted = values.pop("port_id"), values.pop("fixed_ip_address")
        subnet_id, address = values.pop("subnet_id", None), values.pop("floating_ip_address", None)
        row = super().made({**values, **NOWHERE}, caller)
        try:
            held = self._address(row, network, address, subnet_id)
            row["floating_ip_address"] = held["fixed_ips"][0]["ip_address"]
            if port_id:
                self._associate(row, port_id, wanted, caller)
        except Refused:
            self._vanish(row)
            raise
        return row

    def changed(self, row: Row, values: dict[str, Any], caller: Caller) -> None:
        values = dict(values)
        wanted = values.pop("fixed_ip_address", None)
        if "port_id" in values:
            port_id = values.pop("port_id")
            if port_id:
                self._associate(row, port_id, wanted, caller)
            else:
                row.update(NOWHERE)
        super().changed(row, values, caller)

    def removed(self, row: Row, caller: Caller) -> None:
        self._vanish(row)

    def view(self, row: Row, caller: Caller) -> Row:
        port = self.plant.ports.rows.get(row["port_id"] or "")
        details = {name: port[name] for name in DETAILS} if port else None
        return {**super().view(row, caller), "port_details": details}

    def leave(self, port_id: str) -> None:
        """Takes floating addresses from a port that goes."""
        for row in self.of_port(port_id):
            row.update(NOWHERE)
            self.plant.store.touch(row)

    def of_port(self, port_id: str) -> list[Row]:
        """The floating IPs of a port."""
        return [row for row in self.rows.values() if row["port_id"] == port_id]

    def associated(self, floatingip: str) -> None:
        """What OVN reports some time after an association."""
        row = self.rows.get(floatingip)
        if row and row["port_id"]:
            row["status"] = "ACTIVE"
            self.plant.store.touch(row)

    def _address(self, row: Row, network: Row, address: str | None, subnet_id: str | None) -> Row:
        """The port that holds the address for the floating IP."""
        wanted: list[fixed.FixedIp] | None = None
        if address:
            subnet = fixed.of_network(self.plant, network["id"], address)
            wanted = [{"subnet_id": subnet["id"], "ip_address": address}]
        elif subnet_id:
            wanted = [{"subnet_id": subnet_id}]
        port = self.plant.ports.service("", network["id"], FLOATING, row["id"], wanted)
        port["status"] = "N/A"
        if not port["fixed_ips"]:
            raise bad_resource("floatingip", f"Network {network['id']} has no IPv4 subnet")
        return port

    def _associate(self, row: Row, port_id: str, wanted: str | None, caller: Caller) -> None:
        port = self.plant.ports.find(port_id, caller)
        inner = self._inner(port, wanted)
        external = row["floating_network_id"]
        router = self.plant.routers.towards(external, inner["subnet_id"])
        if router is None:
            raise _unreachable(external, inner["subnet_id"], port_id)
        others = (one for one in self.of_port(port_id) if one["id"] != row["id"])
        if any(one["fixed_ip_address"] == inner["ip_address"] and one["floating_network_id"] == external for one in others):
            raise _associated(row, port_id, inner["ip_address"])
        moved = row["port_id"] != port_id or row["fixed_ip_address"] != inner["ip_address"]
        row |= {"port_id": port_id, "fixed_ip_address": inner["ip_address"], "router_id": router["id"]}
        if moved:
            row["status"] = "DOWN"
        self.plant.after(ASSOCIATION_SECONDS, ASSOCIATED, floatingip=row["id"])

    def _inner(self, port: Row, wanted: str | None) -> fixed.FixedIp:
        """The address of the port that the floating one stands for."""
        held: list[fixed.FixedIp] = [one for one in port["fixed_ips"] if ":" not in one["ip_address"]]
        if wanted is not None:
            found = next((one for one in held if one["ip_address"] == wanted), None)
            if found is None:
                raise bad_resource("floatingip", f"Port {port['id']} does not have fixed ip {wanted}")
            return found
        if not held:
            reason = f"Cannot add floating IP to port {port['id']} that has no fixed IPv4 addresses"
            raise bad_resource("floatingip", reason)
        if len(held) > 1:
            reason = "Must provide a specific IPv4 address when assigning a floating IP"
            raise bad_resource("floatingip", f"Port {port['id']} has multiple fixed IPv4 addresses.  {reason}")
        return held[0]

    def _vanish(self, row: Row) -> None:
        for port in self.plant.ports.of_device(row["id"]):
            del self.plant.ports.rows[port["id"]]
        del self.rows[row["id"]]


def _unreachable(network_id: str, subnet_id: str, port_id: str) -> Refused:
    message = (
        f"External network {network_id} is not reachable from subnet {subnet_id}.  "
        f"Therefore, cannot associate Port {port_id} with a Floating IP."
    )
    return Refused(404, "ExternalGatewayForFloatingIPNotFound", message)


def _associated(row: Row, port_id: str, inner: str) -> Refused:
    message = (
        f"Cannot associate floating IP {row['floating_ip_address']} ({row['id']}) with port {port_id} using fixed IP {inner}, "
        f"as that fixed IP already has a floating IP on external network {row['floating_network_id']}."
    )
    return Refused(409, "FloatingIPPortAlreadyAssociated", message)
