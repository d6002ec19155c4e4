"""The controller: LXD on it, made ready for VMs, and the VMs that the base services live in.

Owns: project, storage pool, bridge, profile and VMs in LXD, MAAS's way in to power them, and their records in MAAS. Does not
own: the host itself; MAAS and LXD were installed on it before this program ran, and nothing here deploys or restarts it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pulumi
import pulumi_lxd

import config
from config.virtual_machine import VmSpec
from providers import lxd, maas

from ._component import Component

MIB = 2**20


@dataclasses.dataclass(frozen=True, kw_only=True)
class ControllerArgs:
    """What the controller takes from its neighbours: the MAAS tags by name, and what must be there before a VM boots."""

    tags: Mapping[str, maas.Tag]
    networks_ready: list[pulumi.Resource]


class Controller(Component):
    """LXD prepared, and a MAAS machine for each VM, by hostname."""

    machines: dict[str, maas.Machine]

    def __init__(
        self, name: str, spec: config.ControllerSpec, args: ControllerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        self._spec, self._args, self._at = spec, args, spec.lxd.remote
        self._project = pulumi_lxd.Project(
            "project", name=spec.lxd.project, description="OpenStack's base services", remote=self._at, opts=self.child()
        )
        pool = self._pool()
        self._profile = self._make_profile(pool, self._bridge())
        self._access = self._let_maas_in()
        self._before: list[pulumi.Resource] = []
        self.machines = {hostname: self._vm(hostname, size, mac) for hostname, size, mac in spec.vms()}
        self.register_outputs({"project": self._project.name, "vms": list(self.machines)})

    def _pool(self) -> pulumi_lxd.StoragePool:
        pool = self._spec.lxd.pool
        return pulumi_lxd.StoragePool(
            "pool", name=pool.name, driver=pool.driver, config=pool.options or None, remote=self._at, opts=self.child()
        )

    def _bridge(self) -> pulumi.Input[str] | None:
        """The external bridge's name; LXD makes the bridge when it is to put a port into it."""
        bridge = self._spec.bridges.external
        if bridge is None or bridge.interface is None:
            return bridge.name if bridge else None
        options = {
            "bridge.external_interfaces": bridge.interface,
            "ipv4.address": "none",
            "ipv6.address": "none",
        }
        made = pulumi_lxd.Network(
            bridge.name, name=bridge.name, type="bridge", config=options, remote=self._at, opts=self.child()
        )
        return made.name

    def _make_profile(self, pool: pulumi_lxd.StoragePool, external: pulumi.Input[str] | None) -> pulumi_lxd.Profile:
        devices = [{"name": "root", "type": "disk", "properties": {"path": "/", "pool": pool.name}}]
        if external is not None:
            nic = {"nictype": "bridged", "parent": external}
            devices.append({"name": "eth1", "type": "nic", "properties": nic})
        return pulumi_lxd.Profile(
            "profile",
            name="control",
            project=self._project.name,
            description="VMs that MAAS installs",
            config={"security.secureboot": "false", "boot.autostart": "true"},
            devices=devices,
            remote=self._at,
            opts=self.child(),
        )

    def _let_maas_in(self) -> lxd.ClientCertificate:
        """MAAS powers the VMs with a certificate of its own, good for this project only."""
        certificate = lxd.ClientCertificate("maas", common_name="maas", opts=self.child())
        pulumi_lxd.TrustCertificate(
            "maas",
            name="maas",
            content=certificate.certificate,
            projects=[self._project.name],
            remote=self._at,
            opts=self.child(),
        )
        return certificate

    def _vm(self, hostname: str, size: VmSpec, mac: str) -> maas.Machine:
        instance = self._instance(hostname, size, mac)
        self._before = [instance]
        power = {
            "power_address": self._spec.lxd.address,
            "instance_name": instance.name,
            "project": self._project.name,
            "certificate": self._access.certificate,
            "key": self._access.private_key,
        }
        return maas.Machine(
            hostname,
            hostname=hostname,
            mac_address=mac,
            architecture="amd64/generic",
            power_type="lxd",
            power_parameters=pulumi.Output.secret(power),
            tags=pulumi.Output.all(*(self._args.tags[tag].name for tag in size.tags)),
            keep_on_destroy=False,
            opts=self.child(depends_on=[*self._args.networks_ready, instance]),
        )

    def keep_on(self, hostname: str, after: list[pulumi.Resource]) -> list[pulumi.Resource]:
        """Has a VM's power watched from the moment that `after` stands; a machine that is no VM is nothing of ours.

        By then somebody lives in the VM or is moving in, and MAAS switches it on without us.
        """
        if hostname not in self.machines:
            return []
        power = lxd.InstancePower(
            hostname,
            instance=hostname,
            project=self._project.name,
            remote=self._at,
            running=True,
            opts=self.child(depends_on=after),
        )
        return [power]

    def _instance(self, hostname: str, size: VmSpec, mac: str) -> pulumi_lxd.Instance:
        """A VM without an image that boots from the management network and is powered by MAAS from then on.

        Each waits for the one before it, so that a resize that restarts them takes them one after another.
        """
        boots_first = {"boot.priority": "10"}
        nic = {"nictype": "bridged", "parent": self._spec.bridges.management.name, "hwaddr": mac, **boots_first}
        root = {"path": "/", "pool": self._spec.lxd.pool.name, "size": f"{size.disk // MIB}MiB"}
        return pulumi_lxd.Instance(
            hostname,
            name=hostname,
            type="virtual-machine",
            project=self._project.name,
            profiles=[self._profile.name],
            running=False,
            allow_restart=self._spec.allow_restart,
            config={
                "limits.cpu": str(size.cores),
                "limits.memory": f"{size.memory // MIB}MiB",
                "user.power": "external",
            },
            devices=[
                {"name": "root", "type": "disk", "properties": root},
                {"name": "eth0", "type": "nic", "properties": nic},
            ],
            remote=self._at,
            opts=self.child(depends_on=[self._profile, *self._before]),
        )
