"""Operating statuses: judged from the members' ports when somebody asks."""

from __future__ import annotations

from collections.abc import Iterable

from ..neutron.plant import Plant
from ..neutron.reach import admitted
from .store import ACTIVE, Row, Store

ONLINE, OFFLINE, DEGRADED, FAILED, UNKNOWN = "ONLINE", "OFFLINE", "DEGRADED", "ERROR", "NO_MONITOR"


class Health:
    """Tells how load balancers and their parts work.

    Args:
        store: Octavia's rows.
        plant: Neutron's, where the members' addresses are.
    """

    def __init__(self, store: Store, plant: Plant) -> None:
        self._store = store
        self._plant = plant

    def of(self, table: str, row: Row) -> str:
        """The operating status of a row."""
        if not row["admin_state_up"] or row["provisioning_status"] == "PENDING_CREATE":
            return OFFLINE
        if table == "members":
            return self._member(row)
        if table == "pools":
            return self._pool(row)
        return FAILED if row["provisioning_status"] == "ERROR" else ONLINE

    def _pool(self, pool: Row) -> str:
        members = [row for row in self._store.table("members").values() if row["pool"] == pool["id"]]
        return _together(self._member(row) for row in members)

    def _member(self, row: Row) -> str:
        monitors = self._store.table("healthmonitors").values()
        monitor = next((one for one in monitors if one["pool_id"] == row["pool"]), None)
        if monitor is None or not monitor["admin_state_up"] or monitor["provisioning_status"] != ACTIVE:
            return UNKNOWN
        return ONLINE if self._answers(row, monitor["type"]) else FAILED

    def _answers(self, row: Row, kind: str) -> bool:
        address, port = row["monitor_address"] or row["address"], row["monitor_port"] or row["protocol_port"]
        protocol = {"PING": "icmp", "UDP-CONNECT": "udp", "SCTP": "sctp"}.get(kind, "tcp")
        holders = (one for one in self._plant.ports.rows.values() if one["status"] == ACTIVE)
        found = next((one for one in holders if any(ip["ip_address"] == address for ip in one["fixed_ips"])), None)
        return found is not None and admitted(self._plant, found, protocol, 8 if kind == "PING" else port, None)


def _together(statuses: Iterable[str]) -> str:
    found = list(statuses)
    failed = found.count(FAILED)
    if not failed:
        return ONLINE
    return FAILED if failed == len(found) else DEGRADED
