"""One run of the smoke test: what is made, in which order, and that all of it goes again.

Whatever happens, the end is a sweep of all that has the test's mark; a run that is killed is swept by the next one.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from clients import openstack
from clients.errors import ClientError
from clients.openstack import probe

from .._base import ExpectedError
from ..juju._common import say

PORT: Final = 22
MARK: Final = "pulumi-smoke-test"
_CONSOLE_LINES: Final = 15
_REMOVAL_SECONDS: Final = 300.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """What is tested; ids, but for the name, which marks everything that is made."""

    name: str
    image: str
    flavor: str
    network: str
    external_network: str | None
    volume_size: int
    volume_type: str | None
    seconds: float

    @property
    def mark(self) -> str:
        """The name of all that is made."""
        return f"{MARK}-{self.name}"


class Run:
    """Boots a server, gives it an address and a volume, and waits until it answers.

    Args:
        cloud: the cloud, in the project of the network.
        plan: what to test.
        say: shows a line.
        now: the clock, in seconds.
    """

    def __init__(
        self,
        cloud: openstack.Cloud,
        plan: Plan,
        say: Callable[[str], None] = say,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.timings: dict[str, float] = {}
        self.address = ""
        self.host = ""
        self._cloud, self._plan, self._say, self._now = cloud, plan, say, now
        self._end = now() + plan.seconds
        self._server: openstack.Server | None = None

    def run(self) -> None:
        """Does the whole of it.

        Raises:
            ExpectedError: when it fails; names the phase, the server's fault and the console's last lines.
        """
        with self._phase("sweep"):
            self.sweep()
        try:
            with self._phase("boot"):
                self._boot()
            if self._plan.external_network:
                with self._phase("address"):
                    self._give_address(self._plan.external_network)
            if self._plan.volume_size:
                with self._phase("volume"):
                    self._give_volume()
            if self.address:
                with self._phase("answer"):
                    self._await_answer()
        except BaseException:
            self._sweep_after_failure()
            raise
        with self._phase("clean-up"):
            self.sweep()

    def sweep(self) -> None:
        """Deletes all that has the mark, in the order in which the services let it go."""
        cloud, mark = self._cloud, self._plan.mark
        servers = [server for server in cloud.servers.list(name=f"^{mark}$") if server.name == mark]
        for server in servers:
            cloud.servers.delete(server.id)
        for server in servers:
            cloud.until_gone(f"the server {server.id}", _reader(cloud.compute.server, server.id), seconds=_REMOVAL_SECONDS)
        for address in cloud.floating_ips.list(description=mark):
            cloud.floating_ips.delete(address.id)
        if self._plan.volume_size:
            for volume in [v for v in cloud.volumes.list() if v.name == mark]:
                cloud.volumes.delete(volume.id, seconds=_REMOVAL_SECONDS)
        for group in cloud.security_groups.list(name=mark, project_id=cloud.project_id()):
            cloud.security_groups.delete(group.id)

    def _boot(self) -> None:
        cloud, plan = self._cloud, self._plan
        group = cloud.security_groups.create(plan.mark, lambda: None, name=plan.mark, description=MARK)
        for rule in ({"protocol": "tcp", "port_range_min": PORT, "port_range_max": PORT}, {"protocol": "icmp"}):
            fields = {"security_group_id": group.id, "direction": "ingress", "ether_type": "IPv4", **rule}
            cloud.security_group_rules.create(plan.mark, lambda: None, **fields)
        self._server = cloud.servers.create(
            plan.mark,
            lambda: next((s for s in cloud.servers.list(name=f"^{plan.mark}$")), None),
            name=plan.mark,
            image_id=plan.image,
            flavor_id=plan.flavor,
            networks=[{"uuid": plan.network}],
            security_groups=[{"name": group.id}],
        )
        self._server = cloud.wait("the server to be ACTIVE", self._look, _active, seconds=self._left())
        self.host = (self._server.host if self._server else None) or ""

    def _give_address(self, network: str) -> None:
        cloud = self._cloud
        port = cloud.wait("the server's port to be ACTIVE", self._port, _up, seconds=self._left())
        if port is None:
            raise ExpectedError("the server has no port")
        fields = {"floating_network_id": network, "port_id": port.id, "description": self._plan.mark}
        made = cloud.floating_ips.create(
            self._plan.mark, lambda: next(iter(cloud.floating_ips.list(port_id=port.id)), None), **fields
        )
        self.address = made.floating_ip_address

    def _give_volume(self) -> None:
        cloud, plan = self._cloud, self._plan
        volume = cloud.volumes.create(plan.mark, plan.volume_size, {}, plan.volume_type)
        cloud.volumes.await_status(volume.id, "available", seconds=self._left())
        cloud.compute.attach(self._id(), volume.id)
        cloud.volumes.await_status(volume.id, "in-use", seconds=self._left())

    def _await_answer(self) -> None:
        reason = ""
        while self._left() > 0:
            reason = probe.silence(self.address, PORT, self._cloud.access.gateway)
            if not reason:
                return
            time.sleep(self._cloud.poll)
        raise ExpectedError(
            f"nothing answers at {self.address}, port {PORT} ({reason}): is {self._plan.network} routed to the external network, "
            "and is that network what the cables say?"
        )

    def _sweep_after_failure(self) -> None:
        """Cleans up without hiding why that is needed; what stays is swept by the next run."""
        try:
            self.sweep()
        except ClientError as error:
            self._say(f"smoke test {self._plan.name}: clean-up will be done by the next run ({error})")

    @contextmanager
    def _phase(self, name: str) -> Iterator[None]:
        began = self._now()
        try:
            yield
        except (ClientError, ExpectedError) as error:
            raise ExpectedError(self._explained(name, error, self._now() - began)) from None
        self.timings[name] = round(self._now() - began, 1)
        self._say(f"smoke test {self._plan.name}: {name} done ({self.timings[name]:g}s)")

    def _explained(self, phase: str, error: Exception, seconds: float) -> str:
        lines = [f"the smoke test {self._plan.name!r} failed in the phase {phase!r} after {seconds:.0f} s: {error}"]
        server = self._seen()
        if server is not None:
            lines.append(f"  the server is {server.status}" + (f" on {server.host}" if server.host else ""))
            if server.fault:
                lines.append(f"  its fault: {openstack.fault(server)}")
            lines += [f"  console: {line}" for line in self._console(server)]
        return "\n".join(lines)

    def _seen(self) -> openstack.Server | None:
        try:
            return self._look() if self._server is not None else None
        except ClientError:
            return self._server

    def _console(self, server: openstack.Server) -> list[str]:
        try:
            return self._cloud.compute.console(server.id, _CONSOLE_LINES)
        except ClientError:
            return []

    def _look(self) -> openstack.Server | None:
        return self._cloud.compute.server(self._id())

    def _port(self) -> openstack.Port | None:
        return next(iter(self._cloud.ports.list(device_id=self._id())), None)

    def _id(self) -> str:
        if self._server is None:
            raise ExpectedError("there is no server")
        return self._server.id

    def _left(self) -> float:
        return max(self._end - self._now(), 0.0)


def _active(server: openstack.Server | None) -> bool:
    if server is None:
        raise ExpectedError("somebody deleted the server while it was booting")
    if server.status == "ERROR":
        raise ExpectedError(f"Nova couldn't start it: {openstack.fault(server)}")
    return server.status == "ACTIVE"


def _up(port: openstack.Port | None) -> bool:
    return port is not None and port.status == "ACTIVE"


def _reader(read: Callable[[str], Any], id_: str) -> Callable[[], Any]:
    return lambda: read(id_)
