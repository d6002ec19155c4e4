"""What is in the cloud from the first day, and the proof that it works.

Owns: projects and people, networks, flavors, images, keys; the smoke test. Does not own: what clients make of it. All of it
leaves with the model: a cloud that is taken down is not emptied first.
"""

from __future__ import annotations

import dataclasses

import pulumi

import config
from config.day_one import FlavorSpec, ImageSpec
from providers import juju, openstack

from ._component import Component
from .cloud_networks import CloudNetworks, CloudNetworksArgs
from .tenants import Tenants, TenantsArgs

MIB, GIB = 2**20, 2**30


@dataclasses.dataclass(frozen=True, kw_only=True)
class DayOneArgs:
    """The cloud, the site's network that floating addresses are on, and the model that all of it leaves with."""

    cloud: pulumi.Input[str]
    outside: config.NetworkSpec
    model: juju.Model


class DayOne(Component):
    """A cloud that somebody can use."""

    def __init__(self, name: str, spec: config.DayOneSpec, args: DayOneArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts, args.model)
        self._cloud = args.cloud
        tenants = TenantsArgs(cloud=args.cloud, model=args.model)
        self.tenants = Tenants("tenants", spec, tenants, pulumi.ResourceOptions(parent=self))
        networks = CloudNetworksArgs(cloud=args.cloud, tenants=self.tenants, outside=args.outside, model=args.model)
        self.networks = CloudNetworks("networks", spec, networks, pulumi.ResourceOptions(parent=self))
        self.flavors = {flavor.name: self._flavor(flavor) for flavor in spec.flavors}
        self.images = {image.name: self._image(image) for image in spec.images}
        for pair in spec.key_pairs:
            openstack.KeyPair(pair.name, name=pair.name, public_key=pair.public_key, cloud=args.cloud, opts=self.child())
        self.register_outputs({"flavors": list(self.flavors), "images": list(self.images)})

    def _flavor(self, spec: FlavorSpec) -> openstack.Flavor:
        return openstack.Flavor(
            spec.name,
            name=spec.name,
            vcpus=spec.cores,
            ram=spec.memory // MIB,
            disk=spec.disk // GIB,
            public=spec.public,
            extra_specs=spec.extra_specs or None,
            cloud=self._cloud,
            opts=self.child(),
        )

    def _image(self, spec: ImageSpec) -> openstack.Image:
        return openstack.Image(
            spec.name,
            name=spec.name,
            url=spec.url,
            file=spec.file,
            checksum=spec.checksum,
            disk_format=spec.disk_format,
            visibility=spec.visibility,
            active=True,
            min_disk=-(-spec.min_disk // GIB),
            min_ram=-(-spec.min_memory // MIB),
            properties=dict(spec.properties) or None,
            cloud=self._cloud,
            opts=self.child(),
        )

    def smoke_test(self, spec: config.SmokeTestSpec, after: list[pulumi.Resource]) -> openstack.SmokeTest:
        """An instance booted, reached and gone again; `after` is what must be done first."""
        return openstack.SmokeTest(
            "smoke-test",
            image=self.images[spec.image].id,
            flavor=self.flavors[spec.flavor].id,
            network=self.networks.by_name[spec.network].id,
            external_network=self.networks.external.id,
            volume_size=spec.volume // GIB,
            timeout=spec.timeout,
            triggers=spec.again,
            cloud=self._cloud,
            opts=self.child(depends_on=[*self.networks.ways_out, *after]),
        )
