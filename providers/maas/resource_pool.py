"""Resource pools: machines set apart for somebody."""

from __future__ import annotations

from typing import Any

import pulumi

from clients import maas
from clients.maas.services import Pool

from .. import _base
from ._named import NamedInputs, NamedProvider
from ._plain import OUTPUTS


class ResourcePoolInputs(NamedInputs):
    """A pool."""

    description: str | None = None


class ResourcePoolProvider(NamedProvider[ResourcePoolInputs, Pool]):
    """Pools by name. One with machines in it can't be deleted: let it outlive them."""

    inputs = ResourcePoolInputs
    computed = ("pool_id", *OUTPUTS)
    noun = "resource pool"

    def collection(self, region: maas.Maas) -> maas.Collection[Pool]:
        return region.pools

    def seen(self, record: Pool) -> dict[str, Any]:
        return {"name": record.name, "description": record.description or None}

    def outputs(self, record: Pool) -> dict[str, Any]:
        return {"pool_id": record.id}


class ResourcePool(_base.Resource, module="maas", name="ResourcePool"):
    """A resource pool of MAAS."""

    provider_class = ResourcePoolProvider
    name: pulumi.Output[str]
    description: pulumi.Output[str | None]
    pool_id: pulumi.Output[int]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        description: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(resource_name, {"name": name, "description": description}, opts)
