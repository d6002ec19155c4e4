"""The optional services: which switch brings which overlay, what it needs, and what is to be done once it is up."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from .vocabulary import Spec


@dataclasses.dataclass(frozen=True, kw_only=True)
class Action:
    """An action of a charm, run once on its leader; `awaited` is how the charm's message begins while it waits for that."""

    application: str
    name: str
    parameters: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    awaited: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ShareType:
    """A type of shares: name, and what Manila's scheduler goes by."""

    name: str
    extra_specs: Mapping[str, str]


@dataclasses.dataclass(frozen=True, kw_only=True)
class WantedImage:
    """An image that an action of a charm brings, known by a tag or by how its name begins."""

    name: str
    application: str
    action: str
    tag: str = ""
    prefix: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Service:
    """An optional service.

    Attributes:
        overlay: the file under bundles/overlays that brings it.
        applications: what it runs on; those whose names begin with one of these and a hyphen belong to it.
        needs: switches that must be on with it.
        values: what the overlay takes from `openstack.values`.
        images: what Glance must have for them, and who brings it.
        actions: what is done once its units are settled, in this order; each can be done twice.
        share_types: what is made in Manila.
        dashboard_user: who may log in to Ceph's dashboard, as its administrator; empty when there is none.
        catalogue: types of the services by which clients find it; empty when it is none of OpenStack's APIs.
    """

    overlay: str
    applications: tuple[str, ...]
    needs: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    images: tuple[WantedImage, ...] = ()
    actions: tuple[Action, ...] = ()
    share_types: tuple[ShareType, ...] = ()
    dashboard_user: str = ""
    catalogue: tuple[str, ...] = ()


SERVICES: Mapping[str, Service] = {
    "image_sync": Service(
        overlay="image-sync.yaml",
        applications=("glance-simplestreams-sync",),
        images=(
            WantedImage(name="synced-image", application="glance-simplestreams-sync", action="sync-images", prefix="auto-sync/"),
        ),
    ),
    "heat": Service(
        overlay="heat.yaml",
        applications=("heat",),
        actions=(Action(application="heat", name="domain-setup"),),
        catalogue=("orchestration",),
    ),
    "barbican": Service(overlay="barbican.yaml", applications=("barbican",), catalogue=("key-manager",)),
    "octavia": Service(
        overlay="octavia.yaml",
        applications=("octavia",),
        needs=("image_sync",),
        values=(
            "octavia-issuing-cacert",
            "octavia-issuing-ca-private-key",
            "octavia-issuing-ca-key-passphrase",
            "octavia-controller-cacert",
            "octavia-controller-cert",
        ),
        images=(
            WantedImage(
                name="amphora-image",
                application="octavia-diskimage-retrofit",
                action="retrofit-image",
                tag="octavia-amphora",
            ),
        ),
        actions=(Action(application="octavia", name="configure-resources", awaited="Awaiting "),),
        catalogue=("load-balancer",),
    ),
    "designate": Service(
        overlay="designate.yaml",
        applications=("designate",),
        values=("dns-nameservers", "dns-forwarders", "dns-domain"),
        catalogue=("dns",),
    ),
    "telemetry": Service(
        overlay="telemetry.yaml",
        applications=("ceilometer", "gnocchi", "aodh"),
        actions=(Action(application="ceilometer", name="ceilometer-upgrade", awaited="Run the ceilometer-upgrade action"),),
        catalogue=("metric", "alarming"),
    ),
    "manila": Service(
        overlay="manila.yaml",
        applications=("manila",),
        share_types=(
            ShareType(
                name="cephfsnfstype",
                extra_specs={
                    "driver_handles_share_servers": "False",
                    "snapshot_support": "False",
                    "vendor_name": "Ceph",
                    "storage_protocol": "NFS",
                },
            ),
        ),
        catalogue=("sharev2",),
    ),
    "magnum": Service(
        overlay="magnum.yaml",
        applications=("magnum",),
        needs=("heat", "octavia", "barbican"),
        actions=(Action(application="magnum", name="domain-setup"),),
        catalogue=("container-infra",),
    ),
    "ceph_dashboard": Service(overlay="ceph-dashboard.yaml", applications=("ceph-dashboard",), dashboard_user="admin"),
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
