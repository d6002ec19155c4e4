"""The resources of a load balancer: what a body may say of them, and with which defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ..call import NotModelled
from .errors import Refused

REQUIRED: Final = object()
"""Default of what a POST must say."""
NESTED = frozenset({"listeners", "pools", "default_pool", "l7policies", "members", "healthmonitor"})
"""Parts inside the body of their whole: Octavia makes them at once, the simulator one after the other only."""
_COMMON: Mapping[str, Any] = {"name": "", "admin_state_up": True, "tags": []}
_TLS: Mapping[str, Any] = {"tls_ciphers": None, "tls_versions": [], "alpn_protocols": []}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of resource."""

    table: str
    """Its collection, in paths and as the key of a list."""
    singular: str
    """The key of one in bodies."""
    label: str
    """Its name in messages."""
    quota: str
    """Its name in quotas."""
    fields: Mapping[str, Any]
    """Defaults of what a POST may say."""
    fixed: frozenset[str] = frozenset()
    """What a PUT may not say."""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Fields that take only certain values."""

    def for_create(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a POST with the defaults of what it doesn't say."""
        values = {name: _copy(default) for name, default in self.fields.items()} | self._known(said)
        lacking = [name for name, value in values.items() if value is REQUIRED]
        if lacking:
            raise Refused(400, f"Invalid input for field/attribute {lacking[0]}. Value: 'None'. Mandatory field missing.")
        return values

    def for_update(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a PUT; null sets a field back to its default."""
        values = self._known(said)
        named = next((name for name in values if name in self.fixed), None)
        if named:
            raise _unknown(named)
        return {name: _copy(self.fields[name]) if value is None else value for name, value in values.items()}

    def _known(self, said: Mapping[str, Any]) -> dict[str, Any]:
        for name, value in said.items():
            if name in NESTED:
                raise NotModelled
            if name not in self.fields:
                raise _unknown(name)
            allowed = self.values.get(name)
            if allowed and value is not None and value not in allowed:
                raise Refused(400, f"Invalid input for field/attribute {name}. Value: '{value}'. {_choice(allowed)}")
        return dict(said)


BALANCER = Kind(
    table="loadbalancers",
    singular="loadbalancer",
    label="Load Balancer",
    quota="load_balancer",
    fields={
        **_COMMON,
        "description": "",
        "project_id": None,
        "vip_address": None,
        "vip_port_id": None,
        "vip_subnet_id": None,
        "vip_network_id": None,
        "vip_qos_policy_id": None,
        "vip_sg_ids": [],
        "additional_vips": [],
        "provider": None,
        "flavor_id": None,
        "availability_zone": None,
    },
    fixed=frozenset(
        {"project_id", "vip_address", "vip_port_id", "vip_subnet_id", "vip_network_id", "additional_vips"}
        | {"provider", "flavor_id", "availability_zone"}
    ),
)
PROTOCOLS = ("HTTP", "HTTPS", "TCP", "TERMINATED_HTTPS", "UDP", "SCTP", "PROMETHEUS")
LISTENER = Kind(
    table="listeners",
    singular="listener",
    label="Listener",
    quota="listener",
    fields={
        **_COMMON,
        **_TLS,
        "description": "",
        "project_id": None,
        "loadbalancer_id": REQUIRED,
        "protocol": REQUIRED,
        "protocol_port": REQUIRED,
        "connection_limit": -1,
        "default_pool_id": None,
        "default_tls_container_ref": None,
        "sni_container_refs": [],
        "insert_headers": {},
        "timeout_client_data": 50000,
        "timeout_member_connect": 5000,
        "timeout_member_data": 50000,
        "timeout_tcp_inspect": 0,
        "client_ca_tls_container_ref": None,
        "client_authentication": "NONE",
        "client_crl_container_ref": None,
        "allowed_cidrs": None,
        "hsts_max_age": None,
        "hsts_include_subdomains": False,
        "hsts_preload": False,
    },
    fixed=frozenset({"project_id", "loadbalancer_id", "protocol", "protocol_port"}),
    values={"protocol": PROTOCOLS},
)
POOL = Kind(
    table="pools",
    singular="pool",
    label="Pool",
    quota="pool",
    fields={
        **_COMMON,
        **_TLS,
        "description": "",
        "project_id": None,
        "loadbalancer_id": None,
        "listener_id": None,
        "protocol": REQUIRED,
        "lb_algorithm": REQUIRED,
        "session_persistence": None,
        "tls_enabled": False,
        "tls_container_ref": None,
        "ca_tls_container_ref": None,
        "crl_container_ref": None,
    },
    fixed=frozenset({"project_id", "loadbalancer_id", "listener_id", "protocol"}),
    values={
        "protocol": ("HTTP", "HTTPS", "TCP", "UDP", "SCTP", "PROXY", "PROXYV2"),
        "lb_algorithm": ("ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP", "SOURCE_IP_PORT"),
    },
)
MEMBER = Kind(
    table="members",
    singular="member",
    label="Member",
    quota="member",
    fields={
        **_COMMON,
        "project_id": None,
        "address": REQUIRED,
        "protocol_port": REQUIRED,
        "weight": 1,
        "backup": False,
        "subnet_id": None,
        "monitor_address": None,
        "monitor_port": None,
        "vnic_type": "normal",
    },
    fixed=frozenset({"project_id", "address", "protocol_port", "subnet_id", "vnic_type"}),
)
MONITOR = Kind(
    table="healthmonitors",
    singular="healthmonitor",
    label="Health Monitor",
    quota="health_monitor",
    fields={
        **_COMMON,
        "project_id": None,
        "pool_id": REQUIRED,
        "type": REQUIRED,
        "delay": REQUIRED,
        "timeout": REQUIRED,
        "max_retries": REQUIRED,
        "max_retries_down": 3,
        "http_method": None,
        "url_path": None,
        "expected_codes": None,
        "http_version": None,
        "domain_name": None,
    },
    fixed=frozenset({"project_id", "pool_id", "type"}),
    values={"type": ("HTTP", "HTTPS", "PING", "TCP", "TLS-HELLO", "UDP-CONNECT", "SCTP")},
)
KINDS = {kind.table: kind for kind in (BALANCER, LISTENER, POOL, MEMBER, MONITOR)}


def _copy(value: Any) -> Any:
    return value.copy() if isinstance(value, list | dict) else value


def _unknown(name: str) -> Refused:
    return Refused(400, f"Unknown attribute for argument: {name}")


def _choice(allowed: tuple[str, ...]) -> str:
    return f"Value should be one of: {', '.join(allowed)}."
