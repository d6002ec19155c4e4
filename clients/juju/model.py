"""One model: its status, configuration and annotations, and what lives in it by kind."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from .. import _watch
from ..errors import DeadlineError
from . import errors, replies
from ._session import Session
from .actions import Actions
from .applications import Applications
from .machines import Machines
from .relations import Relations
from .resources import Resources
from .secrets import Secrets
from .spaces import Spaces
from .status import Status
from .storage import Storage
from .store import ControllerEntry
from .units import Units
from .uploads import Uploads

_WHOLE: Final = "model"
"""The watched object is the model as a whole."""

_FRESH: Final = 2.0
"""Seconds for which a status serves those who only look."""


class Model:
    """A model, over one connection that everybody in this process shares.

    Args:
        uuid: the model's.
        session: the connection.
        poll: seconds between two looks at the status while anybody waits.
        entry: says where uploads go, and how to log in there.
    """

    def __init__(self, uuid: str, session: Session, poll: float, entry: Callable[[], ControllerEntry]) -> None:
        self.uuid = uuid
        self.tag = f"model-{uuid}"
        self.session = session
        call = session.call
        self.applications = Applications(call)
        self.units = Units(call)
        self.machines = Machines(call, uuid)
        self.relations = Relations(call)
        self.actions = Actions(call)
        self.secrets = Secrets(call)
        self.spaces = Spaces(call)
        self.resources = Resources(call)
        self.storage = Storage(call)
        self.uploads = Uploads(uuid, entry)
        self._watch = _watch.Watch(self._fetch, poll, tolerate=(errors.Unreachable, DeadlineError))
        self._reads = _watch.Watch(self._fetch, 0.0)
        self._newest: tuple[float, int, Status | None] = (0.0, 0, None)

    def status(self) -> Status:
        """The model now; callers that ask at the same time share one request."""
        found = self._reads.wait(_WHOLE, lambda _: True, deadline=600, describe=lambda _: "the model's status")
        assert found is not None  # noqa: S101 - `_fetch` always has the key
        return found

    def glance(self) -> Status:
        """The model as it was up to two seconds ago, unless we changed something since: for those who only look.

        A refresh reads each of hundreds of objects; they are all in one status.
        """
        at, changes, status = self._newest
        if status is not None and changes == self.session.changes and time.monotonic() - at < _FRESH:
            return status
        return self.status()

    def wait(
        self,
        ready: Callable[[Status], bool],
        *,
        seconds: float,
        describe: Callable[[Status | None], str],
        on_change: Callable[[Status | None, Status], None] | None = None,
    ) -> Status:
        """Polls the status, one request for all who wait, until `ready` holds.

        Args:
            ready: gets each new status; what it raises ends the wait.
            seconds: the deadline from now.
            describe: what is waited for and how it stands, for the error at the deadline.
            on_change: called with the last and the new status.

        Raises:
            DeadlineError: when the deadline has passed.
        """

        def changed(old: Status | None, new: Status | None) -> None:
            if on_change is not None and new is not None:
                on_change(old, new)

        found = self._watch.wait(
            _WHOLE, lambda s: s is not None and ready(s), deadline=seconds, describe=describe, on_change=changed
        )
        assert found is not None  # noqa: S101 - `ready` saw it
        return found

    def config(self) -> dict[str, Any]:
        """The model's settings that differ from their defaults, and the defaults too: key → {value, source}."""
        return dict(self.session.call("ModelConfig", "ModelGet").get("config") or {})

    def set_config(self, values: Mapping[str, Any]) -> None:
        """Sets some of the model's settings."""
        if values:
            self.session.call("ModelConfig", "ModelSet", {"config": dict(values)})

    def unset_config(self, keys: list[str]) -> None:
        """Puts settings back to their defaults."""
        if keys:
            self.session.call("ModelConfig", "ModelUnset", {"keys": keys})

    def constraints(self) -> dict[str, Any]:
        """The constraints that new machines get, in wire form, without the unset ones."""
        reply = self.session.call("ModelConfig", "GetModelConstraints")
        return {k: v for k, v in (reply.get("constraints") or {}).items() if v is not None}

    def set_constraints(self, constraints: Mapping[str, Any]) -> None:
        """Replaces the model's constraints."""
        self.session.call("ModelConfig", "SetModelConstraints", {"application": "", "constraints": dict(constraints)})

    def annotations(self, *tags: str) -> dict[str, dict[str, str]]:
        """The annotations of entities, by tag; one request for all."""
        if not tags:
            return {}
        reply = self.session.call("Annotations", "Get", replies.entities(*tags))
        found: dict[str, dict[str, str]] = {}
        for result in reply.get("results") or []:
            failure = (result.get("error") or {}).get("error") or {}
            if failure.get("message") and failure.get("code") != "not found":
                raise errors.of(failure, f"reading the annotations of {result.get('entity')}")
            found[str(result.get("entity"))] = dict(result.get("annotations") or {})
        return found

    def annotate(self, tag: str, annotations: Mapping[str, str]) -> None:
        """Sets some annotations of an entity; an empty value removes one."""
        params = {"annotations": [{"entity": tag, "annotations": dict(annotations)}]}
        replies.first(self.session.call("Annotations", "Set", params), f"annotating {tag}")

    def ssh_keys(self) -> list[str]:
        """The public keys that may log in to the machines, in full."""
        params = {"entities": replies.entities(self.tag), "mode": True}
        result = replies.first(self.session.call("KeyManager", "ListKeys", params), "listing the SSH keys")
        return list(result.get("result") or [])

    def add_ssh_key(self, key: str) -> None:
        """Lets a key log in to the machines."""
        params = {"user": "admin", "ssh-keys": [key]}
        replies.first(self.session.call("KeyManager", "AddKeys", params), "adding an SSH key")

    def remove_ssh_key(self, fingerprint: str) -> None:
        """Removes a key by its fingerprint or comment, as Juju wants it."""
        params = {"user": "admin", "ssh-keys": [fingerprint]}
        replies.first(self.session.call("KeyManager", "DeleteKeys", params), "removing an SSH key")

    def _fetch(self) -> dict[str, Status]:
        began, changes, started = time.monotonic(), self.session.changes, time.time()
        reply = self.session.call("Client", "FullStatus", {"patterns": []})
        status = Status._from_dict(reply)
        if not status.at:  # a controller that doesn't say what time it is
            status = Status(**{**vars(status), "at": started})
        self._newest = began, changes, status
        return {_WHOLE: status}
