"""What Nova does beyond keeping fields: servers' lives, hosts that come and go, members of aggregates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import types
from .errors import ConflictError, FailedError, NotFoundError

if TYPE_CHECKING:
    from .cloud import Cloud

_SERVICE = "nova-compute"
_LIVE = "2.30"
"""Live migration with a host that the scheduler checks, and `auto` for block migration."""


class Compute:
    """Nova's operations."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    # Hosts.

    def services(self, binary: str = _SERVICE, host: str | None = None) -> list[types.ComputeService]:
        """The services of a kind, those of one host when given; a host is what Nova calls it."""
        query = {"binary": binary, **({"host": host} if host else {})}
        return self._cloud.call(
            "list the compute services", lambda c: [types.ComputeService.of(s) for s in c.compute.services(**query)]
        )

    def service(self, host: str) -> types.ComputeService | None:
        """The nova-compute of a host; a host may be given without its domain."""
        found = self.services()
        exact = next((s for s in found if s.host == host), None)
        return exact or next((s for s in found if s.host.partition(".")[0] == host.partition(".")[0]), None)

    def disable(self, service: types.ComputeService, reason: str) -> None:
        """Lets no more servers come to a host."""
        what = f"disable {service.binary} on {service.host}"
        self._cloud.call(what, lambda c: c.compute.disable_service(service.id, disabled_reason=reason))

    def enable(self, service: types.ComputeService) -> None:
        """Lets servers come to a host again."""
        self._cloud.call(f"enable {service.binary} on {service.host}", lambda c: c.compute.enable_service(service.id))

    def delete_service(self, service: types.ComputeService) -> None:
        """Forgets a host's service, and with it the host in placement; Nova refuses (409) while servers are on it."""
        what = f"delete {service.binary} of {service.host}"
        self._cloud.call(what, lambda c: c.compute.delete_service(service.id, ignore_missing=True))

    def servers_on(self, host: str) -> list[types.Server]:
        """All projects' servers on a host."""
        query = {"all_projects": True, "compute_host": host}  # `host` is another field of the SDK, compared on our side
        return self._cloud.call(
            f"list the servers on {host}", lambda c: [types.Server.of(s) for s in c.compute.servers(details=True, **query)]
        )

    def hypervisors(self) -> list[types.Hypervisor]:
        """The hosts that run servers."""
        return self._cloud.call("list the hypervisors", lambda c: [types.Hypervisor.of(h) for h in c.compute.hypervisors()])

    # Servers.

    def move(self, server: types.Server, *, to: str | None = None, seconds: float = 1800) -> types.Server:
        """Moves a server off its host and waits until it is elsewhere: live when it runs, cold otherwise.

        Args:
            server: as it was read, with its host.
            to: the host; None lets the scheduler choose.
            seconds: the deadline.

        Raises:
            FailedError: when it ended in ERROR, or stays where it was.
        """
        live = server.status in ("ACTIVE", "PAUSED")
        if live:
            body = {"os-migrateLive": {"host": to, "block_migration": "auto"}}
            self._act(server, body, "live-migrate", microversion=_LIVE)
        else:
            self._act(server, {"migrate": None if to is None else {"host": to}}, "migrate", microversion="2.56")
        return self._arrived(server, seconds)

    def evacuate(self, server: types.Server, *, to: str | None = None, seconds: float = 1800) -> types.Server:
        """Starts a server of a host that is down elsewhere, from its disk in the shared storage, and waits until it is there.

        Raises:
            FailedError: when it ended in ERROR, or stays where it was.
        """
        body = {"evacuate": {} if to is None else {"host": to}}
        self._act(server, body, "evacuate", microversion="2.56")
        return self._arrived(server, seconds)

    def server(self, id_: str) -> types.Server | None:
        """A server, None when there is none."""
        return self._cloud.servers.read(id_)

    def delete_server(self, id_: str, seconds: float = 600) -> None:
        """Deletes a server and waits until it is gone."""
        self._cloud.servers.delete(id_)
        self._cloud.until_gone(f"the server {id_}", lambda: self.server(id_), seconds=seconds)

    def console(self, id_: str, lines: int = 20) -> list[str]:
        """The last lines of a server's console; none when it has none yet."""
        try:
            reply = self._cloud.call(
                f"read the console of {id_}", lambda c: c.compute.get_server_console_output(id_, length=lines)
            )
        except (NotFoundError, ConflictError):
            return []
        return [line for line in str((reply or {}).get("output") or "").splitlines() if line.strip()][-lines:]

    def attach(self, server_id: str, volume_id: str) -> None:
        """Gives a server a volume."""
        what = f"attach the volume {volume_id} to the server {server_id}"
        self._cloud.call(what, lambda c: c.compute.create_volume_attachment(server_id, volume=volume_id))

    def detach(self, server_id: str, volume_id: str) -> None:
        """Takes a volume from a server; one that isn't attached is as good as taken."""
        what = f"detach the volume {volume_id} from the server {server_id}"
        try:
            self._cloud.call(what, lambda c: c.compute.delete_volume_attachment(server_id, volume_id, ignore_missing=True))
        except NotFoundError:
            return

    # Flavors and aggregates.

    def set_extra_specs(self, flavor_id: str, old: Mapping[str, str], new: Mapping[str, str]) -> None:
        """Brings a flavor's extra specs from `old` to `new`."""
        changed = {key: value for key, value in new.items() if old.get(key) != value}
        what = f"change the extra specs of the flavor {flavor_id}"
        if changed:
            self._cloud.call(what, lambda c: c.compute.create_flavor_extra_specs(flavor_id, changed))
        for key in sorted(old.keys() - new.keys()):
            self._drop_extra_spec(flavor_id, key, what)

    def access(self, flavor_id: str) -> list[str]:
        """The projects that may use a private flavor."""
        rows = self._cloud.call(
            f"read who may use the flavor {flavor_id}", lambda c: list(c.compute.get_flavor_access(flavor_id))
        )
        return sorted(str(row["tenant_id"]) for row in rows)

    def grant(self, flavor_id: str, project_id: str) -> None:
        """Lets a project use a private flavor."""
        what = f"let the project {project_id} use the flavor {flavor_id}"
        self._cloud.call(what, lambda c: c.compute.flavor_add_tenant_access(flavor_id, project_id))

    def withdraw(self, flavor_id: str, project_id: str) -> None:
        """Doesn't let a project use a private flavor any more."""
        what = f"let the project {project_id} no longer use the flavor {flavor_id}"
        try:
            self._cloud.call(what, lambda c: c.compute.flavor_remove_tenant_access(flavor_id, project_id))
        except NotFoundError:
            return

    def set_metadata(self, aggregate_id: str, metadata: Mapping[str, str | None]) -> None:
        """Sets some of an aggregate's metadata; None removes a key."""
        what = f"change the metadata of the host aggregate {aggregate_id}"
        self._cloud.call(what, lambda c: c.compute.set_aggregate_metadata(aggregate_id, dict(metadata)))

    def add_host(self, aggregate_id: str, host: str) -> None:
        """Puts a host into an aggregate."""
        what = f"add the host {host} to the host aggregate {aggregate_id}"
        self._cloud.call(what, lambda c: c.compute.add_host_to_aggregate(aggregate_id, host))

    def remove_host(self, aggregate_id: str, host: str) -> None:
        """Takes a host out of an aggregate."""
        what = f"remove the host {host} from the host aggregate {aggregate_id}"
        try:
            self._cloud.call(what, lambda c: c.compute.remove_host_from_aggregate(aggregate_id, host))
        except NotFoundError:
            return

    def _drop_extra_spec(self, flavor_id: str, key: str, what: str) -> None:
        try:
            self._cloud.call(what, lambda c: c.compute.delete_flavor_extra_specs_property(flavor_id, key))
        except NotFoundError:
            return

    def _arrived(self, server: types.Server, seconds: float) -> types.Server:
        moved = self._settled(server, f"the server {server.name} to move off {server.host}", seconds)
        if moved.status == "VERIFY_RESIZE":
            self._act(moved, {"confirmResize": None}, "confirm the migration of")
            moved = self._settled(moved, f"the migration of {server.name} to be confirmed", seconds)
        if moved.host == server.host:
            raise FailedError(
                f"{self._cloud.where}: the server {server.name} ({server.id}) is still on {server.host}: no other host takes it"
            )
        return moved

    def _act(self, server: types.Server, body: Mapping[str, Any], verb: str, **options: Any) -> None:
        what = f"{verb} the server {server.name} ({server.id})"
        self._cloud.raw("compute", "post", f"/servers/{server.id}/action", what, json=dict(body), **options)

    def _settled(self, server: types.Server, what: str, seconds: float) -> types.Server:
        """The server once nothing goes on with it."""

        def ready(seen: types.Server | None) -> bool:
            if seen is None:
                raise NotFoundError(f"{self._cloud.where}: the server {server.name} ({server.id}) is gone")
            if seen.status == "ERROR":
                raise FailedError(f"{self._cloud.where}: the server {server.name} ({server.id}) is in ERROR: {fault(seen)}")
            return not seen.task_state and seen.status not in ("MIGRATING", "RESIZE")

        found = self._cloud.wait(what, lambda: self.server(server.id), ready, seconds=seconds)
        return found if found is not None else server


def fault(server: types.Server) -> str:
    """What Nova says went wrong with a server."""
    return str((server.fault or {}).get("message") or "Nova gives no reason")
