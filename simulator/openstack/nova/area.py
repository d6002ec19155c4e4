"""Nova: requests in, answers out; and what the other services ask it directly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .. import middleware
from ..call import Call, NotModelled, Reply
from ..faults import Fault, NoRoute, bad_request
from ..routes import Request
from . import api as _handlers  # noqa: F401 fills the route table
from . import daemons, restarts, steps, versions, views
from .compute import Compute
from .store import Store
from .table import ROUTES, VERSIONS

if TYPE_CHECKING:
    from ..cloud import Cloud

_ROOT = re.compile(r"/v2(\.1)?(/[0-9a-f]{32}(?=/))?")
_NO_PATH = {"message": "The resource could not be found.<br /><br />\n\n\n", "code": "404 Not Found", "title": "Not Found"}
_UNMODELLED = re.compile(
    r"/(extensions|os-(agents|assisted-volume-snapshots|baremetal-nodes|cells|console-auth-tokens|hosts|instance_usage_audit_log"
    r"|server-external-events|volumes|snapshots|virtual-interfaces))\b|/servers/[^/]+/(os-server-password|shares)\b"
)
"""Real paths that aren't here: they answer 501 and not, as Nova does to nonsense, 404."""
_FAULT_TYPE = {"Content-Type": "application/json; charset=UTF-8"}


class Area:
    """One cloud's Nova.

    Args:
        cloud: the other services, the facts and the clock.

    Attributes:
        compute: what its handlers work on.
    """

    def __init__(self, cloud: Cloud) -> None:
        self.compute = Compute(cloud)
        cloud.on(steps.TIMER, self._step)

    def _step(self, server: str, step: str, args: dict[str, Any]) -> None:
        steps.run(self.compute, server, step, args)

    def _look(self) -> None:
        """Hears the daemons, and sees what became of their servers."""
        daemons.report(self.compute)
        restarts.follow(self.compute)

    async def answer(self, call: Call) -> Reply:
        """Answers a request."""
        self._look()
        if call.path in ("", "/"):
            return versions.every(call.base)
        if call.path in ("/v2", "/v2/"):
            return versions.one("v2.0", call.base)
        if call.path in ("/v2.1", "/v2.1/"):
            return _stamped(versions.one("v2.1", call.base), VERSIONS.headers(VERSIONS.low))
        root = _ROOT.match(call.path)
        if root is None or not call.path[root.end() :].startswith("/"):
            return versions.choices(call.base, call.path)
        return self._answer(call, call.path[root.end() :])

    def _answer(self, call: Call, path: str) -> Reply:
        caller = middleware.caller(self.compute.cloud, call)
        try:
            version = VERSIONS.read(call.headers)
        except Fault as fault:
            return _stamped(fault.reply(), _FAULT_TYPE)
        stamp = {"Content-Type": "application/json"} | VERSIONS.headers(version)
        try:
            route, params = ROUTES.find(call.method, path, version)
            request = Request(call=call, caller=caller, version=version, params=params, body=_body(call))
            route.check(request)
            reply = _stamped(route.handler(self.compute, request), stamp)
        except NoRoute:
            if _UNMODELLED.match(path):
                raise NotModelled(f"{call.method} {call.path}") from None
            return Reply(status=404, body=_NO_PATH)
        except Fault as fault:
            return _stamped(fault.reply(), stamp | _FAULT_TYPE)
        return reply

    def dump(self) -> dict[str, Any]:
        """The state as JSON values."""
        return self.compute.store.model_dump(mode="json")

    def load(self, data: dict[str, Any]) -> None:
        """Takes a dumped state back."""
        self.compute.store = Store.model_validate(data)

    def server(self, server_id: str) -> dict[str, Any] | None:
        """A server (id, name, project_id, user_id, status, vm_state, task_state, host), None when it isn't there."""
        found = self.compute.store.servers.get(server_id)
        return views.state_of(found) if found else None

    def server_active(self, server_id: str) -> bool:
        """Whether a server is there and runs."""
        found = self.compute.store.servers.get(server_id)
        return found is not None and found.vm_state == "active" and self._host_up(found.host)

    def _host_up(self, host: str | None) -> bool:
        return any(each.hostname == host and each.up for each in self.compute.cloud.facts.computes())

    def servers_on(self, host: str) -> list[str]:
        """The ids of the servers of a host."""
        return [each.id for each in daemons.guests(self.compute, host)]

    def set_enabled(self, host: str, enabled: bool) -> None:
        """Enables or disables the nova-compute of a host.

        Raises:
            KeyError: no nova-compute of this host is registered.
        """
        worker = daemons.worker(self.compute, host)
        if worker is None:
            raise KeyError(host)
        worker.disabled, worker.disabled_reason, worker.changed = not enabled, None, self.compute.now()

    def unregister(self, host: str) -> None:
        """Deletes the nova-compute of a host from the services; one that isn't there is no error."""
        worker = daemons.worker(self.compute, host)
        if worker is not None:
            daemons.forget(self.compute, worker)

    def hypervisors(self) -> list[daemons.Hypervisor]:
        """The hosts of nova-compute with what they have and what of it is taken; Placement's view of the cloud."""
        self._look()
        return daemons.hypervisors(self.compute)

    def allocations(self) -> list[daemons.Allocation]:
        """What each server takes of which host."""
        return daemons.allocations(self.compute)


def _body(call: Call) -> Any:
    if call.method not in ("POST", "PUT", "PATCH") or not call.body:
        return None

    def malformed() -> Reply:
        raise bad_request("Malformed request body")

    body = call.json(malformed)
    if not isinstance(body, dict):
        raise bad_request("Malformed request body")
    return body


def _stamped(reply: Reply, stamp: dict[str, str]) -> Reply:
    return Reply(status=reply.status, body=reply.body, headers={**stamp, **reply.headers})
