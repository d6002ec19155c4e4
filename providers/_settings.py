"""What a provider is told by the stack's configuration.

Two sources, in this order: the stack's own values (`maas:apiUrl`) and the file that `<namespace>:endpointsFile` names, which the
simulator writes. The names differ: Pulumi's configuration is in camel case, the file in snake case. Callers see snake case.
"""

from __future__ import annotations

import json
import pathlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from . import _base

NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "maas": {
        "url": "apiUrl",
        "api_key": "apiKey",
        "ca_file": "caFile",
        "poll_seconds": "pollSeconds",
        "timeout_seconds": "timeoutSeconds",
    },
    "lxd": {
        "remotes": "remotes",
        "default_remote": "defaultRemote",
        "cpu_overcommit": "cpuOvercommit",
        "url": "url",
        "socket": "socket",
        "cert": "cert",
        "key": "key",
        "server_cert": "serverCert",
        "project": "project",
        "poll_seconds": "pollSeconds",
        "timeout_seconds": "timeoutSeconds",
    },
    "juju": {
        "data_dir": "dataDir",
        "controller": "controller",
        "model": "model",
        "binary": "binary",
        "cloud_endpoint": "cloudEndpoint",
        "addresses": "addresses",
        "user": "user",
        "password": "password",
        "ca_cert": "caCert",
        "poll_seconds": "pollSeconds",
        "timeout_seconds": "timeoutSeconds",
        "settle_seconds": "settleSeconds",
    },
    "openstack": {
        "gateway": "gateway",
        "secure_gateway": "secureGateway",
        "cloud": "cloud",
        "vault_keys": "vaultKeys",
        "vault_root_token": "vaultRootToken",
        "vault_forget": "vaultForget",
        "poll_seconds": "pollSeconds",
        "timeout_seconds": "timeoutSeconds",
    },
}
"""By namespace: the name here and in the file, and the name in the stack's configuration."""


def section(config_get: Callable[[str], str | None], namespace: str) -> dict[str, Any]:
    """The settings of a namespace; what nobody set is absent.

    Args:
        config_get: the stack's configuration by full key, such as `Provider.setting`.
        namespace: "maas", "lxd", "juju" or "openstack".

    Raises:
        ExpectedError: when the endpoints file is named and can't be read, or has nothing for the namespace.
    """
    named = config_get(f"{namespace}:endpointsFile")
    found = dict(_from_file(pathlib.Path(named), namespace)) if named else {}
    explicit = {name: config_get(f"{namespace}:{key}") for name, key in NAMES[namespace].items()}
    return {**found, **{name: value for name, value in explicit.items() if value is not None}}


def gateway(settings: Mapping[str, Any]) -> str | None:
    """The templates of the way to OpenStack's services, as `clients.reach` takes them; None reaches the services themselves."""
    found = [str(settings[name]) for name in ("gateway", "secure_gateway") if settings.get(name)]
    return " ".join(found) or None


def number(settings: Mapping[str, Any], name: str, default: float) -> float:
    """A positive number among the settings.

    Raises:
        ExpectedError: when it is something else.
    """
    value = settings.get(name, default)
    try:
        parsed = float(value)
    except (TypeError, ValueError):
        parsed = 0.0
    if not parsed > 0 or parsed == float("inf"):
        raise _base.ExpectedError(f"the setting {name} must be a number of seconds above 0, not {value!r}")
    return parsed


def _from_file(path: pathlib.Path, namespace: str) -> Mapping[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _base.ExpectedError(
            f"{namespace}:endpointsFile names {path}, which does not exist: is the simulator down? Run `make simulator`, "
            f"or set the {namespace}: values of a real server with `pulumi config set`"
        ) from None
    except (OSError, ValueError) as error:
        raise _base.ExpectedError(f"{namespace}:endpointsFile names {path}, which can't be read: {error}") from None
    content = document.get(namespace) if isinstance(document, dict) else None
    if not isinstance(content, dict):
        raise _base.ExpectedError(f"{path} says nothing about {namespace}: restart the simulator with `make simulator`")
    return content
