"""The MAAS tags by which Juju tells the machines apart."""

from __future__ import annotations

from collections.abc import Iterable

import pulumi

import config
from providers import maas

from ._component import Component

COMMENTS = {
    "openstack-control": "runs OpenStack's base services",
    "openstack-worker": "computes and stores",
    "juju-controller": "runs the Juju controller",
}


class Tags(Component):
    """One tag for each name, by name. Machines hold the tags; a tag knows nothing of its machines."""

    def __init__(self, name: str, names: Iterable[str], opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.by_name = {tag: maas.Tag(tag, name=tag, comment=COMMENTS.get(tag), opts=self.child()) for tag in names}
        self.register_outputs({"tags": list(self.by_name)})


def names_of(site: config.SiteSpec) -> list[str]:
    """Every tag that a machine of the site carries."""
    held = {tag for worker in site.workers for tag in worker.tags}
    held |= {tag for _, vm, _ in site.controller.vms() for tag in vm.tags}
    return sorted(held)
