"""The segments of networks: one each, which is the network's provider attributes in another form."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from multidict import MultiMapping

from . import query
from .caller import Caller
from .errors import Refused
from .segments import PHYSNET, SEGMENT, TYPE
from .store import Row

if TYPE_CHECKING:
    from .plant import Plant

FIELDS = ("id", "network_id", "name", "description", "network_type", "physical_network", "segmentation_id")


def index(plant: Plant, wanted: MultiMapping[str], caller: Caller) -> dict[str, Any]:
    """The segments that the query lets through; those who aren't administrators see none."""
    query.check(wanted, FIELDS)
    rows = query.ordered(query.matching(_all(plant, caller), wanted), wanted)
    return {"segments": [query.picked(row, wanted) for row in rows]}


def show(plant: Plant, key: str, caller: Caller) -> dict[str, Any]:
    """One segment."""
    found = next((row for row in _all(plant, caller) if row["id"] == key), None)
    if found is None:
        raise Refused(404, "SegmentNotFound", f"Segment {key} could not be found.")
    return {"segment": found}


def _all(plant: Plant, caller: Caller) -> list[Row]:
    return [_of(row) for row in plant.networks.rows.values()] if caller.is_admin else []


def _of(network: Row) -> Row:
    place = {"network_type": network[TYPE], "physical_network": network[PHYSNET], "segmentation_id": network[SEGMENT]}
    written = {key: network[key] for key in ("created_at", "updated_at")}
    known = {"id": str(uuid.uuid5(uuid.NAMESPACE_OID, network["id"])), "network_id": network["id"]}
    return {**known, "name": None, "description": None, **place, **written, "revision_number": 0}
