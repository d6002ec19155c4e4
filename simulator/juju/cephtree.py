"""What `ceph osd tree --format json` prints on a monitor: hosts with their OSDs."""

from __future__ import annotations

import json

from ..world import World
from . import osds
from .records import Model

COMMAND = ("ceph", "osd", "tree", "--format", "json")


def tree(world: World, model: Model) -> str:
    """The tree as Ceph's JSON; hosts are buckets below the root, with negative numbers."""
    hosts: dict[str, list[osds.Osd]] = {}
    for osd in osds.cluster(world, model):
        hosts.setdefault(model.machines[osd.machine].hostname, []).append(osd)
    buckets = {name: -3 - 2 * index for index, name in enumerate(sorted(hosts))}
    nodes: list[dict[str, object]] = [
        {"id": -1, "name": "default", "type": "root", "type_id": 11, "children": sorted(buckets.values(), reverse=True)}
    ]
    for name, number in buckets.items():
        children = sorted((osd.id for osd in hosts[name]), reverse=True)
        nodes.append({"id": number, "name": name, "type": "host", "type_id": 1, "pool_weights": {}, "children": children})
        nodes += [_leaf(osd) for osd in sorted(hosts[name], key=lambda osd: osd.id)]
    return json.dumps({"nodes": nodes, "stray": []}) + "\n"


def _leaf(osd: osds.Osd) -> dict[str, object]:
    return {
        "id": osd.id,
        "device_class": "ssd",
        "name": osd.name,
        "type": "osd",
        "type_id": 0,
        "crush_weight": 0.0974,
        "depth": 2,
        "pool_weights": {},
        "exists": 1,
        "status": "up" if osd.up else "down",
        "reweight": 0 if osd.out else 1,
        "primary_affinity": 1,
    }
