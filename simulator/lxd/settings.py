"""The server's own settings: their keys, their syntax, and what of them is shown."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from .daemon import Daemon
from .errors import bad_request
from .values import Check, any_text, is_boolean, is_integer

SECRET = frozenset({"core.trust_password", "maas.api.key"})


def _is_address(text: str) -> None:
    host = text.rpartition(":")[0] if text.count(":") == 1 or text.startswith("[") else text
    host = host.strip("[]")
    if host in ("", "localhost"):
        return
    try:
        ipaddress.ip_address(host)
    except ValueError:
        raise ValueError(f'Couldn\'t resolve "{host}"') from None


KEYS: dict[str, Check] = {
    "backups.compression_algorithm": any_text,
    "cluster.healing_threshold": is_integer,
    "cluster.https_address": _is_address,
    "cluster.images_minimal_replica": is_integer,
    "cluster.join_token_expiry": any_text,
    "cluster.max_standby": is_integer,
    "cluster.max_voters": is_integer,
    "cluster.offline_threshold": is_integer,
    "core.bgp_address": _is_address,
    "core.bgp_asn": is_integer,
    "core.bgp_routerid": any_text,
    "core.debug_address": _is_address,
    "core.dns_address": _is_address,
    "core.https_address": _is_address,
    "core.https_allowed_credentials": is_boolean,
    "core.https_allowed_headers": any_text,
    "core.https_allowed_methods": any_text,
    "core.https_allowed_origin": any_text,
    "core.https_trusted_proxy": any_text,
    "core.metrics_address": _is_address,
    "core.metrics_authentication": is_boolean,
    "core.proxy_http": any_text,
    "core.proxy_https": any_text,
    "core.proxy_ignore_hosts": any_text,
    "core.remote_token_expiry": any_text,
    "core.shutdown_timeout": is_integer,
    "core.trust_ca_certificates": is_boolean,
    "core.trust_password": any_text,
    "images.auto_update_cached": is_boolean,
    "images.auto_update_interval": is_integer,
    "images.compression_algorithm": any_text,
    "images.default_architecture": any_text,
    "images.remote_cache_expiry": is_integer,
    "maas.api.key": any_text,
    "maas.api.url": any_text,
    "maas.machine": any_text,
    "network.ovn.integration_bridge": any_text,
    "network.ovn.northbound_connection": any_text,
    "storage.backups_volume": any_text,
    "storage.images_volume": any_text,
}


def shown(daemon: Daemon) -> dict[str, Any]:
    """The settings that are set; of a secret one only that it is."""
    config = daemon.store.state.config
    return {key: True if key in SECRET else value for key, value in sorted(config.items())}


def replace(daemon: Daemon, wanted: Mapping[str, Any]) -> None:
    """Sets all settings; true for a secret one leaves it as it is, "" takes a setting away.

    The listener stays where the rack put it: a simulated daemon has no other address to go to.
    """
    config: dict[str, str] = {}
    old = daemon.store.state.config
    for key, value in wanted.items():
        if value is True and key in SECRET:
            config[key] = old.get(key, "")
            continue
        text = {True: "true", False: "false"}.get(value, "") if isinstance(value, bool) else str(value)
        _check(key, text)
        config[key] = text
    daemon.store.state.config = {key: value for key, value in config.items() if value}
    daemon.lifecycle("config-updated", "")


def has_vms(daemon: Daemon) -> bool:
    """Whether the host can run virtual machines."""
    return not any(fault.name == "lxd-no-vms" for fault in daemon.world.data.faults)


def _check(key: str, value: str) -> None:
    checker = KEYS.get(key, any_text if key.startswith("user.") else None)
    try:
        if checker is None:
            raise ValueError("unknown key")
        if value:
            checker(value)
    except ValueError as exc:
        raise bad_request(f"cannot set '{key}' to '{value}': {exc}") from exc
