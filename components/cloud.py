"""A settled model made a cloud that somebody can use: the way in, optional services, workers, the first day, the proof."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pulumi

import config
from providers import juju, openstack

from . import vault
from ._component import Component
from .access import Access, AccessArgs
from .day_one import DayOne, DayOneArgs
from .openstack import OpenStack
from .operations import WorkerHosts, WorkerHostsArgs, seats
from .plan import SitePlan
from .services import Services, ServicesArgs


@dataclasses.dataclass(frozen=True, kw_only=True)
class CloudArgs:
    """Where the model is, and what runs in it."""

    controller: pulumi.Input[str]
    model: juju.Model
    openstack: OpenStack


class Cloud(Component):
    """The cloud. `outputs` is what the stack exports of it."""

    def __init__(self, name: str, plan: SitePlan, args: CloudArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._args, spec = args, plan.site.openstack
        rotated = self._rotated(spec.rotations)
        access = AccessArgs(
            controller=args.controller,
            model=args.model,
            ready=[args.openstack.settled, *rotated],
            triggers=[*(resource.id for resource in rotated), *vault.occasions(spec.vault)],
        )
        self.access = Access("access", spec.access, access, self.child())
        self.services = Services("services", spec.services, self._services_args(plan), self.child())
        self.workers = WorkerHosts("worker-hosts", spec.operations, self._workers_args(plan), self.child())
        self.day_one = self._day_one(plan)
        self.smoke_test = self._smoke_test(spec.smoke_test)
        self.register_outputs({})

    def _rotated(self, spec: config.RotationsSpec) -> list[juju.Action]:
        """A new password for the administrator; its users ask Keystone for it, or read the files that are then rewritten."""
        if spec.admin_password is None:
            return []
        rotation = juju.Action(
            "rotate-admin-password",
            unit="keystone/leader",
            name="rotate-admin-password",
            triggers=spec.admin_password,
            controller=self._args.controller,
            model=self._args.model.id,
            opts=self.child(depends_on=[self._args.openstack.settled], deleted_with=self._args.model),
        )
        return [rotation]

    def _services_args(self, plan: SitePlan) -> ServicesArgs:
        return ServicesArgs(
            cloud=self.access.id,
            controller=self._args.controller,
            model=self._args.model,
            units=plan.plan.unit_counts(),
            parts_of=self._args.openstack.parts_of,
            ready=[self._args.openstack.settled],
        )

    def _workers_args(self, plan: SitePlan) -> WorkerHostsArgs:
        site = plan.site
        return WorkerHostsArgs(
            cloud=self.access.id,
            controller=self._args.controller,
            model=self._args.model,
            openstack=self._args.openstack,
            seats=seats(plan.plan, plan.placement.hosts),
            disks={worker.hostname: worker.osd_disks for worker in site.workers},
            copies=site.openstack.ceph_replication_count or min(2, len(site.workers)),
        )

    def _day_one(self, plan: SitePlan) -> DayOne | None:
        spec = plan.site.openstack.day_one
        if spec is None:
            return None
        args = DayOneArgs(cloud=self.access.id, outside=plan.site.networks.external, model=self._args.model)
        return DayOne("day-one", spec, args, self.child())

    def _smoke_test(self, spec: config.SmokeTestSpec | None) -> openstack.SmokeTest | None:
        if spec is None or self.day_one is None:
            return None
        return self.day_one.smoke_test(spec, [*self.workers.computing.values(), *self.services.done])

    @property
    def outputs(self) -> Mapping[str, Any]:
        """The way in, what the proof took."""
        proof = {} if self.smoke_test is None else {"smoke_test": self.smoke_test.timings}
        return {"cloud": self.access.outputs, **self.services.outputs, **proof}
