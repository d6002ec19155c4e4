"""Which LXD servers the stack knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from clients import lxd as client

from .. import _settings
from .._base import ExpectedError

SIMULATED = "local"
"""The name of the one server that plain settings (`lxd:url`, `lxd:socket`, an endpoints file) describe."""

_IMAGES = {
    "images": "https://images.lxd.canonical.com",
    "ubuntu": "https://cloud-images.ubuntu.com/releases",
    "ubuntu-daily": "https://cloud-images.ubuntu.com/daily",
    "ubuntu-minimal": "https://cloud-images.ubuntu.com/minimal/releases",
}


class Remotes:
    """The servers by name, and which one is meant when a resource names none.

    Attributes:
        timeout: seconds that an operation may take.
        poll: seconds between two looks at an instance that is waited for.
        cpu_overcommit: how many times over a host's threads may be promised to instances.
    """

    def __init__(self, settings: Mapping[str, Any], explicit: Mapping[str, Any] | None = None) -> None:
        self.timeout = _settings.number(settings, "timeout_seconds", client.DEADLINE)
        self.poll = _settings.number(settings, "poll_seconds", 1.0)
        self.cpu_overcommit = _settings.number(settings, "cpu_overcommit", 4.0)
        source = explicit if explicit is not None else settings
        self._by_name = {remote.name: remote for remote in _remotes(source)}
        self._default = source.get("default_remote")

    @classmethod
    def of(cls, setting: Callable[[str], str | None], explicit: Mapping[str, Any] | None) -> Remotes:
        """From the stack's configuration, or from a Provider's arguments where the program has one."""
        return cls(_settings.section(setting, "lxd"), explicit)

    def lxd(self, name: str | None) -> client.Lxd:
        """The client of a server.

        Raises:
            ExpectedError: there is no server of this name, or none is named and there are several.
        """
        remote = self._named(name)
        if remote.protocol != "lxd":
            raise ExpectedError(
                f"remote {remote.name!r} serves images ({remote.protocol}); instances and the rest need an LXD server"
            )
        return client.connect(remote, self.timeout)

    def image_server(self, name: str) -> client.Remote | None:
        """Where the images of `name:` come from; None when no such remote is known."""
        if name in self._by_name:
            return self._by_name[name]
        url = _IMAGES.get(name)
        return client.Remote(name=name, address=url, protocol="simplestreams") if url else None

    def _named(self, name: str | None) -> client.Remote:
        servers = {n: r for n, r in self._by_name.items() if r.protocol == "lxd"}
        wanted = name or self._default or (next(iter(servers)) if len(servers) == 1 else None)
        if wanted in self._by_name:
            return self._by_name[wanted]
        known = ", ".join(sorted(self._by_name)) or "none at all"
        if wanted is None and servers:
            raise ExpectedError(f"which LXD server? Name a `remote` or set lxd:defaultRemote; there are: {known}")
        if wanted is None:
            raise ExpectedError("no LXD server is known: set lxd:remotes to a list of remotes with name and address")
        raise ExpectedError(f"there is no LXD remote {wanted!r}; lxd:remotes has: {known}")


def _remotes(settings: Mapping[str, Any]) -> list[client.Remote]:
    rows = _rows(settings.get("remotes"))
    if not rows and (address := settings.get("socket") or settings.get("url")):
        certificate = {"client_certificate_file": settings.get("cert"), "client_key_file": settings.get("key")}
        server = {"server_certificate_file": settings.get("server_cert")}
        # the network is what the program will use later; the socket is for machines where the address isn't open yet
        rows = [{"name": SIMULATED, "address": settings.get("url") or address, **certificate, **server}]
    return [client.Remote._from_dict(row) for row in rows]


def _rows(value: Any) -> list[Mapping[str, Any]]:
    try:
        rows = json.loads(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ExpectedError(f"lxd:remotes must be a JSON list of remotes: {error}") from None
    if rows is not None and not (isinstance(rows, list) and all(isinstance(row, Mapping) for row in rows)):
        raise ExpectedError("lxd:remotes must be a list of remotes, each with name and address")
    return rows or []
