"""What Nova asks of Neutron for its servers."""

from __future__ import annotations

from typing import Any

from .caller import Caller
from .errors import Refused, disallowed
from .networks import EXTERNAL
from .plant import Plant
from .store import Row

PLUGGED = "network.plugged"
STAYS_DOWN = "port-stays-down"
OWNER = "compute:nova"
MADE_BY = "made_by_nova"
"""Marks a port that goes with its server."""


class Servers:
    """Ports of servers.

    Args:
        plant: all of Neutron.
    """

    def __init__(self, plant: Plant) -> None:
        self._plant = plant

    def networks_for(self, project_id: str) -> list[Row]:
        """The networks on which a project's server comes up when none is named: its own and shared ones."""
        caller = Caller(project_id=project_id)
        found = (row for row in self._plant.networks.rows.values() if self._plant.ports.may_use(row, caller))
        return [self._plant.networks.view(row, caller) for row in found if not row[EXTERNAL]]

    def make(self, caller: Caller, network_id: str, device: dict[str, str], asked: dict[str, Any]) -> Row:
        """Makes a port for a server.

        Args:
            caller: the server's project.
            network_id: where.
            device: device_id, device_owner and binding:host_id.
            asked: name, fixed_ips and security_groups, as far as the server's owner named them.
        """
        network = self._plant.networks.find(network_id, caller)
        if network[EXTERNAL] and not self._plant.ports.may_use(network, caller):
            raise disallowed("create_port", "create_port:external")
        self._plant.quotas.check(self._plant.ports, caller.project_id)
        groups = self.group_ids(caller.project_id, asked.pop("security_groups", None))
        values = {**asked, "network_id": network_id} | ({} if groups is None else {"security_groups": groups})
        row = self._plant.ports.of_project(caller.project_id, values)
        row[MADE_BY] = True
        return self._plug(row, device)

    def bind(self, row: Row, device: dict[str, str]) -> Row:
        """Gives a port that is there already to a server."""
        if row["device_id"] not in {"", device["device_id"]}:
            where = f"port {row['id']} for network {row['network_id']}"
            message = f"Unable to complete operation on {where}. Port already has an attached device {row['device_id']}."
            raise Refused(409, "PortInUse", message)
        return self._plug(row, device)

    def release(self, device_id: str) -> None:
        """Takes a server's ports away: its own go, those that its owner made are unplugged."""
        for row in self._plant.ports.of_device(device_id):
            if row.get(MADE_BY):
                self._plant.ports.drop(row)
                continue
            row |= {"device_id": "", "device_owner": "", "status": "DOWN"}
            self._plant.ports.bind(row, "")
            self._plant.store.touch(row)

    def plugged(self, port: str, device: str) -> None:
        """What ovn-controller reports some time after a server's port was plugged."""
        row = self._plant.ports.rows.get(port)
        if row is None or row["device_id"] != device:
            return
        if self._plant.cloud.fault(STAYS_DOWN, port, row["binding:host_id"]) is None:
            self._plant.ports.activate(row)

    def group_ids(self, project_id: str, names: list[str] | None) -> list[str] | None:
        """The ids of security groups that a server's owner named by name or id.

        Raises:
            Refused: 404 for one that isn't there, 409 for a name that several have.
        """
        if names is None:
            return None
        self._plant.groups.default(project_id)
        return [self._group(project_id, name) for name in names]

    def addresses(self, device_id: str) -> dict[str, list[dict[str, Any]]]:
        """A server's addresses by network name, in Nova's form: fixed ones, each followed by its floating ones."""
        shown: dict[str, list[dict[str, Any]]] = {}
        for port in self._plant.ports.of_device(device_id):
            network = self._plant.networks.find(port["network_id"])
            for one in port["fixed_ips"]:
                shown.setdefault(network["name"], []).extend(self._entries(port, one["ip_address"]))
        return shown

    def _entries(self, port: Row, address: str) -> list[dict[str, Any]]:
        floating = [one for one in self._plant.floating.of_port(port["id"]) if one["fixed_ip_address"] == address]
        held = [("fixed", address), *(("floating", one["floating_ip_address"]) for one in floating)]
        return [_entry(kind, value, port["mac_address"]) for kind, value in held]

    def _group(self, project_id: str, name: str) -> str:
        mine = [row for row in self._plant.groups.rows.values() if row["project_id"] == project_id]
        found = [row["id"] for row in mine if name in {row["id"], row["name"]}]
        if not found:
            raise self._plant.groups.missing(name)
        if len(found) > 1:
            message = f"Multiple security groups found matching '{name}'. Use an ID to be more specific."
            raise Refused(409, "NoUniqueMatch", message)
        return str(found[0])

    def _plug(self, row: Row, device: dict[str, str]) -> Row:
        device = dict(device)
        self._plant.ports.bind(row, device.pop("binding:host_id", ""))
        row |= device
        self._plant.store.touch(row, 2)
        return row


def _entry(kind: str, address: str, mac: str) -> dict[str, Any]:
    version = 6 if ":" in address else 4
    return {"version": version, "addr": address, "OS-EXT-IPS:type": kind, "OS-EXT-IPS-MAC:mac_addr": mac}
