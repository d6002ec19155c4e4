"""How to log in to the OpenStack that a Juju model runs: found in the model, kept in this process, never in the state.

Owns: where Keystone is, the admin's password (Keystone's action), the CA (Vault's action). Does not own: the connection, which
is `clients.openstack`. What is found is found once a process, and again when Keystone doesn't take it any more: a rotated
password or a new CA changes nothing in the resources.
"""

from __future__ import annotations

import dataclasses
import threading
import time
import urllib.parse
from collections.abc import Callable
from typing import Any, Final

from clients import juju, openstack, reach
from clients.juju import actions

from .._base import ExpectedError

KEYSTONE_PORT: Final = 5000
DOMAIN: Final = "admin_domain"
"""The charm's domain for its administrator."""
REGION: Final = "RegionOne"

_ACTION_SECONDS: Final = 300.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Place:
    """Which OpenStack: its text is the id of a CloudAccess, and the input `cloud` of all other resources.

    Attributes:
        controller: name of the Juju controller; empty is the configured one.
        model: UUID of the Juju model.
        keystone: name of Keystone's application.
        region: the region.
    """

    controller: str
    model: str
    keystone: str = "keystone"
    region: str = REGION

    def __str__(self) -> str:
        default = Place(controller=self.controller, model=self.model)
        extra = {k: getattr(self, k) for k in ("keystone", "region") if getattr(self, k) != getattr(default, k)}
        return f"{self.controller}/{self.model}" + (f"?{urllib.parse.urlencode(extra)}" if extra else "")

    @classmethod
    def parse(cls, text: str) -> Place:
        """The place that a text names.

        Raises:
            ExpectedError: when it is none.
        """
        path, _, query = text.partition("?")
        controller, slash, model = path.partition("/")
        if not slash or not model:
            raise ExpectedError(
                f"cloud is {text!r}: give the id of a CloudAccess, or set openstack:cloud to a name in clouds.yaml"
            )
        return cls(controller=controller, model=model, **dict(urllib.parse.parse_qsl(query)))


class Gone(Exception):  # noqa: N818 - reads as what happened
    """The model has no Keystone any more."""


class Away(ExpectedError):  # noqa: N818
    """Keystone's charm can't be asked at the moment."""


_found: dict[tuple[Any, ...], openstack.Access] = {}
_locks: dict[tuple[Any, ...], threading.Lock] = {}
_guard = threading.Lock()


def remembered(at: tuple[Any, ...], look: Callable[[], openstack.Access]) -> openstack.Access:
    """What was found for a key in this process; one thread looks, the others wait."""
    with _guard:
        lock = _locks.setdefault(at, threading.Lock())
    with lock:
        if at not in _found:
            _found[at] = look()
        return _found[at]


def remember(at: tuple[Any, ...], access: openstack.Access) -> None:
    """Keeps what somebody found for a key, for all who come later."""
    _found[at] = access


def key(folder: Any, place: str, gateway: str | None) -> tuple[Any, ...]:
    """Under what the way into a model's OpenStack is kept.

    Args:
        folder: Juju's client store.
        place: the text of a `Place`.
        gateway: template of the way to the services.
    """
    return str(folder), place, gateway


def forget(at: tuple[Any, ...]) -> openstack.Access | None:
    """Lets the next one look anew; returns what was found before."""
    return _found.pop(at, None)


def find(
    model: juju.Model, place: Place, gateway: str | None, *, scheme: str | None = None, ca: str | None = None
) -> openstack.Access:
    """Looks in a model how its OpenStack is reached, and asks Keystone for the admin's password.

    Args:
        model: the model.
        place: names the application and the region.
        gateway: template of the way to the services.
        scheme: "http" or "https"; None finds out.
        ca: the CA (PEM); None asks Vault, where Keystone has its certificate from it.

    Raises:
        Gone: when the model has no such application.
        ExpectedError: when Keystone can't be asked.
    """
    status = model.status()
    if place.keystone not in status.applications:
        raise Gone
    options = model.applications.get(place.keystone).options
    authority = authority_of(status, place.keystone)
    secured = scheme or ("https" if authority or _value(options, "ssl_cert") else "http")
    if ca is None:
        ca = _root(model, status, authority) if authority else ""
    password = ask(model, status, place.keystone, "get-admin-password").get("admin-password")
    if not password:
        raise ExpectedError(f"the action get-admin-password of {place.keystone} returned no password: is it settled?")
    return openstack.Access(
        auth_url=reach.url(gateway, secured, address(status, place.keystone, options), KEYSTONE_PORT) + "/v3",
        password=str(password),
        domain=DOMAIN,
        region=place.region,
        ca=ca,
        gateway=gateway,
    )


def ask(model: juju.Model, status: juju.Status, application: str, action: str) -> dict[str, Any]:
    """Runs an action that only reads on an application's leader, and returns its output, which may be secret.

    Raises:
        Away: when there is no leader, or it doesn't answer.
        ExpectedError: when the action fails.
    """
    leader = next((u for u in status.units_of(application) if u.leader), None)
    if leader is None:
        raise Away(f"{application} has no leader yet: wait until the model has settled, then run again")
    if leader.agent.current == "lost":
        raise Away(f"the agent of {leader.name} doesn't answer: start its machine, then run again")
    id_, end = model.actions.run(leader.name, action, {}).id, time.monotonic() + _ACTION_SECONDS
    while (ended := model.actions.get(id_)).status not in actions.FINAL:
        if time.monotonic() > end:
            raise Away(f"the action {action} on {leader.name} is still {ended.status} after {_ACTION_SECONDS:g} s")
        time.sleep(0.2)
    if ended.status != "completed":
        raise ExpectedError(f"the action {action} on {leader.name} ended as {ended.status}: {ended.message or 'no reason given'}")
    return dict(ended.output)


def _root(model: juju.Model, status: juju.Status, authority: str) -> str:
    found = str(ask(model, status, authority, "get-root-ca").get("output") or "")
    if "BEGIN CERTIFICATE" not in found:
        raise ExpectedError(f"{authority} has no root CA yet: generate one, or give it the one that you signed")
    return found


def authority_of(status: juju.Status, application: str) -> str:
    """The Vault application that an application has its certificates from; empty when there is none."""
    for relation in status.relations:
        if f"{application}:certificates" in relation.endpoints:
            others = {end.partition(":")[0] for end in relation.endpoints} - {application}
            return next((name for name in sorted(others) if status.applications[name].charm == "vault"), "")
    return ""


def address(status: juju.Status, application: str, options: Any) -> str:
    """Where an application is for its clients: its host name or virtual address when it has one, else its leader's address."""
    for name in ("os-public-hostname", "vip"):
        if words := _value(options, name).split():
            return words[0]
    units = status.units_of(application)
    chosen = next((u for u in units if u.leader and u.address), None) or next((u for u in units if u.address), None)
    if chosen is None:
        raise ExpectedError(f"no unit of {application} has an address yet: wait until the model has settled, then run again")
    return chosen.address


def _value(options: Any, name: str) -> str:
    option = options.get(name)
    return str(option.value or "") if option is not None and option.set_by_user else ""
