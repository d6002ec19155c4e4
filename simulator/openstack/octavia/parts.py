"""Listeners, pools, members and health monitors: what each must fit to."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from .errors import Refused, invalid, unknown_part
from .store import Row, Store

FITTING = {
    "HTTP": ("HTTP", "PROXY", "PROXYV2"),
    "TERMINATED_HTTPS": ("HTTP", "HTTPS", "PROXY", "PROXYV2"),
    "HTTPS": ("HTTPS", "PROXY", "PROXYV2", "TCP"),
    "TCP": ("HTTP", "HTTPS", "PROXY", "PROXYV2", "TCP"),
    "UDP": ("UDP",),
    "SCTP": ("SCTP",),
    "PROMETHEUS": (),
}
"""Pools' protocols by a listener's."""
HTTP_DEFAULTS = {"http_method": "GET", "url_path": "/", "expected_codes": "200"}


class Parts:
    """Finds a new part's load balancer and checks that it fits there.

    Args:
        store: Octavia's rows.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def place(self, table: str, values: dict[str, Any]) -> str:
        """The id of the load balancer that a new part belongs to; values are completed on the way.

        Raises:
            Refused: something that the body names isn't there, or it doesn't fit.
        """
        work: dict[str, Callable[[dict[str, Any]], str]] = {
            "listeners": self._listener,
            "pools": self._pool,
            "members": self._member,
            "healthmonitors": self._monitor,
        }
        return work[table](values)

    def fits(self, listener: Row, pool_id: str) -> None:
        """Refuses a default pool whose protocol the listener can't speak to, or one of another load balancer."""
        pool = self._find("pools", "Pool", pool_id)
        if pool["balancer"] != listener["balancer"]:
            raise invalid(f"Pool {pool_id} is on another load balancer.")
        _speak(listener["protocol"], pool["protocol"])

    def _listener(self, values: dict[str, Any]) -> str:
        balancer = str(self._find("loadbalancers", "Load Balancer", values["loadbalancer_id"])["id"])
        port, transport = _port(values["protocol_port"]), _transport(values["protocol"])
        for other in self._store.table("listeners").values():
            same = other["balancer"] == balancer and other["protocol_port"] == port
            if same and _transport(other["protocol"]) == transport:
                where = f"protocol {values['protocol']} and protocol_port {port}"
                raise Refused(409, f"Another Listener on this Load Balancer is already using {where}")
        if values["default_pool_id"]:
            self.fits({**values, "balancer": balancer}, values["default_pool_id"])
        return balancer

    def _pool(self, values: dict[str, Any]) -> str:
        if values["listener_id"]:
            listener = self._find("listeners", "Listener", values["listener_id"])
            if listener["default_pool_id"]:
                raise Refused(409, f"Listener {listener['id']} already has a default pool.")
            _speak(listener["protocol"], values["protocol"])
            return str(listener["balancer"])
        if not values["loadbalancer_id"]:
            raise invalid("Must provide at least one of: loadbalancer_id, listener_id")
        return str(self._find("loadbalancers", "Load Balancer", values["loadbalancer_id"])["id"])

    def _member(self, values: dict[str, Any]) -> str:
        pool = self._find("pools", "Pool", values["pool"])
        try:
            ipaddress.ip_address(values["address"])
        except ValueError:
            message = (
                f"Invalid input for field/attribute address. Value: '{values['address']}'. Value should be IPv4 or IPv6 format"
            )
            raise Refused(400, message) from None
        port = _port(values["protocol_port"])
        if not 0 <= int(values["weight"]) <= 256:
            raise Refused(
                400, f"Invalid input for field/attribute weight. Value: '{values['weight']}'. Value should be 0 to 256."
            )
        for other in self._store.table("members").values():
            if other["pool"] == pool["id"] and (other["address"], other["protocol_port"]) == (values["address"], port):
                where = f"ip {values['address']} on protocol_port {port}"
                raise Refused(409, f"Another member on this pool is already using {where}")
        return str(pool["balancer"])

    def _monitor(self, values: dict[str, Any]) -> str:
        pool = self._find("pools", "Pool", values["pool_id"])
        if any(one["pool_id"] == pool["id"] for one in self._store.table("healthmonitors").values()):
            raise Refused(409, "This pool already has a health monitor")
        if int(values["timeout"]) > int(values["delay"]):
            raise invalid("The delay value must be greater than or equal to the timeout value.")
        if values["type"] in {"HTTP", "HTTPS"}:
            values.update({name: default for name, default in HTTP_DEFAULTS.items() if values[name] is None})
        elif any(values[name] for name in HTTP_DEFAULTS):
            raise invalid(f"http_method, url_path and expected_codes are not used by a health monitor of type {values['type']}.")
        return str(pool["balancer"])

    def _find(self, table: str, label: str, key: str) -> Row:
        row = self._store.table(table).get(key)
        if row is None:
            raise unknown_part(label, key)
        return row


def _port(value: Any) -> int:
    if not isinstance(value, int) or not 1 <= value <= 65535:
        message = f"Invalid input for field/attribute protocol_port. Value: '{value}'."
        raise Refused(400, f"{message} Value should be between 1 and 65535.")
    return value


def _transport(protocol: str) -> str:
    return protocol if protocol in {"UDP", "SCTP"} else "TCP"


def _speak(listener: str, pool: str) -> None:
    if pool not in FITTING[listener]:
        raise invalid(f"The pool protocol '{pool}' is invalid while the listener protocol is '{listener}'.")
