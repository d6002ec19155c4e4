"""Keys of the LXD server's own config, such as the address that it listens on.

Not in the generated SDK. Only the keys that the program names are managed; on destroy they are given back the values that they
had before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from clients import lxd as client

from .._base import Found, Made, Props
from . import _config
from ._lxd import LxdInputs, LxdProvider, LxdResource, identity
from ._object import BEFORE

_UNREADABLE = frozenset({"core.trust_password"})
"""LXD only says of these whether they are set."""


class ServerConfigInputs(LxdInputs):
    """The keys and their values."""

    config: _config.Config


class ServerConfigProvider(LxdProvider[ServerConfigInputs]):
    """Some keys of one server."""

    inputs = ServerConfigInputs
    computed = (BEFORE,)
    replace_on = frozenset({"remote"})

    def make(self, inputs: ServerConfigInputs) -> Made:
        lxd = self.lxd(inputs.remote)
        return Made(id=identity(inputs.remote, "server"), outputs={BEFORE: self._set(lxd, inputs.config, {})})

    def fetch(self, id_: str, old: Props) -> Found | None:
        inputs = self.parse(old)
        return Found(inputs={"config": _seen(self.lxd(inputs.remote).server(), inputs.config)})

    def change(self, id_: str, old: Props, inputs: ServerConfigInputs) -> Mapping[str, Any]:
        lxd, before = self.lxd(inputs.remote), dict(old.get(BEFORE) or {})
        dropped = {key: before.get(key, "") for key in old.get("config", {}) if key not in inputs.config}
        found = self._set(lxd, inputs.config, dropped)
        known = {key: value for key, value in before.items() if key not in dropped}
        return {BEFORE: {**{k: v for k, v in found.items() if k not in old.get("config", {})}, **known}}

    def remove(self, id_: str, old: Props) -> None:
        inputs = self.parse(old)
        before = old.get(BEFORE) or {}
        self.lxd(inputs.remote).configure({key: before.get(key, "") for key in inputs.config})

    def same(self, name: str, old: Any, new: Any) -> bool:
        return _config.meant(old) == _config.meant(new) if name == "config" else super().same(name, old, new)

    def _set(self, lxd: client.Lxd, config: Mapping[str, str], dropped: Mapping[str, str]) -> dict[str, str]:
        """Sets keys, gives dropped ones back, and returns what the set ones were before."""
        server = lxd.server()
        wanted = {**dropped, **config}
        changes = {k: v for k, v in wanted.items() if server.config.get(k, "") != v}
        if changes:
            lxd.configure(changes)
        return {key: server.config[key] for key in config if key in server.config and key not in _UNREADABLE}


def _seen(server: client.Server, asked: Mapping[str, str]) -> dict[str, str]:
    return {k: v if k in _UNREADABLE and k in server.config else server.config.get(k, "") for k, v in asked.items()}


class ServerConfig(LxdResource, module="lxd", name="ServerConfig"):
    """Keys of the server's config: `ServerConfig("lxd", config={"core.https_address": "[::]:8443"})`."""

    provider_class = ServerConfigProvider
    config: pulumi.Output[dict[str, str]]
    remote: pulumi.Output[str | None]

    def __init__(
        self,
        resource_name: str,
        *,
        config: pulumi.Input[Mapping[str, pulumi.Input[str]]],
        remote: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(resource_name, {"config": config, "remote": remote}, opts)
