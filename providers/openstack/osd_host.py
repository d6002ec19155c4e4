"""The OSDs of a worker: that they run, and how they leave when the worker does.

Owns: the wait until they are up and the data has its copies, and their orderly end: one by one out of the cluster, each only
when the data is whole without it. Does not own: their making, which is the charm's, from its option osd-devices.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pulumi

from clients import juju

from .. import _settings
from .._base import ExpectedError, Found, Made, Props, Resource
from ..juju._common import InModel, InModelProvider, say
from ._ceph import Ceph


class OsdHostInputs(InModel):
    """A worker's OSDs.

    Attributes:
        hostname: of the worker's machine.
        unit: of the ceph-osd application, on it.
        devices: the disks that have an OSD each.
        copies: of each object, on different hosts; with fewer hosts left than this nothing can be whole again.
        monitors: the ceph-mon application.
        timeout: seconds until the data must have its copies again.
    """

    hostname: str
    unit: str
    devices: list[str]
    copies: int = 2
    monitors: str = "ceph-mon"
    timeout: float = 14400


class OsdHostProvider(InModelProvider[OsdHostInputs]):
    """One for each worker."""

    inputs = OsdHostInputs
    computed = ("osds", "up")
    replace_on = frozenset({"model", "hostname", "unit"})

    def make(self, inputs: OsdHostInputs) -> Made:
        return Made(id=f"{inputs.model}/{inputs.hostname}", outputs=self._await_up(inputs))

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        """Gone with the unit; fewer OSDs than disks show as disks that are missing."""
        if old["unit"] not in model.glance().units:
            return None
        try:
            found = Ceph(model=model, monitors=old.get("monitors", "ceph-mon")).on(old["hostname"])
        except ExpectedError as error:
            say(f"{old['hostname']}: its OSDs can't be looked at now, and are taken to be as they were: {error}")
            return Found(inputs={})
        up = sum(osd.up for osd in found)
        return Found(inputs={"devices": old["devices"][:up]}, outputs=_outputs(found))

    def change(self, id_: str, old: Props, inputs: OsdHostInputs) -> Mapping[str, Any]:
        return self._await_up(inputs)

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        inputs = self.parse(old)
        ceph = Ceph(model=model, monitors=inputs.monitors)
        every = ceph.osds()
        mine = [osd for osd in every if osd.host.partition(".")[0] == inputs.hostname.partition(".")[0]]
        if not mine:
            return
        hosts_left = {osd.host for osd in every} - {osd.host for osd in mine}
        whole_again = len(hosts_left) >= inputs.copies
        if not hosts_left:
            raise ExpectedError(f"{inputs.hostname} has the last OSDs of the cluster: all data would go with them")
        if whole_again and all(osd.up for osd in mine):
            ceph.await_health(f"removing the OSDs of {inputs.hostname}", inputs.timeout, self._pause())
        say(f"{inputs.hostname}: taking out {', '.join(f'osd.{osd.number}' for osd in mine)}")
        ceph.remove(inputs.unit, [osd.number for osd in mine], inputs.timeout, force=not whole_again)
        if whole_again:
            ceph.await_health(f"after the removal of the OSDs of {inputs.hostname}", inputs.timeout, self._pause())
        else:
            say(
                f"{inputs.hostname}: {len(hosts_left)} host with OSDs is left for {inputs.copies} copies: the data stays degraded"
            )

    def _await_up(self, inputs: OsdHostInputs) -> dict[str, Any]:
        """Waits until each disk has its OSD up."""
        ceph = Ceph(model=self.model(inputs), monitors=inputs.monitors)
        end = time.monotonic() + inputs.timeout
        while sum(osd.up for osd in ceph.on(inputs.hostname)) < len(inputs.devices):
            if time.monotonic() > end:
                found = ceph.on(inputs.hostname)
                up = ", ".join(f"osd.{osd.number}" for osd in found if osd.up) or "none"
                raise ExpectedError(
                    f"{inputs.hostname} has {len(inputs.devices)} disks for OSDs ({', '.join(inputs.devices)}), and up is {up}: "
                    f"see `juju run {inputs.unit} list-disks`; a disk that was used before needs zap-disk"
                )
            time.sleep(self._pause())
        return _outputs(ceph.on(inputs.hostname))

    def _pause(self) -> float:
        return _settings.number(self.settings(), "poll_seconds", 5)


class OsdHost(Resource, module="openstack", name="OsdHost"):
    """The OSDs of a worker."""

    provider_class = OsdHostProvider
    osds: pulumi.Output[list[int]]
    """Their numbers."""
    up: pulumi.Output[int]
    """How many of them run."""

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        hostname: pulumi.Input[str],
        unit: pulumi.Input[str],
        devices: pulumi.Input[list[str]],
        controller: pulumi.Input[str] | None = None,
        copies: pulumi.Input[int] | None = None,
        monitors: pulumi.Input[str] | None = None,
        timeout: pulumi.Input[float] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in OsdHostInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _outputs(found: Any) -> dict[str, Any]:
    return {"osds": sorted(osd.number for osd in found), "up": sum(osd.up for osd in found)}
