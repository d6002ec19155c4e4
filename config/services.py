"""The optional services: which switch brings which overlay, what it needs, and what is to be done once it is up."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from .vocabulary import Spec


@dataclasses.dataclass(frozen=True, kw_only=True)
class Action:
    """An action of a charm, run once on its leader."""

    application: str
    name: str
    parameters: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Service:
    """An optional service.

    Attributes:
        overlay: the file under bundles/overlays that brings it.
        needs: switches that must be on with it.
        values: what the overlay takes from `openstack.values`.
        actions: what is done once its units are settled, in this order.
        catalogue: types of the services by which clients find it; empty when it is none of OpenStack's APIs.
    """

    overlay: str
    needs: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    catalogue: tuple[str, ...] = ()


SERVICES: Mapping[str, Service] = {
    "image_sync": Service(
        overlay="image-sync.yaml", actions=(Action(application="glance-simplestreams-sync", name="sync-images"),)
    ),
    "heat": Service(
        overlay="heat.yaml",
        actions=(Action(application="heat", name="domain-setup"),),
        catalogue=("orchestration",),
    ),
    "barbican": Service(overlay="barbican.yaml", catalogue=("key-manager",)),
    "octavia": Service(
        overlay="octavia.yaml",
        needs=("image_sync",),
        values=(
            "octavia-issuing-cacert",
            "octavia-issuing-ca-private-key",
            "octavia-issuing-ca-key-passphrase",
            "octavia-controller-cacert",
            "octavia-controller-cert",
        ),
        actions=(
            Action(application="octavia-diskimage-retrofit", name="retrofit-image"),
            Action(application="octavia", name="configure-resources"),
        ),
        catalogue=("load-balancer",),
    ),
    "designate": Service(
        overlay="designate.yaml", values=("dns-nameservers", "dns-forwarders", "dns-domain"), catalogue=("dns",)
    ),
    "telemetry": Service(
        overlay="telemetry.yaml",
        actions=(Action(application="ceilometer", name="ceilometer-upgrade"),),
        catalogue=("metric", "alarming"),
    ),
    "manila": Service(overlay="manila.yaml", catalogue=("sharev2",)),
    "magnum": Service(
        overlay="magnum.yaml",
        needs=("heat", "octavia", "barbican"),
        actions=(Action(application="magnum", name="domain-setup"),),
        catalogue=("container-infra",),
    ),
    "ceph_dashboard": Service(overlay="ceph-dashboard.yaml"),
}
"""In the order in which they are brought and made ready."""


class ServicesSpec(Spec):
    """Switches of the optional services; all are off unless said."""

    image_sync: bool = False
    heat: bool = False
    barbican: bool = False
    octavia: bool = False
    designate: bool = False
    telemetry: bool = False
    manila: bool = False
    magnum: bool = False
    ceph_dashboard: bool = False

    def on(self) -> Iterator[tuple[str, Service]]:
        """The services that are on, by switch, in their order."""
        for name, service in SERVICES.items():
            if getattr(self, name):
                yield name, service
