"""The LXD service of the rack: starts and stops the daemon, keeps its state, and says where it is."""

from __future__ import annotations

import hashlib
import os
import pathlib
import tempfile
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from .. import files
from .. import web as common
from ..ports import Ports
from ..requestlog import RequestLog
from ..world import World
from . import application, hosting, power, tls
from .daemon import Daemon
from .errors import LxdError
from .records import Certificate, Project, State
from .store import DEFAULT

PROJECT = "openstack"
"""The project of the site's control VMs, for tools that read endpoints.json."""
_LONGEST_SOCKET_PATH = 100

FAULTS = {
    "lxd-operation-fails": 'an operation ends in Failure with `error`; target "lxd DESCRIPTION [NAME]"',
    "stale-etag": "answers 412 to a change that carries If-Match",
    "lxd-no-vms": "the host can't run virtual machines, for the `reason`",
    "lxd-qemu-fails": "qemu ends with `reason` when a virtual machine starts",
}


class Service:
    """LXD on the world's first LXD host, over its unix socket and HTTPS."""

    name = "lxd"
    faults: Mapping[str, str] = FAULTS

    def __init__(self, world: World, directory: pathlib.Path, ports: Ports, peers: dict[str, Any]) -> None:
        if not world.data.lxd_hosts:
            raise ValueError("the world has no LXD host; add one under lxd_hosts")
        host = next(iter(world.data.lxd_hosts.values()))
        self._world = world
        self._port = ports.get(self.name)
        self._folder = files.folder(directory / self.name)
        self._identity = tls.Identity(self._folder, host.key)
        self._daemon = Daemon(world, host, self._identity, f"127.0.0.1:{self._port}")
        self._log = RequestLog(directory, self.name, world.clock)
        self._runner: web.AppRunner | None = None
        self._socket = _socket_path(self._folder)
        power.watch(self._daemon)
        self.reset()

    async def start(self) -> None:
        """Serves; returns when requests are answered."""
        self._announce()
        app = application.build(self._daemon, self._log)
        self._runner = await common.serve(app, self._port, tls.server_context(self._identity))
        files.folder(self._socket.parent)
        self._socket.unlink(missing_ok=True)
        await web.UnixSite(self._runner, str(self._socket)).start()
        self._socket.chmod(0o600)

    async def stop(self) -> None:
        """Stops serving; clients that wait for an operation are let go."""
        self._daemon.operations.clear()
        if self._runner:
            application.abort(self._runner.app)
            await self._runner.cleanup()
            self._runner = None
        self._socket.unlink(missing_ok=True)
        if self._socket.parent != self._folder and self._socket.parent.exists():
            self._socket.parent.rmdir()

    def endpoints(self) -> dict[str, Any]:
        """What an outside tool needs: addresses, the client's key pair, the server's certificate, the site's project."""
        certificate, key = self._identity.client
        return {
            "url": f"https://{self._daemon.address}",
            "socket": str(self._socket),
            "cert": str(certificate.absolute()),
            "key": str(key.absolute()),
            "server_cert": str(self._identity.server[0].absolute()),
            "project": PROJECT,
        }

    def trusts(self, host: str, fingerprint: str, project: str = DEFAULT) -> bool:
        """Whether the LXD on `host` lets the client with this certificate fingerprint work in `project`."""
        record = self._daemon.store.state.certificates.get(fingerprint)
        if host != self._daemon.host_key or record is None or record.type != "client":
            return False
        return not record.restricted or project in record.projects

    def host_facts(self, project: str) -> dict[str, Any]:
        """What the host has, and what a project's machines have of it; makes the project where it isn't there."""
        projects = self._daemon.store.state.projects
        if project not in projects:
            projects[project] = Project(name=project, config={"features.images": "false", "features.profiles": "false"})
        return hosting.describe(self._daemon, project)

    def compose(self, project: str, name: str, **wish: Any) -> list[str]:
        """Makes a virtual machine for MAAS, as a `hosting.Wish` says; returns its MAC addresses, ValueError with LXD's words."""
        try:
            return hosting.compose(self._daemon, project, hosting.Wish(name=name, **wish))
        except LxdError as exc:
            raise ValueError(str(exc)) from exc

    def decompose(self, project: str, name: str) -> None:
        """Ends a virtual machine that MAAS made."""
        hosting.decompose(self._daemon, project, name)

    def dump(self) -> dict[str, Any]:
        """The state as JSON values."""
        return self._daemon.store.state.model_dump(mode="json")

    def load(self, data: dict[str, Any]) -> None:
        """Takes a dumped state back; operations that ran are gone, as with a real daemon."""
        self._daemon.operations.clear()
        self._daemon.store.state = State.model_validate(data)

    def reset(self) -> None:
        """Forgets everything but keys and certificates; virtual machines leave the rack."""
        for key in [key for key, machine in self._world.machines.items() if machine.lxd and self._is_ours(machine.lxd)]:
            self._world.remove(key)
        self._daemon.reset()
        self._trust_first_client()
        self._announce()

    def _is_ours(self, lxd: dict[str, str]) -> bool:
        return lxd.get("host") == self._daemon.host_key

    def _announce(self) -> None:
        """MAAS finds the host of a power address here; a world that was reset has forgotten it."""
        addresses = self._daemon.host.addresses
        if self._daemon.address not in addresses:
            addresses.append(self._daemon.address)

    def _trust_first_client(self) -> None:
        pem = self._identity.client_pem
        fingerprint = tls.fingerprint(tls.der(pem))
        record = Certificate(fingerprint=fingerprint, name="operator", certificate=pem)
        self._daemon.store.state.certificates[fingerprint] = record


def _socket_path(folder: pathlib.Path) -> pathlib.Path:
    """In the service's folder, or where that path is too long for a socket, in a private folder under the system's."""
    path = folder.absolute() / "unix.socket"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        return path
    tag = hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:12]
    return pathlib.Path(tempfile.gettempdir()) / f"simulated-lxd-{os.getuid()}-{tag}" / path.name
