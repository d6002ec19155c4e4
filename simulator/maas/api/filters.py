"""Narrowing down lists of nodes by query fields."""

from __future__ import annotations

from collections.abc import Iterable

from ..call import Data
from ..errors import FieldErrors
from ..forms import normal_mac
from ..records.node import Node
from ..region import Region
from ..status import Status

_STATES = {status.name.lower(): status for status in Status}


def matching(region: Region, rows: Iterable[Node], query: Data) -> list[Node]:
    """The nodes that hold for every field given; FieldErrors for a state or tag that doesn't exist."""
    wanted = {field: [part for value in values for part in value.split(",") if part] for field, values in query.items()}
    found = list(rows)
    for field in ("hostname", "id", "mac_address", "domain", "zone", "pool", "agent_name"):
        if field in wanted:
            found = [node for node in found if _values(region, node, field) & _normal(field, wanted[field])]
    if "status" in wanted:
        states = {_state(name) for name in wanted["status"]}
        found = [node for node in found if node.status in states]
    if "tags" in wanted:
        tags = {tag.name: tag.id for tag in region.store.tags.values()}
        unknown = [name for name in wanted["tags"] if name not in tags]
        if unknown:
            names = ", ".join(f"'{name}'" for name in unknown)
            raise FieldErrors({"tags": [f"No such tag(s): {names}."]})
        found = [node for node in found if all(tags[name] in node.tags for name in wanted["tags"])]
    return found


def _state(name: str) -> Status:
    if name not in _STATES:
        raise FieldErrors({"status": [f"Select a valid choice. {name} is not one of the available choices."]})
    return _STATES[name]


def _normal(field: str, values: list[str]) -> set[str]:
    return {normal_mac(value) for value in values} if field == "mac_address" else set(values)


def _values(region: Region, node: Node, field: str) -> set[str]:
    store = region.store
    if field == "mac_address":
        return {row.mac for row in store.interfaces_of(node)}
    pool = store.pools.get(node.pool) if node.pool is not None else None
    return {
        {
            "hostname": node.hostname,
            "id": node.system_id,
            "domain": store.domains[node.domain].name,
            "zone": store.zones[node.zone].name,
            "pool": pool.name if pool else "",
            "agent_name": node.agent_name,
        }[field]
    }
