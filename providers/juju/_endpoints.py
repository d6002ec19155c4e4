"""Where a person finds a cloud's services: a guess from the units' addresses, until the identity service can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from clients.juju import Status, naming

SERVICES: Final[Mapping[str, tuple[int | None, str]]] = {
    "keystone": (5000, "/v3"),
    "openstack-dashboard": (None, "/horizon"),
    "vault": (8200, ""),
    "nova-cloud-controller": (8774, "/v2.1"),
    "neutron-api": (9696, ""),
    "glance": (9292, ""),
    "cinder": (8776, "/v3"),
    "placement": (8778, ""),
    "ceph-radosgw": (None, "/swift/v1"),
    "heat": (8004, "/v1"),
    "octavia": (9876, ""),
    "barbican": (9311, ""),
    "designate": (9001, ""),
    "magnum": (9511, "/v1"),
    "manila": (8786, "/v2"),
}
"""Port and path by charm; None is the scheme's own port."""

_CERTIFICATES: Final = "tls-certificates"
_SEALED: Final = "Unit is sealed"


def endpoints(status: Status) -> dict[str, str]:
    """The address of each known service, by application."""
    found: dict[str, str] = {}
    for name, application in sorted(status.applications.items()):
        unit = next((u for u in status.units_of(name) if u.address), None)
        if application.charm in SERVICES and unit is not None:
            port, path = SERVICES[application.charm]
            host = f"[{unit.address}]" if ":" in unit.address else unit.address
            scheme = "https" if _has_certificates(status, name) else "http"
            found[name] = f"{scheme}://{host}{f':{port}' if port else ''}{path}"
    return found


def _has_certificates(status: Status, application: str) -> bool:
    """Whether it gets certificates from an application that is at work, or was until it was sealed: what it gave stays given."""
    for relation in status.relations:
        names = {naming.endpoint(e)[0] for e in relation.endpoints}
        if relation.interface == _CERTIFICATES and application in names - {relation.provider}:
            units = status.units_of(relation.provider or "")
            if units and all(u.workload.current == "active" or u.workload.message == _SEALED for u in units):
                return True
    return False
