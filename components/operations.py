"""The cloud in operation: its workers as Nova and Ceph know them, and what is rotated.

Owns: that each worker computes and stores before it counts, and its orderly end when it is taken out of the site: first no more
instances, those on it moved; then its OSDs out, the data whole without them; only then do units and machine go. Does not own:
units and machines themselves. A cloud that is taken down whole is not emptied worker by worker: all this leaves with the model.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pulumi

import bundle
import config
from providers import juju, openstack

from ._component import Component
from .openstack import OpenStack

COMPUTE, STORAGE, MONITORS = "nova-compute", "ceph-osd", "ceph-mon"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Seat:
    """A unit on the metal of one of the site's machines."""

    hostname: str
    unit: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class WorkerHostsArgs:
    """The cloud and the model it lives in; who sits where; the workers' disks; how many copies the data has."""

    cloud: pulumi.Input[str]
    controller: pulumi.Input[str]
    model: juju.Model
    openstack: OpenStack
    seats: Mapping[str, list[Seat]]
    disks: Mapping[str, tuple[str, ...]]
    copies: int


class WorkerHosts(Component):
    """The workers, each as a compute host and as a host of OSDs."""

    def __init__(
        self, name: str, spec: config.OperationsSpec, args: WorkerHostsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        self._spec, self._args = spec, args
        self.storing = {seat.hostname: self._storing(seat) for seat in args.seats.get(STORAGE, []) if seat.hostname in args.disks}
        self.computing = {seat.hostname: self._computing(seat) for seat in args.seats.get(COMPUTE, [])}
        self.register_outputs({"workers": list(self.computing)})

    def _storing(self, seat: Seat) -> openstack.OsdHost:
        args = self._args
        return openstack.OsdHost(
            seat.hostname,
            hostname=seat.hostname,
            unit=args.openstack.units[seat.unit].id,
            devices=list(args.disks[seat.hostname]),
            copies=args.copies,
            timeout=self._spec.health_timeout,
            controller=args.controller,
            model=args.model.id,
            opts=self.child(depends_on=[args.openstack.settled], deleted_with=args.model),
        )

    def _computing(self, seat: Seat) -> openstack.ComputeHost:
        """It leaves before the OSDs beside it do."""
        beside = self.storing.get(seat.hostname)
        return openstack.ComputeHost(
            seat.hostname,
            hostname=seat.hostname,
            unit=self._args.openstack.units[seat.unit].id,
            cloud=self._args.cloud,
            removing=self._spec.removing,
            timeout=self._spec.drain_timeout,
            opts=self.child(depends_on=[beside] if beside else [], deleted_with=self._args.model),
        )


def seats(plan: bundle.Plan, hosts: Mapping[str, str]) -> dict[str, list[Seat]]:
    """By charm, its units on the metal of the site's machines; `hosts` are the host names by the plan's machines."""
    charms = {app.name: app.charm for app in plan.applications}
    found: dict[str, list[Seat]] = {}
    for unit in plan.units:
        if unit.machine in hosts:
            seat = Seat(hostname=hosts[unit.machine], unit=unit.key)
            found.setdefault(charms[unit.application], []).append(seat)
    return found
