"""Which charm's units listen where, and which package answers for them.

An area is a package that exports `Area`, and optionally `FAULTS` (name → what it does). One that is not in this installation
does not listen.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import importlib.util
from typing import Any

_REQUEST_ID = ("X-Openstack-Request-Id",)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Entry:
    """An area's package (relative to this one, or to the simulator with two dots), and the headers that number its answers."""

    package: str
    request_ids: tuple[str, ...] = _REQUEST_ID


@dataclasses.dataclass(frozen=True, kw_only=True)
class Listener:
    """What a charm's units serve: the port, the area, and the workload states in which the API runs."""

    port: int
    area: str
    states: tuple[str, ...] = ("active",)


AREAS: dict[str, Entry] = {
    "identity": Entry(package=".keystone", request_ids=("x-openstack-request-id",)),
    "image": Entry(package=".glance"),
    "network": Entry(package=".neutron"),
    "compute": Entry(package=".nova", request_ids=("X-Openstack-Request-Id", "X-Compute-Request-Id")),
    "placement": Entry(package=".placement", request_ids=("openstack-request-id",)),
    "volume": Entry(package=".cinder", request_ids=("X-Compute-Request-Id", "X-Openstack-Request-Id")),
    "load_balancer": Entry(package=".octavia"),
    "dashboard": Entry(package=".horizon", request_ids=()),
    "shares": Entry(package=".manila"),
    "versions": Entry(package=".versions"),
    "vault": Entry(package="..vault", request_ids=()),
    "guests": Entry(package=".guests", request_ids=()),
}
"""By the attribute of a cloud."""

_NO_API = ("active", "blocked", "waiting")

LISTENERS: dict[str, Listener] = {
    "keystone": Listener(port=5000, area="identity"),
    "glance": Listener(port=9292, area="image"),
    "neutron-api": Listener(port=9696, area="network"),
    "nova-cloud-controller": Listener(port=8774, area="compute"),
    "placement": Listener(port=8778, area="placement"),
    "cinder": Listener(port=8776, area="volume"),
    "octavia": Listener(port=9876, area="load_balancer", states=_NO_API),
    "openstack-dashboard": Listener(port=80, area="dashboard"),
    "vault": Listener(port=8200, area="vault", states=_NO_API),
    "heat": Listener(port=8004, area="versions"),
    "barbican": Listener(port=9311, area="versions"),
    "designate": Listener(port=9001, area="versions"),
    "magnum": Listener(port=9511, area="versions"),
    "manila": Listener(port=8786, area="shares"),
    "aodh": Listener(port=8042, area="versions"),
    "gnocchi": Listener(port=8041, area="versions"),
    "ceph-radosgw": Listener(port=80, area="versions"),
}
"""By charm. Vault and octavia answer before their charms are active, since somebody must first set them up."""


@functools.cache
def available() -> frozenset[str]:
    """The areas whose package is in this installation."""
    return frozenset(name for name, entry in AREAS.items() if _found(entry.package))


def load(name: str) -> type[Any]:
    """The class of an area."""
    area: type[Any] = _module(name).Area
    return area


def faults() -> dict[str, str]:
    """The faults that the areas know, each with what it does."""
    return {name: text for area in sorted(available()) for name, text in getattr(_module(area), "FAULTS", {}).items()}


def _module(name: str) -> Any:
    return importlib.import_module(AREAS[name].package, __package__)


def _found(package: str) -> bool:
    name = importlib.util.resolve_name(package, __package__)
    spec = importlib.util.find_spec(name)
    return bool(spec and spec.origin)
