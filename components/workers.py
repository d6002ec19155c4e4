"""The workers: physical machines that compute and store.

Owns: their records in MAAS, from enlistment over the BMC to Ready. Does not own: their deployment, which is Juju's; nor what
is on their disks.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import pulumi

import config
from config.operations import Erasing
from providers import maas

from ._component import Component


@dataclasses.dataclass(frozen=True, kw_only=True)
class WorkersArgs:
    """The MAAS tags by name, what must be there before a worker boots, and how disks are erased when MAAS gets one back."""

    tags: Mapping[str, maas.Tag]
    networks_ready: list[pulumi.Resource]
    erase: Erasing = "no"


class Workers(Component):
    """A MAAS machine for each worker, by hostname; all of them commission at once."""

    machines: dict[str, maas.Machine]

    def __init__(
        self, name: str, specs: Sequence[config.WorkerSpec], args: WorkersArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        self._args = args
        self._before = [*args.networks_ready, *self._erasing(args.erase)]
        self.machines = {spec.hostname: self._worker(spec) for spec in specs}
        self.register_outputs({"workers": list(self.machines)})

    def _erasing(self, how: Erasing) -> list[pulumi.Resource]:
        """The region's settings for the disks of machines that are released; Juju, which releases them, has none of its own."""
        if how == "no":
            return []
        settings = {
            "enable_disk_erasing_on_release": True,
            "disk_erase_with_quick_erase": how == "quick",
        }
        return [maas.MaasSetting(name, name=name, value=value, opts=self.child()) for name, value in settings.items()]

    def _worker(self, spec: config.WorkerSpec) -> maas.Machine:
        return maas.Machine(
            spec.hostname,
            hostname=spec.hostname,
            mac_address=spec.mac,
            architecture=spec.architecture,
            power_type=spec.bmc.power_type,
            power_parameters=pulumi.Output.secret(power_parameters(spec.bmc)),
            zone=spec.zone,
            tags=pulumi.Output.all(*(self._args.tags[tag].name for tag in spec.tags)),
            opts=self.child(depends_on=self._before),
        )


def power_parameters(bmc: config.BmcSpec) -> dict[str, str]:
    """What MAAS must know to power a machine, in its own words for the power type."""
    common = {"power_address": str(bmc.address), "power_user": bmc.user, "power_pass": bmc.password.get_secret_value()}
    if bmc.power_type == "ipmi":
        common["power_driver"] = "LAN_2_0"
    return {} if bmc.power_type == "manual" else {**common, **bmc.parameters}
