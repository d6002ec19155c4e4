"""The LXD server as Python calls: objects by place, read and changed whole, operations awaited.

Owns: ETags, the retry of a change that somebody else overtook, and how long an operation is waited for. Does not own: what an
object should look like; callers say that.

A place is the path below /1.0 as a tuple of names, e.g. ("networks", "br0"), so that names are quoted in one spot.
"""

from __future__ import annotations

import threading
import time
import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import DeadlineError
from . import _session
from .errors import (
    FailedError,
    ForbiddenError,
    LxdError,
    NotFoundError,
    RefusedError,
    StaleError,
    UnknownOutcomeError,
    translated,
)
from .remote import Remote
from .types import Body, Host, InstanceState, Object, Operation, Server, Space

Place = tuple[str, ...]

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 90.0
WAIT_SECONDS = 20
"""How long one wait call lasts before the next; below ANSWER_SECONDS, so that a silent connection is noticed."""
DEADLINE = 300.0
STALE_RETRIES = 8


class Lxd:
    """One server, seen through one session; safe to share between threads.

    Attributes:
        remote: where it is.
        deadline: seconds to wait for an operation when the caller doesn't say.
    """

    def __init__(self, remote: Remote, *, deadline: float = DEADLINE, now: Callable[[], float] = time.monotonic) -> None:
        self.remote, self.deadline = remote, deadline
        self._now = now
        self._lock = threading.Lock()
        self._api: Any = None
        self._server: Server | None = None

    # Objects.

    def find(self, *place: str, project: str | None = None) -> Object | None:
        """The object at a place, None when there is none."""
        try:
            return self.get(*place, project=project)
        except NotFoundError:
            return None

    def get(self, *place: str, project: str | None = None) -> Object:
        """The object at a place.

        Raises:
            NotFoundError: there is none.
        """
        response = self._call("get", place, project)
        return Object._from_dict(response.json()["metadata"] or {}, response.headers.get("Etag"))

    def objects(self, *place: str, project: str | None = None, everywhere: bool = False) -> list[Object]:
        """All objects of a collection, whole; `everywhere` is in all projects."""
        extra = {"recursion": "1", **({"all-projects": "true"} if everywhere else {})}
        rows = self._call("get", place, project, params=extra).json()["metadata"] or []
        return [Object._from_dict(row) for row in rows]

    def create(
        self, *place: str, body: Body, project: str | None = None, deadline: float | None = None, **params: str
    ) -> Operation | None:
        """Adds to a collection and waits until it is done; returns the operation if LXD made one of it."""
        return self._await(self._call("post", place, project, json=body, params=params), deadline, _title(place, body))

    def modify(
        self, *place: str, change: Callable[[Object], Body], project: str | None = None, deadline: float | None = None
    ) -> None:
        """Reads an object, lets `change` say the whole new body, and puts it; read again and repeated when overtaken.

        Raises:
            StaleError: others change the object faster than we do.
        """
        for attempt in range(STALE_RETRIES):
            before = self.get(*place, project=project)
            body = change(before)
            headers = {"If-Match": before.etag} if before.etag else {}
            try:
                self._await(self._call("put", place, project, json=body, headers=headers), deadline, _title(place))
                return
            except StaleError:
                if attempt == STALE_RETRIES - 1:
                    raise

    def remove(self, *place: str, project: str | None = None, deadline: float | None = None, **params: str) -> bool:
        """Deletes; False when it was gone already."""
        try:
            self._await(self._call("delete", place, project, params=params), deadline, _title(place))
        except NotFoundError:
            return False
        return True

    # The server itself.

    def server(self) -> Server:
        """What the server is, and whether it trusts us."""
        return Server._from_dict(self._call("get", (), None).json()["metadata"])

    def reach(self) -> Server:
        """The server as it was when it first answered us; asks it once."""
        if self._server is None:
            self._server = self.server()
        return self._server

    def require(self, extension: str, what: str) -> None:
        """Makes sure that LXD has an API extension.

        Raises:
            LxdError: it hasn't, in words for the operator.
        """
        server = self.reach()
        if extension not in server.extensions:
            raise LxdError(
                f"LXD at {self.remote.where} has no {what}: it lacks the API extension {extension!r} (it is LXD {server.version})"
            )

    def configure(self, changes: Mapping[str, str]) -> None:
        """Sets keys of the server's own config; an empty value unsets one."""
        self._await(self._call("patch", (), None, json={"config": dict(changes)}), None, "server config")

    def host(self) -> Host:
        """What the machine has."""
        data = self._call("get", ("resources",), None).json()["metadata"]
        return Host(cpus=int(data["cpu"]["total"]), memory=int(data["memory"]["total"]))

    def space(self, pool: str) -> Space:
        """The room in a storage pool.

        Raises:
            NotFoundError: there is no such pool; LXD 5.0 calls that an internal error.
        """
        try:
            data = self._call("get", ("storage-pools", pool, "resources"), None).json()["metadata"]["space"]
        except RefusedError as error:
            if error.body != "Storage pool not found":
                raise
            raise NotFoundError(str(error), status=404, body=error.body) from error
        return Space(total=int(data.get("total") or 0), used=int(data.get("used") or 0))

    # Instances.

    def state(self, name: str, project: str | None = None) -> InstanceState:
        """What an instance does now."""
        return InstanceState._from_dict(self._call("get", ("instances", name, "state"), project).json()["metadata"])

    def power(self, name: str, action: str, *, project: str | None = None, force: bool = False, seconds: int = -1) -> None:
        """Starts, stops or restarts an instance.

        `action` is "start", "stop" or "restart"; `force` pulls the plug instead of asking the guest, which otherwise has
        `seconds` to shut down (-1: LXD decides).
        """
        body = {"action": action, "force": force, "timeout": seconds}
        response = self._call("put", ("instances", name, "state"), project, json=body)
        self._await(response, max(self.deadline, seconds + 30.0), f"{action} of instance {name}")

    def rename(self, *place: str, to: str, project: str | None = None) -> None:
        """Gives an object another name."""
        self._await(self._call("post", place, project, json={"name": to}), None, f"rename of {_title(place)}")

    def start_operation(self, *place: str, body: Body, project: str | None = None) -> Operation:
        """Posts what LXD turns into an operation, and returns that at once."""
        return Operation._from_dict(self._call("post", place, project, json=body).json()["metadata"])

    def operations(self) -> list[Operation]:
        """All operations that LXD still knows."""
        by_status = self._call("get", ("operations",), None, params={"recursion": "1"}).json()["metadata"] or {}
        return [Operation._from_dict(row) for rows in by_status.values() for row in rows]

    def raw(self, verb: str, *place: str, project: str | None = None, **options: Any) -> Any:
        """A request whose body isn't JSON, such as a file's; returns the response."""
        return self._call(verb, place, project, **options)

    # Pieces.

    def _call(self, verb: str, place: Place, project: str | None, **options: Any) -> Any:
        params = {**({"project": project} if project else {}), **options.pop("params", {})}
        options["headers"] = options.get("headers") or {}
        what = f"{verb.upper()} {'/'.join(place) or 'server'}" + (f" in project {project}" if project else "")
        with translated(what, self.remote.where):
            node = self._connected()
            for name in place:
                node = node[urllib.parse.quote(name, safe="")]
            return getattr(node, verb)(params=params, **options)

    def _connected(self) -> Any:
        """The root of pylxd's tree of paths, made and tried at the first call."""
        with self._lock:
            if self._api is None:
                self._api = self._connect()
            return self._api

    def _connect(self) -> Any:
        import pylxd

        session = _session.open_session(self.remote)
        try:
            timeout = (CONNECT_SECONDS, ANSWER_SECONDS)
            client = pylxd.Client(endpoint=_session.endpoint(self.remote), session=session, timeout=timeout)
            if not client.trusted:
                self._gain_trust(client)
        except BaseException:
            session.close()
            raise
        return client.api

    def close(self) -> None:
        """Closes the connections; the next call opens new ones."""
        with self._lock:
            if self._api is not None:
                self._api.session.close()
            self._api = self._server = None

    def _gain_trust(self, client: Any) -> None:
        if self.remote.trust_token and self.remote.secret("client_certificate"):
            server = Server._from_dict(client.host_info)
            field = "trust_token" if "explicit_trust_token" in server.extensions else "password"
            client.api["certificates"].post(json={"type": "client", field: self.remote.trust_token})
            return
        raise ForbiddenError(
            f"LXD at {self.remote.where} answers, but doesn't trust this client: give remote {self.remote.name!r} a client"
            " certificate and key that are in its trust store (`lxc config trust add`), or a trust token",
            status=403,
        )

    def _await(self, response: Any, deadline: float | None, what: str) -> Operation | None:
        """Waits for what LXD goes on to do after its answer; which calls those are differs between versions."""
        answer = response.json()
        if answer.get("type") != "async":
            return None
        operation = Operation._from_dict(answer["metadata"])
        return operation if operation.kind == "token" else self.wait(operation, what, deadline)

    def wait(self, operation: Operation, what: str, deadline: float | None = None) -> Operation:
        """Waits for an operation to end.

        Raises:
            FailedError: it ended in failure; LXD says why.
            UnknownOutcomeError: LXD forgot about it before its end was seen.
            DeadlineError: it takes longer than `deadline` seconds.
        """
        limit = self.deadline if deadline is None else deadline
        end = self._now() + limit
        while not operation.done:
            left = end - self._now()
            if left <= 0:
                raise DeadlineError(f"LXD at {self.remote.where}: {what} has taken more than {limit:g} s and is not done")
            operation = self._poll(operation, what, max(1, min(WAIT_SECONDS, int(left))))
        if operation.failed:
            raise FailedError(f"LXD at {self.remote.where}: {what}: {operation.error}", status=200, body=operation.error)
        return operation

    def _poll(self, operation: Operation, what: str, seconds: int) -> Operation:
        try:
            response = self._call("get", ("operations", operation.id, "wait"), None, params={"timeout": str(seconds)})
        except NotFoundError as error:
            raise UnknownOutcomeError(
                f"LXD at {self.remote.where}: nobody can tell how {what} ended; it is read again next time"
            ) from error
        return Operation._from_dict(response.json()["metadata"])


def _title(place: Place, body: Mapping[str, Any] | None = None) -> str:
    name = (body or {}).get("name")
    return " ".join(place) + (f" {name}" if name else "")
