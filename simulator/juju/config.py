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
