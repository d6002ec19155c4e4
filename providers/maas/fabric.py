"""Fabrics: sets of VLANs that share their switches.

MAAS makes a fabric for every network that a rack has a NIC in. `discovered_by` names such a network by its CIDR: the fabric that
MAAS made for it is adopted and renamed, instead of a second one being made beside it.
"""

from __future__ import annotations

from typing import Any

import pulumi

from clients import maas

from .. import _base
from ._named import NamedInputs, NamedProvider
from ._plain import OUTPUTS
from ._vocabulary import Cidr


class FabricInputs(NamedInputs):
    """A fabric."""

    discovered_by: Cidr | None = None


class FabricProvider(NamedProvider[FabricInputs, maas.Fabric]):
    """Fabrics by name, or by the subnet that MAAS discovered in them."""

    inputs = FabricInputs
    computed = ("fabric_id", "untagged_vlan_id", *OUTPUTS)
    noun = "fabric"
    ours = frozenset({"discovered_by"})

    def collection(self, region: maas.Maas) -> maas.Collection[maas.Fabric]:
        return region.fabrics

    def find(self, region: maas.Maas, inputs: FabricInputs) -> maas.Fabric | None:
        fabrics = {fabric.id: fabric for fabric in region.fabrics.list()}
        named = next((fabric for fabric in fabrics.values() if fabric.name == inputs.name), None)
        if inputs.discovered_by is None:
            return named
        subnet = next((subnet for subnet in region.subnets.list() if subnet.cidr == inputs.discovered_by), None)
        home = None if subnet is None else fabrics[subnet.vlan.fabric_id]
        if named is not None and home is not None and named.id != home.id:
            raise _base.ExpectedError(
                f"MAAS already has a fabric {inputs.name} (id {named.id}), but sees {inputs.discovered_by} in {home.name} "
                f"(id {home.id}): delete or rename one of them in MAAS"
            )
        return home or named

    def seen(self, record: maas.Fabric) -> dict[str, Any]:
        return {"name": record.name}

    def outputs(self, record: maas.Fabric) -> dict[str, Any]:
        untagged = next((vlan.id for vlan in record.vlans if vlan.vid == 0), None)
        return {"fabric_id": record.id, "untagged_vlan_id": untagged}


class Fabric(_base.Resource, module="maas", name="Fabric"):
    """A fabric of MAAS."""

    provider_class = FabricProvider
    name: pulumi.Output[str]
    fabric_id: pulumi.Output[int]
    """The database's id."""
    untagged_vlan_id: pulumi.Output[int]
    """The database's id of its VLAN 0, which every fabric has."""
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        discovered_by: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(resource_name, {"name": name, "discovered_by": discovered_by}, opts)
