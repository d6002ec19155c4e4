"""VLANs. A fabric's VLAN 0 is always there and is adopted; DHCP is `VlanDhcp`'s, since it needs a dynamic range first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi

from clients import maas

from .. import _base
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import Mtu, Name, Vid


class VlanInputs(_base.Inputs):
    """A VLAN; `fabric` is a fabric's id."""

    fabric: int
    vid: Vid = 0
    name: Name | None = None
    mtu: Mtu | None = None
    space: str | None = None


class VlanProvider(PlainProvider[VlanInputs, maas.Vlan]):
    """VLANs by fabric and VID."""

    inputs = VlanInputs
    computed = ("vlan_id", *OUTPUTS)
    replace_on = frozenset({"fabric", "vid"})
    noun = "VLAN"
    ours = frozenset({"fabric", "vid"})
    defaults: ClassVar[Mapping[str, Any]] = {"mtu": 1500}

    def label(self, inputs: VlanInputs) -> str:
        return f"{inputs.vid} of fabric {inputs.fabric}"

    def collection(self, region: maas.Maas) -> maas.Collection[maas.Vlan]:
        raise TypeError("VLANs are in their fabrics")

    def matches(self, record: maas.Vlan, inputs: VlanInputs) -> bool:
        return (record.fabric_id, record.vid) == (inputs.fabric, inputs.vid)

    def find(self, region: maas.Maas, inputs: VlanInputs) -> maas.Vlan | None:
        return region.vlans(inputs.fabric).read(inputs.vid)

    def look(self, region: maas.Maas, id_: str) -> maas.Vlan | None:
        return region.vlan(int(id_))

    def add(self, region: maas.Maas, inputs: VlanInputs, fields: Mapping[str, Any]) -> maas.Vlan:
        label = self.label(inputs)
        return region.vlans(inputs.fabric).create(label, lambda: self.find(region, inputs), vid=inputs.vid, **fields)

    def edit(self, region: maas.Maas, record: maas.Vlan, fields: Mapping[str, Any]) -> maas.Vlan:
        return region.vlans(record.fabric_id).update(record.vid, **fields)

    def drop(self, region: maas.Maas, record: maas.Vlan) -> None:
        if record.vid != 0:  # it goes with its fabric, and only so
            region.vlans(record.fabric_id).delete(record.vid)

    def id_of(self, record: maas.Vlan) -> str:
        return str(record.id)

    def seen(self, record: maas.Vlan) -> dict[str, Any]:
        return {
            "fabric": record.fabric_id,
            "vid": record.vid,
            "name": record.name,
            "mtu": record.mtu,
            "space": record.space,
        }

    def outputs(self, record: maas.Vlan) -> dict[str, Any]:
        return {"vlan_id": record.id}


class Vlan(_base.Resource, module="maas", name="Vlan"):
    """A VLAN of MAAS; VID 0 is what a network without tags is."""

    provider_class = VlanProvider
    fabric: pulumi.Output[int]
    vid: pulumi.Output[int]
    name: pulumi.Output[str | None]
    mtu: pulumi.Output[int | None]
    space: pulumi.Output[str | None]
    vlan_id: pulumi.Output[int]
    """The database's id, which subnets and interfaces refer to."""
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        fabric: pulumi.Input[int],
        vid: pulumi.Input[int] = 0,
        name: pulumi.Input[str] | None = None,
        mtu: pulumi.Input[int] | None = None,
        space: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {"fabric": fabric, "vid": vid, "name": name, "mtu": mtu, "space": space}
        super().__init__(resource_name, props, opts)
