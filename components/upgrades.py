"""In which order applications change, so that an upgrade goes through the cloud as its guide says: one after another.

What others stand on comes first (database, messages, certificates), then the charms in the order of the upgrade guide, then all
other principals, and subordinates last. The order costs nothing while nothing changes.
"""

from __future__ import annotations

import hashlib
import json
from typing import Final

import bundle

BASE: Final = ("mysql-innodb-cluster", "percona-cluster", "rabbitmq-server", "memcached", "etcd", "vault")
"""Not upgraded with OpenStack, but their charms are, before the others."""

GUIDE: Final = (
    "ceph-mon",
    "keystone",
    "aodh",
    "barbican",
    "ceilometer",
    "ceph-fs",
    "ceph-radosgw",
    "cinder",
    "designate",
    "designate-bind",
    "glance",
    "gnocchi",
    "heat",
    "manila",
    "manila-ganesha",
    "neutron-api",
    "neutron-gateway",
    "ovn-dedicated-chassis",
    "ovn-central",
    "placement",
    "nova-cloud-controller",
    "nova-compute",
    "openstack-dashboard",
    "ceph-osd",
    "swift-proxy",
    "swift-storage",
    "octavia",
)
"""The upgrade guide's order. OVN's control plane is down from ovn-central until nova-compute is through."""

_RANK: Final = {charm: rank for rank, charm in enumerate((*BASE, *GUIDE))}


def in_order(plan: bundle.Plan) -> list[bundle.ApplicationPlan]:
    """The applications in the order in which they change."""
    return sorted(plan.applications, key=lambda app: (app.subordinate, _RANK.get(app.charm, len(_RANK)), app.name))


def digest(plan: bundle.Plan) -> str:
    """What units react to, as one word: it differs when an application's charm or settings do, and tells none of them."""
    facts = {
        app.name: [app.charm, app.channel, app.revision, app.options, app.resources, app.bindings, app.trust]
        for app in plan.applications
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()[:16]
