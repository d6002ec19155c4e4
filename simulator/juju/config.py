"""Model configuration: the defaults of a 3.6 controller, what may be set, and what is in force."""

from __future__ import annotations

from typing import Any

from .errors import ApiError
from .records import Controller, Model

DEFAULTS: dict[str, Any] = {
    "agent-metadata-url": "",
    "agent-stream": "released",
    "apt-ftp-proxy": "",
    "apt-http-proxy": "",
    "apt-https-proxy": "",
    "apt-mirror": "",
    "apt-no-proxy": "",
    "automatically-retry-hooks": True,
    "backup-dir": "",
    "charmhub-url": "https://api.charmhub.io",
    "cloudinit-userdata": "",
    "container-image-metadata-defaults-disabled": False,
    "container-image-metadata-url": "",
    "container-image-stream": "released",
    "container-inherit-properties": "",
    "container-networking-method": "",
    "default-base": "",
    "default-space": "",
    "development": False,
    "disable-network-management": False,
    "disable-telemetry": False,
    "egress-subnets": "",
    "enable-os-refresh-update": True,
    "enable-os-upgrade": True,
    "fan-config": "",
    "firewall-mode": "instance",
    "ftp-proxy": "",
    "http-proxy": "",
    "https-proxy": "",
    "ignore-machine-addresses": False,
    "image-metadata-defaults-disabled": False,
    "image-metadata-url": "",
    "image-stream": "released",
    "juju-ftp-proxy": "",
    "juju-http-proxy": "",
    "juju-https-proxy": "",
    "juju-no-proxy": "127.0.0.1,localhost,::1",
    "logforward-enabled": False,
    "logging-config": "<root>=INFO",
    "logging-output": "",
    "lxd-snap-channel": "5.21/stable",
    "max-action-results-age": "336h",
    "max-action-results-size": "5G",
    "max-status-history-age": "336h",
    "max-status-history-size": "5G",
    "mode": "requires-prompts",
    "net-bond-reconfigure-delay": 17,
    "no-proxy": "127.0.0.1,localhost,::1",
    "num-container-provision-workers": 4,
    "num-provision-workers": 16,
    "provisioner-harvest-mode": "destroyed",
    "proxy-ssh": False,
    "resource-tags": "",
    "saas-ingress-allow": "0.0.0.0/0,::/0",
    "secret-backend": "auto",
    "snap-http-proxy": "",
    "snap-https-proxy": "",
    "snap-store-assertions": "",
    "snap-store-proxy": "",
    "snap-store-proxy-url": "",
    "ssh-allow": "0.0.0.0/0,::/0",
    "ssl-hostname-verification": True,
    "storage-default-block-source": "maas",
    "storage-default-filesystem-source": "",
    "test-mode": False,
    "transmit-vendor-metrics": True,
    "update-status-hook-interval": "5m",
}
FIXED = ("name", "uuid", "type", "agent-version", "firewall-mode", "charmhub-url")


CONTROLLER_FIXED = frozenset(
    [
        "allow-model-access",
        "api-port",
        "autocert-dns-name",
        "autocert-url",
        "ca-cert",
        "controller-name",
        "controller-uuid",
        "identity-public-key",
        "identity-url",
        "juju-db-snap-channel",
        "max-txn-log-size",
        "mongo-memory-profile",
        "set-numa-control-policy",
        "ssh-server-port",
        "state-port",
        "system-ssh-keys",
    ]
)
"""Settings of a controller that stay as its bootstrap made them."""
CONTROLLER_CHANGEABLE = frozenset(
    [
        "agent-logfile-max-backups",
        "agent-logfile-max-size",
        "agent-ratelimit-max",
        "agent-ratelimit-rate",
        "api-port-open-delay",
        "application-resource-download-limit",
        "audit-log-capture-args",
        "audit-log-exclude-methods",
        "audit-log-max-backups",
        "audit-log-max-size",
        "auditing-enabled",
        "caas-image-repo",
        "controller-api-port",
        "controller-resource-download-limit",
        "features",
        "juju-ha-space",
        "juju-mgmt-space",
        "max-agent-state-size",
        "max-charm-state-size",
        "max-debug-log-duration",
        "max-prune-txn-batch-size",
        "max-prune-txn-passes",
        "migration-agent-wait-time",
        "model-logfile-max-backups",
        "model-logfile-max-size",
        "object-store-type",
        "open-telemetry-enabled",
        "open-telemetry-endpoint",
        "open-telemetry-insecure",
        "open-telemetry-sample-ratio",
        "open-telemetry-stack-traces",
        "open-telemetry-tail-sampling-threshold",
        "prune-txn-query-count",
        "prune-txn-sleep-time",
        "public-dns-address",
        "query-tracing-enabled",
        "query-tracing-threshold",
        "ssh-max-concurrent-connections",
    ]
)
"""Settings of a controller that change while it runs."""


def check_controller(key: str) -> None:
    """Refuses what is no setting of a controller, or may not be changed on a running one.

    Raises:
        ApiError: in the controller's words.
    """
    if key in CONTROLLER_FIXED:
        raise ApiError(f'can\'t change "{key}" after bootstrap')
    if key not in CONTROLLER_CHANGEABLE:
        raise ApiError(f'unknown controller config setting "{key}"')


def effective(controller: Controller, model: Model) -> dict[str, tuple[Any, str]]:
    """Every setting of a model with its value and where it comes from: default, controller or model."""
    found: dict[str, tuple[Any, str]] = {key: (value, "default") for key, value in DEFAULTS.items()}
    found |= {key: (value, "controller") for key, value in controller.config.items() if key in DEFAULTS}
    found |= {key: (value, "model") for key, value in model.config.items()}
    return found


def check_settable(key: str, value: Any) -> None:
    """Refuses what may not be changed on a living model.

    Raises:
        ApiError: in the controller's words.
    """
    if key == "authorized-keys":
        raise ApiError("authorized-keys cannot be set", "bad request")
    if key in ("name", "uuid", "type", "firewall-mode", "charmhub-url"):
        raise ApiError(f'cannot change {key} from its current value to "{value}"', "bad request")
    if key == "agent-version":
        raise ApiError("agent-version cannot be changed", "bad request")


def convert(key: str, value: Any) -> Any:
    """A value of a known setting as its type.

    Raises:
        ApiError: the value doesn't fit.
    """
    default = DEFAULTS.get(key)
    if isinstance(default, bool) and not isinstance(value, bool):
        if str(value).lower() not in ("true", "false"):
            raise ApiError(f'{key}: expected bool, got string("{value}")', "bad request")
        return str(value).lower() == "true"
    if isinstance(default, int) and not isinstance(default, bool):
        try:
            return int(value)
        except ValueError:
            raise ApiError(f'{key}: expected number, got string("{value}")', "bad request") from None
    return str(value) if isinstance(default, str) and not isinstance(value, str) else value
