"""The server's own settings: their keys, their syntax, and what of them is shown."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from .daemon import Daemon
from .errors import LxdError, bad_request
from .values import Check, any_text

SECRET = frozenset({"core.trust_password", "maas.api.key"})


def _is_whole(text: str) -> None:
    if not text.lstrip("-").isdigit():
        raise ValueError("invalid integer")


def _is_yes_or_no(text: str) -> None:
    if text not in ("true", "false", "1", "0", "yes", "no", "on", "off"):
        raise ValueError("invalid boolean")


def _is_compression(text: str) -> None:
    if text.split(maxsplit=1)[0] not in ("none", "gzip", "bzip2", "lzma", "xz", "zstd", "squashfs", "pigz"):
        raise ValueError(f'Invalid compression algorithm "{text}"')


def _is_address(text: str) -> None:
    host = text.rpartition(":")[0] if text.count(":") == 1 or text.startswith("[") else text
    host = host.strip("[]")
    port = text.rpartition(":")[2] if text.count(":") == 1 else ""
    if port.isdigit() and int(port) > 65535:
        raise LxdError(500, f'Cannot listen on network HTTPS socket "{text}": listen tcp: address {port}: invalid port')
    if host in ("", "localhost"):
        return
    try:
        ipaddress.ip_address(host)
    except ValueError:
        raise ValueError(f'Couldn\'t resolve "{host}"') from None


KEYS: dict[str, Check] = {
    "backups.compression_algorithm": _is_compression,
    "cluster.healing_threshold": _is_whole,
    "cluster.https_address": _is_address,
    "cluster.images_minimal_replica": _is_whole,
    "cluster.join_token_expiry": any_text,
    "cluster.max_standby": _is_whole,
    "cluster.max_voters": _is_whole,
    "cluster.offline_threshold": _is_whole,
    "core.bgp_address": _is_address,
    "core.bgp_asn": _is_whole,
    "core.bgp_routerid": any_text,
    "core.debug_address": _is_address,
    "core.dns_address": _is_address,
    "core.https_address": _is_address,
    "core.https_allowed_credentials": _is_yes_or_no,
    "core.https_allowed_headers": any_text,
    "core.https_allowed_methods": any_text,
    "core.https_allowed_origin": any_text,
    "core.https_trusted_proxy": any_text,
    "core.metrics_address": _is_address,
    "core.metrics_authentication": _is_yes_or_no,
    "core.proxy_http": any_text,
    "core.proxy_https": any_text,
    "core.proxy_ignore_hosts": any_text,
    "core.remote_token_expiry": any_text,
    "core.shutdown_timeout": _is_whole,
    "core.trust_ca_certificates": _is_yes_or_no,
    "core.trust_password": any_text,
    "images.auto_update_cached": _is_yes_or_no,
    "images.auto_update_interval": _is_whole,
    "images.compression_algorithm": _is_compression,
    "images.default_architecture": any_text,
    "images.remote_cache_expiry": _is_whole,
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
        text = {True: "true", False: "false"}[value] if isinstance(value, bool) else value
        if not isinstance(text, str):
            raise bad_request(f"cannot set '{key}': invalid type float64")
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
