"""Ports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from . import fixed
from .attributes import REQUIRED, Attribute, boolean, each, empty_for_null, keyed, optional, read_only, text, uuid_text
from .caller import Caller
from .collection import NAME, STANDARD, Collection
from .errors import Refused, disallowed
from .store import Row

GATEWAY, INTERFACE, FLOATING = "network:router_gateway", "network:router_interface", "network:floatingip"
SERVICE = (GATEWAY, INTERFACE, FLOATING)
"""Owners of ports that only their own resource may delete."""
UNBOUND: dict[str, Any] = {"binding:host_id": "", "binding:vif_type": "unbound", "binding:vif_details": {}}
OVS_DETAILS = {
    "port_filter": True,
    "connectivity": "l2",
    "bridge_name": "br-int",
    "datapath_type": "",
    "bound_drivers": {"0": "ovn"},
}
TRUSTED = ("mac_address", "port_security_enabled")
"""What the owner of a port's network may send besides administrators."""


class Ports(Collection):
    """The ports of all networks, with those that Neutron makes for itself."""

    plural = "ports"
    singular = "port"
    missing_error = ("PortNotFound", "Port {} could not be found.")
    attributes: ClassVar[Mapping[str, Attribute]] = {
        **STANDARD,
        "name": NAME,
        "network_id": Attribute(default=REQUIRED, put=False, check=uuid_text),
        "mac_address": Attribute(check=text()),
        "admin_state_up": Attribute(default=True, convert=boolean),
        "status": read_only(),
        "device_id": Attribute(default="", check=text()),
        "device_owner": Attribute(default="", check=text()),
        "fixed_ips": Attribute(check=optional(each(keyed(optional_keys=("subnet_id", "ip_address")))), convert=empty_for_null),
        "port_security_enabled": Attribute(convert=boolean),
        "security_groups": Attribute(check=optional(each(text())), convert=empty_for_null),
        "allowed_address_pairs": Attribute(
            default=[], check=optional(each(keyed("ip_address", optional_keys=["mac_address"]))), convert=empty_for_null
        ),
        "extra_dhcp_opts": Attribute(default=[], convert=empty_for_null),
        "binding:vnic_type": Attribute(default="normal", check=text()),
        "binding:profile": Attribute(default={}, admin=True, hidden=True),
        "binding:host_id": Attribute(default="", admin=True, hidden=True),
        "binding:vif_type": Attribute(post=False, put=False, hidden=True),
        "binding:vif_details": Attribute(post=False, put=False, hidden=True),
        "ip_allocation": read_only(),
    }

    def precheck(self, values: dict[str, Any], caller: Caller) -> None:
        network = self.plant.networks.find(values["network_id"], caller)
        if self.may_use(network, caller):
            return
        who = f"Tenant {values['project_id']}"
        raise Refused(403, "HTTPForbidden", f"{who} not allowed to create port on this network")

    def may_use(self, network: Row, caller: Caller) -> bool:
        """Whether the caller may have ports on a network."""
        return caller.owns(network["project_id"]) or self.plant.networks.shared(network, caller.project_id)

    def made(self, values: dict[str, Any], caller: Caller) -> Row:
        network = self.plant.networks.find(values["network_id"], caller)
        self._trusted(values, network, caller, "create")
        self._mac_free(values.get("mac_address"), network["id"])
        wanted, groups = values.pop("fixed_ips", None), values.pop("security_groups", None)
        secured = bool(values.get("port_security_enabled", network["port_security_enabled"]))
        chosen = self._groups(groups, values, secured=secured, caller=caller)
        extra: dict[str, Any] = {
            "status": "DOWN",
            "fixed_ips": [],
            "ip_allocation": "immediate",
            "port_security_enabled": secured,
        }
        row = super().made({**UNBOUND, **extra, **values, "security_groups": chosen}, caller)
        row.setdefault("mac_address", self.plant.chance.mac(row["id"]))
        try:
            row["fixed_ips"] = self._fixed(network["id"], wanted, row)
        except Refused:
            del self.rows[row["id"]]
            raise
        self.bind(row, row["binding:host_id"])
        return row

    def changed(self, row: Row, values: dict[str, Any], caller: Caller) -> None:
        network = self.plant.networks.find(row["network_id"])
        self._trusted(values, network, caller, "update")
        if "fixed_ips" in values:
            values["fixed_ips"] = fixed.given(self.plant, network["id"], values["fixed_ips"], row)
        if values.get("mac_address", row["mac_address"]) != row["mac_address"]:
            self._mac_free(values["mac_address"], network["id"])
        secured = bool(values.get("port_security_enabled", row["port_security_enabled"]))
        if "security_groups" in values or "port_security_enabled" in values:
            groups = values.get("security_groups", row["security_groups"])
            values["security_groups"] = self._groups(groups, row, secured=secured, caller=caller)
        host = values.pop("binding:host_id", None)
        super().changed(row, values, caller)
        if host is not None:
            self.bind(row, host or "")

    def removed(self, row: Row, caller: Caller) -> None:
        if row["device_owner"] in SERVICE:
            reason = f"has device owner {row['device_owner']}."
            message = f"Port {row['id']} cannot be deleted directly via the port API: {reason}"
            raise Refused(409, "ServicePortInUse", message)
        self.drop(row)

    def drop(self, row: Row) -> None:
        """Takes a port out, whoever owns it; its floating addresses stay without a port."""
        self.plant.floating.leave(row["id"])
        del self.rows[row["id"]]

    def visible(self, row: Row, caller: Caller) -> bool:
        if super().visible(row, caller):
            return True
        network = self.plant.networks.rows.get(row["network_id"])
        return network is not None and network["project_id"] == caller.project_id

    def of_network(self, network_id: str) -> list[Row]:
        """The ports on a network."""
        return [row for row in self.rows.values() if row["network_id"] == network_id]

    def of_device(self, device_id: str) -> list[Row]:
        """The ports of a server or a router."""
        return [row for row in self.rows.values() if row["device_id"] == device_id]

    def in_subnet(self, subnet_id: str) -> list[Row]:
        """The ports with an address of a subnet."""
        return [row for row in self.rows.values() if self.holds(row, subnet_id)]

    def taken(self, subnet_id: str, besides: str = "") -> set[str]:
        """The addresses of a subnet that ports have; those of the port `besides` don't count."""
        holders = (row for row in self.in_subnet(subnet_id) if row["id"] != besides)
        return {one["ip_address"] for row in holders for one in row["fixed_ips"] if one["subnet_id"] == subnet_id}

    def service(self, project_id: str, network_id: str, owner: str, device_id: str, fixed_ips: Any = None) -> Row:
        """Makes one of Neutron's own ports: without security groups, of no project where that is so."""
        values = {"network_id": network_id, "device_owner": owner, "device_id": device_id, "port_security_enabled": False}
        return self.of_project(project_id, values if fixed_ips is None else {**values, "fixed_ips": fixed_ips})

    def serve_metadata(self, network: Row) -> None:
        """Gives a network's metadata port an address in each subnet with DHCP; it is made with the first of these."""
        served = [one["id"] for one in self.plant.subnets.of_network(network["id"]) if one["enable_dhcp"]]
        ports = [one for one in self.of_network(network["id"]) if one["device_owner"] == "network:distributed"]
        if not ports and served:
            self.service(
                network["project_id"],
                network["id"],
                "network:distributed",
                f"ovnmeta-{network['id']}",
                [{"subnet_id": one} for one in served],
            )
        for port in ports:
            held = {one["subnet_id"] for one in port["fixed_ips"]}
            more = [{"subnet_id": one} for one in served if one not in held]
            port["fixed_ips"] += fixed.given(self.plant, network["id"], more, port)

    def bind(self, row: Row, host: str) -> None:
        """Plugs the port on a host, or nowhere."""
        row |= {**UNBOUND, "binding:host_id": host}
        if host:
            row |= {"binding:vif_type": "ovs", "binding:vif_details": dict(OVS_DETAILS)}

    def holds(self, row: Row, subnet_id: str) -> bool:
        """Whether the port has an address of a subnet."""
        return any(one["subnet_id"] == subnet_id for one in row["fixed_ips"])

    def activate(self, row: Row) -> None:
        """What ovn-controller reports when the port is plugged."""
        if row["status"] != "ACTIVE":
            row["status"] = "ACTIVE"
            self.plant.store.touch(row)

    def _fixed(self, network_id: str, wanted: list[fixed.FixedIp] | None, row: Row) -> list[fixed.FixedIp]:
        if wanted is None:
            return fixed.chosen(self.plant, network_id, row)
        return fixed.given(self.plant, network_id, wanted, row)

    def _groups(self, asked: list[str] | None, port: Row, *, secured: bool, caller: Caller) -> list[str]:
        owner = port["device_owner"]
        if asked and not secured:
            reason = "Port security must be enabled and port must have an IP address in order to use security groups."
            raise Refused(400, "PortSecurityAndIPRequiredForSecurityGroups", reason)
        if asked is not None:
            return [self.plant.groups.find(one, caller)["id"] for one in asked]
        if not secured or owner.startswith("network:"):
            return []
        return [self.plant.groups.default(port["project_id"])["id"]]

    def _trusted(self, values: dict[str, Any], network: Row, caller: Caller, verb: str) -> None:
        if caller.owns(network["project_id"]):
            return
        for name in TRUSTED:
            if name in values:
                raise disallowed(f"{verb}_port", f"{verb}_port:{name}")
        if any("ip_address" in one for one in values.get("fixed_ips") or ()):
            raise disallowed(f"{verb}_port", f"{verb}_port:fixed_ips:ip_address")

    def _mac_free(self, mac: str | None, network_id: str) -> None:
        if any(port["mac_address"] == mac for port in self.of_network(network_id)):
            message = f"Unable to complete operation for network {network_id}. The mac address {mac} is in use."
            raise Refused(409, "MacAddressInUse", message)
