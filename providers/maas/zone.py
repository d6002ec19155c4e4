"""Availability zones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from clients import maas
from clients.maas.services import Zone as Record

from .. import _base
from ._named import NamedInputs, NamedProvider
from ._plain import OUTPUTS


class ZoneInputs(NamedInputs):
    """A zone."""

    description: str | None = None


class ZoneProvider(NamedProvider[ZoneInputs, Record]):
    """Zones by name. MAAS addresses them so too; the id that is kept is the database's, which a new name leaves alone."""

    inputs = ZoneInputs
    computed = ("zone_id", *OUTPUTS)
    noun = "zone"

    def collection(self, region: maas.Maas) -> maas.Collection[Record]:
        return region.zones

    def look(self, region: maas.Maas, id_: str) -> Record | None:
        return next((zone for zone in region.zones.list() if str(zone.id) == id_), None)

    def edit(self, region: maas.Maas, record: Record, fields: Mapping[str, Any]) -> Record:
        return region.zones.update(record.name, **fields)

    def drop(self, region: maas.Maas, record: Record) -> None:
        region.zones.delete(record.name)

    def seen(self, record: Record) -> dict[str, Any]:
        return {"name": record.name, "description": record.description or None}

    def outputs(self, record: Record) -> dict[str, Any]:
        return {"zone_id": record.id}


class Zone(_base.Resource, module="maas", name="Zone"):
    """An availability zone of MAAS; machines in it go back to the default one when it goes."""

    provider_class = ZoneProvider
    name: pulumi.Output[str]
    description: pulumi.Output[str | None]
    zone_id: pulumi.Output[int]
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
