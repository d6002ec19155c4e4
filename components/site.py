"""The site: networks, machines, Juju and OpenStack, in the guide's order and with nothing waiting that needn't."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from ._component import Component
from .cloud import Cloud, CloudArgs
from .controller import Controller, ControllerArgs
from .juju_cloud import JujuCloud, JujuCloudArgs
from .networks import Networks
from .openstack import OpenStack, OpenStackArgs
from .plan import SitePlan
from .tags import Tags, names_of
from .workers import Workers, WorkersArgs


class Site(Component):
    """Everything. `outputs` is what the stack exports."""

    def __init__(self, name: str, plan: SitePlan, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        site = plan.site
        self.networks = Networks("networks", site.networks, self.child())
        self.tags = Tags("tags", names_of(site), self.child())
        shared: dict[str, Any] = {"tags": self.tags.by_name, "networks_ready": self.networks.ready}
        self.controller = Controller("controller", site.controller, ControllerArgs(**shared), self.child())
        self.workers = Workers(
            "workers", site.workers, WorkersArgs(**shared, erase=site.openstack.operations.erase), self.child()
        )
        self.juju = JujuCloud("juju", site.juju, self._juju_args(plan), self.child())
        self.controller.keep_on(site.controller.juju_vm.hostname, [self.juju.controller])
        self.openstack = OpenStack("openstack", plan.plan, plan.placement, self._openstack_args(plan), self.child())
        self.cloud = self._cloud(plan)
        self.register_outputs({})

    def _cloud(self, plan: SitePlan) -> Cloud | None:
        """What makes a model a cloud; not before Vault is open."""
        if not plan.site.openstack.vault.opens or self.openstack.vault is None:
            return None
        args = CloudArgs(controller=self.juju.controller.name, model=self.juju.model, openstack=self.openstack)
        return Cloud("cloud", plan, args, self.child())

    def _juju_args(self, plan: SitePlan) -> JujuCloudArgs:
        """Juju's controller waits for its own VM only; the others commission meanwhile."""
        vm = plan.site.controller.juju_vm
        return JujuCloudArgs(
            base=plan.site.openstack.base,
            bootstrap_tags=vm.tags,
            space=plan.site.networks.management.space,
            machines_ready=[self.controller.machines[vm.hostname]],
        )

    def _openstack_args(self, plan: SitePlan) -> OpenStackArgs:
        return OpenStackArgs(
            controller=self.juju.controller.name,
            model=self.juju.model,
            machines={**self.controller.machines, **self.workers.machines},
            keep_on=self.controller.keep_on,
            release=plan.site.openstack.release,
            vault=plan.site.openstack.vault,
            sizes={name: f"{vm.cores} cores, {vm.memory // 2**20} MiB" for name, vm, _ in plan.site.controller.vms()},
        )

    @property
    def outputs(self) -> Mapping[str, Any]:
        """Networks, machines, Juju and units; secrets among them are marked as such."""
        machines = {**self.controller.machines, **self.workers.machines}
        return {
            "networks": {name: network.cidr for name, network in self.networks.by_name.items()},
            "machines": {name: {"system_id": m.id, "addresses": m.addresses} for name, m in machines.items()},
            "juju": {
                "controller": self.juju.controller.name,
                "addresses": self.juju.controller.addresses,
                "model": self.juju.model.id,
            },
            "units": self.openstack.settled.units,
            "endpoints": self.openstack.settled.endpoints,
            **({"vault": self.openstack.vault.outputs} if self.openstack.vault else {}),
            **(self.cloud.outputs if self.cloud else {}),
        }
