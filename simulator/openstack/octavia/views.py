"""Rows as the API shows them."""

from __future__ import annotations

from typing import Any

from .controller import Controller
from .health import Health
from .kinds import KINDS
from .store import Row, Store

INNER = {"listeners": ("loadbalancer_id",), "pools": ("loadbalancer_id", "listener_id"), "healthmonitors": ("pool_id",)}
"""Fields of a POST that show as lists of references."""


class Views:
    """Shows load balancers and their parts.

    Args:
        store: Octavia's rows.
        health: operating statuses.
        controller: the amphorae.
    """

    def __init__(self, store: Store, health: Health, controller: Controller) -> None:
        self._store = store
        self._health = health
        self._controller = controller

    def show(self, table: str, row: Row) -> Row:
        """One row."""
        kept = [name for name in KINDS[table].fields if name not in INNER.get(table, ())]
        base = {"id": row["id"], **{name: row[name] for name in kept if name in row}}
        state = {name: row[name] for name in ("provisioning_status", "created_at", "updated_at")}
        shown = {**base, **state, "operating_status": self._health.of(table, row)}
        return {**shown, **self._references(table, row)}

    def tree(self, balancer: Row) -> dict[str, Any]:
        """The statuses of a load balancer and everything in it."""
        pools = [row for row in self._all("pools") if row["balancer"] == balancer["id"]]
        listeners = [row for row in self._all("listeners") if row["balancer"] == balancer["id"]]
        inner = [{**self._status("listeners", one), "pools": self._pools(one, pools)} for one in listeners]
        whole = {**self._status("loadbalancers", balancer), "listeners": inner, "pools": [self._branch(one) for one in pools]}
        return {"statuses": {"loadbalancer": whole}}

    def _references(self, table: str, row: Row) -> dict[str, Any]:
        if table == "loadbalancers":
            return {name: _ids(one for one in self._all(name) if one["balancer"] == row["id"]) for name in ("listeners", "pools")}
        if table == "listeners":
            return {"loadbalancers": [{"id": row["balancer"]}], "l7policies": []}
        if table == "pools":
            return self._of_pool(row)
        return {"pools": [{"id": row["pool_id"]}]} if table == "healthmonitors" else {}

    def _of_pool(self, row: Row) -> dict[str, Any]:
        monitor = next((one["id"] for one in self._all("healthmonitors") if one["pool_id"] == row["id"]), None)
        return {
            "loadbalancers": [{"id": row["balancer"]}],
            "listeners": _ids(one for one in self._all("listeners") if one["default_pool_id"] == row["id"]),
            "members": _ids(one for one in self._all("members") if one["pool"] == row["id"]),
            "healthmonitor_id": monitor,
        }

    def _pools(self, listener: Row, pools: list[Row]) -> list[Row]:
        return [self._branch(one) for one in pools if one["id"] == listener["default_pool_id"]]

    def _branch(self, pool: Row) -> Row:
        members = [self._status("members", one) for one in self._all("members") if one["pool"] == pool["id"]]
        return {**self._status("pools", pool), "members": members}

    def _status(self, table: str, row: Row) -> Row:
        shown = {"id": row["id"], "name": row["name"], "provisioning_status": row["provisioning_status"]}
        return {**shown, "operating_status": self._health.of(table, row)}

    def _all(self, table: str) -> list[Row]:
        return list(self._store.table(table).values())


def _ids(rows: Any) -> list[dict[str, str]]:
    return [{"id": row["id"]} for row in rows]
