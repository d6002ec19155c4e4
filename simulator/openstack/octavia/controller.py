"""Octavia's controller worker: brings load balancers into being and to an end, with their amphorae."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from . import vip
from .store import ACTIVE, DELETING, ERROR, Row, Store

if TYPE_CHECKING:
    from ..cloud import Cloud

DONE = "load_balancer.done"
SECONDS = {"amphora": 75.0, "octavia": 75.0, "ovn": 2.0}
"""Virtual time until a load balancer of a provider is there: an amphora is a server that must boot."""
AMPHORA_FAILS = "amphora-fails"
CHANGE_SECONDS = 3.0
ROLES = ("MASTER", "BACKUP")


class Controller:
    """Does what the API accepted, some time later.

    Args:
        store: Octavia's rows.
        cloud: for time, hypervisors and Neutron.
    """

    def __init__(self, store: Store, cloud: Cloud) -> None:
        self._store = store
        self._cloud = cloud
        cloud.on(DONE, self._done)

    def create(self, row: Row) -> None:
        """Begins to make a load balancer."""
        row["provisioning_status"] = "PENDING_CREATE"
        self._later(row["id"], SECONDS[row["provider"]])

    def change(self, balancer: Row, row: Row, status: str) -> None:
        """Begins to change a part of a load balancer; until it's done the whole is immutable."""
        row["provisioning_status"] = status
        if balancer is not row:
            balancer["provisioning_status"] = "PENDING_UPDATE"
        self._later(balancer["id"], CHANGE_SECONDS)

    def delete(self, balancer: Row) -> None:
        """Begins to take a load balancer down with all its parts."""
        for _, row in self._store.children(balancer["id"]):
            row["provisioning_status"] = DELETING
        self.change(balancer, balancer, DELETING)

    def failover(self, balancer: Row) -> None:
        """Begins to replace a load balancer's amphorae."""
        for row in self.amphorae(balancer["id"]):
            del self._store.table("amphorae")[row["id"]]
        balancer["provisioning_status"] = "PENDING_UPDATE"
        self._later(balancer["id"], SECONDS[balancer["provider"]])

    def amphorae(self, balancer_id: str) -> list[Row]:
        """The amphorae of a load balancer."""
        return [row for row in self._store.table("amphorae").values() if row["loadbalancer_id"] == balancer_id]

    def _later(self, balancer_id: str, seconds: float) -> None:
        self._cloud.after(seconds, DONE, balancer=balancer_id)

    def _done(self, balancer: str) -> None:
        row = self._store.table("loadbalancers").get(balancer)
        if row is None or not row["provisioning_status"].startswith("PENDING"):
            return
        for table, child in self._store.children(balancer):
            self._finish(table, child)
        if row["provisioning_status"] == DELETING:
            self._vanish(row)
            return
        row["provisioning_status"] = ACTIVE if self._serve(row) else ERROR

    def _finish(self, table: str, row: Row) -> None:
        if row["provisioning_status"] == DELETING:
            del self._store.table(table)[row["id"]]
        elif row["provisioning_status"].startswith("PENDING"):
            row["provisioning_status"] = ACTIVE

    def _vanish(self, row: Row) -> None:
        vip.release(self._cloud.network.plant, row)
        for amphora in self.amphorae(row["id"]):
            del self._store.table("amphorae")[amphora["id"]]
        del self._store.table("loadbalancers")[row["id"]]

    def _serve(self, row: Row) -> bool:
        """Gives a load balancer its amphorae and its address a life; False when no hypervisor can carry them."""
        plant = self._cloud.network.plant
        port = plant.ports.rows.get(row["vip_port_id"])
        if port is None:
            return False
        if row["provider"] != "ovn" and not self.amphorae(row["id"]):
            hosts = [one for one in self._cloud.facts.computes() if one.up]
            if not hosts or self._cloud.fault(AMPHORA_FAILS, row["name"], row["id"]):
                return False
            for role in ROLES:
                self._store.born("amphorae", _amphora(row, role))
        plant.ports.activate(port)
        return True


def _amphora(row: Row, role: str) -> dict[str, Any]:
    number = uuid.uuid4()
    return {
        "loadbalancer_id": row["id"],
        "compute_id": str(uuid.uuid4()),
        "lb_network_ip": f"fc00::{number.hex[:4]}:{number.hex[4:8]}",
        "vrrp_ip": None,
        "ha_ip": row["vip_address"],
        "vrrp_port_id": None,
        "ha_port_id": row["vip_port_id"],
        "role": role,
        "status": "ALLOCATED",
        "cert_busy": False,
        "cert_expiration": None,
        "vrrp_interface": "eth1",
        "vrrp_id": 1,
        "vrrp_priority": 100 if role == "MASTER" else 90,
        "cached_zone": "nova",
        "image_id": None,
        "compute_flavor": None,
    }
